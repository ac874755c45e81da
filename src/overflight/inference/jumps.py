"""When a balloon that changes its level chooses another, and which one (method 4, M1a and M1b).

It chooses after times that are exponential, twelve hours in the mean. Without aim every height of
its band is as likely (M1a). With an aim (M1b) a height is the more likely the better its wind blows
towards the goal, ``P(level) ~ exp(beta cos(angle between wind and goal))``; the goal is one of a
declared list, or anywhere in the region that was flown over, and changes now and then.

Particles choose as the twist advises: a band of cells, each with its prior times what psi- expects
of a particle that rides there, a tenth of the prior kept for defence. The weight pays for the
difference, so the distribution is exact whatever psi says.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.inference.lanes import LOCALS, STATE, WEIGHT
from overflight.inference.twist import Twist
from overflight.physics.blocks import Block
from overflight.physics.kernel import bare_loop, kernel
from overflight.physics.lanes import LANES
from overflight.physics.random import uniform4
from overflight.physics.rows import KEY, PARTICLE
from overflight.physics.sphere import n_vector
from overflight.physics.steered import (
    GOAL,
    N_LOCAL,
    N_STATE,
    TARGET,
    Steered,
    level_difference,
    log_pressure_of_height,
)
from overflight.physics.tangent import way_m
from overflight.physics.windgrid import wind

Array = NDArray[np.float64]

N_CELLS = 24  # of the band; 170 m each in a band of four kilometres
_DEFENCE = 0.1
# Streams of random numbers apart from the steps' own, which count from zero.
_CHOICE, _AIM = 3 << 28, 4 << 28
LEVEL = 4  # first of the local coordinates that tell of the level


class Choices(NamedTuple):
    """How levels and goals are chosen; the band is over the law's height, in metres."""

    chance: float  # of a choice in one step; 0 for a balloon that never chooses
    low_m: float
    high_m: float
    beta: float  # 0: without aim
    goal_chance: float  # of another goal in one step
    goals: Array  # (goal, 3) declared, unit vectors; may be empty
    region: Array  # (4,) south, north, west, east, degrees; what was flown over


class Flown(NamedTuple):
    """A steered flight, prepared for blocks."""

    steered: Steered
    choices: Choices
    room: Array  # (2 states,) to work in, and so are the following
    noise: Array  # (11,)
    local: Array  # (11,)
    prior: Array  # (cell,)
    share: Array  # (cell,)


def flown_of(steered: Steered, choices: Choices) -> Flown:
    """A flight with room to work: blocks are taken one after the other."""
    return Flown(
        steered, choices, np.empty(2 * N_STATE), np.empty(N_LOCAL), np.empty(N_LOCAL),
        np.empty(N_CELLS), np.empty(N_CELLS),
    )  # fmt: skip


@kernel
def _goal(choices: Choices, key: int, particle: int, k: int) -> tuple[float, float, float]:
    """Draw a goal: half the time a declared one, else anywhere in the region, even by area."""
    which, along, across, other = uniform4(key, particle, k + _AIM)
    n = choices.goals.shape[0]
    if n > 0 and which < 0.5:
        goal = choices.goals[min(int(other * n), n - 1)]
        return goal[0], goal[1], goal[2]
    south = math.sin(math.radians(choices.region[0]))
    north = math.sin(math.radians(choices.region[1]))
    lat_deg = math.degrees(math.asin(south + across * (north - south)))
    return n_vector(lat_deg, choices.region[2] + along * (choices.region[3] - choices.region[2]))


@bare_loop
def _leanings(flown: Flown, k: int, place: Array, goal: Array, prior: Array) -> None:
    """Prior of every cell of the band, for a balloon at a place that wants to be elsewhere."""
    steered, choices = flown.steered, flown.choices
    n = prior.shape[0]
    if choices.beta == 0.0:
        prior[:] = 1.0 / n
        return
    drift = steered.drift
    time_s, law_m = drift.start_s + k * drift.dt_s, drift.level.height_m[2 * k]
    east, north = way_m(place[0], place[1], place[2], goal[0], goal[1], goal[2])
    distance, total = math.hypot(east, north), 0.0
    for cell in range(n):
        height_m = law_m + choices.low_m + (cell + 0.5) / n * (choices.high_m - choices.low_m)
        log_pressure = log_pressure_of_height(steered.curve, height_m)
        u, v = wind(drift.grid, time_s, log_pressure, place[0], place[1], place[2])
        speed = math.hypot(u, v)
        prior[cell] = 1.0
        if speed > 0.0 and distance > 0.0:
            prior[cell] = math.exp(choices.beta * (u * east + v * north) / (speed * distance))
        elif math.isnan(speed):
            prior[cell] = 0.0
        total += prior[cell]
    for cell in range(n):
        prior[cell] = prior[cell] / total if total > 0.0 else 1.0 / n


@bare_loop
def _psi_pre_log(twist: Twist, k: int, local: Array) -> float:
    value = twist.pre_offset[k]
    for row in range(local.shape[0]):
        bent = twist.pre_slope[k, row]
        for column in range(local.shape[0]):
            bent -= 0.5 * twist.pre_curvature[k, row, column] * local[column]
        value += local[row] * bent
    return float(value)


@bare_loop
def choose(block: Block, told: Array, twist: Twist, flown: Flown, k: int) -> None:
    """Let the balloons of a block choose before they leave step ``k``."""
    choices, steered = flown.choices, flown.steered
    if choices.chance == 0.0 or k < steered.afloat_step:
        return
    n = twist.slope.shape[1]
    state, local, prior, share = flown.room[:N_STATE], flown.local, flown.prior, flown.share
    for lane in range(LANES):
        if not math.isfinite(told[WEIGHT + lane]):
            continue
        key, particle = block.words[KEY + lane], block.words[PARTICLE + lane]
        jumps, which, within, turns = uniform4(key, particle, k + _CHOICE)
        for row in range(state.shape[0]):
            state[row] = block.wide[STATE[row] + lane]
        if choices.beta > 0.0:
            _aim(choices, key, particle, k, turns, state)
            for row in range(GOAL, GOAL + 3):
                block.wide[STATE[row] + lane] = state[row]
        if jumps >= choices.chance and k > steered.afloat_step:  # the first level is chosen too
            continue
        for row in range(n):
            local[row] = told[LOCALS[row] + lane]
        _leanings(flown, k, state[:3], state[GOAL : GOAL + 3], prior)
        target_m, paid = _chosen(twist, k, choices, local, prior, share, which, within)
        told[WEIGHT + lane] += paid
        for row in range(LEVEL, LEVEL + 3):
            told[LOCALS[row] + lane] = local[row]
        block.wide[STATE[TARGET] + lane] = target_m


@kernel
def _aim(choices: Choices, key: int, particle: int, k: int, turns: float, state: Array) -> None:
    """Give a balloon another goal where it has none yet, or its time has come."""
    nowhere = state[GOAL] == 0.0 and state[GOAL + 1] == 0.0 and state[GOAL + 2] == 0.0
    if nowhere or turns < choices.goal_chance:
        state[GOAL], state[GOAL + 1], state[GOAL + 2] = _goal(choices, key, particle, k)


@bare_loop
def _chosen(
    twist: Twist,
    k: int,
    choices: Choices,
    local: Array,
    prior: Array,
    share: Array,
    which: float,
    within: float,
) -> tuple[float, float]:
    """Draw a cell and a level in it; return the target and what the weight owes.

    ``local`` receives the new level. What is owed holds psi- of the new over that of the old level,
    because the weight contains that of the old one.
    """
    n, pilot = prior.shape[0], twist.pilot[k]
    width_m = (choices.high_m - choices.low_m) / n
    owed, highest = -_psi_pre_log(twist, k, local), -math.inf
    for cell in range(n):
        _set_level(pilot, choices.low_m + (cell + 0.5) * width_m, local)
        share[cell] = _psi_pre_log(twist, k, local)
        if prior[cell] > 0.0:
            highest = max(highest, share[cell])
    total = 0.0
    for cell in range(n):
        share[cell] = prior[cell] * math.exp(min(share[cell] - highest, 0.0))
        total += share[cell]
    reached, cell = 0.0, 0
    for place in range(n):
        share[place] = _DEFENCE * prior[place] + (1.0 - _DEFENCE) * share[place] / total
        if share[place] > 0.0 and reached < which:
            cell = place
        reached += share[place]
    target_m = choices.low_m + (cell + within) * width_m
    _set_level(pilot, target_m, local)
    owed += _psi_pre_log(twist, k, local) + math.log(prior[cell] / share[cell])
    return target_m, owed


@kernel
def _set_level(pilot: Array, target_m: float, local: Array) -> None:
    local[LEVEL], local[LEVEL + 1], local[LEVEL + 2] = level_difference(pilot, target_m)
