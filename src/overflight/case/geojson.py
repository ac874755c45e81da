"""Zones of a case out of a GeoJSON file (RFC 7946): named polygons, each mistake in its place.

An edge goes the short way round, straight in latitude and longitude, so a ring may cross the
antimeridian as it is or be cut there; a ring that goes once around encloses the pole on its side.
Nothing of the file is trusted: its size and its corners are bounded, and what is no outline on the
earth is refused.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from json import decoder, scanner
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from overflight.case import rings as round_earth
from overflight.case.files import Key, Notes, Place, read_text
from overflight.case.vocabulary import did_you_mean
from overflight.case.watched import Area, Corner, Polygon, Ring, ZoneProperties
from overflight.errors import CaseError
from overflight.units import shorten

LARGEST_BYTES = 20_000_000
MOST_ZONES = 2_000
MOST_CORNERS = 300_000  # of all zones together
TABLE = "areas"  # where the notes keep the places of zones

_LONGEST = 300  # characters of a licence
_MOST_WRONG = 5  # corners of one ring that are told
KNOWN = ("name", "kind", "floor", "ceiling", "source")
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326", "WGS84", "WGS 84")


class _List(list[Any]):
    """A JSON array that knows where it began."""

    at = 0


class _Object(dict[str, Any]):
    """A JSON object that knows where it began."""

    at = 0


class _Placing(json.JSONDecoder):
    """The decoder of the standard library, in its Python form, noting where things begin."""

    def __init__(self) -> None:
        super().__init__(parse_constant=_no_number)
        self.parse_object = self._object
        self.parse_array = self._array
        self.scan_once = scanner.py_make_scanner(self)  # type: ignore[attr-defined]

    def _object(self, *where: Any) -> tuple[_Object, int]:  # noqa: ANN401
        found, end = decoder.JSONObject(*where)  # type: ignore[attr-defined]
        placed = _Object(found)
        placed.at = where[0][1] - 1
        return placed, end

    def _array(self, *where: Any) -> tuple[_List, int]:  # noqa: ANN401
        found, end = decoder.JSONArray(*where)  # type: ignore[attr-defined]
        placed = _List(found)
        placed.at = where[0][1] - 1
        return placed, end


def _no_number(text: str) -> float:
    raise CaseError(text, "a number", "Correct it.")


@dataclass
class _Page:
    """The text being read, and what has been found in it."""

    name: str
    text: str
    notes: Notes
    n_before: int
    areas: list[Area] = field(default_factory=list)
    corners: int = 0
    licence: str = ""

    def place(self, at: int) -> Place:
        line = self.text.count("\n", 0, at) + 1
        return Place(self.name, line, str(at - self.text.rfind("\n", 0, at)))

    def wrong(self, at: int, found: str, expected: str, remedy: str) -> None:
        self.notes.add(self.place(at), found=found, expected=expected, remedy=remedy)


def read_areas(
    path: Path, notes: Notes, n_before: int = 0, shown: str | None = None
) -> tuple[Area, ...]:
    """Read the zones of a file; what is wrong with it goes into the notes, each in its place.

    ``n_before`` zones of other files came before, which the notes count along; ``shown`` is what
    the file is called there.
    """
    text = read_text(path, notes, LARGEST_BYTES)
    if text is None:
        return ()
    page = _Page(shown or path.name, text, notes, n_before)
    before = len(notes.mistakes)
    root = _parsed(page)
    if root is None:
        return ()
    _refuse_other_crs(root, page)
    page.licence = _licence(root)
    features = _features(root, page)
    for feature in features:
        _read_feature(feature, page)
    if not features and len(notes.mistakes) == before:
        page.wrong(0, "no features", "at least one polygon", "Draw a zone, or leave the file out.")
    return tuple(page.areas)


def _parsed(page: _Page) -> _Object | None:
    try:
        root = _Placing().decode(page.text)
    except json.JSONDecodeError as error:
        at, why = error.pos, error.msg[:1].lower() + error.msg[1:]
    except RecursionError:
        at, why = 0, "lists or groups nested too deeply"
    except CaseError as error:  # NaN, Infinity
        at, why = max(page.text.find(error.found), 0), f"{error.found} as a number"
    except ValueError:
        at, why = 0, "a number of thousands of digits"
    else:
        if isinstance(root, _Object):
            return root
        at, why = 0, "no object"
    page.wrong(at, why, "GeoJSON", "Export the zones again, as GeoJSON in WGS84.")
    return None


def _refuse_other_crs(root: _Object, page: _Page) -> None:
    crs = root.get("crs")
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, _Object) else None
    name = str(properties.get("name", "")) if isinstance(properties, _Object) else ""
    if name.upper().endswith(_WGS84):
        return
    page.wrong(
        crs.at if isinstance(crs, _Object) else 0,
        f"the reference system {shorten(name or 'without a name')}",
        "WGS84 longitudes and latitudes, the only system that GeoJSON knows",
        "Export the zones again in WGS84 (EPSG:4326).",
    )


def _licence(root: _Object) -> str:
    """Who is to be named, as 'overflight layers add' noted it."""
    told = root.get("provenance")
    licence = told.get("licence") if isinstance(told, _Object) else None
    return " ".join(licence.split())[:_LONGEST] if isinstance(licence, str) else ""


def _features(root: _Object, page: _Page) -> list[_Object]:
    if root.get("type") == "Feature":
        return [root]
    listed = root.get("features")
    if root.get("type") != "FeatureCollection" or not isinstance(listed, _List):
        kind = shorten(str(root.get("type")))
        page.wrong(
            root.at,
            f"an object of type {kind}",
            "a FeatureCollection of polygons",
            "Export the zones as features, each with a property 'name'.",
        )
        return []
    if len(listed) > MOST_ZONES:
        page.wrong(
            listed.at,
            f"{len(listed):,} features",
            f"at most {MOST_ZONES}",
            "Keep the zones that the case asks about.",
        )
        return []
    whole = [one for one in listed if isinstance(one, _Object) and one.get("type") == "Feature"]
    if len(whole) < len(listed):
        page.wrong(listed.at, "something that is no feature", "features", "Export it again.")
    return whole


def _read_feature(feature: _Object, page: _Page) -> None:
    key: Key = (TABLE, page.n_before + len(page.areas))
    told = _properties(feature, page)
    polygons = _geometry(feature, page)
    if told is None or not polygons:
        return
    for column in ("name", "source"):
        page.notes.places[*key, column] = page.place(feature.at)
    page.areas.append(
        Area(
            told.name, told.kind, told.floor_m, told.ceiling_m, told.source, polygons, page.licence
        )
    )


def _properties(feature: _Object, page: _Page) -> ZoneProperties | None:
    listed = feature.get("properties")
    given: Mapping[str, Any] = listed if isinstance(listed, _Object) else {}
    at = listed.at if isinstance(listed, _Object) else feature.at
    known = {name: given[name] for name in KNOWN if given.get(name) is not None}
    try:
        return ZoneProperties.model_validate(known)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            cause = details.get("ctx", {}).get("error")
            name = str(details["loc"][0]) if details["loc"] else ""
            if not isinstance(cause, CaseError):
                cause = CaseError(
                    f"a feature without {name!r}",
                    "a name for every zone",
                    "Add the property; " + did_you_mean("name", list(given)),
                )
            place = page.place(at)
            where = Place(place.file, place.line, f"{place.column}:{name}")
            page.notes.mistakes.append((where, str(cause)))
        return None


def _geometry(feature: _Object, page: _Page) -> tuple[Polygon, ...]:
    """The polygons of a feature; empty where any of them is wrong."""
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, _Object) else None
    listed = geometry.get("coordinates") if isinstance(geometry, _Object) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(listed, _List) or not listed:
        page.wrong(
            geometry.at if isinstance(geometry, _Object) else feature.at,
            f"a geometry of type {shorten(str(kind))}",
            "a Polygon or MultiPolygon with coordinates",
            "Draw the outline of a zone; a place with a radius belongs under sites in case.yaml.",
        )
        return ()
    parts = [listed] if kind == "Polygon" else listed
    polygons = [_polygon(part, page, listed.at) for part in parts]
    return () if any(one is None for one in polygons) else tuple(p for p in polygons if p)


def _polygon(part: object, page: _Page, beside: int) -> Polygon | None:
    if not isinstance(part, _List) or not part:
        page.wrong(beside, "a polygon without rings", "lists of corners", "Draw it again.")
        return None
    rings = [_ring(ring, page, part.at) for ring in part]
    known = [ring for ring in rings if ring]
    if len(known) < len(rings):
        return None
    outer = round_earth.around_pole(known[0])
    holes = [round_earth.beside(round_earth.around_pole(hole), outer) for hole in known[1:]]
    polygon = (outer, *holes)
    why = _crossing(polygon)
    if why:
        page.wrong(
            part.at,
            why,
            "an outline that does not cross itself and has an area",
            "Draw it again; two areas of one zone are a MultiPolygon.",
        )
        return None
    return polygon


def _ring(ring: object, page: _Page, beside: int) -> Ring | None:
    """The corners of a ring with longitudes that do not jump; None where some are wrong."""
    if not isinstance(ring, _List):
        page.wrong(beside, "a ring that is no list", "a list of corners", "Draw it again.")
        return None
    page.corners += len(ring)
    if page.corners > MOST_CORNERS:
        if page.corners - len(ring) <= MOST_CORNERS:
            page.wrong(
                ring.at,
                f"more than {MOST_CORNERS:,} corners",
                "fewer, of all zones together",
                "Simplify the outlines; a hundred metres is finer than any forecast.",
            )
        return None
    known: list[Corner] = []
    for place, corner in enumerate(ring):
        read = _corner(corner, page, ring.at)
        if read is not None:
            known.append(read)
        elif place - len(known) >= _MOST_WRONG - 1:  # the rest will be as wrong
            return None
    if len(known) < len(ring):
        return None
    if len(known) < 4 or known[0] != known[-1]:
        page.wrong(
            ring.at,
            f"a ring of {len(known)} corners that does not close",
            "four corners or more, the last the same as the first",
            "Repeat the first corner at the end.",
        )
        return None
    return tuple(round_earth.unwrapped(known))


def _corner(corner: object, page: _Page, beside: int) -> Corner | None:
    numbers = isinstance(corner, _List) and all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in corner
    )
    if not isinstance(corner, _List) or not numbers or len(corner) not in (2, 3):
        at = corner.at if isinstance(corner, _List) else beside
        page.wrong(at, "a corner that is no pair", "[longitude, latitude]", "Correct it.")
        return None
    lon, lat = float(corner[0]), float(corner[1])
    for value, limit, name in ((lat, 90.0, "latitude"), (lon, 180.0, "longitude")):
        if not abs(value) <= limit:
            page.wrong(
                corner.at,
                f"the {name} {value:g}",
                f"degrees from {-limit:g} to {limit:g}, longitude first",
                "Check that the two are not swapped, and that they are degrees in WGS84.",
            )
            return None
    return lat, lon


def _crossing(polygon: Polygon) -> str:
    """Where an outline crosses itself, in words; '' where it is sound."""
    # Loaded only where a case has zones: 'validate' answers at once.
    import shapely  # type: ignore[import-untyped]  # noqa: PLC0415

    outer, *holes = ([(lon, lat) for lat, lon in ring] for ring in polygon)
    shape = shapely.Polygon(outer, holes)
    why = str(shapely.is_valid_reason(shape))
    if why == "Valid Geometry":
        return "" if shape.area > 0.0 else "an outline without an area"
    what, _, at = why.rstrip("]").partition("[")
    words = {"Self-intersection": "an outline that crosses itself"}
    told = words.get(what, f"an outline that is not sound ({what.lower()})")
    return f"{told} near {_lat_first(at)}" if at else told


def _lat_first(at: str) -> str:
    lon, _, lat = at.partition(" ")
    try:
        return f"{float(lat):.4f}, {((float(lon) + 180.0) % 360.0) - 180.0:.4f}"
    except ValueError:
        return at
