"""Compile one source three ways: Python (to read and debug), CPU and CUDA."""

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

# Level 1 of the compiler's optimiser gives loops as fast as level 3 here (15.5 against 15.7 s for
# the bundled case) and compiles in 18.2 instead of 21.6 s. Must be set before numba is loaded.
os.environ.setdefault("NUMBA_OPT", "1")

import numba
from llvmlite import binding
from numba.core import config

from overflight.compiled import Shelf

F = TypeVar("F", bound=Callable[..., object])

_PLAIN = os.environ.get("NUMBA_DISABLE_JIT") == "1"


def _use_whole_vectors() -> None:
    """Let loops use all of a wide vector unit.

    By default half of it is used, because some processors slow down when all of it is; blocks of
    particles march a third faster with all. Numba reads this when it compiles its first function.
    """
    features = binding.get_host_cpu_features()
    if features.get("avx512f", False) and getattr(config, "CPU_FEATURES", None) is None:
        vars(config)["CPU_FEATURES"] = features.flatten() + ",-prefer-256-bit"


_use_whole_vectors()


def kernel(scalar_function: F) -> F:
    """Mark a function of scalars as usable inside any compiled loop.

    The CPU loop calls it as it is; the CUDA loop compiles ``scalar_function.py_func``. No fast
    math: NaN is how a kernel says "no answer". Inlining is forced: a NamedTuple of arrays travels
    as dozens of arguments, and a midpoint step in a gridded wind takes 224 ns inlined, 291 ns as
    calls; compiling takes no longer. What is compiled is kept (:mod:`overflight.compiled`).
    A kernel makes and returns no arrays (see :func:`lane_loop`).
    """
    return _compiled(scalar_function, forceinline=True)


def loop(array_function: F) -> F:
    """Compile a loop over arrays: releases the GIL, is called rather than inlined."""
    return _compiled(array_function)


def lane_kernel(scalar_function: F) -> F:
    """A kernel for loops over lanes: a product and a sum may share one instruction and rounding."""
    return _compiled(scalar_function, forceinline=True, contract=True)


def lane_loop(array_function: F) -> F:
    """Compile a loop over lanes, with shared rounding as in :func:`lane_kernel`.

    Like a kernel it must not make arrays or return them, because nobody counts who uses an array
    there: the caller keeps all that it passes. Counting took half the time of a drift step: two
    instructions that lock memory for every array in every NamedTuple that is touched, and threads
    wait for each other's locks. Numba refuses to compile what makes an array.
    """
    return _compiled(array_function, contract=True)


def bare_loop(array_function: F) -> F:
    """Compile a loop that is called for every step: it makes and returns no arrays.

    Nobody counts there who uses an array, as in :func:`lane_loop`; rounding is as written.
    """
    return _compiled(array_function, counted=False)


def _compiled(
    function: F, *, forceinline: bool = False, contract: bool = False, counted: bool = True
) -> F:
    if _PLAIN:
        return function
    # Both are said always, because a function takes what is not said from the one that makes numba
    # compile it. ``_nrt``, which numba's interface does not declare: are uses of arrays counted?
    options: dict[str, Any] = {
        "fastmath": {"contract"} if contract else False,
        "_nrt": counted and not (forceinline or contract),
    }
    compiled = numba.njit(nogil=True, error_model="numpy", forceinline=forceinline, **options)(
        function
    )
    vars(compiled)["_cache"] = Shelf(function)
    return cast("F", compiled)
