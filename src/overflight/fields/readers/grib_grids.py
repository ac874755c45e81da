"""The grids of GRIB: axes, the order in which values are stored, projections."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields.canonical import Need
from overflight.fields.readers.grib_messages import Grid
from overflight.fields.readers.loading import Picked
from overflight.fields.readers.projected import Fields, Native, regrid

Array = NDArray[np.float64]

SPECTRAL = {"sh", "rotated_sh"}
TO_NODES = (
    "Ask MARS or the CDS for a grid (keyword grid=0.25/0.25), which makes u and v of them too; or"
    " transform the file with cdo: sp2gpl for u and v, dv2uvl for vorticity and divergence."
)
_PROJECTED = {"lambert", "polar_stereographic", "mercator", "rotated_ll"}
_ROUND_OFF_DEG = 1e-6
_ALONG_GRID = 8  # in the flags of resolution and components (code table 3.3, bit 5)


@dataclass(frozen=True)
class Plan:
    """How the values of a message become a grid with increasing axes.

    On a regular grid ``y`` and ``x`` are latitudes and longitudes (not yet wrapped); on a
    projected one they are axes of ``native``.
    """

    y: Array
    x: Array
    grid: Grid
    native: Native | None
    winds_along_grid: bool
    note: str = ""
    rows: tuple[Array, ...] = ()  # longitudes row by row, of a part of a reduced grid

    def laid_out(self, values: Array) -> Array:
        """Values in the order of the axes: (y, x)."""
        keys = self.grid.keys
        rows, columns = len(self.y), len(self.x)
        reduced = int(keys["pl"].sum()) if "pl" in keys else rows * columns
        expected = sum(len(row) for row in self.rows) or reduced
        if values.size != expected:
            raise FieldError(
                found=f"{values.size:,} values on a grid of {rows} rows and {expected:,} nodes",
                expected="a value for every node",
                remedy="The message is damaged: fetch the file again.",
            )
        if self.rows:
            ends = np.cumsum([len(row) for row in self.rows])[:-1]
            own = zip(self.rows, np.split(values, ends), strict=True)
            return np.array([np.interp(self.x, *row) for row in own])[:: _direction(keys)]
        if "pl" in keys:
            return _full_rows(values, keys["pl"], self.x)[:: _direction(keys)]
        upright = bool(keys.get("jPointsAreConsecutive"))  # column after column
        field = values.reshape((columns, rows) if upright else (rows, columns))
        if keys.get("alternativeRowScanning"):
            field = field.copy()
            field[1::2] = field[1::2, ::-1]
        if upright:
            field = field.T
        if keys.get("iScansNegatively"):
            field = field[:, ::-1]
        return field[:: _direction(keys)]

    def picked(self, need: Need, origin: str) -> tuple[Picked, Picked]:
        """The rows and columns that are needed: all of a projected grid."""
        if self.native is not None:
            return Picked(self.y, np.arange(len(self.y))), Picked(self.x, np.arange(len(self.x)))
        rows = Picked.of(self.y, need.south_deg, need.north_deg, "latitudes", origin)
        return rows, Picked.longitudes(self.x, need, origin)

    def on_degrees(
        self, stored: Fields, picked: tuple[Picked, Picked], need: Need, origin: str
    ) -> tuple[Array, Array, Fields, list[str]]:
        """Decoded fields on latitudes and longitudes, winds true; and what there is to note.

        Parameters
        ----------
        stored : (time, level, y, x)
            Of the rows and columns ``picked``.
        """
        notes = [self.note] if self.note else []
        if self.native is None:
            return picked[0].values, picked[1].values, stored, notes
        if self.winds_along_grid:
            names = {"u_mps": "x_mps", "v_mps": "y_mps"}
            stored = {names.get(name, name): values for name, values in stored.items()}
        lat_deg, lon_deg, made, told = regrid(self.native, stored, need, origin)
        return lat_deg, lon_deg, made, notes + told


def _direction(keys: dict[str, object]) -> int:
    return 1 if keys.get("jScansPositively") else -1


def plan(grid: Grid, origin: str) -> Plan:
    """Say how a grid is laid out.

    Raises
    ------
    FieldError
        If the grid is of a kind that is not read.
    """
    if "longitudes_of_nodes" in grid.keys:
        return _part_of_reduced(grid, origin)
    if grid.kind in ("regular_ll", "regular_gg", "reduced_gg"):
        return _on_the_globe(grid)
    if grid.kind in _PROJECTED:
        return _projected(grid, origin)
    if grid.kind in SPECTRAL:
        raise FieldError(
            found=f"{origin}: spherical harmonics, not a grid",
            expected="values of u and v at nodes of latitude and longitude",
            remedy=TO_NODES,
        )
    known = {"unstructured_grid": "an unstructured grid"}
    raise FieldError(
        found=f"{origin}: {known.get(grid.kind, f'a grid of the kind {grid.kind!r}')}",
        expected="a regular or Gaussian grid of latitude and longitude, Lambert, polar"
        " stereographic, Mercator or rotated latitude and longitude",
        remedy="Ask for a regular grid (MARS and CDS: grid 0.25/0.25), or interpolate it with cdo.",
    )


def _on_the_globe(grid: Grid) -> Plan:
    keys, note = grid.keys, ""
    if grid.kind == "regular_ll":
        lat: Array = np.linspace(
            keys["latitudeOfFirstGridPointInDegrees"],
            keys["latitudeOfLastGridPointInDegrees"],
            int(keys["Nj"]),
        )
    else:
        lat = np.sort(keys["latitudes"])
    lat = np.sort(lat)
    lon: Array
    columns = int(keys["pl"].max()) if "pl" in keys else int(keys["Ni"])
    first = float(keys["longitudeOfFirstGridPointInDegrees"])
    last = float(keys["longitudeOfLastGridPointInDegrees"])
    if "pl" in keys:
        lon = first + np.arange(columns, dtype=np.float64) * (360.0 / columns)
        note = "A reduced Gaussian grid was filled up along its rows, linearly."
    else:
        west, east = (last, first) if keys.get("iScansNegatively") else (first, last)
        width = (east - west) % 360.0 or (360.0 if columns > 1 else 0.0)
        lon = west + np.arange(columns, dtype=np.float64) * (width / max(columns - 1, 1))
    return Plan(lat, lon, grid, None, winds_along_grid=False, note=note)


def _part_of_reduced(grid: Grid, origin: str) -> Plan:
    """A part of a reduced grid: every row has its own longitudes, which begin and end apart.

    Kept are the longitudes that all rows reach, as densely as the densest row has them.
    """
    keys = grid.keys
    lat, lon = keys["latitudes_of_nodes"], keys["longitudes_of_nodes"]
    first = float(keys["longitudeOfFirstGridPointInDegrees"])
    ahead = first + (lon - first + _ROUND_OFF_DEG) % 360.0 - _ROUND_OFF_DEG
    starts = np.flatnonzero(np.diff(lat)) + 1
    rows = tuple(np.split(ahead, starts))
    west, east = max(row[0] for row in rows), min(row[-1] for row in rows)
    step = 360.0 / int(keys["pl"].max())
    x = west + np.arange(int((east - west) / step + _ROUND_OFF_DEG) + 1) * step
    if east < west or len(x) < 2 or len(rows) < 2:
        raise FieldError(
            found=f"{origin}: a part of a reduced Gaussian grid that is narrower than two nodes",
            expected="at least two latitudes and longitudes that all rows reach",
            remedy="Ask for a larger area, or for a regular grid (MARS and CDS: grid 0.25/0.25).",
        )
    y = np.sort(lat[np.append(0, starts)])
    note = (
        "A part of a reduced Gaussian grid was filled up along its rows, linearly, over the"
        f" longitudes that all rows reach ({west:g} to {east:g})."
    )
    return Plan(y, x, grid, None, winds_along_grid=False, note=note, rows=rows)


def _full_rows(values: Array, row_lengths: NDArray[np.int64], lon_deg: Array) -> Array:
    """Interpolate the rows of a reduced grid, all of which begin at one meridian."""
    full = np.empty((len(row_lengths), len(lon_deg)))
    at = 0
    ahead = np.arange(len(lon_deg)) / len(lon_deg)
    for row, length in enumerate(map(int, row_lengths)):
        own = values[at : at + length]
        place = ahead * length
        cell = place.astype(np.int64)
        share = place - cell
        full[row] = own[cell] * (1.0 - share) + own[(cell + 1) % length] * share
        at += length
    return full


def _projected(grid: Grid, origin: str) -> Plan:
    """A projected grid from its first node, which is at the corner where its values begin.

    ecCodes' own iterator starts at the south-western corner whatever the scanning; the text of the
    WMO (La1, Lo1: the first grid point) and the last node that Mercator grids name say otherwise.
    """
    keys = grid.keys
    if keys.get("angleOfRotationInDegrees") or keys.get("angleOfRotation"):
        raise FieldError(
            found=f"{origin}: a rotated grid turned about its own pole by"
            f" {keys.get('angleOfRotationInDegrees') or keys.get('angleOfRotation'):g} degrees",
            expected="an angle of rotation of zero; programs differ in what another one means",
            remedy="Interpolate it to a regular grid with the program of those who made it.",
        )
    native_crs = pyproj.CRS.from_user_input(_proj_text(grid))
    columns, rows = int(keys.get("Nx") or keys["Ni"]), int(keys.get("Ny") or keys["Nj"])
    if grid.kind == "rotated_ll":
        y = np.sort(np.linspace(keys["latitudeOfFirstGridPointInDegrees"],
                                keys["latitudeOfLastGridPointInDegrees"], rows))  # fmt: skip
        first, last = (
            keys["longitudeOfFirstGridPointInDegrees"], keys["longitudeOfLastGridPointInDegrees"]
        )  # fmt: skip
        first, last = (last, first) if keys.get("iScansNegatively") else (first, last)
        x = first + np.arange(columns) * (((last - first) % 360.0) / max(columns - 1, 1))
        x = x - 360.0 if x[0] > 180.0 else x
    else:
        probe = Native(np.zeros(2), np.zeros(2), native_crs)
        x0, y0 = probe.plane(
            np.array([keys["latitudeOfFirstGridPointInDegrees"]]),
            np.array([keys["longitudeOfFirstGridPointInDegrees"]]),
        )
        step_x, step_y = _steps_m(keys)
        along = -step_x if keys.get("iScansNegatively") else step_x
        upward = step_y if keys.get("jScansPositively") else -step_y
        x = np.sort(float(x0[0]) + along * np.arange(columns))
        y = np.sort(float(y0[0]) + upward * np.arange(rows))
    native = Native(x, y, native_crs)
    # Not its key uvRelativeToGrid, which polar stereographic grids of edition 2 lack.
    along_grid = bool(int(keys.get("resolutionAndComponentFlags") or 0) & _ALONG_GRID)
    return Plan(y, x, grid, native, winds_along_grid=along_grid)


def _steps_m(keys: dict[str, Any]) -> tuple[float, float]:
    """Spacing along x and y, which Mercator grids spell differently.

    Raises
    ------
    FieldError
        If there is none.
    """
    along_x, along_y = (
        float(keys.get(f"D{plain}InMetres") or keys.get(f"D{mercator}InMetres") or 0.0)
        for plain, mercator in (("x", "i"), ("y", "j"))
    )
    if not (along_x > 0.0 and along_y > 0.0):
        raise FieldError(
            found=f"a projected grid with spacings of {along_x:g} and {along_y:g} m",
            expected="the distance between nodes",
            remedy="The message is damaged: fetch the file again.",
        )
    return along_x, along_y


def _proj_text(grid: Grid) -> str:
    """The projection in the words of PROJ."""
    keys = grid.keys
    if keys.get("earthIsOblate") and keys.get("earthMajorAxisInMetres"):
        earth = f"+a={keys['earthMajorAxisInMetres']} +b={keys['earthMinorAxisInMetres']}"
    else:
        earth = f"+R={keys.get('radius') or 6_371_229.0}"
    if grid.kind == "lambert":
        first, second = keys["Latin1InDegrees"], keys["Latin2InDegrees"]
        return (
            f"+proj=lcc +lat_1={first} +lat_2={second} +lat_0={keys.get('LaDInDegrees') or first}"
            f" +lon_0={keys['LoVInDegrees']} {earth} +units=m +no_defs"
        )
    if grid.kind == "polar_stereographic":
        north = not (int(keys.get("projectionCentreFlag") or 0) & 128)
        true_at = abs(keys.get("LaDInDegrees") or 60.0)  # PROJ takes the pole from its sign
        return (
            f"+proj=stere +lat_0={90 if north else -90} +lat_ts={true_at if north else -true_at}"
            f" +lon_0={keys['orientationOfTheGridInDegrees']} {earth} +units=m +no_defs"
        )
    if grid.kind == "mercator":
        middle = keys["longitudeOfFirstGridPointInDegrees"]
        return f"+proj=merc +lat_ts={keys['LaDInDegrees']} +lon_0={middle} {earth} +units=m"
    return (
        f"+proj=ob_tran +o_proj=longlat +o_lat_p={-keys['latitudeOfSouthernPoleInDegrees']}"
        f" +o_lon_p=0 +lon_0={keys['longitudeOfSouthernPoleInDegrees']} {earth}"
        " +to_meter=0.0174532925199433 +no_defs"
    )
