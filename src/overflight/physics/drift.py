"""One step of passive drift: the analysed wind, its error, and Earth's shape.

The state of a particle is five numbers: the unit geodetic normal (x, y, z) of where it is, and the
wind error it feels as two standard normals (east, north). The error in m/s is that pair times the
local standard deviation, so a particle that drifts from the quiet tropics into the winter jet
carries its luck along, not its metres per second.

Vectors travel as Earth-fixed Cartesian vectors between two places and are read in the local east
and north there; so a track may pass over a pole or along the antimeridian without noticing.
Scheme: midpoint rule with the error's mean velocity over the step added to both stages (method
1; second order, Nordam & Duran 2020 for why a step must not straddle a time knot).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.inertial import Inertial, turning_fraction, turning_step
from overflight.physics.kernel import kernel
from overflight.physics.ou import OuStep, coriolis_radps, faded_step
from overflight.physics.sphere import radii_m
from overflight.physics.tangent import Basis, basis, carried, gone
from overflight.physics.windgrid import SigmaTable, WindGrid, sigma, wind

Vector = tuple[float, float, float]

LAST_SUN = math.sin(math.radians(-5.5))
TWILIGHT = math.radians(2.0)


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
    error_scale: float  # one factor per flight (method 3)
    ou: OuStep
    level: LevelLaw
    start_s: float
    dt_s: float
    launch_x: float
    launch_y: float
    launch_z: float
    launch_sd_m: float
    tau_s: float = math.nan  # of ``ou``; asked for only where the error fades with height
    vertical_length_m: float = math.inf  # height over which the error e-folds
    bias_u_mps: float = 0.0  # part of the error that stays for the whole flight
    bias_v_mps: float = 0.0


class Push(NamedTuple):
    """What moves a particle besides the wind of its level and that wind's slow error.

    ``share_fraction`` is a factor on the error's standard deviation. A further wind is read
    east and north at both stages; a velocity of its own is a vector that travels along. The level
    may differ from the law's: ``..._log`` and ``..._m`` are ln p and metres to add at both stages,
    ``climb_m`` is the height that this adds over the step.
    """

    share_fraction: float
    u_mps: float
    v_mps: float
    own_u_mps: float
    own_v_mps: float
    start_log: float
    start_m: float
    middle_log: float
    middle_m: float
    climb_m: float


@kernel
def windy(share_fraction: float, u_mps: float, v_mps: float) -> Push:
    """A push by a further wind alone."""
    return Push(share_fraction, u_mps, v_mps, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@kernel
def daylight_fraction(
    x: float, y: float, z: float, sun_x: float, sun_y: float, sun_z: float
) -> float:
    """How far the day-side lift is switched on, 0 to 1, smooth over a few degrees.

    At 18 km the sun sets 5.5 degrees below the ground's horizon (dip 4.4, refraction 1.1;
    method 2); the film needs some minutes to follow, here a logistic of 2 degrees.
    """
    sine = x * sun_x + y * sun_y + z * sun_z
    return 1.0 / (1.0 + math.exp(-(sine - LAST_SUN) / TWILIGHT))


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
    pushed_step(drift, step, state, noise, windy(1.0, drift.bias_u_mps, drift.bias_v_mps), after)


@kernel
def pushed_step(
    drift: Drift,
    step: int,
    state: NDArray[np.float64],
    noise: NDArray[np.float64],
    push: Push,
    after: NDArray[np.float64],
) -> None:
    """Advance one particle by one step under whatever else moves it."""
    x, y, z = state[0], state[1], state[2]
    dt_s = drift.dt_s
    here = basis(x, y, z)
    rise_m = lift_m(drift.level, step, x, y, z)
    log_pressure, height_m = level_at(drift.level, 2 * step, rise_m)
    log_pressure, height_m = log_pressure + push.start_log, height_m + push.start_m
    time_s = drift.start_s + step * dt_s
    ou = error_step(drift, step, rise_m, push.climb_m, x, y, z)
    sd_mps = (
        drift.error_scale
        * spread_mps(drift.error, time_s, log_pressure, x, y, z)
        * push.share_fraction
    )
    pull = sd_mps / dt_s  # the error's displacement over the step, as a mean velocity
    error_u_mps = pull * (ou.gain_s * state[3] + ou.noise_xe * noise[0] + ou.noise_x * noise[1])
    error_v_mps = pull * (ou.gain_s * state[4] + ou.noise_xe * noise[2] + ou.noise_x * noise[3])
    error_u_mps, error_v_mps = error_u_mps + push.own_u_mps, error_v_mps + push.own_v_mps
    u_mps, v_mps = wind(drift.grid, time_s, log_pressure, x, y, z)
    u_mps, v_mps = u_mps + push.u_mps, v_mps + push.v_mps
    mx, my, mz = moved(
        (x, y, z), here, z, height_m, (u_mps + error_u_mps) * 0.5 * dt_s,
        (v_mps + error_v_mps) * 0.5 * dt_s,
    )  # fmt: skip

    middle = basis(mx, my, mz)
    log_pressure, height_m = level_at(drift.level, 2 * step + 1, rise_m)
    log_pressure, height_m = log_pressure + push.middle_log, height_m + push.middle_m
    u_mps, v_mps = wind(drift.grid, time_s + 0.5 * dt_s, log_pressure, mx, my, mz)
    u_mps, v_mps = u_mps + push.u_mps, v_mps + push.v_mps
    error_u_mps, error_v_mps = carried(error_u_mps, error_v_mps, here, middle)
    nx, ny, nz = moved(
        (x, y, z), middle, mz, height_m, (u_mps + error_u_mps) * dt_s, (v_mps + error_v_mps) * dt_s
    )
    after[0], after[1], after[2] = nx, ny, nz
    after[3], after[4] = carried(
        ou.decay * state[3] + ou.noise_e * noise[0],
        ou.decay * state[4] + ou.noise_e * noise[2],
        here,
        basis(nx, ny, nz),
    )


@kernel
def turning_push(
    drift: Drift,
    part: Inertial,
    step: int,
    state: NDArray[np.float64],
    turning: complex,
    noise: NDArray[np.float64],
) -> tuple[complex, Push]:
    """Advance the part of the error that turns; the rest is left to :func:`pushed_step`.

    Parameters
    ----------
    part
        How much of the variance turns, by latitude.
    turning
        That part as a standard normal, east + i north.
    noise : (4,)
        Standard normals of its own.

    Returns
    -------
    tuple of the part after the step and the ``push`` for this one
    """
    lat_deg = math.degrees(math.asin(state[2]))
    share = turning_fraction(part, lat_deg)
    one = turning_step(part.tau_s, coriolis_radps(lat_deg), drift.dt_s)
    first, second = complex(noise[0], noise[1]), complex(noise[2], noise[3])
    way_s = one.gain_s * turning + one.noise_xe * first + one.noise_x * second
    x, y, z = state[0], state[1], state[2]
    log_pressure, _ = level_at(drift.level, 2 * step, lift_m(drift.level, step, x, y, z))
    time_s = drift.start_s + step * drift.dt_s
    sd_mps = drift.error_scale * spread_mps(drift.error, time_s, log_pressure, x, y, z)
    push_mps = sd_mps * math.sqrt(share) * way_s / drift.dt_s
    return one.decay * turning + one.noise_e * first, windy(
        math.sqrt(1.0 - share),
        drift.bias_u_mps + push_mps.real,
        drift.bias_v_mps + push_mps.imag,
    )


@kernel
def turning_drift_step(
    drift: Drift,
    part: Inertial,
    step: int,
    state: NDArray[np.float64],
    turning: complex,
    noises: tuple[NDArray[np.float64], NDArray[np.float64]],
    after: NDArray[np.float64],
) -> complex:
    """Advance one particle whose error turns in part, and return that part at its new place.

    Parameters
    ----------
    state, after
        As for :func:`passive_step`.
    turning
        That part as a standard normal, east + i north.
    noises : (4,) and (4,)
        Standard normals for the slow part, and for the one that turns.
    """
    turning, push = turning_push(drift, part, step, state, turning, noises[1])
    pushed_step(drift, step, state, noises[0], push, after)
    east, north = carried(
        turning.real,
        turning.imag,
        basis(state[0], state[1], state[2]),
        basis(after[0], after[1], after[2]),
    )
    return complex(east, north)


@kernel
def error_step(
    drift: Drift, step: int, rise_m: float, further_m: float, x: float, y: float, z: float
) -> OuStep:
    """The error's step: shorter of memory where the balloon changes its height during it.

    The daily swing counts with where the sun stands for the place at the step's start;
    ``further_m`` is what the balloon climbs besides. A step back in time forgets as much as one
    forward.
    """
    if math.isinf(drift.vertical_length_m):
        return drift.ou
    heights_m = drift.level.height_m
    climb_m = heights_m[2 * step + 2] - heights_m[2 * step]
    climb_m += lift_m(drift.level, step + 1, x, y, z) - rise_m + further_m
    return faded_step(drift.tau_s, abs(drift.dt_s), climb_m, drift.vertical_length_m)


@kernel
def spread_mps(
    table: SigmaTable, time_s: float, log_pressure: float, x: float, y: float, z: float
) -> float:
    """Standard deviation at a unit normal; its longitude only where the table asks for it."""
    lon_deg = 0.0
    if table.lon_deg.shape[0] > 1:
        lon_deg = math.degrees(math.atan2(y, x))
    return sigma(table, time_s, log_pressure, math.degrees(math.asin(z)), lon_deg)


@kernel
def lift_m(level: LevelLaw, step: int, x: float, y: float, z: float) -> float:
    """How much higher the balloon rides at a place, by day, when a step begins."""
    if level.swing_m == 0.0:
        return 0.0
    sun = level.sun[2 * step]
    return level.swing_m * daylight_fraction(x, y, z, sun[0], sun[1], sun[2])


@kernel
def level_at(level: LevelLaw, half_step: int, rise_m: float) -> tuple[float, float]:
    """Log pressure and height, the daily swing included."""
    return (
        level.log_pressure[half_step] - rise_m / level.scale_height_m[half_step],
        level.height_m[half_step] + rise_m,
    )


@kernel
def moved(
    start: Vector,
    frame: Basis,
    sine_fraction: float,
    height_m: float,
    east_m: float,
    north_m: float,
) -> Vector:
    """Go metres east and north, in the frame and with the radii of a place (method 1).

    The radii come from the sine of the latitude, which is the normal's z: no trigonometry in the
    innermost loop (a quarter of a step's time when it was there).
    """
    along_m, across_m = radii_m(sine_fraction)
    east, north = east_m / (across_m + height_m), north_m / (along_m + height_m)
    x = start[0] + east * frame[0] + north * frame[2]
    y = start[1] + east * frame[1] + north * frame[3]
    z = start[2] + north * frame[4]
    shrink = 1.0 / math.sqrt(x * x + y * y + z * z)
    return x * shrink, y * shrink, z * shrink


@kernel
def launched(drift: Drift, noise: NDArray[np.float64], state: NDArray[np.float64]) -> None:
    """Draw a start: normal about the launch place, stationary wind error."""
    spread_m = drift.launch_sd_m
    state[0], state[1], state[2] = gone(
        drift.launch_x, drift.launch_y, drift.launch_z, spread_m * noise[0], spread_m * noise[1]
    )
    state[3], state[4] = noise[2], noise[3]
