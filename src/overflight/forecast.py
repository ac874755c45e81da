"""Where the balloon goes after the last evidence: the whole forecast in one function.

The evidence is weighed as in an account, up to its last report; then every path flies on.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from overflight import cost
from overflight.account import ZONE_KINDS, Progress, silent, wind_hashes
from overflight.case.load import load
from overflight.case.model import Case
from overflight.errors import CaseError
from overflight.fields import places
from overflight.fields.source import Size
from overflight.flight import winds
from overflight.flight.winds import Wind
from overflight.inference import observations, sample
from overflight.inference.onward import Onward, fly_on
from overflight.inference.stratum import Settings, Task
from overflight.inference.work import Threads, Work
from overflight.ledgers import ahead
from overflight.ledgers.ahead import Ahead
from overflight.release import aheadtables, aheadwords, provenance

LONGEST_H = 240.0  # the growth of the error was compared no further


@dataclass(frozen=True)
class Forecast:
    """A finished forecast."""

    case: Case
    flown: Onward
    ahead: Ahead
    told: aheadwords.Told


def run(
    folder: Path,
    hours: float,
    *,
    out: Path | None = None,
    wind: Sequence[Path] = (),
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

    Raises
    ------
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
    case = until_last_evidence(whole)
    progress("wind", 0, 1)
    until = case.span_end + timedelta(hours=hours)
    blown = winds.onward(case, folder, wind, until, progress=progress)
    progress("wind", 1, 1)
    settings = replace(settings or Settings(), dt_s=blown.step_s)
    size = Size(3, *blown.grid.uv_mps.shape[:4])
    cost.refuse(cost.of(case, settings, size, from_files=bool(blown.files), check=False), settings)
    task = sample.task_of(case, blown.grid, blown.error, settings, seed)
    flown = _flown(task, 3_600.0 * hours, progress)
    atlas = places.load()
    paths = flown.paths
    progress("zones", 0, 1)
    passages = atlas.passages(paths.lat_deg, paths.lon_deg, paths.time_s, ZONE_KINDS)
    found = ahead.ledger(flown, passages, atlas)
    progress("zones", 1, 1)
    told = aheadwords.Told(
        case, flown, found, _ended(whole, case), (*blown.error.basis, *blown.notes)
    )
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
            remedy="Add what was seen to sightings.csv, with use: yes.",
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


def _flown(task: Task, asked_s: float, progress: Progress) -> Onward:
    work = Work(Threads(task.settings.n_threads))
    known = sample.references(task, work, partial(progress, "launches"))
    drawn = sample.draw(task, known, work, partial(progress, "paths"))
    return fly_on(task, drawn, asked_s)


def _write(out: Path, folder: Path, told: aheadwords.Told, blown: Wind, settings: Settings) -> None:
    inputs = {**provenance.case_hashes(folder), **wind_hashes(blown)}
    drawn = told.flown.paths
    made_of: dict[str, Any] = {
        "wind": drawn.wind_statement,
        "seed": drawn.seed,
        "hours": told.flown.asked_s / 3_600.0,
        "begins": (drawn.epoch + timedelta(seconds=told.flown.begin_s)).astimezone(UTC).isoformat(),
        **asdict(settings),
    }
    made_of.pop("n_threads")
    with provenance.whole(out) as scratch:
        aheadtables.write(told, blown.attributions, scratch)
        content = provenance.manifest(scratch, inputs, made_of)
        text = json.dumps(content, indent=2) + "\n"
        (scratch / "manifest.json").write_text(text, encoding="utf-8")
