"""Where it goes from here: which zones it enters and leaves, when, and where it is at the end.

First passages, counted from the last evidence. A path that begins inside a zone does not enter it;
a path that leaves the wind is counted up to there, so then every probability is a lower bound.
What a case itself watches is listed however improbable.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.fields.places import Passages, Place, Places
from overflight.inference.onward import Onward
from overflight.inference.orders import Order, order_of
from overflight.inference.posterior import effective_size
from overflight.inference.quantiles import Spread, monte_carlo_sd, spread
from overflight.inference.watched import is_own, named

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEVER_LISTED_BELOW = 0.01  # a zone that fewer paths than this touch is not listed
_ROUND_OFF_S = 1e-3


@dataclass(frozen=True)
class ZoneAhead:
    """One zone. Times are seconds since the case's epoch, given that it happens at all.

    ``law`` is what the zone is in law (:mod:`overflight.case.zonekinds`): the same entry means
    something else in a flight information region than in a territory.
    """

    zone: str
    name: str
    kind: str
    law: str
    inside_now: float  # probabilities
    enters: float  # from outside, at least once
    leaves: float  # being inside now, at least once
    inside_at_end: float
    enters_sd: float
    inside_at_end_sd: float
    entry: Spread | None
    exit: Spread | None


@dataclass(frozen=True)
class Ahead:
    """The forecast: zones by when they are entered, and how much is known."""

    zones: tuple[ZoneAhead, ...]
    left_fraction: float  # of the paths: out of the wind before the end
    n_effective: float
    orders: tuple[Order, ...] = ()


def ledger(
    flown: Onward, passages: Passages, places: Places, asked: Sequence[tuple[Place, Place]] = ()
) -> Ahead:
    """Account for every zone that at least one path in a hundred touches, and for a case's own.

    Parameters
    ----------
    passages
        The flown paths' passages through the zones to account for.
    asked
        Pairs of zones whose order is asked for.
    """
    drawn = flown.paths
    n_effective = min(effective_size(drawn.weight), float(drawn.diagnostics.distinct_ancestors))
    lines = [
        line
        for zone in _asked(passages)
        if (line := _line(str(zone), flown, passages, places, n_effective)) is not None
    ]
    orders = tuple(_order_of(*pair, flown, passages, n_effective) for pair in asked)
    return Ahead(tuple(sorted(lines, key=_order)), flown.left_fraction, n_effective, orders)


def _asked(passages: Passages) -> list[str]:
    """Zones that some path touches, and the case's own."""
    return sorted({*np.unique(passages.zone).tolist(), *named(passages)})


def _order_of(
    one: Place, other: Place, flown: Onward, passages: Passages, n_effective: float
) -> Order:
    weight, begin_s = flown.paths.weight, float(flown.paths.time_s[0])
    times = []
    for place in (one, other):
        entry_s, _, now, _ = first_passages(
            place.id, passages, begin_s, float(flown.paths.time_s[-1])
        )
        times.append(np.where(now, begin_s, np.where(np.isfinite(entry_s), entry_s, np.inf)))
    return order_of((one.name, other.name), (times[0], times[1]), weight, n_effective)


def _order(line: ZoneAhead) -> tuple[str, float, str]:
    return line.kind, -math.inf if line.entry is None else line.entry.p50_s, line.zone


def _line(
    zone: str, flown: Onward, passages: Passages, places: Places, n_effective: float
) -> ZoneAhead | None:
    weight, place = flown.paths.weight, places.place(zone)
    entry_s, exit_s, now, last = first_passages(
        zone, passages, float(flown.paths.time_s[0]), float(flown.paths.time_s[-1])
    )
    enters, leaves = np.isfinite(entry_s), np.isfinite(exit_s)
    if not is_own(zone) and float(weight @ (enters | now)) < NEVER_LISTED_BELOW:
        return None

    def when(value_s: Array, happens: Flags) -> Spread | None:
        share = float(weight @ happens)
        if share < NEVER_LISTED_BELOW:
            return None
        return spread(value_s[happens], weight[happens], n_effective * share)

    p_now, p_enters, p_leaves, p_last = (
        min(1.0, float(weight @ event)) for event in (now, enters, leaves, last)
    )
    return ZoneAhead(
        zone=zone,
        name=place.name,
        kind=place.kind,
        law=place.law,
        inside_now=p_now,
        enters=p_enters,
        leaves=p_leaves,
        inside_at_end=p_last,
        enters_sd=monte_carlo_sd(p_enters, n_effective),
        inside_at_end_sd=monte_carlo_sd(p_last, n_effective),
        entry=when(entry_s, enters),
        exit=when(exit_s, leaves),
    )


def first_passages(
    zone: str, passages: Passages, begin_s: float, end_s: float
) -> tuple[Array, Array, Flags, Flags]:
    """When each path enters a zone first, and when those that begin inside leave it first.

    Returns
    -------
    entry_s : (path,)
        NaN where it never enters, or begins inside.
    exit_s : (path,)
        NaN where it does not begin inside, or stays.
    now, last : (path,)
        Whether it is inside at the beginning and at the end.
    """
    here = passages.of_zone(zone)
    now, last = np.zeros(here.n_paths, dtype=np.bool_), np.zeros(here.n_paths, dtype=np.bool_)
    starts = here.began_inside & (here.enter_s <= begin_s + _ROUND_OFF_S)
    now[here.path[starts]] = True
    last[here.path[here.ended_inside & (here.exit_s >= end_s - _ROUND_OFF_S)]] = True
    exit_s = np.full(here.n_paths, np.nan)
    goes = starts & ~here.ended_inside
    exit_s[here.path[goes]] = here.exit_s[goes]
    entry_s = np.where(now, np.nan, passages.first_entry_s(zone))
    return entry_s, exit_s, now, last
