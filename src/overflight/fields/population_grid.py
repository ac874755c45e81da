"""A grid of people from a NetCDF file or a GeoTIFF: density, or persons in each cell.

What cannot be people is refused; what is plainly a mark for "no value" becomes a hole, and that is
said. A hole is not nobody: the means of the states stand in (:mod:`overflight.fields.population`).
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import CapacityError, FieldError
from overflight.fields import flat_grid, geotiff, population_tiff
from overflight.fields.population_cells import (
    MOST_CELLS,
    Axes,
    Cells,
    Strips,
    factor_of,
    gather,
    strip_rows,
)
from overflight.fields.population_units import per_cell_of
from overflight.fields.readers import netcdf

Array = NDArray[np.float64]

_LIKELY = "pop|density|people|person"


@dataclass(frozen=True)
class Grid:
    """Persons per km2 (lat, lon) between edges, ascending; NaN is a hole."""

    lat_edges_deg: Array
    lon_edges_deg: Array
    density_perkm2: NDArray[np.float32]
    notes: tuple[str, ...]

    def at(self, lat_deg: Array, lon_deg: Array) -> Array:
        """Density of the cell around each place; NaN in holes and outside."""
        west = self.lon_edges_deg[0]
        lon = west + np.mod(lon_deg - west, 360.0)
        row = np.searchsorted(self.lat_edges_deg, lat_deg, side="right") - 1
        column = np.searchsorted(self.lon_edges_deg, lon, side="right") - 1
        n_rows, n_columns = self.density_perkm2.shape
        inside = (row >= 0) & (row < n_rows) & (column < n_columns) & np.isfinite(lat_deg)
        told = self.density_perkm2[np.where(inside, row, 0), np.where(inside, column, 0)]
        return np.where(inside, told.astype(np.float64), np.nan)


def read(path: Path, unit: str = "") -> Grid:
    """Read a grid of people.

    Parameters
    ----------
    unit
        ``persons`` in a cell or ``persons per km2``, where the file does not say it; it is
        believed before what the file says.

    Raises
    ------
    FieldError
        If it is damaged, without one variable over latitude and longitude, in unknown units, or
        holds what cannot be people.
    MissingExtraError
        If it is a GeoTIFF, and what reads one is not installed.
    CapacityError
        If memory cannot hold it.
    """
    if not path.is_file():
        raise FieldError(
            found=f"no file {path}",
            expected="a grid of people as NetCDF or GeoTIFF",
            remedy="Correct its name, or leave it out: means of states and countries stand in.",
        )
    if geotiff.is_one(path):
        return _kept(population_tiff.read(path, unit))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of attributes that say nothing of people
            engine = netcdf.engine_of(path)
            with xr.open_dataset(path, engine=engine, decode_times=False, cache=False) as opened:
                return _kept(_cells(opened, path.name, unit))
    except (FieldError, CapacityError):
        raise
    except Exception as error:  # HDF5 and its readers raise nearly anything on damaged files
        raise netcdf.damaged(path, error) from error


def n_cells(path: Path) -> tuple[int, int]:
    """How many cells a grid has, and how many of them would be kept; only its head is read.

    Raises
    ------
    FieldError, MissingExtraError, CapacityError
        As :func:`read` does, but for what the values and units are.
    """
    if not path.is_file():
        return read(path).density_perkm2.size, 0  # which refuses it
    if geotiff.is_one(path):
        with geotiff.opened(path) as dataset:
            cells = int(dataset.width) * int(dataset.height)
    else:
        with xr.open_dataset(path, engine=netcdf.engine_of(path), decode_times=False) as opened:
            field = flat_grid.field(opened, path.name, _LIKELY)
            cells = int(field.size)
    return cells, min(cells, MOST_CELLS)


def _kept(cells: Cells) -> Grid:
    return Grid(cells.lat_edges_deg, cells.lon_edges_deg, cells.density_perkm2, cells.notes)


def _cells(opened: xr.Dataset, name: str, unit: str) -> Cells:
    field = flat_grid.field(opened, name, _LIKELY)
    lat_name, lon_name = str(field.dims[0]), str(field.dims[1])
    axes = Axes(
        flat_grid.edges_deg(opened, lat_name, 90.0, name),
        flat_grid.edges_deg(opened, lon_name, 360.0, name),
    )
    told: Any = field.attrs.get("units", "")
    per_cell = per_cell_of(unit, str(told), f"{field.name} of {name}", name)
    factor = factor_of(axes, name)
    rows = strip_rows(axes, factor)

    def strips() -> Strips:
        for first in range(0, field.shape[0], rows):
            yield first, np.asarray(field[first : first + rows].values, dtype=np.float32)

    return gather(axes, strips(), name, per_cell=per_cell, factor=factor)
