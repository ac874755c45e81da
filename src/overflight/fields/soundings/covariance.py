"""How departures of the wind from the climatology go together in space and time.

Two parts, each a product of correlations in distance, height and time: the weather, and what is
smaller than it (gravity waves, fronts). The lengths and shares were fitted by eye to published
structure functions, never to the soundings that validate the analysis; the table is in
docs/explanation/soundings.md, and a test holds the one against the other::

    weather   Gaussian in distance (1,000 km) and height (2.5 km), Matern 3/2 in time (41 h)
    small     exponential in distance (150 km) and time (6 h), Gaussian in height (0.8 km)

The variance is that of the climatology's error at the place. Winds are vectors: the covariance of
two components is that of their directions in space, so nothing happens at a pole or at 180
degrees (chord distance and Earth-fixed directions; both keep the matrix positive).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True)
class Covariance:
    """Shares and lengths; the shares of variance add up to one."""

    weather_fraction: float = 0.84
    weather_length_m: float = 1_000_000.0
    weather_height_m: float = 2_500.0
    weather_time_s: float = 1.7 * 86_400.0
    small_length_m: float = 150_000.0
    small_height_m: float = 800.0
    small_time_s: float = 6.0 * 3_600.0

    @property
    def small_fraction(self) -> float:
        """Share of what is smaller than the weather."""
        return 1.0 - self.weather_fraction


DEFAULT = Covariance()
NOISE_MPS = 0.7  # of a layer's mean wind per component: instrument, and what 500 m average out


@dataclass(frozen=True)
class Points:
    """Places in space and time, with what a component may vary there."""

    place: Array  # (point, 3) unit vectors
    east: Array  # (point, 3) directions of the two components, Earth-fixed
    north: Array  # (point, 3)
    height_m: Array  # (point,) pressure altitude
    time_s: Array  # (point,)
    sd_mps: Array  # (point,) of the departure per component

    def __len__(self) -> int:
        return len(self.time_s)

    def take(self, rows: NDArray[np.intp]) -> "Points":
        """Some of the points."""
        return Points(
            self.place[rows], self.east[rows], self.north[rows], self.height_m[rows],
            self.time_s[rows], self.sd_mps[rows],
        )  # fmt: skip


def points(lat_deg: Array, lon_deg: Array, height_m: Array, time_s: Array, sd_mps: Array) -> Points:
    """Points from latitudes and longitudes."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    zero = np.zeros_like(lat)
    place = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    east = np.stack([-np.sin(lon), np.cos(lon), zero], axis=-1)
    north = np.stack([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)], axis=-1)
    return Points(place, east, north, height_m, time_s, sd_mps)


def correlation(
    distance_m: Array, apart_m: Array, lag_s: Array, law: Covariance = DEFAULT
) -> Array:
    """Correlation of a component at points that far apart.

    Parameters
    ----------
    distance_m, apart_m, lag_s
        Horizontal distance, difference of height, difference of time; all at least zero.

    >>> float(correlation(np.array(0.0), np.array(0.0), np.array(0.0)))
    1.0
    """
    lag = math.sqrt(3.0) * lag_s / law.weather_time_s
    weather = np.exp(
        -0.5 * (distance_m / law.weather_length_m) ** 2
        - 0.5 * (apart_m / law.weather_height_m) ** 2
    )
    weather = weather * (1.0 + lag) * np.exp(-lag)
    small = np.exp(
        -distance_m / law.small_length_m
        - 0.5 * (apart_m / law.small_height_m) ** 2
        - lag_s / law.small_time_s
    )
    return np.asarray(law.weather_fraction * weather + law.small_fraction * small)


def between(one: Points, other: Points, law: Covariance = DEFAULT) -> Array:
    """Covariance of the wind at two sets of points: (2 one, 2 other).

    All eastward components come first, then all northward ones, on either side.
    """
    chord = np.sqrt(np.maximum(2.0 - 2.0 * one.place @ other.place.T, 0.0)) * _EARTH_RADIUS_M
    scale = correlation(
        chord,
        np.abs(one.height_m[:, None] - other.height_m[None, :]),
        np.abs(one.time_s[:, None] - other.time_s[None, :]),
        law,
    )
    scale *= one.sd_mps[:, None] * other.sd_mps[None, :]
    return np.block(
        [
            [scale * (one.east @ other.east.T), scale * (one.east @ other.north.T)],
            [scale * (one.north @ other.east.T), scale * (one.north @ other.north.T)],
        ]
    )


def structure_mps(
    sd_mps: float, distance_m: Array, apart_m: Array, lag_s: Array, noise_mps: float = 0.0
) -> Array:
    """Rms vector difference of the winds at two points: what a structure function measures.

    ``2 sqrt(s^2 (1 - rho) + n^2)``: two components, each differing by twice its variance times
    what is not common, and the noise of two instruments.
    """
    rho = correlation(distance_m, apart_m, lag_s)
    return np.asarray(2.0 * np.sqrt(sd_mps**2 * (1.0 - rho) + noise_mps**2))
