"""Whose balloon it is: who, as an article tells, launched, flies, built or lost one.

"A balloon built by students at Holdrege School", "Sceye's latest airship": whoever speaks for them
later in the article ("the company said", "chief engineer Lena Dupree") speaks as its owner.
"""

import re
from dataclasses import dataclass, field

from overflight.case.draft import nations
from overflight.case.draft.speakers import Speaker
from overflight.case.vocabulary import Attribution

_CRAFT = (
    r"(?:balloons?|airships?|aerostats?|blimps?|capsules?|payloads?|gondolas?|envelopes?|floaters?"
    r"|picos?|spheres?|stratospheric \w+|high-altitude (?:craft|platform|vehicle)s?)"
)
_BODY = (
    r"(?:compan(?:y|ies)|firm|start-?up|clubs?|teams?|schools?|class(?:es)?|students?|pupils"
    r"|universit(?:y|ies)|institute|group|crew|brigade|society|laboratory|manufacturer|maker|vendor"
    r"|operator|hobbyists?|enthusiasts?|sophomores|juniors|seniors|[\w]+-graders?|museum|college)"
)
_NAME = r"[A-Z][\w.&’'-]*(?: (?:of |and |for |the )?[A-Z][\w.&’'-]*){0,5}"
_FLEW = (
    r"(?:launched|launches|flew|flies|flown|operates|operated|owns|owned|builds|built|makes|made"
    r"|released|lost(?: contact with| track of)?|sent up|sent aloft|let go(?: of)?|designed"
    r"|runs|run"
    r"|managed|flying|launching|recovered|inflated|floated)"
)
_RULES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<who>{_NAME})[’']s? (?:[\w-]+ ){{0,4}}{_CRAFT}\b",
        rf"\b{_CRAFT}\b[^.;§]{{0,80}}?\b{_FLEW} by (?P<who>[^.;,§]{{3,80}})",
        rf"(?P<who>\b(?:[Tt]he|[Aa]n?|[Oo]ur|[Oo]ne|[Tt]wo) (?:[\w-]+ ){{0,4}}{_BODY}|{_NAME})"
        rf"(?:, [^.;§,]{{3,70}},)? (?:\w+ ){{0,3}}{_FLEW} (?:its|their|an?|the|one of (?:its|their)"
        rf"|two|three|four|dozens of|hundreds of|more than \w+) (?:[\w-]+ ){{0,4}}{_CRAFT}\b",
        rf"\b(?:{_CRAFT}|craft|it) (?:belong(?:s|ed)? to|is owned by"
        rf"|was owned by) (?P<who>[^.;,§]{{3,60}})",
        rf"(?P<who>\b(?:[Hh]is|[Hh]er|[Tt]heir|[Oo]ur"
        rf"|[Tt]he) (?:\w+ )?{_BODY}) (?:\w+ )?let (?:the|an?|its|their|go of)\b",
        rf"\b{_CRAFT}[’']s? (?:owners?|makers?|builders?|operators?), (?P<who>[^.;,§]{{3,60}})",
    )
)
_BODY_RE = re.compile(rf"\b{_BODY}\b", re.IGNORECASE)
_ONE_BODY = re.compile(
    rf"(?:the|its|their|our|his|her|this|that) (?:[\w-]+ ){{0,2}}{_BODY}$", re.IGNORECASE
)
_SPEAKS_FOR = re.compile(
    r"\b(?:chief (?:executive|engineer|technology officer|operating officer|pilot)|c[et]o"
    r"|co-?founders?"
    r"|founders?|presidents?|(?:flight|launch|mission|project|programme?|campaign|recovery|team|payload"
    r"|operations) (?:director|manager|lead(?:er)?|engineer|scientist|member|captain)s?|members?"
    r"|spokes\w+|teach(?:ers?|es)|students?|pupils?|instructors?|(?:faculty )?advis[eo]rs?"
    r"|sophomores?|juniors?"
    r"|seniors?|\w+-graders?|principal investigator|organi[sz]ers?|volunteers|secretary"
    r"|treasurer)\b",
    re.IGNORECASE,
)
_OPEN = frozenset({Attribution.GROUP, Attribution.UNRESOLVED, Attribution.EXPERT_NAMED,
                   Attribution.EYEWITNESS})  # fmt: skip
_NO_OWNER = frozenset({"A", "An", "The", "In", "On", "At", "It", "This", "That", "U.S", "US"})


@dataclass(frozen=True)
class Flyers:
    """Those whom an article tells to have flown a balloon."""

    names: frozenset[str] = field(default_factory=frozenset)
    """First words of their names."""
    bodies: frozenset[str] = field(default_factory=frozenset)
    """What they are: company, club, students."""

    def own(self, speaker: Speaker) -> str:
        """The words by which a speaker is one of them, '' for everybody else."""
        if not (self.names or self.bodies):
            return ""
        whole = f"{speaker.words}, {speaker.reason.partition('introduced as: ')[2]}"
        role = _SPEAKS_FOR.search(whole)
        if speaker.attribution not in _OPEN:
            office = speaker.attribution is Attribution.OFFICIAL_NAMED and _PRIVATE.search(whole)
            return office.group() if office else ""
        named = next((name for name in self.names if re.search(rf"\b{name}\b", whole)), "")
        if named and (not speaker.name or named not in speaker.name):
            return named
        body = _ONE_BODY.match(speaker.words)
        if body is not None:
            return body.group()
        return role.group() if role and not _ELSEWHERE.search(whole) else ""


# Offices that no public body has.
_PRIVATE = re.compile(
    r"\b(?:treasurer|(?:campaign|operations|mission|flight|launch|project|balloon) (?:manager"
    r"|director)"
    r"|founder|club (?:president|secretary)|team (?:lead|leader))\b", re.IGNORECASE
)  # fmt: skip
# "a spokesman for the airline", "a professor at": of somebody else.
_ELSEWHERE = re.compile(
    r"\b(?:professor|airline|airport|not involved|independent|rival|union|association|for the"
    r"|for [A-Z]|at the University)\b"
)


def flyers(text: str) -> Flyers:
    """Read who flew a balloon.

    >>> sorted(flyers("Sceye's airship drifted off. The club launched its third balloon.").bodies)
    ['club']
    """
    names: set[str] = set()
    bodies: set[str] = set()
    for rule in _RULES:
        for match in rule.finditer(text):
            who = match["who"]
            bodies.update(word.group().lower() for word in _BODY_RE.finditer(who))
            name = re.search(_NAME, who.removeprefix("The ").removeprefix("A "))
            first = name.group().split()[0].removesuffix("’s").removesuffix("'s") if name else ""
            state = nations.nation(name.group()) if name else ""
            if first and first.strip(".") not in _NO_OWNER and not state:
                names.add(re.escape(first))
    return Flyers(frozenset(names), frozenset(bodies))
