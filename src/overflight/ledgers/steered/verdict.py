"""From Bayes factors to a verdict, or to the reason why there is none.

Two questions are asked apart. *Aimed*: did it change its level towards winds that blow where it
wants to go? Only M1b against M1a tells; that it changed its level at all is no steering.
*Propelled*: had it a velocity of its own? M2 against M0 tells; where it is clear that it changed
its level, M0 is out of the question, and M12 against M1a tells.

Either is found only if all of this holds:

    strong       the factor is 20 or more, also two of the sampler's standard errors lower
    survives     it stays on that side of even with half and with twice the wind's error
    fits         the paths need no larger wind error than the wind may have (p >= 0.01)
    no rival     no hypothesis without it predicts the reports as well

Propulsion must also survive the airspeed priors of 4 and 8 m/s. Nothing is found by default: below
3 there is no sign, in between it is undecided, and what is too rough to say is refused.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from overflight.inference.contest import AIMS, BOTH, DRIFTS, DRIVES, WANDERS, Contest, Evidence
from overflight.ledgers.steered.airspeed import DEFAULT_MPS, Airspeed
from overflight.ledgers.steered.evidence import (
    LOG_POSITIVE,
    LOG_STRONG,
    Comparison,
    Factor,
    factor,
    usable,
)
from overflight.ledgers.steered.residual import REJECTED

AIMED, PROPELLED = "aimed", "propelled"
QUESTIONS = (AIMED, PROPELLED)

FOUND = "found"
NO_SIGN = "no sign"
UNDECIDED = "undecided"
REFUSED = "refused"

STEERED_BY_ALTITUDE = "steered by altitude"
HAD_OWN_VELOCITY = "propelled"
ACTIVE = "moved of itself, which way undecided"
FITS_NOTHING = "fits no hypothesis"

FEWEST_PATHS = 400.0  # effective paths behind a hypothesis that takes part in a verdict
# Two standard errors of more than this reach from the one line of the rule, 3, over the other, 20.
ROUGHEST_LOG_SD = 0.5 * (LOG_STRONG - LOG_POSITIVE)
FAST_MPS = 8.0  # a verdict of propulsion must stand under the default prior of airspeed and this


def asked(question: str, comparisons: Sequence[Comparison]) -> tuple[str, str]:
    """Challenger and base of the comparison that a question hangs on."""
    if question == AIMED:
        return AIMS, WANDERS
    known = {(one.challenger, one.base): one for one in comparisons}
    changed = known.get((WANDERS, DRIFTS))
    if changed and changed.factor.low_log >= LOG_STRONG and (BOTH, WANDERS) in known:
        return BOTH, WANDERS
    return DRIVES, DRIFTS


@dataclass(frozen=True)
class Finding:
    """What is said to one of the two questions, and why not more."""

    question: str
    label: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """All that a finding is made of."""

    contest: Contest
    comparisons: tuple[Comparison, ...]
    airspeed: Airspeed | None
    fit_p: Mapping[str, float]

    @property
    def evidence(self) -> dict[str, Evidence]:
        """Usable evidences by name."""
        return usable(self.contest)

    def comparison(self, question: str) -> Comparison | None:
        """The comparison that a question hangs on."""
        names = asked(question, self.comparisons)
        return next((c for c in self.comparisons if (c.challenger, c.base) == names), None)


def overall(findings: tuple[Finding, ...], judged: Judged) -> str:
    """One label over both questions."""
    opposed = DRIFTS in judged.fit_p and (AIMS in judged.fit_p or DRIVES in judged.fit_p)
    if opposed and all(p < REJECTED for p in judged.fit_p.values()):
        return FITS_NOTHING
    aimed, propelled = (one.label for one in findings)
    if aimed == propelled == FOUND:
        return ACTIVE
    if FOUND in (aimed, propelled):
        return STEERED_BY_ALTITUDE if aimed == FOUND else HAD_OWN_VELOCITY
    if aimed == propelled:
        return aimed
    return UNDECIDED if UNDECIDED in (aimed, propelled) else REFUSED


def findings(judged: Judged) -> tuple[Finding, ...]:
    """Answer both questions, first apart, then each in the light of the other."""
    apart = {question: _apart(question, judged) for question in QUESTIONS}
    both = all(one.label == FOUND for one in apart.values())
    told = []
    for question, one in apart.items():
        rivals = _rivals(question, judged, both=both) if one.label == FOUND else ()
        told.append(Finding(question, UNDECIDED, rivals) if rivals else one)
    if both and all(one.label == UNDECIDED for one in told):
        # Each explains the reports, neither better than the other: it moved of itself.
        return tuple(apart.values())
    return tuple(told)


def _apart(question: str, judged: Judged) -> Finding:
    """One question by itself."""
    refused = _refused(question, judged)
    compared = judged.comparison(question)
    if refused or compared is None:
        return Finding(question, REFUSED, refused)
    if compared.factor.low_log >= LOG_STRONG:
        doubts = (*_fragile(compared), *_slower(question, judged), *_misfits(question, judged))
        return Finding(question, UNDECIDED if doubts else FOUND, doubts)
    if compared.factor.high_log >= LOG_STRONG:
        reason = (
            f"the sampler's error reaches over the line that a verdict needs:"
            f" {in_numbers(compared.factor)}, and it takes {LOG_STRONG:.1f}"
        )
        return Finding(question, UNDECIDED, (reason,))
    for share, again in (("half", compared.halved), ("twice", compared.doubled)):
        if again is not None and again.log >= LOG_STRONG:
            reason = (
                f"with {share} the wind's error the evidence for it would be strong"
                f" ({in_numbers(again)})"
            )
            return Finding(question, UNDECIDED, (reason,))
    if compared.factor.log < LOG_POSITIVE:
        return Finding(question, NO_SIGN, ())
    reason = f"the evidence for it is there ({in_numbers(compared.factor)}) and is not strong"
    return Finding(question, UNDECIDED, (reason,))


def _refused(question: str, judged: Judged) -> tuple[str, ...]:
    """Why the sampler cannot carry an answer."""
    reasons = []
    for name in asked(question, judged.comparisons):
        if name not in judged.evidence:
            reasons.append(f"hypothesis {name} was not worked out")
            continue
        ess = judged.contest.of(name).ess
        if not ess >= FEWEST_PATHS:
            reasons.append(
                f"only {ess:.0f} effective paths stand behind {name}; {FEWEST_PATHS:.0f} are needed"
            )
    compared = judged.comparison(question)
    if compared is None:
        return tuple(reasons)
    if compared.halved is None or compared.doubled is None:
        reasons.append("it was not worked out with half and with twice the wind's error")
    if compared.factor.log_sd > ROUGHEST_LOG_SD:
        reasons.append(
            f"the sampler's error is too large ({in_numbers(compared.factor)}; no more than"
            f" {ROUGHEST_LOG_SD:.2f} is allowed)"
        )
    return tuple(reasons)


def _fragile(compared: Comparison) -> tuple[str, ...]:
    """Whether it turns with half or twice the wind's error."""
    return tuple(
        f"with {share} the wind's error it does not stand ({in_numbers(again)})"
        for share, again in (("half", compared.halved), ("twice", compared.doubled))
        if again is not None and again.low_log <= 0.0
    )


def _slower(question: str, judged: Judged) -> tuple[str, ...]:
    """Whether it turns under a prior that keeps the airspeed to what a balloon could sustain.

    Where few paths stand for that prior, the slow ones that it favours are missing: then the factor
    comes out too low, which is the safe side.
    """
    if question != PROPELLED or judged.airspeed is None:
        return ()
    if asked(question, judged.comparisons)[0] != DRIVES:  # the scales are worked out for M2 alone
        return ()
    return tuple(
        f"under an airspeed prior of {one.scale_mps:.0f} m/s it does not stand"
        f" ({in_numbers(one.over_drift)})"
        for one in judged.airspeed.under
        if one.scale_mps in (DEFAULT_MPS, FAST_MPS)
        and one.over_drift is not None
        and one.over_drift.low_log <= 0.0
    )


def _misfits(question: str, judged: Judged) -> tuple[str, ...]:
    name = asked(question, judged.comparisons)[0]
    p = judged.fit_p.get(name, math.nan)
    if not p < REJECTED:
        return ()
    return (f"even {name} needs larger errors than this wind has (p = {p:.1g})",)


def _rivals(question: str, judged: Judged, *, both: bool) -> tuple[str, ...]:
    """Hypotheses without the thing asked for that predict the reports about as well.

    ``both``: the other question is found too, so only whichever of the two is better can stay.
    """
    known = judged.evidence
    engines = [name for name in (DRIVES, BOTH) if name in known]
    names = [AIMS] if question == AIMED else engines
    others = [DRIFTS, *(engines if both else [DRIVES])] if question == AIMED else [WANDERS, AIMS]
    best = max((known[name] for name in names), key=lambda one: one.log)
    reasons = []
    for name in others:
        if name not in known:
            reasons.append(f"hypothesis {name}, which might predict as well, was not worked out")
        elif (found := factor(best, known[name])).low_log < LOG_POSITIVE:
            reasons.append(
                f"{name} predicts the reports about as well ({best.name} against it:"
                f" {in_numbers(found)})"
            )
    return tuple(reasons)


def in_numbers(found: Factor) -> str:
    """A factor as it always stands: logarithm and error.

    >>> in_numbers(Factor(2.26, 0.11)), in_numbers(Factor(2.26, 0.02))
    ('ln Bayes factor 2.3 ± 0.1', 'ln Bayes factor 2.26 ± 0.02')
    """
    return f"ln Bayes factor {with_error(found)}"


def with_error(found: Factor) -> str:
    """A logarithm and its error, with a second digit where the error needs one."""
    digits = 1 if found.log_sd >= 0.05 else 2
    return f"{found.log:.{digits}f} \u00b1 {found.log_sd:.{digits}f}"
