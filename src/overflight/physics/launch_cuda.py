"""Kernels of a graphics card: how they are compiled, launched and given their arguments.

Only modules whose name ends in ``_cuda`` load the compiler for cards, and only who asks for a card
loads those (:func:`overflight.flight.device.require`). A kernel is a loop over particles whose body
is the scalar source of the processor: the compiler takes ``py_func`` of every function that is
called and compiles it anew for the card.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from overflight.physics.kernel import kernel

T = TypeVar("T")

THREADS = 128  # of a block; a step wants so many registers that larger blocks leave some idle


def device_loop(array_function: Callable[..., None]) -> Any:
    """Compile a function of arrays for the card: every thread of a launch runs it once."""
    return cuda.jit(array_function)


def launched(loop: Any, count: int, stream: Any = 0) -> Any:
    """A kernel made ready to run ``count`` threads or a few more; call it with its arguments."""
    return loop[max(-(-count // THREADS), 1), THREADS, stream]


def resident(value: T) -> T:
    """The same tuple of arrays and numbers, with every array copied to the card."""
    held: T = _each(value, lambda array: cuda.to_device(np.ascontiguousarray(array)))
    return held


def fetched(array: Any, stream: Any) -> NDArray[Any]:
    """An array of the card, once all that a stream was given before is done."""
    copy: NDArray[Any] = array.copy_to_host(stream=stream)
    stream.synchronize()
    return copy


def _each(value: Any, change: Callable[[NDArray[Any]], Any]) -> Any:
    if isinstance(value, np.ndarray):
        return change(value)
    if isinstance(value, tuple):
        parts = [_each(part, change) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


@kernel
def take(rows: NDArray[np.float64], i: int, values: NDArray[np.float64]) -> None:
    """Read a particle's numbers, one from each row, into the thread's own memory."""
    for row in range(values.shape[0]):
        values[row] = rows[row, i]


@kernel
def put(values: NDArray[np.float64], rows: NDArray[np.float64], i: int) -> None:
    """Write a thread's numbers to the rows of its particle, as many as both have."""
    for row in range(min(values.shape[0], rows.shape[0])):
        rows[row, i] = values[row]
