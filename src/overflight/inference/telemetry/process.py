"""By what a balloon's velocity departs from the wind that is known: the model and its numbers.

Each departure is a circular Ornstein-Uhlenbeck process. Two are slow and keep their direction
relative to east and north, so that they follow the parallels. One turns once a day with the sun,
three turn with the Coriolis parameter: the near-inertial oscillation at f (method 3), and the
spectrum of gravity waves above it, as two broad bands at 1.6 and 2.5 f. The last does not turn.
All that turn, turn clockwise in the north and counter-clockwise in the south.

The numbers were fitted by maximum likelihood to one flight, ANITA-lite (McMurdo, December 2003 to
January 2004, 36 to 41 km, 18 days), and to no other; docs/calibration.md says how well they serve
another. The choice of bands was made with the spectra of ANITA-lite and ANITA-2 in view.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DAY_S = 86_400.0
_HOUR_S = 3_600.0

# Fitted to ANITA-lite: standard deviation per component, e-folding time.
STEADY_S = 480.0 * _HOUR_S  # so long that it was held, not fitted
STEADY_SHARE = 0.975  # of the slow variance; the rest fades within some days
WEATHER_S = 58.4 * _HOUR_S
# Of height changed, over which a departure is forgotten (method 3, L_z): shorter than soundings
# suggest for the season's weather, because an ascent crosses jets and the edge of the known wind.
WEATHER_FADE_M = 1_000.0
_TIDE_MPS, _TIDE_S = 1.64, 240.0 * _HOUR_S  # the time held
_WAVES = ((1.0, 1.72, 25.3), (1.6, 1.48, 7.1), (2.5, 1.69, 2.5), (0.0, 1.99, 2.2))

# What differs from flight to flight: factors and the sd of their logarithm, the latter by opinion.
_SLOW_FACTORS = (0.5, 1.5, 4.0)  # of the steady and of the fading part, apart
SEASON_LOG_SD = 0.9  # where the wind is a season's or none: its departures are known but roughly
DAY_LOG_SD = 0.4  # of a wind of the day (method 3)
_WAVE_FACTORS, _WAVE_LOG_SD = (0.2, 0.45, 1.0, 1.7), 0.5  # calmer air further down
_MEMORY_FACTORS, _MEMORY_LOG_SD = (0.6, 1.0, 1.7), 0.5
# The air of a gap need not be as rough as that beside it: log-normal 0.4 (method 3), five parts.
_ROUGH_LOG_SD = 0.4
_QUINTILES = (-1.2816, -0.5244, 0.0, 0.5244, 1.2816)


@dataclass(frozen=True)
class Process:
    """Departures, one entry each."""

    sigma_mps: Array  # (departure,) standard deviation per component
    tau_s: Array  # (departure,) e-folding time
    inertial: Array  # (departure,) turning, in Coriolis parameters
    daily: Array  # (departure,) turning, in turns a day with the sense of the Coriolis parameter
    follows: Array  # (departure,) 1 where its direction is kept relative to east
    group: NDArray[np.int64]  # (departure,) scaled as one: 0 steady, 1 weather, 2 waves
    held: NDArray[np.bool_]  # (departure,) memory known, never scaled
    fade_m: float  # of height changed, over which all is forgotten
    slow_log_sd: float  # of the factors on the slow departures


@dataclass(frozen=True)
class Unknown:
    """One set of factors on a process, and the logarithm of its prior weight."""

    steady: float
    weather: float
    wave: float
    memory: float
    rough: float  # on the noise inside a gap
    log_weight: float


def process(
    steady_mps: float,
    weather_mps: float,
    weather_s: float,
    fade_m: float,
    slow_log_sd: float = SEASON_LOG_SD,
) -> Process:
    """Make the process of two slow departures and the fitted waves.

    Parameters
    ----------
    steady_mps
        Standard deviation per component of what stays for weeks.
    weather_mps, weather_s
        Standard deviation per component of what fades, and its e-folding time.
    fade_m
        Change of height over which departures e-fold.
    slow_log_sd
        Standard deviation of the logarithm of the factors on both.
    """
    waves = [(sd, hours * _HOUR_S, turn, 0.0) for turn, sd, hours in _WAVES]
    slow = [(steady_mps, STEADY_S, 0.0, 0.0), (weather_mps, weather_s, 0.0, 0.0)]
    rows = np.array([*slow, (_TIDE_MPS, _TIDE_S, 0.0, 1.0), *waves])
    index = np.arange(len(rows))
    return Process(
        sigma_mps=rows[:, 0],
        tau_s=rows[:, 1],
        inertial=rows[:, 2],
        daily=rows[:, 3],
        follows=(index < 2).astype(np.float64),
        group=np.minimum(index, 2),
        held=index == 2,
        fade_m=fade_m,
        slow_log_sd=slow_log_sd,
    )


def without_wind(sd_mps: float) -> Process:
    """The process where no wind is known: slow departures of a total standard deviation.

    >>> round(float(np.sqrt((without_wind(5.0).sigma_mps[:2] ** 2).sum())), 6)
    5.0
    """
    return process(
        sd_mps * math.sqrt(STEADY_SHARE),
        sd_mps * math.sqrt(1.0 - STEADY_SHARE),
        WEATHER_S,
        WEATHER_FADE_M,
    )


def unknowns(process: Process, *, rough: bool, widest: float = math.inf) -> tuple[Unknown, ...]:
    """All sets of factors; with ``rough`` also those on the noise inside a gap.

    ``widest`` bounds the factors on the slow departures.
    """

    def weight(factor: float, log_sd: float) -> float:
        return -0.5 * (math.log(factor) / log_sd) ** 2

    inside = [math.exp(_ROUGH_LOG_SD * q) for q in _QUINTILES] if rough else [1.0]
    slow = [factor for factor in _SLOW_FACTORS if factor <= widest]
    return tuple(
        Unknown(
            steady,
            weather,
            wave,
            memory,
            inner,
            weight(steady, process.slow_log_sd)
            + weight(weather, process.slow_log_sd)
            + weight(wave, _WAVE_LOG_SD)
            + weight(memory, _MEMORY_LOG_SD),
        )
        for memory, steady, weather, wave, inner in itertools.product(
            _MEMORY_FACTORS, slow, slow, _WAVE_FACTORS, inside
        )
    )


def memory_s(process: Process, factor: float) -> Array:
    """E-folding times (departure,) with a factor on those that are not held."""
    return np.where(process.held, process.tau_s, factor * process.tau_s)


def sigma_mps(process: Process, unknown: Unknown) -> Array:
    """Standard deviations (departure,) with the factors of one set."""
    factors = np.array([unknown.steady, unknown.weather, unknown.wave])
    scaled: Array = process.sigma_mps * factors[process.group]
    return scaled
