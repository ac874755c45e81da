"""The pilot: the most probable path, by Gauss-Newton in the space of its noise.

A path is a function of its noise xi (four standard normals for the start, four a step). With the
reports' Gaussian stand-ins the most probable path minimises ``|xi|^2 / 2 + sum r'P r / 2``. The
reports are few and the noise is long, so each iteration solves the small system
``S = J J' + P^-1`` and sets ``xi = J' S^-1 (r + J xi)`` (SCIENCE 2.3, step 1), with step halving.
J is never formed by perturbing the whole path: the model is linearised step by step and a
report's row follows by carrying its sensitivity backward (the adjoint).

Stand-ins of reports that are not one fix at one moment depend on the path: they are rebuilt
around each new pilot (:func:`stand_ins`), which makes the whole an iteratively reweighted least
squares. A report that the pilot cannot meet loses its weight by the reliability mixture.
"""

import math
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from overflight.inference.model import Model, fly
from overflight.inference.reports import GAUSSIAN, Reports, density_log
from overflight.inference.twist import Linear, StandIns

Array = NDArray[np.float64]

_PROBE = np.array([2_000.0, 2_000.0, 1e-3, 1e-3])  # finite-difference steps, metres and sd
_MAX_ITERATIONS = 40


@numba.njit(nogil=True, error_model="numpy")
def _linearise(model, parameters, states, noises, probe):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """A and G of every step along a path, by central differences."""
    n, n_state = states.shape
    carry, reach = np.zeros((n, 4, 4)), np.zeros((n, 4, 4))
    start, end, local, way = np.empty(n_state), np.empty(n_state), np.zeros(4), np.empty(4)
    noise = np.empty(4)
    for step in range(n):
        for column in range(4):
            for sign in (-1.0, 1.0):
                noise[:] = noises[step]
                noise[column] += sign * 1e-3
                if step == 0:
                    model[0](parameters, noise, end)
                else:
                    model[1](parameters, step - 1, states[step - 1], noise, end)
                model[2](states[step], end, way)
                reach[step, :, column] += sign * way / 2e-3
                if step > 0:
                    local[:] = 0.0
                    local[column] = sign * probe[column]
                    model[3](states[step - 1], local, start)
                    model[1](parameters, step - 1, start, noises[step], end)
                    model[2](states[step], end, way)
                    carry[step, :, column] += sign * way / (2.0 * probe[column])
    return carry, reach


def linearise(model: Model, parameters: Any, noises: Array, probe: Array = _PROBE) -> Linear:
    """Fly a path and linearise the model along it."""
    states = fly(model.start, model.step, parameters, noises, model.n_state)
    carry, reach = _linearise(model, parameters, states, noises, probe)
    return Linear(states, noises, carry, reach)


@numba.njit(nogil=True, error_model="numpy")
def _sensitivity(carry, reach, due):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Rows of J: how each stand-in's two coordinates answer to every noise."""
    rows = np.zeros((due.size, 2, carry.shape[0], 4))
    for report in range(due.size):
        adjoint = np.zeros((2, 4))
        adjoint[0, 0] = 1.0
        adjoint[1, 1] = 1.0
        for step in range(due[report], -1, -1):
            rows[report, :, step, :] = adjoint @ np.ascontiguousarray(reach[step])
            if step > 0:
                adjoint = adjoint @ np.ascontiguousarray(carry[step])
    return rows


def stand_ins(model: Model, reports: Reports, states: Array, widen: float = 1.0) -> StandIns:
    """Gaussian stand-ins for the reports, around a path.

    A window of length T becomes its middle moment with the variance (speed T)^2 / 12 added along
    the path's motion there; a disc its own variance R^2 / 4; and the whole precision is
    multiplied by the probability that the report is right, given the path (SCIENCE 2.3, step 6).

    Parameters
    ----------
    widen
        Multiplies the standard deviations; large while a first pilot is far from the reports.
    """
    n = len(reports.first)
    due = (reports.first + reports.last) // 2
    fix, shape, norm = np.zeros((n, 2)), np.zeros((n, 3)), np.zeros(n)
    way = np.empty(2)
    for report in range(n):
        at = int(due[report])
        covariance = _own_covariance(reports, report)
        covariance += _window_covariance(model, reports, report, states)
        model.towards(reports.place[report], states[at], way)
        fix[report] = way
        covariance *= widen**2
        precision = np.linalg.inv(covariance)
        square = float(fix[report] @ precision @ fix[report])
        peak = 0.5 * math.log(float(np.linalg.det(precision))) - math.log(2.0 * math.pi)
        right = reports.log_good[report] + peak - 0.5 * square
        wrong = reports.log_bad[report]
        trust = 1.0 / (1.0 + math.exp(min(50.0, wrong - right)))
        trust = max(trust, 1e-6)
        shape[report] = trust * np.array([precision[0, 0], precision[0, 1], precision[1, 1]])
        norm[report] = trust * (reports.log_good[report] + peak) + (1.0 - trust) * max(
            wrong, -700.0
        )
    return StandIns(due.astype(np.int64), fix, shape, norm)


def _own_covariance(reports: Reports, report: int) -> Array:
    first, cross, second = reports.shape[report]
    if reports.kind[report] == GAUSSIAN:
        return np.linalg.inv(np.array([[first, cross], [cross, second]]))
    variance = (first**2 + math.pi**2 * cross**2) / 4.0  # of a uniform disc, its edge included
    return np.diag([variance, variance])


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
    n = len(standing.due)
    rows = _sensitivity(linear.carry, linear.reach, standing.due).reshape(2 * n, -1)
    roots = np.zeros((2 * n, 2 * n))
    for report in range(n):
        first, cross, second = standing.shape[report]
        upper = np.linalg.cholesky(np.array([[first, cross], [cross, second]]) + 1e-30).T
        roots[2 * report : 2 * report + 2, 2 * report : 2 * report + 2] = upper
    rows = roots @ rows
    misses = roots @ standing.fix.reshape(-1)
    flat = noises.reshape(-1)
    target = rows.T @ np.linalg.solve(rows @ rows.T + np.eye(2 * n), misses + rows @ flat)
    was = 0.5 * float(flat @ flat) + 0.5 * float(misses @ misses)
    places = [linear.pilot[due].copy() for due in standing.due]
    for halving in range(12):
        trial = flat + (target - flat) * 0.5**halving
        states = fly(
            model.start, model.step, parameters, trial.reshape(noises.shape), model.n_state
        )
        now = 0.5 * float(trial @ trial) + 0.5 * _miss(model, states, standing, places, roots)
        if now < was:
            return linear._replace(pilot=states, noises=trial.reshape(noises.shape)), was - now
    return linear, 0.0


def _miss(
    model: Model, states: Array, standing: StandIns, places: list[Array], roots: Array
) -> float:
    """Squared scaled misses of a trial path, measured from where the stand-ins were set."""
    misses = np.empty((len(standing.due), 2))
    local = np.empty(4)
    for report, due in enumerate(standing.due):
        model.difference(places[report], states[due], local)
        misses[report] = standing.fix[report] - local[:2]
    scaled = roots @ misses.reshape(-1)
    return float(scaled @ scaled)


def find(
    model: Model,
    parameters: Any,
    reports: Reports,
    noises: Array,
    widths: tuple[float, ...] = (16.0, 8.0, 4.0, 2.0, 1.0),
    probe: Array = _PROBE,
) -> tuple[Linear, StandIns]:
    """Find a most probable path from a first guess of its noise.

    The stand-ins start ``widths[0]`` times too wide and tighten: a first pilot can be thousands
    of kilometres from a report, where the linearisation means little and the mixture would
    dismiss every report as wrong.

    Parameters
    ----------
    noises : (steps + 1, 4)
        First guess; zeros for the path of the mean wind.

    Returns
    -------
    linear, stand_ins
        The model along the pilot and the reports' stand-ins around it.
    """
    states = fly(model.start, model.step, parameters, noises, model.n_state)
    for width in widths:
        rounds = 3 if width > 1.0 else _MAX_ITERATIONS
        for _ in range(rounds):
            standing = stand_ins(model, reports, states, width)
            linear, gain = improve(model, parameters, noises, standing, probe)
            noises, states = linear.noises, linear.pilot
            if gain < 1e-3:
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
        for step in range(int(reports.first[report]), int(reports.last[report]) + 1):
            model.towards(reports.place[report], linear.pilot[step], way)
            total += math.exp(
                density_log(
                    reports.kind[report], *reports.shape[report], reports.log_norm[report], *way
                )
            )
        good = math.log(max(total, 1e-300) / reports.moments[report])
        score += float(np.logaddexp(reports.log_good[report] + good, reports.log_bad[report]))
    return score
