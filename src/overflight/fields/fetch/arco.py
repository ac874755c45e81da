"""ERA5 from ARCO-ERA5, a public Zarr store: one hour of one variable is one object.

An object holds the whole globe and all 37 levels (154 MB, some 90 MB compressed), whatever is
wanted of it; so each hour is fetched, cropped to the box and levels, written small, and dropped.
A cut costs at most an hour. Despite its name the store is of Zarr format 2; format 3 is read too.
"""

import shutil
import tempfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import xarray as xr

from overflight.errors import CoverageError, FieldError
from overflight.fields import packed
from overflight.fields.advice import ERA5_LEVELS_HPA
from overflight.fields.canonical import DIMS, Need
from overflight.fields.extent import Extent, hours, levels_within
from overflight.fields.fetch import hosts, zarr_meta
from overflight.fields.fetch.plan import KEPT_BYTES, Part, Plan, box_nodes, outside, stamp
from overflight.fields.fetch.ranges import Absent, Client, Wanted
from overflight.fields.readers import zarr_store

BEGINS = np.datetime64("1940-01-01T00", "h")
EVERY_H = 1
CHUNK_BYTES = 90_000_000  # of 153,671,040: 0.56 to 0.6 of the size, as known of one 2-D object
SPACING_DEG = 0.25
ABOUT_REQUESTS = 6  # metadata and axes, once a run
WINDS = ("u_component_of_wind", "v_component_of_wind", "geopotential")
AXES = ("time", "level", "latitude", "longitude")
_MOST_CHUNKS = 64
_HOUR = np.timedelta64(1, "h")


def plan(extent: Extent, every_h: int = EVERY_H) -> Plan:
    """What a case needs of ARCO-ERA5, by typical sizes.

    Raises
    ------
    CoverageError
        If ERA5 does not reach so far.
    """
    base = hosts.base("era5")
    levels = levels_within(ERA5_LEVELS_HPA, extent, "ERA5")
    times = hours(extent, every_h)
    if times[0] < BEGINS:
        raise outside(source="ERA5", when=times[0], begins="1940-01-01")
    parts = tuple(
        Part(
            name=f"era5_{stamp(t)}.nc",
            time=t,
            urls=(base,),
            download_bytes=len(WINDS) * CHUNK_BYTES,
            requests=len(WINDS) + (0 if i else ABOUT_REQUESTS),
        )
        for i, t in enumerate(times)
    )
    kept = int(len(WINDS) * len(levels) * box_nodes(extent, SPACING_DEG) * KEPT_BYTES / 2)
    return Plan(
        "era5",
        extent,
        parts,
        len(parts) * kept,
        (
            f"an hour of a variable comes whole, about {CHUNK_BYTES / 1e6:.0f} MB compressed"
            " (estimated); only the box and levels are kept",
        ),
        hosts.ATTRIBUTIONS["era5"],
    )


@dataclass(frozen=True)
class Store:
    """What the store says of itself."""

    url: str
    arrays: dict[str, zarr_meta.Array]
    final_until: np.datetime64 | None  # later hours are preliminary (ERA5T)
    ends: np.datetime64 | None


def describe(client: Client, url: str) -> Store:
    """Read the metadata of the store.

    Raises
    ------
    FieldError
        If it is no such store.
    """
    about = zarr_meta.read(client, url)
    arrays = {name: zarr_meta.array(about, name, url) for name in (*WINDS, *AXES)}
    for name in WINDS:
        shape = arrays[name].shape
        if len(shape) != len(AXES) or arrays[name].chunks[0] != 1:
            raise FieldError(
                found=f"{url}: {name} of shape {shape}, in chunks of {arrays[name].chunks}",
                expected="time, level, latitude, longitude; an hour a chunk",
                remedy="The archive changed its layout: use another source.",
            )
    final = zarr_meta.moment(about.attributes.get("valid_time_stop"))
    ends = zarr_meta.moment(about.attributes.get("valid_time_stop_era5t")) or final
    return Store(url, arrays, final, ends)


def make(client: Client, part: Part, extent: Extent, path: Path) -> None:
    """Fetch one hour, crop it, and write it as a canonical NetCDF file.

    Raises
    ------
    CoverageError
        If the archive does not have the hour (yet).
    FieldError
        If what comes cannot be decoded, or has holes.
    """
    store = describe(client, part.urls[0])
    time = part.time
    if store.ends is not None and time > store.ends:
        raise _not_yet(time, store)
    with tempfile.TemporaryDirectory(prefix="store-", dir=path.parent) as name:
        small = Path(name)
        index = _index_of(client, store, time, small / "axis")
        for axis in AXES[1:]:
            _copy(client, store, axis, 0, small / "hour")
        _one_time(store, time, small / "hour")
        zarr_meta.write_group(store.arrays["time"].zarr_format, small / "hour")
        chunks = [
            one for wind in WINDS for one in _chunks(store, wind, index, path, small / "hour")
        ]
        try:
            client.save_all([chunk for chunk, _ in chunks])
        except Absent:
            raise _not_yet(time, store) from None
        kept = [chunk.path for chunk, _ in chunks]
        for chunk, (_, target) in zip(kept, chunks, strict=True):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(chunk, target)
        pieces = _decoded(small / "hour", extent, store.url, kept)
        wind_of_hour = _whole(pieces, time, store)
        packed.write(wind_of_hour, path)
    for chunk in kept:
        _forget(chunk)


def _chunks(
    store: Store, name: str, index: int, path: Path, folder: Path
) -> list[tuple[Wanted, Path]]:
    """The chunks of an hour of a variable, and where each lies in a store of that hour alone."""
    about = store.arrays[name]
    counts = [-(-n // c) for n, c in zip(about.shape[1:], about.chunks[1:], strict=True)]
    if int(np.prod(counts)) > _MOST_CHUNKS:
        raise FieldError(
            found=f"{store.url}: an hour of {name} in {int(np.prod(counts))} chunks",
            expected=f"at most {_MOST_CHUNKS}",
            remedy="The archive changed its layout: use another source.",
        )
    about.write_one(folder / name)
    found = []
    for at in product(*(range(count) for count in counts)):
        url = f"{store.url}/{name}/{about.key((index, *at))}"
        kept = path.with_name(f"{path.name}.{name}.{'.'.join(map(str, at))}")
        found.append((Wanted(url, kept), folder / name / about.key((0, *at))))
    return found


def _copy(client: Client, store: Store, name: str, first: int, folder: Path) -> None:
    """Download a chunk of an axis; the axes of space have one."""
    about = store.arrays[name]
    if name != "time" and about.chunks[0] < about.shape[0]:
        raise FieldError(
            found=f"{store.url}: {name} in chunks of {about.chunks}",
            expected="one chunk",
            remedy="The archive changed its layout: use another source.",
        )
    about.write(folder / name)
    target = folder / name / about.key((first,))
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.write_bytes(client.once(f"{store.url}/{name}/{about.key((first,))}"))
    except Absent:
        raise FieldError(
            found=f"{store.url} lacks its axis {name}",
            expected="a complete store",
            remedy="Try again later, or use another source.",
        ) from None


def _index_of(client: Client, store: Store, time: np.datetime64, folder: Path) -> int:
    """Where an hour lies along the axis of time, and that it does."""
    about = store.arrays["time"]
    origin = zarr_meta.origin(about, store.url)
    _copy(client, store, "time", 0, folder)
    first = zarr_meta.value(folder / "time", 0, store.url)
    index = int((time - origin) / _HOUR) - first
    if not 0 <= index < about.shape[0]:
        raise _not_yet(time, store)
    if index // about.chunks[0]:
        _copy(client, store, "time", index // about.chunks[0], folder)
    if zarr_meta.value(folder / "time", index, store.url) - first != index:
        raise FieldError(
            found=f"{store.url}: hours that do not follow each other",
            expected="an hour a step",
            remedy="The archive changed its layout: use another source.",
        )
    return index


def _one_time(store: Store, time: np.datetime64, folder: Path) -> None:
    hour = int((time - zarr_meta.origin(store.arrays["time"], store.url)) / _HOUR)
    store.arrays["time"].write_value(folder / "time", hour)


def _decoded(folder: Path, extent: Extent, url: str, chunks: list[Path]) -> list[xr.Dataset]:
    """Crop and decode by the reader of Zarr stores; what cannot be decoded is forgotten."""
    need = Need(
        pressure_min_pa=extent.pressure_min_pa,
        pressure_max_pa=extent.pressure_max_pa,
        south_deg=extent.south_deg,
        north_deg=extent.north_deg,
        west_deg=extent.west_deg,
        east_deg=extent.east_deg,
    )
    try:
        return zarr_store.read(folder, need)
    except FieldError as error:
        for chunk in chunks:
            _forget(chunk)
        raise FieldError(
            found=f"{url}: what came cannot be read ({error.found})",
            expected="an hour of ERA5",
            remedy="Run the same command again; if it fails again, use another source.",
        ) from error


def _whole(pieces: list[xr.Dataset], time: np.datetime64, store: Store) -> xr.Dataset:
    """One canonical hour without holes."""
    if len(pieces) != 1:
        raise FieldError(
            found=f"{len(pieces)} fields in an hour of {store.url}",
            expected="one, with u, v and geopotential on one grid",
            remedy="The archive changed its layout: use another source.",
        )
    wind = pieces[0]
    for name in ("u_mps", "v_mps", "z_m"):
        values = wind[name].transpose(*DIMS).values
        if np.isnan(values).all():
            raise _not_yet(time, store)
        if not np.isfinite(values).all():
            raise FieldError(
                found=f"{np.isnan(values).mean():.1%} of {name} is missing in ERA5 of {time} UTC",
                expected="a whole field",
                remedy="Use another source for this time.",
            )
    wind.attrs |= {"source": "era5", "product": "reanalysis"}
    wind.attrs |= {"title": "ERA5, pressure levels", "attribution": hosts.ATTRIBUTIONS["era5"]}
    if store.final_until is not None and time > store.final_until:
        wind.attrs["title"] = "ERA5T (preliminary), pressure levels"
    return wind


def _not_yet(time: np.datetime64, store: Store) -> CoverageError:
    ends = "" if store.ends is None else f"; it says it ends on {str(store.ends)[:10]}"
    return CoverageError(
        found=f"ARCO-ERA5 has no wind of {np.datetime_as_string(time, 'h')} UTC{ends}",
        expected="hours that are there",
        remedy="ERA5 comes some days to months late: use GFS (--source gfs), or try again later.",
    )


def _forget(chunk: Path) -> None:
    chunk.unlink(missing_ok=True)
    chunk.with_name(f"{chunk.name}.mark").unlink(missing_ok=True)


def clean(folder: Path) -> None:
    """Remove the small stores that a cut run left."""
    for left in folder.glob("store-*"):
        shutil.rmtree(left, ignore_errors=True)
