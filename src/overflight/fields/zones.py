"""The zones as stored: their files, their shapes, and what is needed to find them fast.

Longitudes are in [-180, 180), shapes are cut at the antimeridian, lines are straight in latitude
and longitude. :mod:`overflight.fields.places` is the way in.
"""

from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import shapely  # type: ignore[import-untyped]

from overflight.fields.cells import of_edges
from overflight.physics.crossing import SEAM_DEG, Cells
from overflight.physics.sphere import wrapped_deg

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

Kind = Literal["country", "state", "territorial_sea", "coast_buffer"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FILES: dict[str, str] = {
    "country": "borders.npz",
    "state": "borders.npz",
    "territorial_sea": "territorial_sea_osm.npz",  # ODbL, kept apart from the other two
    "coast_buffer": "coast_buffer.npz",
}


@dataclass(frozen=True)
class Place:
    """A zone on the ground; ``parent`` is the country it belongs to, or ''.

    ``kind`` is one of :data:`KINDS`, or for what a case watches ``zone`` or ``site``; ``means`` is
    then what it is in law (:mod:`overflight.case.zonekinds`).
    """

    id: str
    name: str
    kind: str
    parent: str
    means: str = ""

    @property
    def law(self) -> str:
        """What the zone is in law: a territory, a service area, a distance."""
        return self.means or self.kind

    @property
    def short(self) -> str:
        """The name that a case gave it, without its radius and levels; else its name."""
        return self.id.partition(":")[2] or self.name


class Layer:
    """All zones of one kind, with what is needed to find them fast."""

    def __init__(self, places: tuple[Place, ...], shapes: npt.NDArray[Any]) -> None:
        self.places = places
        self.shapes = shapes
        self.index = {place.id: i for i, place in enumerate(places)}

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Return the zones by bounding box."""
        return shapely.STRtree(self.shapes)

    @cached_property
    def edges_deg(self) -> Floats:
        """Return every edge of every ring, (edge, end, lon/lat)."""
        xy, part = self._ring_points
        same_ring = part[:-1] == part[1:]
        return np.stack([xy[:-1][same_ring], xy[1:][same_ring]], axis=1)

    @cached_property
    def edge_zone(self) -> Indices:
        """Return the zone of every edge, (edge,)."""
        _, part = self._ring_points
        zone: Indices = self._rings[1][part[:-1][part[:-1] == part[1:]]]
        return zone

    @cached_property
    def cells(self) -> Cells:
        """Return the zones laid out by cell of the map."""
        return of_edges(self.edges_deg, self.edge_zone)

    @cached_property
    def _rings(self) -> tuple[npt.NDArray[Any], Indices]:
        parts, zone = shapely.get_parts(self.shapes, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        return rings, np.asarray(zone)[part]

    @cached_property
    def _ring_points(self) -> tuple[Floats, Indices]:
        xy, ring = shapely.get_coordinates(self._rings[0], return_index=True)
        return np.asarray(xy, dtype=np.float64), np.asarray(ring, dtype=np.int64)

    def contains(self, zone: int, lat_deg: Floats, lon_deg: Floats) -> Flags:
        """Say which points lie inside one zone; NaN lies nowhere."""
        shape = self.shapes[zone]
        shapely.prepare(shape)
        lon_deg = np.clip(wrapped_deg(lon_deg), -180.0 + SEAM_DEG, 180.0 - SEAM_DEG)
        lat_deg = np.clip(lat_deg, -90.0 + SEAM_DEG, 90.0 - SEAM_DEG)
        return np.asarray(shapely.contains_xy(shape, lon_deg, lat_deg), dtype=np.bool_)

    def contains_each(self, zone: Indices, lat_deg: Floats, lon_deg: Floats) -> Flags:
        """Say of each point whether it lies in the zone named beside it."""
        inside = np.zeros(zone.size, dtype=np.bool_)
        order = np.argsort(zone, kind="stable")
        if zone.size:
            for group in np.split(order, np.flatnonzero(np.diff(zone[order])) + 1):
                inside[group] = self.contains(int(zone[group[0]]), lat_deg[group], lon_deg[group])
        return inside


def read(file: str) -> tuple[list[Place], npt.NDArray[Any]]:
    """Read a file that tools/make_places.py wrote."""
    with resources.files("overflight.fields").joinpath("data", file).open("rb") as stream:
        packed = np.load(stream)
        xy = np.cumsum(np.stack([packed["lon_steps"], packed["lat_steps"]], -1), axis=0)
        shapes = shapely.from_ragged_array(
            shapely.GeometryType.MULTIPOLYGON,
            xy / float(packed["units_per_deg"]),
            (packed["rings"], packed["parts"], packed["whole"]),
        )
        columns = [packed[key].tolist() for key in ("id", "name", "kind", "parent")]
    return [Place(*row) for row in zip(*columns, strict=True)], shapes
