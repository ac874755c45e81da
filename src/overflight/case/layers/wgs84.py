"""Bring corners of any projection onto longitude and latitude in WGS84.

An edge that is straight in its projection is not straight in longitude and latitude, so corners are
put between until it is, to within :data:`TRUE_M`.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.case.layers.raw import Corners
from overflight.errors import CaseError
from overflight.units import shorten

if TYPE_CHECKING:
    from pyproj import Transformer

TRUE_M = 20.0
_DEG_M = 111_195.0  # a degree on a round earth: for a tolerance that is enough
_MOST_HALVINGS = 14
_WIDEST_DEG = 30.0  # an edge that turns further about a pole is halved too
_ENOUGH_DEG = 89.99  # where longitudes no longer mean much


class Projection:
    """The way from one reference system to WGS84."""

    def __init__(self, name: str) -> None:
        import pyproj  # noqa: PLC0415 (slow to load: only where a layer is added)
        from pyproj import network  # noqa: PLC0415

        network.set_network_enabled(active=False)  # type: ignore[attr-defined]
        try:
            system = pyproj.CRS.from_user_input(name)
            flat = pyproj.CRS(system.to_2d())
            self._way: Transformer = pyproj.Transformer.from_crs(flat, "OGC:CRS84", always_xy=True)
        except pyproj.exceptions.ProjError as error:
            raise CaseError(
                found=f"the reference system {shorten(name)}, which pyproj does not know",
                expected="such as EPSG:32612, or a well-known text",
                remedy="Say the system that the zones are in with --crs.",
            ) from error
        authority = flat.to_authority(min_confidence=70)
        self.name = ":".join(authority) if authority else str(flat.name)
        self.is_degrees = bool(flat.is_geographic)
        self.is_wgs84 = self.name in ("OGC:CRS84", "EPSG:4326") or flat.name == "WGS 84 (CRS84)"
        self.accuracy_m = float(self._way.accuracy)

    @property
    def told(self) -> str:
        """What the way does, in words; '' where it does nothing."""
        if self.is_wgs84:
            return ""
        off = f", to within {self.accuracy_m:g} m" if self.accuracy_m > 0.0 else ""
        return f"brought from {self.name} to WGS84{off}"

    def ring(self, corners: Corners) -> Corners:
        """Longitudes and latitudes of a ring, with corners put between where edges bend."""
        if self.is_wgs84 or len(corners) == 0:
            return corners
        there = self._to(corners)
        if self.is_degrees:
            return there
        for _ in range(_MOST_HALVINGS):
            middle = 0.5 * (corners[:-1] + corners[1:])
            now = self._to(middle)
            bent = np.flatnonzero(_bends(there, now))
            if bent.size == 0:
                break
            corners = np.insert(corners, bent + 1, middle[bent], axis=0)
            there = np.insert(there, bent + 1, now[bent], axis=0)
        return there

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude of a point."""
        if self.is_wgs84:
            return x, y
        ((lon, lat),) = self._to(np.array([[x, y]]))
        return float(lon), float(lat)

    def _to(self, corners: Corners) -> Corners:
        found: Any = self._way.transform(corners[:, 0], corners[:, 1])
        there = np.stack(found, axis=-1)
        if not np.isfinite(there).all():
            at = corners[np.flatnonzero(~np.isfinite(there).all(axis=1))[0]]
            raise CaseError(
                found=f"the corner {at[0]:g}, {at[1]:g}, which {self.name} does not reach",
                expected="corners inside the area of that reference system",
                remedy="Is it the right system? Say another with --crs.",
            )
        return there


def _bends(there: Corners, middle: Corners) -> Any:  # noqa: ANN401 (flags)
    """Of each edge: whether its true middle is off the straight line, or it turns about a pole."""
    east = (there[1:, 0] - there[:-1, 0] + 180.0) % 360.0 - 180.0
    off_lat = middle[:, 1] - 0.5 * (there[:-1, 1] + there[1:, 1])
    off_lon = (middle[:, 0] - (there[:-1, 0] + 0.5 * east) + 180.0) % 360.0 - 180.0
    off_m = _DEG_M * np.hypot(off_lat, off_lon * np.cos(np.radians(middle[:, 1])))
    near_pole = np.abs(middle[:, 1]) > _ENOUGH_DEG
    return ((off_m > TRUE_M) | (np.abs(east) > _WIDEST_DEG)) & ~near_pole


def circle(lat_deg: float, lon_deg: float, radius_m: float, n_corners: int = 180) -> Corners:
    """Corners (lon, lat) at one geodesic distance from a point on WGS84."""
    import pyproj  # noqa: PLC0415

    bearings = np.linspace(0.0, -360.0, n_corners + 1)[:-1]
    there = np.ones(n_corners)
    lon, lat, _ = pyproj.Geod(ellps="WGS84").fwd(
        lon_deg * there, lat_deg * there, bearings, radius_m * there
    )
    found = np.stack([lon, lat], axis=-1)
    return np.concatenate([found, found[:1]])


def area_km2(shape: Any) -> float:  # noqa: ANN401 (of shapely, which has no types)
    """Area on WGS84 of polygons of lon, lat, edges taken as geodesics."""
    import pyproj  # noqa: PLC0415

    area_m2, _ = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(shape)
    return abs(float(area_m2)) / 1e6
