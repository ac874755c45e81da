"""Predicates on paths whose whereabouts are known."""

import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "60_ledgers"))

from flown import EPOCH, posterior, southward

from overflight.case.predicates import (
    AltitudeBand,
    Before,
    InZone,
    Launched,
    Near,
    NeverInZone,
    Speed,
)
from overflight.fields import places
from overflight.inference import predicates


def at(hours):
    return EPOCH + timedelta(hours=hours)


@pytest.fixture(scope="module")
def paths():
    return southward(11, late_h=20.0)  # 49 N after 54.5 h plus 0, 2, ... 20 h


@pytest.fixture(scope="module")
def passages(paths):
    return places.load().passages(
        paths.lat_deg, paths.lon_deg, paths.time_s, ("country", "state", "territorial_sea")
    )


def share(test, paths, passages):
    return predicates.holds((test,), paths, passages, EPOCH).mean()


@pytest.mark.parametrize(("until_h", "expected"), [(50.0, 0.0), (64.9, 6 / 11), (80.0, 1.0)])
def test_in_a_zone_counts_the_paths_that_are_there_in_time(paths, passages, until_h, expected):
    assert share(InZone("US", at(0), at(until_h)), paths, passages) == pytest.approx(expected)


def test_never_in_a_zone_is_its_opposite(paths, passages):
    inside = share(InZone("US", at(50), at(64.9)), paths, passages)
    outside = share(NeverInZone("US", at(50), at(64.9)), paths, passages)
    assert inside + outside == pytest.approx(1.0)


def test_near_a_place_needs_the_right_place_and_time(paths, passages):
    def near(lat, radius_km, start, end):
        return share(Near(lat, -110.0, radius_km * 1e3, at(start), at(end)), paths, passages)

    assert near(50.0, 30.0, 0, 100) == 1.0
    assert near(50.0, 30.0, 0, 30) == 0.0
    assert near(60.0, 100.0, 0, 100) == 0.0


def test_a_band_of_altitude_has_soft_edges_of_300_m(paths, passages):
    def band(low, high):
        return share(AltitudeBand(low, high, at(30), at(40)), paths, passages)

    assert band(18_000.0, 19_000.0) == 1.0
    assert band(18_500.0, 19_000.0) == 1.0  # 18,300 m is within 300 m of it
    assert band(18_700.0, 19_000.0) == 0.0


def test_the_mean_speed_is_that_of_the_path(paths, passages):
    # 11 degrees of latitude in 100 h, on the mean sphere.
    speed = 11.0 * np.pi / 180.0 * 6_371_008.8 / 360_000.0
    assert share(Speed(speed - 0.01, speed + 0.01, at(30), at(60)), paths, passages) == 1.0
    assert share(Speed(speed + 0.01, speed + 1.0, at(30), at(60)), paths, passages) == 0.0


def test_order_and_launch(paths, passages):
    assert share(Before("CA", "US"), paths, passages) == 1.0
    assert share(Before("US", "CA"), paths, passages) == 0.0
    moved = posterior(paths.lat_deg, paths.lon_deg, paths.time_s, launch_s=np.arange(11) * 3_600.0)
    assert share(Launched(at(0), at(4)), moved, passages) == pytest.approx(5 / 11)


def test_all_predicates_of_a_claim_must_hold(paths, passages):
    both = (InZone("US", at(0), at(100)), Near(60.0, -110.0, 1e4, at(0), at(100)))
    assert not predicates.holds(both, paths, passages, EPOCH).any()
