"""Read KML 2.2 (OGC 07-147r2) and KMZ with the standard library.

A document type or an entity is refused before it can expand, links are not followed.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat

import numpy as np

from overflight.case.layers.raw import LARGEST_BYTES, Corners, Counter, Feature, Source, refused
from overflight.units import shorten

DEEPEST = 100
_REMEDY = "Export it again as KML."
_NOT_ZONES = ("LineString", "Model", "Track", "MultiTrack", "LinearRing")


def read(path: Path) -> Source:
    """Read all placemarks with an outline or a point."""
    raw = _unpacked(path) if zipfile.is_zipfile(path) else path.read_bytes()
    root = _parsed(raw, path)
    if _plain(root.tag) not in ("kml", "Document", "Folder", "Placemark"):
        raise refused(path, f"an element {shorten(_plain(root.tag))}", "kml", _REMEDY)
    counter, features = Counter(path), []
    for mark in _all(root, "Placemark"):
        counter.feature()
        feature = Feature(_properties(mark))
        for part in mark:
            _add(part, feature, path, counter)
        features.append(feature)
    links = sum(1 for _ in _all(root, "NetworkLink"))
    notes = [f"{links} network links were not followed"] if links else []
    return Source("KML", "OGC:CRS84", features, notes)


def _unpacked(path: Path) -> bytes:
    """Return the document of a KMZ: its first .kml."""
    try:
        with zipfile.ZipFile(path) as packed:
            inner = [one for one in packed.infolist() if one.filename.lower().endswith(".kml")]
            if not inner:
                raise refused(path, "no .kml inside", "a KMZ", "Export it again as KML.")
            if inner[0].file_size > LARGEST_BYTES:
                raise refused(path, "more than it can hold", "a smaller KML", _REMEDY)
            with packed.open(inner[0]) as document:
                raw = document.read(LARGEST_BYTES + 1)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise refused(path, "a damaged archive", "a KMZ", _REMEDY) from error
    if len(raw) > LARGEST_BYTES:
        raise refused(path, "more than it says it holds", "a smaller KML", _REMEDY)
    return raw


def _parsed(raw: bytes, path: Path) -> ET.Element:
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise refused(path, "elements nested too deeply", f"at most {DEEPEST} deep", _REMEDY)
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def forbidden(*told: object) -> None:
        raise refused(
            path,
            "a document type, which can hide entities",
            "KML, which has none",
            "Remove the line <!DOCTYPE ...>, if you trust the rest.",
        )

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    handlers: dict[str, Callable[..., None]] = {
        "StartDoctypeDeclHandler": forbidden, "EntityDeclHandler": forbidden,
        "ExternalEntityRefHandler": forbidden,
    }  # fmt: skip
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    try:
        parser.Parse(raw, True)  # noqa: FBT003 (its second argument has no name)
        return builder.close()
    except (expat.ExpatError, AssertionError, LookupError) as error:
        raise refused(path, f"not XML ({error})", "KML", _REMEDY) from error


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]


def _all(root: ET.Element, name: str) -> Iterator[ET.Element]:
    return (one for one in root.iter() if _plain(one.tag) == name)


def _child(element: ET.Element, name: str) -> ET.Element | None:
    return next((one for one in element if _plain(one.tag) == name), None)


def _properties(mark: ET.Element) -> dict[str, str]:
    found = {}
    for part in mark:
        text = (part.text or "").strip()
        if text and _plain(part.tag) in ("name", "description", "address"):
            found[_plain(part.tag)] = text
    for data in (*_all(mark, "Data"), *_all(mark, "SimpleData")):
        value = _child(data, "value")
        text = ((data.text if value is None else value.text) or "").strip()
        if text and data.get("name"):
            found.setdefault(str(data.get("name")), text)
    return found


def _add(element: ET.Element, feature: Feature, path: Path, counter: Counter) -> None:
    kind = _plain(element.tag)
    if kind == "MultiGeometry":
        for part in element:
            _add(part, feature, path, counter)
    elif kind == "Point":
        corners = _corners(element, path)
        if len(corners):
            feature.points.append((float(corners[0, 0]), float(corners[0, 1])))
    elif kind == "Polygon":
        outer = _child(element, "outerBoundaryIs")
        if outer is None:
            raise refused(path, "a Polygon without outerBoundaryIs", "one", _REMEDY)
        holes = [one for one in element if _plain(one.tag) == "innerBoundaryIs"]
        rings = [_corners(ring, path) for side in (outer, *holes) for ring in _rings(side)]
        counter.corners(sum(map(len, rings)))
        feature.polygons.append(rings)
    elif kind in _NOT_ZONES:
        feature.others.append(kind)


def _rings(side: ET.Element) -> list[ET.Element]:
    return list(_all(side, "LinearRing")) or [side]


def _corners(element: ET.Element, path: Path) -> Corners:
    """Return longitude and latitude; blanks around a comma are mended, as all readers do."""
    told = next(_all(element, "coordinates"), None)
    text = re.sub(r"\s*,\s*", ",", (told.text or "") if told is not None else "")
    corners = [_corner(entry, path) for entry in text.split()]
    return np.array(corners, dtype=np.float64).reshape(-1, 2)


def _corner(entry: str, path: Path) -> tuple[float, float]:
    numbers = entry.split(",")
    try:
        if len(numbers) in (2, 3):
            return float(numbers[0]), float(numbers[1])
        cause = None
    except ValueError as error:
        cause = error
    raise refused(
        path,
        f"the corner {shorten(entry)}",
        "longitude,latitude and perhaps a height",
        "Correct it; a decimal point, no decimal comma.",
    ) from cause
