"""The weather as the climatology's error."""

import math

import numpy as np
import pytest

from overflight.fields import error
from overflight.physics.windgrid import sigma


def at(table, level_hpa, lat_deg):
    return sigma(table, math.log(level_hpa * 100.0), lat_deg)


def test_in_january_the_table_is_the_mean_of_the_measured_januaries():
    table = error.of_climatology(15.2).sigma
    rms = math.sqrt((10.7**2 + 9.2**2 + 7.6**2) / 3)  # 20-40 N at 70 hPa: 2011, 2005, 1980
    assert at(table, 70.0, 30.0) == pytest.approx(rms / math.sqrt(2), rel=1e-9)


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


def test_it_calls_itself_a_prior():
    prior = error.of_climatology(30.0)
    assert prior.prior_only
    assert prior.statement == "climatology: prior only"
    assert any("autumn" in line for line in prior.basis)
