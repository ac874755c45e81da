"""How wrong a wind may be: no wind enters an account without this.

The error of either component is an Ornstein-Uhlenbeck process along the track: a standard
deviation that depends on place and level, an e-folding time, and one scale factor per flight.
All three are priors, not constants; inference marginalises them.

For the climatology the error is the weather itself: the departure of single days from it, measured
on eight days of global analyses and forecasts by level and latitude band. The table holds root
mean squares of the vector; a component is that over the square root of two.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.fields.climatology import STATEMENT
from overflight.physics.windgrid import SigmaTable

Array = NDArray[np.float64]

# Latitudes that the bands stand for; one southern band is measured, 30 to 60 S.
_BANDS_DEG = (0.0, 30.0, 50.0, 70.0)
_SOUTH_DEG = -45.0
_WINTER_DAY, _YEAR_D = 15.2, 365.25
_MONTHS_OF_WINTER = ("12", "01", "02")


@dataclass(frozen=True)
class WindError:
    """Priors of the wind error of one source.

    ``sigma`` is the standard deviation of a component by level and latitude [m/s]. The e-folding
    time is log-normal (median, sd of the log), and so is the flight's scale factor, with its mean
    square kept at one. ``prior_only`` forbids any verdict on steering.
    """

    sigma: SigmaTable
    tau_s_median: float
    tau_log_sd: float
    scale_log_sd: float
    prior_only: bool
    statement: str
    basis: tuple[str, ...]


def of_climatology(day: float) -> WindError:
    """The departure of the weather from the climatology around a day of the year.

    Winter (January) and autumn (September to November) are measured; a day within three months of
    mid-January mixes their variances by the annual cosine. Spring and summer were not measured: there the autumn
    value stands in, which for the northern summer stratosphere is too wide.

    Parameters
    ----------
    day
        Days since 1 January 00 UTC.
    """
    winter_share = max(0.0, math.cos(2.0 * math.pi * (day - _WINTER_DAY) / _YEAR_D))
    levels = _levels()
    winter, autumn = (_mean_squares(levels, cold=cold) for cold in (True, False))
    variance = 0.5 * (winter_share * winter + (1.0 - winter_share) * autumn)  # of one component
    lat_deg = np.array([-90.0, -70.0, _SOUTH_DEG, *_BANDS_DEG, 90.0])
    south_polar = variance[:, 3]  # no southern polar band was measured: the northern stands in
    columns = [south_polar, south_polar, variance[:, 4], *variance[:, :4].T, variance[:, 3]]
    return WindError(
        sigma=SigmaTable(
            log_pressure=np.log(levels * 100.0),
            lat_deg=lat_deg,
            sigma_mps=np.ascontiguousarray(np.sqrt(np.stack(columns, axis=1))),
        ),
        tau_s_median=42.0 * 3_600.0,
        tau_log_sd=0.4,
        scale_log_sd=0.4,
        prior_only=True,
        statement=STATEMENT,
        basis=(
            "standard deviation: departures of single days from the climatology, eight dates,"
            " January and September to November only; other seasons use autumn",
            "latitude: linear between the middles of the measured bands; the southern polar cap"
            " uses the northern one",
            "memory: 42 h, from the 1.5 to 2 days over which stratospheric winds at one"
            " mid-latitude site lose their correlation",
            "scale: one factor per flight, log-normal with 0.4",
        ),
    )


@cache
def _table() -> dict[str, Any]:
    text = files("overflight.fields").joinpath("data/transient_departures.json").read_text("utf-8")
    return dict(json.loads(text)["data"])


def _levels() -> Array:
    """Levels in hPa, from low to high pressure."""
    return np.array(sorted({float(level) for date in _table().values() for level in date}))


def _mean_squares(levels: Array, *, cold: bool) -> Array:
    """Mean square of the vector departure by (level, band) over the dates of a season."""
    dates = [table for date, table in _table().items() if (date[5:7] in _MONTHS_OF_WINTER) == cold]
    return np.array(
        [
            np.mean(
                [
                    [entry[0] ** 2 for entry in table[f"{level:g}"]]
                    for table in dates
                    if f"{level:g}" in table
                ],
                axis=0,
            )
            for level in levels
        ]
    )
