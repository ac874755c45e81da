"""How much a later report adds to an earlier one that says the same.

A report that may have been copied, with probability c, adds to the odds of what it says the factor
[c + (1 - c) p1] / [c + (1 - c) p0], where p1 and p0 are the probabilities of such a report if the
thing is true and if it is not. Where nobody knows c, it is as below; these are our conventions.
"""

from dataclasses import dataclass
from datetime import datetime

from overflight.case.vocabulary import Attribution

SAME_ROOT = 1.0  # the same article, or a wire's rewrite
SAME_UNNAMED = 0.7  # unnamed officials on the same day
OTHER_GOVERNMENT = 0.3  # another government on the same day
INDEPENDENT = 0.0  # an instrument of its own, or nothing that links the two

INSTRUMENTS = frozenset({Attribution.TELEMETRY, Attribution.IMAGERY})
_OFFICIAL = frozenset(
    {Attribution.OFFICIAL_NAMED, Attribution.OFFICIAL_ANONYMOUS, Attribution.DOCUMENT}
)


@dataclass(frozen=True)
class Report:
    """What the convention needs to know of a report; ``roots`` are what it goes back to."""

    attribution: Attribution
    day: datetime | None
    """Any moment of the day when it was reported, if that is known to a day."""
    roots: frozenset[str]
    articles: frozenset[str]
    """The article that it stands in, or those that this one copies."""


def likelihood_ratio(p1: float, p0: float, copied: tuple[float, ...]) -> float:
    """Odds factor of reports that agree: a first one, and one more for every copy probability.

    >>> round(likelihood_ratio(0.8, 0.2, (0.7, 0.7)), 4), likelihood_ratio(0.8, 0.2, (1.0, 1.0))
    (6.1191, 4.0)
    """
    ratio = p1 / p0
    for c in copied:
        ratio *= (c + (1.0 - c) * p1) / (c + (1.0 - c) * p0)
    return ratio


def copy_probability(earlier: Report, later: Report) -> float:
    """How probable it is that the later of two agreeing reports only repeats the earlier."""
    if earlier.roots & later.roots:
        return SAME_ROOT
    if later.attribution in INSTRUMENTS or earlier.attribution in INSTRUMENTS:
        return INDEPENDENT
    if earlier.articles & later.articles:
        return SAME_ROOT
    if earlier.day is None or later.day is None or earlier.day.date() != later.day.date():
        return INDEPENDENT
    return _on_one_day(frozenset({earlier.attribution, later.attribution}))


def _on_one_day(kinds: frozenset[Attribution]) -> float:
    if kinds == {Attribution.OFFICIAL_ANONYMOUS}:
        return SAME_UNNAMED
    foreign = Attribution.FOREIGN_GOVERNMENT
    if foreign in kinds and (kinds & _OFFICIAL or kinds == {foreign}):
        return OTHER_GOVERNMENT
    return INDEPENDENT
