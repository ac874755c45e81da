"""How a thing is said, what it is about, and whether it concerns the flight at all."""

import re

from overflight.case.draft.turns import Attributed
from overflight.case.vocabulary import Attribution, Modality, Scope

_FUTURE = re.compile(
    r"\b(?:will|won[’']t|is (?:expected|likely|set|due) to|are (?:expected|likely|set|due) to"
    r"|forecast to|should reach|is going to"
    r"|would (?:take|last|stay|remain|continue|reach|be|come|land|pass|arrive|drift|move|cross)"
    r"|expects?|predict\w*|forecasts?|anticipat\w*)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:(?:is|was|were|are|be|been|had|has|have) (?:not|never|no longer)\b|(?:isn|wasn|weren"
    r"|aren|hadn|hasn)[’']t\b"
    r"|nothing to do with|no (?:evidence|indication|sign|reason|balloon|object|threat)"
    r"|never (?:was|were|had|did)|did not|didn[’']t|false|untrue|baseless|groundless)",
    re.IGNORECASE,
)
# Why a source has no name says nothing of what it says.
_UNAUTHORISED = re.compile(
    r"\b(?:because|as|since|who)\s(?:\w+\s)?(?:is|was|are|were) not (?:\w+ )?"
    r"(?:authori[sz]ed|allowed|permitted|cleared)\b[^,.;]*",
    re.IGNORECASE,
)
_PREDICTS = frozenset("expect predict forecast project anticipate".split())
_DENIES = frozenset(
    "deny reject dispute refute rebut contradict disavow rule brush scoff shrug".split()
)

# What is about a flight, and what is not.
FLIGHT = re.compile(
    r"\b(?:balloons?|airships?|aerostats?|blimps?|zeppelins?|dirigibles?|craft|aircraft|objects?"
    r"|orbs?|spheres?|disc|payloads?|gondola|envelope|canopy|antennas?|antennae|solar panels?"
    r"|altitudes?|feet|stratosphere|airspace|overflights?|overflew|flew|flying|flight(?!s? to)"
    r"|floated|drift\w*|hover\w*|loiter\w*|launch(?:ed|es|ing|er)?|lift-?off|landed|land(?:ing)?"
    r"|came down"
    r"|debris|wreck\w*|remains|recover\w*|radar|track(?:ed|ing)?|trajectory|path|course|route"
    r"|winds?|jet stream|steer\w*|manoeuv\w*|maneuv\w*|propell\w*|rudder|motors?|sensors?"
    r"|cameras?"
    r"|signals?|surveillance|collect\w*|intercept\w*|shot down|shoot|shootdown|brought down"
    r"|fighter|transponder|radiosondes?|helium|hydrogen|weather|meteorolog\w*|sky|skies|sight\w*"
    r"|spotted|seen|saw"
    r"|platform|device|territory|coast|violat\w*|sovereignty|container|cigarettes|parachute"
    r"|beacon|gps|knots|kilomet\w+|airport|runway|closed|closure|notam|search|fell|crash\w*"
    r"|burst)\b",
    re.IGNORECASE,
)
_ACCUSES = re.compile(
    r"\b(?:accus\w+|blam(?:e|ed|es|ing)|guilty|corrupt\w*|brib\w+|fraud\w*|embezzl\w+|treason\w*"
    r"|traitors?|liar|lied|lying|lies about|negligen\w+|dereliction|incompeten\w+|cover(?:ed"
    r"|ing)?[- ]?up|conceal\w*|hid(?:ing)?"
    r"|impeach\w*|resign\w*|misled|mislead\w*|weak(?:ness)?|coward\w*|criminal\w*|crimes?"
    r"|indict\w*|arrest\w*|sued|lawsuit|scandal|appeas\w+|failed to protect|stole|theft"
    r"|harass\w*|assault\w*|laptop|family business"
    r"|business dealings|conflicts? of interest|kickbacks?|payments? from|on the payroll"
    r"|colluded|collusion|money launder\w*|money from|allegations? against)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:election|elections|poll(?:s|ed|ing)?|candidate|campaign(?:ed|ing)?|primary|tariffs?"
    r"|trade (?:war|deal|talks)|stock|shares|inflation|budget|football|concert|recipe|subscribe"
    r"|newsletter|sign up"
    r"|cookie|copyright|all rights reserved|advertis\w+|follow us|download (?:our|the) app"
    r"|read more|click here|share this|related (?:stories|articles|topics)|photo credit|abortion"
    r"|border wall|fentanyl|visa|chips|semiconductor\w*)\b",
    re.IGNORECASE,
)
_TOPICS = (
    ("launch", r"\blaunch\w*|lift-?off|took off|released from\b"),
    ("debris", r"\bdebris|wreck\w*|remains|recover\w*|sea ?floor|salvag\w*|div(?:er|ing)\w*\b"),
    ("payload",
    r"\bpayload|gondola|antenna\w*|solar panels?|equipment|instruments?|cameras?|sensors?"
    r"|weigh\w*|pounds|tons?|container|cigarettes|electronics\b"),
    ("steering",
    r"\bsteer\w*|manoeuv\w*|maneuv\w*|propell\w*|rudder|motors?|loiter\w*|hover\w*"
    r"|changed course|direction\b"),
    ("collection",
    r"\bcollect\w*|surveillance|intercept\w*|pictures of|photograph\w* (?:of )?sites|signals"
    r"|transmit\w*|sent (?:data|pictures)\b"),
    ("vehicle", r"\bdiameter|tall|size|envelope|helium|hydrogen|superpressure|material\b"),
    ("wind", r"\bwinds?|jet stream|westerl\w+|weather pattern\b"),
    ("safety", r"\bclos(?:ed|ure)|airspace (?:was|is)|ground stop|risk|safety|injur\w*|hurt\b"),
    ("decision", r"\border(?:ed)?|authori[sz]ed|decided|decision|briefed|shot down|shoot\b"),
    ("owner", r"\bcivil(?:ian)? (?:airship|craft|in nature)|belongs|owner|operator|strayed\b"),
    ("intent", r"\bintend\w*|meant|aim(?:ed)?|purpose|deliberate\w*|accident\w*\b"),
    ("path",
    r"\bover|cross\w*|enter\w*|drift\w*|path|route|moved|passed|reached|north|south|east|west"
    r"|toward\b"),
)  # fmt: skip
_TOPIC = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _TOPICS)


def modality(one: Attributed, text: str, *, quoted: bool) -> Modality:
    """How a clause is said."""
    if one.group == "accuse":
        return Modality.ACCUSED
    if one.verb in _DENIES and not one.negated:
        return Modality.DENIED
    if quoted:
        return Modality.QUOTED
    if one.speaker.attribution is Attribution.HEARSAY or one.negated:
        return Modality.REPORTED
    return _by_words(one, text)


def _by_words(one: Attributed, text: str) -> Modality:
    if one.verb in _PREDICTS or (one.verb and _FUTURE.search(text)):
        return Modality.PREDICTED
    if one.verb and _NOT.search(_UNAUTHORISED.sub("", text)):
        return Modality.DENIED
    press = one.speaker.attribution is Attribution.PRESS_REPORT
    return Modality.REPORTED if press else Modality.ASSERTED


def scope(one: Attributed, text: str, *, near_the_flight: bool) -> tuple[Scope, str]:
    """Whether a clause is about the flight, and why not."""
    accused = one.group == "accuse" or _ACCUSES.search(text)
    if accused:
        return Scope.OUT_OF_SCOPE, "an accusation: kept with its attribution, never tested"
    if _ELSEWHERE.search(text):
        return Scope.OUT_OF_SCOPE, "about another matter"
    if near_the_flight or FLIGHT.search(text):
        return Scope.FLIGHT, ""
    return Scope.OUT_OF_SCOPE, "no word about a flight"


def topic(text: str) -> str:
    """A word for what a claim is about, for sorting."""
    return next((name for name, words in _TOPIC if words.search(text)), "other")
