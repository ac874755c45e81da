"""Who has the word: labels of a transcript and of headlines, call signs, accounts, letters."""

import re
from dataclasses import dataclass, replace

from overflight.case.draft.frames import Frame
from overflight.case.draft.people import People
from overflight.case.draft.speakers import Speaker
from overflight.case.vocabulary import Attribution

TURN = "turn"
"""The group of a clause whose speaker keeps the word until somebody else has it."""
_LABEL = re.compile(
    r"(?P<who>Q|A|Question|Reporter|Moderator|[A-Z][A-Z.'’-]*(?: [A-Z][A-Z.'’-]*){0,7}"
    r"|[A-Z][A-Z-]+(?: [A-Z]+)? \d[\dA-Z-]*|@\w{2,40}"
    r"|(?:[A-Z][\w.'’-]+ ){1,5}[A-Z][\w.'’-]+)(?: \([^()]{1,40}\))?:\s+(?=\S)"
    # the records of a parliament: "Ms. ABARA."
    r"|(?P<member>(?:Mr|Ms|Mrs|Dr|Sen|Rep|Gen|General|Admiral|Chairman|Chairwoman|CHAIRMAN|CHAIRWOMAN|Senator)\.?"
    r" [A-Z][A-Z’'-]{2,})\.(?:\s+(?=\S)|$)"
)
_MARKED = re.compile(r"\((?:U|C|S|U//FOUO|FOUO|CUI|REL)\) ?")  # paragraphs of a released paper
_LETTERS = 6  # of a label that may be an abbreviation
_HEADLINE = re.compile(r"^(?P<who>[A-Z][\w.’' -]{2,40}): (?=[A-Z\"“§])")
# "A second balloon is over Latin America: Pentagon", as a line of its own.
_BEHIND = re.compile(r":\s+(?P<who>[A-Z][\w.’' -]{1,50}(?<![.!?]))$")
_DEAR = re.compile(
    r"Dear (?:(?:Mr|Ms|Mrs|Dr|Mx|Sir|Madam|Senators?|Secretary|Chair\w*|Representatives?|Ambassador"
    r"|Administrator|Director|Inspector|General|Governor|Minister|Members|Commissioner)\b\.?)"
    r"[\w .’'-]{0,60}[:,]\s*"
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


def label(frame: Frame, people: People) -> Attributed | None:
    """Read "MR. KIRBY: ..." of a transcript, "Officials: ..." of a headline, "Dear Senator:"."""
    beside = (
        _letter(frame)
        or _headed(frame, people)
        or _posted(frame, people)
        or _behind(frame, people)
        or _stated(frame, people)
    )
    if beside is not None:
        return beside
    match = _LABEL.match(frame.outside) or _HEADLINE.match(frame.outside)
    if match is None:
        return None
    who = match["who"] or match["member"]
    if who.title() in {"Q", "Question", "Reporter", "Moderator"}:
        asks = Speaker(
            who,
            Attribution.UNRESOLVED,
            "question",
            confidence=0.5,
            reason="a question from the floor",
        )
        return Attributed(frame.start, frame.end, asks, "ask", "ask")
    if who in {"A", "Answer"}:
        return Attributed(frame.start + match.end(), frame.end, _answers(people), "say", TURN)
    letters = len(who) <= _LETTERS and people.find(who)
    speaker = _by_sign(who) or letters or people.find(who.title() if who.isupper() else who)
    member = match.groupdict().get("member")
    if speaker is None or (
        not (who.isupper() or member)
        and speaker.attribution is Attribution.UNRESOLVED
        and speaker.tag != "account"
    ):
        return None
    if speaker.attribution is Attribution.UNRESOLVED and re.match(
        r"(?:MR|MS|MRS|MX|DR)\.? ", who, re.IGNORECASE
    ):
        reason = "a label of a transcript: taken for an official who takes questions"
        speaker = Speaker(
            who,
            Attribution.OFFICIAL_NAMED,
            "unique",
            who.split()[-1].title(),
            confidence=0.5,
            reason=reason,
        )
    people.heard(speaker)
    return Attributed(frame.start + match.end(), frame.end, speaker, "say", TURN)


def _letter(frame: Frame) -> Attributed | None:
    dear = _DEAR.match(frame.outside)
    letter = dear or _MARKED.match(frame.outside)
    if letter is None:
        return None
    why = "a letter or paper, by how it begins; whoever signed it"
    told = Speaker(
        "the letter or paper", Attribution.DOCUMENT, "document", confidence=0.6, reason=why
    )
    return Attributed(frame.start + letter.end(), frame.end, told, _WRITES if dear else "say", TURN)


# "Statement by the Minister of National Defence.": all that follows is the minister's.
_HEADED = re.compile(
    r"^(?:(?:Press |Joint |Official |Media )?(?:[Ss]tatement|STATEMENT|[Rr]emarks"
    r"|[Rr]elease) (?:by|from|of|BY|FROM) (?P<by>[^.:§]{4,90})"
    r"|(?P<whose>[A-Z][\w.’' -]{2,60}?)(?:[’']s)? (?:press "
    r"|official )?statement(?: on [^.:§]{4,80}| regarding [^.:§]{4,80})?)[.:]\s*"
)


def _headed(frame: Frame, people: People) -> Attributed | None:
    """The head of a statement: whoever made it has the word to the end."""
    head = _HEADED.match(frame.outside)
    found = people.find(head["by"] or head["whose"]) if head else None
    if head is None or found is None or found.attribution is Attribution.UNRESOLVED:
        return None
    people.heard(found)
    return Attributed(frame.start + head.end(), frame.end, found, _WRITES, TURN)


_POSTED = re.compile(r"(?P<who>[^@:§]{2,50}?) \(?@\w{3,30}\)?(?: ?[·|-].{0,40})?:?\s*$")


def _posted(frame: Frame, people: People) -> Attributed | None:
    """The head of a post: a name and the name of an account, as a line of its own."""
    head = _POSTED.match(frame.outside)
    found = people.find(head["who"]) if head else None
    if head is None or found is None:
        return None
    people.heard(found)
    return Attributed(frame.start, frame.end, found, _POSTS, TURN)


_STATED = re.compile(
    r"^(?P<who>[^:§]{3,90}?) (?:put out|issued|released|posted|published|gave"
    r"|sent(?: out)?|read|made) "
    r"(?:an?|the|this|its|another) (?:[\w-]+ ){0,4}(?:statement|notice|update|message"
    r"|bulletin|alert"
    r"|advisory|reply|response|note|comment|warning|post|tweet|release|clarification)[^:§]{0,60}:\s+"
)


def _stated(frame: Frame, people: People) -> Attributed | None:
    """Whoever put something out has the word: "The office put out a statement: ..."."""
    stated = _STATED.match(frame.outside)
    found = people.find(stated["who"]) if stated else None
    if stated is None or found is None or found.attribution is Attribution.UNRESOLVED:
        return None
    people.heard(found)
    return Attributed(frame.start + stated.end(), frame.end, found, "say", TURN)


def _behind(frame: Frame, people: People) -> Attributed | None:
    behind = _BEHIND.search(frame.outside)
    named = people.classify(behind["who"]) if behind else None
    if behind is None or named is None or named.attribution is Attribution.UNRESOLVED:
        return None
    people.heard(named)
    return Attributed(frame.start, frame.start + behind.start(), named, "say", "post")


def _answers(people: People) -> Speaker:
    """Whoever answers the questions: the office or person heard last, else nobody known."""
    for one in reversed(people.spoken):
        if one.attribution in {Attribution.OFFICIAL_NAMED, Attribution.FOREIGN_GOVERNMENT}:
            why = f"answers; taken for {one.words}"
            return replace(one, confidence=0.5, reason=why)
    why = "answers; who that is, the text does not say"
    return Speaker("A", Attribution.UNRESOLVED, "", confidence=0.4, reason=why)


def _by_sign(who: str) -> Speaker | None:
    """A crew by its call sign, somebody by the name of an account."""
    if who.startswith("@"):
        why = "an account; who keeps it, the text does not say"
        return Speaker(who, Attribution.UNRESOLVED, "account", confidence=0.3, reason=why)
    if any(char.isdigit() for char in who):
        why = "a call sign in a transcript: taken for a crew"
        return Speaker(who, Attribution.EYEWITNESS, "eyewitness", confidence=0.5, reason=why)
    return None


_WRITES, _POSTS = "write", "post"  # verbs of turns that go beyond their paragraph
_ENDS = re.compile(
    r"(?:yours|sincerely|respectfully|(?:best|kind|warm) regards|very truly|faithfully)\b",
    re.IGNORECASE,
)


def goes_on(turn: Attributed, frame: Frame, n_later: int) -> bool:
    """Whether somebody keeps the word ``n_later`` paragraphs after they took it.

    The head of a post has the paragraph behind it, a letter all that follow until it is signed.
    """
    if turn.verb == _WRITES:
        return _ENDS.match(frame.outside) is None
    return n_later == 0 or (turn.verb == _POSTS and n_later == 1)


def begins(one: Attributed) -> bool:
    """Whether somebody takes the word with a clause."""
    return one.group == TURN or one.speaker.tag == "question"


def kept(turn: Attributed, one: Attributed) -> Attributed:
    """A clause with no word of reporting, while somebody has the word."""
    if one.verb or one.speaker.attribution not in _OPEN:
        return one
    why = f"still the turn of {turn.speaker.words}"
    sure = min(turn.speaker.confidence, 0.6)
    return replace(
        one, speaker=replace(turn.speaker, confidence=sure, reason=why), verb=turn.verb,
        group=turn.group,
    )  # fmt: skip


_OPEN = frozenset({Attribution.AUTHOR, Attribution.UNRESOLVED})
