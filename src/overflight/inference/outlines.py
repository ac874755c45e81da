"""Outlines of regions and lines in the plane around a place, and their moments.

The plane is azimuthal equidistant: sides are straight in it, which for a region of some hundred
kilometres is within a kilometre of the great circle.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from overflight.inference.likelihood import outside_m, soft_log
from overflight.physics.kernel import loop
from overflight.physics.sphere import n_vector
from overflight.physics.tangent import way_m

Array = NDArray[np.float64]

_CELLS = 200  # of a side of the grid that integrates a region
_MARGIN = 12.0  # edges around it: the soft indicator is 6e-6 there


def flat_m(place: tuple[float, float, float], corners: tuple[tuple[float, float], ...]) -> Array:
    """Corners (latitude, longitude) as metres east and north of a place, shape (corner, 2)."""
    return np.array([way_m(*place, *n_vector(lat, lon)) for lat, lon in corners])


def moments(corners: Array, edge_m: float) -> tuple[float, tuple[float, float], Array]:
    """Area of a region with a soft edge [m2], its middle [m], and its covariance [m2]."""
    packed = tuple(map(tuple, corners.tolist()))
    area_m2, mean, covariance = _moments(packed, edge_m)
    return area_m2, mean, np.array(covariance)


@lru_cache(maxsize=256)
def _moments(
    packed: tuple[tuple[float, ...], ...], edge_m: float
) -> tuple[float, tuple[float, float], list[list[float]]]:
    """By the midpoint rule on a grid: the soft edge is smooth."""
    corners = np.array(packed)
    low, high = corners.min(axis=0) - _MARGIN * edge_m, corners.max(axis=0) + _MARGIN * edge_m
    cells = np.maximum(_CELLS, np.ceil((high - low) / (0.5 * edge_m))).astype(int)
    cells = np.minimum(cells, 4 * _CELLS)
    size = (high - low) / cells
    axes = [low[i] + size[i] * (np.arange(cells[i]) + 0.5) for i in range(2)]
    share = _soft(corners, axes[0], axes[1], edge_m)
    total = float(share.sum())
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    weight = share.reshape(-1) / total
    mean = weight @ points
    off = points - mean
    covariance = (off * weight[:, None]).T @ off
    return total * float(size.prod()), (float(mean[0]), float(mean[1])), covariance.tolist()


@loop
def _soft(corners: Array, east: Array, north: Array, edge_m: float) -> Array:
    share = np.empty((east.size, north.size))
    for i in range(east.size):
        for j in range(north.size):
            beyond = outside_m(corners, 0, corners.shape[0], east[i], north[j]) / edge_m
            share[i, j] = np.exp(soft_log(beyond))
    return share


def line_moments(corners: Array) -> tuple[tuple[float, float], Array]:
    """Middle [m] and covariance [m2] of a line, even along its length."""
    starts, ways = corners[:-1], np.diff(corners, axis=0)
    lengths = np.maximum(np.linalg.norm(ways, axis=1), 1e-6)
    weight = lengths / lengths.sum()
    middles = starts + 0.5 * ways
    mean = weight @ middles
    off = middles - mean
    covariance = (off * weight[:, None]).T @ off
    covariance += np.einsum("s,si,sj->ij", weight / 12.0, ways, ways)
    return (float(mean[0]), float(mean[1])), np.asarray(covariance)
