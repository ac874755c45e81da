"""One fetch at a time in a folder: two would write into the same unfinished files.

The lock is the system's, on an open file: it ends with the process that holds it, however that
ends, so none is ever left over. The file itself stays; it says which process held it last.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from overflight import locks
from overflight.errors import FieldError

NAME = ".fetch.lock"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; where there are none (Windows, some network disks), go without.

    Raises
    ------
    FieldError
        If another fetch holds it.
    """
    with (folder / NAME).open("a+", encoding="ascii", errors="replace") as file:
        if not locks.taken(file):
            raise _in_use(folder, file)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _in_use(folder: Path, file: IO[str]) -> FieldError:
    file.seek(0)
    process = file.read(20).strip()
    return FieldError(
        found=f"another fetch is at work in {folder}"
        + (f" (process {process})" if process.isdigit() else ""),
        expected="one at a time",
        remedy="Wait until it is done, or choose another folder with --out.",
    )
