"""NetCDF of every dialect becomes the same canonical wind, or is refused by name."""

import gc
import tracemalloc
from datetime import UTC, datetime

import h5netcdf
import numpy as np
import pytest
import xarray as xr
from scipy.io import netcdf_file
from windfiles import LAT_DEG, LEVELS_HPA, LON_DEG, TIMES, era5, truth, write

from overflight.errors import FieldError
from overflight.fields import canonical, source
from overflight.fields.canonical import Need
from overflight.fields.look import at
from overflight.fields.readers import axes, netcdf

ALL_OF_IT = Need(variables=("u_mps", "v_mps", "z_m", "t_k", "omega_paps"))


def only(pieces):
    (piece,) = pieces
    return piece


def as_written(piece):
    """Compare a piece with the winds that every file of these tests holds."""
    u, v, z, t = truth()
    up = slice(None, None, -1)  # levels from low to high pressure
    for name, values in (("u_mps", u), ("v_mps", v), ("z_m", z), ("t_k", t)):
        if name in piece:
            np.testing.assert_allclose(piece[name], values[:, up], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(piece["pressure_pa"], 100.0 * LEVELS_HPA[::-1])
    np.testing.assert_allclose(piece["lat_deg"], LAT_DEG)
    np.testing.assert_allclose(piece["lon_deg"], LON_DEG)
    np.testing.assert_array_equal(piece["time"], TIMES)


def test_era5_of_the_new_dialect(tmp_path):
    piece = only(netcdf.read(write(era5(), tmp_path / "x.dat"), ALL_OF_IT))
    as_written(piece)
    assert (piece.attrs["source"], piece.attrs["product"]) == ("era5", "reanalysis")
    assert "Copernicus" in piece.attrs["attribution"]


def test_era5_of_the_old_dialect_packed_in_classic_netcdf(tmp_path):
    """int16 with scale and offset, hours since 1900, levels in millibars, no standard names."""
    new = era5()
    with netcdf_file(tmp_path / "old.nc", "w") as file:
        file.history = b"grib_to_netcdf-2.25.1: mars-client grib_to_netcdf.bin -S param"
        for name, size in (("time", 3), ("level", 4), ("latitude", 13), ("longitude", 25)):
            file.createDimension(name, size)
        hours = (TIMES - np.datetime64("1900-01-01")) // np.timedelta64(1, "h")
        for name, values, units in (
            ("time", hours.astype("i4"), "hours since 1900-01-01 00:00:00.0"),
            ("level", LEVELS_HPA.astype("i4"), "millibars"),
            ("latitude", LAT_DEG[::-1].astype("f4"), "degrees_north"),
            ("longitude", LON_DEG.astype("f4"), "degrees_east"),
        ):
            column = file.createVariable(name, values.dtype, (name,))
            column[:] = values
            column.units = units
        for name, units in (("u", "m s**-1"), ("v", "m s**-1"), ("z", "m**2 s**-2")):
            values = new[name].values
            scale = float(np.ptp(values)) / 65_000.0
            offset = float(values.max() + values.min()) / 2.0
            column = file.createVariable(name, "i2", ("time", "level", "latitude", "longitude"))
            column[:] = np.rint((values - offset) / scale).astype("i2")
            column.scale_factor, column.add_offset, column.units = scale, offset, units
            column._FillValue = np.int16(-32767)
    piece = only(netcdf.read(tmp_path / "old.nc"))
    u, v, z, _ = truth()
    for name, values in (("u_mps", u), ("v_mps", v), ("z_m", z)):
        step = float(np.ptp(values)) / 65_000.0
        np.testing.assert_allclose(piece[name], values[:, ::-1], atol=step)
    assert piece.attrs["source"] == "era5"


def cmip(variable, values, **more):
    dims = ("time", "plev", "lat", "lon")
    name = {"ua": "eastward_wind", "va": "northward_wind", "zg": "geopotential_height"}[variable]
    units = "m" if variable == "zg" else "m s-1"
    return xr.Dataset(
        {variable: (dims, values.astype("f4"), {"standard_name": name, "units": units})},
        coords={
            "time": ("time", [30.5, 31.5, 32.5], {"units": "days since 2023-01-01",
                                                  "calendar": "360_day"}),
            "plev": ("plev", 100.0 * LEVELS_HPA, {"units": "Pa", "axis": "Z"}),
            "lat": ("lat", LAT_DEG, {"units": "degrees_north"}),
            "lon": ("lon", LON_DEG % 360.0, {"units": "degrees_east"}),
        } | more,
        attrs={"mip_era": "CMIP6", "source_id": "A-MODEL"},
    )  # fmt: skip


def test_a_climate_model_keeps_the_time_between_its_dates(tmp_path):
    """One variable a file, longitudes 0 to 360, a calendar of 360 days."""
    u, v, z, _ = truth()
    files = [
        write(cmip(name, values), tmp_path / f"{name}.nc")
        for name, values in (("ua", u), ("va", v), ("zg", z))
    ]
    wind = source.open_winds(files, cached=False).wind
    np.testing.assert_allclose(wind["u_mps"], u[:, ::-1], rtol=1e-5)
    assert str(wind["time"].values[0])[:16] == "2023-02-01T12:00"
    assert (np.diff(wind["time"].values) == np.timedelta64(1, "D")).all()
    assert "360_day" in wind.attrs["notes"]
    assert wind.attrs["product"] == "simulation"


def test_the_thirtieth_of_february_becomes_the_last_day_of_it(tmp_path):
    u = truth(n_times=3)[0]
    late = cmip("ua", u).assign_coords(
        time=("time", [59.0, 60.0, 61.0], {"units": "days since 2023-01-01",
                                           "calendar": "360_day"})
    )  # fmt: skip
    piece = only(netcdf.read(write(late, tmp_path / "f.nc")))
    assert str(piece["time"].values[0])[:10] == "2023-02-28"


@pytest.mark.parametrize(
    ("change", "noted"),
    [
        (lambda d: d.isel(valid_time=slice(None, None, -1)), "ran backward"),
        (lambda d: d.isel(latitude=slice(None, None, -1)), ""),
        (lambda d: d.isel(pressure_level=slice(None, None, -1)), ""),
        (lambda d: d.isel(valid_time=[0, 1, 1, 2]), "dropped once"),
        (lambda d: d.drop_vars(["number", "expver"]), ""),
        (lambda d: d.assign_coords(longitude=("longitude", LON_DEG % 360.0,
                                              {"units": "degrees_east"})), ""),
        (lambda d: d.transpose("latitude", "longitude", "pressure_level", "valid_time"), ""),
        (lambda d: d.astype("f4"), ""),
        (lambda d: d.assign_coords(pressure_level=("pressure_level", 100 * LEVELS_HPA,
                                                   {"units": "Pa"})), ""),
        (lambda d: d.assign_coords(pressure_level=("pressure_level", LEVELS_HPA)), "no unit"),
        (lambda d: d.expand_dims(member=[7]), ""),
        (lambda d: d.expand_dims("whatever"), ""),
    ],
    ids=["backward", "south-first", "top-first", "twice", "bare", "0-360", "order", "float32",
         "pascal", "unitless", "one-member", "one-of-a-kind"],
)  # fmt: skip
def test_what_is_only_arranged_differently_reads_the_same(tmp_path, change, noted):
    piece = only(netcdf.read(write(change(era5()), tmp_path / "x.nc"), ALL_OF_IT))
    as_written(piece)
    assert noted in piece.attrs.get("notes", "")


@pytest.mark.parametrize(
    ("units", "factor"), [("knots", 3600 / 1852), ("km/h", 3.6), ("cm/s", 100.0)]
)
def test_units_of_wind_are_converted(tmp_path, units, factor):
    data = era5()
    for name in ("u", "v"):
        data[name] = data[name] * factor
        data[name].attrs = {"units": units}
    as_written(only(netcdf.read(write(data, tmp_path / "x.nc"))))


def test_speed_and_direction_make_components(tmp_path):
    data = era5()
    u, v = data["u"], data["v"]
    attrs = {"units": "m s-1", "standard_name": "wind_speed"}
    data["ws"] = (u.dims, np.hypot(u.values, v.values), attrs)
    came_from = np.degrees(np.arctan2(-u.values, -v.values)) % 360.0
    data["wd"] = (u.dims, came_from, {"units": "degree", "standard_name": "wind_from_direction"})
    piece = only(netcdf.read(write(data.drop_vars(["u", "v", "z", "t"]), tmp_path / "x.nc")))
    as_written(piece)
    assert "speed and direction" in piece.attrs["notes"]


def test_a_standard_name_is_believed_against_the_variables_own_name(tmp_path):
    """u and v swapped in name."""
    swapped = era5().rename({"u": "x"}).rename({"v": "u"}).rename({"x": "v"})
    as_written(only(netcdf.read(write(swapped, tmp_path / "x.nc"))))


def test_the_closing_column_of_a_globe_is_dropped(tmp_path):
    lon = np.arange(0.0, 361.0, 30.0)
    u, v, z, _ = truth(lon_deg=lon)
    data = xr.merge([cmip(n, a, lon=("lon", lon, {"units": "degrees_east"}))
                     for n, a in (("ua", u), ("va", v), ("zg", z))])  # fmt: skip
    piece = only(netcdf.read(write(data, tmp_path / "x.nc")))
    assert piece.sizes["lon_deg"] == 12
    assert "repeated the first" in piece.attrs["notes"]
    np.testing.assert_allclose(piece["u_mps"][..., 6], u[:, ::-1, :, 0], rtol=1e-5)


def test_fill_values_named_or_not_are_missing(tmp_path):
    data = era5()
    data["u"][0, 0, 0, 0] = -9999.0
    data["v"][1, 1, 1, 1] = 1e15
    data["z"][2, 2, 2, 2] = np.nan
    piece = only(netcdf.read(write(data, tmp_path / "x.nc")))
    for name in ("u_mps", "v_mps", "z_m"):
        assert int(np.isnan(piece[name]).sum()) == 1
    assert "Fill values" in piece.attrs["notes"]


def test_a_height_of_9999_m_is_a_height(tmp_path):
    data = era5()
    data["z"] = data["z"] / 9.80665
    data["z"].attrs = {"units": "m", "standard_name": "geopotential_height"}
    data["z"][0, 0, 0, 0] = 9_999.0
    piece = only(netcdf.read(write(data, tmp_path / "x.nc")))
    assert int(np.isnan(piece["z_m"]).sum()) == 0


def test_members_come_one_by_one_and_merge_to_mean_and_spread(tmp_path):
    low, high = era5(), era5()
    low["u"], high["u"] = low["u"] - 3.0, high["u"] + 3.0
    for one in (low, high):
        one["u"].attrs = {"units": "m s**-1", "standard_name": "eastward_wind"}
    both = xr.concat([low.drop_vars("number"), high.drop_vars("number")], "number")
    both = both.assign_coords(number=("number", [0, 1], {"standard_name": "realization"}))
    path = write(both, tmp_path / "x.nc")
    assert sorted(piece.attrs["member"] for piece in netcdf.read(path)) == [0, 1]
    wind = source.open_winds([path], cached=False).wind
    np.testing.assert_allclose(wind["u_mps"], truth()[0][:, ::-1], rtol=1e-5)
    # two members 6 apart in u, none in v: variance 18 in u, rms over both 9, times 3 / 2
    np.testing.assert_allclose(wind["sd_mps"], np.sqrt(13.5), rtol=1e-5)
    assert wind.attrs["product"] == "ensemble mean"


def test_forecast_runs_stay_apart_and_the_shortest_lead_is_kept(tmp_path):
    """A base time and a step, as cfgrib writes them."""
    u, v, z, _ = truth(n_times=2)
    dims = ("time", "step", "isobaricInhPa", "latitude", "longitude")
    data = xr.Dataset(
        {n: (dims, np.stack([a, a + 1.0]), {"units": w}) for n, a, w in (
            ("u", u, "m s**-1"), ("v", v, "m s**-1"), ("gh", z, "gpm"))},
        coords={
            "time": ("time", [0, 6], {"units": "hours since 2023-02-01",
                                      "long_name": "initial time of forecast"}),
            "step": ("step", [0.0, 6.0], {"units": "hours", "standard_name": "forecast_period"}),
            "isobaricInhPa": LEVELS_HPA, "latitude": LAT_DEG, "longitude": LON_DEG,
        },
        attrs={"source": "NOAA GFS forecast"},
    )  # fmt: skip
    path = write(data, tmp_path / "x.nc")
    pieces = netcdf.read(path)
    assert [piece["lead_s"].values.tolist() for piece in pieces] == [[0.0, 21_600.0]] * 2
    wind = source.open_winds([path], cached=False).wind
    assert wind.sizes["time"] == 3
    assert wind["lead_s"].values.tolist() == [0.0, 0.0, 21_600.0]
    np.testing.assert_allclose(wind["u_mps"][1], u[0, ::-1] + 1.0, rtol=1e-4)
    assert "shortest lead" in wind.attrs["notes"]


REFUSED = {
    "height levels": (
        lambda d: d.rename(pressure_level="height").assign_coords(
            height=("height", [1e4, 1.6e4, 2e4, 2.6e4], {"units": "m"})
        ),
        "levels of heights",
    ),
    "hPa called Pa": (
        lambda d: d.assign_coords(pressure_level=("pressure_level", LEVELS_HPA, {"units": "Pa"})),
        "levels from 20 to 200 Pa",
    ),
    "Pa called hPa": (
        lambda d: d.assign_coords(
            pressure_level=("pressure_level", 100 * LEVELS_HPA, {"units": "hPa"})
        ),
        "20000 hPa",
    ),
    "levels of no meaning": (
        lambda d: d.assign_coords(pressure_level=("pressure_level", [1.0, 2.0, 3.0, 4.0])),
        "without a unit",
    ),
    "no time": (lambda d: d.isel(valid_time=0, drop=True), "no time"),
    "not wind": (lambda d: d[["t"]], "not wind: it holds t"),
    "furlongs": (
        lambda d: d.assign(u=d["u"].assign_attrs(units="furlong/fortnight")), "furlong/fortnight",
    ),
    "two fields of one time": (
        lambda d: xr.concat([d, d + 1.0], "valid_time", combine_attrs="override"),
        "two different fields",
    ),
    "times on the moon": (
        lambda d: d.assign_coords(valid_time=("valid_time", [0, 1, 2], {"units": "sols since 1"})),
        "no time|sols",
    ),
    "missing levels": (
        lambda d: d.assign_coords(
            pressure_level=("pressure_level", [200.0, np.nan, 50.0, 20.0], {"units": "hPa"})
        ),
        "missing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused_by_name(tmp_path, name):
    change, said = REFUSED[name]
    path = write(change(era5()), tmp_path / "x.nc")
    with pytest.raises(FieldError, match=said) as refusal:
        source.open_winds([path], Need(variables=("u_mps", "v_mps")), cached=False)
    assert refusal.value.remedy


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("order", [["0001", "0005"], ["0005", "0001"]])
def test_final_era5_wins_over_preliminary_in_either_order(tmp_path, order):
    final = era5().drop_vars("expver")
    preliminary = final.copy()
    for name in ("u", "v"):
        preliminary[name] = final[name] + 7.0
    both = {"0001": final, "0005": preliminary}
    data = xr.concat([both[version] for version in order], xr.DataArray(order, dims="expver",
                     name="expver"))  # fmt: skip
    as_written(only(netcdf.read(write(data, tmp_path / "x.nc"), ALL_OF_IT)))


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95])
def test_a_file_that_was_cut_short_is_told(tmp_path, engine, share):
    data = era5().drop_vars("expver")
    path = write(data, tmp_path / "whole.nc", engine)
    cut = tmp_path / "cut.nc"
    cut.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(FieldError) as refusal:
        source.open_winds([cut], cached=False)
    assert refusal.value.remedy
    del refusal
    gc.collect()  # scipy leaves a handle behind on a damaged file: let it complain here


@pytest.mark.parametrize("chunk", [(3, 4, 13, 25), (2, 3, 7, 25), (3, 1, 13, 25), (1, 4, 5, 5)])
def test_chunks_of_any_shape_hold_the_same_wind(tmp_path, chunk):
    data = era5()
    path = write(
        data, tmp_path / "x.nc", **{n: {"chunksizes": chunk, "zlib": True} for n in "uvzt"}
    )
    as_written(only(netcdf.read(path, ALL_OF_IT)))
    part = only(netcdf.read(path, Need(time_min=TIMES[1], pressure_max_pa=6_000.0)))
    np.testing.assert_allclose(part["v_mps"], truth()[1][1:, 3:0:-1], rtol=1e-5)


@pytest.mark.parametrize(
    ("engine", "encoding"),
    [
        ("scipy", {}),
        ("h5netcdf", {"chunksizes": (5, 4, 181, 360), "zlib": True}),
        ("h5netcdf", {"chunksizes": (5, 4, 181, 360), "zlib": True, "dtype": "i2",
                      "scale_factor": 1e-2, "add_offset": 5.0, "_FillValue": -32767}),
    ],
    ids=["classic", "one chunk", "one packed chunk"],
)  # fmt: skip
def test_reading_takes_little_more_memory_than_the_wind_itself(tmp_path, engine, encoding):
    """A global degree, five times: at most 2.5 times the arrays that are wanted."""
    lon = np.arange(0.0, 360.0)
    field = np.broadcast_to(np.sin(np.radians(lon)).astype("f4"), (5, 4, 181, 360))
    axes_of = {
        "time": ("time", np.arange(5), {"units": "hours since 2023-02-01"}),
        "plev": ("plev", 100.0 * LEVELS_HPA, {"units": "Pa"}),
        "lat": ("lat", lon[:181] - 90.0, {"units": "degrees_north"}),
        "lon": ("lon", lon, {"units": "degrees_east"}),
    }
    wind = xr.merge([cmip(name, field, **axes_of) for name in ("ua", "va")])
    path = write(wind, tmp_path / "x.nc", engine, **dict.fromkeys(("ua", "va"), encoding))
    tracemalloc.start()
    piece = only(netcdf.read(path))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes <= 2.5 * piece.nbytes


def test_only_the_needed_part_is_read_with_the_nodes_around_it(tmp_path):
    path = write(era5(), tmp_path / "x.nc")
    need = Need(
        variables=("u_mps",), time_min=TIMES[1] + np.timedelta64(1, "h"),
        time_max=TIMES[1] + np.timedelta64(2, "h"), pressure_min_pa=6_000.0,
        pressure_max_pa=9_000.0, south_deg=41.0, north_deg=46.0, west_deg=-1.0, east_deg=6.0,
    )  # fmt: skip
    piece = only(netcdf.read(path, need))
    assert list(piece.data_vars) == ["u_mps"]
    np.testing.assert_array_equal(piece["time"], TIMES[1:])
    np.testing.assert_array_equal(piece["pressure_pa"], [5_000.0, 10_000.0])
    np.testing.assert_array_equal(piece["lat_deg"], [40.0, 42.5, 45.0, 47.5])
    np.testing.assert_array_equal(piece["lon_deg"], [-2.5, 0.0, 2.5, 5.0, 7.5])
    whole = only(netcdf.read(path))
    np.testing.assert_array_equal(
        piece["u_mps"], whole["u_mps"].sel({dim: piece[dim] for dim in canonical.DIMS})
    )


def test_a_need_across_180_degrees_is_cut_on_both_sides(tmp_path):
    lon = np.arange(0.0, 360.0, 30.0)
    u = truth(lon_deg=lon)[0]
    path = write(cmip("ua", u, lon=("lon", lon, {"units": "degrees_east"})), tmp_path / "x.nc")
    piece = only(netcdf.read(path, Need(variables=("u_mps",), west_deg=160.0, east_deg=-170.0)))
    np.testing.assert_array_equal(piece["lon_deg"], [-180.0, -150.0, 150.0])
    np.testing.assert_allclose(piece["u_mps"][..., 0], u[:, ::-1, :, 6], rtol=1e-5)


NETCDF_FIXTURES = [
    "era5_0p25_usmidwest_20200223_16Z_37lev.nc",
    "era5_2deg_hourly_20190105_01-10Z_200-225-300hPa.nc",
    "era5_hourly_portugal_20221013-17_37lev.nc", "era5_hourly_portugal_20231012-15_37lev.nc",
    "gdas1deg_20100211-13_3h_caribbean_20-1000hPa.nc", "gefsavg0p50_20251030_12Z_europe_0-60E.nc",
    "gfs1p00_20221107_09Z-24Z_5times_150-700hPa.nc", "gfs1p00_20221108_00Z_strat_5-250hPa.nc",
    "gfs1p00_anl_daily_20190926-20191005_10-70-250-500hPa.nc", "simulated_6day_3h_NH.nc",
]  # fmt: skip


def raw(path):
    """A file as its own reader gives it, nothing interpreted."""
    engine = "scipy" if path.read_bytes()[:3] == b"CDF" else "h5netcdf"
    return xr.open_dataset(path, engine=engine, decode_times=False)


@pytest.mark.parametrize("name", NETCDF_FIXTURES)
@pytest.mark.filterwarnings("ignore")
def test_real_files_hold_the_same_numbers_at_every_node(shared_data, name):
    """Against the file itself, u, v and z to 1e-5 of their size at 2,000 nodes of its own."""
    path = shared_data / "winds" / name
    piece, file = only(netcdf.read(path)), raw(path)
    level = "pressure_level" if "pressure_level" in file else "level"
    rng = np.random.default_rng(0)
    for theirs, ours in (("u", "u_mps"), ("v", "v_mps"), ("z", "z_m")):
        if theirs not in file:
            continue
        values = file[theirs]
        factor = 9.80665 if str(values.attrs["units"]).startswith("m**2") else 1.0
        at = [rng.integers(0, n, 2_000) for n in values.shape]
        lon = (file["longitude"].values.astype(float)[at[3]] + 180.0) % 360.0 - 180.0
        found = piece[ours].values[
            at[0],
            np.searchsorted(piece["pressure_pa"], 100.0 * file[level].values[at[1]].astype(float)),
            np.abs(piece["lat_deg"].values[:, None] - file["latitude"].values[at[2]]).argmin(0),
            np.abs(piece["lon_deg"].values[:, None] - lon).argmin(0),
        ]
        expected = values.values[tuple(at)] / factor
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_utm_grids_are_read_at_their_own_nodes(shared_data):
    """Winds point east and north already; sampled back at a node they differ by regridding only."""
    paths = sorted((shared_data / "winds").glob("era5_utm32_*.nc"))
    wind = source.open_winds(paths, cached=False).wind
    assert wind.sizes["time"] == 3
    # node y = 5,280,000 m, x = 580,000 m of UTM zone 32: 47.6685 N, 10.0652 E
    point = at(wind, datetime(2025, 5, 1, 1, tzinfo=UTC), 7_000.0, 47.66853, 10.06525)
    assert point.u_mps == pytest.approx(1.487, abs=0.05)
    assert point.v_mps == pytest.approx(-4.093, abs=0.05)


def test_an_hdf5_file_that_is_no_netcdf_is_refused(tmp_path):
    with h5netcdf.File(tmp_path / "x.h5", "w") as file:
        file.attrs["what"] = "nothing"
    with pytest.raises(FieldError, match="not wind: it holds nothing"):
        netcdf.read(tmp_path / "x.h5")


def test_two_variables_that_are_both_the_wind_are_refused(tmp_path):
    data = era5()
    data["increment"] = (0.1 * data["u"]).assign_attrs(data["u"].attrs)
    data["increment"].attrs["standard_name"] = "eastward_wind"
    with pytest.raises(FieldError, match="both"):
        netcdf.read(write(data, tmp_path / "x.nc"), ALL_OF_IT)


def test_a_standard_deviation_of_the_wind_is_not_the_wind(tmp_path):
    data = era5()
    data["usd"] = (0.1 * data["u"]).assign_attrs(data["u"].attrs)
    data["usd"].attrs |= {"standard_name": "eastward_wind",
                          "cell_methods": "time: standard_deviation"}  # fmt: skip
    as_written(only(netcdf.read(write(data, tmp_path / "x.nc"), ALL_OF_IT)))


@pytest.mark.parametrize("levels", [[850.0, 700.0, 500.0, 250.0], [1000.0, 500.0, 100.0], [250.0]])
def test_hectopascals_called_pascals_are_refused(levels):
    with pytest.raises(FieldError, match="Pa"):
        axes.pressures_pa(np.array(levels), "Pa", "level")
