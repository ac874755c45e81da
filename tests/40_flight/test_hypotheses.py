"""What is unknown about a flight: drawn as the wind's error says."""

import math
from dataclasses import replace

import numpy as np
import pytest

from overflight.case.load import bundled, load
from overflight.fields import error
from overflight.flight.hypotheses import DIMENSIONS, dimensions, even_normals, statics


@pytest.fixture(scope="module")
def case():
    return load(bundled("2023-conus"))


def drawn(case, wind_error, n=400):
    return [
        statics(case, wind_error, 0, row) for row in even_normals(n, 1, 0, dimensions(wind_error))
    ]


def test_the_climatology_keeps_its_six_unknowns_and_their_numbers(case):
    prior = error.of_climatology(30.0)
    assert dimensions(prior) == DIMENSIONS == 6
    for one in drawn(case, prior, 20):
        assert math.isinf(one.vertical_length_m)
        assert (one.bias_u_mps, one.bias_v_mps) == (0.0, 0.0)
    # The first rows as they were before other winds could add unknowns.
    assert even_normals(5, 1, 0)[0] == pytest.approx(even_normals(5, 1, 0, 6)[0], abs=0.0)


def test_a_wind_of_the_day_adds_a_vertical_length_and_a_bias(case, an_error):
    assert dimensions(an_error) == 9
    points = drawn(case, an_error)
    lengths = np.log([one.vertical_length_m for one in points])
    assert np.median(lengths) == pytest.approx(math.log(1_000.0), abs=0.01)
    assert np.std(lengths) == pytest.approx(0.5, rel=0.03)
    for name in ("bias_u_mps", "bias_v_mps"):
        values = np.array([getattr(one, name) for one in points])
        assert np.std(values) == pytest.approx(0.5, rel=0.03)
        assert abs(values.mean()) < 0.01
    east, north = (np.array([getattr(o, f"bias_{c}_mps") for o in points]) for c in "uv")
    assert np.abs(np.corrcoef([east, north, lengths]) - np.eye(3)).max() < 0.15


def test_either_may_be_missing(case, an_error):
    no_bias = replace(an_error, bias_sd_mps=0.0)
    no_length = replace(an_error, vertical_length_m_median=None)
    assert (dimensions(no_bias), dimensions(no_length)) == (7, 8)
    assert all(one.bias_u_mps == 0.0 for one in drawn(case, no_bias, 5))
    assert all(math.isinf(one.vertical_length_m) for one in drawn(case, no_length, 5))
    assert any(one.bias_u_mps != 0.0 for one in drawn(case, no_length, 5))
