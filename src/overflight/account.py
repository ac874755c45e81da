"""The whole run in one function: the table of contents of overflight.

case -> fields -> flight -> inference -> ledgers -> release
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from overflight import checkpoint, cost, publish
from overflight.answers import Flown, Ledgers, Progress, Stood, answered, fallen
from overflight.case.load import bundled, load
from overflight.case.model import Case
from overflight.fields import elevation, places, population, skylines
from overflight.fields.population import Population
from overflight.fields.skylines import Eye
from overflight.fields.source import Size
from overflight.flight import device, winds
from overflight.flight.winds import Wind
from overflight.inference import noticed, viewed
from overflight.inference import origin as tracing
from overflight.inference.leave_one_out import LeftOut, leave_one_out, lighter
from overflight.inference.origin import Traced
from overflight.inference.posterior import Posterior
from overflight.inference.prior import unseen
from overflight.inference.rivals import contest
from overflight.inference.sample import doubted, draw, references, task_of
from overflight.inference.stratum import Settings, Task
from overflight.inference.viewed import SMOOTH, Hills
from overflight.inference.work import Origin, Threads, Work, Workers
from overflight.physics import horizon
from overflight.release import about, page, provenance
from overflight.release.language import ENGLISH, known_language
from overflight.release.redact.levels import Level
from overflight.release.words import by_drift

Tell = Callable[[str], None]

# The least work that goes through every compiled loop of an account.
_LEAST = Settings(
    n_points=8, n_strata=1, n_filtered=1, n_runs=2, n_particles=8, n_draws=2, n_paths=8, n_starts=1,
    n_threads=1,
)  # fmt: skip


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
    sentences on what was kept. ``made_on`` is the day that the release tells, today if not given;
    ``inputs`` are the hashes that the inputs must have; ``level`` says who the release is for,
    ``language`` which one its report is written in.
    """

    resume: bool = False
    workers: Workers | None = None
    tell: Tell = quiet
    made_on: date | None = None
    inputs: Mapping[str, str] | None = None
    level: Level = Level.FULL
    language: str = ENGLISH


def silent(stage: str, done: int, total: int) -> None:
    """Report no progress."""
    del stage, done, total


def run(  # noqa: PLR0913 - each is an input of its own
    folder: Path,
    out: Path,
    *,
    wind: Sequence[Path] = (),
    people: Path | None = None,
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
    people
        A grid of people as NetCDF or GeoTIFF; without it what the case says, else means of states
        and countries.
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
    running = running or Running()
    known_language(running.language)
    case = load(folder)
    provenance.refuse_foreign(out)
    computer = device.identity((settings or Settings()).device)
    progress("wind", 0, 1)
    blown = winds.of_case(case, folder, wind, progress=progress)
    progress("wind", 1, 1)
    crowd, grid_hash = _people(case, folder, people)
    standing, ground_hash = _standing(case, folder)
    settings = replace(settings or Settings(), dt_s=blown.step_s)
    size = Size(3, *blown.grid.uv_mps.shape[:4])
    cost.refuse(cost.of(case, settings, size, from_files=bool(blown.files), check=check), settings)
    told = provenance.case_hashes(folder, case.zone_files)
    inputs = {**told, **wind_hashes(blown), **grid_hash, **ground_hash}
    publish.refuse_other(running.inputs, inputs)
    made_of = checkpoint.parts(told, [file.sha256 for file in blown.files], settings, seed)
    workers = running.workers or Threads(settings.n_threads)
    workers.begin(Origin(folder.resolve(), tuple(path.resolve() for path in wind), made_of))
    with (
        provenance.alone(out),
        checkpoint.beside(out, made_of, resume=running.resume, tell=running.tell) as kept,
    ):
        task = task_of(case, blown.grid, blown.error, settings, seed)
        flown = _flown(task, Work(workers, kept), progress, running.tell, check=check)
        drawn, left_out = flown.drawn, flown.left_out
        back = _traced(task, drawn, Work(workers, kept), progress)
        column = winds.column(case, folder, wind, blown)
        below = replace(task, grid=column.grid, error=column.error)
        down = fallen(below, drawn, crowd, progress)
        ledgers = answered(task, flown, (back, down, crowd, standing), progress)
        made = page.Made(
            case, drawn, ledgers.traversed, ledgers.steered, ledgers.carried, ledgers.claimed,
            ledgers.origin, ledgers.brought_down,
            left_out, blown.attributions, (*blown.error.basis, *blown.notes),
            _computed_on(computer), collected=ledgers.collected, seen=ledgers.seen,
            evidence=ledgers.evidence, chronology=ledgers.chronology,
        )  # fmt: skip
        with provenance.whole(out) as scratch:
            how = publish.How(
                inputs, settings, computer, check, running.made_on, running.level, running.language
            )
            publish.write(made, folder, how, scratch)
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
    flown = _flown(task, Work(Threads(1)), silent, quiet, check=False)
    last = task.seen[-2].id  # some report: the least work will not have found a good one
    back = tracing.traced(task, last, last)
    crowd = population.embedded(places.load())
    down = fallen(task, flown.drawn, crowd, silent)
    answered(task, flown, (back, down, crowd, Stood(None, SMOOTH)), silent)


def _flown(task: Task, work: Work, progress: Progress, tell: Tell, *, check: bool) -> Flown:
    """All that is flown: the posterior, the prior, the hypotheses, and sightings left out.

    What drift alone says is told as soon as it is known, where minutes of work are still to come.
    """
    known = references(task, work, partial(progress, "launches"))
    drawn = draw(task, known, work, partial(progress, "paths"))
    # The prior's times need no minutes: every third point does, at a third of the cost.
    coarse = replace(task.settings, output_s=3.0 * task.settings.output_s)
    (before,) = work.all_of("priors", unseen, task.at(coarse), [()])
    compared = None
    rivals = len(task.case.hypotheses) > 1 and not task.error.prior_only
    if rivals or check:
        tell(f"So far: {by_drift(drawn)}")
    if rivals:
        compared = contest(task, known, work, progress)
    left_out: tuple[LeftOut, ...] = ()
    if check:
        light = task.at(lighter(task.settings))
        left_out = leave_one_out(light, known, work, partial(progress, "leave one out"))
    wide = partial(doubted, task, known, work, partial(progress, "twice the wind's error"))
    return Flown(drawn, before, wide, compared, left_out)


def _traced(task: Task, drawn: Posterior, work: Work, progress: Progress) -> Traced | None:
    """The begin of the track, followed back; None where no report is good enough to begin at."""
    asked = tracing.asked_of(task.case, drawn.sighting_probability)
    if asked is None:
        return None
    progress("origin", 0, 1)
    (back,) = work.all_of("origins", tracing.traced, task, [asked])
    progress("origin", 1, 1)
    return back


def wind_hashes(wind: Wind) -> dict[str, str]:
    """Hashes of the wind files by name; files of one name are told apart by number."""
    hashes: dict[str, str] = {}
    for file in wind.files:
        name, number = f"wind/{file.name}", 2
        while name in hashes:
            name, number = f"wind/{file.name} ({number})", number + 1
        hashes[name] = file.sha256
    return hashes


def _people(case: Case, folder: Path, asked: Path | None) -> tuple[Population, dict[str, str]]:
    """Who lives below, read before anything is flown, and the hash of the grid if there is one."""
    if asked is None and case.population:
        asked = winds.inside(folder, case.population, "population")
    if asked is None:
        return population.embedded(places.load()), {}
    empty = case.population_holes == "nobody"
    unit = case.population_unit or ""
    found = population.of_file(places.load(), asked, unit=unit, empty=empty)
    return found, {f"population/{asked.name}": provenance.sha256(asked)}


def _standing(case: Case, folder: Path) -> tuple[Stood, dict[str, str]]:
    """Where all that look stand and the hills around them, and the hash of the grid."""
    spots = viewed.spots(test for one in case.statements for test in one.test or ())
    if not case.elevation or not (case.sites or case.observers or spots):
        return Stood(None, SMOOTH), {}
    path = winds.inside(folder, case.elevation, "elevation")
    of_sites = [
        Eye(one.name, one.lat_deg, one.lon_deg, None, band)
        for band in (horizon.LIGHT, horizon.RADIO)
        for one in case.sites
    ]
    of_observers = [
        Eye(
            one.name, one.lat_deg, one.lon_deg,
            one.antenna_height_m if "antenna_height_m" in one.model_fields_set else None,
            noticed.band(one),
        )
        for one in case.observers
    ]  # fmt: skip
    with elevation.opened(path) as ground:
        # A statement may speak of anywhere: outside the grid the Earth is smooth.
        spots = tuple(one for one in spots if ground.height_m(*one) is not None)
        of_spots = [
            Eye(f"{one.lat_deg:g},{one.lon_deg:g}", *one, None, horizon.LIGHT) for one in spots
        ]
        sites, observers, seen = (
            skylines.standing(ground, eyes) if eyes else None
            for eyes in (of_sites, of_observers, of_spots)
        )
    told = {f"elevation/{path.name}": provenance.sha256(path)}
    return Stood(sites, Hills(observers, spots, seen)), told


def _computed_on(computer: str) -> tuple[str, ...]:
    return () if computer == device.CPU else (about.ON_CARD.format(device=computer),)
