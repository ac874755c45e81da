"""Small sentences that a flight path makes true or false: the column ``test`` of statements.

    in ZONE during T1..T2                     some moment of the window inside the zone
    never in ZONE during T1..T2
    near LAT,LON within 150 km during T1..T2  some moment of the window that near
    altitude 57,500 ft..65,000 ft during T1..T2   at some moment of the window
    launched T1..T2
    ZONE before ZONE                          first entries in that order
    speed 10 m/s..20 m/s during T1..T2        mean ground speed over the window

Times are ISO 8601 with an offset. Several predicates are joined with ``;``: the statement then
says all of them. What they mean for a path is judged by :mod:`overflight.ledgers`; here they are
only read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from overflight import units
from overflight.case.vocabulary import LatitudeDeg, LongitudeDeg, read_time
from overflight.errors import CaseError
from overflight.units import AltitudeKind, shorten

Bound = TypeVar("Bound", float, datetime)


@dataclass(frozen=True)
class Window:
    """From ``start`` to ``end``, both included."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class InZone:
    """At some moment of the window the balloon is inside the zone."""

    zone: str
    window: Window


@dataclass(frozen=True)
class NeverInZone:
    """At no moment of the window is the balloon inside the zone."""

    zone: str
    window: Window


@dataclass(frozen=True)
class Near:
    """At some moment of the window the balloon is within a distance of a place."""

    lat_deg: float
    lon_deg: float
    distance_m: float
    window: Window


@dataclass(frozen=True)
class AltitudeBetween:
    """At some moment of the window the altitude lies in the band, as far as its kind is known."""

    low_m: float
    high_m: float
    kind: AltitudeKind
    window: Window


@dataclass(frozen=True)
class LaunchedBetween:
    """The launch lies in the window."""

    window: Window


@dataclass(frozen=True)
class EnteredBefore:
    """The balloon enters both zones, the first before the second."""

    first: str
    second: str


@dataclass(frozen=True)
class SpeedBetween:
    """The path's length over the window, divided by its duration, lies in the band."""

    low_mps: float
    high_mps: float
    window: Window


Predicate = (
    InZone | NeverInZone | Near | AltitudeBetween | LaunchedBetween | EnteredBefore | SpeedBetween
)

_ZONE = r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?(?:\+12nmi)?(?:-coast)?"
_DURING = r"(?: +during +(?P<window>\S+))?"
_FORMS = {
    name: re.compile(form, re.ASCII)
    for name, form in {
        "never": rf"never +in +(?P<zone>{_ZONE}){_DURING}",
        "in": rf"in +(?P<zone>{_ZONE}){_DURING}",
        "near": rf"near +(?P<lat>[^ ,]+) *, *(?P<lon>[^ ,]+) +within +(?P<distance>.+?){_DURING}",
        "altitude": rf"altitude +(?P<low>.+?) *\.\. *(?P<high>.+?){_DURING}",
        "speed": rf"speed +(?P<low>.+?) *\.\. *(?P<high>.+?){_DURING}",
        "launched": r"launched +(?P<window>\S+)",
        "before": rf"(?P<first>{_ZONE}) +before +(?P<second>{_ZONE})",
    }.items()
}
_EXAMPLES = {
    "never": "never in US-WA during 2023-02-01T00:00Z..2023-02-03T00:00Z",
    "in": "in US-MT during 2023-02-01T00:00Z..2023-02-02T00:00Z",
    "near": "near 45.78,-108.50 within 50 km during 2023-02-01T00:00Z..2023-02-02T00:00Z",
    "altitude": "altitude 57,500 ft..65,000 ft during 2023-02-01T00:00Z..2023-02-02T00:00Z",
    "speed": "speed 10 m/s..20 m/s during 2023-02-01T00:00Z..2023-02-02T00:00Z",
    "launched": "launched 2023-01-20T00:00Z..2023-01-22T00:00Z",
    "before": "CA-YT before US-ID",
}
_LONGEST = 2_000  # characters; nobody writes more, and patterns stay quick
_LATITUDE: TypeAdapter[float] = TypeAdapter(LatitudeDeg)
_LONGITUDE: TypeAdapter[float] = TypeAdapter(LongitudeDeg)


def parse_all(text: str) -> tuple[Predicate, ...]:
    """Read predicates joined with ``;``.

    >>> parse_all("CA-YT before US-ID ; launched 2023-01-20T00:00Z..2023-01-22T00:00Z")[0]
    EnteredBefore(first='CA-YT', second='US-ID')
    """
    if len(text) > _LONGEST:
        raise CaseError(
            found=f"a test of {len(text):,} characters",
            expected=f"at most {_LONGEST:,}",
            remedy="Split the statement in two.",
        )
    return tuple(parse(part.strip()) for part in text.split(";"))


def parse(text: str) -> Predicate:
    """Read one predicate."""
    for name, form in _FORMS.items():
        match = form.fullmatch(text)
        if match is not None:
            return _READERS[name](match)
    start = text.split(" ", maxsplit=1)[0]
    example = _EXAMPLES.get(start)
    raise CaseError(
        found=f"{shorten(text)} is not a test",
        expected=f"such as '{example or _EXAMPLES['in']}'",
        remedy="See docs/reference/case-format.md for the forms a test can take."
        if example is None
        else "Zones are capitals, such as US-MT; times have an offset and no spaces.",
    )


def zones(predicate: Predicate) -> tuple[str, ...]:
    """Return the zones that a predicate names."""
    match predicate:
        case InZone(zone=zone) | NeverInZone(zone=zone):
            return (zone,)
        case EnteredBefore(first=first, second=second):
            return (first, second)
        case _:
            return ()


def _window(match: re.Match[str]) -> Window:
    text = match["window"]
    start, dots, end = (text or "").partition("..")
    if not dots:
        raise CaseError(
            found=f"{shorten(match[0])} without a window of time",
            expected="two moments with '..' between, such as 2023-02-01T00:00Z..2023-02-02T00:00Z",
            remedy="Say when: 'during' and the first and last moment that the statement can mean.",
        )
    window = Window(read_time(start), read_time(end))
    _ordered(window.start, window.end, text)
    return window


def _ordered(low: Bound, high: Bound, text: str) -> None:
    if high < low:
        raise CaseError(
            found=f"{shorten(text)} ends before it begins",
            expected="the lower bound first",
            remedy="Swap the two.",
        )


def _degrees(adapter: TypeAdapter[float], text: str) -> float:
    try:
        return adapter.validate_python(text)
    except ValidationError as error:
        cause = error.errors()[0].get("ctx", {}).get("error")
        if isinstance(cause, CaseError):
            raise cause from None
        raise


def _near(match: re.Match[str]) -> Near:
    return Near(
        _degrees(_LATITUDE, match["lat"]),
        _degrees(_LONGITUDE, match["lon"]),
        units.parse(match["distance"], "m"),
        _window(match),
    )


def _altitude(match: re.Match[str]) -> AltitudeBetween:
    low, high = (units.parse_altitude(match[bound]) for bound in ("low", "high"))
    _ordered(low.altitude_m, high.altitude_m, match[0])
    kind = low.kind if low.kind == high.kind else "unknown"
    return AltitudeBetween(low.altitude_m, high.altitude_m, kind, _window(match))


def _speed(match: re.Match[str]) -> SpeedBetween:
    low, high = (units.parse(match[bound], "mps") for bound in ("low", "high"))
    _ordered(low, high, match[0])
    return SpeedBetween(low, high, _window(match))


_READERS: dict[str, Callable[[re.Match[str]], Predicate]] = {
    "never": lambda match: NeverInZone(match["zone"], _window(match)),
    "in": lambda match: InZone(match["zone"], _window(match)),
    "near": _near,
    "altitude": _altitude,
    "speed": _speed,
    "launched": lambda match: LaunchedBetween(_window(match)),
    "before": lambda match: EnteredBefore(match["first"], match["second"]),
}
