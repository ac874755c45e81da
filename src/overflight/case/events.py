"""Events and the relations between them: two tables of a case that may be left out.

``events.csv`` says what happened and between which times; ``relations.csv`` says how two things
lie to each other in time, in the words of :mod:`overflight.case.chronology.phrases`. The two
things may be events, sightings or statements.
"""

from typing import Annotated

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema, field_validator

from overflight.case.chronology.phrases import Phrase, read_phrase
from overflight.case.chronology.spans import When, read_when
from overflight.case.rows import Part
from overflight.case.vocabulary import Attribution, Certainty, Id, Text, one_of
from overflight.errors import CaseError

_WHEN = {"type": "string", "examples": ["2023-02-01T10:00Z..2023-02-01T12:00Z", "2023-02-01"]}
_PHRASE = {"type": "string", "examples": ["before", "3 days after", "the same day as"]}

AnyTime = When.parse("..")


class Event(Part):
    """A row of ``events.csv``: something that happened at a moment, or lasted until another."""

    id: Id
    text: Text
    when: Annotated[When, PlainValidator(read_when), WithJsonSchema(_WHEN)] = AnyTime
    """When it happened or began; any time at all where the cell is empty."""
    until: Annotated[When | None, PlainValidator(read_when), WithJsonSchema(_WHEN)] = None
    """When it ended, if it lasted; a moment has none. ".." for an end that is not known."""
    source: Id
    quote: Text = ""
    attribution: Annotated[Attribution, one_of(Attribution)]
    certainty: Annotated[Certainty, one_of(Certainty)]
    note: Text = ""

    @field_validator("until")
    @classmethod
    def _ends_after_it_begins(cls, value: When | None, info: ValidationInfo) -> When | None:
        began = info.data.get("when")
        if value is not None and began is not None and value.span.high_s < began.span.low_s:
            raise CaseError(
                found="an event that ends before it begins",
                expected="until not before when",
                remedy="Swap the two, or correct one.",
            )
        return value


class Relation(Part):
    """A row of ``relations.csv``: the first stands so to the second in time."""

    id: Id
    first: Id
    relation: Annotated[Phrase, PlainValidator(read_phrase), WithJsonSchema(_PHRASE)]
    second: Id
    source: Id
    quote: Text = ""
    attribution: Annotated[Attribution, one_of(Attribution)]
    certainty: Annotated[Certainty, one_of(Certainty)]
    note: Text = ""
