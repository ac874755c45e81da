"""Clean tracks: what a row can be wrong in, found the same way wherever telemetry is read."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields.soundings import track_wind
from overflight.fields.soundings.making import Raw
from overflight.physics.sphere import MEAN_RADIUS_M

Array = NDArray[np.float64]
Times = NDArray[np.datetime64]
Rows = NDArray[np.intp]

_SAME_PLACE_M = 3_000.0  # two fixes of one moment may differ by receivers and rounding
_MOST_CONTRADICTIONS = 0.01  # of all moments
_LONGEST_SILENCE = np.timedelta64(10, "D")
_HEIGHTS_M = (-1_000.0, 60_000.0)
_SMALL_PART = 0.1  # of all rows; fewer that lie elsewhere are a receiver's first guesses
_FASTEST_MPS = 200.0
_STEEP_MPS, _SPIKE_M = 10.0, 1_000.0  # no balloon falls and rises so between two fixes


REPEATED = "the fix before, again at a later time"


@dataclass(frozen=True)
class Cleaned:
    """Rows of a track that can be believed, and why the others cannot."""

    raw: Raw  # with impossible heights unknown
    rows: Rows  # in order of time
    dropped: dict[str, Rows]  # by reason
    notes: tuple[str, ...]


def clean(raw: Raw, name: str, slack_m: float = track_wind.SLACK_M) -> Cleaned:
    """Sort the rows of a track, and say of each that is left out why.

    Raises
    ------
    FieldError
        If more than one moment in a hundred has fixes at places far apart.
    """
    raw, notes = without_odd_heights(raw)
    dropped: dict[str, Rows] = {}
    rows = np.arange(len(raw.time))

    def keep(kept: Rows, why: str) -> Rows:
        lost = np.setdiff1d(rows, kept)
        if len(lost):
            dropped[why] = lost
        return kept

    timed = ~np.isnat(raw.time)
    rows = keep(np.flatnonzero(timed), "no time that can be read")
    placed = np.isfinite(raw.lat_deg) & np.isfinite(raw.lon_deg)
    with np.errstate(invalid="ignore"):
        placed &= (np.abs(raw.lat_deg) <= 90.0) & (np.abs(raw.lon_deg) <= 360.0)
        nowhere = (np.abs(raw.lat_deg) < 1e-6) & (np.abs(raw.lon_deg) < 1e-6)
    rows = keep(rows[placed[rows]], "no place on the earth")
    rows = keep(rows[~nowhere[rows]], "at 0 N 0 E: no fix yet")
    torn, _ = one_place_each(raw, name, max(_SAME_PLACE_M, slack_m))
    rows = keep(rows[np.isin(rows, torn)], "in two places at once")
    if (np.diff(raw.time[rows]) < np.timedelta64(0)).any():
        notes.append("Rows were out of order and were put in order.")
    rows = rows[np.argsort(raw.time[rows], kind="stable")]
    first = np.append(True, np.diff(raw.time[rows]) > np.timedelta64(0))[: len(rows)]
    rows = keep(rows[first], "a moment that was there already, as of another receiver")
    fresh, stale = without_repeats(raw, rows)
    if stale:
        notes.append(
            "Fixes repeat exactly at later times: it stood still, or they were sent again."
        )
    rows = keep(rows[np.isin(rows, fresh)], REPEATED)
    near, _ = track_wind.cleaned(
        raw.time[rows], raw.lat_deg[rows], raw.lon_deg[rows], raw.height_m[rows], slack_m
    )
    rows = keep(rows[near], "further from the rows about it than air can carry")
    rows = keep(of_one_flight(raw.time, rows)[0], "more than ten days from the longest part")
    rows = keep(_of_one_path(raw, rows, slack_m), "a few rows elsewhere, as of a receiver's start")
    raw, spikes = _without_spikes(raw, rows)
    if spikes:
        notes.append(f"{spikes} heights jump and come back at once, and were taken as unknown.")
    return Cleaned(raw, rows, dropped, tuple(notes))


def _without_spikes(raw: Raw, rows: Rows) -> tuple[Raw, int]:
    """Heights far from those before and after, which agree, are unknown; places may be right."""
    known = rows[np.isfinite(raw.height_m[rows])]
    if len(known) < 3:
        return raw, 0
    seconds = np.asarray((raw.time[known] - raw.time[known[0]]) / np.timedelta64(1, "s"))
    step_m = np.diff(raw.height_m[known])
    steep = np.abs(step_m) > _STEEP_MPS * np.diff(seconds)
    there, back = step_m[:-1], step_m[1:]
    spike = steep[:-1] & steep[1:] & (np.minimum(np.abs(there), np.abs(back)) > _SPIKE_M)
    spike &= np.abs(there + back) < 0.3 * np.abs(there)
    height_m = raw.height_m.copy()
    height_m[known[1:-1][spike]] = np.nan
    return replace(raw, height_m=height_m), int(spike.sum())


def _of_one_path(raw: Raw, rows: Rows, slack_m: float) -> Rows:
    """Rows without short runs that lie out of reach of the longest, if they are few in all."""
    if len(rows) < 3:
        return rows
    lat, lon = np.radians(raw.lat_deg[rows]), np.radians(raw.lon_deg[rows])
    place = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    seconds = np.asarray((raw.time[rows] - raw.time[rows[0]]) / np.timedelta64(1, "s"))
    way_m = MEAN_RADIUS_M * np.linalg.norm(np.diff(place, axis=0), axis=1)
    part = np.append(0, np.cumsum(way_m > _FASTEST_MPS * np.diff(seconds) + slack_m))
    longest = np.flatnonzero(part == np.argmax(np.bincount(part)))
    near = longest[np.clip(np.searchsorted(longest, np.arange(len(rows))), 0, len(longest) - 1)]
    off_m = MEAN_RADIUS_M * np.linalg.norm(place - place[near], axis=1)
    away = off_m > _FASTEST_MPS * np.abs(seconds - seconds[near]) + slack_m
    lost = np.isin(part, part[away])
    return rows[~lost] if lost.mean() <= _SMALL_PART else rows


def one_place_each(
    raw: Raw, name: str, same_place_m: float = _SAME_PLACE_M
) -> tuple[NDArray[np.intp], list[str]]:
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
    torn = np.unique(which[apart_m > same_place_m])
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


def without_repeats(raw: Raw, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], int]:
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


def without_odd_heights(raw: Raw) -> tuple[Raw, list[str]]:
    """Heights at which no balloon flies are unknown; the places beside them may be right."""
    with np.errstate(invalid="ignore"):
        odd = (raw.height_m < _HEIGHTS_M[0]) | (raw.height_m > _HEIGHTS_M[1])
    if not odd.any():
        return raw, []
    note = f"{int(odd.sum())} heights at which no balloon flies were taken as unknown."
    return replace(raw, height_m=np.where(odd, np.nan, raw.height_m)), [note]


def of_one_flight(time: Times, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], int]:
    """Rows (in order of time) of the part with most of them, between silences of ten days.

    A clock that starts at its epoch puts rows years away; so does a second flight of one name.
    """
    if len(rows) < 2:
        return rows, 0
    silent = np.diff(time[rows]) > _LONGEST_SILENCE
    part = np.append(0, np.cumsum(silent))
    kept = rows[part == np.argmax(np.bincount(part))]
    return kept, len(rows) - len(kept)


def rounding_deg(lat_deg: Array) -> float:
    """The step to which latitudes were rounded: the smallest difference between two of them."""
    steps = np.diff(np.unique(np.round(lat_deg, 8)))
    return float(min(steps.min(initial=1.0), 0.1)) if len(steps) else 0.0
