"""Horizons by rays against the published tables, brute force, and what must hold of any ray."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.physics import horizon, sight
from overflight.physics.horizon import FOUR_THIRDS_SCALE, LIGHT, RADIO

heights_m = st.floats(100.0, 40_000.0)
elevations_deg = st.floats(0.0, 85.0)

# Height (m): slant, arc without refraction, dip (degrees), arc on 4/3 Earth, radio, light (km).
TABLE = {
    10_000.0: (357.10, 356.73, 3.2081, 411.98, 405.51, 387.47),
    18_000.0: (479.25, 478.35, 4.3019, 552.51, 535.52, 515.99),
    18_288.0: (483.07, 482.15, 4.3361, 556.91, 539.53, 519.97),
    19_000.0: (492.40, 491.42, 4.4195, 567.62, 549.31, 529.68),
    20_000.0: (505.21, 504.16, 4.5340, 582.34, 562.70, 542.99),
    33_500.0: (654.20, 651.92, 5.8628, 753.18, 716.37, 695.96),
}
# At 19 km by elevation: arc without refraction, arc by light, slant (km), nadir angle (degrees).
BY_ELEVATION = {
    0.0: (491.42, 529.68, 492.40, 85.581),
    5.0: (185.64, 188.36, 186.88, 83.331),
    10.0: (102.74, 103.24, 104.63, 79.076),
    30.0: (32.67, 32.69, 37.83, 59.706),
    45.0: (18.92, 18.92, 26.83, 44.830),
    60.0: (10.93, 10.93, 21.93, 29.902),
}


def row(height_m):
    straight = (
        horizon.slant_m_at_elevation(0.0, height_m) / 1e3,
        horizon.straight_arc_m(0.0, height_m, 1.0) / 1e3,
        math.degrees(horizon.dip_rad(height_m)),
        horizon.straight_arc_m(0.0, height_m, FOUR_THIRDS_SCALE) / 1e3,
    )
    rays = (horizon.ray_arc_m(0.0, 0.0, height_m, band) / 1e3 for band in (RADIO, LIGHT))
    return (*straight, *rays)


@pytest.mark.parametrize("height_m", TABLE)
def test_horizons_are_those_of_the_table(height_m):
    assert row(height_m) == pytest.approx(TABLE[height_m], rel=1e-3)


def test_the_whole_reference_table_is_met(refs):
    table, tol = refs["horizon_km"]["table"], refs["tests"]["T20"]["tol_rel"]
    rows = {float(height): values for height, values in table.items() if height != "order"}
    assert len(rows) > 8
    for height_m, values in rows.items():
        assert row(height_m) == pytest.approx(values, rel=tol), height_m


def test_every_elevation_of_the_reference_is_met(refs):
    table = refs["horizon_km"]["by_elevation_z19000"]
    for degrees, values in table.items():
        if degrees == "order":
            continue
        up, z = math.radians(float(degrees)), 19_000.0
        found = (
            horizon.straight_arc_m(up, z, 1.0),
            horizon.straight_arc_m(up, z, FOUR_THIRDS_SCALE),
            horizon.ray_arc_m(up, 0.0, z, RADIO),
            horizon.ray_arc_m(up, 0.0, z, LIGHT),
            horizon.slant_m_at_elevation(up, z),
        )
        assert [one / 1e3 for one in found] == pytest.approx(values[:5], rel=1e-3)


@pytest.mark.parametrize("degrees", BY_ELEVATION)
def test_reach_by_elevation_at_19_km(degrees):
    up, (straight, light, slant, nadir_deg) = math.radians(degrees), BY_ELEVATION[degrees]
    assert horizon.straight_arc_m(up, 19_000.0, 1.0) / 1e3 == pytest.approx(straight, rel=1e-3)
    assert horizon.ray_arc_m(up, 0.0, 19_000.0, LIGHT) / 1e3 == pytest.approx(light, rel=1e-3)
    assert horizon.slant_m_at_elevation(up, 19_000.0) / 1e3 == pytest.approx(slant, rel=1e-3)
    # Two ways to one place: by elevation, and by the distance over the ground.
    arc_m = horizon.straight_arc_m(up, 19_000.0, 1.0)
    assert horizon.slant_m(arc_m, 19_000.0) / 1e3 == pytest.approx(slant, rel=1e-3)
    assert 0.0 <= math.degrees(horizon.nadir_rad(up, 19_000.0, LIGHT)) - nadir_deg < 0.25


@pytest.mark.parametrize(
    ("band", "scales"),
    [(RADIO, (1.344, 1.292, 1.249, 1.207)), (LIGHT, (1.198, 1.180, 1.161, 1.139))],
)
def test_the_larger_earth_has_the_same_horizon(band, scales):
    for height_m, scale in zip((3e3, 10e3, 19e3, 33.5e3), scales, strict=True):
        arc_m = horizon.ray_arc_m(0.0, 0.0, height_m, band)
        assert horizon.radius_scale(arc_m, height_m) == pytest.approx(scale, rel=1e-3)


def test_radar_horizons_are_those_of_the_table():
    there_m = horizon.ray_arc_m(0.0, 0.0, 19_000.0, RADIO)
    rays = {2.0: 555.2, 30.0: 572.2, 100.0: 591.2, 300.0: 621.7, 3_000.0: 775.9}
    rule = {2.0: 574.0, 30.0: 590.7, 100.0: 609.4, 300.0: 639.5, 3_000.0: 793.9}
    radius_m = FOUR_THIRDS_SCALE * 6_371_000.0
    for height_m, arc_km in rays.items():
        here_m = horizon.ray_arc_m(0.0, 0.0, height_m, RADIO)
        assert (there_m + here_m) / 1e3 == pytest.approx(arc_km, rel=1e-3)
        by_rule_m = math.sqrt(2.0 * radius_m * 19_000.0) + math.sqrt(2.0 * radius_m * height_m)
        assert by_rule_m / 1e3 == pytest.approx(rule[height_m], rel=1e-3)


def test_an_aircraft_sees_it_from_865_km():
    arc_m = sum(horizon.straight_arc_m(0.0, z, 1.0) for z in (19_000.0, 11_000.0))
    assert arc_m / 1e3 == pytest.approx(865.0, rel=1e-3)


@pytest.mark.parametrize(
    ("degrees", "area_km2"), [(0.0, 758_312), (5.0, 108_258), (10.0, 33_161), (20.0, 8_324)]
)
def test_areas_in_view_at_19_km(degrees, area_km2):
    arc_m = horizon.straight_arc_m(math.radians(degrees), 19_000.0, 1.0)
    assert horizon.cap_area_m2(arc_m) / 1e6 == pytest.approx(area_km2, rel=1e-3)


@pytest.mark.parametrize(("degrees", "dwell_h"), [(0.0, 27.3), (10.0, 5.708), (45.0, 63.05 / 60)])
def test_dwell_of_a_straight_overpass(degrees, dwell_h):
    arc_m = horizon.straight_arc_m(math.radians(degrees), 19_000.0, 1.0)
    assert horizon.dwell_s(arc_m, 0.0, 10.0) / 3_600.0 == pytest.approx(dwell_h, rel=1e-2)
    assert horizon.dwell_s(arc_m, 0.6 * arc_m, 20.0) == pytest.approx(
        0.4 * horizon.dwell_s(arc_m, 0.0, 10.0)
    )
    assert horizon.dwell_s(arc_m, arc_m, 10.0) == 0.0


@given(heights_m, elevations_deg)
def test_a_ray_without_air_is_a_straight_line(height_m, degrees):
    """The same integral with the air's bending taken out is the sphere's own formula."""
    up = math.radians(degrees)
    straight_m = horizon.straight_arc_m(up, height_m, 1.0)
    light_m = horizon.ray_arc_m(up, 0.0, height_m, LIGHT)
    radio_m = horizon.ray_arc_m(up, 0.0, height_m, RADIO)
    assert straight_m - 1e-5 * straight_m - 1.0 <= light_m <= radio_m * (1.0 + 1e-3) + 1.0
    assert light_m <= 1.12 * straight_m + 1.0


@given(elevations_deg, st.floats(50.0, 10_000.0), st.floats(50.0, 20_000.0))
def test_a_ray_is_the_sum_of_its_parts(degrees, middle_m, more_m):
    """It goes on from a height as Bouguer's law says it arrives there."""
    up, top_m = math.radians(degrees), middle_m + more_m
    r = horizon.MEAN_RADIUS_M
    n = 1.0 + np.array([horizon.refractivity_fraction(z, RADIO) for z in (0.0, middle_m)])
    there = math.acos(min(1.0, n[0] * r * math.cos(up) / (n[1] * (r + middle_m))))
    whole_m = horizon.ray_arc_m(up, 0.0, top_m, RADIO)
    parts_m = horizon.ray_arc_m(up, 0.0, middle_m, RADIO)
    parts_m += horizon.ray_arc_m(there, middle_m, top_m, RADIO)
    assert whole_m == pytest.approx(parts_m, rel=7e-4, abs=0.1)


def test_lookups_are_the_rays_to_a_thousandth():
    degrees = np.array([0.0, 5.0, 45.0])
    arcs_m = horizon.reach(np.radians(degrees), LIGHT).arc_m
    for z in np.linspace(300.0, 45_000.0, 90):
        for i, one in enumerate(degrees):
            ray_m = horizon.ray_arc_m(math.radians(one), 0.0, z, LIGHT)
            assert horizon.reach_m(arcs_m, i, z) == pytest.approx(ray_m, rel=1e-3)
    assert math.isnan(horizon.reach_m(arcs_m, 0, math.nan))
    assert horizon.reach_m(arcs_m, 0, -50.0) == 0.0
    assert horizon.reach_m(arcs_m, 0, 90_000.0) == horizon.reach_m(arcs_m, 0, 70_000.0)


@given(st.floats(10_000.0, 25_000.0), st.floats(0.0, 80.0))
def test_the_larger_earth_of_sights_is_within_four_hundredths_of_a_degree(height_m, degrees):
    arc_m = horizon.ray_arc_m(math.radians(degrees), 0.0, height_m, LIGHT)
    found_deg = math.degrees(sight.elevation_rad(arc_m, height_m))
    assert found_deg == pytest.approx(degrees, abs=0.04)
