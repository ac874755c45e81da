"""Whether the analysis keeps its promises: every sounding predicted from all the others.

The rivals are what one would do without it: the climatology, and the nearest sounding. They are
compared on the same layers, those that another sounding has; where the nearest has none, the next
nearest that has one stands in.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from overflight.fields.soundings import quality
from overflight.fields.soundings.covariance import DEFAULT, Covariance
from overflight.fields.soundings.gaussian import Fit, Layers, layers
from overflight.fields.soundings.profile import Profile

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

BANDS_M = ((0.0, 10_000.0), (10_000.0, 16_000.0), (16_000.0, 20_000.0), (20_000.0, 24_000.0),
           (24_000.0, 40_000.0))  # fmt: skip
_SAME_LAYER_M = 500.0  # a layer no further off has the height
_ACROSS_M = 1_500.0  # between layers of a sounding no further apart its wind is linear in height
_AS_FAR_M, _AS_LATE_S = 1_000_000.0, 1.7 * 86_400.0  # which count the same for what is nearest
_EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True)
class Band:
    """How predictions did in a band of height; errors are rms of the vector, m/s.

    The three errors are of the ``n_shared`` layers that another sounding has; coverage and score
    are of all, which are ``n_layers``.
    """

    low_m: float
    high_m: float
    n_layers: int
    n_shared: int
    error_mps: float
    climatology_mps: float
    nearest_mps: float
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
    rival = nearest_miss_mps(fit.known)
    heights = fit.known.at.height_m

    def band(low: float, high: float) -> Band:
        rows = np.flatnonzero((heights >= low) & (heights < high))
        return _band(low, high, miss[:, rows], sd[:, rows], fit.known.departure_mps[:, rows],
                     rival[:, rows])  # fmt: skip

    return Result(
        n_soundings=len(np.unique(fit.known.sounding)),
        rejected=tuple(profiles[number].id for number in verdict.soundings),
        whole=band(-1e9, 1e9),
        bands=tuple(one for low, high in BANDS_M if (one := band(low, high)).n_layers >= 10),
    )


def nearest_miss_mps(known: Layers) -> Array:
    """Difference of each layer from the nearest other sounding that has its height, (2, layer).

    NaN where none has. An ascent and a descent are looked at apart, and neither serves for the
    other of its own sounding.
    """
    wind_mps = known.mean_mps + known.departure_mps
    out, best = np.full((2, len(known)), np.nan), np.full(len(known), np.inf)
    for leg in _legs(known):
        height_m = known.at.height_m[leg]
        level = np.searchsorted(height_m, known.at.height_m)
        below, above = np.maximum(level - 1, 0), np.minimum(level, len(leg) - 1)
        closer = np.where(
            known.at.height_m - height_m[below] < height_m[above] - known.at.height_m, below, above
        )
        has = np.abs(height_m[closer] - known.at.height_m) < _SAME_LAYER_M
        has |= (level > 0) & (level < len(leg)) & (height_m[above] - height_m[below] <= _ACROSS_M)
        chord = np.linalg.norm(known.at.place - known.at.place[leg[closer]], axis=1)
        lag_s = known.at.time_s - known.at.time_s[leg[closer]]
        far = (_EARTH_RADIUS_M * chord / _AS_FAR_M) ** 2 + (lag_s / _AS_LATE_S) ** 2
        use = has & (far < best) & (known.sounding != known.sounding[leg[0]])
        best[use] = far[use]
        for row in range(2):
            there = np.interp(known.at.height_m[use], height_m, wind_mps[row, leg])
            out[row, use] = wind_mps[row, use] - there
    return out


def _legs(known: Layers) -> Iterator[Rows]:
    """Layers of each way up or down, upward."""
    for number in np.unique(known.sounding):
        rows = np.flatnonzero(known.sounding == number)
        rows = rows[np.argsort(known.at.time_s[rows], kind="stable")]
        rising = np.diff(known.at.height_m[rows]) > 0.0
        turns = np.flatnonzero(np.diff(rising)) + 1
        for leg in np.split(rows, turns):
            yield leg[np.argsort(known.at.height_m[leg], kind="stable")]


def _band(low: float, high: float, miss: Array, sd: Array, departure: Array, rival: Array) -> Band:
    z = miss / sd
    shared = np.isfinite(rival[0])
    return Band(
        low_m=low,
        high_m=high,
        n_layers=miss.shape[1],
        n_shared=int(shared.sum()),
        error_mps=_rms(miss[:, shared]),
        climatology_mps=_rms(departure[:, shared]),
        nearest_mps=_rms(rival[:, shared]),
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


def lines(result: Result) -> Iterator[str]:
    """The bands as a table, the whole last."""
    yield "height, km   layers  of which   analysis climatology nearest   inside 50 %  90 %  CRPS"
    for band in (*result.bands, result.whole):
        whole = band is result.whole
        name = "all" if whole else f"{band.low_m / 1e3:.0f} to {band.high_m / 1e3:.0f}"
        yield (
            f"{name:<12} {band.n_layers:>6} {band.n_shared:>9} {band.error_mps:>10.2f}"
            f" {band.climatology_mps:>11.2f} {band.nearest_mps:>7.2f} {band.coverage_50:>13.2f}"
            f" {band.coverage_90:>5.2f} {band.crps_mps:>5.2f}"
        )
