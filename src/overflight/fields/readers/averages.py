"""Winds that are means over a day or longer: read, but said to be smoother than any that blew."""

import re

import numpy as np
import xarray as xr

from overflight.fields.readers import calendars

_DAY_S = 86_400.0
_MEAN = re.compile(r"time\d*: (\w+: )*mean\b")  # of CF's cell_methods
_PERIOD = re.compile(r"(\d{4})-(\d\d)-(\d\d)\b")  # of NOAA's avg_period: 0000-01-00 is a month
_TOLD_IN = ("cell_methods", "statistic", "GRIB_stepType")
_DAYS = (365.25, 30.44, 1.0)


def note_of(ds: xr.Dataset, values: xr.DataArray, time: str | None) -> str:
    """Say in a sentence that a variable holds means over a day or longer; else say nothing.

    Parameters
    ----------
    values
        Any variable of the wind.
    time
        Its dimension or scalar coordinate of time; without one, all times are as they say.
    """
    if time is None or time not in ds.variables or not _is_mean(values):
        return ""
    length_s = _length_s(ds, ds[time])
    if length_s is None:
        over = "times of unknown length"
    elif length_s < 0.99 * _DAY_S:
        return ""
    else:
        over = "a day" if length_s < 1.01 * _DAY_S else f"{length_s / _DAY_S:.3g} days"
    return f"The file holds means over {over}: they are smoother than the wind of any hour."


def _is_mean(values: xr.DataArray) -> bool:
    """Told by CF, by NOAA's archive of reanalyses, or by a code of GRIB that was converted."""
    told = {key: str(values.attrs.get(key, "")).lower() for key in _TOLD_IN}
    return (
        bool(_MEAN.search(told["cell_methods"]))
        or "mean" in told["statistic"]
        or told["GRIB_stepType"].startswith("avg")
    )


def _length_s(ds: xr.Dataset, time: xr.DataArray) -> float | None:
    """How long one mean is: by its bounds, by what is said, or by the step of the times."""
    units, calendar = str(time.attrs.get("units", "")), time.attrs.get("calendar")
    bounds = ds.get(str(time.attrs.get("bounds", "")))
    if bounds is not None and bounds.shape[-1:] == (2,) and np.isfinite(bounds.values).all():
        edges, _ = calendars.decode(bounds.values.reshape(-1), units, calendar)
        return float(np.median((edges[1::2] - edges[::2]) / np.timedelta64(1, "s")))
    said = _PERIOD.match(str(time.attrs.get("avg_period", "")))
    if said:
        return _DAY_S * sum(int(n) * days for n, days in zip(said.groups(), _DAYS, strict=True))
    if time.size < 2:
        return None
    times, _ = calendars.decode(time.values.reshape(-1), units, calendar)
    return float(np.median(np.abs(np.diff(times)) / np.timedelta64(1, "s")))
