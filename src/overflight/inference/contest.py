"""What inference says of every hypothesis: its evidence, and paths under it (method 4).

The hypotheses differ in how the balloon could have moved, and in nothing else: the same reports,
the same wind and the same unknown error of that wind.

    M0   drifts at one slowly changing level
    M1a  changes its level now and then, for no reason that has to do with the wind
    M1b  changes its level towards winds that blow to where it wants to go
    M2   drifts like M0 and has a velocity of its own
    M12  changes its level like M1a and has a velocity of its own

Which of them the evidence prefers is for :mod:`overflight.ledgers.steered` to say.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from overflight.flight.hypotheses import AIMS, BOTH, DRIFTS, DRIVES, HYPOTHESES, WANDERS

__all__ = [
    "AIMS",
    "BOTH",
    "DRIFTS",
    "DRIVES",
    "HYPOTHESES",
    "WANDERS",
    "Contender",
    "Contest",
    "Evidence",
]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """How probable the reports are under one hypothesis.

    ``log_sd`` is the Monte-Carlo error of ``log``: over independent runs, and over the strata of
    what is constant in a flight.
    """

    name: str
    log: float
    log_sd: float


@dataclass(frozen=True)
class Contender:
    """One hypothesis, worked out: its evidence and weighted paths.

    Arrays are (path,), (path, time) or (path, sighting); NaN before a path's launch. ``own_...`` is
    the velocity of its own, zero where the hypothesis has none; ``steady_mps`` the size of the part
    of it that never changes. ``error_...`` is the wind's error that the path needs,
    ``error_sd_mps`` the standard deviation which that error has on an axis before any report.
    ``log_mixture`` is the log likelihood of each position report along each path.
    """

    evidence: Evidence
    weight: Array  # (path,), sums to 1
    lat_deg: Array
    lon_deg: Array
    height_m: Array
    own_east_mps: Array
    own_north_mps: Array
    steady_mps: Array  # (path,)
    error_east_mps: Array
    error_north_mps: Array
    error_sd_mps: Array
    log_mixture: Array  # (path, sighting)
    ess: float
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Contest:
    """All hypotheses on the same evidence.

    ``time_s`` (time,) counts from the epoch. ``halved`` and ``doubled`` are the evidences with half
    and twice the wind's error.
    """

    epoch: datetime
    time_s: Array
    sighting_ids: tuple[str, ...]
    contenders: tuple[Contender, ...]
    halved: tuple[Evidence, ...]
    doubled: tuple[Evidence, ...]
    wind_statement: str
    seed: int

    def of(self, name: str) -> Contender:
        """The contender of a name."""
        return next(one for one in self.contenders if one.evidence.name == name)
