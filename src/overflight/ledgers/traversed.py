"""How it traversed: whose territory it entered and left, when, and how surely.

For every zone: the probability that the balloon was ever inside, and, given that it was, the
distribution of first entry, last exit and time inside. Times carry their 5 to 95 % range; a
median alone would be read as a timetable. Flight levels are pressures: "above FL600" means a
pressure below 7171.64 Pa, whatever the height in metres (method 7).

A zone is a territory, a stretch of sea, a service area or a distance; which of these it is goes
with it (``law``), because the same entry means something else in each. Where a sea of 12 nautical
miles is drawn in two ways, both are accounted for, and their difference path by path.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case
from overflight.case.vocabulary import Geometry, Use
from overflight.fields.places import Passages, Places
from overflight.inference.orders import Order, order_of
from overflight.inference.posterior import Posterior, effective_size
from overflight.inference.quantiles import Spread, spread, weighted_quantiles
from overflight.inference.watched import is_own
from overflight.physics.atmosphere import pressure_pa_of_altitude
from overflight.units import FLIGHT_LEVEL_M

Array = NDArray[np.float64]

FL600_PA = 7_171.641
LEVELS = (180, 290, 410, 500, 550, 600, 650, 700, 800)  # FL180 and FL600 bound US class A
SEA, COAST = "+12nmi", "-coast"  # how the two kinds of sea are called after a country
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
    means: str = ""  # what a zone of the case's own is in law

    @property
    def law(self) -> str:
        """What the zone is in law: one of its kinds for what a case brings, else its kind."""
        return self.means or self.kind


@dataclass(frozen=True)
class SeaLine:
    """One country's sea in two ways: within its mapped limit, and 12 miles from its drawn coast.

    Differences are coast minus map, of the paths that enter both; None where hardly any does.
    """

    name: str
    mapped: float  # probabilities of being inside at all
    coast: float
    only_mapped: float
    only_coast: float
    entry: Spread | None
    inside: Spread | None


@dataclass(frozen=True)
class LevelLine:
    """Above a flight level: whether ever, when first and last, and for how much of the flight.

    Times are seconds since the case's epoch, given that it was ever above; None where it never
    was. The share below is the rest of the flight.
    """

    name: str
    pressure_pa: float
    probability_ever: float
    first_above: Spread | None
    last_above: Spread | None
    time_above_fraction: tuple[float, float, float]  # 5, 50, 95 %
    probability_below: float = 0.0  # that it was ever below


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
    unreached: tuple[
        str, ...
    ] = ()  # what the case watches and fewer than one path in a hundred met
    seas: tuple[SeaLine, ...] = ()
    orders: tuple[Order, ...] = ()  # of every two zones listed, but for coast buffers


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
    lines.sort(key=lambda line: (line.kind, line.first_entry.p50_s))
    return Traversed(
        zones=tuple(lines),
        levels=_levels(posterior, n_effective),
        seas=_seas(lines, passages, posterior, n_effective),
        orders=_orders(lines, passages, posterior, n_effective),
        launches=_launches(case, posterior),
        early_reports=_early_reports(case),
        n_effective=n_effective,
        unreached=tuple(
            places.place(zone).name
            for zone in passages.zones
            if is_own(zone) and zone not in {line.zone for line in lines}
        ),
    )


def _orders(
    lines: Sequence[ZoneLine], passages: Passages, posterior: Posterior, n_effective: float
) -> tuple[Order, ...]:
    """Which of every two zones was entered first."""
    asked = [line for line in lines if line.kind != "coast_buffer"]
    first_s = {line.zone: passages.first_entry_s(line.zone) for line in asked}
    return tuple(
        order_of(
            (one.zone, other.zone),
            (first_s[one.zone], first_s[other.zone]),
            posterior.weight,
            n_effective,
        )
        for one, other in combinations(asked, 2)
    )


def _seas(
    lines: Sequence[ZoneLine], passages: Passages, posterior: Posterior, n_effective: float
) -> tuple[SeaLine, ...]:
    """Compare the two ways of every country's sea that a path touched."""
    found = []
    touched = {line.zone for line in lines}
    mapped = [zone for zone in passages.zones if zone.endswith(SEA)]
    for zone in mapped:
        coast = zone + COAST
        if coast in passages.zones and touched & {zone, coast}:
            found.append(_sea_line((zone, coast), passages, posterior, n_effective))
    return tuple(found)


def _sea_line(
    zones: tuple[str, str], passages: Passages, posterior: Posterior, n_effective: float
) -> SeaLine:
    weight = posterior.weight
    first_s, inside_s = (
        [how(zone) for zone in zones] for how in (passages.first_entry_s, passages.time_inside_s)
    )
    in_map, in_coast = (np.isfinite(when_s) for when_s in first_s)
    both = in_map & in_coast
    share = n_effective * float(weight @ both)

    def off(of_s: list[Array]) -> Spread | None:
        if float(weight @ both) < NEVER_LISTED_BELOW:
            return None
        return spread((of_s[1] - of_s[0])[both], weight[both], share)

    return SeaLine(
        name=zones[0].removesuffix(SEA),
        mapped=min(1.0, float(weight @ in_map)),
        coast=min(1.0, float(weight @ in_coast)),
        only_mapped=min(1.0, float(weight @ (in_map & ~in_coast))),
        only_coast=min(1.0, float(weight @ (in_coast & ~in_map))),
        entry=off(first_s),
        inside=off(inside_s),
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
        means=place.means,
    )


def _levels(posterior: Posterior, n_effective: float) -> tuple[LevelLine, ...]:
    """Flight level 600, and those that paths are both above and below."""
    lines = [
        _level_line(f"above FL{level}", _pressure_pa(level), posterior, n_effective)
        for level in LEVELS
    ]
    return tuple(
        line
        for line in lines
        if line.pressure_pa == FL600_PA
        or min(line.probability_ever, line.probability_below) >= NEVER_LISTED_BELOW
    )


def _pressure_pa(level: int) -> float:
    return FL600_PA if level == 600 else pressure_pa_of_altitude(level * FLIGHT_LEVEL_M)


def _level_line(
    name: str, pressure_pa: float, posterior: Posterior, n_effective: float
) -> LevelLine:
    flying = np.isfinite(posterior.pressure_pa)
    above = flying & (posterior.pressure_pa < pressure_pa)
    below = min(1.0, float(posterior.weight @ (flying & ~above).any(axis=1)))
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
    return LevelLine(name, pressure_pa, probability, first, last, (low, middle, high), below)
