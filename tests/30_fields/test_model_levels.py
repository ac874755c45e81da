"""Hybrid levels: pressures, heights and winds against what is known of columns of air."""

import math

import numpy as np
import pytest
import xarray as xr
from scipy.interpolate import CubicSpline

from overflight.errors import FieldError
from overflight.fields import memory, source
from overflight.fields.canonical import Need
from overflight.fields.readers import grib, grib_messages, model_levels, netcdf
from overflight.physics import atmosphere
from overflight.physics.columns import interpolate_columns

ALL_LEVELS = np.arange(1, 138)


def test_the_half_levels_run_from_nothing_to_the_surface():
    table = model_levels.l137()
    assert table.n_levels == 137
    half = table.half_pressure_pa(np.array(101_325.0))
    assert half[0] == 0.0
    assert half[-1] == pytest.approx(101_325.0)
    assert (np.diff(half) > 0.0).all()
    # published for 1013.25 hPa: level 137 at 1012.0494 hPa
    full = model_levels.reference_pressures_pa(table, ALL_LEVELS)
    assert full[-1] == pytest.approx(101_204.94, abs=1.0)


def test_levels_above_some_60_hpa_do_not_feel_the_surface():
    table = model_levels.l137()
    free = table.free_of_surface(ALL_LEVELS)
    highest_bound = table.full_pressure_pa(ALL_LEVELS, np.array(101_325.0))[~free].min()
    assert 4_000.0 < highest_bound < 8_000.0
    low, high = (table.full_pressure_pa(ALL_LEVELS, np.array(p)) for p in (50_000.0, 105_000.0))
    np.testing.assert_array_equal(low[free], high[free])
    assert (low[~free] < high[~free]).all()


def test_heights_of_a_standard_atmosphere_are_found_to_metres():
    """Over land at 900 hPa and sea at 1013.25 hPa, up to 47 km of geopotential."""
    table = model_levels.l137()
    surface_pa = np.array([[101_325.0, 90_000.0]])
    surface_m = np.array([[atmosphere.pressure_altitude_m(float(p)) for p in surface_pa[0]]])
    pressure = table.full_pressure_pa(ALL_LEVELS, surface_pa)
    true_m = np.vectorize(atmosphere.pressure_altitude_m)(pressure)
    temperature = np.vectorize(
        lambda h: atmosphere.temperature_k(atmosphere.height_m_of_geopotential(h))
    )(np.nan_to_num(true_m, nan=47_000.0))
    found = model_levels.heights_m(
        table, ALL_LEVELS, temperature.astype(np.float32), None, surface_pa, surface_m
    )
    known = (pressure > 500.0) & (pressure < 101_000.0)
    # the two gas constants differ by 2e-5 (0.9 m at 47 km); the rest is the layers' own curvature
    assert np.abs(found - true_m)[known].max() < 10.0


def test_moist_air_stands_higher():
    table = model_levels.l137()
    one = np.full((137, 1, 1), 280.0, dtype=np.float32)
    ground = (np.array([[101_325.0]]), np.array([[0.0]]))
    dry = model_levels.heights_m(table, ALL_LEVELS, one, None, *ground)
    moist = model_levels.heights_m(table, ALL_LEVELS, one, one * 0 + 0.01, *ground)
    np.testing.assert_allclose(moist[1:] / dry[1:], 1.006, atol=1e-4)


def test_a_missing_level_forbids_heights():
    table = model_levels.l137()
    levels = np.delete(ALL_LEVELS, 100)
    with pytest.raises(FieldError, match="136 of them"):
        model_levels.heights_m(
            table, levels, np.ones((136, 1, 1), np.float32), None, np.ones((1, 1)), np.ones((1, 1))
        )


def test_what_is_linear_in_log_pressure_is_interpolated_exactly():
    table = model_levels.l137()
    surface = np.array([[101_325.0, 70_000.0, 104_000.0]])
    pressure = table.full_pressure_pa(ALL_LEVELS, surface)
    field = (3.0 * np.log(pressure) - 7.0).astype(np.float32)
    wanted = np.array([1_000.0, 7_000.0, 20_000.0, 65_000.0, 80_000.0])
    made = model_levels.to_pressure(table, ALL_LEVELS, {"u_mps": field}, surface, wanted)["u_mps"]
    for column in range(3):
        below = wanted > pressure[-1, 0, column]
        assert np.isnan(made[below, 0, column]).all()
        np.testing.assert_allclose(
            made[~below, 0, column], 3.0 * np.log(wanted[~below]) - 7.0, rtol=1e-5
        )


def test_a_level_at_its_own_pressure_is_that_level():
    log_p = np.log(np.array([[1.0], [2.0], [4.0]]))
    values = np.array([[10.0], [20.0], [40.0]])
    np.testing.assert_array_equal(interpolate_columns(log_p, values, log_p[:, 0]), values)
    outside = interpolate_columns(log_p, values, np.log(np.array([0.5, 5.0])))
    assert np.isnan(outside).all()


def test_the_real_ifs_file_keeps_its_own_levels_where_they_are_pressures(shared_data):
    """Level 60 over 54 N 25.5 E as the file has it, between the reference pressures."""
    eccodes = pytest.importorskip("eccodes")
    assert eccodes
    path = shared_data / "winds" / "ifs_ml137_1p5_europe_20181115_12Z.grib"
    (piece,) = grib.read(path, Need(variables=("u_mps", "v_mps", "z_m", "t_k")))
    table, level = model_levels.l137(), 40
    free = table.free_of_surface(ALL_LEVELS)
    assert free[level - 1]
    for field, decoder in grib_messages.fields(path):
        if field.role == "u_mps" and field.level == level:
            raw = decoder.values().reshape(34, 48)[::-1]
    pressure = model_levels.reference_pressures_pa(table, np.array([level]))[0]
    ours = piece["u_mps"].isel(time=0).sel(pressure_pa=pressure, method="nearest")
    order = np.argsort((np.arange(48) * 1.5 + 330.0 + 180.0) % 360.0 - 180.0)
    np.testing.assert_allclose(ours.values, raw[:, order], rtol=1e-6)


def test_the_real_ifs_file_has_heights_that_fit_its_own_winds(shared_data):
    """z is computed here: it must balance the wind, and be an atmosphere's."""
    pytest.importorskip("eccodes")
    from overflight.fields import plausible

    path = shared_data / "winds" / "ifs_ml137_1p5_europe_20181115_12Z.grib"
    wind = source.open_winds([path], cached=False).wind
    assert wind.attrs["height_basis"] == "hypsometric"
    assert plausible.agreement(wind).straight > 0.85
    z70 = wind["z_m"].isel(time=0).interp(pressure_pa=7_000.0)
    assert 17_500.0 < float(z70.min()) < float(z70.max()) < 18_800.0


def on_levels(levels, *, with_surface, institution="ECMWF"):
    """NetCDF on numbered model levels: u, v and perhaps lnsp."""
    lat, lon = np.arange(30.0, 61.0, 5.0), np.arange(0.0, 41.0, 5.0)
    surface = 101_325.0 - 300.0 * np.arange(len(lon))[None, :] + 0.0 * lat[:, None]
    pressure = model_levels.l137().full_pressure_pa(levels, surface)
    u = 20.0 + 4.0 * np.log(pressure / 10_000.0) + 0.1 * lat[:, None]
    dims = ("time", "level", "latitude", "longitude")
    data = {n: (dims, u[None] + k, {"units": "m s**-1"}) for k, n in enumerate(("u", "v"))}
    if with_surface:
        data["lnsp"] = (("time", "latitude", "longitude"), np.log(surface)[None], {"units": "~"})
    return xr.Dataset(data, coords={
        "time": ("time", [0], {"units": "hours since 2023-02-01"}),
        "level": ("level", levels, {"long_name": "model_level_number"}),
        "latitude": ("latitude", lat, {"units": "degrees_north"}),
        "longitude": ("longitude", lon, {"units": "degrees_east"})},
        attrs={"institution": institution})  # fmt: skip


def test_netcdf_on_model_levels_with_the_surface_pressure(tmp_path):
    levels = np.arange(40, 100)
    on_levels(levels, with_surface=True).to_netcdf(tmp_path / "x.nc")
    (piece,) = netcdf.read(tmp_path / "x.nc")
    expected = 20.0 + 4.0 * np.log(piece["pressure_pa"].values / 10_000.0) + 0.1 * 45.0
    column = piece["u_mps"].isel(time=0).sel(lat_deg=45.0, lon_deg=20.0).values
    inside = ~np.isnan(column)
    assert inside.sum() >= 58  # the lowest may lie between two levels of a lower surface
    np.testing.assert_allclose(column[inside], expected[inside], rtol=1e-5)


def test_netcdf_on_all_model_levels_with_temperature_and_ground_has_heights(tmp_path):
    """The standard atmosphere over ground at 200 m: within 10 m of itself up to 10 hPa."""
    data = on_levels(ALL_LEVELS, with_surface=True)
    surface = np.exp(data["lnsp"].values[0])
    ground = np.vectorize(atmosphere.pressure_altitude_m)(surface)
    pressure = model_levels.l137().full_pressure_pa(ALL_LEVELS, surface)
    kelvin = np.vectorize(
        lambda p: atmosphere.temperature_k(atmosphere.height_m_of_pressure(max(p, 100.0)))
    )(pressure)
    data["t"] = (data["u"].dims, kelvin[None], {"units": "K"})
    data["z"] = (("latitude", "longitude"), ground * 9.80665, {"units": "m**2 s**-2"})
    data.to_netcdf(tmp_path / "x.nc")
    (piece,) = netcdf.read(tmp_path / "x.nc")
    assert piece.attrs["height_basis"] == "hypsometric"
    levels = piece["pressure_pa"].values
    aloft = (levels > 1_000.0) & (levels < 90_000.0)
    true_m = np.array([atmosphere.pressure_altitude_m(float(p)) for p in levels[aloft]])
    assert np.abs(piece["z_m"].values[0, aloft] - true_m[:, None, None]).max() < 10.0


def test_netcdf_on_model_levels_that_memory_cannot_hold_is_refused(tmp_path, monkeypatch):
    on_levels(np.arange(40, 100), with_surface=True).to_netcdf(tmp_path / "x.nc")
    monkeypatch.setattr(memory, "free_bytes", lambda: 1_000)
    with pytest.raises(FieldError, match="2 variables at 1 times on 60 levels of 7 by 9 nodes"):
        netcdf.read(tmp_path / "x.nc")


def test_netcdf_on_levels_of_an_unknown_model_is_refused(tmp_path):
    """60 levels without coefficients may be anybody's: they have no pressure."""
    data = on_levels(np.arange(1, 61), with_surface=True, institution="a model")
    data.to_netcdf(tmp_path / "x.nc")
    with pytest.raises(FieldError, match="without coefficients"):
        netcdf.read(tmp_path / "x.nc")


def test_netcdf_without_the_surface_pressure_keeps_what_needs_none(tmp_path):
    on_levels(np.arange(30, 80), with_surface=False).to_netcdf(tmp_path / "x.nc")
    (piece,) = netcdf.read(tmp_path / "x.nc")
    free = model_levels.l137().free_of_surface(np.arange(30, 80))
    assert piece.sizes["pressure_pa"] == free.sum()
    assert "no surface pressure" in piece.attrs["notes"]
    on_levels(np.arange(90, 100), with_surface=False).to_netcdf(tmp_path / "y.nc")
    with pytest.raises(FieldError, match="without the surface pressure"):
        netcdf.read(tmp_path / "y.nc")
    assert math.isfinite(float(piece["u_mps"].mean()))


@pytest.mark.parametrize(
    "name",
    ["era5_0p25_usmidwest_20200223_16Z_37lev.nc", "era5_hourly_portugal_20221013-17_37lev.nc"],
)
def test_heights_agree_with_those_that_era5_computed_from_the_same_air(shared_data, name):
    """From 500 to 100 hPa, above the moist air: its temperature on our levels, its heights.

    Further up its 37 levels tell too little of the temperature between them.
    """
    (piece,) = netcdf.read(
        shared_data / "winds" / name, Need(variables=("u_mps", "v_mps", "z_m", "t_k"))
    )
    piece = piece.isel(time=slice(0, 1))
    table = model_levels.l137()
    surface_pa = np.full((piece.sizes["lat_deg"], piece.sizes["lon_deg"]), 101_325.0)
    levels_pa = model_levels.reference_pressures_pa(table, ALL_LEVELS)
    log_p = np.log(piece["pressure_pa"].values)
    smooth = CubicSpline(log_p, piece["t_k"].values[0].astype(float))
    temperature = smooth(np.clip(np.log(levels_pa), log_p[0], log_p[-1])).astype(np.float32)
    height = model_levels.heights_m(
        table, ALL_LEVELS, temperature, None, surface_pa, np.zeros_like(surface_pa)
    )
    ours = CubicSpline(np.log(levels_pa), height)
    theirs = piece["z_m"].isel(time=0)
    low_pa = 50_000.0
    for pressure_pa in (30_000.0, 20_000.0, 10_000.0):
        thick = ours(np.log(pressure_pa)) - ours(np.log(low_pa))
        known = theirs.sel(pressure_pa=pressure_pa) - theirs.sel(pressure_pa=low_pa)
        miss = thick - known.values
        assert np.sqrt(np.mean(miss**2)) < 4.0, pressure_pa
        assert np.abs(miss).max() < 10.0, pressure_pa


def hybrid(codes, short_name, level, step, *, centre="ecmf", add=0.0):
    """A GRIB 2 message of a level field without coefficients, on a small grid."""
    handle = codes.codes_grib_new_from_samples("regular_ll_pl_grib2")
    value = math.log(101_325.0) if short_name == "lnsp" else 10.0 + 0.1 * level
    keys = {"centre": centre, "Ni": 4, "Nj": 3, "latitudeOfFirstGridPointInDegrees": 50.0,
            "latitudeOfLastGridPointInDegrees": 30.0, "iDirectionIncrementInDegrees": 10.0,
            "longitudeOfFirstGridPointInDegrees": 0.0, "longitudeOfLastGridPointInDegrees": 30.0,
            "jDirectionIncrementInDegrees": 10.0, "dataDate": 20230201, "dataTime": 0,
            "stepRange": str(step),
            "typeOfLevel": "hybrid", "level": level, "shortName": short_name}  # fmt: skip
    for key, said in keys.items():
        codes.codes_set(handle, key, said)
    codes.codes_set_values(handle, value + add + np.linspace(0.0, 1e-3, 12))
    data = codes.codes_get_message(handle)
    codes.codes_release(handle)
    return data


def test_grib_on_model_levels_needs_the_surface_pressure_at_all_times_or_at_none(tmp_path):
    codes = pytest.importorskip("eccodes")
    winds = b"".join(hybrid(codes, name, level, step) for name in ("u", "v")
                     for level in range(50, 81) for step in (0, 3))  # fmt: skip
    path = tmp_path / "x.grib"
    path.write_bytes(winds)
    (piece,) = grib.read(path)
    free = model_levels.l137().free_of_surface(np.arange(50, 81))
    assert 0 < free.sum() == piece.sizes["pressure_pa"]
    path.write_bytes(winds + hybrid(codes, "lnsp", 1, 0))
    with pytest.raises(FieldError, match="1 of 2 times, first 2023-02-01 03:00"):
        grib.read(path)
    path.write_bytes(winds + hybrid(codes, "lnsp", 1, 0) + hybrid(codes, "lnsp", 1, 3))
    (piece,) = grib.read(path)
    assert piece.sizes["pressure_pa"] == 31
    np.testing.assert_allclose(piece["u_mps"][0, :30, 0, 0], 10.0 + 0.1 * np.arange(50, 80),
                               atol=2e-3)  # fmt: skip


def test_levels_of_unknown_pressure_are_refused(tmp_path):
    codes = pytest.importorskip("eccodes")
    path = tmp_path / "x.grib"
    path.write_bytes(b"".join(hybrid(codes, n, 5, 0, centre="kwbc") for n in ("u", "v")))
    with pytest.raises(FieldError, match="without a and b"):
        grib.read(path)
    path.write_bytes(b"".join(hybrid(codes, n, 140, 0) for n in ("u", "v")))
    with pytest.raises(FieldError, match="coefficients for 137"):
        grib.read(path)


def test_grib_on_model_levels_twice_is_read_once_and_refused_where_it_differs(tmp_path):
    codes = pytest.importorskip("eccodes")
    whole = b"".join(hybrid(codes, name, level, 0) for name in ("u", "v") for level in (40, 41))
    path = tmp_path / "x.grib"
    path.write_bytes(whole)
    (expected,) = grib.read(path)
    path.write_bytes(whole + whole)
    (piece,) = grib.read(path)
    np.testing.assert_array_equal(piece["u_mps"], expected["u_mps"])
    assert "there twice, and the same" in piece.attrs["notes"]
    path.write_bytes(whole + hybrid(codes, "v", 41, 0, add=1.0))
    with pytest.raises(FieldError, match="v at level 41 and 2023-02-01 00:00 twice"):
        grib.read(path)
