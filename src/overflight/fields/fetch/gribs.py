"""Pick messages out of GRIB files on a server by their indexes: only the wanted bytes travel.

NOAA indexes with text (``number:offset:date:name:level:...``), ECMWF with a line of JSON a message
(``_offset``, ``_length``). What came is checked message by message before it counts: it begins
with GRIB, ends with 7777, and is as long as it says.
"""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from overflight.errors import FieldError
from overflight.fields.extent import Extent, hours, levels_within
from overflight.fields.fetch import hosts
from overflight.fields.fetch.plan import Part, Plan, outside, stamp
from overflight.fields.fetch.ranges import Absent, Client, Wanted

MOST_INDEX_BYTES = 20_000_000
_MOST_MESSAGE_BYTES = 60_000_000
_LEVEL = re.compile(r"(\d+(?:\.\d+)?) mb")
_HEAD_BYTES = 16
VARIABLES = 4  # u, v, height, temperature
CYCLE_H = 6  # between the runs of an archive


@dataclass(frozen=True)
class Entry:
    """One message of an index."""

    name: str  # u, v, z or t
    level_hpa: float
    start: int
    end: int | None  # None: up to the end of the file


Indexer = Callable[[bytes, str], list[Entry]]
Ranges = list[tuple[int, int | None]]  # first byte, and the first not wanted


@dataclass(frozen=True)
class Archive:
    """An archive that has a GRIB file of the whole globe for each valid hour, and its index."""

    source: str  # as --source names it
    title: str
    prefix: str  # of the files made of it
    begins: np.datetime64
    levels_hpa: tuple[float, ...]
    message_bytes: int  # one field, typically
    index_bytes: int
    requests_a_level: int
    paths: Callable[[np.datetime64], tuple[str, ...]]  # of a valid hour, the likeliest first
    address_of_index: Callable[[str], str]
    indexer: Indexer


def plan(archive: Archive, extent: Extent, every_h: int) -> Plan:
    """What a case needs of an archive, by typical sizes.

    Raises
    ------
    CoverageError
        If the archive or its levels do not reach so far.
    """
    base = hosts.base(archive.source)
    levels = levels_within(archive.levels_hpa, extent, archive.title)
    times = hours(extent, every_h)
    if times[0] < archive.begins:
        raise outside(source=archive.title, when=times[0], begins=str(archive.begins)[:10])
    fields_bytes = VARIABLES * len(levels) * archive.message_bytes
    parts = tuple(
        Part(
            name=f"{archive.prefix}_{stamp(t)}.grib2",
            time=t,
            urls=tuple(f"{base}/{path}" for path in archive.paths(t)),
            download_bytes=fields_bytes + archive.index_bytes,
            requests=archive.requests_a_level * len(levels) + 1,
        )
        for t in times
    )
    size_mb = archive.message_bytes / 1e6
    return Plan(
        archive.source,
        extent,
        parts,
        len(parts) * fields_bytes,
        (f"typical size of a global field at 0.25 degrees: {size_mb:g} MB",),
        hosts.ATTRIBUTIONS[archive.source],
    )


def locate(archive: Archive, client: Client, part: Part, extent: Extent) -> tuple[str, Ranges]:
    """The first place of a part whose index is there, and the ranges that are wanted.

    Raises
    ------
    Absent
        If no place has it.
    """
    status = 404
    for url in part.urls:
        address = archive.address_of_index(url)
        try:
            text = client.get(address, MOST_INDEX_BYTES)
        except Absent as gone:
            status = gone.status
            continue
        return url, spans(wanted(archive.indexer(text, address), extent, archive.title))
    raise Absent(part.urls[0], status)


def make(archive: Archive, client: Client, part: Part, extent: Extent, path: Path) -> None:
    """Fetch one valid hour into a GRIB file."""
    url, ranges = locate(archive, client, part, extent)
    fetch(client, url, ranges, path)


def run_of(time: np.datetime64) -> tuple[np.datetime64, int]:
    """The run, one every 6 h, at or before a valid hour, and how many hours later that is.

    >>> run_of(np.datetime64("2023-02-01T07"))
    (np.datetime64('2023-02-01T06','h'), 1)
    """
    lead = int((time - np.datetime64("1970-01-01T00", "h")) / np.timedelta64(1, "h")) % CYCLE_H
    return time - np.timedelta64(lead, "h"), lead


_NOAA = {"UGRD": "u", "VGRD": "v", "HGT": "z", "TMP": "t"}
_ECMWF = {"u": "u", "v": "v", "gh": "z", "t": "t"}


def noaa(text: bytes, url: str) -> list[Entry]:
    r"""Read an index as NOAA writes it; several fields may share one message.

    >>> lines = b"1:0:d=2023020100:UGRD:50 mb:anl:\n2:900:d=2023020100:VGRD:50 mb:anl:\n"
    >>> [(e.name, e.start, e.end) for e in noaa(lines, "x.idx")]
    [('u', 0, 900), ('v', 900, None)]
    """
    rows = []
    for line in _lines(text, url):
        columns = line.split(":")
        if len(columns) < 6 or not columns[1].isdigit():
            raise _no_index(url, line)
        rows.append((int(columns[1]), columns[3], columns[4]))
    starts = sorted({start for start, _, _ in rows})
    ends: dict[int, int | None] = dict(zip(starts, [*starts[1:], None], strict=True))
    found = []
    for start, name, level in rows:
        match = _LEVEL.fullmatch(level.strip())
        if name in _NOAA and match:
            found.append(Entry(_NOAA[name], float(match[1]), start, ends[start]))
    return found


def ecmwf(text: bytes, url: str) -> list[Entry]:
    """Read an index as ECMWF writes it.

    >>> line = b'{"levtype":"pl","levelist":"50","param":"gh","_offset":7,"_length":90}'
    >>> [(e.name, e.level_hpa, e.start, e.end) for e in ecmwf(line, "x.index")]
    [('z', 50.0, 7, 97)]
    """
    found = []
    for line in _lines(text, url):
        try:
            told = json.loads(line)
            name = _ECMWF.get(str(told.get("param")))
            if name is None or told.get("levtype") != "pl":
                continue
            start, length = int(told["_offset"]), int(told["_length"])
            level_hpa = float(told["levelist"])
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            raise _no_index(url, line) from None
        if start < 0 or length <= 0:
            raise _no_index(url, line)
        found.append(Entry(name, level_hpa, start, start + length))
    return found


def wanted(entries: list[Entry], extent: Extent, source: str) -> list[Entry]:
    """The messages of u, v, z and t at the levels that enclose the extent, in their order.

    Raises
    ------
    CoverageError
        If the file does not reach as high or as low.
    FieldError
        If a wind component or the height is missing at one of these levels.
    """
    names_at: dict[float, set[str]] = {}
    for entry in entries:
        names_at.setdefault(entry.level_hpa, set()).add(entry.name)
    windy = tuple(level for level, names in names_at.items() if {"u", "v"} & names)
    levels = levels_within(windy, extent, source)
    for level in levels:
        missing = {"u", "v", "z"} - names_at[level]
        if missing:
            raise FieldError(
                found=f"{source} has no {' and '.join(sorted(missing))} at {level:g} hPa",
                expected="u, v and height (z) at every level",
                remedy="The file is incomplete: try again later, or use another source.",
            )
    return sorted((e for e in entries if e.level_hpa in levels), key=lambda e: e.start)


def spans(entries: list[Entry]) -> Ranges:
    """Ranges of bytes to ask for; neighbours in one.

    >>> spans([Entry("u", 50.0, 0, 5), Entry("v", 50.0, 5, 9), Entry("u", 70.0, 20, None)])
    [(0, 9), (20, None)]
    """
    joined: Ranges = []
    for entry in entries:
        if joined and joined[-1][0] == entry.start:
            continue
        short = joined and (entry.end or 0) - joined[-1][0] <= _MOST_MESSAGE_BYTES
        if short and joined[-1][1] == entry.start and entry.end is not None:
            joined[-1] = (joined[-1][0], entry.end)
        else:
            joined.append((entry.start, entry.end))
    return joined


def fetch(client: Client, url: str, ranges: Ranges, path: Path) -> None:
    """Fetch ranges of one object into a file of whole GRIB messages.

    What is damaged is fetched once more before it is refused.

    Raises
    ------
    FieldError
        If what comes is not GRIB, or the object changes between its ranges.
    """
    pieces = [path.with_name(f"{path.name}.{i:03d}") for i in range(len(ranges))]
    problem = _attempt(client, url, ranges, pieces)
    if problem is not None:
        problem = _attempt(client, url, ranges, pieces)
    if problem is not None:
        raise problem
    with path.open("wb") as joined:
        for piece in pieces:
            with piece.open("rb") as one:
                shutil.copyfileobj(one, joined)


def _attempt(client: Client, url: str, ranges: Ranges, pieces: list[Path]) -> FieldError | None:
    """Fetch what is not here yet; say what is wrong with what came."""
    wanted = [Wanted(url, piece, *span) for piece, span in zip(pieces, ranges, strict=True)]
    return _judged(pieces, set(client.save_all(wanted)), url)


def _judged(pieces: list[Path], versions: set[str | None], url: str) -> FieldError | None:
    """What is wrong with the pieces, if anything; the damaged are forgotten."""
    if len(versions) > 1:
        _forget(pieces)
        return FieldError(
            found=f"{url} changed while it was fetched",
            expected="ranges of one version",
            remedy="Run the same command again.",
        )
    problem = None
    for piece in pieces:
        try:
            check(piece, url)
        except FieldError as error:
            problem = error
            _forget([piece])
    return problem


def check(path: Path, name: str) -> int:
    """Number of messages of a file that holds whole GRIB messages and nothing else.

    Raises
    ------
    FieldError
        With the byte at which it is not GRIB.
    """
    size, at, count = path.stat().st_size, 0, 0
    with path.open("rb") as file:
        while at < size:
            file.seek(at)
            head = file.read(_HEAD_BYTES)
            length = _length(head)
            if length is None or at + length > size:
                raise _no_grib(name, at, head)
            file.seek(at + length - 4)
            tail = file.read(4)
            if tail != b"7777":
                raise _no_grib(name, at + length - 4, tail)
            at += length
            count += 1
    if not count:
        raise _no_grib(name, 0, b"")
    return count


def _length(head: bytes) -> int | None:
    """Length that a GRIB message declares; None for what is none."""
    if len(head) < _HEAD_BYTES or head[:4] != b"GRIB":
        return None
    field = head[8:16] if head[7] == 2 else head[4:7]  # edition 2 counts in 8 bytes, 1 in 3
    length = int.from_bytes(field, "big")
    return length if length > _HEAD_BYTES else None


def _forget(pieces: list[Path]) -> None:
    for piece in pieces:
        piece.unlink(missing_ok=True)
        piece.with_name(f"{piece.name}.mark").unlink(missing_ok=True)


def _lines(text: bytes, url: str) -> list[str]:
    try:
        lines = [line for line in text.decode("ascii").splitlines() if line.strip()]
    except UnicodeDecodeError:
        raise _no_index(url, repr(text[:40])) from None
    if not lines:
        raise _no_index(url, "nothing")
    return lines


def _no_index(url: str, line: str) -> FieldError:
    return FieldError(
        found=f"{url} holds {line[:60]!r}",
        expected="an index of GRIB messages",
        remedy="The archive answered with something else: try again later, or set a mirror.",
    )


def _no_grib(name: str, at: int, found: bytes) -> FieldError:
    return FieldError(
        found=f"{name}: {found[:16]!r} at byte {at:,} of what came",
        expected="whole GRIB messages, from GRIB to 7777",
        remedy="The index does not fit the file, or the server sent something else: try again"
        " later, or set a mirror.",
    )
