"""A standard deviation that came with the wind: an ensemble's spread, or an analysis's own.

The spread of an ensemble is too small, by how much is not known from the ensemble. Its pattern is
kept and its size is not: level by level it is inflated until its root mean square is that of the
table of its source, never deflated, and nowhere below half the table. The standard deviation of an
analysis of soundings is checked against sondes left out, and used as it is.
"""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

Array = NDArray[np.float64]

SPREAD, ANALYSIS = "ensemble spread", "analysis"
FLOOR_FRACTION, FLOOR_MPS = 0.5, 0.3
_SPACING_DEG, _MOST_NODES = 1.0, 4_000_000


def words(basis: str) -> str:
    """What was done with the standard deviation that came with the wind, in a sentence."""
    if basis == ANALYSIS:
        return "pattern: the analysis's own standard deviation, as it is"
    if basis == SPREAD:
        return (
            "pattern: the ensemble's spread, which is too small; inflated level by level to the"
            " root mean square above, nowhere below half of it"
        )
    return "pattern: the file's own standard deviation, nowhere below the values above"


def thinned(wind: xr.Dataset) -> xr.DataArray:
    """The standard deviations on no more nodes than an error needs: a degree, some 30 MB."""
    given = wind["sd_mps"]
    strides = {}
    for dim in ("lat_deg", "lon_deg"):
        axis = wind[dim].values
        step = float(np.median(np.diff(axis))) if len(axis) > 1 else _SPACING_DEG
        strides[dim] = max(1, round(_SPACING_DEG / step))
    while given.size / (strides["lat_deg"] * strides["lon_deg"]) > _MOST_NODES:
        strides = {dim: 2 * stride for dim, stride in strides.items()}
    return given.isel({dim: _kept(wind.sizes[dim], stride) for dim, stride in strides.items()})


def _kept(n: int, stride: int) -> NDArray[np.int64]:
    """Every so many nodes and the last, so that the edges stay where they were."""
    return np.unique(np.append(np.arange(0, n, stride), n - 1))


def standard_deviations(given: Array, table: Array, lat_deg: Array, basis: str) -> Array:
    """Turn what came with the wind into an error, (time, level, lat, lon), m/s.

    Parameters
    ----------
    given : (time, level, lat, lon)
        NaN where nothing is known; there the table stands in.
    table : (time, level, lat)
        What the source is known to err by.
    """
    expected = np.broadcast_to(table[..., None], given.shape)
    known = np.isfinite(given) & (given >= 0.0)
    sd_mps = np.where(known, given, expected)
    if basis == ANALYSIS:
        return np.maximum(sd_mps, FLOOR_MPS)
    if basis != SPREAD:
        return np.maximum(sd_mps, expected)
    weight = np.cos(np.radians(lat_deg))[None, None, :, None] + 1e-6
    wanted, found = ((squares * weight).sum(axis=(0, 2, 3)) for squares in (expected**2, sd_mps**2))
    inflation = np.maximum(np.sqrt(wanted / np.maximum(found, 1e-12)), 1.0)
    inflated = np.where(known, sd_mps * inflation[None, :, None, None], expected)
    return np.maximum(inflated, FLOOR_FRACTION * expected)


def eastward(lon_deg: Array, sd_mps: Array) -> tuple[Array, Array]:
    """Order columns eastward from the box's western edge; close a globe with its first column.

    >>> axis, _ = eastward(np.array([-180.0, -90.0, 90.0, 179.0]), np.zeros((1, 1, 1, 4)))
    >>> axis.tolist()
    [90.0, 179.0, 180.0, 270.0]
    """
    gaps_deg = np.diff(lon_deg, append=lon_deg[0] + 360.0)
    widest = int(np.argmax(gaps_deg))
    if gaps_deg[widest] <= 1.5 * np.median(gaps_deg):
        closed = np.concatenate([sd_mps, sd_mps[..., :1]], axis=-1)
        return np.append(lon_deg, lon_deg[0] + 360.0), closed
    first = (widest + 1) % len(lon_deg)
    order = np.roll(np.arange(len(lon_deg)), -first)
    return lon_deg[order] + np.where(order < first, 360.0, 0.0), sd_mps[..., order]
