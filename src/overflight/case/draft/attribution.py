"""Who says a sentence: the verb of reporting, its subject, "according to", hearsay, or nobody.

A frame is cut into clauses where a second speaker begins; each clause has one attribution. The
words of quotations are blanked (``§``), so that what is said inside them is not taken for saying.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from overflight.case.draft import nations, verbs, words
from overflight.case.draft.frames import Frame
from overflight.case.draft.people import People
from overflight.case.draft.speakers import Speaker
from overflight.case.draft.subjects import is_sentence, right_of
from overflight.case.vocabulary import Attribution

_LABEL = re.compile(
    r"(?P<who>Q|A|Question|Reporter|Moderator|[A-Z][A-Z.'’-]*(?: [A-Z][A-Z.'’-]*){0,7}"
    r"|(?:[A-Z][\w.'’-]+ ){1,5}[A-Z][\w.'’-]+)(?: \([^()]{1,40}\))?:\s+(?=\S)"
)
_HEADLINE = re.compile(r"^(?P<who>[A-Z][\w.’' -]{2,40}): (?=[A-Z\"“§])")
_BREAK = re.compile(r";\s+|,\s+(?:and|but|while|whereas|though|although|yet|or)\s+|\s[—–]\s")
_ACCUSED = re.compile(
    r"\b(?:is|are|was|were|been|being|be|stands?|stood)\s+(?:\w+ly\s+|also\s+|now\s+)?"
    r"(?:accused of|blamed for|charged with|faulted for|suspected of|criticized for"
    r"|criticised for|alleged to)\b",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?:^|\bin |, |\bby |\b(?=the ))(?P<who>(?:[Tt]he |[Aa] "
    r"|[Oo]ne )?[\w][\w .-]{1,50}?)(?:[’']s|s[’']) (?:own |official |latest |initial |main "
    r"|public )?"
    r"(?:position|view|telling|account|version|theory|conclusion|assessment|estimates?|opinion"
    r"|argument|explanation|reckoning|word|line|judg[e]?ment|calculations?|observations?)\b"
    r"|^(?:[Tt]o|[Ff]or) (?P<whom>(?:the |some |one |many )?[\w -]{3,40}?), (?:it|the \w+|this"
    r"|that) (?:looked|seemed|appeared|sounded|was|is)\b"
)
_ASIDE = re.compile(
    r"\([^()§]{1,60}\)|\s[—–]\s(?:which|who|whose|a|an|the|citing|in)\b[^—–§]{3,90}\s[—–](?=\s)"
)
_BY = re.compile(r"\bby\s+", re.IGNORECASE)
_CITING = re.compile(
    r"\b(?:citing|quoting|attributing (?:it|this|that|the \w+) to|quot(?:ed(?!\s+by)"
    r"|es)(?=\s.{3,90}?\bas (?:saying|telling)))\s+",
    re.IGNORECASE,
)
_IN_PAPER = re.compile(
    r"\b(?:in|through|via|with|by)\s+(?:an?|the|their|his|her|its|this|that|another"
    r"|one)\s+(?:[\w-]+\s+){0,3}?"
    r"(letters?|memos?|memorandum|filings?|affidavits?|reports?|notices?|lawsuits?|complaints?"
    r"|petition|advisory|notam|document"
    r"|resolution|indictment|court papers|bulletin|white paper|logbook|diplomatic note)\b"
    r"|\b(?:in|according to) (?:court (?:papers|documents|filings)|documents)\b",
    re.IGNORECASE,
)
_LETTER_VERBS = frozenset(
    "ask demand urge call request say tell write press want note question state warn report"
    " announce seek claim argue allege accuse describe".split()
)
MARKER = re.compile(
    r"\b(?:claims?|claimed|allegations?|alleged|accusations?|accus\w+|denials?|denied"
    r"|suspect(?:ed|s)|presumed|presumably|apparently"
    r"|seemingly|supposed|believed|thought to|said to|speculat\w+|rumou?r\w*|reported(?:ly)?"
    r"|so-called|sources?|officials? (?:said|say)"
    r"|hearsay|asserted|purported|was asked|were asked|told)\b",
    re.IGNORECASE,
)
_NOBODY = frozenset({Attribution.AUTHOR, Attribution.UNRESOLVED, Attribution.HEARSAY})
_CARRIES_ON = re.compile(
    r"(?:It|They|He|She|That|This|The (?:official|agency|spokes\w+|letter|report|document"
    r"|statement|two)\w*)\b"
)


@dataclass(frozen=True)
class Attributed:
    """A clause and who says it; ``verb`` is the verb of reporting in its plain form."""

    start: int
    end: int
    speaker: Speaker
    verb: str = ""
    group: str = ""
    negated: bool = False
    """The speaker did not say so, or would not."""


def attribute(frame: Frame, people: People, previous: Attributed | None) -> list[Attributed]:
    """Find who says each clause of a frame; positions are those of the article."""
    text = frame.outside
    label = _label(frame, people)
    if label:
        return [label]
    found: list[Attributed] = []
    for start, end in _clauses(text, people):
        one = _clause(text, start, end, people)
        if one is None and found:
            last = found.pop()
            found.append(_stretched(last, end))
        elif one is None:
            found.append(_own_voice(text, start, end, frame, previous))
        else:
            found.append(one)
    merged = _merged(found)
    for one in merged:
        if one.speaker.attribution not in _NOBODY or one.speaker.name:
            people.spoken.append(one.speaker)
    return [_moved(one, frame.start) for one in merged]


def _stretched(one: Attributed, end: int) -> Attributed:
    return Attributed(one.start, end, one.speaker, one.verb, one.group, one.negated)


def _moved(one: Attributed, by: int) -> Attributed:
    return Attributed(one.start + by, one.end + by, one.speaker, one.verb, one.group, one.negated)


def _merged(found: list[Attributed]) -> list[Attributed]:
    """Join neighbours: of the same speaker, or of nobody beside somebody before them."""
    kept: list[Attributed] = []
    for one in found:
        last = kept[-1] if kept else None
        if (
            last
            and last.speaker.words == one.speaker.words
            and last.speaker.attribution == one.speaker.attribution
        ):
            kept[-1] = _stretched(last, one.end)
        elif last and not last.verb and last.speaker.attribution in _NOBODY and one.group == "post":
            kept[-1] = Attributed(
                last.start, one.end, one.speaker, one.verb, one.group, one.negated
            )
        else:
            kept.append(one)
    return kept


def _label(frame: Frame, people: People) -> Attributed | None:
    """Read "MR. KIRBY: ..." of a transcript, "Officials: ..." of a headline."""
    match = _LABEL.match(frame.outside) or _HEADLINE.match(frame.outside)
    if match is None:
        return None
    who = match["who"]
    if who in {"Q", "Question", "Reporter", "Moderator"}:
        asks = Speaker(
            who,
            Attribution.UNRESOLVED,
            "question",
            confidence=0.5,
            reason="a question from the floor",
        )
        return Attributed(frame.start, frame.end, asks, "ask", "ask")
    speaker = people.find(who.title() if who.isupper() else who)
    if speaker is None or (not who.isupper() and speaker.attribution is Attribution.UNRESOLVED):
        return None
    if speaker.attribution is Attribution.UNRESOLVED and re.match(r"(?:MR|MS|MRS|MX|DR)\.? ", who):
        reason = "a label of a transcript: taken for an official who takes questions"
        speaker = Speaker(
            who,
            Attribution.OFFICIAL_NAMED,
            "unique",
            who.split()[-1].title(),
            confidence=0.5,
            reason=reason,
        )
    people.spoken.append(speaker)
    return Attributed(frame.start + match.end(), frame.end, speaker, "say", "say")


def _clauses(text: str, people: People) -> Iterator[tuple[int, int]]:
    """Cut where, after a break, a new subject begins to say something."""
    start = 0
    for match in _BREAK.finditer(text):
        head = _clause(text, match.end(), len(text), people, near=9)
        before = text[start : match.start()]
        whole = is_sentence(before) or any(word in words.VERBS for word in before.lower().split())
        if head is not None and head.verb and whole:
            yield start, match.start() + (1 if text[match.start()] == ";" else 0)
            start = match.end()
    yield start, len(text)


def _clause(
    text: str, start: int, end: int, people: People, near: int = 10_000
) -> Attributed | None:
    """The attribution of ``text[start:end]``; ``near`` limits how many words before the verb."""
    part = _ASIDE.sub(lambda m: " " * len(m.group()), text[start:end])
    accused = _ACCUSED.search(part)
    if accused and near > 100:
        return _passively(part, accused, start, end, people)
    cited = _cited(part, _CITING, people)
    best = verbs.said(part, people, near)
    if near <= 100:
        return None if best is None else Attributed(start, end, *_parts(best))
    hearsay = words.HEARSAY.search(part)
    if cited is not None and _at_second_hand(best):
        return Attributed(start, end, _of_its_state(cited, part, people), "say", "say")
    if best is not None and not (hearsay and _vague(best.speaker)):
        speaker, verb, group, negated = _parts(best)
        return Attributed(start, end, _on_paper(part, speaker, verb), verb, group, negated)
    return _without_a_verb(part, start, end, people, hearsay)


_PAPER_NAME = 80  # characters; what is longer is a sentence of its own
_AT_SECOND_HAND = frozenset({"press", "analysis", "", "pronoun"})


def _at_second_hand(best: verbs.Said | None) -> bool:
    """Whether whoever says so only passes it on, or is the one who is quoted."""
    if best is None or best.speaker.tag in _AT_SECOND_HAND:
        return True
    return _CITING.match(f"{best.speaker.words} ") is not None


def _of_its_state(cited: Speaker, part: str, people: People) -> Speaker:
    """Police whom foreign television quotes are that country's, if no other is named."""
    paper = _CITING.split(part)[0]
    own = cited.attribution is Attribution.OFFICIAL_NAMED and not nations.nation(cited.words)
    if not own or len(paper) > _PAPER_NAME or not nations.is_foreign(paper, people.home):
        return cited
    reason = f"{cited.reason}; quoted by {paper.strip(' ,')}"
    return replace(cited, attribution=Attribution.FOREIGN_GOVERNMENT, reason=reason)


def _vague(speaker: Speaker) -> bool:
    """Whether a word of hearsay says more than a speaker like this: nobody, or "reports"."""
    return (
        speaker.attribution is Attribution.UNRESOLVED or _REPORTS.search(speaker.words) is not None
    )


_REPORTS = re.compile(r"\breports?$", re.IGNORECASE)


def _parts(found: verbs.Said) -> tuple[Speaker, str, str, bool]:
    return found.speaker, found.verb, found.group, found.negated


def _without_a_verb(
    part: str, start: int, end: int, people: People, hearsay: re.Match[str] | None
) -> Attributed | None:
    """A clause that names its source in another way, or none."""
    told = _cited(part, words.SOURCE_WORDS, people) or _account(part, people)
    if told is not None:
        return Attributed(start, end, told, "say", "post")
    if hearsay:
        speaker = Speaker(
            "",
            Attribution.HEARSAY,
            "hearsay",
            confidence=0.8,
            reason=f"{hearsay.group().strip()!r}, and no source",
        )
        return Attributed(start, end, speaker, "report", "hearsay")
    return None


def _account(part: str, people: People) -> Speaker | None:
    """Whose view it is: "in the sheriff's telling", "the ministry's position is that"."""
    match = _ACCOUNT.search(part)
    who = (match["who"] or match["whom"] or "") if match else ""
    return people.find(who) or people.refer(who, part[: match.start()]) if match and who else None


def _on_paper(part: str, speaker: Speaker, verb: str) -> Speaker:
    """What is said in a letter, filing or notice is a document, signed by its speakers."""
    paper = _IN_PAPER.search(part)
    if (
        paper is None
        or verb not in _LETTER_VERBS
        or speaker.attribution
        in {Attribution.EYEWITNESS, Attribution.IMAGERY, Attribution.TELEMETRY}
    ):
        return speaker
    return Speaker(
        speaker.words,
        Attribution.DOCUMENT,
        "document",
        speaker.name,
        speaker.plural,
        0.7,
        f"said {paper.group()!r}",
    )


def _passively(
    part: str, accused: re.Match[str], start: int, end: int, people: People
) -> Attributed:
    """Find who accuses: somebody named, else nobody that the text tells."""
    by = _BY.search(part, accused.start())
    agent = people.find(right_of(part, by.end())) if by else None
    if agent is None:
        agent = _cited(part, words.SOURCE_WORDS, people)
    if agent is None:
        agent = Speaker(
            "",
            Attribution.UNRESOLVED,
            "accusers",
            confidence=0.7,
            reason=f"{accused.group()!r}, and by whom is not said",
        )
    return Attributed(start, end, agent, "accuse", "accuse")


def _cited(part: str, pattern: re.Pattern[str], people: People) -> Speaker | None:
    """Whoever is named behind "according to", "citing" and such."""
    for match in pattern.finditer(part):
        region = right_of(part, match.end())
        found = people.find(region) or people.refer(region, part[: match.start()])
        if found is not None:
            return found
        if match.group().lower().startswith(("according", "citing", "quoting", "attribut")):
            reason = (
                f"{match.group().strip()!r} somebody of whom the text does not tell what they are"
            )
            return Speaker(region, Attribution.UNRESOLVED, "person", confidence=0.4, reason=reason)
    return None


def _own_voice(
    text: str, start: int, end: int, frame: Frame, previous: Attributed | None
) -> Attributed:
    """The text's own voice, unless something near says that it is somebody else's."""
    part = text[start:end]
    marker = MARKER.search(part)
    last = previous.speaker if previous else None
    if marker:
        reason = f"{marker.group()!r} says that somebody reports it; who, cannot be told"
        return Attributed(
            start, end, Speaker("", Attribution.UNRESOLVED, "", confidence=0.4, reason=reason)
        )
    told = last is not None and last.attribution not in {Attribution.AUTHOR, Attribution.UNRESOLVED}
    if told and last is not None and _CARRIES_ON.match(part):
        reason = f"goes on after {last.words!r}, perhaps in the same mouth"
        return Attributed(
            start, end, Speaker("", Attribution.UNRESOLVED, "", confidence=0.4, reason=reason)
        )
    return Attributed(
        start,
        end,
        Speaker(
            "", Attribution.AUTHOR, "author", confidence=0.7, reason="no word of reporting is near"
        ),
    )
