"""The US Standard Atmosphere 1976, and the three altitudes.

*Geometric* height is what a ruler or a satellite receiver measures. *Geopotential* height counts
work against gravity, which weakens upwards. *Pressure altitude* is the geopotential height at
which the standard atmosphere has the pressure that an altimeter feels; flight levels are pressure
altitudes. At 19 km the first two differ by 57 m, and the third from both by up to a kilometre when
the column is cold. They are never interchanged here: names and docstrings say which.

Valid from sea level to 51 km geopotential height (51.4 km geometric); NaN outside.
"""

import math

from overflight.physics.kernel import kernel

GRAVITY_MPS2 = 9.80665  # standard, defined
USSA_RADIUS_M = 6_356_766.0  # effective radius of the 1976 standard
# Gas constant of dry air: the standard's own 8314.32 and 28.9644, not today's values.
AIR_JKGK = 8314.32 / 28.9644
SEA_LEVEL_PA = 101_325.0
_G_PER_R = GRAVITY_MPS2 / AIR_JKGK  # K/m, the lapse of an atmosphere of even density

# Layers: base in geopotential metres, base temperature, lapse K/m; then base pressure and density.
_TOP_M = 51_000.0
_BASE_M = (0.0, 11_000.0, 20_000.0, 32_000.0, 47_000.0)
_BASE_K = (288.15, 216.65, 216.65, 228.65, 270.65)
_LAPSE = (-0.0065, 0.0, 0.001, 0.0028, 0.0)


def _pressure_above_base_pa(layer: int, base_pa: float, above_m: float) -> float:
    if _LAPSE[layer] == 0.0:
        return base_pa * math.exp(-_G_PER_R * above_m / _BASE_K[layer])
    warmth = 1.0 + _LAPSE[layer] * above_m / _BASE_K[layer]
    return float(base_pa * warmth ** (-_G_PER_R / _LAPSE[layer]))


def _stack_pa() -> tuple[float, ...]:
    """Pressure at every base and at the top, each from the layer below it."""
    pressures_pa = [SEA_LEVEL_PA]
    edges_m = (*_BASE_M, _TOP_M)
    for layer in range(len(_BASE_M)):
        thickness_m = edges_m[layer + 1] - edges_m[layer]
        pressures_pa.append(_pressure_above_base_pa(layer, pressures_pa[-1], thickness_m))
    return tuple(pressures_pa)


_EDGE_PA = _stack_pa()
_EDGE_KGM3 = tuple(
    p / (AIR_JKGK * t) for p, t in zip(_EDGE_PA, (*_BASE_K, _BASE_K[-1]), strict=True)
)


@kernel
def geopotential_m_of_height(height_m: float) -> float:
    """Geopotential height of a geometric height in the standard's round Earth, r0 z / (r0 + z).

    >>> round(geopotential_m_of_height(19_000.0), 2)
    18943.38
    """
    return USSA_RADIUS_M * height_m / (USSA_RADIUS_M + height_m)


@kernel
def height_m_of_geopotential(geopotential_m: float) -> float:
    """Geometric height of a geopotential height; undoes :func:`geopotential_m_of_height`."""
    return USSA_RADIUS_M * geopotential_m / (USSA_RADIUS_M - geopotential_m)


@kernel
def _gravity_and_radius_m(lat_deg: float) -> tuple[float, float]:
    """Normal gravity at the ellipsoid over the standard one, and the radius that weakens it."""
    sine = math.sin(math.radians(lat_deg))
    sine2 = sine * sine
    gravity_mps2 = (
        9.7803253359 * (1.0 + 0.00193185265241 * sine2) / math.sqrt(1.0 - 0.00669437999013 * sine2)
    )
    flattening, spin = 1.0 / 298.257223563, 0.00344978650684
    radius_m = 6_378_137.0 / (1.0 + flattening + spin - 2.0 * flattening * sine2)
    return gravity_mps2 / GRAVITY_MPS2, radius_m


@kernel
def geopotential_m_at_latitude(height_m: float, lat_deg: float) -> float:
    """Geopotential height of a geometric height, with gravity by latitude.

    Somigliana's gravity and M. J. Mahoney's radius, as the WMO uses them for radiosondes; the
    fields of weather models are compared with this one.

    >>> round(geopotential_m_at_latitude(19_000.0, 45.0), 2)
    18942.5
    """
    gravity, radius_m = _gravity_and_radius_m(lat_deg)
    return gravity * radius_m * height_m / (radius_m + height_m)


@kernel
def height_m_at_latitude(geopotential_m: float, lat_deg: float) -> float:
    """Geometric height of a geopotential height; undoes :func:`geopotential_m_at_latitude`."""
    gravity, radius_m = _gravity_and_radius_m(lat_deg)
    return radius_m * geopotential_m / (gravity * radius_m - geopotential_m)


@kernel
def _layer_of_geopotential(geopotential_m: float) -> int:
    """Index of the layer, or -1 outside the standard."""
    if not 0.0 <= geopotential_m <= _TOP_M:
        return -1
    layer = 0
    while layer < 4 and geopotential_m >= _BASE_M[layer + 1]:
        layer += 1
    return layer


@kernel
def _pressure_pa_of_geopotential(geopotential_m: float) -> float:
    layer = _layer_of_geopotential(geopotential_m)
    if layer < 0:
        return math.nan
    above_m, base_k, lapse = geopotential_m - _BASE_M[layer], _BASE_K[layer], _LAPSE[layer]
    if lapse == 0.0:
        return _EDGE_PA[layer] * math.exp(-_G_PER_R * above_m / base_k)
    return _EDGE_PA[layer] * math.exp(-_G_PER_R / lapse * math.log1p(lapse * above_m / base_k))


@kernel
def pressure_pa(height_m: float) -> float:
    """Pressure at a geometric height.

    >>> round(pressure_pa(18_288.0), 2)  # 60,000 ft on a ruler
    7231.22
    """
    return _pressure_pa_of_geopotential(geopotential_m_of_height(height_m))


@kernel
def pressure_pa_of_altitude(pressure_altitude_m: float) -> float:
    """Pressure on a flight level; undoes :func:`pressure_altitude_m`.

    >>> round(pressure_pa_of_altitude(18_288.0), 2)  # FL600
    7171.64
    """
    return _pressure_pa_of_geopotential(pressure_altitude_m)


@kernel
def temperature_k(height_m: float) -> float:
    """Temperature at a geometric height.

    >>> round(temperature_k(33_500.0), 3)
    232.358
    """
    geopotential_m = geopotential_m_of_height(height_m)
    layer = _layer_of_geopotential(geopotential_m)
    if layer < 0:
        return math.nan
    return _BASE_K[layer] + _LAPSE[layer] * (geopotential_m - _BASE_M[layer])


@kernel
def density_kgm3(height_m: float) -> float:
    """Density at a geometric height.

    >>> round(density_kgm3(19_000.0), 6)
    0.103996
    """
    return pressure_pa(height_m) / (AIR_JKGK * temperature_k(height_m))


@kernel
def pressure_altitude_m(pressure_pa: float) -> float:
    """Pressure altitude, which is a geopotential height in the standard atmosphere.

    >>> round(pressure_altitude_m(7_000.0), 1)
    18441.6
    """
    if not _EDGE_PA[5] <= pressure_pa <= _EDGE_PA[0]:
        return math.nan
    layer = 0
    while layer < 4 and pressure_pa <= _EDGE_PA[layer + 1]:
        layer += 1
    base_k, lapse = _BASE_K[layer], _LAPSE[layer]
    fall = -math.log(pressure_pa / _EDGE_PA[layer]) / _G_PER_R  # m/K
    if lapse == 0.0:
        return _BASE_M[layer] + base_k * fall
    return _BASE_M[layer] + base_k * math.expm1(lapse * fall) / lapse


@kernel
def height_m_of_pressure(pressure_pa: float) -> float:
    """Geometric height of a pressure in the standard atmosphere; undoes :func:`pressure_pa`.

    >>> round(height_m_of_pressure(7_231.216108))
    18288
    """
    return height_m_of_geopotential(pressure_altitude_m(pressure_pa))


@kernel
def height_m_of_density(density_kgm3: float) -> float:
    """Geometric height of a density; undoes :func:`density_kgm3`.

    >>> round(height_m_of_density(density_kgm3(19_000.0)))
    19000
    """
    if not _EDGE_KGM3[5] <= density_kgm3 <= _EDGE_KGM3[0]:
        return math.nan
    layer = 0
    while layer < 4 and density_kgm3 <= _EDGE_KGM3[layer + 1]:
        layer += 1
    base_k, lapse = _BASE_K[layer], _LAPSE[layer]
    fall = -math.log(density_kgm3 / _EDGE_KGM3[layer]) / (_G_PER_R + lapse)  # m/K
    if lapse == 0.0:
        return height_m_of_geopotential(_BASE_M[layer] + base_k * fall)
    return height_m_of_geopotential(_BASE_M[layer] + base_k * math.expm1(lapse * fall) / lapse)
