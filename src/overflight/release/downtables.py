"""Question 5 as files: every moment, every window, stretches for a map, the whole for programs."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from overflight.ledgers.brought_down.answer import BroughtDown, Window
from overflight.physics.sphere import wrapped_deg
from overflight.release import csvsafe, ledgerjson
from overflight.release.aheadwords import stamp
from overflight.release.worldmap import unwrapped

_CASUALTIES = tuple(f"expected_casualties_p{q}" for q in ("05", "25", "50", "75", "95"))
_FRACTIONS = (
    "below_fraction", "below_worst_fraction", "below_best_fraction", "personnel_below_fraction",
    "individual_fraction",
)  # fmt: skip
_LENGTHS = ("own_along_sd_m", "own_across_sd_m", "contained_m", "fall_s")


def write(answer: BroughtDown, epoch: datetime, wind: str, folder: Path) -> None:
    """Write the files of question 5 into a folder."""
    _table(folder / "brought_down.csv", *_moments(answer, epoch), wind)
    _table(folder / "brought_down_footprints.csv", *_footprints(answer, epoch), wind)
    _table(folder / "brought_down_windows.csv", *_windows(answer, epoch), wind)
    ledgerjson.write("brought_down", folder, answer, epoch_utc=stamp(epoch, 0.0), wind=wind)
    text = json.dumps(stretches(answer, epoch, wind), allow_nan=False)
    (folder / "brought_down.geojson").write_text(f"{text}\n", encoding="utf-8")


def facts(answer: BroughtDown, epoch: datetime, wind: str) -> dict[str, Any]:
    """The whole ledger for JSON; times count in seconds from ``epoch_utc``."""
    return ledgerjson.facts(answer, epoch_utc=stamp(epoch, 0.0), wind=wind)


def stretches(answer: BroughtDown, epoch: datetime, wind: str) -> dict[str, Any]:
    """Windows as lines along the middle of the paths, cut at the antimeridian, for a map."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "MultiLineString", "coordinates": _lines(answer, one)},
            "properties": {
                "coming_down": answer.ways[one.way].name,
                "expectation": one.label,
                "begin_utc": stamp(epoch, one.begin_s),
                "end_utc": stamp(epoch, one.end_s),
                "below_fraction": round(one.below_fraction, 4),
                "wind": wind,
            },
        }
        for one in answer.windows
    ]
    return {"type": "FeatureCollection", "features": features}


def _lines(answer: BroughtDown, window: Window) -> list[list[list[float]]]:
    """Coordinates (lon, lat) from the window's first moment to where the next begins."""
    part = answer.moments[window.first : window.last + 2]
    lat = [one.lat_deg for one in part]
    lon = unwrapped(np.array([one.lon_deg for one in part])).tolist()
    if len(part) == 1:  # the end of the flight: a line of no length
        lat, lon = lat * 2, lon * 2
    lines = [[[round(wrapped_deg(lon[0]), 4), round(lat[0], 4)]]]
    for k in range(1, len(lat)):
        turn, before = (np.floor((lon[i] + 180.0) / 360.0) for i in (k, k - 1))
        if turn != before:
            edge = 360.0 * max(turn, before) - 180.0
            share = (edge - lon[k - 1]) / (lon[k] - lon[k - 1])
            cut = round(lat[k - 1] + share * (lat[k] - lat[k - 1]), 4)
            side = 180.0 if turn > before else -180.0
            lines[-1].append([side, cut])
            lines.append([[-side, cut]])
        lines[-1].append([round(wrapped_deg(lon[k]), 4), round(lat[k], 4)])
    return lines


Rows = list[tuple[str, ...]]


def _table(path: Path, columns: tuple[str, ...], rows: Rows, wind: str) -> None:
    csvsafe.write_table(path, (*columns, "wind"), [(*row, wind) for row in rows])


def _moments(answer: BroughtDown, epoch: datetime) -> tuple[tuple[str, ...], Rows]:
    columns = ("time_utc", "lat_deg", "lon_deg", "coming_down", *_CASUALTIES, *_FRACTIONS)
    rows = [
        (
            stamp(epoch, one.time_s), f"{one.lat_deg:.3f}", f"{one.lon_deg:.3f}", way.name,
            *(f"{value:.3e}" for value in risk.casualties),
            *(f"{getattr(risk, name):.3g}" for name in _FRACTIONS), risk.label,
        )
        for one in answer.moments
        for way, risk in zip(answer.ways, one.risks, strict=True)
    ]  # fmt: skip
    return (*columns, "expectation"), rows


def _footprints(answer: BroughtDown, epoch: datetime) -> tuple[tuple[str, ...], Rows]:
    columns = ["time_utc", "pieces", "bearing_deg"]
    columns += [f"{way}_p{q}_m" for way in ("along", "across") for q in ("05", "50", "95")]
    rows = [
        (
            stamp(epoch, one.time_s), pieces.name, f"{foot.bearing_deg:.0f}",
            *(f"{value:.0f}" for value in (*foot.along_m, *foot.across_m)),
            *(f"{getattr(foot, name):.0f}" for name in _LENGTHS), f"{foot.land_fraction:.3f}",
        )
        for one in answer.moments
        for pieces, foot in zip(answer.classes, one.footprints, strict=True)
    ]  # fmt: skip
    return (*columns, *_LENGTHS, "land_fraction"), rows


def _windows(answer: BroughtDown, epoch: datetime) -> tuple[tuple[str, ...], Rows]:
    columns = ("coming_down", "expectation", "begin_utc", "end_utc", "below_fraction")
    rows: Rows = [
        (
            answer.ways[one.way].name, one.label, stamp(epoch, one.begin_s),
            stamp(epoch, one.end_s), f"{one.below_fraction:.4f}",
        )
        for one in answer.windows
    ]  # fmt: skip
    return columns, rows
