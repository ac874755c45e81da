"""When paths enter and leave zones.

How they are found is in :mod:`overflight.physics.crossing`.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from overflight.errors import FieldError
from overflight.fields.zones import Flags, Floats, Indices, Layer
from overflight.physics.crossing import SHORTEST_S, Cells, Found, Paths, visits

__all__ = ["AT_ONCE_POINTS", "POINT_BYTES", "SHORTEST_S", "Passages", "find_in_turn"]

POINT_BYTES = 32  # what a point of a path takes while its visits are found: copies, if need be
AT_ONCE_POINTS = 200_000  # 6 MB for each thread
_ROOM = 1_024  # visits and cuts there is room for at first


@dataclass(frozen=True)
class Passages:
    """Visits of paths to zones, sorted by path, zone, time.

    ``enter_s`` is the start of the path where ``began_inside``, not a crossing; likewise
    ``exit_s`` and ``ended_inside``. A path that was interrupted (NaN) starts and ends there too.
    """

    zones: tuple[str, ...]  # every zone asked about, visited or not
    n_paths: int
    path: Indices
    zone: npt.NDArray[np.str_]
    enter_s: Floats
    exit_s: Floats
    began_inside: Flags
    ended_inside: Flags

    def of_zone(self, zone_id: str) -> "Passages":
        """Return the visits to one zone."""
        if zone_id not in self.zones:
            raise FieldError(
                found=f"zone '{zone_id}' was not asked for",
                expected="one of the zones given to passages()",
                remedy="Add its kind to the call.",
            )
        return self.only(self.zone == zone_id)

    def first_entry_s(self, zone_id: str) -> Floats:
        """Return when each path was first inside, (path,); NaN where it never was."""
        here = self.of_zone(zone_id)
        first_s = np.full(self.n_paths, np.inf)
        np.minimum.at(first_s, here.path, here.enter_s)
        return np.where(np.isinf(first_s), np.nan, first_s)

    def last_exit_s(self, zone_id: str) -> Floats:
        """Return when each path was last inside, (path,); NaN where it never was."""
        here = self.of_zone(zone_id)
        last_s = np.full(self.n_paths, -np.inf)
        np.maximum.at(last_s, here.path, here.exit_s)
        return np.where(np.isinf(last_s), np.nan, last_s)

    def time_inside_s(self, zone_id: str) -> Floats:
        """Return how long each path was inside altogether, (path,)."""
        here = self.of_zone(zone_id)
        return np.bincount(here.path, here.exit_s - here.enter_s, self.n_paths).astype(np.float64)

    def joined(self, other: "Passages") -> "Passages":
        """Return these visits and those of the same paths to other zones."""
        path, zone, enter_s, exit_s, began, ended = (
            np.concatenate([getattr(self, name), getattr(other, name)])
            for name in ("path", "zone", "enter_s", "exit_s", "began_inside", "ended_inside")
        )
        whole = Passages(
            (*self.zones, *other.zones), self.n_paths, path, zone, enter_s, exit_s, began, ended
        )
        return whole.only(np.lexsort((enter_s, zone, path)))

    def only(self, keep: Flags | Indices) -> "Passages":
        """Return some of the visits."""
        return Passages(
            self.zones,
            self.n_paths,
            self.path[keep],
            self.zone[keep],
            self.enter_s[keep],
            self.exit_s[keep],
            self.began_inside[keep],
            self.ended_inside[keep],
        )


def find_in_turn(
    lat_deg: npt.ArrayLike,
    lon_deg: npt.ArrayLike,
    time_s: npt.ArrayLike,
    layers: Sequence[Layer],
    most_points: int = AT_ONCE_POINTS,
    n_threads: int = 1,
) -> Passages:
    """Return the visits of paths, looked at a few at a time so that memory stays bounded.

    Parameters
    ----------
    lat_deg, lon_deg : (path, time)
        NaN where the path does not exist.
    time_s : (time,)
        Increasing.
    most_points
        How many points are looked at together, but one path at least. It changes no visit, nor
        does ``n_threads``.

    Raises
    ------
    FieldError
        For arrays of other shapes, or times that do not increase.
    """
    lat, lon, t = _checked(lat_deg, lon_deg, time_s)
    zones = [place.id for layer in layers for place in layer.places]
    step = max(most_points // max(t.size, 1), 1)
    firsts = range(0, len(lat), step)
    cells = [layer.cells for layer in layers]  # laid out before threads need them
    look = partial(_look, lat, lon, t, cells, step)
    if n_threads > 1 and len(firsts) > 1:
        with ThreadPoolExecutor(n_threads) as pool:
            found = list(pool.map(look, firsts))
    else:
        found = [look(first) for first in firsts]
    begins = np.cumsum([0, *(len(layer.places) for layer in layers)])
    return _sorted(found, begins, zones, len(lat))


def _checked(
    lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike, time_s: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    lat, lon, t = np.asarray(lat_deg), np.asarray(lon_deg), np.asarray(time_s, dtype=np.float64)
    if lat.ndim != 2 or lat.shape != lon.shape or t.shape != lat.shape[1:]:
        raise FieldError(
            found=f"shapes {lat.shape}, {lon.shape} and {t.shape}",
            expected="(path, time), (path, time) and (time,)",
            remedy="Give one row per path.",
        )
    if not (np.isfinite(t).all() and (np.diff(t) > 0).all()):
        raise FieldError(
            found="sampling times that do not increase",
            expected="strictly increasing, finite time_s",
            remedy="Sort the samples by time.",
        )
    return lat, lon, t


def _look(
    lat: Floats, lon: Floats, time_s: Floats, cells: Sequence[Cells], step: int, first: int
) -> list[Found]:
    """Visits of some paths to the zones of each layer."""
    rows = slice(first, first + step)
    some = [np.ascontiguousarray(a[rows], dtype=np.float64) for a in (lat, lon)]
    some[0] = np.where(np.isfinite(some[1]) & (np.abs(some[0]) <= 90.0), some[0], np.nan)
    paths = Paths(some[0], some[1], time_s, first)
    return [_found(paths, one) for one in cells]


def _found(paths: Paths, cells: Cells) -> Found:
    n_visits = n_cuts = _ROOM
    while True:
        room = Found(
            np.empty(n_visits, np.int64), np.empty(n_visits, np.int32), np.empty(n_visits),
            np.empty(n_visits), np.empty(n_visits, np.bool_), np.empty(n_visits, np.bool_),
            np.empty(n_cuts, np.int32), np.empty(n_cuts),
        )  # fmt: skip
        needed_visits, needed_cuts = visits(paths, cells, room)
        if needed_visits <= n_visits and needed_cuts <= n_cuts:
            return _shortened(room, needed_visits)
        n_visits = max(n_visits, 2 * needed_visits)
        n_cuts = max(n_cuts, 2 * needed_cuts)


def _shortened(room: Found, n_visits: int) -> Found:
    """The visits alone, in memory of their own; the room for cuts goes."""
    return Found(
        room.path[:n_visits].copy(),
        room.zone[:n_visits].copy(),
        room.enter_s[:n_visits].copy(),
        room.exit_s[:n_visits].copy(),
        room.began_inside[:n_visits].copy(),
        room.ended_inside[:n_visits].copy(),
        room.cut_zone[:0].copy(),
        room.cut_s[:0].copy(),
    )


def _sorted(
    found: Sequence[Sequence[Found]], begins: Indices, zones: Sequence[str], n_paths: int
) -> Passages:
    """All visits by path, zone and time."""
    columns = []
    for part in found:  # of a few paths each, in order
        path, zone, *rest = (
            np.concatenate([one[column] for one in part]) if part else np.zeros(0)
            for column in range(6)
        )
        counts = [one.path.size for one in part]
        zone = zone.astype(np.int32) + np.repeat(begins[: len(part)], counts).astype(np.int32)
        order = np.lexsort((rest[0], zone, path))
        columns.append([column[order] for column in (path, zone, *rest)])
    path, zone, enter_s, exit_s, began, ended = (
        [np.concatenate(column) for column in zip(*columns, strict=True)]
        if columns
        else [np.zeros(0)] * 6
    )
    return Passages(
        tuple(zones),
        n_paths,
        path.astype(np.int64),
        np.array([*zones, ""])[zone.astype(np.int64)],
        enter_s,
        exit_s,
        began.astype(np.bool_),
        ended.astype(np.bool_),
    )
