"""The sieves that choose the flight's constants bias nothing."""

import math

import numpy as np
import pytest

from overflight.flight.hypotheses import DIMENSIONS, even_normals
from overflight.inference import outer


class Launched:
    def __init__(self, launch):
        self.launch = launch


def test_even_normals_look_standard_normal_in_every_direction():
    points = even_normals(2_000, seed=3, stream=1)
    assert points.shape == (2_000, DIMENSIONS)
    np.testing.assert_allclose(points.mean(axis=0), 0.0, atol=0.02)
    np.testing.assert_allclose(points.std(axis=0), 1.0, atol=0.02)
    assert np.abs(np.corrcoef(points.T) - np.eye(DIMENSIONS)).max() < 0.08


def test_drawing_by_forecast_keeps_every_expectation():
    """Averaged over seeds, the drawn strata with their weights give the sum over all strata."""
    rng = np.random.default_rng(1)
    prior = rng.normal(size=40) - 3.0
    forecast = rng.normal(scale=2.0, size=40)
    value = rng.normal(size=40)
    draws = [outer.Draw(Launched(i % 2), float(p)) for i, p in enumerate(prior)]
    exact = float((np.exp(prior) * value).sum())
    totals = [
        sum(math.exp(draw.prior_log) * value[index] for index, draw in chosen)
        for seed in range(400)
        for chosen in [outer.by_forecast(draws, forecast, 12, seed)]
    ]
    error = np.std(totals) / math.sqrt(len(totals))
    assert np.mean(totals) == pytest.approx(exact, abs=4 * error)


def test_an_unlikely_launch_keeps_strata_of_its_own():
    draws = [outer.Draw(Launched(i // 20), -3.0) for i in range(40)]
    forecast = np.where(np.arange(40) < 20, 0.0, -12.0)
    chosen = outer.by_forecast(draws, forecast, 24, seed=5)
    assert sum(draw.statics.launch == 1 for _, draw in chosen) >= 2
