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
    """Quantiles 5, 25, 50, 75 and 95 % of a quantity in seconds, and their errors.

    ``p50_sd_s`` is the median's; ``sds_s`` are those of all five, in their order.
    """

    p05_s: float
    p25_s: float
    p50_s: float
    p75_s: float
    p95_s: float
    p50_sd_s: float
    sds_s: tuple[float, ...] = ()

    @property
    def width_s(self) -> float:
        """From the 5 to the 95 % quantile."""
        return self.p95_s - self.p05_s


def spread(value_s: Array, weight: Array, n_effective: float) -> Spread:
    """Weighted quantiles, and their Monte-Carlo errors.

    An error is half the distance between the quantiles one binomial standard error either side,
    for ``n_effective`` independent paths. Where there is no quantile on one side, because a few
    paths stand for the tail, it is the whole distance to the other.

    >>> made = spread(np.arange(10_000.0), np.ones(10_000), 100.0)
    >>> [round(sd) for sd in made.sds_s]
    [218, 433, 500, 433, 218]
    """
    n = max(1.0, n_effective)
    steps = [math.sqrt(q * (1.0 - q) / n) for q in QUANTILES]
    either = [at for q, step in zip(QUANTILES, steps, strict=True) for at in (q - step, q + step)]
    clipped = [min(max(at, 0.0), 1.0) for at in either]
    found = weighted_quantiles(value_s, weight, (*QUANTILES, *clipped))
    middle, around = found[: len(QUANTILES)], found[len(QUANTILES) :]
    sds = []
    for k in range(len(QUANTILES)):
        (low, high), (below, above) = around[2 * k : 2 * k + 2], either[2 * k : 2 * k + 2]
        one_sided = below < 0.0 or above > 1.0
        far = max(high - middle[k], middle[k] - low)
        sds.append(far if one_sided else 0.5 * (high - low))
    p05_s, p25_s, p50_s, p75_s, p95_s = middle
    return Spread(p05_s, p25_s, p50_s, p75_s, p95_s, sds[2], tuple(sds))


def weighted_quantiles(value: Array, weight: Array, at: Sequence[float]) -> tuple[float, ...]:
    """Quantiles of weighted draws, interpolated between the midpoints of their weights.

    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.ones(3), (0.5,))
    (2.0,)
    """
    order = np.argsort(value, kind="stable")
    middle = np.cumsum(weight[order]) - 0.5 * weight[order]
    return tuple(float(q) for q in np.interp(at, middle / weight.sum(), value[order]))


def monte_carlo_sd(probability: float, n_effective: float) -> float:
    """Standard error of a probability told from so many independent paths.

    It is that of the probability moved towards a half by two paths (Agresti & Coull 1998), so that
    what no path does, or every one, is not told as certain.

    >>> round(monte_carlo_sd(0.5, 100.0), 3), round(monte_carlo_sd(0.0, 100.0), 3)
    (0.05, 0.014)
    """
    moved = (min(max(probability, 0.0), 1.0) * n_effective + 2.0) / (n_effective + 4.0)
    return math.sqrt(moved * (1.0 - moved) / max(n_effective, 1.0))
