"""Paths of a hypothesis that count anew: without a report, or under another prior."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.inference.contest import Contender
from overflight.inference.posterior import effective_size

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Reweighted:
    """Paths that count anew, each by a factor of its own.

    ``log_mean`` is the log of the factors' mean over the paths, ``log_mean_sd`` its sampling error.
    """

    weight: Array
    log_mean: float
    log_mean_sd: float
    n_effective: float


def reweighted(one: Contender, log_factor: Array) -> Reweighted:
    """Multiply the paths' weights by factors (path,) given as logarithms.

    Effective paths are Kish's, cut in the proportion in which the contender's own effective sample
    size is below that of its weights.
    """
    if not np.isfinite(log_factor[one.weight > 0.0]).all():
        return Reweighted(one.weight, math.nan, math.nan, 0.0)
    top = float(log_factor.max())
    ratio = np.exp(log_factor - top)
    mean = float(one.weight @ ratio)
    weight = one.weight * ratio / mean
    worth = min(1.0, one.ess / effective_size(one.weight))
    variance = float((one.weight**2 * (ratio / mean - 1.0) ** 2).sum()) / max(worth, 1e-12)
    return Reweighted(
        weight, top + math.log(mean), math.sqrt(variance), worth * effective_size(weight)
    )
