"""Reads the column ``test`` of statements: small sentences in a fixed form.

    in ZONE during T1..T2                         some moment of the window inside the zone
    over ZONE during T1..T2                       the same
    never in ZONE during T1..T2
    did not fly over ZONE during T1..T2           the same
    near LAT,LON within 150 km during T1..T2      some moment of the window that near
    altitude 57,500 ft..65,000 ft during T1..T2   at some moment of the window
    speed 10 m/s..20 m/s during T1..T2            mean ground speed over the window
    loitered within 100 km for 12 h during T1..T2
    loitered in ZONE for 12 h during T1..T2
    visible from LAT,LON above 5 deg during T1..T2
    could be seen by OBSERVER during T1..T2       a name of the table of observers
    ZONE before ZONE                              first entries in that order
    launched T1..T2
    launched near LAT,LON within 300 km
    size 120 ft..200 ft                           diameter
    mass 500 kg..2,000 kg                         envelope, payload and ballast
    payload 1,000 lb..3,000 lb                    payload and ballast
    drifted, steered by altitude, propelled       each alone
    not (...)                                     any of these, or several

Times are ISO 8601 with an offset. Several joined with ``;`` are true together. A mistake is told
with the place of its first character in the cell, counted from 1.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from overflight import units
from overflight.case import predicates
from overflight.case.predicates import Not, Predicate
from overflight.case.vocabulary import LatitudeDeg, LongitudeDeg, read_time
from overflight.errors import CaseError
from overflight.units import shorten

Bound = TypeVar("Bound", float, datetime)

_ZONE = r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?(?:\+12nmi)?"
_DURING = r"(?: +during +(?P<window>\S+))?"
_PLACE = r"(?P<lat>[^ ,]+) *, *(?P<lon>[^ ,]+)"
_RANGE = r"(?P<low>.+?) *\.\. *(?P<high>.+?)"
_FORMS = {
    name: re.compile(form, re.ASCII)
    for name, form in {
        "never": rf"(?:never +(?:in|over)|did +not +fly +over) +(?P<zone>{_ZONE}){_DURING}",
        "in": rf"(?:in|over) +(?P<zone>{_ZONE}){_DURING}",
        "near": rf"near +{_PLACE} +within +(?P<distance>.+?){_DURING}",
        "altitude": rf"altitude +{_RANGE}{_DURING}",
        "speed": rf"speed +{_RANGE}{_DURING}",
        "loitered in": rf"loitered +in +(?P<zone>{_ZONE}) +for +(?P<duration>.+?){_DURING}",
        "loitered": rf"loitered +within +(?P<distance>.+?) +for +(?P<duration>.+?){_DURING}",
        "visible": rf"visible +from +{_PLACE} +above +(?P<degrees>[^ ]+) +deg{_DURING}",
        "seen": rf"(?:could +be +)?seen +by +(?P<observer>.+?){_DURING}",
        "launched near": rf"launched +near +{_PLACE} +within +(?P<distance>.+?)",
        "launched": r"launched +(?P<window>\S+)",
        "before": rf"(?P<first>{_ZONE}) +before +(?P<second>{_ZONE})",
        "size": rf"size +{_RANGE}",
        "mass": rf"mass +{_RANGE}",
        "payload": rf"payload +{_RANGE}",
        "moved": rf"(?P<way>{'|'.join(predicates.WAYS)})",
    }.items()
}
_DAY = "2023-02-01T00:00Z..2023-02-02T00:00Z"
_EXAMPLES = {
    "never": "never in US-WA during 2023-02-01T00:00Z..2023-02-03T00:00Z",
    "did": f"did not fly over US-WA during {_DAY}",
    "in": f"in US-MT during {_DAY}",
    "over": f"over US-MT during {_DAY}",
    "near": f"near 45.78,-108.50 within 50 km during {_DAY}",
    "altitude": f"altitude 57,500 ft..65,000 ft during {_DAY}",
    "speed": f"speed 10 m/s..20 m/s during {_DAY}",
    "loitered": f"loitered within 100 km for 12 h during {_DAY}",
    "visible": f"visible from 45.78,-108.50 above 5 deg during {_DAY}",
    "could": f"could be seen by Billings during {_DAY}",
    "seen": f"could be seen by Billings during {_DAY}",
    "launched": "launched 2023-01-20T00:00Z..2023-01-22T00:00Z",
    "before": "CA-YT before US-ID",
    "size": "size 120 ft..200 ft",
    "mass": "mass 500 kg..2,000 kg",
    "payload": "payload 1,000 lb..3,000 lb",
    "drifted": "drifted",
    "steered": "steered by altitude",
    "propelled": "propelled",
    "not": "not (drifted)",
}
_LONGEST = 2_000  # characters; nobody writes more, and patterns stay quick
_DEEPEST = 8  # of not (...) in not (...)
_LATITUDE: TypeAdapter[float] = TypeAdapter(LatitudeDeg)
_LONGITUDE: TypeAdapter[float] = TypeAdapter(LongitudeDeg)
_NOT = re.compile(r"not *\(", re.ASCII)
_QUOTED = re.compile(r"'([^']+)'|\"([^\"]+)\"|(-?[0-9][0-9.]*)")


def parse_all(text: str) -> tuple[Predicate, ...]:
    """Read predicates joined with ``;``.

    >>> parse_all("CA-YT before US-ID ; launched 2023-01-20T00:00Z..2023-01-22T00:00Z")[0]
    Before(first_zone='CA-YT', second_zone='US-ID')
    >>> parse_all("not (US-MT before US-ID)")
    (Not(tests=(Before(first_zone='US-MT', second_zone='US-ID'),)),)
    """
    if len(text) > _LONGEST:
        raise CaseError(
            found=f"a test of {len(text):,} characters",
            expected=f"at most {_LONGEST:,}",
            remedy="Split the statement in two.",
        )
    tests = _joined(text, 0, 0)
    ways = [one for one in predicates.leaves(tests) if isinstance(one, predicates.Moved)]
    if ways and len(list(predicates.leaves(tests))) > 1:
        raise CaseError(
            found=f"'{ways[0].way}' together with something else",
            expected="a way of moving alone, or in a not (...) alone",
            remedy="Write a statement for each: one is asked of hypotheses, the other of paths.",
        )
    return tests


def parse(text: str) -> Predicate:
    """Read one predicate."""
    return _item(text, 0, 0)


def _joined(text: str, at: int, depth: int) -> tuple[Predicate, ...]:
    """Read what is joined with ``;`` outside parentheses; ``at`` is where it stands in the cell."""
    found, begin, level, quoted = [], 0, 0, False
    for index, character in enumerate(f"{text};"):
        quoted ^= character == '"'
        level += 0 if quoted else (character == "(") - (character == ")")
        if level < 0:
            raise _parentheses(text, at + index)
        if character == ";" and (index == len(text) or (level == 0 and not quoted)):
            part = text[begin:index]
            found.append(_item(part.strip(), at + begin + len(part) - len(part.lstrip()), depth))
            begin = index + 1
    return tuple(found)


def _item(text: str, at: int, depth: int) -> Predicate:
    opened = _NOT.match(text)
    if opened is not None:
        if not text.endswith(")") or depth >= _DEEPEST:
            raise _parentheses(text, at)
        return Not(_joined(text[opened.end() : -1], at + opened.end(), depth + 1))
    for name, form in _FORMS.items():
        match = form.fullmatch(text)
        if match is None:
            continue
        try:
            return _READERS[name](match)
        except CaseError as error:
            raise _placed(error, text, at) from None
    start = text.split(" ", maxsplit=1)[0]
    example = _EXAMPLES.get(start)
    raise CaseError(
        found=f"{shorten(text)} is not a test (character {at + 1})",
        expected=f"such as '{example or _EXAMPLES['in']}'",
        remedy="See docs/reference/case-format.md for the forms a test can take."
        if example is None
        else "Zones are capitals, such as US-MT; times have an offset and no spaces.",
    )


def _placed(error: CaseError, text: str, at: int) -> CaseError:
    """The same error with the place in the cell of what it quotes."""
    quoted = _QUOTED.search(error.found)
    piece = next(filter(None, quoted.groups()), "") if quoted else ""
    return CaseError(
        found=f"{error.found} (character {at + max(text.find(piece), 0) + 1})",
        expected=error.expected,
        remedy=error.remedy,
    )


def _parentheses(text: str, at: int) -> CaseError:
    return CaseError(
        found=f"parentheses of {shorten(text)} that do not match (character {at + 1})",
        expected=f"such as 'not (CA-YT before US-ID)', at most {_DEEPEST} deep",
        remedy="Close every one; a name that has one goes between double quotes.",
    )


def _window(match: re.Match[str]) -> tuple[datetime, datetime]:
    text = match["window"]
    start, dots, end = (text or "").partition("..")
    if not dots:
        raise CaseError(
            found=f"{shorten(match[0])} without a window of time",
            expected="two moments with '..' between, such as 2023-02-01T00:00Z..2023-02-02T00:00Z",
            remedy="Say when: 'during' and the first and last moment that the statement can mean.",
        )
    window = read_time(start), read_time(end)
    if window[0] == window[1]:
        raise CaseError(
            found=f"{shorten(text)} is a window without a duration",
            expected="the end after the beginning",
            remedy="Widen it to all that the statement can mean.",
        )
    _ordered(*window, text)
    return window


def _ordered(low: Bound, high: Bound, text: str) -> None:
    if high < low:
        raise CaseError(
            found=f"{shorten(text)} ends before it begins",
            expected="the lower bound first",
            remedy="Swap the two.",
        )


def _degrees(adapter: TypeAdapter[float], text: str) -> float:
    try:
        return adapter.validate_python(text)
    except ValidationError as error:
        cause = error.errors()[0].get("ctx", {}).get("error")
        if isinstance(cause, CaseError):
            raise cause from None
        raise


def _near(match: re.Match[str]) -> predicates.Near:
    return predicates.Near(
        _degrees(_LATITUDE, match["lat"]),
        _degrees(_LONGITUDE, match["lon"]),
        _positive(units.parse(match["distance"], "m"), match[0]),
        *_window(match),
    )


def _launched_near(match: re.Match[str]) -> predicates.LaunchedNear:
    return predicates.LaunchedNear(
        _degrees(_LATITUDE, match["lat"]),
        _degrees(_LONGITUDE, match["lon"]),
        _positive(units.parse(match["distance"], "m"), match[0]),
    )


def _loitered(match: re.Match[str]) -> predicates.Loitered:
    radius_m = _positive(units.parse(match["distance"], "m"), match[0])
    return predicates.Loitered(radius_m, *_stay(match))


def _loitered_in(match: re.Match[str]) -> predicates.LoiteredIn:
    return predicates.LoiteredIn(match["zone"], *_stay(match))


def _stay(match: re.Match[str]) -> tuple[float, datetime, datetime]:
    """How long at least, and the window."""
    duration_s = _positive(units.parse(match["duration"], "s"), match[0], "a time such as 12 h")
    start, end = _window(match)
    if duration_s > (end - start).total_seconds():
        raise CaseError(
            found=f"{shorten(match['duration'])} in a window that is shorter",
            expected="a time that fits into the window",
            remedy="Widen the window to all that the statement can mean.",
        )
    return duration_s, start, end


def _visible(match: re.Match[str]) -> predicates.Visible:
    text = match["degrees"]
    try:
        elevation_deg = float(text) if re.fullmatch(r"[0-9.]{1,8}", text) else -1.0
    except ValueError:
        elevation_deg = -1.0
    if not 0.0 <= elevation_deg < 90.0:
        raise CaseError(
            found=f"the elevation {shorten(text)}",
            expected="degrees above the horizon, from 0 to below 90",
            remedy="Write 0 for anything above the horizon.",
        )
    return predicates.Visible(
        _degrees(_LATITUDE, match["lat"]),
        _degrees(_LONGITUDE, match["lon"]),
        elevation_deg,
        *_window(match),
    )


def _seen(match: re.Match[str]) -> predicates.CouldBeSeen:
    name = match["observer"]
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        name = name[1:-1]
    return predicates.CouldBeSeen(name, *_window(match))


def _altitude(match: re.Match[str]) -> predicates.AltitudeBand:
    low, high = (units.parse_altitude(match[bound]) for bound in ("low", "high"))
    if "pressure" in (low.kind, high.kind):
        raise CaseError(
            found=f"{shorten(match[0])} names a flight level",
            expected="two heights, such as 57,500 ft..65,000 ft",
            remedy="A test compares heights: write the band of heights the flight level can mean.",
        )
    _ordered(low.altitude_m, high.altitude_m, match[0])
    return predicates.AltitudeBand(low.altitude_m, high.altitude_m, *_window(match))


def _speed(match: re.Match[str]) -> predicates.Speed:
    low, high = (units.parse(match[bound], "mps") for bound in ("low", "high"))
    _ordered(low, high, match[0])
    return predicates.Speed(low, high, *_window(match))


def _span(match: re.Match[str], suffix: str) -> tuple[float, float]:
    """Two quantities above zero, in order."""
    low, high = (
        _positive(units.parse(match[bound], suffix), match[bound], "more than nothing")
        for bound in ("low", "high")
    )
    _ordered(low, high, match[0])
    return low, high


def _positive(value: float, text: str, such: str = "a distance above zero such as 50 km") -> float:
    if value > 0.0:
        return value
    raise CaseError(
        found=f"{shorten(text)} has no extent",
        expected=such,
        remedy="Write what the statement means at least.",
    )


_READERS: dict[str, Callable[[re.Match[str]], Predicate]] = {
    "never": lambda match: predicates.NeverInZone(match["zone"], *_window(match)),
    "in": lambda match: predicates.InZone(match["zone"], *_window(match)),
    "near": _near,
    "altitude": _altitude,
    "speed": _speed,
    "loitered in": _loitered_in,
    "loitered": _loitered,
    "visible": _visible,
    "seen": _seen,
    "launched near": _launched_near,
    "launched": lambda match: predicates.Launched(*_window(match)),
    "before": lambda match: predicates.Before(match["first"], match["second"]),
    "size": lambda match: predicates.Size(*_span(match, "m")),
    "mass": lambda match: predicates.Mass(*_span(match, "kg")),
    "payload": lambda match: predicates.Payload(*_span(match, "kg")),
    "moved": lambda match: predicates.Moved(match["way"]),
}
