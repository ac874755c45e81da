"""Every wind gets an error by its source, its lead time and what came with it."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from overflight.fields import climatology, error, merge
from overflight.fields.readers import netcdf
from overflight.physics.windgrid import sigma

DIMS = ("time", "pressure_pa", "lat_deg", "lon_deg")
HOUR = np.timedelta64(3_600, "s")


def still(hours=(0, 1, 2, 3, 4), levels_hpa=(20, 50, 70, 100, 250), lat=None, lon=None, **attrs):
    """No wind at all, so that interpolation misses nothing; ERA5's unless told otherwise."""
    lat = np.arange(30.0, 51.0, 2.0) if lat is None else np.asarray(lat, float)
    lon = np.arange(-100.0, -79.0, 2.0) if lon is None else np.asarray(lon, float)
    zeros = np.zeros((len(hours), len(levels_hpa), len(lat), len(lon)), dtype=np.float32)
    return xr.Dataset(
        dict.fromkeys(("u_mps", "v_mps", "z_m"), (DIMS, zeros)),
        coords={
            "time": np.datetime64("2023-02-01T00", "ns") + np.array(hours) * HOUR,
            "pressure_pa": np.array(levels_hpa, float) * 100.0,
            "lat_deg": lat,
            "lon_deg": lon,
        },
        attrs={"source": "era5", "product": "reanalysis", "title": "still air"} | attrs,
    )


def at(found, level_hpa, lat_deg, time_s=0.0, lon_deg=0.0):
    return sigma(found.sigma, time_s, math.log(100.0 * level_hpa), lat_deg, lon_deg)


@pytest.mark.parametrize(
    ("lat_deg", "sd_mps"),
    [(0.0, 3.5), (-5.0, 3.5), (22.5, 3.0), (40.0, 2.2), (-40.0, 2.5), (60.0, 2.0), (-80.0, 2.0)],
)
def test_an_hourly_reanalysis_errs_as_balloons_found(lat_deg, sd_mps):
    assert at(error.of_field(still()), 70.0, lat_deg) == pytest.approx(sd_mps, abs=0.01)


def test_the_error_is_larger_high_up_and_in_the_troposphere():
    found = error.of_field(still())
    assert at(found, 20.0, 40.0) == pytest.approx(1.3 * 2.2, abs=0.01)
    assert at(found, 250.0, 40.0) == pytest.approx(1.6 * 2.2, abs=0.01)
    assert at(found, 100.0, 40.0) == pytest.approx(at(found, 50.0, 40.0), rel=1e-6)


@given(st.floats(-90.0, 90.0), st.floats(math.log(20.0), math.log(250.0)))
def test_the_error_is_smooth_and_within_what_was_published(lat_deg, log_hpa):
    found = FOUND
    here = at(found, math.exp(log_hpa), lat_deg)
    near = at(found, math.exp(log_hpa), min(lat_deg + 0.1, 90.0))
    assert 1.9 < here < 5.7
    assert abs(here - near) < 0.02


FOUND = error.of_field(still())


@pytest.mark.parametrize(
    ("source", "low", "high"),
    [
        ("era5", 2.19, 2.21), ("ifs", 2.19, 2.21), ("gfs", 2.3, 2.6), ("gdas", 2.3, 2.6),
        ("merra2", 2.9, 3.1), ("erai", 2.9, 3.1), ("ncep", 3.3, 3.9), ("unknown", 3.2, 3.4),
        ("a name never heard", 3.2, 3.4),
    ],
)  # fmt: skip
def test_sources_are_graded(source, low, high):
    assert low < at(error.of_field(still(source=source)), 70.0, 40.0) < high


def test_a_forecast_errs_by_a_fifth_more_every_day():
    wind = still(hours=(0, 24, 48, 72), product="forecast", source="ifs")
    wind = wind.assign_coords(lead_s=("time", np.array([0.0, 1.0, 2.0, 3.0]) * 86_400.0))
    found = error.of_field(wind)
    day_s = 86_400.0
    for lead_d in (0.0, 1.0, 2.5, 3.0):
        expected = 2.2 * (1.0 + lead_d / 5.0)
        assert at(found, 70.0, 40.0, lead_d * day_s) == pytest.approx(expected, abs=0.02)
    later = found.since(datetime(2023, 1, 31, tzinfo=UTC))
    moved = sigma(later, 2.0 * day_s, math.log(7_000.0), 40.0, 0.0)
    assert moved == pytest.approx(at(found, 70.0, 40.0, day_s), rel=1e-12)


def test_a_forecast_without_a_lead_counts_as_a_day_old():
    found = error.of_field(still(product="forecast", source="gfs"))
    assert at(found, 70.0, 40.0) == pytest.approx(1.1 * 1.2 * 2.2, abs=0.01)
    assert any("lead: not told" in line for line in found.basis)


@pytest.mark.parametrize(("source", "product"), [("cmip", "simulation"), ("simulated", "unknown")])
def test_a_wind_of_no_real_day_errs_like_the_climatology_and_allows_no_verdict(source, product):
    found = error.of_field(still(source=source, product=product))
    prior = error.of_climatology(31.0 + 2.0 / 24.0)
    assert found.prior_only
    assert found.sigma.sigma_mps == pytest.approx(prior.sigma.sigma_mps)
    assert found.vertical_length_m_median is None
    assert "prior only" in found.statement


def test_the_climatology_as_a_field_has_the_error_it_always_had():
    start = datetime(2023, 1, 28, tzinfo=UTC)
    field = climatology.dataset(start, start + timedelta(days=2), spacing_deg=22.5)
    found, prior = error.of_field(field), error.of_climatology(28.0)
    assert found.statement == prior.statement
    assert (found.sigma.sigma_mps == prior.sigma.sigma_mps).all()


def test_a_wind_of_a_day_brings_the_priors_of_its_memory():
    found = error.of_field(still())
    assert not found.prior_only
    assert found.tau_s_median == 86_400.0
    assert (found.tau_log_sd, found.scale_log_sd, found.vertical_length_log_sd) == (0.6, 0.4, 0.5)
    assert found.vertical_length_m_median == 1_000.0
    assert found.bias_sd_mps == 0.5
    assert found.inertial.share_fraction == 0.4


def test_the_statement_says_whose_wind_it_is_and_by_how_much_it_errs():
    found = error.of_field(still(lat=np.arange(30.0, 50.1, 0.25)))
    assert found.statement.startswith(
        "ERA5 reanalysis, hourly, 0.25 degrees: error 2.2 m/s per component at 40 N, 70 hPa"
    )
    south = error.of_field(
        still(lat=np.arange(-60.0, -49.0, 1.0), source="gfs", product="analysis")
    )
    assert "at 50 S" in south.statement
    for word in ("Strateole-2", "Loon", "interpolation in time", "memory", "rather too wide"):
        assert any(word in line for line in found.basis), word


def with_spread(basis, sd_mps, **attrs):
    wind = still(source="gefs", product="ensemble mean", sd_basis=basis, **attrs)
    wind["sd_mps"] = (DIMS, np.broadcast_to(sd_mps, wind["u_mps"].shape).astype(np.float32))
    return wind.assign_coords(lead_s=("time", np.zeros(wind.sizes["time"])))


def squared_mean(values, lat_deg):
    weight = np.cos(np.radians(lat_deg))[:, None] * np.ones(values.shape[1])
    return math.sqrt(float((values**2 * weight).sum() / weight.sum()))


def test_a_spread_keeps_its_pattern_and_is_inflated_to_the_known_size():
    ramp = np.linspace(0.5, 1.0, 11)[None, None, None, :]
    wind = with_spread("ensemble spread", ramp)
    found = error.of_field(wind)
    lat, lon = wind["lat_deg"].values, wind["lon_deg"].values
    got = np.array([[at(found, 70.0, a, 0.0, b) for b in lon] for a in lat])
    table = np.array([[1.1 * 1.1 * np.interp(a, (22.5, 40, 60), (3.0, 2.2, 2.0))] for a in lat])
    wanted = squared_mean(table * np.ones_like(got), lat)
    assert squared_mean(got, lat) == pytest.approx(wanted, rel=0.01)
    assert got[5, -1] / got[5, 0] == pytest.approx(2.0, rel=0.01)


def test_a_spread_is_never_deflated_nor_trusted_where_it_vanishes():
    wide = error.of_field(with_spread("ensemble spread", 9.0))
    assert at(wide, 70.0, 40.0, 0.0, -90.0) == pytest.approx(9.0, rel=1e-3)
    ramp = np.zeros(11)
    ramp[5] = 1.0
    hollow = error.of_field(with_spread("ensemble spread", ramp[None, None, None, :]))
    assert at(hollow, 70.0, 40.0, 0.0, -100.0) == pytest.approx(0.5 * 1.21 * 2.2, rel=0.01)
    none = error.of_field(with_spread("ensemble spread", 0.0))
    assert at(none, 70.0, 40.0, 0.0, -90.0) == pytest.approx(0.5 * 1.21 * 2.2, rel=0.01)


def test_the_standard_deviation_of_soundings_is_used_as_it_is():
    sd_mps = 1.0 + np.arange(5.0)[:, None, None, None]
    wind = with_spread("analysis", sd_mps, hours=(0, 6, 12, 18, 24))
    wind.attrs |= {"source": "soundings", "product": "analysis"}
    found = error.of_field(wind)
    assert at(found, 70.0, 40.0, 43_200.0, -90.0) == pytest.approx(3.0, rel=1e-6)
    assert at(found, 60.0, 41.0, 86_400.0, -85.0) == pytest.approx(5.0, rel=1e-6)
    assert found.tau_s_median == 18.0 * 3_600.0
    assert found.statement.startswith("analysis of soundings: error")


def test_a_hole_in_what_came_with_the_wind_is_filled_from_the_table():
    wind = with_spread("analysis", np.where(np.arange(11) == 5, np.nan, 1.0)[None, None, None, :])
    found = error.of_field(wind)
    assert np.isfinite(found.sigma.sigma_mps).all()
    assert at(found, 70.0, 40.0, 0.0, -90.0) == pytest.approx(1.21 * 2.2, rel=0.01)


def test_a_file_of_one_of_everything_still_gets_an_error():
    lone = still(hours=(0,), levels_hpa=(70,), lat=(40.0,), lon=(-90.0,))
    found = error.of_field(lone)
    now, later = (at(found, 70.0, 40.0, time_s) for time_s in (0.0, 43_200.0))
    assert now == pytest.approx(2.2, abs=0.02)
    assert later > 1.5 * now  # a lone field ages
    assert "one time only" in found.statement


def test_a_box_across_the_date_line_is_one_box():
    lon = np.sort((np.arange(170.0, 191.0, 2.0) + 180.0) % 360.0 - 180.0)
    wind = with_spread("analysis", 1.0, lon=lon)
    wind["sd_mps"][..., np.flatnonzero(lon == 170.0)[0]] = 5.0
    found = error.of_field(wind)
    assert at(found, 70.0, 40.0, 0.0, 160.0) == pytest.approx(5.0, rel=1e-6)
    assert at(found, 70.0, 40.0, 0.0, -170.0) == pytest.approx(1.0, rel=1e-6)
    assert at(found, 70.0, 40.0, 0.0, 180.0) == pytest.approx(1.0, rel=1e-6)


def test_era5_by_day_errs_more_through_its_missing_nights(shared_data):
    wind = merge.merge(
        netcdf.read(shared_data / "winds" / "era5_hourly_portugal_20221013-17_37lev.nc")
    )
    found = error.of_field(wind)
    noon, midnight = (at(found, 70.0, 39.5, hour * 3_600.0) for hour in (2.0, 15.5))
    assert 2.2 <= noon < 2.4
    assert 3.0 < midnight < 5.0
    assert "up to" in found.statement
