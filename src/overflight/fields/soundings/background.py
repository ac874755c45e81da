"""What is believed of the wind before any sounding: the climatology, and how far days depart.

The climatology is defined from 200 to 10 hPa. Below and above, its wind at that edge stands in.
Upward the departures are let grow by 0.6 for each unit of ln p, as winds do towards the winter
stratopause; downward they fall by a third for each, from the jet's level to the ground: 11 m/s per
component at 500 hPa and 9 at 850, where the climatology is no more than a guess.
"""

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from overflight.fields import climatology, error_sources
from overflight.fields import error as wind_error
from overflight.physics import atmosphere
from overflight.physics.windgrid import sigma

Array = NDArray[np.float64]
Times = NDArray[np.datetime64]

_TOP_PA, _BOTTOM_PA = 1_000.0, 20_000.0
_GROWTH, _DECAY = 0.6, 0.35  # of the standard deviation for each unit of ln p above and below

_SHOWN_PA, _SHOWN_DEG = np.array([7_000.0]), np.array([40.0])
_NODES_PA = 100.0 * np.array([1_000.0, 700.0, 500.0, 350.0, 250.0, 160.0, 100.0, 40.0, 20.0, 10.0])
_NODES_M = np.array([atmosphere.pressure_altitude_m(float(p)) for p in _NODES_PA])


def wind_mps(
    lat_deg: Array, lon_deg: Array, pressure_pa: Array, time: Times
) -> tuple[Array, Array]:
    """The climatology's wind at points, its edge's beyond 200 and 10 hPa."""
    inside = np.clip(pressure_pa, _TOP_PA, _BOTTOM_PA)
    day = np.array([climatology.day_of_year(_aware(moment)) for moment in time])
    return climatology.evaluate(lat_deg, lon_deg, day, inside)


def departure_sd_mps(lat_deg: Array, pressure_pa: Array, time: Times) -> Array:
    """Standard deviation per component of a single moment about it."""
    middle = time[len(time) // 2]
    table = wind_error.of_climatology(climatology.day_of_year(_aware(middle))).sigma
    levels = np.log(np.clip(pressure_pa, _TOP_PA, _BOTTOM_PA))
    base = np.array(
        [
            sigma(table, 0.0, float(p), float(lat), 0.0)
            for p, lat in zip(levels, lat_deg, strict=True)
        ]
    )
    outside = np.maximum(np.log(pressure_pa / _BOTTOM_PA), 0.0)
    above = np.maximum(np.log(_TOP_PA / pressure_pa), 0.0)
    return np.asarray(base * (1.0 + _GROWTH * above) * np.exp(-_DECAY * outside))


def missed_sd_mps(lat_deg: Array, height_m: Array) -> Array:
    """Standard deviation per component of what a global analysis misses: waves and small weather.

    That of ERA5 against balloons, by latitude and pressure altitude (:mod:`error_sources`).

    >>> missed_sd_mps(np.array([40.0, 0.0]), np.array([18_000.0, 31_500.0])).round(2).tolist()
    [2.2, 4.55]
    """
    era5 = error_sources.grade("era5")
    by_latitude = error_sources.sigma_mps(era5, _SHOWN_PA, lat_deg)[0]
    by_level = error_sources.sigma_mps(era5, _NODES_PA, _SHOWN_DEG)[:, 0]
    shown = float(error_sources.sigma_mps(era5, _SHOWN_PA, _SHOWN_DEG)[0, 0])
    return np.asarray(by_latitude * np.interp(height_m, _NODES_M, by_level) / shown)


def height_m(pressure_pa: Array) -> Array:
    """Pressure altitude, which is the vertical coordinate of the analysis."""
    return np.array([atmosphere.pressure_altitude_m(float(p)) for p in np.ravel(pressure_pa)])


def _aware(moment: np.datetime64) -> datetime:
    at = moment.astype("datetime64[us]").astype(datetime)
    return datetime.fromisoformat(at.isoformat()).replace(tzinfo=UTC)
