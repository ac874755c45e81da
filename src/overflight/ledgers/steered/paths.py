"""Weighted paths under one hypothesis: quantiles in time, means over a day."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from overflight.inference.quantiles import QUANTILES, weighted_quantiles

Array = NDArray[np.float64]

SUSTAINED_S = 86_400.0  # over which something must last to be called sustained

Bands = tuple[tuple[float, ...], ...]  # (quantile, time): 5, 25, 50, 75, 95 %


def bands(value: Array, weight: Array) -> Bands:
    """Quantiles over the paths of (path, time) values; NaN where no path is in the air."""
    columns = [quantiles(value[:, k], weight, QUANTILES) for k in range(value.shape[1])]
    return tuple(zip(*columns, strict=True))


def quantiles(value: Array, weight: Array, at: Sequence[float]) -> tuple[float, ...]:
    """Quantiles over the paths that have a value; NaN where none has."""
    known = np.isfinite(value) & (weight > 0.0)
    if not known.any():
        return (math.nan,) * len(at)
    return weighted_quantiles(value[known], weight[known], at)


def mean_in_time(value: Array) -> Array:
    """Mean over the time in the air of (path, time) values; NaN for a path that never flew."""
    known = np.isfinite(value)
    count = known.sum(axis=1)
    total = np.where(known, value, 0.0).sum(axis=1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def running_mean(value: Array, time_s: Array, window_s: float = SUSTAINED_S) -> Array:
    """Means over windows of (path, time) values, a column for each window by its first time.

    NaN where a path is not in the air for the whole window. A flight shorter than the window has
    one window, which is all of it.
    """
    n_inside = samples(time_s, window_s)
    total = _sums(np.where(np.isfinite(value), value, 0.0), n_inside)
    count = _sums(np.isfinite(value).astype(np.float64), n_inside)
    return np.asarray(np.where(count == n_inside, total / n_inside, np.nan))


def samples(time_s: Array, window_s: float = SUSTAINED_S) -> int:
    """How many samples of an even time axis a window holds: at least one, at most all."""
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else window_s
    return int(min(max(round(window_s / step_s), 1), len(time_s)))


def _sums(value: Array, n_inside: int) -> Array:
    reached = np.cumsum(np.pad(value, ((0, 0), (1, 0))), axis=1)
    return np.asarray(reached[:, n_inside:] - reached[:, :-n_inside])


def largest_sustained(value: Array, time_s: Array) -> Array:
    """Largest mean over a day of (path, time) values, by path.

    Over the whole time in the air where that is shorter than a day.
    """
    day = running_mean(value, time_s)
    best = np.where(np.isfinite(day), day, -np.inf).max(axis=1)
    return np.asarray(np.where(np.isfinite(best), best, mean_in_time(value)))
