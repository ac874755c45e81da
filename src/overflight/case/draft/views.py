"""Whose view something is, where no verb says so: "in the sheriff's telling", "in her opinion"."""

import re

from overflight.case.draft.people import People
from overflight.case.draft.speakers import Speaker
from overflight.case.vocabulary import Attribution

_ACCOUNT = re.compile(
    r"^(?:[Tt]he )?[Ww]ord (?:from|out of|at|in) (?P<from>[^,.;§]{3,60}?) (?:is|was) that\b"
    r"|(?:^|\bin |, |\bby |\b(?=the ))(?P<who>(?:[Tt]he |[Aa] "
    r"|[Oo]ne )?[\w][\w .-]{1,50}?)(?:[’']s|s[’']) (?:own |official |latest |initial |main "
    r"|public )?"
    r"(?:position|view|telling|account|version|theory|conclusion|assessment|estimates?|opinion"
    r"|argument|explanation|reckoning|word|line|judg[e]?ment|calculations?|observations?)\b"
    r"|^(?:[Tt]o|[Ff]or) (?P<whom>(?:the |some |one |many )?[\w -]{3,40}?), (?:it|the \w+|this"
    r"|that) (?:looked|seemed|appeared|sounded|was|is)\b"
)
_IN_A_VIEW = re.compile(
    r"\s*[Ii]n (?P<whose>his|her|their) (?:opinion|view|judge?ment|telling|words|estimation"
    r"|reading),? "
)
_PRONOUN = {"his": "he", "her": "she", "their": "they"}


def held(part: str, people: People) -> Speaker | None:
    """Whose view it is: "in the sheriff's telling", "the ministry's position is that"."""
    whose = _IN_A_VIEW.match(part)
    if whose is not None:
        return people.refer(_PRONOUN[whose["whose"].lower()], "")
    match = _ACCOUNT.search(part)
    if match is None:
        return None
    who = match["from"] or match["who"] or match["whom"] or ""
    found = people.find(who) or people.refer(who, part[: match.start()]) if who else None
    if found is None and match["from"]:
        why = f"'word from {who}'; whose, is not said"
        return Speaker(who, Attribution.UNRESOLVED, "", confidence=0.4, reason=why)
    return found
