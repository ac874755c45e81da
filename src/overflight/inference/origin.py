"""Where it came from: the begin of the track, followed back in time to the launches and beyond.

The states of :mod:`overflight.inference.aloft` fly back (:mod:`overflight.flight.backward`), each
several times. At a moment before, the cloud of their places, weighted, is the density of launches
that lead to the evidence. Reports from before the begin of the track are not used: they are what
the launch candidates were made of.
"""

import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Sighting
from overflight.errors import InferenceError
from overflight.flight.backward import fly_back, turned_back
from overflight.flight.lines import Line, lines_back
from overflight.inference.aloft import Start, good_reports, start
from overflight.inference.stratum import Task, drift_of
from overflight.inference.told import Timetable

Array = NDArray[np.float64]
Single = NDArray[Any]  # float32: the place of a cloud's member needs no more

N_EACH = 24  # flights back from each state
DAY_S = 86_400.0
IN_WINDOW = 9  # moments of a launch window at which the cloud is kept
SHARP_M = 60_000.0  # single lines begin at the first good report that is so sharp
_STREAM = 0xD1B54A32D192ED03  # of random numbers, apart from those of the filters


@dataclass(frozen=True)
class Lines:
    """Single lines back from one report."""

    sighting_id: str
    time_s: float
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Traced:
    """The cloud of paths back; rows of one ``family`` share their state at the begin.

    Without stops no path through the later reports was found, and ``warnings`` says why.

    ``vectors`` (path, stop, 3) and ``weight_log`` (path, stop) are NaN where a path has left the
    wind; ``weight`` sums to 1. Times count from the case's epoch; ``stops_s`` fall.
    """

    sighting_id: str
    begin_s: float
    used: tuple[str, ...]
    before: tuple[str, ...]  # reports of place that were not used, being earlier
    stops_s: Array
    vectors: Single
    weight_log: Single
    weight: Array
    family: NDArray[np.int64]
    wind_begins_s: float
    lines: tuple[Lines, ...]
    warnings: tuple[str, ...]


def asked_of(case: Case, right: Mapping[str, float]) -> tuple[str, str] | None:
    """The report that the track begins with, and the first sharp one; None where none is good.

    Parameters
    ----------
    right
        Posterior probability that each used report is essentially right.
    """
    good = good_reports(case, right)
    if not good:
        return None
    sharp = next((one for one in good if one.position_sd_m <= SHARP_M), good[0])
    return good[0].id, sharp.id


def traced(task: Task, sighting_id: str, sharp_id: str) -> Traced:
    """Follow the begin of the track back, as a unit of work.

    Parameters
    ----------
    sighting_id
        The report that the track begins with.
    sharp_id
        The report that single lines begin at besides.
    """
    by_id = {one.id: one for one in task.seen}
    try:
        begun = start(task, by_id[sighting_id])
    except InferenceError as error:  # the account stands without this answer
        return _nothing(task, sighting_id, str(error))
    steps = steps_of(task, begun.time_s)
    vectors, weight_log = _flown(task, begun, steps)
    dt_s = task.settings.dt_s
    named = dict.fromkeys((sighting_id, sharp_id))
    return Traced(
        sighting_id=sighting_id,
        begin_s=begun.time_s,
        used=begun.used,
        before=tuple(one.id for one in task.seen if one.id not in begun.used),
        stops_s=np.asarray(begun.time_s - dt_s * steps, dtype=np.float64),
        vectors=vectors.astype(np.float32),
        weight_log=weight_log.astype(np.float32),
        weight=np.repeat(begun.weight, N_EACH) / N_EACH,
        family=np.repeat(np.arange(len(begun.weight)), N_EACH),
        wind_begins_s=float(task.grid.time_s[0]),
        lines=tuple(_lines(task, by_id[name]) for name in named),
        warnings=begun.warnings,
    )


def _nothing(task: Task, sighting_id: str, why: str) -> Traced:
    """No way back, and the reason."""
    none, whole = np.empty(0), np.empty(0, dtype=np.int64)
    cloud = np.empty((0, 0, 3), dtype=np.float32), np.empty((0, 0), dtype=np.float32)
    begins_s = float(task.grid.time_s[0])
    return Traced(
        sighting_id, math.nan, (), (), none, *cloud, none, whole, begins_s, (), warnings=(why,)
    )


def steps_of(task: Task, begin_s: float) -> NDArray[np.int64]:
    """After which steps back the cloud is kept: every whole day, and in every launch window.

    As far as the earliest launch, or as there is wind.
    """
    case, dt_s = task.case, task.settings.dt_s
    windows = [_window_s(case, index) for index in range(len(case.launches))]
    earliest_s = max(min(opens for opens, _ in windows), float(task.grid.time_s[0]))
    last = math.floor((begin_s - earliest_s) / dt_s + 1e-9)
    wanted = [np.arange(0.0, begin_s - earliest_s + 1.0, DAY_S)]
    wanted += [begin_s - np.linspace(opens, closes, IN_WINDOW) for opens, closes in windows]
    steps = np.unique(np.round(np.concatenate(wanted) / dt_s).astype(np.int64))
    return steps[(steps >= 0) & (steps <= last)]


def _window_s(case: Case, index: int) -> tuple[float, float]:
    launch = case.launches[index]
    return (
        (launch.time_min - case.epoch).total_seconds(),
        (launch.time_max - case.epoch).total_seconds(),
    )


def _flown(task: Task, begun: Start, steps: NDArray[np.int64]) -> tuple[Array, Array]:
    """Every state several times, in the drift of its own constants."""
    settings, n = task.settings, len(begun.weight) * N_EACH
    vectors, weight_log = np.empty((n, len(steps), 3)), np.empty((n, len(steps)))
    table = Timetable(round(begun.time_s / settings.dt_s), 1, settings.dt_s)
    rows_of: dict[Any, list[int]] = {}
    for row, one in enumerate(begun.statics):
        rows_of.setdefault(one, []).append(row)

    def work(index: int) -> None:
        one, mine = list(rows_of.items())[index]
        drift = drift_of(task.case, task.grid, task.error, one, table)
        n_steps, dt_s = int(steps[-1]) + 1, settings.dt_s
        back = turned_back(drift, one, begun.time_s, n_steps, dt_s, task.case.epoch)
        key = (task.seed * 0x9E3779B97F4A7C15 ^ _STREAM) + index
        flown = fly_back(back, np.repeat(begun.states[mine], N_EACH, axis=0), steps, key)
        rows = (np.array(mine)[:, None] * N_EACH + np.arange(N_EACH)).ravel()
        vectors[rows], weight_log[rows] = flown.vectors, flown.weight_log

    with ThreadPoolExecutor(settings.n_threads) as pool:
        list(pool.map(work, range(len(rows_of))))
    return vectors, weight_log


def _lines(task: Task, sighting: Sighting) -> Lines:
    middle = sighting.time_min + (sighting.time_max - sighting.time_min) / 2
    from_s = (middle - task.case.epoch).total_seconds()
    place = sighting.lat_deg, sighting.lon_deg
    lines = lines_back(task.grid, *place, from_s, task.settings.dt_s)
    return Lines(sighting.id, from_s, lines)
