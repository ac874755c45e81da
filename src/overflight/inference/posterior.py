"""The answer of inference: weighted whole paths, and how far to trust them."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from overflight.flight.hypotheses import Statics

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ends:
    """All that is needed to fly the paths on from where they end.

    ``state`` (path, 5) is the unit normal and the two standardised wind errors, of one moment.
    """

    time_s: float
    statics: tuple[Statics, ...]
    state: Array


@dataclass(frozen=True)
class Diagnostics:
    """How the sampler fared; printed in every account."""

    ess: float
    distinct_ancestors: int
    min_ess_fraction: float
    log_evidence_runs: tuple[float, ...]
    log_evidence_strata_sd: float
    log_evidence_defensive: float | None
    effective_strata: float
    n_particles: int
    n_runs: int
    n_strata: int
    n_steps: int
    dt_s: float
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Posterior:
    """Weighted paths of the balloon, every half hour.

    Arrays are (path,), (path, time) or (path, sighting). Positions are NaN before a path's launch
    and after the end. ``weight`` sums to 1. ``log_mixture`` is the log likelihood of each used
    position report along each path: dividing it out gives the posterior without that report.
    A prior ensemble has no sightings, and equal weights within a launch candidate.
    """

    epoch: datetime
    time_s: Array
    lat_deg: Array
    lon_deg: Array
    height_m: Array
    pressure_pa: Array
    weight: Array
    launch_ids: tuple[str, ...]
    launch: NDArray[np.int64]
    launch_s: Array
    wind_scale: Array
    float_height_m: Array
    sighting_ids: tuple[str, ...]
    log_mixture: Array
    right_probability: Array  # (path, sighting): that the report is right, given the path
    altitude_ids: tuple[str, ...]
    altitude_log_mixture: Array  # (path, altitude report)
    altitude_right_probability: Array
    log_evidence: float
    log_evidence_sd: float
    diagnostics: Diagnostics
    wind_statement: str
    seed: int
    prior_only: bool = True  # no wind of those days stands behind it
    ends: Ends | None = None  # None where nothing is flown on from it

    @property
    def launch_probability(self) -> dict[str, float]:
        """Posterior probability of every launch candidate."""
        return {
            name: float(self.weight[self.launch == index].sum())
            for index, name in enumerate(self.launch_ids)
        }

    @property
    def sighting_probability(self) -> dict[str, float]:
        """Posterior probability that each used position report is essentially right."""
        return dict(
            zip(self.sighting_ids, (self.weight @ self.right_probability).tolist(), strict=True)
        )

    @property
    def altitude_probability(self) -> dict[str, float]:
        """Posterior probability that each used altitude report is essentially right."""
        return dict(
            zip(
                self.altitude_ids,
                (self.weight @ self.altitude_right_probability).tolist(),
                strict=True,
            )
        )

    def equal_rows(self, n_rows: int) -> NDArray[np.int64]:
        """Rows of ``n_rows`` equally probable paths (systematic, without a random number)."""
        reached = np.cumsum(self.weight)
        marks = (np.arange(n_rows) + 0.5) / n_rows * reached[-1]
        return np.asarray(np.minimum(np.searchsorted(reached, marks), len(self.weight) - 1))

    def without(self, sighting_ids: tuple[str, ...]) -> "Posterior":
        """Reweight to the posterior that never saw these sightings, position or altitude.

        Each path's weight is divided by what the reports gave it. A report's likelihood is bounded
        below by its mixture, so the new weights are bounded; whether enough paths remain is for
        the caller to check (:func:`effective_size`).
        """
        columns = [i for i, name in enumerate(self.sighting_ids) if name in sighting_ids]
        levels = [i for i, name in enumerate(self.altitude_ids) if name in sighting_ids]
        logs = np.log(np.maximum(self.weight, 1e-300)) - self.log_mixture[:, columns].sum(axis=1)
        logs -= self.altitude_log_mixture[:, levels].sum(axis=1)
        weight = np.exp(logs - logs.max())
        return replace(self, weight=weight / weight.sum())


def effective_size(weight: Array) -> float:
    """Kish's effective number of equally weighted draws, ``1 / sum w^2``.

    >>> effective_size(np.full(10, 0.1))
    10.0
    """
    return round(float(weight.sum() ** 2 / (weight**2).sum()), 9)
