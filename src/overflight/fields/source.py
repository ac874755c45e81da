"""The one door by which wind files enter: any number of files in, one canonical wind out.

What a file is, is found in the file; its reader makes pieces, the pieces are merged, heights are
filled in where no file has any, and the whole must look like wind. Everything repaired on the way
is in the wind's notes. What cannot be used is refused with a reason: nothing is clipped or
extrapolated.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import canonical, memory, merge, plausible, sniff, store
from overflight.fields.canonical import ALL, Need
from overflight.fields.readers import arl, grib, netcdf, zarr_store
from overflight.physics import atmosphere

Progress = Callable[[str, int, int], None]  # (stage, done, total)
Reader = Callable[[Path, Need], list[xr.Dataset]]

READERS: dict[str, Reader] = {
    "arl": arl.read,
    "grib": grib.read,
    "netcdf3": netcdf.read,
    "netcdf4": netcdf.read,
    "netcdf5": netcdf.read,
    "zarr": zarr_store.read,
    "zip": zarr_store.read,
}


@dataclass(frozen=True)
class WindFile:
    """One file that a wind was read from."""

    name: str
    words: str  # its kind, for people
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Opened:
    """A wind, and the files that it is made of."""

    wind: xr.Dataset  # canonical and plausible
    files: tuple[WindFile, ...]
    from_cache: bool
    laid: NDArray[np.float32] | None  # its u and v as kernels read them, where the cache keeps it


def silent(stage: str, done: int, total: int) -> None:
    """Report no progress."""
    del stage, done, total


def open_winds(
    paths: Sequence[Path], need: Need = ALL, *, cached: bool = True, progress: Progress = silent
) -> Opened:
    """Read wind from files and folders, all of one wind.

    Parameters
    ----------
    paths
        Files, Zarr stores, or folders whose files all belong to the wind.
    need
        The part that is wanted; less of it is less to read and to hold.
    cached
        Whether to look in the cache and to keep the wind there.

    Raises
    ------
    FieldError
        If a file is of no known kind, damaged, not wind, or not of one wind with the others.
    MissingExtraError
        If a package that reads such files is not installed.
    """
    wanted = with_height(need)
    files = sniff.files_of(paths)
    kinds = [_wind_kind(file) for file in files]
    known = []
    for index, (file, kind) in enumerate(zip(files, kinds, strict=True)):
        progress("wind files", index, 2 * len(files))
        known.append(WindFile(file.name, kind.words, _size(file), store.sha256(file)))
    key = store.key([file.sha256 for file in known], wanted)
    if cached and (kept := store.load(key)) is not None:
        progress("wind files", 2 * len(files), 2 * len(files))
        return Opened(kept.wind, tuple(known), from_cache=True, laid=kept.laid)
    pieces: list[xr.Dataset] = []
    for index, (file, kind) in enumerate(zip(files, kinds, strict=True)):
        pieces += READERS[kind.key](file, wanted)
        progress("wind files", len(files) + index + 1, 2 * len(files))
    wind = finished(pieces)
    if cached and store.save(key, wind) and (kept := store.load(key, trusted=True)) is not None:
        # Mapped from now on: what was read is let go.
        return Opened(kept.wind, tuple(known), from_cache=False, laid=kept.laid)
    return Opened(wind, tuple(known), from_cache=False, laid=None)


@dataclass(frozen=True)
class Size:
    """How large the needed part of a wind is, as told by its files' headers."""

    variables: int
    times: int
    levels: int
    rows: int
    columns: int

    @property
    def nodes(self) -> int:
        """Nodes of one variable at all times."""
        return self.times * self.levels * self.rows * self.columns


def size_of(paths: Sequence[Path], need: Need = ALL) -> Size:
    """How large the needed part of files and folders is; no field of them is read.

    Where times overlap between files it is an upper bound; of a projected grid it is the file's
    own nodes, before they are brought onto latitudes and longitudes.

    Raises
    ------
    FieldError
        If a file is of no known kind, damaged, not wind, or holds nothing of what is needed.
    """
    wanted = with_height(need)
    told = []
    for file in sniff.files_of(paths):
        kind = _wind_kind(file)
        found = memory.asked(partial(READERS[kind.key], file, wanted))
        told += [] if found is None else [found]
    if not told:
        finished([])
    variables = max(number for number, _ in told)
    variables = variables if variables > 1 else len(canonical.REQUIRED)
    levels, rows, columns = (max(shape[axis] for _, shape in told) for axis in (1, 2, 3))
    values = sum(number * math.prod(shape) for number, shape in told)
    times = math.ceil(values / (variables * levels * rows * columns))
    return Size(variables, times, levels, rows, columns)


def finished(pieces: list[xr.Dataset]) -> xr.Dataset:
    """Join pieces into one canonical wind that looks like wind.

    ``pieces`` is emptied on the way, so that no field is held twice for long.

    Raises
    ------
    FieldError
        If the pieces are not of one wind, or their wind cannot be one.
    """
    if not pieces:
        raise FieldError(
            found="no wind in what was wanted of these files",
            expected="u and v on pressure levels, within the times, levels and box",
            remedy="Look at the file with 'overflight wind inspect'.",
        )
    wind = merge.merge(pieces)
    pieces.clear()
    for name in ("u_mps", "v_mps"):
        if name not in wind:
            raise FieldError(
                found=f"no {'eastward' if name == 'u_mps' else 'northward'} wind in these files",
                expected="both u and v",
                remedy="Name the file that holds it too, or fetch both.",
            )
    return plausible.accepted(_with_heights(wind))


def with_height(need: Need) -> Need:
    """The same need, with the variables that every canonical wind has."""
    names = tuple(dict.fromkeys((*canonical.REQUIRED, *need.variables, "sd_mps")))
    return replace(need, variables=names)


def _with_heights(wind: xr.Dataset) -> xr.Dataset:
    """Fill in heights of the standard atmosphere where no file has any, and say so."""
    if "z_m" in wind:
        return wind
    height_m = [atmosphere.pressure_altitude_m(float(p)) for p in wind["pressure_pa"].values]
    shape = tuple(wind.sizes[dim] for dim in canonical.DIMS)
    heights = np.broadcast_to(np.array(height_m, dtype=np.float32)[:, None, None], shape)
    wind = wind.assign(z_m=(canonical.DIMS, heights))
    wind.attrs["height_basis"] = "standard atmosphere"
    canonical.note(
        wind,
        "The files give no heights: those of the standard atmosphere stand in, which may be off by"
        " 0.7 km in a winter stratosphere.",
    )
    return wind


def _wind_kind(path: Path) -> sniff.Kind:
    """What kind of wind file it is; text and listings are no wind fields."""
    kind = sniff.kind_of(path)
    if kind.key == "tdump":
        raise FieldError(
            found=f"{path.name} is {kind.words}: tracks, not winds",
            expected="a wind field",
            remedy="See what is in it with 'overflight wind inspect'.",
        )
    if kind.key == "text" or (kind.key == "zip" and not zarr_store.looks_like_zip(path)):
        raise FieldError(
            found=f"{path.name} is {kind.words}, not a gridded wind",
            expected=sniff.EXPECTED,
            remedy="If it holds soundings, make a wind of them first: overflight wind build.",
        )
    return kind


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(part.stat().st_size for part in path.rglob("*") if part.is_file())
