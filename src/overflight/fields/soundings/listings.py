"""Read listings with a heading block of their own: Graw soundings and EDT radiosonde tables.

Both give a launch time once and count from there; columns are blank-separated under a line of
headings and a line of units.
"""

import re
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields.soundings.making import Raw, components

Array = NDArray[np.float64]

_EDT = re.compile(r"^\s*Launch Time\s*=\s*(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})")
_GRAW_DATE = re.compile(r"Launch Date:[\s,]*(?:\w+day,)?\s*(\d{1,2} \w+ \d{4})")
_GRAW_TIME = re.compile(r"Launch Time:\s*(\d{1,2}:\d{2}:\d{2})")
_GRAW_HEADS = {
    "time": ("time",),
    "utc": ("utc time", "utc"),
    "pressure": ("p", "press", "pressure"),
    "speed": ("ws", "windspeed", "wind speed"),
    "from": ("wd", "winddir", "wind dir", "wind direction"),
    "lon": ("long.", "longitude", "lon", "long"),
    "lat": ("lat.", "latitude", "lat"),
    "height": ("alt", "altitude", "height", "geometric height"),
    "geopotential": ("geopot", "geopot."),
}  # fmt: skip
_UNITS = {"km/h": 1 / 3.6, "kn": 1852 / 3600, "knots": 1852 / 3600, "kts": 1852 / 3600, "m/s": 1.0}


def looks_like(text: str) -> bool:
    """Whether text is one of these listings."""
    head = text[:4_000]
    return bool(_EDT.match(head) or (_GRAW_DATE.search(head) and _GRAW_TIME.search(head)))


def raws(text: str, name: str) -> list[Raw]:
    """The sounding of a listing.

    Raises
    ------
    FieldError
        If its columns or its launch time cannot be found.
    """
    return [_edt(text, name) if _EDT.match(text) else _graw(text, name)]


def _edt(text: str, name: str) -> Raw:
    match = _EDT.match(text)
    lines = text.splitlines()
    rows = []
    for line in lines[3:]:
        cells = [_number(cell) for cell in line.split()]
        if len(cells) >= 13 and np.isfinite(cells[0] + cells[1]):
            rows.append(cells[:13])
    if match is None or len(rows) < 2:
        raise _unreadable(name)
    launch = datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 (zone not stated)
    table = np.array(rows)
    seconds = 60.0 * table[:, 0] + table[:, 1]
    u, v = components(table[:, 9], table[:, 8], coming_from=True)
    return Raw(
        id=f"{name} {launch:%Y-%m-%d %H:%M}",
        origin=f"{name}, EDT table",
        time=np.datetime64(launch, "ns") + (1e9 * seconds).astype("timedelta64[ns]"),
        lat_deg=table[:, 11],
        lon_deg=table[:, 12],
        height_m=table[:, 3],
        height_kind="geopotential",
        pressure_pa=100.0 * table[:, 4],
        u_mps=u,
        v_mps=v,
        notes=("The listing names no time zone: its clock was taken as UTC.",),
    )


def _graw(text: str, name: str) -> Raw:
    date, clock = _GRAW_DATE.search(text), _GRAW_TIME.search(text)
    lines = text.splitlines()
    at = next((n for n, line in enumerate(lines) if _is_heading(line)), None)
    if date is None or clock is None or at is None:
        raise _unreadable(name)
    launch = datetime.strptime(f"{date[1]} {clock[1]}", "%d %B %Y %H:%M:%S")  # noqa: DTZ007 (UTC)
    columns = _graw_columns(lines[at])
    units = _split(lines[at + 1]) if at + 1 < len(lines) else []
    rows = [cells for cells in map(_split, lines[at + 2 :]) if len(cells) >= len(columns["all"])]

    def numbers(role: str) -> Array | None:
        index = columns["roles"].get(role)
        return None if index is None else np.array([_number(row[index]) for row in rows])

    time = _graw_times(launch, columns["roles"], rows)
    lat, lon, speed, direction = (numbers(role) for role in ("lat", "lon", "speed", "from"))
    kind = "geometric" if "height" in columns["roles"] else "geopotential"
    height = numbers("height") if kind == "geometric" else numbers("geopotential")
    if lat is None or lon is None or height is None or len(rows) < 2:
        raise _unreadable(name)
    pressure = numbers("pressure")
    u = v = None
    if speed is not None and direction is not None:
        index = columns["roles"]["speed"]
        unit = units[index].strip("[]() ").lower() if index < len(units) else "m/s"
        u, v = components(speed * _UNITS.get(unit, 1.0), direction, coming_from=True)
    return Raw(
        id=f"{name} {launch:%Y-%m-%d %H:%M}",
        origin=f"{name}, Graw",
        time=time,
        lat_deg=lat,
        lon_deg=lon,
        height_m=height,
        height_kind=kind,
        pressure_pa=None if pressure is None else 100.0 * pressure,
        u_mps=u,
        v_mps=v,
    )


def _split(line: str) -> list[str]:
    """Cells between tabs, or between two blanks or more."""
    parts = line.split("\t") if "\t" in line else re.split(r"\s{2,}", line.strip())
    return [part.strip() for part in parts if part.strip()]


def _is_heading(line: str) -> bool:
    cells = {cell.lower() for cell in _split(line)}
    return any(h in cells for h in _GRAW_HEADS["lat"]) and any(
        h in cells for h in _GRAW_HEADS["lon"]
    )


def _graw_columns(line: str) -> dict[str, dict[str, int]]:
    cells = [cell.lower() for cell in _split(line)]
    roles = {
        role: cells.index(heading)
        for role, headings in _GRAW_HEADS.items()
        for heading in headings[::-1]
        if heading in cells
    }
    return {"roles": roles, "all": {cell: n for n, cell in enumerate(cells)}}


def _graw_times(
    launch: datetime, roles: dict[str, int], rows: list[list[str]]
) -> NDArray[np.datetime64]:
    """Times from the clock, which may pass midnight, or from the seconds since launch."""
    times, days, before = [], 0, None
    for row in rows:
        cell = row[roles["utc"]] if "utc" in roles else row[roles.get("time", 0)]
        if ":" not in cell:
            seconds = _number(cell)
            at = launch + timedelta(seconds=seconds) if np.isfinite(seconds) else None
            times.append(np.datetime64(at, "ns") if at else np.datetime64("NaT", "ns"))
            continue
        parts = [float(part) for part in cell.split(":")]
        clock_s = sum(p * f for p, f in zip(parts, (3_600.0, 60.0, 1.0), strict=False))
        if before is not None and clock_s < before - 43_200.0:
            days += 1
        before = clock_s
        midnight = launch.replace(hour=0, minute=0, second=0)
        times.append(np.datetime64(midnight + timedelta(days=days, seconds=clock_s), "ns"))
    return np.array(times, dtype="datetime64[ns]")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _unreadable(name: str) -> FieldError:
    return FieldError(
        found=f"{name}: a sounding whose columns or launch time cannot be found",
        expected="a launch date and time, and columns of time, height, latitude and longitude",
        remedy="Export it as CSV with headings.",
    )
