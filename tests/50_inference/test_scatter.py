"""Falls from along a flight: the published drift, the debris field, and who falls from where."""

import math
from dataclasses import replace

import numpy as np
import pytest

from overflight.errors import InferenceError
from overflight.inference import scatter
from overflight.inference.scatter import Speeds
from overflight.physics import atmosphere
from overflight.physics.windgrid import WindGrid

COLUMN_M2PS = 5.0 * 58_973.0  # integral of the wind of method 6.1 over the fall, times its speed
HEAVY, LIGHT = Speeds(28.29, 69.31), Speeds(4.0, 12.65)


def sheared(task, sd_mps):
    """West wind through 5, 45 and 15 m/s at 0, 11 and 19 km, with an error that e-folds in 1 km."""
    heights_m = np.linspace(22_000.0, -10.0, 1_101)
    pressure_pa = np.array([atmosphere.pressure_pa(max(h, 0.0)) for h in heights_m])
    pressure_pa[-1] = 101_330.0
    grid = task.grid
    span_s = grid.time_s[[0, -1]] + np.array([0.0, 1e5])
    lat_deg, lon_deg = np.array([-90.0, 90.0]), np.array([-180.0, 0.0, 180.0, 360.0])
    uv = np.zeros((2, len(heights_m), 2, 4, 2), dtype=np.float32)
    uv[..., 0] = np.interp(heights_m, (0.0, 11e3, 19e3), (5.0, 45.0, 15.0))[None, :, None, None]
    table = task.error.sigma
    error = replace(
        task.error, sigma=table._replace(sigma_mps=np.full_like(table.sigma_mps, sd_mps))
    )
    return replace(
        task, grid=WindGrid(span_s, np.log(pressure_pa), lat_deg, lon_deg, uv), error=error
    )


def at_19_km(drawn):
    still = replace(
        drawn.ends.statics[0], wind_scale=1.0, bias_u_mps=0.0, bias_v_mps=0.0, swing_m=0.0,
        slow_drift_mps=0.0, float_height_m=19_000.0, vertical_length_m=1_000.0, tau_s=1e9,
    )  # fmt: skip
    return replace(drawn, ends=replace(drawn.ends, statics=(still,) * len(drawn.ends.statics)))


def east_north_m(fell, number):
    """From the place below to where falls end, over the second half of the flight."""
    half = slice(len(fell.time_s) // 2, None)
    lat = np.radians(fell.lat_deg[number, half])
    begin = np.radians(fell.from_lat_deg[half])[..., None]
    lon = np.radians(fell.lon_deg[number, half] - fell.from_lon_deg[half][..., None])
    lon = np.angle(np.exp(1j * lon))
    return 6_378_137.0 * lon * np.cos(0.5 * (lat + begin)), 6_371_000.0 * (lat - begin)


def test_falls_drift_and_spread_as_published(small):
    """Drift is that of method 6.1 over speeds; the error's 2.5 m/s give 1.92 km at 5 m/s."""
    task, drawn = small
    fell = scatter.scatter(
        sheared(task, 2.5),
        at_19_km(drawn),
        [Speeds(5.0, 5.0), Speeds(20.0, 20.0), Speeds(50.0, 50.0)],
    )
    for number, (drift_m, sd_m) in enumerate([(58_973, 1_920), (14_743, 480), (5_897, 190)]):
        east_m, north_m = east_north_m(fell, number)
        assert east_m.mean() == pytest.approx(drift_m, rel=0.01)
        assert east_m.std() == pytest.approx(sd_m, rel=0.12)
        assert north_m.std() == pytest.approx(sd_m, rel=0.12)
        assert abs(north_m.mean()) < 200.0


def test_the_times_of_a_fall(small):
    task, drawn = small
    fell = scatter.scatter(sheared(task, 0.0), at_19_km(drawn), [Speeds(5.0, 5.0)])
    aloft = np.isfinite(fell.from_lat_deg)
    late = len(fell.time_s) // 2
    assert fell.fall_s[0, late:][aloft[late:]] == pytest.approx(11_609.92 / 5.0, rel=1e-3)


def test_a_main_debris_field_of_a_kilometre_or_two(small):
    """4 February 2023: 1.5 km by 1.5 km of heavy parts, and light ones miles wide.

    In a wind known to 2.5 m/s, from one place, the heavy class lies within a kilometre or two of
    its middle, stretched along the wind by its speeds; light pieces lie tens of kilometres away.
    """
    task, drawn = small
    fell = scatter.scatter(sheared(task, 2.5), at_19_km(drawn), [HEAVY, LIGHT])
    least, most = HEAVY.least_mps, HEAVY.most_mps
    inverse = math.log(most / least) / (most - least)
    along_sd_m = COLUMN_M2PS * math.sqrt(1.0 / (least * most) - inverse**2)
    east_m, north_m = east_north_m(fell, 0)
    assert east_m.mean() == pytest.approx(COLUMN_M2PS * inverse, rel=0.03)
    assert east_m.std() == pytest.approx(along_sd_m, rel=0.1)
    assert 1_000.0 < east_m.std() < 2_000.0
    assert north_m.std() < 500.0
    light_m, _ = east_north_m(fell, 1)
    assert np.quantile(light_m, 0.05) > 20_000.0
    assert 10_000.0 < light_m.std() < 60_000.0


def test_falls_begin_where_paths_are_and_end_with_them(small):
    task, drawn = small
    fell = scatter.scatter(task, drawn, [HEAVY])
    step_s = np.diff(fell.time_s)
    assert step_s == pytest.approx(np.full(len(step_s), step_s[0]))
    assert step_s[0] >= scatter.EVERY_S or len(fell.time_s) <= scatter.MOST_MOMENTS
    assert fell.time_s[-1] == drawn.time_s[np.isfinite(drawn.lat_deg).any(axis=0)][-1]
    columns = np.searchsorted(drawn.time_s, fell.time_s)
    rows = drawn.equal_rows(scatter.PATHS)
    np.testing.assert_array_equal(fell.from_lat_deg, drawn.lat_deg[np.ix_(rows, columns)].T)
    begun = np.isfinite(fell.from_lat_deg)
    assert np.isnan(fell.lat_deg[0][~begun]).all()
    assert np.isfinite(fell.lat_deg[0][begun]).all()


def test_the_same_seed_gives_the_same_falls_and_classes_differ(small):
    task, drawn = small
    one, two = (scatter.scatter(task, drawn, [HEAVY, HEAVY]) for _ in range(2))
    np.testing.assert_array_equal(one.lat_deg, two.lat_deg)
    assert not np.array_equal(one.lat_deg[0], one.lat_deg[1], equal_nan=True)
    other = scatter.scatter(replace(task, seed=2), drawn, [HEAVY])
    assert not np.array_equal(one.lat_deg[0], other.lat_deg[0], equal_nan=True)


def test_paths_without_their_constants_are_refused(small):
    task, drawn = small
    with pytest.raises(InferenceError, match="constants were not kept"):
        scatter.scatter(task, replace(drawn, ends=None), [HEAVY])
