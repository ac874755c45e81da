"""What the wind's error would have to be, against what it may be (the residual).

Every path needs some error of the wind. If the wind is as good as it says, these errors look like
draws from its stated prior; if the track follows no wind, they are too large for it, whatever the
Bayes factor between two hypotheses that are both wrong. The prior's standard deviation is that of
the path, its flight's scale factor included.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from overflight.inference.needed import Needed
from overflight.inference.telemetry.carried import REJECTED
from overflight.ledgers.steered.paths import Bands, bands, running_mean, samples

Array = NDArray[np.float64]

__all__ = ["REJECTED", "Residual", "Sustained", "errors_needed", "fit_p", "independent_times"]

# How long an error of the wind lasts, for counting independent ones: 24 h agrees with what
# balloons found over days (Friedrich et al. 2017; method 3).
MEMORY_S = 86_400.0


@dataclass(frozen=True)
class Sustained:
    """The largest error that lasts for a day: the mean over paths of its mean over that day.

    ``size_sds`` is in standard deviations of one component, ``towards_deg`` where the error blows
    to, clockwise from north.
    """

    begin_s: float
    end_s: float
    size_mps: float
    size_sds: float
    towards_deg: float


@dataclass(frozen=True)
class Residual:
    """The wind's error along the paths of one hypothesis.

    Bands are quantiles 5, 25, 50, 75, 95 % (quantile, time) in the prior's standard deviations.
    """

    name: str
    p: float
    n_independent: float
    east_sds: Bands
    north_sds: Bands
    sustained: Sustained | None

    @property
    def rejected(self) -> bool:
        """Whether the paths need larger errors than this wind has."""
        return self.p < REJECTED


def errors_needed(needed: Needed, columns: NDArray[np.int64]) -> Residual:
    """The error that the paths of a hypothesis need, at the times of ``columns`` and as a whole."""
    sd = np.where(needed.sd_mps > 0.0, needed.sd_mps, np.nan)
    east, north = needed.east_mps / sd, needed.north_mps / sd
    p, n_independent = fit_p(east, north, needed.weight, needed.time_s)
    return Residual(
        name=needed.name,
        p=p,
        n_independent=n_independent,
        east_sds=bands(east[:, columns], needed.weight),
        north_sds=bands(north[:, columns], needed.weight),
        sustained=_sustained(needed, east, north),
    )


def independent_times(span_s: Array, memory_s: float = MEMORY_S) -> Array:
    """How many independent squares of an error that fades are worth as much as all of a flight.

    The mean square of an Ornstein-Uhlenbeck process over a span T has the variance of the mean of
    so many (Satterthwaite 1946): the squares are correlated as exp(-2 t / memory), and so
    n = T^2 / (2 [T b - b^2 (1 - exp(-T / b))]) with b = memory / 2. One for a moment.

    >>> independent_times(np.array([0.0, 10.0 * MEMORY_S])).round(2).tolist()
    [1.0, 10.53]
    """
    ratio = np.maximum(span_s / (0.5 * memory_s), 1e-4)
    return np.asarray(0.5 * ratio**2 / (ratio + np.expm1(-ratio)))


def fit_p(east: Array, north: Array, weight: Array, time_s: Array) -> tuple[float, float]:
    """Posterior-predictive probability of a larger misfit, and the independent times behind it.

    Under each path the mean square of its standardised error is that of a chi-squared variable
    with two degrees of freedom for each independent time (Gelman, Meng & Stern 1996).
    """
    square = 0.5 * (east**2 + north**2)
    known = np.isfinite(square)
    aloft = known.any(axis=1) & (weight > 0.0)
    if not aloft.any():
        return math.nan, 0.0
    count = known[aloft].sum(axis=1)
    mean = np.where(known, square, 0.0)[aloft].sum(axis=1) / count
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    independent = independent_times(step_s * (count - 1))
    tail = special.chdtrc(2.0 * independent, 2.0 * independent * mean)
    share = weight[aloft] / weight[aloft].sum()
    return float(share @ tail), float(share @ independent)


def _sustained(needed: Needed, east: Array, north: Array) -> Sustained | None:
    """The day of the largest mean error, in its own units and in the prior's."""
    n_inside = samples(needed.time_s)

    def by_day(value: Array) -> Array:
        means = running_mean(value, needed.time_s)
        known = np.isfinite(means)
        share = np.where(known, needed.weight[:, None], 0.0)
        total = share.sum(axis=0)
        # A day that less than half of the paths flew through says little of the others.
        mean = (np.where(known, means, 0.0) * share).sum(axis=0) / np.maximum(total, 1e-300)
        return np.asarray(np.where(total >= 0.5, mean, np.nan))

    size = np.hypot(by_day(east), by_day(north))
    if not np.isfinite(size).any():
        return None
    first = int(np.nanargmax(size))
    u_mps, v_mps = (float(by_day(e)[first]) for e in (needed.east_mps, needed.north_mps))
    return Sustained(
        begin_s=float(needed.time_s[first]),
        end_s=float(needed.time_s[first + n_inside - 1]),
        size_mps=math.hypot(u_mps, v_mps),
        size_sds=float(size[first]),
        towards_deg=math.degrees(math.atan2(u_mps, v_mps)) % 360.0,
    )
