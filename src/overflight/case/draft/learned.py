"""The class of a clause by weights learned from labelled passages, the rules' answer among them.

A multinomial logistic regression on the traits of a clause. Its passages and how it was fitted:
``tools/train_drafting.py``; what it gains on passages that neither the rules nor the weights have
met: docs/explanation/drafting.md. The rules stay the first word, and the only one on *who* speaks:
the weights choose the class, and say how sure that is.
"""

import csv
import gzip
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from overflight.case.draft.people import People
from overflight.case.draft.traits import Heard, traits
from overflight.case.draft.turns import Attributed
from overflight.case.draft.voices import Voiced
from overflight.case.vocabulary import Attribution

SCALE = 100.0  # weights are whole hundredths: their sums are exact, in any order
LEAST_SURE = 0.25  # of the best class; below it nobody knows
LEAST_SURE_OF_THE_AUTHOR = 0.65  # silence is taken for the author's only where that is likely
BIAS = "(always)"


@dataclass(frozen=True)
class Weights:
    """Weights of every known trait for every class."""

    classes: tuple[Attribution, ...]
    of: Mapping[str, tuple[int, ...]]
    """In hundredths."""

    def probabilities(self, seen: Iterable[str]) -> dict[Attribution, float]:
        """Probability of each class, given the traits of a clause."""
        sums = list(self.of[BIAS])
        for trait in seen:
            for place, weight in enumerate(self.of.get(trait, ())):
                sums[place] += weight
        most = max(sums)
        odds = [math.exp((one - most) / SCALE) for one in sums]
        return {kind: one / sum(odds) for kind, one in zip(self.classes, odds, strict=True)}


@cache
def embedded() -> Weights:
    """The weights that come with overflight."""
    packed = (files("overflight.case.draft") / "data" / "weights.csv.gz").read_bytes()
    header, *rows = csv.reader(gzip.decompress(packed).decode("utf-8").splitlines())
    table = {row[0]: tuple(int(cell or 0) for cell in row[1:]) for row in rows}
    return Weights(tuple(Attribution(name) for name in header[1:]), table)


def decided(chances: Mapping[Attribution, float]) -> tuple[Attribution, float]:
    """The class to propose: the likeliest, or unresolved where none is likely.

    >>> decided({Attribution.AUTHOR: 0.45, Attribution.OWNER: 0.4, Attribution.GROUP: 0.15})
    (<Attribution.OWNER: 'owner'>, 0.4)
    """
    ranked = sorted(chances.items(), key=lambda one: -one[1])
    best, chance = ranked[0]
    if best is Attribution.AUTHOR and chance < LEAST_SURE_OF_THE_AUTHOR:
        best, chance = ranked[1]
    return (best, chance) if chance >= LEAST_SURE else (Attribution.UNRESOLVED, 1.0 - chance)


def weighed(voiced: Iterable[Voiced], text: str, people: People) -> list[Voiced]:
    """Give every clause of an article the class that its traits tell."""
    listed = list(voiced)
    heard = [Heard(one.frame, clause) for one in listed for clause in one.clauses]
    weights = embedded()
    told: list[Attributed] = []
    for index, one in enumerate(heard):
        chances = weights.probabilities(traits(heard, index, text, people))
        told.append(_told(one.clause, chances, told[-1] if told else None))
    left = iter(told)
    return [Voiced(one.frame, [next(left) for _ in one.clauses]) for one in listed]


def _told(
    clause: Attributed, chances: Mapping[Attribution, float], before: Attributed | None
) -> Attributed:
    """A clause with the class that was decided; of whom, where the words name nobody."""
    kind, chance = decided(chances)
    speaker = clause.speaker
    if kind is speaker.attribution:
        return replace(clause, speaker=replace(speaker, confidence=chance))
    ranked = sorted(chances.items(), key=lambda one: -one[1])[:2]
    listed = ", ".join(f"{name.value} {share:.0%}" for name, share in ranked)
    why = f"by the words around it: {listed}; by the rules alone {speaker.attribution.value}"
    made = replace(speaker, attribution=kind, confidence=chance, weighed=why)
    if not speaker.words and before is not None and before.speaker.attribution is kind:
        made = replace(made, words=before.speaker.words, name=before.speaker.name)
    return replace(clause, speaker=made)
