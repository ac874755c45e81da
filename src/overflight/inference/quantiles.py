"""Quantiles of weighted draws: times and lengths with how widely they lie."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)


@dataclass(frozen=True)
class Spread:
    """Quantiles 5, 25, 50, 75 and 95 % of a quantity in seconds, and the median's error."""

    p05_s: float
    p25_s: float
    p50_s: float
    p75_s: float
    p95_s: float
    p50_sd_s: float

    @property
    def width_s(self) -> float:
        """From the 5 to the 95 % quantile."""
        return self.p95_s - self.p05_s


def spread(value_s: Array, weight: Array, n_effective: float) -> Spread:
    """Weighted quantiles, and the median's Monte-Carlo error.

    The error is half the distance between the quantiles one binomial standard error either side
    of the middle, for ``n_effective`` independent paths.
    """
    step = 0.5 / math.sqrt(max(1.0, n_effective))
    low, high = weighted_quantiles(value_s, weight, (max(0.0, 0.5 - step), min(1.0, 0.5 + step)))
    p05_s, p25_s, p50_s, p75_s, p95_s = weighted_quantiles(value_s, weight, QUANTILES)
    return Spread(p05_s, p25_s, p50_s, p75_s, p95_s, 0.5 * (high - low))


def weighted_quantiles(value: Array, weight: Array, at: Sequence[float]) -> tuple[float, ...]:
    """Quantiles of weighted draws, interpolated between the midpoints of their weights.

    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.ones(3), (0.5,))
    (2.0,)
    """
    order = np.argsort(value, kind="stable")
    middle = np.cumsum(weight[order]) - 0.5 * weight[order]
    return tuple(float(q) for q in np.interp(at, middle / weight.sum(), value[order]))
