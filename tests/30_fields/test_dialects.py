"""What the archives deliver is read as what it is, and graded as whose it is."""

import numpy as np
import pytest
from dialects import merra2
from windfiles import LEVELS_HPA, era5, truth, write

from overflight.errors import FieldError
from overflight.fields import source
from overflight.fields.canonical import Need
from overflight.fields.readers import netcdf

WITH_T = Need(variables=("u_mps", "v_mps", "z_m", "t_k"))


def as_truth(piece):
    """Compare u, v, z and t with the truth."""
    for name, values in zip(("u_mps", "v_mps", "z_m", "t_k"), truth(), strict=True):
        np.testing.assert_allclose(piece[name], values[:, ::-1], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(piece["pressure_pa"], 100.0 * LEVELS_HPA[::-1])


@pytest.mark.parametrize("said", ["edge_heights", "mid_layer_heights", "Geopotential Height", None])
def test_merra2_brings_its_heights(tmp_path, said):
    """No standard atmosphere in their place, whatever the collection calls them."""
    data = merra2()
    del data["H"].attrs["standard_name"], data["H"].attrs["long_name"]
    if said is not None:
        data["H"].attrs |= {"long_name": said}
        if said.islower():
            data["H"].attrs |= {"standard_name": said}
    wind = source.open_winds([write(data, tmp_path / "x.nc4")], WITH_T, cached=False).wind
    as_truth(wind)
    assert wind.attrs["height_basis"] == "file"
    assert wind.attrs["source"] == "merra2"


@pytest.mark.parametrize(
    ("standard_name", "units", "factor"),
    [
        ("height", "m2 s-2", 9.80665), ("geopotential_height", "m**2 s**-2", 9.80665),
        ("geopotential_height", "m+2 s-2", 9.80665), ("geopotential_height", "J kg-1", 9.80665),
        ("geopotential_height", "m²/s²", 9.80665), ("geopotential", "m", 1.0),
        ("geopotential", "gpm", 1.0), ("geopotential", "km", 1e-3),
        ("geopotential_height", "gpkm", 1e-3), ("", "m2 sec-2", 9.80665),
    ],
)  # fmt: skip
def test_units_tell_a_height_from_a_geopotential(tmp_path, standard_name, units, factor):
    data = era5()
    z = truth()[2]
    data["z"] = (data["z"].dims, factor * z[:, :, ::-1], {"units": units})
    if standard_name:
        data["z"].attrs["standard_name"] = standard_name
    (piece,) = netcdf.read(write(data, tmp_path / "x.nc"))
    np.testing.assert_allclose(piece["z_m"], z[:, ::-1], rtol=1e-5)


@pytest.mark.parametrize("name", ["u", "z"])
def test_a_wind_or_height_in_units_of_nothing_is_refused(tmp_path, name):
    data = era5()
    data[name].attrs["units"] = "furlongs"
    with pytest.raises(FieldError, match="furlongs"):
        netcdf.read(write(data, tmp_path / "x.nc"))


def test_what_can_be_done_without_does_not_stop_a_wind(tmp_path):
    data = era5()
    data["t"].attrs["units"] = "degrees Réaumur"
    (piece,) = netcdf.read(write(data, tmp_path / "x.nc"), WITH_T)
    assert sorted(piece.data_vars) == ["u_mps", "v_mps", "z_m"]
