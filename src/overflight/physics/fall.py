"""How a balloon comes down: its speed by the density of the air, its way through the wind below.

It falls as fast as its weight and its drag balance, ``v = v0 sqrt(rho0 / rho)`` with ``v0`` the
speed near the sea (method 6.1), from its level to the level of the sea. The wind's error goes on
from what it was and fades with the height fallen. Where the source of the wind does not reach down,
no wind is taken: the departure there has mean zero, and the variance of the source's error at its
lowest level together with that of the wind there.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.atmosphere import density_kgm3, pressure_pa
from overflight.physics.drift import Drift, level_at, lift_m, moved, spread_mps
from overflight.physics.kernel import kernel, loop
from overflight.physics.random import normal4
from overflight.physics.tangent import basis, carried
from overflight.physics.windgrid import wind

Array = NDArray[np.float64]

SEA_DENSITY_KGM3 = 1.225
LAYER_M = 100.0  # of the fall; a tenth of the length over which a wind error fades


class Falling(NamedTuple):
    """One balloon's descent: the key of its random numbers and which it is, and its plan.

    It is in its state at step ``step`` of the drift, and keeps its level until ``begin_s``.
    """

    key: Any
    who: int
    step: int
    begin_s: float
    sea_speed_mps: float


@kernel
def fall_speed_mps(sea_speed_mps: float, height_m: float) -> float:
    """Speed of a fall that has settled, in the standard atmosphere.

    >>> round(fall_speed_mps(5.0, 19_000.0), 2)
    17.16
    """
    return sea_speed_mps * math.sqrt(SEA_DENSITY_KGM3 / density_kgm3(height_m))


@kernel
def wind_and_spread(
    drift: Drift, time_s: float, height_m: float, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """Wind east and north, and the error's standard deviation; below the source as said above."""
    levels = drift.grid.log_pressure
    floor = levels[levels.shape[0] - 1]
    log_pressure = math.log(pressure_pa(height_m))
    u_mps, v_mps = wind(drift.grid, time_s, min(log_pressure, floor), x, y, z)
    sd_mps = drift.error_scale * spread_mps(drift.error, time_s, log_pressure, x, y, z)
    if log_pressure <= floor:
        return u_mps + drift.bias_u_mps, v_mps + drift.bias_v_mps, sd_mps
    outside = math.sqrt(sd_mps * sd_mps + 0.5 * (u_mps * u_mps + v_mps * v_mps))
    return 0.0, 0.0, outside  # NaN stays NaN: the caller sees it


@kernel
def fallen(
    drift: Drift, time_s: float, height_m: float, dt_s: float, depth_m: float, state: Array,
    noise: tuple[float, float, float, float],
) -> None:  # fmt: skip
    """Go with the wind for a while, sinking by a depth; ``state`` is changed in place.

    The error is that of the start of the layer; over the layer it decays with time and height.
    """
    x, y, z = state[0], state[1], state[2]
    middle_m = max(height_m - 0.5 * depth_m, 0.0)
    u_mps, v_mps, sd_mps = wind_and_spread(drift, time_s + 0.5 * dt_s, middle_m, x, y, z)
    here = basis(x, y, z)
    east_m, north_m = (u_mps + sd_mps * state[3]) * dt_s, (v_mps + sd_mps * state[4]) * dt_s
    nx, ny, nz = moved((x, y, z), here, z, middle_m, east_m, north_m)
    faded = depth_m / drift.vertical_length_m + dt_s / drift.tau_s
    keep, fresh = math.exp(-faded), math.sqrt(-math.expm1(-2.0 * faded))
    state[0], state[1], state[2] = nx, ny, nz
    state[3], state[4] = carried(
        keep * state[3] + fresh * noise[0],
        keep * state[4] + fresh * noise[1],
        here,
        basis(nx, ny, nz),
    )


@loop
def landing_s(drift: Drift, plan: Falling, state: Array, time_s: Array, track: Array) -> float:
    """Take one balloon from its level to the sea, and return when it is there; NaN if never.

    Parameters
    ----------
    state : (5,)
        Unit normal and standardised errors; changed to those where it comes down.
    time_s, track
        Times (output,), and the place and height (output, 4) then: filled for those after the step
        of the plan; on the ground it stays. NaN from where it leaves the wind.
    """
    now_s = drift.start_s + plan.step * drift.dt_s
    rise_m = lift_m(drift.level, plan.step, state[0], state[1], state[2])
    _, height_m = level_at(drift.level, 2 * plan.step, rise_m)
    output = int(np.searchsorted(time_s, now_s, side="right"))
    layer = 0
    while height_m > 0.0 and not math.isnan(state[0]):
        if now_s < plan.begin_s:
            dt_s, depth_m = plan.begin_s - now_s, 0.0
        else:
            depth_m = min(LAYER_M, height_m)
            dt_s = depth_m / fall_speed_mps(plan.sea_speed_mps, height_m - 0.5 * depth_m)
        noise = normal4(plan.key, plan.who, layer)
        fallen(drift, now_s, height_m, dt_s, depth_m, state, noise)
        now_s, height_m, layer = now_s + dt_s, height_m - depth_m, layer + 1
        while output < time_s.shape[0] and time_s[output] <= now_s:
            track[output, :3], track[output, 3] = state[:3], height_m
            output += 1
    for later in range(output, time_s.shape[0]):
        track[later, :3], track[later, 3] = state[:3], 0.0
    return math.nan if math.isnan(state[0]) else now_s
