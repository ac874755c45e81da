"""The guided filter's inner loops on a graphics card: one thread a particle.

The scalar functions are those of :mod:`.guidance`; only the loop around them and the arrangement of
the arrays are of the card. All that the processor's filter keeps per particle is kept here per
number, so that neighbouring threads read neighbouring memory.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from overflight.inference.guidance import (
    GOOD,
    LENT,
    MIXTURE,
    TOTAL,
    propose,
    psi_log,
    stand_in_log,
)
from overflight.inference.model import Model
from overflight.inference.reports import Reports, Schedule, density_log, log_sum
from overflight.inference.twist import Twist
from overflight.physics.kernel import kernel
from overflight.physics.launch_cuda import device_loop, put, take
from overflight.physics.random import normal4

Array = NDArray[np.float64]


class Guide(NamedTuple):
    """The twist, the evidence and its timetable."""

    twist: Twist
    reports: Reports
    plan: Schedule


class Cloud(NamedTuple):
    """All particles of a run; arrays on the card, worked on in place."""

    states: Array  # (component, particle)
    local: Array  # (4, particle) from the pilot
    weight_log: Array  # (particle,)
    books: Array  # (4 columns of each report in turn, particle)
    paths: Array  # (output, 3, particle)
    lost: NDArray[np.int64]  # (1,) particles that left the wind


class Moving(NamedTuple):
    """A thread's own memory for its particle."""

    state: Array
    after: Array  # the state after the step under way
    local: Array
    ahead: Array  # where the step would lead without noise
    noise: Array
    pull: Array


class Steps(NamedTuple):
    """Which steps a launch takes: ``first`` up to, not including, ``last``."""

    first: int
    last: int
    stride: int


class Loops(NamedTuple):
    """The compiled loops of one model."""

    begin: Any
    advance: Any


def loops(model: Model) -> Loops:
    """Make the loops for a kind of flight, from its scalar functions."""
    account = _account(model)
    return Loops(_begin(model, account), _advance(model, account))


@kernel
def _ahead(twist: Twist, k: int, local: Array, ahead: Array) -> None:
    """Where a step would lead without noise, by the linearised model."""
    for row in range(4):
        value = -twist.shift[k + 1, row]
        for column in range(4):
            value += twist.carry[k + 1, row, column] * local[column]
        ahead[row] = value


def _account(model: Model) -> Any:
    towards = model.towards

    @kernel
    def account(guide, k, i, state, local, offset, books):  # type: ignore[no-untyped-def]
        """Book the reports open at a step and settle those that close; return the log weight."""
        twist, reports, plan = guide.twist, guide.reports, guide.plan
        gained = 0.0
        for slot in range(plan.starts[k], plan.starts[k + 1]):
            report = plan.opened[slot]
            row = 4 * report
            towards(reports.place[report], state, offset)
            shape = reports.shape[report]
            books[row + TOTAL, i] += math.exp(
                density_log(
                    reports.kind[report], shape[0], shape[1], shape[2], reports.log_norm[report],
                    offset[0], offset[1],
                )
            )  # fmt: skip
            if k == twist.due[report]:
                books[row + LENT, i] = stand_in_log(twist, report, local)
            if k == reports.last[report]:
                good = math.log(books[row + TOTAL, i] / reports.moments[report])
                mixture = log_sum(reports.log_good[report] + good, reports.log_bad[report])
                books[row + GOOD, i], books[row + MIXTURE, i] = good, mixture
                gained += mixture - books[row + LENT, i]
        return gained

    return account


def _begin(model: Model, account: Any) -> Any:
    start, difference, n_state = model.start, model.difference, model.n_state

    @device_loop
    def begin(parameters, guide, key, cloud):  # type: ignore[no-untyped-def]
        """Draw every start towards what comes later, weigh it, and keep it as the first point."""
        i = cuda.grid(1)
        if i >= cloud.weight_log.shape[0]:
            return
        twist = guide.twist
        state, local = cuda.local.array(n_state, np.float64), cuda.local.array(4, np.float64)
        noise, pull = cuda.local.array(4, np.float64), cuda.local.array(4, np.float64)
        for row in range(4):
            noise[row] = 0.0
        start(parameters, noise, state)
        difference(twist.pilot[0], state, local)
        weight_log = propose(twist, 0, local, normal4(key, i, 0), noise, pull)
        start(parameters, noise, state)
        difference(twist.pilot[0], state, local)
        weight_log += psi_log(twist.curvature[0], twist.slope[0], twist.offset[0], local)
        weight_log += account(guide, 0, i, state, local, pull, cloud.books)
        put(state, cloud.states, i)
        put(local, cloud.local, i)
        put(state, cloud.paths[0], i)
        cloud.weight_log[i] = weight_log

    return begin


def _one_step(model: Model) -> Any:
    step, difference = model.step, model.difference

    @kernel
    def one_step(parameters, guide, k, normals, moving):  # type: ignore[no-untyped-def]
        """Take one guided step; return what the log weight gains, NaN where the wind ends."""
        twist, local, noise = guide.twist, moving.local, moving.noise
        was = psi_log(twist.pre_curvature[k], twist.pre_slope[k], twist.pre_offset[k], local)
        _ahead(twist, k, local, moving.ahead)
        change = propose(twist, k + 1, moving.ahead, normals, noise, moving.pull) - was
        step(parameters, k, moving.state, noise, moving.after)
        difference(twist.pilot[k + 1], moving.after, local)
        after = k + 1
        return change + psi_log(
            twist.curvature[after], twist.slope[after], twist.offset[after], local
        )

    return one_step


def _advance(model: Model, account: Any) -> Any:
    one_step, n_state = _one_step(model), model.n_state

    @device_loop
    def advance(parameters, guide, key, cloud, steps):  # type: ignore[no-untyped-def]
        """Take guided steps with every particle, weigh it, and keep points of its path.

        A particle that leaves the wind has no weight from then on and stays where it was.
        """
        i = cuda.grid(1)
        if i >= cloud.weight_log.shape[0]:
            return
        state, after = cuda.local.array(n_state, np.float64), cuda.local.array(n_state, np.float64)
        local, ahead = cuda.local.array(4, np.float64), cuda.local.array(4, np.float64)
        noise, pull = cuda.local.array(4, np.float64), cuda.local.array(4, np.float64)
        moving, weight_log = Moving(state, after, local, ahead, noise, pull), cloud.weight_log[i]
        take(cloud.states, i, state)
        take(cloud.local, i, local)
        for k in range(steps.first, steps.last):
            if weight_log != -math.inf:
                change = one_step(parameters, guide, k, normal4(key, i, k + 1), moving)
                if math.isnan(weight_log + change):
                    weight_log = -math.inf
                    cuda.atomic.add(cloud.lost, 0, 1)
                else:
                    weight_log += change
                    for row in range(n_state):
                        state[row] = after[row]
                    weight_log += account(guide, k + 1, i, state, local, pull, cloud.books)
            if (k + 1) % steps.stride == 0:
                put(state, cloud.paths[(k + 1) // steps.stride], i)
        put(state, cloud.states, i)
        put(local, cloud.local, i)
        cloud.weight_log[i] = weight_log

    return advance
