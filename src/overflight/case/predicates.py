"""Small sentences that a flight path makes true or false: the column ``test`` of statements.

    in ZONE during T1..T2                     some moment of the window inside the zone
    never in ZONE during T1..T2
    near LAT,LON within 150 km during T1..T2  some moment of the window that near
    altitude 57,500 ft..65,000 ft during T1..T2   at some moment of the window
    launched T1..T2
    ZONE before ZONE                          first entries in that order
    speed 10 m/s..20 m/s during T1..T2        mean ground speed over the window

Times are ISO 8601 with an offset. Several predicates are joined with ``;``: the statement then
says all of them. Whether they hold for a path is judged elsewhere; here they are only read.
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
from overflight.units import shorten

Bound = TypeVar("Bound", float, datetime)


@dataclass(frozen=True)
class InZone:
    """At some moment from ``start`` to ``end`` the balloon is inside the zone."""

    zone: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class NeverInZone:
    """At no moment from ``start`` to ``end`` is the balloon inside the zone."""

    zone: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Near:
    """At some moment from ``start`` to ``end`` the balloon is within a radius of a place."""

    lat_deg: float
    lon_deg: float
    radius_m: float
    start: datetime
    end: datetime


@dataclass(frozen=True)
class AltitudeBand:
    """At some moment from ``start`` to ``end`` the height lies in the band."""

    low_m: float
    high_m: float
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Launched:
    """The launch lies between ``start`` and ``end``."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Before:
    """The balloon enters both zones, the first before the second."""

    first_zone: str
    second_zone: str


@dataclass(frozen=True)
class Speed:
    """The path's length from ``start`` to ``end``, over the time between, lies in the band."""

    low_mps: float
    high_mps: float
    start: datetime
    end: datetime


Predicate = InZone | NeverInZone | Near | AltitudeBand | Launched | Before | Speed

_ZONE = r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?(?:\+12nmi)?"
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
    Before(first_zone='CA-YT', second_zone='US-ID')
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
        case Before(first_zone=first, second_zone=second):
            return (first, second)
        case _:
            return ()


def kind_of_zone(zone: str) -> str:
    """Tell the kind of zone from its id.

    >>> [kind_of_zone(zone) for zone in ("US", "US-MT", "US+12nmi")]
    ['country', 'state', 'territorial_sea']
    """
    if zone.endswith("+12nmi"):
        return "territorial_sea"
    return "state" if "-" in zone else "country"


def _window(match: re.Match[str]) -> tuple[datetime, datetime]:
    text = match["window"]
    start, dots, end = (text or "").partition("..")
    if not dots:
        raise CaseError(
            found=f"{shorten(match[0])} without a window of time",
            expected="two moments with '..' between, such as 2023-02-01T00:00Z..2023-02-02T00:00Z",
            remedy="Say when: 'during' and the first and last moment that the statement can mean.",
        )
    window = read_time(start), read_time(end)
    if window[0] == window[1]:
        raise CaseError(
            found=f"{shorten(text)} is a window without a duration",
            expected="the end after the beginning",
            remedy="Widen it to all that the statement can mean.",
        )
    _ordered(*window, text)
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
        _positive(units.parse(match["distance"], "m"), match[0]),
        *_window(match),
    )


def _altitude(match: re.Match[str]) -> AltitudeBand:
    low, high = (units.parse_altitude(match[bound]) for bound in ("low", "high"))
    if "pressure" in (low.kind, high.kind):
        raise CaseError(
            found=f"{shorten(match[0])} names a flight level",
            expected="two heights, such as 57,500 ft..65,000 ft",
            remedy="A test compares heights: write the band of heights the flight level can mean.",
        )
    _ordered(low.altitude_m, high.altitude_m, match[0])
    return AltitudeBand(low.altitude_m, high.altitude_m, *_window(match))


def _speed(match: re.Match[str]) -> Speed:
    low, high = (units.parse(match[bound], "mps") for bound in ("low", "high"))
    _ordered(low, high, match[0])
    return Speed(low, high, *_window(match))


def _positive(value: float, text: str) -> float:
    if value > 0.0:
        return value
    raise CaseError(
        found=f"{shorten(text)} has no extent",
        expected="a distance above zero such as 50 km",
        remedy="Write how near the statement means.",
    )


_READERS: dict[str, Callable[[re.Match[str]], Predicate]] = {
    "never": lambda match: NeverInZone(match["zone"], *_window(match)),
    "in": lambda match: InZone(match["zone"], *_window(match)),
    "near": _near,
    "altitude": _altitude,
    "speed": _speed,
    "launched": lambda match: Launched(*_window(match)),
    "before": lambda match: Before(match["first"], match["second"]),
}
