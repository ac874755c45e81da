"""What weighted paths say of a claim: probabilities before and after, their ratio, its error.

    ln BF = logit P(C | everything but C's own lineage) - logit P(C | launches and winds)

The error is that of a path bootstrap: paths are drawn anew, with replacement, from those there are
(Efron 1979), and widened where fewer paths stand behind the weights than their size tells. None of
N paths is not zero but P < 3/N (Hanley and Lippman-Hand 1983).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.inference.posterior import Posterior, effective_size
from overflight.inference.predicates import Judged

Array = NDArray[np.float64]

N_BOOTSTRAPS = 200
BOUND = 3.0  # of zero in N: 95 %


@dataclass(frozen=True)
class Numbers:
    """The numbers of one tested statement.

    ``expected_...`` are root mean squares of the ln Bayes factor that the reports could be expected
    to give, before looking, if the claim is true and if it is false; NaN where not worked out.
    """

    probability: float
    prior_probability: float
    log_bayes_factor: float
    log_bayes_factor_sd: float
    n_effective: float
    small_error_probability: float  # among the half of the paths with the smaller wind error
    large_error_probability: float
    floor: str  # "" or what an extreme probability really says, "0 of 800 paths: P < 0.4 %"
    probability_sd: float = 0.0
    prior_probability_sd: float = 0.0
    expected_true_log: float = math.nan
    expected_false_log: float = math.nan


@dataclass(frozen=True)
class Share:
    """A probability among weighted paths; ``upper`` is its 95 % bound, or about that."""

    probability: float
    probability_sd: float
    log_odds: float
    log_odds_variance: float
    n_effective: float

    @property
    def upper(self) -> float:
        """No more than this, with 95 % confidence."""
        return max(
            self.probability + 1.645 * self.probability_sd, BOUND / max(1.0, self.n_effective)
        )


def counted(judged: Judged, paths: Posterior) -> Share:
    """How probable a claim is among paths, and how well that is known."""
    weight = paths.weight * judged.fits
    total = float(weight.sum())
    if not total > 0.0:
        return Share(math.nan, math.nan, math.nan, math.nan, 0.0)
    n_effective = min(effective_size(weight), float(paths.diagnostics.distinct_ancestors))
    probability = min(1.0, float(paths.weight @ judged.share) / total)
    sd, variance = _bootstrapped(judged, paths, n_effective)
    inside = _clipped(probability, n_effective)
    if not 0.0 < probability < 1.0:  # drawn anew, none stays none
        variance = 1.0 / (n_effective * inside * (1.0 - inside))
        sd = math.sqrt(inside * (1.0 - inside) / n_effective)
    return Share(probability, sd, math.log(inside / (1.0 - inside)), variance, n_effective)


def compared(after: Judged, paths: Posterior, before: Judged, prior: Posterior) -> Numbers:
    """Test a claim on paths that saw the evidence against paths that did not."""
    now, was = counted(after, paths), counted(before, prior)
    small = paths.wind_scale <= float(np.median(paths.wind_scale))
    return Numbers(
        probability=now.probability,
        prior_probability=was.probability,
        log_bayes_factor=now.log_odds - was.log_odds,
        log_bayes_factor_sd=math.sqrt(now.log_odds_variance + was.log_odds_variance),
        n_effective=now.n_effective,
        small_error_probability=_among(after, paths, small),
        large_error_probability=_among(after, paths, ~small),
        floor=floor(now.probability, now.n_effective),
        probability_sd=now.probability_sd,
        prior_probability_sd=was.probability_sd,
    )


def _bootstrapped(judged: Judged, paths: Posterior, n_effective: float) -> tuple[float, float]:
    """Standard error of the probability, and variance of its log odds."""
    n = len(paths.weight)
    rng = np.random.default_rng([paths.seed, 6])
    drawn = rng.multinomial(n, np.full(n, 1.0 / n), size=N_BOOTSTRAPS).astype(np.float64)
    total = drawn @ (paths.weight * judged.fits)
    known = total > 0.0
    again = (drawn @ (paths.weight * judged.share))[known] / total[known]
    if len(again) < 2:
        return math.nan, math.nan
    edge = 0.5 / (n_effective + 1.0)
    inside = np.clip(again, edge, 1.0 - edge)
    odds = np.log(inside / (1.0 - inside))
    thinner = effective_size(paths.weight * judged.fits) / max(n_effective, 1e-9)
    return float(again.std()) * math.sqrt(thinner), float(odds.var()) * thinner


def _among(judged: Judged, paths: Posterior, those: NDArray[np.bool_]) -> float:
    total = float(paths.weight[those] @ judged.fits[those])
    return float(paths.weight[those] @ judged.share[those]) / total if total > 0.0 else math.nan


def floor(probability: float, n_effective: float) -> str:
    """What none or all of N paths says, in words; empty in between.

    >>> floor(0.0, 600.0), floor(0.5, 600.0)
    ('no path of about 600: P < 0.5%', '')
    """
    bound = BOUND / max(1.0, n_effective)
    if probability <= 0.0:
        return f"no path of about {n_effective:.0f}: P < {bound:.1%}"
    if probability >= 1.0:
        return f"every path of about {n_effective:.0f}: P > {1.0 - bound:.1%}"
    return ""


def _clipped(probability: float, n: float) -> float:
    edge = 0.5 / (n + 1.0)
    return min(max(probability, edge), 1.0 - edge)
