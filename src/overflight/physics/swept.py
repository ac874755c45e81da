"""The ground that a path ever has in view: cells of a grid, marked from points of the path.

Cells are even in latitude and longitude; a cell is in view where its middle is. :func:`sweep` marks
nothing between two points, so the points must be nearer to each other than the reach;
:func:`gather` marks from as many places as the reach asks for.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.horizon import reach_m
from overflight.physics.kernel import kernel, lane_loop
from overflight.physics.sphere import MEAN_RADIUS_M, Vector, n_vector

Array = NDArray[np.float64]

_APART = 0.0625  # of the reach, between circles
_LEAST = 1e-5  # of the Earth's radius, 64 m


@lane_loop
def sweep(
    lat_deg: Array, lon_deg: Array, height_m: Array, stands_for_s: Array, arcs_m: Array, row: int,
    seconds: Array,
) -> None:  # fmt: skip
    """Add up for how long every cell is in view of one path, above the elevation of a row.

    Parameters
    ----------
    lat_deg, lon_deg, height_m, stands_for_s : (time,)
        The path, NaN where it does not fly, and the time that each point stands for.
    arcs_m : (elevation, node)
        Of a :class:`.horizon.Reach`.
    seconds : (lat, lon)
        Out, zero at first; rows from the south pole, columns from 180 degrees west.
    """
    n_lat, n_lon = seconds.shape
    tall_deg, wide_deg = 180.0 / n_lat, 360.0 / n_lon
    for k in range(lat_deg.size):
        if math.isnan(lat_deg[k]):
            continue
        arc = reach_m(arcs_m, row, height_m[k]) / MEAN_RADIUS_M
        arc_deg = math.degrees(arc)
        near = math.cos(arc)
        x, y, z = n_vector(lat_deg[k], lon_deg[k])
        first = max(0, math.floor((lat_deg[k] - arc_deg + 90.0) / tall_deg))
        last = min(n_lat - 1, math.floor((lat_deg[k] + arc_deg + 90.0) / tall_deg))
        for i in range(first, last + 1):
            middle_deg = -90.0 + (i + 0.5) * tall_deg
            lat = math.radians(middle_deg)
            # cos(arc) = sin sin + cos cos cos(turn): how far east and west the circle goes here.
            level = math.cos(lat) * math.sqrt(x * x + y * y)
            rest = near - math.sin(lat) * z
            if rest > level:
                continue
            turn_deg = 180.0 if rest <= -level else math.degrees(math.acos(rest / level))
            west = math.ceil((lon_deg[k] - turn_deg + 180.0) / wide_deg - 0.5)
            east = math.floor((lon_deg[k] + turn_deg + 180.0) / wide_deg - 0.5)
            for j in range(west, min(east, west + n_lon - 1) + 1):
                seconds[i, j % n_lon] += stands_for_s[k]


class Track(NamedTuple):
    """One path (time,), NaN where it does not fly."""

    lat_deg: Array
    lon_deg: Array
    height_m: Array


class Cells(NamedTuple):
    """People in cells (lat, lon), from the south pole and 180 degrees west.

    ``zone`` says to which sum those of a cell are added, ``stamp`` for whom they were last.
    """

    persons: NDArray[np.float32]
    zone: NDArray[np.int16]
    stamp: NDArray[np.int32]


@kernel
def _mark(place: Vector, arc: float, cells: Cells, number: int, gathered: Array) -> None:
    """Stamp the cells within an arc [rad] of a place that bear another number, and count them."""
    x, y, z = place
    n_lat, n_lon = cells.stamp.shape
    tall_deg, wide_deg = 180.0 / n_lat, 360.0 / n_lon
    lat_deg, lon_deg = (
        math.degrees(math.asin(max(-1.0, min(1.0, z)))),
        math.degrees(math.atan2(y, x)),
    )
    near, arc_deg, flat = math.cos(arc), math.degrees(arc), math.sqrt(x * x + y * y)
    first = max(0, math.floor((lat_deg - arc_deg + 90.0) / tall_deg))
    last = min(n_lat - 1, math.floor((lat_deg + arc_deg + 90.0) / tall_deg))
    for i in range(first, last + 1):
        lat = math.radians(-90.0 + (i + 0.5) * tall_deg)
        level = math.cos(lat) * flat
        rest = near - math.sin(lat) * z
        if rest > level:
            continue
        turn_deg = 180.0 if rest <= -level else math.degrees(math.acos(rest / level))
        west = math.ceil((lon_deg - turn_deg + 180.0) / wide_deg - 0.5)
        east = math.floor((lon_deg + turn_deg + 180.0) / wide_deg - 0.5)
        for j in range(west, min(east, west + n_lon - 1) + 1):
            column = j % n_lon
            if cells.stamp[i, column] != number:
                cells.stamp[i, column] = number
                gathered[cells.zone[i, column]] += cells.persons[i, column]


@lane_loop
def gather(
    track: Track, arcs_m: Array, row: int, cells: Cells, number: int, gathered: Array
) -> None:
    """Count the people of all cells that one path ever has in view, each once, by zone.

    Circles are drawn a sixteenth of the reach apart, which leaves out less than 0.1 % of a strip,
    and so much beyond the furthest one where a path turns back.

    Parameters
    ----------
    arcs_m : (elevation, node)
        Of a :class:`.horizon.Reach`, of which ``row`` counts.
    number
        Cells that bear it were counted already; no other path and row may have it.
    gathered : (zone,)
        Added to.
    """
    lat_deg, lon_deg, height_m = track.lat_deg, track.lon_deg, track.height_m
    moved = math.inf  # since the last circle, the growth of the reach included [rad]
    for k in range(lat_deg.size):
        if math.isnan(lat_deg[k]) or math.isnan(height_m[k]):
            moved = math.inf
            continue
        a = n_vector(lat_deg[k], lon_deg[k])
        arc = reach_m(arcs_m, row, height_m[k]) / MEAN_RADIUS_M
        ends = k + 1 >= lat_deg.size or math.isnan(lat_deg[k + 1]) or math.isnan(height_m[k + 1])
        if ends:
            _mark(a, arc, cells, number, gathered)
            continue
        b = n_vector(lat_deg[k + 1], lon_deg[k + 1])
        further = reach_m(arcs_m, row, height_m[k + 1]) / MEAN_RADIUS_M
        chord = math.sqrt((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2 + (b[2] - a[2]) ** 2)
        spacing = max(max(arc, further) * _APART, _LEAST)
        parts = min(1_000, max(1, math.ceil(chord / spacing)))
        for part in range(parts):
            share = part / parts
            here = arc + share * (further - arc)
            if moved >= spacing:
                x = a[0] + share * (b[0] - a[0])
                y = a[1] + share * (b[1] - a[1])
                z = a[2] + share * (b[2] - a[2])
                long = math.sqrt(x * x + y * y + z * z)
                place = (x / long, y / long, z / long)
                _mark(place, here, cells, number, gathered)
                moved = 0.0
            moved += (chord + abs(further - arc)) / parts


def cell_areas_m2(n_lat: int, n_lon: int) -> Array:
    """Area of the cells of every row, shape (lat,), on the mean sphere.

    >>> round(float(cell_areas_m2(360, 720).sum() * 720) / 1e6)  # the whole Earth
    510065876
    """
    edges = np.sin(np.radians(np.linspace(-90.0, 90.0, n_lat + 1)))
    return np.asarray(2.0 * math.pi * MEAN_RADIUS_M**2 / n_lon * np.diff(edges))
