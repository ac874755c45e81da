"""The pilot: the most probable path, by Gauss-Newton in the space of its noise.

A path is a function of its noise xi (four standard normals for the start, four a step). With the
reports' Gaussian stand-ins the most probable path minimises ``|xi|^2 / 2 + sum r'P r / 2``. The
reports are few and the noise is long, so each iteration solves a small system (method 5), with
step halving (:mod:`overflight.inference.descent`).

Stand-ins of reports that are not one fix at one moment depend on the path: they are rebuilt
around each new pilot (:func:`stand_ins`), which makes the whole an iteratively reweighted least
squares. A report that the pilot cannot meet loses its weight by the reliability mixture.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.inference import descent
from overflight.inference.likelihood import along
from overflight.inference.model import Model, fly
from overflight.inference.reports import (
    ALTITUDE,
    CROSSING,
    DISC,
    GAUSSIAN,
    LEVEL_AXIS,
    Reports,
    density_log,
)
from overflight.inference.twist import Linear, StandIns
from overflight.physics.kernel import loop
from overflight.physics.steered import HEIGHT

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

# How much too wide the reports' stand-ins are, in turn: from nothing, from a neighbour, and from a
# neighbour whose story is taken over.
FAR, NEAR, AT_ONCE = (16.0, 4.0, 2.0, 1.0), (2.0, 1.0), (1.0,)
_MAX_ITERATIONS = 40
_LEAST_TRUST = 1e-6
_NOTHING_PM2 = 1e-30  # precision of a stand-in that says nothing, and still has a root
# Of minus log density: below it an iteration is not worth it. Ten times as much leaves one pilot in
# forty caught where it must give up reports that it could meet.
_SMALL_GAIN, _COARSE_GAIN = 0.002, 0.02
# After so many steps in turn that each gained less than this share of what was promised, a search
# that is not patient goes on to the next width. In weeks of weather the model is linear for tiny
# steps only: of balloons that choose levels the pilots found are as good in the mean (forecasts of
# ten strata) at half the cost; of those with a velocity of their own they are worse.
_PATIENCE, _LITTLE = 5, 0.01


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
    least = 1.0 if believe else _LEAST_TRUST
    return StandIns(*_stand_ins(model.towards, reports, states, widen, least))


@loop
def _stand_ins(
    towards: Any, reports: Reports, states: Array, widen: float, least: float
) -> tuple[Whole, Whole, Array, Array, Array]:
    n = reports.first.size
    due, axis = (reports.first + reports.last) // 2, np.zeros(n, dtype=np.int64)
    fix, shape, norm = np.zeros((n, 2)), np.zeros((n, 3)), np.zeros(n)
    for report in range(n):
        aim, gauge = reports.place[report], 0.0
        if reports.kind[report] > DISC:
            due[report], gauge = reports.further.due[report], reports.further.gauge[report]
            aim = reports.further.aim[report]
            if reports.further.spread[report, 0] == 0.0:  # it counts in the weights alone
                shape[report, 0], shape[report, 2] = _NOTHING_PM2, _NOTHING_PM2
                continue
        way = fix[report]
        if reports.kind[report] == ALTITUDE:
            axis[report] = LEVEL_AXIS
            way[1] = aim[0] - states[due[report], HEIGHT]
            second = 1.0 / (reports.further.spread[report, 2] * widen * widen)
            precision = _NOTHING_PM2, 0.0, second
            peak = 0.5 * math.log(second) - 0.5 * math.log(2.0 * math.pi)
        else:
            precision = _precision(towards, reports, report, states, widen)
            towards(aim, states[due[report]], way)
            determinant = precision[0] * precision[2] - precision[1] * precision[1]
            peak = 0.5 * math.log(determinant) - math.log(2.0 * math.pi)
        square = precision[0] * way[0] * way[0] + precision[2] * way[1] * way[1]
        square += 2.0 * precision[1] * way[0] * way[1]
        right = reports.log_good[report] + peak - 0.5 * square
        wrong = max(reports.log_bad[report] - gauge, -700.0)
        trust = max(1.0 / (1.0 + math.exp(min(50.0, wrong - right))), least)
        for entry in range(3):
            shape[report, entry] = trust * precision[entry]
        norm[report] = trust * (reports.log_good[report] + peak) + (1.0 - trust) * wrong + gauge
    return due, axis, fix, shape, norm


@loop
def _precision(
    towards: Any, reports: Reports, report: int, states: Array, widen: float
) -> tuple[float, float, float]:
    """Inverse covariance of a stand-in: the report's own, and its window along the path."""
    first, cross, second = reports.shape[report]
    kind, in_window = reports.kind[report], True
    if kind > DISC:
        east, both, north = reports.further.spread[report]
        # A crossing has the time in its spread already; "throughout" holds all the time.
        in_window = kind != CROSSING and reports.further.stride[report] == 0
    elif kind == GAUSSIAN:
        determinant = first * second - cross * cross
        east, both, north = second / determinant, -cross / determinant, first / determinant
    else:
        # A uniform disc has the variance R^2 / 4 on an axis, but many overlapping discs say far
        # less than as many normals: inside them all the likelihood is flat. One of sd R misleads
        # least.
        east, both, north = first * first, 0.0, first * first
    begin, end = np.zeros(2), np.zeros(2)
    if in_window:
        towards(reports.place[report], states[reports.first[report]], begin)
        towards(reports.place[report], states[reports.last[report]], end)
    along_e, along_n = end[0] - begin[0], end[1] - begin[1]
    east, north = east + along_e * along_e / 12.0, north + along_n * along_n / 12.0
    both += along_e * along_n / 12.0
    scale = 1.0 / ((east * north - both * both) * widen * widen)
    return north * scale, -both * scale, east * scale


def find(
    model: Model,
    parameters: Any,
    reports: Reports,
    noises: Array,
    widths: tuple[float, ...] = FAR,
    *,
    believe: bool = True,
    patient: bool = True,
) -> tuple[Linear, StandIns]:
    """Find a most probable path from a first guess of its noise.

    The stand-ins start ``widths[0]`` times too wide, and every report is believed: a first pilot
    can be thousands of kilometres from a report, where the linearisation means little and the
    mixture would dismiss everything as wrong. Then they tighten, and at each width the mixture may
    drop the reports that the path cannot meet, furthest first. Were all believed down to their own
    width, one stray report of a small error would bend the path until good ones look wrong.

    Parameters
    ----------
    noises : (steps + 1, n)
        First guess; zeros for the path of the mean wind.
    widths
        :data:`FAR`, or :data:`NEAR` from a good first guess.
    believe
        Begin by believing every report. Else the first guess says which are right.
    patient
        Try every step at its full length first, and go on however little is gained. Else a step is
        at most twice as long as the last, and a width is left when it gains little.

    Returns
    -------
    linear, stand_ins
        The model along the pilot and the reports' stand-ins around it.
    """
    states = fly(model.start, model.step, parameters, noises, model.n_state)
    linear = descent.linearised(model, parameters, states, noises)
    first = ((widths[0], True),) if believe else ()
    for width, every in (*first, *((w, False) for w in widths)):
        stands = width, every
        linear = _settled(model, parameters, reports, linear, stands, patient=patient)
    return linear, stand_ins(model, reports, linear.pilot)


def _settled(
    model: Model,
    parameters: Any,
    reports: Reports,
    linear: Linear,
    stands: tuple[float, bool],
    *,
    patient: bool,
) -> Linear:
    """Improve a path until that is not worth it.

    ``stands`` is how much too wide the stand-ins are, and whether every report is believed.
    """
    width, believe = stands
    enough = _SMALL_GAIN if width == 1.0 and not believe else _COARSE_GAIN
    stuck, halved = 0, 0
    for _ in range(_MAX_ITERATIONS):
        standing = stand_ins(model, reports, linear.pilot, width, believe=believe)
        linear, step = descent.improved(model, parameters, linear, standing, enough, halved)
        stuck = stuck + 1 if step.share < _LITTLE else 0
        if step.gain < enough or (stuck == _PATIENCE and not patient):
            break
        halved = 0 if patient else max(step.halvings - 1, 0)
    return linear


def log_posterior(model: Model, reports: Reports, linear: Linear) -> float:
    """Log density of a pilot under the exact reliability mixtures, up to a constant.

    Used to choose between pilots from different starts, never as an answer.
    """
    score = -0.5 * float((linear.noises**2).sum())
    way = np.empty(2)
    for report in range(len(reports.first)):
        if reports.kind[report] > DISC:
            good = along(model.towards, reports, report, linear.pilot)
            score += float(np.logaddexp(reports.log_good[report] + good, reports.log_bad[report]))
            continue
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
