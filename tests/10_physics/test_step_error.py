"""How far a midpoint step of minutes strays in a sheared jet with wind error (method 9)."""

import numba
import numpy as np
import pytest

from overflight.fields.synthetic import JET, sheared_jet
from overflight.physics.ou import ou_step
from overflight.physics.random import normal4, uniform4

FINE_H = 5.0 / 60.0


@numba.njit(nogil=True, error_model="numpy")
def midpoint(x, y, level, time_h, dt_h, extra_x, extra_y):
    u, v = sheared_jet(x, y, level, time_h)
    u, v = sheared_jet(
        x + 0.5 * dt_h * (u + extra_x), y + 0.5 * dt_h * (v + extra_y), level, time_h + 0.5 * dt_h
    )
    return x + dt_h * (u + extra_x), y + dt_h * (v + extra_y)


@numba.njit(nogil=True, error_model="numpy")
def rk4(x, y, level, time_h, dt_h, extra_x, extra_y):
    half = 0.5 * dt_h
    a, b = sheared_jet(x, y, level, time_h)
    c, d = sheared_jet(x + half * (a + extra_x), y + half * (b + extra_y), level, time_h + half)
    e, f = sheared_jet(x + half * (c + extra_x), y + half * (d + extra_y), level, time_h + half)
    g, h = sheared_jet(x + dt_h * (e + extra_x), y + dt_h * (f + extra_y), level, time_h + dt_h)
    return (
        x + dt_h * ((a + 2.0 * c + 2.0 * e + g) / 6.0 + extra_x),
        y + dt_h * ((b + 2.0 * d + 2.0 * f + h) / 6.0 + extra_y),
    )


@numba.njit(nogil=True, error_model="numpy")
def errors_km(key, n_members, n_fine, multiples, ou, sigma_kmh):
    """Distance to the reference at the end, for each member and each step length."""
    out = np.empty((n_members, multiples.shape[0]))
    push = np.empty((n_fine, 2))
    for member in range(n_members):
        level, _, _, _ = uniform4(key, member, 0)
        e, n, _, _ = normal4(key, member, 0)
        ref_x, ref_y = 0.0, 0.0
        for k in range(n_fine):
            a, b, c, d = normal4(key, member, k + 1)
            push[k, 0] = sigma_kmh * (ou.gain_s * e + ou.noise_xe * a + ou.noise_x * b)
            push[k, 1] = sigma_kmh * (ou.gain_s * n + ou.noise_xe * c + ou.noise_x * d)
            e = ou.decay * e + ou.noise_e * a
            n = ou.decay * n + ou.noise_e * c
            extra_x, extra_y = push[k, 0] / FINE_H, push[k, 1] / FINE_H
            ref_x, ref_y = rk4(ref_x, ref_y, level, k * FINE_H, FINE_H, extra_x, extra_y)
        for i in range(multiples.shape[0]):
            x, y, m = 0.0, 0.0, multiples[i]
            for k in range(0, n_fine, m):
                extra_x = push[k : k + m, 0].sum() / (m * FINE_H)
                extra_y = push[k : k + m, 1].sum() / (m * FINE_H)
                x, y = midpoint(x, y, level, k * FINE_H, m * FINE_H, extra_x, extra_y)
            out[member, i] = np.hypot(x - ref_x, y - ref_y)
    return out


@pytest.fixture(scope="module")
def medians_km():
    ou = ou_step(JET.error_tau_h, FINE_H)  # in hours throughout, so gain_s holds hours here
    steps = np.array([2, 3, 6, 12])
    errors = errors_km(6, 4_000, round(JET.duration_h / FINE_H), steps, ou, JET.error_sd_kmh)
    return dict(zip((10, 15, 30, 60), np.median(errors, axis=0), strict=True))


def test_the_splitting_is_second_order(medians_km):
    assert 3.4 < medians_km[60] / medians_km[30] < 4.4
    assert 3.4 < medians_km[30] / medians_km[15] < 4.4


@pytest.mark.parametrize(("minutes", "expected_km"), [(15, 0.12), (30, 0.46), (60, 1.75)])
def test_the_median_member_strays_by_the_known_distance(medians_km, minutes, expected_km):
    assert medians_km[minutes] == pytest.approx(expected_km, rel=0.08)


def test_ten_minutes_are_short_enough_for_five_days(medians_km, refs):
    low_km, high_km = refs["step_error_km"]["midpoint_median_4000_members"]["10min"]
    assert 0.95 * low_km < medians_km[10] < 1.05 * high_km


def test_the_flight_in_the_jet_is_the_one_written_down(shared_data):
    import json

    problem = json.loads((shared_data / "reference" / "problems.json").read_text())["sheared_jet"]
    assert list(JET.fix_time_h) == problem["obs_time_h"]
    assert list(JET.fix_sd_km) == problem["obs_sd_km"]
    assert [list(fix) for fix in JET.fix_km] == problem["obs_xy_km"]
    assert problem["ou_sigma_kmh"] == JET.error_sd_kmh
    assert problem["ou_tau_h"] == JET.error_tau_h
    assert problem["dt_h"] == JET.step_h
