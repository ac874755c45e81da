"""Two flights on a plane whose evidence is known: the sheared jet and the linear problem.

Units are km and h, as in method 9. They run through the same engine as the
balloon; only the four model functions differ.
"""

import math
from typing import NamedTuple

import numba
import numpy as np
from probing import probed

from overflight.fields.synthetic import sheared_jet
from overflight.inference import pilot, twist
from overflight.inference.lanes import LOCAL, OFFSET_E, OFFSET_N, STATE, WAS
from overflight.inference.model import Model, marcher_of_four
from overflight.inference.reports import GAUSSIAN, Reports, gaussian_log_norm, schedule
from overflight.physics.kernel import loop
from overflight.physics.lanes import LANES
from overflight.physics.ou import covariances
from overflight.physics.rows import NOISE

PROBE = np.full(8, 1e-3)  # finite-difference steps of appendix A5


class Jet(NamedTuple):
    """Parameters of a flight on the plane; ``shear`` 0 makes the wind constant."""

    level: float
    shear: float
    speed_kmh: float
    decay: float
    gain_h: float
    noise_e: float
    noise_xe: float
    noise_x: float
    dt_h: float
    start_sd_km: float
    error_sd_kmh: float


def jet(level, *, shear=1.0, speed_kmh=70.0, sd_kmh=9.0, tau_h=12.0, dt_h=0.5, start_sd_km=50.0):
    var_e, cov, var_x = covariances(sd_kmh, tau_h, dt_h)
    low = math.sqrt(var_e)
    return Jet(
        level,
        shear,
        speed_kmh,
        math.exp(-dt_h / tau_h),
        -tau_h * math.expm1(-dt_h / tau_h),
        low,
        cov / low,
        math.sqrt(var_x - (cov / low) ** 2),
        dt_h,
        start_sd_km,
        sd_kmh,
    )


@numba.njit(nogil=True)
def wind(p, x, y, t):
    u, v = sheared_jet(x, y, p.level, t)
    return p.speed_kmh + p.shear * (u - 70.0), p.shear * v


@numba.njit(nogil=True)
def start(p, noise, state):
    state[0], state[1] = p.start_sd_km * noise[0], p.start_sd_km * noise[1]
    state[2], state[3] = p.error_sd_kmh * noise[2], p.error_sd_kmh * noise[3]


@numba.njit(nogil=True)
def step(p, k, state, noise, after):
    t = k * p.dt_h
    extra_x = (p.gain_h * state[2] + p.noise_xe * noise[0] + p.noise_x * noise[1]) / p.dt_h
    extra_y = (p.gain_h * state[3] + p.noise_xe * noise[2] + p.noise_x * noise[3]) / p.dt_h
    u, v = wind(p, state[0], state[1], t)
    x_mid = state[0] + 0.5 * p.dt_h * (u + extra_x)
    y_mid = state[1] + 0.5 * p.dt_h * (v + extra_y)
    u, v = wind(p, x_mid, y_mid, t + 0.5 * p.dt_h)
    after[0] = state[0] + p.dt_h * (u + extra_x)
    after[1] = state[1] + p.dt_h * (v + extra_y)
    after[2] = p.decay * state[2] + p.noise_e * noise[0]
    after[3] = p.decay * state[3] + p.noise_e * noise[2]


@numba.njit(nogil=True)
def difference(reference, state, local):
    for i in range(4):
        local[i] = state[i] - reference[i]


@numba.njit(nogil=True)
def shifted(reference, local, state):
    for i in range(4):
        state[i] = reference[i] + local[i]


@loop
def tangent(p, k, state, noise, after, carry, reach, room):
    probed(step, difference, shifted, p, k, state, noise, after, PROBE, carry, reach)


@numba.njit(nogil=True)
def towards(place, state, offset):
    offset[0], offset[1] = place[0] - state[0], place[1] - state[1]


@loop
def read(block, lane, state):
    for i in range(state.size):
        state[i] = block.wide[STATE[i] + lane]


def step_of(step, n_state):
    """Steps of a model that has plain ones only: lane after lane."""

    @loop
    def step_block(block, prepared, k):
        state, noise, after = np.empty(n_state), np.empty(4), np.empty(n_state)
        for lane in range(LANES):
            read(block, lane, state)
            for i in range(4):
                noise[i] = block.wide[NOISE + i * LANES + lane]
            step(prepared, k, state, noise, after)
            for i in range(n_state):
                block.wide[WAS[i] + lane] = state[i]
                block.wide[STATE[i] + lane] = after[i]

    return step_block


@loop
def enter(block, prepared):
    pass


@loop
def difference_block(block, told, reference):
    state, local = np.empty(4), np.empty(4)
    for lane in range(LANES):
        read(block, lane, state)
        difference(reference, state, local)
        for i in range(4):
            told[LOCAL + i * LANES + lane] = local[i]


@loop
def towards_block(block, told, place):
    state, offset = np.empty(4), np.empty(2)
    for lane in range(LANES):
        read(block, lane, state)
        towards(place, state, offset)
        told[OFFSET_E + lane], told[OFFSET_N + lane] = offset


MARCHER = marcher_of_four(
    lambda parameters, n_steps: parameters, enter, step_of(step, 4), difference_block, towards_block
)
MODEL = Model(start, step, tangent, difference, towards, 4, MARCHER)


def fixes(steps, xy_km, sd_km, sd_y_km=None):
    """Plain normal fixes, certainly right."""
    n = len(steps)
    sd_y_km = sd_km if sd_y_km is None else sd_y_km
    shape = np.array([[1 / a**2, 0.0, 1 / b**2] for a, b in zip(sd_km, sd_y_km, strict=True)])
    place = np.zeros((n, 3))
    place[:, :2] = xy_km
    at = np.asarray(steps, dtype=np.int64)
    return Reports(
        place=place,
        first=at,
        last=at,
        kind=np.full(n, GAUSSIAN),
        shape=shape,
        log_norm=np.array([gaussian_log_norm(tuple(row)) for row in shape]),
        log_good=np.zeros(n),
        log_bad=np.full(n, -np.inf),
        moments=np.ones(n),
    )


def guide(parameters, reports, n_steps, inflate=1.0):
    """Pilot, twist and timetable of one flight on the plane."""
    linear, standing = pilot.find(
        MODEL, parameters, reports, np.zeros((n_steps + 1, 4)), widths=(1.0,)
    )
    return twist.build(linear, standing, inflate), schedule(reports, n_steps)
