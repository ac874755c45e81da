"""Whether a claim's predicate is true of a path.

One boolean for every path; a claim with several predicates is true where all are. Positions
between the kept points of a path are interpolated, so a window shorter than their spacing is
still looked at.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.case import predicates
from overflight.fields.places import Passages
from overflight.inference.posterior import Posterior
from overflight.physics.sphere import MEAN_RADIUS_M

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]

HEIGHT_EDGE_M = 300.0  # a band's edges are as soft as a reported altitude's (method 4)
SAMPLES = 25  # moments looked at in a window


def holds(
    tests: Sequence[predicates.Predicate], paths: Posterior, passages: Passages, epoch: datetime
) -> Truth:
    """Where all predicates are true, shape (path,).

    Parameters
    ----------
    passages
        The paths' passages through zones of every kind that the predicates name.
    """
    truth = np.ones(len(paths.weight), dtype=bool)
    for test in tests:
        truth &= _JUDGES[type(test)](test, paths, passages, epoch)
    return truth


def _in_zone(
    test: predicates.InZone, paths: Posterior, passages: Passages, epoch: datetime
) -> Truth:
    start_s, end_s = _seconds(test, epoch)
    inside = (
        (passages.zone == test.zone) & (passages.enter_s <= end_s) & (passages.exit_s >= start_s)
    )
    truth = np.zeros(len(paths.weight), dtype=bool)
    truth[passages.path[inside]] = True
    return truth


def _never_in_zone(
    test: predicates.NeverInZone, paths: Posterior, passages: Passages, epoch: datetime
) -> Truth:
    flying = np.isfinite(_at(paths, _moments(test, epoch))[0]).any(axis=1)
    some = predicates.InZone(test.zone, test.start, test.end)
    return flying & ~_in_zone(some, paths, passages, epoch)


def _near(test: predicates.Near, paths: Posterior, passages: Passages, epoch: datetime) -> Truth:
    del passages
    vectors, _ = _vectors(paths, _moments(test, epoch))
    lat, lon = np.radians(test.lat_deg), np.radians(test.lon_deg)
    place = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    with np.errstate(invalid="ignore"):
        distance_m = MEAN_RADIUS_M * np.arccos(np.clip(vectors @ place, -1.0, 1.0))
        return np.asarray((distance_m <= test.radius_m).any(axis=1))


def _altitude(
    test: predicates.AltitudeBand, paths: Posterior, passages: Passages, epoch: datetime
) -> Truth:
    del passages
    height_m = _at(paths, _moments(test, epoch))[1]
    with np.errstate(invalid="ignore"):
        low = height_m >= test.low_m - HEIGHT_EDGE_M
        return np.asarray((low & (height_m <= test.high_m + HEIGHT_EDGE_M)).any(axis=1))


def _launched(
    test: predicates.Launched, paths: Posterior, passages: Passages, epoch: datetime
) -> Truth:
    del passages
    start_s, end_s = _seconds(test, epoch)
    return (paths.launch_s >= start_s) & (paths.launch_s <= end_s)


def _before(
    test: predicates.Before, paths: Posterior, passages: Passages, epoch: datetime
) -> Truth:
    del epoch
    first, second = (
        _first_entry_s(passages, zone, paths) for zone in (test.first_zone, test.second_zone)
    )
    return np.isfinite(first) & np.isfinite(second) & (first < second)


def _first_entry_s(passages: Passages, zone: str, paths: Posterior) -> Array:
    entry_s = np.full(len(paths.weight), np.inf)
    here = passages.zone == zone
    np.minimum.at(entry_s, passages.path[here], passages.enter_s[here])
    return entry_s


def _speed(test: predicates.Speed, paths: Posterior, passages: Passages, epoch: datetime) -> Truth:
    del passages
    vectors, moments_s = _vectors(paths, _moments(test, epoch))
    cosine = np.clip((vectors[:, 1:] * vectors[:, :-1]).sum(axis=2), -1.0, 1.0)
    length_m = MEAN_RADIUS_M * np.arccos(cosine).sum(axis=1)
    speed_mps = length_m / (moments_s[-1] - moments_s[0])
    with np.errstate(invalid="ignore"):
        return np.asarray((speed_mps >= test.low_mps) & (speed_mps <= test.high_mps))


def _seconds(test: Any, epoch: datetime) -> tuple[float, float]:
    return (test.start - epoch).total_seconds(), (test.end - epoch).total_seconds()


def _moments(test: Any, epoch: datetime) -> Array:
    return np.linspace(*_seconds(test, epoch), SAMPLES)


def _vectors(paths: Posterior, moments_s: Array) -> tuple[Array, Array]:
    """Unit vectors (path, moment, 3) on the straight line between kept points, renormalised."""
    lat, lon = np.radians(paths.lat_deg), np.radians(paths.lon_deg)
    kept = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    between = _interpolated(paths.time_s, kept, moments_s)
    return between / np.linalg.norm(between, axis=-1, keepdims=True), moments_s


def _at(paths: Posterior, moments_s: Array) -> tuple[Array, Array]:
    """Latitude (only to see who is flying) and height at moments, (path, moment)."""
    both = np.stack([paths.lat_deg, paths.height_m], axis=-1)
    found = _interpolated(paths.time_s, both, moments_s)
    return found[..., 0], found[..., 1]


def _interpolated(time_s: Array, kept: Array, moments_s: Array) -> Array:
    """Linear between kept points; NaN outside the paths' clock."""
    after = np.clip(np.searchsorted(time_s, moments_s), 1, len(time_s) - 1)
    share = (moments_s - time_s[after - 1]) / (time_s[after] - time_s[after - 1])
    found = kept[:, after - 1] * (1.0 - share)[:, None] + kept[:, after] * share[:, None]
    found[:, (moments_s < time_s[0]) | (moments_s > time_s[-1])] = np.nan
    return found


_JUDGES: dict[type, Callable[..., Truth]] = {
    predicates.InZone: _in_zone,
    predicates.NeverInZone: _never_in_zone,
    predicates.Near: _near,
    predicates.AltitudeBand: _altitude,
    predicates.Launched: _launched,
    predicates.Before: _before,
    predicates.Speed: _speed,
}
