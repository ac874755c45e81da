"""Balloons on fixed levels: :func:`overflight.physics.march.march`, once memory is known to do."""

import numpy as np
from numpy.typing import NDArray

from overflight.fields import memory
from overflight.physics import march as marching
from overflight.physics.windgrid import WindGrid

Array = NDArray[np.float64]

_VECTOR_BYTES = 24  # of a place on a path
_BALLOON_BYTES = 48  # of its place, level and height on the way
_SMALL_BYTES = 1 << 20  # what is free takes a millisecond to find out


def march(
    grid: WindGrid,
    places: Array,
    log_pressure: Array,
    height_m: Array,
    times_s: Array,
    *,
    step_s: float,
    scheme: str = "rk4",
    n_threads: int = 1,
) -> Array:
    """Carry balloons on constant levels through the wind.

    Parameters and result are those of :func:`overflight.physics.march.march`.

    Raises
    ------
    CapacityError
        If memory cannot hold the paths, before any of it is taken; with the number that fits.
    """
    each = _VECTOR_BYTES * len(times_s) + _BALLOON_BYTES
    if each * len(places) > _SMALL_BYTES:
        memory.require(f"a march with {len(times_s):,} path points", 0.0, len(places), each)
    return marching.march(
        grid,
        places,
        log_pressure,
        height_m,
        times_s,
        step_s=step_s,
        scheme=scheme,
        n_threads=n_threads,
    )
