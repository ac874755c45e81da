"""What it carried: bounds on mass from size and float height.

Bounds, not a best guess: each input is an interval, and what floats rises with volume and with
the density of the air, so the extremes of the answer sit at the extremes of the inputs.

The firm figure is gross: envelope, payload and ballast together, for a full sphere of gas. How
much of it was payload depends on the envelope and on air in a ballonet, which nobody reported;
where reports fit together only with an extreme value of those, that is told as a tension.

    solids = rho V [1 - (1 - b)(1 + s) M_gas / M_air - b (1 + s)]

with air of density rho, the volume V of the sphere, the part b of it in a ballonet and the
superpressure s over the pressure outside (method 3.1; Yajima et al. 2009, ch. 2). Beside the
bounds stands a distribution under assumptions that are ours (:mod:`.assumed`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from overflight.case.model import Balloon
from overflight.errors import CaseError
from overflight.inference.lift import GASES_KGMOL, SUPERPRESSURE_FRACTION
from overflight.ledgers.carried.assumed import Assumed, BySize, Floats, assumed, by_size
from overflight.ledgers.carried.said import between, heights, length, masses, percents
from overflight.physics import atmosphere, buoyancy

# A smooth pressurised sphere of plain polyethylene: the stress it bears for long, its density,
# and 5 to 10 % of the pressure at 18 to 20 km.
POLYETHYLENE_PA = 20e6
POLYETHYLENE_KGM3 = 920.0
EXCESS_PA = (350.0, 650.0)

# Beyond this part of the volume even in the mildest corner, the reports are said to be in tension:
# most of the balloon was air. Loon's balloons sank from 19.0 to 16.3 km with about a third.
MUCH_AIR_FRACTION = 0.5

__all__ = [
    "GASES_KGMOL",
    "SUPERPRESSURE_FRACTION",
    "Assumed",
    "BySize",
    "Carried",
    "Floats",
    "Tension",
    "ledger",
]

IN_TENSION = "This is a tension between reports; it refutes none of them."


@dataclass(frozen=True)
class ReferenceEnvelope:
    """What a square metre of a known balloon weighs."""

    name: str
    kg_per_m2: float


ZERO_PRESSURE = ReferenceEnvelope("NASA zero-pressure balloon, 20 µm film", 0.018)
SUPERPRESSURE = ReferenceEnvelope("NASA superpressure balloon, 2,377 kg", 0.077)
LOON = ReferenceEnvelope("Loon, 68.5 kg", 0.0956)
REFERENCE_ENVELOPES = (ZERO_PRESSURE, SUPERPRESSURE, LOON)

ENVELOPE_KG_PER_M2 = (ZERO_PRESSURE.kg_per_m2, 0.20)  # to twice the heaviest of them


@dataclass(frozen=True)
class SolidsLine:
    """Envelope, payload and ballast that one size floats at one height with one gas."""

    diameter_m: float
    height_m: float
    gas: str
    solids_kg: float


@dataclass(frozen=True)
class EnvelopeLine:
    """Bounds on the envelope's mass for one size."""

    diameter_m: float
    area_m2: float
    min_kg: float
    max_kg: float


@dataclass(frozen=True)
class BallonetBounds:
    """Part of the volume that must hold air if the payload is the least that was claimed.

    ``all_float`` is false where some combination of size, height, gas and envelope is too heavy
    to float at all; the lower bound is then 0, and the bounds are those of the others.
    """

    payload_kg: float
    min_fraction: float
    max_fraction: float
    all_float: bool


@dataclass(frozen=True)
class Tension:
    """Reports that fit together only with something else; ``numbers`` are those of the text."""

    text: str
    numbers: Mapping[str, float]


@dataclass(frozen=True)
class Carried:
    """The ledger of question 3. Every range but ``payloads`` is a pair of bounds."""

    solids_min_kg: float
    solids_max_kg: float
    lines: tuple[SolidsLine, ...]
    envelopes: tuple[EnvelopeLine, ...]
    reference_envelopes: tuple[ReferenceEnvelope, ...]
    ballonet: BallonetBounds | None  # None without a claimed payload, or where nothing floats it
    assumptions: tuple[str, ...]
    tensions: tuple[Tension, ...]
    assumed: tuple[Assumed, ...] = ()  # without and with a ballonet
    by_size: tuple[BySize, ...] = ()


def ledger(
    balloon: Balloon, height_m: tuple[float, float], floats: Floats | None = None
) -> Carried:
    """Bound the mass held up at float, over every corner of what was reported.

    Parameters
    ----------
    balloon
        Size, kind, gases and claimed payload, as reported.
    height_m
        Lowest and highest geometric float height.
    floats
        Float heights of weighted paths, for the distribution; none without them.

    Raises
    ------
    CaseError
        The heights lie outside the standard atmosphere, or no known gas is named.
    """
    _check(balloon, height_m)
    lines = tuple(_lines(balloon, height_m))
    solids_kg = [line.solids_kg for line in lines]
    tensions = (
        _too_large(balloon, height_m),
        _too_small(balloon, height_m),
        _too_heavy(balloon, height_m),
    )
    return Carried(
        solids_min_kg=min(solids_kg),
        solids_max_kg=max(solids_kg),
        lines=lines,
        envelopes=tuple(_envelope(diameter_m) for diameter_m in _diameters_m(balloon)),
        reference_envelopes=REFERENCE_ENVELOPES,
        ballonet=_ballonet(balloon, _diameters_m(balloon), height_m),
        assumptions=_assumptions(balloon),
        tensions=tuple(tension for tension in tensions if tension is not None),
        assumed=() if floats is None else assumed(balloon, floats),
        by_size=() if floats is None else by_size(balloon, floats),
    )


def _check(balloon: Balloon, height_m: tuple[float, float]) -> None:
    if not all(math.isfinite(atmosphere.density_kgm3(h)) for h in height_m):
        low_m, high_m = height_m
        raise CaseError(
            found=f"float height {low_m:g} m to {high_m:g} m",
            expected="heights inside the standard atmosphere, 0 to 51 km",
            remedy="Correct float_altitude_min and float_altitude_max.",
        )
    if not balloon.gases or not set(balloon.gases) <= set(GASES_KGMOL):
        raise CaseError(
            found=f"gases {', '.join(balloon.gases) or 'none'}",
            expected=f"at least one of {', '.join(GASES_KGMOL)}, and no other",
            remedy="Leave gases out if the gas is unknown: both are then considered.",
        )


def _diameters_m(balloon: Balloon) -> tuple[float, ...]:
    return tuple(dict.fromkeys((balloon.diameter_min_m, balloon.diameter_max_m)))


def _full_kg(diameter_m: float, height_m: float, gas: str) -> float:
    """Solids of a sphere full of gas at outside pressure and temperature: the most it floats."""
    volume_m3 = buoyancy.sphere_volume_m3(diameter_m)
    air_kgm3 = atmosphere.density_kgm3(height_m)
    return buoyancy.solids_kg(volume_m3, air_kgm3, GASES_KGMOL[gas], 0.0, 0.0)


def _lines(balloon: Balloon, height_m: tuple[float, float]) -> list[SolidsLine]:
    heights_m = tuple(dict.fromkeys((min(height_m), max(height_m))))
    return [
        SolidsLine(diameter_m, h, gas, _full_kg(diameter_m, h, gas))
        for diameter_m, h, gas in product(_diameters_m(balloon), heights_m, balloon.gases)
    ]


def _envelope(diameter_m: float) -> EnvelopeLine:
    area_m2 = buoyancy.sphere_area_m2(diameter_m)
    light_kg, heavy_kg = (buoyancy.envelope_kg(area_m2, areal) for areal in ENVELOPE_KG_PER_M2)
    return EnvelopeLine(diameter_m, area_m2, light_kg, heavy_kg)


def _air_fractions(
    balloon: Balloon,
    diameters_m: tuple[float, ...],
    height_m: tuple[float, float],
    areal_kg_per_m2: tuple[float, float] = ENVELOPE_KG_PER_M2,
) -> list[float]:
    """Ballonet air that the least claimed payload needs, in every corner; negative: too heavy."""
    payload_kg = balloon.payload_min_kg or 0.0
    corners = product(
        diameters_m, height_m, balloon.gases, areal_kg_per_m2, SUPERPRESSURE_FRACTION[balloon.kind]
    )
    fractions = []
    for diameter_m, h, gas, areal, superpressure in corners:
        envelope_kg = buoyancy.envelope_kg(buoyancy.sphere_area_m2(diameter_m), areal)
        fraction = buoyancy.needed_ballonet_fraction(
            payload_kg + envelope_kg,
            buoyancy.sphere_volume_m3(diameter_m),
            atmosphere.density_kgm3(h),
            GASES_KGMOL[gas],
            superpressure,
        )
        fractions.append(fraction)
    return fractions


def _ballonet(
    balloon: Balloon, diameters_m: tuple[float, ...], height_m: tuple[float, float]
) -> BallonetBounds | None:
    if not balloon.payload_min_kg:  # a claim of nothing at least is no claim
        return None
    fractions = _air_fractions(balloon, diameters_m, height_m)
    if max(fractions) < 0.0:
        return None
    return BallonetBounds(
        payload_kg=balloon.payload_min_kg,
        min_fraction=max(0.0, min(fractions)),
        max_fraction=max(fractions),
        all_float=min(fractions) >= 0.0,
    )


def _gross_kg(balloon: Balloon, diameter_m: float, heights_m: tuple[float, ...]) -> list[float]:
    """Least and most that a size floats, over heights and gases."""
    gross_kg = [_full_kg(diameter_m, h, gas) for h, gas in product(heights_m, balloon.gases)]
    return [min(gross_kg), max(gross_kg)]


def _too_large(balloon: Balloon, height_m: tuple[float, float]) -> Tension | None:
    """The largest size floats far more than the least payload that was claimed."""
    diameter_m, payload_kg = balloon.diameter_max_m, balloon.payload_min_kg
    bounds = _ballonet(balloon, (diameter_m,), height_m)
    if payload_kg is None or bounds is None or bounds.min_fraction < MUCH_AIR_FRACTION:
        return None
    area_m2 = buoyancy.sphere_area_m2(diameter_m)
    gross_kg = _gross_kg(balloon, diameter_m, height_m)
    rest_kg = [gross - payload_kg for gross in gross_kg]
    areal = [rest / area_m2 for rest in rest_kg]
    like_known = _air_fractions(
        balloon, (diameter_m,), height_m, (SUPERPRESSURE.kg_per_m2, LOON.kg_per_m2)
    )
    film_kg = [
        buoyancy.envelope_kg(
            area_m2,
            POLYETHYLENE_KGM3 * buoyancy.film_thickness_m(excess_pa, diameter_m, POLYETHYLENE_PA),
        )
        for excess_pa in EXCESS_PA
    ]
    numbers = {
        "diameter_m": diameter_m,
        "height_min_m": min(height_m),
        "height_max_m": max(height_m),
        "payload_kg": payload_kg,
        "solids_min_kg": gross_kg[0],
        "solids_max_kg": gross_kg[1],
        "rest_min_kg": rest_kg[0],
        "rest_max_kg": rest_kg[1],
        "rest_min_kg_per_m2": areal[0],
        "rest_max_kg_per_m2": areal[1],
        "ballonet_min_fraction": bounds.min_fraction,
        "ballonet_max_fraction": bounds.max_fraction,
        "ballonet_known_min_fraction": min(like_known),
        "ballonet_known_max_fraction": max(like_known),
        "polyethylene_min_kg": film_kg[0],
        "polyethylene_max_kg": film_kg[1],
    }
    text = (
        f"The largest reported size, {length(diameter_m)}, floats {masses(*gross_kg)} when full"
        f" of gas at {heights(*sorted(height_m))}: far more than the least claimed payload,"
        f" {masses(payload_kg)}. For the reports to hold together, either"
        f" {percents(like_known)} of the volume was air in a ballonet, with an envelope like that"
        f" of NASA's superpressure balloon or of Loon"
        f" ({percents([bounds.min_fraction, bounds.max_fraction])} over all envelopes"
        f" considered); or envelope and ballast made up the other {masses(*rest_kg)}, which is"
        f" {between('.2f', areal)} kg for each square metre of the sphere, where known balloons"
        f" have {ZERO_PRESSURE.kg_per_m2:.2f} to {LOON.kg_per_m2:.2f} and a smooth pressurised"
        f" sphere of plain polyethylene would weigh {masses(*film_kg)}; or some of both; or the"
        f" gas filled less than such a sphere; or the payload was heavier than its claimed"
        f" minimum. {IN_TENSION}"
    )
    return Tension(text, numbers)


def _too_small(balloon: Balloon, height_m: tuple[float, float]) -> Tension | None:
    """The smallest size does not float the least payload that was claimed at every height."""
    size_m, payload_kg = balloon.diameter_min_m, balloon.payload_min_kg
    return _short(balloon, ("smallest", "least"), size_m, max(height_m), payload_kg)


def _too_heavy(balloon: Balloon, height_m: tuple[float, float]) -> Tension | None:
    """Not even the largest size floats the greatest payload that was claimed, at any height."""
    size_m, payload_kg = balloon.diameter_max_m, balloon.payload_max_kg
    return _short(balloon, ("largest", "greatest"), size_m, min(height_m), payload_kg)


def _short(
    balloon: Balloon,
    words: tuple[str, str],
    diameter_m: float,
    height_m: float,
    payload_kg: float | None,
) -> Tension | None:
    """A claimed payload that a size cannot float with any gas, with the lightest envelope."""
    envelope_kg = _envelope(diameter_m).min_kg
    gross_kg = _gross_kg(balloon, diameter_m, (height_m,))[1]
    if payload_kg is None or gross_kg >= payload_kg + envelope_kg:
        return None
    needed_m = _needed_diameter_m(balloon, height_m, payload_kg)
    numbers = {
        "diameter_m": diameter_m,
        "height_m": height_m,
        "payload_kg": payload_kg,
        "solids_kg": gross_kg,
        "envelope_kg": envelope_kg,
        "needed_diameter_m": needed_m,
    }
    size, claim = words
    text = (
        f"The {size} reported size, {length(diameter_m)}, floats at most {masses(gross_kg)} at"
        f" {heights(height_m)}: too little for the {claim} claimed payload,"
        f" {masses(payload_kg)}, with even the lightest envelope, {masses(envelope_kg)}. At that"
        f" height it takes a sphere of {length(needed_m)} or more: the balloon was larger or"
        f" lower, or the payload lighter. {IN_TENSION}"
    )
    return Tension(text, numbers)


def _needed_diameter_m(balloon: Balloon, height_m: float, payload_kg: float) -> float:
    """Smallest sphere that floats a payload and its own envelope, both at their lightest."""
    gas_kgmol = min(GASES_KGMOL[gas] for gas in balloon.gases)
    air_kgm3 = atmosphere.density_kgm3(height_m)
    needed_m = 0.0
    for _ in range(100):  # a larger sphere has a heavier envelope; each round closes in by 2/3
        solids_kg = payload_kg + _envelope(needed_m).min_kg
        needed_m = buoyancy.needed_diameter_m(solids_kg, air_kgm3, gas_kgmol, 0.0, 0.0)
    return needed_m


def _assumptions(balloon: Balloon) -> tuple[str, ...]:
    low, high = SUPERPRESSURE_FRACTION[balloon.kind]
    squeeze = f"a superpressure of {100 * low:.0f} to {100 * high:.0f} % of the pressure outside"
    if high == 0.0:
        squeeze = "no superpressure, since the balloon is open below"
    known = ", ".join(f"{one.name}: {one.kg_per_m2:g}" for one in REFERENCE_ENVELOPES)
    return (
        "The envelope is a full sphere of the reported diameter. If the reported size was the"
        " height of everything, and the envelope 0.6 of it, the volume is a fifth.",
        f"The gas is pure {' or '.join(balloon.gases)}, at the pressure and temperature of the air"
        " around it. A superpressure of 12 % or 2 % of air in helium takes about 2 % off; gas 30 K"
        " warmer than the air adds about 2 %.",
        "No air in a ballonet. Each tenth of the volume that holds air takes a tenth off, so the"
        " lower bound is the least that the smallest sphere floats when full, not a floor on what"
        " was carried.",
        "Air as in the US Standard Atmosphere 1976 at the geometric height; in real air the density"
        " there differs by a few per cent. One kilometre higher is about 14.5 % less; a tenth more"
        " diameter is a third more.",
        f"For air in a ballonet: {squeeze}, and an envelope of {ENVELOPE_KG_PER_M2[0]:g} to"
        f" {ENVELOPE_KG_PER_M2[1]:g} kg/m² ({known}).",
        "All ranges are bounds over the corners of what was reported, not confidence intervals.",
    )
