"""Zones, orders and the two seas as rows for spreadsheets.

Times are rounded as in the report: to the hour where they spread over hours.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from overflight.inference.quantiles import QUANTILES, Spread
from overflight.ledgers.traversed import Traversed
from overflight.release.wording import COARSE_S

Row = tuple[str, ...]

_AT = tuple(f"p{round(100 * at):02d}" for at in QUANTILES)
ZONE_COLUMNS = (
    "zone", "name", "kind", "law", "probability_fraction", "probability_sd",
    *(f"{event}_{at}_utc" for event in ("entry", "exit") for at in _AT),
    *(f"inside_{at}_s" for at in _AT),
    *(f"{event}_{at}_sd_s" for event in ("entry", "exit", "inside") for at in _AT),
    "began_inside_fraction", "ended_inside_fraction",
)  # fmt: skip
ORDER_COLUMNS = (
    "one", "other", "one_first_fraction", "other_first_fraction", "only_one_fraction",
    "only_other_fraction", "neither_fraction", "one_first_sd",
)  # fmt: skip
SEA_COLUMNS = (
    "country", "mapped_fraction", "coast_fraction", "only_mapped_fraction", "only_coast_fraction",
    *(f"coast_less_map_{what}_{at}_s" for what in ("entry", "inside") for at in _AT),
)  # fmt: skip


def zone_rows(line: Traversed, epoch: datetime) -> list[Row]:
    """Return one row for every zone."""
    rows = []
    for zone in line.zones:
        events = (zone.first_entry, zone.last_exit)
        every = (*events, zone.inside)
        rows.append(
            (
                zone.zone,
                zone.name,
                zone.kind,
                zone.law,
                f"{zone.probability:.4f}",
                f"{zone.probability_sd:.4f}",
                *(stamp(epoch, at, one.width_s) for one in events for at in _values(one)),
                *(f"{at:.0f}" for at in _values(zone.inside)),
                *(f"{sd:.0f}" for one in every for sd in one.sds_s),
                f"{zone.began_inside_fraction:.3f}",
                f"{zone.ended_inside_fraction:.3f}",
            )
        )
    return rows


def order_rows(line: Traversed) -> list[Row]:
    """Return one row for every two zones."""
    return [
        (
            order.one,
            order.other,
            f"{order.first:.4f}",
            f"{order.second:.4f}",
            f"{order.only_one:.4f}",
            f"{order.only_other:.4f}",
            f"{order.neither:.4f}",
            f"{order.first_sd:.4f}",
        )
        for order in line.orders
    ]


def sea_rows(line: Traversed) -> list[Row]:
    """Return one row for every country whose sea a path touched."""
    return [
        (
            sea.name,
            *(f"{value:.4f}" for value in (sea.mapped, sea.coast, sea.only_mapped, sea.only_coast)),
            *(
                f"{at:.0f}" if at is not None else ""
                for one in (sea.entry, sea.inside)
                for at in (_values(one) if one is not None else (None,) * len(_AT))
            ),
        )
        for sea in line.seas
    ]


def _values(spread: Spread) -> Sequence[float]:
    return (spread.p05_s, spread.p25_s, spread.p50_s, spread.p75_s, spread.p95_s)


def stamp(epoch: datetime, time_s: float, width_s: float) -> str:
    """Return a time in UTC, to the minute, or to the hour where it spreads over hours."""
    at = epoch + timedelta(seconds=time_s)
    if width_s >= COARSE_S:
        hours = round((at - epoch.replace(hour=0, minute=0, second=0)).total_seconds() / 3_600.0)
        at = epoch.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=hours)
    return at.strftime("%Y-%m-%dT%H:%MZ")
