"""From the strata's filter runs to the kept paths and the diagnostics."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case
from overflight.flight.levels import heights_along
from overflight.inference.posterior import Diagnostics, effective_size
from overflight.inference.stratum import Settings, Stratum, end_s
from overflight.physics import atmosphere
from overflight.physics.sphere import lats_lons_deg
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


def gather(
    case: Case, settings: Settings, done: Sequence[Stratum], picks: Sequence[Pick], n_seen: int
) -> Kept:
    """Lay the picked paths on one clock; NaN before each launch.

    ``n_seen`` is the number of position reports; those outside a stratum's flight keep the
    likelihood of a wrong report there, and probability zero of being right.
    """
    first_s = min(stratum.table.start_s for stratum in done)
    time_s = np.arange(first_s, end_s(case) + 0.5 * settings.output_s, settings.output_s)
    shape = (len(picks), len(time_s))
    vectors = np.full((*shape, 3), np.nan)
    height_m = np.full(shape, np.nan)
    log_mixture, right = np.zeros((len(picks), n_seen)), np.zeros((len(picks), n_seen))
    suns = np.array([sun_vector(case.epoch.timestamp() + t) for t in time_s])
    for row, (index, run_index, draw) in enumerate(picks):
        stratum, run = done[index], done[index].runs[run_index]
        begin = round((stratum.table.start_s - first_s) / settings.output_s)
        path = run.paths[draw][: len(time_s) - begin]
        vectors[row, begin : begin + len(path)] = path
        height_m[row] = heights_along(stratum.statics, time_s, vectors[row], suns)
        inside, told = stratum.evidence.inside, stratum.evidence.reports
        log_mixture[row, inside] = run.log_mixture[draw]
        right[row, inside] = np.exp(told.log_good + run.log_density[draw] - run.log_mixture[draw])
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
    share: Array,
    by_run: Array,
    picks: Sequence[Pick],
    defensive: float | None,
) -> Diagnostics:
    """Say how well the sampler did, and warn where it did badly.

    Parameters
    ----------
    share : (stratum, run)
        Posterior probability of every filter run.
    by_run : (run,)
        Log evidence of every set of runs.
    """
    ends = np.array([[run.ess[-1] for run in s.runs] for s in done])
    lowest = np.array([min(float(run.ess.min()) for run in s.runs) for s in done])
    by_stratum = share.sum(axis=1)
    ancestors = {(i, r, int(done[i].runs[r].ancestor[d])) for i, r, d in picks}
    ess = float(1.0 / (share**2 / np.maximum(ends, 1.0)).sum())
    spread = float(by_run.std(ddof=1))
    n_strata = len(done)
    effective = effective_size(by_stratum)
    # Jackknife-like error of the average over strata: their evidences scatter, few dominate.
    strata_sd = math.sqrt(max(0.0, 1.0 / effective - 1.0 / n_strata))
    warnings = []
    if len(ancestors) < MIN_ANCESTORS:
        warnings.append(
            f"only {len(ancestors)} distinct starts remain; expected {MIN_ANCESTORS} or more"
        )
    if ess < 400.0:
        warnings.append(f"effective sample size {ess:.0f}; expected 400 or more for means")
    n_lost = sum(run.n_lost for s in done for run in s.runs)
    if n_lost:
        n_flown = n_strata * settings.n_runs * settings.n_particles
        warnings.append(
            f"{n_lost:,} of {n_flown:,} particles left the wind data and were given up; where the"
            " balloon could have gone there, wider data may change the account"
        )
    if effective < 5.0:
        warnings.append(f"only {effective:.1f} of {n_strata} strata carry the answer")
    if defensive is not None and abs(defensive - _mean(by_run)) > max(0.5, 4.0 * spread):
        warnings.append(
            f"the defensive run disagrees by {defensive - _mean(by_run):+.2f} in log evidence"
        )
    return Diagnostics(
        ess=ess,
        distinct_ancestors=len(ancestors),
        min_ess_fraction=float(lowest @ by_stratum) / settings.n_particles,
        log_evidence_runs=tuple(float(v) for v in by_run),
        log_evidence_strata_sd=strata_sd,
        log_evidence_defensive=defensive,
        effective_strata=effective,
        n_particles=settings.n_particles,
        n_runs=settings.n_runs,
        n_strata=n_strata,
        n_steps=max(s.table.n_steps for s in done),
        dt_s=settings.dt_s,
        warnings=tuple(warnings),
    )


def _mean(logs: Array) -> float:
    return float(np.logaddexp.reduce(logs) - math.log(len(logs)))
