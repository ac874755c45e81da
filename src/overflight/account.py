"""The whole run in one function: the table of contents of overflight.

case -> fields -> flight -> inference -> ledgers -> release
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from overflight import checkpoint, cost
from overflight.case.load import bundled, load
from overflight.case.model import Case
from overflight.fields import places
from overflight.fields.source import Size
from overflight.flight import device, winds
from overflight.flight.winds import Wind
from overflight.inference.leave_one_out import LeftOut, leave_one_out, lighter
from overflight.inference.posterior import Posterior
from overflight.inference.prior import unseen
from overflight.inference.quantiles import weighted_quantiles
from overflight.inference.sample import draw, references, task_of
from overflight.inference.stratum import Settings, Task
from overflight.inference.work import Origin, Threads, Work, Workers
from overflight.ledgers import carried, claimed, traversed
from overflight.ledgers.carried import Carried
from overflight.ledgers.claimed import Claimed
from overflight.ledgers.traversed import Traversed
from overflight.release import about, page, provenance, tables

Progress = Callable[[str, int, int], None]  # (stage, done, total)
Tell = Callable[[str], None]

# The least work that goes through every compiled loop of an account.
_LEAST = Settings(
    n_points=8, n_strata=1, n_filtered=1, n_runs=2, n_particles=8, n_draws=2, n_paths=8, n_starts=1,
    n_threads=1,
)  # fmt: skip

ZONE_KINDS = ("country", "state", "territorial_sea")


@dataclass(frozen=True)
class Ledgers:
    """The answers that this version gives."""

    traversed: Traversed
    carried: Carried
    claimed: Claimed


@dataclass(frozen=True)
class Account:
    """A finished account, before and after it was written."""

    case: Case
    posterior: Posterior
    ledgers: Ledgers
    left_out: tuple[LeftOut, ...]
    report: Path


def quiet(words: str) -> None:
    """Say nothing."""
    del words


@dataclass(frozen=True)
class Running:
    """How an account is run; none of it changes a number.

    ``resume`` goes on from what an interrupted run of the same account has kept. ``workers`` are
    threads of this process, or those of :mod:`overflight.workers`. ``tell`` is called with
    sentences on what was kept.
    """

    resume: bool = False
    workers: Workers | None = None
    tell: Tell = quiet


def silent(stage: str, done: int, total: int) -> None:
    """Report no progress."""
    del stage, done, total


def float_heights_m(drawn: Posterior) -> tuple[float, float]:
    """Where the paths float: 5 and 95 % of their float heights."""
    low, high = weighted_quantiles(drawn.float_height_m, drawn.weight, (0.05, 0.95))
    return low, high


def run(
    folder: Path,
    out: Path,
    *,
    wind: Sequence[Path] = (),
    seed: int = 1,
    settings: Settings | None = None,
    check: bool = False,
    progress: Progress = silent,
    running: Running | None = None,
) -> Account:
    """Make an account of the case in ``folder`` and write its release to ``out``.

    Finished pieces of work are kept beside ``out`` until the release is there
    (:mod:`overflight.checkpoint`).

    Parameters
    ----------
    wind
        Files or folders with the winds of those days; none for what the case says itself.
    seed
        Key of all random numbers; the same seed gives the same numbers on any number of threads.
    check
        Also leave every sighting out in turn (minutes) and print the table in the report.

    Raises
    ------
    CapacityError
        If memory cannot hold the run, before any path is flown.
    MissingExtraError, DeviceError
        Without the graphics card that the settings name, before any wind is read; or if it cannot
        hold a filter.
    """
    case = load(folder)
    provenance.refuse_foreign(out)
    computer = device.identity((settings or Settings()).device)
    progress("wind", 0, 1)
    blown = winds.of_case(case, folder, wind, progress=progress)
    progress("wind", 1, 1)
    settings = replace(settings or Settings(), dt_s=blown.step_s)
    size = Size(3, *blown.grid.uv_mps.shape[:4])
    cost.refuse(cost.of(case, settings, size, from_files=bool(blown.files), check=check), settings)
    told = provenance.case_hashes(folder)
    inputs = {**told, **wind_hashes(blown)}
    made_of = checkpoint.parts(told, [file.sha256 for file in blown.files], settings, seed)
    running = running or Running()
    workers = running.workers or Threads(settings.n_threads)
    workers.begin(Origin(folder.resolve(), tuple(path.resolve() for path in wind), made_of))
    with checkpoint.beside(out, made_of, resume=running.resume, tell=running.tell) as kept:
        task = task_of(case, blown.grid, blown.error, settings, seed)
        drawn, before, left_out = _flown(task, Work(workers, kept), progress, check=check)
        ledgers = _ledgers(case, drawn, before, progress)
        made = page.Made(
            case, drawn, ledgers.traversed, ledgers.carried, ledgers.claimed, left_out,
            blown.attributions, (*blown.error.basis, *blown.notes), _computed_on(computer),
        )  # fmt: skip
        with provenance.whole(out) as scratch:
            page.write(made, provenance.inputs_sha256(inputs), scratch / "report.html")
            tables.write(made, scratch)
            _write_manifest(scratch, inputs, drawn, settings, computer)
    return Account(case, drawn, ledgers, left_out, out / "report.html")


def warm() -> None:
    """Have all that an account needs compiled and kept, in seconds if it is already.

    To be called once before many processes start, so that one compiles and the others load. Where
    code cannot be kept (:mod:`overflight.compiled`) this process alone gains.
    """
    folder = bundled("2023-conus")
    case = load(folder)
    blown = winds.of_case(case, folder, ())
    settings = replace(_LEAST, dt_s=blown.step_s)
    task = task_of(case, blown.grid, blown.error, settings, 1)
    drawn, _, _ = _flown(task, Work(Threads(1)), silent, check=False)
    carried.ledger(case.balloon, float_heights_m(drawn))


def _flown(
    task: Task, work: Work, progress: Progress, *, check: bool
) -> tuple[Posterior, Posterior, tuple[LeftOut, ...]]:
    """All that is flown: the posterior, the prior, and each sighting predicted from the others."""
    known = references(task, work, partial(progress, "launches"))
    drawn = draw(task, known, work, partial(progress, "paths"))
    # The prior's times need no minutes: every third point does, at a third of the cost.
    coarse = replace(task.settings, output_s=3.0 * task.settings.output_s)
    (before,) = work.all_of("priors", unseen, task.at(coarse), [()])
    if not check:
        return drawn, before, ()
    light = task.at(lighter(task.settings))
    return drawn, before, leave_one_out(light, known, work, partial(progress, "leave one out"))


def wind_hashes(wind: Wind) -> dict[str, str]:
    """Hashes of the wind files by name; files of one name are told apart by number."""
    hashes: dict[str, str] = {}
    for file in wind.files:
        name, number = f"wind/{file.name}", 2
        while name in hashes:
            name, number = f"wind/{file.name} ({number})", number + 1
        hashes[name] = file.sha256
    return hashes


def _ledgers(case: Case, drawn: Posterior, before: Posterior, progress: Progress) -> Ledgers:
    atlas = places.load()
    progress("ledgers", 0, 4)
    passages = atlas.passages(drawn.lat_deg, drawn.lon_deg, drawn.time_s, ZONE_KINDS)
    progress("ledgers", 1, 4)
    unseen = atlas.passages(before.lat_deg, before.lon_deg, before.time_s, ZONE_KINDS)
    progress("ledgers", 2, 4)
    crossed = traversed.ledger(case, drawn, passages, atlas)
    progress("ledgers", 3, 4)
    answers = Ledgers(
        traversed=crossed,
        carried=carried.ledger(case.balloon, float_heights_m(drawn)),
        claimed=claimed.ledger(case, (drawn, passages), (before, unseen)),
    )
    progress("ledgers", 4, 4)
    return answers


def _computed_on(computer: str) -> tuple[str, ...]:
    return () if computer == device.CPU else (about.ON_CARD.format(device=computer),)


def _write_manifest(
    scratch: Path, inputs: dict[str, str], drawn: Posterior, settings: Settings, computer: str
) -> None:
    # The number of threads changes nothing, so it is not part of what a release is made of.
    told: dict[str, Any] = {
        "wind": drawn.wind_statement,
        "seed": drawn.seed,
        **asdict(replace(settings, n_threads=0)),
        "device": computer,
    }
    told.pop("n_threads")
    content = provenance.manifest(scratch, inputs, told)
    (scratch / "manifest.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
