"""Random numbers that depend on what they are for, never on when or where they are drawn.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3")
turns a counter and a key into 128 bits. The counter here is (particle, step, purpose), so a
particle has the same noise on any number of threads, in any order, on any machine, and a step
can be repeated without storing anything.

One block gives exactly four numbers: four uniforms of 32 bits, or two Box-Muller pairs of normals
(none rejected, none kept for later; largest possible size 6.8 standard deviations). Uniforms and
normals of the same (key, particle, step) come from different blocks and are independent.
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
_STEP = 2.0**-32


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
def _uniform4(key: int, particle: int, step: int, purpose: np.uint64) -> Four:
    key_64, particle_64 = np.uint64(key), np.uint64(particle)
    a, b, c, d = philox4x32(
        particle_64 & _LOW,
        particle_64 >> _HALF,
        np.uint64(step) & _LOW,
        purpose,
        key_64 & _LOW,
        key_64 >> _HALF,
    )
    return (
        (float(a) + 0.5) * _STEP,
        (float(b) + 0.5) * _STEP,
        (float(c) + 0.5) * _STEP,
        (float(d) + 0.5) * _STEP,
    )


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
    return _uniform4(key, particle, step, _UNIFORMS)


@kernel
def normal4(key: int, particle: int, step: int) -> Four:
    """Four independent standard normals; arguments as of :func:`uniform4`.

    >>> normal4(1, 2, 3) == normal4(1, 2, 3)
    True
    """
    u0, u1, u2, u3 = _uniform4(key, particle, step, _NORMALS)
    r0, r1 = math.sqrt(-2.0 * math.log(u0)), math.sqrt(-2.0 * math.log(u2))
    a0, a1 = 2.0 * math.pi * u1, 2.0 * math.pi * u3
    return r0 * math.cos(a0), r0 * math.sin(a0), r1 * math.cos(a1), r1 * math.sin(a1)
