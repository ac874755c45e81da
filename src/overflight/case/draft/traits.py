"""What can be seen of a clause that bears on whose words it holds.

Each trait is a short name such as ``speaker:sheriff`` or ``before=author``. The rules' own answer
is one of them; the words of the speaker, of the clause and of its neighbours are the others.
Learned weights (:mod:`overflight.case.draft.learned`) turn them into probabilities of the classes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from overflight.case.draft import nations, speakers
from overflight.case.draft.frames import Frame
from overflight.case.draft.people import People
from overflight.case.draft.turns import Attributed
from overflight.case.vocabulary import Attribution

_WORD = re.compile(r"[^\W\d_][\w’'-]*|\d+|§+|[^\w\s]")
_NOBODY = frozenset({Attribution.AUTHOR, Attribution.UNRESOLVED, Attribution.HEARSAY})
_FURTHEST = 4  # clauses back to somebody who may still have the word
_LONG, _ENDING = 6, 4  # letters of a word whose ending is a trait, and of that ending
_DETERMINED = frozenset("the a an one two three some several many his her its their our".split())


@dataclass(frozen=True)
class Heard:
    """A clause in its frame."""

    frame: Frame
    clause: Attributed

    @property
    def kind(self) -> str:
        """The class that the rules gave."""
        return self.clause.speaker.attribution.value


def traits(heard: Sequence[Heard], index: int, text: str, people: People) -> frozenset[str]:
    """Name the traits of one clause of an article."""
    one = heard[index]
    return frozenset(
        (
            *_of_the_rules(one),
            *_of_the_speaker(one, people),
            *_of_the_words(one, text),
            *_of_neighbours(heard, index),
            f"abroad={people.abroad}",
            f"place={min(index, 3)}",
        )
    )


def _words(text: str) -> list[str]:
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        plain = "§" if word[0] == "§" else "0" if word[0].isdigit() else word.lower()
        found.append(plain.replace("’", "'"))
    return found


def _pairs(words: list[str]) -> Iterator[str]:
    return (f"{first} {second}" for first, second in pairwise(words))


def _of_the_rules(one: Heard) -> Iterator[str]:
    clause, kind = one.clause, one.kind
    sure = round(clause.speaker.confidence * 10)
    yield from (f"rule={kind}", f"tag={clause.speaker.tag}", f"rule={kind} {clause.speaker.tag}")
    yield from (f"verb={clause.verb}", f"group={clause.group}", f"rule={kind} {clause.group}")
    yield from (f"sure={sure}", f"rule={kind} {sure}")
    if clause.negated:
        yield "negated"


def _of_the_speaker(one: Heard, people: People) -> Iterator[str]:
    speaker = one.clause.speaker
    words = _words(speaker.words)
    yield from (f"speaker:{word}" for word in words)
    yield from (f"speakers:{pair}" for pair in _pairs(words))
    yield from (f"ending:{word[-_ENDING:]}" for word in words if len(word) >= _LONG)
    yield from (f"word={tag}" for tag, rule in speakers.RULES if rule.search(speaker.words))
    yield f"named={bool(speaker.name)} {one.kind}"
    yield f"begins={words[0] if words and words[0] in _DETERMINED else bool(words)}"
    if words:
        state = nations.nation(speaker.words)
        yield f"state={'none' if not state else 'home' if state == people.home else 'other'}"
        yield f"foreign={nations.is_foreign(speaker.words, people.home)}"
    if people.flyers.names or people.flyers.bodies:
        yield f"flown {one.kind}"
        yield f"flown={bool(people.flyers.own(speaker))}"


def _of_the_words(one: Heard, text: str) -> Iterator[str]:
    start, end = one.clause.start, one.clause.end
    outside = _words(one.frame.outside[start - one.frame.start : end - one.frame.start])
    yield from (f"says:{word}" for word in outside)
    yield from (f"say:{pair}" for pair in _pairs(outside))
    yield from (f"first{place}:{word}" for place, word in enumerate(outside[:3]))
    yield from (f"last{place}:{word}" for place, word in enumerate(outside[:-4:-1]))
    quoted = [quote for quote in one.frame.quotes if start <= quote.start < end]
    yield f"quotations={min(len(quoted), 2)} {one.kind}"
    for quote in quoted:
        yield from (f"quoted:{word}" for word in _words(text[quote.start : quote.end]))


def _of_neighbours(heard: Sequence[Heard], index: int) -> Iterator[str]:
    one = heard[index]
    for by, name in ((-2, "earlier"), (-1, "before"), (1, "after")):
        if not 0 <= index + by < len(heard):
            yield f"{name}=none"
            continue
        other = heard[index + by]
        same = other.frame.paragraph == one.frame.paragraph
        yield from (f"{name}={other.kind}", f"{name}={other.kind} {same}")
        yield f"{name}={other.kind} {one.kind}"
        if by == -1 and same:
            yield from (f"spoke:{word}" for word in _words(other.clause.speaker.words))
    for back, other in enumerate(reversed(heard[max(0, index - _FURTHEST) : index])):
        if other.clause.speaker.attribution not in _NOBODY:
            same = other.frame.paragraph == one.frame.paragraph
            yield f"word={other.kind} {back} {same} {one.kind}"
            return
