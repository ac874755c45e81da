"""Which reports drive the verdict: the Bayes factors without each of them in turn.

The evidence of all reports but one follows from the paths that saw it,
log Z_without = log Z + log E[1 / p], with p the report's likelihood along a path, which its mixture
bounds below. Where a report has moved the paths far, few of them stand for its absence: then that
is said, and only a run without it would tell.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from overflight.inference.contest import AIMS, DRIFTS, DRIVES, WANDERS, Contest, Evidence
from overflight.inference.reweighting import reweighted
from overflight.ledgers.steered.evidence import Factor, factor, usable

FEWEST_PATHS = 40.0  # effective paths that must stand behind a factor without a report


@dataclass(frozen=True)
class Driver:
    """One report, and the factors without it: of aimed over aimless, of propelled over drift."""

    sighting_id: str
    aimed: Factor | None
    propelled: Factor | None
    n_effective: float

    @property
    def thin(self) -> bool:
        """Whether too few paths remain without the report."""
        return self.n_effective < FEWEST_PATHS


def drivers(contest: Contest) -> tuple[Driver, ...]:
    """Every report, in the order of the contest."""
    known = usable(contest)
    asked = [name for name in (DRIFTS, WANDERS, AIMS, DRIVES) if name in known]
    found = []
    for column, sighting_id in enumerate(contest.sighting_ids):
        without, fewest = {}, math.inf
        for name in asked:
            one = contest.of(name)
            again = reweighted(one, -one.log_mixture[:, column])
            fewest = min(fewest, again.n_effective)
            log_sd = math.hypot(known[name].log_sd, again.log_mean_sd)
            without[name] = Evidence(name, known[name].log + again.log_mean, log_sd)
        aimed, propelled = _of(without, AIMS, WANDERS), _of(without, DRIVES, DRIFTS)
        found.append(Driver(sighting_id, aimed, propelled, fewest if asked else 0.0))
    return tuple(found)


def _of(without: Mapping[str, Evidence], challenger: str, base: str) -> Factor | None:
    if challenger not in without or base not in without:
        return None
    return factor(without[challenger], without[base])
