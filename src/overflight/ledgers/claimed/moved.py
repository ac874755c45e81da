"""Claims on how it moved: put to the hypotheses, not to paths.

What is found, and what is only undecided, is not decided here but by the rules of question 2: a
claim is never supported by less. The claim's own lineage is taken out of every evidence by
log Z without = log Z + log E[1/p], p what its reports give a path. Drift cannot be supported:
every other hypothesis holds flights that hardly differ from it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from overflight.case.predicates import AIMED, DRIFTED, PROPELLED, Moved, Not, Predicate, leaves
from overflight.inference.contest import DRIFTS, WANDERS, Contest, Evidence
from overflight.inference.reweighting import reweighted
from overflight.ledgers.claimed.counted import Numbers

LOG_THREE = math.log(3.0)
FOUND = "found"  # the label of question 2 that a claim needs
MOST_SURE = 0.99  # errors of the model are not below 1 %
MOST_PASSIVE = 0.95


@dataclass(frozen=True)
class Compared:
    """What question 2 says: by way, its label and the two hypotheses it hangs on."""

    contest: Contest
    labels: Mapping[str, str]
    pairs: Mapping[str, tuple[str, str]]


def way_of(tests: tuple[Predicate, ...]) -> str | None:
    """The way of moving that a claim is on; it has no other part."""
    return next((one.way for one in leaves(tests) if isinstance(one, Moved)), None)


def denied(tests: tuple[Predicate, ...]) -> bool:
    """Whether a ``not (...)`` stands around it an odd number of times.

    >>> denied((Not((Moved("drifted"),)),)), denied((Not((Not((Moved("drifted"),)),)),))
    (True, False)
    """
    (one,) = tests
    return not denied(one.tests) if isinstance(one, Not) else False


def numbers(way: str, compared: Compared, lineage: tuple[str, ...]) -> Numbers | None:
    """How probable the hypotheses make it; None where they were not worked out."""
    mine, others = _sides(way, compared)
    named = (*mine, *others)
    known = _without(compared.contest, lineage)
    if not mine or not others or not all(one in known for one in named):
        return None
    now = _log_odds(known, mine, others)
    sd = math.sqrt(sum(known[one][0].log_sd ** 2 for one in named))
    prior = len(mine) / len(named)
    before = math.log(prior / (1.0 - prior))
    most = MOST_PASSIVE if way == DRIFTED else MOST_SURE
    n_effective = min(known[one][1] for one in named)

    def again(of: tuple[Evidence, ...]) -> float:
        there = {one.name: (one, 0.0) for one in of}
        if not all(one in there for one in named):
            return math.nan
        return _fraction(_log_odds(there, mine, others), most)

    return Numbers(
        probability=_fraction(now, most),
        prior_probability=prior,
        log_bayes_factor=now - before,
        log_bayes_factor_sd=sd,
        n_effective=n_effective,
        small_error_probability=again(compared.contest.halved),
        large_error_probability=again(compared.contest.doubled),
        floor="",
    )


def supported(way: str, compared: Compared, test: Numbers) -> bool:
    """Whether question 2 found it, and the claim's own reports are not what found it."""
    low = test.log_bayes_factor - 2.0 * test.log_bayes_factor_sd
    return (
        way in (AIMED, PROPELLED)
        and compared.labels.get(way) == FOUND
        and low >= LOG_THREE
        and test.probability >= 0.8
    )


def contradicted(way: str, compared: Compared, test: Numbers) -> bool:
    """Drift alone can be: where question 2 found something else."""
    high = test.log_bayes_factor + 2.0 * test.log_bayes_factor_sd
    found = FOUND in (compared.labels.get(AIMED), compared.labels.get(PROPELLED))
    return way == DRIFTED and found and high <= -LOG_THREE and test.probability <= 0.2


def _sides(way: str, compared: Compared) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The hypotheses in which it is true, and those in which it is not."""
    if way == DRIFTED:
        names = [one.evidence.name for one in compared.contest.contenders]
        mine = tuple(name for name in names if name in (DRIFTS, WANDERS))
        return mine, tuple(name for name in names if name not in mine)
    challenger, base = compared.pairs[way]
    return (challenger,), (base,)


def _without(contest: Contest, lineage: tuple[str, ...]) -> dict[str, tuple[Evidence, float]]:
    """Evidences without some reports, and the effective paths behind each."""
    columns = [i for i, name in enumerate(contest.sighting_ids) if name in lineage]
    found = {}
    for one in contest.contenders:
        evidence = one.evidence
        if not (math.isfinite(evidence.log) and math.isfinite(evidence.log_sd)):
            continue
        again = reweighted(one, -one.log_mixture[:, columns].sum(axis=1))
        log_sd = math.hypot(evidence.log_sd, again.log_mean_sd) if columns else evidence.log_sd
        log = evidence.log + (again.log_mean if columns else 0.0)
        found[evidence.name] = (Evidence(evidence.name, log, log_sd), again.n_effective)
    return found


def _log_odds(
    known: Mapping[str, tuple[Evidence, float]], mine: tuple[str, ...], others: tuple[str, ...]
) -> float:
    """Log odds of some against others, every hypothesis equally probable before."""
    return _log_sum([known[one][0].log for one in mine]) - _log_sum(
        [known[one][0].log for one in others]
    )


def _log_sum(logs: list[float]) -> float:
    top = max(logs)
    return top + math.log(math.fsum(math.exp(log - top) for log in logs))


def _fraction(log_odds: float, most: float) -> float:
    """No sharper than may be told."""
    exact = 1.0 / (1.0 + math.exp(min(-log_odds, 700.0)))
    return min(max(exact, 1.0 - MOST_SURE), most)
