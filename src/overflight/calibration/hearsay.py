"""What people report of a made-up flight: places, views from a town, altitudes; some of it stray.

Each report is drawn from the very density by which inference weighs it (method 4): right with the
probability of its grade, else even over a plausible area. Place and altitude are right or stray
apart. The moment of a report is anywhere in its window; inference knows steps alone.
"""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import MEAN_RELIABILITY, Grade
from overflight.inference.kinds import EDGE_M
from overflight.inference.observations import (
    ALTITUDE_EDGE_M,
    PRESSURE_KIND_SD_M,
    STRAY_ALTITUDE_M,
)
from overflight.physics.sphere import MEAN_RADIUS_M, lat_lon_deg
from overflight.physics.tangent import gone

Array = NDArray[np.float64]
Rng = np.random.Generator
Cells = dict[str, str]

EPOCH = datetime(2023, 2, 1, tzinfo=UTC)
GRADES = (Grade.A, Grade.B, Grade.C, Grade.D)
SOUTH_DEG, NORTH_DEG, WEST_DEG, EAST_DEG = 28.0, 64.0, -14.0, 56.0  # where stray reports lie
_WINDOWS_S = (0.0, 5_400.0, 18_000.0)
_SDS_M = (20e3, 40e3, 80e3)
_FROM_TOWN, _WITH_ALTITUDE = 0.4, 0.5  # shares of reports
_RADIUS_M = 120e3  # of what is in view from a town
_BAND_M = 900.0
_KINDS = ("geometric", "unknown")
NOTHING: Cells = {
    "attribution": "eyewitness", "geometry": "nadir", "lat_deg": "45", "lon_deg": "20",
    "position_sd": "2000 km", "reliability": "E", "certainty": "low",
}  # fmt: skip


def moment(time_s: float) -> str:
    """A time since the epoch as a cell holds it, to the second."""
    return f"{EPOCH + timedelta(seconds=round(time_s)):%Y-%m-%dT%H:%M:%SZ}"


def plausible_area_m2() -> float:
    """Area in which stray reports lie."""
    south, north = np.sin(np.radians([SOUTH_DEG, NORTH_DEG]))
    return float(MEAN_RADIUS_M**2 * (north - south) * math.radians(EAST_DEG - WEST_DEG))


def window_s(first_s: float, last_s: float, rng: Rng) -> tuple[float, float, float]:
    """When a report's window opens and closes, and the moment it is about."""
    length_s = float(rng.choice(_WINDOWS_S))
    opens_s = rng.uniform(first_s, last_s - length_s)
    return opens_s, opens_s + length_s, opens_s + rng.uniform() * length_s


def place(normal: Array, rng: Rng) -> tuple[Cells, bool]:
    """Cells of a place reported of a balloon over a unit normal, and whether it is right."""
    grade = _grade(rng)
    right = bool(rng.uniform() < MEAN_RELIABILITY[grade])
    from_town = bool(rng.uniform() < _FROM_TOWN)
    sd_m = 0.5 * _RADIUS_M if from_town else float(rng.choice(_SDS_M))
    if right:
        way_m = _to_town_m(rng) if from_town else sd_m * rng.standard_normal(2)
        x, y, z = normal.tolist()
        lat, lon = lat_lon_deg(*gone(x, y, z, float(way_m[0]), float(way_m[1])))
    else:
        south, north = np.sin(np.radians([SOUTH_DEG, NORTH_DEG]))
        lat = math.degrees(math.asin(rng.uniform(south, north)))
        lon = rng.uniform(WEST_DEG, EAST_DEG)
    return {
        "attribution": "eyewitness",
        "geometry": "line_of_sight" if from_town else "nadir",
        "lat_deg": f"{lat:.6f}",
        "lon_deg": f"{lon:.6f}",
        "position_sd": f"{sd_m:.0f} m",
        "reliability": grade.value,
        "certainty": "high",
    }, right


def altitude(height_m: float, rng: Rng) -> Cells:
    """Cells of an altitude, for some reports; it may be stray, whatever the place is."""
    if rng.uniform() >= _WITH_ALTITUDE:
        return {}
    grade, kind = _grade(rng), str(rng.choice(_KINDS))
    if rng.uniform() < MEAN_RELIABILITY[grade]:
        pressure = kind == "unknown" and rng.uniform() < 0.5
        edge_m = math.hypot(ALTITUDE_EDGE_M, PRESSURE_KIND_SD_M) if pressure else ALTITUDE_EDGE_M
        middle_m = height_m + _BAND_M * (rng.uniform() - 0.5) + edge_m * rng.standard_normal()
    else:
        middle_m = STRAY_ALTITUDE_M * rng.uniform()
    return {
        "altitude_min": f"{middle_m - 0.5 * _BAND_M:.0f} m",
        "altitude_max": f"{middle_m + 0.5 * _BAND_M:.0f} m",
        "altitude_kind": kind,
        "altitude_reliability": grade.value,
    }


def _grade(rng: Rng) -> Grade:
    return GRADES[int(rng.integers(len(GRADES)))]


def _to_town_m(rng: Rng) -> Array:
    """East and north to a town in view: even over a disc with a soft edge, by rejection."""
    furthest_m = _RADIUS_M + 15.0 * EDGE_M
    while True:
        way_m = rng.uniform(-furthest_m, furthest_m, 2)
        beyond = (math.hypot(way_m[0], way_m[1]) - _RADIUS_M) / EDGE_M
        if rng.uniform() < 1.0 / (1.0 + math.exp(beyond)):
            return np.asarray(way_m)
