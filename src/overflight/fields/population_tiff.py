"""A GeoTIFF of people, as WorldPop, GPW, GHS-POP and LandScan give it; also a projected one.

A projected grid is brought to cells of latitude and longitude at least four times as wide, each
of its cells as a whole to the one that holds its middle: nobody is lost, and nobody is counted
twice.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import geotiff
from overflight.fields.population_cells import (
    STRIP_CELLS,
    Axes,
    Cells,
    Negatives,
    Strips,
    areas_km2,
    factor_of,
    gather,
    strip_rows,
)
from overflight.fields.population_units import per_cell_of

Array = NDArray[np.float64]

_WIDER = 4  # cells of latitude and longitude than those of a projected grid, at least
_M_IN_DEG = 111_195.0
_EDGE_POINTS = 200


def read(path: Path, unit: str) -> Cells:
    """Read the cells of people.

    Raises
    ------
    MissingExtraError, FieldError, CapacityError
        As :func:`overflight.fields.population_grid.read` says.
    """
    with geotiff.opened(path) as dataset:
        told = str(dataset.units[0] or dataset.tags().get("units", ""))
        per_cell = per_cell_of(unit, told, f"the layer of {path.name}", path.name)
        if not dataset.crs.is_geographic:
            return _projected(dataset, path.name, per_cell=per_cell)
        axes = Axes(*geotiff.edges_deg(dataset))
        factor = factor_of(axes, path.name)
        rows = strip_rows(axes, factor)

        def strips() -> Strips:
            for first in range(0, dataset.height, rows):
                last = min(first + rows, dataset.height)
                yield first, geotiff.read_rows(dataset, first, last)

        return gather(axes, strips(), path.name, per_cell=per_cell, factor=factor)


def _projected(dataset: Any, name: str, *, per_cell: bool) -> Cells:  # noqa: ANN401 (rasterio has no types)
    """Put every cell of a projected grid into the cell of degrees that holds its middle."""
    crs = pyproj.CRS.from_wkt(dataset.crs.to_wkt())
    to_deg = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    metres = float(dataset.crs.linear_units_factor[1])
    area_km2 = abs(dataset.transform.e) * dataset.transform.a * metres**2 / 1e6
    cell_deg = _WIDER * metres * max(abs(dataset.transform.e), dataset.transform.a) / _M_IN_DEG
    axes = _around(dataset, to_deg, cell_deg, name)
    axes = _around(dataset, to_deg, cell_deg * factor_of(axes, name), name)
    shape = len(axes.lat_edges_deg) - 1, len(axes.lon_edges_deg) - 1
    persons, known = np.zeros(shape[0] * shape[1]), np.zeros(shape[0] * shape[1], np.bool_)
    scales, negatives = pyproj.Proj(crs), Negatives()
    x = dataset.transform.c + dataset.transform.a * (np.arange(dataset.width) + 0.5)
    rows = max(1, STRIP_CELLS // 8 // dataset.width)
    for first in range(0, dataset.height, rows):
        values = geotiff.read_rows(dataset, first, min(first + rows, dataset.height))
        negatives.add(values)
        some = values >= 0.0
        # Of the empty cells a quarter are enough to know that nobody lives there.
        some[1::2], some[:, 1::2] = values[1::2] > 0.0, values[:, 1::2] > 0.0
        i, j = np.nonzero(some)
        y = dataset.transform.f + dataset.transform.e * (first + i + 0.5)
        lon_deg, lat_deg = (np.asarray(one) for one in to_deg.transform(x[j], y))
        on_earth = np.isfinite(lon_deg) & np.isfinite(lat_deg)  # a corner of a world map is not
        lon_deg, lat_deg = lon_deg[on_earth], lat_deg[on_earth]
        people = values[i, j].astype(np.float64)[on_earth]
        if not per_cell:
            people *= area_km2 / np.asarray(scales.get_factors(lon_deg, lat_deg).areal_scale)
        cell = _cell_of(axes, lat_deg, lon_deg)
        persons += np.bincount(cell, people, minlength=persons.size)
        known[cell] = True
    density = np.where(known, persons, np.nan).reshape(shape) / areas_km2(axes)[:, None]
    whole = iter([(0, density.astype(np.float32))])
    made = gather(axes, whole, name, per_cell=False, factor=1)
    wide = 60.0 * (axes.lat_edges_deg[1] - axes.lat_edges_deg[0])
    notes = [
        *negatives.notes(name),
        f"{name} holds persons {'in each cell' if per_cell else 'per km2'} of the map {crs.name}:"
        f" each of its cells went as a whole to the cell of {wide:.2g} minutes of arc that holds"
        " its middle.",
    ]
    return replace(made, notes=(*made.notes, *notes))


def _around(dataset: Any, to_deg: pyproj.Transformer, cell_deg: float, name: str) -> Axes:  # noqa: ANN401
    """Cells of degrees that hold all of a projected grid."""
    one = dataset.transform
    x = one.c + one.a * np.linspace(0.0, dataset.width, _EDGE_POINTS)
    y = one.f + one.e * np.linspace(0.0, dataset.height, _EDGE_POINTS)
    across, up = (one.ravel() for one in np.meshgrid(x, y))
    lon_deg, lat_deg = (np.asarray(found) for found in to_deg.transform(across, up))
    there = np.isfinite(lon_deg) & np.isfinite(lat_deg)
    if not there.any():
        raise FieldError(
            found=f"{name} lies nowhere on the Earth by the map it names",
            expected="a grid within its own map",
            remedy="Its corner or its system is wrong: take the file as its maker gives it.",
        )
    lat_deg, lon_deg = lat_deg[there], lon_deg[there]
    edges = []
    # A corner may reach further than the points between: a cell of slack, and never beyond a pole.
    spans = ((lat_deg, -90.0, 90.0), (lon_deg, -180.0, 180.0))
    for found, least, most in spans:
        pad = 0.02 * float(np.ptp(found)) + cell_deg
        low, high = max(least, float(found.min()) - pad), min(most, float(found.max()) + pad)
        if found is lon_deg and high - low > 300.0:
            low, high = least, most
        edges.append(np.linspace(low, high, max(1, int((high - low) / cell_deg)) + 1))
    return Axes(edges[0], edges[1])


def _cell_of(axes: Axes, lat_deg: Array, lon_deg: Array) -> NDArray[np.int64]:
    """Index of the cell that holds each place; what lies a little outside goes to the edge."""
    found = []
    for edges, at in ((axes.lat_edges_deg, lat_deg), (axes.lon_edges_deg, lon_deg)):
        share = (at - edges[0]) / (edges[-1] - edges[0])
        found.append(np.clip((share * (len(edges) - 1)).astype(np.int64), 0, len(edges) - 2))
    return np.asarray(found[0] * (len(axes.lon_edges_deg) - 1) + found[1], np.int64)
