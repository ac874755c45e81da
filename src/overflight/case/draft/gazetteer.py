"""Places in running text, from names that come with overflight; nothing is looked up elsewhere.

A name that several places bear gives several candidates, the most probable first, and none is
thrown away. A name that is also a word or a surname counts only where a word of place is beside it.
"""

import csv
import gzip
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

_MOST = 6  # candidates that are listed
_CITY_SD_KM = 15.0
_PLACE_WORD = re.compile(
    r"(?:\b(?:over|above|near|in|at|from|of|to|toward|towards|around|outside|across|into|off"
    r"|between|past|through|reached|left|crossed|entered"
    r"|approaching|north|south|east|west|northeast|northwest|southeast|southwest|downtown"
    r"|central|northern|southern|eastern|western|miles|and|or|via|by|for|beyond|within)"
    r"(?:\s+(?:the|of|a|nearby|downtown|central|northern|southern|eastern|western|rural|far"
    r"|parts of|the city of|the town of|the coast of|the village of))*\s+)$",
    re.IGNORECASE,
)
_AFTER_PERSON = re.compile(
    r"^(?:[’']s?\s+(?:said|office)|\s+(?:said|says|told|added|asked|wrote|noted|explained|who|Jr"
    r"|Sr)\b|,\s+(?:who|the|a|an)\s)",
    re.IGNORECASE,
)
_TITLE_BEFORE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Gen|Sen|Sens|Rep|Reps|Gov|Col|Maj|Capt|Lt|Adm|Prof|Sgt|President"
    r"|Secretary|Senator|Sheriff|Mayor|Judge|Chief|Officer"
    r"|General|Admiral|Minister|spokes\w+|professor|meteorologist|[A-Z]\.)\.?\s+$"
)
_CAPITAL_BEFORE = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-Z][a-zà-ÿ]+\s+$")
_CAPITAL_AFTER = re.compile(r"^\s+[A-ZÀ-Þ][a-zà-ÿ]+")
_OF_A_PAPER = re.compile(
    r"\s+(?:Star|Times|Post|Gazette|News|Tribune|Herald|Journal|Chronicle|Sun|Globe|Register"
    r"|University|Council)\b"
)
_NAME = re.compile(
    r"[A-ZÀ-Þ][\w’'.-]*(?:[ \n](?:[A-ZÀ-Þ][\w’'.-]*|of|the|de|la|del|upon|on|and|d’|al)){0,4}"
)
_STATE_AFTER = re.compile(r",?\s+\(?([A-ZÀ-Þ][\w.]*(?:\s[A-ZÀ-Þ][\w.]*){0,2})")

_ABBREVIATED = {
    "Ala": "AL", "Ariz": "AZ", "Ark": "AR", "Calif": "CA", "Colo": "CO", "Conn": "CT",
    "Del": "DE", "Fla": "FL", "Ga": "GA",
    "Ill": "IL", "Ind": "IN", "Kan": "KS", "Ky": "KY", "La": "LA", "Md": "MD", "Mass": "MA",
    "Mich": "MI", "Minn": "MN",
    "Miss": "MS", "Mo": "MO", "Mont": "MT", "Neb": "NE", "Nev": "NV", "N.H": "NH", "N.J": "NJ",
    "N.M": "NM", "N.Y": "NY",
    "N.C": "NC", "N.D": "ND", "Okla": "OK", "Ore": "OR", "Pa": "PA", "R.I": "RI", "S.C": "SC",
    "S.D": "SD", "Tenn": "TN",
    "Tex": "TX", "Vt": "VT", "Va": "VA", "Wash": "WA", "W.Va": "WV", "Wis": "WI", "Wyo": "WY",
}  # fmt: skip
_ALIASES = {
    "the united states": "united states of america", "united states": "united states of america",
    "u.s.": "united states of america",
    "usa": "united states of america", "america": "united states of america",
    "uk": "united kingdom", "britain": "united kingdom",
    "great britain": "united kingdom", "czech republic": "czechia", "kiev": "kyiv",
    "peking": "beijing", "south-korea": "south korea",
    "b.c": "british columbia", "mainland china": "china", "kaliningrad": "kaliningrad",
    "new york": "new york city", "st. louis": "st. louis",
}  # fmt: skip
# Names that are far more often something else in reports.
_WORDS_TOO = frozenset(
    "mobile reading nice bath split of most male same bar man orange independence liberty union "
    "commerce enterprise plain"
    " progress victory welcome best center centre central hope justice price rich long young "
    "king may march sunday monday"
    " northern southern eastern western army navy general press post times weather service "
    "friday university house senate"
    " police republican democrat democrats congress balloon air force north south east west "
    "police chief officials official"
    " media department defense security state states national international federal american "
    "chinese president white black"
    " green brown gray grey media early late summer winter spring fall easter christmas why how "
    "what they this that and the"
    " home page photo video news story share email advertisement continue republic science "
    "nature data dish date image lead"
    " much many here there see are was our can on as at or an in it he she we you his her my "
    "say so los big sir lady lord asia"
    " europe africa media ga la mo pa va md al".split()
)


@dataclass(frozen=True)
class Place:
    """One place that a name can mean."""

    name: str
    zone: str
    """ISO code of the state or country it lies in."""
    lat_deg: float
    lon_deg: float
    sd_km: float
    kind: str
    people: int = 0
    clock: str = ""
    """Its time zone, as in the IANA list."""


@dataclass(frozen=True)
class Mention:
    """A name in the text and every place that it can mean, the most probable first."""

    start: int
    end: int
    text: str
    candidates: tuple[Place, ...]

    @property
    def best(self) -> Place:
        """The most probable of them."""
        return self.candidates[0]


def folded(name: str) -> str:
    """A name without accents, case and full stops, as names are compared."""
    spread = unicodedata.normalize("NFKD", name)
    bare = "".join(char for char in spread if not unicodedata.combining(char))
    lowered = " ".join(bare.casefold().replace("’", "'").split())
    return lowered.removeprefix("the ") if lowered.count(" ") else lowered


class Gazetteer:
    """All names at hand."""

    def __init__(self, areas: Iterator[tuple[tuple[str, ...], Place]], cities: str) -> None:
        self._areas: dict[str, list[Place]] = {}
        for names, place in areas:
            for name in names:
                self._areas.setdefault(folded(name), []).append(place)
        # Rows stay text until somebody asks for their name: 50,000 of them are read in a wink.
        self._cities: dict[str, list[str]] = {}
        for line in cities.splitlines()[1:]:
            self._cities.setdefault(line[: line.index(",")], []).append(line)
        self.states = {
            name: place.zone
            for name, held in self._areas.items()
            for place in held
            if place.kind in {"state", "country"}
        }
        self._by_code = {f"US-{code}" for code in _ABBREVIATED.values()}

    def named(self, name: str) -> tuple[Place, ...]:
        """Every place of that name: areas first, then cities by their people."""
        key = folded(name)
        if key in _ALIASES and (key == "new york" or key not in self._areas):
            key = _ALIASES[key]
        return (*self._areas.get(key, ()), *map(_city, self._cities.get(key, ())))

    def has(self, name: str) -> bool:
        """Whether a name is that of a place."""
        return bool(self.named(name))

    def find(self, text: str) -> list[Mention]:
        """Every mention of a place in a text, in order; earlier ones help to tell later ones."""
        rough = list(self._mentions(text))
        around = {
            one.best.zone
            for one in rough
            if one.best.kind in {"state", "country"} and one.best.zone
        }
        return [replace(one, candidates=_ranked(one.candidates, around)) for one in rough]

    def _mentions(self, text: str) -> Iterator[Mention]:
        position = 0
        while True:
            match = _NAME.search(text, position)
            if match is None:
                return
            found = self._longest(text, match)
            if found is None:
                step = re.compile(r"[\w’'.-]+").match(text, match.start())
                position = step.end() if step else match.end()
                continue
            yield found
            position = found.end

    def _longest(self, text: str, match: re.Match[str]) -> Mention | None:
        words = list(re.finditer(r"[^\s]+", match.group()))
        if words[0].group() == "The":
            return None
        for count in range(len(words), 0, -1):
            end = match.start() + words[count - 1].end()
            name = text[match.start() : end].rstrip(".’'-")
            bare = re.sub(r"[’']s$", "", name)
            candidates = self.named(bare)
            if not candidates:
                continue
            stop = match.start() + len(bare)
            state = self._state_after(text, stop)
            if state:
                inside = tuple(
                    one
                    for one in candidates
                    if one.zone == state[0] or one.zone.startswith(f"{state[0]}-")
                )
                if inside:
                    return Mention(
                        match.start(), state[1], text[match.start() : state[1]], inside[:_MOST]
                    )
            if _is_place(text, match.start(), stop, bare, candidates):
                return Mention(match.start(), stop, text[match.start() : stop], candidates[:_MOST])
        return None

    def _state_after(self, text: str, position: int) -> tuple[str, int] | None:
        """A state or country after a comma: "Auburn, Neb.", "Columbia, South Carolina"."""
        if text[position : position + 1] != ",":
            return None
        match = _STATE_AFTER.match(text, position)
        if match is None:
            return None
        words = match[1].split()
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count]).rstrip(".,")
            code = _ABBREVIATED.get(name)
            zone = f"US-{code}" if code else self.states.get(folded(name), "")
            if not zone and re.fullmatch(r"[A-Z]{2}", name) and f"US-{name}" in self._by_code:
                zone = f"US-{name}"
            if zone:
                end = match.start(1) + len(" ".join(words[:count]).rstrip(","))
                return zone, end if code else match.start(1) + len(name)
        return None


def _is_place(text: str, start: int, end: int, name: str, candidates: tuple[Place, ...]) -> bool:
    """Whether a name is used of a place here: not a surname, a word, or half of another name."""
    before, after = text[max(0, start - 60) : start], text[end : end + 30]
    several = " " in name
    area = candidates[0].kind != "city"
    if folded(name) in _WORDS_TOO or (len(name) < 3 and not area) or _TITLE_BEFORE.search(before):
        return False
    inside = _CAPITAL_AFTER.match(after) if not several else _OF_A_PAPER.match(after)
    if inside and not area:
        return False
    joined = _CAPITAL_BEFORE.search(before) and not _PLACE_WORD.search(before)
    if area or several:
        return area or not joined
    if joined or _AFTER_PERSON.match(after):
        return False
    return _PLACE_WORD.search(before) is not None or (
        candidates[0].people >= 1_000_000 and not _CAPITAL_AFTER.match(after)
    )


def _ranked(candidates: tuple[Place, ...], around: set[str]) -> tuple[Place, ...]:
    """Places of the states that the text names first; nothing is dropped."""

    def rank(one: Place) -> tuple[int, int]:
        country = one.zone.partition("-")[0]
        near = 0 if one.zone in around else 1 if country in around else 2
        return (near, 0) if len(candidates) > 1 else (0, 0)

    return tuple(sorted(candidates, key=rank))


@cache
def embedded() -> Gazetteer:
    """The names that come with overflight."""
    packed = (files("overflight.case.draft") / "data" / "cities.csv.gz").read_bytes()
    return Gazetteer(_areas(), gzip.decompress(packed).decode("utf-8"))


def _areas() -> Iterator[tuple[tuple[str, ...], Place]]:
    path = files("overflight.case.draft") / "data" / "areas.csv"
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        names = (row["name"], *filter(None, row["others"].split("|")))
        yield names, Place(
            row["name"], row["zone"], float(row["lat_deg"]), float(row["lon_deg"]),
            float(row["sd_km"]), row["kind"],
        )  # fmt: skip


def _city(line: str) -> Place:
    _, name, zone, lat_deg, lon_deg, people, clock = next(csv.reader([line]))
    return Place(
        name, zone, float(lat_deg), float(lon_deg), _CITY_SD_KM, "city", int(people), clock
    )
