"""The middle of weighted places on the earth, and how far around it they lie."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.inference.quantiles import weighted_quantiles
from overflight.physics.sphere import MEAN_RADIUS_M, lats_lons_deg

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Around:
    """The mean place, and the distances from it that hold a half and nine tenths of the weight."""

    lat_deg: float
    lon_deg: float
    half_m: float
    most_m: float


def around(lat_deg: Array, lon_deg: Array, weight: Array) -> Around:
    """The middle of places (point,), by their mean in space: no pole or antimeridian matters."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    place = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], -1)
    mean = weight @ place
    mean /= np.linalg.norm(mean)
    mean_lat_deg, mean_lon_deg = lats_lons_deg(mean)
    chord = np.linalg.norm(place - mean, axis=1)
    off_m = MEAN_RADIUS_M * 2.0 * np.arcsin(np.minimum(0.5 * chord, 1.0))
    half_m, most_m = weighted_quantiles(off_m, weight, (0.5, 0.9))
    return Around(float(mean_lat_deg), float(mean_lon_deg), half_m, most_m)
