"""Steps on the sphere, in winds whose tracks are known exactly, also over the poles."""

import math

import numba
import numpy as np
import pytest

from overflight.fields import synthetic
from overflight.physics import sphere
from overflight.physics.integrate import midpoint_step, rk4_step
from overflight.physics.kernel import kernel

DAY_S = 86_400.0
HEIGHT_M = 19_000.0


@kernel
def round_rate(turning, time_s, x, y, z):
    """The turning wind on a round Earth, read as east and north and turned back into a rate."""
    u_mps, v_mps = synthetic.turning_wind(turning, x, y, z)
    ex, ey, _ = sphere.east(x, y, z)
    nx, ny, nz = sphere.north(x, y, z)
    u, v = u_mps / sphere.MEAN_RADIUS_M, v_mps / sphere.MEAN_RADIUS_M
    return u * ex + v * nx, u * ey + v * ny, v * nz


@kernel
def wgs84_rate(turning, time_s, x, y, z):
    u_mps, v_mps = synthetic.turning_normals_wind(turning, x, y, z)
    return sphere.rate(x, y, z, u_mps, v_mps, turning.height_m)


@numba.njit(nogil=True, error_model="numpy")
def flown(step, rate, turning, start, dt_s, n_steps):
    at = start
    for k in range(n_steps):
        at = step(rate, turning, k * dt_s, at, dt_s)
    return at


@kernel
def euler_step(rate, parameters, time_s, at, dt_s):
    r = rate(parameters, time_s, at[0], at[1], at[2])
    x, y, z = at[0] + dt_s * r[0], at[1] + dt_s * r[1], at[2] + dt_s * r[2]
    length = math.sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length


def miss_m(step, rate, turning, start, days, dt_s):
    n_steps = round(days * DAY_S / dt_s)
    at = flown(step, rate, turning, start, dt_s, n_steps)
    there = synthetic.turned(turning, *start, days * DAY_S)
    return sphere.MEAN_RADIUS_M * sphere.angle_rad(*at, *there)


FULL_TURN = sphere.n_vector(30.0, 5.0)
OVER_POLES = sphere.n_vector(0.0, 90.0)
STEPS = {"euler": euler_step, "midpoint": midpoint_step, "rk4": rk4_step}


def test_three_days_over_the_pole_end_at_the_pole():
    turning = synthetic.tilted(90.0)
    end = flown(rk4_step, round_rate, turning, OVER_POLES, 600.0, 432)
    assert sphere.MEAN_RADIUS_M * sphere.angle_rad(*end, 0.0, 0.0, -1.0) < 1e-4
    assert miss_m(midpoint_step, round_rate, turning, OVER_POLES, 3, 600.0) == pytest.approx(
        5.513, abs=0.002
    )


def test_on_the_ellipsoid_the_pole_is_crossed_as_well():
    turning = synthetic.tilted(90.0, height_m=HEIGHT_M)
    for days in (3, 6, 12):
        assert miss_m(rk4_step, wgs84_rate, turning, OVER_POLES, days, 600.0) < 1e-4
        assert miss_m(midpoint_step, wgs84_rate, turning, OVER_POLES, days, 600.0) < 25.0


def test_passing_the_pole_at_ten_kilometres_costs_nothing():
    start = sphere.n_vector(0.0, 90.0 + math.degrees(10_000.0 / sphere.MEAN_RADIUS_M))
    assert miss_m(rk4_step, round_rate, synthetic.tilted(90.0), start, 6, 1800.0) < 1e-2


@pytest.mark.parametrize(
    ("name", "dt_s", "expected_m"),
    [("euler", 600.0, 17_953.4), ("midpoint", 600.0, 25.521), ("rk4", 3600.0, 0.027585)],
)
def test_a_full_turn_misses_by_the_known_amount(name, dt_s, expected_m):
    got_m = miss_m(STEPS[name], round_rate, synthetic.tilted(45.0), FULL_TURN, 12, dt_s)
    assert got_m == pytest.approx(expected_m, rel=2e-3)


def test_every_turn_of_the_reference_file_misses_by_the_known_amount(refs):
    table = refs["exact_rotation_error_m"]
    for tilt in (0, 45, 90):
        for name, row in table[f"full_turn_12d_alpha{tilt}"].items():
            for dt_s, expected_m in row.items():
                got_m = miss_m(
                    STEPS[name], round_rate, synthetic.tilted(tilt), FULL_TURN, 12, float(dt_s)
                )
                # Rounding of 1700 steps is 1e-7 m: it shows in the smallest values only.
                assert got_m == pytest.approx(expected_m, rel=5e-3, abs=1e-6), (tilt, name, dt_s)


def test_tracks_over_and_beside_the_poles_agree_with_the_reference_file(refs):
    table, turning = refs["exact_rotation_error_m"], synthetic.tilted(90.0)
    over = table["over_both_poles"]
    for days in (3, 12):
        got_m = miss_m(rk4_step, round_rate, turning, OVER_POLES, days, 600.0)
        assert got_m < refs["tests"]["T3"]["max_error_m"]
        assert got_m == pytest.approx(over[f"{days}d_rk4_600"], rel=5e-3, abs=1e-6)
    for dt_s, expected_m in zip(
        (300.0, 600.0, 1800.0), over["3d_midpoint_300_600_1800"], strict=True
    ):
        got_m = miss_m(midpoint_step, round_rate, turning, OVER_POLES, 3, dt_s)
        assert got_m == pytest.approx(expected_m, rel=1e-3)
    for miss in (100_000.0, 10_000.0, 1_000.0):
        start = sphere.n_vector(0.0, 90.0 + math.degrees(miss / sphere.MEAN_RADIUS_M))
        got_m = miss_m(rk4_step, round_rate, turning, start, 6, 1800.0)
        assert got_m < refs["tests"]["T4"]["max_error_m"]


@pytest.mark.parametrize("rate", [round_rate, wgs84_rate], ids=["round", "WGS84 at 19 km"])
@pytest.mark.parametrize(("name", "order"), [("euler", 1), ("midpoint", 2), ("rk4", 4)])
@pytest.mark.parametrize("tilt_deg", [0.0, 45.0, 90.0])
def test_halving_the_step_shows_the_order(rate, name, order, tilt_deg):
    turning = synthetic.tilted(tilt_deg, height_m=HEIGHT_M)
    coarse_m, fine_m = (
        miss_m(STEPS[name], rate, turning, FULL_TURN, 6, dt_s) for dt_s in (3600.0, 1800.0)
    )
    assert math.log2(coarse_m / fine_m) == pytest.approx(order, abs=0.1)


@pytest.mark.parametrize(("step", "home_within_m"), [(midpoint_step, 0.1), (rk4_step, 1e-5)])
def test_going_back_in_time_returns_home(step, home_within_m):
    turning = synthetic.tilted(70.0, height_m=HEIGHT_M)
    out = flown(step, wgs84_rate, turning, FULL_TURN, 600.0, 432)
    back = flown(step, wgs84_rate, turning, out, -600.0, 432)
    home_m = sphere.MEAN_RADIUS_M * sphere.angle_rad(*back, *FULL_TURN)
    assert home_m < home_within_m
    assert sphere.angle_rad(*out, *FULL_TURN) > 1.0


def test_a_step_out_of_the_wind_is_no_place():
    @kernel
    def nothing(parameters, time_s, x, y, z):
        return math.nan, math.nan, math.nan

    assert np.isnan(midpoint_step(nothing, 0.0, 0.0, FULL_TURN, 600.0)).all()
    assert np.isnan(rk4_step(nothing, 0.0, 0.0, FULL_TURN, 600.0)).all()


def test_a_turn_keeps_its_angle_to_the_axis_and_its_length():
    turning = synthetic.tilted(33.0)
    axis = np.array(turning[:3])
    for fraction in (0.1, 0.5, 0.9):
        there = np.array(synthetic.turned(turning, *FULL_TURN, fraction * turning.period_s))
        assert np.linalg.norm(there) == pytest.approx(1.0, abs=1e-14)
        assert there @ axis == pytest.approx(np.array(FULL_TURN) @ axis, abs=1e-14)
    speed_mps = math.hypot(*synthetic.turning_wind(synthetic.tilted(0.0), 1.0, 0.0, 0.0))
    assert speed_mps == pytest.approx(38.6094026855, rel=1e-10)
