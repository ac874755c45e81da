"""How fast air spreads out at a place, for weights of paths that are followed backward.

What is launched over an area arrives over a larger one where the wind diverges. So a path followed
backward in time stands for the launch density with the weight exp(-integral of the divergence)
(docs/explanation/origin.md; Flesch, Wilson & Yee 1995, *J. Appl. Meteorol.* 34:1320). The
divergence is that of the model in which paths fly: the gridded wind's, on the ellipsoid, that of a
constant bias, and that of the wind's error where its standard deviation changes with place.

What is left out: by day a balloon rides higher, so its surface slopes where the sun sets; with 2 km
of swing that adds some 3 % to a weight at each sunset.
"""

import math

from overflight.physics.drift import Drift, level_at, lift_m, moved, spread_mps
from overflight.physics.kernel import kernel
from overflight.physics.sphere import Vector, radii_m
from overflight.physics.tangent import basis
from overflight.physics.windgrid import SigmaTable, WindGrid, wind_slopes

_NEAR_POLE = 1e-3  # cosine of a latitude, 6 km: nearer, nodes in single precision would be noise
_REACH_M = 1_000.0  # over which a standard deviation's slope is taken


@kernel
def divergence_hz(
    grid: WindGrid,
    time_s: float,
    log_pressure: float,
    height_m: float,
    x: float,
    y: float,
    z: float,
) -> float:
    """Horizontal divergence of a gridded wind at a unit normal, 1/s; NaN outside the grid.

    With the radii of curvature M and N of the ellipsoid, at a height h::

        div = (du/dlon - v sin lat) / ((N + h) cos lat) + dv/dlat / (M + h)

    from d(N cos lat)/dlat = -M sin lat. Exact for the interpolated wind inside a cell; on a cell's
    face it is that of one side.
    """
    cosine = math.sqrt(x * x + y * y)
    if cosine < _NEAR_POLE:
        x, y, cosine = _NEAR_POLE, 0.0, _NEAR_POLE  # as good as any place so near
    slopes = wind_slopes(grid, time_s, log_pressure, x, y, z)
    along_m, across_m = radii_m(z)
    east_hz = (slopes.u_by_lon_mps - slopes.v_mps * z) / ((across_m + height_m) * cosine)
    return east_hz + slopes.v_by_lat_mps / (along_m + height_m)


@kernel
def error_divergence_hz(
    table: SigmaTable,
    time_s: float,
    log_pressure: float,
    height_m: float,
    place: Vector,
    error: tuple[float, float],
) -> float:
    """Divergence of a wind error, (east, north) in local standard deviations, 1/s.

    The error is carried along in units of the local standard deviation, so it diverges where that
    grows along it, and only there: e . grad(sigma).
    """
    (x, y, z), (east, north) = place, error
    size = math.sqrt(east * east + north * north)
    if not size > 0.0:
        return 0.0
    part = _REACH_M / size
    frame = basis(x, y, z)
    ax, ay, az = moved(place, frame, z, height_m, part * east, part * north)
    bx, by, bz = moved(place, frame, z, height_m, -part * east, -part * north)
    ahead_mps = spread_mps(table, time_s, log_pressure, ax, ay, az)
    behind_mps = spread_mps(table, time_s, log_pressure, bx, by, bz)
    return size * (ahead_mps - behind_mps) / (2.0 * _REACH_M)


@kernel
def drift_divergence_hz(
    drift: Drift, step: int, x: float, y: float, z: float, east: float, north: float
) -> float:
    """Divergence of all that moves a particle when a step begins, 1/s.

    Parameters
    ----------
    east, north
        The wind's error as it blows forward in time, in local standard deviations.
    """
    log_pressure, height_m = level_at(drift.level, 2 * step, lift_m(drift.level, step, x, y, z))
    time_s = drift.start_s + step * drift.dt_s
    total_hz = divergence_hz(drift.grid, time_s, log_pressure, height_m, x, y, z)
    total_hz += drift.error_scale * error_divergence_hz(
        drift.error, time_s, log_pressure, height_m, (x, y, z), (east, north)
    )
    _, across_m = radii_m(z)
    cosine = max(math.sqrt(x * x + y * y), _NEAR_POLE)
    return total_hz - drift.bias_v_mps * z / ((across_m + height_m) * cosine)
