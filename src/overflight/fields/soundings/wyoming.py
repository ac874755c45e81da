"""Read soundings as the University of Wyoming prints them: a list in fixed columns.

The page may be saved as HTML or as text; station, place and time are in the block under the list.
Speeds are in knots, or in m/s on the newer pages: the heading says.
"""

import re
from datetime import datetime, timedelta
from html import unescape

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields.soundings.making import Raw, components

Array = NDArray[np.float64]

_WIDTH = 7  # letters of a column
_HEADING = re.compile(r"^\s*PRES\s+HGHT\s+TEMP.*DRCT\s+(SKNT|SPED|SMPS)", re.MULTILINE)
_TITLE = re.compile(r"(\d{5}|\w{3,5})?[^\n<>]*Observations at (\d{2})Z (\d{1,2}) (\w{3}) (\d{4})")
_OBSERVED = re.compile(r"Observation time:\s*(\d{6})/(\d{4})")
_LATITUDE = re.compile(r"Station latitude:\s*(-?\d+\.?\d*)")
_LONGITUDE = re.compile(r"Station longitude:\s*(-?\d+\.?\d*)")
_STATION = re.compile(r"Station (?:number|identifier):\s*(\w+)")
_TAGS = re.compile(r"<[^<>]{0,500}>")
_ASCENT_MPS = 5.0


def looks_like(text: str) -> bool:
    """Whether text holds a list of the kind."""
    return bool(_HEADING.search(text[:200_000]))


def raws(text: str, name: str) -> list[Raw]:
    """Every sounding of a page.

    Raises
    ------
    FieldError
        If a list has no place or no time.
    """
    plain = unescape(_TAGS.sub("", text))
    starts = [match.start() for match in _HEADING.finditer(plain)]
    ends = [*starts[1:], len(plain)]
    made = []
    for start, end in zip(starts, ends, strict=True):
        before = plain[max(0, start - 2_000) : start]
        made.append(_raw(plain[start:end], before, name))
    return made


def _raw(block: str, before: str, name: str) -> Raw:
    lat, lon, at, station = _place(block, before, name)
    heading = next(line for line in block.splitlines() if "PRES" in line).split()
    rows = [row for row in map(_cells, block.splitlines()) if row is not None]
    table = np.array([row[: len(heading)] for row in rows if len(row) >= len(heading)])
    if len(table) < 2:
        raise FieldError(
            found=f"{name}: {len(table)} levels in the sounding of {at:%Y-%m-%d %H} UTC",
            expected="a list of levels",
            remedy="The page was cut: save it again.",
        )
    column = {title: table[:, index] for index, title in enumerate(heading)}
    speed_of = next(title for title in ("SKNT", "SPED", "SMPS") if title in column)
    factor = 1852.0 / 3600.0 if speed_of == "SKNT" else 1.0
    known = np.isfinite(column["DRCT"]) & np.isfinite(column[speed_of])
    u, v = components(factor * column[speed_of][known], column["DRCT"][known], coming_from=True)
    height = column["HGHT"][known]
    risen = np.nan_to_num(height - np.nanmin(height))
    n = int(known.sum())
    return Raw(
        id=f"{station} {at:%Y-%m-%d %H:%M}",
        origin=f"{name}, University of Wyoming",
        time=np.datetime64(at, "ns") + (1e9 * risen / _ASCENT_MPS).astype("timedelta64[ns]"),
        lat_deg=np.full(n, lat),
        lon_deg=np.full(n, lon),
        height_m=height,
        height_kind="geopotential",
        pressure_pa=100.0 * column["PRES"][known],
        u_mps=u,
        v_mps=v,
        fixed_place=True,
        notes=("Places are those of the station; times assume a climb of 5 m/s.",),
    )


def _cells(line: str) -> list[float] | None:
    """Numbers of a level in columns of seven letters; blanks are missing."""
    cells = [line[i : i + _WIDTH].strip() for i in range(0, len(line.rstrip()), _WIDTH)]
    try:
        values = [float(cell) if cell else float("nan") for cell in cells]
    except ValueError:
        return None
    if len(values) < 8 or not np.isfinite(values[0]) or not 0.0 < values[0] < 1_100.0:
        return None
    return values + [float("nan")] * (11 - len(values))


def _place(block: str, before: str, name: str) -> tuple[float, float, datetime, str]:
    lat, lon = _LATITUDE.search(block), _LONGITUDE.search(block)
    observed, title = _OBSERVED.search(block), None
    for title in _TITLE.finditer(before):  # noqa: B007 (the last one before the list)
        pass
    if lat is None or lon is None or (observed is None and title is None):
        raise FieldError(
            found=f"{name}: a sounding without its station's place or time",
            expected="the block 'Station information and sounding indices' under the list",
            remedy="Save the whole page.",
        )
    station = _STATION.search(block)
    if observed is not None:
        at = datetime.strptime(observed[1] + observed[2], "%y%m%d%H%M")  # noqa: DTZ007 (UTC)
    else:
        assert title is not None  # noqa: S101 (for the type checker)
        text = f"{title[3]} {title[4]} {title[5]} {title[2]}"
        at = datetime.strptime(text, "%d %b %Y %H")  # noqa: DTZ007 (UTC)
    return (
        float(lat[1]),
        float(lon[1]),
        at - timedelta(minutes=30),
        station[1] if station else "sounding",
    )
