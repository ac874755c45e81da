"""From paths to answers: every ledger, from the paths and what it asks besides."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

from overflight.case import predicates
from overflight.fields import places
from overflight.fields.places import Passages, Places
from overflight.fields.population import Population
from overflight.fields.skylines import Standing
from overflight.inference import needed, watched
from overflight.inference.contest import Contest
from overflight.inference.leave_one_out import LeftOut
from overflight.inference.origin import Traced
from overflight.inference.posterior import Posterior
from overflight.inference.quantiles import weighted_quantiles
from overflight.inference.rivals import as_posterior
from overflight.inference.scatter import scatter
from overflight.inference.stratum import Task
from overflight.inference.viewed import Hills
from overflight.ledgers import (
    brought_down,
    carried,
    chronology,
    claimed,
    collected,
    evidence,
    origin,
    seen,
    steered,
    traversed,
)
from overflight.ledgers.brought_down import BroughtDown
from overflight.ledgers.carried import Carried
from overflight.ledgers.chronology import Chronology
from overflight.ledgers.claimed import Claimed
from overflight.ledgers.collected import Collected
from overflight.ledgers.evidence import Evidence
from overflight.ledgers.origin import Launched
from overflight.ledgers.seen import Seen
from overflight.ledgers.steered import Steered
from overflight.ledgers.traversed import Traversed

Progress = Callable[[str, int, int], None]  # (stage, done, total)
Crossings = Callable[[Posterior], Passages]

ZONE_KINDS = ("country", "state", "territorial_sea")
WAYS = {steered.AIMED: predicates.AIMED, steered.PROPELLED: predicates.PROPELLED}


@dataclass(frozen=True)
class Ledgers:
    """The answers that this version gives."""

    traversed: Traversed
    steered: Steered
    carried: Carried
    claimed: Claimed
    origin: Launched
    brought_down: BroughtDown
    collected: Collected
    seen: Seen
    evidence: Evidence
    chronology: Chronology


@dataclass(frozen=True)
class Flown:
    """What an account rests on; no ``compared`` where hypotheses cannot be told apart."""

    drawn: Posterior
    before: Posterior
    wide: Callable[[], Posterior]  # with twice the wind's error
    compared: Contest | None
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class Stood:
    """Where sites, observers and those of whom claims speak stand; None on a smooth Earth."""

    sites: Standing | None
    hills: Hills


def float_heights_m(drawn: Posterior) -> tuple[float, float]:
    """Where the paths float: 5 and 95 % of their float heights."""
    low, high = weighted_quantiles(drawn.float_height_m, drawn.weight, (0.05, 0.95))
    return low, high


def fallen(task: Task, drawn: Posterior, crowd: Population, progress: Progress) -> BroughtDown:
    """Falls from along the paths, and whom they would have met."""
    progress("falls", 0, 1)
    classes = brought_down.falling(task.case).classes
    fell = scatter(task, drawn, [one.speeds for one in classes])
    found = brought_down.ledger(task.case, fell, crowd)
    progress("falls", 1, 1)
    return found


def answered(
    task: Task,
    flown: Flown,
    given: tuple[Traced | None, BroughtDown, Population, Stood],
    progress: Progress,
) -> Ledgers:
    """Fill every ledger.

    Parameters
    ----------
    given
        The way back to the launch, what could have come down, people, and where observers stand.
    """
    case, drawn, before = task.case, flown.drawn, flown.before
    back, down, crowd, standing = given
    atlas = places.load().beside(watched.places_of(case))
    progress("ledgers", 0, 4)
    crossings = partial(_borders, atlas, task.settings.n_threads)
    passages = crossings(drawn, "coast_buffer")
    passages = passages.joined(watched.passages(case, drawn))
    progress("ledgers", 1, 4)
    unseen = crossings(before)
    progress("ledgers", 2, 4)
    crossed = traversed.ledger(case, drawn, passages, atlas)
    progress("ledgers", 3, 4)
    drifting = needed.of_drift(task, drawn) if flown.compared is None else None
    steering = steered.ledger(case, flown.compared, _why_not_compared(drawn), drifting)
    beside = claimed.Beside(
        wide=cache(partial(_wide, flown, crossings)),
        others=cache(partial(_others, flown, crossings)),
        compared=_heard(flown.compared, steering),
        why_not=steering.refusal or claimed.NOT_COMPARED,
        hills=standing.hills,
    )
    judged = claimed.ledger(case, (drawn, passages), (before, unseen), beside)
    answers = Ledgers(
        traversed=crossed,
        steered=steering,
        carried=carried.ledger(case.balloon, float_heights_m(drawn), carried.Floats.of(drawn)),
        claimed=replace(judged, lines=evidence.confirmed(judged.lines, case)),
        origin=origin.ledger(case, back, atlas, task.seed),
        brought_down=down,
        collected=collected.ledger(case, drawn, crowd, standing.sites),
        seen=seen.ledger(case, drawn, standing.hills.observers),
        evidence=evidence.ledger(case),
        chronology=chronology.ledger(case),
    )
    progress("ledgers", 4, 4)
    return answers


def _borders(atlas: Places, n_threads: int, paths: Posterior, *more: str) -> Passages:
    kinds = (*ZONE_KINDS, *more)
    return atlas.passages(paths.lat_deg, paths.lon_deg, paths.time_s, kinds, n_threads)


def _wide(flown: Flown, crossings: Crossings) -> claimed.Flown:
    """Paths with twice the wind's error; flown only where a claim needs them."""
    paths = flown.wide()
    return paths, crossings(paths)


def _others(flown: Flown, crossings: Crossings) -> list[claimed.Flown]:
    """Paths of every hypothesis that was worked out; asked for only where a claim needs them."""
    if flown.compared is None:
        return []
    known = [as_posterior(flown.compared, one, flown.drawn) for one in flown.compared.contenders]
    return [(one, crossings(one)) for one in known]


def _heard(compared: Contest | None, steering: Steered) -> claimed.Compared | None:
    """What question 2 says, for claims on how it moved."""
    if compared is None or not steering.findings:
        return None
    return claimed.Compared(
        contest=compared,
        labels={WAYS[one.question]: one.label for one in steering.findings},
        pairs={way: steered.asked(name, steering.comparisons) for name, way in WAYS.items()},
    )


def _why_not_compared(drawn: Posterior) -> str:
    return steered.CLIMATOLOGY if drawn.prior_only else steered.NOT_COMPARED
