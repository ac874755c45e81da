"""The origin as numbers: two tables for spreadsheets, and one file for programs."""

import math
from datetime import datetime
from typing import Any

from overflight.flight.lines import DAYS_BACK
from overflight.ledgers.origin import Candidate, Day, Fan, Launched
from overflight.release.aheadwords import stamp

Row = tuple[str, ...]

CANDIDATE_COLUMNS = (
    "launch", "lat_deg", "lon_deg", "before_begin_s", "prior_fraction", "probability_fraction",
    "probability_sd", "tail_fraction", "effective_paths", "region_90_m2", "launch_p05_utc",
    "launch_p50_utc", "launch_p95_utc",
)  # fmt: skip
REGION_COLUMNS = (
    "time_utc", "before_begin_s", "zone", "name", "probability_fraction", "region_90_m2",
    "larger_than_a_continent", "left_wind_fraction",
)  # fmt: skip


def candidate_rows(origin: Launched, epoch: datetime) -> list[Row]:
    """A row for each launch candidate; cells without a number are empty."""
    return [
        (
            one.name,
            f"{one.lat_deg:.4f}",
            f"{one.lon_deg:.4f}",
            f"{one.before_s:.0f}",
            f"{one.prior_probability:.4f}",
            _number(one.probability, 4),
            _number(one.probability_sd, 4),
            _number(one.tail, 4),
            f"{one.n_near:.1f}",
            _number(one.region_m2, 0),
            *_times(one, epoch),
        )
        for one in origin.candidates
    ]


def region_rows(origin: Launched, epoch: datetime) -> list[Row]:
    """A row for each country and day; zone and name are empty for the sea."""
    return [
        (
            stamp(epoch, day.time_s),
            f"{day.back_s:.0f}",
            one.zone,
            one.name,
            f"{one.probability:.4f}",
            f"{day.region_m2:.0f}",
            "yes" if day.too_wide else "no",
            f"{day.left_fraction:.4f}",
        )
        for day in origin.days
        for one in day.regions
    ]


def facts(origin: Launched, epoch: datetime, wind: str) -> dict[str, Any]:
    """The whole ledger as JSON takes it; null where there is no number."""
    return {
        "verdict": origin.verdict,
        "wind": wind,
        "begins_with": origin.begin_id or None,
        "begins_utc": None if math.isnan(origin.begin_s) else stamp(epoch, origin.begin_s),
        "reports_used": list(origin.used),
        "reports_left_out": list(origin.before),
        "candidates": [
            {"launch": row[0]} | dict(zip(CANDIDATE_COLUMNS[1:], map(_cell, row[1:]), strict=True))
            for row in candidate_rows(origin, epoch)
        ],
        "days": [_day(day, epoch) for day in origin.days],
        "single_lines": [_fan(fan, epoch) for fan in origin.fans],
        "warnings": list(origin.warnings),
    }


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if math.isfinite(value) else ""


def _times(one: Candidate, epoch: datetime) -> Row:
    if one.when is None:
        return ("", "", "")
    return tuple(stamp(epoch, t) for t in (one.when.p05_s, one.when.p50_s, one.when.p95_s))


def _cell(text: str) -> float | str | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _day(day: Day, epoch: datetime) -> dict[str, Any]:
    return {
        "time_utc": stamp(epoch, day.time_s),
        "before_begin_h": round(day.back_s / 3_600.0, 3),
        "lat_deg": round(day.lat_deg, 3),
        "lon_deg": round(day.lon_deg, 3),
        "region_90_km2": round(day.region_m2 / 1e6),
        "larger_than_a_continent": day.too_wide,
        "left_wind_fraction": round(day.left_fraction, 4),
        "effective_paths": round(day.n_effective, 1),
        "regions": [
            {"zone": one.zone or None, "name": one.name or None, "probability": one.probability}
            for one in day.regions
        ],
    }


def _fan(fan: Fan, epoch: datetime) -> dict[str, Any]:
    return {
        "from": fan.begin_id,
        "time_utc": stamp(epoch, fan.time_s),
        "lines": [
            {
                "height_m": line.height_m,
                "days": [
                    {
                        "days_before": days,
                        "lat_deg": round(float(line.lat_deg[i]), 3),
                        "lon_deg": round(float(line.lon_deg[i]), 3),
                        "over": over[i] or None,
                    }
                    for i, days in enumerate(DAYS_BACK)
                    if over[i] is not None
                ],
            }
            for line, over in zip(fan.lines, fan.over, strict=True)
        ],
        "farthest_apart_km": {
            str(days): round(m / 1e3, 1)
            for days, m in zip(DAYS_BACK, fan.apart_m, strict=True)
            if math.isfinite(m)
        },
    }
