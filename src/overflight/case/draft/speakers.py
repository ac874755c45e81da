"""From the words that name a speaker to an attribution class.

The head of the words decides ("FBI *officials*", "the committee's *report*"), then the rest. What
cannot be told is unresolved; nothing here guesses the author.
"""

import re
from dataclasses import dataclass, replace

from overflight.case.draft import nations, roles, words
from overflight.case.draft.names import IsPlace, person_in, without_a_town
from overflight.case.vocabulary import Attribution

_HEAD_ENDS = re.compile(
    r",| who\b| whose\b| which\b| that\b| of\b| for\b| from\b| in\b| at\b| with\b| on\b| to\b"
    r"| by\b| near\b| under\b"
    r"| off\b| over\b| about\b| aboard\b| based\b| speaking\b| briefed\b| close\b| familiar\b"
    r"| (?:taken|posted|obtained|released|shared|published|dated|signed|issued|made|seen|filmed"
    r"|collected"
    r"|unsealed|reviewed|compiled|provided|captured|recorded|shot|sent|analy[sz]ed|gathered"
    r"|living|working|flying)\b",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"(?:[’']s|s[’'])\s+(?=\S)")
_COMPANY = re.compile(
    r"\b(?:compan(?:y|ies)|firm|corporation|airlines?|start-?up|manufacturer|inc|corp|ltd|llc|union"
    r"|association|federation|foundation|museum|club"
    r"|provider|labs?|works|systems"
    r"|technologies|aerospace|industries|sensing|league|alliance|cooperative|co-op"
    r"|utility)\b", re.IGNORECASE
)  # fmt: skip
_SCIENCE = re.compile(
    r"\b(?:universit\w+|institut\w+|observator\w+|planetarium|museum|laborator\w+|college"
    r"|research)\b", re.IGNORECASE
)  # fmt: skip
# "a cook at the lodge", "who runs a feed store": no office, no science.
_TRADE = re.compile(
    r", (?:an? (?:[a-z][a-z-]+ ){1,3}(?:at|for|in|with|on) (?:the|an?) [a-z]"
    r"|who (?:runs?|owns?|works?|farms?|drives?|sells|repairs|raises|delivers) )"
)
_OF_A_PLACE = re.compile(
    r",\s*(?:(?:aged )?\d{1,3},?\s*|(?:who (?:lives|was|saw)|of|from) [A-Za-z])"
    r"|^(?:[A-ZÀ-Þ][\w.’'-]+ ){1,3}(?:of"
    r"|from) (?:nearby )?[A-ZÀ-Þ][\w’'-]+(?: [A-Z][\w’'-]+)?(?:, [A-Z][\w. ]+)?$"
)
_SOURCES = re.compile(r"\b(?:sources?|insiders?|circles)\b", re.IGNORECASE)
_INDEFINITE = re.compile(r"(?:an?|one|two|three|four|some|several|another)\b", re.IGNORECASE)
_SPOKES = re.compile(r"\bspokes\w+", re.IGNORECASE)
_PLURAL = re.compile(r"(?:(?<!s)s|people|police|men|women|authorities|folks|media)$", re.IGNORECASE)
_OF_THE_BALLOON = re.compile(
    r"\b(?:of|behind|runs?|operat\w+|built|makes?|owns?|flies|flew|launch\w*|lost"
    r"|maintains?) (?:the|its|that|this|a) (?:\w+ )?(?:balloons?|airships?|craft|envelope)\b"
    r"|\b(?:its|their) (?:own )?balloon\b",
    re.IGNORECASE,
)
# "the Coast Guard cutter's captain": there is one, and one can ask who that is.
_THE_ONE_OF = re.compile(
    r"the [\w. -]{3,40}[’']s (?:\w+ )?(?:captain|commander|dispatcher|controller|commandant"
    r"|inspector|superintendent|duty officer|watch officer)$", re.IGNORECASE
)  # fmt: skip
_BUILT_IT = re.compile(
    r"\bwho (?:had |have )?(?:helped |help )?(?:to )?(?:buil[dt]|launch(?:ed)?|design(?:ed)?"
    r"|assembled?|made|prepared) (?:it|them|the (?:balloon|craft|payload))\b"
    r"|\b(?:company|firm|club|team|group|start-?up|students?|university|institute|operator|maker)"
    r" (?:that|which|who) (?:\w+ )?(?:flew|flies|launched|operates?|owns?|built|made|released|lost)"
    r" (?:it|them|the (?:balloon|craft|payload))\b|\bwhose (?:\w+ )?(?:balloons?|craft|payload)\b"
    r"|\bwho [^,.;]{3,60}? and (?:built|launched|designed) (?:it|the (?:balloon|craft|payload))\b",
    re.IGNORECASE,
)  # fmt: skip
_SOMEBODY = re.compile(
    r"(?:an?|one|another|the) (?:\w+ )?(?:person|individual|figure)\b|(?:some|two|three|four"
    r"|several) (?:people|individuals)\b|some(?:one|body)\b", re.IGNORECASE
)  # fmt: skip
_KNOWS = re.compile(
    r"(?:[\w-]+ ){0,3}(?:persons?|people|sources?|individuals?|officials?) (?:who (?:is|are"
    r"|was|were) )?"
    r"(?:familiar|briefed|aware|close to|with (?:direct |first-hand )?knowledge)\b", re.IGNORECASE
)  # fmt: skip
_MASTER = re.compile(
    r"(?:the |a |one )?(?:captain|skipper|master|commander|pilot) of (?:an?|the|another) (?:\w+ )?"
    r"(?:airbus|boeing|jet|airliner|plane|freighter|tanker|yacht|boat|ship|vessel|ferry|trawler"
    r"|flight)\b",
    re.IGNORECASE,
)
_ONLOOKER = re.compile(
    r"\bwho (?:was (?:driving|walking|fishing|working|hiking|standing|watching|out|on)|saw"
    r"|watched|filmed|spotted|lives?|lived|photographed|noticed|recorded|caught|heard|found"
    r"|followed)\b"
)
_AGED = re.compile(r",\s*(?:aged )?[1-9]\d\s*(?:,|$)|\b\d{1,2}-year-old\b")
# "a statement from the ministry": whose it is speaks, not the paper it stands on.
_STATED = re.compile(
    r"(?:an?|the|one|his|her|its|their)?\s*(?:[\w-]+ ){0,3}?(?:statements?|communiqu[eé]s?"
    r"|(?:news |press )?releases?|announcements?|posts?|tweets?|messages?|comments?|remarks?"
    r"|readouts?)"
    r"(?: (?:posted|issued|released|published|made|sent|put out|dated \w+))? (?:from|by|of|on"
    r"|at) (?P<by>.+)$",
    re.IGNORECASE,
)
_DEFINITE_ONLY = re.compile(
    r"(?:the|this|that|its|his|her) (?:(?:same|senior|former|defense|military|department|foreign"
    r"|u\.s\.|state|police|\w+ent) )?"
    r"(?P<noun>official|force|broadcaster|network|magazine|airline|carrier|agency|command|department|ministry|company|firm|co-op|cooperative|utility|union"
    r"|association|team|museum|school|base|facility|operator|club|spokes\w+"
    r"|minister|officer|professor"
    r"|researcher|scientist|meteorologist|expert|analyst|general|admiral|colonel|commander"
    r"|senator|secretary|governor|mayor|sheriff"
    r"|resident|witness|man|woman|pilot|farmer|driver|source|person|statement"
    r"|communiqu[eé]|e-?mail|tweet|reply|text message"
    r"|release|announcement|post|message|analysis|study|letter|report|document|filing|memo"
    r"|notice|paper"
    r"|newspaper|outlet"
    r"|station|agent|diplomat|ambassador|envoy|embassy|lawmaker|lawmakers|officials|residents"
    r"|witnesses|experts|scientists|senators"
    r"|researchers|analysts|office|service|bureau|administration|authority|committee|two|three"
    r"|pair|group|institute|director|engineer)$",
    re.IGNORECASE,
)

_SEVERAL = frozenset({"some", "many", "most", "others", "few", "a few", "several", "both"})
PERSONS = frozenset({"unique", "officials", "experts", "eyewitness", "owner", "person", "group"})
_THINGS = frozenset({"imagery", "telemetry", "document", "press", "analysis"})


@dataclass(frozen=True)
class Speaker:
    """Somebody or something that says or shows: its words, its class and why."""

    words: str
    attribution: Attribution
    tag: str = ""
    """What kind of word it was told by: unique, officials, organisation, document, ..."""
    name: str = ""
    plural: bool = False
    confidence: float = 0.5
    reason: str = ""
    weighed: str = ""
    """Why the class is not the one of that reason, where it is not."""

    @property
    def is_person(self) -> bool:
        """Whether "he" or "she" can mean it."""
        return self.tag in PERSONS and not self.plural and self.words.lower() not in _SEVERAL


RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("imagery", roles.IMAGERY_RE), ("telemetry", roles.TELEMETRY_RE),
    ("press", roles.PRESS_NAME_RE), ("press", roles.PRESS_WORD_RE), ("analysis", roles.ANALYSED_RE),
    ("document", roles.DOCUMENT_RE), ("unique", roles.UNIQUE_RE), ("titled", roles.TITLES_RE),
    ("organisation", roles.ORGANISATION_RE), ("organisation", roles.ORGANISATION_WORD_RE),
    ("officials", roles.OFFICIALS_RE), ("eyewitness", roles.EYEWITNESSES_RE),
    ("owner", roles.OWNERS_RE), ("experts", roles.EXPERTS_RE), ("group", roles.GROUPS_RE),
)  # fmt: skip
# Which of two rules that end at the same word counts: the longer, then the earlier here.
_ORDER = {tag: index for index, (tag, _) in reversed(list(enumerate(RULES)))}


def classify(text: str, home: str = "US", is_place: IsPlace = lambda _: False) -> Speaker | None:
    """Say what kind of speaker is named; None if the words name none.

    >>> classify("a senior defense official").attribution.value
    'official_anonymous'
    >>> classify("the committee's report").attribution.value
    'document'
    """
    region = " ".join(text.split()).strip(" ,.:;—–-()\"“”'‘’")
    if not region or len(region) > 600:
        return None
    if region.isupper() and len(region) > 3 and not roles.ORGANISATION_RE.fullmatch(region):
        region = region.title()
    if _KNOWS.match(region):
        kind, why = Attribution.OFFICIAL_ANONYMOUS, "somebody who knows and is not named"
        return Speaker(region, kind, "officials", confidence=0.8, reason=why)
    stated = _STATED.match(region)
    if stated:
        return classify(stated["by"], home, is_place)
    region = without_a_town(region, is_place)
    name = person_in(region, is_place)
    tag, core = _tag(region, name)
    if not tag and not name:
        return _state(region, home) or _briefed(region)
    return _resolved(region, tag, core, name, home)


def _tag(region: str, name: str) -> tuple[str, str]:
    """The rule that the head follows, else the rest; and the words it was told by."""
    if _MASTER.match(region):
        return "eyewitness", region
    found = _HEAD_ENDS.search(region, 1)
    head = region[: found.start()] if found else region
    cut = [match.end() for match in _POSSESSIVE.finditer(head)]
    core = head[cut[-1] :] if cut else head
    for words_ in (core, head, region[len(head) :]):
        cleared = words_.replace(name, " ") if name else words_
        rest = words_ is region[len(head) :] or words_ == region[len(head) :]
        best = _of_the_rest(cleared) if rest else _rightmost(cleared)
        if best and not (rest and name and name in head and best in _THINGS):
            return best, core
    return "", core


def _rightmost(text: str) -> str:
    found = [(m.end(), m.start(), tag) for tag, rule in RULES for m in rule.finditer(text)]
    if not found:
        return ""
    last = max(end for end, _, _ in found)
    at_end = [(start, _ORDER[tag], tag) for end, start, tag in found if end == last]
    tag = min(at_end)[2]
    tags = {one for _, _, one in found}
    if tag in {"analysis", "press", "document", "imagery"} and {"analysis", "press"} <= tags:
        return "analysis"
    return tag


def _of_the_rest(text: str) -> str:
    """By the head of the first apposition, "a retired NOAA meteorologist", else the first word."""
    first = _APPOSITION.match(text)
    found = _HEAD_ENDS.search(first[1], 1) if first else None
    head = (first[1][: found.start()] if found else first[1]) if first else ""
    return _rightmost(head) or _leftmost(text)


_APPOSITION = re.compile(r"[\s,]*,\s*((?:an?|the|now|then|formerly) [^,;]{3,80})")


def _leftmost(text: str) -> str:
    found = [(m.start(), _ORDER[tag], tag) for tag, rule in RULES for m in rule.finditer(text)]
    return min(found)[2] if found else ""


def _state(region: str, home: str) -> Speaker | None:
    """A state or its capital that speaks for its government."""
    bare = re.sub(r"^(?:the|then|but|and|while|in turn|also) ", "", region, flags=re.IGNORECASE)
    if bare not in nations.NATIONS:
        return None
    foreign = nations.NATIONS[bare] != home
    kind = Attribution.FOREIGN_GOVERNMENT if foreign else Attribution.OFFICIAL_NAMED
    return Speaker(region, kind, "organisation", confidence=0.8, reason=f"{bare} for a government")


def _briefed(region: str) -> Speaker | None:
    """Somebody without a name, a title or a trade, who knows: "a person briefed on the search"."""
    if not _SOMEBODY.match(region) or not words.ANONYMOUS.search(region):
        return None
    kind, why = Attribution.OFFICIAL_ANONYMOUS, "somebody who knows and is not named"
    return Speaker(region, kind, "officials", confidence=0.6, reason=why)


def _resolved(region: str, tag: str, core: str, name: str, home: str) -> Speaker:
    plural = bool(_PLURAL.search(core)) and not name
    foreign = nations.is_foreign(region, home)
    hidden = words.ANONYMOUS.search(region) is not None and not name
    made = Speaker(region, Attribution.UNRESOLVED, tag, name, plural, 0.8, f"{tag}: {core}")
    private = _TRADE.search(region) and not roles.ORGANISATION_RE.search(region)
    if name and tag in {"organisation", "group"} and (private or _looked_on(region)):
        reason = "a person with an age or a trade, or who looked on"
        return replace(
            made, attribution=Attribution.EYEWITNESS, tag="person", confidence=0.6, reason=reason
        )
    if tag in _THING_CLASS:
        return replace(made, attribution=_THING_CLASS[tag], name="")
    if tag == "analysis":
        return _of_analysis(made, region, name)
    return _of_somebody(made, region, core, hidden=hidden, foreign=foreign)


def _of_somebody(made: Speaker, region: str, core: str, *, hidden: bool, foreign: bool) -> Speaker:
    if _BUILT_IT.search(region):
        return replace(made, attribution=Attribution.OWNER, tag="owner")
    if made.tag in {"unique", "titled", "organisation"}:
        return _of_office(made, region, core, hidden=hidden, foreign=foreign)
    if made.tag == "officials":
        return _of_officials(made, region, hidden=hidden, foreign=foreign)
    return _of_others(made, region, hidden=hidden)


_THING_CLASS = {
    "imagery": Attribution.IMAGERY,
    "telemetry": Attribution.TELEMETRY,
    "document": Attribution.DOCUMENT,
    "press": Attribution.PRESS_REPORT,
}


def _looked_on(region: str) -> bool:
    return _ONLOOKER.search(region) is not None or _AGED.search(region) is not None


def _of_others(made: Speaker, region: str, *, hidden: bool) -> Speaker:
    """Experts, onlookers, owners, groups, and names of which no more is said."""
    if made.tag == "experts":
        kind = Attribution.EXPERT_NAMED if made.name else Attribution.GROUP
    elif made.tag == "eyewitness":
        kind = Attribution.EYEWITNESS
    elif made.tag == "owner" or (
        made.tag == "group" and not made.name and _OF_THE_BALLOON.search(region)
    ):
        kind = Attribution.OWNER
    elif made.tag == "group" and hidden:
        kind = Attribution.OFFICIAL_ANONYMOUS
    elif made.tag == "group":
        firm = bool(made.name) and _COMPANY.search(region) is not None
        kind = Attribution.EXPERT_NAMED if firm else Attribution.GROUP
    elif (_OF_A_PLACE.search(region) and not _COMPANY.search(region)) or _looked_on(region):
        reason = "a person of whom only the place or age is said"
        return replace(
            made, attribution=Attribution.EYEWITNESS, tag="person", confidence=0.6, reason=reason
        )
    elif _TRADE.search(region):
        reason = "a private person, by their trade"
        return replace(
            made, attribution=Attribution.EYEWITNESS, tag="person", confidence=0.4, reason=reason
        )
    else:
        reason = "a name; what this person is, the text does not say here"
        return replace(made, tag="person", confidence=0.4, reason=reason)
    return replace(made, attribution=kind)


def _of_analysis(made: Speaker, region: str, name: str) -> Speaker:
    """Say whose an analysis is: the press's, an authority's (a document), experts', or nobody's."""
    if roles.PRESS_NAME_RE.search(region) or roles.PRESS_WORD_RE.search(region):
        return replace(made, attribution=Attribution.PRESS_ANALYSIS, name="")
    if roles.ORGANISATION_RE.search(region) or roles.ORGANISATION_WORD_RE.search(region):
        return replace(made, attribution=Attribution.DOCUMENT, tag="document", name="")
    if name or roles.EXPERTS_RE.search(region):
        return replace(
            made, attribution=Attribution.EXPERT_NAMED if name else Attribution.GROUP, tag="experts"
        )
    return replace(made, tag="analysis", confidence=0.4, reason="an analysis; whose, is not said")


def _of_office(made: Speaker, region: str, core: str, *, hidden: bool, foreign: bool) -> Speaker:
    """A title, an office or a body; a spokesperson counts as what is spoken for."""
    if hidden:
        return replace(made, attribution=Attribution.OFFICIAL_ANONYMOUS)
    company = _COMPANY.search(region)
    if company and not roles.ORGANISATION_RE.search(region) and made.tag != "titled":
        kind = Attribution.OWNER if roles.OWNERS_RE.search(region) else Attribution.GROUP
        return replace(
            made, attribution=kind, tag="group", reason=f"speaks for a {company.group().lower()}"
        )
    if made.tag in {"unique", "titled"} and _SCIENCE.search(region) and made.name:
        return replace(made, attribution=Attribution.EXPERT_NAMED, tag="experts")
    if (
        made.tag == "titled"
        and not made.name
        and not roles.DEFINITE.match(region)
        and roles.OFFICIALS_RE.search(core)
    ):
        return _of_officials(made, region, hidden=hidden, foreign=foreign)
    vague = _INDEFINITE.match(region) and not made.name and not _SPOKES.search(region)
    if vague and made.tag == "unique" and not foreign:
        return replace(made, attribution=Attribution.OFFICIAL_ANONYMOUS)
    if made.tag == "organisation":
        made = replace(made, plural=True)
    return replace(
        made, attribution=Attribution.FOREIGN_GOVERNMENT if foreign else Attribution.OFFICIAL_NAMED
    )


def _of_officials(made: Speaker, region: str, *, hidden: bool, foreign: bool) -> Speaker:
    if hidden or (_SOURCES.search(region) and not made.name):
        return replace(made, attribution=Attribution.OFFICIAL_ANONYMOUS)
    if foreign:
        return replace(made, attribution=Attribution.FOREIGN_GOVERNMENT)
    kind = (
        Attribution.OFFICIAL_NAMED
        if made.name or _SPOKES.search(region) or _THE_ONE_OF.match(region)
        else Attribution.OFFICIAL_ANONYMOUS
    )
    return replace(made, attribution=kind)


def is_pronoun(text: str) -> bool:
    """Whether nothing but a pronoun stands there."""
    return roles.PRONOUN.match(text.strip(" ,")) is not None


def definite(text: str) -> str:
    """The noun of "the official", "the agency" and such, which point back; '' of all else."""
    match = _DEFINITE_ONLY.match(" ".join(text.split()).strip(" ,"))
    return match["noun"].lower() if match else ""
