"""A fall through the air against the published integrals and drifts (T24, method 6.1)."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from overflight.physics import atmosphere
from overflight.physics.drift import Drift, LevelLaw
from overflight.physics.fall import SEA_DENSITY_KGM3, Falling, fall_speed_mps, landing_s
from overflight.physics.ou import ou_step
from overflight.physics.sphere import lat_lon_deg, n_vector, prime_vertical_radius_m
from overflight.physics.windgrid import WindGrid, steady

KNOTS_M, KNOTS_MPS = (0.0, 11_000.0, 19_000.0), (5.0, 45.0, 15.0)


def falling_from(height_m, sd_mps=0.0, length_m=math.inf, grid=None):
    half = 3
    level = LevelLaw(
        np.full(half, math.log(atmosphere.pressure_pa(height_m))), np.full(half, height_m),
        np.full(half, 6_342.0), np.tile([1.0, 0.0, 0.0], (half, 1)), 0.0,
    )  # fmt: skip
    table = steady(np.log([1_000.0, 110_000.0]), np.array([-90.0, 90.0]), np.full((2, 2), sd_mps))
    x, y, z = n_vector(0.0, 0.0)
    return Drift(
        grid or sheared(), table, 1.0, ou_step(1e12, 600.0), level, 0.0, 600.0, x, y, z, 0.0,
        1e12, length_m,
    )  # fmt: skip


def sheared(deepest_pa=101_330.0):
    """West wind through 5, 45 and 15 m/s at 0, 11 and 19 km."""
    heights_m = np.linspace(20_000.0, -10.0, 1_001)
    pressure_pa = np.array([atmosphere.pressure_pa(max(h, 0.0)) for h in heights_m])
    pressure_pa[-1] = 101_330.0
    keep = pressure_pa <= deepest_pa
    uv = np.zeros((2, int(keep.sum()), 2, 3, 2), dtype=np.float32)
    uv[..., 0] = np.interp(heights_m[keep], KNOTS_M, KNOTS_MPS)[None, :, None, None]
    return WindGrid(
        np.array([0.0, 1e6]), np.log(pressure_pa[keep]), np.array([-10.0, 10.0]),
        np.array([-10.0, 0.0, 10.0]), uv,
    )  # fmt: skip


def fall(drift, speed_mps, who=0, time_s=(0.0,), errors=(0.0, 0.0)):
    state = np.array([*n_vector(0.0, 0.0), *errors])
    track = np.full((len(time_s), 4), np.nan)
    plan = Falling(np.uint64(7), who, 0, 0.0, speed_mps)
    return landing_s(drift, plan, state, np.array(time_s), track), state, track


@pytest.mark.parametrize(
    ("height_m", "integral_m"),
    [(18_000.0, 11_306.83), (18_288.0, 11_396.57), (19_000.0, 11_609.92), (20_000.0, 11_890.17)],
)
def test_a_fall_takes_the_published_time(height_m, integral_m):
    down_s, _, _ = fall(falling_from(height_m), 5.0)
    assert down_s * 5.0 == pytest.approx(integral_m, rel=2e-5)


@pytest.mark.parametrize(
    ("speed_mps", "drift_m"),
    [(5.0, 58_973.0), (20.0, 14_743.0), (50.0, 5_897.0), (90.0, 3_276.0)],
)
def test_a_fall_drifts_as_published(speed_mps, drift_m):
    """The published way is flat; the ground below a way at height is shorter by R / (R + h)."""

    def share(height_m):
        return math.sqrt(atmosphere.density_kgm3(height_m) / SEA_DENSITY_KGM3) / speed_mps

    def way(height_m):
        return float(np.interp(height_m, KNOTS_M, KNOTS_MPS)) * share(height_m)

    across_m = prime_vertical_radius_m(0.0)
    flat_m = quad(way, 0.0, 19_000.0, points=[11_000.0])[0]
    round_m = quad(lambda h: way(h) * across_m / (across_m + h), 0.0, 19_000.0, points=[11_000.0])
    _, state, _ = fall(falling_from(19_000.0), speed_mps)
    east_m = math.radians(lat_lon_deg(*state[:3])[1]) * across_m
    assert flat_m == pytest.approx(drift_m, rel=2e-4)
    assert east_m == pytest.approx(round_m[0], rel=2e-4)


@pytest.mark.parametrize(
    ("speed_mps", "fades_m", "expected_m"),
    [(5.0, 500.0, 1_383.0), (20.0, 500.0, 346.0), (50.0, 500.0, 138.0),
     (5.0, 1_000.0, 1_922.0), (20.0, 1_000.0, 480.0), (50.0, 1_000.0, 192.0),
     (5.0, 2_000.0, 2_624.0), (20.0, 2_000.0, 656.0), (50.0, 2_000.0, 262.0)],
)  # fmt: skip
def test_wind_error_disperses_a_fall_as_published(speed_mps, fades_m, expected_m):
    """2.5 m/s per component, by the speed near the sea and the height over which it fades."""
    drift, n = falling_from(19_000.0, 2.5, fades_m), 1_500
    rng = np.random.default_rng(5)
    ends = np.array(
        [
            lat_lon_deg(*fall(drift, speed_mps, who, errors=rng.normal(size=2))[1][:3])
            for who in range(n)
        ]
    )
    sd_m = np.radians(ends.std(axis=0)) * 6_378_137.0
    assert sd_m == pytest.approx([expected_m, expected_m], rel=0.07)


def test_where_it_was_on_the_way_is_told():
    time_s = np.arange(0.0, 6_000.0, 300.0)
    down_s, state, track = fall(falling_from(19_000.0), 5.0, time_s=tuple(time_s))
    assert np.isnan(track[0]).all()  # the step itself is the flight's
    height_m = track[1:, 3]
    assert (np.diff(height_m) <= 0.0).all()
    assert height_m[time_s[1:] > down_s].max() == 0.0
    assert track[-1, :3] == pytest.approx(state[:3])
    first = int(np.argmin(np.abs(track[1:, 3] - 15_000.0)))
    assert fall_speed_mps(5.0, 19_000.0) > 17.0
    assert 300.0 * (first + 1) == pytest.approx(
        quad(lambda h: 1.0 / fall_speed_mps(5.0, h), height_m[first], 19_000.0)[0], rel=0.05
    )


def test_it_keeps_its_level_until_it_begins():
    drift = falling_from(19_000.0)
    state, track = np.array([*n_vector(0.0, 0.0), 0.0, 0.0]), np.empty((0, 4))
    late = Falling(np.uint64(7), 0, 0, 500.0, 5.0)
    down_s = landing_s(drift, late, state, np.empty(0), track)
    at_once_s, there, _ = fall(drift, 5.0)
    assert down_s == pytest.approx(at_once_s + 500.0)
    east_m = math.radians(lat_lon_deg(*state[:3])[1] - lat_lon_deg(*there[:3])[1]) * 6_378_137.0
    assert east_m == pytest.approx(500.0 * 15.0, rel=0.01)


def test_below_the_source_of_the_wind_none_is_taken():
    """Without error the wind below 200 hPa would be silent; with it, it is as wide as the wind."""
    short = falling_from(19_000.0, 1.0, 1_000.0, sheared(20_000.0))
    rng = np.random.default_rng(6)
    ends = np.array(
        [lat_lon_deg(*fall(short, 5.0, w, errors=rng.normal(size=2))[1][:3]) for w in range(400)]
    )
    east_m = np.radians(ends[:, 1]) * 6_378_137.0
    above_m = quad(
        lambda h: float(np.interp(h, KNOTS_M, KNOTS_MPS)) / fall_speed_mps(5.0, h),
        11_780.0, 19_000.0,
    )[0]  # fmt: skip
    assert east_m.mean() == pytest.approx(above_m, abs=4.0 * east_m.std() / 20.0 + 200.0)
    assert east_m.std() > 10_000.0  # 29 m/s below, fading over a kilometre
