"""What it carried: mass bounds from size and float altitude.

Bounds, not a best guess: each input is an interval, and held mass rises with volume and with
pressure, so the extremes of the answer sit at the extremes of the inputs.
"""

from dataclasses import dataclass
from itertools import product

from overflight.case.model import Balloon
from overflight.physics import buoyancy


@dataclass(frozen=True)
class Carried:
    """The ledger line for question 3."""

    held_min_kg: float
    held_max_kg: float
    assumptions: tuple[str, ...]


def ledger(
    balloon: Balloon,
    pressure_pa: tuple[float, float],
    temperature_k: tuple[float, float],
) -> Carried:
    """Bound the mass held up at float, over every corner of what is known.

    Parameters
    ----------
    balloon
        Size as reported.
    pressure_pa, temperature_k
        Lowest and highest ambient value over the float segments, from the wind analysis.

    Returns
    -------
    Carried
        Envelope, payload and ballast together; the lifting gas is not counted.
    """
    diameters_m = (balloon.diameter_min_m, balloon.diameter_max_m)
    gases_kgmol = (buoyancy.HYDROGEN_KGMOL, buoyancy.HELIUM_KGMOL)
    held_kg = [
        buoyancy.held_mass_kg(buoyancy.sphere_volume_m3(d), p, t, 0.0, 0.0, gas)
        for d, p, t, gas in product(diameters_m, pressure_pa, temperature_k, gases_kgmol)
    ]
    return Carried(
        held_min_kg=min(held_kg),
        held_max_kg=max(held_kg),
        assumptions=(
            "the envelope is a full sphere",
            "the gas is hydrogen or helium at ambient pressure and temperature",
        ),
    )
