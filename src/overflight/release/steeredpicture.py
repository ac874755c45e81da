"""The drawings of question 2: own airspeed, the wind's error, and heights, against time."""

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from overflight.inference.contest import AIMS, DRIFTS, WANDERS
from overflight.ledgers.steered import Steered
from overflight.release.language import mark, tell
from overflight.release.sections import Picture
from overflight.release.timeplot import Panel, nice_step, stack

Values = NDArray[np.float64]

_BANDS = mark("Band: nine tenths and half of the paths; line: median")
_NAMES = {
    DRIFTS: mark("M0: drifts at one level"),
    WANDERS: mark("M1a: changes its level, not aimed"),
    AIMS: mark("M1b: changes its level towards a goal"),
}
_NO_VERDICT = mark(" It tells nothing of steering: errors so wide hold drift and steering alike.")
_NINE_TENTHS_SDS = 1.645
_LEAST_SPAN_SDS = 3.0


def pictures(answer: Steered) -> tuple[Picture, ...]:
    """Every drawing that the ledger has numbers for."""
    if answer.epoch is None or len(answer.time_s) < 2:
        return ()
    times = [answer.epoch + timedelta(seconds=at) for at in answer.time_s]
    drawn = (_airspeed(answer, times), _residual(answer, times), _heights(answer, times))
    return tuple(one for one in drawn if one is not None)


def _airspeed(answer: Steered, times: list[datetime]) -> Picture | None:
    if answer.airspeed is None or answer.airspeed.default.thin:
        return None
    lines = np.array(answer.airspeed.by_time_mps)
    if not np.isfinite(lines).any():
        return None
    limit_mps = answer.airspeed.default.mean.p95_mps
    step = nice_step(max(float(np.nanmax(lines)), limit_mps, 1.0))
    high = step * np.ceil(max(float(np.nanmax(lines)), limit_mps, 1.0) / step)
    panel = Panel(tell("Own airspeed, m/s"), lines, 0.0, high, step, "", (limit_mps,))
    said = tell(
        "Own airspeed against time, if the balloon had one. The upper edge, below which"
        " 95 of 100 paths lie, is between {nanmin:.1f} and {nanmax:.1f} m/s; the mean"
        " over the flight is below {limit:.1f} m/s.",
        nanmin=np.nanmin(lines[4]),
        nanmax=np.nanmax(lines[4]),
        limit=limit_mps,
    )
    return Picture(
        stack("steered-speed", said, times, [panel]),
        tell(
            "How fast it may have moved through the air, if it had a velocity of its own."
            " {bands}; dashed: 95 % limit on the mean over the flight, {limit:.1f} m/s.",
            bands=tell(_BANDS),
            limit=limit_mps,
        ),
    )


def _residual(answer: Steered, times: list[datetime]) -> Picture | None:
    found = answer.residual(DRIFTS)
    if found is None:
        return None
    sides = {tell("East"): np.array(found.east_sds), tell("North"): np.array(found.north_sds)}
    if not all(np.isfinite(lines).any() for lines in sides.values()):
        return None
    most = max(_LEAST_SPAN_SDS, *(float(np.nanmax(np.abs(lines))) for lines in sides.values()))
    step = nice_step(2.0 * most, 8)
    high = step * np.ceil(most / step)
    expected = (-_NINE_TENTHS_SDS, _NINE_TENTHS_SDS)
    panels = [
        Panel(
            tell("Error of the wind, {side}", side=side.lower()),
            lines,
            -high,
            high,
            step,
            "",
            expected,
        )
        for side, lines in sides.items()
    ]
    said = tell(
        "Error of the wind along the paths if the balloon only drifted, east and north,"
        " in standard deviations of what this wind states. Medians reach {max:.1f}.",
        max=max(float(np.nanmax(np.abs(lines[2]))) for lines in sides.values()),
    )
    return Picture(
        stack("steered-residual", said, times, panels),
        tell(
            "The error of the wind that drift needs, in standard deviations of the error that"
            " this wind states. {bands}; dashed: nine tenths of the stated errors.",
            bands=tell(_BANDS),
        )
        + (tell(_NO_VERDICT) if answer.refusal else ""),
    )


def _heights(answer: Steered, times: list[datetime]) -> Picture | None:
    known = {
        one.name: np.array(one.by_time_m) / 1_000.0
        for one in answer.heights
        if np.isfinite(one.by_time_m).any()
    }
    if len(known) < 2:
        return None
    low = np.floor(min(float(np.nanmin(lines[0])) for lines in known.values()))
    high = np.ceil(max(float(np.nanmax(lines[4])) for lines in known.values()))
    high = max(high, low + 1.0)
    step = nice_step(high - low, 4)
    panels = [
        Panel(tell(_NAMES[name]), lines, low, high, step, " km") for name, lines in known.items()
    ]
    middles = "; ".join(
        tell(
            "{name}, median between {nanmin:.1f} and {nanmax:.1f} km",
            name=tell(_NAMES[name]),
            nanmin=np.nanmin(lines[2]),
            nanmax=np.nanmax(lines[2]),
        )
        for name, lines in known.items()
    )
    return Picture(
        stack(
            "steered-heights",
            tell("Height against time. {middles}.", middles=middles),
            times,
            panels,
        ),
        tell("Height under each hypothesis. {bands}.", bands=tell(_BANDS)),
    )
