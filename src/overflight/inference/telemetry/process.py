"""By what a balloon's velocity departs from the wind that is known: the model and its numbers.

Each departure is a circular Ornstein-Uhlenbeck process. Two are slow and keep their direction
relative to east and north, so that they follow the parallels. One turns once a day with the sun.
One is the near-inertial oscillation (method 3), somewhat above the Coriolis parameter f, as
balloons see it (Hertzog et al. 2002, Geophys. Res. Lett. 29); two are the spectrum of gravity waves
above it, as broad bands. All that turn, turn clockwise in the north and counter-clockwise in the
south. The last does not turn.

The numbers were fitted by maximum likelihood to one flight, ANITA-lite (McMurdo, December 2003 to
January 2004, 36 to 41 km, 18 days), and to no other; docs/calibration.md says how well they serve
another. That there are bands was decided with the spectra of ANITA-lite and ANITA-2 in view; where
they lie was then fitted to ANITA-lite alone.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
_TIDE_MPS, _TIDE_S = 1.68, 240.0 * _HOUR_S  # the time held
# Turning in Coriolis parameters, sd in m/s, e-folding time in hours; the first is near-inertial.
_WAVES = (
    (1.10, 1.89, 22.8),
    (1.90, 1.65, 7.1),
    (3.45, 1.21, 2.3),
    (0.0, 2.07, 2.2),
)

# What differs from flight to flight: factors and the sd of their logarithm, the latter by opinion.
_SLOW_FACTORS = (0.5, 1.5, 4.0)  # of the steady and of the fading part, apart
SEASON_LOG_SD = 0.9  # where the wind is a season's or none: its departures are known but roughly
DAY_LOG_SD = 0.4  # of a wind of the day (method 3)
_WAVE_FACTORS, _WAVE_LOG_SD = (0.2, 0.45, 1.0, 1.7), 0.5  # calmer air further down
_MEMORY_FACTORS, _MEMORY_LOG_SD = (0.6, 1.0, 1.7), 0.5
# Wave packets come and go (Hertzog, Alexander & Plougonven 2012, J. Atmos. Sci. 69). Two factors
# say so where a part is hidden: on the near-inertial oscillation beside the other waves, and on the
# noise inside, whose logarithm wanders with the spread of method 3 and a memory of its own.
# The first spread and the memory were fitted across the halves of ANITA-lite.
_INERTIAL_FACTORS, _INERTIAL_LOG_SD = (0.55, 1.0, 1.7), 0.5
_ROUGH_LOG_SD, _ROUGH_S = 0.4, 2.0 * _HOUR_S
_HERMITE = ((-math.sqrt(3.0), 1.0 / 6.0), (0.0, 2.0 / 3.0), (math.sqrt(3.0), 1.0 / 6.0))


@dataclass(frozen=True)
class Process:
    """Departures, one entry each."""

    sigma_mps: Array  # (departure,) standard deviation per component
    tau_s: Array  # (departure,) e-folding time
    inertial: Array  # (departure,) turning, in Coriolis parameters
    daily: Array  # (departure,) turning, in turns a day with the sense of the Coriolis parameter
    follows: Array  # (departure,) 1 where its direction is kept relative to east
    group: NDArray[np.int64]  # (departure,) 0 steady, 1 weather, 2 waves, 3 near-inertial
    held: NDArray[np.bool_]  # (departure,) memory known, never scaled
    fade_m: float  # of height changed, over which all is forgotten
    slow_log_sd: float  # of the factors on the slow departures


class Unknown(NamedTuple):
    """One set of factors on a process, and the logarithm of its prior weight."""

    steady: float
    weather: float
    wave: float
    inertial: float  # on the near-inertial oscillation, beside that on all waves
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
        group=np.array([0, 1, 2, 3, *[2] * (len(_WAVES) - 1)]),
        held=index == 2,
        fade_m=fade_m,
        slow_log_sd=slow_log_sd,
    )


def waves_of_hours() -> tuple[Array, Array, Array]:
    """What remembers for a day at most: turning in Coriolis parameters, sd in m/s, time in s."""
    turns, sigma_mps, hours = np.array(_WAVES).T
    return turns, sigma_mps, hours * _HOUR_S


def roughness() -> tuple[Array, Array]:
    """Factors on all waves that tell calm air from rough, and their prior probabilities."""
    factors = np.array(_WAVE_FACTORS)
    weights = np.exp(-0.5 * (np.log(factors) / _WAVE_LOG_SD) ** 2)
    return factors, weights / weights.sum()


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


def unknowns(
    process: Process, *, part_s: float = 0.0, packets: bool = False, widest: float = math.inf
) -> tuple[Unknown, ...]:
    """All sets of factors.

    Parameters
    ----------
    part_s
        Length of a part whose air may differ from that about it; none, if zero.
    packets
        Let the near-inertial oscillation have a factor of its own also where there is no such part.
    widest
        Bounds the factors on the slow departures.
    """

    def weighed(factors: Sequence[float], log_sd: float) -> list[tuple[float, float]]:
        return [(factor, -0.5 * (math.log(factor) / log_sd) ** 2) for factor in factors]

    alone = [(1.0, 0.0)]
    slow = weighed([one for one in _SLOW_FACTORS if one <= widest], process.slow_log_sd)
    spread = rough_log_sd(part_s)
    inside = [(math.exp(spread * at), math.log(weight)) for at, weight in _HERMITE]
    local = part_s > 0.0
    lists = (
        slow,
        slow,
        weighed(_WAVE_FACTORS, _WAVE_LOG_SD),
        weighed(_INERTIAL_FACTORS, _INERTIAL_LOG_SD) if local or packets else alone,
        weighed(_MEMORY_FACTORS, _MEMORY_LOG_SD),
        inside if local else alone,
    )
    sets = []
    for row in itertools.product(*lists):
        steady, weather, wave, inertial, memory, rough = (factor for factor, _ in row)
        log_weight = sum(weight for _, weight in row)
        sets.append(Unknown(steady, weather, wave, inertial, memory, rough, log_weight))
    return tuple(sets)


def rough_log_sd(part_s: float) -> float:
    """Standard deviation of the mean over a part of the logarithm of the roughness.

    That of an Ornstein-Uhlenbeck process over some time (Taylor 1921, "Diffusion by continuous
    movements"): what comes and goes averages out of a long part.

    >>> [round(rough_log_sd(3600.0 * hours), 2) for hours in (0.0, 1.0, 6.0, 24.0, 48.0)]
    [0.4, 0.37, 0.27, 0.16, 0.11]
    """
    x = part_s / _ROUGH_S
    if x < 1e-3:
        return _ROUGH_LOG_SD
    return _ROUGH_LOG_SD * math.sqrt(2.0 * (x + math.expm1(-x))) / x


def memory_s(process: Process, factor: float) -> Array:
    """E-folding times (departure,) with a factor on those that are not held."""
    return np.where(process.held, process.tau_s, factor * process.tau_s)


def sigma_mps(process: Process, unknown: Unknown) -> Array:
    """Standard deviations (departure,) with the factors of one set."""
    near_inertial = unknown.wave * unknown.inertial
    factors = np.array([unknown.steady, unknown.weather, unknown.wave, near_inertial])
    scaled: Array = process.sigma_mps * factors[process.group]
    return scaled
