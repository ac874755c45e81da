"""Strata of a task: tried, chosen, filtered, and weighed together (method 7).

:mod:`overflight.inference.outer` says which are chosen. Every number depends only on the case, the
settings and the seed, not on who computes what when (:mod:`overflight.inference.work`).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.errors import InferenceError
from overflight.inference import outer
from overflight.inference.gather import Pick, Weighed
from overflight.inference.outer import EVEN_SHARE, Draw
from overflight.inference.posterior import effective_size
from overflight.inference.stratum import (
    Guide,
    Reference,
    Settings,
    Stratum,
    Task,
    nearest,
    once_more,
    prepare,
    reference_of,
    work_out,
)
from overflight.inference.work import Work

Array = NDArray[np.float64]

Progress = Callable[[int, int], None]


# By how much a forecast must fall short of a neighbour's, less half the square of the distance, for
# another search: a curvature of one in every direction is what the prior itself has.
_SHORT = 0.5
_N_KNOWN = 3  # pilots of a launch that further tasks begin from


@dataclass(frozen=True)
class Filtered:
    """The strata that were filtered, and how many of those tried stand behind them.

    ``prior_log`` is the log of what each stands for. ``tried`` is the effective number of strata
    tried, by the share that each was forecast to have, ``n_tried`` their number, ``n_beyond`` that
    of those whose level leaves the wind data. ``known`` are the best pilots of every launch, for
    further tasks.
    """

    strata: list[Stratum]
    prior_log: Array
    tried: float
    n_tried: int
    n_beyond: int
    known: list[Reference]


def strata_of(
    task: Task,
    known: Sequence[Reference],
    work: Work,
    progress: Progress = lambda done, total: None,
    of: str = "",
    each: int | None = None,
    enough: Callable[[Filtered], bool] = lambda so_far: True,
) -> Filtered:
    """Choose the strata of a task and filter them.

    Parameters
    ----------
    of
        Tells the units of several tasks of one account apart.
    each
        So many strata are filtered in one turn, in as many turns as make up what the settings say;
        all in the first if not given.
    enough
        Asked after each turn but the last whether no further one is needed.
    """
    settings, seed = task.settings, task.seed
    first = _tried(task)
    steps = Steps(progress, outer.n_tried(task.case, settings.n_strata) + settings.n_filtered)
    guides = guides_of(task, known, work, steps.more, of)
    prior = outer.Prior(task.case, task.error, settings.hypothesis)
    tried = first
    guides = _once_more(task, first, guides, 0, work, f"second pilots{of}")
    forecast = np.array([guide.forecast_log for guide in guides])
    for turn in range(outer.TURNS):
        n_before = len(tried)
        tried = outer.around(prior, tried, forecast, seed, turn)
        known = [reference_of(one) for one in guides]  # nearer than those of the launches
        rows = [(one.statics, nearest(known, one.statics)) for one in tried[n_before:]]
        stage = f"pilots{of} in turn {turn + 2}"
        guides = guides + work.all_of(stage, prepare, task, rows, steps.more)
        guides = _once_more(task, tried, guides, n_before, work, f"second {stage}")
        forecast = np.array([guide.forecast_log for guide in guides])
    if not np.isfinite(forecast).any():
        raise _left_the_wind()
    logs = np.array([one.prior_log for one in tried]) + forecast
    shares = np.exp(logs - np.logaddexp.reduce(logs))
    so_far = Filtered(
        [],
        np.zeros(0),
        effective_size(shares),
        len(tried),
        int(np.isneginf(forecast).sum()),
        _best(guides),
    )
    for turn, n_more in enumerate(_turns(settings.n_filtered, each)):
        chosen = outer.by_forecast(tried, forecast, n_more, seed, turn)
        before = len(so_far.strata)
        units = [(guides[index], before + place) for place, (index, _) in enumerate(chosen)]
        stage = f"strata{of}" if turn == 0 else f"strata{of} in turn {turn + 1}"
        done = work.all_of(stage, work_out, task, units, steps.more)
        so_far = _joined(so_far, done, np.array([one.prior_log for _, one in chosen]))
        if len(so_far.strata) < settings.n_filtered and enough(so_far):
            steps.leave_out(settings.n_filtered - len(so_far.strata))
            break
    return so_far


def _turns(n_filtered: int, each: int | None) -> list[int]:
    """How many strata are filtered in every turn."""
    if each is None or each >= n_filtered:
        return [n_filtered]
    n_turns = n_filtered // each
    return [each] * (n_turns - 1) + [n_filtered - each * (n_turns - 1)]


def _joined(so_far: Filtered, done: list[Stratum], prior_log: Array) -> Filtered:
    """Add a turn. Each alone has the right expectation: all have it by their numbers."""
    n_before, n_more = len(so_far.strata), len(done)
    if not n_before:
        return replace(so_far, strata=done, prior_log=prior_log)
    n = n_before + n_more
    lighter = so_far.prior_log + math.log(n_before / n), prior_log + math.log(n_more / n)
    return replace(so_far, strata=so_far.strata + done, prior_log=np.concatenate(lighter))


def _best(guides: Sequence[Guide]) -> list[Reference]:
    """A few pilots of every launch: all of them would hold on to a pilot's rows a stratum."""
    falling = sorted(guides, key=lambda one: -one.forecast_log)
    kept: list[Reference] = []
    for guide in falling:
        if sum(one.statics.launch == guide.statics.launch for one in kept) < _N_KNOWN:
            kept.append(reference_of(guide))
    return kept


def _tried(task: Task) -> list[Draw]:
    return outer.by_level(task.case, task.levels, task.settings.n_strata, task.seed)


def guides_of(
    task: Task,
    known: Sequence[Reference],
    work: Work,
    finished: Callable[[], None] = lambda: None,
    of: str = "",
) -> list[Guide]:
    """Find the pilots of all strata that are tried, each from the most alike reference."""
    rows = [(one.statics, nearest(known, one.statics)) for one in _tried(task)]
    return work.all_of(f"pilots{of}", prepare, task, rows, finished)


def _once_more(
    task: Task, tried: Sequence[Draw], guides: list[Guide], first: int, work: Work, stage: str
) -> list[Guide]:
    """Search again, from ``first`` on, where a neighbour of the launch makes one expect more."""
    forecast = np.array([guide.forecast_log for guide in guides])
    points = np.array([one.normals for one in tried])
    of = np.array([one.statics.launch for one in tried])
    short, rows = [], []
    for index in range(first, len(tried)):
        square = ((points - points[index]) ** 2).sum(axis=1)
        promised = np.where(of == of[index], forecast - 0.5 * square, -np.inf)
        best = int(np.argmax(promised))
        if promised[best] > forecast[index] + _SHORT:
            short.append(index)
            rows.append((guides[index], reference_of(guides[best])))
    better = list(guides)
    for index, guide in zip(short, work.all_of(stage, once_more, task, rows), strict=True):
        better[index] = guide
    return better


class Steps:
    """Count finished pieces of work over several stages."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def more(self) -> None:
        """Count one more."""
        self._done += 1
        self._progress(self._done, self._total)

    def leave_out(self, n: int) -> None:
        """Count what turned out not to be needed."""
        self._done += n
        self._progress(self._done, self._total)


def weigh(filtered: Filtered) -> Weighed:
    """Weigh strata and runs together.

    Two choices scatter: which points of the prior were tried, and which of those were filtered.

    Raises
    ------
    InferenceError
        Where paths leave the wind data, or no report can be weighed on them.
    """
    done = filtered.strata
    constant = filtered.prior_log + [s.constant_log for s in done]
    run_log = np.array([[run.log_evidence for run in s.runs] for s in done]) + constant[:, None]
    by_run = np.logaddexp.reduce(run_log, axis=0)
    if np.isnan(run_log).any() or not np.isfinite(by_run).all():
        raise _left_the_wind()
    share = np.exp(run_log - np.logaddexp.reduce(run_log.ravel()))
    effective = effective_size(share.sum(axis=1))
    of_tried = 1.0 / filtered.tried - 1.0 / filtered.n_tried
    square = 1.0 / effective - 1.0 / len(done) + of_tried
    strata_sd, tried_sd = math.sqrt(max(square, 0.0)), math.sqrt(max(of_tried, 0.0))
    return Weighed(
        constant, share, by_run, strata_sd, filtered.n_tried, filtered.n_beyond, tried_sd
    )


def _left_the_wind() -> InferenceError:
    return InferenceError(
        found="paths that leave the wind data, or that no report can be weighed on",
        expected="wind over the whole flight, at every level the balloon may reach",
        remedy="Widen the wind data, or narrow the float band and the launches of the case.",
    )


def thin(
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
