"""The system's lock on an open file: it ends with the process that holds it, however that ends."""

import errno
import sys
from typing import IO

if sys.platform != "win32":
    import fcntl

_HELD = {errno.EACCES, errno.EAGAIN}


def taken(file: IO[str]) -> bool:
    """Lock a file; False if another holds it, True where there are no locks.

    That is on Windows, and on some network disks.
    """
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _HELD  # else the disk has no locks
    return True
