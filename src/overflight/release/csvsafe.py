"""Tables for spreadsheets: text stays text, and a half-written file is never seen.

A spreadsheet runs a cell that starts like a formula. The tables of a release quote strangers, so
such a cell is written with an apostrophe before it, which spreadsheets show as text.

Files are UTF-8 without a byte order mark, commas, CRLF and quotes as in RFC 4180. One row is one
line: line breaks inside a cell become spaces.
"""

import csv
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from overflight.errors import OverflightError
from overflight.release.formats.text import plain

_FORMULA = frozenset("=+-@")
_BEFORE_A_FORMULA = frozenset("\t\r")  # some programs drop these and read on
_PLAIN_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)


def cell(text: str) -> str:
    r"""Text as a spreadsheet may safely show it, before quoting.

    Control characters are removed, line breaks and tabs become spaces, and what would start a
    formula (also in full-width characters, or behind spaces that cannot be seen) is marked as
    text. Plain numbers stay numbers.

    >>> cell("=1+1"), cell("-12.5"), cell("two\nlines")
    ("'=1+1", '-12.5', 'two lines')
    """
    clean = plain(text)
    if _PLAIN_NUMBER.fullmatch(clean.strip()):
        return clean
    if text[:1] in _BEFORE_A_FORMULA or _first_shown(clean) in _FORMULA:
        return f"'{clean}"
    return clean


def _first_shown(text: str) -> str:
    """First character that is no space and no invisible mark, in its ordinary width."""
    for character in text:
        if not character.isspace() and unicodedata.category(character) != "Cf":
            return unicodedata.normalize("NFKC", character)[:1]
    return ""


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table whole or not at all; a table that was there is replaced at the end.

    Raises
    ------
    OverflightError
        A row has not as many cells as there are columns; nothing is written then.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow([cell(name) for name in columns])
            for number, row in enumerate(rows, start=1):
                _check_width(path, number, len(row), len(columns))
                writer.writerow([cell(text) for text in row])
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _check_width(path: Path, number: int, found: int, expected: int) -> None:
    if found != expected:
        raise OverflightError(
            found=f"row {number} of {path.name} has {found} cells",
            expected=f"{expected}, one for each column",
            remedy="This is a mistake in overflight: please report it.",
        )
