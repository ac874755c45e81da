"""Relations as people write them, and what each of them says about two things that happened.

"3 days after" and "weeks later" are read generously: some moment of the one and some moment of the
other lie that far apart. What a vague word may mean is written down here once, and in
docs/reference/case-format.md; a contradiction found with it is one under every reading in between.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from overflight.case.chronology.allen import ENDS, Allen, End
from overflight.case.vocabulary import did_you_mean, text_of
from overflight.errors import CaseError
from overflight.units import shorten

HOUR_S, DAY_S = 3_600.0, 86_400.0

# The shortest and the longest that a unit may be; an hour is an hour, a month is not a month.
UNITS_S: dict[str, tuple[float, float]] = {
    "second": (1.0, 1.0),
    "minute": (60.0, 60.0),
    "hour": (HOUR_S, HOUR_S),
    "day": (DAY_S, DAY_S),
    "week": (7.0 * DAY_S, 7.0 * DAY_S),
    "month": (28.0 * DAY_S, 31.0 * DAY_S),
    "year": (365.0 * DAY_S, 366.0 * DAY_S),
}
# What "weeks later" may mean: one and a half at least, and not so many that another unit serves.
VAGUE_MOST: dict[str, float] = {
    "second": 120.0, "minute": 120.0, "hour": 48.0, "day": 21.0, "week": 12.0, "month": 24.0,
    "year": 30.0,
}  # fmt: skip
VAGUE_LEAST = 1.5
FEW: dict[str, tuple[float, float]] = {
    "a couple of": (1.5, 3.5), "a few": (1.5, 7.5), "some": (1.5, 12.5), "several": (2.5, 12.5),
    "many": (3.5, math.inf),
}  # fmt: skip
NUMBERS = {
    word: float(number)
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
} | {"a": 1.0, "an": 1.0}

_PHRASE = re.compile(
    r"(?:(?P<about>exactly|at least|at most|more than|less than|fewer than|up to|no more than"
    r"|no less than|about|around|roughly|approximately|nearly|almost|over) )?"
    rf"(?:(?P<number>\d{{1,6}}(?:\.\d{{1,3}})?|{'|'.join(NUMBERS)}|{'|'.join(FEW)}) )?"
    rf"(?P<unit>{'|'.join(UNITS_S)})(?P<plural>s)? (?P<way>after|before|later|earlier)(?: than)?"
)
_WITHIN = re.compile(
    rf"within (?:(?P<number>\d{{1,6}}(?:\.\d{{1,3}})?|{'|'.join(NUMBERS)}) )"
    rf"(?P<unit>{'|'.join(UNITS_S)})s?(?: (?P<way>of|after|before))?"
)
_SAME = re.compile(r"(?:on |in )?the same (?P<unit>hour|day|week|month|year)(?: as)?")
# Calendar units: both lie in one of them, so less than one apart; the next one: less than two.
_NEXT = re.compile(r"(?:on )?the (?P<way>next|following|previous) (?P<unit>day|week|month|year)")


# Whether a qualified number is a lower limit, an upper one, and whether these are excluded.
_LIMITS: dict[str | None, tuple[bool, bool, tuple[bool, bool]]] = {
    "exactly": (True, True, (False, False)),
    "at least": (True, False, (False, False)),
    "no less than": (True, False, (False, False)),
    "more than": (True, False, (True, False)),
    "over": (True, False, (True, False)),
    "at most": (False, True, (False, False)),
    "up to": (False, True, (False, False)),
    "no more than": (False, True, (False, False)),
    "less than": (False, True, (False, True)),
    "fewer than": (False, True, (False, True)),
}


@dataclass(frozen=True)
class Difference:
    """An end of one of the two is at most ``most_s`` after an end of one of the two."""

    of: tuple[int, End]  # 0 for the first, 1 for the second
    minus: tuple[int, End]
    most_s: float
    strict: bool = False  # less than that


@dataclass(frozen=True)
class Phrase:
    """A relation between a first and a second thing, and all that it demands."""

    text: str
    differences: tuple[Difference, ...]


def parse(text: str) -> Phrase:
    """Read a relation.

    >>> parse("3 days after").differences[0].most_s / DAY_S
    4.0
    """
    plain = " ".join(text.casefold().split())
    if plain in _WORDS:
        return Phrase(text, _WORDS[plain])
    for pattern, read in ((_PHRASE, _counted), (_WITHIN, _within), (_SAME, _same), (_NEXT, _next)):
        match = pattern.fullmatch(plain)
        if match is not None:
            return Phrase(text, tuple(read(match)))
    raise CaseError(
        found=f"{shorten(text)} is not a relation that can be checked",
        expected=f"one of {', '.join(_WORDS)}; or such as '3 days after', 'weeks before',"
        " 'within 2 hours of', 'the same day as', 'the next day'",
        remedy=did_you_mean(plain[:80], list(_WORDS)),
    )


def read_phrase(value: object) -> Phrase:
    """Read a cell; also one that was read before."""
    return value if isinstance(value, Phrase) else parse(text_of(value))


def _apart(
    low_s: float, high_s: float, *, low_strict: bool = False, high_strict: bool = False
) -> Iterator[Difference]:
    """Some moment of the first lies between ``low_s`` and ``high_s`` after one of the second."""
    if high_s < math.inf:
        yield Difference((0, "begin"), (1, "end"), high_s, high_strict)
    if low_s > -math.inf:
        yield Difference((1, "begin"), (0, "end"), -low_s, low_strict)


def _counted(match: re.Match[str]) -> Iterator[Difference]:
    unit, about, number = match["unit"], match["about"], match["number"]
    least_s, most_s = UNITS_S[unit]
    strict = (False, False)
    if number is None:
        low, high = (VAGUE_LEAST, VAGUE_MOST[unit]) if match["plural"] else (0.0, 2.0)
    elif number in FEW:
        low, high = FEW[number]
    else:
        low, high, strict = _meant(_number(number), unit, about)
    low_s, high_s = low * least_s, high * most_s
    if match["way"] in ("before", "earlier"):
        low_s, high_s, strict = -high_s, -low_s, (strict[1], strict[0])
    yield from _apart(low_s, high_s, low_strict=strict[0], high_strict=strict[1])


def _meant(number: float, unit: str, about: str | None) -> tuple[float, float, tuple[bool, bool]]:
    """Bounds of a stated number, and whether they are themselves excluded."""
    if about in _LIMITS:
        low, high, strict = _LIMITS[about]
        return number if low else 0.0, number if high else math.inf, strict
    # People count days by the calendar, so a day may be two hours or almost two days long; the
    # number of any other unit is rounded.
    slack = 1.0 if unit == "day" else 0.5
    if about in ("nearly", "almost"):
        return max(0.0, number - max(slack, number / 4.0)), number, (False, False)
    if about is not None:
        slack = max(slack, number / 4.0)
    return max(0.0, number - slack), number + slack, (False, unit == "day")


def _within(match: re.Match[str]) -> Iterator[Difference]:
    most_s = _number(match["number"]) * UNITS_S[match["unit"]][1]
    way = match["way"] or "of"
    yield from _apart(0.0 if way == "after" else -most_s, 0.0 if way == "before" else most_s)


def _same(match: re.Match[str]) -> Iterator[Difference]:
    unit_s = UNITS_S[match["unit"]][1]
    yield from _apart(-unit_s, unit_s, low_strict=True, high_strict=True)


def _next(match: re.Match[str]) -> Iterator[Difference]:
    unit_s = 2.0 * UNITS_S[match["unit"]][1]
    low_s, high_s = (-unit_s, 0.0) if match["way"] == "previous" else (0.0, unit_s)
    yield from _apart(low_s, high_s, low_strict=True, high_strict=True)


def _number(text: str) -> float:
    return NUMBERS[text] if text in NUMBERS else float(text)


def _of(relation: Allen, *, strict: bool = True) -> tuple[Difference, ...]:
    """The demands of one of the thirteen; not strict, its ends may also fall together."""
    found = []
    for mine, sign, its in ENDS[relation]:
        if sign <= 0:
            found.append(Difference((0, mine), (1, its), 0.0, strict and sign < 0))
        if sign >= 0:
            found.append(Difference((1, its), (0, mine), 0.0, strict and sign > 0))
    return tuple(found)


_NOT_AFTER = (Difference((0, "end"), (1, "begin"), 0.0),)
_NOT_BEFORE = (Difference((1, "end"), (0, "begin"), 0.0),)
_TOGETHER = tuple(_apart(0.0, 0.0))
_WORDS: dict[str, tuple[Difference, ...]] = {
    **{one.value: _of(one) for one in Allen},
    "during": _of(Allen.DURING, strict=False),
    "contains": _of(Allen.CONTAINS, strict=False),
    "strictly during": _of(Allen.DURING),
    "strictly contains": _of(Allen.CONTAINS),
    "earlier than": _of(Allen.BEFORE),
    "later than": _of(Allen.AFTER),
    "not after": _NOT_AFTER,
    "no later than": _NOT_AFTER,
    "not before": _NOT_BEFORE,
    "no earlier than": _NOT_BEFORE,
    "at the same time as": _TOGETHER,
    "while": _TOGETHER,
}
