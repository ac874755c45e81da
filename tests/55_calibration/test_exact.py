"""T17, T18: the choice of a hypothesis where it is exact (methods 2.4 to 2.6; A3, A4, A9)."""

import json

import numpy as np
import pytest

from overflight.calibration import exact
from overflight.calibration.choices import reliability
from overflight.inference.linear import solve

# Published: mean probability and share that came true by bin, of 400,000 data sets (method 2.6).
MEAN = (0.0233, 0.1031, 0.3072, 0.4987, 0.6791, 0.8888, 0.9953)
OBSERVED = (0.0233, 0.1027, 0.3062, 0.4942, 0.6755, 0.8922, 0.9952)


@pytest.fixture(scope="module")
def known():
    return exact.known(200_000, 1)


def test_the_dense_evidence_is_the_filters():
    """The factor of a covariance against the recursion of T10, for both hypotheses."""
    seen_km = np.array([3.0, -100.0, 200.0, 110.0, 1.0])
    for own in (False, True):
        one = exact.reference(own=own)
        rows = zip(exact.THE_FIXES.time_h, seen_km, exact.THE_FIXES.sd_km, strict=True)
        log_evidence = solve(one, list(rows)).log_evidence
        both_axes = exact.rival([one], exact.THE_FIXES).log_evidence(np.array([[seen_km] * 2]))
        assert both_axes[0] == pytest.approx(2.0 * log_evidence, abs=1e-9)


def test_the_published_bayes_factor_comes_out():
    """The log evidences of the reference problem on one axis, to the last published digit."""
    seen_km = np.array([3.0, 1100.0, 2900.0, 4310.0, 6001.0]) - 50.0 * exact.THE_FIXES.time_h
    logs = [
        exact.rival([exact.reference(own=own)], exact.THE_FIXES).log_evidence(
            np.array([[seen_km, seen_km]])
        )[0]
        / 2.0
        for own in (False, True)
    ]
    assert logs == pytest.approx([-31.8366399387, -33.6105836730], abs=1e-8)


def test_probabilities_mean_what_they_say(known):
    """T17: every bin within two standard errors, and equal to the published table."""
    for one, mean, observed in zip(known.choices.bins, MEAN, OBSERVED, strict=True):
        assert one.off < 2.0
        assert one.mean == pytest.approx(mean, abs=0.003)
        assert one.observed == pytest.approx(observed, abs=3.0 * 2.0**0.5 * one.sd)
    assert known.choices.probability.mean() == pytest.approx(0.5, abs=0.002)


def test_the_mean_of_one_over_the_bayes_factor_is_one(known):
    inverse = np.exp(-known.under_drive)
    assert known.identity == pytest.approx(1.0, abs=4.0 * inverse.std() / len(inverse) ** 0.5)
    assert known.identity == pytest.approx(1.0, abs=0.02)


def test_the_bayes_factors_have_the_published_quantiles(known):
    levels = (0.05, 0.5, 0.95)
    assert np.quantile(known.under_drift, levels) == pytest.approx([-4.76, -3.02, 0.10], abs=0.05)
    assert np.quantile(known.under_drive, levels) == pytest.approx([-1.33, 6.46, 21.13], abs=0.25)


def test_a_fixed_wind_error_that_is_too_small_cries_steered():
    """The 24 % for which nothing is ever concluded with the wind's error held fixed."""
    (one,) = exact.guard([(4.5, False)], 20_000, 2, marginalised=False)
    assert one.certain == pytest.approx(0.244, abs=0.012)
    assert one.likelier == pytest.approx(0.55, abs=0.012)


def test_averaging_over_the_winds_error_does_not():
    """T18: at 1.5 times the error 0.2 %, far below one in twenty; the published table beside it."""
    truths = [(2.0, False), (3.0, False), (4.5, False), (6.0, False), (3.0, True)]
    found = exact.guard(truths, 4_000, 3, marginalised=True)
    certain = [one.certain for one in found]
    assert certain == pytest.approx([0.0, 0.0, 0.002, 0.044, 0.13], abs=0.016)
    assert certain[2] < 0.01
    assert found[4].likelier == pytest.approx(0.87, abs=0.02)


COLUMNS = ("5 fixes in 5 d", "12-hourly", "6-hourly")
ROWS = ("passive_3", "passive_4.5", "constant_3", "constant_5", "constant_10", "constant_15")


def within(found, published, n):
    """Within 0.03, or three standard errors of the difference of two such studies."""
    sd = (2.0 * published * (1.0 - published) / n) ** 0.5
    return abs(found - published) <= max(0.03, 3.0 * sd)


def test_the_power_to_find_an_own_velocity_is_the_published_one(shared_data):
    refs = json.loads((shared_data / "reference" / "science_refs.json").read_text())
    table = refs["steering_power_P_gt_0.95"]
    found = exact.power(COLUMNS[0], 600, 4)
    for one, row in zip(found, ROWS, strict=True):
        assert within(one.certain, table[row][0], 600)
        assert one.passive_certain < 0.005  # drift is never certain, only bounded


@pytest.mark.slow
@pytest.mark.parametrize("column", range(3))
def test_the_whole_table_of_power(shared_data, column):
    refs = json.loads((shared_data / "reference" / "science_refs.json").read_text())
    table = refs["steering_power_P_gt_0.95"]
    found = exact.power(COLUMNS[column], 1_500, 4)
    for one, row in zip(found, ROWS, strict=True):
        assert within(one.certain, table[row][column], 1_500)
    medians = (-0.84, -1.06, -1.06), (4.9, 4.8, 4.7)
    assert found[0].median_log == pytest.approx(medians[0][column], abs=0.1)
    assert found[4].median_log == pytest.approx(medians[1][column], abs=0.35)
    vague = exact.power(COLUMNS[column], 1_500, 5, log_sd=0.5)
    wider = table["sigma_prior_log_sd_0.5"]
    assert within(vague[1].certain, wider["passive_4.5"][column], 1_500)
    assert within(vague[4].certain, wider["constant_10"][column], 1_500)


@pytest.mark.slow
def test_an_own_velocity_like_the_winds_error_is_not_to_be_told():
    found = exact.random_power(4_000, 6)
    assert found.certain == pytest.approx(0.165, abs=0.02)


@pytest.mark.slow
def test_the_guard_at_full_size():
    (fixed,) = exact.guard([(4.5, False)], 200_000, 2, marginalised=False)
    assert fixed.certain == pytest.approx(0.244, abs=0.005)
    truths = [(2.0, False), (3.0, False), (4.5, False), (6.0, False), (3.0, True)]
    certain = [one.certain for one in exact.guard(truths, 20_000, 3, marginalised=True)]
    assert certain == pytest.approx([0.0, 0.0, 0.002, 0.044, 0.13], abs=0.007)


def test_a_wrong_bayes_factor_is_noticed(known):
    """A Bayes factor twice as sure of itself fails the bins; so does one that is shifted."""
    for wrong in (2.0, 1.0):
        shift = 0.0 if wrong > 1.0 else 0.5
        logs = np.concatenate([known.under_drift, known.under_drive]) * wrong + shift
        bins = reliability(1.0 / (1.0 + np.exp(-np.clip(logs, -700, 700))), known.choices.true)
        assert max(one.off for one in bins) > 5.0
