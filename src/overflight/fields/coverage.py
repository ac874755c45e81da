"""Whether a wind reaches as far as a flight needs it, and by how much it falls short.

All shortages at once, each with its size, because a person who fetches data wants to do it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import CoverageError
from overflight.fields.canonical import Need
from overflight.physics.sphere import wrapped_deg

Array = NDArray[np.float64]

_HOUR = np.timedelta64(1, "h")
_ROUND_OFF = 1e-6


@dataclass(frozen=True)
class Shortage:
    """One way in which a wind falls short, in words."""

    what: str  # time, levels, latitudes or longitudes
    words: str


def shortages(wind: xr.Dataset, need: Need) -> tuple[Shortage, ...]:
    """Say where the wind ends before the need does; nothing where it reaches.

    >>> import pandas as pd
    >>> axes = {"time": pd.to_datetime(["2023-02-01T00", "2023-02-02T00"]).values,
    ...         "pressure_pa": [5e3, 1e4], "lat_deg": [30.0, 50.0], "lon_deg": [-120.0, -90.0]}
    >>> day = np.timedelta64(1, "D")
    >>> late = Need(time_max=np.datetime64("2023-02-02T12"), pressure_min_pa=5e3)
    >>> [short.words for short in shortages(xr.Dataset(coords=axes), late)]
    ['it ends at 2023-02-02 00:00 UTC, 12 h before 2023-02-02 12:00 UTC']
    """
    found = [*_in_time(wind, need), *_in_pressure(wind, need), *_in_latitude(wind, need)]
    return (*found, *_in_longitude(wind, need))


def check(wind: xr.Dataset, need: Need, remedy: str) -> None:
    """Refuse a wind that does not reach as far as it is needed.

    Parameters
    ----------
    remedy
        What to fetch, in a sentence.

    Raises
    ------
    CoverageError
        With every shortage.
    """
    refuse([short.words for short in shortages(wind, need)], remedy)


def refuse(shortages: Sequence[str], remedy: str) -> None:
    """Refuse a wind that falls short; nothing happens where it does not.

    Raises
    ------
    CoverageError
        With every shortage.
    """
    if shortages:
        raise CoverageError(
            found="the wind does not reach far enough: " + "; ".join(shortages),
            expected="wind before, during and after the whole flight, over its levels and places",
            remedy=remedy,
        )


def clock(moment: np.datetime64) -> str:
    """A moment for people.

    >>> clock(np.datetime64("2023-02-01T06:30:00"))
    '2023-02-01 06:30 UTC'
    """
    return f"{np.datetime_as_string(moment, 'm').replace('T', ' ')} UTC"


def _in_time(wind: xr.Dataset, need: Need) -> list[Shortage]:
    times, found = wind["time"].values, []
    if need.time_min is not None and times[0] > need.time_min:
        late = _span(times[0] - need.time_min)
        found.append(f"it begins at {clock(times[0])}, {late} after {clock(need.time_min)}")
    if need.time_max is not None and times[-1] < need.time_max:
        early = _span(need.time_max - times[-1])
        found.append(f"it ends at {clock(times[-1])}, {early} before {clock(need.time_max)}")
    return [Shortage("time", words) for words in found]


def _in_pressure(wind: xr.Dataset, need: Need) -> list[Shortage]:
    levels_hpa = wind["pressure_pa"].values / 100.0
    found = []
    for wanted_pa, edge_hpa, sign, words in (
        (need.pressure_min_pa, levels_hpa[0], 1.0, "highest"),
        (need.pressure_max_pa, levels_hpa[-1], -1.0, "lowest"),
    ):
        if wanted_pa is not None and sign * (edge_hpa - wanted_pa / 100.0) > _ROUND_OFF:
            found.append(
                f"its {words} level is {edge_hpa:.4g} hPa, and {wanted_pa / 100.0:.4g} hPa is"
                " needed"
            )
    return [Shortage("levels", words) for words in found]


def _in_latitude(wind: xr.Dataset, need: Need) -> list[Shortage]:
    south, north = (float(wind["lat_deg"].values[end]) for end in (0, -1))
    found = []
    if need.south_deg is not None and south > need.south_deg + _ROUND_OFF:
        found.append(f"it begins at {latitude(south)}, and {latitude(need.south_deg)} is needed")
    if need.north_deg is not None and north < need.north_deg - _ROUND_OFF:
        found.append(f"it ends at {latitude(north)}, and {latitude(need.north_deg)} is needed")
    return [Shortage("latitudes", words) for words in found]


def _in_longitude(wind: xr.Dataset, need: Need) -> list[Shortage]:
    if need.west_deg is None or need.east_deg is None:
        return []
    west, width = extent_deg(wind["lon_deg"].values)
    if width >= 360.0:
        return []
    wanted = (need.east_deg - need.west_deg) % 360.0 or 360.0
    ahead = (need.west_deg - west + _ROUND_OFF) % 360.0 - _ROUND_OFF
    if ahead + wanted <= width + _ROUND_OFF:
        return []
    return [
        Shortage(
            "longitudes",
            f"it reaches from {longitude(west)} to {longitude(west + width)} eastward, and"
            f" {longitude(need.west_deg)} to {longitude(need.east_deg)} is needed",
        )
    ]


def extent_deg(lon_deg: Array) -> tuple[float, float]:
    """Western edge of a set of longitudes and how far east it reaches; 360 for the whole globe.

    The globe is closed where its widest gap is at most one and a half usual ones.

    >>> extent_deg(np.array([-170.0, -160.0, 160.0, 170.0]))
    (160.0, 40.0)
    >>> extent_deg(np.arange(-180.0, 180.0, 30.0))
    (-180.0, 360.0)
    """
    gaps_deg = np.diff(lon_deg, append=lon_deg[0] + 360.0)
    widest = int(np.argmax(gaps_deg))
    if len(lon_deg) > 1 and gaps_deg[widest] <= 1.5 * float(np.median(gaps_deg)):
        return float(lon_deg[0]), 360.0
    return float(lon_deg[(widest + 1) % len(lon_deg)]), 360.0 - float(gaps_deg[widest])


def _span(length: np.timedelta64) -> str:
    """A length of time for people.

    >>> _span(np.timedelta64(90, "m")), _span(np.timedelta64(34_000, "h"))
    ('1.5 h', '1,417 days')
    """
    hours = float(length / _HOUR)
    return f"{hours:.3g} h" if hours < 100.0 else f"{hours / 24.0:,.0f} days"


def latitude(lat_deg: float) -> str:
    """A latitude for people."""
    return f"{abs(lat_deg):g} {'N' if lat_deg >= 0.0 else 'S'}"


def longitude(lon_deg: float) -> str:
    """A longitude for people."""
    east = wrapped_deg(lon_deg)
    return f"{abs(east):g} {'E' if east >= 0.0 else 'W'}"
