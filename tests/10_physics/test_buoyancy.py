"""What balloons hold up, against published balloons and the worked examples (T19)."""

import json
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from overflight.physics import atmosphere, buoyancy
from overflight.physics.buoyancy import AIR_KGMOL, HELIUM_KGMOL, HYDROGEN_KGMOL

GASES_KGMOL = {"He": HELIUM_KGMOL, "H2": HYDROGEN_KGMOL}

diameters_m = st.floats(1.0, 150.0)
heights_m = st.floats(0.0, 45_000.0)
gases_kgmol = st.sampled_from(sorted(GASES_KGMOL.values()))
ballonet_fractions = st.floats(0.0, 0.9)
superpressure_fractions = st.floats(0.0, 0.2)


@pytest.fixture(scope="session")
def mass(refs):
    return refs["mass"]


@pytest.fixture(scope="session")
def problem(shared_data):
    return json.loads((shared_data / "reference" / "problems.json").read_text())["mass"]


@pytest.fixture(scope="session")
def tol(refs):
    return refs["tests"]["T19"]["tol_rel"]


def close(expected, tol, last_digit=0.0):
    """Within the tolerance, or as close as the reference is written."""
    return pytest.approx(expected, rel=tol, abs=0.505 * last_digit)


def solids_kg(diameter_m, height_m, gas_kgmol=HELIUM_KGMOL, ballonet=0.0, superpressure=0.0):
    volume_m3 = buoyancy.sphere_volume_m3(diameter_m)
    air_kgm3 = atmosphere.density_kgm3(height_m)
    return buoyancy.solids_kg(volume_m3, air_kgm3, gas_kgmol, ballonet, superpressure)


def test_the_constants_are_those_of_the_problem(problem):
    assert problem["molar_mass_kgmol"] == {
        "air": AIR_KGMOL,
        "He": HELIUM_KGMOL,
        "H2": HYDROGEN_KGMOL,
    }


def test_a_gas_lifts_the_part_of_the_air_that_it_is_lighter_by(mass):
    for gas in ("He", "H2"):
        got = buoyancy.lift_fraction(GASES_KGMOL[gas], 0.0, 0.0)
        assert got == pytest.approx(mass["lift_frac"][gas], abs=1e-7)
    impure = buoyancy.mixture_kgmol(HELIUM_KGMOL, 0.01)
    got = buoyancy.lift_fraction(impure, 0.0, 0.0)
    assert got == pytest.approx(mass["lift_frac"]["He99"], abs=1e-7)


@pytest.mark.parametrize(
    ("key", "gas", "air_kgm3"),
    [
        ("He_15C", "He", 1.225),
        ("H2_15C", "H2", 1.225),
        ("He_0C", "He", buoyancy.gas_density_kgm3(101_325.0, 273.15, AIR_KGMOL)),
    ],
)
def test_a_cubic_metre_at_sea_level_lifts_about_a_kilogram(mass, key, gas, air_kgm3):
    got = buoyancy.solids_kg(1.0, air_kgm3, GASES_KGMOL[gas], 0.0, 0.0)
    assert got == pytest.approx(mass["sea_level_lift_kgm3"][key], abs=5.5e-6)


def test_the_table_of_worked_spheres_is_met(mass, tol):
    cells = [
        (float(diameter), float(height), expected_kg)
        for diameter, row in mass["solids_kg"].items()
        for height, expected_kg in row.items()
    ]
    assert len(cells) == 16
    for diameter_m, height_m, expected_kg in cells:
        assert solids_kg(diameter_m, height_m) == close(expected_kg, tol, 0.1)


def test_displaced_air_and_gas_make_up_the_rest(tol):
    displaced_kg = atmosphere.density_kgm3(18_288.0) * buoyancy.sphere_volume_m3(60.96)
    assert displaced_kg == close(13_791.9, tol)
    assert displaced_kg - solids_kg(60.96, 18_288.0) == close(1_905.9, tol)


def test_the_sphere_that_floats_given_solids_has_the_tabulated_diameter(mass, tol):
    table = mass["diameter_m_for_solids"]
    for wanted_kg in ("907", "1500", "2000", "3000", "5000", "10000"):
        for height_m, expected_m in zip(table["z_m"], table[wanted_kg], strict=True):
            air_kgm3 = atmosphere.density_kgm3(height_m)
            got_m = buoyancy.needed_diameter_m(float(wanted_kg), air_kgm3, HELIUM_KGMOL, 0.0, 0.0)
            assert got_m == close(expected_m, tol, 0.1)


@pytest.mark.parametrize("diameter", ["45.11", "60.96"])
def test_surplus_lift_needs_the_tabulated_ballonet(mass, tol, diameter):
    table = mass["ballonet_fraction_pi0.07_z18288"]
    volume_m3 = buoyancy.sphere_volume_m3(float(diameter))
    air_kgm3 = atmosphere.density_kgm3(18_288.0)
    for wanted_kg, expected in zip(table["solids_kg"], table[diameter], strict=True):
        got = buoyancy.needed_ballonet_fraction(wanted_kg, volume_m3, air_kgm3, HELIUM_KGMOL, 0.07)
        assert got == close(expected, tol, 0.001)


def test_nasas_superpressure_balloon_suspends_what_it_should(mass, problem, tol):
    balloon = problem["nasa_spb"]
    volume_m3, height_m = balloon["volume_m3"], balloon["z_m"]
    pressure_pa, temperature_k = (
        atmosphere.pressure_pa(height_m),
        atmosphere.temperature_k(height_m),
    )
    air_kgm3 = atmosphere.density_kgm3(height_m)
    for excess, expected_kg in mass["spb_suspended"].items():
        excess_pa = float(excess)
        gross_kg = buoyancy.solids_kg(
            volume_m3, air_kgm3, HELIUM_KGMOL, 0.0, excess_pa / pressure_pa
        )
        assert gross_kg - balloon["balloon_kg"] == close(expected_kg, tol)
        by_parts_kg = buoyancy.held_mass_kg(
            volume_m3, pressure_pa, temperature_k, excess_pa, 0.0, HELIUM_KGMOL
        )
        assert by_parts_kg - balloon["balloon_kg"] == close(expected_kg, tol)
    assert len(mass["spb_suspended"]) == 3


def test_loon_sinks_as_it_takes_in_air(mass, problem, tol):
    balloon, expected = problem["loon"], mass["loon"]
    gas_kg = balloon["helium_mol"] * HELIUM_KGMOL
    total_kg = balloon["envelope_kg"] + balloon["payload_kg"] + gas_kg
    assert total_kg == close(expected["total_kg"], tol)
    assert total_kg / balloon["volume_m3"] == close(expected["float_density_kgm3"], tol)
    for air_kg, height_m in expected["float_z_m"].items():
        density_kgm3 = (total_kg + float(air_kg)) / balloon["volume_m3"]
        assert atmosphere.height_m_of_density(density_kgm3) == close(height_m, tol)
    assert len(expected["float_z_m"]) == 5


def test_small_party_balloons_float_where_they_did(mass, problem, tol):
    balloon = problem["pico"]
    for envelopes in balloon["envelopes"]:
        expected = mass["pico"][str(envelopes)]
        held_kg = envelopes * balloon["foil_kg_each"] + balloon["tracker_kg"]
        gas_kgm3 = balloon["gas_density_at_ground_kgm3"]
        lift_kgm3 = balloon["air_density_at_ground_kgm3"] - gas_kgm3
        total_kg = held_kg + gas_kgm3 * (held_kg + balloon["free_lift_kg"]) / lift_kgm3
        assert total_kg == close(expected["total_kg"], tol)
        density_kgm3 = total_kg / (envelopes * balloon["volume_m3_each"])
        assert density_kgm3 == close(expected["density_kgm3"], tol)
        assert atmosphere.height_m_of_density(density_kgm3) == close(expected["float_z_m"], tol)


def test_concordiasis_balloons_float_in_the_polar_stratosphere(mass, problem, tol):
    balloon, expected = problem["concordiasi"], mass["concordiasi_12m"]
    pressure_pa, temperature_k = balloon["pressure_pa"], balloon["temperature_k"]
    volume_m3 = buoyancy.sphere_volume_m3(balloon["diameter_m"])
    air_kgm3 = buoyancy.gas_density_kgm3(pressure_pa, temperature_k, AIR_KGMOL)
    assert air_kgm3 * volume_m3 == close(expected["displaced_kg"], tol)
    got_kg = buoyancy.held_mass_kg(volume_m3, pressure_pa, temperature_k, 0.0, 0.0, HELIUM_KGMOL)
    assert got_kg == close(expected["solids_kg"], tol)


def test_a_large_zero_pressure_balloon_carries_tonnes_to_36_km(mass, problem, tol):
    balloon = problem["zero_pressure"]
    volume_m3 = balloon["volume_ft3"] * problem["nasa_spb"]["ft3_to_m3"]
    air_kgm3 = atmosphere.density_kgm3(balloon["z_m"])
    got_kg = buoyancy.solids_kg(volume_m3, air_kgm3, HELIUM_KGMOL, 0.0, 0.0)
    assert got_kg == close(mass["zero_pressure_39.57Mcf_solids_kg"], tol)


@pytest.mark.parametrize(("case", "ballonet_max"), [("beta0", 0.0), ("beta_U0_0.7", 0.7)])
def test_uncertain_inputs_give_the_reference_quantiles(mass, problem, case, ballonet_max):
    expected, n_draws = mass["monte_carlo"][case], problem["monte_carlo"]["draws"]
    rng = np.random.default_rng(20230204)
    diameter_m = rng.normal(45.1, 2.0, n_draws)
    height_m = rng.uniform(17_500.0, 18_900.0, n_draws)
    air_kgm3 = np.vectorize(atmosphere.density_kgm3)(height_m)
    air_kgm3 *= np.exp(rng.normal(0.0, 0.03, n_draws))
    volume_m3 = np.vectorize(buoyancy.sphere_volume_m3)(diameter_m)
    volume_m3 *= rng.uniform(0.93, 1.02, n_draws)
    superpressure = rng.uniform(0.03, 0.12, n_draws)
    ballonet = rng.uniform(0.0, ballonet_max, n_draws)
    areal = 0.10 * np.exp(rng.normal(0.0, 0.5, n_draws))
    area_m2 = np.vectorize(buoyancy.sphere_area_m2)(diameter_m)
    gross_kg = np.vectorize(buoyancy.solids_kg)(
        volume_m3, air_kgm3, HELIUM_KGMOL, ballonet, superpressure
    )
    payload_kg = gross_kg - np.vectorize(buoyancy.envelope_kg)(area_m2, areal)
    quantiles, tol = mass["monte_carlo"]["quantiles"], mass["monte_carlo"]["tol_rel"]
    assert np.quantile(gross_kg, quantiles) == pytest.approx(expected["solids"], rel=tol)
    assert np.quantile(payload_kg, quantiles) == pytest.approx(expected["payload"], rel=tol)
    above = float(np.mean(payload_kg > 907.0))
    assert above == pytest.approx(expected["P_payload_gt_907"], rel=tol)


def test_an_envelope_weighs_its_area_times_its_areal_density():
    area_m2 = buoyancy.sphere_area_m2(60.96)
    assert area_m2 == pytest.approx(math.pi * 60.96**2, rel=1e-15)
    assert buoyancy.envelope_kg(area_m2, 0.1) == pytest.approx(1_167.5, rel=1e-4)


@pytest.mark.parametrize(
    ("stress_pa", "density_kgm3", "film_m", "mass_kg"),
    [
        (20e6, 920.0, (0.27e-3, 0.50e-3), (2_900.0, 5_300.0)),  # plain polyethylene
        (80e6, 1_390.0, (67e-6, 124e-6), (1_100.0, 2_000.0)),  # a strong laminate
    ],
)
def test_a_smooth_pressurised_sphere_needs_a_heavy_film(stress_pa, density_kgm3, film_m, mass_kg):
    for excess_pa, thick_m, heavy_kg in zip((350.0, 650.0), film_m, mass_kg, strict=True):
        got_m = buoyancy.film_thickness_m(excess_pa, 60.96, stress_pa)
        assert got_m == pytest.approx(thick_m, rel=0.02)
        area_m2 = buoyancy.sphere_area_m2(60.96)
        got_kg = buoyancy.envelope_kg(area_m2, got_m * density_kgm3)
        assert got_kg == pytest.approx(heavy_kg, rel=0.03)


@given(diameters_m, heights_m, gases_kgmol, ballonet_fractions, superpressure_fractions)
def test_the_two_inverses_undo_the_solids(diameter_m, height_m, gas, ballonet, superpressure):
    volume_m3 = buoyancy.sphere_volume_m3(diameter_m)
    air_kgm3 = atmosphere.density_kgm3(height_m)
    held_kg = buoyancy.solids_kg(volume_m3, air_kgm3, gas, ballonet, superpressure)
    again = buoyancy.needed_ballonet_fraction(held_kg, volume_m3, air_kgm3, gas, superpressure)
    assert again == pytest.approx(ballonet, abs=1e-12)
    if held_kg > 1e-3 * air_kgm3 * volume_m3:  # nearer to zero lift the cube root is ill posed
        size_m = buoyancy.needed_diameter_m(held_kg, air_kgm3, gas, ballonet, superpressure)
        assert size_m == pytest.approx(diameter_m, rel=1e-11)
    if held_kg < 0.0:
        assert math.isnan(
            buoyancy.needed_diameter_m(-held_kg, air_kgm3, gas, ballonet, superpressure)
        )


@given(diameters_m, heights_m, gases_kgmol, st.floats(150.0, 300.0), superpressure_fractions)
def test_superpressure_as_a_fraction_and_in_pascals_agree(
    diameter_m, height_m, gas, temperature_k, superpressure
):
    volume_m3, pressure_pa = buoyancy.sphere_volume_m3(diameter_m), atmosphere.pressure_pa(height_m)
    air_kgm3 = buoyancy.gas_density_kgm3(pressure_pa, temperature_k, AIR_KGMOL)
    excess_pa = superpressure * pressure_pa
    in_pascals_kg = buoyancy.held_mass_kg(
        volume_m3, pressure_pa, temperature_k, excess_pa, 0.0, gas
    )
    as_fraction_kg = buoyancy.solids_kg(volume_m3, air_kgm3, gas, 0.0, superpressure)
    assert as_fraction_kg == pytest.approx(in_pascals_kg, rel=1e-12)


@given(
    diameters_m,
    heights_m,
    ballonet_fractions,
    superpressure_fractions,
    st.floats(0.0, 0.1),
    st.floats(0.0, 0.1),
)
@example(45.11, 18_288.0, 0.0, 0.0, 0.1, 0.0)
@example(45.11, 18_288.0, 0.0, 0.0, 0.0, 0.1)
def test_air_in_a_ballonet_and_pressure_only_cost_lift(
    diameter_m, height_m, ballonet, superpressure, more_air, more_pressure
):
    for gas in GASES_KGMOL.values():
        before_kg = solids_kg(diameter_m, height_m, gas, ballonet, superpressure)
        after_kg = solids_kg(
            diameter_m, height_m, gas, ballonet + more_air, superpressure + more_pressure
        )
        full_kg = solids_kg(diameter_m, height_m, gas)
        assert after_kg <= before_kg * (1.0 + 1e-12) + 1e-12 * full_kg
        assert before_kg <= full_kg


@given(diameters_m, heights_m)
def test_mass_follows_the_cube_of_the_diameter_and_the_density(diameter_m, height_m):
    ratio = solids_kg(1.1 * diameter_m, height_m) / solids_kg(diameter_m, height_m)
    assert ratio == pytest.approx(1.331, rel=1e-12)
    thinner = atmosphere.density_kgm3(height_m + 1_000.0) / atmosphere.density_kgm3(height_m)
    above_kg = solids_kg(diameter_m, height_m + 1_000.0)
    assert above_kg / solids_kg(diameter_m, height_m) == pytest.approx(thinner, rel=1e-12)


def test_solids_too_heavy_for_the_size_show_as_a_negative_ballonet():
    volume_m3, air_kgm3 = buoyancy.sphere_volume_m3(20.0), atmosphere.density_kgm3(18_288.0)
    most_kg = buoyancy.solids_kg(volume_m3, air_kgm3, HELIUM_KGMOL, 0.0, 0.0)
    needed = buoyancy.needed_ballonet_fraction(
        1.2 * most_kg, volume_m3, air_kgm3, HELIUM_KGMOL, 0.0
    )
    assert needed == pytest.approx(-0.2, rel=1e-9)


def test_what_describes_no_balloon_has_no_answer():
    assert math.isnan(buoyancy.needed_ballonet_fraction(1.0, 0.0, 0.1, HELIUM_KGMOL, 0.0))
    assert math.isnan(buoyancy.needed_ballonet_fraction(1.0, 10.0, math.nan, HELIUM_KGMOL, 0.0))
    assert math.isnan(buoyancy.needed_diameter_m(1.0, 0.0, HELIUM_KGMOL, 0.0, 0.0))
    assert math.isnan(buoyancy.needed_diameter_m(1.0, 0.1, AIR_KGMOL, 0.0, 0.0))
    for volume_m3, pressure_pa, temperature_k, superheat_k in (
        (0.0, 7e3, 217.0, 0.0),
        (1.0, 0.0, 217.0, 0.0),
        (1.0, 7e3, 0.0, 0.0),
        (1.0, 7e3, 217.0, -217.0),
    ):
        held_kg = buoyancy.held_mass_kg(
            volume_m3, pressure_pa, temperature_k, 0.0, superheat_k, HELIUM_KGMOL
        )
        assert math.isnan(held_kg)
