"""One step of a block of particles, stage by stage, in single and double precision.

A block's numbers lie in rows of three flat arrays (:mod:`overflight.physics.lanes`). Before a step
every lane notes where it stands; each stage reads the wind, turns it into the start's frame, adds
it to a sum and looks ahead (:mod:`overflight.physics.local`); the last one moves the normals. The
loops are short and without branches, so that the compiler makes vector instructions of them.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import lane_kernel, lane_loop
from overflight.physics.lanes import LANES, corners, peek, poke
from overflight.physics.local import (
    HALF,
    MIDDLE_M_M,
    MIDDLE_N_M,
    ONE,
    angles_rad,
    over_radii,
    shift,
    turned,
    unit_scale,
)
from overflight.physics.sphere import Vector

Array = NDArray[np.float64]

# Rows of a block's books. In float64: the normal, 1 / (N + h) and 1 / (M + h) at 45 degrees, the
# secant of the latitude, the step over both radii, and the normal before the step.
(_X, _Y, _Z, _OVER_N, _OVER_M, _SECANT, _STEP_N, _STEP_M, _WAS_X, _WAS_Y, _WAS_Z) = (
    row * LANES for row in range(11)
)
# In float32: shares of the cell in which a step starts, and of the cell where the lane stands; its
# share between two levels; latitude; step over N and ratio of the radii; the shift since the
# step's start; the wind; and the sums of the stages.
(_EAST0, _NORTH0, _EAST, _NORTH, _DOWN, _SINE, _COSINE, _SEC, _STEP, _RATIO, _DLON, _DLAT, _U, _V,
 _SUM_E, _SUM_N, _SUM_U) = (row * LANES for row in range(17))  # fmt: skip
# In int32: the cell in which a step starts, the cell where the lane stands, and its level.
_I0, _J0, _CELL, _LEVEL = (row * LANES for row in range(4))

_BLANK, _ZERO = np.float32(math.nan), np.float32(0.0)
_FAR = np.float32(1e6)  # more cells than a step crosses
_EDGE = np.float32(1e-6)  # of a cell: round-off on the edge of the box
_EDGE_RAD = 2e-11
_SURE_INDEX = 1e9


class Sheets(NamedTuple):
    """Wind between two times, packed for :func:`overflight.physics.lanes.corners`."""

    nodes: NDArray[np.float32]  # flat (level, lat, lon, 4): u, v and their change
    n_lats: int
    n_lons: int
    first_lat_rad: float
    first_lon_rad: float
    lats_per_rad: float
    lons_per_rad: float
    round_globe: bool


class Balloons(NamedTuple):
    """Particles on levels of their own."""

    places: Array  # (particle, 3) unit normals, moved in place
    log_pressure: Array  # (particle,)
    height_m: Array  # (particle,)
    level: NDArray[np.int32]  # (particle,) of the sheets, the upper of the two around it
    down: NDArray[np.float32]  # (particle,) share from that to the lower; NaN outside


class Block(NamedTuple):
    """The books of one block of lanes."""

    wide: Array
    lanes: NDArray[np.float32]
    cells: NDArray[np.int32]


@lane_loop
def blank() -> Block:
    """Books for any block."""
    return Block(
        np.zeros(11 * LANES), np.zeros(17 * LANES, np.float32), np.zeros(4 * LANES, np.int32)
    )


@lane_loop
def load(block: Block, balloons: Balloons, first: int) -> None:
    """Take particles from ``first`` on into the lanes; the last one fills lanes that are left."""
    last = balloons.places.shape[0] - 1
    for lane in range(LANES):
        i = min(first + lane, last)
        for axis in range(3):
            poke(block.wide, _X + axis * LANES + lane, balloons.places[i, axis])
        poke(block.wide, _OVER_N + lane, 1.0 / (MIDDLE_N_M + balloons.height_m[i]))
        poke(block.wide, _OVER_M + lane, 1.0 / (MIDDLE_M_M + balloons.height_m[i]))
        poke(block.lanes, _DOWN + lane, balloons.down[i])
        poke(block.cells, _LEVEL + lane, balloons.level[i])


@lane_kernel
def before(block: Block, lane: int) -> Vector:
    """Where a lane stood before the step."""
    wide = block.wide
    return peek(wide, _WAS_X + lane), peek(wide, _WAS_Y + lane), peek(wide, _WAS_Z + lane)


@lane_kernel
def now(block: Block, lane: int) -> Vector:
    """Where a lane stands."""
    return peek(block.wide, _X + lane), peek(block.wide, _Y + lane), peek(block.wide, _Z + lane)


@lane_kernel
def put(block: Block, lane: int, place: Vector) -> None:
    """Make a lane stand elsewhere."""
    poke(block.wide, _X + lane, place[0])
    poke(block.wide, _Y + lane, place[1])
    poke(block.wide, _Z + lane, place[2])


@lane_kernel
def _floor(cells: np.float32) -> np.int32:
    whole = np.int32(cells)
    return whole - np.int32(1) if cells < np.float32(whole) else whole


@lane_kernel
def _settle(block: Block, sheets: Sheets, lane: int, east: np.float32, north: np.float32) -> None:
    """Find the cell of a lane from its distance, in cells, to the corner of its step's first cell.

    Outside the box the share of the cell becomes NaN, and so does all that follows.
    """
    known = abs(east) < _FAR and abs(north) < _FAR
    east, north = (east if known else _ZERO), (north if known else _ZERO)
    across, along = _floor(east), _floor(north)
    i, j = peek(block.cells, _I0 + lane) + across, peek(block.cells, _J0 + lane) + along
    if sheets.round_globe:
        turn = np.int32(sheets.n_lons - 1)
        i = i + turn if i < np.int32(0) else i
        i = i - turn if i >= turn else i
    column = min(max(i, np.int32(0)), np.int32(sheets.n_lons - 2))
    row = min(max(j, np.int32(0)), np.int32(sheets.n_lats - 2))
    east += np.float32(i - across - column)
    north += np.float32(j - along - row)
    over = max(abs(east - HALF), abs(north - HALF))
    inside = known and over <= HALF + _EDGE
    poke(block.lanes, _EAST + lane, east if inside else _BLANK)
    poke(block.lanes, _NORTH + lane, north)
    poke(block.cells, _CELL + lane, row * np.int32(sheets.n_lons) + column)


@lane_kernel
def _stand(block: Block, sheets: Sheets, dt_s: float, lane: int) -> None:
    """Note where a lane stands before a step: its cell, latitude and radii; no shift, no sums."""
    wide, lanes = block.wide, block.lanes
    x, y, z = peek(wide, _X + lane), peek(wide, _Y + lane), peek(wide, _Z + lane)
    lat_rad, lon_rad, secant = angles_rad(x, y, z)
    lon_rad = lon_rad + 2.0 * math.pi if lon_rad < sheets.first_lon_rad - _EDGE_RAD else lon_rad
    i = (lon_rad - sheets.first_lon_rad) * sheets.lons_per_rad
    j = (lat_rad - sheets.first_lat_rad) * sheets.lats_per_rad
    sure = abs(i) < _SURE_INDEX and abs(j) < _SURE_INDEX
    column, row = np.int32(i if sure else 0.0), np.int32(j if sure else 0.0)
    poke(block.cells, _I0 + lane, column)
    poke(block.cells, _J0 + lane, row)
    east, north = np.float32(i - float(column)), np.float32(j - float(row))
    poke(lanes, _EAST0 + lane, east)
    poke(lanes, _NORTH0 + lane, north)
    _settle(block, sheets, lane, east, north)
    n_perm, m_perm = over_radii(z, peek(wide, _OVER_N + lane), peek(wide, _OVER_M + lane))
    poke(wide, _SECANT + lane, secant)
    poke(wide, _STEP_N + lane, dt_s * n_perm)
    poke(wide, _STEP_M + lane, dt_s * m_perm)
    poke(lanes, _STEP + lane, np.float32(dt_s * n_perm))
    poke(lanes, _RATIO + lane, np.float32(m_perm * (1.0 / n_perm)))
    poke(lanes, _SINE + lane, np.float32(z))
    poke(lanes, _COSINE + lane, np.float32((x * x + y * y) * secant))
    poke(lanes, _SEC + lane, np.float32(secant))


@lane_loop
def stand(block: Block, sheets: Sheets, dt_s: float) -> None:
    """Begin a step with every lane."""
    for lane in range(LANES):
        _stand(block, sheets, dt_s, lane)
    for lane in range(LANES):
        for row in (_DLON, _DLAT, _SUM_E, _SUM_N, _SUM_U):
            poke(block.lanes, row + lane, _ZERO)


@lane_loop
def blow(block: Block, sheets: Sheets, later: np.float32) -> None:
    """Read the wind where every lane stands; ``later`` is the share between the two times."""
    lanes, cells, row = block.lanes, block.cells, 4 * sheets.n_lons
    sheet = row * sheets.n_lats
    for lane in range(LANES):
        at = 4 * np.int64(peek(cells, _CELL + lane)) + sheet * np.int64(peek(cells, _LEVEL + lane))
        east, north = peek(lanes, _EAST + lane), peek(lanes, _NORTH + lane)
        down = peek(lanes, _DOWN + lane)
        u, v = corners(sheets.nodes, at, row, sheet, east, north, down, later)
        poke(lanes, _U + lane, u)
        poke(lanes, _V + lane, v)


@lane_kernel
def _add(block: Block, lane: int, weight: np.float32) -> tuple[np.float32, np.float32, np.float32]:
    """Turn the wind of a stage into the start's frame and add it to the sum."""
    lanes = block.lanes
    east, north, up = turned(
        peek(lanes, _U + lane),
        peek(lanes, _V + lane),
        peek(lanes, _DLON + lane),
        peek(lanes, _DLAT + lane),
        peek(lanes, _SINE + lane),
        peek(lanes, _COSINE + lane),
        peek(lanes, _RATIO + lane),
    )
    poke(lanes, _SUM_E + lane, peek(lanes, _SUM_E + lane) + weight * east)
    poke(lanes, _SUM_N + lane, peek(lanes, _SUM_N + lane) + weight * north)
    poke(lanes, _SUM_U + lane, peek(lanes, _SUM_U + lane) + weight * up)
    return east, north, up


@lane_loop
def ahead(block: Block, sheets: Sheets, weight: np.float32, fraction: np.float32) -> None:
    """Add a stage's wind, and go with it to where the next stage looks."""
    lanes = block.lanes
    lats, lons = np.float32(sheets.lats_per_rad), np.float32(sheets.lons_per_rad)
    for lane in range(LANES):
        east, north, up = _add(block, lane, weight)
        step = fraction * peek(lanes, _STEP + lane)
        flat = step * (ONE - step * up)  # back onto the plane that touches at the start
        a, b = east * flat, north * flat * peek(lanes, _RATIO + lane)
        dlon, dlat = shift(
            a,
            b,
            peek(lanes, _SINE + lane),
            peek(lanes, _COSINE + lane),
            peek(lanes, _SEC + lane),
        )
        poke(lanes, _DLON + lane, dlon)
        poke(lanes, _DLAT + lane, dlat)
        east0, north0 = peek(lanes, _EAST0 + lane), peek(lanes, _NORTH0 + lane)
        _settle(block, sheets, lane, east0 + dlon * lons, north0 + dlat * lats)


@lane_loop
def land(block: Block, weight: np.float32, whole_scale: float) -> None:
    """Add the last stage's wind, and move the normals by the sum times ``whole_scale``."""
    wide, lanes = block.wide, block.lanes
    for lane in range(LANES):
        _add(block, lane, weight)
    for lane in range(LANES):
        x, y, z = peek(wide, _X + lane), peek(wide, _Y + lane), peek(wide, _Z + lane)
        secant, step_n = peek(wide, _SECANT + lane), peek(wide, _STEP_N + lane) * whole_scale
        east = float(peek(lanes, _SUM_E + lane)) * step_n
        north = float(peek(lanes, _SUM_N + lane)) * (peek(wide, _STEP_M + lane) * whole_scale)
        up = 1.0 + float(peek(lanes, _SUM_U + lane)) * step_n
        east_x, east_y = -y * secant, x * secant
        new_x = x * up + east * east_x - north * z * east_y
        new_y = y * up + east * east_y + north * z * east_x
        new_z = z * up + north * (x * east_y - y * east_x)
        poke(wide, _WAS_X + lane, x)
        poke(wide, _WAS_Y + lane, y)
        poke(wide, _WAS_Z + lane, z)
        unit = unit_scale(new_x * new_x + new_y * new_y + new_z * new_z - 1.0)
        poke(wide, _X + lane, new_x * unit)
        poke(wide, _Y + lane, new_y * unit)
        poke(wide, _Z + lane, new_z * unit)
