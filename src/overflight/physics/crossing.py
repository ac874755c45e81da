"""When paths are inside polygons: every crossing of an edge, and which pieces between lie inside.

The map is divided into cells (:class:`Cells`). Each knows the edges that touch it and the zones
that hold one point of it. A step of a path is compared with the edges of the cells it may touch,
which is none for most (``quiet``); whether a place lies in a zone is known from the point of its
cell, changed by every edge between the two. So most of a path costs a look at one cell, and the
answer is that of comparing every step with every edge.

A path is cut wherever it meets an edge, and the middle of every piece is asked. A cut too many
changes nothing, so no rule is needed for corners, for paths along a border or for the antimeridian.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import kernel, lane_loop

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

CELL_DEG = 0.25
_PER_DEG = 1.0 / CELL_DEG
N_ROWS, N_COLUMNS = 180 * round(_PER_DEG), 360 * round(_PER_DEG)
AT_ROW, AT_COLUMN = 0.5123456789, 0.4876543211  # where in a cell its point is: on no round number
SEAM_DEG = 1e-9  # points on the antimeridian or a pole are looked up this far beside it
SHORTEST_S = 1e-6  # shorter visits are rounding at a corner

_ROOM = 1e-9  # shares of a step and of an edge: a cut too many does no harm, one too few would


class Cells(NamedTuple):
    """Edges and zones by cell; row 0 is the southernmost, column 0 begins at 180 W."""

    first_edge: NDArray[np.int32]  # (cell + 1,) where its edges begin
    edges_deg: Array  # (place, 4): longitude and latitude of both ends; by cell, then by zone
    edge_zone: NDArray[np.int32]  # (place,)
    first_zone: NDArray[np.int32]  # (cell + 1,) where its zones begin
    zones: NDArray[np.int32]  # (place,) that hold the point of the cell
    quiet: NDArray[np.bool_]  # (cell,) neither it nor any of the eight around it has an edge


class Paths(NamedTuple):
    """Paths (path, time), NaN where one does not exist, and times that increase."""

    lat_deg: Array
    lon_deg: Array
    time_s: Array
    first: int  # number of the first path


class Found(NamedTuple):
    """Room for visits, by path, zone and time, and for the cuts of one path."""

    path: Indices  # (visit,)
    zone: NDArray[np.int32]
    enter_s: Array
    exit_s: Array
    began_inside: NDArray[np.bool_]
    ended_inside: NDArray[np.bool_]
    cut_zone: NDArray[np.int32]  # (cut,)
    cut_s: Array


@kernel
def _wrapped(lon_deg: float) -> float:
    """In [-180, 180)."""
    if -180.0 <= lon_deg < 180.0:
        return lon_deg
    return lon_deg - 360.0 * math.floor((lon_deg + 180.0) / 360.0)


@kernel
def _row(lat_deg: float) -> int:
    return min(max(math.floor((lat_deg + 90.0) * _PER_DEG), 0), N_ROWS - 1)


@kernel
def _column(lon_deg: float) -> int:
    """Which column of a map that repeats without end: negative beyond 180 W."""
    return math.floor((lon_deg + 180.0) * _PER_DEG)


@kernel
def holds(cells: Cells, zone: int, lat_deg: float, lon_deg: float) -> bool:
    """Whether a zone holds a place; not where it lies on an edge exactly."""
    x = min(max(_wrapped(lon_deg), -180.0 + SEAM_DEG), 180.0 - SEAM_DEG)
    y = min(max(lat_deg, -90.0 + SEAM_DEG), 90.0 - SEAM_DEG)
    row, column = _row(y), min(max(_column(x), 0), N_COLUMNS - 1)
    cell = row * N_COLUMNS + column
    inside = False
    for at in range(cells.first_zone[cell], cells.first_zone[cell + 1]):
        if cells.zones[at] == zone:
            inside = True
    from_x = (column + AT_COLUMN) * CELL_DEG - 180.0
    from_y = (row + AT_ROW) * CELL_DEG - 90.0
    low_x, high_x = min(from_x, x), max(from_x, x)
    low_y, high_y = min(from_y, y), max(from_y, y)
    for at in range(cells.first_edge[cell], cells.first_edge[cell + 1]):
        if cells.edge_zone[at] != zone:
            continue
        x1, y1 = cells.edges_deg[at, 0], cells.edges_deg[at, 1]
        x2, y2 = cells.edges_deg[at, 2], cells.edges_deg[at, 3]
        if (
            (x2 - x1) * (y - y1) == (y2 - y1) * (x - x1)
            and min(x1, x2) <= x <= max(x1, x2)
            and min(y1, y2) <= y <= max(y1, y2)
        ):
            return False
        # From the point of the cell north or south, then east or west, counting edges.
        if (x1 <= from_x) != (x2 <= from_x):
            met = y1 + (from_x - x1) / (x2 - x1) * (y2 - y1)
            if low_y < met <= high_y:
                inside = not inside
        if (y1 <= y) != (y2 <= y):
            met = x1 + (y - y1) / (y2 - y1) * (x2 - x1)
            if low_x < met <= high_x:
                inside = not inside
    return inside


@kernel
def _meets(
    ax: float, ay: float, dx: float, dy: float, ex: float, ey: float, fx: float, fy: float
) -> float:
    """How far along a step from a by d it meets the edge from e to f; -1 where it does not."""
    gx, gy = fx - ex, fy - ey
    turn = dx * gy - dy * gx
    tx, ty = ex - ax, ey - ay
    along, across = tx * gy - ty * gx, tx * dy - ty * dx  # shares of turn
    if turn < 0.0:
        turn, along, across = -turn, -along, -across
    low, high = -_ROOM * turn, (1.0 + _ROOM) * turn
    if along < low or along > high or across < low or across > high or turn == 0.0:
        return -1.0  # side by side: its ends are met by the edges beside it
    return min(max(along / turn, 0.0), 1.0)


@kernel
def _cut(
    cells: Cells,
    from_deg: tuple[float, float],
    by_deg: tuple[float, float],
    from_s: float,
    span_s: float,
    n_cuts: int,
    cut_zone: NDArray[np.int32],
    cut_s: Array,
) -> int:
    """Add what a step meets to the cuts of its path; return how many there are, noted or not."""
    ax, ay = from_deg
    dx, dy = by_deg
    bottom, top = min(ay, ay + dy) - _ROOM, max(ay, ay + dy) + _ROOM
    for row in range(_row(min(ay, ay + dy)), _row(max(ay, ay + dy)) + 1):
        for wide in range(_column(min(ax, ax + dx)), _column(max(ax, ax + dx)) + 1):
            turn = math.floor(wide / N_COLUMNS)
            cell = row * N_COLUMNS + wide - turn * N_COLUMNS
            shift = 360.0 * turn
            for at in range(cells.first_edge[cell], cells.first_edge[cell + 1]):
                if (
                    min(cells.edges_deg[at, 1], cells.edges_deg[at, 3]) > top
                    or max(cells.edges_deg[at, 1], cells.edges_deg[at, 3]) < bottom
                ):
                    continue
                share = _meets(
                    ax - shift, ay, dx, dy,
                    cells.edges_deg[at, 0], cells.edges_deg[at, 1],
                    cells.edges_deg[at, 2], cells.edges_deg[at, 3],
                )  # fmt: skip
                if share >= 0.0:
                    if n_cuts < cut_zone.size:
                        cut_zone[n_cuts] = cells.edge_zone[at]
                        cut_s[n_cuts] = from_s + share * span_s
                    n_cuts += 1
    return n_cuts


@lane_loop
def _begin(
    cells: Cells,
    lat_deg: float,
    lon_deg: float,
    begin_s: float,
    cut_zone: NDArray[np.int32],
    cut_s: Array,
) -> int:
    """Note every zone in which a path may begin, as cut at its begin; return how many."""
    column = min(max(_column(lon_deg), 0), N_COLUMNS - 1)
    cell = _row(lat_deg) * N_COLUMNS + column
    n_cuts = 0
    for at in range(cells.first_zone[cell], cells.first_zone[cell + 1]):
        if n_cuts < cut_zone.size:
            cut_zone[n_cuts], cut_s[n_cuts] = cells.zones[at], begin_s
        n_cuts += 1
    before = -1
    for at in range(cells.first_edge[cell], cells.first_edge[cell + 1]):
        zone = cells.edge_zone[at]
        if zone != before:
            if n_cuts < cut_zone.size:
                cut_zone[n_cuts], cut_s[n_cuts] = zone, begin_s
            n_cuts += 1
            before = zone
    return n_cuts


@lane_loop
def _sort(n_cuts: int, cut_zone: NDArray[np.int32], cut_s: Array) -> None:
    """By zone, then by time (Shell 1959; gaps of Knuth)."""
    gap = 1
    while gap < n_cuts // 3:
        gap = 3 * gap + 1
    while gap >= 1:
        for i in range(gap, n_cuts):
            zone, when_s = cut_zone[i], cut_s[i]
            j = i - gap
            while j >= 0 and (cut_zone[j] > zone or (cut_zone[j] == zone and cut_s[j] > when_s)):
                cut_zone[j + gap], cut_s[j + gap] = cut_zone[j], cut_s[j]
                j -= gap
            cut_zone[j + gap], cut_s[j + gap] = zone, when_s
        gap //= 3


@kernel
def _is_inside(cells: Cells, zone: int, row: int, paths: Paths, when_s: float) -> bool:
    """Whether a path, straight between its points, is in a zone at a time."""
    low, high = 0, paths.time_s.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if paths.time_s[middle] <= when_s:
            low = middle
        else:
            high = middle
    share = (when_s - paths.time_s[low]) / (paths.time_s[low + 1] - paths.time_s[low])
    lon = _wrapped(paths.lon_deg[row, low])
    east = _wrapped(paths.lon_deg[row, low + 1] - lon)
    lat = paths.lat_deg[row, low] + share * (paths.lat_deg[row, low + 1] - paths.lat_deg[row, low])
    return holds(cells, zone, lat, lon + share * east)


@lane_loop
def _note(
    row: int,
    span_s: tuple[float, float],
    n_cuts: int,
    cells: Cells,
    paths: Paths,
    found: Found,
    n_found: int,
) -> int:
    """Turn the sorted cuts of an unbroken stretch into visits; return how many there are now."""
    begin_s, end_s = span_s
    path = paths.first + row
    at = 0
    while at < n_cuts:
        zone = found.cut_zone[at]
        from_s, enter_s, inside = begin_s, begin_s, False
        while True:
            more = at < n_cuts and found.cut_zone[at] == zone
            to_s = found.cut_s[at] if more else end_s
            if to_s - from_s > SHORTEST_S:
                now = _is_inside(cells, zone, row, paths, 0.5 * (from_s + to_s))
                if now and not inside:
                    enter_s = from_s
                elif inside and not now:
                    n_found = _visit(path, zone, enter_s, from_s, begin_s, end_s, found, n_found)
                inside, from_s = now, to_s
            if not more:
                break
            at += 1
        if inside:
            n_found = _visit(path, zone, enter_s, from_s, begin_s, end_s, found, n_found)
    return n_found


@lane_loop
def _visit(
    path: int,
    zone: int,
    enter_s: float,
    exit_s: float,
    begin_s: float,
    end_s: float,
    found: Found,
    n_found: int,
) -> int:
    if n_found < found.path.size:
        found.path[n_found], found.zone[n_found] = path, zone
        found.enter_s[n_found], found.exit_s[n_found] = enter_s, exit_s
        found.began_inside[n_found] = enter_s <= begin_s + SHORTEST_S
        found.ended_inside[n_found] = exit_s >= end_s - SHORTEST_S
    return n_found + 1


@lane_loop
def visits(paths: Paths, cells: Cells, found: Found) -> tuple[int, int]:
    """Find every visit of every path to every zone.

    Parameters
    ----------
    found
        Out. Where its room does not suffice, what is beyond it is left out.

    Returns
    -------
    n_visits, n_cuts
        Visits there are, and the most cuts of a path; more than there is room for means: again.
    """
    lat_deg, lon_deg, time_s = paths.lat_deg, paths.lon_deg, paths.time_s
    n_found, most_cuts, n_times = 0, 0, time_s.size
    for row in range(lat_deg.shape[0]):
        k = 0
        while k < n_times - 1:
            lat, lon = lat_deg[row, k], lon_deg[row, k]
            if math.isnan(lat + lon):
                k += 1
                continue
            x, y = _wrapped(lon), lat
            begin = k
            n_cuts = _begin(cells, y, x, time_s[k], found.cut_zone, found.cut_s)
            cell = _row(y) * N_COLUMNS + _column(x)
            while k < n_times - 1:
                lat, lon = lat_deg[row, k + 1], lon_deg[row, k + 1]
                if math.isnan(lat + lon):
                    break
                dx, dy = _wrapped(lon - x), lat - y
                next_x = _wrapped(lon)
                next_cell = _row(lat) * N_COLUMNS + _column(next_x)
                if not cells.quiet[cell] or abs(dx) > CELL_DEG or abs(dy) > CELL_DEG:
                    span_s = time_s[k + 1] - time_s[k]
                    n_cuts = _cut(
                        cells, (x, y), (dx, dy), time_s[k], span_s, n_cuts,
                        found.cut_zone, found.cut_s,
                    )  # fmt: skip
                x, y, cell = next_x, lat, next_cell
                k += 1
            most_cuts = max(most_cuts, n_cuts)
            if k > begin and n_cuts <= found.cut_zone.size:
                _sort(n_cuts, found.cut_zone, found.cut_s)
                n_found = _note(
                    row, (time_s[begin], time_s[k]), n_cuts, cells, paths, found, n_found
                )
            k += 1
    return n_found, most_cuts
