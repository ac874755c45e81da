"""What a report rests on: who has an interest, who was there, when it was known, what it copies.

Sightings and statements share these columns; all of them may be left out. From ``copies`` and
``corrects`` comes the graph of :mod:`overflight.case.lineage`.
"""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from overflight.case.vocabulary import Ids, PartialDate, one_of, text_of
from overflight.errors import CaseError
from overflight.units import shorten

_NUMBER = re.compile(r"\d*\.?\d+", re.ASCII)


class Interest(StrEnum):
    """What whoever reports has to gain or lose by the answer."""

    NONE = "none"
    OWNER = "owner"  # whose balloon it is said to be
    GOVERNMENT = "government"
    CONTRACTOR = "contractor"  # paid by a government or the owner
    COMMERCIAL = "commercial"  # sells what the report shows
    PARTY = "party"  # a side in a quarrel about it
    UNKNOWN = "unknown"


class Access(StrEnum):
    """How whoever reports knows."""

    FIRST_HAND = "first_hand"
    BRIEFED = "briefed"
    HEARSAY = "hearsay"
    UNKNOWN = "unknown"


class Grounds(BaseModel):
    """The columns that sightings and statements share."""

    interest: Annotated[Interest, one_of(Interest)] = Interest.UNKNOWN
    access: Annotated[Access, one_of(Access)] = Access.UNKNOWN
    informed: PartialDate | None = None
    """When the information is from, as precisely as it is known."""
    copies: Ids = ()
    """Rows that this one repeats: it adds no observation of its own."""
    corrects: Ids = ()
    """Rows that this one replaces: the same source now says otherwise."""


def _chance(value: object) -> float:
    text = text_of(value)
    number = float(text) if _NUMBER.fullmatch(text) else -1.0
    if 0.0 < number < 1.0:
        return number
    raise CaseError(
        found=f"{shorten(text)} is not the probability of something that may be",
        expected="a number between 0 and 1 such as 0.7",
        remedy="A row that surely repeats another names it under copies."
        if number == 1.0
        else "A row that surely repeats none leaves may_copy and copy_probability empty.",
    )


Chance = Annotated[float, BeforeValidator(_chance)]
