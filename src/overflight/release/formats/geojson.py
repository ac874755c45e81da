"""GeoJSON by RFC 7946: cut at 180 degrees, right-hand rings, longitude, latitude, altitude."""

import json
import warnings
from collections.abc import Mapping
from pathlib import Path

import antimeridian
import numpy as np
from shapely.geometry import Polygon  # type: ignore[import-untyped]
from shapely.geometry.polygon import orient  # type: ignore[import-untyped]

from overflight.release.formats.text import plain
from overflight.release.formats.tracks import (
    Circle,
    Piece,
    Tracks,
    Values,
    cut_at_dateline,
    pieces,
    to_the_second,
)
from overflight.release.mapdata import Marker

NAME = "tracks.geojson"
HEIGHTS = "altitudes are geometric heights above the sea in metres, not above the ellipsoid"


def write(tracks: Tracks, folder: Path) -> list[Path]:
    """Write the middle, equally probable paths, regions and sightings."""
    features = [_line("middle", tracks, *tracks.middle, {"name": "middle of the paths"})]
    for number, row in enumerate(tracks.members.tolist(), start=1):
        told = {"name": f"path {number}", "launch": plain(tracks.launch[row])}
        own = (tracks.lat_deg[row], tracks.lon_deg[row], tracks.height_m[row])
        features.append(_line(f"path-{number}", tracks, *own, told))
    features += [_region(tracks, circle) for circle in tracks.circles()]
    features += [_sighting(marker) for marker in tracks.sightings]
    whole = {
        "type": "FeatureCollection",
        "title": plain(tracks.title),
        "wind": plain(tracks.wind_statement),
        "note": HEIGHTS,
        "features": [one for one in features if one is not None],
    }
    path = folder / NAME
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return [path]


def _line(
    name: str, tracks: Tracks, lat: Values, lon: Values, height: Values, told: Mapping[str, object]
) -> dict[str, object] | None:
    parts = [
        part
        for piece in pieces(lat, lon, height, tracks.time_s)
        for part in cut_at_dateline(piece)
    ]  # fmt: skip
    if not parts:
        return None
    times = [tracks.stamps(part.time_s) for part in parts]
    lines = [_positions(part) for part in parts]
    one = len(parts) == 1
    return {
        "type": "Feature",
        "id": name,
        "properties": {"kind": "path", **told, "times": times[0] if one else times},
        "geometry": {
            "type": "LineString" if one else "MultiLineString",
            "coordinates": lines[0] if one else lines,
        },
    }


def _positions(part: Piece) -> list[list[float]]:
    table = np.stack([part.lon_deg.round(4), part.lat_deg.round(4), part.height_m.round(0)])
    rows: list[list[float]] = table.T.tolist()
    return rows


def _region(tracks: Tracks, circle: Circle) -> dict[str, object]:
    shapes = fixed(circle.ring())
    rings = [[list(map(list, one.exterior.coords))] for one in shapes]
    several = len(shapes) > 1
    at = tracks.iso(circle.column)
    return {
        "type": "Feature",
        "id": f"region-{circle.share:.0%}-{at}".replace("%", ""),
        "properties": {
            "kind": "region", "time": at, "share_of_paths": circle.share,
            "radius_m": round(circle.radius_m),
            "name": f"{circle.share:.0%} of the paths are within {circle.radius_m / 1e3:.0f} km",
        },
        "geometry": {
            "type": "MultiPolygon" if several else "Polygon",
            "coordinates": rings if several else rings[0],
        },
    }  # fmt: skip


def fixed(ring: list[tuple[float, float]]) -> list[Polygon]:
    """A region as polygons that lie on one side of 180 degrees, rings by the right-hand rule."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a ring around a pole has no winding to speak of
        shape = antimeridian.fix_polygon(Polygon(ring), great_circle=True)
    return [orient(one, 1.0) for one in getattr(shape, "geoms", [shape])]


def _sighting(marker: Marker) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": f"sighting-{marker.id}",
        "properties": {
            "kind": "sighting", "name": plain(marker.id), "geometry": plain(marker.geometry),
            "reported": plain(marker.label), "source": plain(marker.source_name),
            "url": plain(marker.source_url or "") or None,
            "time_min": to_the_second(marker.time_min_iso),
            "time_max": to_the_second(marker.time_max_iso), "position_sd_m": round(marker.radius_m),
            "used": marker.used, "position_right_fraction": marker.probability,
        },
        "geometry": {
            "type": "Point", "coordinates": [round(marker.lon_deg, 4), round(marker.lat_deg, 4)],
        },
    }  # fmt: skip
