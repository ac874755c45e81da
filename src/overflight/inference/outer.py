"""The outer level: which constants of the flight to filter, and how much each stands for.

A few strata drawn from the prior alone would mostly lie where the evidence is not. The evidence
comes in three grades of cost, so the choice is made in three sieves, each unbiased:

1. *Levels.* Many points fill the prior evenly; the altitude reports depend on the constants alone
   and cost nothing. Strata are drawn in proportion to them.
2. *Pilots.* For each stratum a pilot is flown, and the linearised model forecasts its evidence.
   As many again are tried where those forecasts say that the constants lie (:func:`around`), and
   those to be filtered are drawn in proportion to the forecasts of all.
3. *Filters.* The exact evidence over the forecast is the weight that remains. The forecast is
   good to about half a unit of log evidence, so the weights are nearly even.

Drawing is systematic (one random number, evenly spaced marks).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Sighting
from overflight.fields.error import WindError
from overflight.flight.hypotheses import DRIFTS, Statics, dimensions, even_normals, statics
from overflight.inference.observations import altitude_logs

Array = NDArray[np.float64]

EVEN_SHARE = 0.25
TURNS = 2
_OLD_SHARE = (0.25, 0.4)  # of the answer, by turn, that rests on the points tried before
_OF_PRIOR = 5  # one in so many of the later points comes from the prior, so no weight runs away
_WIDENED = 1.3  # over the fitted width: heavier tails than what is drawn for
_AROUND = 2_000  # stream of random numbers


@dataclass(frozen=True)
class Draw:
    """One stratum, and the log of what it stands for (prior over the way it was drawn).

    ``normals`` is its point of the prior.
    """

    statics: Statics
    prior_log: float
    normals: Array


class Levels(NamedTuple):
    """Points that fill the prior of one launch, and what the altitude reports say of each."""

    points: tuple[Statics, ...]
    normals: Array  # (point, dimension)
    logs: Array  # (point, report)

    def hearing(self, kept: Sequence[bool]) -> "Levels":
        """The same from some of the reports."""
        logs = np.ascontiguousarray(self.logs[:, np.asarray(kept, dtype=bool)])
        return self._replace(logs=logs)


def levels(
    case: Case,
    error: WindError,
    heard: Sequence[Sighting],
    n_points: int,
    seed: int,
    hypothesis: str = DRIFTS,
) -> tuple[Levels, ...]:
    """Fill the prior of every launch candidate, and weigh its points by altitude.

    Parameters
    ----------
    heard
        Sightings whose altitude counts.
    n_points
        For each launch candidate.
    """
    found = []
    for launch in range(len(case.launches)):
        normals = even_normals(n_points, seed, launch, dimensions(error, hypothesis))
        points = tuple(statics(case, error, launch, row, hypothesis) for row in normals)
        logs = np.array([altitude_logs(case, heard, point)[0] for point in points])
        found.append(Levels(points, normals, logs))
    return tuple(found)


def by_level(case: Case, known: Sequence[Levels], n_drawn: int, seed: int) -> list[Draw]:
    """Draw strata of every launch candidate in proportion to the altitude reports.

    Parameters
    ----------
    known
        One for each launch candidate.
    n_drawn
        Strata for each of them.
    """
    draws = []
    for launch, (candidate, one) in enumerate(zip(case.launches, known, strict=True)):
        for index, log_share in _systematic(one.logs.sum(axis=1), n_drawn, seed, launch):
            stands_for = log_share - math.log(len(one.points)) + math.log(candidate.weight)
            draws.append(Draw(one.points[index], stands_for, one.normals[index]))
    return draws


class Prior(NamedTuple):
    """What the prior of the constants depends on."""

    case: Case
    error: WindError
    hypothesis: str


def more_of(n_before: int, turn: int) -> int:
    """How many strata of a launch are tried in a turn after the first: half as many as in that."""
    return max(1, n_before // (turn + 2))


def n_tried(case: Case, n_first: int) -> int:
    """How many strata are tried in all turns, all launches together."""
    n = n_first
    for turn in range(TURNS):
        n += more_of(n, turn)
    return n * len(case.launches)


def around(
    prior: Prior, draws: Sequence[Draw], forecast: Array, seed: int, turn: int
) -> list[Draw]:
    """Try more strata where those so far are forecast to have their evidence.

    For each launch candidate a normal with its own middle and width in every dimension is fitted to
    the points, by their forecast shares, and new points are drawn from it, a fifth of them from the
    prior. The new ones alone have the right expectation whatever was fitted, and so have the old
    ones; the answer is a fixed share of either. (Weighing all together over both ways of drawing is
    the usual thing, and biased: the old points are not independent of what was fitted to them. A
    tenth of the evidence was lost in a test.)

    Parameters
    ----------
    turn
        0 for the first time, 1 for the second; each brings half as many as were tried at first.

    Returns
    -------
    draws
        The old ones, with what they stand for now, and the new ones behind them.
    """
    logs = np.array([one.prior_log for one in draws]) + forecast
    of = np.array([one.statics.launch for one in draws])
    weighed, more, old_share = list(draws), list[Draw](), _OLD_SHARE[turn]
    for launch, candidate in enumerate(prior.case.launches):
        mine = np.flatnonzero(of == launch)
        points = np.array([one.normals for one in draws if one.statics.launch == launch])
        middle, width = _fitted(points, logs[mine])
        n_fresh = more_of(len(mine), turn)
        fresh = _drawn(middle, width, n_fresh, seed, turn * 1_000 + launch)
        for old in mine.tolist():
            lighter = draws[old].prior_log + math.log(old_share)
            weighed[old] = replace(draws[old], prior_log=lighter)
        stands_for = -_over_prior_log(fresh, middle, width) - math.log(n_fresh)
        stands_for += math.log(candidate.weight * (1.0 - old_share))
        more += [
            Draw(statics(prior.case, prior.error, launch, row, prior.hypothesis), float(log), row)
            for row, log in zip(fresh, stands_for, strict=True)
        ]
    return weighed + more


def _fitted(points: Array, logs: Array) -> tuple[Array, Array]:
    """Middle and width of points by their shares, drawn towards the prior where few count.

    The shares are evened out until a third of the points count: a fit to one point is none.
    """
    if np.isneginf(logs).all():  # none stays in the wind data: nothing is known of this launch
        logs = np.zeros(len(logs))
    even, sharp = 0.0, 1.0
    for _ in range(30):
        power = 0.5 * (even + sharp)
        share = np.exp(power * (logs - logs.max()))
        share /= share.sum()
        if 1.0 / float((share**2).sum()) > max(len(logs) / 3.0, 1.0):
            even = power
        else:
            sharp = power
    counts = 1.0 / float((share**2).sum())
    middle = counts / (counts + 1.0) * (share @ points)
    square = share @ (points - middle) ** 2
    width = np.sqrt((counts * square + 2.0) / (counts + 2.0))
    return middle, np.minimum(_WIDENED * width, 1.0)


def _drawn(middle: Array, width: Array, n: int, seed: int, launch: int) -> Array:
    """Points from the fitted normal, every fifth from the prior."""
    rows = even_normals(n, seed, _AROUND + launch, len(middle))
    fitted = np.arange(n) % _OF_PRIOR != 0
    rows[fitted] = middle + width * rows[fitted]
    return rows


def _over_prior_log(points: Array, middle: Array, width: Array) -> Array:
    """Log density of :func:`_drawn` over that of the prior."""
    apart = 0.5 * points**2 - 0.5 * ((points - middle) / width) ** 2 - np.log(width)
    share = 1.0 / _OF_PRIOR
    return np.asarray(np.logaddexp(math.log(share), math.log(1.0 - share) + apart.sum(axis=1)))


def by_forecast(
    draws: Sequence[Draw], forecast: Array, n_drawn: int, seed: int, turn: int = 0
) -> list[tuple[int, Draw]]:
    """Draw the strata to filter in proportion to their forecast; (index, draw) of each.

    Every ``turn`` is a drawing of its own.

    A quarter of them is shared out evenly among the launch candidates, so that an unlikely launch
    keeps paths of its own and its small probability is an estimate, not an accident.
    """
    logs = np.array([draw.prior_log for draw in draws]) + forecast
    launch = np.array([draw.statics.launch for draw in draws])
    share = EVEN_SHARE * _within(logs, launch) + (1.0 - EVEN_SHARE) * np.exp(
        logs - np.logaddexp.reduce(logs)
    )
    with np.errstate(divide="ignore"):  # what is beyond the wind data has no share
        drawn = _systematic(np.log(share), n_drawn, seed, 1_000 + turn)
    return [
        (index, replace(draws[index], prior_log=draws[index].prior_log + log_share))
        for index, log_share in drawn
    ]


def _within(logs: Array, launch: NDArray[np.int64]) -> Array:
    """Shares that give every launch with any evidence the same total."""
    share = np.zeros(len(logs))
    launches = np.unique(launch[np.isfinite(logs)])
    for one in launches:
        mine = launch == one
        share[mine] = np.exp(logs[mine] - np.logaddexp.reduce(logs[mine])) / len(launches)
    return share


def _systematic(logs: Array, n_drawn: int, seed: int, stream: int) -> list[tuple[int, float]]:
    """Draw with probability proportional to exp(logs).

    Returns
    -------
    list of (index, log weight)
        The weight is 1 over the expected number of times the index is drawn.
    """
    share = np.exp(logs - np.logaddexp.reduce(logs))
    start = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 1, stream])).random()
    reached = np.cumsum(share)
    marks = (np.arange(n_drawn) + start) / n_drawn * reached[-1]
    chosen = np.minimum(np.searchsorted(reached, marks), len(share) - 1)
    return [(int(i), -math.log(n_drawn * float(share[i]))) for i in chosen]
