"""The prior as a posterior that has seen nothing: launches and winds alone.

Same type as the answer of inference, so that a claim is tested on both with the same code.
"""

import numpy as np

from overflight.case.model import Case
from overflight.fields.error import WindError
from overflight.flight.ensemble import Flight, require_room
from overflight.flight.hypotheses import dimensions, even_normals, statics
from overflight.flight.levels import heights_m
from overflight.inference import devices
from overflight.inference.gather import pressures_pa
from overflight.inference.posterior import Diagnostics, Posterior
from overflight.inference.stratum import Settings, Task, drift_of, end_s, timetable
from overflight.physics.sphere import lats_lons_deg
from overflight.physics.windgrid import WindGrid

N_STRATA, N_EACH = 50, 8  # per launch candidate, and balloons in each
_POINT_BYTES = 24 + 4 * 8  # its place once more on the common clock, and what is kept of it


def prior(case: Case, grid: WindGrid, error: WindError, settings: Settings, seed: int) -> Posterior:
    """Fly balloons through many strata of the prior, without evidence.

    Raises
    ------
    CapacityError
        If memory cannot hold their paths, before any is flown.
    """
    flights = []
    for launch in range(len(case.launches)):
        for normals in even_normals(N_STRATA, seed, launch, dimensions(error)):
            drawn = statics(case, error, launch, normals)
            table = timetable(case, settings, drawn)
            drift = drift_of(case, grid, error, drawn, table)
            flights.append(Flight(drawn, drift, table.n_steps))
    stride = round(settings.output_s / settings.dt_s)
    require_room(flights, N_EACH, stride, _POINT_BYTES)
    fly = devices.named(settings.device).fly
    paths = fly(flights, N_EACH, stride, seed, settings.n_threads)
    first_s = min(flight.drift.start_s for flight in flights)
    time_s = np.arange(first_s, end_s(case) + 0.5 * settings.output_s, settings.output_s)
    n_paths = len(flights) * N_EACH
    vectors = np.full((n_paths, len(time_s), 3), np.nan)
    height_m = np.full((n_paths, len(time_s)), np.nan)
    for index, (flight, flown) in enumerate(zip(flights, paths, strict=True)):
        rows = slice(index * N_EACH, (index + 1) * N_EACH)
        begin = round((flight.drift.start_s - first_s) / settings.output_s)
        count = min(flown.shape[1], len(time_s) - begin)
        vectors[rows, begin : begin + count] = flown[:, :count]
        height_m[rows] = heights_m(flight.statics, np.maximum(time_s, flight.statics.launch_s))
    height_m[~np.isfinite(vectors[..., 0])] = np.nan
    weight = np.repeat([case.launches[f.statics.launch].weight for f in flights], N_EACH)
    each = np.repeat(np.arange(len(flights)), N_EACH)
    none = np.zeros((n_paths, 0))
    lat_deg, lon_deg = lats_lons_deg(vectors)
    return Posterior(
        epoch=case.epoch,
        time_s=time_s,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        height_m=height_m,
        pressure_pa=pressures_pa(height_m),
        weight=weight / weight.sum(),
        launch_ids=tuple(launch.id for launch in case.launches),
        launch=np.array([flights[i].statics.launch for i in each], dtype=np.int64),
        launch_s=np.array([flights[i].statics.launch_s for i in each]),
        wind_scale=np.array([flights[i].statics.wind_scale for i in each]),
        float_height_m=np.array([flights[i].statics.float_height_m for i in each]),
        sighting_ids=(),
        log_mixture=none,
        right_probability=none,
        altitude_ids=(),
        altitude_log_mixture=none,
        altitude_right_probability=none,
        log_evidence=0.0,
        log_evidence_sd=0.0,
        diagnostics=_untroubled(settings, n_paths, len(flights), flights[0].n_steps),
        wind_statement=error.statement,
        seed=seed,
        prior_only=error.prior_only,
    )


def unseen(task: Task) -> Posterior:
    """The prior of a task, as a unit of work."""
    return prior(task.case, task.grid, task.error, task.settings, task.seed)


def _untroubled(settings: Settings, n_paths: int, n_strata: int, n_steps: int) -> Diagnostics:
    """Diagnostics of independent draws: nothing was weighed, nothing can degenerate."""
    return Diagnostics(
        ess=float(n_paths),
        distinct_ancestors=n_paths,
        min_ess_fraction=1.0,
        log_evidence_runs=(),
        log_evidence_strata_sd=0.0,
        log_evidence_defensive=None,
        effective_strata=float(n_strata),
        n_particles=n_paths,
        n_runs=1,
        n_strata=n_strata,
        n_steps=n_steps,
        dt_s=settings.dt_s,
        warnings=(),
    )
