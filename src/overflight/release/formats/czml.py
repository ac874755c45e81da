"""CZML 1.0 for globes in a browser: paths with time, the middle, sightings.

Globes show a ``description`` as HTML, so what strangers wrote is escaped for that.
"""

import html
import json
from pathlib import Path
from typing import Any

import numpy as np

from overflight.release.formats.text import plain
from overflight.release.formats.tracks import Piece, Tracks, Values, pieces
from overflight.release.mapdata import Marker

NAME = "tracks.czml"
_MIDDLE, _MEMBER, _DOT = [0, 70, 110, 255], [0, 114, 178, 90], [213, 94, 0, 255]


def write(tracks: Tracks, folder: Path) -> list[Path]:
    """Write the CZML file."""
    last = len(tracks.time_s) - 1
    whole = f"{tracks.iso(0)}/{tracks.iso(last)}"
    head = {
        "id": "document", "version": "1.0", "name": plain(tracks.title),
        "clock": {"interval": whole, "currentTime": tracks.iso(0), "multiplier": 3_600,
                  "range": "LOOP_STOP", "step": "SYSTEM_CLOCK_MULTIPLIER"},
    }  # fmt: skip
    packets: list[dict[str, Any]] = [head]
    packets += _moving("middle", "Middle of the paths", tracks, tracks.middle, _MIDDLE)
    for number, row in enumerate(tracks.members.tolist(), start=1):
        own = (tracks.lat_deg[row], tracks.lon_deg[row], tracks.height_m[row])
        packets += _moving(f"path-{number}", f"Path {number}", tracks, own, _MEMBER)
    packets += [_sighting(marker) for marker in tracks.sightings]
    path = folder / NAME
    text = json.dumps(packets, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return [path]


def _moving(
    name: str, title: str, tracks: Tracks, place: tuple[Values, Values, Values], colour: list[int]
) -> list[dict[str, Any]]:
    """A packet for each stretch: between two stretches the balloon is nowhere."""
    found = pieces(*place, tracks.time_s)
    return [
        {
            "id": name if len(found) == 1 else f"{name}-{number}",
            "name": title,
            "availability": "/".join((stamps := tracks.stamps(piece.time_s))[i] for i in (0, -1)),
            "position": {
                "epoch": stamps[0], "interpolationAlgorithm": "LINEAR", "interpolationDegree": 1,
                "cartographicDegrees": _samples(piece),
            },
            "path": {
                "width": 3 if name == "middle" else 1, "resolution": 3_600,
                "material": {"solidColor": {"color": {"rgba": colour}}},
            },
        }
        for number, piece in enumerate(found, start=1)
    ]  # fmt: skip


def _samples(piece: Piece) -> list[float]:
    table = np.stack(
        [
            (piece.time_s - piece.time_s[0]).round(),
            piece.lon_deg.round(4),
            piece.lat_deg.round(4),
            piece.height_m.round(),
        ]
    )
    flat: list[float] = table.T.ravel().tolist()
    return flat


def _sighting(marker: Marker) -> dict[str, Any]:
    said = [marker.geometry, marker.label, f"Source: {marker.source_name}", marker.source_url or ""]
    radius_m = max(round(marker.radius_m), 1)
    return {
        "id": f"sighting-{marker.id}",
        "name": plain(marker.id),
        "description": "<br/>".join(html.escape(plain(text)) for text in said if text),
        "position": {
            "cartographicDegrees": [round(marker.lon_deg, 4), round(marker.lat_deg, 4), 0]
        },
        "point": {"pixelSize": 6, "color": {"rgba": _DOT}},
        "ellipse": {
            "semiMajorAxis": radius_m, "semiMinorAxis": radius_m, "fill": False, "outline": True,
            "outlineColor": {"rgba": _DOT}, "height": 0,
        },
    }  # fmt: skip
