"""Who has spoken so far, and what the article says its people are."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from overflight.case.draft import nations, roles, speakers
from overflight.case.draft.flyers import Flyers, flyers
from overflight.case.draft.names import IsPlace
from overflight.case.draft.speakers import Speaker
from overflight.case.vocabulary import Attribution

_AROUND = 90  # characters before or after a name that may say what its bearer is
_APPOSITION = re.compile(r",\s+(?!and\b|but\b|said\b|which\b)([^,.;§\"“”]{3,120})")
_BEFORE = re.compile(
    r"(?:^|[,.;:§\"“”—–(]|\bsaid|\band|\bof|\bby|\bto)\s+([^,.;:§\"“”—–()]{2,90})$"
)
_TITLE_BEFORE = re.compile(rf"\b{roles.TITLES}\.? $")
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
    "force": ("organisation",), "broadcaster": ("press",), "network": ("press",),
    "magazine": ("press",), "airline": ("group",), "carrier": ("group",),
    "agency": ("organisation",), "base": ("organisation",),
    "facility": ("owner", "organisation"), "command": ("organisation",),
    "department": ("organisation",),
    "ministry": ("organisation", "unique"), "embassy": ("organisation",),
    "office": ("organisation",),
    "service": ("organisation",), "bureau": ("organisation",), "administration": ("organisation",),
    "authority": ("organisation",), "committee": ("organisation",), "company": ("group", "owner"),
    "firm": ("group", "owner"), "co-op": ("group", "owner"), "cooperative": ("group", "owner"),
    "utility": ("group",), "union": ("group",), "association": ("group",), "team": ("owner",),
    "museum": ("group", "experts", "organisation"), "school": ("owner", "group"),
    "operator": ("owner",), "club": ("owner", "group"),
    "analysis": ("analysis", "press"),
    "study": ("document", "analysis"), "letter": ("document",),
    "report": ("document", "analysis", "press"),
    "document": ("document",), "filing": ("document",),
    "memo": ("document",), "notice": ("document",), "paper": ("press", "analysis", "document"),
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
_LETTERS = re.compile(
    r"(?P<name>(?:[A-ZÀ-Þ][\w’'-]+ )(?:(?:of|for|and|the|on|[A-ZÀ-Þ][\w’'-]+) ){0,8})"
    r"\((?P<short>[A-Z](?=\w*[A-Z])[A-Za-z]{1,8})\)"
)
_AT_A_TOWN = re.compile(r"\b(?:at|in|of|near|from) ([A-ZÀ-Ž][\w’'-]+)(?![\w ]*[A-Z]\w+ (?:Co|Inc))")
_OF_AGE = re.compile(r"the \d{1,2}-year-old(?: \w+)?")
_CAPITALS = re.compile(r"\b[A-Z]{3,8}\b")
_THE_NOUN = re.compile(r"(?:the|this|that) (?:[a-z]+ )?(?P<noun>[a-z]{4,})", re.IGNORECASE)
_A_STATEMENT = re.compile(r"an? (?:\w+ )?(?:statement|communiqu[eé]|release)", re.IGNORECASE)
_EVERY_STATE_HAS = re.compile(
    r"\b(?:Joint Chiefs of Staff|Coast Guard|Congress|Senate|House of Representatives|Parliament)\b"
)
_OWNED = re.compile(r"(?:the|its|their)\s(\w+)[’']s\s", re.IGNORECASE)
_SPOKEN_FOR = frozenset({"organisation", "group", "owner"})
_ITS = re.compile(r"(?:its|their)\s", re.IGNORECASE)
_OF_OFFICE = frozenset({Attribution.OFFICIAL_NAMED, Attribution.EXPERT_NAMED, Attribution.GROUP})
_PASSED_ON = frozenset({Attribution.FOREIGN_GOVERNMENT, Attribution.OWNER, Attribution.GROUP})
_A_TRADE = re.compile(
    rf"\b(?:an?|one|another) (?:[\w’'-]+ ){{0,3}}?(?:{roles.EYEWITNESSES}|{roles.EXPERTS})\b",
    re.IGNORECASE,
)
_TRADES = frozenset({"eyewitness", "experts"})
_EXPERT = ("experts",)
_OFFICE = ("unique", "titled", "officials")


@dataclass
class People:
    """The speakers of one article, in the order in which they spoke."""

    home: str
    is_place: IsPlace
    lies_abroad: Callable[[str], bool] = lambda _: False
    """Whether every place of a name that is known lies in another state."""
    abroad: bool = False
    """Datelined in another state: an office that names none is one of that state's."""
    known: dict[str, Speaker] = field(default_factory=dict)
    """By surname, as the article introduces them anywhere."""
    spoken: list[Speaker] = field(default_factory=list)
    state: str = ""
    """The state whose bodies the paragraph has named last."""
    mentioned: Speaker | None = None
    """The letter or notice that the sentence before began with: "it" can mean it."""
    unnamed: Speaker | None = None
    """Somebody told of without a name, "a farmer": a name that follows can be theirs."""
    short: dict[str, str] = field(default_factory=dict)
    """Names by the letters that the article puts behind them: "Ministry of Defence (MOD)"."""
    flyers: Flyers = field(default_factory=Flyers)
    """Who flew a balloon, as the article tells."""
    _told: dict[str, Speaker | None] = field(default_factory=dict)

    def introduce(self, text: str) -> None:
        """Read what the article says its people are: "Name, title," and "Title Name"."""
        self.flyers = flyers(text)
        self.short = {match["short"]: match["name"] for match in _LETTERS.finditer(text)}
        letters = set(_CAPITALS.findall(text))
        for match in roles.ORGANISATION_RE.finditer(text):
            initials = "".join(word[0] for word in match.group().split() if word[0].isupper())
            if initials in letters:
                self.short.setdefault(initials, match.group())
        for match in roles.NAME_RE.finditer(text):
            name = match.group()
            window = text[max(0, match.start() - _AROUND) : match.start()]
            ahead = _APPOSITION.match(text, match.end(), match.end() + _AROUND + 40)
            before = _BEFORE.search(window) or re.search(r"^([^,.;:]{2,60} )$", window)
            lead = " ".join(before[1].split()[-6:]) if before else ""
            titled = _TITLE_BEFORE.search(window)
            lead = titled.group() if titled else lead
            for words in (f"{lead} {name}", f"{name}, {ahead[1]}" if ahead else ""):
                found = self.classify(words) if words else None
                if found and found.name and found.tag not in {"", "person", "press"}:
                    for part in (found.name.split()[-1], found.name.split()[0]):
                        self.known.setdefault(part.lower(), found)
                    break

    def heard(self, one: Speaker) -> None:
        """Somebody spoke: pronouns can mean them now, and so can their surname alone."""
        self.spoken.append(one)
        if one.name and one.tag not in {"", "person", "press"}:
            self.known.setdefault(one.name.split()[-1].lower(), one)

    def classify(self, words: str) -> Speaker | None:
        """What the words themselves say, in an article of this dateline."""
        key = words.strip()
        if key not in self._told:
            found = speakers.classify(self._spelt_out(words), self.home, self.is_place)
            found = replace(found, words=words.strip()) if found and self.short else found
            named = found is not None and found.attribution is Attribution.OFFICIAL_NAMED
            where = self._where(words) if named and not nations.nation(words) else ""
            if found is not None and where:
                foreign, reason = Attribution.FOREIGN_GOVERNMENT, f"{found.reason}, {where}"
                found = replace(found, attribution=foreign, reason=reason)
            self._told[key] = found
        return self._told[key]

    def _where(self, words: str) -> str:
        """Why an office that names no state is another state's, '' where nothing says so."""
        if self.abroad:
            return "in an article datelined abroad"
        towns = (match[1] for match in _AT_A_TOWN.finditer(words))
        lies = next((town for town in towns if self.lies_abroad(town)), "")
        return f"{lies} lies abroad" if lies else ""

    def _spelt_out(self, words: str) -> str:
        """The words with the letters of a body replaced by its name."""
        for letters, name in self.short.items():
            words = re.sub(rf"\b{re.escape(letters)}\b", name, words)
        return words

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
        if found is not None and found.attribution is Attribution.UNRESOLVED and found.name:
            found = self._named_now(found, words)
        return self._of_the_state(self._of_the_office(found, words), words)

    def _named_now(self, found: Speaker, words: str) -> Speaker:
        """A bare name after "a farmer checking fence": that farmer's."""
        bare = words.strip(" ,.").casefold() in {
            found.name.casefold(),
            f"mr. {found.name}".casefold(),
        }
        if self.unnamed is None or not bare:
            return found
        reason = f"a name after {self.unnamed.words!r}"
        kind = self.unnamed.attribution
        kind = Attribution.EXPERT_NAMED if self.unnamed.tag in _EXPERT else kind
        return replace(
            self.unnamed, attribution=kind, words=words, name=found.name, confidence=0.5,
            reason=reason,
        )  # fmt: skip

    def _of_the_state(self, found: Speaker | None, words: str) -> Speaker | None:
        """An office that names no state, in a paragraph about the bodies of another one."""
        if (
            found is None
            or found.attribution is not Attribution.OFFICIAL_NAMED
            or (nations.nation(words) and not _EVERY_STATE_HAS.search(words))
            or nations.NATION.search(words)
            or not nations.is_foreign(self.state, self.home)
        ):
            return found
        reason = f"{found.reason}, after {self.state} bodies"
        return replace(found, attribution=Attribution.FOREIGN_GOVERNMENT, reason=reason)

    def met(self, text: str, *, told: bool) -> None:
        """Somebody of whom a sentence tells, if it tells of one alone and nobody speaks in it."""
        self.unnamed = self._told_of(text) or self.unnamed
        names = {match.group().split()[-1].lower() for match in roles.NAME_RE.finditer(text)}
        known = [self.known[name] for name in names if name in self.known]
        if not told and len(known) == 1 and known[0].tag in speakers.PERSONS:
            self.spoken.append(known[0])

    def _told_of(self, text: str) -> Speaker | None:
        """The last person of whom the words tell a trade and no name."""
        found = None
        for match in _A_TRADE.finditer(text):
            one = self.classify(match.group())
            if one is not None and not one.name and one.tag in _TRADES:
                found = one
        return found

    def _of_the_office(self, found: Speaker | None, words: str) -> Speaker | None:
        """Somebody of "the committee", "its" spokesman: of the state or firm that spoke before."""
        office, its = _OWNED.match(words), _ITS.match(words)
        if found is None or (office is None and its is None) or found.attribution not in _OF_OFFICE:
            return found
        body = (
            self._meant(office[1].lower(), words, "") if office
            else next((one for one in reversed(self.spoken) if one.tag in _SPOKEN_FOR), None)
        )  # fmt: skip
        if body is None or body.attribution not in _PASSED_ON:
            return found
        reason = f"{found.reason}; {body.reason}"
        return replace(found, attribution=body.attribution, reason=reason)

    def refer(self, words: str, before: str) -> Speaker | None:
        """Who a pronoun or "the official" points back to; ``before`` is the sentence so far."""
        noun = speakers.definite(words)
        if noun:
            return self._meant(noun, words, before)
        same = self._same_noun(words)
        if same is not None:
            return same
        if _A_STATEMENT.fullmatch(words.strip()):
            return self._meant("statement", words, before) if self.spoken else None
        pronoun = words.partition(",")[0].strip().lower()
        if pronoun in {"he", "she"} or _OF_AGE.fullmatch(pronoun):
            return self._person(pronoun, words)
        if pronoun in {"they", "both"} or _OF_THEM.fullmatch(pronoun):
            found = next(
                (one for one in reversed(self.spoken) if one.plural or one.tag == "officials"), None
            )
        elif pronoun == "it":
            things = ("organisation", "document", "press", "owner", "group", "analysis")
            found = self.mentioned or next(
                (one for one in reversed(self.spoken) if one.tag in things), None
            )
        else:
            return None
        return _again(found, words) or _nobody(words)

    def _same_noun(self, words: str) -> Speaker | None:
        """Whoever spoke under the same noun: "the force" after "the Colombian Aerospace Force"."""
        match = _THE_NOUN.fullmatch(words.strip(" ,"))
        if match is None:
            return None
        noun = re.compile(rf"\b{match['noun']}\b", re.IGNORECASE)
        for one in reversed(self.spoken[-8:]):
            if noun.search(one.words) and one.attribution is not Attribution.UNRESOLVED:
                return _again(one, words)
        return None

    def _person(self, pronoun: str, words: str) -> Speaker:
        wrong = _MALE if pronoun == "she" else _FEMALE
        for one in reversed(self.spoken[-6:]):
            if (one.is_person or one.name) and not wrong.search(one.words):
                return _again(one, words) or _nobody(words)
        return _nobody(words)

    def _meant(self, noun: str, words: str, before: str) -> Speaker | None:
        if noun.startswith(
            (
                "statement",
                "communiqu",
                "release",
                "announcement",
                "post",
                "message",
                "e-mail",
                "email",
                "tweet",
                "reply",
                "text",
            )
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
        if noun.startswith("spokes") and self.spoken and self.spoken[-1].tag in _SPOKEN_FOR:
            return _again(self.spoken[-1], words)
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
