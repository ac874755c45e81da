"""Does a track go with the air? A posterior-predictive check of M0.

Under each set of factors the squared innovations of the track sum to a chi-squared variable with
two degrees of freedom a position, and the largest of them is the largest of as many. Averaged over
the posterior of the factors, the probabilities of a larger sum and of a larger largest are
posterior-predictive p values (Gelman, Meng & Stern 1996); twice the smaller is reported. A slow
track that follows no wind passes: a wide prior cannot contradict it. Many tracks together can.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import special

from overflight.inference.telemetry import plane
from overflight.inference.telemetry.gaps import filtered, placed
from overflight.inference.telemetry.process import Process, unknowns
from overflight.inference.telemetry.track import AirAt, Track, whole

REJECTED = 0.01  # posterior-predictive p below which M0 is not believed (method 9)
_MOST_NODES = 24  # so many steps of a stretch: a test of the flow, not of the small waves
_SHORTEST_S = 600.0
_STRETCH_S = 48 * 3_600.0  # a long track is tested in stretches
_WIDEST = 2.0  # times the stated standard deviation: a wider wind is not the stated one
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Carried:
    """How well the air explains a track."""

    p: float  # posterior-predictive, of the worst stretch, all counted
    n_nodes: int
    n_stretches: int
    known_share: float  # of the nodes at which a wind is known

    @property
    def rejected(self) -> bool:
        """Whether the track does not go with the air."""
        return self.p < REJECTED


def check(track: Track, process: Process, air_at: AirAt) -> Carried:
    """Test a whole track, in stretches of at most two days."""
    span_s = float(track.time_s[-1] - track.time_s[0])
    count = max(1, math.ceil(span_s / _STRETCH_S))
    edges = track.time_s[0] + np.linspace(0.0, span_s, count + 1)
    found = []
    for low, high in pairwise(edges):
        rows = np.flatnonzero((track.time_s >= low) & (track.time_s <= high))
        if len(rows) >= 3:
            found.append(_stretch(track, rows, process, air_at))
    if not found:
        return Carried(1.0, 0, 0, 0.0)
    lowest = min(p for p, _, _ in found)
    return Carried(
        p=min(1.0, lowest * len(found)),
        n_nodes=sum(n for _, n, _ in found),
        n_stretches=len(found),
        known_share=float(np.mean([share for _, _, share in found])),
    )


def _stretch(
    track: Track, rows: NDArray[np.int64], process: Process, air_at: AirAt
) -> tuple[float, int, float]:
    """Posterior-predictive p of one stretch, its nodes, and the share where a wind is known."""
    part = Track(
        track.name,
        track.epoch,
        track.time_s[rows],
        track.normal[rows],
        track.height_m[rows],
        track.fix_sd_m,
    )
    span_s = float(part.time_s[-1] - part.time_s[0])
    nodes = whole(part, max(_SHORTEST_S, span_s / _MOST_NODES))
    centre = nodes.normal[len(nodes.normal) // 2]
    height_m = float(nodes.height_m.mean())
    position = plane.to_plane(centre, nodes.normal, height_m)
    laid = placed(nodes, centre, height_m, position, position, air_at)
    logs, tails = [], []
    sets = unknowns(process, rough=True, widest=_WIDEST)
    everywhere = np.ones(len(position), dtype=np.bool_)
    answers = filtered(laid, process, sets, everywhere, _NONE)
    for unknown, one in zip(sets, answers, strict=True):
        logs.append(one.log_evidence + unknown.log_weight)
        all_of_them = float(special.chdtrc(2.0 * max(one.n_seen, 1), one.misfit))
        largest = -math.expm1(max(one.n_seen, 1) * math.log1p(-_tail(one.worst)))
        tails.append((all_of_them, largest))
    weight = np.exp(np.array(logs) - max(logs))
    means = (weight / weight.sum()) @ np.array(tails)
    return min(1.0, 2.0 * float(means.min())), len(position), laid.known_share


def _tail(square: float) -> float:
    """Probability that chi-squared with two degrees of freedom is larger, short of one."""
    return min(math.exp(-0.5 * square), 1.0 - 1e-12)


def together_p(results: Sequence[Carried]) -> float:
    """Probability that so many of some tracks, or more, were rejected if all went with the air.

    Each would be with probability 0.01 at most; the tracks are taken as independent.
    """
    rejected = sum(one.rejected for one in results)
    return float(special.bdtrc(rejected - 1, len(results), REJECTED)) if rejected else 1.0
