"""A forecast in words: where it goes, when, and how surely; and the same as facts for programs."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from overflight.case.model import Case, Descent
from overflight.case.zonekinds import OTHER
from overflight.inference.middle import around
from overflight.inference.onward import Onward
from overflight.inference.orders import Order
from overflight.inference.quantiles import Spread
from overflight.inference.watched import is_own
from overflight.ledgers.ahead import Ahead, ZoneAhead
from overflight.ledgers.comes_down import ComesDown
from overflight.release.language import tell
from overflight.release.wording import COARSE_S, duration, moment, percent, probable
from overflight.release.zonewords import LAWS

LISTED = 0.05  # zones that are less probable are in the table only
KINDS = {
    "country": "Countries",
    "state": "States and provinces",
    "territorial_sea": "Territorial seas",
    "zone": "Zones of the case",
    "site": "Sites of the case",
}
EVERY_H = 12


@dataclass(frozen=True)
class Told:
    """All that a forecast is told from; ``ended`` is when the flight did, if it did.

    ``descent`` is how it comes down and ``comes_down`` where; None where it is taken to stay aloft.
    ``wind_floor_pa`` is the lowest level of the wind's source.
    """

    case: Case
    flown: Onward
    ahead: Ahead
    ended: datetime | None
    basis: tuple[str, ...]
    descent: Descent | None = None
    comes_down: ComesDown | None = None
    wind_floor_pa: float = math.nan


@dataclass(frozen=True)
class Middle:
    """Where half of the paths are at a time, and nine tenths."""

    time_s: float
    lat_deg: float
    lon_deg: float
    half_m: float
    most_m: float


def middles(flown: Onward, every_h: int = EVERY_H) -> tuple[Middle, ...]:
    """Mean place of the paths that are in the wind, and the distances that hold 50 and 90 %."""
    paths, found = flown.paths, []
    step = max(1, round(every_h * 3_600.0 / (paths.time_s[1] - paths.time_s[0])))
    columns = sorted({*range(0, len(paths.time_s), step), len(paths.time_s) - 1})
    for column in columns:
        there = np.isfinite(paths.lat_deg[:, column])
        if not there.any():
            break
        one = around(
            paths.lat_deg[there, column], paths.lon_deg[there, column], paths.weight[there]
        )
        found.append(Middle(float(paths.time_s[column]), **asdict(one)))
    return tuple(found)


def lines(told: Told) -> tuple[str, ...]:
    """The forecast for a terminal and for its report."""
    flown, paths = told.flown, told.flown.paths
    begins = moment(paths.epoch, flown.begin_s)
    found = [
        f"{told.case.title} ({paths.wind_statement})",
        f"Forecast from the last evidence, {begins}, for {duration(flown.covered_s)}.",
        *_caveats(told),
        "",
        "Middle of the paths, and the distance from it that holds 50 and 90 %:",
    ]
    found += [
        f"  {moment(paths.epoch, one.time_s)}  {at_place(one.lat_deg, one.lon_deg)}"
        f"  {one.half_m / 1e3:,.0f} km, {one.most_m / 1e3:,.0f} km"
        for one in middles(flown)
    ]
    for kind, title in KINDS.items():
        mine = [z for z in told.ahead.zones if z.kind == kind]
        listed = [z for z in mine if is_own(z.zone) or max(z.inside_now, z.enters) >= LISTED]
        for heading, some in _by_law(title, listed):
            found += ["", f"{heading}:", *(f"  {_zone(z, paths.epoch)}" for z in some)]
    if told.ahead.orders:
        found += ["", "Which comes first:", *(f"  {_order(one)}" for one in told.ahead.orders)]
    spread = paths.diagnostics
    found += [
        "",
        f"Effective paths {told.ahead.n_effective:.0f}; warnings:"
        f" {'; '.join(spread.warnings) or 'none'}",
    ]
    return tuple(found)


def _caveats(told: Told) -> list[str]:
    flown, said = told.flown, []
    if told.ended is not None:
        at = moment(told.ended, 0.0)
        said.append(f"The flight ended at {at}: this is where it would be had it flown on.")
    if flown.covered_s < flown.asked_s:
        said.append(
            f"The wind ends {duration(flown.covered_s)} after the evidence, so the forecast does"
            f" too: it is valid until {moment(flown.paths.epoch, flown.begin_s + flown.covered_s)};"
            f" {duration(flown.asked_s)} were asked for."
        )
    if told.ahead.left_fraction > 0.0:
        said.append(
            f"{percent(told.ahead.left_fraction)} of the paths leave the wind's box or levels"
            " before the end; what they do there is not known, so probabilities are lower bounds."
        )
    if flown.paths.prior_only:
        said.append(
            "No wind of those days stands behind it: it is what the season's usual wind allows."
        )
    return said


def at_place(lat_deg: float, lon_deg: float) -> str:
    """A place to a tenth of a degree.

    >>> at_place(45.77, -108.52)
    '45.8 N 108.5 W'
    """
    north = tell("N") if lat_deg >= 0.0 else tell("S")
    east = tell("E") if lon_deg >= 0.0 else tell("W")
    placed = {"lat": abs(lat_deg), "north": north, "lon": abs(lon_deg), "east": east}
    return tell("{lat:4.1f} {north} {lon:5.1f} {east}", **placed)


def _by_law(title: str, zones: Sequence[ZoneAhead]) -> list[tuple[str, list[ZoneAhead]]]:
    """Zones of a case apart by what they are in law, with what that means; others together.

    An entry into a flight information region is none into a territory.
    """
    found = []
    for law in dict.fromkeys(zone.law for zone in zones):
        mine = [zone for zone in zones if zone.law == law]
        if not is_own(mine[0].zone):
            found.append((title, mine))
        elif law in LAWS and law != OTHER:
            found.append((f"{title}, {_lower(LAWS[law].title)}. {LAWS[law].meaning[:-1]}", mine))
        else:
            found.append((f"{title}, of no stated kind", mine))
    return found


def _lower(title: str) -> str:
    """A title within a sentence: 'US states' stay as they are."""
    return title if title[1:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def _zone(line: ZoneAhead, epoch: datetime) -> str:
    parts = []
    if line.inside_now >= LISTED:
        parts.append(f"inside now {percent(line.inside_now)}")
    if line.leaves >= LISTED and line.exit is not None:
        parts.append(f"leaves {percent(line.leaves)}, {when(line.exit, epoch)}")
    if line.enters >= LISTED and line.entry is not None:
        parts.append(f"enters: {probable(line.enters)}, {when(line.entry, epoch)}")
    if not parts and is_own(line.zone):
        parts.append(f"enters: {probable(line.enters)}")
    if is_own(line.zone):
        parts[-1] += f", Monte-Carlo error {points(line.enters_sd)}"
    parts.append(f"there at the end {percent(line.inside_at_end)}")
    return f"{line.name}: {'; '.join(parts)}"


def points(sd: float) -> str:
    """A standard error in percentage points."""
    return f"{100.0 * sd:.1f} points" if sd < 0.1 else f"{100.0 * sd:.0f} points"


def _order(line: Order) -> str:
    """The order of two zones, all five ways that it may go."""
    return (
        f"{line.one}, then {line.other}: {percent(line.first)}"
        f" (Monte-Carlo error {points(line.first_sd)}); the other way round"
        f" {percent(line.second)}; only {line.one} {percent(line.only_one)}; only {line.other}"
        f" {percent(line.only_other)}; neither {percent(line.neither)}"
    )


def when(spread: Spread, epoch: datetime) -> str:
    """Median and the range of 90 %, no sharper than that is wide."""
    low, middle, high = (
        moment(epoch, value_s, spread.width_s)
        for value_s in (spread.p05_s, spread.p50_s, spread.p95_s)
    )
    return f"{middle} (90 % between {low} and {high})"


def stamp(epoch: datetime, time_s: float, width_s: float = 0.0) -> str:
    """A time for programs, by the whole hour where its 5 to 95 % width is six hours or more.

    >>> stamp(datetime(2023, 2, 1, tzinfo=UTC), 3_660.0, 30_000.0)
    '2023-02-01T01:00Z'
    """
    step_s = 3_600.0 if width_s >= COARSE_S else 60.0
    at = epoch.astimezone(UTC) + timedelta(seconds=time_s)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + timedelta(seconds=round((at - midnight).total_seconds() / step_s) * step_s)
    return at.strftime("%Y-%m-%dT%H:%MZ")


def times(spread: Spread | None, epoch: datetime) -> tuple[str, ...]:
    """The five quantiles as :func:`stamp` writes them; empty where there are none."""
    if spread is None:
        return ("",) * 5
    values_s = (spread.p05_s, spread.p25_s, spread.p50_s, spread.p75_s, spread.p95_s)
    return tuple(stamp(epoch, value_s, spread.width_s) for value_s in values_s)


def facts(told: Told) -> dict[str, Any]:
    """The forecast as numbers with their units."""
    flown, epoch = told.flown, told.flown.paths.epoch
    return {
        "case": told.case.id,
        "begins_utc": stamp(epoch, flown.begin_s),
        "ends_utc": stamp(epoch, flown.begin_s + flown.covered_s),
        "asked_h": flown.asked_s / 3_600.0,
        "covered_h": flown.covered_s / 3_600.0,
        "flight_ended": told.ended is not None,
        "wind": flown.paths.wind_statement,
        "wind_prior_only": flown.paths.prior_only,
        "left_wind_fraction": told.ahead.left_fraction,
        "effective_paths": told.ahead.n_effective,
        "warnings": list(flown.paths.diagnostics.warnings),
        "middle": [
            {
                "time_utc": stamp(epoch, one.time_s),
                "lat_deg": round(one.lat_deg, 3),
                "lon_deg": round(one.lon_deg, 3),
                "radius_50_km": round(one.half_m / 1e3, 1),
                "radius_90_km": round(one.most_m / 1e3, 1),
            }
            for one in middles(flown)
        ],
        "zones": [_zone_facts(line, epoch) for line in told.ahead.zones],
        "orders": [asdict(one) for one in told.ahead.orders],
        "basis": list(told.basis),
    }


def _zone_facts(line: ZoneAhead, epoch: datetime) -> dict[str, Any]:
    names = ("p05", "p25", "p50", "p75", "p95")
    return {
        "zone": line.zone,
        "name": line.name,
        "kind": line.kind,
        "law": line.law,
        "inside_now": line.inside_now,
        "enters": line.enters,
        "enters_sd": line.enters_sd,
        "leaves": line.leaves,
        "inside_at_end": line.inside_at_end,
        "inside_at_end_sd": line.inside_at_end_sd,
        "entry_utc": None
        if line.entry is None
        else dict(zip(names, times(line.entry, epoch), strict=True)),
        "exit_utc": None
        if line.exit is None
        else dict(zip(names, times(line.exit, epoch), strict=True)),
    }
