"""GFS analyses and shortest forecasts from the public archive of NOAA on AWS, 0.25 degrees.

Each hour is taken from the run at or before it: an analysis every 6 h, forecasts of 1 to 5 h
between. The archive has an index beside every file; messages are global, so whole fields of the
wanted levels are kept. Files lay one folder higher before 22 March 2021.
"""

from pathlib import Path

import numpy as np

from overflight.fields.extent import Extent
from overflight.fields.fetch import gribs
from overflight.fields.fetch.plan import Part, Plan
from overflight.fields.fetch.ranges import Client

MOVED = np.datetime64("2021-03-22T12", "h")
EVERY_H = 3
_LEVELS_HPA = (0.4, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100)
LEVELS_HPA = (*map(float, _LEVELS_HPA), *(float(p) for p in range(150, 951, 50)), 975.0, 1000.0)


def plan(extent: Extent, every_h: int = EVERY_H) -> Plan:
    """What a case needs of GFS, by typical sizes.

    Raises
    ------
    CoverageError
        If the archive or its levels do not reach so far.
    """
    return gribs.plan(ARCHIVE, extent, every_h)


def paths(time: np.datetime64) -> tuple[str, ...]:
    """Where a valid hour may lie, the likeliest first.

    >>> paths(np.datetime64("2023-02-01T07"))[0]
    'gfs.20230201/06/atmos/gfs.t06z.pgrb2.0p25.f001'
    """
    run, lead = gribs.run_of(time)
    day, clock = np.datetime_as_string(run, "h").replace("-", "").split("T")
    name = f"gfs.t{clock}z.pgrb2.0p25.f{lead:03d}"
    new, old = f"gfs.{day}/{clock}/atmos/{name}", f"gfs.{day}/{clock}/{name}"
    return (new, old) if run >= MOVED else (old, new)


ARCHIVE = gribs.Archive(
    source="gfs",
    title="GFS",
    prefix="gfs",
    begins=np.datetime64("2021-01-01T00", "h"),
    levels_hpa=LEVELS_HPA,
    message_bytes=700_000,  # 0.4 to 1.1 MB
    index_bytes=40_000,
    requests_a_level=2,
    paths=paths,
    address_of_index=lambda url: f"{url}.idx",
    indexer=gribs.noaa,
)


def make(client: Client, part: Part, extent: Extent, path: Path) -> None:
    """Fetch one valid hour into a GRIB file."""
    gribs.make(ARCHIVE, client, part, extent, path)
