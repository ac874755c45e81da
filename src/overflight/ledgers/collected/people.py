"""How many people live in the ground that the balloon had in view: residents, not who was seen.

For every path the cells that it ever had in view above an elevation are united along its way, each
counted once, and their residents summed: quantiles are over paths. Where people live is known by
means or by a grid, whose error is told beside and not averaged over.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.fields.population import Population
from overflight.fields.population_raster import PER_DEG, Raster, raster
from overflight.inference.posterior import Posterior
from overflight.inference.quantiles import QUANTILES, weighted_quantiles
from overflight.physics import horizon, swept
from overflight.physics.sphere import MEAN_RADIUS_M

Array = NDArray[np.float64]

PATHS = 100  # equally probable ones
MOST_ZONES = 60  # that are told, those with most people
_DIVIDED = ("US-", "CA-")  # zones that are summed to their country too


@dataclass(frozen=True)
class ZonePeople:
    """Residents of one state or country that were in view; 5, 50, 95 % over paths."""

    zone: str
    name: str
    persons: tuple[float, float, float]


@dataclass(frozen=True)
class PeopleInView:
    """Residents of the ground that was ever in view above an elevation.

    ``persons`` are 5, 25, 50, 75, 95 % over paths. ``factor`` is how wrong they may be either way
    by where people are taken to live.
    """

    elevation_deg: float
    persons: tuple[float, ...]
    factor: float
    zones: tuple[ZonePeople, ...]


@dataclass(frozen=True)
class People:
    """People in view by elevation, and where they are taken from."""

    levels: tuple[PeopleInView, ...]
    n_paths: int
    cell_deg: float
    population: str
    notes: tuple[str, ...]


def people_in_view(
    drawn: Posterior, crowd: Population, elevations_deg: tuple[float, ...], arcs_m: Array
) -> People:
    """Count who lives where the balloon was above each elevation at any time.

    Parameters
    ----------
    arcs_m : (elevation, node)
        Of a :class:`.horizon.Reach` at those elevations.
    """
    rows, copies = np.unique(drawn.equal_rows(PATHS), return_counts=True)
    flown = np.isfinite(drawn.lat_deg[rows]) & np.isfinite(drawn.height_m[rows])
    if not flown.any():
        return People((), 0, 1.0 / PER_DEG, crowd.statement, crowd.notes)
    top_m = float(np.nanmax(drawn.height_m[rows]))
    margin_deg = np.degrees(horizon.reach_m(arcs_m, 0, top_m) / MEAN_RADIUS_M) + 0.1
    lat_deg = drawn.lat_deg[rows][flown]
    below = raster(crowd, float(lat_deg.min()) - margin_deg, float(lat_deg.max()) + margin_deg)
    weight = copies / PATHS
    levels = []
    cells = swept.Cells(below.persons, below.zone, np.zeros(below.persons.shape, np.int32))
    for level, elevation_deg in enumerate(elevations_deg):
        found = np.zeros((len(rows), len(below.zones) + 1))
        for number, path in enumerate(rows):
            track = swept.Track(drawn.lat_deg[path], drawn.lon_deg[path], drawn.height_m[path])
            swept.gather(track, arcs_m, level, cells, level * len(rows) + number + 1, found[number])
        levels.append(
            PeopleInView(
                elevation_deg=elevation_deg,
                persons=weighted_quantiles(found.sum(axis=1), weight, QUANTILES),
                factor=crowd.in_view_factor(elevation_deg),
                zones=_zones(crowd, below, found, weight),
            )
        )
    return People(tuple(levels), PATHS, 1.0 / PER_DEG, crowd.statement, crowd.notes)


def _zones(crowd: Population, below: Raster, found: Array, weight: Array) -> tuple[ZonePeople, ...]:
    """Countries, and states of those that have them, that at least half of the paths see."""
    by_zone = {zone: found[:, number] for number, zone in enumerate(below.zones)}
    for start in _DIVIDED:
        parts = [found[:, n] for n, zone in enumerate(below.zones) if zone.startswith(start)]
        parent = start[:2]
        by_zone[parent] = by_zone.get(parent, 0.0) + np.sum(parts, axis=0)
    told = []
    for zone, persons in by_zone.items():
        low, middle, high = weighted_quantiles(persons, weight, (0.05, 0.5, 0.95))
        if middle >= 1.0:
            told.append(ZonePeople(zone, crowd.places.names(zone), (low, middle, high)))
    return tuple(sorted(told, key=lambda one: -one.persons[1])[:MOST_ZONES])
