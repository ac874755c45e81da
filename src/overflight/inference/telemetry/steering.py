"""Had it a velocity of its own? The airspeed hypotheses of method 9, on a track that is known.

M2 adds to all that M0 allows a constant air velocity (1, 3 or 7 m/s per component) and an
independent fluctuating one (0.3, 1.5 or 4 m/s, e-folding time 12 h), each with equal weight.
Both marginalise the same factors on the departures from the wind.
"""

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.inference.telemetry.gaps import Laid, moves_of, seen_only
from overflight.inference.telemetry.process import Process, sigma_mps, unknowns
from overflight.inference.telemetry.smoother import Moves, smoothed

Array = NDArray[np.float64]

CONSTANT_MPS = (1.0, 3.0, 7.0)
FLUCTUATING_MPS = (0.3, 1.5, 4.0)
OWN_MPS = tuple(itertools.product(CONSTANT_MPS, FLUCTUATING_MPS))
_FLUCTUATING_S = 12 * 3_600.0
_STEP_S = 3_600.0
_FOREVER_S = 1e9  # thirty years: constant
CERTAIN = 0.95  # posterior from which a verdict would be spoken
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Steering:
    """Evidence for a velocity of its own, at equal odds before."""

    log_bayes_factor: float

    @property
    def probability(self) -> float:
        """Posterior probability of M2 at equal odds."""
        return 1.0 / (1.0 + math.exp(-min(max(self.log_bayes_factor, -700.0), 700.0)))

    @property
    def would_say_steered(self) -> bool:
        """Whether the rule would speak, were the wind one that allows a verdict."""
        return self.probability > CERTAIN


def weigh(laid: Laid, process: Process) -> Steering:
    """Weigh M2 against M0 on what is seen of a track, a fix an hour."""
    laid, more = seen_only(laid, _STEP_S), with_own(process)
    position = laid.position_m - laid.carried_m
    rough = np.ones(len(position))
    steps: dict[float, tuple[Moves, Moves]] = {}
    passive, own = [], []
    for unknown in unknowns(process, packets=True):
        if unknown.memory not in steps:
            steps[unknown.memory] = (
                moves_of(laid, process, unknown.memory),
                moves_of(laid, more, unknown.memory),
            )
        plain, driven = steps[unknown.memory]
        sigma = sigma_mps(process, unknown)
        sd_m = laid.nodes.sd_m
        found = smoothed(position, sd_m, plain, sigma, rough, _NONE)
        passive.append(found.log_evidence + unknown.log_weight)
        for velocities in OWN_MPS:
            found = smoothed(position, sd_m, driven, np.append(sigma, velocities), rough, _NONE)
            own.append(found.log_evidence + unknown.log_weight)
    return Steering(float(_log_sum(own) - math.log(len(OWN_MPS)) - _log_sum(passive)))


def with_own(process: Process) -> Process:
    """The process with two more departures: the constant and the fluctuating own velocity.

    Their standard deviations are zero until a pair of :data:`OWN_MPS` is put in their place.
    """
    return replace(
        process,
        sigma_mps=np.append(process.sigma_mps, [0.0, 0.0]),
        tau_s=np.append(process.tau_s, [_FOREVER_S, _FLUCTUATING_S]),
        inertial=np.append(process.inertial, [0.0, 0.0]),
        daily=np.append(process.daily, [0.0, 0.0]),
        follows=np.append(process.follows, [1.0, 1.0]),
        group=np.append(process.group, [2, 2]),
        held=np.append(process.held, [True, True]),
    )


def _log_sum(logs: list[float]) -> float:
    top = max(logs)
    return top + math.log(math.fsum(math.exp(one - top) for one in logs))
