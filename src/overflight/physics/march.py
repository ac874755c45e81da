"""Many balloons on levels of their own, marched in blocks through a gridded wind.

The midpoint and the classical Runge-Kutta step of :mod:`overflight.physics.integrate` in the wind
of :mod:`overflight.physics.windgrid`, for many particles at once: a block of particles goes through
all steps between two times of the wind before the next block begins, so that its cells stay in the
first-level cache (:mod:`overflight.physics.blocks`). Near the poles, and on uneven grids, particles
go through the plain functions one by one. Results depend on no order, number or thread.

Steps end on the times of the wind and are at most as long as asked for, because the wind is linear
between its times and has a kink at them (method 1).
"""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics import blocks, fine, window
from overflight.physics.blocks import Balloons, Block
from overflight.physics.integrate import midpoint_step, rk4_step
from overflight.physics.kernel import kernel, loop
from overflight.physics.lanes import LANES
from overflight.physics.local import pole_sine_fraction
from overflight.physics.sheets import Sheets, is_even, sheets_of
from overflight.physics.sphere import Vector, rate
from overflight.physics.windgrid import WindGrid, wind

Array = NDArray[np.float64]

# Stages of a step: when the wind is asked for, as a part of the step; its weight in the sum; and
# how far the next stage lies ahead. The weights are whole, so that single precision has them
# exactly: a rounded sixth would stretch every track by 3e-8.
_MIDPOINT = ((0.0, 0.0, 0.5), (0.5, 1.0, 0.0))
_RK4 = ((0.0, 1.0, 0.5), (0.5, 2.0, 0.5), (0.5, 2.0, 1.0), (1.0, 1.0, 0.0))
_FOURTH = len(_RK4)
STAGES = {"midpoint": np.array(_MIDPOINT), "rk4": np.array(_RK4)}
_MANY = 1_000  # balloons: fewer need so little of a wind that reading ahead is a waste


class Leg(NamedTuple):
    """Equal steps between two times of the wind."""

    start_s: float
    dt_s: float
    n_steps: int
    share_fraction: float  # how far the start lies from the earlier time to the later
    step_share_fraction: float  # how far one step goes of that way
    pole_sine_fraction: float  # of the latitude beyond which particles go one by one


class _Alone(NamedTuple):
    """One particle on its level, for the plain steps."""

    grid: WindGrid
    log_pressure: float
    height_m: float


@kernel
def _turn(alone: _Alone, time_s: float, x: float, y: float, z: float) -> Vector:
    times = alone.grid.time_s
    inside_s = min(max(time_s, times[0]), times[times.shape[0] - 1])  # round-off at the last step
    u_mps, v_mps = wind(alone.grid, inside_s, alone.log_pressure, x, y, z)
    return rate(x, y, z, u_mps, v_mps, alone.height_m)


@loop
def _one_by_one(
    block: Block,
    grid: WindGrid,
    sheets: Sheets,
    balloons: Balloons,
    leg: Leg,
    step: int,
    first: int,
    order: int,
) -> None:
    """Repeat the step of every lane that started near a pole with the plain functions."""
    for lane in range(min(LANES, len(balloons.places) - first)):
        at = blocks.before(block, lane)
        if abs(at[2]) < leg.pole_sine_fraction:
            continue
        alone = _Alone(grid, balloons.log_pressure[first + lane], balloons.height_m[first + lane])
        time_s = leg.start_s + step * leg.dt_s
        if order == _FOURTH:
            at = rk4_step(_turn, alone, time_s, at, leg.dt_s)
        else:
            at = midpoint_step(_turn, alone, time_s, at, leg.dt_s)
        blocks.put(block, sheets, lane, at)


@loop
def _march(
    grid: WindGrid,
    sheets: Sheets,
    balloons: Balloons,
    leg: Leg,
    stages: Array,
    time: int,
    first: int,
    end: int,
) -> None:
    """Take the particles from ``first`` to before ``end`` through all steps of a leg."""
    block, last = blocks.blank(), stages.shape[0] - 1
    whole = 1.0 / stages[:, 1].sum()
    for begin in range(first, end, LANES):
        blocks.load(block, sheets, balloons, begin)
        for step in range(leg.n_steps):
            blocks.stand(block, sheets, leg.dt_s)
            fine.start(block)
            for stage in range(last + 1):
                later = leg.share_fraction + leg.step_share_fraction * (step + stages[stage, 0])
                fine.blow(block, sheets, time, np.float32(later))
                if stage < last:
                    weight, fraction = stages[stage, 1], stages[stage, 2]
                    fine.ahead(block, sheets, np.float32(weight), np.float32(fraction))
            fine.land(block, sheets, np.float32(stages[last, 1]), whole)
            if blocks.count_beyond(block, leg.pole_sine_fraction) > 0:
                _one_by_one(block, grid, sheets, balloons, leg, step, begin, last + 1)
        for lane in range(min(LANES, end - begin)):
            balloons.places[begin + lane] = blocks.now(block, lane)


def march(
    grid: WindGrid,
    places: Array,
    log_pressure: Array,
    height_m: Array,
    times_s: Array,
    *,
    step_s: float,
    scheme: str = "rk4",
    n_threads: int = 1,
) -> Array:
    """Carry balloons on constant levels through the wind.

    Parameters
    ----------
    places : (particle, 3)
        Unit normals at ``times_s[0]``.
    log_pressure, height_m : (particle,)
        Of each balloon's level.
    times_s : (output,)
        Increasing, or decreasing to go back in time; in the grid's seconds.
    step_s
        The longest step.
    scheme
        "midpoint" or "rk4".

    Returns
    -------
    paths : (output, particle, 3)
        NaN from where a balloon leaves the wind's times, levels or box.
    """
    stages, even = STAGES[scheme], is_even(grid)
    sheets = sheets_of(grid)
    order = _by_cell(sheets, places)
    balloons = _on_levels(grid, places[order], log_pressure[order], height_m[order])
    paths = np.empty((len(times_s), *places.shape))
    paths[0] = places
    chunk = LANES * max(1, min(64, len(places) // (4 * LANES * n_threads)))
    forward, between = bool(times_s[-1] >= times_s[0]), -1
    with ThreadPoolExecutor(n_threads) as pool:
        for output in range(1, len(times_s)):
            stretch = times_s[output - 1], times_s[output], step_s
            for time, leg in legs(grid.time_s, *stretch, even=even):
                if time < 0:
                    balloons.places[:] = math.nan
                    break
                if time != between and len(places) >= _MANY:
                    window.prepare(grid.uv_mps, time, forward=forward)
                    between = time
                starts = range(0, len(places), chunk)
                work = partial(_march, grid, sheets, balloons, leg, stages, time)
                list(pool.map(work, starts, (min(at + chunk, len(places)) for at in starts)))
            paths[output, order] = balloons.places
    return paths


def _by_cell(sheets: Sheets, places: Array) -> NDArray[np.intp]:
    """The order of the particles' first cells: neighbours read the same wind, one after the other.

    It takes 16 ms for 100,000, as long as a few steps; scattered ones then march a third faster.
    """
    lat, lon = np.arcsin(np.clip(places[:, 2], -1.0, 1.0)), np.arctan2(places[:, 1], places[:, 0])
    rows, columns = np.floor(lat * sheets.lats_per_rad), np.floor(lon * sheets.lons_per_rad)
    return np.lexsort((columns, rows))


def _on_levels(grid: WindGrid, places: Array, log_pressure: Array, height_m: Array) -> Balloons:
    """Balloons with the level above each, and their share of the way to the one below."""
    axis = grid.log_pressure
    upper = np.clip(np.searchsorted(axis, log_pressure, "right") - 1, 0, len(axis) - 2)
    down = (log_pressure - axis[upper]) / (axis[upper + 1] - axis[upper])
    down = np.where((down >= -1e-12) & (down <= 1.0 + 1e-12), down, math.nan)
    return Balloons(
        np.array(places, dtype=np.float64, order="C"),
        np.asarray(log_pressure, dtype=np.float64),
        np.asarray(height_m, dtype=np.float64),
        upper.astype(np.int32),
        down.astype(np.float32),
    )


def legs(
    axis_s: Array, start_s: float, end_s: float, step_s: float, *, even: bool = True
) -> Iterator[tuple[int, Leg]]:
    """Cut a stretch of time at the times of the wind, and each part into equal steps.

    Parameters
    ----------
    even
        Whether the grid is; if not, every particle goes one by one.

    Yields
    ------
    time, leg
        Index of the earlier time around it; -1 where the wind ends before the stretch does.
    """
    forward = end_s >= start_s
    at = start_s
    while at != end_s:
        time = int(np.searchsorted(axis_s, at, "right" if forward else "left")) - 1
        if time < 0 or time > len(axis_s) - 2:
            yield -1, Leg(at, 0.0, 0, 0.0, 0.0, 0.0)
            return
        first, last = float(axis_s[time]), float(axis_s[time + 1])
        stop = min(end_s, last) if forward else max(end_s, first)
        n_steps = max(1, math.ceil(abs(stop - at) / step_s - 1e-9))
        dt_s, length_s = (stop - at) / n_steps, last - first
        sine = pole_sine_fraction(dt_s, even=even)
        yield time, Leg(at, dt_s, n_steps, (at - first) / length_s, dt_s / length_s, sine)
        at = stop
