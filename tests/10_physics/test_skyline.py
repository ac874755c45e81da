"""Skylines: flat ground is the smooth horizon, a single ridge stands where geometry has it."""

import math

import numpy as np
import pytest

from overflight.physics import horizon, skyline
from overflight.physics.horizon import LIGHT, RADIO
from overflight.physics.skyline import Patch
from overflight.physics.sphere import MEAN_RADIUS_M

CELL_DEG = 0.002
DEG_M = math.radians(1.0) * MEAN_RADIUS_M


def ground(height_m=0.0, half_deg=1.5, far_m=150_000.0, lat_deg=0.0, lon_deg=0.0):
    n = round(2.0 * half_deg / CELL_DEG)
    return Patch(
        np.full((n, n), height_m, np.float32), (lat_deg - half_deg, lon_deg - half_deg),
        (CELL_DEG, CELL_DEG), (0.0, far_m),
    )  # fmt: skip


@pytest.mark.parametrize("band", [LIGHT, RADIO])
@pytest.mark.parametrize("eye_m", [2.0, 30.0, 300.0, 1_000.0])
def test_flat_ground_is_the_smooth_horizon(eye_m, band):
    angles = skyline.profile_rad(0.0, 0.0, eye_m, band, [ground()])
    table, dip = skyline.reaches(eye_m, band), skyline.smooth_rad(eye_m, band)
    smooth_m = sum(horizon.ray_arc_m(0.0, 0.0, z, band) for z in (eye_m, 19_000.0))
    for angle in angles[::100]:
        found = skyline.reach_above_m(table[None], 0, skyline.row_fraction(angle, dip), 19_000.0)
        assert found == pytest.approx(smooth_m, rel=1e-3)


@pytest.mark.parametrize("eye_m", [2.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0])
def test_the_lowest_angle_reaches_as_far_as_the_radar_table(eye_m):
    """Method 5: 19 km from 2, 30, 100, 300 and 3,000 m."""
    table = skyline.reaches(eye_m, RADIO)
    published = {2.0: 555.2, 30.0: 572.2, 100.0: 591.2, 300.0: 621.7, 3_000.0: 775.9}
    found = skyline.reach_above_m(table[None], 0, 0.0, 19_000.0)
    smooth_m = sum(horizon.ray_arc_m(0.0, 0.0, z, RADIO) for z in (eye_m, 19_000.0))
    assert found == pytest.approx(smooth_m, rel=1e-6)
    if eye_m in published:
        assert found / 1e3 == pytest.approx(published[eye_m], rel=1e-3)


@pytest.mark.parametrize(("away_km", "ridge_m"), [(10.0, 800.0), (30.0, 1_500.0), (80.0, 3_000.0)])
def test_a_single_ridge_stands_where_geometry_has_it(away_km, ridge_m):
    """A wall along a meridian to the east: seen due east at atan(h / d), less the Earth's curve."""
    one, eye_m = ground(), 100.0
    column = round((away_km * 1e3 / DEG_M + 1.5) / CELL_DEG)
    one.height_m[:, column] = ridge_m
    angles = skyline.profile_rad(0.0, 0.0, eye_m, LIGHT, [one])
    larger_m = skyline.ground_scale(eye_m, LIGHT) * MEAN_RADIUS_M
    edge_m = ((column * CELL_DEG) - 1.5) * DEG_M
    low, high = (
        (ridge_m - eye_m) / d - d / (2.0 * larger_m) for d in (edge_m + CELL_DEG * DEG_M, edge_m)
    )
    assert low - 2e-4 <= math.tan(angles[900]) <= high + 2e-4
    west = angles[2_700]
    assert west == pytest.approx(-skyline.smooth_rad(eye_m, LIGHT), abs=1e-4)
    # At 45 degrees to either side the wall is further off by the root of two.
    aside = edge_m * math.sqrt(2.0)
    expected = (ridge_m - eye_m) / aside - aside / (2.0 * larger_m)
    assert math.tan(angles[450]) == pytest.approx(expected, abs=max(2e-4, 0.02 * expected))


def test_a_ridge_hides_what_its_ray_hides():
    """Behind a skyline of one degree 19 km are seen as far as the ray of one degree goes."""
    table = skyline.reaches(2.0, LIGHT)
    row = skyline.row_fraction(math.radians(1.0), skyline.smooth_rad(2.0, LIGHT))
    assert skyline.reach_above_m(table[None], 0, row, 19_000.0) == pytest.approx(
        413_800.0, rel=1e-3
    )


@pytest.mark.parametrize("degrees", [-0.5, -0.2, -0.05, 0.0, 0.3, 2.0, 10.0, 45.0])
def test_the_table_of_reaches_is_the_rays(degrees):
    eye_m = 1_500.0
    table, dip = skyline.reaches(eye_m, LIGHT), skyline.smooth_rad(eye_m, LIGHT)
    angle = math.radians(degrees)
    found = skyline.reach_above_m(table[None], 0, skyline.row_fraction(angle, dip), 18_000.0)
    exact = skyline.reach_from_m(angle, eye_m, 18_000.0, LIGHT)
    assert found == pytest.approx(exact, rel=0.01)
    assert skyline.angle_rad(skyline.row_fraction(angle, dip), dip) == pytest.approx(angle)


def test_a_higher_skyline_never_shows_more():
    table = skyline.reaches(500.0, LIGHT)
    assert (np.diff(table[:, 100:], axis=0) <= 1.0).all()
    assert (np.diff(table, axis=1) >= -1.0).all()


def test_patches_may_lie_either_way_up_and_over_the_antimeridian():
    one = ground(lon_deg=179.9)
    one.height_m[700:800, 850] = 2_000.0  # to the east, over 180
    plain = skyline.profile_rad(0.0, 179.9, 10.0, LIGHT, [one])
    turned = one._replace(
        height_m=np.ascontiguousarray(one.height_m[::-1]),
        corner_deg=(one.corner_deg[0] + 3.0, one.corner_deg[1]), step_deg=(-CELL_DEG, CELL_DEG),
    )  # fmt: skip
    assert skyline.profile_rad(0.0, 179.9, 10.0, LIGHT, [turned]) == pytest.approx(plain, abs=1e-3)
    assert plain[900] > math.radians(4.0)
    assert plain[2_700] < 0.0
