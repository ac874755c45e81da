"""The evidence ledger as one SQLite file, ``ledger.sqlite``, which Datasette opens.

Every id of the case is a row of ``items``; all other tables refer to it, and SQLite keeps the
references. Text is written as in the CSV tables (:mod:`overflight.release.csvsafe`): whoever
exports a table to a spreadsheet must not run what a stranger wrote.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from overflight.case.model import Case, Sighting
from overflight.case.vocabulary import PartialDate
from overflight.ledgers.chronology import Chronology, TimeLine
from overflight.ledgers.claimed import Claimed
from overflight.ledgers.evidence import Evidence
from overflight.release import csvsafe
from overflight.release.chronologywords import bound
from overflight.release.ledgertables import SCHEMA

Value = str | float | int | None


@dataclass(frozen=True)
class Told:
    """What the file is made of; ``about`` says of which account."""

    case: Case
    claimed: Claimed
    evidence: Evidence
    chronology: Chronology
    right: dict[str, float]
    """Sighting -> probability that its position is essentially right."""
    about: dict[str, str]


def write(told: Told, path: Path) -> None:
    """Write the file, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(part)) as database:
            database.execute("PRAGMA foreign_keys = ON")
            database.executescript(SCHEMA)
            for table, rows in _tables(told):
                _insert(database, table, rows)
            database.commit()
            database.execute("VACUUM")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _insert(database: sqlite3.Connection, table: str, rows: Iterable[Sequence[Value]]) -> None:
    cells = [tuple(_cell(value) for value in row) for row in rows]
    if cells:
        marks = ", ".join("?" * len(cells[0]))
        # The table's name is one of ours; values are bound, never put into the text.
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", cells)  # noqa: S608


def _cell(value: Value) -> Value:
    if isinstance(value, str):
        return csvsafe.cell(value) if value else None
    return value


def _tables(told: Told) -> Iterable[tuple[str, Iterable[Sequence[Value]]]]:
    """Rows of every table, those that others refer to first."""
    case, evidence = told.case, told.evidence
    yield "about", told.about.items()
    yield (
        "items",
        [
            (one.id, kind)
            for kind, rows in (
                ("source", case.sources),
                ("sighting", case.sightings),
                ("statement", case.statements),
                ("event", case.events),
                ("relation", case.relations),
            )
            for one in rows
        ],
    )
    yield (
        "sources",
        [
            (
                one.id, one.publisher, one.title, _date(one.published), one.published_note,
                one.url, one.copy_status, one.archived_sha256, one.interest,
                "; ".join(sorted(evidence.lineage.originals[one.id])),
            )
            for one in case.sources
        ],
    )  # fmt: skip
    yield "sightings", _sightings(told)
    yield "statements", _statements(told)
    yield "results", _results(told)
    yield "lineage", [(link.of, link.to, link.how, None) for link in evidence.lineage.links]
    yield (
        "lineage",
        [(one.later, one.earlier, "may repeat", one.copy_probability) for one in evidence.echoes],
    )
    yield "conflicts", _conflicts(case)
    yield (
        "history",
        [
            (merge.kept, row.id, int(merge.widened), _as_written(row))
            for merge in evidence.merges
            for row in merge.history
        ],
    )
    yield from _chronology(told.chronology)


def _sightings(told: Told) -> Iterable[Sequence[Value]]:
    counts_as = {name: one.kept for one in told.evidence.merges for name in one.dropped}
    for one in told.case.sightings:
        yield (
            one.id, one.source, one.quote, one.attribution, one.geometry, one.time_min.isoformat(),
            one.time_max.isoformat(), one.lat_deg, one.lon_deg, one.position_sd_m,
            one.altitude_min_m, one.altitude_max_m, one.altitude_kind, one.reliability,
            one.altitude_reliability, one.certainty, one.interest, one.access, _date(one.informed),
            _date(one.reported), one.use, one.why_not_used, one.note,
            counts_as.get(one.id, one.id if one.use != "no" else None), told.right.get(one.id),
        )  # fmt: skip


def _statements(told: Told) -> Iterable[Sequence[Value]]:
    for one in told.case.statements:
        yield (
            one.id, one.source, one.said.text, one.said.precision, _date(one.published),
            one.speaker, one.role, one.attribution, one.modality, one.manner, one.topic, one.text,
            one.quantity,
            one.value_min_text, one.value_max_text, one.scope, one.testable, one.certainty,
            one.reliability, one.interest, one.access, _date(one.informed),
        )  # fmt: skip


def _results(told: Told) -> Iterable[Sequence[Value]]:
    for line in told.claimed.lines:
        test = line.test
        numbers = (
            (test.probability, test.prior_probability, test.log_bayes_factor,
             test.log_bayes_factor_sd)
            if test is not None
            else (None, None, None, None)
        )  # fmt: skip
        grade = f"{line.statement.reliability}{line.credibility}"
        yield (line.statement.id, line.label, line.credibility, grade, *numbers, line.reason)


def _conflicts(case: Case) -> Iterable[Sequence[Value]]:
    pairs: dict[tuple[str, str], None] = {}
    for one in (*case.sightings, *case.statements):
        for other in one.conflicts_with:  # type: ignore[attr-defined]
            first, second = sorted((one.id, other))  # type: ignore[attr-defined]
            pairs[first, second] = None
    return list(pairs)


def _chronology(told: Chronology) -> Iterable[tuple[str, Iterable[Sequence[Value]]]]:
    yield "events", [_event(one) for one in told.times if one.kind == "event"]
    yield (
        "relations",
        [
            (
                one.id, one.first, one.relation, one.second, one.by_times, int(one.contradicted),
                one.quote, one.attribution, one.source,
            )
            for one in told.orders
        ],
    )  # fmt: skip
    yield (
        "contradictions",
        [
            (number, step, said.id, said.text, clash.short_by_s)
            for number, clash in enumerate(told.clashes, start=1)
            for step, said in enumerate(clash.sentences, start=1)
        ],
    )
    yield "times", [(one.id, *_left(one), ", ".join(one.because)) for one in told.times]


def _event(one: TimeLine) -> Sequence[Value]:
    return (
        one.id, one.text, bound(one.stated_begin.low_s), bound(one.stated_end.high_s),
        int(one.lasts), one.attribution, one.source,
    )  # fmt: skip


def _left(one: TimeLine) -> tuple[str, str, str, str]:
    return (
        bound(one.begin.low_s), bound(one.begin.high_s), bound(one.end.low_s), bound(one.end.high_s)
    )  # fmt: skip


def _date(date: PartialDate | None) -> str | None:
    return date.text if date is not None else None


def _as_written(row: Sighting) -> str:
    return json.dumps(row.model_dump(mode="json", by_alias=True), sort_keys=True)
