"""Where it comes down: over which land, state or sea, around which place, and when.

Of the paths that are still in the wind when they begin to fall; the others are counted and said.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case
from overflight.errors import InferenceError
from overflight.fields.places import Places
from overflight.inference import watched
from overflight.inference.middle import around
from overflight.inference.onward import Onward
from overflight.inference.posterior import effective_size
from overflight.inference.quantiles import Spread, monte_carlo_sd, spread

Array = NDArray[np.float64]

KINDS = ("country", "state", "territorial_sea")
NEVER_LISTED_BELOW = 0.01  # a zone that holds fewer paths than this is not listed
AT_SEA = "No country's land (sea, mostly)"


@dataclass(frozen=True)
class Down:
    """One zone and the probability of coming down in it, with its Monte-Carlo error."""

    zone: str
    name: str
    kind: str
    probability: float
    probability_sd: float


@dataclass(frozen=True)
class ComesDown:
    """Where and when; times are seconds since the case's epoch, distances from the middle."""

    zones: tuple[Down, ...]
    lat_deg: float
    lon_deg: float
    half_m: float
    most_m: float
    begin: Spread
    down: Spread
    lost_fraction: float  # of the paths: out of the wind before they are down
    n_effective: float


def ledger(case: Case, flown: Onward, places: Places) -> ComesDown | None:
    """Account for where the paths come down; None where the balloon is taken to stay aloft.

    Raises
    ------
    InferenceError
        If no path comes down in the wind.
    """
    if flown.landed is None:
        return None
    landed, weight = flown.landed, flown.paths.weight
    down = np.isfinite(landed.time_s)
    share = float(weight @ down)
    if not down.any():
        raise InferenceError(
            found="no path that comes down inside the wind",
            expected="some",
            remedy="Bring a wind that reaches further in time and place.",
        )
    drawn = flown.paths
    n_effective = share * min(
        effective_size(drawn.weight), float(drawn.diagnostics.distinct_ancestors)
    )
    part = weight[down] / share
    lat_deg, lon_deg = landed.lat_deg[down], landed.lon_deg[down]
    middle = around(lat_deg, lon_deg, part)
    still = replace(
        drawn,
        time_s=np.array([0.0, 1.0]),  # it stays where it is: two moments of its rest
        lat_deg=np.repeat(lat_deg[:, None], 2, axis=1),
        lon_deg=np.repeat(lon_deg[:, None], 2, axis=1),
        pressure_pa=np.full((len(part), 2), 101_325.0),
        weight=part,
    )
    visits = places.passages(still.lat_deg, still.lon_deg, still.time_s, KINDS)
    visits = visits.joined(watched.passages(case, still))
    lines = []
    for zone in sorted({*np.unique(visits.zone).tolist(), *watched.named(visits)}):
        inside = np.unique(visits.path[visits.zone == zone])
        lines.append(_line(zone, places, float(part[inside].sum()), n_effective))
    countries = [place.id for place in places.of_kind("country")]
    on_land = np.unique(visits.path[np.isin(visits.zone, countries)])
    sea = max(0.0, 1.0 - float(part[on_land].sum()))
    lines.append(Down("", AT_SEA, "country", sea, monte_carlo_sd(sea, n_effective)))
    listed = [one for one in lines if one.probability >= NEVER_LISTED_BELOW or _stays(one)]
    return ComesDown(
        zones=tuple(sorted(listed, key=lambda one: (one.kind, -one.probability, one.name))),
        lat_deg=middle.lat_deg,
        lon_deg=middle.lon_deg,
        half_m=middle.half_m,
        most_m=middle.most_m,
        begin=spread(landed.begin_s[down], part, n_effective),
        down=spread(landed.time_s[down], part, n_effective),
        lost_fraction=1.0 - share,
        n_effective=n_effective,
    )


def _line(zone: str, places: Places, probability: float, n_effective: float) -> Down:
    place = places.place(zone)
    bounded = min(1.0, probability)
    return Down(zone, place.name, place.kind, bounded, monte_carlo_sd(bounded, n_effective))


def _stays(one: Down) -> bool:
    return one.name == AT_SEA or watched.is_own(one.zone)
