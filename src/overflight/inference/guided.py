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

Particles march in blocks (:mod:`overflight.physics.lanes`): each goes on alone until particles may
be resampled, then all wait for each other. Numbers depend only on (key, particle, step), never
on threads, and several runs with keys of their own march together. Paths are not copied when
particles are: a family tree is kept, and the paths that are drawn at the end are read along it.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.inference.cloud import Cloud, fetch, give_up, own_numbers, record, store
from overflight.inference.lanes import LOCALS, N_TOLD, NOISES, WEIGHT
from overflight.inference.model import Model
from overflight.inference.noting import account, bookkeeping
from overflight.inference.reports import DISC, N_NOTES, Reports, Schedule
from overflight.inference.resampling import ess, lineages, mean_log, systematic
from overflight.inference.twist import Twist
from overflight.physics import blocks
from overflight.physics.blocks import Block
from overflight.physics.kernel import lane_loop, loop
from overflight.physics.lanes import LANES
from overflight.physics.random import uniform4

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

# A stream apart from the particles' own, for resampling and the final draw.
RESAMPLE, FINAL = 0xFFFFFFFE, 0xFFFFFFFF


class Sizes(NamedTuple):
    """How large a run is: ``every`` and ``stride`` count steps."""

    n_particles: int
    n_draws: int
    stride: int  # a path point is kept every so many steps
    every: int  # resampling is considered every so many steps


class Told(NamedTuple):
    """What a run is told: the guide, the evidence and its timetable."""

    twist: Twist
    reports: Reports
    plan: Schedule


class Run(NamedTuple):
    """What one filter run leaves behind.

    ``paths`` are whole paths drawn by weight; ``log_mixture`` is the exact log likelihood of every
    report along each of them, for taking a report out again later.
    """

    log_evidence: float
    paths: NDArray[np.float64]  # (draw, output, entry) unit normals, or as much as is kept
    log_mixture: NDArray[np.float64]  # (draw, report)
    log_density: NDArray[np.float64]  # (draw, report) log of the good part alone
    ancestor: NDArray[np.int64]  # (draw,) index of the start it descends from
    ess: NDArray[np.float64]  # (output,) effective sample size before resampling
    n_ancestors: int  # distinct starts that still have descendants
    n_lost: int  # particles that left the wind's times, levels or box, and count no more
    last: NDArray[np.float64]  # (draw, state) as each path ends, to be flown on from


def run(
    model: Model,
    parameters: Any,
    twist: Twist,
    reports: Reports,
    plan: Schedule,
    keys: Sequence[int],
    sizes: Sizes,
) -> tuple[Run, ...]:
    """Run independent guided filters, one for each key.

    Parameters
    ----------
    model, parameters
        The kind of flight and its parameters.
    twist, reports, plan
        The guide, the evidence and its timetable.
    keys
        64-bit keys of the random numbers.
    """
    n_steps = twist.slope.shape[0] - 1
    told = Told(twist, reports, plan)
    prepared = model.marcher.prepare(parameters, n_steps)
    words = np.array([int(key) & 0xFFFFFFFFFFFFFFFF for key in keys], dtype=np.uint64)
    cloud = _cloud(sizes, len(keys), n_steps, told, model)
    marcher = model.marcher
    weigh = (marcher.draw, marcher.expect, marcher.propose, marcher.look_ahead)
    begin = (model.start, model.difference, marcher.draw, marcher.propose, marcher.look_ahead)
    _begin(*begin, parameters, twist, words, sizes.n_particles, cloud)
    march = (marcher.enter, marcher.step, marcher.difference, marcher.towards, marcher.choose)
    noting = bookkeeping(reports)
    settled, events, parents = np.zeros(len(keys)), [], []
    for first in range(0, n_steps, sizes.every):
        last = min(first + sizes.every, n_steps)
        _march(
            *march,
            *weigh,
            model.towards,
            *noting,
            prepared,
            told,
            words,
            sizes,
            (first, last),
            cloud,
        )
        if last < n_steps:
            family = _resample(cloud, reports, words, sizes, last, settled)
            if family.size:
                events.append(last)
                parents.append(family)
    tree = np.array(parents, dtype=np.int64).reshape(len(parents), cloud.weight_log.size)
    return tuple(
        _gather(
            cloud, told, sizes, (np.array(events, dtype=np.int64), tree), one, settled[one], key
        )
        for one, key in enumerate(words)
    )


def _cloud(sizes: Sizes, n_runs: int, n_steps: int, told: Told, model: Model) -> Cloud:
    n = math.ceil(sizes.n_particles * n_runs / LANES) * LANES
    n_reports, n_outputs = len(told.reports.first), n_steps // sizes.stride + 1
    return Cloud(
        np.zeros((model.n_state, n)),
        np.zeros((told.twist.slope.shape[1], n)),
        np.full(n, -math.inf),
        np.zeros((n_reports, n)),
        np.zeros((n_reports, n)),
        np.zeros((n_reports, n)),
        np.zeros((n_reports, n)),
        np.zeros((told.reports.n_notes, n)),
        np.zeros((n_outputs, model.n_kept, n)),
        np.full((n_outputs, n), -math.inf),
        np.zeros(n, dtype=np.int64),
    )


def _gather(
    cloud: Cloud,
    told: Told,
    sizes: Sizes,
    tree: tuple[Whole, Whole],
    index: int,
    settled_log: float,
    key: np.uint64,
) -> Run:
    """Read the answer of one run along its family tree.

    ``tree`` is the steps of resampling and (resampling, particle) whom each particle descends from.
    """
    n = sizes.n_particles
    mine = slice(index * n, (index + 1) * n)
    weight_log = cloud.weight_log[mine]
    chosen = index * n + systematic(weight_log, sizes.n_draws, uniform4(key, FINAL, 0)[0])  # type: ignore[arg-type]
    rows = lineages(tree[1], chosen)
    outputs = np.arange(len(cloud.paths))
    who = rows[np.searchsorted(tree[0], outputs * sizes.stride)]
    when = rows[np.searchsorted(tree[0], told.reports.last)]
    reports = np.arange(len(told.reports.last))[:, None]
    effective = np.array([ess(row) for row in cloud.weights[:, mine]])
    effective[-1] = ess(weight_log)
    starts = lineages(tree[1], np.arange(mine.start, mine.stop))[0]
    return Run(
        float(settled_log + mean_log(weight_log)),
        cloud.paths[outputs[:, None], :, who].transpose(1, 0, 2),
        cloud.mixture[reports, when].T,
        cloud.good[reports, when].T,
        rows[0] - index * n,
        effective,
        len(np.unique(starts)),
        int(cloud.n_lost[mine].sum()),
        np.ascontiguousarray(cloud.states[:, chosen].T),
    )


# The compiled engine. Model functions are passed one by one, so that numba knows each by name and
# can inline it; a tuple of them would be called through pointers.


@loop
def _begin(
    start: Any,
    difference: Any,
    draw: Any,
    propose: Any,
    look_ahead: Any,
    parameters: Any,
    twist: Twist,
    keys: NDArray[np.uint64],
    n_each: int,
    cloud: Cloud,
) -> None:
    """Draw every start towards what comes later, and weigh it."""
    block, ahead, told = blocks.blank(), np.empty(N_TOLD), np.empty(N_TOLD)
    n_local = cloud.local.shape[0]
    state, local, noise = np.empty(cloud.states.shape[0]), np.empty(n_local), np.zeros(n_local)
    start(parameters, noise, state)
    difference(twist.pilot[0], state, local)
    for begin in range(0, cloud.weight_log.size, LANES):
        own_numbers(block, keys, n_each, begin)
        draw(block, 0)
        told[WEIGHT : WEIGHT + LANES] = 0.0
        for row in range(n_local):
            ahead[LOCALS[row] : LOCALS[row] + LANES] = local[row]
        propose(told, ahead, block.wide, twist, 0)
        for lane in range(LANES):
            for row in range(n_local):
                noise[row] = block.wide[NOISES[row] + lane]
            start(parameters, noise, state)
            cloud.states[:, begin + lane] = state
            difference(twist.pilot[0], state, cloud.local[:, begin + lane])
            for row in range(n_local):
                told[LOCALS[row] + lane] = cloud.local[row, begin + lane]
        look_ahead(told, twist, 0)
        cloud.weight_log[begin : begin + LANES] = told[WEIGHT : WEIGHT + LANES]


@loop
def _march(
    enter: Any,
    step: Any,
    difference: Any,
    towards: Any,
    choose: Any,
    draw: Any,
    expect: Any,
    propose: Any,
    look_ahead: Any,
    way: Any,
    note_one: Any,
    settle_one: Any,
    prepared: Any,
    told: Told,
    keys: NDArray[np.uint64],
    sizes: Sizes,
    stretch: tuple[int, int],
    cloud: Cloud,
) -> None:
    """Take all particles from one step to another, block by block."""
    block, books, ahead = blocks.blank(), np.empty(N_TOLD), np.empty(N_TOLD)
    for begin in range(0, cloud.weight_log.size, LANES):
        own_numbers(block, keys, sizes.n_particles, begin)
        fetch(block, books, cloud, begin)
        enter(block, prepared)
        _take(step, difference, towards, choose, draw, expect, propose, look_ahead, way, note_one,
              settle_one, prepared, told, sizes, stretch, cloud,
              (block, books, ahead, begin))  # fmt: skip
        store(block, books, cloud, begin)


@lane_loop
def _take(
    step: Any,
    difference: Any,
    towards: Any,
    choose: Any,
    draw: Any,
    expect: Any,
    propose: Any,
    look_ahead: Any,
    way: Any,
    note_one: Any,
    settle_one: Any,
    prepared: Any,
    told: Told,
    sizes: Sizes,
    stretch: tuple[int, int],
    cloud: Cloud,
    lanes: tuple[Block, Array, Array, int],
) -> None:
    """Take one block, with its books and its first particle, through the steps.

    Apart from :func:`_march`, because loops over lanes do not count who uses an array.
    """
    block, books, ahead, begin = lanes
    first, last = stretch
    for k in range(first, last + 1):
        if k > first:
            choose(block, books, told.twist, prepared, k - 1)
            expect(books, ahead, told.twist, k - 1)
            draw(block, k)
            propose(books, ahead, block.wide, told.twist, k)
            step(block, prepared, k - 1)
            difference(block, books, told.twist.pilot[k])
            look_ahead(books, told.twist, k)
            give_up(block, books, cloud, begin)
        if k > first or k == 0:
            account(towards, way, note_one, settle_one, told, k, block, books, cloud, begin)
            if k % sizes.stride == 0:
                record(block, books, cloud, k // sizes.stride, begin)


@loop
def _resample(
    cloud: Cloud,
    reports: Reports,
    keys: NDArray[np.uint64],
    sizes: Sizes,
    k: int,
    settled: Array,
) -> Whole:
    """Replace the particles of runs whose weights are uneven by systematic draws of equal weight.

    Adds the log mean weights to ``settled``.

    Returns
    -------
    parents : (particle,)
        Empty where no run was resampled.
    """
    n, none = sizes.n_particles, True
    parents = np.arange(cloud.weight_log.size)
    for one in range(keys.size):
        mine = slice(one * n, (one + 1) * n)
        weight_log = cloud.weight_log[mine]
        if ess(weight_log) >= 0.5 * n:
            continue
        none = False
        settled[one] += mean_log(weight_log)
        start = uniform4(keys[one], RESAMPLE, k)[0]
        parents[mine] = one * n + systematic(weight_log, n, start)
        weight_log[:] = 0.0
    if none:
        return parents[:0]
    for row in range(cloud.states.shape[0]):
        cloud.states[row] = cloud.states[row][parents]
    for row in range(cloud.local.shape[0]):
        cloud.local[row] = cloud.local[row][parents]
    for report in range(reports.first.size):
        if reports.first[report] <= k < reports.last[report]:
            cloud.total[report] = cloud.total[report][parents]
            cloud.lent[report] = cloud.lent[report][parents]
            if reports.kind[report] > DISC:
                slot = reports.further.slot[report]
                for row in range(slot, slot + N_NOTES):
                    cloud.notes[row] = cloud.notes[row][parents]
    return parents
