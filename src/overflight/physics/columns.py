"""Columns of air: from levels whose pressure differs from place to place to levels of one pressure.

A column is a stack of values at pressures that increase downward. Interpolation is linear in the
logarithm of pressure; outside a column there is no value.
"""

import math

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import loop

Array = NDArray[np.float64]


@loop
def interpolate_columns(log_pressure: Array, values: Array, log_wanted: Array) -> Array:
    """Values at wanted levels in every column; NaN above its first level and below its last.

    Parameters
    ----------
    log_pressure, values : (level, column)
        Pressures increase with the index.
    log_wanted : (wanted,)
        Increasing logarithms of pressure.

    Returns
    -------
    at : (wanted, column)
    """
    n_levels, n_columns = values.shape
    at = np.full((log_wanted.shape[0], n_columns), math.nan)
    for column in range(n_columns):
        level = 0
        for wanted in range(log_wanted.shape[0]):
            target = log_wanted[wanted]
            while level < n_levels - 2 and log_pressure[level + 1, column] < target:
                level += 1
            above, below = log_pressure[level, column], log_pressure[level + 1, column]
            slack = 1e-12 * abs(target)  # a level at its own pressure is that level
            if target < above - slack or target > below + slack:
                continue
            share = min(max((target - above) / (below - above), 0.0), 1.0)
            at[wanted, column] = (1.0 - share) * values[level, column] + share * values[
                level + 1, column
            ]
    return at
