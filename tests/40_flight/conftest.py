"""A wind error as a wind of the day has it."""

import numpy as np
import pytest
import xarray as xr

from overflight.fields import error


@pytest.fixture(scope="session")
def an_error():
    """Of an hourly wind that does not change, on a small grid."""
    dims = ("time", "pressure_pa", "lat_deg", "lon_deg")
    zeros = np.zeros((5, 3, 4, 4), dtype=np.float32)
    wind = xr.Dataset(
        dict.fromkeys(("u_mps", "v_mps", "z_m"), (dims, zeros)),
        coords={
            "time": np.datetime64("2023-02-01T00", "ns") + np.arange(5) * np.timedelta64(1, "h"),
            "pressure_pa": [4_000.0, 6_500.0, 10_000.0],
            "lat_deg": [-5.0, 0.0, 5.0, 10.0],
            "lon_deg": [0.0, 1.0, 2.0, 3.0],
        },
        attrs={"source": "era5", "product": "reanalysis", "title": "still air"},
    )
    return error.of_field(wind)
