"""The part of the wind error that turns: exact steps, and what they amount to."""

import cmath
import math

import numpy as np
import pytest

from overflight.physics import inertial, ou

DAY_S = 86_400.0
EXACT = {  # 60-digit arithmetic, tau one day: (Coriolis parameter, step) -> noise of the step
    (0.00010312, 60.0): (
        0.0013879248290916827, 0.04163761037018502 + 8.587351582579032e-05j, 1.6657957040837899,
    ),
    (0.00010312, 600.0): (
        0.013792883256083781, 4.136528495956717 + 0.08532251417897499j, 1657.6970300676771,
    ),
    (0.00010312, 3600.0): (
        0.07995558537067675, 142.25434996889115 + 17.683351370021928j, 346577.24516272603,
    ),
    (0.00010312, 86400.0): (
        0.8646647167633873, 1908.5563335764914 + 7891.047066355107j, 252477957.56354457,
    ),
    (-0.00014, 60.0): (
        0.0013879248290916827, 0.04163749837007471 - 0.00011658526777067795j, 1.6657930157672256,
    ),
    (-0.00014, 3600.0): (
        0.07995558537067675, 140.87911290654148 - 23.868511846474654j, 344575.5936468806,
    ),
    (-0.00014, 86400.0): (
        0.8646647167633873, 281.21734748356397 - 6329.826115624904j, 147014438.752946,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", EXACT)
def test_step_covariances_keep_twelve_digits(case):
    got = inertial.turning_covariances(DAY_S, *case)
    assert got == pytest.approx(EXACT[case], rel=1e-12)


@pytest.mark.parametrize("tau_s", [34_560.0, DAY_S, 1e7])
@pytest.mark.parametrize("turn_radps", [0.0, 1e-5, -1.45e-4])
@pytest.mark.parametrize("dt_s", [1.0, 1_200.0, 3_400.0, 3_600.0, 20_000.0])
def test_step_covariances_are_the_integrals_they_stand_for(tau_s, turn_radps, dt_s):
    node, weight = np.polynomial.legendre.leggauss(80)
    ago_s, weight = 0.5 * dt_s * (node + 1.0), 0.5 * dt_s * weight
    x, y = ago_s / tau_s, turn_radps * ago_s
    lost = -np.expm1(-x) * np.cos(y) + 2.0 * np.sin(0.5 * y) ** 2 + 1j * np.exp(-x) * np.sin(y)
    way_s = lost / complex(1.0 / tau_s, turn_radps)
    cov = 2.0 / tau_s * np.sum(weight * way_s * np.conj(1.0 - lost))
    var_x = 2.0 / tau_s * np.sum(weight * np.abs(way_s) ** 2)
    got = inertial.turning_covariances(tau_s, turn_radps, dt_s)
    assert got[1:] == pytest.approx((cov, var_x), rel=1e-12)


def test_without_a_turn_it_is_the_plain_step():
    turning, plain = inertial.turning_step(DAY_S, 0.0, 1_200.0), ou.ou_step(DAY_S, 1_200.0)
    assert tuple(turning) == pytest.approx(tuple(plain), rel=1e-12)


def after_steps(n_steps, dt_s, turn_radps):
    """Variance per component of the displacement after steps, from a stationary error."""
    step = inertial.turning_step(DAY_S, turn_radps, dt_s)
    var_e, cov, var_x = 1.0, 0.0, 0.0  # of e; E[X e*]; of X, all halved
    for _ in range(n_steps):
        var_x += (
            abs(step.gain_s) ** 2 * var_e
            + 2.0 * (cov * step.gain_s.conjugate()).real
            + abs(step.noise_xe) ** 2 + step.noise_x**2
        )  # fmt: skip
        cov = (cov + step.gain_s * var_e) * step.decay.conjugate() + step.noise_xe * step.noise_e
        var_e = abs(step.decay) ** 2 * var_e + step.noise_e**2
    return var_e, var_x


@pytest.mark.parametrize(("n_steps", "dt_s"), [(1, DAY_S), (24, 3_600.0), (144, 600.0)])
@pytest.mark.parametrize("lat_deg", [45.0, -20.0])
def test_steps_of_any_length_add_up_to_the_published_displacement(n_steps, dt_s, lat_deg):
    turn_radps = ou.coriolis_radps(lat_deg)
    var_e, var_x = after_steps(n_steps, dt_s, turn_radps)
    assert var_e == pytest.approx(1.0, rel=1e-13)
    expected_m = ou.rotating_displacement_sd_m(1.0, DAY_S, turn_radps, DAY_S)
    assert math.sqrt(var_x) == pytest.approx(expected_m, rel=1e-9)


def test_after_a_day_at_45_degrees_it_is_the_reference_value():
    _, var_x = after_steps(72, 1_200.0, ou.coriolis_radps(45.0))
    assert 2.0 * math.sqrt(var_x) == pytest.approx(40_858.0, abs=1.0)


def test_it_turns_clockwise_in_the_north_and_the_other_way_in_the_south():
    north, south = (inertial.turning_step(DAY_S, f, 600.0).decay for f in (1e-4, -1e-4))
    assert cmath.phase(north) == pytest.approx(-0.06)
    assert cmath.phase(south) == pytest.approx(0.06)


def test_the_share_grows_from_the_tropics_and_is_the_same_on_both_sides():
    part = inertial.Inertial(0.4, 10.0, 20.0, DAY_S)
    shares = [inertial.turning_fraction(part, lat) for lat in (-90.0, -15.0, 5.0, 12.5, 20.0)]
    assert shares == pytest.approx([0.4, 0.2, 0.0, 0.1, 0.4])
