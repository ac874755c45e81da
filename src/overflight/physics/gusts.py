"""One step of passive drift for a block of particles, as :mod:`overflight.physics.drift` takes it.

The same physics in the same order: level with its daily rise, the error's standard deviation, its
mean velocity over the step, wind at the start, half a step, wind there, the whole step, and the
error carried along. Lanes that start near a pole take the plain step one by one.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.blocks import (
    Block,
    add,
    before,
    blow,
    count_beyond,
    follow,
    locate,
    look,
    move,
    put,
    stand,
)
from overflight.physics.drift import LAST_SUN, TWILIGHT, Drift, passive_step, spread_mps
from overflight.physics.kernel import lane_kernel, lane_loop, loop
from overflight.physics.ladder import Ladder, find_row, found, ladder
from overflight.physics.lane_math import exponential
from overflight.physics.lanes import LANES, peek, poke
from overflight.physics.local import (
    HALF,
    MIDDLE_M_M,
    MIDDLE_N_M,
    ONE,
    SIXTH,
    TWELFTH,
    pole_sine_fraction,
)
from overflight.physics.memory import kept_scale, memory_of
from overflight.physics.rows import (
    COSINE,
    DECAY,
    DLAT,
    DLON,
    DOWN,
    ENTRY,
    ENTRY_1,
    ERROR_E,
    ERROR_N,
    GAIN,
    GUST_E,
    GUST_N,
    LAT,
    LEVEL,
    LOG_PRESSURE,
    NOISE,
    NOISE_1,
    NOISE_2,
    NOISE_3,
    NOISE_OF_E,
    NOISE_OF_X,
    NOISE_OF_XE,
    OVER_M,
    OVER_N,
    RISE,
    SHARE,
    SHARE_1,
    SINE,
    SPREAD,
    WAS_ERROR_E,
    WAS_ERROR_N,
    U,
    V,
    X,
    Y,
    Z,
)  # fmt: skip
from overflight.physics.sheets import Sheets, is_even, sheets_of
from overflight.physics.windgrid import cell

Array = NDArray[np.float64]

_ZERO = np.float32(0.0)
_PER_TWILIGHT = 1.0 / TWILIGHT


class Gusts(NamedTuple):
    """A drift, prepared for blocks."""

    drift: Drift
    sheets: Sheets
    levels: Ladder  # of the wind
    error_levels: Ladder
    error_lats: Ladder
    error_mps: Array  # flat (level, lat); of a table that holds always and everywhere
    memory: Array  # see :func:`overflight.physics.memory.memory_of`
    memory_middle_fraction: float
    memory_scale: float
    pole_sine_fraction: float


def prepare(drift: Drift, n_steps: int) -> Gusts:
    """Make the tables that blocks read."""
    table = drift.error
    memory, middle, scale = memory_of(drift, n_steps)
    return Gusts(
        drift,
        sheets_of(drift.grid),
        ladder(drift.grid.log_pressure),
        ladder(table.log_pressure),
        ladder(table.lat_deg),
        table.sigma_mps[0, :, :, 0].reshape(-1).copy(),
        memory,
        middle,
        scale,
        pole_sine_fraction(drift.dt_s, even=is_even(drift.grid)),
    )


@lane_kernel
def put_state(block: Block, lane: int, state: Array) -> None:
    """Note a state (five numbers, see drift.passive_step) in a lane; :func:`enter` follows."""
    poke(block.wide, X + lane, state[0])
    poke(block.wide, Y + lane, state[1])
    poke(block.wide, Z + lane, state[2])
    poke(block.wide, ERROR_E + lane, state[3])
    poke(block.wide, ERROR_N + lane, state[4])


@lane_loop
def enter(block: Block, gusts: Gusts) -> None:
    """Find where new states lie in the wind, and note what every step has in common."""
    drift, wide = gusts.drift, block.wide
    locate(block, gusts.sheets)
    for lane in range(LANES):
        poke(wide, RISE + lane, 0.0)
        poke(wide, DECAY + lane, drift.ou.decay)
        poke(wide, GAIN + lane, drift.ou.gain_s)
        poke(wide, NOISE_OF_E + lane, drift.ou.noise_e)
        poke(wide, NOISE_OF_XE + lane, drift.ou.noise_xe)
        poke(wide, NOISE_OF_X + lane, drift.ou.noise_x)


@lane_kernel
def _rise_m(block: Block, gusts: Gusts, step: int, lane: int) -> float:
    """The daily rise of a lane by the sun at the beginning of a step."""
    sun, wide = gusts.drift.level.sun, block.wide
    sine = peek(wide, X + lane) * sun[2 * step, 0] + peek(wide, Y + lane) * sun[2 * step, 1]
    sine += peek(wide, Z + lane) * sun[2 * step, 2]
    return gusts.drift.level.swing_m / (1.0 + exponential((LAST_SUN - sine) * _PER_TWILIGHT))


@lane_loop
def _rise(block: Block, gusts: Gusts, step: int) -> None:
    if gusts.drift.level.swing_m == 0.0:
        return
    for lane in range(LANES):
        poke(block.wide, RISE + lane, _rise_m(block, gusts, step, lane))


@lane_loop
def _fade(block: Block, gusts: Gusts, step: int) -> None:
    """Note the error's memory over a step in which the height changes."""
    drift, wide = gusts.drift, block.wide
    if math.isinf(drift.vertical_length_m):
        return
    heights_m, dt_s = drift.level.height_m, drift.dt_s
    climb_m = heights_m[2 * step + 2] - heights_m[2 * step]
    least, per_metre = dt_s / drift.tau_s, 1.0 / drift.vertical_length_m
    if drift.level.swing_m == 0.0:
        ratio = least + abs(climb_m) * per_metre
        for lane in range(LANES):
            poke(wide, SHARE + lane, ratio)
    else:
        for lane in range(LANES):
            swing_m = _rise_m(block, gusts, step + 1, lane) - peek(wide, RISE + lane)
            poke(wide, SHARE + lane, least + abs(climb_m + swing_m) * per_metre)
    for lane in range(LANES):
        ratio = peek(wide, SHARE + lane)
        at = (ratio - gusts.memory_middle_fraction) * gusts.memory_scale
        root = math.sqrt(ratio)
        poke(wide, DECAY + lane, kept_scale(gusts.memory, 0, at))
        poke(wide, GAIN + lane, dt_s * kept_scale(gusts.memory, 1, at))
        poke(wide, NOISE_OF_E + lane, root * kept_scale(gusts.memory, 2, at))
        root *= dt_s
        poke(wide, NOISE_OF_XE + lane, root * kept_scale(gusts.memory, 3, at))
        poke(wide, NOISE_OF_X + lane, root * kept_scale(gusts.memory, 4, at))


@lane_loop
def _float_on(block: Block, gusts: Gusts, half_step: int) -> None:
    """Note every lane's level of the wind."""
    level, wide = gusts.drift.level, block.wide
    log_pressure = level.log_pressure[half_step]
    per_metre = 1.0 / level.scale_height_m[half_step]
    if level.swing_m == 0.0:
        upper, down = found(gusts.levels, log_pressure)
        for lane in range(LANES):
            poke(wide, LOG_PRESSURE + lane, log_pressure)
            poke(block.cells, LEVEL + lane, np.int32(upper))
            poke(block.lanes, DOWN + lane, np.float32(down))
        return
    for lane in range(LANES):
        poke(wide, LOG_PRESSURE + lane, log_pressure - peek(wide, RISE + lane) * per_metre)
    find_row(gusts.levels, wide, block.cells, LOG_PRESSURE, LEVEL, SHARE)
    for lane in range(LANES):
        poke(block.lanes, DOWN + lane, np.float32(peek(wide, SHARE + lane)))


@lane_loop
def _over_radii(block: Block, height_m: float) -> None:
    """Note 1 / (N + h) and 1 / (M + h) at 45 degrees, for a level and the rise above it."""
    wide = block.wide
    n_perm, m_perm = 1.0 / (MIDDLE_N_M + height_m), 1.0 / (MIDDLE_M_M + height_m)
    for lane in range(LANES):
        rise_m = peek(wide, RISE + lane)
        n, m = rise_m * n_perm, rise_m * m_perm
        poke(wide, OVER_N + lane, n_perm * (1.0 - n * (1.0 - n * (1.0 - n))))
        poke(wide, OVER_M + lane, m_perm * (1.0 - m * (1.0 - m * (1.0 - m))))


@lane_loop
def _spread(block: Block, gusts: Gusts, step: int) -> None:
    """Note the standard deviation of the wind's error where every lane is."""
    drift, wide = gusts.drift, block.wide
    table, scale = drift.error, drift.error_scale
    n_lats, n_levels = table.lat_deg.shape[0], table.log_pressure.shape[0]
    if table.time_s.shape[0] > 1 or table.lon_deg.shape[0] > 1:
        time_s = drift.start_s + step * drift.dt_s
        for lane in range(LANES):
            x, y, z = peek(wide, X + lane), peek(wide, Y + lane), peek(wide, Z + lane)
            log_pressure = peek(wide, LOG_PRESSURE + lane)
            poke(wide, SPREAD + lane, scale * spread_mps(table, time_s, log_pressure, x, y, z))
        return
    low, high = table.log_pressure[0], table.log_pressure[n_levels - 1]
    south, north = table.lat_deg[0], table.lat_deg[n_lats - 1]
    for lane in range(LANES):
        poke(wide, SHARE + lane, min(max(peek(wide, LOG_PRESSURE + lane), low), high))
        poke(wide, SHARE_1 + lane, min(max(peek(wide, LAT + lane) * _DEGREES, south), north))
    find_row(gusts.error_levels, wide, block.cells, SHARE, ENTRY, SPREAD)
    find_row(gusts.error_lats, wide, block.cells, SHARE_1, ENTRY_1, SHARE)
    for lane in range(LANES):
        at = np.int64(peek(block.cells, ENTRY + lane)) * n_lats
        at += np.int64(peek(block.cells, ENTRY_1 + lane))
        down, north_share = peek(wide, SPREAD + lane), peek(wide, SHARE + lane)
        upper = _between(gusts.error_mps, at, north_share)
        lower = _between(gusts.error_mps, at + n_lats, north_share)
        poke(wide, SPREAD + lane, scale * (upper + down * (lower - upper)))


@lane_kernel
def _between(table: Array, entry: int, share: float) -> float:
    low = peek(table, entry)
    return float(low + share * (peek(table, entry + 1) - low))


_DEGREES = 180.0 / math.pi


@lane_loop
def _push(block: Block, gusts: Gusts) -> None:
    """Note the mean velocity that the error adds over the step, and its value after it."""
    wide, lanes, per_step = block.wide, block.lanes, 1.0 / gusts.drift.dt_s
    for lane in range(LANES):
        pull = peek(wide, SPREAD + lane) * per_step
        gain, of_xe = peek(wide, GAIN + lane), peek(wide, NOISE_OF_XE + lane)
        of_x = peek(wide, NOISE_OF_X + lane)
        east, north = peek(wide, ERROR_E + lane), peek(wide, ERROR_N + lane)
        first, third = peek(wide, NOISE + lane), peek(wide, NOISE_2 + lane)
        east_mps = pull * (gain * east + of_xe * first + of_x * peek(wide, NOISE_1 + lane))
        north_mps = pull * (gain * north + of_xe * third + of_x * peek(wide, NOISE_3 + lane))
        poke(lanes, GUST_E + lane, np.float32(east_mps))
        poke(lanes, GUST_N + lane, np.float32(north_mps))
        decay, of_e = peek(wide, DECAY + lane), peek(wide, NOISE_OF_E + lane)
        poke(wide, WAS_ERROR_E + lane, east)
        poke(wide, WAS_ERROR_N + lane, north)
        poke(wide, ERROR_E + lane, decay * east + of_e * first)
        poke(wide, ERROR_N + lane, decay * north + of_e * third)


@lane_loop
def _half_way(block: Block, gusts: Gusts) -> None:
    """Go half a step with the wind at the start."""
    lanes, drift = block.lanes, gusts.drift
    bias_e, bias_n = np.float32(drift.bias_u_mps), np.float32(drift.bias_v_mps)
    for lane in range(LANES):
        east = peek(lanes, U + lane) + (bias_e + peek(lanes, GUST_E + lane))
        north = peek(lanes, V + lane) + (bias_n + peek(lanes, GUST_N + lane))
        look(block, lane, east, north, _ZERO, HALF)
    follow(block, gusts.sheets)


@lane_kernel
def _carried(
    block: Block, lane: int, east: np.float32, north: np.float32
) -> tuple[np.float32, np.float32]:
    """Components where a lane's shift leads of a vector given at the start, its length kept."""
    lanes = block.lanes
    dlon, dlat = peek(lanes, DLON + lane), peek(lanes, DLAT + lane)
    sine, cosine = peek(lanes, SINE + lane), peek(lanes, COSINE + lane)
    square = dlon * dlon
    sin_lon = dlon * (ONE - SIXTH * square)
    less_lon = HALF * square * (ONE - TWELFTH * square)
    square = dlat * dlat
    less_lat = HALF * square * (ONE - TWELFTH * square)
    sine_there = sine * (ONE - less_lat) + cosine * dlat * (ONE - SIXTH * square)
    to_east = east * (ONE - less_lon) + north * sine * sin_lon
    to_north = north * (ONE - less_lat - sine * sine_there * less_lon) - east * sine_there * sin_lon
    was, now = east * east + north * north, to_east * to_east + to_north * to_north
    stretch = np.sqrt(was / now) if now > _ZERO else ONE
    return to_east * stretch, to_north * stretch


@lane_loop
def _whole_way(block: Block, gusts: Gusts) -> None:
    """Take the whole step with the wind half way, and carry the error along."""
    wide, lanes, drift = block.wide, block.lanes, gusts.drift
    bias_e, bias_n = np.float32(drift.bias_u_mps), np.float32(drift.bias_v_mps)
    for lane in range(LANES):
        gust_e, gust_n = peek(lanes, GUST_E + lane), peek(lanes, GUST_N + lane)
        gust_e, gust_n = _carried(block, lane, gust_e, gust_n)
        poke(lanes, U + lane, peek(lanes, U + lane) + (bias_e + gust_e))
        poke(lanes, V + lane, peek(lanes, V + lane) + (bias_n + gust_n))
    for lane in range(LANES):
        add(block, lane, ONE)
    move(block, gusts.sheets, 1.0)
    for lane in range(LANES):
        error_e = np.float32(peek(wide, ERROR_E + lane))
        error_n = np.float32(peek(wide, ERROR_N + lane))
        error_e, error_n = _carried(block, lane, error_e, error_n)
        poke(wide, ERROR_E + lane, float(error_e))
        poke(wide, ERROR_N + lane, float(error_n))


@loop
def _near_poles(block: Block, gusts: Gusts, step: int) -> None:
    """Repeat the step of every lane that started near a pole with the plain function."""
    wide = block.wide
    state, noise, after = np.empty(5), np.empty(4), np.empty(5)
    for lane in range(LANES):
        state[0], state[1], state[2] = before(block, lane)
        if abs(state[2]) < gusts.pole_sine_fraction:
            continue
        state[3], state[4] = wide[WAS_ERROR_E + lane], wide[WAS_ERROR_N + lane]
        for which in range(4):
            noise[which] = wide[NOISE + which * LANES + lane]
        passive_step(gusts.drift, step, state, noise, after)
        put(block, gusts.sheets, lane, (after[0], after[1], after[2]))
        wide[ERROR_E + lane], wide[ERROR_N + lane] = after[3], after[4]


@lane_loop
def drift_on(block: Block, gusts: Gusts, step: int) -> None:
    """Take one step with every lane, under the noise in its row.

    A lane that leaves the wind's times, levels or box becomes NaN.
    """
    drift, sheets = gusts.drift, gusts.sheets
    time_s = drift.start_s + step * drift.dt_s
    _rise(block, gusts, step)
    _fade(block, gusts, step)
    _over_radii(block, drift.level.height_m[2 * step + 1])
    stand(block, sheets, drift.dt_s)
    _float_on(block, gusts, 2 * step)
    _spread(block, gusts, step)
    _push(block, gusts)
    time, later = cell(drift.grid.time_s, time_s)
    blow(block, sheets, time, np.float32(later))
    _half_way(block, gusts)
    _float_on(block, gusts, 2 * step + 1)
    time, later = cell(drift.grid.time_s, time_s + 0.5 * drift.dt_s)
    blow(block, sheets, time, np.float32(later))
    _whole_way(block, gusts)
    if count_beyond(block, gusts.pole_sine_fraction) > 0:
        _near_poles(block, gusts, step)
