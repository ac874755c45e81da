"""Free flights on a graphics card end where the processor's end."""

import math

import numpy as np
import pytest

from overflight.errors import DeviceError
from overflight.fields.error import INERTIAL
from overflight.flight import device
from overflight.flight.ensemble import Flight, fly
from overflight.flight.ensemble_cuda import fly as fly_on_card
from overflight.physics.drift import Drift, LevelLaw
from overflight.physics.ou import ou_step
from overflight.physics.sphere import MEAN_RADIUS_M, n_vector
from overflight.physics.windgrid import WindGrid, steady

DT_S, N_STEPS, STRIDE = 1_500.0, 20, 4  # a step goes across every hour
FLY = "overflight.flight.ensemble_cuda:fly"
CLOSE_M = 0.2  # the processor flies in blocks of single precision


@pytest.fixture(scope="module")
def windy():
    """A wind that changes with time, level and place, hour by hour."""
    rng = np.random.default_rng(8)
    return WindGrid(
        np.arange(10) * 3_600.0,
        np.log([3_000.0, 6_000.0, 9_000.0]),
        np.linspace(30.0, 60.0, 7),
        np.linspace(-20.0, 20.0, 9),
        rng.normal(10.0, 8.0, (10, 3, 7, 9, 2)).astype(np.float32),
    )


@pytest.fixture(scope="module")
def flight(windy):
    half = 2 * N_STEPS + 1
    law = LevelLaw(
        np.linspace(math.log(8_000.0), math.log(5_000.0), half),
        np.linspace(17_500.0, 20_500.0, half),
        np.full(half, 6_342.0),
        np.tile([0.6, 0.0, 0.8], (half, 1)),
        150.0,
    )
    table = steady(np.log([3_000.0, 9_000.0]), np.array([-90.0, 90.0]), np.full((2, 2), 2.0))
    place = n_vector(45.0, 0.0)
    drift = Drift(
        windy, table, 1.1, ou_step(86_400.0, DT_S), law, 0.0, DT_S, *place, 30e3,
        86_400.0, 4_000.0, 0.3, -0.2,
    )  # fmt: skip
    return Flight(None, drift, N_STEPS)


def apart_m(one, other):
    assert np.array_equal(np.isnan(one), np.isnan(other))
    return MEAN_RADIUS_M * np.nanmax(np.linalg.norm(one - other, axis=-1))


@pytest.mark.parametrize("inertial", [None, INERTIAL], ids=["slow", "turning"])
def test_balloons_end_where_the_processor_takes_them(flight, on_card, inertial):
    expected = fly([flight, flight], 3, STRIDE, 11, 1, inertial)
    found = on_card(FLY, [flight, flight], 3, STRIDE, 11, inertial)
    assert [paths.shape for paths in found] == [(3, 6, 3)] * 2
    assert max(map(apart_m, found, expected)) < CLOSE_M
    assert apart_m(expected[0], expected[1]) > 1_000.0


def test_neither_batches_nor_streaming_change_a_number(flight, windy, on_card):
    """Room for four times of the wind, twice, and beside it for less than all balloons."""
    room = int(2 * 4 * windy.uv_mps[0].nbytes / device.WIND_SHARE)
    assert (1.0 - device.WIND_SHARE) * room < 80 * 8 * 3 * (N_STEPS + 1)
    found = on_card(FLY, [flight], 80, 1, 11, None, room)[0]
    assert apart_m(found, fly([flight], 80, 1, 11, 1)[0]) < CLOSE_M


def test_a_balloon_that_leaves_the_wind_has_no_place_from_then_on(flight, windy, on_card):
    short = windy._replace(time_s=windy.time_s / 4.0)
    lost = Flight(None, flight.drift._replace(grid=short), N_STEPS)
    found, expected = on_card(FLY, [lost], 2, STRIDE, 1)[0], fly([lost], 2, STRIDE, 1, 1)[0]
    assert np.isnan(found[:, -1]).all()
    assert apart_m(found, expected) < CLOSE_M


def test_a_card_too_small_for_two_times_of_the_wind_is_refused(flight, on_card):
    outcome = on_card("cards:refused", [flight], 2, STRIDE, 1, None, 1_000)
    assert "3 times, twice" in outcome
    assert "Keep only the levels" in outcome


def test_without_a_card_it_says_what_to_do(monkeypatch):
    from numba import cuda

    monkeypatch.setattr(device, "_installed", lambda: None)
    monkeypatch.setattr(cuda, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="Run on the processor"):
        fly_on_card([], 1, 1, 1)
