"""What is taken to come down: pieces of a heavy balloon, or a light one as it is.

Nobody tells the pieces of a balloon beforehand. For a heavy one they are those of the worked
example of method 6.2, cut down to the most that the balloon can hold up. A balloon that can hold
up less than 4 kg is light in the sense of the rules of the air (ICAO Annex 2, appendix 5; SERA):
its package falls in one piece, and it counts only if it could strike with the energy from which a
fragment is taken to harm anybody.
"""

from dataclasses import dataclass

from overflight.case.model import Case
from overflight.inference.scatter import Speeds
from overflight.ledgers.brought_down.answer import Pieces, Way
from overflight.physics import buoyancy
from overflight.physics.atmosphere import density_kgm3
from overflight.physics.debris import (
    LEAST_ENERGY_J,
    casualty_area_m2,
    harmful_speed_mps,
    settled_speed_mps,
)

LIGHT_KG = 4.0
_STRUCTURE_M2, _PARTS_M2, _PANEL_M2 = 27.0, 0.1, 1.0
_STRUCTURE_KGM2 = (50.0, 300.0)
_PANEL_KGM2 = (1.0, 10.0)
_PACKAGE_KGM2 = (5.0, 50.0)  # a foam box, and a battery with little around it: ours
_PARACHUTE = Speeds(5.0, 7.0)


@dataclass(frozen=True)
class Falling:
    """Classes of pieces, ways of coming down, and where their sizes come from."""

    classes: tuple[Pieces, ...]
    ways: tuple[Way, ...]
    sizes: str


def most_kg(case: Case) -> float:
    """The most that the balloon can hold up: its largest size full of hydrogen at its lowest."""
    balloon = case.balloon
    return buoyancy.solids_kg(
        buoyancy.sphere_volume_m3(balloon.diameter_max_m),
        density_kgm3(balloon.float_altitude_min_m),
        buoyancy.HYDROGEN_KGMOL,
        0.0,
        0.0,
    )


def falling(case: Case) -> Falling:
    """What comes down of this balloon, and how."""
    held_kg = most_kg(case)
    return _light(case, held_kg) if held_kg < LIGHT_KG else _heavy(case, held_kg)


def _heavy(case: Case, held_kg: float) -> Falling:
    """A structure, dense parts, panels and film; under a parachute the structure alone.

    The structure has 27 m2, or less where the whole balloon cannot hold up so much.
    """
    structure_m2 = min(_STRUCTURE_M2, held_kg / _STRUCTURE_KGM2[0])
    dense = casualty_area_m2(structure_m2) + 10.0 * casualty_area_m2(_PARTS_M2)
    pieces = (
        Pieces("structure and dense parts", _speeds(_STRUCTURE_KGM2), dense),
        Pieces("panels and film", _speeds(_PANEL_KGM2), 4.0 * casualty_area_m2(_PANEL_M2)),
        Pieces("whole, under a parachute", _parachute(case), casualty_area_m2(structure_m2)),
    )
    return Falling(
        pieces,
        (Way("in pieces", (0, 1)), Way("under a parachute", (2,))),
        f"Sizes and masses are those of a worked example ({structure_m2:.2g} m\u00b2, ten of"
        " 0.1 m\u00b2, four of 1 m\u00b2), not of this balloon.",
    )


def _light(case: Case, held_kg: float) -> Falling:
    """One package as it is, and the same under a parachute if the case tells of one."""
    stated_kg = case.balloon.payload_max_kg
    package_kg = held_kg if stated_kg is None else min(held_kg, stated_kg)
    speeds = [("package", _speeds(_PACKAGE_KGM2))]
    if case.descent is not None:
        speeds.append(("whole, under a parachute", _parachute(case)))
    ways = ("as it is", "under a parachute")
    pieces, said = [], []
    for name, one in speeds:
        energy_j = 0.5 * package_kg * one.most_mps**2
        harms = one.most_mps > harmful_speed_mps(package_kg)
        area_m2 = casualty_area_m2(package_kg / _PACKAGE_KGM2[0]) if harms else 0.0
        pieces.append(Pieces(name, one, area_m2))
        compared = "above" if harms else "below"
        said.append(f"{name}, {energy_j:.2g} J at most, {compared} the {LEAST_ENERGY_J:.0f} J")
    return Falling(
        tuple(pieces),
        tuple(Way(name, (number,)) for number, name in enumerate(ways[: len(pieces)])),
        f"A light balloon: a package of at most {1e3 * package_kg:.2g} g comes down in one piece,"
        f" at {_PACKAGE_KGM2[0]:g} to {_PACKAGE_KGM2[1]:g} kg/m\u00b2 (our assumption). It strikes"
        " with:"
        f" {'; '.join(said)} from which a fragment is taken to harm somebody (14 CFR 417). What is"
        " below that counts for nothing here.",
    )


def _parachute(case: Case) -> Speeds:
    """Its speeds near the sea: those that the case states, if it does."""
    if case.descent is None:
        return _PARACHUTE
    return Speeds(case.descent.speed_min_mps, case.descent.speed_max_mps)


def _speeds(kgm2: tuple[float, float]) -> Speeds:
    least, most = (settled_speed_mps(one, 1.0) for one in kgm2)
    return Speeds(least, most)
