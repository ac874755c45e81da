"""The thirteen relations of two intervals (Allen 1983), and what follows from two of them.

An interval is a pair of numbers, the first below the second. Nothing here is a table typed by hand:
relations are defined by their ends, and compositions are found by trying all orders of six ends.
"""

import math
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from itertools import product
from typing import Literal

from overflight.case.chronology.spans import Span


class Allen(StrEnum):
    """How one interval lies to another."""

    BEFORE = "before"
    MEETS = "meets"
    OVERLAPS = "overlaps"
    STARTS = "starts"
    DURING = "during"
    FINISHES = "finishes"
    EQUALS = "equals"
    FINISHED_BY = "finished by"
    CONTAINS = "contains"
    STARTED_BY = "started by"
    OVERLAPPED_BY = "overlapped by"
    MET_BY = "met by"
    AFTER = "after"


End = Literal["begin", "end"]
Sign = Literal[-1, 0, 1]
Comparison = tuple[End, Sign, End]  # an end of the first, how it stands to it, an end of the second

# What holds of the ends; what is left out follows, since a begin is before its end.
ENDS: dict[Allen, tuple[Comparison, ...]] = {
    Allen.BEFORE: (("end", -1, "begin"),),
    Allen.MEETS: (("end", 0, "begin"),),
    Allen.OVERLAPS: (("begin", -1, "begin"), ("end", 1, "begin"), ("end", -1, "end")),
    Allen.STARTS: (("begin", 0, "begin"), ("end", -1, "end")),
    Allen.DURING: (("begin", 1, "begin"), ("end", -1, "end")),
    Allen.FINISHES: (("begin", 1, "begin"), ("end", 0, "end")),
    Allen.EQUALS: (("begin", 0, "begin"), ("end", 0, "end")),
    Allen.FINISHED_BY: (("begin", -1, "begin"), ("end", 0, "end")),
    Allen.CONTAINS: (("begin", -1, "begin"), ("end", 1, "end")),
    Allen.STARTED_BY: (("begin", 0, "begin"), ("end", 1, "end")),
    Allen.OVERLAPPED_BY: (("begin", 1, "begin"), ("begin", -1, "end"), ("end", 1, "end")),
    Allen.MET_BY: (("begin", 0, "end"),),
    Allen.AFTER: (("begin", 1, "end"),),
}

Interval = tuple[float, float]
_BACK = dict(zip(Allen, reversed(Allen), strict=True))
_BACK |= {Allen.EQUALS: Allen.EQUALS, Allen.STARTS: Allen.STARTED_BY}
_BACK |= {Allen.STARTED_BY: Allen.STARTS, Allen.FINISHES: Allen.FINISHED_BY}
_BACK |= {Allen.FINISHED_BY: Allen.FINISHES, Allen.DURING: Allen.CONTAINS}
_BACK |= {Allen.CONTAINS: Allen.DURING}


def relation(first: Interval, second: Interval) -> Allen:
    """How two intervals lie to each other; exactly one of the thirteen.

    >>> relation((0.0, 2.0), (1.0, 3.0))
    <Allen.OVERLAPS: 'overlaps'>
    """
    return next(one for one in Allen if _is(one, first, second))


def inverse(one: Allen) -> Allen:
    """How the second lies to the first.

    >>> inverse(Allen.STARTS)
    <Allen.STARTED_BY: 'started by'>
    """
    return _BACK[one]


def compose(first: Allen, second: Allen) -> frozenset[Allen]:
    """How A may lie to C, where A lies to B as ``first`` and B to C as ``second``.

    >>> sorted(compose(Allen.BEFORE, Allen.MEETS))
    [<Allen.BEFORE: 'before'>]
    """
    return _composed()[first, second]


def possible(
    first_begin: Span, first_end: Span, second_begin: Span, second_end: Span
) -> frozenset[Allen]:
    """Relations that two intervals may have whose ends are known between bounds."""
    ends = (first_begin, first_end, second_begin, second_end)
    return frozenset(one for one in Allen if _room(one, ends))


def _room(one: Allen, ends: tuple[Span, ...]) -> bool:
    """Whether one choice of the four ends satisfies a relation.

    The ends of a relation stand in one order: from left to right, each takes the least time that
    is later than the one before, by as little as one likes.
    """
    at = -math.inf
    for place in _ORDERS[one]:
        both = Span()
        for end in place:
            both &= ends[end]
        if both.empty or both.high_s <= at:
            return False
        at = max(at, both.low_s)
    return True


def _is(one: Allen, first: Interval, second: Interval) -> bool:
    at = {"begin": 0, "end": 1}
    return all(_sign(first[at[a]] - second[at[b]]) == sign for a, sign, b in ENDS[one])


def _sign(number: float) -> Sign:
    return 0 if number == 0.0 else 1 if number > 0.0 else -1


def _intervals(most: int) -> Iterator[Interval]:
    return ((float(a), float(b)) for a, b in product(range(most), repeat=2) if a < b)


@cache
def _composed() -> dict[tuple[Allen, Allen], frozenset[Allen]]:
    """All compositions: six ends take at most six places, so six numbers show every case."""
    found: dict[tuple[Allen, Allen], set[Allen]] = {pair: set() for pair in product(Allen, Allen)}
    whole = list(_intervals(6))
    between = {(a, b): relation(a, b) for a, b in product(whole, repeat=2)}
    for a, b, c in product(whole, repeat=3):
        found[between[a, b], between[b, c]].add(between[a, c])
    return {pair: frozenset(those) for pair, those in found.items()}


def _order(one: Allen) -> tuple[tuple[int, ...], ...]:
    """The four ends of a relation from the earliest to the latest, those at one time together."""
    first, second = next(
        pair for pair in product(_intervals(4), repeat=2) if relation(*pair) is one
    )
    ends = (*first, *second)
    return tuple(
        tuple(which for which, at in enumerate(ends) if at == time) for time in sorted(set(ends))
    )


_ORDERS = {one: _order(one) for one in Allen}
