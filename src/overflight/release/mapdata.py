"""What the map shows: tracks, their middle, and the sightings.

The tracks are equally probable; the page draws each as a thin line, so that density is
probability. How widely they lie around their middle is worked out here, once, for the map's
read-out and for its table.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EARTH_MEAN_RADIUS_M = 6_371_008.8  # WGS 84, (2 a + b) / 3

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Marker:
    """One reported position."""

    id: str
    label: str
    """What was seen, in words; any length."""
    lat_deg: float
    lon_deg: float
    radius_m: float
    """Standard deviation of the position: drawn as a circle of this radius on the ground."""
    geometry: str
    """What the report says of the place, in words."""
    time_min_iso: str
    time_max_iso: str
    used: bool
    probability: float | None
    """Posterior probability that the report is essentially right; None where not judged."""
    source_url: str | None
    source_name: str
    altitude_min_m: float | None = None
    altitude_max_m: float | None = None


@dataclass(frozen=True)
class MapData:
    """Tracks on common times (track, time), NaN where a track is not in the air.

    Examples
    --------
    >>> still = np.zeros((1, 1))
    >>> MapData(("2023-02-01T00:00Z",), still, still, None, still[0], still[0], ()).n_tracks
    1
    """

    time_iso: tuple[str, ...]
    lat_deg: Values
    lon_deg: Values
    height_m: Values | None
    median_lat_deg: Values
    """The middle of the tracks, (time,)."""
    median_lon_deg: Values
    sightings: tuple[Marker, ...]

    @property
    def n_tracks(self) -> int:
        """How many tracks there are, the middle not counted."""
        return int(self.lat_deg.shape[0])


def spread_m(data: MapData, share_fraction: float) -> Values:
    """Distance from the middle within which this share of the tracks lies, at each time.

    Great circle on the mean sphere, good to 0.5 %. NaN where there is no middle or no track.
    """
    off_m = EARTH_MEAN_RADIUS_M * np.sqrt(_chord_squared(data))  # NaN-padded chords
    angle_m = (
        2.0
        * EARTH_MEAN_RADIUS_M
        * np.arcsin(np.clip(off_m / (2.0 * EARTH_MEAN_RADIUS_M), 0.0, 1.0))
    )
    known = np.isfinite(angle_m).any(axis=0)
    spread = np.full(len(data.time_iso), np.nan)
    spread[known] = np.nanquantile(angle_m[:, known], share_fraction, axis=0)
    return spread


def middle_height_m(data: MapData) -> Values:
    """Median height of the tracks in the air, (time,); NaN where none is known."""
    middle = np.full(len(data.time_iso), np.nan)
    if data.height_m is not None:
        known = np.isfinite(data.height_m).any(axis=0)
        middle[known] = np.nanmedian(data.height_m[:, known], axis=0)
    return middle


def _chord_squared(data: MapData) -> Values:
    tracks = unit_vectors(data.lat_deg, data.lon_deg)
    middle = unit_vectors(data.median_lat_deg, data.median_lon_deg)[:, None, :]
    squared: Values = ((tracks - middle) ** 2).sum(axis=0)
    return squared


def unit_vectors(lat_deg: Values, lon_deg: Values) -> Values:
    """Stack (x, y, z) of positions on the unit sphere, components first."""
    lat_rad, lon_rad = np.radians(lat_deg), np.radians(lon_deg)
    return np.stack(
        [
            np.cos(lat_rad) * np.cos(lon_rad),
            np.cos(lat_rad) * np.sin(lon_rad),
            np.sin(lat_rad),
        ]
    )
