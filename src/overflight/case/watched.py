"""Places whose entry a case asks about: zones with an outline, and circles around sites.

A zone comes from a GeoJSON file beside ``case.yaml`` (:mod:`overflight.case.geojson`), a site from
its list ``sites``. Both may be bounded in height by flight levels, which are pressures.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from overflight import units
from overflight.case.rows import Part
from overflight.case.vocabulary import Id, LatitudeDeg, LongitudeDeg, Text, quantity, text_of
from overflight.errors import CaseError
from overflight.units import shorten

LONGEST_NAME = 80  # characters
WIDEST_M = 2_000_000.0  # a circle on a flat map is one to 2 % up to there
MOST_SITES = 200

Corner = tuple[float, float]  # latitude, longitude; the latter may pass 180 within a ring
Ring = tuple[Corner, ...]  # closed: the last corner is the first
Polygon = tuple[Ring, ...]  # the outer ring, then holes


def _name(value: object) -> str:
    text = " ".join(text_of(value).split())
    if text and len(text) <= LONGEST_NAME and text.isprintable():
        return text
    raise CaseError(
        found=f"the name {shorten(text)}",
        expected=f"1 to {LONGEST_NAME} printable characters",
        remedy="Write what a reader will call it.",
    )


def _level_m(value: object) -> float:
    text = text_of(value)
    if units.is_flight_level(text):
        return units.parse_altitude(text).altitude_m
    raise CaseError(
        found=f"{shorten(text)} is no flight level",
        expected="a level such as FL180",
        remedy="Airspace is bounded by pressure up there: write the level that the chart gives.",
    )


def _radius_m(text: str) -> float:
    radius_m = units.parse(text, "m")
    if radius_m <= WIDEST_M:
        return radius_m
    raise CaseError(
        found=f"a radius of {shorten(text)}",
        expected=f"at most {WIDEST_M / 1e3:,.0f} km",
        remedy="Draw a wider zone in a GeoJSON file.",
    )


def _schema(example: str, description: str) -> Any:  # noqa: ANN401 (pydantic's metadata has no common type)
    return WithJsonSchema({"type": "string", "description": description, "examples": [example]})


Name = Annotated[str, BeforeValidator(_name)]
LevelM = Annotated[float, BeforeValidator(_level_m), _schema("FL180", "a flight level")]
RadiusM = Annotated[
    float, quantity("m", positive=True, read=_radius_m), _schema("20 km", "a distance")
]


class Watched(Part):
    """What zones and sites have in common; levels are pressure altitudes."""

    name: Name
    kind: Text = ""
    """In the reader's words, such as airport or training area."""
    floor_m: LevelM | None = Field(alias="floor", default=None)
    ceiling_m: LevelM | None = Field(alias="ceiling", default=None)
    source: Id | None = None

    @field_validator("ceiling_m")
    @classmethod
    def _has_room(cls, value: float | None, info: ValidationInfo) -> float | None:
        floor_m = info.data.get("floor_m")
        if value is not None and floor_m is not None and value <= floor_m:
            raise CaseError(
                found="a ceiling that is not above the floor",
                expected="the floor first",
                remedy="Swap the two, or correct one.",
            )
        return value


class Site(Watched):
    """A place with a circle around it: an entry is coming within ``radius_m``."""

    lat_deg: LatitudeDeg
    lon_deg: LongitudeDeg
    radius_m: RadiusM = Field(alias="radius")


class ZoneProperties(Watched):
    """The properties of a feature; the file may hold others, which are passed over."""


@dataclass(frozen=True)
class Area:
    """A zone of a case: its outline in degrees, lines straight in latitude and longitude."""

    name: str
    kind: str
    floor_m: float | None
    ceiling_m: float | None
    source: str | None
    polygons: tuple[Polygon, ...]
    licence: str = ""  # whom to name, in the words of who added it
