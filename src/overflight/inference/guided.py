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

from overflight.inference.model import Model
from overflight.inference.reports import Reports, Schedule, density_log, log_sum
from overflight.inference.twist import Twist
from overflight.physics.random import normal4, uniform4

TOTAL, LENT, MIXTURE, GOOD = 0, 1, 2, 3  # columns of a particle's books

# A stream apart from the particles' own, for resampling and the final draw.
_RESAMPLE, _FINAL = 0xFFFFFFFE, 0xFFFFFFFF


class Sizes(NamedTuple):
    """How large a run is: ``every`` and ``stride`` count steps."""

    n_particles: int
    n_draws: int
    stride: int  # a path point is kept every so many steps
    every: int  # resampling is considered every so many steps


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
    ess: NDArray[np.float64]  # (output,) effective sample size before resampling
    n_ancestors: int  # distinct starts that still have descendants


def run(
    model: Model,
    parameters: Any,
    twist: Twist,
    reports: Reports,
    plan: Schedule,
    key: np.uint64,
    sizes: Sizes,
) -> Run:
    """Run one guided filter.

    Parameters
    ----------
    model, parameters
        The kind of flight and its parameters.
    twist, reports, plan
        The guide, the evidence and its timetable.
    key
        64-bit key of the random numbers.
    """
    functions = (model.start, model.step, model.difference, model.towards)
    log_evidence, paths, mixture, density, ancestor, ess, alive = _run(
        *functions, parameters, twist, reports, plan, key, sizes
    )
    return Run(log_evidence, paths, mixture, density, ancestor, ess, len(np.unique(alive)))


# The compiled engine. Model functions are passed one by one, so that numba knows each by name and
# can inline it; a tuple of them would be called through pointers.


@numba.njit(nogil=True, error_model="numpy")
def _run(  # type: ignore[no-untyped-def]  # noqa: ANN202
    start,
    step,
    difference,
    towards,
    parameters,
    twist,
    reports,
    plan,
    key,
    sizes,  # noqa: ANN001
):
    n = sizes.n_particles
    n_steps = twist.slope.shape[0] - 1
    n_reports = reports.first.shape[0]
    n_state = twist.pilot.shape[1]
    states, moved = np.empty((n, n_state)), np.empty((n, n_state))
    local = np.empty((n, 4))  # from the pilot, kept from the end of one step to the next
    scratch = np.zeros((3, 4))
    weight_log = np.zeros(n)
    paths = np.zeros((n, n_steps // sizes.stride + 1, 3))
    # Per particle and report: sum of densities over the open window; what the stand-in gave;
    # and, once settled, the log of the mixture and of its good part.
    books = np.zeros((n, n_reports, 4))
    ancestor = np.arange(n)
    ess = np.empty(n_steps // sizes.stride + 1)
    log_evidence = 0.0
    for i in range(n):
        weight_log[i] = _begin(
            start, difference, parameters, twist, key, i, states[i], local[i], scratch
        )
    for k in range(n_steps + 1):
        if k > 0:
            for i in range(n):
                weight_log[i] += _advance(
                    step,
                    difference,
                    parameters,
                    twist,
                    key,
                    i,
                    k - 1,
                    states[i],
                    moved[i],
                    local[i],
                    scratch,
                )
            states, moved = moved, states
        if plan.starts[k + 1] > plan.starts[k]:
            for i in range(n):
                weight_log[i] += _account(
                    towards, twist, reports, plan, k, states[i], local[i], books[i], scratch[0]
                )
        if k % sizes.stride == 0:
            for i in range(n):
                for axis in range(3):
                    paths[i, k // sizes.stride, axis] = states[i, axis]
        if k % sizes.stride == 0 or k == n_steps:
            ess[k // sizes.stride] = _ess(weight_log)
        if k % sizes.every == 0 and k < n_steps and _ess(weight_log) < 0.5 * n:
            log_evidence += _mean_log(weight_log)
            parents = _systematic(weight_log, n, uniform4(key, _RESAMPLE, k)[0])
            _reorder(states, parents)
            _reorder(local, parents)
            _reorder(ancestor, parents)
            _reorder(books, parents)
            _reorder(paths, parents)
            weight_log[:] = 0.0
    log_evidence += _mean_log(weight_log)
    chosen = _systematic(weight_log, sizes.n_draws, uniform4(key, _FINAL, 0)[0])
    drawn_paths = np.empty((sizes.n_draws, paths.shape[1], 3))
    drawn_books = np.empty((sizes.n_draws, n_reports, 4))
    drawn_ancestor = np.empty(sizes.n_draws, dtype=np.int64)
    for draw in range(sizes.n_draws):
        drawn_paths[draw] = paths[chosen[draw]]
        drawn_books[draw] = books[chosen[draw]]
        drawn_ancestor[draw] = ancestor[chosen[draw]]
    return (
        log_evidence, drawn_paths, drawn_books[:, :, MIXTURE], drawn_books[:, :, GOOD],
        drawn_ancestor, ess, ancestor,
    )  # fmt: skip


@numba.njit(nogil=True, error_model="numpy")
def _reorder(rows, parents):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Replace every row by its parent's, in place. Systematic parents never decrease."""
    # Parents are sorted, so rows whose parent lies at or behind them can be filled from the end,
    # and the others from the front, without a copy of the whole.
    n = parents.size
    for i in range(n):
        if parents[i] > i:
            rows[i] = rows[parents[i]]
    for i in range(n - 1, -1, -1):
        if parents[i] < i:
            rows[i] = rows[parents[i]]


@numba.njit(nogil=True, error_model="numpy")
def _begin(  # type: ignore[no-untyped-def]  # noqa: ANN202
    start,
    difference,
    parameters,
    twist,
    key,
    particle,
    state,
    local,
    scratch,  # noqa: ANN001
):
    """Draw a start towards what comes later; return its log weight."""
    noise = scratch[0]
    noise[:] = 0.0
    start(parameters, noise, state)
    difference(twist.pilot[0], state, local)
    correction = _propose(twist, 0, local, normal4(key, particle, 0), noise, scratch[2])
    start(parameters, noise, state)
    difference(twist.pilot[0], state, local)
    return correction + _psi_log(twist.curvature[0], twist.slope[0], twist.offset[0], local)


@numba.njit(nogil=True, error_model="numpy")
def _advance(  # type: ignore[no-untyped-def]  # noqa: ANN202
    step,
    difference,
    parameters,
    twist,
    key,
    particle,
    k,
    state,
    after,
    local,
    scratch,  # noqa: ANN001
):
    """Take one guided step; return the increment of the log weight.

    Where the step would lead without noise is predicted by the linearised model: it steers the
    proposal only, and spares a second look at the wind (half the cost of a step).
    """
    noise, ahead = scratch[0], scratch[1]
    was = _psi_log(twist.pre_curvature[k], twist.pre_slope[k], twist.pre_offset[k], local)
    for row in range(4):
        value = -twist.shift[k + 1, row]
        for column in range(4):
            value += twist.carry[k + 1, row, column] * local[column]
        ahead[row] = value
    correction = _propose(twist, k + 1, ahead, normal4(key, particle, k + 1), noise, scratch[2])
    step(parameters, k, state, noise, after)
    difference(twist.pilot[k + 1], after, local)
    now = _psi_log(twist.curvature[k + 1], twist.slope[k + 1], twist.offset[k + 1], local)
    return correction + now - was


@numba.njit(nogil=True, error_model="numpy")
def _propose(twist, index, local, normals, noise, pull):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write the guided noise; return log N(w; 0, I) - log q(w).

    ``local`` is where the particle would come out with no noise. With psi's slope there,
    ``b - H local``, the noise is normal with covariance C = (I + G'HG)^-1 and mean C G' of that
    slope; ``spread`` is C's lower Cholesky factor.
    """
    curvature, slope = twist.curvature[index], twist.slope[index]
    reach, spread = twist.reach[index], twist.spread[index]
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
def _account(towards, twist, reports, plan, k, state, local, book, offset):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Book the reports open at this step; settle those that close. Returns a log weight.

    The stand-ins due at this step move from the future (psi) to the past (lent): their value
    leaves psi through psi-, and stays in the weight until the window closes.
    """
    gained = 0.0
    for slot in range(plan.starts[k], plan.starts[k + 1]):
        report = plan.opened[slot]
        towards(reports.place[report], state, offset)
        shape = reports.shape[report]
        book[report, TOTAL] += math.exp(
            density_log(
                reports.kind[report], shape[0], shape[1], shape[2], reports.log_norm[report],
                offset[0], offset[1],
            )
        )  # fmt: skip
        if k == twist.due[report]:
            book[report, LENT] = _stand_in_log(twist, report, local)
        if k == reports.last[report]:
            book[report, GOOD] = math.log(book[report, TOTAL] / reports.moments[report])
            book[report, MIXTURE] = log_sum(
                reports.log_good[report] + book[report, GOOD], reports.log_bad[report]
            )
            gained += book[report, MIXTURE] - book[report, LENT]
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
def _highest(weight_log):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    high = -math.inf
    for value in weight_log:
        high = max(high, value)
    return high


@numba.njit(nogil=True, error_model="numpy")
def _mean_log(weight_log):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    high = _highest(weight_log)
    if high == -math.inf:
        return high
    total = 0.0
    for value in weight_log:
        total += math.exp(value - high)
    return high + math.log(total / weight_log.size)


@numba.njit(nogil=True, error_model="numpy")
def _ess(weight_log):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    high = _highest(weight_log)
    total, squares = 0.0, 0.0
    for value in weight_log:
        weight = math.exp(value - high)
        total += weight
        squares += weight * weight
    return total * total / squares


@numba.njit(nogil=True, error_model="numpy")
def _systematic(weight_log, n_draws, start):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Systematic resampling (Carpenter, Clifford & Fearnhead 1999): sorted parents."""
    high = _highest(weight_log)
    total = 0.0
    for value in weight_log:
        total += math.exp(value - high)
    chosen = np.empty(n_draws, dtype=np.int64)
    parent, reached = 0, math.exp(weight_log[0] - high)
    for draw in range(n_draws):
        mark = (draw + start) / n_draws * total
        while parent < weight_log.size - 1 and reached < mark:
            parent += 1
            reached += math.exp(weight_log[parent] - high)
        chosen[draw] = parent
    return chosen
