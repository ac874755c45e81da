"""The tables of question 7: launches by the way back, days before the track, single lines."""

import math
from collections.abc import Sequence
from datetime import datetime

from overflight.flight.lines import DAYS_BACK
from overflight.ledgers.origin import CONTINENT_M2, DAY_S, Candidate, Day, Fan, Launched
from overflight.release.language import mark, tell, term
from overflight.release.sections import Table
from overflight.release.wording import duration, height, moment, percent, position

FEWEST_PATHS = 10.0  # effective paths that must stand behind a candidate's probability
SEA = mark("sea")


def candidates_table(origin: Launched, epoch: datetime) -> Table:
    """The reported launches by the way back."""
    return Table(
        caption=tell("Reported launches, by the way back"),
        columns=(
            tell("Candidate"),
            tell("Before the track begins"),
            tell("Probability"),
            tell("As far out or further"),
            tell("Launch within its window (5 to 95 %)"),
            tell("Region that holds 90 % then"),
        ),
        rows=tuple(_candidate_row(one, epoch) for one in origin.candidates),
        note=(
            tell(
                "Probability: among these candidates, with the case's weights, by the later"
                " reports and the winds alone. As far out: how much of the cloud lies where"
                " it is no denser; below 1 % the launch is not consistent with the track."
            )
        ),
    )


def _candidate_row(one: Candidate, epoch: datetime) -> tuple[str, ...]:
    if not math.isfinite(one.tail):
        return (one.name, duration(one.before_s), tell("beyond the winds"), "", "", "")
    enough = one.n_near >= FEWEST_PATHS
    when = ""
    if enough and one.when is not None:
        low, high = (moment(epoch, t, one.when.width_s) for t in (one.when.p05_s, one.when.p95_s))
        when = tell("{low} to {high}", low=low, high=high)
    return (
        one.name,
        duration(one.before_s),
        f"{percent(one.probability)} \u00b1 {100.0 * one.probability_sd:.0f}"
        if enough
        else tell("too few paths to say"),
        percent(one.tail),
        when,
        area(one.region_m2),
    )


def area(area_m2: float) -> str:
    """Square kilometres, and a word where they are too many to mean a place.

    >>> area(2.345e12), area(5e13)
    ('2.3 million km2', '50 million km2: larger than a continent')
    """
    million = area_m2 / 1e12
    text = (
        tell("{million:,.2g}", million=million)
        if million < 10.0
        else tell("{million:,.0f}", million=million)
    )
    return tell("{text} million km2", text=text) + (
        tell(": larger than a continent") if area_m2 > CONTINENT_M2 else ""
    )


def days_table(origin: Launched, epoch: datetime) -> Table:
    """Where it was on whole days before the track begins."""
    last = origin.days[-1] if origin.days else None
    stopped = (
        tell(" The next days are not told: by then the region is larger than a continent.")
        if last is not None and last.too_wide
        else ""
    )
    return Table(
        caption=tell("Where it was on the days before"),
        columns=(
            tell("Before the track begins"),
            tell("Time"),
            tell("Middle"),
            tell("Region that holds 90 %"),
            tell("Over"),
        ),
        rows=tuple(
            (
                days_back(day.back_s) if day.back_s else tell("at its begin"),
                moment(epoch, day.time_s),
                position(day.lat_deg, day.lon_deg),
                area(day.region_m2),
                _over(day),
            )
            for day in origin.days
        ),
        note=tell(
            "Any launch at that time, not only the reported ones. Countries with 2 % or more."
        )
        + stopped,
    )


def days_back(back_s: float) -> str:
    """A number of days."""
    return f"{back_s / DAY_S:.0f} d"


def _over(day: Day) -> str:
    return ", ".join(
        f"{term(one.name or tell(SEA))} {percent(one.probability)}" for one in day.regions
    )


def lines_table(fan: Fan, epoch: datetime) -> Table:
    """Where single lines at fixed heights were, day by day."""
    rows = [
        (height(line.height_m), *(_end(line.lat_deg[i], line.lon_deg[i], over[i]) for i in _days()))
        for line, over in zip(fan.lines, fan.over, strict=True)
    ]
    apart = [tell("{m:,.0f} km", m=m / 1e3) if math.isfinite(m) else "" for m in fan.apart_m]
    return Table(
        caption=tell(
            "Single lines back from {begin_id}, {time}",
            begin_id=fan.begin_id,
            time=moment(epoch, fan.time_s),
        ),
        columns=(tell("Height"), *(tell("{days} d before", days=days) for days in DAYS_BACK)),
        rows=(*rows, (tell("The two farthest apart"), *apart)),
        note=(
            tell(
                "Each line stays at one height, begins at the report's own place and knows no"
                " error of the wind: not an answer, but how much an answer depends on the"
                " height."
            )
        ),
    )


def _days() -> Sequence[int]:
    return range(len(DAYS_BACK))


def _end(lat_deg: float, lon_deg: float, over: str | None) -> str:
    if over is None:
        return tell("beyond the winds")
    return f"{position(lat_deg, lon_deg)} ({term(over or tell(SEA))})"
