"""Whether numbers of people are those of a cell or those of a square kilometre."""

import re

from overflight.errors import FieldError

PERSONS, PER_KM2 = "persons", "persons per km2"
_PEOPLE = r"(persons?|people|inhabitants?|population|pop|counts?|number)"
_KM2 = r"((km|kilomet(er|re)s?)\s*(\^|\*\*)?-?2|sq(uare)?\.?\s*(km|kilomet(er|re)s?))"
_DENSITY = re.compile(rf"({_PEOPLE}|1)?\s*(/|per|\s)?\s*{_KM2}")
_COUNT = re.compile(rf"{_PEOPLE}((\s+|/|\s*per\s*)(cell|pixel|grid\s*cell))?")
# How makers name their files: WorldPop "ppp" (people per pixel) and "pd" (density), the newer
# "pop", GPW in words, GHS-POP and LandScan, which are counts.
_COUNT_NAMES = re.compile(
    r"(^|[_.-])(ppp|population_count|un_?wpp[_-]adjusted_population_count|landscan)([_.-]|$)"
    r"|^[a-z]{3}_pop_[0-9]{4}|^ghs_pop|^landscan"
)
_DENSITY_NAMES = re.compile(r"(^|[_.-])(pd|population_density|popdensity|pop_density)([_.-]|$)")


def per_cell_of(unit: str, told: str, what: str, name: str) -> bool:
    """Whether values are persons in a cell, by what the case says, the units, the file's name.

    Raises
    ------
    FieldError
        If none of the three says which.

    >>> per_cell_of("", "persons per km2", "Band1", "a.nc"), per_cell_of("", "", "a", "x_ppp_y.tif")
    (False, True)
    """
    for text in (unit, told):
        words = " ".join(text.strip().lower().replace("_", " ").split())
        if words and _DENSITY.fullmatch(words):
            return False
        if words and _COUNT.fullmatch(words):
            return True
        if words:
            break
    named, blank = name.lower(), not (unit.strip() or told.strip())
    if blank and _DENSITY_NAMES.search(named):
        return False
    if blank and _COUNT_NAMES.search(named):
        return True
    raise FieldError(
        found=f"{what} has the units {(unit or told)[:40]!r}",
        expected=f"'{PER_KM2}', or '{PERSONS}' for the number in each cell",
        remedy=f"Say which in case.yaml: population_unit: {PERSONS}, or {PER_KM2}.",
    )
