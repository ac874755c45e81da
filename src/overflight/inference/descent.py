"""One Gauss-Newton step of a pilot: linearise, solve for the noise, try it.

With J the derivative of the reports' misses by the noise, the step solves ``S = J J' + 1`` (one
row for each report and axis, in standard deviations) and sets ``xi = J' S^-1 (r + J xi)``. J is
never written down. ``J J'`` is the covariance of what the reports would see if the noise were
random, so one pass forward gives S: it carries the state's covariance, and its covariances with
the reports that have been. One pass backward gives ``J'`` times a vector (the adjoint).

All loops are our own: a library's would split its sums over however many threads the machine has,
and the last bits of every path would depend on that.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.inference.model import Model, fly
from overflight.inference.small import (
    add_row,
    cholesky,
    times,
    transpose,
    transposed_times_vector,
)
from overflight.inference.twist import Linear, StandIns
from overflight.physics.drift_tangent import N_ROOM
from overflight.physics.kernel import bare_loop, loop

Array = NDArray[np.float64]

_NOISE_PROBE = 1e-3
_HALVINGS = 10


def linearised(model: Model, parameters: Any, states: Array, noises: Array) -> Linear:
    """Linearise a model along a path, given as its states and its noise."""
    functions = (model.start, model.tangent, model.difference)
    return Linear(states, noises, *_along(*functions, parameters, states, noises))


@loop
def _along(
    start: Any, tangent: Any, difference: Any, parameters: Any, states: Array, noises: Array
) -> tuple[Array, Array]:
    """A and G of every step along a path."""
    n, n_state = states.shape
    m = noises.shape[1]
    carry, reach = np.zeros((n, m, m)), np.zeros((n, m, m))
    noise, begin, way = noises[0].copy(), np.empty(n_state), np.empty(m)
    for column in range(m):
        for sign in (1.0, -1.0):
            noise[column] = noises[0, column] + sign * _NOISE_PROBE
            start(parameters, noise, begin)
            difference(states[0], begin, way)
            for row in range(m):
                reach[0, row, column] += sign * way[row] / (2.0 * _NOISE_PROBE)
        noise[column] = noises[0, column]
    _lead_on(tangent, parameters, states, noises, carry, reach, np.empty((m + N_ROOM, 2)))
    return carry, reach


@bare_loop
def _lead_on(
    tangent: Any,
    parameters: Any,
    states: Array,
    noises: Array,
    carry: Array,
    reach: Array,
    room: Array,
) -> None:
    """A and G of every step after the start."""
    for k in range(1, states.shape[0]):
        before, after = states[k - 1], states[k]
        tangent(parameters, k - 1, before, noises[k], after, carry[k], reach[k], room)


class Step(NamedTuple):
    """What a step did; all zeros where the path was left as it is."""

    gain: float  # by how much minus log density fell
    share: float  # of what the linearised model promised
    halvings: int


def improved(
    model: Model,
    parameters: Any,
    linear: Linear,
    standing: StandIns,
    enough: float,
    halved: int = 0,
) -> tuple[Linear, Step]:
    """Take one step from a path towards the stand-ins, halved until it helps.

    Parameters
    ----------
    linear
        The present path, and the model along it.
    standing
        The stand-ins; ``fix`` is where they are from the path.
    enough
        Where the linearised model promises a smaller gain, the path is left as it is.
    halved
        How often the first step that is tried is halved.

    Returns
    -------
    linear
        The new path with the model along it, or what came in.
    step
        What it did.
    """
    target, was, promised = _aimed(linear, standing)
    if promised < enough:
        return linear, Step(0.0, 0.0, 0)
    for halving in range(halved, _HALVINGS):
        trial = linear.noises + 0.5**halving * (target - linear.noises)
        states = fly(model.start, model.step, parameters, trial, model.n_state)
        now = _cost(model.difference, standing, linear.pilot, states, trial)
        if now < was:
            step = Step(was - now, (was - now) / promised, halving)
            return linearised(model, parameters, states, trial), step
    return linear, Step(0.0, 0.0, 0)


@loop
def _aimed(linear: Linear, standing: StandIns) -> tuple[Array, float, float]:
    """Where the linearised model has its best noise; the present cost; how much would be gained."""
    noises = linear.noises
    order, roots = _in_time(standing.due), _roots(standing.shape)
    misses = _scaled(roots, standing.fix, order)
    system, answered = _system(linear, standing, order, roots)
    right = misses + answered
    solved = _solved(system, right)
    was = 0.5 * (_square(noises.ravel()) + _square(misses))
    left = 0.0
    for i in range(right.size):
        left += 0.5 * right[i] * solved[i]
    target = _adjoint(linear, standing, order, roots, solved)
    return target, was, was - left


@loop
def _cost(
    difference: Any, standing: StandIns, before: Array, states: Array, noises: Array
) -> float:
    """Minus log density of a path, by stand-ins that were made around another one."""
    left, local = np.empty_like(standing.fix), np.empty(noises.shape[1])
    for report in range(standing.due.size):
        due, axis = standing.due[report], standing.axis[report]
        difference(before[due], states[due], local)
        for which in range(2):
            left[report, which] = standing.fix[report, which] - local[axis + which]
    missed = _scaled(_roots(standing.shape), left, _in_time(standing.due))
    return 0.5 * (_square(noises.ravel()) + _square(missed))


@loop
def _system(
    linear: Linear, standing: StandIns, order: NDArray[np.int64], roots: Array
) -> tuple[Array, Array]:
    """J J' + 1 and J xi, two rows a report in order of time."""
    size, m = 2 * standing.due.size, linear.noises.shape[1]
    system, answered = np.eye(size), np.zeros(size)
    spread, room = np.zeros((m, m)), np.empty((3, m, m))
    shared, moved = np.zeros((m, size)), np.empty((m, size))  # covariance with reports that were
    off, pushed = np.zeros(m), np.empty(m)
    _fill(
        linear, standing, order, roots, system, answered, spread, room, shared, moved, off, pushed
    )
    return system, answered


@bare_loop
def _fill(
    linear: Linear,
    standing: StandIns,
    order: NDArray[np.int64],
    roots: Array,
    system: Array,
    answered: Array,
    spread: Array,
    room: Array,
    shared: Array,
    moved: Array,
    off: Array,
    pushed: Array,
) -> None:
    noises, due, m, size = linear.noises, standing.due, spread.shape[0], answered.size
    met = 0
    for k in range(noises.shape[0]):
        if met == size:
            break
        a, g = linear.carry[k], linear.reach[k]
        _widen(a, g, spread, room)
        for row in range(m):
            pushed[row] = 0.0
            for inner in range(m):
                pushed[row] += a[row, inner] * off[inner] + g[row, inner] * noises[k, inner]
        _lead(a, shared, moved, met)
        shared, moved = moved, shared
        off, pushed = pushed, off
        while met < size and due[order[met // 2]] == k:
            report = order[met // 2]
            _meet(roots[report], standing.axis[report], spread, shared, off, met, system, answered)
            met += 2


@bare_loop
def _widen(a: Array, g: Array, spread: Array, room: Array) -> None:
    """Carry a covariance over a step: A S A' + G G'."""
    moved, turned, drawn = room[0], room[1], room[2]
    times(a, spread, moved)
    transpose(moved, turned)
    transpose(g, drawn)
    for row in range(a.shape[0]):
        for column in range(a.shape[0]):
            moved[row, column] = 0.0
        for inner in range(a.shape[0]):
            add_row(moved[row], a[row, inner], turned[inner])
            add_row(moved[row], g[row, inner], drawn[inner])
    transpose(moved, spread)


@bare_loop
def _lead(a: Array, shared: Array, moved: Array, n_met: int) -> None:
    """Carry the covariances with the first reports over a step."""
    m = a.shape[0]
    for row in range(m):
        for column in range(n_met):
            moved[row, column] = a[row, 0] * shared[0, column]
        for inner in range(1, m):
            share = a[row, inner]
            if share != 0.0:
                for column in range(n_met):
                    moved[row, column] += share * shared[inner, column]


@bare_loop
def _meet(
    root: Array,
    axis: int,
    spread: Array,
    shared: Array,
    off: Array,
    met: int,
    system: Array,
    answered: Array,
) -> None:
    """Enter a report into the system: its covariance with itself and with those before."""
    for which in range(2):
        east, north = (root[0], root[1]) if which == 0 else (0.0, root[2])
        row = met + which
        answered[row] = east * off[axis] + north * off[axis + 1]
        for inner in range(spread.shape[0]):
            shared[inner, row] = spread[inner, axis] * east + spread[inner, axis + 1] * north
        for column in range(row + 1):
            value = east * shared[axis, column] + north * shared[axis + 1, column]
            system[row, column] += value
            if column < row:
                system[column, row] += value


@loop
def _adjoint(
    linear: Linear, standing: StandIns, order: NDArray[np.int64], roots: Array, share: Array
) -> Array:
    """J' times a vector, as noise (steps + 1, n)."""
    m = linear.noises.shape[1]
    noises = np.zeros_like(linear.noises)
    _lead_back(linear, standing, order, roots, share, noises, np.zeros(m), np.empty(m))
    return noises


@bare_loop
def _lead_back(
    linear: Linear,
    standing: StandIns,
    order: NDArray[np.int64],
    roots: Array,
    share: Array,
    noises: Array,
    adjoint: Array,
    earlier: Array,
) -> None:
    last = order.size - 1
    for k in range(noises.shape[0] - 1, -1, -1):
        while last >= 0 and standing.due[order[last]] == k:
            root, first, second = roots[order[last]], share[2 * last], share[2 * last + 1]
            axis = standing.axis[order[last]]
            adjoint[axis] += root[0] * first
            adjoint[axis + 1] += root[1] * first + root[2] * second
            last -= 1
        transposed_times_vector(linear.reach[k], adjoint, noises[k])
        transposed_times_vector(linear.carry[k], adjoint, earlier)
        adjoint, earlier = earlier, adjoint


@loop
def _solved(system: Array, right: Array) -> Array:
    """Solve a symmetric positive system by Cholesky's factor, which takes the system's place."""
    n = right.size
    solved = right.copy()
    cholesky(system, system)
    for row in range(n):
        for column in range(row):
            solved[row] -= system[row, column] * solved[column]
        solved[row] /= system[row, row]
    for row in range(n - 1, -1, -1):
        for below in range(row + 1, n):
            solved[row] -= system[below, row] * solved[below]
        solved[row] /= system[row, row]
    return solved


@loop
def _roots(shape: Array) -> Array:
    """Upper Cholesky factors (a, b; 0, c) of precisions: |R x|^2 is x' P x."""
    roots = np.empty((shape.shape[0], 3))
    for report in range(shape.shape[0]):
        first = math.sqrt(shape[report, 0])
        cross = shape[report, 1] / first
        roots[report, 0], roots[report, 1] = first, cross
        roots[report, 2] = math.sqrt(shape[report, 2] - cross * cross)
    return roots


@loop
def _scaled(roots: Array, misses: Array, order: NDArray[np.int64]) -> Array:
    """Misses (report, 2) in standard deviations, as one vector in order of time."""
    scaled = np.empty(2 * order.size)
    for place in range(order.size):
        root, miss = roots[order[place]], misses[order[place]]
        scaled[2 * place] = root[0] * miss[0] + root[1] * miss[1]
        scaled[2 * place + 1] = root[2] * miss[1]
    return scaled


@loop
def _in_time(due: NDArray[np.int64]) -> NDArray[np.int64]:
    """Reports in order of time; a handful, so they are inserted one by one."""
    order = np.arange(due.size)
    for place in range(1, due.size):
        report, free = order[place], place
        while free > 0 and due[order[free - 1]] > due[report]:
            order[free] = order[free - 1]
            free -= 1
        order[free] = report
    return order


@loop
def _square(values: Array) -> float:
    total = 0.0
    for value in values:
        total += value * value
    return total
