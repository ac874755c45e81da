"""Read tracks of aircraft transponders: the JSON of readsb, and CSV with both places in one cell.

Altitudes are pressure altitudes in feet (standard atmosphere), times are UTC. Tables with a column
for latitude and one for longitude, such as the OpenSky Network's, are read as any table.
"""

import csv
import json

import numpy as np

from overflight.errors import FieldError
from overflight.fields.soundings.making import Raw
from overflight.fields.soundings.tidy import moment
from overflight.units import TO_SI

_FOOT_M = TO_SI["m"]["ft"]
_HEADINGS = ("timestamp", "position", "altitude")


def looks_like(text: str) -> bool:
    """Whether text is a trace of readsb, or a table with a column 'Position'.

    >>> looks_like("Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction")
    True
    """
    start = text.lstrip()[:4_000]
    if start[:1] == "{":
        return '"trace"' in start and '"timestamp"' in start
    return set(_HEADINGS) <= set(_columns(start.partition("\n")[0]))


def raws(text: str, name: str) -> list[Raw]:
    """The track of a file.

    Raises
    ------
    FieldError
        If it is damaged or holds no fix.
    """
    try:
        rows = _of_trace(text) if text.lstrip()[:1] == "{" else _of_table(text)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, csv.Error) as error:
        raise FieldError(
            found=f"{name} is no whole track of a transponder ({str(error)[:80]})",
            expected="JSON with 'timestamp' and 'trace', or a table with 'Timestamp', 'Position'"
            " (latitude, longitude) and 'Altitude'",
            remedy="Export it again.",
        ) from None
    time, lat, lon, feet = zip(*rows, strict=True) if rows else ((), (), (), ())
    return [
        Raw(
            id=name,
            origin=f"{name}, transponder",
            time=np.array(time, "datetime64[ns]"),
            lat_deg=np.array(lat, dtype=np.float64),
            lon_deg=np.array(lon, dtype=np.float64),
            height_m=_FOOT_M * np.array(feet, dtype=np.float64),
            height_kind="geopotential",
            notes=("Altitudes were taken as pressure altitudes in feet.",),
        )
    ]


def _of_trace(text: str) -> list[tuple[np.datetime64, float, float, float]]:
    """Rows of readsb: seconds since the timestamp, latitude, longitude, feet or "ground"."""
    content = json.loads(text)
    start_s = float(content["timestamp"])
    return [
        (moment(f"{start_s + float(fix[0]):.3f}"), float(fix[1]), float(fix[2]), _feet(fix[3]))
        for fix in content["trace"]
    ]


def _of_table(text: str) -> list[tuple[np.datetime64, float, float, float]]:
    lines = text.splitlines()
    columns = _columns(lines[0])
    at, where, high = (columns.index(heading) for heading in _HEADINGS)
    rows = []
    for cells in csv.reader(lines[1:]):
        if len(cells) > max(at, where, high):
            lat, _, lon = cells[where].partition(",")
            rows.append((moment(cells[at]), float(lat), float(lon), _feet(cells[high])))
    return rows


def _columns(line: str) -> list[str]:
    return [cell.strip().strip('"').lower() for cell in line.split(",")]


def _feet(value: object) -> float:
    if value == "ground":
        return 0.0
    try:
        return float(str(value))
    except ValueError:
        return float("nan")
