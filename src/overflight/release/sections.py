"""What the report is made of: sections and tables of plain text.

No HTML here: the template lays out and escapes; :mod:`overflight.release.words` finds the words.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table as it is read: every cell is plain text, every row as long as ``columns``."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Section:
    """One question and its answer, in the order the reader meets it."""

    anchor: str
    question: str
    answer: str
    basis: tuple[str, ...]
    would_change: str
    tables: tuple[Table, ...] = ()
