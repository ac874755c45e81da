"""Height against time as a small drawing: the middle of the paths, half and nine tenths of them."""

from datetime import datetime

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from overflight.release.language import tell
from overflight.release.mapdata import MapData
from overflight.release.timeplot import BOTTOM, LEFT, RIGHT, TOP, WIDTH, Frame, band, days, frame
from overflight.release.worldmap import path_of
from overflight.units import express

HEIGHT = 400
MIN_FLYING_FRACTION = 0.1  # quantiles of fewer paths than this are not drawn
STEP_M = (500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0)

Values = NDArray[np.float64]


def draw(data: MapData) -> Markup:
    """One SVG element, or nothing where no heights are known."""
    if data.height_m is None or not np.isfinite(data.height_m).any():
        return Markup("")
    flying = np.isfinite(data.height_m).sum(axis=0)
    shown = flying >= max(1.0, MIN_FLYING_FRACTION * data.n_tracks)
    lines = np.full((5, len(data.time_iso)), np.nan)
    lines[:, shown] = np.nanquantile(data.height_m[:, shown], [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    times = tuple(datetime.fromisoformat(text) for text in data.time_iso)
    axes = frame(times, *_range_m(lines, data), top=TOP, bottom=HEIGHT - BOTTOM)
    x = np.array([axes.x(at) for at in times])
    parts = [
        Markup('<svg class="profile" viewBox="0 0 {} {}" role="img" aria-labelledby="profile-t">')
        .format(WIDTH, HEIGHT),
        Markup('<title id="profile-t">{}</title>').format(_said(lines)),
        _heights(axes),
        days(axes, times),
        Markup('<path class="band wide" d="{}"/>').format(band(x, lines[0], lines[4], axes)),
        Markup('<path class="band half" d="{}"/>').format(band(x, lines[1], lines[3], axes)),
        Markup('<path class="middle" d="{}"/>').format(path_of(x, axes.y(lines[2]))),
        _reports(data, axes),
        Markup('<line id="cursor" class="cursor" x1="{x}" x2="{x}" y1="{}" y2="{}"/>').format(
            TOP, HEIGHT - BOTTOM, x=round(float(x[-1]))
        ),
        Markup("</svg>"),
    ]  # fmt: skip
    return Markup("").join(parts)


def plot_range() -> tuple[int, int]:
    """First and last abscissa of the time axis, for whoever moves the cursor."""
    return LEFT, WIDTH - RIGHT


def _range_m(lines: Values, data: MapData) -> tuple[float, float]:
    bounds = [b for m in data.sightings for b in (m.altitude_min_m, m.altitude_max_m) if b]
    low = min([float(np.nanmin(lines)), *bounds]) - 500.0
    high = max([float(np.nanmax(lines)), *bounds]) + 500.0
    return max(0.0, np.floor(low / 1_000.0) * 1_000.0), np.ceil(high / 1_000.0) * 1_000.0


def _said(lines: Values) -> str:
    low, high = np.nanmin(lines[0]) / 1_000.0, np.nanmax(lines[4]) / 1_000.0
    middle = np.nanmedian(lines[2]) / 1_000.0
    return tell(
        "Height against time. Nine tenths of the paths lie between {low:.1f} and"
        " {high:.1f} km; the middle is mostly near {middle:.1f} km.",
        low=low,
        high=high,
        middle=middle,
    )


def _heights(axes: Frame) -> Markup:
    span_m = axes.high - axes.low
    step = next((s for s in STEP_M if span_m / s <= 5.0), STEP_M[-1])
    parts = []
    for level in np.arange(np.ceil(axes.low / step) * step, axes.high + 1.0, step):
        y = round(float(axes.y(np.array(level))))
        feet = round(express(level, "m", "ft") / 100.0) * 100
        parts.append(
            Markup(
                '<path class="grid" d="M{} {}H{}"/>'
                '<text class="axis end" x="{}" y="{}">{} km</text>'
                '<text class="axis" x="{}" y="{}">{} ft</text>'
            ).format(
                LEFT,
                y,
                WIDTH - RIGHT,
                LEFT - 12,
                y + 9,
                tell("{level:g}", level=level / 1_000.0),
                WIDTH - RIGHT + 12,
                y + 9,
                tell("{feet:,}", feet=feet),
            )
        )
    return Markup("").join(parts)


def _reports(data: MapData, axes: Frame) -> Markup:
    parts = []
    for mark in data.sightings:
        if mark.altitude_min_m is None or mark.altitude_max_m is None:
            continue
        left, right = (
            min(max(axes.x(datetime.fromisoformat(t)), LEFT), WIDTH - RIGHT)
            for t in (mark.time_min_iso, mark.time_max_iso)
        )
        low, high = axes.y(np.array([mark.altitude_min_m, mark.altitude_max_m])).tolist()
        wide = max(right - left, 8.0)
        parts.append(
            Markup('<rect class="report {}" x="{}" y="{}" width="{}" height="{}"/>').format(
                "used" if mark.used else "unused",
                round((left + right - wide) / 2.0),
                round(high),
                round(wide),
                max(round(low - high), 6),
            )
        )
    return Markup("").join(parts)
