"""The production step: passive drift on WGS84 with its exact wind error."""

import math

import numpy as np
import pytest

from overflight.fields.synthetic import DAY_S, tilted, turned, turning_normals_wind
from overflight.physics.drift import Drift, LevelLaw, daylight_fraction, passive_step
from overflight.physics.ou import displacement_sd_m, ou_step
from overflight.physics.random import normal4
from overflight.physics.sphere import distance_m, lat_lon_deg, n_vector
from overflight.physics.windgrid import SigmaTable, WindGrid, steady

HEIGHT_M = 19_000.0
LOG_PRESSURE = math.log(6_500.0)


def level(n_steps, swing_m=0.0):
    half = 2 * n_steps + 1
    return LevelLaw(
        np.full(half, LOG_PRESSURE),
        np.full(half, HEIGHT_M),
        np.full(half, 6_342.0),
        np.tile([1.0, 0.0, 0.0], (half, 1)),
        swing_m,
    )


def uniform_grid(u_mps, v_mps, days=13.0):
    uv = np.empty((2, 2, 19, 37, 2), dtype=np.float32)
    uv[..., 0], uv[..., 1] = u_mps, v_mps
    return WindGrid(
        np.array([0.0, days * DAY_S]),
        np.log([1_000.0, 20_000.0]),
        np.linspace(-90, 90, 19),
        np.linspace(-180, 180, 37),
        uv,
    )


def drift(grid, n_steps, dt_s, sd_mps=0.0, tau_s=86_400.0, swing_m=0.0):
    table = steady(np.log([1_000.0, 20_000.0]), np.array([-90.0, 90.0]), np.full((2, 2), sd_mps))
    x, y, z = n_vector(45.0, 0.0)
    return Drift(
        grid, table, 1.0, ou_step(tau_s, dt_s), level(n_steps, swing_m), 0.0, dt_s, x, y, z, 0.0
    )


def flown(plan, start, n_steps, noises=None):
    state, after = np.array([*start, 0.0, 0.0]), np.empty(5)
    for step in range(n_steps):
        noise = np.zeros(4) if noises is None else noises[step]
        passive_step(plan, step, state, noise, after)
        state, after = after, state
    return state


def test_a_day_of_steady_west_wind_crosses_the_longitude_of_the_reference():
    """T2: 24 h of 30 m/s at 45 N and 19 km."""
    plan = drift(uniform_grid(30.0, 0.0), 1_440, 60.0)
    state = flown(plan, n_vector(45.0, 0.0), 1_440)
    lat, lon = lat_lon_deg(*state[:3])
    assert lon == pytest.approx(32.776387, abs=1e-6)
    assert lat == pytest.approx(45.0, abs=1e-6)


def test_it_follows_a_turning_atmosphere_over_both_poles():
    """Solid-body rotation that carries the particle exactly over the poles, sampled at 1 degree."""
    turning = tilted(90.0, height_m=HEIGHT_M)
    grid = _turning_grid(turning)
    plan = drift(grid, 432, 1_200.0)
    start = n_vector(0.0, 90.0)
    state = flown(plan, start, 432)  # six days: half a turn, once over a pole
    x, y, z = turned(turning, *start, 6 * DAY_S)
    assert distance_m(*lat_lon_deg(*state[:3]), *lat_lon_deg(x, y, z)) < 2_000.0


def _turning_grid(turning):
    lat, lon = np.linspace(-90, 90, 181), np.linspace(-180, 180, 361)
    uv = np.empty((2, 2, 181, 361, 2), dtype=np.float32)
    for j, one_lat in enumerate(lat):
        for i, one_lon in enumerate(lon):
            inside = max(-89.9999, min(89.9999, float(one_lat)))
            uv[:, :, j, i] = turning_normals_wind(turning, *n_vector(inside, float(one_lon)))
    return WindGrid(np.array([0.0, 13 * DAY_S]), np.log([1_000.0, 20_000.0]), lat, lon, uv)


def test_the_wind_error_spreads_balloons_as_the_theory_says():
    """Still air: after a day the spread is sigma_X(24 h) of the Ornstein-Uhlenbeck process."""
    sd_mps, tau_s, n_steps, n = 3.0, 43_200.0, 72, 1_500
    plan = drift(uniform_grid(0.0, 0.0), n_steps, 1_200.0, sd_mps, tau_s)
    start = n_vector(45.0, 0.0)
    north_m, east_m = np.empty(n), np.empty(n)
    for particle in range(n):
        noises = np.array([normal4(7, particle, step) for step in range(n_steps + 1)])
        state, after = np.array([*start, *noises[-1][:2]]), np.empty(5)
        for step in range(n_steps):
            passive_step(plan, step, state, noises[step], after)
            state, after = after, state
        lat, lon = lat_lon_deg(*state[:3])
        north_m[particle] = (lat - 45.0) * 111_463.4  # metres a degree at 19 km, 45 N
        east_m[particle] = lon * 79_081.3
    expected = displacement_sd_m(sd_mps, tau_s, n_steps * 1_200.0)
    assert north_m.std() == pytest.approx(expected, rel=0.06)
    assert east_m.std() == pytest.approx(expected, rel=0.06)
    assert abs(np.corrcoef(north_m, east_m)[0, 1]) < 0.1


def test_splitting_a_step_keeps_the_law_of_the_error():
    """Two exact half steps leave the same variance as one whole step."""
    whole, half = ou_step(40_000.0, 1_200.0), ou_step(40_000.0, 600.0)
    assert half.decay**2 == pytest.approx(whole.decay, rel=1e-12)
    assert (half.decay * half.noise_e) ** 2 + half.noise_e**2 == pytest.approx(
        whole.noise_e**2, rel=1e-9
    )


def test_by_day_the_balloon_rides_higher_and_twilight_lies_between():
    noon = daylight_fraction(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    midnight = daylight_fraction(-1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    below = math.sin(math.radians(-5.5))
    dusk = daylight_fraction(below, math.sqrt(1 - below**2), 0.0, 1.0, 0.0, 0.0)
    assert noon > 0.999
    assert midnight < 0.001
    assert dusk == pytest.approx(0.5, abs=1e-9)


def test_beyond_the_wind_the_state_is_nan():
    plan = drift(uniform_grid(10.0, 0.0, days=0.1), 100, 1_200.0)
    assert np.isnan(flown(plan, n_vector(45.0, 0.0), 100)[:3]).all()


def memory(plan, lat_deg, step=0):
    """What is left of an error of one after a step without noise."""
    state, after = np.array([*n_vector(lat_deg, 0.0), 1.0, 0.0]), np.empty(5)
    passive_step(plan, step, state, np.zeros(4), after)
    return after[3]


def test_a_climb_makes_the_error_forget():
    climbing = level(2)._replace(height_m=np.array([19_000.0, 19_100.0, 19_200.0, 19_200.0, 0.0]))
    plan = drift(uniform_grid(0.0, 0.0), 2, 600.0, 1.0)
    plan = plan._replace(level=climbing, tau_s=86_400.0, vertical_length_m=800.0)
    assert memory(plan, 0.0) == pytest.approx(math.exp(-600.0 / 86_400.0 - 200.0 / 800.0))
    level_plan = plan._replace(level=level(2))
    assert memory(level_plan, 0.0) == pytest.approx(math.exp(-600.0 / 86_400.0), rel=1e-12)
    forgetless = plan._replace(vertical_length_m=math.inf)
    assert memory(forgetless, 0.0) == pytest.approx(math.exp(-600.0 / 86_400.0), rel=1e-12)


def test_the_daily_swing_makes_it_forget_too():
    sun = np.tile([1.0, 0.0, 0.0], (3, 1))
    sun[2] = (-1.0, 0.0, 0.0)  # from day to night within the step
    plan = drift(uniform_grid(0.0, 0.0), 1, 600.0, 1.0, swing_m=400.0)
    plan = plan._replace(
        level=plan.level._replace(sun=sun), tau_s=86_400.0, vertical_length_m=1_000.0
    )
    assert memory(plan, 0.0) == pytest.approx(math.exp(-600.0 / 86_400.0 - 0.4), rel=1e-6)


def test_a_bias_is_a_wind_that_stays():
    plan = drift(uniform_grid(0.0, 0.0), 72, 1_200.0)
    biased = plan._replace(bias_u_mps=3.0, bias_v_mps=-2.0)
    blown = drift(uniform_grid(3.0, -2.0), 72, 1_200.0)
    start = n_vector(45.0, 0.0)
    assert flown(biased, start, 72)[:3] == pytest.approx(flown(blown, start, 72)[:3], abs=1e-9)


def test_the_error_is_looked_up_at_its_time_and_longitude():
    plan = drift(uniform_grid(0.0, 0.0), 4, 1_200.0)
    entries = np.zeros((2, 2, 2, 2))
    entries[1, ..., 1] = 8.0
    table = SigmaTable(
        np.array([0.0, 2_400.0]),
        np.log([1_000.0, 20_000.0]),
        np.array([-90.0, 90.0]),
        np.array([-10.0, 10.0]),
        entries,
    )
    still, after = np.array([*n_vector(0.0, 0.0), 1.0, 0.0]), np.empty(5)
    passive_step(plan._replace(error=table), 1, still, np.zeros(4), after)
    moved_m = distance_m(0.0, 0.0, *lat_lon_deg(*after[:3]))
    # Half of the time, half of the way: a quarter of 8 m/s.
    assert moved_m == pytest.approx(2.0 * plan.ou.gain_s, rel=0.01)
