"""The derivative of a pilot's step that rides a band, against central differences."""

import math

import numba
import numpy as np
import pytest
from probing import probed
from test_tangent import flight

from overflight.physics import atmosphere
from overflight.physics.band import Band, band_difference, band_step
from overflight.physics.band_tangent import band_tangent
from overflight.physics.drift_tangent import N_ROOM
from overflight.physics.kernel import loop
from overflight.physics.ou import ou_step
from overflight.physics.sphere import n_vector
from overflight.physics.steered import FELT, GUST, HEIGHT, N_STATE, STEADY, TARGET, Curve, Steered
from overflight.physics.tangent import basis, carried, gone

TAU_S, OWN_S, BAND_S = 60_000.0, 43_200.0, 43_200.0
PROBE = np.array([20.0, 20.0, 1e-3, 1e-3, 1.0, 1e-2, 1e-2, *(15 * [1e-3])])
# 100 km, a standard deviation, a kilometre, ten metres a second.
UNIT = np.array([1e5, 1e5, 1.0, 1.0, 1e3, 10.0, 10.0, 1.0, 1.0, 1.0, 1.0])


@numba.njit(nogil=True)
def shifted(reference, local, state):
    """Undo the difference of two pilots: all vectors keep their direction."""
    state[:] = reference
    state[0], state[1], state[2] = gone(
        reference[0], reference[1], reference[2], local[0], local[1]
    )
    here = basis(reference[0], reference[1], reference[2])
    there = basis(state[0], state[1], state[2])
    for at, column in ((3, 2), (FELT, 5), (STEADY, 7), (GUST, 9)):
        state[at], state[at + 1] = carried(
            reference[at] + local[column], reference[at + 1] + local[column + 1], here, there
        )
    state[TARGET] = reference[TARGET] + local[4]


@loop
def probed_pilot(band, k, state, noise, after, carry, reach, room):
    probed(band_step, band_difference, shifted, band, k, state, noise, after, PROBE, carry, reach)


def band_of(drift, own):
    heights_m = np.arange(5_000.0, 40_001.0, 100.0)
    curve = Curve(5_000.0, 100.0, np.log([atmosphere.pressure_pa(z) for z in heights_m]))
    steered = Steered(drift, curve, 0, 1.0, *own, ou_step(OWN_S, drift.dt_s))
    covariance = [[2e6, 3e3, -1e3], [3e3, 90.0, 10.0], [-1e3, 10.0, 40.0]]
    roots = np.tile(np.linalg.cholesky(covariance), (21, 1, 1))
    return Band(steered, math.exp(-drift.dt_s / BAND_S), roots)


def matrices(tangent, band, state, noise):
    after, carry, reach = np.zeros(N_STATE), np.full((11, 11), 7.0), np.full((11, 11), 7.0)
    band_step(band, 3, state, noise, after)
    tangent(band, 3, state, noise, after, carry, reach, np.full((11 + N_ROOM, 2), 7.0))
    assert np.isfinite(after).all()
    return carry * UNIT / UNIT[:, None], reach / UNIT[:, None] * 10.0


@pytest.mark.parametrize("lat", [2.3, 43.0, -68.0, 84.0, 89.7, -89.3])
@pytest.mark.parametrize(("swing_m", "everywhere"), [(0.0, True), (900.0, False)])
@pytest.mark.parametrize("own", [(0.0, 0.0), (7.0, 4.0)])
def test_the_tangent_is_the_derivative_of_the_step(lat, swing_m, everywhere, own):
    drift = flight(swing_m, everywhere)
    rng = np.random.default_rng(int(10 * abs(lat)))
    for _ in range(6):  # a step that stays within a cell, which is narrow near a pole
        place = lat + rng.uniform(-0.1, 0.1), 5.0 * rng.integers(-36, 36) + 2.4
        state, noise = np.zeros(N_STATE), rng.normal(size=11)
        state[:5] = *n_vector(*place), *rng.normal(size=2)
        state[HEIGHT], state[TARGET] = 19_000.0 + 800.0, 800.0
        state[STEADY:FELT], state[FELT : FELT + 2] = rng.normal(size=4), 8.0 * rng.normal(size=2)
        if abs(lat) > 80.0:
            drift = drift._replace(dt_s=60.0, ou=ou_step(TAU_S, 60.0))
        band = band_of(drift, own)
        found = matrices(band_tangent, band, state, noise)
        expected = matrices(probed_pilot, band, state, noise)
        for mine, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(mine, theirs, atol=2e-6, rtol=2e-6)


def test_on_a_pole_itself_the_tangent_is_finite():
    state = np.zeros(N_STATE)
    state[2], state[3:5], state[STEADY : FELT + 2] = 1.0, 0.3, 0.5
    state[HEIGHT] = 19_000.0
    for matrix in matrices(band_tangent, band_of(flight(), (3.0, 1.5)), state, np.full(11, 0.5)):
        assert np.isfinite(matrix).all()
