"""Weights of particles on a graphics card: sums, resampling, and moving the chosen ones.

Sums are taken in a fixed order: particles are cut into chunks whose length depends on their number
only, one thread adds up a chunk, one thread the chunks. So a sum does not depend on which thread
ran when, and particles that fit into one chunk give the processor's own order. Running sums never
decrease, not even by round-off, as the end of a chunk and the start of the next are one number; so
a particle without weight is never chosen.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from overflight.physics.launch_cuda import device_loop

Array = NDArray[np.float64]

CHUNK = 1_024  # at least: shorter ones leave more to the one thread that adds up the chunks
HIGH, TOTAL, SQUARES = 0, 1, 2  # places in ``found``


class Sums(NamedTuple):
    """Room for the sums over weights; arrays on the card."""

    chunk: int
    reached: Array  # (particle,) running sum within its chunk
    parts: Array  # (2, chunk) of each chunk: the highest, then the sum; the sum of squares
    before: Array  # (chunk + 1,) sum of all chunks before
    found: Array  # (3,) highest log weight; sum, and sum of squares, of weights relative to it


def chunk_length(n: int) -> int:
    """Length of a chunk of ``n`` particles, about as long as there are chunks.

    >>> chunk_length(10), chunk_length(10_000_000)
    (1024, 3163)
    """
    return max(CHUNK, math.isqrt(max(n - 1, 0)) + 1)


def sums(n: int) -> Sums:
    """Room for the sums over ``n`` particles."""
    chunk = chunk_length(n)
    n_chunks = -(-n // chunk)
    return Sums(
        chunk,
        cuda.device_array(n, np.float64),
        cuda.device_array((2, n_chunks), np.float64),
        cuda.device_array(n_chunks + 1, np.float64),
        cuda.device_array(3, np.float64),
    )


@device_loop
def chunk_highest(weight_log: Array, sums: Sums) -> None:
    """Highest log weight of each chunk; one thread a chunk."""
    c = cuda.grid(1)
    if c >= sums.parts.shape[1]:
        return
    high = -math.inf
    for i in range(c * sums.chunk, min((c + 1) * sums.chunk, weight_log.shape[0])):
        high = max(high, weight_log[i])
    sums.parts[0, c] = high


@device_loop
def whole_highest(sums: Sums) -> None:
    """Highest log weight of all; one thread."""
    if cuda.grid(1) > 0:
        return
    high = -math.inf
    for c in range(sums.parts.shape[1]):
        high = max(high, sums.parts[0, c])
    sums.found[HIGH] = high


@device_loop
def chunk_sums(weight_log: Array, sums: Sums) -> None:
    """Running sum of weights, and sum of their squares, of each chunk; one thread a chunk."""
    c = cuda.grid(1)
    if c >= sums.parts.shape[1]:
        return
    high, total, squares = sums.found[HIGH], 0.0, 0.0
    for i in range(c * sums.chunk, min((c + 1) * sums.chunk, weight_log.shape[0])):
        weight = math.exp(weight_log[i] - high) if high > -math.inf else 0.0
        total += weight
        squares += weight * weight
        sums.reached[i] = total
    sums.parts[0, c], sums.parts[1, c] = total, squares


@device_loop
def whole_sums(sums: Sums) -> None:
    """Sum up the chunks; one thread."""
    if cuda.grid(1) > 0:
        return
    total, squares = 0.0, 0.0
    for c in range(sums.parts.shape[1]):
        sums.before[c] = total
        total += sums.parts[0, c]
        squares += sums.parts[1, c]
    sums.before[sums.parts.shape[1]] = total
    sums.found[TOTAL], sums.found[SQUARES] = total, squares


@device_loop
def choose(sums: Sums, start_fraction: float, parents: NDArray[np.int32]) -> None:
    """Systematic resampling (Carpenter, Clifford & Fearnhead 1999); one thread a draw.

    ``start_fraction`` is a uniform number: how far the first mark lies into the first share.
    A draw's parent is the first particle whose running sum reaches the draw's mark, found by
    halving: first its chunk, then its place in it.
    """
    draw = cuda.grid(1)
    n_draws, n = parents.shape[0], sums.reached.shape[0]
    if draw >= n_draws:
        return
    mark = (draw + start_fraction) / n_draws * sums.found[TOTAL]
    low, high = 0, sums.parts.shape[1] - 1
    while low < high:
        middle = (low + high) // 2
        if sums.before[middle + 1] >= mark:
            high = middle
        else:
            low = middle + 1
    before = sums.before[low]
    low, high = low * sums.chunk, min((low + 1) * sums.chunk, n) - 1
    while low < high:
        middle = (low + high) // 2
        if before + sums.reached[middle] >= mark:
            high = middle
        else:
            low = middle + 1
    parents[draw] = low


@device_loop
def level(weight_log: Array) -> None:
    """Give all particles the same weight."""
    i = cuda.grid(1)
    if i < weight_log.shape[0]:
        weight_log[i] = 0.0


@device_loop
def gather_rows(rows: Array, parents: NDArray[np.int32], chosen: Array) -> None:
    """Copy the parents' numbers: ``chosen[row, i] = rows[row, parents[i]]``; a thread a draw."""
    i = cuda.grid(1)
    if i < parents.shape[0]:
        for row in range(rows.shape[0]):
            chosen[row, i] = rows[row, parents[i]]


@device_loop
def gather_numbers(
    numbers: NDArray[np.int32], parents: NDArray[np.int32], chosen: NDArray[np.int32]
) -> None:
    """Copy one whole number of each parent."""
    i = cuda.grid(1)
    if i < parents.shape[0]:
        chosen[i] = numbers[parents[i]]


@device_loop
def trace(paths: Array, first: int, last: int, place: NDArray[np.int32], drawn: Array) -> None:
    """Copy points ``first`` up to ``last`` of drawn paths, ``place`` saying whose they were."""
    i = cuda.grid(1)
    if i < place.shape[0]:
        for output in range(first, last):
            for axis in range(3):
                drawn[output, axis, i] = paths[output, axis, place[i]]
