"""How a flight is cut into stretches, each of which reads few times of the wind."""

import numpy as np
import pytest

from overflight.physics.launch_cuda import THREADS
from overflight.physics.stream_cuda import BUFFERS, least_times, stretches, times_that_fit
from overflight.physics.weights_cuda import CHUNK, chunk_length
from overflight.physics.windgrid import WindGrid

UNEVEN_S = np.array([0.0, 3.0, 4.0, 9.0, 10.0, 16.0, 20.0]) * 1_800.0
FLIGHTS = [
    (0.0, 600.0, 60), (700.0, 1_500.0, 23), (-5_000.0, 900.0, 50), (36_000.0, -700.0, 51),
]  # fmt: skip


@pytest.mark.parametrize("n_times", [3, 4, 6, 7])
@pytest.mark.parametrize(("start_s", "dt_s", "n_steps"), FLIGHTS)
def test_every_step_finds_the_times_around_its_start_and_middle(start_s, dt_s, n_steps, n_times):
    cut = stretches(UNEVEN_S, start_s, dt_s, n_steps, n_times)
    assert [one.first for one in cut] == [0, *(one.last for one in cut[:-1])]
    assert cut[-1].last == n_steps
    for one in cut:
        assert 2 <= one.late - one.early <= n_times
        steps = np.arange(one.first, one.last)
        moments_s = np.concatenate([start_s + dt_s * steps, start_s + dt_s * (steps + 0.5)])
        here_s = UNEVEN_S[one.early : one.late]
        known = (moments_s >= UNEVEN_S[0]) & (moments_s <= UNEVEN_S[-1])
        assert (moments_s[known] >= here_s[0]).all()
        assert (moments_s[known] <= here_s[-1]).all()
        outside = moments_s[~known]
        assert ((outside < here_s[0]) | (outside > here_s[-1])).all()


def test_stretches_are_as_long_as_they_can_be():
    """Fewer times in a stretch mean more stretches, and all of them at once a single one."""
    counts = [len(stretches(UNEVEN_S, 0.0, 600.0, 60, n)) for n in (2, 3, 4, 7)]
    assert counts == [6, 3, 2, 1]


@pytest.mark.parametrize(("dt_s", "least"), [(600.0, 2), (1_500.0, 3)])
def test_a_step_across_a_time_reads_three(dt_s, least):
    assert least_times(UNEVEN_S, 0.0, dt_s, 20) == least


def test_no_steps_read_nothing():
    assert stretches(UNEVEN_S, 0.0, 600.0, 0, 3) == []
    assert least_times(UNEVEN_S, 0.0, 600.0, 0) == 2


def test_two_buffers_or_the_whole_wind_must_fit():
    grid = WindGrid(
        np.zeros(10), np.zeros(2), np.zeros(3), np.zeros(4), np.zeros((10, 2, 3, 4, 2), np.float32)
    )
    each = 2 * 3 * 4 * 2 * 4
    assert [
        times_that_fit(grid, budget) for budget in (each, 6 * each - 1, 10 * each - 1, 10 * each)
    ] == [0, 2, 4, 10]
    assert BUFFERS == 2


@pytest.mark.parametrize("n", [1, 1_024, 1_025, 10**6, 10**7, 10**9])
def test_chunks_cover_all_particles_in_about_as_many_pieces_as_they_are_long(n):
    chunk = chunk_length(n)
    n_chunks = -(-n // chunk)
    assert chunk * n_chunks >= n
    assert n_chunks <= chunk
    assert chunk >= CHUNK
    assert THREADS % 32 == 0
