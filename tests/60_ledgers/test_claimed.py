"""Verdicts on statements: the rules, and a statement's own evidence taken out."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from flown import EPOCH, posterior, southward

from overflight.case.predicates import InZone
from overflight.fields import places
from overflight.ledgers import claimed
from overflight.ledgers.claimed import Numbers


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
