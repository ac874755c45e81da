"""Which hypothesis the reports prefer, how strongly, and how sure the sampler is of that.

A Bayes factor compares averages: each hypothesis is averaged over its levels, launch times and
wind errors before it is compared. The best-fitting path of one is never set against the average
of another.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from overflight.inference.contest import AIMS, BOTH, DRIFTS, DRIVES, WANDERS, Contest, Evidence

# Kass & Raftery (1995), table of section 3.2: a Bayes factor below this is of that strength.
_STRENGTHS = ((3.0, "weak"), (20.0, "positive"), (150.0, "strong"))
_STRONGEST = "very strong"

LOG_POSITIVE, LOG_STRONG = math.log(3.0), math.log(20.0)

SURE_SDS = 2.0  # standard errors either side within which a Bayes factor is taken to lie

# Probabilities are not told beyond these: errors of the model are not below 1 %. Drift is capped
# lower, because every other hypothesis holds flights that hardly differ from it: reports can bound
# what a balloon did of itself, and never confirm that it did nothing.
LEAST_FRACTION, MOST_FRACTION, MOST_PASSIVE_FRACTION = 0.01, 0.99, 0.95

# Only the second says anything about altitude steering: the first is about changing level at all.
COMPARED = ((WANDERS, DRIFTS), (AIMS, WANDERS), (DRIVES, DRIFTS), (BOTH, WANDERS))


@dataclass(frozen=True)
class Factor:
    """A Bayes factor as its natural logarithm, with the sampler's error of that."""

    log: float
    log_sd: float

    @property
    def low_log(self) -> float:
        """Two standard errors below."""
        return self.log - SURE_SDS * self.log_sd

    @property
    def high_log(self) -> float:
        """Two standard errors above."""
        return self.log + SURE_SDS * self.log_sd


@dataclass(frozen=True)
class Comparison:
    """One hypothesis against another.

    ``probability_fraction`` is that of the challenger if both were equally probable before.
    ``even_odds`` are the odds for the challenger beforehand at which both come out equal: whoever
    gives it better odds than these ends on its side. ``halved`` and ``doubled`` are the factors
    with half and with twice the wind's error; None where they were not worked out.
    """

    challenger: str
    base: str
    factor: Factor
    strength: str
    halved: Factor | None
    doubled: Factor | None
    probability_fraction: float
    even_odds: float


@dataclass(frozen=True)
class Hypothesis:
    """One hypothesis: its evidence, and its probability if all were equally probable before."""

    name: str
    log_evidence: float
    log_evidence_sd: float
    probability_fraction: float
    ess: float
    fit_p: float  # posterior-predictive: how well the stated wind error explains its paths
    warnings: tuple[str, ...]


def factor(challenger: Evidence, base: Evidence) -> Factor:
    """How much better the challenger predicts the reports; errors are taken as independent.

    >>> factor(Evidence("M2", -10.0, 0.3), Evidence("M0", -12.0, 0.4))
    Factor(log=2.0, log_sd=0.5)
    """
    return Factor(challenger.log - base.log, math.hypot(challenger.log_sd, base.log_sd))


def strength_word(log: float) -> str:
    """Kass and Raftery's word for the size of a log Bayes factor, on whichever side.

    A value on an edge belongs to the stronger word.

    >>> strength_word(math.log(3.0)), strength_word(-math.log(2.9)), strength_word(6.0)
    ('positive', 'weak', 'very strong')
    """
    size = abs(log)
    return next((word for edge, word in _STRENGTHS if size < math.log(edge)), _STRONGEST)


def strength(found: Factor, challenger: str, base: str) -> str:
    """The word with the side it speaks for; two where the sampler's error reaches over an edge.

    >>> strength(Factor(3.5, 0.1), "M2", "M0"), strength(Factor(0.9, 0.3), "M2", "M0")
    ('strong for M2', 'weak to positive for M2')
    >>> strength(Factor(0.0, 0.9), "M2", "M0")
    'positive for M0 to positive for M2'
    """
    low, high = found.low_log, found.high_log
    words = strength_word(low), strength_word(high)
    sides = tuple(challenger if log >= 0.0 else base for log in (low, high))
    if sides[0] != sides[1]:
        return f"{words[0]} for {sides[0]} to {words[1]} for {sides[1]}"
    if words[0] == words[1]:
        return f"{words[0]} for {sides[0]}"
    weaker, stronger = words if sides[0] == challenger else words[::-1]
    return f"{weaker} to {stronger} for {sides[0]}"


def probability(log: float, *, against_drift: bool) -> float:
    """Probability of a challenger at equal odds before, no sharper than it may be told.

    >>> probability(0.0, against_drift=False), probability(-9.0, against_drift=True)
    (0.5, 0.05)
    """
    exact = 1.0 / (1.0 + math.exp(min(-log, 700.0)))
    least = 1.0 - MOST_PASSIVE_FRACTION if against_drift else LEAST_FRACTION
    return round(min(max(exact, least), MOST_FRACTION), 12)


def compare(contest: Contest) -> tuple[Comparison, ...]:
    """Every comparison that means something, of hypotheses that were worked out."""
    known = usable(contest)
    halved, doubled = _named(contest.halved), _named(contest.doubled)
    return tuple(
        _comparison(known[challenger], known[base], halved, doubled)
        for challenger, base in COMPARED
        if challenger in known and base in known
    )


def usable(contest: Contest) -> dict[str, Evidence]:
    """Evidences that are numbers, by name: a hypothesis without one was not worked out."""
    return _named([one.evidence for one in contest.contenders])


def _named(evidences: Sequence[Evidence]) -> dict[str, Evidence]:
    return {
        one.name: one for one in evidences if math.isfinite(one.log) and math.isfinite(one.log_sd)
    }


def _comparison(
    challenger: Evidence,
    base: Evidence,
    halved: Mapping[str, Evidence],
    doubled: Mapping[str, Evidence],
) -> Comparison:
    found = factor(challenger, base)
    names = challenger.name, base.name

    def again(under: Mapping[str, Evidence]) -> Factor | None:
        if not all(name in under for name in names):
            return None
        return factor(*(under[name] for name in names))

    return Comparison(
        *names,
        factor=found,
        strength=strength(found, *names),
        halved=again(halved),
        doubled=again(doubled),
        probability_fraction=probability(found.log, against_drift=base.name == DRIFTS),
        even_odds=math.exp(min(max(-found.log, -700.0), 700.0)),
    )


def probabilities(logs: Mapping[str, float]) -> dict[str, float]:
    """Exact probabilities of all hypotheses if they were equally probable before.

    >>> probabilities({"M0": -5.0, "M2": -5.0})
    {'M0': 0.5, 'M2': 0.5}
    """
    top = max(logs.values())
    shares = {name: math.exp(log - top) for name, log in logs.items()}
    total = math.fsum(shares.values())
    return {name: share / total for name, share in shares.items()}


def told(name: str, exact: float) -> float:
    """A hypothesis's probability, no sharper than it may be told."""
    most = MOST_PASSIVE_FRACTION if name == DRIFTS else MOST_FRACTION
    return min(max(exact, LEAST_FRACTION), most)
