"""Entry, exit and time inside, on paths that cross the 49th parallel when we say."""

from types import SimpleNamespace

import numpy as np
import pytest
from flown import EPOCH, posterior, southward
from hypothesis import given
from hypothesis import strategies as st

from overflight.case.vocabulary import Geometry, Use
from overflight.fields import places
from overflight.inference.posterior import effective_size
from overflight.inference.quantiles import weighted_quantiles
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
