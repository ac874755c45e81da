"""Text of people becomes SI, or is refused where it can mean two things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight import units
from overflight.errors import CaseError


@pytest.mark.parametrize(
    ("text", "suffix", "si"),
    [
        ("60,000 ft", "m", 18_288.0),
        ("60 000 ft", "m", 18_288.0),
        ("60\u202f000\u00a0feet", "m", 18_288.0),
        ("60kft", "m", 18_288.0),
        ("12 nmi", "m", 22_224.0),
        ("\u22125 km", "m", -5000.0),
        ("1.5e3 m", "m", 1500.0),
        (".5 mi", "m", 804.672),
        ("1013.25 hPa", "pa", 101_325.0),
        ("100 knots", "mps", 51.4444),
        ("2,000 lb", "kg", 907.18474),
        ("1.5 h", "s", 5400.0),
        ("1,000,000 km2", "m2", 1e12),
        ("25 m²", "m2", 25.0),
    ],
)
def test_a_quantity_becomes_si(text, suffix, si):
    assert units.parse(text, suffix) == pytest.approx(si, rel=1e-5)


@pytest.mark.parametrize(
    "text",
    ["", "60000", "ft", "60,00 ft", "6,0 km", "1.000 m", "60 nm", "60 lb", "1 2 ft", "nan m",
     "1e999 m", "FL600", "60 ft high", "about 60 ft", "--5 m", "0x10 m", "٦ m", "60 ft; 70 ft"],
)  # fmt: skip
def test_what_can_mean_two_things_or_nothing_is_refused(text):
    with pytest.raises(CaseError):
        units.parse(text, "m")


def test_a_flight_level_is_a_pressure_altitude_and_feet_are_not_known_to_be():
    assert units.parse_altitude("FL600") == (18_288.0, "pressure")
    assert units.parse_altitude("60,000 ft") == (18_288.0, "unknown")


@pytest.mark.parametrize(
    ("suffix", "unit"), [(suffix, unit) for suffix, table in units.TO_SI.items() for unit in table]
)
@given(value=st.floats(0.001, 1e9))
def test_there_and_back_is_the_same_number(suffix, unit, value):
    assert units.express(units.parse(f"{value:.9e} {unit}", suffix), suffix, unit) == pytest.approx(
        value, rel=1e-8
    )


@given(st.text())
def test_any_text_is_a_finite_number_or_a_mistake(text):
    try:
        value = units.parse(text, "m")
    except CaseError:
        return
    assert abs(value) < float("inf")
