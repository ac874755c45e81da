"""Radiosonde soundings from the Integrated Global Radiosonde Archive (NOAA NCEI), version 2.

A station's whole record is one zip file; stations in the box and around it are fetched one after
the other, only the soundings in the time span are kept, as text that the reader of soundings reads.
"""

import errno
import math
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np

from overflight.errors import CoverageError, FieldError
from overflight.fields.extent import Extent
from overflight.fields.fetch import hosts
from overflight.fields.fetch.plan import Part, Plan
from overflight.fields.fetch.ranges import Absent, Client

LIST = "doc/igra2-station-list.txt"
RECORDS = "access/data-por"
MARGIN_DEG = 5.0  # a sounding tells of the wind some 500 km around
SPARE_H = 12  # soundings are 12 h apart
ZIP_BYTES = 9_000_000  # a record of a station of today, typically; 1 to 30 MB
STATIONS_WORLD = 800  # that are active
LIST_BYTES = 270_000
_LINE_BYTES = 400
_MOST_TEXT_BYTES = 3_000_000_000  # unpacked; the longest records are some 0.5 GB
_MOST_KEPT_BYTES = 200_000_000
EVERYTHING = "stations"
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)  # all that zipfile raises on damaged files


@dataclass(frozen=True)
class Station:
    """A line of the list of stations."""

    name: str
    lat_deg: float
    lon_deg: float
    first_year: int
    last_year: int


def plan(extent: Extent, every_h: int = 0) -> Plan:
    """What a case needs of IGRA, by the usual number of stations; the list is read later."""
    del every_h
    base = hosts.base("igra")
    south, north = (_bound(extent.south_deg - MARGIN_DEG), _bound(extent.north_deg + MARGIN_DEG))
    width_deg = min(extent.width_deg + 2.0 * MARGIN_DEG, 360.0)
    share = (math.sin(math.radians(north)) - math.sin(math.radians(south))) / 2.0
    count = max(1, round(2.0 * STATIONS_WORLD * share * width_deg / 360.0))  # land has twice
    days = (extent.time_max - extent.time_min) / np.timedelta64(1, "D") + 2.0 * SPARE_H / 24.0
    return Plan(
        "igra",
        extent,
        (
            Part(
                EVERYTHING,
                extent.time_min,
                (f"{base}/{LIST}",),
                count * ZIP_BYTES + LIST_BYTES,
                count + 1,
            ),
        ),
        int(count * days * 2.0 * 12_000),
        (f"some {count} stations are likely there, each with a record of about 9 MB (estimated)",),
        hosts.ATTRIBUTIONS["igra"],
    )


def _bound(lat_deg: float) -> float:
    return min(max(lat_deg, -90.0), 90.0)


def expand(client: Client, told: Plan) -> Plan:
    """Read the list of stations, and plan a part for each that is wanted.

    Raises
    ------
    CoverageError
        If no station is there at that time.
    """
    part = told.parts[0]
    if part.name != EVERYTHING:
        return told
    try:
        text = client.get(part.urls[0], 5_000_000)
    except Absent:
        raise FieldError(
            found=f"{part.urls[0]} is not there",
            expected="the list of stations",
            remedy="The archive may have moved: set a mirror, or use another source.",
        ) from None
    near = [s for s in stations(text, part.urls[0]) if _wanted(s, told.extent)]
    if not near:
        raise CoverageError(
            found="no radiosonde station of IGRA in the box at that time",
            expected="at least one",
            remedy="Fetch a gridded wind instead (--source era5).",
        )
    return of_stations(told, [f"{s.name}-data.txt" for s in near])


def of_stations(told: Plan, names: list[str]) -> Plan:
    """Plan a part for each station, by the names of its files."""
    base = told.parts[0].urls[0].removesuffix(f"/{LIST}")
    parts = tuple(
        Part(
            name,
            told.extent.time_min,
            (f"{base}/{RECORDS}/{name}.zip",),
            ZIP_BYTES,
            1,
            optional=True,
        )
        for name in names
    )
    basis = (f"{len(parts)} stations, each with a record of about 9 MB (estimated)",)
    return replace(told, parts=parts, basis=basis)


def stations(text: bytes, url: str) -> list[Station]:
    """Read the list: identifier, latitude, longitude, ..., first and last year.

    Raises
    ------
    FieldError
        If it is no list of stations.
    """
    found = []
    for line in text.decode("latin-1").splitlines():
        try:
            name, years = line[:11], (int(line[72:76]), int(line[77:81]))
            lat_deg, lon_deg = float(line[12:20]), float(line[21:30])
        except ValueError:
            continue  # a line of no station; an answer without any is refused below
        plain = name.isascii() and name.isalnum()
        if plain and -90.0 <= lat_deg <= 90.0 and -180.0 <= lon_deg <= 180.0:  # not the ships
            found.append(Station(name, lat_deg, lon_deg, *years))
    if not found:
        raise FieldError(
            found=f"{url} begins with {text[:40]!r}",
            expected="the list of stations of IGRA",
            remedy="The archive answered with something else: try again later, or set a mirror.",
        )
    return found


def _wanted(station: Station, extent: Extent) -> bool:
    first, last = (int(str(t)[:4]) for t in _span(extent))
    if station.last_year < first or station.first_year > last:
        return False
    south, north = extent.south_deg - MARGIN_DEG, extent.north_deg + MARGIN_DEG
    if not south <= station.lat_deg <= north:
        return False
    ahead_deg = (station.lon_deg - extent.west_deg + MARGIN_DEG) % 360.0
    return ahead_deg <= min(extent.width_deg + 2.0 * MARGIN_DEG, 360.0)


def make(client: Client, part: Part, extent: Extent, path: Path) -> None:
    """Fetch a station's record and keep its soundings in the time span; none makes no text.

    Raises
    ------
    FieldError
        If what comes is no zip file, or its text cannot be a record.
    """
    packed = path.with_name(f"{path.name}.zip")
    _download(client, part.urls[0], packed)
    try:
        kept = 0
        with zipfile.ZipFile(packed) as archive, path.open("wb") as out:
            for info in archive.infolist():
                if info.filename.endswith(".txt") and "/" not in info.filename:
                    with archive.open(info) as text:
                        for block in _soundings(text, extent, part.urls[0]):
                            kept += len(block)
                            if kept > _MOST_KEPT_BYTES:
                                raise _damaged(part.urls[0], "too much text")
                            out.write(block)
    except _UNREADABLE as error:
        _forget(packed)
        raise _damaged(part.urls[0], str(error)) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # the disk is full, or the like
            raise
        _forget(packed)  # a directory of the zip that points before its beginning
        raise _damaged(part.urls[0], "not a zip file") from error
    except FieldError:
        _forget(packed)
        raise
    _forget(packed)


def _download(client: Client, url: str, packed: Path) -> None:
    """Fetch a record; a station without one is absent, but a server that refuses is not."""
    try:
        client.save(url, packed)
    except Absent as gone:
        if gone.status != 403:
            raise
        raise FieldError(
            found=f"{url}: the server refuses to give it (403)",
            expected="a record, or word that there is none (404)",
            remedy="The archive may refuse this network, or so many questions: try again later, or"
            " set a mirror.",
        ) from None


def _soundings(text: IO[bytes], extent: Extent, url: str) -> Iterator[bytes]:
    """The lines of soundings in the time span."""
    first, last = _span(extent)
    count, keep, seen = 0, False, False
    while line := text.readline(_LINE_BYTES):
        count += len(line)
        if count > _MOST_TEXT_BYTES or (len(line) == _LINE_BYTES and line[-1:] != b"\n"):
            raise _damaged(url, "lines or text too long")
        if line[:1] == b"#":
            seen, keep = True, bool(first <= _hour(line, url) <= last)
        elif not seen:
            raise _damaged(url, f"it begins with {line[:20]!r}")
        if keep:
            yield line


def _span(extent: Extent) -> tuple[np.datetime64, np.datetime64]:
    spare = np.timedelta64(SPARE_H, "h")
    return extent.time_min - spare, extent.time_max + spare


def _hour(line: bytes, url: str) -> np.datetime64:
    """Nominal hour of a header; 99 is an hour that is not known."""
    try:
        year, month, day, hour = (
            int(line[a:b]) for a, b in ((13, 17), (18, 20), (21, 23), (24, 26))
        )
        midnight = np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "h")
    except ValueError:
        raise _damaged(url, f"a header {line[:30]!r}") from None
    return midnight + np.timedelta64(12 if hour == 99 else hour, "h")


def _forget(packed: Path) -> None:
    packed.unlink(missing_ok=True)
    packed.with_name(f"{packed.name}.mark").unlink(missing_ok=True)


def _damaged(url: str, why: str) -> FieldError:
    return FieldError(
        found=f"{url}: {why}",
        expected="a zip file with a station's record of IGRA version 2",
        remedy="Run the same command again; if it fails again, the archive answers with something"
        " else: set a mirror.",
    )
