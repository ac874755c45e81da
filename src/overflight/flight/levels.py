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
    climbing_m = begin_height_m() + ASCENT_MPS * aloft_s
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
    time_s = start_s + 0.5 * dt_s * np.arange(2 * n_steps + 1)
    height_m = heights_m(statics, np.maximum(time_s, statics.launch_s))
    pressure_pa = np.array([atmosphere.pressure_pa(z) for z in height_m])
    temperature_k = np.array([atmosphere.temperature_k(z) for z in height_m])
    began_s = epoch.timestamp()
    return LevelLaw(
        log_pressure=np.log(pressure_pa),
        height_m=height_m,
        scale_height_m=287.05307 * temperature_k / 9.80665,
        sun=np.array([sun_vector(began_s + t) for t in time_s]),
        swing_m=statics.swing_m,
    )
