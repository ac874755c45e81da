"""The level a passive balloon rides at, step by step.

It climbs at 5 m/s from where the account begins, settles at its float level, and then sinks or
rises slowly; by day it rides a little higher (that swing is added per particle, where the sun
stands for it: :mod:`overflight.physics.drift`).

The account begins at 200 hPa, about 12 km: below that the embedded wind knows nothing, and the
launch candidate's own error covers the first half hour of the climb.
"""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from overflight.flight.hypotheses import Statics
from overflight.physics import atmosphere
from overflight.physics.drift import LevelLaw, daylight_fraction
from overflight.physics.kernel import loop
from overflight.physics.sun import sun_vector

Array = NDArray[np.float64]

ASCENT_MPS = 5.0  # usual for latex and superpressure alike; method 2
BEGIN_PA = 20_000.0


def begin_height_m() -> float:
    """Height at which the account begins."""
    return float(atmosphere.height_m_of_pressure(BEGIN_PA)) + 1.0


def heights_m(statics: Statics, time_s: np.ndarray) -> np.ndarray:
    """Geometric height without the daily swing; NaN before the launch.

    Parameters
    ----------
    time_s : (time,)
        Seconds since the case's epoch.
    """
    aloft_s = np.asarray(time_s, dtype=np.float64) - statics.launch_s
    climbing_m = np.inf if statics.aloft else begin_height_m() + ASCENT_MPS * aloft_s
    floating_m = statics.float_height_m + statics.slow_drift_mps * aloft_s
    height_m = np.minimum(climbing_m, np.maximum(floating_m, begin_height_m()))
    return np.where(aloft_s < 0.0, np.nan, height_m)


def heights_along(statics: Statics, time_s: Array, vectors: Array, suns: Array) -> Array:
    """Geometric height along one path, the daily swing included; NaN where it is nowhere.

    Parameters
    ----------
    time_s : (time,)
    vectors, suns : (time, 3)
        Unit vectors of the balloon and towards the sun.
    """
    base_m = heights_m(statics, np.maximum(time_s, statics.launch_s))
    lit = _daylight(vectors, suns)
    return np.where(np.isfinite(vectors[:, 0]), base_m + statics.swing_m * lit, np.nan)


@loop
def _daylight(places: Array, suns: Array) -> Array:
    lit = np.empty(places.shape[0])
    for k in range(lit.size):
        place, sun = places[k], suns[k]
        lit[k] = daylight_fraction(place[0], place[1], place[2], sun[0], sun[1], sun[2])
    return lit


def level_law(
    statics: Statics, start_s: float, dt_s: float, n_steps: int, epoch: datetime
) -> LevelLaw:
    """Tabulate the level at every half step from ``start_s`` on."""
    time_s = np.asarray(start_s + 0.5 * dt_s * np.arange(2 * n_steps + 1), dtype=np.float64)
    height_m = heights_m(statics, np.maximum(time_s, statics.launch_s))
    pressure_pa, temperature_k, suns = _around(height_m, epoch.timestamp() + time_s)
    return LevelLaw(
        log_pressure=np.log(pressure_pa),
        height_m=height_m,
        scale_height_m=287.05307 * temperature_k / 9.80665,
        sun=suns,
        swing_m=statics.swing_m,
    )


@loop
def _around(height_m: Array, unix_s: Array) -> tuple[Array, Array, Array]:
    """Pressure, temperature and the way towards the sun, at every height and its moment."""
    pressure_pa, temperature_k = np.empty(height_m.size), np.empty(height_m.size)
    suns = np.empty((height_m.size, 3))
    for k in range(height_m.size):
        pressure_pa[k] = atmosphere.pressure_pa(height_m[k])
        temperature_k[k] = atmosphere.temperature_k(height_m[k])
        suns[k] = sun_vector(unix_s[k])
    return pressure_pa, temperature_k, suns
