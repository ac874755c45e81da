"""The standard atmosphere and the three altitudes, against the published tables."""

import math

import pytest

from overflight.physics import atmosphere

FOOT_M = 0.3048


@pytest.mark.parametrize(
    ("height_m", "temperature_k", "pressure_pa", "density_kgm3"),
    [
        (0.0, 288.15, 101_325.0, 1.2250),
        (16_000.0, 216.650, 10_352.83, 0.166471),
        (19_000.0, 216.650, 6_467.49, 0.103996),
        (33_500.0, 232.358, 713.31, 0.010694),
    ],
)
def test_the_standard_atmosphere_is_that_of_1976(
    height_m, temperature_k, pressure_pa, density_kgm3
):
    assert atmosphere.temperature_k(height_m) == pytest.approx(temperature_k, rel=1e-5)
    assert atmosphere.pressure_pa(height_m) == pytest.approx(pressure_pa, rel=1e-5)
    assert atmosphere.density_kgm3(height_m) == pytest.approx(density_kgm3, rel=5e-5)


def test_the_whole_reference_table_is_met(refs):
    tol = refs["tests"]["T5"]["tol_rel"]
    for height_m, temperature_k, pressure_pa, density_kgm3 in refs["ussa76"]["z_T_p_rho"]:
        assert atmosphere.temperature_k(height_m) == pytest.approx(temperature_k, rel=tol)
        assert atmosphere.pressure_pa(height_m) == pytest.approx(pressure_pa, rel=tol)
        assert atmosphere.density_kgm3(height_m) == pytest.approx(density_kgm3, rel=tol)


@pytest.mark.parametrize(
    ("level", "pressure_pa"), [(180, 50_599.85), (600, 7_171.64), (650, 5_639.62)]
)
def test_flight_levels_are_pressures(level, pressure_pa):
    altitude_m = level * 100.0 * FOOT_M
    assert atmosphere.pressure_pa_of_altitude(altitude_m) == pytest.approx(pressure_pa, rel=1e-5)
    assert atmosphere.pressure_altitude_m(pressure_pa) == pytest.approx(altitude_m, abs=0.1)


def test_flight_levels_and_pressure_altitudes_agree_with_the_reference_file(refs):
    table, tol = refs["ussa76"], refs["tests"]["T5"]["tol_rel"]
    for level in ("180", "600", "650"):
        altitude_m = float(level) * 100.0 * FOOT_M
        expected_pa = table[f"FL{level}_Pa"]
        got_pa = atmosphere.pressure_pa_of_altitude(altitude_m)
        assert got_pa == pytest.approx(expected_pa, rel=tol)
    for pressure_hpa, altitude_m in table["Hp_of_hPa"].items():
        got_m = atmosphere.pressure_altitude_m(float(pressure_hpa) * 100.0)
        assert got_m == pytest.approx(altitude_m, abs=0.06)


@pytest.mark.parametrize(
    ("lat_deg", "geopotential_m"),
    [(0, 18_892.34), (30, 18_917.39), (45, 18_942.50), (60, 18_967.67), (90, 18_992.89)],
)
def test_geopotential_height_of_19_km_grows_toward_the_pole(lat_deg, geopotential_m):
    got_m = atmosphere.geopotential_m_at_latitude(19_000.0, float(lat_deg))
    assert got_m == pytest.approx(geopotential_m, abs=0.006)
    back_m = atmosphere.height_m_at_latitude(got_m, float(lat_deg))
    assert back_m == pytest.approx(19_000.0, abs=1e-6)
    mirrored_m = atmosphere.geopotential_m_at_latitude(19_000.0, -float(lat_deg))
    assert mirrored_m == got_m


def test_geopotential_heights_agree_with_the_reference_file(refs):
    for lat, geopotential_m in refs["ussa76"]["H_of_z19000_lat"].items():
        got_m = atmosphere.geopotential_m_at_latitude(19_000.0, float(lat))
        assert got_m == pytest.approx(geopotential_m, rel=refs["tests"]["T5"]["tol_rel"])
    got_m = atmosphere.geopotential_m_of_height(19_000.0)
    assert got_m == pytest.approx(refs["ussa76"]["H_of_z19000_ussa"], abs=1e-3)


@pytest.mark.parametrize("base_m", [11_000.0, 20_000.0, 32_000.0, 47_000.0])
def test_nothing_jumps_between_layers(base_m):
    below_m, above_m = (
        atmosphere.height_m_of_geopotential(base_m + step_m) for step_m in (-1e-6, 1e-6)
    )
    for quantity in (atmosphere.pressure_pa, atmosphere.temperature_k, atmosphere.density_kgm3):
        assert quantity(below_m) == pytest.approx(quantity(above_m), rel=1e-9)


def test_pressure_falls_as_hydrostatics_demands():
    for height_m in (500.0, 15_000.0, 25_000.0, 40_000.0, 49_000.0):
        slope_pa = atmosphere.pressure_pa(height_m + 1.0) - atmosphere.pressure_pa(height_m - 1.0)
        rise_m = atmosphere.geopotential_m_of_height(
            height_m + 1.0
        ) - atmosphere.geopotential_m_of_height(height_m - 1.0)
        weight = atmosphere.density_kgm3(height_m) * atmosphere.GRAVITY_MPS2
        assert -slope_pa / rise_m == pytest.approx(weight, rel=1e-6)


@pytest.mark.parametrize("height_m", [-1.0, 52_000.0, math.nan])
def test_outside_the_standard_there_is_no_answer(height_m):
    assert math.isnan(atmosphere.pressure_pa(height_m))
    assert math.isnan(atmosphere.temperature_k(height_m))
    assert math.isnan(atmosphere.density_kgm3(height_m))


@pytest.mark.parametrize("pressure_pa", [101_326.0, 60.0, 0.0, -1.0, math.nan])
def test_a_pressure_outside_the_standard_has_no_altitude(pressure_pa):
    assert math.isnan(atmosphere.pressure_altitude_m(pressure_pa))
    assert math.isnan(atmosphere.height_m_of_pressure(pressure_pa))


@pytest.mark.parametrize("density_kgm3", [1.226, 5e-4, 0.0, math.nan])
def test_a_density_outside_the_standard_has_no_height(density_kgm3):
    assert math.isnan(atmosphere.height_m_of_density(density_kgm3))
