"""Who could have noticed it: opportunities by geometry, range, hours and light. No detections.

For every observer of a case: when a path was above the refracted horizon, within the stated range,
in the stated hours and, for eyes and cameras, in the sun; for eyes also large, contrasting or
bright enough (method 5). Two reckonings bound what is not known of size and sky: a careful one with
the smallest balloon and a bright sky, and a generous one with the largest and a dark blue one. It
is an opportunity, not a detection: cross sections, filters and attention are not guessed.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Observer
from overflight.fields.skylines import Standing
from overflight.inference import noticed
from overflight.inference.noticed import ALBEDO_FRACTION, BLUE_SKY_CDM2, BRIGHT_SKY_CDM2
from overflight.inference.posterior import Posterior, effective_size
from overflight.inference.quantiles import Spread, monte_carlo_sd, spread
from overflight.physics import horizon, watching

Array = NDArray[np.float64]

N_PATHS = 200  # equally probable ones
LEAST_SHARE = 0.05  # of the paths, within a window
MOST_WINDOWS = 20  # of one observer, the most probable ones
NEVER_TIMED_BELOW = 0.01


_SMOOTH = (
    "no mountain, building or cloud stands in the way, and the ground around an observer"
    " lies at sea level, so horizons from high ground are the widest possible"
)
_ALWAYS = (
    f"a white sphere that reflects {ALBEDO_FRACTION:.0%} of the light".replace("%", " %"),
    "careful: the smallest diameter and a sky of"
    f" {BRIGHT_SKY_CDM2:,.0f} cd/m\u00b2; generous: the largest and {BLUE_SKY_CDM2:,.0f}",
    "moonlight is not counted, and no cloud",
)


@dataclass(frozen=True)
class Window:
    """A time in which at least one path in twenty gave an opportunity, and most at once."""

    begin_s: float
    end_s: float
    most: float


@dataclass(frozen=True)
class Opportunity:
    """One reckoning. Time is given that there was an opportunity at all."""

    probability: float
    probability_sd: float
    in_all: Spread | None
    windows: tuple[Window, ...]
    by_time: tuple[float, ...]


@dataclass(frozen=True)
class ObserverLine:
    """One observer. ``slower`` is of a radar's time in view, below 10, 20, 40 m/s radially."""

    name: str
    kind: str
    lat_deg: float
    lon_deg: float
    horizon_m: float  # for the middle height
    range_m: float | None
    careful: Opportunity
    generous: Opportunity
    slower: tuple[float, float, float] | None
    height_m: float = 0.0  # of the eye or antenna above the sea, as it was reckoned with
    skyline_rad: float | None = None  # the highest hill around it; None on a smooth Earth


@dataclass(frozen=True)
class Seen:
    """Observers in the case's order; times are seconds since the case's epoch."""

    observers: tuple[ObserverLine, ...]
    time_s: tuple[float, ...]
    n_effective: float
    n_paths: int
    assumptions: tuple[str, ...] = (_SMOOTH, *_ALWAYS)


def ledger(case: Case, drawn: Posterior, standing: Standing | None = None) -> Seen:
    """Account for every observer of the case.

    Parameters
    ----------
    standing
        Where the observers stand and what hills are around them; without it the Earth is smooth.
    """
    rows = drawn.equal_rows(N_PATHS)
    n_effective = min(
        float(N_PATHS), effective_size(drawn.weight), float(drawn.diagnostics.distinct_ancestors)
    )
    flown, arcs_m = noticed.flown(drawn, rows), noticed.horizons_m()
    time_s, height_m = flown.time_s, flown.height_m
    counts = noticed.count(
        case.observers, case.balloon, flown, arcs_m, drawn.epoch.timestamp(), standing
    )
    middle_m = float(np.nanmedian(height_m)) if np.isfinite(height_m).any() else math.nan
    return Seen(
        observers=tuple(
            replace(
                _line(one, _Part(counts, index, time_s, n_effective), arcs_m, middle_m),
                **_standing_of(one, index, standing, (arcs_m, middle_m)),
            )
            for index, one in enumerate(case.observers)
        ),
        time_s=tuple(time_s.tolist()),
        n_effective=n_effective,
        n_paths=N_PATHS,
        **({} if standing is None else {"assumptions": (*standing.notes, *_ALWAYS)}),
    )


def _standing_of(
    one: Observer, index: int, standing: Standing | None, seen_from: tuple[Array, float]
) -> dict[str, Any]:
    if standing is None:
        return {"height_m": one.antenna_height_m}
    arcs_m, middle_m = seen_from
    height_m = standing.heights_m[index]
    return {
        "height_m": height_m,
        "skyline_rad": standing.highest_rad[index] if standing.lines.known[index] else None,
        "horizon_m": horizon.reach_m(arcs_m, noticed.band(one), middle_m)
        + horizon.reach_m(arcs_m, noticed.band(one), height_m),
    }


@dataclass(frozen=True)
class _Part:
    """What was counted for one of the observers."""

    counts: watching.Counts
    index: int
    time_s: Array
    n_effective: float


def _line(one: Observer, part: _Part, arcs_m: Array, middle_m: float) -> ObserverLine:
    radial = part.counts.radial[:, part.index].sum(axis=0)
    below = [float(slow / radial[0]) for slow in radial[1:]] if radial[0] > 0.0 else []
    return ObserverLine(
        name=one.name,
        kind=one.kind,
        lat_deg=one.lat_deg,
        lon_deg=one.lon_deg,
        horizon_m=horizon.reach_m(arcs_m, noticed.band(one), middle_m)
        + horizon.reach_m(arcs_m, noticed.band(one), one.antenna_height_m),
        range_m=one.range_m,
        careful=_opportunity(part, 0),
        generous=_opportunity(part, 1),
        slower=(below[0], below[1], below[2]) if below else None,
    )


def _opportunity(part: _Part, look: int) -> Opportunity:
    seconds, hits = part.counts.seconds[:, part.index, look], part.counts.hits[part.index, look]
    time_s, n_effective = part.time_s, part.n_effective
    ever, share = seconds > 0.0, hits / len(seconds)
    probability = float(ever.mean())
    weight = np.full(int(ever.sum()), 1.0 / len(seconds))
    return Opportunity(
        probability=probability,
        probability_sd=monte_carlo_sd(probability, n_effective),
        in_all=spread(seconds[ever], weight, n_effective * probability)
        if probability >= NEVER_TIMED_BELOW
        else None,
        windows=windows(time_s, share),
        by_time=tuple(share.round(4).tolist()),
    )


def windows(time_s: Array, share: Array) -> tuple[Window, ...]:
    """When at least one path in twenty gives an opportunity; at most the likeliest are kept.

    >>> windows(np.arange(5.0), np.array([0.0, 0.2, 0.3, 0.0, 0.1]))
    (Window(begin_s=1.0, end_s=2.0, most=0.3), Window(begin_s=4.0, end_s=4.0, most=0.1))
    """
    inside = np.concatenate([[False], share >= LEAST_SHARE, [False]])
    turns = np.flatnonzero(np.diff(inside.astype(np.int8)))
    found = [
        Window(float(time_s[first]), float(time_s[last - 1]), float(share[first:last].max()))
        for first, last in zip(turns[::2], turns[1::2], strict=True)
    ]
    kept = sorted(found, key=lambda one: -one.most)[:MOST_WINDOWS]
    return tuple(sorted(kept, key=lambda one: one.begin_s))
