"""The filter's books of open reports: noted at every step, settled when a window closes.

The two kinds that most cases consist of are weighed in blocks
(:mod:`overflight.inference.weighing`); the others lane after lane, by the scalar functions of
:mod:`overflight.inference.likelihood`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.inference.lanes import N_LOOKED, STATE, WAS, WEIGHT
from overflight.inference.likelihood import conclude, look
from overflight.inference.reports import DISC, N_NOTES, Reports, log_sum
from overflight.inference.weighing import add_density, lend, settle
from overflight.physics.blocks import Block
from overflight.physics.kernel import lane_loop, loop
from overflight.physics.lanes import LANES

Array = NDArray[np.float64]
Rows = tuple[Array, Array, Array, Array]


@loop
def note(
    towards: Any, reports: Reports, report: int, k: int, block: Block, notes: Array, begin: int
) -> None:
    """Note what step ``k`` means for an open report, for every lane of a block.

    Parameters
    ----------
    towards
        The model's scalar function.
    notes : (slot, particle)
    begin
        The block's first particle.
    """
    now, before, slot = np.empty(N_LOOKED), np.empty(3), reports.further.slot[report]
    for lane in range(LANES):
        for axis in range(N_LOOKED):
            now[axis] = block.wide[STATE[axis] + lane]
        for axis in range(3):
            before[axis] = block.wide[WAS[axis] + lane]
        look(towards, reports, report, k, now, before, notes[slot : slot + N_NOTES, begin + lane])


@loop
def settle_noted(
    told: Array, reports: Reports, report: int, notes: Array, begin: int, rows: Rows
) -> None:
    """Replace a report's stand-in by its likelihood, in the weights (as ``weighing.settle``).

    Parameters
    ----------
    rows : four of (lane,)
        Unused, and log of the stand-in; receive the log of the mixture and of its good part.
    """
    slot = reports.further.slot[report]
    for lane in range(LANES):
        good = conclude(reports, report, notes[slot : slot + N_NOTES, begin + lane])
        rows[3][lane] = good
        rows[2][lane] = log_sum(reports.log_good[report] + good, reports.log_bad[report])
        told[WEIGHT + lane] += rows[2][lane] - rows[1][lane]


@loop
def _note_nothing(
    towards: Any, reports: Reports, report: int, k: int, block: Block, notes: Array, begin: int
) -> None:
    """Stand in for :func:`note` where no report is of a further kind."""


@loop
def _settle_nothing(
    told: Array, reports: Reports, report: int, notes: Array, begin: int, rows: Rows
) -> None:
    """Stand in for :func:`settle_noted`."""


def bookkeeping(reports: Reports) -> tuple[Any, Any]:
    """How reports of further kinds are noted and settled; nothing to compile where there are none.

    The real functions take some seven seconds to compile, and most cases do without.
    """
    if bool((reports.kind > DISC).any()):
        return note, settle_noted
    return _note_nothing, _settle_nothing


@lane_loop
def account(
    towards: Any,
    way: Any,
    note_one: Any,
    settle_one: Any,
    told: Any,
    k: int,
    block: Block,
    books: Array,
    cloud: Any,
    begin: int,
) -> None:
    """Book the reports open at this step; settle those that close.

    The stand-ins due at this step move from the future (psi) to the past (lent): their value
    leaves psi through psi-, and stays in the weight until the window closes.

    Parameters
    ----------
    towards, way
        The model's functions for blocks, and for one particle.
    note_one, settle_one
        Of :func:`bookkeeping`.
    told, cloud
        Of :mod:`overflight.inference.guided`; the cloud's books are changed in place.
    begin
        The block's first particle.
    """
    reports, here = told.reports, slice(begin, begin + LANES)
    for slot in range(told.plan.starts[k], told.plan.starts[k + 1]):
        report = told.plan.opened[slot]
        total, lent = cloud.total[report, here], cloud.lent[report, here]
        noted = reports.kind[report] > DISC
        if noted:
            note_one(way, reports, report, k, block, cloud.notes, begin)
        else:
            towards(block, books, reports.place[report])
            add_density(books, reports, report, total)
        if k == told.twist.due[report]:
            lend(books, told.twist, report, lent)
        if k == reports.last[report]:
            rows = (total, lent, cloud.mixture[report, here], cloud.good[report, here])
            if noted:
                settle_one(books, reports, report, cloud.notes, begin, rows)
            else:
                settle(books, reports, report, rows)
