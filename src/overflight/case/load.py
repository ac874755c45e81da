"""Read a case folder: ``case.yaml`` and the tables beside it.

Every value arrives as text, and the place where it stood is kept; only the model gives it
meaning. So nothing is guessed on the way (``NO`` stays ``NO``, ``1:30`` stays ``1:30``), and every
mistake can name its file, line and column.
"""

import csv
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from overflight.case.model import Case
from overflight.errors import CaseError

TABLES = ("sources", "sightings", "statements")

Key = tuple[str | int, ...]  # ("sightings", 0, "time"): pydantic's "loc"
Places = dict[Key, str]  # -> "sightings.csv:2"; the heading completes it
Tree = str | None | list["Tree"] | dict[str, "Tree"]  # every scalar still text


def load(folder: Path) -> Case:
    """Read and check the case in ``folder``, reporting every mistake in it at once."""
    places: Places = {(): "case.yaml:1:1"}  # what belongs to the case as a whole
    case = read_yaml(folder / "case.yaml", places)
    for table in TABLES:
        case[table] = read_table(folder / f"{table}.csv", places)
    try:
        return Case.model_validate(case)
    except ValidationError as error:
        mistakes = [
            f"{_place(m['loc'], places)}: {m['msg'].removeprefix('Value error, ')}"
            for m in error.errors()
        ]
        raise CaseError(
            found=f"{folder.name} has {len(mistakes)} mistake(s)",
            expected="none",
            remedy="Edit the files and run again:\n  " + "\n  ".join(mistakes),
        ) from None


def read_yaml(path: Path, places: Places) -> dict[str, Tree]:
    """Read YAML 1.2 as mappings, lists and text; add to ``places`` where each value stood."""
    try:
        root = YAML(pure=True).compose(path)  # nodes, which know their line and column
    except MarkedYAMLError as error:
        raise CaseError(
            found=f"{_mark(path.name, error.problem_mark)}: {error.problem}",
            expected="YAML",
            remedy="Check colons, quotes and indentation on that line and the one before.",
        ) from None
    if not isinstance(root, MappingNode):
        raise CaseError(
            found=f"{path.name} holds no fields",
            expected="lines such as 'title: A balloon over Montana'",
            remedy="Run 'overflight new' for a commented example.",
        )
    return _mapping(root, (), path.name, places)


def _mapping(node: MappingNode, key: Key, file: str, places: Places) -> dict[str, Tree]:
    mapping: dict[str, Tree] = {}
    for name, item in node.value:
        if name.value in mapping:
            raise CaseError(
                found=f"{_mark(file, name.start_mark)}: {name.value!r} a second time",
                expected="each field once",
                remedy="Keep one of the two.",
            )
        value = _plain(item, (*key, name.value), file, places)
        if value is not None:  # "altitude:" with nothing after it says nothing
            mapping[name.value] = value
    return mapping


def _plain(node: Node, key: Key, file: str, places: Places) -> Tree:
    places[key] = _mark(file, node.start_mark)
    if node.anchor:
        raise CaseError(
            found=f"{places[key]}: an anchor '&{node.anchor}'",
            expected="plain values (an alias can loop, or expand without bound)",
            remedy="Write the value out where it is needed.",
        )
    if isinstance(node, MappingNode):
        return _mapping(node, key, file, places)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*key, i), file, places) for i, item in enumerate(node.value)]
    return None if str(node.tag).endswith(":null") else str(node.value)


def _mark(file: str, mark: StreamMark) -> str:
    return f"{file}:{mark.line + 1}:{mark.column + 1}"


def read_table(path: Path, places: Places) -> list[Tree]:
    """Read a CSV table; an empty cell is an absent value, and the column is its heading."""
    if not path.exists():
        return []
    table: list[Tree] = []
    with path.open(newline="", encoding="utf-8-sig") as lines:
        rows = csv.DictReader(lines, restkey="(no heading)", strict=True)
        for index, row in enumerate(rows):
            places[path.stem, index] = f"{path.name}:{rows.line_num}"
            table.append({name: cell for name, cell in row.items() if cell})
    return table


def _place(key: Key, places: Places) -> str:
    known = key
    while known not in places:  # a cell, or a missing field: say where its surroundings stand
        known = known[:-1]
    return ":".join([places[known], *map(str, key[len(known) :])])
