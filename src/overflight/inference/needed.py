"""The error of the wind that paths need: how they moved, less the wind that was there.

Between two kept points a path moved with the mean wind and the mean error of that time, so that
their difference, at the middle, is the error to second order in the time between.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.inference import moments
from overflight.inference.contest import DRIFTS, Contender, Contest
from overflight.inference.posterior import Posterior
from overflight.inference.stratum import Task
from overflight.physics.drift import spread_mps
from overflight.physics.kernel import loop
from overflight.physics.sphere import radii_m
from overflight.physics.tangent import basis
from overflight.physics.windgrid import SigmaTable, WindGrid, wind

Array = NDArray[np.float64]

_MOST = 600  # moments of a flight: an error lasts for hours


@dataclass(frozen=True)
class Needed:
    """The wind's error along weighted paths of one hypothesis; NaN where a path does not fly.

    ``sd_mps`` is the standard deviation which that error has on an axis before any report.
    """

    name: str
    weight: Array  # (path,)
    time_s: Array  # (time,), even
    east_mps: Array  # (path, time)
    north_mps: Array
    sd_mps: Array


def of_contender(contest: Contest, one: Contender) -> Needed:
    """Of a hypothesis that was compared with others: its filters kept the errors."""
    return Needed(
        one.evidence.name, one.weight, contest.time_s, one.error_east_mps, one.error_north_mps,
        one.error_sd_mps,
    )  # fmt: skip


def of_drift(task: Task, drawn: Posterior) -> Needed:
    """Of paths that drift, from their places alone."""
    n_steps = len(drawn.time_s) - 1
    columns = np.arange(0, n_steps, math.ceil(n_steps / _MOST))
    step_s = float(drawn.time_s[1] - drawn.time_s[0])
    normals = moments.normals(drawn.lat_deg, drawn.lon_deg)
    with np.errstate(invalid="ignore"):
        log_pressure = 0.5 * (
            np.log(drawn.pressure_pa[:, columns]) + np.log(drawn.pressure_pa[:, columns + 1])
        )
    east_mps, north_mps, spread = _errors(
        task.grid,
        task.error.since(task.case.epoch),
        drawn.time_s[columns] + 0.5 * step_s,
        step_s,
        (normals[:, columns], normals[:, columns + 1]),
        log_pressure,
        0.5 * (drawn.height_m[:, columns] + drawn.height_m[:, columns + 1]),
    )
    sd_mps = drawn.wind_scale[:, None] * spread
    return Needed(DRIFTS, drawn.weight, drawn.time_s[columns], east_mps, north_mps, sd_mps)


@loop
def _errors(
    grid: WindGrid,
    table: SigmaTable,
    middle_s: Array,
    step_s: float,
    ends: tuple[Array, Array],
    log_pressure: Array,
    height_m: Array,
) -> tuple[Array, Array, Array]:
    """Errors east and north and their stated spread, each (path, time)."""
    before, after = ends
    n_paths, n_times = log_pressure.shape
    east_mps, north_mps = np.full((n_paths, n_times), np.nan), np.full((n_paths, n_times), np.nan)
    spread = np.full((n_paths, n_times), np.nan)
    for path in range(n_paths):
        for k in range(n_times):
            ax, ay, az = before[path, k]
            bx, by, bz = after[path, k]
            length = math.sqrt((ax + bx) ** 2 + (ay + by) ** 2 + (az + bz) ** 2)
            x, y, z = (ax + bx) / length, (ay + by) / length, (az + bz) / length
            if not math.isfinite(x):
                continue
            east_x, east_y, north_x, north_y, north_z = basis(x, y, z)
            along_m, across_m = radii_m(z)
            east = (bx - ax) * east_x + (by - ay) * east_y
            north = (bx - ax) * north_x + (by - ay) * north_y + (bz - az) * north_z
            u_mps, v_mps = wind(grid, middle_s[k], log_pressure[path, k], x, y, z)
            east_mps[path, k] = east * (across_m + height_m[path, k]) / step_s - u_mps
            north_mps[path, k] = north * (along_m + height_m[path, k]) / step_s - v_mps
            spread[path, k] = spread_mps(table, middle_s[k], log_pressure[path, k], x, y, z)
    return east_mps, north_mps, spread
