"""A wind on a graphics card, a stretch of its times at a time.

The whole wind stays where it is, in memory or mapped from disk. While the card marches particles
through one stretch of times, the next one is copied into a second buffer; a stretch is a complete
small wind, so kernels read it like any other. Neighbouring stretches share the times between which
their last and first steps lie.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from overflight.physics.windgrid import WindGrid

BUFFERS = 2


class Stretch(NamedTuple):
    """Steps ``first`` up to ``last``, which read the wind's times ``early`` up to ``late``.

    Neither ``last`` nor ``late`` is one of them.
    """

    first: int
    last: int
    early: int
    late: int


def stretches(
    time_s: NDArray[np.float64], start_s: float, dt_s: float, n_steps: int, n_times: int
) -> list[Stretch]:
    """Cut a flight into the longest runs of steps that read at most ``n_times`` times each.

    A step reads the wind at its start and at its middle. One that reads more than ``n_times`` by
    itself (:func:`least_times`) becomes a stretch of its own all the same.

    Parameters
    ----------
    time_s : (time,)
        Of the wind, ascending.
    start_s, dt_s, n_steps
        Of the flight.

    >>> hours = np.arange(5) * 3_600.0
    >>> for one in stretches(hours, 0.0, 1_800.0, 8, 3):
    ...     print(one.first, one.last, one.early, one.late)
    0 4 0 3
    4 8 2 5
    """
    early, late = _needs(time_s, start_s, dt_s, n_steps)
    cut: list[Stretch] = []
    first = 0
    for step in range(n_steps):
        low, high = int(early[first : step + 1].min()), int(late[first : step + 1].max())
        if high - low > n_times and step > first:
            cut.append(_stretch(early, late, first, step))
            first = step
    if n_steps > 0:
        cut.append(_stretch(early, late, first, n_steps))
    return cut


def least_times(time_s: NDArray[np.float64], start_s: float, dt_s: float, n_steps: int) -> int:
    """Times that the most demanding step reads: 2, or 3 where steps go across a time."""
    early, late = _needs(time_s, start_s, dt_s, n_steps)
    return int((late - early).max(initial=2))


def _needs(
    time_s: NDArray[np.float64], start_s: float, dt_s: float, n_steps: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First time that each step reads, and the one after its last."""
    starts_s = start_s + dt_s * np.arange(n_steps)
    moments_s = np.stack([starts_s, starts_s + 0.5 * dt_s])
    cells = np.clip(np.searchsorted(time_s, moments_s, side="right") - 1, 0, len(time_s) - 2)
    return cells.min(axis=0), cells.max(axis=0) + 2


def _stretch(early: NDArray[np.int64], late: NDArray[np.int64], first: int, last: int) -> Stretch:
    return Stretch(first, last, int(early[first:last].min()), int(late[first:last].max()))


def bytes_per_time(grid: WindGrid) -> int:
    """How much of the card's memory one time of the wind takes in one buffer."""
    return int(np.prod(grid.uv_mps.shape[1:])) * grid.uv_mps.dtype.itemsize


class WindStream:
    """Buffers on the card for the stretches of one wind, and the copying into them."""

    def __init__(self, grid: WindGrid, n_times: int) -> None:
        self._grid = grid
        n_times = min(n_times, len(grid.time_s))
        shape = (n_times, *grid.uv_mps.shape[1:])
        self._axes = [cuda.to_device(np.ascontiguousarray(axis)) for axis in grid[1:4]]
        self._whole: Any = None
        if n_times == len(grid.time_s):
            time_s, uv_mps = np.ascontiguousarray(grid.time_s), np.ascontiguousarray(grid.uv_mps)
            self._whole = self._wind(cuda.to_device(time_s), cuda.to_device(uv_mps))
            return
        # All copies go through a stream of their own: one without would wait for the kernels.
        self._copying = cuda.stream()
        self._times = [cuda.device_array(n_times, np.float64) for _ in range(BUFFERS)]
        self._buffers = [cuda.device_array(shape, np.float32) for _ in range(BUFFERS)]
        self._stage = [cuda.pinned_array(shape, np.float32) for _ in range(BUFFERS)]
        self._filled = [cuda.event() for _ in range(BUFFERS)]
        self._read = [cuda.event() for _ in range(BUFFERS)]

    def through(self, cut: list[Stretch], stream: Any) -> Iterator[tuple[Stretch, WindGrid]]:
        """Yield every stretch with its wind on the card, for kernels put into ``stream``.

        The kernels for a stretch must be in the stream when the next one is asked for.
        """
        if self._whole is not None:
            for stretch in cut:
                yield stretch, self._whole
            return
        if cut:
            ready = self._fill(cut, 0)
        for number, stretch in enumerate(cut):
            wind, slot = ready, number % BUFFERS
            self._filled[slot].wait(stream)
            yield stretch, wind
            self._read[slot].record(stream)
            if number + 1 < len(cut):
                ready = self._fill(cut, number + 1)

    def _fill(self, cut: list[Stretch], number: int) -> WindGrid:
        """Copy a stretch into its buffer, once the kernels before have read what was there."""
        slot, stretch = number % BUFFERS, cut[number]
        n, part = stretch.late - stretch.early, slice(stretch.early, stretch.late)
        if number >= BUFFERS:
            self._filled[slot].synchronize()  # the stage of two stretches ago is on the card
            self._read[slot].wait(self._copying)
        np.copyto(self._stage[slot][:n], self._grid.uv_mps[part])
        time_s, uv_mps = self._times[slot][:n], self._buffers[slot][:n]
        uv_mps.copy_to_device(self._stage[slot][:n], stream=self._copying)
        time_s.copy_to_device(self._grid.time_s[part], stream=self._copying)
        self._filled[slot].record(self._copying)
        return self._wind(time_s, uv_mps)

    def _wind(self, time_s: Any, uv_mps: Any) -> WindGrid:
        log_pressure, lat_deg, lon_deg = self._axes
        return WindGrid(time_s, log_pressure, lat_deg, lon_deg, uv_mps)


def times_that_fit(grid: WindGrid, budget_bytes: int) -> int:
    """Times of the wind that a budget of memory on the card holds, all of them or per buffer."""
    each = bytes_per_time(grid)
    if each * len(grid.time_s) <= budget_bytes:
        return len(grid.time_s)
    return budget_bytes // (BUFFERS * each)
