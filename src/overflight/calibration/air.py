"""The wind that is known along a track, and what departs from it.

Where the source does not reach (above its top, below its floor, beside its box) no wind is taken:
the departure there has mean zero, and its standard deviation is that of the source at its nearest
level together with the wind itself there. Nothing is extrapolated, and the answer says so.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.errors import CoverageError
from overflight.fields import climatology, layout, source
from overflight.fields import error as wind_error
from overflight.fields.canonical import Need
from overflight.fields.error import WindError
from overflight.inference.telemetry.process import (
    DAY_LOG_SD,
    WEATHER_FADE_M,
    Process,
    process,
    without_wind,
)
from overflight.inference.telemetry.track import Air, Track
from overflight.physics import atmosphere, windgrid
from overflight.physics.kernel import loop
from overflight.physics.windgrid import SigmaTable, WindGrid

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

CLIMATOLOGY = "climatology"
_LEAST_BIAS_MPS = 0.1
_MOSTLY = 0.5  # share of the nodes with a known wind from which the source's own error counts
_BESIDE = timedelta(days=1)
_DAY_S = 86_400.0
# Of the climatology at one a day; a longer flight takes fewer (0.003 m/s off, times the square).
_MOST_DAYS = 60


@dataclass(frozen=True)
class AlongTrack:
    """A wind and its error for one track."""

    grid: WindGrid
    error: WindError
    sigma: SigmaTable
    statement: str
    offset_s: float  # of the track's time zero from the wind's

    def air_at(self, time_s: Array, normal: Array, height_m: Array) -> Air:
        """The wind at places; zero and unknown where the source does not reach."""
        east, north = read(
            self.grid, time_s + self.offset_s, _log_pressure(normal, height_m), normal
        )
        known = np.isfinite(east) & np.isfinite(north)
        return Air(np.where(known, east, 0.0), np.where(known, north, 0.0), known)

    def departures(self, time_s: Array, normal: Array, height_m: Array) -> "Departures":
        """The process that fits most of these places."""
        known = self.air_at(time_s, normal, height_m).known
        share = float(np.mean(known))
        log_pressure = _log_pressure(normal, height_m)
        sigma = spread(self.sigma, time_s + self.offset_s, log_pressure, normal)
        inside = float(np.sqrt(np.mean(sigma[known] ** 2))) if known.any() else 0.0
        levels = self.grid.log_pressure
        nearest = np.clip(np.nan_to_num(log_pressure, nan=levels[0]), levels[0], levels[-1])
        east, north = read(self.grid, time_s + self.offset_s, nearest, normal)
        variance = sigma**2 + 0.5 * np.nan_to_num(east**2 + north**2)
        outside = 0.0 if known.all() else float(np.sqrt(np.mean(variance[~known])))
        sd_mps = max(inside, outside)
        if share < _MOSTLY:
            return Departures(without_wind(sd_mps), sd_mps, share)
        memory_s = self.error.tau_s_median
        if self.error.prior_only:  # half of what departs from a season lasts for weeks
            half = sd_mps * math.sqrt(0.5)
            return Departures(process(half, half, memory_s, WEATHER_FADE_M), sd_mps, share)
        fade_m = self.error.vertical_length_m_median or WEATHER_FADE_M
        bias_mps = max(self.error.bias_sd_mps, _LEAST_BIAS_MPS)
        made = process(bias_mps, sd_mps, memory_s, fade_m, DAY_LOG_SD)
        return Departures(made, sd_mps, share)


class Departures(NamedTuple):
    """What departs from the known wind, how much, and where that is known."""

    process: Process
    sd_mps: float  # of the slow part, per component
    known_share: float


@loop
def read(grid: WindGrid, time_s: Array, log_pressure: Array, normal: Array) -> tuple[Array, Array]:
    """Wind at places, m/s; NaN outside the grid."""
    n = time_s.shape[0]
    east, north = np.empty(n), np.empty(n)
    for i in range(n):
        east[i], north[i] = windgrid.wind(
            grid, time_s[i], log_pressure[i], normal[i, 0], normal[i, 1], normal[i, 2]
        )
    return east, north


@loop
def spread(table: SigmaTable, time_s: Array, log_pressure: Array, normal: Array) -> Array:
    """Standard deviation of the source's error at places, its edge's beyond the edge."""
    n = time_s.shape[0]
    sigma = np.empty(n)
    top = table.log_pressure[0]
    for i in range(n):
        lat_deg = math.degrees(math.asin(max(-1.0, min(1.0, normal[i, 2]))))
        lon_deg = math.degrees(math.atan2(normal[i, 1], normal[i, 0]))
        level = top if math.isnan(log_pressure[i]) else log_pressure[i]
        sigma[i] = windgrid.sigma(table, time_s[i], level, lat_deg, lon_deg)
    return sigma


def _log_pressure(normal: Array, height_m: Array) -> Array:
    """Logarithm of the standard atmosphere's pressure; NaN above 51 km and at unknown heights."""
    pressure = np.array(
        [
            atmosphere.pressure_pa_of_altitude(
                atmosphere.geopotential_m_at_latitude(
                    max(height, 0.0), math.degrees(math.asin(max(-1.0, min(1.0, z))))
                )
            )
            for height, z in zip(height_m, normal[:, 2], strict=True)
        ]
    )
    known: Array = np.log(pressure)
    return known


def of_tracks(
    tracks: Sequence[Track], paths: Sequence[Path], *, progress: Progress = source.silent
) -> list[AlongTrack]:
    """The wind of files for each track; the embedded climatology where none are named.

    Raises
    ------
    FieldError
        If a file cannot be used.
    CoverageError
        If the wind has no time in common with any of the tracks.
    """
    spans = [_span(track) for track in tracks]
    if not paths or [str(path) for path in paths] == [CLIMATOLOGY]:
        return [_of_climatology(*span) for span in spans]
    need = Need(
        time_min=np.datetime64(min(first for first, _ in spans).replace(tzinfo=None), "ns"),
        time_max=np.datetime64(max(last for _, last in spans).replace(tzinfo=None), "ns"),
    )
    opened = source.open_winds(list(paths), need, progress=progress)
    first = opened.wind["time"].values[0].astype("datetime64[us]").item().replace(tzinfo=UTC)
    last = opened.wind["time"].values[-1].astype("datetime64[us]").item().replace(tzinfo=UTC)
    if all(last <= start or first >= end for start, end in spans):
        raise CoverageError(
            found=f"a wind from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC",
            expected=f"one that blew during the flight, {spans[0][0]:%Y-%m-%d %H:%M} to"
            f" {spans[0][1]:%Y-%m-%d %H:%M} UTC",
            remedy="Bring a wind of those days, or use --wind climatology.",
        )
    error = wind_error.of_field(opened.wind)
    epoch = spans[0][0]
    grid = layout.to_grid(opened.wind, epoch, opened.laid)
    return [
        AlongTrack(grid, error, error.since(epoch), error.statement, _later_s(start, epoch))
        for start, _ in spans
    ]


def _of_climatology(start: datetime, end: datetime) -> AlongTrack:
    midnight = start.replace(hour=0, minute=0, second=0)
    grid, error = _climatology(midnight, math.ceil((end - midnight) / timedelta(days=1)))
    return AlongTrack(
        grid, error, error.since(midnight), climatology.STATEMENT, _later_s(start, midnight)
    )


@lru_cache(maxsize=4)
def _climatology(midnight: datetime, days: int) -> tuple[WindGrid, WindError]:
    """The embedded wind about some days: many short tracks of one day share it."""
    end = midnight + timedelta(days=days)
    step_s = _DAY_S * max(1, math.ceil(days / _MOST_DAYS))
    field = climatology.dataset(midnight - _BESIDE, end + _BESIDE, step_s=step_s)
    middle = midnight + (end - midnight) / 2
    error = wind_error.of_climatology(climatology.day_of_year(middle))
    return layout.to_grid(field, midnight), error


def _later_s(start: datetime, epoch: datetime) -> float:
    return (start - epoch).total_seconds()


def _span(track: Track) -> tuple[datetime, datetime]:
    """Aware first and last time; the first is time zero of the track."""
    start: datetime = track.epoch.astype("datetime64[us]").item().replace(tzinfo=UTC)
    return start, start + timedelta(seconds=float(track.time_s[-1]) + 60.0)
