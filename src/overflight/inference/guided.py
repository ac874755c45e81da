"""The guided particle filter: particles that know what is still to come.

The twist (:mod:`overflight.inference.twist`) is a Gaussian approximation psi of the probability
of all later reports given a state. The filter draws each step's noise from the step's own law
times psi, moves with the full nonlinear model, and pays exactly for the difference::

    weight *= [N(w; 0, I) / q(w)] * psi_{k+1}(s_{k+1}) / psi-_k(s_k)            (SCIENCE 2.3)

where psi- leaves out the reports due at k itself. psi contains, for every report, a Gaussian
stand-in at one moment; it is *lent* when the particle passes that moment and settled when the
report's window closes: the weight is multiplied by the exact likelihood and divided by what the
stand-in gave. So every weight at the end is exact, however rough the twist; only the scatter
depends on it. With a flat twist this is the bootstrap filter.

Numbers depend only on (key, particle, step), never on threads.
"""

import math
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from overflight.inference.reports import Reports, Schedule, density_log, log_sum
from overflight.inference.twist import Twist
from overflight.physics.random import normal4, uniform4

# A stream apart from the particles' own, for resampling and the final draw.
_RESAMPLE, _FINAL = 0xFFFFFFFE, 0xFFFFFFFF


class Run(NamedTuple):
    """What one filter run leaves behind.

    ``paths`` are whole paths drawn by weight; ``log_mixture`` is the exact log likelihood of every
    report along each of them, for taking a report out again later.
    """

    log_evidence: float
    paths: NDArray[np.float64]  # (draw, output, 3)
    log_mixture: NDArray[np.float64]  # (draw, report)
    log_density: NDArray[np.float64]  # (draw, report) log of the good part alone
    ancestor: NDArray[np.int64]  # (draw,) index of the start it descends from
    ess: NDArray[np.float64]  # (steps + 1,) effective sample size before resampling
    n_ancestors: int  # distinct starts that still have descendants


@numba.njit(nogil=True, error_model="numpy")
def run(model, parameters, twist, reports, schedule, key, sizes):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Run one guided filter; see :class:`Run` for the parts of the answer.

    Parameters
    ----------
    model, parameters
        A :class:`~overflight.inference.model.Model` (the tuple of functions) and its parameters.
    twist, reports, schedule
        The guide, the evidence and its timetable.
    key
        64-bit key of the random numbers.
    sizes
        (particles, draws, output stride in steps, steps between resampling tests).
    """
    n, n_draws, stride, every = sizes
    n_steps = twist.slope.shape[0] - 1
    n_reports = reports.first.shape[0]
    n_state = twist.pilot.shape[1]
    states = np.empty((n, n_state))
    moved = np.empty((n, n_state))
    weight_log = np.zeros(n)
    paths = np.zeros((n, n_steps // stride + 1, 3))
    total = np.zeros((n, n_reports))  # running sum of densities over the open window
    lent = np.zeros((n, n_reports))  # what the stand-in gave
    mixture = np.zeros((n, n_reports))
    density = np.zeros((n, n_reports))
    ancestor = np.arange(n)
    ess = np.empty(n_steps + 1)
    log_evidence = 0.0

    for i in range(n):
        weight_log[i] = _begin(model, parameters, twist, key, i, states[i])
    for step in range(n_steps + 1):
        if step > 0:
            for i in range(n):
                weight_log[i] += _advance(
                    model, parameters, twist, key, i, step - 1, states[i], moved[i]
                )
            states, moved = moved, states
        for i in range(n):
            weight_log[i] += _account(
                model,
                twist,
                reports,
                schedule,
                step,
                states[i],
                total[i],
                lent[i],
                mixture[i],
                density[i],
            )
        if step % stride == 0:
            paths[:, step // stride, :] = states[:, :3]
        ess[step] = _ess(weight_log)
        if step % every == 0 and step < n_steps and ess[step] < 0.5 * n:
            log_evidence += _mean_log(weight_log)
            parents = _systematic(weight_log, n, uniform4(key, _RESAMPLE, step)[0])
            states = states[parents]
            paths[:, : step // stride + 1] = paths[parents][:, : step // stride + 1]
            total, lent = total[parents], lent[parents]
            mixture, density = mixture[parents], density[parents]
            ancestor = ancestor[parents]
            weight_log[:] = 0.0
    log_evidence += _mean_log(weight_log)
    chosen = _systematic(weight_log, n_draws, uniform4(key, _FINAL, 0)[0])
    return (
        log_evidence,
        paths[chosen],
        mixture[chosen],
        density[chosen],
        ancestor[chosen],
        ess,
        np.unique(ancestor).size,
    )


@numba.njit(nogil=True, error_model="numpy")
def _begin(model, parameters, twist, key, particle, state):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Draw a start towards what comes later; return its log weight."""
    noise, local = np.zeros(4), np.empty(4)
    model[0](parameters, noise, state)
    model[2](twist.pilot[0], state, local)
    correction = _propose(twist, 0, local, normal4(key, particle, 0), noise)
    model[0](parameters, noise, state)
    model[2](twist.pilot[0], state, local)
    return correction + _psi_log(twist.curvature[0], twist.slope[0], twist.offset[0], local)


@numba.njit(nogil=True, error_model="numpy")
def _advance(model, parameters, twist, key, particle, step, state, after):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Take one guided step; return the increment of the log weight."""
    noise, local = np.zeros(4), np.empty(4)
    model[2](twist.pilot[step], state, local)
    was = _psi_log(twist.pre_curvature[step], twist.pre_slope[step], twist.pre_offset[step], local)
    model[1](parameters, step, state, noise, after)
    model[2](twist.pilot[step + 1], after, local)
    correction = _propose(twist, step + 1, local, normal4(key, particle, step + 1), noise)
    model[1](parameters, step, state, noise, after)
    model[2](twist.pilot[step + 1], after, local)
    now = _psi_log(twist.curvature[step + 1], twist.slope[step + 1], twist.offset[step + 1], local)
    return correction + now - was


@numba.njit(nogil=True, error_model="numpy")
def _propose(twist, index, local, normals, noise):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write the guided noise; return log N(w; 0, I) - log q(w).

    ``local`` is where the particle would come out with no noise. With psi's slope there,
    ``b - H local``, the noise is normal with covariance C = (I + G'HG)^-1 and mean C G' of that
    slope; ``spread`` is C's lower Cholesky factor.
    """
    curvature, slope = twist.curvature[index], twist.slope[index]
    reach, spread = twist.reach[index], twist.spread[index]
    pull = np.empty(4)
    for row in range(4):
        value = slope[row]
        for column in range(4):
            value -= curvature[row, column] * local[column]
        pull[row] = value
    drawn = 0.0
    prior = 0.0
    for row in range(4):
        value = 0.0
        for column in range(4):
            value += reach[row, column] * pull[column]
        for column in range(row + 1):
            value += spread[row, column] * normals[column]
        noise[row] = value
        prior += value * value
        drawn += normals[row] * normals[row]
    return 0.5 * (drawn - prior) + twist.spread_log[index]


@numba.njit(nogil=True, error_model="numpy")
def _psi_log(curvature, slope, offset, local):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    value = offset
    for row in range(4):
        bent = 0.0
        for column in range(4):
            bent += curvature[row, column] * local[column]
        value += local[row] * (slope[row] - 0.5 * bent)
    return value


@numba.njit(nogil=True, error_model="numpy")
def _account(model, twist, reports, schedule, step, state, total, lent, mixture, density):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Book the reports open at this step; settle those that close. Returns a log weight.

    The stand-ins due at this step move from the future (psi) to the past (lent): their value
    leaves psi through psi-, and stays in the weight until the window closes.
    """
    gained = 0.0
    offset, local = np.empty(2), np.empty(4)
    for slot in range(schedule.starts[step], schedule.starts[step + 1]):
        report = schedule.opened[slot]
        model[4](reports.place[report], state, offset)
        shape = reports.shape[report]
        total[report] += math.exp(
            density_log(
                reports.kind[report],
                shape[0],
                shape[1],
                shape[2],
                reports.log_norm[report],
                offset[0],
                offset[1],
            )
        )
        if step == twist.due[report]:
            model[2](twist.pilot[step], state, local)
            lent[report] = _stand_in_log(twist, report, local)
        if step == reports.last[report]:
            density[report] = math.log(total[report] / reports.moments[report])
            mixture[report] = log_sum(
                reports.log_good[report] + density[report], reports.log_bad[report]
            )
            gained += mixture[report] - lent[report]
    return gained


@numba.njit(nogil=True, error_model="numpy")
def _stand_in_log(twist, report, local):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Log of a report's Gaussian stand-in at its moment, in the pilot's local coordinates."""
    east = local[0] - twist.fix[report, 0]
    north = local[1] - twist.fix[report, 1]
    first, cross, second = (
        twist.fix_shape[report, 0],
        twist.fix_shape[report, 1],
        twist.fix_shape[report, 2],
    )
    square = first * east * east + 2.0 * cross * east * north + second * north * north
    return twist.fix_norm[report] - 0.5 * square


@numba.njit(nogil=True, error_model="numpy")
def _mean_log(weight_log):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    high = weight_log.max()
    if high == -math.inf:
        return high
    return high + math.log(np.exp(weight_log - high).mean())


@numba.njit(nogil=True, error_model="numpy")
def _ess(weight_log):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    weight = np.exp(weight_log - weight_log.max())
    return weight.sum() ** 2 / (weight * weight).sum()


@numba.njit(nogil=True, error_model="numpy")
def _systematic(weight_log, n_draws, start):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Systematic resampling (Carpenter, Clifford & Fearnhead 1999): parents of ``n_draws``."""
    weight = np.exp(weight_log - weight_log.max())
    reached = np.cumsum(weight)
    chosen = np.empty(n_draws, dtype=np.int64)
    parent = 0
    for draw in range(n_draws):
        mark = (draw + start) / n_draws * reached[-1]
        while parent < weight.size - 1 and reached[parent] < mark:
            parent += 1
        chosen[draw] = parent
    return chosen


def as_run(parts: Any) -> Run:
    """Name the parts that the compiled :func:`run` returns."""
    return Run(*parts)
