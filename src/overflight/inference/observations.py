"""From a case's sightings to reports on one stratum's timetable.

Position and altitude are judged apart: a pilot can be right about where and wrong about how high.
A sighting's grade gives the prior probability that it is essentially right (method 4; the
means of its Beta distributions). Its altitude depends on the flight's constants alone, so it
weighs whole strata; its position weighs particles.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Sighting
from overflight.case.vocabulary import MEAN_RELIABILITY, Use
from overflight.flight.hypotheses import Statics
from overflight.flight.levels import heights_m
from overflight.inference import copied, kinds
from overflight.inference.reports import (
    ALTITUDE,
    DISC,
    N_DETAIL,
    N_NOTES,
    Further,
    Reports,
    nothing_further,
)
from overflight.inference.told import (
    MOST_SAMPLES,
    SAMPLE_S,
    Built,
    Timetable,
    Told,
    stride_of,
    window_of,
)

__all__ = ["Evidence", "Timetable", "altitude_logs", "evidence"]

STRAY_ALTITUDE_M = 25_000.0  # a wrong altitude is anything from the ground to 25 km
ALTITUDE_EDGE_M = 300.0  # soft edge of an altitude band (method 4)
LEVEL_INFLATED = 2.0  # variance of an altitude's stand-in over that of its band (method 6)
PRESSURE_KIND_SD_M = 450.0  # pressure minus geometric altitude in winter: up to 0.7 km either way


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
    stray_log: NDArray[np.float64]  # (inside,) of log_bad, what is no copy's (inference.copied)
    unheard_log: float = 0.0  # of altitudes that weigh particles, and lie outside the flight


def used_for_position(case: Case) -> tuple[Sighting, ...]:
    """Sightings whose position counts, in the order of the table."""
    return tuple(s for s in case.sightings if s.use is Use.YES)


def used_for_altitude(case: Case) -> tuple[Sighting, ...]:
    """Sightings whose altitude counts."""
    return tuple(s for s in case.sightings if s.use is not Use.NO and s.altitude_min_m is not None)


def evidence(
    case: Case,
    sightings: Sequence[Sighting],
    statics: Statics,
    table: Timetable,
    heard: Sequence[Sighting] = (),
) -> Evidence:
    """Put the sightings on a stratum's timetable.

    Parameters
    ----------
    heard
        Sightings whose altitude weighs particles: those of balloons that choose their level. They
        follow the others in ``reports``, and ``inside`` does not count them.
    """
    built: list[Built] = []
    inside, logs, missed = [], [], np.zeros(len(sightings))
    for index, sighting in enumerate(sightings):
        told = Told(case, sighting, statics, table)
        right = MEAN_RELIABILITY[sighting.reliability]
        chance = copied.chance(case, sighting)
        one = kinds.build(told)
        if one is None:
            missed[index] = copied.missed(right, told, chance)
            continue
        built.append(one)
        inside.append(index)
        logs.append(copied.weighed(right, one.stray_log, one.log_norm, chance))
    strays = np.array([one.stray for one in logs], dtype=np.float64)
    unheard_log = 0.0
    for sighting in heard:
        log = _altitude_weighed(case, sighting)
        level = _level(Told(case, sighting, statics, table))
        if level is None:
            unheard_log += log.bad
            continue
        built.append(level)
        logs.append(log)
    mixed = np.array([one[:2] for one in logs], dtype=np.float64).reshape(-1, 2)
    return Evidence(
        _reports(built, mixed), np.array(inside, dtype=np.int64), missed, strays, unheard_log
    )


def _altitude_weighed(case: Case, sighting: Sighting) -> copied.Weighed:
    low_m, high_m, _ = _band(sighting)
    return copied.weighed(
        MEAN_RELIABILITY[sighting.altitude_reliability],
        -math.log(STRAY_ALTITUDE_M),
        -math.log(high_m - low_m),
        copied.chance(case, sighting, altitude=True),
    )


def _level(told: Told) -> Built | None:
    """An altitude, as particles are weighed by it; None where the balloon was not flying."""
    window = window_of(told)
    if window is None:
        return None
    low_m, high_m, edges = _band(told.sighting)
    detail = np.zeros(N_DETAIL)
    detail[:3] = low_m, high_m, edges[0]
    detail[3] = edges[1] if len(edges) > 1 else 0.0
    width_m = high_m - low_m
    variance_m2 = LEVEL_INFLATED * (width_m**2 / 12.0 + max(edges) ** 2)
    return Built(
        ALTITUDE, told.place, window, -math.log(width_m), 0.0, detail=detail,
        stride=stride_of(told, window), aim=(0.5 * (low_m + high_m), 0.0, 0.0),
        spread=(1.0, 0.0, variance_m2), due=(window.first + window.last) // 2,
    )  # fmt: skip


def _reports(built: Sequence[Built], logs: NDArray[np.float64]) -> Reports:
    """Rows of the engine's table; ``logs`` (report, 2) are log r and log((1 - r) stray)."""

    def numbers(name: str, width: int = 0) -> NDArray[np.float64]:
        values = np.array([getattr(one, name) for one in built], dtype=np.float64)
        return values.reshape(-1, width) if width else values

    windows = np.array(
        [(one.window.first, one.window.last, one.window.moments) for one in built], dtype=np.int64
    ).reshape(-1, 3)
    return Reports(
        place=numbers("place", 3),
        first=windows[:, 0].copy(),
        last=windows[:, 1].copy(),
        kind=np.array([one.kind for one in built], dtype=np.int64),
        shape=numbers("shape", 3),
        log_norm=numbers("log_norm"),
        log_good=logs[:, 0].copy(),
        log_bad=logs[:, 1].copy(),
        moments=windows[:, 2].astype(np.float64),
        further=_further(built),
    )


def _further(built: Sequence[Built]) -> Further:
    if all(one.kind <= DISC for one in built):
        return nothing_further()
    noted = np.array([one.kind > DISC for one in built])
    corners = np.array([0, *(len(one.corners) for one in built)]).cumsum()
    curves = np.array([0, *(len(one.curve) for one in built)], dtype=np.int64).cumsum()

    def rows(name: str, dtype: type = np.float64) -> NDArray[Any]:
        return np.array([getattr(one, name) for one in built], dtype=dtype)

    return Further(
        detail=rows("detail"),
        corners=np.concatenate([one.corners for one in built]),
        corner=np.stack([corners[:-1], corners[1:]], axis=1).astype(np.int64),
        curve=np.concatenate([one.curve for one in built]),
        curve_at=curves[:-1].copy(),
        stride=rows("stride", np.int64),
        slot=np.where(noted, N_NOTES * (noted.cumsum() - 1), -1).astype(np.int64),
        aim=rows("aim"),
        spread=rows("spread"),
        due=rows("due", np.int64),
        gauge=rows("gauge"),
    )


def altitude_logs(
    case: Case, sightings: Sequence[Sighting], statics: Statics
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log mixture of every altitude report, and the log of its part that is right, given a level.

    Where a report may be a copy, that part is of the report as one of its own: the two differ by
    the log of the probability that it is right, if it is none.

    The report names a band [a, b]; a right one has density ``soft indicator / (b - a)``, averaged
    over the window (or held throughout it), a wrong one is even over 25 km. A band of unknown kind
    is half geometric, half pressure altitude, and the latter may differ by the weather.
    """
    mixture, good = np.empty(len(sightings)), np.empty(len(sightings))
    for index, sighting in enumerate(sightings):
        told = _altitude_weighed(case, sighting)
        density = _band_density(case, sighting, statics)
        good[index] = told.good + math.log(max(density, 1e-300))
        mixture[index] = np.logaddexp(good[index], told.bad)
        if told.stray != told.bad:
            good[index] += mixture[index] - np.logaddexp(good[index], told.stray)
    return mixture, good


def _band_density(case: Case, sighting: Sighting, statics: Statics) -> float:
    opens_s = (sighting.time_min - case.epoch).total_seconds()
    closes_s = (sighting.time_max - case.epoch).total_seconds()
    low_m, high_m, edges = _band(sighting)
    heights = heights_m(statics, np.linspace(opens_s, closes_s, 49))
    shares = [
        _held(_normal((heights - low_m) / edge_m) - _normal((heights - high_m) / edge_m), sighting)
        for edge_m in edges
    ]
    return sum(shares) / len(edges) / (high_m - low_m)


def _band(sighting: Sighting) -> tuple[float, float, tuple[float, ...]]:
    """Edges of the band that a report names, and how soft they are by each reading of it."""
    low_m, high_m = float(sighting.altitude_min_m or 0.0), float(sighting.altitude_max_m or 0.0)
    width_m = max(high_m - low_m, 2.0 * ALTITUDE_EDGE_M)
    centre_m = 0.5 * (low_m + high_m)
    weather_m = math.hypot(ALTITUDE_EDGE_M, PRESSURE_KIND_SD_M)
    edges = {
        "geometric": (ALTITUDE_EDGE_M,),
        "unknown": (ALTITUDE_EDGE_M, weather_m),
    }.get(sighting.altitude_kind, (weather_m,))
    return centre_m - 0.5 * width_m, centre_m + 0.5 * width_m, edges


def _held(inside: NDArray[np.float64], sighting: Sighting) -> float:
    """How well a band was held in a window: at some time of it, or at all its samples.

    ``inside`` is NaN where the balloon did not fly: it was at no altitude then.
    """
    share = np.where(np.isfinite(inside), inside, 0.0)
    if sighting.when == "throughout":
        hours = (sighting.time_max - sighting.time_min).total_seconds() / SAMPLE_S
        n = min(MOST_SAMPLES, 1 + math.ceil(hours))
        samples = np.round(np.linspace(0, len(share) - 1, max(n, 2))).astype(int)
        return float(np.prod(share[np.unique(samples)]))
    return float(share.mean())


def _normal(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard normal distribution function (a logistic fit, Bowling et al. 2009, error 1.4e-4)."""
    inside = np.clip(value, -8.0, 8.0)
    return 1.0 / (1.0 + np.exp(-(0.07056 * inside**3 + 1.5976 * inside)))
