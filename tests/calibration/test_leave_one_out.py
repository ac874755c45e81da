"""Slow: the 2023 posterior keeps its promises on its own sightings."""

import numpy as np
import pytest

from overflight.case.load import bundled, load
from overflight.flight import winds
from overflight.inference.leave_one_out import leave_one_out, lighter
from overflight.inference.sample import references, task_of
from overflight.inference.stratum import Settings
from overflight.inference.work import Threads, Work

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def left_out():
    case = load(bundled("2023-conus"))
    wind = winds.of_climatology(case)
    task = task_of(case, wind.grid, wind.error, lighter(Settings()), 1)
    work = Work(Threads(Settings().n_threads))
    return leave_one_out(task, references(task, work), work)


def test_left_out_sightings_fall_inside_the_region_that_should_hold_them(left_out):
    """Of n reports about 90 % lie inside; a binomial with n = 38 goes below 31 once in 100 times.

    Too many inside is not a failure of honesty but a width to explain: see docs/calibration.md.
    """
    inside = sum(one.inside(0.9) for one in left_out)
    assert len(left_out) == 38
    assert inside >= 31


def test_reports_of_the_nadir_rank_evenly(left_out):
    """Where the place is the balloon's own (no observer's radius in it) ranks are near uniform."""
    ranks = [one.rank_fraction for one in left_out if one.geometry != "line_of_sight"]
    assert 0.25 < np.mean(ranks) < 0.75
    assert np.std(ranks) > 0.15


def test_no_prediction_rests_on_a_handful_of_paths(left_out):
    assert min(one.n_effective for one in left_out) > 40
