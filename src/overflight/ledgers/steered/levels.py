"""At what height each hypothesis has it, and how often it changed level under each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.inference.contest import Contender, Contest
from overflight.ledgers.steered.paths import Bands, bands, quantiles

Array = NDArray[np.float64]

# A balloon that changes level climbs or sinks at half a metre a second or more; one that drifts
# gains 100 m a day, and the day's warmth lifts an open one by 2 km in some hours.
MOVING_MPS = 0.15
CHANGE_M = 500.0


@dataclass(frozen=True)
class Changes:
    """How often the level was changed in the whole flight: 5, 50 and 95 % of the paths."""

    p05_count: float
    p50_count: float
    p95_count: float


@dataclass(frozen=True)
class Heights:
    """Heights of the paths of one hypothesis: quantiles 5, 25, 50, 75, 95 % (quantile, time)."""

    name: str
    by_time_m: Bands
    changes: Changes


def heights(contest: Contest, one: Contender, columns: NDArray[np.int64]) -> Heights:
    """Heights at the times of ``columns``, and the changes of level in the whole flight."""
    counts = changes(one.height_m, contest.time_s)
    low, middle, high = quantiles(counts, one.weight, (0.05, 0.5, 0.95))
    return Heights(
        name=one.evidence.name,
        by_time_m=bands(one.height_m[:, columns], one.weight),
        changes=Changes(low, middle, high),
    )


def changes(height_m: Array, time_s: Array) -> Array:
    """How often each path changes its level: climbs or sinks by 500 m or more in one go.

    The first ascent and the last descent are none.

    >>> track = np.array([[5.0, 10.0, 18.0, 18.0, 18.0, 16.0, 15.0, 15.0, 17.0, 17.0]]) * 1e3
    >>> changes(track, np.arange(10) * 3_600.0).tolist()
    [2.0]
    """
    return np.array([_changes(row[np.isfinite(row)], time_s) for row in height_m])


def _changes(height_m: Array, time_s: Array) -> float:
    if len(height_m) < 3:
        return 0.0
    moved_m = np.diff(height_m)
    slow_m = MOVING_MPS * float(np.median(np.diff(time_s)))
    way = np.where(np.abs(moved_m) > slow_m, np.sign(moved_m), 0.0)
    first = np.flatnonzero(np.diff(way, prepend=np.nan) != 0.0)  # of each stretch of one way
    gone_m = np.abs(np.add.reduceat(moved_m, first))
    counted = (way[first] != 0.0) & (gone_m >= CHANGE_M)
    counted[0] = counted[0] and way[0] < 0.0  # the ascent
    counted[-1] = counted[-1] and way[-1] > 0.0  # the descent
    return float(counted.sum())
