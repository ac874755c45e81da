"""The near-inertial part of a wind error: an Ornstein-Uhlenbeck process that turns.

With e = e_u + i e_v and a = 1/tau + i f, f the Coriolis parameter (method 3)::

    e' = exp(-a dt) e + w_e         X' = X + (1 - exp(-a dt)) / a e + w_x

It turns clockwise in the north, so its displacement oscillates where that of the plain process
accumulates. Both noises are circular complex normals; their covariances are exact for any step.
"""

import cmath
import math
from typing import NamedTuple

from overflight.physics.kernel import kernel


class Inertial(NamedTuple):
    """How much of the error's variance turns, by latitude, and how long it remembers."""

    share_fraction: float  # of the variance, poleward of ``full_deg``
    none_deg: float  # equatorward of it nothing turns; between the two the share is linear
    full_deg: float
    tau_s: float


class TurningStep(NamedTuple):
    """One step for a standard deviation of 1 m/s per component; scale all but decay by it.

    With A and B of standard normal real and imaginary parts: ``e' = decay e + noise_e A`` and
    ``dX = gain_s e + noise_xe A + noise_x B``.
    """

    decay: complex
    gain_s: complex
    noise_e: float
    noise_xe: complex  # s
    noise_x: float  # s


@kernel
def turning_fraction(part: Inertial, lat_deg: float) -> float:
    """Share of the variance that turns at a latitude.

    >>> part = Inertial(0.4, 10.0, 20.0, 86_400.0)
    >>> [round(turning_fraction(part, lat), 3) for lat in (0.0, 10.0, -15.0, 45.0)]
    [0.0, 0.0, 0.2, 0.4]
    """
    along = (abs(lat_deg) - part.none_deg) / (part.full_deg - part.none_deg)
    return part.share_fraction * min(max(along, 0.0), 1.0)


@kernel
def turning_covariances(
    tau_s: float, turn_radps: float, dt_s: float
) -> tuple[float, complex, float]:
    """Noise of one step for 1 m/s per component: half of E|w_e|^2, E[w_x w_e*] and E|w_x|^2.

    ``turn_radps`` is the Coriolis parameter of the place.

    In closed form both brackets cancel as the step shrinks; below |a dt| = 0.5 their power series
    are summed, from which the vanishing factors have been divided out.

    >>> var_e, cov, var_x = turning_covariances(86_400.0, 0.0, 600.0)  # no turn: the plain step
    >>> round(var_e, 9), round(cov.real, 6), round(var_x, 4)
    (0.013792883, 4.137848, 1658.0142)
    """
    q = complex(dt_s / tau_s, turn_radps * dt_s)
    ratio = q.real
    var_e = -math.expm1(-2.0 * ratio)
    if abs(q) >= 0.5:
        kept, both = cmath.exp(-q), math.exp(-2.0 * ratio)
        first = (1.0 - kept) / q
        plain = (1.0 - both) / (2.0 * ratio)
        cov = (first.conjugate() - plain) / q
        var_x = (1.0 - 2.0 * first.real + plain) / abs(q) ** 2
    else:
        cov, var_x = _short(q)
    scale_s = 2.0 * dt_s * dt_s / tau_s
    return var_e, scale_s * cov, scale_s * dt_s * var_x


@kernel
def _short(q: complex) -> tuple[complex, float]:
    """Power series of the two brackets: of the covariance, and of the displacement's variance.

    With s = q + q*: (s^n - q*^n) / q and (s^n - q^n - q*^n) / |q|^2 obey two-term recurrences.
    """
    s, turned = 2.0 * q.real, q.conjugate()
    power = complex(1.0, 0.0)  # q*^(n-1)
    lean = complex(1.0, 0.0)  # (s^n - q*^n) / q
    spread, before, now = 0.0, 2.0, s  # (s^n - T_n) / |q|^2; T_(n-1) and T_n, T_n = q^n + q*^n
    factor = -0.5  # (-1)^n / (n + 1)!
    cov, var_x = -factor * lean, 0.0
    for n in range(2, 26):
        factor /= -(n + 1.0)
        power *= turned
        lean = s * lean + power
        spread = s * spread + before
        before, now = now, s * now - abs(q) ** 2 * before
        cov -= factor * lean
        var_x += factor * spread
    return cov, var_x


@kernel
def turning_step(tau_s: float, turn_radps: float, dt_s: float) -> TurningStep:
    """Everything one step needs, for a standard deviation of 1 m/s per component.

    >>> step = turning_step(86_400.0, 1.03126e-4, 600.0)  # at 45 degrees north
    >>> round(abs(step.decay), 6), round(math.degrees(cmath.phase(step.decay)), 3)
    (0.99308, -3.545)
    """
    var_e, cov, var_x = turning_covariances(tau_s, turn_radps, dt_s)
    noise_e = math.sqrt(var_e)
    noise_xe = cov / noise_e if noise_e > 0.0 else complex(0.0, 0.0)
    left = var_x - noise_xe.real**2 - noise_xe.imag**2
    q = complex(dt_s / tau_s, turn_radps * dt_s)
    decay = cmath.exp(-q)
    lost = complex(
        -math.expm1(-q.real) * math.cos(q.imag) + 2.0 * math.sin(0.5 * q.imag) ** 2,
        math.exp(-q.real) * math.sin(q.imag),
    )  # 1 - exp(-q), without cancellation
    return TurningStep(decay, dt_s * lost / q, noise_e, noise_xe, math.sqrt(max(left, 0.0)))
