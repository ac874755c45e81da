"""The Gaussian process itself: layers of soundings in, predictions with their error out.

What is predicted is the departure from the climatology; the noise is that of a layer's mean wind.
Leaving layers out needs no second fit: the inverse of the covariance matrix holds the answer
(Rasmussen & Williams 2006, *Gaussian Processes for Machine Learning*, sec. 5.4.2).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from overflight.fields.soundings import background
from overflight.fields.soundings.covariance import (
    DEFAULT,
    NOISE_MPS,
    Covariance,
    Points,
    between,
    points,
)
from overflight.fields.soundings.making import binned
from overflight.fields.soundings.profile import Profile

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

LAYER_M = 500.0


@dataclass(frozen=True)
class Layers:
    """Mean winds of layers, all soundings together."""

    at: Points
    departure_mps: Array  # (2, layer) eastward and northward, from the climatology
    mean_mps: Array  # (2, layer) the climatology there
    noise_mps: Array  # (layer,)
    sounding: NDArray[np.int64]  # (layer,) which sounding each is of
    pressure_pa: Array
    lat_deg: Array
    lon_deg: Array

    def __len__(self) -> int:
        return len(self.sounding)

    def take(self, rows: Rows) -> "Layers":
        """Some of the layers."""
        return replace(
            self,
            at=self.at.take(rows),
            departure_mps=self.departure_mps[:, rows],
            mean_mps=self.mean_mps[:, rows],
            noise_mps=self.noise_mps[rows],
            sounding=self.sounding[rows],
            pressure_pa=self.pressure_pa[rows],
            lat_deg=self.lat_deg[rows],
            lon_deg=self.lon_deg[rows],
        )


def layers(profiles: list[Profile], zero: np.datetime64, width_m: float = LAYER_M) -> Layers:
    """Average soundings over layers of height and compare them with the climatology.

    Parameters
    ----------
    zero
        Where ``time_s`` counts from.
    """
    parts = [binned(one, width_m) for one in profiles]
    lat, lon, pressure, u, v = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("lat_deg", "lon_deg", "pressure_pa", "u_mps", "v_mps")
    )
    time = np.concatenate([part.time for part in parts])
    which = np.concatenate([np.full(part.n_points, i) for i, part in enumerate(parts)])
    height = background.height_m(pressure)
    known = np.isfinite(height) & np.isfinite(u + v)
    lat, lon, pressure, u, v, time, which, height = (
        values[known] for values in (lat, lon, pressure, u, v, time, which, height)
    )
    mean_u, mean_v = background.wind_mps(lat, lon, pressure, time)
    seconds = np.asarray((time - zero) / np.timedelta64(1, "s"), dtype=np.float64)
    sd = background.departure_sd_mps(lat, pressure, time)
    return Layers(
        at=points(lat, lon, height, seconds, sd),
        departure_mps=np.stack([u - mean_u, v - mean_v]),
        mean_mps=np.stack([mean_u, mean_v]),
        noise_mps=np.full(len(u), NOISE_MPS),
        sounding=which.astype(np.int64),
        pressure_pa=pressure,
        lat_deg=lat,
        lon_deg=lon,
    )


@dataclass(frozen=True)
class Fit:
    """A process that knows its layers."""

    known: Layers
    law: Covariance = DEFAULT

    @cached_property
    def _factor(self) -> tuple[Array, bool]:
        matrix = between(self.known.at, self.known.at, self.law)
        matrix[np.diag_indices_from(matrix)] += np.tile(self.known.noise_mps**2, 2)
        lower, _ = cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
        return np.asarray(lower), True

    @cached_property
    def _weights(self) -> Array:
        return np.asarray(cho_solve(self._factor, self.known.departure_mps.ravel()))

    def predict(self, at: Points) -> tuple[Array, Array]:
        """Departure (2, point) and standard deviation per component (point,) of the true wind."""
        n = len(at)
        if not len(self.known):
            return np.zeros((2, n)), at.sd_mps.copy()
        cross = between(self.known.at, at, self.law)
        departure = (cross.T @ self._weights).reshape(2, n)
        part = solve_triangular(
            self._factor[0], cross, lower=True, overwrite_b=True, check_finite=False
        )
        taken = np.einsum("ij,ij->j", part, part).reshape(2, n)
        left = np.maximum(at.sd_mps**2 - 0.5 * (taken[0] + taken[1]), 1e-6)
        return departure, np.sqrt(left)

    def alone(self) -> tuple[Array, Array]:
        """Predict every layer from all others: differences (2, layer) and their variances."""
        n = len(self.known)
        variance = 1.0 / np.diag(self._inverse)
        return (self._weights * variance).reshape(2, n), variance.reshape(2, n)

    @cached_property
    def _inverse(self) -> Array:
        return np.asarray(cho_solve(self._factor, np.eye(2 * len(self.known)), check_finite=False))

    def without(self, rows: Rows) -> tuple[Array, Array]:
        """Predict layers from all the others.

        Returns
        -------
        miss : (2 rows,)
            Observed less predicted, eastward components first.
        covariance : (2 rows, 2 rows)
            Of that difference, the noise included.
        """
        both = np.concatenate([rows, rows + len(self.known)])
        block = self._inverse[np.ix_(both, both)]
        covariance = np.linalg.inv(block)
        miss = covariance @ self._weights[both]
        return miss, 0.5 * (covariance + covariance.T)
