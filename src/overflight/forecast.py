"""Where the balloon goes after the last evidence: the whole forecast in one function.

The evidence is weighed as in an account, up to its last report; then every path flies on.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from overflight import cost
from overflight.account import silent, wind_hashes
from overflight.answers import ZONE_KINDS, Progress
from overflight.case.descent import asked as descent_asked
from overflight.case.load import load
from overflight.case.model import Case, Descent
from overflight.errors import CaseError
from overflight.fields import places
from overflight.fields.places import Place, Places
from overflight.fields.source import Size
from overflight.flight import winds
from overflight.flight.winds import Wind
from overflight.inference import observations, sample, watched
from overflight.inference.landing import Fall
from overflight.inference.onward import TURNING, WAVES, Onward, fly_on, waves
from overflight.inference.stratum import Settings, Task
from overflight.inference.work import Threads, Work
from overflight.ledgers import ahead, comes_down
from overflight.ledgers.ahead import Ahead
from overflight.release import aheadtables, aheadwords, provenance
from overflight.units import shorten

LONGEST_H = 240.0  # the growth of the error was compared no further


@dataclass(frozen=True)
class Forecast:
    """A finished forecast."""

    case: Case
    flown: Onward
    ahead: Ahead
    told: aheadwords.Told


@dataclass(frozen=True)
class Asked:
    """What is asked of a forecast besides the borders.

    ``orders`` such as ``"US-MT before Billings Logan"``: how probable each order of the two is.
    ``descend_at`` is when it begins to come down, as a moment or as hours after the last evidence,
    ``descent_speed`` how fast it is near the sea; None for what the case says. A case that says
    nothing stays aloft.
    """

    orders: tuple[str, ...] = ()
    descend_at: str | None = None
    descent_speed: str | None = None


def run(
    folder: Path,
    hours: float,
    *,
    out: Path | None = None,
    wind: Sequence[Path] = (),
    asked: Asked | None = None,
    seed: int = 1,
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Forecast:
    """Forecast a case from its last evidence, and write it to ``out`` if that is given.

    Parameters
    ----------
    hours
        How far, above 0 and up to 240; less where the wind ends earlier, and then said so.
    wind
        As for :func:`overflight.account.run`; it must reach beyond the last evidence.

    asked
        What is asked besides the borders.

    Raises
    ------
    FieldError
        For an order of zones that there are not.
    CaseError
        For other lengths, or a case without a report of a place.
    CoverageError
        If the wind does not cover the evidence, or nothing after it.
    CapacityError
        If memory cannot hold the run.
    """
    _refuse_length(hours)
    if out is not None:
        provenance.refuse_foreign(out)
    whole = load(folder)
    atlas = places.load().beside(watched.places_of(whole))
    asked = asked or Asked()
    pairs = [_pair(text, atlas) for text in asked.orders]
    case = until_last_evidence(whole)
    descent = _descent(whole, case.span_end, asked)
    fall = _fall(descent, case, 3_600.0 * hours, insisted=asked.descend_at is not None)
    progress("wind", 0, 1)
    until = case.span_end + timedelta(hours=hours)
    down = fall is not None
    blown = winds.onward(case, folder, wind, until, down=down, progress=progress)
    progress("wind", 1, 1)
    settings = replace(settings or Settings(), dt_s=blown.step_s)
    size = Size(3, *blown.grid.uv_mps.shape[:4])
    cost.refuse(cost.of(case, settings, size, from_files=bool(blown.files), check=False), settings)
    task = sample.task_of(case, blown.grid, blown.error, settings, seed)
    flown = _flown(task, 3_600.0 * hours, fall, progress)
    paths = flown.paths
    progress("zones", 0, 1)
    passages = atlas.passages(paths.lat_deg, paths.lon_deg, paths.time_s, ZONE_KINDS)
    passages = passages.joined(watched.passages(case, paths))
    found = ahead.ledger(flown, passages, atlas, pairs)
    landing = comes_down.ledger(case, flown, atlas)
    progress("zones", 1, 1)
    told = aheadwords.Told(
        case, flown, found, _ended(whole, case), _basis(blown),
        descent, landing, float(np.exp(blown.grid.log_pressure[-1])),
    )  # fmt: skip
    if out is not None:
        _write(out, folder, told, blown, settings)
    return Forecast(case, flown, found, told)


def until_last_evidence(case: Case) -> Case:
    """The case as it was when its last report that counts came in.

    Raises
    ------
    CaseError
        If no report of a place counts.
    """
    seen = observations.used_for_position(case)
    if not seen:
        raise CaseError(
            found="no sighting whose position counts",
            expected="at least one, to go on from",
            remedy="Add what was seen to sightings.csv, with use: yes. For a balloon just launched"
            " that is one row with geometry: nadir, its place as it passed 12 km.",
        )
    heard = observations.used_for_altitude(case)
    last = max(one.time_max for one in (*seen, *heard))
    return case.model_copy(
        update={"span": case.span.model_copy(update={"end": last}), "flight_end_sighting": None}
    )


def _ended(whole: Case, case: Case) -> datetime | None:
    """When the flight ended, if the case says that it had by the last evidence."""
    for one in whole.sightings:
        if one.id == whole.flight_end_sighting and one.time_max <= case.span_end:
            return one.time_max
    return None


def _refuse_length(hours: float) -> None:
    if not (math.isfinite(hours) and 0.0 < hours <= LONGEST_H):
        raise CaseError(
            found=f"a forecast of {hours:g} hours",
            expected=f"more than 0 and at most {LONGEST_H:g}",
            remedy="Give another --hours.",
        )


def _basis(blown: Wind) -> tuple[str, ...]:
    """Where the error of the wind is from, and what becomes of it in a forecast."""
    turns = () if blown.error.inertial is None else (TURNING,)
    rides = (WAVES,) if waves(blown.error).turns.size else ()
    return (*blown.error.basis, *turns, *rides, *blown.notes)


def _pair(text: str, atlas: Places) -> tuple[Place, Place]:
    """The two zones of 'ONE before OTHER'."""
    one, before, other = text.partition(" before ")
    if not before:
        raise CaseError(
            found=f"the order {shorten(text)}",
            expected="two zones with 'before' between, such as 'Montana before US-ND'",
            remedy="Name zones as in zones.csv; those of the case by their own names.",
        )
    return atlas.find(one), atlas.find(other)


def _descent(whole: Case, last: datetime, asked: Asked) -> Descent | None:
    """How it comes down, as asked for or as the case says; None where neither does."""
    if asked.descend_at is not None:
        return descent_asked(asked.descend_at, asked.descent_speed, whole.descent, last)
    if asked.descent_speed is not None:
        raise CaseError(
            found="--descent-speed without --descend-at",
            expected="both, or neither",
            remedy="Say when it begins to come down, such as --descend-at 12h.",
        )
    return whole.descent


def _fall(descent: Descent | None, case: Case, asked_s: float, *, insisted: bool) -> Fall | None:
    """A descent on the clock of the case, where it begins within the forecast.

    The last evidence says that it had not begun before. One that is ``insisted`` on is refused
    where it begins at another time.
    """
    if descent is None:
        return None
    last_s = (case.span_end - case.epoch).total_seconds()
    low_s, high_s = (
        (moment - case.epoch).total_seconds() for moment in (descent.time_min, descent.time_max)
    )
    if last_s <= high_s <= last_s + asked_s:
        low_s = max(low_s, last_s)
        return Fall(low_s, high_s, descent.speed_min_mps, descent.speed_max_mps)
    if not insisted:
        return None
    side = "before the last evidence" if high_s < last_s else "after the end of the forecast"
    raise CaseError(
        found=f"a descent that begins at {descent.time_max:%Y-%m-%d %H:%M} UTC, {side}",
        expected=f"from {case.span_end:%Y-%m-%d %H:%M} UTC on, and within the forecast of"
        f" {asked_s / 3_600.0:g} h",
        remedy="Correct --descend-at, or give more --hours.",
    )


def _flown(task: Task, asked_s: float, fall: Fall | None, progress: Progress) -> Onward:
    work = Work(Threads(task.settings.n_threads))
    known = sample.references(task, work, partial(progress, "launches"))
    drawn = sample.draw(task, known, work, partial(progress, "paths"))
    return fly_on(task, drawn, asked_s, fall)


def _write(out: Path, folder: Path, told: aheadwords.Told, blown: Wind, settings: Settings) -> None:
    inputs = {**provenance.case_hashes(folder, told.case.zone_files), **wind_hashes(blown)}
    drawn = told.flown.paths
    made_of: dict[str, Any] = {
        "wind": drawn.wind_statement,
        "seed": drawn.seed,
        "hours": told.flown.asked_s / 3_600.0,
        "begins": (drawn.epoch + timedelta(seconds=told.flown.begin_s)).astimezone(UTC).isoformat(),
        "descent": None if told.descent is None else told.descent.model_dump(mode="json"),
        **asdict(settings),
    }
    made_of.pop("n_threads")
    with provenance.whole(out) as scratch:
        aheadtables.write(told, blown.attributions, scratch)
        made_on = provenance.today()
        told_of = provenance.Origin(
            told.case.id, inputs, made_of, "overflight forecast CASE", made_on, kind="forecast"
        )
        (scratch / provenance.MANIFEST).write_bytes(provenance.manifest(scratch, told_of))
