"""Whether a balloon in the sun can stand out for an unaided eye: size, contrast, brightness.

A smooth white sphere (Lambert) is taken for the envelope. The numbers are of people with good eyes
in clear air (method 5.4); what is seen in fact depends on who looks where.
"""

import math

from overflight.physics.horizon import dip_rad
from overflight.physics.kernel import kernel

ARCMIN_RAD = math.pi / 10_800.0
SUN_MAGNITUDE_LOG = -26.74
SUNLIGHT_LX = 1.2e5  # clear air, high sun; lumens a square metre
DAY_EXTINCTION_FRACTION = 0.15  # optical depth of clear air, straight up
NIGHT_EXTINCTION_LOG = 0.25  # magnitudes a unit of air mass
SUNSET_RAD = -0.833 * math.pi / 180.0  # the sun's upper edge on a flat horizon, with refraction
_BENT_RAD = (1.1 + 0.27) * math.pi / 180.0  # grazing refraction, and half the sun
_LARGE_RAD = 5.0 * ARCMIN_RAD  # beyond which size helps no more
_LARGE_CONTRAST = 0.05  # noticed at that size, the careful end of 0.02 to 0.05
# Faintest star by the sun's depression in degrees: Venus by day, first stars at the end of civil
# twilight, sixth magnitude at the end of the astronomical one. Round numbers of ours.
_DEPRESSION_DEG = (0.0, 6.0, 12.0, 18.0)
_FAINTEST = (-4.0, 1.0, 4.5, 6.0)


@kernel
def angular_size_rad(diameter_m: float, range_m: float) -> float:
    """How large a sphere looks.

    >>> round(angular_size_rad(60.96, 19_000.0) / ARCMIN_RAD, 2)
    11.03
    """
    return diameter_m / range_m


@kernel
def phase_fraction(phase_rad: float) -> float:
    """Light of a Lambert sphere against that at full phase: (sin a + (pi - a) cos a) / pi."""
    return (math.sin(phase_rad) + (math.pi - phase_rad) * math.cos(phase_rad)) / math.pi


@kernel
def sunlit_magnitude_log(
    diameter_m: float, albedo_fraction: float, range_m: float, phase_rad: float
) -> float:
    """Magnitude of a sunlit sphere before the air takes its part (method 5.4).

    >>> round(sunlit_magnitude_log(60.96, 0.3, 19_000.0, math.pi / 2), 2)
    -9.78
    """
    share = 0.5 * diameter_m / range_m
    light = 2.0 / 3.0 * albedo_fraction * share * share * phase_fraction(phase_rad)
    if light <= 0.0:
        return math.inf
    return SUN_MAGNITUDE_LOG - 2.5 * math.log10(light)


@kernel
def air_mass_scale(elevation_rad: float) -> float:
    """Air along a line of sight against that straight up (Kasten & Young 1989).

    >>> round(air_mass_scale(math.radians(5.0)), 2)
    10.31
    """
    up_deg = math.degrees(max(elevation_rad, 0.0))
    slant = 0.50572 * math.pow(up_deg + 6.07995, -1.6364)
    return 1.0 / (math.sin(math.radians(up_deg)) + slant)


@kernel
def contrast_fraction(albedo_fraction: float, sky_fraction: float, elevation_rad: float) -> float:
    """Contrast with the day's sky through the air: (A / sky - 1) exp(-tau m).

    ``sky_fraction`` is the sky's luminance over that of a white sheet in the sun, E / pi =
    38,197 cd/m2; 3,000 to 8,000 cd/m2 are 0.079 to 0.209.
    """
    here = albedo_fraction / sky_fraction - 1.0
    return here * math.exp(-DAY_EXTINCTION_FRACTION * air_mass_scale(elevation_rad))


@kernel
def needed_contrast_fraction(size_rad: float) -> float:
    """Least contrast that an eye notices: 0.05 from five minutes of arc up, more below.

    Below, what counts is contrast times area (Ricco's law).
    """
    small = min(1.0, size_rad / _LARGE_RAD)
    return _LARGE_CONTRAST / (small * small)


@kernel
def faintest_log(sun_rad: float) -> float:
    """Faintest magnitude for an unaided eye, by the sun's elevation at the observer."""
    depression_deg = -math.degrees(sun_rad)
    for i in range(3):
        if depression_deg < _DEPRESSION_DEG[i + 1]:
            share = max(0.0, depression_deg - _DEPRESSION_DEG[i]) / 6.0
            return _FAINTEST[i] + share * (_FAINTEST[i + 1] - _FAINTEST[i])
    return _FAINTEST[3]


@kernel
def last_sun_rad(height_m: float) -> float:
    """The sun's elevation, below 0, at which its last edge is seen from a height.

    Dip, 1.1 degrees of grazing refraction and half the sun. The last rays are faint: full sun
    ends one to two degrees earlier (method 5.4).

    >>> round(math.degrees(last_sun_rad(19_000.0)), 2)
    -5.79
    """
    return -(dip_rad(height_m) + _BENT_RAD)


@kernel
def stands_out(
    size_rad: float,
    magnitude_log: float,
    elevation_rad: float,
    sun_rad: float,
    albedo_fraction: float,
    sky_fraction: float,
) -> bool:
    """Whether a sunlit sphere could be noticed: by size and contrast by day, else by brightness.

    ``sun_rad`` is the sun's elevation at the observer; the balloon itself is in the sun.
    """  # fmt: skip
    if sun_rad >= SUNSET_RAD:
        found = contrast_fraction(albedo_fraction, sky_fraction, elevation_rad)
        return bool(size_rad >= ARCMIN_RAD and found >= needed_contrast_fraction(size_rad))
    through = magnitude_log + NIGHT_EXTINCTION_LOG * air_mass_scale(elevation_rad)
    return bool(through <= faintest_log(sun_rad))
