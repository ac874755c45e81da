"""One fetch at a time in a folder: two would write into the same unfinished files.

The lock is the system's, on an open file: it ends with the process that holds it, however that
ends, so none is ever left over. The file itself stays; it says which process held it last.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from overflight.errors import FieldError

if sys.platform != "win32":
    import fcntl

NAME = ".fetch.lock"
_HELD = {errno.EACCES, errno.EAGAIN}


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; where there are none (Windows, some network disks), go without.

    Raises
    ------
    FieldError
        If another fetch holds it.
    """
    with (folder / NAME).open("a+", encoding="ascii", errors="replace") as file:
        if not _locked(file):
            raise _in_use(folder, file)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _locked(file: IO[str]) -> bool:
    """Lock a file; False if another holds it."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _HELD  # else the disk has no locks
    return True


def _in_use(folder: Path, file: IO[str]) -> FieldError:
    file.seek(0)
    process = file.read(20).strip()
    return FieldError(
        found=f"another fetch is at work in {folder}"
        + (f" (process {process})" if process.isdigit() else ""),
        expected="one at a time",
        remedy="Wait until it is done, or choose another folder with --out.",
    )
