"""Let a wind that is mapped from a file come into memory ahead of a march, and leave it behind.

A grid's ``uv_mps`` may be a map of a file larger than memory. The system reads a page of it when a
particle first needs it, one small piece after the other, and keeps what was read until memory runs
short. Told beforehand which time comes next, it reads that in large pieces while the particles
still fly; told which has passed, it lets go of it at once. Neither changes a number.

Arrays that are no maps, and systems that take no such advice, are left alone.
"""

import mmap
from contextlib import suppress

import numpy as np
from numpy.lib.array_utils import byte_bounds
from numpy.typing import NDArray

# The system reads no more than so much ahead at one asking.
_PIECE_BYTES = 128 * 1024
_AHEAD = getattr(mmap, "MADV_WILLNEED", None)
_AWAY = getattr(mmap, "MADV_DONTNEED", None)


def mapping_of(array: NDArray[np.generic]) -> mmap.mmap | None:
    """The file's map in which an array lies; None where it lies in ordinary memory."""
    base: object = array
    while True:
        if isinstance(base, np.ndarray):
            base = base.base
        elif isinstance(base, memoryview):
            base = base.obj
        else:
            return base if isinstance(base, mmap.mmap) else None


def prepare(uv_mps: NDArray[np.generic], time: int, *, forward: bool = True) -> None:
    """Say that a march is now between a time and the next one: read ahead, and let go.

    Call it once for every interval of the wind, from one thread. The two times of the next
    interval come (one of them is here already); the time just left goes.

    Parameters
    ----------
    uv_mps : (time, ...)
        Of a wind, C order.
    time
        Index of the interval's earlier time.
    forward
        Whether the march goes on to later times.
    """
    if mapping_of(uv_mps) is None:
        return
    here = (time + 1, time + 2, time - 1) if forward else (time, time - 1, time + 2)
    now, coming, past = here
    last = len(uv_mps) - 1
    for index in (now, coming):
        if 0 <= index <= last:
            fetch(uv_mps[index])
    if 0 <= past <= last:
        release(uv_mps[past])


def fetch(part: NDArray[np.generic]) -> None:
    """Ask for a part of a mapped file to be read, without waiting for it."""
    if _AHEAD is not None:
        _advise(part, _AHEAD, _PIECE_BYTES)


def release(part: NDArray[np.generic]) -> None:
    """Let go of a part of a mapped file: it leaves this program's memory, and stays in the file."""
    if _AWAY is not None:
        _advise(part, _AWAY, None)


def _advise(part: NDArray[np.generic], advice: int, piece_bytes: int | None) -> None:
    """Give advice on the pages of a part, in pieces of a size or in one."""
    mapping = mapping_of(part)
    if mapping is None or not part.size:
        return
    start = byte_bounds(np.frombuffer(mapping, dtype=np.uint8))[0]
    low, high = (int(end - start) for end in byte_bounds(part))
    low -= low % mmap.PAGESIZE
    with suppress(OSError, ValueError):  # advice only: whoever cannot take it goes without
        for first in range(low, high, piece_bytes or high - low):
            mapping.madvise(advice, first, min(piece_bytes or high - low, high - first))
