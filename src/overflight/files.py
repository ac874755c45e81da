"""Files that are written whole or not at all."""

import os
import shutil
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place and rename it into it.

    A link keeps leading to its file, and a file that is replaced keeps who may read it.

    Raises
    ------
    OSError
        If it cannot be written; what was there stays.
    """
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".overflight-")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if path.exists():
            shutil.copymode(path, part)
        else:
            part.chmod(0o644)
        part.replace(path)
    except BaseException:  # Ctrl-C too
        part.unlink(missing_ok=True)
        raise
