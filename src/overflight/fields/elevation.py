"""The ground's height from a grid of the user's (SRTM, Copernicus DEM, ETOPO, GEBCO), in parts.

Only what surrounds a place is read, near by as it is and further off as the highest of more and
more cells, so that no ridge is lost and a skyline is never too low. The file stays open meanwhile.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError, OverflightError
from overflight.fields import flat_grid, geotiff
from overflight.fields.readers import netcdf
from overflight.physics.skyline import Patch
from overflight.physics.sphere import MEAN_RADIUS_M

Array = NDArray[np.float64]
Heights = NDArray[np.float32]

FURTHEST_M = 250_000.0  # beyond, only ground above 4 km could stand over the sea's horizon
RING_CELLS = 200  # a ring is so many of its cells wide
_LOWEST_M, _HIGHEST_M = -12_000.0, 9_000.0
_LOWEST_LAND_M = -430.0  # the shore of the Dead Sea: what is lower is the floor of a sea
_STRIP_CELLS = 4_000_000
AROUND_BYTES = 60_000_000  # a strip as it is read, and the rings around one place
_DEG_M = math.radians(1.0) * MEAN_RADIUS_M
_METRES = frozenset({"", "m", "metre", "metres", "meter", "meters"})


@dataclass(frozen=True)
class Elevation:
    """A grid of heights [m]: edges begin at ``corner_deg`` and go on by ``step_deg``, with sign."""

    name: str
    corner_deg: tuple[float, float]
    step_deg: tuple[float, float]
    shape: tuple[int, int]
    read: Callable[[tuple[int, int], tuple[int, int]], Heights]

    @property
    def cell_m(self) -> float:
        """The height of a cell on the ground."""
        return abs(self.step_deg[0]) * _DEG_M

    def height_m(self, lat_deg: float, lon_deg: float) -> float | None:
        """The ground at a place: 0 where the grid has no value, None outside of it."""
        row = math.floor((lat_deg - self.corner_deg[0]) / self.step_deg[0])
        column = self._column(lon_deg)
        if not 0 <= row < self.shape[0] or not 0 <= column < self.shape[1]:
            return None
        return float(self._sound((row, row + 1), (column, column + 1))[0, 0])

    def patches(self, lat_deg: float, lon_deg: float) -> list[Patch]:
        """The surroundings of a place in rings, each of cells twice as large as the one within."""
        found, inner_m, merged = [], 0.0, 1
        while inner_m < FURTHEST_M:
            outer_m = min(FURTHEST_M, RING_CELLS * merged * self.cell_m)
            found += self._ring(lat_deg, lon_deg, (inner_m, outer_m), merged)
            inner_m, merged = outer_m, 2 * merged
        return found

    def _column(self, lon_deg: float) -> int:
        beside = (lon_deg - self.corner_deg[1]) / self.step_deg[1]
        around = 360.0 / abs(self.step_deg[1])
        return math.floor(beside - math.floor(beside / around) * around)

    def _ring(
        self, lat_deg: float, lon_deg: float, ring_m: tuple[float, float], merged: int
    ) -> list[Patch]:
        """The box around a ring; where the grid begins and ends within it, two boxes."""
        high = math.ceil((ring_m[1] / _DEG_M) / abs(self.step_deg[0])) + 1
        edge_deg = min(89.9, abs(lat_deg) + ring_m[1] / _DEG_M)
        wide_deg = min(180.0, ring_m[1] / _DEG_M / math.cos(math.radians(edge_deg)))
        wide = math.ceil(wide_deg / abs(self.step_deg[1])) + 1
        row = math.floor((lat_deg - self.corner_deg[0]) / self.step_deg[0])
        rows = max(0, row - high), min(self.shape[0], row + high + 1)
        column, around = self._column(lon_deg), round(360.0 / abs(self.step_deg[1]))
        parts = []
        for turn in (-around, 0, around):
            first = max(0, column - wide + turn)
            last = min(self.shape[1], column + wide + 1 + turn)
            if first < last and rows[0] < rows[1]:
                parts.append((first, last))
        return [self._patch(rows, part, ring_m, merged) for part in parts]

    def _patch(
        self,
        rows: tuple[int, int],
        columns: tuple[int, int],
        ring_m: tuple[float, float],
        merged: int,
    ) -> Patch:
        starts = np.arange(0, columns[1] - columns[0], merged)
        strip = merged * max(1, _STRIP_CELLS // (columns[1] - columns[0]) // merged)
        parts = []
        for first in range(rows[0], rows[1], strip):
            values = self._sound((first, min(first + strip, rows[1])), columns)
            up = np.arange(0, len(values), merged)
            parts.append(np.maximum.reduceat(np.maximum.reduceat(values, up), starts, axis=1))
        return Patch(
            height_m=np.ascontiguousarray(np.concatenate(parts)),
            corner_deg=(
                self.corner_deg[0] + rows[0] * self.step_deg[0],
                self.corner_deg[1] + columns[0] * self.step_deg[1],
            ),
            step_deg=(merged * self.step_deg[0], merged * self.step_deg[1]),
            ring_m=ring_m,
        )

    def _sound(self, rows: tuple[int, int], columns: tuple[int, int]) -> Heights:
        """Heights of a part; no value, and the floor of the sea, are the sea's level."""
        values = self.read(rows, columns)
        known = values[np.isfinite(values)]
        if known.size and not _LOWEST_M <= float(known.min()) <= float(known.max()) <= _HIGHEST_M:
            raise FieldError(
                found=f"{self.name} reaches from {float(known.min()):,.0f} to"
                f" {float(known.max()):,.0f}",
                expected="heights of the ground in metres",
                remedy="Is it in feet, or in decimetres? Its mark for no value may be missing:"
                " gdal_translate -a_nodata VALUE.",
            )
        return np.where(np.isfinite(values) & (values > _LOWEST_LAND_M), values, np.float32(0.0))


@contextmanager
def opened(path: Path) -> Iterator[Elevation]:
    """Open a grid of heights.

    Raises
    ------
    FieldError
        If it is none, or lies on a map of its own.
    MissingExtraError
        If it is a GeoTIFF, and what reads one is not installed.
    """
    if not path.is_file():
        raise FieldError(
            found=f"no file {path}",
            expected="a grid of the ground's height as GeoTIFF or NetCDF",
            remedy="Correct its name, or leave it out: the Earth is taken to be smooth.",
        )
    if geotiff.is_one(path):
        with geotiff.opened(path) as dataset:
            if not dataset.crs.is_geographic:
                raise FieldError(
                    found=f"{path.name} lies on a map of its own ({dataset.crs.to_string()[:60]})",
                    expected="heights on latitudes and longitudes",
                    remedy=f"Bring it there: gdalwarp -t_srs EPSG:4326 {path.name} degrees.tif",
                )
            units = str(dataset.units[0] or "").strip().lower()
            one = dataset.transform
            yield _grid(
                path.name, units, ((one.f, one.c), (one.e, one.a)), dataset.shape,
                lambda rows, columns: geotiff.read_window(dataset, rows, columns),
            )  # fmt: skip
        return
    with _netcdf(path) as (field, edges):
        units = str(field.attrs.get("units", "")).strip().lower()
        steps = tuple(float(np.diff(one).mean()) for one in edges)
        for one, step in zip(edges, steps, strict=True):
            if np.abs(np.diff(one)[1:-1] / step - 1.0).max(initial=0.0) > 1e-2:
                raise FieldError(
                    found=f"{path.name} has rows or columns that are not evenly spaced",
                    expected="a grid of even cells",
                    remedy="Take the grid as its maker gives it.",
                )
        yield _grid(
            path.name, units, ((float(edges[0][0]), float(edges[1][0])), (steps[0], steps[1])),
            field.shape,
            lambda rows, columns: np.asarray(
                field[slice(*rows), slice(*columns)].values, dtype=np.float32
            ),
        )  # fmt: skip


@contextmanager
def _netcdf(path: Path) -> Iterator[tuple[xr.DataArray, tuple[Array, Array]]]:
    try:
        engine = netcdf.engine_of(path)
        with xr.open_dataset(path, engine=engine, decode_times=False, cache=False) as opened_set:
            field = flat_grid.field(opened_set, path.name, "elev|topo|height|band1|dem|alt|^z$")
            lat_name, lon_name = (str(dim) for dim in field.dims)
            yield (
                field,
                (
                    flat_grid.edges_deg(opened_set, lat_name, 90.0, path.name),
                    flat_grid.edges_deg(opened_set, lon_name, 360.0, path.name),
                ),
            )
    except OverflightError:
        raise
    except Exception as error:  # HDF5 and its readers raise nearly anything on damaged files
        raise netcdf.damaged(path, error) from error


def _grid(
    name: str,
    units: str,
    lies: tuple[tuple[float, float], tuple[float, float]],
    shape: tuple[int, ...],
    read: Callable[[tuple[int, int], tuple[int, int]], Heights],
) -> Elevation:
    if units not in _METRES:
        raise FieldError(
            found=f"{name} has the unit {units[:40]!r}",
            expected="heights in metres",
            remedy=f"Convert it: gdal_calc.py -A {name} --calc='A*0.3048' --outfile=metres.tif",
        )
    return Elevation(name, *lies, (int(shape[0]), int(shape[1])), read)
