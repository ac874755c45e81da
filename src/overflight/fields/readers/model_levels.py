"""Hybrid model levels of ECMWF: their pressures, their heights, and winds on pressure levels.

The pressure of half level k is ``a_k + b_k p_s``; a full level lies between two half levels and
has their mean pressure (IFS documentation CY47R3, part III, chapter 2). Where b is zero, above
some 60 hPa, a model level is a pressure level and nothing is interpolated; below, winds are
interpolated in ln p to the pressures that the levels have over a surface at 1013.25 hPa.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.physics.columns import interpolate_columns

Array = NDArray[np.float64]
Slabs = dict[str, NDArray[np.float32]]

AIR = ("t_k", "q_fraction")  # what heights are made from
AIR_JKGK = 287.0597  # of the IFS
VAPOUR_JKGK = 461.5250
GRAVITY_MPS2 = 9.80665
REFERENCE_SURFACE_PA = 101_325.0
_TOP_ALPHA = float(np.log(2.0))  # the uppermost layer reaches to no pressure at all
_LEAST_PA = 0.1  # stands for zero at the top of the atmosphere


@dataclass(frozen=True)
class Coefficients:
    """The a and b of all half levels, from the top of the atmosphere to the surface."""

    a_pa: Array  # (half level,)
    b: Array  # (half level,)

    @property
    def n_levels(self) -> int:
        """How many full levels there are."""
        return len(self.a_pa) - 1

    def half_pressure_pa(self, surface_pa: Array) -> Array:
        """Pressure of the half levels over surfaces: (half level, ...)."""
        shape = (-1,) + (1,) * np.ndim(surface_pa)
        return self.a_pa.reshape(shape) + self.b.reshape(shape) * surface_pa

    def full_pressure_pa(self, levels: NDArray[np.int64], surface_pa: Array) -> Array:
        """Pressure of numbered full levels (1 is the uppermost) over surfaces: (level, ...)."""
        half = self.half_pressure_pa(surface_pa)
        return np.asarray(0.5 * (half[levels - 1] + half[levels]))

    def free_of_surface(self, levels: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which levels are pressure levels, whatever the surface pressure."""
        return np.asarray((self.b[levels] == 0.0) & (self.b[levels - 1] == 0.0))


@cache
def l137() -> Coefficients:
    """ECMWF's 137 levels, in use since June 2013, also those of ERA5."""
    text = files("overflight.fields").joinpath("data/l137_half_levels.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return Coefficients(
        np.array([float(row["a_pa"]) for row in rows]), np.array([float(row["b"]) for row in rows])
    )


def of_pv(pv: Array) -> Coefficients:
    """Coefficients from the list that a GRIB message carries: all a, then all b.

    >>> of_pv(np.array([0.0, 20.0, 0.0, 0.0, 0.5, 1.0])).n_levels
    2
    """
    half = len(pv) // 2
    return Coefficients(np.asarray(pv[:half], float), np.asarray(pv[half : 2 * half], float))


def reference_pressures_pa(coefficients: Coefficients, levels: NDArray[np.int64]) -> Array:
    """Pressure levels that stand for the model levels."""
    return coefficients.full_pressure_pa(levels, np.array(REFERENCE_SURFACE_PA))


def heights_m(
    coefficients: Coefficients,
    levels: NDArray[np.int64],
    temperature_k: NDArray[np.float32],
    humidity: NDArray[np.float32] | None,
    surface_pa: Array,
    surface_m: Array,
) -> Array:
    """Geopotential height of full levels by the hydrostatic equation, from the surface up.

    Simmons & Burridge (1981), *Mon. Wea. Rev.* 109, eq. 3.5-3.6, in the form of the IFS.

    Parameters
    ----------
    levels
        Increasing, without gaps, down to the lowest level.
    temperature_k, humidity : (level, lat, lon)
        Humidity as specific humidity, kg/kg; None for dry air.
    surface_pa, surface_m : (lat, lon)
        ``surface_m`` is the geopotential height of the ground.

    Returns
    -------
    heights : (level, lat, lon)

    Raises
    ------
    FieldError
        If a level between is missing.
    """
    if levels[-1] != coefficients.n_levels or (np.diff(levels) != 1).any():
        raise FieldError(
            found=f"model levels {levels[0]} to {levels[-1]}, {len(levels)} of them",
            expected=f"every level down to {coefficients.n_levels}, to add up heights",
            remedy="Fetch all levels below, or do without heights.",
        )
    virtual_k = virtual(temperature_k, humidity)
    half_pa = np.maximum(coefficients.half_pressure_pa(surface_pa), _LEAST_PA)
    height_m = np.empty_like(virtual_k)
    below_m = surface_m.astype(np.float64)
    for row in range(len(levels) - 1, -1, -1):
        upper, lower = half_pa[levels[row] - 1], half_pa[levels[row]]
        thick = AIR_JKGK * virtual_k[row] / GRAVITY_MPS2
        ratio = np.log(lower / upper)
        alpha = _TOP_ALPHA if levels[row] == 1 else 1.0 - upper / (lower - upper) * ratio
        height_m[row] = below_m + alpha * thick
        below_m = below_m + thick * ratio
    return height_m


def virtual(temperature_k: NDArray[np.float32], humidity: NDArray[np.float32] | None) -> Array:
    """Virtual temperature [K] of air with a specific humidity [kg/kg]; None for dry air."""
    dry_k = temperature_k.astype(np.float64)
    return dry_k if humidity is None else dry_k * (1.0 + (VAPOUR_JKGK / AIR_JKGK - 1.0) * humidity)


def with_heights(
    slabs: Slabs,
    coefficients: Coefficients,
    levels: NDArray[np.int64],
    surface_pa: Array,
    ground_m: Array | None,
    wanted: Collection[str],
) -> Slabs:
    """Fields of one time with heights, where temperature reaches the ground and that is known.

    What served for the heights only is dropped.

    Parameters
    ----------
    slabs
        Fields (level, lat, lon) by canonical name, among them ``t_k`` and ``q_fraction``.
    levels
        Numbers of the model levels, increasing.
    surface_pa, ground_m : (lat, lon)
        Pressure at the ground, and its geopotential height.
    wanted
        Names that are to be kept.
    """
    kept = {name: values for name, values in slabs.items() if name in wanted or name not in AIR}
    given = "z_m" in slabs or "geopotential_m2s2" in slabs
    complete = levels[-1] == coefficients.n_levels and bool((np.diff(levels) == 1).all())
    if "z_m" in wanted and not given and "t_k" in slabs and ground_m is not None and complete:
        kept["z_m"] = heights_m(
            coefficients, levels, slabs["t_k"], slabs.get("q_fraction"), surface_pa, ground_m
        ).astype(np.float32)
    return kept


def to_pressure(
    coefficients: Coefficients,
    levels: NDArray[np.int64],
    fields: dict[str, NDArray[np.float32]],
    surface_pa: Array,
    wanted_pa: Array,
) -> dict[str, NDArray[np.float32]]:
    """Interpolate fields (level, lat, lon) of one time to pressure levels, linear in ln p.

    Below the ground, and between the ground and the lowest level, there is no air: NaN.

    Parameters
    ----------
    levels
        Numbers of the model levels, increasing.
    surface_pa : (lat, lon)
    wanted_pa
        Increasing.
    """
    shape = next(iter(fields.values())).shape[1:]
    log_pressure = np.log(coefficients.full_pressure_pa(levels, surface_pa)).reshape(
        len(levels), -1
    )
    wanted = np.log(wanted_pa)
    return {
        name: interpolate_columns(
            np.ascontiguousarray(log_pressure),
            np.ascontiguousarray(values.reshape(len(levels), -1).astype(np.float64)),
            wanted,
        )
        .reshape(len(wanted), *shape)
        .astype(np.float32)
        for name, values in fields.items()
    }


def without_surface(
    coefficients: Coefficients, levels: NDArray[np.int64], origin: str
) -> NDArray[np.bool_]:
    """Which levels can be used although the surface pressure is not known.

    Raises
    ------
    FieldError
        If none can.
    """
    free = coefficients.free_of_surface(levels)
    if free.sum() < 1:
        raise FieldError(
            found=f"{origin}: model levels {levels.min()} to {levels.max()} without the surface"
            " pressure",
            expected="lnsp (or the surface pressure) beside u and v, for levels below some 60 hPa",
            remedy="Fetch lnsp on level 1 for the same times and name its file too.",
        )
    return free
