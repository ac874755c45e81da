"""People in view: strips of known area and density, sums that are kept, borders, nobody at sea."""

from types import SimpleNamespace

import numpy as np
import pytest
from flown import posterior, southward

from overflight.fields import places, population
from overflight.fields.population_grid import Grid
from overflight.fields.population_raster import raster
from overflight.ledgers import collected
from overflight.physics import horizon
from overflight.physics.sphere import MEAN_RADIUS_M

HEIGHT_M = 19_000.0


def crowd_of(density_perkm2, south=-20.0, north=20.0, west=-40.0, east=40.0, cell=0.05, holes=None):
    lat = np.arange(round((north - south) / cell) + 1) * cell + south
    lon = np.arange(round((east - west) / cell) + 1) * cell + west
    values = np.full((len(lat) - 1, len(lon) - 1), density_perkm2, np.float32)
    if holes is not None:
        values[holes] = np.nan
    grid = Grid(lat, lon, values, ())
    return population.Population(places.load(), grid, "a grid", population.GRID_FACTOR)


def flown(lon_deg, lat_deg=0.0, height_m=HEIGHT_M, step_s=3_600.0):
    lon = np.atleast_2d(np.asarray(lon_deg, float))
    lat = np.broadcast_to(lat_deg, lon.shape)
    time_s = np.arange(lon.shape[1]) * step_s
    return posterior(lat, lon, time_s, height_m=np.full(lon.shape, height_m))


def in_view(paths, crowd):
    return collected.ledger(SimpleNamespace(sites=()), paths, crowd).people


@pytest.mark.parametrize("row", range(5))
def test_an_even_density_over_a_strip_counts_its_area(row):
    """Nearly along the equator: a strip of twice the reach and the two halves of a circle."""
    lon = np.linspace(-15.0, 15.0, 40)
    people = in_view(flown(lon, lat_deg=0.06 * lon), crowd_of(2.0))
    elevation = np.radians(collected.ELEVATIONS_DEG[row])
    arc_m = horizon.ray_arc_m(elevation, 0.0, HEIGHT_M, horizon.LIGHT)
    strip_m2 = (
        2.0
        * MEAN_RADIUS_M**2
        * np.radians(30.0 * np.hypot(1.0, 0.06))
        * np.sin(arc_m / MEAN_RADIUS_M)
    )
    expected = 2.0e-6 * (strip_m2 + horizon.cap_area_m2(arc_m))
    assert people.levels[row].persons[2] == pytest.approx(expected, rel=0.015)


def test_a_place_is_counted_once_however_long_it_is_in_view():
    still = in_view(flown(np.zeros(30)), crowd_of(3.0)).levels
    brief = in_view(flown(np.zeros(2)), crowd_of(3.0)).levels
    assert [one.persons for one in still] == [one.persons for one in brief]
    loop = np.concatenate([np.linspace(0, 9, 20), np.linspace(9, 0, 20)])
    there = in_view(flown(loop[:20]), crowd_of(3.0)).levels
    again = in_view(flown(loop), crowd_of(3.0)).levels
    assert again[0].persons[2] == pytest.approx(there[0].persons[2], rel=2e-2)


def test_points_far_apart_leave_no_gaps():
    """Two points 3,000 km apart: circles are drawn all along between them."""
    sparse = in_view(flown([-13.5, 13.5]), crowd_of(1.0)).levels
    dense = in_view(flown(np.linspace(-13.5, 13.5, 500)), crowd_of(1.0)).levels
    for few, many in zip(sparse, dense, strict=True):
        assert few.persons[2] == pytest.approx(many.persons[2], rel=0.03)


def test_higher_elevations_have_fewer_people_in_view():
    people = in_view(southward(n=40), population.embedded(places.load()))
    middle = [one.persons[2] for one in people.levels]
    assert middle == sorted(middle, reverse=True)
    assert middle[0] > 5.0 * middle[2] > 0.0
    assert all(list(one.persons) == sorted(one.persons) for one in people.levels)


def test_nobody_at_sea_and_the_antimeridian_is_a_place_like_others():
    west = in_view(flown(np.linspace(176.0, 184.0, 9), -18.0), population.embedded(places.load()))
    (fiji,) = [zone for zone in west.levels[0].zones if zone.zone == "FJ"]
    assert fiji.persons[1] == pytest.approx(890_000, rel=0.15)  # all of it, census 2017: 884,887
    sea = in_view(flown(np.linspace(-140.0, -135.0, 9), -40.0), population.embedded(places.load()))
    assert sea.levels[0].persons[4] == 0.0
    assert sea.levels[0].zones == ()


def test_states_sum_to_their_country_and_zones_to_all():
    level = in_view(southward(n=4, late_h=0.0), population.embedded(places.load())).levels[0]
    by_zone = {one.zone: one.persons[1] for one in level.zones}
    states = sum(persons for zone, persons in by_zone.items() if zone.startswith("US-"))
    assert by_zone["US"] == pytest.approx(states, rel=1e-6)
    assert by_zone["US"] + by_zone["CA"] == pytest.approx(level.persons[2], rel=1e-6)
    assert by_zone["US-MT"] == pytest.approx(1_084_225, rel=0.02)  # all of Montana, census 2020


def test_quantiles_are_over_paths():
    lon = np.stack([np.linspace(0.0, 10.0, 20), np.full(20, 0.0)])
    wide = in_view(flown(lon), crowd_of(1.0)).levels[2].persons
    alone = [in_view(flown(one), crowd_of(1.0)).levels[2].persons[2] for one in lon]
    assert wide[0] == pytest.approx(min(alone))
    assert wide[4] == pytest.approx(max(alone))


@pytest.mark.parametrize("cell", [0.01, 0.04, 0.1, 0.25])
def test_the_people_of_a_grid_are_kept_in_the_raster(cell):
    crowd = crowd_of(4.0, south=1.0, north=3.0, west=-36.0, east=-34.0, cell=cell)
    found = raster(crowd, -5.0, 5.0)
    high, wide = np.diff(np.sin(np.radians([1.0, 3.0])))[0], np.radians(2.0)
    there = found.persons[905:935, 1_435:1_465].astype(float).sum()
    assert there == pytest.approx(4.0 * 6_371.0088**2 * high * wide, rel=1e-4)


def test_holes_are_filled_with_means_on_land_and_nobody_at_sea():
    montana = {"south": 46.0, "north": 48.0, "west": -110.0, "east": -106.0}
    whole = raster(crowd_of(0.0, **montana), 40.0, 50.0)
    holed = raster(crowd_of(0.0, **montana, holes=np.s_[:20]), 40.0, 50.0)
    inside = np.s_[1_365:1_375, 720:730]  # 46.5 to 47.5 N, 108 to 107 W
    assert whole.persons[inside].max() == 0.0
    row = 1_362  # 46.2 N, within the holes
    assert holed.persons[row, 725] > 100.0
    assert holed.persons[1_378, 725] == 0.0  # 47.8 N, told to be empty
    assert raster(population.embedded(places.load()), 25.0, 30.0).persons[1_150, 1_200] == 0.0


def test_the_error_of_the_source_is_told_and_grows_for_narrow_strips():
    means = [
        one.factor for one in in_view(flown([0.0, 1.0]), population.embedded(places.load())).levels
    ]
    grid = [one.factor for one in in_view(flown([0.0, 1.0]), crowd_of(1.0)).levels]
    assert means == sorted(means)
    assert all(few < many for few, many in zip(grid, means, strict=True))


def test_paths_that_never_fly_have_nobody_in_view():
    nowhere = flown(np.full(3, np.nan), lat_deg=np.nan)
    assert in_view(nowhere, population.embedded(places.load())).levels == ()
