"""When paths enter and leave zones.

Cut each path wherever it meets an edge of a zone, then ask of every piece whether its middle lies
inside. A cut too many changes nothing, so no rule is needed for corners, for paths along a border
or for the antimeridian.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely  # type: ignore[import-untyped]

from overflight.errors import FieldError
from overflight.fields.zones import Flags, Floats, Indices, Layer
from overflight.physics.sphere import wrapped_deg

SHORTEST_S = 1e-6  # shorter visits are rounding at a corner
POINT_BYTES = 430  # measured: what a point of a path takes while its visits are found
AT_ONCE_POINTS = 200_000  # 86 MB


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
        return self._only(self.zone == zone_id)

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

    def _only(self, keep: Flags | Indices) -> "Passages":
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
    lat_deg: Floats,
    lon_deg: Floats,
    time_s: Floats,
    layers: Sequence[Layer],
    most_points: int = AT_ONCE_POINTS,
) -> Passages:
    """Return the visits of paths, looked at a few at a time so that memory stays bounded.

    Parameters
    ----------
    lat_deg, lon_deg : (path, time)
        NaN where the path does not exist.
    time_s : (time,)
        Increasing.
    most_points
        How many points are looked at together, but one path at least. It changes no visit.

    Raises
    ------
    FieldError
        For arrays of other shapes, or times that do not increase.
    """
    lat, lon = (np.asarray(a, dtype=np.float64) for a in (lat_deg, lon_deg))
    if lat.ndim != 2 or lat.shape != lon.shape or lat.size <= most_points:
        return find(Tracks.of(lat, lon, time_s), layers)
    step = max(most_points // lat.shape[1], 1)
    found = [
        find(Tracks.of(lat[first : first + step], lon[first : first + step], time_s), layers)
        for first in range(0, len(lat), step)
    ]
    return Passages(
        found[0].zones,
        len(lat),
        np.concatenate([one.path + place * step for place, one in enumerate(found)]),
        np.concatenate([one.zone for one in found]),
        np.concatenate([one.enter_s for one in found]),
        np.concatenate([one.exit_s for one in found]),
        np.concatenate([one.began_inside for one in found]),
        np.concatenate([one.ended_inside for one in found]),
    )


def find(tracks: "Tracks", layers: Sequence[Layer]) -> Passages:
    """Return the visits of all tracks to the zones of some layers."""
    zones = [place.id for layer in layers for place in layer.places]
    first_zones = np.cumsum([0, *(len(layer.places) for layer in layers)])
    found = [
        _visits(tracks, layer, int(first))
        for layer, first in zip(layers, first_zones, strict=False)
    ]
    path, zone, enter_s, exit_s, began, ended = (
        [np.concatenate(column) for column in zip(*found, strict=True)]
        if found
        else [np.zeros(0)] * 6
    )
    order = np.lexsort((enter_s, zone, path))
    return Passages(
        tuple(zones),
        tracks.lat_deg.shape[0],
        path[order].astype(np.int64),
        np.array([*zones, ""])[zone[order].astype(np.int64)],
        enter_s[order],
        exit_s[order],
        began[order].astype(np.bool_),
        ended[order].astype(np.bool_),
    )


@dataclass(frozen=True)
class Tracks:
    """Paths, their steps, and the unbroken stretches (runs) of steps."""

    lat_deg: Floats  # (path, time)
    lon_deg: Floats  # (path, time), in [-180, 180)
    time_s: Floats  # (time,)
    step_path: Indices  # (step,)
    step_time: Indices  # (step,) index of the sample where the step begins
    step_run: Indices  # (step,)
    run_path: Indices  # (run,)
    run_first: Indices  # (run,) index of its first sample
    run_last: Indices  # (run,)

    @classmethod
    def of(cls, lat_deg: Floats, lon_deg: Floats, time_s: Floats) -> "Tracks":
        """Check the arrays and find the steps between neighbouring finite samples."""
        lat, lon, t = (np.asarray(a, dtype=np.float64) for a in (lat_deg, lon_deg, time_s))
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
        finite = np.isfinite(lat) & np.isfinite(lon)
        path, k = np.nonzero(finite[:, :-1] & finite[:, 1:])
        fresh = np.ones(path.size, dtype=np.bool_)
        fresh[1:] = (path[1:] != path[:-1]) | (k[1:] != k[:-1] + 1)
        begin = np.flatnonzero(fresh)
        end = np.append(begin[1:], path.size)[: begin.size] - 1
        return cls(
            lat,
            wrapped_deg(lon),
            t,
            path,
            k,
            np.cumsum(fresh) - 1,
            path[begin],
            k[begin],
            k[end] + 1,
        )

    def steps_deg(self) -> Floats:
        """Return both ends of every step, (step, end, lon/lat); the second may pass 180."""
        a = np.stack([v[self.step_path, self.step_time] for v in (self.lon_deg, self.lat_deg)], -1)
        b = np.stack(
            [v[self.step_path, self.step_time + 1] for v in (self.lon_deg, self.lat_deg)], -1
        )
        b[:, 0] = a[:, 0] + wrapped_deg(b[:, 0] - a[:, 0])
        return np.stack([a, b], axis=1)

    def at(self, path: Indices, when_s: Floats) -> tuple[Floats, Floats]:
        """Return latitude and longitude of paths at times within their runs."""
        k = np.clip(np.searchsorted(self.time_s, when_s, "right") - 1, 0, self.time_s.size - 2)
        share = (when_s - self.time_s[k]) / (self.time_s[k + 1] - self.time_s[k])
        lat, lon = self.lat_deg[path, k], self.lon_deg[path, k]
        east = wrapped_deg(self.lon_deg[path, k + 1] - lon)
        return lat + share * (self.lat_deg[path, k + 1] - lat), wrapped_deg(lon + share * east)


def _cuts(tracks: Tracks, layer: Layer) -> tuple[Indices, Indices, Floats]:
    """Return run, zone and time of every meeting of a path with an edge of a zone."""
    steps_deg = tracks.steps_deg()
    beyond = np.sign(steps_deg[:, 1, 0]) * (np.abs(steps_deg[:, 1, 0]) >= 180.0)
    again = np.flatnonzero(beyond)  # across the antimeridian: look on its other side as well
    step = np.concatenate([np.arange(len(steps_deg)), again])
    shift = np.concatenate([np.zeros(len(steps_deg)), -360.0 * beyond[again]])
    ends_deg = steps_deg[step]
    ends_deg[:, :, 0] += shift[:, None]
    which, edge = layer.edge_tree.query(shapely.linestrings(ends_deg))
    share, meets = _meeting(ends_deg[which], layer.edges_deg[edge])
    step, edge, share = step[which[meets]], edge[meets], share[meets]
    k = tracks.step_time[step]
    when_s = tracks.time_s[k] + share * (tracks.time_s[k + 1] - tracks.time_s[k])
    return tracks.step_run[step], layer.edge_zone[edge], when_s


def _meeting(steps_deg: Floats, edges_deg: Floats) -> tuple[Floats, Flags]:
    """Return how far along each step it meets the edge beside it, and whether it does.

    Ends count, with room for rounding: a cut too many does no harm, one too few would.
    """
    room = 1e-9
    a, e = steps_deg[:, 0], edges_deg[:, 0]
    d, f = steps_deg[:, 1] - a, edges_deg[:, 1] - e
    turn = d[:, 0] * f[:, 1] - d[:, 1] * f[:, 0]
    to = e - a
    with np.errstate(divide="ignore", invalid="ignore"):  # parallel: inf or NaN, hence no meeting
        along = (to[:, 0] * f[:, 1] - to[:, 1] * f[:, 0]) / turn
        across = (to[:, 0] * d[:, 1] - to[:, 1] * d[:, 0]) / turn
    meets = (np.abs(along - 0.5) <= 0.5 + room) & (np.abs(across - 0.5) <= 0.5 + room)
    return np.clip(along, 0.0, 1.0), meets


def _starts(tracks: Tracks, layer: Layer) -> tuple[Indices, Indices]:
    """Return (run, zone) for every zone in which a run begins."""
    lat = tracks.lat_deg[tracks.run_path, tracks.run_first]
    lon = tracks.lon_deg[tracks.run_path, tracks.run_first]
    run, zone = layer.tree.query(shapely.points(lon, lat))
    inside = layer.contains_each(zone, lat[run], lon[run])
    return run[inside], zone[inside]


def _visits(tracks: Tracks, layer: Layer, first_zone: int) -> tuple[npt.NDArray[Any], ...]:
    """Return the columns of :class:`Passages` for one layer."""
    cut_run, cut_zone, cut_s = _cuts(tracks, layer)
    start_run, start_zone = _starts(tracks, layer)
    n_zones = len(layer.places)
    cut_pair = cut_run * n_zones + cut_zone
    pair = np.union1d(cut_pair, start_run * n_zones + start_zone)  # a run and a zone it may touch
    begin_s = tracks.time_s[tracks.run_first]
    end_s = tracks.time_s[tracks.run_last]
    all_pair = np.concatenate([cut_pair, pair, pair])
    all_s = np.concatenate([cut_s, begin_s[pair // n_zones], end_s[pair // n_zones]])
    order = np.lexsort((all_s, all_pair))
    all_pair, all_s = all_pair[order], all_s[order]
    piece = (all_pair[1:] == all_pair[:-1]) & (np.diff(all_s) > SHORTEST_S)
    pair, from_s, to_s = all_pair[:-1][piece], all_s[:-1][piece], all_s[1:][piece]
    run, zone = pair // n_zones, pair % n_zones
    inside = layer.contains_each(zone, *tracks.at(tracks.run_path[run], 0.5 * (from_s + to_s)))
    joined = (pair[1:] == pair[:-1]) & inside[1:] & inside[:-1]
    enters = inside & ~np.concatenate([[False], joined])[: inside.size]
    leaves = inside & ~np.concatenate([joined, [False]])[: inside.size]
    run, zone = run[enters], zone[enters]
    enter_s, exit_s = from_s[enters], to_s[leaves]
    return (
        tracks.run_path[run],
        zone + first_zone,
        enter_s,
        exit_s,
        enter_s <= begin_s[run] + SHORTEST_S,
        exit_s >= end_s[run] - SHORTEST_S,
    )
