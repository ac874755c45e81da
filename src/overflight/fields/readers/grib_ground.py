"""What a GRIB file says of the ground: its pressure and its height."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overflight.fields.readers.grib_fields import Index, once
from overflight.fields.readers.grib_grids import Plan
from overflight.fields.readers.grib_messages import Field
from overflight.fields.readers.names import GRAVITY_MPS2

Array = NDArray[np.float64]

_GROUND_ROLES = ("geopotential_m2s2", "surface_m")
_SURFACE_ROLES = ("log_surface_pressure", "surface_pa")


def same_run(winds: list[Field], listed: list[Field]) -> list[Field]:
    """Fields of the winds' member that are of their run at each time."""
    first, moments = winds[0], {(one.valid, one.base) for one in winds}
    return [
        one
        for one in listed
        if (one.member, one.derived) == (first.member, first.derived)
        and (one.valid, one.base) in moments
    ]


def _flat(
    path: Path, layout: Plan, wanted: list[Field], picked: tuple[Index, Index]
) -> dict[object, Array]:
    """Decode single-level fields, by valid time."""
    times = sorted({one.valid for one in wanted})
    placed = [(one, (str(one.role), times.index(one.valid), 0)) for one in wanted]
    return {one.valid: values for one, _, values in once(path, layout, placed, picked)}


def surface_pa(
    path: Path,
    layout: Plan,
    listed: list[Field],
    picked: tuple[Index, Index],
) -> dict[object, Array]:
    """Surface pressure by time."""
    for role in _SURFACE_ROLES:
        found = [one for one in listed if one.role == role]
        if found:
            values = _flat(path, layout, found, picked)
            if role == "surface_pa":
                return values
            return {time: np.exp(value) for time, value in values.items()}
    return {}


def ground_m(
    path: Path, layout: Plan, listed: list[Field], picked: tuple[Index, Index]
) -> Array | None:
    """Geopotential height of the ground, which is the same at all times."""
    for one in listed:
        on_ground = one.level_kind == "surface" or (one.level_kind == "hybrid" and one.level <= 1)
        if one.role in _GROUND_ROLES and on_ground:
            value = _flat(path, layout, [one], picked)[one.valid]
            return value / GRAVITY_MPS2 if one.role == "geopotential_m2s2" else value
    return None
