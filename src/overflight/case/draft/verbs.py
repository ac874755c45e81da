"""Verbs of reporting and their subjects: "officials said", "said the sheriff", "images show"."""

import re
from dataclasses import dataclass, replace

from overflight.case.draft import roles, words
from overflight.case.draft.people import People
from overflight.case.draft.speakers import Speaker, is_pronoun
from overflight.case.draft.subjects import is_sentence, left_of, right_of
from overflight.case.vocabulary import Attribution

_TOKEN = re.compile(r"§+|[A-Za-zÀ-ÿ0-9$][\w’'.&-]*[\w]|[A-Za-zÀ-ÿ0-9]|[^\w\s]")
_STATEMENT = re.compile(
    r"\s(?:\w+\s){0,4}?(?:statement|communiqu[eé]|letter|warning|notice|advisory|message"
    r"|bulletin|report|release|alert|note|tweet|post|explanation|theory|account|estimate|version"
    r"|description)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    text: str


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
    tokens = [_Token(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(part)]
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
            if found.group == "post" or found.speaker.tag not in _THINGS:
                return found
            # "radar picked it up, officials said": the last word is theirs, if they have it.
            thing = thing or replace(found, speaker=_shortened(found.speaker))
        fallback = fallback or found
    if thing is not None:
        return thing
    if fallback is not None and fallback.speaker.tag == _UNKNOWN:
        why = "somebody says so; who, cannot be told"
        unknown = Speaker(
            fallback.speaker.words, Attribution.UNRESOLVED, confidence=0.3, reason=why
        )
        return replace(fallback, speaker=unknown)
    return fallback


def _shortened(thing: Speaker) -> Speaker:
    """A thing that shows, without the clause that it stands in: "shut after radar" is radar."""
    return replace(thing, words=_JOINS.split(thing.words)[-1].strip() or thing.words)


_THINGS = frozenset({"imagery", "telemetry", "document"})
_JOINS = re.compile(
    r"\b(?:after|when|once|as|because|since|while|before|until|although|though)\s", re.IGNORECASE
)
_MOST_VERBS = 40  # of a sentence; what has more is no sentence
_CLAUSE = 100  # words; a smaller ``near`` asks only whether a clause begins with a speaker


def _at(part: str, tokens: list[_Token], index: int, people: People, *, whole: bool) -> Said | None:
    """What the word at ``index`` says of a speaker, if it is a verb that does."""
    token = tokens[index]
    verb, group, sure = _reporting(tokens, index)
    if not verb or not _is_verb(part, tokens, index):
        return None
    passive, negated = _helped(tokens, index)
    quoted = _AS_SAYING.match(part, token.end) is not None
    silent = (passive and not sure and not quoted) or (
        group == "issue" and not _STATEMENT.match(part, token.end)
    )
    found = None if silent else _speaker_of(part, tokens, index, people)
    if found is None:
        return None
    speaker, side = found
    if speaker.tag == _UNKNOWN:
        if group == "see" and index and whole and _PLAIN_NAME.fullmatch(speaker.words):
            seen = Speaker(
                speaker.words, Attribution.EYEWITNESS, "person", speaker.words, confidence=0.4,
                reason="a name that saw it",
            )  # fmt: skip
            return Said(seen, verb, "see", negated)
        if verb in {"report", "write"} and side == "post" and _PAPER.fullmatch(speaker.words):
            why = "a name that reports, taken for a newspaper"
            paper = replace(
                speaker,
                attribution=Attribution.PRESS_REPORT,
                tag="press",
                confidence=0.5,
                reason=why,
            )
            return Said(paper, verb, side, negated)
        strong = quoted or verb in _STRONG or "§" in part or _that(tokens, index)
        return Said(speaker, verb, side, negated) if strong and group == "say" and whole else None
    closes = side == "post" and re.search("[,§]", part[: token.start]) is not None
    fits = closes or _fits(speaker, verb, group, _next(tokens, index))
    return Said(speaker, verb, side if side == "post" else group, negated) if fits else None


_HELD = frozenset({"it", "the", "them", "its"})
_NO_ONE = re.compile(r"(?:no one|nobody|nothing|none|no \w+)\b", re.IGNORECASE)
_PAPER = re.compile(r"[Tt]he (?:[A-Z]\w+ ?){1,3}")
_PLAIN_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?")


def _reporting(tokens: list[_Token], index: int) -> tuple[str, str, bool]:
    """Verb and group of a word; whether it is an adjective: "officials are sure that"."""
    word = tokens[index].text
    if word.lower() in _SURE_THAT and _next(tokens, index) in _OF_THAT:
        return "believe", "think", True
    if word.lower() in {"put", "puts"} and _next(tokens, index) == "out":
        return "issue", "issue", False
    if word.lower() in {"has", "have", "had"} and _next(tokens, index) in _HELD:
        return "have", "show", False  # "the track has the balloon over the sea"
    verb, group = words.VERBS.get(word.lower(), ("", ""))
    if not verb and _THAT_VERB.fullmatch(word) and _that(tokens, index):
        return word.lower(), "that", False  # "radioed that", whatever the verb is
    return verb, group, False


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


def _that(tokens: list[_Token], index: int) -> bool:
    return _next(tokens, index) == "that"


def _next(tokens: list[_Token], index: int) -> str:
    return tokens[index + 1].text.lower() if index + 1 < len(tokens) else ""


_NOT_BEFORE_VERB = frozenset(
    "the a an its their his her our my no any these those of from for some such this every each "
    "several many than"
    " most other under without between into per".split()
)
_NOUNS = frozenset(
    "answer answers reports claims notes states records tracks objects estimates plans points "
    "details images "
    "questions calls orders"
    " requests reads report claim note state record track object estimate plan point detail "
    "image question call order"
    " request place places map maps model models date dates watch review comment comments "
    "remark remarks signal signals"
    " charge charges fault slam press document documents outline sight film photograph witness "
    "hope fear set lead"
    " puts put read post posts list lists project projects label measure measures forecast "
    "forecasts demand demands"
    " promise promises pledge vow vows log logs doubt release issue issues joke capture "
    "captures appeal appeals support"
    " praise protest protests regret term terms brand credit catch glimpse snap".split()
)


_ING_NOUNS = frozenset("ruling filing finding hearing briefing warning building meeting".split())


def _is_verb(part: str, tokens: list[_Token], index: int) -> bool:
    """Whether a word that may be a noun or a participle is a verb here."""
    form, before = tokens[index].text.lower(), tokens[index - 1].text.lower() if index else ""
    participle = form.endswith("ing") and before not in words.PASSIVE
    if participle or (form == "found" and before == "was"):
        return False
    if before in _NOT_BEFORE_VERB:
        return False
    if form in words.BASE and form in _NOUNS and not _may_be_plain(tokens, index):
        return False
    if index and part[tokens[index].start].isupper():
        return False  # part of a name: "the Federal Register"
    if form in _NOUNS and (
        (before.endswith("ing") and before not in _ING_NOUNS)
        or before in {"in", "on", "at", "by", "and", "or"}
    ):
        return False
    return not (form in _NOUNS and _next(tokens, index) == "of")


def _may_be_plain(tokens: list[_Token], index: int) -> bool:
    """Whether a verb may stand without an ending: "officials say", "would not say", not "press"."""
    for token in reversed(tokens[max(0, index - 4) : index]):
        word = token.text.lower().replace("’", "'")
        if word in _HELPS or word in _MANY or (word.endswith("s") and not word.endswith("'s")):
            return True
    return False


_HELPS = frozenset(
    "to not will would can could may might did do does must should and or didn't wouldn't couldn't"
    " cannot don't won't".split()
)
_MANY = frozenset(
    "people folks they we i you police many some others both men women media data authorities"
    " footage imagery all troops personnel who family crew staff team".split()
)


def _helped(tokens: list[_Token], index: int) -> tuple[bool, bool]:
    """Whether the verb is passive ("was told"), and whether it is denied ("did not say")."""
    passive = negated = False
    form = tokens[index].text.lower()
    for token in reversed(tokens[max(0, index - 5) : index]):
        word = token.text.lower()
        negated = negated or word in words.NEGATED
        passive = passive or (word in words.PASSIVE and not form.endswith("ing"))
        if word not in words.AUXILIARY:
            break
    return passive, negated


def _speaker_of(
    part: str, tokens: list[_Token], index: int, people: People
) -> tuple[Speaker, str] | None:
    """Subject of the verb, left of it or, inverted, right of it; tag "?" if it is no speaker."""
    token = tokens[index]
    before = tokens[index - 1].text if index else ""
    after_quote = before.startswith("§") or not before or before in {'"', "”", "»"}
    left = left_of(part, token.start)
    group = words.VERBS.get(token.text.lower(), ("", "say"))[1]
    says = group == "say" or (before.startswith("§") and (token.text == "read" or group == "ask"))
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


_BEGINS = frozenset(
    "the a an one two three our his her its their another local former retired amateur senior chief"
    " officials residents experts some many witnesses lead".split()
)


def _may_be_inverted(part: str, tokens: list[_Token], index: int) -> bool:
    if index + 1 >= len(tokens):
        return False
    before = tokens[index - 1].text if index else ""
    following = tokens[index + 1].text
    begins = following.lower() in _BEGINS
    named = following[:1].isupper() and following.lower() not in words.DAYS
    trades = (roles.EXPERTS_RE, roles.EYEWITNESSES_RE, roles.UNIQUE_RE)
    shown = " ".join(token.text for token in tokens[index + 1 : index + 6])
    plain = following.islower() and any(rule.search(shown) for rule in trades)
    return (before.startswith("§") or before in {",", "”", '"', "»", "", "—", "–"}) and (
        begins or named or plain
    )
