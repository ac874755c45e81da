"""One sighting for each observation: what is told twice must not count twice.

Used sightings that go back to a common root are one observation. A row that copies another with the
same numbers adds nothing. A row that corrects another takes its place. A row that copies another
with other numbers takes its place too, being later, and is widened until it reaches what it
replaces: the window of time around both, the error in place by the distance between the two.

A merged row stays in the table with ``use: no``, so that a reader sees all of what was told.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from overflight.case.lineage import originals, roots
from overflight.case.meaning import OF_A_PLACE
from overflight.case.rows import Sighting, Source, Statement
from overflight.case.vocabulary import Use

_EARTH_M = 6_371_009.0
# What must be the same in an exact copy: everything that says what was observed.
_NOT_OBSERVED = frozenset({
    "id", "source", "quote", "attribution", "reliability", "altitude_reliability", "certainty",
    "conflicts_with", "use", "why_not_used", "note", "interest", "access", "informed", "reported",
    "copies", "corrects", "may_copy", "copy_probability",
})  # fmt: skip


@dataclass(frozen=True)
class Merge:
    """An observation that was told more than once, and which row now stands for it."""

    kept: str
    dropped: tuple[str, ...]
    history: tuple[Sighting, ...]
    """All rows as they were written, the one that stands for them last."""
    widened: bool
    followed: tuple[str, ...] = ()
    """Statements whose lineage names it because it names a row that it stands for."""


@dataclass(frozen=True)
class Settled:
    """The sightings after merging, and what was merged."""

    sightings: tuple[Sighting, ...]
    statements: tuple[Statement, ...]
    merges: tuple[Merge, ...]


def settle(
    sources: Sequence[Source], sightings: Sequence[Sighting], statements: Sequence[Statement]
) -> Settled:
    """Let each observation count once."""
    all_groups, ends = _groups(sources, sightings, statements)
    groups = [group for group in all_groups if len(group) > 1]
    if not groups:
        return Settled(tuple(sightings), tuple(statements), ())
    dates = {one.id: one.published for one in sources}
    now: dict[str, Sighting] = {}
    merges = []
    for group in groups:
        merge, kept = _merged(group, dates, ends)
        merges.append(merge)
        now[kept.id] = kept
        for row in group:
            if row.id != kept.id:
                why = f"the same observation as {kept.id}, which counts once"
                now[row.id] = row.model_copy(update={"use": Use.NO, "why_not_used": why})
    merges = [replace(one, followed=_followers(one, statements)) for one in merges]
    return Settled(
        tuple(now.get(one.id, one) for one in sightings),
        tuple(_followed(one, merges) for one in statements),
        tuple(merges),
    )


def account(case_rows: int, merges: Iterable[Merge]) -> str:
    """How many rows are how many observations, in words.

    >>> account(42, ())
    '42 used sightings are 42 observations; none of them shares a root with another.'
    """
    those = tuple(merges)
    rows = case_rows + sum(len(one.dropped) for one in those)
    if not those:
        return (
            f"{rows} used sightings are {case_rows} observations; none of them shares a root with"
            " another."
        )
    told = "; ".join(
        f"{one.kept} stands for {', '.join(one.dropped)}" + (", widened" if one.widened else "")
        for one in those
    )
    return f"{rows} used sightings are {case_rows} observations: {told}."


def _groups(
    sources: Sequence[Source], sightings: Sequence[Sighting], statements: Sequence[Statement]
) -> tuple[list[list[Sighting]], Mapping[str, frozenset[str]]]:
    """Used sightings by what they go back to, and the ends of every row's ways back.

    A row that goes back to several observations adds nothing to any of them: it joins the first.
    """
    lines = _lines(sources, sightings)
    back = {one.id: [*one.copies, *one.corrects, *lines.get(one.id, ())] for one in sightings}
    back |= {one.id: [*one.copies, *one.corrects, *one.lineage] for one in statements}
    ends = roots(back)
    groups: dict[str, list[Sighting]] = {}
    # Rows of one observation first: the last of them may stand for it, one of several may not.
    for row in sorted(sightings, key=lambda one: len(ends[one.id]) > 1):
        if row.use is not Use.NO:
            known = [end for end in sorted(ends[row.id]) if end in groups]
            groups.setdefault((known or sorted(ends[row.id]))[0], []).append(row)
    return list(groups.values()), ends


def _lines(sources: Sequence[Source], sightings: Sequence[Sighting]) -> dict[str, tuple[str, ...]]:
    """Rows that say the same in a source and in a copy of it, though no cell says so."""
    if not any(one.copies for one in sources):
        return {}
    articles = originals(sources)
    copies = {one.id for one in sources if one.copies}
    same: dict[object, list[Sighting]] = {}
    for row in sorted(sightings, key=lambda one: one.source in copies):  # originals first
        same.setdefault(_observed(row), []).append(row)
    found: dict[str, tuple[str, ...]] = {}
    for told in same.values():
        for index, row in enumerate(told):
            first = next(
                (
                    one.id
                    for one in told[:index]
                    if one.source != row.source and articles[one.source] & articles[row.source]
                ),
                None,
            )
            if first is not None and not row.copies and not row.corrects:
                found[row.id] = (first,)
    return found


def _observed(row: Sighting) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in row if name not in _NOT_OBSERVED)


def _merged(
    group: Sequence[Sighting], dates: Mapping[str, object], ends: Mapping[str, frozenset[str]]
) -> tuple[Merge, Sighting]:
    """The row that stands for an observation, and what became of the others."""
    corrected = {name for row in group for name in row.corrects}
    told = [row for row in group if row.id not in corrected] or list(group)
    single = [row for row in told if len(ends[row.id]) == 1] or told
    standing = [row for row in single if row.use is Use.YES] or single
    numbers = {_observed(row) for row in standing}
    if len(numbers) == 1:  # exact copies: the original, if it is among them
        last = min(standing, key=lambda one: bool(one.copies))
    else:
        last = max(enumerate(standing), key=lambda one: (_reported_s(one[1], dates), one[0]))[1]
    kept = last
    for row in standing if len(numbers) > 1 else ():
        kept = _around(kept, row)
    kept = _as_sure(_with_altitude(kept, single), group, ends)
    history = (*(row for row in group if row.id != last.id), last)
    dropped = tuple(row.id for row in group if row.id != last.id)
    return Merge(last.id, dropped, history, widened=kept != last), kept


def _as_sure(
    kept: Sighting, group: Sequence[Sighting], ends: Mapping[str, frozenset[str]]
) -> Sighting:
    """A row that may copy as its root may: a copy of an observation is as sure as that."""
    root = [row for row in group if row.id in ends[kept.id]]
    if not root or root[0].may_copy == kept.may_copy:
        return kept
    names = ("may_copy", "copy_probability")
    return kept.model_copy(update={name: getattr(root[0], name) for name in names})


def _with_altitude(kept: Sighting, told: Sequence[Sighting]) -> Sighting:
    """A row with the altitude of another of its observation, if it has none itself."""
    names = ("altitude_min_m", "altitude_max_m", "altitude_kind", "altitude_reliability")
    known = [row for row in told if row.altitude_min_m is not None]
    if kept.altitude_min_m is not None or not known:
        return kept
    return kept.model_copy(update={name: getattr(known[-1], name) for name in names})


def _reported_s(row: Sighting, dates: Mapping[str, object]) -> float:
    """When a row was reported, as far as its own cell or its source says."""
    earliest = getattr(row.reported or dates.get(row.source), "earliest", None)
    return float(earliest.timestamp()) if earliest is not None else -math.inf


def _around(kept: Sighting, other: Sighting) -> Sighting:
    """A row widened until it reaches another."""
    changed: dict[str, object] = {
        "time_min": min(kept.time_min, other.time_min),
        "time_max": max(kept.time_max, other.time_max),
    }
    if kept.geometry in OF_A_PLACE and other.geometry in OF_A_PLACE:
        apart_m = _apart_m(kept, other)
        changed["position_sd_m"] = math.hypot(kept.position_sd_m, apart_m)
        if kept.position_sd_minor_m is not None:
            changed["position_sd_minor_m"] = math.hypot(kept.position_sd_minor_m, apart_m)
    if other.altitude_min_m is not None and other.altitude_max_m is not None:
        low_m, high_m = kept.altitude_min_m, kept.altitude_max_m
        if low_m is not None and high_m is not None:
            changed["altitude_min_m"] = min(low_m, other.altitude_min_m)
            changed["altitude_max_m"] = max(high_m, other.altitude_max_m)
    return kept.model_copy(update=changed)


def _apart_m(first: Sighting, second: Sighting) -> float:
    """Distance of two places on a sphere: an error to widen by, not a result."""
    lat, other = math.radians(first.lat_deg), math.radians(second.lat_deg)
    half = math.radians(second.lon_deg - first.lon_deg) / 2.0
    share = math.sin((other - lat) / 2.0) ** 2
    share += math.cos(lat) * math.cos(other) * math.sin(half) ** 2
    return 2.0 * _EARTH_M * math.asin(min(1.0, math.sqrt(share)))


def _followers(merge: Merge, statements: Sequence[Statement]) -> tuple[str, ...]:
    """Statements whose own evidence now goes by another row's name."""
    return tuple(
        one.id
        for one in statements
        if merge.kept not in one.lineage and not set(merge.dropped).isdisjoint(one.lineage)
    )


def _followed(statement: Statement, merges: Sequence[Merge]) -> Statement:
    """A statement's own evidence, with the rows that now stand for it."""
    more = tuple(one.kept for one in merges if statement.id in one.followed)
    if not more:
        return statement
    return statement.model_copy(update={"lineage": (*statement.lineage, *more)})
