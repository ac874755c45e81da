"""Telemetry of strangers: any table of fixes in, clean tracks out, or a refusal that says why."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields.soundings import formats, track_wind
from overflight.fields.soundings.making import Raw
from overflight.inference.telemetry.track import Track
from overflight.physics.sphere import MEAN_RADIUS_M, n_vector

Array = NDArray[np.float64]
Times = NDArray[np.datetime64]

_SAME_PLACE_M = 3_000.0  # two fixes of one moment may differ by receivers and rounding
_MOST_CONTRADICTIONS = 0.01  # of all moments
_ONE_FIX_EACH_S = 30.0
_RECEIVER_SD_M = 50.0  # of a fix, rounding apart; heights and clocks included
_DEGREE_M = 111_195.0
_LONGEST_STEP_S = 3_600.0


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
        for raw in formats.read_raw(path):
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
            remedy="Give columns time (UTC), lat, lon and alt_m, one fix a row.",
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
    usable, notes = _one_place_each(raw, name)
    usable, stale = _without_repeats(raw, usable)
    rows, told = track_wind.cleaned(
        raw.time[usable], raw.lat_deg[usable], raw.lon_deg[usable], raw.height_m[usable]
    )
    rows = usable[rows]
    notes += told
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
    if not np.isfinite(raw.height_m[rows]).any():
        notes.append("No height is known: the balloon is taken to fly where no wind is known.")
    rounding_m = _DEGREE_M * _rounding_deg(raw.lat_deg[rows])
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


def _one_place_each(raw: Raw, name: str) -> tuple[NDArray[np.intp], list[str]]:
    """Rows but those of moments at which the balloon is in two places; refuse too many of them."""
    known = np.flatnonzero(
        ~np.isnat(raw.time) & np.isfinite(raw.lat_deg) & np.isfinite(raw.lon_deg)
    )
    nowhere = (np.abs(raw.lat_deg[known]) < 1e-6) & (np.abs(raw.lon_deg[known]) < 1e-6)
    known = known[~nowhere & (np.abs(raw.lat_deg[known]) <= 90.0)]
    order = known[np.argsort(raw.time[known], kind="stable")]
    if not len(order):
        return np.arange(len(raw.time)), []
    lat, lon = np.radians(raw.lat_deg[order]), np.radians(raw.lon_deg[order])
    place = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    start = np.flatnonzero(np.append(True, np.diff(raw.time[order]) > np.timedelta64(0)))
    which = np.repeat(np.arange(len(start)), np.diff(np.append(start, len(order))))
    apart_m = MEAN_RADIUS_M * np.linalg.norm(place - place[start][which], axis=1)
    torn = np.unique(which[apart_m > _SAME_PLACE_M])
    if not len(torn):
        return np.arange(len(raw.time)), []
    if len(torn) > max(1.0, _MOST_CONTRADICTIONS * len(start)):
        first = raw.time[order[start[torn[0]]]]
        raise FieldError(
            found=f"{name}: at {len(torn)} of {len(start)} moments the balloon is in two places,"
            f" first at {np.datetime_as_string(first, 's')}Z"
            f" ({apart_m[which == torn[0]].max() / 1e3:,.0f} km apart)",
            expected="one balloon, one place at a time",
            remedy="Split the table by balloon, or add a column 'id' that tells them apart.",
        )
    bad = order[np.isin(which, torn)]
    kept = np.setdiff1d(np.arange(len(raw.time)), bad)
    return kept, [f"{len(bad)} rows put the balloon in two places at once and were left out."]


def _without_repeats(raw: Raw, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], int]:
    """Leave out rows whose place and height are exactly those of the row before, in order of time.

    A beacon that is heard again sends an old fix at a new time: the balloon would seem to wait and
    then to leap. Tracks without heights are left as they are, because rounded places do repeat.
    """
    ordered = rows[np.argsort(raw.time[rows], kind="stable")]
    if len(ordered) < 2 or not np.isfinite(raw.height_m[ordered]).any():
        return rows, 0
    place = np.stack([raw.lat_deg[ordered], raw.lon_deg[ordered], raw.height_m[ordered]])
    same = np.append(False, (np.diff(place, axis=1) == 0.0).all(axis=0))
    later = np.append(False, np.diff(raw.time[ordered]) > np.timedelta64(0))
    stale = ordered[same & later]
    return np.setdiff1d(rows, stale), len(stale)


def _rounding_deg(lat_deg: Array) -> float:
    """The step to which latitudes were rounded: the smallest difference between two of them."""
    steps = np.diff(np.unique(np.round(lat_deg, 8)))
    return float(min(steps.min(initial=1.0), 0.1)) if len(steps) else 0.0


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
