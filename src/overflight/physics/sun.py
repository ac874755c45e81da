"""Where the sun stands: enough for daylight on a balloon, not for astronomy.

Low-precision solar coordinates (The Astronomical Almanac, section C: mean longitude and anomaly,
two terms of the equation of centre). Valid 1950 to 2050 to about 0.01 degree.
"""

import math

from overflight.physics.kernel import kernel

J2000_UNIX_S = 946_728_000.0  # 2000-01-01T12:00Z


@kernel
def sun_vector(unix_s: float) -> tuple[float, float, float]:
    """Unit vector from Earth's centre towards the sun, in Earth-fixed axes.

    Parameters
    ----------
    unix_s
        Seconds since 1970-01-01T00:00Z.

    >>> x, y, z = sun_vector(1_679_347_440.0)  # the equinox of 20 March 2023, 21:24 UTC
    >>> abs(round(math.degrees(math.asin(z)), 1))
    0.0
    """
    days = (unix_s - J2000_UNIX_S) / 86_400.0
    mean_longitude_deg = 280.460 + 0.9856474 * days
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(
        mean_longitude_deg + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2.0 * anomaly)
    )
    obliquity = math.radians(23.439 - 4.0e-7 * days)
    right_ascension = math.atan2(math.cos(obliquity) * math.sin(longitude), math.cos(longitude))
    declination = math.asin(math.sin(obliquity) * math.sin(longitude))
    sidereal = math.radians(280.46062 + 360.98564737 * days)
    hour_longitude = right_ascension - sidereal
    return (
        math.cos(declination) * math.cos(hour_longitude),
        math.cos(declination) * math.sin(hour_longitude),
        math.sin(declination),
    )
