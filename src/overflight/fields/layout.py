"""Lay canonical wind out for the kernels: u and v side by side, float32."""

from datetime import UTC, datetime

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import backed
from overflight.fields.canonical import DIMS, check
from overflight.physics import window
from overflight.physics.windgrid import WindGrid

Array = NDArray[np.float64]


def to_grid(wind: xr.Dataset, epoch: datetime, laid: NDArray[np.float32] | None = None) -> WindGrid:
    """Lay canonical wind out for the kernels: u and v side by side, float32.

    It takes the memory of its result and of one time of one component beside that of ``wind``;
    a large result lies in a file (:mod:`overflight.fields.backed`).

    A field that goes round the globe gets its first column again at the end, so that no longitude
    lies between the last column and the first. A box that straddles 180 degrees is laid out from
    its western edge on, past 180: nothing is interpolated across its outside.

    Parameters
    ----------
    epoch
        Time zero of ``time_s``; aware.
    laid : (time, level, lat, lon, 2)
        The same wind as the cache keeps it, laid out already; nothing is copied then.

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
    longitudes, columns = eastward(wind["lon_deg"].values.astype(np.float64))
    zero = np.datetime64(epoch.astimezone(UTC).replace(tzinfo=None), "ns")
    return WindGrid(
        time_s=(wind["time"].values - zero) / np.timedelta64(1, "s"),
        log_pressure=np.log(wind["pressure_pa"].values.astype(np.float64)),
        lat_deg=wind["lat_deg"].values.astype(np.float64),
        lon_deg=longitudes,
        uv_mps=_side_by_side(wind, columns) if laid is None else laid,
    )


def _side_by_side(wind: xr.Dataset, columns: NDArray[np.intp]) -> NDArray[np.float32]:
    """Interleave u and v, one time after the other: no second copy of the whole field."""
    n_times, n_levels, n_lats, _ = (wind.sizes[dim] for dim in DIMS)
    uv_mps = backed.empty((n_times, n_levels, n_lats, len(columns), 2))
    for time in range(n_times):
        interleave(wind, time, columns, uv_mps[time])
        window.release(uv_mps[time])
    return uv_mps


def interleave(
    wind: xr.Dataset, time: int, columns: NDArray[np.intp], uv_mps: NDArray[np.float32]
) -> None:
    """Write u and v of one time side by side into ``uv_mps`` (level, lat, lon, 2)."""
    for part, name in enumerate(("u_mps", "v_mps")):
        values = wind[name][time].values
        uv_mps[..., part] = values[..., columns]
        window.release(values)


def eastward(lon_deg: Array) -> tuple[Array, NDArray[np.intp]]:
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


def widened(grid: WindGrid) -> WindGrid:
    """The same wind, its edge carried on to the poles and around the globe.

    For searches only, which must be able to look beyond the data and come back: nothing that a
    result rests on may fly in it. A grid that goes round the globe and to both poles stays itself;
    of another one a single copy is made, because kernels need their wind in one piece; a large one
    lies in a file.
    """
    lat, lon = grid.lat_deg, grid.lon_deg
    south, north = int(lat[0] > -90.0), int(lat[-1] < 90.0)
    around = int(lon[-1] - lon[0] < 360.0)
    if not (south or north or around):
        return grid
    lat = np.concatenate([[-90.0] * south, lat, [90.0] * north])
    lon = np.concatenate([lon, [lon[0] + 360.0] * around])
    uv_mps = backed.empty((*grid.uv_mps.shape[:2], len(lat), len(lon), 2))
    for here, given in zip(uv_mps, grid.uv_mps, strict=True):  # one time after the other
        inside = here[:, south : len(lat) - north]
        inside[:, :, : len(lon) - around] = given
        if around:
            inside[:, :, -1] = inside[:, :, 0]
        if south:
            here[:, 0] = here[:, 1]
        if north:
            here[:, -1] = here[:, -2]
        window.release(given)
        window.release(here)
    return grid._replace(lat_deg=lat, lon_deg=lon, uv_mps=uv_mps)
