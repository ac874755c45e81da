"""The winds of the tests as their makers write them: names, units and attributes as published."""

import numpy as np
import xarray as xr
from windfiles import LAT_DEG, LEVELS_HPA, LON_DEG, TIMES, truth

LON_0_360_DEG = np.sort(LON_DEG % 360.0)
_TO_0_360 = np.argsort(LON_DEG % 360.0)


def hours_since(start):
    return (TIMES - np.datetime64(start)) / np.timedelta64(1, "h")


def dataset(names, fields, attributes, dims, coords, attrs):
    """Variables of one maker, by their names in the file."""
    held = {
        name: (dims, values.astype("f4"), attributes[name])
        for name, values in zip(names, fields, strict=True)
    }
    return xr.Dataset(held, coords=dict(zip(dims, coords, strict=True)), attrs=attrs)


def merra2():
    """MERRA-2 on pressure levels: long names stand where standard names should."""
    of = {
        name: {
            "long_name": said, "standard_name": said, "units": units,
            "missing_value": np.float32(1e15), "fmissing_value": np.float32(1e15),
            "vmax": np.float32(1e15), "vmin": np.float32(-1e15),
        }
        for name, said, units in (
            ("U", "eastward_wind", "m s-1"), ("V", "northward_wind", "m s-1"),
            ("H", "edge_heights", "m"), ("T", "air_temperature", "K"),
        )
    }  # fmt: skip
    minutes = ((TIMES - TIMES[0]) / np.timedelta64(1, "m")).astype("i4")
    coords = (
        ("time", minutes, {"units": "minutes since 2023-02-01 00:00:00", "long_name": "time",
                           "begin_date": 20230201, "begin_time": 0, "time_increment": 30000}),
        ("lev", LEVELS_HPA, {"units": "hPa", "long_name": "vertical level", "positive": "down",
                             "coordinate": "PLE", "standard_name": "model_layers"}),
        ("lat", LAT_DEG, {"units": "degrees_north", "long_name": "latitude"}),
        ("lon", LON_DEG, {"units": "degrees_east", "long_name": "longitude"}),
    )  # fmt: skip
    said = ("MERRA2 inst3_3d_asm_Np: 3d,3-Hourly,Instantaneous,Pressure-Level,Assimilation,"
            "Assimilated Meteorological Fields")  # fmt: skip
    attrs = {
        "Conventions": "CF-1", "Institution": "NASA Global Modeling and Assimilation Office",
        "References": "http://gmao.gsfc.nasa.gov", "ShortName": "M2I3NPASM", "LongName": said,
        "Title": said, "VersionID": "5.12.4",
        "History": "Original file generated: Sat Feb 11 22:47:37 2023 GMT",
    }  # fmt: skip
    return dataset("UVHT", truth(), of, ("time", "lev", "lat", "lon"), coords, attrs)
