"""Earth's shape: curvature, displacement and distance, against tables and geodesics."""

import math

import pytest
from geographiclib.geodesic import Geodesic

from overflight.physics import sphere
from overflight.physics.integrate import rk4_step
from overflight.physics.kernel import kernel

DAY_S = 86_400.0
WGS84 = Geodesic.WGS84


@kernel
def steady(parameters, time_s, x, y, z):
    u_mps, v_mps, height_m = parameters
    return sphere.rate(x, y, z, u_mps, v_mps, height_m)


def carried(lat_deg, lon_deg, wind, steps, dt_s):
    at = sphere.n_vector(lat_deg, lon_deg)
    for step in range(steps):
        at = rk4_step(steady, wind, step * dt_s, at, dt_s)
    return sphere.lat_lon_deg(*at)


@pytest.mark.parametrize(
    ("lat_deg", "along_m", "across_m"),
    [(0, 6335439.327, 6378137.000), (45, 6367381.816, 6388838.290), (80, 6397643.326, 6398943.460)],
)
def test_radii_of_curvature_are_those_of_wgs84(lat_deg, along_m, across_m):
    lat_rad = math.radians(lat_deg)
    assert sphere.meridional_radius_m(lat_rad) == pytest.approx(along_m, abs=1e-3)
    assert sphere.prime_vertical_radius_m(lat_rad) == pytest.approx(across_m, abs=1e-3)
    assert sphere.radii_m(math.sin(lat_rad)) == pytest.approx((along_m, across_m), abs=1e-3)


def test_radii_agree_with_the_reference_table(refs):
    for lat, (along_m, across_m) in refs["wgs84"]["M_N"].items():
        lat_rad = math.radians(float(lat))
        tol_m = refs["tests"]["T1"]["tol_abs_m"]
        assert sphere.meridional_radius_m(lat_rad) == pytest.approx(along_m, abs=tol_m)
        assert sphere.prime_vertical_radius_m(lat_rad) == pytest.approx(across_m, abs=tol_m)


@pytest.mark.parametrize(("key", "height_m"), [("h0", 0.0), ("h19000", 19_000.0)])
def test_a_degree_is_as_long_as_the_reference_table_says(refs, key, height_m):
    for lat, (north_m, east_m) in refs["wgs84"][f"m_per_deg_lat_lon_{key}"].items():
        lat_rad, degree = math.radians(float(lat)), math.radians(1.0)
        along_m, across_m = sphere.radii_m(math.sin(lat_rad))
        assert (along_m + height_m) * degree == pytest.approx(north_m, abs=1e-3)
        assert (across_m + height_m) * math.cos(lat_rad) * degree == pytest.approx(east_m, abs=1e-3)


@pytest.mark.parametrize(
    ("height_m", "turn_deg"), [(19_000.0, 32.77638740617452), (0.0, 32.87386230418223)]
)
def test_a_day_of_west_wind_goes_round_the_parallel(height_m, turn_deg):
    lat_deg, lon_deg = carried(45.0, 0.0, (30.0, 0.0, height_m), 144, 600.0)
    assert lat_deg == pytest.approx(45.0, abs=1e-9)
    assert lon_deg == pytest.approx(turn_deg, abs=1e-6)


def test_a_day_of_west_wind_agrees_with_the_reference_file(refs):
    _, lon_deg = carried(45.0, 0.0, (30.0, 0.0, 19_000.0), 144, 600.0)
    tol_deg = refs["tests"]["T2"]["tol_abs_deg"]
    expected_deg = refs["wgs84"]["dlon_deg_24h_u30_lat45_h19000"]
    assert lon_deg == pytest.approx(expected_deg, abs=tol_deg)


@pytest.mark.parametrize(
    ("from_deg", "sign"), [(-40.0, 1.0), (10.0, 1.0), (62.0, 1.0), (80.0, -1.0)]
)
def test_a_south_wind_covers_the_ellipsoids_meridian(from_deg, sign):
    lat_deg, lon_deg = carried(from_deg, 12.0, (0.0, sign * 25.0, 0.0), 200, 600.0)
    covered_m = WGS84.Inverse(from_deg, 12.0, lat_deg, lon_deg)["s12"]
    assert covered_m == pytest.approx(25.0 * 200 * 600.0, abs=1e-3)
    assert lon_deg == pytest.approx(12.0, abs=1e-9)


@pytest.mark.parametrize("azimuth_deg", [0.0, 37.0, 90.0, 145.0, 270.0])
@pytest.mark.parametrize("lat_deg", [-75.0, -20.0, 0.0, 48.0, 85.0])
def test_a_short_move_agrees_with_the_geodesic(lat_deg, azimuth_deg):
    azimuth_rad, length_m = math.radians(azimuth_deg), 200.0
    wind = (math.sin(azimuth_rad), math.cos(azimuth_rad))
    at = sphere.move(*sphere.n_vector(lat_deg, -100.0), *wind, 0.0, length_m)
    end = WGS84.Direct(lat_deg, -100.0, azimuth_deg, length_m)
    here = sphere.lat_lon_deg(*at)
    miss_m = WGS84.Inverse(*here, end["lat2"], end["lon2"])["s12"]
    bend_m = length_m**2 / 6.36e6 * (1.0 + abs(math.tan(math.radians(lat_deg))))
    assert miss_m < bend_m  # a straight step leaves the geodesic by its second order only


def test_great_circles_and_geodesics_between_the_reference_towns(refs):
    for name in ("geodesic_billings_surfside", "geodesic_malmstrom_billings"):
        way = refs["wgs84"][name]
        ends = (*way["from_lat_lon_deg"], *way["to_lat_lon_deg"])
        great_circle_m = sphere.distance_m(*ends)
        assert great_circle_m == pytest.approx(way["great_circle_on_R6371008.7714_m"], abs=0.06)
        assert great_circle_m == pytest.approx(way["distance_m"], rel=6e-3)


def test_distance_keeps_its_digits_near_and_far():
    assert sphere.distance_m(0.0, 0.0, 0.0, 1e-9) == pytest.approx(1.1119508e-4, rel=1e-6)
    half_turn_m = math.pi * sphere.MEAN_RADIUS_M
    assert sphere.distance_m(30.0, 20.0, -30.0, -160.0) == pytest.approx(half_turn_m, rel=1e-12)


def test_east_at_a_pole_is_a_direction_all_the_same():
    for z in (1.0, -1.0):
        assert sphere.east(0.0, 0.0, z) == (0.0, 1.0, 0.0)
        assert sphere.north(0.0, 0.0, z) == (-z, 0.0, 0.0)
    assert sphere.lat_lon_deg(0.0, 0.0, -1.0)[0] == -90.0


def test_longitude_is_at_least_minus_180_and_below_180():
    for lon_deg in (-180.0, 180.0, 540.0):
        _, back_deg = sphere.lat_lon_deg(*sphere.n_vector(0.0, lon_deg))
        assert back_deg == pytest.approx(-180.0, abs=1e-12) or back_deg == pytest.approx(180.0)
        assert -180.0 <= back_deg < 180.0
    assert sphere.lat_lon_deg(-1.0, 0.0, 0.0) == (0.0, -180.0)
    assert sphere.lat_lon_deg(-1.0, -0.0, 0.0) == (0.0, -180.0)
