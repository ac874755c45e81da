"""Heights of pressure levels from temperature: exact columns, the ground, ERA5's own heights."""

import numpy as np
import pytest

from overflight.fields.canonical import Need
from overflight.fields.readers import netcdf
from overflight.fields.readers.model_levels import AIR_JKGK, VAPOUR_JKGK
from overflight.fields.readers.names import GRAVITY_MPS2
from overflight.fields.readers.pressure_heights import heights_m
from overflight.physics import atmosphere

LEVELS_PA = 100.0 * np.array(
    [1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100, 125, 150, 175, 200, 225, 250, 300, 350, 400, 450, 500,
     550, 600, 650, 700, 750, 775, 800, 825, 850, 875, 900, 925, 950, 975, 1000.0]
)  # fmt: skip
R_OVER_G = AIR_JKGK / GRAVITY_MPS2


def linear_k(pressure_pa):
    """A temperature linear in ln p, for which the trapezoid is exact."""
    return 220.0 + 12.0 * np.log(pressure_pa / 1_000.0)


def exact_m(pressure_pa, ground_pa, ground_m):
    """Height in that air over a ground."""
    x, x0 = np.log(pressure_pa / 1_000.0), np.log(ground_pa / 1_000.0)
    return ground_m + R_OVER_G * (220.0 * (x0 - x) + 6.0 * (x0**2 - x**2))


@pytest.mark.parametrize("ground_pa", [70_123.0, 95_000.0, 100_000.0, 60_000.0])
def test_exact_over_ground_between_levels_and_on_a_level(ground_pa):
    column = linear_k(LEVELS_PA).astype(np.float64)[:, None]
    made = heights_m(LEVELS_PA, column, None, (np.array([ground_pa]), np.array([321.0])))
    assert made[:, 0] == pytest.approx(exact_m(LEVELS_PA, ground_pa, 321.0), abs=1e-6)


def test_ground_below_the_lowest_level_keeps_its_temperature():
    column = np.full((len(LEVELS_PA), 1), 250.0)
    made = heights_m(LEVELS_PA, column, None, (np.array([104_000.0]), np.array([-5.0])))
    assert made[-1, 0] == pytest.approx(-5.0 + R_OVER_G * 250.0 * np.log(1.04), abs=1e-6)


def test_missing_air_below_ground_stays_missing_and_moves_nothing_above():
    column = linear_k(LEVELS_PA)[:, None]
    ground = (np.array([70_000.0]), np.array([3_000.0]))
    holed = np.where(LEVELS_PA[:, None] > 70_000.0, np.nan, column)
    made, whole = (heights_m(LEVELS_PA, air, None, ground) for air in (holed, column))
    below = LEVELS_PA > 70_000.0
    assert np.isnan(made[below]).all()
    assert made[~below] == pytest.approx(whole[~below], abs=1e-9)


def test_moist_air_is_lighter():
    column = np.full((2, 1), 280.0)
    levels = np.array([50_000.0, 100_000.0])
    ground = (np.array([100_000.0]), np.array([0.0]))
    dry, moist = (heights_m(levels, column, q, ground)[0, 0] for q in (None, np.full((2, 1), 0.01)))
    assert moist / dry == pytest.approx(1.0 + (VAPOUR_JKGK / AIR_JKGK - 1.0) * 0.01, rel=1e-12)


def test_standard_atmosphere_on_the_levels_of_era5_within_10_m():
    height = np.array([atmosphere.pressure_altitude_m(float(p)) for p in LEVELS_PA])
    kelvin = np.array([atmosphere.temperature_k(float(z)) for z in height])
    made = heights_m(LEVELS_PA, kelvin[:, None], None, None)[:, 0]
    aloft = LEVELS_PA >= 1_000.0
    assert np.abs(made - height)[aloft].max() < 10.0


@pytest.mark.parametrize(
    ("name", "bounds_m"),
    [
        ("era5_0p25_usmidwest_20200223_16Z_37lev.nc", {100: 4.0, 70: 8.0, 50: 9.0, 20: 16.0}),
        ("era5_hourly_portugal_20221013-17_37lev.nc", {100: 4.0, 70: 8.0, 50: 9.0, 20: 18.0}),
        ("era5_hourly_portugal_20231012-15_37lev.nc", {100: 4.0, 70: 8.0, 50: 9.0, 20: 16.0}),
    ],
)
def test_against_the_heights_of_era5_from_500_hpa_up(shared_data, name, bounds_m):
    """500 hPa, as ERA5 has it, is the ground: above it the air is dry enough to do without q."""
    need = Need(variables=("u_mps", "v_mps", "z_m", "t_k"), pressure_max_pa=50_000.0)
    (piece,) = netcdf.read(shared_data / "winds" / name, need)
    piece = piece.isel(time=slice(0, 4))
    levels = piece["pressure_pa"].values
    assert levels[-1] == 50_000.0
    truth = piece["z_m"].values
    for time in range(piece.sizes["time"]):
        ground = (np.full(truth.shape[2:], 50_000.0), truth[time, -1].astype(np.float64))
        miss = heights_m(levels, piece["t_k"].values[time], None, ground) - truth[time]
        for level_hpa, bound_m in bounds_m.items():
            at = int(np.argmin(np.abs(levels - 100.0 * level_hpa)))
            assert np.sqrt(np.mean(miss[at] ** 2)) < bound_m, (level_hpa, time)
