"""Weights of particles, systematic resampling, and the family tree that it leaves."""

import math

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import loop

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


@loop
def highest(weight_log: Array) -> float:
    """Largest of some log weights; minus infinity where there is none."""
    high = -math.inf
    for value in weight_log:
        high = max(high, value)
    return high


@loop
def mean_log(weight_log: Array) -> float:
    """Log of the mean of exp(weight_log)."""
    high = highest(weight_log)
    if high == -math.inf:
        return high
    total = 0.0
    for value in weight_log:
        total += math.exp(value - high)
    return high + math.log(total / weight_log.size)


@loop
def ess(weight_log: Array) -> float:
    """Kish's effective sample size; none where every particle is lost."""
    high = highest(weight_log)
    if high == -math.inf:
        return 0.0
    total, squares = 0.0, 0.0
    for value in weight_log:
        weight = math.exp(value - high)
        total += weight
        squares += weight * weight
    return float(total * total / squares)


@loop
def systematic(weight_log: Array, n_draws: int, start: float) -> Whole:
    """Systematic resampling (Carpenter, Clifford & Fearnhead 1999): sorted parents."""
    high = highest(weight_log)
    chosen = np.zeros(n_draws, dtype=np.int64)
    if high == -math.inf:  # all are lost: any will do, none counts
        return chosen
    total = 0.0
    for value in weight_log:
        total += math.exp(value - high)
    parent, reached = 0, math.exp(weight_log[0] - high)
    for draw in range(n_draws):
        mark = (draw + start) / n_draws * total
        while parent < weight_log.size - 1 and reached < mark:
            parent += 1
            reached += math.exp(weight_log[parent] - high)
        chosen[draw] = parent
    return chosen


def lineages(parents: Whole, final: Whole) -> Whole:
    """Follow draws back through all resamplings.

    Parameters
    ----------
    parents : (resampling, particle)
        Whom each particle descends from.
    final : (draw,)
        Particles after the last resampling.

    Returns
    -------
    (resampling + 1, draw)
        Row g: the particle that the draw was before resampling g; the last row is ``final``.

    >>> lineages(np.array([[0, 0, 2], [1, 2, 2]]), np.array([0, 2])).tolist()
    [[0, 2], [1, 2], [0, 2]]
    """
    rows = np.empty((len(parents) + 1, len(final)), dtype=np.int64)
    rows[-1] = final
    for event in range(len(parents) - 1, -1, -1):
        rows[event] = parents[event][rows[event + 1]]
    return rows
