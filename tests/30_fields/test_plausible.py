"""What no air does is refused; every real field passes."""

import numpy as np
import pytest
import xarray as xr
from windfiles import LAT_DEG, LEVELS_HPA, LON_DEG, TIMES, truth

from overflight.errors import FieldError
from overflight.fields import canonical, plausible, source


def field(lon_deg=LON_DEG, lat_deg=LAT_DEG):
    u, v, z, t = (a[:, ::-1].astype("f4") for a in truth(lat_deg=lat_deg, lon_deg=lon_deg))
    dims = canonical.DIMS
    return xr.Dataset(
        {"u_mps": (dims, u), "v_mps": (dims, v), "z_m": (dims, z), "t_k": (dims, t)},
        coords={"time": TIMES, "pressure_pa": 100.0 * LEVELS_HPA[::-1], "lat_deg": lat_deg,
                "lon_deg": lon_deg},
        attrs={"height_basis": "file"},
    )  # fmt: skip


def test_a_wind_passes_as_it_is():
    wind = field()
    xr.testing.assert_identical(plausible.check(wind), wind)
    found = plausible.agreement(wind)
    assert found.straight > 0.99
    assert abs(found.swapped) < 0.3


def swapped(wind):
    return wind.rename({"u_mps": "v_mps", "v_mps": "u_mps"})


def noise(wind):
    rng = np.random.default_rng(0)
    return wind.assign(u_mps=wind["u_mps"] * 0.0 + rng.normal(0, 20, wind["u_mps"].shape))


def hole(wind):
    wind = wind.copy(deep=True)
    wind["v_mps"][1, 2, 3, 4] = np.nan
    return wind


TRAPS = {
    "11,884 m/s": (lambda w: w.assign(u_mps=w["u_mps"] * 400.0), r"m/s at 20 hPa"),
    "knots times ten": (lambda w: w.assign(u_mps=w["u_mps"] + 300.0), "expected at most"),
    "hole": (hole, r"1 missing values at 100 hPa, first at 2023-02-01 06:00 UTC, 37.5 N, -20 E"),
    "swapped": (swapped, "only if u and v are swapped"),
    "constant": (lambda w: w.assign(u_mps=w["u_mps"] * 0, v_mps=w["v_mps"] * 0),
                 "the same everywhere"),
    "noise": (noise, "changes at random"),
    "temperature": (lambda w: w.assign(u_mps=w["t_k"] - 50.0, v_mps=0.1 * w["v_mps"]),
                    "looks like a temperature"),
    "hPa for Pa": (lambda w: w.assign_coords(pressure_pa=w["pressure_pa"] / 100.0),
                   "mean height|levels from"),
    "geopotential": (lambda w: w.assign(z_m=w["z_m"] * 9.80665), "mean height"),
    "upside down": (lambda w: w.assign(z_m=w["z_m"].isel(pressure_pa=slice(None, None, -1))
                                       .assign_coords(pressure_pa=w["pressure_pa"])),
                    "mean height"),
    "another century": (lambda w: w.assign_coords(time=w["time"] - np.timedelta64(80_000, "D")),
                        "times from 18"),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAPS)
def test_each_trap_is_caught_by_name(name):
    spoil, said = TRAPS[name]
    with pytest.raises(FieldError, match=said) as refusal:
        plausible.check(spoil(field()))
    assert refusal.value.remedy


def test_a_globe_without_heights_tells_swapped_components():
    wind = field(np.arange(-180.0, 180.0, 5.0), np.arange(-63.75, 64.0, 7.5))
    wind["u_mps"][...] = 25.0 * np.cos(np.radians(wind["lat_deg"].values))[:, None]
    wind["v_mps"][...] = 5.0 * np.sin(np.radians(4.0 * wind["lon_deg"].values))
    wind.attrs["height_basis"] = "standard atmosphere"
    plausible.check(wind)
    with pytest.raises(FieldError, match="blows along meridians"):
        plausible.check(swapped(wind))


def test_a_storm_and_a_polar_night_jet_pass():
    wind = field()
    wind["u_mps"] = wind["u_mps"] * (115.0 / float(wind["u_mps"][:, -1].max()))
    wind["z_m"] = wind["z_m"] * 0 + wind["z_m"].mean(("time", "lat_deg", "lon_deg"))
    assert float(wind["u_mps"].max()) > 90.0
    plausible.check(wind)


def test_levels_partly_under_the_ground_are_left_out_and_named():
    wind = field().assign_coords(pressure_pa=[20_000.0, 50_000.0, 85_000.0, 100_000.0])
    wind["z_m"] = wind["z_m"] * 0 + np.array([11_800.0, 5_570.0, 1_460.0, 110.0])[:, None, None]
    for name in ("u_mps", "v_mps"):
        wind[name][:, 3, :4, :4] = np.nan
        wind[name][:, 2, :2, :2] = np.nan
    kept = plausible.check(wind)
    assert kept["pressure_pa"].values.tolist() == [20_000.0, 50_000.0]
    assert "from 850 hPa down are partly under the ground" in kept.attrs["notes"]
    wind["u_mps"][:, 2, 8, 8] = np.nan  # no ground: the level beneath has air there
    with pytest.raises(FieldError, match="missing values at 850 hPa"):
        plausible.check(wind)


def test_every_real_field_passes(shared_data):
    winds = shared_data / "winds"
    files = [
        [p]
        for p in sorted(winds.iterdir())
        if p.suffix in (".nc", ".grib", ".grib1", ".grib2", ".bin") and "utm32" not in p.name
    ]
    files += [sorted(winds.glob("era5_utm32*")), [winds / "cmip6_ukesm_5day"]]  # fmt: skip
    assert len(files) >= 15
    for paths in files:
        wind = source.open_winds(paths, cached=False).wind
        found = plausible.agreement(wind)
        assert found is None or found.straight > 0.5, paths
