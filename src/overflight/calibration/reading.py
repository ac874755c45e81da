"""Telemetry of strangers: any table of fixes in, clean tracks out, or a refusal that says why."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields.soundings import track_wind
from overflight.fields.soundings.making import Raw
from overflight.imports import cleaning, loggers
from overflight.inference.telemetry.track import Track
from overflight.physics.sphere import MEAN_RADIUS_M, n_vector

Array = NDArray[np.float64]
Times = NDArray[np.datetime64]

_ONE_FIX_EACH_S = 30.0
_RECEIVER_SD_M = 50.0  # of a fix, rounding apart; heights and clocks included
_DEGREE_M = 111_195.0
_LONGEST_FLIGHT_S = 400 * 86_400.0  # none has been longer


def read_tracks(paths: Sequence[Path]) -> tuple[list[Track], list[str]]:
    """All tracks of several files, and what could not be used, in words.

    Raises
    ------
    FieldError
        If a file is of no known format, a track is in two places at once, or nothing is left.
    """
    tracks: list[Track] = []
    left: list[str] = []
    for path in paths:
        for raw in loggers.raws(path):
            name = path.name if raw.id == path.name else f"{path.name}, {raw.id}"
            found = track_of(raw, name)
            if isinstance(found, Track):
                tracks.append(found)
            else:
                left.append(found)
    if not tracks:
        raise FieldError(
            found="; ".join(left[:3]) or f"{len(paths)} files without a row",
            expected="at least two fixes of a balloon at different times",
            remedy="Give columns time (UTC), lat, lon and alt_m, one fix a row; or IGC or GPX.",
        )
    return tracks, left


def track_of(raw: Raw, name: str) -> Track | str:
    """Clean one track; a sentence where fewer than two fixes are left.

    Rows without time or place, at 0 N 0 E, out of order, repeated, or out of reach of the rows
    about them are dealt with as everywhere (:func:`~.track_wind.cleaned`); then the first fix of
    each half minute is kept, so that a day at 1 Hz and a month at 1/min cost the same to study.

    Raises
    ------
    FieldError
        If more than one moment in a hundred has fixes at places far apart.
    """
    raw, odd = cleaning.without_odd_heights(raw)
    usable, notes = cleaning.one_place_each(raw, name)
    notes += odd
    usable, stale = cleaning.without_repeats(raw, usable)
    rows, told = track_wind.cleaned(
        raw.time[usable], raw.lat_deg[usable], raw.lon_deg[usable], raw.height_m[usable]
    )
    rows = usable[rows]
    notes += told
    rows, strays = cleaning.of_one_flight(raw.time, rows)
    if strays:
        notes.append(f"{strays} rows lie more than ten days from the longest part; left out.")
    if stale:
        notes.append(f"{stale} rows repeat the place and height before them and were left out.")
    if len(rows) < 2:
        what = "one fix" if len(rows) else "no fix"
        return f"{name}: {what} at a time of its own is left of {len(raw.time)} rows"
    epoch = raw.time[rows[0]].astype("datetime64[s]")
    time_s = np.asarray((raw.time[rows] - epoch) / np.timedelta64(1, "s"), dtype=np.float64)
    keep = np.append(True, np.diff(np.floor(time_s / _ONE_FIX_EACH_S)) > 0)
    if not keep.all():
        notes.append(f"Of {len(keep):,} fixes the first of each half minute is used.")
    rows, time_s = rows[keep], time_s[keep]
    if len(rows) < 2:
        return f"{name}: all {len(keep)} fixes lie within half a minute"
    if time_s[-1] > _LONGEST_FLIGHT_S:
        return f"{name}: {time_s[-1] / 86_400.0:,.0f} days are no single flight"
    if not np.isfinite(raw.height_m[rows]).any():
        notes.append("No height is known: the balloon is taken to fly where no wind is known.")
    rounding_m = _DEGREE_M * cleaning.rounding_deg(raw.lat_deg[rows])
    return Track(
        name=name,
        epoch=epoch,
        time_s=time_s,
        normal=np.array(
            [
                n_vector(lat, lon)
                for lat, lon in zip(raw.lat_deg[rows], raw.lon_deg[rows], strict=True)
            ]
        ),
        height_m=raw.height_m[rows],
        fix_sd_m=float(np.hypot(_RECEIVER_SD_M, rounding_m / np.sqrt(12.0))),
        notes=(*raw.notes, *notes),
    )


def afloat(track: Track) -> tuple[float, float]:
    """First and last moment afloat [s]: above 3 km, changing height by less than 0.5 m/s.

    The change is that over half an hour about each fix. A track without heights is afloat
    throughout; one that never is gives an empty span.
    """
    time_s, height = track.time_s, track.height_m
    known = np.isfinite(height)
    if not known.any():
        return float(time_s[0]), float(time_s[-1])
    at = [np.interp(time_s + shift, time_s[known], height[known]) for shift in (-900.0, 900.0)]
    inside = (time_s > time_s[0] + 900.0) & (time_s < time_s[-1] - 900.0)
    level = inside & (np.abs(at[1] - at[0]) < 0.5 * 1_800.0) & (height > 3_000.0)
    if not level.any():
        return float(time_s[0]), float(time_s[0])
    found = np.flatnonzero(level)
    return float(time_s[found[0]]), float(time_s[found[-1]])


def aloft(track: Track) -> Track:
    """The track without the time that it stands on the ground before and after its flight.

    It stands while it neither moves by 1 m/s nor climbs or sinks by 0.7 m/s over five minutes.
    """
    time_s, n = track.time_s, len(track.time_s)
    later = np.minimum(np.searchsorted(time_s, time_s + 300.0), n - 1)
    later = np.maximum(later, np.minimum(np.arange(n) + 1, n - 1))
    span_s = np.maximum(time_s[later] - time_s, 1.0)
    way_m = MEAN_RADIUS_M * np.linalg.norm(track.normal[later] - track.normal, axis=1)
    climb_m = np.abs(np.nan_to_num(track.height_m[later] - track.height_m))
    moving = np.flatnonzero((way_m > span_s) | (climb_m > 0.7 * span_s))
    if not len(moving):
        return track
    rows = slice(int(moving[0]), int(later[moving[-1]]) + 1)
    return replace(
        track,
        time_s=time_s[rows],
        normal=track.normal[rows],
        height_m=track.height_m[rows],
    )
