"""Read GeoJSON as it is found: any property may be the name, a member ``crs`` of old is honoured.

The zones of a case are read more strictly (:mod:`overflight.case.geojson`).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from overflight.case.layers.raw import Corners, Counter, Feature, Source, refused
from overflight.errors import CaseError
from overflight.units import shorten

DEEPEST = 20  # collections of collections
_REMEDY = "Export it again as GeoJSON."


def read(path: Path) -> Source:
    """Read all features with an outline or a point."""
    root = _parsed(path)
    counter, features = Counter(path), []
    for geometry, properties in _listed(root, path):
        counter.feature()
        feature = Feature(_texts(properties))
        _add(geometry, feature, path, counter, 0)
        features.append(feature)
    return Source("GeoJSON", _crs(root, path), features)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        root = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise refused(path, "bytes that are not UTF-8", "UTF-8 text", _REMEDY) from error
    except json.JSONDecodeError as error:
        found = f"line {error.lineno}: {error.msg[:1].lower()}{error.msg[1:]}"
        raise refused(path, found, "GeoJSON", _REMEDY) from error
    except RecursionError as error:
        raise refused(path, "lists nested too deeply", "GeoJSON", _REMEDY) from error
    except (CaseError, ValueError) as error:
        raise refused(path, "a number that is none", "GeoJSON", _REMEDY) from error
    if not isinstance(root, dict):
        raise refused(path, "no object", "GeoJSON", _REMEDY)
    return root


def _no_number(text: str) -> float:
    raise CaseError(text, "a number", "Correct it.")


def _crs(root: dict[str, Any], path: Path) -> str:
    """Return the system of a member ``crs`` (GeoJSON 2008); without it, that of RFC 7946."""
    if root.get("crs") is None:
        return "OGC:CRS84"
    crs = root["crs"] if isinstance(root["crs"], dict) else {}
    told = crs.get("properties")
    told = told if isinstance(told, dict) else {}
    if isinstance(told.get("name"), str):
        return str(told["name"])
    if isinstance(told.get("code"), int | str):
        return f"EPSG:{told['code']}"
    raise refused(
        path,
        "a member crs without a name",
        "such as urn:ogc:def:crs:EPSG::32612",
        "Export it again in WGS84, or say the system with --crs.",
    )


def _listed(root: dict[str, Any], path: Path) -> Iterator[tuple[Any, Any]]:
    """Geometry and properties of every feature."""
    kind = root.get("type")
    if kind == "FeatureCollection" and isinstance(root.get("features"), list):
        for one in root["features"]:
            if not isinstance(one, dict) or one.get("type") != "Feature":
                raise refused(path, "something that is no feature", "features", _REMEDY)
            yield one.get("geometry"), one.get("properties")
    elif kind == "Feature":
        yield root.get("geometry"), root.get("properties")
    elif isinstance(root.get("coordinates"), list) or kind == "GeometryCollection":
        yield root, None
    else:
        found = f"an object of type {shorten(str(kind))}"
        raise refused(path, found, "a FeatureCollection", _REMEDY)


def _texts(properties: object) -> dict[str, str]:
    if not isinstance(properties, dict):
        return {}
    return {
        str(name): str(value)
        for name, value in properties.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    }


def _add(geometry: object, feature: Feature, path: Path, counter: Counter, depth: int) -> None:
    if geometry is None:
        return
    told = geometry if isinstance(geometry, dict) else {}
    kind, listed = told.get("type"), told.get("coordinates")
    if kind == "GeometryCollection" and isinstance(told.get("geometries"), list):
        if depth > DEEPEST:
            raise refused(path, "collections nested too deeply", "polygons", _REMEDY)
        for one in told["geometries"]:
            _add(one, feature, path, counter, depth + 1)
    elif kind in ("Polygon", "MultiPolygon"):
        for part in [listed] if kind == "Polygon" else _list(listed, path):
            rings = [_ring(ring, path) for ring in _list(part, path)]
            counter.corners(sum(map(len, rings)))
            feature.polygons.append(rings)
    elif kind in ("Point", "MultiPoint"):
        points = _ring([listed] if kind == "Point" else listed, path)
        feature.points += [(float(lon), float(lat)) for lon, lat in points]
    elif kind in ("LineString", "MultiLineString"):
        feature.others.append(str(kind))
    else:
        raise refused(path, f"a geometry of type {shorten(str(kind))}", "polygons", _REMEDY)


def _list(value: object, path: Path) -> list[Any]:
    if isinstance(value, list):
        return value
    raise refused(path, "coordinates that are no list", "lists of corners", _REMEDY)


def _ring(value: object, path: Path) -> Corners:
    ring = _list(value, path)
    for corner in ring:
        numbers = isinstance(corner, list) and all(
            isinstance(one, int | float) and not isinstance(one, bool) for one in corner[:2]
        )
        if not numbers or len(corner) < 2:
            raise refused(path, "a corner that is no pair", "[longitude, latitude]", _REMEDY)
    return np.array([corner[:2] for corner in ring], dtype=np.float64).reshape(-1, 2)
