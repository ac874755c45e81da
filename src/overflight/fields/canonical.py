"""The one shape in which wind enters overflight.

    dims   time, pressure_pa, lat_deg, lon_deg      (this order, this spelling)
    vars   u_mps, v_mps                             eastward and northward wind
           z_m                                      geopotential height
           omega_paps                               upward is negative (omega); optional
           t_k                                      temperature; optional
    time   datetime64[ns], UTC, increasing
    pressure_pa, lat_deg, lon_deg                   increasing, lon_deg in [-180, 180)

Readers produce it, :func:`check` guards it, and nothing behind it asks where data came from.
"""

from datetime import UTC, datetime

import numpy as np
import xarray as xr

from overflight.errors import FieldError
from overflight.physics.windgrid import WindGrid

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
        if not (np.diff(wind[dim].values.astype(np.float64)) > 0).all():
            raise FieldError(
                found=f"{dim} does not increase",
                expected="strictly increasing coordinates",
                remedy="Sort it in the reader.",
            )
    longitudes = wind["lon_deg"].values
    if longitudes[0] < -180.0 or longitudes[-1] >= 180.0:
        raise FieldError(
            found=f"longitudes from {longitudes[0]:g} to {longitudes[-1]:g}",
            expected="longitudes in [-180, 180)",
            remedy="Wrap them in the reader.",
        )
    return wind


def to_grid(wind: xr.Dataset, epoch: datetime) -> WindGrid:
    """Lay canonical wind out for the kernels: u and v side by side, float32.

    A field that goes round the globe gets its first column again at the end, so that no
    longitude lies between the last column and the first.

    Parameters
    ----------
    epoch
        Time zero of ``time_s``; aware.
    """
    wind = check(wind)
    longitudes = wind["lon_deg"].values.astype(np.float64)
    steps = np.diff(longitudes)
    around = len(longitudes) > 1 and longitudes[0] + 360.0 - longitudes[-1] <= 1.5 * steps.max()
    uv = np.stack([wind["u_mps"].values, wind["v_mps"].values], axis=-1).astype(np.float32)
    if around:
        uv = np.concatenate([uv, uv[:, :, :, :1]], axis=3)
        longitudes = np.append(longitudes, longitudes[0] + 360.0)
    zero = np.datetime64(epoch.astimezone(UTC).replace(tzinfo=None), "ns")
    return WindGrid(
        time_s=(wind["time"].values - zero) / np.timedelta64(1, "s"),
        log_pressure=np.log(wind["pressure_pa"].values.astype(np.float64)),
        lat_deg=wind["lat_deg"].values.astype(np.float64),
        lon_deg=longitudes,
        uv_mps=np.ascontiguousarray(uv),
    )
