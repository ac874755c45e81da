"""Cells of people, a strip of rows after the other: mended, made densities, merged where too many.

A world of 30 arc seconds has 933 million cells, of which memory holds none but those of a strip
and what they are merged into. Merging keeps the number of people: cells are summed, and the sum is
spread over their area.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.errors import CapacityError, FieldError
from overflight.fields import memory
from overflight.physics.sphere import MEAN_RADIUS_M

Array = NDArray[np.float64]
Values = NDArray[np.float32]
Strips = Iterator[tuple[int, Values]]  # first row of a strip, and its values; NaN is a hole

MOST_PERKM2 = 500_000.0  # no square kilometre holds as many
_SMALL_KM2, _SMALL_SCALE = 0.5, 10.0  # a tower block's hectare may: so many times that
MOST_CELLS = 60_000_000  # that are kept: 240 MB
STRIP_CELLS = 4_000_000  # that are read at once, at some 12 bytes
_COARSEST_DEG = 0.25  # no cells are merged into larger ones
_STRIP_BYTES = 14  # for a value of it
_BYTES = 8  # for a cell that is kept, its neighbours of a strip included


@dataclass(frozen=True)
class Axes:
    """Edges of cells in the order of the file: either may rise or fall."""

    lat_edges_deg: Array
    lon_edges_deg: Array

    @property
    def n_cells(self) -> int:
        """How many cells there are."""
        return (len(self.lat_edges_deg) - 1) * (len(self.lon_edges_deg) - 1)


@dataclass
class Negatives:
    """Negative values: one that repeats is a mark for a hole, several are no people."""

    number: int = 0
    least: float = np.inf
    most: float = -np.inf

    def add(self, values: Values) -> None:
        """Take note of the negative ones among some values."""
        found = values[values < 0.0]
        if found.size:
            self.number += int(found.size)
            self.least = min(self.least, float(found.min()))
            self.most = max(self.most, float(found.max()))

    def notes(self, name: str) -> list[str]:
        """What was taken as holes, in words.

        Raises
        ------
        FieldError
            If they are several, so that they are no mark.
        """
        if self.number and self.least < self.most:
            raise FieldError(
                found=f"{name} has {self.number:,} negative values, from {self.least:g} to"
                f" {self.most:g}",
                expected="people, of whom there are none or more",
                remedy="Take the file as its maker gives it: something has been subtracted.",
            )
        if not self.number:
            return []
        return [f"{name}: {self.number:,} cells of {self.least:g} taken as holes."]


@dataclass(frozen=True)
class Cells:
    """Persons per km2 (lat, lon) between ascending edges; NaN is a hole."""

    lat_edges_deg: Array
    lon_edges_deg: Array
    density_perkm2: Values
    persons: float
    notes: tuple[str, ...] = field(default=())


def factor_of(axes: Axes, name: str) -> int:
    """How many rows and columns must be merged into one, so that memory holds the cells.

    Raises
    ------
    CapacityError
        If so many that a cell would be larger than a quarter of a degree.
    """
    free = memory.free_bytes()
    room = MOST_CELLS if free is None else min(MOST_CELLS, free // (2 * _BYTES))
    rows, columns = len(axes.lat_edges_deg) - 1, len(axes.lon_edges_deg) - 1
    cell_deg = float(np.abs(np.diff(axes.lat_edges_deg)).max())
    factor = 1
    while -(-rows // factor) * -(-columns // factor) > room:
        factor += 1
        if factor * cell_deg > _COARSEST_DEG:
            raise CapacityError(
                found=f"{name} with {axes.n_cells:,} cells, which take"
                f" {_BYTES * axes.n_cells / 1e6:,.1f} MB",
                expected=f"at most half of the {(free or 0) / 1e6:,.1f} MB of memory that are free",
                remedy="Cut it to the flight's surroundings, or take the 5-minute version of it.",
            )
    return factor


def gather(axes: Axes, strips: Strips, name: str, *, per_cell: bool, factor: int) -> Cells:
    """Make densities of strips of rows that follow each other and together are the whole grid.

    Parameters
    ----------
    strips
        Each of a multiple of ``factor`` rows, but the last.
    per_cell
        Whether the values are persons in a cell rather than per km2.

    Raises
    ------
    FieldError
        If the values cannot be people.
    """
    rows, columns = len(axes.lat_edges_deg) - 1, len(axes.lon_edges_deg) - 1
    row_km2 = areas_km2(axes)
    starts = np.arange(0, columns, factor)
    kept = np.empty((-(-rows // factor), len(starts)), np.float32)
    negatives, holes, persons, most = Negatives(), 0, 0.0, -np.inf
    for first, values in strips:
        negatives.add(values)
        good = (values >= 0.0) & (values < np.inf)  # neither is NaN
        holes += int(good.size - good.sum())
        row_area = row_km2[first : first + len(values)]
        most = max(most, _densest(values, good, row_area, per_cell=per_cell))
        up = np.arange(0, len(values), factor)
        across = np.where(good, values, np.float32(0.0))
        people = np.add.reduceat(across, starts, axis=1, dtype=np.float64)
        people *= 1.0 if per_cell else row_area[:, None]
        persons += float(people.sum())
        merged = np.add.reduceat(people, up, axis=0)
        known = np.add.reduceat(np.logical_or.reduceat(good, starts, axis=1), up, axis=0)
        area = np.add.reduceat(row_area, up)[:, None] * np.diff(np.append(starts, columns))
        kept[first // factor : first // factor + len(up)] = np.where(
            known > 0, merged / area, np.nan
        )
    notes = _notes(name, axes, (negatives, holes, factor, persons), per_cell=per_cell)
    _refuse(name, most)
    lat_edges = np.append(axes.lat_edges_deg[:-1:factor], axes.lat_edges_deg[-1])
    lon_edges = np.append(axes.lon_edges_deg[:-1:factor], axes.lon_edges_deg[-1])
    if lat_edges[0] > lat_edges[-1]:
        kept, lat_edges = kept[::-1], lat_edges[::-1]
    if lon_edges[0] > lon_edges[-1]:
        kept, lon_edges = kept[:, ::-1], lon_edges[::-1]
    return Cells(lat_edges, lon_edges, kept, persons, notes)


def _densest(values: Values, good: NDArray[np.bool_], row_km2: Array, *, per_cell: bool) -> float:
    """Most persons per km2, those of a small cell scaled down; minus infinity where none is."""
    most = np.max(values, axis=1, where=good, initial=-np.inf).astype(np.float64)
    scale = np.where(row_km2 < _SMALL_KM2, 1.0 / _SMALL_SCALE, 1.0)
    return float((most * scale / (row_km2 if per_cell else 1.0)).max())


def kept_bytes(n_cells: int) -> int:
    """Memory of so many cells that are kept, and of the strip that is read.

    >>> kept_bytes(1_000_000) < kept_bytes(2_000_000) < 70_000_000
    True
    """
    return 4 * n_cells + _STRIP_BYTES * STRIP_CELLS


def strip_rows(axes: Axes, factor: int) -> int:
    """Rows of a strip: a multiple of ``factor``."""
    columns = len(axes.lon_edges_deg) - 1
    return factor * max(1, STRIP_CELLS // columns // factor)


def _refuse(name: str, most_perkm2: float) -> None:
    if not most_perkm2 <= MOST_PERKM2 or most_perkm2 == -np.inf:
        none = most_perkm2 == -np.inf
        raise FieldError(
            found=f"{name} has no value" if none else f"{name} reaches {most_perkm2:,.0f} per km2",
            expected=f"persons per km2, at most {MOST_PERKM2:,.0f}",
            remedy="Say what its numbers are (units of its variable, or population_unit in"
            " case.yaml), or take another file.",
        )


def _notes(
    name: str, axes: Axes, found: tuple[Negatives, int, int, float], *, per_cell: bool
) -> tuple[str, ...]:
    negatives, holes, factor, persons = found
    notes = [f"{name} holds {persons:,.0f} people.", *negatives.notes(name)]
    if holes:
        notes.append(f"{100.0 * holes / axes.n_cells:.0f} % of the cells of {name} have no value.")
    if per_cell:
        notes.append(f"{name} holds persons in each cell: divided by the cells' areas.")
    if factor > 1:
        small = float(np.abs(np.diff(axes.lat_edges_deg)).mean()) * 60.0
        notes.append(
            f"{name} has {axes.n_cells:,} cells: {factor} by {factor} of them were merged, from"
            f" {small:.2g} to {factor * small:.2g} minutes of arc. People are kept, spread evenly"
            " within a merged cell; holes in it count as nobody."
        )
    return tuple(notes)


def areas_km2(axes: Axes) -> Array:
    """Area of a cell of each row, on the sphere; longitudes are taken as evenly spaced."""
    lon_edges = axes.lon_edges_deg
    wide_rad = np.radians(abs(lon_edges[-1] - lon_edges[0])) / (len(lon_edges) - 1)
    sine = np.sin(np.radians(np.clip(axes.lat_edges_deg, -90.0, 90.0)))
    return np.asarray((MEAN_RADIUS_M / 1e3) ** 2 * wide_rad * np.abs(np.diff(sine)), np.float64)
