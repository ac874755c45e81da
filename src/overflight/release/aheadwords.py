"""A forecast in words: where it goes, when, and how surely; and the same as facts for programs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case
from overflight.inference.onward import Onward
from overflight.inference.quantiles import Spread, weighted_quantiles
from overflight.ledgers.ahead import Ahead, ZoneAhead
from overflight.physics.sphere import MEAN_RADIUS_M, lats_lons_deg
from overflight.release.wording import COARSE_S, duration, moment, percent, probable

Array = NDArray[np.float64]

LISTED = 0.05  # zones that are less probable are in the table only
KINDS = {
    "country": "Countries",
    "state": "States and provinces",
    "territorial_sea": "Territorial seas",
}
EVERY_H = 12


@dataclass(frozen=True)
class Told:
    """All that a forecast is told from; ``ended`` is when the flight did, if it did."""

    case: Case
    flown: Onward
    ahead: Ahead
    ended: datetime | None
    basis: tuple[str, ...]


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
        weight = paths.weight[there]
        lat, lon = (np.radians(a[there, column]) for a in (paths.lat_deg, paths.lon_deg))
        place = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], -1)
        mean = weight @ place
        mean /= np.linalg.norm(mean)
        lat_deg, lon_deg = lats_lons_deg(mean)
        chord = np.linalg.norm(place - mean, axis=1)
        off_m = MEAN_RADIUS_M * 2.0 * np.arcsin(np.minimum(0.5 * chord, 1.0))
        half_m, most_m = weighted_quantiles(off_m, weight, (0.5, 0.9))
        found.append(
            Middle(
                float(paths.time_s[column]),
                float(lat_deg),
                float(lon_deg),
                half_m,
                most_m,
            )
        )
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
        f"  {moment(paths.epoch, one.time_s)}  {_degrees(one)}  {one.half_m / 1e3:,.0f} km,"
        f" {one.most_m / 1e3:,.0f} km"
        for one in middles(flown)
    ]
    for kind, title in KINDS.items():
        mine = [z for z in told.ahead.zones if z.kind == kind]
        listed = [z for z in mine if max(z.inside_now, z.enters) >= LISTED]
        if listed:
            found += ["", f"{title}:", *(f"  {_zone(z, paths.epoch)}" for z in listed)]
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
            f" too; {duration(flown.asked_s)} were asked for."
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


def _degrees(one: Middle) -> str:
    north = f"{abs(one.lat_deg):4.1f} {'N' if one.lat_deg >= 0.0 else 'S'}"
    return f"{north} {abs(one.lon_deg):5.1f} {'E' if one.lon_deg >= 0.0 else 'W'}"


def _zone(line: ZoneAhead, epoch: datetime) -> str:
    parts = []
    if line.inside_now >= LISTED:
        parts.append(f"inside now {percent(line.inside_now)}")
    if line.leaves >= LISTED and line.exit is not None:
        parts.append(f"leaves {percent(line.leaves)}, {_when(line.exit, epoch)}")
    if line.enters >= LISTED and line.entry is not None:
        parts.append(f"enters: {probable(line.enters)}, {_when(line.entry, epoch)}")
    parts.append(f"there at the end {percent(line.inside_at_end)}")
    return f"{line.name}: {'; '.join(parts)}"


def _when(spread: Spread, epoch: datetime) -> str:
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
        "basis": list(told.basis),
    }


def _zone_facts(line: ZoneAhead, epoch: datetime) -> dict[str, Any]:
    names = ("p05", "p25", "p50", "p75", "p95")
    return {
        "zone": line.zone,
        "name": line.name,
        "kind": line.kind,
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
