"""For how long paths are in view from places on the ground, above some elevations.

Between two points a path goes straight in space and evenly in time, and a place is in view while
the chord between it and the point below the balloon is shorter than that of the traced ray
(:mod:`.horizon`): a quadratic in the share of the step, so short passages between points are found
and their times are exact to the height's change within a step. Distances are the ellipsoid's.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.horizon import reach_m
from overflight.physics.kernel import kernel, lane_loop
from overflight.physics.skyline import Skylines, azimuth_rad, furthest_m, seen_m
from overflight.physics.sphere import E2, MEAN_RADIUS_M, Vector, n_vector, radii_m

Array = NDArray[np.float64]

_LOOKS = 8  # within a step, where a skyline is asked


class Sights(NamedTuple):
    """Which skyline holds for every site and row of reaches.

    ``eyes`` (site, row) count in ``lines``, -1 for the smooth Earth; ``ups_rad`` (row,) are the
    elevations that the rows stand for.
    """

    lines: Skylines
    eyes: NDArray[np.int64]
    ups_rad: Array


class Flown(NamedTuple):
    """Paths (path, time), NaN where they do not fly, and unit vectors to the sun (time, 3)."""

    lat_deg: Array
    lon_deg: Array
    height_m: Array
    time_s: Array
    suns: Array


@kernel
def ground(x: float, y: float, z: float) -> Vector:
    """Point of the ellipsoid (m, earth-fixed) that a unit normal belongs to."""
    _, across_m = radii_m(z)
    return across_m * x, across_m * y, across_m * (1.0 - E2) * z


@kernel
def chord_m(arc_m: float) -> float:
    """Straight distance between two places on the ground."""
    return 2.0 * MEAN_RADIUS_M * math.sin(min(0.5 * arc_m / MEAN_RADIUS_M, 0.5 * math.pi))


@kernel
def arc_m_of_chord(through_m: float) -> float:
    """Distance over the ground between places so far apart in a straight line."""
    return 2.0 * MEAN_RADIUS_M * math.asin(min(1.0, 0.5 * through_m / MEAN_RADIUS_M))


@kernel
def _shares(a: float, b: float, c: float, reach_m2: float) -> tuple[float, float]:
    """Between which shares of a step a f^2 + 2 b f + c is below ``reach_m2``; (1, 0) if never."""
    beyond = c - reach_m2
    if a <= 0.0:
        return (0.0, 1.0) if beyond <= 0.0 else (1.0, 0.0)
    under = b * b - a * beyond
    if under <= 0.0:
        return 1.0, 0.0
    root = math.sqrt(under)
    return max(0.0, (-b - root) / a), min(1.0, (-b + root) / a)


@kernel
def _lit_share(low: float, high: float, at_start: float, at_end: float) -> float:
    """Part of a step, from share ``low`` to ``high``, in which a line between two values is > 0."""
    if at_start > 0.0 and at_end > 0.0:
        return high - low
    if at_start <= 0.0 and at_end <= 0.0:
        return 0.0
    turn = at_start / (at_start - at_end)
    if at_start > 0.0:
        return max(0.0, min(high, turn) - low)
    return max(0.0, high - max(low, turn))


@kernel
def _edge_m(sights: Sights, site: int, row: int, arcs_m: Array, height_m: float) -> float:
    """Chord of the circle within which a height may be seen from a site."""
    eye = sights.eyes[site, row]
    if eye < 0:
        return chord_m(reach_m(arcs_m, row, height_m))
    return chord_m(furthest_m(sights.lines, eye, sights.ups_rad[row], height_m))


@kernel
def _clear(
    sights: Sights, site: int, row: int, normal: Vector, away: Vector, height_m: float
) -> bool:
    """Whether no hill stands between a site and what is above a place so far away in space."""
    eye = sights.eyes[site, row]
    if eye < 0:
        return True
    dx, dy, dz = away
    azimuth = azimuth_rad(normal[0], normal[1], normal[2], dx, dy, dz)
    arc_m = arc_m_of_chord(math.sqrt(dx * dx + dy * dy + dz * dz))
    return arc_m <= seen_m(sights.lines, eye, sights.ups_rad[row], azimuth, height_m)


@kernel
def _add_clear(
    sights: Sights,
    which: tuple[int, int, int],
    normal: Vector,
    begin: tuple[float, float, float, float],
    way: tuple[float, float, float, float],
    shares: tuple[float, float, float],
    suns: tuple[float, float],
    seconds: Array,
) -> None:
    """Add the time of a step, between two shares of it, in which no hill stands in the way.

    ``begin`` and ``way`` are the difference in space from the site, and the height.
    """
    path, site, row = which
    low, high, span_s = shares
    part_s = (high - low) / _LOOKS * span_s
    for look in range(_LOOKS):
        at = low + (high - low) * (look + 0.5) / _LOOKS
        away = begin[0] + at * way[0], begin[1] + at * way[1], begin[2] + at * way[2]
        if _clear(sights, site, row, normal, away, begin[3] + at * way[3]):
            seconds[path, site, row, 0] += part_s
            if suns[0] + at * (suns[1] - suns[0]) > 0.0:
                seconds[path, site, row, 1] += part_s


@lane_loop
def in_view(
    flown: Flown, sites: Array, arcs_m: Array, sights: Sights, sunset_rad: float, seconds: Array,
    nearest: Array,
) -> None:  # fmt: skip
    """Add up the time that every path is in view from every site, above every elevation.

    Parameters
    ----------
    sites : (site, 3)
        Unit normals.
    arcs_m : (elevation, node)
        Of a :class:`.horizon.Reach`.
    sights
        Where hills stand, a step is looked at so many times as ``_LOOKS``.
    sunset_rad
        The sun's elevation at the site above which it is day.
    seconds : (path, site, elevation, 2)
        Out: time in view [s], and of it by day.
    nearest : (path, site, 3)
        Out: least distance over the ground [m], when [s], and the height then [m]; NaN if it
        never flies.
    """
    seconds[:] = 0.0
    nearest[:] = math.nan
    sun_up = math.sin(sunset_rad)
    for path in range(flown.lat_deg.shape[0]):
        for k in range(flown.time_s.size - 1):
            x, y, z = n_vector(flown.lat_deg[path, k], flown.lon_deg[path, k])
            px, py, pz = ground(x, y, z)
            x, y, z = n_vector(flown.lat_deg[path, k + 1], flown.lon_deg[path, k + 1])
            qx, qy, qz = ground(x, y, z)
            wx, wy, wz = qx - px, qy - py, qz - pz
            way2 = wx * wx + wy * wy + wz * wz
            if math.isnan(way2):
                continue
            span_s = flown.time_s[k + 1] - flown.time_s[k]
            rise_m = flown.height_m[path, k + 1] - flown.height_m[path, k]
            middle_m = flown.height_m[path, k] + 0.5 * rise_m
            for site in range(sites.shape[0]):
                nx, ny, nz = sites[site, 0], sites[site, 1], sites[site, 2]
                sx, sy, sz = ground(nx, ny, nz)
                dx, dy, dz = px - sx, py - sy, pz - sz
                toward = dx * wx + dy * wy + dz * wz
                far2 = dx * dx + dy * dy + dz * dz
                best = min(max(-toward / way2, 0.0), 1.0) if way2 > 0.0 else 0.0
                least2 = max(0.0, far2 + best * (2.0 * toward + best * way2))
                # The way between two points runs below the ground by so much; it flies above.
                sag_m = best * (1.0 - best) * way2 / (2.0 * MEAN_RADIUS_M)
                arc_m = arc_m_of_chord(math.sqrt(max(0.0, least2 - sag_m * sag_m)))
                if not arc_m >= nearest[path, site, 0]:  # also where none was found yet
                    nearest[path, site, 0] = arc_m
                    nearest[path, site, 1] = flown.time_s[k] + best * span_s
                    nearest[path, site, 2] = flown.height_m[path, k] + best * rise_m
                start = flown.suns[k, 0] * nx + flown.suns[k, 1] * ny + flown.suns[k, 2] * nz
                end = (
                    flown.suns[k + 1, 0] * nx + flown.suns[k + 1, 1] * ny
                    + flown.suns[k + 1, 2] * nz
                )  # fmt: skip
                for row in range(arcs_m.shape[0]):
                    edge_m = _edge_m(sights, site, row, arcs_m, middle_m)
                    if least2 > edge_m * edge_m:
                        continue
                    low, high = _shares(way2, toward, far2, edge_m * edge_m)
                    if high > low and sights.eyes[site, row] >= 0:
                        _add_clear(
                            sights, (path, site, row), (nx, ny, nz),
                            (dx, dy, dz, flown.height_m[path, k]), (wx, wy, wz, rise_m),
                            (low, high, span_s), (start - sun_up, end - sun_up), seconds,
                        )  # fmt: skip
                    elif high > low:
                        lit = _lit_share(low, high, start - sun_up, end - sun_up)
                        seconds[path, site, row, 0] += (high - low) * span_s
                        seconds[path, site, row, 1] += lit * span_s


@lane_loop
def share_in_view(
    flown: Flown, weight: Array, sites: Array, arcs_m: Array, sights: Sights, out: Array
) -> None:
    """Weight of the paths in view at every time; ``out`` is (site, elevation, time)."""
    out[:] = 0.0
    for path in range(flown.lat_deg.shape[0]):
        for k in range(flown.time_s.size):
            x, y, z = n_vector(flown.lat_deg[path, k], flown.lon_deg[path, k])
            px, py, pz = ground(x, y, z)
            for site in range(sites.shape[0]):
                nx, ny, nz = sites[site, 0], sites[site, 1], sites[site, 2]
                sx, sy, sz = ground(nx, ny, nz)
                away = px - sx, py - sy, pz - sz
                far2 = away[0] ** 2 + away[1] ** 2 + away[2] ** 2
                height_m = flown.height_m[path, k]
                for row in range(arcs_m.shape[0]):
                    edge_m = _edge_m(sights, site, row, arcs_m, height_m)
                    # Neither holds where it does not fly: NaN.
                    if far2 <= edge_m * edge_m and _clear(
                        sights, site, row, (nx, ny, nz), away, height_m
                    ):
                        out[site, row, k] += weight[path]
