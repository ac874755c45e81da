"""What an account will take, told before it is made: work, memory, disk, time.

The work is counted from the case and the settings as the run itself counts them. Memory is the sum
of arrays whose sizes follow from that, and of what the program takes for itself, which was
measured. Time is the work over the rates of :data:`_RATES`, measured once, and scaled by a short
calculation on the machine at hand.
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from overflight import kept
from overflight.case.load import load
from overflight.case.meaning import PREDICTABLE
from overflight.case.model import Case, Use
from overflight.fields import backed, memory, passages
from overflight.fields.below import Below, below_of
from overflight.fields.source import Size
from overflight.flight import device, winds
from overflight.flight.hypotheses import BOTH, DRIFTS
from overflight.flight.needs import end, needed
from overflight.inference import guided_cuda, jumps, origin, outer, prior, rivals, scatter
from overflight.inference.aloft import modest
from overflight.inference.leave_one_out import lighter
from overflight.inference.sample import doubting
from overflight.inference.stratum import Settings
from overflight.physics.steered import BAND_WINDS, N_LOCAL, N_STATE

_GB = 1e9
# Measured, as the growth of resident memory: packages, and kernels as they are compiled; borders.
_PROGRAM_BYTES, _BORDERS_BYTES = 455 * 2**20, 110 * 2**20
# A point of a path while claims are tested on it, beside the 40 bytes that are kept; measured.
_CLAIM_BYTES, _POINT_BYTES = 60, 40
_VECTOR_BYTES = 24  # of a place on a path
_WEIGHT_BYTES = 8  # at every place
_BACK_BYTES = 32 + 16  # of a path back at each stop: as it is flown, and as it is kept
_PARTICLE_BYTES = 8 * (5 + 4 + 1 + 1)  # state, difference from the pilot, weight, whether lost
_REPORT_BYTES = 32  # of a particle's books, for each report
_LEVEL_BYTES = 2 * 8 * 6  # of a stratum's level law, for each step
_GUIDE_BYTES = 8 * (5 + 4 + 16 + 16)  # of a pilot, for each step
# The same of a balloon that chooses its level or has a velocity of its own, and what is kept of it.
_RIVAL_BYTES = 8 * (N_STATE + N_LOCAL + 2)
_RIVAL_GUIDE_BYTES = 8 * (2 * N_LOCAL**2 + N_LOCAL + BAND_WINDS + 2 * jumps.N_CELLS)
_RIVAL_POINT_BYTES = 8 * 8
_CLASSES = 3  # of pieces that fall
_AGAIN_SHARE = 0.4  # of pilots are searched once more: none to 0.6 in three cases, all at most
_RELEASE_BYTES = 5_000_000  # of a report and its tables


@dataclass(frozen=True)
class _Rates:
    """Seconds of one core for each piece of work, on the machine where they were measured."""

    start_s: float = 45.0  # loading, compiling, borders
    search_step_s: float = 4e-3  # for a launch's first pilot, from nothing
    pilot_step_s: float = 2.8e-4
    particle_step_s: float = 2e-7
    rival_pilot_step_s: float = 1.5e-3  # of a balloon that does more than drift
    rival_step_s: float = 5e-7
    step_back_s: float = 6e-7  # its divergence included
    path_point_s: float = 7e-6
    wind_node_s: float = 5e-8
    fall_s: float = 5e-5
    calculation_s: float = 0.055  # what _calculation_s gives there


_RATES = _Rates()


# Parts that are in memory one after the other.
_PARTS = (("particles", "hypotheses"), ("falls and people",))


@dataclass(frozen=True)
class Cost:
    """What an account will take."""

    hypotheses: int
    launches: int
    strata: int  # for which a pilot is flown
    filtered: int  # of them
    runs: int  # filters, the wider ones included
    particles: int
    steps: int  # the most of a flight
    particle_steps: int
    left_out: int  # sightings, each with a run of its own
    memory_bytes: dict[str, int]  # by part, at the moment when most is in use
    mapped_bytes: int  # of that: pages of files, which go when memory is short
    disk_bytes: int
    work_s: float  # of time, at the measured rates
    each_bytes: int  # what another particle in every filter would take
    on_card_bytes: int = 0  # and on the graphics card, for the one filter that flies there

    @property
    def peak_bytes(self) -> int:
        """The most memory that is in use at any moment: particles are gone when pieces fall."""
        first, then = (sum(self.memory_bytes.get(one, 0) for one in _PARTS[i]) for i in (0, 1))
        return sum(self.memory_bytes.values()) - min(first, then)


def estimate(
    folder: Path,
    wind: Sequence[Path],
    settings: Settings,
    *,
    check: bool = False,
    people: Path | None = None,
) -> Cost:
    """Say what an account of the case in ``folder`` will take; nothing is written.

    Of wind files the headers are read, and no field.

    Parameters
    ----------
    wind
        Files or folders, as for the account; none for what the case says itself.
    check
        Whether every sighting is left out in turn.
    people
        A grid of people; without it what the case says.

    Raises
    ------
    CaseError
        If the case has mistakes.
    FieldError
        If a wind file, or the grid of people, cannot be used.
    """
    case = load(folder)
    size = winds.size_of_case(case, folder, wind)
    from_files = bool(winds.files_of_case(case, folder, wind))
    step_s = winds.ANALYSIS_STEP_S if from_files else winds.SMOOTH_STEP_S
    grid = people
    if grid is None and case.population:
        grid = winds.inside(folder, case.population, "population")
    looking = 2 * len(case.sites) + len(case.observers) if case.elevation else 0
    below = below_of(grid, looking, winds.column_bytes(case, folder, wind))
    settings = replace(settings, dt_s=step_s)
    return of(case, settings, size, from_files=from_files, check=check, below=below)


def of(
    case: Case,
    settings: Settings,
    size: Size,
    *,
    from_files: bool,
    check: bool,
    below: Below | None = None,
) -> Cost:
    """Say what an account takes in a wind of known size; ``settings.dt_s`` is that wind's.

    Parameters
    ----------
    below
        What is on the ground and not yet in memory.
    """
    below = below or Below()
    step_s = settings.dt_s
    used = [one for one in case.sightings if one.use is Use.YES]
    flights_s = [_flight_s(case, launch) for launch in range(len(case.launches))]
    runs = settings.n_runs + settings.n_defensive
    steps = math.ceil(max(flights_s) / step_s)
    mean_steps = math.ceil(sum(flights_s) / len(flights_s) / step_s)
    left_out = sum(one.geometry in PREDICTABLE for one in used) if check else 0
    together = settings.n_threads * settings.n_runs  # the runs of a stratum march together
    each, on_card = together * _particle_bytes(settings, max(flights_s), len(used)), 0
    if settings.device != device.CPU:
        outputs = math.ceil(max(flights_s) / settings.output_s) + 1
        each, on_card = 0, guided_cuda.particle_bytes(outputs, len(used))
    parts, mapped, laid = _memory(case, settings, size, max(flights_s), from_files=from_files)
    parts["particles"] = each * settings.n_particles
    rivals_of = case.hypotheses if from_files and len(case.hypotheses) > 1 else ()
    if rivals_of:
        parts["hypotheses"] = _rivals_bytes(case, settings, size, max(flights_s), len(used))
    falls = scatter.n_falls(max(flights_s), _CLASSES)
    parts |= below.parts(scatter.falls_bytes(max(flights_s), _CLASSES))
    whole = settings.n_filtered * runs * settings.n_particles
    less = lighter(settings)
    small = less.n_filtered * less.n_runs * less.n_particles
    return Cost(
        hypotheses=max(1, len(rivals_of)),
        launches=len(case.launches),
        strata=outer.n_tried(case, settings.n_strata),
        filtered=settings.n_filtered,
        runs=settings.n_filtered * runs,
        particles=whole,
        steps=steps,
        particle_steps=(whole + left_out * small) * mean_steps,
        left_out=left_out,
        memory_bytes=parts,
        mapped_bytes=mapped,
        disk_bytes=_RELEASE_BYTES + laid,
        work_s=_work_s(case, settings, size.nodes if from_files else 0, mean_steps, left_out)
        + _rivals_s(case, settings, rivals_of, mean_steps) / max(settings.n_threads, 1)
        + falls * _RATES.fall_s
        + below.work_s,
        each_bytes=each,
        on_card_bytes=on_card,
    )


def refuse(cost: Cost, settings: Settings) -> None:
    """Refuse an account that memory cannot hold.

    Raises
    ------
    CapacityError
        With what is wanted, what is free and how many particles a filter may have.
    MissingExtraError, DeviceError
        Without the graphics card that the settings name, or if it holds too few particles.
    """
    if cost.on_card_bytes:
        device.refuse_crowd(settings.n_particles, cost.on_card_bytes, device.room_bytes())
    # Falls come later, and do without what does not fit.
    parts = cost.memory_bytes
    fixed = sum(parts.values()) - cost.mapped_bytes - parts["particles"] - parts["falls and people"]
    what = f"an account of {cost.strata} strata, each filter"
    memory.require(what, fixed, settings.n_particles, cost.each_bytes)


def _flight_s(case: Case, launch: int) -> float:
    """From the middle of a launch's window to the end of the flight."""
    window = case.launches[launch]
    middle = window.time_min + (window.time_max - window.time_min) / 2
    return max((end(case) - middle).total_seconds(), 0.0)


def _particle_bytes(settings: Settings, flight_s: float, n_reports: int) -> int:
    path = (_VECTOR_BYTES + _WEIGHT_BYTES) * math.ceil(flight_s / settings.output_s)
    return _PARTICLE_BYTES + _REPORT_BYTES * n_reports + path


def _memory(
    case: Case, settings: Settings, size: Size, flight_s: float, *, from_files: bool
) -> tuple[dict[str, int], int, int]:
    """Memory by part, what of it are pages of files, and what the cache takes."""
    outputs = math.ceil(flight_s / settings.output_s)
    steps = math.ceil(flight_s / settings.dt_s)
    n_strata = outer.n_tried(case, settings.n_strata)
    kept = settings.n_filtered * settings.n_runs * settings.n_draws * outputs * _VECTOR_BYTES
    guides = n_strata * steps * (_GUIDE_BYTES + _LEVEL_BYTES)
    points = settings.n_paths * outputs
    free = len(case.launches) * prior.N_STRATA * prior.N_EACH * math.ceil(outputs / 3)
    laid = 8 * size.nodes
    search, mapped, cached = _where(case, laid, from_files=from_files)
    parts = {
        "program and kernels": _PROGRAM_BYTES,
        "wind field": laid + search,
        "particles": 0,
        "paths": kept + guides + (points + free) * _POINT_BYTES,
        "paths back": settings.n_paths * origin.N_EACH * _stops(case, flight_s) * _BACK_BYTES,
        "report": _report_bytes(max(points, free)),
    }
    return parts, mapped, size.variables * 4 * size.nodes * cached


def _rivals_bytes(
    case: Case, settings: Settings, size: Size, flight_s: float, n_reports: int
) -> int:
    """What the hypotheses beyond drift take: the largest at work, all their paths, a mean wind."""
    one = rivals.settings_of(settings, BOTH, rivals.AS_STATED)
    outputs, steps = math.ceil(flight_s / one.output_s), math.ceil(flight_s / one.dt_s)
    each = _RIVAL_BYTES + _REPORT_BYTES * n_reports
    each += (8 * one.n_kept + _WEIGHT_BYTES) * outputs
    together = one.n_threads * one.n_runs * one.n_particles * each
    guides = outer.n_tried(case, one.n_strata) * steps * (_RIVAL_GUIDE_BYTES + _LEVEL_BYTES)
    paths = len(case.hypotheses) * one.n_paths * outputs * _RIVAL_POINT_BYTES
    mean_wind = 16 * size.nodes // max(size.levels, 1)
    return together + guides + paths + mean_wind


def _rivals_s(case: Case, settings: Settings, hypotheses: Sequence[str], mean_steps: int) -> float:
    """How long all hypotheses take on one core, with half and twice the wind's error."""
    work, rates = 0.0, _RATES
    for factor in rivals.FACTORS if hypotheses else ():
        for name in hypotheses:
            one = rivals.settings_of(settings, name, factor)
            drifts = name == DRIFTS
            pilot_s = rates.pilot_step_s if drifts else rates.rival_pilot_step_s
            step_s = rates.particle_step_s if drifts else rates.rival_step_s
            filters = one.n_filtered * one.n_runs * one.n_particles
            pilots = (1.0 + _AGAIN_SHARE) * outer.n_tried(case, one.n_strata)
            work += pilots * mean_steps * pilot_s
            work += filters * mean_steps * step_s
    return work


def _stops(case: Case, flight_s: float) -> int:
    """At most so many moments at which the paths back are kept."""
    return math.ceil(flight_s / origin.DAY_S) + 1 + origin.IN_WINDOW * len(case.launches)


def _report_bytes(points: int) -> int:
    """Passages over borders are found a part after the other, claims tested on all paths."""
    at_once = min(points, passages.AT_ONCE_POINTS) * passages.POINT_BYTES
    return _BORDERS_BYTES + max(at_once, points * _CLAIM_BYTES)


def _where(case: Case, laid_bytes: int, *, from_files: bool) -> tuple[int, int, bool]:
    """Bytes of the copy that pilots search in, bytes that are mapped, whether the cache is used."""
    if not from_files:
        return 0, 0, False
    need = needed(case)
    around = need.south_deg == -90.0 and need.north_deg == 90.0
    search = 0 if around else laid_bytes
    cached = kept.room_bytes() > 0
    filed = search if search > backed.SHARE * (memory.free_bytes() or math.inf) else 0
    return search, (laid_bytes + filed) * cached, cached


def _work_s(case: Case, settings: Settings, nodes: int, mean_steps: int, left_out: int) -> float:
    """How long it takes where the rates were measured."""
    rates, less = _RATES, lighter(settings)
    searches = (len(case.launches) + 1) * settings.n_starts
    work = searches * mean_steps * rates.search_step_s
    # The way back, at most: the track begins with the launch, or the way back ends there.
    back = modest(settings)
    work += back.n_strata * mean_steps * rates.pilot_step_s
    work += back.n_paths * origin.N_EACH * mean_steps * rates.step_back_s
    doubts = int(any(one.test for one in case.statements))  # at most: only some claims ask for it
    for one, times in ((settings, 1), (less, left_out), (doubting(settings), doubts)):
        pilots = outer.n_tried(case, one.n_strata) * mean_steps * rates.pilot_step_s
        pilots *= 1.0 + _AGAIN_SHARE
        filters = one.n_filtered * (one.n_runs + one.n_defensive) * one.n_particles * mean_steps
        work += times * (pilots + filters * rates.particle_step_s)
    outputs = mean_steps * settings.dt_s / settings.output_s
    alone = rates.start_s + settings.n_paths * outputs * rates.path_point_s
    alone += nodes * rates.wind_node_s
    return alone + work / max(settings.n_threads, 1)


def _calculation_s() -> float:
    """Seconds that a short calculation takes, the best of three."""
    best, values = math.inf, np.linspace(0.0, 1.0, 200_000)
    for _ in range(3):
        begun = time.perf_counter()
        total = 0.0
        for turn in range(100_000):
            total += turn * 0.5
        for _ in range(10):
            np.sin(values).sum()
        best = min(best, time.perf_counter() - begun)
    return best


def words(cost: Cost) -> Iterator[str]:
    """The cost, one line a fact."""
    yield f"hypotheses: {cost.hypotheses}; launch candidates: {cost.launches}"
    yield (
        f"strata: {cost.strata} with a pilot, {cost.filtered} of them filtered, {cost.runs} filters"
    )
    yield (
        f"pilots searched once more: at most {cost.strata}, by the time told"
        f" {_AGAIN_SHARE * cost.strata:.0f}"
    )
    yield f"particles: {cost.particles:,}; steps: at most {cost.steps:,} each"
    yield f"particle-steps: {cost.particle_steps:.2g}"
    if cost.left_out:
        yield f"sightings left out in turn: {cost.left_out}"
    yield f"memory at most: {cost.peak_bytes:,} bytes ({cost.peak_bytes / _GB:.2f} GB), of which"
    for part, size in cost.memory_bytes.items():
        yield f"  {part + ':':<21}{size:>16,} bytes"
    if cost.mapped_bytes:
        yield (
            f"  {cost.mapped_bytes:,} bytes of the wind lie in files and leave memory when it is"
            " short"
        )
    free = memory.free_bytes()
    yield "memory free: " + ("not known" if free is None else f"{free:,} bytes")
    yield f"disk: {cost.disk_bytes:,} bytes"
    if cost.on_card_bytes:
        particles = cost.particles // max(cost.runs, 1)
        yield f"graphics card: {cost.on_card_bytes * particles:,} bytes for a filter, and the wind"
        yield "time: not known for graphics cards; none has been measured"
        return
    yield (
        f"time: about {_long(cost.work_s * _calculation_s() / _RATES.calculation_s)}, from rates"
        " measured elsewhere and a short calculation here; it may be twice as long"
    )


def _long(seconds: float) -> str:
    if seconds < 90.0:
        return f"{seconds:.0f} seconds"
    return (
        f"{seconds / 60.0:.0f} minutes" if seconds < 5_400.0 else f"{seconds / 3_600.0:.1f} hours"
    )
