"""One step of a balloon that chooses its level, or has a velocity of its own (method 4).

A particle keeps sixteen numbers:

    0-2    unit normal                    5  height without the daily swing, m
    3-4    wind error, standard normals   6  target level over that of the law, m
    7-8    steady own velocity            9-10  fluctuating own velocity; both standard normals
    11-12  used by pilots only (:mod:`overflight.physics.band`)
    13-15  where it wants to go, a unit vector; changed by choices of the level only

It climbs or sinks towards its target at a bounded rate, once its first ascent is over. When and
where targets are chosen is not a matter of physics (:mod:`overflight.inference.jumps`).

Local coordinates around a pilot: metres east and north; two of the wind's error; metres of the
target, and by how much the wind of that level differs from what the pilot feels, east and north,
m/s; two of the steady and two of the fluctuating own velocity. A step has as many standard
normals: four of the error, three of the level (of the pilot's alone), four of the own velocity (at
the start: two of each part). What a balloon has not is multiplied by nothing.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.drift import Drift, Push, launched, pushed_step
from overflight.physics.kernel import kernel
from overflight.physics.ou import OuStep
from overflight.physics.tangent import basis, carried, way_m

Array = NDArray[np.float64]

N_STATE = 16
N_LOCAL = 11  # local coordinates, and noises of a step
HEIGHT, TARGET, STEADY, GUST, FELT, GOAL = 5, 6, 7, 9, 11, 13
# A pilot's row holds behind its state: the lowest height of the band over the law, the height of a
# cell, and for every cell its wind there less that of the whole band, east and north.
BAND_LOW, BAND_CELL, BAND_WINDS = N_STATE, N_STATE + 1, N_STATE + 2


class Curve(NamedTuple):
    """Log pressure of the standard atmosphere at even heights."""

    bottom_m: float
    step_m: float
    log_pressure: NDArray[np.float64]


class Steered(NamedTuple):
    """All that a step needs besides the particle."""

    drift: Drift
    curve: Curve
    afloat_step: int  # the first ascent is over
    climb_mps: float
    own_steady_mps: float
    own_gust_mps: float
    own_ou: OuStep


@kernel
def log_pressure_of_height(curve: Curve, height_m: float) -> float:
    """Log pressure; the last stretch goes on beyond the table's ends."""
    at = (height_m - curve.bottom_m) / curve.step_m
    last = curve.log_pressure.shape[0] - 2
    low = min(max(int(at), 0), last)
    lower, upper = curve.log_pressure[low], curve.log_pressure[low + 1]
    return float(lower + (at - low) * (upper - lower))


@kernel
def _offset(curve: Curve, law_m: float, height_m: float) -> tuple[float, float]:
    """What to add to the law's log pressure and height."""
    if height_m == law_m:
        return 0.0, 0.0
    return log_pressure_of_height(curve, height_m) - log_pressure_of_height(
        curve, law_m
    ), height_m - law_m


@kernel
def _approached(steered: Steered, over_m: float, target_m: float, time_s: float) -> float:
    """Height over the law's after some seconds on the way to the target."""
    way_m, reach_m = target_m - over_m, steered.climb_mps * time_s
    return over_m + min(max(way_m, -reach_m), reach_m)


@kernel
def own_displacement(steered: Steered, state: Array, noise: Array) -> tuple[float, float]:
    """Mean velocity of its own over a step, east and north, m/s."""
    one, pull = steered.own_ou, steered.own_gust_mps / steered.drift.dt_s
    east = one.gain_s * state[9] + one.noise_xe * noise[7] + one.noise_x * noise[8]
    north = one.gain_s * state[10] + one.noise_xe * noise[9] + one.noise_x * noise[10]
    return (
        steered.own_steady_mps * state[7] + pull * east,
        steered.own_steady_mps * state[8] + pull * north,
    )


@kernel
def carry_own(steered: Steered, state: Array, noise: Array, after: Array) -> None:
    """Write the velocity of its own after a step, in the directions at its end."""
    for row in range(STEADY, N_STATE):
        after[row] = state[row]
    here = basis(state[0], state[1], state[2])
    there = basis(after[0], after[1], after[2])
    one = steered.own_ou
    after[7], after[8] = carried(state[7], state[8], here, there)
    after[9], after[10] = carried(
        one.decay * state[9] + one.noise_e * noise[7],
        one.decay * state[10] + one.noise_e * noise[9],
        here,
        there,
    )


@kernel
def steered_step(steered: Steered, step: int, state: Array, noise: Array, after: Array) -> None:
    """Advance one particle by one step.

    Parameters
    ----------
    state, after : (16,)
        See above; ``after`` receives the new state, NaN where the wind has no data.
    noise : (11,)
    """
    drift, law_m = steered.drift, steered.drift.level.height_m
    over_m = state[HEIGHT] - law_m[2 * step]
    half_m, end_m = over_m, over_m
    if step >= steered.afloat_step:
        half_m = _approached(steered, over_m, state[TARGET], 0.5 * drift.dt_s)
        end_m = _approached(steered, over_m, state[TARGET], drift.dt_s)
    first_m, middle_m = law_m[2 * step], law_m[2 * step + 1]
    start_log, start_m = _offset(steered.curve, first_m, first_m + over_m)
    half_log, half_m = _offset(steered.curve, middle_m, middle_m + half_m)
    east_mps, north_mps = own_displacement(steered, state, noise)
    push = Push(
        1.0, drift.bias_u_mps, drift.bias_v_mps, east_mps, north_mps, start_log, start_m,
        half_log, half_m, end_m - over_m,
    )  # fmt: skip
    pushed_step(drift, step, state, noise, push, after)
    after[HEIGHT], after[TARGET] = law_m[2 * step + 2] + end_m, state[TARGET]
    carry_own(steered, state, noise, after)


@kernel
def launched_steered(steered: Steered, noise: Array, state: Array) -> None:
    """Draw a start: on the law's level, its own velocity from what it may be."""
    launched(steered.drift, noise, state)
    state[HEIGHT], state[TARGET] = steered.drift.level.height_m[0], 0.0
    for row in range(STEADY, N_STATE):
        state[row] = 0.0
    for row in range(STEADY, FELT):
        state[row] = noise[row]


@kernel
def common_difference(reference: Array, state: Array, local: Array) -> None:
    """All local coordinates but those of the level."""
    local[0], local[1] = way_m(
        reference[0], reference[1], reference[2], state[0], state[1], state[2]
    )
    here = basis(state[0], state[1], state[2])
    there = basis(reference[0], reference[1], reference[2])
    east, north = carried(state[3], state[4], here, there)
    local[2], local[3] = east - reference[3], north - reference[4]
    for row in (STEADY, GUST):
        east, north = carried(state[row], state[row + 1], here, there)
        local[row], local[row + 1] = east - reference[row], north - reference[row + 1]


@kernel
def level_difference(reference: Array, target_m: float) -> tuple[float, float, float]:
    """Local coordinates of a target level: metres, and what its wind differs from the felt one.

    The winds are those at the pilot's place, between the middles of cells; beyond the outermost
    ones theirs.
    """
    n = (reference.shape[0] - BAND_WINDS) // 2
    at = (target_m - reference[BAND_LOW]) / reference[BAND_CELL] - 0.5
    low = min(max(int(at), 0), n - 2)
    share = min(max(at - low, 0.0), 1.0)
    here, next_one = BAND_WINDS + 2 * low, BAND_WINDS + 2 * low + 2
    east = reference[here] + share * (reference[next_one] - reference[here])
    north = reference[here + 1] + share * (reference[next_one + 1] - reference[here + 1])
    return target_m - reference[TARGET], east - reference[FELT], north - reference[FELT + 1]


@kernel
def steered_difference(reference: Array, state: Array, local: Array) -> None:
    """Local coordinates of a particle around a pilot's row."""
    common_difference(reference, state, local)
    local[4], local[5], local[6] = level_difference(reference, state[TARGET])
