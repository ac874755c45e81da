"""Exponential and logarithm by polynomials, for loops that the compiler makes vectors of.

The library's functions are called for one number at a time. These take eight together; they are
good to 1e-13 relative, where the argument is what their callers have.
"""

import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from overflight.physics.kernel import lane_kernel


@intrinsic
def _bits(context: Any, number: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), emit


@intrinsic
def _number(context: Any, bits: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), emit


def _plain_bits(number: float) -> np.int64:
    return np.float64(number).view(np.int64)


def _plain_number(bits: int) -> np.float64:
    return np.int64(bits).view(np.float64)


_PLAIN = os.environ.get("NUMBA_DISABLE_JIT") == "1"

bits: Callable[..., Any] = _plain_bits if _PLAIN else _bits
number: Callable[..., Any] = _plain_number if _PLAIN else _number

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_PER_LN2 = 1.0 / math.log(2.0)
_BIAS, _FRACTION_BITS = np.int64(1023), np.int64(52)
_ROUND = 6755399441055744.0  # 1.5 * 2^52: added and taken away, it rounds to a whole number
_LEAST = -708.0
_EXP = tuple(1.0 / math.factorial(n) for n in range(13))


@lane_kernel
def exponential(x: float) -> float:
    """``exp(x)`` for x up to 700; what lies below -708 counts as -708.

    >>> abs(exponential(-3.2) / math.exp(-3.2) - 1.0) < 1e-14
    True
    """
    x = max(x, _LEAST)
    whole = (x * _PER_LN2 + _ROUND) - _ROUND
    rest = (x - whole * _LN2_HIGH) - whole * _LN2_LOW
    square = rest * rest
    fourth = square * square
    low = (_EXP[0] + rest) + (_EXP[2] + _EXP[3] * rest) * square
    middle = (_EXP[4] + _EXP[5] * rest) + (_EXP[6] + _EXP[7] * rest) * square
    high = (_EXP[8] + _EXP[9] * rest) + (_EXP[10] + _EXP[11] * rest) * square
    power = number((np.int64(whole) + _BIAS) << _FRACTION_BITS)
    return float((low + fourth * (middle + fourth * (high + fourth * _EXP[12]))) * power)


_MANTISSA = np.int64((1 << 52) - 1)
_ONE = np.int64(1023 << 52)
_LN2 = math.log(2.0)
_SQRT2 = math.sqrt(2.0)
_LOG = tuple(2.0 / (2 * n + 1) for n in range(10))


@lane_kernel
def logarithm(x: float) -> float:
    """Natural logarithm of a positive number that is not subnormal.

    >>> abs(logarithm(0.37) - math.log(0.37)) < 1e-15
    True
    """
    all_bits = bits(x)
    power = float((all_bits >> _FRACTION_BITS) - _BIAS)
    part = number((all_bits & _MANTISSA) | _ONE)
    large = part > _SQRT2
    part = 0.5 * part if large else part
    power = power + 1.0 if large else power
    s = (part - 1.0) / (part + 1.0)  # log part = 2 artanh s
    q = s * s
    q2 = q * q
    low = (_LOG[0] + _LOG[1] * q) + (_LOG[2] + _LOG[3] * q) * q2
    high = (_LOG[4] + _LOG[5] * q) + (_LOG[6] + _LOG[7] * q) * q2
    series = low + (high + (_LOG[8] + _LOG[9] * q) * q2 * q2) * (q2 * q2)
    return float(s * series + power * _LN2)
