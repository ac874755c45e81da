"""What everything rests on, and in what order it happened: the two ledgers on whole cases."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from overflight.case.lineage import lineage
from overflight.case.load import bundled, load
from overflight.case.model import Case
from overflight.ledgers import chronology, evidence


@dataclass(frozen=True)
class Numbers:
    probability: float


@dataclass(frozen=True)
class Judged:
    statement: Any
    credibility: int
    test: Numbers | None


@pytest.fixture(scope="module")
def case():
    return load(bundled("2023-conus"))


def changed(case, table, name, **cells):
    rows = tuple(
        one.model_copy(update=cells) if one.id == name else one for one in getattr(case, table)
    )
    return case.model_copy(update={table: rows})


@pytest.mark.parametrize(
    ("probability", "credibility", "after"),
    [(0.95, 2, 1), (0.9, 2, 1), (0.89, 2, 2), (0.95, 3, 3), (0.95, 6, 6), (0.02, 5, 5)],
)
def test_only_what_is_probable_enough_becomes_confirmed(case, probability, credibility, after):
    line = Judged(case.statements[0], credibility, Numbers(probability))
    (found,) = evidence.confirmed([line], case)
    assert found.credibility == after


def test_an_untested_statement_stays_as_it_is(case):
    line = Judged(case.statements[0], 2, None)
    assert evidence.confirmed([line], case) == (line,)


def test_one_family_of_sources_confirms_nothing(case):
    """All sources are rewrites of the first: nobody independent is left."""
    first, *others = case.sources
    copied = tuple(one.model_copy(update={"copies": (first.id,)}) for one in others)
    echo = case.model_copy(update={"sources": (first, *copied)})
    statement = case.statements[0]
    line = Judged(statement, 2, Numbers(0.99))
    assert evidence.independent_sources(statement, case, lineage(case)) >= 2
    assert evidence.independent_sources(statement, echo, lineage(echo)) == 0
    assert evidence.confirmed([line], echo)[0].credibility == 2


def test_a_statements_own_roots_do_not_confirm_it(case):
    """Every sighting copies the statement, so none of them is independent of it."""
    statement = case.statements[0]
    sightings = tuple(one.model_copy(update={"copies": (statement.id,)}) for one in case.sightings)
    bare = changed(case, "statements", statement.id, lineage=())
    own = bare.model_copy(update={"sightings": sightings})
    found = next(one for one in own.statements if one.id == statement.id)
    assert evidence.independent_sources(found, own, lineage(own)) == 0


def test_the_real_case_is_as_many_observations_as_rows(case):
    told = evidence.ledger(case)
    assert (told.n_rows, told.n_roots) == (40, 40)
    assert "none of them shares a root" in told.account
    assert {(one.earlier, one.later) for one in told.echoes} == {("S09", "S10"), ("S34", "S35")}
    assert told.lineage.roots["S01"] == {"CN23-03"}
    assert told.lineage.same_root("S01", "CN23-03")
    assert not told.lineage.same_root("S01", "S02")


def test_rows_and_roots_are_counted_and_named(case):
    from overflight.case.settle import settle

    copy = case.sightings[10].model_copy(update={"id": "copy", "copies": (case.sightings[10].id,)})
    settled = settle(case.sources, (*case.sightings, copy), case.statements)
    told = evidence.ledger(
        case.model_copy(update={"sightings": settled.sightings, "merges": settled.merges})
    )
    assert (told.n_rows, told.n_roots) == (41, 40)
    assert f"{case.sightings[10].id} stands for copy" in told.account


def test_the_chronology_of_the_real_case(case):
    told = chronology.ledger(case)
    assert len(told.clashes) == 1
    assert told.complete
    assert {one.id for one in told.orders if one.contradicted} == {"R01", "R02"}
    kinds = {one.kind for one in told.times}
    assert kinds == {chronology.EVENT, chronology.SIGHTING}  # no relation names a statement
    end = next(one for one in told.times if one.id == "E09")
    assert end.begin.high_s - end.begin.low_s == pytest.approx(60.0)
    pieces = next(one for one in told.times if one.id == "E10")
    assert pieces.because == ("R06",)
    assert pieces.begin.low_s > pieces.stated_begin.low_s


def test_a_statement_has_a_time_where_a_relation_names_it(case):
    relation = case.relations[3].model_copy(update={"id": "R99", "second": "S56"})
    more = case.model_copy(update={"relations": (*case.relations, relation)})
    assert "S56" in {one.id for one in chronology.ledger(more).times}


def test_without_relations_every_time_stays_as_it_is_stated(case):
    bare = Case.model_copy(case, update={"relations": ()})
    told = chronology.ledger(bare)
    assert told.orders == told.clashes == ()
    for one in told.times:
        assert one.because == ()
        assert one.begin.low_s == pytest.approx(one.stated_begin.low_s, abs=1e-5)


def test_what_stands_in_the_ledger_never_changes(case):
    told = chronology.ledger(case)
    with pytest.raises(AttributeError):
        told.complete = False
    assert replace(told, complete=False) != told
