"""The error of an analysed wind along a track: an Ornstein-Uhlenbeck process, advanced exactly.

Per component, with r = exp(-dt / tau), velocity error e and its displacement X (method 3)::

    e' = r e + w_e            X' = X + tau (1 - r) e + w_x

The two noises are correlated normals; their covariance is exact for any step, so the step may be
chosen by the wind's curvature alone. ``expm1`` and a series keep 14 digits where the plain formula
would lose eight.
"""

import math
from typing import NamedTuple

from overflight.physics.kernel import kernel

EARTH_TURN_RADPS = 7.292115e-5  # Earth's rotation, WGS84


class OuStep(NamedTuple):
    """One step of the process for a standard deviation of 1 m/s; scale all but decay by it.

    With standard normals a, b: ``e' = decay e + noise_e a`` and
    ``dX = gain_s e + noise_xe a + noise_x b``.
    """

    decay: float  # r
    gain_s: float  # tau (1 - r)
    noise_e: float  # Cholesky factor of the noise covariance, L11
    noise_xe: float  # L21, s
    noise_x: float  # L22, s


@kernel
def _wander(ratio: float) -> float:
    """2 x - 3 + 4 r - r^2 with r = exp(-x): the displacement variance that one step adds."""
    if ratio >= 0.3:
        decay = math.exp(-ratio)
        return 2.0 * ratio - 3.0 + decay * (4.0 - decay)
    total, term, power = 0.0, -0.5 * ratio * ratio, 4.0  # term: (-x)^n / n! with its sign turned
    for n in range(3, 20):
        term *= -ratio / n
        power *= 2.0
        added = term * (power - 4.0)
        total += added
        if abs(added) < 1e-17 * abs(total):  # below half of the last bit: nothing changes any more
            break
    return total


@kernel
def covariances(sigma_mps: float, tau_s: float, dt_s: float) -> tuple[float, float, float]:
    """Variance of w_e, their covariance, and variance of w_x over one step.

    Var w_e = s2 (1 - r2),  Cov = s2 tau (1 - r)2,  Var w_x = s2 tau2 (2 dt/tau - 3 + 4 r - r2).

    >>> var_e, cov, var_x = covariances(3.0, 34_560.0, 600.0)
    >>> round(var_e, 12), round(cov, 9), round(var_x, 6)
    (0.307136904831, 92.13875718, 37015.650329)
    """
    ratio = dt_s / tau_s
    variance = sigma_mps * sigma_mps
    lost = -math.expm1(-ratio)
    return (
        -variance * math.expm1(-2.0 * ratio),
        variance * tau_s * lost * lost,
        variance * tau_s * tau_s * _wander(ratio),
    )


@kernel
def ou_step(tau_s: float, dt_s: float) -> OuStep:
    """Everything one step needs, for a standard deviation of 1 m/s; ``dt_s`` not negative.

    >>> step = ou_step(86_400.0, 600.0)
    >>> round(step.decay, 6), round(step.gain_s, 3)
    (0.99308, 597.921)
    """
    var_e, cov, var_x = covariances(1.0, tau_s, dt_s)
    noise_e = math.sqrt(var_e)
    noise_xe = cov / noise_e if noise_e > 0.0 else 0.0
    # For short steps the difference is a quarter of var_x, so that two bits are lost, not more.
    noise_x = math.sqrt(max(var_x - noise_xe * noise_xe, 0.0))
    ratio = dt_s / tau_s
    return OuStep(math.exp(-ratio), -tau_s * math.expm1(-ratio), noise_e, noise_xe, noise_x)


@kernel
def faded_step(tau_s: float, dt_s: float, climb_m: float, vertical_length_m: float) -> OuStep:
    """One step during which the height changes too, so that the error loses memory faster.

    The correlation left is exp(-dt/tau - |dz|/L), method 3: a step of the process whose e-folding
    time is dt / (dt/tau + |dz|/L). The climb is taken as even over the step.

    >>> level, climbing = (faded_step(86_400.0, 600.0, dz, 1_000.0) for dz in (0.0, 500.0))
    >>> round(level.decay, 6), round(climbing.decay, 6)
    (0.99308, 0.602333)
    """
    ratio = dt_s / tau_s + abs(climb_m) / vertical_length_m
    return ou_step(dt_s / ratio, dt_s)


@kernel
def displacement_sd_m(sigma_mps: float, tau_s: float, time_s: float) -> float:
    """Displacement, as sd per component, that a stationary wind error has caused after a time.

    sqrt(2) s tau sqrt(t/tau - 1 + exp(-t/tau)); method 3.

    >>> round(displacement_sd_m(1.0, 86_400.0, 86_400.0), 1)
    74110.8
    """
    return rotating_displacement_sd_m(sigma_mps, tau_s, 0.0, time_s)


@kernel
def coriolis_radps(lat_deg: float) -> float:
    """Coriolis parameter, twice Earth's rotation times the sine of the latitude."""
    return 2.0 * EARTH_TURN_RADPS * math.sin(math.radians(lat_deg))


@kernel
def rotating_displacement_sd_m(
    sigma_mps: float, tau_s: float, coriolis_radps: float, time_s: float
) -> float:
    """Displacement sd per component of a near-inertial error, which turns as it decays.

    s sqrt(2 Re[t/a - (1 - exp(-a t))/a^2]) with a = 1/tau + i f; method 3.

    >>> round(rotating_displacement_sd_m(2.0, 86_400.0, coriolis_radps(45.0), 86_400.0))
    40858
    """
    at = complex(time_s / tau_s, coriolis_radps * time_s)
    if abs(at) < 0.5:  # t^2 [1/2! - at/3! + (at)^2/4! - ...]: the closed form cancels
        total, term = complex(0.5, 0.0), complex(0.5, 0.0)
        for n in range(3, 18):
            term *= -at / n
            total += term
        bracket = total.real
    else:
        decay = math.exp(-at.real)
        kept = complex(1.0 - decay * math.cos(at.imag), decay * math.sin(at.imag))
        bracket = (1.0 / at - kept / (at * at)).real
    return sigma_mps * time_s * math.sqrt(2.0 * max(bracket, 0.0))
