"""T10: the exactly solvable problem (method 9)."""

import numpy as np
import pytest

from overflight.inference.linear import Problem, Velocity, solve, transition

TIMES_H = (0.0, 24.0, 54.0, 84.0, 120.0)
SEEN_KM = (3.0, 1100.0, 2900.0, 4310.0, 6001.0)
SD_KM = (20.0, 10.0, 25.0, 5.0, 2.0)
SHIFT_KM = (0.0, 150.0, 500.0, 900.0, 1400.0)

PASSIVE = Problem(wind=50.0, start_sd=50.0, velocities=(Velocity(10.8, 12.0),))
PROPELLED = Problem(
    wind=50.0, start_sd=50.0, velocities=(Velocity(10.8, 12.0), Velocity(18.0, 24.0))
)


def observed(shift_km=(0.0,) * 5):
    moved = np.add(SEEN_KM, shift_km)
    return list(zip(TIMES_H, moved, SD_KM, strict=True))


def test_the_evidence_and_its_increments_match_the_reference():
    answer = solve(PASSIVE, observed())
    assert answer.log_evidence == pytest.approx(-31.8366399387, abs=1e-8)
    np.testing.assert_allclose(
        answer.increments,
        [-4.90672327, -6.33560598, -7.46073913, -6.64113165, -6.49243991],
        atol=1e-8,
    )
    np.testing.assert_allclose(
        answer.innovation_variances,
        [2900, 38583.373728, 49333.787683, 50258.831251, 64783.588890],
        rtol=1e-9,
    )


def test_the_smoother_matches_the_reference_also_between_observations():
    answer = solve(PASSIVE, observed(), queries=[69.0])
    at_obs = answer.time != 69.0
    np.testing.assert_allclose(
        answer.mean[at_obs, 0],
        [0.793979, 1101.287393, 2893.190592, 4310.054815, 6001.004104],
        atol=1e-5,
    )
    np.testing.assert_allclose(
        answer.sd[at_obs, 0], [18.478438, 9.967598, 24.574968, 4.997163, 1.999938], atol=1e-5
    )
    np.testing.assert_allclose(
        answer.mean[at_obs, 1], [-5.002668, 3.223752, 5.099095, -4.732566, -1.532247], atol=1e-5
    )
    between = int(np.flatnonzero(~at_obs)[0])
    assert answer.mean[between] == pytest.approx([3634.338521, -4.141764], abs=1e-5)
    assert answer.sd[between] == pytest.approx([66.313723, 6.455462], abs=1e-5)


@pytest.mark.parametrize(
    ("shift_km", "log_bf"), [((0.0,) * 5, -1.7739437343), (SHIFT_KM, 1.1268895606)]
)
def test_the_bayes_factor_for_an_engine_matches_the_reference(shift_km, log_bf):
    seen = observed(shift_km)
    difference = solve(PROPELLED, seen).log_evidence - solve(PASSIVE, seen).log_evidence
    assert difference == pytest.approx(log_bf, abs=1e-8)


def test_the_filter_agrees_with_one_big_normal_distribution():
    """The same evidence as a single multivariate normal: no recursion to be wrong twice."""
    times = np.array(TIMES_H)
    tau, var = 12.0, 10.8**2
    lag = np.abs(times[:, None] - times)
    first = np.minimum(times[:, None], times)
    kernel = (
        var
        * tau**2
        * (
            2 * first / tau
            - 1
            + np.exp(-times[:, None] / tau)
            + np.exp(-times / tau)
            - np.exp(-lag / tau)
        )
    )
    spread = 50.0**2 + kernel + np.diag(np.square(SD_KM))
    miss = np.array(SEEN_KM) - 50.0 * times
    dense = -0.5 * (miss @ np.linalg.solve(spread, miss) + np.linalg.slogdet(2 * np.pi * spread)[1])
    assert solve(PASSIVE, observed()).log_evidence == pytest.approx(dense, abs=1e-9)


def test_two_half_steps_are_one_step():
    whole_a, whole_q = transition(PROPELLED, 6.0)
    half_a, half_q = transition(PROPELLED, 3.0)
    np.testing.assert_allclose(half_a @ half_a, whole_a, atol=1e-12)
    np.testing.assert_allclose(half_a @ half_q @ half_a.T + half_q, whole_q, rtol=1e-9)
