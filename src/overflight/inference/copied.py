"""Reports that may only repeat others: a mixture of an observation of its own and of nothing.

With probability c a report is a copy of one that is weighed already. It then says what that one
says, wherever the balloon was: its likelihood is the same along every path, and it adds nothing.
Else it is a report like any other, right with probability r::

    p(report | path) = c q + (1 - c) [r p_good + (1 - r) stray],  q = r peak + (1 - r) stray

q is the most that any path can give the report: a copy agrees as well as a report can. With
p(report | path) = q p this is the rule of :mod:`overflight.case.copying`, a factor
[c + (1 - c) p1] / [c + (1 - c) p0] between two paths.

Whether one report is a copy says nothing of whether another is, and whose copy it is does not
matter to what it adds. So the sum over all 2^n ways in which n reports may be copies is the product
of n such mixtures: exact, whatever their number, and nothing is left out.
"""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Sighting
from overflight.case.vocabulary import Use
from overflight.inference import kinds
from overflight.inference.told import Built, Timetable, Told, Window

Array = NDArray[np.float64]


class Weighed(NamedTuple):
    """Logs of what the engine weighs a report by: ``good`` times its density, plus ``bad``.

    ``bad`` holds what does not depend on the path; ``stray`` is the part of it that is no copy's.
    """

    good: float
    bad: float
    stray: float


def chance(case: Case, sighting: Sighting, *, altitude: bool = False) -> float:
    """How probable it is that a report adds nothing, being a copy of one that is weighed.

    What it may copy and is not weighed itself cannot have been counted before.
    """
    if not sighting.may_copy or sighting.copy_probability is None:
        return 0.0
    return sighting.copy_probability if _counted(case, altitude) & {*sighting.may_copy} else 0.0


def _counted(case: Case, altitude: bool) -> set[str]:  # noqa: FBT001
    """Rows whose place, or altitude, is weighed; also those that another row stands for."""
    names = {
        one.id
        for one in case.sightings
        if (one.use is not Use.NO and one.altitude_min_m is not None if altitude
            else one.use is Use.YES)
    }  # fmt: skip
    return names.union(*(one.dropped for one in case.merges if one.kept in names))


def weighed(right: float, stray_log: float, peak_log: float, copied: float) -> Weighed:
    """The numbers of a report.

    Parameters
    ----------
    right
        Probability that it is right, if it is no copy.
    peak_log, stray_log
        Log densities of a right report where it is highest, and of a stray one.
    copied
        Probability c that it is a copy.
    """
    good, stray = math.log(right), math.log1p(-right) + stray_log
    if copied == 0.0:
        return Weighed(good, stray, stray)
    own = math.log1p(-copied)
    copy = math.log(copied) + float(np.logaddexp(good + peak_log, stray))
    return Weighed(own + good, float(np.logaddexp(own + stray, copy)), own + stray)


def right_logs(good: Array, mixture: Array, bad: Array, stray: Array) -> Array:
    """Log probability that reports are right, if they are no copies.

    Parameters
    ----------
    good, mixture : (..., report)
        Logs of the part of a right report, and of all.
    bad, stray : (report,)
        Of :class:`Weighed`.
    """
    return np.asarray(good - np.where(bad == stray, mixture, np.logaddexp(good, stray)))


def missed(right: float, told: Told, copied: float) -> float:
    """Log likelihood of a report outside the flight, which can only be wrong, or a copy."""
    log = math.log1p(-right) + told.stray_log
    if copied == 0.0:
        return log
    there = _elsewhere(told)
    at_best = np.logaddexp(math.log(right) + there.log_norm, math.log1p(-right) + there.stray_log)
    return float(np.logaddexp(math.log1p(-copied) + log, math.log(copied) + at_best))


def _elsewhere(told: Told) -> Built:
    """The report as a flight would meet it that was in the air: a copy is none the rarer for it."""
    dt_s = told.table.dt_s
    first = math.floor(told.opens_s / dt_s) - 1
    steps = math.ceil((told.closes_s - told.opens_s) / dt_s) + 2
    again = replace(
        told,
        table=Timetable(first, steps, dt_s),
        statics=replace(told.statics, launch_s=told.opens_s),
    )
    nothing = Built(0, told.place, Window(0, 0, 1), -math.inf, told.stray_log)
    return kinds.build(again) or nothing
