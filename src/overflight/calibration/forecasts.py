"""Hide all of a known flight after a moment, forecast it, and count how often the truth is inside.

From the track before the moment and the known wind alone; nothing after it is looked at, not even
the heights. Forecasts of one flight that overlap are not independent: *effective* counts how many
fit one after the other, and the binomial errors are theirs. The yardstick goes on at the velocity
of the last hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overflight.calibration import air, reading
from overflight.calibration.air import AlongTrack
from overflight.calibration.counting import Counted, n_apart
from overflight.errors import FieldError
from overflight.fields import source
from overflight.inference.telemetry import ahead, plane
from overflight.inference.telemetry.track import Track

Array = NDArray[np.float64]

LEADS_S = tuple(3_600.0 * hours for hours in (6, 12, 24, 48))
_SEEN_S = 6 * 3_600.0  # of track that there must be before
_EVERY_S = 6 * 3_600.0  # between forecasts of one flight
_NEAR_S = 1_200.0  # a lead counts where there is a fix so near on both sides
_HOUR_S = 3_600.0


@dataclass(frozen=True)
class Foretold:
    """One forecast at one lead, and what was so."""

    flight: str
    lead_s: float
    start_s: float
    off_m: float  # of the truth from the middle of the forecast
    rank: float  # share of the forecast nearer to its middle than the truth
    radius_90_m: float
    kept_on_off_m: float  # of the truth from where the last hour's velocity leads
    known_share: float  # of the nodes at which a wind is known


@dataclass(frozen=True)
class Lead(Counted):
    """All forecasts at one lead."""

    lead_s: float
    parts: tuple[Foretold, ...]
    n_effective: int

    def median_m(self, name: str) -> float:
        """Median of one of the distances."""
        return self.over(name, np.median)


def study(paths: Sequence[Path], wind: Sequence[Path] = ()) -> tuple[Foretold, ...]:
    """Forecast every flight from every six hours of it.

    Parameters
    ----------
    wind
        Wind files; none for the embedded climatology.

    Raises
    ------
    FieldError
        If no track is long enough for a forecast of six hours.
    """
    tracks, _ = reading.read_tracks(paths)
    winds = air.of_tracks(tracks, wind, progress=source.silent)
    found = [
        one
        for track, along in zip(tracks, winds, strict=True)
        for start_s in _starts(track)
        for one in foretold_from(track, along, start_s)
    ]
    if not found:
        raise FieldError(
            found="no track afloat for 12 hours",
            expected="six hours to forecast from, and six to forecast",
            remedy="Bring a longer flight.",
        )
    return tuple(found)


def of_leads(found: Sequence[Foretold], flight: str | None = None) -> tuple[Lead, ...]:
    """The forecasts by lead, of all flights or of one."""
    mine = [one for one in found if flight in (None, one.flight)]
    return tuple(
        Lead(lead_s, part, n_apart(part, lead_s))
        for lead_s in LEADS_S
        if (part := tuple(one for one in mine if one.lead_s == lead_s))
    )


def _starts(track: Track) -> list[float]:
    first, last = reading.afloat(track)
    room_s = last - first - _SEEN_S - LEADS_S[0]
    count = int(room_s // _EVERY_S) + 1 if room_s >= 0.0 else 0
    return [first + _SEEN_S + _EVERY_S * k for k in range(count)]


def foretold_from(track: Track, along: AlongTrack, start_s: float) -> list[Foretold]:
    """The forecasts from one moment, at the leads at which it is known where the balloon was."""
    last = int(np.searchsorted(track.time_s, start_s, "right")) - 1
    if start_s - track.time_s[last] > _NEAR_S:
        return []
    begin_s = float(track.time_s[last])
    _, end_s = reading.afloat(track)
    leads_s = [s for s in LEADS_S if begin_s + s <= end_s and _told(track, begin_s + s)]
    if not leads_s:
        return []
    seen = (track.time_s <= begin_s) & (track.time_s >= begin_s - 48.0 * _HOUR_S)
    every = np.flatnonzero(seen)[:: max(1, int(seen.sum()) // 200)]
    heights = np.nan_to_num(track.height_m[every])
    departs = along.departures(track.time_s[every], track.normal[every], heights)
    gaps = ahead.foretold(track, begin_s, leads_s, departs.process, along.air_at)
    before = int(np.searchsorted(track.time_s, begin_s - _HOUR_S, "left"))
    found = []
    for lead_s, gap in zip(leads_s, gaps, strict=True):
        places = np.stack(
            [
                track.normal[min(before, last - 1)],
                track.normal[last],
                there(track, begin_s + lead_s),
            ]
        )
        was, now, truth = plane.to_plane(gap.centre, places, gap.height_m)
        velocity = (now - was) / (begin_s - track.time_s[min(before, last - 1)])
        found.append(
            Foretold(
                flight=track.name,
                lead_s=lead_s,
                start_s=begin_s,
                off_m=float(abs(truth - gap.place.middle)),
                rank=gap.place.rank(truth),
                radius_90_m=gap.place.radius_m(0.9),
                kept_on_off_m=float(abs(truth - now - velocity * lead_s)),
                known_share=gap.known_share,
            )
        )
    return found


def _told(track: Track, moment_s: float) -> bool:
    after = int(np.searchsorted(track.time_s, moment_s, "left"))
    if not 0 < after < len(track.time_s):
        return False
    return bool(track.time_s[after] - track.time_s[after - 1] <= 2.0 * _NEAR_S)


def there(track: Track, moment_s: float) -> Array:
    """The place at a moment between two fixes."""
    after = int(np.searchsorted(track.time_s, moment_s, "left"))
    span_s = track.time_s[after] - track.time_s[after - 1]
    share = (moment_s - track.time_s[after - 1]) / span_s
    normal = (1.0 - share) * track.normal[after - 1] + share * track.normal[after]
    unit: Array = normal / np.linalg.norm(normal)
    return unit
