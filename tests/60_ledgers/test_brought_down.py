"""Where it could have come down: expectations, labels, windows and footprints that are known."""

import math
from dataclasses import replace
from statistics import NormalDist
from types import SimpleNamespace

import numpy as np
import pytest
from fallen import case_of, people, scatter

from overflight.case.load import bundled, load
from overflight.case.model import Geometry
from overflight.errors import InferenceError
from overflight.fields import places, population
from overflight.ledgers import brought_down
from overflight.ledgers.brought_down.answer import ABOVE, AREA_FACTOR, BELOW, OPEN
from overflight.physics.sphere import MEAN_RADIUS_M

DEG_M = math.pi / 180.0 * MEAN_RADIUS_M
MONTANA = (46.9, -110.4)


def ledger(fell, crowd, case=None):
    return brought_down.ledger(case or case_of(), fell, crowd)


def test_the_classes_are_those_of_the_worked_example():
    told = brought_down.falling(case_of())
    classes, ways = told.classes, told.ways
    in_pieces = sum(classes[c].area_m2 for c in ways[0].classes)
    assert in_pieces == pytest.approx(52.230116, rel=1e-7)
    assert classes[0].speeds.least_mps == pytest.approx(28.29, abs=0.01)
    assert classes[0].speeds.most_mps == pytest.approx(69.31, abs=0.01)


def test_a_stated_descent_is_the_parachute():
    stated = SimpleNamespace(speed_min_mps=3.0, speed_max_mps=4.0)
    classes = brought_down.falling(case_of(descent=stated)).classes
    assert (classes[2].speeds.least_mps, classes[2].speeds.most_mps) == (3.0, 4.0)


def test_no_structure_is_larger_than_the_balloon_could_hold_up():
    """A 10 m sphere of hydrogen at 18 km holds up 59 kg: 1.2 m2 at 50 kg/m2."""
    (whole,) = [
        one for one in brought_down.falling(case_of(diameter_m=10.0)).classes if "whole" in one.name
    ]
    assert whole.area_m2 == pytest.approx((0.6 + math.sqrt(59.3 / 50.0)) ** 2, rel=0.02)


def test_a_hobby_balloon_is_one_light_package():
    """A 1 m foil balloon holds up 59 g at 18 km: at 28 m/s that is 24 J, and it counts."""
    told = brought_down.falling(case_of(diameter_m=1.0))
    (piece,) = told.classes
    assert piece.speeds.most_mps == pytest.approx(28.29, abs=0.01)
    assert piece.area_m2 == pytest.approx((0.6 + math.sqrt(0.0593 / 5.0)) ** 2, rel=0.01)
    assert "24 J at most, above the 15 J" in told.sizes
    assert "59 g" in told.sizes


def test_what_cannot_strike_hard_counts_for_nothing():
    """Twenty grams at 28 m/s are 8 J; under a parachute at 3 m/s, less than one."""
    slow = SimpleNamespace(speed_min_mps=2.0, speed_max_mps=3.0)
    told = brought_down.falling(case_of(diameter_m=1.0, payload_kg=0.02, descent=slow))
    assert [one.area_m2 for one in told.classes] == [0.0, 0.0]
    assert "8 J at most, below" in told.sizes
    fell = scatter([MONTANA, MONTANA])
    fell = replace(fell, **{n: getattr(fell, n)[:2] for n in ("lat_deg", "lon_deg", "fall_s")})
    light = case_of(diameter_m=1.0, payload_kg=0.02, descent=slow)
    found = ledger(fell, people(lambda *_: 20_000.0), light)
    assert found.share(0, BELOW) == 1.0
    assert found.moments[0].risks[0].casualties[2] == 0.0


@pytest.mark.parametrize(
    ("perkm2", "expected"), [(1.0, 5.2e-5), (2.9, 1.5147e-4), (36.0, 1.9e-3), (400.0, 2.1e-2)]
)
def test_an_even_density_gives_the_published_expectation(perkm2, expected):
    found = ledger(scatter([MONTANA, MONTANA], n_paths=3), people(lambda *_: perkm2))
    risk = found.moments[0].risks[0]
    assert risk.casualties == pytest.approx((expected,) * 5, rel=2e-2 if perkm2 != 2.9 else 1e-4)


def test_the_embedded_means_put_montana_at_the_limit():
    """Method 6.2: a whole fall over eastern Montana's mean is already marginal."""
    found = ledger(scatter([MONTANA, MONTANA]), population.embedded(places.load()))
    risk = found.moments[0].risks[0]
    assert risk.casualties[2] == pytest.approx(1.5e-4, rel=0.1)
    assert risk.label == OPEN
    assert found.moments[0].footprints[0].land_fraction == 1.0


def test_a_footprint_off_a_coast():
    """Spread 5 km, centred 6 nautical miles off; 100 per km2 ashore: 0.0131 on land, 6.9e-5."""
    shore_deg, sd_deg, off_deg = 280.0 - 360.0, 5_000.0 / DEG_M, 11_112.0 / DEG_M
    n = 4_000
    east_deg = sd_deg * np.array([NormalDist().inv_cdf((k + 0.5) / n) for k in range(n)])
    fell = scatter([(0.1, shore_deg + off_deg)] * 2, east_deg)
    crowd = people(lambda _, lon: np.where(lon < shore_deg, 100.0, 0.0))
    found = ledger(fell, crowd)
    assert found.moments[0].risks[0].casualties[2] == pytest.approx(6.9e-5, rel=0.02)
    ashore = NormalDist().cdf(-11.112 / 5.0)
    by_hand = 52.230116 * 100e-6 * ashore
    assert found.moments[0].risks[0].casualties[2] == pytest.approx(by_hand, rel=0.01)


def test_the_expectation_is_the_mean_over_falls_and_quantiles_are_over_paths():
    fell = scatter([(45.0, -110.0)] * 2, [-1.0, 1.0, 1.0, 1.0], n_paths=2)
    fell.lon_deg[:, :, 1] += 2.0  # the second path and all its falls lie further east
    found = ledger(fell, people(lambda _, lon: np.where(lon < -110.0, 8.0, 0.0)))
    casualties = found.moments[0].risks[0].casualties
    assert casualties[0] == pytest.approx(0.05 * 52.23 * 2e-6, rel=1e-3)
    assert casualties[2] == pytest.approx(0.5 * 52.23 * 2e-6, rel=1e-3)  # between the two


@pytest.mark.parametrize(
    ("perkm2", "factor", "label"),
    [
        (0.1, 2.0, BELOW), (0.1, 10.0, OPEN), (2.0, 2.0, OPEN), (10.0, 2.0, OPEN),
        (12.0, 2.0, ABOVE), (12.0, 10.0, OPEN), (60.0, 10.0, ABOVE), (0.0, 10.0, BELOW),
    ],
)  # fmt: skip
def test_a_label_holds_with_everything_against_it(perkm2, factor, label):
    """1.91 per km2 is the limit: a label needs three times the error of the population beside."""
    assert pytest.approx(1.9146, rel=1e-3) == 1e-4 / 52.23 * 1e6
    found = ledger(scatter([MONTANA] * 2), people(lambda *_: perkm2, factor))
    risk = found.moments[0].risks[0]
    assert risk.label == label
    assert AREA_FACTOR == 3.0
    assert risk.below_worst_fraction <= risk.below_fraction <= risk.below_best_fraction


def test_windows_part_the_flight_where_labels_change():
    """Empty west of 110 W, a town east of it: a path along 45 N crosses half way."""
    begin = [(45.0, -112.4 + k) for k in range(6)]
    crowd = people(lambda _, lon: np.where(lon < -110.0, 0.0, 5_000.0), 2.0)
    found = ledger(scatter(begin), crowd)
    mine = [one for one in found.windows if one.way == 0]
    assert [(one.label, one.first, one.last) for one in mine] == [(BELOW, 0, 2), (ABOVE, 3, 5)]
    assert [one.begin_s for one in mine] == [0.0, 2.5 * 3_600.0]
    assert [one.end_s for one in mine] == [2.5 * 3_600.0, 5.0 * 3_600.0]
    assert found.share(0, BELOW) == found.share(0, ABOVE) == 0.5
    assert found.share(0, OPEN) == 0.0
    assert found.criteria[0].public_fraction == 0.5


def test_land_and_sea_are_told_apart_by_the_borders():
    fell = scatter([(33.0, -79.0)] * 2, [-2.0, 2.0])  # South Carolina and the Atlantic
    found = ledger(fell, population.embedded(places.load()))
    assert found.moments[0].footprints[0].land_fraction == 0.5


def test_drift_is_along_its_own_mean_also_over_the_antimeridian():
    fell = scatter([(0.0, 179.95)] * 2, [0.09, 0.10, 0.11], [0.0, 0.0, 0.0])
    fell.lon_deg[:] = (fell.lon_deg + 180.0) % 360.0 - 180.0
    foot = ledger(fell, population.embedded(places.load())).moments[0].footprints[0]
    assert foot.bearing_deg == pytest.approx(90.0)
    assert foot.along_m[1] == pytest.approx(0.1 * DEG_M, rel=1e-6)
    assert foot.across_m == pytest.approx((0.0, 0.0, 0.0), abs=1e-6)


def test_across_is_positive_to_the_left():
    fell = scatter([(0.0, 10.0)] * 2, [0.1, 0.1, 0.1, 0.1], [0.02, -0.01, -0.01, 0.0])
    foot = ledger(fell, population.embedded(places.load())).moments[0].footprints[0]
    assert foot.across_m[2] > 0.015 * DEG_M
    assert -0.011 * DEG_M < foot.across_m[0] < 0.0


def test_the_spread_from_one_place_leaves_out_that_of_the_paths():
    rng = np.random.default_rng(3)
    n_paths, n_falls, sd_deg = 50, 40, 0.01
    fell = scatter([(0.0, -100.0)] * 2, np.zeros(n_falls), n_paths=n_paths)
    shift = rng.normal(0.0, 1.0, (n_paths, 1))
    fell.lon_deg[:] += shift + rng.normal(0.0, sd_deg, (n_paths, n_falls))
    fell.lat_deg[:] += rng.normal(0.0, sd_deg, (n_paths, n_falls))
    foot = ledger(fell, people(lambda *_: 1.0)).moments[0].footprints[0]
    assert foot.own_along_sd_m == pytest.approx(sd_deg * DEG_M, rel=0.05)
    assert foot.own_across_sd_m == pytest.approx(sd_deg * DEG_M, rel=0.05)
    rayleigh = math.sqrt(-2.0 * math.log(1.0 - 0.97))
    assert foot.contained_m == pytest.approx(rayleigh * sd_deg * DEG_M, rel=0.06)
    assert foot.along_m[2] - foot.along_m[0] > 2.0 * DEG_M


def test_two_falls_from_a_place_show_how_widely_many_would_scatter():
    rng = np.random.default_rng(4)
    fell = scatter([(0.0, -100.0)] * 2, np.zeros(2), n_paths=2_000)
    fell.lon_deg[:] += rng.normal(0.0, 0.01, fell.lon_deg.shape)
    fell.lat_deg[:] += rng.normal(0.0, 0.01, fell.lat_deg.shape)
    foot = ledger(fell, people(lambda *_: 1.0)).moments[0].footprints[0]
    assert foot.own_along_sd_m == pytest.approx(0.01 * DEG_M, rel=0.06)


def test_what_leaves_the_wind_is_counted_and_left_out():
    fell = scatter([MONTANA] * 2, [0.0, 0.0, 0.0, 0.0])
    fell.lat_deg[..., 0] = fell.lon_deg[..., 0] = fell.fall_s[..., 0] = np.nan
    found = ledger(fell, people(lambda *_: 2.9))
    assert found.lost_fraction == pytest.approx(0.25)
    assert found.moments[0].risks[0].casualties[2] == pytest.approx(1.5147e-4, rel=1e-4)
    fell.lat_deg[:] = fell.lon_deg[:] = np.nan
    with pytest.raises(InferenceError, match="no place from which"):
        ledger(fell, people(lambda *_: 2.9))


def test_moments_that_nothing_falls_from_are_left_out():
    fell = scatter([MONTANA] * 4)
    for values in (fell.from_lat_deg[0], fell.from_lon_deg[0]):
        values[:] = np.nan
    fell.lat_deg[:, 0] = fell.lon_deg[:, 0] = np.nan
    found = ledger(fell, people(lambda *_: 2.9))
    assert [one.time_s for one in found.moments] == [3_600.0, 7_200.0, 10_800.0]
    assert found.lost_fraction == 0.0


def test_a_grid_that_ends_before_the_falls_do_is_told():
    fell = scatter([MONTANA] * 2, [0.0, 5.0])
    found = ledger(fell, people(lambda *_: 1.0, lat=(40.0, 50.0), lon=(-112.0, -108.0)))
    assert found.outside_fraction == pytest.approx(0.5)
    assert ledger(fell, population.embedded(places.load())).outside_fraction == 0.0


def test_reported_remains_stand_beside_the_falls():
    at = SimpleNamespace(
        id="S1", geometry=Geometry.DEBRIS, lat_deg=0.1, lon_deg=-80.0, position_sd_m=8_000.0
    )
    fell = scatter([(0.0, -80.0)] * 2, np.linspace(-0.2, 0.2, 101))
    found = ledger(fell, people(lambda *_: 0.0), case_of(at, replace_geometry(at)))
    assert [one.sighting for one in found.remains] == ["S1"] * 3
    one = found.remains[0]
    assert one.off_m == pytest.approx(0.1 * DEG_M, rel=0.01)  # an ellipsoid's degree is shorter
    assert one.half_m == pytest.approx(0.1 * DEG_M, rel=0.03)
    assert one.further_fraction == pytest.approx(0.5, abs=0.02)


def replace_geometry(sighting):
    return SimpleNamespace(**vars(sighting) | {"geometry": Geometry.NADIR})


def test_the_bundled_case_has_remains_to_check_against():
    case = load(bundled("2023-conus"))
    fell = scatter([(33.6, -78.9)] * 2, [-0.02, 0.0, 0.02])
    found = ledger(fell, population.embedded(places.load()), case)
    assert {one.sighting for one in found.remains} == {"CN23-40"}
    assert found.remains[0].off_m < 8_000.0


def test_the_order_of_paths_does_not_matter():
    rng = np.random.default_rng(1)
    fell = scatter([MONTANA] * 2, np.zeros(4), n_paths=6)
    fell.lon_deg[:] += rng.normal(0.0, 2.0, fell.lon_deg.shape)
    turned = replace(
        fell, lat_deg=fell.lat_deg[:, :, ::-1], lon_deg=fell.lon_deg[:, :, ::-1],
        from_lat_deg=fell.from_lat_deg[:, ::-1], from_lon_deg=fell.from_lon_deg[:, ::-1],
    )  # fmt: skip
    crowd = people(lambda _, lon: 10.0 + 5.0 * np.sin(lon))
    one, two = (ledger(each, crowd).moments[0].risks[0] for each in (fell, turned))
    assert one.casualties == pytest.approx(two.casualties)
    assert one.individual_fraction == pytest.approx(two.individual_fraction)
