"""What will be fetched, before anything is: parts, bytes, minutes, and how well they are known."""

from dataclasses import dataclass

import numpy as np

from overflight.errors import CoverageError
from overflight.fields.extent import Extent

USUAL_BPS = 6_000_000.0  # bytes a second: a connection of 50 Mbit/s
USUAL_REQUEST_S = 0.3  # until an archive begins to answer
KEPT_BYTES = 4.0  # a value of a cropped field on disk, before compression


@dataclass(frozen=True)
class Part:
    """One file to be made: its name, and where it comes from.

    ``urls`` are places of the same thing; the first that is there counts.
    """

    name: str
    time: np.datetime64  # of the wind in it; the first where there are many
    urls: tuple[str, ...]
    download_bytes: int  # estimated, unless the plan was probed
    requests: int
    optional: bool = False  # may hold nothing that is wanted


@dataclass(frozen=True)
class Plan:
    """All of a fetch."""

    source: str
    extent: Extent
    parts: tuple[Part, ...]
    disk_bytes: int  # what stays
    basis: tuple[str, ...]  # how the numbers are known, a sentence each
    attribution: str

    @property
    def download_bytes(self) -> int:
        """Bytes over the network, all parts together."""
        return sum(part.download_bytes for part in self.parts)

    @property
    def requests(self) -> int:
        """Questions to the archive."""
        return sum(part.requests for part in self.parts)

    def minutes(self, speed_bps: float = USUAL_BPS) -> float:
        """Time it takes at a speed in bytes a second; that of 50 Mbit/s unless told."""
        return (self.download_bytes / speed_bps + self.requests * USUAL_REQUEST_S) / 60.0


def stamp(time: np.datetime64) -> str:
    """An hour as names of files have it.

    >>> stamp(np.datetime64("2023-02-01T06"))
    '20230201_06Z'
    """
    return f"{np.datetime_as_string(time, 'h').replace('-', '').replace('T', '_')}Z"


def box_nodes(extent: Extent, spacing_deg: float) -> int:
    """Nodes of a grid in the box, and one around it."""
    tall = int((extent.north_deg - extent.south_deg) / spacing_deg) + 2
    wide = int(extent.width_deg / spacing_deg) + 2
    return tall * min(wide, round(360.0 / spacing_deg))


def outside(source: str, when: np.datetime64, begins: str) -> CoverageError:
    """Say that an archive does not reach back so far."""
    return CoverageError(
        found=f"{source} of {np.datetime_as_string(when, 'h')} UTC, before the archive begins",
        expected=f"times from {begins} on",
        remedy="Fetch ERA5 instead (--source era5), which reaches back to 1940.",
    )
