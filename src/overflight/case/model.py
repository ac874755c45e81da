"""The case: everything an overflight account starts from.

A case is a folder that a reporter can read aloud: ``case.yaml`` and three tables. Quantities keep
the unit the source used; the models turn them into SI, check them against each other and never
change again. The parts are in :mod:`overflight.case.rows`, their words in
:mod:`overflight.case.vocabulary`; other packages take all of them from here.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from overflight.case import checks
from overflight.case.rows import (
    Balloon,
    Launch,
    Part,
    Sighting,
    Source,
    Statement,
)
from overflight.case.vocabulary import (
    MEAN_RELIABILITY,
    AreaM2,
    Attribution,
    Certainty,
    Geometry,
    Grade,
    Id,
    PartialDate,
    Scope,
    Testable,
    Text,
    Use,
    Utc,
    words,
)
from overflight.errors import CaseError

__all__ = [
    "MEAN_RELIABILITY",
    "Attribution",
    "Balloon",
    "Case",
    "Certainty",
    "Geometry",
    "Grade",
    "Head",
    "Launch",
    "PartialDate",
    "Scope",
    "Sighting",
    "Source",
    "Span",
    "Statement",
    "Testable",
    "Use",
    "json_schema",
]


ZoneKind = Literal["country", "state", "territorial_sea"]


class Span(Part):
    """The time a case is about; ``start`` is its epoch."""

    start: Utc
    end: Utc

    @field_validator("end")
    @classmethod
    def _runs_forward(cls, value: datetime, info: ValidationInfo) -> datetime:
        if "start" in info.data and value <= info.data["start"]:
            raise CaseError(
                found="the span does not end after its start",
                expected="start first",
                remedy="Swap the two, or correct one.",
            )
        return value


class Head(Part):
    """What ``case.yaml`` holds: what there is one of, and the candidate launches."""

    title: Text
    summary: Text
    span: Span
    balloon: Balloon
    launches: tuple[Launch, ...]
    flight_end_sighting: Id | None = None
    """The sighting that is the end of the flight."""
    hypotheses: tuple[Annotated[Literal["M0"], words("M0")], ...] = ("M0",)
    """M0 is passive drift."""
    wind: Text = "climatology"
    """``climatology``, or a file or folder inside the case's own folder."""
    zones: tuple[Annotated[ZoneKind, words(*get_args(ZoneKind))], ...] = get_args(ZoneKind)
    """The kinds of zone whose crossings are accounted for."""
    sites: tuple[Text, ...] = ()
    plausible_area_m2: AreaM2 = Field(alias="plausible_area")
    """Where a report that is wrong altogether may come from."""

    @field_validator("launches")
    @classmethod
    def _a_flight_starts_somewhere(cls, value: tuple[Launch, ...]) -> tuple[Launch, ...]:
        if not value:
            raise CaseError(
                found="no launches",
                expected="at least one candidate",
                remedy="Write a wide window and a large position_sd rather than none.",
            )
        total = sum(launch.weight for launch in value)
        return tuple(one.model_copy(update={"weight": one.weight / total}) for one in value)

    @field_validator("sites")
    @classmethod
    def _sites_wait(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value:
            raise CaseError(
                found="sites",
                expected="an empty list: this version has no use for sites",
                remedy="Leave the field out.",
            )
        return value


class Case(Head):
    """One overflight: ``case.yaml`` and the three tables."""

    id: str
    """The name of the folder."""
    sources: tuple[Source, ...]
    sightings: tuple[Sighting, ...]
    statements: tuple[Statement, ...] = ()

    @property
    def span_start(self) -> datetime:
        """The first moment of the case."""
        return self.span.start

    @property
    def span_end(self) -> datetime:
        """The last moment of the case."""
        return self.span.end

    @property
    def epoch(self) -> datetime:
        """Where ``time_s`` counts from: the start of the span."""
        return self.span.start

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        tables = {name: [dict(row) for row in getattr(self, name)] for name in checks.TABLES}
        mistakes = [
            InitErrorDetails(
                type=PydanticCustomError("case", "{text}", {"text": str(finding.error)}),
                loc=finding.key,
                input=None,
            )
            for finding in checks.findings(checks.Parts(dict(self), tables))
        ]
        if mistakes:  # each keeps its own place
            raise ValidationError.from_exception_data(type(self).__name__, mistakes)
        return self


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a case as one document, fields named as in the files.

    >>> sorted(json_schema()["$defs"])[:3]
    ['Attribution', 'Balloon', 'Certainty']
    """
    return Case.model_json_schema(by_alias=True)
