"""Does a track go with the air, with or without a velocity of its own? Two checks of M0 and M2.

*Misfit.* Under each set of factors the squared innovations of the track sum to a chi-squared
variable with two degrees of freedom a position, and the largest of them is the largest of as many.
Averaged over the posterior of the factors, the probabilities of a larger sum and of a larger
largest are posterior-predictive p values (Gelman, Meng & Stern 1996); twice the smaller counts.

*Indifference.* A track may move no faster than winds do, and still pay no heed to them: it climbs
through ten kilometres of air and keeps its velocity. A smooth motion that knows no wind then
explains it far better. The ratio of the two densities averages to one if the hypothesis is true, so
by Markov's inequality it exceeds k with probability 1/k at most: its inverse is a bound on a p
value (Vovk & Wang 2021, "E-values: calibration, combination and applications"). Here the hypothesis
may also hold that departures from the wind last through 3 or 10 km of height: real soundings are
smoother than the process that serves for gaps.

Twice the smaller of both is reported. A slow track at one height that follows no wind passes: a
wide prior cannot contradict it. Many tracks together can.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import special

from overflight.inference.telemetry import plane
from overflight.inference.telemetry.gaps import Laid, moves_of, placed
from overflight.inference.telemetry.process import Process, sigma_mps, unknowns
from overflight.inference.telemetry.smoother import Filtered, Moves, smoothed
from overflight.inference.telemetry.steering import OWN_MPS, with_own
from overflight.inference.telemetry.track import AirAt, Track, whole

Array = NDArray[np.float64]

REJECTED = 0.01  # p below which a hypothesis is not believed (method 9)
_MOST_NODES = 24  # so many steps of a stretch: a test of the flow, not of the small waves
_SHORTEST_S = 600.0
_STRETCH_S = 48 * 3_600.0  # a long track is tested in stretches
_WIDEST = 2.0  # times the stated standard deviation: a wider wind is not the stated one
_FADES = (1.0, 3.0, 10.0)  # times the height over which departures are forgotten
_SMOOTH_MPS, _SMOOTH_S = (10.0, 30.0, 60.0), (86_400.0, 864_000.0, 8_640_000.0)
_NEVER_M = 1e12  # of height: a motion without wind forgets nothing by climbing
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Carried:
    """How well a hypothesis explains a track; both p count all its stretches."""

    misfit_p: float  # posterior-predictive, of the worst stretch
    indifference_p: float  # bound on the p of a smooth motion without wind explaining it better
    n_nodes: int
    n_stretches: int
    known_share: float  # of the nodes at which a wind is known

    @property
    def p(self) -> float:
        """Of both checks together."""
        return min(1.0, 2.0 * min(self.misfit_p, self.indifference_p))

    @property
    def rejected(self) -> bool:
        """Whether the track contradicts the hypothesis."""
        return self.p < REJECTED


def check(track: Track, process: Process, air_at: AirAt, *, own: bool = False) -> Carried:
    """Test a whole track, in stretches of at most two days.

    Parameters
    ----------
    own
        Allow it a velocity of its own (M2); the air alone otherwise (M0).
    """
    span_s = float(track.time_s[-1] - track.time_s[0])
    count = max(1, math.ceil(span_s / _STRETCH_S))
    edges = track.time_s[0] + np.linspace(0.0, span_s, count + 1)
    found = []
    for low, high in pairwise(edges):
        rows = np.flatnonzero((track.time_s >= low) & (track.time_s <= high))
        if len(rows) >= 3:
            laid = _laid(track, rows, air_at)
            misfit_p = _misfit_p(laid, process, own=own)
            found.append((misfit_p, _indifference(laid, process, own=own), laid))
    if not found:
        return Carried(1.0, 1.0, 0, 0, 0.0)
    # Ratios of stretches may be averaged whatever they share; their mean still averages to one.
    logs = [log for _, log, _ in found]
    mean_log = float(np.logaddexp.reduce(logs)) - math.log(len(found))
    return Carried(
        misfit_p=min(1.0, min(p for p, _, _ in found) * len(found)),
        indifference_p=min(1.0, math.exp(min(-mean_log, 0.0))),
        n_nodes=sum(len(laid.position_m) for _, _, laid in found),
        n_stretches=len(found),
        known_share=float(np.mean([laid.known_share for _, _, laid in found])),
    )


def _laid(track: Track, rows: NDArray[np.int64], air_at: AirAt) -> Laid:
    """A stretch of the track as few nodes on a plane, with the wind along it."""
    part = replace(
        track,
        time_s=track.time_s[rows],
        normal=track.normal[rows],
        height_m=track.height_m[rows],
    )
    span_s = float(part.time_s[-1] - part.time_s[0])
    nodes = whole(part, max(_SHORTEST_S, span_s / _MOST_NODES))
    centre = nodes.normal[len(nodes.normal) // 2]
    height_m = float(nodes.height_m.mean())
    position = plane.to_plane(centre, nodes.normal, height_m)
    return placed(nodes, centre, height_m, position, position, air_at)


def _misfit_p(laid: Laid, process: Process, *, own: bool) -> float:
    """Posterior-predictive p of one stretch."""
    part_s = float(laid.nodes.time_s[-1] - laid.nodes.time_s[0])
    answers, logs = _explained(laid, process, own=own, part_s=part_s)
    weight = np.exp(logs - logs.max())
    tails = []
    for one in answers:
        n_seen = max(one.n_seen, 1)
        largest = -math.expm1(n_seen * math.log1p(-_tail(one.worst)))
        tails.append((float(special.chdtrc(2.0 * n_seen, one.misfit)), largest))
    means = (weight / weight.sum()) @ np.array(tails)
    return min(1.0, 2.0 * float(means.min()))


def _indifference(laid: Laid, process: Process, *, own: bool) -> float:
    """Log of the density under smooth motion without wind, over that under the hypothesis."""
    carried = [
        _explained(laid, replace(process, fade_m=fade * process.fade_m), own=own)[1]
        for fade in _FADES
    ]
    without = []
    for tau_s in _SMOOTH_S:
        motion = _motion(process, tau_s)
        steps = moves_of(laid, motion, 1.0)
        for speed_mps in _SMOOTH_MPS:
            even = np.ones(len(laid.position_m))
            sd_m, sigma = laid.nodes.sd_m, np.array([speed_mps])
            found = smoothed(laid.position_m, sd_m, steps, sigma, even, _NONE)
            without.append(found.log_evidence)
    evidence = float(np.logaddexp.reduce(np.concatenate(carried))) - math.log(len(_FADES))
    return float(np.logaddexp.reduce(without)) - math.log(len(without)) - evidence


def _motion(process: Process, tau_s: float) -> Process:
    """A velocity over the ground that changes with this memory, whatever the height."""
    none = np.zeros(1)
    return replace(
        process,
        sigma_mps=np.ones(1),
        tau_s=np.array([tau_s]),
        inertial=none,
        daily=none,
        follows=np.ones(1),
        group=np.zeros(1, dtype=np.int64),
        held=np.ones(1, dtype=np.bool_),
        fade_m=_NEVER_M,
    )


def _explained(
    laid: Laid, process: Process, *, own: bool, part_s: float = 0.0
) -> tuple[list[Filtered], Array]:
    """Filter a stretch under all sets of factors; logs of their shares of the evidence."""
    position = laid.position_m - laid.carried_m
    moved = with_own(process) if own else process
    sets = unknowns(process, part_s=part_s, widest=_WIDEST)
    velocities: Sequence[tuple[float, ...]] = OWN_MPS if own else ((),)
    prior = np.array([one.log_weight for one in sets])
    share = float(np.logaddexp.reduce(prior)) + math.log(len(velocities))
    steps: dict[float, Moves] = {}
    answers, logs = [], []
    for unknown, velocity in itertools.product(sets, velocities):
        if unknown.memory not in steps:
            steps[unknown.memory] = moves_of(laid, moved, unknown.memory)
        sigma = np.append(sigma_mps(process, unknown), velocity)
        even = np.full(len(position), unknown.rough)
        one = smoothed(position, laid.nodes.sd_m, steps[unknown.memory], sigma, even, _NONE)
        answers.append(one)
        logs.append(one.log_evidence + unknown.log_weight - share)
    return answers, np.array(logs)


def _tail(square: float) -> float:
    """Probability that chi-squared with two degrees of freedom is larger, short of one."""
    return min(math.exp(-0.5 * square), 1.0 - 1e-12)


def together_p(results: Sequence[Carried]) -> float:
    """Probability that so many of some tracks, or more, were rejected if all went with the air.

    Each would be with probability 0.01 at most; the tracks are taken as independent.
    """
    rejected = sum(one.rejected for one in results)
    return float(special.bdtrc(rejected - 1, len(results), REJECTED)) if rejected else 1.0
