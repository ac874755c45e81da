"""How departures of the wind from the climatology go together in space and time.

Three parts, each a product of correlations in distance, height and time. Two are the weather, of
the middle latitudes and of the tropics. The wind of the middle latitudes has no divergence: it is
that of a stream function (Matern 5/2), so a component along the line between two points stays alike
twice as far as one across it; its length and time grow from the jet to the stratosphere. The last
part is what is smaller (gravity waves, fronts)::

    middle latitudes  along: Matern 3/2, 640 km at 250 hPa and below to 980 km at 70 hPa and above;
                      height: Matern 3/2, 4.6 km; time: Matern 3/2, 17 h to 30 h likewise
    tropics           Matern 3/2 over 750 km; height: the same, 2.1 km; time: the same, 28 h
    small             exponential over 150 km; height: Gaussian, 450 m; time: exponential, 9.6 h

The lengths of the weather are least squares to the departures of global analyses and forecasts from
the climatology (benchmarks/wind_covariance.py), those of the small part are published, of sondes
elsewhere, or a prior: none was fitted to the soundings that validate the analysis. Tables and
sources are in docs/explanation/soundings.md; tests hold the law against the fields and against
measured structure functions.

The whole variance is that of the climatology's error at the place, of which the small part takes
what analyses miss. Winds are vectors: the covariance of two components is that of their directions
in space, so nothing happens at a pole or at 180 degrees (chord distance and Earth-fixed directions;
both keep the matrix positive, and so does a length that changes with height: Paciorek & Schervish
2006, *Environmetrics* 17, 483).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.fields.soundings import background

Array = NDArray[np.float64]

_EARTH_RADIUS_M = 6_371_008.8
_HOUR_S = 3_600.0
_TROPICS_DEG = (15.0, 30.0)  # all tropics up to the first latitude, none from the second
_JET_M, _STRATOSPHERE_M = 10_400.0, 18_400.0  # 250 and 70 hPa
_MOST_SMALL = 0.5  # share of the variance
MIDDLE, TROPICS, SMALL = range(3)


@dataclass(frozen=True)
class Covariance:
    """Lengths and times; pairs are of the middle latitudes at 250 and 70 hPa."""

    middle_length_m: tuple[float, float] = (640_000.0, 980_000.0)
    middle_height_m: float = 4_600.0
    middle_time_s: tuple[float, float] = (17.0 * _HOUR_S, 30.0 * _HOUR_S)
    tropics_length_m: float = 750_000.0
    tropics_height_m: float = 2_100.0
    tropics_time_s: float = 28.0 * _HOUR_S
    small_length_m: float = 150_000.0
    small_height_m: float = 450.0
    small_time_s: float = 9.6 * _HOUR_S


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


def shares(lat_deg: Array, height_m: Array, sd_mps: Array) -> Array:
    """Shares of the variance at points: (part, point), in the order of the module; they sum to 1.

    >>> shares(np.array([45.0]), np.array([10_000.0]), np.array([14.0])).round(3)[:, 0].tolist()
    [0.941, 0.0, 0.059]
    """
    missed = background.missed_sd_mps(lat_deg, height_m)
    small = np.minimum((missed / sd_mps) ** 2, _MOST_SMALL)
    first, last = _TROPICS_DEG
    # A sine squared, so that the amplitudes, which are the roots, have no kink.
    way = np.clip((np.abs(lat_deg) - first) / (last - first), 0.0, 1.0)
    outside = np.sin(0.5 * np.pi * way) ** 2
    return np.stack([(1.0 - small) * outside, (1.0 - small) * (1.0 - outside), small])


def _matern(way: Array) -> Array:
    """Matern 3/2 of a distance in lengths."""
    return np.asarray((1.0 + way) * np.exp(-way))


def correlation(
    distance_m: Array,
    apart_m: Array,
    lag_s: Array,
    share: Array,
    height_m: float,
    law: Covariance = DEFAULT,
) -> Array:
    """Correlation of a component at points that far apart, whatever their bearing: the mean.

    Parameters
    ----------
    distance_m, apart_m, lag_s
        Horizontal distance, difference of height, difference of time; all at least zero.
    share
        Of each part, (3,), from :func:`shares`.
    height_m
        About which the two lie: its length and time are taken for both.

    >>> zero = np.array(0.0)
    >>> float(correlation(zero, zero, zero, np.array([0.5, 0.3, 0.2]), 18_000.0))
    1.0
    """
    length, time = (
        float(_by_height(height_m, two)) for two in (law.middle_length_m, law.middle_time_s)
    )
    way = distance_m / length
    across = 0.5 * way**2 * np.exp(-way)  # half of the components lie across
    middle = (_matern(way) - across) * _matern(apart_m / law.middle_height_m)
    tropics = _matern(distance_m / law.tropics_length_m) * _tropics(apart_m, lag_s, law)
    return np.asarray(
        share[MIDDLE] * middle * _matern(lag_s / time)
        + share[TROPICS] * tropics
        + share[SMALL] * _small(distance_m, apart_m, lag_s, law)
    )


def _by_height(height_m: Array | float, two: tuple[float, float]) -> Array:
    """A length or time of the middle latitudes at a height."""
    return np.asarray(np.interp(height_m, (_JET_M, _STRATOSPHERE_M), two))


def _tropics(apart_m: Array, lag_s: Array, law: Covariance) -> Array:
    """Correlation of the tropics' weather in height and time."""
    return _matern(apart_m / law.tropics_height_m) * _matern(lag_s / law.tropics_time_s)


def _small(distance_m: Array, apart_m: Array, lag_s: Array, law: Covariance) -> Array:
    """Correlation of what is smaller than the weather."""
    return np.asarray(
        np.exp(
            -distance_m / law.small_length_m
            - 0.5 * (apart_m / law.small_height_m) ** 2
            - lag_s / law.small_time_s
        )
    )


def between(one: Points, other: Points, law: Covariance = DEFAULT) -> Array:
    """Covariance of the wind at two sets of points: (2 one, 2 other).

    All eastward components come first, then all northward ones, on either side.
    """
    chord = np.sqrt(np.maximum(2.0 - 2.0 * one.place @ other.place.T, 0.0)) * _EARTH_RADIUS_M
    apart = np.abs(one.height_m[:, None] - other.height_m[None, :])
    lag = np.abs(one.time_s[:, None] - other.time_s[None, :])
    mine, yours = _amplitudes(one), _amplitudes(other)
    plain = np.outer(mine[SMALL], yours[SMALL]) * _small(chord, apart, lag, law)
    if mine[TROPICS].any() and yours[TROPICS].any():
        scale = np.outer(mine[TROPICS], yours[TROPICS]) * _tropics(apart, lag, law)
        plain += scale * _matern(chord / law.tropics_length_m)
    along, bend = np.zeros_like(chord), np.zeros_like(chord)
    if mine[MIDDLE].any() and yours[MIDDLE].any():
        scale = np.outer(mine[MIDDLE], yours[MIDDLE]) * _matern(apart / law.middle_height_m)
        length2, like = _common(one, other, law.middle_length_m)
        scale *= like**2.5  # three halves for the stream function in space, one for its slope
        time2, like = _common(one, other, law.middle_time_s)
        scale *= np.sqrt(like) * _matern(lag / np.sqrt(time2))
        way = chord / np.sqrt(length2)
        scale *= np.exp(-way)
        along, bend = scale * (1.0 + way), -scale / length2
    return _of_vectors(one, other, plain, along, bend)


def _common(one: Points, other: Points, two: tuple[float, float]) -> tuple[Array, Array]:
    """Mean square of a length at two heights, and how alike they are there: 1 where equal."""
    mine, yours = _by_height(one.height_m, two), _by_height(other.height_m, two)
    mean2 = 0.5 * (mine[:, None] ** 2 + yours[None, :] ** 2)
    return mean2, np.outer(mine, yours) / mean2


def _amplitudes(at: Points) -> Array:
    """Standard deviation of each part at points, (part, point)."""
    lat_deg = np.degrees(np.arcsin(np.clip(at.place[:, 2], -1.0, 1.0)))
    return np.asarray(at.sd_mps * np.sqrt(shares(lat_deg, at.height_m, at.sd_mps)))


def _of_vectors(one: Points, other: Points, plain: Array, along: Array, bend: Array) -> Array:
    """Covariance of components from that of each kind of wind.

    ``plain`` holds for parallel components of any direction. The wind of a stream function is its
    gradient, turned: eastward it is the slope to the south, northward the slope to the east, and
    slopes in directions s and t at a separation d have the covariance ``along s.t + bend s.d d.t``.
    """
    ee, en = one.east @ other.east.T, one.east @ other.north.T
    ne, nn = one.north @ other.east.T, one.north @ other.north.T
    # d points from the other to the one; east and north are at right angles to their own place.
    e_d, n_d = (-_EARTH_RADIUS_M * (side @ other.place.T) for side in (one.east, one.north))
    d_e, d_n = (_EARTH_RADIUS_M * (one.place @ side.T) for side in (other.east, other.north))
    return np.block(
        [
            [
                plain * ee + along * nn + bend * n_d * d_n,
                plain * en - along * ne - bend * n_d * d_e,
            ],
            [
                plain * ne - along * en - bend * e_d * d_n,
                plain * nn + along * ee + bend * e_d * d_e,
            ],
        ]
    )


def structure_mps(
    sd_mps: float,
    lat_deg: float,
    height_m: float,
    distance_m: Array,
    apart_m: Array,
    lag_s: Array,
    noise_mps: float = 0.0,
) -> Array:
    """Rms vector difference of the winds at two points: what a structure function measures.

    ``2 sqrt(s^2 (1 - rho) + n^2)``: two components, each differing by twice its variance times
    what is not common, and the noise of two instruments.
    """
    share = shares(np.array([lat_deg]), np.array([height_m]), np.array([sd_mps]))[:, 0]
    rho = correlation(distance_m, apart_m, lag_s, share, height_m)
    return np.asarray(2.0 * np.sqrt(sd_mps**2 * (1.0 - rho) + noise_mps**2))
