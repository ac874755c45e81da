"""What the report is made of: sections and tables of plain text.

No HTML here but drawings of ours: the template lays out and escapes;
:mod:`overflight.release.words` finds the words.
"""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Table:
    """A table as it is read: every cell is plain text, every row as long as ``columns``."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    choices: tuple[int, ...] = ()  # columns by whose words a reader may narrow the rows
    own: tuple[int, ...] = ()  # columns that hold the case's own words, in whatever language


@dataclass(frozen=True)
class Picture:
    """A drawing of ours, as SVG whose classes the page's style colours, and what it shows."""

    drawing: Markup
    caption: str


@dataclass(frozen=True)
class Section:
    """One question and its answer, in the order the reader meets it."""

    anchor: str
    question: str
    answer: str
    basis: tuple[str, ...]
    would_change: str
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
