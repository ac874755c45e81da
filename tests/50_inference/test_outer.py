"""The sieves that choose the flight's constants bias nothing."""

import math

import numpy as np
import pytest

from overflight.case.load import load
from overflight.case.template import write_new
from overflight.flight import winds
from overflight.flight.hypotheses import DIMENSIONS, dimensions, even_normals
from overflight.inference import outer

NOWHERE = np.zeros(DIMENSIONS)


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
    draws = [outer.Draw(Launched(i % 2), float(p), NOWHERE) for i, p in enumerate(prior)]
    exact = float((np.exp(prior) * value).sum())
    totals = [
        sum(math.exp(draw.prior_log) * value[index] for index, draw in chosen)
        for seed in range(400)
        for chosen in [outer.by_forecast(draws, forecast, 12, seed)]
    ]
    error = np.std(totals) / math.sqrt(len(totals))
    assert np.mean(totals) == pytest.approx(exact, abs=4 * error)


def test_an_unlikely_launch_keeps_strata_of_its_own():
    draws = [outer.Draw(Launched(i // 20), -3.0, NOWHERE) for i in range(40)]
    forecast = np.where(np.arange(40) < 20, 0.0, -12.0)
    chosen = outer.by_forecast(draws, forecast, 24, seed=5)
    assert sum(draw.statics.launch == 1 for _, draw in chosen) >= 2


def test_what_leaves_the_wind_data_counts_for_nothing(small_prior):
    """A forecast of nothing, for one stratum and for all of a launch, and the rest is unmoved."""
    prior, _ = small_prior
    draws = [
        outer.Draw(Launched(i // 20), -3.0, row)
        for i, row in enumerate(even_normals(40, 2, 0, DIMENSIONS))
    ]
    forecast = np.where(np.arange(40) < 20, 0.0, -math.inf)
    forecast[3] = -math.inf
    chosen = outer.by_forecast(draws, forecast, 12, seed=5)
    assert {index for index, _ in chosen} <= set(range(20)) - {3}
    weight = sum(math.exp(draw.prior_log) for _, draw in chosen)
    assert weight == pytest.approx(19 * math.exp(-3.0))
    case = prior.case.model_copy(update={"launches": 2 * prior.case.launches})
    every = outer.around(prior._replace(case=case), draws, forecast, 1, 0)
    assert len(every) == 60
    assert all(math.isfinite(draw.prior_log) for draw in every)


def test_points_tried_around_the_best_keep_every_expectation(small_prior):
    """The evidence of a sharp likelihood, against its integral over the prior in closed form.

    The likelihood is a normal in two of the dimensions, far out in one; no altitude is heard.
    """
    prior, n_dimensions = small_prior
    middle, sd = np.array([1.5, -0.5]), np.array([0.25, 0.6])

    def log(draws):
        points = np.array([one.normals[:2] for one in draws])
        return -0.5 * (((points - middle) / sd) ** 2).sum(axis=1)

    exact = float(np.prod(sd / np.sqrt(1 + sd**2) * np.exp(-0.5 * middle**2 / (1 + sd**2))))
    found, plain, effective = [], [], []
    for seed in range(200):
        known = outer.levels(prior.case, prior.error, (), 60, seed)
        first = outer.by_level(prior.case, known, 30, seed)
        once = outer.around(prior, first, log(first), seed, 0)
        every = outer.around(prior, once, log(once), seed, 1)
        assert len(every) == 2 * len(first)
        assert len(every[0].normals) == n_dimensions
        weights = [np.exp(log(d) + [one.prior_log for one in d]) for d in (first, every)]
        plain.append(weights[0].sum())
        found.append(weights[1].sum())
        effective.append([w.sum() ** 2 / (w**2).sum() for w in weights])
    error = np.std(found) / math.sqrt(len(found))
    assert np.mean(found) == pytest.approx(exact, abs=4.0 * error)
    assert np.std(found) < 0.6 * np.std(plain)
    gained = np.median(effective, axis=0)
    assert gained[1] > 2.5 * gained[0], gained


@pytest.fixture(scope="module")
def small_prior(tmp_path_factory):
    folder = tmp_path_factory.mktemp("case") / "small"
    write_new(folder)
    case = load(folder)
    error = winds.of_climatology(case).error
    return outer.Prior(case, error, "M0"), dimensions(error)
