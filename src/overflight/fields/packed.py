"""Write canonical wind as one compact NetCDF file: int16 with a scale, compressed.

A quarter of the size of float32 and exact to 0.005 m/s, which is a thousandth of any wind error:
the form in which a case carries its wind. The file follows CF-1.11, so other tools read it; read
back by :mod:`overflight.fields.readers.netcdf` it is canonical again, with what was noticed about
it and where it came from. The same wind gives the same bytes.
"""

import os
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import h5netcdf
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields.canonical import ATTRIBUTES, DIMS, check

MISSING = np.int16(-32_768)
_LARGEST = 32_767
EPOCH = np.datetime64("1970-01-01", "ns")


@dataclass(frozen=True)
class _Packing:
    scale: float
    offset: float
    units: str
    standard_name: str | None
    long_name: str


_PACKINGS = {
    "u_mps": _Packing(0.01, 0.0, "m s-1", "eastward_wind", "eastward wind"),
    "v_mps": _Packing(0.01, 0.0, "m s-1", "northward_wind", "northward wind"),
    "z_m": _Packing(2.0, 0.0, "m", "geopotential_height", "geopotential height"),
    "t_k": _Packing(0.01, 250.0, "K", "air_temperature", "temperature"),
    "omega_paps": _Packing(
        0.001, 0.0, "Pa s-1", "lagrangian_tendency_of_air_pressure", "vertical velocity"
    ),
    "sd_mps": _Packing(0.01, 0.0, "m s-1", None, "standard deviation of the error per component"),
}
_AXES = {
    "pressure_pa": ("Pa", "air_pressure", "Z"),
    "lat_deg": ("degrees_north", "latitude", "Y"),
    "lon_deg": ("degrees_east", "longitude", "X"),
}


def write(wind: xr.Dataset, path: Path) -> None:
    """Write canonical wind to ``path``, whole or not at all.

    Parameters
    ----------
    wind
        Canonical; missing values stay missing.

    Raises
    ------
    FieldError
        If the wind is not canonical, or a value does not fit the packing.
    """
    check(wind)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        with h5netcdf.File(unfinished, "w", track_order=False) as file:
            _fill(file, wind)
        unfinished.chmod(0o644)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _fill(file: h5netcdf.File, wind: xr.Dataset) -> None:
    file.attrs["Conventions"] = "CF-1.11"
    file.attrs["packed_by"] = f"overflight {version('overflight')}"
    told = (*ATTRIBUTES, "sd_basis", "member_count")
    for name, value in wind.attrs.items():
        if name in told or isinstance(value, int | float):
            file.attrs[name] = value
    file.dimensions = {dim: wind.sizes[dim] for dim in DIMS}
    _write_time(file, wind)
    for dim, (units, standard_name, axis) in _AXES.items():
        values = wind[dim].values.astype(np.float64)
        column = file.create_variable(dim, (dim,), data=values)
        column.attrs.update({"units": units, "standard_name": standard_name, "axis": axis})
        if dim == "pressure_pa":
            column.attrs["positive"] = "down"
    for name, packing in _PACKINGS.items():
        if name in wind:
            _write_packed(file, wind[name], name, packing)


def _write_time(file: h5netcdf.File, wind: xr.Dataset) -> None:
    since_s = (wind["time"].values - EPOCH) / np.timedelta64(1, "s")
    time = file.create_variable("time", ("time",), data=since_s.astype(np.float64))
    time.attrs.update(
        {
            "units": "seconds since 1970-01-01 00:00:00",
            "calendar": "standard",
            "standard_name": "time",
            "axis": "T",
        }
    )
    if "lead_s" in wind.coords:
        lead = file.create_variable(
            "lead_s", ("time",), data=wind["lead_s"].values.astype(np.float64)
        )
        lead.attrs.update({"units": "s", "standard_name": "forecast_period"})


def _write_packed(file: h5netcdf.File, values: xr.DataArray, name: str, packing: _Packing) -> None:
    """Pack one time after the other, a chunk each: bounded memory, quick to read in part."""
    shape = values.shape
    column = file.create_variable(
        name,
        DIMS,
        dtype=np.int16,
        fillvalue=MISSING,
        chunks=(1, 1, shape[2], shape[3]),
        compression="gzip",
        compression_opts=4,
        shuffle=True,
    )
    column.attrs.update(
        {
            "scale_factor": packing.scale,
            "add_offset": packing.offset,
            "units": packing.units,
            "long_name": packing.long_name,
        }
    )
    if packing.standard_name:
        column.attrs["standard_name"] = packing.standard_name
    if "lead_s" in values.coords:
        column.attrs["coordinates"] = "lead_s"
    for time in range(shape[0]):
        column[time] = _packed(values[time].values.astype(np.float64), name, packing)


def _packed(values: NDArray[np.float64], name: str, packing: _Packing) -> NDArray[np.int16]:
    whole = np.rint((values - packing.offset) / packing.scale)
    largest = float(np.nanmax(np.abs(whole), initial=0.0))
    if largest > _LARGEST:
        raise FieldError(
            found=f"{name} reaches {float(np.nanmax(np.abs(values))):g}",
            expected=f"at most {_LARGEST * packing.scale + packing.offset:g} {packing.units}",
            remedy="Look at the file with 'overflight wind inspect': such values are no air.",
        )
    return np.where(np.isnan(whole), MISSING, whole).astype(np.int16)
