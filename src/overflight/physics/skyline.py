"""The horizon that hills make: its height by azimuth, and how far the balloon is seen above it.

A point of the ground stands as high above a place as it does on an Earth k times as large, with k
that of the place's own ray-traced horizon, so that flat ground gives the smooth horizon. Above a
skyline the balloon is in view as far as the ray that grazes it goes, traced from the height of the
eye (:mod:`.horizon`).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.horizon import (
    N_NODES,
    NODE_ROOT_M,
    dip_rad,
    radius_scale,
    ray_arc_m,
    refractivity_fraction,
)
from overflight.physics.kernel import kernel, loop
from overflight.physics.sphere import MEAN_RADIUS_M, n_vector

Array = NDArray[np.float64]
Heights = NDArray[np.float32]

N_AZIMUTHS = 3_600
N_ANGLES = 40  # of a table of reaches, closer together near the smooth horizon
_PER_CELL = 2.0  # points of the ground that are asked, along a line
_NEAREST_CELLS = 1.5  # nearer the ground is the observer's own
_TALL_RAD = 0.5 * math.pi


class Patch(NamedTuple):
    """Heights of the ground (lat, lon) [m] in even cells, of which a ring about the eye counts.

    ``corner_deg`` are the latitude and longitude of the corner where rows and columns begin,
    ``step_deg`` how far they go, with sign; ``ring_m`` the nearest and furthest that counts.
    """

    height_m: Heights
    corner_deg: tuple[float, float]
    step_deg: tuple[float, float]
    ring_m: tuple[float, float]


class Skylines(NamedTuple):
    """Skylines of several eyes, for loops over paths.

    ``rows`` (eye, azimuth) say where in ``reaches`` (eye, angle, node) the horizon of an azimuth
    lies, as shares of all rows; ``dips_rad`` (eye,) how deep the first angle lies. ``known`` (eye,)
    is false where there is none.
    """

    rows: Array
    reaches: Array
    dips_rad: Array
    known: NDArray[np.bool_]


@kernel
def smooth_rad(eye_m: float, band: int) -> float:
    """How deep the smooth horizon lies below level, along the bent ray (positive).

    >>> round(math.degrees(smooth_rad(3_000.0, 0)), 3)  # straight lines: 1.758
    1.618
    """
    high_m = max(eye_m, 0.0)
    below = (1.0 + refractivity_fraction(0.0, band)) * MEAN_RADIUS_M
    here = (1.0 + refractivity_fraction(high_m, band)) * (MEAN_RADIUS_M + high_m)
    return math.acos(min(1.0, below / here))


@kernel
def ground_scale(eye_m: float, band: int) -> float:
    """The larger Earth on which hills stand as high as in refracting air (k)."""
    high_m = max(eye_m, 100.0)
    return radius_scale(ray_arc_m(0.0, 0.0, high_m, band), high_m)


@kernel
def _lowest_m(angle_rad: float, eye_m: float, band: int) -> float:
    """How low a ray comes that leaves the eye below level; the sea at the least."""
    here = (1.0 + refractivity_fraction(eye_m, band)) * (MEAN_RADIUS_M + eye_m)
    kept = here * math.cos(angle_rad)
    low, high = 0.0, eye_m
    for _ in range(50):
        middle = 0.5 * (low + high)
        if (1.0 + refractivity_fraction(middle, band)) * (MEAN_RADIUS_M + middle) < kept:
            low = middle
        else:
            high = middle
    return low


@kernel
def reach_from_m(angle_rad: float, eye_m: float, height_m: float, band: int) -> float:
    """How far over the ground something so high is seen at an angle, which may be below level.

    >>> round(reach_from_m(0.0, 0.0, 19_000.0, 0) / 1e3, 1)
    529.7
    """
    if angle_rad >= 0.0 or eye_m <= 0.0:
        return ray_arc_m(max(angle_rad, 0.0), max(eye_m, 0.0), height_m, band)
    lowest_m = _lowest_m(angle_rad, eye_m, band)
    if height_m <= lowest_m:
        return 0.0
    return ray_arc_m(0.0, lowest_m, eye_m, band) + ray_arc_m(0.0, lowest_m, height_m, band)


@kernel
def angle_rad(row_fraction: float, lowest_rad: float) -> float:
    """The angle that a row of a table of reaches stands for, told as its share of all rows.

    ``lowest_rad`` (positive) is how deep the first lies.
    """
    return row_fraction * row_fraction * (_TALL_RAD + lowest_rad) - lowest_rad


@kernel
def row_fraction(above_rad: float, lowest_rad: float) -> float:
    """Undoes :func:`angle_rad`; below the smooth horizon it is its row."""
    return min(1.0, math.sqrt(max(0.0, above_rad + lowest_rad) / (_TALL_RAD + lowest_rad)))


def reaches(eye_m: float, band: int) -> Array:
    """How far heights are seen from an eye (angle, node), as :func:`.horizon.reach` has nodes."""
    found = np.zeros((N_ANGLES, N_NODES))
    _trace_all(eye_m, band, smooth_rad(eye_m, band), found)
    return found


@loop
def _trace_all(eye_m: float, band: int, dip: float, out_m: Array) -> None:
    for row in range(out_m.shape[0]):
        for node in range(out_m.shape[1]):
            root_m = node * NODE_ROOT_M
            above_rad = angle_rad(row / (N_ANGLES - 1.0), dip)
            out_m[row, node] = reach_from_m(above_rad, eye_m, root_m * root_m, band)


@kernel
def reach_above_m(tables: Array, eye: int, row_fraction: float, height_m: float) -> float:
    """Look up how far a height is seen above a row between two of an eye's table of reaches."""
    row = row_fraction * (tables.shape[1] - 1.0)
    low = min(int(row), tables.shape[1] - 2)
    at = min(math.sqrt(max(height_m, 0.0)) / NODE_ROOT_M, tables.shape[2] - 1.001)
    node = int(at)
    share, beside = row - low, at - node
    under = (1.0 - beside) * tables[eye, low, node] + beside * tables[eye, low, node + 1]
    over = (1.0 - beside) * tables[eye, low + 1, node] + beside * tables[eye, low + 1, node + 1]
    return float((1.0 - share) * under + share * over)


@kernel
def skyline_fraction(lines: Skylines, eye: int, azimuth_rad: float) -> float:
    """The row, as a share of all, of an eye's skyline at the azimuth that is nearest."""
    turn, number = azimuth_rad / (2.0 * math.pi), lines.rows.shape[1]
    return float(lines.rows[eye, int((turn - math.floor(turn)) * number + 0.5) % number])


@kernel
def seen_m(lines: Skylines, eye: int, up_rad: float, azimuth_rad: float, height_m: float) -> float:
    """How far a height is seen towards an azimuth over the skyline, and above an elevation.

    An elevation of 0 is the skyline itself, which may lie below level.
    """
    row = skyline_fraction(lines, eye, azimuth_rad)
    if up_rad > 0.0:
        row = max(row, row_fraction(up_rad, lines.dips_rad[eye]))
    return reach_above_m(lines.reaches, eye, row, height_m)


@kernel
def furthest_m(lines: Skylines, eye: int, up_rad: float, height_m: float) -> float:
    """The same over the smooth horizon of the eye, which no skyline is below."""
    row = row_fraction(up_rad, lines.dips_rad[eye]) if up_rad > 0.0 else 0.0
    return reach_above_m(lines.reaches, eye, row, height_m)


@kernel
def azimuth_rad(nx: float, ny: float, nz: float, dx: float, dy: float, dz: float) -> float:
    """From north by east, from a place with a unit normal, towards a difference in space."""
    flat = math.sqrt(nx * nx + ny * ny)
    if flat <= 0.0:
        return math.atan2(dy, -dx * nz)
    return math.atan2((nx * dy - ny * dx) / flat, dz * flat - nz * (nx * dx + ny * dy) / flat)


def profile_rad(
    lat_deg: float, lon_deg: float, eye_m: float, band: int, patches: list[Patch]
) -> Array:
    """Height of the skyline above level (azimuth,) from north by east; the sea's at the least."""
    dip = smooth_rad(eye_m, band)
    tangents = np.full(N_AZIMUTHS, -math.inf)
    scale = ground_scale(eye_m, band)
    for one in patches:
        _raise(lat_deg, lon_deg, eye_m, scale, one, tangents)
    # On the larger Earth flat ground lies a hundredth of a degree from where the ray has it.
    shift = _scaled_dip_rad(eye_m, scale) - dip
    return np.asarray(np.maximum(np.arctan(tangents) + shift, -dip))


def _scaled_dip_rad(eye_m: float, scale: float) -> float:
    """How deep the smooth horizon lies on a larger Earth."""
    return dip_rad(eye_m / scale)


@loop
def _raise(
    lat_deg: float, lon_deg: float, eye_m: float, scale: float, patch: Patch, tangents: Array
) -> None:
    """Raise the tangent of the skyline to the ground of a patch, for every azimuth."""
    x, y, z = n_vector(lat_deg, lon_deg)
    flat = math.sqrt(x * x + y * y)
    east = (-y / flat, x / flat) if flat > 0.0 else (0.0, 1.0)
    north = (-z * east[1], z * east[0], flat)
    n_rows, n_columns = patch.height_m.shape
    step_m = abs(patch.step_deg[0]) * math.pi / 180.0 * MEAN_RADIUS_M
    far_m = max(patch.ring_m[0], _NEAREST_CELLS * step_m)
    larger_m = scale * MEAN_RADIUS_M
    while far_m <= patch.ring_m[1]:
        turn, bent = far_m / MEAN_RADIUS_M, far_m / larger_m
        sine, cosine = math.sin(turn), math.cos(turn)
        for k in range(tangents.size):
            azimuth = 2.0 * math.pi * k / tangents.size
            up, right = math.cos(azimuth), math.sin(azimuth)
            px = cosine * x + sine * (up * north[0] + right * east[0])
            py = cosine * y + sine * (up * north[1] + right * east[1])
            pz = cosine * z + sine * up * north[2]
            lat = math.degrees(math.asin(max(-1.0, min(1.0, pz))))
            lon = math.degrees(math.atan2(py, px))
            row = math.floor((lat - patch.corner_deg[0]) / patch.step_deg[0])
            beside = (lon - patch.corner_deg[1]) / patch.step_deg[1]
            around = 360.0 / abs(patch.step_deg[1])
            column = math.floor(beside - math.floor(beside / around) * around)
            if row < 0 or row >= n_rows or column >= n_columns:
                continue
            ground_m = patch.height_m[row, column]
            rise = (larger_m + ground_m) * math.cos(bent) - (larger_m + eye_m)
            tangent = rise / ((larger_m + ground_m) * math.sin(bent))
            tangents[k] = max(tangents[k], tangent)
        far_m += step_m / _PER_CELL
