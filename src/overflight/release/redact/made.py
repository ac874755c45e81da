"""An account without what a level withholds: every text and every position in it."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from overflight.case.events import Event, Relation
from overflight.case.load import load
from overflight.case.model import Case, Sighting, Source, Statement
from overflight.inference.posterior import Posterior
from overflight.ledgers.collected import Collected, SiteLine
from overflight.ledgers.seen import Seen
from overflight.ledgers.traversed import Traversed
from overflight.physics.sphere import wrapped_deg
from overflight.release.page import Made
from overflight.release.redact.levels import RULES, Level, Rules
from overflight.release.redact.withheld import Withheld, on_grid

_PLACES = ("lat_deg", "lon_deg", "dots_deg", "median_lat_deg", "median_lon_deg")


def redact(account: Made, folder: Path, withheld: Withheld, level: Level) -> Made:
    """The account as a release of this level may tell it.

    Parameters
    ----------
    folder
        The case's copy without what is withheld.
    """
    shown = _Shown(load(folder), withheld, RULES[level])
    parts: dict[str, Any] = {
        one.name: shown.of(getattr(account, one.name)) for one in fields(account)
    }
    return replace(
        account, **(parts | {"case": shown.case, "withheld": sentences(level, withheld)})
    )


def sentences(level: Level, withheld: Withheld) -> tuple[str, ...]:
    """What a reader is told of what is left out."""
    rules = RULES[level]
    told = [
        f"This is the {level} release: positions of reports, observers and paths are rounded to"
        f" {rules.grid_deg:g} degrees; the account was worked out with the exact ones.",
    ]
    if withheld.n_sources:
        told.append(
            f"{withheld.n_sources} sources are withheld, by name or with their words. Their"
            " reports count as they did; where the paths narrow, that shows."
        )
    if withheld.rounded_names:
        told.append(
            f"{len(withheld.rounded_names)} sites stand at rounded positions too; what is told of"
            " them was worked out at the exact ones."
        )
    if withheld.hidden_names:
        told.append(
            f"{len(withheld.hidden_names)} places of kinds that the case withholds are left out."
        )
    return tuple(told)


class _Shown:
    """Goes through an account and gives back what may be shown of each thing in it."""

    def __init__(self, case: Case, withheld: Withheld, rules: Rules) -> None:
        self.case, self._withheld, self._rules = case, withheld, rules
        rows: tuple[Statement | Sighting | Source | Event | Relation, ...] = (
            *case.statements,
            *case.sightings,
            *case.sources,
            *case.events,
            *case.relations,
        )
        self._rows: dict[str, Any] = {row.id: row for row in rows}

    def of(self, value: Any) -> Any:  # noqa: ANN401 (anything that an account holds)
        """The same thing without what is withheld."""
        if isinstance(value, BaseModel):
            return self._of_row(value)
        if is_dataclass(value) and not isinstance(value, type):
            return self._of_fields(self._without_hidden(value))
        if type(value) is str:
            return self._withheld.scrubbed(value)
        if type(value) in {tuple, list, set, frozenset}:
            return type(value)(self.of(one) for one in value)
        if isinstance(value, Mapping):
            return {self.of(key): self.of(one) for key, one in value.items()}
        return value

    def _of_row(self, value: BaseModel) -> Any:  # noqa: ANN401
        """The same part of the case, as its copy has it."""
        if isinstance(value, Statement | Sighting | Source | Event | Relation):
            return self._rows[self._withheld.renamed.get(value.id, value.id)]
        if isinstance(value, Case):
            return self.case
        inner = {name: self.of(getattr(value, name)) for name in type(value).model_fields}
        return value.model_copy(update=inner)

    def _of_fields(self, value: Any) -> Any:  # noqa: ANN401
        rounded = self._withheld.rounded_names
        exact = isinstance(value, SiteLine) and value.name not in rounded  # a public place
        inner = {}
        for one in fields(value):
            found = getattr(value, one.name)
            if one.name in _PLACES and not exact:
                inner[one.name] = self._coarse(found)
            elif one.init:
                inner[one.name] = self.of(found)
        if isinstance(value, Posterior):
            inner["ends"] = None
        return replace(value, **inner)

    def _coarse(self, value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, float):
            return on_grid(value, self._rules.grid_deg)
        if isinstance(value, np.ndarray):
            rounded = np.round(np.rint(value / self._rules.grid_deg) * self._rules.grid_deg, 6)
            return np.where(np.abs(rounded) >= 180.0, wrapped_deg(rounded), rounded)
        return value

    def _without_hidden(self, value: Any) -> Any:  # noqa: ANN401
        """A ledger without the lines of places that are hidden."""
        hidden = self._withheld.hidden_names
        if isinstance(value, Collected):
            return replace(value, sites=tuple(one for one in value.sites if one.name not in hidden))
        if isinstance(value, Seen):
            kept = tuple(one for one in value.observers if one.name not in hidden)
            return replace(value, observers=kept)
        if isinstance(value, Traversed):
            kept_zones = tuple(
                one for one in value.zones if one.zone.partition(":")[2] not in hidden
            )
            return replace(value, zones=kept_zones)
        return value
