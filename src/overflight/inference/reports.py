"""Position reports as the engine sees them, and how probable each is given a path.

A report says: at some moment of a window (uniform over it) the balloon was near a place. Two
shapes of "near": a bivariate normal (a fix, or a place given with an error), and a disc with a
soft edge (seen from a town, no direction: anywhere within sight; method 4). A report is
essentially right with probability r; otherwise it says nothing and its density is that of a
stray report over a plausible area::

    p(report | path) = r * mean over the window of p_good + (1 - r) / area

so one wrong report can cost a path a bounded amount, never everything.

These two are weighed in blocks of particles. All other kinds (:mod:`overflight.inference.kinds`)
are weighed by the scalar functions of :mod:`overflight.inference.likelihood`, which keep a few
numbers for every particle while the report is open; what they need is in :class:`Further`.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import kernel

GAUSSIAN, DISC = 0, 1
FIX, SIGHT, REGION, UNSEEN, CROSSING, MOTION, ORDER, ALTITUDE = range(2, 10)
LEVEL_AXIS = 3  # the stand-in of an altitude is about the second of two coordinates from there

N_DETAIL = 12  # numbers that say what a further report is
N_NOTES = 4  # numbers that a particle keeps of one while it is open


class Further(NamedTuple):
    """What the kinds beyond the first two need; one row a report, of whatever kind.

    What ``detail`` holds, and what ``notes`` of a particle hold, is said where a kind is weighed
    (:mod:`overflight.inference.likelihood`). ``stride`` is 0 where the report says "at some time",
    else the steps between the samples of "throughout". A stand-in has the middle ``aim``, the
    covariance ``spread`` (east-east, east-north, north-north) [m2], all zero where there is none,
    and the moment ``due``; ``gauge`` is the log of the unit in which the report is measured over a
    square metre.
    """

    detail: NDArray[np.float64]  # (report, N_DETAIL)
    corners: NDArray[np.float64]  # (corner, 2) of all outlines, metres from their report's place
    corner: NDArray[np.int64]  # (report, 2) first corner, and the one after the last
    curve: NDArray[np.float64]  # a number for every step of some reports' windows
    curve_at: NDArray[np.int64]  # (report,) where a report's begins
    stride: NDArray[np.int64]
    slot: NDArray[np.int64]  # (report,) first row of its notes; -1 where it needs none
    aim: NDArray[np.float64]  # (report, 3)
    spread: NDArray[np.float64]  # (report, 3)
    due: NDArray[np.int64]
    gauge: NDArray[np.float64]


def nothing_further(n_reports: int = 0) -> Further:
    """Rows for reports that need none."""
    whole = np.zeros(n_reports, dtype=np.int64)
    return Further(
        detail=np.zeros((n_reports, N_DETAIL)),
        corners=np.zeros((0, 2)),
        corner=np.zeros((n_reports, 2), dtype=np.int64),
        curve=np.zeros(0),
        curve_at=whole.copy(),
        stride=whole.copy(),
        slot=whole - 1,
        aim=np.zeros((n_reports, 3)),
        spread=np.zeros((n_reports, 3)),
        due=whole.copy(),
        gauge=np.zeros(n_reports),
    )


class Reports(NamedTuple):
    """Position reports, one row each; ``first`` and ``last`` are steps of the flight, inclusive.

    ``shape`` holds for :data:`GAUSSIAN` the inverse covariance (east-east, east-north,
    north-north) [m-2], and for :data:`DISC` (radius_m, edge_m, unused). ``log_norm`` is the log of
    the density's normalisation. ``log_good`` is log r, ``log_bad`` log((1 - r) / area).
    ``moments`` counts the steps of the whole window, those before the launch or after the end
    included: there the balloon was not flying, and a report of it has density zero.
    """

    place: NDArray[np.float64]  # (report, 3) in the model's position coordinates
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    kind: NDArray[np.int64]
    shape: NDArray[np.float64]  # (report, 3)
    log_norm: NDArray[np.float64]
    log_good: NDArray[np.float64]
    log_bad: NDArray[np.float64]
    moments: NDArray[np.float64]
    further: Further = nothing_further()

    @property
    def n_notes(self) -> int:
        """Numbers that every particle keeps beside the sums."""
        return N_NOTES * int((self.kind > DISC).sum())


class Schedule(NamedTuple):
    """Which reports are open at a step: ``opened[starts[k]:starts[k + 1]]``."""

    starts: NDArray[np.int64]  # (steps + 2,)
    opened: NDArray[np.int64]


def schedule(reports: Reports, n_steps: int) -> Schedule:
    """List the open reports of every step, 0 to ``n_steps`` inclusive."""
    open_at = [
        [
            report
            for report in range(len(reports.first))
            if reports.first[report] <= step <= reports.last[report]
        ]
        for step in range(n_steps + 1)
    ]
    counts = np.array([0, *(len(row) for row in open_at)], dtype=np.int64)
    flat = np.array([report for row in open_at for report in row], dtype=np.int64)
    return Schedule(np.cumsum(counts), flat)


@kernel
def density_log(
    kind: int, first: float, cross: float, second: float, log_norm: float, east: float, north: float
) -> float:
    """Log density of a good report at ``(east, north)`` from the balloon.

    The disc falls off as a logistic of the distance beyond its radius; far outside it is about
    ``exp(-(distance - radius) / edge)``, never zero.
    """
    if kind == GAUSSIAN:
        square = first * east * east + 2.0 * cross * east * north + second * north * north
        return log_norm - 0.5 * square
    beyond = (math.hypot(east, north) - first) / cross
    if beyond > 30.0:
        return log_norm - beyond
    return log_norm - math.log1p(math.exp(beyond))


@kernel
def log_sum(a: float, b: float) -> float:
    """``log(exp(a) + exp(b))`` without overflow."""
    high, low = (a, b) if a > b else (b, a)
    if high == -math.inf:
        return high
    return high + math.log1p(math.exp(low - high))


def disc_log_norm(radius_m: float, edge_m: float) -> float:
    """Minus log of the soft disc's integral over the plane.

    The integral of ``1 / (1 + exp((s - R)/w))`` over the plane is ``-2 pi w^2 Li2(-exp(R/w))``,
    and for R many times w that is ``pi R^2 + pi^3 w^2 / 3`` up to terms of order exp(-R/w)
    (the Sommerfeld expansion). Valid for R >= 4 w, where the neglected part is below 0.1 %.

    >>> round(math.exp(-disc_log_norm(100e3, 10e3)) / 1e10, 4)  # m2
    3.2449
    """
    return -math.log(math.pi * radius_m**2 + math.pi**3 * edge_m**2 / 3.0)


def gaussian_log_norm(inverse_covariance: tuple[float, float, float]) -> float:
    """Log of the bivariate normal's normalisation, ``0.5 log det P - log 2 pi``."""
    first, cross, second = inverse_covariance
    return 0.5 * math.log(first * second - cross * cross) - math.log(2.0 * math.pi)
