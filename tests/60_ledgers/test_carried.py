"""What it carried: bounds sit at the corners, tensions say the right numbers."""

import math
import re
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from overflight.case.model import Balloon
from overflight.errors import CaseError
from overflight.ledgers import carried
from overflight.physics import buoyancy
from overflight.physics.atmosphere import density_kgm3

FOOT_M = 0.3048
POUND_KG = 0.45359237
FLOAT_M = (18_288.0, 19_812.0)  # 60,000 to 65,000 ft


def balloon(diameter_m, payload_kg=(None, None), kind="superpressure", gases=None):
    """A balloon as a case file would describe it."""
    row = {
        "kind": kind,
        "diameter_min": f"{diameter_m[0]!r} m",
        "diameter_max": f"{diameter_m[1]!r} m",
        "float_altitude_min": "58,000 ft",
        "float_altitude_max": "65,000 ft",
    }
    for name, value in zip(("payload_min", "payload_max"), payload_kg, strict=True):
        if value is not None:
            row[name] = f"{value!r} kg"
    if gases is not None:
        row["gases"] = gases
    return Balloon.model_validate(row)


def reported(**changes):
    """The sizes and the payload that were reported in February 2023."""
    fields = {"diameter_m": (90 * FOOT_M, 200 * FOOT_M), "payload_kg": (2_000 * POUND_KG, None)}
    return balloon(**(fields | changes))


def opening(line, words):
    (found,) = [tension for tension in line.tensions if tension.text.startswith(words)]
    return found


sizes_m = st.tuples(st.floats(5.0, 120.0), st.floats(5.0, 120.0)).map(sorted)
heights_m = st.tuples(st.floats(12_000.0, 40_000.0), st.floats(12_000.0, 40_000.0)).map(
    lambda pair: tuple(sorted(pair))
)
payloads_kg = st.floats(1.0, 20_000.0)
kinds = st.sampled_from(["superpressure", "zero-pressure", "unknown"])


def test_the_worked_spheres_of_helium_are_met():
    line = carried.ledger(balloon((45.11, 60.96), gases=("helium",)), FLOAT_M)
    table = {(one.diameter_m, one.height_m): one.solids_kg for one in line.lines}
    assert table == {
        (45.11, 18_288.0): pytest.approx(4_816.4, rel=1e-3),
        (45.11, 19_812.0): pytest.approx(3_792.9, rel=1e-3),
        (60.96, 18_288.0): pytest.approx(11_886.0, rel=1e-3),
        (60.96, 19_812.0): pytest.approx(9_360.3, rel=1e-3),
    }
    assert line.solids_min_kg == pytest.approx(3_792.9, rel=1e-3)
    assert line.solids_max_kg == pytest.approx(11_886.0, rel=1e-3)


def test_hydrogen_floats_more_than_helium_by_the_lift_of_the_gases():
    line = carried.ledger(balloon((45.11, 45.11)), (18_288.0, 18_288.0))
    by_gas = {one.gas: one.solids_kg for one in line.lines}
    assert len(line.lines) == 2
    assert by_gas["hydrogen"] / by_gas["helium"] == pytest.approx(0.9304015 / 0.8618096, rel=1e-6)


@given(sizes_m, heights_m, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_nothing_inside_the_bounds_floats_more_or_less_than_a_corner(size_m, height_m, at, up):
    line = carried.ledger(balloon(size_m), height_m)
    diameter_m = size_m[0] + at * (size_m[1] - size_m[0])
    h_m = height_m[0] + up * (height_m[1] - height_m[0])
    volume_m3, air_kgm3 = buoyancy.sphere_volume_m3(diameter_m), density_kgm3(h_m)
    for gas_kgmol in (buoyancy.HELIUM_KGMOL, buoyancy.HYDROGEN_KGMOL):
        inside_kg = buoyancy.solids_kg(volume_m3, air_kgm3, gas_kgmol, 0.0, 0.0)
        assert line.solids_min_kg * (1.0 - 1e-9) <= inside_kg
        assert inside_kg <= line.solids_max_kg * (1.0 + 1e-9)
    corners_kg = [one.solids_kg for one in line.lines]
    assert (min(corners_kg), max(corners_kg)) == (line.solids_min_kg, line.solids_max_kg)


@given(sizes_m, heights_m, st.floats(1.01, 2.0))
def test_a_larger_or_a_lower_balloon_holds_more(size_m, height_m, factor):
    line = carried.ledger(balloon(size_m), height_m)
    larger = carried.ledger(balloon([factor * size for size in size_m]), height_m)
    lower = carried.ledger(balloon(size_m), (height_m[0] / factor, height_m[1] / factor))
    for more in (larger, lower):
        assert more.solids_min_kg > line.solids_min_kg
        assert more.solids_max_kg > line.solids_max_kg
    for thin, wide in zip(line.envelopes, larger.envelopes, strict=True):
        assert wide.min_kg > thin.min_kg
        assert wide.max_kg > thin.max_kg


@given(sizes_m, heights_m, st.floats(0.0, 10.0), st.floats(0.0, 1_000.0))
def test_knowing_less_never_narrows_the_bounds(size_m, height_m, more_m, higher_m):
    sure = carried.ledger(balloon(size_m, gases=("helium",)), height_m)
    unsure = carried.ledger(
        balloon((size_m[0], size_m[1] + more_m)), (height_m[0], height_m[1] + higher_m)
    )
    assert unsure.solids_min_kg <= sure.solids_min_kg
    assert unsure.solids_max_kg >= sure.solids_max_kg


@given(sizes_m, heights_m)
def test_the_order_of_the_heights_does_not_matter(size_m, height_m):
    up, down = (
        carried.ledger(balloon(size_m, (907.0, 9e4)), h) for h in (height_m, height_m[::-1])
    )
    assert set(up.lines) == set(down.lines)
    assert up.ballonet == down.ballonet
    assert [tension.numbers for tension in up.tensions] == [t.numbers for t in down.tensions]
    assert [tension.text for tension in up.tensions] == [t.text for t in down.tensions]


def test_envelopes_are_bounded_by_known_areal_densities():
    line = carried.ledger(reported(), FLOAT_M)
    assert [one.kg_per_m2 for one in line.reference_envelopes] == [0.018, 0.077, 0.0956]
    assert line.reference_envelopes[1].kg_per_m2 == pytest.approx(2_377.0 / 30_829.0, rel=2e-3)
    assert line.reference_envelopes[2].kg_per_m2 == pytest.approx(68.5 / 717.0, rel=2e-3)
    large = line.envelopes[-1]
    assert large.area_m2 == pytest.approx(11_674.5, rel=1e-5)
    assert large.min_kg == pytest.approx(0.018 * large.area_m2)
    assert large.max_kg == pytest.approx(0.2 * large.area_m2)


@given(sizes_m, heights_m, payloads_kg, kinds)
def test_with_the_ballonet_bounds_the_claim_just_floats_in_some_corner(
    size_m, height_m, payload_kg, kind
):
    bounds = carried.ledger(balloon(size_m, (payload_kg, None), kind), height_m).ballonet
    assume(bounds is not None)
    assert 0.0 <= bounds.min_fraction <= bounds.max_fraction <= 1.0
    gases_kgmol = (buoyancy.HELIUM_KGMOL, buoyancy.HYDROGEN_KGMOL)
    corners = list(
        product(size_m, height_m, gases_kgmol, (0.018, 0.2), carried.SUPERPRESSURE_FRACTION[kind])
    )

    def surplus(fraction):
        """Solids floated beyond the claim and its envelope, per displaced air, in each corner."""
        for diameter_m, h_m, gas_kgmol, areal, squeeze in corners:
            volume_m3, air_kgm3 = buoyancy.sphere_volume_m3(diameter_m), density_kgm3(h_m)
            held_kg = buoyancy.solids_kg(volume_m3, air_kgm3, gas_kgmol, fraction, squeeze)
            claimed_kg = payload_kg + areal * buoyancy.sphere_area_m2(diameter_m)
            yield (held_kg - claimed_kg) / (volume_m3 * air_kgm3)

    assert max(surplus(bounds.max_fraction)) == pytest.approx(0.0, abs=1e-9)
    if bounds.all_float:
        assert min(surplus(bounds.min_fraction)) == pytest.approx(0.0, abs=1e-9)
    else:
        assert bounds.min_fraction == 0.0
        assert min(surplus(0.0)) < 0.0


@given(sizes_m, heights_m, payloads_kg, st.floats(1.0, 3.0))
def test_a_heavier_claim_needs_less_air(size_m, height_m, payload_kg, factor):
    light = carried.ledger(balloon(size_m, (payload_kg, None)), height_m).ballonet
    heavy = carried.ledger(balloon(size_m, (factor * payload_kg, None)), height_m).ballonet
    if heavy is None:
        return  # nothing floats it
    assert light is not None
    assert heavy.max_fraction <= light.max_fraction
    assert heavy.min_fraction <= light.min_fraction
    assert light.all_float or not heavy.all_float


@pytest.mark.parametrize("payload_kg", [(None, None), (None, 500.0)])
def test_without_a_claimed_minimum_there_is_no_ballonet_to_speak_of(payload_kg):
    line = carried.ledger(reported(payload_kg=payload_kg), FLOAT_M)
    assert line.ballonet is None
    assert line.tensions == ()


def test_two_hundred_feet_with_two_thousand_pounds_needs_about_three_quarters_air():
    line = carried.ledger(reported(gases=("helium",)), (18_288.0, 18_288.0))
    tension = opening(line, "The largest reported size, 61 m (200 ft)")
    numbers = tension.numbers
    low, high = numbers["ballonet_known_min_fraction"], numbers["ballonet_known_max_fraction"]
    assert low == pytest.approx(0.72, abs=0.005)
    assert high == pytest.approx(0.82, abs=0.005)
    assert numbers["solids_min_kg"] == numbers["solids_max_kg"]
    assert numbers["solids_max_kg"] == pytest.approx(11_886.0, rel=1e-3)
    assert numbers["rest_max_kg"] == pytest.approx(11_886.0 - 907.2, rel=1e-3)
    assert numbers["polyethylene_min_kg"] == pytest.approx(2_865.0, rel=1e-3)
    assert numbers["polyethylene_max_kg"] == pytest.approx(5_320.0, rel=1e-3)
    assert "floats 12,000 kg (26,000 lb) when full of gas at 18.3 km (60,000 ft)" in tension.text
    assert "least claimed payload, 910 kg (2,000 lb)" in tension.text
    assert f"either {100 * low:.0f} to {100 * high:.0f} % of the volume was air" in tension.text
    assert "the other 11,000 kg (24,000 lb), which is 0.94 kg for each" in tension.text
    assert "plain polyethylene would weigh 2,900 to 5,300 kg" in tension.text


def test_the_ranges_of_the_tension_cover_all_heights_and_gases():
    numbers = opening(carried.ledger(reported(), FLOAT_M), "The largest reported size").numbers
    assert numbers["solids_min_kg"] == pytest.approx(9_360.3, rel=1e-3)
    hydrogen_kg = 11_886.0 * 0.9304015 / 0.8618096
    assert numbers["solids_max_kg"] == pytest.approx(hydrogen_kg, rel=1e-3)
    assert numbers["rest_min_kg_per_m2"] == pytest.approx((9_360.3 - 907.2) / 11_674.5, rel=1e-3)
    assert (
        numbers["ballonet_min_fraction"]
        < numbers["ballonet_known_min_fraction"]
        < numbers["ballonet_known_max_fraction"]
        < numbers["ballonet_max_fraction"]
    )


def test_the_measured_148_feet_carry_a_ton_without_extremes():
    line = carried.ledger(reported(diameter_m=(45.11, 45.11), gases=("helium",)), FLOAT_M)
    assert line.ballonet.all_float
    assert line.ballonet.min_fraction < carried.MUCH_AIR_FRACTION
    assert line.tensions == ()


def test_ninety_feet_hardly_carry_the_claim_at_the_greatest_height():
    line = carried.ledger(reported(), FLOAT_M)
    tension = opening(line, "The smallest reported size, 27 m (90 ft)")
    assert tension.numbers["solids_kg"] == pytest.approx(920.8, rel=1e-3)
    assert tension.numbers["payload_kg"] == pytest.approx(907.18, rel=1e-5)
    assert "floats at most 920 kg (2,000 lb) at 19.8 km (65,000 ft)" in tension.text
    assert not line.ballonet.all_float
    assert line.ballonet.min_fraction == 0.0


def test_a_claim_beyond_the_largest_size_is_a_tension_too():
    line = carried.ledger(reported(payload_kg=(None, 20_000.0)), FLOAT_M)
    (tension,) = line.tensions
    assert tension.numbers["height_m"] == 18_288.0
    assert "too little for the greatest claimed payload, 20,000 kg (44,000 lb)" in tension.text


def test_a_claim_that_no_size_floats_leaves_no_ballonet():
    line = carried.ledger(reported(payload_kg=(20_000.0, None)), FLOAT_M)
    assert line.ballonet is None
    opening(line, "The smallest reported size")


@given(sizes_m, heights_m, payloads_kg)
def test_the_sphere_said_to_be_needed_just_floats_the_claim(size_m, height_m, payload_kg):
    line = carried.ledger(balloon(size_m, (payload_kg, None)), height_m)
    found = [t for t in line.tensions if "needed_diameter_m" in t.numbers]
    assume(found)
    (tension,) = found
    needed_m = tension.numbers["needed_diameter_m"]
    assert needed_m > size_m[0]
    again = carried.ledger(balloon((needed_m, needed_m)), height_m)
    gross_kg = max(one.solids_kg for one in again.lines if one.height_m == max(height_m))
    assert gross_kg == pytest.approx(payload_kg + again.envelopes[0].min_kg, rel=1e-9)


@given(sizes_m, heights_m, payloads_kg, payloads_kg, kinds)
def test_a_tension_is_never_called_a_refutation(size_m, height_m, one_kg, other_kg, kind):
    payload_kg = (min(one_kg, other_kg), max(one_kg, other_kg))
    line = carried.ledger(balloon(size_m, payload_kg, kind), height_m)
    for tension in line.tensions:
        assert tension.text.endswith(carried.IN_TENSION)
        rest = tension.text.removesuffix(carried.IN_TENSION)
        assert not re.search(r"refut|impossible|false|wrong|\blie|nan|inf\b", rest)
        assert all(0.0 < value < math.inf for value in tension.numbers.values())


@pytest.mark.parametrize("kind", ["superpressure", "zero-pressure", "unknown"])
def test_what_is_assumed_is_said(kind):
    said = " ".join(carried.ledger(reported(kind=kind), FLOAT_M).assumptions)
    for words in ("full sphere", "No air in a ballonet", "Standard Atmosphere", "bounds"):
        assert words in said
    low, high = carried.SUPERPRESSURE_FRACTION[kind]
    assert (f"superpressure of {100 * low:.0f}" in said) == (high > 0.0)
    assert ("open below" in said) == (high == 0.0)


def test_the_effects_the_assumptions_name_are_as_large_as_they_say():
    def relative(gas_kgmol, ballonet, superpressure):
        full = buoyancy.lift_fraction(buoyancy.HELIUM_KGMOL, 0.0, 0.0)
        return buoyancy.lift_fraction(gas_kgmol, ballonet, superpressure) / full - 1.0

    impure_kgmol = buoyancy.mixture_kgmol(buoyancy.HELIUM_KGMOL, 0.02)
    assert relative(buoyancy.HELIUM_KGMOL, 0.0, 0.12) == pytest.approx(-0.02, abs=0.002)
    assert relative(impure_kgmol, 0.0, 0.0) == pytest.approx(-0.02, abs=0.002)
    warm_kgmol = buoyancy.HELIUM_KGMOL * 216.65 / 246.65
    assert relative(warm_kgmol, 0.0, 0.0) == pytest.approx(0.02, abs=0.002)
    assert relative(buoyancy.HELIUM_KGMOL, 0.1, 0.0) == pytest.approx(-0.1, abs=1e-12)
    thinner = density_kgm3(19_500.0) / density_kgm3(18_500.0)
    assert thinner == pytest.approx(1.0 - 0.145, abs=0.002)


def test_loon_filled_about_a_third_of_its_volume_with_air():
    air_kgm3 = density_kgm3(16_259.0)
    filled = 100.0 / (air_kgm3 * 1_804.0)
    assert filled == pytest.approx(1.0 / 3.0, abs=0.02)
    assert filled < carried.MUCH_AIR_FRACTION


@pytest.mark.parametrize("height_m", [(-10.0, 18_000.0), (18_000.0, 60_000.0), (float("nan"), 1e4)])
def test_heights_beyond_the_standard_atmosphere_are_refused(height_m):
    with pytest.raises(CaseError, match="inside the standard atmosphere"):
        carried.ledger(reported(), height_m)


def test_without_a_gas_nothing_floats():
    with pytest.raises(CaseError, match="at least one of helium, hydrogen"):
        carried.ledger(reported().model_copy(update={"gases": ()}), FLOAT_M)


def test_reference_envelopes_weigh_what_their_balloons_are_published_to():
    """Mass over area: Loon as stated, NASA's pumpkin as a spheroid 114.5 m wide, 68.96 m high."""
    across_m, up_m = 114.5 / 2.0, 68.96 / 2.0
    flat = math.sqrt(1.0 - (up_m / across_m) ** 2)
    area_m2 = 2.0 * math.pi * across_m**2 * (1.0 + (1.0 - flat**2) / flat * math.atanh(flat))
    volume_m3 = 4.0 / 3.0 * math.pi * across_m**2 * up_m
    assert area_m2 == pytest.approx(30_829.0, rel=1e-4)
    assert 532_379.0 / volume_m3 == pytest.approx(1.1246, rel=1e-4)  # the pumpkin is fuller
    assert carried.SUPERPRESSURE.kg_per_m2 == pytest.approx(2_377.0 / area_m2, rel=5e-3)
    assert carried.LOON.kg_per_m2 == pytest.approx(68.5 / 717.0, rel=5e-3)
    assert carried.ZERO_PRESSURE.kg_per_m2 == pytest.approx(20e-6 * 920.0, rel=0.03)
