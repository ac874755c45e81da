"""Which part of a wind a case needs: its times, levels and box.

The box holds every launch candidate and every place where a used sighting puts the balloon, with a
margin for the ways between them: it is what a file must cover, and what is read of a larger one.
"""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Geometry, Sighting, Use
from overflight.fields.canonical import Need
from overflight.flight.levels import BEGIN_PA
from overflight.physics import atmosphere
from overflight.physics.sphere import wrapped_deg

Array = NDArray[np.float64]

MARGIN_DEG = 8.0  # of latitude, and of longitude at the equator
SWING_M = 2_000.0  # a zero-pressure balloon rides this much higher by day
_POLAR_DEG = 80.0  # a box that comes so near a pole is needed all around it


def needed(case: Case) -> Need:
    """What a wind must cover for a case to be accounted for.

    >>> from overflight.case.load import bundled, load
    >>> part = needed(load(bundled("2023-conus")))
    >>> part.time_min, round(part.south_deg, 1), part.pressure_max_pa
    (np.datetime64('2023-01-14T22:00:00.000000000'), 6.4, 20000.0)
    """
    places = [(one.lat_deg, one.lon_deg, one.position_sd_m) for one in case.launches]
    places += [place for one in case.sightings if one.use is Use.YES for place in _places(one)]
    lat_deg = np.array([place[0] for place in places])
    spread_deg = np.array([place[2] / 111_195.0 for place in places])
    south = float(np.min(lat_deg - spread_deg)) - MARGIN_DEG
    north = float(np.max(lat_deg + spread_deg)) + MARGIN_DEG
    west, east = _arc(np.array([place[1] for place in places]), lat_deg, spread_deg)
    if north > _POLAR_DEG:
        north, west, east = 90.0, -180.0, 180.0
    if south < -_POLAR_DEG:
        south, west, east = -90.0, -180.0, 180.0
    top_m = case.balloon.float_altitude_max_m + SWING_M
    return Need(
        time_min=_moment(min(launch.time_min for launch in case.launches)),
        time_max=_moment(end(case)),
        pressure_min_pa=float(atmosphere.pressure_pa(top_m)),
        pressure_max_pa=BEGIN_PA,
        south_deg=south,
        north_deg=north,
        west_deg=west,
        east_deg=east,
    )


def further(need: Need, until: datetime, reach_m: float) -> Need:
    """The same part with later times, and a box that reaches further on all sides."""
    if need.south_deg is None or need.north_deg is None or need.west_deg is None:
        return replace(need, time_max=_moment(until))
    more_deg = reach_m / 111_195.0
    south, north = need.south_deg - more_deg, need.north_deg + more_deg
    width = (float(need.east_deg or 0.0) - need.west_deg) % 360.0 or 360.0
    shrink = float(np.cos(np.radians(min(max(abs(south), abs(north)), _POLAR_DEG))))
    east_deg, west_deg = need.east_deg, need.west_deg
    if width + 2.0 * more_deg / shrink >= 360.0 or max(-south, north) > _POLAR_DEG:
        west_deg, east_deg = -180.0, 180.0
    else:
        west_deg = wrapped_deg(west_deg - more_deg / shrink)
        east_deg = wrapped_deg(float(east_deg or 0.0) + more_deg / shrink)
    return replace(
        need,
        time_max=_moment(until),
        south_deg=max(south, -90.0),
        north_deg=min(north, 90.0),
        west_deg=west_deg,
        east_deg=east_deg,
    )


def _places(sighting: Sighting) -> list[tuple[float, float, float]]:
    """Where a report puts the balloon: latitude, longitude, spread; nowhere for some kinds."""
    here = (sighting.lat_deg, sighting.lon_deg, sighting.position_sd_m)
    if sighting.geometry in (Geometry.NOT_SEEN, Geometry.MOTION):
        return []
    if sighting.then_lat_deg is None or sighting.then_lon_deg is None:
        return [here]
    return [here, (sighting.then_lat_deg, sighting.then_lon_deg, sighting.position_sd_m)]


def end(case: Case) -> datetime:
    """When the flight ends: at its last sighting where the case names it, else with the span."""
    for sighting in case.sightings:
        if sighting.id == case.flight_end_sighting:
            return sighting.time_max
    return case.span_end


def _arc(lon_deg: Array, lat_deg: Array, spread_deg: Array) -> tuple[float, float]:
    """The shortest stretch of longitude that holds all places, from its west to its east."""
    shrink = np.cos(np.radians(np.minimum(np.abs(lat_deg), _POLAR_DEG)))
    margins_deg = (spread_deg + MARGIN_DEG) / shrink
    order = np.argsort(lon_deg % 360.0)
    sorted_deg, margins_deg = (lon_deg % 360.0)[order], margins_deg[order]
    gaps_deg = np.diff(sorted_deg, append=sorted_deg[0] + 360.0)
    first = (int(np.argmax(gaps_deg)) + 1) % len(sorted_deg)
    along_deg = (sorted_deg - sorted_deg[first]) % 360.0
    west = float(np.min(along_deg - margins_deg))
    east = float(np.max(along_deg + margins_deg))
    if east - west >= 360.0:
        return -180.0, 180.0
    first_deg = float(sorted_deg[first])
    return wrapped_deg(first_deg + west), wrapped_deg(first_deg + east)


def _moment(at: datetime) -> np.datetime64:
    return np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "ns")
