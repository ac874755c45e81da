"""How places, frames and winds of a step change with where it starts and with what pushes it.

The midpoint step of :func:`overflight.physics.drift.passive_step`, differentiated stage by stage.
The wind's slopes come from the same nodes as the wind, so a step with its derivative costs about
two steps, where probing every direction costs eight. Changes travel as Earth-fixed vectors, as
places do: first how the place changes, then the frames, radii and winds that follow from it.

A change is led through the step for each of four directions only: the place east and north, and
a mean velocity east and north. Whatever else acts, acts through these
(:mod:`overflight.physics.drift_tangent`). A further unknown of a flight is a further direction: one
call of :func:`_led`.

Left out: how the error's memory changes with where the sun stands, where memory fades with height.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.drift import (
    LAST_SUN,
    TWILIGHT,
    Drift,
    Vector,
    error_step,
    level_at,
    lift_m,
    moved,
    spread_mps,
)
from overflight.physics.kernel import bare_loop, kernel
from overflight.physics.ou import OuStep
from overflight.physics.sphere import E2, MEAN_RADIUS_M, POLE_RAD, radii_m
from overflight.physics.tangent import Basis, basis, carried
from overflight.physics.windgrid import Slopes, wind_slopes

Array = NDArray[np.float64]
Pair = tuple[float, float]

_NUDGE_DEG, _NUDGE_LEVEL = 1e-4, 1e-5  # within a cell an error table is linear: any would do


class _Stage(NamedTuple):
    """A stage of the step: where the wind is read, and how far it blows."""

    place: Vector
    frame: Basis
    wind: Slopes
    level_per_m: float  # ln p by which a metre of rise changes the level
    height_m: float
    east_m: float  # way from the step's start
    north_m: float
    time_s: float  # for which it blows


class _Course(NamedTuple):
    """The undisturbed step."""

    first: _Stage
    second: _Stage
    gust: Pair  # the error's mean velocity, m/s


class _Change(NamedTuple):
    """What a direction changes at the start of a step."""

    place: Vector
    rise_m: float
    gust: Pair


class Shift(NamedTuple):
    """What one direction changes at the start and at the end of a step."""

    turn_rad: float  # of north towards east, at the start
    d_here: Basis
    d_end: Vector
    d_frame: Basis  # at the end
    end_turn_rad: float


class Ends(NamedTuple):
    """A step's four directions, led to its end."""

    here: Basis
    end: Basis
    ou: OuStep
    pull_mps2: float  # m/s of mean velocity by a second of the error's displacement
    east: Shift  # a place further east by a metre, further north
    north: Shift
    push_east: Shift  # a mean velocity of 1 m/s more
    push_north: Shift


@kernel
def basis_change(place: Vector, frame: Basis, change: Vector) -> Basis:
    """How east and north change with the place; on a pole itself they stay."""
    (x, y, z), (dx, dy, dz) = place, change
    across = frame[4]
    if across == 0.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    d_across = (x * dx + y * dy) / across
    east_x, east_y = (-dy - frame[0] * d_across) / across, (dx - frame[1] * d_across) / across
    return east_x, east_y, -dz * frame[1] - z * east_y, dz * frame[0] + z * east_x, d_across


@bare_loop
def carried_change(
    vector: Pair, here: Basis, there: Basis, change: Pair, d_here: Basis, d_there: Basis
) -> Pair:
    """How :func:`overflight.physics.tangent.carried` changes with the vector and both frames."""
    (east, north), (d_east, d_north) = vector, change
    vx, vy = east * here[0] + north * here[2], east * here[1] + north * here[3]
    vz = north * here[4]
    dx = d_east * here[0] + d_north * here[2] + east * d_here[0] + north * d_here[2]
    dy = d_east * here[1] + d_north * here[3] + east * d_here[1] + north * d_here[3]
    dz = d_north * here[4] + north * d_here[4]
    to_east, to_north = vx * there[0] + vy * there[1], vx * there[2] + vy * there[3] + vz * there[4]
    d_to_east = dx * there[0] + dy * there[1] + vx * d_there[0] + vy * d_there[1]
    d_to_north = dx * there[2] + dy * there[3] + dz * there[4]
    d_to_north += vx * d_there[2] + vy * d_there[3] + vz * d_there[4]
    was, now = east * east + north * north, to_east * to_east + to_north * to_north
    if now == 0.0:
        return d_to_east, d_to_north
    stretch = math.sqrt(was / now)
    more = (east * d_east + north * d_north) / was
    more -= (to_east * d_to_east + to_north * d_to_north) / now
    return stretch * (d_to_east + more * to_east), stretch * (d_to_north + more * to_north)


@bare_loop
def _moved_change(
    start: Vector, stage: _Stage, change: _Change, d_place: Vector, d_frame: Basis, d_way_m: Pair
) -> Vector:
    """How :func:`overflight.physics.drift.moved` changes with all that it depends on."""
    frame, z = stage.frame, stage.place[2]
    flat = 1.0 - E2 * z * z
    along_m, across_m = radii_m(z)
    bend = E2 * z * d_place[2] / flat
    east_m, north_m = across_m + stage.height_m, along_m + stage.height_m
    east, north = stage.east_m / east_m, stage.north_m / north_m
    d_east = (d_way_m[0] - east * (across_m * bend + change.rise_m)) / east_m
    d_north = (d_way_m[1] - north * (3.0 * along_m * bend + change.rise_m)) / north_m
    x = start[0] + east * frame[0] + north * frame[2]
    y = start[1] + east * frame[1] + north * frame[3]
    z = start[2] + north * frame[4]
    dx = change.place[0] + d_east * frame[0] + d_north * frame[2]
    dy = change.place[1] + d_east * frame[1] + d_north * frame[3]
    dx += east * d_frame[0] + north * d_frame[2]
    dy += east * d_frame[1] + north * d_frame[3]
    dz = change.place[2] + d_north * frame[4] + north * d_frame[4]
    square = x * x + y * y + z * z
    along, shrink = (x * dx + y * dy + z * dz) / square, 1.0 / math.sqrt(square)
    return (dx - along * x) * shrink, (dy - along * y) * shrink, (dz - along * z) * shrink


@kernel
def _blown_change(stage: _Stage, d_place: Vector, rise_m: float) -> Pair:
    """How the wind of a stage changes with its place and level, m/s."""
    x, y, _ = stage.place
    across = max(stage.frame[4], POLE_RAD)
    d_lat = d_place[2] / across
    d_lon = (x * d_place[1] - y * d_place[0]) / (across * across)
    d_level, wind = stage.level_per_m * rise_m, stage.wind
    return (
        wind.u_by_lat_mps * d_lat + wind.u_by_lon_mps * d_lon + wind.u_by_level_mps * d_level,
        wind.v_by_lat_mps * d_lat + wind.v_by_lon_mps * d_lon + wind.v_by_level_mps * d_level,
    )


@bare_loop
def _led(course: _Course, change: _Change) -> Vector:
    """Lead a change through both stages: how the normal at the step's end changes."""
    first, second = course.first, course.second
    start = first.place
    d_here = basis_change(start, first.frame, change.place)
    u, v = _blown_change(first, change.place, change.rise_m)
    way_m = (u + change.gust[0]) * first.time_s, (v + change.gust[1]) * first.time_s
    d_middle = _moved_change(start, first, change, change.place, d_here, way_m)
    d_there = basis_change(second.place, second.frame, d_middle)
    east, north = carried_change(
        course.gust, first.frame, second.frame, change.gust, d_here, d_there
    )
    u, v = _blown_change(second, d_middle, change.rise_m)
    way_m = (u + east) * second.time_s, (v + north) * second.time_s
    return _moved_change(start, second, change, d_middle, d_there, way_m)


@bare_loop
def _course(drift: Drift, step: int, state: Array, gust: Pair, rise_m: float) -> _Course:
    """Take the step itself, and keep what its changes need."""
    start = (state[0], state[1], state[2])
    here = basis(*start)
    dt_s, level = drift.dt_s, drift.level
    time_s = drift.start_s + step * dt_s
    log_pressure, height_m = level_at(level, 2 * step, rise_m)
    wind = wind_slopes(drift.grid, time_s, log_pressure, *start)
    east_m = (wind.u_mps + drift.bias_u_mps + gust[0]) * 0.5 * dt_s
    north_m = (wind.v_mps + drift.bias_v_mps + gust[1]) * 0.5 * dt_s
    per_m = -1.0 / level.scale_height_m[2 * step]
    first = _Stage(start, here, wind, per_m, height_m, east_m, north_m, 0.5 * dt_s)
    place = moved(start, here, start[2], height_m, east_m, north_m)
    there = basis(*place)
    log_pressure, height_m = level_at(level, 2 * step + 1, rise_m)
    wind = wind_slopes(drift.grid, time_s + 0.5 * dt_s, log_pressure, *place)
    east, north = carried(gust[0], gust[1], here, there)
    east_m = (wind.u_mps + drift.bias_u_mps + east) * dt_s
    north_m = (wind.v_mps + drift.bias_v_mps + north) * dt_s
    per_m = -1.0 / level.scale_height_m[2 * step + 1]
    second = _Stage(place, there, wind, per_m, height_m, east_m, north_m, dt_s)
    return _Course(first, second, gust)


@kernel
def _rise_slope(drift: Drift, step: int, state: Array) -> Vector:
    """How the daily rise changes with the place, as a vector, metres."""
    sun, swing_m = drift.level.sun[2 * step], drift.level.swing_m
    if swing_m == 0.0:
        return 0.0, 0.0, 0.0
    sine = state[0] * sun[0] + state[1] * sun[1] + state[2] * sun[2]
    lit = 1.0 / (1.0 + math.exp(-(sine - LAST_SUN) / TWILIGHT))
    steep = swing_m * lit * (1.0 - lit) / TWILIGHT
    return steep * sun[0], steep * sun[1], steep * sun[2]


@bare_loop
def _spread_slopes(
    drift: Drift, time_s: float, log_pressure: float, start: Vector, here: Basis
) -> tuple[float, float, float, float]:
    """The error's standard deviation, and by radian north and east and by ln p."""
    spread = _spread_at(drift, time_s, log_pressure, start)
    small = math.radians(_NUDGE_DEG)
    north = _nudged(start, (here[2], here[3], here[4]), small)
    by_north = (_spread_at(drift, time_s, log_pressure, north) - spread) / small
    by_east, by_level = 0.0, 0.0
    if drift.error.lon_deg.shape[0] > 1:
        east = _nudged(start, (here[0], here[1], 0.0), small)
        by_east = (_spread_at(drift, time_s, log_pressure, east) - spread) / small
    if drift.level.swing_m != 0.0:
        deeper = _spread_at(drift, time_s, log_pressure + _NUDGE_LEVEL, start)
        by_level = (deeper - spread) / _NUDGE_LEVEL
    return spread, by_north, by_east, by_level


@bare_loop
def _spread_at(drift: Drift, time_s: float, log_pressure: float, place: Vector) -> float:
    return drift.error_scale * spread_mps(drift.error, time_s, log_pressure, *place)


@kernel
def _nudged(start: Vector, way: Vector, angle_rad: float) -> Vector:
    along, ahead = math.sin(angle_rad), math.cos(angle_rad)
    return (
        start[0] * ahead + way[0] * along,
        start[1] * ahead + way[1] * along,
        start[2] * ahead + way[2] * along,
    )


@bare_loop
def ends_of(
    drift: Drift, step: int, state: Array, noise: Array, after: Array, own: Pair, own_borne: Pair
) -> Ends:
    """Lead the four directions through a step.

    Parameters
    ----------
    state, noise, after
        As of :func:`passive_tangent`; more than that may follow in each.
    own
        Mean velocity over the step besides wind and its error, m/s.
    own_borne
        The part of it that is a vector of the state, and keeps its direction when the place is
        shifted.
    """
    start, finish = (state[0], state[1], state[2]), (after[0], after[1], after[2])
    here, end = basis(*start), basis(*finish)
    rise_m = lift_m(drift.level, step, *start)
    slope_m = _rise_slope(drift, step, state)
    ou = error_step(drift, step, rise_m, 0.0, *start)
    log_pressure, _ = level_at(drift.level, 2 * step, rise_m)
    time_s = drift.start_s + step * drift.dt_s
    sd, by_north, by_east, by_level = _spread_slopes(drift, time_s, log_pressure, start, here)
    by_level /= -drift.level.scale_height_m[2 * step]
    way = (
        (ou.gain_s * state[3] + ou.noise_xe * noise[0] + ou.noise_x * noise[1]) / drift.dt_s,
        (ou.gain_s * state[4] + ou.noise_xe * noise[2] + ou.noise_x * noise[3]) / drift.dt_s,
    )
    gust = sd * way[0] + own[0], sd * way[1] + own[1]
    course = _course(drift, step, state, gust, rise_m)
    pull = sd / drift.dt_s
    kept_mps = (
        pull * ou.gain_s * state[3] + own_borne[0],
        pull * ou.gain_s * state[4] + own_borne[1],
    )
    east = (here[0] / MEAN_RADIUS_M, here[1] / MEAN_RADIUS_M, 0.0)
    north = (here[2] / MEAN_RADIUS_M, here[3] / MEAN_RADIUS_M, here[4] / MEAN_RADIUS_M)
    rises = _along(slope_m, east), _along(slope_m, north)
    d_sds = (
        by_east / MEAN_RADIUS_M + by_level * rises[0],
        by_north / MEAN_RADIUS_M + by_level * rises[1],
    )
    return Ends(
        here, end, ou, pull,
        _shift(course, after, end, east, rises[0], d_sds[0], way, kept_mps),
        _shift(course, after, end, north, rises[1], d_sds[1], way, kept_mps),
        _pushed(course, after, end, 1.0, 0.0), _pushed(course, after, end, 0.0, 1.0),
    )  # fmt: skip


@kernel
def _along(slope: Vector, way: Vector) -> float:
    return slope[0] * way[0] + slope[1] * way[1] + slope[2] * way[2]


@bare_loop
def _shift(
    course: _Course,
    after: Array,
    end: Basis,
    d_start: Vector,
    d_rise_m: float,
    d_sd_mps: float,
    way: Pair,
    kept_mps: Pair,
) -> Shift:
    """A place to the east or north, with all vectors of the state kept parallel."""
    here = course.first.frame
    d_here = basis_change(course.first.place, here, d_start)
    turn = d_here[2] * here[0] + d_here[3] * here[1]
    gust = d_sd_mps * way[0] - turn * kept_mps[1], d_sd_mps * way[1] + turn * kept_mps[0]
    d_end = _led(course, _Change(d_start, d_rise_m, gust))
    d_frame = basis_change((after[0], after[1], after[2]), end, d_end)
    end_turn = d_frame[2] * end[0] + d_frame[3] * end[1]
    return Shift(turn, d_here, d_end, d_frame, end_turn)


@bare_loop
def _pushed(course: _Course, after: Array, end: Basis, east: float, north: float) -> Shift:
    """A mean velocity more; the start stays."""
    d_end = _led(course, _Change((0.0, 0.0, 0.0), 0.0, (east, north)))
    d_frame = basis_change((after[0], after[1], after[2]), end, d_end)
    end_turn = d_frame[2] * end[0] + d_frame[3] * end[1]
    return Shift(0.0, (0.0, 0.0, 0.0, 0.0, 0.0), d_end, d_frame, end_turn)
