"""Verbs of reporting and their subjects: "officials said", "said the sheriff", "images show"."""

import re
from dataclasses import dataclass, replace

from overflight.case.draft import roles, verbal, words
from overflight.case.draft.people import People
from overflight.case.draft.speakers import Speaker, is_pronoun
from overflight.case.draft.subjects import is_sentence, left_of, right_of
from overflight.case.vocabulary import Attribution

_STATEMENT = re.compile(
    r"\s(?:\w+\s){0,4}?(?:statement|communiqu[eé]|letter|warning|notice|advisory|message"
    r"|bulletin|report|release|alert|note|tweet|post|explanation|theory|account|estimate|version"
    r"|description)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """Who says it with which verb; ``group`` is "post" where the verb comes after what is said."""

    speaker: Speaker
    verb: str
    group: str
    negated: bool


_UNKNOWN = "?"  # the tag of a subject that is no speaker as far as the words tell


def said(part: str, people: People, near: int) -> Said | None:
    """The first verb of reporting that has a speaker; a verb of saying without one counts last.

    ``near`` limits how many words may stand before the verb.
    """
    tokens = verbal.tokens_of(part)
    last = _closing(part, tokens, people) if near > _CLAUSE else None
    if last is not None and last.speaker.tag not in _PASS_ON:
        return last
    fallback: Said | None = None
    thing: Said | None = None
    tried = 0
    for index in range(min(len(tokens), near + 1)):
        tried += bool(_reporting(tokens, index)[0])
        if tried > _MOST_VERBS:
            break
        found = _at(part, tokens, index, people, whole=near > _CLAUSE)
        if found is None:
            continue
        known = found.speaker.attribution is not Attribution.UNRESOLVED or found.group == "say"
        if known and found.speaker.tag != _UNKNOWN and not (thing and found.group != "post"):
            written = found.speaker.tag == "document" and found.group == "say"
            if found.group == "post" or written or found.speaker.tag not in _THINGS:
                return found
            # "radar picked it up, officials said": the last word is theirs, if they have it.
            thing = thing or replace(found, speaker=_shortened(found.speaker))
        fallback = fallback or found
    if thing is not None or last is not None:
        return thing or last
    if fallback is not None and fallback.speaker.tag == _UNKNOWN:
        why = "somebody says so; who, cannot be told"
        unknown = Speaker(
            fallback.speaker.words, Attribution.UNRESOLVED, confidence=0.3, reason=why
        )
        return replace(fallback, speaker=unknown)
    return fallback


def _closing(part: str, tokens: list[verbal.Token], people: People) -> Said | None:
    """Whoever has the last word: "The pilots did not confirm it, the ministry said"."""
    beside = _PARTICIPLE.search(part)
    part = part[: beside.start()] if beside else part
    comma = part.rfind(",", 0, len(part) - 2)
    if comma < 0:
        return None
    tokens = [token for token in tokens if token.end <= len(part)]
    for index in range(len(tokens) - 1, max(0, len(tokens) - _LAST_WORDS), -1):
        token = tokens[index]
        if token.start < comma:
            return None
        lead = part[comma + 1 : token.start].split()
        other = any(word.lower() in words.VERBS or word.lower() in _COMPARES for word in lead)
        if other or not 1 <= len(lead) <= _LAST_WORDS - 4:
            continue
        if _reporting(tokens, index)[1] not in {"say", "show"}:
            continue
        found = _at(part, tokens, index, people, whole=True)
        if found is not None and found.group == "post" and found.speaker.tag != _UNKNOWN:
            return found
    return None


_PARTICIPLE = re.compile(
    r",\s+(?:requesting|speaking|asking|insisting|on condition|on background|citing|adding"
    r"|noting)\b"
    r"[^,§]*(?:,[^,§]*)?$"
)
_PASS_ON = frozenset({"press", "analysis"})  # "officials believe, the paper reported"
_COMPARES = frozenset("that than as what which whom".split())  # "earlier than officials had said"
_LAST_WORDS = 14  # of a sentence, in which somebody may say it


def _shortened(thing: Speaker) -> Speaker:
    """A thing that shows, without the clause that it stands in: "shut after radar" is radar."""
    return replace(thing, words=_JOINS.split(thing.words)[-1].strip() or thing.words)


_THINGS = frozenset({"imagery", "telemetry", "document"})
_WHAT = re.compile(r"\b(?:what|whom)\s")
_JOINS = re.compile(
    r"\b(?:after|when|once|as|because|since|while|before|until|although|though)\s", re.IGNORECASE
)
_MOST_VERBS = 40  # of a sentence; what has more is no sentence
_CLAUSE = 100  # words; a smaller ``near`` asks only whether a clause begins with a speaker


def _at(
    part: str, tokens: list[verbal.Token], index: int, people: People, *, whole: bool
) -> Said | None:
    """What the word at ``index`` says of a speaker, if it is a verb that does."""
    token = tokens[index]
    verb, group, sure = _reporting(tokens, index)
    if not verb or not verbal.is_verb(part, tokens, index) or _ASIDE.search(part[: token.start]):
        return None
    passive, negated = verbal.helped(tokens, index)
    quoted = _AS_SAYING.match(part, token.end) is not None
    silent = (passive and not sure and not quoted) or (
        group == "issue" and not _STATEMENT.match(part, token.end)
    )
    found = None if silent else _speaker_of(part, tokens, index, people)
    if found is None:
        return None
    speaker, side = found
    if group == "see" and speaker.tag == "person" and speaker.name:
        kind, why = Attribution.EYEWITNESS, "somebody who saw it"
        speaker = replace(speaker, attribution=kind, confidence=0.5, reason=why)
    if speaker.tag == _UNKNOWN:
        name = _PLAIN_NAME.fullmatch(speaker.words) and not is_pronoun(speaker.words)
        if group == "see" and index and whole and name and speaker.words not in _POSSESSIVE:
            seen = Speaker(
                speaker.words, Attribution.EYEWITNESS, "person", speaker.words, confidence=0.4,
                reason="a name that saw it",
            )  # fmt: skip
            return Said(seen, verb, "see", negated)
        if verb in {"report", "write"} and _PAPER.fullmatch(speaker.words):
            why = "a name that reports, taken for a newspaper"
            paper = replace(
                speaker,
                attribution=Attribution.PRESS_REPORT,
                tag="press",
                confidence=0.5,
                reason=why,
            )
            return Said(paper, verb, side, negated)
        strong = quoted or verb in _STRONG or "§" in part or verbal.is_that(tokens, index)
        return Said(speaker, verb, side, negated) if strong and group == "say" and whole else None
    closes = side == "post" and re.search("[,§]", part[: token.start]) is not None
    fits = closes or _fits(speaker, verb, group, verbal.following(tokens, index))
    return Said(speaker, verb, side if side == "post" else group, negated) if fits else None


# "according to the sheriff's report", "earlier than the ministry has said": no clause of its own.
_ASIDE = re.compile(
    r"\b(?:(?:according to|as per)\s[^,;:§]*|(?:earlier|later|higher|lower|larger|smaller|more|less"
    r"|longer|sooner|than) than\s(?:\S+\s){1,6}|\bthan (?:the )?(?:\S+\s){1,5}(?:has|had|have)\s)$",
    re.IGNORECASE,
)
_POSSESSIVE = frozenset({"Its", "His", "Her", "Their", "Our", "My", "This", "That", "The", "A"})
# "put out a statement", "the track has the balloon over the sea"
_HAS = (frozenset({"it", "the", "them", "its"}), "have", "show")
_PUTS = (frozenset({"out"}), "issue", "issue")
_POINTS = (frozenset({"out"}), "say", "say")
_PAIRS = {
    "pointed": _POINTS,
    "points": _POINTS,
    "point": _POINTS,
    "put": _PUTS,
    "puts": _PUTS,
    "has": _HAS,
    "have": _HAS,
    "had": _HAS,
}
_NO_ONE = re.compile(r"(?:no one|nobody|nothing|none|no \w+)\b", re.IGNORECASE)
_PAPER = re.compile(r"[Tt]he (?:[A-Z]\w+ ?){1,3}")
_PLAIN_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?")


_ON = frozenset({"on", "about", "by"})
_APART = frozenset({"whether", "if", "which", "from", "apart"})


def _reporting(tokens: list[verbal.Token], index: int) -> tuple[str, str, bool]:
    """Verb and group of a word; whether it is an adjective: "officials are sure that"."""
    word = tokens[index].text
    if word.lower() in _SURE_THAT and verbal.following(tokens, index) in _OF_THAT:
        return "believe", "think", True
    pair = _PAIRS.get(word.lower())
    if pair is not None and verbal.following(tokens, index) in pair[0]:
        return pair[1], pair[2], False
    apart = word.lower() == "tell" and verbal.following(tokens, index) in _APART
    # "nobody can tell whether"
    # "two people briefed on it said": no word of theirs
    apart = apart or (word == "briefed" and verbal.following(tokens, index) in _ON)
    verb, group = words.VERBS.get(word.lower(), ("", "")) if not apart else ("", "")
    quoted = index and tokens[index - 1].text.startswith("§") and _CAN_SAY.fullmatch(word)
    if quoted and _begins_a_speaker(tokens, index):
        return verb or word.lower(), "say", False  # '"So what?" shrugs Jan, 61'
    if not verb and _THAT_VERB.fullmatch(word) and verbal.is_that(tokens, index):
        return word.lower(), "that", False  # "radioed that", whatever the verb is
    return verb, group, False


_CAN_SAY = re.compile(r"[a-z]{3,}(?:s|ed)|put|wrote|ran|went")


def _begins_a_speaker(tokens: list[verbal.Token], index: int) -> bool:
    """Whether a name, or the words for somebody, follow."""
    following = tokens[index + 1].text if index + 1 < len(tokens) else ""
    return following.lower() in _BEGINS or (
        following[:1].isupper() and following.lower() not in words.DAYS
    )


_AS_SAYING = re.compile(
    r"\s(?:[\w’'.&-]+\s){0,7}?as (?:saying|telling|claiming|having said)\b", re.IGNORECASE
)
# "officials are confident that", "the general made clear that"
_SURE_THAT = frozenset(
    "confident certain sure convinced adamant aware clear worried concerned concern hopeful "
    "doubtful skeptical sceptical positive unsure"
    " optimistic afraid satisfied unaware unanimous categorical doubt concerns fears hope hopes "
    "regret belief".split()
)
_OF_THAT = frozenset({"that", "about", "whether", "the", "it", "over"})
_THAT_VERB = re.compile(r"[a-z]{2,}(?:ed|s|t|n|w)", re.ASCII)
_STRONG = frozenset(
    "say tell explain insist acknowledge assert concede quip testify tweet recall stress "
    "explain reply".split()
)


def _fits(speaker: Speaker, verb: str, group: str, following: str) -> bool:
    """Whether such a speaker can be the subject of such a verb, as a verb of reporting."""
    if speaker.tag in {"imagery", "telemetry", "document"}:
        return (verb in words.SHOWS and group != "issue") or verb == "have"
    if verb in _WITH:
        return following in _WITH[verb]
    if group != "show" or speaker.tag in {"analysis", "press", "experts"} or following == "that":
        return True
    if verb in _TRACES and speaker.tag == "group":
        return True
    return verb in _OF_PERSONS or (verb == "put" and following in {"the", "its", "it", "their"})


# Verbs that report only together with another word; "have" and "pick" only of things.
_AWAY = frozenset({"off", "at", "aside", "away"})
_WITH: dict[str, frozenset[str]] = {
    "brush": _AWAY, "scoff": _AWAY, "shrug": _AWAY, "rule": frozenset({"out"}),
    "have": frozenset(), "pick": frozenset(),
}  # fmt: skip
_TRACES = frozenset({"trace", "model", "calculate", "geolocate", "reconstruct", "find"})
_OF_PERSONS = frozenset(
    "suggest indicate estimate reveal calculate describe detail cite outline count log".split()
)


def _speaker_of(
    part: str, tokens: list[verbal.Token], index: int, people: People
) -> tuple[Speaker, str] | None:
    """Subject of the verb, left of it or, inverted, right of it; tag "?" if it is no speaker."""
    token = tokens[index]
    before = tokens[index - 1].text if index else ""
    after_quote = before.startswith("§") or not before or before in {'"', "”", "»"}
    left = left_of(part, token.start)
    if is_sentence(left) and not left[:1].isupper():
        left = _JOINS.split(left)[-1]
    elif is_sentence(left):
        left = _WHAT.split(left)[-1]
    if _SAID_BEFORE.search(left):
        left = ""  # "Transport Canada said foreign operators must ask": not theirs
    group = words.VERBS.get(token.text.lower(), ("", "say"))[1]
    says = group in {"say", "think"} or before.startswith("§")
    right = right_of(part, token.end) if says and _may_be_inverted(part, tokens, index) else ""
    told = (
        before == ","
        and bool(right)
        and is_sentence(left)
        and not is_sentence(right.partition(",")[0])
    )
    order = (
        [(right, "post"), (left, "pre")]
        if after_quote or told
        else [(left, "pre"), (right, "post")]
    )
    for region, side in order:
        if not region or _NO_ONE.match(region):
            continue
        found = people.refer(region, part[: token.start]) or people.find(region)
        if found is not None:
            whole = side if side == "post" else ("post" if _ends_here(part, token.end) else "pre")
            return found, whole
    shown = left or right
    if not shown:
        return None
    if is_pronoun(shown) and shown.lower().strip() in {
        "i",
        "we",
        "you",
        "it",
        "that",
        "this",
        "which",
        "who",
        "one",
    }:
        return None
    return Speaker(shown, Attribution.UNRESOLVED, _UNKNOWN), "post" if _ends_here(
        part, token.end
    ) else "pre"


def _ends_here(part: str, position: int) -> bool:
    """Whether the sentence ends with this verb, but for a day or a place of speaking."""
    rest = part[position:].strip(" .,;:§")
    return len(rest.split()) <= 4


_SAID_BEFORE = re.compile(r"(?:^|(?<=\w) )(?:said|says|told \w+|announced that|added that) \w")
_BEGINS = frozenset(
    "the a an one two three our his her its their another local former retired amateur senior chief"
    " officials residents experts some many witnesses lead".split()
)


# "club treasurer Wendell Pruitt", whatever that office is
_ROLE_AND_NAME = re.compile(r"(?:[a-z][\w-]+ ){1,4}[A-ZÀ-Þ][\w’'-]+ [A-ZÀ-Þ]")


def _may_be_inverted(part: str, tokens: list[verbal.Token], index: int) -> bool:
    if index + 1 >= len(tokens):
        return False
    before = tokens[index - 1].text if index else ""
    following = tokens[index + 1].text
    begins = following.lower() in _BEGINS
    named = following[:1].isupper() and following.lower() not in words.DAYS
    trades = (roles.EXPERTS_RE, roles.EYEWITNESSES_RE, roles.UNIQUE_RE, roles.OFFICIALS_RE,
              roles.OWNERS_RE)  # fmt: skip
    shown = " ".join(token.text for token in tokens[index + 1 : index + 6])
    plain = following.islower() and any(rule.search(shown) for rule in trades)
    plain = plain or (before.startswith("§") and _ROLE_AND_NAME.match(shown) is not None)
    return (before.startswith("§") or before in {",", "”", '"', "»", "", "—", "–"}) and (
        begins or named or plain
    )
