"""What the archives deliver is read as what it is, and graded as whose it is."""

import numpy as np
import pytest
from dialects import converted, jra3q, jra55, merra2, ncep1, ncep2, thredds
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


GFS_FORECAST = "Global Forecast System Model T1534 - Forecast hours 00-384"
GFS_ANALYSIS = "Analysis from GFS (Global Forecast System)"
GDAS = "Analysis from GDAS (Global Data Assimilation System)"
MAKERS = {
    "NCEP 1": (ncep1, (), "ncep", "reanalysis", "NMC reanalysis"),
    "NCEP 2": (ncep2, (), "ncep", "reanalysis", "Reanalysis 2"),
    "MERRA-2": (merra2, (), "merra2", "reanalysis", "MERRA2 inst3"),
    "JRA-55": (jra55, (), "jra55", "reanalysis", "NCL"),
    "JRA-3Q": (jra3q, (), "jra55", "reanalysis", "JRA-3Q"),
    "GFS": (thredds, (GFS_FORECAST, "Forecast", 0), "gfs", "forecast", "T1534"),
    "GFS analyses": (thredds, (GFS_ANALYSIS, "Analysis", 0), "gfs", "analysis", "GFS"),
    "GDAS": (thredds, (GDAS, "Analysis", 0), "gdas", "analysis", "GDAS"),
    "GEFS": (thredds, ("Global Ensemble Forecast System (GEFS)", "Ensemble forecast", 0), "gefs",
             "forecast", "GEFS"),
    "ERA5 by cfgrib": (converted, ("ecmf", "an"), "era5", "reanalysis", ""),
    "IFS by cfgrib": (converted, ("ecmf", "fc"), "ifs", "forecast", ""),
    "NCEP by cfgrib": (converted, ("kwbc", "fc"), "unknown", "forecast", ""),
    "ICON by cfgrib": (converted, ("edzw", "fc"), "icon", "forecast", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", MAKERS)
def test_makers_are_known_by_what_they_write(tmp_path, name):
    make, given, maker, product, titled = MAKERS[name]
    wind = source.open_winds([write(make(*given), tmp_path / "x.nc")], WITH_T, cached=False).wind
    as_truth(wind)
    assert wind.attrs["height_basis"] == "file"
    assert (wind.attrs["source"], wind.attrs["product"]) == (maker, product)
    assert titled in wind.attrs["title"]
    assert bool(wind.attrs["attribution"])


def test_merra2_is_known_by_its_short_name_alone(tmp_path):
    data = merra2()
    data.attrs = {"ShortName": "M2I3NPASM"}
    (piece,) = netcdf.read(write(data, tmp_path / "x.nc4"))
    assert piece.attrs["source"] == "merra2"


@pytest.mark.parametrize("reftime", [-6, (0, 6, 6)])
def test_a_reference_time_tells_the_lead(tmp_path, reftime):
    """GFS forecasts count from when they were made, all from one run or each from its own."""
    data = thredds(GFS_FORECAST, "Forecast", reftime)
    (piece,) = netcdf.read(write(data, tmp_path / "x.nc"))
    np.testing.assert_allclose(
        piece["lead_s"], 3_600.0 * (np.array([0.0, 6.0, 12.0]) - np.array(reftime))
    )


def test_an_epoch_is_not_the_start_of_a_forecast(tmp_path):
    data = thredds(GFS_FORECAST, "Forecast", -24.0 * 365.0)
    (piece,) = netcdf.read(write(data, tmp_path / "x.nc"))
    assert "lead_s" not in piece.coords


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
