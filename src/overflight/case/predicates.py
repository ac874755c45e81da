"""What a statement can say of a flight that can be true or false: the column ``test``.

The forms in which they are written are read by :mod:`overflight.case.predicate_text`; whether
they hold for a path is judged by :mod:`overflight.inference.predicates`. Several joined with ``;``
are true together; ``not (...)`` is true where what stands inside is not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

KINDS = ("country", "state", "territorial_sea")

DRIFTED, AIMED, PROPELLED = "drifted", "steered by altitude", "propelled"
WAYS = (DRIFTED, AIMED, PROPELLED)


@dataclass(frozen=True)
class InZone:
    """At some moment from ``start`` to ``end`` the balloon is inside the zone."""

    zone: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class NeverInZone:
    """At no moment from ``start`` to ``end`` is the balloon inside the zone."""

    zone: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Near:
    """At some moment from ``start`` to ``end`` the balloon is within a radius of a place."""

    lat_deg: float
    lon_deg: float
    radius_m: float
    start: datetime
    end: datetime


@dataclass(frozen=True)
class AltitudeBand:
    """At some moment from ``start`` to ``end`` the height lies in the band."""

    low_m: float
    high_m: float
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Launched:
    """The launch lies between ``start`` and ``end``."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Before:
    """The balloon enters both zones, the first before the second."""

    first_zone: str
    second_zone: str


@dataclass(frozen=True)
class Speed:
    """The path's length from ``start`` to ``end``, over the time between, lies in the band."""

    low_mps: float
    high_mps: float
    start: datetime
    end: datetime


@dataclass(frozen=True)
class LaunchedNear:
    """The launch lies within a radius of a place."""

    lat_deg: float
    lon_deg: float
    radius_m: float


@dataclass(frozen=True)
class Loitered:
    """In the window it stays, without a break, within a radius of a place where it is in that time.

    The place is any that the path itself visits in the stay; nothing is said of where it is.
    """

    radius_m: float
    duration_s: float
    start: datetime
    end: datetime


@dataclass(frozen=True)
class LoiteredIn:
    """In the window it is inside the zone for a time without a break."""

    zone: str
    duration_s: float
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Visible:
    """At some moment of the window it stands that high above the refracted horizon of a place."""

    lat_deg: float
    lon_deg: float
    elevation_deg: float
    start: datetime
    end: datetime


@dataclass(frozen=True)
class CouldBeSeen:
    """An observer of the case has an opportunity in the window, in the generous reckoning."""

    observer: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Size:
    """The diameter of the balloon."""

    low_m: float
    high_m: float


@dataclass(frozen=True)
class Mass:
    """Envelope, payload and ballast together."""

    low_kg: float
    high_kg: float


@dataclass(frozen=True)
class Payload:
    """What hangs below the envelope: payload and ballast."""

    low_kg: float
    high_kg: float


@dataclass(frozen=True)
class Moved:
    """How it moved: a word of :data:`WAYS`. It stands alone, or in a ``not (...)`` alone."""

    way: str


@dataclass(frozen=True)
class Not:
    """Not all of these are true."""

    tests: "tuple[Predicate, ...]"


Predicate = (
    InZone
    | NeverInZone
    | Near
    | AltitudeBand
    | Launched
    | LaunchedNear
    | Before
    | Speed
    | Loitered
    | LoiteredIn
    | Visible
    | CouldBeSeen
    | Size
    | Mass
    | Payload
    | Moved
    | Not
)


def leaves(tests: "Iterable[Predicate]") -> "Iterator[Predicate]":
    """Every predicate that is no ``not (...)``, also those inside one."""
    for test in tests:
        if isinstance(test, Not):
            yield from leaves(test.tests)
        else:
            yield test


def zones(predicate: Predicate) -> tuple[str, ...]:
    """Return the zones that a predicate names."""
    match predicate:
        case InZone(zone=zone) | NeverInZone(zone=zone) | LoiteredIn(zone=zone):
            return (zone,)
        case Before(first_zone=first, second_zone=second):
            return (first, second)
        case Not(tests=tests):
            return tuple(zone for one in tests for zone in zones(one))
        case _:
            return ()


def observers(predicate: Predicate) -> tuple[str, ...]:
    """Return the observers that a predicate names."""
    return tuple(one.observer for one in leaves([predicate]) if isinstance(one, CouldBeSeen))


def kind_of_zone(zone: str) -> str:
    """Tell the kind of zone from its id.

    >>> [kind_of_zone(zone) for zone in ("US", "US-MT", "US+12nmi")]
    ['country', 'state', 'territorial_sea']
    """
    if zone.endswith("+12nmi"):
        return "territorial_sea"
    return "state" if "-" in zone else "country"
