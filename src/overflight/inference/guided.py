"""The guided particle filter: particles that know what is still to come.

The twist (:mod:`overflight.inference.twist`) is a Gaussian approximation psi of the probability
of all later reports given a state. The filter draws each step's noise from the step's own law
times psi, moves with the full nonlinear model, and pays exactly for the difference::

    weight *= [N(w; 0, I) / q(w)] * psi_{k+1}(s_{k+1}) / psi-_k(s_k)            (method 5)

where psi- leaves out the reports due at k itself. psi contains, for every report, a Gaussian
stand-in at one moment; it is *lent* when the particle passes that moment and settled when the
report's window closes: the weight is multiplied by the exact likelihood and divided by what the
stand-in gave. So every weight at the end is exact, however rough the twist; only the scatter
depends on it. With a flat twist this is the bootstrap filter.

Numbers depend only on (key, particle, step), never on threads.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.inference.model import Model
from overflight.inference.reports import Reports, Schedule, density_log, log_sum
from overflight.inference.twist import Twist
from overflight.physics.kernel import kernel, loop
from overflight.physics.random import normal4, uniform4

Array = NDArray[np.float64]
Normals = tuple[float, float, float, float]

# Columns of a particle's books: the sum of densities over the open window; what the stand-in gave;
# and, once settled, the log of the mixture and of its good part.
TOTAL, LENT, MIXTURE, GOOD = 0, 1, 2, 3

# A stream apart from the particles' own, for resampling and the final draw.
_RESAMPLE, _FINAL = 0xFFFFFFFE, 0xFFFFFFFF


class Cloud(NamedTuple):
    """All particles of a run, worked on in place."""

    states: Array  # (particle, state)
    moved: Array  # the same, for the step under way
    local: Array  # (particle, 4) from the pilot, kept from the end of one step to the next
    weight_log: Array
    books: Array  # (particle, report, column)
    paths: Array  # (particle, output, 3)
    ancestor: NDArray[np.int64]
    scratch: Array  # (3, 4)


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
    n_lost: int  # particles that left the wind's times, levels or box, and count no more


def run(
    model: Model,
    parameters: Any,
    twist: Twist,
    reports: Reports,
    plan: Schedule,
    key: int,
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
    log_evidence, paths, books, ancestor, ess, alive, n_lost = _run(
        *functions, parameters, twist, reports, plan, np.uint64(key), sizes
    )
    return Run(
        log_evidence, paths, books[:, :, MIXTURE], books[:, :, GOOD], ancestor, ess,
        len(np.unique(alive)), n_lost,
    )  # fmt: skip


# The compiled engine. Model functions are passed one by one, so that numba knows each by name and
# can inline it; a tuple of them would be called through pointers.


@loop
def _run(
    start: Any,
    step: Any,
    difference: Any,
    towards: Any,
    parameters: Any,
    twist: Twist,
    reports: Reports,
    plan: Schedule,
    key: Any,
    sizes: Sizes,
) -> tuple[float, Array, Array, NDArray[np.int64], Array, NDArray[np.int64], int]:
    n_steps = twist.slope.shape[0] - 1
    cloud = _cloud(sizes, twist, reports)
    ess = np.empty(n_steps // sizes.stride + 1)
    log_evidence, n_lost = 0.0, 0
    _begin(start, difference, parameters, twist, key, cloud)
    for k in range(n_steps + 1):
        if k > 0:
            n_lost += _advance(step, difference, parameters, twist, key, k - 1, cloud)
        if plan.starts[k + 1] > plan.starts[k]:
            _account(towards, twist, reports, plan, k, cloud)
        if k % sizes.stride == 0:
            cloud.paths[:, k // sizes.stride, :] = cloud.states[:, :3]
            ess[k // sizes.stride] = _ess(cloud.weight_log)
        if (
            k % sizes.every == 0
            and k < n_steps
            and _ess(cloud.weight_log) < 0.5 * sizes.n_particles
        ):
            log_evidence += _resample(cloud, uniform4(key, _RESAMPLE, k)[0])
    ess[n_steps // sizes.stride] = _ess(cloud.weight_log)
    log_evidence += _mean_log(cloud.weight_log)
    chosen = _systematic(cloud.weight_log, sizes.n_draws, uniform4(key, _FINAL, 0)[0])
    return (
        log_evidence,
        cloud.paths[chosen],
        cloud.books[chosen],
        cloud.ancestor[chosen],
        ess,
        cloud.ancestor,
        n_lost,
    )


@loop
def _cloud(sizes: Sizes, twist: Twist, reports: Reports) -> Cloud:
    n, n_state = sizes.n_particles, twist.pilot.shape[1]
    return Cloud(
        np.empty((n, n_state)),
        np.empty((n, n_state)),
        np.empty((n, 4)),
        np.zeros(n),
        np.zeros((n, reports.first.shape[0], 4)),
        np.zeros((n, (twist.slope.shape[0] - 1) // sizes.stride + 1, 3)),
        np.arange(n),
        np.zeros((3, 4)),
    )


@loop
def _resample(cloud: Cloud, start: float) -> float:
    """Replace the particles by systematic draws of equal weight; return the log mean weight."""
    settled = _mean_log(cloud.weight_log)
    parents = _systematic(cloud.weight_log, cloud.weight_log.size, start)
    _reorder(cloud.states, parents)
    _reorder(cloud.local, parents)
    _reorder(cloud.ancestor, parents)
    _reorder(cloud.books, parents)
    _reorder(cloud.paths, parents)
    cloud.weight_log[:] = 0.0
    return settled


@loop
def _reorder(rows: Any, parents: NDArray[np.int64]) -> None:
    """Replace every row by its parent's, in place.

    Systematic parents never decrease, so rows whose parent lies ahead are filled from the front
    and those whose parent lies behind from the end, and nothing is read after it was written.
    """
    for i in range(parents.size):
        if parents[i] > i:
            rows[i] = rows[parents[i]]
    for i in range(parents.size - 1, -1, -1):
        if parents[i] < i:
            rows[i] = rows[parents[i]]


@loop
def _begin(
    start: Any, difference: Any, parameters: Any, twist: Twist, key: Any, cloud: Cloud
) -> None:
    """Draw every start towards what comes later, and weigh it."""
    noise, pull = cloud.scratch[0], cloud.scratch[2]
    for i in range(cloud.weight_log.size):
        state, local = cloud.states[i], cloud.local[i]
        noise[:] = 0.0
        start(parameters, noise, state)
        difference(twist.pilot[0], state, local)
        correction = _propose(twist, 0, local, normal4(key, i, 0), noise, pull)
        start(parameters, noise, state)
        difference(twist.pilot[0], state, local)
        cloud.weight_log[i] = correction + _psi_log(
            twist.curvature[0], twist.slope[0], twist.offset[0], local
        )


@loop
def _advance(
    step: Any,
    difference: Any,
    parameters: Any,
    twist: Twist,
    key: Any,
    k: int,
    cloud: Cloud,
) -> int:
    """Take one guided step with every particle, and weigh it; return how many are newly lost.

    A particle that leaves the wind has no weight from then on and stays where it was last: there
    is no wind to carry it, and none is made up.

    Where a step would lead without noise is predicted by the linearised model: it steers the
    proposal only, and spares a second look at the wind (half the cost of a step).
    """
    noise, ahead, pull = cloud.scratch[0], cloud.scratch[1], cloud.scratch[2]
    n_lost = 0
    for i in range(cloud.weight_log.size):
        local = cloud.local[i]
        if cloud.weight_log[i] == -math.inf:
            cloud.moved[i] = cloud.states[i]
            continue
        was = _psi_log(twist.pre_curvature[k], twist.pre_slope[k], twist.pre_offset[k], local)
        for row in range(4):
            value = -twist.shift[k + 1, row]
            for column in range(4):
                value += twist.carry[k + 1, row, column] * local[column]
            ahead[row] = value
        correction = _propose(twist, k + 1, ahead, normal4(key, i, k + 1), noise, pull)
        step(parameters, k, cloud.states[i], noise, cloud.moved[i])
        difference(twist.pilot[k + 1], cloud.moved[i], local)
        now = _psi_log(twist.curvature[k + 1], twist.slope[k + 1], twist.offset[k + 1], local)
        cloud.weight_log[i] += correction + now - was
        if math.isnan(cloud.weight_log[i]):
            cloud.weight_log[i] = -math.inf
            cloud.moved[i] = cloud.states[i]
            n_lost += 1
    cloud.states[:] = cloud.moved
    return n_lost


@kernel
def _propose(
    twist: Twist, index: int, local: Array, normals: Normals, noise: Array, pull: Array
) -> float:
    """Write the guided noise; return log N(w; 0, I) - log q(w).

    ``local`` is where the particle would come out with no noise. With psi's slope there,
    ``b - H local``, the noise is normal with covariance C = (I + G'HG)^-1 and mean C G' of that
    slope; ``spread`` is C's lower Cholesky factor.
    """
    for row in range(4):
        value = twist.slope[index, row]
        for column in range(4):
            value -= twist.curvature[index, row, column] * local[column]
        pull[row] = value
    drawn = 0.0
    prior = 0.0
    for row in range(4):
        value = 0.0
        for column in range(4):
            value += twist.reach[index, row, column] * pull[column]
        for column in range(row + 1):
            value += twist.spread[index, row, column] * normals[column]
        noise[row] = value
        prior += value * value
        drawn += normals[row] * normals[row]
    return float(0.5 * (drawn - prior) + twist.spread_log[index])


@kernel
def _psi_log(curvature: Array, slope: Array, offset: float, local: Array) -> float:
    """Log of psi at a local difference from the pilot."""
    value = offset
    for row in range(4):
        bent = 0.0
        for column in range(4):
            bent += curvature[row, column] * local[column]
        value += local[row] * (slope[row] - 0.5 * bent)
    return float(value)


@loop
def _account(
    towards: Any, twist: Twist, reports: Reports, plan: Schedule, k: int, cloud: Cloud
) -> None:
    """Book the reports open at this step; settle those that close.

    The stand-ins due at this step move from the future (psi) to the past (lent): their value
    leaves psi through psi-, and stays in the weight until the window closes.
    """
    offset = cloud.scratch[0]
    for i in range(cloud.weight_log.size):
        if cloud.weight_log[i] == -math.inf:
            continue
        for slot in range(plan.starts[k], plan.starts[k + 1]):
            report = plan.opened[slot]
            towards(reports.place[report], cloud.states[i], offset)
            shape, book = reports.shape[report], cloud.books[i, report]
            kind, norm = reports.kind[report], reports.log_norm[report]
            book[TOTAL] += math.exp(
                density_log(kind, shape[0], shape[1], shape[2], norm, offset[0], offset[1])
            )
            if k == twist.due[report]:
                book[LENT] = _stand_in_log(twist, report, cloud.local[i])
            if k == reports.last[report]:
                book[GOOD] = math.log(book[TOTAL] / reports.moments[report])
                right = reports.log_good[report] + book[GOOD]
                book[MIXTURE] = log_sum(right, reports.log_bad[report])
                cloud.weight_log[i] += book[MIXTURE] - book[LENT]


@kernel
def _stand_in_log(twist: Twist, report: int, local: Array) -> float:
    """Log of a report's Gaussian stand-in at its moment, in the pilot's local coordinates."""
    east = local[0] - twist.fix[report, 0]
    north = local[1] - twist.fix[report, 1]
    first, second = twist.fix_shape[report, 0], twist.fix_shape[report, 2]
    cross = twist.fix_shape[report, 1]
    square = first * east * east + 2.0 * cross * east * north + second * north * north
    return float(twist.fix_norm[report] - 0.5 * square)


@loop
def _highest(weight_log: Array) -> float:
    high = -math.inf
    for value in weight_log:
        high = max(high, value)
    return high


@loop
def _mean_log(weight_log: Array) -> float:
    """Log of the mean of exp(weight_log)."""
    high = _highest(weight_log)
    if high == -math.inf:
        return high
    total = 0.0
    for value in weight_log:
        total += math.exp(value - high)
    return high + math.log(total / weight_log.size)


@loop
def _ess(weight_log: Array) -> float:
    """Kish's effective sample size; none where every particle is lost."""
    high = _highest(weight_log)
    if high == -math.inf:
        return 0.0
    total, squares = 0.0, 0.0
    for value in weight_log:
        weight = math.exp(value - high)
        total += weight
        squares += weight * weight
    return float(total * total / squares)


@loop
def _systematic(weight_log: Array, n_draws: int, start: float) -> NDArray[np.int64]:
    """Systematic resampling (Carpenter, Clifford & Fearnhead 1999): sorted parents."""
    high = _highest(weight_log)
    chosen = np.zeros(n_draws, dtype=np.int64)
    if high == -math.inf:  # all are lost: any will do, none counts
        return chosen
    total = 0.0
    for value in weight_log:
        total += math.exp(value - high)
    parent, reached = 0, math.exp(weight_log[0] - high)
    for draw in range(n_draws):
        mark = (draw + start) / n_draws * total
        while parent < weight_log.size - 1 and reached < mark:
            parent += 1
            reached += math.exp(weight_log[parent] - high)
        chosen[draw] = parent
    return chosen
