"""Winds on projected grids (Lambert, polar stereographic, UTM, rotated pole) on lat and lon.

Winds along the grid's own x and y are turned to true east and north at the grid's own nodes first;
then all fields are interpolated, bilinearly in the projection, to a regular grid that is finer
than the file's. Kept is the largest box of latitude and longitude that lies wholly inside. How
much the wind at the file's own nodes changes by that is measured and noted.
"""

import math
from dataclasses import dataclass

import numpy as np
import pyproj
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import memory
from overflight.fields.canonical import Need
from overflight.fields.readers import boxes
from overflight.fields.readers.loading import Picked, Variable, load_all, piece_of
from overflight.fields.readers.names import spelled
from overflight.fields.readers.pressure_heights import Air
from overflight.fields.readers.timeline import Timeline
from overflight.physics.sphere import wrapped_deg

Array = NDArray[np.float64]
Fields = dict[str, NDArray[np.float32]]

_FINER = 1.5  # the new grid's nodes are at least so many times denser
_SPACINGS_DEG = (0.01, 0.02, 0.025, 0.05, 0.1, 0.125, 0.2, 0.25, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0)
_DEGREE_M = 111_195.0
_PLANE_UNITS = {
    "": 1.0, "1": 1.0, "m": 1.0, "meter": 1.0, "meters": 1.0, "metre": 1.0, "metres": 1.0,
    "km": 1e3, "kilometer": 1e3, "kilometers": 1e3, "kilometre": 1e3, "kilometres": 1e3,
    "degree": 1.0, "degrees": 1.0, "degreesnorth": 1.0, "degreeseast": 1.0,
}  # fmt: skip
_CRS_TEXTS = ("proj4", "proj4text", "proj4_params", "proj_params", "proj_string", "spatial_ref",
              "crs_wkt", "esri_pe_string")  # fmt: skip


@dataclass(frozen=True)
class Native:
    """A projected grid: its axes in units of the projection (metres, or degrees if rotated)."""

    x: Array
    y: Array
    crs: pyproj.CRS

    def degrees(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Latitude and longitude of points of the projection."""
        lon_deg, lat_deg = self._transformer().transform(x, y)
        return np.asarray(lat_deg), np.asarray(lon_deg)

    def plane(self, lat_deg: Array, lon_deg: Array) -> tuple[Array, Array]:
        """Points of the projection of latitudes and longitudes."""
        x, y = self._transformer().transform(
            lon_deg, lat_deg, direction=pyproj.enums.TransformDirection.INVERSE
        )
        return np.asarray(x), np.asarray(y)

    def _transformer(self) -> pyproj.Transformer:
        # The system below, not geodetic_crs: of a rotated pole that is the rotated system itself.
        geodetic = self.crs.source_crs or pyproj.CRS.from_epsg(4326)
        return pyproj.Transformer.from_crs(self.crs, geodetic, always_xy=True)

    def turn_rad(self) -> Array:
        """Angle from true east to the grid's x, counter-clockwise, at every node: (y, x)."""
        gx, gy = np.meshgrid(self.x, self.y)
        step = 1e-3 * float(np.abs(np.diff(self.x)).mean())
        lat, lon = self.degrees(gx - step, gy)
        lat2, lon2 = self.degrees(gx + step, gy)
        east = wrapped_deg(lon2 - lon) * np.cos(np.radians(0.5 * (lat + lat2)))
        return np.arctan2(lat2 - lat, east)


def turned(
    native: Native, along_x: NDArray[np.float32], along_y: NDArray[np.float32]
) -> tuple[Array, Array]:
    """East and north of a wind along the grid's x and y: (..., y, x)."""
    turn = native.turn_rad()
    sine: Array = np.sin(turn)
    cosine: Array = np.cos(turn)
    return along_x * cosine - along_y * sine, along_x * sine + along_y * cosine


def regrid(
    native: Native, fields: Fields, need: Need, origin: str
) -> tuple[Array, Array, Fields, list[str]]:
    """Interpolate fields (..., y, x) to the largest box of latitude and longitude inside.

    ``x_mps`` and ``y_mps`` among the fields are winds along the grid and come back as ``u_mps``
    and ``v_mps``.

    Returns
    -------
    lat_deg, lon_deg
        Increasing; longitudes in [-180, 180).
    fields
        The same on (..., lat, lon).
    notes
        What was done, with the measured size of its error.

    Raises
    ------
    FieldError
        If no box of the needed part lies inside the grid, or memory cannot hold it: its spacing is
        finer than the grid's.
    """
    nodes = _on_earth(native, origin)
    fields = _true(native, fields)
    lat, lon = boxes.candidate(nodes, _spacing(native), need)
    ahead = (1, 1, *next(iter(fields.values())).shape[:-2])[-2:]
    memory.check(len(fields), (*ahead, len(lat), len(lon)), f"{origin} on degrees")
    grid_lat, grid_lon = np.meshgrid(lat, lon, indexing="ij")
    weights = _Weights.of(native, *native.plane(grid_lat, grid_lon))
    whole = weights.inside & ~_holes(weights, fields)
    rows, columns = boxes.largest(whole)
    if rows.stop - rows.start < 2 or columns.stop - columns.start < 2:
        raise FieldError(
            found=f"{origin}: a projected grid that has no part of what is needed",
            expected="a grid over the needed latitudes and longitudes",
            remedy="Get data that reach further.",
        )
    made = {name: weights.apply(values)[..., rows, columns] for name, values in fields.items()}
    lat, lon = lat[rows], lon[columns]
    lost = 1.0 - (rows.stop - rows.start) * (columns.stop - columns.start) / max(whole.sum(), 1)
    error = _error_mps(native, fields, (lat, lon), made)
    notes = [
        f"A projected grid was interpolated to {lat[1] - lat[0]:g} degrees; that changes the wind"
        f" at its own nodes by {error:.2g} m/s rms. The largest box inside was kept,"
        f" {100.0 * lost:.0f} % of the area lies outside it.",
    ]
    order = np.argsort(wrapped_deg(lon))
    wrapped = wrapped_deg(lon)[order]
    return lat, wrapped, {name: values[..., order] for name, values in made.items()}, notes


def read(
    ds: xr.Dataset,
    group: list[Variable],
    need: Need,
    line: Timeline,
    levels: Picked,
    air: Air | None,
    origin: str,
) -> xr.Dataset:
    """Read variables on a projected grid as a piece on latitude and longitude."""
    dims = group[0].dims
    if "x" not in dims or "y" not in dims or dims["x"] not in ds.variables:
        raise FieldError(
            found=f"{origin}: latitudes and longitudes that differ from node to node",
            expected="a regular grid, or a projection with x and y axes and its grid_mapping",
            remedy="Interpolate it to a regular grid (cdo remapbil), after turning the winds to"
            " true east and north.",
        )
    x, y = (_plane_axis(ds[dims[kind]], origin) for kind in ("x", "y"))
    native = Native(x, y, _crs(ds, group, origin))
    indexers = {
        "pressure": levels.index,
        "y": np.arange(len(native.y)),
        "x": np.arange(len(native.x)),
    }
    sides = (len(levels.index), len(native.y), len(native.x))
    memory.check(len(group), (len(line.times), *sides), origin)
    fields, notes = load_all(group, line, indexers, ("pressure", "y", "x"))
    if air is not None:
        fields["z_m"] = air.heights(line, {"y": indexers["y"], "x": indexers["x"]})
    if "u_mps" in fields:
        notes.append("The winds of this projected grid were taken as true east and north.")
    lat, lon, made, told = regrid(native, fields, need, origin)
    return piece_of(made, line, (levels.values, lat, lon), notes + told, origin)


def _on_earth(native: Native, origin: str) -> tuple[Array, Array]:
    """Latitude and longitude of every node, (y, x); a satellite sees past the Earth's rim."""
    lat_deg, lon_deg = native.degrees(*np.meshgrid(native.x, native.y))
    off = int((~np.isfinite(lat_deg) | ~np.isfinite(lon_deg)).sum())
    if off:
        raise FieldError(
            found=f"{origin}: a projected grid of which {off:,} of {lat_deg.size:,} nodes lie off"
            " the Earth",
            expected="a grid whose every node is a place",
            remedy="Cut it to the Earth, or interpolate it to a regular grid (cdo remapbil).",
        )
    return lat_deg, lon_deg


def _plane_axis(coord: xr.DataArray, origin: str) -> Array:
    """An axis in the units of projections: metres, or degrees of a rotated pole."""
    factor = _PLANE_UNITS.get(spelled(coord.attrs.get("units")))
    if factor is None:
        raise FieldError(
            found=f"{origin}: a projected grid whose axis {coord.name} is in"
            f" {coord.attrs['units']!r}",
            expected="metres or kilometres, or degrees of a rotated pole",
            remedy="Interpolate it to a regular grid of latitude and longitude (cdo remapbil).",
        )
    return coord.values.astype(np.float64) * factor


def _crs(ds: xr.Dataset, group: list[Variable], origin: str) -> pyproj.CRS:
    """The projection that the variables name, or that the file describes in some way."""
    named = group[0].values.attrs.get("grid_mapping") or group[0].values.encoding.get(
        "grid_mapping"
    )
    holders = [ds[named].attrs] if named in ds.variables else []
    for attrs in (*holders, ds.attrs):
        for key in _CRS_TEXTS:
            if attrs.get(key):
                try:
                    return pyproj.CRS.from_user_input(str(attrs[key]))
                except pyproj.exceptions.CRSError:
                    continue
        if "grid_mapping_name" in attrs:
            try:
                return pyproj.CRS.from_cf(dict(attrs))
            except (pyproj.exceptions.CRSError, KeyError):
                break
    raise FieldError(
        found=f"{origin}: a projected grid whose projection is not known",
        expected="a grid_mapping of CF, or its PROJ string",
        remedy="Add the grid_mapping, or interpolate to a regular grid (cdo remapbil), after"
        " turning the winds to true east and north.",
    )


def _true(native: Native, fields: Fields) -> Fields:
    """Fields with winds along true east and north."""
    if "x_mps" not in fields or "y_mps" not in fields:
        if "x_mps" in fields or "y_mps" in fields:
            raise FieldError(
                found="one component of a wind that follows its projected grid",
                expected="both: they can only be turned to true east and north together",
                remedy="Put both components into one file.",
            )
        return fields
    rest = {name: values for name, values in fields.items() if name not in ("x_mps", "y_mps")}
    u, v = turned(native, fields["x_mps"], fields["y_mps"])
    return {**rest, "u_mps": u.astype(np.float32), "v_mps": v.astype(np.float32)}


def _spacing(native: Native) -> float:
    """The largest usual spacing that is finer than the grid's own."""
    middle_x, middle_y = (float(np.median(axis)) for axis in (native.x, native.y))
    step = float(np.median(np.abs(np.diff(native.y))))
    lat, lon = native.degrees(np.array([middle_x, middle_x]), np.array([middle_y, middle_y + step]))
    east = (lon[1] - lon[0]) * math.cos(math.radians(float(lat.mean())))
    own_deg = math.hypot(float(lat[1] - lat[0]), float(east))
    return max((s for s in _SPACINGS_DEG if s <= own_deg / _FINER), default=own_deg / _FINER)


@dataclass(frozen=True)
class _Weights:
    """Bilinear interpolation between the nodes of two axes, at many points."""

    inside: NDArray[np.bool_]
    j: NDArray[np.intp]
    i: NDArray[np.intp]
    north: Array
    east: Array

    @classmethod
    def of(cls, native: Native, x: Array, y: Array) -> "_Weights":
        i, east, inside_x = _along(native.x, x)
        j, north, inside_y = _along(native.y, y)
        return cls(inside_x & inside_y, j, i, north, east)

    def apply(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Interpolate (..., y, x); points outside get the edge's value."""
        j, i, north, east = self.j, self.i, self.north, self.east
        flat = values.reshape(-1, *values.shape[-2:])
        out = np.empty((len(flat), *j.shape), dtype=np.float32)
        for index, field in enumerate(flat):
            south_edge = field[j, i] * (1.0 - east) + field[j, i + 1] * east
            north_edge = field[j + 1, i] * (1.0 - east) + field[j + 1, i + 1] * east
            out[index] = south_edge * (1.0 - north) + north_edge * north
        return out.reshape(*values.shape[:-2], *j.shape)


def _along(axis: Array, points: Array) -> tuple[NDArray[np.intp], Array, NDArray[np.bool_]]:
    """Cell and share along an axis that may run either way; whether each point is inside."""
    order = 1 if axis[-1] > axis[0] else -1
    ascending = axis[::order]
    finite = np.where(np.isfinite(points), points, ascending[0] - 1e12)
    inside = (finite >= ascending[0]) & (finite <= ascending[-1])
    cell = np.clip(np.searchsorted(ascending, finite, "right") - 1, 0, len(axis) - 2)
    share = (finite - ascending[cell]) / (ascending[cell + 1] - ascending[cell])
    share = np.clip(share, 0.0, 1.0)
    if order == 1:
        return cell, share, inside
    return len(axis) - 2 - cell, 1.0 - share, inside


def _holes(weights: _Weights, fields: Fields) -> NDArray[np.bool_]:
    """Where a wind is missing at the uppermost level: beyond the area of the data."""
    for name in ("u_mps", "v_mps"):
        if name in fields:
            first = fields[name].reshape(-1, *fields[name].shape[-2:])[:1]
            return np.asarray(np.isnan(weights.apply(first)[0]))
    return np.zeros(weights.inside.shape, dtype=bool)


def _error_mps(native: Native, fields: Fields, box: tuple[Array, Array], made: Fields) -> float:
    """Rms difference at the file's own nodes, of the first field of the wind, m/s."""
    lat, lon = native.degrees(*np.meshgrid(native.x, native.y))
    lon = box[1][0] + (lon - box[1][0]) % 360.0
    back = _Weights.of(Native(box[1], box[0], native.crs), lon, lat)
    squares = [
        (back.apply(made[name].reshape(-1, *made[name].shape[-2:])[:1])[0] - field) ** 2
        for name in ("u_mps", "v_mps")
        if name in fields
        for field in fields[name].reshape(-1, *fields[name].shape[-2:])[:1]
    ]
    if not squares or not back.inside.any():
        return 0.0
    return float(np.sqrt(np.nanmean(np.sum(squares, axis=0)[back.inside])))
