"""Somebody else's track, flown again in our wind: how far apart the two end, and how far is usual.

A listing gives one path and no error. Started where it starts and held on its pressures, ours goes
another way as far as the two winds differ; beside that stands how far our wind's own error alone
would carry it (method 3), so that a reader sees whether the difference means anything.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import canonical, coverage, layout, source
from overflight.fields import error as wind_error
from overflight.fields.canonical import Need
from overflight.fields.readers.tdump import Track
from overflight.flight.on_levels import march
from overflight.physics import atmosphere
from overflight.physics.ou import displacement_sd_m
from overflight.physics.sphere import distance_m, lat_lon_deg, n_vector
from overflight.physics.windgrid import WindGrid, sigma

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]  # (stage, done, total)

STEP_S = 600.0
_BESIDE = 0.01  # of a pressure: a track on a level of the wind needs its neighbours too
HALF_WITHIN, MOST_WITHIN = 1.17741, 2.14597  # radii of a round normal's 50 % and 90 %, in sd
_REMEDY = (
    "Name a wind that covers the track; 'overflight wind inspect TRACK' says where and when it"
    " goes."
)


@dataclass(frozen=True)
class Compared:
    """Two tracks, point by point of the listing; distances NaN from where ours leaves the wind."""

    track: Track
    lead_s: Array  # (point,) since the start, negative backward
    lat_deg: Array  # (point,) ours
    lon_deg: Array
    apart_m: Array  # (point,)
    way_m: Array  # (point,) that the listing has come
    half_within_m: Array  # (point,) half of balloons lie so near, by our wind's error alone
    most_within_m: Array  # (point,) nine in ten
    levels: str  # where the pressures are from
    prior_only: bool


def need_of(track: Track) -> Need:
    """The times, levels and box of a track."""
    pressure_pa, _ = _pressure_pa(track)
    west_deg, east_deg = _extent_deg(track.lon_deg)
    return Need(
        time_min=track.time.min(),
        time_max=track.time.max(),
        pressure_min_pa=float(pressure_pa.min()),
        pressure_max_pa=float(pressure_pa.max()),
        south_deg=float(track.lat_deg.min()),
        north_deg=float(track.lat_deg.max()),
        west_deg=west_deg,
        east_deg=east_deg,
    )


def of_files(
    tracks: Sequence[Track], paths: Sequence[Path], *, progress: Progress = source.silent
) -> list[Compared]:
    """Compare tracks with the wind of files, which are opened once for all of them.

    Raises what reading the files and :func:`compare` raise.
    """
    wanted = [_levels_and_times(track) for track in tracks]
    whole = Need(
        time_min=min(one.time_min for one in wanted),
        time_max=max(one.time_max for one in wanted),
        pressure_min_pa=min(one.pressure_min_pa for one in wanted),
        pressure_max_pa=max(one.pressure_max_pa for one in wanted),
    )  # of all places: ours may go another way
    wind = source.open_winds(paths, whole, progress=progress).wind
    return [compare(track, _part(wind, one)) for track, one in zip(tracks, wanted, strict=True)]


class _Wanted(NamedTuple):
    """The times and levels of the wind that a track needs."""

    time_min: np.datetime64
    time_max: np.datetime64
    pressure_min_pa: float
    pressure_max_pa: float


def _levels_and_times(track: Track) -> _Wanted:
    pressure_pa, _ = _pressure_pa(track)
    return _Wanted(
        track.time.min(),
        track.time.max(),
        (1.0 - _BESIDE) * float(pressure_pa.min()),
        (1.0 + _BESIDE) * float(pressure_pa.max()),
    )


def _part(wind: xr.Dataset, wanted: _Wanted) -> xr.Dataset:
    """The times and levels of a wind that enclose what is wanted."""
    times = wind["time"].values
    first = max(int(np.searchsorted(times, wanted.time_min, "right")) - 1, 0)
    last = int(np.searchsorted(times, wanted.time_max, "left"))
    levels = wind["pressure_pa"].values
    return wind.isel(
        time=slice(first, last + 1),
        pressure_pa=canonical.enclosing(levels, wanted.pressure_min_pa, wanted.pressure_max_pa),
    )


def compare(track: Track, wind: xr.Dataset) -> Compared:
    """Fly a track again from its first point, on its own pressures.

    Parameters
    ----------
    wind
        Canonical.

    Raises
    ------
    CoverageError
        If the wind does not cover the track.
    FieldError
        If the track has less than two points.
    """
    if len(track.time) < 2:
        raise FieldError(
            found=f"trajectory {track.number} has a single point",
            expected="two or more",
            remedy="Compare a longer one.",
        )
    coverage.check(wind, need_of(track), _REMEDY)
    epoch = datetime.fromisoformat(str(track.time[0].astype("datetime64[us]"))).replace(tzinfo=UTC)
    grid = layout.to_grid(wind, epoch)
    pressure_pa, levels = _pressure_pa(track)
    lead_s = (track.time - track.time[0]) / np.timedelta64(1, "s")
    lat_deg, lon_deg = _flown(track, grid, lead_s, pressure_pa)
    places = zip(lat_deg, lon_deg, track.lat_deg, track.lon_deg, strict=True)
    error = wind_error.of_field(wind)
    sd_m = _error_sd_m(track, error, epoch, lead_s, pressure_pa)
    return Compared(
        track=track,
        lead_s=lead_s,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        apart_m=np.array([distance_m(*four) for four in places]),
        way_m=_way_m(track),
        half_within_m=HALF_WITHIN * sd_m,
        most_within_m=MOST_WITHIN * sd_m,
        levels=levels,
        prior_only=error.prior_only,
    )


def _flown(track: Track, grid: WindGrid, lead_s: Array, pressure_pa: Array) -> tuple[Array, Array]:
    """Our latitudes and longitudes at the listing's times, level after level."""
    place = np.array([n_vector(float(track.lat_deg[0]), float(track.lon_deg[0]))])
    lat_lon = [(float(track.lat_deg[0]), float(track.lon_deg[0]))]
    for i in range(1, len(lead_s)):
        middle_pa = math.sqrt(pressure_pa[i - 1] * pressure_pa[i])
        height_m = np.array([atmosphere.height_m_of_pressure(middle_pa)])
        level, times_s = np.array([math.log(middle_pa)]), lead_s[i - 1 : i + 1]
        place = march(grid, place, level, height_m, times_s, step_s=STEP_S, scheme="midpoint")[-1]
        lat_lon.append(lat_lon_deg(*map(float, place[0])))
    lat_deg, lon_deg = np.array(lat_lon).T
    return lat_deg, lon_deg


def _error_sd_m(
    track: Track, error: wind_error.WindError, epoch: datetime, lead_s: Array, pressure_pa: Array
) -> Array:
    """Standard deviation per component of our place, by the wind's error met so far."""
    table = error.since(epoch)
    rows = zip(lead_s, pressure_pa, track.lat_deg, track.lon_deg, strict=True)
    squares = [
        sigma(table, float(s), math.log(p), float(lat), float(lon)) ** 2 for s, p, lat, lon in rows
    ]
    met_mps = np.sqrt(np.cumsum(squares) / np.arange(1, len(squares) + 1))
    return np.array(
        [
            math.hypot(
                displacement_sd_m(float(sd), error.tau_s_median, abs(float(s))),
                error.bias_sd_mps * abs(float(s)),
            )
            for sd, s in zip(met_mps, lead_s, strict=True)
        ]
    )


def _pressure_pa(track: Track) -> tuple[Array, str]:
    """The track's pressures, and where they are from."""
    if track.pressure_pa is not None:
        return track.pressure_pa, "the listing's own pressures"
    made = [float(atmosphere.pressure_pa_of_altitude(float(z))) for z in track.height_m]
    return np.array(made), (
        "pressures of the standard atmosphere at the listing's heights above ground, as if the"
        " ground were at sea level: the listing has no pressures"
    )


def _way_m(track: Track) -> Array:
    """Distance along the listing."""
    lat, lon = track.lat_deg, track.lon_deg
    steps = [distance_m(lat[i], lon[i], lat[i + 1], lon[i + 1]) for i in range(len(lat) - 1)]
    return np.concatenate([[0.0], np.cumsum(steps)])


def _extent_deg(lon_deg: Array) -> tuple[float, float]:
    """West and east of a track that may cross 180 degrees; all longitudes where it goes round."""
    along = np.unwrap(lon_deg, period=360.0)
    if along.max() - along.min() >= 360.0:
        return -180.0, 180.0
    return float(along.min()), float(along.max())
