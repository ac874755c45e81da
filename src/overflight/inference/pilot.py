"""The pilot: the most probable path, by Gauss-Newton in the space of its noise.

A path is a function of its noise xi (four standard normals for the start, four a step). With the
reports' Gaussian stand-ins the most probable path minimises ``|xi|^2 / 2 + sum r'P r / 2``. The
reports are few and the noise is long, so each iteration solves the small system
``S = J J' + P^-1`` and sets ``xi = J' S^-1 (r + J xi)`` (method 5), with step halving.
J is never formed by perturbing the whole path: the model is linearised step by step and a
report's row follows by carrying its sensitivity backward (the adjoint).

Stand-ins of reports that are not one fix at one moment depend on the path: they are rebuilt
around each new pilot (:func:`stand_ins`), which makes the whole an iteratively reweighted least
squares. A report that the pilot cannot meet loses its weight by the reliability mixture.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.inference.model import Model, fly
from overflight.inference.reports import GAUSSIAN, Reports, density_log
from overflight.inference.small import transposed_times_vector
from overflight.inference.twist import Linear, StandIns
from overflight.physics.kernel import loop

Array = NDArray[np.float64]

_PROBE = np.array([2_000.0, 2_000.0, 1e-3, 1e-3])  # finite-difference steps, metres and sd
_NOISE_PROBE = 1e-3
_MAX_ITERATIONS = 40
_SMALL_GAIN, _COARSE_GAIN = 0.02, 0.2  # of minus log density: below it an iteration is not worth it


@loop
def _linearise(
    start: Any,
    step: Any,
    difference: Any,
    shifted: Any,
    parameters: Any,
    states: Array,
    noises: Array,
    probe: Array,
) -> tuple[Array, Array]:
    """A and G of every step along a path, by one-sided differences.

    The undisturbed step is the path itself and costs nothing. The curvature that this leaves in
    (a part in a thousand) is far below what the linearisation itself neglects.
    """
    n, n_state = states.shape
    carry, reach = np.zeros((n, 4, 4)), np.zeros((n, 4, 4))
    begin, end, local, way = np.empty(n_state), np.empty(n_state), np.zeros(4), np.empty(4)
    noise = np.empty(4)
    for k in range(n):
        for column in range(4):
            for row in range(4):
                noise[row] = noises[k, row]
                local[row] = 0.0
            noise[column] += _NOISE_PROBE
            if k == 0:
                start(parameters, noise, end)
            else:
                step(parameters, k - 1, states[k - 1], noise, end)
            difference(states[k], end, way)
            for row in range(4):
                reach[k, row, column] = way[row] / _NOISE_PROBE
            if k > 0:
                local[column] = probe[column]
                shifted(states[k - 1], local, begin)
                step(parameters, k - 1, begin, noises[k], end)
                difference(states[k], end, way)
                for row in range(4):
                    carry[k, row, column] = way[row] / probe[column]
    return carry, reach


def linearise(model: Model, parameters: Any, noises: Array, probe: Array = _PROBE) -> Linear:
    """Fly a path and linearise the model along it."""
    states = fly(model.start, model.step, parameters, noises, model.n_state)
    functions = (model.start, model.step, model.difference, model.shifted)
    carry, reach = _linearise(*functions, parameters, states, noises, probe)
    return Linear(states, noises, carry, reach)


@loop
def _sensitivity(carry: Array, reach: Array, due: NDArray[np.int64], shape: Array) -> Array:
    """J', each report's two columns scaled by the root of its precision (upper Cholesky)."""
    columns = np.zeros((4 * carry.shape[0], 2 * due.size))
    adjoint, earlier = np.empty(4), np.empty(4)
    for report in range(due.size):
        root = _root(shape[report])
        for axis in range(2):
            for column in range(4):
                adjoint[column] = 0.0
            adjoint[0] = root[0] if axis == 0 else 0.0
            adjoint[1] = root[1] if axis == 0 else root[2]
            for k in range(due[report], -1, -1):
                transposed_times_vector(reach[k], adjoint, earlier)
                for column in range(4):
                    columns[4 * k + column, 2 * report + axis] = earlier[column]
                if k > 0:
                    transposed_times_vector(carry[k], adjoint, earlier)
                    for column in range(4):
                        adjoint[column] = earlier[column]
    return columns


@loop
def _root(shape: Array) -> tuple[float, float, float]:
    """Upper Cholesky factor (a, b; 0, c) of a precision: |R x|^2 is x' P x."""
    first = math.sqrt(shape[0])
    cross = shape[1] / first
    return first, cross, math.sqrt(shape[2] - cross * cross)


def stand_ins(
    model: Model, reports: Reports, states: Array, widen: float = 1.0, *, believe: bool = False
) -> StandIns:
    """Gaussian stand-ins for the reports, around a path.

    A window of length T becomes its middle moment with the variance (speed T)^2 / 12 added along
    the path's motion there; a disc a normal of its radius; and the whole precision is multiplied
    by the probability that the report is right, given the path (method 5).

    Parameters
    ----------
    widen
        Multiplies the standard deviations; large while a first pilot is far from the reports.
    believe
        Take every report as right, however far it is.
    """
    n = len(reports.first)
    due = (reports.first + reports.last) // 2
    fix, shape, norm = np.zeros((n, 2)), np.zeros((n, 3)), np.zeros(n)
    way = np.empty(2)
    for report in range(n):
        covariance = _own_covariance(reports, report)
        covariance += _window_covariance(model, reports, report, states)
        precision = np.linalg.inv(covariance * widen**2)
        model.towards(reports.place[report], states[int(due[report])], way)
        fix[report] = way
        peak = 0.5 * math.log(float(np.linalg.det(precision))) - math.log(2.0 * math.pi)
        right = reports.log_good[report] + peak - 0.5 * float(way @ precision @ way)
        wrong = max(float(reports.log_bad[report]), -700.0)
        trust = 1.0 if believe else 1.0 / (1.0 + math.exp(min(50.0, wrong - right)))
        trust = max(trust, 1e-6)
        shape[report] = trust * np.array([precision[0, 0], precision[0, 1], precision[1, 1]])
        norm[report] = trust * (reports.log_good[report] + peak) + (1.0 - trust) * wrong
    return StandIns(due.astype(np.int64), fix, shape, norm)


def _own_covariance(reports: Reports, report: int) -> Array:
    first, cross, second = reports.shape[report]
    if reports.kind[report] == GAUSSIAN:
        return np.linalg.inv(np.array([[first, cross], [cross, second]]))
    # A uniform disc has the variance R^2 / 4 on an axis, but many overlapping discs say far less
    # than as many normals: inside them all the likelihood is flat. One of sd R misleads least.
    return np.diag([first**2, first**2])


def _window_covariance(model: Model, reports: Reports, report: int, states: Array) -> Array:
    first, last = int(reports.first[report]), int(reports.last[report])
    if last == first:
        return np.zeros((2, 2))
    begin, end = np.empty(2), np.empty(2)
    place = reports.place[report]
    model.towards(place, states[first], begin)
    model.towards(place, states[last], end)
    along = end - begin
    return np.outer(along, along) / 12.0


def improve(
    model: Model, parameters: Any, noises: Array, standing: StandIns, probe: Array = _PROBE
) -> tuple[Linear, float]:
    """One Gauss-Newton step towards the stand-ins, halved until it helps.

    The stand-ins' ``fix`` is where they are from the present path. Returns the new linearisation
    and the squared change of the noise.
    """
    linear = linearise(model, parameters, noises, probe)
    columns = _sensitivity(linear.carry, linear.reach, standing.due, standing.shape)
    misses = _scaled(standing, standing.fix)
    flat = noises.reshape(-1)
    system, answered = _normal(columns, flat)
    solved = np.asarray(np.linalg.solve(system, misses + answered), dtype=np.float64)
    target = _weighted(columns, solved)
    was = 0.5 * float(flat @ flat) + 0.5 * float(misses @ misses)
    local = np.empty(4)
    for halving in range(10):
        trial = (flat + (target - flat) * 0.5**halving).reshape(noises.shape)
        states = fly(model.start, model.step, parameters, trial, model.n_state)
        left = np.empty_like(standing.fix)
        for report, due in enumerate(standing.due):
            model.difference(linear.pilot[due], states[due], local)
            left[report] = standing.fix[report] - local[:2]
        misses = _scaled(standing, left)
        now = 0.5 * float((trial**2).sum()) + 0.5 * float(misses @ misses)
        if now < was:
            return linear._replace(pilot=states, noises=trial), was - now
    return linear, 0.0


# The three products below are loops of our own: a library's would split its sums over however many
# threads the machine has, and the last bits of every path would depend on that.


@loop
def _normal(columns: Array, flat: Array) -> tuple[Array, Array]:
    """J J' + 1 and J xi, from J'."""
    n = columns.shape[1]
    system, answered = np.eye(n), np.zeros(n)
    for k in range(columns.shape[0]):
        for i in range(n):
            value = columns[k, i]
            answered[i] += value * flat[k]
            for j in range(n):
                system[i, j] += value * columns[k, j]
    return system, answered


@loop
def _weighted(columns: Array, share: Array) -> Array:
    """J' times a vector."""
    total = np.zeros(columns.shape[0])
    for k in range(columns.shape[0]):
        for i in range(share.size):
            total[k] += columns[k, i] * share[i]
    return total


def _scaled(standing: StandIns, misses: Array) -> Array:
    """Misses (report, 2) in standard deviations, as one vector."""
    roots = np.array([_root(shape) for shape in standing.shape]).reshape(-1, 3)
    scaled = np.empty_like(misses)
    scaled[:, 0] = roots[:, 0] * misses[:, 0] + roots[:, 1] * misses[:, 1]
    scaled[:, 1] = roots[:, 2] * misses[:, 1]
    return scaled.reshape(-1)


def find(
    model: Model,
    parameters: Any,
    reports: Reports,
    noises: Array,
    widths: tuple[float, ...] = (16.0, 4.0, 2.0, 1.0),
    probe: Array = _PROBE,
) -> tuple[Linear, StandIns]:
    """Find a most probable path from a first guess of its noise.

    The stand-ins start ``widths[0]`` times too wide and tighten, and every report is believed: a
    first pilot can be thousands of kilometres from a report, where the linearisation means little
    and the mixture would dismiss everything as wrong. Only then may the mixture drop the reports
    that the path cannot meet.

    Parameters
    ----------
    noises : (steps + 1, 4)
        First guess; zeros for the path of the mean wind.
    widths
        (1,) from a good first guess.

    Returns
    -------
    linear, stand_ins
        The model along the pilot and the reports' stand-ins around it.
    """
    states = fly(model.start, model.step, parameters, noises, model.n_state)
    for width, believe in (*((w, True) for w in widths), (1.0, False)):
        for _ in range(_MAX_ITERATIONS):
            standing = stand_ins(model, reports, states, width, believe=believe)
            linear, gain = improve(model, parameters, noises, standing, probe)
            noises, states = linear.noises, linear.pilot
            if gain < (_SMALL_GAIN if width == 1.0 and not believe else _COARSE_GAIN):
                break
    return linearise(model, parameters, noises, probe), stand_ins(model, reports, states)


def log_posterior(model: Model, reports: Reports, linear: Linear) -> float:
    """Log density of a pilot under the exact reliability mixtures, up to a constant.

    Used to choose between pilots from different starts, never as an answer.
    """
    score = -0.5 * float((linear.noises**2).sum())
    way = np.empty(2)
    for report in range(len(reports.first)):
        total = 0.0
        first, cross, second = reports.shape[report]
        for step in range(int(reports.first[report]), int(reports.last[report]) + 1):
            model.towards(reports.place[report], linear.pilot[step], way)
            total += math.exp(
                density_log(
                    reports.kind[report], first, cross, second, reports.log_norm[report],
                    way[0], way[1],
                )
            )  # fmt: skip
        good = math.log(max(total, 1e-300) / reports.moments[report])
        score += float(np.logaddexp(reports.log_good[report] + good, reports.log_bad[report]))
    return score
