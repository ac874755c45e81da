"""Join pieces of one wind: over variables, members, levels and times.

Pieces come from several files, or from one that holds several runs. What does not belong together
is refused with how it differs; what is only untidy (a field that is there twice, a gap, leads of
different length) is put right and named in the notes. One copy is made: slabs are moved from the
pieces into arrays of the final size, and a piece that is all there is passes through.
"""

from itertools import pairwise

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import backed, canonical, members
from overflight.fields.canonical import DIMS
from overflight.physics import window

Array = NDArray[np.float64]

GAP = 1.5  # a step longer than so many usual ones is a gap
_CLOSE_DEG = 1e-4  # axes that differ by less are the same, written with other digits
_CLOSE_FRACTION = 1e-6  # likewise pressures


def merge(pieces: list[xr.Dataset]) -> xr.Dataset:
    """Join pieces into one dataset; it may still lack a variable that no piece has.

    ``pieces`` is emptied.

    Raises
    ------
    FieldError
        If the pieces are of different sources, on different grids, or contradict each other.
    """
    _same_source(pieces)
    by_member: dict[int | None, list[xr.Dataset]] = {}
    for piece in pieces:
        by_member.setdefault(piece.attrs.get("member"), []).append(piece)
    pieces.clear()
    if len(by_member) > 1 and None in by_member:
        spread = by_member.pop(None)
        if any("u_mps" in piece for piece in spread):
            raise FieldError(
                found="ensemble members together with a run of no member",
                expected="all of one ensemble, or one run",
                remedy="Name the files of the one or of the other.",
            )
    runs = [_one_run(group) for group in by_member.values()]
    wind = runs[0] if len(runs) == 1 else members.mean(runs, _told(runs))
    _name_gaps(wind)
    _name_leads(wind)
    return wind


def _one_run(pieces: list[xr.Dataset]) -> xr.Dataset:
    """Join the pieces of one run or member."""
    if len(pieces) == 1:
        return pieces[0]
    _best_heights(pieces)
    attrs = _told(pieces)
    lead = _lead_of(pieces)
    names = [name for name in canonical.VARIABLES if any(name in piece for piece in pieces)]
    joined: dict[str, xr.DataArray] = {}
    notes: list[str] = []
    for name in names:
        having = [piece for piece in pieces if name in piece]
        joined[name] = _join(name, [piece[name] for piece in having], lead, notes)
    pieces.clear()
    wind = _on_one_grid(joined, notes)
    wind.attrs = attrs
    for sentence in dict.fromkeys(notes):
        canonical.note(wind, sentence)
    if lead:
        leads = [lead.get(time, np.nan) for time in wind["time"].values.tolist()]
        wind = wind.assign_coords(lead_s=("time", np.array(leads)))
    return wind


def _best_heights(pieces: list[xr.Dataset]) -> None:
    """Drop heights that a reader computed, where another file gives heights."""
    if all(piece.attrs.get("height_basis") != "file" for piece in pieces):
        return
    for index, piece in enumerate(pieces):
        if piece.attrs.get("height_basis", "file") != "file":
            pieces[index] = piece.drop_vars("z_m")
            del pieces[index].attrs["height_basis"]
            told = [line for line in canonical.notes(piece) if not line.startswith("Heights")]
            pieces[index].attrs["notes"] = "\n".join(told)


def _same_source(pieces: list[xr.Dataset]) -> None:
    sources = sorted({str(piece.attrs.get("source", "unknown")) for piece in pieces})
    known = [source for source in sources if source != "unknown"]
    if len(known) > 1:
        raise FieldError(
            found=f"winds of {' and '.join(known)} together",
            expected="one source, whose error is known",
            remedy="Name the files of one of them.",
        )


def _told(pieces: list[xr.Dataset]) -> dict[str, object]:
    """Attributes of all: the first that is said, all notes."""
    attrs: dict[str, object] = {}
    for piece in pieces:
        for name, value in piece.attrs.items():
            if name == "notes":
                continue
            if attrs.get(name) in (None, "", "unknown"):
                attrs[str(name)] = value
    products = {str(p.attrs.get("product", "unknown")) for p in pieces} - {"unknown"}
    if products == {"analysis", "forecast"}:
        attrs["product"] = "forecast"
    notes = [sentence for piece in pieces for sentence in canonical.notes(piece)]
    if products == {"analysis", "forecast"}:
        notes.append("Analyses and forecasts are mixed; each counts with its own lead.")
    attrs["notes"] = "\n".join(dict.fromkeys(notes))
    return attrs


def _lead_of(pieces: list[xr.Dataset]) -> dict[int, float]:
    """Shortest known lead of every time."""
    lead: dict[int, float] = {}
    for piece in pieces:
        if "lead_s" in piece.coords:
            for time, value in zip(
                piece["time"].values.tolist(), piece["lead_s"].values, strict=True
            ):
                if np.isfinite(value):
                    lead[time] = min(lead.get(time, np.inf), float(value))
    return lead


def _join(
    name: str, parts: list[xr.DataArray], lead: dict[int, float], notes: list[str]
) -> xr.DataArray:
    """Join one variable over times and levels."""
    if len(parts) == 1:
        return parts[0]
    lat, lon = _common(name, parts, "lat_deg"), _common(name, parts, "lon_deg")
    times = np.unique(np.concatenate([part["time"].values for part in parts]))
    levels = _levels(parts)
    values = backed.empty((len(times), len(levels), len(lat), len(lon)))
    filled = np.full((len(times), len(levels)), np.inf)  # lead of what is there; inf: nothing
    for part in parts:
        rows = np.searchsorted(times, part["time"].values)
        columns = _places(levels, part["pressure_pa"].values)
        part_lead = part["lead_s"].values if "lead_s" in part.coords else np.zeros(len(rows))
        for at, row in enumerate(rows):
            for k, column in enumerate(columns):
                lead_s = float(np.nan_to_num(part_lead[at]))
                if not _put(
                    values, filled, (int(row), int(column)), part[at, k].values, lead_s, notes
                ):
                    raise FieldError(
                        found=f"two different fields of {name} at {levels[column] / 100.0:g} hPa"
                        f" and {_clock(times[row])}",
                        expected="one field for every time and level",
                        remedy="Two versions of the same data were named: leave one out.",
                    )
            window.release(part[at].values)
            window.release(values[row])
    _no_holes(name, filled, times, levels)
    coords = {"time": times, "pressure_pa": levels, "lat_deg": lat, "lon_deg": lon}
    return xr.DataArray(values, dims=DIMS, coords=coords, name=name)


def _put(
    values: NDArray[np.float32],
    filled: Array,
    at: tuple[int, int],
    slab: NDArray[np.float32],
    lead_s: float,
    notes: list[str],
) -> bool:
    """Place one field; where one is already, the shorter lead stays. False: which, is not known."""
    if np.isinf(filled[at]):
        values[at], filled[at] = slab, lead_s
        return True
    if np.array_equal(values[at], slab, equal_nan=True):
        notes.append("Fields that were there twice, and the same, were taken once.")
    elif lead_s != filled[at]:
        notes.append(
            "Where forecasts of several runs are valid at one time, the one of the shortest lead"
            " was taken."
        )
        if lead_s < filled[at]:
            values[at] = slab
    else:
        return False
    filled[at] = min(filled[at], lead_s)
    return True


def _common(name: str, parts: list[xr.DataArray], dim: str) -> Array:
    """The axis that all parts share."""
    first = np.asarray(parts[0][dim].values, dtype=np.float64)
    for part in parts[1:]:
        other = part[dim].values
        if len(other) != len(first) or np.abs(other - first).max() > _CLOSE_DEG:
            raise FieldError(
                found=f"{name} on different grids: {dim} {_span(first)} and {_span(other)}",
                expected="the same grid in every file",
                remedy="Fetch one box with one spacing for all times and levels.",
            )
    return first


def _span(axis: Array) -> str:
    step = f" every {float(np.median(np.diff(axis))):.4g}" if len(axis) > 1 else ""
    return f"{axis[0]:g} to {axis[-1]:g}{step}"


def _levels(parts: list[xr.DataArray]) -> Array:
    """All levels, those that differ by round-off only taken as one."""
    found = np.sort(np.concatenate([part["pressure_pa"].values for part in parts]))
    apart = np.append(True, np.diff(found) > _CLOSE_FRACTION * found[1:])
    return np.asarray(found[apart], dtype=np.float64)


def _places(levels: Array, wanted: Array) -> NDArray[np.intp]:
    return np.asarray(np.argmin(np.abs(levels[None, :] - wanted[:, None]), axis=1))


def _no_holes(name: str, filled: Array, times: NDArray[np.datetime64], levels: Array) -> None:
    missing = np.argwhere(np.isinf(filled))
    if len(missing):
        time, level = missing[0]
        raise FieldError(
            found=f"{name} is missing on {len(missing)} of {filled.size} times and levels, first"
            f" {levels[level] / 100.0:g} hPa at {_clock(times[time])}",
            expected="every level at every time",
            remedy="Fetch what is missing, or leave those times or levels out of all files.",
        )


def _on_one_grid(joined: dict[str, xr.DataArray], notes: list[str]) -> xr.Dataset:
    """Bring u, v and the rest onto the grid and the times of u."""
    names = list(joined)
    home = joined["u_mps"] if "u_mps" in joined else joined[names[0]]
    ready: dict[str, xr.DataArray] = {}
    for name in names:
        values = joined.pop(name)
        if not _times_agree(values, home):
            values = _common_times(name, values, home)
        if not _agree(values, home, "pressure_pa"):
            values = _common_levels(name, values, home)
        if not (_agree(values, home, "lat_deg") and _agree(values, home, "lon_deg")):
            if not _is_staggered(values, home):
                _common(name, [home, values], "lat_deg")
                _common(name, [home, values], "lon_deg")
            values = _interpolated(values, home)
            notes.append(f"{name} is on another grid than u_mps and was interpolated to that.")
        ready[name] = values
    return xr.Dataset(
        {name: (DIMS, values.values) for name, values in ready.items()},
        coords={dim: ready[next(iter(ready))][dim].values for dim in DIMS},
    )


def _times_agree(values: xr.DataArray, home: xr.DataArray) -> bool:
    return np.array_equal(values["time"].values, home["time"].values)


def _agree(values: xr.DataArray, home: xr.DataArray, dim: str) -> bool:
    one, other = values[dim].values, home[dim].values
    return len(one) == len(other) and bool(np.allclose(one, other, rtol=1e-6, atol=_CLOSE_DEG))


def _common_times(name: str, values: xr.DataArray, home: xr.DataArray) -> xr.DataArray:
    lacking = np.setdiff1d(home["time"].values, values["time"].values)
    if len(lacking):
        raise FieldError(
            found=f"{name} is missing at {len(lacking)} of the times of {home.name or 'u_mps'},"
            f" first {_clock(lacking[0])}",
            expected="every variable at every time",
            remedy="Fetch it for those times too.",
        )
    return values.isel(time=np.searchsorted(values["time"].values, home["time"].values))


def _common_levels(name: str, values: xr.DataArray, home: xr.DataArray) -> xr.DataArray:
    """The levels of u that this variable has; u, v must agree, the rest may lack some."""
    places = _places(values["pressure_pa"].values, home["pressure_pa"].values)
    near = np.isclose(values["pressure_pa"].values[places], home["pressure_pa"].values, rtol=1e-6)
    if not near.all():
        lacking = home["pressure_pa"].values[~near] / 100.0
        raise FieldError(
            found=f"{name} is missing on {', '.join(f'{p:g}' for p in lacking[:5])} hPa",
            expected="every variable on every level",
            remedy="Fetch it for those levels too, or leave them out of all.",
        )
    return values.isel(pressure_pa=places)


def _is_staggered(values: xr.DataArray, home: xr.DataArray) -> bool:
    """Whether v sits between the nodes of u, as on an Arakawa C grid: then it may be moved."""
    return all(
        abs(len(values[dim]) - len(home[dim])) <= 1
        and abs(float(values[dim][0]) - float(home[dim][0]))
        <= float(np.abs(np.diff(home[dim].values)).max())
        for dim in ("lat_deg", "lon_deg")
    )


def _interpolated(values: xr.DataArray, home: xr.DataArray) -> xr.DataArray:
    """Bilinear to another grid, around the globe too; beyond its rim the rim's value.

    Only grids that differ by less than a spacing come here (staggered ones), so what lies beyond
    the rim is a fraction of a cell.
    """
    lat, lon = home["lat_deg"].values, home["lon_deg"].values
    own_lon = values["lon_deg"].values
    columns = values.values
    if own_lon[-1] - own_lon[0] > 330.0:
        own_lon = np.concatenate([own_lon[-1:] - 360.0, own_lon, own_lon[:1] + 360.0])
        columns = np.concatenate([columns[..., -1:], columns, columns[..., :1]], axis=-1)
    i, east = _cells(own_lon, lon)
    j, north = _cells(values["lat_deg"].values, lat)
    rows = columns[..., i] * (1.0 - east) + columns[..., i + 1] * east
    moved = rows[..., j, :] * (1.0 - north)[:, None] + rows[..., j + 1, :] * north[:, None]
    return xr.DataArray(
        moved.astype(np.float32),
        dims=DIMS,
        coords={
            "time": values["time"].values,
            "pressure_pa": values["pressure_pa"].values,
            "lat_deg": lat,
            "lon_deg": lon,
        },
        name=values.name,
    )


def _cells(axis: Array, wanted: Array) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    cell = np.clip(np.searchsorted(axis, wanted, "right") - 1, 0, len(axis) - 2)
    share = np.clip((wanted - axis[cell]) / (axis[cell + 1] - axis[cell]), 0.0, 1.0)
    return cell, share.astype(np.float32)


def _name_gaps(wind: xr.Dataset) -> None:
    times = wind["time"].values
    if len(times) < 3:
        return
    steps = np.diff(times)
    usual = np.median(steps)
    long = [(before, after) for before, after in pairwise(times) if after - before > GAP * usual]
    for before, after in long[:3]:
        hours = (after - before) / np.timedelta64(1, "h")
        canonical.note(
            wind, f"No field between {_clock(before)} and {_clock(after)} ({hours:.3g} h)."
        )
    if len(long) > 3:
        canonical.note(wind, f"{len(long) - 3} further gaps of that kind.")


def _name_leads(wind: xr.Dataset) -> None:
    if "lead_s" not in wind.coords:
        return
    leads_h = wind["lead_s"].values / 3_600.0
    known = leads_h[np.isfinite(leads_h)]
    if len(known) and known.max() > known.min():
        canonical.note(wind, f"Forecast leads from {known.min():.3g} to {known.max():.3g} h.")


def _clock(moment: np.datetime64) -> str:
    return f"{np.datetime_as_string(moment, 'm').replace('T', ' ')} UTC"
