"""What to read of a variable at once, so that no chunk of its file is unpacked twice for nothing.

A chunk can only be unpacked whole. Where it holds several times, reading one time after the other
unpacks it once for each. So times of one chunk are read together, and where that is much, fewer
entries of the next axis (levels) at a time, whole chunks of them if possible.

What is read at once is bounded: it is never larger than the array it goes into, unless one time of
one chunk is, and above :data:`AT_ONCE_BYTES` it is cut wherever that costs no further unpacking.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import xarray as xr
from numpy.typing import NDArray

AT_ONCE_BYTES = 64_000_000


def blocks(
    values: xr.DataArray,
    where: Sequence[dict[str, int]],
    entries: tuple[str | None, NDArray[np.intp]],
    out: NDArray[np.float32],
) -> Iterator[tuple[slice, slice]]:
    """Rows (times) and columns (entries of the next axis) of ``out`` to read at once.

    Parameters
    ----------
    values
        The variable, unread; its encoding tells its chunks, if its file has any.
    where
        For every row, its index along each time-like dimension.
    entries
        The dimension of the second axis of ``out``, and the index of every column along it.
    out
        Where everything goes: (time, entry, ...).

    Yields
    ------
    rows, columns
        They cover ``out`` once.
    """
    chunks = _chunks(values)
    places = [
        tuple(index // chunks.get(dim, 1) for dim, index in one.items() if dim in values.dims)
        for one in where
    ]
    dim, index = entries
    step = chunks.get(dim, 1) if dim is not None else 1
    one_bytes = max(out[0, :1].size * values.dtype.itemsize, 1)
    for rows in _alike(places):
        n_rows = rows.stop - rows.start
        most = min(AT_ONCE_BYTES, out.nbytes) // (n_rows * one_bytes)
        for columns in _joined(_alike((index // step).tolist()), most):
            at_once = out.nbytes // ((columns.stop - columns.start) * one_bytes)
            for first in range(rows.start, rows.stop, max(at_once, 1)):
                yield slice(first, min(first + max(at_once, 1), rows.stop)), columns


def _chunks(values: xr.DataArray) -> dict[str, int]:
    """Length of a chunk along each dimension; nothing where the file has no chunks."""
    told = values.encoding.get("preferred_chunks") or {}
    return {str(dim): length for dim, length in told.items() if isinstance(length, int)}


def _alike(keys: Sequence[object]) -> list[slice]:
    """Runs of equal neighbours.

    >>> _alike([0, 0, 1, 1, 1, 0])
    [slice(0, 2, None), slice(2, 5, None), slice(5, 6, None)]
    """
    runs, first = [], 0
    for _, run in groupby(keys):
        length = len(list(run))
        runs.append(slice(first, first + length))
        first += length
    return runs


def _joined(runs: list[slice], most: int) -> Iterator[slice]:
    """Neighbouring runs together, as long as they hold no more than so many.

    >>> list(_joined([slice(0, 2), slice(2, 4), slice(4, 5)], 4))
    [slice(0, 4, None), slice(4, 5, None)]
    """
    held = runs[0]
    for run in runs[1:]:
        if run.stop - held.start > most:
            yield held
            held = run
        else:
            held = slice(held.start, run.stop)
    yield held
