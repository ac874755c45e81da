"""One step of passive drift: the analysed wind, its error, and Earth's shape.

The state of a particle is five numbers: the unit geodetic normal (x, y, z) of where it is, and the
wind error it feels as two standard normals (east, north). The error in m/s is that pair times the
local standard deviation, so a particle that drifts from the quiet tropics into the winter jet
carries its luck along, not its metres per second.

Vectors travel as Earth-fixed Cartesian vectors between two places and are read in the local east
and north there; so a track may pass over a pole or along the antimeridian without noticing.
Scheme: midpoint rule with the error's mean velocity over the step added to both stages (SCIENCE
decision D2; second order, Nordam & Duran 2020 for why a step must not straddle a time knot).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import kernel
from overflight.physics.ou import OuStep
from overflight.physics.sphere import meridional_radius_m, prime_vertical_radius_m
from overflight.physics.tangent import basis, carried, gone
from overflight.physics.windgrid import SigmaTable, WindGrid, sigma, wind


class LevelLaw(NamedTuple):
    """Where a passive balloon floats, at every half step: index ``2 k`` is the start of step k.

    ``log_pressure`` and ``height_m`` describe the level without the daily swing; by day the
    balloon rides ``swing_m`` higher, switched by the sun's elevation above its own horizon.
    """

    log_pressure: NDArray[np.float64]  # (2 steps + 1,) of pascals
    height_m: NDArray[np.float64]  # (2 steps + 1,) geometric
    scale_height_m: NDArray[np.float64]  # (2 steps + 1,)
    sun: NDArray[np.float64]  # (2 steps + 1, 3) unit vector towards the sun
    swing_m: float


class Drift(NamedTuple):
    """All that a passive step needs besides the particle."""

    grid: WindGrid
    error: SigmaTable
    error_scale: float  # one factor per flight (SCIENCE 1.6)
    ou: OuStep
    level: LevelLaw
    start_s: float
    dt_s: float
    launch_x: float
    launch_y: float
    launch_z: float
    launch_sd_m: float


@kernel
def daylight_fraction(
    x: float, y: float, z: float, sun_x: float, sun_y: float, sun_z: float
) -> float:
    """How far the day-side lift is switched on, 0 to 1, smooth over a few degrees.

    At 18 km the sun sets 5.5 degrees below the ground's horizon (dip 4.4, refraction 1.1;
    SCIENCE 5.4); the film needs some minutes to follow, here a logistic of 2 degrees.
    """
    sine = x * sun_x + y * sun_y + z * sun_z
    elevation_deg = math.degrees(math.asin(max(-1.0, min(1.0, sine))))
    return 1.0 / (1.0 + math.exp(-(elevation_deg + 5.5) / 2.0))


@kernel
def passive_step(
    drift: Drift,
    step: int,
    state: NDArray[np.float64],
    noise: NDArray[np.float64],
    after: NDArray[np.float64],
) -> None:
    """Advance one particle by one step, exactly as to its wind error.

    Parameters
    ----------
    drift
        The wind, its error, the level and the step.
    step
        Which step; the particle stands at ``start_s + step * dt_s``.
    state : (5,)
        Unit normal and the two standardised errors; not modified.
    noise : (4,)
        Standard normals: two for east, two for north.
    after : (5,)
        Receives the new state; NaN where the wind has no data.
    """
    x, y, z = state[0], state[1], state[2]
    level, ou, dt_s = drift.level, drift.ou, drift.dt_s
    east_x, east_y, north_x, north_y, north_z = basis(x, y, z)
    log_pressure, height_m = level.log_pressure[2 * step], level.height_m[2 * step]
    log_pressure_mid, height_mid_m = level.log_pressure[2 * step + 1], level.height_m[2 * step + 1]
    if level.swing_m != 0.0:
        sun = level.sun[2 * step]
        rise_m = level.swing_m * daylight_fraction(x, y, z, sun[0], sun[1], sun[2])
        log_pressure -= rise_m / level.scale_height_m[2 * step]
        log_pressure_mid -= rise_m / level.scale_height_m[2 * step + 1]
        height_m += rise_m
        height_mid_m += rise_m
    latitude_deg = math.degrees(math.atan2(z, math.sqrt(x * x + y * y)))
    sd_mps = drift.error_scale * sigma(drift.error, log_pressure, latitude_deg)
    pull = sd_mps / dt_s  # the error's displacement over the step, as a mean velocity
    error_u_mps = pull * (ou.gain_s * state[3] + ou.noise_xe * noise[0] + ou.noise_x * noise[1])
    error_v_mps = pull * (ou.gain_s * state[4] + ou.noise_xe * noise[2] + ou.noise_x * noise[3])
    extra_x = error_u_mps * east_x + error_v_mps * north_x
    extra_y = error_u_mps * east_y + error_v_mps * north_y
    extra_z = error_v_mps * north_z

    time_s = drift.start_s + step * dt_s
    u_mps, v_mps = wind(drift.grid, time_s, log_pressure, x, y, z)
    across = 1.0 / (prime_vertical_radius_m(math.radians(latitude_deg)) + height_m)
    along = 1.0 / (meridional_radius_m(math.radians(latitude_deg)) + height_m)
    eastward = (u_mps + error_u_mps) * across * 0.5 * dt_s
    northward = (v_mps + error_v_mps) * along * 0.5 * dt_s
    mx = x + eastward * east_x + northward * north_x
    my = y + eastward * east_y + northward * north_y
    mz = z + northward * north_z
    shrink = 1.0 / math.sqrt(mx * mx + my * my + mz * mz)
    mx, my, mz = mx * shrink, my * shrink, mz * shrink

    mid_x, mid_y, mid_nx, mid_ny, mid_nz = basis(mx, my, mz)
    u_mps, v_mps = wind(drift.grid, time_s + 0.5 * dt_s, log_pressure_mid, mx, my, mz)
    latitude_rad = math.atan2(mz, math.sqrt(mx * mx + my * my))
    across = 1.0 / (prime_vertical_radius_m(latitude_rad) + height_mid_m)
    along = 1.0 / (meridional_radius_m(latitude_rad) + height_mid_m)
    eastward = (u_mps + extra_x * mid_x + extra_y * mid_y) * across * dt_s
    northward = (v_mps + extra_x * mid_nx + extra_y * mid_ny + extra_z * mid_nz) * along * dt_s
    nx = x + eastward * mid_x + northward * mid_nx
    ny = y + eastward * mid_y + northward * mid_ny
    nz = z + northward * mid_nz
    shrink = 1.0 / math.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx * shrink, ny * shrink, nz * shrink

    error_e = ou.decay * state[3] + ou.noise_e * noise[0]
    error_n = ou.decay * state[4] + ou.noise_e * noise[2]
    after[0], after[1], after[2] = nx, ny, nz
    after[3], after[4] = carried(
        error_e, error_n, (east_x, east_y, north_x, north_y, north_z), basis(nx, ny, nz)
    )


@kernel
def launched(drift: Drift, noise: NDArray[np.float64], state: NDArray[np.float64]) -> None:
    """Draw a start: normal about the launch place, stationary wind error."""
    spread_m = drift.launch_sd_m
    state[0], state[1], state[2] = gone(
        drift.launch_x, drift.launch_y, drift.launch_z, spread_m * noise[0], spread_m * noise[1]
    )
    state[3], state[4] = noise[2], noise[3]
