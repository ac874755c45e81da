"""Where it would come down from any moment of its flight, were it to begin then.

A thinned set of equally probable paths, every few hours; from each place several falls of every
class of pieces, each with a speed and a wind error of its own (:mod:`overflight.physics.fall`).
The posterior keeps no wind error along its paths, so each fall begins with one drawn afresh: the
footprint is a little wider than it need be.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import InferenceError
from overflight.flight.hypotheses import Statics
from overflight.inference.landing import Fall, Plan, fall_all, plan
from overflight.inference.posterior import Ends, Posterior
from overflight.inference.stratum import Task, drift_of
from overflight.inference.told import Timetable
from overflight.physics.drift import Drift
from overflight.physics.random import normal4
from overflight.physics.sphere import lats_lons_deg, n_vector

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

PATHS = 40
FALLS = 8  # of each class from each place
EVERY_S = 3 * 3_600.0
MOST_MOMENTS = 120
_BEGIN = 0x7FFFFFFF  # the layer whose random numbers are the wind error at the beginning
_FALL_BYTES = 8 * (3 + 1 + 2 + 5 + 1)  # of one: place, time, latitude and longitude, and at work
_CLASSES = 1_009  # more than anyone asks for, so that no two keys meet


@dataclass(frozen=True)
class Speeds:
    """Bounds of how fast a class of pieces falls near the sea."""

    least_mps: float
    most_mps: float


@dataclass(frozen=True)
class Scatter:
    """Where falls end: arrays are (moment, path), or (class, moment, path, fall) for the falls.

    ``time_s`` (moment,) counts from the case's epoch. NaN where a path does not fly, or where a
    fall leaves the wind before it is down.
    """

    time_s: Array
    from_lat_deg: Array
    from_lon_deg: Array
    lat_deg: Array
    lon_deg: Array
    fall_s: Array
    wind_floor_pa: float


def scatter(task: Task, drawn: Posterior, classes: Sequence[Speeds]) -> Scatter:
    """Let pieces fall from along the paths.

    Parameters
    ----------
    task
        The one that ``drawn`` was drawn from.

    Raises
    ------
    InferenceError
        If the constants of the paths were not kept.
    """
    ends = _ends(drawn)
    rows, columns = drawn.equal_rows(PATHS), _moments(drawn, task.settings.output_s)
    time_s = drawn.time_s[columns]
    lat_deg = drawn.lat_deg[np.ix_(rows, columns)].T
    lon_deg = drawn.lon_deg[np.ix_(rows, columns)].T
    shape = (len(classes), len(columns), len(rows), FALLS)
    places, down_s = np.full((*shape, 3), np.nan), np.full(shape, np.nan)
    plans = [_planned(one, shape, task.seed, number) for number, one in enumerate(classes)]
    drifts = {one: _drift(task, drawn, one) for one in {ends.statics[row] for row in rows}}
    for path, row in enumerate(rows):
        starts = (columns, lat_deg[:, path], lon_deg[:, path])
        for number, planned in enumerate(plans):
            fell, down = _fallen(drifts[ends.statics[row]], planned, path, starts)
            places[number, :, path] = fell
            down_s[number, :, path] = down - time_s[:, None]
    fell_lat_deg, fell_lon_deg = lats_lons_deg(places)
    lost = np.isnan(down_s)
    return Scatter(
        time_s=time_s,
        from_lat_deg=lat_deg,
        from_lon_deg=lon_deg,
        lat_deg=np.where(lost, np.nan, fell_lat_deg),
        lon_deg=np.where(lost, np.nan, fell_lon_deg),
        fall_s=down_s,
        wind_floor_pa=float(np.exp(task.grid.log_pressure[-1])),
    )


def n_falls(flight_s: float, n_classes: int) -> int:
    """How many falls a flight of some length has at most."""
    moments = min(MOST_MOMENTS, int(flight_s // EVERY_S) + 1)
    return n_classes * moments * PATHS * FALLS


def falls_bytes(flight_s: float, n_classes: int) -> int:
    """Memory that they take."""
    return _FALL_BYTES * n_falls(flight_s, n_classes)


def _ends(drawn: Posterior) -> Ends:
    if drawn.ends is not None:
        return drawn.ends
    raise InferenceError(
        found="paths whose constants were not kept",
        expected="a posterior that evidence was weighed in",
        remedy="This is a mistake in overflight: please report it.",
    )


def _moments(drawn: Posterior, output_s: float) -> Rows:
    """Evenly spaced columns that end with the last at which most paths fly."""
    flying = drawn.weight @ np.isfinite(drawn.lat_deg)
    last = int(np.flatnonzero(flying >= 0.5 * flying.max())[-1])
    stride = max(round(EVERY_S / output_s), -(-last // (MOST_MOMENTS - 1)), 1)
    columns = np.arange(last % stride, last + 1, stride)
    return columns[flying[columns] > 0.0]


def _drift(task: Task, drawn: Posterior, statics: Statics) -> Drift:
    """The drift of paths of some constants; its steps are the columns of the posterior."""
    output_s = task.settings.output_s
    table = Timetable(round(drawn.time_s[0] / output_s), len(drawn.time_s), output_s)
    return drift_of(task.case, task.grid, task.error, statics, table)


def _planned(speeds: Speeds, shape: tuple[int, ...], seed: int, number: int) -> Plan:
    """Speeds and random numbers of one class, apart from those of the others."""
    fall = Fall(0.0, 0.0, speeds.least_mps, speeds.most_mps)
    return plan(fall, math.prod(shape[1:]), seed * _CLASSES + number)


def _fallen(
    drift: Drift, planned: Plan, path: int, starts: tuple[Rows, Array, Array]
) -> tuple[Array, Array]:
    """Falls of one class from one path: unit normals (moment, fall, 3) and times down."""
    columns = np.repeat(starts[0], FALLS)
    lat_deg, lon_deg = (np.repeat(one, FALLS) for one in starts[1:])
    who = path * len(columns) + np.arange(len(columns))
    states = np.full((len(who), 5), np.nan)
    for index in np.flatnonzero(np.isfinite(lat_deg)):
        states[index, :3] = n_vector(lat_deg[index], lon_deg[index])
        states[index, 3:] = normal4(planned.key, int(who[index]), _BEGIN)[:2]
    none = np.empty((len(who), 0, 4))
    down_s = fall_all(drift, planned, who, columns, states, np.empty(0), none)
    shape = (len(starts[0]), FALLS)
    return states[:, :3].reshape(*shape, 3), down_s.reshape(shape)
