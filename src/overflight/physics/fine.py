"""The stages of a march, with what single precision would lose of the wind kept in double.

A wind of 40 m/s in single precision is good to 2e-6 m/s, half a millimetre in a step of 300 s, and
strain makes metres of that in three days. So a lane's wind is in two parts, that of its cell's
corner, exactly, and what it differs from that by; turning adds to the latter; and the sum of the
stages, the step and the shift of latitude and longitude are in double precision. Where the next
stage looks needs none of that (:mod:`overflight.physics.blocks`).
"""

import numpy as np

from overflight.physics.blocks import Block, address, carry, follow, look, put_longitude
from overflight.physics.kernel import lane_loop
from overflight.physics.lanes import LANES, parted_corners, peek, poke
from overflight.physics.local import shift, turning
from overflight.physics.rows import (
    AT,
    CORNER,
    COSINE,
    DLAT,
    DLON,
    DOWN,
    EAST,
    LAT,
    LON,
    MORE_E,
    MORE_N,
    NORTH,
    RATIO,
    SEC,
    SINE,
    STEP_M,
    STEP_N,
    SUM_U,
    UP,
    WHOLE_E,
    WHOLE_N,
    U,
    V,
    Z,
)
from overflight.physics.sheets import Sheets


@lane_loop
def start(block: Block) -> None:
    """No sums yet."""
    for lane in range(LANES):
        poke(block.wide, WHOLE_E + lane, 0.0)
        poke(block.wide, WHOLE_N + lane, 0.0)


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
        base, entry = CORNER + 2 * lane, 4 * lane
        parted_corners(sheets.winds, at, row, sheet, span, north, down, later, nodes, entry, base)
    for lane in range(LANES):
        east = peek(lanes, EAST + lane)
        u, v = peek(nodes, CORNER + 2 * lane), peek(nodes, CORNER + 2 * lane + 1)
        more_u, more_v = peek(nodes, 4 * lane), peek(nodes, 4 * lane + 1)
        poke(lanes, U + lane, u)
        poke(lanes, V + lane, v)
        poke(lanes, MORE_E + lane, more_u + east * (peek(nodes, 4 * lane + 2) - more_u))
        poke(lanes, MORE_N + lane, more_v + east * (peek(nodes, 4 * lane + 3) - more_v))


@lane_loop
def _add(block: Block, weight: np.float32) -> None:
    """Turn the wind of a stage into the start's frame and add it to the sum."""
    lanes, wide, whole = block.lanes, block.wide, float(weight)
    for lane in range(LANES):
        more_u, more_v = peek(lanes, MORE_E + lane), peek(lanes, MORE_N + lane)
        east, north, up = turning(
            peek(lanes, U + lane) + more_u,
            peek(lanes, V + lane) + more_v,
            peek(lanes, DLON + lane),
            peek(lanes, DLAT + lane),
            peek(lanes, SINE + lane),
            peek(lanes, COSINE + lane),
            peek(lanes, RATIO + lane),
        )
        poke(lanes, MORE_E + lane, more_u + east)
        poke(lanes, MORE_N + lane, more_v + north)
        poke(lanes, SUM_U + lane, peek(lanes, SUM_U + lane) + weight * up)
        poke(lanes, UP + lane, up)
    for lane in range(LANES):
        east_mps = float(peek(lanes, U + lane)) + float(peek(lanes, MORE_E + lane))
        north_mps = float(peek(lanes, V + lane)) + float(peek(lanes, MORE_N + lane))
        poke(wide, WHOLE_E + lane, peek(wide, WHOLE_E + lane) + whole * east_mps)
        poke(wide, WHOLE_N + lane, peek(wide, WHOLE_N + lane) + whole * north_mps)


@lane_loop
def ahead(block: Block, sheets: Sheets, weight: np.float32, fraction: np.float32) -> None:
    """Add a stage's wind, and go with it to where the next stage looks."""
    lanes = block.lanes
    _add(block, weight)
    for lane in range(LANES):
        east = peek(lanes, U + lane) + peek(lanes, MORE_E + lane)
        north = peek(lanes, V + lane) + peek(lanes, MORE_N + lane)
        look(block, lane, east, north, peek(lanes, UP + lane), fraction)
    follow(block, sheets)


@lane_loop
def land(block: Block, sheets: Sheets, weight: np.float32, whole_scale: float) -> None:
    """Add the last stage's wind, and move every lane by the sum times ``whole_scale``."""
    wide, lanes = block.wide, block.lanes
    _add(block, weight)
    for lane in range(LANES):
        step = peek(wide, STEP_N + lane) * whole_scale
        flat = 1.0 - step * float(peek(lanes, SUM_U + lane))
        east, north = peek(wide, WHOLE_E + lane), peek(wide, WHOLE_N + lane)
        dlon, dlat = shift(
            east * step * flat,
            north * (peek(wide, STEP_M + lane) * whole_scale) * flat,
            peek(wide, Z + lane),
            peek(lanes, COSINE + lane),
            peek(lanes, SEC + lane),
        )
        poke(wide, LAT + lane, peek(wide, LAT + lane) + dlat)
        put_longitude(block, sheets, lane, peek(wide, LON + lane) + dlon)
    for lane in range(LANES):
        carry(block, lane, peek(wide, WHOLE_E + lane), peek(wide, WHOLE_N + lane), whole_scale)
