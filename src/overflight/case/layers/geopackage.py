"""Read a layer of a GeoPackage (OGC 12-128r19) with SQLite alone.

The file is opened to be read only, trusts none of its own views or triggers, and a query that does
not come to an end is stopped.
"""

import sqlite3
import struct
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from overflight.case.layers.raw import Counter, Feature, Source, add_shape, refused
from overflight.units import shorten

LONGEST_S = 60.0
_LONGEST_VALUE = 100_000_000  # bytes of one geometry
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_REMEDY = "Export it again as GeoPackage."


def read(path: Path, layer: str) -> Source:
    """Read one layer; the only one where none is named."""
    try:
        with closing(_opened(path)) as file:
            tables = dict(
                file.execute(
                    "SELECT c.table_name, g.column_name FROM gpkg_contents c"
                    " JOIN gpkg_geometry_columns g ON g.table_name = c.table_name"
                    " WHERE c.data_type = 'features' ORDER BY c.table_name"
                ).fetchall()
            )
            table = _chosen([str(name) for name in tables], layer, path)
            crs, notes = _crs(file, table, path)
            features = _features(file, path, table, str(tables[table]))
    except (sqlite3.Error, UnicodeDecodeError) as error:
        why = "a query that does not end" if "interrupted" in str(error) else str(error)
        raise refused(path, f"not a whole GeoPackage ({why})", "one", _REMEDY) from error
    return Source("GeoPackage", crs, features, notes, table)


def _opened(path: Path) -> sqlite3.Connection:
    address = path.resolve().as_uri() + "?mode=ro&immutable=1"
    file = sqlite3.connect(address, uri=True)
    file.execute("PRAGMA trusted_schema = OFF")
    file.execute("PRAGMA query_only = ON")
    file.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    end_s = time.monotonic() + LONGEST_S
    file.set_progress_handler(lambda: time.monotonic() > end_s, 100_000)
    return file


def _chosen(tables: list[str], layer: str, path: Path) -> str:
    named = ", ".join(shorten(name) for name in tables[:20])
    if not tables:
        raise refused(path, "no layer of features", "one", _REMEDY)
    if layer and layer not in tables:
        raise refused(path, f"no layer {shorten(layer)}", f"one of {named}", "Correct --layer.")
    if not layer and len(tables) > 1:
        raise refused(path, f"{len(tables)} layers", f"one: {named}", "Choose it with --layer.")
    return layer or tables[0]


def _crs(file: sqlite3.Connection, table: str, path: Path) -> tuple[str, list[str]]:
    """Return the reference system that the file's own table declares, '' where it has none."""
    row = file.execute(
        "SELECT s.srs_id, s.organization, s.organization_coordsys_id, s.definition"
        " FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id"
        " WHERE g.table_name = ?",
        (table,),
    ).fetchone()
    if row is None:
        raise refused(
            path,
            "a layer whose reference system is not in the file's own table",
            "a row of gpkg_spatial_ref_sys",
            "Set the system in the program that wrote it, or say it with --crs.",
        )
    number, organization, code, definition = row
    if number in (0, -1):
        return "", []
    if str(definition).strip().lower() not in ("", "undefined"):
        return str(definition), []
    return f"{organization}:{code}", []


def _features(file: sqlite3.Connection, path: Path, table: str, column: str) -> list[Feature]:
    counter, found = Counter(path), []
    rows = file.execute(f'SELECT * FROM "{_quoted(table)}"')  # noqa: S608 (quoted)
    names = [entry[0] for entry in rows.description]
    if column not in names:
        raise refused(path, f"no column {shorten(column)}", "the geometry it declares", _REMEDY)
    for row in rows:
        counter.feature()
        values = dict(zip(names, row, strict=True))
        blob = values.pop(column)
        texts = {
            name: str(value)
            for name, value in values.items()
            if value is not None and not isinstance(value, bytes)
        }
        feature = Feature(texts)
        if blob is not None:
            add_shape(feature, _shape(blob, path), counter)
        found.append(feature)
    return found


def _quoted(name: str) -> str:
    return name.replace('"', '""')


def _shape(blob: Any, path: Path) -> Any:  # noqa: ANN401 (of shapely, which has no types)
    """Return the shape in a GeoPackage's binary form: a header, then well-known binary."""
    import shapely  # type: ignore[import-untyped]  # noqa: PLC0415 (only where needed)

    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        raise refused(path, "a geometry without the header 'GP'", "GeoPackage binary", _REMEDY)
    flags = blob[3]
    envelope = _ENVELOPE_BYTES.get((flags >> 1) & 7)
    if envelope is None or flags & 0x20:
        raise refused(path, "a geometry of an extended kind", "a standard one", _REMEDY)
    if flags & 0x10:  # empty
        return None
    try:
        return shapely.from_wkb(blob[8 + envelope :])
    except (shapely.errors.GEOSException, struct.error, ValueError) as error:
        raise refused(
            path,
            f"a geometry that cannot be read ({shorten(str(error))})",
            "polygons of straight edges",
            "Export curves as lines, then add it again.",
        ) from error
