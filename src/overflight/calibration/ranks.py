"""Ranks of truths among draws: even if and only if draws mean what they say.

If a truth is drawn from the prior, data from the model, and draws from the posterior, the number of
draws below the truth is uniform on 0 to L (Talts et al. 2018). Two tests of that: chi-squared over
bins of ranks, and the whole distribution function at once. The latter compares every count with
its binomial law and takes the most extreme, whose own distribution is found by simulation
(Säilynoja, Bürkner & Vehtari 2022, "Graphical test for discrete uniformity", section 2.2).
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Rng = np.random.Generator

N_DRAWS = 99  # L: ranks run from 0 to L
_BINS = 20
_SIMULATED, _SEED = 4_000, 20_220_601  # sets of even ranks that a test is compared with


def rank(truth: float, draws: Array, rng: Rng) -> int:
    """How many draws lie below the truth; among equals the place is drawn evenly.

    >>> rank(2.5, np.array([1.0, 2.0, 3.0]), np.random.default_rng(0))
    2
    """
    below, equal = int((draws < truth).sum()), int((draws == truth).sum())
    return below + int(rng.integers(equal + 1))


def chi_squared_p(ranks: Whole, n_draws: int = N_DRAWS) -> float:
    """Probability of counts in equal bins as uneven as these, if ranks are even.

    Parameters
    ----------
    ranks : (case,)
        From 0 to ``n_draws``; ``n_draws + 1`` must be a multiple of the twenty bins.
    """
    counts = np.bincount(ranks * _BINS // (n_draws + 1), minlength=_BINS)
    expected = len(ranks) / _BINS
    square = float(((counts - expected) ** 2).sum() / expected)
    return float(special.chdtrc(_BINS - 1, square))


def evenness_p(ranks: Whole, n_draws: int = N_DRAWS) -> float:
    """Probability of a distribution function as far from even as this one, over all ranks at once.

    Cannot be below one in 4,001.
    """
    extremes = _extremes(len(ranks), n_draws)
    mine = _extreme(_reached(ranks[None, :], n_draws), len(ranks))[0]
    return float((1 + np.count_nonzero(extremes <= mine)) / (1 + len(extremes)))


def band(n_cases: int, n_draws: int = N_DRAWS, level: float = 0.95) -> tuple[Array, Array]:
    """Between which shares the whole distribution function of even ranks lies.

    Returns
    -------
    lowest, highest : (rank,)
        Shares of ``n_cases`` with at most this rank; the curve of even ranks stays between them at
        all ranks together with probability ``level``.
    """
    tail = float(np.quantile(_extremes(n_cases, n_draws), 1.0 - level)) / 2.0
    counts = np.arange(n_cases + 1)[None, :]
    reached = special.bdtr(counts, n_cases, _even(n_draws)[:, None])
    lowest = (reached < tail).sum(axis=1)  # the first count that is not too few
    highest = (reached <= 1.0 - tail).sum(axis=1)
    highest = np.minimum(highest, n_cases)
    return lowest / n_cases, highest / n_cases


def shares(ranks: Whole, n_draws: int = N_DRAWS) -> Array:
    """Share of cases with at most each rank, shape (rank,): the curve that :func:`band` bounds."""
    reached: Array = _reached(ranks[None, :], n_draws)[0] / len(ranks)
    return reached


def _even(n_draws: int) -> Array:
    return np.asarray((np.arange(n_draws) + 1.0) / (n_draws + 1.0), dtype=np.float64)


def _reached(ranks: Whole, n_draws: int) -> Whole:
    """Cases with at most each rank, (set, rank); the last rank, which all reach, left out."""
    counts = np.array([np.bincount(row, minlength=n_draws + 1) for row in ranks])
    return np.asarray(counts.cumsum(axis=1)[:, :n_draws])


def _extreme(reached: Whole, n_cases: int) -> Array:
    """The smallest two-sided binomial tail of every set."""
    even = _even(n_draws=reached.shape[1])
    few = special.bdtr(reached, n_cases, even)
    many = special.bdtrc(reached - 1, n_cases, even)  # as many or more
    many = np.where(reached == 0, 1.0, many)
    return np.asarray(2.0 * np.minimum(few, many).min(axis=1))


@lru_cache(maxsize=8)
def _extremes(n_cases: int, n_draws: int) -> Array:
    rng = np.random.default_rng(_SEED)
    ranks = rng.integers(n_draws + 1, size=(_SIMULATED, n_cases))
    return _extreme(_reached(ranks, n_draws), n_cases)
