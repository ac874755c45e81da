"""Ranks: even ones pass, uneven ones do not, and the band holds as often as it says."""

import numpy as np
import pytest

from overflight.calibration import ranks


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_a_rank_counts_draws_below_and_shares_out_ties(rng):
    assert ranks.rank(0.0, np.arange(1.0, 100.0), rng) == 0
    assert ranks.rank(1e9, np.arange(99.0), rng) == 99
    tied = [ranks.rank(5.0, np.full(99, 5.0), rng) for _ in range(4_000)]
    assert (min(tied), max(tied)) == (0, 99)
    assert np.mean(tied) == pytest.approx(49.5, abs=2.0)
    never = [ranks.rank(np.inf, np.array([1.0, np.inf]), rng) for _ in range(100)]
    assert set(never) == {1, 2}


def test_even_ranks_are_rejected_as_rarely_as_stated(rng):
    sets = rng.integers(100, size=(400, 150))
    for test in (ranks.chi_squared_p, ranks.evenness_p):
        rejected = np.mean([test(row) < 0.05 for row in sets])
        assert rejected == pytest.approx(0.05, abs=0.035)


def test_the_band_holds_even_curves_as_often_as_stated(rng):
    low, high = ranks.band(150)
    inside = []
    for row in rng.integers(100, size=(400, 150)):
        curve = ranks.shares(row)
        inside.append(bool(((curve >= low - 1e-12) & (curve <= high + 1e-12)).all()))
    assert np.mean(inside) == pytest.approx(0.95, abs=0.04)
    assert (low <= high).all()


def test_the_band_and_the_p_value_are_one_test(rng):
    low, high = ranks.band(200)
    for row in rng.integers(100, size=(50, 200)):
        curve = ranks.shares(row)
        inside = bool(((curve >= low - 1e-12) & (curve <= high + 1e-12)).all())
        assert inside == (ranks.evenness_p(row) > 0.05) or 0.04 < ranks.evenness_p(row) < 0.06


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda u: u**1.5, id="shifted"),
        pytest.param(lambda u: 0.5 + 0.7 * (u - 0.5), id="too wide"),
        pytest.param(lambda u: np.clip(0.5 + 1.3 * (u - 0.5), 0.0, 0.999), id="too narrow"),
    ],
)
def test_uneven_ranks_are_rejected(rng, spoil):
    uneven = np.floor(100.0 * spoil(rng.uniform(size=500))).astype(np.int64)
    assert ranks.evenness_p(uneven) < 0.005
    assert ranks.chi_squared_p(uneven) < 0.005
