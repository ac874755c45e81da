"""The timeline: a bar for each uncertain time, light as stated, dark what relations leave."""

import math
from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from overflight.case.chronology.spans import Span, moment
from overflight.ledgers.chronology import Chronology, TimeLine
from overflight.release.language import tell
from overflight.release.sections import Picture
from overflight.release.timeplot import LEFT, RIGHT, WIDTH, Frame, days

MOST_BARS = 80
_ROW, _BAR, _TOP, _BOTTOM = 34, 18, 30, 56
_LABEL = 210  # room for an id, left of the bars
_LEAST = 5  # the width of a bar that is a moment


def pictures(answer: Chronology) -> tuple[Picture, ...]:
    """The timeline, where two things have a time between two bounds."""
    bars = shown(answer.times)
    if len(bars) < 2:
        return ()
    left_out = len(answer.times) - len(bars)
    return (
        Picture(
            _drawn(bars),
            tell(
                "When things happened, as far as it is known: one bar for each, from the"
                " earliest moment that is possible to the latest. Light: the times as stated;"
                " dark: what relations and other times leave of them."
            )
            + (
                tell(" {left_out} more are in the table or have no bounds.", left_out=left_out)
                if left_out
                else ""
            ),
        ),
    )


def shown(times: Sequence[TimeLine]) -> tuple[TimeLine, ...]:
    """What can be drawn, in order of time; events first where there are too many bars."""
    bounded = [one for one in times if all(map(math.isfinite, _around(one)))]
    if len(bounded) > MOST_BARS:
        bounded.sort(key=lambda one: one.kind != "event")  # keeps the order of the tables
        bounded = bounded[:MOST_BARS]
    return tuple(sorted(bounded, key=lambda one: (_left(one).low_s, _left(one).high_s, one.id)))


def _left(one: TimeLine) -> Span:
    """From the earliest begin to the latest end that are left."""
    return Span(one.begin.low_s, one.end.high_s)


def _around(one: TimeLine) -> tuple[float, float]:
    left = _left(one)
    low = one.stated_begin.low_s if math.isfinite(one.stated_begin.low_s) else left.low_s
    high = one.stated_end.high_s if math.isfinite(one.stated_end.high_s) else left.high_s
    return min(low, left.low_s), max(high, left.high_s)


def _drawn(bars: Sequence[TimeLine]) -> Markup:
    low, high = min(_around(one)[0] for one in bars), max(_around(one)[1] for one in bars)
    first, last = moment(low), moment(high) + timedelta(seconds=1)
    bottom = _TOP + len(bars) * _ROW
    axes = Frame(first, (last - first).total_seconds(), 0.0, 1.0, _TOP, bottom)
    said = tell(
        "Timeline of {n_bars} things from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
        " UTC; each is told in the table below.",
        n_bars=len(bars),
        first=first,
        last=last,
    )
    parts = [
        Markup(
            '<div class="scroll bare" role="region" aria-labelledby="timeline-t" tabindex="0">'
            '<svg class="profile" viewBox="0 0 {} {}" role="img" aria-labelledby="timeline-t">'
            '<title id="timeline-t">{}</title>'
        ).format(WIDTH, bottom + _BOTTOM, said),
        days(axes, [first, last]),
    ]
    for number, one in enumerate(bars):
        top = _TOP + number * _ROW + (_ROW - _BAR) // 2
        stated, left = Span(*_around(one)), _left(one)
        parts.append(_bar("band half", axes, stated, top))
        parts.append(_bar("mark used", axes, left, top) if one.because else Markup(""))
        end_x = _x(axes, stated.high_s)
        side, x = ("", end_x + 10) if end_x < WIDTH - _LABEL else (" end", 0)
        x = x or _x(axes, stated.low_s) - 10
        parts.append(
            Markup('<text class="axis{}" x="{}" y="{}">{}</text>').format(
                side, round(x), top + _BAR - 1, one.id
            )
        )
    return Markup("").join([*parts, Markup("</svg></div>")])


def _bar(name: str, axes: Frame, span: Span, top: int) -> Markup:
    begin, end = _x(axes, span.low_s), _x(axes, span.high_s)
    width = max(end - begin, _LEAST)
    return Markup('<path class="{}" d="M{:.0f} {}h{:.0f}v{}h-{:.0f}z"/>').format(
        name, begin, top, width, _BAR, width
    )


def _x(axes: Frame, at_s: float) -> float:
    return min(max(axes.x(moment(at_s)), LEFT), WIDTH - RIGHT)
