"""Single lines back at fixed heights: what one finds who asks a trajectory service once a height.

No error of the wind, no doubt about the place: such a line is not an answer. Beside each other they
show how much of a conclusion comes from the height that was chosen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.flight.on_levels import march
from overflight.physics import atmosphere
from overflight.physics.sphere import lats_lons_deg, n_vector
from overflight.physics.windgrid import WindGrid

Array = NDArray[np.float64]

HEIGHTS_M = (14_000.0, 16_000.0, 18_000.0, 19_000.0, 20_000.0, 22_000.0, 24_000.0)
DAYS_BACK = (1, 2, 3, 5, 7, 10)
DAY_S = 86_400.0


@dataclass(frozen=True)
class Line:
    """One line back; places are NaN from where it leaves the wind."""

    height_m: float
    lat_deg: Array  # (day,) as DAYS_BACK
    lon_deg: Array  # (day,)


def lines_back(
    grid: WindGrid, lat_deg: float, lon_deg: float, from_s: float, step_s: float
) -> tuple[Line, ...]:
    """Follow the air back from a place, once at each of :data:`HEIGHTS_M` that the wind has.

    Parameters
    ----------
    from_s
        When it was there, in the grid's seconds.
    """
    pressure_pa = np.array([atmosphere.pressure_pa(height) for height in HEIGHTS_M])
    levels = np.log(pressure_pa)
    kept = (levels >= grid.log_pressure[0]) & (levels <= grid.log_pressure[-1])
    heights_m = np.array(HEIGHTS_M)[kept]
    if not kept.any():
        return ()
    paths = march(
        grid,
        np.tile(np.array(n_vector(lat_deg, lon_deg), dtype=np.float64), (int(kept.sum()), 1)),
        levels[kept],
        heights_m,
        from_s - DAY_S * np.array([0, *DAYS_BACK], dtype=np.float64),
        step_s=step_s,
    )
    lats, lons = lats_lons_deg(paths[1:])
    return tuple(
        Line(float(height), lats[:, i].copy(), lons[:, i].copy())
        for i, height in enumerate(heights_m)
    )
