"""How probable a report is, given where the balloon was."""

import math

import numpy as np
import pytest

from overflight.inference.reports import (
    DISC,
    GAUSSIAN,
    density_log,
    disc_log_norm,
    gaussian_log_norm,
    log_sum,
)


@pytest.mark.parametrize(
    ("off_km", "log_ratio"), [(0, 5.764), (20, 5.264), (60, 1.318), (100, -1.604), (200, -1.609)]
)
def test_the_reliability_mixture_matches_the_published_ratios(off_km, log_ratio):
    """T28: r = 0.8, 20 km, a stray report over 10^6 km2; natural log of the ratio to stray."""
    shape = (1 / 20**2, 0.0, 1 / 20**2)
    good = density_log(GAUSSIAN, *shape, gaussian_log_norm(shape), float(off_km), 0.0)
    mixture = log_sum(math.log(0.8) + good, math.log(0.2) - math.log(1e6))
    assert mixture + math.log(1e6) == pytest.approx(log_ratio, abs=1e-3)


@pytest.mark.parametrize("radius_m", [40e3, 90e3, 320e3])
def test_a_soft_disc_integrates_to_one(radius_m):
    distance_m = np.linspace(0.0, radius_m + 400e3, 40_001)
    density = np.exp(
        [
            density_log(DISC, radius_m, 10e3, 0.0, disc_log_norm(radius_m, 10e3), d, 0.0)
            for d in distance_m
        ]
    )
    total = np.trapezoid(density * 2 * np.pi * distance_m, distance_m)
    assert total == pytest.approx(1.0, abs=3e-3)


def test_an_ellipse_integrates_to_one_and_leans_the_right_way():
    shape = (1 / 30**2, -0.5 / (30 * 60), 1 / 60**2)
    axis = np.linspace(-400.0, 400.0, 401)
    norm = gaussian_log_norm(shape)
    values = np.exp([[density_log(GAUSSIAN, *shape, norm, x, y) for x in axis] for y in axis])
    assert values.sum() * 4.0 == pytest.approx(1.0, abs=1e-6)
    along = density_log(GAUSSIAN, *shape, norm, 20.0, 40.0)
    across = density_log(GAUSSIAN, *shape, norm, -20.0, 40.0)
    assert along > across


def test_log_sum_survives_extremes():
    assert log_sum(-1e5, -1e5) == pytest.approx(-1e5 + math.log(2))
    assert log_sum(-math.inf, -3.0) == -3.0
    assert log_sum(-math.inf, -math.inf) == -math.inf
