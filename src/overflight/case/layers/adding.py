"""Add a layer of zones to a case, list those there are, take one out again.

A layer is one file ``layers/NAME.geojson`` in the case folder, of the form that every file of zones
has (:mod:`overflight.case.geojson`), with a member ``provenance`` that says where it came from and
what was done to it; and a line in ``case.yaml``. Either both are written or neither.
"""

import hashlib
import json
import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from overflight.case import geojson
from overflight.case.files import Notes, read_table, read_yaml
from overflight.case.layers import doubt, listed, mending, naming, reading
from overflight.case.layers.mending import Log
from overflight.case.layers.raw import Feature, Source
from overflight.case.layers.wgs84 import Projection, circle
from overflight.case.model import LAYERS, ZONE_FILE
from overflight.case.watched import WIDEST_M
from overflight.errors import CaseError
from overflight.files import write_whole
from overflight.units import shorten

METRES_A_DEG = 111_195.0


@dataclass(frozen=True)
class Options:
    """What the person says about a file."""

    kind: str = ""
    name_field: str = ""
    layer: str = ""  # of the file
    label: str = ""  # of the layer in the case; '' for the file's own name
    crs: str = ""
    radius_m: float | None = None  # of circles around points
    simplify_m: float | None = None
    licence: str = ""
    source: str = ""  # a row of sources.csv
    swapped: bool = False
    replace: bool = False


@dataclass(frozen=True)
class Added:
    """A layer as it was written."""

    label: str
    zones: tuple[tuple[str, str], ...]  # name, kind
    n_corners: int
    provenance: dict[str, Any]


def add(folder: Path, file: Path, options: Options, now: datetime) -> Added:
    """Read, mend and keep a file of zones; name it in ``case.yaml``.

    Raises
    ------
    CaseError
        If the file or the case cannot be used as they are; then nothing is written.
    """
    text = listed.read(folder / "case.yaml")
    label = _label(options.label or file.stem)
    name = f"{LAYERS}/{label}{ZONE_FILE}"
    zones = listed.named(text)
    if name in zones and not options.replace:
        raise CaseError(
            found=f"a layer {label} in the case already",
            expected="a new name",
            remedy="Choose one with --as, or write over it with --replace.",
        )
    log = Log()
    source = reading.read(file, options.layer)
    for note in source.notes:
        log.say(note)
    features = _features(source, options, _names(folder, zones, name), log)
    boxes = [_box(one["geometry"]) for one in features]
    if doubt_ := doubt.swapped(boxes, doubt.places_deg(folder)):
        log.say(doubt_)
    told = {
        "file": _told(file.name),
        "sha256": _sha256(file),
        "driver": source.driver,
        "layer": _told(source.layer),
        "reference_system": _told(options.crs or source.crs),
        "added": now.isoformat(timespec="seconds"),
        "kind": options.kind,
        "licence": _told(options.licence),
        "repairs": list(log.lines),
    }
    whole = _text(features, told)
    n_corners = _checked(whole, features, log)
    text = text if name in zones else listed.with_one(text, name)
    _write(folder, name, whole, text)
    named = tuple((one["properties"]["name"], one["properties"]["kind"]) for one in features)
    return Added(label, named, n_corners, told)


def remove(folder: Path, label: str) -> None:
    """Take a layer out of a case: its line, then its file."""
    text = listed.read(folder / "case.yaml")
    name = f"{LAYERS}/{label}{ZONE_FILE}"
    path = folder / name
    if name not in listed.named(text) and not path.is_file():
        known = ", ".join(one.label for one in layers(folder)) or "none"
        raise CaseError(
            found=f"no layer {shorten(label)}",
            expected=f"one of {known}",
            remedy="Correct the name.",
        )
    write_whole(folder / "case.yaml", listed.without(text, name).encode("utf-8"))
    path.unlink(missing_ok=True)


def layers(folder: Path) -> tuple[Added, ...]:
    """Return the layers that a case names, in its order."""
    found = []
    for name in listed.named(listed.read(folder / "case.yaml")):
        if name.startswith(f"{LAYERS}/"):
            notes = Notes()
            areas = geojson.read_areas(folder / name, notes, shown=name)
            if notes.mistakes:
                place, why = notes.mistakes[0]
                raise CaseError(
                    found=f"{place}: {why}",
                    expected="a layer",
                    remedy="Add it again, or remove it.",
                )
            told = json.loads((folder / name).read_text(encoding="utf-8")).get("provenance")
            found.append(
                Added(
                    Path(name).stem,
                    tuple((area.name, area.kind) for area in areas),
                    sum(len(ring) for area in areas for part in area.polygons for ring in part),
                    told if isinstance(told, dict) else {},
                )
            )
    return tuple(found)


def _label(text: str) -> str:
    label = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")
    if label:
        return label
    raise CaseError(
        found=f"the name {shorten(text)}",
        expected="letters and digits",
        remedy="Name the layer with --as, such as --as vilnius-fir.",
    )


def _told(text: str) -> str:
    """Text of others, shown and never obeyed: printable, of bounded length."""
    return "".join(char if char.isprintable() else "?" for char in text)[:300]


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _names(folder: Path, zones: tuple[str, ...], but: str) -> set[str]:
    """Names of zones and sites that the case has already, capitals apart."""
    notes, names = Notes(), []
    head = read_yaml(folder / "case.yaml", notes) or {}
    sites = head.get("sites")
    rows = list(sites) if isinstance(sites, list) else []
    if (folder / "sites.csv").exists():
        rows += read_table(folder / "sites.csv", notes).rows
    names += [str(row.get("name", "")) for row in rows if isinstance(row, dict)]
    for name in zones:
        if name.endswith(ZONE_FILE) and name != but and (folder / name).is_file():
            names += [area.name for area in geojson.read_areas(folder / name, notes, shown=name)]
    return {name.casefold() for name in names}


def _features(source: Source, options: Options, taken: set[str], log: Log) -> list[dict[str, Any]]:
    """Features to write: one for every name."""
    drawn = [one for one in source.features if one.polygons or one.points]
    for one in source.features:
        for kind in one.others:
            log.say(f"a geometry of type {kind} is no zone and was left out")
    _refuse_empty(source, drawn, options)
    way = Projection(options.crs or source.crs)
    if way.told:
        log.say(way.told)
    names = naming.names([one.properties for one in drawn], options.name_field, log)
    kinds = naming.kinds([one.properties for one in drawn], options.kind, log)
    grouped: dict[tuple[str, str, str], list[Any]] = {}
    levels: dict[tuple[str, str, str], dict[str, str]] = {}
    for feature, name, kind in zip(drawn, names, kinds, strict=True):
        shape = mending.mended(_rings(feature, way, options, log), name, log)
        if shape.is_empty:
            log.say(f"{shorten(name)}: nothing was left of it")
            continue
        bounds = naming.levels(feature.properties, log)
        key = (name.casefold(), kind, repr(bounds))
        grouped.setdefault(key, []).append((name, shape))
        levels[key] = bounds
    written = []
    for key, parts in grouped.items():
        if len(parts) > 1:
            log.say(f"{shorten(parts[0][0])}: {len(parts)} features of that name became one zone")
        name = naming.own(parts[0][0], key[1], taken, log)
        shape = _simplified(parts, options, log)
        told = {"name": name, "kind": key[1], **levels[key]}
        if options.source:
            told["source"] = options.source
        written.append({"type": "Feature", "properties": told, "geometry": _geometry(shape)})
    if not written:
        raise CaseError(
            found="no zone with an area",
            expected="at least one",
            remedy="; ".join(log.lines) or "Draw it again.",
        )
    return written


def _refuse_empty(source: Source, drawn: list[Feature], options: Options) -> None:
    if not drawn:
        raise CaseError(
            found=f"{len(source.features)} features without an outline or a point",
            expected="polygons, or points with --radius",
            remedy="Choose another layer or file.",
        )
    if not (options.crs or source.crs):
        raise CaseError(
            found="a file that does not say its reference system",
            expected="one that pyproj knows",
            remedy="Say it with --crs, such as --crs EPSG:4326, or add the .prj file.",
        )
    if any(one.points for one in drawn) and options.radius_m is None:
        raise CaseError(
            found="points, which have no extent",
            expected="polygons, or a radius",
            remedy="Say what counts as near with --radius, such as --radius '20 km'.",
        )
    if options.radius_m is not None and options.radius_m > WIDEST_M:
        raise CaseError(
            found=f"a radius of {options.radius_m / 1e3:,.0f} km",
            expected=f"at most {WIDEST_M / 1e3:,.0f} km",
            remedy="Draw the zone itself.",
        )


def _rings(feature: Feature, way: Projection, options: Options, log: Log) -> list[list[Any]]:
    order = (1, 0) if options.swapped else (0, 1)
    found = [[way.ring(ring[:, order]) for ring in polygon] for polygon in feature.polygons]
    for point in feature.points if options.radius_m else ():
        lon, lat = way.point(point[order[0]], point[order[1]])
        mending.plausible_point(lon, lat)
        found.append([circle(lat, lon, float(options.radius_m or 0.0))])
        log.say(f"a circle of {float(options.radius_m or 0.0) / 1e3:g} km was drawn around a point")
    if options.swapped:
        log.say("latitude and longitude were swapped, as asked")
    return found


def _simplified(parts: list[Any], options: Options, log: Log) -> Any:  # noqa: ANN401
    """All parts as one shape, simplified where that was asked."""
    import shapely  # type: ignore[import-untyped]  # noqa: PLC0415

    shape = shapely.union_all([part for _, part in parts])
    if options.simplify_m is not None:
        before = int(shapely.get_num_coordinates(shape))
        thin = mending.mended_shape(shapely.simplify(shape, options.simplify_m / METRES_A_DEG))
        if not thin.is_empty:
            after = int(shapely.get_num_coordinates(thin))
            if after < before:
                log.say(f"outlines were simplified by at most {options.simplify_m:g} m")
            shape = thin
    return mending.mended_shape(shape)


def _geometry(shape: Any) -> dict[str, Any]:  # noqa: ANN401
    polygons = [
        [
            [[round(x, 6), round(y, 6)] for x, y in ring.coords]
            for ring in (part.exterior, *part.interiors)
        ]
        for part in shape.geoms
    ]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _box(geometry: dict[str, Any]) -> doubt.Box:
    """West, south, east and north of what is written of a zone."""
    listed_ = geometry["coordinates"]
    parts = [listed_] if geometry["type"] == "Polygon" else listed_
    corners = [corner for part in parts for corner in part[0]]
    lons, lats = [lon for lon, _ in corners], [lat for _, lat in corners]
    return min(lons), min(lats), max(lons), max(lats)


def _text(features: list[dict[str, Any]], told: dict[str, Any]) -> str:
    """GeoJSON with one feature a line."""
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in features)
    head = json.dumps(told, ensure_ascii=False, indent=1)
    return f'{{"type": "FeatureCollection",\n"provenance": {head},\n"features": [\n{lines}\n]}}\n'


def _checked(whole: str, features: list[dict[str, Any]], log: Log) -> int:
    """Refuse what a case could not read back; return the number of corners."""
    n_corners = whole.count("[") - 1  # each corner is a pair; the rings come on top
    if n_corners > 2 * geojson.MOST_CORNERS or len(features) > geojson.MOST_ZONES:
        raise CaseError(
            found=f"{len(features):,} zones with some {n_corners:,} corners",
            expected=f"at most {geojson.MOST_ZONES:,} zones and {geojson.MOST_CORNERS:,} corners",
            remedy="Simplify them with --simplify '200 m', or cut out those the case asks about.",
        )
    with tempfile.TemporaryDirectory(prefix="overflight-") as folder:
        path, notes = Path(folder) / "layer.geojson", Notes()
        path.write_text(whole, encoding="utf-8")
        areas = geojson.read_areas(path, notes)
    if notes.mistakes:
        place, why = notes.mistakes[0]
        raise CaseError(
            found=f"zones that a case cannot hold ({place}: {why})",
            expected="fewer or simpler zones",
            remedy="Simplify them with --simplify '200 m', or cut out those the case asks about. "
            + "; ".join(log.lines),
        )
    return sum(len(ring) for area in areas for part in area.polygons for ring in part)


def _write(folder: Path, name: str, whole: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    before = path.read_bytes() if path.exists() else None
    write_whole(path, whole.encode("utf-8"))
    try:
        if listed.read(folder / "case.yaml") != text:
            write_whole(folder / "case.yaml", text.encode("utf-8"))
    except BaseException:  # Ctrl-C too: both or neither
        if before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(before)
        raise
