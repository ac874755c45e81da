"""The case: everything an overflight account starts from.

A case is a folder that a reporter can read aloud: ``case.yaml`` and three tables. Quantities keep
the unit the source used; the models below turn them into SI, check them against each other and
never change again.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from overflight import units
from overflight.errors import CaseError

Metres = Annotated[float, BeforeValidator(lambda text: units.parse(str(text), "m"))]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, lt=360)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]


class Attribution(StrEnum):
    """Who stands behind a statement; the release prints this beside every number."""

    NAMED = "named"
    ANONYMOUS = "anonymous"
    DOCUMENT = "document"
    TELEMETRY = "telemetry"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=False)


class Source(_Part):
    """A row of ``sources.csv``: where a fact comes from, so that a reader can go and look."""

    id: Id
    title: str
    attribution: Attribution
    published: AwareDatetime
    url: str | None = None
    archived_sha256: str | None = None


class _Row(_Part):
    id: Id
    source: Id


class Sighting(_Row):
    """A row of ``sightings.csv``: a person or instrument put the balloon at a place and time."""

    quote: str
    time: AwareDatetime
    lat_deg: Latitude
    lon_deg: Longitude
    position_sd_m: Metres = Field(alias="position_sd")
    altitude_m: Metres | None = Field(alias="altitude", default=None)


class Statement(_Row):
    """A row of ``statements.csv``: who claims what; a person has accepted it."""

    speaker: str
    attribution: Attribution
    text: str


class Balloon(_Part):
    """The vehicle, as far as it is known: bounds, never a single made-up value."""

    diameter_min_m: Metres = Field(alias="diameter_min")
    diameter_max_m: Metres = Field(alias="diameter_max")

    @model_validator(mode="after")
    def _bounds_are_ordered(self) -> Self:
        if self.diameter_min_m > self.diameter_max_m:
            raise CaseError(
                found=f"diameter_min {self.diameter_min_m:g} m exceeds diameter_max",
                expected=f"at most {self.diameter_max_m:g} m",
                remedy="Swap them.",
            )
        return self


class Case(_Part):
    """One overflight."""

    title: str
    balloon: Balloon
    sources: tuple[Source, ...]
    sightings: tuple[Sighting, ...]
    statements: tuple[Statement, ...] = ()

    @model_validator(mode="after")
    def _rows_cite_known_sources(self) -> Self:
        known = {source.id for source in self.sources}
        mistakes = [
            InitErrorDetails(
                type=PydanticCustomError("case", "{text}", {"text": _unknown(row.source, known)}),
                loc=(table, index, "source"),
                input=row.source,
            )
            for table in ("sightings", "statements")
            for index, row in enumerate(getattr(self, table))
            if row.source not in known
        ]
        if mistakes:
            raise ValidationError.from_exception_data("Case", mistakes)  # each keeps its own place
        return self


def _unknown(source: str, known: set[str]) -> str:
    error = CaseError(
        found=f"source {source!r} is unknown",
        expected=f"one of {', '.join(sorted(known))}",
        remedy="Add it to sources.csv, or correct the name.",
    )
    return str(error)
