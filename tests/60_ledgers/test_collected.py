"""What was in view: overpasses whose dwell is known, brute force, and what must always hold."""

import json
import math
from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest
from flown import EPOCH, posterior
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.case.model import Site
from overflight.ledgers import collected
from overflight.physics import horizon, visible
from overflight.physics.sphere import n_vector
from overflight.physics.sun import sun_vector
from overflight.release.ledgerjson import plain

HEIGHT_M = 19_000.0
EQUATOR_M = 111_319.49  # a degree of longitude on the ellipsoid's equator


def site(lat_deg, lon_deg, name="here"):
    return Site.model_validate(
        {"name": name, "lat_deg": f"{lat_deg:.6f}", "lon_deg": f"{lon_deg:.6f}", "radius": "20 km"}
    )


def account(paths, *sites):
    return collected.ledger(SimpleNamespace(sites=sites), paths)


def overpass(speed_mps=10.0, step_s=1_800.0, hours=80.0, miss_deg=0.0, copies=1, lon_deg=0.0):
    """East along the equator, or beside it, over a place at the middle of the time."""
    time_s = np.arange(0.0, hours * 3_600.0 + 1.0, step_s)
    lon = lon_deg + (time_s - 0.5 * time_s[-1]) * speed_mps / EQUATOR_M
    lon = (np.tile(lon, (copies, 1)) + 180.0) % 360.0 - 180.0
    height_m = np.full(lon.shape, HEIGHT_M)
    return posterior(np.full(lon.shape, miss_deg), lon, time_s, height_m=height_m)


def seconds(line, degrees):
    (level,) = [one for one in line.levels if one.elevation_deg == degrees]
    return level.mean_s


@pytest.mark.parametrize("degrees", collected.ELEVATIONS_DEG)
def test_a_straight_overpass_dwells_as_long_as_geometry_says(degrees):
    (line,) = account(overpass(), site(0.0, 0.0)).sites
    arc_m = horizon.ray_arc_m(math.radians(degrees), 0.0, HEIGHT_M, horizon.LIGHT)
    assert seconds(line, degrees) == pytest.approx(horizon.dwell_s(arc_m, 0.0, 10.0), rel=2e-3)


def test_dwell_at_19_km_is_that_of_the_reference():
    """5.71 h and 63 min at 10 m/s (T21); light bends ten degrees' worth by half a per cent."""
    (line,) = account(overpass(), site(0.0, 0.0)).sites
    assert seconds(line, 10.0) / 3_600.0 == pytest.approx(5.71, rel=1e-2)
    assert seconds(line, 45.0) / 60.0 == pytest.approx(63.1, rel=1e-2)
    assert line.radio.mean_s == pytest.approx(2.0 * 549_310.0 / 10.0, rel=3e-3)


def test_a_short_passage_between_two_points_is_found():
    """At 40 m/s a point every hour steps over the 38 km in which it stands above 45 degrees."""
    paths = overpass(speed_mps=40.0, step_s=3_600.0, hours=21.0)
    assert np.abs(paths.lon_deg).min() * EQUATOR_M > 60_000.0
    (line,) = account(paths, site(0.0, 0.0)).sites
    assert seconds(line, 45.0) == pytest.approx(2.0 * 18_920.0 / 40.0, rel=1e-2)
    assert line.nearest_m[1] < 50.0
    assert line.nearest_s.p50_s == pytest.approx(10.5 * 3_600.0, abs=2.0)


def test_a_miss_shortens_the_dwell():
    (line,) = account(overpass(miss_deg=0.5), site(0.0, 0.0)).sites
    miss_m = 0.5 * 110_574.3
    assert line.nearest_m[1] == pytest.approx(miss_m, rel=1e-3)
    arc_m = horizon.ray_arc_m(math.radians(10.0), 0.0, HEIGHT_M, horizon.LIGHT)
    assert seconds(line, 10.0) == pytest.approx(horizon.dwell_s(arc_m, miss_m, 10.0), rel=3e-3)
    assert seconds(line, 20.0) == 0.0
    assert line.levels[3].in_view is None


def test_the_antimeridian_and_the_pole_are_places_like_others():
    (here,) = account(overpass(), site(0.0, 0.0)).sites
    (there,) = account(overpass(lon_deg=180.0), site(0.0, 180.0)).sites
    assert [one.mean_s for one in there.levels] == pytest.approx(
        [one.mean_s for one in here.levels], rel=1e-6
    )
    time_s = np.arange(0.0, 80 * 3_600.0, 1_800.0)
    along_deg = (time_s - time_s.mean()) * 10.0 / 111_693.9
    lat = 90.0 - np.abs(along_deg)
    lon = np.where(along_deg < 0.0, -60.0, 120.0)
    paths = posterior(lat[None], lon[None], time_s, height_m=np.full((1, len(lat)), HEIGHT_M))
    (pole,) = account(paths, site(90.0, 0.0)).sites
    assert seconds(pole, 10.0) == pytest.approx(seconds(here, 10.0), rel=5e-3)


def wandering(seed, n_paths=6, n_times=60):
    rng = np.random.default_rng(seed)
    kicks = rng.normal(0.0, 0.25, (2, n_paths, n_times)).cumsum(axis=-1)
    height_m = 18_000.0 + 100.0 * rng.normal(size=(n_paths, n_times)).cumsum(axis=-1)
    late = rng.integers(0, 20, n_paths)
    lat, lon = 46.0 + kicks[0], -108.0 + kicks[1]
    for row, first in enumerate(late):
        lat[row, :first] = lon[row, :first] = height_m[row, :first] = np.nan
    weight = rng.dirichlet(np.ones(n_paths))
    time_s = np.arange(n_times) * 1_800.0
    return posterior(lat, lon, time_s, height_m=height_m, weight=weight)


@pytest.mark.parametrize("seed", range(3))
def test_time_in_view_is_that_of_dense_sampling(seed):
    """Every path sampled every minute, by distance on a map and by the light at the site."""
    paths, place = wandering(seed), site(46.3, -107.6)
    (line,) = account(paths, place).sites
    dense_s = np.arange(0.0, paths.time_s[-1], 60.0) + 30.0
    k = np.minimum((dense_s / 1_800.0).astype(int), len(paths.time_s) - 2)
    f = dense_s / 1_800.0 - k
    here = np.array(n_vector(place.lat_deg, place.lon_deg))
    suns = np.array([sun_vector(EPOCH.timestamp() + t) for t in dense_s])
    day = suns @ here > math.sin(visible.SUNSET_RAD)
    expected = np.zeros((5, 2))
    for row, weight in enumerate(paths.weight):
        at = [
            (1 - f) * array[row, k] + f * array[row, k + 1]
            for array in (paths.lat_deg, paths.lon_deg, paths.height_m)
        ]
        scale_m = 111_150.0, 77_000.0  # metres a degree near 46 degrees north
        arc_m = np.hypot(
            (at[0] - place.lat_deg) * scale_m[0],
            (at[1] - place.lon_deg)
            * scale_m[1]
            * np.cos(np.radians(at[0]))
            / math.cos(math.radians(46.3)),
        )
        for level, degrees in enumerate(collected.ELEVATIONS_DEG):
            reach_m = np.array([
                horizon.straight_arc_m(math.radians(degrees), z, 1.161) if z > 0 else math.nan
                for z in at[2]
            ])  # fmt: skip
            seen = arc_m <= reach_m
            expected[level] += weight * 60.0 * np.array([seen.sum(), (seen & day).sum()])
    found = np.array([(one.mean_s, one.mean_day_s) for one in line.levels])
    np.testing.assert_allclose(found, expected, rtol=0.03, atol=700.0)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(40.0, 52.0), st.floats(-115.0, -100.0))
def test_what_must_hold_of_every_site(seed, lat_deg, lon_deg):
    answer = account(wandering(seed), site(lat_deg, lon_deg))
    (line,) = answer.sites
    flying_s = float(np.sum(np.isfinite(wandering(seed).lat_deg).sum(axis=1) * 1_800.0))
    means = [one.mean_s for one in line.levels]
    chances = [one.probability for one in line.levels]
    assert means == sorted(means, reverse=True)
    assert chances == sorted(chances, reverse=True)
    assert line.radio.mean_s >= means[0]
    assert line.radio.probability >= chances[0]
    for one in (*line.levels, line.radio):
        assert 0.0 <= one.mean_day_s <= one.mean_s <= flying_s
        assert 0.0 <= one.probability <= 1.0
        if one.in_view is not None:
            assert 0.0 < one.in_view.p05_s <= one.in_view.p50_s <= one.in_view.p95_s
    shares = np.array(line.by_time)
    assert (np.diff(shares, axis=0) <= 1e-12).all()
    json.dumps(plain(asdict(answer)), allow_nan=False)


def test_bounds_are_those_of_diffraction_at_the_nearest():
    (line,) = account(overpass(), site(0.0, 0.0)).sites
    (bound,) = [b for b in line.bounds if b.band == "visible" and b.aperture_m == 0.2]
    assert bound.across_m[1] == pytest.approx(0.0637, rel=1e-2)  # T22
    assert bound.along_m[1] == pytest.approx(bound.across_m[1], rel=1e-3)
    coarse = [b for b in line.bounds if b.band == "thermal" and b.aperture_m == 0.05]
    assert coarse[0].across_m[1] == pytest.approx(4.64, rel=1e-2)
    assert [one.decibels[1] for one in line.losses] == pytest.approx([101.5, 121.5, 138.0], abs=0.1)


def test_ground_in_view_grows_with_the_light_s_bending():
    areas = {one.elevation_deg: one.area_m2[1] / 1e6 for one in account(overpass()).ground}
    straight = {0.0: 758_312, 5.0: 108_258, 10.0: 33_161, 20.0: 8_324}
    for degrees, area_km2 in straight.items():
        assert 1.0 <= areas[degrees] / area_km2 < 1.17
    arc_m = horizon.ray_arc_m(0.0, 0.0, HEIGHT_M, horizon.LIGHT)
    assert areas[0.0] == pytest.approx(horizon.cap_area_m2(arc_m) / 1e6, rel=1e-4)


def test_what_is_never_in_view_has_no_times_and_no_bounds():
    (line,) = account(overpass(), site(40.0, 90.0, "far away")).sites
    assert [one.probability for one in line.levels] == [0.0] * 5
    assert line.levels[0].probability_sd > 0.0  # few paths say never, not certain
    assert (line.slant_m, line.bounds) == (None, ())
    assert line.nearest_m[1] > 5e6


def test_a_path_that_never_flies_is_nowhere():
    nowhere = np.full((3, 20), np.nan)
    answer = account(posterior(nowhere, nowhere, np.arange(20) * 1_800.0), site(0.0, 0.0))
    assert answer.ground == ()
    assert answer.sites[0].nearest_m is None
    assert answer.sites[0].levels[0].mean_s == 0.0


def test_weights_count_and_many_paths_are_thinned():
    apart = overpass(copies=2)
    lat = apart.lat_deg.copy()
    lat[1] += 30.0
    two = posterior(lat, apart.lon_deg, apart.time_s, height_m=apart.height_m,
                    weight=np.array([0.3, 0.7]))  # fmt: skip
    (line,) = account(two, site(0.0, 0.0)).sites
    assert line.levels[0].probability == pytest.approx(0.3)
    many = posterior(
        np.repeat(lat, 750, axis=0)[:, ::4], np.repeat(apart.lon_deg, 750, axis=0)[:, ::4],
        apart.time_s[::4], height_m=np.repeat(apart.height_m, 750, axis=0)[:, ::4],
        weight=np.repeat([0.3 / 750, 0.7 / 750], 750),
    )  # fmt: skip
    answer = account(many, site(0.0, 0.0))
    assert answer.n_paths == collected.MOST_PATHS
    assert answer.sites[0].levels[0].probability == pytest.approx(0.3, abs=0.002)


def test_the_ground_of_a_straight_flight_is_a_strip_with_round_ends():
    """On average over where the strip lies in the grid, of half or a quarter of a degree."""
    found = []
    for offset_deg in (0.0, 0.1, 0.2, 0.3, 0.4):
        paths = overpass(speed_mps=20.0, hours=80.0, miss_deg=offset_deg)
        answer = account(paths).swept
        found.append([one.area_m2[1] for one in answer])
        assert all(one.area_m2[0] == one.area_m2[2] for one in answer)
        assert {cell[2] for one in answer for cell in one.cells} == {1.0}
    length_m = 20.0 * 80.0 * 3_600.0
    for row, mean_m2 in zip((0, 2), np.mean(found, axis=0), strict=True):
        up = math.radians(collected.ELEVATIONS_DEG[row])
        reach_m = horizon.ray_arc_m(up, 0.0, HEIGHT_M, horizon.LIGHT)
        expected_m2 = 2.0 * reach_m * length_m + math.pi * reach_m**2
        assert mean_m2 == pytest.approx(expected_m2, rel=0.04)  # scallops, and the grid


def test_time_over_the_ground_adds_up():
    """Area times mean time is the area at one moment times the time flown, also over the pole."""
    for lat_deg in (0.13, 60.0, 89.9):
        time_s = np.arange(0.0, 40 * 3_600.0 + 1.0, 1_800.0)
        lon = (175.0 + np.linspace(0.0, 12.0, len(time_s)) + 180.0) % 360.0 - 180.0
        high = np.full((1, len(time_s)), HEIGHT_M)
        answer = account(posterior(np.full(high.shape, lat_deg), lon[None], time_s, height_m=high))
        for one, row in zip(answer.swept, (0, 2), strict=True):
            cells = np.array(one.cells)
            south, north = (
                np.radians(cells[:, 0] + side * 0.5 * one.cell_deg) for side in (-1.0, 1.0)
            )
            areas_m2 = (np.sin(north) - np.sin(south)) * math.radians(one.cell_deg) * 6_371_008.8**2
            whole = float(areas_m2 @ cells[:, 3])
            expected = answer.ground[row].area_m2[1] * (time_s[-1] + 1_800.0)
            assert whole == pytest.approx(expected, rel=0.05)
            assert one.area_m2[1] == pytest.approx(float(areas_m2.sum()), rel=1e-6)


def test_day_and_night_part_at_the_site_s_sunrise_and_sunset():
    """Still over 47 N for two days: as much day as every ten seconds say, to a minute a day."""
    time_s = np.arange(0.0, 2 * 86_400.0 + 1.0, 1_800.0)
    still = np.zeros((1, len(time_s)))
    paths = posterior(still + 47.0, still + 20.0, time_s, height_m=still + HEIGHT_M)
    (line,) = account(paths, site(47.3, 20.0)).sites
    dense_s = np.arange(5.0, time_s[-1], 10.0)
    suns = np.array([sun_vector(EPOCH.timestamp() + t) for t in dense_s])
    up = suns @ np.array(n_vector(47.3, 20.0)) > math.sin(visible.SUNSET_RAD)
    assert line.levels[0].mean_s == pytest.approx(time_s[-1])
    assert line.levels[0].mean_day_s == pytest.approx(10.0 * up.sum(), abs=120.0)
