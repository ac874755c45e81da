"""Fly the paths of a posterior on, beyond the last evidence.

Each path goes on from the state in which it ends: its place, its constants, and the wind error that
it felt there, which fades with the error's own memory. Nothing is weighed any more, so the weights
stay; a path that leaves the wind is NaN from there.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import CoverageError, InferenceError
from overflight.fields import memory
from overflight.flight.levels import heights_along
from overflight.inference.gather import pressures_pa
from overflight.inference.observations import Timetable
from overflight.inference.posterior import Ends, Posterior
from overflight.inference.stratum import Task, drift_of
from overflight.physics.drift import passive_step
from overflight.physics.kernel import loop
from overflight.physics.random import normal4
from overflight.physics.sphere import lats_lons_deg
from overflight.physics.sun import sun_vector

Array = NDArray[np.float64]

_POINT_BYTES = 24 + 4 * 8
_STREAM = 0xA0761D6478BD642F  # of random numbers, apart from those of the filters


@dataclass(frozen=True)
class Onward:
    """Paths from the last evidence on; ``asked_s`` and ``covered_s`` are lengths of time."""

    paths: Posterior
    asked_s: float
    covered_s: float

    @property
    def begin_s(self) -> float:
        """The moment of the last evidence, on the mark of the clock at or after it."""
        return float(self.paths.time_s[0])

    @property
    def left_fraction(self) -> float:
        """Probability that the balloon leaves the wind's box or levels before the end."""
        return float(self.paths.weight @ np.isnan(self.paths.lat_deg[:, -1]))


@loop
def _fly_on(
    step: Any,
    drift: Any,
    key: Any,
    states: Array,
    who: NDArray[np.int64],
    n_steps: int,
    stride: int,
) -> Array:
    n, n_state = states.shape
    paths = np.full((n, n_steps // stride + 1, 3), np.nan)
    state, after, noise = np.empty(n_state), np.empty(n_state), np.empty(4)
    for row in range(n):
        state[:] = states[row]
        paths[row, 0] = state[:3]
        for k in range(n_steps):
            noise[:] = normal4(key, who[row], k + 1)
            step(drift, k, state, noise, after)
            state, after = after, state
            if np.isnan(state[0]):
                break
            if (k + 1) % stride == 0:
                paths[row, (k + 1) // stride] = state[:3]
    return paths


def fly_on(task: Task, drawn: Posterior, asked_s: float) -> Onward:
    """Carry the paths of a posterior on for a while, or for as long as there is wind.

    Parameters
    ----------
    task
        The one that ``drawn`` was drawn from.
    asked_s
        How long.

    Raises
    ------
    CoverageError
        If the wind ends where the paths do.
    CapacityError
        If memory cannot hold the paths.
    """
    ends, settings = _ends(drawn), task.settings
    n_asked = int(np.ceil(asked_s / settings.output_s - 1e-9))
    wind_s = float(task.grid.time_s[-1]) - ends.time_s
    n_outputs = min(n_asked, int(wind_s / settings.output_s + 1e-9))
    if n_outputs < 1:
        raise CoverageError(
            found="the wind ends with the evidence",
            expected="wind after the last evidence, to fly on in",
            remedy="Give a forecast or an analysis that reaches further with --wind.",
        )
    n_paths = len(ends.state)
    memory.require("a forecast, each path", 0.0, n_paths, _POINT_BYTES * (n_outputs + 1))
    vectors = _vectors(task, ends, n_outputs)
    time_s = np.arange(n_outputs + 1, dtype=np.float64) * settings.output_s + ends.time_s
    suns = np.array([sun_vector(drawn.epoch.timestamp() + t) for t in time_s])
    height_m = np.array(
        [heights_along(one, time_s, v, suns) for one, v in zip(ends.statics, vectors, strict=True)]
    )
    lat_deg, lon_deg = lats_lons_deg(vectors)
    flown = replace(
        drawn,
        time_s=time_s,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        height_m=height_m,
        pressure_pa=pressures_pa(height_m),
        ends=None,
    )
    return Onward(flown, asked_s, min(asked_s, n_outputs * settings.output_s))


def _ends(drawn: Posterior) -> Ends:
    if drawn.ends is None:
        raise InferenceError(
            found="paths whose ends were not kept",
            expected="a posterior that evidence was weighed in",
            remedy="This is a mistake in overflight: please report it.",
        )
    return drawn.ends


def _vectors(task: Task, ends: Ends, n_outputs: int) -> Array:
    """Unit normals (path, output, 3): paths of the same constants fly in the same drift."""
    settings = task.settings
    stride = round(settings.output_s / settings.dt_s)
    n_steps = n_outputs * stride
    vectors = np.empty((len(ends.state), n_outputs + 1, 3))
    table = Timetable(round(ends.time_s / settings.dt_s), n_steps, settings.dt_s)
    key = np.uint64((task.seed * 0x9E3779B97F4A7C15 ^ _STREAM) & 0xFFFFFFFFFFFFFFFF)
    for one in dict.fromkeys(ends.statics):
        rows = np.array([row for row, mine in enumerate(ends.statics) if mine == one])
        drift = drift_of(task.case, task.grid, task.error, one, table)
        vectors[rows] = _fly_on(passive_step, drift, key, ends.state[rows], rows, n_steps, stride)
    return vectors
