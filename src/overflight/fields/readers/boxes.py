"""Boxes of latitude and longitude inside areas of any shape."""

import numpy as np
from numpy.typing import NDArray

from overflight.fields.canonical import Need

Array = NDArray[np.float64]


def candidate(nodes: tuple[Array, Array], spacing_deg: float, need: Need) -> tuple[Array, Array]:
    """A regular grid around nodes given by latitude and longitude, no further than is needed.

    Longitudes run on eastward from the grid's western edge, past 180 where the nodes do.
    """
    lat_deg, lon_deg = (values[np.isfinite(values)] for values in nodes)
    west, width = _stretch(lon_deg)
    south, north = float(lat_deg.min()), float(lat_deg.max())
    if need.south_deg is not None:
        south = max(south, need.south_deg - spacing_deg)
    if need.north_deg is not None:
        north = min(north, need.north_deg + spacing_deg)
    lat = np.arange(np.ceil(south / spacing_deg), np.floor(north / spacing_deg) + 1) * spacing_deg
    east = west + width
    lon = np.arange(np.ceil(west / spacing_deg), np.floor(east / spacing_deg) + 1) * spacing_deg
    if need.west_deg is not None and need.east_deg is not None:
        wanted = (need.east_deg - need.west_deg) % 360.0 or 360.0
        ahead = (lon - need.west_deg + spacing_deg) % 360.0
        lon = lon[ahead <= wanted + 2.0 * spacing_deg]
    return lat, lon[: round(360.0 / spacing_deg)]


def _stretch(lon_deg: Array) -> tuple[float, float]:
    """Western edge and width of a set of longitudes, its widest gap left out."""
    ascending = np.unique(np.round(lon_deg % 360.0, 6))
    gaps = np.diff(ascending, append=ascending[0] + 360.0)
    widest = int(np.argmax(gaps))
    if gaps[widest] < 15.0:
        return -180.0, 360.0
    west = float(ascending[(widest + 1) % len(ascending)])
    west = west - 360.0 if west >= 180.0 else west
    return west, 360.0 - float(gaps[widest])


def largest(inside: NDArray[np.bool_]) -> tuple[slice, slice]:
    """The rectangle of most cells that are all inside: its rows and columns.

    Row by row, the heights of the columns of cells above are the bars of a histogram, and the
    largest rectangle under them is found with a stack: every cell is visited twice.

    >>> area = np.array([[0, 1, 1], [1, 1, 1], [1, 1, 0]], dtype=bool)
    >>> largest(area)
    (slice(0, 2, None), slice(1, 3, None))
    """
    best, rows, columns = 0, slice(0, 0), slice(0, 0)
    heights = np.zeros(inside.shape[1], dtype=np.int64)
    for row in range(inside.shape[0]):
        heights = np.where(inside[row], heights + 1, 0)
        stack: list[tuple[int, int]] = []  # (first column, height)
        for column, height in enumerate([*heights.tolist(), 0]):
            first = column
            while stack and stack[-1][1] >= height:
                first, tall = stack.pop()
                if tall * (column - first) > best:
                    best = tall * (column - first)
                    rows, columns = slice(row + 1 - tall, row + 1), slice(first, column)
            stack.append((first, height))
    return rows, columns
