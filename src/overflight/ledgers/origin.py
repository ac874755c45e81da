"""Where it was launched: the launches that were reported, and where its paths were before.

For every launch candidate: the density of the cloud of paths back there, averaged over its window,
which is the likelihood of a launch; and how far out in the cloud it lies. For every day before the
track begins: how wide the cloud is, and over which countries, until it is wider than a continent.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Launch
from overflight.fields.places import Places
from overflight.flight.lines import DAYS_BACK, Line
from overflight.inference.density import (
    density_perm2,
    middle,
    region_m2,
    systematic_rows,
    tail_fraction,
)
from overflight.inference.origin import Lines, Traced
from overflight.inference.posterior import effective_size
from overflight.inference.quantiles import Spread, spread
from overflight.physics.sphere import MEAN_RADIUS_M, lats_lons_deg, n_vector

Array = NDArray[np.float64]

DAY_S = 86_400.0
CONTINENT_M2 = 1.0e13  # Europe: a region larger than that is no answer
FAR_OUT = 0.01  # a candidate whose tail is smaller is not consistent with the track
CLIMB_M = 30_000.0  # a standard deviation for the half hour of climb that is left out
LISTED = 0.02  # regions that are less probable are not listed
_RANKED_STOPS = 3  # moments of a window at which a candidate is ranked
_LOOKED_UP = 2_000  # equally probable places whose country is looked up
_DOTS = 300  # of them, for a map

Verdict = Literal["not asked", "not found", "beyond the wind", "nowhere", "too wide", "told"]


@dataclass(frozen=True)
class Candidate:
    """One launch that was reported. Fractions are NaN where the wind does not reach its window."""

    name: str
    lat_deg: float
    lon_deg: float
    before_s: float  # from the middle of its window to the begin of the track
    prior_probability: float
    probability: float  # among the candidates, by the later reports and the winds alone
    probability_sd: float
    off_m: float  # from the middle of the cloud in the middle of its window
    tail: float
    n_near: float  # effective paths that stand behind the density there
    region_m2: float  # that holds 90 % of the cloud in the middle of its window
    when: Spread | None  # of the launch, within its window


@dataclass(frozen=True)
class Region:
    """A country that holds part of the cloud; '' for the sea outside all of them."""

    zone: str
    name: str
    probability: float


@dataclass(frozen=True)
class Day:
    """The cloud some whole days before the track begins."""

    back_s: float
    time_s: float
    lat_deg: float  # of its middle
    lon_deg: float
    region_m2: float  # that holds 90 % of it
    left_fraction: float  # of the paths: no longer in the wind
    n_effective: float
    regions: tuple[Region, ...]
    dots_deg: Array  # (dot, 2) latitude and longitude of equally probable places

    @property
    def too_wide(self) -> bool:
        """Whether the region is larger than a continent."""
        return self.region_m2 > CONTINENT_M2


@dataclass(frozen=True)
class Fan:
    """Single lines back from one report, and how far they have spread.

    ``over`` has the country of every place, '' for the sea and None beyond the wind.
    """

    begin_id: str
    time_s: float
    lines: tuple[Line, ...]
    over: tuple[tuple[str | None, ...], ...]  # (line, day)
    apart_m: tuple[float, ...]  # (day,) of the two that are farthest apart; NaN where under two are


@dataclass(frozen=True)
class Launched:
    """The ledger of the launch. Times are seconds since the case's epoch."""

    verdict: Verdict
    begin_id: str = ""
    begin_s: float = math.nan
    used: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    days: tuple[Day, ...] = ()
    fans: tuple[Fan, ...] = ()
    wind_begins_s: float = math.nan
    warnings: tuple[str, ...] = ()


def ledger(case: Case, traced: Traced | None, atlas: Places, seed: int) -> Launched:
    """Account for every launch candidate, and for every day back.

    Parameters
    ----------
    traced
        The cloud of paths back; None where no report after the launches is probably right.
    seed
        Of the account.
    """
    if traced is None:
        return Launched("not asked")
    if not len(traced.stops_s):
        return Launched("not found", traced.sighting_id, warnings=traced.warnings)
    candidates = _among([_candidate(case, one, traced, seed) for one in case.launches])
    return Launched(
        verdict=_verdict(candidates),
        begin_id=traced.sighting_id,
        begin_s=traced.begin_s,
        used=traced.used,
        before=traced.before,
        candidates=candidates,
        days=_days(traced, atlas),
        fans=tuple(_fan(one, atlas) for one in traced.lines),
        wind_begins_s=traced.wind_begins_s,
        warnings=traced.warnings,
    )


def _verdict(candidates: tuple[Candidate, ...]) -> Verdict:
    reached = [one for one in candidates if math.isfinite(one.tail)]
    if not reached:
        return "beyond the wind"
    if len(reached) == len(candidates) and all(one.tail < FAR_OUT for one in reached):
        return "nowhere"
    if all(one.region_m2 > CONTINENT_M2 for one in reached):
        return "too wide"
    return "told"


@dataclass(frozen=True)
class _Cloud:
    """The paths of one stop that are in the wind; weights as they are, and as shares."""

    places: Array
    weight: Array
    family: NDArray[np.int64]
    left_fraction: float

    @property
    def share(self) -> Array:
        return np.asarray(self.weight / self.weight.sum(), dtype=np.float64)


def _cloud(traced: Traced, stop: int) -> _Cloud:
    weight_log = traced.weight_log[:, stop].astype(np.float64)
    there = np.isfinite(weight_log)
    return _Cloud(
        traced.vectors[there, stop].astype(np.float64),
        traced.weight[there] * np.exp(weight_log[there]),
        traced.family[there],
        max(0.0, 1.0 - float(traced.weight[there].sum())),
    )


def _stops_in(case: Case, launch: Launch, traced: Traced) -> tuple[NDArray[np.int64], Array]:
    """Stops in a launch window, and each one's share of it; none where no path is in the wind."""
    opens_s = (launch.time_min - case.epoch).total_seconds()
    closes_s = (launch.time_max - case.epoch).total_seconds()
    middle_s = 0.5 * (opens_s + closes_s)
    flown = np.asarray(np.isfinite(traced.weight_log).any(axis=0))
    inside = (traced.stops_s >= opens_s) & (traced.stops_s <= closes_s) & flown
    if not inside.any():  # a window shorter than a step: the nearest stop, if one is near
        nearest = int(np.argmin(np.abs(traced.stops_s - middle_s)))
        if abs(traced.stops_s[nearest] - middle_s) > 3_600.0 or not flown[nearest]:
            return np.empty(0, dtype=np.int64), np.empty(0)
        return np.array([nearest]), np.ones(1)
    stops = np.flatnonzero(inside)
    times_s = traced.stops_s[stops]
    if len(stops) == 1:
        return stops, np.ones(1)
    edges_s = np.concatenate([times_s[:1], 0.5 * (times_s[1:] + times_s[:-1]), times_s[-1:]])
    return stops, np.asarray(-np.diff(edges_s) / (times_s[0] - times_s[-1]))


def _candidate(case: Case, launch: Launch, traced: Traced, seed: int) -> Candidate:
    middle_s = launch.time_min + (launch.time_max - launch.time_min) / 2 - case.epoch
    before_s = traced.begin_s - middle_s.total_seconds()
    total = sum(one.weight for one in case.launches)
    stops, held = _stops_in(case, launch, traced)
    nothing = math.nan
    told = (launch.id, launch.lat_deg, launch.lon_deg, before_s, launch.weight / total)
    if not len(stops):
        return Candidate(*told, nothing, nothing, nothing, nothing, 0.0, nothing, None)
    centre = np.array(n_vector(launch.lat_deg, launch.lon_deg))
    sd_m = math.hypot(launch.position_sd_m, CLIMB_M)
    clouds = [_cloud(traced, int(stop)) for stop in stops]
    parts = np.zeros((len(traced.weight), len(stops)))
    for column, (stop, cloud) in enumerate(zip(stops, clouds, strict=True)):
        there = np.isfinite(traced.weight_log[:, stop])
        added = density_perm2(cloud.places, cloud.weight, centre, sd_m)
        parts[there, column] = held[column] * added
    density = float(parts.sum())
    n_near = effective_size(parts.sum(axis=1) / density) if density > 0.0 else 0.0
    by_stop = parts.sum(axis=0)
    when = None
    if density > 0.0 and len(stops) > 1:
        when = spread(traced.stops_s[stops], by_stop / density, n_near)
    then = clouds[int(np.argmin(np.abs(traced.stops_s[stops] - middle_s.total_seconds())))]
    return Candidate(
        *told,
        probability=launch.weight * density,  # made a share by _among
        probability_sd=0.0,
        off_m=_apart_m(middle(then.places, then.weight), centre),
        tail=_tail(clouds, held, centre, sd_m, seed),
        n_near=n_near,
        region_m2=region_m2(then.places, then.weight, 0.9),
        when=when,
    )


def _tail(clouds: list[_Cloud], held: Array, centre: Array, sd_m: float, seed: int) -> float:
    """Rank in the cloud of the whole window; paths that left the wind count as being elsewhere."""
    some = np.unique(np.linspace(0, len(clouds) - 1, _RANKED_STOPS).round().astype(np.int64))
    share = held[some] / held[some].sum()
    places = np.concatenate([clouds[i].places for i in some])
    weight = np.concatenate([clouds[i].share * w for i, w in zip(some, share, strict=True)])
    family = np.concatenate([clouds[i].family for i in some])
    left = float(sum(clouds[i].left_fraction * w for i, w in zip(some, share, strict=True)))
    return left + (1.0 - left) * tail_fraction(places, weight, family, centre, sd_m, seed=seed)


def _among(found: list[Candidate]) -> tuple[Candidate, ...]:
    """The candidates with their probabilities among those that the wind reaches."""
    known = [one for one in found if math.isfinite(one.probability) and one.n_near > 0.0]
    total = sum(one.probability for one in known)
    # A density's relative error is 1 / sqrt(n); a share feels its own and those of the others.
    variance = sum((one.probability / total) ** 2 / one.n_near for one in known)
    told = []
    for one in found:
        share = one.probability / total if total > 0.0 else math.nan
        own = (1.0 - 2.0 * share) / one.n_near if one.n_near > 0.0 else 0.0
        told.append(
            replace(one, probability=share, probability_sd=share * math.sqrt(own + variance))
        )
    return tuple(told)


def _days(traced: Traced, atlas: Places) -> tuple[Day, ...]:
    """Every whole day back, up to the first on which the cloud is too wide to tell."""
    found: list[Day] = []
    for stop, time_s in enumerate(traced.stops_s):
        back_s = traced.begin_s - float(time_s)
        whole = abs(back_s / DAY_S - round(back_s / DAY_S)) < 1e-6
        if not whole or not np.isfinite(traced.weight_log[:, stop]).any():
            continue
        found.append(_day(traced, stop, back_s, atlas))
        if found[-1].too_wide:
            break
    return tuple(found)


def _day(traced: Traced, stop: int, back_s: float, atlas: Places) -> Day:
    cloud = _cloud(traced, stop)
    lat_deg, lon_deg = lats_lons_deg(middle(cloud.places, cloud.weight))
    rows = systematic_rows(cloud.weight, _LOOKED_UP)
    lats, lons = lats_lons_deg(cloud.places[rows])
    names, counts = np.unique(atlas.holding("country", lats, lons), return_counts=True)
    regions = [
        Region(str(zone), atlas.names(str(zone)) if zone else "", float(count) / len(rows))
        for zone, count in zip(names, counts, strict=True)
        if count >= LISTED * len(rows)
    ]
    dots = np.stack([lats, lons], axis=1)[:: max(1, len(rows) // _DOTS)]
    return Day(
        back_s=back_s,
        time_s=float(traced.stops_s[stop]),
        lat_deg=float(lat_deg),
        lon_deg=float(lon_deg),
        region_m2=region_m2(cloud.places, cloud.weight, 0.9),
        left_fraction=cloud.left_fraction,
        n_effective=effective_size(cloud.weight),
        regions=tuple(sorted(regions, key=lambda one: (-one.probability, one.zone))),
        dots_deg=dots,
    )


def _fan(told: Lines, atlas: Places) -> Fan:
    lat_deg = np.array([line.lat_deg for line in told.lines]).reshape(-1, len(DAYS_BACK))
    lon_deg = np.array([line.lon_deg for line in told.lines]).reshape(-1, len(DAYS_BACK))
    there = np.isfinite(lat_deg)
    held = np.full(lat_deg.shape, None, dtype=object)
    held[there] = [
        atlas.names(str(zone)) if zone else ""
        for zone in atlas.holding("country", lat_deg[there], lon_deg[there])
    ]
    return Fan(
        begin_id=told.sighting_id,
        time_s=told.time_s,
        lines=told.lines,
        over=tuple(tuple(row) for row in held),
        apart_m=tuple(
            _widest_m(lat_deg[here, day], lon_deg[here, day]) for day, here in enumerate(there.T)
        ),
    )


def _widest_m(lat_deg: Array, lon_deg: Array) -> float:
    if len(lat_deg) < 2:
        return math.nan
    places = np.array([n_vector(*one) for one in zip(lat_deg, lon_deg, strict=True)])
    return max(_apart_m(one, other) for one in places for other in places)


def _apart_m(one: Array, other: Array) -> float:
    return MEAN_RADIUS_M * math.acos(min(max(float(one @ other), -1.0), 1.0))
