"""Who has spoken so far, and what the article says its people are."""

import re
from dataclasses import dataclass, field, replace

from overflight.case.draft import nations, roles, speakers
from overflight.case.draft.speakers import IsPlace, Speaker
from overflight.case.vocabulary import Attribution

_AROUND = 90  # characters before or after a name that may say what its bearer is
_APPOSITION = re.compile(r",\s+(?!and\b|but\b|said\b|which\b)([^,.;§\"“”]{3,120})")
_BEFORE = re.compile(
    r"(?:^|[,.;:§\"“”—–(]|\bsaid|\band|\bof|\bby|\bto)\s+([^,.;:§\"“”—–()]{2,90})$"
)
_FEMALE = re.compile(
    r"\b(?:ms|mrs|miss|madam|she|her|woman|spokeswoman|congresswoman|mother|sister|daughter)\b",
    re.I,
)
_MALE = re.compile(
    r"\b(?:mr|he|his|man|spokesman|congressman|father|brother|son|fisherman)\b", re.I
)
# A noun that points back -> kinds of speaker it can mean.
_MEANT = {
    "official": ("officials", "unique", "titled"), "officials": ("officials",),
    "officer": ("officials", "titled", "unique"),
    "source": ("officials",), "person": ("officials", "group"), "diplomat": ("officials", "unique"),
    "agency": ("organisation",), "command": ("organisation",), "department": ("organisation",),
    "ministry": ("organisation", "unique"), "embassy": ("organisation",),
    "office": ("organisation",),
    "service": ("organisation",), "bureau": ("organisation",), "administration": ("organisation",),
    "authority": ("organisation",), "committee": ("organisation",), "company": ("group", "owner"),
    "firm": ("group", "owner"), "operator": ("owner",), "club": ("owner", "group"),
    "analysis": ("analysis", "press"),
    "study": ("document", "analysis"), "letter": ("document",),
    "report": ("document", "analysis", "press"),
    "document": ("document",), "filing": ("document",),
    "memo": ("document",), "notice": ("document",), "paper": ("document", "press", "analysis"),
    "newspaper": ("press", "analysis"), "outlet": ("press", "analysis"), "station": ("press",),
    "resident": ("eyewitness",), "residents": ("eyewitness",), "witness": ("eyewitness",),
    "witnesses": ("eyewitness",), "man": ("eyewitness", "person"), "woman": ("eyewitness",
    "person"),
    "pilot": ("eyewitness",), "farmer": ("eyewitness",), "driver": ("eyewitness",),
    "institute": ("experts", "organisation"), "group": ("group",),
}  # fmt: skip
_OF_THEM = re.compile(
    r"(?:(?:one|two|three|both|some|several|most|all|neither|none|another|each) of them|another"
    r"|the others?|others)"
)
_OWNED = re.compile(r"(?:the|its|their)\s(\w+)[’']s\s", re.IGNORECASE)
_EXPERT = ("experts",)
_OFFICE = ("unique", "titled", "officials")


@dataclass
class People:
    """The speakers of one article, in the order in which they spoke."""

    home: str
    is_place: IsPlace
    abroad: bool = False
    """Datelined in another state: an office that names none is one of that state's."""
    known: dict[str, Speaker] = field(default_factory=dict)
    """By surname, as the article introduces them anywhere."""
    spoken: list[Speaker] = field(default_factory=list)
    _told: dict[str, Speaker | None] = field(default_factory=dict)

    def introduce(self, text: str) -> None:
        """Read what the article says its people are: "Name, title," and "Title Name"."""
        for match in roles.NAME_RE.finditer(text):
            name = match.group()
            window = text[max(0, match.start() - _AROUND) : match.start()]
            ahead = _APPOSITION.match(text, match.end(), match.end() + _AROUND + 40)
            before = _BEFORE.search(window) or re.search(r"^([^,.;:]{2,60} )$", window)
            lead = " ".join(before[1].split()[-6:]) if before else ""
            for words in (f"{lead} {name}", f"{name}, {ahead[1]}" if ahead else ""):
                found = self.classify(words) if words else None
                if found and found.name and found.tag not in {"", "person", "press"}:
                    self.known.setdefault(found.name.split()[-1].lower(), found)
                    break

    def classify(self, words: str) -> Speaker | None:
        """What the words themselves say, in an article of this dateline."""
        key = words.strip()
        if key not in self._told:
            found = speakers.classify(words, self.home, self.is_place)
            named = found is not None and found.attribution is Attribution.OFFICIAL_NAMED
            if found is not None and named and self.abroad and not nations.nation(words):
                found = replace(
                    found,
                    attribution=Attribution.FOREIGN_GOVERNMENT,
                    reason=f"{found.reason}, in an article datelined abroad",
                )
            self._told[key] = found
        return self._told[key]

    def find(self, words: str) -> Speaker | None:
        """Who is meant by these words: a known name, else what the words themselves say."""
        found = self.classify(words)
        bare = [
            w.strip("’'s.,") if w.endswith(("’s", "'s")) else w.strip(".,") for w in words.split()
        ]
        surname = (
            found.name.split()[-1] if found and found.name else bare[-1] if bare else ""
        ).lower()
        known = self.known.get(surname)
        short = len(bare) <= 3 and bool(bare) and bare[-1][:1].isupper()
        if (
            known
            and ((found and found.name) or short)
            and (found is None or found.tag in {"person", ""} or not found.name)
        ):
            return replace(
                known, words=words, confidence=0.8, reason=f"introduced as: {known.words}"
            )
        return self._of_the_office(found, words)

    def _of_the_office(self, found: Speaker | None, words: str) -> Speaker | None:
        """Somebody of "the committee": of the state whose committee has spoken before."""
        office = _OWNED.match(words)
        if found is None or office is None or found.attribution is not Attribution.OFFICIAL_NAMED:
            return found
        body = self._meant(office[1].lower(), words, "")
        if body is None or body.attribution is not Attribution.FOREIGN_GOVERNMENT:
            return found
        reason = f"{found.reason}; {body.reason}"
        return replace(found, attribution=body.attribution, reason=reason)

    def refer(self, words: str, before: str) -> Speaker | None:
        """Who a pronoun or "the official" points back to; ``before`` is the sentence so far."""
        noun = speakers.definite(words)
        if noun:
            return self._meant(noun, words, before)
        pronoun = words.strip(" ,").lower()
        if pronoun in {"he", "she"}:
            return self._person(pronoun, words)
        if pronoun in {"they", "both"} or _OF_THEM.fullmatch(pronoun):
            found = next(
                (one for one in reversed(self.spoken) if one.plural or one.tag == "officials"), None
            )
        elif pronoun == "it":
            things = ("organisation", "document", "press", "owner", "group", "analysis")
            found = next((one for one in reversed(self.spoken) if one.tag in things), None)
        else:
            return None
        return _again(found, words) or _nobody(words)

    def _person(self, pronoun: str, words: str) -> Speaker:
        wrong = _MALE if pronoun == "she" else _FEMALE
        for one in reversed(self.spoken[-6:]):
            if (one.is_person or one.name) and not wrong.search(one.words):
                return _again(one, words) or _nobody(words)
        return _nobody(words)

    def _meant(self, noun: str, words: str, before: str) -> Speaker | None:
        if noun.startswith(
            ("statement", "communiqu", "release", "announcement", "post", "message")
        ):
            return _again(self.spoken[-1] if self.spoken else None, words) or _nobody(words)
        kinds = _MEANT.get(noun)
        if kinds is None:
            experts = {"professor", "researcher", "scientist", "meteorologist", "expert",
            "analyst", "engineer", "director",
                       "experts", "scientists", "researchers", "analysts"}  # fmt: skip
            kinds = _EXPERT if noun in experts else _OFFICE
        for one in reversed(self.spoken):
            if one.tag in kinds and one.attribution is not Attribution.UNRESOLVED:
                return _again(one, words)
        named = [*roles.ORGANISATION_RE.finditer(before)]
        if named and "organisation" in kinds:
            return self.classify(named[-1].group())
        return None


def _again(speaker: Speaker | None, words: str) -> Speaker | None:
    if speaker is None:
        return None
    reason = f"{words.strip()!r} is taken for: {speaker.words}"
    return replace(speaker, confidence=min(speaker.confidence, 0.6), reason=reason)


def _nobody(words: str) -> Speaker:
    reason = f"who {words.strip()!r} is cannot be told from the text"
    return Speaker(words.strip(), Attribution.UNRESOLVED, "pronoun", confidence=0.3, reason=reason)
