"""The filter's work in blocks against the plain functions, one particle at a time."""

import math

import numpy as np
import pytest

from overflight.inference import lanes, model, twist, weighing
from overflight.inference.reports import DISC, GAUSSIAN, Reports, density_log
from overflight.physics import blocks
from overflight.physics.lanes import LANES
from overflight.physics.rows import NOISE
from overflight.physics.sphere import n_vector

RNG = np.random.default_rng(0)
BALLOON = model.balloon()


def drawn_states():
    """Everywhere, and near the reference at 45 N, 100 W; one on it, one opposite."""
    states = RNG.normal(size=(LANES, 5))
    states[:, :3] /= np.linalg.norm(states[:, :3], axis=1)[:, None]
    here = np.array(n_vector(45.0, -100.0))
    states[10:30, :3] = here + 0.01 * RNG.normal(size=(20, 3))
    states[:, :3] /= np.linalg.norm(states[:, :3], axis=1)[:, None]
    states[0, :3], states[1, 3:] = here, 0.0
    return states, np.array([*here, 0.7, -0.2])


def block_of(states):
    block = blocks.blank()
    for column, row in enumerate(lanes.STATE[:5]):
        block.wide[row : row + LANES] = states[:, column]
    return block


def rows(array, first, count):
    return array[first : first + count * LANES].reshape(count, LANES).T


def test_differences_from_the_pilot_are_those_of_the_plain_function():
    states, reference = drawn_states()
    told, expected = np.zeros(lanes.N_TOLD), np.empty((LANES, 4))
    for lane in range(LANES):
        BALLOON.difference(reference, states[lane], expected[lane])
    BALLOON.marcher.difference(block_of(states), told, reference)
    np.testing.assert_allclose(rows(told, lanes.LOCAL, 4), expected, rtol=1e-9, atol=1e-4)


def test_ways_to_a_reported_place_are_those_of_the_plain_function():
    states, reference = drawn_states()
    told, expected = np.zeros(lanes.N_TOLD), np.empty((LANES, 2))
    for lane in range(LANES):
        BALLOON.towards(reference[:3], states[lane], expected[lane])
    BALLOON.marcher.towards(block_of(states), told, reference[:3])
    np.testing.assert_allclose(rows(told, lanes.OFFSET_E, 2), expected, rtol=1e-9, atol=1e-4)


@pytest.fixture
def guide():
    """A twist of one step with full matrices: nothing cancels by symmetry."""
    root = RNG.normal(size=(2, 4, 4))
    curvature = root @ root.transpose(0, 2, 1)
    spread = np.linalg.cholesky(np.linalg.inv(np.eye(4) + curvature))
    return twist.flat(np.zeros((2, 5)), 1)._replace(
        curvature=curvature, slope=RNG.normal(size=(2, 4)), offset=RNG.normal(size=2),
        pre_curvature=0.5 * curvature, pre_slope=RNG.normal(size=(2, 4)),
        pre_offset=RNG.normal(size=2), carry=RNG.normal(size=(2, 4, 4)),
        shift=RNG.normal(size=(2, 4)), reach=RNG.normal(size=(2, 4, 4)), spread=spread,
        spread_log=RNG.normal(size=2), fix=np.array([[0.3, -0.4]]),
        fix_shape=np.array([[2.0, 0.3, 1.0]]), fix_norm=np.array([-1.5]),
    )  # fmt: skip


def psi_log(curvature, slope, offset, local):
    return offset + local @ slope - 0.5 * np.einsum("ni,ij,nj->n", local, curvature, local)


def test_weights_and_noise_are_those_of_the_formulas(guide):
    local, drawn = RNG.normal(size=(LANES, 4)), RNG.normal(size=(LANES, 4))
    told, ahead, wide = np.zeros(lanes.N_TOLD), np.zeros(lanes.N_TOLD), blocks.blank().wide
    told[lanes.LOCAL : lanes.LOCAL + 4 * LANES] = local.T.ravel()
    wide[NOISE : NOISE + 4 * LANES] = drawn.T.ravel()
    weighing.expect(told, ahead, guide, 0)
    weighing.propose(told, ahead, wide, guide, 1)
    weighing.look_ahead(told, guide, 1)
    led = local @ guide.carry[1].T - guide.shift[1]
    pull = guide.slope[1] - led @ guide.curvature[1].T
    noise = pull @ guide.reach[1].T + drawn @ guide.spread[1].T
    weight = psi_log(guide.curvature[1], guide.slope[1], guide.offset[1], local)
    weight -= psi_log(guide.pre_curvature[0], guide.pre_slope[0], guide.pre_offset[0], local)
    weight += 0.5 * ((drawn**2).sum(1) - (noise**2).sum(1)) + guide.spread_log[1]
    np.testing.assert_allclose(rows(wide, NOISE, 4), noise, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(rows(told, lanes.WEIGHT, 1)[:, 0], weight, rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("kind", [GAUSSIAN, DISC])
def test_a_report_is_booked_and_settled_as_its_density_says(kind, guide):
    shape = np.array([[3e-4, 1e-4, 5e-4]]) if kind == GAUSSIAN else np.array([[80.0, 9.0, 0.0]])
    one = np.array([0])
    reports = Reports(
        np.zeros((1, 3)), one, one, np.array([kind]), shape, np.array([-3.0]),
        np.log([0.9]), np.log([0.1 * 1e-5]), np.array([4.0]),
    )  # fmt: skip
    told, books = np.zeros(lanes.N_TOLD), np.zeros((4, LANES))
    offset = RNG.normal(size=(LANES, 2)) * 100.0
    offset[0], offset[1] = 0.0, 1e7  # on it, and hopelessly far
    told[lanes.OFFSET_E : lanes.OFFSET_E + 2 * LANES] = offset.T.ravel()
    told[lanes.LOCAL : lanes.LOCAL + 2 * LANES] = RNG.normal(size=2 * LANES)
    weighing.add_density(told, reports, 0, books[0])
    weighing.add_density(told, reports, 0, books[0])
    weighing.lend(told, guide, 0, books[1])
    weighing.settle(told, reports, 0, (books[0], books[1], books[2], books[3]))
    log = np.array([density_log(kind, *shape[0], -3.0, *way) for way in offset])
    good = 2.0 * np.exp(log) / 4.0
    np.testing.assert_allclose(np.exp(books[3]), good, rtol=1e-12, atol=1e-250)
    np.testing.assert_allclose(np.exp(books[2]), 0.9 * good + 1e-6, rtol=1e-12)
    off = rows(told, lanes.LOCAL, 2) - guide.fix[0]
    square = 2.0 * off[:, 0] ** 2 + 2.0 * 0.3 * off[:, 0] * off[:, 1] + off[:, 1] ** 2
    weight = rows(told, lanes.WEIGHT, 1)[:, 0]
    np.testing.assert_allclose(weight, books[2] - (-1.5 - 0.5 * square), rtol=1e-12, atol=1e-12)
    assert math.isfinite(weight.max())
