"""The wind error's process: exact steps, known spreads, and the same from random numbers."""

import math

import numba
import numpy as np
import pytest

from overflight.physics import ou
from overflight.physics.random import normal4

DAY_S = 86_400.0
EXACT = {  # 40-digit arithmetic, sigma 3 m/s, tau 34,560 s
    60.0: (0.0311958092666781, 0.9358740429336123, 37.4512114103074),
    600.0: (0.3071369048305528, 92.13875717953998, 37015.65032886241),
    3600.0: (1.6925728846442851, 3043.8793395930657, 7496839.094654808),
}


@pytest.mark.parametrize("dt_s", EXACT)
def test_step_covariances_keep_twelve_digits(dt_s):
    assert ou.covariances(3.0, 34_560.0, dt_s) == pytest.approx(EXACT[dt_s], rel=1e-12)


def test_step_covariances_agree_with_the_reference_file(refs):
    tol = refs["tests"]["T6"]["tol_rel"]
    for dt_s, expected in refs["ou"]["cov_sigma3_tau34560"].items():
        assert ou.covariances(3.0, 34_560.0, float(dt_s)) == pytest.approx(expected, rel=tol)


def test_the_series_meets_the_closed_form_where_they_join():
    tau_s = 1.0
    below, above = (ou.covariances(1.0, tau_s, 0.3 + step)[2] for step in (-1e-12, 1e-12))
    assert below == pytest.approx(above, rel=1e-10)


@pytest.mark.parametrize("dt_s", [60.0, 600.0, 3_600.0, 2e5])
def test_the_step_is_the_cholesky_factor_of_its_covariance(dt_s):
    step = ou.ou_step(34_560.0, dt_s)
    var_e, cov, var_x = ou.covariances(1.0, 34_560.0, dt_s)
    assert step.noise_e**2 == pytest.approx(var_e, rel=1e-14)
    assert step.noise_e * step.noise_xe == pytest.approx(cov, rel=1e-14)
    assert step.noise_xe**2 + step.noise_x**2 == pytest.approx(var_x, rel=1e-13)
    assert step.noise_x > 0.0
    assert step.decay == pytest.approx(math.exp(-dt_s / 34_560.0), rel=1e-15)
    assert step.gain_s == pytest.approx(34_560.0 * (1.0 - step.decay), rel=1e-11)


def test_no_time_no_change():
    assert ou.ou_step(34_560.0, 0.0) == (1.0, 0.0, 0.0, 0.0, 0.0)


def test_displacement_spread_is_the_published_one():
    assert ou.displacement_sd_m(1.0, DAY_S, DAY_S) == pytest.approx(74_110.79966060507, rel=1e-12)
    assert ou.displacement_sd_m(2.5, DAY_S, 0.0) == 0.0


def test_displacement_spreads_agree_with_the_reference_file(refs):
    table = refs["ou"]["sigmaX_km_per_mps"]
    for tau_h, name in ((9.6, "tau9.6h"), (24.0, "tau24h")):
        for time_h, spread_km in zip(table["hours"], table[name], strict=True):
            got_m = ou.displacement_sd_m(1.0, tau_h * 3600.0, time_h * 3600.0)
            assert got_m == pytest.approx(spread_km * 1e3, abs=0.51)
    for time_h, spread_km in refs["ou"]["rotating_lat45_sigma2_tau24h_km"].items():
        got_m = ou.rotating_displacement_sd_m(
            2.0, DAY_S, ou.coriolis_radps(45.0), float(time_h) * 3600.0
        )
        assert got_m == pytest.approx(spread_km * 1e3, abs=0.06)


def test_a_turning_error_does_not_accumulate():
    turn = ou.coriolis_radps(45.0)
    turning_m = ou.rotating_displacement_sd_m(2.0, DAY_S, turn, DAY_S)
    assert turning_m == pytest.approx(40_858.0, abs=1.0)
    assert turning_m < 0.3 * ou.displacement_sd_m(2.0, DAY_S, DAY_S)


@pytest.mark.parametrize("coriolis_radps", [0.0, 1.03e-4])
def test_short_times_meet_the_closed_form_where_they_join(coriolis_radps):
    rate = abs(complex(1.0 / DAY_S, coriolis_radps))
    near, far = (
        ou.rotating_displacement_sd_m(1.0, DAY_S, coriolis_radps, (0.5 + step) / rate)
        for step in (-1e-10, 1e-10)
    )
    assert near == pytest.approx(far, rel=1e-9)
    short_m = ou.rotating_displacement_sd_m(1.0, DAY_S, coriolis_radps, 1e-3)
    assert short_m == pytest.approx(1e-3, rel=1e-6)  # at first the error is a plain velocity


@numba.njit(nogil=True, error_model="numpy")
def spread_m(key, n_members, n_steps, dt_s, step):
    """Sample sd of displacement, both components, from a stationary start."""
    total = np.zeros(2)
    for member in range(n_members):
        e, n, _, _ = normal4(key, member, 0)
        x, y = 0.0, 0.0
        for k in range(n_steps):
            a, b, c, d = normal4(key, member, k + 1)
            x += step.gain_s * e + step.noise_xe * a + step.noise_x * b
            y += step.gain_s * n + step.noise_xe * c + step.noise_x * d
            e = step.decay * e + step.noise_e * a
            n = step.decay * n + step.noise_e * c
        total += np.array([x * x, y * y])
    return np.sqrt(total / n_members)


@pytest.mark.parametrize("n_steps", [6, 24])
def test_random_steps_spread_as_the_formula_says(n_steps):
    dt_s = DAY_S / n_steps
    got_m = spread_m(20230128, 100_000, n_steps, dt_s, ou.ou_step(DAY_S, dt_s))
    assert got_m == pytest.approx(74_110.8, rel=0.01)  # 4.5 standard errors


@numba.njit(nogil=True, error_model="numpy")
def turning_spread_m(key, n_members, n_steps, dt_s, tau_s, coriolis_radps):
    """The same for an error that turns as it decays, by the trapezium rule."""
    decay = math.exp(-dt_s / tau_s)
    keep = complex(
        decay * math.cos(coriolis_radps * dt_s), -decay * math.sin(coriolis_radps * dt_s)
    )
    kick = math.sqrt(1.0 - decay * decay)
    total = np.zeros(2)
    for member in range(n_members):
        a, b, _, _ = normal4(key, member, 0)
        error, place = complex(a, b), complex(0.0, 0.0)
        for k in range(n_steps):
            a, b, _, _ = normal4(key, member, k + 1)
            after = keep * error + complex(kick * a, kick * b)
            place += 0.5 * dt_s * (error + after)
            error = after
        total += np.array([place.real**2, place.imag**2])
    return np.sqrt(total / n_members)


def test_random_turning_steps_spread_as_the_formula_says():
    turn = ou.coriolis_radps(45.0)
    got_m = 2.0 * turning_spread_m(45, 20_000, 288, 300.0, DAY_S, turn)
    assert got_m == pytest.approx(40_858.5, rel=0.02)  # 4 standard errors
