"""Weighted paths as NetCDF by the CF conventions 1.11, and back.

It is the one file of a release from which all other formats are written. Reading it back gives
what was written to within 32-bit numbers: a metre or two in position, a millimetre in height.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from overflight.errors import OverflightError
from overflight.inference.posterior import Posterior
from overflight.release.formats.tracks import Tracks

NAME = "paths.nc"
CONVENTIONS = "CF-1.11"
FILL = np.float32(9.969209968386869e36)  # NetCDF's own default
LEAST = 1e-300  # of a weight, so that its logarithm is a number

_PACKED = {"zlib": True, "complevel": 5, "shuffle": True}


def write(posterior: Posterior, about: dict[str, str], path: Path) -> None:
    """Write all paths of a posterior.

    Parameters
    ----------
    about
        Global attributes: title, summary and the like.
    """
    grid = ("trajectory", "obs")
    stamp = posterior.epoch.strftime("%Y-%m-%d %H:%M:%S")
    place = {"coordinates": "time lat lon alt trajectory_id"}
    names = [posterior.launch_ids[index] for index in posterior.launch.tolist()]
    logs = np.log(np.maximum(posterior.weight, LEAST))
    data = xr.Dataset(
        {
            "trajectory_id": ("trajectory", np.arange(len(names), dtype=np.int32),
                              {"cf_role": "trajectory_id", "long_name": "number of the path"}),
            "time": (grid, np.broadcast_to(posterior.time_s, posterior.lat_deg.shape), {
                "standard_name": "time", "long_name": "time", "axis": "T",
                "units": f"seconds since {stamp}", "calendar": "standard",
                "units_metadata": "leap_seconds: utc"}),
            "lat": (grid, _single(posterior.lat_deg), {
                "standard_name": "latitude", "long_name": "latitude", "units": "degrees_north",
                "axis": "Y"}),
            "lon": (grid, _single(posterior.lon_deg), {
                "standard_name": "longitude", "long_name": "longitude", "units": "degrees_east",
                "axis": "X"}),
            "alt": (grid, _single(posterior.height_m), {
                "standard_name": "altitude", "long_name": "geometric height above the sea",
                "units": "m", "positive": "up", "axis": "Z"}),
            "air_pressure": (grid, _single(posterior.pressure_pa), {
                "standard_name": "air_pressure", "long_name": "air pressure at the balloon",
                "units": "Pa", **place}),
            "log_weight": ("trajectory", logs, {
                "long_name": "natural logarithm of the path's probability", "units": "1",
                "coordinates": "trajectory_id"}),
            "launch": ("trajectory", np.array(names, dtype=object), {
                "long_name": "candidate launch that the path begins at",
                "coordinates": "trajectory_id"}),
        },
        attrs={"Conventions": CONVENTIONS, "featureType": "trajectory", **about},
    )  # fmt: skip
    encoding: dict[str, dict[str, Any]] = {str(name): {} for name in data.variables}
    for name in ("lat", "lon", "alt", "air_pressure"):
        encoding[name] = {**_PACKED, "_FillValue": FILL}
    encoding["time"] = {**_PACKED, "_FillValue": None}
    for name in ("trajectory_id", "log_weight"):
        encoding[name]["_FillValue"] = None
    data.to_netcdf(path, engine="h5netcdf", encoding=encoding)


def read(path: Path) -> Tracks:
    """The paths of a release.

    Raises
    ------
    OverflightError
        If the file is not one that :func:`write` wrote.
    """
    try:
        with xr.open_dataset(path, engine="h5netcdf", decode_times=False) as data:
            return _tracks(data.load())
    except FileNotFoundError:
        raise
    except (KeyError, ValueError, OSError) as error:
        raise OverflightError(
            found=f"{path.name} cannot be read as weighted paths ({type(error).__name__})",
            expected="the NetCDF file of paths that overflight wrote",
            remedy="Take that file from an undamaged copy of the release.",
        ) from None


def _tracks(data: xr.Dataset) -> Tracks:
    stamp = str(data["time"].attrs["units"]).removeprefix("seconds since ")
    weight = np.exp(data["log_weight"].values.astype(np.float64))
    said = data.attrs
    return Tracks(
        title=str(said["title"]),
        summary=str(said["summary"]),
        wind_statement=str(said["wind"]),
        attribution=str(said["references"]),
        version=str(said["source"]).removeprefix("overflight "),
        epoch=datetime.fromisoformat(f"{stamp}+00:00"),
        time_s=data["time"].values[0].astype(np.float64),
        lat_deg=data["lat"].values.astype(np.float64).round(5),
        lon_deg=data["lon"].values.astype(np.float64).round(5),
        height_m=data["alt"].values.astype(np.float64).round(1),
        weight=weight / weight.sum(),
        launch=tuple(str(name) for name in data["launch"].values),
    )


def _single(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32)
