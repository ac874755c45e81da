"""Back in time: the way closes, and the weighted cloud is what launches from a grid would say."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.fields.synthetic import DAY_S, sheared_jet, tilted, turned, turning_normals_wind
from overflight.flight.backward import fly_back, turned_back
from overflight.flight.hypotheses import Statics, begun_at
from overflight.flight.levels import heights_m, level_law
from overflight.physics.drift import Drift, passive_step
from overflight.physics.kernel import kernel, loop
from overflight.physics.ou import ou_step
from overflight.physics.random import normal4
from overflight.physics.sphere import (
    MEAN_RADIUS_M,
    distance_m,
    lat_lon_deg,
    lats_lons_deg,
    n_vector,
    prime_vertical_radius_m,
)
from overflight.physics.windgrid import WindGrid, steady

EPOCH = datetime(2023, 1, 10, tzinfo=UTC)
LEVELS_LOG = np.log([3_000.0, 20_000.0])
CALM = steady(LEVELS_LOG, np.array([-90.0, 90.0]), np.zeros((2, 2)))
HEIGHT_M = 19_000.0
STATICS = Statics(0, -DAY_S, HEIGHT_M, 0.0, 0.0, 1.0, DAY_S, aloft=True)


def forward(grid, table, n_steps, dt_s, statics=STATICS, start_s=0.0):
    x, y, z = n_vector(0.0, 0.0)
    return Drift(
        grid, table, statics.wind_scale, ou_step(statics.tau_s, dt_s),
        level_law(statics, start_s, dt_s, n_steps, EPOCH), start_s, dt_s, x, y, z, 0.0,
        statics.tau_s, statics.vertical_length_m, statics.bias_u_mps, statics.bias_v_mps,
    )  # fmt: skip


@loop
def ends_of(drift, key, states, n_steps):
    """Where particles are after some steps forward."""
    ends, state, after, noise = np.empty((len(states), 3)), np.empty(5), np.empty(5), np.empty(4)
    for row in range(len(states)):
        state[:] = states[row]
        for k in range(n_steps):
            noise[:] = normal4(key, row, k + 1)
            passive_step(drift, k, state, noise, after)
            state, after = after, state
        ends[row] = state[:3]
    return ends


def still(state):
    return np.array([[*state, 0.0, 0.0]])


def grid_of(u, v, times_s, lats_deg, lons_deg):
    """Functions of (time, latitude, longitude), at all levels."""
    axes = np.ix_(times_s, lats_deg, lons_deg)
    shape = tuple(len(axis) for axis in (times_s, lats_deg, lons_deg))
    uv = np.stack([np.broadcast_to(part(*axes), shape) for part in (u, v)], -1)
    return WindGrid(
        times_s, LEVELS_LOG, lats_deg, lons_deg,
        np.ascontiguousarray(np.repeat(uv[:, None], 2, axis=1).astype(np.float32)),
    )  # fmt: skip


def wavy():
    return grid_of(
        lambda t, lat, lon: 25.0 + 15.0 * np.sin(np.radians(3.0 * lat + t / 4e3)) + 0.0 * lon,
        lambda t, lat, lon: 12.0 * np.sin(np.radians(4.0 * lon - t / 2e3)) + 0.0 * lat,
        np.arange(0.0, 3.01 * DAY_S, 6.0 * 3_600.0),
        np.linspace(-90.0, 90.0, 73), np.linspace(-180.0, 180.0, 145),
    )  # fmt: skip


@pytest.fixture(scope="module")
def turning_wind():
    """All air turns about an axis through the equator, on the ellipsoid at the balloon's height."""
    turning = tilted(90.0, height_m=HEIGHT_M)
    lats, lons = np.linspace(-90.0, 90.0, 181), np.linspace(-180.0, 180.0, 361)
    winds = np.array(
        [[turning_normals_wind(turning, *n_vector(lat, lon)) for lon in lons] for lat in lats]
    )
    uv = np.broadcast_to(winds, (2, 2, *winds.shape)).astype(np.float32)
    grid = WindGrid(np.array([0.0, 13.0 * DAY_S]), LEVELS_LOG, lats, lons, np.ascontiguousarray(uv))
    return turning, grid


def closure_m(grid, dt_s, start, days=2.0):
    n_steps = round(days * DAY_S / dt_s)
    plan = forward(grid, CALM, n_steps, dt_s)
    out = ends_of(plan, np.uint64(1), still(start), n_steps)
    back = turned_back(plan, STATICS, n_steps * dt_s, n_steps, dt_s, EPOCH)
    home = fly_back(back, still(out[0]), np.array([n_steps]), 1).vectors[0, 0]
    return distance_m(*lat_lon_deg(*home), *lat_lon_deg(*start))


def test_there_and_back_closes_to_third_order(turning_wind):
    """The midpoint rule's own error is even in the step's sign and cancels: what is left is odd."""
    start = n_vector(20.0, 30.0)
    coarse, fine = (closure_m(turning_wind[1], dt_s, start) for dt_s in (28_800.0, 14_400.0))
    assert math.log2(coarse / fine) == pytest.approx(3.0, abs=0.7)
    assert closure_m(wavy(), 1_200.0, start) < 20.0


@pytest.mark.parametrize("days", [1.5, 3.0, 4.5])
def test_the_way_back_over_a_pole_and_the_dateline_is_the_circle(days, turning_wind):
    turning, grid = turning_wind
    n_steps = round(days * DAY_S / 1_200.0)
    plan = forward(grid, CALM, 1, 1_200.0)
    back = turned_back(plan, STATICS, 6.0 * DAY_S, n_steps, 1_200.0, EPOCH)
    start = n_vector(0.0, 179.9)
    home = fly_back(back, still(start), np.array([n_steps]), 1)
    expected = turned(turning, *start, -days * DAY_S)
    apart = distance_m(*lat_lon_deg(*home.vectors[0, 0]), *lat_lon_deg(*expected))
    assert apart < 400.0
    assert abs(home.weight_log[0, 0]) < 2e-3  # solid rotation spreads nothing out


def test_t14_the_weight_of_a_diverging_wind():
    """u = D x for a day: the likelihood of a launch, integrated over launches, is exp(-D T)."""
    d_hz, day_s = 0.01 / 3_600.0, 86_400.0
    radius_m = prime_vertical_radius_m(0.0) + HEIGHT_M
    grid = grid_of(
        lambda t, lat, lon: d_hz * radius_m * np.radians(lon) + 0.0 * lat * t,
        lambda t, lat, lon: 0.0 * lat * lon * t,
        np.array([0.0, 2.0 * day_s]), np.array([-4.0, 0.0, 4.0]), np.linspace(-8.0, 8.0, 9),
    )  # fmt: skip
    rng = np.random.default_rng(14)
    east_m = rng.normal(100e3, 10e3, 200)
    states = np.array([[*n_vector(0.0, math.degrees(x / radius_m)), 0.0, 0.0] for x in east_m])
    plan = forward(grid, CALM, 1, 600.0)
    flown = fly_back(
        turned_back(plan, STATICS, day_s, 144, 600.0, EPOCH), states, np.array([0, 144]), 1
    )
    assert np.exp(flown.weight_log[:, 1]).mean() == pytest.approx(0.7866278611, abs=1e-6)
    np.testing.assert_array_equal(flown.weight_log[:, 0], 0.0)
    _, lon_deg = lats_lons_deg(flown.vectors[:, 1])
    np.testing.assert_allclose(np.radians(lon_deg) * radius_m, east_m * 0.7866278611, rtol=2e-5)


def test_an_error_that_is_known_blows_the_other_way():
    """In calm air a gust of 2 sd that ends here came from the west: 2 sd tau (1 - exp(-t/tau))."""
    n, table = 4_000, steady(LEVELS_LOG, np.array([-90.0, 90.0]), np.full((2, 2), 3.0))
    grid = grid_of(
        lambda t, lat, lon: 0.0 * t * lat * lon, lambda t, lat, lon: 0.0 * t * lat * lon,
        np.array([0.0, DAY_S]), np.linspace(-20.0, 20.0, 5), np.linspace(-20.0, 20.0, 5),
    )  # fmt: skip
    constants = replace(STATICS, tau_s=36_000.0)
    plan = forward(grid, table, 1, 1_200.0, constants)
    states = np.tile([*n_vector(0.0, 0.0), 2.0, -1.0], (n, 1))
    back = turned_back(plan, constants, 43_200.0, 36, 1_200.0, EPOCH)
    flown = fly_back(back, states, np.array([36]), 5)
    lat_deg, lon_deg = lats_lons_deg(flown.vectors[:, 0])
    way_m = 3.0 * 36_000.0 * -math.expm1(-1.2)
    radius_m = prime_vertical_radius_m(0.0) + HEIGHT_M
    east_m, north_m = np.radians(lon_deg) * radius_m, np.radians(lat_deg) * radius_m
    se_m = east_m.std() / math.sqrt(n)
    assert east_m.mean() == pytest.approx(-2.0 * way_m, abs=4.0 * se_m + 300.0)
    assert north_m.mean() == pytest.approx(way_m, abs=4.0 * se_m + 1_500.0)


def test_an_error_that_grows_along_its_way_has_the_weight_of_its_map():
    """dy/dt = e (s + g y) takes an interval of y to one exp(e g T) times as long."""
    lats_deg, sd_mps = np.array([-10.0, 0.0, 10.0]), np.array([1.0, 4.0, 7.0])
    table = steady(LEVELS_LOG, lats_deg, np.tile(sd_mps, (2, 1)))
    grid = grid_of(
        lambda t, lat, lon: 0.0 * t * lat * lon, lambda t, lat, lon: 0.0 * t * lat * lon,
        np.array([0.0, DAY_S]), np.linspace(-20.0, 20.0, 5), np.linspace(-20.0, 20.0, 5),
    )  # fmt: skip
    lasting = replace(STATICS, tau_s=1e12)
    back = turned_back(
        forward(grid, table, 1, 1_200.0, lasting), lasting, DAY_S, 72, 1_200.0, EPOCH
    )
    states = np.array([[*n_vector(2.0, 0.0), 0.0, 1.5], [*n_vector(2.0, 0.0), 0.0, -1.5]])
    flown = fly_back(back, states, np.array([72]), 1)
    grows_hz = 3.0 / distance_m(0.0, 0.0, 10.0, 0.0)
    expected = np.array([-1.5, 1.5]) * grows_hz * DAY_S
    np.testing.assert_allclose(flown.weight_log[:, 0], expected, rtol=0.012)


def test_a_level_that_drifts_is_followed_back():
    sinking = replace(STATICS, launch_s=0.0, slow_drift_mps=-300.0 / DAY_S)
    plan = forward(wavy(), CALM, 1, 1_200.0, sinking)
    back = turned_back(plan, sinking, 2.0 * DAY_S, 144, 1_200.0, EPOCH)
    assert back.level.height_m[0] == pytest.approx(HEIGHT_M - 600.0)
    assert back.level.height_m[-1] == pytest.approx(HEIGHT_M)
    moved = begun_at(sinking, DAY_S)
    np.testing.assert_allclose(
        heights_m(moved, np.array([DAY_S, 2.0 * DAY_S])), [HEIGHT_M - 300.0, HEIGHT_M - 600.0]
    )


def test_a_balloon_that_begins_aloft_does_not_climb_and_a_launched_one_does():
    launched = replace(STATICS, launch_s=0.0, aloft=False)
    times_s = np.array([0.0, 600.0, DAY_S])
    assert heights_m(launched, times_s)[0] < 12_500.0
    np.testing.assert_array_equal(heights_m(replace(launched, aloft=True), times_s), [HEIGHT_M] * 3)


def test_beyond_the_wind_there_is_no_place_and_no_weight():
    grid = wavy()
    late = grid._replace(time_s=grid.time_s[4:], uv_mps=np.ascontiguousarray(grid.uv_mps[4:]))
    plan = forward(late, CALM, 1, 1_200.0)
    back = turned_back(plan, STATICS, 2.0 * DAY_S, 144, 1_200.0, EPOCH)
    flown = fly_back(back, still(n_vector(40.0, -100.0)), np.array([72, 144]), 1)
    assert np.isfinite(flown.vectors[0, 0]).all()
    assert np.isnan(flown.vectors[0, 1]).all()
    assert np.isnan(flown.weight_log[0, 1])


# T15: the flow of the sheared jet without its level terms, laid on the equator (method 9).

KM = 1_000.0
FIX_KM, FIX_SD_KM = (1_700.0, 200.0), 20.0


@kernel
def jet_kmh(x_km, y_km, time_h):
    return sheared_jet(x_km, y_km, 0.5, time_h)


def jet_grid():
    radius_km = (MEAN_RADIUS_M + HEIGHT_M) / KM
    times_s = np.arange(0.0, 25.0) * 3_600.0
    lats, lons = np.linspace(-26.0, 26.0, 157), np.linspace(-20.0, 32.0, 157)
    uv = np.empty((len(times_s), 2, len(lats), len(lons), 2), dtype=np.float32)
    for i, t in enumerate(times_s):
        for j, lat in enumerate(lats):
            for k, lon in enumerate(lons):
                x, y = math.radians(lon) * radius_km, math.radians(lat) * radius_km
                uv[i, :, j, k] = np.array(jet_kmh(x, y, t / 3_600.0)) / 3.6
    return WindGrid(times_s, LEVELS_LOG, lats, lons, uv)


def plane_km(vectors):
    lat_deg, lon_deg = lats_lons_deg(vectors)
    radius_km = (MEAN_RADIUS_M + HEIGHT_M) / KM
    return np.radians(np.stack([lon_deg, lat_deg], -1)) * radius_km


def on_globe(places_km):
    radius_km = (MEAN_RADIUS_M + HEIGHT_M) / KM
    lon, lat = np.radians(np.degrees(places_km.T / radius_km))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], -1)


def compared(table, n_back, n_forward, bins, seed=15):
    """Moments and histograms of the backward cloud and of a grid of launches."""
    grid, dt_s, n_steps = jet_grid(), 1_800.0, 48
    constants = replace(STATICS, tau_s=12.0 * 3_600.0)
    rng = np.random.default_rng(seed)
    plan = forward(grid, table, n_steps, dt_s, constants)
    ends = on_globe(np.array(FIX_KM) + FIX_SD_KM * rng.standard_normal((n_back, 2)))
    states = np.hstack([ends, rng.standard_normal((n_back, 2))])
    back = turned_back(plan, constants, n_steps * dt_s, n_steps, dt_s, EPOCH)
    flown = fly_back(back, states, np.array([n_steps]), 15)
    there = np.isfinite(flown.weight_log[:, 0])
    assert there.mean() > 0.9999
    came = plane_km(flown.vectors[there, 0])
    came_w = np.exp(flown.weight_log[there, 0])
    low, high = np.quantile(came, [0.0005, 0.9995], axis=0)
    begun = rng.uniform(low, high, (n_forward, 2))
    starts = np.hstack([on_globe(begun), rng.standard_normal((n_forward, 2))])
    # Even on the plane of the map is not even on the ground, which the density is per area of.
    ground = np.cos(begun[:, 1] * KM / (MEAN_RADIUS_M + HEIGHT_M))
    went = np.empty((n_forward, 2))
    for first in range(0, n_forward, 100_000):
        part = slice(first, first + 100_000)
        out = ends_of(plan, np.uint64(77 + first), starts[part], n_steps)
        went[part] = plane_km(out)
    off = ((went - np.array(FIX_KM)) ** 2).sum(axis=1)
    went_w = np.where(np.isfinite(off), np.exp(-0.5 * off / FIX_SD_KM**2), 0.0) * ground
    inside = ((came > low) & (came < high)).all(axis=1)
    return [
        moments(came[inside], came_w[inside], low, high, bins),
        moments(begun, went_w, low, high, bins),
    ]


def moments(places, weight, low, high, bins):
    share = weight / weight.sum()
    mean = share @ places
    sd = np.sqrt(share @ (places - mean) ** 2)
    size = 1.0 / (share**2).sum()
    edges = [np.linspace(low[i], high[i], bins + 1) for i in range(2)]
    histogram, *_ = np.histogram2d(places[:, 0], places[:, 1], edges, weights=share)
    return mean, sd, size, histogram


def agree(back, out, most_apart):
    error = np.hypot(back[1] / math.sqrt(back[2]), out[1] / math.sqrt(out[2]))
    assert (np.abs(back[0] - out[0]) < 3.0 * error).all(), (back[0], out[0], error)
    np.testing.assert_allclose(back[1], out[1], rtol=4.0 / math.sqrt(2.0 * out[2]) + 0.005)
    apart = 0.5 * np.abs(back[3] - out[3]).sum()
    assert apart < most_apart, apart


EVEN = steady(LEVELS_LOG, np.array([-90.0, 90.0]), np.full((2, 2), 2.5))


def test_t15_backward_is_the_grid_of_launches():
    back, out = compared(EVEN, 30_000, 200_000, 8)
    assert out[2] > 400.0
    agree(back, out, 0.15)  # of which Monte-Carlo noise alone makes 0.1


@pytest.mark.slow
def test_t15_at_full_size():
    """As in SCIENCE: means agree to the Monte-Carlo error, 30 x 30 bins differ by 0.06 to 0.08."""
    back, out = compared(EVEN, 500_000, 3_000_000, 30)
    assert out[2] > 1e4
    agree(back, out, 0.10)
    np.testing.assert_allclose(back[0], [964.4, -387.5], atol=12.0)  # on a plane, published
    np.testing.assert_allclose(back[1], [180.5, 150.4], rtol=0.03)
