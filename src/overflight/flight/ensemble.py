"""Fly many balloons forward from the launch candidates, with no evidence at all.

The ensemble is the prior: what wind, level and launch alone allow. Claims are tested by how far
the evidence moves their probability away from it.

With :data:`~overflight.fields.error.INERTIAL` part of the wind's error turns as it does in the air.
An account's prior flies without it, so that prior and answer, whose filter takes the whole error as
slow, can be compared.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.fields import memory
from overflight.flight.hypotheses import Statics
from overflight.physics import blocks
from overflight.physics.blocks import Block
from overflight.physics.drift import Drift, launched, turning_drift_step
from overflight.physics.gusts import Gusts, drift_on, enter, prepare, put_state
from overflight.physics.inertial import Inertial
from overflight.physics.kernel import loop
from overflight.physics.lane_random import draw_words, normals
from overflight.physics.lanes import LANES
from overflight.physics.random import normal4
from overflight.physics.rows import KEY, NOISE, PARTICLE

Array = NDArray[np.float64]

_VECTOR_BYTES = 24  # of a place on a path
OTHER_KEY = 0x9E3779B97F4A7C15  # of the numbers behind the part that turns


@dataclass(frozen=True)
class Flight:
    """One stratum's flight plan: its constants, the compiled drift, and how long."""

    statics: Statics
    drift: Drift
    n_steps: int


@loop
def _fly(drift: Drift, gusts: Gusts, key: Any, n: int, n_steps: int, stride: int) -> Array:
    """Fly in blocks; particles that fill the last one are not kept."""
    paths = np.empty((n, n_steps // stride + 1, 3))
    block, state, noise = blocks.blank(), np.empty(5), np.empty(4)
    for first in range(0, n, LANES):
        block.words[KEY : KEY + LANES] = key
        for lane in range(LANES):
            block.words[PARTICLE + lane] = first + lane
            noise[:] = normal4(key, first + lane, 0)
            launched(drift, noise, state)
            put_state(block, lane, state)
        _keep(block, paths, first, 0)
        enter(block, gusts)
        for step in range(n_steps):
            draw_words(block.words, step + 1)
            normals(block.words, block.wide, NOISE)
            drift_on(block, gusts, step)
            if (step + 1) % stride == 0:
                _keep(block, paths, first, (step + 1) // stride)
    return paths


@loop
def _keep(block: Block, paths: Array, first: int, output: int) -> None:
    for lane in range(min(LANES, paths.shape[0] - first)):
        paths[first + lane, output] = blocks.now(block, lane)


@loop
def _fly_turning(
    drift: Drift, part: Inertial, key: Any, other: Any, n: int, n_steps: int, stride: int
) -> Array:
    paths = np.empty((n, n_steps // stride + 1, 3))
    state, after, noise, whirl = np.empty(5), np.empty(5), np.empty(4), np.empty(4)
    for particle in range(n):
        noise[:] = normal4(key, particle, 0)
        whirl[:] = normal4(other, particle, 0)
        launched(drift, noise, state)
        turning = complex(whirl[0], whirl[1])
        paths[particle, 0] = state[:3]
        for step in range(n_steps):
            noise[:] = normal4(key, particle, step + 1)
            whirl[:] = normal4(other, particle, step + 1)
            turning = turning_drift_step(drift, part, step, state, turning, (noise, whirl), after)
            state, after = after, state
            if (step + 1) % stride == 0:
                paths[particle, (step + 1) // stride] = state[:3]
    return paths


def require_room(flights: list[Flight], n_each: int, stride: int, others_bytes: int = 0) -> None:
    """Refuse flights whose paths memory cannot hold.

    Parameters
    ----------
    others_bytes
        What else will be kept of every path point.

    Raises
    ------
    CapacityError
        With the number of balloons in each plan that fits.
    """
    points = sum(flight.n_steps // stride + 1 for flight in flights)
    each_bytes = (_VECTOR_BYTES + others_bytes) * points
    memory.require(f"{len(flights):,} plans of free flight, each", 0.0, n_each, each_bytes)


def fly(
    flights: list[Flight],
    n_each: int,
    stride: int,
    seed: int,
    n_threads: int,
    inertial: Inertial | None = None,
) -> list[Array]:
    """Carry ``n_each`` balloons through every flight plan.

    ``inertial`` says which part of the error's variance turns; None lets nothing turn.

    Returns
    -------
    paths : list of (balloon, output, 3)
        Unit normals every ``stride`` steps, one array per plan; NaN from where the wind ends.

    Raises
    ------
    CapacityError
        If memory cannot hold the paths, before any of it is taken; with the number that fits.
    """
    require_room(flights, n_each, stride)

    def work(index: int) -> Array:
        flight = flights[index]
        key = np.uint64((seed << 20) + index)
        if inertial is None:
            prepared = prepare(flight.drift, flight.n_steps)
            return np.asarray(_fly(flight.drift, prepared, key, n_each, flight.n_steps, stride))
        other = key ^ np.uint64(OTHER_KEY)
        plan, n_steps = flight.drift, flight.n_steps
        return np.asarray(_fly_turning(plan, inertial, key, other, n_each, n_steps, stride))

    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(work, range(len(flights))))
