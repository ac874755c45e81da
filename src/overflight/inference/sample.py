"""Draw the posterior of M0: strata of constants outside, guided filters inside.

For each stratum of the flight's constants (:mod:`overflight.flight.hypotheses`) a pilot is found,
a twist built along it, and several independent filters run; the evidence of each weighs its paths.
These are units of work (:mod:`overflight.inference.work`): every number depends only on the case,
the settings and the seed, not on who computes what when.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case
from overflight.fields.error import WindError
from overflight.inference import observations
from overflight.inference.gather import Pick, clock_s, diagnose, gather
from overflight.inference.posterior import Ends, Posterior
from overflight.inference.strata import Filtered, Steps, strata_of, thin, weigh
from overflight.inference.stratum import (
    Reference,
    Settings,
    Stratum,
    Task,
    reference_noise,
)
from overflight.inference.work import Threads, Work
from overflight.physics.windgrid import WindGrid

Array = NDArray[np.float64]

Progress = Callable[[int, int], None]


def posterior(
    case: Case,
    grid: WindGrid,
    error: WindError,
    settings: Settings,
    seed: int,
    *,
    leave_out: Sequence[str] = (),
    work: Work | None = None,
    progress: Progress = lambda done, total: None,
) -> Posterior:
    """Draw weighted paths given the case's sightings under passive drift.

    Parameters
    ----------
    grid, error
        Wind over the whole span and region, and how wrong it may be.
    leave_out
        Sightings to pretend never happened (position and altitude).
    work
        Who works, and what is kept; the settings' threads if not given.
    progress
        Called with (pieces of work done, pieces in all).

    Raises
    ------
    InferenceError
        When no path through the evidence stays inside the wind data.
    """
    task = task_of(case, grid, error, settings, seed)
    if leave_out:
        task = task.without(leave_out)
    work = work or Work(Threads(settings.n_threads))
    return draw(task, references(task, work), work, progress)


def references(
    task: Task, work: Work, progress: Progress = lambda done, total: None
) -> list[Reference]:
    """Find every launch's reference pilot once, for several runs on nearly the same evidence."""
    rows = [(launch,) for launch in range(len(task.case.launches))]
    steps = Steps(progress, len(rows))
    return work.all_of("launches", reference_noise, task, rows, steps.more)


def draw(
    task: Task,
    known: Sequence[Reference],
    work: Work,
    progress: Progress = lambda done, total: None,
    of: str = "",
) -> Posterior:
    """Draw the posterior of a task, from reference pilots of its launches.

    ``of`` names the run, where an account has several.
    """
    return _assemble(task, strata_of(task, known, work, progress, of))


def doubting(settings: Settings) -> Settings:
    """Less work, with twice the wind's error."""
    return replace(
        settings,
        n_strata=max(1, settings.n_strata // 2),
        n_filtered=max(1, min(settings.n_filtered, 16)),
        n_runs=max(2, min(settings.n_runs, 4)),
        n_paths=min(settings.n_paths, 400),
        n_defensive=0,
        error_factor=2.0,
    )


def doubted(
    task: Task,
    known: Sequence[Reference],
    work: Work,
    progress: Progress = lambda done, total: None,
) -> Posterior:
    """Draw it with twice the wind's error, with less work, to see what leans on it."""
    wide = task.at(doubting(task.settings))
    return draw(wide, known, work, progress, of=" of drift at twice error")


def task_of(case: Case, grid: WindGrid, error: WindError, settings: Settings, seed: int) -> Task:
    """What all units of an account share: every usable sighting counts."""
    return Task(
        case,
        grid,
        error,
        settings,
        seed,
        observations.used_for_position(case),
        observations.used_for_altitude(case),
    )


def _assemble(task: Task, filtered: Filtered) -> Posterior:
    """Weigh strata, runs and draws together and thin them to the paths that are kept."""
    case, settings, seed = task.case, task.settings, task.seed
    done = filtered.strata
    weighed = weigh(filtered)
    picks, weight = thin(
        settings, weighed.share, np.array([one.statics.launch for one in done]), seed
    )
    time_s = clock_s(case, settings, min(one.table.start_s for one in done))
    kept = gather(case, settings, done, picks, len(task.seen), time_s)
    statics = [done[pick[0]].statics for pick in picks]
    return Posterior(
        epoch=case.epoch,
        time_s=kept.time_s,
        lat_deg=kept.lat_deg,
        lon_deg=kept.lon_deg,
        height_m=kept.height_m,
        pressure_pa=kept.pressure_pa,
        weight=weight,
        launch_ids=tuple(launch.id for launch in case.launches),
        launch=np.array([one.launch for one in statics], dtype=np.int64),
        launch_s=np.array([one.launch_s for one in statics]),
        wind_scale=np.array([one.wind_scale for one in statics]),
        float_height_m=np.array([one.float_height_m for one in statics]),
        sighting_ids=tuple(s.id for s in task.seen),
        log_mixture=kept.log_mixture,
        right_probability=kept.right,
        altitude_ids=tuple(s.id for s in task.heard),
        altitude_log_mixture=kept.altitude_mixture,
        altitude_right_probability=kept.altitude_right,
        log_evidence=weighed.log_evidence,
        log_evidence_sd=weighed.log_evidence_sd,
        diagnostics=diagnose(
            settings, done, weighed, picks, _defensive_log(done, weighed.constant)
        ),
        wind_statement=task.error.statement,
        prior_only=task.error.prior_only,
        seed=seed,
        ends=_ends(done, picks),
    )


def _ends(done: list[Stratum], picks: list[Pick]) -> Ends:
    """Where the picked paths end; all strata end at the same moment."""
    table = done[0].table
    return Ends(
        table.start_s + table.n_steps * table.dt_s,
        tuple(done[stratum].statics for stratum, _, _ in picks),
        np.array([done[stratum].runs[run].last[draw] for stratum, run, draw in picks]),
    )


def _defensive_log(done: list[Stratum], constant: Array) -> float | None:
    """Log evidence of the wider twists, over the strata that were worth them."""
    rows = [
        np.logaddexp.reduce(s.defensive_log) - math.log(len(s.defensive_log)) + add
        for s, add in zip(done, constant, strict=True)
        if s.defensive_log
    ]
    return float(np.logaddexp.reduce(rows)) if rows else None
