"""What a balloon can hold up: Archimedes with two ideal gases.

Everything here is a function of scalars, compiled by :func:`~overflight.physics.kernel.kernel`
and free of I/O. Symbols follow Yajima et al., *Scientific Ballooning* (2009), ch. 2.

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
