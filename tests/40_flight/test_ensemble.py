"""Free flight: how far balloons stray by the wind's error alone."""

import math
from dataclasses import replace

import numpy as np
import pytest

from overflight.case.load import bundled, load
from overflight.fields.error import INERTIAL
from overflight.fields.error_sources import grade, latitudes_deg, sigma_mps
from overflight.flight.ensemble import Flight, fly
from overflight.flight.hypotheses import dimensions, even_normals, statics
from overflight.physics.drift import Drift, LevelLaw
from overflight.physics.ou import (
    coriolis_radps,
    displacement_sd_m,
    ou_step,
    rotating_displacement_sd_m,
)
from overflight.physics.sphere import distance_m, lat_lon_deg, n_vector
from overflight.physics.windgrid import SigmaTable, WindGrid, steady

DAY_S, DT_S = 86_400.0, 1_200.0
HEIGHT_M = 19_000.0
LEVELS_PA = np.array([4_000.0, 6_500.0, 10_000.0])


@pytest.fixture(scope="module")
def calm():
    """No wind at all, anywhere, for eleven days."""
    return WindGrid(
        np.array([0.0, 11.0 * DAY_S]),
        np.log([1_000.0, 20_000.0]),
        np.linspace(-90, 90, 19),
        np.linspace(-180, 180, 37),
        np.zeros((2, 2, 19, 37, 2), dtype=np.float32),
    )


def level(n_steps):
    half = 2 * n_steps + 1
    return LevelLaw(
        np.full(half, math.log(6_500.0)),
        np.full(half, HEIGHT_M),
        np.full(half, 6_342.0),
        np.tile([1.0, 0.0, 0.0], (half, 1)),
        0.0,
    )


def plan(grid, lat_deg, n_steps, table, **more):
    x, y, z = n_vector(lat_deg, 0.0)
    told = {"tau_s": DAY_S, "scale": 1.0} | more
    return Drift(
        grid, table, told["scale"], ou_step(told["tau_s"], DT_S), level(n_steps), 0.0, DT_S,
        x, y, z, 0.0, told["tau_s"], told.get("length_m", math.inf), *told.get("bias", (0.0, 0.0)),
    )  # fmt: skip


def era5_table():
    return steady(
        np.log(LEVELS_PA), latitudes_deg(), sigma_mps(grade("era5"), LEVELS_PA, latitudes_deg())
    )


def uniform(sd_mps):
    return steady(np.log(LEVELS_PA), np.array([-90.0, 90.0]), np.full((3, 2), sd_mps))


def strayed_km(paths, lat_deg):
    ends = [lat_lon_deg(*one) for one in paths[:, -1]]
    return np.array([distance_m(lat_deg, 0.0, *end) for end in ends]) / 1_000.0


def components_m(paths, lat_deg):
    places = np.array([lat_lon_deg(*one) for one in paths[:, -1]])
    north = np.radians(places[:, 0] - lat_deg) * 6_380_000.0
    east = np.radians(places[:, 1]) * 6_408_000.0 * math.cos(math.radians(lat_deg))
    return east, north


def test_after_a_day_in_the_tropics_tracks_err_as_balloons_found(calm, an_error):
    """Published: median 260 km, one in ten above 600 km (Strateole-2 against ERA5)."""
    case = load(bundled("2023-conus"))
    error = replace(an_error, sigma=era5_table())
    flights = []
    for normals in even_normals(300, 7, 0, dimensions(error)):
        drawn = statics(case, error, 0, normals)
        drift = plan(
            calm, 3.0, 72, error.sigma, tau_s=drawn.tau_s, scale=drawn.wind_scale,
            length_m=drawn.vertical_length_m, bias=(drawn.bias_u_mps, drawn.bias_v_mps),
        )  # fmt: skip
        flights.append(Flight(drawn, drift, 72))
    km = np.concatenate([strayed_km(paths, 3.0) for paths in fly(flights, 10, 72, 1, 2)])
    assert 200.0 < np.median(km) < 320.0
    assert 400.0 < np.quantile(km, 0.9) < 700.0


def test_the_part_that_turns_displaces_less(calm):
    flight = [Flight(None, plan(calm, 45.0, 72, uniform(2.0)), 72)]
    plain, turning = (
        components_m(fly(flight, 4_000, 72, 3, 1, part)[0], 45.0) for part in (None, INERTIAL)
    )
    slow_m = displacement_sd_m(2.0, DAY_S, DAY_S)
    fast_m = rotating_displacement_sd_m(2.0, DAY_S, coriolis_radps(45.0), DAY_S)
    mixed_m = math.sqrt(0.6 * slow_m**2 + 0.4 * fast_m**2)
    assert np.std(np.concatenate(plain)) == pytest.approx(slow_m, rel=0.03)
    assert np.std(np.concatenate(turning)) == pytest.approx(mixed_m, rel=0.03)
    assert mixed_m < 0.85 * slow_m


def test_at_the_equator_nothing_turns(calm):
    flight = [Flight(None, plan(calm, 0.0, 12, uniform(2.0)), 12)]
    plain, turning = (fly(flight, 20, 12, 3, 1, part)[0] for part in (None, INERTIAL))
    assert np.abs(plain - turning).max() < 1e-8  # blocks work in single precision: 6 cm


def test_a_bias_carries_every_balloon_the_same_way(calm):
    flight = [Flight(None, plan(calm, 45.0, 72, uniform(0.0), bias=(0.5, -0.3)), 72)]
    east, north = components_m(fly(flight, 3, 72, 1, 1)[0], 45.0)
    assert east == pytest.approx(np.full(3, 0.5 * DAY_S), rel=0.01)
    assert north == pytest.approx(np.full(3, -0.3 * DAY_S), rel=0.01)


def test_an_error_of_its_own_place_and_time_is_flown_through(calm):
    """Twice the error in the east of the prime meridian, and none before noon."""
    entries = np.empty((2, 3, 2, 2))
    entries[..., 0], entries[..., 1] = 1.0, 2.0
    table = SigmaTable(
        np.array([0.0, 1.0]),
        np.log(LEVELS_PA),
        np.array([-90.0, 90.0]),
        np.array([-60.0, 60.0]),
        entries,
    )
    spreads = []
    for lon_deg in (-59.0, 59.0):
        x, y, z = n_vector(0.0, lon_deg)
        drift = plan(calm, 0.0, 12, table)._replace(launch_x=x, launch_y=y, launch_z=z)
        ends = fly([Flight(None, drift, 12)], 2_000, 12, 5, 1)[0][:, -1]
        spreads.append(np.std(ends[:, 2]))
    assert spreads[1] / spreads[0] == pytest.approx(2.0 * (1.0 - 1 / 120), rel=0.03)
    quiet = table._replace(time_s=np.array([43_200.0, 43_201.0]))
    quiet.sigma_mps[0] = 0.0
    drift = plan(calm, 0.0, 36, quiet)
    assert strayed_km(fly([Flight(None, drift, 36)], 5, 36, 5, 1)[0], 0.0).max() < 1e-6


def blown(u_mps, edge_deg=180.0):
    """The same wind everywhere in a box, for eleven days."""
    uv = np.zeros((2, 2, 19, 37, 2), dtype=np.float32)
    uv[..., 0] = u_mps
    return WindGrid(
        np.array([0.0, 11.0 * DAY_S]),
        np.log([1_000.0, 20_000.0]),
        np.linspace(-90, 90, 19),
        np.linspace(-edge_deg, edge_deg, 37),
        uv,
    )


@pytest.mark.parametrize("part", [None, INERTIAL])
def test_no_balloons_and_no_plans_are_no_flight(calm, part):
    flight = [Flight(None, plan(calm, 10.0, 12, uniform(2.0)), 12)]
    assert fly(flight, 0, 4, 1, 2, part)[0].shape == (0, 4, 3)
    assert fly([], 10, 4, 1, 2, part) == []


@pytest.mark.parametrize("part", [None, INERTIAL])
def test_a_balloon_flies_alone_as_it_does_among_others(calm, part):
    flight = [Flight(None, plan(calm, 40.0, 24, uniform(2.0)), 24)]
    one, many = (fly(flight, n, 6, 3, 1, part)[0] for n in (1, 130))
    np.testing.assert_allclose(one[0], many[0], atol=1e-12)
    assert np.isfinite(many).all()


def test_a_balloon_that_leaves_the_wind_is_nowhere_from_then_on_and_the_others_fly():
    """At 30 m/s eastward it crosses 10 degrees of longitude at 30 N within half a day."""
    grid = blown(30.0, edge_deg=10.0)
    leaving = plan(grid, 30.0, 72, uniform(0.0))
    west = dict(zip(("launch_x", "launch_y", "launch_z"), n_vector(30.0, -9.9), strict=True))
    paths, others = fly(
        [Flight(None, leaving, 72), Flight(None, leaving._replace(**west), 36)], 70, 1, 1, 2
    )
    there = np.isfinite(paths).all(axis=2)
    assert there[:, :20].all()
    assert not there[:, 60:].any()
    assert (np.diff(there.astype(int), axis=1) <= 0).all()  # never back
    assert np.isfinite(others).all()


def test_a_wind_with_a_hole_carries_nobody_further():
    grid = blown(30.0)
    grid.uv_mps[:, :, :, 20:22] = np.nan  # 20 to 30 degrees east
    paths = fly([Flight(None, plan(grid, 10.0, 144, uniform(0.0)), 144)], 65, 1, 1, 1)[0]
    there = np.isfinite(paths).all(axis=2)
    assert there[:, :12].all()
    assert not there[:, -1].any()
    places = [lat_lon_deg(*one) for one in paths[there]]
    assert max(lon for _, lon in places) < 20.0
    assert (np.diff(there.astype(int), axis=1) <= 0).all()
