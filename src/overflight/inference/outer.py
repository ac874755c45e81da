"""The outer level: which constants of the flight to filter, and how much each stands for.

A few strata drawn from the prior alone would mostly lie where the evidence is not. The evidence
comes in three grades of cost, so the choice is made in three sieves, each unbiased:

1. *Levels.* Many points fill the prior evenly; the altitude reports depend on the constants alone
   and cost nothing. Strata are drawn in proportion to them.
2. *Pilots.* For each stratum a pilot is flown, and the linearised model forecasts its evidence.
   Those to be filtered are drawn in proportion to that.
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
from overflight.flight.hypotheses import Statics, dimensions, even_normals, statics
from overflight.inference.observations import altitude_logs

Array = NDArray[np.float64]

EVEN_SHARE = 0.25


@dataclass(frozen=True)
class Draw:
    """One stratum, and the log of what it stands for (prior over the way it was drawn)."""

    statics: Statics
    prior_log: float


class Levels(NamedTuple):
    """Points that fill the prior of one launch, and what the altitude reports say of each."""

    points: tuple[Statics, ...]
    logs: Array  # (point, report)

    def hearing(self, kept: Sequence[bool]) -> "Levels":
        """The same from some of the reports."""
        return Levels(self.points, np.ascontiguousarray(self.logs[:, np.asarray(kept, dtype=bool)]))


def levels(
    case: Case, error: WindError, heard: Sequence[Sighting], n_points: int, seed: int
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
        normals = even_normals(n_points, seed, launch, dimensions(error))
        points = tuple(statics(case, error, launch, row) for row in normals)
        logs = np.array([altitude_logs(case, heard, point)[0] for point in points])
        found.append(Levels(points, logs))
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
            draws.append(Draw(one.points[index], stands_for))
    return draws


def by_forecast(
    draws: Sequence[Draw], forecast: Array, n_drawn: int, seed: int
) -> list[tuple[int, Draw]]:
    """Draw the strata to filter in proportion to their forecast; (index, draw) of each.

    A quarter of them is shared out evenly among the launch candidates, so that an unlikely launch
    keeps paths of its own and its small probability is an estimate, not an accident.
    """
    logs = np.array([draw.prior_log for draw in draws]) + forecast
    launch = np.array([draw.statics.launch for draw in draws])
    share = EVEN_SHARE * _within(logs, launch) + (1.0 - EVEN_SHARE) * np.exp(
        logs - np.logaddexp.reduce(logs)
    )
    return [
        (index, replace(draws[index], prior_log=draws[index].prior_log + log_share))
        for index, log_share in _systematic(np.log(share), n_drawn, seed, 1_000)
    ]


def _within(logs: Array, launch: NDArray[np.int64]) -> Array:
    """Shares that give every launch the same total."""
    share = np.zeros(len(logs))
    launches = np.unique(launch)
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
    start = np.random.Generator(np.random.Philox(key=seed, counter=[stream, 1, 0, 0])).random()
    reached = np.cumsum(share)
    marks = (np.arange(n_drawn) + start) / n_drawn * reached[-1]
    chosen = np.minimum(np.searchsorted(reached, marks), len(share) - 1)
    return [(int(i), -math.log(n_drawn * float(share[i]))) for i in chosen]
