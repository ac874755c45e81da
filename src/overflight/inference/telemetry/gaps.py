"""Where a balloon was while nobody saw it: a gap in a track, filled with its uncertainty.

The track on both sides, less what the known wind carries, is a linear function of departures whose
statistics are known up to a few factors (:mod:`.process`); for each set of factors the filter gives
a round normal and how well the set explains what was seen, so that the answer is a mixture. The
wind is read along the most probable path, which is found by repetition; its shear across the
uncertainty is not followed, so in a strongly sheared wind the regions are somewhat too narrow.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.inference.telemetry import mixture, plane
from overflight.inference.telemetry.mixture import Mixture
from overflight.inference.telemetry.process import (
    DAY_S,
    Process,
    Unknown,
    memory_s,
    sigma_mps,
    unknowns,
)
from overflight.inference.telemetry.smoother import Filtered, Moves, moves, smoothed
from overflight.inference.telemetry.track import AirAt, Nodes, Track, around
from overflight.physics.ou import EARTH_TURN_RADPS

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

_MARK_S = 3_600.0  # between places inside a gap along which the wind is read
_REPEATS = 2  # of reading the wind along the path; a third moves the middle by metres
_FLOATING_MPS = 0.5  # slower changes of height are a float's own, and fade no memory
_RULED_OUT_LOG = 12.0  # what the air of a part can hardly make up for
_NONE = np.zeros(0, dtype=np.int64)
# No factor differs from the middle of its prior.
CENTRAL = Unknown(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0)


@dataclass(frozen=True)
class Laid:
    """Nodes in a plane, and what moves the balloon between them."""

    nodes: Nodes
    centre: Array  # (3,)
    height_m: float  # of the plane
    position_m: Complex  # (node,) NaN where hidden
    carried_m: Complex  # (node,) by the known wind since the first node
    coriolis_radps: Array  # (node,)
    climb_m: Array  # (node,) change of height since the node before, a float's own apart
    swing_rad: Array  # (node,)
    known_share: float  # of the nodes at which a wind is known


@dataclass(frozen=True)
class Gap:
    """The place at the middle of a gap."""

    middle_s: float
    place: Mixture
    centre: Array  # (3,) of the plane of the mixture
    height_m: float  # of that plane
    known_share: float


def infer(laid: Laid, mark: NDArray[np.int64], process: Process) -> Gap:
    """Where the balloon was at a marked node, given the track on both sides.

    Parameters
    ----------
    laid, mark
        Of :func:`lay`.
    process
        Departures from the wind along the path.
    """
    hidden = np.flatnonzero(laid.nodes.hidden)
    inside = laid.nodes.hidden | np.append(False, laid.nodes.hidden[:-1])
    part_s = float(laid.nodes.time_s[hidden[-1] + 1] - laid.nodes.time_s[hidden[0] - 1])
    sets = _likely(laid, process, part_s, inside)
    answers = filtered(laid, process, sets, inside, mark)
    logs = [one.log_evidence + each.log_weight for one, each in zip(answers, sets, strict=True)]
    place = mixture.of_logs(
        np.array(logs),
        np.array([one.mean[0] for one in answers]) + laid.carried_m[mark[0]],
        np.sqrt(np.array([one.variance[0] for one in answers])),
    )
    return Gap(
        float(laid.nodes.time_s[mark[0]]), place, laid.centre, laid.height_m, laid.known_share
    )


def _likely(
    laid: Laid, process: Process, part_s: float, inside: NDArray[np.bool_]
) -> list[Unknown]:
    """The sets of factors, less those that the track rules out whatever the air of the part."""
    sets = unknowns(process)
    answers = filtered(laid, process, sets, inside, _NONE)
    logs = [one.log_evidence + each.log_weight for one, each in zip(answers, sets, strict=True)]
    least = max(logs) - _RULED_OUT_LOG
    outside = {_outside(each) for each, log in zip(sets, logs, strict=True) if log > least}
    return [one for one in unknowns(process, part_s=part_s) if _outside(one) in outside]


def _outside(unknown: Unknown) -> Unknown:
    """The factors that hold outside a part as well."""
    return unknown._replace(inertial=1.0, rough=1.0, log_weight=0.0)


def lay(
    track: Track, start_s: float, end_s: float, process: Process, air_at: AirAt
) -> tuple[Laid, NDArray[np.int64]]:
    """Nodes about a gap on a plane, the wind read along the likely path; the middle's node.

    Parameters
    ----------
    start_s, end_s
        Fixes strictly between are not looked at; there is one at or before the start and one at
        or after the end.
    process
        Departures from the wind that ``air_at`` gives.
    """
    last = track.time_s[np.searchsorted(track.time_s, start_s, "right") - 1]
    first = track.time_s[np.searchsorted(track.time_s, end_s, "left")]
    half = max(1, round((first - last) / (2.0 * _MARK_S)))
    middle_s = 0.5 * (start_s + end_s)
    marks_s = np.concatenate(
        [np.linspace(last, middle_s, half + 1)[1:], np.linspace(middle_s, first, half + 1)[1:-1]]
    )
    nodes = around(track, start_s, end_s, marks_s)
    hidden = np.flatnonzero(nodes.hidden)
    ends = nodes.normal[[hidden[0] - 1, hidden[-1] + 1]].sum(axis=0)
    length = float(np.linalg.norm(ends))
    # Antipodal ends have no middle; then the earlier one serves.
    centre = ends / length if length > 1e-6 else nodes.normal[hidden[0] - 1]
    height_m = float(np.mean(nodes.height_m))
    position = plane.to_plane(centre, nodes.normal, height_m)
    seen = ~nodes.hidden
    path = position.copy()
    path[hidden] = np.interp(nodes.time_s[hidden], nodes.time_s[seen], position[seen].real)
    path[hidden] += 1j * np.interp(nodes.time_s[hidden], nodes.time_s[seen], position[seen].imag)
    for _ in range(_REPEATS):
        laid = placed(nodes, centre, height_m, position, path, air_at)
        rough = np.ones(len(path))
        steps = moves_of(laid, process, 1.0)
        likely = _filter(laid, process, steps, CENTRAL, rough, hidden)
        path[hidden] = likely.mean + laid.carried_m[hidden]
    return (
        placed(nodes, centre, height_m, position, path, air_at),
        hidden[half - 1 : half].astype(np.int64),
    )


def placed(
    nodes: Nodes, centre: Array, height_m: float, position: Complex, path: Complex, air_at: AirAt
) -> Laid:
    """Read the wind along a path (node,) in the plane, and how the frame turns there."""
    normal = plane.from_plane(centre, path, height_m)
    angle, swing = plane.east_angles_rad(centre, normal)
    air = air_at(nodes.time_s, normal, nodes.height_m)
    wind = (air.east_mps + 1j * air.north_mps) * np.exp(1j * angle)
    dt_s = np.diff(nodes.time_s)
    carried = np.append(0.0, np.cumsum(0.5 * (wind[1:] + wind[:-1]) * dt_s))
    coriolis = 2.0 * EARTH_TURN_RADPS * normal[:, 2]
    climb_m = np.abs(np.diff(nodes.height_m)) - _FLOATING_MPS * dt_s
    return Laid(
        nodes=nodes,
        centre=centre,
        height_m=height_m,
        position_m=position,
        carried_m=carried,
        coriolis_radps=np.append(coriolis[0], 0.5 * (coriolis[1:] + coriolis[:-1])),
        climb_m=np.append(0.0, np.maximum(climb_m, 0.0)),
        swing_rad=swing,
        known_share=float(np.mean(air.known)),
    )


def moves_of(laid: Laid, process: Process, memory: float) -> Moves:
    """Steps between the nodes for one factor on the memory."""
    daily = np.sign(laid.coriolis_radps) * 2.0 * np.pi / DAY_S
    turn = np.outer(laid.coriolis_radps, process.inertial) + np.outer(daily, process.daily)
    swing = np.outer(laid.swing_rad, process.follows)
    fade = laid.climb_m / process.fade_m
    return moves(laid.nodes.time_s, memory_s(process, memory), turn, fade, swing)


def seen_only(laid: Laid, step_s: float) -> Laid:
    """The nodes with a fix alone, the first in each step."""
    nodes = laid.nodes
    seen = np.flatnonzero(~nodes.hidden)
    keep = seen[np.append(True, np.diff(np.floor(nodes.time_s[seen] / step_s)) > 0)]

    def gathered(values: Array) -> Array:
        return np.append(0.0, np.diff(np.cumsum(values)[keep]))

    return replace(
        laid,
        nodes=Nodes(
            nodes.time_s[keep],
            nodes.normal[keep],
            nodes.height_m[keep],
            nodes.sd_m[keep],
            nodes.hidden[keep],
        ),
        position_m=laid.position_m[keep],
        carried_m=laid.carried_m[keep],
        coriolis_radps=laid.coriolis_radps[keep],
        climb_m=gathered(laid.climb_m),
        swing_rad=gathered(laid.swing_rad),
    )


def filtered(
    laid: Laid,
    process: Process,
    sets: Sequence[Unknown],
    inside: NDArray[np.bool_],
    marked: NDArray[np.int64],
) -> list[Filtered]:
    """Filter a track under each set of factors; ``inside`` (node,) is where the air is rougher."""
    steps: dict[float, Moves] = {}
    answers = []
    for unknown in sets:
        if unknown.memory not in steps:
            steps[unknown.memory] = moves_of(laid, process, unknown.memory)
        rough = np.where(inside, unknown.rough, 1.0)
        answers.append(_filter(laid, process, steps[unknown.memory], unknown, rough, marked))
    return answers


def _filter(
    laid: Laid,
    process: Process,
    steps: Moves,
    unknown: Unknown,
    rough: Array,
    marked: NDArray[np.int64],
) -> Filtered:
    position = laid.position_m - laid.carried_m
    sigma = sigma_mps(process, unknown)
    return smoothed(position, laid.nodes.sd_m, steps, sigma, rough, marked.astype(np.int64))
