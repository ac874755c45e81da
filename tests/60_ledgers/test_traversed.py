"""Entry, exit and time inside, on paths that cross the 49th parallel when we say."""

from types import SimpleNamespace

import numpy as np
import pytest
from flown import EPOCH, posterior, southward
from hypothesis import given
from hypothesis import strategies as st

from overflight.case.model import Area, Site
from overflight.case.vocabulary import Geometry, Use
from overflight.fields import places
from overflight.inference import watched
from overflight.inference.posterior import effective_size
from overflight.inference.quantiles import spread, weighted_quantiles
from overflight.ledgers import traversed

CASE = SimpleNamespace(
    sightings=(),
    launches=tuple(
        SimpleNamespace(id=name, weight=1.0, time_max=EPOCH) for name in ("first", "second")
    ),
)
KINDS = ("country", "state", "territorial_sea")


@pytest.fixture(scope="module")
def atlas():
    return places.load()


@pytest.fixture(scope="module")
def line(atlas):
    return accounted(southward(), atlas)


def accounted(paths, atlas):
    passages = atlas.passages(paths.lat_deg, paths.lon_deg, paths.time_s, KINDS)
    return traversed.ledger(CASE, paths, passages, atlas)


def zone(line, name):
    return next(one for one in line.zones if one.zone == name)


def test_the_median_crossing_of_the_border_is_where_the_paths_put_it(line):
    # 55 to 44 N in 100 h, leaving 0 to 20 h late: 49 N after 54.5 h, on average 10 h later.
    entry = zone(line, "US").first_entry
    assert entry.p50_s / 3_600 == pytest.approx(64.5, abs=0.5)
    assert entry.width_s / 3_600 == pytest.approx(18.0, abs=0.3)


def test_leaving_one_country_is_entering_the_next(line):
    assert zone(line, "CA").last_exit.p50_s == pytest.approx(
        zone(line, "US").first_entry.p50_s, abs=600.0
    )


def test_a_zone_every_path_crosses_is_certain_and_one_none_touches_is_absent(line):
    assert zone(line, "US-MT").probability == pytest.approx(1.0)
    assert zone(line, "CA-AB").began_inside_fraction == pytest.approx(1.0)
    assert not [one for one in line.zones if one.zone in {"US-ND", "MX"}]


def test_the_time_inside_is_a_share_of_the_flight(line):
    total = zone(line, "US").inside.p50_s + zone(line, "CA").inside.p50_s
    assert total == pytest.approx(100 * 3_600, rel=0.01)


def test_a_zone_that_half_the_paths_enter_has_half_the_probability(atlas):
    north, south = southward(100), southward(100, lon_deg=-95.0, end_lat=50.0)
    both = posterior(
        np.vstack([north.lat_deg, south.lat_deg]),
        np.vstack([north.lon_deg, south.lon_deg]),
        north.time_s,
    )
    us = zone(accounted(both, atlas), "US")
    assert us.probability == pytest.approx(0.5)
    assert us.probability_sd == pytest.approx(np.sqrt(0.25 / 200), rel=1e-6)


def test_above_flight_level_600_is_a_matter_of_pressure(atlas):
    low = southward(10)
    high = posterior(low.lat_deg, low.lon_deg, low.time_s, pressure_pa=low.pressure_pa - 100.0)
    assert accounted(low, atlas).levels[0].probability_ever == 0.0
    assert accounted(high, atlas).levels[0].probability_ever == pytest.approx(1.0)
    level = accounted(high, atlas).levels[0]
    assert level.time_above_fraction == (1.0, 1.0, 1.0)
    assert level.last_above.p50_s - level.first_above.p50_s == pytest.approx(100 * 3_600, abs=2_400)
    assert accounted(low, atlas).levels[0].first_above is None


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60),
    st.floats(0.05, 0.95),
    st.randoms(use_true_random=False),
)
def test_weighted_quantiles_ignore_order_and_stay_inside(values, at, random):
    weight = np.array([random.random() + 0.01 for _ in values])
    value = np.array(values)
    (found,) = weighted_quantiles(value, weight, (at,))
    assert value.min() <= found <= value.max()
    order = np.array(random.sample(range(len(values)), len(values)))
    (again,) = weighted_quantiles(value[order], weight[order], (at,))
    # Ties may stand in another order, with other weights between them; the value is the same.
    assert again == pytest.approx(found, rel=1e-9, abs=1e-6) or len(set(values)) < len(values)


def test_weights_count_as_repeated_draws():
    value = np.array([1.0, 2.0, 3.0, 4.0])
    twice = np.repeat(value, [1, 3, 1, 1])
    (weighted,) = weighted_quantiles(value, np.array([1.0, 3.0, 1.0, 1.0]), (0.4,))
    (repeated,) = weighted_quantiles(twice, np.ones(6), (0.4,))
    assert weighted == pytest.approx(repeated, abs=0.25)
    assert effective_size(np.array([0.5, 0.5])) == pytest.approx(2.0)


def test_a_launch_is_also_judged_without_the_reports_that_decide_it(atlas):
    paths = southward(100)
    told = posterior(
        paths.lat_deg, paths.lon_deg, paths.time_s, sighting_ids=("early",),
        log_mixture=np.where(paths.launch[:, None] == 0, 3.0, 0.0),
        weight=np.where(paths.launch == 0, np.exp(3.0), 1.0) / (50 * (1 + np.exp(3.0))),
    )  # fmt: skip
    early = SimpleNamespace(id="early", use=Use.YES, geometry=Geometry.LAUNCH, time_max=EPOCH)
    case = SimpleNamespace(sightings=(early,), launches=CASE.launches)
    passages = atlas.passages(told.lat_deg, told.lon_deg, told.time_s, KINDS)
    first = traversed.ledger(case, told, passages, atlas).launches[0]
    assert first.prior_probability == 0.5
    assert first.probability == pytest.approx(1 / (1 + np.exp(-3.0)))
    assert first.winds_probability == pytest.approx(0.5)


def test_what_a_case_watches_is_accounted_for_and_what_nobody_meets_is_named(atlas):
    paths = southward()
    near = {"name": "line", "lat_deg": "49", "lon_deg": "-110", "radius": "50 km"}
    far = {"name": "far", "lat_deg": "-49", "lon_deg": "-110", "radius": "50 km"}
    sites = tuple(Site.model_validate(one) for one in (near, far))
    case = SimpleNamespace(**vars(CASE), areas=(), sites=sites)
    own = atlas.beside(watched.places_of(case))
    found = traversed.ledger(case, paths, watched.passages(case, paths), own)
    (line,) = found.zones
    assert (line.zone, line.kind, line.probability) == ("site:line", "site", pytest.approx(1.0))
    # 11 degrees in 100 h are 12.2 km an hour: 100 km of circle in 8.2 h, and 4 h before 49 N.
    assert line.inside.p50_s / 3_600.0 == pytest.approx(8.18, abs=0.05)
    assert line.first_entry.p50_s / 3_600.0 == pytest.approx(64.5 - 4.09, abs=0.5)
    assert found.unreached == ("far, within 50 km",)


# --- what a zone is in law, orders, the two seas, levels ------------------------------------------


def eastward(lat_deg, n=100, start=-90.0, end=-60.0, hours=60, late_h=10.0, **more):
    """Paths along a parallel at one speed, each leaving up to ``late_h`` hours later."""
    time_s = np.arange(0.0, (hours + late_h) * 3_600.0, 600.0)
    share = (time_s - np.linspace(0.0, late_h * 3_600.0, n)[:, None]) / (hours * 3_600.0)
    lon = start + (end - start) * share
    lon[(share < 0.0) | (share > 1.0)] = np.nan
    return posterior(np.where(np.isfinite(lon), lat_deg, np.nan), lon, time_s, **more)


def test_the_sea_in_two_ways_is_told_with_its_difference(atlas):
    """East of Surfside Beach, South Carolina, at 33.6 N: twelve miles of sea by both."""
    paths = eastward(33.6)
    kinds = (*KINDS, "coast_buffer")
    passages = atlas.passages(paths.lat_deg, paths.lon_deg, paths.time_s, kinds)
    found = traversed.ledger(CASE, paths, passages, atlas)
    (sea,) = [one for one in found.seas if one.name == "US"]
    assert (sea.mapped, sea.coast) == (pytest.approx(1.0), pytest.approx(1.0))
    assert (sea.only_mapped, sea.only_coast) == (0.0, 0.0)
    # Half a degree an hour are 46 km: a kilometre of difference is 80 s.
    direct = [zone(found, name).inside.p50_s for name in ("US+12nmi-coast", "US+12nmi")]
    assert sea.inside.p50_s == pytest.approx(direct[0] - direct[1], abs=1.0)
    assert 0.0 < abs(sea.inside.p50_s) < 900.0
    assert all("coast" not in order.one + order.other for order in found.orders)


def test_every_two_zones_have_an_order_that_is_exact(atlas):
    """Half the paths go south through Canada into the US, half the other way."""
    down = southward(100, late_h=0.0)
    lat = np.vstack([down.lat_deg, down.lat_deg[:, ::-1]])
    both = posterior(lat, np.vstack([down.lon_deg, down.lon_deg]), down.time_s)
    found = accounted(both, atlas)
    (order,) = [one for one in found.orders if {one.one, one.other} == {"US", "CA"}]
    assert (order.first, order.second) == (pytest.approx(0.5), pytest.approx(0.5))
    assert order.neither == pytest.approx(0.0)
    assert order.first_sd == pytest.approx(np.sqrt(0.25 / 200), rel=0.02)
    listed = [one.zone for one in found.zones]
    assert len(found.orders) == len(listed) * (len(listed) - 1) // 2
    for one in found.orders:
        total = one.first + one.second + one.only_one + one.only_other + one.neither
        assert total == pytest.approx(1.0)


def test_a_zone_of_the_case_keeps_what_it_is_in_law(atlas):
    paths = southward()
    ring = tuple(
        (lat, lon) for lon, lat in ((-112, 50), (-108, 50), (-108, 51), (-112, 51), (-112, 50))
    )
    areas = tuple(
        Area(name, kind, None, None, None, ((ring,),))
        for name, kind in (("A", "FIR"), ("B", "Air Defence Identification Zone"), ("C", "park"))
    )
    case = SimpleNamespace(**vars(CASE), areas=areas, sites=())
    own = atlas.beside(watched.places_of(case))
    found = traversed.ledger(case, paths, watched.passages(case, paths), own)
    assert {line.zone: line.law for line in found.zones} == {
        "zone:A": "fir", "zone:B": "adiz", "zone:C": "other",
    }  # fmt: skip


def test_levels_that_some_are_above_and_some_below_are_told(atlas):
    low = southward(100)
    pressure_pa = low.pressure_pa.copy()
    pressure_pa[:30] = 4_000.0  # 22 km: above FL700, below FL800
    found = accounted(
        posterior(low.lat_deg, low.lon_deg, low.time_s, pressure_pa=pressure_pa), atlas
    )
    told = {line.name: (line.probability_ever, line.probability_below) for line in found.levels}
    assert set(told) == {"above FL600", "above FL650", "above FL700"}
    assert told["above FL700"] == (pytest.approx(0.3), pytest.approx(0.7))


def test_errors_of_all_quantiles_are_those_of_repeated_draws():
    """A thousand samples of 400 from an exponential: the scatter of each quantile."""
    rng = np.random.default_rng(1)
    drawn = rng.exponential(3_600.0, (1_000, 400))
    made = [spread(row, np.ones(400), 400.0) for row in drawn]
    quantiles = np.array([[m.p05_s, m.p25_s, m.p50_s, m.p75_s, m.p95_s] for m in made])
    told = np.array([m.sds_s for m in made]).mean(axis=0)
    np.testing.assert_allclose(told, quantiles.std(axis=0), rtol=0.12)


def test_entries_are_within_ten_seconds_of_a_dense_reference(atlas):
    """Smooth paths with inertial turns, a point every ten minutes, against every second of them."""
    rng = np.random.default_rng(3)
    fine_s = np.arange(0.0, 3.0 * 86_400.0 + 1.0, 1.0)
    off = []
    for _ in range(12):
        speed, phase, lat0 = rng.uniform(15.0, 45.0), rng.uniform(0.0, 6.3), rng.uniform(30.0, 65.0)
        turn = 2.0 * 7.292e-5 * np.sin(np.radians(lat0))
        wobble = 4.0 / turn / 111_195.0  # an inertial oscillation of 4 m/s
        lat = lat0 + 4.0 * np.sin(fine_s / 6e4 + phase) + wobble * np.cos(turn * fine_s)
        east = speed * fine_s / (111_195.0 * np.cos(np.radians(lat0)))
        lon = (rng.uniform(100.0, 280.0) + east + 2.0 * wobble * np.sin(turn * fine_s) + 180) % 360
        lon -= 180.0
        coarse = slice(0, None, 600)
        found = atlas.passages(lat[None, coarse], lon[None, coarse], fine_s[coarse], KINDS[:2])
        for name in found.zones:
            mine = found.of_zone(name)
            if mine.path.size and mine.enter_s[0] > 0.0 and found.time_inside_s(name)[0] > 600.0:
                inside = atlas.contains(name, lat, lon)
                off.append(found.first_entry_s(name)[0] - fine_s[inside.argmax()])
    assert len(off) > 15
    assert np.abs(off).max() < 10.0
