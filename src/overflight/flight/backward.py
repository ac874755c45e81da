"""Follow a balloon back in time: where it can have come from, and with what weight.

A path followed backward through the wind, under the same error, samples where a launch would have
led to its start: its density of places, weighted by exp(-integral of the divergence), is the
likelihood of a launch at each place (docs/explanation/origin.md). The error is an
Ornstein-Uhlenbeck process, which is the same run either way, so a step back is a step forward with
a negative length; only an error that is known at the start blows the other way, as seen by a
balloon that goes back.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.fields import memory
from overflight.flight.hypotheses import Statics, begun_at
from overflight.flight.levels import level_law
from overflight.physics.divergence import drift_divergence_hz
from overflight.physics.drift import Drift, passive_step
from overflight.physics.kernel import loop
from overflight.physics.ou import ou_step
from overflight.physics.random import normal4

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

_STOP_BYTES = 32  # of a path: its place and its weight


class Flown(NamedTuple):
    """Paths at the stops that were asked for; NaN from where a path leaves the wind."""

    vectors: Array  # (path, stop, 3) unit normals
    weight_log: Array  # (path, stop) minus the integral of the divergence since the start


def turned_back(
    drift: Drift, statics: Statics, from_s: float, n_steps: int, dt_s: float, epoch: datetime
) -> Drift:
    """The drift of a flight, to be followed back from a moment.

    Parameters
    ----------
    drift
        Of the same flight forward; its times and level are not used.
    statics
        Its constants. The balloon is at float level for all the time that is followed: the half
        hour of a climb is left out.
    from_s
        Where the way back begins, in seconds since the epoch.
    dt_s
        Length of a step, positive.
    """
    told = replace(begun_at(statics, from_s - (n_steps + 1) * dt_s), aloft=True)
    return drift._replace(
        ou=ou_step(statics.tau_s, dt_s),
        level=level_law(told, from_s, -dt_s, n_steps, epoch),
        start_s=from_s,
        dt_s=-dt_s,
    )


def fly_back(drift: Drift, states: Array, steps: Whole, key: int) -> Flown:
    """Follow paths back in time, and weigh them.

    Parameters
    ----------
    drift
        From :func:`turned_back`.
    states : (path, 5)
        Unit normal at the start, and the wind's error there as it blows forward in time, in
        standard deviations.
    steps : (stop,)
        After which steps places are kept; increasing, the first may be 0.
    key
        64-bit key of the random numbers.

    Raises
    ------
    CapacityError
        If memory cannot hold the places, before any path is flown.
    """
    n, n_stops = len(states), len(steps)
    memory.require("paths followed back, each", 0.0, n, _STOP_BYTES * n_stops)
    flown = Flown(np.full((n, n_stops, 3), np.nan), np.full((n, n_stops), np.nan))
    word = np.uint64(key & 0xFFFFFFFFFFFFFFFF)
    _fly_back(passive_step, drift, word, states, np.asarray(steps, dtype=np.int64), *flown)
    return flown


@loop
def _fly_back(
    step: Any,
    drift: Any,
    key: Any,
    states: Array,
    steps: Whole,
    vectors: Array,
    weight_log: Array,
) -> None:
    state, after, noise = np.empty(5), np.empty(5), np.empty(4)
    length_s = abs(drift.dt_s)
    for row in range(states.shape[0]):
        state[:3], state[3:] = states[row, :3], -states[row, 3:]
        total, at = 0.0, 0
        here = drift_divergence_hz(drift, 0, state[0], state[1], state[2], -state[3], -state[4])
        for k in range(steps[-1] + 1):
            if k == steps[at]:
                vectors[row, at], weight_log[row, at] = state[:3], -total
                at += 1
                if at == steps.shape[0]:
                    break
            noise[:] = normal4(key, row, k + 1)
            step(drift, k, state, noise, after)
            state, after = after, state
            x, y, z = state[0], state[1], state[2]
            there = drift_divergence_hz(drift, k + 1, x, y, z, -state[3], -state[4])
            total += 0.5 * (here + there) * length_s
            if not (np.isfinite(x) and np.isfinite(total)):
                break
            here = there
