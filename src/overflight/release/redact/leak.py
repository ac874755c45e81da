"""Search every byte of a release for what it must not hold.

It is no proof that nothing can be inferred: it finds what is written down, in any file, packed or
not, in the usual encodings, as text, as a number or as a hash of a short string.
"""

from pathlib import Path

from overflight.errors import OverflightError
from overflight.release.redact.needles import Needles
from overflight.release.redact.unpack import Blob, blobs
from overflight.release.redact.withheld import Withheld

_SHOWN = 12
_LONGEST = 240  # characters of a line


def found(folder: Path, withheld: Withheld) -> list[str]:
    """Where in a folder something withheld stands, a line each; empty if nowhere."""
    needles = Needles.of(withheld)
    lines: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        lines += [f"the name of {name}: {what}" for what in needles.in_text(name)]
        if path.is_file():
            for blob in blobs(Blob(name, path.read_bytes())):
                lines += [
                    f"{blob.where}: {what}"
                    for what in needles.in_blob(blob.content, numbers=blob.numbers)
                ]
    return list(dict.fromkeys(lines))


def refuse(folder: Path, withheld: Withheld) -> None:
    """Stop a release that holds something withheld.

    Raises
    ------
    OverflightError
        Naming what and where.
    """
    lines = found(folder, withheld)
    if not lines:
        return
    shown = [line[:_LONGEST] for line in lines[:_SHOWN]]
    if len(lines) > _SHOWN:
        shown.append(f"... and {len(lines) - _SHOWN:,} more")
    raise OverflightError(
        found="something that this level withholds is in what was written; nothing was released",
        expected="no trace of it",
        remedy="Take it out of the words of other rows, or word the withheld cell so that it is no"
        " common word; then run again. Found in:\n  " + "\n  ".join(shown),
    )
