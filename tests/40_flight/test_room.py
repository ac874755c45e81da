"""Flights that memory cannot hold are refused before it is taken, with the number that fits."""

import re

import numpy as np
import pytest

from overflight.case.load import bundled, load
from overflight.errors import CapacityError
from overflight.fields import memory
from overflight.flight import ensemble, on_levels, winds
from overflight.flight.ensemble import Flight
from overflight.inference import devices, prior
from overflight.inference.stratum import Settings
from overflight.physics import march as marching
from overflight.physics.sphere import n_vector
from overflight.physics.windgrid import WindGrid


@pytest.fixture(scope="module")
def still():
    return WindGrid(
        np.array([0.0, 3_600.0]),
        np.log([4_000.0, 6_000.0]),
        np.linspace(-90.0, 90.0, 5),
        np.linspace(-180.0, 180.0, 9),
        np.zeros((2, 2, 5, 9, 2), np.float32),
    )


def told(refusal):
    return int(re.search(r"At most ([\d,]+) particles", refusal.value.remedy)[1].replace(",", ""))


def march(grid, n):
    places = np.broadcast_to(np.array(n_vector(45.0, 0.0)), (n, 3))
    level, height = np.broadcast_to(np.log(5e3), n), np.broadcast_to(20e3, n)
    return on_levels.march(grid, places, level, height, np.array([0.0, 1_800.0]), step_s=600.0)


def test_a_march_of_many_is_refused_before_it_begins(still, monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 10_000_000)
    flown = []
    monkeypatch.setattr(marching, "march", lambda *given, **named: flown.append(len(given[1])))
    with pytest.raises(CapacityError, match="100,000,000 particles") as refusal:
        march(still, 10**8)
    assert not flown
    march(still, told(refusal))
    with pytest.raises(CapacityError):
        march(still, told(refusal) + 1)
    assert flown == [told(refusal)]


def test_few_balloons_are_marched_as_ever(still):
    assert march(still, 3).shape == (2, 3, 3)


def test_free_flights_are_refused_before_they_begin(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 10_000_000)
    monkeypatch.setattr(ensemble, "_fly", lambda *given: pytest.fail("it flew"))
    plans = [Flight(None, None, 100), Flight(None, None, 200)]
    with pytest.raises(CapacityError, match="2 plans of free flight") as refusal:
        ensemble.fly(plans, 10**8, 10, 1, 1)
    assert told(refusal) == 10_000_000 // (24 * (11 + 21))


def test_a_prior_is_refused_before_it_is_flown(monkeypatch):
    case = load(bundled("2023-conus"))
    wind = winds.of_climatology(case)
    monkeypatch.setattr(prior, "N_STRATA", 2)
    monkeypatch.setattr(prior, "N_EACH", 10**8)
    monkeypatch.setattr(devices, "named", lambda name: pytest.fail("it flew"))
    with pytest.raises(CapacityError, match="100,000,000 particles"):
        prior.prior(case, wind.grid, wind.error, Settings(), 1)
