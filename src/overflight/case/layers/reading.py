"""The one door for files of zones: the format is found by content, whatever the name says."""

import tempfile
import zipfile
from pathlib import Path

from overflight.case.layers import geopackage, kml, loose_geojson, other_formats
from overflight.case.layers.raw import Source, checked, refused

_SQLITE = b"SQLite format 3\x00"


def read(path: Path, layer: str = "") -> Source:
    """Read a file of zones.

    Parameters
    ----------
    layer
        Which layer, where the format has several.

    Raises
    ------
    CaseError
        For any file that is none, or is damaged, too large or hostile.
    MissingExtraError
        For a format that needs the extra ``gis``, without it.
    """
    path = checked(path)
    if not zipfile.is_zipfile(path):
        return _read(path, layer)
    with zipfile.ZipFile(path) as packed:
        names = [name.lower() for name in packed.namelist()]
    if any(name.endswith(".kml") for name in names):
        return _read(path, layer)
    with tempfile.TemporaryDirectory(prefix="overflight-") as folder:
        inner = other_formats.unpacked(path, Path(folder))
        return _read(inner, layer)


def _read(path: Path, layer: str) -> Source:
    with path.open("rb") as file:
        head = file.read(1024)
    if head.startswith(_SQLITE):
        return geopackage.read(path, layer)
    if zipfile.is_zipfile(path):
        return kml.read(path)
    if head.startswith(b"PK"):
        raise refused(path, "a damaged archive", "a whole one", "Download or export it again.")
    if other_formats.is_known(path):
        return other_formats.read(path, layer)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"{", b"[")):
        return loose_geojson.read(path)
    if start.startswith(b"<") or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return kml.read(path)
    raise refused(
        path,
        "no format that is known",
        "GeoJSON, GeoPackage, KML, KMZ, or a shapefile or FlatGeobuf (also zipped)",
        "Convert it to one of these.",
    )
