"""Rings on a round earth: edges the short way, poles, the antimeridian."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from overflight.case.watched import Corner, Ring


def unwrapped(corners: Sequence[Corner]) -> Iterator[Corner]:
    """Take every edge the short way round; one along a pole stays as it is drawn."""
    shift, before = 0.0, corners[0]
    for lat, lon in corners:
        step = lon - before[1]
        polar = abs(lat) == 90.0 and abs(before[0]) == 90.0
        if not polar and abs(step) > 180.0:
            shift -= 360.0 * math.copysign(math.ceil((abs(step) - 180.0) / 360.0), step)
        yield lat, lon + shift
        before = lat, lon


def around_pole(ring: Ring) -> Ring:
    """Close a ring that went once around by way of the pole on its side."""
    turn = ring[-1][1] - ring[0][1]
    if abs(turn) < 180.0:
        return ring
    pole = math.copysign(90.0, sum(lat for lat, _ in ring))
    return (*ring, (pole, ring[-1][1]), (pole, ring[0][1]), ring[0])


def beside(hole: Ring, outer: Ring) -> Ring:
    """Move a hole by whole turns to where its outer ring was drawn."""
    low = min(lon for _, lon in outer)
    middle = 0.5 * (low + max(lon for _, lon in outer))
    turns = round((middle - hole[0][1]) / 360.0)
    return tuple((lat, lon + 360.0 * turns) for lat, lon in hole)


def cut_at_seam(whole: Any) -> Any:  # noqa: ANN401 (a shape of shapely, which has no types)
    """Polygons of lon, lat in degrees, some beyond 180, cut at the antimeridian: a MultiPolygon.

    Longitudes may lie anywhere within two turns.
    """
    # Loaded only where a case has zones: 'validate' answers at once.
    import shapely  # type: ignore[import-untyped]  # noqa: PLC0415
    from shapely.affinity import translate  # type: ignore[import-untyped]  # noqa: PLC0415

    pieces = []
    for turn in range(-2, 3):
        middle = 360.0 * turn
        part = shapely.intersection(whole, shapely.box(middle - 180.0, -90.0, middle + 180.0, 90.0))
        parts = shapely.get_parts(shapely.get_parts(translate(part, -middle)))
        pieces += [piece for piece in parts if isinstance(piece, shapely.Polygon)]
    joined = shapely.union_all([piece for piece in pieces if not piece.is_empty])
    parts = [part for part in shapely.get_parts(joined) if isinstance(part, shapely.Polygon)]
    return shapely.MultiPolygon(parts)
