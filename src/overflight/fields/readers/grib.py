"""Read GRIB 1 and 2 as pieces of canonical wind.

First the file is listed without decoding, then only the fields that are needed are decoded, each
straight into its place. Fields that have the same times and levels become one piece; forecasts of
several runs for one time stay apart, and merging names them.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import canonical, memory
from overflight.fields.canonical import ALL, Need
from overflight.fields.readers import grib_heights, grib_hybrid, grib_makers
from overflight.fields.readers.grib_fields import decoded
from overflight.fields.readers.grib_grids import SPECTRAL, TO_NODES, plan
from overflight.fields.readers.grib_messages import PRESSURE_LEVELS, Field, fields
from overflight.fields.readers.grib_scan import scan
from overflight.fields.readers.loading import piece_of
from overflight.fields.readers.timeline import Timeline


def read(path: Path, need: Need = ALL) -> list[xr.Dataset]:
    """Read the needed part of a GRIB file.

    Raises
    ------
    FieldError
        If the file is cut or damaged, on a grid or on levels of no use, or holds no wind.
    MissingExtraError
        If ecCodes is not installed.
    """
    scan(path)
    listed = [one for one, _ in fields(path)]
    wanted = _wanted_roles(need)
    on_pressure = [
        one
        for one in listed
        if one.role in wanted
        and one.level_kind in PRESSURE_LEVELS
        and _of_use(one)
        and _is_spread_of_wind(one)
    ]
    pieces: list[xr.Dataset] = []
    for run in _runs(on_pressure):
        groups = _alike(_within(run, need))
        if run[0].derived == "spread":  # of both components, or it says nothing of the wind
            groups = [group for group in groups if len({one.role for one in group}) == 2]
        pieces += [_piece(path, group, listed, need) for group in groups]
    hybrid = [one for one in listed if one.level_kind == "hybrid" and one.derived != "spread"]
    for run in _runs([one for one in hybrid if _of_use(one)]):
        if any(one.role in ("u_mps", "v_mps") for one in run):
            pieces += grib_hybrid.read(path, run, listed, need)
    if not pieces:
        spectral = any(one.grid.kind in SPECTRAL for one in listed)
        raise FieldError(
            found=f"{path.name} is a field that is not wind: it holds {_held(listed)}",
            expected="u and v on pressure levels or on model levels",
            remedy=TO_NODES if spectral else "Fetch u and v on pressure levels.",
        )
    return pieces


def _wanted_roles(need: Need) -> set[str]:
    roles = set(need.variables)
    if "z_m" in roles:
        roles.add("geopotential_m2s2")
    if "sd_mps" in roles:
        roles |= {"u_mps", "v_mps"}
    return roles


def _of_use(one: Field) -> bool:
    return one.role is not None and one.instant and one.derived != "other"


def _held(listed: list[Field]) -> str:
    kinds = dict.fromkeys(
        f"{one.short_name} ({one.level_kind}{'' if one.instant else ', a mean or total over time'})"
        for one in listed
    )
    names = list(kinds)
    return ", ".join(names[:8]) + (" and others" if len(names) > 8 else "")


def _runs(listed: Iterable[Field]) -> list[list[Field]]:
    """Fields by grid, member and, where two runs are valid at one time, by base time."""
    groups: dict[tuple[object, ...], list[Field]] = {}
    for one in listed:
        groups.setdefault((one.grid.key, one.member, one.derived), []).append(one)
    runs: list[list[Field]] = []
    for group in groups.values():
        places = {(one.role, one.valid, one.level) for one in group}
        fields_of_runs = {(one.role, one.valid, one.level, one.base) for one in group}
        bases = sorted({one.base for one in group})
        if len(places) == len(fields_of_runs):
            runs.append(group)
        else:
            runs += [[one for one in group if one.base == base] for base in bases]
    return runs


def _within(run: list[Field], need: Need) -> list[Field]:
    """The fields whose times and levels enclose what is needed."""
    times = np.array(sorted({one.valid for one in run}), dtype="datetime64[ns]")
    line = Timeline(times, None, tuple({} for _ in times)).within(need)
    kept_times = set(line.times.astype("datetime64[us]").tolist())
    levels = np.array(sorted({one.level for one in run}))
    part = canonical.enclosing(levels, need.pressure_min_pa, need.pressure_max_pa)
    kept_levels = set(levels[part].tolist())
    return [one for one in run if one.valid in kept_times and one.level in kept_levels]


def _alike(run: list[Field]) -> list[list[Field]]:
    """Fields of variables that have the same times and levels together.

    A variable whose levels differ from time to time is split there; merging says what is missing.
    """
    by_role: dict[str, dict[object, set[float]]] = {}
    for one in run:
        by_role.setdefault(str(one.role), {}).setdefault(one.valid, set()).add(one.level)
    shapes: dict[frozenset[tuple[object, float]], set[str]] = {}
    for role, by_time in by_role.items():
        for levels in {frozenset(found) for found in by_time.values()}:
            times = [time for time, found in by_time.items() if frozenset(found) == levels]
            key = frozenset((time, level) for time in times for level in levels)
            shapes.setdefault(key, set()).add(role)
    return [
        [one for one in run if one.role in roles and (one.valid, one.level) in shape]
        for shape, roles in shapes.items()
    ]


def _piece(path: Path, group: list[Field], listed: list[Field], need: Need) -> xr.Dataset:
    """Decode one group into a piece, with heights from temperature where none are given."""
    layout = plan(group[0].grid, path.name)
    line, levels = timeline_of(group), np.array(sorted({one.level for one in group}))
    times = line.times.astype("datetime64[us]").tolist()
    placed = [
        (one, (str(one.role), times.index(one.valid), int(np.searchsorted(levels, one.level))))
        for one in group
    ]
    picked = layout.picked(need, path.name)
    sides = (len(picked[0].index), len(picked[1].index))
    memory.check(len({one.role for one in group}), (len(times), len(levels), *sides), path.name)
    native, notes = decoded(
        path, layout, placed, (len(times), len(levels)), (picked[0].index, picked[1].index)
    )
    if any(one.expver == "0005" for one in group):
        notes.append("Some fields are of the preliminary ERA5T (expver 0005).")
    basis = ""
    if (
        "z_m" in need.variables
        and {"u_mps", "v_mps"} & set(native)
        and group[0].derived != "spread"
    ):
        places = (picked[0].index, picked[1].index)
        heights = grib_heights.of_group(path, layout, group, listed, places)
        if heights is not None:
            native["z_m"], basis, note = heights
            notes.append(note)
    lat_deg, lon_deg, stored, told = layout.on_degrees(native, picked, need, path.name)
    axes, notes = (lat_deg, lon_deg), told + notes
    piece = piece_of(_spread(stored, group), line, (levels, *axes), notes, path.name)
    piece.attrs.update(grib_makers.attributes(group))
    if basis:
        piece.attrs["height_basis"] = basis
    return piece


def timeline_of(group: list[Field]) -> Timeline:
    """Valid times of a group and their leads."""
    leads: dict[object, float] = {}
    for one in group:
        leads[one.valid] = min(leads.get(one.valid, np.inf), one.lead_s)
    times = sorted(leads)  # type: ignore[type-var]
    return Timeline(
        np.array(times, dtype="datetime64[ns]"),
        np.array([leads[time] for time in times]),
        tuple({} for _ in times),
    )


def _spread(
    stored: dict[str, NDArray[np.float32]], group: list[Field]
) -> dict[str, NDArray[np.float32]]:
    """The spread of an ensemble as the error per component; other fields as they are."""
    if group[0].derived != "spread":
        return stored
    u, v = stored["u_mps"], stored["v_mps"]
    return {"sd_mps": np.sqrt(0.5 * (u * u + v * v))}


def _is_spread_of_wind(one: Field) -> bool:
    """Whether a field is no spread, or one that becomes an error of the wind."""
    return one.derived != "spread" or one.role in ("u_mps", "v_mps")
