"""First passages, on straight paths whose answers are known."""

import numpy as np
import pytest
import shapely
from flown import posterior

from overflight.fields import places
from overflight.fields.passages import find_in_turn
from overflight.fields.zones import Layer, Place
from overflight.inference.onward import Onward
from overflight.inference.quantiles import weighted_quantiles
from overflight.ledgers import ahead

HOUR_S = 3_600.0
NORTH = 49.0  # Alberta above, Montana below, at 112 W


class Square:
    """The half of the equator east of a line, instead of the world's borders."""

    def place(self, zone_id):
        return Place(zone_id, "beyond the line", "country", "")


def beyond(lon_deg):
    shape = shapely.MultiPolygon([shapely.box(lon_deg, -5.0, 80.0, 5.0)])
    place = Square().place("east")
    return Layer((place,), np.array([shape]))


def onward(lat, lon, time_s, **changes):
    return Onward(posterior(lat, lon, time_s, **changes), time_s[-1], time_s[-1])


def test_first_passages_have_the_distribution_that_is_known_exactly():
    """T16: x = x0 + (60 + e) t, x0 ~ N(0, 30^2), e ~ N(0, 10^2), a line at 900."""
    rng = np.random.default_rng(16)
    n, unit_deg = 1_000_000, 0.01
    begin = rng.normal(0.0, 30.0, n)
    end = begin + (60.0 + rng.normal(0.0, 10.0, n)) * 30.0
    lon = unit_deg * np.stack([begin, end], axis=1)
    time_s = np.array([0.0, 30.0])
    passages = find_in_turn(np.zeros((n, 2)), lon, time_s, [beyond(900.0 * unit_deg)])
    first_s, _, now, _ = ahead.first_passages("east", passages, 0.0, 30.0)
    assert not now.any()
    known = {10.0: 0.00202989, 12.0: 0.07280505, 15.0: 0.5, 18.0: 0.83803008, 20.0: 0.93101652}
    weight = np.full(n, 1.0 / n)
    for at_s, probability in known.items():
        assert weight @ (first_s <= at_s) == pytest.approx(probability, abs=1e-3)
    crossing = np.where(np.isfinite(first_s), first_s, np.inf)
    (middle,) = weighted_quantiles(crossing, weight, (0.5,))
    assert middle == pytest.approx(15.0, abs=0.01)


def test_a_border_is_left_and_entered_at_its_time():
    """Ten paths go south from 50 N at a degree an hour; they begin in Canada and end in the US."""
    time_s = HOUR_S * np.arange(0.0, 4.1, 0.5)
    lat = np.tile(50.0 - time_s / HOUR_S, (10, 1)) - 0.02 * np.arange(10)[:, None]
    flown = onward(lat, np.full_like(lat, -112.0), time_s)
    atlas = places.load()
    passages = atlas.passages(lat, flown.paths.lon_deg, time_s, ("country", "state"))
    zones = {line.zone: line for line in ahead.ledger(flown, passages, atlas).zones}
    canada, montana = zones["CA"], zones["US-MT"]
    assert (canada.inside_now, canada.leaves, canada.enters) == pytest.approx((1.0, 1.0, 0.0))
    assert canada.entry is None
    assert canada.inside_at_end == 0.0
    assert canada.exit.p50_s == pytest.approx((1.0 - 0.09) * HOUR_S, abs=90.0)
    assert (montana.inside_now, montana.enters) == pytest.approx((0.0, 1.0))
    assert montana.inside_at_end == pytest.approx(1.0)
    assert montana.entry.p50_s == pytest.approx(canada.exit.p50_s, abs=60.0)
    assert montana.entry.width_s == pytest.approx(0.9 * 0.2 * HOUR_S, rel=0.1)


def test_a_path_that_begins_inside_and_comes_back_does_not_enter():
    time_s = HOUR_S * np.arange(5.0)
    lat = np.array([[48.0, 50.0, 48.0, 50.0, 48.0]])
    flown = onward(lat, np.full_like(lat, -112.0), time_s)
    atlas = places.load()
    passages = atlas.passages(lat, flown.paths.lon_deg, time_s, ("country",))
    zones = {line.zone: line for line in ahead.ledger(flown, passages, atlas).zones}
    assert zones["US"].enters == 0.0
    assert zones["US"].exit.p50_s == pytest.approx(0.5 * HOUR_S, abs=60.0)
    assert zones["US"].inside_at_end == 1.0
    assert zones["CA"].enters == 1.0


def test_paths_that_leave_the_wind_are_nowhere_at_the_end():
    time_s = HOUR_S * np.arange(5.0)
    lat = np.tile(50.0 - 0.5 * np.arange(5.0), (4, 1))
    lat[0, 4] = np.nan  # in Montana when the wind ends
    flown = onward(lat, np.where(np.isfinite(lat), -112.0, np.nan), time_s)
    atlas = places.load()
    passages = atlas.passages(lat, flown.paths.lon_deg, time_s, ("state",))
    found = ahead.ledger(flown, passages, atlas)
    montana = {line.zone: line for line in found.zones}["US-MT"]
    assert found.left_fraction == pytest.approx(0.25)
    assert montana.enters == pytest.approx(1.0)
    assert montana.inside_at_end == pytest.approx(0.75)


def test_weights_count():
    time_s = HOUR_S * np.arange(3.0)
    lat = np.array([[50.0, 49.5, 48.0], [50.0, 49.6, 49.5]])
    flown = onward(lat, np.full_like(lat, -112.0), time_s, weight=np.array([0.3, 0.7]))
    atlas = places.load()
    passages = atlas.passages(lat, flown.paths.lon_deg, time_s, ("country",))
    zones = {line.zone: line for line in ahead.ledger(flown, passages, atlas).zones}
    assert zones["US"].enters == pytest.approx(0.3)
    assert zones["CA"].inside_at_end == pytest.approx(0.7)


class Two:
    """Two lines to cross on the way east, listed as a case's own."""

    def place(self, zone_id):
        return Place(zone_id, zone_id, "zone", "")


def crossings(lon, time_s, **lines):
    shapes = [shapely.MultiPolygon([shapely.box(west, -5.0, 80.0, 5.0)]) for west in lines.values()]
    places_ = tuple(Place(f"zone:{name}", name, "zone", "") for name in lines)
    stored = np.empty(len(shapes), dtype=object)
    stored[:] = shapes
    return find_in_turn(np.zeros_like(lon), lon, time_s, [Layer(places_, stored)])


def test_the_order_of_two_zones_is_told_all_five_ways():
    """Paths east: through both, to one only, from within one, and to neither."""
    time_s = HOUR_S * np.arange(3.0)
    lon = np.array([[0.0, 5.0, 10.0], [0.0, 1.5, 1.5], [0.0, 0.5, 0.5], [1.5, 2.5, 3.0]])
    passages = crossings(lon, time_s, near=1.0, far=2.0)
    flown = onward(np.zeros_like(lon), lon, time_s, weight=np.array([0.4, 0.3, 0.2, 0.1]))
    near, far = Two().place("zone:near"), Two().place("zone:far")
    found = ahead.ledger(flown, passages, Two(), [(near, far), (far, near), (near, near)])
    first, other, same = found.orders
    assert (first.first, first.second) == pytest.approx((0.5, 0.0))
    assert (first.only_one, first.only_other, first.neither) == pytest.approx((0.3, 0.0, 0.2))
    assert (other.first, other.second, other.only_other) == pytest.approx((0.0, 0.5, 0.3))
    assert same.first == same.second == pytest.approx(0.4)
    assert first.first_sd > 0.0


def test_what_a_case_watches_is_listed_though_no_path_comes_there():
    time_s = HOUR_S * np.arange(3.0)
    lon = np.tile([0.0, 0.5, 1.0], (50, 1))
    passages = crossings(lon, time_s, far=20.0)
    (line,) = ahead.ledger(onward(np.zeros_like(lon), lon, time_s), passages, Two()).zones
    assert (line.enters, line.inside_now, line.entry) == (0.0, 0.0, None)
    assert 0.01 < line.enters_sd < 0.05  # fifty paths do not exclude one in a hundred
