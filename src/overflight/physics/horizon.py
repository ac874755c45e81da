"""Horizons by tracing rays: how far over the ground something high is in view at an elevation.

A ray keeps n r cos(elevation) (Bouguer), with n falling upwards: for radio the mean atmosphere of
ITU-R P.453 (N = 315 at the sea, 7.35 km), for light Edlen's formula in short form in the US
Standard Atmosphere at 0.55 micrometres (method 4.1, A10). The rays are traced once into a
:class:`Reach`; loops over paths look it up. :mod:`.sight` takes refraction as a larger Earth
instead, which is within 0.04 degrees of these rays and can be turned round in closed form.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.atmosphere import pressure_pa, temperature_k
from overflight.physics.kernel import kernel, loop
from overflight.physics.sphere import MEAN_RADIUS_M

Array = NDArray[np.float64]

LIGHT, RADIO = 0, 1  # bands
FOUR_THIRDS_SCALE = 4.0 / 3.0  # of the Earth's radius: the rule of thumb for radio
_STEPS = 400  # of a ray: within 3e-4 of the arc at 0.002 degrees, 1e-5 at 0 and above 0.1
_AIR_ENDS_M = 51_000.0  # the standard atmosphere ends here, and bends light no more
_BENDS = 77.6e-6 * (1.0 + 7.52e-3 / 0.55**2)  # (n - 1) T / p, in K/hPa
NODE_ROOT_M = 1.0  # between nodes of a table, of the square root of the height
N_NODES = 247  # up to 60.5 km


@kernel
def refractivity_fraction(height_m: float, band: int) -> float:
    """Refractive index less one, at a geometric height.

    >>> [round(1e6 * refractivity_fraction(0.0, band), 1) for band in (RADIO, LIGHT)]
    [315.0, 279.7]
    """
    low_m = max(height_m, 0.0)
    if band == RADIO:
        return 315e-6 * math.exp(-low_m / 7_350.0)
    if low_m > _AIR_ENDS_M:
        return 0.0
    return _BENDS * 0.01 * pressure_pa(low_m) / temperature_k(low_m)


@kernel
def ray_arc_m(elevation_rad: float, low_m: float, high_m: float, band: int) -> float:
    """Distance over the ground along a ray that leaves a height upwards, to a greater height.

    The substitution z = low + q^2 takes away the root at the horizon; midpoint rule in q.

    >>> round(ray_arc_m(0.0, 0.0, 19_000.0, RADIO) / 1e3, 1)
    549.3
    """
    if not high_m > low_m:
        return 0.0
    start_m = MEAN_RADIUS_M + low_m
    # n r cos(elevation), and everything below less it, to keep the digits that differ.
    bend = refractivity_fraction(low_m, band)
    kept_m = (1.0 + bend) * start_m * math.cos(elevation_rad)
    lift_m = (1.0 + bend) * start_m - kept_m
    step = math.sqrt(high_m - low_m) / _STEPS
    total = 0.0
    for i in range(_STEPS):
        q = (i + 0.5) * step
        above_m = q * q
        there = refractivity_fraction(low_m + above_m, band)
        over_m = lift_m + above_m * (1.0 + there) + (there - bend) * start_m
        total += 2.0 * q / ((start_m + above_m) * math.sqrt(over_m * (over_m + 2.0 * kept_m)))
    return MEAN_RADIUS_M * kept_m * total * step


@kernel
def straight_arc_m(elevation_rad: float, height_m: float, radius_scale: float) -> float:
    """Distance over the ground at an elevation, in straight lines on an Earth so much larger.

    k R (acos(k R cos e / (k R + z)) - e), method 4.1; a scale of 1 is geometry alone.

    >>> round(straight_arc_m(0.0, 19_000.0, FOUR_THIRDS_SCALE) / 1e3, 1)
    567.6
    """
    radius_m = radius_scale * MEAN_RADIUS_M
    inside = radius_m * math.cos(elevation_rad) / (radius_m + max(height_m, 0.0))
    return float(radius_m * (math.acos(min(1.0, inside)) - elevation_rad))


@kernel
def radius_scale(horizon_m: float, height_m: float) -> float:
    """The larger Earth whose straight horizon is as far as a ray's: k R acos(k R / (k R + z)).

    >>> round(radius_scale(ray_arc_m(0.0, 0.0, 19_000.0, LIGHT), 19_000.0), 3)
    1.161
    """
    low, high = 0.5, 4.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if straight_arc_m(0.0, height_m, middle) < horizon_m:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def slant_m(arc_m: float, height_m: float) -> float:
    """Straight distance between a place and something so high, ``arc_m`` away over the ground.

    >>> round(slant_m(102_740.0, 19_000.0))
    104632
    """
    half = math.sin(0.5 * arc_m / MEAN_RADIUS_M)
    outer_m = MEAN_RADIUS_M + height_m
    return math.sqrt(height_m * height_m + 4.0 * MEAN_RADIUS_M * outer_m * half * half)


@kernel
def slant_m_at_elevation(elevation_rad: float, height_m: float) -> float:
    """Straight distance to something so high at a geometric elevation (method 4.1)."""
    up_m = MEAN_RADIUS_M * math.sin(elevation_rad)
    return math.sqrt(up_m * up_m + 2.0 * MEAN_RADIUS_M * height_m + height_m * height_m) - up_m


@kernel
def nadir_rad(elevation_rad: float, height_m: float, band: int) -> float:
    """Angle from straight down at which a place is seen that sees its seer so far up.

    Bouguer's law between the ends of the ray: the way back of an elevation.

    >>> round(math.degrees(nadir_rad(math.radians(10.0), 19_000.0, LIGHT)), 2)  # straight: 79.08
    79.15
    """
    below = 1.0 + refractivity_fraction(0.0, band)
    above = 1.0 + refractivity_fraction(height_m, band)
    kept = below * MEAN_RADIUS_M * math.cos(elevation_rad)
    return math.asin(min(1.0, kept / (above * (MEAN_RADIUS_M + height_m))))


@kernel
def dip_rad(height_m: float) -> float:
    """How far below level the horizon lies, in straight lines."""
    return math.acos(MEAN_RADIUS_M / (MEAN_RADIUS_M + max(height_m, 0.0)))


@kernel
def cap_area_m2(arc_m: float) -> float:
    """Ground within a distance over the ground: a cap of the sphere.

    >>> round(cap_area_m2(491_420.0) / 1e6, -2)
    758300.0
    """
    half = math.sin(0.5 * arc_m / MEAN_RADIUS_M)
    return 4.0 * math.pi * MEAN_RADIUS_M * MEAN_RADIUS_M * half * half


@kernel
def dwell_s(arc_m: float, miss_m: float, speed_mps: float) -> float:
    """How long a straight overpass stays within ``arc_m`` of a place that it misses by ``miss_m``.

    >>> round(dwell_s(102_740.0, 0.0, 10.0) / 3_600.0, 2)
    5.71
    """
    if abs(miss_m) >= arc_m:
        return 0.0
    return 2.0 * math.sqrt(arc_m * arc_m - miss_m * miss_m) / speed_mps


class Reach(NamedTuple):
    """How far over the ground a height is seen, by elevation.

    ``arc_m`` is (elevation, node); nodes are even in the square root of the height, in which an
    arc is nearly a straight line.
    """

    arc_m: Array


def reach(elevations_rad: Array, band: int) -> Reach:
    """Trace the rays of some elevations, from the sea to heights up to 60 km."""
    found = np.empty((len(elevations_rad), N_NODES))
    _trace(np.asarray(elevations_rad, np.float64), band, found)
    return Reach(found)


@loop
def _trace(elevations_rad: Array, band: int, out_m: Array) -> None:
    for row in range(out_m.shape[0]):
        for node in range(out_m.shape[1]):
            root = node * NODE_ROOT_M
            out_m[row, node] = ray_arc_m(elevations_rad[row], 0.0, root * root, band)


@kernel
def reach_m(arcs: Array, row: int, height_m: float) -> float:
    """Look a :class:`Reach` up; beyond its ends the nearest height counts, and NaN stays NaN."""
    if math.isnan(height_m):
        return math.nan
    at = min(math.sqrt(max(height_m, 0.0)) / NODE_ROOT_M, arcs.shape[1] - 1.001)
    node = int(at)
    share = at - node
    return float((1.0 - share) * arcs[row, node] + share * arcs[row, node + 1])
