"""Whether a claim's predicate is true of a path.

A boolean for every path; a claim with several predicates is true where all are. Positions between
the kept points of a path are interpolated, so a window shorter than their spacing is still looked
at. Size and mass are not of the path alone: for them every path gets some draws of a balloon that
floats at its height (:mod:`.lift`), and what is true is a share of the draws.

What is taken of the reports of size and payload: a claim on mass is tested with the reported size,
a claim on size with the reported payload, a claim on both with neither; the probability before any
evidence takes nothing but the order of the size. A draw whose envelope alone is too heavy does not
float and does not count.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.case import predicates
from overflight.case.model import Case
from overflight.errors import InferenceError
from overflight.fields.places import Passages
from overflight.inference import lift, moments, stays, viewed
from overflight.inference.lift import Lift
from overflight.inference.posterior import Posterior
from overflight.inference.viewed import SMOOTH, Hills
from overflight.physics.sphere import MEAN_RADIUS_M

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]

HEIGHT_EDGE_M = 300.0  # a band's edges are as soft as a reported altitude's (method 4)
SAMPLES = 25  # moments looked at in a window
N_DRAWS = 24  # of a balloon, for every path
_ON_LIFT = (predicates.Size, predicates.Mass, predicates.Payload)


@dataclass(frozen=True)
class Given:
    """What a test is put to; ``case`` is needed by tests on size, mass and observers.

    ``passages`` are the paths' passages through zones of every kind that the tests name. ``seen``
    is false for paths before any evidence: then nothing is taken of reported sizes either.
    """

    paths: Posterior
    passages: Passages
    epoch: datetime
    case: Case | None = None
    seen: bool = True
    drawn: Lift | None = None
    hills: Hills = SMOOTH


@dataclass(frozen=True)
class Judged:
    """Of every path, (path,): the share of its draws that fit what is known, and are true too.

    Without a test on size or mass ``fits`` is one, and ``share`` zero or one.
    """

    share: Array
    fits: Array


def holds(
    tests: Sequence[predicates.Predicate], paths: Posterior, passages: Passages, epoch: datetime
) -> Truth:
    """Where all predicates are true, shape (path,); none of them on size or mass."""
    truth = _all(tests, Given(paths, passages, epoch))
    return np.asarray(np.broadcast_to(truth[:, 0], len(paths.weight)))


def judge(tests: Sequence[predicates.Predicate], given: Given) -> Judged:
    """How far all predicates are true of every path."""
    n_paths = len(given.paths.weight)
    if not on_lift(tests):
        truth = _all(tests, given)[:, 0]
        return Judged(truth.astype(np.float64), np.ones(n_paths))
    case = _case(given)
    names = {type(one) for one in predicates.leaves(tests)}
    on_size, on_mass = predicates.Size in names, bool(names & {predicates.Mass, predicates.Payload})
    sizes = [one for one in predicates.leaves(tests) if isinstance(one, predicates.Size)]
    broad = lift.broad_m(case.balloon, [(one.low_m, one.high_m) for one in sizes])
    drawn = lift.draws(
        case.balloon,
        given.paths.float_height_m,
        N_DRAWS,
        given.paths.seed,
        broad_m=broad if on_size or not given.seen else None,
    )
    fits = drawn.payload_kg > 0.0
    if given.seen and on_size and not on_mass:
        balloon = case.balloon
        fits &= drawn.payload_kg >= (balloon.payload_min_kg or 0.0)
        fits &= drawn.payload_kg <= (balloon.payload_max_kg or np.inf)
    there = replace(given, drawn=drawn)
    truth = _all(tests, there) & fits
    return Judged(truth.mean(axis=1), fits.mean(axis=1))


def on_lift(tests: Iterable[predicates.Predicate]) -> bool:
    """Whether a claim is on the balloon's size or mass."""
    return any(isinstance(one, _ON_LIFT) for one in predicates.leaves(tests))


def extremes(test: predicates.AltitudeBand | predicates.Speed, given: Given) -> tuple[float, float]:
    """Least and greatest height or mean speed of any path in the window; NaN where none flies."""
    if isinstance(test, predicates.AltitudeBand):
        value = moments.at(given.paths, _moments(test, given.epoch))[1]
    else:
        value = _mean_speed_mps(test, given.paths, given.epoch)
    known = value[np.isfinite(value)]
    return (float(known.min()), float(known.max())) if known.size else (np.nan, np.nan)


def nearest_m(test: predicates.Near | predicates.LaunchedNear, given: Given) -> float:
    """How near the nearest path comes; NaN where none flies."""
    if isinstance(test, predicates.Near):
        vectors, _ = moments.vectors(given.paths, _moments(test, given.epoch))
    else:
        vectors = _launches(given.paths)
    apart_m = _apart_m(vectors, test)
    known = apart_m[np.isfinite(apart_m)]
    return float(known.min()) if known.size else np.nan


def _case(given: Given) -> Case:
    if given.case is None:
        raise InferenceError(
            found="a test on size, mass or observers without the case",
            expected="the case with its balloon and observers",
            remedy="Give the case with the paths.",
        )
    return given.case


def _all(tests: Sequence[predicates.Predicate], given: Given) -> Truth:
    """Where all are true, (path, draw), or (path, 1) where the draws do not matter."""
    truth: Truth = np.ones((len(given.paths.weight), 1), dtype=bool)
    for test in tests:
        truth = truth & _one(test, given)
    return truth


def _one(test: predicates.Predicate, given: Given) -> Truth:
    if isinstance(test, predicates.Not):
        return ~_all(test.tests, given)
    if isinstance(test, _ON_LIFT):
        return _lifted(test, given)
    if isinstance(test, predicates.CouldBeSeen):
        window_s, case = _seconds(test, given.epoch), _case(given)
        return viewed.could_be_seen(test, given.paths, window_s, case, given.hills)[:, None]
    if isinstance(test, predicates.Visible):
        window_s = _seconds(test, given.epoch)
        return viewed.in_view(test, given.paths, window_s, given.hills)[:, None]
    if isinstance(test, predicates.Moved):
        raise InferenceError(
            found="a way of moving asked of paths",
            expected="a test of place, time, height, speed, order, size or mass",
            remedy="Compare the hypotheses.",
        )
    return np.asarray(_JUDGES[type(test)](test, given.paths, given.passages, given.epoch))[:, None]


def _lifted(test: predicates.Size | predicates.Mass | predicates.Payload, given: Given) -> Truth:
    if given.drawn is None:
        raise InferenceError(
            found="a test on size or mass of a path alone",
            expected="draws of a balloon for every path",
            remedy="Ask judge(), not holds().",
        )
    if isinstance(test, predicates.Size):
        value = given.drawn.diameter_m
        return np.asarray((value >= test.low_m) & (value <= test.high_m))
    mass = isinstance(test, predicates.Mass)
    value = given.drawn.solids_kg if mass else given.drawn.payload_kg
    return np.asarray((value >= test.low_kg) & (value <= test.high_kg))


def _loitered(
    test: predicates.Loitered, paths: Posterior, passages: Passages, epoch: datetime
) -> Truth:
    del passages
    moments_s = stays.moments_s(*_seconds(test, epoch), test.duration_s)
    truth = np.zeros(len(paths.weight), dtype=bool)
    for first in range(0, len(truth), stays.AT_ONCE):
        rows = slice(first, first + stays.AT_ONCE)
        vectors, _ = moments.vectors(paths, moments_s, rows)
        stay_s = stays.longest_s(vectors, moments_s, test.radius_m, test.duration_s)
        truth[rows] = stay_s >= test.duration_s - 1e-6
    return truth


def _loitered_in(
    test: predicates.LoiteredIn, paths: Posterior, passages: Passages, epoch: datetime
) -> Truth:
    start_s, end_s = _seconds(test, epoch)
    inside_s = np.minimum(passages.exit_s, end_s) - np.maximum(passages.enter_s, start_s)
    long = (passages.zone == test.zone) & (inside_s >= test.duration_s)
    truth = np.zeros(len(paths.weight), dtype=bool)
    truth[passages.path[long]] = True
    return truth


def _launched_near(
    test: predicates.LaunchedNear, paths: Posterior, passages: Passages, epoch: datetime
) -> Truth:
    del passages, epoch
    with np.errstate(invalid="ignore"):
        return np.asarray(_apart_m(_launches(paths), test) <= test.radius_m)


def _launches(paths: Posterior) -> Array:
    """Where every path is first, as unit vectors; NaN where it never flies."""
    first = np.isfinite(paths.lat_deg).argmax(axis=1)
    row = np.arange(len(first))
    return moments.normals(paths.lat_deg[row, first], paths.lon_deg[row, first])


def _apart_m(vectors: Array, place: predicates.Near | predicates.LaunchedNear) -> Array:
    """Distance over the mean sphere of unit vectors (..., 3) from a place; NaN stays NaN."""
    there = moments.normals(np.array(place.lat_deg), np.array(place.lon_deg))
    return np.asarray(MEAN_RADIUS_M * np.arccos(np.clip(vectors @ there, -1.0, 1.0)))


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
    flying = np.isfinite(moments.at(paths, _moments(test, epoch))[0]).any(axis=1)
    some = predicates.InZone(test.zone, test.start, test.end)
    return flying & ~_in_zone(some, paths, passages, epoch)


def _near(test: predicates.Near, paths: Posterior, passages: Passages, epoch: datetime) -> Truth:
    del passages
    vectors, _ = moments.vectors(paths, _moments(test, epoch))
    with np.errstate(invalid="ignore"):
        return np.asarray((_apart_m(vectors, test) <= test.radius_m).any(axis=1))


def _altitude(
    test: predicates.AltitudeBand, paths: Posterior, passages: Passages, epoch: datetime
) -> Truth:
    del passages
    height_m = moments.at(paths, _moments(test, epoch))[1]
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
    speed_mps = _mean_speed_mps(test, paths, epoch)
    with np.errstate(invalid="ignore"):
        return np.asarray((speed_mps >= test.low_mps) & (speed_mps <= test.high_mps))


def _mean_speed_mps(test: predicates.Speed, paths: Posterior, epoch: datetime) -> Array:
    vectors, moments_s = moments.vectors(paths, _moments(test, epoch))
    cosine = np.clip((vectors[:, 1:] * vectors[:, :-1]).sum(axis=2), -1.0, 1.0)
    length_m = MEAN_RADIUS_M * np.arccos(cosine).sum(axis=1)
    return np.asarray(length_m / (moments_s[-1] - moments_s[0]))


def _seconds(test: Any, epoch: datetime) -> tuple[float, float]:
    return (test.start - epoch).total_seconds(), (test.end - epoch).total_seconds()


def _moments(test: Any, epoch: datetime) -> Array:
    return np.linspace(*_seconds(test, epoch), SAMPLES)


_JUDGES: dict[type, Callable[..., Truth]] = {
    predicates.InZone: _in_zone,
    predicates.NeverInZone: _never_in_zone,
    predicates.Near: _near,
    predicates.AltitudeBand: _altitude,
    predicates.Launched: _launched,
    predicates.Before: _before,
    predicates.Speed: _speed,
    predicates.LaunchedNear: _launched_near,
    predicates.Loitered: _loitered,
    predicates.LoiteredIn: _loitered_in,
}
