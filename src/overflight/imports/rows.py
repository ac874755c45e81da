"""Rows of text out of CSV and workbooks, bounded before anything is unpacked."""

import csv
import io
import zipfile
import zlib
from datetime import date, datetime
from pathlib import Path

from overflight.errors import CaseError, OverflightError
from overflight.fields.soundings import table
from overflight.units import shorten

MOST_ROWS = 500_000
_MOST_CELLS = 256  # in a row
_MOST_MEMBERS = 2_000  # files in a workbook
_DELIMITERS = (",", ";", "\t", "|")


def is_workbook(path: Path) -> bool:
    """Whether a file is XLSX, whatever it is called."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


def of_workbook(path: Path) -> list[list[str]]:
    """Rows of the first sheet of a workbook that has any, as text.

    Raises
    ------
    CaseError
        If it is damaged, or would become larger than the limit.
    """
    check_archive(path)
    from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 (when needed)

    try:
        book = load_workbook(str(path))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python()
            if rows:
                break
        else:
            rows = []
    except (CalamineError, OSError, ValueError) as error:
        raise CaseError(
            found=f"{shorten(path.name)} is no whole workbook ({str(error)[:80]})",
            expected="XLSX",
            remedy="Save it again, or export the sheet as CSV.",
        ) from None
    return [[_text(cell) for cell in row[:_MOST_CELLS]] for row in rows[:MOST_ROWS]]


def check_archive(path: Path) -> None:
    """Unpack a zip archive to nowhere, so that one that swells is refused before it is used.

    Raises
    ------
    CaseError
        If it is damaged, or larger than the limit when unpacked.
    """
    left = table.MOST_BYTES
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            too_many = len(members) > _MOST_MEMBERS
            if too_many or sum(one.file_size for one in members) > table.MOST_BYTES:
                raise _swells(path)
            for one in members:
                with archive.open(one) as packed:
                    while block := packed.read(1 << 20):
                        left -= len(block)
                        if left < 0:
                            raise _swells(path)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, ValueError) as error:
        if isinstance(error, OverflightError):
            raise
        raise CaseError(
            found=f"{shorten(path.name)} cannot be unpacked ({str(error)[:80]})",
            expected="a whole archive without a password",
            remedy="Save it again.",
        ) from None


def _swells(path: Path) -> CaseError:
    return CaseError(
        found=f"{shorten(path.name)} unpacks to more than {table.MOST_BYTES / 1e6:,.0f} MB",
        expected="a workbook of some megabytes",
        remedy="Nothing was unpacked. Cut out the rows that are needed.",
    )


def of_text(text: str, name: str) -> list[list[str]]:
    """Rows of a CSV: commas, semicolons, tabs, bars or blanks, whichever splits the lines evenly.

    Raises
    ------
    CaseError
        If it cannot be split, or is too long.
    """
    lines = text.lstrip("\ufeff").splitlines()
    if len(lines) > MOST_ROWS:
        raise CaseError(
            found=f"{shorten(name)} has {len(lines):,} lines",
            expected=f"at most {MOST_ROWS:,}",
            remedy="Cut out the times that are needed.",
        )
    sample = [line for line in lines[:50] if line.strip()]
    split = max(_DELIMITERS, key=lambda mark: sum(line.count(mark) > 1 for line in sample))
    if sum(line.count(split) for line in sample) < len(sample):
        return [line.split()[:_MOST_CELLS] for line in lines]
    try:
        found = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=split))
    except csv.Error as error:
        raise CaseError(
            found=f"{shorten(name)} is no proper table ({error})",
            expected="rows of cells with one separator",
            remedy="Export it again as CSV.",
        ) from None
    return [row[:_MOST_CELLS] for row in found]


def _text(cell: object) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "" if cell is None else str(cell)
