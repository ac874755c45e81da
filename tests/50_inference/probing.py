"""Derivatives of steps by central differences: the oracle of every tangent."""

import numba
import numpy as np

from overflight.physics.kernel import loop
from overflight.physics.tangent import basis, carried, gone


@loop
def probed(step, difference, shifted, parameters, k, state, noise, after, probe, carry, reach):
    """Derivative of a step by central differences: what a tangent must equal where it is smooth.

    ``shifted(reference, local, state)`` undoes ``difference``; ``probe`` (2 n,) says how far to go
    along each of n local coordinates and n noises.
    """
    n = noise.size
    begin, end, way = np.empty(state.size), np.empty(state.size), np.empty(n)
    local, pushed = np.zeros(n), noise.copy()
    for column in range(2 * n):
        matrix = carry if column < n else reach
        place = column % n
        for row in range(n):
            matrix[row, place] = 0.0
        for sign in (1.0, -1.0):
            if column < n:
                local[place] = sign * probe[column]
            else:
                pushed[place] = noise[place] + sign * probe[column]
            shifted(state, local, begin)
            step(parameters, k, begin, pushed, end)
            difference(after, end, way)
            for row in range(n):
                matrix[row, place] += sign * way[row] / (2.0 * probe[column])
        local[place], pushed[place] = 0.0, noise[place]


@numba.njit(nogil=True)
def shifted(reference, local, state):
    state[0], state[1], state[2] = gone(
        reference[0], reference[1], reference[2], local[0], local[1]
    )
    state[3], state[4] = carried(
        reference[3] + local[2],
        reference[4] + local[3],
        basis(reference[0], reference[1], reference[2]),
        basis(state[0], state[1], state[2]),
    )
