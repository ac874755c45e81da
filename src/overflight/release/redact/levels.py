"""Who a release is for, and what each level withholds."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Who a release is for."""

    PUBLIC = "public"
    PARTNER = "partner"
    FULL = "full"


@dataclass(frozen=True)
class Rules:
    """What a level does to a case.

    ``hides_names`` says whether it heeds ``withhold: name`` of a source, ``hides_texts`` whether
    the words of the reports of ``withhold: all`` go with its names. ``left_out`` are the lists of
    ``case.yaml`` whose kinds of sites, zones and observers it leaves out.
    """

    grid_deg: float  # positions of reports, observers and paths are rounded to it
    coarse_deg: float  # those of reports whose source is withheld altogether
    hides_names: bool
    hides_texts: bool
    left_out: tuple[str, ...]


RULES = {
    Level.PUBLIC: Rules(
        grid_deg=0.1,
        coarse_deg=1.0,
        hides_names=True,
        hides_texts=True,
        left_out=("withheld_kinds", "withheld_from_partners"),
    ),
    Level.PARTNER: Rules(
        grid_deg=0.01,
        coarse_deg=0.1,
        hides_names=False,
        hides_texts=False,
        left_out=("withheld_from_partners",),
    ),
}
