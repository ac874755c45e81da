"""Observers of a case: people, cameras, radars and receivers that could have noticed the balloon.

They come from the list ``observers`` of ``case.yaml``. What is asked of them is geometry, range,
hours and light (:mod:`overflight.ledgers.seen`), not whether they did notice.
"""

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from overflight import units
from overflight.case.rows import Part
from overflight.case.vocabulary import Id, LatitudeDeg, LengthM, LongitudeDeg, quantity, text_of
from overflight.case.vocabulary import words as one_word_of
from overflight.case.watched import Name
from overflight.errors import CaseError
from overflight.units import shorten

ObserverKind = Literal["eye", "camera", "radar", "receiver"]

LOWEST_M, HIGHEST_M = -430.0, 9_000.0  # the shore of the Dead Sea; a mast on the highest mountain
MOST_OBSERVERS = 200
_HOURS = re.compile(r"(\d{2}):(\d{2})\s*(?:-|\u2013|\.\.)\s*(\d{2}):(\d{2})\s*Z?", re.ASCII)
_DAY_S = 86_400.0


def _height_m(text: str) -> float:
    if units.is_flight_level(text):
        raise CaseError(
            found=f"{shorten(text)}, a pressure",
            expected="the height above the sea of the eye or antenna, such as '120 m'",
            remedy="Write the ground's height there and the mast's together.",
        )
    height_m = units.parse(text, "m")
    if LOWEST_M <= height_m <= HIGHEST_M:
        return height_m
    raise CaseError(
        found=f"{shorten(text)} is {height_m:,.0f} m, "
        + ("above every mountain" if height_m > HIGHEST_M else "inside the ground everywhere"),
        expected=f"between {LOWEST_M:g} and {HIGHEST_M:,.0f} m above the sea",
        remedy="Check the unit and the zeros: it is the height of the eye or antenna.",
    )


def _hours(value: object) -> tuple[float, float]:
    """Daily hours in UTC as seconds of the day; they may run past midnight.

    >>> _hours("22:00-06:00")
    (79200.0, 21600.0)
    """
    text = text_of(value)
    found = _HOURS.fullmatch(text)
    if found is not None:
        start, end = (
            3_600.0 * int(hour) + 60.0 * int(minute)
            for hour, minute in (found.groups()[:2], found.groups()[2:])
        )
        sound = all(int(m) < 60 for m in found.groups()[1::2])
        if sound and max(start, end) <= _DAY_S and start != end:
            return start, end
    raise CaseError(
        found=f"the hours {shorten(text)}",
        expected="daily hours in UTC such as '06:00-22:00'",
        remedy="Leave the field out for an observer at all hours.",
    )


def _schema(example: str, description: str) -> Any:  # noqa: ANN401 (pydantic's metadata has no common type)
    return WithJsonSchema({"type": "string", "description": description, "examples": [example]})


HeightM = Annotated[
    float, quantity("m", read=_height_m), _schema("120 m", "a height above the sea")
]
HoursS = Annotated[
    tuple[float, float], BeforeValidator(_hours), _schema("06:00-22:00", "daily hours in UTC")
]


class Observer(Part):
    """One observer; an eye needs no range, a radar needs one."""

    name: Name
    kind: Annotated[ObserverKind, one_word_of(*get_args(ObserverKind))]
    lat_deg: LatitudeDeg
    lon_deg: LongitudeDeg
    antenna_height_m: HeightM = Field(alias="antenna_height", default=0.0)
    """Of the eye or antenna, above the sea."""
    range_m: LengthM | None = Field(alias="range", default=None, validate_default=True)
    """As the maker or operator states it, along the line of sight."""
    hours_s: HoursS = Field(alias="hours", default=(0.0, _DAY_S))
    source: Id | None = None

    @field_validator("range_m")
    @classmethod
    def _radars_have_a_range(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is None and info.data.get("kind") == "radar":
            raise CaseError(
                found="a radar without a range",
                expected="its stated range, such as '250 nmi'",
                remedy="At these heights the stated range binds before the horizon does.",
            )
        return value
