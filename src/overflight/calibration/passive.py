"""Which tracks go with the air, and which follow no wind: the checks of M0 and M2 on files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from overflight.calibration import air, reading
from overflight.calibration.air import AlongTrack
from overflight.fields import source
from overflight.inference.telemetry import carried
from overflight.inference.telemetry.carried import Carried
from overflight.inference.telemetry.track import Track

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Checked:
    """One track and how well the air explains it: alone, and with a velocity of its own."""

    track: Track
    result: Carried
    driven: Carried
    sd_mps: float  # of the slow departures from the wind, per component, before they are scaled


def check_files(
    paths: Sequence[Path], wind: Sequence[Path] = (), *, progress: Progress = source.silent
) -> tuple[list[Checked], list[str]]:
    """Check every track of some files.

    Raises what reading the telemetry and the wind raise.
    """
    tracks, left = reading.read_tracks(paths)
    winds = air.of_tracks(tracks, wind, progress=progress)
    found = []
    for index, (track, along) in enumerate(zip(tracks, winds, strict=True)):
        progress("tracks", index, len(tracks))
        checked = check(track, along)
        if checked is None:
            left.append(f"{track.name}: too few fixes to tell")
        else:
            found.append(checked)
    progress("tracks", len(tracks), len(tracks))
    return found, left


def check(track: Track, along: AlongTrack) -> Checked | None:
    """Check one track while it is aloft; ``None`` where its fixes are too few to tell."""
    track = reading.aloft(track)
    height = np.nan_to_num(track.height_m)
    some = np.unique(np.linspace(0, len(track.time_s) - 1, 200).astype(np.int64))
    departs = along.departures(track.time_s[some], track.normal[some], height[some])
    result, driven = (
        carried.check(track, departs.process, along.air_at, own=own) for own in (False, True)
    )
    return None if result.n_nodes < 3 else Checked(track, result, driven, departs.sd_mps)
