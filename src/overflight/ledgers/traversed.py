"""How it traversed: whose territory it entered and left, when, and how surely.

For every zone: the probability that the balloon was ever inside, and, given that it was, the
distribution of first entry, last exit and time inside. Times carry their 5 to 95 % range; a
median alone would be read as a timetable. Flight levels are pressures: "above FL600" means a
pressure below 7171.64 Pa, whatever the height in metres (method 7).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case
from overflight.case.vocabulary import Geometry, Use
from overflight.fields.places import Passages, Places
from overflight.inference.posterior import Posterior, effective_size
from overflight.inference.quantiles import Spread, spread, weighted_quantiles

Array = NDArray[np.float64]

FL600_PA = 7_171.641
NEVER_LISTED_BELOW = 0.01  # a zone that fewer paths than this touch is not listed


@dataclass(frozen=True)
class ZoneLine:
    """One zone. Times are seconds since the case's epoch, given that it was entered."""

    zone: str
    name: str
    kind: str
    probability: float
    probability_sd: float
    began_inside_fraction: float  # of the paths that touch it: first seen there, no entry
    ended_inside_fraction: float  # still there at the end
    first_entry: Spread
    last_exit: Spread
    inside: Spread


@dataclass(frozen=True)
class LevelLine:
    """Above a flight level: whether ever, when first and last, and for how much of the flight.

    Times are seconds since the case's epoch, given that it was ever above; None where it never
    was.
    """

    name: str
    pressure_pa: float
    probability_ever: float
    first_above: Spread | None
    last_above: Spread | None
    time_above_fraction: tuple[float, float, float]  # 5, 50, 95 %


@dataclass(frozen=True)
class LaunchLine:
    """One candidate launch: its probability, and what remains of it without the early reports.

    The reports of the launch itself and of the first days decide between the candidates almost
    alone; ``winds_probability`` is what the later track and the winds say by themselves.
    """

    name: str
    prior_probability: float
    probability: float
    winds_probability: float


@dataclass(frozen=True)
class Traversed:
    """The ledger of question 1."""

    zones: tuple[ZoneLine, ...]
    levels: tuple[LevelLine, ...]
    launches: tuple[LaunchLine, ...]
    early_reports: tuple[str, ...]
    n_effective: float


def ledger(case: Case, posterior: Posterior, passages: Passages, places: Places) -> Traversed:
    """Account for every zone that at least one path in a hundred touches.

    Parameters
    ----------
    passages
        The paths' passages through the zones to account for.
    """
    n_effective = min(
        effective_size(posterior.weight), float(posterior.diagnostics.distinct_ancestors)
    )
    lines = [
        line
        for zone in np.unique(passages.zone)
        if (line := _zone_line(str(zone), passages, places, posterior, n_effective)) is not None
    ]
    return Traversed(
        zones=tuple(sorted(lines, key=lambda line: (line.kind, line.first_entry.p50_s))),
        levels=(_level_line("above FL600", FL600_PA, posterior, n_effective),),
        launches=_launches(case, posterior),
        early_reports=_early_reports(case),
        n_effective=n_effective,
    )


def _early_reports(case: Case) -> tuple[str, ...]:
    """Reports that a launch candidate decides: launches, and what closed before the last opened."""
    last_opens = max(launch.time_max for launch in case.launches)
    return tuple(
        s.id
        for s in case.sightings
        if s.use is not Use.NO and (s.geometry is Geometry.LAUNCH or s.time_max < last_opens)
    )


def _launches(case: Case, posterior: Posterior) -> tuple[LaunchLine, ...]:
    later = posterior.without(_early_reports(case)).launch_probability
    total = sum(launch.weight for launch in case.launches)
    return tuple(
        LaunchLine(launch.id, launch.weight / total, now, later[launch.id])
        for launch, now in zip(case.launches, posterior.launch_probability.values(), strict=True)
    )


def _zone_line(
    zone: str, passages: Passages, places: Places, posterior: Posterior, n_effective: float
) -> ZoneLine | None:
    here = passages.zone == zone
    paths = passages.path[here]
    touched, group = np.unique(paths, return_inverse=True)
    weight = posterior.weight[touched]
    probability = min(1.0, float(weight.sum()))
    if probability < NEVER_LISTED_BELOW:
        return None
    enter_s, exit_s = passages.enter_s[here], passages.exit_s[here]
    first_s = np.full(len(touched), np.inf)
    last_s = np.full(len(touched), -np.inf)
    inside_s = np.zeros(len(touched))
    np.minimum.at(first_s, group, enter_s)
    np.maximum.at(last_s, group, exit_s)
    np.add.at(inside_s, group, exit_s - enter_s)
    began = np.zeros(len(touched), dtype=bool)
    ended = np.zeros(len(touched), dtype=bool)
    np.logical_or.at(began, group, passages.began_inside[here])
    np.logical_or.at(ended, group, passages.ended_inside[here])
    place = places.place(zone)
    share = n_effective * probability
    return ZoneLine(
        zone=zone,
        name=place.name,
        kind=place.kind,
        probability=probability,
        probability_sd=math.sqrt(probability * (1.0 - probability) / n_effective),
        began_inside_fraction=float(weight @ began / weight.sum()),
        ended_inside_fraction=float(weight @ ended / weight.sum()),
        first_entry=spread(first_s, weight, share),
        last_exit=spread(last_s, weight, share),
        inside=spread(inside_s, weight, share),
    )


def _level_line(
    name: str, pressure_pa: float, posterior: Posterior, n_effective: float
) -> LevelLine:
    flying = np.isfinite(posterior.pressure_pa)
    above = flying & (posterior.pressure_pa < pressure_pa)
    ever = above.any(axis=1)
    fraction = above.sum(axis=1) / np.maximum(1, flying.sum(axis=1))
    low, middle, high = weighted_quantiles(fraction, posterior.weight, (0.05, 0.5, 0.95))
    probability = min(1.0, float(posterior.weight @ ever))
    first, last = None, None
    if ever.any():
        weight, share = posterior.weight[ever], n_effective * probability
        backward = above.shape[1] - 1 - above[:, ::-1].argmax(axis=1)
        first = spread(posterior.time_s[above.argmax(axis=1)[ever]], weight, share)
        last = spread(posterior.time_s[backward[ever]], weight, share)
    return LevelLine(name, pressure_pa, probability, first, last, (low, middle, high))
