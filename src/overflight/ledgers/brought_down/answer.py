"""The answer where and when it could have come down."""

from dataclasses import dataclass

from overflight.inference.scatter import Speeds

LIMIT, PERSONNEL_LIMIT, INDIVIDUAL_LIMIT = 1e-4, 2e-4, 1e-6
AREA_FACTOR = 3.0  # either way: sizes of pieces are guesses
SURE = 0.95
CONTAINED = 0.97  # of pieces within a hazard area (14 CFR 450.133)
QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)
BELOW, OPEN, ABOVE = "below", "open", "above"


@dataclass(frozen=True)
class Pieces:
    """A class of pieces that fall alike; the speed is that near the sea."""

    name: str
    speeds: Speeds
    area_m2: float  # of casualty, all of them together


@dataclass(frozen=True)
class Way:
    """A way of coming down: which classes, by their indices."""

    name: str
    classes: tuple[int, ...]


@dataclass(frozen=True)
class Footprint:
    """Where one class falls from one moment, over all paths; lengths from the place below.

    ``along_m`` and ``across_m`` are 5, 50 and 95 % along ``bearing_deg`` and to its left;
    ``contained_m`` is the radius about the middle of a path's own falls that holds 97 % of them.
    """

    bearing_deg: float
    along_m: tuple[float, float, float]
    across_m: tuple[float, float, float]
    own_along_sd_m: float  # given the path: speed and wind error alone
    own_across_sd_m: float
    contained_m: float
    fall_s: float  # median
    land_fraction: float


@dataclass(frozen=True)
class Risk:
    """Expected casualties of one way from one moment; quantiles 5, 25, 50, 75, 95 % over paths.

    The fractions are probabilities that the expectation is below 1e-4: as it is, with area and
    population against it, and with both in its favour; below 2e-4 as it is.
    """

    casualties: tuple[float, ...]
    below_fraction: float
    below_worst_fraction: float
    below_best_fraction: float
    personnel_below_fraction: float
    individual_fraction: float
    label: str


@dataclass(frozen=True)
class Moment:
    """One moment of the flight: the middle of the paths, footprints by class, risks by way."""

    time_s: float
    lat_deg: float
    lon_deg: float
    footprints: tuple[Footprint, ...]
    risks: tuple[Risk, ...]


@dataclass(frozen=True)
class Criteria:
    """How one way fares over the whole flight by the stated criteria, area and population as told.

    Means over moments of the probability over paths to be below; least and most of one person's
    risk where it is likeliest to fall.
    """

    public_fraction: float
    personnel_fraction: float
    individual_least_fraction: float
    individual_most_fraction: float


@dataclass(frozen=True)
class Window:
    """A stretch of the flight with one label, between the middles of the steps around it."""

    way: int
    label: str
    first: int  # moments
    last: int
    begin_s: float
    end_s: float
    below_fraction: float  # mean
    land_fraction: float  # mean over its moments and the falls of the way's first class


@dataclass(frozen=True)
class Remains:
    """A class at the end of the flight, beside where remains were reported."""

    sighting: str
    pieces: str
    off_m: float  # of the middle of the falls from the report
    half_m: float  # around that middle
    most_m: float
    own_half_m: float  # around the middle of a path's own falls
    further_fraction: float  # of falls that are further from their middle than the report is
    position_sd_m: float


@dataclass(frozen=True)
class BroughtDown:
    """The whole answer."""

    classes: tuple[Pieces, ...]
    ways: tuple[Way, ...]
    sizes: str  # where sizes and masses of the classes come from
    moments: tuple[Moment, ...]
    windows: tuple[Window, ...]
    typical: tuple[Footprint, ...]  # by class: the median over the moments of every length
    criteria: tuple[Criteria, ...]  # by way
    remains: tuple[Remains, ...]
    step_s: float
    n_paths: int
    n_falls: int
    lost_fraction: float  # of falls: out of the wind before they are down
    outside_fraction: float  # of falls on land: no value in the user's grid
    wind_floor_pa: float
    population: str
    population_factor: float
    notes: tuple[str, ...]

    def share(self, way: int, label: str) -> float:
        """Which part of the flight has a label."""
        whole = sum(one.end_s - one.begin_s for one in self.windows if one.way == way)
        mine = [one for one in self.windows if one.way == way and one.label == label]
        return sum(one.end_s - one.begin_s for one in mine) / whole if whole else 0.0
