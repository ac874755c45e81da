"""The two things that an order stands between, and the relation as a chronology reads it.

"It came down three days after it was seen" has both in the clause. "Two days later it entered
Canada" has one: the other is what was told before it, and which that is, a person checks.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from overflight.case.chronology.phrases import parse
from overflight.case.draft import days, happenings
from overflight.case.draft.proposal import Proposal
from overflight.case.draft.turns import Attributed
from overflight.errors import CaseError

Stretch = tuple[int, int]

BACK = "before it"  # where the second is whatever was told before
_NOT_TOLD = "what it looks back to is not in the text: write into second which event it is"

_LOOSE = " \t\n\r\u00a0,;:.—–\"“”‘’'()"
_LEADING = re.compile(r"(?:and|but|then|when|while|that|where|which)\s+", re.IGNORECASE)
_ANY_WORD = re.compile(r"\w+")
_WORD = re.compile(r"[^\W\d_]{3,}")
# Words of a half that name nothing that happened.
_EMPTY = frozenset(
    "the and but that when then this its his her their our was were had has been they she you"
    " them him for with about from only just late early later all again ever day days".split()
)
# What these look back to stands before them, not behind.
_BACK = re.compile(
    r"\b(?:later|afterwards?|thereafter|on|earlier|beforehand|previously|then|subsequently"
    r"|eventually|same \w+|that \w+)$",
    re.IGNORECASE,
)
_AS = re.compile(r"\s*(?:as|that)\b", re.IGNORECASE)
_NOT_AFTER = re.compile(r"\b(?:until|by the time)\s*$", re.IGNORECASE)
_NOT_BEFORE = re.compile(r"\bas soon as\s*$", re.IGNORECASE)
_FOR = re.compile(r"\bfor(?: the)?\s*$", re.IGNORECASE)
_NO_COUNT = re.compile(r"^(?:just|only) ")
_BEFORE_A_DAY = re.compile(r"(?:^|\s)(?:before|until|by|prior to|ahead of)\s+(?:the )?$", re.I)
_AFTER_A_DAY = re.compile(r"(?:^|\s)(?:after|since|from|following)\s+(?:the )?$", re.I)


@dataclass(frozen=True)
class Order:
    """How the first stands to the second; a stretch is None where the clause does not hold it."""

    relation: str
    """As :func:`overflight.case.chronology.phrases.parse` reads it; '' where it cannot."""
    first: Stretch | None
    second: Stretch | None
    looks_back: bool
    """The second is something that was told before."""


def find(text: str, start: int, end: int, clause: Attributed) -> Order | None:
    """Read the order in a stretch of an article; None where there is none between two things."""
    found = happenings.order(text[start:end])
    if found is None or happenings.SUPPOSED.search(text, start, end):
        return None
    name, gap, first, last = found
    if gap and _FOR.search(text[start : start + first]):  # "for days before": how long it lasted
        first = text.index(gap, start + first) + len(gap) - start
        gap = ""
    begin, stop = without_the_speaker(text, start, end, clause)
    if not begin <= start + first < start + last <= stop:  # what was left out holds the order
        begin, stop = start, end
    begin, stop = _in_one_sentence(text, (begin, stop), start + first, start + last)
    words = text[start + first : start + last].rstrip()
    left = _half(text, begin, start + first)
    back = _BACK.search(words) is not None
    as_words = _AS.match(text, start + last) if name == "same_day" else None
    if as_words:
        back, last = False, as_words.end() - start
    right = _half(text, start + last, stop)
    relation = _relation(name, gap, words)
    if back:
        if right is None:
            return Order(relation, left, None, looks_back=True) if left else None
        return Order(relation, right, left, looks_back=left is None)
    if left is None and right is not None:
        return _turned(text, right, relation)
    # "before Feb. 1" is a date, and no order of two things
    if left is None or right is None or _NO_EVENT.fullmatch(text, *right):
        return None
    return Order(relation, left, right, looks_back=False)


# "tracked since Alaska", "bursts after two hours": a place, a span of time.
_NO_EVENT = re.compile(
    r"\s*(?:(?:[A-Z]\w+\s?){1,3}|(?:about |some |only |nearly )?(?:\d+|an?|one|two|three"
    r"|four|five|six"
    r"|several|a few) (?:\w+ )?(?:minutes?|hours?|days?|weeks?|months?|years?))[\s.,;]*"
)
_FULL_STOP = re.compile(r"[a-z]{3}[.!?][\"”’']?\s+(?=[A-Z\"“])")


def _in_one_sentence(text: str, whole: Stretch, first: int, last: int) -> Stretch:
    """The sentence that holds the words of order; a quotation can hold several."""
    begin, stop = whole
    for match in _FULL_STOP.finditer(text, begin, first):
        begin = match.end()
    ends = _FULL_STOP.search(text, last, stop)
    return begin, (ends.start() + 4 if ends else stop)


def _turned(text: str, right: Stretch, relation: str) -> Order | None:
    """Of "After the launch, it drifted" the second stands first, up to the comma."""
    comma = text.find(", ", *right)
    if comma < 0:
        return None
    second, first = _half(text, right[0], comma), _half(text, comma + 1, right[1])
    return Order(relation, first, second, looks_back=False) if first and second else None


def _relation(name: str, gap: str, words: str) -> str:
    if name == "same_day":
        return "the same day as"
    if _NOT_AFTER.search(words):
        return "not after"
    if _NOT_BEFORE.search(words):
        return "not before"
    plain = _NO_COUNT.sub("", " ".join(gap.casefold().split()))
    plain = re.sub(r"^some (?=\d|\w+ \w)", "about ", plain)
    relation = f"{plain} {name}".strip()
    try:
        parse(relation)
    except CaseError:
        return ""
    return relation


def without_the_speaker(text: str, start: int, end: int, clause: Attributed) -> Stretch:
    """Leave out ", a spokesman said Friday" at the end, and "Officials said that" before it."""
    who = clause.speaker.words
    at = text.find(who, start, end) if who else -1
    if at < 0:
        return start, end
    comma = text.rfind(",", start, at)
    if comma > start and len(text[comma + 1 : at].strip(_LOOSE).split()) <= 2:
        return start, comma
    if text[start:at].strip(_LOOSE):
        return start, end
    said = re.compile(r"\s+\w+(?:\s+(?:on|late|early))?\s*").match(text, at + len(who))
    if said is None:
        return start, end
    day = days.DATE.match(text, said.end())
    return day.end() if day else said.end(), end


def _half(text: str, start: int, end: int) -> Stretch | None:
    """A stretch without loose ends; None where nothing that happened is in it."""
    while True:
        while start < end and text[start] in _LOOSE:
            start += 1
        lead = _LEADING.match(text, start, end)
        if lead is None:
            break
        start = lead.end()
    while end > start and text[end - 1] in _LOOSE:
        end -= 1
    joined = re.search(r"[,;]?\s+(?:and|but)$", text[start:end], re.IGNORECASE)
    if joined:
        end = start + joined.start()
    told = days.CLOCK.sub(" ", days.DATE.sub(" ", text[start:end]))
    named = [word for word in _WORD.findall(told) if word.casefold() not in _EMPTY]
    return (start, end) if named else None


def when(text: str, where: Stretch, whens: Iterable[days.When]) -> str:
    """The cell ``when`` of an event from the times in its words; '' where none is known.

    Of several times the stretch around all, which is as much as can be told. "Before Feb. 1" and
    "since Monday" have one end. ``where`` leaves out on which day somebody said so.
    """
    whens = [one for one in whens if where[0] <= one.start and one.end <= where[1]]
    known = [one for one in whens if one.earliest and one.latest]
    exact = [one for one in known if one.precision in {"moment", "hours"}]
    bounds = list(_bounds(text, where[0], exact or known, exact=bool(exact)))
    if not bounds:
        return ""
    low = min(low for low, _ in bounds)
    high = max(high or "~" for _, high in bounds)
    first, last = low, "" if high.startswith("~") else high
    if not first and not last:
        return ""
    return first if first == last else f"{first}..{last}"


def _bounds(
    text: str, start: int, whens: list[days.When], *, exact: bool
) -> Iterator[tuple[str, str]]:
    for one in whens:
        if one.earliest is None or one.latest is None:
            continue
        form = "%Y-%m-%dT%H:%MZ" if exact else "%Y-%m-%d"
        low, high = one.earliest.strftime(form), one.latest.strftime(form)
        lead = re.match(r"(?:by|since|until)\s", one.text, re.IGNORECASE)
        before = text[max(start, one.start - 14) : one.start] + (lead.group() if lead else "")
        if _BEFORE_A_DAY.search(before):
            low = ""
        elif _AFTER_A_DAY.search(before):
            high = ""
        yield low, high


def stretch_of(sides: Order) -> tuple[str, str]:
    """Both sides as :func:`linked` reads them."""
    first, second = (f"{one[0]}:{one[1]}" if one else "" for one in (sides.first, sides.second))
    return first, BACK if sides.looks_back else second


def linked(made: Iterable[Proposal]) -> Iterator[Proposal]:
    """Number proposals, and let orders name their two events by id instead of by where they stand.

    An event that an order tells again in the same words is the one that was told before.
    """
    listed = list(made)
    sides = {at for one in listed if one.kind == "order" for at in (one.first, one.second)}
    told: dict[tuple[str, ...], str] = {}
    ids: dict[str, str] = {}
    before, count = "", 0
    for one in listed:
        at, words = f"{one.start}:{one.end}", tuple(_ANY_WORD.findall(one.text.casefold()))
        if one.kind == "event" and at in sides and words in told:
            ids[at] = told[words]
            continue
        count += 1
        name = f"p{count}"
        if one.kind == "event":
            ids[at] = told[words] = name
            before = before if at in sides else name
        if one.kind != "order":
            yield replace(one, id=name)
            continue
        second, reasons = ids.get(one.second, ""), one.reasons
        if one.second == BACK:
            second = before
            seen = f"second is taken to be {second}, the event told last" if second else _NOT_TOLD
            reasons = (*reasons, seen)
        first = ids.get(one.first, "")
        yield replace(one, id=name, first=first, second=second, reasons=reasons)
        before = first or before
