"""GRIB on hybrid model levels: one time after the other to pressure levels, with heights."""

from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import canonical, memory
from overflight.fields.canonical import Need
from overflight.fields.readers import grib_ground, grib_makers, model_levels
from overflight.fields.readers.grib_fields import Index, decoded
from overflight.fields.readers.grib_grids import Plan, plan
from overflight.fields.readers.grib_messages import Field
from overflight.fields.readers.loading import piece_of
from overflight.fields.readers.model_levels import Coefficients
from overflight.fields.readers.timeline import Timeline

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
Slabs = dict[str, NDArray[np.float32]]


def read(path: Path, run: list[Field], listed: list[Field], need: Need) -> list[xr.Dataset]:
    """Read winds on model levels as a piece on pressure levels.

    Heights come with them where temperature on all levels and the ground are there.

    Parameters
    ----------
    run
        The fields on hybrid levels of one run and grid.
    listed
        All fields of the file; the surface pressure may stand on the surface.

    Raises
    ------
    FieldError
        If the levels have no coefficients, or no surface pressure where it is needed.
    """
    coefficients, note = _coefficients(run, path.name)
    layout = plan(run[0].grid, path.name)
    winds = [one for one in run if one.role in ("u_mps", "v_mps")]
    times = _needed_times(winds, need)
    levels = np.array(sorted({int(one.level) for one in winds}), dtype=np.int64)
    nodes = layout.picked(need, path.name)
    same_grid = [one for one in listed if one.grid.key == run[0].grid.key]
    surface = [one for one in grib_ground.same_run(winds, same_grid) if one.valid in times]
    picked = (nodes[0].index, nodes[1].index)
    surface_pa = grib_ground.surface_pa(path, layout, surface, picked)
    notes = [note] if note else []
    _at_all_times(surface_pa, times, path.name)
    if not surface_pa:
        levels = levels[model_levels.without_surface(coefficients, levels, path.name)]
        notes.append("There is no surface pressure: only levels that do not need it were kept.")
    ground_m = grib_ground.ground_m(path, layout, same_grid, picked)
    reference = model_levels.reference_pressures_pa(coefficients, levels)
    wanted = reference[canonical.enclosing(reference, need.pressure_min_pa, need.pressure_max_pa)]
    roles = {one.role for one in run if one.role in need.variables} | {"z_m"}
    sides = (len(picked[0]), len(picked[1]))
    memory.check(len(roles), (len(times), len(wanted), *sides), path.name)
    memory.check(len(roles), (1, len(levels), *sides), f"{path.name} on all its levels")
    made: list[Slabs] = []
    for time in times:
        at_time = [one for one in run if one.valid == time]
        slabs, told = _slabs(path, layout, at_time, levels, picked, need)
        notes += told
        over = surface_pa.get(time, np.full([len(index) for index in picked],
                                            model_levels.REFERENCE_SURFACE_PA))  # fmt: skip
        slabs = model_levels.with_heights(
            slabs, coefficients, levels, over, ground_m, need.variables
        )
        made.append(model_levels.to_pressure(coefficients, levels, slabs, over, wanted))
    notes.append("Model levels were interpolated in ln p to the pressures they have over a surface"
                 " at 1013.25 hPa.")  # fmt: skip
    native = {name: np.stack([slab[name] for slab in made]) for name in made[0]}
    lat_deg, lon_deg, stored, told = layout.on_degrees(native, nodes, need, path.name)
    notes += told
    line = Timeline(
        np.array(times, dtype="datetime64[ns]"),
        np.array([min(one.lead_s for one in winds if one.valid == time) for time in times]),
        tuple({} for _ in times),
    )
    piece = piece_of(stored, line, (wanted, lat_deg, lon_deg), notes, path.name)
    piece.attrs.update(grib_makers.attributes(winds))
    if "z_m" in piece:
        piece.attrs["height_basis"] = "hypsometric"
    return [piece]


def _coefficients(run: list[Field], name: str) -> tuple[Coefficients, str]:
    """The file's own coefficients, else ECMWF's of 137 levels where it is a file of ECMWF.

    Raises
    ------
    FieldError
        If nothing says what pressure the levels have.
    """
    lowest = int(max(one.level for one in run))
    listed = next((one.pv for one in run if one.pv is not None and len(one.pv) > 2), None)
    if listed is not None:
        coefficients, note = model_levels.of_pv(listed), ""
    else:
        coefficients = model_levels.l137()
        note = "The levels were taken as ECMWF's 137 model levels."
    ours = listed is not None or run[0].centre == "ecmf"
    if not ours or min(one.level for one in run) < 1 or lowest > coefficients.n_levels:
        raise FieldError(
            found=f"{name}: hybrid levels to {lowest} of the centre {run[0].centre!r},"
            f" {f'with coefficients for {coefficients.n_levels}' if ours else 'without a and b'}",
            expected="the a and b of every half level in the messages, or ECMWF's 137 levels",
            remedy="Fetch the wind on pressure levels.",
        )
    return coefficients, note


def _needed_times(winds: list[Field], need: Need) -> list[object]:
    times = np.array(sorted({one.valid for one in winds}), dtype="datetime64[ns]")
    line = Timeline(times, None, tuple({} for _ in times)).within(need)
    return list(line.times.astype("datetime64[us]").tolist())


def _at_all_times(surface_pa: dict[object, Array], times: list[object], name: str) -> None:
    """Refuse surface pressures that are there at some times only."""
    lacking = [time for time in times if time not in surface_pa]
    if surface_pa and lacking:
        raise FieldError(
            found=f"{name}: no surface pressure at {len(lacking)} of {len(times)} times, first"
            f" {lacking[0]:%Y-%m-%d %H:%M}",
            expected="lnsp (or the surface pressure) at every time",
            remedy="Fetch lnsp for those times too, or leave it out: then only levels that do not"
            " need it are kept.",
        )


def _slabs(
    path: Path,
    layout: Plan,
    at_time: list[Field],
    levels: Numbers,
    picked: tuple[Index, Index],
    need: Need,
) -> tuple[Slabs, list[str]]:
    """Decode all levels of one time, {role: (level, lat, lon)}, and what there is to note."""
    wanted = {"u_mps", "v_mps", *(set(need.variables) & {"t_k", "omega_paps"})}
    if "z_m" in need.variables:
        wanted |= {"t_k", "q_fraction"}
    placed = [
        (one, (str(one.role), 0, int(np.searchsorted(levels, one.level))))
        for one in at_time
        if one.role in wanted and int(one.level) in set(levels.tolist())
    ]
    found, notes = decoded(path, layout, placed, (1, len(levels)), picked)
    slabs = {role: values[0] for role, values in found.items()}
    for role, values in slabs.items():
        lacking = levels[np.isnan(values).all(axis=(1, 2))]
        if len(lacking) and role in ("u_mps", "v_mps"):
            raise FieldError(
                found=f"{path.name}: no {role[0]} on model level {lacking[0]} at"
                f" {at_time[0].valid:%Y-%m-%d %H:%M}",
                expected="u and v on every level",
                remedy="Fetch the missing fields, or leave that level out.",
            )
    return slabs, notes
