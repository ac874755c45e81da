"""Where a balloon goes after the last fix of a track, from the track alone and the known wind.

The same linear filter as for gaps (:mod:`.gaps`), with nothing on the far side: places ahead are
marked, never observed. The height is not foretold: the wind is read at the mean height of the last
day.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from overflight.inference.telemetry import gaps, mixture, plane
from overflight.inference.telemetry.gaps import Gap
from overflight.inference.telemetry.process import Process, unknowns
from overflight.inference.telemetry.track import AirAt, Nodes, Track, until

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

_MARK_S = 3_600.0  # between places ahead along which the wind is read
_DAY_S = 86_400.0
_REPEATS = 2  # of reading the wind along the path


def foretold(
    track: Track, last_s: float, leads_s: Sequence[float], process: Process, air_at: AirAt
) -> tuple[Gap, ...]:
    """Where the balloon is some times after a moment, from what was seen up to then.

    Parameters
    ----------
    last_s
        Fixes after it are not looked at; there are some in the hours before.
    leads_s
        Ascending times after the last fix seen, each a whole number of hours.
    process
        Departures from the wind that ``air_at`` gives.
    """
    nodes = _nodes(track, last_s, leads_s[-1])
    hidden = np.flatnonzero(nodes.hidden)
    seen = hidden[0]
    centre, height_m = nodes.normal[seen - 1], float(nodes.height_m[-1])
    position = plane.to_plane(centre, nodes.normal, height_m)
    path = position.copy()
    path[hidden] = _kept_on(nodes.time_s, position, int(seen))
    middle = gaps.CENTRAL
    for _ in range(_REPEATS):
        laid = gaps.placed(nodes, centre, height_m, position, path, air_at)
        (likely,) = gaps.filtered(laid, process, [middle], nodes.hidden, hidden)
        path[hidden] = likely.mean + laid.carried_m[hidden]
    laid = gaps.placed(nodes, centre, height_m, position, path, air_at)
    marks = np.array([hidden[round(lead / _MARK_S) - 1] for lead in leads_s], dtype=np.int64)
    sets = unknowns(process, part_s=leads_s[-1])
    answers = gaps.filtered(laid, process, sets, nodes.hidden, marks)
    logs = np.array([a.log_evidence + s.log_weight for a, s in zip(answers, sets, strict=True)])
    return tuple(
        Gap(
            float(laid.nodes.time_s[mark]),
            mixture.of_logs(
                logs,
                np.array([one.mean[k] for one in answers]) + laid.carried_m[mark],
                np.sqrt(np.array([one.variance[k] for one in answers])),
            ),
            centre,
            height_m,
            laid.known_share,
        )
        for k, mark in enumerate(marks)
    )


def _nodes(track: Track, last_s: float, furthest_s: float) -> Nodes:
    """What was seen, and a node an hour ahead."""
    before = until(track, last_s)
    end_s = float(before.time_s[-1])
    ahead_s = end_s + _MARK_S * np.arange(1, round(furthest_s / _MARK_S) + 1)
    day = before.time_s >= end_s - _DAY_S
    mean_m = float(np.mean(before.height_m[day]))
    n = len(ahead_s)
    return Nodes(
        np.concatenate([before.time_s, ahead_s]),
        np.concatenate([before.normal, np.full((n, 3), np.nan)]),
        np.concatenate([before.height_m, np.full(n, mean_m)]),
        np.concatenate([before.sd_m, np.zeros(n)]),
        np.concatenate([before.hidden, np.ones(n, dtype=np.bool_)]),
    )


def _kept_on(time_s: Array, position_m: Complex, seen: int) -> Complex:
    """Places ahead at the velocity of the last hour."""
    first = int(np.searchsorted(time_s, time_s[seen - 1] - _MARK_S, "left"))
    first = min(first, seen - 2)
    velocity = (position_m[seen - 1] - position_m[first]) / (time_s[seen - 1] - time_s[first])
    ahead: Complex = position_m[seen - 1] + velocity * (time_s[seen:] - time_s[seen - 1])
    return ahead
