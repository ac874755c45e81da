"""Random numbers: the published generator, the right law, and no trace of threads or order."""

import math

import numba
import numpy as np
import pytest

from overflight.physics import random
from overflight.physics.random import normal4, philox4x32, uniform4

KNOWN = [  # Random123's known answers for philox4x32-10: counter, key, output
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]  # fmt: skip


def words(text):
    return [np.uint64(int(word, 16)) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "output"), KNOWN)
def test_the_generator_gives_the_published_answers(counter, key, output):
    assert list(philox4x32(*words(counter), *words(key))) == [int(w) for w in words(output)]


def test_normals_are_two_box_muller_pairs_of_one_block():
    key, particle, step = 0x0123456789ABCDEF, 0x1_0000_0002, 77
    a, b, c, d = (
        int(word)
        for word in philox4x32(*(np.uint64(w) for w in (0x2, 0x1, step, 0, 0x89ABCDEF, 0x01234567)))
    )
    expected = []
    for size, direction in ((a, b), (c, d)):
        radius = math.sqrt(-2.0 * math.log((size + 0.5) / 2.0**32))
        angle = ((direction >> 3) + 0.5) / 2.0**29 * math.pi / 4.0
        cosine, sine = math.cos(angle), math.sin(angle)
        if direction & 1:
            cosine, sine = sine, cosine
        expected += [
            radius * (-cosine if direction & 4 else cosine),
            radius * (-sine if direction & 2 else sine),
        ]
    assert normal4(key, particle, step) == pytest.approx(expected, rel=1e-14)


def test_uniforms_are_the_words_of_their_own_block():
    block = philox4x32(*(np.uint64(w) for w in (9, 0, 5, 1, 7, 0)))
    assert uniform4(7, 9, 5) == pytest.approx([(int(w) + 0.5) / 2.0**32 for w in block], rel=1e-15)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
@pytest.mark.parametrize("direction", [0, 0xFFFFFFFF])
def test_the_most_extreme_words_give_finite_normals(size, direction):
    pair = random._pair(np.uint64(size), np.uint64(direction))
    assert np.isfinite(pair).all()
    assert math.hypot(*pair) <= 6.8


@numba.njit(nogil=True)
def table(draw, key, n_particles, first_step, n_steps):
    out = np.empty((n_particles, n_steps, 4))
    for particle in range(n_particles):
        for step in range(n_steps):
            a, b, c, d = draw(key, particle, first_step + step)
            out[particle, step, 0], out[particle, step, 1] = a, b
            out[particle, step, 2], out[particle, step, 3] = c, d
    return out


@pytest.fixture(scope="module")
def normals():
    return table(normal4, 99, 2_000, 0, 250)  # two million


def test_normals_have_the_moments_of_the_normal_law(normals):
    flat = normals.ravel()
    error = 1.0 / math.sqrt(flat.size)
    assert abs(flat.mean()) < 4.0 * error
    assert abs((flat**2).mean() - 1.0) < 4.0 * math.sqrt(2.0) * error
    assert abs((flat**3).mean()) < 4.0 * math.sqrt(15.0) * error
    assert abs((flat**4).mean() - 3.0) < 4.0 * math.sqrt(96.0) * error


def test_normals_have_the_tails_of_the_normal_law(normals):
    flat = np.abs(normals.ravel())
    for bound in (0.1, 0.5, 1.0, 2.0, 3.0, 4.0):
        expected = math.erfc(bound / math.sqrt(2.0))
        error = math.sqrt(expected * (1.0 - expected) / flat.size)
        assert abs((flat > bound).mean() - expected) < 4.0 * error


def test_the_direction_of_a_pair_prefers_no_octant(normals):
    angle = np.arctan2(normals[..., 1], normals[..., 0]).ravel()
    counts, _ = np.histogram(angle, bins=64, range=(-math.pi, math.pi))
    mean = angle.size / 64
    chi2 = float(((counts - mean) ** 2 / mean).sum())
    assert chi2 < 63 + 4.0 * math.sqrt(2 * 63)


def test_uniforms_fill_the_open_interval_evenly():
    flat = table(uniform4, 3, 1_000, 0, 250).ravel()
    assert flat.min() > 0.0
    assert flat.max() < 1.0
    counts, _ = np.histogram(flat, bins=100, range=(0.0, 1.0))
    mean = flat.size / 100
    assert float(((counts - mean) ** 2 / mean).sum()) < 99 + 4.0 * math.sqrt(2 * 99)


def correlation(a, b):
    return abs(float(np.corrcoef(a.ravel(), b.ravel())[0, 1])) * math.sqrt(a.size)


def test_neighbours_of_every_kind_are_independent(normals):
    error = 4.0  # standard errors
    assert correlation(normals[:-1], normals[1:]) < error  # particles
    assert correlation(normals[:, :-1], normals[:, 1:]) < error  # steps
    for i in range(4):
        for j in range(i):
            assert correlation(normals[..., i], normals[..., j]) < error
            assert correlation(normals[..., i] ** 2, normals[..., j] ** 2) < error
    for key in (98, 100, 99 + 2**32, 99 + 2**63):  # neighbouring keys, and high bits alone
        other = table(normal4, np.uint64(key), 500, 0, 250)
        assert correlation(normals[:500], other) < error
    uniforms = table(uniform4, 99, 500, 0, 250)
    assert correlation(normals[:500], uniforms) < error


def test_every_bit_of_key_particle_and_step_counts():
    drawn = {normal4(1, 5, 0)}
    drawn |= {normal4(np.uint64(1 ^ 2**bit), 5, 0) for bit in range(64)}
    drawn |= {normal4(1, np.uint64(5 ^ 2**bit), 0) for bit in range(64)}
    drawn |= {normal4(1, 5, 2**bit) for bit in range(32)}
    assert len(drawn) == 1 + 64 + 64 + 32


@numba.njit(parallel=True, nogil=True)
def in_parallel(key, n_particles, n_steps):
    out = np.empty((n_particles, n_steps, 4))
    for particle in numba.prange(n_particles):
        for step in range(n_steps):
            a, b, c, d = normal4(key, particle, step)
            out[particle, step, 0], out[particle, step, 1] = a, b
            out[particle, step, 2], out[particle, step, 3] = c, d
    return out


def test_threads_and_order_leave_no_trace():
    one_by_one = table(normal4, 7, 301, 0, 20)
    most = numba.config.NUMBA_NUM_THREADS
    before = numba.get_num_threads()
    try:
        for n_threads in sorted({1, min(2, most), most}):
            numba.set_num_threads(n_threads)
            np.testing.assert_array_equal(in_parallel(7, 301, 20), one_by_one)
    finally:
        numba.set_num_threads(before)
    np.testing.assert_array_equal(table(normal4, 7, 301, 13, 7), one_by_one[:, 13:])
    assert normal4(7, 300, 19) == tuple(one_by_one[300, 19])
