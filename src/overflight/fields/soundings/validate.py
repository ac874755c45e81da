"""Whether the analysis keeps its promises: every sounding predicted from all the others.

The rivals are what one would do without it: the climatology, and the nearest sounding.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from overflight.fields.soundings import quality
from overflight.fields.soundings.covariance import DEFAULT, Covariance
from overflight.fields.soundings.gaussian import Fit, Layers, layers
from overflight.fields.soundings.profile import Profile

Array = NDArray[np.float64]

BANDS_M = ((0.0, 10_000.0), (10_000.0, 16_000.0), (16_000.0, 20_000.0), (20_000.0, 24_000.0),
           (24_000.0, 40_000.0))  # fmt: skip
_SAME_LAYER_M = 400.0


@dataclass(frozen=True)
class Band:
    """How predictions did in a band of height; errors are rms of the vector, m/s."""

    low_m: float
    high_m: float
    n_layers: int
    error_mps: float
    climatology_mps: float
    nearest_mps: float  # NaN where no other sounding has such a layer
    nearest_own_mps: float  # the analysis on those same layers
    coverage_50: float  # of components inside the stated 50 % interval
    coverage_90: float
    crps_mps: float


@dataclass(frozen=True)
class Result:
    """All bands, and the whole."""

    n_soundings: int
    rejected: tuple[str, ...]
    whole: Band
    bands: tuple[Band, ...]


def cross_validate(profiles: list[Profile], law: Covariance = DEFAULT) -> Result:
    """Leave every sounding out in turn, after those that cannot be believed."""
    known = layers(profiles, profiles[0].time[0])
    verdict = quality.judge(known, law)
    fit = Fit(known.take(verdict.kept), law)
    n = len(fit.known)
    miss, sd = np.empty((2, n)), np.empty((2, n))
    for number in np.unique(fit.known.sounding):
        rows = np.flatnonzero(fit.known.sounding == number)
        off, covariance = fit.without(rows)
        miss[:, rows] = off.reshape(2, -1)
        sd[:, rows] = np.sqrt(np.diag(covariance)).reshape(2, -1)
    nearest = _nearest_miss(fit.known)
    heights = fit.known.at.height_m

    def band(low: float, high: float) -> Band:
        rows = np.flatnonzero((heights >= low) & (heights < high))
        return _band(low, high, miss[:, rows], sd[:, rows], fit.known.departure_mps[:, rows],
                     nearest[:, rows])  # fmt: skip

    return Result(
        n_soundings=len(np.unique(fit.known.sounding)),
        rejected=tuple(profiles[number].id for number in verdict.soundings),
        whole=band(-1e9, 1e9),
        bands=tuple(one for low, high in BANDS_M if (one := band(low, high)).n_layers >= 10),
    )


def _nearest_miss(known: Layers) -> Array:
    """Difference of each layer from the nearest layer of another sounding at its height."""
    out = np.full((2, len(known)), np.nan)
    absolute = known.mean_mps + known.departure_mps
    scale = known.at.time_s / DEFAULT.weather_time_s
    for row in range(len(known)):
        others = np.flatnonzero(
            (known.sounding != known.sounding[row])
            & (np.abs(known.at.height_m - known.at.height_m[row]) < _SAME_LAYER_M)
        )
        if len(others):
            chord = np.linalg.norm(known.at.place[others] - known.at.place[row], axis=1)
            far = (chord * 6.371) ** 2 + (scale[others] - scale[row]) ** 2
            out[:, row] = absolute[:, row] - absolute[:, others[int(np.argmin(far))]]
    return out


def _band(
    low: float, high: float, miss: Array, sd: Array, departure: Array, nearest: Array
) -> Band:
    z = miss / sd
    has = np.isfinite(nearest[0])
    return Band(
        low_m=low,
        high_m=high,
        n_layers=miss.shape[1],
        error_mps=_rms(miss),
        climatology_mps=_rms(departure),
        nearest_mps=_rms(nearest[:, has]),
        nearest_own_mps=_rms(miss[:, has]),
        coverage_50=float((np.abs(z) < norm.ppf(0.75)).mean()) if z.size else float("nan"),
        coverage_90=float((np.abs(z) < norm.ppf(0.95)).mean()) if z.size else float("nan"),
        crps_mps=float(_crps(z, sd).mean()) if z.size else float("nan"),
    )


def _rms(vectors: Array) -> float:
    return float(np.sqrt((vectors**2).sum(axis=0).mean())) if vectors.size else float("nan")


def _crps(z: Array, sd: Array) -> Array:
    """Continuous ranked probability score of normal predictions (Gneiting & Raftery 2007)."""
    return np.asarray(
        sd * (z * (2.0 * norm.cdf(z) - 1.0) + 2.0 * norm.pdf(z) - 1.0 / np.sqrt(np.pi))
    )
