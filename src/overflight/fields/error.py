"""How wrong a wind may be: no wind enters an account without this.

The error of either component is an Ornstein-Uhlenbeck process along the track: a standard
deviation that depends on place and level, an e-folding time, and one scale factor per flight.
All three are priors, not constants; inference marginalises them.

For the climatology the error is the weather itself: the departure of single days from it, measured
on seven days of global analyses and forecasts by level and latitude band. The table holds root
mean squares of the vector; a component is that over the square root of two.
"""

import json
import math
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from overflight.fields.climatology import STATEMENT
from overflight.physics.inertial import Inertial
from overflight.physics.windgrid import SigmaTable, steady

Array = NDArray[np.float64]

# Latitudes that the measured bands stand for, from the south: 60-30 S, 15 S - 15 N, 20-40 N,
# 40-60 N, 60-80 N; and where the file has them in its rows.
_BANDS_DEG = (-45.0, 0.0, 30.0, 50.0, 70.0)
_IN_FILE = (4, 0, 1, 2, 3)
_WINTER_DAY, _YEAR_D = 15.2, 365.25  # mid-January
_MONTHS_OF_WINTER = ("12", "01", "02")
_ENSEMBLE_MEANS = ("2025-10-30",)  # averaging damps departures: not counted

ATTRIBUTION = (
    "Statistics by the overflight project from NOAA GFS and GEFS fields (public domain), ECMWF"
    " ERA-Interim (contains modified ECMWF information, CC BY 4.0) and NASA MERRA, relative to the"
    " wind climatology."
)

_BASIS = (
    "standard deviation: root mean square departure of single days from the climatology, seven"
    " global analyses and forecasts (three in January, four from late September to early November),"
    " by level and latitude band",
    "season: mid-January and autumn are measured; days within three months of mid-January mix the"
    " two variances by the annual cosine; spring and summer have no data and use autumn, probably"
    " too wide for the quiet summer stratosphere of the north",
    "latitude: linear between the middles of the bands, constant beyond 45 S and 70 N; the south"
    " has one band, 30 to 60 S, measured on the same dates",
    "memory: e-folding time 42 h within a factor of 1.5, from the 1.5 to 2 days over which winds at"
    " 18.5 km over one mid-latitude site lose their correlation",
    "scale: one factor per flight, log-normal with 0.4, as balloon-borne comparisons with analyses"
    " need heavier than normal tails",
)


@dataclass(frozen=True)
class WindError:
    """Priors of the wind error of one source.

    ``sigma`` is the standard deviation of a component [m/s]; where it varies in time, its times
    count from ``time_zero`` (:meth:`since` counts them from elsewhere). The e-folding time is
    log-normal (median, sd of the log), and so are the vertical length, where the error fades with
    height at all, and the flight's scale factor, with its mean square kept at one. The bias stays
    for a whole flight. ``inertial`` says which part of the variance turns with the Coriolis
    parameter. ``prior_only`` forbids any verdict on steering.
    """

    sigma: SigmaTable
    tau_s_median: float
    tau_log_sd: float
    scale_log_sd: float
    prior_only: bool
    statement: str
    basis: tuple[str, ...]
    time_zero: datetime | None = None
    vertical_length_m_median: float | None = None
    vertical_length_log_sd: float = 0.0
    bias_sd_mps: float = 0.0
    inertial: Inertial | None = None

    def since(self, epoch: datetime) -> SigmaTable:
        """The standard deviations with their times in seconds since an aware epoch."""
        if self.time_zero is None or len(self.sigma.time_s) == 1:
            return self.sigma
        later_s = (self.time_zero - epoch).total_seconds()
        return self.sigma._replace(time_s=self.sigma.time_s + later_s)


def of_climatology(day: float) -> WindError:
    """The departure of the weather from the climatology around a day of the year.

    Winter (January) and autumn (late September to early November) are measured; a day within three
    months of mid-January mixes their variances by the annual cosine. Spring and summer were not
    measured: the autumn value stands in, probably too wide for the quiet northern summer
    stratosphere.

    Parameters
    ----------
    day
        Days since 1 January 00 UTC.

    >>> table = of_climatology(15.2).sigma  # at 70 hPa and 70 N in mid-January, m/s
    >>> level = list(table.log_pressure).index(math.log(7_000.0))
    >>> round(float(table.sigma_mps[0, level, -1, 0]), 1)
    11.2
    """
    winter_share = max(0.0, math.cos(2.0 * math.pi * (day - _WINTER_DAY) / _YEAR_D))
    levels_hpa = _levels_hpa()
    winter, autumn = (_mean_squares(levels_hpa, cold=cold) for cold in (True, False))
    # Half of the vector's mean square belongs to each component.
    variance = 0.5 * (winter_share * winter + (1.0 - winter_share) * autumn)
    return WindError(
        sigma=steady(np.log(levels_hpa * 100.0), np.array(_BANDS_DEG), np.sqrt(variance)),
        tau_s_median=42.0 * 3_600.0,
        tau_log_sd=0.4,
        scale_log_sd=0.4,
        prior_only=True,
        statement=STATEMENT,
        basis=_BASIS,
    )


@cache
def _table() -> dict[str, dict[str, list[list[float]]]]:
    """Departures by date, level in hPa and band: rms of the vector, mean speed."""
    text = files("overflight.fields").joinpath("data/transient_departures.json").read_text("utf-8")
    table: dict[str, dict[str, list[list[float]]]] = json.loads(text)["data"]
    return {date: levels for date, levels in table.items() if date not in _ENSEMBLE_MEANS}


def _levels_hpa() -> Array:
    """Levels from low to high pressure."""
    return np.array(sorted({float(level) for date in _table().values() for level in date}))


def _mean_squares(levels_hpa: Array, *, cold: bool) -> Array:
    """Mean square of the vector departure by (level, band from the south) over a season's dates."""
    dates = [table for date, table in _table().items() if (date[5:7] in _MONTHS_OF_WINTER) == cold]
    return np.array(
        [
            np.mean(
                [
                    [table[f"{level:g}"][band][0] ** 2 for band in _IN_FILE]
                    for table in dates
                    if f"{level:g}" in table
                ],
                axis=0,
            )
            for level in levels_hpa
        ]
    )
