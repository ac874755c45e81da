"""What must hold between the parts of a case: references, times, zones.

The checks take what is known of each row, which may be a row with a mistake in another column, so
that all mistakes of a case can be reported at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from overflight.case import meaning, predicates
from overflight.case.vocabulary import Geometry, Use
from overflight.errors import CaseError

Key = tuple[str | int, ...]  # ("sightings", 0, "time_min"): pydantic's "loc"
Known = Mapping[str, object]  # the fields of a row that could be read, by attribute
_LISTED = 12  # identifiers named in a message
# What two rows on the same report may differ in.
_OF_THE_ROW = frozenset({"id", "note", "conflicts_with", "use", "why_not_used", "certainty"})


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
    rows: Mapping[str, Sequence[Known]]  # "launches", "sources", "sightings", "statements"
    incomplete: frozenset[str] = frozenset()


TABLES = ("sources", "launches", "sightings", "statements")

# Which column of which table cites rows of which tables.
_CITATIONS = (
    ("launches", "source", ("sources",)),
    ("sightings", "source", ("sources",)),
    ("statements", "source", ("sources",)),
    ("sightings", "conflicts_with", ("sightings", "statements")),
    ("statements", "conflicts_with", ("sightings", "statements")),
    ("statements", "lineage", ("sightings",)),
)


def findings(parts: Parts) -> list[Finding]:
    """Check the parts against each other."""
    return [
        *_doubled(parts),
        *_references(parts),
        *_times(parts),
        *_zones(parts),
        *_kinds(parts),
        *_repeated(parts),
        *_evidence(parts),
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
                    expected="an id of its own for every source, launch, sighting and statement",
                    remedy="Rename one; rows that cite it must follow.",
                )
                yield Finding((table, index, "id"), error, first[name])
            first.setdefault(name, (table, index, "id"))


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


def _kinds(parts: Parts) -> Iterator[Finding]:
    """Every sighting has the columns of its kind, and no others."""
    for index, row in enumerate(parts.rows.get("sightings", ())):
        for column, error in meaning.misfits(row):
            yield Finding(("sightings", index, column), error)


def _repeated(parts: Parts) -> Iterator[Finding]:
    """The same report twice would count twice."""
    first: dict[object, Key] = {}
    for index, row in enumerate(parts.rows.get("sightings", ())):
        if row.get("use", Use.YES) is Use.NO or "source" not in row:
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
