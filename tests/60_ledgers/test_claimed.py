"""Verdicts on statements: the rules, and a statement's own evidence taken out."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from contests import changed, contest
from flown import EPOCH, posterior, southward

from overflight.case.model import Use
from overflight.case.predicates import AltitudeBand, InZone, Moved, Not, Speed
from overflight.fields import places
from overflight.inference import foresight
from overflight.inference.predicates import Judged
from overflight.ledgers import claimed
from overflight.ledgers.claimed import Numbers
from overflight.ledgers.claimed.counted import counted


def numbers(p, log_bf, small=None, large=None):
    return Numbers(p, 0.5, log_bf, 0.2, 200.0, p if small is None else small,
                  p if large is None else large, "")  # fmt: skip


@pytest.mark.parametrize(
    ("test", "label"),
    [
        (numbers(0.90, math.log(9.0)), claimed.SUPPORTED),
        (numbers(0.90, math.log(2.9)), claimed.CONSISTENT),
        (numbers(0.79, math.log(9.0)), claimed.CONSISTENT),
        (numbers(0.10, -math.log(9.0)), claimed.CONTRADICTED),
        (numbers(0.10, -math.log(2.9)), claimed.CONSISTENT),
        (numbers(0.90, math.log(9.0), small=0.99, large=0.7), claimed.CONSISTENT),
        (numbers(0.10, -math.log(9.0), small=0.02, large=0.3), claimed.CONSISTENT),
        (numbers(0.50, 0.0), claimed.CONSISTENT),
    ],
)
def test_the_label_follows_the_rule_also_in_both_halves_of_the_wind_error(test, label):
    assert claimed.judge(test) == label


def statement(**changes):
    fields = {
        "id": "S1", "scope": "flight", "lineage": (), "speaker": "a witness", "text": "it came",
        "test": (InZone("US", EPOCH, EPOCH.replace(day=6)),),
    }  # fmt: skip
    return SimpleNamespace(**(fields | changes))


def lines(statements, after, before):
    case = SimpleNamespace(statements=tuple(statements), epoch=EPOCH)
    atlas = places.load()
    after, before = (
        (p, atlas.passages(p.lat_deg, p.lon_deg, p.time_s, ("country",))) for p in (after, before)
    )
    return claimed.ledger(case, after, before).lines


def half_south():
    """Half the paths end in Canada, half in the United States."""
    north, south = southward(100, end_lat=50.0), southward(100)
    return posterior(
        np.vstack([north.lat_deg, south.lat_deg]),
        np.vstack([north.lon_deg, south.lon_deg]),
        north.time_s,
        sighting_ids=("seen",),
        # The sighting in the United States made those paths e^3 times as probable.
        log_mixture=np.repeat([[0.0], [3.0]], 100, axis=0),
        weight=np.repeat([1.0, math.exp(3.0)], 100) / (100 * (1 + math.exp(3.0))),
        wind_scale=np.tile(np.linspace(0.5, 1.5, 100), 2),
    )


def test_a_statement_is_tested_without_its_own_evidence():
    with_it, without = lines(
        [statement(), statement(lineage=("seen",))], half_south(), half_south_prior()
    )
    assert with_it.test.probability == pytest.approx(1 / (1 + math.exp(-3.0)), abs=0.01)
    assert without.test.probability == pytest.approx(0.5, abs=0.01)
    assert without.label == claimed.CONSISTENT


def half_south_prior():
    paths = half_south()
    return posterior(paths.lat_deg, paths.lon_deg, paths.time_s)


def test_no_verdict_rests_on_one_source_alone():
    """The one sighting that decides is the root of another statement: without it, all is even."""
    other = statement(id="S2", lineage=("seen",), test=None)
    alone, doubted = (
        lines(statements, half_south(), half_south_prior())[0]
        for statements in ([statement()], [statement(), other])
    )
    assert alone.label == claimed.SUPPORTED
    assert doubted.label == claimed.CONSISTENT
    assert "one source alone (seen)" in doubted.reason


def test_matters_outside_the_flight_are_never_tested():
    (line,) = lines([statement(scope="out_of_scope")], half_south(), half_south_prior())
    assert line.label == claimed.OUT_OF_SCOPE
    assert line.test is None


def test_a_statement_without_a_predicate_is_untestable_and_says_why():
    (line,) = lines([statement(test=None)], half_south(), half_south_prior())
    assert line.label == claimed.UNTESTABLE
    assert "could decide" in line.reason


def test_no_path_at_all_is_a_bound_not_a_zero():
    later = InZone("MX", EPOCH, EPOCH.replace(day=6))
    (line,) = lines([statement(test=(later,))], southward(), southward())
    assert line.test.probability == 0.0
    assert line.test.floor.startswith("no path of about 200: P < 1.5")
    assert math.isfinite(line.test.log_bayes_factor)


def test_too_few_paths_left_is_said_and_not_judged():
    paths = half_south()
    weight = np.full(200, 1e-9)
    weight[:5] = 0.2
    few = posterior(
        paths.lat_deg, paths.lon_deg, paths.time_s, weight=weight / weight.sum(),
        wind_scale=paths.wind_scale,
    )  # fmt: skip
    (line,) = lines([statement()], few, half_south_prior())
    assert line.label == claimed.UNTESTABLE
    assert "effective paths remain" in line.reason


def judged(tests, after, before, beside=None, **about):
    """One statement judged with all that stands beside the paths."""
    atlas = places.load()
    case = SimpleNamespace(
        statements=(statement(test=tests, **about),), epoch=EPOCH, sightings=(),
        balloon=SimpleNamespace(payload_min_kg=907.0, payload_max_kg=None, kind="superpressure",
                                diameter_min_m=40.0, diameter_max_m=60.0,
                                gases=("helium",)),
        observers=(), plausible_area_m2=1e12,
    )  # fmt: skip
    flown = [
        (p, atlas.passages(p.lat_deg, p.lon_deg, p.time_s, ("country",))) for p in (after, before)
    ]
    return claimed.ledger(case, *flown, beside).lines[0], flown


def wide_of(flown):
    return claimed.Beside(wide=lambda: flown[0], looks_ahead=False)


HIGH = AltitudeBand(30_000.0, 40_000.0, EPOCH, EPOCH.replace(day=4))


def test_what_no_path_does_is_impossible_and_the_reason_is_named():
    after = southward(800)
    _, flown = judged((HIGH,), after, after)
    line, _ = judged((HIGH,), after, after, wide_of(flown))
    assert line.label == claimed.IMPOSSIBLE
    assert "Level out of reach" in line.reason
    assert "18.3" in line.reason
    assert line.test.floor.startswith("no path of about 800")
    fast = Speed(100.0, 200.0, EPOCH.replace(day=2), EPOCH.replace(day=3))
    line, _ = judged((fast,), after, after, wide_of(flown))
    assert line.label == claimed.IMPOSSIBLE
    assert "Speed out of reach" in line.reason


def test_it_is_not_impossible_where_a_few_paths_or_a_wider_error_do_it():
    few, many = southward(200), southward(800)
    _, flown = judged((HIGH,), many, many)
    line, _ = judged((HIGH,), few, many, wide_of(flown))  # 3 of 200 is 1.5 %
    assert line.label != claimed.IMPOSSIBLE
    higher = posterior(
        many.lat_deg, many.lon_deg, many.time_s, height_m=np.where(
            np.isfinite(many.lat_deg), np.where(np.arange(800) < 20, 31_000.0, 18_300.0)[:, None],
            np.nan),
    )  # fmt: skip
    _, doubled = judged((HIGH,), higher, many)
    line, _ = judged((HIGH,), many, many, wide_of(doubled))
    assert line.label != claimed.IMPOSSIBLE


def test_the_error_is_that_of_drawing_the_paths_anew():
    """Physics: a binomial share of 400 equal paths, and the same share under uneven weights."""
    rng = np.random.default_rng(5)
    paths = southward(400)
    share = (rng.uniform(size=400) < 0.3).astype(float)
    even = counted(Judged(share, np.ones(400)), paths)
    p = share.mean()
    assert even.probability == pytest.approx(p)
    assert even.probability_sd == pytest.approx(math.sqrt(p * (1 - p) / 400), rel=0.15)
    assert even.log_odds_variance == pytest.approx(1 / (400 * p * (1 - p)), rel=0.3)
    weight = rng.exponential(size=400)
    uneven = posterior(paths.lat_deg, paths.lon_deg, paths.time_s, weight=weight / weight.sum())
    assert counted(Judged(share, np.ones(400)), uneven).probability_sd > even.probability_sd


def test_zones_that_nobody_drew_are_untestable_and_not_impossible():
    line, _ = judged((InZone("ZZ", EPOCH, EPOCH.replace(day=6)),), southward(800), southward(800))
    assert line.label == claimed.UNTESTABLE
    assert "No zone ZZ" in line.reason


@pytest.mark.parametrize(
    ("logs", "labels", "way", "label"),
    [
        ({"M2": -50.0, "M12": -50.0}, {"propelled": "found"}, "propelled", claimed.SUPPORTED),
        ({"M2": -50.0, "M12": -50.0}, {"propelled": "undecided"}, "propelled", claimed.CONSISTENT),
        ({"M2": -50.0, "M12": -50.0}, {"propelled": "found"}, "drifted", claimed.CONTRADICTED),
        ({"M2": -64.0, "M12": -64.0, "M1b": -64.0}, {"propelled": "no sign"}, "drifted",
         claimed.CONSISTENT),
        ({"M2": -64.0}, {"propelled": "no sign"}, "propelled", claimed.CONSISTENT),
        ({"M1b": -55.0}, {"steered by altitude": "found"}, "steered by altitude",
         claimed.SUPPORTED),
    ],
)  # fmt: skip
def test_how_it_moved_follows_question_2_and_never_supports_drift(logs, labels, way, label):
    known = claimed.Compared(
        contest(logs), {"steered by altitude": "no sign", "propelled": "no sign"} | labels,
        {"steered by altitude": ("M1b", "M1a"), "propelled": ("M2", "M0")},
    )  # fmt: skip
    beside = claimed.Beside(compared=known, looks_ahead=False)
    line, _ = judged((Moved(way),), southward(), southward(), beside)
    assert line.label == label
    assert 0.0 < line.test.probability <= (0.95 if way == "drifted" else 0.99)
    against, _ = judged((Not((Moved(way),)),), southward(), southward(), beside)
    opposite = {
        claimed.SUPPORTED: claimed.CONTRADICTED,
        claimed.CONTRADICTED: claimed.SUPPORTED,
    }.get(label, label)
    assert against.label == opposite
    assert against.test.probability == pytest.approx(1.0 - line.test.probability)


def test_a_claim_on_steering_loses_what_its_own_reports_give():
    """Physics: reports that alone favour M2 are divided out of both evidences."""
    one = contest({"M2": -50.0})
    favoured = np.full((300, 3), -20.0)
    favoured[:, 0] = -10.0
    one = changed(one, "M2", log_mixture=favoured)
    one = changed(one, "M0", log_mixture=np.full((300, 3), -20.0))
    known = claimed.Compared(
        one, {"propelled": "found"},
        {"steered by altitude": ("M1b", "M1a"), "propelled": ("M2", "M0")},
    )  # fmt: skip
    beside = claimed.Beside(compared=known, looks_ahead=False)
    line, _ = judged((Moved("propelled"),), southward(), southward(), beside)
    left, _ = judged((Moved("propelled"),), southward(), southward(), beside, lineage=("S1",))
    assert line.test.log_bayes_factor == pytest.approx(10.0)
    assert left.test.log_bayes_factor == pytest.approx(0.0, abs=1e-6)
    assert (line.label, left.label) == (claimed.SUPPORTED, claimed.CONSISTENT)


def test_with_a_climatology_how_it_moved_is_refused_in_words():
    beside = claimed.Beside(why_not="With a climatology this is refused.", looks_ahead=False)
    line, _ = judged((Moved("drifted"),), southward(), southward(), beside)
    assert (line.label, line.test) == (claimed.UNTESTABLE, None)
    assert "refused" in line.reason


def reports(n, sd_m=5e4):
    """Reports every ten hours of the flight, of a place."""
    return [
        SimpleNamespace(
            id=f"R{k}", use=Use.YES, time_min=EPOCH.replace(day=2), reliability="B",
            time_max=EPOCH.replace(day=2), position_sd_m=sd_m, altitude_min_m=None, may_copy=(),
            altitude_max_m=None, altitude_reliability="F",
        )
        for k in range(n)
    ]  # fmt: skip


def test_before_looking_reports_tell_of_places_and_not_of_what_no_place_shows():
    """Physics: a claim that goes with the place is expected to be decided, a coin's is not."""
    rng = np.random.default_rng(2)
    time_s = np.arange(0.0, 4 * 86_400.0, 3_600.0)
    lat = np.linspace(30.0, 60.0, 600)[:, None] + 0.0 * time_s
    paths = posterior(lat, np.full(lat.shape, -100.0), time_s)
    case = SimpleNamespace(sightings=reports(3), epoch=EPOCH, plausible_area_m2=1e12)
    seen = foresight.outlook(case, paths)
    north = (lat[:, 0] > 45.0).astype(float)
    coin = (rng.uniform(size=600) < 0.5).astype(float)
    assert min(foresight.expected_log(seen, north)) > math.log(3.0)
    assert max(foresight.expected_log(seen, coin)) < math.log(1.5)
    assert max(foresight.expected_log(seen, north, ("R0", "R1", "R2"))) < math.log(1.5)
    assert foresight.expected_log(seen, np.zeros(600)) is None


def test_nothing_is_impossible_because_of_one_source_alone():
    """One report makes high paths improbable; without it half of them are high."""
    low, odds = southward(800), math.exp(9.0)
    height_m = np.where(np.arange(800) < 400, 31_000.0, 18_300.0)[:, None]
    paths = posterior(
        low.lat_deg, low.lon_deg, low.time_s, sighting_ids=("seen",),
        height_m=np.where(np.isfinite(low.lat_deg), height_m, np.nan),
        log_mixture=np.repeat([[0.0], [9.0]], 400, axis=0),
        weight=np.repeat([1.0, odds], 400) / (400 * (1.0 + odds)),
    )  # fmt: skip
    atlas = places.load()
    flown = (paths, atlas.passages(paths.lat_deg, paths.lon_deg, paths.time_s, ("country",)))
    found = []
    for lineage in ((), ("seen",)):
        case = SimpleNamespace(
            statements=(statement(test=(HIGH,)), statement(id="S2", lineage=lineage, test=None)),
            epoch=EPOCH, observers=(),
        )  # fmt: skip
        beside = claimed.Beside(wide=lambda: flown, looks_ahead=False)
        found.append(claimed.ledger(case, flown, flown, beside).lines[0].label)
    assert found[0] == claimed.IMPOSSIBLE  # nobody stands behind that report
    assert found[1] != claimed.IMPOSSIBLE
