"""Visits to a case's own zones and circles, against brute force and distances known exactly."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.case.model import Area, Site
from overflight.inference import bands, circles, watched
from overflight.physics import atmosphere

HOUR_S = 3_600.0


def paths_of(lat, lon, time_s, pressure_pa=7_000.0):
    lat, lon = np.atleast_2d(np.asarray(lat, float)), np.atleast_2d(np.asarray(lon, float))
    return SimpleNamespace(
        lat_deg=lat, lon_deg=lon, time_s=np.asarray(time_s, float),
        pressure_pa=np.broadcast_to(np.asarray(pressure_pa, float), lat.shape),
    )  # fmt: skip


def site(lat_deg, lon_deg, radius, **more):
    given = {"name": "X", "lat_deg": str(lat_deg), "lon_deg": str(lon_deg), "radius": radius}
    return Site.model_validate(given | more)


def case_of(areas=(), sites=()):
    return SimpleNamespace(areas=tuple(areas), sites=tuple(sites))


def area(*rings, **more):
    corners = tuple(tuple((lat, lon) for lon, lat in ring) for ring in rings)
    told = {"kind": "", "floor_m": None, "ceiling_m": None, "source": None} | more
    return Area(name="A", polygons=(corners,), **told)


def geodesic_m(lat1, lon1, lat2, lon2):
    """Vincenty's inverse formula on WGS84 (Survey Review 23, 1975)."""
    a, f = 6_378_137.0, 1.0 / 298.257223563
    b = a * (1.0 - f)
    u1, u2 = (math.atan((1.0 - f) * math.tan(math.radians(x))) for x in (lat1, lat2))
    length = lam = math.radians(lon2 - lon1)
    for _ in range(100):
        sin_s = math.hypot(
            math.cos(u2) * math.sin(lam),
            math.cos(u1) * math.sin(u2) - math.sin(u1) * math.cos(u2) * math.cos(lam),
        )
        cos_s = math.sin(u1) * math.sin(u2) + math.cos(u1) * math.cos(u2) * math.cos(lam)
        sigma = math.atan2(sin_s, cos_s)
        sin_a = math.cos(u1) * math.cos(u2) * math.sin(lam) / sin_s
        cos2_a = 1.0 - sin_a**2
        cos_2m = cos_s - 2.0 * math.sin(u1) * math.sin(u2) / cos2_a if cos2_a > 1e-12 else 0.0
        c = f / 16.0 * cos2_a * (4.0 + f * (4.0 - 3.0 * cos2_a))
        inner = cos_2m + c * cos_s * (2.0 * cos_2m**2 - 1.0)
        lam = length + (1.0 - c) * f * sin_a * (sigma + c * sin_s * inner)
    u_sq = cos2_a * (a**2 - b**2) / b**2
    big_a = 1.0 + u_sq / 16_384.0 * (4_096.0 + u_sq * (u_sq * (320.0 - 175.0 * u_sq) - 768.0))
    big_b = u_sq / 1_024.0 * (256.0 + u_sq * (u_sq * (74.0 - 47.0 * u_sq) - 128.0))
    step = big_b * sin_s * (cos_2m + big_b / 4.0 * cos_s * (2.0 * cos_2m**2 - 1.0))
    return b * big_a * (sigma - step)


@pytest.mark.parametrize(
    ("radius_km", "error"), [(20.0, 1e-4), (200.0, 1e-3), (500.0, 2e-3), (2_000.0, 7e-3)]
)
@pytest.mark.parametrize("lat_deg", [0.0, 45.8, -78.0])
def test_a_circle_is_as_wide_as_on_the_ellipsoid(lat_deg, radius_km, error):
    """A path that comes straight in meets it where the geodesic is as long as the radius."""
    for way in ((1.0, 0.0), (0.0, 1.0)):
        far = radius_km / 100.0
        lat = [min(lat_deg + way[0] * far, 89.0), lat_deg]
        lon = [10.0 + way[1] * far / math.cos(math.radians(lat_deg)), 10.0]
        time_s = np.linspace(0.0, 1.0, 2_001)
        along = [np.interp(time_s, [0.0, 1.0], ends) for ends in (lat, lon)]
        found = circles.visits(
            "x", site(lat_deg, 10.0, f"{radius_km:g} km"), paths_of(*along, time_s)
        )
        entered = [np.interp(found.enter_s[0], time_s, each) for each in along]
        assert geodesic_m(*entered, lat_deg, 10.0) == pytest.approx(1e3 * radius_km, rel=error)


def test_a_circle_grazed_between_two_points_is_found():
    """Both points are 25 km off, the way between them passes at 19.9 km."""
    north = 19.9 / 110.574
    east = 15.13 / 111.32
    time_s = [0.0, 1_200.0]
    paths = paths_of([north] * 2, [-east, east], time_s)
    found = circles.visits("x", site(0, 0, "20 km"), paths)
    assert found.enter_s.size == 1
    half_s = 600.0 * math.sqrt(20.0**2 - 19.9**2) / 15.13
    middle_s = 600.0
    assert found.enter_s[0] == pytest.approx(middle_s - half_s, abs=15.0)
    assert found.exit_s[0] == pytest.approx(middle_s + half_s, abs=15.0)
    missed = circles.visits(
        "x", site(0, 0, "19.8 km"), paths_of([north] * 2, [-east, east], time_s)
    )
    assert missed.enter_s.size == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 60.0, 89.9, -90.0]), st.sampled_from([0, 180]))
def test_circles_are_met_as_brute_force_finds(seed, lat_deg, lon_deg):
    """Random walks about a site, at a pole and on the antimeridian too, sampled a hundredfold."""
    rng = np.random.default_rng(seed)
    time_s = 1_200.0 * np.arange(12.0)
    walk = 20e3 * np.cumsum(rng.normal(size=(2, 5, 12)), axis=2)
    pole = abs(lat_deg) > 89.0
    centre = np.array([[0.0, 0.0, math.copysign(1.0, lat_deg)]]) if pole else None
    if pole:
        normals = np.stack([walk[0] / 6.37e6, walk[1] / 6.37e6, np.ones_like(walk[0])], -1)
        normals[..., 2] *= centre[0, 2]
        lat_deg = 90.0 * centre[0, 2]
        lat = np.degrees(np.arctan2(normals[..., 2], np.hypot(normals[..., 0], normals[..., 1])))
        lon = np.degrees(np.arctan2(normals[..., 1], normals[..., 0]))
    else:
        lat = lat_deg + np.degrees(walk[1] / 6.37e6)
        lon = lon_deg + np.degrees(walk[0] / 6.37e6 / math.cos(math.radians(lat_deg)))
        lon = (lon + 180.0) % 360.0 - 180.0
    paths = paths_of(lat, lon, time_s)
    here = site(lat_deg, lon_deg, "25 km")
    found = circles.visits("x", here, paths)
    at = circles._on_map(here, paths.lat_deg, paths.lon_deg)
    fine_s = np.linspace(0.0, time_s[-1], 11 * 400 + 1)
    for path in range(5):
        dense = np.interp(fine_s, time_s, at[path].real) + 1j * np.interp(
            fine_s, time_s, at[path].imag
        )
        inside = np.abs(dense) <= 25e3
        mine = found.only(found.path == path)
        told = np.zeros(fine_s.size, dtype=bool)
        for enter_s, exit_s in zip(mine.enter_s, mine.exit_s, strict=True):
            told |= (fine_s >= enter_s) & (fine_s <= exit_s)
        edge = np.abs(np.abs(dense) - 25e3) < 30.0
        assert (told == inside)[~edge].all()
        assert (mine.began_inside.any() == inside[0]) or edge[0]
        assert (mine.ended_inside.any() == inside[-1]) or edge[-1]


def test_a_path_on_the_far_side_of_the_earth_is_nowhere_near():
    time_s = HOUR_S * np.arange(3.0)
    far = paths_of([0.1, -0.1, 0.1], [179.9, -179.9, 179.9], time_s)
    assert circles.visits("x", site(0, 0, "500 km"), far).enter_s.size == 0


def test_a_path_that_is_interrupted_starts_and_ends_there():
    time_s = HOUR_S * np.arange(5.0)
    lat = [0.0, 0.01, np.nan, 0.0, 0.01]
    found = circles.visits("x", site(0, 0, "20 km"), paths_of(lat, [0.0] * 5, time_s))
    assert found.enter_s.tolist() == [0.0, 3.0 * HOUR_S]
    assert found.exit_s.tolist() == [HOUR_S, 4.0 * HOUR_S]
    assert found.began_inside.all()
    assert found.ended_inside.all()


def test_a_zone_over_the_antimeridian_is_one_zone():
    box = [(170.0, 0.0), (190.0, 0.0), (190.0, 10.0), (170.0, 10.0), (170.0, 0.0)]
    time_s = HOUR_S * np.arange(5.0)
    lon = [165.0, 172.0, 179.0, -174.0, -167.0]
    found = watched.passages(case_of([area(box)]), paths_of([5.0] * 5, lon, time_s))
    assert found.enter_s == pytest.approx([HOUR_S * 5.0 / 7.0])
    assert found.exit_s == pytest.approx([HOUR_S * (3.0 + 4.0 / 7.0)])


def test_an_outline_keeps_its_area_when_it_is_cut():
    ring = [(170.0, 0.0), (200.0, 0.0), (200.0, 10.0), (170.0, 10.0), (170.0, 0.0)]
    hole = [(175.0, 2.0), (185.0, 2.0), (185.0, 8.0), (175.0, 8.0), (175.0, 2.0)]
    whole = watched.outline(area(ring, hole).polygons)
    assert whole.area == pytest.approx(300.0 - 60.0)
    assert shapely.is_valid(whole)
    west, _, east, _ = whole.bounds
    assert (west, east) == (-180.0, 180.0)


def test_levels_cut_a_visit_to_when_the_pressure_is_between_them():
    """Up through FL600 and down again within a zone: out of class A for the time between."""
    time_s = HOUR_S * np.arange(5.0)
    level_m = np.array([17_000.0, 18_000.0, 19_000.0, 18_000.0, 17_000.0])
    pressure_pa = [atmosphere.pressure_pa_of_altitude(h) for h in level_m]
    paths = paths_of([0.0] * 5, [0.0] * 5, time_s, pressure_pa)
    above = site(0, 0, "20 km", floor="FL600")
    found = watched.passages(case_of(sites=[above]), paths)
    assert found.enter_s == pytest.approx([HOUR_S * 1.288], abs=2.0)
    assert found.exit_s == pytest.approx([HOUR_S * 2.712], abs=2.0)
    assert not found.began_inside.any()
    assert not found.ended_inside.any()
    below = site(0, 0, "20 km", ceiling="FL600")
    found = watched.passages(case_of(sites=[below]), paths)
    assert found.enter_s == pytest.approx([0.0, HOUR_S * 2.712], abs=2.0)
    assert found.began_inside.tolist() == [True, False]
    assert found.ended_inside.tolist() == [False, True]


def test_a_level_that_never_is_gives_no_visit_and_keeps_the_zone_asked():
    time_s = HOUR_S * np.arange(3.0)
    high = site(0, 0, "20 km", floor="FL900")
    found = watched.passages(case_of(sites=[high]), paths_of([0.0] * 3, [0.0] * 3, time_s))
    assert found.zones == ("site:X",)
    assert found.enter_s.size == 0


def test_a_band_is_met_within_a_step():
    found = bands.stretches(
        np.array([0.0, 100.0]), np.array([0.0, 1_000.0]), (0.0, 100.0), (250.0, 750.0)
    )
    assert len(found) == 1
    assert found[0] == pytest.approx((25.0, 75.0))


def test_names_say_all_that_is_asked():
    one = site(0, 0, "20 km", kind="airport", floor="FL180", ceiling="FL600")
    (place,) = watched.places_of(case_of(sites=[one]))
    assert place.name == "X (airport), within 20 km, above FL180, below FL600"
    assert (place.id, place.short) == ("site:X", "X")
