"""What a balloon can hold up: Archimedes with two ideal gases.

Everything here is a function of scalars, compiled by :func:`~overflight.physics.kernel.kernel`
and free of I/O. Symbols follow Yajima et al., *Scientific Ballooning* (2009), ch. 2.

*Solids* are all that is held up but is not gas: envelope, payload and ballast. Two fractions
lower them: the part of the volume that a ballonet fills with air, and the superpressure over the
pressure outside.

Valid where air is an ideal gas and the envelope is full: float, not ascent.
"""

import math

from overflight.physics.kernel import kernel

R_JKMOL = 8.314462618  # molar gas constant, exact since 2019 (J mol-1 K-1)
AIR_KGMOL = 0.0289644  # dry air, US Standard Atmosphere 1976
HELIUM_KGMOL = 0.004002602
HYDROGEN_KGMOL = 0.00201588


@kernel
def sphere_volume_m3(diameter_m: float) -> float:
    """Volume of a sphere.

    >>> round(sphere_volume_m3(10.0), 1)
    523.6
    """
    return math.pi * diameter_m**3 / 6.0


@kernel
def gas_density_kgm3(pressure_pa: float, temperature_k: float, molar_mass_kgmol: float) -> float:
    """Density of an ideal gas.

    >>> round(gas_density_kgm3(101_325.0, 288.15, AIR_KGMOL), 4)  # ISA at sea level
    1.225
    """
    return pressure_pa * molar_mass_kgmol / (R_JKMOL * temperature_k)


@kernel
def held_mass_kg(
    volume_m3: float,
    pressure_pa: float,
    temperature_k: float,
    superpressure_pa: float,
    superheat_k: float,
    molar_mass_kgmol: float,
) -> float:
    """Mass a floating balloon holds up: envelope, payload and ballast, but not its gas.

    At float the displaced air weighs as much as gas plus everything else::

        held = volume * (air density - gas density)

    A superpressure balloon's gas is squeezed by ``superpressure_pa`` and warmed by
    ``superheat_k``; a zero-pressure balloon has ``superpressure_pa = 0``.

    Returns NaN where the inputs describe no balloon (no volume, vacuum, absolute zero).

    >>> round(held_mass_kg(14_000.0, 7_000.0, 217.0, 0.0, 0.0, HELIUM_KGMOL))
    1356
    """
    gas_temperature_k = temperature_k + superheat_k
    if volume_m3 <= 0.0 or pressure_pa <= 0.0 or temperature_k <= 0.0 or gas_temperature_k <= 0.0:
        return math.nan
    air = gas_density_kgm3(pressure_pa, temperature_k, AIR_KGMOL)
    gas = gas_density_kgm3(pressure_pa + superpressure_pa, gas_temperature_k, molar_mass_kgmol)
    return volume_m3 * (air - gas)


@kernel
def sphere_area_m2(diameter_m: float) -> float:
    """Surface of a sphere.

    >>> round(sphere_area_m2(10.0), 1)
    314.2
    """
    return math.pi * diameter_m**2


@kernel
def mixture_kgmol(molar_mass_kgmol: float, air_fraction: float) -> float:
    """Molar mass of a lifting gas with some air in it; the fraction is by volume.

    >>> round(1.0 - mixture_kgmol(HELIUM_KGMOL, 0.01) / AIR_KGMOL, 4)  # lift of 99 % helium
    0.8532
    """
    return (1.0 - air_fraction) * molar_mass_kgmol + air_fraction * AIR_KGMOL


@kernel
def lift_fraction(
    molar_mass_kgmol: float, ballonet_fraction: float, superpressure_fraction: float
) -> float:
    """Solids held up per mass of displaced air.

    With beta the ballonet's part of the volume, pi the superpressure over the pressure outside::

        lift = 1 - (1 - beta) (1 + pi) M_gas / M_air - beta (1 + pi)

    Gas and ballonet air are as warm as the air outside.

    >>> round(lift_fraction(HELIUM_KGMOL, 0.0, 0.0), 6)
    0.86181
    """
    gas = (1.0 - ballonet_fraction) * molar_mass_kgmol / AIR_KGMOL
    return 1.0 - (1.0 + superpressure_fraction) * (gas + ballonet_fraction)


@kernel
def solids_kg(
    volume_m3: float,
    air_density_kgm3: float,
    molar_mass_kgmol: float,
    ballonet_fraction: float,
    superpressure_fraction: float,
) -> float:
    """Envelope, payload and ballast that float together in air of a density.

    Negative where the gas and the ballonet air alone are too heavy to float.

    >>> volume_m3 = sphere_volume_m3(10.0)
    >>> round(solids_kg(volume_m3, 0.1162768, HELIUM_KGMOL, 0.0, 0.0), 1)  # at 60,000 ft
    52.5
    """
    lift = lift_fraction(molar_mass_kgmol, ballonet_fraction, superpressure_fraction)
    return air_density_kgm3 * volume_m3 * lift


@kernel
def needed_diameter_m(
    solids_kg: float,
    air_density_kgm3: float,
    molar_mass_kgmol: float,
    ballonet_fraction: float,
    superpressure_fraction: float,
) -> float:
    """Diameter of the sphere that floats given solids; undoes :func:`solids_kg`.

    NaN where no size floats, because the gas does not lift or there is no air.

    >>> round(needed_diameter_m(907.0, 0.1162768, HELIUM_KGMOL, 0.0, 0.0), 1)
    25.9
    """
    lift = lift_fraction(molar_mass_kgmol, ballonet_fraction, superpressure_fraction)
    if not (lift > 0.0 and air_density_kgm3 > 0.0 and solids_kg >= 0.0):
        return math.nan
    volume_m3 = solids_kg / (air_density_kgm3 * lift)
    return math.pow(6.0 * volume_m3 / math.pi, 1.0 / 3.0)


@kernel
def needed_ballonet_fraction(
    solids_kg: float,
    volume_m3: float,
    air_density_kgm3: float,
    molar_mass_kgmol: float,
    superpressure_fraction: float,
) -> float:
    """Part of the volume that must hold air for given solids to float no higher.

    Undoes :func:`solids_kg` for the ballonet. Negative where the solids are too heavy even without
    a ballonet: the shortfall, as a part of the volume. NaN without volume or air.

    >>> volume_m3 = sphere_volume_m3(60.96)
    >>> round(needed_ballonet_fraction(2_000.0, volume_m3, 0.1162768, HELIUM_KGMOL, 0.07), 3)
    0.767
    """
    displaced_kg = air_density_kgm3 * volume_m3
    if not displaced_kg > 0.0:
        return math.nan
    squeeze = 1.0 + superpressure_fraction
    gas = molar_mass_kgmol / AIR_KGMOL
    return (1.0 - squeeze * gas - solids_kg / displaced_kg) / (squeeze * (1.0 - gas))


@kernel
def envelope_kg(area_m2: float, areal_density_kg_per_m2: float) -> float:
    """Mass of an envelope from what a square metre of it weighs, seams and fittings included.

    >>> round(envelope_kg(717.0, 0.0956), 1)  # Loon
    68.5
    """
    return area_m2 * areal_density_kg_per_m2


@kernel
def film_thickness_m(superpressure_pa: float, diameter_m: float, stress_pa: float) -> float:
    """Thinnest film of a smooth pressurised sphere, without a margin and without tendons.

    A sphere's membrane carries ``superpressure * diameter / 4`` per metre; a lobed balloon with
    tendons needs far less film.

    >>> round(film_thickness_m(350.0, 60.96, 20e6) * 1e3, 2)  # mm of plain polyethylene
    0.27
    """
    return superpressure_pa * diameter_m / (4.0 * stress_pa)
