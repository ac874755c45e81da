"""A doubt worth telling: zones far from a case's sightings that would be near if swapped."""

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from overflight.case.files import Notes, read_table

NEAR_DEG = 5.0

Box = tuple[float, float, float, float]  # west, south, east, north


def places_deg(folder: Path) -> list[tuple[float, float]]:
    """Longitude and latitude of the sightings of a case, as far as they can be read."""
    path, found = folder / "sightings.csv", []
    for row in read_table(path, Notes()).rows if path.exists() else ():
        with suppress(ValueError):
            lon, lat = float(str(row.get("lon_deg"))), float(str(row.get("lat_deg")))
            if math.isfinite(lon + lat):
                found.append((lon, lat))
    return found


def swapped(boxes: Sequence[Box], places: Iterable[tuple[float, float]]) -> str:
    """Say that zones look swapped; '' where nothing speaks for it.

    >>> swapped([(45.0, 60.0, 47.0, 62.0)], [(61.0, 46.0)])[:28]
    'no sighting is near any zone'
    >>> swapped([(45.0, 60.0, 47.0, 62.0)], [(46.0, 61.0)])
    ''
    """
    listed = list(places)
    turned = [(south, west, north, east) for west, south, east, north in boxes]
    if _any(boxes, listed) or not _any(turned, listed):
        return ""
    return (
        "no sighting is near any zone, but some would be if latitude and longitude were swapped:"
        " look at the zones on a map, and add them with --swapped if that is so"
    )


def _any(boxes: Iterable[Box], places: Sequence[tuple[float, float]]) -> bool:
    return any(
        west - NEAR_DEG <= lon <= east + NEAR_DEG and south - NEAR_DEG <= lat <= north + NEAR_DEG
        for west, south, east, north in boxes
        for lon, lat in places
    )
