"""Whether a word is a verb here, and how: tokens, nouns that look like verbs, helping verbs."""

import re
from dataclasses import dataclass

from overflight.case.draft import words

_TOKEN = re.compile(r"§+|[A-Za-zÀ-ÿ0-9$][\w’'.&-]*[\w]|[A-Za-zÀ-ÿ0-9]|[^\w\s]")


@dataclass(frozen=True)
class Token:
    """A word with its place in the text."""

    start: int
    end: int
    text: str


def tokens_of(part: str) -> list[Token]:
    """Words, marks and blanked quotations of a stretch of text."""
    return [Token(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(part)]


def is_that(tokens: list[Token], index: int) -> bool:
    """Whether "that" follows."""
    return following(tokens, index) == "that"


def following(tokens: list[Token], index: int) -> str:
    """The next word, in small letters."""
    return tokens[index + 1].text.lower() if index + 1 < len(tokens) else ""


_NOT_BEFORE_VERB = frozenset(
    "the a an its their his her our my no any these those of from for some such this every each "
    "several many than"
    " most other under without between into per".split()
)
_SOME = frozenset({"some", "many", "several", "most"})
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
    " spot spots praise protest protests regret term terms brand credit catch glimpse snap".split()
)


_ING_NOUNS = frozenset("ruling filing finding hearing briefing warning building meeting".split())


def is_verb(part: str, tokens: list[Token], index: int) -> bool:
    """Whether a word that may be a noun or a participle is a verb here."""
    form, before = tokens[index].text.lower(), tokens[index - 1].text.lower() if index else ""
    participle = form.endswith("ing") and before not in words.PASSIVE
    if participle or (form == "found" and before == "was"):
        return False
    to_see = before == "to" and words.VERBS.get(form, ("", ""))[1] == "see"  # "the first to see it"
    some_say = before in _SOME and form not in _NOUNS
    if (
        to_see
        or (before in _NOT_BEFORE_VERB and not some_say)
        or (before.isdigit() and form in _NOUNS)
    ):
        return False
    if form in words.BASE and form in _NOUNS and not _may_be_plain(tokens, index):
        return False
    if index and part[tokens[index].start].isupper():
        return False  # part of a name: "the Federal Register"
    if form in _NOUNS and (
        (before.endswith(("ing", "ed")) and before in words.VERBS)
        or (before.endswith("ing") and before not in _ING_NOUNS)
        or before in {"in", "on", "at", "by", "and", "or"}
    ):
        return False
    return not (form in _NOUNS and following(tokens, index) == "of")


def _may_be_plain(tokens: list[Token], index: int) -> bool:
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
    "analysts experts several few most half both people folks they we i you police many some others"
    " men women media data authorities"
    " footage imagery all troops personnel who family crew staff team".split()
)


def helped(tokens: list[Token], index: int) -> tuple[bool, bool]:
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
