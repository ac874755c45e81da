"""How long a path stays near a place of its own, without a break.

A stay of radius R about a moment c lasts while every position is within R of that at c. The longest
stay is the longest over all c; it grows with R and with the window, and no place need be named.
"""

import math

import numpy as np
from numpy.typing import NDArray

from overflight.physics.sphere import MEAN_RADIUS_M

Array = NDArray[np.float64]

FINEST_S, PARTS = 1_800.0, 12  # between moments at most; moments in a stay at least
MOST_MOMENTS = 1_500
AT_ONCE = 100  # paths


def moments_s(start_s: float, end_s: float, duration_s: float) -> Array:
    """Moments at which a window is looked at: ends included, dense enough for the stay."""
    step_s = min(FINEST_S, duration_s / PARTS)
    count = min(MOST_MOMENTS, math.ceil((end_s - start_s) / step_s))
    return np.linspace(start_s, end_s, count + 1)


def longest_s(vectors: Array, moments_s: Array, radius_m: float, enough_s: float) -> Array:
    """Longest stay of every path, (path,); zero where it does not fly.

    Stays longer than ``enough_s`` are told as at least that long.

    Parameters
    ----------
    vectors : (path, moment, 3)
        Unit vectors at even moments; NaN where the path does not fly.
    """
    n_paths, n_moments, _ = vectors.shape
    # A chord is compared: an arc cosine would lose what is near.
    chord2 = (2.0 * math.sin(min(0.5 * radius_m / MEAN_RADIUS_M, 0.5 * math.pi))) ** 2
    flying = np.asarray(np.isfinite(vectors).all(axis=2))
    step_s = (moments_s[-1] - moments_s[0]) / (n_moments - 1)
    furthest = min(n_moments - 1, math.ceil(enough_s / step_s))
    stay = np.zeros((2, n_paths, n_moments), dtype=np.int64)  # before and after each moment
    for side in (0, 1):
        still = flying.copy()
        for lag in range(1, furthest + 1):
            here, there = slice(None, -lag), slice(lag, None)
            with np.errstate(invalid="ignore"):
                near = ((vectors[:, there] - vectors[:, here]) ** 2).sum(axis=2) <= chord2
            at = here if side else there
            now = np.zeros_like(still)
            now[:, at] = still[:, at] & near
            still = now
            if not still.any():
                break
            stay[side] += still
    steps = stay.sum(axis=0).max(axis=1, initial=0)
    return np.asarray(steps * step_s)
