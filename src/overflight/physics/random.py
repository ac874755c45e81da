"""Random numbers that depend on what they are for, never on when or where they are drawn.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3")
turns a counter and a key into 128 bits. The counter here is (particle, step, purpose), so a
particle has the same noise on any number of threads, in any order, on any machine, and a step
can be repeated without storing anything.

One block gives exactly four numbers: four uniforms of 32 bits, or four normals as two Box-Muller
pairs (none rejected, none kept for later). A pair takes its radius from one word, so it lies
within 6.8 standard deviations, and its direction from the other: three bits choose the octant, 29
the angle in it, which spares the general sine and cosine (39 ns for four normals, not 70).
Uniforms and normals of one (key, particle, step) come from different blocks and are independent.
"""

import math

import numpy as np

from overflight.physics.kernel import kernel

Four = tuple[float, float, float, float]

# Multipliers and key increments (Weyl constants) of Philox4x32, from the paper's section 3.3.
_MULTIPLY_0 = np.uint64(0xD2511F53)
_MULTIPLY_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_NORMALS, _UNIFORMS = np.uint64(0), np.uint64(1)  # the counter's last word: what for
_SWAP, _SINE_SIGN, _COSINE_SIGN = np.uint64(1), np.uint64(2), np.uint64(4)
_OCTANT_BITS = np.uint64(3)
_WORD = 2.0**-32
_ANGLE_RAD = math.pi / 4.0 * 2.0**-29

# Taylor coefficients; on an octant the first term left out is below 1e-15.
_S3, _S5, _S7, _S9, _S11, _S13, _S15 = ((-1) ** n / math.factorial(2 * n + 1) for n in range(1, 8))
_C2, _C4, _C6, _C8, _C10, _C12, _C14 = ((-1) ** n / math.factorial(2 * n) for n in range(1, 8))


@kernel
def philox4x32(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Ten rounds of Philox4x32 on 32-bit words, each held in 64 bits.

    >>> zero = np.uint64(0)
    >>> [f"{int(word):08x}" for word in philox4x32(zero, zero, zero, zero, zero, zero)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    for _ in range(10):
        product_0 = _MULTIPLY_0 * c0
        product_1 = _MULTIPLY_1 * c2
        c0 = (product_1 >> _HALF) ^ c1 ^ k0
        c1 = product_1 & _LOW
        c2 = (product_0 >> _HALF) ^ c3 ^ k1
        c3 = product_0 & _LOW
        k0 = (k0 + _WEYL_0) & _LOW
        k1 = (k1 + _WEYL_1) & _LOW
    return c0, c1, c2, c3


@kernel
def _block(
    key: int, particle: int, step: int, purpose: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """The four random words that belong to this particle, step and purpose."""
    key_64, particle_64 = np.uint64(key), np.uint64(particle)
    return philox4x32(
        particle_64 & _LOW,
        particle_64 >> _HALF,
        np.uint64(step) & _LOW,
        purpose,
        key_64 & _LOW,
        key_64 >> _HALF,
    )


@kernel
def word_fraction(word: np.uint64) -> float:
    """A word as a fraction between 0 and 1, neither included."""
    return (float(word) + 0.5) * _WORD


@kernel
def normal_words(
    key: int, particle: int, step: int
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """The words behind :func:`normal4`."""
    return _block(key, particle, step, _NORMALS)


@kernel
def uniform4(key: int, particle: int, step: int) -> Four:
    """Four uniforms between 0 and 1, neither included.

    Parameters
    ----------
    key
        64 bits; another key is another, independent world.
    particle
        64 bits; the particle, or any stream number.
    step
        32 bits; the step, or any position in the stream. None may be negative.

    >>> all(0.0 < u < 1.0 for u in uniform4(1, 2, 3))
    True
    """
    a, b, c, d = _block(key, particle, step, _UNIFORMS)
    return word_fraction(a), word_fraction(b), word_fraction(c), word_fraction(d)


@kernel
def turned_pair(radius_sd: float, direction: np.uint64) -> tuple[float, float]:
    """Two normals: a point at a distance from the origin, in the direction that a word gives."""
    angle = (float(direction >> _OCTANT_BITS) + 0.5) * _ANGLE_RAD
    q = angle * angle
    sine = _S7 + q * (_S9 + q * (_S11 + q * (_S13 + q * _S15)))
    sine = radius_sd * angle * (1.0 + q * (_S3 + q * (_S5 + q * sine)))
    cosine = _C6 + q * (_C8 + q * (_C10 + q * (_C12 + q * _C14)))
    cosine = radius_sd * (1.0 + q * (_C2 + q * (_C4 + q * cosine)))
    swapped = (direction & _SWAP) != 0
    first, second = (sine if swapped else cosine), (cosine if swapped else sine)
    return (
        -first if direction & _COSINE_SIGN else first,
        -second if direction & _SINE_SIGN else second,
    )


@kernel
def _pair(size: np.uint64, direction: np.uint64) -> tuple[float, float]:
    """Two normals from two words (Box and Muller 1958): a random point around the origin."""
    return turned_pair(math.sqrt(-2.0 * math.log(word_fraction(size))), direction)


@kernel
def normal4(key: int, particle: int, step: int) -> Four:
    """Four independent standard normals; arguments as of :func:`uniform4`.

    >>> normal4(1, 2, 3) == normal4(1, 2, 3)
    True
    """
    a, b, c, d = normal_words(key, particle, step)
    n0, n1 = _pair(a, b)
    n2, n3 = _pair(c, d)
    return n0, n1, n2, n3
