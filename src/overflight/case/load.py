"""Read a case folder: ``case.yaml`` and the tables beside it.

Every value arrives as text, and the place where it stood is kept; only the model gives it
meaning. So nothing is guessed on the way (``NO`` stays ``NO``, ``1:30`` stays ``1:30``), and every
mistake can name its file, line and column. Rows are checked one by one and then against each
other, so that one mistake does not hide another.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from overflight.case import checks, files, geojson, older
from overflight.case.descent import Descent
from overflight.case.events import Event, Relation
from overflight.case.files import Key, Notes, Place, Table, Tree
from overflight.case.model import ZONE_FILE, Case, Head, Sighting, Source, Span, Statement
from overflight.case.observers import Observer
from overflight.case.rows import Balloon, Launch, Part
from overflight.case.settle import settle
from overflight.case.watched import Area, Site
from overflight.errors import CaseError
from overflight.units import shorten

TABLES: dict[str, type[Part]] = {
    "sources": Source,
    "sightings": Sighting,
    "statements": Statement,
}
FILES = ("case.yaml", *(f"{table}.csv" for table in TABLES))
OPTIONAL: dict[str, type[Part]] = {"events": Event, "relations": Relation}
MAY_BE_EMPTY = ("statements", *OPTIONAL)
LISTS = ("sites", "observers")  # lists of case.yaml that may be tables of their own instead
MOST_SHOWN = 500  # mistakes; who has more has one mistake many times

# What people call a column -> what it is called here, and how it is written.
MISNAMED = {
    "alt": ("altitude_min", "'60000 ft'"),
    "altitude": ("altitude_min", "'60,000 ft', with altitude_max beside it"),
    "height": ("altitude_min", "'60,000 ft'"),
    "lat": ("lat_deg", "'45.78'"),
    "latitude": ("lat_deg", "'45.78'"),
    "lon": ("lon_deg", "'-108.50'"),
    "long": ("lon_deg", "'-108.50'"),
    "lng": ("lon_deg", "'-108.50'"),
    "longitude": ("lon_deg", "'-108.50'"),
    "time": ("time_min", "'2023-02-01T22:00Z', with time_max beside it"),
    "sigma": ("position_sd", "'20 km'"),
    "pos_sigma": ("position_sd", "'20 km'"),
    "radius": ("position_sd", "'20 km'"),
    "diameter": ("diameter_min", "'120 ft', with diameter_max beside it"),
    "class": ("attribution", "'eyewitness'"),
    "conflicts": ("conflicts_with", "'s1; s2'"),
}
_UNITS = ("_ft", "_km", "_m", "_nmi", "_mi", "_deg", "_utc", "_lb", "_kg", "_mps", "_kt", "_m2")


def load(folder: Path, *, begun: bool = False) -> Case:
    """Read and check the case in ``folder``, reporting every mistake in it at once.

    One that is only ``begun`` may have no sightings yet: they are what is brought into it.
    """
    _must_be_a_folder(folder)
    notes = Notes()
    head = files.read_yaml(folder / "case.yaml", notes)
    _read_lists(folder, head, notes)
    tables, said = _tables(folder, notes)
    empty = frozenset({"sightings"}) if begun and not tables["sightings"].rows else frozenset[str]()
    rows = {
        name: _rows(name, table, notes, may_be_empty=name in {*MAY_BE_EMPTY, *empty})
        for name, table in tables.items()
    }
    known_head = _head(head, notes)
    areas = _areas(folder, known_head, notes)
    parts = checks.Parts(
        head=known_head,
        rows={name: [known for _, known in read] for name, read in rows.items()}
        | {"launches": _listed(head, "launches", Launch), "sites": _listed(head, "sites", Site)}
        | {"observers": _listed(head, "observers", Observer)}
        | {"areas": [vars(area) for area in areas]},
        incomplete=frozenset(name for name, table in tables.items() if not table.complete) | empty,
    )
    for finding in checks.findings(parts):
        _note_finding(finding, notes)
    if notes.mistakes or head is None:
        raise _summary(folder, notes)
    whole: dict[str, Any] = {name: tuple(model for model, _ in read) for name, read in rows.items()}
    settled = settle(whole["sources"], whole["sightings"], whole["statements"])
    whole |= {"sightings": settled.sightings, "statements": settled.statements}
    whole |= {"merges": settled.merges, "notes": said, "areas": areas}
    whole |= {"id": folder.resolve().name}
    return Case.model_validate({**head, **whole}, context={"begun": begun})


def _tables(folder: Path, notes: Notes) -> tuple[dict[str, Table], tuple[str, ...]]:
    """Read the tables, with older words as those of today; also sentences that say so."""
    names = [*TABLES, *(name for name in OPTIONAL if (folder / f"{name}.csv").exists())]
    tables: dict[str, Table] = {}
    said: list[str] = []
    for name in names:
        read = files.read_table(folder / f"{name}.csv", notes)
        tables[name], renamed = older.renewed(name, read, notes)
        said += renamed
    return tables, tuple(said)


def bundled(name: str) -> Path:
    """Find the folder of a case that comes with overflight.

    >>> bundled("2023-conus").name
    '2023-conus'
    """
    package = Path(str(resources.files("overflight")))
    shelves = [package / "_cases", package.parents[1] / "cases"]  # installed, in a checkout
    found = {
        case.name: case
        for shelf in reversed(shelves)
        if shelf.is_dir()
        for case in shelf.iterdir()
        if (case / "case.yaml").is_file()
    }
    if name not in found:
        raise CaseError(
            found=f"no bundled case {shorten(name)}",
            expected=f"one of {', '.join(sorted(found)) or 'none'}",
            remedy="Name one of those, or give the path of a case folder.",
        )
    return found[name]


def _must_be_a_folder(folder: Path) -> None:
    try:
        is_folder, there = folder.is_dir(), folder.exists()
    except (OSError, ValueError):  # a name too long, a null byte
        is_folder = there = False
    if not is_folder:
        raise CaseError(
            found=f"{shorten(str(folder))} is " + ("not a folder" if there else "not there"),
            expected=f"a folder with {', '.join(FILES)}",
            remedy="Check the name, or make a case with 'overflight new'.",
        )


def _rows(
    name: str, table: Table, notes: Notes, *, may_be_empty: bool
) -> list[tuple[Part | None, dict[str, object]]]:
    """Check each row of a table by itself: its model, if it is right, and what is known of it."""
    kind = (TABLES | OPTIONAL)[name]
    if not table.headings:
        return []
    columns = _columns(kind)
    absent = frozenset(
        column
        for column, field in columns.items()
        if kind.model_fields[field].is_required() and column not in table.headings
    )
    for column in sorted(absent):
        notes.add(
            notes.place((name, column)),
            found="no such column",
            expected=f"a heading {column!r}",
            remedy="Add the column; 'overflight new' shows every heading.",
        )
    for heading in table.headings:
        if heading and heading not in columns:
            _note_misnamed(heading, list(columns), notes.place((name, heading)), notes)
    if not table.rows and table.complete and not may_be_empty:
        notes.add(notes.place((name,)), found="no rows", expected="one at least", remedy="Add one.")
    return [
        _row(kind, {column: row[column] for column in row if column in columns}, key, absent, notes)
        for key, row in (((name, index), row) for index, row in enumerate(table.rows))
    ]


def _row(
    kind: type[Part], row: Mapping[str, Tree], key: Key, absent: frozenset[str], notes: Notes
) -> tuple[Part | None, dict[str, object]]:
    try:
        model = kind.model_validate(row)
    except ValidationError as error:
        wrong = _note(error, key, absent, notes)
        return None, _known(kind, row, wrong)
    return model, dict(model)


def _read_lists(folder: Path, head: dict[str, Tree] | None, notes: Notes) -> None:
    """Put the rows of ``sites.csv`` and ``observers.csv``, where there are any, into the head."""
    for name in LISTS:
        path = folder / f"{name}.csv"
        if head is None or not path.exists():
            continue
        if name in head:
            notes.add(
                notes.place((name,)),
                found=f"{name} here, and a file {path.name}",
                expected="one of the two",
                remedy="Move the rows of one into the other.",
            )
        else:
            head[name] = list(files.read_table(path, notes).rows)


def _head(tree: Mapping[str, Tree] | None, notes: Notes) -> dict[str, object]:
    if tree is None:
        return {}
    try:
        return dict(Head.model_validate(tree))
    except ValidationError as error:
        return _known(Head, tree, _note(error, (), frozenset(), notes))


def _listed(
    tree: Mapping[str, Tree] | None, field: str, kind: type[Part]
) -> list[dict[str, object]]:
    """What is known of a list in case.yaml; its mistakes are noted with those of the head."""
    listed = tree.get(field) if tree else None
    rows = listed if isinstance(listed, list) else []
    return [
        _row(kind, row, (), frozenset(), Notes())[1] if isinstance(row, dict) else {}
        for row in rows
    ]


def _areas(folder: Path, head: Mapping[str, object], notes: Notes) -> tuple[Area, ...]:
    """The zones of the files that case.yaml names, each file once."""
    named = head.get("zones")
    files_named = [str(name) for name in named] if isinstance(named, tuple) else []
    found: list[Area] = []
    for name in dict.fromkeys(name for name in files_named if name.endswith(ZONE_FILE)):
        found += geojson.read_areas(folder / name, notes, len(found), name)
    return tuple(found)


def _columns(kind: type[Part]) -> dict[str, str]:
    """Column of a table -> attribute of its model."""
    return {field.alias or name: name for name, field in kind.model_fields.items()}


def _known(kind: type[Part], row: Mapping[str, Tree], wrong: set[str]) -> dict[str, object]:
    """Read what can be read of a row that has mistakes elsewhere."""
    known: dict[str, object] = {}
    for column, name in _columns(kind).items():
        if column in row and column not in wrong:
            try:
                known[name] = _reader(kind, name).validate_python(row[column])
            except ValidationError:  # noted already, when the row was read as a whole
                continue
    return known


@cache
def _reader(kind: type[Part], name: str) -> TypeAdapter[Any]:
    field = kind.model_fields[name]
    whole: Any = field.annotation
    return TypeAdapter(Annotated[(whole, *field.metadata)] if field.metadata else whole)


def _note(error: ValidationError, key: Key, absent: frozenset[str], notes: Notes) -> set[str]:
    """Note what pydantic found; return the columns that are wrong."""
    wrong = set()
    for details in error.errors(include_url=False):
        where = details["loc"]
        wrong.add(str(where[0]) if where else "")
        place = notes.place((*key, *where))
        if details["type"] == "missing" and where:
            unread = (*key, *where) in notes.places and _noted(place, notes)
            if unread or where[-1] in absent:
                continue  # said once, where it stands or at the headings
        if details["type"] == "extra_forbidden":
            _note_misnamed(str(where[-1]), _names_beside(where), place, notes)
        else:
            notes.mistakes.append((place, _words(details)))
    return wrong


def _noted(place: Place, notes: Notes) -> bool:
    return any(noted == place for noted, _ in notes.mistakes)


def _words(details: ErrorDetails) -> str:
    """What pydantic found, as found, expected and remedy."""
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, CaseError):
        return str(cause)
    expected, remedy = _EXPECTED.get(details["type"], (details["msg"], "Correct it."))
    value = details["input"]
    found = shorten(value) if isinstance(value, str) else "a list or a group of fields"
    return str(CaseError("nothing" if details["type"] == "missing" else found, expected, remedy))


# pydantic's type of error -> what was expected, and what to do.
_EXPECTED = {
    "missing": ("a value", "Fill it in; docs/reference/case-format.md says what belongs there."),
    "tuple_type": ("a list", "Write one line for each, beginning with '- '."),
    "model_type": ("a group of fields", "Write the fields below, indented."),
    "model_attributes_type": ("a group of fields", "Write the fields below, indented."),
}


def _names_beside(where: tuple[str | int, ...]) -> list[str]:
    """Fields of the group in which an unknown one stood."""
    inner: dict[str, type[Part]] = {
        "balloon": Balloon, "launches": Launch, "span": Span, "sites": Site, "descent": Descent,
        "observers": Observer,
    }  # fmt: skip
    kind = inner.get(str(where[0]), Head) if len(where) > 1 else Head
    return list(_columns(kind))


def _note_misnamed(name: str, known: list[str], place: Place, notes: Notes) -> None:
    stem = name.strip().lower().replace(" ", "_").replace("-", "_")
    for unit in _UNITS:
        stem = stem.removesuffix(unit)
    meant, example = MISNAMED.get(stem, ("", ""))
    near = [stem] if stem in known else get_close_matches(stem, known, n=1)
    if meant in known:
        remedy = f"Did you mean {meant}, written {example}?"
    elif near:
        remedy = f"Did you mean {near[0]!r}?"
        if stem != name.strip().lower():
            remedy += " A unit stands in the cell, not in the name."
    else:
        remedy = "Remove it, or put its text into a note."
    notes.add(
        place,
        found=f"unknown field {shorten(name)}",
        expected=f"one of {', '.join(known)}",
        remedy=remedy,
    )


def _note_finding(finding: checks.Finding, notes: Notes) -> None:
    see = f" (first in {notes.place(finding.see)})" if finding.see else ""
    notes.mistakes.append((notes.place(finding.key), f"{finding.error}{see}"))


def _summary(folder: Path, notes: Notes) -> CaseError:
    order = {name: index for index, name in enumerate(FILES)}
    ordered = sorted(
        notes.mistakes, key=lambda m: (order.get(m[0].file, len(FILES)), m[0].file, m[0].line)
    )
    lines = [f"{place}: {why}" for place, why in dict.fromkeys(ordered)]
    shown = lines[:MOST_SHOWN]
    if len(lines) > MOST_SHOWN:
        shown.append(f"... and {len(lines) - MOST_SHOWN:,} more")
    return CaseError(
        found=f"{folder.resolve().name} has {len(lines):,} mistake{'s' if len(lines) > 1 else ''}",
        expected="none",
        remedy="Edit the files and run again:\n  " + "\n  ".join(shown),
    )
