"""What happened in a clause: a sighting, an event, an order of two things; told by their verbs."""

import re

_THING = (
    r"(?:balloons?|airships?|aerostats?|blimps?|craft|objects?|orbs?|spheres?|discs?|dots?|devices?"
    r"|platform|vehicle|it|they|thing|radiosonde|target)"
)
SEEN = re.compile(
    r"\b(?:saw|seen|spotted|sighted|noticed|watched|filmed|photographed|observed|glimpsed?"
    r"|caught (?:a )?(?:glimpse|sight)|visible|in view|looked up|appeared (?:over|in|above)"
    r"|captured|recorded|detected|tracked|picked up|videotaped|seeing|spotting|sighting"
    r"|witnessed|described)\b",
    re.IGNORECASE,
)
LOCATED = re.compile(
    rf"\b{_THING}\b[^.;]{{0,80}}?\b(?:is|was|were|had been|has been|been|be|hung|hovered|floated"
    rf"|drifted|drifting|floating|hovering|moved|moving|flew|flying|crossed|crossing|entered"
    rf"|entering|left|reached|passed|passing"
    r"|travel\w+|headed|heading|loitered|lingered|arrived|appeared|descend\w+|climb\w+|remained"
    r"|stayed|came|went|reappeared|re-?entered|circled|traverse\w*|strayed|over|above|near|put"
    r"|place[ds]?|show\w*)\b",
    re.IGNORECASE,
)
NOT_SEEN = re.compile(
    r"\b(?:did not see|didn[’']t see|saw nothing|not visible|no sign of|nobody saw"
    r"|could not be seen|was not seen)\b",
    re.IGNORECASE,
)
EVENT = re.compile(
    r"\b(?:launch(?:ed)?|lift-?off|took off|released|entered|re-?entered|crossed|left|reached"
    r"|arrived|came down|landed|fell|crash(?:ed)?|burst|shot down|brought down|downed"
    r"|intercepted|detected|spotted"
    r"|closed|reopened|ground(?:ed)? stop|recovered|salvaged|announced|ordered|briefed|notified"
    r"|summoned|postponed|cancell?ed|grounded|scrambled|went silent|lost (?:contact|the link"
    r"|track)|vanished|disappeared|collided"
    r"|evacuated|diverted|sighted|seen|began|ended|exploded|deflated|ceased|stopped|suspended"
    r"|resumed|established|turned (?:north|south|east|west)\w*|changed course|strayed"
    r"|touched down|splashed down|found)\b",
    re.IGNORECASE,
)
_GAP = (
    r"(?P<gap>(?:(?:about|some|nearly|almost|more than|less than|just|roughly|only) )?(?:\d+|an?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|a few"
    r"|a couple of)?"
    r" ?(?:minutes?|hours?|days?|weeks?|months?|years?))"
)
_ORDERS = (
    ("after", rf"\b{_GAP} (?:after|since|following)\b"), ("before",
    rf"\b{_GAP} (?:before|prior to|ahead of|earlier than|until)\b"),
    ("after", rf"\b{_GAP} (?:later|afterwards?|thereafter|on)\b"), ("before",
    rf"\b{_GAP} (?:earlier|beforehand|previously)\b"),
    ("same_day",
    r"\b(?P<gap>(?:on |that |later )?(?:the )?same (?:day|afternoon|morning|evening|night)"
    r"|that (?:day|afternoon|evening|night|morning))\b"),
    ("after",
    r"\b(?P<gap>)(?:once|as soon as|only after|after|following|since|in the wake of"
    r"|in response to|then|subsequently|eventually)\b (?!all\b|a while|hours|noon|midnight"
    r"|midday|dawn|dusk|sun|dark|about|around|\d)"),
    ("before",
    r"\b(?P<gap>)(?:before|prior to|ahead of|until|by the time|earlier than"
    r"|previously)\b (?!long\b|noon|midnight|midday|dawn|dusk|sun|dark|about|around|(?:\w+day"
    r"|\d))"),
)  # fmt: skip
_ORDER = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _ORDERS)
_LANDING = re.compile(
    r"\b(?:came down|landed|fell|crash\w*|shot down|brought down|downed|splashed down"
    r"|touched down)\b",
    re.IGNORECASE,
)
_DEBRIS = re.compile(r"\b(?:debris|wreck\w*|remains)\b", re.IGNORECASE)
_LAUNCH = re.compile(r"\b(?:launched|lift-?off|took off|launch site)\b", re.IGNORECASE)
_CLOSURE = re.compile(
    r"\b(?:airspace|airport|ground stop)\b[^.;]{0,60}\b(?:closed|closure|shut|halted|stopped)"
    r"|\bclosed\b[^.;]{0,30}\bairspace",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"\b(?:saw|spotted|watched|filmed|photographed|noticed|glimpse|visible|seen from|looking"
    r"|in view|sighted|observed|telescope|binoculars|seeing)\b",
    re.IGNORECASE,
)


# What a model says, what would have been: nobody saw it there.
SUPPOSED = re.compile(
    r"\b(?:would|could|might|may|should|can) (?:\w+ly )?(?:have|be|drift|pass|reach|enter"
    r"|cross|land"
    r"|come|fly|float|leave|arrive)\b|\b(?:models?|trajector(?:y|ies)|simulations?|forecasts?)\b"
    r"[^.;]{0,60}\b(?:put|puts|place[sd]?|show\w*|take[sn]?|took|trace[sd]?|bring|brings|had)\b",
    re.IGNORECASE,
)


_NONE = re.compile(
    r"\bno (?:such |other |further )?(?:balloons?|objects?|craft|airships?)\b[^.;]{0,20}?"
    r"\b(?:launched|released|lost|sent|missing|flown)\b", re.IGNORECASE,
)  # fmt: skip


def is_sighting(text: str) -> bool:
    """Whether somebody or something puts the balloon somewhere."""
    return bool(SEEN.search(text) or LOCATED.search(text)) and not _denied(text)


def _denied(text: str) -> bool:
    return SUPPOSED.search(text) is not None or _NONE.search(text) is not None


def is_event(text: str) -> bool:
    """Whether something happened, and not only might have."""
    return bool(EVENT.search(text)) and not _denied(text)


def geometry(text: str) -> str:
    """What a place in such a clause most probably means, by the words of a case."""
    if NOT_SEEN.search(text):
        return "not_seen"
    if _CLOSURE.search(text):
        return "closure"
    if _DEBRIS.search(text):
        return "debris"
    if _LANDING.search(text):
        return "landing"
    if _LAUNCH.search(text):
        return "launch"
    return "line_of_sight" if _LINE.search(text) else "area"


def order(text: str) -> tuple[str, str, int, int] | None:
    """Relation, gap, and where the words of order stand; None where there is none.

    >>> order("It came down two days after the launch.")[:2]
    ('after', 'two days')
    """
    for name, words in _ORDER:
        match = words.search(text)
        if match:
            return name, (match["gap"] or "").strip(), match.start(), match.end()
    return None
