"""What must hold between the parts of a case: references, times, zones.

The checks take what is known of each row, which may be a row with a mistake in another column, so
that all mistakes of a case can be reported at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from overflight.case import evidence_checks, meaning, predicates
from overflight.case.vocabulary import Geometry, Use
from overflight.errors import CaseError

Key = tuple[str | int, ...]  # ("sightings", 0, "time_min"): pydantic's "loc"
Known = Mapping[str, object]  # the fields of a row that could be read, by attribute
_LISTED = 12  # identifiers named in a message
# What two rows on the same report may differ in.
_OF_THE_ROW = frozenset({
    "id", "note", "conflicts_with", "use", "why_not_used", "certainty", "copies", "corrects",
    "may_copy", "copy_probability",
})  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """A mistake and where it is; ``see`` is the other place that it is about."""

    key: Key
    error: CaseError
    see: Key | None = None


@dataclass(frozen=True)
class Parts:
    """A case in pieces; an ``incomplete`` table may hold more rows than could be read."""

    head: Known
    rows: Mapping[str, Sequence[Known]]  # "launches", "sources", ... and "sites", "areas"
    incomplete: frozenset[str] = frozenset()


TABLES = ("sources", "launches", "sightings", "statements", "events", "relations")

# Which column of which table cites rows of which tables.
_CITATIONS = (
    ("launches", "source", ("sources",)),
    ("sites", "source", ("sources",)),
    ("areas", "source", ("sources",)),
    ("observers", "source", ("sources",)),
    ("sightings", "source", ("sources",)),
    ("statements", "source", ("sources",)),
    ("sightings", "conflicts_with", ("sightings", "statements")),
    ("statements", "conflicts_with", ("sightings", "statements")),
    ("statements", "lineage", ("sightings",)),
    ("sources", "copies", ("sources",)),
    ("sightings", "copies", ("sightings", "statements")),
    ("statements", "copies", ("sightings", "statements")),
    ("sightings", "may_copy", ("sightings",)),
    ("sightings", "corrects", ("sightings",)),
    ("statements", "corrects", ("statements",)),
    ("events", "source", ("sources",)),
    ("relations", "source", ("sources",)),
    ("relations", "first", ("events", "sightings", "statements")),
    ("relations", "second", ("events", "sightings", "statements")),
)


def findings(parts: Parts) -> list[Finding]:
    """Check the parts against each other."""
    return [
        *_doubled(parts),
        *_same_names(parts),
        *_references(parts),
        *_times(parts),
        *_zones(parts),
        *_watchers(parts),
        *_released_kinds(parts),
        *_kinds(parts),
        *_repeated(parts),
        *_evidence(parts),
        *(
            Finding(key, error)
            for check in (
                # A merged row may stand for what it goes back to; all were checked before.
                *(() if parts.head.get("merges") else (evidence_checks.circles,)),
                evidence_checks.dates,
                evidence_checks.relations,
            )
            for key, error in check(parts.rows)
        ),
    ]


def _doubled(parts: Parts) -> Iterator[Finding]:
    first: dict[object, Key] = {}
    for table in TABLES:
        for index, row in enumerate(parts.rows.get(table, ())):
            name = row.get("id")
            if name is None:
                continue
            if name in first:
                error = CaseError(
                    found=f"id {name!r} a second time",
                    expected="an id of its own for every row of every table, and every launch",
                    remedy="Rename one; rows that cite it must follow.",
                )
                yield Finding((table, index, "id"), error, first[name])
            first.setdefault(name, (table, index, "id"))


def _same_names(parts: Parts) -> Iterator[Finding]:
    """Zones and sites are told by their names, and so are observers: no two may share one."""
    for tables, what in ((("sites", "areas"), "zone and site"), (("observers",), "observer")):
        first: dict[str, Key] = {}
        for table in tables:
            for index, row in enumerate(parts.rows.get(table, ())):
                name = row.get("name")
                if name is None:
                    continue
                same = str(name).casefold()
                if same in first:
                    error = CaseError(
                        found=f"the name {name!r} a second time",
                        expected=f"a name of its own for every {what}",
                        remedy="Rename one; parts of one zone are a MultiPolygon.",
                    )
                    yield Finding((table, index, "name"), error, first[same])
                first.setdefault(same, (table, index, "name"))


def _references(parts: Parts) -> Iterator[Finding]:
    ids = {
        table: [str(row["id"]) for row in parts.rows.get(table, ()) if "id" in row]
        for table in TABLES
    }
    for table, column, targets in _CITATIONS:
        if parts.incomplete.intersection(targets):
            continue
        known = [name for target in targets for name in ids[target]]
        among, where = frozenset(known), " or ".join(f"{target}.csv" for target in targets)
        for index, row in enumerate(parts.rows.get(table, ())):
            cited = row.get(column)
            names = [cited] if isinstance(cited, str) else cited or ()
            for name in names:  # type: ignore[attr-defined]
                if name not in among:
                    yield Finding((table, index, column), _unknown(name, known, where))
                elif name == row.get("id") and column == "conflicts_with":
                    yield Finding((table, index, column), _itself(name))
    descent = parts.head.get("descent")
    cited = getattr(descent, "source", None)
    if cited is not None and "sources" not in parts.incomplete and cited not in ids["sources"]:
        yield Finding(("descent", "source"), _unknown(cited, ids["sources"], "sources.csv"))
    end = parts.head.get("flight_end_sighting")
    if end is not None and "sightings" not in parts.incomplete and end not in ids["sightings"]:
        error = _unknown(str(end), ids["sightings"], "sightings.csv")
        yield Finding(("flight_end_sighting",), error)


def _times(parts: Parts) -> Iterator[Finding]:
    span = parts.head.get("span")
    start, end = (getattr(span, name, None) for name in ("start", "end"))
    over = _flight_end(parts)
    for table in ("launches", "sightings"):
        for index, row in enumerate(parts.rows.get(table, ())):
            low, high = _time(row, "time_min"), _time(row, "time_max")
            if start and low and low < start:
                yield Finding((table, index, "time_min"), _outside(low, "before", start))
            if end and high and high > end:
                yield Finding((table, index, "time_max"), _outside(high, "after", end))
            if over and low and low > over and row.get("geometry") != Geometry.DEBRIS:
                yield Finding((table, index, "time_min"), _after_the_end(low, over))


def _flight_end(parts: Parts) -> datetime | None:
    end = parts.head.get("flight_end_sighting")
    for row in parts.rows.get("sightings", ()):
        if end is not None and row.get("id") == end:
            return _time(row, "time_max")
    return None


def _zones(parts: Parts) -> Iterator[Finding]:
    kinds = parts.head.get("zones")
    if not isinstance(kinds, tuple):
        return
    kinds = tuple(kind for kind in kinds if kind in predicates.KINDS)
    for index, row in enumerate(parts.rows.get("statements", ())):
        test = row.get("test")
        for predicate in test if isinstance(test, tuple) else ():
            for zone in predicates.zones(predicate):
                if predicates.kind_of_zone(zone) not in kinds:
                    error = CaseError(
                        found=f"zone {zone!r} is a {predicates.kind_of_zone(zone)}",
                        expected=f"a zone of a kind under zones in case.yaml ({', '.join(kinds)})",
                        remedy="Add the kind there, or test another zone.",
                    )
                    yield Finding(("statements", index, "test"), error)


def _watchers(parts: Parts) -> Iterator[Finding]:
    """Observers that statements name are in the case."""
    if "observers" in parts.incomplete:
        return
    known = [str(one["name"]) for one in parts.rows.get("observers", ()) if "name" in one]
    for index, row in enumerate(parts.rows.get("statements", ())):
        test = row.get("test")
        for predicate in test if isinstance(test, tuple) else ():
            for name in predicates.observers(predicate):
                if name not in known:
                    error = _unknown(name, known, "the observers")
                    yield Finding(("statements", index, "test"), error)


def _released_kinds(parts: Parts) -> Iterator[Finding]:
    """A kind that is to be withheld is the kind of something: one misspelt would be published."""
    of = {
        table: {str(row["kind"]).casefold() for row in parts.rows.get(table, ()) if row.get("kind")}
        for table in ("sites", "observers", "areas")
    }
    everything = set().union(*of.values())
    for column, known, what in (
        ("withheld_kinds", everything, "a kind of a site, an observer or a zone"),
        ("withheld_from_partners", everything, "a kind of a site, an observer or a zone"),
        ("rounded_kinds", of["sites"] - of["areas"], "a kind of sites that is no zone's"),
    ):
        named = parts.head.get(column)
        for index, kind in enumerate(named if isinstance(named, tuple) else ()):
            if str(kind).casefold() not in known:
                error = CaseError(
                    found=f"the kind {kind!r}",
                    expected=f"{what}: {', '.join(sorted(known)[:_LISTED]) or 'none has one'}",
                    remedy="Spell it as the column kind does, or take it out of the list.",
                )
                yield Finding((column, index), error)


def _kinds(parts: Parts) -> Iterator[Finding]:
    """Every sighting has the columns of its kind, and no others."""
    for index, row in enumerate(parts.rows.get("sightings", ())):
        for column, error in meaning.misfits(row):
            yield Finding(("sightings", index, column), error)


def _repeated(parts: Parts) -> Iterator[Finding]:
    """The same report twice would count twice."""
    first: dict[object, Key] = {}
    for index, row in enumerate(parts.rows.get("sightings", ())):
        if row.get("use", Use.YES) is Use.NO or "source" not in row or row.get("copies"):
            continue
        same = tuple((name, str(row[name])) for name in sorted(row) if name not in _OF_THE_ROW)
        if same in first:
            error = CaseError(
                found="the same report of the same source a second time",
                expected="each report once: two would count as two witnesses",
                remedy="Remove one, or write use: no and why_not_used: repeated.",
            )
            yield Finding(("sightings", index, "id"), error, first[same])
        first.setdefault(same, ("sightings", index, "id"))


def _evidence(parts: Parts) -> Iterator[Finding]:
    """At least one sighting counts; a row of which it is not known is given the benefit."""
    rows = parts.rows.get("sightings", ())
    if "sightings" in parts.incomplete or any(row.get("use", Use.YES) is Use.YES for row in rows):
        return
    error = CaseError(
        found="no sighting that is used",
        expected="one at least with use: yes",
        remedy="Use a sighting with a large position_sd rather than none.",
    )
    yield Finding(("sightings",), error)


def _time(row: Known, name: str) -> datetime | None:
    value = row.get(name)
    return value if isinstance(value, datetime) else None


def _unknown(name: str, known: Sequence[str], where: str) -> CaseError:
    near = get_close_matches(name, known, n=1)
    listed = ", ".join(known[:_LISTED]) + (", ..." if len(known) > _LISTED else "")
    return CaseError(
        found=f"{name!r} is unknown",
        expected=f"an id of {where} ({listed or 'which has none'})",
        remedy=f"Did you mean {near[0]!r}?" if near else "Add it there, or correct the name.",
    )


def _itself(name: str) -> CaseError:
    return CaseError(
        found=f"{name!r} conflicts with itself",
        expected="the ids of other rows",
        remedy="Take it out of the list.",
    )


def _outside(time: datetime, side: str, edge: datetime) -> CaseError:
    return CaseError(
        found=f"{_iso(time)} is {side} the span of the case",
        expected=f"a time not {side} {_iso(edge)}",
        remedy="Correct the time, or widen the span in case.yaml.",
    )


def _after_the_end(time: datetime, over: datetime) -> CaseError:
    return CaseError(
        found=f"{_iso(time)} is after the flight's end",
        expected=f"a time up to {_iso(over)}, or geometry: debris",
        remedy="Check the time zone and the day, and flight_end_sighting in case.yaml.",
    )


def _iso(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")
