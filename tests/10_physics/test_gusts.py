"""Passive drift in blocks against the plain step, one particle at a time."""

import math

import numpy as np
import pytest

from overflight.physics import blocks, gusts
from overflight.physics.drift import Drift, LevelLaw, passive_step
from overflight.physics.kernel import loop
from overflight.physics.lanes import LANES
from overflight.physics.ou import ou_step
from overflight.physics.rows import ERROR_E, ERROR_N, NOISE, X, Y, Z
from overflight.physics.sphere import MEAN_RADIUS_M, n_vector
from overflight.physics.windgrid import SigmaTable, WindGrid, steady

DT_S, TAU_S = 600.0, 90_000.0
LEVELS_PA = np.array([3_000.0, 5_000.0, 7_000.0, 10_000.0])
STATE = (X, Y, Z, ERROR_E, ERROR_N)


def waves(lat_deg, lon_deg):
    lat, lon = np.radians(lat_deg)[:, None], np.radians(lon_deg)[None, :]
    uv = np.empty((5, 4, len(lat_deg), len(lon_deg), 2), np.float32)
    for hour in range(5):
        for level in range(4):
            phase = 5.0 * lon + 3.0 * lat - 0.6 * hour
            u = (20.0 + 10.0 * level) * np.cos(lat) ** 2 + 9.0 * np.sin(phase) * np.cos(lat)
            uv[hour, level, ..., 0] = u
            uv[hour, level, ..., 1] = 12.0 * np.cos(phase + 1.0) * np.cos(lat)
    return WindGrid(np.arange(5) * 10_800.0, np.log(LEVELS_PA), lat_deg, lon_deg, uv)


GLOBE = waves(np.linspace(-90.0, 90.0, 121), np.linspace(-180.0, 180.0, 241))
ERRORS = steady(
    np.log([4_000.0, 6_500.0, 9_000.0]),
    np.array([-80.0, -20.0, 0.0, 35.0, 85.0]),
    np.random.default_rng(3).uniform(1.0, 5.0, (3, 5)),
)


def drift(n_steps, swing_m, length_m, grid=GLOBE, error=ERRORS):
    """A slowly climbing level, with a bias, above a day that turns."""
    height_m = np.linspace(18_000.0, 19_500.0, 2 * n_steps + 1)
    angle = np.linspace(0.0, 3.0, 2 * n_steps + 1)
    law = LevelLaw(
        math.log(7_000.0) - (height_m - 18_000.0) / 6_300.0,
        height_m,
        np.full(len(height_m), 6_300.0),
        np.stack([np.cos(angle), np.sin(angle), 0.0 * angle], axis=1),
        swing_m,
    )
    return Drift(
        grid, error, 1.3, ou_step(TAU_S, DT_S), law, 0.0, DT_S, 1.0, 0.0, 0.0, 0.0, TAU_S, length_m,
        0.4, -0.2,
    )  # fmt: skip


def states(seed=0):
    """Everywhere, with the poles, the antimeridian, and both sides of where series begin."""
    drawn = np.random.default_rng(seed).normal(size=(LANES, 5))
    drawn[:, :3] /= np.linalg.norm(drawn[:, :3], axis=1)[:, None]
    for lane, place in enumerate([(89.99, 10.0), (-90.0, 0.0), (0.0, 180.0), (83.9, 20.0)]):
        drawn[lane, :3] = n_vector(*place)
    return drawn


@loop
def plain(plan, begin, noises):
    ends, after = begin.copy(), np.empty(5)
    for i in range(len(begin)):
        for k in range(len(noises)):
            passive_step(plan, k, ends[i], noises[k, i], after)
            ends[i] = after
    return ends


def in_blocks(plan, begin, noises):
    prepared, block = gusts.prepare(plan, len(noises)), blocks.blank()
    for column, row in enumerate(STATE):
        block.wide[row : row + LANES] = begin[:, column]
    gusts.enter(block, prepared)
    for k in range(len(noises)):
        block.wide[NOISE : NOISE + 4 * LANES] = noises[k].T.ravel()
        gusts.drift_on(block, prepared, k)
    return np.stack([block.wide[row : row + LANES] for row in STATE], axis=1)


def noises_of(n_steps):
    return np.random.default_rng(1).normal(size=(n_steps, LANES, 4))


def assert_alike(ours, theirs, within_m, within_error=1e-5):
    assert np.isnan(ours[:, 0]).tolist() == np.isnan(theirs[:, 0]).tolist()
    miss_m = MEAN_RADIUS_M * np.linalg.norm((ours - theirs)[:, :3], axis=1)
    assert np.nanmax(miss_m) < within_m
    assert np.nanmax(np.abs(ours - theirs)[:, 3:]) < within_error


@pytest.mark.parametrize("swing_m", [0.0, 300.0])
@pytest.mark.parametrize("length_m", [math.inf, 800.0])
def test_a_block_ends_where_single_particles_end(swing_m, length_m):
    plan, noises = drift(60, swing_m, length_m), noises_of(60)
    assert_alike(in_blocks(plan, states(), noises), plain(plan, states(), noises), 1.0)


def test_an_error_table_of_places_and_times_is_read_too():
    entries = np.random.default_rng(5).uniform(1.0, 5.0, (2, 3, 2, 3))
    table = SigmaTable(
        np.array([0.0, 20_000.0]), ERRORS.log_pressure, np.array([-60.0, 60.0]),
        np.array([-170.0, 0.0, 170.0]), entries,
    )  # fmt: skip
    plan, noises = drift(20, 300.0, 800.0, error=table), noises_of(20)
    assert_alike(in_blocks(plan, states(), noises), plain(plan, states(), noises), 0.5)


def test_an_uneven_grid_is_flown_one_by_one_to_the_same_bits():
    lat_deg = np.concatenate([np.linspace(-90.0, 0.0, 61), np.linspace(1.0, 90.0, 50)])
    plan = drift(5, 300.0, 800.0, grid=waves(lat_deg, np.linspace(-180.0, 180.0, 241)))
    noises = noises_of(5)
    np.testing.assert_array_equal(in_blocks(plan, states(), noises), plain(plan, states(), noises))


def test_particles_that_leave_the_box_or_the_times_are_lost_in_both():
    box = waves(np.linspace(-30.0, 60.0, 61), np.linspace(-100.0, 120.0, 161))
    plan, noises = drift(60, 0.0, math.inf, grid=box), noises_of(60)
    ours, theirs = in_blocks(plan, states(), noises), plain(plan, states(), noises)
    assert 0 < np.isnan(theirs[:, 0]).sum() < LANES
    assert_alike(ours, theirs, 1.0)
    late = plan._replace(start_s=10_000.0)
    assert np.isnan(in_blocks(late, states(), noises)[:, 0]).all()


def test_a_wind_that_is_not_known_carries_nobody():
    holes = GLOBE._replace(uv_mps=np.full_like(GLOBE.uv_mps, np.nan))
    assert np.isnan(in_blocks(drift(1, 0.0, math.inf, grid=holes), states(), noises_of(1))).any()


@pytest.mark.parametrize(("length_m", "within"), [(400.0, 1e-6), (50.0, 2e-3)])
@pytest.mark.parametrize("swing_m", [0.0, 300.0])
def test_the_memory_of_a_fading_error_is_that_of_the_plain_step(swing_m, length_m, within):
    """750 m in one step, as balloons climb only after the launch; then absurdly short memories."""
    plan, begin = drift(2, swing_m, length_m), states()
    for noises in (0.0 * noises_of(1), noises_of(1)):
        ours, theirs = (fly(plan, begin, noises) for fly in (in_blocks, plain))
        np.testing.assert_allclose(ours[5:, 3:], theirs[5:, 3:], atol=within)
