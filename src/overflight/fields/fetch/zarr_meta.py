"""The metadata of a Zarr store on a server: enough to fetch one hour and decode it alone.

A copy of the metadata is written beside the few chunks that are fetched, with time cut to one
hour; Zarr itself then decodes the small store, whatever its codecs are.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import zarr

from overflight.errors import FieldError
from overflight.fields.fetch.ranges import Absent, Client

_MOST_BYTES = 50_000_000
_MOST_CHUNK_BYTES = 1_000_000_000  # decoded
_ORIGIN = re.compile(r"hours since (\d{4}-\d{2}-\d{2})([T ]00:00(:00(\.0+)?)?)?( UTC|Z)?")

Json = Mapping[str, object]


@dataclass(frozen=True)
class About:
    """Metadata of a store: those of its group, and of every array."""

    zarr_format: int
    attributes: Json
    arrays: Json  # by path: '.zarray' and '.zattrs', or the array of format 3


@dataclass(frozen=True)
class Array:
    """Metadata of one array."""

    name: str
    zarr_format: int
    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    about: Json
    attributes: Json

    def key(self, at: tuple[int, ...]) -> str:
        """Name of a chunk below its array."""
        if self.zarr_format == 2:
            return str(self.about.get("dimension_separator") or ".").join(map(str, at))
        encoding = _dict(self.about.get("chunk_key_encoding"))
        options = _dict(encoding.get("configuration"))
        if encoding.get("name") == "v2":
            return str(options.get("separator") or ".").join(map(str, at))
        mark = str(options.get("separator") or "/")
        return mark.join(("c", *map(str, at)))

    def write(self, folder: Path, **changed: object) -> None:
        """Write the metadata as those of an array on disk, with changes."""
        folder.mkdir(parents=True, exist_ok=True)
        about = {**self.about, **changed}
        if self.zarr_format == 3:
            (folder / "zarr.json").write_text(json.dumps(about), encoding="utf-8")
            return
        (folder / ".zarray").write_text(json.dumps(about), encoding="utf-8")
        (folder / ".zattrs").write_text(json.dumps(dict(self.attributes)), encoding="utf-8")

    def write_one(self, folder: Path) -> None:
        """Write the metadata with one step along the first axis."""
        self.write(folder, shape=[1, *self.shape[1:]])

    def write_value(self, folder: Path, value: int) -> None:
        """Write the array as one whole number, not compressed."""
        plain: dict[str, object] = {"shape": [1]}
        if self.zarr_format == 2:
            plain |= {"chunks": [1], "dtype": "<i8", "compressor": None, "filters": None}
        else:
            codec = {"name": "bytes", "configuration": {"endian": "little"}}
            grid = {"name": "regular", "configuration": {"chunk_shape": [1]}}
            plain |= {"data_type": "int64", "codecs": [codec], "chunk_grid": grid}
        self.write(folder, **plain, fill_value=0)
        target = folder / self.key((0,))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(np.array([value], dtype="<i8").tobytes())


def read(client: Client, url: str) -> About:
    """Fetch the metadata of a store of format 2 (consolidated) or 3.

    Raises
    ------
    FieldError
        If there are none, or they are not what Zarr writes.
    """
    for name in (".zmetadata", "zarr.json"):
        try:
            told = json.loads(client.once(f"{url}/{name}", _MOST_BYTES))
        except Absent:
            continue
        except (ValueError, RecursionError):
            raise _no_store(url, f"{name} is not JSON") from None
        if name == ".zmetadata":
            arrays = _dict(_dict(told).get("metadata"))
            return About(2, _dict(arrays.get(".zattrs")), arrays)
        held = _dict(_dict(_dict(told).get("consolidated_metadata")).get("metadata"))
        return About(3, _dict(_dict(told).get("attributes")), held)
    raise _no_store(url, "neither .zmetadata nor zarr.json is there")


def array(about: About, name: str, url: str) -> Array:
    """Metadata of one array, checked.

    Raises
    ------
    FieldError
        If it is absent, or its sizes cannot be.
    """
    if about.zarr_format == 2:
        own = _dict(about.arrays.get(f"{name}/.zarray"))
        attributes, chunks = _dict(about.arrays.get(f"{name}/.zattrs")), own.get("chunks")
        kind = own.get("dtype")
    else:
        own = _dict(about.arrays.get(name))
        attributes = _dict(own.get("attributes"))
        chunks = _dict(_dict(own.get("chunk_grid")).get("configuration")).get("chunk_shape")
        kind = own.get("data_type")
    if not own:
        raise _no_store(url, f"there is no array {name}")
    shape, sizes = _sizes(own.get("shape")), _sizes(chunks)
    if not shape or len(shape) != len(sizes):
        raise _no_store(url, f"{name} has shape {own.get('shape')!r} and chunks {chunks!r}")
    try:
        item_bytes = np.dtype(str(kind)).itemsize
    except TypeError:
        raise _no_store(url, f"{name} is of type {kind!r}") from None
    if math.prod(sizes) * item_bytes > _MOST_CHUNK_BYTES:
        raise _no_store(url, f"{name} has chunks of {math.prod(sizes) * item_bytes:,} bytes")
    return Array(name, about.zarr_format, shape, sizes, own, attributes)


def origin(time: Array, url: str) -> np.datetime64:
    """The moment from which an axis of time counts hours.

    Raises
    ------
    FieldError
        If it does not count hours of the usual calendar.
    """
    units = str(time.attributes.get("units", ""))
    match = _ORIGIN.fullmatch(units.strip())
    calendar = str(time.attributes.get("calendar", "standard"))
    if match is None or calendar not in ("standard", "gregorian", "proleptic_gregorian"):
        raise _no_store(url, f"time counts {units!r} of the calendar {calendar!r}")
    return np.datetime64(match[1], "h")


def value(folder: Path, index: int, url: str) -> int:
    """One value of an axis that is on disk.

    Raises
    ------
    FieldError
        If it cannot be decoded.
    """
    try:
        return int(np.asarray(zarr.open_array(folder, mode="r")[index]))
    except Exception as error:  # zarr and its codecs raise nearly anything on damaged chunks
        raise _no_store(url, f"its axis of time cannot be read ({error})") from error


def write_group(zarr_format: int, folder: Path) -> None:
    """Make a folder of arrays a group."""
    if zarr_format == 2:
        (folder / ".zgroup").write_text('{"zarr_format": 2}', encoding="utf-8")
    else:
        about = {"zarr_format": 3, "node_type": "group", "attributes": {}}
        (folder / "zarr.json").write_text(json.dumps(about), encoding="utf-8")


def moment(text: object) -> np.datetime64 | None:
    """The last hour of a day that metadata name; None for anything else.

    >>> moment("2025-12-31")
    np.datetime64('2025-12-31T23','h')
    """
    match = re.match(r"\d{4}-\d{2}-\d{2}", str(text))
    if match is None:
        return None
    try:
        return np.datetime64(match[0], "h") + np.timedelta64(23, "h")
    except ValueError:
        return None


def _dict(thing: object) -> Json:
    return thing if isinstance(thing, dict) else {}


def _sizes(thing: object) -> tuple[int, ...]:
    fine = isinstance(thing, list) and all(isinstance(n, int) and n > 0 for n in thing)
    return tuple(thing) if isinstance(thing, list) and fine else ()


def _no_store(url: str, why: str) -> FieldError:
    return FieldError(
        found=f"{url}: {why}",
        expected="the Zarr store of ARCO-ERA5",
        remedy="The archive changed or answered with something else: try again later, set a mirror,"
        " or use another source.",
    )
