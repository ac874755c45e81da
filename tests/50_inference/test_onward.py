"""Paths flown on beyond the last evidence: from where they were, in the wind that they felt."""

import math
from dataclasses import replace

import numpy as np
import pytest

from overflight.errors import CoverageError, InferenceError
from overflight.fields.error import INERTIAL
from overflight.inference.landing import Fall
from overflight.inference.onward import fly_on
from overflight.inference.posterior import Ends
from overflight.inference.prior import unseen
from overflight.inference.telemetry.process import roughness, waves_of_hours
from overflight.physics.ou import coriolis_radps, displacement_sd_m, rotating_displacement_sd_m
from overflight.physics.sphere import lat_lon_deg, n_vector, radii_m

HOUR_S = 3_600.0


def calm(task, error_mps=3.0, *, prior_only=False):
    """No wind, and an error of 3 m/s everywhere at all times; waves only in a season's wind."""
    grid = task.grid._replace(uv_mps=np.zeros_like(task.grid.uv_mps))
    table = task.error.sigma._replace(sigma_mps=np.full_like(task.error.sigma.sigma_mps, error_mps))
    error = replace(task.error, sigma=table, prior_only=prior_only)
    return replace(task, grid=grid, error=error)


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


def at_45_north(drawn, n, error):
    one = replace(
        drawn.ends.statics[0], wind_scale=1.0, tau_s=24.0 * HOUR_S, bias_u_mps=0.0, bias_v_mps=0.0,
        vertical_length_m=math.inf, swing_m=0.0, slow_drift_mps=0.0,
    )  # fmt: skip
    state = np.tile([*n_vector(45.0, 0.0), 0.0, 0.0], (n, 1))
    state[:, 3:] = error
    return Ends(drawn.ends.time_s - 12.0 * HOUR_S, (one,) * n, state)


def east_north_m(paths):
    along_m, across_m = radii_m(math.sin(math.radians(45.0)))
    height_m = float(paths.height_m[0, 0])
    east_m = np.radians(paths.lon_deg[:, -1]) * (across_m + height_m) * math.cos(math.pi / 4.0)
    return east_m, np.radians(paths.lat_deg[:, -1] - 45.0) * (along_m + height_m)


def test_a_wind_whose_error_turns_in_part_goes_on_turning(small):
    """From a stationary error the way spreads as both parts together do: T7's closed form."""
    task, drawn = small
    turns = replace(calm(task), error=replace(calm(task).error, inertial=INERTIAL))
    n, length_s = 800, 24.0 * HOUR_S
    share = math.sqrt(0.6)  # the filter's error is slow: so much of it is a stationary slow part
    error = share * np.random.default_rng(4).normal(size=(n, 2))
    ends = at_45_north(drawn, n, error)
    flown = fly_on(turns, replace(drawn, ends=ends, weight=np.full(n, 1.0 / n)), length_s).paths
    slow_m = math.sqrt(0.6) * displacement_sd_m(3.0, 24.0 * HOUR_S, length_s)
    turning_m = math.sqrt(0.4) * rotating_displacement_sd_m(
        3.0, INERTIAL.tau_s, coriolis_radps(45.0), length_s
    )
    for way_m in east_north_m(flown):
        assert way_m.std() == pytest.approx(math.hypot(slow_m, turning_m), rel=0.09)


def test_what_the_filter_felt_is_kept_whole_where_part_turns(small):
    """A gust of 2 sd goes on as in a wind that does not turn: the filter took it as slow."""
    task, drawn = small
    still = calm(task)
    turns = replace(still, error=replace(still.error, inertial=INERTIAL))
    ends = at_45_north(drawn, 800, (2.0, 0.0))
    ways = []
    for each in (still, turns):
        flown = fly_on(each, replace(drawn, ends=ends), 12.0 * HOUR_S).paths
        ways.append(east_north_m(flown)[0])
    sd_m = max(way.std() for way in ways) / math.sqrt(800)
    assert ways[1].mean() == pytest.approx(ways[0].mean(), abs=5.0 * sd_m)


@pytest.mark.parametrize("hours", [1.0, 3.0, 12.0])
def test_in_a_seasons_wind_waves_spread_the_way_as_their_processes_do(small, hours):
    """Closed form of every wave's displacement, and the mean square of the factor on all."""
    task, drawn = small
    assert task.error.prior_only
    still = calm(task, 0.0, prior_only=True)
    n, length_s = 3_000, hours * HOUR_S
    ends = at_45_north(drawn, n, (0.0, 0.0))
    ends = replace(ends, statics=(replace(ends.statics[0], bias_u_mps=0.0, bias_v_mps=0.0),) * n)
    flown = fly_on(still, replace(drawn, ends=ends, weight=np.full(n, 1.0 / n)), length_s).paths
    factors, shares = roughness()
    square_m2 = float(shares @ factors**2) * sum(
        rotating_displacement_sd_m(sd_mps, tau_s, turns * coriolis_radps(45.0), length_s) ** 2
        for turns, sd_mps, tau_s in zip(*waves_of_hours(), strict=True)
    )
    for way_m in east_north_m(flown):
        assert way_m.std() == pytest.approx(math.sqrt(square_m2), rel=0.06)
        kurtosis = np.mean(way_m**4) / np.mean(way_m**2) ** 2
        assert kurtosis == pytest.approx(3.0 * (shares @ factors**4) / (shares @ factors**2) ** 2,
                                         rel=0.2)  # fmt: skip


def test_where_the_wind_is_known_no_waves_are_added(small):
    task, drawn = small
    ends = at_45_north(drawn, 40, (0.0, 0.0))
    flown = fly_on(calm(task, 0.0), replace(drawn, ends=ends), 6.0 * HOUR_S).paths
    for way_m in east_north_m(flown):
        assert np.abs(way_m - way_m[0]).max() < 1.0


def test_a_fall_ends_on_the_ground_and_stays_there(small):
    task, drawn = small
    begin_s = drawn.ends.time_s + 3.0 * HOUR_S
    fall = Fall(begin_s, begin_s + HOUR_S, 4.0, 8.0)
    flown = fly_on(task, drawn, 12.0 * HOUR_S, fall)
    aloft = fly_on(task, drawn, 12.0 * HOUR_S)
    down = flown.landed
    assert np.isfinite(down.time_s).all()
    assert ((down.begin_s >= begin_s) & (down.begin_s <= begin_s + HOUR_S)).all()
    length_s = down.time_s - down.begin_s
    assert ((length_s > 1_200.0) & (length_s < 3_500.0)).all()  # 18 km at 4 to 8 m/s
    paths = flown.paths
    before = paths.time_s[None, :] <= begin_s
    np.testing.assert_array_equal(paths.lat_deg[:, before[0]], aloft.paths.lat_deg[:, before[0]])
    after = paths.time_s[None, :] > down.time_s[:, None]
    assert (paths.height_m[after] == 0.0).all()
    np.testing.assert_allclose(paths.lat_deg[:, -1], down.lat_deg, atol=1e-9)
    assert (np.diff(np.where(paths.time_s > down.begin_s[:, None], paths.height_m, np.nan)) <= 0.0)[
        :, -6:
    ].all()
    assert flown.left_fraction == 0.0


def test_a_fall_after_the_wind_has_ended_is_none(small):
    task, drawn = small
    keep = task.grid.time_s <= drawn.ends.time_s + 30.0 * HOUR_S
    grid = task.grid._replace(
        time_s=task.grid.time_s[keep], uv_mps=np.ascontiguousarray(task.grid.uv_mps[keep])
    )
    begin_s = float(grid.time_s[-1]) + 6.0 * HOUR_S
    flown = fly_on(replace(task, grid=grid), drawn, 72.0 * HOUR_S, Fall(begin_s, begin_s, 5.0, 5.0))
    assert np.isnan(flown.landed.time_s).all()
    assert np.isfinite(flown.paths.lat_deg).all()


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
    assert flown.paths.time_s[-1] <= last_s < flown.paths.time_s[-1] + task.settings.output_s
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
