"""Who says a sentence: the verb of reporting, its subject, "according to", hearsay, or nobody.

A frame is cut into clauses where a second speaker begins; each clause has one attribution. The
words of quotations are blanked (``§``), so that what is said inside them is not taken for saying.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from overflight.case.draft import nations, turns, verbs, views, words
from overflight.case.draft.frames import Frame
from overflight.case.draft.people import People
from overflight.case.draft.speakers import PERSONS, Speaker
from overflight.case.draft.subjects import is_sentence, right_of
from overflight.case.draft.turns import Attributed
from overflight.case.vocabulary import Attribution

_BREAK = re.compile(r";\s+|,\s+(?:and|but|while|whereas|though|although|yet|or)\s+|\s[—–]\s")
_ACCUSED = re.compile(
    r"\b(?:is|are|was|were|been|being|be|stands?|stood)\s+(?:\w+ly\s+|also\s+|now\s+)?"
    r"(?:accused of|blamed for|charged with|faulted for|suspected of|criticized for"
    r"|criticised for|alleged to)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\([^()§]{1,60}\)|\s[—–]\s(?:which|who|whose|a|an|the|citing|in)\b[^—–§]{3,90}\s[—–](?=\s)"
)
_SPOKE_TO = re.compile(
    r"\b(?:(?:spoke|talked|chatted|met|caught up|checked) (?:to|with)|interviewed|asked|quizzed"
    r"|hear(?:d|ing) (?:\w+ )?from|calls? from|reached out to) ", re.IGNORECASE
)  # fmt: skip
# "An examination by The Tribune of 300 pages shows": whose work it is stands at the begin.
_STUDY = re.compile(
    r"(?P<whose>(?:An?|The|This) (?:\w+ ){0,2}?(?:analysis|examination|review|investigation|count"
    r"|reconstruction|tally|comparison|study) (?:of [\w ,-]{3,50} )?(?:by"
    r"|from) [^§]{3,60}?) (?:[^§]{0,120}? )?"
    r"(?:shows?|showed|found|finds|suggests?|suggested|indicates?|indicated|concluded|revealed|puts?|traced|places?|placed)\b"
)
_BEHIND = re.compile(r"(?<=[\w§”\"]),? according to\s+(?!plan\b|schedule\b|whom\b)", re.IGNORECASE)
_PASSED_ON = frozenset(
    {Attribution.PRESS_REPORT, Attribution.PRESS_ANALYSIS, Attribution.UNRESOLVED}
)
_LEADING = re.compile(r"\s*According to\s+")  # whoever a sentence begins with has all of it
_WORKED_OUT = frozenset({Attribution.PRESS_ANALYSIS, Attribution.DOCUMENT, Attribution.GROUP,
                         Attribution.EXPERT_NAMED})  # fmt: skip
_SPEAKING_IN = re.compile(
    r"\b(?:reporters|lawmakers|parliament|journalists|legislators|conference|briefing) in (?:the "
    r"capital,? )?(?P<where>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?)"
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
    r"|seemingly|supposed(?! to)|believed|thought to|said to(?! have been told)|speculat\w+"
    r"|rumou?r\w*|reported(?:ly)?"
    r"|so-called|sources?|officials? (?:said|say)"
    r"|hearsay|asserted|purported|was asked|were asked|told|(?:was|were|been) warned)\b",
    re.IGNORECASE,
)
_SILENT = frozenset("comment respond reply answer".split())  # "did not respond" is told, not said
_NOBODY = frozenset({Attribution.AUTHOR, Attribution.UNRESOLVED, Attribution.HEARSAY})
_CARRIES_ON = re.compile(
    r"(?:It|They|He|She|That|This|The \w+ (?:is|was|are|were|has|had|will|may|can|could"
    r"|would)\b|The (?:official|agency|spokes\w+|letter|report|document"
    r"|statement|two)\w*)\b"
)


def attribute(frame: Frame, people: People, previous: Attributed | None) -> list[Attributed]:
    """Find who says each clause of a frame; positions are those of the article."""
    text = frame.outside
    label = turns.label(frame, people)
    if label:
        inner = _clause(text, label.start - frame.start or _after_label(text), len(text), people)
        told = inner and inner.verb and inner.speaker.attribution not in _NOBODY
        return [_moved(inner, frame.start)] if inner and told else [label]
    found: list[Attributed] = []
    for start, end in _clauses(text, people):
        one = _clause(text, start, end, people)
        if one is None and found:
            last = found.pop()
            found.append(_stretched(last, end))
        elif one is None or (one.negated and one.verb in _SILENT):
            found.append(_own_voice(text, start, end, frame, previous))
        else:
            found.append(one)
            if one.speaker.attribution not in _NOBODY or one.speaker.name:
                people.heard(one.speaker)
    for met in _spoken_to(text, people):
        people.heard(met)
    return [_moved(one, frame.start) for one in _merged(found)]


def _after_label(text: str) -> int:
    """Where a question begins, behind "Q:"."""
    return text.find(":") + 1


def _spoken_to(text: str, people: People) -> list[Speaker]:
    """Whom a reporter met: "he" and "one of them" in the next sentence can be they."""
    met = (people.find(right_of(text, match.end())) for match in _SPOKE_TO.finditer(text))
    return [one for one in met if one is not None and one.tag in PERSONS]


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


def _clauses(text: str, people: People) -> Iterator[tuple[int, int]]:
    """Cut where, after a break, a new subject begins to say something."""
    start = 0
    for match in _BREAK.finditer(text):
        near = 24 if match.group().startswith(";") else 9
        head = _clause(text, match.end(), len(text), people, near=near)
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
    whole = (_begun(part, people) or _behind(part, people)) if near > 100 else None
    if whole is not None:
        return Attributed(start, end, whole, "say", "post")
    cited = _cited(part, _CITING, people)
    best = verbs.said(part, people, near)
    if near <= 100:
        return None if best is None else Attributed(start, end, *_parts(best))
    hearsay = words.HEARSAY.search(part)
    if cited is not None and _at_second_hand(best):
        return Attributed(start, end, _of_its_state(cited, part, people), "say", "say")
    if best is not None and not (hearsay and _vague(best.speaker)):
        speaker, verb, group, negated = _parts(best)
        speaker = _own_work(_where_spoken(_hidden(speaker, part), part, people), verb)
        return Attributed(start, end, _on_paper(part, speaker, verb), verb, group, negated)
    return _without_a_verb(part, start, end, people, hearsay)


def _begun(part: str, people: People) -> Speaker | None:
    """Whoever has the whole of a sentence by how it begins: "According to", "A study by"."""
    source = _cited(part, _LEADING, people) if _LEADING.match(part) else None
    if source is not None and source.attribution is not Attribution.UNRESOLVED:
        return source
    study = _STUDY.match(part.lstrip())
    worked = people.classify(study["whose"]) if study else None
    return worked if worked is not None and worked.attribution in _WORKED_OUT else None


def _behind(part: str, people: People) -> Speaker | None:
    """Whoever has a sentence by how it ends: ", according to the sheriff", but for the press."""
    found = _cited(part, _BEHIND, people)
    return found if found is not None and found.attribution not in _PASSED_ON else None


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


def _where_spoken(speaker: Speaker, part: str, people: People) -> Speaker:
    """An official who speaks to reporters or lawmakers abroad is that country's."""
    if speaker.attribution is not Attribution.OFFICIAL_NAMED or nations.nation(speaker.words):
        return speaker
    place = _SPEAKING_IN.search(part)
    if place is None or not nations.is_foreign(place["where"], people.home):
        return speaker
    reason = f"{speaker.reason}; speaks in {place['where']}"
    return replace(speaker, attribution=Attribution.FOREIGN_GOVERNMENT, reason=reason)


def _hidden(speaker: Speaker, part: str) -> Speaker:
    """An official without a name, of whom the sentence says elsewhere that none is wanted."""
    if speaker.name or speaker.tag not in {"officials", "unique", "titled"}:
        return speaker
    asked = words.ANONYMOUS.search(part)
    if asked is None:
        return speaker
    kind, why = Attribution.OFFICIAL_ANONYMOUS, f"{speaker.reason}; {asked.group()!r}"
    return replace(speaker, attribution=kind, reason=why)


def _own_work(speaker: Speaker, verb: str) -> Speaker:
    """A newspaper that estimates or traces does more than report."""
    if speaker.attribution is not Attribution.PRESS_REPORT or verb not in _WORKS_OUT:
        return speaker
    reason = f"{speaker.reason}; {verb}: its own work"
    return replace(speaker, attribution=Attribution.PRESS_ANALYSIS, reason=reason)


_WORKS_OUT = frozenset(
    "estimate calculate trace geolocate reconstruct model locate determine verify map".split()
)


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
    told = _cited(part, words.SOURCE_WORDS, people) or views.held(part, people)
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
