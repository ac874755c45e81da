"""How fast it may have moved of itself: limits on the airspeed, and the power that would take.

The hypotheses with a velocity of their own give its constant part A a broad prior, normal with 1,
3 or 7 m/s per component. What a balloon could sustain is less: the power grows with the cube of
the speed. So the limits are told under a half-normal prior on top, exp(-|A|^2 / 2 s^2), with
s = 4 m/s, and beside it with 2 and 8 m/s and without it. The paths are reweighted, and the prior's
own mean of that factor is known in closed form, so the evidence under each s follows too.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Balloon
from overflight.flight.hypotheses import STEADY_MPS
from overflight.inference.contest import BOTH, DRIFTS, DRIVES, WANDERS, Contender, Contest, Evidence
from overflight.inference.reweighting import Reweighted, reweighted
from overflight.ledgers.steered.evidence import Factor, factor, probabilities, usable
from overflight.ledgers.steered.paths import (
    SUSTAINED_S,
    Bands,
    bands,
    largest_sustained,
    mean_in_time,
    quantiles,
)
from overflight.physics import atmosphere

Array = NDArray[np.float64]

DEFAULT_MPS = 4.0
SCALES_MPS = (2.0, DEFAULT_MPS, 8.0, math.inf)  # infinite: the hypothesis's prior as it stands

LIMIT_FRACTION = 0.95
FEWEST_PATHS = 40.0  # effective paths that must stand behind a limit

# A sphere in a turbulent flow, and the share of a watt that a propeller and its motor turn into
# thrust: by opinion (docs/explanation/steering.md).
DRAG_COEFFICIENT = 0.25
EFFICIENCY = 0.5


@dataclass(frozen=True)
class Limit:
    """What is left of a speed: 5, 50 and 95 % of the paths are below, and the last's error."""

    p05_mps: float
    p50_mps: float
    p95_mps: float
    p95_sd_mps: float


@dataclass(frozen=True)
class UnderScale:
    """Own airspeed under one prior scale, and what that prior does to the Bayes factors.

    ``mean`` and ``sustained`` take for granted that it had a velocity of its own: the mean speed
    over the flight, and the largest mean over a day. ``averaged_p95_mps`` is the limit on the mean
    speed over all hypotheses at equal odds, most of which have none; it leans on those odds.
    """

    scale_mps: float
    mean: Limit
    sustained: Limit
    averaged_p95_mps: float
    over_drift: Factor | None  # M2 against M0
    over_wandering: Factor | None  # M12 against M1a
    n_effective: float

    @property
    def thin(self) -> bool:
        """Whether too few paths stand behind it to be told."""
        return self.n_effective < FEWEST_PATHS


@dataclass(frozen=True)
class Power:
    """An estimate, not a bound: what holding a speed through still air takes.

    ``energy_j`` is that over the whole flight. A speed that varies about the same mean takes more.
    """

    diameter_m: float
    density_kgm3: float
    speed_mps: float
    thrust_n: float
    power_w: float
    energy_j: float


@dataclass(frozen=True)
class Airspeed:
    """Own airspeed: limits by prior scale, its course in time under the default, and its cost.

    ``by_time_mps`` are quantiles 5, 25, 50, 75, 95 % (quantile, time).
    """

    under: tuple[UnderScale, ...]
    by_time_mps: Bands
    sustained_s: float
    flown_s: float
    power: tuple[Power, ...]

    @property
    def default(self) -> UnderScale:
        """The limits that are told first."""
        return next(one for one in self.under if one.scale_mps == DEFAULT_MPS)


@dataclass(frozen=True)
class _Moved:
    """What is needed of a hypothesis with a velocity of its own."""

    one: Contender
    mean_mps: Array
    sustained_mps: Array


def own_airspeed(contest: Contest, balloon: Balloon, columns: NDArray[np.int64]) -> Airspeed | None:
    """Limits on own airspeed, or None where no usable hypothesis has one.

    Parameters
    ----------
    columns
        Of the times for the course in time.
    """
    known = usable(contest)
    if DRIVES not in known:
        return None
    moved = {name: _moved(contest.of(name), contest.time_s) for name in (DRIVES, BOTH)
             if name in known}  # fmt: skip
    under = tuple(_under(scale_mps, known, moved) for scale_mps in SCALES_MPS)
    drives = contest.of(DRIVES)
    usual = reweighted(drives, _log_prior(drives, DEFAULT_MPS))
    speed = np.hypot(drives.own_east_mps, drives.own_north_mps)
    step_s = float(np.median(np.diff(contest.time_s))) if len(contest.time_s) > 1 else 0.0
    aloft_s = step_s * np.maximum(np.isfinite(speed).sum(axis=1) - 1, 0)
    (flown_s,) = quantiles(aloft_s, usual.weight, (0.5,))
    limit = next(one for one in under if one.scale_mps == DEFAULT_MPS)
    return Airspeed(
        under=under,
        by_time_mps=bands(speed[:, columns], usual.weight),
        sustained_s=min(SUSTAINED_S, flown_s),
        flown_s=flown_s,
        power=_powers(balloon, drives, usual.weight, limit, flown_s),
    )


def prior_mean_log(scale_mps: float) -> float:
    """Log of the prior's mean of exp(-|A|^2 / 2 s^2), the mean of 1 / (1 + v0^2 / s^2).

    A two-dimensional normal with v0 per component has |A|^2 / v0^2 exponential with mean two.

    >>> round(math.exp(prior_mean_log(4.0)), 4)
    0.6091
    """
    return math.log(
        math.fsum(1.0 / (1.0 + (v0 / scale_mps) ** 2) for v0 in STEADY_MPS) / len(STEADY_MPS)
    )


def _log_prior(one: Contender, scale_mps: float) -> Array:
    return np.asarray(-0.5 * (one.steady_mps / scale_mps) ** 2)


def _moved(one: Contender, time_s: Array) -> _Moved:
    speed = np.hypot(one.own_east_mps, one.own_north_mps)
    return _Moved(one, mean_in_time(speed), largest_sustained(speed, time_s))


def _under(
    scale_mps: float, known: Mapping[str, Evidence], moved: Mapping[str, _Moved]
) -> UnderScale:
    evidences, weighed = dict(known), {}
    for name, each in moved.items():
        again = reweighted(each.one, _log_prior(each.one, scale_mps))
        weighed[name] = again
        evidences[name] = Evidence(
            name,
            known[name].log + again.log_mean - prior_mean_log(scale_mps),
            math.hypot(known[name].log_sd, again.log_mean_sd),
        )

    def over(challenger: str, base: str) -> Factor | None:
        there = challenger in evidences and base in evidences
        return factor(evidences[challenger], evidences[base]) if there else None

    one, again = moved[DRIVES], weighed[DRIVES]
    return UnderScale(
        scale_mps=scale_mps,
        mean=_limit(one.mean_mps, again),
        sustained=_limit(one.sustained_mps, again),
        averaged_p95_mps=_averaged(evidences, moved, weighed),
        over_drift=over(DRIVES, DRIFTS),
        over_wandering=over(BOTH, WANDERS),
        n_effective=again.n_effective,
    )


def _limit(speed_mps: Array, again: Reweighted) -> Limit:
    """Quantiles, and the last one's error: a binomial standard error either side of it."""
    step = math.sqrt(LIMIT_FRACTION * (1.0 - LIMIT_FRACTION) / max(1.0, again.n_effective))
    at = (0.05, 0.5, LIMIT_FRACTION, LIMIT_FRACTION - step, min(1.0, LIMIT_FRACTION + step))
    low, middle, high, below, above = quantiles(speed_mps, again.weight, at)
    return Limit(low, middle, high, 0.5 * (above - below))


def _averaged(
    evidences: Mapping[str, Evidence],
    moved: Mapping[str, _Moved],
    weighed: Mapping[str, Reweighted],
) -> float:
    """The limit over all hypotheses; those without a velocity of their own count as standing."""
    share = probabilities({name: one.log for name, one in evidences.items()})
    own = math.fsum(share[name] for name in moved)
    beyond = 1.0 - LIMIT_FRACTION  # what may lie above the limit
    if own <= beyond:
        return 0.0
    speeds = np.concatenate([moved[name].mean_mps for name in moved])
    weight = np.concatenate([share[name] * weighed[name].weight for name in moved])
    (limit,) = quantiles(speeds, weight, (1.0 - beyond / own,))
    return limit


def thrust_n(diameter_m: float, density_kgm3: float, speed_mps: float) -> float:
    """Drag of a sphere, (1/2) rho C_d S v^2."""
    area_m2 = math.pi * (0.5 * diameter_m) ** 2
    return 0.5 * density_kgm3 * DRAG_COEFFICIENT * area_m2 * speed_mps**2


def power_w(diameter_m: float, density_kgm3: float, speed_mps: float) -> float:
    """Electric power that holds a sphere at a speed through the air, (1/2) rho C_d S v^3 / eta.

    >>> [round(power_w(45.0, 0.116, v) / 1e3, 1) for v in (3.0, 5.0, 10.0)]  # kW
    [1.2, 5.8, 46.1]
    """
    return thrust_n(diameter_m, density_kgm3, speed_mps) * speed_mps / EFFICIENCY


def _powers(
    balloon: Balloon, one: Contender, weight: Array, limit: UnderScale, flown_s: float
) -> tuple[Power, ...]:
    """What the limit would take for each reported size, where the balloon mostly was."""
    (height_m,) = quantiles(mean_in_time(one.height_m), weight, (0.5,))
    density_kgm3 = atmosphere.density_kgm3(height_m)
    if not math.isfinite(density_kgm3):
        return ()
    sizes_m = tuple(dict.fromkeys((balloon.diameter_min_m, balloon.diameter_max_m)))
    speed_mps = limit.mean.p95_mps
    return tuple(
        Power(
            diameter_m=size_m,
            density_kgm3=density_kgm3,
            speed_mps=speed_mps,
            thrust_n=thrust_n(size_m, density_kgm3, speed_mps),
            power_w=power_w(size_m, density_kgm3, speed_mps),
            energy_j=power_w(size_m, density_kgm3, speed_mps) * flown_s,
        )
        for size_m in sizes_m
    )
