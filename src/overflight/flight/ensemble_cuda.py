"""Fly many balloons without evidence on a graphics card, as :mod:`.ensemble` does on the processor.

The same random numbers, steps and shapes; ends differ from the processor's by round-off only.
Balloons fly in batches as large as the card holds, the wind streams past them.
"""

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DeviceError
from overflight.flight import device
from overflight.flight.ensemble import OTHER_KEY, Flight, require_room
from overflight.physics.inertial import Inertial
from overflight.physics.windgrid import WindGrid

Array = NDArray[np.float64]


def fly(
    flights: list[Flight],
    n_each: int,
    stride: int,
    seed: int,
    inertial: Inertial | None = None,
    room_bytes: int | None = None,
) -> list[Array]:
    """Carry ``n_each`` balloons through every flight plan.

    Parameters
    ----------
    inertial
        Which part of the error's variance turns; None lets nothing turn.
    room_bytes
        Memory on the card that may be used; what it can spare if not given.

    Returns
    -------
    paths : list of (balloon, output, 3)
        Unit normals every ``stride`` steps, one array per plan; NaN from where the wind ends.

    Raises
    ------
    MissingExtraError, DeviceError
        Without the package for cards, without a card, or with too small a one.
    CapacityError
        If memory beside the card cannot hold the paths.
    """
    room = device.room_bytes(room_bytes)
    require_room(flights, n_each, stride)
    paths: list[Array] = []
    grid: WindGrid | None = None
    for index, flight in enumerate(flights):
        if grid is None or flight.drift.grid.uv_mps is not grid.uv_mps:
            grid = flight.drift.grid
            wind = WindOnCard(grid, room)
        chance = (np.uint64((seed << 20) + index), inertial)
        paths.append(_fly_one(flight, n_each, stride, chance, wind, room))
    return paths


def _fly_one(
    flight: Flight,
    n: int,
    stride: int,
    chance: tuple[Any, Inertial | None],
    wind: "WindOnCard",
    room: int,
) -> Array:
    """All balloons of one plan, batch after batch."""
    n_outputs = flight.n_steps // stride + 1
    paths = np.empty((n, n_outputs, 3))
    each = 8 * (7 + 3 * n_outputs)
    size = max(int(min((1.0 - device.WIND_SHARE) * room / each, n)), 1)
    for first in range(0, n, size):
        count = min(size, n - first)
        paths[first : first + count] = _fly_batch(flight, first, count, stride, chance, wind)
    return paths


def _fly_batch(
    flight: Flight,
    first: int,
    n: int,
    stride: int,
    chance: tuple[Any, Inertial | None],
    wind: "WindOnCard",
) -> Array:
    from numba import cuda

    from overflight.physics import drift_cuda as loops
    from overflight.physics.launch_cuda import fetched, launched, resident

    key, inertial = chance
    other = key ^ np.uint64(OTHER_KEY)
    drift, stream = resident(loops.without_wind(flight.drift)), cuda.stream()
    n_rows = loops.N_STATE if inertial is None else loops.N_TURNING
    batch = loops.Batch(
        first,
        cuda.device_array((n_rows, n), np.float64),
        cuda.device_array((flight.n_steps // stride + 1, 3, n), np.float64),
    )
    launched(loops.launch, n, stream)(drift, key, batch)
    if inertial is not None:
        launched(loops.launch_whirls, n, stream)(other, batch)
    for stretch, grid in wind.through(flight.drift, flight.n_steps, stream):
        here, steps = drift._replace(grid=grid), loops.Steps(stretch.first, stretch.last, stride)
        if inertial is None:
            launched(loops.march, n, stream)(here, key, batch, steps)
        else:
            launched(loops.march_turning, n, stream)(here, inertial, key, other, batch, steps)
    return np.ascontiguousarray(fetched(batch.paths, stream).transpose(2, 0, 1))


class WindOnCard:
    """A wind whose times go to the card as flights need them, for one flight after the other.

    Parameters
    ----------
    room
        Memory on the card, bytes; a part of it (:data:`.device.WIND_SHARE`) is for the wind.
    """

    def __init__(self, grid: WindGrid, room: int) -> None:
        from overflight.physics import stream_cuda

        self._grid, self._room_bytes = grid, device.WIND_SHARE * room
        self._n_times = stream_cuda.times_that_fit(grid, int(self._room_bytes))
        self._held: Any = None

    def cut(self, flight: Any, n_steps: int) -> Any:
        """How a flight's steps are cut; its ``start_s`` and ``dt_s`` say which times it needs when.

        Raises
        ------
        DeviceError
            Where the card cannot hold the times that a single step reads.
        """
        from overflight.physics import stream_cuda

        times_s = self._grid.time_s
        least = stream_cuda.least_times(times_s, flight.start_s, flight.dt_s, n_steps)
        if self._n_times < least:
            each = stream_cuda.bytes_per_time(self._grid)
            needed = least * stream_cuda.BUFFERS * each / 1e9
            raise DeviceError(
                found=f"a wind of which {least} times, twice, take {needed:,.2f} GB",
                expected=f"at most {self._room_bytes / 1e9:,.2f} GB, a quarter of what the"
                " graphics card can spare",
                remedy="Keep only the levels and the box that the flight needs, or use the"
                " processor.",
            )
        return stream_cuda.stretches(times_s, flight.start_s, flight.dt_s, n_steps, self._n_times)

    def through(self, flight: Any, n_steps: int, stream: Any) -> Iterator[tuple[Any, WindGrid]]:
        """Every stretch of a flight with its wind on the card.

        All that was put into ``stream`` for the flight before must be done.
        """
        from overflight.physics import stream_cuda

        cut = self.cut(flight, n_steps)
        if self._held is None:
            self._held = stream_cuda.WindStream(self._grid, self._n_times)
        return cast("Iterator[tuple[Any, WindGrid]]", self._held.through(cut, stream))
