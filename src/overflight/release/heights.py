"""Height against time as a small drawing: the middle of the paths, half and nine tenths of them."""

from datetime import datetime, timedelta

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from overflight.release.mapdata import MapData
from overflight.release.worldmap import path_of
from overflight.units import express

WIDTH, HEIGHT = 1_920, 400
LEFT, RIGHT, TOP, BOTTOM = 120, 130, 30, 56
MIN_FLYING_FRACTION = 0.1  # quantiles of fewer paths than this are not drawn
STEP_M = (500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0)
DAYS = (1, 2, 3, 5, 7, 14, 30)

Values = NDArray[np.float64]


class Axes:
    """Where times and heights lie in the drawing."""

    def __init__(self, times: tuple[datetime, ...], low_m: float, high_m: float) -> None:
        self.start = times[0]
        self.span_s = max((times[-1] - times[0]).total_seconds(), 1.0)
        self.low_m, self.high_m = low_m, high_m

    def x(self, at: datetime) -> float:
        """Abscissa of a time."""
        share = (at - self.start).total_seconds() / self.span_s
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, height_m: Values) -> Values:
        """Ordinate of heights."""
        share = (height_m - self.low_m) / (self.high_m - self.low_m)
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)


def draw(data: MapData) -> Markup:
    """One SVG element, or nothing where no heights are known."""
    if data.height_m is None or not np.isfinite(data.height_m).any():
        return Markup("")
    flying = np.isfinite(data.height_m).sum(axis=0)
    shown = flying >= max(1.0, MIN_FLYING_FRACTION * data.n_tracks)
    lines = np.full((5, len(data.time_iso)), np.nan)
    lines[:, shown] = np.nanquantile(data.height_m[:, shown], [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    times = tuple(datetime.fromisoformat(text) for text in data.time_iso)
    axes = Axes(times, *_range_m(lines, data))
    x = np.array([axes.x(at) for at in times])
    parts = [
        Markup('<svg class="profile" viewBox="0 0 {} {}" role="img" aria-labelledby="profile-t">')
        .format(WIDTH, HEIGHT),
        Markup('<title id="profile-t">{}</title>').format(_said(lines)),
        _heights(axes),
        _days(axes, times),
        Markup('<path class="band wide" d="{}"/>').format(_band(x, lines[0], lines[4], axes)),
        Markup('<path class="band half" d="{}"/>').format(_band(x, lines[1], lines[3], axes)),
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
    return (
        f"Height against time. Nine tenths of the paths lie between {low:.1f} and {high:.1f} km;"
        f" the middle is mostly near {middle:.1f} km."
    )


def _band(x: Values, low_m: Values, high_m: Values, axes: Axes) -> str:
    known = np.isfinite(low_m)
    outline = np.concatenate([axes.y(low_m)[known], axes.y(high_m)[known][::-1]])
    return path_of(np.concatenate([x[known], x[known][::-1]]), outline, close=True)


def _heights(axes: Axes) -> Markup:
    span_m = axes.high_m - axes.low_m
    step = next((s for s in STEP_M if span_m / s <= 5.0), STEP_M[-1])
    parts = []
    for level in np.arange(np.ceil(axes.low_m / step) * step, axes.high_m + 1.0, step):
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
                f"{level / 1_000.0:g}",
                WIDTH - RIGHT + 12,
                y + 9,
                f"{feet:,}",
            )
        )
    return Markup("").join(parts)


def _days(axes: Axes, times: tuple[datetime, ...]) -> Markup:
    n_days = axes.span_s / 86_400.0
    step = next((d for d in DAYS if n_days / d <= 9), DAYS[-1])
    first = times[0].replace(hour=0, minute=0, second=0, microsecond=0)
    parts, at = [], first
    while at <= times[-1]:
        if at >= times[0]:
            x = round(axes.x(at))
            parts.append(
                Markup(
                    '<path class="grid" d="M{} {}V{}"/>'
                    '<text class="axis mid" x="{}" y="{}">{}</text>'
                ).format(x, TOP, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 36, f"{at.day} {at:%b}")
            )
        at += timedelta(days=step)
    return Markup("").join(parts)


def _reports(data: MapData, axes: Axes) -> Markup:
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
