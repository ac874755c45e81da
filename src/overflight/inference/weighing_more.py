"""Proposals and weights of a block of particles, for any number of local coordinates (method 5).

The same as :mod:`overflight.inference.weighing`, which has the words and is written out for four.
"""

import numpy as np
from numpy.typing import NDArray

from overflight.inference.lanes import LOCALS, NOISES, PULL, SCRATCH, WEIGHT
from overflight.inference.twist import Twist
from overflight.physics.kernel import lane_loop
from overflight.physics.lanes import LANES, peek, poke

Array = NDArray[np.float64]


@lane_loop
def _add_form(told: Array, curvature: Array, slope: Array, offset: float, sign: float) -> None:
    """Add ``sign`` times the log of psi to the weights."""
    n = slope.shape[0]
    for lane in range(LANES):
        poke(told, WEIGHT + lane, peek(told, WEIGHT + lane) + sign * offset)
    for row in range(n):
        for lane in range(LANES):
            poke(told, SCRATCH + lane, slope[row])
        for column in range(n):
            _add_product(told, SCRATCH, -0.5 * curvature[row, column], told, LOCALS[column])
        at = LOCALS[row]
        for lane in range(LANES):
            value = sign * peek(told, at + lane) * peek(told, SCRATCH + lane)
            poke(told, WEIGHT + lane, peek(told, WEIGHT + lane) + value)


@lane_loop
def _add_product(told: Array, at: int, share: float, column: Array, from_row: int) -> None:
    """Add ``share`` times one row of another array to a row.

    A balloon has not all that the coordinates could tell of: more than half of all shares are none.
    """
    if share == 0.0:
        return
    for lane in range(LANES):
        poke(told, at + lane, peek(told, at + lane) + share * peek(column, from_row + lane))


@lane_loop
def expect_more(told: Array, ahead: Array, twist: Twist, k: int) -> None:
    """Take psi- of step ``k`` out of the weights, and predict where step k leads without noise."""
    n = twist.slope.shape[1]
    _add_form(told, twist.pre_curvature[k], twist.pre_slope[k], twist.pre_offset[k], -1.0)
    carry, shift = twist.carry[k + 1], twist.shift[k + 1]
    for row in range(n):
        for lane in range(LANES):
            poke(ahead, LOCALS[row] + lane, -shift[row])
        for column in range(n):
            _add_product(ahead, LOCALS[row], carry[row, column], told, LOCALS[column])


@lane_loop
def propose_more(told: Array, ahead: Array, wide: Array, twist: Twist, index: int) -> None:
    """Turn normals into guided noise, and weigh: log N(w; 0, I) - log q(w)."""
    n = twist.slope.shape[1]
    curvature, slope = twist.curvature[index], twist.slope[index]
    reach, spread = twist.reach[index], twist.spread[index]
    for lane in range(LANES):
        value = peek(told, WEIGHT + lane) + twist.spread_log[index]
        poke(told, WEIGHT + lane, value)
    for row in range(n):
        pull = PULL + row * LANES
        for lane in range(LANES):
            poke(told, pull + lane, slope[row])
        for column in range(n):
            _add_product(told, pull, -curvature[row, column], ahead, LOCALS[column])
    for row in range(n - 1, -1, -1):  # a row needs the normals of those before it, not after
        at = NOISES[row]
        for lane in range(LANES):
            drawn = peek(wide, at + lane)
            weight = peek(told, WEIGHT + lane) + 0.5 * drawn * drawn
            poke(told, WEIGHT + lane, weight)
            poke(wide, at + lane, spread[row, row] * drawn)
        for column in range(row):
            _add_product(wide, at, spread[row, column], wide, NOISES[column])
        for column in range(n):
            _add_product(wide, at, reach[row, column], told, PULL + column * LANES)
        for lane in range(LANES):
            guided = peek(wide, at + lane)
            poke(told, WEIGHT + lane, peek(told, WEIGHT + lane) - 0.5 * guided * guided)


@lane_loop
def look_ahead_more(told: Array, twist: Twist, k: int) -> None:
    """Put psi of step ``k`` into the weights."""
    _add_form(told, twist.curvature[k], twist.slope[k], twist.offset[k], 1.0)
