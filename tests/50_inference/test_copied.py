"""Reports that may be copies: closed forms, limits, the sum over who copied, and the engine."""

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_kinds import CASE, STATICS, TABLE, at, row

from overflight.case.copying import likelihood_ratio
from overflight.case.load import bundled, load
from overflight.case.vocabulary import MEAN_RELIABILITY, Geometry, Grade, Use
from overflight.inference.copied import chance, missed, right_logs, weighed
from overflight.inference.kinds import build
from overflight.inference.observations import altitude_logs, evidence
from overflight.inference.told import Told

PROBABILITY = st.floats(0.01, 0.99)
LOG = st.floats(-30.0, 0.0)


def likelihood(told, density_log):
    return float(np.logaddexp(told.good + density_log, told.bad))


@given(PROBABILITY, LOG, LOG, LOG, st.floats(0.001, 0.999))
def test_a_second_report_adds_what_the_rule_of_copies_says(right, stray, near, far, c):
    """Two reports in closed form: the factor between two paths, SCIENCE 8.3."""
    known = weighed(right, stray, 0.0, 0.0)
    best, one, other = (likelihood(known, log) for log in (0.0, near, far))
    told = weighed(right, stray, 0.0, c)
    p1, p0 = math.exp(one - best), math.exp(other - best)
    factor = math.exp(likelihood(told, near) - likelihood(told, far))
    both = likelihood_ratio(p1, p0, (c,))
    assert both == pytest.approx(p1 / p0 * factor, rel=1e-9)


def test_two_reports_of_eight_and_two_tenths():
    """p1 0.8, p0 0.2: alone 4, a second of its own 16, a copy with probability 0.7: 8.16."""
    sure, never = 1.0 - 1e-15, -800.0
    found = {}
    for c in (0.0, 0.7):
        told = weighed(sure, never, 0.0, c)
        found[c] = 4.0 * math.exp(likelihood(told, math.log(0.8)) - likelihood(told, math.log(0.2)))
    assert found[0.0] == pytest.approx(16.0)
    assert found[0.7] == pytest.approx(4.0 * (0.7 + 0.3 * 0.8) / (0.7 + 0.3 * 0.2))


@given(PROBABILITY, LOG, LOG, LOG)
def test_a_copy_that_is_sure_adds_nothing_and_one_that_is_none_adds_all(right, stray, near, far):
    def told_apart(c):
        told = weighed(right, stray, 0.0, c)
        return likelihood(told, near) - likelihood(told, far)

    alone = weighed(right, stray, 0.0, 0.0)
    assert alone.good == math.log(right)  # to the bit, as before there were copies
    assert alone.bad == math.log1p(-right) + stray
    assert told_apart(1e-60) == pytest.approx(told_apart(0.0), rel=1e-6, abs=1e-6)
    assert told_apart(1.0 - 1e-12) == pytest.approx(0.0, abs=1e-8)
    steps = [abs(told_apart(c)) for c in np.linspace(0.0, 0.999, 40)]
    assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(steps))


@given(st.lists(st.tuples(PROBABILITY, LOG, LOG, PROBABILITY), min_size=1, max_size=7))
def test_the_product_is_the_sum_over_all_ways_in_which_reports_may_be_copies(reports):
    """2^n configurations, each a product of reports of their own and of constants."""
    product, total = 0.0, 0.0
    for right, stray, density, c in reports:
        product += likelihood(weighed(right, stray, 0.0, c), density)
    for copies in itertools.product((False, True), repeat=len(reports)):
        term = 1.0
        for (right, stray, density, c), is_copy in zip(reports, copies, strict=True):
            of_its_own = right * math.exp(density) + (1.0 - right) * math.exp(stray)
            at_best = right + (1.0 - right) * math.exp(stray)
            term *= c * at_best if is_copy else (1.0 - c) * of_its_own
        total += term
    assert product == pytest.approx(math.log(total), rel=1e-9, abs=1e-9)


@given(PROBABILITY, LOG, LOG, PROBABILITY)
def test_whether_a_report_is_right_is_asked_of_it_as_one_of_its_own(right, stray, density, c):
    told = weighed(right, stray, 0.0, c)
    good, mixture = told.good + density, likelihood(told, density)
    found = right_logs(
        np.array([good]), np.array([mixture]), np.array([told.bad]), np.array([told.stray])
    )
    part = right * math.exp(density)
    assert math.exp(found[0]) == pytest.approx(part / (part + (1.0 - right) * math.exp(stray)))


def two(c, first="first", **cells):
    """A case of two reports of a place, of which the second may copy the first."""
    common = {"use": Use.YES, "altitude_min_m": None, "altitude_max_m": None}
    one = row(Geometry.AREA, id=first, **common)
    other = row(Geometry.AREA, id="second", **common | {"lat_deg": 45.3} | cells)
    other.may_copy, other.copy_probability = (("first",), c) if c else ((), None)
    sightings = [one, other]
    return SimpleNamespace(**vars(CASE) | {"sightings": sightings, "merges": ()}), sightings


def logs_of_places(c, **cells):
    """Exact log likelihoods of paths that stay at places east of home, by the engine's table."""
    case, sightings = two(c, **cells)
    found = evidence(case, sightings, STATICS, TABLE).reports
    logs = []
    for east_m in (0.0, 40e3, 90e3, 400e3):
        total = 0.0
        for index in range(2):
            place, here = found.place[index], at(east_m, 10e3)[0]
            apart_m = 6_371_008.8 * math.acos(min(1.0, float(place @ here)))
            density = found.log_norm[index] - 0.5 * found.shape[index, 0] * apart_m**2
            total += float(np.logaddexp(found.log_good[index] + density, found.log_bad[index]))
        logs.append(total)
    return np.array(logs) - logs[0]


def test_in_the_engine_a_likely_copy_tells_places_apart_less():
    apart = [logs_of_places(c) for c in (0.0, 0.3, 0.7, 0.999_999)]
    single, _ = two(0.0)
    single.sightings.pop()
    told = evidence(single, single.sightings, STATICS, TABLE).reports
    assert len(told.place) == 1
    for nearer, further in itertools.pairwise(apart):
        assert (further[1:] > nearer[1:]).all()
    # What is surely a copy leaves what the first says alone: bounded by its own stray density.
    assert apart[-1][3] == pytest.approx(
        math.log1p(-MEAN_RELIABILITY[Grade.C])
        + told_stray(single)
        - float(np.logaddexp(told.log_good[0] + density_at_home(told), told.log_bad[0])),
        abs=1e-3,
    )


def told_stray(case):
    return Told(case, case.sightings[0], STATICS, TABLE).stray_log


def density_at_home(told):
    here = at(0.0, 10e3)[0]
    apart_m = 6_371_008.8 * math.acos(min(1.0, float(told.place[0] @ here)))
    return told.log_norm[0] - 0.5 * told.shape[0, 0] * apart_m**2


def test_what_a_report_may_copy_must_be_weighed_itself():
    case, (one, other) = two(0.7)
    assert chance(case, other) == 0.7
    assert chance(case, one) == 0.0
    assert chance(case, other, altitude=True) == 0.0  # the first says nothing of a height
    one.use = Use.NO
    assert chance(case, other) == 0.0
    case.merges = (SimpleNamespace(kept="second", dropped=("first",)),)
    assert chance(case, other) == 0.7  # another row stands for it


@pytest.mark.parametrize(
    ("geometry", "cells"),
    [
        (Geometry.AREA, {}),
        (Geometry.LAUNCH, {}),
        (Geometry.LANDING, {}),
        (Geometry.LINE_OF_SIGHT, {"bearing": "NE"}),
        (Geometry.LINE_OF_SIGHT, {"when": "throughout", "closes_h": 15.0}),
        (Geometry.MOTION, {"speed": "10 m/s", "heading": "E"}),
    ],
)
def test_outside_a_flight_a_copy_is_as_probable_as_inside_one(geometry, cells):
    """The constant of a copy is the same for every stratum: else it would tell them apart."""
    inside = row(geometry, **{"opens_h": 0.0} | cells)
    if geometry is Geometry.LANDING:
        inside = row(geometry, opens_h=24.0)
    told = Told(CASE, inside, STATICS, TABLE)
    built, right, c = build(told), MEAN_RELIABILITY[Grade.C], 1.0 - 1e-12
    assert built is not None
    late = Told(CASE, inside, STATICS, type(TABLE)(10_000, 72, 1_200.0))
    copy = math.log(right * math.exp(built.log_norm) + (1.0 - right) * math.exp(built.stray_log))
    assert missed(right, late, c) == pytest.approx(copy, rel=1e-6)
    assert missed(right, late, 0.0) == math.log1p(-right) + late.stray_log


def test_a_copied_altitude_tells_heights_apart_less():
    def apart(c):
        case, sightings = two(c, altitude_min_m=18_000.0, altitude_max_m=20_000.0)
        sightings[0].altitude_min_m, sightings[0].altitude_max_m = 18_000.0, 20_000.0
        low = type(STATICS)(0, 0.0, 15_000.0, 0.0, 0.0, 1.0, 43_200.0)
        (here, right), (there, _) = (altitude_logs(case, sightings, one) for one in (STATICS, low))
        return here - there, np.exp(right - here)

    (alone, trust), (likely, same) = apart(0.0), apart(0.7)
    assert likely[0] == alone[0]
    assert 0.0 < likely[1] < alone[1]
    np.testing.assert_allclose(same, trust)


def test_a_case_without_such_rows_is_weighed_as_it_was():
    case = load(bundled("2023-conus"))
    assert {chance(case, one) for one in case.sightings} == {0.0}
    for grade in Grade:
        right = MEAN_RELIABILITY[grade]
        assert weighed(right, -25.0, -20.0, 0.0)[:2] == (
            math.log(right), math.log1p(-right) - 25.0,
        )  # fmt: skip
