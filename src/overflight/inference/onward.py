"""Fly the paths of a posterior on, beyond the last evidence.

Each path goes on from the state in which it ends: its place, its constants, and the wind error that
it felt there, which fades with the error's own memory. Where part of a wind's error turns with the
Coriolis parameter, it does so from here on as in free flights: of that the filter told nothing.
Where the wind is only a season's, the waves of some hours that balloons ride are added, which that
wind's slow error does not have: sightings some days apart do not need them, the first hours of a
forecast do. Nothing is weighed any more, so the weights stay; a path that leaves the wind is NaN
from there, and one that has come down stays where it is (:mod:`.landing`).
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import CoverageError, InferenceError
from overflight.fields import memory
from overflight.fields.error import WindError
from overflight.flight.ensemble import OTHER_KEY
from overflight.flight.levels import heights_along
from overflight.inference import landing
from overflight.inference.gather import pressures_pa
from overflight.inference.landing import Fall, Landed, Plan
from overflight.inference.observations import Timetable
from overflight.inference.posterior import Ends, Posterior
from overflight.inference.stratum import Task, drift_of
from overflight.inference.telemetry.process import roughness, waves_of_hours
from overflight.physics.drift import Drift, pushed_step, turning_drift_step
from overflight.physics.inertial import Inertial, turning_fraction
from overflight.physics.kernel import kernel, loop
from overflight.physics.random import normal4
from overflight.physics.sphere import lats_lons_deg
from overflight.physics.sun import sun_vector
from overflight.physics.waves import Waves, begin_waves, carry_waves, wave_push

Array = NDArray[np.float64]

TURNING = (
    "beyond the last evidence: what of the error turns with the Coriolis parameter, does turn;"
    " what was felt at the last evidence is kept, as slow"
)
WAVES = (
    "beyond the last evidence: near-inertial and gravity waves of some 3 m/s per component, as long"
    " balloon flights show them (fitted to ANITA-lite), weaker or stronger by an unknown factor"
)
_POINT_BYTES = 32 + 4 * 8
_STREAM = 0xA0761D6478BD642F  # of random numbers, apart from those of the filters
_WAVE_STREAM = 0xE7037ED1A0B428DB


@dataclass(frozen=True)
class Onward:
    """Paths from the last evidence on; ``asked_s`` and ``covered_s`` are lengths of time."""

    paths: Posterior
    asked_s: float
    covered_s: float
    landed: Landed | None = None  # None where it is taken to stay aloft

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
    waves: Waves,
    factors: Array,
    drift: Any,
    key: Any,
    other: Any,
    states: Array,
    who: NDArray[np.int64],
    n_steps: int,
    stride: int,
    stops: NDArray[np.int64],
) -> Array:
    """Fly on from ``states``, which end where a path stops: at its step of ``stops`` or the end.

    Waves, if there are any, are as strong on each path as its entry of ``factors`` (path,) says.
    """
    n, n_state = states.shape
    paths = np.full((n, n_steps // stride + 1, 3), np.nan)
    state, after, noise = np.empty(n_state), np.empty(n_state), np.empty(4)
    parts = np.empty((waves.turns.size, 2))
    for row in range(n):
        state[:] = states[row]
        begin_waves(other, who[row], parts)
        paths[row, 0] = state[:3]
        for k in range(min(n_steps, stops[row])):
            noise[:] = normal4(key, who[row], k + 1)
            push = wave_push(drift, waves, factors[row], state, (other, who[row], k), parts)
            pushed_step(drift, k, state, noise, push, after)
            carry_waves(state, after, parts)
            state, after = after, state
            if np.isnan(state[0]):
                break
            if (k + 1) % stride == 0:
                paths[row, (k + 1) // stride] = state[:3]
        states[row] = state
    return paths


@loop
def _fly_turning(
    part: Inertial,
    drift: Any,
    key: Any,
    other: Any,
    states: Array,
    who: NDArray[np.int64],
    n_steps: int,
    stride: int,
    stops: NDArray[np.int64],
) -> Array:
    """The same where part of the error turns: what the filter felt is slow, that part is new."""
    n, n_state = states.shape
    paths = np.full((n, n_steps // stride + 1, 3), np.nan)
    state, after = np.empty(n_state), np.empty(n_state)
    noise, whirl = np.empty(4), np.empty(4)
    for row in range(n):
        state[:] = states[row]
        state[3:] /= math.sqrt(1.0 - _share(part, state[2]))
        whirl[:] = normal4(other, who[row], 0)
        turning = complex(whirl[0], whirl[1])
        paths[row, 0] = state[:3]
        for k in range(min(n_steps, stops[row])):
            noise[:] = normal4(key, who[row], k + 1)
            whirl[:] = normal4(other, who[row], k + 1)
            turning = turning_drift_step(drift, part, k, state, turning, (noise, whirl), after)
            state, after = after, state
            if np.isnan(state[0]):
                break
            if (k + 1) % stride == 0:
                paths[row, (k + 1) // stride] = state[:3]
        share = _share(part, state[2])
        states[row] = state
        states[row, 3] = math.sqrt(1.0 - share) * state[3] + math.sqrt(share) * turning.real
        states[row, 4] = math.sqrt(1.0 - share) * state[4] + math.sqrt(share) * turning.imag
    return paths


@kernel
def _share(part: Inertial, sine: float) -> float:
    """Share of the variance that turns at a normal's third component."""
    return turning_fraction(part, math.degrees(math.asin(min(max(sine, -1.0), 1.0))))


def fly_on(task: Task, drawn: Posterior, asked_s: float, fall: Fall | None = None) -> Onward:
    """Carry the paths of a posterior on for a while, or for as long as there is wind.

    Parameters
    ----------
    task
        The one that ``drawn`` was drawn from.
    asked_s
        How long.
    fall
        When and how fast the balloon comes down; None where it stays aloft.

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
    time_s = np.arange(n_outputs + 1, dtype=np.float64) * settings.output_s + ends.time_s
    planned = None if fall is None else landing.plan(fall, n_paths, task.seed)
    tracks, down = _tracks(task, ends, time_s, planned)
    vectors = tracks[..., :3]
    suns = np.array([sun_vector(drawn.epoch.timestamp() + t) for t in time_s])
    height_m = np.array(
        [heights_along(one, time_s, v, suns) for one, v in zip(ends.statics, vectors, strict=True)]
    )
    if planned is not None:
        falling = time_s[None, :] > planned.begin_s[:, None]
        height_m = np.where(falling, tracks[..., 3], height_m)
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
    return Onward(flown, asked_s, min(asked_s, n_outputs * settings.output_s), down)


def _ends(drawn: Posterior) -> Ends:
    if drawn.ends is None:
        raise InferenceError(
            found="paths whose ends were not kept",
            expected="a posterior that evidence was weighed in",
            remedy="This is a mistake in overflight: please report it.",
        )
    return drawn.ends


def _tracks(
    task: Task, ends: Ends, time_s: Array, planned: Plan | None
) -> tuple[Array, Landed | None]:
    """Unit normals and the height of a fall (path, output, 4), and where paths come down.

    Paths of the same constants fly in the same drift.
    """
    settings = task.settings
    stride = round(settings.output_s / settings.dt_s)
    n_paths, n_steps = len(ends.state), (len(time_s) - 1) * stride
    tracks = np.full((n_paths, len(time_s), 4), np.nan)
    table = Timetable(round(ends.time_s / settings.dt_s), n_steps, settings.dt_s)
    key = np.uint64((task.seed * 0x9E3779B97F4A7C15 ^ _STREAM) & 0xFFFFFFFFFFFFFFFF)
    stops = np.full(n_paths, n_steps)
    if planned is not None:
        stops = np.clip((planned.begin_s - ends.time_s) // settings.dt_s, 0, n_steps).astype(int)
    states, down_s = ends.state.copy(), np.full(n_paths, np.nan)
    factors = _factors(n_paths, task.seed)
    for one in dict.fromkeys(ends.statics):
        rows = np.array([row for row, mine in enumerate(ends.statics) if mine == one])
        drift = drift_of(task.case, task.grid, task.error, one, table)
        mine = states[rows]
        flight = (mine, rows, n_steps, stride, stops[rows])
        tracks[rows, :, :3] = _flown(task.error, drift, key, flight, factors[rows])
        if planned is not None:
            falls = tracks[rows]
            mine[planned.begin_s[rows] > time_s[-1]] = np.nan  # the wind ended before
            down_s[rows] = landing.fall_all(drift, planned, rows, stops[rows], mine, time_s, falls)
            tracks[rows] = falls
        states[rows] = mine
    if planned is None:
        return tracks, None
    return tracks, landing.landed(planned.begin_s, down_s, states)


def waves(error: WindError) -> Waves:
    """Waves that the wind's error lacks: all, where nothing is known but the season; else none."""
    every = Waves(*waves_of_hours())
    return every if error.prior_only else Waves(*(values[:0] for values in every))


def _factors(n_paths: int, seed: int) -> Array:
    """How rough the air of every path is."""
    values, shares = roughness()
    rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, _WAVE_STREAM]))
    return rng.choice(values, n_paths, p=shares)


def _flown(
    error: WindError, drift: Drift, key: np.uint64, flight: tuple[Any, ...], factors: Array
) -> Array:
    """Fly paths of the same constants on, with whatever moves them beside the wind's slow error."""
    if error.inertial is not None:
        other = key ^ np.uint64(OTHER_KEY)
        return np.asarray(_fly_turning(error.inertial, drift, key, other, *flight))
    other = key ^ np.uint64(_WAVE_STREAM)
    return np.asarray(_fly_on(waves(error), factors, drift, key, other, *flight))
