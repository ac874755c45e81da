"""What was claimed and whether it holds, as programs read it.

For a tested statement: its probability given all evidence but its own lineage, its probability
before any evidence, and ln Bayes factor = logit after - logit before, with the standard error of a
path bootstrap (method 8.4; :mod:`overflight.ledgers.claimed` has the rules of the labels).
"""

from dataclasses import dataclass

from overflight.ledgers.claimed import Claimed, ClaimLine
from overflight.release.verdicts import in_words


@dataclass(frozen=True)
class TestFacts:
    """The numbers of one tested statement; null where there is no number."""

    probability: float  # given all evidence but the statement's own
    probability_sd: float
    prior_probability: float  # by launches and winds alone
    prior_probability_sd: float
    bayes_factor_log: float
    bayes_factor_log_sd: float
    effective_paths: float  # that stand behind it
    small_error_probability: float  # in the half of the paths with the smaller wind error
    large_error_probability: float
    bound: str  # what none or all of the paths really says; empty in between
    expected_true_log: float  # what the reports could be expected to tell if it is true
    expected_false_log: float


@dataclass(frozen=True)
class StatementFacts:
    """One statement with its attribution, and what became of it."""

    id: str
    source: str
    speaker: str
    attribution: str
    text: str
    reliability: str  # of the source, A to F
    credibility: int  # what the other evidence makes of it, 1 confirmed to 6 cannot be judged
    verdict: str
    reason: str
    tested: tuple[str, ...]  # the parts that were tested, in words; all of them together
    lineage: tuple[str, ...]  # sightings of the same root, left out of the test
    conflicts_with: tuple[str, ...]
    test: TestFacts | None


@dataclass(frozen=True)
class ClaimedFile:
    """The whole file."""

    statements: tuple[StatementFacts, ...]


def file_of(answer: Claimed) -> ClaimedFile:
    """The ledger as it is written."""
    return ClaimedFile(tuple(_statement(line) for line in answer.lines))


def _statement(line: ClaimLine) -> StatementFacts:
    one = line.statement
    return StatementFacts(
        id=one.id,
        source=one.source,
        speaker=one.speaker,
        attribution=str(one.attribution),
        text=one.text,
        reliability=str(one.reliability),
        credibility=line.credibility,
        verdict=line.label,
        reason=line.reason,
        tested=tuple(in_words(test) for test in one.test or ()),
        lineage=one.lineage,
        conflicts_with=one.conflicts_with,
        test=_test(line),
    )


def _test(line: ClaimLine) -> TestFacts | None:
    test = line.test
    if test is None:
        return None
    return TestFacts(
        probability=test.probability,
        probability_sd=test.probability_sd,
        prior_probability=test.prior_probability,
        prior_probability_sd=test.prior_probability_sd,
        bayes_factor_log=test.log_bayes_factor,
        bayes_factor_log_sd=test.log_bayes_factor_sd,
        effective_paths=test.n_effective,
        small_error_probability=test.small_error_probability,
        large_error_probability=test.large_error_probability,
        bound=test.floor,
        expected_true_log=test.expected_true_log,
        expected_false_log=test.expected_false_log,
    )
