"""Read GPX, the exchange format of satellite navigation: tracks of points with time and elevation.

Topografix, GPX 1.1 schema; 1.0 has the same elements. The file comes from a stranger
(:mod:`.elements`).
"""

import numpy as np

from overflight.errors import FieldError
from overflight.fields.soundings.making import Raw
from overflight.fields.soundings.tidy import moment
from overflight.imports.loggers.elements import Elements


def looks_like(text: str) -> bool:
    """Whether text is XML with a root called gpx.

    >>> looks_like('<?xml version="1.0"?><gpx version="1.1">')
    True
    """
    return text.lstrip()[:1] == "<" and "<gpx" in text[:4_096]


def raws(text: str, name: str) -> list[Raw]:
    """One track for each ``trk``, its segments joined; routes and waypoints are no tracks.

    Raises
    ------
    FieldError
        If the XML is damaged or declares a document type, or no point has a place.
    """
    reader = _Reader(name)
    reader.parse(text)
    found = [raw for raw in map(reader.raw, range(len(reader.tracks))) if len(raw.time)]
    if not found:
        raise FieldError(
            found=f"{name}: GPX without a point of a track",
            expected="elements trk, trkseg and trkpt with a time",
            remedy="Export the track, not the route or the waypoints.",
        )
    return found


class _Reader(Elements):
    """Collects the points of the tracks as the parser meets them."""

    kind = "GPX"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.tracks: list[tuple[list[str], list[tuple[str, str, str, str]]]] = []
        self._point: dict[str, str] = {}

    def raw(self, index: int) -> Raw:
        """One track as numbers."""
        names, points = self.tracks[index]
        alone = len(self.tracks) == 1
        return Raw(
            id=self.name if alone else f"track {index + 1} {' '.join(names)}".strip(),
            origin=f"{self.name}, GPX",
            time=np.array([moment(at) for *_, at in points], "datetime64[ns]"),
            lat_deg=np.array([_number(lat) for lat, *_ in points]),
            lon_deg=np.array([_number(lon) for _, lon, *_ in points]),
            height_m=np.array([_number(ele) for _, _, ele, _ in points]),
            height_kind="geometric",
        )

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a track or a point."""
        if name == "trk":
            self.tracks.append(([], []))
        elif name == "trkpt":
            self._point = dict(attributes)

    def closed(self, name: str, parent: str, text: str) -> None:
        """Keep what belongs to a point or a track."""
        if parent == "trkpt" and name in {"ele", "time"}:
            self._point[name] = text
        elif parent == "trk" and name == "name" and self.tracks:
            self.tracks[-1][0].append(text[:40])
        elif name == "trkpt" and self.tracks:
            keys = ("lat", "lon", "ele", "time")
            lat, lon, ele, at = (self._point.get(key, "") for key in keys)
            self.tracks[-1][1].append((lat, lon, ele, at))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
