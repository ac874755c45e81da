"""Local copies of files beside a case: kept under their SHA-256, listed, checked, never fetched."""

import csv
import hashlib
import io
import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from overflight.errors import CaseError
from overflight.imports import casefiles
from overflight.imports.plan import plain_name
from overflight.units import shorten

FOLDER, INDEX = "archive", "index.csv"
_COLUMNS = ("sha256", "name", "bytes", "archived", "source")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Stored:
    """A copy that is kept."""

    sha256: str
    name: str
    n_bytes: int
    source: str
    new: bool


def store(
    case: Path, files: Sequence[Path], source: str, escape: Callable[[str], str]
) -> list[Stored]:
    """Keep copies of files, and write their SHA-256 to the sources they belong to.

    A file belongs to ``source``, or without one to the source that has its SHA-256 already.

    Raises
    ------
    CaseError
        If a file is a link, a folder or a device, or the source has another SHA-256.
    """
    tables = casefiles.Tables(case, escape)
    rows = tables.rows("sources")
    if source and (len(files) != 1 or all(row.get("id") != source for row in rows)):
        raise CaseError(
            found=f"--source {shorten(source)} with {len(files)} files"
            if len(files) != 1
            else f"--source {shorten(source)}, which is not in sources.csv",
            expected="one file, and the id of a row of sources.csv",
            remedy="Archive it with its source, one at a time.",
        )
    folder = _folder(case)
    index = _index(folder)
    told: list[Stored] = []
    for path in files:
        sha256, n_bytes, new = _copy(path, folder)
        has = next((row["id"] for row in rows if row.get("archived_sha256") == sha256), "")
        owner = source or has
        before = next(
            (row.get("archived_sha256", "") for row in rows if row.get("id") == owner), ""
        )
        if before not in ("", sha256):
            raise CaseError(
                found=f"source {owner} has SHA-256 {before[:12]}..., the file {sha256[:12]}...",
                expected="the file that the source is about",
                remedy="If the copy there is the wrong one, empty its cell archived_sha256 first.",
            )
        if owner and not before:
            tables.fill("sources", owner, "archived_sha256", sha256)
        name = plain_name(path.name)
        told.append(Stored(sha256, name, n_bytes, owner, new))
        if all((row["sha256"], row["name"]) != (sha256, name) for row in index):
            now = datetime.now(UTC).isoformat(timespec="seconds")
            given = (sha256, name, str(n_bytes), now, owner)
            index.append(dict(zip(_COLUMNS, given, strict=True)))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([escape(row.get(key, "")) for key in _COLUMNS] for row in index)
    casefiles.write_new(folder / INDEX, text.getvalue())
    tables.put_back()
    return told


def verify(case: Path, escape: Callable[[str], str]) -> tuple[int, list[str]]:
    """Check every copy against its SHA-256, and every source against the copies.

    Returns
    -------
    whole
        How many copies are as they were.
    wrong
        A sentence for each that is missing or changed.
    """
    rows = casefiles.Tables(case, escape).rows("sources")
    folder = case / FOLDER
    index = _index(_folder(case)) if folder.exists() or folder.is_symlink() else []
    names = {row["sha256"]: row["name"] for row in index}
    whole, wrong = 0, []
    for sha256, name in names.items():
        try:
            found = _hash(folder / sha256, None)[0]
        except CaseError:
            wrong.append(f"{name} ({sha256[:12]}...) is missing")
            continue
        if found == sha256:
            whole += 1
        else:
            wrong.append(f"{name} ({sha256[:12]}...) has changed: it is {found[:12]}... now")
    for row in rows:
        sha256 = row.get("archived_sha256", "")
        if sha256 and sha256 not in names:
            wrong.append(f"source {row['id']} has SHA-256 {sha256[:12]}... and no copy")
    return whole, wrong


def _folder(case: Path) -> Path:
    folder = case / FOLDER
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise CaseError(
            found=f"{FOLDER} in the case folder is a link or a file",
            expected="a folder, or nothing",
            remedy="Move it away.",
        )
    folder.mkdir(exist_ok=True)
    return folder


def _index(folder: Path) -> list[dict[str, str]]:
    path = folder / INDEX
    if not path.exists():
        return []
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
        good = all(set(row) == set(_COLUMNS) and _is_sha256(row["sha256"]) for row in rows)
    except (OSError, UnicodeDecodeError, csv.Error):
        good = False
    if not good:
        raise CaseError(
            found=f"{FOLDER}/{INDEX} is damaged",
            expected=",".join(_COLUMNS),
            remedy="Restore it; the copies beside it are named by their SHA-256.",
        )
    return rows


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and not set(text) - set("0123456789abcdef")


def _copy(path: Path, folder: Path) -> tuple[str, int, bool]:
    """Copy a file under its SHA-256; a copy cut short is never seen under that name."""
    handle, name = tempfile.mkstemp(prefix=".overflight-", dir=folder)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            sha256, n_bytes = _hash(path, target.write)
            target.flush()
            os.fsync(target.fileno())
        there = folder / sha256
        new = not (there.is_file() and not there.is_symlink() and _hash(there, None)[0] == sha256)
        if new:
            part.chmod(0o444)
            part.replace(there)
        return sha256, n_bytes, new
    finally:
        part.unlink(missing_ok=True)


def _hash(path: Path, write: Callable[[bytes], object] | None) -> tuple[str, int]:
    """SHA-256 and length of a plain file, never followed through a link.

    Raises
    ------
    CaseError
        If it is a link, a folder or a device, or cannot be read.
    """
    hashed, n_bytes = hashlib.sha256(), 0
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a link" if stat.S_ISLNK(mode) else "a folder or a device"
            raise CaseError(
                found=f"{shorten(path.name)} is {kind}",
                expected="a plain file",
                remedy="Name the file itself.",
            )
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            while block := file.read(_BLOCK):
                hashed.update(block)
                n_bytes += len(block)
                if write is not None:
                    write(block)
    except (OSError, ValueError) as error:
        if isinstance(error, CaseError):
            raise
        raise CaseError(
            found=f"{shorten(path.name)} cannot be read or copied"
            f" ({getattr(error, 'strerror', error)})",
            expected="a file that can be read, and room for its copy",
            remedy="Check the name, its permissions and the disk.",
        ) from None
    return hashed.hexdigest(), n_bytes
