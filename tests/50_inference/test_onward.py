"""Paths flown on beyond the last evidence: from where they were, in the wind that they felt."""

import math
from dataclasses import replace

import numpy as np
import pytest

from overflight.case.load import load
from overflight.case.template import write_new
from overflight.errors import CoverageError, InferenceError
from overflight.flight import winds
from overflight.inference import sample
from overflight.inference.onward import fly_on
from overflight.inference.posterior import Ends
from overflight.inference.prior import unseen
from overflight.inference.stratum import Settings
from overflight.inference.work import Threads, Work
from overflight.physics.sphere import lat_lon_deg, n_vector, radii_m

QUICK = Settings(
    n_points=40, n_strata=4, n_filtered=4, n_runs=2, n_particles=16, n_draws=4, n_paths=40,
    n_starts=1, n_defensive=0, n_threads=1,
)  # fmt: skip
HOUR_S = 3_600.0


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("case") / "small"
    write_new(folder)
    case = load(folder)
    wind = winds.of_climatology(case)
    task = sample.task_of(case, wind.grid, wind.error, QUICK, 1)
    work = Work(Threads(1))
    return task, sample.draw(task, sample.references(task, work), work)


def calm(task):
    """No wind, and an error of 3 m/s everywhere at all times."""
    grid = task.grid._replace(uv_mps=np.zeros_like(task.grid.uv_mps))
    table = task.error.sigma._replace(sigma_mps=np.full_like(task.error.sigma.sigma_mps, 3.0))
    return replace(task, grid=grid, error=replace(task.error, sigma=table))


def test_paths_go_on_from_where_they_end(small):
    task, drawn = small
    flown = fly_on(task, drawn, 6.0 * HOUR_S).paths
    assert flown.time_s[0] == drawn.time_s[-1] == drawn.ends.time_s
    np.testing.assert_allclose(flown.lat_deg[:, 0], drawn.lat_deg[:, -1], atol=1e-9)
    np.testing.assert_allclose(flown.lon_deg[:, 0], drawn.lon_deg[:, -1], atol=1e-9)
    np.testing.assert_allclose(flown.height_m[:, 0], drawn.height_m[:, -1], atol=1e-6)
    np.testing.assert_array_equal(flown.weight, drawn.weight)
    assert len(flown.time_s) == 19
    assert np.isfinite(flown.lat_deg).all()


def test_the_filter_keeps_the_error_that_bent_the_path(small):
    """A filter's last displacement shows its wind error; without it the kept one would be noise."""
    _, drawn = small
    error = drawn.ends.state[:, 3:]
    assert error.shape == (40, 2)
    assert np.abs(error).max() < 8.0
    assert np.unique(error, axis=0).shape[0] > 10


def test_the_error_felt_at_the_end_goes_on_and_fades(small):
    """In calm air a gust of 2 sd carries a balloon 2 sd tau (1 - exp(-t / tau)) east."""
    task, drawn = small
    one = replace(
        drawn.ends.statics[0], wind_scale=1.0, tau_s=10.0 * HOUR_S, bias_u_mps=0.0, bias_v_mps=0.0,
        vertical_length_m=math.inf, swing_m=0.0, slow_drift_mps=0.0,
    )  # fmt: skip
    n = 600
    state = np.tile([*n_vector(0.0, 0.0), 2.0, -1.0], (n, 1))
    ends = Ends(drawn.ends.time_s - 12.0 * HOUR_S, (one,) * n, state)
    flown = fly_on(calm(task), replace(drawn, ends=ends), 12.0 * HOUR_S).paths
    along_m, across_m = radii_m(0.0)
    height_m = one.float_height_m
    east_m = np.radians(flown.lon_deg[:, -1]) * (across_m + height_m)
    north_m = np.radians(flown.lat_deg[:, -1]) * (along_m + height_m)
    way_m = 3.0 * one.tau_s * -math.expm1(-12.0 * HOUR_S / one.tau_s)
    sd_m = east_m.std() / math.sqrt(n)
    assert east_m.mean() == pytest.approx(2.0 * way_m, abs=4.0 * sd_m + 500.0)
    assert north_m.mean() == pytest.approx(-way_m, abs=4.0 * sd_m + 500.0)
    x = 12.0 * HOUR_S / one.tau_s
    var_m2 = (3.0 * one.tau_s) ** 2 * (2.0 * x - 3.0 + 4.0 * math.exp(-x) - math.exp(-2.0 * x))
    assert east_m.std() == pytest.approx(math.sqrt(var_m2), rel=0.12)


def test_paths_of_the_same_constants_are_independent(small):
    task, drawn = small
    ends = Ends(drawn.ends.time_s, drawn.ends.statics[:1] * 3, np.tile(drawn.ends.state[0], (3, 1)))
    flown = fly_on(task, replace(drawn, ends=ends, weight=np.full(3, 1.0 / 3.0)), 6.0 * HOUR_S)
    assert np.unique(flown.paths.lat_deg[:, -1]).size == 3


def test_wind_that_ends_early_ends_the_forecast(small):
    task, drawn = small
    keep = task.grid.time_s <= drawn.ends.time_s + 30.0 * HOUR_S
    grid = task.grid._replace(
        time_s=task.grid.time_s[keep], uv_mps=np.ascontiguousarray(task.grid.uv_mps[keep])
    )
    last_s = float(grid.time_s[-1])
    assert last_s < drawn.ends.time_s + 72.0 * HOUR_S
    flown = fly_on(replace(task, grid=grid), drawn, 72.0 * HOUR_S)
    assert flown.asked_s == 72.0 * HOUR_S
    assert flown.paths.time_s[-1] <= last_s < flown.paths.time_s[-1] + QUICK.output_s
    assert flown.left_fraction == 0.0


def test_nothing_after_the_evidence_is_refused(small):
    task, drawn = small
    late = replace(drawn, ends=replace(drawn.ends, time_s=float(task.grid.time_s[-1])))
    with pytest.raises(CoverageError, match="the wind ends with the evidence"):
        fly_on(task, late, HOUR_S)
    with pytest.raises(InferenceError):
        fly_on(task, unseen(task), HOUR_S)


def test_a_path_that_leaves_the_box_is_nowhere_from_there(small):
    task, drawn = small
    lon_deg = float(np.degrees(np.arctan2(drawn.ends.state[0, 1], drawn.ends.state[0, 0])))
    grid = task.grid
    keep = np.abs(grid.lon_deg - lon_deg) < 6.0
    narrow = grid._replace(
        lon_deg=grid.lon_deg[keep], uv_mps=np.ascontiguousarray(grid.uv_mps[:, :, :, keep])
    )
    flown = fly_on(replace(task, grid=narrow), drawn, 24.0 * HOUR_S)
    gone = np.isnan(flown.paths.lat_deg)
    assert gone[:, -1].any()
    assert (gone[:, 1:] >= gone[:, :-1]).all()  # and never comes back
    assert 0.0 < flown.left_fraction <= 1.0
    assert lat_lon_deg(*drawn.ends.state[0, :3])[1] == pytest.approx(lon_deg)
