"""Single cells of strangers' tables: places, times and locators in the forms that people write."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from overflight.fields.soundings.tidy import moment

_MISSING = {"", "nan", "na", "n/a", "null", "none", "-", "--", "///", "////", "/////"}
_SENTINELS = (-9999.0, -999.0, 9999.0, 99999.0)
_DEGREES_MINUTES = re.compile(
    r"(?P<sign>[-+])?\s*(?P<letter>[NSEW])?\s*(?P<deg>\d{1,3})\s*[-\u00b0d\s:]\s*"
    r"(?P<min>\d{1,2}(?:\.\d+)?)\s*(?:['\u2032m:\s]\s*(?P<sec>\d{1,2}(?:\.\d+)?)?)?"
    r"\s*[\"\u2033s]?\s*(?P<after>[NSEW])?",
    re.ASCII,
)
_APRS = re.compile(r"(?P<deg>\d{2,3})(?P<min>\d{2}\.\d+)(?P<letter>[NSEW])", re.ASCII)
_LETTERED = re.compile(
    r"(?P<before>[NSEW])?\s*(?P<value>[-+]?\d{1,3}(?:\.\d+)?)\s*\u00b0?\s*(?P<after>[NSEW])?",
    re.ASCII,
)
_SLASHED = re.compile(
    r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?"
    r"\s*([AaPp][Mm])?)?",
    re.ASCII,
)
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s*([AaPp][Mm])?\s*(?:Z|UTC)?", re.ASCII
)
_BROWSER = re.compile(
    r"[A-Z][a-z]{2},? ([A-Z][a-z]{2}) (\d{1,2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT([-+]\d{4})",
    re.ASCII,
)
_SPOKEN = ("%d %b %Y %H:%M:%S", "%d %b %Y %H:%M", "%d-%b-%Y %H:%M:%S", "%d-%b-%Y %H:%M",
           "%b %d %Y %H:%M:%S", "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p")  # fmt: skip
_LOCATOR = re.compile(r"[A-R]{2}\d{2}(?:[A-X]{2}(?:\d{2})?)?", re.IGNORECASE | re.ASCII)
NAT = np.datetime64("NaT", "ns")


def number(text: str) -> float:
    """A number; NaT's cousin NaN for a cell that holds none, or a mark of a missing value.

    >>> number("1,234.5"), number("45,71")
    (1234.5, 45.71)
    """
    cell = text.strip().strip('"')
    if cell.lower() in _MISSING or not cell.isascii() or "_" in cell:
        return float("nan")
    if re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", cell):
        cell = cell.replace(",", "")
    elif cell.count(",") == 1 and "." not in cell:
        cell = cell.replace(",", ".")
    try:
        value = float(cell)
    except ValueError:
        return float("nan")
    return float("nan") if value in _SENTINELS or not np.isfinite(value) else value


def degrees(text: str) -> float:
    """An angle in degrees: decimal, or degrees and minutes as text.

    >>> round(degrees("34-29.4"), 4), degrees("-106.8"), round(degrees("3429.40N"), 4)
    (34.49, -106.8, 34.49)
    >>> round(degrees("106 49 42 W"), 4)
    -106.8283
    """
    value = number(text)
    if np.isfinite(value):
        return value
    cell = text.strip().strip('"').upper().replace("''", '"')
    for pattern in (_LETTERED, _APRS, _DEGREES_MINUTES):
        match = pattern.fullmatch(cell)
        if match:
            return _angle(match.groupdict())
    return float("nan")


def _angle(parts: dict[str, str | None]) -> float:
    letters = [parts.get(key) for key in ("before", "letter", "after")]
    letter = next((one for one in letters if one), "")
    minutes, seconds = float(parts.get("min") or 0.0), float(parts.get("sec") or 0.0)
    if minutes >= 60.0 or seconds >= 60.0:
        return float("nan")
    value = float(parts.get("value") or parts.get("deg") or "nan")
    value += minutes / 60.0 + seconds / 3_600.0
    return -value if letter in ("S", "W") or parts.get("sign") == "-" else value


@dataclass(frozen=True)
class Clock:
    """What a file does not say of its times, and a person may."""

    day: date | None = None  # of times that are a time of day only
    order: str = ""  # "dmy" or "mdy" for dates such as 06/04/2018
    offset_s: float | None = None  # ahead of UTC, of times that name no zone


def time_of(text: str, clock: Clock) -> np.datetime64:
    """A moment as UTC; NaT where the cell holds none, or its day and month could be swapped.

    >>> str(time_of("Wed Aug 08 2018 15:48:22 GMT+0000 (UTC)", Clock()))[:19]
    '2018-08-08T15:48:22'
    >>> str(time_of("06/04/2018 06:23:55", Clock(order="dmy")))[:16]
    '2018-04-06T06:23'
    """
    plain = text.strip().strip('"').removesuffix(" UTC").strip()
    if len(plain) > 80:
        return NAT
    slashed = _SLASHED.fullmatch(plain)
    try:
        if slashed and len(plain.split("/")[0].split(".")[0]) < 4:
            return _slashed(slashed, clock.order)
        found = moment(plain)
    except (ValueError, OverflowError):
        return NAT
    if not np.isnat(found):
        return found
    if match := _BROWSER.match(plain):
        plain = f"{match[1]} {match[2]} {match[3]} {match[4]}"
        offset = timedelta(hours=int(match[5][:3]), minutes=int(match[5][0] + match[5][3:]))
        at = _strptime(plain, ("%b %d %Y %H:%M:%S",))
        return NAT if at is None else np.datetime64(at - offset, "ns")
    at = _strptime(plain, _SPOKEN)
    return NAT if at is None else np.datetime64(at, "ns")


def _strptime(plain: str, forms: tuple[str, ...]) -> datetime | None:
    for form in forms:
        try:
            at = datetime.strptime(plain, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return at.replace(tzinfo=None)
    return None


def _slashed(match: re.Match[str], order: str) -> np.datetime64:
    one, two, year = int(match[1]), int(match[2]), int(match[3])
    if order not in ("dmy", "mdy"):
        return NAT
    day, month = (one, two) if order == "dmy" else (two, one)
    hour = _hour(int(match[4] or 0), match[7])
    second = float(match[6] or 0.0)
    at = datetime(year, month, day, hour, int(match[5] or 0))  # noqa: DTZ001 (UTC, as numpy has it)
    return np.datetime64(at, "ns") + np.timedelta64(int(second * 1e9), "ns")


def _hour(hour: int, half: str | None) -> int:
    return hour if not half else hour % 12 + (12 if half.lower() == "pm" else 0)


def order_of_dates(texts: list[str]) -> str | None:
    """'dmy' or 'mdy' where numbers above 12 settle it; '' where none does; None for other dates.

    >>> order_of_dates(["12/17/2003 0:00"]), order_of_dates(["06/04/2018"]), order_of_dates(["x"])
    ('mdy', '', None)
    """
    found = [match for match in (_SLASHED.fullmatch(text.strip()) for text in texts) if match]
    if not found:
        return None
    first, second = (max(int(match[k]) for match in found) for k in (1, 2))
    if first > 12 and second <= 12:
        return "dmy"
    return "mdy" if second > 12 and first <= 12 else ""


def of_day_s(text: str) -> float | None:
    """Seconds since midnight of a time of day without a date; None for anything else.

    >>> of_day_s("12:23:37"), of_day_s("2020-01-01")
    (44617.0, None)
    """
    match = _CLOCK.fullmatch(text.strip().strip('"'))
    if not match or int(match[2]) > 59 or int(match[1]) > 24:
        return None
    return 3_600.0 * _hour(int(match[1]), match[4]) + 60.0 * int(match[2]) + float(match[3] or 0.0)


def locator(text: str) -> tuple[float, float, float] | None:
    """Middle of a Maidenhead locator and its standard deviation in km; None for other text.

    A place is taken as even over the square: the wider side over the square root of twelve.

    >>> lat, lon, sd_km = locator("FN31")
    >>> lat, lon, round(sd_km)
    (41.5, -73.0, 48)
    """
    cell = text.strip().upper()
    if not _LOCATOR.fullmatch(cell):
        return None
    lon, lat, width, height = -180.0, -90.0, 360.0, 180.0
    for place, n in zip(range(0, len(cell), 2), (18, 10, 24, 10), strict=False):
        width, height = width / n, height / n
        base = ord("0") if cell[place].isdigit() else ord("A")
        lon += (ord(cell[place]) - base) * width
        lat += (ord(cell[place + 1]) - base) * height
    lat, lon = lat + 0.5 * height, lon + 0.5 * width
    side_km = 111.195 * max(height, width * float(np.cos(np.radians(lat))))
    return lat, lon, side_km / float(np.sqrt(12.0))
