"""Go through proposals in the terminal: accept, edit, skip, refuse, quit, and go on another day.

What the article says is shown escaped: no character of it reaches the terminal as an order. Every
answer is written at once, so that nothing is lost whenever one stops.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import typer

from overflight.case.draft import table
from overflight.release.csvsafe import write_table
from overflight.terminal import plain

_KEYS = "a accept, e edit, s skip, r refuse, q quit"
_AROUND = 160  # characters of the text before and after
_FIELDS = (
    "kind", "speaker", "attribution", "modality", "scope", "said", "geometry", "time_min",
    "time_max",
    "lat_deg", "lon_deg", "position_sd", "altitude_min", "altitude_max", "quantity", "value_min",
    "value_max", "when", "until", "relation", "first", "second",
    "confidence", "note", "same_as",
)  # fmt: skip


def go_through(case: Path, *, everything: bool) -> None:
    """Ask about every open proposal of a case, article by article."""
    folder = case / table.FOLDER
    for name in table.names(folder):
        source, rows = table.read(folder, name)
        text = (folder / f"{name}.txt").read_bytes().decode("utf-8")
        waiting = [
            row for row in rows
            if row["accept"] == table.OPEN and (everything or row["scope"] == "flight")
        ]  # fmt: skip
        typer.echo(f"{plain(source.file)}: {len(waiting)} open proposals ({_KEYS})")
        for number, row in enumerate(waiting, 1):
            typer.echo("")
            for line in _shown(row, text, f"{number} of {len(waiting)}", rows):
                typer.echo(line)
            if not _answered(row):
                return
            write_table(
                folder / f"{name}.csv", table.COLUMNS,
                [[each[column] for column in table.COLUMNS] for each in rows],
            )  # fmt: skip


def _shown(
    row: dict[str, str], text: str, where: str, rows: Iterable[dict[str, str]]
) -> Iterator[str]:
    start, end = int(row["start"]), int(row["end"])
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    yield f"--- {plain(row['id'])}, {where}"
    yield f"  ...{plain(' '.join(before.split()))} >>> {plain(' '.join(text[start:end].split()))}"
    yield f"  <<< {plain(' '.join(after.split()))}..."
    told = {one["id"]: one["statement"] for one in rows}
    for field in _FIELDS:
        if row[field]:
            event = told.get(row[field], "") if field in {"first", "second"} else ""
            yield f"  {field}: {plain(row[field])}{plain(f' ({event})') if event else ''}"


def _answered(row: dict[str, str]) -> bool:
    """Take one answer; False if the person wants to stop."""
    while True:
        answer = typer.prompt(f"[{_KEYS}]", default="s", show_default=False).strip().lower()[:1]
        if answer == "q":
            return False
        if answer == "s":
            return True
        if answer in {"a", "r"}:
            row["accept"] = table.YES if answer == "a" else table.NO
            return True
        if answer == "e":
            _edit(row)
            for field in table.EDITABLE:
                if row[field]:
                    typer.echo(f"  {field}: {plain(row[field])}")
        else:
            typer.echo(f"  Type one of: {_KEYS}.")


def _edit(row: dict[str, str]) -> None:
    typer.echo(f"  Type field=value, an empty line when done. Fields: {', '.join(table.EDITABLE)}")
    while True:
        line = typer.prompt("  ", default="", show_default=False, prompt_suffix="")
        if not line.strip():
            return
        field, equals, value = line.partition("=")
        if not equals or field.strip() not in table.EDITABLE:
            typer.echo(
                f"  {plain(field.strip())!r} is no field; write for example speaker=the sheriff"
            )
            continue
        row[field.strip()] = value.strip()
