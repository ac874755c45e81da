"""Make the packaged border files of ``overflight.fields.places``; run once, by hand.

    npm pack world-atlas@2.0.2 @osm_borders/maritime_1000m@1.1.0     (two .tgz files)
    apt-get download r-cran-rnaturalearthdata                        (0.1.0-2, one .deb file)
    python tools/make_places.py FOLDER_HOLDING_THE_THREE

Needs ``rdata`` and ``pyproj`` beside overflight's own dependencies, and ``dpkg-deb`` on the path.
The same inputs (their hashes are checked) give the same bytes. What goes where:

    borders.npz             countries (world-atlas, 1:10 million, thinned), states and provinces
                            (rnaturalearthdata, 1:50 million): Natural Earth, public domain
    coast_buffer.npz        land and every sea point within 12 nautical miles of that coast: ours
    territorial_sea_osm.npz land and territorial sea as mapped by OpenStreetMap contributors, ODbL;
                            kept apart so that its licence stays with it
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import hashlib
import json
import lzma
import subprocess
import tarfile
import tempfile
import warnings
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import rdata
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

OUT = Path(__file__).parents[1] / "src" / "overflight" / "fields" / "data"
INPUTS = {  # and their sha256
    "world-atlas-2.0.2.tgz": ("032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97"),
    "osm_borders-maritime_1000m-1.1.0.tgz": (
        "d4021ee0ea55f31fdfd22a35a6ac1d2399310cab9c8f264082333d2f7ed47f6d"
    ),
    "r-cran-rnaturalearthdata_0.1.0-2_all.deb": (
        "6ca72d813feb50170c4a985c4960a975cea0bd6459d78ff82d41c4bf359f0d93"
    ),
}
UNITS_PER_DEG = 10_000  # coordinates are stored in steps of 1e-4 degree (11 m)
TERRITORIAL_SEA_M = 22_224.0  # 12 nautical miles, UNCLOS article 3
ATLAS_TOLERANCE_DEG = 0.008  # 890 m north-south
LARGE_LAKE_DEG2 = 0.1  # 900 km2; Lake Champlain is smaller, Lake Saint Clair is larger
CIRCLE_POINTS = 32
SPACING_DEG = 0.05  # of points along a coast edge before it is buffered
BUFFER_TOLERANCE_DEG = 0.002  # 220 m north-south

# Natural Earth draws these without a code. XK is in wide use; the other X codes lie in the range
# that ISO 3166-1 leaves to its users and mean nothing outside this file. Leased ground goes with
# the country that leases it out, outlying islands with theirs; disputed reefs are left out.
UNCODED = {
    "Akrotiri": "XA",
    "Baikonur": "KZ",
    "Bajo Nuevo Bank": None,
    "Clipperton I.": "FR",
    "Coral Sea Is.": "AU",
    "Cyprus U.N. Buffer Zone": "XB",
    "Dhekelia": "XD",
    "Kosovo": "XK",
    "N. Cyprus": "XC",
    "Scarborough Reef": None,
    "Serranilla Bank": None,
    "Siachen Glacier": "XG",
    "Somaliland": "XS",
    "Spratly Is.": None,
    "USNB Guantanamo Bay": "CU",
}
UNLISTED = {"292": "GI", "581": "UM", "798": "TV"}  # in the atlas, not in the table of codes
OSM_UNCODED = {"BES": "BQ", "CUW": "CW", "SXM": "SX"}


@dataclass(frozen=True)
class Zone:
    """One zone on its way into a file."""

    id: str
    name: str
    kind: str
    parent: str
    shape: MultiPolygon


# --- shapes ---------------------------------------------------------------------------------------


def polygons(shape: shapely.Geometry) -> MultiPolygon:
    """Keep the areas of ``shape``, drop stray points and lines."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type in {"Polygon", "MultiPolygon"}]
    return MultiPolygon([p for part in parts for p in shapely.get_parts(part) if p.area > 0])


def cut(ring: np.ndarray) -> MultiPolygon:
    """Fill one ring (lon, lat) and cut it at the antimeridian; around a pole, close it there."""
    ring = np.round(np.asarray(ring, dtype=float)[:, :2] * UNITS_PER_DEG) / UNITS_PER_DEG
    lon = np.unwrap(ring[:, 0], period=360.0)
    lat = ring[:, 1]
    if abs(lon[-1] - lon[0]) > 180.0:
        pole = 90.0 if lat.mean() > 0 else -90.0
        lon = np.concatenate([lon, [lon[-1], lon[0], lon[0]]])
        lat = np.concatenate([lat, [pole, pole, lat[0]]])
    lon = np.round((lon - 360.0 * np.floor((lon.min() + 180.0) / 360.0)) * UNITS_PER_DEG)
    filled = shapely.make_valid(Polygon(np.column_stack([lon / UNITS_PER_DEG, lat])))
    turns = range(int(np.ceil((filled.bounds[2] + 180.0) / 360.0)) or 1)
    pieces = [
        shapely.transform(
            shapely.intersection(filled, box(-180.0 + 360.0 * k, -90.0, 180.0 + 360.0 * k, 90.0)),
            lambda xy, k=k: xy - (360.0 * k, 0.0),
        )
        for k in turns
    ]
    return polygons(shapely.union_all(pieces))


def assemble(exteriors: Iterable[np.ndarray], holes: Iterable[np.ndarray] = ()) -> MultiPolygon:
    """Join rings into one shape; a hole in nothing is land (the atlas has Antarctica that way)."""
    solid = shapely.union_all([cut(ring) for ring in exteriors])
    inner = [cut(ring) for ring in holes]
    hollow = [hole for hole in inner if shapely.intersection(hole, solid).area > 0.5 * hole.area]
    solid = shapely.union_all([solid, *(land for land in inner if land not in hollow)])
    return polygons(shapely.difference(solid, shapely.union_all(hollow)) if hollow else solid)


def settled(shape: shapely.Geometry) -> MultiPolygon:
    """Round to the stored grid and stay valid; outer rings anticlockwise, holes clockwise."""
    for _ in range(5):
        shape = polygons(
            shapely.transform(shape, lambda xy: np.round(xy * UNITS_PER_DEG) / UNITS_PER_DEG)
        )
        if shape.is_valid:
            return shapely.orient_polygons(shapely.normalize(shape))
        shape = shapely.make_valid(shape)
    message = "rounding does not settle"
    raise SystemExit(message)


# --- readers --------------------------------------------------------------------------------------


def from_topojson(path: Path) -> Iterator[tuple[str | None, str, MultiPolygon]]:
    """Yield (numeric code, name, shape) of every country of a world-atlas file."""
    atlas = json.loads(path.read_text())
    scale, shift = (np.array(atlas["transform"][key]) for key in ("scale", "translate"))
    arcs = [
        thinned(np.cumsum(np.array(arc), axis=0) * scale + shift) for arc in atlas["arcs"]
    ]  # arc by arc, so that neighbours keep the same border

    def ring(indices: list[int]) -> np.ndarray:
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    for item in atlas["objects"]["countries"]["geometries"]:
        parts = item["arcs"] if item["type"] == "MultiPolygon" else [item["arcs"]]
        rings = [[xy for xy in map(ring, part) if len(xy) > 3] for part in parts]
        shape = assemble(
            [part[0] for part in rings if part], [hole for part in rings for hole in part[1:]]
        )
        yield item.get("id"), item["properties"]["name"], shape


def thinned(arc: np.ndarray) -> np.ndarray:
    """Leave out points nearer than the tolerance to the line; keep the smallest islands whole."""
    simple = shapely.get_coordinates(
        shapely.simplify(shapely.linestrings(arc), ATLAS_TOLERANCE_DEG, preserve_topology=False)
    )
    return simple if len(simple) > 3 or (arc[0] != arc[-1]).any() else arc


def r_objects(folder: Path, names: tuple[str, ...]) -> dict[str, Any]:
    """Read objects out of an R lazy-load database."""
    index_bytes = gzip.decompress((folder / "Rdata.rdx").read_bytes())
    store = (folder / "Rdata.rdb").read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rdata has no constructor for the sp classes; none needed
        index = rdata.conversion.convert(rdata.parser.parse_data(index_bytes))["variables"]
        found = {}
        for name in names:
            start, length = (int(value) for value in index[name])
            raw = unpack_r(store[start : start + length])
            found[name] = rdata.conversion.convert(
                rdata.parser.parse_data(raw), default_encoding="utf8"
            )
    return found


def unpack_r(block: bytes) -> bytes:
    """Undo the three compressions that R uses for lazy data; the fifth byte says which."""
    if block[4:5] == b"Z":
        lzma2 = [{"id": lzma.FILTER_LZMA2, "preset": 6}]
        return lzma.decompress(block[5:], lzma.FORMAT_RAW, filters=lzma2)
    return bz2.decompress(block[5:]) if block[4:5] == b"2" else zlib.decompress(block[4:])


def sp_shape(item: Any) -> MultiPolygon:
    """Turn an R ``Polygons`` object into a shape."""
    rings = [(np.asarray(part.coords), bool(part.hole[0])) for part in item.Polygons]
    return assemble([xy for xy, hole in rings if not hole], [xy for xy, hole in rings if hole])


# --- zones ----------------------------------------------------------------------------------------


def countries(atlas: Path, coded: Any) -> list[Zone]:
    """Countries by ISO 3166-1 alpha-2, pieces with one code joined."""
    rows = zip(coded["iso_n3"], coded["iso_a2"], strict=True)
    alpha2 = UNLISTED | {n3: str(a2) for n3, a2 in rows if isinstance(a2, str)}  # R's NA is no str
    full = dict(zip(coded["iso_n3"], coded["name_long"], strict=True))
    shapes: dict[str, list[shapely.Geometry]] = {}
    names: dict[str, str] = {"CC": "Cocos (Keeling) Islands", "CX": "Christmas Island"}
    for numeric, name, shape in from_topojson(atlas):
        if name == "Indian Ocean Ter.":  # two territories, each with its own code
            for part in shapely.get_parts(shape):
                shapes.setdefault("CX" if part.bounds[0] > 100.0 else "CC", []).append(part)
            continue
        code = UNCODED[name] if numeric is None else alpha2[numeric]
        if code is None or shape.is_empty:  # the Vatican is smaller than the atlas resolves
            continue
        shapes.setdefault(code, []).append(shape)
        if numeric is not None or code.startswith("X"):
            names.setdefault(code, str(full.get(numeric, name)) if "." in name else name)
    names |= {
        "AU": "Australia",
        "HM": "Heard and McDonald Islands",
        "UM": "United States Minor Outlying Islands",
        "XB": "Cyprus United Nations Buffer Zone",
        "XC": "Northern Cyprus",
    }
    return [
        Zone(code, names[code], "country", "", settled(shapely.union_all(parts)))
        for code, parts in sorted(shapes.items())
    ]


def states(table: Any, land: list[Zone]) -> list[Zone]:
    """First-level subdivisions of the United States and Canada by ISO 3166-2.

    The source leaves out large lakes and follows the country's border only nearly. Each state is
    held to its country and given what is missing beside it: all where no other state is near, and
    small pieces where it has most of the shore. The lakes that several states share stay without
    a state: the source has no line across them. Islands it left out go to the nearest state.
    """
    data = table.data
    rows = list(zip(data["iso_a2"], data["iso_3166_2"], data["name"], table.polygons, strict=True))
    found = []
    for country in (zone for zone in land if zone.id in {"CA", "US"}):
        mine = [row for row in rows if row[0] == country.id]
        shapes = [shapely.intersection(sp_shape(row[3]), country.shape) for row in mine]
        tree = shapely.STRtree(shapes)
        gaps: dict[int, list[shapely.Geometry]] = {i: [] for i in range(len(shapes))}
        for gap in polygons(shapely.difference(country.shape, shapely.union_all(shapes))).geoms:
            beside = tree.query(gap, predicate="dwithin", distance=2.0 / UNITS_PER_DEG)
            if len(beside) == 0:  # an island that the source left out
                gaps[nearest(gap, tree, [row[1] for row in mine])].append(gap)
            elif len(beside) == 1 or gap.area < LARGE_LAKE_DEG2:
                shore = [shapely.intersection(gap.buffer(1e-3), shapes[i]).area for i in beside]
                gaps[int(beside[np.argmax(shore)])].append(gap)
        found += [
            Zone(str(row[1]), str(row[2]), "state", country.id, settled(joined(shape, gaps[i])))
            for i, (row, shape) in enumerate(zip(mine, shapes, strict=True))
        ]
    return sorted(found, key=lambda zone: zone.id)


def nearest(island: Polygon, tree: shapely.STRtree, codes: list[str]) -> int:
    """Return the nearest state; but every island in Hudson and James Bay is Nunavut's."""
    if "CA-NU" in codes and box(-95.0, 51.0, -76.0, 63.0).contains(island):
        return codes.index("CA-NU")
    if island.bounds[0] > 0.0:  # the western Aleutians, seen from their own side
        island = shapely.transform(island, lambda xy: xy - (360.0, 0.0))
    return int(tree.nearest(island))


def joined(shape: shapely.Geometry, gaps: list[shapely.Geometry]) -> shapely.Geometry:
    """Fill gaps, on the stored grid, so that no hair is left between."""
    return shapely.union_all([shape, *gaps], grid_size=1.0 / UNITS_PER_DEG)


def territorial_sea(path: Path, names: dict[str, str]) -> list[Zone]:
    """Land and territorial sea as OpenStreetMap has it, where Natural Earth has the country."""
    found = []
    for item in json.loads(path.read_text())["features"]:
        code = item["properties"].get("isoA2") or OSM_UNCODED[item["properties"]["isoA3"]]
        if code in names and code != "AQ":  # no state's territorial sea is agreed around Antarctica
            shape = shapely.make_valid(shapely.geometry.shape(item["geometry"]))
            name = f"{names[code]}: land and 12 nmi sea, as mapped"
            found.append(Zone(f"{code}+12nmi", name, "territorial_sea", code, settled(shape)))
    return sorted(found, key=lambda zone: zone.id)


def edges(shape: MultiPolygon) -> np.ndarray:
    """Return the edges of all rings, (edge, end, lon/lat)."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    return np.concatenate(
        [np.stack([xy[:-1], xy[1:]], 1) for xy in map(shapely.get_coordinates, rings)]
    )


def coast_of(land: list[Zone]) -> dict[str, np.ndarray]:
    """Edges that only one country has, without the cuts at the antimeridian and the pole."""
    own = {zone.id: edges(zone.shape) for zone in land}
    keys = {
        code: [
            tuple(sorted(map(tuple, edge)))
            for edge in np.round(e * UNITS_PER_DEG).astype(int).tolist()
        ]
        for code, e in own.items()
    }
    shared = Counter(key for codes in keys.values() for key in codes)
    coasts = {}
    for code, e in own.items():
        once = np.array([shared[key] == 1 for key in keys[code]])
        seam = (np.abs(e[:, :, 0]) == 180.0).all(1) | (np.abs(e[:, :, 1]) == 90.0).all(1)
        coasts[code] = e[once & ~seam]
    return coasts


def capsules(e: np.ndarray) -> np.ndarray:
    """Surround every edge with the points within 12 nautical miles of it, along geodesics."""
    count = np.maximum(1, np.ceil(np.abs(e[:, 1] - e[:, 0]).max(1) / SPACING_DEG)).astype(int)
    step = np.concatenate([np.arange(n) for n in count])[:, None, None] + np.array([0, 1])[:, None]
    edge, parts = np.repeat(e, count, axis=0), np.repeat(count, count)[:, None, None]
    ends = edge[:, :1] + (edge[:, 1:] - edge[:, :1]) * step / parts
    azimuth_deg = np.arange(CIRCLE_POINTS) * 360.0 / CIRCLE_POINTS
    # Half-way between the circle's inscribed and circumscribed polygon.
    radius_m = TERRITORIAL_SEA_M * 2.0 / (1.0 + np.cos(np.pi / CIRCLE_POINTS))
    shape = (*ends.shape[:2], CIRCLE_POINTS)
    lon, lat, _ = pyproj.Geod(ellps="WGS84").fwd(
        *(np.broadcast_to(ends[..., axis, None], shape).ravel() for axis in (0, 1)),
        np.broadcast_to(azimuth_deg, shape).ravel(),
        np.full(np.prod(shape), radius_m),
    )
    lon, lat = np.reshape(lon, shape), np.reshape(lat, shape)
    lon = ends[..., :1] + (lon - ends[..., :1] + 180.0) % 360.0 - 180.0
    return shapely.convex_hull(
        shapely.multipoints(np.stack([lon, lat], -1).reshape(len(lon), -1, 2))
    )


def coast_buffers(land: list[Zone]) -> list[Zone]:
    """Land plus the sea within 12 nautical miles of it; other countries' land is left out."""
    tree = shapely.STRtree([zone.shape for zone in land])
    found = []
    for zone, coast in zip(land, coast_of(land).values(), strict=True):
        if zone.id == "AQ" or len(coast) < 3:
            continue
        band = shapely.simplify(shapely.union_all(capsules(coast)), BUFFER_TOLERANCE_DEG)
        world = [
            shapely.transform(
                shapely.intersection(band, box(-180.0 + 360.0 * k, -90.0, 180.0 + 360.0 * k, 90.0)),
                lambda xy, k=k: xy - (360.0 * k, 0.0),
            )
            for k in (-1, 0, 1)
        ]
        band = shapely.union_all(world)
        others = [land[i].shape for i in tree.query(band) if land[i].id != zone.id]
        whole = shapely.union_all([shapely.difference(band, shapely.union_all(others)), zone.shape])
        name = f"{zone.name}: land and 12 nmi from the coast drawn here"
        found.append(Zone(f"{zone.id}+12nmi-coast", name, "coast_buffer", zone.id, settled(whole)))
    return found


# --- files ----------------------------------------------------------------------------------------


def write(path: Path, zones: list[Zone], licence: str) -> None:
    """Write zones as differences of whole numbers, which compress well."""
    shapes = [zone.shape for zone in zones]
    _, xy, (rings, parts, whole) = shapely.to_ragged_array(shapes)
    steps = np.diff(
        np.round(xy * UNITS_PER_DEG).astype(np.int32), axis=0, prepend=np.int32([[0, 0]])
    )
    np.savez_compressed(
        path,
        lon_steps=steps[:, 0],
        lat_steps=steps[:, 1],
        units_per_deg=np.int32(UNITS_PER_DEG),
        rings=rings.astype(np.int32),
        parts=parts.astype(np.int32),
        whole=whole.astype(np.int32),
        licence=np.array(licence),
        **{
            key: np.array([getattr(z, key) for z in zones])
            for key in ("id", "name", "kind", "parent")
        },
    )
    print(f"{path.name}: {len(zones)} zones, {len(xy)} points, {path.stat().st_size} bytes")


def unpacked(folder: Path, into: Path) -> tuple[Path, Path, Path]:
    """Check and unpack the three inputs; return atlas, sea borders and R data folder."""
    for name, expected in INPUTS.items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != expected:
            message = f"{name}: sha256 {found}, expected {expected}"
            raise SystemExit(message)
    atlas, sea, deb = (folder / name for name in INPUTS)
    for archive, where in ((atlas, into / "atlas"), (sea, into / "sea")):
        with tarfile.open(archive) as tar:
            tar.extractall(where, filter="data")
    subprocess.run(["dpkg-deb", "-x", str(deb), str(into / "r")], check=True)
    return (
        into / "atlas/package/countries-10m.json",
        into / "sea/package/borders.geo.json",
        into / "r/usr/lib/R/site-library/rnaturalearthdata/data",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        atlas, sea, r_data = unpacked(args.folder, Path(temporary))
        r = r_objects(r_data, ("states50", "countries50"))
        land = countries(atlas, r["countries50"].data)
        osm = territorial_sea(sea, {zone.id: zone.name for zone in land})
        firsts = states(r["states50"], land)
    public = "Made with Natural Earth, public domain"
    write(args.out / "borders.npz", land + firsts, public)
    write(
        args.out / "territorial_sea_osm.npz",
        osm,
        "(c) OpenStreetMap contributors, Open Database License 1.0",
    )
    write(args.out / "coast_buffer.npz", coast_buffers(land), public)


if __name__ == "__main__":
    main()
