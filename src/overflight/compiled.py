"""Compiled code that is kept between runs, so that only the first one compiles.

Four rules make it safe:

1. Code is never stale. Its folder is named after the content of every source file of the package,
   the versions of Python, numba, llvmlite and numpy, the processor with its features and the
   compiler's options; its file after the function and the types of its arguments. Once a source
   changes under a running process, that process keeps and takes nothing more.
2. A file is whole or does not count. It is written beside its place and renamed into it, and
   carries a checksum. What is damaged is compiled anew and replaced.
3. Nothing here can end a run. A folder that cannot be written, a full disk, two processes at once,
   a kill at any moment: at worst it takes longer.
4. Code is only taken from a folder and a file that nobody else can write to (:mod:`.kept`).

Numba has a cache too. It knows a function that is an argument only by a number that is new in every
process, looks for changes in one file only, and believes whatever it finds.
"""

import hashlib
import itertools
import os
import pickle
import platform
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba import types
from numba.core import config, sigutils
from numba.core.bytecode import FunctionIdentity
from numba.core.compiler import CompileResult
from numba.core.typing.templates import signature

from overflight import kept

FORMAT = 1  # of an entry; raise it when entries of before must not be used
LIMIT_BYTES = 400_000_000  # the least recently used folders beyond it go
_SUFFIX = ".code"
_NEW = ".new-"  # how a file begins that is being written
_ABANDONED_S = 3_600.0  # such a file of a process that was killed goes after that
_CHECK_BYTES = hashlib.sha256().digest_size
# Options of the compiler that change the code.
_OPTIONS = (
    "OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "ENABLE_AVX", "DISABLE_INTEL_SVML", "USING_SVML",
    "BOUNDSCHECK", "DEBUGINFO_DEFAULT", "LLVM_REFPRUNE_PASS", "LLVM_REFPRUNE_FLAGS",
    "EXTEND_VARIABLE_LIFETIMES", "ENABLE_PROFILING", "DEBUG_NRT",
)  # fmt: skip

Stamp = tuple[int, int, int]  # time of change, size, place on the disk


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 (called for every compiled function)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _stamps() -> dict[str, Stamp | None]:
    files = Path(__file__).parent.rglob("*.py")
    return {name: _stamp(name) for name in sorted(map(str, files))}


_SOURCES = _stamps()  # as they are while the package is being loaded


def _are_as_they_were() -> bool:
    """Whether no source changed since the package began to load.

    If one did, some of what is loaded may be from before and some from after.
    """
    return all(_stamp(name) == stamp for name, stamp in _SOURCES.items())


def _number_apart() -> None:
    """Number the functions that are compiled from here on as no other process does.

    Their names in machine code hold the number, and two pieces of code from two processes must not
    take each other's functions for their own.
    """
    FunctionIdentity._unique_ids = itertools.count(secrets.randbits(60))


_CAN_NUMBER_APART = "_unique_ids" in vars(FunctionIdentity)  # numba's own affair: it may change
_number_apart()
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_number_apart)


class Shelf:
    """Where the compiled forms of one function are kept.

    It is what a dispatcher of numba asks before it compiles, and tells after.
    """

    _can_write = True  # of all shelves: until a first failure

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function

    @property
    def cache_path(self) -> str | None:
        """The folder in use, for the dispatcher's statistics."""
        folder = _folder()
        return str(folder) if folder else None

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Code for these types of arguments, or None: then it is compiled."""
        target_context.refresh()  # before any code is loaded the context must be complete
        path, arguments = self._entry(sig)
        if path is None:
            return None
        payload = _read(path)
        if payload is None:
            return None
        try:
            return _rebuilt(payload, arguments, target_context)
        except Exception:  # whatever is wrong with it: it is compiled anew
            return None

    def save_overload(self, sig: Any, made: Any) -> None:
        """Keep what was compiled, where that is possible."""
        path, _ = self._entry(sig)
        if path is None or not Shelf._can_write or _described(made.signature.return_type) is None:
            return
        if made.library.has_dynamic_globals or made.lifted:
            return
        try:
            payload = _packed(made)
        except Exception:  # what cannot be written down is compiled in every run
            return
        Shelf._can_write = _write(path, payload)

    def _entry(self, sig: Any) -> tuple[Path | None, tuple[Any, ...]]:
        """File of the code for these types, and the types; None where none is to be used."""
        arguments, wanted = sigutils.normalize_signature(sig)  # type: ignore[no-untyped-call]
        folder, name = _folder(), _name(self._function)
        described = [_described(kind) for kind in arguments]
        if folder is None or name is None or None in described or wanted is not None:
            return None, arguments
        if not _are_as_they_were():
            return None, arguments
        key = hashlib.sha256(repr((name, described)).encode()).hexdigest()
        return folder / f"{self._function.__name__}-{key[:32]}{_SUFFIX}", arguments


def _name(function: Callable[..., object]) -> str | None:
    """Module and name of a compiled function of this package; None for any other.

    Only what the module holds under that name is known by it: not what a function made.
    """
    module = sys.modules.get(function.__module__)
    held = getattr(module, function.__name__, None)
    if getattr(held, "py_func", None) is not function:
        return None
    if function.__code__.co_filename not in _SOURCES:
        return None
    return f"{function.__module__}.{function.__name__}"


def _described(kind: Any) -> str | None:
    """What a type is, in words that mean the same in every process; None if there are none."""
    if isinstance(kind, types.Dispatcher):
        return _name(kind.dispatcher.py_func)
    if isinstance(kind, types.BaseTuple):
        return _described_tuple(kind)
    if isinstance(kind, types.Omitted):
        return repr(kind) if isinstance(kind.value, bool | int | float) else None
    if isinstance(kind, types.Array | types.Number | types.Boolean | types.NoneType):
        return repr(kind)
    return None


def _described_tuple(kind: Any) -> str | None:
    made: type = getattr(kind, "instance_class", tuple)
    if getattr(sys.modules.get(made.__module__), made.__qualname__, None) is not made:
        return None
    parts = [_described(part) for part in kind]
    if None in parts:
        return None
    return f"{made.__module__}.{made.__qualname__}{getattr(kind, 'fields', ())}{parts}"


@cache
def _folder() -> Path | None:
    """The folder of code made from just these sources by just this compiler, if it may be used."""
    place = kept.compiled()
    if place is None or kept.doubt(place) or not _CAN_NUMBER_APART:
        return None
    digest = hashlib.sha256(repr(_compiler()).encode())
    try:
        for name in _SOURCES:
            digest.update(f"{name.removeprefix(str(Path(__file__).parent))}\n".encode())
            digest.update(hashlib.sha256(Path(name).read_bytes()).digest())
    except OSError:
        return None
    folder = place / digest.hexdigest()[:40]
    with suppress(OSError):
        os.utime(folder)  # used now: goes last
    return folder


def _compiler() -> tuple[object, ...]:
    """All that decides what becomes of a source."""
    from numba.core.registry import cpu_target  # noqa: PLC0415 (starts the compiler)

    return (
        FORMAT,
        sys.implementation.cache_tag,
        platform.python_version(),
        numba.__version__,
        llvmlite.__version__,
        np.__version__,
        cpu_target.target_context.codegen().magic_tuple(),
        [(name, str(getattr(config, name, None))) for name in _OPTIONS],
    )


def _packed(made: Any) -> bytes:
    """Code with what is needed to call it, without the types of its arguments.

    Those may hold functions, which are not the same objects in another process.
    """
    library, described, environment, _, objectmode, _, _, init, environments = made._reduce()
    described = copy(described)
    described.argtypes = ()
    returned = made.signature.return_type
    parts = (library, described, environment, returned, objectmode, init, environments)
    return pickle.dumps(parts, protocol=pickle.HIGHEST_PROTOCOL)


def _rebuilt(payload: bytes, arguments: tuple[Any, ...], target_context: Any) -> Any:
    parts = pickle.loads(payload)  # noqa: S301 (a file that only this user can write)
    library, described, environment, returned, objectmode, init, environments = parts
    described.argtypes = arguments
    signed = signature(returned, *arguments)  # type: ignore[no-untyped-call]
    return CompileResult._rebuild(  # type: ignore[no-untyped-call]
        target_context, library, described, environment, signed, objectmode, (), "", init,
        environments,
    )  # fmt: skip


def _read(path: Path) -> bytes | None:
    """What a file holds; None where it is absent, damaged or another user's."""
    try:
        with path.open("rb") as file:
            if hasattr(os, "geteuid") and os.fstat(file.fileno()).st_uid != os.geteuid():
                return None
            content = file.read()
    except OSError:
        return None
    payload = content[_CHECK_BYTES:]
    return payload if hashlib.sha256(payload).digest() == content[:_CHECK_BYTES] else None


def _write(path: Path, payload: bytes) -> bool:
    """Put a file in its place in one piece; say whether that was possible."""
    scratch = None
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make_room(path.parent)
        handle, scratch = tempfile.mkstemp(prefix=_NEW, dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(payload).digest() + payload)
        Path(scratch).replace(path)
    except OSError:
        if scratch:
            Path(scratch).unlink(missing_ok=True)
        return False
    return True


def _make_room(newest: Path) -> None:
    """Remove the folders used least recently, and what processes that were killed left."""
    total = 0
    for folder in sorted(newest.parent.iterdir(), key=_last_use, reverse=True):
        for left in folder.glob(f"{_NEW}*"):
            if time.time() - _last_use(left) > _ABANDONED_S:
                left.unlink(missing_ok=True)
        total += kept.size_bytes(folder)
        if total > LIMIT_BYTES and folder != newest:
            shutil.rmtree(folder, ignore_errors=True)


def _last_use(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process just removed it
        return 0.0
