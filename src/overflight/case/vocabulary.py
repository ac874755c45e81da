"""The words a case may use, and how text becomes a value.

Every cell arrives as text. The types below read it or raise a :class:`CaseError` that says what
was found, what was expected and what to do; none of them guesses.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, model_validator

from overflight import units
from overflight.errors import CaseError
from overflight.units import shorten


class Attribution(StrEnum):
    """Who stands behind a report or statement; a release prints this beside every number."""

    OFFICIAL_NAMED = "official_named"
    OFFICIAL_ANONYMOUS = "official_anonymous"
    FOREIGN_GOVERNMENT = "foreign_government"
    DOCUMENT = "document"
    TELEMETRY = "telemetry"
    IMAGERY = "imagery"
    PRESS_ANALYSIS = "press_analysis"
    PRESS_REPORT = "press_report"
    EYEWITNESS = "eyewitness"
    EXPERT_NAMED = "expert_named"
    OWNER = "owner"
    PROXY = "proxy"
    GROUP = "group"
    HEARSAY = "hearsay"
    AUTHOR = "author"
    UNRESOLVED = "unresolved"


class Geometry(StrEnum):
    """What the position of a sighting means."""

    NADIR = "nadir"  # the point below the balloon
    NEAR_NADIR = "near_nadir"  # seen almost overhead
    NADIR_PARALLAX = "nadir_parallax"  # the ground behind it in an oblique image
    LINE_OF_SIGHT = "line_of_sight"  # the observer's place; the balloon was in view
    AREA = "area"  # a region, given as a middle and a spread
    PROXY = "proxy"  # something that was near it, e.g. an aircraft
    CLOSURE = "closure"  # airspace closed because of it
    LAUNCH = "launch"
    LANDING = "landing"  # where the flight ended
    DEBRIS = "debris"
    REGION = "region"  # somewhere inside an outline
    NOT_SEEN = "not_seen"  # a watcher's place; the balloon was not seen from it
    CROSSING = "crossing"  # it first crossed a line
    MOTION = "motion"  # which way and how fast it went; the place is where that was said
    ORDER = "order"  # it passed this place, and then another


class Grade(StrEnum):
    """Reliability of a source or report, A (completely) to E (unreliable); F is unknown."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


# How probable it is that a report of this grade is essentially right: means of the beta
# distributions (19, 1), (17, 3), (14, 6), (8, 12), (3, 17) and (1, 1). Ours: the grades have no
# official numbers.
MEAN_RELIABILITY: dict[Grade, float] = {
    Grade.A: 0.95, Grade.B: 0.85, Grade.C: 0.70, Grade.D: 0.40, Grade.E: 0.15, Grade.F: 0.50,
}  # fmt: skip


class Certainty(StrEnum):
    """How sure the compiler of the case is that the row says what the source says."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    DISPUTED = "disputed"


class Use(StrEnum):
    """What of a sighting counts as evidence; the row itself always stays in the case."""

    YES = "yes"
    ALTITUDE = "altitude"  # its altitude alone
    NO = "no"


class Testable(StrEnum):
    """Whether a flight path could show a statement true or false."""

    __test__ = False  # not a test of pytest's

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Modality(StrEnum):
    """How something is said; finer words are a statement's ``manner``."""

    ASSERTED = "asserted"
    DENIED = "denied"
    REPORTED = "reported"  # passed on from somebody else
    ACCUSED = "accused"
    PREDICTED = "predicted"
    QUOTED = "quoted"  # words that assert nothing by themselves: a question, a refusal


class Scope(StrEnum):
    """What a statement is about; what is out of scope is kept, and never tested or scored."""

    FLIGHT = "flight"
    OUT_OF_SCOPE = "out_of_scope"


Precision = Literal["year", "month", "day", "hour", "minute", "second"]
Word = TypeVar("Word", bound=StrEnum)
Value = TypeVar("Value")

_DEGREES = re.compile(r"[-+]?\d{1,3}(?:\.\d*)?", re.ASCII)
_CLOCK = re.compile(r"T\d{2}(?P<minute>:?\d{2}(?P<second>:?\d{2})?)?", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_URL = re.compile(r"https?://[^\s<>\"'\\\x00-\x20]+", re.ASCII | re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NUMBER = re.compile(r"\d{0,12}(?:\.\d{1,12})?(?<=\d)", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1700, 2200  # balloons are younger, and calendars end


def text_of(value: object) -> str:
    """Return a cell as text, or say that something else stands there."""
    if isinstance(value, str):
        return value.strip()
    raise CaseError(
        found="a list or a group of fields",
        expected="a single value",
        remedy="Write one value after the colon.",
    )


def did_you_mean(found: str, known: list[str]) -> str:
    """Suggest the nearest of the known words, or list what there is.

    >>> did_you_mean("nadr", ["nadir", "area"])
    "Did you mean 'nadir'?"
    """
    near = get_close_matches(found.lower(), known, n=1)
    return f"Did you mean {near[0]!r}?" if near else "Use one of those words."


def one_of(words: type[Word]) -> Any:  # noqa: ANN401 (pydantic's metadata has no common type)
    """Build a reader of one word out of a list."""

    def read(value: object) -> Word:
        text = text_of(value)
        known = [word.value for word in words]
        if text in known:
            return words(text)
        raise CaseError(
            found=shorten(text),
            expected=f"one of {', '.join(known)}",
            remedy=did_you_mean(text, known),
        )

    return BeforeValidator(read, json_schema_input_type=words)


def words(*known: str) -> Any:  # noqa: ANN401
    """Build a reader of one word out of a few that are no enumeration."""

    def read(value: object) -> str:
        text = text_of(value)
        if text in known:
            return text
        raise CaseError(
            found=shorten(text),
            expected=f"one of {', '.join(known)}",
            remedy=did_you_mean(text, list(known)),
        )

    return BeforeValidator(read)


def quantity(
    suffix: str, *, positive: bool = False, read: Callable[[str], float] | None = None
) -> Any:  # noqa: ANN401
    """Build a reader of a number with its unit."""

    def convert(value: object) -> float:
        text = text_of(value)
        number = read(text) if read else units.parse(text, suffix)
        if positive and number <= 0.0:
            raise CaseError(
                found=f"{shorten(text)} is not above zero",
                expected=f"a positive quantity such as '20 {list(units.TO_SI[suffix])[1]}'",
                remedy="An error or a size is never zero: write the smallest that is honest.",
            )
        return number

    return BeforeValidator(convert)


def _altitude_m(text: str) -> float:
    metres = units.parse_altitude(text).altitude_m
    if -500.0 <= metres <= 60_000.0:
        return metres
    raise CaseError(
        found=f"{shorten(text)} is {metres:,.0f} m",
        expected="an altitude between -500 m and 60 km",
        remedy="Check the unit and the zeros.",
    )


def _degrees(limit: float, name: str, far: str) -> Callable[[object], float]:
    def read(value: object) -> float:
        text = text_of(value).translate({0x2212: "-"})
        if not _DEGREES.fullmatch(text):
            raise CaseError(
                found=f"{shorten(text)} is not a {name} in decimal degrees",
                expected="a number such as -78.85",
                remedy="Write degrees with a decimal point; south and west are negative.",
            )
        degrees = float(text)
        if abs(degrees) > limit:
            raise CaseError(
                found=f"{name} {shorten(text)[1:-1]} is {far}",
                expected=f"a number from {-limit:g} to {limit:g}",
                remedy="Check the digits, and that latitude and longitude are not swapped.",
            )
        return degrees

    return read


def read_time(value: object) -> datetime:
    """Read an ISO 8601 moment with its offset, as UTC.

    >>> read_time("2023-02-01T15:00-07:00").isoformat()
    '2023-02-01T22:00:00+00:00'
    """
    text = text_of(value)
    try:
        moment = datetime.fromisoformat(text)
        aware = moment.tzinfo is not None
        if aware and _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        aware = False
        moment = None
    if moment is not None and not aware:
        raise CaseError(
            found=f"{shorten(text)} has no time zone",
            expected="UTC, such as 2023-02-01T22:00Z, or local time with its offset",
            remedy="Find out which clock the source used; write 15:00-07:00 for 3 pm at UTC-7.",
        )
    raise CaseError(
        found=f"{shorten(text)} is not a moment in time",
        expected="a date and time such as 2023-02-01T22:00Z",
        remedy="Write year-month-day, T, hours:minutes, and Z for UTC.",
    )


class PartialDate(BaseModel):
    """A date as precisely as its source gave it; the text keeps the precision.

    ``earliest`` and ``latest`` are the first and last second it can mean, in UTC. A day is that of
    the source's own calendar, so the moment may lie up to 14 h outside.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    earliest: datetime
    latest: datetime

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a year, a month, a day or a moment.

        >>> PartialDate.parse("2023-02").latest.isoformat()
        '2023-02-28T23:59:59+00:00'
        """
        match = _DATE.fullmatch(text)
        if match is None and "T" in text:
            moment = read_time(text)
            return cls.model_construct(text=text, earliest=moment, latest=moment)
        try:
            year, month, day = (int(part) if part else 0 for part in match.groups() if match)  # type: ignore[union-attr]
            earliest = datetime(year, month or 1, day or 1, tzinfo=UTC)
            last_day = day or monthrange(year, month or 12)[1]
            latest = datetime(year, month or 12, last_day, 23, 59, 59, tzinfo=UTC)
            in_range = _FIRST_YEAR <= year <= _LAST_YEAR
        except (AttributeError, ValueError):
            in_range = False
        if not in_range:
            raise CaseError(
                found=f"{shorten(text)} is not a date",
                expected="2023, 2023-02 or 2023-02-14, as precisely as the source says",
                remedy="Write year-month-day, and leave out what the source does not say.",
            )
        return cls.model_construct(text=text, earliest=earliest, latest=latest)

    @property
    def precision(self) -> Precision:
        """How precise it is: its text's own prefix.

        >>> PartialDate.parse("2023-02").precision, PartialDate.parse("2023-02-04T15:00Z").precision
        ('month', 'minute')
        """
        date = _DATE.fullmatch(self.text)
        if date is not None:
            return "day" if date.group(3) else "month" if date.group(2) else "year"
        clock = _CLOCK.search(self.text)
        if clock is None or clock.group("second"):
            return "second"
        return "minute" if clock.group("minute") else "hour"

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return dict(cls.parse(value.strip())) if isinstance(value, str) else value


def _matching(pattern: re.Pattern[str], what: str, example: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        text = text_of(value)
        if pattern.fullmatch(text):
            return text
        raise CaseError(
            found=f"{shorten(text)} is not {what}", expected=example, remedy="Correct it."
        )

    return read


def _weight(value: object) -> float:
    text = text_of(value)
    if _NUMBER.fullmatch(text) and float(text) > 0.0:
        return float(text)
    raise CaseError(
        found=f"{shorten(text)} is not a weight",
        expected="a number above zero such as 0.5",
        remedy="Weigh the candidates against each other; a candidate without weight is none.",
    )


def _split(value: object) -> object:
    """Split 'CN23-01; S02', as a cell of a table holds it; a YAML list passes."""
    if isinstance(value, str):
        return [word.strip() for word in value.split(";") if word.strip()]
    return value


_ID_TEXT = _matching(_ID, "an identifier", "letters, digits, '-', '_' and '.', such as s1")
_TIME = {"type": "string", "format": "date-time", "examples": ["2023-02-01T22:00Z"]}


def _schema(example: str, description: str) -> Any:  # noqa: ANN401
    return WithJsonSchema({"type": "string", "description": description, "examples": [example]})


Text = Annotated[str, BeforeValidator(text_of)]
Id = Annotated[str, BeforeValidator(_ID_TEXT)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(_split)]
Url = Annotated[str, BeforeValidator(_matching(_URL, "a web address", "https://..., no spaces"))]
Sha256 = Annotated[
    str, BeforeValidator(_matching(_SHA256, "a SHA-256", "64 hexadecimal digits in lower case"))
]
Weight = Annotated[float, BeforeValidator(_weight)]
Utc = Annotated[datetime, BeforeValidator(read_time), WithJsonSchema(_TIME)]
LatitudeDeg = Annotated[float, BeforeValidator(_degrees(90.0, "latitude", "beyond a pole"))]
LongitudeDeg = Annotated[float, BeforeValidator(_degrees(180.0, "longitude", "off the map"))]
LengthM = Annotated[float, quantity("m", positive=True), _schema("20 km", "a length")]
AreaM2 = Annotated[float, quantity("m2", positive=True), _schema("2,000 km2", "an area")]
MassKg = Annotated[float, quantity("kg", positive=True), _schema("2,000 lb", "a mass")]
AltitudeM = Annotated[
    float, quantity("m", read=_altitude_m), _schema("60,000 ft", "an altitude; FL600 also")
]
