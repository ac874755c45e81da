"""Draw the posterior of M0: strata of constants outside, guided filters inside.

For each stratum of the flight's constants (:mod:`overflight.flight.hypotheses`) a pilot is found,
a twist built along it, and several independent filters run; the evidence of each weighs its paths.
Strata are worked on by threads, but every number depends only on the case, the settings and the
seed, not on who computes what when.
"""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case
from overflight.fields.error import WindError
from overflight.flight.hypotheses import strata
from overflight.inference import observations
from overflight.inference.gather import diagnose, gather
from overflight.inference.posterior import Posterior
from overflight.inference.stratum import Settings, Stratum, work_out
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
    progress: Progress = lambda done, total: None,
) -> Posterior:
    """Draw weighted paths given the case's sightings under passive drift.

    Parameters
    ----------
    grid, error
        Wind over the whole span and region, and how wrong it may be.
    leave_out
        Sightings to pretend never happened (position and altitude).
    progress
        Called with (strata done, strata in all).

    Raises
    ------
    InferenceError
        When no path meets the evidence, or too few paths carry the answer.
    """
    seen = [s for s in observations.used_for_position(case) if s.id not in leave_out]
    heard = [s for s in observations.used_for_altitude(case) if s.id not in leave_out]
    drawn = strata(case, error, settings.n_strata_per_launch, seed)
    total = len(drawn)

    def work(index: int) -> Stratum:
        return work_out(case, grid, error, settings, drawn[index], (seen, heard), (seed, index))

    done: list[Stratum] = []
    pool = ThreadPoolExecutor(settings.n_threads)
    try:
        for stratum in pool.map(work, range(total)):
            done.append(stratum)
            progress(len(done), total)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return _assemble(case, settings, error, done, [s.id for s in seen], [s.id for s in heard], seed)


def _assemble(
    case: Case,
    settings: Settings,
    error: WindError,
    done: list[Stratum],
    seen: list[str],
    heard: list[str],
    seed: int,
) -> Posterior:
    """Weigh strata, runs and draws together and thin them to the paths that are kept."""
    prior_log = np.log([case.launches[s.statics.launch].weight for s in done])
    prior_log -= math.log(settings.n_strata_per_launch)
    run_log = np.array([[run.log_evidence for run in s.runs] for s in done])
    run_log += (prior_log + [s.constant_log for s in done])[:, None]
    by_run = np.logaddexp.reduce(run_log, axis=0)
    log_evidence = float(np.logaddexp.reduce(by_run) - math.log(settings.n_runs))
    share = np.exp(run_log - np.logaddexp.reduce(run_log.ravel()))
    rng = np.random.Generator(np.random.Philox(key=seed, counter=1))
    draw_weight = np.repeat(share.ravel() / settings.n_draws, settings.n_draws)
    marks = (np.arange(settings.n_paths) + rng.random()) / settings.n_paths
    chosen = np.searchsorted(np.cumsum(draw_weight) / draw_weight.sum(), marks)
    picks = [_pick(int(c), settings) for c in chosen]
    kept = gather(case, settings, done, picks, len(seen))
    wide = np.array([s.defensive_log for s in done])
    wide += (prior_log + [s.constant_log for s in done])[:, None]
    defensive = float(np.logaddexp.reduce(wide.ravel()) - math.log(max(1, wide.shape[1])))
    return Posterior(
        epoch=case.epoch,
        time_s=kept.time_s,
        lat_deg=kept.lat_deg,
        lon_deg=kept.lon_deg,
        height_m=kept.height_m,
        pressure_pa=kept.pressure_pa,
        weight=np.full(settings.n_paths, 1.0 / settings.n_paths),
        launch_ids=tuple(launch.id for launch in case.launches),
        launch=np.array([done[p[0]].statics.launch for p in picks], dtype=np.int64),
        launch_s=np.array([done[p[0]].table.start_s for p in picks]),
        wind_scale=np.array([done[p[0]].statics.wind_scale for p in picks]),
        float_height_m=np.array([done[p[0]].statics.float_height_m for p in picks]),
        sighting_ids=tuple(seen),
        log_mixture=kept.log_mixture,
        right_probability=kept.right,
        altitude_ids=tuple(heard),
        altitude_right_probability=kept.altitude_right,
        log_evidence=log_evidence,
        log_evidence_sd=float(by_run.std(ddof=1) / math.sqrt(settings.n_runs)),
        diagnostics=diagnose(
            settings, done, share, by_run, picks, defensive if wide.size else None
        ),
        wind_statement=error.statement,
        seed=seed,
    )


def _pick(flat: int, settings: Settings) -> tuple[int, int, int]:
    """Stratum, run and draw of an index into the flattened pool."""
    rest, draw = divmod(flat, settings.n_draws)
    stratum, run = divmod(rest, settings.n_runs)
    return stratum, run, draw
