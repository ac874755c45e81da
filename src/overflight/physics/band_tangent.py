"""How the end of a pilot's step changes with its start and its noise.

A pilot's step (:mod:`overflight.physics.band`) is that of drift with a further velocity: its own,
steady and fluctuating, and what it feels of the band. All of it acts as the wind error's mean
velocity does, so the same four directions are led through the step
(:mod:`overflight.physics.changes`), and what the eleven coordinates and noises do is a known share
of those. The level acts on nothing but itself.
"""

import math

import numpy as np
from numpy.typing import NDArray

from overflight.physics.band import Band
from overflight.physics.changes import ends_of
from overflight.physics.drift_tangent import (
    error_columns,
    place_rows,
    process_columns,
    vector_rows,
)
from overflight.physics.kernel import bare_loop
from overflight.physics.steered import FELT, GUST, N_LOCAL, STEADY, own_displacement

Array = NDArray[np.float64]

# First local coordinates of level, departure, steady and fluctuating own velocity.
_LEVEL, _FELT, _STEADY, _GUST = 4, 5, 7, 9
_LEVEL_NOISE, _GUST_NOISE = 4, 7


@bare_loop
def band_tangent(
    band: Band,
    step: int,
    state: Array,
    noise: Array,
    after: Array,
    carry: Array,
    reach: Array,
    room: Array,
) -> None:
    """Derivative of a pilot's step in local coordinates.

    Parameters
    ----------
    state, after : (16,)
        Before and after the step.
    noise : (11,)
    carry, reach : (11, 11)
        Receive the derivatives by the state before and by the noise.
    room : (11 + N_ROOM, 2)
        To work in.
    """
    steered, one, kept = band.steered, band.steered.own_ou, band.decay
    pull, steady_mps = steered.own_gust_mps / steered.drift.dt_s, steered.own_steady_mps
    steady, felt = (state[STEADY], state[STEADY + 1]), (state[FELT], state[FELT + 1])
    gust = state[GUST], state[GUST + 1]
    east_mps, north_mps = own_displacement(steered, state, noise)
    drawn = one.gain_s * pull
    own_borne = (
        steady_mps * steady[0] + drawn * gust[0] + felt[0],
        steady_mps * steady[1] + drawn * gust[1] + felt[1],
    )
    own = east_mps + felt[0], north_mps + felt[1]
    ends = ends_of(steered.drift, step, state, noise, after, own, own_borne)
    carry[:], reach[:], room[:] = 0.0, 0.0, 0.0
    blown = room[:N_LOCAL]
    of_felt, of_steady = room[N_LOCAL : N_LOCAL + 2], room[N_LOCAL + 2 : N_LOCAL + 4]
    of_gust, of_error = room[N_LOCAL + 4 : N_LOCAL + 6], room[N_LOCAL + 6 : N_LOCAL + 8]
    place_rows(ends, carry, blown)
    gust = one.decay * gust[0], one.decay * gust[1]
    drawn_gust = gust[0] + one.noise_e * noise[7], gust[1] + one.noise_e * noise[9]
    felt = kept * felt[0], kept * felt[1]
    now = after[FELT], after[FELT + 1]
    vector_rows(ends, _FELT, (felt, felt, now), carry, blown, of_felt)
    now = after[STEADY], after[STEADY + 1]
    vector_rows(ends, _STEADY, (steady, steady, now), carry, blown, of_steady)
    now = after[GUST], after[GUST + 1]
    vector_rows(ends, _GUST, (gust, drawn_gust, now), carry, blown, of_gust)
    error_columns(ends, state, noise, after, carry, reach, blown, of_error)
    process_columns((one, pull), (_GUST, _GUST_NOISE), blown, of_gust, carry, reach)
    for axis in range(2):
        for row in range(N_LOCAL):
            carry[row, _FELT + axis] = blown[row, axis]
            carry[row, _STEADY + axis] = steady_mps * blown[row, axis]
        for row in range(2):
            carry[_FELT + row, _FELT + axis] += kept * of_felt[row, axis]
            carry[_STEADY + row, _STEADY + axis] += of_steady[row, axis]
    root, fresh = band.spread[step + 1], math.sqrt(1.0 - kept * kept)
    carry[_LEVEL, _LEVEL] = kept
    for row in range(3):
        for column in range(row + 1):
            reach[_LEVEL + row, _LEVEL_NOISE + column] = fresh * root[row, column]
