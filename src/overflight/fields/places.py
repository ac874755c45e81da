"""Whose territory lies below: borders, and when a path crosses them.

Kinds of zone, and the identifiers a case file uses:

    country          'US', 'CA'         land, by ISO 3166-1 alpha-2
    state            'US-MT', 'CA-YT'   states and provinces of the two, by ISO 3166-2
    territorial_sea  'US+12nmi'         land and 12 nautical miles of sea, as mapped by others
    coast_buffer     'US+12nmi-coast'   land and 12 nautical miles from the coast drawn here

The shapes are at 1:50 million: a border is a kilometre or two from the truth, so a balloon at
20 m/s is a minute or two early or late. Which state a source draws a disputed area to is that
source's choice, repeated here without comment (docs/explanation/borders.md). Airspace above the
border is a matter for :mod:`overflight.ledgers`.

Start at :func:`load`; :mod:`overflight.fields.passages` says how visits are found.
"""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import cache

import numpy as np
import numpy.typing as npt
import shapely  # type: ignore[import-untyped]

from overflight.errors import FieldError
from overflight.fields.passages import Passages, find_in_turn
from overflight.fields.zones import FILES, KINDS, Flags, Floats, Kind, Layer, Place, read

__all__ = ["KINDS", "Kind", "Passages", "Place", "Places", "load"]


class Places:
    """The zones that come with overflight; files are read when first needed."""

    def __init__(self, own: Iterable[Place] = ()) -> None:
        self._layers: dict[str, Layer] = {}
        self._own = {place.id: place for place in own}

    def beside(self, own: Iterable[Place]) -> "Places":
        """Return these zones together with those of a case, which can be named but not asked."""
        other = Places(own)
        other._layers = self._layers
        return other

    def of_kind(self, kind: str) -> tuple[Place, ...]:
        """Return all zones of one kind, in the order of their identifiers."""
        return self._layer(kind).places

    def place(self, zone_id: str) -> Place:
        """Return one zone by its identifier.

        >>> load().place("CA-YT").name
        'Yukon'
        """
        if zone_id in self._own:
            return self._own[zone_id]
        layer = self._layer_of(zone_id)
        return layer.places[layer.index[zone_id]]

    def find(self, text: str) -> Place:
        """Return the zone that a person means: its identifier, or its name in any case.

        >>> load().find("montana").id
        'US-MT'
        """
        wanted = " ".join(text.split()).casefold()
        kinds = [kind for kind in KINDS if kind != "coast_buffer"]  # of which nobody asks
        listed = [*self._own.values(), *(p for kind in kinds for p in self._layer(kind).places)]
        for place in listed:
            if wanted in (place.id.casefold(), place.name.casefold(), place.short.casefold()):
                return place
        names = {name.casefold(): name for place in listed for name in (place.id, place.short)}
        near = get_close_matches(wanted, list(names), n=3)
        raise FieldError(
            found=f"there is no zone {text!r}",
            expected="the name or identifier of one, such as Montana, US-MT or a site of the case",
            remedy=f"Did you mean {', '.join(names[one] for one in near)}?"
            if near
            else "See zones.csv of a forecast for those there are.",
        )

    def names(self, zone_id: str) -> str:
        """Return the name of a zone."""
        return self.place(zone_id).name

    def contains(self, zone_id: str, lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike) -> Flags:
        """Say which points lie inside a zone; NaN lies nowhere, a point on the border neither.

        >>> load().contains("US-MT", [45.78, 53.92], [-108.50, -122.75])  # Billings, Prince George
        array([ True, False])
        """
        layer = self._layer_of(zone_id)
        lat, lon = np.broadcast_arrays(np.asarray(lat_deg, float), np.asarray(lon_deg, float))
        return layer.contains(layer.index[zone_id], lat, lon)

    def holding(self, kind: str, lat_deg: Floats, lon_deg: Floats) -> npt.NDArray[np.str_]:
        """Name the zone of a kind that holds each point, '' where none does.

        Where zones overlap, the first in the order of identifiers.

        >>> load().holding("country", np.array([45.78, 30.0]), np.array([-108.50, -40.0])).tolist()
        ['US', '']
        """
        layer = self._layer(kind)
        point, zone = layer.tree.query(shapely.points(lon_deg, lat_deg))
        inside = layer.contains_each(zone, lat_deg[point], lon_deg[point])
        names = np.array([place.id for place in layer.places])
        found = np.zeros(len(lat_deg), dtype=names.dtype)
        order = np.argsort(-zone[inside], kind="stable")
        found[point[inside][order]] = names[zone[inside][order]]
        return found

    def shape(self, zone_id: str) -> shapely.MultiPolygon:
        """Return a zone as polygons of lon, lat, cut at the antimeridian."""
        layer = self._layer_of(zone_id)
        return layer.shapes[layer.index[zone_id]]

    def passages(
        self,
        lat_deg: Floats,
        lon_deg: Floats,
        time_s: Floats,
        kinds: Collection[str],
        n_threads: int = 1,
    ) -> Passages:
        """Find every visit of every path to every zone of some kinds.

        Between samples a path is straight in latitude and longitude: for steps of 54 km at 60 deg
        that is within 0.1 km of the great circle. It is not valid within a step of a pole. A
        stretch of the path needs two samples in a row to count.

        Parameters
        ----------
        lat_deg, lon_deg : (path, time)
            NaN where the path does not exist, for instance before launch.
        time_s : (time,)
            Increasing.
        n_threads
            Changes no visit.
        """
        layers = [self._layer(kind) for kind in kinds]
        return find_in_turn(lat_deg, lon_deg, time_s, layers, n_threads=n_threads)

    def _layer_of(self, zone_id: str) -> Layer:
        for kind in KINDS:
            layer = self._layer(kind)
            if zone_id in layer.index:
                return layer
        raise FieldError(
            found=f"there is no zone '{zone_id}'",
            expected="such as US, US-MT, CA-YT, US+12nmi or US+12nmi-coast",
            remedy="Use ISO 3166 codes; docs/explanation/borders.md lists the exceptions.",
        )

    def _layer(self, kind: str) -> Layer:
        if kind not in KINDS:
            raise FieldError(
                found=f"'{kind}' is no kind of zone",
                expected=f"one of {', '.join(KINDS)}",
                remedy="Correct the spelling.",
            )
        if kind not in self._layers:
            places, shapes = read(FILES[kind])
            for each in {place.kind for place in places}:
                mine = [i for i, place in enumerate(places) if place.kind == each]
                self._layers[each] = Layer(tuple(places[i] for i in mine), shapes[mine])
        return self._layers[kind]


@cache
def load() -> Places:
    """Return the zones that come with overflight, the same object every time."""
    return Places()
