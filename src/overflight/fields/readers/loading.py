"""Load the part of a variable that is needed, and put what was loaded together as a piece."""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import backed, canonical
from overflight.fields.canonical import Need
from overflight.fields.readers import chunks, timeline
from overflight.fields.readers.names import GRAVITY_MPS2, Role
from overflight.fields.readers.timeline import Timeline
from overflight.physics import window
from overflight.physics.sphere import wrapped_deg

Array = NDArray[np.float64]

_SENTINELS = (-9999.0, -99999.0, -32767.0, -32768.0)
_OF_WINDS = (-999.0, 999.0, 9999.0, 99999.0)  # impossible as a wind, possible as a height
_HUGE = 1e9  # no wind, height or temperature; fill values of 1e15, 1e20, 9.97e36 and such


@dataclass(frozen=True)
class Variable:
    """One variable of the file that is of use, and what its dimensions are."""

    name: str
    role: Role
    values: xr.DataArray
    dims: dict[str, str]  # kind of axis -> dimension or scalar coordinate


@dataclass(frozen=True)
class Picked:
    """A part of an axis: its values in increasing order, and where each stands in the file."""

    values: Array
    index: NDArray[np.intp]
    dropped: int = 0  # repeated entries, of a closed circle of longitudes

    @classmethod
    def of(
        cls, values: Array, low: float | None, high: float | None, what: str, origin: str
    ) -> "Picked":
        """Sort an axis and pick the part that encloses an interval."""
        if not np.isfinite(values).all():
            raise FieldError(
                found=f"{origin}: {what} that are missing",
                expected="a number for every one",
                remedy="The file is damaged: fetch it again.",
            )
        order = np.argsort(values, kind="stable")
        ascending = values[order]
        if (np.diff(ascending) <= 0.0).any():
            raise FieldError(
                found=f"{origin}: {what} {ascending[np.argmin(np.diff(ascending))]:g} twice",
                expected="every one once",
                remedy="Remove the repeated part of the file.",
            )
        part = canonical.enclosing(ascending, low, high)
        return cls(ascending[part], order[part])

    @classmethod
    def longitudes(cls, values: Array, need: Need, origin: str) -> "Picked":
        """Wrap longitudes to [-180, 180), sort them and pick the needed ones.

        A last column that repeats the first, 360 degrees on, is dropped.
        """
        wrapped = wrapped_deg(values)
        wrapped[wrapped >= 180.0 - 1e-9] = -180.0  # 179.9999999999 is round-off of 180
        order = np.argsort(wrapped, kind="stable")
        ascending = wrapped[order]
        once = np.append(True, np.diff(ascending) > 1e-6)
        dropped = int((~once).sum())
        if dropped > 1:
            raise FieldError(
                found=f"{origin}: {dropped} longitudes twice",
                expected="every one once",
                remedy="Remove the repeated columns of the file.",
            )
        whole = cls(ascending[once], order[once], dropped)
        if need.west_deg is None or need.east_deg is None or len(whole.values) < 3:
            return whole
        return whole.between(need.west_deg, need.east_deg)

    def between(self, west_deg: float, east_deg: float) -> "Picked":
        """The columns from just west of a stretch to just east of it, across 180 degrees too."""
        width = (east_deg - west_deg) % 360.0 or 360.0
        ahead = (self.values - west_deg) % 360.0  # eastward from the western edge
        inside = ahead <= width
        if inside.all():
            return self
        inside[np.argmax(ahead)] = True  # the next one west
        beyond = np.where(ahead > width, ahead, np.inf)
        inside[np.argmin(beyond)] = True  # the next one east
        return Picked(self.values[inside], self.index[inside], self.dropped)


def horizontal(
    ds: xr.Dataset, dims: dict[str, str], need: Need, origin: str
) -> tuple[Picked, Picked]:
    """The needed latitudes and longitudes of a regular grid."""
    lat_deg = ds[dims["lat"]].values.astype(np.float64)
    lat = Picked.of(lat_deg, need.south_deg, need.north_deg, "latitudes", origin)
    return lat, Picked.longitudes(ds[dims["lon"]].values.astype(np.float64), need, origin)


def load_all(
    group: list[Variable],
    line: Timeline,
    indexers: dict[str, NDArray[np.intp]],
    order: tuple[str, ...],
) -> tuple[dict[str, NDArray[np.float32]], list[str]]:
    """Load the same part of several variables, by canonical name, as :func:`load` does of one."""
    fields, notes = {}, []
    for one in group:
        fields[one.role.name], told = load(one, line, indexers, order)
        notes += told
    return fields, notes


def load(
    one: Variable,
    line: Timeline,
    indexers: dict[str, NDArray[np.intp]],
    order: tuple[str, ...],
) -> tuple[NDArray[np.float32], list[str]]:
    """Load a variable's part in SI, the times of one chunk of the file together.

    Of several versions of ERA5 in one file the final one is taken, and the preliminary one where
    that has nothing.

    Returns
    -------
    values : (time, ...)
        In the given order of axes; missing values NaN.
    notes
        What was repaired.
    """
    dims = one.dims
    lengths = [len(indexers[kind]) for kind in order]
    out = backed.empty((len(line.times), *lengths))
    first = dims[order[0]] if dims.get(order[0]) in one.values.dims else None
    entries = (first, indexers[order[0]])
    masked = False
    for rows, columns in chunks.blocks(one.values, line.where, entries, out):
        part = {**indexers, order[0]: indexers[order[0]][columns]}
        target = out[rows, columns]
        for number, values in enumerate(_final_first(one)):
            if number > 0 and not np.isnan(target).any():
                break
            raw = _raw(values, dims, line.where[rows], part, order)
            masked |= _fill(target, raw, one.role, only_missing=number > 0)
            del raw  # before the next is read
        window.release(target)
    notes = []
    if masked:
        notes.append(f"Fill values of {one.name} that the file does not name were taken out.")
    if one.role.assumed:
        notes.append(f"{one.name} names no units: SI was assumed.")
    return out, notes


def _final_first(one: Variable) -> list[xr.DataArray]:
    """The versions in a variable; 1 is final, 5 preliminary, wherever they stand."""
    values, dim = one.values, one.dims.get("expver")
    if dim is None or dim not in values.dims:
        return [values]
    places = range(values.sizes[dim])
    if dim in values.coords:
        labels = [str(label).strip("b' ").lstrip("0") for label in values[dim].values]
        places = np.argsort(labels, kind="stable").tolist()
    return [values.isel({dim: place}) for place in places]


def _raw(
    values: xr.DataArray,
    dims: dict[str, str],
    where: tuple[dict[str, int], ...],
    indexers: dict[str, NDArray[np.intp]],
    order: tuple[str, ...],
) -> NDArray[np.generic]:
    """Read times at once as they are in the file: (time, ...), or one for all of them."""
    at = {dim: np.array([place[dim] for place in where]) for dim in where[0] if dim in values.dims}
    along = [dim for dim, index in at.items() if index[0] != index[-1]]
    kinds = [kind for kind in order if dims.get(kind) in values.dims]
    values = values.isel({dim: int(index[0]) for dim, index in at.items() if dim not in along})
    values = _cut(values, {dim: at[dim] for dim in along})
    values = _cut(values, {dims[kind]: indexers[kind] for kind in kinds})
    kept = [*along, *(dims[kind] for kind in kinds)]
    values = values.isel(
        {dim: 0 for dim in values.dims if dim not in kept and values.sizes[dim] == 1}
    )
    values = values.transpose(*kept)
    return values.values.reshape(-1, *(len(indexers[kind]) for kind in order))


def _fill(
    target: NDArray[np.float32], raw: NDArray[np.generic], role: Role, *, only_missing: bool
) -> bool:
    """Put what was read in its place, in SI; say whether there were fill values without a name."""
    masked = False
    for field, there in zip(target, np.broadcast_to(raw, target.shape), strict=True):
        numbers = np.asarray(there, dtype=np.float64) * role.factor
        masked |= _mask(numbers, role)
        where = np.isnan(field) if only_missing else True
        np.copyto(field, numbers, where=where, casting="same_kind")
    return masked


def _cut(values: xr.DataArray, indexers: dict[str, NDArray[np.intp]]) -> xr.DataArray:
    """Pick along every axis; runs of neighbours as slices, which a file reads far quicker."""
    for dim, index in indexers.items():
        step = np.diff(index)
        if len(index) > 1 and (step == 1).all():
            values = values.isel({dim: slice(int(index[0]), int(index[-1]) + 1)})
        elif len(index) > 1 and (step == -1).all():
            values = values.isel({dim: slice(int(index[-1]), int(index[0]) + 1)})
            values = values.isel({dim: slice(None, None, -1)})
        else:
            values = values.isel({dim: index})
    return values


def _mask(numbers: Array, role: Role) -> bool:
    """Turn fill values that no attribute names into NaN; say whether there were any."""
    sentinels = _SENTINELS + (_OF_WINDS if role.name.endswith("_mps") else ())
    with np.errstate(invalid="ignore"):
        bad = np.abs(numbers) > _HUGE
        for sentinel in sentinels:
            bad |= numbers == sentinel * role.factor
    if not bad.any():
        return False
    numbers[bad] = np.nan
    return True


def _over_gravity(geopotential: NDArray[np.float32]) -> NDArray[np.float32]:
    """Geopotential as height, in its place."""
    for field in geopotential:
        np.divide(field, np.float32(GRAVITY_MPS2), out=field)
        window.release(field)
    return geopotential


def piece_of(
    fields: dict[str, NDArray[np.float32]],
    line: Timeline,
    where: tuple[Array, Array, Array],
    notes: list[str],
    origin: str,
) -> xr.Dataset:
    """Put loaded fields together as a piece: speeds and directions, geopotential, coordinates."""
    ready = dict(fields)
    attrs: dict[str, object] = {}
    if "geopotential_m2s2" in ready:
        geopotential = ready.pop("geopotential_m2s2")
        if "z_m" not in ready:
            ready["z_m"] = _over_gravity(geopotential)
    if "speed_mps" in ready and "wind_from_deg" in ready and "u_mps" not in ready:
        toward = np.radians(ready["wind_from_deg"].astype(np.float64)) + np.pi
        speed = ready["speed_mps"]
        ready["u_mps"] = (speed * np.sin(toward)).astype(np.float32)
        ready["v_mps"] = (speed * np.cos(toward)).astype(np.float32)
        notes = [*notes, "u and v were made from speed and direction."]
    for name in ("speed_mps", "wind_from_deg"):
        ready.pop(name, None)
    for ours, theirs in (("u_mps", "x_mps"), ("v_mps", "y_mps")):
        if theirs in ready:  # on a grid of latitude and longitude the two are the same
            ready.setdefault(ours, ready.pop(theirs))
            ready.pop(theirs, None)
    if "z_m" in ready:
        attrs["height_basis"] = "file"
    piece = xr.Dataset(
        {name: (canonical.DIMS, values) for name, values in ready.items()},
        coords={
            "time": line.times,
            "pressure_pa": where[0],
            "lat_deg": where[1],
            "lon_deg": where[2],
        },
        attrs=attrs,
    )
    if line.lead_s is not None:
        piece = piece.assign_coords(lead_s=("time", line.lead_s))
    for sentence in dict.fromkeys(notes):
        canonical.note(piece, sentence)
    del origin
    return timeline.tidy(piece)
