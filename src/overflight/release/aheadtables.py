"""A forecast on disk: its words, a table of zones, and paths for a map."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from overflight.physics.sphere import wrapped_deg
from overflight.release import csvsafe, landwords, ledgerjson, schemas
from overflight.release.aheadwords import Told, lines, stamp, times

PATHS = 100  # equally probable, written out whole


def write(told: Told, attributions: Sequence[str], folder: Path) -> None:
    """Write report.txt, zones.csv and paths.geojson into a folder, and where it comes down."""
    words = [*lines(told), *landwords.lines(told), "", "Where the error of the wind is from:"]
    words += [f"  {line}" for line in told.basis]
    words = [_printable(line) for line in (*words, "", *attributions)]
    (folder / "report.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    _zones(told, folder / "zones.csv")
    landwords.write(told, folder)
    _facts(told, folder)
    collection = {"type": "FeatureCollection", "features": _features(told)}
    (folder / "paths.geojson").write_text(json.dumps(collection) + "\n", encoding="utf-8")


def _facts(told: Told, folder: Path) -> None:
    """The ledgers for programs, with their schemas."""
    paths = told.flown.paths
    beside = {"epoch": paths.epoch, "wind": paths.wind_statement}
    ledgerjson.write("ahead", folder, told.ahead, **beside)
    names = ["ahead"]
    if told.comes_down is not None:
        ledgerjson.write("comes_down", folder, told.comes_down, **beside)
        names.append("comes_down")
    schemas.write(folder, names)


def _printable(line: str) -> str:
    """Text without controls and direction marks: the title is a stranger's."""
    return "".join(char for char in line if char.isprintable())


def _zones(told: Told, path: Path) -> None:
    epoch, wind = told.flown.paths.epoch, told.flown.paths.wind_statement
    columns = ["zone", "name", "kind", "law", "inside_now_fraction", "enters_fraction", "enters_sd"]
    columns += ["leaves_fraction", "inside_at_end_fraction", "inside_at_end_sd"]
    columns += [f"{e}_p{q}_utc" for e in ("entry", "exit") for q in ("05", "25", "50", "75", "95")]
    rows = [
        (
            line.zone,
            line.name,
            line.kind,
            line.law,
            f"{line.inside_now:.4f}",
            f"{line.enters:.4f}",
            f"{line.enters_sd:.4f}",
            f"{line.leaves:.4f}",
            f"{line.inside_at_end:.4f}",
            f"{line.inside_at_end_sd:.4f}",
            *times(line.entry, epoch),
            *times(line.exit, epoch),
            wind,
        )
        for line in told.ahead.zones
    ]
    csvsafe.write_table(path, (*columns, "wind"), rows)


def _features(told: Told) -> list[dict[str, Any]]:
    """Paths as lines, one part for each side of the antimeridian (RFC 7946, section 3.1.9)."""
    paths, found = told.flown.paths, []
    for number, row in enumerate(paths.equal_rows(PATHS)):
        there = np.isfinite(paths.lat_deg[row])
        parts = _parts(paths.lon_deg[row][there], paths.lat_deg[row][there])
        if not parts:
            continue
        found.append(
            {
                "type": "Feature",
                "geometry": {"type": "MultiLineString", "coordinates": parts},
                "properties": {
                    "path": number,
                    "begins_utc": stamp(paths.epoch, float(paths.time_s[0])),
                    "ends_utc": stamp(paths.epoch, float(paths.time_s[there][-1])),
                    "wind": paths.wind_statement,
                },
            }
        )
    return found


def _parts(lon_deg: np.ndarray, lat_deg: np.ndarray) -> list[list[list[float]]]:
    """Coordinates (lon, lat), cut where the line passes 180 degrees."""
    parts: list[list[list[float]]] = [[]]
    for k, (lon, lat) in enumerate(zip(lon_deg.tolist(), lat_deg.tolist(), strict=True)):
        if k and abs(lon - lon_deg[k - 1]) > 180.0:
            side = 180.0 if lon_deg[k - 1] > 0.0 else -180.0
            whole = wrapped_deg(lon - float(lon_deg[k - 1]))
            share = (side - float(lon_deg[k - 1])) / whole if whole else 0.0
            edge = round(float(lat_deg[k - 1] + share * (lat - lat_deg[k - 1])), 4)
            parts[-1].append([side, edge])
            parts.append([[-side, edge]])
        parts[-1].append([round(lon, 4), round(lat, 4)])
    return [part for part in parts if len(part) > 1]
