"""How the error of a wind grows beyond the last evidence, as a forecast's would.

An analysis of a later day knows what was measured on it; who forecasts from the last evidence does
not. So beyond that moment an analysis counts as a forecast from it: its standard deviation grows by
the factor of :func:`overflight.fields.error_sources.growth`. Winds that tell their lead have grown
already, and the climatology knows no day.
"""

from dataclasses import replace
from datetime import datetime

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.fields.error import WindError
from overflight.fields.error_sources import growth, leads_s
from overflight.physics.windgrid import SigmaTable

BASIS = (
    "forecast: the wind holds analyses, which count as forecasts made at the last evidence; their"
    " error grows by a fifth of its own a day from there"
)

Array = NDArray[np.float64]


def growing(error: WindError, wind: xr.Dataset, begin: datetime, end: datetime) -> WindError:
    """The error of an analysis that is used as a forecast from ``begin`` to ``end``.

    Parameters
    ----------
    error, wind
        Of one source. Forecasts, and winds of no real day, keep their error as it is.
    """
    if error.prior_only or error.time_zero is None or leads_s(wind)[0].any():
        return error
    begin_s = (begin - error.time_zero).total_seconds()
    end_s = (end - error.time_zero).total_seconds()
    return replace(error, sigma=_grown(error.sigma, begin_s, end_s), basis=(*error.basis, BASIS))


def _grown(table: SigmaTable, begin_s: float, end_s: float) -> SigmaTable:
    """Standard deviations at the table's times and at both ends of the forecast."""
    inside = table.time_s[(table.time_s > begin_s) & (table.time_s < end_s)]
    before = table.time_s[table.time_s < begin_s] if len(table.time_s) > 1 else np.zeros(0)
    time_s = np.concatenate([before, [begin_s], inside, [end_s]])
    factor = growth(np.maximum(time_s - begin_s, 0.0))
    grown = np.stack([f * _at(table, t) for f, t in zip(factor, time_s, strict=True)])
    return table._replace(time_s=time_s, sigma_mps=np.ascontiguousarray(grown))


def _at(table: SigmaTable, time_s: float) -> Array:
    """One time of a table, linear between its times and constant beyond."""
    if len(table.time_s) == 1:
        return np.asarray(table.sigma_mps[0])
    after = int(np.clip(np.searchsorted(table.time_s, time_s), 1, len(table.time_s) - 1))
    low_s, high_s = table.time_s[after - 1], table.time_s[after]
    share = min(max((time_s - low_s) / (high_s - low_s), 0.0), 1.0)
    return np.asarray((1.0 - share) * table.sigma_mps[after - 1] + share * table.sigma_mps[after])
