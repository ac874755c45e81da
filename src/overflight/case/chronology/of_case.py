"""The chronology of a case: its events, sightings and statements, and its relations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from overflight.case.chronology.order import Contradiction, Link, Order, Step, Thing, solve
from overflight.case.chronology.spans import Span, moment, of_date, seconds
from overflight.case.events import Event
from overflight.case.model import Case
from overflight.case.rows import Sighting, Statement

Row = Event | Sighting | Statement
MOST_TEXT = 200
MOST_IN_A_SENTENCE = 70


@dataclass(frozen=True)
class Sentence:
    """One sentence of a contradiction, who says so and where."""

    id: str
    text: str
    quote: str
    attribution: str
    source: str


def order_of(case: Case) -> Order:
    """Hold all times and relations of a case against each other."""
    things = [
        *(
            Thing(one.id, one.when.span, one.until.span if one.until else None)
            for one in case.events
        ),
        *(Thing(one.id, _window(one.time_min, one.time_max)) for one in case.sightings),
        *(Thing(one.id, of_date(one.said)) for one in case.statements),
    ]
    links = [Link(one.id, one.first, one.relation, one.second) for one in case.relations]
    return solve(things, links)


def rows_of(case: Case) -> dict[str, Row]:
    """Whatever has a time, by its id."""
    rows: Iterable[Row] = (*case.events, *case.sightings, *case.statements)
    return {one.id: one for one in rows}


def sentences(case: Case, contradiction: Contradiction) -> tuple[Sentence, ...]:
    """A contradiction as sentences, each with who says so."""
    rows, relations = rows_of(case), {one.id: one for one in case.relations}
    found = []
    for step in contradiction.steps:
        if step.kind == "relation":
            one = relations[step.id]
            text = f"{_name(rows[one.first])} {one.relation.text} {_name(rows[one.second])}"
            told = Sentence(one.id, text, one.quote, str(one.attribution), one.source)
        else:
            row = rows[step.id]
            quote = "" if isinstance(row, Statement) else row.quote
            told = Sentence(row.id, _stated(step, row), quote, str(row.attribution), row.source)
        found.append(told)
    return tuple(found)


def clock(at_s: float) -> str:
    """A moment as text, to the minute.

    >>> clock(0.0)
    '2000-01-01T00:00Z'
    """
    return moment(at_s).strftime("%Y-%m-%dT%H:%MZ")


def label(row: Row, most: int = MOST_TEXT) -> str:
    """What a row says, shortened."""
    text = row.text if isinstance(row, Event | Statement) else row.note or row.quote or "seen"
    return shortened(text, most)


def shortened(text: str, most: int) -> str:
    """The beginning of a text, cut between two words where there are any."""
    if len(text) <= most:
        return text
    whole, space, _ = text[: most - 1].rpartition(" ")
    kept = whole if space and len(whole) > most // 2 else text[: most - 2]
    return kept.rstrip(" ,;:.-") + " \u2026"


def _stated(step: Step, row: Row) -> str:
    if step.kind == "lasts":
        return f"{_name(row)} does not end before it begins"
    verb = {"begin": "was", "end": "ended"}[step.end]
    return f"{_name(row)} {verb} {step.kind} {clock(step.at_s)}"


def _name(row: Row) -> str:
    return f"{row.id} ({label(row, MOST_IN_A_SENTENCE).rstrip('.')})"


def _window(first: datetime, last: datetime) -> Span:
    return Span(seconds(first), seconds(last))
