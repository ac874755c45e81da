"""From the words that name a speaker to an attribution class.

The head of the words decides ("FBI *officials*", "the committee's *report*"), then the rest. What
cannot be told is unresolved; nothing here guesses the author.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from overflight.case.draft import nations, roles, words
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
_SINGLE_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]*[a-zà-ÿ][\w’'-]*$")
_COMPANY = re.compile(
    r"\b(?:compan(?:y|ies)|firm|corporation|airlines?|start-?up|manufacturer|inc|corp|ltd|llc|union"
    r"|association|federation|foundation|museum|club|provider)\b", re.IGNORECASE
)  # fmt: skip
_SCIENCE = re.compile(
    r"\b(?:universit\w+|institut\w+|observator\w+|planetarium|museum|laborator\w+|college"
    r"|research)\b", re.IGNORECASE
)  # fmt: skip
_OF_A_PLACE = re.compile(
    r",\s*(?:(?:aged )?\d{1,3},?\s*|(?:who (?:lives|was|saw)|of|from) [A-Za-z])"
)
_SOURCES = re.compile(r"\b(?:sources?|insiders?|circles)\b", re.IGNORECASE)
_INDEFINITE = re.compile(r"(?:an?|one|two|three|four|some|several|another)\b", re.IGNORECASE)
_SPOKES = re.compile(r"\bspokes\w+", re.IGNORECASE)
_PLURAL = re.compile(r"(?:(?<!s)s|people|police|men|women|authorities|folks|media)$", re.IGNORECASE)
_MR = re.compile(r"^(?:Mr|Mrs|Ms|Mx|Dr|Sir|Dame|Lord|Lady|Prof)\.? ")
_OF_THE_BALLOON = re.compile(
    r"\b(?:of|behind|runs?|operat\w+|built|makes?|owns?|flies|flew|launch\w*|lost"
    r"|maintains?) (?:the|its|that|this|a) (?:\w+ )?(?:balloons?|airships?|craft|envelope)\b"
    r"|\b(?:its|their) (?:own )?balloon\b",
    re.IGNORECASE,
)
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
# "Doe, a professor of physics": a surname and what its bearer is.
_ALONE = re.compile(r"([A-ZÀ-Þ][a-zà-ÿ’'-]{2,}), (?:an?|who|now|then|the|\d\d)\b")
_NO_PERSON = (
    roles.ORGANISATION_RE, roles.ORGANISATION_WORD_RE, roles.PRESS_NAME_RE, nations.NATION,
    roles.DOCUMENT_RE, roles.OFFICIALS_RE, roles.EYEWITNESSES_RE, roles.EXPERTS_RE, roles.GROUPS_RE,
    roles.IMAGERY_RE, roles.TELEMETRY_RE, roles.UNIQUE_RE,
)  # fmt: skip
_CALLED = re.compile(
    r"(?<!\w)(?:Mr|Mrs|Ms|Mx|Dr|Sir|Dame|Lady)\.? ((?:[A-ZÀ-Þ][\w’'-]+ ?){1,3}(?<! ))"
)
_DEFINITE_ONLY = re.compile(
    r"(?:the|this|that|its|his|her) (?:(?:same|senior|former|defense|military|department|foreign"
    r"|u\.s\.|state|police|\w+ent) )?"
    r"(?P<noun>official|agency|command|department|ministry|company|firm|operator|club|spokes\w+"
    r"|minister|officer|professor"
    r"|researcher|scientist|meteorologist|expert|analyst|general|admiral|colonel|commander"
    r"|senator|secretary|governor|mayor|sheriff"
    r"|resident|witness|man|woman|pilot|farmer|driver|source|person|statement|communiqu[eé]"
    r"|release|announcement|post|message|analysis|study|letter|report|document|filing|memo"
    r"|notice|paper"
    r"|newspaper|outlet"
    r"|station|agent|diplomat|ambassador|envoy|embassy|lawmaker|lawmakers|officials|residents"
    r"|witnesses|experts|scientists|senators"
    r"|researchers|analysts|office|service|bureau|administration|authority|committee|two|three"
    r"|pair|group|institute|director|engineer)$",
    re.IGNORECASE,
)

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

    @property
    def is_person(self) -> bool:
        """Whether "he" or "she" can mean it."""
        return self.tag in PERSONS and not self.plural


IsPlace = Callable[[str], bool]
# "a cattle buyer from Miles City, Montana": where somebody is from is not whom they speak for.
_FROM_A_TOWN = re.compile(
    r"(?<=[a-z])\s(?:from|near|outside)\s((?:\s?[A-Z][\w.’'-]+){1,4})(?:, [A-Z][\w. ]+)?$"
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("imagery", roles.IMAGERY_RE), ("telemetry", roles.TELEMETRY_RE),
    ("press", roles.PRESS_NAME_RE), ("press", roles.PRESS_WORD_RE), ("analysis", roles.ANALYSED_RE),
    ("document", roles.DOCUMENT_RE), ("unique", roles.UNIQUE_RE), ("titled", roles.TITLES_RE),
    ("organisation", roles.ORGANISATION_RE), ("organisation", roles.ORGANISATION_WORD_RE),
    ("officials", roles.OFFICIALS_RE), ("eyewitness", roles.EYEWITNESSES_RE),
    ("owner", roles.OWNERS_RE), ("experts", roles.EXPERTS_RE), ("group", roles.GROUPS_RE),
)  # fmt: skip
# Which of two rules that end at the same word counts: the longer, then the earlier here.
_ORDER = {tag: index for index, (tag, _) in reversed(list(enumerate(_RULES)))}


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
    if region.isupper() and len(region) > 3:
        region = region.title()
    stated = _STATED.match(region)
    if stated:
        return classify(stated["by"], home, is_place)
    region = _without_a_town(region, is_place)
    name = person_in(region, is_place)
    tag, core = _tag(region, name)
    if not tag and not name:
        return _state(region, home)
    return _resolved(region, tag, core, name, home)


def _without_a_town(region: str, is_place: IsPlace) -> str:
    """Leave out the town of the gazetteer that somebody is from; a capital may be a government."""
    found = _FROM_A_TOWN.search(region)
    left = found is not None and not nations.nation(found.group()) and is_place(found[1])
    return region[: found.start()] if found and left else region


def person_in(region: str, is_place: IsPlace) -> str:
    """The name of a person among the words, '' if there is none."""
    alone = _ALONE.match(region)
    if alone and not any(rule.match(alone[1]) for rule in _NO_PERSON) and not is_place(alone[1]):
        return alone[1]
    called = _CALLED.search(region)
    if called:
        return called[1]
    cleared = region
    for pattern in (roles.ORGANISATION_RE, roles.PRESS_NAME_RE, nations.NATION):
        cleared = pattern.sub(lambda m: " " * len(m.group()), cleared)
    cleared = _OFFICES.sub(lambda m: "," + " " * (len(m.group()) - 1), cleared)
    for match in roles.NAME_RE.finditer(cleared):
        name = _MR.sub("", match.group().removesuffix("’s").removesuffix("'s"))
        while " " in name and any(rule.fullmatch(name.split()[0]) for rule in _TRADES):
            name = name.partition(" ")[2]  # "Eyewitness Hans Meier"
        if _FEATURE.search(name):
            continue
        if _MR.match(match.group()) or (len(name.split()) >= 2 and not is_place(name)):
            return name
    titled = roles.TITLED_RE.search(region)
    if titled:
        last = titled.group().split()[-1]
        if (
            _SINGLE_NAME.match(last)
            and not roles.TITLES_RE.fullmatch(last)
            and not _OFFICES.match(last)
        ):
            return last
    return ""


_TRADES = (
    roles.EYEWITNESSES_RE,
    roles.EXPERTS_RE,
    roles.OFFICIALS_RE,
    roles.UNIQUE_RE,
    roles.OWNERS_RE,
    roles.PRESS_WORD_RE,
)
_FEATURE = re.compile(
    r"\b(?:River|Bridge|Lake|Mountains?|Mount|Valley|Islands?|Beach|County|City|Street|Avenue"
    r"|Park|Airport|University|College|School|Cent(?:er|re)"
    r"|Bay|Harbou?r|Creek|Hill|Hills|Point|Falls|Springs|Peninsula|Ocean|Sea|Strait|Gulf|Coast"
    r"|Base|Station|Tower|Stadium|Hospital|Church|Road|Highway"
    r"|Route|Dam|Canyon|Desert|Forest|Plains?|Carolina|Dakota|Mexico|Jersey|York|Hampshire"
    r"|Virginia|Kingdom|States|Inc|Ltd|Corp|LLC|Company|Group|Institute|Society|Association"
    r"|Laboratory|Act|Day|Week|Year)\b"
)
# Capitalised words of offices and trades before a name, which are no part of it.
_OFFICES = re.compile(
    r"(?<!\w)(?:(?:" + roles.TITLES +
    r")\.?(?=\s+[A-Z])|(?:Chief |Senior |Former |Amateur |Retired |State |County |City |U\.S\. "
    r"|Foreign |Defen[cs]e |Interior |Prime |Vice |Deputy |Police |Fire |Air |Lead |White House "
    r"|Pentagon )+"
    r"(?=[A-Za-z])|(?:Meteorologist|Professor|Prof|Scientist|Researcher|Analyst|Expert|Engineer"
    r"|Astronomer|Spokes\w+|Resident|Pilot|Farmer|Fisherman|Rancher|Photographer|Student"
    r"|Climatologist|Physicist"
    r"|The|A|An|Some|Several|Many|Most|Two|Three|Four|Five|Dozens|Other|One|All|Both|Neither"
    r"|Either|No|Another|Senior|Top|Former|Other|Any|Every|State|Asked|Speaking|Our|His|Her"
    r"|Their|In|On|At|But|And|When|While|As|After|Before|Neighbor|Witness|Official|Officials"
    r"|Republican|Democratic|Democrat|Meanwhile|However|Experts|Residents|Local|Both)(?!\w))\.?"
)  # fmt: skip


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
        best = _leftmost(cleared) if rest else _rightmost(cleared)
        if best and not (rest and name and name in head and best in _THINGS):
            return best, core
    return "", core


def _rightmost(text: str) -> str:
    found = [(m.end(), m.start(), tag) for tag, rule in _RULES for m in rule.finditer(text)]
    if not found:
        return ""
    last = max(end for end, _, _ in found)
    at_end = [(start, _ORDER[tag], tag) for end, start, tag in found if end == last]
    tag = min(at_end)[2]
    tags = {one for _, _, one in found}
    if tag in {"analysis", "press", "document", "imagery"} and {"analysis", "press"} <= tags:
        return "analysis"
    return tag


def _leftmost(text: str) -> str:
    found = [(m.start(), _ORDER[tag], tag) for tag, rule in _RULES for m in rule.finditer(text)]
    return min(found)[2] if found else ""


def _state(region: str, home: str) -> Speaker | None:
    """A state or its capital that speaks for its government."""
    bare = re.sub(r"^(?:the|then|but|and|while|in turn|also) ", "", region, flags=re.IGNORECASE)
    if bare not in nations.NATIONS:
        return None
    foreign = nations.NATIONS[bare] != home
    kind = Attribution.FOREIGN_GOVERNMENT if foreign else Attribution.OFFICIAL_NAMED
    return Speaker(region, kind, "organisation", confidence=0.8, reason=f"{bare} for a government")


def _resolved(region: str, tag: str, core: str, name: str, home: str) -> Speaker:
    plural = bool(_PLURAL.search(core)) and not name
    foreign = nations.is_foreign(region, home)
    hidden = words.ANONYMOUS.search(region) is not None and not name
    made = Speaker(region, Attribution.UNRESOLVED, tag, name, plural, 0.8, f"{tag}: {core}")
    if name and tag in {"organisation", "group"} and _looked_on(region):
        reason = "a person with an age, or who looked on"
        return replace(
            made, attribution=Attribution.EYEWITNESS, tag="person", confidence=0.6, reason=reason
        )
    if tag == "analysis":
        return _of_analysis(made, region, name)
    if tag in _THING_CLASS:
        return replace(made, attribution=_THING_CLASS[tag], name="")
    if tag in {"unique", "titled", "organisation"}:
        return _of_office(made, region, core, hidden=hidden, foreign=foreign)
    if tag == "officials":
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
    elif _OF_A_PLACE.search(region) or _looked_on(region):
        reason = "a person of whom only the place or age is said"
        return replace(
            made, attribution=Attribution.EYEWITNESS, tag="person", confidence=0.6, reason=reason
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
        if made.name or _SPOKES.search(region)
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
