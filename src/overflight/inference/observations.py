"""From a case's sightings to reports on one stratum's timetable.

Position and altitude are judged apart: a pilot can be right about where and wrong about how high.
A sighting's grade gives the prior probability that it is essentially right (method 4; the
means of its Beta distributions). Its altitude depends on the flight's constants alone, so it
weighs whole strata; its position weighs particles.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Sighting
from overflight.case.vocabulary import MEAN_RELIABILITY, Geometry, Use
from overflight.flight.hypotheses import Statics
from overflight.flight.levels import heights_m
from overflight.inference.reports import (
    DISC,
    GAUSSIAN,
    Reports,
    disc_log_norm,
    gaussian_log_norm,
)
from overflight.physics.sphere import n_vector

EDGE_M = 10_000.0  # soft edge of a region (method 4)
# A stray report is at least this many times as spread out as a right one, so that a vague report
# (1 sigma of 500 km) is never evidence against the very place it names.
STRAY_SPREAD = 25.0
DRIFT_SPEED_MPS = 12.0  # usual ground speed; turns the time step into a distance
STRAY_ALTITUDE_M = 25_000.0  # a wrong altitude is anything from the ground to 25 km
ALTITUDE_EDGE_M = 300.0  # soft edge of an altitude band (method 4)
PRESSURE_KIND_SD_M = 450.0  # pressure minus geometric altitude in winter: up to 0.7 km either way


@dataclass(frozen=True)
class Timetable:
    """Steps of one stratum on the account's common grid of ``dt_s`` from the epoch."""

    first_step: int
    n_steps: int
    dt_s: float

    @property
    def start_s(self) -> float:
        """Time of the stratum's first step since the epoch."""
        return self.first_step * self.dt_s


@dataclass(frozen=True)
class Evidence:
    """What one stratum is confronted with.

    ``inside`` are the sightings (indices into ``used``) that the filter weighs; the others lie
    before this stratum's launch and can only be wrong: ``missed`` (sighting,) holds the log
    likelihood of that, zero for those inside.
    """

    reports: Reports
    inside: NDArray[np.int64]
    missed: NDArray[np.float64]


def used_for_position(case: Case) -> tuple[Sighting, ...]:
    """Sightings whose position counts, in the order of the table."""
    return tuple(s for s in case.sightings if s.use is Use.YES)


def used_for_altitude(case: Case) -> tuple[Sighting, ...]:
    """Sightings whose altitude counts."""
    return tuple(s for s in case.sightings if s.use is not Use.NO and s.altitude_min_m is not None)


def stray_log_density(case: Case, sighting: Sighting) -> float:
    """Log density of a stray report, 1/m2: even over a plausible area (method 4)."""
    spread_m2 = STRAY_SPREAD * 2.0 * math.pi * sighting.position_sd_m**2
    return -math.log(max(case.plausible_area_m2, spread_m2))


def evidence(
    case: Case, sightings: Sequence[Sighting], statics: Statics, table: Timetable
) -> Evidence:
    """Put the sightings on a stratum's timetable."""
    rows, inside, missed = [], [], np.zeros(len(sightings))
    for index, sighting in enumerate(sightings):
        right = MEAN_RELIABILITY[sighting.reliability]
        wrong_log = math.log1p(-right) + stray_log_density(case, sighting)
        window = _window(case, sighting, statics, table)
        if window is None:
            missed[index] = wrong_log
            continue
        inside.append(index)
        kind, shape, norm = _shape(sighting, table.dt_s)
        place = n_vector(sighting.lat_deg, sighting.lon_deg)
        rows.append((place, window, kind, shape, norm, math.log(right), wrong_log))
    columns = list(zip(*rows, strict=True)) if rows else [()] * 7
    windows = np.array(columns[1], dtype=np.float64).reshape(-1, 3)
    return Evidence(
        Reports(
            place=np.array(columns[0], dtype=np.float64).reshape(-1, 3),
            first=windows[:, 0].astype(np.int64),
            last=windows[:, 1].astype(np.int64),
            kind=np.array(columns[2], dtype=np.int64),
            shape=np.array(columns[3], dtype=np.float64).reshape(-1, 3),
            log_norm=np.array(columns[4], dtype=np.float64),
            log_good=np.array(columns[5], dtype=np.float64),
            log_bad=np.array(columns[6], dtype=np.float64),
            moments=windows[:, 2].copy(),
        ),
        np.array(inside, dtype=np.int64),
        missed,
    )


def _window(
    case: Case, sighting: Sighting, statics: Statics, table: Timetable
) -> tuple[int, int, int] | None:
    """First and last step of the report inside the flight, and the steps of its whole window."""
    opens_s = (sighting.time_min - case.epoch).total_seconds()
    closes_s = (sighting.time_max - case.epoch).total_seconds()
    if sighting.geometry is Geometry.LAUNCH:
        # A launch happens once: the report is about the first step, if its window holds it.
        return (0, 0, 1) if opens_s <= statics.launch_s <= closes_s else None
    first = math.floor(opens_s / table.dt_s + 0.5) - table.first_step
    last = max(first, math.floor(closes_s / table.dt_s + 0.5) - table.first_step)
    if last < 0 or first > table.n_steps:
        return None
    return max(first, 0), min(last, table.n_steps), last - first + 1


def _shape(sighting: Sighting, dt_s: float) -> tuple[int, tuple[float, float, float], float]:
    if sighting.geometry is Geometry.LINE_OF_SIGHT:
        radius_m = 2.0 * sighting.position_sd_m  # a uniform disc with that sd on either axis
        return DISC, (radius_m, EDGE_M, 0.0), disc_log_norm(radius_m, EDGE_M)
    step_sd_m = DRIFT_SPEED_MPS * dt_s / math.sqrt(12.0)
    inverse = 1.0 / (sighting.position_sd_m**2 + step_sd_m**2)
    shape = (inverse, 0.0, inverse)
    return GAUSSIAN, shape, gaussian_log_norm(shape)


def altitude_logs(
    case: Case, sightings: Sequence[Sighting], statics: Statics
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log mixture and log good part of every altitude report, given a stratum's level.

    The report names a band [a, b]; a right one has density ``soft indicator / (b - a)``, averaged
    over the window, a wrong one is even over 25 km. A band of unknown kind is half geometric,
    half pressure altitude, and the latter may differ by the weather.
    """
    mixture, good = np.empty(len(sightings)), np.empty(len(sightings))
    for index, sighting in enumerate(sightings):
        right = MEAN_RELIABILITY[sighting.altitude_reliability]
        density = _band_density(case, sighting, statics)
        good[index] = math.log(right) + math.log(max(density, 1e-300))
        mixture[index] = np.logaddexp(good[index], math.log1p(-right) - math.log(STRAY_ALTITUDE_M))
    return mixture, good


def _band_density(case: Case, sighting: Sighting, statics: Statics) -> float:
    opens_s = (sighting.time_min - case.epoch).total_seconds()
    closes_s = (sighting.time_max - case.epoch).total_seconds()
    low_m, high_m = float(sighting.altitude_min_m or 0.0), float(sighting.altitude_max_m or 0.0)
    width_m = max(high_m - low_m, 2.0 * ALTITUDE_EDGE_M)
    centre_m = 0.5 * (low_m + high_m)
    heights = heights_m(statics, np.linspace(opens_s, closes_s, 49))
    weather_m = math.hypot(ALTITUDE_EDGE_M, PRESSURE_KIND_SD_M)
    edges = {
        "geometric": (ALTITUDE_EDGE_M,),
        "unknown": (ALTITUDE_EDGE_M, weather_m),
    }.get(sighting.altitude_kind, (weather_m,))
    aloft = heights[np.isfinite(heights)]
    total = sum(
        float((_normal((aloft - low) / edge_m) - _normal((aloft - high) / edge_m)).sum())
        for edge_m in edges
        for low, high in [(centre_m - 0.5 * width_m, centre_m + 0.5 * width_m)]
    )
    return total / len(edges) / len(heights) / width_m


def _normal(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard normal distribution function (a logistic fit, Bowling et al. 2009, error 1.4e-4)."""
    inside = np.clip(value, -8.0, 8.0)
    return 1.0 / (1.0 + np.exp(-(0.07056 * inside**3 + 1.5976 * inside)))
