"""Masses, lengths and heights in the words of a tension: two units, few digits."""

from collections.abc import Iterable

from overflight.units import express


def between(spec: str, values: Iterable[float]) -> str:
    """Join the ends of a range, which may round to one number."""
    return " to ".join(dict.fromkeys(format(value, spec) for value in values))


def masses(*masses_kg: float) -> str:
    """To two significant figures, in kilograms and pounds."""
    pounds = [express(mass_kg, "kg", "lb") for mass_kg in masses_kg]
    kg, lb = (between(",.0f", [float(f"{m:.2g}") for m in some]) for some in (masses_kg, pounds))
    return f"{kg} kg ({lb} lb)"


def length(length_m: float) -> str:
    """Metres and feet."""
    return f"{length_m:,.0f} m ({express(length_m, 'm', 'ft'):,.0f} ft)"


def heights(*heights_m: float) -> str:
    """Kilometres and feet."""
    feet = [round(express(h, "m", "ft"), -2) for h in heights_m]
    return f"{between('.1f', [h / 1e3 for h in heights_m])} km ({between(',.0f', feet)} ft)"


def percents(fractions: list[float]) -> str:
    """Least and greatest of some fractions."""
    return between(".0f", [100.0 * min(fractions), 100.0 * max(fractions)]) + " %"
