"""The filter's model of a balloon that chooses its level or has a velocity of its own (method 4).

:mod:`overflight.physics.steered` says how it moves, :mod:`overflight.inference.jumps` how it
chooses. Particles are taken one by one: these flights are fewer than those of plain drift, and
most of their time goes into the twist.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.inference.jumps import Choices, Flown, choose, flown_of
from overflight.inference.lanes import LOCALS, NOISES, PULL, STATE, WAS, Marcher, balloon_towards
from overflight.inference.model import BALLOON, Model, towards
from overflight.inference.weighing_more import expect_more, look_ahead_more, propose_more
from overflight.physics.band import band_difference, band_step, launched_band
from overflight.physics.band_tangent import band_tangent
from overflight.physics.blocks import Block
from overflight.physics.kernel import bare_loop, lane_loop
from overflight.physics.lane_random import draw_words, normals
from overflight.physics.lanes import LANES
from overflight.physics.rows import MORE_NOISE, NOISE
from overflight.physics.steered import (
    GUST,
    N_LOCAL,
    N_STATE,
    launched_steered,
    steered_difference,
    steered_step,
)

Array = NDArray[np.float64]

_MORE, _YET_MORE = 1 << 28, 2 << 28  # streams of the further normals of a step
N_KEPT = GUST + 2  # all of a state but its goal
UNDRAWN = slice(4, 7)  # noise of the level, which particles choose


@lane_loop
def _draw(block: Block, k: int) -> None:
    """Draw the normals of a step: four, four and, of four, one more."""
    draw_words(block.words, k)
    normals(block.words, block.wide, NOISE)
    draw_words(block.words, k + _MORE)
    normals(block.words, block.wide, MORE_NOISE)
    draw_words(block.words, k + _YET_MORE)
    normals(block.words, block.wide, MORE_NOISE + 4 * LANES)


@lane_loop
def _enter(block: Block, flown: Flown) -> None:
    """Nothing to note beside the states."""


@bare_loop
def _step(block: Block, flown: Flown, k: int) -> None:
    state, after, noise = flown.room[:N_STATE], flown.room[N_STATE : 2 * N_STATE], flown.noise
    wide = block.wide
    for lane in range(LANES):
        for row in range(N_STATE):
            state[row] = wide[STATE[row] + lane]
            wide[WAS[row] + lane] = state[row]
        for row in range(N_LOCAL):
            noise[row] = wide[NOISES[row] + lane]
        steered_step(flown.steered, k, state, noise, after)
        for row in range(N_STATE):
            wide[STATE[row] + lane] = after[row]


@bare_loop
def _difference(block: Block, told: Array, reference: Array) -> None:
    state, local = told[PULL : PULL + N_STATE], told[PULL + LANES : PULL + LANES + N_LOCAL]
    for lane in range(LANES):
        for row in range(N_STATE):
            state[row] = block.wide[STATE[row] + lane]
        steered_difference(reference, state, local)
        for row in range(N_LOCAL):
            told[LOCALS[row] + lane] = local[row]


def steered(choices: Choices) -> Model:
    """A balloon that chooses its level, has a velocity of its own, or both.

    For particles; their parameters are a :class:`~overflight.physics.steered.Steered`, and the rows
    of their twist's pilot those of :func:`overflight.physics.band.band_rows`.
    """

    def prepare(parameters: Any, n_steps: int) -> Flown:  # noqa: ANN401 (a model's parameters)
        del n_steps
        return flown_of(parameters, choices)

    marcher = Marcher(
        prepare, _enter, _step, _difference, balloon_towards, _draw, choose, expect_more,
        propose_more, look_ahead_more,
    )  # fmt: skip
    return Model(
        launched_steered, steered_step, band_tangent, steered_difference, towards, N_STATE,
        marcher, N_LOCAL, N_KEPT,
    )  # fmt: skip


#: The pilot of such a balloon; its parameters are a :class:`~overflight.physics.band.Band`.
BAND_PILOT = Model(
    launched_band, band_step, band_tangent, band_difference, towards, N_STATE, BALLOON, N_LOCAL,
    N_KEPT,
)  # fmt: skip
