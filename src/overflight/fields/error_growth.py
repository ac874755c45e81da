"""How the error of a wind grows beyond the last evidence, as a forecast's would.

An analysis of a later day knows what was measured on it; who forecasts from the last evidence does
not. So beyond that moment every wind of real days counts as a forecast of at least so long a lead:
its standard deviation grows by the factor of :func:`overflight.fields.error_sources.growth`. A
forecast that was made by then has grown already, and the climatology knows no day.
"""

from dataclasses import replace
from datetime import datetime

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.fields.error import WindError
from overflight.fields.error_sources import growth, leads_s
from overflight.fields.interpolation import seconds
from overflight.physics.windgrid import SigmaTable

BASIS = (
    "forecast: beyond the last evidence the wind counts as a forecast made at that moment, and"
    " where its own lead is shorter its error grows by a fifth of the analysis's own a day"
)

Array = NDArray[np.float64]


def growing(error: WindError, wind: xr.Dataset, begin: datetime, end: datetime) -> WindError:
    """The error of a wind that is used as a forecast from ``begin`` to ``end``.

    Parameters
    ----------
    error, wind
        Of one source.
    """
    if error.prior_only or error.time_zero is None:
        return error
    begin_s = (begin - error.time_zero).total_seconds()
    end_s = (end - error.time_zero).total_seconds()
    table = error.sigma
    own_s, times_s = leads_s(wind)[0], seconds(wind)
    time_s = _nodes_s(table, begin_s, end_s, float(np.interp(begin_s, times_s, own_s)))
    known_s = np.interp(time_s, times_s, own_s)
    factor = growth(np.maximum(known_s, time_s - begin_s)) / growth(known_s)
    if (factor == 1.0).all():
        return error
    grown = np.stack([f * _at(table, t) for f, t in zip(factor, time_s, strict=True)])
    sigma = table._replace(time_s=time_s, sigma_mps=np.ascontiguousarray(grown))
    return replace(error, sigma=sigma, basis=(*error.basis, BASIS))


def _nodes_s(table: SigmaTable, begin_s: float, end_s: float, lead_s: float) -> Array:
    """Times of a table, both ends of the forecast, and where it outgrows the wind's own lead."""
    own = table.time_s if len(table.time_s) > 1 else np.zeros(0)
    return np.union1d(own[own < end_s], [begin_s, min(begin_s + lead_s, end_s), end_s])


def _at(table: SigmaTable, time_s: float) -> Array:
    """One time of a table, linear between its times and constant beyond."""
    if len(table.time_s) == 1:
        return np.asarray(table.sigma_mps[0])
    after = int(np.clip(np.searchsorted(table.time_s, time_s), 1, len(table.time_s) - 1))
    low_s, high_s = table.time_s[after - 1], table.time_s[after]
    share = min(max((time_s - low_s) / (high_s - low_s), 0.0), 1.0)
    return np.asarray((1.0 - share) * table.sigma_mps[after - 1] + share * table.sigma_mps[after])
