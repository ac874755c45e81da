"""A copy of the case inside its release, so that a stranger can run it again."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from overflight.case.model import Case
from overflight.release.provenance import CASE_FILES

FOLDER = "case"
LARGEST_BYTES = 64_000_000  # of a grid of people; a larger one is told by its hash alone


def names_of(case: Case) -> tuple[str, ...]:
    """The files that a case may consist of."""
    return (*CASE_FILES, *dict.fromkeys(case.zone_files))


def copy(source: Path, names: Sequence[str], target: Path) -> None:
    """Copy the case's own files and nothing else of its folder."""
    target.mkdir(parents=True)
    for name in names:
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)


def copy_people(source: Path, case: Case, target: Path) -> bool:
    """Copy the grid of people that the case names, if it is of a size to be sent around."""
    if not case.population:
        return False
    grid = source / case.population
    if not grid.is_file() or grid.stat().st_size > LARGEST_BYTES:
        return False
    (target / case.population).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(grid, target / case.population)
    return True
