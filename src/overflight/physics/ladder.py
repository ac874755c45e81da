"""Find values on an uneven axis without a search, so that lanes can do it together.

Between its ends an axis is cut into even buckets, none wider than the least distance of two rungs
unless that makes too many; a table says which rung lies at or below the beginning of each. The
value's own rung is that one or, as a rule, the next.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import lane_kernel
from overflight.physics.lanes import LANES, peek, poke

Array = NDArray[np.float64]

_ROUND_OFF = 1e-12
_MOST_BUCKETS = 1 << 16


class Ladder(NamedTuple):
    """An ascending axis, prepared."""

    rungs: Array  # (rung,)
    per_rung: Array  # (rung - 1,) 1 over the distance to the next
    below: NDArray[np.int32]  # (bucket,)
    bucket_scale: float  # 1 over the width of a bucket
    last: int  # rung below the uppermost one


def ladder(axis: Array) -> Ladder:
    """Prepare an axis of at least two rungs.

    >>> ladder(np.array([0.0, 1.0, 4.0])).below.tolist()
    [0, 1, 1, 1]
    """
    rungs = np.ascontiguousarray(axis, dtype=np.float64)
    steps = np.diff(rungs)
    span = float(rungs[-1] - rungs[0])
    n_buckets = min(math.ceil(span / float(steps.min())), _MOST_BUCKETS)
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
def _bucket(axis: Ladder, value: float) -> tuple[np.int32, float, bool]:
    """Bucket of a value, the value or the end that it misses by round-off, and whether inside."""
    first, end = axis.rungs[0], axis.rungs[axis.last + 1]
    width = _ROUND_OFF * (end - first)
    inside = value >= first - width and value <= end + width
    known = min(max(value, first), end) if inside else first
    bucket = min(np.int32((known - first) * axis.bucket_scale), np.int32(axis.below.shape[0] - 1))
    return bucket, known, inside


@lane_kernel
def _rung(axis: Ladder, bucket: np.int32, known: float) -> np.int64:
    low = np.int64(peek(axis.below, np.int64(bucket)))
    while low < axis.last and known >= peek(axis.rungs, low + 1):
        low += 1
    return low


@lane_kernel
def found(axis: Ladder, value: float) -> tuple[np.int64, float]:
    """Rung below a value, and the share of the way to the next; NaN beyond the ends.

    A value that misses an end by round-off counts as on it.
    """
    bucket, known, inside = _bucket(axis, value)
    low = _rung(axis, bucket, known)
    share = (known - peek(axis.rungs, low)) * peek(axis.per_rung, low)
    return low, (share if inside else math.nan)


@lane_kernel
def find_row(
    axis: Ladder,
    wide: Array,
    cells: NDArray[np.int32],
    value_row: int,
    rung_row: int,
    share_row: int,
) -> None:
    """Do :func:`found` with every lane of a row, into two rows.

    Three loops, because the middle one, which reads the axis at places of its own, is not one for
    vector units. The rows must be different ones.
    """
    for lane in range(LANES):
        bucket, known, inside = _bucket(axis, peek(wide, value_row + lane))
        poke(cells, rung_row + lane, bucket)
        poke(wide, share_row + lane, known if inside else math.nan)
    for lane in range(LANES):
        known = peek(wide, share_row + lane)
        low = _rung(axis, peek(cells, rung_row + lane), known)
        poke(cells, rung_row + lane, np.int32(low))
        share = (known - peek(axis.rungs, low)) * peek(axis.per_rung, low)
        poke(wide, share_row + lane, share)
