"""Drawings of what was in view and of who could have noticed, against time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from overflight.ledgers.collected import Collected
from overflight.ledgers.seen import Seen
from overflight.release.language import tell
from overflight.release.sections import Picture
from overflight.release.timeplot import Panel, stack

Values = NDArray[np.float64]

MOST_PANELS = 6
MOST_TIMES = 600  # drawn; a panel is some 1,700 wide
_OUTER, _INNER = 0, 2  # rows of the ledger's elevations: the horizon, and 10 degrees


def in_view(answer: Collected, epoch: datetime) -> tuple[Picture, ...]:
    """The probability that a site is in view, for those that most likely are."""
    shown = sorted(answer.sites, key=lambda one: -one.levels[0].mean_s)[:MOST_PANELS]
    curves = [
        (one.name, np.array(one.by_time[_OUTER]), np.array(one.by_time[_INNER]))
        for one in shown
        if one.levels[0].probability > 0.0
    ]
    words = tell(
        "Probability that a site is in view, per cent. Outer band: above the horizon;"
        " inner band: above 10\u00b0."
    )
    return _drawn("collected-time", words, answer.time_s, epoch, curves)


def seen(answer: Seen, epoch: datetime) -> tuple[Picture, ...]:
    """The probability of an opportunity, for the observers that most likely had one."""
    ordered = sorted(answer.observers, key=lambda one: -sum(one.generous.by_time))[:MOST_PANELS]
    curves = [
        (one.name, np.array(one.generous.by_time), np.array(one.careful.by_time))
        for one in ordered
        if one.generous.probability > 0.0
    ]
    words = tell(
        "Probability of an opportunity, not a detection, per cent. Outer band: generous"
        " reckoning; inner band: careful."
    )
    return _drawn("seen-time", words, answer.time_s, epoch, curves)


def _drawn(
    name: str,
    words: str,
    time_s: Sequence[float],
    epoch: datetime,
    curves: Sequence[tuple[str, Values, Values]],
) -> tuple[Picture, ...]:
    """One panel a curve, from the first to the last time at which any is above zero."""
    if not curves or len(time_s) < 2:
        return ()
    some = np.flatnonzero(np.sum([outer for _, outer, _ in curves], axis=0))
    if not some.size:
        return ()
    first, last = max(int(some[0]) - 1, 0), min(int(some[-1]) + 1, len(time_s) - 1)
    kept = slice(first, last + 1, max(1, (last + 1 - first) // MOST_TIMES))
    times = [epoch + timedelta(seconds=at) for at in time_s[kept]]
    panels = []
    for title, outer, inner in curves:
        wide, half = 100.0 * outer[kept], 100.0 * inner[kept]
        none = np.zeros(len(wide))
        panels.append(
            Panel(title, np.array([none, none, wide, half, wide]), 0.0, 100.0, 50.0, " %")
        )
    peaks = "; ".join(
        tell("{title}: at most {most:.0f} %", title=title, most=100.0 * outer.max())
        for title, outer, _ in curves
    )
    return (Picture(stack(name, f"{words} {peaks}.", times, panels), words),)
