"""Speeds, casualty areas and expectations against the published tables (T25, method 6)."""

import math
from statistics import NormalDist

import pytest
from scipy.integrate import quad

from overflight.physics import debris
from overflight.physics.atmosphere import density_kgm3
from overflight.physics.fall import SEA_DENSITY_KGM3

WORKED = ((27.0, 1), (0.1, 10), (1.0, 4))  # a truss, small parts, panels


def integral_m(height_m):
    return quad(lambda z: math.sqrt(density_kgm3(z) / SEA_DENSITY_KGM3), 0.0, height_m, limit=200)[
        0
    ]


@pytest.mark.parametrize(
    ("height_m", "published_m"),
    [
        (18_000, 11_306.83), (18_288, 11_396.57), (19_000, 11_609.92), (19_812, 11_839.14),
        (20_000, 11_890.17), (33_500, 14_125.28),
    ],
)  # fmt: skip
def test_the_integral_of_a_settled_fall(height_m, published_m):
    assert integral_m(height_m) == pytest.approx(published_m, rel=1e-5)


@pytest.mark.parametrize(
    ("ballistic_kgm2", "speed_mps"),
    [(5, 8.95), (10, 12.65), (50, 28.29), (100, 40.01), (300, 69.31), (1_000, 126.5)],
)
def test_speeds_of_ballistic_coefficients(ballistic_kgm2, speed_mps):
    assert debris.settled_speed_mps(ballistic_kgm2, 1.0) == pytest.approx(speed_mps, rel=5e-4)


@pytest.mark.parametrize(
    ("mass_kg", "wide_m", "speed_mps"),
    [(1_000, 30, 5.32), (2_000, 30, 7.53), (2_495, 40, 6.30), (10, 2, 7.98)],
)
def test_speeds_under_a_parachute(mass_kg, wide_m, speed_mps):
    drag_m2 = 0.8 * math.pi * (wide_m / 2.0) ** 2
    assert debris.settled_speed_mps(mass_kg, drag_m2) == pytest.approx(speed_mps, abs=0.005)


@pytest.mark.parametrize(
    ("speed_mps", "minutes"), [(3, 64.5), (5, 38.7), (7, 27.6), (10, 19.35), (20, 9.67), (50, 3.87)]
)
def test_times_of_a_fall(speed_mps, minutes):
    assert integral_m(19_000.0) / speed_mps / 60.0 == pytest.approx(minutes, rel=3e-3)


@pytest.mark.parametrize(
    ("ballistic_kgm2", "time_s", "settled_s"),
    [(50, 413.7, 410.3), (300, 175.5, 167.5), (1_000, 105.7, 91.8)],
)
def test_a_fall_from_rest_takes_longer(ballistic_kgm2, time_s, settled_s):
    found_s, _ = debris.from_rest_s(ballistic_kgm2, 1.0, 19_000.0)
    assert found_s == pytest.approx(time_s, rel=1e-3)
    speed_mps = debris.settled_speed_mps(ballistic_kgm2, 1.0)
    assert integral_m(19_000.0) / speed_mps == pytest.approx(settled_s, rel=1e-3)


@pytest.mark.parametrize(("ballistic_kgm2", "mps"), [(50, 28.35), (300, 70.15), (1_000, 132.58)])
def test_what_is_dense_arrives_faster_than_settled(ballistic_kgm2, mps):
    assert debris.from_rest_s(ballistic_kgm2, 1.0, 19_000.0)[1] == pytest.approx(mps, rel=5e-4)


@pytest.mark.parametrize(
    ("fragment_m2", "nasa_m2", "faa_m2"),
    [
        (0.01, 0.49, 0.410), (0.1, 0.8395, 0.734), (1, 2.56, 2.372), (4, 6.76, 6.453),
        (30, 36.9327, 36.21),
    ],
)  # fmt: skip
def test_casualty_areas(fragment_m2, nasa_m2, faa_m2):
    assert debris.casualty_area_m2(fragment_m2) == pytest.approx(nasa_m2, rel=1e-4)
    assert debris.casualty_disc_m2(fragment_m2) == pytest.approx(faa_m2, rel=1e-3)


@pytest.mark.parametrize(("mass_kg", "speed_mps"), [(0.1, 17.3), (0.25, 10.9), (1.0, 5.5)])
def test_speeds_that_harm(mass_kg, speed_mps):
    assert debris.harmful_speed_mps(mass_kg) == pytest.approx(speed_mps, abs=0.05)


def worked_m2():
    return sum(number * debris.casualty_area_m2(each) for each, number in WORKED)


def test_the_worked_casualty_area_and_expectations():
    area_m2 = worked_m2()
    assert area_m2 == pytest.approx(52.230116, rel=1e-7)
    published = {1: 5.2e-5, 2.9: 1.5147e-4, 36: 1.9e-3, 400: 2.1e-2, 3_000: 0.16}
    for perkm2, expected in published.items():
        found = debris.expected_casualties(area_m2, perkm2 * 1e-6, 1.0)
        assert found == pytest.approx(expected, rel=1e-4 if perkm2 == 2.9 else 0.03)
    assert 1e-4 / area_m2 * 1e6 == pytest.approx(1.9146, rel=1e-4)
    assert debris.expected_casualties(area_m2, 2.9e-6, 0.25) == pytest.approx(1.5147e-4 / 4, 1e-4)


def test_a_footprint_off_a_coast():
    """Spread 5 km, centred 6 nautical miles offshore, 100 per km2 ashore."""
    ashore = NormalDist().cdf(-11.112 / 5.0)
    assert ashore == pytest.approx(0.0131, abs=5e-5)
    assert debris.expected_casualties(worked_m2(), 100e-6, ashore) == pytest.approx(
        6.9e-5, rel=0.01
    )


def test_the_risk_of_one_person_is_that_of_the_middle():
    sd_m, area_m2 = 700.0, 40.0
    middle = NormalDist(0.0, sd_m).pdf(0.0) ** 2 * area_m2
    assert debris.individual_fraction(area_m2, sd_m, sd_m) == pytest.approx(middle, rel=1e-12)
    assert debris.individual_fraction(area_m2, 1e-3, 1e-3) == 1.0
