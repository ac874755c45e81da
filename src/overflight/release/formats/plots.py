"""The map and the heights as PNG pictures, with matplotlib (extra ``plot``).

The files carry no date, no program's name and no font: the same paths give the same bytes.
"""

from pathlib import Path
from typing import Any

import numpy as np

from overflight.errors import MissingExtraError
from overflight.release.formats.tracks import Tracks
from overflight.release.worldmap import land_rings, unwrapped

FOLDER = "figures"
SEA, LAND, TRACK, MIDDLE, INK = "#dbe9f4", "#f4f1e6", "#0072b2", "#00466e", "#1a1a1a"
DPI = 150


def write(tracks: Tracks, folder: Path) -> list[Path]:
    """Write ``map.png`` and ``heights.png``.

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 (73 MB)
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError(
            found="matplotlib is not installed",
            expected="it, to draw PNG pictures",
            remedy="Install overflight[plot]; the SVG figures need nothing.",
        ) from None
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    made = []
    for name, draw in (("map", _map), ("heights", _heights)):
        figure = Figure(figsize=(10.0, 6.0), layout="constrained")
        draw(figure.add_subplot(), tracks)
        path = place / f"{name}.png"
        FigureCanvasAgg(figure)
        figure.savefig(path, dpi=DPI, metadata={"Software": None})
        made.append(path)
    return made


def _map(axes: Any, tracks: Tracks) -> None:  # noqa: ANN401 (matplotlib is optional)
    lat, lon, _ = tracks.middle
    lon = unwrapped(lon)
    west, east = float(np.nanmin(lon)) - 15.0, float(np.nanmax(lon)) + 15.0
    axes.set_facecolor(SEA)
    for ring_lat, ring_lon in land_rings():
        for turn in (-360.0, 0.0, 360.0):
            axes.fill(ring_lon + turn, ring_lat, color=LAND, ec="#8a8a8a", lw=0.4)
    for row in tracks.members.tolist():
        own = unwrapped(tracks.lon_deg[row])
        for turn in (-360.0, 0.0, 360.0):
            axes.plot(own + turn, tracks.lat_deg[row], color=TRACK, lw=0.6, alpha=0.35)
    axes.plot(lon, lat, color=MIDDLE, lw=2.0)
    for marker in tracks.sightings:
        where = marker.lon_deg + 360.0 * round(((west + east) / 2.0 - marker.lon_deg) / 360.0)
        axes.plot(where, marker.lat_deg, "D", ms=4, mec=INK, mfc=INK if marker.used else "white")
    known = tracks.lat_deg[np.isfinite(tracks.lat_deg)]
    low, high = np.quantile(known, [0.01, 0.99])
    axes.set_xlim(west, east)
    axes.set_ylim(max(low - 6.0, -90.0), min(high + 6.0, 90.0))
    axes.set_xlabel("longitude, degrees east (over 180: the other side of the date line)")
    axes.set_ylabel("latitude, degrees north")
    axes.set_title(f"{len(tracks.members)} equally probable paths, their middle, and sightings")


def _heights(axes: Any, tracks: Tracks) -> None:  # noqa: ANN401 (matplotlib is optional)
    flying = np.isfinite(tracks.height_m).mean(axis=0) >= 0.1
    rows = tracks.members
    height_km = tracks.height_m[np.ix_(rows, np.flatnonzero(flying))] / 1e3
    some = np.isfinite(height_km).any(axis=0)
    lines = np.nanquantile(height_km[:, some], [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    days = tracks.time_s[flying][some] / 86_400.0
    axes.fill_between(days, lines[0], lines[4], color=TRACK, alpha=0.2, lw=0)
    axes.fill_between(days, lines[1], lines[3], color=TRACK, alpha=0.3, lw=0)
    axes.plot(days, lines[2], color=MIDDLE, lw=1.5)
    start = tracks.epoch.strftime("%Y-%m-%d %H:%M")
    axes.set_xlabel(f"days after {start} UTC")
    axes.set_ylabel("height above the sea, km")
    axes.set_title("Height: the middle, half and nine tenths of the paths")
