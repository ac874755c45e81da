"""What each kind of sighting means: the columns it needs and may have, and the sentence for it.

:data:`KINDS` is the one list. A filled column that a row's kind has no use for is a mistake,
because its author would believe that it counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from overflight.case.kinds import Details
from overflight.case.vocabulary import Geometry
from overflight.errors import CaseError
from overflight.units import express

_ERROR = ("position_sd_minor_m", "position_axis_deg", "tails", "rounding_m", "timing_sd_s")
_SIGHT = ("bearing", "bearing_sd_deg", "elevation_deg", "elevation_sd_deg", "when")
_MOTION = ("heading", "heading_sd_deg", "speed_mps", "speed_sd_mps")


@dataclass(frozen=True)
class Kind:
    """One kind: columns by attribute; of ``one_of`` one at least is filled in."""

    words: str
    needs: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    may: tuple[str, ...] = ()

    @property
    def uses(self) -> frozenset[str]:
        """Every column of :class:`Details` that says something here."""
        return frozenset((*self.needs, *self.one_of, *self.may))


KINDS: dict[Geometry, Kind] = {
    Geometry.NADIR: Kind("below the balloon", may=(*_ERROR, "when")),
    Geometry.NEAR_NADIR: Kind("almost below the balloon", may=(*_ERROR, "when")),
    Geometry.NADIR_PARALLAX: Kind("behind it in an oblique image", may=(*_ERROR, "when")),
    Geometry.AREA: Kind("somewhere around here", may=(*_ERROR, "when")),
    Geometry.PROXY: Kind("near something that was here", may=(*_ERROR, "when")),
    Geometry.CLOSURE: Kind("airspace was closed here", may=(*_ERROR, "when")),
    Geometry.DEBRIS: Kind("its remains lay here", may=(*_ERROR, "when")),
    Geometry.LAUNCH: Kind("launched here", may=(*_ERROR, "outline")),
    Geometry.LANDING: Kind("its flight ended here", may=(*_ERROR, "outline")),
    Geometry.LINE_OF_SIGHT: Kind("in view from here", may=_SIGHT),
    Geometry.REGION: Kind("inside an outline", needs=("outline",), may=("when",)),
    Geometry.NOT_SEEN: Kind("not seen from here", may=("attendance", "clear_sky_fraction")),
    Geometry.CROSSING: Kind("first crossed a line", needs=("outline",), may=("timing_sd_s",)),
    Geometry.MOTION: Kind(
        "moved",
        one_of=("heading", "speed_mps"),
        may=("heading_sd_deg", "speed_sd_mps"),
    ),
    Geometry.ORDER: Kind(
        "passed here, and later another place",
        needs=("then_lat_deg", "then_lon_deg"),
        may=("timing_sd_s",),
    ),
}

# What a report says of a place; the others are judged by something else than where it was.
OF_A_PLACE = frozenset(Geometry) - {
    Geometry.NOT_SEEN, Geometry.CROSSING, Geometry.MOTION, Geometry.ORDER,
}  # fmt: skip
# Reports of where the balloon was during the flight: each can be predicted from the others.
PREDICTABLE = OF_A_PLACE - {Geometry.LAUNCH}

# A column that means nothing without another.
_GOES_WITH = {
    "bearing_sd_deg": "bearing",
    "elevation_sd_deg": "elevation_deg",
    "heading_sd_deg": "heading",
    "speed_sd_mps": "speed_mps",
    "position_sd_minor_m": "position_axis_deg",
    "position_axis_deg": "position_sd_minor_m",
}


def column(attribute: str) -> str:
    """The heading of a column in the table."""
    return str(Details.model_fields[attribute].alias or attribute)


def misfits(row: Mapping[str, Any]) -> Iterator[tuple[str, CaseError]]:
    """What of a row does not fit its kind: (column, error), one for each mistake."""
    geometry = row.get("geometry")
    if not isinstance(geometry, Geometry):
        return
    kind = KINDS[geometry]
    filled = {
        name for name, field in Details.model_fields.items() if row.get(name) != field.default
        and name in row
    }  # fmt: skip
    for name in sorted(filled - kind.uses):
        used = [str(one) for one in Geometry if name in KINDS[one].uses]
        yield (
            column(name),
            CaseError(
                found=f"a {column(name)} of a sighting whose geometry is {geometry}",
                expected=f"an empty cell (it belongs to {', '.join(used)})",
                remedy="Empty it, or correct the geometry: here it would not count.",
            ),
        )
    # What could not be read is not in the row, and has been said.
    needed = [name for name in kind.needs if name in row and name not in filled]
    if kind.one_of and not filled.intersection(kind.one_of) and row.keys() >= {*kind.one_of}:
        needed.append(kind.one_of[0])
    for name in needed:
        others = " or ".join(column(one) for one in kind.one_of) or column(name)
        yield (
            column(name),
            CaseError(
                found="nothing",
                expected=f"{others}, which geometry: {geometry} needs",
                remedy="Fill it in; docs/how-to/write-sightings.md shows one of each kind.",
            ),
        )
    yield from _pairs(row, filled & kind.uses)


def _pairs(row: Mapping[str, Any], filled: set[str]) -> Iterator[tuple[str, CaseError]]:
    for name in sorted(filled):
        other = _GOES_WITH.get(name)
        if other is not None and other in row and other not in filled:
            yield (
                column(name),
                CaseError(
                    found=f"a {column(name)} without a {column(other)}",
                    expected="both, or neither",
                    remedy=f"Fill in {column(other)}, or empty this cell.",
                ),
            )
    minor, major = row.get("position_sd_minor_m"), row.get("position_sd_m")
    if minor is not None and major is not None and minor > major:
        yield (
            "position_sd_minor",
            CaseError(
                found="a position_sd_minor above position_sd",
                expected="the larger error in position_sd, along position_axis",
                remedy="Swap the two, and turn position_axis by 90 deg.",
            ),
        )
    corners = row.get("outline")
    if "outline" in filled and corners is not None and len(corners) < 3:
        yield from _too_few(row)


def _too_few(row: Mapping[str, Any]) -> Iterator[tuple[str, CaseError]]:
    if row.get("geometry") is not Geometry.CROSSING:
        yield (
            "outline",
            CaseError(
                found="an outline of two corners",
                expected="three at least, around a region",
                remedy="Add corners; only a line (geometry: crossing) has two.",
            ),
        )


def in_words(sighting: Any) -> str:  # noqa: ANN401 (a Sighting, whose module imports this one)
    """Say what a row reports, for people.

    >>> from types import SimpleNamespace
    >>> from overflight.case.kinds import Direction
    >>> plain = {name: field.default for name, field in Details.model_fields.items()}
    >>> row = plain | {"geometry": Geometry.LINE_OF_SIGHT, "bearing": Direction(45.0, "NE")}
    >>> in_words(SimpleNamespace(**row, position_sd_m=5e4))
    'in view from here, toward NE'
    """
    parts = [KINDS[sighting.geometry].words]
    if sighting.when == "throughout":
        parts.append("all the time")
    if sighting.position_sd_minor_m is not None:
        minor_km = express(sighting.position_sd_minor_m, "m", "km")
        parts.append(f"across {sighting.position_axis_deg:.0f} deg to {minor_km:.3g} km")
    if sighting.outline is not None:
        parts.append(f"{len(sighting.outline)} corners")
    if sighting.bearing is not None:
        parts.append(f"toward {_direction(sighting.bearing)}")
    if sighting.elevation_deg is not None:
        parts.append(f"{sighting.elevation_deg:.0f} deg above the horizon")
    if sighting.heading is not None:
        parts.append(f"toward {_direction(sighting.heading)}")
    if sighting.speed_mps is not None:
        parts.append(f"at {sighting.speed_mps:.0f} m/s")
    if sighting.geometry is Geometry.ORDER:
        parts.append(f"at {sighting.then_lat_deg:.2f} {sighting.then_lon_deg:.2f}")
    return ", ".join(parts)


def _direction(direction: Any) -> str:  # noqa: ANN401
    return direction.word or f"{direction.deg:.1f} deg"
