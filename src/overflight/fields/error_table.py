"""One table of standard deviations out of a source's error, what came with it, and interpolation.

The parts are independent and add as squares. Levels are those of the wind and the middles between
them, where interpolation misses most; times are the wind's own and the courses of long gaps, or
one entry where nothing changes; longitudes are everywhere the same unless the wind brought a
standard deviation of its own.
"""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.fields import error_sources, error_spread
from overflight.fields.interpolation import Interpolation, seconds
from overflight.physics.windgrid import SigmaTable

Array = NDArray[np.float64]


def table(
    wind: xr.Dataset, graded: error_sources.Grade, factor: float, missed: Interpolation | None
) -> SigmaTable:
    """Standard deviations per component; times in seconds since the wind's first.

    Parameters
    ----------
    factor
        On the source's own standard deviation, for the kind of product.
    missed
        What interpolation adds; None adds nothing.
    """
    own_pa = wind["pressure_pa"].values.astype(np.float64)
    time_s, lead_s = seconds(wind), error_sources.leads_s(wind)[0]
    lat_deg, lon_deg = error_sources.latitudes_deg(), np.zeros(1)
    if "sd_mps" in wind:
        given = error_spread.thinned(wind)
        lat_deg = _at_least_two(given["lat_deg"].values.astype(np.float64))
        base = factor * error_sources.sigma_mps(graded, own_pa, given["lat_deg"].values)
        grown = error_sources.growth(lead_s)[:, None, None] * base
        sd_mps = error_spread.standard_deviations(
            given.values.astype(np.float64),
            grown,
            given["lat_deg"].values,
            str(wind.attrs.get("sd_basis", "")),
        )
        lon_deg, sd_mps = error_spread.eastward(given["lon_deg"].values, sd_mps)
        if sd_mps.shape[2] == 1:
            sd_mps = np.repeat(sd_mps, 2, axis=2)
    else:
        base = factor * error_sources.sigma_mps(graded, own_pa, lat_deg)
        sd_mps = (error_sources.growth(lead_s)[:, None, None] * base)[..., None]
    time_s, variance = _in_time(time_s, sd_mps**2, missed)
    log_p, variance = _between_levels(np.log(own_pa), variance, missed)
    return SigmaTable(time_s, log_p, lat_deg, lon_deg, np.ascontiguousarray(np.sqrt(variance)))


def _in_time(time_s: Array, variance: Array, missed: Interpolation | None) -> tuple[Array, Array]:
    """Add what interpolation in time and in the horizontal misses; keep no times without need."""
    same = bool((variance == variance[:1]).all())
    if missed is None:
        return (np.zeros(1), variance[:1]) if same else (time_s, variance)
    added = missed.time_variance + missed.space_variance
    if len(missed.time_s) == 1:
        total = variance + added[:, :, None, None]
        return (np.zeros(1), total[:1]) if same else (time_s, total)
    # The squares between two times lie on a line: a standard deviation's would sag.
    nodes_s = missed.time_s
    after = np.clip(np.searchsorted(time_s, nodes_s, "right"), 1, max(len(time_s) - 1, 1))
    if len(time_s) == 1:
        return nodes_s, variance + added[:, :, None, None]
    share = (nodes_s - time_s[after - 1]) / (time_s[after] - time_s[after - 1])
    share = np.clip(share, 0.0, 1.0)[:, None, None, None]
    between = (1.0 - share) * variance[after - 1] + share * variance[after]
    return nodes_s, between + added[:, :, None, None]


def _between_levels(
    log_p: Array, variance: Array, missed: Interpolation | None
) -> tuple[Array, Array]:
    """Put a level half way between every two, with what interpolation between them misses."""
    if len(log_p) == 1:  # a table has two ends; this one says the same at both
        return log_p[0] + np.array([-0.1, 0.1]), np.repeat(variance, 2, axis=1)
    layer = np.zeros(len(log_p) - 1) if missed is None else missed.layer_variance
    middle = 0.5 * (variance[:, :-1] + variance[:, 1:]) + layer[None, :, None, None]
    levels = np.empty(2 * len(log_p) - 1)
    levels[::2], levels[1::2] = log_p, 0.5 * (log_p[:-1] + log_p[1:])
    total = np.empty((variance.shape[0], len(levels), *variance.shape[2:]))
    total[:, ::2], total[:, 1::2] = variance, middle
    return levels, total


def _at_least_two(axis: Array) -> Array:
    """An axis with two ends."""
    return axis if len(axis) > 1 else axis[0] + np.array([-0.5, 0.5])
