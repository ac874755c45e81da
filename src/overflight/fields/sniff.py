"""What a file is, by its first bytes: names and endings prove nothing.

Most of what people hand over by mistake is named too (a web page saved as ``.nc``, a compressed
file, a spreadsheet), because "unknown format" helps nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from overflight.errors import FieldError
from overflight.fields.readers import arl, tdump

HEAD_BYTES = 4_096

# What it is, from where on in the file, and the bytes that say so.
_MAGIC = (
    ("grib", 0, b"GRIB"),
    ("netcdf4", 0, b"\x89HDF\r\n\x1a\n"),
    ("netcdf3", 0, b"CDF\x01"),
    ("netcdf3", 0, b"CDF\x02"),
    ("netcdf5", 0, b"CDF\x05"),
)
_OTHERS = (
    ("HDF4 (such as old NASA files)", 0, b"\x0e\x03\x13\x01", "Convert it: h4toh5, or nccopy."),
    ("compressed by gzip", 0, b"\x1f\x8b", "Unpack it first: gunzip."),
    ("compressed by bzip2", 0, b"BZh", "Unpack it first: bunzip2."),
    ("compressed by xz", 0, b"\xfd7zXZ\x00", "Unpack it first: unxz."),
    ("compressed by zstd", 0, b"\x28\xb5\x2f\xfd", "Unpack it first: unzstd."),
    ("a tar archive", 257, b"ustar", "Unpack it first, and name the files."),
    ("BUFR, which holds observations", 0, b"BUFR", "Give radiosondes as IGRA text or CSV."),
    ("a PDF document", 0, b"%PDF", "Give the data, not the document."),
    ("a picture", 0, b"\x89PNG", "Give the data, not the picture."),
    ("a picture", 0, b"\xff\xd8\xff", "Give the data, not the picture."),
    ("an SQLite database", 0, b"SQLite format 3", "Give the wind file itself."),
)
_PAGES = (b"<!doctype html", b"<html", b"<?xml")
_LITTER = {".idx", ".index", ".md5", ".sha256", ".pdf", ".png", ".xml"}
_TEXTS = {".json", ".txt"}  # beside fields they are litter too, and many soundings are called so
SEARCHED_BYTES = 65_536  # a bulletin header may stand before the first GRIB message


@dataclass(frozen=True)
class Kind:
    """What a file is: a key for the table of readers, and words for people."""

    key: str
    words: str


KINDS = {
    kind.key: kind
    for kind in (
        Kind("grib", "GRIB"),
        Kind("netcdf4", "NetCDF-4 (HDF5)"),
        Kind("netcdf3", "NetCDF-3"),
        Kind("netcdf5", "NetCDF CDF-5"),
        Kind("zarr", "a Zarr store"),
        Kind("arl", "ARL packed (HYSPLIT)"),
        Kind("tdump", "a HYSPLIT trajectory listing"),
        Kind("text", "text"),
        Kind("zip", "a zip archive"),
    )
}


def kind_of(path: Path) -> Kind:
    """Tell what a file or a folder holds.

    ``text`` and ``zip`` may be soundings, which :mod:`overflight.fields.soundings.formats` knows
    more about.

    Raises
    ------
    FieldError
        For an empty file, for one of a kind that is known but of no use, and for one that is
        unknown, with its first bytes.
    """
    if path.is_dir():
        return KINDS["zarr"] if is_zarr(path) else _refuse_folder(path)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if not head:
            raise FieldError(
                found=f"{path.name} is empty",
                expected="a wind file",
                remedy="Fetch it again: a download that fails often leaves an empty file.",
            )
        key = _by_magic(head) or (_found_later(head + file.read(SEARCHED_BYTES)))
    if key is not None:
        return KINDS[key]
    raise _unknown(path, head)


def files_of(paths: Sequence[Path], *, texts: bool = False) -> list[Path]:
    """Files and Zarr stores as they are, a folder as the data files and Zarr stores in it.

    Parameters
    ----------
    texts
        Whether text in a folder counts, as it does where soundings are looked for.

    Raises
    ------
    FieldError
        If a file does not exist, or a folder holds no data.
    """
    litter = _LITTER if texts else _LITTER | _TEXTS
    return [file for path in paths for file in _files_of(path, litter)]


def _files_of(path: Path, litter: set[str]) -> list[Path]:
    if not path.exists():
        raise FieldError(
            found=f"{path} does not exist",
            expected="a wind file, a Zarr store, or a folder of wind files",
            remedy="Check the name.",
        )
    if path.is_file() or is_zarr(path):
        return [path]
    held = [
        file
        for file in sorted(path.iterdir())
        if not file.name.startswith(".")
        and (file.is_file() or is_zarr(file))
        and file.suffix.lower() not in litter
    ]
    if not held:
        raise FieldError(
            found=f"no data files in the folder {path.name}",
            expected="a wind file, a Zarr store, or a folder of wind files",
            remedy="Name the folder that holds the files themselves.",
        )
    return held


def head_of(path: Path) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def is_zarr(folder: Path) -> bool:
    """Whether a folder is the root of a Zarr store, of either version."""
    return any((folder / name).is_file() for name in (".zgroup", ".zmetadata", "zarr.json"))


def _by_magic(head: bytes) -> str | None:
    for key, at, magic in _MAGIC:
        if head[at : at + len(magic)] == magic:
            return key
    if head[:4] == b"PK\x03\x04":
        return "zip"
    if arl.looks_like(head):
        return "arl"
    if tdump.looks_like(head):
        return "tdump"
    return None


def _found_later(start: bytes) -> str | None:
    """GRIB behind a bulletin header, or plain text."""
    if start.lstrip()[:20].lower().startswith(_PAGES):
        return None
    at = start.find(b"GRIB")
    if at >= 0 and len(start) > at + 7 and start[at + 7] in (1, 2):
        return "grib"
    known = any(start[at : at + len(magic)] == magic for _, at, magic, _ in _OTHERS)
    if not known and b"\x00" not in start:
        return "text"
    return None


def _unknown(path: Path, head: bytes) -> FieldError:
    if head.lstrip()[:20].lower().startswith(_PAGES):
        return FieldError(
            found=f"{path.name} is a web page",
            expected="a wind file",
            remedy="The download answered with a page, perhaps a login or an error: open it in a"
            " browser to read what it says, then fetch the data again.",
        )
    for words, at, magic, remedy in _OTHERS:
        if head[at : at + len(magic)] == magic:
            return FieldError(found=f"{path.name} is {words}", expected=EXPECTED, remedy=remedy)
    return FieldError(
        found=f"{path.name} is of an unknown kind (it begins with {head[:8].hex(' ')})",
        expected=EXPECTED,
        remedy="Check that the download is whole, or convert the file to NetCDF.",
    )


EXPECTED = "NetCDF, GRIB, Zarr, ARL packed data or soundings"


def _refuse_folder(folder: Path) -> Kind:
    raise FieldError(
        found=f"the folder {folder.name} is not a Zarr store",
        expected=EXPECTED,
        remedy="Name the files in it.",
    )
