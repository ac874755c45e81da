"""What the archives deliver is read as what it is, and graded as whose it is."""

import numpy as np
import pytest
from dialects import (
    converted,
    jra3q,
    jra55,
    merra2,
    ncep1,
    ncep2,
    projection,
    thredds,
    wrf,
)
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


def test_another_centre_is_not_ecmwf_whatever_tool_converted_it(tmp_path):
    (piece,) = netcdf.read(write(converted("egrr", "an"), tmp_path / "x.nc"))
    assert (piece.attrs["source"], piece.attrs["attribution"]) == ("unknown", "")


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


GEOSTATIONARY = {
    "grid_mapping_name": "geostationary", "perspective_point_height": 35_786_023.0,
    "longitude_of_projection_origin": 0.0, "sweep_angle_axis": "y",
    "semi_major_axis": 6_378_137.0, "semi_minor_axis": 6_356_752.3,
}  # fmt: skip


@pytest.mark.parametrize(
    ("reach", "units", "said"),
    [(5.5e6, "m", "of 121 nodes lie off the Earth"), (5.5e3, "km", "lie off the Earth"),
     (0.15, "rad", "in 'rad'")],
)  # fmt: skip
def test_what_a_satellite_sees_past_the_earth_is_refused(tmp_path, reach, units, said):
    axis = np.linspace(-reach, reach, 11)
    path = write(projection(GEOSTATIONARY, axis, axis, units), tmp_path / "x.nc")
    with pytest.raises(FieldError, match=said) as refusal:
        netcdf.read(path)
    assert "remapbil" in refusal.value.remedy


def test_a_satellite_grid_inside_the_disc_is_read(tmp_path):
    axis = np.linspace(-2e3, 2e3, 21)
    (piece,) = netcdf.read(write(projection(GEOSTATIONARY, axis, axis, "km"), tmp_path / "x.nc"))
    assert piece["lat_deg"].values.max() > 15.0
    np.testing.assert_allclose(piece["u_mps"], 1.0, rtol=1e-6)


def test_native_output_of_wrf_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(FieldError, match="WRF") as refusal:
        netcdf.read(write(wrf(), tmp_path / "wrfout_d01"))
    assert "pressure levels" in refusal.value.remedy


def bounded(days, cell_methods="time: mean"):
    """A file whose times have bounds so many days apart."""
    data = era5().drop_vars(["number", "expver"])
    seconds = data["valid_time"].values[:, None] + 43_200.0 * days * np.array([-1.0, 1.0])
    data["valid_time"].attrs["bounds"] = "time_bnds"
    for name in ("u", "v", "z"):
        data[name].attrs["cell_methods"] = cell_methods
    return data.assign(time_bnds=(("valid_time", "bnds"), seconds))


MEANS = {
    "days by bounds": (lambda: bounded(1.0), "means over a day"),
    "days of areas": (lambda: bounded(1.0, "time: area: mean"), "means over a day"),
    "months by bounds": (lambda: bounded(30.0, "time: mean (monthly from 6-hourly values)"),
                         "means over 30 days"),
    "NOAA's days": (lambda: ncep1("Mean", avg_period="0000-00-01 00:00:00"), "means over a day"),
    "NOAA's months": (lambda: ncep1("Mean", avg_period="0000-01-00 00:00:00"),
                      "means over 30.4 days"),
    "one of unknown length": (lambda: ncep2(cell_methods="time: mean").isel(time=[1]),
                              "unknown length"),
    "hours": (lambda: bounded(0.25), ""),
    "means over height only": (lambda: bounded(30.0, "height: mean time: point"), ""),
    "moments": (lambda: bounded(1.0, "time: point"), ""),
    "NOAA's moments": (ncep1, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANS)
def test_means_over_days_are_said_to_be_smooth(tmp_path, name):
    make, said = MEANS[name]
    (piece,) = netcdf.read(write(make(), tmp_path / "x.nc"))
    notes = piece.attrs.get("notes", "")
    assert (said in notes) if said else ("means over" not in notes)


def test_a_climate_model_of_daily_means_says_both_of_its_peculiarities(shared_data):
    (path,) = (shared_data / "winds" / "cmip6_ukesm_5day").glob("ua_*.nc")
    (piece,) = netcdf.read(path)
    assert "360_day" in piece.attrs["notes"]
    assert "means over a day" in piece.attrs["notes"]
