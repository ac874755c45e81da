"""Tracks survive their way into the page: to within a step, gaps and date line included."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from overflight.errors import InferenceError
from overflight.release.encode import GAP, decode, encode, quantise

LON_HALF_STEP_DEG, LAT_HALF_STEP_DEG = 0.5 / 182, 0.5 / 364
ROUNDING = 1e-9


def lon_apart_deg(a, b):
    return np.abs((a - b + 180.0) % 360.0 - 180.0)


@given(
    arrays(np.float64, (3, 7), elements=st.floats(-90, 90)),
    arrays(np.float64, (3, 7), elements=st.floats(-720, 720)),
)
@example(np.zeros((1, 2)), np.array([[179.999, -179.999]]))
@example(np.full((1, 2), 90.0), np.array([[180.0, -180.0]]))
def test_positions_come_back_to_within_half_a_step(lat_deg, lon_deg):
    lat_back_deg, lon_back_deg = decode(encode(lat_deg, lon_deg), *lat_deg.shape)
    assert np.abs(lat_back_deg - lat_deg).max() <= LAT_HALF_STEP_DEG + ROUNDING
    assert lon_apart_deg(lon_back_deg, lon_deg).max() <= LON_HALF_STEP_DEG + ROUNDING
    assert np.all((lon_back_deg >= -180.0) & (lon_back_deg <= 180.0))


@given(st.integers(0, 2**20 - 1))
def test_gaps_stay_where_they_are(pattern):
    gap = np.array([(pattern >> bit) & 1 for bit in range(20)], dtype=bool).reshape(2, 10)
    lat_deg, lon_deg = np.full((2, 10), 45.0), np.linspace(170.0, 190.0, 20).reshape(2, 10)
    lat_deg[gap] = np.nan
    lat_back_deg, lon_back_deg = decode(encode(lat_deg, lon_deg), 2, 10)
    assert np.array_equal(np.isnan(lat_back_deg), gap)
    assert np.array_equal(np.isnan(lon_back_deg), gap)


def test_a_gap_in_either_coordinate_is_a_gap_in_both():
    steps = quantise(np.array([[np.nan, 1.0, 2.0]]), np.array([[1.0, np.nan, 2.0]]))
    assert steps[0, :2].tolist() == [[GAP, GAP], [GAP, GAP]]
    assert steps[0, 2].tolist() == [364, 728]


def test_no_position_looks_like_a_gap():
    steps = quantise(np.array([[-90.0, 90.0]]), np.array([[-180.0, 179.9999]]))
    assert GAP not in steps


def test_crossing_the_date_line_costs_no_more_than_flying_beside_it():
    lat_deg = np.full((50, 100), 40.0)
    path_deg = np.linspace(0.0, 20.0, 100) + np.zeros((50, 1))
    beside = encode(lat_deg, path_deg + 100.0)
    across = encode(lat_deg, path_deg + 170.0)
    assert len(across) <= 1.05 * len(beside)


def test_two_hundred_tracks_fit_into_160_kilobytes(page):
    assert len(encode(page.map.lat_deg, page.map.lon_deg)) < 160_000


def test_unequal_shapes_are_refused():
    with pytest.raises(InferenceError, match="two equal shapes"):
        encode(np.zeros((2, 3)), np.zeros((3, 2)))
