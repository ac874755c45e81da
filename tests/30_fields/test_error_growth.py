"""Beyond the last evidence a wind errs as a forecast made then."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import xarray as xr

from overflight.fields import error
from overflight.fields.error_growth import BASIS, growing
from overflight.physics.windgrid import sigma

DIMS = ("time", "pressure_pa", "lat_deg", "lon_deg")
ZERO = datetime(2023, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DAY_S = 86_400.0


def still(n_times=97, step_h=1, leads_h=None, **attrs):
    zeros = np.zeros((n_times, 3, 5, 5), dtype=np.float32)
    hours = step_h * np.arange(n_times)
    wind = xr.Dataset(
        dict.fromkeys(("u_mps", "v_mps", "z_m"), (DIMS, zeros)),
        coords={
            "time": np.datetime64("2023-02-01T00", "ns") + hours * np.timedelta64(1, "h"),
            "pressure_pa": [5_000.0, 7_000.0, 10_000.0],
            "lat_deg": np.linspace(38.0, 42.0, 5),
            "lon_deg": np.linspace(-100.0, -96.0, 5),
        },
        attrs={"source": "era5", "product": "reanalysis", "title": "still air"} | attrs,
    )
    if leads_h is None:
        return wind
    return wind.assign_coords(lead_s=("time", 3_600.0 * np.asarray(leads_h, float)))


def sd_mps(found, after_zero_s):
    return sigma(found.since(ZERO), after_zero_s, math.log(7_000.0), 40.0, -98.0)


def test_an_analysis_grows_by_a_fifth_a_day_from_the_last_evidence():
    wind = still()
    plain = error.of_field(wind)
    grown = growing(plain, wind, ZERO + DAY, ZERO + 4 * DAY)
    first = sd_mps(plain, 0.0)
    assert first == pytest.approx(2.2, abs=0.01)
    for days, factor in ((0.0, 1.0), (0.5, 1.0), (1.0, 1.0), (2.0, 1.2), (2.5, 1.3), (4.0, 1.6)):
        assert sd_mps(grown, days * DAY_S) == pytest.approx(factor * first, rel=1e-9)
    assert BASIS in grown.basis
    assert BASIS not in plain.basis


def test_times_count_from_the_epoch_of_the_case():
    wind = still()
    grown = growing(error.of_field(wind), wind, ZERO + DAY, ZERO + 4 * DAY)
    later = grown.since(ZERO + DAY)
    there = sigma(later, DAY_S, math.log(7_000.0), 40.0, -98.0)
    assert there == pytest.approx(sd_mps(grown, 2.0 * DAY_S), rel=1e-12)


def test_a_forecast_made_by_then_does_not_grow_twice():
    wind = still(leads_h=np.arange(97), product="forecast", source="gfs")
    plain = error.of_field(wind)
    assert growing(plain, wind, ZERO + DAY, ZERO + 4 * DAY) is plain


def test_a_forecast_that_tells_no_lead_grows_once_it_is_older_than_a_day():
    wind = still(product="forecast", source="gfs")
    plain = error.of_field(wind)
    grown = growing(plain, wind, ZERO, ZERO + 4 * DAY)
    first = sd_mps(plain, 0.0)
    assert sd_mps(grown, DAY_S) == pytest.approx(first, rel=1e-9)
    assert sd_mps(grown, 3.0 * DAY_S) == pytest.approx(first * 1.6 / 1.2, rel=1e-9)


def test_short_forecasts_one_after_the_other_grow_to_their_age_since_the_evidence():
    """Leads of 0 to 5 h again and again: first their own error, then that of the longer lead."""
    wind = still(leads_h=np.arange(97) % 6, product="forecast")
    plain = error.of_field(wind)
    assert len(plain.sigma.time_s) > 1
    grown = growing(plain, wind, ZERO + DAY, ZERO + 4 * DAY)
    for hours in (3.0, 6.0, 21.0):
        assert sd_mps(grown, 3_600.0 * hours) == pytest.approx(sd_mps(plain, 3_600.0 * hours))
    for hours in (30.0, 41.0, 60.0, 96.0):
        factor = 1.0 + (hours - 24.0) / 120.0
        assert sd_mps(grown, 3_600.0 * hours) == pytest.approx(factor * 2.2, abs=0.01)


def test_the_climatology_knows_no_day():
    wind = still(source="climatology", product="simulation")
    plain = error.of_field(wind)
    assert growing(plain, wind, ZERO + DAY, ZERO + 4 * DAY) is plain
