"""Where falls of one class end, as lengths along and across their mean drift."""

import math
from collections.abc import Sequence
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from overflight.inference.scatter import Scatter
from overflight.ledgers.brought_down.answer import CONTAINED, Footprint
from overflight.physics.sphere import MEAN_RADIUS_M

Array = NDArray[np.float64]


def typical(feet: Sequence[Footprint]) -> Footprint:
    """The median of every length over moments; the bearing is that of the mean drift."""
    east = np.mean([math.sin(math.radians(one.bearing_deg)) * one.along_m[1] for one in feet])
    north = np.mean([math.cos(math.radians(one.bearing_deg)) * one.along_m[1] for one in feet])
    medians = {
        each.name: np.median([getattr(one, each.name) for one in feet], axis=0).tolist()
        for each in fields(Footprint)
    }
    medians |= {name: tuple(medians[name]) for name in ("along_m", "across_m")}
    return Footprint(**medians | {"bearing_deg": math.degrees(math.atan2(east, north)) % 360.0})


def footprint(fell: Scatter, number: int, k: int, land: NDArray[np.bool_]) -> Footprint:
    """The falls of one class from one moment; ``land`` (path, fall) says which end on land."""
    east_m, north_m = ways_m(fell, number, k)
    down = np.isfinite(east_m)
    mean_east_m, mean_north_m = float(east_m[down].mean()), float(north_m[down].mean())
    bearing = math.atan2(mean_east_m, mean_north_m)
    along_m = east_m * math.sin(bearing) + north_m * math.cos(bearing)
    across_m = north_m * math.sin(bearing) - east_m * math.cos(bearing)
    own_along_m, own_across_m = own(along_m), own(across_m)
    off_m = np.hypot(own_along_m, own_across_m)
    return Footprint(
        bearing_deg=math.degrees(bearing) % 360.0,
        along_m=_three(along_m[down]),
        across_m=_three(across_m[down]),
        own_along_sd_m=float(np.sqrt(np.mean(own_along_m**2))),
        own_across_sd_m=float(np.sqrt(np.mean(own_across_m**2))),
        contained_m=float(np.quantile(off_m, CONTAINED)),
        fall_s=float(np.nanmedian(fell.fall_s[number, k])),
        land_fraction=float(land[down].mean()),
    )


def ways_m(fell: Scatter, number: int, k: int) -> tuple[Array, Array]:
    """How far east and north falls end from where they begin, (path, fall), on the sphere."""
    begin = np.radians(fell.from_lat_deg[k])[:, None], np.radians(fell.from_lon_deg[k])[:, None]
    lat, lon = np.radians(fell.lat_deg[number, k]), np.radians(fell.lon_deg[number, k])
    turned = np.angle(np.exp(1j * (lon - begin[1])))
    return MEAN_RADIUS_M * turned * np.cos(0.5 * (lat + begin[0])), MEAN_RADIUS_M * (lat - begin[0])


def own(value_m: Array) -> Array:
    """Departures from the mean of each path's own falls, of the spread that one more would have."""
    down = np.isfinite(value_m)
    number = down.sum(axis=1, keepdims=True)
    mean = np.where(down, value_m, 0.0).sum(axis=1, keepdims=True) / np.maximum(number, 1)
    wider = np.sqrt(number / np.maximum(number - 1, 1))
    return np.asarray(((value_m - mean) * wider)[down & (number > 1)])


def _three(value_m: Array) -> tuple[float, float, float]:
    low, middle, high = np.quantile(value_m, (0.05, 0.5, 0.95)).tolist()
    return low, middle, high
