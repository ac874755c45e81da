"""The one place where anything but SI exists.

Inside overflight a bare number is SI and its name says so: ``altitude_m``, ``pressure_pa``,
``wind_mps``. Text from people ("60,000 ft") becomes SI here, once, when a case is read.
"""

import re

from overflight.errors import CaseError

# Exact by definition, except where a comment says otherwise.
TO_SI: dict[str, dict[str, float]] = {
    "m": {"m": 1.0, "km": 1e3, "ft": 0.3048, "kft": 304.8, "mi": 1609.344, "nmi": 1852.0},
    "pa": {"Pa": 1.0, "hPa": 100.0, "mbar": 100.0, "kPa": 1e3},
    "mps": {"m/s": 1.0, "km/h": 1 / 3.6, "kt": 1852 / 3600, "mph": 0.44704},
    "kg": {"kg": 1.0, "g": 1e-3, "lb": 0.45359237},
    "s": {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0},
}

_QUANTITY = re.compile(r"\s*(?P<number>[-+]?[\d,]*\.?\d+(?:e[-+]?\d+)?)\s*(?P<unit>[A-Za-z/]+)\s*")


def parse(text: str, suffix: str) -> float:
    """Read a quantity with its unit, e.g. ``parse("60,000 ft", "m")``.

    >>> parse("60,000 ft", "m")
    18288.0
    >>> parse("1.2 hPa", "m")
    Traceback (most recent call last):
    overflight.errors.CaseError: '1.2 hPa' is in hPa; expected one of m, km, ft, kft, mi, nmi. ...
    """
    units = TO_SI[suffix]
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise CaseError(
            found=f"{text!r} is not a number with a unit",
            expected=f"a value such as '60 {next(iter(units))}'",
            remedy="Write the number and its unit, as the source gave them.",
        )
    unit = match["unit"]
    if unit not in units:
        raise CaseError(
            found=f"{text!r} is in {unit}",
            expected=f"one of {', '.join(units)}",
            remedy="Check which quantity the source meant.",
        )
    return float(match["number"].replace(",", "")) * units[unit]
