"""When paths come within what observers could in principle have noticed: eyes, cameras, radio.

An opportunity is geometry, the stated range, the hours and, for eyes and cameras, light. It is no
probability of detection: nothing is taken of cross sections, filters or who was looking (method 5).
Times are sampled; the sample is in the middle of what it stands for.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics import visible
from overflight.physics.horizon import LIGHT, RADIO, reach_m
from overflight.physics.inview import Flown, arc_m_of_chord, ground
from overflight.physics.kernel import kernel, lane_loop
from overflight.physics.sight import elevation_rad
from overflight.physics.skyline import Skylines, azimuth_rad, seen_m
from overflight.physics.sphere import Vector, n_vector

Array = NDArray[np.float64]
Kinds = NDArray[np.int64]

EYE, CAMERA, RADAR, RECEIVER = 0, 1, 2, 3
RADIAL_MPS = (10.0, 20.0, 40.0)  # speeds along the line of sight that are counted below
_DAY_S = 86_400.0


class Observers(NamedTuple):
    """Who watches.

    ``places`` (observer, 3) are unit normals, ``kinds`` (observer,). ``limits`` (observer, 5) are
    the horizon of the observer's own height [m], the stated range [m], the height above the sea
    [m], and the daily hours from and to [s of the day, UTC]. ``lines`` are their skylines.
    """

    places: Array
    kinds: Kinds
    limits: Array
    lines: Skylines


class Counts(NamedTuple):
    """What is added to, for two reckonings of size and sky.

    ``seconds`` (path, observer, reckoning): time of opportunity [s]. ``hits`` (observer,
    reckoning, time): number of paths with one. ``radial`` (path, observer, 4): a radar's time in
    view, in range and in hours [s], and of it below each of ``RADIAL_MPS``.
    """

    seconds: Array
    hits: Array
    radial: Array


@kernel
def on_duty(clock_s: float, from_s: float, to_s: float) -> bool:
    """Whether a second of the day (UTC) is within daily hours, which may run past midnight."""
    if from_s <= to_s:
        return from_s <= clock_s < to_s
    return clock_s >= from_s or clock_s < to_s


@kernel
def _light_allows(
    kind: int,
    range_m: float,
    up_rad: float,
    height_m: float,
    suns: tuple[float, float, float],
    looks: Array,
    look: int,
) -> bool:
    """Whether an eye could notice it, or a camera be pointed at something lit.

    ``suns`` are the sun's elevation at the observer and at the balloon, and the phase angle
    [rad]. For cameras neither size nor contrast is tested: lenses differ.
    """  # fmt: skip
    here_rad, there_rad, phase_rad = suns
    if there_rad < visible.last_sun_rad(height_m):
        return False
    if kind == CAMERA:
        return True
    diameter_m, albedo = looks[look, 0], looks[look, 1]
    return visible.stands_out(
        visible.angular_size_rad(diameter_m, range_m),
        visible.sunlit_magnitude_log(diameter_m, albedo, range_m, phase_rad),
        up_rad, here_rad, albedo, looks[look, 2],
    )  # fmt: skip


@kernel
def _angle_rad(cosine: float) -> float:
    return math.acos(min(1.0, max(-1.0, cosine)))


@kernel
def _apart_m(flown: Flown, path: int, k: int, x: float, y: float, z: float) -> float:
    """Straight distance of a path from a point in space (m, earth-fixed)."""
    nx, ny, nz = n_vector(flown.lat_deg[path, k], flown.lon_deg[path, k])
    px, py, pz = ground(nx, ny, nz)
    up_m = flown.height_m[path, k]
    px, py, pz = px + up_m * nx - x, py + up_m * ny - y, pz + up_m * nz - z
    return math.sqrt(px * px + py * py + pz * pz)


@kernel
def _over_horizon(
    observers: Observers, one: int, arcs_m: Array, high_m: float, arc_m: float, away: Vector
) -> bool:
    """Whether what is ``arc_m`` away over the ground stands over hills, or the smooth horizon."""
    if observers.lines.known[one]:
        x, y, z = observers.places[one, 0], observers.places[one, 1], observers.places[one, 2]
        azimuth = azimuth_rad(x, y, z, away[0], away[1], away[2])
        return bool(arc_m <= seen_m(observers.lines, one, 0.0, azimuth, high_m))
    band = RADIO if observers.kinds[one] >= RADAR else LIGHT
    return bool(arc_m <= reach_m(arcs_m, band, high_m) + observers.limits[one, 0])


@kernel
def _add_radial(speed_mps: float, stands_for_s: float, radial: Array, path: int, one: int) -> None:
    if math.isnan(speed_mps):  # beside a time at which it does not fly
        return
    radial[path, one, 0] += stands_for_s
    for i in range(3):
        if speed_mps < RADIAL_MPS[i]:
            radial[path, one, 1 + i] += stands_for_s


@lane_loop
def opportunities(
    flown: Flown, clock_s: Array, observers: Observers, arcs_m: Array, looks: Array, out: Counts
) -> None:
    """Add up, by path and by time, when every observer had an opportunity.

    Parameters
    ----------
    clock_s : (time,)
        Second of the day, UTC.
    arcs_m : (2, node)
        How far heights are seen at elevation 0: light, radio.
    looks : (2, 3)
        Diameter [m], albedo and sky of either reckoning (:func:`.visible.contrast_fraction`).
    out
        Zero at first.
    """
    last, kinds, limits = flown.time_s.size - 1, observers.kinds, observers.limits
    for path in range(flown.lat_deg.shape[0]):
        for k in range(last + 1):
            nx, ny, nz = n_vector(flown.lat_deg[path, k], flown.lon_deg[path, k])
            px, py, pz = ground(nx, ny, nz)
            if math.isnan(px):
                continue
            high_m = flown.height_m[path, k]
            before, after = max(k - 1, 0), min(k + 1, last)
            span_s = flown.time_s[after] - flown.time_s[before]
            for one in range(kinds.size):
                ox, oy, oz = (
                    observers.places[one, 0], observers.places[one, 1], observers.places[one, 2]
                )  # fmt: skip
                sx, sy, sz = ground(ox, oy, oz)
                dx, dy, dz = px - sx, py - sy, pz - sz
                arc_m = arc_m_of_chord(math.sqrt(dx * dx + dy * dy + dz * dz))
                if not _over_horizon(observers, one, arcs_m, high_m, arc_m, (dx, dy, dz)):
                    continue
                up_m = limits[one, 2]
                ex, ey, ez = sx + up_m * ox, sy + up_m * oy, sz + up_m * oz
                range_m = _apart_m(flown, path, k, ex, ey, ez)
                on = on_duty(clock_s[k], limits[one, 3], limits[one, 4])
                if range_m > limits[one, 1] or not on:
                    continue
                if kinds[one] == RADAR:
                    speed_mps = abs(
                        _apart_m(flown, path, after, ex, ey, ez)
                        - _apart_m(flown, path, before, ex, ey, ez)
                    ) / span_s  # fmt: skip
                    _add_radial(speed_mps, 0.5 * span_s, out.radial, path, one)
                ux, uy, uz = flown.suns[k, 0], flown.suns[k, 1], flown.suns[k, 2]
                away = ux * (dx + high_m * nx) + uy * (dy + high_m * ny) + uz * (dz + high_m * nz)
                suns = (
                    0.5 * math.pi - _angle_rad(ux * ox + uy * oy + uz * oz),
                    0.5 * math.pi - _angle_rad(ux * nx + uy * ny + uz * nz),
                    _angle_rad(-away / max(range_m, 1.0)),
                )
                up_rad = elevation_rad(arc_m, high_m - up_m)
                for look in range(2):
                    if kinds[one] >= RADAR or _light_allows(
                        kinds[one], range_m, up_rad, high_m, suns, looks, look
                    ):
                        out.seconds[path, one, look] += 0.5 * span_s
                        out.hits[one, look, k] += 1.0
