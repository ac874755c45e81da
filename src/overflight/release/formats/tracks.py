"""What every open format writes: weighted paths, their middle, and what was reported.

All formats are written from the file of paths in a release and from the case beside it, so that
a format written later is the one that would have been written at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from overflight.physics.sphere import lats_lons_deg
from overflight.release.mapdata import EARTH_MEAN_RADIUS_M, Marker, unit_vectors

Values = NDArray[np.float64]

MEMBERS = 50  # paths drawn in formats that people look at; files for programs hold all of them
RING_CORNERS = 72
EVERY_S = 12 * 3_600.0  # between regions
SHARES = (0.5, 0.9)


@dataclass(frozen=True)
class Tracks:
    """Paths (path, time), NaN where a path is not in the air; weights sum to 1."""

    title: str
    summary: str
    wind_statement: str
    attribution: str
    version: str
    epoch: datetime
    time_s: Values
    lat_deg: Values
    lon_deg: Values
    height_m: Values
    weight: Values
    launch: tuple[str, ...]  # of each path
    sightings: tuple[Marker, ...] = ()

    def iso(self, column: int) -> str:
        """The moment of a column, in UTC."""
        at = self.epoch + timedelta(seconds=float(self.time_s[column]))
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def stamps(self, time_s: Values) -> list[str]:
        """Moments in UTC, to the second."""
        start = np.datetime64(self.epoch.replace(tzinfo=None), "s")
        times = start + time_s.round().astype("timedelta64[s]")
        return [f"{text}Z" for text in np.datetime_as_string(times).tolist()]

    @cached_property
    def middle(self) -> tuple[Values, Values, Values]:
        """Mean position on the sphere and median height; NaN where under half of them fly."""
        flying = np.isfinite(self.lat_deg)
        share = self.weight @ flying
        vectors = np.where(flying, unit_vectors(self.lat_deg, self.lon_deg), 0.0)
        mean = np.einsum("cpt,p->tc", vectors, self.weight)
        mean[share < 0.5 * self.weight.sum()] = np.nan
        lat, lon = lats_lons_deg(mean)
        height = np.full(len(self.time_s), np.nan)
        for column in np.flatnonzero(np.isfinite(lat)):
            height[column] = _weighted_median(self.height_m[:, column], self.weight)
        return lat, lon, height

    @cached_property
    def members(self) -> NDArray[np.int64]:
        """Rows of equally probable paths; a path that is drawn twice is listed once."""
        reached = np.cumsum(self.weight)
        marks = (np.arange(MEMBERS) + 0.5) / MEMBERS * reached[-1]
        rows = np.minimum(np.searchsorted(reached, marks), len(self.weight) - 1)
        return np.unique(rows).astype(np.int64)

    def circles(self) -> "Iterator[Circle]":
        """Circles about the middle that hold half and nine tenths of the weight, twice a day."""
        lat, lon, _ = self.middle
        step = max(1, round(EVERY_S / float(self.time_s[1] - self.time_s[0])))
        middle = unit_vectors(lat, lon)
        for column in range(0, len(self.time_s), step):
            if not np.isfinite(lat[column]):
                continue
            paths = unit_vectors(self.lat_deg[:, column], self.lon_deg[:, column])
            chord = np.sqrt(((paths - middle[:, column, None]) ** 2).sum(axis=0))
            off_m = 2.0 * EARTH_MEAN_RADIUS_M * np.arcsin(np.clip(chord / 2.0, 0.0, 1.0))
            for share in SHARES:
                radius_m = _weighted_quantile(off_m, self.weight, share)
                yield Circle(column, share, float(lat[column]), float(lon[column]), radius_m)


@dataclass(frozen=True)
class Circle:
    """A circle on the ground that holds a share of the paths at one moment."""

    column: int
    share: float
    lat_deg: float
    lon_deg: float
    radius_m: float

    def ring(self) -> list[tuple[float, float]]:
        """Corners (lon_deg, lat_deg), counterclockwise seen from above, closed."""
        angle = min(max(self.radius_m, 1.0) / EARTH_MEAN_RADIUS_M, 3.0)
        turn = -np.linspace(0.0, 2.0 * np.pi, RING_CORNERS, endpoint=False)
        phi = np.radians(self.lat_deg)
        sine = np.sin(phi) * np.cos(angle) + np.cos(phi) * np.sin(angle) * np.cos(turn)
        east = np.arctan2(
            np.sin(turn) * np.sin(angle) * np.cos(phi), np.cos(angle) - np.sin(phi) * sine
        )
        lat = np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))).round(4)
        lon = ((self.lon_deg + np.degrees(east) + 180.0) % 360.0 - 180.0).round(4)
        corners = list(zip(lon.tolist(), lat.tolist(), strict=True))
        return [*corners, corners[0]]


@dataclass(frozen=True)
class Piece:
    """A stretch of a path without a gap: degrees, metres, seconds since the epoch."""

    lon_deg: Values
    lat_deg: Values
    height_m: Values
    time_s: Values


def to_the_second(stamp: str) -> str:
    """A moment as XML wants it.

    >>> to_the_second("2023-02-01T22:00Z")
    '2023-02-01T22:00:00Z'
    """
    return f"{stamp[:-1]}:00Z" if stamp.count(":") == 1 and stamp.endswith("Z") else stamp


def pieces(lat_deg: Values, lon_deg: Values, height_m: Values, time_s: Values) -> list[Piece]:
    """The stretches in which a path is in the air and its height is known, two points or more."""
    known = np.isfinite(lat_deg) & np.isfinite(lon_deg) & np.isfinite(height_m)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return [
        Piece(lon_deg[a:b], lat_deg[a:b], height_m[a:b], time_s[a:b])
        for a, b in edges.reshape(-1, 2).tolist()
        if b - a > 1
    ]


def cut_at_dateline(piece: Piece) -> list[Piece]:
    """The same stretch in parts that do not cross 180 degrees; each ends on it where it was cut.

    The crossing lies on the great circle between the two points, its height and time in
    proportion. A step over a pole of exactly half a turn is no crossing.
    """
    lon = piece.lon_deg
    cuts = np.flatnonzero(np.abs(np.diff(lon)) > 180.0)
    parts, begin = [], [np.empty((4, 0))]
    table = np.stack([lon, piece.lat_deg, piece.height_m, piece.time_s])
    first = 0
    for cut in cuts.tolist():
        before, after = table[:, cut], table[:, cut + 1]
        edge = _crossing(before, after)
        side = 180.0 if before[0] > 0.0 else -180.0
        parts.append(np.hstack([*begin, table[:, first : cut + 1], _at(side, edge)]))
        begin, first = [_at(-side, edge)], cut + 1
    parts.append(np.hstack([*begin, table[:, first:]]))
    cut_up = [_without_doubles(part) for part in parts]
    return [Piece(*part) for part in cut_up if part.shape[1] > 1]


def _crossing(before: Values, after: Values) -> tuple[float, float, float]:
    """Latitude, height and time where a great circle crosses 180 degrees."""
    ends = unit_vectors(np.array([before[1], after[1]]), np.array([before[0], after[0]]))
    a, b = ends[:, 0], ends[:, 1]
    apart = a[1] - b[1]
    chord = float(np.clip(a[1] / apart, 0.0, 1.0)) if apart else 0.5
    point = a + (b - a) * chord
    lat = float(np.degrees(np.arctan2(point[2], np.hypot(point[0], point[1]))))
    whole = float(np.arccos(np.clip(a @ b, -1.0, 1.0)))
    part = float(np.arccos(np.clip(a @ point / np.linalg.norm(point), -1.0, 1.0)))
    share = part / whole if whole else 0.5
    height, time = before[2:] + (after[2:] - before[2:]) * share
    return lat, float(height), float(time)


def _at(lon_deg: float, edge: tuple[float, float, float]) -> Values:
    return np.array([[lon_deg], [edge[0]], [edge[1]], [edge[2]]])


def _without_doubles(part: Values) -> Values:
    kept = np.ones(part.shape[1], dtype=bool)
    kept[1:] = (np.diff(part[:2], axis=1) != 0.0).any(axis=0) | (np.diff(part[3]) != 0.0)
    return part[:, kept]


def _weighted_quantile(values: Values, weight: Values, share: float) -> float:
    known = np.isfinite(values)
    order = np.argsort(values[known], kind="stable")
    reached = np.cumsum(weight[known][order])
    index = min(int(np.searchsorted(reached, share * reached[-1])), len(order) - 1)
    return float(values[known][order][index])


def _weighted_median(values: Values, weight: Values) -> float:
    return _weighted_quantile(values, weight, 0.5) if np.isfinite(values).any() else float("nan")
