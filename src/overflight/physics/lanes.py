"""Loops over many particles that the compiler turns into vector instructions.

Particles march in blocks of :data:`LANES`, small enough for the first-level cache. Their values
lie in rows of one flat array each for float64, float32 and int32: entries of one array at known
distances, so that the compiler sees that no write disturbs a read. :func:`peek` and :func:`poke`
leave out the test for negative indices, and :func:`corners` reads the eight numbers around a place
as one vector per level and latitude; a plain gather of 32 numbers takes three times as long.
"""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 64

_F32, _I32 = ir.FloatType(), ir.IntType(32)


@intrinsic
def _peek(context: Any, array: Any, at: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.load(builder.gep(data, [arguments[1]]))

    return array.dtype(array, types.intp), emit


@intrinsic
def _poke(context: Any, array: Any, at: Any, value: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        builder.store(arguments[2], builder.gep(data, [arguments[1]]))
        return context.get_dummy_value()

    return types.void(array, types.intp, array.dtype), emit


class _Vectors:
    """Few words for vectors of float32 in the compiler's language."""

    def __init__(self, builder: Any) -> None:
        self.builder = builder

    def load(self, data: Any, at: Any, count: int) -> Any:
        """Neighbouring numbers, wherever they begin."""
        kind = ir.VectorType(_F32, count)
        address = self.builder.bitcast(self.builder.gep(data, [at]), kind.as_pointer())
        loaded = self.builder.load(address)
        loaded.align = 4
        return loaded

    def both(self, data: Any, at: Any, then: Any) -> Any:
        """Four neighbouring numbers of one time and of another."""
        mask = ir.Constant(ir.VectorType(_I32, 8), list(range(8)))
        return self.builder.shuffle_vector(self.load(data, at, 4), self.load(data, then, 4), mask)

    def part(self, vector: Any, which: list[int]) -> Any:
        """Entries of a vector."""
        mask = ir.Constant(ir.VectorType(_I32, len(which)), which)
        return self.builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), mask)

    def along(self, first: Any, slope: Any, share: Any) -> Any:
        """``first + share * slope`` with one rounding; ``share`` is a number."""
        kind = first.type
        name = f"llvm.fma.v{kind.count}f32"
        kinds = ir.FunctionType(kind, [kind] * 3)
        fma = cgutils.get_or_insert_function(self.builder.module, kinds, name)  # type: ignore[no-untyped-call]
        blank = ir.Constant(kind, ir.Undefined)
        alone = self.builder.insert_element(blank, share, ir.Constant(_I32, 0))
        return self.builder.call(fma, [self.part(alone, [0] * kind.count), slope, first])

    def store(self, vector: Any, data: Any, at: Any) -> None:
        """Put numbers side by side, wherever they begin."""
        address = self.builder.bitcast(self.builder.gep(data, [at]), vector.type.as_pointer())
        self.builder.store(vector, address).align = 4

    def between(self, first: Any, last: Any, share: Any) -> Any:
        """Linear between two vectors."""
        return self.along(first, self.builder.fsub(last, first), share)

    def meridians(self, data: Any, entries: Any, shares: Any, zero: Any = None) -> Any:
        """The wind on two meridians between sixteen corners, less ``zero`` where that is given.

        ``entries`` are those of the first corner and to the next row, sheet and time.
        """
        place, row, sheet, time = entries
        north, down, later = shares
        levels = []
        for upper in (place, self.builder.add(place, sheet)):
            first, last = (
                self.both(data, at, self.builder.add(at, time))
                for at in (upper, self.builder.add(upper, row))
            )
            slope = self.builder.fsub(last, first)
            begin = first if zero is None else self.builder.fsub(first, zero)
            levels.append(self.along(begin, slope, north))
        both = self.between(levels[0], levels[1], down)
        now, then = self.part(both, [0, 1, 2, 3]), self.part(both, [4, 5, 6, 7])
        return self.between(now, then, later)


@intrinsic
def _parted_corners(
    context: Any,
    winds: Any,
    at: Any,
    row: Any,
    sheet: Any,
    time: Any,
    north: Any,
    down: Any,
    later: Any,
    nodes: Any,
    entry: Any,
    base_entry: Any,
) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        flat, place, row, sheet, time, north, down, later, into, entry, base_entry = arguments
        data = context.make_array(signature.args[0])(context, builder, flat).data
        vectors = _Vectors(builder)
        base = vectors.load(data, place, 2)
        zero = vectors.part(base, [0, 1] * 4)
        entries, shares = (place, row, sheet, time), (north, down, later)
        node = vectors.meridians(data, entries, shares, zero)
        out = context.make_array(signature.args[8])(context, builder, into).data
        vectors.store(node, out, entry)
        vectors.store(base, out, base_entry)
        return context.get_dummy_value()

    whole, share = types.intp, types.float32
    shares = share, share, share
    return types.void(winds, *(whole,) * 4, *shares, nodes, whole, whole), emit


@intrinsic
def _corners(
    context: Any,
    winds: Any,
    at: Any,
    row: Any,
    sheet: Any,
    time: Any,
    north: Any,
    down: Any,
    later: Any,
    nodes: Any,
    entry: Any,
) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        flat, place, row, sheet, time, north, down, later, into, entry = arguments
        data = context.make_array(signature.args[0])(context, builder, flat).data
        vectors = _Vectors(builder)
        node = vectors.meridians(data, (place, row, sheet, time), (north, down, later))
        out = context.make_array(signature.args[8])(context, builder, into).data
        vectors.store(node, out, entry)
        return context.get_dummy_value()

    whole, share = types.intp, types.float32
    return types.void(winds, whole, whole, whole, whole, share, share, share, nodes, whole), emit


def _plain_peek(array: Any, at: int) -> Any:
    return array[at]


def _plain_poke(array: Any, at: int, value: Any) -> None:
    array[at] = value


def _plain_corners(
    winds: Any,
    at: int,
    row: int,
    sheet: int,
    time: int,
    north: Any,
    down: Any,
    later: Any,
    nodes: Any,
    entry: int,
) -> None:
    levels = []
    for upper in (at, at + sheet):
        first, last = (
            np.concatenate([winds[i : i + 4], winds[i + time : i + time + 4]])
            for i in (upper, upper + row)
        )
        levels.append(first + north * (last - first))
    both = levels[0] + down * (levels[1] - levels[0])
    nodes[entry : entry + 4] = both[:4] + later * (both[4:] - both[:4])


def _plain_parted_corners(
    winds: Any,
    at: int,
    row: int,
    sheet: int,
    time: int,
    north: Any,
    down: Any,
    later: Any,
    nodes: Any,
    entry: int,
    base_entry: int,
) -> None:
    _plain_corners(winds, at, row, sheet, time, north, down, later, nodes, entry)
    nodes[base_entry : base_entry + 2] = winds[at : at + 2]
    nodes[entry : entry + 4] -= np.tile(winds[at : at + 2], 2)


_PLAIN = os.environ.get("NUMBA_DISABLE_JIT") == "1"

peek: Callable[..., Any] = _plain_peek if _PLAIN else _peek
poke: Callable[..., None] = _plain_poke if _PLAIN else _poke
corners: Callable[..., None] = _plain_corners if _PLAIN else _corners
"""``corners(winds, at, row, sheet, time, north, down, later, nodes, entry)``: two meridians.

Interpolates between sixteen corners in all but longitude, and writes four numbers into ``nodes``
from ``entry`` on: u and v on the western meridian, then on the eastern. ``winds`` is flat float32,
u and v of every node; ``at`` is the entry where the upper, southern, western node of the earlier
time begins; ``row``, ``sheet`` and ``time`` are the entries to the next node northward, downward
and to the later time; the rest are shares, 0 to 1.
"""

parted_corners: Callable[..., None] = _plain_parted_corners if _PLAIN else _parted_corners
"""The same in two parts: what the four numbers differ by from the wind at ``at``, and that wind.

Within a cell a wind differs by a tenth of itself, and so it then errs by a tenth in single
precision. The two numbers of the wind itself go into ``nodes`` from a last argument on.
"""
