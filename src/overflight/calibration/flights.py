"""Hide parts of flights that are known, predict them, and count how often the truth is inside.

The place is predicted at the middle of each hidden part from the track on both sides, never from
what is hidden; the numbers of the model were fitted to flights named in
:mod:`overflight.inference.telemetry.process`. Hidden parts overlap each other: *effective* counts
how many fit side by side, and the binomial errors are theirs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overflight.calibration import air, passive, reading
from overflight.calibration.air import AlongTrack
from overflight.calibration.counting import Counted, n_apart
from overflight.calibration.passive import Checked
from overflight.errors import FieldError
from overflight.fields import source
from overflight.inference.telemetry import gaps, plane, steering
from overflight.inference.telemetry.track import Track

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

SHARES = (0.5, 0.8, 0.9, 0.95)
_BESIDE_S = 1_800.0  # of track that there must be on either side
_MOST_PARTS = 200  # of one length in one flight
_CLOSEST = 8  # hidden parts begin no closer than this share of their length
_HOUR_S = 3_600.0


@dataclass(frozen=True)
class Hidden:
    """One hidden part: what was predicted for its middle, and what was so."""

    flight: str
    gap_s: float
    start_s: float
    off_m: float  # of the truth from the middle of the prediction
    rank: float  # share of the prediction nearer to its middle than the truth
    score_m: float  # energy score
    radius_m: tuple[float, ...]  # of the regions of SHARES
    hermite_off_m: float  # of the truth from the cubic
    own_velocity: float  # posterior probability of a velocity of its own, at equal odds
    would_say_steered: bool
    known_share: float  # of the nodes at which a wind is known


@dataclass(frozen=True)
class Length(Counted):
    """All hidden parts of one length."""

    gap_s: float
    parts: tuple[Hidden, ...]
    n_effective: int

    def quantile_m(self, share: float) -> float:
        """Quantile of the distance from the middle of the prediction."""
        return self.over("off_m", lambda values: float(np.quantile(values, share)))

    def hermite_median_m(self) -> float:
        """Median distance from the cubic through both ends."""
        return self.over("hermite_off_m", np.median)

    def mean_score_m(self) -> float:
        """Mean energy score."""
        return self.over("score_m", np.mean)

    def n_steered(self) -> int:
        """Parts about which the verdict on steering would speak."""
        return sum(one.would_say_steered for one in self.parts)


@dataclass(frozen=True)
class Study:
    """A whole study."""

    lengths: tuple[Length, ...]
    flights: tuple[Track, ...]
    winds: tuple[AlongTrack, ...]
    left_out: tuple[str, ...]
    checked: tuple[Checked | None, ...]  # whether each flight goes with the air at all

    def of_flight(self, name: str) -> tuple[Length, ...]:
        """The same for one flight alone."""
        return tuple(
            _of_length(one.gap_s, [part for part in one.parts if part.flight == name])
            for one in self.lengths
        )


def study(
    paths: Sequence[Path],
    gaps_s: Sequence[float],
    wind: Sequence[Path] = (),
    *,
    progress: Progress = source.silent,
) -> Study:
    """Read telemetry and run the study on it.

    Parameters
    ----------
    gaps_s
        Lengths to hide.
    wind
        Wind files; none for the embedded climatology.

    Raises
    ------
    FieldError
        If no track is long enough for any of the lengths.
    """
    tracks, left = reading.read_tracks(paths)
    winds = air.of_tracks(tracks, wind, progress=progress)
    todo = [
        (track, along, gap_s, start_s)
        for track, along in zip(tracks, winds, strict=True)
        for gap_s in gaps_s
        for start_s in starts(track, gap_s)
    ]
    if not todo:
        raise FieldError(
            found="; ".join(_unused(track, min(gaps_s)) for track in tracks[:3]),
            expected=f"a balloon afloat for {min(gaps_s) / _HOUR_S + 1.0:g} h or longer, with fixes"
            " on both sides of what is hidden",
            remedy="Hide shorter parts (--hide 1h), or bring a longer flight.",
        )
    found = []
    for index, (track, along, gap_s, start_s) in enumerate(todo):
        progress("hidden parts", index, len(todo))
        found.append(_predicted(track, along, gap_s, start_s))
    progress("hidden parts", len(todo), len(todo))
    used = {one.flight for one in found}
    left += [_unused(track, min(gaps_s)) for track in tracks if track.name not in used]
    kept = [pair for pair in zip(tracks, winds, strict=True) if pair[0].name in used]
    return Study(
        lengths=tuple(_of_length(gap_s, found) for gap_s in gaps_s),
        flights=tuple(track for track, _ in kept),
        winds=tuple(along for _, along in kept),
        left_out=tuple(left),
        checked=tuple(passive.check(track, along) for track, along in kept),
    )


def starts(track: Track, gap_s: float) -> list[float]:
    """Where hidden parts of a length may begin in a track: afloat, seen on both sides and between.

    At most two hundred, evenly spread, never closer than an eighth of the length. The last fix
    before, the first after and the two about the middle must be near enough to tell.
    """
    first, last = reading.afloat(track)
    room_s = last - first - gap_s - 2.0 * _BESIDE_S
    if room_s < 0.0:
        return []
    step_s = max(gap_s / _CLOSEST, room_s / _MOST_PARTS)
    offered = first + _BESIDE_S + step_s * np.arange(int(room_s / step_s) + 1)
    near_s = _near_s(track, gap_s)
    return [float(start) for start in offered if _told(track, float(start), gap_s, near_s)]


def _near_s(track: Track, gap_s: float) -> float:
    """How far off a fix may be: ten minutes, or more for a beacon that sends seldom."""
    usual_s = float(np.median(np.diff(track.time_s)))
    return min(max(600.0, 1.5 * usual_s), gap_s / 6.0)


def _told(track: Track, start_s: float, gap_s: float, near_s: float) -> bool:
    time_s = track.time_s
    for moment in (start_s, start_s + 0.5 * gap_s, start_s + gap_s):
        after = int(np.searchsorted(time_s, moment, "left"))
        if not 0 < after < len(time_s):
            return False
        if time_s[after] - moment > near_s or moment - time_s[after - 1] > near_s:
            return False
    return True


def _predicted(track: Track, along: AlongTrack, gap_s: float, start_s: float) -> Hidden:
    end_s = start_s + gap_s
    seen = (np.abs(track.time_s - start_s - 0.5 * gap_s) >= 0.5 * gap_s) & (
        np.abs(track.time_s - start_s - 0.5 * gap_s) <= 0.5 * gap_s + 48.0 * _HOUR_S
    )
    every = np.flatnonzero(seen)[:: max(1, int(seen.sum()) // 200)]
    height = np.nan_to_num(track.height_m[every])
    departs = along.departures(track.time_s[every], track.normal[every], height)
    laid, mark = gaps.lay(track, start_s, end_s, departs.process, along.air_at)
    gap = gaps.infer(laid, mark, departs.process)
    truth = plane.to_plane(gap.centre, _between(track, gap.middle_s)[None], gap.height_m)[0]
    weighed = steering.weigh(laid, departs.process)
    cubic = hermite(track, start_s, end_s, gap.centre, gap.height_m)
    return Hidden(
        flight=track.name,
        gap_s=gap_s,
        start_s=start_s,
        off_m=float(abs(truth - gap.place.middle)),
        rank=gap.place.rank(truth),
        score_m=gap.place.energy_score_m(truth),
        radius_m=tuple(gap.place.radius_m(share) for share in SHARES),
        hermite_off_m=float(abs(truth - cubic)),
        own_velocity=weighed.probability,
        would_say_steered=weighed.would_say_steered,
        known_share=gap.known_share,
    )


def _between(track: Track, moment_s: float) -> Array:
    """The place at a moment between two fixes."""
    after = int(np.searchsorted(track.time_s, moment_s, "left"))
    span_s = track.time_s[after] - track.time_s[after - 1]
    share = (moment_s - track.time_s[after - 1]) / span_s
    normal = (1.0 - share) * track.normal[after - 1] + share * track.normal[after]
    unit: Array = normal / np.linalg.norm(normal)
    return unit


def hermite(track: Track, start_s: float, end_s: float, centre: Array, height_m: float) -> complex:
    """The yardstick: a cubic through both ends with the velocities of the hours beside them."""
    last = int(np.searchsorted(track.time_s, start_s, "right")) - 1
    first = int(np.searchsorted(track.time_s, end_s, "left"))
    before = int(np.searchsorted(track.time_s, track.time_s[last] - _HOUR_S, "left"))
    after = int(np.searchsorted(track.time_s, track.time_s[first] + _HOUR_S, "right")) - 1
    rows = [min(before, last - 1), last, first, max(after, first + 1)]
    time_s = track.time_s[rows]
    x = plane.to_plane(centre, track.normal[rows], height_m)
    length_s = time_s[2] - time_s[1]
    out = (x[1] - x[0]) / (time_s[1] - time_s[0]) * length_s
    back = (x[3] - x[2]) / (time_s[3] - time_s[2]) * length_s
    s = (0.5 * (start_s + end_s) - time_s[1]) / length_s
    return complex(
        x[1] * (2 * s**3 - 3 * s**2 + 1)
        + x[2] * (3 * s**2 - 2 * s**3)
        + out * (s**3 - 2 * s**2 + s)
        + back * (s**3 - s**2)
    )


def _of_length(gap_s: float, found: Sequence[Hidden]) -> Length:
    mine = tuple(one for one in found if one.gap_s == gap_s)
    return Length(gap_s, mine, n_apart(mine, gap_s))


def _unused(track: Track, gap_s: float) -> str:
    """Why nothing of a track can be hidden."""
    first, last = reading.afloat(track)
    hours = (last - first) / _HOUR_S
    if hours < 0.5:
        return f"{track.name}: never afloat for half an hour (an ascent and a descent)"
    told = f"{track.name}: afloat for {hours:.1f} h"
    if last - first < gap_s + 2.0 * _BESIDE_S:
        return told
    near_min = _near_s(track, gap_s) / 60.0
    return (
        f"{told}, but nowhere with a fix within {near_min:.0f} minutes before and after both ends"
        f" and the middle of {gap_s / _HOUR_S:g} h"
    )
