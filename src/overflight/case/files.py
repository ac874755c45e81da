"""Files of a case -> text that knows where it stood. The only place of this package that reads.

Nothing here gives a meaning to a value, and nothing trusts a file: its size is asked before it is
read, it must be a plain file of UTF-8 text, YAML may not refer to itself, and every mistake is
noted with its place while the reading goes on.
"""

import csv
import io
import stat
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from overflight.errors import CaseError
from overflight.units import shorten

LARGEST_TABLE_BYTES = 10_000_000
LARGEST_YAML_BYTES = 200_000  # it is read slowly, a few seconds at most
MOST_ROWS = 20_000
DEEPEST = 12  # levels of nesting; a case needs four

Key = tuple[str | int, ...]  # ("sightings", 0, "time_min"): pydantic's "loc"
Tree = str | None | list["Tree"] | dict[str, "Tree"]  # every scalar still text


@dataclass(frozen=True)
class Place:
    """Where a value stood; the column of a table is its heading."""

    file: str
    line: int
    column: str = ""

    def __str__(self) -> str:
        """As an editor understands it.

        >>> str(Place("sightings.csv", 2, "lat_deg"))
        'sightings.csv:2:lat_deg'
        """
        return (
            f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"
        )


@dataclass
class Notes:
    """What reading has found out: where values stood, and what was wrong."""

    places: dict[Key, Place] = field(default_factory=dict)
    mistakes: list[tuple[Place, str]] = field(default_factory=list)

    def add(self, place: Place, *, found: str, expected: str, remedy: str) -> None:
        """Note a mistake."""
        self.mistakes.append((place, str(CaseError(found, expected, remedy))))

    def place(self, key: Key) -> Place:
        """Where a value stood, or for a missing one, what surrounds it."""
        known = key
        while known and known not in self.places:
            known = known[:-1]
        place = self.places.get(known, Place("case.yaml", 1))
        rest = ".".join(map(str, key[len(known) :]))
        return Place(place.file, place.line, rest or place.column)


@dataclass(frozen=True)
class Table:
    """The rows of a CSV table; ``complete`` is false where reading had to stop."""

    rows: tuple[dict[str, Tree], ...] = ()
    headings: tuple[str, ...] = ()
    complete: bool = False


def read_text(path: Path, notes: Notes, largest_bytes: int) -> str | None:
    """Read a plain UTF-8 file of bounded size; note why it cannot be read, and return None."""
    here = Place(path.name, 1)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode) or not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a plain file"
            notes.add(here, found=kind, expected="a file of text", remedy="Put the file there.")
            return None
        if status.st_size > largest_bytes:
            notes.add(
                here,
                found=f"a file of {status.st_size / 1e6:,.0f} MB",
                expected=f"at most {largest_bytes / 1e6:g} MB",
                remedy="Is it the right file? A case holds facts, not data.",
            )
            return None
        with path.open("rb") as file:
            raw = file.read(largest_bytes + 1)
    except FileNotFoundError:
        notes.add(
            here,
            found="no such file",
            expected=f"{path.name} in the case folder",
            remedy="Copy it there, or run 'overflight new' for an example of each file.",
        )
        return None
    except OSError as error:
        notes.add(
            here,
            found=f"a file that cannot be read ({error.strerror or error})",
            expected="a readable file",
            remedy="Check its permissions, and that a link does not lead to itself.",
        )
        return None
    return _decoded(raw, path.name, notes)


def _decoded(raw: bytes, name: str, notes: Notes) -> str | None:
    save = "Save it as CSV UTF-8." if name.endswith(".csv") else "Save it as UTF-8 text."
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        notes.add(Place(name, 1), found="UTF-16 text", expected="UTF-8 text", remedy=save)
        return None
    if b"\0" in raw or raw.startswith(b"PK\x03\x04"):
        line = raw[: raw.find(b"\0")].count(b"\n") + 1 if b"\0" in raw else 1
        notes.add(Place(name, line), found="a binary file", expected="a file of text", remedy=save)
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        notes.add(
            Place(name, raw[: error.start].count(b"\n") + 1),
            found=f"the byte 0x{raw[error.start]:02x}, which is not UTF-8",
            expected="a file of UTF-8 text",
            remedy=save,
        )
        return None
    if not text.strip():
        notes.add(
            Place(name, 1),
            found="an empty file",
            expected="headings and rows" if name.endswith(".csv") else "fields",
            remedy="Fill it, or run 'overflight new' for an example.",
        )
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_yaml(path: Path, notes: Notes) -> dict[str, Tree] | None:
    """Read YAML 1.2 as mappings, lists and text, noting where each value stood."""
    text = read_text(path, notes, LARGEST_YAML_BYTES)
    root = None if text is None else _composed(text, path.name, notes)
    if root is None:
        return None
    if not isinstance(root, MappingNode):
        notes.add(
            Place(path.name, 1),
            found="no fields",
            expected="lines such as 'title: A balloon over Montana'",
            remedy="Run 'overflight new' for a commented example.",
        )
        return None
    return _mapping(root, (), path.name, notes)


def _composed(text: str, name: str, notes: Notes) -> Node | None:
    try:
        with warnings.catch_warnings():  # an anchor used twice is a mistake of its own below
            warnings.simplefilter("ignore")
            node: Node | None = YAML(pure=True).compose(text)
    except MarkedYAMLError as error:
        place = _mark(name, error.problem_mark)
        why = str(error.problem or "text that is not YAML")
    except RecursionError:
        place, why = Place(name, 1), "lists or groups nested too deeply"
    except ReaderError as error:
        before = text[: error.position]
        place = Place(name, before.count("\n") + 1)
        code = error.character if isinstance(error.character, int) else ord(error.character)
        why = f"the character U+{code:04X}"
    except Exception:
        place, why = Place(name, 1), "text that is not YAML"
    else:
        if node is None:
            notes.add(
                Place(name, 1),
                found="only comments",
                expected="fields",
                remedy="Fill it, or run 'overflight new' for an example.",
            )
        return node
    notes.add(
        place,
        found=why,
        expected="YAML",
        remedy="Check colons, quotes and indentation on that line and the one before.",
    )
    return None


def _mapping(node: MappingNode, key: Key, file: str, notes: Notes) -> dict[str, Tree]:
    mapping: dict[str, Tree] = {}
    for name, item in node.value:
        here = _mark(file, name.start_mark)
        if not isinstance(name, ScalarNode):
            notes.add(here, found="a group", expected="the name of a field", remedy="Name it.")
            continue
        if name.value in mapping:
            notes.add(
                here,
                found=f"{shorten(name.value)} a second time",
                expected="each field once",
                remedy="Keep one of the two.",
            )
            continue
        value = _plain(item, (*key, name.value), file, notes)
        if value is not None:  # "altitude:" with nothing after it says nothing
            mapping[name.value] = value
    return mapping


def _plain(node: Node, key: Key, file: str, notes: Notes) -> Tree:
    notes.places[key] = place = _mark(file, node.start_mark)
    if node.anchor or len(key) > DEEPEST:
        why = f"an anchor '&{node.anchor}'" if node.anchor else "lists or groups nested too deeply"
        notes.add(
            place,
            found=why,
            expected="plain values (an alias can loop, or expand without bound)",
            remedy="Write the value out where it is needed.",
        )
        return None
    if isinstance(node, MappingNode):
        return _mapping(node, key, file, notes)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*key, i), file, notes) for i, item in enumerate(node.value)]
    return None if str(node.tag).endswith(":null") else str(node.value)


def _mark(file: str, mark: StreamMark | None) -> Place:
    return Place(file, mark.line + 1, str(mark.column + 1)) if mark else Place(file, 1)


def read_table(path: Path, notes: Notes) -> Table:
    """Read a CSV table; an empty cell is an absent value, an empty line is no row."""
    text = read_text(path, notes, LARGEST_TABLE_BYTES)
    if text is None:
        return Table()
    lines = _lines(text, path.name, notes)
    heading_line, first = next(lines, (1, ()))
    headings = tuple(name.strip() for name in first or ())
    if not headings and first is not None:  # commas, and nothing between them
        notes.add(
            Place(path.name, 1),
            found="no headings",
            expected="headings and rows",
            remedy="Fill it, or run 'overflight new' for an example.",
        )
        return Table()
    if first is None or not _separated_by_commas(headings, path.name, heading_line, notes):
        return Table()
    notes.places[(path.stem,)] = Place(path.name, heading_line)
    rows: list[dict[str, Tree]] = []
    for line, cells in lines:
        if cells is None:
            return Table(tuple(rows), headings)
        place = Place(path.name, line)
        if len(rows) == MOST_ROWS:
            notes.add(
                place,
                found=f"more than {MOST_ROWS:,} rows",
                expected="fewer",
                remedy="Is it the right file? A case holds facts, not data.",
            )
            return Table(tuple(rows), headings)
        notes.places[path.stem, len(rows)] = place
        rows.append(_row(headings, cells, place, notes))
    return Table(tuple(rows), headings, complete=True)


def _lines(text: str, name: str, notes: Notes) -> Iterator[tuple[int, Sequence[str] | None]]:
    """Yield the first line of each row and its cells; None, and no more, where quotes break."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            large = " or a cell beyond all reason" if "larger" in str(error) else ""
            notes.add(
                Place(name, line),
                found=f"quotes that do not match{large}",
                expected='cells such as "60,000 ft", each quote closed',
                remedy='Close the quote on that row; inside a quoted cell write " twice. '
                "Nothing below it could be read.",
            )
            yield line, None
            return
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _separated_by_commas(headings: Sequence[str], file: str, line: int, notes: Notes) -> bool:
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(headings) <= 2 and any(separator in heading for heading in headings):
            notes.add(
                Place(file, line),
                found=f"{name} between the headings",
                expected="commas",
                remedy="Save it as CSV UTF-8 (comma delimited); a spreadsheet that writes "
                f"{name} follows the language of the computer.",
            )
            return False
    doubled = {name for name in headings if name and list(headings).count(name) > 1}
    for name in sorted(doubled):
        notes.add(
            Place(file, line, name),
            found=f"the heading {shorten(name)} a second time",
            expected="each heading once",
            remedy="Rename or remove one of the columns.",
        )
    return True


def _row(
    headings: Sequence[str], cells: Sequence[str], place: Place, notes: Notes
) -> dict[str, Tree]:
    row: dict[str, Tree] = {}
    for name, cell in zip(headings, cells, strict=False):
        if cell.strip() and name:
            row.setdefault(name, cell.strip())
        elif cell.strip():
            _no_heading(cell, place, notes)
    for cell in cells[len(headings) :]:
        if cell.strip():
            _no_heading(cell, place, notes)
    return row


def _no_heading(cell: str, place: Place, notes: Notes) -> None:
    notes.add(
        Place(place.file, place.line, "(no heading)"),
        found=f"{shorten(cell)} in a column without a heading",
        expected="as many cells as headings",
        remedy='Put a cell that holds a comma in quotes: "60,000 ft".',
    )
