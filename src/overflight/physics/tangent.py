"""Local coordinates around a place: east and north, there and back, and vectors between places.

Distances are great circles on the mean sphere. They serve reports (tens of kilometres, where the
sphere errs by 0.3 %) and the guidance of particles; motion itself uses the ellipsoid
(:mod:`overflight.physics.drift`).
"""

import math

from overflight.physics.kernel import kernel
from overflight.physics.sphere import MEAN_RADIUS_M

Basis = tuple[float, float, float, float, float]


@kernel
def basis(x: float, y: float, z: float) -> Basis:
    """East (two numbers, its z is zero) and north (three) at a place; any pair at a pole.

    >>> [round(value, 6) for value in basis(1.0, 0.0, 0.0)]
    [-0.0, 1.0, -0.0, -0.0, 1.0]
    """
    across = math.sqrt(x * x + y * y)
    if across <= 1e-12:
        return 0.0, 1.0, -z, 0.0, 0.0
    east_x, east_y = -y / across, x / across
    return east_x, east_y, -z * east_y, z * east_x, across


@kernel
def way_m(ax: float, ay: float, az: float, bx: float, by: float, bz: float) -> tuple[float, float]:
    """East and north metres from a to b along the great circle (azimuthal equidistant)."""
    east_x, east_y, north_x, north_y, north_z = basis(ax, ay, az)
    east = bx * east_x + by * east_y
    north = bx * north_x + by * north_y + bz * north_z
    sine = math.sqrt(east * east + north * north)
    cosine = ax * bx + ay * by + az * bz
    if sine < 1e-9:
        return east * MEAN_RADIUS_M, north * MEAN_RADIUS_M
    stretch = MEAN_RADIUS_M * math.atan2(sine, cosine) / sine
    return east * stretch, north * stretch


@kernel
def gone(x: float, y: float, z: float, east_m: float, north_m: float) -> tuple[float, float, float]:
    """Go east and north metres along the great circle; undoes :func:`way_m`."""
    distance_m = math.sqrt(east_m * east_m + north_m * north_m)
    if distance_m == 0.0:
        return x, y, z
    east_x, east_y, north_x, north_y, north_z = basis(x, y, z)
    angle = distance_m / MEAN_RADIUS_M
    along, ahead = math.sin(angle) / distance_m, math.cos(angle)
    return (
        x * ahead + along * (east_m * east_x + north_m * north_x),
        y * ahead + along * (east_m * east_y + north_m * north_y),
        z * ahead + along * north_m * north_z,
    )


@kernel
def carried(east: float, north: float, here: Basis, there: Basis) -> tuple[float, float]:
    """Components of one vector in the basis of another place, its length kept.

    Near a pole east and north turn quickly under a track; the vector does not.
    """
    vx = east * here[0] + north * here[2]
    vy = east * here[1] + north * here[3]
    vz = north * here[4]
    to_east = vx * there[0] + vy * there[1]
    to_north = vx * there[2] + vy * there[3] + vz * there[4]
    was, now = east * east + north * north, to_east * to_east + to_north * to_north
    if now == 0.0:
        return east, north
    stretch = math.sqrt(was / now)
    return to_east * stretch, to_north * stretch
