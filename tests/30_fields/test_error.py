"""The weather as the climatology's error."""

import math

import numpy as np
import pytest

from overflight.fields import error
from overflight.physics.windgrid import sigma


def at(table, level_hpa, lat_deg):
    return sigma(table, 0.0, math.log(level_hpa * 100.0), lat_deg, 0.0)


def test_in_january_the_table_is_the_mean_of_the_measured_januaries():
    table = error.of_climatology(15.2).sigma
    rms = math.sqrt((10.7**2 + 9.2**2 + 7.6**2) / 3)  # 20-40 N at 70 hPa: 2011, 2005, 1980
    assert at(table, 70.0, 30.0) == pytest.approx(rms / math.sqrt(2), rel=1e-9)


def test_in_autumn_it_is_the_mean_of_days_and_leaves_the_ensemble_mean_out():
    table = error.of_climatology(300.0).sigma  # within a quarter of a year before mid-January
    share = math.cos(2.0 * math.pi * (300.0 - 15.2) / 365.25)
    january, autumn = (9.6**2 + 7.6**2 + 8.5**2) / 3, (4.3**2 + 5.7**2) / 2  # 50 hPa, not 2025
    mixed = share * january + (1.0 - share) * autumn
    assert at(table, 50.0, 30.0) == pytest.approx(math.sqrt(mixed / 2), rel=1e-9)
    table = error.of_climatology(200.0).sigma  # spring and summer use autumn
    assert at(table, 50.0, 30.0) == pytest.approx(math.sqrt(autumn / 2), rel=1e-9)


def test_the_south_has_its_own_band_up_to_the_pole():
    table = error.of_climatology(15.2).sigma
    southern = math.sqrt((8.6**2 + 5.6**2 + 4.8**2) / 3 / 2)  # 60-30 S at 70 hPa
    for lat_deg in (-45.0, -70.0, -90.0):
        assert at(table, 70.0, lat_deg) == pytest.approx(southern, rel=1e-9)
    assert at(table, 70.0, -22.5) == pytest.approx(0.5 * (southern + at(table, 70.0, 0.0)))


def test_beyond_the_last_band_and_level_it_stays_constant():
    table = error.of_climatology(15.2).sigma
    assert at(table, 70.0, 90.0) == at(table, 70.0, 70.0)
    assert at(table, 250.0, 50.0) == at(table, 200.0, 50.0)


def test_in_autumn_it_is_smaller_over_the_northern_stratosphere():
    winter, autumn = error.of_climatology(15.2).sigma, error.of_climatology(280.0).sigma
    assert at(autumn, 30.0, 70.0) < 0.7 * at(winter, 30.0, 70.0)


def test_it_grows_towards_the_winter_pole_and_never_vanishes():
    table = error.of_climatology(30.0).sigma
    assert at(table, 70.0, 30.0) < at(table, 70.0, 50.0) < at(table, 70.0, 70.0)
    assert np.isfinite(table.sigma_mps).all()
    assert (table.sigma_mps > 2.0).all()


def test_the_season_moves_smoothly_and_closes_on_itself():
    values = [at(error.of_climatology(day).sigma, 50.0, 60.0) for day in range(0, 366, 5)]
    assert np.abs(np.diff(values)).max() < 0.7
    assert values[0] == pytest.approx(values[-1], abs=0.7)


def test_memory_is_a_day_and_a_half_to_two_with_room_on_both_sides():
    prior = error.of_climatology(30.0)
    assert 36.0 <= prior.tau_s_median / 3_600.0 <= 48.0
    assert prior.tau_log_sd == 0.4
    assert prior.scale_log_sd == 0.4


def test_it_calls_itself_a_prior_and_says_what_was_not_measured():
    prior = error.of_climatology(30.0)
    assert prior.prior_only
    assert prior.statement == "climatology: prior only"
    assert any("spring and summer have no data" in line for line in prior.basis)
    assert any("the south has one band" in line for line in prior.basis)
    for owner in ("NOAA GFS", "ERA-Interim", "MERRA"):
        assert owner in error.ATTRIBUTION
