"""Make sound outlines of what was drawn, and say what was done to it; or refuse.

Out come polygons as RFC 7946 wants them: cut at the antimeridian, closed over a pole, outer rings
counterclockwise, every ring simple.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely  # type: ignore[import-untyped]
from shapely.geometry.polygon import orient  # type: ignore[import-untyped]

from overflight.case.layers.raw import Corners
from overflight.case.layers.wgs84 import area_km2
from overflight.case.rings import around_pole, cut_at_seam, unwrapped
from overflight.errors import CaseError
from overflight.units import shorten

STEP_DEG = 1e-6  # corners are kept to a tenth of a metre
LONGEST_EDGE_DEG = 90.0  # a reader takes one beyond 180 the other way round
_ROUNDING_DEG = 1e-6  # beyond 90: a projection's own rounding
_FURTHEST_DEG = 540.0  # longitudes 0 to 360, and a turn more


@dataclass
class Log:
    """What was done, each sentence once with how often."""

    said: dict[str, int] = field(default_factory=dict)

    def say(self, words: str) -> None:
        """Note that something was done once more."""
        self.said[words] = self.said.get(words, 0) + 1

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it, in the order in which it happened first."""
        return tuple(
            f"{words} ({times} times)" if times > 1 else words for words, times in self.said.items()
        )


def mended(polygons: list[list[Corners]], name: str, log: Log) -> Any:  # noqa: ANN401
    """Sound polygons (a MultiPolygon of lon, lat) of all that a feature draws; may be empty."""
    parts = [shape for rings in polygons if (shape := _polygon(rings, name, log)) is not None]
    return mended_shape(shapely.union_all([cut_at_seam(part) for part in parts]))


def mended_shape(shape: Any) -> Any:  # noqa: ANN401
    """A sound shape with its corners on the steps they are kept in, outer rings to the left."""
    exact = shapely.segmentize(shapely.set_precision(shape, STEP_DEG), LONGEST_EDGE_DEG)
    return shapely.MultiPolygon([orient(part, 1.0) for part in _polygons(exact)])


def plausible_point(lon_deg: float, lat_deg: float) -> None:
    """Refuse a point that is not on the earth."""
    _plausible(np.array([[lon_deg, lat_deg]]), "a point", Log())


def _polygons(shape: Any) -> list[Any]:  # noqa: ANN401
    """The polygons among the parts of a shape."""
    parts = shapely.get_parts(shapely.get_parts(shape)).tolist()
    return [part for part in parts if part.geom_type == "Polygon" and part.area > 0.0]


def _polygon(rings: list[Corners], name: str, log: Log) -> Any:  # noqa: ANN401
    shapes = [_ring(ring, name, log) for ring in rings]
    if not shapes or shapes[0] is None:
        return None
    outer, holes = shapes[0], [shape for shape in shapes[1:] if shape is not None]
    if not holes:
        return outer
    moved = [_beside(hole, outer) for hole in holes]
    inside = shapely.union_all(moved)
    if not shapely.covers(shapely.buffer(outer, STEP_DEG), inside):
        log.say(f"{shorten(name)}: a hole that reaches out of its outline was cut off there")
    return shapely.difference(outer, inside)


def _beside(hole: Any, outer: Any) -> Any:  # noqa: ANN401
    """Move a hole by whole turns to where its outer ring was drawn."""
    (low, _, high, _), (left, _, right, _) = outer.bounds, hole.bounds
    turns = round((0.5 * (low + high) - 0.5 * (left + right)) / 360.0)
    return shapely.affinity.translate(hole, 360.0 * turns)


def _ring(corners: Corners, name: str, log: Log) -> Any:  # noqa: ANN401
    """The area within a ring, wherever it lies on the earth; None where it has none."""
    ring = _closed(_plausible(corners, name, log), name, log)
    if ring is None:
        return None
    shape = _spread(ring, name, log)
    if shapely.is_valid(shape) and shape.area > 0.0:
        return shape
    why = str(shapely.is_valid_reason(shape))
    sound = shapely.MultiPolygon(_polygons(shapely.make_valid(shape)))
    if sound.area == 0.0:
        log.say(f"{shorten(name)}: an outline without an area was left out")
        return None
    log.say(
        f"{shorten(name)}: an outline that is not sound ({_reason(why)}) was mended: what an odd"
        f" number of its edges surrounds is inside; area {area_km2(shape):,.6g} km2 before,"
        f" {area_km2(sound):,.6g} km2 after"
    )
    return sound


def _reason(why: str) -> str:
    what, _, at = why.rstrip("]").partition("[")
    lon, _, lat = at.partition(" ")
    words = what.lower().replace("self-intersection", "it crosses itself")
    try:
        turned = (float(lon) + 180.0) % 360.0 - 180.0
        return f"{words} near {float(lat):.4f}, {turned:.4f}"
    except ValueError:
        return words


def _plausible(corners: Corners, name: str, log: Log) -> Corners:
    if not np.isfinite(corners).all():
        raise CaseError(
            found=f"{shorten(name)}: a corner that is no number",
            expected="longitudes and latitudes",
            remedy="Export the zones again.",
        )
    lon, lat = corners.T
    if corners.size and (np.abs(lat) > 90.0 + _ROUNDING_DEG).any():
        worst = float(lat[np.abs(lat).argmax()])
        swapped = (np.abs(lon) <= 90.0).all() and (np.abs(lat) <= 180.0).all()
        raise CaseError(
            found=f"{shorten(name)}: the latitude {worst:g}",
            expected="-90 to 90, and longitude first",
            remedy="Latitude and longitude look swapped: check, then add it with --swapped."
            if swapped
            else "Say the reference system that the corners are in with --crs.",
        )
    if corners.size and (np.abs(lon) > _FURTHEST_DEG).any():
        raise CaseError(
            found=f"{shorten(name)}: the longitude {float(lon[np.abs(lon).argmax()]):g}",
            expected="degrees, -180 to 180 or 0 to 360",
            remedy="Say the reference system that the corners are in with --crs.",
        )
    if corners.size and np.abs(lon).max() > 180.0:
        log.say("longitudes beyond 180 were brought into -180 to 180")
    return np.stack([lon, np.clip(lat, -90.0, 90.0)], axis=-1)


def _closed(corners: Corners, name: str, log: Log) -> Corners | None:
    """The ring, closed and without corners that repeat the one before; None where none is left."""
    if len(corners) == 0:
        log.say(f"{shorten(name)}: an outline without corners was left out")
        return None
    if not np.array_equal(corners[0], corners[-1]):
        if abs(corners[0, 0] - corners[-1, 0]) not in (0.0, 360.0) or (
            corners[0, 1] != corners[-1, 1]
        ):
            log.say(f"{shorten(name)}: an open outline was closed")
        corners = np.concatenate([corners, corners[:1]])
    again = np.zeros(len(corners), dtype=bool)
    again[1:] = (corners[1:] == corners[:-1]).all(axis=1)
    corners = corners[~again]
    if len(corners) < 4:
        log.say(f"{shorten(name)}: an outline of fewer than three corners was left out")
        return None
    return corners


def _spread(corners: Corners, name: str, log: Log) -> Any:  # noqa: ANN401
    """The ring with longitudes that do not jump, around the pole where it goes around one."""
    flat = [(float(lat), float(lon)) for lon, lat in corners]
    ring = tuple(unwrapped(flat))
    turns = round((ring[-1][1] - ring[0][1]) / 360.0)
    if abs(turns) > 1:
        raise CaseError(
            found=f"{shorten(name)}: an outline that goes around the earth {abs(turns)} times",
            expected="once at most",
            remedy="Draw it again; zones may be several polygons.",
        )
    if turns:
        pole = "north" if sum(lat for lat, _ in ring) > 0.0 else "south"
        log.say(f"{shorten(name)}: an outline around the earth was closed over the {pole} pole")
        ring = around_pole(ring)
    elif (np.ptp([lon for _, lon in ring]) == 0.0) and np.ptp(corners[:, 0]) == 360.0:
        ring = tuple(flat)  # from 180 W to 180 E and back: a band around the earth, as drawn
    elif any(abs(a - b) > 180.0 for a, b in zip(corners[1:, 0], corners[:-1, 0], strict=True)):
        log.say(f"{shorten(name)}: edges over the antimeridian were taken the short way and cut")
    low = min(lon for _, lon in ring)
    shift = 360.0 * np.floor((low + 180.0) / 360.0)
    return shapely.Polygon([(lon - shift, lat) for lat, lon in ring])
