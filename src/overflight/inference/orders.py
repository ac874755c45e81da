"""Which of two things happens first, over weighted paths."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.inference.quantiles import monte_carlo_sd

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Order:
    """Which of two zones is entered first, being inside at the beginning counting as entered.

    The five probabilities sum to one; a path that enters both at one moment counts half for each
    order. ``first_sd`` is the Monte-Carlo error of ``first``.
    """

    one: str
    other: str
    first: float  # both, this one first
    second: float  # both, the other first
    only_one: float
    only_other: float
    neither: float
    first_sd: float


def order_of(
    names: tuple[str, str], times_s: tuple[Array, Array], weight: Array, n_effective: float
) -> Order:
    """Compare two times of every path; infinite, or NaN, where it never happens."""
    a_s, b_s = (np.where(np.isfinite(when_s), when_s, np.inf) for when_s in times_s)
    both, share = np.isfinite(a_s) & np.isfinite(b_s), np.where(a_s == b_s, 0.5, a_s < b_s)
    first = float(weight @ (both * share))
    return Order(
        one=names[0],
        other=names[1],
        first=first,
        second=float(weight @ (both * (1.0 - share))),
        only_one=float(weight @ (np.isfinite(a_s) & ~both)),
        only_other=float(weight @ (np.isfinite(b_s) & ~both)),
        neither=float(weight @ ~(np.isfinite(a_s) | np.isfinite(b_s))),
        first_sd=monte_carlo_sd(first, n_effective),
    )
