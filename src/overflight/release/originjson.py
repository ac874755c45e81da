"""Where it was launched, as programs read it: launches, days before the track, single lines.

For a launch candidate the density of the cloud of paths back there, averaged over its window, is
the likelihood of a launch. For every day before the track begins: how wide the cloud is and over
which countries, until it is wider than a continent (:mod:`overflight.ledgers.origin`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CandidateFacts:
    """One launch that was reported; null where the wind does not reach its window."""

    launch: str  # its id in the case
    lat_deg: float
    lon_deg: float
    before_begin_s: float  # from the middle of its window to the begin of the track
    prior_fraction: float
    probability_fraction: float  # among the candidates, by the later reports and the winds alone
    probability_sd: float
    tail_fraction: float  # of the cloud: where it is no denser than there
    effective_paths: float  # that stand behind the density there
    region_90_m2: float  # that holds 90 % of the cloud in the middle of its window
    launch_p05_utc: str | None
    launch_p50_utc: str | None
    launch_p95_utc: str | None


@dataclass(frozen=True)
class RegionFacts:
    """A country that holds part of the cloud; null for the sea outside all of them."""

    zone: str | None
    name: str | None
    probability: float


@dataclass(frozen=True)
class DayFacts:
    """The cloud some whole days before the track begins."""

    time_utc: str
    before_begin_h: float
    lat_deg: float  # of its middle
    lon_deg: float
    region_90_km2: float  # that holds 90 % of it
    larger_than_a_continent: bool
    left_wind_fraction: float  # of the paths: no longer in the wind
    effective_paths: float
    regions: tuple[RegionFacts, ...]


@dataclass(frozen=True)
class PlaceFacts:
    """Where a single line is some days before."""

    days_before: float
    lat_deg: float
    lon_deg: float
    over: str | None  # a country, or the sea


@dataclass(frozen=True)
class LineFacts:
    """A single line back at one height: no answer, but how much one depends on the height."""

    height_m: float
    days: tuple[PlaceFacts, ...]


@dataclass(frozen=True)
class FanFacts:
    """Single lines back from one report."""

    from_report: str = field(metadata={"name": "from"})  # its id in the case
    time_utc: str
    lines: tuple[LineFacts, ...]
    farthest_apart_km: Mapping[str, float]  # by days before


@dataclass(frozen=True)
class OriginFile:
    """The whole file."""

    verdict: str
    wind: str  # the winds that every number was made with
    begins_with: str | None  # the report that the track is followed back from
    begins_utc: str | None
    reports_used: tuple[str, ...]
    reports_left_out: tuple[str, ...]
    candidates: tuple[CandidateFacts, ...]
    days: tuple[DayFacts, ...]
    single_lines: tuple[FanFacts, ...]
    warnings: tuple[str, ...]
