"""Arrays that lie in files, for winds that are larger than memory.

What is read of a wind, and what is made of it, is written into files that have no name: the system
keeps in memory what fits and the rest on the disk, and the disk is free again when the array is
gone, however the program ends. Small arrays lie in memory as ever. No number depends on where an
array lies.
"""

import math
import mmap
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

from overflight import kept
from overflight.errors import FieldError
from overflight.fields import memory

# An array that would take more than this share of the free memory lies in a file. (What is free
# takes a millisecond to find out, so nobody asks for a small one.)
SHARE, LEAST_BYTES = 1 / 8, 1 << 20
# A private map that may be written to counts as memory that is promised, the whole of it, unless it
# is said that none of it will be written. Python names the flag from 3.13 on; on Linux it is this.
_NO_RESERVE = getattr(mmap, "MAP_NORESERVE", 0x4000)
_HEADERS = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}


def empty(shape: tuple[int, ...], dtype: DTypeLike = np.float32) -> NDArray[np.float32]:
    """An array of any content, in memory or, where it is large, in a file without a name."""
    n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
    free = memory.free_bytes() if n_bytes > LEAST_BYTES else None
    if free is not None and n_bytes > SHARE * free and n_bytes <= kept.room_bytes():
        with suppress(OSError):  # no such folder, or the disk is full: memory then
            return np.frombuffer(_nameless(n_bytes), dtype=dtype).reshape(shape)
    return np.empty(shape, dtype=dtype)


def _nameless(n_bytes: int) -> mmap.mmap:
    """A map of a new file without a name, whose room on the disk is taken beforehand.

    Writing beyond a full disk through a map ends the program without a word, so that must fail
    here.
    """
    where = kept.winds()
    if where is None or not hasattr(os, "posix_fallocate"):
        raise OSError
    where.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=where) as file:
        os.posix_fallocate(file.fileno(), 0, n_bytes)
        return mmap.mmap(file.fileno(), n_bytes)


def mapped(path: Path) -> NDArray[np.generic]:
    """The array of a ``.npy`` file, mapped and not read.

    It may be written to, which changes nothing in the file: kernels are compiled for such arrays,
    and would be compiled a second time for arrays that may not. The map promises no memory.

    Raises
    ------
    FieldError
        If it is no such file, or holds objects or columns first.
    OSError
        If it cannot be opened, or is shorter than it says.
    """
    with path.open("rb") as file:
        try:
            version = np.lib.format.read_magic(file)
            shape, by_column, dtype = _HEADERS[version[0]](file)
        except (ValueError, KeyError):
            shape, by_column, dtype = (), True, np.dtype("O")
        if by_column or dtype.hasobject:
            raise FieldError(
                found=f"{path.name}, which is no plain array",
                expected="an array of numbers, rows first",
                remedy="Remove the file: it is made again.",
            )
        start, count = file.tell(), math.prod(shape)
        if path.stat().st_size < start + count * dtype.itemsize:
            raise OSError
        if not count:
            return np.empty(shape, dtype)
        whole = _private(file.fileno())
    return np.frombuffer(whole, dtype=dtype, count=count, offset=start).reshape(shape)


def _private(descriptor: int) -> mmap.mmap:
    """A map of a whole file whose changes stay in memory."""
    if hasattr(mmap, "MAP_PRIVATE"):
        flags = mmap.MAP_PRIVATE | (_NO_RESERVE if os.uname().sysname == "Linux" else 0)
        return mmap.mmap(descriptor, 0, flags=flags, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    return mmap.mmap(descriptor, 0, access=mmap.ACCESS_COPY)
