"""Read KML: placemarks with a time and a point, and the tracks (gx:Track) of KML 2.2 and later.

OGC 12-007r2. Like GPX it comes from a stranger: a document type is refused, links are never opened.
"""

import numpy as np

from overflight.errors import FieldError
from overflight.fields.soundings.making import Raw
from overflight.fields.soundings.tidy import moment
from overflight.imports.loggers.elements import Elements


def looks_like(text: str) -> bool:
    """Whether text is XML with a root called kml.

    >>> looks_like('<kml xmlns="http://www.opengis.net/kml/2.2">')
    True
    """
    return text.lstrip()[:1] == "<" and "<kml" in text[:4_096]


def raws(text: str, name: str) -> list[Raw]:
    """One track of the timed placemarks, and one for each gx:Track.

    Raises
    ------
    FieldError
        If the XML is damaged, declares a document type, or has no place with a time.
    """
    reader = _Reader(name)
    reader.parse(text)
    found = [
        Raw(
            id=name if len(reader.tracks) == 1 else f"track {at}",
            origin=f"{name}, KML",
            time=np.array([moment(one) for one, _ in rows], "datetime64[ns]"),
            lat_deg=np.array([_part(place, 1) for _, place in rows]),
            lon_deg=np.array([_part(place, 0) for _, place in rows]),
            height_m=np.array([_part(place, 2) for _, place in rows]),
            height_kind="geometric",
        )
        for at, rows in enumerate(reader.tracks, start=1)
    ]
    if not found:
        lines = f", but {reader.lines} lines without times" if reader.lines else ""
        raise FieldError(
            found=f"{name}: KML without a place that has a time{lines}",
            expected="Placemarks with TimeStamp and Point, or gx:Track with when and gx:coord",
            remedy="Export the track with its times; a drawn line says where and not when.",
        )
    return found


class _Reader(Elements):
    """Collects times and places as the parser meets them."""

    kind = "KML"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.tracks: list[list[tuple[str, list[str]]]] = []
        self.lines = 0
        self._whens: list[str] = []
        self._coords: list[list[str]] = []
        self._placed: list[tuple[str, list[str]]] = []
        self._when, self._point = "", [""]

    def parse(self, text: str) -> None:
        """Read the whole text; the placemarks that have a time are one more track."""
        super().parse(text)
        if self._placed:
            self.tracks.append(self._placed)

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a track or a placemark."""
        del attributes
        if name == "Track":
            self._whens, self._coords = [], []
        elif name == "Placemark":
            self._when, self._point = "", [""]

    def closed(self, name: str, parent: str, text: str) -> None:
        """Keep what belongs to a track or a placemark."""
        if parent == "Track" and name == "when":
            self._whens.append(text)
        elif parent == "Track" and name == "coord":
            self._coords.append(text.split())
        elif name == "Track":
            self.tracks.append(list(zip(self._whens, self._coords, strict=False)))
        elif parent in ("TimeStamp", "TimeSpan") and name in ("when", "begin"):
            self._when = text
        elif parent == "Point" and name == "coordinates":
            self._point = text.split(",")
        elif name == "LineString":
            self.lines += 1
        elif name == "Placemark" and self._when and len(self._point) > 1:
            self._placed.append((self._when, self._point))


def _part(place: list[str], at: int) -> float:
    try:
        return float(place[at])
    except (ValueError, IndexError):
        return float("nan")
