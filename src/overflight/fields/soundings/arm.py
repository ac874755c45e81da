"""Read radiosonde NetCDF of the ARM facility and others that follow its names."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr

from overflight.errors import FieldError
from overflight.fields.readers.calendars import decode
from overflight.fields.soundings.making import Raw, components

_MISSING = (-9999.0, -999.0, 9999.0, 99999.0)
_NAMES = {
    "lat": ("lat", "latitude"),
    "lon": ("lon", "longitude"),
    "height": ("alt", "altitude", "height", "geometric_height"),
    "pressure": ("pres", "pressure", "p"),
    "u": ("u_wind", "u", "eastward_wind"),
    "v": ("v_wind", "v", "northward_wind"),
    "speed": ("wspd", "wind_speed"),
    "from": ("deg", "wdir", "wind_direction"),
}
_PRESSURE = {"hpa": 100.0, "mb": 100.0, "kpa": 1e3, "pa": 1.0}


def looks_like(ds: xr.Dataset) -> bool:
    """Whether a dataset is a profile: latitude, longitude and height along one axis of time."""
    found = [_find(ds, role) for role in ("lat", "lon", "height")]
    axes = [None if one is None else one.dims for one in found]
    return None not in axes and len(set(axes)) == 1


def is_profile(path: Path) -> bool:
    """Whether a NetCDF file holds a profile; False for what cannot be opened."""
    try:
        with _opened(path) as ds:
            return looks_like(ds)
    except FieldError:
        return False


@contextmanager
def _opened(path: Path) -> Iterator[xr.Dataset]:
    """Open a NetCDF file, its values unread.

    Raises
    ------
    FieldError
        If it is damaged.
    """
    with path.open("rb") as file:
        engine = "h5netcdf" if file.read(4) == b"\x89HDF" else "scipy"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = xr.open_dataset(path, engine=engine, decode_times=False)
    except Exception as error:  # the readers raise nearly anything on damaged files
        raise _damaged(path, error) from error
    with opened:
        yield opened


def _damaged(path: Path, error: Exception) -> FieldError:
    return FieldError(
        found=f"{path.name} cannot be read ({type(error).__name__})",
        expected="a whole NetCDF file",
        remedy="Fetch it again.",
    )


def raws(path: Path) -> list[Raw]:
    """The sounding of a file.

    Raises
    ------
    FieldError
        If it is damaged, or no profile along time.
    """
    with _opened(path) as opened:
        try:
            ds = opened.load()
        except Exception as error:  # likewise
            raise _damaged(path, error) from error
    if not looks_like(ds):
        raise FieldError(
            found=f"{path.name} is no sounding",
            expected="lat, lon and alt along time",
            remedy="A gridded wind needs no analysis: use it as it is.",
        )
    columns = {role: _column(ds, role) for role in _NAMES}
    u, v = columns["u"], columns["v"]
    if (u is None or v is None) and columns["speed"] is not None and columns["from"] is not None:
        u, v = components(columns["speed"], columns["from"], coming_from=True)
    height, lat, lon = columns["height"], columns["lat"], columns["lon"]
    assert height is not None and lat is not None and lon is not None  # noqa: S101, PT018
    return [
        Raw(
            id=path.stem,
            origin=f"{path.name}, ARM NetCDF",
            time=_times(ds, path.name),
            lat_deg=lat,
            lon_deg=lon,
            height_m=height,
            height_kind="geopotential",
            pressure_pa=columns["pressure"],
            u_mps=u,
            v_mps=v,
        )
    ]


def _find(ds: xr.Dataset, role: str) -> xr.DataArray | None:
    for name in _NAMES[role]:
        if name in ds.variables and ds[name].ndim == 1 and ds[name].sizes:
            return ds[name]
    return None


def _column(ds: xr.Dataset, role: str) -> np.ndarray | None:
    found = _find(ds, role)
    if found is None:
        return None
    values = found.values.astype(np.float64)
    for sentinel in _MISSING:
        values[values == sentinel] = np.nan
    if role == "pressure":
        values = values * _PRESSURE.get(str(found.attrs.get("units", "hPa")).lower(), 100.0)
    return values


def _times(ds: xr.Dataset, name: str) -> np.ndarray:
    for coord in ("time", "time_offset"):
        if coord in ds.variables and " since " in str(ds[coord].attrs.get("units", "")):
            return decode(ds[coord].values, str(ds[coord].attrs["units"]), None)[0]
    if {"base_time", "time_offset"} <= set(ds.variables):
        base = int(ds["base_time"].values) + ds["time_offset"].values.astype(np.float64)
        return (1e9 * base).astype("int64").astype("datetime64[ns]")
    raise FieldError(
        found=f"{name} has no time",
        expected="time with units such as 'seconds since 2006-01-19'",
        remedy="Add it to the file.",
    )
