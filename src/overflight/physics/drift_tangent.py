"""The derivative of a drift step in local coordinates, for pilots.

Noise and error act through the error's mean velocity over the step and through the error that is
kept, in known proportions (:class:`overflight.physics.ou.OuStep`). So all columns are shares of the
four directions that :mod:`overflight.physics.changes` leads through the step.
"""

import numpy as np
from numpy.typing import NDArray

from overflight.physics.changes import Ends, Pair, Shift, carried_change, ends_of
from overflight.physics.drift import Drift
from overflight.physics.kernel import bare_loop
from overflight.physics.ou import OuStep
from overflight.physics.sphere import MEAN_RADIUS_M

Array = NDArray[np.float64]

N_ROOM = 8  # further rows, beside one for each local coordinate, that a tangent works in


@bare_loop
def _end_m(ends: Ends, shift: Shift) -> Pair:
    """A change of the end, in metres east and north there."""
    end, d_end = ends.end, shift.d_end
    return (
        MEAN_RADIUS_M * (d_end[0] * end[0] + d_end[1] * end[1]),
        MEAN_RADIUS_M * (d_end[0] * end[2] + d_end[1] * end[3] + d_end[2] * end[4]),
    )


@bare_loop
def place_rows(ends: Ends, carry: Array, blown: Array) -> None:
    """Write how the end's place changes with the start's, and with a mean velocity."""
    carry[0, 0], carry[1, 0] = _end_m(ends, ends.east)
    carry[0, 1], carry[1, 1] = _end_m(ends, ends.north)
    blown[0, 0], blown[1, 0] = _end_m(ends, ends.push_east)
    blown[0, 1], blown[1, 1] = _end_m(ends, ends.push_north)


@bare_loop
def vector_rows(
    ends: Ends,
    row: int,
    vector: tuple[Pair, Pair, Pair],
    carry: Array,
    blown: Array,
    stays: Array,
) -> None:
    """Write how a vector of the state changes at the end, and by how much it stays itself.

    The frame that it is read in there turns with the place; that turn is taken out.

    Parameters
    ----------
    vector
        What is kept of it, what is carried (noise added), both at the start, and what it is after
        the step.
    blown : (n, 2)
        Receives in two rows the change by a mean velocity of 1 m/s, east and north.
    stays : (2, 2)
        Receives the change by a unit more of what is carried.
    """
    kept, carried_on, now = vector
    end, still = ends.end, (0.0, 0.0, 0.0, 0.0, 0.0)
    for axis in range(2):
        shift = ends.east if axis == 0 else ends.north
        borne = -shift.turn_rad * kept[1], shift.turn_rad * kept[0]
        east, north = carried_change(carried_on, ends.here, end, borne, shift.d_here, shift.d_frame)
        carry[row, axis] = east + shift.end_turn_rad * now[1]
        carry[row + 1, axis] = north - shift.end_turn_rad * now[0]
        push = ends.push_east if axis == 0 else ends.push_north
        east, north = carried_change(carried_on, ends.here, end, (0.0, 0.0), still, push.d_frame)
        blown[row, axis] = east + push.end_turn_rad * now[1]
        blown[row + 1, axis] = north - push.end_turn_rad * now[0]
        unit = (1.0, 0.0) if axis == 0 else (0.0, 1.0)
        stays[0, axis], stays[1, axis] = carried_change(
            carried_on, ends.here, end, unit, still, still
        )


@bare_loop
def process_columns(
    process: tuple[OuStep, float],
    places: tuple[int, int],
    blown: Array,
    stays: Array,
    carry: Array,
    reach: Array,
) -> None:
    """Write what a process and its two noises an axis do.

    Parameters
    ----------
    process
        Its step, and m/s of mean velocity by a second of its displacement.
    places
        Its first local coordinate, and its first noise.
    """
    (ou, pull), (first, noise) = process, places
    for axis in range(2):
        for row in range(blown.shape[0]):
            moved_by = pull * blown[row, axis]
            carry[row, first + axis] = ou.gain_s * moved_by
            reach[row, noise + 2 * axis] = ou.noise_xe * moved_by
            reach[row, noise + 2 * axis + 1] = ou.noise_x * moved_by
        for row in range(2):
            carry[first + row, first + axis] += ou.decay * stays[row, axis]
            reach[first + row, noise + 2 * axis] += ou.noise_e * stays[row, axis]


@bare_loop
def error_columns(
    ends: Ends,
    state: Array,
    noise: Array,
    after: Array,
    carry: Array,
    reach: Array,
    blown: Array,
    stays: Array,
) -> None:
    """Write all that concerns place and wind error; the error's part of ``blown`` too.

    ``stays`` (2, 2) is room to work.
    """
    ou = ends.ou
    kept = ou.decay * state[3], ou.decay * state[4]
    carried_on = kept[0] + ou.noise_e * noise[0], kept[1] + ou.noise_e * noise[2]
    vector_rows(ends, 2, (kept, carried_on, (after[3], after[4])), carry, blown, stays)
    process_columns((ou, ends.pull_mps2), (2, 0), blown, stays, carry, reach)


@bare_loop
def passive_tangent(
    drift: Drift,
    step: int,
    state: Array,
    noise: Array,
    after: Array,
    carry: Array,
    reach: Array,
    room: Array,
) -> None:
    """Derivative of a passive step in local coordinates.

    Local coordinates are metres east and north on the mean sphere and the two standardised
    errors, the error kept parallel where the place is shifted.

    Parameters
    ----------
    state, after : (5,)
        Before and after the step.
    noise : (4,)
    carry : (4, 4)
        Receives the derivative by the state before.
    reach : (4, 4)
        Receives the derivative by the noise.
    room : (4 + N_ROOM, 2)
        To work in.
    """
    ends = ends_of(drift, step, state, noise, after, (0.0, 0.0), (0.0, 0.0))
    blown = room[:4]
    place_rows(ends, carry, blown)
    error_columns(ends, state, noise, after, carry, reach, blown, room[4:6])
