"""One stratum of the flight's constants, worked out: pilot, twist, filters.

A stratum fixes the launch, the float level and the wind error's scale and time; inside it the
guided filter runs several times with independent numbers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Sighting
from overflight.errors import InferenceError
from overflight.fields.error import WindError
from overflight.fields.layout import widened
from overflight.flight.device import CPU
from overflight.flight.hypotheses import (
    CHOOSE_LEVELS,
    DRIFTS,
    Statics,
    dimensions,
    statics,
)
from overflight.flight.levels import level_law
from overflight.flight.needs import end
from overflight.inference import devices, guided, observations, pilot, rides, twist
from overflight.inference.model import Model, balloon
from overflight.inference.observations import Evidence, Timetable
from overflight.inference.outer import Levels, levels
from overflight.inference.reports import schedule
from overflight.inference.steering import UNDRAWN
from overflight.physics.drift import Drift
from overflight.physics.ou import ou_step
from overflight.physics.sphere import n_vector
from overflight.physics.windgrid import WindGrid

Array = NDArray[np.float64]

_DRIFT_NOISES = 4  # of a balloon that only drifts
RESAMPLE_S = 6 * 3_600.0  # at most every six hours (method 5)
# Where levels are chosen, one choice can decide over a particle, and what psi expects of choices is
# rough: half of the scatter is saved by resampling sooner, and by twice the noise in the twist.
RESAMPLE_CHOOSING_S, WIDER = 3_600.0, 2.0


@dataclass(frozen=True)
class Settings:
    """How hard to work. The defaults give the bundled case in well under a minute on two cores.

    The step suits the climatology, which is smooth: at 20 minutes the midpoint rule errs by some
    200 m in five days of a sheared jet (method 9), the wind by hundreds of kilometres.
    """

    dt_s: float = 1_200.0
    output_s: float = 1_200.0
    n_points: int = 400  # of the prior, per launch candidate, judged by altitude alone
    n_strata: int = 20  # per launch candidate, for which a pilot is flown; as many again later
    n_filtered: int = 40  # strata that are filtered, all launches together
    n_runs: int = 8
    n_particles: int = 80
    n_draws: int = 24
    n_paths: int = 800
    n_starts: int = 2
    n_threads: int = 2
    n_defensive: int = 1  # further run with twice the twist noise (method 5)
    device: str = CPU  # on which particles fly
    hypothesis: str = DRIFTS  # how the balloon may have moved
    error_factor: float = 1.0  # of the wind's error over what its source says
    n_kept: int = 3  # numbers kept along a path: its place, or its wind error and more too


@dataclass(frozen=True)
class Guide:
    """A stratum ready to be filtered: its evidence, its drift, and the twist along its pilot."""

    statics: Statics
    table: Timetable
    drift: Drift
    evidence: Evidence
    altitude_mixture: Array  # (altitude report,) of what depends on the constants alone
    altitude_good: Array
    linear: twist.Linear
    stand_ins: twist.StandIns
    forecast_log: float  # log evidence as the linearised model expects it; -inf beyond the wind


@dataclass(frozen=True)
class Stratum:
    """One stratum, worked out: its filters' answers."""

    statics: Statics
    table: Timetable
    evidence: Evidence
    altitude_mixture: Array
    altitude_good: Array
    runs: tuple[guided.Run, ...]
    defensive_log: tuple[float, ...]  # log evidence of the runs with a wider twist

    @property
    def constant_log(self) -> float:
        """What the stratum's level and the reports before its launch contribute."""
        outside = float(self.evidence.missed.sum()) + self.evidence.unheard_log
        return float(self.altitude_mixture.sum()) + outside


def _key(seed: int, index: int, run: int) -> int:
    """A key of its own for every filter run (SplitMix64 of its place in the account)."""
    mask = 0xFFFFFFFFFFFFFFFF
    word = (seed * 1_000_003 + index * 4_099 + run + 1) * 0x9E3779B97F4A7C15 & mask
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & mask
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & mask
    return word ^ (word >> 31)


@dataclass(frozen=True)
class Task:
    """What all strata share."""

    case: Case
    grid: WindGrid
    error: WindError
    settings: Settings
    seed: int
    seen: tuple[Sighting, ...]  # their positions count
    heard: tuple[Sighting, ...]  # their altitudes count

    @cached_property
    def searched(self) -> WindGrid:
        """The wind that pilots search in: carried on beyond its edge, so that they come back.

        A pilot only says where to look. The filters, whose paths count, fly in the wind itself.
        """
        return widened(self.grid)

    @cached_property
    def levels(self) -> tuple[Levels, ...]:
        """What the altitude reports say of the prior: a second of work that many runs share."""
        hypothesis, n_points = self.settings.hypothesis, self.settings.n_points
        heard = () if hypothesis in CHOOSE_LEVELS else self.heard
        return levels(self.case, self.error, heard, n_points, self.seed, hypothesis)

    @cached_property
    def band(self) -> WindGrid:
        """What pilots fly in: the mean wind of all levels, where those are chosen."""
        if self.settings.hypothesis in CHOOSE_LEVELS:
            return rides.band_wind(self.case, self.searched)
        return self.searched

    def without(self, sighting_ids: Sequence[str]) -> "Task":
        """The same, had these sightings never happened."""
        seen = tuple(one for one in self.seen if one.id not in sighting_ids)
        heard = tuple(one for one in self.heard if one.id not in sighting_ids)
        other = replace(self, seen=seen, heard=heard)
        vars(other)["searched"] = self.searched  # made once: it can be as large as the wind
        kept = [one.id not in sighting_ids for one in self.heard]
        vars(other)["levels"] = tuple(one.hearing(kept) for one in self.levels)
        return other

    def at(self, settings: Settings) -> "Task":
        """The same with other settings."""
        other = replace(self, settings=settings)
        alike = settings.hypothesis == self.settings.hypothesis
        shared = ["searched"] + ["band"] * alike
        shared += ["levels"] * (alike and settings.n_points == self.settings.n_points)
        vars(other).update({name: vars(self)[name] for name in shared if name in vars(self)})
        return other


class Reference(NamedTuple):
    """A good path that was found, for others to begin from.

    ``rows`` (steps + 1, entry) are its pilot's where it rides a band, else empty.
    """

    statics: Statics
    table: Timetable
    noise: Array  # (steps + 1, 4), or as many as its hypothesis has
    rows: Array

    def distance(self, constants: Statics) -> float:
        """How unlike other constants of the same launch are, in rough standard deviations."""
        mine = self.statics
        apart = (
            (constants.launch_s - mine.launch_s) / 43_200.0,
            (constants.float_height_m - mine.float_height_m) / 1_000.0,
            (constants.slow_drift_mps - mine.slow_drift_mps) * 10.0 * 86_400.0 / 1_000.0,
            (constants.swing_m - mine.swing_m) / 500.0,
            math.log(constants.wind_scale / mine.wind_scale) / 0.4,
            math.log(constants.tau_s / mine.tau_s) / 0.4,
        )
        return sum(one * one for one in apart)


def reference_of(guide: Guide) -> Reference:
    """What others may begin from."""
    noises, rows = guide.linear.noises, guide.linear.pilot
    if noises.shape[1] == _DRIFT_NOISES:
        rows = np.zeros((0, 0))
    return Reference(guide.statics, guide.table, noises, rows)


def nearest(known: Sequence[Reference], constants: Statics) -> Reference:
    """The reference of the same launch whose constants are most alike."""
    mine = [one for one in known if one.statics.launch == constants.launch]
    return min(mine, key=lambda one: one.distance(constants))


def reference_noise(task: Task, launch: int) -> Reference:
    """Noise of the best pilot through the middle of a launch's prior, from several starts.

    The strata begin their own search from it: a search from nothing takes a hundred
    iterations to bend a path across an ocean, one from a neighbour ten.
    """
    middle = statics(task.case, task.error, launch, np.zeros(dimensions(task.error)))
    table = timetable(task.case, task.settings, middle)
    told = observations.evidence(task.case, task.seen, middle, table)
    drift = drift_of(task.case, task.searched, task.error, middle, table)
    model = balloon()
    best: tuple[float, Array] | None = None
    for start in range(task.settings.n_starts):
        draw = np.random.Generator(np.random.Philox(key=task.seed, counter=[0, 0, start, launch]))
        guess = draw.standard_normal((table.n_steps + 1, 4)) * (0.7 if start > 0 else 0.0)
        linear, _ = pilot.find(model, drift, told.reports, guess)
        score = pilot.log_posterior(model, told.reports, linear)
        if math.isfinite(score) and (best is None or score > best[0]):
            best = (score, linear.noises)
    if best is None:
        raise InferenceError(
            found="no path through the sightings stays inside the wind data",
            expected="a path from the launch to the last sighting within the wind's time and box",
            remedy="Widen the wind data, or check the launch candidates and sighting times.",
        )
    return Reference(middle, table, best[1], np.zeros((0, 0)))


def prepare(task: Task, constants: Statics, reference: Reference) -> Guide:
    """Find a stratum's pilot, from a reference of its launch, and its twist."""
    return _guide(task, constants, reference, pilot.NEAR)


def once_more(task: Task, guide: Guide, neighbour: Reference) -> Guide:
    """Search a stratum's pilot from a neighbour's story of which reports are right.

    A pilot that begins by believing every report may settle on the lesser of two stories, the more
    easily the more the wind may err, for then a stray report is met at no great cost. Of both
    pilots the one with the higher forecast guides the filters.
    """
    other = _guide(task, guide.statics, neighbour, pilot.AT_ONCE)
    return other if other.forecast_log > guide.forecast_log else guide


def _guide(
    task: Task, constants: Statics, reference: Reference, widths: tuple[float, ...]
) -> Guide:
    table = timetable(task.case, task.settings, constants)
    chooses = task.settings.hypothesis in CHOOSE_LEVELS
    heard, along = ((), task.heard) if chooses else (task.heard, ())
    told = observations.evidence(task.case, task.seen, constants, table, along)
    drift = drift_of(task.case, task.grid, task.error, constants, table)
    drift = drift._replace(error_scale=drift.error_scale * task.settings.error_factor)
    noise = _shifted_noise(reference, table)
    rows = _shifted_rows(reference, table)
    if task.settings.hypothesis == DRIFTS:
        searching = drift._replace(grid=task.searched)
        linear, standing = pilot.find(
            balloon(), searching, told.reports, noise, widths, believe=widths != pilot.AT_ONCE
        )
    else:
        linear, standing = rides.find(
            rides.flight_of(drift, constants),
            rides.choices_of(task.case, constants, table.dt_s),
            (task.searched, task.band),
            told.reports,
            noise,
            rows,
            widths,
        )
    mixture, good = observations.altitude_logs(task.case, heard, constants)
    forecast = twist.start_log(twist.build(linear, standing))
    forecast += float(mixture.sum() + told.missed.sum()) + told.unheard_log
    if math.isnan(forecast):  # its level leaves the wind data, and every particle would with it
        forecast = -math.inf
    return Guide(constants, table, drift, told, mixture, good, linear, standing, forecast)


def _shifted_noise(reference: Reference, table: Timetable) -> Array:
    """The reference's noise at the same times of day and date; zero where it was not flying."""
    then, noises = reference.table, reference.noise
    shifted = np.zeros((table.n_steps + 1, noises.shape[1]))
    shifted[0] = noises[0]
    offset = table.first_step - then.first_step
    mine = np.arange(table.n_steps)
    inside = (mine + offset >= 0) & (mine + offset < then.n_steps)
    shifted[1:][inside] = noises[1:][mine[inside] + offset]
    return shifted


def _shifted_rows(reference: Reference, table: Timetable) -> Array:
    """The reference's rows at the same times; where it was not flying, its first or last one."""
    if not reference.rows.size:
        return reference.rows
    mine = np.arange(table.n_steps + 1) + table.first_step - reference.table.first_step
    return reference.rows[np.clip(mine, 0, len(reference.rows) - 1)]


def work_out(task: Task, guide: Guide, index: int) -> Stratum:
    """Run a stratum's filters, and the defensive ones.

    ``index`` is the stratum's place among all; it makes the key of its random numbers.
    """
    settings = task.settings
    plan = schedule(guide.evidence.reports, guide.table.n_steps)
    model, flight, undrawn = _flight(task, guide)
    drifts, chooses = settings.hypothesis == DRIFTS, settings.hypothesis in CHOOSE_LEVELS
    flown_by = devices.named(settings.device).filtered if drifts else guided.run
    pause_s, wider = (RESAMPLE_CHOOSING_S, WIDER) if chooses else (RESAMPLE_S, 1.0)

    def fly(inflate: float, first: int, n_runs: int, n_draws: int) -> tuple[guided.Run, ...]:
        twisted = twist.build(guide.linear, guide.stand_ins, inflate * wider, undrawn)
        sizes = guided.Sizes(
            settings.n_particles,
            n_draws,
            round(settings.output_s / settings.dt_s),
            max(1, round(pause_s / settings.dt_s)),
        )
        keys = [_key(task.seed, index, first + run) for run in range(n_runs)]
        told = guide.evidence.reports
        return flown_by(model, flight, twisted, told, plan, keys, sizes)

    wide = fly(2.0, 500, settings.n_defensive, 1) if settings.n_defensive else ()
    return Stratum(
        guide.statics,
        guide.table,
        guide.evidence,
        guide.altitude_mixture,
        guide.altitude_good,
        fly(1.0, 0, settings.n_runs, settings.n_draws),
        tuple(one.log_evidence for one in wide),
    )


def _flight(task: Task, guide: Guide) -> tuple[Model, Any, slice]:
    """The model of a stratum, its parameters, and the noise that its particles do not draw."""
    settings = task.settings
    if settings.hypothesis == DRIFTS:
        return balloon()._replace(n_kept=settings.n_kept), guide.drift, slice(0)
    model = rides.model_of(task.case, guide.statics, guide.table.dt_s)
    return model, rides.flight_of(guide.drift, guide.statics), UNDRAWN


def end_s(case: Case) -> float:
    """When the flight ends, in seconds since the epoch."""
    return (end(case) - case.epoch).total_seconds()


def timetable(case: Case, settings: Settings, statics: Statics) -> Timetable:
    """Steps from the launch to the end, both moved onto an output mark."""
    stride = round(settings.output_s / settings.dt_s)
    first = math.ceil(statics.launch_s / settings.output_s) * stride
    last = math.ceil(end_s(case) / settings.output_s) * stride
    if last <= first:
        raise InferenceError(
            found=f"the launch candidate {case.launches[statics.launch].id!r} begins after the end",
            expected="a launch before the flight's last sighting",
            remedy="Correct the launch window in case.yaml.",
        )
    return Timetable(first, last - first, settings.dt_s)


def drift_of(
    case: Case, grid: WindGrid, error: WindError, statics: Statics, table: Timetable
) -> Drift:
    """What a passive step needs, for one stratum."""
    launch = case.launches[statics.launch]
    x, y, z = n_vector(launch.lat_deg, launch.lon_deg)
    return Drift(
        grid=grid,
        error=error.since(case.epoch),
        error_scale=statics.wind_scale,
        ou=ou_step(statics.tau_s, table.dt_s),
        level=level_law(statics, table.start_s, table.dt_s, table.n_steps, case.epoch),
        start_s=table.start_s,
        dt_s=table.dt_s,
        launch_x=x,
        launch_y=y,
        launch_z=z,
        launch_sd_m=launch.position_sd_m,
        tau_s=statics.tau_s,
        vertical_length_m=statics.vertical_length_m,
        bias_u_mps=statics.bias_u_mps,
        bias_v_mps=statics.bias_v_mps,
    )
