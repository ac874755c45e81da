"""Two tracks side by side, in words: a HYSPLIT listing and ours from the same start."""

from typing import Any

import numpy as np

from overflight.flight.compare import Compared

_LEADS_H = (1, 3, 6, 12, 24, 36, 48, 72, 96, 120, 168, 240, 360, 480)


def compared(name: str, one: Compared) -> tuple[str, dict[str, Any]]:
    """How far a HYSPLIT trajectory and ours come apart, in words and as facts."""
    rows = _shown(one)
    facts = {
        "file": name,
        "trajectory": one.track.number,
        "direction": one.track.direction,
        "meteorology": list(one.track.meteorology),
        "levels": one.levels,
        "prior_only": one.prior_only,
        "points": [
            {
                "hours": _number(one.lead_s[i] / 3_600.0),
                "lat_deg": _number(one.lat_deg[i], 4),
                "lon_deg": _number(one.lon_deg[i], 4),
                "apart_km": _number(one.apart_m[i] / 1e3, 1),
                "travelled_km": _number(one.way_m[i] / 1e3, 1),
                "half_within_km": _number(one.half_within_m[i] / 1e3, 1),
                "nine_tenths_within_km": _number(one.most_within_m[i] / 1e3, 1),
            }
            for i in rows
        ],
    }
    lines = [
        f"{name}: trajectory {one.track.number} ({one.track.direction.lower()}, in"
        f" {', '.join(one.track.meteorology)}) against this wind, on {one.levels}",
        "   hours  apart, km  travelled, km  this wind's error alone, km: half within, nine in ten",
    ]
    for i in rows:
        apart = "outside" if np.isnan(one.apart_m[i]) else f"{one.apart_m[i] / 1e3:,.0f}"
        lines.append(
            f"{one.lead_s[i] / 3_600.0:8g} {apart:>10} {one.way_m[i] / 1e3:14,.0f}"
            f" {one.half_within_m[i] / 1e3:20,.0f} {one.most_within_m[i] / 1e3:20,.0f}"
        )
    lines.append(_judged(one))
    return "\n".join(lines), facts


def _shown(one: Compared) -> list[int]:
    """The points at usual leads, and the last."""
    hours = np.abs(one.lead_s) / 3_600.0
    usual = [int(np.argmin(np.abs(hours - lead))) for lead in _LEADS_H if lead < hours[-1]]
    near = [i for i in usual if i > 0 and min(abs(hours[i] - lead) for lead in _LEADS_H) < 0.5]
    return list(dict.fromkeys([*near, len(hours) - 1]))


def _judged(one: Compared) -> str:
    """What the last difference means, in a sentence."""
    known = np.flatnonzero(~np.isnan(one.apart_m))
    last = int(known[-1])
    if last == 0:
        return "Our track leaves the wind at once: nothing can be compared."
    if one.prior_only:
        return "This wind is of no real day: the difference says nothing about the listing."
    apart, most = one.apart_m[last], one.most_within_m[last]
    if apart <= most:
        return (
            "The two end as near each other as this wind's error lets nine balloons in ten: they do"
            " not contradict each other, and neither is exact."
        )
    return (
        f"The two end {apart / most:.1f} times farther apart than this wind's error allows nine"
        " balloons in ten: another wind, another height or vertical motion lies behind it."
    )


def _number(value: float, digits: int = 3) -> float | None:
    """For JSON, which has no NaN."""
    return None if np.isnan(value) else round(float(value), digits)
