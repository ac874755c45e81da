"""In what order things happened, and whether those who tell of it agree.

Times and relations of a case are held against each other; what remains for the time of each is
given, and what cannot all be true is shown, sentence by sentence. No path is asked: this is what
was told, before any balloon is flown.
"""

from dataclasses import dataclass

from overflight.case.chronology.of_case import Row, Sentence, label, order_of, rows_of, sentences
from overflight.case.chronology.order import Dated, Verdict
from overflight.case.chronology.spans import Span
from overflight.case.events import Event
from overflight.case.model import Case
from overflight.case.rows import Sighting

EVENT, SIGHTING, STATEMENT = "event", "sighting", "statement"


@dataclass(frozen=True)
class TimeLine:
    """Something with a time: the bounds that it states, and those that are left for it.

    Of a moment, both ends are the same.
    """

    id: str
    kind: str
    text: str
    attribution: str
    source: str
    lasts: bool
    stated_begin: Span
    stated_end: Span
    begin: Span
    end: Span
    because: tuple[str, ...]


@dataclass(frozen=True)
class OrderLine:
    """A relation, and what became of it."""

    id: str
    first: str
    relation: str
    second: str
    by_times: Verdict
    contradicted: bool
    quote: str
    attribution: str
    source: str


@dataclass(frozen=True)
class Clash:
    """Sentences that cannot all be true; any all but one can."""

    sentences: tuple[Sentence, ...]
    short_by_s: float


@dataclass(frozen=True)
class Chronology:
    """The ledger; ``complete`` is false where there were too many contradictions to go on."""

    times: tuple[TimeLine, ...]
    orders: tuple[OrderLine, ...]
    clashes: tuple[Clash, ...]
    complete: bool


def ledger(case: Case) -> Chronology:
    """Put everything that a case dates in order."""
    order = order_of(case)
    named = {name for one in case.relations for name in (one.first, one.second)}
    rows = rows_of(case)
    times = []
    for one in order.dated:
        row = rows[one.thing.id]
        # A statement has a place here only where a relation gives it one.
        if isinstance(row, Event | Sighting) or row.id in named:
            times.append(_time(one, row))
    told = {one.id: one for one in case.relations}
    orders = tuple(
        OrderLine(
            check.link.id, check.link.first, check.link.phrase.text, check.link.second,
            check.by_times, check.contradicted, told[check.link.id].quote,
            str(told[check.link.id].attribution), told[check.link.id].source,
        )
        for check in order.checks
    )  # fmt: skip
    clashes = tuple(Clash(sentences(case, one), one.short_by_s) for one in order.contradictions)
    return Chronology(tuple(times), orders, clashes, order.complete)


def _time(one: Dated, row: Row) -> TimeLine:
    kind = EVENT if isinstance(row, Event) else SIGHTING if isinstance(row, Sighting) else STATEMENT
    thing = one.thing
    return TimeLine(
        id=thing.id,
        kind=kind,
        text=label(row),
        attribution=str(row.attribution),
        source=row.source,
        lasts=thing.end is not None,
        stated_begin=thing.begin,
        stated_end=thing.end if thing.end is not None else thing.begin,
        begin=one.begin,
        end=one.end,
        because=one.because,
    )
