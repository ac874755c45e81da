"""Motions of some hours that a season's wind does not have, nor its slow error.

Balloons turn with the near-inertial oscillation and are moved by gravity waves (Hertzog et al.
2002, Geophys. Res. Lett. 29; Hertzog, Alexander & Plougonven 2012, J. Atmos. Sci. 69). Each wave
here is a circular Ornstein-Uhlenbeck process that turns in Coriolis parameters
(:mod:`overflight.physics.inertial`), stationary from the start.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.drift import Drift, Push, windy
from overflight.physics.inertial import turning_step
from overflight.physics.kernel import kernel
from overflight.physics.ou import coriolis_radps
from overflight.physics.random import normal4
from overflight.physics.tangent import basis, carried

Array = NDArray[np.float64]


class Waves(NamedTuple):
    """Some waves, one entry each."""

    turns: Array  # (wave,) in Coriolis parameters
    sigma_mps: Array  # (wave,) standard deviation per component
    tau_s: Array  # (wave,) e-folding time


@kernel
def begin_waves(key: int, who: int, parts: Array) -> None:
    """Draw a particle's waves where they begin: ``parts`` (wave, 2), standard normals."""
    for wave in range(parts.shape[0]):
        first, second, _, _ = normal4(key, who, wave)
        parts[wave, 0], parts[wave, 1] = first, second


@kernel
def wave_push(
    drift: Drift,
    waves: Waves,
    rough_fraction: float,
    state: Array,
    drawn: tuple[int, int, int],
    parts: Array,
) -> Push:
    """Advance a particle's waves by a step, and give what they move it by.

    Parameters
    ----------
    rough_fraction
        On all standard deviations: how rough the air is.
    state : (5,)
        Where the particle stands.
    drawn
        64-bit key of the random numbers, number of the particle, and step.
    parts : (wave, 2)
        East and north, as standard normals; replaced by those after the step.
    """
    key, who, step = drawn
    f_radps = coriolis_radps(math.degrees(math.asin(state[2])))
    n, way_m = parts.shape[0], complex(0.0, 0.0)
    for wave in range(n):
        one = turning_step(waves.tau_s[wave], waves.turns[wave] * f_radps, drift.dt_s)
        numbers = normal4(key, who, (step + 1) * n + wave)
        first, second = complex(numbers[0], numbers[1]), complex(numbers[2], numbers[3])
        part = complex(parts[wave, 0], parts[wave, 1])
        way_s = one.gain_s * part + one.noise_xe * first + one.noise_x * second
        way_m += waves.sigma_mps[wave] * way_s
        part = one.decay * part + one.noise_e * first
        parts[wave, 0], parts[wave, 1] = part.real, part.imag
    push_mps = rough_fraction * way_m / drift.dt_s
    return windy(1.0, drift.bias_u_mps + push_mps.real, drift.bias_v_mps + push_mps.imag)


@kernel
def carry_waves(before: Array, after: Array, parts: Array) -> None:
    """Keep the waves' direction on the ground where a state has moved from one place to another."""
    here, there = basis(before[0], before[1], before[2]), basis(after[0], after[1], after[2])
    for wave in range(parts.shape[0]):
        parts[wave, 0], parts[wave, 1] = carried(parts[wave, 0], parts[wave, 1], here, there)
