"""GPX 1.1: the middle and equally probable paths as tracks, sightings as waypoints."""

from pathlib import Path
from xml.etree import ElementTree as Tree

from overflight.release.formats.tracks import Tracks, Values, pieces, to_the_second
from overflight.release.formats.xml import add, whole

NAME = "tracks.gpx"
GPX = "http://www.topografix.com/GPX/1/1"


def write(tracks: Tracks, folder: Path) -> list[Path]:
    """Write the GPX file."""
    root = Tree.Element(
        "gpx", {"xmlns": GPX, "version": "1.1", "creator": f"overflight {tracks.version}"}
    )
    head = add(root, "metadata")
    add(head, "name", tracks.title)
    add(head, "desc", f"{tracks.summary} Winds: {tracks.wind_statement}.")
    for marker in tracks.sightings:
        point = add(root, "wpt", attributes=_place(marker.lat_deg, marker.lon_deg))
        add(point, "time", to_the_second(marker.time_min_iso))
        add(point, "name", marker.id)
        add(point, "desc", f"{marker.geometry}. {marker.label}".strip())
        add(point, "src", marker.source_name)
    _track(root, tracks, "Middle of the paths", tracks.middle)
    for number, row in enumerate(tracks.members.tolist(), start=1):
        own = (tracks.lat_deg[row], tracks.lon_deg[row], tracks.height_m[row])
        _track(root, tracks, f"Path {number}", own)
    path = folder / NAME
    path.write_bytes(whole(root))
    return [path]


def _track(
    root: Tree.Element, tracks: Tracks, name: str, place: tuple[Values, Values, Values]
) -> None:
    found = pieces(*place, tracks.time_s)
    if not found:
        return
    track = add(root, "trk")
    add(track, "name", name)
    for piece in found:
        segment = add(track, "trkseg")
        rows = zip(
            piece.lat_deg, piece.lon_deg, piece.height_m, tracks.stamps(piece.time_s), strict=True
        )
        for lat, lon, height, stamp in rows:
            point = add(segment, "trkpt", attributes=_place(float(lat), float(lon)))
            add(point, "ele", f"{height:.0f}")
            add(point, "time", stamp)


def _place(lat_deg: float, lon_deg: float) -> dict[str, str]:
    """Longitudes run from -180 to below 180 here."""
    lon = round(lon_deg, 4)
    return {"lat": f"{lat_deg:.4f}", "lon": f"{lon - 360.0 if lon >= 180.0 else lon:.4f}"}
