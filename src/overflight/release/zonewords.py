"""How zones are told: a table for each kind in law, with a sentence on what the kind means.

A flight information region, an identification zone, an economic zone and a territory are entered in
the same way and mean different things; they never share a table or a word.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from overflight.inference.orders import Order
from overflight.inference.quantiles import Spread
from overflight.ledgers.traversed import Traversed, ZoneLine
from overflight.release.language import mark, tell, term
from overflight.release.sections import Table
from overflight.release.wording import duration, moment, percent, probable

FEWEST_PATHS = 20.0  # effective paths that must stand behind a time of entry or exit
OPEN = 0.05  # an order is open where either way has this probability
MOST_ORDERS = 12
MOST_NAMED = 12  # zones that no path met


class Law(NamedTuple):
    """What a kind is called, and one neutral sentence on what it means."""

    title: str
    meaning: str
    is_territory: bool = False


LAWS = {
    "country": Law(
        mark("Countries"),
        mark(
            "A State has sovereignty over the airspace above its territory (Chicago"
            " Convention, Article 1); being over a mapped country is a fact about position,"
            " no finding about permission."
        ),
        is_territory=True,
    ),
    "state": Law(
        mark("US states and Canadian provinces and territories"),
        mark("They are parts of a country; the airspace is the country's."),
        is_territory=True,
    ),
    "territorial_sea": Law(
        mark("Land with its 12-nautical-mile sea"),
        mark(
            "Territory includes the territorial sea (Chicago Convention, Article 2), up to 12"
            " nautical miles from the baselines (UNCLOS, Article 3), here as mapped by"
            " others."
        ),
        is_territory=True,
    ),
    "contiguous_zone": Law(
        mark("Contiguous zones"),
        mark(
            "Up to 24 nautical miles a coastal State may enforce customs, fiscal, immigration"
            " and sanitary laws (UNCLOS, Article 33); beyond 12 the airspace is not"
            " sovereign."
        ),
    ),
    "eez": Law(
        mark("Exclusive economic zones"),
        mark(
            "Up to 200 nautical miles a coastal State has rights over resources (UNCLOS,"
            " Articles 56 and 57) and no sovereignty over the airspace beyond 12; overflight"
            " is free to all States (Article 58)."
        ),
    ),
    "fir": Law(
        mark("Flight information regions"),
        mark(
            "In such a region one authority provides air traffic services (ICAO Annex 11),"
            " over the high seas too; being inside is not an entry into sovereign airspace."
        ),
    ),
    "adiz": Law(
        mark("Air defence identification zones"),
        mark(
            "There a State asks aircraft to identify themselves (ICAO Annex 15), over the"
            " high seas too; being inside is not an entry into sovereign airspace and by"
            " itself no violation."
        ),
    ),
    "restricted": Law(
        mark("Restricted, prohibited and danger areas"),
        mark(
            "Airspace of defined size in which flight is restricted or dangerous at stated"
            " times (ICAO Annex 2); whether a restriction was in force for this flight is not"
            " known here."
        ),
    ),
    "controlled": Law(
        mark("Controlled airspace"),
        mark(
            "There air traffic control serves flights according to its class (ICAO Annex 11);"
            " it is about a service, and says nothing of territory."
        ),
    ),
    "airport": Law(
        mark("Airports"),
        mark(
            "Being inside is a distance from an airport; it says nothing of territory or of"
            " traffic."
        ),
    ),
    "other": Law(
        mark("Zones of this case"),
        mark(
            "The case does not say of which kind these are; no meaning in law is attached to them."
        ),
    ),
    "site": Law(
        mark("Sites of this case"),
        mark("Being inside is coming within the distance; it says nothing of territory."),
    ),
}


def tables(line: Traversed, epoch: datetime) -> tuple[Table, ...]:
    """Everything on zones: by kind, the two ways to draw a sea, what came before what."""
    found = []
    for law, told_as in LAWS.items():
        mine = [zone for zone in line.zones if _law(zone) == law]
        if mine or law in ("country", "state", "territorial_sea"):
            found.append(_zones_table(told_as, mine, line, epoch))
        if law == "territorial_sea" and line.seas:
            found.append(_seas_table(line))
    shown = shown_orders(line)
    return (*found, _orders_table(line, shown)) if shown else tuple(found)


def _law(zone: ZoneLine) -> str:
    if zone.kind in ("zone", "site"):
        return "site" if zone.kind == "site" else zone.law if zone.law in LAWS else "other"
    return zone.kind


def _zones_table(law: Law, zones: Sequence[ZoneLine], line: Traversed, epoch: datetime) -> Table:
    ever, first, last = (
        (tell("Entered at all"), tell("First entry, median"), tell("Last exit, median"))
        if law.is_territory
        else (tell("Inside at all"), tell("First inside, median"), tell("Last inside, median"))
    )
    return Table(
        caption=tell(
            "{title}: {what}",
            title=tell(law.title),
            what=tell("entry and exit") if law.is_territory else tell("when inside"),
        ),
        columns=(
            tell("Zone"),
            ever,
            first,
            tell("5 to 95 % (half of them)"),
            last,
            tell("5 to 95 % (half of them)"),
            tell("Time inside, median (5 to 95 %)"),
        ),
        rows=tuple(
            (
                term(zone.name),
                f"{percent(zone.probability)} \u00b1 {100 * zone.probability_sd:.0f}",
                *_times(zone, epoch, zone.probability * line.n_effective),
            )
            for zone in zones
        ),
        note=tell(
            "{meaning} Times in UTC, given that the zone was entered, with the sampling error"
            " of the median. Zones below 1 % are not listed.",
            meaning=tell(law.meaning),
        ),
    )


def _times(zone: ZoneLine, epoch: datetime, n_effective: float) -> tuple[str, ...]:
    """Entry, its range, exit, its range, time inside; nothing where a few paths stand for all."""
    if n_effective < FEWEST_PATHS:
        return (tell("too few paths to say"), "", "", "", "")
    first, last, inside = zone.first_entry, zone.last_exit, zone.inside
    entry = (tell("launched there"), "") if zone.began_inside_fraction > 0.5 else told(epoch, first)
    leave = (tell("until the end"), "") if zone.ended_inside_fraction > 0.5 else told(epoch, last)
    low, middle, high = (
        duration(value, inside.width_s) for value in (inside.p05_s, inside.p50_s, inside.p95_s)
    )
    return (*entry, *leave, tell("{middle} ({low} to {high})", middle=middle, low=low, high=high))


def told(epoch: datetime, spread: Spread) -> tuple[str, str]:
    """The median with its error, and the ranges that hold nine of ten and half."""
    five, quarter, middle, three, most = (
        moment(epoch, value, spread.width_s)
        for value in (spread.p05_s, spread.p25_s, spread.p50_s, spread.p75_s, spread.p95_s)
    )
    off = duration(spread.p50_sd_s, spread.width_s)
    return f"{middle} \u00b1 {off}", tell(
        "{five} to {most} ({quarter} to {three})",
        five=five,
        most=most,
        quarter=quarter,
        three=three,
    )


def _seas_table(line: Traversed) -> Table:
    """How far it matters which way the 12 nautical miles are drawn."""

    def off(spread: Spread | None) -> str:
        if spread is None:
            return tell("no path enters both")
        low, middle, high = (
            _signed(value, spread.width_s) for value in (spread.p05_s, spread.p50_s, spread.p95_s)
        )
        return tell("{middle} ({low} to {high})", middle=middle, low=low, high=high)

    return Table(
        caption=tell("The same sea drawn in two ways"),
        columns=(
            tell("Country"),
            tell("Inside the mapped limit"),
            tell("Inside 12 nautical miles of the drawn coast"),
            tell("Only the one, only the other"),
            tell("First entry by the coast less that by the map, median (5 to 95 %)"),
            tell("Time inside, likewise"),
        ),
        rows=tuple(
            (
                term(sea.name),
                percent(sea.mapped),
                percent(sea.coast),
                f"{percent(sea.only_mapped)}, {percent(sea.only_coast)}",
                off(sea.entry),
                off(sea.inside),
            )
            for sea in line.seas
        ),
        note=tell(
            "The mapped limit follows the baselines that States declare, and has the outlying"
            " islands; the other is measured from the coast as drawn here. Where the two"
            " differ, the claim of the coastal State decides."
        ),
    )


def _signed(time_s: float, width_s: float) -> str:
    sign = "\u2212" if time_s < 0.0 else "+"
    return "0" if abs(time_s) < 1.0 else f"{sign}{duration(abs(time_s), width_s)}"


def unreached(line: Traversed) -> tuple[str, ...]:
    """What the case watches and hardly any path met: each by name, unless there are many."""
    if len(line.unreached) <= MOST_NAMED:
        return tuple(
            tell("Fewer than one path in a hundred came to {name}.", name=term(name))
            for name in line.unreached
        )
    some = "; ".join(line.unreached[:MOST_NAMED])
    more = len(line.unreached) - MOST_NAMED
    return (
        tell(
            "Fewer than one path in a hundred came to each of {n_unreached:,} zones of the case:"
            " {some}; and {more:,} more.",
            n_unreached=len(line.unreached),
            some=some,
            more=more,
        ),
    )


def shown_orders(line: Traversed) -> tuple[Order, ...]:
    """Orders that are open, the most open first; the others are in the table of all of them."""
    law = {zone.zone: (zone.kind, zone.kind in ("zone", "site")) for zone in line.zones}

    def comparable(order: Order) -> bool:
        one, other = law[order.one], law[order.other]
        return one[0] == other[0] or one[1] or other[1]

    asked = [
        order
        for order in line.orders
        if min(order.first, order.second) >= OPEN and comparable(order)
    ]
    asked.sort(key=lambda order: -min(order.first, order.second))
    return tuple(asked[:MOST_ORDERS])


def _orders_table(line: Traversed, shown: Sequence[Order]) -> Table:
    names = {zone.zone: term(zone.name) for zone in line.zones}
    return Table(
        caption=tell("What came first, where that is open"),
        columns=(
            tell("One"),
            tell("Other"),
            tell("One first"),
            tell("Other first"),
            tell("Only one of them"),
            tell("Neither"),
        ),
        rows=tuple(
            (
                names[order.one],
                names[order.other],
                f"{probable(order.first)} \u00b1 {100 * order.first_sd:.0f}",
                probable(order.second),
                percent(order.only_one + order.only_other),
                percent(order.neither),
            )
            for order in shown
        ),
        note=tell(
            "By first entry; being inside at the beginning counts as entered. All pairs, the"
            " clear ones too, are in orders.csv."
        ),
    )


def level_table(line: Traversed, epoch: datetime) -> Table:
    """Above and below flight levels, by pressure."""
    rows = []
    for level in line.levels:
        low, middle, high = level.time_above_fraction
        first = told(epoch, level.first_above) if level.first_above else (tell("never"), "")
        last = told(epoch, level.last_above) if level.last_above else (tell("never"), "")
        share = tell(
            "{middle} ({low} to {high})",
            middle=percent(middle),
            low=percent(low),
            high=percent(high),
        )
        rows.append(
            (
                term(level.name),
                probable(level.probability_ever),
                *first,
                *last,
                share,
                probable(level.probability_below),
            )
        )
    return Table(
        caption=tell("In and out of flight levels"),
        columns=(
            tell("Level"),
            tell("Ever above"),
            tell("First above, median"),
            tell("5 to 95 % (half of them)"),
            tell("Last above, median"),
            tell("5 to 95 % (half of them)"),
            tell("Share of the flight, median (5 to 95 %)"),
            tell("Ever below"),
        ),
        rows=tuple(rows),
        note=tell(
            "Levels are pressures. Class A airspace ends at flight level 600 in the United"
            " States; above it is class E (14 CFR 71.71). Of the others, levels that some"
            " paths are above and some below."
        ),
    )
