"""The derivative of a passive step against central differences, and the pilot's linear algebra."""

import math

import numpy as np
import pytest
from probing import probed, shifted

from overflight.inference import descent
from overflight.inference.model import balloon
from overflight.inference.twist import Linear, StandIns
from overflight.physics.drift import Drift, LevelLaw, passive_step
from overflight.physics.drift_tangent import N_ROOM
from overflight.physics.kernel import loop
from overflight.physics.ou import ou_step
from overflight.physics.sphere import n_vector
from overflight.physics.tangent import basis
from overflight.physics.windgrid import POLAR_SINE, SigmaTable, WindGrid, wind, wind_slopes

DT_S, TAU_S = 1_200.0, 60_000.0
PROBE = np.array([20.0, 20.0, *(6 * [1e-3])])
UNIT = np.array([1e5, 1e5, 1.0, 1.0])  # 100 km, one standard deviation
BALLOON = balloon()
DIFFERENCE = BALLOON.difference


@loop
def probed_balloon(p, k, state, noise, after, carry, reach, room):
    probed(passive_step, DIFFERENCE, shifted, p, k, state, noise, after, PROBE, carry, reach)


def rough_wind(seed=1):
    """Winds that differ at random from node to node, all over the globe."""
    rng = np.random.default_rng(seed)
    lats, lons = np.linspace(-90.0, 90.0, 37), np.linspace(-180.0, 180.0, 73)
    uv = rng.normal(0.0, 20.0, (3, 4, 37, 73, 2)).astype(np.float32)
    uv[:, :, :, -1] = uv[:, :, :, 0]
    levels = np.log([1_000.0, 4_000.0, 9_000.0, 20_000.0])
    return WindGrid(np.array([0.0, 40_000.0, 90_000.0]), levels, lats, lons, uv)


def flight(swing_m=0.0, everywhere=True):
    rng = np.random.default_rng(2)
    lons = np.zeros(1) if everywhere else np.linspace(-180.0, 180.0, 19)
    sigma = rng.uniform(2.0, 8.0, (1, 3, 10, len(lons)))
    sigma[..., -1] = sigma[..., 0]
    table = SigmaTable(
        np.zeros(1), np.log([1_000.0, 6_000.0, 20_000.0]), np.linspace(-90.0, 90.0, 10), lons, sigma
    )
    half = 41
    level = LevelLaw(
        np.full(half, math.log(6_500.0)),
        np.full(half, 19_000.0),
        np.full(half, 6_342.0),
        np.tile([0.6, 0.0, 0.8], (half, 1)),
        swing_m,
    )
    return Drift(
        rough_wind(), table, 1.2, ou_step(TAU_S, DT_S), level, 0.0, DT_S,
        *n_vector(44.0, 3.0), 30_000.0, tau_s=TAU_S, bias_u_mps=1.0, bias_v_mps=-2.0,
    )  # fmt: skip


def matrices(tangent, drift, state, noise):
    after, carry, reach = np.empty(5), np.empty((4, 4)), np.empty((4, 4))
    passive_step(drift, 3, state, noise, after)
    tangent(drift, 3, state, noise, after, carry, reach, np.full((4 + N_ROOM, 2), 7.0))
    assert np.isfinite(after).all()
    return carry * UNIT / UNIT[:, None], reach / UNIT[:, None] * 10.0


@pytest.mark.parametrize("lat", [2.3, 43.0, -68.0, 84.0, 89.7, -89.3])
@pytest.mark.parametrize(("swing_m", "everywhere"), [(0.0, True), (900.0, False)])
def test_the_tangent_is_the_derivative_of_the_step(lat, swing_m, everywhere):
    drift = flight(swing_m, everywhere)
    rng = np.random.default_rng(int(10 * abs(lat)))
    # Places whose step stays within a cell, which is narrow near a pole.
    places = [(lat + rng.uniform(-0.1, 0.1), 5.0 * rng.integers(-36, 36) + 2.4) for _ in range(6)]
    for place in places:
        state = np.array([*n_vector(*place), *rng.normal(size=2)])
        noise = rng.normal(size=4)
        if abs(lat) > 80.0:
            drift = drift._replace(dt_s=60.0, ou=ou_step(TAU_S, 60.0))
        found = matrices(BALLOON.tangent, drift, state, noise)
        expected = matrices(probed_balloon, drift, state, noise)
        for mine, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(mine, theirs, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("lat", [12.0, 61.3, 89.6, -89.4])
def test_the_slopes_of_a_wind_are_its_differences(lat):
    grid, at = rough_wind(), (30_000.0, math.log(5_000.0))
    lon, step = 37.1, 1e-5
    slopes = wind_slopes(grid, *at, *n_vector(lat, lon))
    assert (abs(n_vector(lat, lon)[2]) > POLAR_SINE) == (abs(lat) > 89.0)
    assert slopes[:2] == pytest.approx(wind(grid, *at, *n_vector(lat, lon)), rel=1e-6)

    def slope(d_lat, d_lon, d_level, size):
        ends = [
            wind(grid, at[0], at[1] + s * d_level, *n_vector(lat + s * d_lat, lon + s * d_lon))
            for s in (1.0, -1.0)
        ]
        return (np.array(ends[0]) - ends[1]) / (2.0 * size)

    small = math.radians(step)
    assert slopes[2:4] == pytest.approx(slope(step, 0.0, 0.0, small), rel=1e-5, abs=1e-4)
    assert slopes[4:6] == pytest.approx(slope(0.0, step, 0.0, small), rel=1e-5, abs=1e-4)
    assert slopes[6:8] == pytest.approx(slope(0.0, 0.0, 1e-5, 1e-5), rel=1e-5, abs=1e-4)


def test_outside_the_wind_there_is_no_slope():
    slopes = wind_slopes(rough_wind(), 0.0, math.log(500.0), *n_vector(10.0, 10.0))
    assert np.isnan(slopes).all()


def test_on_a_pole_itself_the_tangent_is_finite():
    drift = flight()
    state = np.array([0.0, 0.0, 1.0, 0.3, -0.4])
    assert basis(0.0, 0.0, 1.0)[4] == 0.0
    for matrix in matrices(BALLOON.tangent, drift, state, np.full(4, 0.5)):
        assert np.isfinite(matrix).all()


def test_the_aim_is_that_of_the_plain_normal_equations():
    """One Gauss-Newton target, against the matrix J written down row by row."""
    rng = np.random.default_rng(5)
    n, due = 12, np.array([7, 3, 11, 3], dtype=np.int64)  # out of order, two at once
    carry = 0.4 * rng.normal(size=(n, 4, 4))
    carry[0] = 0.0
    reach, noises = rng.normal(size=(n, 4, 4)), rng.normal(size=(n, 4))
    root = rng.normal(size=(4, 2, 2))
    precision = root @ root.transpose(0, 2, 1) + np.eye(2)
    shape = np.stack([precision[:, 0, 0], precision[:, 0, 1], precision[:, 1, 1]], axis=1)
    fix = rng.normal(size=(4, 2))
    standing = StandIns(due, np.zeros(4, dtype=np.int64), fix, shape, np.zeros(4))
    target, was, promised = descent._aimed(Linear(np.zeros((n, 4)), noises, carry, reach), standing)

    rows, weights, miss = [], np.zeros((8, 8)), fix.reshape(-1)
    for report, moment in enumerate(due):
        row, ahead = np.zeros((4, n, 4)), np.eye(4)
        for k in range(moment, -1, -1):
            row[:, k] = ahead @ reach[k]
            ahead = ahead @ carry[k]
        rows.append(row[:2].reshape(2, -1))
        weights[2 * report : 2 * report + 2, 2 * report : 2 * report + 2] = precision[report]
    jacobian, flat = np.concatenate(rows), noises.reshape(-1)
    system = jacobian.T @ weights @ jacobian + np.eye(4 * n)
    best = np.linalg.solve(system, jacobian.T @ weights @ (miss + jacobian @ flat))

    def cost(noise):
        left = miss - jacobian @ (noise - flat)
        return 0.5 * (noise @ noise + left @ weights @ left)

    np.testing.assert_allclose(target.reshape(-1), best, rtol=1e-9, atol=1e-10)
    assert was == pytest.approx(cost(flat))
    assert promised == pytest.approx(cost(flat) - cost(best))
