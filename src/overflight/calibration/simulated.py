"""Simulation-based calibration of the engine: whether its posterior means what it says.

A flight is drawn from the priors, flown and reported on (:mod:`overflight.calibration.worlds`); the
engine sees the reports alone and draws its posterior; the rank of every truth among 99 equally
probable paths is noted. Over many flights the ranks are even if the engine is right, whatever the
prior (:mod:`overflight.calibration.ranks`). This tests the code against its own assumptions; real
flights (:mod:`overflight.calibration.flights`) outrank it.
"""

import math
import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.calibration import choices, worlds
from overflight.calibration.ranks import N_DRAWS, chi_squared_p, evenness_p, rank
from overflight.calibration.worlds import Flown, World
from overflight.errors import InferenceError
from overflight.fields import source
from overflight.inference import rivals
from overflight.inference.contest import DRIFTS, DRIVES, Evidence
from overflight.inference.posterior import Posterior
from overflight.inference.sample import draw, references, task_of
from overflight.inference.steering import N_KEPT
from overflight.inference.strata import strata_of, weigh
from overflight.inference.stratum import Settings
from overflight.inference.work import Threads, Work
from overflight.physics.sphere import lats_lons_deg

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

STATISTICS = (
    "latitude, middle of the longest gap",
    "longitude, middle of the longest gap",
    "height, middle of the longest gap",
    "wind error east, end",
    "wind error's scale",
    "wind error's e-folding time",
    "passage of a meridian",
    "launch time",
)
# What is the same on all paths of a stratum: known by as many values as strata carry the answer.
OF_STRATA = tuple(STATISTICS[index] for index in (2, 4, 5, 7))
REJECTED = 0.005  # p below which ranks are not believed to be even (method 9)

# Many strata, because what is constant in a flight is known as finely as there are strata: some
# hundred must count for a rank among 99 to be even. Few particles, because the twist serves a short
# flight well.
SETTINGS = Settings(
    dt_s=1_800.0, output_s=1_800.0, n_points=600, n_strata=120, n_filtered=300, n_runs=2,
    n_particles=32, n_draws=4, n_paths=1_200, n_starts=1, n_threads=1, n_defensive=0,
)  # fmt: skip


@dataclass(frozen=True)
class Ranked:
    """One made-up flight, worked out.

    ``ranks`` (statistic,) are of the truth among 99 paths; ``right_probability`` (report,) is what
    the engine says of each report of a place, ``right`` whether it is.
    """

    ranks: NDArray[np.int64]
    right_probability: Array
    right: NDArray[np.bool_]
    ess: float


@dataclass(frozen=True)
class Study:
    """All flights of a study; ``n_refused`` are those for which the engine gave no answer."""

    ranked: tuple[Ranked, ...]
    n_refused: int
    seed: int

    @property
    def ranks(self) -> NDArray[np.int64]:
        """Ranks, (statistic, flight)."""
        return np.array([one.ranks for one in self.ranked], dtype=np.int64).T

    @property
    def reports(self) -> tuple[Array, NDArray[np.bool_]]:
        """Probability of being right that each report of a place was given, and whether it is."""
        return (
            np.concatenate([one.right_probability for one in self.ranked]),
            np.concatenate([one.right for one in self.ranked]),
        )

    @property
    def chi_squared_p(self) -> tuple[float, ...]:
        """One for every statistic."""
        return tuple(chi_squared_p(row) for row in self.ranks)

    @property
    def evenness_p(self) -> tuple[float, ...]:
        """One for every statistic: the distribution function at all ranks together."""
        return tuple(evenness_p(row) for row in self.ranks)


def study(
    n_cases: int,
    seed: int,
    settings: Settings = SETTINGS,
    *,
    n_processes: int = 2,
    made: World | None = None,
    progress: Progress = source.silent,
) -> Study:
    """Rank the truths of many flights; each is a unit of work with random numbers of its own.

    In processes, not threads: half of a short flight's work is Python's, which one lock guards.
    """
    shared = _Shared(made or worlds.world(), settings, seed)
    found = []
    for one in _all_of(shared, n_cases, n_processes):
        found.append(one)
        progress("flights", len(found), n_cases)
    kept = tuple(one for one in found if one is not None)
    return Study(kept, n_cases - len(kept), seed)


@dataclass(frozen=True)
class _Shared:
    """What all flights of a study share."""

    made: World
    settings: Settings
    seed: int

    def ranked(self, index: int) -> Ranked | None:
        return ranked(self.made, self.settings, self.seed, index)


_here: list[_Shared] = []  # in a process of a study: sent once, not with every flight


def _begin(shared: _Shared) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that began this one decides
    _here[:] = [shared]


def _one(index: int) -> Ranked | None:
    return _here[0].ranked(index)


def _all_of(shared: _Shared, n_cases: int, n_processes: int) -> Iterator[Ranked | None]:
    """All flights in their order. The first is worked out here: what it compiles, others load."""
    n_here = n_cases if n_processes == 1 else min(n_cases, 1)
    yield from map(shared.ranked, range(n_here))
    if n_here == n_cases:
        return
    fresh = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(n_processes, fresh, initializer=_begin, initargs=(shared,))
    try:
        yield from pool.map(_one, range(n_here, n_cases))
    finally:
        pool.shutdown(cancel_futures=True)


def ranked(made: World, settings: Settings, seed: int, index: int) -> Ranked | None:
    """Make up a flight, infer it and rank its truths; None where the engine refuses."""
    rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, index]))
    flown = worlds.flown(made, rng)
    task = task_of(flown.case, made.grid, made.error, settings, int(rng.integers(2**31)))
    work = Work(Threads(1))
    try:
        paths = draw(task, references(task, work), work)
    except InferenceError:
        return None
    rows = paths.equal_rows(N_DRAWS)
    middle_s = settings.output_s * round(longest_gap_s(flown) / settings.output_s)
    true, drawn = truths(flown, middle_s), _drawn(paths, rows, middle_s)
    return Ranked(
        np.array([rank(one, row, rng) for one, row in zip(true, drawn, strict=True)]),
        paths.weight @ paths.right_probability,
        flown.right,
        paths.diagnostics.ess,
    )


CONTEST_SETTINGS = replace(
    SETTINGS, n_points=300, n_strata=30, n_filtered=40, n_paths=40, n_particles=64
)


def contested(
    made: World, n_cases: int, seed: int, settings: Settings = CONTEST_SETTINGS
) -> choices.Choices:
    """Let M0 and M2 contest made-up flights, half of which have a velocity of their own."""
    names = [DRIVES if index % 2 else DRIFTS for index in range(n_cases)]
    return choices.study(
        lambda name, rng: worlds.flown(made, rng, name),
        lambda flown, key: evidences(made, flown, settings, key),
        names,
        seed,
    )


def alarms(
    made: World, n_cases: int, seed: int, settings: Settings = CONTEST_SETTINGS
) -> choices.Choices:
    """The same for passive flights alone, in a wind that errs 1.5 times as much as stated."""
    return choices.study(
        lambda name, rng: worlds.flown(made, rng, name, error_factor=1.5),
        lambda flown, key: evidences(made, flown, settings, key),
        [DRIFTS] * n_cases,
        seed,
    )


def evidences(made: World, flown: Flown, settings: Settings, seed: int) -> list[Evidence]:
    """Evidence of M0 and M2 for what is reported of a flight, by the engine."""
    task = task_of(flown.case, made.grid, made.error, settings, seed)
    work = Work(Threads(1))
    known = references(task, work)
    found = []
    for name in (DRIFTS, DRIVES):
        n_kept = settings.n_kept if name == DRIFTS else N_KEPT
        rival = task.at(replace(settings, hypothesis=name, n_kept=n_kept))
        filtered = strata_of(rival, known, work, of=f" of {name}")
        found.append(rivals.evidence_of(name, weigh(filtered)))
    return found


def longest_gap_s(flown: Flown) -> float:
    """The middle of the longest time between two windows of reports, since the epoch."""
    windows = sorted(
        ((one.time_min - flown.case.epoch).total_seconds(),
         (one.time_max - flown.case.epoch).total_seconds())
        for one in flown.case.sightings
    )  # fmt: skip
    longest, middle, closed = -math.inf, 0.0, windows[0][1]
    for opens, closes in windows[1:]:
        if opens - closed > longest:
            longest, middle = opens - closed, 0.5 * (opens + closed)
        closed = max(closed, closes)
    return middle


def truths(flown: Flown, middle_s: float) -> list[float]:
    """What is true, in the order of :data:`STATISTICS`."""
    lat_deg, lon_deg = lats_lons_deg(flown.normal)
    now = round((middle_s - flown.start_s) / worlds.STEP_S)
    return [
        float(lat_deg[now]),
        float(lon_deg[now]),
        float(flown.height_m[now]),
        float(flown.error_normals[-1, 0]),
        flown.statics.wind_scale,
        flown.statics.tau_s,
        float(passages_s(flown.time_s, lon_deg[None, :])[0]),
        flown.statics.launch_s,
    ]


def _drawn(paths: Posterior, rows: NDArray[np.int64], middle_s: float) -> list[Array]:
    """The same of some paths, one array (path,) each."""
    now = round((middle_s - paths.time_s[0]) / (paths.time_s[1] - paths.time_s[0]))
    ends = paths.ends
    if ends is None:
        raise InferenceError(
            found="paths without the constants of their flights",
            expected="paths that the engine drew",
            remedy="Draw them with overflight.inference.sample.draw.",
        )
    return [
        paths.lat_deg[rows, now],
        paths.lon_deg[rows, now],
        paths.height_m[rows, now],
        ends.state[rows, 3],
        paths.wind_scale[rows],
        np.array([ends.statics[row].tau_s for row in rows]),
        passages_s(paths.time_s, paths.lon_deg[rows]),
        paths.launch_s[rows],
    ]


def passages_s(time_s: Array, lon_deg: Array) -> Array:
    """When paths (path, time) first pass the world's meridian eastwards; infinite if never."""
    beyond = lon_deg - worlds.MERIDIAN_DEG
    passes = (beyond[:, :-1] < 0.0) & (beyond[:, 1:] >= 0.0)
    first = passes.argmax(axis=1)
    row = np.arange(len(lon_deg))
    before, after = beyond[row, first], beyond[row, first + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = before / (before - after)
    step_s = time_s[1] - time_s[0]
    return np.where(passes.any(axis=1), time_s[first] + share * step_s, np.inf)
