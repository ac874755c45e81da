"""Small wind files of many dialects, written for the tests."""

import numpy as np
import xarray as xr

LEVELS_HPA = np.array([200.0, 100.0, 50.0, 20.0])
LAT_DEG = np.arange(30.0, 61.0, 2.5)
LON_DEG = np.arange(-30.0, 31.0, 2.5)
TIMES = np.datetime64("2023-02-01T00", "ns") + np.arange(3) * np.timedelta64(6, "h")


def truth(levels_hpa=LEVELS_HPA, lat_deg=LAT_DEG, lon_deg=LON_DEG, n_times=3):
    """Smooth winds in balance with their heights: (u, v, z, t), each (time, level, lat, lon)."""
    time = np.arange(n_times)[:, None, None, None]
    scale = (levels_hpa / 100.0)[None, :, None, None] ** 0.1
    lat, lon = np.radians(lat_deg)[:, None], np.radians(lon_deg)
    phase = 5.0 * lon + 0.2 * time
    height = -7_000.0 * np.log(levels_hpa / 1013.25)[None, :, None, None]
    z = height + 900.0 * scale * np.cos(2.0 * lat) + 80.0 * np.sin(phase) * np.cos(lat)
    f = 2 * 7.292e-5 * np.sin(lat)
    g, radius = 9.80665, 6.371e6
    dz_dlat = -1_800.0 * scale * np.sin(2.0 * lat) - 80.0 * np.sin(phase) * np.sin(lat)
    dz_dlon = 400.0 * np.cos(phase) * np.cos(lat)
    u = -g / f * dz_dlat / radius + 0.0 * z
    v = g / f * dz_dlon / (radius * np.cos(lat)) + 0.0 * z
    t = 220.0 + 5.0 * np.cos(lat) + 0.0 * z
    return u, v, z, t


def era5(**attrs):
    """The dialect of the Climate Data Store since 2024: hPa falling, latitudes falling."""
    u, v, z, t = truth()
    dims = ("valid_time", "pressure_level", "latitude", "longitude")
    flip = (slice(None), slice(None), slice(None, None, -1))
    data = {
        "u": (dims, u[flip], {"units": "m s**-1", "standard_name": "eastward_wind"}),
        "v": (dims, v[flip], {"units": "m s**-1", "standard_name": "northward_wind"}),
        "z": (dims, 9.80665 * z[flip], {"units": "m**2 s**-2", "standard_name": "geopotential"}),
        "t": (dims, t[flip], {"units": "K", "standard_name": "air_temperature"}),
    }
    return xr.Dataset(
        data,
        coords={
            "valid_time": (
                "valid_time", (TIMES - np.datetime64("1970-01-01")) // np.timedelta64(1, "s"),
                {"units": "seconds since 1970-01-01", "standard_name": "time"},
            ),
            "pressure_level": ("pressure_level", LEVELS_HPA, {"units": "hPa",
                                                              "standard_name": "air_pressure"}),
            "latitude": ("latitude", LAT_DEG[::-1], {"units": "degrees_north"}),
            "longitude": ("longitude", LON_DEG, {"units": "degrees_east"}),
            "number": 0,
            "expver": ("valid_time", ["0001"] * 3),
        },
        attrs={"Conventions": "CF-1.7", "institution": "European Centre for Medium-Range Weather"
               " Forecasts", "history": "GRIB to CDM+CF via cfgrib"} | attrs,
    )  # fmt: skip


def write(dataset, path, engine="h5netcdf", **encoding):
    """Write a dataset as it is."""
    dataset.to_netcdf(path, engine=engine, encoding=encoding or None)
    return path
