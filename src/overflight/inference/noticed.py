"""When observers of a case have an opportunity to notice paths, by geometry, range, hours, light.

Two reckonings bound what is not known of size and sky: a careful one with the smallest balloon and
a bright sky, and a generous one with the largest and a dark blue one (method 5). What is made of
the counts is in :mod:`overflight.ledgers.seen` and, for claims, in :mod:`.predicates`.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Balloon, Observer
from overflight.fields import skylines
from overflight.fields.skylines import Standing
from overflight.inference.moments import normals
from overflight.inference.posterior import Posterior
from overflight.physics import horizon, inview, visible, watching
from overflight.physics.sphere import lats_lons_deg, n_vector
from overflight.physics.sun import sun_vector

Array = NDArray[np.float64]

CAREFUL, GENEROUS = 0, 1  # reckonings
SAMPLE_S = 600.0  # between samples, at most
ALBEDO_FRACTION = 0.3
SHEET_CDM2 = visible.SUNLIGHT_LX / math.pi  # a white sheet in the sun
BRIGHT_SKY_CDM2, BLUE_SKY_CDM2 = 8_000.0, 3_000.0
KINDS = {
    "eye": watching.EYE,
    "camera": watching.CAMERA,
    "radar": watching.RADAR,
    "receiver": watching.RECEIVER,
}


def flown(
    drawn: Posterior, rows: NDArray[np.int64], window_s: tuple[float, float] | None = None
) -> inview.Flown:
    """Paths sampled every ten minutes or so, in a window only if one is given."""
    time_s, at = _samples(drawn.time_s)
    if window_s is not None:
        inside = (time_s >= window_s[0]) & (time_s <= window_s[1])
        time_s, at = time_s[inside], at[inside]
    height_m = between(drawn.height_m[rows], at)
    normal = normals(drawn.lat_deg[rows], drawn.lon_deg[rows])
    there = np.stack([between(normal[..., axis], at) for axis in range(3)], axis=-1)
    lat_deg, lon_deg = lats_lons_deg(there)
    suns = np.array([sun_vector(drawn.epoch.timestamp() + t) for t in time_s]).reshape(-1, 3)
    return inview.Flown(lat_deg, lon_deg, height_m, time_s, suns)


def horizons_m() -> Array:
    """How far heights are seen at elevation 0, (2, node): light, radio."""
    return np.concatenate([
        horizon.reach(np.zeros(1), horizon.LIGHT).arc_m,
        horizon.reach(np.zeros(1), horizon.RADIO).arc_m,
    ])  # fmt: skip


def _samples(time_s: Array) -> tuple[Array, Array]:
    """Times at most ``SAMPLE_S`` apart, and where they lie in the points of the paths."""
    if len(time_s) < 2:
        return time_s, np.zeros(len(time_s))
    parts = max(1, math.ceil(float(np.diff(time_s).max()) / SAMPLE_S))
    at = np.arange((len(time_s) - 1) * parts + 1) / parts
    # Whole seconds stay whole: hours of operation begin and end on them.
    return np.interp(at, np.arange(len(time_s)), time_s).round(6), at


def between(values: Array, at: Array) -> Array:
    """Values (path, time) at points between their times, on straight lines; NaN at either end."""
    low = np.minimum(at.astype(np.int64), values.shape[1] - 1)
    high = np.minimum(low + 1, values.shape[1] - 1)
    share = at - low
    there = values[:, low] + np.where(share > 0.0, share * (values[:, high] - values[:, low]), 0.0)
    return np.ascontiguousarray(there)


def count(
    observers: Sequence[Observer],
    balloon: Balloon,
    flown: inview.Flown,
    arcs_m: Array,
    epoch_s: float,
    standing: Standing | None = None,
) -> watching.Counts:
    """Add up, by path and by time, when every observer had an opportunity, in both reckonings.

    Parameters
    ----------
    standing
        Heights and skylines of the observers; without it the Earth is smooth.
    """
    n_paths, n_observers, n_times = len(flown.lat_deg), len(observers), len(flown.time_s)
    counts = watching.Counts(
        seconds=np.zeros((n_paths, n_observers, 2)),
        hits=np.zeros((n_observers, 2, n_times)),
        radial=np.zeros((n_paths, n_observers, 4)),
    )
    if not observers:
        return counts
    looks = np.array([
        [balloon.diameter_min_m, ALBEDO_FRACTION, BRIGHT_SKY_CDM2 / SHEET_CDM2],
        [balloon.diameter_max_m, ALBEDO_FRACTION, BLUE_SKY_CDM2 / SHEET_CDM2],
    ])  # fmt: skip
    heights_m = [one.antenna_height_m for one in observers]
    if standing is not None:
        heights_m = list(standing.heights_m)
    watchers = watching.Observers(
        np.array([n_vector(one.lat_deg, one.lon_deg) for one in observers]),
        np.array([KINDS[one.kind] for one in observers], np.int64),
        np.array([_limits(*one, arcs_m) for one in zip(observers, heights_m, strict=True)]),
        skylines.none(len(observers)) if standing is None else standing.lines,
    )
    clock_s = (epoch_s + flown.time_s) % 86_400.0
    watching.opportunities(flown, clock_s, watchers, arcs_m, looks, counts)
    return counts


def _limits(one: Observer, height_m: float, arcs_m: Array) -> tuple[float, ...]:
    return (
        horizon.reach_m(arcs_m, band(one), height_m),
        math.inf if one.range_m is None else one.range_m,
        height_m,
        *one.hours_s,
    )


def band(one: Observer) -> int:
    """Whether light or radio tells the observer: a row of :func:`horizons_m`."""
    return horizon.RADIO if KINDS[one.kind] >= watching.RADAR else horizon.LIGHT
