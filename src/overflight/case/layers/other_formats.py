"""Read shapefiles and other formats through pyogrio (extra ``gis``).

Only formats that hold their data themselves are passed on, and only after a look at their first
bytes: others (a virtual dataset, a service) can point anywhere, and this program asks no network.
An archive is unpacked here, into a folder that goes again.
"""

import zipfile
from pathlib import Path
from typing import Any

from overflight.case.layers.raw import LARGEST_BYTES, Counter, Feature, Source, add_shape, refused
from overflight.errors import MissingExtraError
from overflight.units import shorten

MAGIC = {".shp": b"\x00\x00\x27\x0a", ".fgb": b"fgb\x03"}
_BESIDE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_MOST_MEMBERS = 200
_REMEDY = "Convert it to GeoPackage or GeoJSON."


def is_known(path: Path) -> bool:
    """Whether the file is one that this module reads."""
    magic = MAGIC.get(path.suffix.lower())
    with path.open("rb") as file:
        return magic is not None and file.read(4) == magic


def read(path: Path, layer: str) -> Source:
    """Read a file that :func:`is_known`."""
    pyogrio = _pyogrio(path)
    try:
        told, _, shapes, columns = pyogrio.raw.read(path, layer=layer or None, force_2d=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise refused(path, f"not readable ({shorten(str(error))})", "zones", _REMEDY) from error
    driver = "ESRI Shapefile" if path.suffix.lower() == ".shp" else "FlatGeobuf"
    return Source(driver, str(told["crs"] or ""), _features(path, told, shapes, columns))


def _pyogrio(path: Path) -> Any:  # noqa: ANN401 (a module without types)
    try:
        import pyogrio  # noqa: PLC0415 (an extra)
        import pyogrio.errors  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError(
            found=f"{shorten(path.name)} is read by pyogrio, which is not installed",
            expected="the extra gis, or a GeoPackage, GeoJSON or KML",
            remedy="Install it: pip install 'overflight[gis]'; or convert the file.",
        ) from error
    return pyogrio


def _features(path: Path, told: dict[str, Any], shapes: Any, columns: Any) -> list[Feature]:  # noqa: ANN401
    import shapely  # type: ignore[import-untyped]  # noqa: PLC0415 (only where needed)

    counter, found = Counter(path), []
    names = [str(name) for name in told["fields"]]
    for at, blob in enumerate(shapes):
        counter.feature()
        texts = {
            name: str(column[at])
            for name, column in zip(names, columns, strict=True)
            if column[at] is not None and str(column[at]) != "nan"
        }
        feature = Feature(texts)
        if blob is not None:
            try:
                add_shape(feature, shapely.from_wkb(blob), counter)
            except shapely.errors.GEOSException as error:
                raise refused(path, "a geometry that cannot be read", "one", _REMEDY) from error
        found.append(feature)
    return found


def unpacked(path: Path, folder: Path) -> Path:
    """Unpack an archive of one dataset into a folder; return the file to read."""
    try:
        with zipfile.ZipFile(path) as packed:
            inner = [one for one in packed.infolist() if not one.is_dir()]
            if len(inner) > _MOST_MEMBERS or sum(o.file_size for o in inner) > LARGEST_BYTES:
                raise refused(path, "more than it can hold", "one dataset", _REMEDY)
            mains = [one for one in inner if _suffix(one) in (".shp", ".gpkg", ".geojson", ".fgb")]
            if len(mains) != 1:
                raise refused(
                    path,
                    f"{len(mains)} datasets inside",
                    "one .shp, .gpkg, .geojson or .fgb",
                    "Unpack it and name the file.",
                )
            stem = mains[0].filename[: -len(_suffix(mains[0]))]
            for one in inner:
                if one is mains[0] or (
                    one.filename[: -len(_suffix(one)) or None] == stem and _suffix(one) in _BESIDE
                ):
                    _copy(packed, one, folder / f"zones{_suffix(one)}", path)
            return folder / f"zones{_suffix(mains[0])}"
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise refused(path, "a damaged archive", "a whole one", _REMEDY) from error


def _suffix(one: zipfile.ZipInfo) -> str:
    return Path(one.filename).suffix.lower()


def _copy(packed: zipfile.ZipFile, one: zipfile.ZipInfo, to: Path, path: Path) -> None:
    with packed.open(one) as member, to.open("wb") as file:
        left = LARGEST_BYTES
        while block := member.read(1 << 20):
            left -= len(block)
            if left < 0:
                raise refused(path, "more than it says it holds", "one dataset", _REMEDY)
            file.write(block)
