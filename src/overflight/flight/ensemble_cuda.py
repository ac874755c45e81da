"""Fly many balloons without evidence on a graphics card, as :mod:`.ensemble` does on the processor.

The same random numbers, steps and shapes; ends differ from the processor's by round-off only.
Balloons fly in batches as large as the card holds, the wind streams past them.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DeviceError
from overflight.flight import device
from overflight.flight.ensemble import OTHER_KEY, Flight
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
    """
    room = device.room_bytes(room_bytes)
    return [
        _fly_one(flight, n_each, stride, np.uint64((seed << 20) + index), inertial, room)
        for index, flight in enumerate(flights)
    ]


def _fly_one(
    flight: Flight, n: int, stride: int, key: Any, inertial: Inertial | None, room: int
) -> Array:
    """All balloons of one plan, batch after batch."""
    n_outputs = flight.n_steps // stride + 1
    paths = np.empty((n, n_outputs, 3))
    wind = open_wind(flight.drift.grid, flight.drift, flight.n_steps, room)
    each = 8 * (7 + 3 * n_outputs)
    size = max(int(min((1.0 - device.WIND_SHARE) * room / each, n)), 1)
    for first in range(0, n, size):
        count = min(size, n - first)
        paths[first : first + count] = _fly_batch(
            flight, first, count, stride, (key, inertial), wind
        )
    return paths


def _fly_batch(
    flight: Flight, first: int, n: int, stride: int, chance: tuple[Any, Inertial | None], wind: Any
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
    winds, cut = wind
    for stretch, grid in winds.through(cut, stream):
        here, steps = drift._replace(grid=grid), loops.Steps(stretch.first, stretch.last, stride)
        if inertial is None:
            launched(loops.march, n, stream)(here, key, batch, steps)
        else:
            launched(loops.march_turning, n, stream)(here, inertial, key, other, batch, steps)
    return np.ascontiguousarray(fetched(batch.paths, stream).transpose(2, 0, 1))


def open_wind(grid: WindGrid, flight: Any, n_steps: int, room: int) -> tuple[Any, Any]:
    """A stream of the wind's times to the card, and how a flight's steps are cut for it.

    Parameters
    ----------
    flight
        Whose ``start_s`` and ``dt_s`` say when it needs which time.
    room
        Memory on the card, bytes; a part of it (:data:`.device.WIND_SHARE`) is for the wind.

    Raises
    ------
    DeviceError
        Where the card cannot hold the times that a single step reads.
    """
    from overflight.physics import stream_cuda

    least = stream_cuda.least_times(grid.time_s, flight.start_s, flight.dt_s, n_steps)
    n_times = stream_cuda.times_that_fit(grid, int(device.WIND_SHARE * room))
    if n_times < least:
        needed = least * stream_cuda.BUFFERS * stream_cuda.bytes_per_time(grid) / 1e9
        raise DeviceError(
            found=f"a wind of which {least} times, twice, take {needed:,.2f} GB",
            expected=f"at most {device.WIND_SHARE * room / 1e9:,.2f} GB, a quarter of what the"
            " graphics card can spare",
            remedy="Keep only the levels and the box that the flight needs, or use the processor.",
        )
    cut = stream_cuda.stretches(grid.time_s, flight.start_s, flight.dt_s, n_steps, n_times)
    return stream_cuda.WindStream(grid, n_times), cut
