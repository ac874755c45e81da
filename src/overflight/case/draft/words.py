"""Words of reports: verbs that say, deny, accuse, show or see, in all their forms."""

import re

_IRREGULAR = {
    "say": "says said saying", "tell": "tells told telling",
    "write": "writes wrote written writing",
    "deny": "denies denied denying", "read": "reads reading", "find": "finds found finding",
    "show": "shows showed shown showing", "think": "thinks thought thinking",
    "see": "sees saw seen seeing", "hear": "hears heard hearing", "put": "puts putting",
    "know": "knows knew known", "reply": "replies replied replying", "hold": "holds held",
    "testify": "testifies testified testifying", "understand": "understands understood",
    "catch": "catches caught", "identify": "identifies identified", "set": "sets",
    "quip": "quips quipped quipping", "tweet": "tweets tweeted tweeting", "make": "makes made",
    "refer": "refers referred referring", "clarify": "clarifies clarified clarifying",
    "learn": "learns learned learnt", "spot": "spots spotted spotting", "give": "gives gave given",
    "admit": "admits admitted admitting", "swear": "swears swore", "vow": "vows vowed vowing",
    "specify": "specifies specified specifying", "submit": "submits submitted",
    "verify": "verifies verified", "lead": "leads led", "speak": "speaks spoke spoken speaking",
    "let": "lets",
}  # fmt: skip

# By what a verb does. SAY reports whoever its subject is; the others only if somebody who can
# speak or show is the subject.
_GROUPS = {
    "say": "say tell add note remark comment explain announce state declare claim assert insist"
    " maintain contend argue acknowledge admit concede confirm affirm reaffirm reiterate repeat"
    " stress emphasize emphasise underline underscore warn caution caution reply respond answer"
    " recall recount testify tweet quip joke observe continue conclude inform report write post"
    " disclose reveal reassure vow promise pledge signal hint mention clarify specify relate"
    " summarize summarise opine muse elaborate counter retort complain lament swear remember radio"
    " quote alert notify brief recollect proclaim allude assure phone email e-mail text"
    " agree disagree concur boast grumble shout yell cry murmur mutter whisper laugh chuckle sigh"
    " herald remind intone interject volunteer venture theorize theorise posit attest vouch"
    " bemoan bristle fume gush"
    " exclaim scream advise caption blog confide divulge enthuse marvel reminisce reason"
    " object pronounce vouchsafe second echo",
    "show": "show suggest indicate find put place depict capture list read describe trace locate"
    " record log point register reconstruct determine establish estimate detail reconstruct"
    " picture document picture identify cite outline order require direct contain mention map"
    " calculate model geolocate track detect pick give count close prohibit restrict",
    "think": "believe think expect estimate assess assume suspect fear hope predict forecast"
    " project calculate reckon judge anticipate surmise speculate doubt understand conclude"
    " consider regard view deem guess infer determine call describe label characterize"
    " characterise dub term"
    " brand praise criticize criticise condemn protest regret welcome"
    " apologize apologise blast question voice express",
    "deny": "deny reject dispute refute dismiss rebut contradict disavow rule brush scoff shrug",
    "accuse": "accuse blame allege charge fault denounce slam",
    "ask": "ask demand urge call request press wonder question seek want appeal propose recommend"
    " order oppose support",
    "issue": "issue release publish send circulate offer provide",
    "see": "see spot notice watch film photograph hear sight catch glimpse snap witness videotape",
}
_DOUBLED = {"quip", "refer", "admit", "spot", "submit", "log", "snap", "map", "dub", "slam"}


def _forms(verb: str) -> set[str]:
    if verb in _IRREGULAR:
        return {verb, *_IRREGULAR[verb].split()}
    if verb.endswith("e"):
        return {verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"}
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return {verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"}
    stem = verb + verb[-1] if verb in _DOUBLED else verb
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z")) else f"{verb}s"
    return {verb, third, f"{stem}ed", f"{stem}ing"}


VERBS: dict[str, tuple[str, str]] = {}
"""Every form of every verb -> (verb, group); the first group that lists a verb has it."""
for _group, _listed in _GROUPS.items():
    for _verb in _listed.split():
        for _form in _forms(_verb):
            VERBS.setdefault(_form, (_verb, _group))
# Forms without an ending, which only a plural subject or a helping verb can have.
BASE = frozenset(verb for listed in _GROUPS.values() for verb in listed.split()) - frozenset(
    "put read set find hold let".split()
)
SHOWS = frozenset(_GROUPS["show"].split()) | frozenset(
    "say report reveal note confirm conclude state claim warn recount place fault accuse allege "
    "ask demand"
    " urge call question recommend criticize criticise blame describe deny dispute reject "
    "estimate assess"
    " argue tell write acknowledge explain add mention request seek propose catch".split()
)

# Between a subject and its verb, without changing who speaks.
AUXILIARY = frozenset(
    "made makes make has had have having is are was were be been being will would shall should "
    "can could may might"
    " must do does did not never n't also later then now still again repeatedly publicly privately"
    " initially previously recently already earlier since further quickly flatly firmly strongly"
    " vehemently categorically simply merely only even just soon therefore thus however first"
    " separately jointly both all each themselves himself herself itself to declined refused"
    " decline refuse declines refuses failed went on sought continued began seemed seems appears"
    " appear appeared able unable willing quick yet tersely angrily briefly bluntly reportedly"
    " wishes wish wished like likes liked rushed hurried moved"
    " immediately eventually subsequently additionally correctly clearly specifically explicitly"
    " officially formally informally today yesterday tonight late early hastened wanted tried"
    " often sometimes always rightly finally explicitly cannot can't couldn't wouldn't didn't"
    " doesn't won't hasn't haven't don't isn't aren't wasn't weren't".split()
)
DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday on in morning afternoon evening night"
    " last week month year".split()
)
PASSIVE = frozenset("is are was were be been being gets got".split())
NEGATED = frozenset(
    "not never n't neither nor cannot can't couldn't wouldn't didn't doesn't won't hasn't haven't"
    " don't declined refused decline refuse declines refuses failed unable without".split()
)

HEARSAY = re.compile(
    r"\b(?:reportedly|allegedly|supposedly|purportedly|ostensibly|rumou?red(?: to)?"
    r"|(?:it|this)(?:[’']s| is| was| has| had)(?: been)? (?:widely |generally |variously |also )?"
    r"(?:believed|said|thought|understood|reported|claimed|alleged|assumed|rumou?red|suggested"
    r"|speculated|estimated|feared|known)\b(?! by)"
    r"|there (?:is|was|has been|are|were) (?:\w+ )?(?:speculation|rumou?rs?|reports|talk|claims)"
    r"|(?:is|are|was|were|has been|have been|had been|being) (?:widely |generally |now |also "
    r"|still )?"
    r"(?:believed|said|thought|understood|reported|claimed|alleged|assumed|rumou?red|presumed"
    r"|suspected|estimated|expected|feared|speculated)"
    r" (?:to|that)\b"
    r"|rumou?rs? (?:that|of|about|say|had|has|have)\b|rumou?rs?[\w ]{0,30} ha(?:s|d|ve) it"
    r"|rumou?rs? (?:spread|circulated|swirled|went round|flew)|word (?:around|about|on"
    r"|in) (?:the )?"
    r"[\w ]{3,20} (?:was|is)\b"
    r"|word has it|by (?:some|all|most|local|many|several) accounts|the story (?:goes|went)"
    r"|legend has"
    r" it|(?:the |there is )?talk (?:(?:at|in|around|among|on) [\w ]{3,30} )?(?:is|was|has it) that"
    r"|(?:unconfirmed|some|initial|early|media|press|news|social media|conflicting|various|other)"
    r" (?:media |news |press )?reports? (?:said|say|suggest\w*|indicate\w*|claim\w*|that|of|had"
    r"|have"
    r"|put)\b|so-called reports|\breports? (?:emerged|surfaced|circulated|suggest\w*|say)\b"
    r"|there (?:is|was|has been|have been|had been|were|are) (?:\w+ )?(?:talk|whispers?"
    r"|gossip|chatter)\b"
    r"|(?:one|another|a|some|the) (?:popular |online |wilder |competing "
    r"|common )*(?:theory|theories"
    r"|story|version|legend)\b[^.;§]{0,40}?\b(?:has|have|had|holds?|held|goes"
    r"|says?) (?:it\b|the\b|that\b|a\b)"
    r"|(?:the story goes|legend has it|word is|talk is|so they say|(?:some|people|folks|locals)"
    r" (?:here )?(?:will )?(?:say|swear|whisper) (?:that )?|social media (?:was|is|were)"
    r" (?:abuzz|full|awash)|speculation (?:is|was|has|had|that|about|swirled|grew|ran)"
    r"|by all accounts|if (?:the )?(?:rumou?rs|reports) are)\b"
    r"|\bcirculat(?:ed|ing) (?:on|that)|\bhearsay\b|are said\b)",
    re.IGNORECASE,
)
ANONYMOUS = re.compile(
    r"(?:on|under) (?:the )?condition (?:of anonymity|that \w+ not be)|anonym(?:ity|ous(?:ly)?)"
    r"|(?:not|n[’']t|refused|declined|asked|requested|wish(?:ed|es|ing)?|want(?:ed|s|ing)?|did not"
    r" want) (?:to )?(?:not )?(?:to )?be (?:named|identified|quoted)"
    r"|not (?:be |being )?(?:named|identified|authori[sz]ed)|unauthori[sz]ed to|unnamed"
    r"|unidentified"
    r"|who was(?: not|n[’']t) authori[sz]ed|familiar with|with (?:direct )?knowledge of"
    r"|(?:people|persons?|sources?|officials?) (?:who were )?briefed (?:on|about)"
    r"|on background|off the record|declined to give (?:his|her|their) name|close to the"
    r"|withheld (?:his|her|their) name|whose name (?:was|is) not",
    re.IGNORECASE,
)
SOURCE_WORDS = re.compile(
    r"\b(?:according to|as (?:stated|reported|announced|noted|described|told|explained|confirmed"
    r"|said) by|in the words of|citing|quoting|cited|quoted|(?:learn(?:ed|t)"
    r"|heard) (?:\w+ ){0,3}?from"
    r"|attributed to|attributing (?:it|this|that) to|as per|per(?= (?:the|a|an|[A-Z]))"
    r"|in the (?:view|opinion|estimate|assessment|judg[e]?ment) of"
    r"|(?:said|reported|announced|confirmed|claimed|made|told|issued|posted|published|described"
    r"|estimated|believed|disputed|denied|accused|alleged|rejected|obtained|witnessed|seen|spotted"
    r"|filmed|observed|photographed|shared|recorded|captured|detected) by)\s+",
    re.IGNORECASE,
)
