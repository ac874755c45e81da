"""Read IGC files: flight recorders of gliders, hot-air balloons and some gas balloons.

Technical specification for GNSS flight recorders (FAI/IGC, second edition, appendix A): a record B
is one fix, with a time of day in UTC, degrees and thousandths of minutes, whether the fix is valid,
a pressure altitude in the standard atmosphere and a GNSS altitude above the ellipsoid, in metres.
The date stands in a header record; the clock passes midnight without one.
"""

import re
from datetime import UTC, datetime

import numpy as np

from overflight.errors import FieldError
from overflight.fields.soundings.making import Raw

_FIX = re.compile(
    r"^B(\d{2})(\d{2})(\d{2})(\d{2})(\d{5})([NS])(\d{3})(\d{5})([EW])([AV])(-\d{4}|\d{5})(-\d{4}|\d{5})"
)
_ANY_FIX = re.compile(r"^B\d{13}[NS]\d{8}[EW][AV]", re.MULTILINE)
_DATE = re.compile(r"^HFDTE(?:DATE)?:?\s*(\d{6})")
_DAY_S = 86_400
_BACK_S = 3_600  # a clock that goes back further has passed midnight: records are in order of time


def looks_like(text: str) -> bool:
    r"""Whether text is an IGC file: it begins with the maker's record A and holds a fix or a date.

    >>> looks_like("AXXX001\nHFDTE010120\n")
    True
    """
    first = text.lstrip()[:4]
    known = first[:1] == "A" and first[1:].isalnum()
    return known and bool(_ANY_FIX.search(text) or re.search(r"^HFDTE", text, re.MULTILINE))


def raws(text: str, name: str) -> list[Raw]:
    """The flight of a file.

    Raises
    ------
    FieldError
        If it has no fix, or no date.
    """
    rows: list[tuple[int, float, float, float, float]] = []
    day_s: int | None = None
    stated, last_s, midnights, invalid, undated = "", -1, 0, 0, 0
    for line in text.splitlines():
        if (date := _DATE.match(line)) and date[1] != stated:
            stated, last_s = date[1], -1
            day_s = _day_s(stated)
        fix = _FIX.match(line) if line[:1] == "B" else None
        if fix is None:
            continue
        clock_s = 3_600 * int(fix[1]) + 60 * int(fix[2]) + int(fix[3])
        if day_s is None:
            undated += 1
            continue
        if clock_s < last_s - _BACK_S:
            day_s, midnights = day_s + _DAY_S, midnights + 1
        last_s = clock_s
        if fix[10] == "V":
            invalid += 1
            continue
        rows.append((day_s + clock_s, *_place(fix), float(fix[11]), float(fix[12])))
    if not rows:
        raise _nothing(name, invalid, undated)
    return [_raw(np.array(rows), name, midnights, invalid, undated)]


def _day_s(ddmmyy: str) -> int | None:
    """Midnight of a date, seconds since 1970; None for one that is none, as before a first fix."""
    try:
        return int(datetime.strptime(ddmmyy, "%d%m%y").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def _place(fix: re.Match[str]) -> tuple[float, float]:
    """Latitude and longitude in degrees."""
    lat = int(fix[4]) + int(fix[5]) / 60_000.0
    lon = int(fix[7]) + int(fix[8]) / 60_000.0
    return (-lat if fix[6] == "S" else lat), (-lon if fix[9] == "W" else lon)


def _raw(rows: np.ndarray, name: str, midnights: int, invalid: int, undated: int) -> Raw:
    pressure_m, gnss_m = rows[:, 3], rows[:, 4]
    notes = []
    if gnss_m.any():
        kind, height = "geometric", np.where(gnss_m == 0.0, pressure_m, gnss_m)
    else:
        kind, height = "geopotential", pressure_m
        notes.append("No GNSS altitude is in the file: the pressure altitude was taken.")
    if midnights:
        notes.append(f"The clock passed midnight {midnights} times without a date.")
    if invalid:
        notes.append(f"{invalid} fixes that the recorder marks as not valid were left out.")
    if undated:
        notes.append(f"{undated} fixes stand before any date and were left out.")
    return Raw(
        id=name,
        origin=f"{name}, IGC",
        time=rows[:, 0].astype("datetime64[s]").astype("datetime64[ns]"),
        lat_deg=rows[:, 1],
        lon_deg=rows[:, 2],
        height_m=height,
        height_kind=kind,
        notes=tuple(notes),
    )


def _nothing(name: str, invalid: int, undated: int) -> FieldError:
    if undated:
        return FieldError(
            found=f"{name}: {undated} fixes without a date",
            expected="a record such as HFDTE170723 before the fixes: day, month, year",
            remedy="Add it, if you know the date.",
        )
    return FieldError(
        found=f"{name}: an IGC file without a valid fix ({invalid} are marked as not valid)",
        expected="records B of a flight",
        remedy="Take the file of a whole flight from the recorder.",
    )
