"""From an opened dataset, NetCDF or Zarr alike, to pieces of canonical wind.

The dataset comes undecoded as to time and unread: only the part that is needed is ever loaded, and
no more of it at once than :mod:`chunks` says. What a variable is, is decided in :mod:`names`, what
an axis is in :mod:`axes`, and who made it in :mod:`makers`; here they are put together.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import xarray as xr

from overflight.errors import FieldError
from overflight.fields import canonical, memory
from overflight.fields.canonical import Need
from overflight.fields.readers import averages, axes, makers, on_model_levels, projected, timeline
from overflight.fields.readers.loading import Picked, Variable, horizontal, load_all, piece_of
from overflight.fields.readers.names import role_of
from overflight.fields.readers.pressure_heights import Air
from overflight.fields.readers.timeline import Timeline


def pieces(ds: xr.Dataset, need: Need, origin: str) -> list[xr.Dataset]:
    """Read what is needed of a dataset.

    Parameters
    ----------
    ds
        Opened with masks and scales, but times as numbers.
    need
        The part that is wanted.
    origin
        Its name, for messages.

    Returns
    -------
    pieces
        One for each ensemble member and each base time; a piece may lack variables.

    Raises
    ------
    FieldError
        If it holds no wind or height, or an axis that is of no use.
    """
    found = list(_variables(ds))
    wanted = _of_use(found, need)
    if not wanted:
        raise FieldError(
            found=f"{origin} is a field that is not wind: it holds {_held(ds)}",
            expected="eastward and northward wind on pressure levels",
            remedy="Fetch u and v on pressure levels.",
        )
    maker = makers.of_dataset(ds)
    made: list[xr.Dataset] = []
    for group in _groups(wanted):
        for piece in _read_group(ds, group, found, need, origin):
            told = {"source": maker.source, "product": maker.product, "title": maker.title}
            piece.attrs = {**told, "attribution": maker.attribution, **piece.attrs}
            _keep_ours(ds, piece)
            made.append(piece)
    return made


_NOT_THE_FIELD = ("standard_deviation", "variance", "range")  # of cell_methods


def _variables(ds: xr.Dataset) -> Iterator[Variable]:
    """Every variable that is something to us, with the kinds of its axes."""
    for name in ds.variables:
        values = ds[name]
        if values.dtype.kind not in "fiu" or str(name) in ds.dims:
            continue
        attrs = values.attrs
        if any(word in str(attrs.get("cell_methods", "")) for word in _NOT_THE_FIELD):
            continue
        try:
            role = role_of(
                str(name),
                attrs.get("standard_name"),
                attrs.get("units"),
                str(attrs.get("long_name", "")),
            )
        except FieldError:
            if values.ndim < 2:
                continue  # a scalar called 'u' is not the wind
            raise
        if role is None or (values.ndim < 2 and role.name != "log_surface_pressure"):
            continue
        yield Variable(str(name), role, values, _dims(ds, values))


def _dims(ds: xr.Dataset, values: xr.DataArray) -> dict[str, str]:
    """Kind of each dimension and scalar coordinate of a variable."""
    kinds: dict[str, str] = {}
    for dim in map(str, values.dims):
        aside = [
            str(name)
            for name, coord in values.coords.items()
            if coord.dims == (dim,) and str(name) != dim
        ]
        own = ds[dim] if dim in ds.coords or dim in ds.variables else None
        kind = axes.kind_of(dim, own)
        if kind in (None, "reference", "period") and "valid_time" in aside:
            kinds["time"] = dim
        if kind is None:  # a bare dimension, described by a coordinate beside it
            for beside in aside:
                kind = kind or axes.kind_of(beside, ds[beside])
        kinds[kind or f"? {dim}"] = dim
    for name, coord in values.coords.items():
        if coord.ndim == 0 and str(name) not in values.dims:
            kind = axes.kind_of(str(name), coord)
            if kind is not None:
                kinds.setdefault(kind, str(name))
    return kinds


def _of_use(found: list[Variable], need: Need) -> list[Variable]:
    """What is on levels of the air and wanted; 10-metre winds and the surface are not."""
    direct = {*need.variables, "x_mps", "y_mps", "speed_mps", "wind_from_deg"}
    if "z_m" in need.variables:
        direct.add("geopotential_m2s2")
    return [
        one
        for one in found
        if one.role.name in direct and ("pressure" in one.dims or "hybrid" in one.dims)
    ] or _refuse_levels(found)


def _refuse_levels(found: list[Variable]) -> list[Variable]:
    """Say so where there is wind, but on levels of no use."""
    winds = [one for one in found if one.role.name in ("u_mps", "v_mps") and one.values.ndim > 2]
    for one in winds:
        if any(str(dim).endswith("_stag") or dim == "bottom_top" for dim in one.values.dims):
            raise FieldError(
                found=f"native output of WRF: {one.name} on the model's own grid and levels"
                f" ({', '.join(map(str, one.values.dims))})",
                expected="true east and north wind on pressure levels",
                remedy="Interpolate it to pressure levels first (wrf-python: interplevel of uvmet"
                " and z), then to a regular grid; or take the analysis that drove WRF.",
            )
        for kind, words in (("height", "heights"), ("theta", "potential temperature")):
            if kind in one.dims:
                raise FieldError(
                    found=f"{one.name} on levels of {words} ({one.dims[kind]!r})",
                    expected="wind on pressure levels or on model levels",
                    remedy="Fetch pressure levels: the pressure at a height is not known here.",
                )
    return []


def _held(ds: xr.Dataset) -> str:
    names = [
        str(ds[name].attrs.get("long_name") or name) for name in ds.data_vars if ds[name].ndim >= 1
    ]
    return ", ".join(names[:6]) + (" and others" if len(names) > 6 else "") if names else "nothing"


def _keep_ours(ds: xr.Dataset, piece: xr.Dataset) -> None:
    """Notes and bases of a file that overflight packed itself."""
    for name in ("notes", "height_basis", "sd_basis", "member_count"):
        if name in ds.attrs and "packed_by" in ds.attrs:
            value = ds.attrs[name]
            for line in str(value).splitlines() if name == "notes" else ():
                canonical.note(piece, line)
            if name != "notes":
                piece.attrs[name] = value.item() if isinstance(value, np.generic) else value


def _groups(wanted: list[Variable]) -> list[list[Variable]]:
    """Variables on the same axes together: one piece each."""
    groups: dict[tuple[tuple[str, str], ...], list[Variable]] = {}
    for one in wanted:
        key = tuple(sorted((kind, dim) for kind, dim in one.dims.items()))
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _refuse_twins(group: list[Variable], origin: str) -> None:
    """Two variables that both claim to be the wind: which one is not ours to choose."""
    names: dict[str, str] = {}
    for one in group:
        first = names.setdefault(one.role.name, one.name)
        if first != one.name:
            raise FieldError(
                found=f"{origin}: {one.role.name} is both {first!r} and {one.name!r}",
                expected="one variable for each quantity",
                remedy="Remove the one that is not the wind itself (an increment, a mean).",
            )


def _read_group(
    ds: xr.Dataset, group: list[Variable], found: list[Variable], need: Need, origin: str
) -> Iterator[xr.Dataset]:
    _refuse_twins(group, origin)
    dims = group[0].dims
    strange = [kind[2:] for kind in dims if kind.startswith("? ")]
    strange = [dim for dim in strange if group[0].values.sizes.get(dim, 1) > 1]
    if strange:
        raise FieldError(
            found=f"{origin}: {group[0].name} has a dimension {strange[0]!r} of unknown meaning",
            expected="time, level, latitude and longitude",
            remedy="Select one entry along it, or describe it with a standard_name.",
        )
    expver = "expver" in dims and dims["expver"] in group[0].values.dims
    averaged = averages.note_of(ds, group[0].values, dims.get("time"))
    for chosen, others, number in _members(group, found):
        for line in timeline.of(ds, chosen[0].values, dims, origin):
            piece = _read(ds, chosen, others, need, line, origin)
            if piece is None:
                continue
            if number is not None:
                piece.attrs["member"] = number
            for sentence in filter(None, (line.note, averaged)):
                canonical.note(piece, sentence)
            if expver:
                canonical.note(piece, "ERA5 and its preliminary ERA5T were joined (expver).")
            yield piece


def _members(
    group: list[Variable], found: list[Variable]
) -> Iterator[tuple[list[Variable], list[Variable], int | None]]:
    """The group, and all that was found, with one ensemble member after the other."""
    dim = group[0].dims.get("member")
    if dim is None or dim not in group[0].values.dims:
        yield group, found, None
        return
    labels = group[0].values[dim].values if dim in group[0].values.coords else None
    for index in range(group[0].values.sizes[dim]):
        single = group[0].values.sizes[dim] == 1
        number = None if single else int(labels[index]) if labels is not None else index
        yield _member(group, dim, index), _member(found, dim, index), number


def _member(variables: list[Variable], dim: str, index: int) -> list[Variable]:
    """One ensemble member of the variables that have several."""
    return [
        replace(var, values=var.values.isel({dim: index})) if dim in var.values.dims else var
        for var in variables
    ]


def _read(
    ds: xr.Dataset,
    group: list[Variable],
    found: list[Variable],
    need: Need,
    line: Timeline,
    origin: str,
) -> xr.Dataset | None:
    line = line.within(need)
    if not len(line.times):
        return None
    dims = group[0].dims
    if "hybrid" in dims and "pressure" not in dims:
        return on_model_levels.read(ds, group, found, need, line, origin)
    level_dim = dims["pressure"]
    coord = ds[level_dim] if level_dim in ds.variables else None
    if coord is None:
        raise FieldError(
            found=f"{origin}: levels {level_dim!r} without values",
            expected="the pressure of every level",
            remedy="Add the level coordinate to the file.",
        )
    levels_pa, guessed = axes.pressures_pa(
        np.atleast_1d(coord.values).astype(np.float64), coord.attrs.get("units"), level_dim
    )
    levels = Picked.of(levels_pa, need.pressure_min_pa, need.pressure_max_pa, "levels", origin)
    air = Air.of(group, found, levels_pa, levels) if "z_m" in need.variables else None
    if "lat" not in dims or ds[dims["lat"]].ndim != 1 or ds[dims["lat"]].dims != (dims["lat"],):
        piece = projected.read(ds, group, need, line, levels, air, origin)
    else:
        piece = _regular(ds, group, need, line, levels, air, origin)
    if guessed:
        canonical.note(piece, guessed)
    if air is not None:
        piece.attrs["height_basis"], sentence = air.told
        canonical.note(piece, sentence)
    return piece


def _regular(
    ds: xr.Dataset,
    group: list[Variable],
    need: Need,
    line: Timeline,
    levels: Picked,
    air: Air | None,
    origin: str,
) -> xr.Dataset:
    """Read variables on a latitude-longitude grid."""
    lat, lon = horizontal(ds, group[0].dims, need, origin)
    indexers = {"lat": lat.index, "lon": lon.index, "pressure": levels.index}
    sides = (len(levels.index), len(lat.index), len(lon.index))
    memory.check(len(group), (len(line.times), *sides), origin, filed=True)
    fields, notes = load_all(group, line, indexers, ("pressure", "lat", "lon"))
    if air is not None:
        fields["z_m"] = air.heights(line, {"lat": lat.index, "lon": lon.index})
    if lon.dropped:
        notes.append("The last column repeated the first one and was dropped.")
    return piece_of(fields, line, (levels.values, lat.values, lon.values), notes, origin)
