"""What the filter must know about a flight: how to start, step, and measure differences.

The engine (pilot, twist, filter) never asks what a state means. A model is five compiled
functions; the balloon on the ellipsoid is :func:`balloon`, and tests bring others whose answers
are known exactly.

The engine works in local coordinates around a reference state: two of position (metres east and
north, or whatever the model's plane uses), then two of wind error, then what a model has besides.
A model's noise is as many standard normals a step, and as many more to draw the start.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.inference.lanes import (
    Marcher,
    balloon_difference,
    balloon_towards,
    choose_nothing,
    draw_four,
)
from overflight.inference.weighing import expect, look_ahead, propose
from overflight.physics import gusts
from overflight.physics.drift import launched, passive_step
from overflight.physics.drift_tangent import passive_tangent
from overflight.physics.kernel import bare_loop, kernel, loop
from overflight.physics.tangent import basis, carried, way_m

Array = NDArray[np.float64]


class Model(NamedTuple):
    """Compiled functions of one kind of flight.

    ``start(parameters, noise, state)`` and ``step(parameters, k, state, noise, after)`` write
    their last argument. ``tangent(parameters, k, state, noise, after, carry, reach, room)``
    writes the step's derivative by the local coordinates before it and by its noise, in those after
    it; ``after`` is where the step leads, ``room`` (n_local + 8, 2) an array to work in.
    ``difference(reference, state, local)`` tells the local coordinates of a state.
    ``towards(place, state, offset)`` is the way from the state to a reported place in the two
    position coordinates. ``marcher`` does the same for blocks of particles. Of a state's
    ``n_state`` entries the first ``n_kept`` are kept along each path.
    """

    start: Any
    step: Any
    tangent: Any
    difference: Any
    towards: Any
    n_state: int
    marcher: Marcher
    n_local: int = 4
    n_kept: int = 3


@kernel
def _difference(reference: Array, state: Array, local: Array) -> None:
    local[0], local[1] = way_m(
        reference[0], reference[1], reference[2], state[0], state[1], state[2]
    )
    east, north = carried(
        state[3],
        state[4],
        basis(state[0], state[1], state[2]),
        basis(reference[0], reference[1], reference[2]),
    )
    local[2], local[3] = east - reference[3], north - reference[4]


@kernel
def towards(place: Array, state: Array, offset: Array) -> None:
    """The way from a state to a place, in metres east and north."""
    offset[0], offset[1] = way_m(state[0], state[1], state[2], place[0], place[1], place[2])


def marcher_of_four(prepare: Any, enter: Any, step: Any, difference: Any, towards: Any) -> Marcher:
    """The functions for blocks of a model with four local coordinates that decides nothing."""
    return Marcher(
        prepare, enter, step, difference, towards, draw_four, choose_nothing, expect, propose,
        look_ahead,
    )  # fmt: skip


BALLOON = marcher_of_four(
    gusts.prepare, gusts.enter, gusts.drift_on, balloon_difference, balloon_towards
)


def balloon() -> Model:
    """A passive balloon over the ellipsoid.

    Its parameters are a :class:`~overflight.physics.drift.Drift`.
    """
    return Model(launched, passive_step, passive_tangent, _difference, towards, 5, BALLOON)


@loop
def fly(model_start: Any, model_step: Any, parameters: Any, noises: Array, n_state: int) -> Array:
    """Follow one path through its noise.

    Parameters
    ----------
    noises : (steps + 1, n)
        Row 0 draws the start, row k + 1 drives step k.

    Returns
    -------
    states : (steps + 1, n_state)
    """
    states = np.empty((noises.shape[0], n_state))
    model_start(parameters, noises[0], states[0])
    _fly_on(model_step, parameters, noises, states)
    return states


@bare_loop
def _fly_on(model_step: Any, parameters: Any, noises: Array, states: Array) -> None:
    for step in range(noises.shape[0] - 1):
        model_step(parameters, step, states[step], noises[step + 1], states[step + 1])
