"""The one place where anything but SI exists.

Inside overflight a bare number is SI and its name says so: ``altitude_m``, ``pressure_pa``,
``wind_mps``. Text from people ("60,000 ft") becomes SI here, once, when a case is read, and
:func:`express` is the way back, for people to read.

Three kinds of altitude are never mixed: a flight level ("FL600") is a *pressure* altitude, and
:func:`parse_altitude` says so; feet and metres alone do not tell which kind is meant.
"""

import math
import re
from typing import Literal, NamedTuple

from overflight.errors import CaseError

# Exact by definition, except where a comment says otherwise.
TO_SI: dict[str, dict[str, float]] = {
    "m": {"m": 1.0, "km": 1e3, "ft": 0.3048, "kft": 304.8, "mi": 1609.344, "nmi": 1852.0},
    "m2": {"m2": 1.0, "km2": 1e6, "mi2": 1609.344**2, "nmi2": 1852.0**2},
    "pa": {"Pa": 1.0, "hPa": 100.0, "mbar": 100.0, "kPa": 1e3},
    "mps": {"m/s": 1.0, "km/h": 1 / 3.6, "kt": 1852 / 3600, "mph": 0.44704},
    "kg": {"kg": 1.0, "g": 1e-3, "lb": 0.45359237, "t": 1e3},
    "s": {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0},
}

# What people also write, in lower case -> the unit above. "nm" is missing on purpose: it is a
# nanometre to some and a nautical mile to others.
SYNONYMS: dict[str, str] = {
    "foot": "ft", "feet": "ft", "metre": "m", "metres": "m", "meter": "m", "meters": "m",
    "kilometre": "km", "kilometres": "km", "kilometer": "km", "kilometers": "km",
    "mile": "mi", "miles": "mi", "kt": "kt", "kts": "kt", "knot": "kt", "knots": "kt",
    "kph": "km/h", "kmh": "km/h", "mps": "m/s", "mb": "mbar", "hpa": "hPa",
    "lbs": "lb", "pound": "lb", "pounds": "lb", "second": "s", "seconds": "s",
    "minute": "min", "minutes": "min", "hour": "h", "hours": "h", "day": "d", "days": "d",
    "km²": "km2", "m²": "m2", "ft": "ft", "km": "km", "m": "m", "nmi": "nmi", "mi": "mi",
    "NM": "nmi", "kft": "kft", "mph": "mph", "lb": "lb", "kg": "kg", "t": "t", "tonne": "t",
    "tonnes": "t",
}  # fmt: skip

FLIGHT_LEVEL_M = 30.48  # one flight level is 100 ft of pressure altitude

AltitudeKind = Literal["geometric", "geopotential", "pressure", "unknown"]

# Minus signs and spaces as word processors print them -> those of a keyboard.
_TYPED = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-")
    | dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f", " ")
)
_QUANTITY = re.compile(
    r"(?P<number>[-+]?(?:(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?)"
    r" *(?P<unit>[A-Za-z][A-Za-z/]*[2²]?)",
    re.ASCII,
)
_BARE = re.compile(r"[-+]?[\d., ]+", re.ASCII)
_THOUSANDS_BY_POINT = re.compile(r"[-+]?[1-9]\d{0,2}\.000", re.ASCII)
_FLIGHT_LEVEL = re.compile(r"FL ?(?P<level>\d{2,3})", re.ASCII | re.IGNORECASE)
_QUOTED = 60  # characters of what was found that are repeated in a message


class Altitude(NamedTuple):
    """An altitude and what it is measured against."""

    altitude_m: float
    kind: AltitudeKind


def parse(text: str, suffix: str) -> float:
    """Read a quantity with its unit, e.g. ``parse("60,000 ft", "m")``.

    Thousands may be set apart by commas or by (thin) spaces, and a typographic minus is a minus.
    A comma elsewhere, or a point before three zeros, can mean two things and is refused.

    >>> parse("60,000 ft", "m")
    18288.0
    >>> parse("75 mph", "mps")
    33.528
    >>> parse("1.2 hPa", "m")
    Traceback (most recent call last):
    overflight.errors.CaseError: '1.2 hPa' is in hPa; expected one of m, km, ft, kft, mi, nmi. ...
    """
    typed = text.translate(_TYPED).strip()
    match = _QUANTITY.fullmatch(typed)
    if match is None:
        raise _not_a_quantity(text, typed, suffix)
    number = match["number"]
    if _THOUSANDS_BY_POINT.fullmatch(number):
        raise CaseError(
            found=f"{shorten(text)} can mean two things",
            expected=f"{number[:-4]}000 or {number[:-4]}, without a point",
            remedy="Write thousands without a separator, or with a comma.",
        )
    value = float(number.replace(",", "").replace(" ", "")) * _factor(match["unit"], text, suffix)
    if not math.isfinite(value):
        raise CaseError(
            found=f"{shorten(text)} is beyond all numbers",
            expected="a finite quantity",
            remedy="Check the exponent.",
        )
    return value


def parse_altitude(text: str) -> Altitude:
    """Read an altitude; a flight level is one above the 1013.25 hPa surface.

    >>> parse_altitude("FL600")
    Altitude(altitude_m=18288.0, kind='pressure')
    >>> parse_altitude("60,000 ft")
    Altitude(altitude_m=18288.0, kind='unknown')
    """
    level = _FLIGHT_LEVEL.fullmatch(text.translate(_TYPED).strip())
    if level is not None:
        return Altitude(round(int(level["level"]) * FLIGHT_LEVEL_M, 6), "pressure")
    return Altitude(parse(text, "m"), "unknown")


def is_flight_level(text: str) -> bool:
    """Say whether an altitude is written as a flight level, such as "FL390"."""
    return _FLIGHT_LEVEL.fullmatch(text.translate(_TYPED).strip()) is not None


def express(value: float, suffix: str, unit: str) -> float:
    """Turn SI back into a unit that people use.

    >>> express(18288.0, "m", "ft")
    60000.0
    """
    return value / _factor(unit, unit, suffix)


def shorten(text: str) -> str:
    """Repeat what was found, quoted and escaped, but never more than a line of it.

    >>> shorten("x" * 100)[-6:]
    "xxx..'"
    """
    return repr(text if len(text) <= _QUOTED else text[: _QUOTED - 2] + "..")


def _factor(unit: str, text: str, suffix: str) -> float:
    units = TO_SI[suffix]
    known = unit if unit in units else SYNONYMS.get(unit, SYNONYMS.get(unit.lower(), unit))
    if known in units:
        return units[known]
    raise CaseError(
        found=f"{shorten(text)} is in {shorten(unit)[1:-1]}",
        expected=f"one of {', '.join(units)}",
        remedy="Check which quantity the source meant.",
    )


def _not_a_quantity(text: str, typed: str, suffix: str) -> CaseError:
    unit = next(iter(TO_SI[suffix]))
    if _FLIGHT_LEVEL.fullmatch(typed):
        return CaseError(
            found=f"{shorten(text)} is a flight level, a pressure altitude",
            expected=f"a value such as '60 {unit}'",
            remedy="Only an altitude can be a flight level.",
        )
    if _BARE.fullmatch(typed):
        return CaseError(
            found=f"{shorten(text)} has no unit that can be read with it",
            expected=f"a value such as '60 {unit}' (one of {', '.join(TO_SI[suffix])})",
            remedy="Write the unit after the number, as the source gave it.",
        )
    return CaseError(
        found=f"{shorten(text)} is not a number with a unit",
        expected=f"a value such as '60 {unit}'",
        remedy="Write the number and its unit, as the source gave them.",
    )
