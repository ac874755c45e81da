"""Fly many balloons forward from the launch candidates, with no evidence at all.

The ensemble is the prior: what wind, level and launch alone allow. Claims are tested by how far
the evidence moves their probability away from it.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.flight.hypotheses import Statics
from overflight.physics.drift import Drift, launched, passive_step
from overflight.physics.kernel import loop
from overflight.physics.random import normal4

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Flight:
    """One stratum's flight plan: its constants, the compiled drift, and how long."""

    statics: Statics
    drift: Drift
    n_steps: int


@loop
def _fly(drift: Drift, key: Any, n: int, n_steps: int, stride: int) -> Array:
    paths = np.empty((n, n_steps // stride + 1, 3))
    state, after, noise = np.empty(5), np.empty(5), np.empty(4)
    for particle in range(n):
        noise[:] = normal4(key, particle, 0)
        launched(drift, noise, state)
        paths[particle, 0] = state[:3]
        for step in range(n_steps):
            noise[:] = normal4(key, particle, step + 1)
            passive_step(drift, step, state, noise, after)
            state, after = after, state
            if (step + 1) % stride == 0:
                paths[particle, (step + 1) // stride] = state[:3]
    return paths


def fly(flights: list[Flight], n_each: int, stride: int, seed: int, n_threads: int) -> list[Array]:
    """Carry ``n_each`` balloons through every flight plan.

    Returns
    -------
    paths : list of (balloon, output, 3)
        Unit normals every ``stride`` steps, one array per plan; NaN from where the wind ends.
    """

    def work(index: int) -> Array:
        flight = flights[index]
        key = np.uint64((seed << 20) + index)
        return np.asarray(_fly(flight.drift, key, n_each, flight.n_steps, stride))

    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(work, range(len(flights))))
