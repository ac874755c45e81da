"""People in even cells of a tenth of a degree, and the state or country that each belongs to.

A grid of the user's is summed into the cells, so that its people stay as many; where it has holes,
and without one, the means of states and countries stand in, looked up every quarter of a degree.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.fields.population import Population, mean_perkm2, zone_at, zones_of
from overflight.fields.population_grid import Grid
from overflight.physics.swept import cell_areas_m2

People = NDArray[np.float32]

PER_DEG = 10  # cells in a degree
N_LAT, N_LON = 180 * PER_DEG, 360 * PER_DEG
_ZONES_PER_DEG = 4
# Persons, zones, and stamps of who counts them, of all cells; and as much while they are made.
BYTES = 2 * N_LAT * N_LON * (4 + 2 + 4)
_PARTS = 4  # a grid of large cells is looked up so many times along each side of a cell here


@dataclass(frozen=True)
class Raster:
    """Persons (lat, lon) of cells from the south pole and 180 degrees west.

    ``zone`` (lat, lon) counts in ``zones``; their number stands for the sea. Outside the asked
    latitudes nobody is counted.
    """

    persons: People
    zone: NDArray[np.int16]
    zones: tuple[str, ...]


def raster(crowd: Population, south_deg: float, north_deg: float) -> Raster:
    """Spread people over the cells between two latitudes.

    Parameters
    ----------
    crowd
        A grid, or the means alone.
    """
    first = max(0, int(np.floor((south_deg + 90.0) * PER_DEG)))
    last = min(N_LAT, int(np.ceil((north_deg + 90.0) * PER_DEG)))
    zones = zones_of(crowd.places)
    zone = np.full((N_LAT, N_LON), len(zones), np.int16)
    zone[first:last] = _zones(crowd, first, last, len(zones))
    mean = np.array([*(mean_perkm2(one) for one in zones), 0.0], np.float32)
    area_km2 = (cell_areas_m2(N_LAT, N_LON) * 1e-6).astype(np.float32)
    persons = np.zeros((N_LAT, N_LON), np.float32)
    persons[first:last] = mean[zone[first:last]] * area_km2[first:last, None]
    if crowd.grid is not None:
        told, share = _told(crowd.grid, first, last)
        persons[first:last] = told + (1.0 - share) * persons[first:last]
    return Raster(persons, zone, zones)


def _zones(crowd: Population, first: int, last: int, sea: int) -> NDArray[np.int16]:
    """The zone of every cell in some rows, from the middle of the coarser cell that holds it."""
    lat_deg = -90.0 + (np.arange(first, last) + 0.5) / PER_DEG
    lon_deg = -180.0 + (np.arange(N_LON) + 0.5) / PER_DEG
    rows, row = np.unique(np.floor(lat_deg * _ZONES_PER_DEG), return_inverse=True)
    columns, column = np.unique(np.floor(lon_deg * _ZONES_PER_DEG), return_inverse=True)
    at = np.meshgrid((rows + 0.5) / _ZONES_PER_DEG, (columns + 0.5) / _ZONES_PER_DEG, indexing="ij")
    coarse = zone_at(crowd.places, at[0].ravel(), at[1].ravel()).reshape(at[0].shape)
    return np.where(coarse < 0, np.int16(sea), coarse)[row][:, column]


def _told(grid: Grid, first: int, last: int) -> tuple[People, People]:
    """Persons that a grid puts into some rows of cells, and the share of each that it covers."""
    shape = last - first, N_LON
    high_deg = float(np.diff(grid.lat_edges_deg).max())
    wide_deg = float(np.diff(grid.lon_edges_deg).max())
    if max(high_deg, wide_deg) * PER_DEG > 0.67:
        return _looked_up(grid, first, last)
    persons, covered = np.zeros(shape), np.zeros(shape)
    middle = [0.5 * (one[:-1] + one[1:]) for one in (grid.lat_edges_deg, grid.lon_edges_deg)]
    row = np.floor((middle[0] + 90.0) * PER_DEG).astype(np.int64) - first
    column = np.floor((middle[1] + 180.0) * PER_DEG).astype(np.int64) % N_LON
    sine = np.diff(np.sin(np.radians(np.clip(grid.lat_edges_deg, -90.0, 90.0))))
    wide = np.radians(np.diff(grid.lon_edges_deg))
    for i in np.flatnonzero((row >= 0) & (row < shape[0])):
        area_km2 = 6_371.0087714**2 * sine[i] * wide
        known = np.isfinite(grid.density_perkm2[i])
        people = np.where(known, grid.density_perkm2[i], 0.0) * area_km2
        persons[row[i]] += np.bincount(column, people, minlength=N_LON)
        covered[row[i]] += np.bincount(column, known * area_km2, minlength=N_LON)
    whole_km2 = cell_areas_m2(N_LAT, N_LON)[first:last, None] * 1e-6
    share = np.minimum(1.0, covered / whole_km2)
    # Cells here do not begin where the grid's do: a cell covered all but one row counts as whole.
    share = np.where(share > 1.0 - 1.5 * max(high_deg, wide_deg) * PER_DEG, 1.0, share)
    share = np.where(covered > 0.0, share, 0.0)
    return persons.astype(np.float32), share.astype(np.float32)


def _looked_up(grid: Grid, first: int, last: int) -> tuple[People, People]:
    """The same of a grid whose cells are not much smaller than those here."""
    shape = last - first, N_LON
    persons, share = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    steps = (np.arange(_PARTS) + 0.5) / _PARTS
    area_km2 = cell_areas_m2(N_LAT, N_LON)[first:last, None] * 1e-6 / _PARTS**2
    for i in steps:
        lat_deg = -90.0 + (np.arange(first, last) + i) / PER_DEG
        for j in steps:
            lon_deg = -180.0 + (np.arange(N_LON) + j) / PER_DEG
            at = np.meshgrid(lat_deg, lon_deg, indexing="ij")
            density = grid.at(*at)
            known = np.isfinite(density)
            persons += (np.where(known, density, 0.0) * area_km2).astype(np.float32)
            share += (known / np.float32(_PARTS**2)).astype(np.float32)
    return persons, share
