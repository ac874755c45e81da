"""When paths are inside the zones of a case and within a distance of its sites.

Zones are cut as borders are (:mod:`overflight.fields.passages`), circles are met as
:mod:`.circles` says, and flight levels cut both (:mod:`.bands`).
"""

from collections.abc import Sequence

import numpy as np
import shapely  # type: ignore[import-untyped]

from overflight.case import zonekinds
from overflight.case.model import Area, Case
from overflight.case.rings import cut_at_seam
from overflight.case.watched import Polygon, Watched
from overflight.fields.passages import Passages, find_in_turn
from overflight.fields.zones import Layer, Place
from overflight.inference import bands, circles
from overflight.inference.posterior import Posterior
from overflight.units import FLIGHT_LEVEL_M

ZONE, SITE = "zone", "site"  # kinds of place, and how their identifiers begin
KINDS = (ZONE, SITE)
MOST_NAMED = 50  # zones and sites of a case that are told of however improbable


def is_own(zone_id: str) -> bool:
    """Whether a zone is one that a case watches, and none of the world's.

    >>> is_own("site:Billings Logan"), is_own("US-MT")
    (True, False)
    """
    return zone_id.partition(":")[0] in KINDS


def named(found: Passages) -> set[str]:
    """Zones and sites of a case to be told of though no path meets them.

    That is all of them, unless they are a whole layer's: then those that a path meets.
    """
    own = {zone for zone in found.zones if is_own(zone)}
    return own if len(own) <= MOST_NAMED else own & set(found.zone.tolist())


def places_of(case: Case) -> tuple[Place, ...]:
    """The zones and sites of a case, in its own order, named with their extent."""
    zones = [
        Place(f"{ZONE}:{one.name}", _titled(one, ""), ZONE, "", zonekinds.meant(one.kind))
        for one in case.areas
    ]
    sites = [
        Place(
            f"{SITE}:{one.name}",
            _titled(one, f"within {one.radius_m / 1e3:,.4g} km"),
            SITE,
            "",
            zonekinds.meant(one.kind),
        )
        for one in case.sites
    ]
    return (*zones, *sites)


def _titled(one: Area | Watched, extent: str) -> str:
    """A name and all that it means: 'Billings Logan (airport), within 20 km, above FL180'."""
    head = f"{one.name} ({one.kind})" if one.kind else one.name
    parts = [head, extent] if extent else [head]
    levels = [
        f"{word} FL{height_m / FLIGHT_LEVEL_M:03.0f}"
        for word, height_m in (("above", one.floor_m), ("below", one.ceiling_m))
        if height_m is not None
    ]
    return ", ".join([*parts, *levels])


def passages(case: Case, paths: Posterior) -> Passages:
    """All visits of paths to the zones and sites of a case."""
    found = _of_zones(case.areas, paths)
    for site in case.sites:
        found = found.joined(circles.visits(f"{SITE}:{site.name}", site, paths))
    watched: list[tuple[str, Area | Watched]] = [
        *((f"{ZONE}:{area.name}", area) for area in case.areas),
        *((f"{SITE}:{site.name}", site) for site in case.sites),
    ]
    for zone, one in watched:
        if one.floor_m is not None or one.ceiling_m is not None:
            found = bands.within(found, zone, (one.floor_m, one.ceiling_m), paths)
    return found


def _of_zones(areas: Sequence[Area], paths: Posterior) -> Passages:
    shapes = np.empty(len(areas), dtype=object)
    shapes[:] = [outline(area.polygons) for area in areas]
    places = tuple(Place(f"{ZONE}:{area.name}", area.name, ZONE, "") for area in areas)
    layers = [Layer(places, shapes)] if areas else []
    return find_in_turn(paths.lat_deg, paths.lon_deg, paths.time_s, layers)


def outline(polygons: tuple[Polygon, ...]) -> shapely.MultiPolygon:
    """Polygons of lon, lat, cut at the antimeridian as the world's borders are."""
    pieces = []
    for outer, *holes in polygons:
        rings = [[(lon, lat) for lat, lon in ring] for ring in (outer, *holes)]
        pieces += shapely.get_parts(cut_at_seam(shapely.Polygon(rings[0], rings[1:]))).tolist()
    return cut_at_seam(shapely.union_all(pieces))
