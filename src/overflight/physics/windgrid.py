"""Wind from a grid: bilinear across the globe, linear in ln p, linear in time.

Linear in every coordinate, because the error of a wind analysis and its time sampling dominate
(method 1) and because a linear sampler never overshoots. Within a degree of a pole east and
north turn quickly from node to node, so there the four nodes' winds are interpolated as
Earth-fixed vectors and read against the local east and north.

No extrapolation: outside the grid's times, levels or box the answer is NaN, NaN.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import kernel, loop
from overflight.physics.sphere import Vector, east

Corner = tuple[float, float, float, float]

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


class Slopes(NamedTuple):
    """A wind, m/s, and how it changes: per radian of latitude and longitude, per ln p."""

    u_mps: float
    v_mps: float
    u_by_lat_mps: float
    v_by_lat_mps: float
    u_by_lon_mps: float
    v_by_lon_mps: float
    u_by_level_mps: float
    v_by_level_mps: float


class SigmaTable(NamedTuple):
    """Standard deviation per component of the wind's error; axes as in :class:`WindGrid`.

    Times and longitudes may be one long each, which means "always" and "everywhere".
    """

    time_s: NDArray[np.float64]  # (time,)
    log_pressure: NDArray[np.float64]  # (level,)
    lat_deg: NDArray[np.float64]  # (lat,)
    lon_deg: NDArray[np.float64]  # (lon,)
    sigma_mps: NDArray[np.float64]  # (time, level, lat, lon)


def steady(
    log_pressure: NDArray[np.float64],
    lat_deg: NDArray[np.float64],
    sigma_mps: NDArray[np.float64],
) -> SigmaTable:
    """Make a table that holds at all times and longitudes from ``sigma_mps`` (level, lat)."""
    entries = np.ascontiguousarray(sigma_mps, dtype=np.float64)[None, :, :, None]
    return SigmaTable(np.zeros(1), log_pressure, lat_deg, np.zeros(1), entries)


@kernel
def cell(axis: NDArray[np.float64], value: float) -> tuple[int, float]:
    """Cell that holds a value and how far along it lies, 0 to 1; share NaN outside.

    Guesses as if the axis were even, then walks: no steps on an even axis, at most one on
    Gaussian latitudes, a few among pressure levels. (The plain loop is inlined; a search that
    is called costs 25 ns more per axis.)
    """
    last = axis.shape[0] - 1
    first, end = axis[0], axis[last]
    inside = value >= first and value <= end and end > first
    if not inside:
        return 0, math.nan
    i: int = min(int((value - first) / (end - first) * last), last - 1)
    while axis[i] > value:
        i -= 1
    while i < last - 1 and axis[i + 1] <= value:
        i += 1
    return i, (value - axis[i]) / (axis[i + 1] - axis[i])


@kernel
def _turned_deg(lon_deg: float, first_deg: float, last_deg: float) -> float:
    """The longitude, by whole turns, at or just east of a grid's first column."""
    while lon_deg < first_deg - _ROUND_OFF_DEG:
        lon_deg += 360.0
    while lon_deg >= first_deg + 360.0 - _ROUND_OFF_DEG:
        lon_deg -= 360.0
    return _on_edge_deg(lon_deg, first_deg, last_deg)


@kernel
def _on_edge_deg(value_deg: float, first_deg: float, last_deg: float) -> float:
    """The value, or the edge that it misses by round-off only."""
    if value_deg < first_deg and value_deg >= first_deg - _ROUND_OFF_DEG:
        return first_deg
    if value_deg > last_deg and value_deg <= last_deg + _ROUND_OFF_DEG:
        return last_deg
    return value_deg


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
def _vector(lat_deg: float, lon_deg: float, u_mps: float, v_mps: float) -> Vector:
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
    lats, lons, uv_mps = grid.lat_deg, grid.lon_deg, grid.uv_mps
    polar = abs(z) > POLAR_SINE
    # Away from the poles the arc sine is as good and twice as fast.
    lat_rad = math.atan2(z, math.sqrt(x * x + y * y)) if polar else math.asin(z)
    lat_deg = _on_edge_deg(math.degrees(lat_rad), lats[0], lats[lats.shape[0] - 1])
    lon_deg = _turned_deg(math.degrees(math.atan2(y, x)), lons[0], lons[lons.shape[0] - 1])
    t, t_share = cell(grid.time_s, time_s)
    k, k_share = cell(grid.log_pressure, log_pressure)
    j, j_share = cell(lats, lat_deg)
    i, i_share = cell(lons, lon_deg)
    if math.isnan(t_share + k_share + j_share + i_share):
        return math.nan, math.nan
    a, b = (1.0 - j_share) * (1.0 - i_share), (1.0 - j_share) * i_share
    c, d = j_share * (1.0 - i_share), j_share * i_share
    u00, v00 = _corner(uv_mps, t, k, t_share, k_share, j, i)
    u01, v01 = _corner(uv_mps, t, k, t_share, k_share, j, i + 1)
    u10, v10 = _corner(uv_mps, t, k, t_share, k_share, j + 1, i)
    u11, v11 = _corner(uv_mps, t, k, t_share, k_share, j + 1, i + 1)
    if not polar:
        return a * u00 + b * u01 + c * u10 + d * u11, a * v00 + b * v01 + c * v10 + d * v11
    ax, ay, az = _vector(lats[j], lons[i], a * u00, a * v00)
    bx, by, bz = _vector(lats[j], lons[i + 1], b * u01, b * v01)
    cx, cy, cz = _vector(lats[j + 1], lons[i], c * u10, c * v10)
    dx, dy, dz = _vector(lats[j + 1], lons[i + 1], d * u11, d * v11)
    wx, wy, wz = ax + bx + cx + dx, ay + by + cy + dy, az + bz + cz + dz
    ex, ey, _ = east(x, y, z)
    return wx * ex + wy * ey, -wx * z * ey + wy * z * ex + wz * (x * ey - y * ex)


@kernel
def _corner_slopes(
    uv_mps: NDArray[np.float32], t: int, k: int, t_share: float, k_share: float, j: int, i: int
) -> Corner:
    """Wind of one column of nodes as :func:`_corner` gives it, and how it differs by level."""
    u_mps = (1.0 - t_share) * uv_mps[t, k, j, i, 0] + t_share * uv_mps[t + 1, k, j, i, 0]
    v_mps = (1.0 - t_share) * uv_mps[t, k, j, i, 1] + t_share * uv_mps[t + 1, k, j, i, 1]
    below_u = (1.0 - t_share) * uv_mps[t, k + 1, j, i, 0] + t_share * uv_mps[t + 1, k + 1, j, i, 0]
    below_v = (1.0 - t_share) * uv_mps[t, k + 1, j, i, 1] + t_share * uv_mps[t + 1, k + 1, j, i, 1]
    more_u, more_v = below_u - u_mps, below_v - v_mps
    return u_mps + k_share * more_u, v_mps + k_share * more_v, more_u, more_v


@kernel
def wind_slopes(
    grid: WindGrid, time_s: float, log_pressure: float, x: float, y: float, z: float
) -> Slopes:
    """:func:`wind` and how it changes with place and level, from the same nodes.

    The slopes of the cell: on a cell's face they are those of one side. NaN outside the grid.
    """
    lats, lons, uv_mps, gap = grid.lat_deg, grid.lon_deg, grid.uv_mps, math.nan
    lat_deg = math.degrees(math.atan2(z, math.sqrt(x * x + y * y)))
    lat_deg = _on_edge_deg(lat_deg, lats[0], lats[lats.shape[0] - 1])
    lon_deg = _turned_deg(math.degrees(math.atan2(y, x)), lons[0], lons[lons.shape[0] - 1])
    t, t_share = cell(grid.time_s, time_s)
    k, k_share = cell(grid.log_pressure, log_pressure)
    j, j_share = cell(lats, lat_deg)
    i, i_share = cell(lons, lon_deg)
    if math.isnan(t_share + k_share + j_share + i_share):
        return Slopes(gap, gap, gap, gap, gap, gap, gap, gap)
    corners = (
        _corner_slopes(uv_mps, t, k, t_share, k_share, j, i),
        _corner_slopes(uv_mps, t, k, t_share, k_share, j, i + 1),
        _corner_slopes(uv_mps, t, k, t_share, k_share, j + 1, i),
        _corner_slopes(uv_mps, t, k, t_share, k_share, j + 1, i + 1),
    )
    per = (
        1.0 / math.radians(lats[j + 1] - lats[j]),
        1.0 / math.radians(lons[i + 1] - lons[i]),
        1.0 / (grid.log_pressure[k + 1] - grid.log_pressure[k]),
    )
    if abs(z) > POLAR_SINE:
        corner_deg = lats[j], lats[j + 1], lons[i], lons[i + 1]
        return _polar_slopes(corners, corner_deg, (j_share, i_share), per, (x, y, z))
    (u0, v0, du0, dv0), (u1, v1, du1, dv1) = corners[0], corners[1]
    (u2, v2, du2, dv2), (u3, v3, du3, dv3) = corners[2], corners[3]
    u, u_lat, u_lon = _within(u0, u1, u2, u3, j_share, i_share)
    v, v_lat, v_lon = _within(v0, v1, v2, v3, j_share, i_share)
    du, _, _ = _within(du0, du1, du2, du3, j_share, i_share)
    dv, _, _ = _within(dv0, dv1, dv2, dv3, j_share, i_share)
    by_lat, by_lon, by_level = per
    return Slopes(
        u, v, u_lat * by_lat, v_lat * by_lat, u_lon * by_lon, v_lon * by_lon,
        du * by_level, dv * by_level,
    )  # fmt: skip


@kernel
def _within(
    first: float, east: float, north: float, both: float, j_share: float, i_share: float
) -> tuple[float, float, float]:
    """Bilinear between four nodes, and the slopes by cell north and east."""
    low, high = (1.0 - i_share) * first + i_share * east, (1.0 - i_share) * north + i_share * both
    by_lon = (1.0 - j_share) * (east - first) + j_share * (both - north)
    return (1.0 - j_share) * low + j_share * high, high - low, by_lon


@loop
def _polar_slopes(
    corners: tuple[Corner, Corner, Corner, Corner],
    corner_deg: tuple[float, float, float, float],
    share: tuple[float, float],
    per: Vector,
    place: Vector,
) -> Slopes:
    """The same from winds as Earth-fixed vectors, read against an east and north that turn."""
    south_deg, north_deg, west_deg, east_deg = corner_deg
    winds, lower = np.empty((4, 3)), np.empty((4, 3))
    for node in range(4):
        u, v, more_u, more_v = corners[node]
        lat_deg = north_deg if node >= 2 else south_deg
        lon_deg = east_deg if node % 2 == 1 else west_deg
        winds[node, 0], winds[node, 1], winds[node, 2] = _vector(lat_deg, lon_deg, u, v)
        ax, ay, az = _vector(lat_deg, lon_deg, more_u, more_v)
        lower[node, 0], lower[node, 1], lower[node, 2] = ax, ay, az
    x, y, z = place
    ex, ey, _ = east(x, y, z)
    nx, ny, nz = -z * ey, z * ex, x * ey - y * ex
    u, u_lat, u_lon, u_level, v, v_lat, v_lon, v_level = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for axis in range(3):
        along_e, along_n = (ex, ey, 0.0)[axis], (nx, ny, nz)[axis]
        w, by_lat, by_lon = _within(*_column(winds, axis), share[0], share[1])
        below, _, _ = _within(*_column(lower, axis), share[0], share[1])
        by_lat, by_lon, below = by_lat * per[0], by_lon * per[1], below * per[2]
        u, v = u + w * along_e, v + w * along_n
        # d east / d lat is nothing, d north / d lat down; by longitude both turn.
        u_lat, v_lat = u_lat + by_lat * along_e, v_lat + by_lat * along_n - w * place[axis]
        u_lon, v_lon = u_lon + by_lon * along_e, v_lon + by_lon * along_n - w * z * along_e
        u_lon += w * (-ey, ex, 0.0)[axis]
        u_level, v_level = u_level + below * along_e, v_level + below * along_n
    return Slopes(u, v, u_lat, v_lat, u_lon, v_lon, u_level, v_level)


@kernel
def _column(nodes: NDArray[np.float64], axis: int) -> Corner:
    return nodes[0, axis], nodes[1, axis], nodes[2, axis], nodes[3, axis]


@kernel
def sigma(
    table: SigmaTable, time_s: float, log_pressure: float, lat_deg: float, lon_deg: float
) -> float:
    """Standard deviation of the wind's error, m/s; beyond the table's edges, the edge's value."""
    levels, lats, lons = table.log_pressure, table.lat_deg, table.lon_deg
    log_pressure = min(max(log_pressure, levels[0]), levels[levels.shape[0] - 1])
    lat_deg = min(max(lat_deg, lats[0]), lats[lats.shape[0] - 1])
    k, k_share = cell(levels, log_pressure)
    j, j_share = cell(lats, lat_deg)
    if math.isnan(k_share + j_share):
        return math.nan
    last_t, last_i = table.time_s.shape[0] - 1, lons.shape[0] - 1
    if last_t == 0 and last_i == 0:  # the usual table, at no more than its own cost
        return _column_sigma(table.sigma_mps, 0, k, k_share, j, j_share, 0)
    t, t_share, i, i_share = 0, 0.0, 0, 0.0
    if last_t > 0:
        t, t_share = cell(table.time_s, min(max(time_s, table.time_s[0]), table.time_s[last_t]))
    if last_i > 0:
        lon_deg = _turned_deg(lon_deg, lons[0], lons[last_i])
        i, i_share = cell(lons, _nearer_edge_deg(lon_deg, lons[0], lons[last_i]))
    if math.isnan(t_share + i_share):
        return math.nan
    total = 0.0
    for later in range(min(last_t, 1) + 1):
        for further in range(min(last_i, 1) + 1):
            weight = t_share if later else 1.0 - t_share
            weight *= i_share if further else 1.0 - i_share
            value = _column_sigma(table.sigma_mps, t + later, k, k_share, j, j_share, i + further)
            total += weight * value
    return total


@kernel
def _column_sigma(
    sigma_mps: NDArray[np.float64], t: int, k: int, k_share: float, j: int, j_share: float, i: int
) -> float:
    """One time and one longitude of an error table, between two levels and two latitudes."""
    low = (1.0 - j_share) * sigma_mps[t, k, j, i] + j_share * sigma_mps[t, k, j + 1, i]
    high = (1.0 - j_share) * sigma_mps[t, k + 1, j, i] + j_share * sigma_mps[t, k + 1, j + 1, i]
    return float((1.0 - k_share) * low + k_share * high)


@kernel
def _nearer_edge_deg(lon_deg: float, first_deg: float, last_deg: float) -> float:
    """The longitude, or the edge of a bounded table that is nearer to it around the globe."""
    if not lon_deg > last_deg:  # NaN too
        return lon_deg
    return last_deg if lon_deg - last_deg <= first_deg + 360.0 - lon_deg else first_deg
