"""What was claimed, by whom, and whether it holds against everything else that is known.

Every statement is listed with its attribution and grade. A statement that carries a machine
predicate is tested: the probability that it is true given all evidence except its own lineage,
against its probability before any evidence (method 6). Allegations that have nothing to do
with the flight are stored and shown with their attribution, and never tested.

Labels:

    supported                  P >= 0.80 and Bayes factor >= 3, in both halves of the wind error
    contradicted               P <= 0.20 and Bayes factor <= 1/3, likewise
    consistent (not decided)   the evidence does not discriminate, or a verdict would rest on one
                               source alone
    untestable                 no predicate on place, time, height, speed or order; or too few
                               paths remain once the statement's own evidence is taken out
    out of scope               not about the flight
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Statement
from overflight.fields.places import Passages
from overflight.inference import predicates
from overflight.inference.posterior import Posterior, effective_size

Array = NDArray[np.float64]

SUPPORTED = "supported"
CONTRADICTED = "contradicted"
CONSISTENT = "consistent (not decided)"
UNTESTABLE = "untestable"
OUT_OF_SCOPE = "out of scope"

MIN_EFFECTIVE = 40.0  # effective paths needed once a statement's own evidence is removed


@dataclass(frozen=True)
class Numbers:
    """The numbers of one tested statement."""

    probability: float
    prior_probability: float
    log_bayes_factor: float
    log_bayes_factor_sd: float
    n_effective: float
    small_error_probability: float  # among the half of the paths with the smaller wind error
    large_error_probability: float
    floor: str  # "" or what an extreme probability really says, "0 of 800 paths: P < 0.4 %"


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


def ledger(case: Case, after: Flown, before: Flown) -> Claimed:
    """Judge every statement of the case on paths that saw the evidence and paths that did not."""
    return Claimed(tuple(_line(statement, case, after, before) for statement in case.statements))


def _line(statement: Statement, case: Case, after: Flown, before: Flown) -> ClaimLine:
    if statement.scope != "flight":
        reason = "Not about the flight: kept with its attribution only."
        return ClaimLine(statement, OUT_OF_SCOPE, 6, reason, None)
    if statement.test is None:
        reason = "Nothing in it about place, time, height, speed or order that a path could decide."
        return ClaimLine(statement, UNTESTABLE, 6, reason, None)
    holds = predicates.holds(statement.test, *after, case.epoch)
    was = predicates.holds(statement.test, *before, case.epoch)
    test = _test(holds, after[0].without(statement.lineage), was, before[0])
    if test.n_effective < MIN_EFFECTIVE:
        reason = (
            f"Without its own evidence only {test.n_effective:.0f} effective paths remain; a run"
            " that leaves that evidence out would settle it."
        )
        return ClaimLine(statement, UNTESTABLE, 6, reason, test)
    label = judge(test)
    reason = _reason(test, label)
    for root in roots(case) if label != CONSISTENT else ():
        left = after[0].without((*statement.lineage, *root))
        if not _stands(label, test, _test(holds, left, was, before[0])):
            label = CONSISTENT
            reason = f"A verdict would rest on one source alone ({', '.join(root)})."
            break
    return ClaimLine(statement, label, _credibility(test, label), reason, test)


def _stands(label: str, test: Numbers, other: Numbers) -> bool:
    """Whether a verdict survives the loss of one source.

    With few paths left the full rule cannot be applied; then the probability must at least stay
    on its side of one half.
    """
    if other.n_effective >= MIN_EFFECTIVE:
        return judge(other) == label
    return (other.probability >= 0.5) == (test.probability >= 0.5)


def roots(case: Case) -> tuple[tuple[str, ...], ...]:
    """Sets of sightings that go back to one source: the lineages of the statements.

    A verdict must not hang on one of them. Sightings that no statement claims stand alone and are
    not looked at one by one: none of them decides a statement by itself.
    """
    return tuple(dict.fromkeys(s.lineage for s in case.statements if s.lineage))


def _test(
    holds: NDArray[np.bool_],
    posterior: Posterior,
    before: NDArray[np.bool_],
    prior: Posterior,
) -> Numbers:
    weight = posterior.weight
    n_effective = min(effective_size(weight), float(posterior.diagnostics.distinct_ancestors))
    probability = float(weight @ holds)
    prior_probability = float(prior.weight @ before)
    n_prior = effective_size(prior.weight)
    middle = float(np.median(posterior.wind_scale))
    small = posterior.wind_scale <= middle
    log_bf = _logit(probability, n_effective) - _logit(prior_probability, n_prior)
    variance = _logit_variance(probability, n_effective)
    variance += _logit_variance(prior_probability, n_prior)
    return Numbers(
        probability=probability,
        prior_probability=prior_probability,
        log_bayes_factor=log_bf,
        log_bayes_factor_sd=math.sqrt(variance),
        n_effective=n_effective,
        small_error_probability=_share(holds, weight, small),
        large_error_probability=_share(holds, weight, ~small),
        floor=_floor(probability, n_effective),
    )


def _share(holds: NDArray[np.bool_], weight: Array, among: NDArray[np.bool_]) -> float:
    total = float(weight[among].sum())
    return float(weight[among] @ holds[among]) / total if total > 0.0 else float("nan")


def _floor(probability: float, n_effective: float) -> str:
    """None of N paths is not zero: the 95 % bound is 3 / N."""
    bound = 3.0 / max(1.0, n_effective)
    if probability <= 0.0:
        return f"no path of about {n_effective:.0f}: P < {bound:.1%}"
    if probability >= 1.0:
        return f"every path of about {n_effective:.0f}: P > {1.0 - bound:.1%}"
    return ""


def _clipped(probability: float, n: float) -> float:
    edge = 0.5 / (n + 1.0)
    return min(max(probability, edge), 1.0 - edge)


def _logit(probability: float, n: float) -> float:
    inside = _clipped(probability, n)
    return math.log(inside / (1.0 - inside))


def _logit_variance(probability: float, n: float) -> float:
    inside = _clipped(probability, n)
    return 1.0 / (n * inside * (1.0 - inside))


def judge(test: Numbers) -> str:
    """Apply the rules of method 6, also to both halves of the wind-error prior."""
    halves = (test.small_error_probability, test.large_error_probability)
    three = math.log(3.0)
    if test.probability >= 0.8 and test.log_bayes_factor >= three and min(halves) >= 0.8:
        return SUPPORTED
    if test.probability <= 0.2 and test.log_bayes_factor <= -three and max(halves) <= 0.2:
        return CONTRADICTED
    return CONSISTENT


def _credibility(test: Numbers, label: str) -> int:
    """Admiralty credibility as an output: what all other evidence makes of the statement."""
    if label == SUPPORTED:
        return 2  # 1 would need two independent roots, counted by the evidence ledger
    if label == CONTRADICTED:
        return 5
    return 3 if test.probability >= 0.5 else 4


def _reason(test: Numbers, label: str) -> str:
    moved = math.exp(test.log_bayes_factor)
    if label == CONSISTENT and abs(test.log_bayes_factor) < math.log(3.0):
        return "The other evidence hardly changes its probability."
    if label == CONSISTENT:
        return "The other evidence moves it, but not far or firmly enough for a verdict."
    odds = f"{moved:.0f} times" if moved >= 1.0 else f"1/{1.0 / moved:.0f} times"
    return f"The other evidence changes its odds {odds}."
