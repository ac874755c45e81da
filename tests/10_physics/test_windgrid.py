"""The wind sampler: exact where linear, continuous everywhere, silent outside."""

import math

import numpy as np
import pytest

from overflight.fields import synthetic
from overflight.physics import sphere, windgrid
from overflight.physics.windgrid import SigmaTable, WindGrid

TIMES_S = np.arange(0.0, 5 * 3_600.0, 3_600.0)
LEVELS_LOG = np.log(np.array([3_000.0, 5_000.0, 7_000.0, 10_000.0, 15_000.0]))
LATS_DEG = np.linspace(-90.0, 90.0, 73)
LONS_DEG = np.linspace(-180.0, 180.0, 145)
GAUSS_DEG = np.degrees(np.arcsin(np.polynomial.legendre.leggauss(72)[0]))
FINE = (TIMES_S[:2], LEVELS_LOG, np.linspace(-90.0, 90.0, 181), np.linspace(-180.0, 180.0, 361))
LOG_60HPA = math.log(6_000.0)


def gridded(u, v, times_s=TIMES_S, levels=LEVELS_LOG, lats_deg=LATS_DEG, lons_deg=LONS_DEG):
    """A grid of two functions of (time, log pressure, latitude, longitude)."""
    axes = np.ix_(times_s, levels, lats_deg, lons_deg)
    shape = tuple(len(axis) for axis in (times_s, levels, lats_deg, lons_deg))
    uv_mps = np.stack([np.broadcast_to(part(*axes), shape) for part in (u, v)], axis=-1)
    return WindGrid(times_s, levels, lats_deg, lons_deg, uv_mps.astype(np.float32))


def linear_u(time_s, log_pressure, lat_deg, lon_deg):
    return 0.2 * lat_deg + 0.05 * lon_deg + 1e-3 * time_s + 3.0 * log_pressure


def linear_v(time_s, log_pressure, lat_deg, lon_deg):
    """Linear in each coordinate alone: the products too are interpolated exactly."""
    return 1e-3 * lat_deg * lon_deg * (1.0 + 1e-4 * time_s) * (log_pressure - 8.0)


def at(grid, time_s, log_pressure, lat_deg, lon_deg):
    return windgrid.wind(grid, time_s, log_pressure, *sphere.n_vector(lat_deg, lon_deg))


PLACES = [
    (0.0, LEVELS_LOG[0], 0.0, 0.0),
    (1_234.0, 8.7, 47.3, -110.2),
    (4 * 3_600.0, LEVELS_LOG[-1], -60.01, 179.3),
    (9_999.0, 9.2, 88.9, 33.0),
    (3_600.0, LOG_60HPA, -88.7, -120.0),
    (7_200.0, 9.0, 2.5, 2.5),
]


@pytest.mark.parametrize("place", PLACES)
def test_linear_fields_are_sampled_exactly(place):
    grid = gridded(linear_u, linear_v)
    expected = (linear_u(*place), linear_v(*place))
    assert at(grid, *place) == pytest.approx(expected, rel=2e-6, abs=1e-5)  # float32 nodes


@pytest.mark.parametrize("place", PLACES)
def test_uneven_axes_give_what_even_axes_give(place):
    rng = np.random.default_rng(5)
    times_s = np.unique(np.concatenate([TIMES_S[[0, -1]], rng.uniform(0.0, 14_400.0, 5)]))
    levels = np.unique(np.concatenate([LEVELS_LOG[[0, -1]], rng.uniform(8.1, 9.6, 20)]))
    lons_deg = np.unique(np.concatenate([[-180.0, 180.0], rng.uniform(-180.0, 180.0, 60)]))
    lats_deg = np.concatenate([[-90.0], GAUSS_DEG, [90.0]])
    uneven = gridded(linear_u, linear_v, times_s, levels, lats_deg, lons_deg)
    even = gridded(linear_u, linear_v)
    assert at(uneven, *place) == pytest.approx(at(even, *place), rel=4e-6, abs=2e-5)


def test_every_cell_of_an_uneven_axis_is_found():
    axis = np.array([0.0, 1e-3, 2e-3, 5.0, 5.5, 90.0, 91.0, 1e4])
    for i in range(len(axis) - 1):
        middle = 0.25 * axis[i] + 0.75 * axis[i + 1]
        assert windgrid.cell(axis, middle) == (i, pytest.approx(0.75))
        assert windgrid.cell(axis, axis[i]) == (i, 0.0)
    assert windgrid.cell(axis, axis[-1]) == (len(axis) - 2, 1.0)
    for outside in (-1e-9, 1e4 + 1e-9, math.nan):
        assert math.isnan(windgrid.cell(axis, outside)[1])


def test_nodes_are_returned_as_they_are():
    rng = np.random.default_rng(1)
    shape = (len(TIMES_S), len(LEVELS_LOG), len(LATS_DEG), len(LONS_DEG), 2)
    grid = WindGrid(
        TIMES_S, LEVELS_LOG, LATS_DEG, LONS_DEG, rng.normal(0.0, 20.0, shape).astype(np.float32)
    )
    for t, k, j, i in ((0, 0, 1, 0), (4, 4, 36, 72), (2, 1, 70, 143), (3, 3, 20, 100)):
        got = at(grid, TIMES_S[t], LEVELS_LOG[k], LATS_DEG[j], LONS_DEG[i])
        assert got == pytest.approx(tuple(grid.uv_mps[t, k, j, i]), abs=1e-4)


def test_between_levels_the_wind_is_linear_in_log_pressure():
    grid = gridded(lambda t, p, lat, lon: p + 0.0 * lon, lambda t, p, lat, lon: 0.0 * lon)
    between_log = math.log(math.sqrt(5_000.0 * 7_000.0))
    u_mps, _ = at(grid, 0.0, between_log, 40.0, 10.0)
    low, high = (at(grid, 0.0, math.log(p), 40.0, 10.0)[0] for p in (5_000.0, 7_000.0))
    assert u_mps == pytest.approx(0.5 * (low + high), rel=1e-6)


def wavy(time_s, log_pressure, lat_deg, lon_deg):
    return 20.0 * np.cos(np.radians(lon_deg - 3.0 * lat_deg)) + 0.0 * time_s * log_pressure


def test_nothing_happens_at_the_antimeridian():
    grid = gridded(wavy, wavy)
    for lat_deg in (-30.0, 0.0, 51.3):
        west, on, east = (at(grid, 0.0, 9.0, lat_deg, lon) for lon in (179.999, 180.0, -179.999))
        assert west == pytest.approx(east, abs=1e-3)
        assert on == pytest.approx(east, abs=1e-3)
        expected = wavy(0.0, 9.0, lat_deg, 180.0)
        assert on[0] == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("first_deg", [-180.0, 0.0, -30.0, 720.0])
def test_longitudes_may_begin_anywhere(first_deg):
    grid = gridded(wavy, wavy, lons_deg=first_deg + np.linspace(0.0, 360.0, 145))
    expected = gridded(wavy, wavy)
    for lon_deg in (-180.0, -179.0, -31.25, -30.0, -0.1, 0.0, 0.1, 90.0, 179.9):
        got = at(grid, 0.0, 9.0, 20.0, lon_deg)
        assert got == pytest.approx(at(expected, 0.0, 9.0, 20.0, lon_deg), abs=2e-5)


def test_a_box_may_lie_across_the_antimeridian():
    box = gridded(wavy, wavy, lats_deg=LATS_DEG[40:60], lons_deg=np.arange(170.0, 190.1, 2.5))
    whole = gridded(wavy, wavy)
    for lon_deg in (170.0, 175.0, 180.0, -175.0, -170.0):  # both edges are inside
        got = at(box, 0.0, 9.0, 20.0, lon_deg)
        assert got == pytest.approx(at(whole, 0.0, 9.0, 20.0, lon_deg), abs=1e-4)
    for lon_deg in (169.9, -169.9, 0.0):
        assert np.isnan(at(box, 0.0, 9.0, 20.0, lon_deg)).all()


@pytest.mark.parametrize(
    "place",
    [
        (-1.0, 9.0, 40.0, -110.0),
        (4 * 3_600.0 + 1.0, 9.0, 40.0, -110.0),
        (0.0, LEVELS_LOG[0] - 1e-6, 40.0, -110.0),
        (0.0, LEVELS_LOG[-1] + 1e-6, 40.0, -110.0),
        (0.0, 9.0, 29.9, -110.0),
        (0.0, 9.0, 60.1, -110.0),
        (0.0, 9.0, 40.0, -130.1),
        (0.0, 9.0, 40.0, -79.9),
        (math.nan, 9.0, 40.0, -110.0),
        (0.0, math.nan, 40.0, -110.0),
        (0.0, 9.0, math.nan, -110.0),
        (0.0, 9.0, 40.0, math.nan),
    ],
)
def test_outside_the_grid_there_is_no_wind(place):
    grid = gridded(
        linear_u, linear_v, lats_deg=np.arange(30.0, 60.1, 2.5), lons_deg=np.arange(-130, -79, 2.5)
    )
    assert np.isfinite(at(grid, 0.0, 9.0, 40.0, -110.0)).all()
    assert np.isnan(at(grid, *place)).all()


def test_an_axis_of_one_holds_nothing():
    grid = gridded(linear_u, linear_v, times_s=np.zeros(1))
    assert np.isnan(at(grid, 0.0, 9.0, 40.0, -110.0)).all()


def steady(wx_mps, wy_mps, wz_mps):
    def flow(time_s, log_pressure, x, y, z):
        still = 0.0 * (time_s + log_pressure + x)
        return wx_mps + still, wy_mps + still, wz_mps + still

    return flow


def as_vector(wind, lat_deg, lon_deg):
    place = sphere.n_vector(lat_deg, lon_deg)
    return wind[0] * np.array(sphere.east(*place)) + wind[1] * np.array(sphere.north(*place))


@pytest.mark.parametrize("pole", [-1.0, 1.0])
def test_a_steady_flow_across_a_pole_is_sampled_as_itself(pole):
    flow = np.array([18.0, -7.0, 0.0])
    grid = synthetic.sampled(steady(*flow), *FINE)
    for lat_deg in (88.0, 88.99, 89.01, 89.7, 89.9999, 90.0):
        for lon_deg in np.arange(-180.0, 180.0, 13.7):
            normal = np.array(sphere.n_vector(pole * lat_deg, lon_deg))
            tangential = flow - (flow @ normal) * normal
            wind = at(grid, 1_000.0, 9.0, pole * lat_deg, lon_deg)
            got = as_vector(wind, pole * lat_deg, lon_deg)
            np.testing.assert_allclose(got, tangential, atol=0.003)  # of 19 m/s


@pytest.mark.parametrize("pole", [-1.0, 1.0])
def test_all_meridians_agree_on_the_wind_at_the_pole(pole):
    rng = np.random.default_rng(3)
    coarse = rng.normal(0.0, 10.0, (3, 3))

    def flow(time_s, log_pressure, x, y, z):
        still = 0.0 * (time_s + log_pressure)
        return tuple(row[0] * x + row[1] * y + row[2] * z + still for row in coarse)

    grid = synthetic.sampled(flow, TIMES_S, LEVELS_LOG, LATS_DEG, LONS_DEG)
    limits = np.array(
        [
            as_vector(at(grid, 0.0, 9.0, pole * (90.0 - 1e-7), lon), pole * (90.0 - 1e-7), lon)
            for lon in np.arange(-180.0, 180.0, 7.3)
        ]
    )
    assert np.abs(limits - limits[0]).max() < 0.02
    # On the pole itself east is (0, 1, 0) and north (-pole, 0, 0), by decision.
    x, y, _ = coarse[:, 2] * pole
    got = windgrid.wind(grid, 0.0, 9.0, 0.0, 0.0, pole)
    assert got == pytest.approx((y, -pole * x), abs=0.02)


def test_the_two_ways_of_interpolating_meet_at_89_degrees():
    turning = synthetic.tilted(63.0)
    grid = synthetic.sampled(synthetic.turning_flow(turning), *FINE)
    for lon_deg in np.arange(-180.0, 180.0, 11.1):
        below, above = (at(grid, 0.0, 9.0, lat, lon_deg) for lat in (89.0 - 1e-6, 89.0 + 1e-6))
        assert below == pytest.approx(above, abs=0.004)  # of 39 m/s


@pytest.mark.parametrize("spacing_deg", [2.5, 1.0])
def test_a_turning_wind_is_sampled_to_second_order(spacing_deg):
    turning = synthetic.tilted(45.0)
    lats_deg = np.linspace(-90.0, 90.0, round(180 / spacing_deg) + 1)
    lons_deg = np.linspace(-180.0, 180.0, round(360 / spacing_deg) + 1)
    grid = synthetic.sampled(
        synthetic.turning_flow(turning), TIMES_S[:2], LEVELS_LOG[:2], lats_deg, lons_deg
    )
    rng = np.random.default_rng(8)
    worst_mps = 0.0
    for lat, lon in zip(rng.uniform(-90, 90, 500), rng.uniform(-180, 180, 500), strict=True):
        place = sphere.n_vector(lat, lon)
        got = windgrid.wind(grid, 0.0, LEVELS_LOG[0], *place)
        worst_mps = max(worst_mps, math.dist(got, synthetic.turning_wind(turning, *place)))
    bound = 38.7 * math.radians(spacing_deg) ** 2 / 4.0  # curvature h^2/8, in lat and in lon
    assert 0.1 * bound < worst_mps < bound


TABLE = windgrid.steady(
    LEVELS_LOG, np.array([-90.0, -15.0, 0.0, 40.0, 90.0]), np.arange(25.0).reshape(5, 5)
)


def test_the_error_table_is_bilinear():
    middle = windgrid.sigma(TABLE, 0.0, 0.5 * (LEVELS_LOG[1] + LEVELS_LOG[2]), 20.0, 0.0)
    assert middle == pytest.approx(np.mean([7.0, 8.0, 12.0, 13.0]))
    assert windgrid.sigma(TABLE, 0.0, LEVELS_LOG[3], 40.0, 0.0) == pytest.approx(18.0)


def test_beyond_its_edges_the_error_table_keeps_the_edges_value():
    assert windgrid.sigma(TABLE, 0.0, 0.0, -90.0, 0.0) == 0.0
    assert windgrid.sigma(TABLE, 0.0, 20.0, 95.0, 0.0) == 24.0
    assert windgrid.sigma(TABLE, 0.0, LEVELS_LOG[0], -400.0, 0.0) == 0.0
    assert math.isnan(windgrid.sigma(TABLE, 0.0, math.nan, 0.0, 0.0))
    assert math.isnan(windgrid.sigma(TABLE, 0.0, 9.0, math.nan, 0.0))


def test_a_table_of_one_time_and_one_longitude_costs_no_digit():
    lat_deg, log_p = 17.3, 0.3 * LEVELS_LOG[1] + 0.7 * LEVELS_LOG[2]
    axis, entries = TABLE.lat_deg, TABLE.sigma_mps[0, :, :, 0]
    j = int(np.searchsorted(axis, lat_deg, "right")) - 1
    a = (lat_deg - axis[j]) / (axis[j + 1] - axis[j])
    b = (log_p - LEVELS_LOG[1]) / (LEVELS_LOG[2] - LEVELS_LOG[1])
    low, high = ((1.0 - a) * entries[k, j] + a * entries[k, j + 1] for k in (1, 2))
    assert windgrid.sigma(TABLE, 5.0, log_p, lat_deg, 77.0) == (1.0 - b) * low + b * high


def full_table(lon_deg):
    """Linear in every axis, so that the answer is known everywhere."""
    time_s, lat_deg = np.array([0.0, 100.0, 400.0]), np.array([-90.0, 0.0, 90.0])
    values = (
        1e-2 * time_s[:, None, None, None] + LEVELS_LOG[None, :, None, None]
        + 0.1 * lat_deg[None, None, :, None] + 0.01 * lon_deg[None, None, None, :] + 20.0
    )  # fmt: skip
    return SigmaTable(time_s, LEVELS_LOG, lat_deg, lon_deg, values)


def test_the_error_may_change_in_time_and_along_a_parallel():
    table = full_table(np.array([-20.0, 10.0, 40.0]))
    level = 0.5 * (LEVELS_LOG[0] + LEVELS_LOG[1])
    got = windgrid.sigma(table, 250.0, level, -30.0, 25.0)
    assert got == pytest.approx(2.5 + level - 3.0 + 0.25 + 20.0)
    for time_s, edge_s in ((-50.0, 0.0), (1e4, 400.0)):
        early = windgrid.sigma(table, time_s, level, -30.0, 25.0)
        assert early == pytest.approx(1e-2 * edge_s + level - 3.0 + 0.25 + 20.0)
    assert math.isnan(windgrid.sigma(table, math.nan, level, -30.0, 25.0))
    assert math.isnan(windgrid.sigma(table, 0.0, level, -30.0, math.nan))


def test_beyond_a_box_the_error_is_that_of_the_nearer_edge():
    table = full_table(np.array([170.0, 190.0, 210.0]))  # across the date line
    level = LEVELS_LOG[0]
    middle = windgrid.sigma(table, 0.0, level, 0.0, 200.0)
    assert windgrid.sigma(table, 0.0, level, 0.0, -160.0) == pytest.approx(middle)
    east, west = (windgrid.sigma(table, 0.0, level, 0.0, lon) for lon in (210.0, 170.0))
    assert windgrid.sigma(table, 0.0, level, 0.0, -80.0) == east
    assert windgrid.sigma(table, 0.0, level, 0.0, 100.0) == west


def test_around_a_closed_globe_the_error_has_no_seam():
    table = full_table(np.array([-180.0, -90.0, 0.0, 90.0, 180.0]))
    table.sigma_mps[..., -1] = table.sigma_mps[..., 0]
    here, there = (windgrid.sigma(table, 0.0, LEVELS_LOG[0], 0.0, lon) for lon in (180.0, -180.0))
    assert here == pytest.approx(there, abs=1e-9)
    near = windgrid.sigma(table, 0.0, LEVELS_LOG[0], 0.0, 179.999)
    assert near == pytest.approx(here, abs=1e-3)
