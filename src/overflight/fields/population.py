"""How many people live where something comes down.

Without a grid of the user's: the mean of each US state, Canadian province or other country, its
people over its area as drawn in the borders, and nobody at sea. A mean hides towns and empty land
alike, so it is stated to be wrong by a factor of ten either way. With a grid
(:mod:`overflight.fields.population_grid`) its cells, and the means where it has holes.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overflight.fields import population_grid
from overflight.fields.places import Places
from overflight.fields.population_grid import Grid
from overflight.physics.sphere import wrapped_deg

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int16]

ATTRIBUTION = (
    "Populations: United States Census 2020, Statistics Canada Census 2021, other countries"
    " GeoNames (geonames.org, CC BY 4.0)."
)
MEANS_FACTOR = 10.0  # either way: a state's mean against its towns and its empty land
GRID_FACTOR = 2.0  # either way, a judgement: grids spread a census over cells by a model
UNKNOWN_PERKM2 = 50.0  # land without a figure: about the mean of the world's land
GRID_IN_VIEW_FACTOR = 1.2  # either way, a judgement: within the error of a census and its years
# Either way, of the people in view along a track, by elevation: what nine tracks in ten of 500 to
# 6,000 km are within where 235,000 places of GeoNames hold 85 % of the people of each zone, and a
# little more, because the rest was spread evenly (docs/explanation/in-view.md).
_STRIP_DEG, _STRIP_FACTOR = (0.0, 5.0, 10.0, 20.0, 45.0), (3.0, 5.0, 6.0, 7.0, 8.0)
_HOLES_FILLED = "Where it has no value, on land the mean of the state or country stands in."
_HOLES_EMPTY = "Where it has no value, nobody is taken to live, as the case says."
_SAMPLES = 60  # rows and columns of a grid that are compared with the means
_LARGE_KM2, _FAR_OFF = 300_000.0, 4.0  # a grid so large is not so many times off its censuses
_EMPTY = ("XG",)  # a glacier
_DIVIDED = ("US", "CA")  # by their states and provinces, of which the parent is the sum


@dataclass(frozen=True)
class People:
    """Who lives at places: density, whether it is land, whether the grid said so; all (place,)."""

    density_perkm2: Array
    land: Flags
    in_grid: Flags


@dataclass(frozen=True)
class Population:
    """Densities, and how wrong they may be.

    ``error_factor`` is a factor either way; ``notes`` say what was repaired or left out.
    """

    places: Places
    grid: Grid | None
    statement: str
    error_factor: float
    notes: tuple[str, ...] = ()

    def in_view_factor(self, elevation_deg: float) -> float:
        """How wrong the people of a strip along a track may be, either way.

        Over the wide ground of a low elevation a state's mean is nearly its census; under a narrow
        strip it may miss every town.
        """
        narrow = np.interp(elevation_deg, _STRIP_DEG, _STRIP_FACTOR)
        return float(narrow) if self.grid is None else min(float(narrow), GRID_IN_VIEW_FACTOR)

    def at(self, lat_deg: Array, lon_deg: Array) -> People:
        """Look up places (place,); where there is no place (NaN) nobody lives.

        >>> from overflight.fields import places
        >>> here = embedded(places.load()).at(np.array([46.9, 30.0]), np.array([-110.4, -60.0]))
        >>> here.density_perkm2.round(1).tolist(), here.land.tolist()
        ([2.8, 0.0], [True, False])
        """
        density, land = _means(self.places, lat_deg, lon_deg)
        in_grid = np.zeros(lat_deg.shape, dtype=np.bool_)
        if self.grid is not None:
            told = self.grid.at(lat_deg, lon_deg)
            in_grid = np.isfinite(told)
            density = np.where(in_grid, told, density)
            land |= in_grid & (density > 0.0)
        return People(density, land, in_grid)


def embedded(places: Places) -> Population:
    """The means that come with overflight."""
    return Population(
        places, None,
        "mean density of each US state, Canadian province or country",
        MEANS_FACTOR,
    )  # fmt: skip


def of_file(places: Places, path: Path, *, unit: str = "", empty: bool = False) -> Population:
    """A grid of the user's, with the means in its holes.

    Parameters
    ----------
    unit
        What the numbers are, where the file does not say it.
    empty
        Whether nobody lives in the holes inside its outline, as in grids of settled cells only.

    Raises
    ------
    FieldError
        If it is no grid of people that can be used.
    CapacityError
        If memory cannot hold it.
    MissingExtraError
        If it is a GeoTIFF, and what reads one is not installed.
    """
    grid = population_grid.read(path, unit)
    if empty:
        density = np.where(np.isnan(grid.density_perkm2), np.float32(0.0), grid.density_perkm2)
        grid = replace(grid, density_perkm2=density)
    notes = [*grid.notes, _HOLES_EMPTY if empty else _HOLES_FILLED]
    notes += _against_means(places, grid, path.name)
    return Population(places, grid, f"the grid {path.name}", GRID_FACTOR, tuple(notes))


def _against_means(places: Places, grid: Grid, name: str) -> Iterator[str]:
    """Say so where a large grid holds many times more or fewer people than censuses count."""
    n_lat, n_lon = grid.density_perkm2.shape
    rows = np.unique(np.linspace(0, n_lat - 1, _SAMPLES).astype(np.int64))
    columns = np.unique(np.linspace(0, n_lon - 1, _SAMPLES).astype(np.int64))
    lat_deg = 0.5 * (grid.lat_edges_deg[:-1] + grid.lat_edges_deg[1:])[rows]
    lon_deg = 0.5 * (grid.lon_edges_deg[:-1] + grid.lon_edges_deg[1:])[columns]
    at = [one.ravel() for one in np.meshgrid(lat_deg, lon_deg, indexing="ij")]
    found = grid.density_perkm2[np.ix_(rows, columns)].ravel().astype(np.float64)
    counted, land = _means(places, at[0], at[1])
    both = np.isfinite(found) & land
    weight = np.cos(np.radians(at[0]))[both]
    high_km, wide_deg = 111.2 * np.ptp(grid.lat_edges_deg), np.ptp(grid.lon_edges_deg)
    land_km2 = high_km * 111.2 * wide_deg * float(weight.sum()) / len(at[0])
    if land_km2 < _LARGE_KM2:
        return
    here, there = float(weight @ found[both]), float(weight @ counted[both])
    if not there / _FAR_OFF <= here <= there * _FAR_OFF:
        yield (
            f"{name} holds {here / weight.sum():.3g} people per km2 of land where censuses count"
            f" {there / weight.sum():.3g}: check what its numbers are (population_unit)."
        )


def zones_of(places: Places) -> tuple[str, ...]:
    """Identifiers of the zones that have a mean, in the order in which they are asked."""
    return tuple(zone.id for zone in (*places.of_kind("state"), *places.of_kind("country")))


def zone_at(places: Places, lat_deg: Array, lon_deg: Array) -> Rows:
    """Which of :func:`zones_of` holds each place (place,); -1 at sea, and where there is none."""
    found = np.full(lat_deg.shape, -1, np.int16)
    lon_deg = wrapped_deg(lon_deg)
    for number, zone in enumerate(zones_of(places)):
        west, south, east, north = places.shape(zone).bounds
        near = (found < 0) & (lat_deg >= south) & (lat_deg <= north)
        near &= (lon_deg >= west) & (lon_deg <= east)
        rows = np.flatnonzero(near)
        if rows.size:
            found[rows[places.contains(zone, lat_deg[rows], lon_deg[rows])]] = number
    return found


def mean_perkm2(zone: str) -> float:
    """Persons per km2 of a zone.

    >>> round(mean_perkm2("US-MT"), 1)
    2.8
    """
    return _table().get(zone, UNKNOWN_PERKM2)


def _means(places: Places, lat_deg: Array, lon_deg: Array) -> tuple[Array, Flags]:
    """Density of the state, province or country at each place, and whether it is land."""
    zone = zone_at(places, lat_deg, lon_deg)
    density = np.array([*(mean_perkm2(one) for one in zones_of(places)), 0.0])
    return density[zone], zone >= 0


@cache
def _table() -> dict[str, float]:
    """Persons per km2 of each zone."""
    text = (files("overflight.fields") / "data" / "population.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    people = {row["zone"]: float(row["persons"]) for row in rows}
    area_km2 = {row["zone"]: float(row["area_km2"]) for row in rows}
    for parent in _DIVIDED:
        parts = [zone for zone in people if zone.startswith(f"{parent}-")]
        people[parent] = sum(people[zone] for zone in parts)
        area_km2[parent] = sum(area_km2[zone] for zone in parts)
    return dict.fromkeys(_EMPTY, 0.0) | {zone: people[zone] / area_km2[zone] for zone in people}
