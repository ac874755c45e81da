"""Read the packed meteorology of NOAA's Air Resources Laboratory, which HYSPLIT uses.

A file is a run of records of one length: 50 letters that say what follows, then one byte for each
node, the difference to its neighbour (format: HYSPLIT User's Guide, "Meteorological data format").
Each time begins with an index record that lists grid, levels, variables and a checksum for each
field. Winds on a projected grid blow along its own axes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyproj
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import canonical, memory
from overflight.fields.canonical import ALL, Need
from overflight.fields.readers.loading import Picked, piece_of
from overflight.fields.readers.makers import NOAA
from overflight.fields.readers.projected import Native, regrid
from overflight.fields.readers.timeline import Timeline

Array = NDArray[np.float64]

LABEL_BYTES = 50
_HEAD_BYTES = 108  # of the index record, before its list of levels
_EARTH_RADIUS_M = 6_371_200.0  # of HYSPLIT's map routines
_PRESSURE = 2  # vertical coordinate
_COORDINATES = {1: "sigma", 3: "terrain-following", 4: "hybrid", 5: "WRF"}
_ROLES = {
    "UWND": ("u_mps", 1.0),
    "VWND": ("v_mps", 1.0),
    "HGTS": ("z_m", 1.0),
    "TEMP": ("t_k", 1.0),
    "WWND": ("omega_paps", 100.0),  # hPa/s
}
_SOURCES = {"GDAS": "gdas", "GFS": "gfs", "GFSQ": "gfs", "NAM": "nam", "CDC1": "ncep",
            "ERA5": "era5", "EDAS": "nam", "GFSG": "gfs", "GEFS": "gefs"}  # fmt: skip


@dataclass(frozen=True)
class Index:
    """What an index record says: when, on which grid, and the levels with their variables."""

    valid: datetime
    lead_h: int
    model: str
    grid: tuple[float, ...]  # the twelve numbers that place it
    nx: int
    ny: int
    coordinate: int
    length: int  # bytes of the index's text
    levels: tuple[tuple[float, tuple[tuple[str, int], ...]], ...]  # height, (name, checksum)

    @property
    def record_bytes(self) -> int:
        """Length of every record."""
        return LABEL_BYTES + self.nx * self.ny

    @property
    def index_records(self) -> int:
        """How many records the index itself fills."""
        return -(-self.length // (self.nx * self.ny))


def looks_like(head: bytes) -> bool:
    """Whether a file begins with an ARL index record."""
    return head[14:18] == b"INDX" and head[:4].replace(b" ", b"").isdigit()


def read(path: Path, need: Need = ALL) -> list[xr.Dataset]:
    """Read the needed part of an ARL file.

    Raises
    ------
    FieldError
        If the file is cut or damaged, or its levels are not pressures.
    """
    data = np.memmap(path, dtype=np.uint8, mode="r")
    indices = list(_indices(data, path.name))
    first = indices[0][1]
    if first.coordinate != _PRESSURE:
        kind = _COORDINATES.get(first.coordinate, f"unknown ({first.coordinate})")
        raise FieldError(
            found=f"{path.name} has levels of the kind {kind}",
            expected="pressure levels",
            remedy="Use a data set on pressure levels (gdas1, gfs0p25), or fetch ERA5 or GFS.",
        )
    groups: dict[tuple[object, ...], list[tuple[int, Index]]] = {}
    for offset, index in indices:
        shape = tuple(height for height, _ in index.levels)
        groups.setdefault((index.nx, index.ny, index.grid, shape), []).append((offset, index))
    return [_piece(data, group, need, path.name) for group in groups.values()]


def _indices(data: NDArray[np.uint8], name: str) -> Iterator[tuple[int, Index]]:
    """Every time of the file: where it begins and what its index says."""
    at, count = 0, 0
    while at < len(data):
        index = parse_index(bytes(data[at : at + 65_536]), name, at)
        fields = sum(len(variables) for _, variables in index.levels)
        end = at + (fields + index.index_records) * index.record_bytes
        if end > len(data):
            raise FieldError(
                found=f"{name} ends {end - len(data):,} bytes before the end of the fields of"
                f" {index.valid:%Y-%m-%d %H:%M} UTC, after {count} complete times",
                expected="whole times",
                remedy="The download was cut short: fetch it again.",
            )
        yield at, index
        at, count = end, count + 1


def parse_index(text: bytes, name: str, at: int = 0) -> Index:
    """Read an index record from its first bytes; a small grid spreads it over several records.

    Raises
    ------
    FieldError
        If it is none.
    """
    try:
        label, head = text[:LABEL_BYTES].decode("ascii"), text[LABEL_BYTES:].decode("latin-1")
        if label[14:18] != "INDX":
            raise _damaged(name, at, f"{label[14:18]!r} where an index record should be")
        grid = tuple(float(head[9 + 7 * k : 16 + 7 * k]) for k in range(12))
        nx, ny, nz = (int(head[93 + 3 * k : 96 + 3 * k]) for k in range(3))
        thousands = [ord(letter) - 64 if letter.isalpha() else 0 for letter in label[12:14]]
        nx, ny = nx + 1_000 * thousands[0], ny + 1_000 * thousands[1]
        length = int(head[104:108])
        whole = _joined(text, nx * ny, length)
        levels = tuple(_levels(whole[_HEAD_BYTES:length], nz))
        return Index(
            valid=_date(label),
            lead_h=int(label[8:10]),
            model=head[:4].strip(),
            grid=grid,
            nx=nx,
            ny=ny,
            coordinate=int(head[102:104]),
            length=length,
            levels=levels,
        )
    except (ValueError, IndexError) as error:
        raise _damaged(name, at, f"an index that cannot be read ({error})") from None


def _joined(text: bytes, payload: int, length: int) -> str:
    """The index's text without the labels that interrupt it."""
    parts: list[bytes] = []
    at = 0
    while len(parts) * payload < length:
        parts.append(text[at + LABEL_BYTES : at + LABEL_BYTES + payload])
        at += LABEL_BYTES + payload
    return b"".join(parts).decode("latin-1")


def _levels(text: str, count: int) -> Iterator[tuple[float, tuple[tuple[str, int], ...]]]:
    at = 0
    for _ in range(count):
        height, n = float(text[at : at + 6]), int(text[at + 6 : at + 8])
        at += 8
        names = []
        for _ in range(n):
            names.append((text[at : at + 4], int(text[at + 4 : at + 7])))
            at += 8
        yield height, tuple(names)


def _date(label: str) -> datetime:
    """Valid time; two-digit years from 40 on are of the last century."""
    year, month, day, hour = (int(label[2 * k : 2 * k + 2]) for k in range(4))
    return datetime(1900 + year if year >= 40 else 2000 + year, month, day) + timedelta(  # noqa: DTZ001
        hours=hour
    )


def unpack(packed: NDArray[np.uint8], exponent: int, first: float) -> Array:
    """Values of one field from its bytes: (y, x).

    Each byte less 127, times ``2 ** (exponent - 7)``, is the step from the neighbour in the west;
    a row's first value steps from the first value of the row before. (HYSPLIT also sets to zero
    what is smaller than the packing's precision; here it stays.)

    Parameters
    ----------
    packed : (y, x)
    """
    steps = (packed.astype(np.float64) - 127.0) * 2.0 ** (exponent - 7)
    steps[:, 0] = first + np.cumsum(steps[:, 0])
    return np.asarray(np.cumsum(steps, axis=1))


def checksum(packed: NDArray[np.uint8]) -> int:
    """The sum that an index lists for a field: of all bytes, less 255 whenever it reaches 256.

    That is the sum modulo 255, written 255 instead of 0.

    >>> checksum(np.array([200, 100], dtype=np.uint8))
    45
    """
    total = int(packed.sum(dtype=np.int64))
    return total if total == 0 else (total - 1) % 255 + 1


def _piece(
    data: NDArray[np.uint8], group: list[tuple[int, Index]], need: Need, name: str
) -> xr.Dataset:
    """Unpack the needed fields of all times that share a grid."""
    first = group[0][1]
    line = Timeline(
        np.array([index.valid for _, index in group], dtype="datetime64[ns]"),
        np.array([3_600.0 * index.lead_h for _, index in group]),
        tuple({"record": i} for i in range(len(group))),
    ).within(need)
    upper = [(height, number) for number, (height, _) in enumerate(first.levels) if number > 0]
    levels = Picked.of(
        np.array([100.0 * height for height, _ in upper]),
        need.pressure_min_pa, need.pressure_max_pa, "levels", name,
    )  # fmt: skip
    numbers = [upper[i][1] for i in levels.index]
    native, lat_deg, lon_deg = _grid(first, name)
    rows, columns = np.arange(first.ny), np.arange(first.nx)
    if native is None:
        lat = Picked.of(lat_deg, need.south_deg, need.north_deg, "latitudes", name)
        lon = Picked.longitudes(lon_deg, need, name)
        rows, columns = lat.index, lon.index
    shape = (len(line.times), len(numbers), len(rows), len(columns))
    memory.check(len(canonical.REQUIRED), shape, name)
    fields: dict[str, NDArray[np.float32]] = {}
    for at, where in enumerate(line.where):
        offset, index = group[where["record"]]
        for role, level, values in _fields(data, offset, index, numbers, need, name):
            out = fields.setdefault(role, np.full(shape, np.nan, np.float32))
            out[at, level] = values[np.ix_(rows, columns)]
    if native is None:
        piece = piece_of(fields, line, (levels.values, lat.values, lon.values), [], name)
    else:
        along = {"u_mps": "x_mps", "v_mps": "y_mps"}
        turned = {along.get(role, role): values for role, values in fields.items()}
        lat_deg, lon_deg, made, notes = regrid(native, turned, need, name)
        piece = piece_of(made, line, (levels.values, lat_deg, lon_deg), notes, name)
    leads = sorted({index.lead_h for _, index in group})
    product = "analysis" if leads == [0] else "forecast" if leads[0] > 0 else "analysis"
    piece.attrs.update(
        source=_SOURCES.get(first.model, "unknown"),
        product=product,
        title=f"{first.model}, ARL packed",
        attribution=NOAA,
    )
    return piece


def _fields(
    data: NDArray[np.uint8],
    offset: int,
    index: Index,
    numbers: list[int],
    need: Need,
    name: str,
) -> Iterator[tuple[str, int, Array]]:
    """Unpack the needed fields of one time: role, place among the levels, values in SI."""
    record = index.index_records
    for number, (_, variables) in enumerate(index.levels):
        for variable, wanted in variables:
            start = offset + record * index.record_bytes
            record += 1
            role, factor = _ROLES.get(variable, ("", 1.0))
            if number not in numbers or role not in need.variables:
                continue
            label = bytes(data[start : start + LABEL_BYTES]).decode("latin-1")
            if label[14:18] != variable:
                raise _damaged(name, start, f"{label[14:18]!r} where {variable} should be")
            packed = np.asarray(data[start + LABEL_BYTES : start + index.record_bytes])
            if checksum(packed) != wanted and wanted >= 0:
                raise _damaged(name, start, f"a {variable} whose checksum is not that of the index")
            try:
                exponent, start_value = int(label[18:22]), float(label[36:50])
            except ValueError:
                raise _damaged(name, start, f"a {variable} without a scale") from None
            yield (
                role,
                numbers.index(number),
                factor * unpack(packed.reshape(index.ny, index.nx), exponent, start_value),
            )


def _grid(index: Index, name: str) -> tuple[Native | None, Array, Array]:
    """The axes of the grid, in degrees or on its projection."""
    pole_lat, _, ref_lat, ref_lon, size_km, turn, tangent, x0, y0, lat0, lon0, _ = index.grid
    columns = np.arange(index.nx, dtype=np.float64)
    rows = np.arange(index.ny, dtype=np.float64)
    if size_km == 0.0:  # degrees: the reference is the spacing, the synch point a corner
        lat = lat0 + (rows + 1 - y0) * ref_lat
        lon = lon0 + (columns + 1 - x0) * ref_lon
        return None, lat, lon
    if turn != 0.0:
        raise FieldError(
            found=f"{name}: a grid turned by {turn:g} degrees",
            expected="a grid whose y runs along its reference meridian",
            remedy="Use another data set, or fetch ERA5 or GFS.",
        )
    del pole_lat
    if abs(tangent) >= 89.9:
        text = f"+proj=stere +lat_0={90 if tangent > 0 else -90} +lon_0={ref_lon}"
    elif abs(tangent) < 0.1:
        text = f"+proj=merc +lon_0={ref_lon}"
    else:
        text = f"+proj=lcc +lat_1={tangent} +lat_2={tangent} +lat_0={tangent} +lon_0={ref_lon}"
    text += f" +R={_EARTH_RADIUS_M} +units=m +no_defs"
    scale = pyproj.Proj(text).get_factors(ref_lon, ref_lat).meridional_scale
    crs = pyproj.CRS.from_user_input(text)
    step = 1e3 * size_km * float(scale)
    corner_x, corner_y = Native(np.zeros(2), np.zeros(2), crs).plane(
        np.array([lat0]), np.array([lon0])
    )
    x = float(corner_x[0]) + (columns + 1 - x0) * step
    y = float(corner_y[0]) + (rows + 1 - y0) * step
    return Native(x, y, crs), y, x


def _damaged(name: str, at: int, what: str) -> FieldError:
    return FieldError(
        found=f"{name} has {what}, at byte {at:,}",
        expected="records of one length, as the index lists them",
        remedy="The file is damaged: fetch it again.",
    )
