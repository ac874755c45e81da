"""The wind's error along a path, found again from its places alone."""

from types import SimpleNamespace

import numpy as np
import pytest

from overflight.calibration import worlds
from overflight.inference import needed
from overflight.inference.gather import pressures_pa
from overflight.physics.sphere import lats_lons_deg


@pytest.mark.parametrize("index", [0, 3, 8])
def test_the_error_that_moved_a_flight_is_found_from_where_it_was(index):
    """A made-up flight whose error is known at every moment, its bias included.

    What is left over is the noise that the error has within a step.
    """
    made = worlds.world()
    rng = np.random.Generator(np.random.Philox(key=3, counter=[0, 0, 0, index]))
    flown = worlds.flown(made, rng)
    lat_deg, lon_deg = (one[None] for one in lats_lons_deg(flown.normal))
    height_m = flown.height_m[None]
    drawn = SimpleNamespace(
        time_s=flown.time_s, lat_deg=lat_deg, lon_deg=lon_deg, height_m=height_m,
        pressure_pa=pressures_pa(height_m), weight=np.ones(1),
        wind_scale=np.array([flown.statics.wind_scale]),
    )  # fmt: skip
    task = SimpleNamespace(grid=made.grid, error=made.error, case=flown.case)
    found = needed.of_drift(task, drawn)
    assert found.east_mps.shape == found.sd_mps.shape == (1, len(found.time_s))
    now = np.searchsorted(flown.time_s, found.time_s) - 1
    middle = 0.5 * (flown.error_normals[now] + flown.error_normals[now + 1])
    truth = found.sd_mps[0][:, None] * middle
    truth += np.array([flown.statics.bias_u_mps, flown.statics.bias_v_mps])
    off = np.stack([found.east_mps[0], found.north_mps[0]], axis=1) - truth
    assert np.std(truth) > 1.0
    assert np.sqrt(np.mean(off**2)) < 0.25
    assert abs(off.mean()) < 0.05


def test_a_path_that_does_not_fly_needs_nothing():
    made = worlds.world()
    nowhere = np.full((2, 5), np.nan)
    drawn = SimpleNamespace(
        time_s=np.arange(5) * 1_200.0, lat_deg=nowhere, lon_deg=nowhere, height_m=nowhere,
        pressure_pa=nowhere, weight=np.full(2, 0.5), wind_scale=np.ones(2),
    )  # fmt: skip
    task = SimpleNamespace(grid=made.grid, error=made.error, case=worlds.bare())
    found = needed.of_drift(task, drawn)
    assert np.isnan(found.east_mps).all()
    assert np.isnan(found.sd_mps).all()
