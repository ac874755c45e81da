"""How wrong a wind may be: no wind enters an account without this.

The error of either component is an Ornstein-Uhlenbeck process along the track: a standard
deviation that depends on place and level, an e-folding time, and one scale factor per flight.
All three are priors, not constants; inference marginalises them, and for a wind of the day also
the height over which the error fades and a bias.

For a wind of the day the standard deviation is that of its source and lead time, as balloons found
it (:mod:`overflight.fields.error_sources`), or what came with the wind
(:mod:`overflight.fields.error_spread`), and what interpolation misses
(:mod:`overflight.fields.interpolation`).

For the climatology the error is the weather itself: the departure of single days from it, measured
on seven days of global analyses and forecasts by level and latitude band. The table holds root
mean squares of the vector; a component is that over the square root of two.
"""

import json
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.fields import error_sources, error_spread, error_table, interpolation
from overflight.fields.climatology import STATEMENT, day_of_year
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


INERTIAL = Inertial(share_fraction=0.4, none_deg=10.0, full_deg=20.0, tau_s=86_400.0)
_DAY_S, _SOUNDINGS_TAU_S = 86_400.0, 64_800.0
_SHOWN_LAT_DEG, _SHOWN_PA = 40.0, 7_000.0

_BASIS_OF_A_DAY = (
    "memory: e-folding time 24 h within a factor of 1.8; with it the standard deviations above give"
    " the track errors that balloons had after 1, 10 and 15 days within a tenth",
    "scale: one factor per flight, log-normal with 0.4: the tenth of tracks that err most errs 2.3"
    " times as much as the middle one (Strateole-2)",
    "height: the error e-folds over 1 km of climb or sinking, within a factor of 1.6",
    "bias: 0.5 m/s per component for the whole flight",
    "inference takes the whole variance as slow; in truth two fifths of it poleward of 20 degrees"
    " turn with the Coriolis parameter and displace far less, so its tracks are rather too wide",
)
_BASIS_OF_SOUNDINGS = (
    "standard deviation: that of the analysis of the soundings, which was checked against soundings"
    " left out; at least 0.3 m/s",
    "memory: e-folding time 18 h within a factor of 1.8, from 12 to 24 h at 15 to 20 km over one"
    " tropical site",
)
_BASIS_OF_NO_DAY = "this wind blew on no real day: it errs as much as the climatology does"


def of_field(wind: xr.Dataset) -> WindError:
    """The error of a canonical wind, by who made it, how old the forecast is, and its spacing.

    A wind that was never real (a climate model, a simulation, a 360-day calendar) errs as the
    climatology does, and forbids a verdict like it. A standard deviation that came with the wind
    replaces the table of its source.
    """
    source = str(wind.attrs.get("source", "unknown"))
    product = str(wind.attrs.get("product", "unknown"))
    if source == "climatology":
        return of_climatology(_middle_day(wind))
    if source in error_sources.PRIOR_ONLY or product == "simulation":
        return replace(
            of_climatology(_middle_day(wind)),
            statement=f"{wind.attrs.get('title') or source}: no wind of a real day, prior only",
            basis=(_BASIS_OF_NO_DAY, *_BASIS),
        )
    graded = error_sources.grade(source)
    factor, why = error_sources.product_factor(product)
    analysed = source == "soundings" or wind.attrs.get("sd_basis") == error_spread.ANALYSIS
    missed = None if analysed and "sd_mps" in wind else interpolation.of_field(wind)
    bare = error_table.table(wind, graded, factor, None)
    made = WindError(
        sigma=bare if missed is None else error_table.table(wind, graded, factor, missed),
        tau_s_median=_SOUNDINGS_TAU_S if missed is None else _DAY_S,
        tau_log_sd=0.6,
        scale_log_sd=0.4,
        prior_only=False,
        statement=_statement(wind, graded.name, bare, missed),
        basis=(),
        time_zero=_moment(wind, 0),
        vertical_length_m_median=1_000.0,
        vertical_length_log_sd=0.5,
        bias_sd_mps=0.5,
        inertial=INERTIAL,
    )
    return replace(made, basis=_basis(wind, graded, why, missed))


def _basis(
    wind: xr.Dataset,
    graded: error_sources.Grade,
    why: str,
    missed: interpolation.Interpolation | None,
) -> tuple[str, ...]:
    """Where the numbers are from, one sentence each."""
    if missed is None:
        return (*_BASIS_OF_SOUNDINGS, *_BASIS_OF_A_DAY[1:])
    modern = graded.table_mps is error_sources.grade("era5").table_mps
    told = [
        error_sources.BASIS_MODERN if modern else error_sources.BASIS_OLDER,
        f"source: {graded.name}, {graded.factor:g} times the table; {graded.why}",
        error_sources.BASIS_LEVELS,
        error_sources.leads_s(wind)[1],
    ]
    told += [f"product: {why}"] if why else []
    told += [error_spread.words(str(wind.attrs.get("sd_basis", "")))] if "sd_mps" in wind else []
    return (*told, *missed.basis, *_BASIS_OF_A_DAY)


def _statement(
    wind: xr.Dataset,
    name: str,
    bare: SigmaTable,
    missed: interpolation.Interpolation | None,
) -> str:
    """One line: whose wind, its steps, and its error at a place in it, interpolation apart.

    'ERA5 reanalysis, hourly, 0.25 degrees: error 2.2 m/s per component at 40 N, 70 hPa' and more.
    """
    axis = wind["lat_deg"].values
    lat_deg = float(np.clip(_SHOWN_LAT_DEG, axis[0], axis[-1]))
    levels = wind["pressure_pa"].values.astype(np.float64)
    level = int(np.argmin(np.abs(np.log(levels / _SHOWN_PA))))
    own = int(np.argmin(np.abs(bare.log_pressure - math.log(levels[level]))))
    by_latitude = np.sqrt((bare.sigma_mps[:, own] ** 2).mean(axis=(0, 2)))
    sd_mps = float(np.interp(lat_deg, bare.lat_deg, by_latitude))
    side = "N" if lat_deg >= 0.0 else "S"
    line = (
        f"{_made(wind, name)}: error {sd_mps:.1f} m/s per component at {abs(lat_deg):.0f} {side},"
        f" {levels[level] / 100.0:.4g} hPa"
    )
    return line if missed is None else f"{line}; {missed.words(level)}"


def _made(wind: xr.Dataset, name: str) -> str:
    """Maker, product, step and spacing of a wind."""
    product = str(wind.attrs.get("product", "unknown"))
    if wind.attrs.get("source") == "soundings":
        return "analysis of soundings"
    if product in name.lower():
        product = "unknown"
    parts = [name if product == "unknown" else f"{name} {product}"]
    steps_h = np.diff(interpolation.seconds(wind)) / 3_600.0
    if len(steps_h):
        step_h = float(np.median(steps_h))
        parts.append("hourly" if step_h == 1.0 else f"every {step_h:g} h")
    else:
        parts.append("one time")
    if wind.sizes["lat_deg"] > 1:
        parts.append(f"{float(np.median(np.diff(wind['lat_deg'].values))):.3g} degrees")
    return ", ".join(parts)


def _moment(wind: xr.Dataset, index: int) -> datetime:
    """One of the wind's times, aware."""
    seconds = wind["time"].values[index].astype("datetime64[us]").astype(datetime)
    return datetime.fromisoformat(seconds.isoformat()).replace(tzinfo=UTC)


def _middle_day(wind: xr.Dataset) -> float:
    """Day of the year in the middle of the wind's times."""
    first, last = _moment(wind, 0), _moment(wind, -1)
    return day_of_year(first + (last - first) / 2)


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
