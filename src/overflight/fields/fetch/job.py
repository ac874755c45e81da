"""Fetch a plan into a folder: resumable, checked, and safe to stop at any moment.

A finished file is in place whole, and written down with its size and SHA-256 in ``.fetch.json``,
which is replaced and never edited. What is unfinished lies in ``.fetch-parts`` and counts for
nothing. A second run checks what is there and fetches only what is missing or damaged.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from overflight.errors import CoverageError, FieldError
from overflight.fields.extent import Extent
from overflight.fields.fetch import arco, ecmwf, gfs, gribs, igra, lock
from overflight.fields.fetch.plan import Part, Plan
from overflight.fields.fetch.ranges import Absent, Client

STATE = ".fetch.json"
WORK = ".fetch-parts"
_NAME = re.compile(r"[A-Za-z0-9_]+(-data)?\.(nc|grib2|txt)")
Progress = Callable[[str, int, int], None]  # (stage, done, total)


class Source(Protocol):
    """What a module of a source can do."""

    def plan(self, extent: Extent, every_h: int = ...) -> Plan:
        """Say what would be fetched, without asking anybody."""

    def make(self, client: Client, part: Part, extent: Extent, path: Path) -> None:
        """Make one part, whole, at a path."""


SOURCES: dict[str, Source] = {"era5": arco, "gfs": gfs, "ecmwf": ecmwf, "igra": igra}


@dataclass(frozen=True)
class _Kept:
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class _State:
    """What an earlier run wrote down."""

    about: object
    kept: dict[str, _Kept]
    planned: list[str]  # names of all parts


def plan(
    source: str,
    extent: Extent,
    *,
    every_h: int | None = None,
    probe: bool = False,
    client: Client | None = None,
) -> Plan:
    """Say what would be fetched.

    Parameters
    ----------
    source
        era5, gfs, ecmwf or igra.
    every_h
        Hours between fields; None for what is usual of the source.
    probe
        Whether to ask the archive (GFS and ECMWF: the index of the first file; IGRA: the list of
        stations) instead of estimating. Nothing is asked otherwise.

    Raises
    ------
    CoverageError
        If the source does not reach the times or levels; what to use instead is said.
    """
    if source not in SOURCES:
        raise FieldError(
            found=f"the source {source!r}",
            expected=f"one of {', '.join(SOURCES)}",
            remedy="Choose one of them with --source.",
        )
    if every_h is not None and (every_h < 1 or 24 % every_h):
        raise FieldError(
            found=f"fields every {every_h} h",
            expected="1, 2, 3, 4, 6, 8, 12 or 24",
            remedy="Choose another spacing.",
        )
    maker = SOURCES[source]
    told = maker.plan(extent) if every_h is None else maker.plan(extent, every_h)
    return _probed(told, client or Client()) if probe else told


def _probed(told: Plan, client: Client) -> Plan:
    """Learn sizes from the archive."""
    if told.source == "igra":
        return igra.expand(client, told)
    if told.source == "era5":
        return told
    archive = gfs.ARCHIVE if told.source == "gfs" else ecmwf.ARCHIVE
    first = told.parts[0]
    try:
        _, spans = gribs.locate(archive, client, first, told.extent)
    except Absent as gone:
        raise _absent(first, told, gone) from None
    known = sum(end - start for start, end in spans if end is not None)
    size = known + archive.message_bytes * sum(end is None for _, end in spans)
    parts = tuple(replace(p, download_bytes=size, requests=len(spans) + 1) for p in told.parts)
    return replace(
        told,
        parts=parts,
        disk_bytes=size * len(parts),
        basis=(f"the index of {first.name} says {size / 1e6:.3g} MB, taken for every hour",),
    )


def run(
    told: Plan, folder: Path, progress: Progress | None = None, client: Client | None = None
) -> list[Path]:
    """Fetch all parts of a plan into a folder; run again, it goes on.

    Returns
    -------
    list of Path
        The files, complete and checked, in the order of the plan.

    Raises
    ------
    FieldError
        If the archive cannot be reached, or gives what is not wind; what is complete is kept. If
        another fetch is at work in the folder.
    OSError
        If the folder cannot be written.
    """
    client = client or Client()
    client.forget()
    folder.mkdir(parents=True, exist_ok=True)
    with lock.held(folder):
        return _run(told, folder, progress, client)


def _run(told: Plan, folder: Path, progress: Progress | None, client: Client) -> list[Path]:
    told, kept = _begun(told, folder, client)
    absent_bytes = sum(part.download_bytes for part in told.parts if part.name not in kept)
    client.watch = progress and _megabytes(progress, client.received_bytes, absent_bytes)
    work = folder / WORK
    work.mkdir(exist_ok=True)
    arco.clean(work)
    files = []
    for done, part in enumerate(told.parts):
        if progress is not None:
            progress("fetch", done, len(told.parts))
        path = folder / part.name
        if not _intact(path, kept.get(part.name)):
            kept[part.name] = _fetch(told, part, path, work, client)
            _write_state(told, folder, kept)
        if kept[part.name].size_bytes:
            files.append(path)
    if progress is not None:
        progress("fetch", len(told.parts), len(told.parts))
    for left in work.iterdir():
        left.unlink()
    work.rmdir()
    if not files:
        raise CoverageError(
            found=f"none of {len(told.parts)} stations has a sounding at that time",
            expected="at least one",
            remedy="Fetch a gridded wind instead (--source era5).",
        )
    return files


def _megabytes(progress: Progress, before: int, expected_bytes: int) -> Callable[[int], None]:
    """Report every megabyte that comes; the total is an estimate, and grows where it was short."""
    told_mb = -1

    def watch(received_bytes: int) -> None:
        nonlocal told_mb
        here_mb = (received_bytes - before) // 1_000_000
        if here_mb > told_mb:
            told_mb = here_mb
            progress("fetch, MB", here_mb, max(here_mb, expected_bytes // 1_000_000))

    return watch


def _fetch(told: Plan, part: Part, path: Path, work: Path, client: Client) -> _Kept:
    """Make one file beside, check it, and put it in place."""
    fresh = work / part.name
    try:
        SOURCES[told.source].make(client, part, told.extent, fresh)
    except Absent as gone:
        if not part.optional:
            raise _absent(part, told, gone) from None
        fresh.write_bytes(b"")
    kept = _Kept(fresh.stat().st_size, _sha256(fresh))
    if kept.size_bytes:
        fresh.replace(path)
    for left in work.glob(f"{part.name}*"):
        left.unlink()
    return kept


def _begun(told: Plan, folder: Path, client: Client) -> tuple[Plan, dict[str, _Kept]]:
    """What an earlier run of the same plan left; the plan itself, where that had to be asked."""
    state = _read_state(folder) or _State(_about(told), {}, [])
    if state.about != _about(told):
        raise FieldError(
            found=f"{folder} holds another fetch: {state.about}",
            expected="an empty folder, or one of the same source, times, levels and box",
            remedy="Choose another folder.",
        )
    if told.source == "igra" and told.parts[0].name == igra.EVERYTHING:
        known = state.planned
        told = igra.of_stations(told, known) if known else igra.expand(client, told)
    return told, state.kept


def _about(told: Plan) -> dict[str, str]:
    return {"source": told.source, **{k: str(v) for k, v in asdict(told.extent).items()}}


def _read_state(folder: Path) -> _State | None:
    """What was fetched, and its parts; None where nothing, or nothing readable, is recorded."""
    try:
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
        parts = {str(name): _Kept(int(n), str(sha)) for name, (n, sha) in state["parts"].items()}
        planned = [str(name) for name in state["planned"]]
        if not all(_NAME.fullmatch(name) for name in (*parts, *planned)):
            return None
        return _State(state["about"], parts, planned)
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None  # without a record nothing counts as done


def _write_state(told: Plan, folder: Path, kept: dict[str, _Kept]) -> None:
    parts = {name: [one.size_bytes, one.sha256] for name, one in sorted(kept.items())}
    planned = [part.name for part in told.parts]
    about = {"about": _about(told), "attribution": told.attribution}
    state = {**about, "planned": planned, "parts": parts}
    fresh = folder / f"{STATE}.new"
    fresh.write_text(json.dumps(state, indent=1), encoding="utf-8")
    fresh.replace(folder / STATE)


def _intact(path: Path, kept: _Kept | None) -> bool:
    """Whether a file is what was written down."""
    if kept is None:
        return False
    if kept.size_bytes == 0:
        return True
    there = path.is_file() and path.stat().st_size == kept.size_bytes
    return there and _sha256(path) == kept.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _absent(part: Part, told: Plan, gone: Absent) -> CoverageError:
    return CoverageError(
        found=f"the archive has no {part.name} (asked for {part.urls[0]}, answer {gone.status})",
        expected="a file of that time",
        remedy="It may be too new, or was never kept: "
        + ("use another source." if told.source == "era5" else "fetch ERA5 (--source era5)."),
    )
