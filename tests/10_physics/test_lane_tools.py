"""What lanes use instead of the library: exponentials, logarithms, random numbers, axes."""

import math
import os

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.physics import ladder
from overflight.physics.kernel import kernel, lane_kernel, lane_loop, loop
from overflight.physics.lane_math import exponential, logarithm
from overflight.physics.lane_random import draw_words, normals
from overflight.physics.lanes import LANES
from overflight.physics.random import normal4
from overflight.physics.rows import KEY, N_WORDS, PARTICLE


@given(st.floats(-700.0, 700.0))
def test_exponentials_are_good_to_the_last_digits(x):
    assert exponential(x) == pytest.approx(math.exp(x), rel=1e-14)


@given(st.floats(1e-300, 1e300))
def test_logarithms_are_good_to_the_last_digits(x):
    assert logarithm(x) == pytest.approx(math.log(x), rel=1e-15, abs=5e-16)


def test_what_is_far_below_nothing_is_nothing():
    assert 0.0 < exponential(-1e9) < 1e-300


@pytest.mark.parametrize("key", [0, 1, 2**63 + 12_345])
def test_a_block_draws_the_numbers_of_its_particles(key):
    words, wide = np.zeros(N_WORDS, np.uint64), np.zeros(4 * LANES)
    particles = np.arange(LANES, dtype=np.uint64) + np.uint64(2**32 - 3)
    words[KEY : KEY + LANES], words[PARTICLE : PARTICLE + LANES] = key, particles
    for step in (0, 1, 2**31):
        draw_words(words, step)
        normals(words, wide, 0)
        expected = np.array([normal4(np.uint64(key), one, step) for one in particles])
        np.testing.assert_allclose(wide.reshape(4, LANES).T, expected, rtol=0, atol=1e-13)


@lane_loop
def find_all(axis, wide, cells):
    ladder.find_row(axis, wide, cells, 0, 0, LANES)


@given(
    st.lists(st.floats(0.01, 3.0) | st.just(1e-7), min_size=1, max_size=30),
    st.lists(st.floats(-0.1, 1.1), min_size=LANES, max_size=LANES),
)
def test_a_ladder_finds_what_a_search_finds(steps, at):
    axis = np.concatenate([[-2.0], -2.0 + np.cumsum(steps)])
    values = axis[0] + np.array(at) * (axis[-1] - axis[0])
    values[: min(LANES, len(axis))] = axis[:LANES]  # on the rungs too
    prepared, cells = ladder.ladder(axis), np.zeros(LANES, np.int32)
    wide = np.concatenate([values, np.zeros(LANES)])
    find_all(prepared, wide, cells)
    inside = (values >= axis[0]) & (values <= axis[-1])
    below, share = cells[inside], wide[LANES:][inside]
    met = axis[below] + share * (axis[below + 1] - axis[below])
    np.testing.assert_allclose(met, values[inside], atol=1e-11)
    assert ((share > -1e-9) & (share < 1.0 + 1e-9)).all()
    far = (values < axis[0] - 1e-9) | (values > axis[-1] + 1e-9)
    assert np.isnan(wide[LANES:][far]).all()
    for lane in (0, LANES - 1):
        rung, part = ladder.found(prepared, values[lane])
        assert rung == cells[lane]
        assert part == wide[LANES + lane] or (math.isnan(part) and math.isnan(wide[LANES + lane]))


@loop
def made(n):
    return np.arange(float(n))


def last_of(n):
    return np.arange(float(n))[n - 1]


def last_made(n):
    numbers = made(n)
    return numbers[n - 1]


NO_COMPILER = os.environ.get("NUMBA_DISABLE_JIT") == "1"


@pytest.mark.skipif(NO_COMPILER, reason="nothing is compiled")
@pytest.mark.parametrize("mark", [lane_loop, lane_kernel, kernel])
def test_where_uses_of_arrays_are_not_counted_none_can_be_made(mark):
    with pytest.raises(numba.TypingError):
        mark(last_of)(3)


@pytest.mark.skipif(NO_COMPILER, reason="nothing is compiled")
def test_a_plain_loop_counts_and_makes_arrays():
    assert loop(last_made)(3) == 2.0
