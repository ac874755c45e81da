"""A short step seen from where it starts: small angles instead of trigonometry.

A place is given by its offsets ``a`` east and ``b`` north in the plane that touches the sphere at
the start, in radians. All series below stop where what is left out is of the fifth order in the
step, so that a Runge-Kutta step keeps its fourth order; near a pole, where a degree of longitude is
short, they do not hold, and :func:`pole_fraction` says where that begins. Single precision is
enough here: an offset of 10 km is good to a millimetre, and the start stays in double precision.
"""

import math

import numpy as np

from overflight.physics.kernel import lane_kernel
from overflight.physics.sphere import E2, EQUATOR_RADIUS_M

Three = tuple[np.float32, np.float32, np.float32]

ONE, TWO, HALF = np.float32(1.0), np.float32(2.0), np.float32(0.5)
THIRD, FIFTH, SIXTH = np.float32(1.0 / 3.0), np.float32(0.2), np.float32(1.0 / 6.0)
TWELFTH, FOUR_THIRDS = np.float32(1.0 / 12.0), np.float32(4.0 / 3.0)
_N_BENDS, _M_BENDS = np.float32(0.5 * E2), np.float32(1.5 * E2)

FASTEST_MPS = 150.0  # of any wind at heights where balloons float
_LEAST_COSINE = 0.1  # of the latitude: 84 degrees
_WIDEST = 0.12  # of a step against the way to the axis


def pole_fraction(dt_s: float) -> float:
    """Cosine of the latitude below which a step is too long for the series.

    >>> round(pole_fraction(300.0), 2), round(pole_fraction(1_800.0), 2)
    (0.1, 0.35)
    """
    return max(_LEAST_COSINE, FASTEST_MPS * abs(dt_s) / EQUATOR_RADIUS_M / _WIDEST)


def pole_sine_fraction(dt_s: float, *, even: bool) -> float:
    """Sine of the latitude beyond which particles go one by one; below 0 where all must.

    Parameters
    ----------
    even
        Whether the wind's grid is: only on such grids do blocks march.
    """
    return math.sqrt(1.0 - min(pole_fraction(dt_s), 1.0) ** 2) if even else -1.0


@lane_kernel
def shift(
    a: np.float32, b: np.float32, sine: np.float32, cosine: np.float32, secant: np.float32
) -> tuple[np.float32, np.float32]:
    """Change of longitude and latitude, radians, from the start to a place at ``a``, ``b``.

    The tangent of the former is ``a / (cosine - b sine)``. Going north by ``b`` along the meridian
    first, the latter follows from ``tan lat = tan(lat0 + b) cos(dlon)``.

    Parameters
    ----------
    sine, cosine, secant
        Of the latitude of the start.
    """
    tangent = a * secant / (ONE - b * sine * secant)
    square = tangent * tangent
    dlon = tangent * (ONE - square * (THIRD - FIFTH * square))
    along = b * (ONE - b * b * THIRD)
    square = dlon * dlon
    less = HALF * square * (ONE - TWELFTH * square)  # 1 - cos(dlon)
    twice, turn = TWO * sine * cosine, (cosine - sine) * (cosine + sine)
    swing = along * (TWO - FOUR_THIRDS * along * along)  # sin(2 along)
    half_sine = HALF * (twice * (ONE - TWO * along * along) + turn * swing)
    upper = sine + along * cosine
    return dlon, along - less * half_sine * (ONE + less * upper * upper)


@lane_kernel
def turned(
    u: np.float32,
    v: np.float32,
    dlon: np.float32,
    dlat: np.float32,
    sine: np.float32,
    cosine: np.float32,
    ratio: np.float32,
) -> Three:
    """A wind at a shifted place, as it moves the normal in the start's east, north and up.

    In m/s: east and up are to be divided by the start's N + h, north by its M + h.

    Parameters
    ----------
    ratio
        (N + h) / (M + h) of the start.
    """
    sin_lon, less_lon = _sine_and_less(dlon)
    sin_lat, less_lat = _sine_and_less(dlat)
    sine_there = sine * (ONE - less_lat) + cosine * sin_lat
    flatter = sine_there * sine_there - sine * sine
    u *= ONE - _N_BENDS * flatter
    v *= ONE - _M_BENDS * flatter
    return (
        u * (ONE - less_lon) - ratio * v * sine_there * sin_lon,
        u * sin_lon * sine / ratio + v * (ONE - less_lat - sine_there * sine * less_lon),
        ratio * v * (sine_there * cosine * less_lon - sin_lat) - u * sin_lon * cosine,
    )


@lane_kernel
def _sine_and_less(angle_rad: np.float32) -> tuple[np.float32, np.float32]:
    """The sine of a small angle, and 1 less its cosine."""
    square = angle_rad * angle_rad
    sine = angle_rad * (ONE - SIXTH * square)
    return sine, HALF * square * (ONE - TWELFTH * square)


@lane_kernel
def turning(
    u: np.float32,
    v: np.float32,
    dlon: np.float32,
    dlat: np.float32,
    sine: np.float32,
    cosine: np.float32,
    ratio: np.float32,
) -> Three:
    """What :func:`turned` adds to a wind: some thousandths of it, and so with as small an error.

    The wind itself plus this, added in double precision, are the turned wind to 1e-10 of it.
    """
    sin_lon, less_lon = _sine_and_less(dlon)
    sin_lat, less_lat = _sine_and_less(dlat)
    sine_there = sine * (ONE - less_lat) + cosine * sin_lat
    flatter = sine_there * sine_there - sine * sine
    less_u, less_v = u * (_N_BENDS * flatter), v * (_M_BENDS * flatter)
    u -= less_u
    v -= less_v
    return (
        -less_u - u * less_lon - ratio * v * sine_there * sin_lon,
        u * sin_lon * sine / ratio - less_v - v * (less_lat + sine_there * sine * less_lon),
        ratio * v * (sine_there * cosine * less_lon - sin_lat) - u * sin_lon * cosine,
    )


# Odd polynomial for the arc tangent on [0, 1], fitted at Chebyshev nodes: 1.2e-12 at most, 7
# micrometres on the ground.
_ATAN = (
    0.9999999999984466, -0.33333333270680526, 0.19999995788953073, -0.14285602068436196,
    0.11109537057905784, -0.09077527154034187, 0.07617387291408423, -0.06375158020424433,
    0.050635058863525394, -0.035511833817046236, 0.02016171966367598, -0.008374890580900712,
    0.0022087399024180053, -0.0002736268807128063,
)  # fmt: skip
_QUARTER_TURN = 0.5 * math.pi


@lane_kernel
def arc_tangent_rad(q_fraction: float) -> float:
    """Arc tangent of a number between 0 and 1, by a polynomial that vector units can take.

    >>> abs(arc_tangent_rad(0.7) - math.atan(0.7)) < 2e-12
    True
    """
    s = q_fraction * q_fraction
    s2 = s * s
    s4 = s2 * s2
    a = (_ATAN[0] + _ATAN[1] * s) + (_ATAN[2] + _ATAN[3] * s) * s2
    b = (_ATAN[4] + _ATAN[5] * s) + (_ATAN[6] + _ATAN[7] * s) * s2
    c = (_ATAN[8] + _ATAN[9] * s) + (_ATAN[10] + _ATAN[11] * s) * s2
    return q_fraction * ((a + b * s4) + (c + (_ATAN[12] + _ATAN[13] * s) * s4) * (s4 * s4))


@lane_kernel
def tangents(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Secant of a unit normal's latitude, and two numbers in [0, 1] for its angles.

    One square root and one division, the dearest of vector operations, for all three. At a pole
    the answer is NaN.

    Returns
    -------
    secant, and for longitude and latitude the smaller over the larger side of the angle
    """
    across = math.sqrt(x * x + y * y)
    far, near = max(abs(x), abs(y)), min(abs(x), abs(y))
    high, low = max(abs(z), across), min(abs(z), across)
    shared = 1.0 / (far * high * across)
    return shared * far * high, near * (shared * high * across), low * (shared * far * across)


@lane_kernel
def longitude_rad(x: float, y: float, lon_fraction: float) -> float:
    """Longitude of a unit normal; ``lon_fraction`` is from :func:`tangents`.

    It is apart because those operations take long: a processor works on several places at once
    where loops are short.
    """
    lon = arc_tangent_rad(lon_fraction)
    lon = _QUARTER_TURN - lon if abs(y) > abs(x) else lon
    return math.copysign(math.pi - lon if x < 0.0 else lon, y)


@lane_kernel
def latitude_rad(z: float, lat_fraction: float) -> float:
    """Latitude of a unit normal; ``lat_fraction`` is from :func:`tangents`."""
    lat = arc_tangent_rad(lat_fraction)
    return math.copysign(_QUARTER_TURN - lat if z * z > 0.5 else lat, z)


@lane_kernel
def unit_scale(longer_fraction: float) -> float:
    """What makes a unit vector of one whose square is ``1 + longer_fraction``, nearly one.

    >>> abs(unit_scale(2e-3) * math.sqrt(1.002) - 1.0) < 1e-13
    True
    """
    return 1.0 - longer_fraction * (
        0.5 - longer_fraction * (0.375 - longer_fraction * (0.3125 - longer_fraction * 0.2734375))
    )


# Radii of curvature about those at 45 degrees, in powers of the squared sine of the latitude: 5e-12
# and 4e-11 relative at most.
MIDDLE_N_M, MIDDLE_M_M = 6388838.290121148, 6367381.815619549
_N = (-0.0016749978107027663, 0.003341583597989193, 1.677667897510143e-05, 9.470092842134292e-08)
_M = (-0.005016581304595252, 0.009991196882062311, 8.359984236357421e-05, 6.629107067723794e-07)


@lane_kernel
def over_radii(z: float, n_perm: float, m_perm: float) -> tuple[float, float]:
    """1 / (N + h) and 1 / (M + h) without a division or a root.

    Parameters
    ----------
    z
        Sine of the latitude.
    n_perm, m_perm
        The same at 45 degrees.

    >>> n, m = over_radii(0.3, 1.0 / (MIDDLE_N_M + 2e4), 1.0 / (MIDDLE_M_M + 2e4))
    >>> from overflight.physics.sphere import radii_m
    >>> along_m, across_m = radii_m(0.3)
    >>> abs(n * (across_m + 2e4) - 1.0) < 1e-10, abs(m * (along_m + 2e4) - 1.0) < 1e-10
    (True, True)
    """
    s = z * z
    n = (_N[0] + s * (_N[1] + s * (_N[2] + s * _N[3]))) * (MIDDLE_N_M * n_perm)
    m = (_M[0] + s * (_M[1] + s * (_M[2] + s * _M[3]))) * (MIDDLE_M_M * m_perm)
    return n_perm * (1.0 - n * (1.0 - n * (1.0 - n))), m_perm * (
        1.0 - m * (1.0 - m * (1.0 - m * (1.0 - m)))
    )
