"""The case: everything an overflight account starts from.

A case is a folder that a reporter can read aloud: ``case.yaml`` and three tables. Quantities keep
the unit the source used; the models turn them into SI, check them against each other and never
change again. The parts are in :mod:`overflight.case.rows`, their words in
:mod:`overflight.case.vocabulary`; other packages take all of them from here.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import InitErrorDetails, PydanticCustomError

from overflight.case import checks
from overflight.case.descent import Descent
from overflight.case.events import Event, Relation
from overflight.case.observers import MOST_OBSERVERS, Observer
from overflight.case.rows import (
    Balloon,
    Launch,
    Part,
    Sighting,
    Source,
    Statement,
)
from overflight.case.settle import Merge
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
    text_of,
    words,
)
from overflight.case.watched import MOST_SITES, Area, Site
from overflight.errors import CaseError
from overflight.units import shorten

__all__ = [
    "MEAN_RELIABILITY",
    "Area",
    "Attribution",
    "Balloon",
    "Case",
    "Certainty",
    "Descent",
    "Event",
    "Geometry",
    "Grade",
    "Head",
    "Launch",
    "Observer",
    "PartialDate",
    "Relation",
    "Scope",
    "Sighting",
    "Site",
    "Source",
    "Span",
    "Statement",
    "Testable",
    "Use",
    "json_schema",
]


Hypothesis = Literal["M0", "M1a", "M1b", "M2", "M12"]
PeopleUnit = Literal["persons", "persons per km2"]
PeopleHoles = Literal["means", "nobody"]
ZoneKind = Literal["country", "state", "territorial_sea"]
ZONE_FILE = ".geojson"
LAYERS = "layers"  # the folder of files that 'overflight layers add' writes
_LAYER = re.compile(rf"{LAYERS}/[a-z0-9][a-z0-9_-]{{0,39}}\{ZONE_FILE}")


def _watched(value: object) -> str:
    """A kind of zone, or the name of a file beside ``case.yaml`` with zones of the case's own."""
    text, kinds = text_of(value), get_args(ZoneKind)
    plain = not any(mark in text for mark in "/\\:") and not text.startswith(".")
    if text in kinds or _LAYER.fullmatch(text):
        return text
    if plain and text.lower().endswith(ZONE_FILE) and text.isprintable():
        return text
    raise CaseError(
        found=shorten(text),
        expected=f"{', '.join(kinds)}, or a file in the case's folder such as zones{ZONE_FILE}",
        remedy="Correct the word, or put the file beside case.yaml.",
    )


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
    hypotheses: tuple[Annotated[Hypothesis, words(*get_args(Hypothesis))], ...] = get_args(
        Hypothesis
    )
    """How it may have moved: M0 drifts, M1a changes its level for no reason that has to do with the
    wind, M1b so as to get somewhere, M2 has a velocity of its own, M12 does as M1a and M2."""
    wind: Text = "climatology"
    """``climatology``, or a file or folder inside the case's own folder."""
    population: Text = ""
    """A grid of people, NetCDF or GeoTIFF, inside the case's own folder; means of states and
    countries if not given."""
    population_unit: Annotated[PeopleUnit, words(*get_args(PeopleUnit))] | None = None
    """What its numbers are, where the file does not say: persons in each cell, or per km2."""
    population_holes: Annotated[PeopleHoles, words(*get_args(PeopleHoles))] = "means"
    """Who lives where it has no value: as many as in the mean of the state, or nobody, as in grids
    of settled cells only."""
    elevation: Text = ""
    """A grid of the ground's height, GeoTIFF or NetCDF, inside the case's own folder; a smooth
    Earth if not given."""
    zones: tuple[Annotated[str, BeforeValidator(_watched)], ...] = get_args(ZoneKind)
    """The kinds of zone whose crossings are accounted for, and GeoJSON files with further zones."""
    sites: tuple[Site, ...] = ()
    """Places whose surroundings are watched, such as airports."""
    observers: tuple[Observer, ...] = ()
    """Who or what could have noticed it, by geometry, range, hours and light."""
    goals: tuple[Text, ...] = ()
    """Names of sites that it may have wanted to reach (M1b); it may have wanted to be elsewhere."""
    descent: Descent | None = None
    """When and how it comes down, if the case says so; else it is taken to stay aloft."""
    withheld_kinds: tuple[Text, ...] = ()
    """Kinds of sites, zones and observers that a public release leaves out."""
    withheld_from_partners: tuple[Text, ...] = ()
    """Kinds that a release for partners leaves out as well as a public one."""
    rounded_kinds: tuple[Text, ...] = ()
    """Kinds of sites whose positions those releases round as they round those of reports."""
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

    @field_validator("hypotheses")
    @classmethod
    def _each_has_its_rival(cls, value: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
        """Steering by level is judged against levels that change without aim (method 4)."""
        needed = {"M0"} | ({"M1a"} if {"M1b", "M12"} & set(value) else set())
        missing = sorted(needed - set(value))
        if missing or len(set(value)) < len(value):
            raise CaseError(
                found=f"hypotheses {', '.join(value) or '(none)'}",
                expected="each once, M0 among them, and M1a beside M1b or M12",
                remedy=f"Add {' and '.join(missing)}." if missing else "Name each once.",
            )
        return tuple(one for one in get_args(Hypothesis) if one in value)

    @field_validator("sites")
    @classmethod
    def _few_sites(cls, value: tuple[Site, ...]) -> tuple[Site, ...]:
        if len(value) > MOST_SITES:
            raise CaseError(
                found=f"{len(value):,} sites",
                expected=f"at most {MOST_SITES}",
                remedy="Keep those that the case asks about.",
            )
        return value

    @field_validator("observers")
    @classmethod
    def _few_observers(cls, value: tuple[Observer, ...]) -> tuple[Observer, ...]:
        if len(value) > MOST_OBSERVERS:
            raise CaseError(
                found=f"{len(value):,} observers",
                expected=f"at most {MOST_OBSERVERS}",
                remedy="Keep those that the case asks about.",
            )
        return value

    @field_validator("goals")
    @classmethod
    def _goals_are_sites(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known = [site.name for site in info.data.get("sites", ())]
        unknown = [name for name in value if name not in known]
        if unknown and "sites" in info.data:
            raise CaseError(
                found=f"a goal {unknown[0]!r} that no site is named",
                expected=f"names of sites: {', '.join(known) or 'none is declared'}",
                remedy="Declare it under sites, with its place, or leave it out.",
            )
        return value

    @property
    def goal_places_deg(self) -> tuple[tuple[float, float], ...]:
        """Latitude and longitude of every goal."""
        return tuple((one.lat_deg, one.lon_deg) for one in self.sites if one.name in self.goals)

    @property
    def zone_files(self) -> tuple[str, ...]:
        """The GeoJSON files among the zones."""
        return tuple(name for name in self.zones if name not in get_args(ZoneKind))


class Case(Head):
    """One overflight: ``case.yaml``, the three tables, and those that may be left out."""

    id: str
    """The name of the folder."""
    sources: tuple[Source, ...]
    sightings: tuple[Sighting, ...]
    statements: tuple[Statement, ...] = ()
    areas: tuple[Area, ...] = ()
    """The zones of its GeoJSON files."""
    events: tuple[Event, ...] = ()
    relations: tuple[Relation, ...] = ()
    merges: SkipJsonSchema[tuple[Merge, ...]] = ()
    """Observations that were told more than once: the sightings hold them merged."""
    notes: SkipJsonSchema[tuple[str, ...]] = ()
    """What was noticed when the case was read, and is no mistake."""

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
    def _parts_fit_together(self, info: ValidationInfo) -> Self:
        tables = {name: [dict(row) for row in getattr(self, name)] for name in checks.TABLES}
        tables["sites"] = [dict(site) for site in self.sites]
        tables["observers"] = [dict(one) for one in self.observers]
        tables["areas"] = [vars(area) for area in self.areas]
        begun = bool((info.context or {}).get("begun")) and not self.sightings
        incomplete = frozenset({"sightings"} if begun else ())  # they are still to come
        mistakes = [
            InitErrorDetails(
                type=PydanticCustomError("case", "{text}", {"text": str(finding.error)}),
                loc=finding.key,
                input=None,
            )
            for finding in checks.findings(checks.Parts(dict(self), tables, incomplete))
        ]
        if mistakes:  # each keeps its own place
            raise ValidationError.from_exception_data(type(self).__name__, mistakes)
        return self


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a case as one document, fields named as in the files.

    >>> {"Area", "Balloon", "Sighting"} <= set(json_schema()["$defs"])
    True
    """
    return Case.model_json_schema(by_alias=True)
