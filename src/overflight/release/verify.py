"""Check every byte of a release against its manifest, without running anything."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from overflight.errors import OverflightError
from overflight.release import provenance
from overflight.release.provenance import FORMAT, MANIFEST, SIGNATURE
from overflight.units import shorten

_FIRST = {"made_with", "settings", "inputs_sha256", "outputs_sha256"}  # members of format 1
_SHOWN = 20
_LARGEST_BYTES = 20_000_000


@dataclass(frozen=True)
class Checked:
    """A release as its manifest tells it, and what departs from that, a line each."""

    manifest: dict[str, Any]
    manifest_sha256: str
    n_files: int
    wrong: tuple[str, ...]

    @property
    def format(self) -> int:
        """Version of the release's layout; 1 where the manifest names none."""
        found = self.manifest.get("format", 1)
        return found if isinstance(found, int) else 0


def check(release: Path) -> Checked:
    """Compare a release with its manifest.

    Raises
    ------
    OverflightError
        If there is no manifest that can be read, or it is one of a later version.
    """
    raw = _raw(release)
    content = _content(raw)
    refuse_format(content, oldest=1)
    found = content.get("format", 1)
    first = found == 1 and set(content) <= _FIRST  # which had no hash of its own
    wrong = [] if first or provenance.sealed(content) == raw else [f"{MANIFEST}: changed"]
    outputs = content["outputs_sha256"]
    wrong += _compared(release, outputs)
    digest = hashlib.sha256(raw).hexdigest()
    return Checked(content, digest, len(outputs), tuple(sorted(set(wrong))))


def refuse_format(manifest: dict[str, Any], *, oldest: int) -> None:
    """Stop at a release of a version that this program does not know, and name that version.

    Parameters
    ----------
    oldest
        The first format that will do.
    """
    found = manifest.get("format", 1)
    number = found if isinstance(found, int) and not isinstance(found, bool) else 0
    if oldest <= number <= FORMAT:
        return
    maker = str(manifest.get("made_with", {}).get("overflight", "of unknown version"))
    raise OverflightError(
        found=f"a release of format {str(found)[:40]}, made with overflight {maker[:40]}",
        expected=f"format {oldest} to {FORMAT}, which this version reads"
        if oldest < FORMAT
        else f"format {FORMAT}, which holds its paths and the case it was made from",
        remedy="Make an account of its case again, with its seed and its wind."
        if 1 <= number < oldest
        else "Install the version that made it.",
    )


def manifest_of(release: Path) -> dict[str, Any]:
    """A release's manifest, whose hashes were not compared.

    Raises
    ------
    OverflightError
        If there is none that can be read.
    """
    return _content(_raw(release))


def refuse_wrong(checked: Checked, release: Path) -> None:
    """Stop at a release that is not as its manifest says.

    Raises
    ------
    OverflightError
        Naming every file that differs.
    """
    if not checked.wrong:
        return
    lines = list(checked.wrong[:_SHOWN])
    if len(checked.wrong) > _SHOWN:
        lines.append(f"... and {len(checked.wrong) - _SHOWN:,} more")
    raise OverflightError(
        found=f"{release} is not as its manifest says",
        expected="every file with the hash that was written down when it was made",
        remedy="Take an undamaged copy. What differs:\n  " + "\n  ".join(lines),
    )


def _raw(release: Path) -> bytes:
    path = release / MANIFEST
    if not release.is_dir() or not path.is_file():
        there = "a folder without a manifest" if release.is_dir() else "no release folder"
        raise OverflightError(
            found=f"{release} is {there}",
            expected=f"a whole release: its files and {MANIFEST}",
            remedy="Check the name; a run that was interrupted leaves no release.",
        )
    if path.stat().st_size > _LARGEST_BYTES:
        raise _unreadable(why="it is larger than any manifest")
    return path.read_bytes()


def _content(raw: bytes) -> dict[str, Any]:
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        raise _unreadable(why="it is no JSON") from None
    outputs = content.get("outputs_sha256") if isinstance(content, dict) else None
    if not isinstance(outputs, dict) or not isinstance(content.get("made_with", {}), dict):
        raise _unreadable(why="it names no files")
    for name, digest in outputs.items():
        parts = PurePosixPath(name).parts
        if not isinstance(digest, str) or not parts or ".." in parts or parts[0] == "/":
            raise _unreadable(why=f"it names {shorten(name)}")
    return dict(content)


def _unreadable(*, why: str) -> OverflightError:
    return OverflightError(
        found=f"{MANIFEST} is changed or damaged: {why}",
        expected="the manifest that overflight wrote",
        remedy="Take an undamaged copy of the release.",
    )


def _compared(release: Path, outputs: dict[str, str]) -> list[str]:
    wrong = []
    for path in sorted(release.rglob("*")):
        name = path.relative_to(release).as_posix()
        if path.is_symlink():
            wrong.append(f"{name}: a link, which no release holds")
        elif path.is_file() and name not in outputs and name not in {MANIFEST, SIGNATURE}:
            wrong.append(f"{name}: added")
    for name, digest in outputs.items():
        path = release / name
        try:
            if not path.is_file():
                wrong.append(f"{name}: missing")
            elif provenance.sha256(path) != digest:
                wrong.append(f"{name}: changed")
        except (OSError, ValueError) as error:
            wrong.append(f"{name}: cannot be read ({error})")
    return wrong
