"""A wind grid as blocks read it: one flat array, and even axes in radians."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.windgrid import WindGrid

Array = NDArray[np.float64]

_MOST_NUMBERS = 1 << 31


class Sheets(NamedTuple):
    """An even grid's wind, flat, for :func:`overflight.physics.lanes.corners`."""

    winds: NDArray[np.float32]  # flat (time, level, lat, lon, 2)
    n_levels: int
    n_lats: int
    n_lons: int
    first_lat_rad: float
    first_lon_rad: float
    lats_per_rad: float
    lons_per_rad: float
    round_globe: bool


def is_even(grid: WindGrid) -> bool:
    """Whether latitudes and longitudes have one spacing each: only there do blocks march.

    A grid counts as uneven too where one time of it has more numbers than 32 bits can count.
    """
    return (
        grid.uv_mps[0].size < _MOST_NUMBERS
        and _has_one_spacing(grid.lat_deg)
        and _has_one_spacing(grid.lon_deg)
    )


def _has_one_spacing(axis: Array) -> bool:
    """Whether an axis has one spacing.

    >>> _has_one_spacing(np.array([0.0, 2.5, 5.0])), _has_one_spacing(np.array([0.0, 2.5, 5.1]))
    (True, False)
    """
    steps = np.diff(axis)
    return bool(np.abs(steps - steps.mean()).max() <= 1e-9 * abs(steps.mean()) + 1e-11)


def sheets_of(grid: WindGrid) -> Sheets:
    """Lay an even grid's wind out flat, without a copy."""
    lat, lon = np.radians(grid.lat_deg), np.radians(grid.lon_deg)
    return Sheets(
        grid.uv_mps.reshape(-1),
        len(grid.log_pressure),
        len(lat),
        len(lon),
        float(lat[0]),
        float(lon[0]),
        float((len(lat) - 1) / (lat[-1] - lat[0])),
        float((len(lon) - 1) / (lon[-1] - lon[0])),
        bool(grid.lon_deg[-1] - grid.lon_deg[0] >= 360.0 - 1e-9),
    )
