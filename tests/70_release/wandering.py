"""Made-up paths for files: across the dateline, over a pole, with a gap, for twenty days."""

from datetime import UTC, datetime

import numpy as np
from breakouts import HOSTILE
from flown import posterior

from overflight.release.formats import cf
from overflight.release.formats.tracks import Tracks
from overflight.release.mapdata import Marker

ABOUT = {
    "title": HOSTILE[0], "summary": HOSTILE[5], "wind": "climatology: prior only",
    "source": "overflight 0.1.0", "references": "none", "institution": "not stated",
    "history": "made up",
}  # fmt: skip
START = datetime(2023, 2, 1, tzinfo=UTC)


def flights(days=20.0, n=12, step_s=3_600.0):
    """East across 180 degrees, west across it, and over the North Pole; one has a gap."""
    time_s = np.arange(0.0, days * 86_400.0, step_s)
    share = time_s / time_s[-1]
    rng = np.random.default_rng(3)
    lat, lon = np.empty((n, len(time_s))), np.empty((n, len(time_s)))
    for row in range(n):
        wave = rng.normal() + 4.0 * np.sin(2.0 * np.pi * (share + row / n))
        match row % 3:
            case 0:
                lat[row], lon[row] = 48.0 + wave, 120.0 + 150.0 * share
            case 1:
                lat[row], lon[row] = 30.0 + wave, -150.0 - 80.0 * share
            case _:
                over = 60.0 + 60.0 * share + 0.1 * row
                lat[row] = np.where(over > 90.0, 180.0 - over, over)
                lon[row] = np.where(over > 90.0, -170.0, 10.0)
    lat[0, 100:110] = np.nan
    lat[1, :5] = np.nan
    lon[~np.isfinite(lat)] = np.nan
    return time_s, lat, (lon + 180.0) % 360.0 - 180.0


def paths(**changes):
    """The paths as inference gives them, of unlike weights."""
    time_s, lat, lon = flights()
    weight = np.random.default_rng(5).dirichlet(np.ones(len(lat)))
    return posterior(lat, lon, time_s, weight=weight, **changes)


def markers():
    """Reports whose every text is hostile."""
    return tuple(
        Marker(f"7-S{n}", text, 40.0 + n, 179.0 + 0.2 * n - (360.0 if n > 4 else 0.0), 3e4, text,
               "2023-02-02T00:00Z", "2023-02-02T06:00Z", n % 2 == 0, 0.7, None, text)
        for n, text in enumerate(HOSTILE)
    )  # fmt: skip


def tracks(folder, **changes):
    """Written to NetCDF and read back, as a release does."""
    from dataclasses import replace

    cf.write(paths(**changes), ABOUT, folder / cf.NAME)
    found: Tracks = cf.read(folder / cf.NAME)
    return replace(found, sightings=markers())
