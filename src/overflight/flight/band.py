"""The mean wind of the band of heights a balloon may choose from: where its pilots search."""

from collections.abc import Sequence

import numpy as np

from overflight.fields import backed
from overflight.physics import window
from overflight.physics.windgrid import WindGrid


def mean_over(grid: WindGrid, log_pressures: Sequence[float]) -> WindGrid:
    """A wind that is the same at all levels: the mean of a grid over some levels.

    Levels beyond the grid count as its outermost ones: this wind is for searches only, and nothing
    that a result rests on flies in it.

    Parameters
    ----------
    log_pressures
        Levels of equal weight, ln Pa.
    """
    axis = grid.log_pressure
    share = np.zeros(len(axis))
    for level in log_pressures:
        at = float(np.interp(level, axis, np.arange(len(axis))))
        low = min(int(at), len(axis) - 2)
        share[low] += low + 1 - at
        share[low + 1] += at - low
    share /= share.sum()
    uv_mps = backed.empty((grid.uv_mps.shape[0], 2, *grid.uv_mps.shape[2:]))
    for here, given in zip(uv_mps, grid.uv_mps, strict=True):  # one time after the other
        here[:] = np.tensordot(share, given, axes=(0, 0))[None]
        window.release(given)
        window.release(here)
    return grid._replace(log_pressure=np.array([-50.0, 50.0]), uv_mps=uv_mps)
