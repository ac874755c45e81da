"""Small drawings of something against time: bands of quantiles, days below, panels in a stack."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from overflight.release.language import tell
from overflight.release.worldmap import path_of

Values = NDArray[np.float64]

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 1_920, 120, 130, 30, 56
DAYS = (1, 2, 3, 5, 7, 14, 30)

_PANEL, _GAP = 260, 64  # height of a panel in a stack, and the room for its name


@dataclass(frozen=True)
class Frame:
    """Where times and values lie in a drawing; ``top`` and ``bottom`` are ordinates."""

    start: datetime
    span_s: float
    low: float
    high: float
    top: float
    bottom: float

    def x(self, at: datetime) -> float:
        """Abscissa of a time."""
        share = (at - self.start).total_seconds() / self.span_s
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: Values) -> Values:
        """Ordinates of values."""
        share = (value - self.low) / (self.high - self.low)
        return np.asarray(self.bottom - share * (self.bottom - self.top))


def frame(
    times: Sequence[datetime], low: float, high: float, *, top: float, bottom: float
) -> Frame:
    """A frame over all of the times; a moment gets a second's width."""
    return Frame(times[0], max((times[-1] - times[0]).total_seconds(), 1.0), low, high, top, bottom)


def band(x: Values, low: Values, high: Values, axes: Frame) -> str:
    """Path data of the region between two lines, where both are known."""
    known = np.isfinite(low)
    outline = np.concatenate([axes.y(low)[known], axes.y(high)[known][::-1]])
    return path_of(np.concatenate([x[known], x[known][::-1]]), outline, close=True)


def days(axes: Frame, times: Sequence[datetime], *, named: bool = True) -> Markup:
    """A line for every day or few, with its date below."""
    n_days = axes.span_s / 86_400.0
    step = next((d for d in DAYS if n_days / d <= 9), DAYS[-1])
    first = times[0].replace(hour=0, minute=0, second=0, microsecond=0)
    parts, at = [], first
    while at <= times[-1]:
        if at >= times[0]:
            x = round(axes.x(at))
            parts.append(
                Markup('<path class="grid" d="M{} {}V{}"/>').format(
                    x, round(axes.top), round(axes.bottom)
                )
            )
            if named:
                parts.append(
                    Markup('<text class="axis mid" x="{}" y="{}">{}</text>').format(
                        x, round(axes.bottom) + 36, tell("{day} {at:%b}", day=at.day, at=at)
                    )
                )
        at += timedelta(days=step)
    return Markup("").join(parts)


@dataclass(frozen=True)
class Panel:
    """One panel of a stack.

    ``lines`` are the quantiles 5, 25, 50, 75, 95 % (quantile, time); ``expected`` are dashed
    lines to hold them against; ``unit`` stands behind the numbers of the axis.
    """

    name: str
    lines: Values
    low: float
    high: float
    step: float
    unit: str
    expected: tuple[float, ...] = ()


def stack(name: str, said: str, times: Sequence[datetime], panels: Sequence[Panel]) -> Markup:
    """Panels that share their time, as one SVG that a narrow screen scrolls.

    Parameters
    ----------
    name
        Of the drawing, one of its kind on the page.
    said
        What it shows, for those who do not see it.
    """
    height = TOP + len(panels) * (_PANEL + _GAP) + BOTTOM
    parts = [
        Markup(
            '<div class="scroll bare" role="region" aria-labelledby="{name}-t" tabindex="0">'
            '<svg class="profile" viewBox="0 0 {} {}" role="img" aria-labelledby="{name}-t">'
        ).format(WIDTH, height, name=name),
        Markup('<title id="{}-t">{}</title>').format(name, said),
    ]
    for number, panel in enumerate(panels):
        top = TOP + _GAP + number * (_PANEL + _GAP)
        axes = frame(times, panel.low, panel.high, top=top, bottom=top + _PANEL)
        parts.append(_drawn(panel, axes, times, last=number == len(panels) - 1))
    return Markup("").join([*parts, Markup("</svg></div>")])


def _drawn(panel: Panel, axes: Frame, times: Sequence[datetime], *, last: bool) -> Markup:
    x = np.array([axes.x(at) for at in times])
    lines = np.clip(panel.lines, panel.low, panel.high)  # NaN stays
    return Markup("").join(
        [
            Markup('<text class="axis" x="{}" y="{}">{}</text>').format(
                LEFT, round(axes.top) - 14, panel.name
            ),
            _values(panel, axes),
            days(axes, times, named=last),
            Markup('<path class="band wide" d="{}"/>').format(band(x, lines[0], lines[4], axes)),
            Markup('<path class="band half" d="{}"/>').format(band(x, lines[1], lines[3], axes)),
            Markup('<path class="middle" d="{}"/>').format(path_of(x, axes.y(lines[2]))),
            *(
                Markup('<path class="expected" d="M{} {}H{}"/>').format(
                    LEFT, round(float(axes.y(np.array(value)))), WIDTH - RIGHT
                )
                for value in panel.expected
                if panel.low <= value <= panel.high
            ),
        ]
    )


def _values(panel: Panel, axes: Frame) -> Markup:
    first = np.ceil(panel.low / panel.step - 1e-9) * panel.step
    return Markup("").join(
        Markup(
            '<path class="grid" d="M{} {}H{}"/><text class="axis end" x="{}" y="{}">{}</text>'
        ).format(
            LEFT,
            y,
            WIDTH - RIGHT,
            LEFT - 12,
            y + 9,
            tell("{value:g}{unit}", value=value + 0.0, unit=panel.unit),
        )
        for value in np.arange(first, panel.high + 1e-9 * panel.step, panel.step)
        for y in (round(float(axes.y(np.array(value)))),)
    )


def nice_step(span: float, most: int = 5) -> float:
    """A round step that divides a span into a few parts.

    >>> nice_step(17.0), nice_step(0.9), nice_step(4_000.0)
    (5.0, 0.2, 1000.0)
    """
    rough = max(span, 1e-9) / most
    power = 10.0 ** np.floor(np.log10(rough))
    return float(next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= rough * (1 - 1e-9)))
