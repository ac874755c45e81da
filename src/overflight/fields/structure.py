"""How fast the wind changes over time, distance and height, where a file cannot tell itself.

Root mean squares of the vector difference, m/s, measured in the lower stratosphere: GFS analyses
of autumn 2019 and hourly ERA5 of one mid-latitude site at 70 hPa, twenty-four sondes of a tropical
site and fifty-four of one European morning at 16 to 24 km, a year of MERRA profiles at 18.5 km.
The numbers are middles of what was found at 20 to 80 degrees north and in the tropics, which
differ by a factor of 1.5 either way; no season but northern autumn and the tropical summer was
seen. They hold from 10 to 100 hPa. Below, one factor by level stands for the stronger wind.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

VALID = (
    "measured for 1 h to 4 days, 200 to 2,000 km and 0.5 to 3 km at 10 to 100 hPa; continued below"
    " by power laws, constant beyond"
)

# Lags (h, km, km) and root mean square vector differences (m/s).
_TIME = ((1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0), (1.4, 3.1, 4.5, 5.5, 6.5, 8.5, 10.0))
_SPACE = ((200.0, 500.0, 1_000.0, 2_000.0), (2.0, 3.6, 5.8, 8.4))
_HEIGHT = ((0.5, 1.0, 2.0, 3.0), (1.5, 2.9, 5.4, 7.1))
# At 250 hPa a day changes the wind 1.5 (tropics) to 5 times as much as at 70 hPa, 500 km four to
# five times; at 5 to 10 km over the tropical site a day changes it as much as at 15 to 20 km.
_LEVELS_HPA = (100.0, 250.0, 500.0, 1_000.0)
_FACTORS = (1.0, 3.5, 2.5, 1.5)


def _squares(table: tuple[tuple[float, ...], tuple[float, ...]], lag: Array) -> Array:
    """Mean square difference of a component at a lag: log-log, constant beyond the last."""
    lags, rms = np.log(table[0]), np.log(table[1])
    wanted = np.log(np.maximum(lag, 1e-9))
    slope = (rms[1] - rms[0]) / (lags[1] - lags[0])
    inside = np.interp(wanted, lags, rms)
    logs = np.where(wanted < lags[0], rms[0] + slope * (wanted - lags[0]), inside)
    return np.asarray(0.5 * np.exp(2.0 * logs))


def change(lag_s: Array) -> Array:
    """Mean square change of a component over a time, m2/s2, at 10 to 100 hPa.

    >>> [round(float(v) ** 0.5, 2) for v in change(np.array([3_600.0, 86_400.0]))]
    [0.99, 4.6]
    """
    return _squares(_TIME, np.asarray(lag_s) / 3_600.0)


def midway(measure: Callable[[Array], Array], spacing: Array) -> Array:
    """Mean square error half way between two nodes of linear interpolation.

        D(d / 2) - D(d) / 4

    for any process whose increments have mean square D (the two neighbours' mean is subtracted
    from the middle). Never less than a tenth of D(d / 2), which a table of few digits may miss.
    """
    half, whole = measure(0.5 * np.asarray(spacing)), measure(np.asarray(spacing))
    return np.asarray(np.maximum(half - 0.25 * whole, 0.1 * half))


def apart(distance_m: Array) -> Array:
    """Mean square difference of a component over a distance, m2/s2, at 10 to 100 hPa."""
    return _squares(_SPACE, np.asarray(distance_m) / 1_000.0)


def above(height_m: Array) -> Array:
    """Mean square difference of a component over a height, m2/s2, at 10 to 100 hPa."""
    return _squares(_HEIGHT, np.asarray(height_m) / 1_000.0)


def level_factor(pressure_pa: Array) -> Array:
    """How many times stronger the changes are at a level than at 10 to 100 hPa."""
    levels = np.log(np.array(_LEVELS_HPA) * 100.0)
    return np.asarray(np.interp(np.log(pressure_pa), levels, _FACTORS))


def usual_exponent(spacing_s: float) -> float:
    """How fast the midway error falls over the halving of a spacing in time, where unknown.

    Middle of six simulated winter days, 36 hours of GDAS and, below 6 h, five days of hourly ERA5
    over one site, at 10 to 500 hPa.

    >>> round(usual_exponent(12 * 3_600.0), 2)
    2.1
    """
    hours, exponents = (4.0, 12.0, 24.0, 48.0, 96.0), (1.8, 2.1, 1.2, 0.9, 0.6)
    return float(np.interp(np.log(spacing_s / 3_600.0), np.log(hours), exponents))


def exponent_at_half(exponent: Array) -> Array:
    """How fast the midway error falls over the next halving of the spacing.

    A field gets smoother as one looks closer: an exponent measured between two spacings would
    promise too little. The law is that of a process with the correlation (1 + x) exp(-x), whose
    exponent rises from 0 at wide spacings to 3 at narrow ones; a steeper one is left as it is.

    >>> [round(float(p), 1) for p in exponent_at_half(np.array([0.5, 1.2, 2.0, 3.5]))]
    [1.3, 1.9, 2.5, 3.5]
    """
    seen, coming = _halvings()
    return np.asarray(np.maximum(np.interp(exponent, seen, coming), exponent))


@cache
def _halvings() -> tuple[Array, Array]:
    """Exponents between two spacings, increasing, and between the smaller and its half."""
    x = np.logspace(1.2, -2.5, 200)

    def error(x: Array) -> Array:
        return np.asarray(1.5 - 2.0 * (1.0 + x) * np.exp(-x) + 0.5 * (1 + 2 * x) * np.exp(-2 * x))

    seen = np.log2(error(2.0 * x) / error(x))
    return seen, np.log2(error(x) / error(0.5 * x))
