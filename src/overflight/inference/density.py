"""How densely weighted places lie on the globe: at a place, over a region, and how far out one is.

Kernels are normal on the sphere, exp(-(chord / sd)^2 / 2): the same as on a plane for the widths
used here, and nothing special happens at a pole or at the antimeridian.
"""

import math

import numpy as np
from numpy.typing import NDArray

from overflight.physics.sphere import MEAN_RADIUS_M

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

_CELL_M = 250_000.0  # edge of the cells in which a region is counted
_AT_ONCE = 4_000_000  # kernels worked out together
_BANDWIDTH = 0.2  # of a rank's kernels, in spreads of the places


def density_perm2(places: Array, weight: Array, centre: Array, sd_m: float) -> Array:
    """What each member adds to a cloud's density at a place known to within ``sd_m``, 1/m2.

    Parameters
    ----------
    places : (path, 3)
        Unit normals.
    weight : (path,)
        Any sum: the density is of that sum.
    centre : (3,)
    """
    squared = ((places - centre) ** 2).sum(axis=1) * (MEAN_RADIUS_M / sd_m) ** 2
    return np.asarray(weight * np.exp(-0.5 * squared) / (2.0 * math.pi * sd_m**2))


def middle(places: Array, weight: Array) -> Array:
    """Mean direction of weighted places, (3,)."""
    mean: Array = weight @ places
    return mean / np.linalg.norm(mean)


def spread_m(places: Array, weight: Array) -> float:
    """Standard deviation per axis about the mean direction, by chords."""
    off = ((places - middle(places, weight)) ** 2).sum(axis=1)
    return MEAN_RADIUS_M * math.sqrt(0.5 * float(weight @ off / weight.sum()))


def region_m2(places: Array, weight: Array, share_fraction: float) -> float:
    """Area of the smallest set of equal cells that holds a share of the places.

    A cloud with fewer places than its region has cells is wider than this says.
    """
    # A band of latitude has as many cells of about this edge as its area asks for.
    n_bands = round(math.pi * MEAN_RADIUS_M / _CELL_M)
    edges = np.sin(np.linspace(-0.5 * math.pi, 0.5 * math.pi, n_bands + 1))
    band_m2 = 2.0 * math.pi * MEAN_RADIUS_M**2 * np.diff(edges)
    n_cells = np.maximum(np.round(band_m2 / _CELL_M**2), 1.0).astype(np.int64)
    band = np.clip(np.searchsorted(edges, places[:, 2], side="right") - 1, 0, n_bands - 1)
    turn = np.arctan2(places[:, 1], places[:, 0]) / (2.0 * math.pi) + 0.5
    cell = np.minimum((turn * n_cells[band]).astype(np.int64), n_cells[band] - 1)
    first = np.concatenate([[0], np.cumsum(n_cells)])
    held = np.bincount(first[band] + cell, weights=weight, minlength=int(first[-1]))
    cell_m2 = np.repeat(band_m2 / n_cells, n_cells)
    order = np.argsort(-held / cell_m2, kind="stable")
    reached = np.cumsum(held[order]) / held.sum()
    last = int(np.searchsorted(reached, share_fraction))
    return float(cell_m2[order][: last + 1].sum())


def systematic_rows(weight: Array, n_rows: int) -> Whole:
    """Rows of ``n_rows`` equally probable members, without a random number."""
    reached = np.cumsum(weight)
    marks = (np.arange(n_rows) + 0.5) / n_rows * reached[-1]
    return np.asarray(np.minimum(np.searchsorted(reached, marks), len(weight) - 1))


def tail_fraction(
    places: Array,
    weight: Array,
    family: Whole,
    centre: Array,
    sd_m: float,
    n_ranks: int = 400,
    seed: int = 0,
) -> float:
    """How much of a cloud lies where it is no denser than at a place: its two-sided tail.

    The place is known to within ``sd_m``, so members of the cloud are moved by as much before they
    are compared with it; and their own family, which begins where they do, does not count. So the
    tail of a place that is itself a member is even between 0 and 1, whatever the cloud's shape.

    Parameters
    ----------
    places : (path, 3)
    family : (path,)
        Members that are not independent of each other.
    """
    share = weight / weight.sum()
    width_m = math.hypot(sd_m, _BANDWIDTH * spread_m(places, share))
    rows = systematic_rows(share, n_ranks)
    rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, 43]))
    asked = places[rows] + sd_m / MEAN_RADIUS_M * rng.standard_normal((n_ranks, 3))
    asked /= np.linalg.norm(asked, axis=1)[:, None]
    of_family = np.bincount(family, weights=share)
    here = _height(places, share, centre[None], width_m)[0]
    denser = np.empty(n_ranks)
    at_once = max(1, _AT_ONCE // len(places))
    for first in range(0, n_ranks, at_once):
        part = slice(first, first + at_once)
        own = family[rows[part]]
        kernels = _kernels(places, asked[part], width_m) * (family[None, :] != own[:, None])
        denser[part] = kernels @ share / (1.0 - of_family[own])
    return float((denser <= here).mean())


def _kernels(places: Array, asked: Array, width_m: float) -> Array:
    return np.exp((np.minimum(asked @ places.T, 1.0) - 1.0) * (MEAN_RADIUS_M / width_m) ** 2)


def _height(places: Array, share: Array, asked: Array, width_m: float) -> Array:
    return np.asarray(_kernels(places, asked, width_m) @ share)
