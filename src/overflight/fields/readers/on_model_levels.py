"""Read NetCDF and Zarr on hybrid model levels as pieces on pressure levels."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import canonical, memory
from overflight.fields.canonical import Need
from overflight.fields.readers import makers, model_levels
from overflight.fields.readers.loading import (
    Variable,
    horizontal,
    load,
    load_all,
    piece_of,
)
from overflight.fields.readers.model_levels import Coefficients
from overflight.fields.readers.names import GRAVITY_MPS2
from overflight.fields.readers.timeline import Timeline

Array = NDArray[np.float64]

_MOST_OTHER_LEVELS = 127  # of any other model in public archives (GFS)
_HALF = (("hyai", "hybi"), ("ap_bnds", "b_bnds"), ("a_bnds", "b_bnds"))


def read(
    ds: xr.Dataset,
    group: list[Variable],
    found: list[Variable],
    need: Need,
    line: Timeline,
    origin: str,
) -> xr.Dataset:
    """Read variables on model levels; heights too where temperature and the ground are there.

    Raises
    ------
    FieldError
        If the levels have no numbers or no known coefficients, or the surface pressure
        is missing where it matters.
    """
    dims = group[0].dims
    own = _own_coefficients(ds)
    coefficients = own or model_levels.l137()
    levels = _numbers(ds, dims["hybrid"], coefficients, origin)
    notes = []
    if own is None:
        _refuse_unknown_levels(ds, levels, origin)
        notes.append("The levels were taken as ECMWF's 137 model levels.")
    lat, lon = horizontal(ds, dims, need, origin)
    across = {"lat": lat.index, "lon": lon.index}
    order = np.argsort(levels)
    surface, ground_m = _surface_pa(found, line, across), None
    if surface is None:
        order = order[model_levels.without_surface(coefficients, levels[order], origin)]
        surface = np.full((len(line.times), len(lat.values), len(lon.values)),
                          model_levels.REFERENCE_SURFACE_PA)  # fmt: skip
        notes.append("There is no surface pressure: only levels that do not need it were kept.")
    elif "z_m" in need.variables:
        ground_m = _ground_m(found, line, across)
    reference = model_levels.reference_pressures_pa(coefficients, levels[order])
    part = canonical.enclosing(reference, need.pressure_min_pa, need.pressure_max_pa)
    air = [] if ground_m is None else _air(group, found)
    sides = (len(order), len(lat.index), len(lon.index))
    memory.check(len(group) + len(air), (len(line.times), *sides), origin)
    raw, told = load_all([*group, *air], line, {"hybrid": order, **across}, ("hybrid", *across))
    notes += told
    made = []
    for time in range(len(line.times)):
        slabs = {name: values[time] for name, values in raw.items()}
        slabs = model_levels.with_heights(
            slabs, coefficients, levels[order], surface[time], ground_m, need.variables
        )
        made.append(
            model_levels.to_pressure(
                coefficients, levels[order], slabs, surface[time], reference[part]
            )
        )
    fields = {name: np.stack([slabs[name] for slabs in made]) for name in made[0]}
    notes.append("Model levels were interpolated in ln p to the pressures they have over a surface"
                 " at 1013.25 hPa.")  # fmt: skip
    piece = piece_of(fields, line, (reference[part], lat.values, lon.values), notes, origin)
    if ground_m is not None and "z_m" in piece:
        piece.attrs["height_basis"] = "hypsometric"
    return piece


def _refuse_unknown_levels(ds: xr.Dataset, levels: NDArray[np.int64], origin: str) -> None:
    """Levels without coefficients are ECMWF's 137 only where the file says so or counts so far."""
    said = " ".join(str(value) for value in ds.attrs.values()).lower()
    ecmwf = "ecmwf" in said or makers.marked_by_ecmwf(ds)
    last = int(np.max(levels))
    if not ecmwf and last <= _MOST_OTHER_LEVELS:
        raise FieldError(
            found=f"{origin}: model levels to {last} without coefficients a and b",
            expected="the a and b of every half level, or a file that says it is ECMWF's",
            remedy="Add the coefficients to the file, or fetch the wind on pressure levels.",
        )


def _own_coefficients(ds: xr.Dataset) -> Coefficients | None:
    """The coefficients that the file holds."""
    for a_name, b_name in _HALF:
        if a_name in ds.variables and b_name in ds.variables:
            a, b = (_half(ds[name].values.astype(np.float64)) for name in (a_name, b_name))
            scale = 100_000.0 if float(np.nanmax(a)) < 10.0 else 1.0  # a in units of p0
            return Coefficients(a * scale, b)
    return None


def _half(values: Array) -> Array:
    """Half levels from top to bottom, whether given as such or as bounds of full levels."""
    flat = np.append(values[:, 0], values[-1, 1]) if values.ndim == 2 else values
    return np.asarray(flat)


def _numbers(
    ds: xr.Dataset, dim: str, coefficients: Coefficients, origin: str
) -> NDArray[np.int64]:
    n = ds.sizes.get(dim, 1)
    values = np.atleast_1d(ds[dim].values) if dim in ds.variables else np.arange(1, n + 1)
    numbers = values.astype(np.float64)
    whole = (numbers == np.round(numbers)).all() and numbers.min() >= 1.0
    if not whole and n == coefficients.n_levels:
        numbers, whole = np.arange(1.0, n + 1.0), True
    if not whole or numbers.max() > coefficients.n_levels:
        raise FieldError(
            found=f"{origin}: model levels {numbers.min():g} to {numbers.max():g}",
            expected=f"numbers from 1 (the uppermost) to {coefficients.n_levels}, or a and b of"
            " every half level (hyai, hybi)",
            remedy="Fetch pressure levels, or add the coefficients to the file.",
        )
    return numbers.astype(np.int64)


def _air(group: list[Variable], found: list[Variable]) -> list[Variable]:
    """Temperature and humidity on the group's levels, where they are not in the group."""
    names = {one.role.name for one in group}
    return [
        one
        for one in found
        if one.role.name in model_levels.AIR
        and one.role.name not in names
        and one.dims == group[0].dims
    ]


def _surface_pa(
    found: list[Variable], line: Timeline, across: dict[str, NDArray[np.intp]]
) -> NDArray[np.float64] | None:
    """Surface pressure at the times and nodes, from itself or its logarithm."""
    for one in found:
        if one.role.name in ("surface_pa", "log_surface_pressure") and {*across} <= {*one.dims}:
            values = _flat(one, line, across)
            return np.exp(values) if one.role.name == "log_surface_pressure" else values
    return None


def _ground_m(
    found: list[Variable], line: Timeline, across: dict[str, NDArray[np.intp]]
) -> NDArray[np.float64] | None:
    """Geopotential height of the ground, the same at all times."""
    for one in found:
        on_ground = not {"hybrid", "pressure", "height"} & {*one.dims}
        single = one.values.sizes.get(one.dims.get("hybrid", ""), 2) == 1
        if one.role.name in ("surface_m", "geopotential_m2s2") and (on_ground or single):
            values = _flat(one, line, across)[0]
            per_m = GRAVITY_MPS2 if one.role.name == "geopotential_m2s2" else 1.0
            return np.asarray(values / per_m)
    return None


def _flat(
    one: Variable, line: Timeline, across: dict[str, NDArray[np.intp]]
) -> NDArray[np.float64]:
    """A field of one level; some files keep such fields on the first of their levels."""
    level = one.dims.get("hybrid")
    if level is not None and level in one.values.dims:
        one = Variable(one.name, one.role, one.values.isel({level: 0}), one.dims)
    return load(one, line, across, tuple(across))[0].astype(np.float64)
