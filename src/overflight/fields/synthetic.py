"""Winds whose tracks are known, for tests and for teaching; nothing here is an analysis.

Two flows turn the whole atmosphere about a tilted axis, so that every track is a circle and its
end is known to round-off, also over the poles: :func:`turning_wind` on a round Earth (method 9)
and :func:`turning_normals_wind` on WGS84 at a height. :func:`sheared_jet` is a plane flow with
shear and a wave (method 9), in km and h because its published reference values are.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import kernel
from overflight.physics.sphere import MEAN_RADIUS_M, Vector, east, radii_m
from overflight.physics.windgrid import WindGrid

Array = NDArray[np.float64]
Arrays = tuple[Array, Array, Array]
Flow = Callable[[Array, Array, Array, Array, Array], Arrays]

DAY_S = 86_400.0


class Turning(NamedTuple):
    """Solid-body rotation about a unit vector, counter-clockwise as seen from its tip."""

    axis_x: float
    axis_y: float
    axis_z: float
    period_s: float
    height_m: float  # where the air turns; matters to the winds on WGS84 only


def tilted(tilt_deg: float, period_s: float = 12.0 * DAY_S, height_m: float = 0.0) -> Turning:
    """Rotation about the axis (-sin tilt, 0, cos tilt), of Williamson et al. (1992), case 1.

    >>> tilted(90.0).axis_x
    -1.0
    """
    tilt_rad = math.radians(tilt_deg)
    return Turning(-math.sin(tilt_rad), 0.0, math.cos(tilt_rad), period_s, height_m)


@kernel
def turning_rate(turning: Turning, time_s: float, x: float, y: float, z: float) -> Vector:
    """How fast a unit normal turns, 1/s: (2 pi / period) axis x n."""
    turn = 2.0 * math.pi / turning.period_s
    return (
        turn * (turning.axis_y * z - turning.axis_z * y),
        turn * (turning.axis_z * x - turning.axis_x * z),
        turn * (turning.axis_x * y - turning.axis_y * x),
    )


@kernel
def turning_wind(turning: Turning, x: float, y: float, z: float) -> tuple[float, float]:
    """Wind east and north, m/s, that turns a round Earth's air (mean radius)."""
    rx, ry, rz = turning_rate(turning, 0.0, x, y, z)
    ex, ey, _ = east(x, y, z)
    return (
        MEAN_RADIUS_M * (rx * ex + ry * ey),
        MEAN_RADIUS_M * (-rx * z * ey + ry * z * ex + rz * (x * ey - y * ex)),
    )


@kernel
def turning_normals_wind(turning: Turning, x: float, y: float, z: float) -> tuple[float, float]:
    """Wind east and north, m/s, that turns the unit normals of WGS84 at the turning's height."""
    rx, ry, rz = turning_rate(turning, 0.0, x, y, z)
    ex, ey, _ = east(x, y, z)
    along_m, across_m = radii_m(z)
    return (
        (across_m + turning.height_m) * (rx * ex + ry * ey),
        (along_m + turning.height_m) * (-rx * z * ey + ry * z * ex + rz * (x * ey - y * ex)),
    )


@kernel
def turned(turning: Turning, x: float, y: float, z: float, time_s: float) -> Vector:
    """Where a unit normal is after a time; exact (Rodrigues' formula).

    >>> there = turned(tilted(0.0), 1.0, 0.0, 0.0, 3 * DAY_S)  # a quarter turn about the pole
    >>> [round(v, 12) for v in there]
    [0.0, 1.0, 0.0]
    """
    angle = 2.0 * math.pi * time_s / turning.period_s
    sine, cosine = math.sin(angle), math.cos(angle)
    ax, ay, az = turning.axis_x, turning.axis_y, turning.axis_z
    along = (ax * x + ay * y + az * z) * (1.0 - cosine)
    return (
        x * cosine + (ay * z - az * y) * sine + ax * along,
        y * cosine + (az * x - ax * z) * sine + ay * along,
        z * cosine + (ax * y - ay * x) * sine + az * along,
    )


def sampled(
    flow: Flow, time_s: Array, log_pressure: Array, lat_deg: Array, lon_deg: Array
) -> WindGrid:
    """Sample a flow at the nodes of a grid.

    Parameters
    ----------
    flow
        (time_s, log_pressure, x, y, z) -> wind in m/s along the Earth-fixed x, y, z; broadcasting.
        Its vertical part is dropped.
    time_s, log_pressure, lat_deg, lon_deg
        The axes, ascending. A row at a pole is relative to each column's own north.
    """
    lat_rad, lon_rad = np.radians(lat_deg)[:, None], np.radians(lon_deg)
    sin_lat, cos_lat = np.sin(lat_rad), np.cos(lat_rad)
    sin_lon, cos_lon = np.sin(lon_rad), np.cos(lon_rad)
    wx, wy, wz = flow(
        time_s[:, None, None, None],
        log_pressure[:, None, None],
        cos_lat * cos_lon,
        cos_lat * sin_lon,
        sin_lat + 0.0 * lon_rad,
    )
    shape = (len(time_s), len(log_pressure), len(lat_deg), len(lon_deg), 2)
    uv_mps = np.empty(shape, dtype=np.float32)
    uv_mps[..., 0] = wy * cos_lon - wx * sin_lon
    uv_mps[..., 1] = wz * cos_lat - sin_lat * (wx * cos_lon + wy * sin_lon)
    return WindGrid(time_s, log_pressure, lat_deg, lon_deg, uv_mps)


def turning_flow(turning: Turning) -> Flow:
    """The flow of :func:`turning_wind`, to be sampled."""

    def flow(time_s: Array, log_pressure: Array, x: Array, y: Array, z: Array) -> Arrays:
        turn_mps = 2.0 * math.pi * MEAN_RADIUS_M / turning.period_s
        return (
            turn_mps * (turning.axis_y * z - turning.axis_z * y),
            turn_mps * (turning.axis_z * x - turning.axis_x * z),
            turn_mps * (turning.axis_x * y - turning.axis_y * x),
        )

    return flow


@kernel
def sheared_jet(x_km: float, y_km: float, level: float, time_h: float) -> tuple[float, float]:
    """Wind of the sheared jet, km/h, on a plane; ``level`` runs from 0 to 1 (method 9).

    >>> sheared_jet(0.0, 300.0, 0.5, 0.0)
    (70.0, 0.0)
    """
    u_kmh = 70.0 + 54.0 * math.sin(2.0 * math.pi * (y_km - 300.0) / 2400.0) + 36.0 * (level - 0.5)
    v_kmh = 30.0 * math.sin(2.0 * math.pi * (x_km - 20.0 * time_h) / 3000.0)
    return u_kmh, v_kmh + 10.0 * (level - 0.5)


@dataclass(frozen=True)
class JetProblem:
    """The flight in the sheared jet whose evidence is known (method 9).

    Positions are (x, y) in km. Each fix is normal with the given sd per axis. ``log_evidence``
    averages over the level, uniform on 0 to 1, the start and the wind error.
    """

    start_sd_km: float = 50.0
    error_sd_kmh: float = 9.0
    error_tau_h: float = 12.0
    step_h: float = 0.5
    duration_h: float = 120.0
    drawn_at_level: float = 0.62
    fix_time_h: tuple[float, ...] = (0.0, 24.0, 54.0, 84.0, 120.0)
    fix_sd_km: tuple[float, ...] = (20.0, 10.0, 25.0, 5.0, 2.0)
    fix_km: tuple[tuple[float, float], ...] = (
        (-39.412715917608686, -39.02299897520801),
        (1085.8848032103729, 180.82432582202662),
        (3294.3790068041367, 121.62411098669722),
        (4076.1043682304485, -642.0106747080397),
        (5809.566276296929, -467.9279066689028),
    )
    log_evidence: float = -62.975


JET = JetProblem()
