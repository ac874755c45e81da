"""Lines of sight through refracting air: how high something stands above an observer's horizon.

Refraction is taken as a larger Earth, k times its radius (method 4.1), with k for visible light by
the height of what is seen: a ray trace through the standard atmosphere has the same horizon.
"""

import math

from overflight.physics.kernel import kernel
from overflight.physics.sphere import MEAN_RADIUS_M


@kernel
def optical_k(height_m: float) -> float:
    """Effective radius of the Earth over its radius, for light from a height to the ground.

    Between the ray-traced 1.198, 1.180, 1.161 and 1.139 at 3, 10, 19 and 33.5 km (method 4.1);
    constant beyond.

    >>> round(optical_k(19_000.0), 3), round(optical_k(50_000.0), 3)
    (1.161, 1.139)
    """
    if height_m <= 10_000.0:
        return 1.180 + 0.018 * (10_000.0 - max(height_m, 3_000.0)) / 7_000.0
    if height_m <= 19_000.0:
        return 1.161 + 0.019 * (19_000.0 - height_m) / 9_000.0
    return 1.139 + 0.022 * (33_500.0 - min(height_m, 33_500.0)) / 14_500.0


@kernel
def elevation_rad(arc_m: float, height_m: float) -> float:
    """Apparent angle above the horizon, from the ground, of something ``arc_m`` away and so high.

    >>> round(math.degrees(elevation_rad(188_360.0, 19_000.0)), 1)
    5.0
    """
    radius_m = optical_k(height_m) * MEAN_RADIUS_M
    angle = arc_m / radius_m
    up = (radius_m + height_m) * math.cos(angle) - radius_m
    return math.atan2(up, (radius_m + height_m) * math.sin(angle))


@kernel
def arc_m(above_rad: float, height_m: float) -> float:
    """Distance over the ground at which something so high is seen so far above the horizon.

    At 0 it is the horizon. Undoes :func:`elevation_rad`.

    >>> round(arc_m(0.0, 19_000.0) / 1e3, 1)
    529.6
    """
    radius_m = optical_k(height_m) * MEAN_RADIUS_M
    inside = radius_m * math.cos(above_rad) / (radius_m + max(height_m, 0.0))
    return float(radius_m * (math.acos(min(1.0, inside)) - above_rad))
