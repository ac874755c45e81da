"""Draw the posterior of M0: strata of constants outside, guided filters inside.

For each stratum of the flight's constants (:mod:`overflight.flight.hypotheses`) a pilot is found,
a twist built along it, and several independent filters run; the evidence of each weighs its paths.
These are units of work (:mod:`overflight.inference.work`): every number depends only on the case,
the settings and the seed, not on who computes what when.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case
from overflight.errors import InferenceError
from overflight.fields.error import WindError
from overflight.inference import observations, outer
from overflight.inference.gather import Pick, diagnose, gather
from overflight.inference.outer import EVEN_SHARE, Draw
from overflight.inference.posterior import Ends, Posterior
from overflight.inference.stratum import (
    Guide,
    Reference,
    Settings,
    Stratum,
    Task,
    nearest,
    prepare,
    reference_noise,
    work_out,
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
    steps = _Steps(progress, len(rows))
    return work.all_of("launches", reference_noise, task, rows, steps.more)


def draw(
    task: Task,
    known: Sequence[Reference],
    work: Work,
    progress: Progress = lambda done, total: None,
) -> Posterior:
    """Draw the posterior of a task, from reference pilots of its launches."""
    settings, seed = task.settings, task.seed
    tried = _tried(task)
    steps = _Steps(progress, len(tried) + settings.n_filtered)
    guides = guides_of(task, known, work, steps.more)
    forecast = np.array([guide.forecast_log for guide in guides])
    chosen = outer.by_forecast(tried, forecast, settings.n_filtered, seed)
    filtered = [(guides[index], place) for place, (index, _) in enumerate(chosen)]
    done = work.all_of("strata", work_out, task, filtered, steps.more)
    return _assemble(task, done, np.array([one.prior_log for _, one in chosen]))


def _tried(task: Task) -> list[Draw]:
    return outer.by_level(task.case, task.levels, task.settings.n_strata, task.seed)


def guides_of(
    task: Task,
    known: Sequence[Reference],
    work: Work,
    finished: Callable[[], None] = lambda: None,
) -> list[Guide]:
    """Find the pilots of all strata that are tried, each from the most alike reference."""
    rows = [(one.statics, nearest(known, one.statics)) for one in _tried(task)]
    return work.all_of("pilots", prepare, task, rows, finished)


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


class _Steps:
    """Count finished pieces of work over several stages."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def more(self) -> None:
        self._done += 1
        self._progress(self._done, self._total)


def _assemble(task: Task, done: list[Stratum], prior_log: Array) -> Posterior:
    """Weigh strata, runs and draws together and thin them to the paths that are kept."""
    case, settings, seed = task.case, task.settings, task.seed
    n_runs = settings.n_runs
    constant = prior_log + [s.constant_log for s in done]
    run_log = np.array([[run.log_evidence for run in s.runs] for s in done]) + constant[:, None]
    by_run = np.logaddexp.reduce(run_log, axis=0)
    if np.isnan(run_log).any() or not np.isfinite(by_run).all():
        raise InferenceError(
            found="paths that leave the wind data, or that no report can be weighed on",
            expected="wind over the whole flight, at every level the balloon may reach",
            remedy="Widen the wind data, or narrow the float band and the launches of the case.",
        )
    share = np.exp(run_log - np.logaddexp.reduce(run_log.ravel()))
    picks, weight = _thin(settings, share, np.array([one.statics.launch for one in done]), seed)
    kept = gather(case, settings, done, picks, len(task.seen))
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
        log_evidence=float(np.logaddexp.reduce(by_run) - math.log(n_runs)),
        log_evidence_sd=float(by_run.std(ddof=1) / math.sqrt(n_runs)),
        diagnostics=diagnose(settings, done, share, by_run, picks, _defensive_log(done, constant)),
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


def _thin(
    settings: Settings, share: Array, launch: NDArray[np.int64], seed: int
) -> tuple[list[Pick], Array]:
    """Pick the paths to keep, and their weights.

    Most are drawn in proportion to their probability; a part is shared evenly among the launch
    candidates, at smaller weights, so that an unlikely launch can still be looked at.

    Parameters
    ----------
    share : (stratum, run)
        Posterior probability of every filter run.
    launch : (stratum,)
    """
    n_runs, n_draws = settings.n_runs, settings.n_draws
    within = np.zeros_like(share)
    for one in np.unique(launch):
        mine = launch == one
        within[mine] = share[mine] / max(float(share[mine].sum()), 1e-300)
    within /= len(np.unique(launch))
    drawn_from = ((1.0 - EVEN_SHARE) * share + EVEN_SHARE * within).ravel()
    rng = np.random.Generator(np.random.Philox(key=seed, counter=1))
    marks = (np.arange(settings.n_paths) + rng.random()) / settings.n_paths
    reached = np.cumsum(np.repeat(drawn_from / n_draws, n_draws))
    chosen = np.minimum(np.searchsorted(reached / reached[-1], marks), reached.size - 1)
    picks = []
    for flat in chosen:
        stratum, rest = divmod(int(flat), n_runs * n_draws)
        picks.append((stratum, *divmod(rest, n_draws)))
    weight = np.array([share[s, r] / drawn_from[s * n_runs + r] for s, r, _ in picks])
    return picks, weight / weight.sum()


def _defensive_log(done: list[Stratum], constant: Array) -> float | None:
    """Log evidence of the wider twists, over the strata that were worth them."""
    rows = [
        np.logaddexp.reduce(s.defensive_log) - math.log(len(s.defensive_log)) + add
        for s, add in zip(done, constant, strict=True)
        if s.defensive_log
    ]
    return float(np.logaddexp.reduce(rows)) if rows else None
