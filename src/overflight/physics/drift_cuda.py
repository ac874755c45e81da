"""Free flights on a graphics card: one thread a particle, the steps of :mod:`.drift`.

A thread takes its particle through all steps of a stretch of the wind that lies on the card
(:mod:`.stream_cuda`), in double precision on a wind in single precision, as the processor does.
Between stretches a particle rests in a row of numbers per component, so that neighbouring threads
read neighbouring memory. The random numbers belong to (key, particle, step), so they are those of
the processor, and a run can be cut into batches of particles anywhere.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from overflight.physics.drift import Drift, launched, passive_step, pushed_step, turning_push
from overflight.physics.inertial import Inertial
from overflight.physics.launch_cuda import device_loop, put, take
from overflight.physics.random import normal4
from overflight.physics.tangent import basis, carried
from overflight.physics.windgrid import WindGrid

N_STATE = 5  # a unit normal and two standardised errors
N_TURNING = N_STATE + 2  # and the two parts of an error that turns


class Batch(NamedTuple):
    """Particles that fly together; arrays on the card."""

    first: int  # number of the first particle, for its random numbers
    states: NDArray[np.float64]  # (component, particle)
    paths: NDArray[np.float64]  # (output, 3, particle) unit normals


class Steps(NamedTuple):
    """Which steps a launch takes: ``first`` up to, not including, ``last``."""

    first: int
    last: int
    stride: int  # a path point is kept every so many steps


@device_loop
def launch(drift: Drift, key: Any, batch: Batch) -> None:
    """Draw every particle's start, and keep it as the first point of its path."""
    i = cuda.grid(1)
    if i >= batch.states.shape[1]:
        return
    state, noise = cuda.local.array(5, np.float64), cuda.local.array(4, np.float64)
    noise[0], noise[1], noise[2], noise[3] = normal4(key, batch.first + i, 0)
    launched(drift, noise, state)
    put(state, batch.states, i)
    put(state, batch.paths[0], i)


@device_loop
def launch_whirls(other: Any, batch: Batch) -> None:
    """Draw the part of every particle's error that turns, at the start."""
    i = cuda.grid(1)
    if i < batch.states.shape[1]:
        east, north, _, _ = normal4(other, batch.first + i, 0)
        batch.states[5, i], batch.states[6, i] = east, north


@device_loop
def march(drift: Drift, key: Any, batch: Batch, steps: Steps) -> None:
    """Take every particle through the steps."""
    i = cuda.grid(1)
    if i >= batch.states.shape[1]:
        return
    state, after = cuda.local.array(5, np.float64), cuda.local.array(5, np.float64)
    noise = cuda.local.array(4, np.float64)
    take(batch.states, i, state)
    for step in range(steps.first, steps.last):
        noise[0], noise[1], noise[2], noise[3] = normal4(key, batch.first + i, step + 1)
        passive_step(drift, step, state, noise, after)
        for row in range(5):
            state[row] = after[row]
        if (step + 1) % steps.stride == 0:
            put(state, batch.paths[(step + 1) // steps.stride], i)
    put(state, batch.states, i)


@device_loop
def march_turning(
    drift: Drift, part: Inertial, key: Any, other: Any, batch: Batch, steps: Steps
) -> None:
    """Take every particle through the steps, with the part of its error that turns."""
    i = cuda.grid(1)
    if i >= batch.states.shape[1]:
        return
    state, after = cuda.local.array(5, np.float64), cuda.local.array(5, np.float64)
    noise, whirl = cuda.local.array(4, np.float64), cuda.local.array(4, np.float64)
    take(batch.states, i, state)
    turning = complex(batch.states[5, i], batch.states[6, i])
    for step in range(steps.first, steps.last):
        noise[0], noise[1], noise[2], noise[3] = normal4(key, batch.first + i, step + 1)
        whirl[0], whirl[1], whirl[2], whirl[3] = normal4(other, batch.first + i, step + 1)
        turning, push = turning_push(drift, part, step, state, turning, whirl)
        pushed_step(drift, step, state, noise, push, after)
        here = basis(state[0], state[1], state[2])
        there = basis(after[0], after[1], after[2])
        east, north = carried(turning.real, turning.imag, here, there)
        turning = complex(east, north)
        for row in range(5):
            state[row] = after[row]
        if (step + 1) % steps.stride == 0:
            put(state, batch.paths[(step + 1) // steps.stride], i)
    put(state, batch.states, i)
    batch.states[5, i], batch.states[6, i] = turning.real, turning.imag


def without_wind(drift: Drift) -> Drift:
    """The same flight with one node of its wind: the rest comes to the card by and by."""
    grid = drift.grid
    return drift._replace(
        grid=WindGrid(
            grid.time_s[:1],
            grid.log_pressure[:1],
            grid.lat_deg[:1],
            grid.lon_deg[:1],
            grid.uv_mps[:1, :1, :1, :1],
        )
    )
