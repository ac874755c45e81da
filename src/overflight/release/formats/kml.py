"""KML 2.2 with gx:Track, and the same zipped as KMZ.

Programs show a ``description`` as HTML: what strangers wrote is escaped for that first, and then
once more for XML.
"""

import html
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Tree

from overflight.release.formats.geojson import fixed
from overflight.release.formats.text import plain
from overflight.release.formats.tracks import Circle, Piece, Tracks, Values, pieces, to_the_second
from overflight.release.formats.xml import add, whole
from overflight.release.mapdata import Marker

NAME, ZIPPED = "tracks.kml", "tracks.kmz"
KML, GX = "http://www.opengis.net/kml/2.2", "http://www.google.com/kml/ext/2.2"
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # no clock enters a release
_STYLES = (("middle", "ff6e4600", "4"), ("member", "59b27200", "1.5"), ("region", "ff005ed5", "1"))


def write(tracks: Tracks, folder: Path) -> list[Path]:
    """Write the KML file."""
    path = folder / NAME
    path.write_bytes(document(tracks))
    return [path]


def write_zipped(tracks: Tracks, folder: Path) -> list[Path]:
    """Write the KMZ file."""
    path = folder / ZIPPED
    with zipfile.ZipFile(path, "w") as file:
        member = zipfile.ZipInfo("doc.kml", ZIP_EPOCH)
        member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
        file.writestr(member, document(tracks))
    return [path]


def document(tracks: Tracks) -> bytes:
    """The KML file's bytes."""
    root = Tree.Element("kml", {"xmlns": KML, "xmlns:gx": GX})
    page = add(root, "Document", attributes={"id": "overflight"})
    add(page, "name", tracks.title)
    add(page, "open", "1")
    add(page, "description", _html(f"{tracks.summary} Winds: {tracks.wind_statement}."))
    for name, colour, width in _STYLES:
        _style(page, name, colour, width)
    _track(page, tracks, "middle", "Middle of the paths", "middle", tracks.middle)
    members = _folder(page, "members", f"{len(tracks.members)} equally probable paths")
    for number, row in enumerate(tracks.members.tolist(), start=1):
        own = (tracks.lat_deg[row], tracks.lon_deg[row], tracks.height_m[row])
        _track(members, tracks, f"path-{number}", f"Path {number}", "member", own)
    regions = _folder(page, "regions", "Circles about the middle: half, and nine tenths")
    for circle in tracks.circles():
        _region(regions, tracks, circle)
    sightings = _folder(page, "sightings", "Sightings")
    for marker in tracks.sightings:
        _sighting(sightings, marker)
    return whole(root)


def _html(text: str) -> str:
    return html.escape(plain(text))


def _style(page: Tree.Element, name: str, colour: str, width: str) -> None:
    style = add(page, "Style", attributes={"id": f"style-{name}"})
    line = add(style, "LineStyle")
    add(line, "color", colour)
    add(line, "width", width)
    add(add(style, "PolyStyle"), "fill", "0")


def _folder(page: Tree.Element, name: str, title: str) -> Tree.Element:
    folder = add(page, "Folder", attributes={"id": name})
    add(folder, "name", title)
    return folder


def _track(
    parent: Tree.Element,
    tracks: Tracks,
    name: str,
    title: str,
    style: str,
    place: tuple[Values, Values, Values],
) -> None:
    found = pieces(*place, tracks.time_s)
    if not found:
        return
    mark = add(parent, "Placemark", attributes={"id": name})
    add(mark, "name", title)
    add(mark, "styleUrl", f"#style-{style}")
    holder = mark
    if len(found) > 1:
        holder = add(mark, "gx:MultiTrack")
        add(holder, "altitudeMode", "absolute")
        add(holder, "gx:interpolate", "0")
    for piece in found:
        _one_track(holder, tracks, piece)


def _one_track(parent: Tree.Element, tracks: Tracks, piece: Piece) -> None:
    track = add(parent, "gx:Track")
    add(track, "altitudeMode", "absolute")
    for stamp in tracks.stamps(piece.time_s):
        add(track, "when", stamp)
    for lon, lat, height in zip(piece.lon_deg, piece.lat_deg, piece.height_m, strict=True):
        add(track, "gx:coord", f"{lon:.4f} {lat:.4f} {height:.0f}")


def _region(parent: Tree.Element, tracks: Tracks, circle: Circle) -> None:
    at = tracks.iso(circle.column)
    name = f"region-{circle.share * 100:.0f}-{circle.column}"
    mark = add(parent, "Placemark", attributes={"id": name})
    add(mark, "name", f"{circle.share:.0%} of the paths, {at}")
    add(mark, "visibility", "0")
    add(add(mark, "TimeStamp"), "when", at)
    add(mark, "styleUrl", "#style-region")
    shapes = fixed(circle.ring())
    holder = add(mark, "MultiGeometry") if len(shapes) > 1 else mark
    for shape in shapes:
        ring = add(add(add(holder, "Polygon"), "outerBoundaryIs"), "LinearRing")
        add(ring, "coordinates", _coordinates(list(shape.exterior.coords)))


def _coordinates(corners: Sequence[tuple[float, ...]]) -> str:
    return " ".join(f"{corner[0]:.4f},{corner[1]:.4f}" for corner in corners)


def _sighting(parent: Tree.Element, marker: Marker) -> None:
    mark = add(parent, "Placemark", attributes={"id": f"sighting-{marker.id}"})
    add(mark, "name", marker.id)
    said = [marker.geometry, marker.label, f"Source: {marker.source_name}", marker.source_url or ""]
    add(mark, "description", "<br/>".join(_html(text) for text in said if text))
    span = add(mark, "TimeSpan")
    add(span, "begin", to_the_second(marker.time_min_iso))
    add(span, "end", to_the_second(marker.time_max_iso))
    add(add(mark, "Point"), "coordinates", f"{marker.lon_deg:.4f},{marker.lat_deg:.4f}")
