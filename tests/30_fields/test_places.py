"""Borders: the right places inside the right zones, and crossings at the right times."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.case.rings import cut_at_seam
from overflight.errors import FieldError
from overflight.fields import passages, places, zones

HOUR_S = 3600.0

CITIES = [  # (city, lat_deg, lon_deg, country, state)
    ("Attu", 52.90, 172.91, "US", "US-AK"),
    ("Adak", 51.88, -176.64, "US", "US-AK"),
    ("Anchorage", 61.19, -149.85, "US", "US-AK"),
    ("Billings", 45.78, -108.50, "US", "US-MT"),
    ("Coeur d'Alene", 47.69, -116.78, "US", "US-ID"),
    ("Columbia, Missouri", 38.95, -92.33, "US", "US-MO"),
    ("Myrtle Beach", 33.70, -78.90, "US", "US-SC"),
    ("Rapid City", 44.08, -103.23, "US", "US-SD"),
    ("Omaha", 41.26, -96.00, "US", "US-NE"),
    ("Asheville", 35.60, -82.55, "US", "US-NC"),
    ("Nashville", 36.16, -86.78, "US", "US-TN"),
    ("Honolulu", 21.33, -157.83, "US", "US-HI"),
    ("Washington", 38.91, -77.03, "US", "US-DC"),
    ("Whitehorse", 60.72, -135.06, "CA", "CA-YT"),
    ("Yellowknife", 62.45, -114.37, "CA", "CA-NT"),
    ("Prince George", 53.92, -122.75, "CA", "CA-BC"),
    ("Calgary", 51.05, -114.07, "CA", "CA-AB"),
    ("Regina", 50.45, -104.61, "CA", "CA-SK"),
    ("Winnipeg", 49.89, -97.14, "CA", "CA-MB"),
    ("Toronto", 43.70, -79.42, "CA", "CA-ON"),
    ("Montreal", 45.52, -73.65, "CA", "CA-QC"),
    ("Gander", 48.95, -54.60, "CA", "CA-NL"),
    ("Fredericton", 45.95, -66.64, "CA", "CA-NB"),
    ("Halifax", 44.65, -63.60, "CA", "CA-NS"),
    ("Charlottetown", 46.25, -63.13, "CA", "CA-PE"),
    ("Iqaluit", 63.75, -68.52, "CA", "CA-NU"),
    ("Haikou", 19.95, 110.35, "CN", None),
    ("Ulaanbaatar", 47.92, 106.91, "MN", None),
    ("Sapporo", 43.06, 141.35, "JP", None),
    ("Anadyr", 64.73, 177.40, "RU", None),
    ("Lavrentiya", 65.59, -171.03, "RU", None),
    ("Suva", -18.12, 178.44, "FJ", None),
    ("Vilnius", 54.69, 25.28, "LT", None),
    ("Windhoek", -22.56, 17.08, "NA", None),
    ("Paris", 48.86, 2.35, "FR", None),
    ("Maseru", -29.35, 27.55, "LS", None),  # a country within a country
    ("Bogota", 4.65, -74.08, "CO", None),
]


@pytest.fixture(scope="module")
def world() -> places.Places:
    return places.load()


def zones_at(world, kind, lat_deg, lon_deg):
    return [p.id for p in world.of_kind(kind) if world.contains(p.id, [lat_deg], [lon_deg])[0]]


def equal_area_km2(shape):
    """Planar area after the cylindrical equal-area projection of WGS84 (Snyder 1987, eq. 3-12)."""
    a_km, e2 = 6378.137, 0.00669437999014
    e = np.sqrt(e2)

    def project(lon_lat):
        s = np.sin(np.radians(lon_lat[:, 1]))
        q = (1 - e2) * (s / (1 - e2 * s**2) - np.log((1 - e * s) / (1 + e * s)) / (2 * e))
        return np.column_stack([np.radians(lon_lat[:, 0]) * a_km, q * a_km / 2])

    return shapely.area(shapely.transform(shapely.segmentize(shape, 0.1), project))


def distance_m(lat_deg, lon_deg, to_lat_deg, to_lon_deg):
    """Great circle on the mean radius, within 0.6 % of the ellipsoid."""
    lat, lon, to_lat, to_lon = map(np.radians, (lat_deg, lon_deg, to_lat_deg, to_lon_deg))
    h = np.sin((to_lat - lat) / 2) ** 2
    h = h + np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    return 2 * 6_371_008.8 * np.arcsin(np.sqrt(h))


# --- zones ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lat_deg", "lon_deg", "country", "state"), [c[1:] for c in CITIES], ids=[
    c[0] for c in CITIES
])  # fmt: skip
def test_a_city_lies_in_its_country_and_state_and_in_no_other(
    world, lat_deg, lon_deg, country, state
):
    assert zones_at(world, "country", lat_deg, lon_deg) == [country]
    assert zones_at(world, "state", lat_deg, lon_deg) == ([state] if state else [])
    assert f"{country}+12nmi" in zones_at(world, "territorial_sea", lat_deg, lon_deg)
    if country not in {"MN", "LS"}:  # no coast, no buffer
        assert f"{country}+12nmi-coast" in zones_at(world, "coast_buffer", lat_deg, lon_deg)


def test_six_miles_off_surfside_beach_is_sea_of_the_united_states_and_not_land(world):
    for sea in ("US+12nmi", "US+12nmi-coast"):
        assert world.contains(sea, [33.53], [-78.90])[0]
    assert zones_at(world, "country", 33.53, -78.90) == []
    assert zones_at(world, "state", 33.53, -78.90) == []


def test_twenty_miles_off_surfside_beach_is_the_high_sea(world):
    # 20 nmi south-east of the beach at 33.606 N, 78.973 W.
    lat_deg, lon_deg = 33.37, -78.69
    assert distance_m(33.606, -78.973, lat_deg, lon_deg) == pytest.approx(20 * 1852, rel=0.01)
    assert all(zones_at(world, kind, lat_deg, lon_deg) == [] for kind in places.KINDS)


def test_the_united_states_and_canada_have_all_their_states(world):
    states = world.of_kind("state")
    assert sum(p.parent == "US" for p in states) == 51  # with the District of Columbia
    assert sum(p.parent == "CA" for p in states) == 13


def test_identifiers_are_unique_and_of_the_documented_form(world):
    ids = [p.id for kind in places.KINDS for p in world.of_kind(kind)]
    assert len(ids) == len(set(ids))
    assert all(len(p.id) == 2 and p.id.isupper() for p in world.of_kind("country"))
    assert all(p.id == f"{p.parent}+12nmi" for p in world.of_kind("territorial_sea"))
    countries = {p.id for p in world.of_kind("country")}
    assert 240 <= len(countries) <= 255
    assert {p.parent for k in places.KINDS for p in world.of_kind(k)} <= countries | {""}


@pytest.mark.parametrize("kind", places.KINDS)
def test_every_shape_is_valid_and_within_the_map(world, kind):
    shapes = np.array([world.shape(p.id) for p in world.of_kind(kind)])
    assert shapely.is_valid(shapes).all()
    assert (shapely.area(shapes) > 0).all()
    west, south, east, north = shapely.total_bounds(shapes)
    assert -180.0 <= west < east <= 180.0
    assert -90.0 <= south < north <= 90.0
    if kind != "state":  # Russia reaches both sides
        assert (west, east) == (-180.0, 180.0)


@pytest.mark.parametrize(
    ("country", "published_km2"),
    [
        ("US", 9_525_067.0),  # land, inland water, Great Lakes; Encyclopaedia Britannica
        ("CA", 9_984_670.0),  # Statistics Canada
        ("RU", 17_098_246.0),
        ("FJ", 18_272.0),
        ("LT", 65_300.0),
        ("LS", 30_355.0),
        ("CN", 9_400_000.0),
        ("ZA", 1_221_037.0),  # Lesotho is a hole in it
    ],
)
def test_a_country_has_its_published_area(world, country, published_km2):
    tolerance = 0.03 if country == "FJ" else 0.02
    assert equal_area_km2(world.shape(country)) == pytest.approx(published_km2, rel=tolerance)


@pytest.mark.parametrize(("country", "least"), [("US", 0.98), ("CA", 0.99)])
def test_states_do_not_overlap_nor_leave_their_country_and_fill_it_but_for_shared_lakes(
    world, country, least
):
    shapes = [world.shape(p.id) for p in world.of_kind("state") if p.parent == country]
    together = shapely.union_all(shapes)
    overlap_km2 = sum(map(equal_area_km2, shapes)) - equal_area_km2(together)
    assert abs(overlap_km2) < 100.0
    outside = shapely.difference(together, world.shape(country))
    assert equal_area_km2(outside) < 100.0
    assert least < equal_area_km2(together) / equal_area_km2(world.shape(country)) <= 1.0


def test_a_lake_belongs_to_its_state_unless_several_share_it(world):
    assert zones_at(world, "state", 41.1, -112.5) == ["US-UT"]  # Great Salt Lake
    assert zones_at(world, "state", 66.0, -121.0) == ["CA-NT"]  # Great Bear Lake
    assert zones_at(world, "country", 43.0, -87.0) == ["US"]  # Lake Michigan
    assert zones_at(world, "state", 43.0, -87.0) == []


def test_both_names_of_the_antimeridian_and_all_of_the_pole_are_one(world):
    for lat_deg in (66.0, 68.0, 71.0):
        east, west = world.contains("RU", [lat_deg, lat_deg], [180.0, -180.0])
        assert east == west
    assert world.contains("RU", [67.5], [180.0])[0]
    assert world.contains("AQ", np.full(5, -90.0), np.linspace(-180, 180, 5)).all()
    assert world.contains("US", [45.78], [-108.5 + 360.0])[0]


def test_nowhere_is_in_no_zone(world):
    assert not world.contains("US", [np.nan, 45.0], [-108.0, np.nan]).any()


def test_the_coast_buffer_ends_twelve_miles_from_the_coast(world):
    land = shapely.segmentize(
        shapely.union_all([world.shape(c) for c in ("US", "CA", "MX")]).boundary, 0.01
    )
    sea = shapely.clip_by_rect(
        world.shape("US+12nmi-coast").boundary, -79.5, 26.5, -65.0, 41.0
    )  # no lakes, no Bahamas
    points = shapely.get_coordinates(shapely.segmentize(sea, 0.2))
    points = points[~world.contains("US", points[:, 1], points[:, 0])]
    coast = shapely.get_coordinates(shapely.clip_by_rect(land, -83.0, 23.0, -64.0, 46.0))
    nearest_m = np.array([distance_m(y, x, coast[:, 1], coast[:, 0]).min() for x, y in points])
    outer_m = nearest_m[nearest_m > 5_000.0]
    assert outer_m.size > 100
    assert np.percentile(outer_m, 2) > 22_224 - 500
    assert outer_m.max() < 22_224 + 500


# --- passages: shapes for which the answer is known -----------------------------------------------


def ring(west, south, east, north):
    return shapely.box(west, south, east, north)


def layer_of(**shapes):
    made = np.array([shapely.MultiPolygon(shapely.get_parts(s).tolist()) for s in shapes.values()])
    return zones.Layer(tuple(places.Place(name, name, "country", "") for name in shapes), made)


def visits(layer, lat_deg, lon_deg, time_s):
    return passages.find_in_turn(np.atleast_2d(lat_deg), np.atleast_2d(lon_deg), time_s, [layer])


SQUARE = layer_of(square=ring(0, 0, 10, 10))


def test_a_straight_path_enters_and_leaves_a_square_at_the_computed_times():
    found = visits(SQUARE, [5.0, 5.0], [-5.0, 15.0], [100.0, 300.0])
    np.testing.assert_allclose([found.enter_s[0], found.exit_s[0]], [150.0, 250.0], rtol=1e-12)
    assert not found.began_inside[0]
    assert not found.ended_inside[0]


def test_an_oblique_path_cuts_a_corner_at_the_computed_times():
    # From (lon -1, lat 8) to (lon 3, lat 12): inside while lon > 0 and lat < 10.
    found = visits(SQUARE, [8.0, 12.0], [-1.0, 3.0], [0.0, 4.0])
    np.testing.assert_allclose([found.enter_s[0], found.exit_s[0]], [1.0, 2.0], rtol=1e-12)


def test_a_hole_interrupts_the_visit():
    holed = layer_of(holed=shapely.difference(ring(0, 0, 10, 10), ring(4, 4, 6, 6)))
    found = visits(holed, [5.0, 5.0], [-5.0, 15.0], [0.0, 20.0])
    np.testing.assert_allclose(found.enter_s, [5.0, 11.0])
    np.testing.assert_allclose(found.exit_s, [9.0, 15.0])


def test_a_zone_cut_at_the_antimeridian_is_entered_once():
    both = layer_of(both=shapely.union_all([ring(175, 0, 180, 10), ring(-180, 0, -175, 10)]))
    for lon_deg in ([170.0, 179.0, -179.0, -170.0], [170.0, -180.0, -179.0, -170.0]):
        found = visits(both, np.full(4, 5.0), lon_deg, [0.0, 9.0, 11.0, 20.0])
        assert found.path.size == 1
        assert found.enter_s[0] == pytest.approx(5.0 if lon_deg[1] == 179.0 else 4.5)
        assert found.exit_s[0] == pytest.approx(15.0)
        back = visits(both, np.full(4, 5.0), lon_deg[::-1], [0.0, 9.0, 11.0, 20.0])
        assert back.path.size == 1


def test_a_border_beyond_the_antimeridian_is_met_in_the_step_that_crosses_it():
    both = layer_of(both=shapely.union_all([ring(175, 0, 180, 10), ring(-180, 0, -175, 10)]))
    for ends_deg in ([170.0, -170.0], [-170.0, 170.0]):
        found = visits(both, [5.0, 5.0], ends_deg, [0.0, 20.0])
        np.testing.assert_allclose([found.enter_s[0], found.exit_s[0]], [5.0, 15.0])
        assert found.path.size == 1


def test_a_zone_that_ends_at_the_antimeridian_is_left_there():
    east = layer_of(east=ring(175, 0, 180, 10))
    found = visits(east, [5.0, 5.0], [178.0, -178.0], [0.0, 4.0])
    assert found.exit_s.tolist() == pytest.approx([2.0])


def test_a_path_that_begins_and_ended_inside_says_so():
    found = visits(SQUARE, [5.0, 5.0, 5.0], [2.0, 20.0, 2.0], [0.0, 18.0, 36.0])
    np.testing.assert_allclose(found.enter_s, [0.0, 28.0])
    np.testing.assert_allclose(found.exit_s, [8.0, 36.0])
    assert found.began_inside.tolist() == [True, False]
    assert found.ended_inside.tolist() == [False, True]


def test_a_gap_ends_one_visit_and_starts_another():
    lon_deg = [np.nan, 1.0, 2.0, np.nan, 3.0, np.nan, 4.0, 5.0]
    found = visits(SQUARE, np.full(8, 5.0), lon_deg, np.arange(8.0))
    np.testing.assert_allclose(found.enter_s, [1.0, 6.0])  # one sample alone is no stretch
    np.testing.assert_allclose(found.exit_s, [2.0, 7.0])
    assert found.began_inside.all()
    assert found.ended_inside.all()


def test_touching_a_corner_or_following_a_border_is_no_visit():
    assert visits(SQUARE, [8.0, 12.0], [-2.0, 2.0], [0.0, 1.0]).path.size == 0
    assert visits(SQUARE, [10.0, 10.0], [-5.0, 15.0], [0.0, 1.0]).path.size == 0


def test_a_sample_exactly_on_the_border_changes_nothing():
    found = visits(SQUARE, np.full(5, 5.0), [-5.0, 0.0, 5.0, 10.0, 15.0], np.arange(5.0))
    np.testing.assert_allclose([found.enter_s[0], found.exit_s[0]], [1.0, 3.0])
    assert found.path.size == 1


def test_no_path_no_sample_no_kind_no_visit(world):
    empty = world.passages(np.zeros((0, 3)), np.zeros((0, 3)), np.arange(3.0), ["country"])
    before_launch = world.passages(
        np.full((2, 3), np.nan), np.full((2, 3), np.nan), np.arange(3.0), ["country"]
    )
    one_sample = world.passages(np.full((2, 1), 45.0), np.zeros((2, 1)), np.zeros(1), ["state"])
    no_kind = world.passages(np.full((2, 2), 45.0), np.zeros((2, 2)), np.arange(2.0), [])
    assert [p.path.size for p in (empty, before_launch, one_sample, no_kind)] == [0, 0, 0, 0]


# --- passages: the real map -----------------------------------------------------------------------


def test_flying_north_along_110_west_crosses_into_canada_at_the_49th_parallel(world):
    lat_deg = np.linspace(48.0, 50.0, 9)[None, :]
    found = world.passages(
        lat_deg, np.full_like(lat_deg, -110.0), np.arange(9) * HOUR_S, ["country", "state"]
    )
    expected_s = 4 * HOUR_S  # 0.25 degrees an hour from 48 to 49
    leaves_s = found.last_exit_s("US")[0]
    # The source draws the parallel 0.007 degrees too far south: 100 s at this speed.
    assert leaves_s == pytest.approx(expected_s, abs=120.0)
    for enters_s in (found.first_entry_s("CA")[0], found.first_entry_s("CA-AB")[0]):
        assert enters_s == pytest.approx(leaves_s, abs=5.0)
    assert found.last_exit_s("US-MT")[0] == pytest.approx(leaves_s, abs=5.0)


def test_flying_south_along_107_west_crosses_into_colorado_at_the_41st_parallel(world):
    lat_deg = np.linspace(42.0, 40.0, 5)[None, :]
    found = world.passages(lat_deg, np.full_like(lat_deg, -107.0), np.arange(5) * HOUR_S, ["state"])
    assert found.last_exit_s("US-WY")[0] == pytest.approx(2 * HOUR_S, abs=120.0)
    assert found.first_entry_s("US-CO")[0] == pytest.approx(found.last_exit_s("US-WY")[0], abs=60.0)


def test_crossing_180_over_chukotka_does_not_leave_russia(world):
    lon_deg = np.array([[178.0, 179.5, -179.0, -177.5, -176.0]])
    found = world.passages(np.full((1, 5), 67.0), lon_deg, np.arange(5) * HOUR_S, ["country"])
    assert found.zone.tolist() == ["RU"]
    assert found.began_inside[0]
    assert found.ended_inside[0]


def test_along_the_aleutians_the_sea_of_alaska_reaches_across_180(world):
    lon_deg = np.linspace(170.0, 200.0, 61)[None, :]  # Attu lies east of 170 E, Adak at 176.6 W
    lat_deg = np.where(lon_deg < 180.0, 52.4, 51.9) + np.where(lon_deg < 174.0, 0.5, 0.0)
    time_s = np.arange(61) * HOUR_S
    found = world.passages(lat_deg, lon_deg, time_s, ["country", "territorial_sea"])
    over = found.of_zone("US+12nmi")
    assert over.enter_s.min() < np.interp(180.0, lon_deg[0], time_s) < over.exit_s.max()
    assert found.time_inside_s("US+12nmi")[0] > found.time_inside_s("US")[0] > 0.0


def walk(seed, n_paths, n_times):
    """Random drift over the whole globe, with launches and ends at different times."""
    rng = np.random.default_rng(seed)
    lat_deg = rng.uniform(-85, 85, (n_paths, 1)) + np.cumsum(
        rng.normal(0, 0.4, (n_paths, n_times)), axis=1
    )
    lon_deg = rng.uniform(-180, 180, (n_paths, 1)) + np.cumsum(
        rng.normal(0.5, 0.4, (n_paths, n_times)), axis=1
    )
    lat_deg = np.clip(lat_deg, -89, 89)
    unborn = np.arange(n_times) < rng.integers(0, n_times // 2, (n_paths, 1))
    lat_deg[unborn] = np.nan
    return lat_deg, (lon_deg + 180) % 360 - 180, np.arange(n_times) * 1800.0


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_visit_is_never_left_before_it_is_entered_and_lies_within_the_flight(seed):
    lat_deg, lon_deg, time_s = walk(seed, 20, 60)
    found = places.load().passages(lat_deg, lon_deg, time_s, places.KINDS)
    assert (found.exit_s > found.enter_s).all()
    alive = np.isfinite(lat_deg)
    first_s = time_s[alive.argmax(axis=1)][found.path]
    assert (found.enter_s >= first_s).all()
    assert (found.exit_s <= time_s[-1]).all()
    same = (found.path[1:] == found.path[:-1]) & (found.zone[1:] == found.zone[:-1])
    assert (found.enter_s[1:][same] > found.exit_s[:-1][same]).all()  # visits do not overlap


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_visits_agree_with_asking_at_every_minute(seed):
    """Independent of the crossings: sample each path densely and test each point."""
    world = places.load()
    lat_deg, lon_deg, time_s = walk(seed, 8, 40)
    found = world.passages(lat_deg, lon_deg, time_s, ["country"])
    fine_s = np.arange(0.0, time_s[-1], 60.0) + 0.5
    k = np.searchsorted(time_s, fine_s) - 1
    share = (fine_s - time_s[k]) / 1800.0
    east = (lon_deg[:, k + 1] - lon_deg[:, k] + 180) % 360 - 180
    lat = lat_deg[:, k] + share * (lat_deg[:, k + 1] - lat_deg[:, k])
    lon = lon_deg[:, k] + share * east
    for place in world.of_kind("country"):
        sampled = world.contains(place.id, lat, lon)
        here = found.of_zone(place.id)
        claimed = np.zeros_like(sampled)
        for path, enter_s, exit_s in zip(here.path, here.enter_s, here.exit_s, strict=True):
            claimed[path] |= (enter_s < fine_s) & (fine_s < exit_s)
        np.testing.assert_array_equal(claimed, sampled)


@pytest.mark.parametrize("most", [1, 59, 60, 130, 600, 1_199])
def test_looking_at_few_paths_at_a_time_changes_no_visit(monkeypatch, most):
    """And no more points are looked at together than allowed, or those of one path."""
    lat_deg, lon_deg, time_s = walk(7, 20, 60)
    layers = [places.load()._layer(kind) for kind in places.KINDS]
    whole = passages.find_in_turn(lat_deg, lon_deg, time_s, layers)
    seen, look = [], passages.visits

    def noted(paths, *rest):
        seen.append(paths.lat_deg.size)
        return look(paths, *rest)

    monkeypatch.setattr(passages, "visits", noted)
    found = passages.find_in_turn(lat_deg, lon_deg, time_s, layers, most, n_threads=most % 3)
    assert max(seen) <= max(most, 60)
    assert sum(seen) == lat_deg.size * len(layers)
    assert (found.zones, found.n_paths) == (whole.zones, whole.n_paths)
    assert whole.path.size > 50
    for name in ("path", "zone", "enter_s", "exit_s", "began_inside", "ended_inside"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name), name)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_paths_does_not_matter(seed):
    world = places.load()
    lat_deg, lon_deg, time_s = walk(seed, 15, 50)
    order = np.random.default_rng(seed).permutation(15)
    straight = world.passages(lat_deg, lon_deg, time_s, ["country", "state"])
    mixed = world.passages(lat_deg[order], lon_deg[order], time_s, ["country", "state"])
    for zone_id in set(straight.zone.tolist()):
        np.testing.assert_array_equal(
            straight.first_entry_s(zone_id)[order], mixed.first_entry_s(zone_id)
        )
        np.testing.assert_allclose(
            straight.time_inside_s(zone_id)[order], mixed.time_inside_s(zone_id), rtol=1e-12
        )


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_flying_back_visits_the_same_zones_for_the_same_time(seed):
    world = places.load()
    lat_deg, lon_deg, time_s = walk(seed, 10, 50)
    there = world.passages(lat_deg, lon_deg, time_s, ["country"])
    back = world.passages(lat_deg[:, ::-1], lon_deg[:, ::-1], time_s, ["country"])
    for zone_id in set(there.zone.tolist()) | set(back.zone.tolist()):
        np.testing.assert_allclose(
            there.time_inside_s(zone_id), back.time_inside_s(zone_id), rtol=0, atol=1e-3
        )
        np.testing.assert_allclose(
            time_s[-1] - there.first_entry_s(zone_id), back.last_exit_s(zone_id), atol=1e-3
        )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-360.0, 360.0), st.booleans())
def test_visits_stay_the_same_wherever_on_the_parallel_zone_and_paths_are(seed, turn_deg, backward):
    """A star-shaped zone with a hole and paths across it, moved east together, over 180 too."""
    rng = np.random.default_rng(seed)
    way = np.sort(rng.uniform(0.0, 2.0 * np.pi, 24))
    far = rng.uniform(2.0, 9.0, 24)
    corners = np.stack([far * np.cos(way), rng.uniform(-60.0, 60.0) + far * np.sin(way)], -1)
    middle = corners[:, 1].mean()
    corners = corners[::-1] if backward else corners
    hole = shapely.box(-0.7, middle - 0.3, 0.4, middle + 0.6)
    star = shapely.difference(shapely.make_valid(shapely.Polygon(corners)), hole)
    lat = middle + np.cumsum(rng.normal(0.0, 0.6, (6, 80)), axis=1)
    lon = np.cumsum(rng.normal(0.0, 0.8, (6, 80)), axis=1)
    time_s = 600.0 * np.arange(80.0)
    found = []
    for east in (0.0, turn_deg):
        moved = shapely.affinity.translate(star, east)
        zone = layer_of(star=cut_at_seam(moved))
        found.append(visits(zone, lat, lon + east, time_s))
    here, there = found
    for passed in found:  # grazes of a corner are rounding
        passed.__dict__.update(vars(passed.only(passed.exit_s - passed.enter_s > 1e-2)))
    np.testing.assert_array_equal(here.path, there.path)
    np.testing.assert_allclose(here.enter_s, there.enter_s, atol=1e-3)
    np.testing.assert_allclose(here.exit_s, there.exit_s, atol=1e-3)
    fine_s = np.arange(0.5, time_s[-1], 30.0)
    for path in range(6):
        at = [np.interp(fine_s, time_s, a[path]) for a in (lon, lat)]
        sampled = shapely.contains_xy(star, *at)
        told = np.zeros_like(sampled)
        for enter_s, exit_s in zip(
            here.enter_s[here.path == path], here.exit_s[here.path == path], strict=True
        ):
            told |= (enter_s < fine_s) & (fine_s < exit_s)
        assert (told == sampled).mean() > 0.999


# --- mistakes -------------------------------------------------------------------------------------


def test_an_unknown_zone_or_kind_is_explained(world):
    with pytest.raises(FieldError, match="no zone 'US-ZZ'"):
        world.contains("US-ZZ", [0.0], [0.0])
    with pytest.raises(FieldError, match="'county' is no kind"):
        world.of_kind("county")
    found = world.passages(np.zeros((1, 2)), np.zeros((1, 2)), np.arange(2.0), ["country"])
    with pytest.raises(FieldError, match="was not asked for"):
        found.first_entry_s("US-MT")


def test_unsorted_times_and_mismatched_shapes_are_refused(world):
    two = np.zeros((1, 2))
    with pytest.raises(FieldError, match="do not increase"):
        world.passages(two, two, np.array([1.0, 1.0]), ["country"])
    with pytest.raises(FieldError, match="shapes"):
        world.passages(two, two, np.arange(3.0), ["country"])
