"""All particles of the filter's runs, and how a block of them comes in, goes out and is kept."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.inference.lanes import LOCALS, STATE, WAS, WEIGHT
from overflight.physics.blocks import Block
from overflight.physics.kernel import lane_loop
from overflight.physics.lanes import LANES, peek, poke
from overflight.physics.rows import KEY, PARTICLE

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


class Cloud(NamedTuple):
    """All particles of some runs, one run after the other, worked on in place.

    Arrays end with as many columns as fill whole blocks; those beyond the last run count nowhere.
    """

    states: Array  # (state, particle)
    local: Array  # (local, particle) from the pilot
    weight_log: Array  # (particle,)
    total: Array  # (report, particle) sum of densities over the open window
    lent: Array  # (report, particle) log of what the stand-in gave
    mixture: Array  # (report, particle) once settled, log of the mixture
    good: Array  # and of its good part
    notes: Array  # (slot, particle) what the further kinds keep while open
    paths: Array  # (output, entry, particle) first entries of the states
    weights: Array  # (output, particle)
    n_lost: Whole  # (particle,)


@lane_loop
def own_numbers(block: Block, keys: NDArray[np.uint64], n_each: int, begin: int) -> None:
    """Give every lane the key of its run, and its number there."""
    for lane in range(LANES):
        at = min((begin + lane) // n_each, keys.size - 1)
        poke(block.words, KEY + lane, keys[at])
        poke(block.words, PARTICLE + lane, np.uint64(begin + lane - at * n_each))


@lane_loop
def fetch(block: Block, books: Array, cloud: Cloud, begin: int) -> None:
    """Take particles from ``begin`` on into the lanes and their books."""
    for lane in range(LANES):
        poke(books, WEIGHT + lane, cloud.weight_log[begin + lane])
        for row in range(cloud.local.shape[0]):
            poke(books, LOCALS[row] + lane, cloud.local[row, begin + lane])
        for row in range(cloud.states.shape[0]):
            poke(block.wide, STATE[row] + lane, cloud.states[row, begin + lane])


@lane_loop
def store(block: Block, books: Array, cloud: Cloud, begin: int) -> None:
    """Give the lanes and their books back to the particles."""
    for lane in range(LANES):
        cloud.weight_log[begin + lane] = peek(books, WEIGHT + lane)
        for row in range(cloud.local.shape[0]):
            cloud.local[row, begin + lane] = peek(books, LOCALS[row] + lane)
        for row in range(cloud.states.shape[0]):
            cloud.states[row, begin + lane] = peek(block.wide, STATE[row] + lane)


@lane_loop
def record(block: Block, books: Array, cloud: Cloud, output: int, begin: int) -> None:
    """Keep where the lanes are, and their weights."""
    for lane in range(LANES):
        cloud.weights[output, begin + lane] = peek(books, WEIGHT + lane)
        for row in range(cloud.paths.shape[1]):
            cloud.paths[output, row, begin + lane] = peek(block.wide, STATE[row] + lane)


@lane_loop
def give_up(block: Block, books: Array, cloud: Cloud, begin: int) -> None:
    """Take all weight from lanes that left the wind.

    They stay where they were last: there is no wind to carry them, and none is made up.
    """
    n_left = 0
    for lane in range(LANES):
        n_left += math.isnan(peek(books, WEIGHT + lane))
    if n_left == 0:
        return
    for lane in range(LANES):
        if not math.isnan(books[WEIGHT + lane]):
            continue
        books[WEIGHT + lane] = -math.inf
        cloud.n_lost[begin + lane] = 1
        for row in range(cloud.states.shape[0]):
            block.wide[STATE[row] + lane] = block.wide[WAS[row] + lane]
        for row in range(cloud.local.shape[0]):
            books[LOCALS[row] + lane] = 0.0
