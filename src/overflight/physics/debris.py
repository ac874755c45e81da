"""What comes down: how fast, how large for a person below, how many it is expected to hit.

Areas and the criterion are those of flight safety (method 6.2): NASA-STD-8719.14 and the FAA's
Flight Safety Analysis Handbook for the area, 14 CFR 417 and RCC 321 for the energy that counts.
"""

import math

from overflight.physics.atmosphere import GRAVITY_MPS2, density_kgm3
from overflight.physics.fall import SEA_DENSITY_KGM3
from overflight.physics.kernel import kernel

PERSON_SIDE_M = 0.6  # of the square of 0.36 m2 that a person takes from above
PERSON_RADIUS_M = 0.3048  # a foot, in the FAA's disc
LEAST_ENERGY_J = 14.914  # 11 foot-pounds: below that a fragment is taken to harm nobody
_STEP_S = 0.05


@kernel
def settled_speed_mps(mass_kg: float, drag_area_m2: float) -> float:
    """Speed near the sea at which drag balances weight; ``drag_area_m2`` is ``C_d S``.

    >>> round(settled_speed_mps(1_000.0, 0.8 * math.pi * 15.0**2), 2)  # under 30 m of parachute
    5.32
    """
    return math.sqrt(2.0 * mass_kg / drag_area_m2 * GRAVITY_MPS2 / SEA_DENSITY_KGM3)


@kernel
def from_rest_s(mass_kg: float, drag_area_m2: float, height_m: float) -> tuple[float, float]:
    """Time to the sea from rest, in still air, and the speed there [m/s].

    What is dense needs long to reach the speed of a settled fall: 5 % more time at 300 kg/m2.
    Explicit Euler of 0.05 s, speed before height (method A11).
    """
    time_s, speed_mps = 0.0, 0.0
    while height_m >= 0.0:
        drag_mps2 = 0.5 * density_kgm3(height_m) * speed_mps * speed_mps * drag_area_m2 / mass_kg
        speed_mps += (GRAVITY_MPS2 - drag_mps2) * _STEP_S
        height_m -= speed_mps * _STEP_S
        time_s += _STEP_S
    return time_s, speed_mps


@kernel
def casualty_area_m2(fragment_m2: float) -> float:
    """Area in which a person would be hit by a fragment (NASA: square on square).

    >>> round(casualty_area_m2(1.0), 2)
    2.56
    """
    return (PERSON_SIDE_M + math.sqrt(fragment_m2)) ** 2


@kernel
def casualty_disc_m2(fragment_m2: float) -> float:
    """The same for a disc on a person of one foot of radius (FAA).

    >>> round(casualty_disc_m2(1.0), 3)
    2.372
    """
    return math.pi * (math.sqrt(fragment_m2 / math.pi) + PERSON_RADIUS_M) ** 2


@kernel
def harmful_speed_mps(mass_kg: float) -> float:
    """Speed above which a fragment counts.

    >>> round(harmful_speed_mps(0.25), 1)
    10.9
    """
    return math.sqrt(2.0 * LEAST_ENERGY_J / mass_kg)


@kernel
def expected_casualties(area_m2: float, density_perm2: float, unsheltered_fraction: float) -> float:
    """Expected number of people hit where all of a casualty area comes down.

    >>> f"{expected_casualties(52.230, 2.9e-6, 1.0):.4e}"
    '1.5147e-04'
    """
    return area_m2 * density_perm2 * unsheltered_fraction


@kernel
def individual_fraction(area_m2: float, sd_along_m: float, sd_across_m: float) -> float:
    """Most that one person who stays where it is likeliest to come down can be at risk.

    The middle of a normal footprint: ``A / (2 pi sd sd)``, at most 1.

    >>> f"{individual_fraction(41.99, 2_000.0, 2_000.0):.2e}"
    '1.67e-06'
    """
    return min(1.0, area_m2 / (2.0 * math.pi * sd_along_m * sd_across_m))
