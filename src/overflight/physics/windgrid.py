"""Wind from a grid: bilinear across the globe, linear in ln p, linear in time.

Linear in every coordinate, because the error of a wind analysis and its time sampling dominate
(SCIENCE D3) and because a linear sampler never overshoots. Within a degree of a pole east and
north turn quickly from node to node, so there the four nodes' winds are interpolated as
Earth-fixed vectors and read against the local east and north.

No extrapolation: outside the grid's times, levels or box the answer is NaN, NaN.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import kernel
from overflight.physics.sphere import east

POLAR_SINE = math.sin(math.radians(89.0))
_ROUND_OFF_DEG = 1e-9  # 0.1 mm: a place on the box's edge is inside, however it was computed


class WindGrid(NamedTuple):
    """A wind analysis as arrays; every axis strictly ascending, at least two long, even or not.

    A grid all around the globe repeats its first column 360 degrees further on. A grid that shall
    serve at a pole has a row there, whose winds are relative to each column's own north.
    """

    time_s: NDArray[np.float64]  # (time,) since the case's epoch
    log_pressure: NDArray[np.float64]  # (level,) natural log of pascals
    lat_deg: NDArray[np.float64]  # (lat,)
    lon_deg: NDArray[np.float64]  # (lon,)
    uv_mps: NDArray[np.float32]  # (time, level, lat, lon, 2) C order: east, north


class SigmaTable(NamedTuple):
    """Standard deviation per component of the wind's error; axes as in :class:`WindGrid`."""

    log_pressure: NDArray[np.float64]  # (level,)
    lat_deg: NDArray[np.float64]  # (lat,)
    sigma_mps: NDArray[np.float64]  # (level, lat)


@kernel
def _cell(axis: NDArray[np.float64], value: float) -> int:
    """Index of the cell that holds a value; -1 outside or if the value is NaN.

    Guesses as if the axis were even, then walks: no steps on an even axis, at most one on
    Gaussian latitudes, a few among pressure levels.
    """
    last = axis.shape[0] - 1
    if last < 1 or not axis[0] <= value <= axis[last]:
        return -1
    i: int = min(int((value - axis[0]) / (axis[last] - axis[0]) * last), last - 1)
    while axis[i] > value:
        i -= 1
    while i < last - 1 and axis[i + 1] <= value:
        i += 1
    return i


@kernel
def _share(axis: NDArray[np.float64], i: int, value: float) -> float:
    """How far along the cell a value lies, 0 to 1."""
    return float((value - axis[i]) / (axis[i + 1] - axis[i]))


@kernel
def _inside_deg(axis: NDArray[np.float64], value_deg: float) -> float:
    """The value, or the edge it misses by round-off only."""
    first, last = axis[0], axis[axis.shape[0] - 1]
    if first - _ROUND_OFF_DEG <= value_deg < first:
        return float(first)
    if last < value_deg <= last + _ROUND_OFF_DEG:
        return float(last)
    return value_deg


@kernel
def _turned_deg(axis: NDArray[np.float64], lon_deg: float) -> float:
    """The longitude, by whole turns, at or just east of the axis' first."""
    beyond_deg = lon_deg - axis[0]
    beyond_deg -= 360.0 * math.floor(beyond_deg / 360.0)
    if beyond_deg > 360.0 - _ROUND_OFF_DEG:
        beyond_deg = 0.0
    return _inside_deg(axis, axis[0] + beyond_deg)


@kernel
def _corner(
    uv_mps: NDArray[np.float32], t: int, k: int, t_share: float, k_share: float, j: int, i: int
) -> tuple[float, float]:
    """Wind of one column of nodes, between two times and two levels."""
    a, b = (1.0 - t_share) * (1.0 - k_share), (1.0 - t_share) * k_share
    c, d = t_share * (1.0 - k_share), t_share * k_share
    u_mps = (
        a * uv_mps[t, k, j, i, 0]
        + b * uv_mps[t, k + 1, j, i, 0]
        + c * uv_mps[t + 1, k, j, i, 0]
        + d * uv_mps[t + 1, k + 1, j, i, 0]
    )
    v_mps = (
        a * uv_mps[t, k, j, i, 1]
        + b * uv_mps[t, k + 1, j, i, 1]
        + c * uv_mps[t + 1, k, j, i, 1]
        + d * uv_mps[t + 1, k + 1, j, i, 1]
    )
    return u_mps, v_mps


@kernel
def _vector(
    lat_deg: float, lon_deg: float, u_mps: float, v_mps: float
) -> tuple[float, float, float]:
    """A node's wind as an Earth-fixed vector."""
    lat_rad, lon_rad = math.radians(lat_deg), math.radians(lon_deg)
    sine, cosine = math.sin(lon_rad), math.cos(lon_rad)
    inward_mps = v_mps * math.sin(lat_rad)
    return (
        -u_mps * sine - inward_mps * cosine,
        u_mps * cosine - inward_mps * sine,
        v_mps * math.cos(lat_rad),
    )


@kernel
def wind(
    grid: WindGrid, time_s: float, log_pressure: float, x: float, y: float, z: float
) -> tuple[float, float]:
    """Wind east and north (m/s) at a time, a level and a unit normal; NaN, NaN outside the grid.

    East and north are those of :func:`overflight.physics.sphere.east` at that normal.
    """
    lat_deg = _inside_deg(grid.lat_deg, math.degrees(math.atan2(z, math.sqrt(x * x + y * y))))
    lon_deg = _turned_deg(grid.lon_deg, math.degrees(math.atan2(y, x)))
    t, k = _cell(grid.time_s, time_s), _cell(grid.log_pressure, log_pressure)
    j, i = _cell(grid.lat_deg, lat_deg), _cell(grid.lon_deg, lon_deg)
    if t < 0 or k < 0 or j < 0 or i < 0:
        return math.nan, math.nan
    t_share, k_share = _share(grid.time_s, t, time_s), _share(grid.log_pressure, k, log_pressure)
    j_share, i_share = _share(grid.lat_deg, j, lat_deg), _share(grid.lon_deg, i, lon_deg)
    u00, v00 = _corner(grid.uv_mps, t, k, t_share, k_share, j, i)
    u01, v01 = _corner(grid.uv_mps, t, k, t_share, k_share, j, i + 1)
    u10, v10 = _corner(grid.uv_mps, t, k, t_share, k_share, j + 1, i)
    u11, v11 = _corner(grid.uv_mps, t, k, t_share, k_share, j + 1, i + 1)
    a, b = (1.0 - j_share) * (1.0 - i_share), (1.0 - j_share) * i_share
    c, d = j_share * (1.0 - i_share), j_share * i_share
    if abs(z) <= POLAR_SINE:
        return a * u00 + b * u01 + c * u10 + d * u11, a * v00 + b * v01 + c * v10 + d * v11
    south_deg, north_deg = grid.lat_deg[j], grid.lat_deg[j + 1]
    west_deg, east_deg = grid.lon_deg[i], grid.lon_deg[i + 1]
    ax, ay, az = _vector(south_deg, west_deg, a * u00, a * v00)
    bx, by, bz = _vector(south_deg, east_deg, b * u01, b * v01)
    cx, cy, cz = _vector(north_deg, west_deg, c * u10, c * v10)
    dx, dy, dz = _vector(north_deg, east_deg, d * u11, d * v11)
    wx, wy, wz = ax + bx + cx + dx, ay + by + cy + dy, az + bz + cz + dz
    ex, ey, _ = east(x, y, z)
    return wx * ex + wy * ey, -wx * z * ey + wy * z * ex + wz * (x * ey - y * ex)


@kernel
def sigma(table: SigmaTable, log_pressure: float, lat_deg: float) -> float:
    """Standard deviation of the wind's error, m/s; beyond the table's edges, the edge's value."""
    levels, lats = table.log_pressure, table.lat_deg
    log_pressure = min(max(log_pressure, levels[0]), levels[levels.shape[0] - 1])
    lat_deg = min(max(lat_deg, lats[0]), lats[lats.shape[0] - 1])
    k, j = _cell(levels, log_pressure), _cell(lats, lat_deg)
    if k < 0 or j < 0:
        return math.nan
    k_share, j_share = _share(levels, k, log_pressure), _share(lats, j, lat_deg)
    low = (1.0 - j_share) * table.sigma_mps[k, j] + j_share * table.sigma_mps[k, j + 1]
    high = (1.0 - j_share) * table.sigma_mps[k + 1, j] + j_share * table.sigma_mps[k + 1, j + 1]
    return float((1.0 - k_share) * low + k_share * high)
