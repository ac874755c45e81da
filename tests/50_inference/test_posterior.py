"""Bookkeeping of particles and paths: reordering, thinning, reweighting, predicting."""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "60_ledgers"))

from flown import EPOCH, posterior

from overflight.case.vocabulary import Geometry
from overflight.inference import resampling
from overflight.inference.leave_one_out import predict


@given(st.lists(st.floats(-20.0, 0.0), min_size=5, max_size=40), st.floats(0.0, 0.999))
def test_systematic_draws_are_sorted_and_within_one_of_their_share(logs, start):
    weight_log = np.array(logs)
    parents = resampling.systematic(weight_log, 50, start)
    assert (np.diff(parents) >= 0).all()
    share = np.exp(weight_log - weight_log.max())
    counts = np.bincount(parents, minlength=len(logs))
    assert np.abs(counts - 50 * share / share.sum()).max() <= 1.0 + 1e-9


def still(n, lat_sd_deg, seed, **changes):
    """Balloons standing still around 45 N, 100 W."""
    rng = np.random.default_rng(seed)
    lat = np.repeat(45.0 + lat_sd_deg * rng.standard_normal((n, 1)), 10, axis=1)
    lon_sd_deg = lat_sd_deg / np.cos(np.radians(45.0))
    lon = np.repeat(-100.0 + lon_sd_deg * rng.standard_normal((n, 1)), 10, axis=1)
    return posterior(lat, lon, np.arange(10) * 3_600.0, **changes)


def test_equal_rows_count_weights_as_multiplicity():
    paths = still(4, 0.1, 0, weight=np.array([0.5, 0.25, 0.25, 0.0]))
    rows = paths.equal_rows(8)
    assert np.bincount(rows, minlength=4).tolist() == [4, 2, 2, 0]


def test_dividing_a_report_out_restores_the_weights_before_it():
    gave = np.array([0.0, 1.0, 2.0, 3.0])
    told = still(
        4, 0.1, 0, weight=np.exp(gave) / np.exp(gave).sum(), sighting_ids=("a", "b"),
        log_mixture=np.stack([gave, np.ones(4)], axis=1),
    )  # fmt: skip
    np.testing.assert_allclose(told.without(("a",)).weight, 0.25)
    np.testing.assert_allclose(told.without(("b",)).weight, told.weight)


@pytest.mark.parametrize("geometry", [Geometry.NADIR, Geometry.LINE_OF_SIGHT])
def test_ranks_of_left_out_reports_are_uniform_if_the_world_is_as_assumed(geometry):
    rng = np.random.default_rng(4)
    case = SimpleNamespace(epoch=EPOCH)
    paths = still(1_500, 0.5, 8)
    degree_m, sd_m = 111_195.0, 40_000.0
    ranks = []
    for _ in range(150):
        true_lat, true_lon = rng.normal(45.0, 0.5), rng.normal(-100.0, 0.5 / np.cos(np.pi / 4))
        off_m = sd_m * rng.standard_normal(2)
        if geometry is Geometry.LINE_OF_SIGHT:
            radius, angle = 2 * sd_m * np.sqrt(rng.random()), 2 * np.pi * rng.random()
            off_m = radius * np.array([np.cos(angle), np.sin(angle)])
        report = SimpleNamespace(
            id="x", geometry=geometry, time_min=EPOCH, time_max=EPOCH + timedelta(hours=9),
            lat_deg=true_lat + off_m[1] / degree_m,
            lon_deg=true_lon + off_m[0] / degree_m / np.cos(np.radians(true_lat)),
            position_sd_m=sd_m,
        )  # fmt: skip
        ranks.append(predict(case, report, paths, seed=1).rank_fraction)
    edges = np.linspace(0.0, 1.0, 6)
    counts = np.histogram(ranks, edges)[0]
    assert ((counts - 30.0) ** 2 / 30.0).sum() < 13.3  # chi-square, 4 degrees, 1 %


def test_a_report_from_before_every_launch_is_in_no_region():
    """Left out, the others leave no balloon in the air at its time: nothing is predicted."""
    report = SimpleNamespace(
        id="x", geometry=Geometry.NADIR, time_min=EPOCH, time_max=EPOCH + timedelta(hours=9),
        lat_deg=45.0, lon_deg=-100.0, position_sd_m=1_000.0,
    )  # fmt: skip
    grounded = still(100, 0.5, 8)
    grounded = replace(grounded, lat_deg=np.full_like(grounded.lat_deg, np.nan))
    told = predict(SimpleNamespace(epoch=EPOCH), report, grounded, seed=1)
    assert not told.is_aloft
    assert told.rank_fraction == 1.0
    assert not told.inside(0.9)
    assert told.n_effective == grounded.diagnostics.ess
