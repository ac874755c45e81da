"""What the columns of a table mean: by their headings, or without any by what is in them.

A guess is never silent: every column that is used is told with the reason.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from overflight.fields.soundings.table import FACTORS
from overflight.imports import cells

Rows = Sequence[Sequence[str]]

# Role -> headings, without units and in plain small letters, best first.
_NAMES: dict[str, tuple[str, ...]] = {
    "time": ("gps datetime", "datetime", "date time", "fix time", "utc datetime", "timestamp",
             "time utc", "utc time", "time", "gps time", "utc", "when", "date and time",
             "local time", "local datetime", "local date time", "datetime local", "time local",
             "date time local"),
    "date": ("date", "utc date", "date utc", "day", "local date", "date local"),
    "received": ("time received", "received", "lasttime", "server time", "rx time"),
    "lat": ("gps latitude", "latitude", "lat", "gps lat", "lat deg", "latitude deg"),
    "lon": ("gps longitude", "longitude", "lon", "lng", "long", "gps long", "gps lon", "gps lng",
            "lon deg", "longitude deg"),
    "height": ("gps altitude", "gps alt", "geometric height", "altitude", "alt", "height",
               "elevation", "altitude m", "alt m", "altitude ft", "alt ft", "height m",
               "altitude feet", "altitude km", "geoaltitude", "hgt", "height msl", "ele",
               "baro altitude", "barometric altitude", "alt km"),
    "pressure": ("baro pressure", "pressure", "pres", "p", "pressure hpa", "p hpa", "pressure pa",
                 "p pa"),
    "grid": ("tx grid", "tx loc", "grid", "locator", "grid locator", "gridsquare", "maidenhead",
             "txgrid", "tx locator"),
    "position": ("position", "coordinates", "latlon", "lat lon"),
    "id": ("serial", "payload callsign", "callsign", "tx sign", "call", "nodeid", "node id",
           "balloon", "flight", "icao24", "name", "id"),
    "receiver": ("receiver", "uploader callsign", "reporter", "rx sign", "uploader"),
    "power": ("power", "pwr", "tx power", "power dbm", "dbm"),
    "sd": ("position sd", "pos sigma km", "uncertainty", "accuracy km", "error km"),
    "quote": ("quote", "description", "text", "report", "comments", "comment", "note", "notes",
              "title"),
    "attribution": ("attribution", "attribution class", "source class"),
    "url": ("url", "link", "source url", "source"),
}  # fmt: skip
_UNIT = re.compile(r"[(\[]\s*([^)\]]*?)\s*[)\]]")
_WORDS = {"ft": "ft", "feet": "ft", "km": "km", "m": "m", "hpa": "hpa", "pa": "pa", "mbar": "mbar"}


@dataclass(frozen=True)
class Column:
    """One column that is used."""

    index: int
    heading: str  # as in the file; empty where there is none
    unit: str  # "" where none is named
    why: str

    @property
    def factor(self) -> float | None:
        """To SI; None where no unit is named."""
        return FACTORS.get(self.unit)


def has_place(used: dict[str, Column]) -> bool:
    """Whether the columns give a place."""
    return {"lat", "lon"} <= set(used) or bool({"grid", "position"} & set(used))


def heading_rows(rows: Rows) -> int:
    """How many lines of words stand before the first line of numbers; at most ten."""
    for at, row in enumerate(rows[:11]):
        filled = [cell for cell in row if cell.strip()]
        values = sum(_is_value(cell) for cell in filled)
        if filled and values >= max(2, 0.4 * len(filled)):
            return at
    return min(1, len(rows))


def _is_value(cell: str) -> bool:
    return (
        bool(np.isfinite(cells.degrees(cell)))
        or cells.of_day_s(cell) is not None
        or not np.isnat(cells.time_of(cell, cells.Clock(order="dmy")))
        or (len(cell.strip()) >= 4 and cells.locator(cell) is not None)
    )


def by_heading(headings: Rows) -> dict[str, Column]:
    """Roles of columns by what stands above them, in one line or several."""
    width = max((len(row) for row in headings), default=0)
    told: list[tuple[list[str], str, str]] = []
    for index in range(width):
        texts = [row[index] for row in headings if index < len(row)]
        told.append(_plain(texts))
    found: dict[str, Column] = {}
    for role, names in _NAMES.items():
        for name in names:
            at = next((k for k, (plain, _, _) in enumerate(told) if name in plain), None)
            taken = {column.index for column in found.values()}
            if at is not None and at not in taken:
                found[role] = Column(at, told[at][2], told[at][1], "its heading")
                break
    return found


def _plain(texts: Sequence[str]) -> tuple[list[str], str, str]:
    """Names that stand above a column, its unit, and the words as they are in the file."""
    names, unit = [], ""
    for text in texts:
        match = _UNIT.search(text)
        if match and match[1].lower() in FACTORS:
            unit = match[1].lower()
        cut = _UNIT.sub(" ", text).strip().strip("\ufeff:").lower()
        words = re.sub(r"[\s_:./-]+", " ", cut).strip()
        names.append(words)
        last = words.rpartition(" ")[2]
        if " " in words and last in _WORDS and not unit:
            unit = _WORDS[last]
    return names, unit, " / ".join(text.strip() for text in texts if text.strip())[:60]


def by_content(rows: Rows) -> dict[str, Column]:
    """Roles of columns without headings, by what is in them."""
    some = list(rows[:: max(1, len(rows) // 400)])
    width = max((len(row) for row in some), default=0)
    texts = [[row[k] if k < len(row) else "" for row in some] for k in range(width)]
    numbers = [np.array([cells.degrees(cell) for cell in one]) for one in texts]
    found: dict[str, Column] = {}
    _times(texts, numbers, found)
    free = [k for k in range(width) if k not in {column.index for column in found.values()}]
    for one, two in pairwise(free):
        pair = _pair(texts, numbers, one, two) if two == one + 1 else None
        if pair:
            lat, lon, why = pair
            found["lat"], found["lon"] = (Column(k, "", "", why) for k in (lat, lon))
            break
    if "lat" not in found:
        return found
    last, first = (f(found["lat"].index, found["lon"].index) for f in (max, min))
    after = [k for k in free if k > last] + [k for k in reversed(free) if k < first]
    nearest = [k for k in (last + 1, first - 1) if k in free] + after
    for k in nearest:
        if _is_height(numbers[k]):
            side = "after" if k > last else "before"
            found["height"] = Column(k, "", "", f"numbers like heights {side} the place")
            break
    return found


def _times(texts: list[list[str]], numbers: list[np.ndarray], found: dict[str, Column]) -> None:
    clock = cells.Clock(order="dmy")
    for k, column in enumerate(texts):
        filled = [cell for cell in column if cell.strip()]
        if not filled:
            continue
        either = (clock, cells.Clock(order="mdy"))
        dated = np.mean(
            [any(not np.isnat(cells.time_of(cell, one)) for one in either) for cell in filled]
        )
        of_day = np.mean([cells.of_day_s(cell) is not None for cell in filled])
        has_clock = np.mean([":" in cell for cell in filled]) > 0.5
        numeric = bool(np.isfinite(numbers[k]).mean() > 0.5)
        if dated > 0.8 and (has_clock or numeric):
            found.setdefault("time", Column(k, "", "", "moments in it"))
        elif dated > 0.8:
            found.setdefault("date", Column(k, "", "", "dates in it"))
        elif of_day > 0.8:
            found.setdefault("time", Column(k, "", "", "times of day in it"))
    if "time" not in found and numbers:
        first = numbers[0]
        if len(first) > 2 and first[0] == 0.0 and bool((np.diff(first) > 0.0).all()):
            found["relative"] = Column(0, "", "", "seconds that rise from 0")


def _pair(
    texts: list[list[str]], numbers: list[np.ndarray], one: int, two: int
) -> tuple[int, int, str] | None:
    """Which of two columns side by side is latitude; None if they are no place."""
    a, b = numbers[one], numbers[two]
    known = np.isfinite(a) & np.isfinite(b)
    if known.mean() < 0.6:
        return None
    decimal = [
        np.mean([len(c.partition(".")[2].strip()) >= 3 for c in texts[k] if c]) for k in (one, two)
    ]
    if min(decimal) < 0.6 or np.abs(a[known]).max() > 360 or np.abs(b[known]).max() > 360:
        return None
    wide = [float(np.mean(np.abs(values[known]) > 90.0)) for values in (a, b)]
    if wide[0] > 0.5 and wide[1] == 0.0:
        return two, one, "degrees; the one beyond 90 is the longitude"
    if wide[0] == 0.0:
        sure = wide[1] > 0.5
        return one, two, "degrees" if sure else "degrees; latitude was taken to stand first"
    return None


def _is_height(values: np.ndarray) -> bool:
    known = values[np.isfinite(values)]
    if len(known) < 0.5 * len(values) or not len(known):
        return False
    within = float(known.min()) > -1_000.0 and float(known.max()) < 200_000.0
    return within and float(np.ptp(known)) > 100.0 and float(known.max()) > 200.0
