"""Where a balloon was between its fixes: a linear filter over position and velocity departures.

Positions are complex numbers (east + i north, metres in a plane), so are the departures of its
velocity from a wind. Every departure is a circular Ornstein-Uhlenbeck process, which may turn: a
step multiplies it by a complex number and adds a share of it to the position. The transition is
therefore a diagonal and one row, and a step costs the square of the number of departures, not its
cube. A position that shall be smoothed is kept as a further, constant entry of the state from its
time on (fixed-point smoothing: Anderson & Moore 1979, *Optimal Filtering*, chapter 7), so that no
backward pass is needed.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.inertial import turning_step
from overflight.physics.kernel import loop

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


class Moves(NamedTuple):
    """What each step does to each departure of 1 m/s per component; the first axis is the step.

    Step n leads from node n - 1 to node n; entry 0 is unused.
    """

    decay: Complex  # (node, departure)
    gain_s: Complex  # (node, departure): share of a departure that the position gains
    noise_ee: Array  # (node, departure): variance of the departure's noise, both components
    noise_xe: Complex  # (node, departure): its covariance with the position's, s
    noise_xx: Array  # (node, departure): variance of the position's, s2


class Filtered(NamedTuple):
    """Log likelihood of the positions, and the marked positions given all of them."""

    log_evidence: float  # without the first position, on which all is conditioned
    misfit: float  # sum of squared innovations over their variances; 2 expected for each position
    worst: float  # the largest of them
    n_seen: int  # positions that were predicted
    mean: Complex  # (mark,) m
    variance: Array  # (mark,) of one component, m2


@loop
def moves(time_s: Array, tau_s: Array, turn_radps: Array, fade: Array, swing_rad: Array) -> Moves:
    """Exact steps between nodes.

    Parameters
    ----------
    time_s
        (node,) not descending.
    tau_s
        (departure,) e-folding times.
    turn_radps
        (node, departure): how fast a departure turns clockwise during the step to the node.
    fade
        (node,): e-foldings that the change of height during the step adds to all.
    swing_rad
        (node, departure): by how much its frame turns counter-clockwise during the step.
    """
    n, m = turn_radps.shape
    decay, gain = np.ones((n, m), np.complex128), np.zeros((n, m), np.complex128)
    ee, xe = np.zeros((n, m)), np.zeros((n, m), np.complex128)
    xx = np.zeros((n, m))
    for i in range(1, n):
        dt_s = time_s[i] - time_s[i - 1]
        if dt_s <= 0.0:
            continue
        for k in range(m):
            faded_s = dt_s / (dt_s / tau_s[k] + fade[i])
            step = turning_step(faded_s, turn_radps[i, k], dt_s)
            half = complex(math.cos(0.5 * swing_rad[i, k]), math.sin(0.5 * swing_rad[i, k]))
            decay[i, k] = step.decay * half * half
            gain[i, k] = step.gain_s * half
            ee[i, k] = 2.0 * step.noise_e * step.noise_e
            xe[i, k] = 2.0 * step.noise_xe * step.noise_e * half.conjugate()
            xx[i, k] = 2.0 * (abs(step.noise_xe) ** 2 + step.noise_x * step.noise_x)
    return Moves(decay, gain, ee, xe, xx)


@loop
def smoothed(
    position_m: Complex,
    sd_m: Array,
    steps: Moves,
    sigma_mps: Array,
    rough: Array,
    marked: NDArray[np.int64],
) -> Filtered:
    """Filter positions and smooth the marked nodes.

    Parameters
    ----------
    position_m
        (node,) less what the wind carries; NaN at a node without a fix. The first has one.
    sd_m
        (node,) standard deviation of a fix per component.
    steps
        Of :func:`moves`.
    sigma_mps
        (departure,) standard deviations per component.
    rough
        (node,) factor on the noise of the step to it: the air need not be as it is elsewhere.
    marked
        (mark,) nodes to smooth, ascending.
    """
    n, m = steps.decay.shape
    size = 1 + m + marked.shape[0]
    mean = np.zeros(size, np.complex128)
    spread = np.zeros((size, size), np.complex128)
    mean[0] = position_m[0]
    spread[0, 0] = 2.0 * sd_m[0] * sd_m[0]
    for k in range(m):
        spread[k + 1, k + 1] = 2.0 * sigma_mps[k] * sigma_mps[k]
    log_evidence, misfit, worst, seen, kept = 0.0, 0.0, 0.0, 0, 0
    for i in range(n):
        live = 1 + m + kept
        if i > 0:
            _moved(mean, spread, steps, rough[i] * sigma_mps, i, live)
            if not math.isnan(position_m[i].real):
                variance = spread[0, 0].real + 2.0 * sd_m[i] * sd_m[i]
                miss = position_m[i] - mean[0]
                square = (miss.real * miss.real + miss.imag * miss.imag) / variance
                log_evidence -= math.log(math.pi * variance) + square
                misfit += 2.0 * square
                worst, seen = max(worst, 2.0 * square), seen + 1
                _learned(mean, spread, miss, variance, live)
        if kept < marked.shape[0] and marked[kept] == i:
            for k in range(live):
                spread[live, k] = spread[0, k]
                spread[k, live] = spread[k, 0]
            spread[live, live] = spread[0, 0]
            mean[live] = mean[0]
            kept += 1
    variances = np.empty(kept)
    for k in range(kept):
        variances[k] = max(0.5 * spread[1 + m + k, 1 + m + k].real, 0.0)
    return Filtered(log_evidence, misfit, worst, seen, mean[1 + m : 1 + m + kept].copy(), variances)


@loop
def _moved(
    mean: Complex, spread: Complex, steps: Moves, sigma_mps: Array, i: int, live: int
) -> None:
    """One step: position gains from every departure, departures decay, marked positions stay."""
    m = steps.decay.shape[1]
    decay, gain = steps.decay[i], steps.gain_s[i]
    for k in range(m):
        mean[0] += gain[k] * mean[k + 1]
        mean[k + 1] *= decay[k]
    for j in range(live):  # rows: x' = F x
        for k in range(m):
            spread[0, j] += gain[k] * spread[k + 1, j]
    for k in range(m):
        for j in range(live):
            spread[k + 1, j] *= decay[k]
    for j in range(live):  # columns, with the conjugate
        for k in range(m):
            spread[j, 0] += gain[k].conjugate() * spread[j, k + 1]
    for k in range(m):
        for j in range(live):
            spread[j, k + 1] *= decay[k].conjugate()
    _stirred(spread, steps, sigma_mps, i)


@loop
def _stirred(spread: Complex, steps: Moves, sigma_mps: Array, i: int) -> None:
    """Add the noise of a step to the position and the departures."""
    for k in range(steps.decay.shape[1]):
        variance = sigma_mps[k] * sigma_mps[k]
        spread[0, 0] += variance * steps.noise_xx[i, k]
        spread[k + 1, k + 1] += variance * steps.noise_ee[i, k]
        spread[0, k + 1] += variance * steps.noise_xe[i, k]
        spread[k + 1, 0] += variance * steps.noise_xe[i, k].conjugate()


@loop
def _learned(mean: Complex, spread: Complex, miss: complex, variance: float, live: int) -> None:
    """Condition on a position: the usual gain, kept Hermitian."""
    column = np.empty(live, np.complex128)
    for k in range(live):
        column[k] = spread[k, 0]
    for k in range(live):
        mean[k] += column[k] / variance * miss
        for j in range(live):
            spread[k, j] -= column[k] * column[j].conjugate() / variance
