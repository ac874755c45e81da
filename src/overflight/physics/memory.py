"""What a wind error keeps over a step, as polynomials that lanes evaluate together.

:func:`overflight.physics.ou.faded_step` for many particles whose heights change differently.
"""

import math

import numpy as np
from numpy.typing import NDArray

from overflight.physics.drift import Drift
from overflight.physics.kernel import lane_kernel
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
    nodes = np.polynomial.chebyshev.chebpts1(4 * _DEGREE)
    middle, half = 0.5 * (first + last), 0.5 * (last - first)
    ratios = middle + half * nodes
    steps = [faded_step(dt_s / r, dt_s, 0.0, 1.0) for r in ratios]
    root = np.sqrt(ratios)
    rows = np.array([
        [one.decay for one in steps],
        [one.gain_s / dt_s for one in steps],
        np.array([one.noise_e for one in steps]) / root,
        np.array([one.noise_xe for one in steps]) / root / dt_s,
        np.array([one.noise_x for one in steps]) / root / dt_s,
    ])  # fmt: skip
    fits = [np.polynomial.Chebyshev.fit(nodes, row, _DEGREE, domain=[-1, 1]) for row in rows]
    powers = [np.polynomial.chebyshev.cheb2poly(fit.coef)[::-1] for fit in fits]
    return np.concatenate(powers), middle, 1.0 / half


@lane_kernel
def kept_scale(coefficients: Array, row: int, at_fraction: float) -> float:
    """One of the five functions, at r moved and stretched."""
    total = coefficients[row * (_DEGREE + 1)]
    for power in range(1, _DEGREE + 1):
        total = total * at_fraction + coefficients[row * (_DEGREE + 1) + power]
    return float(total)
