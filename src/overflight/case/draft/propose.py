"""An article becomes a list of proposals; several articles, one list that knows its copies."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from overflight.case.draft import (
    alike,
    days,
    frames,
    gazetteer,
    happenings,
    learned,
    manner,
    order,
    quantities,
    whence,
)
from overflight.case.draft.article import Article
from overflight.case.draft.days import When
from overflight.case.draft.frames import Frame, Paragraph
from overflight.case.draft.gazetteer import Gazetteer, Mention
from overflight.case.draft.people import People
from overflight.case.draft.proposal import Kind, Proposal
from overflight.case.draft.quotes import Quote
from overflight.case.draft.turns import Attributed
from overflight.case.draft.voices import Voiced, voices
from overflight.case.vocabulary import Attribution, Modality, Scope

_FEWEST_WORDS = 4  # of a claim; shorter lines are headings, names, captions of buttons
_REMAINS = 5  # words beside quotations and their speaker that make a claim of their own
_BYLINE = re.compile(
    r"^(?:by|photo|photos|image|credit|source|updated|published|posted|last updated|reporting by"
    r"|editing by|additional reporting)\b[^.]{0,120}$",
    re.IGNORECASE,
)
_TRAILING = " \t\n\r\u00a0,;:—–"
_WORD = re.compile(r"\w+")
_BALLOON = re.compile(
    r"\b(?:balloons?|airships?|aerostats?|blimps?|zeppelins?|unidentified object)\b", re.IGNORECASE
)
_NEAR = 6  # paragraphs from one that names the balloon, in which "it" can still mean it
_MOSTLY = 0.5  # of the proposals, that make an article a copy
_GOOD, _PLACED, _TIMED = 0.9, 0.85, 0.85


@dataclass(frozen=True)
class Reading:
    """An article and what is proposed from it."""

    article: Article
    published: date | None
    published_how: str
    proposals: tuple[Proposal, ...]
    copy_of: str = ""
    """An earlier article of which this is a copy for the most part."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know before reading on."""
        day = (
            self.published.isoformat()
            if self.published
            else "not known: relative dates stay unresolved"
        )
        notes = (*self.article.notes, f"published: {day} ({self.published_how})")
        copied = f"mostly the words of {self.copy_of}: probably one report, and one witness"
        return (*notes, copied) if self.copy_of else notes


@dataclass(frozen=True)
class _Context:
    article: Article
    day: date | None
    mentions: list[Mention]
    about: frozenset[int]
    """Paragraphs that name a balloon."""


def propose(article: Article, *, published: str = "", home: str = "US") -> Reading:
    """Propose what an article says; ``home`` is the state whose officials are not foreign.

    >>> from overflight.case.draft.article import Article
    >>> text = "The balloon was over Billings on Feb. 1, 2023, the sheriff said."
    >>> [(p.kind, p.attribution.value) for p in propose(Article("a", text, "")).proposals]
    [('claim', 'official_named'), ('sighting', 'official_named')]
    """
    text = article.text
    day, how = days.published(published or article.published, text)
    parts = frames.paragraphs(text)
    about = frozenset(part.index for part in parts if _BALLOON.search(text, part.start, part.end))
    context = _Context(article, day, gazetteer.embedded().find(text), about)
    voiced, people = ruled(text, parts, context.mentions, home)
    made = _proposals(context, learned.weighed(voiced, text, people))
    return Reading(article, day, how, tuple(order.linked(made)))


def ruled(
    text: str, parts: list[Paragraph], mentions: list[Mention], home: str
) -> tuple[list[Voiced], People]:
    """Attribute every sentence of a text by the rules alone; and what they know of its people."""
    known = gazetteer.embedded()
    written = whence.abroad(text, parts, known, mentions, home)
    people = People(home, known.has, partial(_lies_abroad, known, home), written)
    people.introduce(text)
    return list(voices(text, frames.frames(text, parts), people)), people


def _lies_abroad(known: Gazetteer, home: str, name: str) -> bool:
    """Whether all places that bear a name lie in other states."""
    states = {one.zone.partition("-")[0] for one in known.named(name)}
    return bool(states) and not states & {home, ""}


def together(readings: Iterable[Reading]) -> list[Reading]:
    """Name the proposals of several articles apart, and say which are copies of which."""
    listed = list(readings)
    several = len(listed) > 1
    renamed = [
        replace(reading, proposals=tuple(_renamed(one, f"a{index}.") for one in reading.proposals))
        if several else reading
        for index, reading in enumerate(listed, 1)
    ]  # fmt: skip
    home = {one.id: reading.article.name for reading in renamed for one in reading.proposals}
    copies = alike.copies([one for reading in renamed for one in reading.proposals])
    found = []
    for reading in renamed:
        proposals = tuple(replace(one, same_as=copies.get(one.id, ())) for one in reading.proposals)
        origin = _origin(proposals, home)
        found.append(replace(reading, proposals=proposals, copy_of=origin))
    return found


def _renamed(one: Proposal, before: str) -> Proposal:
    """A proposal whose ids say of which article they are."""
    first, second = (name and before + name for name in (one.first, one.second))
    return replace(one, id=before + one.id, first=first, second=second)


def _origin(proposals: tuple[Proposal, ...], home: dict[str, str]) -> str:
    """The earlier article that most of the proposals stand in, '' where there is none."""
    counts = Counter(name for one in proposals for name in {home[other] for other in one.same_as})
    earliest = list(dict.fromkeys(home.values()))
    name = max(earliest, key=lambda one: counts[one], default="")  # of equals the earliest
    return name if counts[name] > _MOSTLY * len(proposals) else ""


def _proposals(context: _Context, voiced: Iterable[Voiced]) -> Iterator[Proposal]:
    for one in voiced:
        near = any(abs(one.frame.paragraph - other) <= _NEAR for other in context.about)
        for clause in one.clauses:
            yield from _of_clause(context, one.frame, clause, near=near)


def _of_clause(
    context: _Context, frame: Frame, clause: Attributed, *, near: bool
) -> Iterator[Proposal]:
    text = context.article.text
    start, end = _tidy(text, clause.start, clause.end)
    for quote in frame.quotes:
        if not clause.start <= quote.start < clause.end:
            continue
        first, last = _tidy(text, *quote.inner(text), keep="—–")
        if first < last:
            yield _made(context, clause, "quotation", first, last, near=near)
    if _says_more(context, frame, clause):
        yield _made(context, clause, "claim", start, end, near=near)
    words = text[start:end]
    if (
        manner.scope(clause, words, near_the_flight=near)[0] is Scope.OUT_OF_SCOPE
        or clause.group == "ask"
    ):
        return
    yield from _happened(context, clause, start, end, near=near)


def _happened(
    context: _Context, clause: Attributed, start: int, end: int, *, near: bool
) -> Iterator[Proposal]:
    """A sighting, an event and an order, where the words for them are there."""
    words = context.article.text[start:end]
    places = _inside(context.mentions, start, end)
    looked, _ = quantities.bearing(context.article.text, start, end)
    told = (
        places
        or looked
        or any(one.measures == "altitude" for one in quantities.find(words, 0, len(words)))
    )
    if happenings.is_sighting(words) and told:
        yield _made(context, clause, "sighting", start, end, near=near)
    sides = order.find(context.article.text, start, end, clause)
    if sides is not None:
        yield from _ordered(context, clause, sides, (start, end), near=near)
    elif happenings.is_event(words) and (
        places or days.DATE.search(words) or days.CLOCK.search(words)
    ):
        yield _made(context, clause, "event", start, end, near=near)


def _ordered(
    context: _Context, clause: Attributed, sides: order.Order, whole: tuple[int, int], *, near: bool
) -> Iterator[Proposal]:
    """The two events of an order, as far as the clause holds them, and then their order."""
    made = _made(context, clause, "order", *whole, near=near)
    if made.modality in {Modality.ASSERTED, Modality.REPORTED}:  # else nothing is said to have been
        for one in sorted(one for one in (sides.first, sides.second) if one):
            event = _made(context, clause, "event", *one, near=near)
            yield replace(event, modality=made.modality)
    first, second = order.stretch_of(sides)
    doubt = () if sides.relation else ("these words are no relation that can be checked",)
    yield replace(
        made, relation=sides.relation, first=first, second=second, reasons=(*made.reasons, *doubt)
    )


def _says_more(context: _Context, frame: Frame, clause: Attributed) -> bool:
    """Whether a clause claims something beside the quotations in it and who says them."""
    whole = context.article.text[clause.start : clause.end]
    if len(_WORD.findall(whole)) < _FEWEST_WORDS and not re.search(r"[^\x00-\u2fff]", whole):
        return False
    if _BYLINE.match(context.article.text[frame.start : clause.end]) or not _WORD.search(whole):
        return False
    if whole.isupper() and clause.speaker.attribution is Attribution.AUTHOR:
        return False
    if not any(clause.start <= quote.start < clause.end for quote in frame.quotes):
        return True
    outside = frame.outside[clause.start - frame.start : clause.end - frame.start]
    if any(_is_part(frame, clause, quote, context.article.text) for quote in frame.quotes):
        return True
    around = len(re.findall(r"[A-Za-z]\w*", outside)) - len(_WORD.findall(clause.speaker.words)) - 1
    return around > _REMAINS


def _is_part(frame: Frame, clause: Attributed, quote: Quote, text: str) -> bool:
    """A quotation that is part of a sentence: put the payload at "a few pounds"."""
    if not clause.start < quote.start < clause.end:
        return False
    first = text[quote.start + 1 : quote.start + 2]
    lead = frame.outside[: quote.start - frame.start].rstrip()
    return first.islower() and lead[-1:].isalpha()


def _made(
    context: _Context, clause: Attributed, kind: Kind, start: int, end: int, *, near: bool
) -> Proposal:
    text = context.article.text
    words = text[start:end]
    scope, why = manner.scope(clause, words, near_the_flight=near)
    places = _inside(context.mentions, start, end)
    clock = places[0].best.clock if places else ""
    whens = tuple(days.find(text, start, end, context.day, clock))
    looked, went = quantities.bearing(text, start, end)
    told = order.without_the_speaker(text, start, end, clause)
    reasons = [clause.speaker.reason, clause.speaker.weighed, why, *_doubts(places, whens)]
    sure = clause.speaker.confidence * _GOOD
    if kind == "sighting":
        sure *= (_PLACED if places else 0.5) * (
            _TIMED if any(one.earliest for one in whens) else 0.5
        )
    said = context.day.isoformat() if context.day else ""
    return Proposal(
        "", context.article.name, kind, start, end, words, _named(clause),
        clause.speaker.attribution,
        manner.modality(clause, words, quoted=kind == "quotation"), scope, manner.topic(words),
        sure,
        tuple(reason for reason in reasons if reason), whens, said, places,
        tuple(quantities.find(text, start, end)), looked, went,
        happenings.geometry(words) if kind == "sighting" else "",
        when=order.when(text, told, whens) if kind == "event" else "",
    )  # fmt: skip


def _named(clause: Attributed) -> str:
    """The words for the speaker, as they stand in the text or were found for a pronoun."""
    speaker = clause.speaker
    if speaker.attribution is Attribution.AUTHOR:
        return "the text itself"
    if speaker.attribution is Attribution.HEARSAY:
        return "nobody named"
    known = (
        speaker.reason.removeprefix("introduced as: ")
        if speaker.reason.startswith("introduced as: ")
        else ""
    )
    if " is taken for: " in speaker.reason:
        known = speaker.reason.partition(" is taken for: ")[2]
    return (known or speaker.words or "not resolved")[:200]


def _doubts(places: tuple[Mention, ...], whens: tuple[When, ...]) -> Iterator[str]:
    for place in places:
        if len(place.candidates) > 1:
            listed = ", ".join(f"{one.name} ({one.zone or one.kind})" for one in place.candidates)
            yield f"{place.text!r} can mean {listed}"
    for when in whens:
        if when.precision in {"unresolved", "hours"}:
            yield f"{when.text!r}: {when.how}"


def _inside(mentions: list[Mention], start: int, end: int) -> tuple[Mention, ...]:
    return tuple(one for one in mentions if start <= one.start and one.end <= end)


def _tidy(text: str, start: int, end: int, keep: str = "") -> tuple[int, int]:
    """Drop blanks and loose commas at the ends."""
    loose = "".join(char for char in _TRAILING if char not in keep)
    while start < end and text[start] in loose:
        start += 1
    while end > start and text[end - 1] in loose:
        end -= 1
    return start, end
