"""Answers as bytes: for the checkpoint on disk and for the way from one process to another.

A value is a tree of numbers, text, tuples, lists, arrays and the named tuples and dataclasses that
a function's own annotations mention. It is written as one JSON tree and the arrays behind it.
Nothing is unpickled: who reads a file of a stranger gets numbers, or an error, and never runs code.
Arrays that both sides have already (the wind) are named and not written.
"""

import json
import math
import struct
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from overflight.errors import InferenceError

Kinds = Mapping[str, type]
Shared = Mapping[str, NDArray[Any]]

_LENGTH = struct.Struct("<Q")
_NUMERIC = frozenset("biufc")  # kinds of arrays that hold nothing but numbers

#: What :func:`unpack` raises on bytes that are not whole.
DAMAGED = (ValueError, KeyError, TypeError, AttributeError, RecursionError, struct.error)


@cache
def kinds_of(function: Callable[..., object]) -> dict[str, type]:
    """Named tuples and dataclasses in the arguments and the answer of a unit of work, by name.

    The first argument is left out: it is what all units share.
    """
    hints = get_type_hints(function)
    shared = next(iter(hints))
    found: dict[str, type] = {}
    for name, hint in hints.items():
        if name != shared:
            _collect(hint, found)
    return found


def _collect(hint: Any, found: dict[str, type]) -> None:  # noqa: ANN401 (any annotation)
    for inner in get_args(hint):
        _collect(inner, found)
    if isinstance(hint, type) and _is_record(hint) and _name(hint) not in found:
        found[_name(hint)] = hint
        for inner in get_type_hints(hint).values():
            _collect(inner, found)


def shared_arrays(**parts: object) -> dict[str, NDArray[Any]]:
    """The arrays inside some named values, by their way from there: ``grid.uv_mps``."""
    found: dict[str, NDArray[Any]] = {}
    for name, part in parts.items():
        if isinstance(part, np.ndarray):
            found[name] = part
        elif _is_record(type(part)):
            inner = {f"{name}.{field}": getattr(part, field) for field in _fields(type(part))}
            found |= shared_arrays(**inner)
    return found


def pack(value: object, shared: Shared) -> bytes:
    """Write a value as bytes.

    Raises
    ------
    InferenceError
        If it holds something else than numbers, text and records of them.
    """
    names = {id(array): name for name, array in shared.items()}
    blocks: list[bytes] = []
    tree = json.dumps(_tree(value, names, blocks)).encode()
    return b"".join([_LENGTH.pack(len(tree)), tree, *blocks])


def unpack(data: bytes, kinds: Kinds, shared: Shared) -> Any:  # noqa: ANN401 (whatever was packed)
    """Read what :func:`pack` wrote; raises one of :data:`DAMAGED` where that cannot be."""
    (length,) = _LENGTH.unpack_from(data)
    tree = json.loads(data[_LENGTH.size : _LENGTH.size + length])
    return _value(tree, memoryview(data)[_LENGTH.size + length :], kinds, shared)


def _tree(value: Any, names: Mapping[int, str], blocks: list[bytes]) -> Any:  # noqa: ANN401
    if isinstance(value, np.ndarray | np.generic):
        if id(value) in names:
            return {"shared": names[id(value)]}
        if value.dtype.kind in _NUMERIC:
            return {"array": _block(np.asarray(value), blocks), "plain": value.ndim == 0}
    elif value is None or isinstance(value, bool | int | float | str):
        return value
    elif _is_record(type(value)):
        inner = {name: _tree(getattr(value, name), names, blocks) for name in _fields(type(value))}
        return {"kind": _name(type(value)), "fields": inner}
    elif isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [_tree(one, names, blocks) for one in value]}
    elif isinstance(value, datetime):
        return {"time": value.isoformat()}
    raise InferenceError(
        found=f"an answer with a {type(value).__name__} in it",
        expected="numbers, text, arrays of numbers, and records of them",
        remedy="This is a fault of the program: please report it.",
    )


def _block(array: NDArray[Any], blocks: list[bytes]) -> list[Any]:
    start = sum(len(block) for block in blocks)
    blocks.append(array.tobytes())
    return [array.dtype.str, array.shape, start]


def _value(tree: Any, data: memoryview, kinds: Kinds, shared: Shared) -> Any:  # noqa: ANN401
    if not isinstance(tree, dict):
        return tree
    if "array" in tree:
        array = _array(data, *tree["array"])
        return array[()] if tree["plain"] else array
    if "shared" in tree:
        return shared[tree["shared"]]
    if "time" in tree:
        return datetime.fromisoformat(tree["time"])
    if "kind" in tree:
        inner = {name: _value(one, data, kinds, shared) for name, one in tree["fields"].items()}
        return kinds[tree["kind"]](**inner)
    ((kind, values),) = tree.items()
    return {"list": list, "tuple": tuple}[kind](_value(one, data, kinds, shared) for one in values)


def _array(data: memoryview, kind: str, shape: list[int], start: int) -> NDArray[Any]:
    """An array of its own: kernels compile anew for arrays that cannot be written."""
    dtype = np.dtype(kind) if isinstance(kind, str) else np.dtype(object)
    if dtype.kind not in _NUMERIC:
        dtype = np.dtype(np.void)  # of no size, which no buffer serves
    flat = np.frombuffer(data, dtype, math.prod(shape), start)
    return flat.reshape(shape).copy()


def _is_record(kind: type) -> bool:
    return is_dataclass(kind) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))


def _fields(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 (either sort of record)
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind))
    return typing.cast("tuple[str, ...]", kind._fields)


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
