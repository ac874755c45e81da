"""Where it comes down in words, as facts for programs, as a table and as points for a map."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from overflight.inference.watched import KINDS as OWN_KINDS
from overflight.ledgers.comes_down import ComesDown
from overflight.release import csvsafe
from overflight.release.aheadwords import KINDS, LISTED, Told, at_place, points, stamp, times, when
from overflight.release.wording import moment, percent, probable

POINTS = 200  # equally probable, on the map


def lines(told: Told) -> list[str]:
    """Where it comes down, for a terminal and a report; nothing where it stays aloft."""
    found, descent = told.comes_down, told.descent
    if descent is None:
        return []
    if found is None:
        at = moment(descent.time_max, 0.0)
        return ["", f"The case has it come down by {at}, not within this forecast: it stays aloft."]
    epoch = told.flown.paths.epoch
    slow, fast = descent.speed_min_mps, descent.speed_max_mps
    speed = f"{slow:g} m/s" if slow == fast else f"{slow:g} to {fast:g} m/s"
    said = [
        "",
        f"It comes down from its level at {speed} near the sea, begun {_begun(found, epoch)}.",
        f"Middle of where: {at_place(found.lat_deg, found.lon_deg)}; {found.half_m / 1e3:,.0f} km"
        f" from it hold 50 %, {found.most_m / 1e3:,.0f} km 90 %. Down {when(found.down, epoch)}.",
        *_caveats(told, found),
    ]
    for kind, title in KINDS.items():
        listed = [
            one
            for one in found.zones
            if one.kind == kind and (kind in OWN_KINDS or one.probability >= LISTED or not one.zone)
        ]
        if listed:
            said.append(f"{title} where it comes down:")
        said += [
            f"  {one.name}: {probable(one.probability)}, Monte-Carlo error"
            f" {points(one.probability_sd)}"
            for one in listed
        ]
    return said


def _begun(found: ComesDown, epoch: datetime) -> str:
    """When it begins to come down: one moment where that was asked for."""
    if found.begin.width_s < 60.0:
        return moment(epoch, found.begin.p50_s)
    return when(found.begin, epoch)


def _caveats(told: Told, found: ComesDown) -> list[str]:
    said = ["The ground is taken at the level of the sea: on high land it comes down earlier."]
    if told.wind_floor_pa < 85_000.0:
        said.append(
            f"The wind's source ends at {told.wind_floor_pa / 100.0:.0f} hPa. Below that no wind"
            " is taken, with an error as large as the wind there: the place is known but roughly."
        )
    if found.lost_fraction > 0.0:
        said.append(
            f"{percent(found.lost_fraction)} of the paths leave the wind before they are down and"
            " do not count here."
        )
    return said


def facts(told: Told) -> dict[str, Any] | None:
    """The same as numbers with their units."""
    found, descent = told.comes_down, told.descent
    if found is None or descent is None:
        return None
    epoch = told.flown.paths.epoch
    names = ("p05", "p25", "p50", "p75", "p95")
    return {
        "speed_min_mps": descent.speed_min_mps,
        "speed_max_mps": descent.speed_max_mps,
        "begins_utc": dict(zip(names, times(found.begin, epoch), strict=True)),
        "down_utc": dict(zip(names, times(found.down, epoch), strict=True)),
        "lat_deg": round(found.lat_deg, 3),
        "lon_deg": round(found.lon_deg, 3),
        "radius_50_km": round(found.half_m / 1e3, 1),
        "radius_90_km": round(found.most_m / 1e3, 1),
        "left_wind_fraction": found.lost_fraction,
        "wind_floor_hpa": round(told.wind_floor_pa / 100.0, 1),
        "zones": [
            {
                "zone": one.zone,
                "name": one.name,
                "kind": one.kind,
                "probability": one.probability,
                "probability_sd": one.probability_sd,
            }
            for one in found.zones
        ],
    }


def write(told: Told, folder: Path) -> None:
    """Write comes_down.csv and comes_down.geojson into a folder, where it comes down."""
    found, paths = told.comes_down, told.flown.paths
    landed = told.flown.landed
    if found is None or landed is None:
        return
    csvsafe.write_table(
        folder / "comes_down.csv",
        ("zone", "name", "kind", "probability_fraction", "probability_sd", "wind"),
        [
            (
                one.zone, one.name, one.kind, f"{one.probability:.4f}",
                f"{one.probability_sd:.4f}", paths.wind_statement,
            )
            for one in found.zones
        ],
    )  # fmt: skip
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "Point",
                "coordinates": [
                    round(float(landed.lon_deg[row]), 4),
                    round(float(landed.lat_deg[row]), 4),
                ],
            },
            "properties": {
                "path": number,
                "down_utc": stamp(paths.epoch, float(landed.time_s[row])),
                "wind": paths.wind_statement,
            },
        }
        for number, row in enumerate(paths.equal_rows(POINTS))
        if np.isfinite(landed.time_s[row])
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "comes_down.geojson").write_text(json.dumps(collection) + "\n", encoding="utf-8")
