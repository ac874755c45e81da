"""ECMWF open data (IFS) from their public archive on AWS: analyses, and forecasts of 3 h.

Steps 0 and 3 of the runs at 00, 06, 12 and 18 UTC give a field every 3 h. The grid was 0.4 degrees
(``0p4-beta``) until February 2024, 0.25 degrees since (``0p25`` for its first four weeks, then
``ifs/0p25``). Levels end at 50 hPa: a flight above that needs another source, and is told so.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from overflight.errors import FieldError
from overflight.fields.extent import Extent, levels_within
from overflight.fields.fetch import gribs
from overflight.fields.fetch.plan import Part, Plan
from overflight.fields.fetch.ranges import Client

FINER = np.datetime64("2024-02-01T00", "h")
MOVED = np.datetime64("2024-02-28T06", "h")
EVERY_H = 3
LEVELS_HPA = (50.0, 100.0, 150.0, 200.0, 250.0, 300.0, 400.0, 500.0, 600.0, 700.0, 850.0, 925.0,
              1000.0)  # fmt: skip
COARSE_LEVELS_HPA = (50.0, 200.0, 250.0, 300.0, 500.0, 700.0, 850.0, 925.0, 1000.0)


def plan(extent: Extent, every_h: int = EVERY_H) -> Plan:
    """What a case needs of ECMWF open data, by typical sizes.

    Raises
    ------
    CoverageError
        If the archive or its levels do not reach so far.
    FieldError
        If hours are wanted that the archive does not keep.
    """
    if every_h % EVERY_H:
        raise FieldError(
            found=f"fields of ECMWF open data every {every_h} h",
            expected="every 3, 6, 12 or 24 h, as the archive has them",
            remedy="Choose one of these with --every, or fetch ERA5, which is hourly.",
        )
    told = gribs.plan(ARCHIVE, extent, every_h)
    levels = levels_within(LEVELS_HPA, extent, ARCHIVE.title)
    return replace(told, basis=(*told.basis, *_gaps(told.parts[0].time, levels)))


def _gaps(first: np.datetime64, levels: tuple[float, ...]) -> tuple[str, ...]:
    """Say which of the levels the files of the coarse grid lack."""
    absent = sorted(set(levels) - set(COARSE_LEVELS_HPA))
    if first >= FINER or not absent:
        return ()
    return (
        f"files before 2024-02-01 lack {', '.join(f'{p:g}' for p in absent)} hPa (they have"
        f" {', '.join(f'{p:g}' for p in COARSE_LEVELS_HPA)}), so the wind between the levels left"
        " is poorly known: ERA5 has them all (--source era5)",
    )


def paths(time: np.datetime64) -> tuple[str, ...]:
    """Where a valid hour may lie, the likeliest first.

    The runs of 06 and 18 UTC were a stream of their own (``scda``), and are ``oper`` by now.

    >>> paths(np.datetime64("2025-02-01T03"))
    ('20250201/00z/ifs/0p25/oper/20250201000000-3h-oper-fc.grib2',)
    """
    run, lead = gribs.run_of(time)
    day, clock = np.datetime_as_string(run, "h").replace("-", "").split("T")
    streams = ("oper",) if clock in ("00", "12") else ("scda", "oper")
    month = np.timedelta64(31 * 24, "h")
    finer = "ifs/0p25" if run >= MOVED else "0p25"
    grids = [g for g, there in ((finer, run >= FINER), ("0p4-beta", run < FINER + month))
             if there]  # fmt: skip
    return tuple(
        f"{day}/{clock}z/{grid}/{stream}/{day}{clock}0000-{lead}h-{stream}-fc.grib2"
        for grid in grids
        for stream in streams
    )


ARCHIVE = gribs.Archive(
    source="ecmwf",
    title="ECMWF open data",
    prefix="ifs",
    begins=np.datetime64("2023-01-18T00", "h"),
    levels_hpa=LEVELS_HPA,
    message_bytes=600_000,  # at 0.25 degrees; a third of that at 0.4
    index_bytes=30_000,
    requests_a_level=gribs.VARIABLES,
    paths=paths,
    address_of_index=lambda url: f"{url.removesuffix('.grib2')}.index",
    indexer=gribs.ecmwf,
)


def make(client: Client, part: Part, extent: Extent, path: Path) -> None:
    """Fetch one valid hour into a GRIB file."""
    gribs.make(ARCHIVE, client, part, extent, path)
