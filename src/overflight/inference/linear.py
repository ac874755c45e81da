"""The case that can be solved exactly: one axis, a constant wind, Ornstein-Uhlenbeck errors.

An oracle for the particle filters and for model comparison (method 9): the Kalman filter and
the Rauch-Tung-Striebel smoother over the exact joint transition of position and velocity errors.
Units are the caller's (km and h in the reference problem); nothing here is on the main path.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Velocity:
    """A stationary Ornstein-Uhlenbeck velocity: standard deviation and e-folding time."""

    speed_sd: float
    tau: float


@dataclass(frozen=True)
class Problem:
    """Position x = wind * t plus the integrals of independent velocities, observed with noise."""

    wind: float
    start_sd: float
    velocities: tuple[Velocity, ...]


@dataclass(frozen=True)
class Solution:
    """Filter and smoother at the observation and query times, in the order of ``time``."""

    time: Array
    log_evidence: float
    increments: Array
    innovations: Array
    innovation_variances: Array
    mean: Array  # (time, 1 + velocities)
    sd: Array


def transition(problem: Problem, step: float) -> tuple[Array, Array]:
    """Exact transition matrix and noise covariance of (x, e_1, e_2, ...) over ``step``.

    method 3, once for each velocity; the mean wind is added by the caller.
    """
    size = 1 + len(problem.velocities)
    carry, noise = np.eye(size), np.zeros((size, size))
    for row, velocity in enumerate(problem.velocities, start=1):
        age = step / velocity.tau
        lost = -math.expm1(-age)  # 1 - r
        decay = 1.0 - lost
        variance = velocity.speed_sd**2
        carry[0, row], carry[row, row] = velocity.tau * lost, decay
        noise[0, 0] += variance * velocity.tau**2 * (2 * age - 2 * lost - lost**2)
        noise[0, row] = noise[row, 0] = variance * velocity.tau * lost**2
        noise[row, row] = variance * lost * (1.0 + decay)
    return carry, noise


def solve(
    problem: Problem,
    observed: Sequence[tuple[float, float, float]],
    queries: Sequence[float] = (),
) -> Solution:
    """Filter and smooth.

    Parameters
    ----------
    observed
        (time, position, standard deviation), in order of time.
    queries
        Further times at which the smoothed state is wanted.
    """
    stops = sorted([(t, y, sd) for t, y, sd in observed] + [(t, math.nan, 0.0) for t in queries])
    size = 1 + len(problem.velocities)
    mean = np.zeros(size)
    mean[0] = problem.wind * stops[0][0]
    spread = np.diag([problem.start_sd**2] + [v.speed_sd**2 for v in problem.velocities])
    predicted, filtered, carries = [], [], []
    increments, innovations, variances = [], [], []
    now = stops[0][0]
    for time, position, sd in stops:
        carry, noise = transition(problem, time - now)
        mean = carry @ mean
        mean[0] += problem.wind * (time - now)
        spread = carry @ spread @ carry.T + noise
        now = time
        carries.append(carry)
        predicted.append((mean, spread))
        if not math.isnan(position):
            variance = float(spread[0, 0]) + sd**2
            miss = position - float(mean[0])
            gain = spread[:, 0] / variance
            mean = mean + gain * miss
            spread = spread - np.outer(gain, spread[0])
            increments.append(-0.5 * (math.log(2 * math.pi * variance) + miss**2 / variance))
            innovations.append(miss)
            variances.append(variance)
        filtered.append((mean, spread))
    smoothed = _smooth(carries, predicted, filtered)
    return Solution(
        time=np.array([stop[0] for stop in stops]),
        log_evidence=math.fsum(increments),
        increments=np.array(increments),
        innovations=np.array(innovations),
        innovation_variances=np.array(variances),
        mean=np.array([m for m, _ in smoothed]),
        sd=np.array([np.sqrt(np.diag(p)) for _, p in smoothed]),
    )


def _smooth(
    carries: list[Array],
    predicted: list[tuple[Array, Array]],
    filtered: list[tuple[Array, Array]],
) -> list[tuple[Array, Array]]:
    """Rauch, Tung & Striebel (1965), backward over the stops."""
    smoothed = [filtered[-1]]
    for index in range(len(filtered) - 2, -1, -1):
        mean, spread = filtered[index]
        ahead_mean, ahead_spread = predicted[index + 1]
        gain = spread @ carries[index + 1].T @ np.linalg.inv(ahead_spread)
        later_mean, later_spread = smoothed[0]
        mean = mean + gain @ (later_mean - ahead_mean)
        spread = spread + gain @ (later_spread - ahead_spread) @ gain.T
        smoothed.insert(0, (mean, spread))
    return smoothed


def covariance(problem: Problem, time: Array, sd: Array) -> Array:
    """Covariance of positions observed at some times with errors of these standard deviations.

    The same as the filter in one dense matrix: the start's variance, what each velocity adds to
    the position (the double integral of its covariance; method 9), and the errors' variances.

    Parameters
    ----------
    time : (observation,)
        Since the start, where the position has the problem's own spread.
    sd : (observation,)

    Returns
    -------
    covariance : (observation, observation)
    """
    first, second = time[:, None], time[None, :]
    total = problem.start_sd**2 + np.diag(sd**2)
    for velocity in problem.velocities:
        tau = velocity.tau
        bracket = 2.0 * np.minimum(first, second) / tau - 1.0
        bracket += np.exp(-first / tau) + np.exp(-second / tau)
        bracket -= np.exp(-np.abs(first - second) / tau)
        total = total + velocity.speed_sd**2 * tau**2 * bracket
    return np.asarray(total)
