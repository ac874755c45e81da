"""A cache of winds that were read, keyed by what the files hold: a second run starts in a second.

The key is made of the files' hashes, the part that was needed and the version of the readers, so
a changed file is never served from an old entry. Entries are plain arrays that are mapped into
memory, complete or absent, checked against their checksums when they are used. Without a folder
that can be written everything works, only slower.

A file's hash is remembered with its size, place and time of change, so that a large file is read
once and not on every run.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from overflight import kept
from overflight.fields.canonical import DIMS, VARIABLES, Need

FORMAT = 1  # of an entry; raise it when entries of before must not be used
LIMIT_BYTES = 20_000_000_000  # the least recently used entries beyond it go
_CHUNK_BYTES = 1 << 22
_ABOUT = "entry.json"  # written last, inside a folder that is renamed into place


def folder() -> Path | None:
    """Where winds are kept between runs; None where the person said "off"."""
    return kept.winds()


def sha256(path: Path) -> str:
    """Hash of a file, hexadecimal; of a folder (a Zarr store), that of its files and their names.

    A file that has not changed since it was hashed is not read again.
    """
    known = _Hashes(folder())
    if path.is_file():
        found = known.of(path)
    else:
        total = hashlib.sha256()
        for part in sorted(p for p in path.rglob("*") if p.is_file()):
            total.update(f"{part.relative_to(path).as_posix()} {known.of(part)}\n".encode())
        found = total.hexdigest()
    known.keep()
    return found


def key(hashes: Sequence[str], need: Need) -> str:
    """Name of the entry for these files and this part of them."""
    part = json.dumps([hashes, [str(one) for one in astuple(need)], FORMAT, version("overflight")])
    return hashlib.sha256(part.encode()).hexdigest()


def load(name: str) -> xr.Dataset | None:
    """The wind kept under a key, mapped and not read; None where there is none that is whole."""
    place = folder()
    if place is None:
        return None
    entry = place / name
    try:
        about = json.loads((entry / _ABOUT).read_text("utf-8"))
        checks = about["arrays"]
        if any(_checksum(entry / f"{one}.npy") != check for one, check in checks.items()):
            return None
        arrays = {one: np.load(entry / f"{one}.npy", mmap_mode="r") for one in checks}
        os.utime(entry / _ABOUT)  # used now: goes last
    except (OSError, ValueError, KeyError, TypeError):
        return None
    coords = {dim: arrays[dim] for dim in DIMS}
    if "lead_s" in arrays:
        coords["lead_s"] = ("time", arrays["lead_s"])
    return xr.Dataset(
        {one: (DIMS, arrays[one]) for one in VARIABLES if one in arrays},
        coords=coords,
        attrs=about["attrs"],
    )


def save(name: str, wind: xr.Dataset) -> bool:
    """Keep a wind under a key; say whether that was possible.

    Two runs that keep the same wind at once do no harm: each writes its own folder, and the first
    to finish stays.
    """
    place = folder()
    if place is None:
        return False
    try:
        place.mkdir(parents=True, exist_ok=True)
        if wind.nbytes > min(LIMIT_BYTES, shutil.disk_usage(place).free // 2):
            return False
        scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=place))
    except OSError:
        return False
    try:
        _fill(scratch, wind)
        scratch.rename(place / name)
    except OSError:  # a full disk, or another run was first
        return (place / name / _ABOUT).is_file()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    _make_room(place)
    return True


@dataclass(frozen=True)
class Use:
    """What the cache holds."""

    place: Path | None
    n_entries: int
    size_bytes: int


def use() -> Use:
    """Where the cache is and how much it holds."""
    place = folder()
    sizes = [size for _, size, _ in _entries(place)] if place else []
    return Use(place, len(sizes), sum(sizes))


def clear() -> int:
    """Remove every entry and every remembered hash; return how many bytes that frees."""
    place = folder()
    if place is None or not place.is_dir():
        return 0
    freed = 0
    for entry, size, _ in list(_entries(place)):
        shutil.rmtree(entry, ignore_errors=True)
        freed += size
    (place / _Hashes.NAME).unlink(missing_ok=True)
    return freed


def _fill(entry: Path, wind: xr.Dataset) -> None:
    checks = {}
    names = [*DIMS, *(("lead_s",) if "lead_s" in wind.coords else ())]
    for one in (*names, *(name for name in VARIABLES if name in wind)):
        np.save(entry / f"{one}.npy", np.ascontiguousarray(wind[one].values))
        checks[one] = _checksum(entry / f"{one}.npy")
    attrs = {name: _plain(value) for name, value in wind.attrs.items()}
    (entry / _ABOUT).write_text(json.dumps({"arrays": checks, "attrs": attrs}), encoding="utf-8")


def _plain(value: Any) -> Any:  # noqa: ANN401 (whatever a file's attribute may be)
    return value.item() if isinstance(value, np.generic) else value


def _checksum(path: Path) -> int:
    total = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            total = zlib.crc32(chunk, total)
    return total


def _entries(place: Path) -> Iterator[tuple[Path, int, float]]:
    """(folder, size, last used) of every complete entry."""
    with suppress(OSError):
        for entry in place.iterdir():
            about = entry / _ABOUT
            if about.is_file():
                size = sum(part.stat().st_size for part in entry.iterdir())
                yield entry, size, about.stat().st_mtime


def _make_room(place: Path) -> None:
    kept = 0
    for entry, size, _ in sorted(_entries(place), key=lambda one: one[2], reverse=True):
        kept += size
        if kept > LIMIT_BYTES:
            shutil.rmtree(entry, ignore_errors=True)


class _Hashes:
    """Hashes of files, remembered between runs by place, size and time of change."""

    NAME = "hashes.json"
    MOST = 20_000  # files; beyond it all are forgotten

    def __init__(self, place: Path | None) -> None:
        self._file = place / self.NAME if place else None
        self._known: dict[str, str] = {}
        self._new = False
        if self._file is not None:
            with suppress(OSError, ValueError):
                held = json.loads(self._file.read_text("utf-8"))
                if isinstance(held, dict):
                    self._known = {str(k): str(v) for k, v in held.items()}

    def of(self, path: Path) -> str:
        """Hash of one file."""
        status = path.stat()
        mark = f"{path.resolve()}|{status.st_size}|{status.st_mtime_ns}|{status.st_ino}"
        if mark not in self._known:
            with path.open("rb") as file:
                self._known[mark] = hashlib.file_digest(file, "sha256").hexdigest()
            self._new = True
        return self._known[mark]

    def keep(self) -> None:
        """Write what is new, in one piece, where that is possible."""
        if self._file is None or not self._new:
            return
        if len(self._known) > self.MOST:
            self._known = {}
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".hashes-", dir=self._file.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(self._known, file)
            Path(name).replace(self._file)
