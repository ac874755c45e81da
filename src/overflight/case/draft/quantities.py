"""Numbers with units in running text: altitudes, distances, speeds, masses, sizes, and bearings.

Each keeps its own words beside what they mean in a unit that a case reads, so that nothing is
converted twice. A number without a unit is left alone.
"""

import re
from dataclasses import dataclass

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen"
    " seventeen eighteen nineteen twenty"
).split()
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_NUMBER_WORDS: dict[str, float] = {word: float(n) for n, word in enumerate(_SMALL)} | {
    k: float(v) for k, v in _TENS.items()
}
_NUMBER_WORDS |= {
    "a": 1.0,
    "an": 1.0,
    "half a": 0.5,
    "a dozen": 12.0,
    "a couple of": 2.0,
    "a hundred": 100.0,
    "a thousand": 1000.0,
}
_SCALES = {"hundred": 100.0, "thousand": 1_000.0, "million": 1_000_000.0}

# As people write a unit -> (the unit of a case, what it measures).
_UNITS = {
    "ft": ("ft", "length"), "feet": ("ft", "length"), "foot": ("ft", "length"), "'": ("ft",
    "length"),
    "km": ("km", "length"), "kms": ("km", "length"), "kilometers": ("km", "length"),
    "kilometres": ("km", "length"),
    "kilometer": ("km", "length"), "kilometre": ("km", "length"), "meters": ("m", "length"),
    "metres": ("m", "length"),
    "meter": ("m", "length"), "metre": ("m", "length"), "m": ("m", "length"), "miles": ("mi",
    "length"), "mile": ("mi", "length"),
    "mi": ("mi", "length"), "nautical miles": ("nmi", "length"), "nautical mile": ("nmi",
    "length"), "nmi": ("nmi", "length"),
    "mph": ("mph", "speed"), "miles per hour": ("mph", "speed"), "miles an hour": ("mph",
    "speed"), "knots": ("kt", "speed"),
    "knot": ("kt", "speed"), "kt": ("kt", "speed"), "kts": ("kt", "speed"), "km/h": ("km/h",
    "speed"), "kph": ("km/h", "speed"),
    "kmh": ("km/h", "speed"), "kilometers per hour": ("km/h", "speed"),
    "kilometres per hour": ("km/h", "speed"),
    "kilometers an hour": ("km/h", "speed"), "kilometres an hour": ("km/h", "speed"),
    "m/s": ("m/s", "speed"),
    "meters per second": ("m/s", "speed"), "metres per second": ("m/s", "speed"),
    "lb": ("lb", "mass"), "lbs": ("lb", "mass"), "pounds": ("lb", "mass"), "pound": ("lb",
    "mass"), "kg": ("kg", "mass"),
    "kilograms": ("kg", "mass"), "kilogrammes": ("kg", "mass"), "kilogram": ("kg", "mass"),
    "kilos": ("kg", "mass"),
    "tons": ("ton", "mass"), "ton": ("ton", "mass"), "tonnes": ("t", "mass"), "tonne": ("t",
    "mass"), "grams": ("g", "mass"),
    "hours": ("h", "duration"), "hour": ("h", "duration"), "minutes": ("min", "duration"),
    "minute": ("min", "duration"),
    "days": ("d", "duration"), "day": ("d", "duration"), "weeks": ("week", "duration"),
    "week": ("week", "duration"),
    "square miles": ("mi2", "area"), "square kilometers": ("km2", "area"),
    "square kilometres": ("km2", "area"), "acres": ("acre", "area"),
    "inches": ("in", "length"), "inch": ("in", "length"), "yards": ("yd", "length"),
    "centimeters": ("cm", "length"), "centimetres": ("cm", "length"),
}  # fmt: skip
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORDS = (
    r"(?:half a|a dozen|a couple of|a hundred|a thousand|an?|(?:" + "|".join([*_TENS,
    *_SMALL]) + r")(?:[- ](?:" + "|".join(_SMALL[1:10]) + r"))?)"
    r"(?:[- ](?:hundred|thousand|million))*"
)  # fmt: skip
_ONE = rf"(?:{_DIGITS})(?: (?:hundred|thousand|million))?|{_WORDS}"
QUANTITY = re.compile(
    rf"(?<![\w.,])(?:(?P<low>{_ONE})(?: ?(?:{_UNIT}))?(?: to |(?<=\d) ?[-–—] ?"
    rf"| and )(?=(?:{_ONE})[- ]?(?:{_UNIT})\b))?"
    rf"(?P<number>{_ONE})[- ]?(?P<unit>{_UNIT})(?![\w/])",
    re.IGNORECASE,
)
_FLIGHT_LEVEL = re.compile(r"(?<!\w)(?:FL|flight level) ?(?P<level>\d{2,3})(?!\w)", re.IGNORECASE)
_HIGH = re.compile(
    r"\b(?:altitudes?|elevation of|heights? of|high|up|above (?:the )?(?:sea|ground|earth)"
    r"|at (?:about|around|roughly|some|nearly|more than|over|an altitude)?"
    r"|flying|floating|drifting|climb\w*|descend\w*|ceiling|flew|aloft|from)\b",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"\b(?:tall|across|wide|long|diameter|size|in length|in height|width|spanning|wingspan)\b",
    re.IGNORECASE,
)
_WATER = re.compile(r"\b(?:water|deep|depth)\b", re.IGNORECASE)

_COMPASS = (
    r"(?:(?:north|south)[- ]?(?:north|south)?[- ]?(?:east|west)"
    r"|(?:east|west)[- ](?:north|south)[- ]?(?:east|west)|north|south|east|west)"
)
BEARING = re.compile(
    rf"\b(?:(?:to|in|toward|towards|from|facing|looking|low in"
    rf"|high in) (?:the )?(?P<word>{_COMPASS})(?:ern)?(?:ward)?(?: sky)?\b"
    rf"|(?P<sky>{_COMPASS})(?:ern)? sky\b|bearing (?:of )?(?P<deg>\d{{1,3}})(?: ?°| degrees)?)",
    re.IGNORECASE,
)
HEADING = re.compile(
    rf"\b(?:moving|moved|drift\w*|head\w*|travel\w*|float\w*|fly\w*|flew|going|blowing|went"
    rf"|track\w*|descend\w*) (?:slowly |steadily |to the |toward the |towards the |due "
    rf"|in an? )*(?P<word>{_COMPASS})(?:ward|wards|erly|ern)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit: ``value`` is a cell of a case, such as "60000 ft"."""

    start: int
    end: int
    text: str
    measures: str
    """altitude, size, distance, speed, mass, duration, area or bearing."""
    value_min: str = ""
    value_max: str = ""


def find(text: str, start: int, end: int) -> list[Quantity]:
    """Quantities of a stretch of text, in order.

    >>> [(q.measures, q.value_max) for q in find("at sixty thousand feet", 0, 22)]
    [('altitude', '60000 ft')]
    """
    found = []
    for match in QUANTITY.finditer(text, start, end):
        unit, kind = _UNITS[" ".join(match["unit"].lower().split())]
        high = _number(match["number"])
        low = _number(match["low"]) if match["low"] else high
        if high is None or low is None or (unit == "ft" and match["unit"] == "'"):
            continue
        low = min(low, high)
        measures = _measures(text, match, kind, start, end)
        found.append(
            Quantity(match.start(), match.end(), match.group(), measures, *_cells(low, high, unit))
        )
    for match in _FLIGHT_LEVEL.finditer(text, start, end):
        level = f"FL{match['level']}"
        found.append(Quantity(match.start(), match.end(), match.group(), "altitude", level, level))
    return sorted(found, key=lambda one: one.start)


def _cells(low: float, high: float, unit: str) -> tuple[str, str]:
    factor = {
        "ton": 2000.0,
        "week": 7.0,
        "acre": 0.0040468564,
        "in": 0.0254,
        "yd": 0.9144,
        "cm": 0.01,
    }.get(unit, 1.0)
    shown = {"ton": "lb", "week": "d", "acre": "km2", "in": "m", "yd": "m", "cm": "m"}.get(
        unit, unit
    )
    return f"{low * factor:.10g} {shown}", f"{high * factor:.10g} {shown}"


def _number(text: str) -> float | None:
    lowered = " ".join(text.lower().replace("-", " ").split())
    parts = lowered.split()
    scale = 1.0
    while parts and parts[-1] in _SCALES and len(parts) > 1:
        scale *= _SCALES[parts.pop()]
    bare = " ".join(parts)
    if re.fullmatch(_DIGITS, bare):
        return float(re.sub(r"[,\u00a0\u202f ]", "", bare)) * scale
    if bare in _NUMBER_WORDS:
        return _NUMBER_WORDS[bare] * scale
    if len(parts) == 2 and parts[0] in _TENS and parts[1] in _NUMBER_WORDS:
        return (_TENS[parts[0]] + _NUMBER_WORDS[parts[1]]) * scale
    return None


def _measures(text: str, match: re.Match[str], kind: str, start: int, end: int) -> str:
    if kind != "length":
        return kind
    after = text[match.end() : min(end, match.end() + 28)]
    before = text[max(start, match.start() - 34) : match.start()]
    if _WATER.search(after):
        return "depth"
    if _SIZE.search(after) or re.search(
        r"\b(?:diameter|size|length|width)\b", before, re.IGNORECASE
    ):
        return "size"
    far = re.match(
        r"[\s,]*(?:off|from|away|north|south|east|west|inland|offshore|of the|radius|downrange"
        r"|outside|inside|within)",
        after,
        re.IGNORECASE,
    )
    if far or re.search(r"\b(?:within|radius|distance)\b[^,]*$", before, re.IGNORECASE):
        return "distance"
    unit = _UNITS[" ".join(match["unit"].lower().split())][0]
    number = _number(match["number"]) or 0.0
    high = (
        unit in {"ft", "km", "m"}
        and {"ft": 3_000, "km": 5, "m": 1_000}[unit]
        <= number
        <= {"ft": 200_000, "km": 60, "m": 60_000}[unit]
    )
    if high and (_HIGH.search(before + " " + after) or unit == "ft"):
        return "altitude"
    return "distance"


def bearing(text: str, start: int, end: int) -> tuple[str, str]:
    """Where somebody looked, and where it went: compass words or degrees, '' for either."""
    looked = BEARING.search(text, start, end)
    went = HEADING.search(text, start, end)
    seen = ""
    if looked and not (went and looked.start() < went.end() and went.start() < looked.end()):
        seen = (
            f"{looked['deg']} deg" if looked["deg"] else _compass(looked["word"] or looked["sky"])
        )
    return seen, _compass(went["word"]) if went else ""


def _compass(word: str) -> str:
    lowered = word.lower().replace("-", " ")
    letters = re.findall(r"north|south|east|west", lowered)
    return "".join(letter[0].upper() for letter in letters)
