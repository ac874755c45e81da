"""What a wind error keeps over a step, as polynomials that lanes evaluate together.

:func:`overflight.physics.ou.faded_step` for many particles whose heights change differently.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from overflight.physics.drift import Drift
from overflight.physics.kernel import lane_kernel, loop
from overflight.physics.ou import faded_step

Array = NDArray[np.float64]

_DEGREE = 12


def memory_of(drift: Drift, n_steps: int) -> tuple[Array, float, float]:
    """Fit what an error keeps to how much it fades: r = dt / tau + climb / length.

    Five functions of r, such that they are smooth where r is small: decay; gain over dt; and the
    three factors of the noise over sqrt(r), the latter two over dt too. Each is a polynomial of
    twelfth degree in r moved to [-1, 1]; where r spans less than 3, it errs by less than 1e-9.

    Returns
    -------
    coefficients : (5 * 13,)
        From the highest power to the lowest.
    middle, scale
        r is moved by the former and stretched by the latter.
    """
    dt_s = drift.dt_s
    first, last = dt_s / drift.tau_s, dt_s / drift.tau_s
    if math.isinf(drift.vertical_length_m) or not math.isfinite(first):
        return np.zeros(5 * (_DEGREE + 1)), 0.0, 0.0
    heights_m = drift.level.height_m[: 2 * n_steps + 1 : 2]
    climb_m = float(np.abs(np.diff(heights_m)).max(initial=0.0)) + drift.level.swing_m
    last += max(climb_m / drift.vertical_length_m, 1e-6)
    middle, half = 0.5 * (first + last), 0.5 * (last - first)
    nodes, powers_of = _fit()
    rows = _rows(middle + half * nodes, dt_s)
    return np.ascontiguousarray((rows @ powers_of).ravel()), middle, 1.0 / half


@lru_cache(maxsize=1)
def _fit() -> tuple[Array, Array]:
    """Chebyshev's nodes, and the matrix (node, power) from values there to a polynomial.

    By way of Chebyshev's polynomials, whose least-squares fit at these nodes is well conditioned.
    """
    nodes = np.polynomial.chebyshev.chebpts1(4 * _DEGREE)
    fitted = np.linalg.pinv(np.polynomial.chebyshev.chebvander(nodes, _DEGREE))
    powers = np.zeros((_DEGREE + 1, _DEGREE + 1))
    for degree, unit in enumerate(np.eye(_DEGREE + 1)):
        terms = np.polynomial.chebyshev.cheb2poly(unit[: degree + 1])
        powers[degree, : len(terms)] = terms
    return nodes, np.ascontiguousarray((fitted.T @ powers)[:, ::-1])


@loop
def _rows(ratios: Array, dt_s: float) -> Array:
    """The five functions at some r."""
    rows = np.empty((5, ratios.size))
    for column in range(ratios.size):
        r = ratios[column]
        kept, root = faded_step(dt_s / r, dt_s, 0.0, 1.0), math.sqrt(r)
        rows[0, column] = kept.decay
        rows[1, column] = kept.gain_s / dt_s
        rows[2, column] = kept.noise_e / root
        rows[3, column] = kept.noise_xe / root / dt_s
        rows[4, column] = kept.noise_x / root / dt_s
    return rows


@lane_kernel
def kept_scale(coefficients: Array, row: int, at_fraction: float) -> float:
    """One of the five functions, at r moved and stretched."""
    total = coefficients[row * (_DEGREE + 1)]
    for power in range(1, _DEGREE + 1):
        total = total * at_fraction + coefficients[row * (_DEGREE + 1) + power]
    return float(total)
