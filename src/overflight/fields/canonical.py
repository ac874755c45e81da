"""The one shape in which wind enters overflight.

    dims   time, pressure_pa, lat_deg, lon_deg      (this order, this spelling)
    vars   u_mps, v_mps                             eastward and northward wind
           z_m                                      geopotential height
           omega_paps                               upward is negative (omega); optional
           t_k                                      temperature; optional
    time   datetime64, UTC, increasing
    pressure_pa, lat_deg, lon_deg                   increasing, lon_deg in [-180, 180)

Readers produce it, :func:`check` guards it, and nothing behind it asks where data came from.
"""

from datetime import UTC, datetime

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.physics.windgrid import WindGrid

Array = NDArray[np.float64]

DIMS = ("time", "pressure_pa", "lat_deg", "lon_deg")
REQUIRED = ("u_mps", "v_mps", "z_m")


def check(wind: xr.Dataset) -> xr.Dataset:
    """Return ``wind`` unchanged if it is canonical; otherwise say what is not.

    Raises
    ------
    FieldError
        With the first departure from the shape above.
    """
    missing = [name for name in REQUIRED if name not in wind]
    if missing:
        raise FieldError(
            found=f"the wind lacks {', '.join(missing)}",
            expected=f"{', '.join(REQUIRED)}",
            remedy="Download the missing variables, or fix the reader's NAMES table.",
        )
    for name in REQUIRED:
        if wind[name].dims != DIMS:
            raise FieldError(
                found=f"{name} has dimensions {wind[name].dims}",
                expected=f"{DIMS}",
                remedy="Transpose it in the reader.",
            )
    for dim in DIMS:
        _check_axis(wind, dim)
    for dim, low, high in (("lat_deg", -90.0, 90.0), ("lon_deg", -180.0, 180.0)):
        first, last = (float(wind[dim].values[end]) for end in (0, -1))
        if first < low or last > high or (dim == "lon_deg" and last == high):
            raise FieldError(
                found=f"{dim} from {first:g} to {last:g}",
                expected="latitudes in [-90, 90], longitudes in [-180, 180)",
                remedy="Wrap longitudes in the reader; check that the two are not swapped.",
            )
    return wind


def _check_axis(wind: xr.Dataset, dim: str) -> None:
    """Refuse an axis that is only counted, that repeats or turns, or that is not time."""
    if dim not in wind.coords:  # xarray would count 0, 1, 2, ... in its place
        raise FieldError(
            found=f"{dim} has no values",
            expected="a coordinate along every dimension",
            remedy="Assign the file's coordinate in the reader.",
        )
    values = wind[dim].values
    if dim == "time" and not np.issubdtype(values.dtype, np.datetime64):
        raise FieldError(
            found=f"time is of type {values.dtype}",
            expected="datetime64, UTC",
            remedy="Decode it in the reader; winds on a 360-day calendar cannot be used.",
        )
    if not (np.diff(values.astype(np.float64)) > 0).all():
        raise FieldError(
            found=f"{dim} does not increase",
            expected="strictly increasing coordinates",
            remedy="Sort it in the reader.",
        )


def to_grid(wind: xr.Dataset, epoch: datetime) -> WindGrid:
    """Lay canonical wind out for the kernels: u and v side by side, float32.

    A field that goes round the globe gets its first column again at the end, so that no longitude
    lies between the last column and the first. A box that straddles 180 degrees is laid out from
    its western edge on, past 180: nothing is interpolated across its outside.

    Parameters
    ----------
    epoch
        Time zero of ``time_s``; aware.

    Raises
    ------
    FieldError
        If the wind is not canonical, if an axis has less than two entries, or if the epoch has no
        time zone.
    """
    wind = check(wind)
    short = [dim for dim in DIMS if wind.sizes[dim] < 2]
    if short:
        raise FieldError(
            found=f"a single {', '.join(short)}",
            expected="at least two times, levels, latitudes and longitudes to interpolate between",
            remedy="Get data that reach further.",
        )
    if epoch.tzinfo is None:
        raise FieldError(
            found=f"the epoch {epoch.isoformat()} without a time zone",
            expected="an aware time",
            remedy="Write it in UTC.",
        )
    uv = np.stack([wind["u_mps"].values, wind["v_mps"].values], axis=-1).astype(np.float32)
    longitudes, columns = _eastward(wind["lon_deg"].values.astype(np.float64))
    zero = np.datetime64(epoch.astimezone(UTC).replace(tzinfo=None), "ns")
    return WindGrid(
        time_s=(wind["time"].values - zero) / np.timedelta64(1, "s"),
        log_pressure=np.log(wind["pressure_pa"].values.astype(np.float64)),
        lat_deg=wind["lat_deg"].values.astype(np.float64),
        lon_deg=longitudes,
        uv_mps=np.ascontiguousarray(uv[:, :, :, columns]),
    )


def _eastward(lon_deg: Array) -> tuple[Array, NDArray[np.intp]]:
    """Longitudes from a western edge eastward, and the column that each is.

    The globe is closed where no gap, the one across 180 degrees included, is wider than one and a
    half usual ones.
    """
    gaps_deg = np.diff(lon_deg, append=lon_deg[0] + 360.0)
    columns = np.arange(len(lon_deg))
    widest = int(np.argmax(gaps_deg))
    if gaps_deg[widest] <= 1.5 * np.median(gaps_deg):
        return np.append(lon_deg, lon_deg[0] + 360.0), np.append(columns, 0)
    first = (widest + 1) % len(lon_deg)
    columns = np.roll(columns, -first)
    return lon_deg[columns] + np.where(columns < first, 360.0, 0.0), columns
