"""The wind of a case: from the embedded climatology or from files, always with its error."""

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

import xarray as xr

from overflight.case.model import Case
from overflight.errors import CapacityError, CoverageError, FieldError
from overflight.fields import climatology, coverage, error_growth, layout, source
from overflight.fields import error as wind_error
from overflight.fields.advice import suggest
from overflight.fields.canonical import Need
from overflight.fields.error import WindError
from overflight.fields.extent import extent_of
from overflight.fields.source import Opened, WindFile
from overflight.flight.needs import end, further, needed
from overflight.physics import atmosphere
from overflight.physics.windgrid import WindGrid

Progress = Callable[[str, int, int], None]  # (stage, done, total)

CLIMATOLOGY = "climatology"
SMOOTH_STEP_S = 1_200.0  # enough for the climatology: docs/explanation/method.md, 1
_BESIDE = timedelta(days=1)  # of climatology, before a case and after it
_FALL = timedelta(hours=3)  # longer than any that is asked for
_SEA_PA = 110_000.0  # beneath every weather's pressure at the sea
REACH_MPS = 40.0  # a wind that few balloons outrun for days
ANALYSIS_STEP_S = 600.0  # a whole part of every usual interval between analyses


@dataclass(frozen=True)
class Wind:
    """What a flight flies in."""

    grid: WindGrid
    error: WindError
    step_s: float  # of integration that suits it
    attributions: tuple[str, ...]
    files: tuple[WindFile, ...]  # none for the climatology
    notes: tuple[str, ...]


def of_case(
    case: Case, folder: Path, paths: Sequence[Path], *, progress: Progress = source.silent
) -> Wind:
    """The wind that was asked for: of files given, else of the case's own ``wind`` line.

    Parameters
    ----------
    folder
        The case's, where a file named in ``case.yaml`` lies, and for the command to type.
    paths
        Files or folders named on the command line; none for what the case says.

    Raises
    ------
    FieldError
        If a file cannot be used.
    CoverageError
        If the wind does not reach as far as the case needs it.
    """
    paths = files_of_case(case, folder, paths)
    return of_files(case, folder, paths, progress=progress) if paths else of_climatology(case)


def onward(
    case: Case,
    folder: Path,
    paths: Sequence[Path],
    until: datetime,
    *,
    down: bool = False,
    progress: Progress = source.silent,
) -> Wind:
    """The wind of a case and of a time after it, as far as there is any; ``down`` to the sea.

    Only the case itself must be covered. A wind of files is read for ``REACH_MPS`` further on all
    sides, and its error grows from the case's end as a forecast's would
    (:func:`overflight.fields.error_growth.growing`).

    Raises
    ------
    FieldError
        If a file cannot be used.
    CoverageError
        If the wind does not reach as far as the case needs it.
    """
    paths = files_of_case(case, folder, paths)
    longer = case.model_copy(update={"span": case.span.model_copy(update={"end": until})})
    if not paths:
        return of_climatology(longer)
    need, began = needed(case), end(case)
    part = further(need, until, REACH_MPS * (until - began).total_seconds())
    if down:
        part = replace(part, pressure_max_pa=_SEA_PA)
    opened = source.open_winds(paths, part, progress=progress)
    _refuse_short(opened.wind, need, folder)
    made = _blown(case, opened)
    return replace(made, error=error_growth.growing(made.error, opened.wind, began, until))


def column(case: Case, folder: Path, paths: Sequence[Path], blown: Wind) -> Wind:
    """The wind of a case down to the sea, for what comes down; ``blown`` is the case's own.

    Where the files do not reach down, or memory cannot hold what they have, it is that of the
    levels that the flight needs: whoever uses it says where it ends.
    """
    if not blown.files:
        return blown
    try:
        return onward(case, folder, paths, case.span_end + _FALL, down=True)
    except (FieldError, CapacityError):
        return blown


def column_bytes(case: Case, folder: Path, paths: Sequence[Path]) -> int:
    """Memory of that wind; nothing is read but heads."""
    paths = files_of_case(case, folder, paths)
    if not paths:
        return 0
    until = case.span_end + _FALL
    part = further(needed(case), until, REACH_MPS * (until - end(case)).total_seconds())
    with suppress(FieldError):
        return 8 * source.size_of(paths, replace(part, pressure_max_pa=_SEA_PA)).nodes
    return 0


def files_of_case(case: Case, folder: Path, paths: Sequence[Path]) -> list[Path]:
    """The files that were asked for, else those of the case; none for the climatology.

    Raises
    ------
    FieldError
        If the case names a file outside its folder.
    """
    if [str(path) for path in paths] == [CLIMATOLOGY] and not paths[0].exists():
        return []
    if not paths and case.wind != CLIMATOLOGY:
        return [inside(folder, case.wind, "wind")]
    return list(paths)


def of_climatology(case: Case) -> Wind:
    """The embedded wind over the whole span of the case.

    Raises
    ------
    CoverageError
        If the float band lies outside the levels that it has.
    """
    _reachable(case)
    field = climatology.dataset(case.span_start - _BESIDE, case.span_end + _BESIDE)
    middle = case.span_start + (case.span_end - case.span_start) / 2
    return Wind(
        grid=layout.to_grid(field, case.epoch),
        error=wind_error.of_climatology(climatology.day_of_year(middle)),
        step_s=SMOOTH_STEP_S,
        attributions=(climatology.ATTRIBUTION, wind_error.ATTRIBUTION),
        files=(),
        notes=(),
    )


def size_of_case(case: Case, folder: Path, paths: Sequence[Path]) -> source.Size:
    """How large that wind is, without making or reading it.

    Raises
    ------
    FieldError
        If a file cannot be used, or holds nothing of what the case needs.
    """
    paths = files_of_case(case, folder, paths)
    if paths:
        return source.size_of(paths, needed(case))
    days = (case.span_end - case.span_start + 2 * _BESIDE) / timedelta(days=1)
    return source.Size(3, math.ceil(days) + 2, len(climatology.load().pressure_pa), 73, 144)


def of_files(case: Case, folder: Path, paths: Sequence[Path], *, progress: Progress) -> Wind:
    """The wind of files, cut to what the case needs."""
    need = needed(case)
    opened = source.open_winds(paths, need, progress=progress)
    _refuse_short(opened.wind, need, folder)
    return _blown(case, opened)


def _blown(case: Case, opened: Opened) -> Wind:
    error = wind_error.of_field(opened.wind)
    told = [str(opened.wind.attrs.get("attribution", ""))]
    told += [climatology.ATTRIBUTION, wind_error.ATTRIBUTION] if error.prior_only else []
    from_climatology = opened.wind.attrs.get("source") == "soundings"
    told += [climatology.ATTRIBUTION] if from_climatology else []
    return Wind(
        grid=layout.to_grid(opened.wind, case.epoch, opened.laid),
        error=error,
        step_s=ANALYSIS_STEP_S,
        attributions=tuple(dict.fromkeys(line for line in told if line)),
        files=opened.files,
        notes=tuple(str(opened.wind.attrs.get("notes", "")).splitlines()),
    )


def _refuse_short(wind: xr.Dataset, need: Need, folder: Path) -> None:
    remedy = suggest(extent_of(need), str(folder))
    found = [short.words for short in coverage.shortages(wind, need)]
    if wind.sizes["time"] < 2:  # it may lie far off too, which matters more than being alone
        found.insert(0, f"it has a single time, {coverage.clock(wind['time'].values[0])}")
    coverage.refuse(found, remedy)


def inside(folder: Path, name: str, key: str) -> Path:
    """A file of the case's own folder: a case from a stranger may not reach elsewhere.

    Raises
    ------
    FieldError
        If the value of ``key`` in ``case.yaml`` leads outside the folder.
    """
    parts = PurePosixPath(name).parts
    if PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name or ":" in name:
        raise FieldError(
            found=f"{key}: {name} in case.yaml",
            expected="'climatology', or a file inside the case's folder"
            if key == "wind"
            else "a file inside the case's folder",
            remedy="Put the file there."
            if key == "elevation"
            else f"Put the file there, or name it with --{key}.",
        )
    return folder.joinpath(*parts)


def _reachable(case: Case) -> None:
    """Refuse a float band outside the climatology's levels, a slow drift of 2 km included."""
    low_m, high_m = case.balloon.float_altitude_min_m, case.balloon.float_altitude_max_m
    floor_m = atmosphere.height_m_of_pressure(climatology.load().pressure_pa[-1])
    top_m = atmosphere.height_m_of_pressure(climatology.load().pressure_pa[0]) - 2_000.0
    if low_m < floor_m or high_m > top_m:
        raise CoverageError(
            found=f"a float band of {low_m / 1e3:.1f} to {high_m / 1e3:.1f} km",
            expected=f"heights between {floor_m / 1e3:.1f} and {top_m / 1e3:.1f} km, where the"
            " embedded climatology is defined",
            remedy="Narrow float_altitude_min and float_altitude_max in case.yaml if the evidence"
            " allows, or bring wind files that reach those heights.",
        )
