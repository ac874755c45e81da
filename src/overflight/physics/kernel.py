"""Compile one source three ways: Python (to read and debug), CPU and CUDA."""

import os
from collections.abc import Callable
from typing import TypeVar, cast

# Level 1 of the compiler's optimiser gives loops as fast as level 3 here (15.5 against 15.7 s for
# the bundled case) and compiles in 18.2 instead of 21.6 s. Must be set before numba is loaded.
os.environ.setdefault("NUMBA_OPT", "1")

import numba

F = TypeVar("F", bound=Callable[..., object])


def kernel(scalar_function: F) -> F:
    """Mark a function of scalars as usable inside any compiled loop.

    The CPU loop calls it as it is; the CUDA loop compiles ``scalar_function.py_func``. No fast
    math: NaN is how a kernel says "no answer". No disk cache so far: workers that race to fill
    it can crash (numba issues 4807 and 10128); decide with a measurement. Inlining is forced:
    a NamedTuple of arrays travels as dozens of arguments, and a midpoint step in a gridded wind
    takes 224 ns inlined, 291 ns as calls; compiling takes no longer.
    """
    if os.environ.get("NUMBA_DISABLE_JIT") == "1":
        return scalar_function
    compiled = numba.njit(nogil=True, error_model="numpy", forceinline=True)(scalar_function)
    return cast("F", compiled)


def loop(array_function: F) -> F:
    """Compile a loop over arrays: releases the GIL, is called rather than inlined."""
    if os.environ.get("NUMBA_DISABLE_JIT") == "1":
        return array_function
    return cast("F", numba.njit(nogil=True, error_model="numpy")(array_function))
