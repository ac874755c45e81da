"""Whether a wind fits into memory, asked before it is loaded.

Systems promise memory that they do not have, and end the program when it is used; by then nobody
can say why. So the sizes, which every reader knows beforehand, are compared with what is free.
"""

import os
from contextlib import suppress
from pathlib import Path

from overflight.errors import FieldError

# At its peak a wind is held once as read, once joined, and its u and v once more for the kernels;
# measured: 1.8 times for one file of 40 times, one more where pieces are joined.
COPIES = 2.5
_BYTES = 4  # of a value
_LISTING = Path("/proc/meminfo")


def free_bytes() -> int | None:
    """Memory that can be had: on Linux what is free, elsewhere all there is; None if not known."""
    with suppress(OSError, ValueError, IndexError):
        for line in _LISTING.read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return 1024 * int(line.split()[1])
    with suppress(AttributeError, ValueError, OSError):  # Windows has no sysconf
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def check(variables: int, shape: tuple[int, int, int, int], origin: str) -> None:
    """Refuse a wind that memory cannot hold; where memory is not known, refuse nothing.

    Parameters
    ----------
    variables
        How many are loaded.
    shape
        Times, levels, rows and columns of each.
    origin
        Name of the file, for messages.

    Raises
    ------
    FieldError
        With what is wanted and what is free.
    """
    free = free_bytes()
    values = variables
    for length in shape:
        values *= length
    needed = COPIES * _BYTES * values
    if free is None or needed <= free:
        return
    times, levels, rows, columns = shape
    raise FieldError(
        found=f"{origin}: {variables} variables at {times:,} times on {levels:,} levels of"
        f" {rows:,} by {columns:,} nodes, which take {needed / 1e9:,.1f} GB of memory",
        expected=f"at most the {free / 1e9:,.1f} GB that are free",
        remedy="Take a part of it: name the case, whose times, levels and box are enough"
        " (overflight wind build FILES --case CASE --out wind.nc), or fetch fewer levels or times.",
    )
