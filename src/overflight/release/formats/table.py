"""The middle and equally probable paths as one table, at every time."""

from collections.abc import Iterator
from pathlib import Path

from overflight.release import csvsafe
from overflight.release.formats.tracks import Tracks, Values, pieces

NAME = "tracks.csv"
COLUMNS = ("path", "time_utc", "lat_deg", "lon_deg", "height_m", "launch", "wind")


def write(tracks: Tracks, folder: Path) -> list[Path]:
    """Write the table."""
    path = folder / NAME
    csvsafe.write_table(path, COLUMNS, _rows(tracks))
    return [path]


def _rows(tracks: Tracks) -> Iterator[tuple[str, ...]]:
    yield from _path("middle", tracks, tracks.middle, "")
    for number, row in enumerate(tracks.members.tolist(), start=1):
        own = (tracks.lat_deg[row], tracks.lon_deg[row], tracks.height_m[row])
        yield from _path(str(number), tracks, own, tracks.launch[row])


def _path(
    name: str, tracks: Tracks, place: tuple[Values, Values, Values], launch: str
) -> Iterator[tuple[str, ...]]:
    for piece in pieces(*place, tracks.time_s):
        rows = zip(
            tracks.stamps(piece.time_s), piece.lat_deg, piece.lon_deg, piece.height_m, strict=True
        )
        for stamp, lat, lon, height in rows:
            numbers = (f"{lat:.4f}", f"{lon:.4f}", f"{height:.0f}")
            yield (name, stamp, *numbers, launch, tracks.wind_statement)
