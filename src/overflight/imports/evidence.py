"""From a track to rows of evidence: cleaned, thinned, with an error that its own numbers show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from overflight.errors import CaseError
from overflight.fields.soundings import track_wind
from overflight.imports import cleaning
from overflight.imports.tracks import Found
from overflight.physics.sphere import wrapped_deg
from overflight.units import shorten

_RECEIVER_SD_M = 50.0  # of a fix, rounding apart; heights and clocks included
_HEIGHT_M = 30.0  # half the band about a height
_DEGREE_M = 111_195.0
_LISTED = 8  # lines named for each reason


@dataclass(frozen=True)
class Kept:
    """What of a track is left, and the account of what is not."""

    found: Found
    lat_deg: np.ndarray
    lon_deg: np.ndarray
    height_m: np.ndarray
    time: np.ndarray
    lines: np.ndarray
    position_sd_m: float
    before_s: float  # the fix may be so much older than its time
    step_s: float
    notes: tuple[str, ...]
    dropped: dict[str, np.ndarray]  # lines by reason


def choose(tracks: Sequence[Found], wanted: str, name: str) -> Found:
    """The one track that is meant.

    Raises
    ------
    CaseError
        If there are several and none is named, or none of that name.
    """
    ids = [one.raw.id for one in tracks]
    if wanted:
        tracks = [one for one in tracks if one.raw.id == wanted]
    if len(tracks) == 1:
        return tracks[0]
    raise CaseError(
        found=f"{shorten(name)} has {len(ids)} tracks"
        + (f", none called {wanted!r}" if wanted else ""),
        expected="one balloon",
        remedy="Say --id with one of: " + ", ".join(shorten(one) for one in ids[:12]) + ".",
    )


def keep(found: Found, name: str, every_s: float, span: tuple[datetime, datetime] | None) -> Kept:
    """Clean a track and thin it to one fix in each ``every_s``; outside the case's span is dropped.

    Raises
    ------
    CaseError
        If fewer than two fixes are left.
    """
    slack_m = max(track_wind.SLACK_M, 4.0 * found.place_sd_m)
    clean = cleaning.clean(found.raw, shorten(name), slack_m)
    raw, rows = clean.raw, clean.rows
    dropped = dict(clean.dropped)
    notes = [*raw.notes, *clean.notes]
    if span is not None and len(rows):
        start, end = (np.datetime64(one.replace(tzinfo=None), "ns") for one in span)
        inside = (raw.time[rows] >= start) & (raw.time[rows] <= end)
        if (~inside).any():
            dropped["outside the span of the case"] = rows[~inside]
        rows = rows[inside]
    if len(rows) < 2:
        said = "; ".join(f"{len(at):,} {why}" for why, at in dropped.items())
        raise CaseError(
            found=f"{shorten(name)}: {len(rows)} of {len(raw.time):,} fixes can be used ({said})",
            expected="at least two inside the span of the case",
            remedy=f"{_covers(raw.time[clean.rows])}Correct the span in case.yaml, or the file.",
        )
    gap_s = np.diff(raw.time[rows]) / np.timedelta64(1, "s")
    seconds = (raw.time[rows] - raw.time[rows[0]]) / np.timedelta64(1, "s")
    first = (
        np.append(True, np.diff(np.floor(seconds / every_s)) > 0) if every_s > 0 else seconds >= 0
    )
    if not first.all():
        dropped[f"thinned: the first of every {every_s / 60.0:g} min is kept"] = rows[~first]
    rounding_deg = max(
        cleaning.rounding_deg(raw.lat_deg[rows]),
        cleaning.rounding_deg(wrapped_deg(raw.lon_deg[rows])),
    )
    rounding_m = _DEGREE_M * rounding_deg / np.sqrt(12.0)
    if rounding_m > _RECEIVER_SD_M and not found.place_sd_m:
        notes.append(f"Places are rounded to {rounding_deg:.4g} deg: part of their error.")
    jump = np.abs(np.diff(raw.lon_deg[rows])) > 180.0
    if jump.any():
        notes.append(f"The longitude passes 180 degrees {int(jump.sum())} times.")
    kept = rows[first]
    sd_m = found.place_sd_m or float(np.hypot(_RECEIVER_SD_M, rounding_m))
    before_s = float(np.median(gap_s)) if _is_reception(clean, rows) else 0.0
    return Kept(
        found, raw.lat_deg[kept], wrapped_deg(raw.lon_deg[kept]), raw.height_m[kept],
        raw.time[kept], found.lines[kept], sd_m, before_s, found.time_step_s, tuple(notes),
        {why: found.lines[at] for why, at in dropped.items()},
    )  # fmt: skip


def _is_reception(clean: cleaning.Cleaned, rows: np.ndarray) -> bool:
    """Whether fixes came again while the balloon moved: then times are when they were heard."""
    again = clean.dropped.get(cleaning.REPEATED, np.array([], dtype=int))
    raw = clean.raw
    after = np.searchsorted(raw.time[rows], raw.time[again])
    inside = (after > 0) & (after < len(rows))
    one, two = rows[after[inside] - 1], rows[after[inside]]
    north_m = _DEGREE_M * (raw.lat_deg[two] - raw.lat_deg[one])
    turn = wrapped_deg(raw.lon_deg[two] - raw.lon_deg[one])
    east_m = _DEGREE_M * turn * np.cos(np.radians(raw.lat_deg[one]))
    seconds = (raw.time[two] - raw.time[one]) / np.timedelta64(1, "s")
    moving = np.hypot(north_m, east_m) > 3.0 * seconds
    return int(moving.sum()) > max(3, 0.02 * (len(rows) + len(again)))


def _covers(time: np.ndarray) -> str:
    return f"It covers {_iso(time[0])} to {_iso(time[-1])}. " if len(time) else ""


def sightings(kept: Kept, source: str, name: str, sha256: str, driver: str) -> list[dict[str, str]]:
    """A row of ``sightings.csv`` for every fix."""
    kind = kept.found.raw.height_kind
    if kind == "geopotential" and driver.split(maxsplit=1)[0] in (
        "igc",
        "transponder",
        "table",
        "workbook",
    ):
        kind = "pressure"  # an altimeter's, set to the standard atmosphere
    made = []
    for at in range(len(kept.time)):
        height, known = float(kept.height_m[at]), bool(np.isfinite(kept.height_m[at]))
        early = kept.time[at] - np.timedelta64(int(kept.before_s * 1e9), "ns")
        late = kept.time[at] + np.timedelta64(int(max(kept.step_s - 1.0, 0.0)), "s")
        made.append({
            "id": f"{source}-{at + 1:04d}",
            "source": source,
            "attribution": "telemetry",
            "geometry": "nadir",
            "time_min": f"{np.datetime_as_string(early, 's')}Z",
            "time_max": f"{np.datetime_as_string(late, 's')}Z",
            "lat_deg": f"{kept.lat_deg[at]:.6f}",
            "lon_deg": f"{kept.lon_deg[at]:.6f}",
            "position_sd": f"{kept.position_sd_m:.0f} m",
            "altitude_min": f"{max(height - _HEIGHT_M, -500.0):.0f} m" if known else "",
            "altitude_max": f"{height + _HEIGHT_M:.0f} m" if known else "",
            "altitude_kind": kind if known else "",
            "reliability": "A",
            "certainty": "high",
            "use": "yes",
            "note": f"{name} (sha256 {sha256[:12]}) row {kept.lines[at]}; {driver}",
        })  # fmt: skip
    return made


def account(kept: Kept, rows_read: int) -> list[tuple[str, str]]:
    """What was taken for what and what was left out, for the table that is printed."""
    said = [*kept.found.mapping, ("rows read", f"{rows_read:,}")]
    for why, lines in kept.dropped.items():
        listed = ", ".join(str(one) for one in lines[:_LISTED])
        more = ", ..." if len(lines) > _LISTED else ""
        said.append(("left out", f"{len(lines):,} {why} (rows {listed}{more})"))
    said += [("note", one) for one in kept.notes]
    said.append(("kept", f"{len(kept.time):,} from {_iso(kept.time[0])} to {_iso(kept.time[-1])}"))
    said.append(("error of a place", f"{kept.position_sd_m:,.0f} m (one standard deviation)"))
    if kept.before_s:
        said.append(("clock", f"reception: a fix may be {kept.before_s:.0f} s older than its time"))
    return said


def _iso(time: np.datetime64) -> str:
    return f"{np.datetime_as_string(time, 's')}Z"


def as_table(kept: Kept) -> str:
    """The track as CSV that ``calibrate`` and ``import`` read."""
    lines = ["time,lat,lon,alt_m"]
    for at, lat, lon, height in zip(
        kept.time, kept.lat_deg, kept.lon_deg, kept.height_m, strict=True
    ):
        high = f"{height:.1f}" if np.isfinite(height) else ""
        lines.append(f"{np.datetime_as_string(at, 's')}Z,{lat:.6f},{lon:.6f},{high}")
    return "\n".join(lines) + "\n"
