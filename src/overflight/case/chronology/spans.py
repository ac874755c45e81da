"""Times that are known between bounds, and the arithmetic of such bounds.

A day without a zone is a day somewhere: local clocks run from 12 h behind UTC to 14 h ahead, so it
may begin 14 h before the day of UTC and end 12 h after it. A day with one ("2023-02-01Z",
"2023-02-01-07:00") is exact. A moment lasts as long as its text is precise.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from overflight.case.vocabulary import PartialDate, text_of
from overflight.errors import CaseError
from overflight.units import shorten

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # seconds count from here
AHEAD_S, BEHIND_S = 14 * 3_600.0, 12 * 3_600.0
_STEP_S = {"hour": 3_600.0, "minute": 60.0, "second": 1.0}
_DATE_WITH_ZONE = re.compile(
    r"(?P<date>\d{4}(?:-\d{2}(?:-\d{2})?)?)(?P<zone>Z|[-+]\d{2}:[0-5]\d)", re.ASCII
)
_SEPARATOR = ".."


@dataclass(frozen=True)
class Span:
    """A number of seconds that is known between two bounds; either may be infinite."""

    low_s: float = -math.inf
    high_s: float = math.inf

    @property
    def empty(self) -> bool:
        """Whether nothing lies between the bounds."""
        return self.low_s > self.high_s

    def __add__(self, other: "Span") -> "Span":
        """All sums of a number of one and a number of the other.

        >>> Span(1.0, 2.0) + Span(10.0, 20.0)
        Span(low_s=11.0, high_s=22.0)
        """
        return Span(self.low_s + other.low_s, self.high_s + other.high_s)

    def __sub__(self, other: "Span") -> "Span":
        """All differences of a number of one and a number of the other.

        >>> Span(1.0, 2.0) - Span(10.0, 20.0)
        Span(low_s=-19.0, high_s=-8.0)
        """
        return Span(self.low_s - other.high_s, self.high_s - other.low_s)

    def __and__(self, other: "Span") -> "Span":
        """What both allow; empty where they exclude each other."""
        return Span(max(self.low_s, other.low_s), min(self.high_s, other.high_s))

    def __or__(self, other: "Span") -> "Span":
        """The least span around both."""
        return Span(min(self.low_s, other.low_s), max(self.high_s, other.high_s))

    def holds(self, other: "Span") -> bool:
        """Whether the other lies inside."""
        return self.low_s <= other.low_s and other.high_s <= self.high_s


@dataclass(frozen=True)
class When:
    """A cell that says when: its text, and between which moments it must have been."""

    text: str
    span: Span

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a date, a moment, or two of them with ".." between, either left out.

        >>> When.parse("2023-02-01T10:00Z..2023-02-01T12:00Z").span.high_s / 3600 % 24
        12.0
        >>> When.parse("..2023Z").span.low_s
        -inf
        """
        first, separator, last = (part.strip() for part in text.partition(_SEPARATOR))
        if not separator:
            return cls(text, span_of(first))
        if not first and not last:
            return cls(text, Span())
        span = Span(
            span_of(first).low_s if first else -math.inf,
            _end_s(last) if last else math.inf,
        )
        if span.empty:
            raise CaseError(
                found=f"{shorten(text)} ends before it begins",
                expected="the earlier time first",
                remedy="Swap the two, or correct one.",
            )
        return cls(text, span)


def read_when(value: object) -> When:
    """Read a cell; also one that was read before."""
    return value if isinstance(value, When) else When.parse(text_of(value))


def seconds(moment: datetime) -> float:
    """Seconds from the epoch."""
    return (moment - EPOCH).total_seconds()


def moment(at_s: float) -> datetime:
    """The moment that many seconds from the epoch, to the second."""
    return EPOCH + timedelta(seconds=round(at_s))


def span_of(text: str) -> Span:
    """Between which moments a date or a moment lies.

    >>> span = span_of("2023-02-01")
    >>> moment(span.low_s).isoformat(), moment(span.high_s).isoformat()
    ('2023-01-31T10:00:00+00:00', '2023-02-02T12:00:00+00:00')
    """
    zoned = _DATE_WITH_ZONE.fullmatch(text)
    if zoned is not None:
        date = PartialDate.parse(zoned["date"])
        ahead_s = _offset_s(zoned["zone"], text)
        return _whole(date) - Span(ahead_s, ahead_s)
    return of_date(PartialDate.parse(text))


def of_date(date: PartialDate) -> Span:
    """Between which moments a date of a case lies, whatever the zone of its calendar."""
    if date.precision in _STEP_S:
        low_s = seconds(date.earliest)
        return Span(low_s, low_s + _STEP_S[date.precision])
    return _whole(date) + Span(-AHEAD_S, BEHIND_S)


def _whole(date: PartialDate) -> Span:
    return Span(seconds(date.earliest), seconds(date.latest) + 1.0)


def _end_s(text: str) -> float:
    """Where a range ends: a moment is a moment here, a day ends with the day."""
    if "T" in text:
        return seconds(PartialDate.parse(text).latest)
    return span_of(text).high_s


def _offset_s(zone: str, text: str) -> float:
    if zone == "Z":
        return 0.0
    offset_s = (int(zone[1:3]) * 3_600.0 + int(zone[4:6]) * 60.0) * (-1.0 if zone[0] == "-" else 1)
    if not -BEHIND_S <= offset_s <= AHEAD_S:
        raise CaseError(
            found=f"{shorten(text)} with a clock that nobody keeps",
            expected="an offset from -12:00 to +14:00",
            remedy="Correct the offset, or leave it out.",
        )
    return offset_s
