"""The words that name a speaker, beside a verb of reporting: its subject with its appositions.

"Jane Doe, 43, of Auburn, told": the subject reaches back over commas while what stands between them
only describes. "The airport was shut, the sheriff said": it does not reach further than that.
"""

import re

from overflight.case.draft import roles, words

_STOP = re.compile(r"§+|;|:(?!\d)|[!?](?=\s)|(?<=[a-z]{4})\.(?=\s)|\s[—–]\s|\s-\s|--|\(|\)")
_LEAD_IN = re.compile(
    r"^(?:and|but|while|when|as|because|so|then|meanwhile|although|though|where|if|that|after"
    r"|before|since|also|still|yet"
    r"|what|how|whether|in turn|in response|instead|later|earlier|however|moreover|furthermore"
    r"|separately|in addition|for example"
    r"|at the time|by then|now)\s+",
    re.IGNORECASE,
)
_DESCRIBES = re.compile(
    r"^(?:who|whose|whom|which|where|two|three|four|five|six|seven|eight|nine|ten|an?|the|of|from|in|at|now|then|formerly|former|himself"
    r"|herself|\d{1,3}\b|aged|speaking|citing|asking"
    r"|on the|near|across|outside|inside|downwind|upwind|east|west|north|south|his|her|its"
    r"|their|our|also|both|including|like|one of|based|using|standing|writing"
    r"|quoting|professor|director|head|chief|deputy|president"
    r"|spokes\w+|meteorologist|senior|commander|chair\w*|minister|secretary|founder|author|owner"
    r"|R-|D-|R\b|D\b|Jr|Sr|Ph|[a-z]+(?:ed|wn|ent)\b|released|seen|sent|made|shot|taken|drawn|written|shown|given|held|kept|[a-z]{3,}ing\b)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"^(?:who|whose|whom|which|where|speaking|asking|citing|using|himself|herself)\b", re.IGNORECASE
)
_QUOTING = re.compile(r"(?:quoting|citing)\b", re.IGNORECASE)
_MOST_WORDS = 26
_FURTHEST = 500  # characters from a verb back to its subject
_ENDS_RIGHT = re.compile(
    r"§|;|:(?!\d)|[!?](?:\s|$)|\.$|(?<=[a-z]{4})\.\s|\s[—–]\s|\)|\b(?:when|after|before|during"
    r"|while|because|adding|noting|saying|in (?:an?|the) (?:interview|statement|email|news|press"
    r"|briefing|post|tweet|call|phone|letter)"
    r"|on (?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)|(?:Monday|Tuesday"
    r"|Wednesday|Thursday|Friday|Saturday|Sunday)|yesterday|today|told reporters|as (?:he|she"
    r"|they|the)|that)\b"
)


def left_of(part: str, position: int) -> str:
    """The subject that ends at ``position``, '' where none can stand there.

    >>> text = "The beach is shut, a spokeswoman for the county, Paula Poe, said"
    >>> left_of(text, text.index("said"))
    'a spokeswoman for the county, Paula Poe'
    """
    first = max(0, position - _FURTHEST)
    start = max((m.end() for m in _STOP.finditer(part, first, position)), default=first)
    segments = [piece.strip() for piece in part[start:position].split(",")]
    segments = [piece for piece in segments if not _QUOTING.match(piece)] or [""]
    last = _without_helpers(segments[-1])
    before = segments[:-1]
    if _RELATIVE.fullmatch(last):
        return ""  # "which had summoned": a verb of the description, not of the sentence
    if not last:
        if not before:
            return ""
        return _with_head(before)
    if _describes(last) and before and _is_name(before[-1]):
        return f"{_without_lead(before[-1])}, {last}"
    if (
        " and " in f" {last} "
        and before
        and _is_name(before[-1])
        and _is_name(last.split(" and ")[0])
    ):
        listed = [piece for piece in before[-4:] if _is_name(piece)]
        return ", ".join([_without_lead(listed[0]), *listed[1:], last]) if listed else last
    return _tail(_without_lead(last))


def _with_head(segments: list[str]) -> str:
    """The verb follows a comma: what is before it describes, and its head is further left."""
    taken: list[str] = []
    for segment in reversed(segments[-6:]):
        taken.insert(0, segment)
        if len(taken) == 1 and _STATE.fullmatch(segment):
            continue  # "ranchers near Roundup, Montana, said"
        enough = not _describes(segment) and (not _is_name(segment) or len(taken) > 1)
        if enough or (len(taken) > 1 and not _RELATIVE.match(segment) and not _describes(segment)):
            break
    if len(taken) >= 2 and _NO_NAME.match(taken[0]):
        taken.pop(0)  # "Told of the club's account, a spokeswoman, Nina Poe, replied"
    if len(taken) >= 2 and _is_role(taken[0]) and not _RELATIVE.match(taken[0]):
        return ", ".join([_without_lead(taken[0]), *taken[1:]])
    # "a spokeswoman for the county, Paula Poe, told": the name is in apposition to a role
    for index, segment in enumerate(taken):
        if (_is_name(segment) or _is_role(segment)) and not _RELATIVE.match(segment):
            return ", ".join([_without_lead(segment), *taken[index + 1 :]])
    return ""


# What follows a town: one word, or one of the two-word names of states and provinces.
_STATE = re.compile(
    r"(?:(?:North|South|West|East|New|British|Nova|Northwest|Northern|Prince|Puerto|Rhode|United)"
    r" )?[A-Z][\w.’'-]+"
)
_NO_NAME = re.compile(
    r"^(?:speaking|asked|told|pressed|reached|contacted|questioned|shown|faced|quizzed|in|on|at|during|after|before|under|with|by|for|from|since|despite|among"
    r"|like|unlike|throughout|within|near|over|according)\b",
    re.IGNORECASE,
)


def _is_name(segment: str) -> bool:
    bare = _without_lead(segment)
    if _NO_NAME.match(bare):
        return False
    match = roles.NAME_RE.search(bare) or roles.TITLED_RE.search(bare)
    return bool(match) and len(bare.split()) <= 9 and (match is None or len(bare) - match.end() < 3)


def _is_role(segment: str) -> bool:
    bare = _without_lead(segment)
    if len(bare.split()) > 14:
        return False
    rules = (
        roles.UNIQUE_RE, roles.OFFICIALS_RE, roles.EXPERTS_RE, roles.EYEWITNESSES_RE,
        roles.OWNERS_RE, roles.GROUPS_RE,
        roles.ORGANISATION_RE, roles.ORGANISATION_WORD_RE, roles.DOCUMENT_RE,
        roles.PRESS_WORD_RE, roles.PRESS_NAME_RE,
        roles.IMAGERY_RE, roles.TELEMETRY_RE, roles.NAME_RE,
    )  # fmt: skip
    return any(rule.search(bare) for rule in rules)


def _describes(segment: str) -> bool:
    return _DESCRIBES.match(segment) is not None


def _without_lead(segment: str) -> str:
    bare = segment.strip(" \"'“”‘’")
    while True:
        shorter = _LEAD_IN.sub("", bare)
        if shorter == bare:
            return bare
        bare = shorter


def _without_helpers(segment: str) -> str:
    """Drop what stands between a subject and its verb: has, later, on Friday."""
    pieces = segment.split()
    while pieces:
        word = pieces[-1].lower().strip(".'’")
        if word not in words.AUXILIARY and word not in words.DAYS:
            break
        pieces.pop()
    return " ".join(pieces)


def _tail(segment: str) -> str:
    """Of many words only the last can be the subject; too many are none."""
    pieces = segment.split()
    if len(pieces) <= _MOST_WORDS:
        return segment
    return " ".join(pieces[-8:])


def right_of(part: str, position: int) -> str:
    """The speaker who begins at ``position``: to the end of what describes them.

    >>> right_of("according to its director, Richard Miles, on Monday", 13)
    'its director, Richard Miles'
    """
    rest = part[position:]
    end = _ENDS_RIGHT.search(rest, 1)
    whole = rest[: end.start()] if end else rest
    segments = [piece.strip() for piece in whole.split(",")]
    kept = [segments[0]]
    for segment in segments[1:6]:
        if not segment or not (_describes(segment) or _is_name(segment)):
            break
        kept.append(segment)
    while len(kept) > 1 and is_sentence(kept[-1]):
        kept.pop()
    return " ".join(", ".join(kept).split()[:_MOST_WORDS]).strip(" .,")


def is_sentence(segment: str) -> bool:
    """Whether words have a verb of their own: they are what is told, not who tells."""
    return re.search(
        r"\b(?:is|was|were|are|had|has|have|will|would|could|did|came|went|flew|fell|shot|took"
        r"|made|put|sent|saw|found|held|got|heard|left|lost|kept|gave)\b|\b(?:[Tt]here|[Ii]t|[Tt]hat|[Hh]e|[Ss]he)[’']s\b|\w{2,}ed\b",
        segment,
    ) is not None and not _RELATIVE.match(segment)
