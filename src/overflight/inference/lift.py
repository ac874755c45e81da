"""How much a balloon of a size holds up at a height, where little else is known: a distribution.

Solids are rho V [1 - (1 - b)(1 + s) M_g / M_a - b (1 + s)] (method 8; Yajima et al. 2009, ch. 2),
with the volume V of a sphere of the diameter times U(0.93, 1.02), the air's density rho of the US
Standard Atmosphere 1976 times exp N(0, 0.03), the superpressure s over its range for the kind of
balloon, a share b of the volume with air in a ballonet, U(0, 0.7) or none, either gas, and an
envelope of 0.10 exp N(0, 0.5) kg/m2 on the sphere's surface. The spreads are ours: nobody reported
them, and a distribution is only as good as they are. Bounds that do without them are in
:mod:`overflight.ledgers.carried`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Balloon
from overflight.physics import atmosphere, buoyancy

Array = NDArray[np.float64]

GASES_KGMOL: Mapping[str, float] = {
    "helium": buoyancy.HELIUM_KGMOL,
    "hydrogen": buoyancy.HYDROGEN_KGMOL,
}

# Superpressure over the pressure outside. A superpressure balloon keeps its shape at night with
# 5 to 10 %; the bounds leave room on both sides (method 8).
SUPERPRESSURE_FRACTION: Mapping[str, tuple[float, float]] = {
    "superpressure": (0.03, 0.12),
    "zero-pressure": (0.0, 0.0),
    "unknown": (0.0, 0.12),
}

DENSITY_SD_LOG = 0.03
SHAPE = (0.93, 1.02)  # of the sphere's volume
ENVELOPE_KG_PER_M2, ENVELOPE_SD_LOG = 0.10, 0.5
MOST_BALLONET_FRACTION = 0.7  # Loon sank from 19.0 to 16.3 km with a third; more is not known
BROAD = 2.0  # where nothing is taken of the size: from half the least to twice the greatest


@dataclass(frozen=True)
class Lift:
    """Draws, (height, draw); ``payload_kg`` is all that is not envelope, negative where none."""

    diameter_m: Array
    solids_kg: Array
    envelope_kg: Array

    @property
    def payload_kg(self) -> Array:
        """Payload and ballast."""
        return self.solids_kg - self.envelope_kg


def broad_m(balloon: Balloon, asked: Sequence[tuple[float, float]] = ()) -> tuple[float, float]:
    """Diameters where nothing but the order of the reported size is taken, and all that is asked.

    >>> from types import SimpleNamespace as Made
    >>> broad_m(Made(diameter_min_m=40.0, diameter_max_m=60.0), [(5.0, 10.0)])
    (5.0, 120.0)
    """
    lows = [balloon.diameter_min_m / BROAD, *(low for low, _ in asked)]
    highs = [balloon.diameter_max_m * BROAD, *(high for _, high in asked)]
    return min(lows), max(highs)


def draws(
    balloon: Balloon,
    height_m: Array,
    n_draws: int,
    seed: int,
    *,
    broad_m: tuple[float, float] | None = None,
    ballonet: bool = True,
) -> Lift:
    """Draw balloons that float at some heights.

    Parameters
    ----------
    height_m : (height,)
        Geometric heights of float.
    broad_m
        Diameters to be log-uniform between, taking nothing of the reported size
        (:func:`broad_m`). Otherwise they are uniform over what is reported.
    ballonet
        Whether part of the volume may hold air.
    """
    rng = np.random.default_rng([seed, 8, int(broad_m is not None), int(ballonet)])
    shape = (len(height_m), n_draws)
    if broad_m is not None:
        diameter_m = np.exp(rng.uniform(math.log(broad_m[0]), math.log(broad_m[1]), shape))
    else:
        diameter_m = rng.uniform(balloon.diameter_min_m, balloon.diameter_max_m, shape)
    air_kgm3 = np.array([atmosphere.density_kgm3(float(h)) for h in height_m])[:, None]
    air_kgm3 = air_kgm3 * np.exp(rng.normal(0.0, DENSITY_SD_LOG, shape))
    volume_m3 = math.pi / 6.0 * diameter_m**3 * rng.uniform(*SHAPE, shape)
    gases = np.array([GASES_KGMOL[gas] for gas in balloon.gases])
    gas_kgmol = gases[rng.integers(0, len(gases), shape)]
    squeeze = 1.0 + rng.uniform(*SUPERPRESSURE_FRACTION[balloon.kind], shape)
    air = rng.uniform(0.0, MOST_BALLONET_FRACTION, shape)
    air = air * float(ballonet and balloon.kind != "zero-pressure")  # an open balloon has none
    lift = 1.0 - squeeze * ((1.0 - air) * gas_kgmol / buoyancy.AIR_KGMOL + air)
    areal = ENVELOPE_KG_PER_M2 * np.exp(rng.normal(0.0, ENVELOPE_SD_LOG, shape))
    return Lift(diameter_m, air_kgm3 * volume_m3 * lift, areal * math.pi * diameter_m**2)
