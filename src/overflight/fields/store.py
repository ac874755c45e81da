"""A cache of winds that were read, keyed by what the files hold: a second run starts in a second.

The key is made of the files' hashes, the part that was needed and the version of the readers, so
a changed file is never served from an old entry. Entries are plain arrays that are mapped into
memory, complete or absent, checked against their checksums when they are used. Without a folder
that can be written everything works, only slower.

East and north lie side by side in an entry, as the kernels read them (:mod:`layout`), so that a
flight needs no copy of a wind; the canonical u and v are views of that.

A file's hash is remembered with its size, place and time of change, so that a large file is read
once and not on every run.
"""

import hashlib
import io
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from xarray.backends import BackendArray
from xarray.core import indexing

from overflight import kept
from overflight.errors import FieldError
from overflight.fields import backed, layout
from overflight.fields.canonical import DIMS, VARIABLES, Need
from overflight.physics import window

FORMAT = 2  # of an entry; raise it when entries of before must not be used
LIMIT_BYTES = 20_000_000_000  # the least recently used entries beyond it go
_CHUNK_BYTES = 1 << 22
_ABOUT = "entry.json"  # written last, inside a folder that is renamed into place


@dataclass(frozen=True)
class Kept:
    """A wind of the cache: the arrays of its entry, mapped and not read."""

    wind: xr.Dataset  # canonical
    laid: NDArray[np.float32]  # its u and v as :func:`overflight.fields.layout.to_grid` lays them


def sha256(path: Path) -> str:
    """Hash of a file, hexadecimal; of a folder (a Zarr store), that of its files and their names.

    A file that has not changed since it was hashed is not read again.
    """
    known = _Hashes(kept.winds())
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


def load(name: str, *, trusted: bool = False) -> Kept | None:
    """The wind kept under a key, mapped and not read; None where there is none that is whole.

    A damaged entry is removed, so that it does not stand in the way of the next one. ``trusted``
    spares the reading of an entry that this run has written itself.
    """
    place = kept.winds()
    if place is None:
        return None
    entry = place / name
    try:
        about = json.loads((entry / _ABOUT).read_text("utf-8"))
        checks = about["arrays"]
        if not trusted and any(_checksum(entry / f"{n}.npy") != crc for n, crc in checks.items()):
            raise OSError
        arrays = {one: backed.mapped(entry / f"{one}.npy") for one in checks}
        os.utime(entry / _ABOUT)  # used now: goes last
        return _kept(arrays, about["attrs"])
    except (FieldError, OSError, ValueError, KeyError, TypeError):
        shutil.rmtree(entry, ignore_errors=True)
        return None


def _kept(arrays: dict[str, NDArray[Any]], attrs: dict[str, Any]) -> Kept:
    laid = arrays.pop("uv_mps")
    coords: dict[str, Any] = {dim: arrays[dim] for dim in DIMS}
    if "lead_s" in arrays:
        coords["lead_s"] = ("time", arrays["lead_s"])
    _, columns = layout.eastward(arrays["lon_deg"].astype(np.float64))
    parts = {"u_mps": _component(laid, columns, 0), "v_mps": _component(laid, columns, 1)}
    parts |= {one: arrays[one] for one in VARIABLES if one in arrays}
    wind = xr.Dataset({n: (DIMS, parts[n]) for n in parts}, coords=coords, attrs=attrs)
    return Kept(wind, laid)


def _component(laid: NDArray[np.float32], columns: NDArray[np.intp], part: int) -> Any:  # noqa: ANN401
    """One component in the canonical order of columns: a view, or what takes it when asked."""
    n_columns = int(columns.max()) + 1
    if columns[0] == 0:
        return laid[..., :n_columns, part]
    return indexing.LazilyIndexedArray(_Turned(laid, np.argsort(columns), part))


class _Turned(BackendArray):
    """One component of a box across 180 degrees, whose columns lie in another order than is asked.

    Only what is asked for is read.
    """

    def __init__(self, laid: NDArray[np.float32], order: NDArray[np.intp], part: int) -> None:
        self._laid, self._order, self._part = laid, order, part
        self.shape = (*laid.shape[:3], len(order))
        self.dtype = laid.dtype

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:  # noqa: ANN401
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.BASIC, self._take
        )

    def _take(self, key: tuple[Any, ...]) -> NDArray[np.float32]:
        rows = self._laid[key[:3]]
        return np.asarray(rows[..., self._order[key[3]], self._part])


def save(name: str, wind: xr.Dataset) -> bool:
    """Keep a wind under a key; say whether that was possible.

    Two runs that keep the same wind at once do no harm: each writes its own folder, and the first
    to finish stays.
    """
    place = kept.winds()
    if place is None:
        return False
    try:
        place.mkdir(parents=True, exist_ok=True)
        if wind.nbytes > min(LIMIT_BYTES, kept.room_bytes()):
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
    place = kept.winds()
    sizes = [size for _, size, _ in _entries(place)] if place else []
    return Use(place, len(sizes), sum(sizes))


def clear() -> int:
    """Remove every entry and every remembered hash; return how many bytes that frees."""
    place = kept.winds()
    if place is None or not place.is_dir():
        return 0
    freed = 0
    for entry, size, _ in list(_entries(place)):
        shutil.rmtree(entry, ignore_errors=True)
        freed += size
    (place / _Hashes.NAME).unlink(missing_ok=True)
    return freed


def _fill(entry: Path, wind: xr.Dataset) -> None:
    names = [*DIMS, *(("lead_s",) if "lead_s" in wind.coords else ())]
    fields = [name for name in VARIABLES if name in wind and name not in ("u_mps", "v_mps")]
    checks = {one: _write(entry / f"{one}.npy", [wind[one].values]) for one in names}
    for one in fields:
        checks[one] = _write(entry / f"{one}.npy", _by_time(wind[one]), wind[one].shape)
    _, columns = layout.eastward(wind["lon_deg"].values.astype(np.float64))
    shape = (*wind["u_mps"].shape[:3], len(columns), 2)
    checks["uv_mps"] = _write(entry / "uv_mps.npy", _laid_by_time(wind, columns), shape)
    attrs = {name: _plain(value) for name, value in wind.attrs.items()}
    (entry / _ABOUT).write_text(json.dumps({"arrays": checks, "attrs": attrs}), encoding="utf-8")


def _by_time(values: xr.DataArray) -> Iterator[NDArray[Any]]:
    for time in range(values.sizes["time"]):
        field = values[time].values
        yield field
        window.release(field)


def _laid_by_time(wind: xr.Dataset, columns: NDArray[np.intp]) -> Iterator[NDArray[np.float32]]:
    uv_mps = np.empty((*wind["u_mps"].shape[1:3], len(columns), 2), dtype=np.float32)
    for time in range(wind.sizes["time"]):
        layout.interleave(wind, time, columns, uv_mps)
        yield uv_mps


def _write(path: Path, parts: Iterable[NDArray[Any]], shape: tuple[int, ...] | None = None) -> int:
    """Write an array's parts one after the other as one ``.npy`` file; return its checksum.

    ``shape`` is that of the whole; the one part's if there is one only.
    """
    total, begun = 0, False
    with path.open("wb") as file:
        for part in parts:
            if not begun:
                head = io.BytesIO()
                told = {"descr": np.lib.format.dtype_to_descr(part.dtype), "fortran_order": False}
                np.lib.format.write_array_header_1_0(head, {**told, "shape": shape or part.shape})
                file.write(head.getvalue())
                total, begun = zlib.crc32(head.getvalue()), True
            data = np.ascontiguousarray(part).reshape(-1).view(np.uint8).data
            file.write(data)
            total = zlib.crc32(data, total)
    return total


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
    held = 0
    for entry, size, _ in sorted(_entries(place), key=lambda one: one[2], reverse=True):
        held += size
        if held > LIMIT_BYTES:
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
