"""Read radiosonde soundings of the Integrated Global Radiosonde Archive, version 2.

Text in fixed columns (format: NOAA NCEI, igra2-data-format): a header with ``#`` for each sounding,
then one line a level. Missing is -9999, removed by quality control -8888. The place is that of the
station: where the sonde drifted to is not in the file.
"""

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields.soundings.making import Raw, components

Array = NDArray[np.float64]

_ASCENT_MPS = 5.0  # where the elapsed time is missing
_HEADER_LETTERS = 71
_DATE_COLUMNS = ((13, 17), (18, 20), (21, 23), (24, 26))


def looks_like(text: str) -> bool:
    """Whether text begins with an IGRA header."""
    head = text[:_HEADER_LETTERS]
    return head[:1] == "#" and head[13:17].isdigit() and head[1:3].isalpha()


def raws(text: str, name: str) -> list[Raw]:
    """Every sounding of a file that has winds.

    Raises
    ------
    FieldError
        With the line of a header that cannot be read, or if the file ends inside a sounding.
    """
    lines = text.splitlines()
    made, at = [], 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        header, count = _header(lines[at], at, name)
        levels = lines[at + 1 : at + 1 + count]
        if len(levels) < count or any(line[:1] == "#" for line in levels):
            raise FieldError(
                found=f"{name}:{at + 1}: {len(levels)} lines of a sounding of {count} levels",
                expected="all its levels",
                remedy="The file was cut: fetch it again.",
            )
        one = _raw(header, levels, name)
        if one is not None:
            made.append(one)
        at += 1 + count
    return made


Header = tuple[str, datetime, float, float]


def _header(line: str, at: int, name: str) -> tuple[Header, int]:
    """Station, time, place and number of levels of a header."""
    try:
        mark = line[:1] == "#"
        year, month, day, hour = (
            int(line[a:b]) for a, b in ((13, 17), (18, 20), (21, 23), (24, 26))
        )
        release = int(line[27:31])
        count = int(line[32:36])
        lat, lon = int(line[55:62]) / 1e4, int(line[63:71]) / 1e4
        start = datetime(year, month, day)  # noqa: DTZ001 (IGRA is UTC)
    except ValueError:
        mark = False
    if not mark:
        raise FieldError(
            found=f"{name}:{at + 1}: {line[:40]!r}",
            expected="a header of IGRA version 2",
            remedy="The file is damaged, or of another version: fetch it again.",
        )
    start = _launched(start, hour, release)
    return (line[1:12].strip(), start, lat, lon), count


def _launched(day: datetime, hour: int, release: int) -> datetime:
    """Release time; where it is missing, half an hour before the nominal hour."""
    nominal = day + timedelta(hours=hour if 0 <= hour <= 23 else 12)
    if 0 <= release <= 2_359 and release % 100 < 60:
        at = day + timedelta(hours=release // 100, minutes=release % 100)
        if 0 <= hour <= 23 and at - nominal > timedelta(hours=12):
            at -= timedelta(days=1)  # released before midnight for the sounding of 00 UTC
        return at
    return nominal - timedelta(minutes=30)


def _raw(header: Header, levels: list[str], name: str) -> Raw | None:
    station, start, lat, lon = header
    table = np.array([_level(line) for line in levels]).reshape(-1, 5)
    elapsed_s, pressure, height, direction, speed = table.T
    known = np.isfinite(direction) & np.isfinite(speed)
    known &= np.isfinite(pressure) | np.isfinite(height)
    if known.sum() < 2 or not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 360.0):
        return None
    u, v = components(speed[known], direction[known], coming_from=True)
    pressure, height = pressure[known], height[known]
    guess_m = np.where(
        np.isfinite(height), height, 44_330.0 * (1.0 - (pressure / 101_325.0) ** 0.1903)
    )
    guessed_s = np.maximum(guess_m - guess_m.min(), 0.0) / _ASCENT_MPS
    seconds = np.where(np.isfinite(elapsed_s[known]), elapsed_s[known], guessed_s)
    n = int(known.sum())
    return Raw(
        id=f"{station} {start:%Y-%m-%d %H:%M}",
        origin=f"{name}, IGRA v2",
        time=np.datetime64(start, "ns") + (1e9 * seconds).astype("timedelta64[ns]"),
        lat_deg=np.full(n, lat),
        lon_deg=np.full(n, lon),
        height_m=height,
        height_kind="geopotential",
        pressure_pa=pressure if np.isfinite(pressure).mean() >= 0.5 else None,
        u_mps=u,
        v_mps=v,
        fixed_place=True,
        notes=("Places are those of the station: the sonde's drift is not in the file.",),
    )


def _level(line: str) -> tuple[float, float, float, float, float]:
    """Elapsed seconds, pressure in Pa, height in m, direction in degrees and speed in m/s."""
    minutes = _field(line, 3, 8)  # MMMSS
    elapsed = 60.0 * (minutes // 100.0) + minutes % 100.0
    return (
        elapsed,
        _field(line, 9, 15),
        _field(line, 16, 21),
        _field(line, 40, 45),
        _field(line, 46, 51) / 10.0,
    )


def _field(line: str, start: int, end: int) -> float:
    """A number of a level; NaN where it is missing or was removed."""
    try:
        value = int(line[start:end])
    except ValueError:
        return float("nan")
    return float("nan") if value in (-9999, -8888, -99) else float(value)
