"""The choice between drift and a velocity of its own where it can be computed exactly.

Two independent axes of the linear-Gaussian problem (:mod:`overflight.inference.linear`), as
departures from the mean wind, in km and h. M0 is the wind's error alone, M2 adds a velocity of the
balloon's own. Either may average over what is unknown (the size and memory of the wind's error, the
kind of own velocity); the evidence is then a weighted mean of normal densities. So data sets by the
hundred thousand cost a second, and what a Bayes factor does when its assumptions hold, and when the
wind errs more than is assumed, is known and not guessed (methods 2.4 to 2.6).
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from overflight.calibration.choices import CERTAIN, Choices, probability
from overflight.inference.linear import Problem, Velocity, covariance
from overflight.inference.telemetry.steering import OWN_MPS as OWN_PAIRS_MPS

Array = NDArray[np.float64]
Rng = np.random.Generator

KMH = 3.6  # km/h in 1 m/s
N_AXES = 2
START_SD_KM = 50.0
_FOREVER_H = 1e5  # e-folding time of a velocity that is constant: eleven years
_CHUNK = 50_000


@dataclass(frozen=True)
class Fixes:
    """When and how well the position is seen; the same for both axes."""

    time_h: Array
    sd_km: Array


@dataclass(frozen=True)
class Rival:
    """A hypothesis as equally weighted sets of constants: the Cholesky factor of each."""

    factors: tuple[Array, ...]

    def log_evidence(self, departures_km: Array) -> Array:
        """Log density of data sets (case, axis, fix), shape (case,)."""
        logs = np.full(len(departures_km), -math.inf)
        rows = departures_km.reshape(-1, departures_km.shape[-1]).T
        for factor in self.factors:
            scaled = linalg.solve_triangular(factor, rows, lower=True)
            norm = np.log(np.diag(factor)).sum() + 0.5 * len(factor) * math.log(2.0 * math.pi)
            square = (scaled**2).sum(axis=0).reshape(-1, N_AXES).sum(axis=1)
            logs = np.logaddexp(logs, -0.5 * square - N_AXES * norm)
        return np.asarray(logs - math.log(len(self.factors)))


THE_FIXES = Fixes(
    np.array([0.0, 24.0, 54.0, 84.0, 120.0]), np.array([20.0, 10.0, 25.0, 5.0, 2.0])
)  # of the reference problem


def problem(*velocities: tuple[float, float]) -> Problem:
    """Independent velocities by their standard deviation [m/s] and e-folding time [h]."""
    return Problem(0.0, START_SD_KM, tuple(Velocity(KMH * sd, tau) for sd, tau in velocities))


def rival(problems: Sequence[Problem], fixes: Fixes) -> Rival:
    """A hypothesis that gives these problems equal weight."""
    return Rival(tuple(_factor(one, fixes) for one in problems))


def _factor(one: Problem, fixes: Fixes) -> Array:
    """Cholesky factor of a problem's covariance."""
    return np.asarray(np.linalg.cholesky(covariance(one, fixes.time_h, fixes.sd_km)), np.float64)


def drawn(one: Problem, fixes: Fixes, n: int, rng: Rng) -> Array:
    """Data sets of a problem, (case, axis, fix) in km."""
    factor = _factor(one, fixes)
    return np.asarray(rng.standard_normal((n, N_AXES, len(factor))) @ factor.T)


def log_bayes_factors(second: Rival, first: Rival, departures_km: Array) -> Array:
    """Log Bayes factor of the second over the first of every data set, in parts of bounded size."""
    parts = [departures_km[i : i + _CHUNK] for i in range(0, len(departures_km), _CHUNK)]
    return np.concatenate([second.log_evidence(one) - first.log_evidence(one) for one in parts])


# The reference problem: a wind that errs by 3 m/s with a memory of 12 h, an own velocity of 5 m/s
# that changes within a day.
ERROR_MPS, ERROR_H, OWN_MPS, OWN_H = 3.0, 12.0, 5.0, 24.0


def reference(sd_mps: float = ERROR_MPS, *, own: bool = False) -> Problem:
    """M0 or M2 of the reference problem."""
    return problem((sd_mps, ERROR_H), *([(OWN_MPS, OWN_H)] if own else []))


@dataclass(frozen=True)
class Known:
    """Log Bayes factors of M2 over M0 where all constants are known, under each."""

    under_drift: Array
    under_drive: Array

    @property
    def choices(self) -> Choices:
        """Probabilities of M2 at even odds, and whether it was true."""
        both = np.concatenate([self.under_drift, self.under_drive])
        return Choices(probability(both), np.arange(len(both)) >= len(self.under_drift))

    @property
    def identity(self) -> float:
        """Mean of 1/BF under M2, which is one; that of BF under M0 has too heavy a tail to use."""
        return float(np.exp(-self.under_drive).mean())


def known(n: int, seed: int) -> Known:
    """Weigh ``n`` data sets from each hypothesis of the reference problem."""
    rng = np.random.default_rng(seed)
    first, second = (rival([reference(own=own)], THE_FIXES) for own in (False, True))
    under = [
        log_bayes_factors(second, first, drawn(reference(own=own), THE_FIXES, n, rng))
        for own in (False, True)
    ]
    return Known(*under)


def spread_mps(centre_mps: float, log_sd: float, n: int) -> list[float]:
    """Middle points of ``n`` equal parts of a log-normal prior."""
    normal = NormalDist()
    return [centre_mps * math.exp(log_sd * normal.inv_cdf((i + 0.5) / n)) for i in range(n)]


@dataclass(frozen=True)
class Guard:
    """Share of data sets in which M2 is certain, and in which it is the more probable."""

    sd_mps: float
    own: bool
    certain: float
    likelier: float


def guard(
    truths: Sequence[tuple[float, bool]], n: int, seed: int, *, marginalised: bool
) -> list[Guard]:
    """What the Bayes factor says when the wind errs otherwise than is assumed.

    Parameters
    ----------
    truths
        Standard deviation of the wind's error in truth [m/s], and whether there is an own velocity.
    marginalised
        Whether both hypotheses average over that deviation (fifteen values about 3 m/s, 0.4 in the
        log) or take 3 m/s for certain.
    """
    rng = np.random.default_rng(seed)
    assumed = spread_mps(ERROR_MPS, 0.4, 15) if marginalised else [ERROR_MPS]
    first, second = (
        rival([reference(sd, own=own) for sd in assumed], THE_FIXES) for own in (False, True)
    )
    found = []
    for sd, own in truths:
        data = drawn(reference(sd, own=own), THE_FIXES, n, rng)
        posterior = probability(log_bayes_factors(second, first, data))
        shares = (float(np.mean(posterior > bound)) for bound in (CERTAIN, 0.5))
        found.append(Guard(sd, own, *shares))
    return found


def guarded(seed: int) -> tuple[Guard, Guard]:
    """Passive flights whose wind errs 1.5 times as much: with its error fixed, and averaged."""
    truth = [(1.5 * ERROR_MPS, False)]
    (fixed,) = guard(truth, 200_000, seed, marginalised=False)
    (averaged,) = guard(truth, 20_000, seed, marginalised=True)
    return fixed, averaged


FLUCTUATING_H = 12.0
PATTERNS = {
    "5 fixes in 5 d": THE_FIXES.time_h,
    "12-hourly": np.arange(0.0, 121.0, 12.0),
    "6-hourly": np.arange(0.0, 121.0, 6.0),
}
_PATTERN_SD_KM = {"5 fixes in 5 d": 10.0, "12-hourly": 10.0, "6-hourly": 5.0}
# What is true in a row of the table: the wind's error and a constant own velocity, m/s.
TRUTHS_MPS = ((3.0, 0.0), (4.5, 0.0), (3.0, 3.0), (3.0, 5.0), (3.0, 10.0), (3.0, 15.0))


@dataclass(frozen=True)
class Power:
    """How often M2 is certain, and the median log Bayes factor, for one truth and pattern."""

    pattern: str
    sd_mps: float
    constant_mps: float
    certain: float
    passive_certain: float
    median_log: float


def power(pattern: str, n: int, seed: int, log_sd: float = 0.25) -> list[Power]:
    """How often a constant own velocity is found, and how often drift is taken for one.

    Both hypotheses average over the wind's error (eleven sizes, ``log_sd`` in the log, times five
    memories about 24 h); M2 also over nine own velocities, constant and fluctuating.
    """
    rng = np.random.default_rng(seed)
    time_h = PATTERNS[pattern]
    fixes = Fixes(time_h, np.full(len(time_h), _PATTERN_SD_KM[pattern]))
    errors = list(itertools.product(spread_mps(ERROR_MPS, log_sd, 11), spread_mps(24.0, 0.6, 5)))
    own = [((steady, _FOREVER_H), (changing, FLUCTUATING_H)) for steady, changing in OWN_PAIRS_MPS]
    first = rival([problem(error) for error in errors], fixes)
    second = rival([problem(error, *more) for error in errors for more in own], fixes)
    data = [drawn(problem((sd, 24.0)), fixes, n, rng) for sd, _ in TRUTHS_MPS]
    for one, (_, constant) in zip(data, TRUTHS_MPS, strict=True):
        one[:, 0] += KMH * constant * time_h
    logs = log_bayes_factors(second, first, np.concatenate(data)).reshape(len(TRUTHS_MPS), n)
    return [
        Power(
            pattern, sd, constant, float(np.mean(probability(row) > CERTAIN)),
            float(np.mean(probability(row) < 1.0 - CERTAIN)), float(np.median(row)),
        )
        for row, (sd, constant) in zip(logs, TRUTHS_MPS, strict=True)
    ]  # fmt: skip


def random_power(n: int, seed: int) -> Guard:
    """How often an own velocity that wanders like the wind's error is found, fixes every 2 h.

    5 m/s with a memory of 24 h, the same as the wind's error of 3 m/s; sixty-one fixes of 2 km.
    Both hypotheses average over the error's deviation and its memory, five values as in ``power``:
    with the memory held at the truth too, the Bayes factor cannot exceed the prior's share near
    the sum of the two variances, and nothing is ever certain.
    """
    fixes = Fixes(np.arange(0.0, 121.0, 2.0), np.full(61, 2.0))
    own = (OWN_MPS, OWN_H)
    errors = list(itertools.product(spread_mps(ERROR_MPS, 0.4, 15), spread_mps(24.0, 0.6, 5)))
    first = rival([problem(one) for one in errors], fixes)
    second = rival([problem(one, own) for one in errors], fixes)
    data = drawn(problem((ERROR_MPS, 24.0), own), fixes, n, np.random.default_rng(seed))
    posterior = probability(log_bayes_factors(second, first, data))
    shares = (float(np.mean(posterior > bound)) for bound in (CERTAIN, 0.5))
    return Guard(ERROR_MPS, True, *shares)  # noqa: FBT003
