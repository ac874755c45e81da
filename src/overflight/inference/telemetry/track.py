"""A known track, thinned to what matters for a part of it that is hidden."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

REACH_S = 48 * 3_600.0  # of telemetry on either side that counts
_NODE_S = 1_200.0  # fixes of so long are one node
_NEAR_S = 9 * 3_600.0  # further off, a node an hour is enough
_EVERY = 3
_SMOOTHING_SD_M = 100.0  # a mean over a node is no fix at its mean time: the track bends
_PART_OF_ROUNDING = 1.0 / 3.0  # of a fix's rounding that is left in a node


@dataclass(frozen=True)
class Track:
    """Fixes of one balloon in order of time, no two at the same."""

    name: str
    epoch: np.datetime64  # time zero, UTC
    time_s: Array  # (fix,) since the epoch
    normal: Array  # (fix, 3) unit normals
    height_m: Array  # (fix,) NaN where unknown
    fix_sd_m: float  # per component, rounding included
    notes: tuple[str, ...] = ()


class Air(NamedTuple):
    """The wind that is known at places of a track."""

    east_mps: Array  # (point,) zero where no wind is known
    north_mps: Array  # (point,)
    known: Flags  # (point,)


AirAt = Callable[[Array, Array, Array], Air]  # (times [s], normals (point, 3), heights [m])


@dataclass(frozen=True)
class Nodes:
    """What a filter sees, hidden nodes included; the first and the last are fixes."""

    time_s: Array  # (node,)
    normal: Array  # (node, 3) NaN where hidden
    height_m: Array  # (node,) interpolated where hidden
    sd_m: Array  # (node,)
    hidden: Flags  # (node,)


def around(track: Track, start_s: float, end_s: float, marks_s: Array) -> Nodes:
    """Thin the track on both sides of a hidden part.

    Within nine hours of it the fixes of each 20 minutes are one node, their mean; up to 48 hours
    the first such node of each hour counts. The last fix before and the first after are nodes of
    their own: how fast the balloon leaves the known is what decides a short gap.

    Parameters
    ----------
    start_s, end_s
        Fixes strictly between are hidden.
    marks_s
        (mark,) times strictly between, where a place is wanted.
    """
    last = int(np.searchsorted(track.time_s, start_s, "right")) - 1
    first = int(np.searchsorted(track.time_s, end_s, "left"))
    before = _thinned(track, track.time_s[last] - REACH_S, last, forward=False)
    after = _thinned(track, track.time_s[first] + REACH_S, first, forward=True)
    unseen = np.full((len(marks_s), 3), np.nan)
    time_s = np.concatenate([before[0], marks_s, after[0]])
    normal = np.concatenate([before[1], unseen, after[1]])
    height = np.concatenate([before[2], np.full(len(marks_s), np.nan), after[2]])
    sd_m = np.concatenate([before[3], np.zeros(len(marks_s)), after[3]])
    return Nodes(time_s, normal, _filled(time_s, height), sd_m, np.isnan(normal[:, 0]))


def until(track: Track, last_s: float) -> Nodes:
    """Thin the track up to a moment, as on the near side of a hidden part."""
    last = int(np.searchsorted(track.time_s, last_s, "right")) - 1
    time_s, normal, height, sd_m = _thinned(
        track, track.time_s[last] - REACH_S, last, forward=False
    )
    return Nodes(time_s, normal, _filled(time_s, height), sd_m, np.zeros(len(sd_m), np.bool_))


def whole(track: Track, step_s: float) -> Nodes:
    """The whole track with a fix in each step, the first of it; nothing is hidden."""
    keep = np.append(True, np.diff(np.floor(track.time_s / step_s)) > 0)
    height = _filled(track.time_s[keep], track.height_m[keep])
    n = int(keep.sum())
    return Nodes(
        track.time_s[keep],
        track.normal[keep],
        height,
        np.full(n, track.fix_sd_m),
        np.zeros(n, dtype=np.bool_),
    )


def _thinned(
    track: Track, limit_s: float, edge: int, *, forward: bool
) -> tuple[Array, Array, Array, Array]:
    """Times, normals, heights and sds of one side, its edge fix included, in order of time."""
    if forward:
        rows = np.arange(edge + 1, np.searchsorted(track.time_s, limit_s, "right"))
    else:
        rows = np.arange(np.searchsorted(track.time_s, limit_s, "left"), edge)
    alone = (
        track.time_s[edge : edge + 1],
        track.normal[edge : edge + 1],
        track.height_m[edge : edge + 1],
        np.array([track.fix_sd_m]),
    )
    if not len(rows):
        return alone
    bins = np.floor(track.time_s[rows] / _NODE_S).astype(np.int64)
    distance_s = np.abs(track.time_s[rows] - track.time_s[edge])
    keep = (distance_s < _NEAR_S) | (bins % _EVERY == 0)
    means = _means(track, rows[keep], bins[keep])
    pair = (alone, means) if forward else (means, alone)
    return (
        np.concatenate([pair[0][0], pair[1][0]]),
        np.concatenate([pair[0][1], pair[1][1]]),
        np.concatenate([pair[0][2], pair[1][2]]),
        np.concatenate([pair[0][3], pair[1][3]]),
    )


def _means(
    track: Track, rows: NDArray[np.int64], bins: NDArray[np.int64]
) -> tuple[Array, Array, Array, Array]:
    """Mean time, place and height of the fixes of each bin."""
    if not len(rows):
        return np.empty(0), np.empty((0, 3)), np.empty(0), np.empty(0)
    _, which = np.unique(bins, return_inverse=True)
    count = _sums(which, np.ones(len(rows)))
    time_s = _sums(which, track.time_s[rows]) / count
    normal = np.stack([_sums(which, track.normal[rows, k]) for k in range(3)], axis=1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    height = _sums(which, track.height_m[rows]) / count
    part = np.where(count > 1, _PART_OF_ROUNDING, 1.0) * track.fix_sd_m
    return time_s, normal, height, np.hypot(part, np.where(count > 1, _SMOOTHING_SD_M, 0.0))


def _sums(which: NDArray[np.intp], values: Array) -> Array:
    """Sums of values by group."""
    return np.asarray(np.bincount(which, values), dtype=np.float64)


def _filled(time_s: Array, height_m: Array) -> Array:
    """Heights, linear in time where unknown; zero where all are."""
    known = np.isfinite(height_m)
    if not known.any():
        return np.zeros(len(time_s))
    filled: Array = np.interp(time_s, time_s[known], height_m[known])
    return filled
