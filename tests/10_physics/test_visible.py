"""Light, size, brightness, resolution and the sun, against published and computed numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.physics import resolution, visible
from overflight.physics.horizon import slant_m_at_elevation
from overflight.physics.sphere import n_vector
from overflight.physics.sun import sun_vector

GIANT_M, ALBEDO = 60.96, 0.3


def magnitude(diameter_m, albedo, range_m, phase_deg):
    return visible.sunlit_magnitude_log(diameter_m, albedo, range_m, math.radians(phase_deg))


@pytest.mark.parametrize(
    ("diameter_m", "albedo", "range_m", "phase_deg", "expected"),
    [
        (GIANT_M, ALBEDO, 19e3, 30, -10.88),
        (GIANT_M, ALBEDO, 19e3, 90, -9.78),
        (GIANT_M, ALBEDO, 19e3, 150, -6.45),
        (GIANT_M, ALBEDO, 100e3, 30, -7.27),
        (GIANT_M, ALBEDO, 100e3, 90, -6.17),
        (GIANT_M, ALBEDO, 100e3, 150, -2.84),
        (10.0, ALBEDO, 19e3, 90, -5.85),
        (0.9, 0.6, 19e3, 90, -1.37),
    ],
)
def test_magnitudes_of_sunlit_spheres(diameter_m, albedo, range_m, phase_deg, expected):
    found = magnitude(diameter_m, albedo, range_m, phase_deg)
    assert found == pytest.approx(expected, abs=0.0101)


def test_a_sphere_before_the_sun_sends_no_light():
    assert magnitude(GIANT_M, ALBEDO, 19e3, 180) > 30.0
    assert visible.phase_fraction(0.0) == 1.0
    assert visible.phase_fraction(math.pi / 2) == pytest.approx(1.0 / math.pi)


def test_a_lambert_sphere_scatters_its_albedo():
    """Over all directions the phase law integrates to 3/2 of its value at full phase: (2/3) A."""
    phase = (np.arange(20_000) + 0.5) * math.pi / 20_000
    law = np.array([visible.phase_fraction(one) for one in phase])
    mean = 0.5 * np.sum(law * np.sin(phase)) * math.pi / 20_000
    assert 2.0 / 3.0 * 4.0 * mean == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize(
    ("diameter_m", "range_m", "arcmin"),
    [(60.96, 19e3, 11.03), (61, 50e3, 4.2), (61, 105e3, 2.0), (61, 210e3, 1.0), (30, 19e3, 5.4),
     (30, 103e3, 1.0), (10, 19e3, 1.8), (10, 34e3, 1.0)],
)  # fmt: skip
def test_angular_sizes(diameter_m, range_m, arcmin):
    found = visible.angular_size_rad(diameter_m, range_m) / visible.ARCMIN_RAD
    assert found == pytest.approx(arcmin, abs=0.05)


@pytest.mark.parametrize(
    ("degrees", "air"), [(90, 1.0), (45, 1.41), (30, 1.99), (20, 2.90), (10, 5.59), (5, 10.31),
                         (2, 19.43)],
)  # fmt: skip
def test_air_masses(degrees, air):
    assert visible.air_mass_scale(math.radians(degrees)) == pytest.approx(air, abs=0.01)


def test_contrast_is_lost_in_the_air():
    here = visible.contrast_fraction(ALBEDO, 0.1, math.pi / 2) / math.exp(-0.15)
    assert here == pytest.approx(2.0, rel=1e-3)
    shares = {90: 0.86, 30: 0.74, 10: 0.43, 5: 0.21, 2: 0.05}
    for degrees, share in shares.items():
        found = visible.contrast_fraction(ALBEDO, 0.1, math.radians(degrees)) / here
        assert found == pytest.approx(share, abs=0.006)


def test_luminance_of_the_sphere_and_the_least_contrast():
    sheet_cdm2 = visible.SUNLIGHT_LX / math.pi
    assert ALBEDO * sheet_cdm2 == pytest.approx(11_459.0, rel=1e-4)
    overhead = visible.contrast_fraction(ALBEDO, 8_000.0 / sheet_cdm2, math.pi / 2)
    assert overhead / math.exp(-0.15) == pytest.approx(0.43, abs=0.005)
    assert visible.needed_contrast_fraction(11.0 * visible.ARCMIN_RAD) == 0.05
    assert visible.needed_contrast_fraction(2.5 * visible.ARCMIN_RAD) == pytest.approx(0.2)


@pytest.mark.parametrize(("height_m", "deg"), [(18e3, 5.67), (19e3, 5.79), (20e3, 5.90)])
def test_the_last_sun_at_height(height_m, deg):
    assert -math.degrees(visible.last_sun_rad(height_m)) == pytest.approx(deg, abs=0.01)


@pytest.mark.parametrize(("deg", "minutes"), [(-4.0, 20.2), (-5.8, 31.4)])
def test_minutes_of_sun_after_sunset_at_47_north_in_february(deg, minutes):
    lat, declination = math.radians(47.0), math.radians(-17.2)

    def hour_angle_deg(up):
        across = math.cos(lat) * math.cos(declination)
        sine = math.sin(up) - math.sin(lat) * math.sin(declination)
        return math.degrees(math.acos(sine / across))

    later_deg = hour_angle_deg(math.radians(deg)) - hour_angle_deg(visible.SUNSET_RAD)
    assert 4.0 * later_deg == pytest.approx(minutes, abs=0.1)


def stands_out(range_m, up_deg, sun_deg, sky=0.1, phase_deg=90.0, diameter_m=GIANT_M):
    return visible.stands_out(
        visible.angular_size_rad(diameter_m, range_m),
        magnitude(diameter_m, ALBEDO, range_m, phase_deg),
        math.radians(up_deg), math.radians(sun_deg), ALBEDO, sky,
    )  # fmt: skip


def test_by_day_size_and_contrast_decide():
    assert stands_out(20e3, 75.0, 30.0)
    assert not stands_out(220e3, 3.0, 30.0)  # less than a minute of arc
    assert not stands_out(20e3, 75.0, 30.0, sky=ALBEDO)  # as bright as the sky
    assert not stands_out(20e3, 75.0, 30.0, diameter_m=5.0)


def test_in_twilight_brightness_decides():
    assert stands_out(100e3, 10.0, -3.0)
    assert stands_out(250e3, 3.0, -5.5)
    assert not stands_out(250e3, 3.0, -5.5, phase_deg=179.0)  # between us and the sun
    assert not stands_out(250e3, 3.0, -1.0)  # fainter than Venus in a bright sky


def test_the_faintest_star_fades_with_the_day():
    found = [visible.faintest_log(math.radians(-one)) for one in (-5.0, 0.0, 6.0, 12.0, 18.0, 50.0)]
    assert found == pytest.approx([-4.0, -4.0, 1.0, 4.5, 6.0, 6.0])


@pytest.mark.parametrize(
    ("aperture_m", "visible_m", "thermal_m"),
    [(0.05, 0.255, 4.64), (0.1, 0.127, 2.32), (0.2, 0.063745, 1.16), (0.3, 0.0425, 0.77),
     (0.5, 0.0255, 0.46)],
)  # fmt: skip
def test_diffraction_from_19_km(aperture_m, visible_m, thermal_m):
    for wavelength_m, expected in (
        (resolution.VISIBLE_M, visible_m),
        (resolution.THERMAL_M, thermal_m),
    ):
        found = resolution.diffraction_m(19_000.0, wavelength_m, aperture_m)
        assert found == pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize(
    ("degrees", "across_cm", "along_cm"),
    [(45, 9.0, 12.7), (30, 12.7, 25.4), (20, 18.4, 53.9), (10, 35.1, 202.0)],
)
def test_diffraction_at_a_slant(degrees, across_cm, along_cm):
    up = math.radians(degrees)
    across_m = resolution.diffraction_m(
        slant_m_at_elevation(up, 19_000.0), resolution.VISIBLE_M, 0.2
    )
    assert 100.0 * across_m == pytest.approx(across_cm, rel=1e-2)
    assert 100.0 * resolution.along_m(across_m, up) == pytest.approx(along_cm, rel=1e-2)


def test_free_space_loss_is_that_of_the_table():
    table = {
        150e6: (101.5, 116.0, 129.8),
        1.5e9: (121.5, 136.0, 149.8),
        10e9: (138.0, 152.4, 166.3),
    }
    for frequency_hz, losses in table.items():
        for range_m, loss in zip((19e3, 100e3, 490e3), losses, strict=True):
            found = resolution.free_space_loss_log(range_m, frequency_hz)
            assert found == pytest.approx(loss, abs=0.06)
    gain = resolution.free_space_loss_log(500e3, 1e9) - resolution.free_space_loss_log(19e3, 1e9)
    assert gain == pytest.approx(28.4, abs=0.05)


def meeus_vector(unix_s):
    """Higher accuracy after Meeus (1998), chapters 12, 22 and 25, as NOAA's calculator has it."""
    days = unix_s / 86_400.0 + 2_440_587.5 - 2_451_545.0
    t = (days + 69.0 / 86_400.0) / 36_525.0  # dynamical time, a minute ahead in these years
    mean = 280.46646 + 36_000.76983 * t + 0.0003032 * t * t
    m = math.radians(357.52911 + 35_999.05029 * t - 0.0001537 * t * t)
    centre = (1.914602 - 0.004817 * t - 0.000014 * t * t) * math.sin(m)
    centre += (0.019993 - 0.000101 * t) * math.sin(2 * m) + 0.000289 * math.sin(3 * m)
    node = math.radians(125.04 - 1934.136 * t)
    longitude = math.radians(mean + centre - 0.00569 - 0.00478 * math.sin(node))
    tilt = 23.439291 - 0.0130042 * t + 0.00256 * math.cos(node)
    tilt = math.radians(tilt)
    right = math.atan2(math.cos(tilt) * math.sin(longitude), math.cos(longitude))
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    sidereal = 280.46061837 + 360.98564736629 * days + 0.000387933 * (days / 36_525.0) ** 2
    sidereal -= 0.00478 * math.sin(node) * math.cos(tilt)
    hour = right - math.radians(sidereal)
    across = math.cos(declination)
    return across * math.cos(hour), across * math.sin(hour), math.sin(declination)


@given(st.floats(0.0, 2_208_988_800.0), st.floats(-90, 90), st.floats(-180, 180))
def test_the_sun_stands_where_a_better_formula_puts_it(unix_s, lat_deg, lon_deg):
    """From 1970 to 2039, everywhere, within the 0.02 degrees that ledgers need."""
    up = n_vector(lat_deg, lon_deg)
    ours, theirs = (
        math.degrees(math.asin(max(-1.0, min(1.0, float(np.dot(up, sun))))))
        for sun in (sun_vector(unix_s), meeus_vector(unix_s))
    )
    away = math.degrees(
        math.acos(min(1.0, float(np.dot(sun_vector(unix_s), meeus_vector(unix_s)))))
    )
    assert abs(ours - theirs) < 0.02
    assert away < 0.02


def test_the_reference_of_the_sun_is_meeus_own_example():
    """Example 25.a: 13 October 1992, 0 h dynamical time; declination -7.78507 degrees."""
    unix_s = (2_448_908.5 - 2_440_587.5) * 86_400.0 - 69.0
    assert math.degrees(math.asin(meeus_vector(unix_s)[2])) == pytest.approx(-7.78507, abs=2e-4)
