"""How fast air spreads out: exact on linear winds, nothing in solid rotation, at a pole too."""

import math

import numpy as np
import pytest

from overflight.fields import synthetic
from overflight.physics import divergence, sphere
from overflight.physics.windgrid import SigmaTable, WindGrid

TIMES_S = np.array([0.0, 86_400.0])
LEVELS_LOG = np.log(np.array([5_000.0, 10_000.0]))
LOG_70HPA = math.log(7_000.0)
HEIGHT_M = 18_500.0


def gridded(u, v, lats_deg, lons_deg):
    lat, lon = np.meshgrid(lats_deg, lons_deg, indexing="ij")
    uv_mps = np.empty((2, 2, *lat.shape, 2), dtype=np.float32)
    uv_mps[..., 0], uv_mps[..., 1] = u(lat, lon), v(lat, lon)
    return WindGrid(TIMES_S, LEVELS_LOG, lats_deg, lons_deg, uv_mps)


def at(grid, lat_deg, lon_deg):
    place = sphere.n_vector(lat_deg, lon_deg)
    return divergence.divergence_hz(grid, 3_600.0, LOG_70HPA, HEIGHT_M, *place)


@pytest.mark.parametrize("lat_deg", [-62.3, -1.0, 0.4, 33.7, 71.2])
def test_linear_winds_are_exact(lat_deg):
    """u = a lon, v = b lat: a / ((N + h) cos lat) + b / (M + h) - v tan lat / (N + h)."""
    a, b = 3.0, -2.0  # m/s a degree
    grid = gridded(
        lambda lat, lon: a * lon + 0.0 * lat, lambda lat, lon: b * lat + 0.0 * lon,
        np.linspace(-80.0, 80.0, 33), np.linspace(-10.0, 10.0, 9),
    )  # fmt: skip
    lat_rad = math.radians(lat_deg)
    across_m = sphere.prime_vertical_radius_m(lat_rad) + HEIGHT_M
    along_m = sphere.meridional_radius_m(lat_rad) + HEIGHT_M
    per_rad = math.degrees(1.0)
    expected = a * per_rad / (across_m * math.cos(lat_rad)) + b * per_rad / along_m
    expected -= b * lat_deg * math.tan(lat_rad) / across_m
    assert at(grid, lat_deg, 1.3) == pytest.approx(expected, rel=2e-6)


def test_a_steady_south_wind_converges_where_meridians_do():
    """v alone: the air of a parallel is pressed into a shorter one."""
    grid = gridded(
        lambda lat, lon: 0.0 * lat * lon, lambda lat, lon: 20.0 + 0.0 * lat * lon,
        np.linspace(-80.0, 80.0, 81), np.linspace(-10.0, 10.0, 9),
    )  # fmt: skip
    across_m = sphere.prime_vertical_radius_m(math.radians(60.0)) + HEIGHT_M
    assert at(grid, 60.0, 0.0) == pytest.approx(-20.0 * math.tan(math.radians(60.0)) / across_m)


@pytest.mark.parametrize("tilt_deg", [0.0, 45.0, 90.0])
def test_solid_rotation_spreads_nothing_out_not_even_at_a_pole(tilt_deg):
    turning = synthetic.tilted(tilt_deg, height_m=HEIGHT_M)
    grid = synthetic.sampled(
        synthetic.turning_flow(turning), TIMES_S, LEVELS_LOG,
        np.linspace(-90.0, 90.0, 361), np.linspace(-180.0, 180.0, 721),
    )  # fmt: skip
    speed_mps = 2.0 * math.pi * sphere.MEAN_RADIUS_M / turning.period_s
    unit = speed_mps / sphere.MEAN_RADIUS_M  # a wind that changes by itself over Earth's radius
    for lat_deg, lon_deg in [(0.1, 0.2), (47.3, -110.2), (-60.1, 179.9), (80.0, 5.0)]:
        assert abs(at(grid, lat_deg, lon_deg)) < 0.03 * unit
    for lat_deg in (89.3, 89.99, 90.0, -90.0):  # where winds are read as vectors, cell by cell
        assert abs(at(grid, lat_deg, 33.3)) < 0.05 * unit


def test_outside_the_wind_there_is_no_answer():
    grid = gridded(
        lambda lat, lon: 0.0 * lat * lon, lambda lat, lon: 0.0 * lat * lon,
        np.linspace(10.0, 20.0, 3), np.linspace(0.0, 10.0, 3),
    )  # fmt: skip
    assert math.isnan(at(grid, 30.0, 5.0))


def test_an_error_diverges_where_its_size_grows_along_it():
    """Standard deviation growing by 1 m/s a degree north: e_north / (metres of a degree)."""
    table = SigmaTable(
        np.zeros(1), LEVELS_LOG, np.array([0.0, 40.0]), np.zeros(1),
        np.array([2.0, 42.0])[None, None, :, None] * np.ones((1, 2, 1, 1)),
    )  # fmt: skip
    place = sphere.n_vector(20.0, 5.0)
    along_m = sphere.meridional_radius_m(math.radians(20.0)) + HEIGHT_M
    told = (table, 0.0, LOG_70HPA, HEIGHT_M, place)
    expected = 1.5 * math.degrees(1.0) / along_m
    assert divergence.error_divergence_hz(*told, (0.0, 1.5)) == pytest.approx(expected, rel=1e-5)
    assert divergence.error_divergence_hz(*told, (3.0, -1.5)) == pytest.approx(-expected, rel=1e-5)
    assert divergence.error_divergence_hz(*told, (2.0, 0.0)) == pytest.approx(0.0, abs=1e-12)
    assert divergence.error_divergence_hz(*told, (0.0, 0.0)) == 0.0
