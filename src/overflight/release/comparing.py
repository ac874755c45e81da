"""Compare two releases number by number, and say what differs, where and by how much."""

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from overflight.release import embedded
from overflight.release.provenance import CRATE, MANIFEST, SIGNATURE

# They tell hashes, versions and the processor, which follow from the rest or may differ.
DERIVED = (MANIFEST, CRATE)
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")


@dataclass(frozen=True)
class Difference:
    """One place at which two releases differ; ``size`` is relative, infinite for words."""

    file: str
    where: str
    before: str
    now: str
    size: float

    def __str__(self) -> str:
        by = "" if np.isinf(self.size) else f", {self.size:.2g} of its size"
        return f"{self.file}: {self.where}: {self.before} before, {self.now} now{by}"


@dataclass(frozen=True)
class Compared:
    """What became of every file, and all places that differ by more than is tolerated."""

    identical: tuple[str, ...]
    close: tuple[str, ...]  # every number within the tolerance
    different: tuple[str, ...]
    differences: tuple[Difference, ...]
    largest: float  # relative difference of two numbers, tolerated or not

    @property
    def same(self) -> bool:
        """Whether nothing differs by more than is tolerated."""
        return not self.different

    def first(self, name: str, n: int) -> list[Difference]:
        """The first few places at which a file differs."""
        return list(islice((one for one in self.differences if one.file == name), n))


def compare(before: Path, now: Path, tolerance: float) -> Compared:
    """Compare all files but those that only tell of the others.

    Parameters
    ----------
    tolerance
        Relative difference of two numbers that is let pass; a number with decimals may also differ
        by one in its last. With 0 every byte must be the same.
    """
    names = sorted({*_names(before), *_names(now)})
    identical, close, different = [], [], []
    found: list[Difference] = []
    largest = 0.0
    for name in names:
        one, other = before / name, now / name
        if one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes():
            identical.append(name)
            continue
        if name in DERIVED and tolerance > 0.0:
            continue
        here = list(_differences(name, one, other))
        largest = max([largest, *(one.size for one in here if np.isfinite(one.size))])
        beyond = [d for d in here if not _tolerated(d, tolerance)]
        if beyond or (tolerance == 0.0 and not here):
            different.append(name)
            found += beyond or [Difference(name, "its bytes", "one way", "another", np.inf)]
        else:
            close.append(name)
    return Compared(tuple(identical), tuple(close), tuple(different), tuple(found), largest)


def _tolerated(found: Difference, tolerance: float) -> bool:
    if tolerance <= 0.0:
        return False
    if found.size <= tolerance:
        return True
    numbers = [_NUMBER.fullmatch(text) for text in (found.before, found.now)]
    if not all(numbers) or not any("." in text for text in (found.before, found.now)):
        return False
    digits = min(len(text.partition(".")[2]) for text in (found.before, found.now))
    return abs(float(found.before) - float(found.now)) <= 1.001 * 10.0**-digits


def _names(release: Path) -> Iterator[str]:
    for path in release.rglob("*"):
        name = path.relative_to(release).as_posix()
        if path.is_file() and name != SIGNATURE:  # a second run signs nothing
            yield name


def _differences(name: str, before: Path, now: Path) -> Iterator[Difference]:
    if not (before.is_file() and now.is_file()):
        told = [("there" if path.is_file() else "missing") for path in (before, now)]
        yield Difference(name, "the file", told[0], told[1], np.inf)
        return
    kind = before.suffix.lower()
    if kind == ".nc":
        yield from _arrays(name, before, now)
    elif kind in {".json", ".geojson", ".czml", ".mfjson"}:
        yield from _trees(name, "", *(json.loads(path.read_bytes()) for path in (before, now)))
    elif kind == ".csv":
        yield from _tables(name, before.read_text("utf-8"), now.read_text("utf-8"))
    elif kind == ".kmz":
        yield from _texts(name, _unzipped(before), _unzipped(now))
    elif kind in {".sqlite", ".db"}:
        yield from _texts(name, _dumped(before), _dumped(now))
    else:
        texts = [path.read_bytes().decode("utf-8", "replace") for path in (before, now)]
        yield from (_pages if kind == ".html" else _drawings)(name, *texts)


def _number(name: str, where: str, before: float, now: float) -> Iterator[Difference]:
    if before != now and not (np.isnan(before) and np.isnan(now)):
        scale = max(abs(before), abs(now))
        size = abs(before - now) / scale if np.isfinite(scale) else np.inf
        yield Difference(name, where, repr(before), repr(now), float(size))


def _words(name: str, where: str, before: object, now: object) -> Iterator[Difference]:
    if before != now:
        yield Difference(name, where, str(before)[:60], str(now)[:60], np.inf)


def _arrays(name: str, before: Path, now: Path) -> Iterator[Difference]:
    """Of each variable the entry that differs most, against the variable's own range."""
    import xarray as xr  # noqa: PLC0415 (only where there is such a file)

    with (
        xr.open_dataset(before, engine="h5netcdf", decode_times=False) as one,
        xr.open_dataset(now, engine="h5netcdf", decode_times=False) as other,
    ):
        yield from _trees(name, "attributes", dict(one.attrs), dict(other.attrs))
        for variable in sorted({*map(str, one.variables), *map(str, other.variables)}):
            if variable not in one.variables or variable not in other.variables:
                yield Difference(name, variable, "or not there", "or not there", np.inf)
                continue
            a, b = one[variable].values, other[variable].values
            if a.shape != b.shape or a.dtype.kind not in "fiu":
                same = a.shape == b.shape and bool((a == b).all())
                yield from _words(name, variable, "one way", "one way" if same else "another")
                continue
            yield from _most(name, variable, a.astype(np.float64), b.astype(np.float64))


def _most(name: str, variable: str, a: np.ndarray, b: np.ndarray) -> Iterator[Difference]:
    if (np.isfinite(a) != np.isfinite(b)).any():
        count = int((np.isfinite(a) != np.isfinite(b)).sum())
        yield Difference(name, variable, f"{count} gaps", "elsewhere", np.inf)
        return
    off = np.abs(np.nan_to_num(a - b))
    if variable.rpartition(" ")[2] == "lon":
        off = np.minimum(off, 360.0 - off)
    at = np.unravel_index(int(off.argmax()), off.shape)
    if off[at] > 0.0:
        scale = float(np.nanmax(np.abs(a)))
        size = float(off[at]) / scale if scale else float("inf")
        place = ", ".join(str(int(i)) for i in at)
        yield Difference(name, f"{variable}[{place}]", repr(float(a[at])), repr(float(b[at])), size)


def _trees(name: str, where: str, before: Any, now: Any) -> Iterator[Difference]:  # noqa: ANN401
    if isinstance(before, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*before, *now]):
            missing = [str(key in one) for one in (before, now)]
            if "False" in missing:
                yield from _words(name, f"{where}.{key} is there", *missing)
            else:
                yield from _trees(name, f"{where}.{key}".lstrip("."), before[key], now[key])
    elif isinstance(before, list) and isinstance(now, list):
        yield from _words(name, f"length of {where}", len(before), len(now))
        for index, (one, other) in enumerate(zip(before, now, strict=False)):
            yield from _trees(name, f"{where}[{index}]", one, other)
    elif all(isinstance(one, float | int) and not isinstance(one, bool) for one in (before, now)):
        yield from _number(name, where, before, now)
    else:
        yield from _words(name, where, before, now)


def _tables(name: str, before: str, now: str) -> Iterator[Difference]:
    one, other = (list(csv.reader(io.StringIO(text, newline=""))) for text in (before, now))
    yield from _words(name, "number of rows", len(one), len(other))
    columns = one[0] if one else []
    for line, (row, beside) in enumerate(zip(one, other, strict=False), start=1):
        yield from _words(name, f"columns of line {line}", len(row), len(beside))
        for column, a, b in zip(columns, row, beside, strict=False):
            yield from _texts(name, f"{a}", f"{b}", f"line {line}, {column}")


def _pages(name: str, before: str, now: str) -> Iterator[Difference]:
    """What the map of a page shows, tracks first, then the page's words and other numbers."""
    one, other = embedded.read(before), embedded.read(now)
    if one is None or other is None:
        told = ["none that can be read" if page is None else "there" for page in (one, other)]
        yield from _words(name, "the map's data", *told)
        yield from _drawings(name, before, now)
        return
    if one.lat_deg.shape == other.lat_deg.shape:
        yield from _most(name, "map tracks, lat", one.lat_deg, other.lat_deg)
        yield from _most(name, "map tracks, lon", one.lon_deg, other.lon_deg)
    else:
        yield from _words(name, "tracks of the map", one.lat_deg.shape, other.lat_deg.shape)
    yield from _trees(name, "map", one.data, other.data)
    yield from _drawings(name, one.rest, other.rest)


def _drawings(name: str, before: str, now: str) -> Iterator[Difference]:
    if before != now:
        yield from _texts(name, embedded.drawn(before), embedded.drawn(now))


def _texts(name: str, before: str, now: str, where: str = "") -> Iterator[Difference]:
    """Numbers against numbers where the words between them are the same."""
    if before == now:
        return
    words = [_NUMBER.split(text) for text in (before, now)]
    numbers = [_NUMBER.findall(text) for text in (before, now)]
    if words[0] != words[1]:
        pairs = ((a, b, index) for index, (a, b) in enumerate(zip(*words, strict=False)) if a != b)
        a, b, index = next(pairs, ("shorter", "longer", -1))
        yield from _words(name, where or f"words after number {index}", a.strip(), b.strip())
        return
    for index, (a, b) in enumerate(zip(*numbers, strict=True)):
        if a != b:
            scale = max(abs(float(a)), abs(float(b)))  # 0 of 0 and -0
            size = abs(float(a) - float(b)) / scale if scale else 0.0
            yield Difference(name, where or f"number {index + 1}", a, b, size)


def _unzipped(path: Path) -> str:
    with zipfile.ZipFile(path) as file:
        return "\n".join(file.read(one).decode("utf-8", "replace") for one in file.namelist())


def _dumped(path: Path) -> str:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return "\n".join(database.iterdump())
