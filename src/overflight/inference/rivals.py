"""Work out every hypothesis on the same evidence (method 4).

Each goes through the same sieves and the same filter as plain drift (:mod:`sample`); the wind's
error is marginalised under each. The evidences are compared with half and twice that error too,
because what is known about the wind decides what can be said (method 9).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from overflight.flight.hypotheses import AIMS, BOTH, DRIFTS, DRIVES, WANDERS
from overflight.inference.contest import Contender, Contest, Evidence
from overflight.inference.gather import (
    Kept,
    Pick,
    Weighed,
    begin_of,
    clock_s,
    diagnose,
    gather,
    pressures_pa,
)
from overflight.inference.posterior import Posterior
from overflight.inference.steering import N_KEPT
from overflight.inference.strata import Filtered, strata_of, thin, weigh
from overflight.inference.stratum import Reference, Settings, Stratum, Task
from overflight.inference.work import Work
from overflight.physics.drift import spread_mps
from overflight.physics.kernel import loop
from overflight.physics.steered import GUST, HEIGHT, STEADY
from overflight.physics.windgrid import SigmaTable

Array = NDArray[np.float64]

Progress = Callable[[str, int, int], None]

HALVED, AS_STATED, DOUBLED = 0.5, 1.0, 2.0
FACTORS = (AS_STATED, HALVED, DOUBLED)
# Strata are filtered in turns of so many (of half as many at other errors of the wind), until the
# error that filters add to an evidence is small, or half of what the strata tried leave, which more
# filters do not lessen; or so large that the last turn would not bring it to what a verdict can use
# (:data:`overflight.ledgers.steered.verdict.ROUGHEST_LOG_SD`, 0.95, for two hypotheses together).
_TURN, _ENOUGH_LOG_SD, _VAIN_LOG_SD = 8, 0.2, 2.0
# Whose pilots those of a hypothesis begin from, where they have none of their own yet: they fly the
# same band or level, without the aim or the velocity of their own.
_LIKE = {WANDERS: DRIFTS, AIMS: WANDERS, DRIVES: DRIFTS, BOTH: WANDERS}
_NAMES = {HALVED: " at half error", AS_STATED: "", DOUBLED: " at twice error"}


def settings_of(settings: Settings, hypothesis: str, factor: float) -> Settings:
    """How hard to work on one hypothesis; less for the sensitivity to the wind's error."""
    stated = factor == AS_STATED
    return replace(
        settings,
        n_strata=settings.n_strata if stated else max(1, settings.n_strata // 2),
        n_filtered=max(1, min(settings.n_filtered, 24 if stated else 12)),
        n_runs=max(2, min(settings.n_runs, 4)),
        n_particles=min(2 * settings.n_particles, 200),
        n_draws=min(settings.n_draws, 12) if stated else 1,
        n_paths=min(settings.n_paths, 400),
        n_defensive=0,
        hypothesis=hypothesis,
        error_factor=factor,
        n_kept=5 if hypothesis == DRIFTS else N_KEPT,
    )


def contest(task: Task, known: Sequence[Reference], work: Work, progress: Progress) -> Contest:
    """Work out all hypotheses, and their evidences with half and twice the wind's error.

    Parameters
    ----------
    known
        Reference pilots of the launches, from :func:`~overflight.inference.sample.references`.
    progress
        Called with (stage, pieces of work done, pieces in all).

    Raises
    ------
    InferenceError
        As :func:`overflight.inference.sample.posterior`.
    """
    time_s = clock_s(task.case, task.settings, _first_s(task))
    contenders: list[Contender] = []
    elsewhere: dict[float, list[Evidence]] = {HALVED: [], DOUBLED: []}
    near: dict[str, Sequence[Reference]] = {}  # best pilots of a hypothesis at the error as stated
    for factor in FACTORS:
        for name in task.case.hypotheses:
            rival = task.at(settings_of(task.settings, name, factor))
            of = f" of {name}{_NAMES[factor]}"
            stage = f"{name}{_NAMES[factor]}"
            begun = near.get(name) or near.get(_LIKE.get(name, name)) or known
            turn = _TURN if factor == AS_STATED else _TURN // 2
            filtered = strata_of(
                rival, begun, work, partial(progress, stage), of, turn, _enough_of(rival)
            )
            near.setdefault(name, filtered.known)
            weighed = weigh(filtered)
            evidence = evidence_of(name, weighed)
            if factor == AS_STATED:
                contenders.append(_contender(rival, filtered.strata, weighed, evidence, time_s))
            else:
                elsewhere[factor].append(evidence)
    return Contest(
        epoch=task.case.epoch,
        time_s=time_s,
        sighting_ids=tuple(one.id for one in task.seen),
        contenders=tuple(contenders),
        halved=tuple(elsewhere[HALVED]),
        doubled=tuple(elsewhere[DOUBLED]),
        wind_statement=task.error.statement,
        seed=task.seed,
    )


def _enough_of(task: Task) -> Callable[[Filtered], bool]:
    """Whether more filters would change nothing: their error is small, or will not become so."""

    def enough(so_far: Filtered) -> bool:
        weighed = weigh(so_far)
        square = weighed.log_evidence_sd**2 - weighed.tried_sd**2
        of_filters = math.sqrt(max(square, 0.0))
        at_last = of_filters * math.sqrt(len(so_far.strata) / task.settings.n_filtered)
        return of_filters < max(_ENOUGH_LOG_SD, 0.5 * weighed.tried_sd) or at_last > _VAIN_LOG_SD

    return enough


def evidence_of(name: str, weighed: Weighed) -> Evidence:
    """Evidence of a hypothesis, with all of its sampling error."""
    return Evidence(name, weighed.log_evidence, weighed.log_evidence_sd)


def as_posterior(whole: Contest, one: Contender, like: Posterior) -> Posterior:
    """The paths of a hypothesis as those of drift are kept, for what is asked of paths alone.

    A path is launched when it is first in the air, and floats at the middle of its heights.
    """
    flying = np.isfinite(one.lat_deg)
    aloft = np.asarray(flying.any(axis=1))
    middle = np.nanmedian(np.where(aloft[:, None], one.height_m, 0.0), axis=1)
    n = len(one.weight)
    return replace(
        like,
        time_s=whole.time_s,
        lat_deg=one.lat_deg,
        lon_deg=one.lon_deg,
        height_m=one.height_m,
        pressure_pa=pressures_pa(one.height_m),
        weight=one.weight,
        launch=np.zeros(n, dtype=np.int64),
        launch_s=whole.time_s[flying.argmax(axis=1)],
        wind_scale=np.ones(n),
        float_height_m=np.nan_to_num(middle),
        sighting_ids=whole.sighting_ids,
        log_mixture=one.log_mixture,
        right_probability=np.zeros_like(one.log_mixture),
        altitude_ids=(),
        altitude_log_mixture=np.zeros((n, 0)),
        altitude_right_probability=np.zeros((n, 0)),
        log_evidence=one.evidence.log,
        log_evidence_sd=one.evidence.log_sd,
        ends=None,
    )


def _first_s(task: Task) -> float:
    """The first output mark at which a balloon of the case could fly: one for all hypotheses."""
    output_s = task.settings.output_s
    opens = min((one.time_min - task.case.epoch).total_seconds() for one in task.case.launches)
    return math.ceil(opens / output_s) * output_s


@dataclass
class _Rows:
    """What only contenders keep of their paths."""

    error: Array  # (path, time, 2) standard normals
    sd_mps: Array  # (path, time)
    own_mps: Array  # (path, time, 2)
    steady_mps: Array  # (path,)


def _contender(
    task: Task, done: list[Stratum], weighed: Weighed, evidence: Evidence, time_s: Array
) -> Contender:
    settings = task.settings
    launches = np.array([one.statics.launch for one in done], dtype=np.int64)
    picks, weight = thin(settings, weighed.share, launches, task.seed)
    kept = gather(task.case, settings, done, picks, len(task.seen), time_s)
    rows = _rows(task, done, picks, kept)
    told = diagnose(settings, done, weighed, picks, None)
    return Contender(
        evidence=evidence,
        weight=weight,
        lat_deg=kept.lat_deg,
        lon_deg=kept.lon_deg,
        height_m=kept.height_m,
        own_east_mps=rows.own_mps[..., 0],
        own_north_mps=rows.own_mps[..., 1],
        steady_mps=rows.steady_mps,
        error_east_mps=rows.error[..., 0] * rows.sd_mps,
        error_north_mps=rows.error[..., 1] * rows.sd_mps,
        error_sd_mps=rows.sd_mps,
        log_mixture=kept.log_mixture,
        ess=told.ess,
        warnings=told.warnings,
    )


def _rows(task: Task, done: list[Stratum], picks: Sequence[Pick], kept: Kept) -> _Rows:
    n, m = len(picks), len(kept.time_s)
    rows = _Rows(
        np.full((n, m, 2), np.nan), np.full((n, m), np.nan), np.full((n, m, 2), np.nan), np.zeros(n)
    )
    table = task.error.since(task.case.epoch)
    for row, (index, run_index, draw) in enumerate(picks):
        constants = done[index].statics
        begin = begin_of(done[index], task.settings, kept.time_s)
        path = done[index].runs[run_index].paths[draw][: m - begin]
        here = slice(begin, begin + len(path))
        rows.error[row, here], rows.own_mps[row, here] = path[:, 3:5], 0.0
        if path.shape[1] > HEIGHT:
            steady = constants.own_steady_mps * path[:, STEADY : STEADY + 2]
            rows.own_mps[row, here] = steady + constants.own_gust_mps * path[:, GUST : GUST + 2]
            rows.steady_mps[row] = math.hypot(*steady[0])
        level = np.log(kept.pressure_pa[row, here])
        spread = _spreads(table, kept.time_s[here], level, np.ascontiguousarray(path[:, :3]))
        rows.sd_mps[row, here] = constants.wind_scale * task.settings.error_factor * spread
    return rows


@loop
def _spreads(table: SigmaTable, time_s: Array, log_pressure: Array, places: Array) -> Array:
    """Standard deviation of the wind's error along a path, m/s."""
    spreads = np.empty(time_s.size)
    for k in range(time_s.size):
        x, y, z = places[k]
        spreads[k] = spread_mps(table, time_s[k], log_pressure[k], x, y, z)
    return spreads
