"""Rows added to the tables of a case: what is there stays, and all is written or nothing."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from overflight.case.load import load
from overflight.case.trial import put_in_place
from overflight.errors import CaseError
from overflight.files import write_whole

Escape = Callable[[str], str]
Row = Mapping[str, str]


class Tables:
    """Tables of a case as text, changed in memory and put back together."""

    def __init__(self, case: Path, escape: Escape) -> None:
        load(case, begun=True)  # a case with mistakes is mended first
        self.case = case
        self._escape = escape
        self._texts: dict[str, str] = {}

    def append(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows at the end of a table.

        Raises
        ------
        CaseError
            If the table lacks a column in which something is to stand.
        """
        text = self._text(table)
        headings = [one.strip() for one in _records(text)[0][1]]
        needed = {key for row in rows for key, value in row.items() if value}
        missing = sorted(needed - set(headings))
        if missing:
            raise CaseError(
                found=f"{table}.csv without the column{'s' if len(missing) > 1 else ''} "
                + ", ".join(missing),
                expected="a column for all that is imported",
                remedy="Add to its first line: " + ",".join(missing) + ".",
            )
        end = "\r\n" if "\r\n" in text else "\n"
        if not text.endswith(("\n", "\r")):
            text += end
        added = io.StringIO()
        writer = csv.writer(added, lineterminator=end)
        for row in rows:
            writer.writerow([self._escape(row.get(heading, "")) for heading in headings])
        self._texts[table] = text + added.getvalue()

    def rows(self, table: str) -> list[dict[str, str]]:
        """Rows of a table as text."""
        records = _records(self._text(table))
        headings = [one.strip() for one in records[0][1]]
        return [dict(zip(headings, cells, strict=False)) for _, cells in records[1:] if any(cells)]

    def fill(self, table: str, key: str, column: str, value: str) -> None:
        """Write one cell of the row whose id is ``key``; every other line stays as it is."""
        text = self._text(table)
        records = _records(text)
        headings = [one.strip() for one in records[0][1]]
        end = "\r\n" if "\r\n" in text else "\n"
        if column not in headings:
            records = [
                (raw.rstrip("\r\n") + ("," + (column if at == 0 else "")) + end, [*cells, ""])
                if any(cells) else (raw, cells)
                for at, (raw, cells) in enumerate(records)
            ]  # fmt: skip
            headings.append(column)
        place, name = headings.index(column), headings.index("id")
        done = []
        for raw, cells in records:
            if len(cells) > name and cells[name].strip() == key:
                changed = [*cells, *[""] * (len(headings) - len(cells))]
                changed[place] = value
                line = io.StringIO()
                csv.writer(line, lineterminator=end).writerow(changed)
                raw = line.getvalue()  # noqa: PLW2901 (the line is what is built)
            done.append(raw)
        self._texts[table] = "".join(done)

    def put_back(self, *, dry: bool = False) -> None:
        """Check the changed case as a whole, then replace its tables, sources first."""
        texts = {table: text.encode("utf-8") for table, text in self._texts.items()}
        put_in_place(self.case, texts, dry=dry)

    def _text(self, table: str) -> str:
        if table not in self._texts:
            self._texts[table] = (self.case / f"{table}.csv").read_bytes().decode("utf-8")
        return self._texts[table]


def _records(text: str) -> list[tuple[str, list[str]]]:
    """Records of a table: the lines of each as they stand, and its cells."""
    lines = text.splitlines(keepends=True)
    reader = csv.reader(iter(line.removeprefix("\ufeff") for line in lines))
    found, before = [], 0
    for cells in reader:
        found.append(("".join(lines[before : reader.line_num]), cells))
        before = reader.line_num
    return found


def write_new(path: Path, text: str) -> None:
    """Write a file whole or not at all, beside what is there."""
    path.parent.mkdir(exist_ok=True)
    write_whole(path, text.encode("utf-8"))
