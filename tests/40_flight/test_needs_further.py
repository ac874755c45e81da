"""A forecast's wind reaches further than the evidence, and is still a box on the globe."""

from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.fields.canonical import Need
from overflight.flight.needs import further

UNTIL = datetime(2023, 2, 4, tzinfo=UTC)
DEG_M = 111_195.0


def box(south, north, west, east):
    return Need(south_deg=south, north_deg=north, west_deg=west, east_deg=east)


def test_it_grows_on_all_sides_and_in_time():
    found = further(box(-5.0, 5.0, 10.0, 20.0), UNTIL, 10.0 * DEG_M)
    assert (found.south_deg, found.north_deg) == pytest.approx((-15.0, 15.0))
    assert found.west_deg == pytest.approx(10.0 - 10.0 / np.cos(np.radians(15.0)))
    assert found.east_deg == pytest.approx(20.0 + 10.0 / np.cos(np.radians(15.0)))
    assert found.time_max == np.datetime64("2023-02-04T00", "ns")


def test_it_may_cross_the_antimeridian():
    found = further(box(-5.0, 5.0, 170.0, 178.0), UNTIL, 10.0 * DEG_M)
    assert found.west_deg == pytest.approx(159.647, abs=0.01)
    assert found.east_deg == pytest.approx(-171.647, abs=0.01)


@pytest.mark.parametrize(
    "part", [box(40.0, 75.0, 0.0, 10.0), box(-80.0, -40.0, 0.0, 10.0), box(0.0, 1.0, 5.0, 200.0)]
)
def test_near_a_pole_or_around_the_globe_it_is_the_whole_circle(part):
    found = further(part, UNTIL, 90.0 * DEG_M)
    assert (found.west_deg, found.east_deg) == (-180.0, 180.0)
    assert found.south_deg >= -90.0
    assert found.north_deg <= 90.0


def test_the_whole_circle_stays_whole():
    found = further(box(0.0, 10.0, -180.0, 180.0), UNTIL, DEG_M)
    assert (found.west_deg, found.east_deg) == (-180.0, 180.0)
