"""From the strata's filter runs to the kept paths and the diagnostics."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case
from overflight.flight.levels import heights_along
from overflight.inference.copied import right_logs
from overflight.inference.posterior import Diagnostics, effective_size
from overflight.inference.stratum import Settings, Stratum, end_s
from overflight.physics import atmosphere
from overflight.physics.sphere import lats_lons_deg
from overflight.physics.steered import HEIGHT
from overflight.physics.sun import sun_vector

Array = NDArray[np.float64]
Pick = tuple[int, int, int]  # stratum, run, draw

MIN_ANCESTORS = 200  # below this the smoothing draws are too few starts told many times


@dataclass(frozen=True)
class Kept:
    """Paths on the account's common clock, and what the reports said of each."""

    time_s: Array
    lat_deg: Array
    lon_deg: Array
    height_m: Array
    pressure_pa: Array
    log_mixture: Array
    right: Array
    altitude_mixture: Array
    altitude_right: Array


@dataclass(frozen=True)
class Weighed:
    """How the runs of all strata share the posterior."""

    constant: Array  # (stratum,) log of what a stratum stands for, and of what its constants say
    share: Array  # (stratum, run), sums to 1
    by_run: Array  # (run,) log evidence of every set of runs
    strata_sd: float  # relative error of the evidence, because only so many strata were looked at
    n_tried: int
    n_beyond: int  # of the strata tried, those whose level leaves the wind data
    tried_sd: float = 0.0  # the part of ``strata_sd`` that more filters would not lessen

    @property
    def log_evidence(self) -> float:
        """Log of the mean evidence of the runs."""
        return float(np.logaddexp.reduce(self.by_run) - math.log(len(self.by_run)))

    @property
    def log_evidence_sd(self) -> float:
        """Its error: of the runs among themselves, and of the strata, which they share."""
        runs = float(self.by_run.std(ddof=1)) / math.sqrt(len(self.by_run))
        return math.hypot(runs, self.strata_sd)


def clock_s(case: Case, settings: Settings, first_s: float) -> Array:
    """Output marks from a first one to the end of the flight."""
    return np.arange(first_s, end_s(case) + 0.5 * settings.output_s, settings.output_s)


def begin_of(stratum: Stratum, settings: Settings, time_s: Array) -> int:
    """Index of a stratum's first step on a clock."""
    return round((stratum.table.start_s - float(time_s[0])) / settings.output_s)


def gather(
    case: Case,
    settings: Settings,
    done: Sequence[Stratum],
    picks: Sequence[Pick],
    n_seen: int,
    time_s: Array,
) -> Kept:
    """Lay the picked paths on one clock; NaN before each launch.

    Heights are those that were kept along a path, or follow from its stratum's level. ``n_seen`` is
    the number of position reports; those outside a stratum's flight keep the likelihood of a wrong
    report there, and probability zero of being right.
    """
    shape = (len(picks), len(time_s))
    vectors = np.full((*shape, 3), np.nan)
    height_m = np.full(shape, np.nan)
    log_mixture, right = np.zeros((len(picks), n_seen)), np.zeros((len(picks), n_seen))
    suns = np.array([sun_vector(case.epoch.timestamp() + t) for t in time_s])
    for row, (index, run_index, draw) in enumerate(picks):
        stratum, run = done[index], done[index].runs[run_index]
        begin = begin_of(stratum, settings, time_s)
        path = run.paths[draw][: len(time_s) - begin]
        here = slice(begin, begin + len(path))
        vectors[row, here] = path[:, :3]
        if path.shape[1] > HEIGHT:
            height_m[row, here] = path[:, HEIGHT]
        else:
            height_m[row] = heights_along(stratum.statics, time_s, vectors[row], suns)
        inside, told = stratum.evidence.inside, stratum.evidence.reports
        n = len(inside)  # altitudes that weighed particles follow the places
        log_mixture[row, inside] = run.log_mixture[draw, :n]
        good = told.log_good[:n] + run.log_density[draw, :n]
        right[row, inside] = np.exp(
            right_logs(
                good, run.log_mixture[draw, :n], told.log_bad[:n], stratum.evidence.stray_log
            )
        )
        outside = np.setdiff1d(np.arange(n_seen), inside)
        log_mixture[row, outside] = stratum.evidence.missed[outside]
    lat_deg, lon_deg = lats_lons_deg(vectors)
    return Kept(
        time_s=time_s,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        height_m=height_m,
        pressure_pa=pressures_pa(height_m),
        log_mixture=log_mixture,
        right=right,
        altitude_mixture=np.array([done[p[0]].altitude_mixture for p in picks]),
        altitude_right=np.exp(
            np.array([done[p[0]].altitude_good - done[p[0]].altitude_mixture for p in picks])
        ),
    )


def pressures_pa(height_m: Array) -> Array:
    """Pressure of geometric heights in the standard atmosphere, by a fine table (2e-7 relative)."""
    table_m = np.arange(0.0, 47_000.0, 20.0)
    table_log = np.log([atmosphere.pressure_pa(z) for z in table_m])
    return np.exp(np.interp(height_m, table_m, table_log))


def diagnose(
    settings: Settings,
    done: Sequence[Stratum],
    weighed: Weighed,
    picks: Sequence[Pick],
    defensive: float | None,
) -> Diagnostics:
    """Say how well the sampler did, and warn where it did badly."""
    share, by_run = weighed.share, weighed.by_run
    ends = np.array([[run.ess[-1] for run in s.runs] for s in done])
    lowest = np.array([min(float(run.ess.min()) for run in s.runs) for s in done])
    by_stratum = share.sum(axis=1)
    ancestors = {(i, r, int(done[i].runs[r].ancestor[d])) for i, r, d in picks}
    ess = float(1.0 / (share**2 / np.maximum(ends, 1.0)).sum())
    spread = float(by_run.std(ddof=1))
    n_strata = len(done)
    effective = effective_size(by_stratum)
    warnings = []
    if len(ancestors) < MIN_ANCESTORS:
        warnings.append(
            f"only {len(ancestors)} distinct starts remain; expected {MIN_ANCESTORS} or more"
        )
    if ess < 400.0:
        warnings.append(f"effective sample size {ess:.0f}; expected 400 or more for means")
    if weighed.n_beyond:
        warnings.append(
            f"{weighed.n_beyond} of {weighed.n_tried} levels and launches tried leave the wind data"
            " and count for nothing; wider data may change the account"
        )
    n_lost = sum(run.n_lost for s in done for run in s.runs)
    if n_lost:
        n_flown = n_strata * settings.n_runs * settings.n_particles
        warnings.append(
            f"{n_lost:,} of {n_flown:,} particles left the wind data and were given up; where the"
            " balloon could have gone there, wider data may change the account"
        )
    if effective < 5.0:
        warnings.append(f"only {effective:.1f} of {n_strata} strata carry the answer")
    apart = 0.0 if defensive is None else defensive - weighed.log_evidence
    if abs(apart) > max(0.5, 4.0 * spread):
        warnings.append(f"the defensive run disagrees by {apart:+.2f} in log evidence")
    return Diagnostics(
        ess=ess,
        distinct_ancestors=len(ancestors),
        min_ess_fraction=float(lowest @ by_stratum) / settings.n_particles,
        log_evidence_runs=tuple(float(v) for v in by_run),
        log_evidence_strata_sd=weighed.strata_sd,
        log_evidence_defensive=defensive,
        effective_strata=effective,
        n_particles=settings.n_particles,
        n_runs=settings.n_runs,
        n_strata=n_strata,
        n_steps=max(s.table.n_steps for s in done),
        dt_s=settings.dt_s,
        warnings=tuple(warnings),
    )
