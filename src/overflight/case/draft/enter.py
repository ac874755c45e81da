"""Accepted proposals become rows of the case; what was there stays as it was, to the byte.

All or nothing: the new tables are written beside a copy of the case and read as a whole, and only
if that case has no mistake do they take the place of the old ones.
"""

import csv
import io
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from overflight.case import files, load
from overflight.case.draft import chronicle, table
from overflight.case.draft.table import Source
from overflight.case.trial import put_in_place
from overflight.errors import CaseError
from overflight.units import shorten

Safe = Callable[[str], str]  # text as a spreadsheet may show it
Row = dict[str, str]

_TABLES = ("sources", "sightings", "statements", *chronicle.COLUMNS)
_COPY_STATUS = "the copy given to overflight draft; not compared with the original"
_MUST_FIT = {"scope": "out_of_scope"}  # what a table must have a column for


@dataclass(frozen=True)
class Entered:
    """What came into the case: its new ids by proposal, and cells that found no column."""

    ids: Mapping[str, str]
    left_out: tuple[str, ...] = ()


def enter(
    folder: Path,
    source: Source,
    rows: Sequence[Row],
    safe: Safe,
    known: Mapping[str, str] | None = None,
) -> Entered:
    """Append accepted proposals to the tables of a case.

    Parameters
    ----------
    known
        What an order may call its events -> ids of the case (:func:`chronicle.known`).

    Raises
    ------
    CaseError
        The case, before or after, has mistakes: nothing is written then.
    """
    load.load(folder, begun=True)  # its own mistakes come first
    held = {name: _Held.read(folder / f"{name}.csv") for name in _TABLES}
    taken = {row.get("id", "") for one in held.values() for row in one.rows} | _launches(folder)
    cited, new_source = _source_row(source, held["sources"], taken)
    added: dict[str, list[Row]] = {name: [] for name in _TABLES}
    if new_source:
        added["sources"].append(new_source)
    ids: dict[str, str] = {}
    # Orders last: what they stand between may enter with them.
    for row in sorted(rows, key=lambda row: row["kind"] == "order"):
        name = _new_id(cited, taken)
        kind = _table_of(row)
        if kind == "relations":
            there = taken - {one["id"] for one in added["statements"]}
            made = chronicle.relation(row, {**(known or {}), **ids}, there)
        else:
            made = _MADE[kind](row, source)
        added[kind].append(made | {"id": name, "source": cited})
        ids[row["id"]] = name
    left_out: list[str] = []
    texts = {
        name: held[name].with_rows(added[name], safe, left_out) for name in _TABLES if added[name]
    }
    _put_in_place(folder, texts)
    return Entered(ids, tuple(dict.fromkeys(left_out)))


@dataclass(frozen=True)
class _Held:
    """A table as it is: its bytes, headings and rows."""

    path: Path
    raw: bytes
    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    @classmethod
    def read(cls, path: Path) -> "_Held":
        if path.stem in chronicle.COLUMNS and not path.exists():
            headings = chronicle.COLUMNS[path.stem]
            return cls(path, (",".join(headings) + "\n").encode(), headings, ())
        notes = files.Notes()
        found = files.read_table(path, notes)
        rows = tuple({key: str(value) for key, value in row.items()} for row in found.rows)
        return cls(path, path.read_bytes(), found.headings, rows)

    def with_rows(self, rows: Iterable[Row], safe: Safe, left_out: list[str]) -> bytes:
        """The bytes of the table with rows added at its end, in its own line ends."""
        ending = "\r\n" if b"\r\n" in self.raw else "\n"
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator=ending)
        for row in rows:
            self._check(row, left_out)
            writer.writerow([safe(row.get(name, "")) for name in self.headings])
        gap = b"" if self.raw.endswith((b"\n", b"\r")) else ending.encode()
        return self.raw + gap + text.getvalue().encode("utf-8")

    def _check(self, row: Row, left_out: list[str]) -> None:
        for column, value in row.items():
            if not value or column in self.headings:
                continue
            if _MUST_FIT.get(column) == value:
                raise CaseError(
                    found=f"{self.path.name} has no column {column}",
                    expected=f"one, to mark a row as {value}",
                    remedy=f"Add ',{column}' to its headings, or refuse the proposal.",
                )
            left_out.append(f"{self.path.name} has no column {column}: {shorten(value)}")


def _launches(folder: Path) -> set[str]:
    head = files.read_yaml(folder / "case.yaml", files.Notes()) or {}
    listed = head.get("launches")
    return (
        {str(one.get("id")) for one in listed if isinstance(one, dict)}
        if isinstance(listed, list)
        else set()
    )


def _source_row(source: Source, held: _Held, taken: set[str]) -> tuple[str, Row | None]:
    """Id of the source; its new row, unless the case has that file or address already."""
    for row in held.rows:
        if source.sha256 in row.get("archived_sha256", "") or (
            source.url and row.get("url") == source.url
        ):
            return row["id"], None
    if not re.match(r"https?://", source.url, re.IGNORECASE):
        raise CaseError(
            found=f"no web address for {shorten(source.file)}",
            expected="where a reader can go and look",
            remedy=f"Draft it with --url https://..., or write url in "
            f"{table.FOLDER}/{source.name}.json.",
        )
    name = source.name[:40]
    while name in taken:
        name = f"{source.name[:40]}-{secrets.token_hex(2)}"
    taken.add(name)
    return name, {
        "id": name, "publisher": source.publisher or _host(source.url), "title": source.title,
        "published": source.published, "url": source.url, "copy_status": _COPY_STATUS,
        "archived_sha256": source.sha256,
    }  # fmt: skip


def _host(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?([^/:?#]+).*$", r"\1", url, flags=re.IGNORECASE)


def _new_id(source: str, taken: set[str]) -> str:
    number = 1
    while f"{source}-{number}" in taken:
        number += 1
    name = f"{source}-{number}"
    taken.add(name)
    return name


def _statement(row: Row, source: Source) -> Row:
    scope = row["scope"]
    partly = scope == "flight" and (row["quantity"] or row["kind"] in {"event", "order"})
    return {
        "said": row["said"], "published": source.published, "speaker": row["speaker"],
        "role": row["role"],
        "attribution": row["attribution"], "modality": row["modality"], "topic": row["topic"],
        "text": row["statement"], "quantity": row["quantity"], "value_min": row["value_min"],
        "value_max": row["value_max"], "scope": scope,
        "testable": "partly" if partly else "no", "certainty": row["certainty"],
        "reliability": row["reliability"],
    }  # fmt: skip


def _sighting(row: Row, source: Source) -> Row:
    missing = [
        name
        for name in ("time_min", "time_max", "lat_deg", "lon_deg", "position_sd")
        if not row[name]
    ]
    if missing:
        raise CaseError(
            found=f"the sighting {row['id']} of {shorten(source.file)} has no {', '.join(missing)}",
            expected="a place and a time before it can be accepted",
            remedy=f"Fill them in ({table.FOLDER}/{source.name}.csv, or 'edit' in the review), or "
            f"accept the claim instead.",
        )
    level = row["altitude_min"].upper().startswith("FL")
    kind = "" if not row["altitude_min"] else "pressure" if level else "unknown"
    cells = {name: row[name] for name in ("attribution", "geometry", "time_min", "time_max",
    "lat_deg", "lon_deg", "position_sd",
                                          "altitude_min", "altitude_max", "bearing",
                                          "reliability", "certainty")}  # fmt: skip
    note = f"{row['speaker']}: drafted from the article's text, {row['start']}..{row['end']}"
    return cells | {"quote": row["statement"], "altitude_kind": kind, "use": "yes", "note": note}


def _table_of(row: Row) -> str:
    """The table that a proposal enters."""
    if row["kind"] == "sighting":
        return "sightings"
    return chronicle.table_of(row) or "statements"


_MADE: dict[str, Callable[[Row, Source], Row]] = {
    "sightings": _sighting, "statements": _statement,
    "events": lambda row, _: chronicle.event(row),
}  # fmt: skip


def _put_in_place(folder: Path, texts: Mapping[str, bytes]) -> None:
    """All accepted rows, or none."""
    try:
        put_in_place(folder, texts)
    except CaseError as error:
        raise CaseError(
            found=f"with the accepted proposals {error.found}",
            expected="a case without mistakes, so nothing was written",
            remedy=f"Mend the proposals in {table.FOLDER}/. {error.remedy}",
        ) from None
