"""The columns that only some kinds of sighting have, and how their cells are read.

What most sightings share (time, place, reliability) is in :mod:`overflight.case.rows`; which kind
has a use for which column, in :mod:`overflight.case.meaning`.
"""

import math
import re
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from overflight.case.vocabulary import (
    LatitudeDeg,
    LengthM,
    LongitudeDeg,
    quantity,
    text_of,
    words,
)
from overflight.errors import CaseError
from overflight.units import shorten

WINDS = (
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE",
    "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
)  # fmt: skip
_LONG = {"north": "N", "east": "E", "south": "S", "west": "W"}
_ANGLE = re.compile(r"(?P<number>[-+]?\d{1,3}(?:\.\d{1,6})?) ?(?:deg|degrees|°)", re.ASCII)
_RATE = re.compile(r"(?P<number>\d{0,3}(?:\.\d{1,6})?(?<=\d)) ?(?P<each>/ ?h|per hour)?", re.ASCII)
_PAIR = re.compile(r"[-+]?\d{1,3}(?:\.\d*)?[ ,]+[-+]?\d{1,3}(?:\.\d*)?", re.ASCII)
MOST_CORNERS = 200
_EARTH_M = 6_371_009.0

# How often somebody looks up and would tell: method 4.
PUBLIC_PER_HOUR, INSTRUMENT_SHARE = 0.01, 0.9
CLEAR_SHARE = 0.5  # how often no cloud is in the way of an eye, where nobody has looked it up


class Direction(NamedTuple):
    """A compass direction: an angle that was measured, or one of sixteen words."""

    deg: float
    word: str = ""


class Attendance(NamedTuple):
    """How well a place was watched: a chance per hour, drawn anew; or one share of all time."""

    value: float
    per_hour: bool


Corners = tuple[tuple[float, float], ...]


def read_direction(value: object) -> Direction:
    """Read "45 deg" or a compass word.

    >>> read_direction("NE"), read_direction("south-west").deg, read_direction("10 deg").word
    (Direction(deg=45.0, word='NE'), 225.0, '')
    """
    text = text_of(value)
    short = "".join(_LONG.get(part, part) for part in re.split(r"[- ]", text.lower())).upper()
    for long, letter in _LONG.items():  # "southwest" in one word
        short = short.replace(long.upper(), letter)
    if short in WINDS:
        return Direction(22.5 * WINDS.index(short), short)
    return Direction(_angle_deg(text, 0.0, 360.0, "a direction such as 45 deg, or NE") % 360.0)


def _angle_deg(text: str, low: float, high: float, expected: str) -> float:
    match = _ANGLE.fullmatch(text)
    if match is None or not low <= float(match["number"]) <= high:
        raise CaseError(
            found=f"{shorten(text)}",
            expected=f"{expected}, between {low:g} and {high:g} deg",
            remedy="Write the number and deg; directions count from north through east.",
        )
    return float(match["number"])


def _angle(low: float, high: float, expected: str) -> Any:  # noqa: ANN401 (pydantic's metadata)
    return BeforeValidator(lambda value: _angle_deg(text_of(value), low, high, expected))


def read_attendance(value: object) -> Attendance:
    """Read "0.02/h", "0.9", or one of the words for the usual values.

    >>> read_attendance("public"), read_attendance("0.5")
    (Attendance(value=0.01, per_hour=True), Attendance(value=0.5, per_hour=False))
    """
    text = text_of(value)
    known = {
        "public": Attendance(PUBLIC_PER_HOUR, per_hour=True),
        "instrument": Attendance(INSTRUMENT_SHARE, per_hour=False),
    }
    if text in known:
        return known[text]
    match = _RATE.fullmatch(text)
    if match is None or not 0.0 < float(match["number"]) < 1.0:
        raise CaseError(
            found=f"{shorten(text)} is no attendance",
            expected="public, instrument, a chance per hour such as 0.02/h, or a share below 1",
            remedy="Nobody watches always: silence never proves absence.",
        )
    return Attendance(float(match["number"]), match["each"] is not None)


def read_outline(value: object) -> Corners:
    """Read "45.0 -109.2; 46.1 -108.0; ...", latitude and longitude of each corner.

    >>> read_outline("45 -109; 46 -108")
    ((45.0, -109.0), (46.0, -108.0))
    """
    pairs = [part.strip() for part in text_of(value).split(";") if part.strip()]
    corners = []
    for pair in pairs:
        lat_deg, lon_deg = (
            (float(number) for number in re.split(r"[ ,]+", pair))
            if _PAIR.fullmatch(pair)
            else (math.nan, math.nan)
        )
        if not (abs(lat_deg) <= 90.0 and abs(lon_deg) <= 180.0):
            raise CaseError(
                found=f"{shorten(pair)} is no corner",
                expected="latitude and longitude such as 45.78 -108.50",
                remedy="Separate the corners by ';', and a corner's two numbers by a space.",
            )
        corners.append((lat_deg, lon_deg))
    if not 2 <= len(corners) <= MOST_CORNERS:
        raise CaseError(
            found=f"{len(corners)} corners",
            expected=f"2 to {MOST_CORNERS}",
            remedy="A line needs two corners, a region three; a rough outline is enough.",
        )
    return tuple(corners)


def _share(value: object) -> float:
    text = text_of(value)
    match = _RATE.fullmatch(text)
    if match is None or match["each"] or not 0.0 < float(match["number"]) <= 1.0:
        raise CaseError(
            found=f"{shorten(text)} is no probability",
            expected="a number above 0, at most 1",
            remedy="Write how probable it is that nothing was in the way.",
        )
    return float(match["number"])


def _text(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


_ANGLE_SD = _angle(0.01, 180.0, "an error of an angle such as 15 deg")
_SPEED = quantity("mps")
_SPEED_SD = quantity("mps", positive=True)
DirectionCell = Annotated[Direction, PlainValidator(read_direction), _text("NE")]
AngleSdDeg = Annotated[float, _ANGLE_SD, _text("15 deg")]


class Details(BaseModel):
    """The columns of a sighting that only some kinds of report have; all may be empty."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    when: Annotated[Literal["at_some_time", "throughout"], words("at_some_time", "throughout")] = (
        "at_some_time"
    )
    """Whether it was so at some moment of the window, or during all of it."""
    position_sd_minor_m: LengthM | None = Field(alias="position_sd_minor", default=None)
    """The smaller standard deviation, across ``position_axis``; ``position_sd`` is the larger."""
    position_axis_deg: Annotated[
        float | None, BeforeValidator(lambda value: read_direction(value).deg), _text("45 deg")
    ] = Field(alias="position_axis", default=None)
    tails: Annotated[Literal["normal", "heavy"], words("normal", "heavy")] = "normal"
    """``heavy``: Student's t with four degrees of freedom."""
    rounding_m: LengthM | None = Field(alias="rounding", default=None)
    """The place was rounded to steps of this length."""
    timing_sd_s: Annotated[float | None, quantity("s", positive=True), _text("10 min")] = Field(
        alias="timing_sd", default=None
    )
    """How wrong the clock or the stated times may be."""
    bearing: DirectionCell | None = None
    """Where the observer looked."""
    bearing_sd_deg: AngleSdDeg | None = Field(alias="bearing_sd", default=None)
    elevation_deg: Annotated[
        float | None, _angle(0.0, 90.0, "an angle above the horizon"), _text("30 deg")
    ] = Field(alias="elevation", default=None)
    elevation_sd_deg: AngleSdDeg | None = Field(alias="elevation_sd", default=None)
    outline: Annotated[
        Corners | None, PlainValidator(read_outline), _text("45 -109; 46 -109; 46 -108")
    ] = None
    """The corners of a region, or of a line."""
    attendance: Annotated[Attendance | None, PlainValidator(read_attendance), _text("0.01/h")] = (
        None
    )
    clear_sky_fraction: Annotated[float | None, BeforeValidator(_share), _text("0.5")] = Field(
        alias="clear_sky", default=None
    )
    """How probable it is that neither cloud nor glare was in the way."""
    heading: DirectionCell | None = None
    heading_sd_deg: AngleSdDeg | None = Field(alias="heading_sd", default=None)
    speed_mps: Annotated[float | None, _SPEED, _text("30 kt")] = Field(alias="speed", default=None)
    speed_sd_mps: Annotated[float | None, _SPEED_SD, _text("5 kt")] = Field(
        alias="speed_sd", default=None
    )
    then_lat_deg: LatitudeDeg | None = None
    """The place it passed second."""
    then_lon_deg: LongitudeDeg | None = None

    @model_validator(mode="before")
    @classmethod
    def _an_outline_says_where(cls, value: object) -> object:
        """Fill in the middle of an outline, which maps show, where the row names no place."""
        if not isinstance(value, dict) or "outline" not in value:
            return value
        try:
            lat_deg, lon_deg, sd_m = middle(read_outline(value["outline"]))
        except CaseError:  # said where it stands
            return value
        implied = {"lat_deg": f"{lat_deg:.6f}", "lon_deg": f"{lon_deg:.6f}"}
        return implied | {"position_sd": f"{sd_m:.0f} m"} | value


def middle(corners: Corners) -> tuple[float, float, float]:
    """Mean place of some corners, and roughly the standard deviation on an axis, metres.

    The latter as of a square: its corners lie the root of six times that from its middle.

    >>> [round(value) for value in middle(((10.0, 179.0), (10.0, -179.0)))[:2]]
    [10, -180]
    """
    vectors = [
        (
            math.cos(math.radians(lat)) * math.cos(math.radians(lon)),
            math.cos(math.radians(lat)) * math.sin(math.radians(lon)),
            math.sin(math.radians(lat)),
        )
        for lat, lon in corners
    ]
    x, y, z = (sum(vector[axis] for vector in vectors) for axis in range(3))
    length = math.sqrt(x * x + y * y + z * z) or 1.0
    mean = (x / length, y / length, z / length)
    square = sum(math.dist(mean, vector) ** 2 for vector in vectors) / len(vectors)
    lon_deg = math.degrees(math.atan2(y, x))
    lat_deg = math.degrees(math.atan2(z, math.hypot(x, y)))
    return (
        lat_deg,
        lon_deg if lon_deg < 179.9999999 else -180.0,
        _EARTH_M * math.sqrt(square / 6.0) + 1e3,
    )
