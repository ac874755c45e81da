"""Earth's shape and the unit geodetic normal (n-vector) on it.

A place is the unit normal n = (cos lat cos lon, cos lat sin lon, sin lat) of the WGS84 ellipsoid,
with geodetic latitude. Nothing special happens to it at a pole or at the antimeridian. Motion
divides the eastward wind by N + h and the northward wind by M + h, which is exact on the ellipsoid
(method 1); distances for reports are great circles on the mean sphere.
"""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import kernel

EQUATOR_RADIUS_M = 6_378_137.0  # WGS84, defined
FLATTENING = 1.0 / 298.257223563  # WGS84, defined
E2 = FLATTENING * (2.0 - FLATTENING)  # first eccentricity squared
MEAN_RADIUS_M = 6_371_008.7714  # IUGG, (2 a + b) / 3
POLE_RAD = 1e-12  # 6 micrometres from a pole: nearer, east has no direction of its own

Vector = tuple[float, float, float]
Degrees = TypeVar("Degrees", float, NDArray[np.float64])


def wrapped_deg(angle_deg: Degrees) -> Degrees:
    """The same longitude, or turn, in [-180, 180); of a number or of an array. Not for kernels.

    >>> wrapped_deg(181.0), wrapped_deg(180.0), wrapped_deg(np.array([-190.0, 540.0])).tolist()
    (-179.0, -180.0, [170.0, -180.0])
    """
    return (angle_deg + 180.0) % 360.0 - 180.0


@kernel
def meridional_radius_m(lat_rad: float) -> float:
    """Radius of curvature north-south, M = a (1 - e2) / (1 - e2 sin2 lat)^(3/2).

    >>> round(meridional_radius_m(math.radians(45.0)), 3)
    6367381.816
    """
    sine = math.sin(lat_rad)
    flat = 1.0 - E2 * sine * sine
    return EQUATOR_RADIUS_M * (1.0 - E2) / (flat * math.sqrt(flat))


@kernel
def prime_vertical_radius_m(lat_rad: float) -> float:
    """Radius of curvature east-west, N = a / sqrt(1 - e2 sin2 lat).

    >>> round(prime_vertical_radius_m(math.radians(45.0)), 3)
    6388838.29
    """
    sine = math.sin(lat_rad)
    return EQUATOR_RADIUS_M / math.sqrt(1.0 - E2 * sine * sine)


@kernel
def radii_m(z: float) -> tuple[float, float]:
    """M and N from the normal's third component, the sine of the latitude; no trigonometry.

    >>> [round(r, 3) for r in radii_m(math.sin(math.radians(60.0)))]
    [6383453.857, 6394209.174]
    """
    flat = 1.0 - E2 * z * z
    across_m = EQUATOR_RADIUS_M / math.sqrt(flat)
    return across_m * (1.0 - E2) / flat, across_m


@kernel
def n_vector(lat_deg: float, lon_deg: float) -> Vector:
    """Unit normal at a geodetic latitude and longitude.

    >>> [round(v, 6) for v in n_vector(30.0, 90.0)]
    [0.0, 0.866025, 0.5]
    """
    lat_rad, lon_rad = math.radians(lat_deg), math.radians(lon_deg)
    across = math.cos(lat_rad)
    return across * math.cos(lon_rad), across * math.sin(lon_rad), math.sin(lat_rad)


@kernel
def lat_lon_deg(x: float, y: float, z: float) -> tuple[float, float]:
    """Latitude and longitude of a normal of any length; longitude in [-180, 180).

    >>> lat_lon_deg(-1.0, 0.0, 0.0)
    (0.0, -180.0)
    """
    lat_deg = math.degrees(math.atan2(z, math.sqrt(x * x + y * y)))
    lon_deg = math.degrees(math.atan2(y, x))
    return lat_deg, (lon_deg - 360.0 if lon_deg >= 180.0 else lon_deg)


def lats_lons_deg(normals: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitudes and longitudes (...,) of normals (..., 3) of any length; NaN stays NaN."""
    x, y, z = normals[..., 0], normals[..., 1], normals[..., 2]
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


@kernel
def east(x: float, y: float, z: float) -> Vector:
    """Unit vector towards east; (0, 1, 0) at the poles, where any would do.

    >>> east(1.0, 0.0, 0.0)
    (-0.0, 1.0, 0.0)
    """
    across = math.sqrt(x * x + y * y)
    if across <= POLE_RAD:
        return 0.0, 1.0, 0.0
    return -y / across, x / across, 0.0


@kernel
def north(x: float, y: float, z: float) -> Vector:
    """Unit vector towards north, n x east.

    >>> north(1.0, 0.0, 0.0)
    (-0.0, -0.0, 1.0)
    """
    ex, ey, _ = east(x, y, z)
    return -z * ey, z * ex, x * ey - y * ex


@kernel
def rate(x: float, y: float, z: float, u_mps: float, v_mps: float, height_m: float) -> Vector:
    """How fast the normal turns (1/s) under a wind east and north; method 1."""
    along_m, across_m = radii_m(z)
    ex, ey, _ = east(x, y, z)
    eastward = u_mps / (across_m + height_m)
    northward = v_mps / (along_m + height_m)
    return (
        eastward * ex - northward * z * ey,
        eastward * ey + northward * z * ex,
        northward * (x * ey - y * ex),
    )


@kernel
def move(
    x: float, y: float, z: float, u_mps: float, v_mps: float, height_m: float, dt_s: float
) -> Vector:
    """One straight (Euler) displacement at a constant rate, put back onto the unit sphere.

    The building block of a midpoint or Runge-Kutta step, first order by itself.

    >>> x, y, z = move(1.0, 0.0, 0.0, 0.0, 10.0, 19_000.0, 600.0)
    >>> round(lat_lon_deg(x, y, z)[0] * 110_905.888)  # metres per degree at 19 km, equator
    6000
    """
    rx, ry, rz = rate(x, y, z, u_mps, v_mps, height_m)
    nx, ny, nz = x + dt_s * rx, y + dt_s * ry, z + dt_s * rz
    shrink = 1.0 / math.sqrt(nx * nx + ny * ny + nz * nz)
    return nx * shrink, ny * shrink, nz * shrink


@kernel
def angle_rad(ax: float, ay: float, az: float, bx: float, by: float, bz: float) -> float:
    """Angle between two normals, accurate also when they are very close or opposite."""
    cx, cy, cz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    return math.atan2(math.sqrt(cx * cx + cy * cy + cz * cz), ax * bx + ay * by + az * bz)


@kernel
def distance_m(lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float) -> float:
    """Great-circle distance on the mean sphere; within 0.6 % of the ellipsoid's.

    >>> round(distance_m(45.7833, -108.5007, 33.606, -78.973))
    2843215
    """
    ax, ay, az = n_vector(lat1_deg, lon1_deg)
    bx, by, bz = n_vector(lat2_deg, lon2_deg)
    return MEAN_RADIUS_M * angle_rad(ax, ay, az, bx, by, bz)
