"""Heights of the pressure levels of a GRIB file that has temperatures but no heights."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overflight.fields.readers import grib_ground, pressure_heights
from overflight.fields.readers.grib_fields import Index, decoded
from overflight.fields.readers.grib_grids import Plan
from overflight.fields.readers.grib_messages import PRESSURE_LEVELS, Field

Times = Sequence[object]


def of_group(
    path: Path, layout: Plan, group: list[Field], listed: list[Field], picked: tuple[Index, Index]
) -> tuple[NDArray[np.float32], str, str] | None:
    """Heights on the times and levels of a group: (time, level, y, x), their basis, and a note.

    Parameters
    ----------
    group
        Fields of wind that are read together.
    listed
        All fields of the file.
    picked
        Rows and columns that are kept.

    Returns
    -------
    heights, basis, note
        None where the file has heights, or no temperature from the group's levels down.
    """
    run = grib_ground.same_run(group, [one for one in listed if one.grid.key == group[0].grid.key])
    aloft = [one for one in run if one.level_kind in PRESSURE_LEVELS]
    if any(one.role in pressure_heights.HEIGHTS for one in aloft):
        return None
    times = sorted({one.valid for one in group})
    levels = sorted({one.level for one in group})
    below = {one.level for one in aloft if one.role == "t_k" and one.level >= levels[0]}
    axis = sorted(below)
    if not set(levels) <= below or not _everywhere("t_k", aloft, times, axis):
        return None
    roles = ["t_k"] + ["q_fraction"] * _everywhere("q_fraction", aloft, times, axis)
    grounds = _grounds(path, layout, run, picked)
    on_ground = all(time in grounds for time in times)
    made = np.empty((len(times), len(levels), *(len(index) for index in picked)), np.float32)
    wanted = np.searchsorted(axis, levels)
    for at, time in enumerate(times):
        placed = [
            (one, (str(one.role), 0, axis.index(one.level)))
            for one in aloft
            if one.role in roles and one.valid == time and one.level in below
        ]
        air = decoded(path, layout, placed, (1, len(axis)), picked)[0]
        humidity = air["q_fraction"][0] if "q_fraction" in air else None
        ground = grounds[time] if on_ground else None
        columns = pressure_heights.heights_m(np.array(axis), air["t_k"][0], humidity, ground)
        made[at] = columns[wanted]
    return made, *pressure_heights.told(axis[-1], on_ground=on_ground)


def _grounds(
    path: Path, layout: Plan, run: list[Field], picked: tuple[Index, Index]
) -> dict[object, pressure_heights.Ground]:
    """Pressure and height of the ground at the times at which the file has both."""
    height_m = grib_ground.ground_m(path, layout, run, picked)
    if height_m is None:
        return {}
    surface = grib_ground.surface_pa(path, layout, run, picked)
    return {time: (pressure_pa, height_m) for time, pressure_pa in surface.items()}


def _everywhere(role: str, aloft: list[Field], times: Times, levels: list[float]) -> bool:
    """Whether a variable is there at all times and levels."""
    there = {(one.valid, one.level) for one in aloft if one.role == role}
    return all((time, level) in there for time in times for level in levels)
