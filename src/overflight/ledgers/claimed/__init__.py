"""What was claimed, by whom, and whether it holds against everything else that is known.

Every statement is listed with its attribution and grade. A statement that carries a machine
predicate is tested: the probability that it is true given all evidence except its own lineage,
against its probability before any evidence (method 8.4; :mod:`.counted` has the formula).
Allegations that have nothing to do with the flight are stored and shown with their attribution,
and never tested.

Labels::

    supported                  P >= 0.80 and Bayes factor >= 3, in both halves of the wind error
    contradicted               P <= 0.20 and Bayes factor <= 1/3, likewise
    impossible as stated       P < 0.01, also at its 95 % bound, and below that with twice the
                               wind's error, under every hypothesis that was worked out, and with
                               any one source left out; what forbids it is named (:mod:`.limits`)
    consistent (not decided)   the evidence does not discriminate, or a verdict would rest on one
                               source alone
    untestable                 no predicate; too few paths remain once the statement's own evidence
                               is taken out; the reports could not be expected to decide it, before
                               looking, and did not (:mod:`overflight.inference.foresight`); or the
                               halves of the wind error say opposite things
    out of scope               not about the flight

How it moved is asked of hypotheses, by the rules of question 2 (:mod:`.moved`).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from overflight.case import predicates
from overflight.case.model import Case, Statement
from overflight.fields.places import Passages
from overflight.inference import foresight
from overflight.inference import predicates as judging
from overflight.inference.foresight import Outlook
from overflight.inference.posterior import Posterior
from overflight.inference.predicates import Given, Judged
from overflight.inference.viewed import SMOOTH, Hills
from overflight.ledgers.claimed import limits, moved
from overflight.ledgers.claimed.counted import Numbers, compared, counted
from overflight.ledgers.claimed.moved import Compared

__all__ = [
    "CONSISTENT",
    "CONTRADICTED",
    "IMPOSSIBLE",
    "NOT_COMPARED",
    "OUT_OF_SCOPE",
    "SUPPORTED",
    "UNTESTABLE",
    "Beside",
    "ClaimLine",
    "Claimed",
    "Compared",
    "Flown",
    "Numbers",
    "judge",
    "ledger",
    "roots",
]

SUPPORTED = "supported"
CONTRADICTED = "contradicted"
CONSISTENT = "consistent (not decided)"
UNTESTABLE = "untestable"
IMPOSSIBLE = "impossible as stated"
OUT_OF_SCOPE = "out of scope"

MIN_EFFECTIVE = 40.0  # effective paths needed once a statement's own evidence is removed
LOG_THREE, LOG_TELLING = math.log(3.0), math.log(1.5)
NO_PREDICATE = (
    "Nothing in it about place, time, height, speed, order, size, mass or steering that this"
    " account could decide."
)
NOT_COMPARED = "The hypotheses were not compared, so how it moved is not told."


@dataclass(frozen=True)
class ClaimLine:
    """One statement and what became of it."""

    statement: Statement
    label: str
    credibility: int  # 1 confirmed ... 6 cannot be judged; an output, never an input
    reason: str
    test: Numbers | None


@dataclass(frozen=True)
class Claimed:
    """The ledger of question 6."""

    lines: tuple[ClaimLine, ...]

    def count(self, label: str) -> int:
        """How many statements carry a label."""
        return sum(line.label == label for line in self.lines)


Flown = tuple[Posterior, Passages]  # paths, and their passages through zones of every kind


@dataclass(frozen=True)
class Beside:
    """What tests beyond the two sets of paths rest on.

    ``wide`` flies paths through the same evidence with twice the wind's error, ``others`` finds
    those of the hypotheses that were worked out; both only when they are needed. Without
    ``compared``, ``why_not`` says why hypotheses cannot be told apart. ``hills`` stand around those
    who could have seen it.
    """

    wide: Callable[[], Flown] | None = None
    others: Callable[[], Sequence[Flown]] | None = None
    compared: Compared | None = None
    why_not: str = NOT_COMPARED
    looks_ahead: bool = True
    hills: Hills = SMOOTH


def ledger(case: Case, after: Flown, before: Flown, beside: Beside | None = None) -> Claimed:
    """Judge every statement of the case on paths that saw the evidence and paths that did not."""
    known = beside or Beside(looks_ahead=False)
    seen = foresight.outlook(case, before[0]) if known.looks_ahead else None
    court = _Court(case, after, before, known, seen)
    return Claimed(tuple(court.line(statement) for statement in case.statements))


def roots(case: Case) -> tuple[tuple[str, ...], ...]:
    """Sets of sightings that go back to one source: the lineages of the statements.

    A verdict must not hang on one of them. Sightings that no statement claims stand alone and are
    not looked at one by one: none of them decides a statement by itself.
    """
    return tuple(dict.fromkeys(s.lineage for s in case.statements if s.lineage))


def judge(test: Numbers) -> str:
    """Apply the rules of method 8.4, also to both halves of the wind-error prior."""
    halves = (test.small_error_probability, test.large_error_probability)
    if test.probability >= 0.8 and test.log_bayes_factor >= LOG_THREE and min(halves) >= 0.8:
        return SUPPORTED
    if test.probability <= 0.2 and test.log_bayes_factor <= -LOG_THREE and max(halves) <= 0.2:
        return CONTRADICTED
    return CONSISTENT


@dataclass(frozen=True)
class _Court:
    """All that every statement is judged by."""

    case: Case
    after: Flown
    before: Flown
    beside: Beside
    seen: Outlook | None

    def line(self, statement: Statement) -> ClaimLine:
        if statement.scope != "flight":
            reason = "Not about the flight: kept with its attribution only."
            return ClaimLine(statement, OUT_OF_SCOPE, 6, reason, None)
        if statement.test is None:
            return ClaimLine(statement, UNTESTABLE, 6, NO_PREDICATE, None)
        way = moved.way_of(statement.test)
        if way is not None:
            return _moved(statement, statement.test, way, self.beside)
        reason = self._unknowable(statement.test)
        if reason:
            return ClaimLine(statement, UNTESTABLE, 6, reason, None)
        return self._tested(statement, statement.test)

    def _unknowable(self, tests: tuple[predicates.Predicate, ...]) -> str:
        """Why there is nothing to put a claim to; empty where there is."""
        unknown = [
            zone
            for one in tests
            for zone in predicates.zones(one)
            if zone not in self.after[1].zones
        ]
        if unknown:
            return f"No zone {unknown[0]} is among the borders known here."
        names = {type(one) for one in predicates.leaves(tests)}
        alone = not names & {predicates.Mass, predicates.Payload}
        if predicates.Size in names and alone and not self.case.balloon.payload_min_kg:
            return "The case states no payload, and nothing else here tells a size."
        return ""

    def _tested(self, statement: Statement, tests: tuple[predicates.Predicate, ...]) -> ClaimLine:
        paths, prior = self.after[0], self.before[0]
        holds = judging.judge(tests, self._given(self.after, seen=True))
        was = judging.judge(tests, self._given(self.before, seen=False))
        without = paths.without(statement.lineage)
        test = compared(holds, without, was, prior)
        if not test.n_effective >= MIN_EFFECTIVE:
            reason = (
                f"Without its own evidence only {test.n_effective:.0f} effective paths remain; a"
                " run that leaves that evidence out would settle it."
            )
            return ClaimLine(statement, UNTESTABLE, 6, reason, _sound(test))
        limit = self._forbidden(tests, holds, statement.lineage)
        if limit:
            return ClaimLine(statement, IMPOSSIBLE, 5, limit, test)
        label, reason = judge(test), ""
        for root in roots(self.case) if label != CONSISTENT else ():
            left = paths.without((*statement.lineage, *root))
            if not _stands(label, test, compared(holds, left, was, prior)):
                label = CONSISTENT
                reason = f"A verdict would rest on one source alone ({', '.join(root)})."
                break
        if label == CONSISTENT and not reason:
            test = self._looked_ahead(test, was, statement.lineage)
            label, reason = _undecided(test)
        return ClaimLine(
            statement, label, _credibility(test, label), reason or _reason(test, label), test
        )

    def _given(self, flown: Flown, *, seen: bool) -> Given:
        return Given(*flown, self.case.epoch, self.case, seen, hills=self.beside.hills)

    def _forbidden(
        self, tests: tuple[predicates.Predicate, ...], holds: Judged, lineage: tuple[str, ...]
    ) -> str:
        """What forbids a claim; empty where it is not impossible as stated, or not known to be."""
        wide, others = self.beside.wide, self.beside.others
        paths = self.after[0]
        if wide is None or not counted(holds, paths.without(lineage)).upper < limits.RARE:
            return ""
        for root in roots(self.case):  # nor may it hang on one source alone
            left = counted(holds, paths.without((*lineage, *root)))
            few = not left.n_effective >= MIN_EFFECTIVE
            if left.probability >= (0.5 if few else limits.RARE):
                return ""
        widest = wide()
        for flown in (widest, *(others() if others is not None else ())):
            judged = judging.judge(tests, self._given(flown, seen=True))
            share = counted(judged, flown[0].without(lineage))
            if not share.n_effective >= MIN_EFFECTIVE or share.probability >= limits.RARE:
                return ""
        return limits.binding(tests, self._given(widest, seen=True))

    def _looked_ahead(self, test: Numbers, was: Judged, lineage: tuple[str, ...]) -> Numbers:
        if self.seen is None or not (was.fits > 0.0).any():
            return test
        share = np.where(was.fits > 0.0, was.share / np.maximum(was.fits, 1e-12), 0.0)
        found = foresight.expected_log(self.seen, share, lineage)
        if found is None:
            return test
        return replace(test, expected_true_log=found[0], expected_false_log=found[1])


def _moved(
    statement: Statement, tests: tuple[predicates.Predicate, ...], way: str, beside: Beside
) -> ClaimLine:
    known = beside.compared
    if known is None:
        return ClaimLine(statement, UNTESTABLE, 6, beside.why_not, None)
    test = moved.numbers(way, known, statement.lineage)
    if test is None or not test.n_effective >= MIN_EFFECTIVE:
        reason = "The hypotheses that it hangs on were not worked out with enough paths."
        return ClaimLine(statement, UNTESTABLE, 6, reason, None if test is None else _sound(test))
    holds = moved.supported(way, known, test)
    fails = moved.contradicted(way, known, test)
    if moved.denied(tests):
        test, holds, fails = _opposite(test), fails, holds
    label = SUPPORTED if holds else CONTRADICTED if fails else CONSISTENT
    if label == CONSISTENT:
        reason = (
            "Question 2 finds nothing that would decide it"
            f" ({', '.join(f'{name}: {said}' for name, said in known.labels.items())});"
            " reports bound what a balloon did of itself, and cannot confirm that it did nothing."
        )
    else:
        reason = _reason(test, label)
    return ClaimLine(statement, label, _credibility(test, label), reason, _sound(test))


def _opposite(test: Numbers) -> Numbers:
    return replace(
        test,
        probability=1.0 - test.probability,
        prior_probability=1.0 - test.prior_probability,
        log_bayes_factor=-test.log_bayes_factor,
        small_error_probability=1.0 - test.small_error_probability,
        large_error_probability=1.0 - test.large_error_probability,
    )


def _sound(test: Numbers) -> Numbers | None:
    """Numbers, or none where the paths that are left give none."""
    return test if math.isfinite(test.probability) else None


def _stands(label: str, test: Numbers, other: Numbers) -> bool:
    """Whether a verdict survives the loss of one source.

    With few paths left the full rule cannot be applied; then the probability must at least stay
    on its side of one half.
    """
    if other.n_effective >= MIN_EFFECTIVE:
        return judge(other) == label
    return (other.probability >= 0.5) == (test.probability >= 0.5)


def _undecided(test: Numbers) -> tuple[str, str]:
    """Consistent, or untestable: the label and, if untestable, the reason."""
    halves = (test.small_error_probability, test.large_error_probability)
    if min(halves) <= 0.2 and max(halves) >= 0.8:
        return UNTESTABLE, "Half of the wind's error says the opposite of the other half."
    most = max(test.expected_true_log, test.expected_false_log)
    if most < LOG_TELLING and abs(test.log_bayes_factor) < LOG_THREE:
        return UNTESTABLE, (
            "Before looking, the reports used could not be expected to change its odds by more"
            f" than a factor of {math.exp(most):.1f}, and they did not."
        )
    return CONSISTENT, ""


def _credibility(test: Numbers, label: str) -> int:
    """Admiralty credibility as an output: what all other evidence makes of the statement."""
    if label == SUPPORTED:
        return 2  # 1 would need two independent roots, counted by the evidence ledger
    if label == CONTRADICTED:
        return 5
    if label == UNTESTABLE:
        return 6
    return 3 if test.probability >= 0.5 else 4


def _reason(test: Numbers, label: str) -> str:
    moved_by = math.exp(min(abs(test.log_bayes_factor), 700.0))
    if label == CONSISTENT and abs(test.log_bayes_factor) < LOG_THREE:
        return "The other evidence hardly changes its probability."
    if label == CONSISTENT:
        return "The other evidence moves it, but not far or firmly enough for a verdict."
    odds = f"{moved_by:.0f} times" if test.log_bayes_factor >= 0.0 else f"1/{moved_by:.0f} times"
    return f"The other evidence changes its odds {odds}."
