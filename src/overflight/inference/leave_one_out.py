"""Does the posterior keep its promises? Leave one sighting out, predict it, look.

For every used position report a fresh posterior is drawn that never saw it. From its paths the
report is predicted as it would have been made: at a moment of its window, off by its own error.
If the stated uncertainty is right, the real report falls inside the 90 % region about nine times
out of ten (fewer if some reports are simply wrong).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.case.meaning import PREDICTABLE
from overflight.case.model import Case, Geometry, Sighting
from overflight.inference.posterior import Posterior
from overflight.inference.sample import draw
from overflight.inference.strata import guides_of
from overflight.inference.stratum import Reference, Settings, Task, reference_of
from overflight.inference.work import Threads, Work
from overflight.physics.sphere import n_vector
from overflight.physics.tangent import way_m

Array = NDArray[np.float64]

_DRAWS, _FEWEST_ALOFT = 1_000, 20  # predictions of a report; of those, in the air at its time


@dataclass(frozen=True)
class LeftOut:
    """One sighting, predicted without itself.

    ``rank_fraction`` is the share of predictions that lie nearer the middle of the predictive
    region than the real report does: uniform between 0 and 1 if all is well, and the report is
    inside the 90 % region where it is at most 0.9. Where the other reports leave no balloon in the
    air at its time, no region holds it: the fraction is 1, and ``off_m`` and ``spread_m`` are NaN.
    """

    sighting_id: str
    geometry: str
    off_m: float  # from the predictive mean
    spread_m: float  # root mean square of the predictive distance from its mean
    rank_fraction: float
    n_effective: float

    @property
    def is_aloft(self) -> bool:
        """Whether the other reports have a balloon in the air at its time."""
        return math.isfinite(self.off_m)

    def inside(self, region_fraction: float) -> bool:
        """Whether the report lies inside the region that should hold this share of reports."""
        return self.rank_fraction <= region_fraction


def lighter(settings: Settings) -> Settings:
    """Settings for many runs on nearly the same evidence: a quarter of the work."""
    return replace(
        settings, n_strata=8, n_filtered=12, n_runs=4, n_particles=64, n_defensive=0, n_paths=400
    )


def leave_one_out(
    task: Task,
    known: Sequence[Reference],
    work: Work,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[LeftOut, ...]:
    """Predict every used position report from all the others.

    A launch report is skipped: it is part of the prior of its candidate. So are reports that name
    no place of the balloon (silence, crossing, motion, order).

    Parameters
    ----------
    task
        With the :func:`lighter` settings.
    known
        Reference pilots of the launches, from :func:`~overflight.inference.sample.references`.
    """
    # A pilot only says where to look, so it may begin from one that saw the sighting: from there it
    # takes a few iterations, where one from the launch's takes many.
    guides = guides_of(task, known, Work(work.workers))
    begin = [reference_of(one) for one in guides]
    rows = [
        (index, begin)
        for index, sighting in enumerate(task.seen)
        if sighting.geometry in PREDICTABLE
    ]
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        progress(done, len(rows))

    return tuple(work.all_of("sightings left out", left_out, task, rows, one_more))


def left_out(task: Task, index: int, known: list[Reference]) -> LeftOut:
    """Predict one of the task's position reports from all the others."""
    sighting = task.seen[index]
    without = draw(task.without((sighting.id,)), known, Work(Threads(1)))
    return predict(task.case, sighting, without, task.seed)


def predict(case: Case, sighting: Sighting, without: Posterior, seed: int) -> LeftOut:
    """Where a report would be expected, and how far out the real one is."""
    rng = np.random.Generator(np.random.Philox(key=seed, counter=7))
    offsets = _predicted(case, sighting, without, rng)
    if len(offsets) < _FEWEST_ALOFT:
        return LeftOut(
            sighting.id, str(sighting.geometry), math.nan, math.nan, 1.0, without.diagnostics.ess
        )
    mean = offsets.mean(axis=0)
    spread = np.cov(offsets.T) + np.eye(2)
    inverse = np.linalg.inv(spread)

    def far(points: Array) -> Array:
        return np.asarray(np.einsum("ni,ij,nj->n", points - mean, inverse, points - mean))

    rank = float((far(offsets) < far(np.zeros((1, 2)))).mean())
    return LeftOut(
        sighting_id=sighting.id,
        geometry=str(sighting.geometry),
        off_m=float(np.linalg.norm(mean)),
        spread_m=math.sqrt(float(np.trace(spread))),
        rank_fraction=rank,
        n_effective=without.diagnostics.ess,
    )


def _predicted(
    case: Case, sighting: Sighting, without: Posterior, rng: np.random.Generator
) -> Array:
    """Predicted reports as offsets from the real one, metres east and north, (prediction, 2)."""
    opens_s = (sighting.time_min - case.epoch).total_seconds()
    closes_s = (sighting.time_max - case.epoch).total_seconds()
    place = n_vector(sighting.lat_deg, sighting.lon_deg)
    rows = []
    for path in rng.choice(len(without.weight), size=_DRAWS, p=without.weight):
        moment_s = rng.uniform(opens_s, closes_s)
        nearest = int(np.argmin(np.abs(without.time_s - moment_s)))
        lat, lon = without.lat_deg[path, nearest], without.lon_deg[path, nearest]
        if math.isfinite(lat):
            rows.append(way_m(*place, *n_vector(lat, lon)))
    offsets = np.array(rows).reshape(-1, 2)
    if sighting.geometry is Geometry.LINE_OF_SIGHT:
        radius = 2.0 * sighting.position_sd_m * np.sqrt(rng.random(len(offsets)))
        angle = 2.0 * math.pi * rng.random(len(offsets))
        noise = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    else:
        noise = sighting.position_sd_m * rng.standard_normal(offsets.shape)
    return np.asarray(offsets + noise)
