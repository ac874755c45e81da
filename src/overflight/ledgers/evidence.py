"""What everything rests on: how many observations are behind the rows, who may have copied.

Credibility, the second half of a grade, is worked out here and never read: 1 (confirmed) needs a
probability of at least 0.9 given all other evidence, from at least two sources that do not copy
each other and share no root with the statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from overflight.case import settle
from overflight.case.copying import Report, copy_probability
from overflight.case.lineage import Lineage, independent, lineage
from overflight.case.model import Case, Use
from overflight.case.rows import Statement
from overflight.case.settle import Merge
from overflight.case.vocabulary import PartialDate, Scope

CONFIRMED, PROBABLY_TRUE = 1, 2
CONFIRMED_FROM, ROOTS_NEEDED = 0.9, 2


@dataclass(frozen=True)
class Echo:
    """Two rows of which the later may only repeat the earlier.

    Of sightings as the case says, and weighed by it; of statements on one topic by our conventions.
    """

    earlier: str
    later: str
    copy_probability: float


@dataclass(frozen=True)
class Evidence:
    """The ledger: the graph, what was merged, who may have copied whom."""

    lineage: Lineage
    merges: tuple[Merge, ...]
    n_rows: int
    n_roots: int
    echoes: tuple[Echo, ...]
    account: str


class Line(Protocol):
    """A judged statement, whatever else is known of it."""

    @property
    def statement(self) -> Statement:
        """What was judged."""

    @property
    def credibility(self) -> int:
        """What the other evidence makes of it by itself."""

    @property
    def test(self) -> Any:  # noqa: ANN401
        """Its numbers, if it was tested."""


Judged = TypeVar("Judged", bound=Line)


def ledger(case: Case) -> Evidence:
    """Build the graph of a case and count what is at its roots."""
    graph = lineage(case)
    used = sum(one.use is not Use.NO for one in case.sightings)
    return Evidence(
        lineage=graph,
        merges=case.merges,
        n_rows=used + sum(len(one.dropped) for one in case.merges),
        n_roots=used,
        echoes=(*_weighed(case), *_echoes(case, graph)),
        account=settle.account(used, case.merges),
    )


def confirmed(lines: Sequence[Judged], case: Case) -> tuple[Judged, ...]:
    """Raise to 1 the credibility of statements that two families of sources confirm."""
    graph = lineage(case)
    return tuple(_confirmed(line, case, graph) for line in lines)


def _confirmed(line: Judged, case: Case, graph: Lineage) -> Judged:
    if line.credibility != PROBABLY_TRUE or line.test is None:
        return line
    if line.test.probability < CONFIRMED_FROM:
        return line
    if independent_sources(line.statement, case, graph) < ROOTS_NEEDED:
        return line
    return replace(line, credibility=CONFIRMED)  # type: ignore[type-var]


def independent_sources(statement: Statement, case: Case, graph: Lineage) -> int:
    """Sources, none a copy of another, of sightings that share no root with a statement."""
    own = graph.roots[statement.id] | {statement.id}
    articles = graph.originals[statement.source]
    return independent(
        graph.originals[one.source]
        for one in case.sightings
        if one.use is not Use.NO
        and not one.may_copy  # nobody knows that it is one more
        and not graph.roots[one.id] & own
        and not graph.originals[one.source] & articles
    )


def _weighed(case: Case) -> tuple[Echo, ...]:
    return tuple(
        Echo(to, one.id, one.copy_probability)
        for one in case.sightings
        for to in one.may_copy
        if one.copy_probability is not None
    )


def _echoes(case: Case, graph: Lineage) -> tuple[Echo, ...]:
    """Pairs of statements on one topic of which one may repeat the other, by our conventions."""
    dated = sorted(
        (one for one in case.statements if one.scope is Scope.FLIGHT),
        key=lambda one: (one.said.earliest, one.id),
    )
    reports = {one.id: _report(one, graph) for one in dated}
    found = []
    for index, later in enumerate(dated):
        for earlier in dated[:index]:
            if earlier.topic != later.topic or _conflict(earlier, later):
                continue
            chance = copy_probability(reports[earlier.id], reports[later.id])
            if chance > 0.0:
                found.append(Echo(earlier.id, later.id, chance))
    return tuple(found)


def _report(statement: Statement, graph: Lineage) -> Report:
    articles = graph.originals[statement.source]
    return Report(statement.attribution, _day(statement.said), graph.roots[statement.id], articles)


def _day(date: PartialDate) -> datetime | None:
    return None if date.precision in ("year", "month") else date.earliest


def _conflict(first: Statement, second: Statement) -> bool:
    return first.id in second.conflicts_with or second.id in first.conflicts_with
