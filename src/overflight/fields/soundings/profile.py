"""One sounding: what a sonde or a balloon reported on its way through the air.

Every format ends here. A profile is an ascent or a descent (or both, in order of time); its wind
is what the file reports or, where it reports none, what the track itself shows, and says which.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Profile:
    """Points in order of time, one array each; NaN where a value is missing.

    ``height_kind`` is 'geometric' (above the sea, by GNSS) or 'geopotential'; ``pressure_basis``
    is 'file' or 'standard atmosphere' (computed from the height); ``wind_basis`` is 'reported' or
    'track' (differences of position).
    """

    id: str
    origin: str  # file name and format, for people
    time: NDArray[np.datetime64]  # (point,) UTC, ns
    lat_deg: Array  # (point,)
    lon_deg: Array  # (point,) in [-180, 180)
    height_m: Array  # (point,)
    pressure_pa: Array  # (point,)
    u_mps: Array  # (point,)
    v_mps: Array  # (point,)
    height_kind: str
    pressure_basis: str
    wind_basis: str
    notes: tuple[str, ...] = ()  # what was left out or repaired, in words

    @property
    def n_points(self) -> int:
        """How many points there are."""
        return len(self.time)
