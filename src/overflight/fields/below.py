"""What an account takes for the ground: a grid of people, hills, and a wind down to the sea."""

from dataclasses import dataclass
from pathlib import Path

from overflight.fields import population_cells, population_grid, population_raster, skylines

_PEOPLE_S = 7.0  # of one core, for who was in view; measured
_CELL_S = 6e-8  # for a cell of a grid of people that is read; measured
_EYE_S = 1.0  # for a skyline, of cells of 900 m; measured


@dataclass(frozen=True)
class Below:
    """Cells of a grid of people in its file and in memory, and eyes that look before hills."""

    cells: int = 0
    kept: int = 0
    eyes: int = 0
    column_bytes: int = 0  # of a wind down to the sea

    def parts(self, falls_bytes: int) -> dict[str, int]:
        """Memory by part; people in view and falls come when particles are gone."""
        found = {"falls and people": falls_bytes + population_raster.BYTES + self.column_bytes}
        if self.cells:
            found["grid of people"] = population_cells.kept_bytes(self.kept)
        if self.eyes:
            found["skylines"] = skylines.eye_bytes(self.eyes)
        return found

    @property
    def work_s(self) -> float:
        """Seconds of one core."""
        return _PEOPLE_S + self.cells * _CELL_S + self.eyes * _EYE_S


def below_of(people: Path | None, eyes: int, column_bytes: int) -> Below:
    """What lies below, a grid of people by its head alone."""
    cells, kept = population_grid.n_cells(people) if people is not None else (0, 0)
    return Below(cells, kept, eyes, column_bytes)
