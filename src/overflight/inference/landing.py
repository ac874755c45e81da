"""Where paths come down: when each begins, how fast it falls, and the place that the wind takes it.

A path's beginning and speed are uniform between bounds, drawn from its own random numbers; the fall
itself is :mod:`overflight.physics.fall`.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.drift import Drift
from overflight.physics.fall import Falling, landing_s
from overflight.physics.kernel import loop
from overflight.physics.random import uniform4
from overflight.physics.sphere import lats_lons_deg

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

_STREAM = 0xE7037ED1A0B428DB  # of random numbers, apart from those of the flight


@dataclass(frozen=True)
class Fall:
    """What is known of a descent: bounds in seconds since the case's epoch, and in m/s."""

    begin_min_s: float
    begin_max_s: float
    speed_min_mps: float  # near the sea
    speed_max_mps: float


@dataclass(frozen=True)
class Landed:
    """Where and when each path comes down, (path,); NaN where it leaves the wind before."""

    begin_s: Array
    time_s: Array
    lat_deg: Array
    lon_deg: Array


class Plan(NamedTuple):
    """What each path is to do, (path,), and the key of its random numbers."""

    begin_s: Array
    speed_mps: Array
    key: Any


def plan(fall: Fall, n_paths: int, seed: int) -> Plan:
    """Draw when each path begins to come down and how fast it is near the sea."""
    key: Any = np.uint64((seed * 0x9E3779B97F4A7C15 ^ _STREAM) & 0xFFFFFFFFFFFFFFFF)
    drawn = np.array([uniform4(key, row, 0)[:2] for row in range(n_paths)]).reshape(-1, 2)
    return Plan(
        fall.begin_min_s + drawn[:, 0] * (fall.begin_max_s - fall.begin_min_s),
        fall.speed_min_mps + drawn[:, 1] * (fall.speed_max_mps - fall.speed_min_mps),
        key,
    )


@loop
def fall_all(
    drift: Drift,
    planned: Plan,
    rows: Rows,
    steps: Rows,
    states: Array,
    time_s: Array,
    tracks: Array,
) -> Array:
    """Let paths that fly in the same drift come down; returns when each is down, (row,).

    Parameters
    ----------
    rows, steps, states
        Which path each is, and the step at which it is in its state; the states end where they
        come down.
    time_s, tracks : (output,) and (row, output, 4)
        Filled after the step with place and height.
    """
    down_s = np.full(rows.shape[0], np.nan)
    for i in range(rows.shape[0]):
        row = rows[i]
        if not np.isnan(states[i, 0]):
            one = Falling(planned.key, row, steps[i], planned.begin_s[row], planned.speed_mps[row])
            down_s[i] = landing_s(drift, one, states[i], time_s, tracks[i])
    return down_s


def landed(begin_s: Array, down_s: Array, states: Array) -> Landed:
    """Gather where paths came down from their last states (path, 5)."""
    places = np.where(np.isfinite(down_s)[:, None], states[:, :3], np.nan)
    lat_deg, lon_deg = lats_lons_deg(places)
    return Landed(begin_s, down_s, lat_deg, lon_deg)
