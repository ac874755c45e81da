"""Who says every frame of an article, quotations that stand alone included.

A quotation without a word of reporting belongs to whoever spoke last in its paragraph, or who began
it in the paragraph before; if nobody did, it is unresolved. It never belongs to the author.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from overflight.case.draft import firsthand, nations, roles, turns, words
from overflight.case.draft.attribution import attribute
from overflight.case.draft.frames import Frame
from overflight.case.draft.people import People
from overflight.case.draft.speakers import Speaker
from overflight.case.draft.turns import Attributed
from overflight.case.vocabulary import Attribution

_NOBODY = frozenset({Attribution.AUTHOR, Attribution.HEARSAY})
_MOST_BARE = 2  # words beside a quotation that say nothing of who speaks, such as "And:"


@dataclass(frozen=True)
class Voiced:
    """A frame and the clauses of it, each with its speaker."""

    frame: Frame
    clauses: list[Attributed]

    @property
    def last(self) -> Attributed:
        """The clause that a following quotation goes back to."""
        return self.clauses[-1]


def voices(text: str, frames: list[Frame], people: People) -> Iterator[Voiced]:
    """Attribute the frames of an article, one by one."""
    before: Voiced | None = None
    turn: Attributed | None = None
    since = 0  # the paragraph in which somebody took the word
    for frame in frames:
        same = before is not None and before.frame.paragraph == frame.paragraph
        previous = before.last if before is not None and same else None
        if not same:
            people.state = ""
        if frame.quotes and _says_nothing(frame.bare()):
            clauses = [_alone(frame, before)]
        else:
            clauses = attribute(frame, people, previous)
            clauses = [_beside_a_quotation(one, frame, people, before) for one in clauses]
        begun = next((one for one in clauses if turns.begins(one)), None)
        if begun is not None:
            turn, since = begun, frame.paragraph
        elif turn is not None and not turns.goes_on(turn, frame, frame.paragraph - since):
            turn = None
        clauses = [turns.kept(turn, one) for one in clauses] if turn is not None else clauses
        clauses = [_told(one, frame, text, people) for one in clauses]
        people.state = nations.of_a_body(frame.outside) or people.state
        people.met(frame.outside, told=any(one.verb for one in clauses))
        people.mentioned = _begun_with(frame, people)
        made = Voiced(frame, clauses)
        yield made
        before = made


def _says_nothing(bare: str) -> bool:
    """Whether what stands beside a quotation tells nothing of who speaks, unlike "Torvik said"."""
    beside = bare.lower().split()
    return len(beside) <= _MOST_BARE and not any(word in words.VERBS for word in beside)


def _alone(frame: Frame, before: Voiced | None) -> Attributed:
    """A quotation and nothing else."""
    nobody = Speaker(
        "",
        Attribution.UNRESOLVED,
        "",
        confidence=0.3,
        reason="a quotation, and nobody near who says it",
    )
    if before is None or before.last.speaker.attribution in _NOBODY:
        return Attributed(frame.start, frame.end, nobody, "say", "quote")
    last = before.last.speaker
    same = before.frame.paragraph == frame.paragraph
    if not (same or frame.goes_on) and not before.frame.quotes:
        return Attributed(frame.start, frame.end, nobody, "say", "quote")
    sure = 0.8 if frame.goes_on else 0.7 if same else 0.5
    why = "the quotation goes on" if frame.goes_on else "a quotation after"
    spoken = replace(
        last,
        confidence=min(last.confidence, sure),
        reason=f"{why}: {last.words or 'somebody unnamed'}",
    )
    return Attributed(frame.start, frame.end, spoken, "say", "quote")


def _told(one: Attributed, frame: Frame, text: str, people: People) -> Attributed:
    """What is said may tell who says it, also when they are meant again."""
    told = firsthand.told(one, frame, text, people.flyers)
    if told is not one and told.speaker.attribution not in _NOBODY:
        people.heard(told.speaker)
    return told


def _begun_with(frame: Frame, people: People) -> Speaker | None:
    """The paper that a sentence begins with, if it does."""
    match = _PAPER.match(frame.outside)
    found = people.classify(match.group()) if match else None
    return found if found and found.attribution is Attribution.DOCUMENT else None


_PAPER = re.compile(rf"(?:an?|the|this)\s+(?:[\w’'-]+\s+){{0,3}}?{roles.DOCUMENT}\b", re.IGNORECASE)


def _beside_a_quotation(
    one: Attributed, frame: Frame, people: People, before: Voiced | None
) -> Attributed:
    """A clause with a quotation and no verb of reporting: whoever stands before the quotation."""
    inside = [quote for quote in frame.quotes if one.start <= quote.start < one.end]
    if not inside or one.verb:
        return one
    lead = frame.outside[: inside[0].start - frame.start]
    for rule in (
        roles.TITLED_RE,
        roles.NAME_RE,
        roles.UNIQUE_RE,
        roles.OFFICIALS_RE,
        roles.ORGANISATION_RE,
        roles.EYEWITNESSES_RE,
    ):
        match = rule.search(lead)
        found = people.find(lead[: match.end()].strip()[-120:]) if match else None
        if found is not None:
            return replace(
                one,
                speaker=replace(
                    found, confidence=0.5, reason=f"named before a quotation: {found.words}"
                ),
                verb="say",
                group="quote",
            )
    word = lead.strip(" ,:").split()[:1]
    meant = people.refer(word[0], "") if word else None
    if meant is None:
        meant = _alone(frame, before).speaker
    return replace(one, speaker=meant, verb="say", group="quote")
