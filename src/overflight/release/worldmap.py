"""The outline of the world, and a flat frame cut from it around what a map must show.

Plate carree with the frame's middle parallel true to scale, west edge anywhere: a frame across the
antimeridian is no special case. Coordinates are whole drawing units, so paths stay short.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import cos, floor, radians

import numpy as np
from numpy.typing import NDArray

from overflight.physics.sphere import wrapped_deg

WIDTH = 2_400  # drawing units; about four to a pixel of a laptop's column
MARGIN_DEG = 6.0
MIN_WIDTH_DEG = 30.0
MIN_HEIGHT_FRACTION, MAX_HEIGHT_FRACTION = 0.38, 0.62

Values = NDArray[np.float64]
Rings = tuple[tuple[Values, Values], ...]


def world_json() -> str:
    """The world's outline as compact TopoJSON (Natural Earth 1:110 million)."""
    path = files("overflight.release") / "assets" / "world-110m.json"
    return path.read_text(encoding="utf-8").strip()


@lru_cache(maxsize=1)
def land_rings() -> Rings:
    """Coasts as closed rings of (lat_deg, lon_deg), longitudes running on across 180 degrees."""
    world = json.loads(world_json())
    scale, translate = world["transform"]["scale"], world["transform"]["translate"]
    arcs = [np.cumsum(arc, axis=0) * scale + translate for arc in world["arcs"]]
    rings = []
    for shape in world["objects"]["land"]["geometries"]:
        for polygon in shape["arcs"]:
            for ring in polygon:
                parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
                points = np.concatenate(parts)
                rings.append((points[:, 1], unwrapped(points[:, 0])))
    return tuple(rings)


def unwrapped(lon_deg: Values) -> Values:
    """Longitudes without jumps of a whole turn; NaN stays NaN.

    >>> unwrapped(np.array([179.0, -179.0, -178.0])).tolist()
    [179.0, 181.0, 182.0]
    """
    known = np.isfinite(lon_deg)
    result = lon_deg.astype(np.float64).copy()
    result[known] = np.unwrap(result[known], period=360.0)
    return result


@dataclass(frozen=True)
class Frame:
    """A window on the map, and where a position lies in it."""

    west_deg: float
    south_deg: float
    width_deg: float
    height_deg: float

    @property
    def units_per_deg(self) -> float:
        """Drawing units in a degree of longitude."""
        return WIDTH / self.width_deg

    @property
    def units_per_lat_deg(self) -> float:
        """Drawing units in a degree of latitude: the middle parallel is true to scale."""
        return self.units_per_deg / cos(radians(self.south_deg + self.height_deg / 2.0))

    @property
    def height(self) -> int:
        """Height of the drawing, in units."""
        return round(self.height_deg * self.units_per_lat_deg)

    def xy(self, lat_deg: Values, lon_deg: Values) -> tuple[Values, Values]:
        """Place continuous longitudes so that the first known one falls inside the frame."""
        known = np.flatnonzero(np.isfinite(lon_deg))
        turns = 0.0
        if len(known):
            turns = 360.0 * floor((float(lon_deg[known[0]]) - self.west_deg) / 360.0)
        x = (lon_deg - turns - self.west_deg) * self.units_per_deg
        y = (self.south_deg + self.height_deg - lat_deg) * self.units_per_lat_deg
        return x, y


WORLD = Frame(-180.0, -60.0, 360.0, 140.0)


def frame_around(lat_deg: Values, lon_deg: Values) -> Frame:
    """The smallest frame with a margin that holds every position.

    The widest empty stretch of longitude is left out, wherever it lies.

    >>> frame_around(np.array([40.0, 45.0]), np.array([170.0, -150.0])).west_deg
    164.0
    """
    known = np.isfinite(lat_deg) & np.isfinite(lon_deg)
    if not known.any():
        return WORLD
    lats, lons = lat_deg[known], np.sort(np.mod(lon_deg[known], 360.0))
    gaps = np.diff(np.append(lons, lons[0] + 360.0))
    widest = int(np.argmax(gaps))
    west = float(lons[(widest + 1) % len(lons)]) - MARGIN_DEG
    width = 360.0 - float(gaps[widest]) + 2.0 * MARGIN_DEG
    if width < MIN_WIDTH_DEG:
        west, width = west - (MIN_WIDTH_DEG - width) / 2.0, MIN_WIDTH_DEG
    width = min(width, 360.0)
    south, north = float(lats.min()) - MARGIN_DEG, float(lats.max()) + MARGIN_DEG
    middle = min(max((south + north) / 2.0, -70.0), 70.0)
    shape = cos(radians(middle)) * width
    height = min(max(north - south, MIN_HEIGHT_FRACTION * shape), MAX_HEIGHT_FRACTION * shape)
    if height < north - south:  # too tall for the page: let the frame grow sideways instead
        width = min(360.0, (north - south) / (MAX_HEIGHT_FRACTION * cos(radians(middle))))
        west -= (width - shape / cos(radians(middle))) / 2.0
        height = north - south
    south = min(max(middle - height / 2.0, -90.0), 90.0 - height)
    return Frame(wrapped_deg(west), south, width, height)


def path_of(x: Values, y: Values, *, step: float = 1.0, close: bool = False) -> str:
    """SVG path data in whole units; NaN lifts the pen, points nearer than ``step`` are dropped.

    >>> path_of(np.array([0.0, 10.0, np.nan, 3.0, 3.0]), np.array([0.0, 5.0, np.nan, 3.0, 9.0]))
    'M0 0l10 5M3 3l0 6'
    """
    parts: list[str] = []
    last: tuple[int, int] | None = None
    for here_x, here_y in zip(x.tolist(), y.tolist(), strict=True):
        if here_x != here_x or here_y != here_y:  # NaN is unlike itself  # noqa: PLR0124
            last = None
            continue
        here = (round(here_x), round(here_y))
        if last is None:
            parts.append(f"M{here[0]} {here[1]}")
        elif abs(here[0] - last[0]) + abs(here[1] - last[1]) >= step:
            parts.append(f"l{here[0] - last[0]} {here[1] - last[1]}".replace(" -", "-"))
        else:
            continue
        last = here
    return "".join(parts) + ("z" if close and parts else "")


def land_path(frame: Frame) -> str:
    """Every coast that shows in the frame, as one SVG path."""
    parts = []
    for lat_deg, lon_deg in land_rings():
        turn = lon_deg[-1] - lon_deg[0]
        if abs(turn) > 180.0:  # the ring goes round the pole: close it along the map's lower edge
            pole = -90.0 if lat_deg.mean() < 0.0 else 90.0
            lat_deg = np.concatenate([lat_deg, [pole, pole]])  # noqa: PLW2901
            lon_deg = np.concatenate([lon_deg, [lon_deg[-1], lon_deg[0]]])  # noqa: PLW2901
        for shift in (-720.0, -360.0, 0.0, 360.0, 720.0):
            x = (lon_deg + shift - frame.west_deg) * frame.units_per_deg
            _, y = frame.xy(lat_deg, lon_deg)
            if x.max() < 0 or x.min() > WIDTH or y.max() < 0 or y.min() > frame.height:
                continue
            parts.append(path_of(x, y, step=3.0, close=True))
    return "".join(parts)
