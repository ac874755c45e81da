"""A place as a mixture of round normals: regions, ranks and scores, all in closed form.

The region of a probability is the disc about the mean that holds it: one number says it, and it
is what a person draws on a map. For a single round normal it is the region of highest density;
for a mixture whose parts lie apart it is a little larger than that, and still exact.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import brentq

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

_NOTHING_LOG = math.log(1e-10)
_FAR = 38.0  # standard deviations beyond which nothing of a part is left


@dataclass(frozen=True)
class Mixture:
    """Parts with weights that sum to one; positions are complex metres in a plane."""

    weight: Array  # (part,)
    mean: Complex  # (part,) m
    sd_m: Array  # (part,) per component

    @property
    def middle(self) -> complex:
        """Mean of the whole, m."""
        return complex((self.weight * self.mean).sum())

    def within(self, radius_m: float) -> float:
        """Probability of lying within a distance of the middle.

        The distance of a round normal from a point is a Rice variable; its square over the
        variance is noncentral chi-squared with two degrees of freedom.
        """
        offset = np.abs(self.mean - self.middle) / self.sd_m
        reach = radius_m / self.sd_m
        held = np.where(reach > offset + _FAR, 1.0, 0.0)
        known = (reach <= offset + _FAR) & (reach >= offset - _FAR)
        held[known] = special.chndtr(reach[known] ** 2, 2.0, offset[known] ** 2)
        return float((self.weight * held).sum())

    def rank(self, position: complex) -> float:
        """Share of the mixture nearer to its middle than a position; uniform if all is right."""
        return self.within(abs(position - self.middle))

    def radius_m(self, share: float) -> float:
        """Radius of the disc about the middle that holds a share of the mixture."""
        furthest = float((np.abs(self.mean - self.middle) + _FAR * self.sd_m).max())
        return float(brentq(lambda r: self.within(r) - share, 0.0, furthest, xtol=0.1))

    def energy_score_m(self, position: complex) -> float:
        """Energy score, the CRPS of a point in the plane: E|X - x| - E|X - X'| / 2.

        Gneiting & Raftery (2007), "Strictly proper scoring rules, prediction, and estimation",
        section 4.3. Both means are those of Rice variables.
        """
        miss = (self.weight * _mean_distance(np.abs(self.mean - position), self.sd_m)).sum()
        apart = np.abs(self.mean[:, None] - self.mean[None, :])
        spread = np.hypot(self.sd_m[:, None], self.sd_m[None, :])
        own = self.weight @ _mean_distance(apart, spread) @ self.weight
        return float(miss - 0.5 * own)


def of_logs(log_weight: Array, mean: Complex, sd_m: Array) -> Mixture:
    """A mixture of weights that are known as logarithms, up to a common one.

    Parts of less than 1e-10 of the largest are left out: nothing shows them.
    """
    some = log_weight > log_weight.max() + _NOTHING_LOG
    weight = np.exp(log_weight[some] - log_weight.max())
    return Mixture(weight / weight.sum(), mean[some], np.maximum(sd_m[some], 1e-3))


def _mean_distance(offset_m: Array, sd_m: Array) -> Array:
    """Mean distance of a round normal from a point: sd sqrt(pi/2) L_1/2(-offset2 / 2 sd2)."""
    half = 0.25 * (offset_m / sd_m) ** 2
    bracket = (1.0 + 2.0 * half) * special.i0e(half) + 2.0 * half * special.i1e(half)
    distance: Array = sd_m * np.sqrt(0.5 * np.pi) * bracket
    return distance
