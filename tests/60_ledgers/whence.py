"""Cases whose launch is known: a wind of our own, one balloon flown through it, reports of it."""

import math
from datetime import UTC, datetime

import numpy as np

from overflight.case.load import load
from overflight.case.template import write_new
from overflight.fields import places
from overflight.fields.error import WindError
from overflight.flight.hypotheses import Statics
from overflight.flight.levels import level_law
from overflight.inference import origin as tracing
from overflight.inference.sample import task_of
from overflight.inference.stratum import Settings
from overflight.ledgers import origin
from overflight.physics import atmosphere
from overflight.physics.drift import Drift, passive_step
from overflight.physics.ou import ou_step
from overflight.physics.sphere import lat_lon_deg, n_vector
from overflight.physics.windgrid import WindGrid, steady

HOUR_S, DAY_S = 3_600.0, 86_400.0
LEVELS_LOG = np.log([1_000.0, 20_000.0])
LIGHT = Settings(
    n_points=30, n_strata=4, n_filtered=4, n_runs=2, n_particles=48, n_draws=24, n_paths=120,
    n_starts=1, n_defensive=0, n_threads=1,
)  # fmt: skip
TAU_S, SD_MPS = DAY_S, 3.0

YAML = """\
title: A known flight
summary: Made for a test.
span:
  start: 2023-03-01T00:00Z
  end: {end}
balloon:
  kind: superpressure
  diameter_min: 90 ft
  diameter_max: 200 ft
  float_altitude_min: 18.4 km
  float_altitude_max: 18.6 km
  gases: [helium]
launches:
{launches}
hypotheses: [M0]
wind: climatology
zones: [country]
plausible_area: 10,000,000 km2
"""
LAUNCH = """\
  - id: {name}
    weight: 1
    time_min: 2023-03-01T00:00Z
    time_max: 2023-03-01T04:00Z
    lat_deg: {lat}
    lon_deg: {lon}
    position_sd: 60 km
    source: log
"""
HEADER = (
    "id,source,attribution,geometry,time_min,time_max,lat_deg,lon_deg,position_sd,reliability,"
    "certainty,use"
)


def even_wind(u_mps, v_mps, days=6.0):
    """One wind everywhere."""
    uv = np.empty((2, 2, 37, 73, 2), dtype=np.float32)
    uv[..., 0], uv[..., 1] = u_mps, v_mps
    return WindGrid(
        np.array([-DAY_S, days * DAY_S]), LEVELS_LOG, np.linspace(-90, 90, 37),
        np.linspace(-180, 180, 73), uv,
    )  # fmt: skip


def error_of(sd_mps=SD_MPS, *, prior_only=False):
    table = steady(LEVELS_LOG, np.array([-90.0, 90.0]), np.full((2, 2), sd_mps))
    said = "made for a test"
    return WindError(table, TAU_S, 0.05, 0.05, prior_only, said, (said,))


def truth(grid, start_deg, hours, seed):
    """Where a balloon launched at 02Z is after some hours, under an error of its own."""
    launch_s, dt_s = 2.0 * HOUR_S, 1_200.0
    height_m = 18_500.0
    n_steps = round((max(hours) * HOUR_S - launch_s) / dt_s)
    constants = Statics(0, launch_s, height_m, 0.0, 0.0, 1.0, TAU_S)
    drift = Drift(
        grid, error_of().sigma, 1.0, ou_step(TAU_S, dt_s),
        level_law(constants, launch_s, dt_s, n_steps, datetime(2023, 3, 1, tzinfo=UTC)),
        launch_s, dt_s, *n_vector(*start_deg), 0.0,
    )  # fmt: skip
    rng = np.random.default_rng(seed)
    state, after = np.array([*n_vector(*start_deg), *rng.standard_normal(2)]), np.empty(5)
    found = {}
    for step in range(n_steps):
        at_h = (launch_s + step * dt_s) / HOUR_S
        if any(abs(at_h - hour) < 1e-6 for hour in hours):
            found[round(at_h)] = lat_lon_deg(*state[:3])
        passive_step(drift, step, state, rng.standard_normal(4), after)
        state, after = after, state
    found[round(max(hours))] = lat_lon_deg(*state[:3])
    return found


def clock(hour):
    return f"2023-03-{1 + hour // 24:02d}T{hour % 24:02d}:00Z"


def case_of(folder, launches, seen, sd_km=30.0):
    """A case with launch candidates by name, and reports of the balloon by hour."""
    folder.mkdir()
    end = clock(max(seen) + 1)
    told = "".join(
        LAUNCH.format(name=name, lat=f"{lat:.3f}", lon=f"{lon:.3f}")
        for name, (lat, lon) in launches.items()
    )
    (folder / "case.yaml").write_text(YAML.format(end=end, launches=told), encoding="utf-8")
    rows = [HEADER]
    for number, (hour, (lat, lon)) in enumerate(sorted(seen.items())):
        rows.append(
            f"s{number},log,imagery,nadir,{clock(hour)},{clock(hour)},{lat:.4f},{lon:.4f},"
            f"{sd_km:g} km,A,high,yes"
        )
    (folder / "sightings.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "sources.csv").write_text(
        "id,publisher,title,published,url,copy_status\n"
        "log,The log,The log,2023-03-05,https://example.org/log,original\n",
        encoding="utf-8",
    )
    write_new(folder.with_name(f"{folder.name}-example"))
    example = folder.with_name(f"{folder.name}-example") / "statements.csv"
    header = example.read_text(encoding="utf-8").splitlines()[0]
    (folder / "statements.csv").write_text(header + "\n", encoding="utf-8")
    return load(folder)


def traced_of(case, grid, settings=LIGHT, seed=1, **error):
    task = task_of(case, grid, error_of(**error), settings, seed)
    right = {one.id: 1.0 for one in case.sightings}
    asked = tracing.asked_of(case, right)
    return tracing.traced(task, *asked)


def ledger_of(case, grid, settings=LIGHT, seed=1, **error):
    found = traced_of(case, grid, settings, seed, **error)
    return origin.ledger(case, found, places.load(), seed)


def log_pressure_of(height_m):
    return math.log(atmosphere.pressure_pa(height_m))
