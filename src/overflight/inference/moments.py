"""Paths at moments between their kept points."""

import numpy as np
from numpy.typing import NDArray

from overflight.inference.posterior import Posterior

Array = NDArray[np.float64]


def normals(lat_deg: Array, lon_deg: Array) -> Array:
    """Unit vectors (..., 3) of places; NaN stays NaN."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def vectors(paths: Posterior, moments_s: Array, rows: slice = slice(None)) -> tuple[Array, Array]:
    """Unit vectors (path, moment, 3) on the straight line between kept points, renormalised."""
    kept = normals(paths.lat_deg[rows], paths.lon_deg[rows])
    between = _interpolated(paths.time_s, kept, moments_s)
    return between / np.linalg.norm(between, axis=-1, keepdims=True), moments_s


def at(paths: Posterior, moments_s: Array) -> tuple[Array, Array]:
    """Latitude (only to see who is flying) and height at moments, (path, moment)."""
    both = np.stack([paths.lat_deg, paths.height_m], axis=-1)
    found = _interpolated(paths.time_s, both, moments_s)
    return found[..., 0], found[..., 1]


def _interpolated(time_s: Array, kept: Array, moments_s: Array) -> Array:
    """Linear between kept points; NaN outside the paths' clock."""
    after = np.clip(np.searchsorted(time_s, moments_s), 1, len(time_s) - 1)
    share = (moments_s - time_s[after - 1]) / (time_s[after] - time_s[after - 1])
    found = kept[:, after - 1] * (1.0 - share)[:, None] + kept[:, after] * share[:, None]
    found[:, (moments_s < time_s[0]) | (moments_s > time_s[-1])] = np.nan
    return found
