"""The random numbers of :mod:`overflight.physics.random`, for a block of particles at once.

The words are the same to the bit; the normals agree to 1e-12, because logarithm and angle come from
polynomials that vector units can take.
"""

import math

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import lane_kernel, lane_loop
from overflight.physics.lane_math import logarithm
from overflight.physics.lanes import LANES, peek, poke
from overflight.physics.random import normal_words, turned_pair, word_fraction
from overflight.physics.rows import (
    KEY,
    PARTICLE,
    WORD_0,
    WORD_1,
    WORD_2,
    WORD_3,
)


@lane_loop
def draw_words(words: NDArray[np.uint64], step: int) -> None:
    """Draw the four words that belong to every lane at a step, for normals."""
    for lane in range(LANES):
        key, particle = peek(words, KEY + lane), peek(words, PARTICLE + lane)
        c0, c1, c2, c3 = normal_words(key, particle, step)
        poke(words, WORD_0 + lane, c0)
        poke(words, WORD_1 + lane, c1)
        poke(words, WORD_2 + lane, c2)
        poke(words, WORD_3 + lane, c3)


@lane_kernel
def _pair(size: np.uint64, direction: np.uint64) -> tuple[float, float]:
    return turned_pair(math.sqrt(-2.0 * logarithm(word_fraction(size))), direction)


@lane_loop
def normals(words: NDArray[np.uint64], wide: NDArray[np.float64], row: int) -> None:
    """Make four standard normals of every lane's words: rows from ``row`` on."""
    for lane in range(LANES):
        first, second = _pair(peek(words, WORD_0 + lane), peek(words, WORD_1 + lane))
        poke(wide, row + lane, first)
        poke(wide, row + LANES + lane, second)
    for lane in range(LANES):
        first, second = _pair(peek(words, WORD_2 + lane), peek(words, WORD_3 + lane))
        poke(wide, row + 2 * LANES + lane, first)
        poke(wide, row + 3 * LANES + lane, second)
