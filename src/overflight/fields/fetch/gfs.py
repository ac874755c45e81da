"""GFS analyses and shortest forecasts from the public archive of NOAA on AWS, 0.25 degrees.

Each hour is taken from the run at or before it: an analysis every 6 h, forecasts of 1 to 5 h
between. The archive has an index beside every file; messages are global, so whole fields of the
wanted levels are kept. Files lay one folder higher before 22 March 2021.
"""

from pathlib import Path

import numpy as np

from overflight.fields.fetch import gribs, hosts
from overflight.fields.fetch.plan import Extent, Part, Plan, hours, levels_within, outside
from overflight.fields.fetch.ranges import Absent, Client

BEGINS = np.datetime64("2021-01-01T00", "h")
MOVED = np.datetime64("2021-03-22T12", "h")
EVERY_H = 3
CYCLE_H = 6
MESSAGE_BYTES = 700_000  # one field, typically; 0.4 to 1.1 MB
INDEX_BYTES = 40_000
VARIABLES = 4  # u, v, height, temperature
_LEVELS_HPA = (0.4, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100)
LEVELS_HPA = (*map(float, _LEVELS_HPA), *(float(p) for p in range(150, 951, 50)), 975.0, 1000.0)


def plan(extent: Extent, every_h: int = EVERY_H) -> Plan:
    """What a case needs of GFS, by typical sizes.

    Raises
    ------
    CoverageError
        If the archive or its levels do not reach so far.
    """
    base = hosts.base("gfs")
    levels = levels_within(LEVELS_HPA, extent, "GFS")
    times = hours(extent, every_h)
    if times[0] < BEGINS:
        raise outside(source="GFS", when=times[0], begins="2021-01-01")
    fields = VARIABLES * len(levels)
    parts = tuple(
        Part(
            name=f"gfs_{np.datetime_as_string(t, 'h').replace('-', '').replace('T', '_')}Z.grib2",
            time=t,
            urls=tuple(f"{base}/{path}" for path in paths(t)),
            download_bytes=fields * MESSAGE_BYTES + INDEX_BYTES,
            requests=2 * len(levels) + 1,
        )
        for t in times
    )
    return Plan(
        "gfs",
        extent,
        parts,
        len(parts) * fields * MESSAGE_BYTES,
        (f"typical size of a global field at 0.25 degrees: {MESSAGE_BYTES / 1e6:g} MB",),
        hosts.ATTRIBUTIONS["gfs"],
    )


def paths(time: np.datetime64) -> tuple[str, ...]:
    """Where a valid hour may lie, the likeliest first.

    >>> paths(np.datetime64("2023-02-01T07"))[0]
    'gfs.20230201/06/atmos/gfs.t06z.pgrb2.0p25.f001'
    """
    hour = int((time - np.datetime64("1970-01-01T00", "h")) / np.timedelta64(1, "h"))
    lead = hour % CYCLE_H
    run = time - np.timedelta64(lead, "h")
    day, clock = np.datetime_as_string(run, "h").replace("-", "").split("T")
    name = f"gfs.t{clock}z.pgrb2.0p25.f{lead:03d}"
    new, old = f"gfs.{day}/{clock}/atmos/{name}", f"gfs.{day}/{clock}/{name}"
    return (new, old) if run >= MOVED else (old, new)


def find(client: Client, part: Part, extent: Extent) -> tuple[str, list[tuple[int, int | None]]]:
    """The file that holds a part, and the ranges of it that are wanted."""
    return locate(client, part, extent, ".idx", gribs.noaa, "GFS")


def locate(
    client: Client, part: Part, extent: Extent, ending: str, index: gribs.Indexer, source: str
) -> tuple[str, list[tuple[int, int | None]]]:
    """The first place of a part whose index is there, and the ranges that are wanted.

    Raises
    ------
    Absent
        If no place has it.
    """
    status = 404
    for url in part.urls:
        address = url.removesuffix(".grib2") + ending if ending == ".index" else url + ending
        try:
            text = client.get(address, gribs.MOST_INDEX_BYTES)
        except Absent as gone:
            status = gone.status
            continue
        entries = gribs.wanted(index(text, address), extent, source)
        return url, gribs.spans(entries)
    raise Absent(part.urls[0], status)


def make(client: Client, part: Part, extent: Extent, path: Path) -> None:
    """Fetch one valid hour into a GRIB file."""
    url, ranges = find(client, part, extent)
    gribs.fetch(client, url, ranges, path)
