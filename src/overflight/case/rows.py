"""The parts of a case: one class per row of a table or group of fields in ``case.yaml``.

A column has its attribute's name without the unit: the cell ``position_sd: 20 km`` becomes
``position_sd_m = 20000.0``. What concerns one row is checked here, each in its own column, so that
one mistake does not hide another; what concerns several rows is checked in
:mod:`overflight.case.checks`.
"""

import re
from datetime import datetime
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from overflight import units
from overflight.case import predicates
from overflight.case.copying import OTHER_GOVERNMENT, SAME_UNNAMED
from overflight.case.grounds import Chance, Grounds, Interest
from overflight.case.kinds import Details
from overflight.case.predicate_text import parse_all
from overflight.case.vocabulary import (
    AltitudeM,
    Attribution,
    Certainty,
    Geometry,
    Grade,
    Id,
    Ids,
    LatitudeDeg,
    LengthM,
    LongitudeDeg,
    MassKg,
    Modality,
    PartialDate,
    Scope,
    Sha256,
    Testable,
    Text,
    Url,
    Use,
    Utc,
    Weight,
    one_of,
    text_of,
    words,
)
from overflight.errors import CaseError
from overflight.units import AltitudeKind, shorten

# What a statement's numbers measure -> the unit they must carry. Numbers of other quantities
# ("signatories", "share") are kept as written.
QUANTITIES: dict[str, str] = {
    "altitude": "m", "height": "m", "diameter": "m", "frame_width": "m", "distance": "m",
    "position_error": "m", "area": "m2", "speed": "mps", "mass": "kg", "duration": "s",
    "ascent_time": "s", "closure": "s",
}  # fmt: skip

_DATE = re.compile(r"\d{4}(-|$)", re.ASCII)
_NOT_FOR_FLIGHT_LEVELS = object()

Bound = TypeVar("Bound", float, datetime)


class Part(BaseModel):
    """What all parts have in common: frozen, no unknown fields, named as in the files."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def ordered(low: Bound, high: Bound, name: str, what: str) -> None:
    """Refuse bounds of a column pair that are the wrong way round."""
    if high < low:
        raise CaseError(
            found=f"{name}_max is {what} {name}_min",
            expected=f"{name}_min first",
            remedy="Swap the two, or correct one.",
        )


class Source(Part):
    """A row of ``sources.csv``: where a fact comes from, so that a reader can go and look."""

    id: Id
    publisher: Text
    title: Text | None = None
    published: PartialDate | None = None
    published_note: Text = ""
    url: Url
    copy_status: Text
    archived_sha256: Sha256 | None = None
    interest: Annotated[Interest, one_of(Interest)] = Interest.UNKNOWN
    copies: Ids = ()
    """Sources that this one is a copy or a rewrite of."""
    withhold: Annotated[Literal["name", "all"], words("name", "all")] | None = None
    """What releases of some levels leave out: who it is, or also what it says."""


class Windowed(Part):
    """Anything that happened at some moment of a window."""

    time_min: Utc
    time_max: Utc

    @field_validator("time_max")
    @classmethod
    def _window_runs_forward(cls, value: datetime, info: ValidationInfo) -> datetime:
        if "time_min" in info.data:
            ordered(info.data["time_min"], value, "time", "before")
        return value


class Launch(Windowed):
    """A candidate launch; reports that contradict each other are separate candidates."""

    id: Id
    weight: Weight
    """Against the other candidates, before any evidence; a case makes their sum 1."""
    lat_deg: LatitudeDeg
    lon_deg: LongitudeDeg
    position_sd_m: LengthM = Field(alias="position_sd")
    source: Id
    note: Text = ""


class Sighting(Windowed, Details, Grounds):
    """A row of ``sightings.csv``: a person or instrument put the balloon at a place and time.

    The balloon was within ``position_sd_m`` (one standard deviation) of the place at some moment
    between ``time_min`` and ``time_max``; ``geometry`` says what the place is, or what else the row
    reports (:mod:`overflight.case.meaning`).
    """

    id: Id
    source: Id
    quote: Text = ""
    attribution: Annotated[Attribution, one_of(Attribution)]
    geometry: Annotated[Geometry, one_of(Geometry)]
    lat_deg: LatitudeDeg
    lon_deg: LongitudeDeg
    position_sd_m: LengthM = Field(alias="position_sd")
    altitude_kind: Annotated[AltitudeKind, words(*get_args(AltitudeKind))] = "unknown"
    altitude_min_m: AltitudeM | None = Field(alias="altitude_min", default=None)
    altitude_max_m: AltitudeM | None = Field(
        alias="altitude_max", default=None, validate_default=True
    )
    reliability: Annotated[Grade, one_of(Grade)]
    altitude_reliability: Annotated[Grade, one_of(Grade)] = Grade.F
    """As ``reliability`` where the file is silent."""
    certainty: Annotated[Certainty, one_of(Certainty)]
    conflicts_with: Ids = ()
    reported: PartialDate | None = None
    """When it was reported; as its source was published where the file is silent."""
    use: Annotated[Use, one_of(Use)] = Use.YES
    why_not_used: Text | None = Field(default=None, validate_default=True)
    note: Text = ""
    may_copy: Ids = ()
    """Rows that this one may only repeat; how probable that is, the next column says."""
    copy_probability: Chance | None = Field(default=None, validate_default=True)
    """Of this row being a copy of one of them; a copy adds no observation of its own."""

    @field_validator("copy_probability")
    @classmethod
    def _may_copy_has_a_probability(cls, value: float | None, info: ValidationInfo) -> float | None:
        if "may_copy" in info.data and bool(info.data["may_copy"]) != (value is not None):
            raise CaseError(
                found="may_copy without copy_probability"
                if value is None
                else "copy_probability without may_copy",
                expected="both, or neither",
                remedy="Say which rows it may repeat and how probable that is; our conventions: "
                f"{SAME_UNNAMED:g} for unnamed officials on the same day, {OTHER_GOVERNMENT:g} for "
                "another government on the same day.",
            )
        return value

    @model_validator(mode="before")
    @classmethod
    def _empty_cells(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        levels = any(_is_level(value.get(f"altitude_{bound}")) for bound in ("min", "max"))
        implied = {"altitude_reliability": value.get("reliability")}
        implied["altitude_kind"] = "pressure" if levels else "unknown"
        return {name: text for name, text in implied.items() if text is not None} | value

    @field_validator("altitude_min_m", "altitude_max_m", mode="before")
    @classmethod
    def _flight_levels_are_pressure(cls, value: object, info: ValidationInfo) -> object:
        if _is_level(value) and info.data.get("altitude_kind", "pressure") != "pressure":
            raise CaseError(
                found=f"a flight level whose altitude_kind is {info.data['altitude_kind']}",
                expected="altitude_kind: pressure, which is what a flight level is",
                remedy="Correct the kind, or write feet or metres.",
            )
        return value

    @field_validator("altitude_max_m")
    @classmethod
    def _altitude_has_two_bounds(cls, value: float | None, info: ValidationInfo) -> float | None:
        low = info.data.get("altitude_min_m", value)  # not there: it has a mistake of its own
        if (low is None) != (value is None):
            raise CaseError(
                found="an altitude with one bound",
                expected="altitude_min and altitude_max, or neither",
                remedy="For 'above 55,000 ft' write the highest that is possible as the other.",
            )
        if low is not None and value is not None:
            ordered(low, value, "altitude", "below")
        return value

    @field_validator("use")
    @classmethod
    def _altitude_needs_altitudes(cls, value: Use, info: ValidationInfo) -> Use:
        if value is Use.ALTITUDE and info.data.get("altitude_max_m", 0.0) is None:
            raise CaseError(
                found="use is altitude, and no altitude is given",
                expected="altitude_min and altitude_max",
                remedy="Fill them in, or write use: no.",
            )
        return value

    @field_validator("why_not_used")
    @classmethod
    def _unused_rows_say_why(cls, value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("use") is Use.NO and not value:
            raise CaseError(
                found="use is no, without a reason",
                expected="why_not_used in a few words",
                remedy="Say why, for example 'not independent of s3'.",
            )
        return value


def _is_level(text: object) -> bool:
    return isinstance(text, str) and units.is_flight_level(text)


Tests = tuple[predicates.Predicate, ...] | None
Test = Annotated[
    Tests,
    PlainValidator(lambda value: parse_all(text_of(value))),
    WithJsonSchema(
        {"type": "string", "examples": ["in US-MT during 2023-02-01T00:00Z..2023-02-02T00:00Z"]}
    ),
]


class Statement(Part, Grounds):
    """A row of ``statements.csv``: who claims what; a person has accepted it.

    ``lineage`` names the sightings that come from the same root, so that a statement is never
    tested against itself. ``test`` holds predicates (:mod:`overflight.case.predicates`).
    """

    id: Id
    source: Id
    said: PartialDate
    published: PartialDate | None = None
    speaker: Text
    role: Text = ""
    attribution: Annotated[Attribution, one_of(Attribution)]
    modality: Annotated[Modality, one_of(Modality)]
    manner: Id | None = None
    """A finer word for how it was said: estimated, hedged, refused, ..."""
    topic: Id
    text: Text
    quantity: Id | None = None
    value_min_text: Text | None = Field(alias="value_min", default=None)
    value_max_text: Text | None = Field(alias="value_max", default=None)
    scope: Annotated[Scope, one_of(Scope)] = Scope.FLIGHT
    testable: Annotated[Testable, one_of(Testable)]
    test: Test = None
    """What a path must do for the statement to be true: all of them hold."""
    test_hint: Text = ""
    certainty: Annotated[Certainty, one_of(Certainty)]
    reliability: Annotated[Grade, one_of(Grade)]
    conflicts_with: Ids = ()
    lineage: Ids = ()

    @field_validator("value_min_text", "value_max_text")
    @classmethod
    def _values_carry_a_unit(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None or "quantity" not in info.data:
            return value
        check_value(info.data["quantity"], value)
        return value

    @field_validator("test")
    @classmethod
    def _tests_fit(cls, value: Tests, info: ValidationInfo) -> Tests:
        if value and (
            info.data.get("scope") is Scope.OUT_OF_SCOPE or info.data.get("testable") is Testable.NO
        ):
            raise CaseError(
                found="a test of a statement that is out of scope or not testable",
                expected="an empty cell, or scope: flight and testable: yes or partly",
                remedy="Empty the cell, or change scope or testable.",
            )
        return value


BalloonKind = Literal["superpressure", "zero-pressure", "unknown"]


class Balloon(Part):
    """The vehicle, as far as it is known: bounds, never a single made-up value.

    ``float_altitude`` is a band for the geometric height at which it floated.
    """

    kind: Annotated[BalloonKind, words(*get_args(BalloonKind))]
    diameter_min_m: LengthM = Field(alias="diameter_min")
    diameter_max_m: LengthM = Field(alias="diameter_max")
    float_altitude_min_m: AltitudeM = Field(alias="float_altitude_min")
    float_altitude_max_m: AltitudeM = Field(alias="float_altitude_max")
    payload_min_kg: MassKg | None = Field(alias="payload_min", default=None)
    payload_max_kg: MassKg | None = Field(alias="payload_max", default=None)
    gases: tuple[Annotated[Literal["helium", "hydrogen"], words("helium", "hydrogen")], ...] = (
        "helium",
        "hydrogen",
    )
    """What may have lifted it."""

    @field_validator("diameter_max_m", "float_altitude_max_m", "payload_max_kg")
    @classmethod
    def _bounds_are_ordered(cls, value: float | None, info: ValidationInfo) -> float | None:
        name = str(info.field_name)
        low = info.data.get(name.replace("_max_", "_min_"))
        if low is not None and value is not None:
            ordered(low, value, name.partition("_max_")[0], "below")
        return value


def check_value(quantity: str | None, value: str) -> None:
    """Check that a statement's number can be read as the quantity it is said to be."""
    if quantity == "altitude":
        units.parse_altitude(value)
    elif quantity in QUANTITIES:
        units.parse(value, QUANTITIES[quantity])
    elif quantity is None and not _DATE.match(value):
        raise CaseError(
            found=f"{shorten(value)} without a quantity",
            expected=f"a date, or quantity to say what it measures ({', '.join(QUANTITIES)}, ...)",
            remedy="Fill in the column quantity.",
        )
