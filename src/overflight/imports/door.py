"""The door for files of others: what one is, is found by content, and read by the driver for it."""

import hashlib
import stat
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from overflight.errors import CaseError
from overflight.fields.readers import tdump
from overflight.fields.soundings import arm, igra, listings, sondehub, table, wyoming
from overflight.fields.soundings.making import Raw
from overflight.imports import kmz, loggers, models, rows, tracks
from overflight.imports.tracks import Answers, Found
from overflight.units import shorten

_NETCDF = (b"\x89HDF", b"CDF\x01", b"CDF\x02")
_OF_CELLS = ("table", "workbook")  # drivers of files whose times may be without a zone
_SHEET = ("archive status", "archive location")
FORMATS = (
    "a table (CSV, XLSX) of fixes or sightings, an Auto-Archiver sheet, SondeHub, APRS or WSPR"
    " exports, GPX, KML, KMZ, IGC, sentences of a receiver, readsb, a HYSPLIT listing, or a"
    " prediction"
)


@dataclass(frozen=True)
class Opened:
    """A file, told apart and read."""

    name: str
    sha256: str
    driver: str
    tracks: tuple[Found, ...] = ()
    model: bool = False  # somebody computed it
    table: tuple[list[str], ...] = field(default=(), repr=False)  # where it is a table


def open_file(path: Path, answers: Answers, kind: str = "auto") -> Opened:
    """Read a file by the driver that fits it; ``kind`` may be ``sightings`` or ``model``.

    Raises
    ------
    OverflightError
        If it is no plain file, empty, too large, damaged, or of no known kind.
    """
    _check(path)
    opened = _read(path, answers, kind)
    if answers.clock.offset_s is not None and opened.driver.split()[0] not in _OF_CELLS:
        raise CaseError(
            found=f"--utc-offset for {shorten(path.name)}, which is {opened.driver}",
            expected="a table whose times name no zone",
            remedy="Leave it out: the times of such files are UTC, or say their zone.",
        )
    return opened


def _read(path: Path, answers: Answers, kind: str) -> Opened:
    name, sha256 = path.name, digest(path)
    with path.open("rb") as file:
        head = file.read(4)
    packed = _of_archive(path, sha256, answers, kind) if head == b"PK\x03\x04" else None
    if packed is not None:
        return packed
    if head in _NETCDF:
        if not arm.is_profile(path):
            raise _unknown(name, "NetCDF without a profile")
        return Opened(name, sha256, "NetCDF profile", _found(arm.raws(path)))
    data = table.read_bytes(path)
    if tdump.looks_like(data):
        listed = tdump.parse(data.decode("latin-1").splitlines(), name)
        return Opened(
            name, sha256, "HYSPLIT listing", tuple(models.of_tdump(listed, name)), model=True
        )
    text = table.read_text(path)
    if models.is_prediction(text):
        found = tuple(models.of_prediction(text, name))
        return Opened(name, sha256, "prediction (JSON)", found, model=True)
    for driver, looks_like, raws in _TEXTS:
        if looks_like(text):
            return Opened(name, sha256, driver, _found(raws(text, name)))
    start = text.lstrip()[:1]
    if not start or start in "{[<":
        raise _unknown(name, f"it begins {text.lstrip()[:30]!r}")
    return _of_table(rows.of_text(text, name), name, sha256, "table", answers, kind)


_TEXTS = (
    *((k.__name__.rpartition(".")[2], k.looks_like, k.raws)
      for k in (loggers.igc, loggers.gpx, loggers.kml)),
    ("transponder", loggers.adsb.looks_like, loggers.adsb.raws),
    ("receiver's sentences", loggers.sentences.looks_like, loggers.sentences.raws),
    ("IGRA", igra.looks_like, igra.raws),
    ("Wyoming", wyoming.looks_like, wyoming.raws),
    ("sounding listing", listings.looks_like, listings.raws),
    ("SondeHub JSON", sondehub.looks_like, sondehub.raws),
)  # fmt: skip


def _of_archive(path: Path, sha256: str, answers: Answers, kind: str) -> Opened | None:
    """A workbook, or KML files in an archive; None for what is neither."""
    rows.check_archive(path)
    if rows.is_workbook(path):
        return _of_table(rows.of_workbook(path), path.name, sha256, "workbook", answers, kind)
    inside = kmz.members(path)
    return Opened(path.name, sha256, "KMZ", _found(kmz.raws(path, inside))) if inside else None


def _of_table(
    cells: list[list[str]], name: str, sha256: str, driver: str, answers: Answers, kind: str
) -> Opened:
    if not any(cell.strip() for row in cells for cell in row):
        raise _unknown(name, "a table without a cell")
    first = [cell.strip().lower() for cell in next((row for row in cells if any(row)), [])]
    if set(_SHEET) & set(first):
        return Opened(name, sha256, "Auto-Archiver sheet", table=tuple(cells))
    if kind == "sightings":
        return Opened(name, sha256, f"{driver} of sightings", table=tuple(cells))
    found = tuple(tracks.of_rows(cells, name, answers))
    return Opened(name, sha256, f"{driver} of fixes", found)


def _found(raws: list[Raw]) -> tuple[Found, ...]:
    """Tracks whose records are counted as they come; a station's sounding shows no place."""
    moving = [raw for raw in raws if not raw.fixed_place]
    if not moving:
        raise CaseError(
            found="a sounding with the place of its station alone",
            expected="the track of a balloon",
            remedy="It is a wind: name it under wind in case.yaml, or see 'overflight wind'.",
        )
    return tuple(Found(raw, np.arange(1, len(raw.time) + 1)) for raw in moving)


def digest(path: Path) -> str:
    """SHA-256 of a file as it lies there."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(path: Path) -> None:
    """Refuse what is no plain file, empty or too large, before it is opened."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise CaseError(
            found=f"{shorten(path.name)} cannot be read ({getattr(error, 'strerror', error)})",
            expected="a file",
            remedy="Check the name and its permissions.",
        ) from None
    if not stat.S_ISREG(status.st_mode):
        raise CaseError(
            found=f"{shorten(path.name)} is a folder or a device",
            expected="a plain file",
            remedy="Name the file itself.",
        )
    if not 0 < status.st_size <= table.MOST_BYTES:
        size = f"{status.st_size / 1e6:,.0f} MB" if status.st_size else "no bytes"
        raise CaseError(
            found=f"{shorten(path.name)} has {size}",
            expected=f"a file of at most {table.MOST_BYTES / 1e6:,.0f} MB",
            remedy="Cut out the times that are needed." if status.st_size else "Fetch it again.",
        )


def _unknown(name: str, why: str) -> CaseError:
    return CaseError(
        found=f"{shorten(name)} is of no kind that can be imported ({why})",
        expected=FORMATS,
        remedy="Export it as a table with headings: time,lat,lon,alt_m.",
    )
