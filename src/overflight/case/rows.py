"""The parts of a case: one class per row of a table or group of fields in ``case.yaml``.

A column has its attribute's name without the unit: the cell ``position_sd: 20 km`` becomes
``position_sd_m = 20000.0``. What concerns one row is checked here, each in its own column, so that
one mistake does not hide another; what concerns several rows is checked in
:mod:`overflight.case.checks`.
"""

from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from overflight import units
from overflight.case import predicates
from overflight.case.vocabulary import (
    AltitudeM,
    Attribution,
    Certainty,
    Fraction,
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
    one_of,
)
from overflight.errors import CaseError
from overflight.units import AltitudeKind, shorten

# What a statement's numbers measure -> the unit they must carry ("" for dates and plain counts).
QUANTITIES: dict[str, str] = {
    "altitude": "m", "height": "m", "diameter": "m", "width": "m", "distance": "m", "area": "m2",
    "speed": "mps", "mass": "kg", "duration": "s", "date": "", "count": "",
}  # fmt: skip


Bound = TypeVar("Bound", float, datetime)


class Part(BaseModel):
    """What all parts have in common: frozen, no unknown fields, named as in the files."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _ordered(low: Bound, high: Bound, name: str, what: str) -> None:
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


class Launch(Part):
    """A candidate launch; reports that contradict each other are separate candidates."""

    id: Id
    weight: Fraction
    time_min: Utc
    time_max: Utc
    lat_deg: LatitudeDeg
    lon_deg: LongitudeDeg
    position_sd_m: LengthM = Field(alias="position_sd")
    source: Id
    note: Text = ""

    @field_validator("time_max")
    @classmethod
    def _window_runs_forward(cls, value: datetime, info: ValidationInfo) -> datetime:
        if "time_min" in info.data:
            _ordered(info.data["time_min"], value, "time", "before")
        return value


class Sighting(Part):
    """A row of ``sightings.csv``: a person or instrument put the balloon at a place and time.

    The balloon was within ``position_sd_m`` (one standard deviation) of the place at some moment
    between ``time_min`` and ``time_max``; ``geometry`` says what the place is.
    """

    id: Id
    source: Id
    quote: Text = ""
    attribution: Annotated[Attribution, one_of(Attribution)]
    geometry: Annotated[Geometry, one_of(Geometry)]
    time_min: Utc
    time_max: Utc
    lat_deg: LatitudeDeg
    lon_deg: LongitudeDeg
    position_sd_m: LengthM = Field(alias="position_sd")
    altitude_min_m: AltitudeM | None = Field(alias="altitude_min", default=None)
    altitude_max_m: AltitudeM | None = Field(
        alias="altitude_max", default=None, validate_default=True
    )
    altitude_kind: AltitudeKind = "unknown"
    reliability: Annotated[Grade, one_of(Grade)]
    altitude_reliability: Annotated[Grade, one_of(Grade)] = Grade.F
    certainty: Annotated[Certainty, one_of(Certainty)]
    conflicts_with: Ids = ()
    use: Annotated[Use, one_of(Use)] = Use.YES
    why_not_used: Text | None = Field(default=None, validate_default=True)
    note: Text = ""

    @field_validator("time_max")
    @classmethod
    def _window_runs_forward(cls, value: datetime, info: ValidationInfo) -> datetime:
        if "time_min" in info.data:
            _ordered(info.data["time_min"], value, "time", "before")
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
            _ordered(low, value, "altitude", "below")
        return value

    @field_validator("altitude_kind", mode="before")
    @classmethod
    def _altitude_kind_is_known(cls, value: object) -> object:
        return one_of_texts(value, ("geometric", "geopotential", "pressure", "unknown"))

    @field_validator("why_not_used")
    @classmethod
    def _unused_rows_say_why(cls, value: str | None, info: ValidationInfo) -> str | None:
        use = info.data.get("use")
        if use in {Use.NO, Use.ALTITUDE} and not value:
            raise CaseError(
                found=f"use is {use}, without a reason",
                expected="why_not_used in a few words",
                remedy="Say why, for example 'not independent of s3'.",
            )
        if use is Use.YES and value:
            raise CaseError(
                found="a reason not to use a row that is used",
                expected="an empty cell, or use: no",
                remedy="Empty the cell, or change use.",
            )
        return value


class Statement(Part):
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
    topic: Id
    text: Text
    quantity: Text | None = None
    value_min_text: Text | None = Field(alias="value_min", default=None)
    value_max_text: Text | None = Field(alias="value_max", default=None)
    scope: Annotated[Scope, one_of(Scope)] = Scope.FLIGHT
    testable: Annotated[Testable, one_of(Testable)]
    test: Text | None = None
    test_hint: Text = ""
    certainty: Annotated[Certainty, one_of(Certainty)]
    reliability: Annotated[Grade, one_of(Grade)]
    conflicts_with: Ids = ()
    lineage: Ids = ()

    @property
    def predicates(self) -> tuple[predicates.Predicate, ...]:
        """What a path must do for the statement to be true; empty when nothing can be tested."""
        return predicates.parse_all(self.test) if self.test else ()

    @field_validator("quantity")
    @classmethod
    def _quantity_is_known(cls, value: str | None) -> str | None:
        return value if value is None else one_of_texts(value, tuple(QUANTITIES))

    @field_validator("value_min_text", "value_max_text")
    @classmethod
    def _values_carry_a_unit(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None or "quantity" not in info.data:
            return value
        quantity = info.data["quantity"]
        if quantity is None:
            raise CaseError(
                found=f"{shorten(value)} without a quantity",
                expected=f"quantity to be one of {', '.join(QUANTITIES)}",
                remedy="Say what the number measures.",
            )
        check_value(quantity, value)
        return value

    @field_validator("test")
    @classmethod
    def _tests_can_be_read(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return value
        predicates.parse_all(value)
        if info.data.get("scope") is Scope.OUT_OF_SCOPE or info.data.get("testable") == "no":
            raise CaseError(
                found="a test of a statement that is out of scope or not testable",
                expected="an empty cell, or scope: flight and testable: yes or partly",
                remedy="Empty the cell, or change scope or testable.",
            )
        return value


class Balloon(Part):
    """The vehicle, as far as it is known: bounds, never a single made-up value.

    ``float_altitude`` is a band for the geometric height at which it floated.
    """

    kind: Literal["superpressure", "zero-pressure", "unknown"]
    diameter_min_m: LengthM = Field(alias="diameter_min")
    diameter_max_m: LengthM = Field(alias="diameter_max")
    float_altitude_min_m: AltitudeM = Field(alias="float_altitude_min")
    float_altitude_max_m: AltitudeM = Field(alias="float_altitude_max")
    payload_min_kg: MassKg | None = Field(alias="payload_min", default=None)
    payload_max_kg: MassKg | None = Field(alias="payload_max", default=None)
    gases: tuple[Literal["helium", "hydrogen"], ...] = ("helium", "hydrogen")

    @field_validator("kind", mode="before")
    @classmethod
    def _kind_is_known(cls, value: object) -> object:
        return one_of_texts(value, ("superpressure", "zero-pressure", "unknown"))

    @field_validator("diameter_max_m", "float_altitude_max_m", "payload_max_kg")
    @classmethod
    def _bounds_are_ordered(cls, value: float | None, info: ValidationInfo) -> float | None:
        name = str(info.field_name)
        low = info.data.get(name.replace("_max_", "_min_"))
        if low is not None and value is not None:
            _ordered(low, value, name.partition("_max_")[0], "below")
        return value


def one_of_texts(value: object, known: tuple[str, ...]) -> str:
    """Check a word against a list that is no enumeration."""
    from_list = dict.fromkeys(known)
    if isinstance(value, str) and value.strip() in from_list:
        return value.strip()
    raise CaseError(
        found=shorten(value) if isinstance(value, str) else "a list or a group of fields",
        expected=f"one of {', '.join(known)}",
        remedy="Use one of those words.",
    )


def check_value(quantity: str, value: str) -> None:
    """Check that a statement's number can be read as the quantity it is said to be."""
    suffix = QUANTITIES[quantity]
    if quantity == "altitude":
        units.parse_altitude(value)
    elif suffix:
        units.parse(value, suffix)
    elif quantity == "date":
        PartialDate.parse(value)
    elif not value.replace(",", "").isdecimal():
        raise CaseError(
            found=f"{shorten(value)} is not a count",
            expected="a whole number such as 18",
            remedy="Write the number alone.",
        )
