"""A flat map about a place: true along every great circle through it, at the balloon's height.

Nothing special happens at a pole or at the antimeridian. Distances across the great circles are
too short by a sixth of the squared angle from the middle: 0.4 % a thousand kilometres away.
"""

import math

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import kernel, loop
from overflight.physics.sphere import MEAN_RADIUS_M
from overflight.physics.tangent import basis, carried, gone, way_m

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

_POLAR_RAD = math.radians(1.0)  # nearer to a pole, what follows the parallels has no meaning


@loop
def to_plane(centre: Array, normal: Array, height_m: float) -> Complex:
    """Places (point, 3) as east + i north of the centre, in metres at a height."""
    scale = 1.0 + height_m / MEAN_RADIUS_M
    out = np.empty(normal.shape[0], np.complex128)
    for i in range(normal.shape[0]):
        east_m, north_m = way_m(
            centre[0], centre[1], centre[2], normal[i, 0], normal[i, 1], normal[i, 2]
        )
        out[i] = complex(east_m * scale, north_m * scale)
    return out


@loop
def from_plane(centre: Array, position_m: Complex, height_m: float) -> Array:
    """Unit normals (point, 3); undoes :func:`to_plane`."""
    scale = 1.0 + height_m / MEAN_RADIUS_M
    out = np.empty((position_m.shape[0], 3))
    for i in range(position_m.shape[0]):
        x, y, z = gone(
            centre[0], centre[1], centre[2], position_m[i].real / scale, position_m[i].imag / scale
        )
        out[i, 0], out[i, 1], out[i, 2] = x, y, z
    return out


@kernel
def _east_angle_rad(centre: Array, x: float, y: float, z: float) -> float:
    """Angle of the map's x axis to local east, by carrying the vector along the great circle."""
    there = basis(x, y, z)
    here = basis(centre[0], centre[1], centre[2])
    east_m, north_m = way_m(centre[0], centre[1], centre[2], x, y, z)
    distance = math.hypot(east_m, north_m)
    if distance < 1.0:
        eastward, northward = carried(1.0, 0.0, there, here)
        return math.atan2(northward, eastward)
    # Both ends see the great circle under an angle: the difference is the turn of the map.
    back_east, back_north = way_m(x, y, z, centre[0], centre[1], centre[2])
    leaving = math.atan2(north_m, east_m)
    arriving = math.atan2(-back_north, -back_east)
    return leaving - arriving


@loop
def east_angles_rad(centre: Array, normal: Array) -> tuple[Array, Array]:
    """Angle of local east in the map at each place (unwrapped), and how it turns along the way.

    The second is the turn from the place before, counter-clockwise; within a degree of a pole it
    is left out, because the parallels there are circles of no size.
    """
    n = normal.shape[0]
    angle, swing = np.zeros(n), np.zeros(n)
    for i in range(n):
        value = _east_angle_rad(centre, normal[i, 0], normal[i, 1], normal[i, 2])
        if i > 0:
            turn = value - angle[i - 1]
            turn -= 2.0 * math.pi * math.floor(turn / (2.0 * math.pi) + 0.5)
            value = angle[i - 1] + turn
            across = math.hypot(normal[i, 0], normal[i, 1])
            swing[i] = turn if across > _POLAR_RAD else 0.0
        angle[i] = value
    return angle, swing
