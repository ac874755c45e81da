"""The guided filter on a graphics card gives what the processor's gives."""

import math

import numpy as np
import pytest
from jet import MODEL, fixes, guide, jet

from overflight.errors import DeviceError
from overflight.flight import device
from overflight.inference import guided, guided_cuda, pilot, resampling, twist
from overflight.inference.model import balloon
from overflight.inference.reports import DISC, disc_log_norm, schedule
from overflight.physics.drift import Drift, LevelLaw
from overflight.physics.ou import ou_step
from overflight.physics.sphere import MEAN_RADIUS_M, n_vector
from overflight.physics.windgrid import WindGrid, steady

N_STEPS, DT_S = 36, 1_200.0
RUN, WEIGH = "cards:filtered", "cards:resampled"


@pytest.fixture(scope="module")
def drift():
    rng = np.random.default_rng(3)
    grid = WindGrid(
        np.arange(13) * 3_600.0,
        np.log([3_000.0, 9_000.0]),
        np.linspace(30.0, 60.0, 7),
        np.linspace(-10.0, 30.0, 9),
        rng.normal(12.0, 5.0, (13, 2, 7, 9, 2)).astype(np.float32),
    )
    half = 2 * N_STEPS + 1
    law = LevelLaw(
        np.full(half, math.log(6_000.0)),
        np.full(half, 19_000.0),
        np.full(half, 6_342.0),
        np.tile([1.0, 0.0, 0.0], (half, 1)),
        0.0,
    )
    table = steady(np.log([3_000.0, 9_000.0]), np.array([-90.0, 90.0]), np.full((2, 2), 3.0))
    place = n_vector(45.0, 0.0)
    return Drift(grid, table, 1.0, ou_step(86_400.0, DT_S), law, 0.0, DT_S, *place, 20e3)


@pytest.fixture(scope="module")
def seen(drift):
    """A twist and three reports along a middling flight: a fix, a disc for three hours, a fix."""
    still = guided_path(drift)
    reports = fixes([6, 18, 30], [(0.0, 0.0)] * 3, [8e3, 30e3, 8e3])
    reports.place[:] = still[[6, 18, 30], :3]
    reports = reports._replace(first=np.array([6, 14, 30]), last=np.array([6, 22, 30]))
    reports.moments[1] = 9.0
    reports.kind[1], reports.shape[1] = DISC, (30e3, 5e3, 0.0)
    reports.log_norm[1] = disc_log_norm(30e3, 5e3)
    reports.log_good[:], reports.log_bad[:] = math.log(0.9), math.log(0.1 / 1e13)
    linear, standing = pilot.find(balloon(), drift, reports, np.zeros((N_STEPS + 1, 4)))
    return twist.build(linear, standing, 4.0), reports, schedule(reports, N_STEPS)


def guided_path(drift):
    from overflight.inference.model import fly

    model = balloon()
    return fly(model.start, model.step, drift, np.full((N_STEPS + 1, 4), 0.3), 5)


def same(found, expected):
    """All that a run says, to what single precision in the processor's blocks can do."""
    assert found.log_evidence == pytest.approx(expected.log_evidence, abs=1e-4)
    np.testing.assert_allclose(found.ess, expected.ess, rtol=1e-4)
    np.testing.assert_array_equal(found.ancestor, expected.ancestor)
    assert (found.n_ancestors, found.n_lost) == (expected.n_ancestors, expected.n_lost)
    np.testing.assert_allclose(found.log_mixture, expected.log_mixture, atol=1e-4)
    np.testing.assert_allclose(found.log_density, expected.log_density, atol=1e-4)
    assert found.paths.shape == expected.paths.shape
    assert MEAN_RADIUS_M * np.abs(found.paths - expected.paths).max() < 1.0
    assert MEAN_RADIUS_M * np.abs(found.last[:, :3] - expected.last[:, :3]).max() < 1.0
    np.testing.assert_allclose(found.last[:, 3:], expected.last[:, 3:], atol=1e-4)
    np.testing.assert_array_equal(found.last[:, :3], found.paths[:, -1])


def test_a_run_over_the_ellipsoid_is_the_processors(drift, seen, on_card):
    """Resampled several times, also between the points of the paths."""
    sizes = guided.Sizes(n_particles=24, n_draws=10, stride=4, every=3)
    key = 5
    expected = guided.run(balloon(), drift, *seen, [key], sizes)[0]
    assert 1 < expected.n_ancestors < 20
    same(on_card(RUN, "balloon", drift, *seen, key, sizes), expected)


def test_streaming_the_wind_changes_nothing(drift, seen, on_card):
    """Nor do the runs before, whose buffers are used again."""
    sizes = guided.Sizes(n_particles=10, n_draws=10, stride=4, every=3)
    room = int(2 * 3 * drift.grid.uv_mps[0].nbytes / device.WIND_SHARE)
    expected = guided.run(balloon(), drift, *seen, [6, 7], sizes)
    found = on_card(RUN, "balloon", drift, *seen, [6, 7], sizes, room)
    for one, other in zip(found, expected, strict=True):
        same(one, other)


@pytest.mark.parametrize(("east_edge_deg", "all_lost"), [(9.4, False), (9.0, True)])
def test_particles_that_leave_the_wind_stay_and_count_no_more(
    drift, seen, on_card, east_edge_deg, all_lost
):
    lon_deg = np.linspace(-10.0, east_edge_deg, 9)
    narrow = drift._replace(grid=drift.grid._replace(lon_deg=lon_deg))
    sizes = guided.Sizes(n_particles=20, n_draws=10, stride=4, every=3)
    expected = guided.run(balloon(), narrow, *seen, [7], sizes)[0]
    assert expected.n_lost > 0
    assert math.isinf(expected.log_evidence) == all_lost
    same(on_card(RUN, "balloon", narrow, *seen, 7, sizes), expected)


def test_a_flight_of_another_kind_has_its_exact_evidence(on_card):
    """The plane of method 9 with a wind that does not change: no scatter, and a known answer."""
    parameters = jet(0.5, shear=0.0, speed_kmh=50.0, sd_kmh=10.8)
    reports = fixes([0, 12, 24], [(3.0, 0.0), (310.0, 8.0), (590.0, -20.0)], [20.0, 10.0, 25.0])
    tw, plan = guide(parameters, reports, 24)
    sizes = guided.Sizes(n_particles=6, n_draws=4, stride=4, every=12)
    arguments = (parameters, tw, reports, plan)
    expected = guided.run(MODEL, *arguments, [2], sizes)[0].log_evidence
    found = on_card(RUN, "jet", *arguments, 2, sizes).log_evidence
    assert found == pytest.approx(twist.start_log(tw), abs=1e-6)
    assert found == pytest.approx(expected, abs=1e-9)


def test_draws_by_weight_do_not_depend_on_how_sums_are_cut(on_card):
    rng = np.random.default_rng(4)
    weight_log = rng.normal(-900.0, 3.0, 50)
    weight_log[::4] = -np.inf
    weight_log[-3:] = -np.inf
    weight = np.exp(weight_log - weight_log.max())
    for parents, (high, total, squares) in on_card(WEIGH, weight_log, 64, 0.37, (1, 3, 7, 50)):
        np.testing.assert_array_equal(parents, resampling.systematic(weight_log, 64, 0.37))
        assert high == weight_log.max()
        assert (total, squares) == (pytest.approx(weight.sum()), pytest.approx((weight**2).sum()))
        assert np.isfinite(weight_log[parents]).all()


def test_without_any_weight_every_draw_is_the_first(on_card):
    ((parents, (high, total, _)),) = on_card(WEIGH, np.full(5, -np.inf), 4, 0.5, (2,))
    assert (parents.tolist(), high, total) == ([0, 0, 0, 0], -math.inf, 0.0)


def test_more_particles_than_fit_are_refused(seen):
    each = guided_cuda.particle_bytes(N_STEPS // 4 + 1, len(seen[1].first))
    room = 64 * 10**9
    fitting = int((1.0 - device.WIND_SHARE) * room / each)
    device.refuse_crowd(fitting, each, room)
    with pytest.raises(DeviceError, match=f"at most {fitting:,}") as refusal:
        device.refuse_crowd(10**8 + 1, each, room)
    assert "100,000,001 particles" in str(refusal.value)
