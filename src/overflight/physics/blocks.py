"""One step of a block of particles, stage by stage, in single and double precision.

A block's numbers lie in rows of flat arrays (:mod:`overflight.physics.rows`). Before a step
every lane notes where it stands; each stage reads the wind, turns it into the start's frame, adds
it to a sum and looks ahead (:mod:`overflight.physics.local`); the last one moves the normals. The
loops are short and without branches, so that the compiler makes vector instructions of them.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import lane_kernel, lane_loop, loop
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
from overflight.physics.rows import (
    AT,
    CELL,
    COSINE,
    DLAT,
    DLON,
    DOWN,
    EAST,
    EAST0,
    I0,
    J0,
    LAT,
    LEVEL,
    LON,
    N_CELLS,
    N_LANES,
    N_NODES,
    N_WIDE,
    N_WORDS,
    NORTH,
    NORTH0,
    OVER_M,
    OVER_N,
    RATIO,
    SEC,
    SECANT,
    SINE,
    STEP,
    STEP_M,
    STEP_N,
    SUM_E,
    SUM_N,
    SUM_U,
    UP,
    WAS_X,
    WAS_Y,
    WAS_Z,
    U,
    V,
    X,
    Y,
    Z,
)  # fmt: skip
from overflight.physics.sheets import Sheets
from overflight.physics.sphere import Vector

Array = NDArray[np.float64]

_BLANK, _ZERO = np.float32(math.nan), np.float32(0.0)
_FAR = np.float32(1e6)  # more cells than a step crosses
_EDGE = np.float32(1e-6)  # of a cell: round-off on the edge of the box
_EDGE_RAD = 2e-11
_SURE_INDEX = 1e7
_TURN_RAD = 2.0 * math.pi


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
    words: NDArray[np.uint64]
    nodes: NDArray[np.float32]


@loop
def blank() -> Block:
    """Books for any block."""
    return Block(
        np.zeros(N_WIDE),
        np.zeros(N_LANES, np.float32),
        np.zeros(N_CELLS, np.int32),
        np.zeros(N_WORDS, np.uint64),
        np.zeros(N_NODES, np.float32),
    )


@lane_loop
def load(block: Block, sheets: Sheets, balloons: Balloons, first: int) -> None:
    """Take particles from ``first`` on into the lanes; the last one fills lanes that are left."""
    last = balloons.places.shape[0] - 1
    for lane in range(LANES):
        i = min(first + lane, last)
        for axis in range(3):
            poke(block.wide, X + axis * LANES + lane, balloons.places[i, axis])
        poke(block.wide, OVER_N + lane, 1.0 / (MIDDLE_N_M + balloons.height_m[i]))
        poke(block.wide, OVER_M + lane, 1.0 / (MIDDLE_M_M + balloons.height_m[i]))
        poke(block.lanes, DOWN + lane, balloons.down[i])
        poke(block.cells, LEVEL + lane, balloons.level[i])
    locate(block, sheets)


@lane_loop
def locate(block: Block, sheets: Sheets) -> None:
    """Work out latitude and longitude from the normals; steps carry them on.

    They say which wind to read; where a lane is, its normal says.
    """
    wide = block.wide
    for lane in range(LANES):
        x, y, z = peek(wide, X + lane), peek(wide, Y + lane), peek(wide, Z + lane)
        _, lon_fraction, lat_fraction = tangents(x, y, z)
        poke(wide, LON + lane, lon_fraction)
        poke(wide, LAT + lane, lat_fraction)
    for lane in range(LANES):
        x, y, z = peek(wide, X + lane), peek(wide, Y + lane), peek(wide, Z + lane)
        put_longitude(block, sheets, lane, longitude_rad(x, y, peek(wide, LON + lane)))
        poke(wide, LAT + lane, latitude_rad(z, peek(wide, LAT + lane)))


@lane_kernel
def put_longitude(block: Block, sheets: Sheets, lane: int, lon_rad: float) -> None:
    """Note a longitude, by a whole turn, at or just east of the grid's first column."""
    west = sheets.first_lon_rad - _EDGE_RAD
    lon_rad = lon_rad + _TURN_RAD if lon_rad < west else lon_rad
    lon_rad = lon_rad - _TURN_RAD if lon_rad >= west + _TURN_RAD else lon_rad
    poke(block.wide, LON + lane, lon_rad)


@lane_loop
def count_beyond(block: Block, sine_fraction: float) -> int:
    """How many lanes stood nearer a pole, before the step, than a latitude of such a sine."""
    beyond = 0
    for lane in range(LANES):
        beyond += abs(peek(block.wide, WAS_Z + lane)) >= sine_fraction
    return beyond


@lane_kernel
def before(block: Block, lane: int) -> Vector:
    """Where a lane stood before the step."""
    wide = block.wide
    return peek(wide, WAS_X + lane), peek(wide, WAS_Y + lane), peek(wide, WAS_Z + lane)


@lane_kernel
def now(block: Block, lane: int) -> Vector:
    """Where a lane stands."""
    return peek(block.wide, X + lane), peek(block.wide, Y + lane), peek(block.wide, Z + lane)


@lane_kernel
def put(block: Block, sheets: Sheets, lane: int, place: Vector) -> None:
    """Make a lane stand elsewhere."""
    x, y, z = place
    poke(block.wide, X + lane, x)
    poke(block.wide, Y + lane, y)
    poke(block.wide, Z + lane, z)
    poke(block.wide, LAT + lane, math.atan2(z, math.sqrt(x * x + y * y)))
    put_longitude(block, sheets, lane, math.atan2(y, x))


@lane_kernel
def settle(block: Block, sheets: Sheets, lane: int, east: np.float32, north: np.float32) -> None:
    """Find the cell of a lane from its distance, in cells, to the corner of its step's first cell.

    Outside the box the share of the cell becomes NaN, and so does all that follows. Cells are
    counted in single precision, which has all whole numbers up to 16 million: the compiler would
    widen integers to 64 bits, and vector units take half as many of those.
    """
    known = abs(east) < _FAR and abs(north) < _FAR
    east, north = (east if known else _ZERO), (north if known else _ZERO)
    across, along = np.floor(east), np.floor(north)
    i, j = peek(block.lanes, I0 + lane) + across, peek(block.lanes, J0 + lane) + along
    if sheets.round_globe:
        turn = np.float32(sheets.n_lons - 1)
        i = i + turn if i < _ZERO else i
        i = i - turn if i >= turn else i
    column = min(max(i, _ZERO), np.float32(sheets.n_lons - 2))
    row = min(max(j, _ZERO), np.float32(sheets.n_lats - 2))
    east += i - across - column
    north += j - along - row
    over = max(abs(east - HALF), abs(north - HALF))
    inside = known and over <= HALF + _EDGE
    poke(block.lanes, EAST + lane, east if inside else _BLANK)
    poke(block.lanes, NORTH + lane, north)
    cell = np.int32(row) * np.int32(sheets.n_lons) + np.int32(column)
    poke(block.cells, CELL + lane, np.int32(cell))


@lane_kernel
def _cut(block: Block, lane: int, index: float, cell_row: int, share_row: int) -> None:
    """Note an index along an axis as a cell and a share of it."""
    cell = np.floor(index if abs(index) < _SURE_INDEX else 0.0)
    poke(block.lanes, cell_row + lane, np.float32(cell))
    poke(block.lanes, share_row + lane, np.float32(index - cell))


@lane_kernel
def _measure(block: Block, dt_s: float, lane: int) -> None:
    """Note a lane's latitude and radii."""
    wide, lanes = block.wide, block.lanes
    x, y, z = peek(wide, X + lane), peek(wide, Y + lane), peek(wide, Z + lane)
    square = x * x + y * y
    rough = float(ONE / np.sqrt(np.float32(square)))
    secant = rough * (1.5 - 0.5 * square * rough * rough)  # one step of Newton's: 5e-15
    n_perm, m_perm = over_radii(z, peek(wide, OVER_N + lane), peek(wide, OVER_M + lane))
    poke(wide, SECANT + lane, secant)
    poke(wide, STEP_N + lane, dt_s * n_perm)
    poke(wide, STEP_M + lane, dt_s * m_perm)
    poke(lanes, STEP + lane, np.float32(dt_s * n_perm))
    poke(lanes, RATIO + lane, np.float32(m_perm) / np.float32(n_perm))
    poke(lanes, SINE + lane, np.float32(z))
    poke(lanes, COSINE + lane, np.float32(square * secant))
    poke(lanes, SEC + lane, np.float32(secant))


@lane_loop
def stand(block: Block, sheets: Sheets, dt_s: float) -> None:
    """Begin a step with every lane: its cell, latitude and radii; no shift, no sums."""
    wide, lanes = block.wide, block.lanes
    for lane in range(LANES):
        _measure(block, dt_s, lane)
    for lane in range(LANES):
        east = (peek(wide, LON + lane) - sheets.first_lon_rad) * sheets.lons_per_rad
        north = (peek(wide, LAT + lane) - sheets.first_lat_rad) * sheets.lats_per_rad
        _cut(block, lane, east, I0, EAST0)
        _cut(block, lane, north, J0, NORTH0)
    for lane in range(LANES):
        settle(block, sheets, lane, peek(lanes, EAST0 + lane), peek(lanes, NORTH0 + lane))
        poke(lanes, DLON + lane, _ZERO)
        poke(lanes, DLAT + lane, _ZERO)
        poke(lanes, SUM_E + lane, _ZERO)
        poke(lanes, SUM_N + lane, _ZERO)
        poke(lanes, SUM_U + lane, _ZERO)


@lane_loop
def address(block: Block, sheets: Sheets) -> None:
    """Where in the winds every lane's cell begins, at the first time."""
    cells, sheet = block.cells, 2 * sheets.n_lons * sheets.n_lats
    for lane in range(LANES):
        cell, level = peek(cells, CELL + lane), peek(cells, LEVEL + lane)
        poke(cells, AT + lane, np.int32(2) * cell + np.int32(sheet) * level)


@lane_loop
def blow(block: Block, sheets: Sheets, time: int, later: np.float32) -> None:
    """Read the wind where every lane stands, a share ``later`` of the way to the next time."""
    lanes, cells, nodes, row = block.lanes, block.cells, block.nodes, 2 * sheets.n_lons
    sheet = row * sheets.n_lats
    span = sheet * sheets.n_levels
    first = span * time
    address(block, sheets)
    for lane in range(LANES):
        at = first + np.int64(peek(cells, AT + lane))
        north, down = peek(lanes, NORTH + lane), peek(lanes, DOWN + lane)
        corners(sheets.winds, at, row, sheet, span, north, down, later, nodes, 4 * lane)
    for lane in range(LANES):
        east = peek(lanes, EAST + lane)
        u, v = peek(nodes, 4 * lane), peek(nodes, 4 * lane + 1)
        poke(lanes, U + lane, u + east * (peek(nodes, 4 * lane + 2) - u))
        poke(lanes, V + lane, v + east * (peek(nodes, 4 * lane + 3) - v))


@lane_kernel
def add(block: Block, lane: int, weight: np.float32) -> None:
    """Turn the wind of a stage into the start's frame and add it to the sum."""
    lanes = block.lanes
    east, north, up = turned(
        peek(lanes, U + lane),
        peek(lanes, V + lane),
        peek(lanes, DLON + lane),
        peek(lanes, DLAT + lane),
        peek(lanes, SINE + lane),
        peek(lanes, COSINE + lane),
        peek(lanes, RATIO + lane),
    )
    poke(lanes, SUM_E + lane, peek(lanes, SUM_E + lane) + weight * east)
    poke(lanes, SUM_N + lane, peek(lanes, SUM_N + lane) + weight * north)
    poke(lanes, SUM_U + lane, peek(lanes, SUM_U + lane) + weight * up)
    poke(lanes, U + lane, east)
    poke(lanes, V + lane, north)
    poke(lanes, UP + lane, up)


@lane_kernel
def look(
    block: Block, lane: int, east: np.float32, north: np.float32, up: np.float32, part: np.float32
) -> None:
    """Note how longitude and latitude change on a part of the step under a turned wind."""
    lanes = block.lanes
    step = part * peek(lanes, STEP + lane)
    flat = step * (ONE - step * up)  # onto the plane that touches there
    dlon, dlat = shift(
        east * flat,
        north * flat * peek(lanes, RATIO + lane),
        peek(lanes, SINE + lane),
        peek(lanes, COSINE + lane),
        peek(lanes, SEC + lane),
    )
    poke(lanes, DLON + lane, dlon)
    poke(lanes, DLAT + lane, dlat)


@lane_loop
def follow(block: Block, sheets: Sheets) -> None:
    """Find every lane's cell after the shift that was noted."""
    lanes = block.lanes
    lats, lons = np.float32(sheets.lats_per_rad), np.float32(sheets.lons_per_rad)
    for lane in range(LANES):
        east = peek(lanes, EAST0 + lane) + peek(lanes, DLON + lane) * lons
        north = peek(lanes, NORTH0 + lane) + peek(lanes, DLAT + lane) * lats
        settle(block, sheets, lane, east, north)


@lane_kernel
def carry(block: Block, lane: int, east_mps: float, north_mps: float, whole_scale: float) -> None:
    """Move a lane's normal by a sum of winds in m/s times ``whole_scale``."""
    wide = block.wide
    x, y, z = peek(wide, X + lane), peek(wide, Y + lane), peek(wide, Z + lane)
    secant, step_n = peek(wide, SECANT + lane), peek(wide, STEP_N + lane) * whole_scale
    east = east_mps * step_n
    north = north_mps * (peek(wide, STEP_M + lane) * whole_scale)
    up = 1.0 + float(peek(block.lanes, SUM_U + lane)) * step_n
    east_x, east_y = -y * secant, x * secant
    new_x = x * up + east * east_x - north * z * east_y
    new_y = y * up + east * east_y + north * z * east_x
    new_z = z * up + north * (x * east_y - y * east_x)
    poke(wide, WAS_X + lane, x)
    poke(wide, WAS_Y + lane, y)
    poke(wide, WAS_Z + lane, z)
    unit = unit_scale(new_x * new_x + new_y * new_y + new_z * new_z - 1.0)
    poke(wide, X + lane, new_x * unit)
    poke(wide, Y + lane, new_y * unit)
    poke(wide, Z + lane, new_z * unit)


@lane_loop
def move(block: Block, sheets: Sheets, whole_scale: float) -> None:
    """Move every lane by its sum times ``whole_scale``; the shift is then that of the step."""
    wide, lanes = block.wide, block.lanes
    part = np.float32(whole_scale)
    for lane in range(LANES):
        east, north = peek(lanes, SUM_E + lane), peek(lanes, SUM_N + lane)
        look(block, lane, east, north, peek(lanes, SUM_U + lane), part)
    for lane in range(LANES):
        east, north = float(peek(lanes, SUM_E + lane)), float(peek(lanes, SUM_N + lane))
        carry(block, lane, east, north, whole_scale)
    for lane in range(LANES):
        poke(wide, LAT + lane, peek(wide, LAT + lane) + float(peek(lanes, DLAT + lane)))
        put_longitude(block, sheets, lane, peek(wide, LON + lane) + float(peek(lanes, DLON + lane)))
