"""Bounds on what an instrument could tell apart from afar. No claim that there was one.

Diffraction is the bound that no lens of a size can pass (Rayleigh); sampling, motion and turbulence
only make it worse (method 4.3).
"""

import math

from overflight.physics.kernel import kernel

VISIBLE_M = 0.55e-6
THERMAL_M = 10e-6
LIGHT_MPS = 299_792_458.0


@kernel
def diffraction_m(range_m: float, wavelength_m: float, aperture_m: float) -> float:
    """Smallest distance across the line of sight that an aperture can tell apart, 1.22 w r / D.

    >>> round(diffraction_m(19_000.0, VISIBLE_M, 0.2), 4)
    0.0637
    """
    return 1.22 * wavelength_m * range_m / aperture_m


@kernel
def along_m(across_m: float, elevation_rad: float) -> float:
    """The same distance along the ground, seen at a slant: across / sin(elevation)."""
    return across_m / math.sin(elevation_rad)


@kernel
def free_space_loss_log(range_m: float, frequency_hz: float) -> float:
    """What spreading takes from a radio signal, in decibels: 20 log10(4 pi r f / c).

    >>> round(free_space_loss_log(19_000.0, 1.5e9), 1)
    121.5
    """
    return 20.0 * math.log10(4.0 * math.pi * range_m * frequency_hz / LIGHT_MPS)
