"""Decode the fields that are wanted of a GRIB file, each straight into its place, each once."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields.readers.grib_grids import Plan
from overflight.fields.readers.grib_messages import PRESSURE_LEVELS, Field, chosen

Array = NDArray[np.float64]
Index = NDArray[np.intp]
Place = tuple[str, int, int]  # role, time, level
Placed = list[tuple[Field, Place]]

TWICE = "Fields that were there twice, and the same, were taken once."


def decoded(
    path: Path,
    layout: Plan,
    placed: Placed,
    shape: tuple[int, int],
    picked: tuple[Index, Index],
) -> tuple[dict[str, NDArray[np.float32]], list[str]]:
    """Decode fields into (time, level, y, x) arrays by role; what no field fills is NaN.

    Parameters
    ----------
    placed
        Fields and where each goes.
    shape
        Number of times and of levels.
    picked
        Rows and columns that are kept.

    Returns
    -------
    arrays, notes

    Raises
    ------
    FieldError
        If two fields of one place differ.
    """
    full = (*shape, *(len(index) for index in picked))
    stored = {
        role: np.full(full, np.nan, dtype=np.float32)
        for role in dict.fromkeys(place[0] for _, place in placed)
    }
    for _, (role, time, level), values in once(path, layout, placed, picked):
        stored[role][time, level] = values
    return stored, [TWICE] if len({place for _, place in placed}) < len(placed) else []


def once(
    path: Path, layout: Plan, placed: Placed, picked: tuple[Index, Index]
) -> Iterator[tuple[Field, Place, Array]]:
    """Decode one field for each place: (rows, columns).

    People put a file together with itself: a second field that holds the same values is dropped.

    Raises
    ------
    FieldError
        If two fields of one place differ.
    """
    by_place: dict[Place, list[Field]] = {}
    for one, place in placed:
        by_place.setdefault(place, []).append(one)
    lone = {twins[0].index: place for place, twins in by_place.items() if len(twins) == 1}
    for one, decoder in chosen(path, [one for one, _ in placed if one.index in lone]):
        yield one, lone[one.index], layout.laid_out(decoder.values())[np.ix_(*picked)]
    for place, twins in by_place.items():
        if len(twins) > 1:
            yield twins[0], place, _the_same(path, layout, twins, picked)


def _the_same(path: Path, layout: Plan, twins: list[Field], picked: tuple[Index, Index]) -> Array:
    """The values that all fields of one place have."""
    turns = chosen(path, twins)
    first, decoder = next(turns)
    values = layout.laid_out(decoder.values())[np.ix_(*picked)]
    for other, decoder in turns:
        again = layout.laid_out(decoder.values())[np.ix_(*picked)]
        if not np.array_equal(values, again, equal_nan=True):
            on_pressure = other.level_kind in PRESSURE_LEVELS
            level = f"{other.level / 100.0:g} hPa" if on_pressure else f"level {other.level:g}"
            raise FieldError(
                found=f"{path.name}: {other.short_name} at {level} and {other.valid:%Y-%m-%d %H:%M}"
                f" twice, and not the same (fields {first.index + 1} and {other.index + 1})",
                expected="one field for every variable, level and time",
                remedy="Two versions of the same data were put together: leave one out.",
            )
    return values
