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
    latitude_rad,
    longitude_rad,
    over_radii,
    shift,
    tangents,
    turned,
    unit_scale,
)
from overflight.physics.sphere import Vector

Array = NDArray[np.float64]

# Rows of a block's books. In float64: the normal, 1 / (N + h) and 1 / (M + h) at 45 degrees, the
# secant of the latitude and what gives its angles, the step over both radii, and the normal before
# the step.
(_X, _Y, _Z, _OVER_N, _OVER_M, _SECANT, _FAR_LON, _FAR_LAT, _STEP_N, _STEP_M, _WAS_X, _WAS_Y,
 _WAS_Z) = (row * LANES for row in range(13))  # fmt: skip
# In float32: shares of the cell in which a step starts, and of the cell where the lane stands; its
# share between two levels; latitude; step over N and ratio of the radii; the shift since the step's
# start; the wind, turned into the start's frame with a part upward; and the sums of the stages.
(_EAST0, _NORTH0, _EAST, _NORTH, _DOWN, _SINE, _COSINE, _SEC, _STEP, _RATIO, _DLON, _DLAT, _U, _V,
 _UP, _SUM_E, _SUM_N, _SUM_U) = (row * LANES for row in range(18))  # fmt: skip
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
        np.zeros(13 * LANES), np.zeros(18 * LANES, np.float32), np.zeros(4 * LANES, np.int32)
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


@lane_loop
def count_beyond(block: Block, sine_fraction: float) -> int:
    """How many lanes stood nearer a pole, before the step, than a latitude of such a sine."""
    beyond = 0
    for lane in range(LANES):
        beyond += abs(peek(block.wide, _WAS_Z + lane)) >= sine_fraction
    return beyond


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
def _cut(block: Block, lane: int, index: float, cell_row: int, share_row: int) -> None:
    """Note an index along an axis as a cell and a share of it."""
    sure = abs(index) < _SURE_INDEX
    cell = np.int32(index if sure else 0.0)
    poke(block.cells, cell_row + lane, cell)
    poke(block.lanes, share_row + lane, np.float32(index - float(cell)))


@lane_kernel
def _find_column(block: Block, sheets: Sheets, lane: int) -> None:
    wide = block.wide
    x, y = peek(wide, _X + lane), peek(wide, _Y + lane)
    lon_rad = longitude_rad(x, y, peek(wide, _FAR_LON + lane))
    lon_rad = lon_rad + 2.0 * math.pi if lon_rad < sheets.first_lon_rad - _EDGE_RAD else lon_rad
    _cut(block, lane, (lon_rad - sheets.first_lon_rad) * sheets.lons_per_rad, _I0, _EAST0)


@lane_kernel
def _find_row(block: Block, sheets: Sheets, lane: int) -> None:
    lat_rad = latitude_rad(peek(block.wide, _Z + lane), peek(block.wide, _FAR_LAT + lane))
    _cut(block, lane, (lat_rad - sheets.first_lat_rad) * sheets.lats_per_rad, _J0, _NORTH0)


@lane_kernel
def _measure(block: Block, dt_s: float, lane: int) -> None:
    """Note a lane's latitude and radii."""
    wide, lanes = block.wide, block.lanes
    x, y, z = peek(wide, _X + lane), peek(wide, _Y + lane), peek(wide, _Z + lane)
    secant = peek(wide, _SECANT + lane)
    n_perm, m_perm = over_radii(z, peek(wide, _OVER_N + lane), peek(wide, _OVER_M + lane))
    poke(wide, _STEP_N + lane, dt_s * n_perm)
    poke(wide, _STEP_M + lane, dt_s * m_perm)
    poke(lanes, _STEP + lane, np.float32(dt_s * n_perm))
    poke(lanes, _RATIO + lane, np.float32(m_perm) / np.float32(n_perm))
    poke(lanes, _SINE + lane, np.float32(z))
    poke(lanes, _COSINE + lane, np.float32((x * x + y * y) * secant))
    poke(lanes, _SEC + lane, np.float32(secant))


@lane_loop
def stand(block: Block, sheets: Sheets, dt_s: float) -> None:
    """Begin a step with every lane: its cell, latitude and radii; no shift, no sums."""
    wide, lanes = block.wide, block.lanes
    for lane in range(LANES):
        x, y, z = peek(wide, _X + lane), peek(wide, _Y + lane), peek(wide, _Z + lane)
        secant, far_lon, far_lat = tangents(x, y, z)
        poke(wide, _SECANT + lane, secant)
        poke(wide, _FAR_LON + lane, far_lon)
        poke(wide, _FAR_LAT + lane, far_lat)
    for lane in range(LANES):
        _find_column(block, sheets, lane)
    for lane in range(LANES):
        _find_row(block, sheets, lane)
    for lane in range(LANES):
        _measure(block, dt_s, lane)
    for lane in range(LANES):
        _settle(block, sheets, lane, peek(lanes, _EAST0 + lane), peek(lanes, _NORTH0 + lane))
        poke(lanes, _DLON + lane, _ZERO)
        poke(lanes, _DLAT + lane, _ZERO)
        poke(lanes, _SUM_E + lane, _ZERO)
        poke(lanes, _SUM_N + lane, _ZERO)
        poke(lanes, _SUM_U + lane, _ZERO)


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
def _add(block: Block, lane: int, weight: np.float32) -> None:
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
    poke(lanes, _U + lane, east)
    poke(lanes, _V + lane, north)
    poke(lanes, _UP + lane, up)


@lane_loop
def ahead(block: Block, sheets: Sheets, weight: np.float32, fraction: np.float32) -> None:
    """Add a stage's wind, and go with it to where the next stage looks."""
    lanes = block.lanes
    lats, lons = np.float32(sheets.lats_per_rad), np.float32(sheets.lons_per_rad)
    for lane in range(LANES):
        _add(block, lane, weight)
    for lane in range(LANES):
        step = fraction * peek(lanes, _STEP + lane)
        flat = step * (ONE - step * peek(lanes, _UP + lane))  # onto the plane that touches there
        dlon, dlat = shift(
            peek(lanes, _U + lane) * flat,
            peek(lanes, _V + lane) * flat * peek(lanes, _RATIO + lane),
            peek(lanes, _SINE + lane),
            peek(lanes, _COSINE + lane),
            peek(lanes, _SEC + lane),
        )
        poke(lanes, _DLON + lane, dlon)
        poke(lanes, _DLAT + lane, dlat)
    for lane in range(LANES):
        east = peek(lanes, _EAST0 + lane) + peek(lanes, _DLON + lane) * lons
        north = peek(lanes, _NORTH0 + lane) + peek(lanes, _DLAT + lane) * lats
        _settle(block, sheets, lane, east, north)


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
