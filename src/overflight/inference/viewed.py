"""Whether a path was in view from a place, or could be noticed by an observer, as claims ask it.

Hills hide where the case brings a grid of the ground's height, as they do for its sites and
observers (:mod:`overflight.fields.skylines`); without it the Earth is smooth.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.case import predicates
from overflight.case.model import Case
from overflight.fields import skylines
from overflight.fields.skylines import Standing
from overflight.inference import moments, noticed
from overflight.inference.posterior import Posterior
from overflight.physics import horizon, inview, visible
from overflight.physics.sphere import lats_lons_deg, n_vector
from overflight.physics.sun import sun_vector

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]


class Spot(NamedTuple):
    """A place from which a claim says that it was visible."""

    lat_deg: float
    lon_deg: float


@dataclass(frozen=True)
class Hills:
    """Where observers and spots stand and what hills are around them; None on a smooth Earth.

    ``observers`` are in the order of the case, ``spots_seen`` in that of ``spots``; around a spot
    that is not among them the Earth is smooth.
    """

    observers: Standing | None = None
    spots: tuple[Spot, ...] = ()
    spots_seen: Standing | None = None


SMOOTH = Hills()


def spots(tests: Iterable[predicates.Predicate]) -> tuple[Spot, ...]:
    """The places that tests look from, each once."""
    named = [
        Spot(one.lat_deg, one.lon_deg)
        for one in predicates.leaves(tests)
        if isinstance(one, predicates.Visible)
    ]
    return tuple(dict.fromkeys(named))


def could_be_seen(
    test: predicates.CouldBeSeen,
    paths: Posterior,
    window_s: tuple[float, float],
    case: Case,
    hills: Hills,
) -> Truth:
    """Whether an observer has any opportunity in a window, in the generous reckoning, (path,)."""
    rows = [row for row, one in enumerate(case.observers) if one.name == test.observer]
    flown = noticed.flown(paths, np.arange(len(paths.weight)), window_s)
    counts = noticed.count(
        [case.observers[row] for row in rows],
        case.balloon,
        flown,
        noticed.horizons_m(),
        paths.epoch.timestamp(),
        None if hills.observers is None else hills.observers.only(rows),
    )
    return np.asarray((counts.seconds[:, :, noticed.GENEROUS] > 0.0).any(axis=1))


def in_view(
    test: predicates.Visible, paths: Posterior, window_s: tuple[float, float], hills: Hills
) -> Truth:
    """Whether a path is above an elevation at some time of a window, (path,)."""
    start_s, end_s = window_s
    kept = paths.time_s[(paths.time_s > start_s) & (paths.time_s < end_s)]
    moments_s = np.concatenate([[start_s], kept, [end_s]])
    lat_deg, lon_deg = lats_lons_deg(moments.vectors(paths, moments_s)[0])
    suns = np.array([sun_vector(paths.epoch.timestamp() + t) for t in moments_s])
    height_m = moments.at(paths, moments_s)[1]
    flown = inview.Flown(lat_deg, lon_deg, height_m, moments_s, suns)
    ups_rad = np.radians([test.elevation_deg])
    arcs_m = horizon.reach(ups_rad, horizon.LIGHT).arc_m
    seconds, nearest = np.empty((len(lat_deg), 1, 1, 2)), np.empty((len(lat_deg), 1, 3))
    place = np.array([n_vector(test.lat_deg, test.lon_deg)])
    sights = _sights(Spot(test.lat_deg, test.lon_deg), ups_rad, hills)
    inview.in_view(flown, place, arcs_m, sights, visible.SUNSET_RAD, seconds, nearest)
    return np.asarray(seconds[:, 0, 0, 0] > 0.0)


def _sights(spot: Spot, ups_rad: Array, hills: Hills) -> inview.Sights:
    """The skyline around a spot, where one is known."""
    eyes = np.full((1, 1), -1, np.int64)
    if hills.spots_seen is None or spot not in hills.spots:
        return inview.Sights(skylines.none(1), eyes, ups_rad)
    eyes[0, 0] = hills.spots.index(spot)
    return inview.Sights(hills.spots_seen.lines, eyes, ups_rad)
