"""The name of a person among the words that name a speaker."""

import re
from collections.abc import Callable

from overflight.case.draft import nations, roles

IsPlace = Callable[[str], bool]

_SINGLE_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]*[a-zà-ÿ][\w’'-]*$")
_MR = re.compile(r"^(?:Mr|Mrs|Ms|Mx|Dr|Sir|Dame|Lord|Lady|Prof)\.? ")
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
# "a cattle buyer from Miles City, Montana": where somebody is from is not whom they speak for.
_FROM_A_TOWN = re.compile(
    r"(?<=[a-z])\s(?:from|near|outside)\s((?:\s?[A-Z][\w.’'-]+){1,4})(?:, [A-Z][\w. ]+)?$"
)


def without_a_town(region: str, is_place: IsPlace) -> str:
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
