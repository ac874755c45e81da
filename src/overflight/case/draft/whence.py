"""From which state an article is written: its dateline, else the states and places that it names.

Offices that name no state ("police", "the ministry") are then those of that state.
"""

import re
from collections.abc import Iterable

from overflight.case.draft import nations
from overflight.case.draft.frames import Paragraph
from overflight.case.draft.gazetteer import Gazetteer, Mention, Place

_FEWEST = 2  # words for other states: one town alone is easily another of that name
_AMERICAN = re.compile(
    r",\s*(?:Ala|Alaska|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Hawaii|Ill|Ind|Iowa|Idaho|Kan|Ky|La|Maine"
    r"|Md|Mass|Mich|Minn|Miss|Mo|Mont|Neb|Nev|N\.\s?[HJMCDY]|Ohio|Okla|Ore|Pa|R\.\s?I|S\.\s?[CD]|Tenn"
    r"|Texas|Utah|Vt|Va|Wash|W\.\s?Va|Wis|Wyo|D\.\s?C)\b"
)

# "Tallinn. A balloon fell", "Lisbon (from our correspondent) — "
_TOWN_FIRST = re.compile(
    r"\s*(?P<town>[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)?)(?:\.| \([^()]{3,60}\) [—–-]) (?=[A-ZÀ-Þ])"
)
_BRIEFING = re.compile(
    r"^(?:Q|QUESTION|MODERATOR|REPORTER|MS\. [A-Z]+|MR\. [A-Z]+): ", re.MULTILINE
)
_A_STATE = re.compile(
    r"\b(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Florida|Hawaii|Idaho"
    r"|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota"
    r"|Mississippi|Missouri|Montana|Nebraska|Nevada|New (?:Hampshire|Jersey|Mexico|York)"
    r"|(?:North|South) (?:Carolina|Dakota)|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|Tennessee"
    r"|Texas|Utah|Vermont|Virginia|Washington|Wisconsin|Wyoming|County|Sheriff|[Ss]heriff[’']s|Sens?\."
    r"|Reps?\.)\b"
)


def abroad(
    text: str, parts: list[Paragraph], known: Gazetteer, mentions: Iterable[Mention], home: str
) -> bool:
    """Whether an article is written in another state than ``home``."""
    state = _dateline(text, parts, known)
    if state:
        return state != home
    if _BRIEFING.search(text):
        return False  # whatever states the answers are about
    told = [_state_of(mention.best) for mention in mentions if mention.best.kind == "city"]
    told += [nations.nation(match.group()) for match in nations.BODY.finditer(text)]
    at_home = home in told or nations.named(text, home)
    at_home = at_home or (home == "US" and _A_STATE.search(text) is not None)
    named = [*told, *(nations.NATIONS[m.group()] for m in nations.NATION.finditer(text))]
    return not at_home and any(told) and sum(code not in {home, ""} for code in named) >= _FEWEST


def _dateline(text: str, parts: list[Paragraph], known: Gazetteer) -> str:
    """The state of the place that stands before the text, '' where none does."""
    for part in parts[:4]:
        if _AMERICAN.search(part.dateline):
            return "US"
        match = re.match(r"[^(,—–-]+", part.dateline)
        candidates = known.named(match.group().strip().title()) if match else ()
        state = nations.nation(part.dateline) or (_state_of(candidates[0]) if candidates else "")
        if state:
            return state
    first = _TOWN_FIRST.match(text)
    candidates = known.named(first["town"]) if first else ()
    return _state_of(candidates[0]) if candidates else ""


def _state_of(place: Place) -> str:
    """The state of a place by its code, "LT" of "LT-VL"."""
    return place.zone.partition("-")[0]
