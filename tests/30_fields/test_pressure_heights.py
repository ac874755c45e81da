"""Heights of pressure levels from temperature: exact columns, the ground, ERA5's own heights."""

import numpy as np
import pyproj
import pytest
import xarray as xr
from scipy.interpolate import PchipInterpolator

from overflight.fields import source
from overflight.fields.canonical import Need
from overflight.fields.readers import grib_messages, grib_scan, netcdf
from overflight.fields.readers.model_levels import AIR_JKGK, VAPOUR_JKGK
from overflight.fields.readers.names import GRAVITY_MPS2
from overflight.fields.readers.pressure_heights import heights_m
from overflight.physics import atmosphere

LEVELS_PA = 100.0 * np.array(
    [1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100, 125, 150, 175, 200, 225, 250, 300, 350, 400, 450, 500,
     550, 600, 650, 700, 750, 775, 800, 825, 850, 875, 900, 925, 950, 975, 1000.0]
)  # fmt: skip
R_OVER_G = AIR_JKGK / GRAVITY_MPS2


def linear_k(pressure_pa):
    """A temperature linear in ln p, for which the trapezoid is exact."""
    return 220.0 + 12.0 * np.log(pressure_pa / 1_000.0)


def exact_m(pressure_pa, ground_pa, ground_m):
    """Height in that air over a ground."""
    x, x0 = np.log(pressure_pa / 1_000.0), np.log(ground_pa / 1_000.0)
    return ground_m + R_OVER_G * (220.0 * (x0 - x) + 6.0 * (x0**2 - x**2))


@pytest.mark.parametrize("ground_pa", [70_123.0, 95_000.0, 100_000.0, 60_000.0])
def test_exact_over_ground_between_levels_and_on_a_level(ground_pa):
    column = linear_k(LEVELS_PA).astype(np.float64)[:, None]
    made = heights_m(LEVELS_PA, column, None, (np.array([ground_pa]), np.array([321.0])))
    assert made[:, 0] == pytest.approx(exact_m(LEVELS_PA, ground_pa, 321.0), abs=1e-6)


def test_ground_below_the_lowest_level_keeps_its_temperature():
    column = np.full((len(LEVELS_PA), 1), 250.0)
    made = heights_m(LEVELS_PA, column, None, (np.array([104_000.0]), np.array([-5.0])))
    assert made[-1, 0] == pytest.approx(-5.0 + R_OVER_G * 250.0 * np.log(1.04), abs=1e-6)


def test_missing_air_below_ground_stays_missing_and_moves_nothing_above():
    column = linear_k(LEVELS_PA)[:, None]
    ground = (np.array([70_000.0]), np.array([3_000.0]))
    holed = np.where(LEVELS_PA[:, None] > 70_000.0, np.nan, column)
    made, whole = (heights_m(LEVELS_PA, air, None, ground) for air in (holed, column))
    below = LEVELS_PA > 70_000.0
    assert np.isnan(made[below]).all()
    assert made[~below] == pytest.approx(whole[~below], abs=1e-9)


def test_moist_air_is_lighter():
    column = np.full((2, 1), 280.0)
    levels = np.array([50_000.0, 100_000.0])
    ground = (np.array([100_000.0]), np.array([0.0]))
    dry, moist = (heights_m(levels, column, q, ground)[0, 0] for q in (None, np.full((2, 1), 0.01)))
    assert moist / dry == pytest.approx(1.0 + (VAPOUR_JKGK / AIR_JKGK - 1.0) * 0.01, rel=1e-12)


def test_standard_atmosphere_on_the_levels_of_era5_within_10_m():
    height = np.array([atmosphere.pressure_altitude_m(float(p)) for p in LEVELS_PA])
    kelvin = np.array([atmosphere.temperature_k(float(z)) for z in height])
    made = heights_m(LEVELS_PA, kelvin[:, None], None, None)[:, 0]
    aloft = LEVELS_PA >= 1_000.0
    assert np.abs(made - height)[aloft].max() < 10.0


@pytest.mark.parametrize(
    ("name", "bounds_m"),
    [
        ("era5_0p25_usmidwest_20200223_16Z_37lev.nc", {100: 4.0, 70: 8.0, 50: 9.0, 20: 16.0}),
        ("era5_hourly_portugal_20221013-17_37lev.nc", {100: 4.0, 70: 8.0, 50: 9.0, 20: 18.0}),
        ("era5_hourly_portugal_20231012-15_37lev.nc", {100: 4.0, 70: 8.0, 50: 9.0, 20: 16.0}),
    ],
)
def test_against_the_heights_of_era5_from_500_hpa_up(shared_data, name, bounds_m):
    """500 hPa, as ERA5 has it, is the ground: above it the air is dry enough to do without q."""
    need = Need(variables=("u_mps", "v_mps", "z_m", "t_k"), pressure_max_pa=50_000.0)
    (piece,) = netcdf.read(shared_data / "winds" / name, need)
    piece = piece.isel(time=slice(0, 4))
    levels = piece["pressure_pa"].values
    assert levels[-1] == 50_000.0
    truth = piece["z_m"].values
    for time in range(piece.sizes["time"]):
        ground = (np.full(truth.shape[2:], 50_000.0), truth[time, -1].astype(np.float64))
        miss = heights_m(levels, piece["t_k"].values[time], None, ground) - truth[time]
        for level_hpa, bound_m in bounds_m.items():
            at = int(np.argmin(np.abs(levels - 100.0 * level_hpa)))
            assert np.sqrt(np.mean(miss[at] ** 2)) < bound_m, (level_hpa, time)


def without_heights(shared_data, tmp_path, **more):
    """An ERA5 file as somebody keeps it who asked for u, v and t only."""
    full = xr.open_dataset(
        shared_data / "winds" / "era5_hourly_portugal_20221013-17_37lev.nc",
        engine="h5netcdf",
        decode_times=False,
    ).isel(valid_time=slice(0, 3))
    full.drop_vars("z").assign(more).to_netcdf(tmp_path / "uvt.nc")
    return full, tmp_path / "uvt.nc"


def test_a_file_without_heights_gets_them_over_its_ground(shared_data, tmp_path):
    """Ground: the 500 hPa surface of the file itself, so that the truth is known."""
    full, _ = without_heights(shared_data, tmp_path)
    axes = ("valid_time", "latitude", "longitude")
    z500 = full["z"].sel(pressure_level=500.0).transpose(*axes).values
    more = {
        "sp": (axes, np.full(z500.shape, 50_000.0), {"units": "Pa"}),
        "zs": (axes, z500, {"units": "m2 s-2", "standard_name": "geopotential"}),
    }
    _, path = without_heights(shared_data, tmp_path, **more)
    wind = source.open_winds([path], Need(pressure_max_pa=30_000.0), cached=False).wind
    assert wind.attrs["height_basis"] == "hypsometric"
    assert "height of the ground" in wind.attrs["notes"]
    level = wind["z_m"].sel(pressure_pa=10_000.0)
    truth = full["z"].sel(pressure_level=100.0).transpose(*axes).sortby("latitude") / GRAVITY_MPS2
    assert np.abs(level.values - truth.values).max() < 10.0


def test_without_a_ground_thickness_is_right_and_the_base_standard(shared_data, tmp_path):
    full, path = without_heights(shared_data, tmp_path)
    wind = source.open_winds([path], cached=False).wind
    assert wind.attrs["height_basis"] == "hypsometric above a standard lowest level"
    assert "1000 hPa, which was put" in wind.attrs["notes"]
    axes = ("valid_time", "latitude", "longitude")
    z = (full["z"] / GRAVITY_MPS2).transpose("pressure_level", *axes).sortby("latitude")
    thick = (z.sel(pressure_level=100.0) - z.sel(pressure_level=500.0)).values
    ours = wind["z_m"].sel(pressure_pa=10_000.0) - wind["z_m"].sel(pressure_pa=50_000.0)
    assert np.abs(ours.values - thick).max() < 10.0


def test_heights_of_another_file_win_over_computed_ones(shared_data, tmp_path):
    full, path = without_heights(shared_data, tmp_path)
    full[["z"]].to_netcdf(tmp_path / "z.nc")
    both = source.open_winds([path, tmp_path / "z.nc"], cached=False).wind
    assert both.attrs["height_basis"] == "file"
    assert "Heights" not in both.attrs["notes"]
    full.to_netcdf(tmp_path / "whole.nc")
    whole = source.open_winds([tmp_path / "whole.nc"], cached=False).wind
    assert np.array_equal(both["z_m"].values, whole["z_m"].values)


def test_a_projected_file_gets_heights_before_it_is_turned(shared_data):
    """UTM with t, q, sp and the ground: against a finer quadrature of the same column."""
    path = shared_data / "winds" / "era5_utm32_2025_05_01_00.nc"
    wind = source.open_winds([path], cached=False).wind
    assert wind.attrs["height_basis"] == "hypsometric"
    raw = xr.open_dataset(path, engine="scipy", decode_times=False).isel(time=0)
    row, column = 4, 3  # the Po valley: the ground lies below 975 hPa there
    here = raw.isel(y=row, x=column)
    assert float(here["sp"]) > 95_000.0
    order = np.argsort(here["plev"].values)
    log_p = np.log(here["plev"].values[order].astype(float))
    moist = 1.0 + (VAPOUR_JKGK / AIR_JKGK - 1.0) * here["q"].values[order]
    area = PchipInterpolator(log_p, here["t"].values[order] * moist).antiderivative()
    lon, lat = pyproj.Transformer.from_crs(32632, 4326, always_xy=True).transform(
        float(here["x"]), float(here["y"])
    )
    for level_pa in (50_000.0, 10_000.0, 5_000.0):
        rise = R_OVER_G * float(area(np.log(float(here["sp"]))) - area(np.log(level_pa)))
        exact = float(here["z"]) / GRAVITY_MPS2 + rise
        ours = wind["z_m"].isel(time=0).sel(pressure_pa=level_pa)
        assert float(ours.interp(lat_deg=lat, lon_deg=lon)) == pytest.approx(exact, abs=10.0)


def test_members_of_an_ensemble_have_heights_of_their_own(tmp_path):
    """Warmer air stands higher: the second member is 10 K warmer."""
    dims = ("number", "time", "level", "latitude", "longitude")
    levels = np.array([500.0, 700.0, 1000.0])
    shape = (2, 1, 3, 3, 3)
    kelvin = np.full(shape, 250.0) + np.array([0.0, 10.0]).reshape(2, 1, 1, 1, 1)
    xr.Dataset(
        {
            "u": (dims, np.full(shape, 10.0), {"units": "m s-1"}),
            "v": (dims, np.full(shape, 1.0), {"units": "m s-1"}),
            "t": (dims, kelvin, {"units": "K"}),
        },
        coords={
            "number": [0, 1],
            "time": ("time", [0], {"units": "hours since 2023-02-01"}),
            "level": ("level", levels, {"units": "hPa"}),
            "latitude": ("latitude", [40.0, 41.0, 42.0], {"units": "degrees_north"}),
            "longitude": ("longitude", [0.0, 1.0, 2.0], {"units": "degrees_east"}),
        },
    ).to_netcdf(tmp_path / "members.nc")
    first, second = netcdf.read(tmp_path / "members.nc")
    thick = [float((one["z_m"][0, 0] - one["z_m"][0, -1]).mean()) for one in (first, second)]
    assert thick[0] == pytest.approx(R_OVER_G * 250.0 * np.log(2.0), rel=1e-6)
    assert thick[1] / thick[0] == pytest.approx(260.0 / 250.0, rel=1e-6)


def test_a_grib_file_without_heights_gets_them_from_temperature_and_ground(shared_data, tmp_path):
    """GFS without its own heights, dry: what moisture adds is some 15 m from 400 hPa up."""
    pytest.importorskip("eccodes")
    path = shared_data / "winds" / "gfs2p5_f120_valid_20110115_12Z.grib2"
    fields = [field for field, _ in grib_messages.fields(path)]
    heights = {f.offset for f in fields if (f.short_name, f.level_kind) == ("gh", "isobaricInhPa")}
    assert heights
    assert all(f.short_name == "gh" for f in fields if f.offset in heights)
    data = path.read_bytes()
    kept = [m for m in grib_scan.scan(path) if m.offset not in heights]
    bare = b"".join(data[m.offset : m.offset + m.length] for m in kept)
    (tmp_path / "bare.grib2").write_bytes(bare)
    ours = source.open_winds([tmp_path / "bare.grib2"], cached=False).wind
    assert ours.attrs["height_basis"] == "hypsometric"
    theirs = source.open_winds([path], cached=False).wind
    miss_m = (ours["z_m"] - theirs["z_m"]).isel(time=0)
    rms_m = np.sqrt((miss_m**2).mean(("lat_deg", "lon_deg")))
    assert float(rms_m.sel(pressure_pa=slice(2_000.0, 95_000.0)).max()) < 17.0
    part = ours.sel(pressure_pa=slice(3_000.0, 20_000.0))
    need = Need(pressure_min_pa=3_000.0, pressure_max_pa=20_000.0)
    cut = source.open_winds([tmp_path / "bare.grib2"], need, cached=False).wind
    assert np.array_equal(cut["z_m"].values, part["z_m"].values)  # the ground still counts
