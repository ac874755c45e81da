"""Wind from a track: a balloon goes with the air, so its path shows it.

Positions are cleaned first (rows at 0 N 0 E, impossible jumps, repeats, wrong order), then
differences over half a minute or more give the velocity: shorter ones show the pendulum under the
balloon and the receiver's noise.
"""

import numpy as np
from numpy.typing import NDArray

from overflight.physics.sphere import wrapped_deg

Array = NDArray[np.float64]
Times = NDArray[np.datetime64]

WINDOW_S = 30.0  # half the span of a difference: the pendulum of a sonde swings in 10 to 15 s
_LONGEST_GAP_S = 600.0  # across a longer one there is no difference
_FASTEST_MPS = 200.0  # of anything that goes with the air
SLACK_M = 500.0  # by which two fixes of one place may differ
_EARTH_RADIUS_M = 6_371_008.8


def cleaned(
    time: Times, lat_deg: Array, lon_deg: Array, height_m: Array, slack_m: float = SLACK_M
) -> tuple[NDArray[np.intp], list[str]]:
    """Rows to keep, in order of time, and what was wrong with the others.

    Left out are rows without a time or place, rows at 0 N 0 E, repeats of a moment, and rows that
    lie further from the rows on both sides than air can carry in that time, ``slack_m`` apart (for
    places that are rounded coarsely).
    """
    notes = []
    known = ~np.isnat(time) & np.isfinite(lat_deg) & np.isfinite(lon_deg)
    known &= (np.abs(lat_deg) <= 90.0) & (np.abs(lon_deg) <= 360.0)
    nowhere = known & (np.abs(lat_deg) < 1e-6) & (np.abs(lon_deg) < 1e-6)
    known &= ~nowhere
    if (~known).any():
        notes.append(f"{int((~known).sum())} rows without a time or place were left out.")
    rows = np.flatnonzero(known)
    ordered = rows[np.argsort(time[rows], kind="stable")]
    if not np.array_equal(ordered, rows):
        notes.append("Rows were out of order and were put in order.")
    if len(ordered):
        first = np.append(True, np.diff(time[ordered]) > np.timedelta64(0))
        if (~first).any():
            notes.append(f"{int((~first).sum())} rows repeated a moment and were left out.")
        ordered = ordered[first]
    ordered, jumps = _without_jumps(time, lat_deg, lon_deg, height_m, ordered, slack_m)
    if jumps:
        notes.append(f"{jumps} rows lay further away than air can carry, and were left out.")
    return ordered, notes


def _without_jumps(
    time: Times,
    lat_deg: Array,
    lon_deg: Array,
    height_m: Array,
    rows: NDArray[np.intp],
    slack_m: float,
) -> tuple[NDArray[np.intp], int]:
    """Leave out rows that are out of reach from both sides, until there is none."""
    removed = 0
    for _ in range(50):
        if len(rows) < 3:
            break
        distance_m, seconds = _steps(time[rows], lat_deg[rows], lon_deg[rows])
        rise = np.abs(np.diff(np.nan_to_num(height_m[rows])))
        far = (distance_m > _FASTEST_MPS * seconds + slack_m) | (rise > 100.0 * seconds + SLACK_M)
        alone = np.append(far, True) & np.append(True, far)
        alone[0] &= not far[1]
        alone[-1] &= not far[-2]
        if not alone.any() or alone.all():
            break
        removed += int(alone.sum())
        rows = rows[~alone]
    return rows, removed


def _steps(time: Times, lat_deg: Array, lon_deg: Array) -> tuple[Array, Array]:
    """Distance and duration from each row to the next."""
    seconds = np.diff(time) / np.timedelta64(1, "s")
    north = np.radians(np.diff(lat_deg)) * _EARTH_RADIUS_M
    turn = wrapped_deg(np.diff(lon_deg))
    middle = np.cos(np.radians(0.5 * (lat_deg[1:] + lat_deg[:-1])))
    east = np.radians(turn) * _EARTH_RADIUS_M * middle
    return np.hypot(east, north), np.asarray(seconds, dtype=np.float64)


def velocity(
    time: Times, lat_deg: Array, lon_deg: Array, height_m: Array, window_s: float = WINDOW_S
) -> tuple[Array, Array]:
    """Eastward and northward velocity at each row from the rows about it, m/s.

    The difference spans at least ``window_s`` on either side where there are rows, and never a gap
    of more than ten minutes; NaN where a row stands alone. Metres on the sphere at the balloon's
    height.
    """
    n = len(time)
    if n < 2:
        return np.full(n, np.nan), np.full(n, np.nan)
    seconds = np.asarray((time - time[0]) / np.timedelta64(1, "s"), dtype=np.float64)
    before = np.searchsorted(seconds, seconds - window_s, "right") - 1
    after = np.searchsorted(seconds, seconds + window_s, "left")
    index = np.arange(n)
    breaks = np.flatnonzero(np.diff(seconds) > _LONGEST_GAP_S) + 1
    starts, ends = np.append(0, breaks), np.append(breaks, n) - 1
    part = np.searchsorted(breaks, index, "right")  # which unbroken stretch a row is in
    before = np.maximum(np.minimum(before, index - 1), starts[part])
    after = np.minimum(np.maximum(after, index + 1), ends[part])
    span_s = seconds[after] - seconds[before]
    radius_m = _EARTH_RADIUS_M + np.nan_to_num(height_m)
    turn = wrapped_deg(lon_deg[after] - lon_deg[before])
    with np.errstate(divide="ignore", invalid="ignore"):
        east = np.radians(turn) * radius_m * np.cos(np.radians(lat_deg)) / span_s
        north = np.radians(lat_deg[after] - lat_deg[before]) * radius_m / span_s
    bad = span_s <= 0.0
    east[bad], north[bad] = np.nan, np.nan
    return east, north
