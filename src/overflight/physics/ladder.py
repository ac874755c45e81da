"""Find values on an uneven axis without a search, so that lanes can do it together.

Between its ends an axis is cut into even buckets, none wider than the least distance of two rungs;
a table says which rung lies at or below the beginning of each. The value's own rung is that one or
the next.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import lane_kernel
from overflight.physics.lanes import fixed

Array = NDArray[np.float64]

_ROUND_OFF = 1e-12


class Ladder(NamedTuple):
    """An ascending axis, prepared."""

    rungs: Array  # (rung,)
    per_rung: Array  # (rung - 1,) 1 over the distance to the next
    below: NDArray[np.int32]  # (bucket,)
    per_bucket: float  # 1 over the width of a bucket
    last: int  # rung below the uppermost one


def ladder(axis: Array) -> Ladder:
    """Prepare an axis of at least two rungs.

    >>> ladder(np.array([0.0, 1.0, 4.0])).below.tolist()
    [0, 1, 1, 1]
    """
    rungs = np.ascontiguousarray(axis, dtype=np.float64)
    steps = np.diff(rungs)
    span = float(rungs[-1] - rungs[0])
    n_buckets = math.ceil(span / float(steps.min()))
    begins = rungs[0] + np.arange(n_buckets) * (span / n_buckets)
    below = np.searchsorted(rungs, begins, "right") - 1
    last = len(rungs) - 2
    return Ladder(
        rungs,
        1.0 / steps,
        np.minimum(below, last).astype(np.int32),
        n_buckets / span,
        last,
    )


@lane_kernel
def found(axis: Ladder, value: float) -> tuple[np.int64, float]:
    """Rung below a value, and the share of the way to the next; NaN beyond the ends.

    A value that misses an end by round-off counts as on it.
    """
    first, end = axis.rungs[0], axis.rungs[axis.last + 1]
    width = _ROUND_OFF * (end - first)
    inside = value >= first - width and value <= end + width
    known = min(max(value, first), end) if inside else first
    bucket = min(np.int64((known - first) * axis.per_bucket), np.int64(axis.below.shape[0] - 1))
    low = np.int64(fixed(axis.below, bucket))
    low = min(low + np.int64(known >= fixed(axis.rungs, low + 1)), np.int64(axis.last))
    share = (known - fixed(axis.rungs, low)) * fixed(axis.per_rung, low)
    return low, (share if inside else math.nan)
