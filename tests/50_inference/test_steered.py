"""Balloons that choose their level or have a velocity of their own: step, filter and choices."""

import math

import numpy as np
import pytest

from overflight.flight.band import mean_over
from overflight.inference import guided, linear, pilot, twist
from overflight.inference.jumps import Choices
from overflight.inference.model import balloon
from overflight.inference.reports import GAUSSIAN, Reports, gaussian_log_norm, schedule
from overflight.inference.steering import BAND_PILOT, UNDRAWN, steered
from overflight.physics import atmosphere
from overflight.physics.band import Band, band_roots, band_rows, band_step
from overflight.physics.band_tangent import band_tangent
from overflight.physics.drift import Drift, LevelLaw, passive_step
from overflight.physics.drift_tangent import N_ROOM
from overflight.physics.kernel import loop
from overflight.physics.ou import ou_step
from overflight.physics.sphere import MEAN_RADIUS_M, n_vector
from overflight.physics.steered import (
    HEIGHT,
    N_STATE,
    TARGET,
    Curve,
    Steered,
    launched_steered,
    log_pressure_of_height,
    steered_step,
)
from overflight.physics.windgrid import WindGrid, steady

DT_S, TAU_S, DAY_S = 1_800.0, 86_400.0, 86_400.0
LEVEL_M = 18_000.0
NEVER = Choices(0.0, 0.0, 0.0, 0.0, 0.0, np.zeros((0, 3)), np.zeros(4))


def curve():
    heights = np.arange(5_000.0, 40_001.0, 100.0)
    return Curve(5_000.0, 100.0, np.log([atmosphere.pressure_pa(z) for z in heights]))


def wind_grid(levels_mps, last_s=10 * DAY_S):
    """A wind that is the same everywhere on a level; ``levels_mps`` {height: (u, v)}."""
    heights = sorted(levels_mps, reverse=True)
    uv = np.zeros((2, len(heights), 19, 37, 2), dtype=np.float32)
    for index, height in enumerate(heights):
        uv[:, index, :, :, 0], uv[:, index, :, :, 1] = levels_mps[height]
    return WindGrid(
        np.array([0.0, last_s]),
        np.log([atmosphere.pressure_pa(z) for z in heights]),
        np.linspace(-90.0, 90.0, 19),
        np.linspace(-180.0, 180.0, 37),
        uv,
    )


def table(sd_mps):
    return steady(np.log([1_000.0, 30_000.0]), np.array([-90.0, 90.0]), np.full((2, 2), sd_mps))


def drift(levels_mps, n_steps, sd_mps=3.0, start_sd_m=50_000.0):
    half = 2 * n_steps + 1
    law = LevelLaw(
        np.full(half, math.log(atmosphere.pressure_pa(LEVEL_M))),
        np.full(half, LEVEL_M),
        np.full(half, 6_342.0),
        np.tile([1.0, 0.0, 0.0], (half, 1)),
        0.0,
    )
    return Drift(
        wind_grid(levels_mps), table(sd_mps), 1.0, ou_step(TAU_S, DT_S), law, 0.0, DT_S,
        *n_vector(0.0, 0.0), start_sd_m, TAU_S,
    )  # fmt: skip


EVEN = {5_000.0: (20.0, 0.0), 35_000.0: (20.0, 0.0)}
SHEARED = {14_000.0: (30.0, -12.0), 16_000.0: (20.0, 0.0), 18_000.0: (5.0, 10.0),
           20_000.0: (-8.0, 4.0), 22_000.0: (-15.0, -6.0)}  # fmt: skip


def flight(plan, *, own=(0.0, 0.0), climb_mps=1.0):
    return Steered(plan, curve(), 0, climb_mps, *own, ou_step(0.5 * DAY_S, DT_S))


def band_of(parameters, n_steps, spread=None):
    decay = math.exp(-DT_S / (0.5 * DAY_S))
    return Band(parameters, decay, np.zeros((n_steps + 1, 3, 3)) if spread is None else spread)


def test_without_choice_and_engine_it_is_the_passive_step():
    plan = drift(SHEARED, 10)
    rng = np.random.default_rng(1)
    state, after = np.zeros(N_STATE), np.zeros(N_STATE)
    state[:5] = *n_vector(31.0, 7.0), 0.4, -1.1
    state[HEIGHT] = LEVEL_M
    plain, noise = np.zeros(5), rng.normal(size=11)
    steered_step(flight(plan), 2, state, noise, after)
    passive_step(plan, 2, state[:5].copy(), noise[:4].copy(), plain)
    assert after[:5].tolist() == plain.tolist()
    assert after[HEIGHT] == LEVEL_M


def test_its_own_velocity_adds_to_the_wind():
    """Along the equator, with no wind error: metres are speed times time over the radius."""
    plan = drift(EVEN, 48, sd_mps=0.0)
    state, after = np.zeros(N_STATE), np.zeros(N_STATE)
    state[:3] = n_vector(0.0, 0.0)
    state[HEIGHT], state[7] = LEVEL_M, 1.5
    for step in range(48):
        steered_step(flight(plan, own=(4.0, 0.0)), step, state, np.zeros(11), after)
        state, after = after.copy(), state
    lon = math.atan2(state[1], state[0])
    assert lon == pytest.approx((20.0 + 6.0) * DAY_S / (6_378_137.0 + LEVEL_M), rel=1e-5)
    assert state[7] == pytest.approx(1.5, rel=1e-9)


def test_a_new_level_is_reached_at_the_rate_of_climb_and_has_its_wind():
    plan = drift(SHEARED, 10, sd_mps=0.0)
    state, after = np.zeros(N_STATE), np.zeros(N_STATE)
    state[:3] = n_vector(0.0, 0.0)
    state[HEIGHT], state[TARGET] = LEVEL_M, -2_000.0
    heights = []
    for step in range(3):
        steered_step(flight(plan, climb_mps=0.8), step, state, np.zeros(11), after)
        state, after = after.copy(), state
        heights.append(state[HEIGHT])
    assert heights == pytest.approx([16_560.0, 16_000.0, 16_000.0])
    before = math.degrees(math.atan2(state[1], state[0]))
    steered_step(flight(plan), 3, state, np.zeros(11), after)
    moved = math.radians(math.degrees(math.atan2(after[1], after[0])) - before)
    assert moved * (6_378_137.0 + 16_000.0) / DT_S == pytest.approx(20.0, rel=1e-3)


def test_own_gusts_spread_as_their_process_says():
    """Variance of the displacement after a day, method 3 (4), with 4,000 free flights."""
    plan, n, days = drift({5_000.0: (0.0, 0.0), 35_000.0: (0.0, 0.0)}, 48, sd_mps=0.0), 4_000, 48
    own = flight(plan, own=(0.0, 3.0))
    rng, ends = np.random.default_rng(5), []
    ends = _ends(own, rng.normal(size=(n, days + 1, 11)))
    ratio = DAY_S / (0.5 * DAY_S)
    expected = 3.0 * 0.5 * DAY_S * math.sqrt(2.0 * (ratio - 1.0 + math.exp(-ratio)))
    assert ends.std() == pytest.approx(expected, rel=0.05)


@loop
def _ends(own, noises):
    ends = np.empty(noises.shape[0])
    for one in range(noises.shape[0]):
        state, after = np.zeros(N_STATE), np.zeros(N_STATE)
        launched_steered(own, noises[one, 0], state)
        state[0], state[1], state[2] = 1.0, 0.0, 0.0
        for step in range(noises.shape[1] - 1):
            steered_step(own, step, state, noises[one, step + 1], after)
            state, after = after, state
        ends[one] = math.atan2(state[1], state[0]) * 6_378_137.0
    return ends


@pytest.mark.parametrize("own", [(0.0, 0.0), (3.0, 1.5)])
def test_the_tangent_agrees_with_that_of_drift_and_with_the_process(own):
    plan = drift(SHEARED, 10)
    rng = np.random.default_rng(2)
    state = np.zeros(N_STATE)
    state[:5] = *n_vector(40.3, 7.7), 0.4, -1.1
    state[HEIGHT], state[7:11] = LEVEL_M, rng.normal(size=4)
    noise = rng.normal(size=11)
    after, carry, reach = np.zeros(N_STATE), np.zeros((11, 11)), np.zeros((11, 11))
    roots = np.tile(
        np.linalg.cholesky([[4e6, 2e3, 0.0], [2e3, 9.0, 1.0], [0.0, 1.0, 4.0]]), (11, 1, 1)
    )
    parameters = band_of(flight(plan, own=own), 10, roots)
    band_step(parameters, 2, state, noise, after)
    band_tangent(parameters, 2, state, noise, after, carry, reach, np.empty((11 + N_ROOM, 2)))
    one, fresh = parameters.steered.own_ou, math.sqrt(1.0 - parameters.decay**2)
    assert carry[2:4, 2:4] == pytest.approx(plan.ou.decay * np.eye(2), abs=2e-3)
    assert carry[4:7, 4:7] == pytest.approx(parameters.decay * np.eye(3), abs=2e-3)
    assert reach[4:7, 4:7] == pytest.approx(fresh * roots[3], rel=1e-2, abs=1e-2)
    assert carry[0, 5] == pytest.approx(DT_S, rel=0.01)  # 18 km up: 0.3 % less
    assert carry[0, 7] == pytest.approx(own[0] * DT_S, rel=0.01, abs=0.1)
    assert carry[1, 10] == pytest.approx(own[1] * one.gain_s, rel=0.01, abs=0.1)
    if own[0] == 0.0:
        plain = np.zeros(5)
        passive_step(plan, 2, state[:5].copy(), noise[:4].copy(), plain)
        a, g, room = np.zeros((4, 4)), np.zeros((4, 4)), np.empty((4 + N_ROOM, 2))
        balloon().tangent(plan, 2, state[:5].copy(), noise[:4].copy(), plain, a, g, room)
        unit = np.array([1e5, 1e5, 1.0, 1.0])
        np.testing.assert_allclose(
            carry[:4, :4] * unit / unit[:, None], a * unit / unit[:, None], atol=2e-5
        )
        np.testing.assert_allclose(reach[:4, :4] / unit[:, None], g / unit[:, None], atol=2e-6)


def fixes(steps, east_m, north_m, sd_m):
    places = [
        n_vector(math.degrees(n / MEAN_RADIUS_M), math.degrees(e / MEAN_RADIUS_M))
        for e, n in zip(east_m, north_m, strict=True)
    ]
    n, shape = len(steps), np.array([[1 / s**2, 0.0, 1 / s**2] for s in sd_m])
    at = np.asarray(steps, dtype=np.int64)
    return Reports(
        place=np.array(places), first=at, last=at, kind=np.full(n, GAUSSIAN), shape=shape,
        log_norm=np.array([gaussian_log_norm(tuple(row)) for row in shape]), log_good=np.zeros(n),
        log_bad=np.full(n, -np.inf), moments=np.ones(n),
    )  # fmt: skip


def guide(parameters, reports, n_steps, *, low_m=0.0, cell_m=1.0, n_cells=2):
    """Pilot in the band's mean wind, twice: its spread is that of the winds along the first."""
    heights = LEVEL_M + low_m + (np.arange(n_cells) + 0.5) * cell_m
    even = mean_over(parameters.drift.grid, [log_pressure_of_height(curve(), z) for z in heights])
    searched = parameters._replace(drift=parameters.drift._replace(grid=even))
    noises = np.zeros((n_steps + 1, 11))
    spread = np.zeros((n_steps + 1, 3, 3))
    for _ in range(2):
        band = band_of(searched, n_steps, spread)
        along, standing = pilot.find(BAND_PILOT, band, reports, noises, widths=(1.0,))
        rows = band_rows(parameters, parameters.drift.grid, along.pilot, low_m, cell_m, n_cells)
        if n_cells > 2:
            spread = band_roots(rows)
    return twist.build(along._replace(pilot=rows), standing, 1.0, UNDRAWN)


STEPS, EAST_KM, NORTH_KM, SD_KM = (
    (48, 108, 168),
    (1_720.0, 3_600.0, 6_100.0),
    (3.0, -15.0, 26.0),
    (10.0, 25.0, 5.0),
)


def test_the_evidence_of_an_own_velocity_is_that_of_the_kalman_filter():
    """Three fixes along the equator in an even wind: exact but for the sphere's curvature."""
    n_steps, v0, gust = 168, 3.0, 1.5
    reports = fixes(
        STEPS, np.multiply(EAST_KM, 1e3), np.multiply(NORTH_KM, 1e3), np.multiply(SD_KM, 1e3)
    )
    model = steered(NEVER)
    parameters = flight(drift(EVEN, n_steps), own=(v0, gust))
    tw = guide(parameters, reports, n_steps)
    sizes = guided.Sizes(100, 4, 12, 12)
    runs = guided.run(model, parameters, tw, reports, schedule(reports, n_steps), (1, 2, 3), sizes)
    velocities = [(3.0, TAU_S), (v0, 1e12), (gust, 0.5 * DAY_S)]
    # A degree along the equator, 18 km up, is longer than on the sphere on which reports are read.
    share = MEAN_RADIUS_M / (6_378_137.0 + LEVEL_M)
    log = 0.0
    for wind, ways in ((20.0 * share, EAST_KM), (0.0, NORTH_KM)):
        problem = linear.Problem(
            wind, 50_000.0, tuple(linear.Velocity(s * share, tau) for s, tau in velocities)
        )
        seen = [
            (k * DT_S, way * 1e3, sd * 1e3) for k, way, sd in zip(STEPS, ways, SD_KM, strict=True)
        ]
        log += linear.solve(problem, seen, queries=(0.0,)).log_evidence
    found = [run.log_evidence for run in runs]
    assert np.ptp(found) < 0.02
    assert np.mean(found) == pytest.approx(log, abs=0.05)


def chosen(beta=0.0, goals=None):
    goals = np.zeros((0, 3)) if goals is None else goals
    return Choices(
        1.0 - math.exp(-DT_S / (0.5 * DAY_S)), -3_500.0, 3_500.0, beta,
        1.0 - math.exp(-DT_S / (2.0 * DAY_S)), goals, np.array([-10.0, 10.0, -10.0, 20.0]),
    )  # fmt: skip


def evidence(choices, reports, n_steps, n_particles, n_runs, *, flat=False):
    model = steered(choices)
    parameters = flight(drift(SHEARED, n_steps), climb_mps=1.5)
    tw = guide(parameters, reports, n_steps, low_m=-3_500.0, cell_m=7_000.0 / 24, n_cells=24)
    if flat:
        tw = twist.flat(tw.pilot, len(reports.first), 11)
    sizes = guided.Sizes(n_particles, 4, 12, 12)
    keys = range(1, n_runs + 1)
    return guided.run(model, parameters, tw, reports, schedule(reports, n_steps), keys, sizes)


@pytest.mark.slow
@pytest.mark.parametrize("beta", [0.0, 3.0])
def test_guided_choices_have_the_evidence_of_unguided_ones(beta):
    """Against 200,000 particles that know nothing of what is to come, in a sheared wind."""
    n_steps = 96
    reports = fixes((40, 96), (500e3, 350e3), (350e3, 800e3), (60e3, 40e3))
    choices = chosen(beta, np.array([n_vector(8.0, 4.0)]))
    blind = [run.log_evidence for run in evidence(choices, reports, n_steps, 25_000, 8, flat=True)]
    found = [run.log_evidence for run in evidence(choices, reports, n_steps, 1_000, 8)]
    mean = [np.logaddexp.reduce(logs) - math.log(8) for logs in (blind, found)]
    error = math.hypot(np.std(blind), np.std(found)) / math.sqrt(8)
    assert np.std(found) < 0.5
    assert mean[1] == pytest.approx(mean[0], abs=4.0 * error + 0.02)
