"""One stratum of the flight's constants, worked out: pilot, twist, filters.

A stratum fixes the launch, the float level and the wind error's scale and time; inside it the
guided filter runs several times with independent numbers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Sighting
from overflight.errors import InferenceError
from overflight.fields.error import WindError
from overflight.flight.hypotheses import Statics
from overflight.flight.levels import level_law
from overflight.inference import guided, observations, pilot, twist
from overflight.inference.model import balloon
from overflight.inference.observations import Evidence, Timetable
from overflight.inference.reports import schedule
from overflight.physics.drift import Drift
from overflight.physics.ou import ou_step
from overflight.physics.sphere import n_vector
from overflight.physics.windgrid import WindGrid

Array = NDArray[np.float64]

RESAMPLE_S = 6 * 3_600.0  # at most every six hours (SCIENCE 2.3, step 3)


@dataclass(frozen=True)
class Settings:
    """How hard to work. The defaults give the bundled case in well under a minute on two cores."""

    dt_s: float = 900.0
    output_s: float = 1_800.0
    n_strata_per_launch: int = 24
    n_runs: int = 8
    n_particles: int = 128
    n_draws: int = 24
    n_paths: int = 800
    n_starts: int = 2
    n_threads: int = 2
    n_defensive: int = 2  # further runs with twice the twist noise (SCIENCE 2.3, step 4)


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
        return float(self.altitude_mixture.sum()) + float(self.evidence.missed.sum())


def _key(seed: int, index: int, run: int) -> np.uint64:
    """A key of its own for every filter run (SplitMix64 of its place in the account)."""
    mask = 0xFFFFFFFFFFFFFFFF
    word = (seed * 1_000_003 + index * 4_099 + run + 1) * 0x9E3779B97F4A7C15 & mask
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & mask
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & mask
    return np.uint64(word ^ (word >> 31))


def work_out(
    case: Case,
    grid: WindGrid,
    error: WindError,
    settings: Settings,
    statics: Statics,
    sightings: tuple[Sequence[Sighting], Sequence[Sighting]],
    place: tuple[int, int],
) -> Stratum:
    """Find a pilot for a stratum and run its filters.

    Parameters
    ----------
    sightings
        Those whose position counts, and those whose altitude counts.
    place
        (seed, index of the stratum): with the run they make the key of every random number.
    """
    seen, heard = sightings
    seed, index = place
    table = _timetable(case, settings, statics)
    told = observations.evidence(case, seen, statics, table)
    drift = _drift(case, grid, error, statics, table)
    model = balloon()
    linear, standing = _pilot(drift, told, table, settings, _key(seed, index, 999))
    plan = schedule(told.reports, table.n_steps)

    def fly(inflate: float, run: int, n_draws: int) -> guided.Run:
        guide = twist.build(linear, standing, inflate)
        sizes = (
            settings.n_particles,
            n_draws,
            round(settings.output_s / settings.dt_s),
            max(1, round(RESAMPLE_S / settings.dt_s)),
        )
        key = _key(seed, index, run)
        return guided.as_run(guided.run(tuple(model), drift, guide, told.reports, plan, key, sizes))

    runs = tuple(fly(1.0, run, settings.n_draws) for run in range(settings.n_runs))
    wide = tuple(fly(2.0, 500 + run, 1).log_evidence for run in range(settings.n_defensive))
    mixture, good = observations.altitude_logs(case, heard, statics)
    return Stratum(statics, table, told, mixture, good, runs, wide)


def end_s(case: Case) -> float:
    """When the flight ends, in seconds since the epoch: at its last sighting, or the span's end."""
    for sighting in case.sightings:
        if sighting.id == case.flight_end_sighting:
            return (sighting.time_max - case.epoch).total_seconds()
    return (case.span_end - case.epoch).total_seconds()


def _timetable(case: Case, settings: Settings, statics: Statics) -> Timetable:
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


def _drift(
    case: Case, grid: WindGrid, error: WindError, statics: Statics, table: Timetable
) -> Drift:
    launch = case.launches[statics.launch]
    x, y, z = n_vector(launch.lat_deg, launch.lon_deg)
    return Drift(
        grid=grid,
        error=error.sigma,
        error_scale=statics.wind_scale,
        ou=ou_step(statics.tau_s, table.dt_s),
        level=level_law(statics, table.start_s, table.dt_s, table.n_steps, case.epoch),
        start_s=table.start_s,
        dt_s=table.dt_s,
        launch_x=x,
        launch_y=y,
        launch_z=z,
        launch_sd_m=launch.position_sd_m,
    )


def _pilot(
    drift: Drift, told: Evidence, table: Timetable, settings: Settings, key: np.uint64
) -> tuple[twist.Linear, twist.StandIns]:
    """Find a pilot from several starts; keep the one with the greatest posterior density."""
    model = balloon()
    shape = (table.n_steps + 1, 4)
    best: tuple[float, twist.Linear, twist.StandIns] | None = None
    for start in range(settings.n_starts):
        draw = np.random.Generator(np.random.Philox(key=int(key) + start))
        guess = np.zeros(shape) if start == 0 else 0.7 * draw.standard_normal(shape)
        linear, standing = pilot.find(model, drift, told.reports, guess)
        score = pilot.log_posterior(model, told.reports, linear)
        if best is None or score > best[0]:
            best = (score, linear, standing)
    if best is None or not math.isfinite(best[0]):
        raise InferenceError(
            found="no path through the sightings stays inside the wind data",
            expected="a path from the launch to the last sighting within the wind's time and box",
            remedy="Widen the wind data, or check the launch candidates and sighting times.",
        )
    return best[1], best[2]
