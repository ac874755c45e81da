"""Classes that follow from what is said: an onlooker, an owner, a newspaper's own work."""

import re
from dataclasses import replace

from overflight.case.draft import roles
from overflight.case.draft.flyers import Flyers
from overflight.case.draft.frames import Frame
from overflight.case.draft.speakers import Speaker
from overflight.case.draft.turns import Attributed
from overflight.case.vocabulary import Attribution


def told(one: Attributed, frame: Frame, text: str, known: Flyers) -> Attributed:
    """A clause whose speaker's class follows from what is said, where nothing else tells it."""
    speaker, whole = one.speaker, text[one.start : one.end]
    theirs = known.own(speaker) if one.verb else ""
    if theirs:
        reason = f"{theirs!r}: of those who flew it, as the article tells"
        kind = Attribution.OWNER
        return replace(
            one,
            speaker=replace(speaker, attribution=kind, tag="owner", confidence=0.5, reason=reason),
        )
    quoted = " ".join(text[q.start : q.end] for q in frame.quotes if one.start <= q.start < one.end)
    if speaker.attribution is Attribution.UNRESOLVED and speaker.tag in {"person", "account"}:
        found = _SAW.search(quoted if speaker.tag == "person" else whole)
        return _as(one, found, Attribution.EYEWITNESS, "tells what they saw")
    if one.verb and _may_own(speaker):
        return _as(one, _OWN.search(whole), Attribution.OWNER, "says that it is theirs")
    if speaker.attribution is Attribution.AUTHOR and _SHOWN.match(whole):
        return _as(one, _SHOWN.match(whole), Attribution.IMAGERY, "pictures that show")
    if speaker.attribution is Attribution.AUTHOR:
        return _as(one, _WE_COUNTED.search(whole), Attribution.PRESS_ANALYSIS, "own work")
    return one


def _may_own(speaker: Speaker) -> bool:
    """Whether "its balloon" is the speaker's: a firm's, a club's, a name's that is nothing else."""
    if speaker.attribution is Attribution.GROUP:
        return _FIRM.search(speaker.words) is not None
    unknown = speaker.attribution is Attribution.UNRESOLVED and speaker.tag in {"", "person"}
    return unknown and _NAME.match(speaker.words) is not None


def _as(one: Attributed, found: re.Match[str] | None, kind: Attribution, why: str) -> Attributed:
    """The clause with a speaker of that class, where there are words for it."""
    if found is None:
        return one
    reason = f"{found.group()!r}: {why}"
    tag = _TAGS.get(kind, one.speaker.tag)
    return replace(
        one, speaker=replace(one.speaker, attribution=kind, tag=tag, confidence=0.5, reason=reason)
    )


_TAGS = {Attribution.OWNER: "owner", Attribution.EYEWITNESS: "eyewitness"}


_FIRM = re.compile(
    r"\b(?:compan(?:y|ies)|firm|clubs?|teams?|schools?|start-?ups?|universit\w+|societ(?:y|ies)"
    r"|students?|corporation|inc|ltd|provider|labs|systems|technologies|aerospace"
    r"|sensing|hobbyists?|activists|brigade|maker|operator|institute|laborator\w+|association)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Z][\w&.-]+ [A-Z]")  # of two words at least: "Stratolane Inc."
_SHOWN = re.compile(
    rf"(?:the |a |an |one |two |three |several |\w+ ){{0,3}}(?:{roles.IMAGERY})\b[^;§]{{0,80}}?"
    r" (?:turned up|picked (?:it )?up|came back with|caught|captured|revealed?|reveals"
    r"|bear|bears|bore"
    r"|match(?:es|ed)?|confirm(?:s|ed)?|corroborates?|contradicts?|back(?:s|ed)? (?:that "
    r"|it )?up|shows?|showed)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:was|is|were|are) (?:one of )?(?:its|their|our|his|her) own\b|\bbelong(?:s|ed)? to (?:it"
    r"|them|us)\b|\b(?:its|their|our) (?:own )?(?:[\w-]+ ){0,2}(?:balloons?|capsules?|payloads?"
    r"|airships?|envelope|radiosondes?|trackers?|aerostats?|gondola|floaters?|picos?)\b"
    r"|\bwe (?:lost"
    r"|launched|released)\b",
    re.IGNORECASE,
)
_WE_COUNTED = re.compile(
    r"\b(?:our|this (?:newspaper|site|newsletter|station)[’']s) (?:own )?(?:\w+ )?(?:counts?"
    r"|analys[ei]s|tally|calculations?|reconstruction|review|estimates?|trajector(?:y|ies)|model"
    r"|runs?|reading of|map|comparison)\b"
    r"|\b(?:by|from) our (?:\w+ ){0,2}(?:team|desk|newsroom|reporters?|staff|editors?)\b"
    r"|\bwe (?:\w+ )?(?:traced|calculated|modell?ed|ran|compared|counted|reviewed|plotted|matched"
    r"|geolocated|measured|reconstructed|overlaid|verified|checked)\b",
    re.IGNORECASE,
)


_SAW = re.compile(
    r"\b(?:I|we|you)(?:[’'](?:d|ve|m|re))?\b[^.?!]{0,40}\b(?:saw|see(?:n|ing)?|watch\w*|spotted"
    r"|look(?:ed|ing)?|noticed|heard|film\w*|photograph\w*|zoomed|recorded|thought (?:it|that)"
    r"|pulled over|stopped|stepped|grabbed|went out\w*|ran out\w*|was (?:driving|walking|out))\b"
    r"|\b(?:it|that thing|this thing)(?:[’']s| was| is)? (?:just |kind of |kinda |sort of |only "
    r"|not |really |so |way |too |very |pretty |about )*(?:sat|hung|hanging"
    r"|sitting|hovered|hovering|looked|moved|moving|moon|big|huge|low|high|bright|white|round|silver|shiny|weird|strange|eerie|silent|still)\b"
    r"|\b(?:looked|looks) like\b|\bis not the moon\b"
    r"|\bmy (?:wife|husband|kids?|son|daughter|phone|camera|truck|car|house|porch|yard|deck|dog"
    r"|neighbou?rs?|binoculars|telescope|windshield|headlights)\b",
    re.IGNORECASE,
)
