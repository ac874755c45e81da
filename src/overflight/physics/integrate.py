"""Steps of an ordinary differential equation on the unit sphere, for any wind.

``rate(parameters, time_s, x, y, z)`` gives how fast the unit normal turns (1/s); a wind becomes a
rate through :func:`overflight.physics.sphere.rate`. Every intermediate state is put back onto the
sphere before the rate is asked again, so that a wind never sees a place that is none. NaN in,
NaN out. Steps may be negative.

The drift of a balloon adds the wind's error within the step and so has its own midpoint step
(:mod:`overflight.physics.drift`); these are the plain ones.
"""

import math
from collections.abc import Callable
from typing import TypeVar

from overflight.physics.kernel import kernel
from overflight.physics.sphere import Vector

P = TypeVar("P")
Rate = Callable[[P, float, float, float, float], Vector]


@kernel
def advanced(at: Vector, rate: Vector, dt_s: float) -> Vector:
    """One straight displacement, put back onto the unit sphere."""
    x, y, z = at[0] + dt_s * rate[0], at[1] + dt_s * rate[1], at[2] + dt_s * rate[2]
    shrink = 1.0 / math.sqrt(x * x + y * y + z * z)
    return x * shrink, y * shrink, z * shrink


@kernel
def midpoint_step(rate: Rate[P], parameters: P, time_s: float, at: Vector, dt_s: float) -> Vector:
    """Second order: the rate half a step ahead, applied to the whole step."""
    half_s = 0.5 * dt_s
    m = advanced(at, rate(parameters, time_s, at[0], at[1], at[2]), half_s)
    return advanced(at, rate(parameters, time_s + half_s, m[0], m[1], m[2]), dt_s)


@kernel
def rk4_step(rate: Rate[P], parameters: P, time_s: float, at: Vector, dt_s: float) -> Vector:
    """Fourth order: the classical Runge-Kutta step."""
    half_s = 0.5 * dt_s
    a = rate(parameters, time_s, at[0], at[1], at[2])
    p = advanced(at, a, half_s)
    b = rate(parameters, time_s + half_s, p[0], p[1], p[2])
    p = advanced(at, b, half_s)
    c = rate(parameters, time_s + half_s, p[0], p[1], p[2])
    p = advanced(at, c, dt_s)
    d = rate(parameters, time_s + dt_s, p[0], p[1], p[2])
    mean = (
        (a[0] + 2.0 * (b[0] + c[0]) + d[0]) / 6.0,
        (a[1] + 2.0 * (b[1] + c[1]) + d[1]) / 6.0,
        (a[2] + 2.0 * (b[2] + c[2]) + d[2]) / 6.0,
    )
    return advanced(at, mean, dt_s)
