"""What must hold for every place, height, wind and step, not just for those we thought of."""

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import assume, example, given
from hypothesis import strategies as st

from overflight.physics import atmosphere, ou, sphere, windgrid
from overflight.physics.random import normal4, uniform4
from overflight.physics.windgrid import WindGrid

latitudes = st.floats(-90.0, 90.0)
longitudes = st.floats(-180.0, 180.0, exclude_max=True)
heights_m = st.floats(0.0, 50_000.0)
speeds_mps = st.floats(-120.0, 120.0)
words = st.integers(0, 2**64 - 1)
steps = st.integers(0, 2**32 - 1)


@given(latitudes, longitudes)
@example(90.0, 0.0)
@example(0.0, -180.0)
def test_a_place_comes_back_from_its_normal(lat_deg, lon_deg):
    back_lat_deg, back_lon_deg = sphere.lat_lon_deg(*sphere.n_vector(lat_deg, lon_deg))
    assert back_lat_deg == pytest.approx(lat_deg, abs=1e-12)
    assert -180.0 <= back_lon_deg < 180.0
    across = math.cos(math.radians(lat_deg))
    turn_deg = (back_lon_deg - lon_deg + 180.0) % 360.0 - 180.0
    assert abs(turn_deg) * across < 1e-12


@given(latitudes, longitudes)
@example(90.0, 0.0)
@example(-90.0, 77.0)
def test_east_north_and_up_are_right_handed_and_square(lat_deg, lon_deg):
    up = sphere.n_vector(lat_deg, lon_deg)
    frame = np.array([sphere.east(*up), sphere.north(*up), up])
    np.testing.assert_allclose(frame @ frame.T, np.eye(3), atol=3e-12)
    assert np.linalg.det(frame) == pytest.approx(1.0, abs=1e-11)


@given(latitudes, longitudes, speeds_mps, speeds_mps, heights_m)
def test_a_short_move_covers_the_ground_it_should(lat_deg, lon_deg, u_mps, v_mps, height_m):
    """On the ellipsoid, by the geodesic, scaled down from the height by the radii there."""
    assume(abs(lat_deg) < 89.9 and math.hypot(u_mps, v_mps) > 1.0)
    n = sphere.n_vector(lat_deg, lon_deg)
    there = sphere.lat_lon_deg(*sphere.move(*n, u_mps, v_mps, height_m, 1.0))
    along_m, across_m = sphere.radii_m(n[2])
    east_m, north_m = (
        u_mps * across_m / (across_m + height_m),
        v_mps * along_m / (along_m + height_m),
    )
    covered_m = Geodesic.WGS84.Inverse(lat_deg, lon_deg, *there)["s12"]
    bend = 120.0 / 6.36e6 * (1.0 + abs(math.tan(math.radians(lat_deg))))
    assert covered_m == pytest.approx(math.hypot(east_m, north_m), rel=bend + 1e-6)


@given(latitudes, longitudes, longitudes, speeds_mps, speeds_mps)
def test_turning_the_globe_about_its_axis_changes_nothing(lat_deg, lon_deg, turn_deg, u_mps, v_mps):
    assume(abs(lat_deg) < 89.99)
    here = sphere.move(*sphere.n_vector(lat_deg, lon_deg), u_mps, v_mps, 18_000.0, 600.0)
    there = sphere.move(
        *sphere.n_vector(lat_deg, lon_deg + turn_deg), u_mps, v_mps, 18_000.0, 600.0
    )
    sine, cosine = math.sin(math.radians(turn_deg)), math.cos(math.radians(turn_deg))
    turned = (
        here[0] * cosine - here[1] * sine,
        here[0] * sine + here[1] * cosine,
        here[2],
    )
    assert there == pytest.approx(turned, abs=1e-11)
    assert math.hypot(*there) == pytest.approx(1.0, abs=1e-15)


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_symmetric_and_never_beyond_half_way_round(a_deg, b_deg, c_deg, d_deg):
    there_m = sphere.distance_m(a_deg, b_deg, c_deg, d_deg)
    assert there_m == pytest.approx(sphere.distance_m(c_deg, d_deg, a_deg, b_deg), abs=1e-6)
    assert 0.0 <= there_m <= math.pi * sphere.MEAN_RADIUS_M * (1.0 + 1e-15)


@given(heights_m, heights_m)
def test_higher_is_thinner(height_m, other_m):
    low_m, high_m = sorted((height_m, other_m))
    assume(high_m - low_m > 1e-3)
    assert atmosphere.pressure_pa(low_m) > atmosphere.pressure_pa(high_m)
    assert atmosphere.density_kgm3(low_m) > atmosphere.density_kgm3(high_m)


@given(heights_m, latitudes)
@example(0.0, 0.0)
def test_heights_come_back_from_pressure_density_and_geopotential(height_m, lat_deg):
    assume(height_m == 0.0 or height_m > 1e-6)
    pressure_pa = atmosphere.pressure_pa(height_m)
    assert atmosphere.height_m_of_pressure(pressure_pa) == pytest.approx(height_m, abs=1e-6)
    density_kgm3 = atmosphere.density_kgm3(height_m)
    if density_kgm3 <= atmosphere.density_kgm3(0.0):
        assert atmosphere.height_m_of_density(density_kgm3) == pytest.approx(height_m, abs=1e-6)
    geopotential_m = atmosphere.geopotential_m_of_height(height_m)
    back_m = atmosphere.height_m_of_geopotential(geopotential_m)
    assert back_m == pytest.approx(height_m, abs=1e-8)
    local_m = atmosphere.geopotential_m_at_latitude(height_m, lat_deg)
    assert atmosphere.height_m_at_latitude(local_m, lat_deg) == pytest.approx(height_m, abs=1e-8)
    assert abs(local_m - geopotential_m) <= 0.004 * height_m


@given(st.floats(600.0, 1e6), st.floats(0.1, 1e5), st.floats(0.1, 10.0))
def test_two_error_steps_make_one(tau_s, dt_s, split):
    """The process has no memory of how its time was cut."""
    first_s, second_s = dt_s * split / (1.0 + split), dt_s / (1.0 + split)
    one, two = ou.ou_step(tau_s, first_s), ou.ou_step(tau_s, second_s)
    whole = ou.ou_step(tau_s, dt_s)
    var_e, cov, var_x = ou.covariances(1.0, tau_s, dt_s)
    assert one.decay * two.decay == pytest.approx(whole.decay, rel=1e-12)
    assert one.gain_s + two.gain_s * one.decay == pytest.approx(whole.gain_s, rel=1e-12)
    ve1, c1, vx1 = ou.covariances(1.0, tau_s, first_s)
    ve2, c2, vx2 = ou.covariances(1.0, tau_s, second_s)
    assert two.decay**2 * ve1 + ve2 == pytest.approx(var_e, rel=1e-12)
    assert two.decay * (c1 + two.gain_s * ve1) + c2 == pytest.approx(cov, rel=1e-12)
    made = vx1 + 2.0 * two.gain_s * c1 + two.gain_s**2 * ve1 + vx2
    assert made == pytest.approx(var_x, rel=1e-11)


@given(st.floats(600.0, 1e6), st.floats(0.1, 1e7), st.floats(0.0, 1.5e-4))
def test_an_error_spreads_no_further_than_a_constant_wind_and_turning_slows_it(
    tau_s, time_s, coriolis_radps
):
    plain_m = ou.displacement_sd_m(1.0, tau_s, time_s)
    assert 0.0 < plain_m <= time_s * (1.0 + 1e-12)
    assert ou.displacement_sd_m(1.0, tau_s, 1.1 * time_s) > plain_m
    turning_m = ou.rotating_displacement_sd_m(1.0, tau_s, coriolis_radps, time_s)
    assert 0.0 <= turning_m <= plain_m * (1.0 + 1e-12)


@given(words, words, steps)
def test_any_key_particle_and_step_has_its_numbers(key, particle, step):
    key, particle = np.uint64(key), np.uint64(particle)
    drawn = uniform4(key, particle, step)
    assert all(0.0 < value < 1.0 for value in drawn)
    assert drawn == uniform4(key, particle, step)
    assert all(abs(value) <= 6.8 for value in normal4(key, particle, step))


AXES = (
    np.array([0.0, 3_600.0, 10_800.0]),
    np.log(np.array([3_000.0, 5_000.0, 7_000.0, 15_000.0])),
    np.array([-90.0, -71.0, -30.0, -2.0, 17.0, 44.0, 80.0, 90.0]),
    np.linspace(-180.0, 180.0, 25),
)
times_s = st.floats(0.0, 10_800.0)
logs = st.floats(float(AXES[1][0]), float(AXES[1][-1]))


def random_grid(seed):
    rng = np.random.default_rng(seed)
    uv_mps = rng.normal(0.0, 20.0, (*map(len, AXES), 2)).astype(np.float32)
    uv_mps[..., -1, :] = uv_mps[..., 0, :]  # the globe closes
    return WindGrid(*AXES, uv_mps)


GRID = random_grid(0)


@given(times_s, logs, latitudes, longitudes)
@example(0.0, float(AXES[1][0]), 0.0, -180.0)
@example(10_800.0, float(AXES[1][-1]), 90.0, 12.0)
def test_sampling_never_exceeds_the_nodes(time_s, log_pressure, lat_deg, lon_deg):
    wind = windgrid.wind(GRID, time_s, log_pressure, *sphere.n_vector(lat_deg, lon_deg))
    assert math.hypot(*wind) <= np.hypot(GRID.uv_mps[..., 0], GRID.uv_mps[..., 1]).max() * 1.0001
    if abs(lat_deg) < 89.0:
        for part in range(2):
            assert GRID.uv_mps[..., part].min() - 1e-4 <= wind[part]
            assert wind[part] <= GRID.uv_mps[..., part].max() + 1e-4


@given(times_s, logs, st.floats(-88.9, 88.9), st.floats(-179.99, 179.99))
def test_a_small_step_changes_the_wind_a_little(time_s, log_pressure, lat_deg, lon_deg):
    """Continuity across every face of every cell."""
    here = windgrid.wind(GRID, time_s, log_pressure, *sphere.n_vector(lat_deg, lon_deg))
    near = windgrid.wind(
        GRID,
        min(time_s + 1e-3, 10_800.0),
        min(log_pressure + 1e-7, float(AXES[1][-1])),
        *sphere.n_vector(lat_deg + 1e-6, lon_deg + 1e-6),
    )
    assert math.dist(here, near) < 1e-3


@given(
    times_s,
    logs,
    st.floats(-88.9, 88.9),
    st.floats(-179.0, 179.0),
    st.tuples(*[st.floats(-1.0, 1.0)] * 4),
)
def test_fields_linear_in_each_coordinate_are_exact(time_s, log_pressure, lat_deg, lon_deg, slope):
    def field(t, p, lat, lon):
        return slope[0] * t / 1e3 + slope[1] * p + slope[2] * lat / 10 + slope[3] * lon / 10

    values = field(*np.ix_(*AXES))
    grid = WindGrid(*AXES, np.stack([values, -values], axis=-1).astype(np.float32))
    u_mps, v_mps = windgrid.wind(grid, time_s, log_pressure, *sphere.n_vector(lat_deg, lon_deg))
    assert u_mps == pytest.approx(field(time_s, log_pressure, lat_deg, lon_deg), abs=1e-4)
    assert v_mps == pytest.approx(-u_mps, abs=1e-12)


@given(logs, st.floats(-400.0, 400.0))
def test_the_error_table_stays_between_its_entries(log_pressure, lat_deg):
    entries = np.arange(1.0, 33.0).reshape(4, 8)
    table = windgrid.steady(AXES[1], AXES[2], entries)
    got_mps = windgrid.sigma(table, 0.0, log_pressure, lat_deg, 0.0)
    assert 1.0 <= got_mps <= 32.0
