"""OGC Moving Features JSON 1.0 (19-045r3): plane positions, altitude as a property in time.

Readers in use fail on a third coordinate, and a stretch across 180 degrees would be taken to run
around the world, so a path is a feature for each of its stretches between gaps and that line.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from overflight.release.formats.text import plain
from overflight.release.formats.tracks import Piece, Tracks, Values, cut_at_dateline, pieces

NAME = "tracks.mfjson"
ALTITUDE = "http://qudt.org/vocab/quantitykind/Altitude"


def write(tracks: Tracks, folder: Path) -> list[Path]:
    """Write the middle and equally probable paths."""
    features = _features("middle", tracks, tracks.middle)
    for number, row in enumerate(tracks.members.tolist(), start=1):
        own = (tracks.lat_deg[row], tracks.lon_deg[row], tracks.height_m[row])
        features += _features(f"path-{number}", tracks, own)
    whole = {
        "type": "FeatureCollection",
        "crs": {"type": "Name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        "trs": {"type": "Name", "properties": {"name": "urn:ogc:data:time:iso8601"}},
        "properties": {"title": plain(tracks.title), "wind": plain(tracks.wind_statement)},
        "features": features,
    }
    path = folder / NAME
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return [path]


def _features(
    name: str, tracks: Tracks, place: tuple[Values, Values, Values]
) -> list[dict[str, Any]]:
    parts = [
        part
        for piece in pieces(*place, tracks.time_s)
        for part in cut_at_dateline(piece)
    ]  # fmt: skip
    return [
        _feature(f"{name}-{number}" if len(parts) > 1 else name, name, tracks, part)
        for number, part in enumerate(parts, start=1)
    ]


def _feature(name: str, path_name: str, tracks: Tracks, part: Piece) -> dict[str, Any]:
    stamps = tracks.stamps(part.time_s)
    return {
        "type": "Feature",
        "id": name,
        "properties": {"path": path_name},
        "temporalGeometry": {
            "type": "MovingPoint",
            "datetimes": stamps,
            "coordinates": np.stack([part.lon_deg, part.lat_deg], axis=1).round(4).tolist(),
            "interpolation": "Linear",
        },
        "temporalProperties": [
            {
                "datetimes": stamps,
                "altitude": {
                    "type": "Measure",
                    "form": ALTITUDE,
                    "values": part.height_m.round().tolist(),
                    "interpolation": "Linear",
                },
            }
        ],
    }
