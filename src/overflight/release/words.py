"""Ledgers in, plain words out: the sections of the report and its first screen.

A section answers its question in the first sentence, gives the range, says how it is known and
what would change it. It holds no HTML: the template does, and escapes.
"""

from datetime import datetime
from typing import Protocol

from overflight.case.model import Case
from overflight.inference.posterior import Posterior
from overflight.inference.quantiles import Spread
from overflight.ledgers.carried import Carried
from overflight.ledgers.claimed import Claimed
from overflight.ledgers.traversed import Traversed, ZoneLine
from overflight.release import verdicts
from overflight.release.sections import Section, Table
from overflight.release.wording import (
    COARSE_S,
    duration,
    height,
    mass,
    moment,
    percent,
    probable,
)
from overflight.units import express

FEWEST_PATHS = 20.0  # effective paths that must stand behind a time of entry or exit

PRIOR_ONLY = (
    "This account uses a wind climatology: it knows the season, not the weather of those days."
    " Read it as a prior that the sightings have shaped, not as a reconstruction."
)


NEEDS_ANALYSIS = "A wind analysis of those days (ERA5 or GFS, at the balloon's levels)"


def bottom_line(case: Case, posterior: Posterior, line: Traversed) -> tuple[str, ...]:
    """The first screen, a handful of short sentences."""
    used = len(posterior.sighting_ids)
    sure = [zone for zone in line.zones if zone.probability >= 0.95 and zone.kind == "country"]
    crossed = " and ".join(
        f"{zone.name} ({percent(zone.probability)})"
        for zone in sorted(sure, key=lambda z: z.first_entry.p50_s)
    )
    sentences = [
        f"A balloon that only drifted fits {_fitting(posterior)} of the {used} public position"
        f" reports used here, from {_day(posterior, 0)} to {_day(posterior, -1)}.",
        f"It was almost certainly over {crossed}." if crossed else "",
        _launch_sentence(case, line),
        "Whether it was steered cannot be said from these winds: that verdict is refused here."
        if posterior.prior_only
        else "Whether it was steered is not answered here: this account knows passive drift only.",
        f"Of {len(case.statements)} public statements, {_count_tested(case)} can be tested on the"
        " track; the others are listed with their sources.",
    ]
    return tuple(sentence for sentence in sentences if sentence)


def summary(case: Case, posterior: Posterior, ledgers: "Answers") -> tuple[str, ...]:
    """About ten lines for a terminal."""
    line = ledgers.traversed
    spread = posterior.diagnostics
    first = [zone for zone in line.zones if zone.kind == "country" and zone.probability >= 0.5]
    states = [zone for zone in line.zones if zone.kind == "state" and zone.probability >= 0.8]
    return (
        f"{case.title} ({posterior.wind_statement})",
        *bottom_line(case, posterior, line)[:4],
        "Countries: "
        + ", ".join(
            f"{z.name} {percent(z.probability)}"
            + (
                f" from {moment(posterior.epoch, z.first_entry.p50_s, z.first_entry.width_s)}"
                if z.began_inside_fraction < 0.5
                else ""
            )
            for z in first
        ),
        "States and provinces above 80 %: " + ", ".join(zone.name for zone in states),
        f"Held up (envelope, payload, ballast): {mass(ledgers.carried.solids_min_kg)} to"
        f" {mass(ledgers.carried.solids_max_kg)}",
        verdicts.claims(ledgers.claimed).answer,
        f"Log evidence {posterior.log_evidence:.2f} \u00b1 {posterior.log_evidence_sd:.2f};"
        f" effective paths {line.n_effective:.0f}; warnings:"
        f" {'; '.join(spread.warnings) or 'none'}",
    )


class Answers(Protocol):
    """The ledgers that a summary tells of."""

    @property
    def traversed(self) -> Traversed:
        """Question 1."""

    @property
    def carried(self) -> Carried:
        """Question 3."""

    @property
    def claimed(self) -> Claimed:
        """Question 6."""


def would_change(posterior: Posterior) -> str:
    """What would most improve the whole account."""
    doubted = [name for name, right in posterior.sighting_probability.items() if right < 0.5]
    text = (
        f"{NEEDS_ANALYSIS} would narrow the track from hundreds of kilometres to tens and allow a"
        " test of steering. So would any dated position in the gaps between the sightings."
        if posterior.prior_only
        else "A dated position in the gaps between the sightings, a measured altitude, or winds of"
        " a finer analysis would narrow the track."
    )
    if doubted:
        text += f" Reports that the rest speaks against: {', '.join(doubted)}."
    return text


def _fitting(posterior: Posterior) -> int:
    return sum(right >= 0.5 for right in posterior.sighting_probability.values())


def _day(posterior: Posterior, index: int) -> str:
    return moment(posterior.epoch, float(posterior.time_s[index]), 3 * 86_400.0)


def _count_tested(case: Case) -> int:
    return sum(s.test is not None and s.scope == "flight" for s in case.statements)


def _launch_sentence(case: Case, line: Traversed) -> str:
    if len(line.launches) < 2:
        return ""
    days = {}
    for launch in case.launches:
        middle = launch.time_min + (launch.time_max - launch.time_min) / 2
        days[launch.id] = f"{middle.day} {middle:%B}"
    best = max(line.launches, key=lambda one: one.probability)
    rival = max(line.launches, key=lambda one: one.winds_probability)
    early = ", ".join(line.early_reports)
    if rival is not best:
        return (
            f"{len(days)} launch dates were reported, and the evidence is divided: the early"
            f" reports ({early}) make it {days[best.name]} ({percent(best.probability)}), the"
            f" later track in these winds {days[rival.name]} ({percent(rival.winds_probability)})."
            " Winds of those days could settle it."
        )
    return (
        f"{len(days)} launch dates were reported; {days[best.name]} is"
        f" {probable(best.probability)}, and the later track in these winds alone agrees"
        f" ({percent(best.winds_probability)})."
    )


def traversed(line: Traversed, epoch: datetime) -> Section:
    """Question 1: how it traversed."""
    countries = [zone for zone in line.zones if zone.kind == "country"]
    named = sorted(countries, key=lambda zone: -zone.probability)[:4]
    answer = "Over " + ", ".join(f"{z.name} ({percent(z.probability)})" for z in named) + "."
    return Section(
        anchor="traversed",
        question="How did it traverse?",
        answer=answer,
        basis=(
            "Every path is cut at the borders; the probability is the share of paths that were"
            " ever inside, the times are those of the paths that were.",
            "Times are given no sharper than their own spread: by the hour where the 5 to 95 %"
            f" range is wider than {COARSE_S / 3600:.0f} h, by the day beyond two days.",
            "Flight levels are pressures (FL600 is 71.72 hPa); here pressure follows from height in"
            " a standard atmosphere, and the weather could move it by half a kilometre.",
            f"About {line.n_effective:.0f} independent paths stand behind these numbers.",
            "Land borders: Natural Earth. The 12-nautical-mile limit as published by OpenStreetMap"
            " contributors. Airspace identification zones are not sovereign airspace and are not"
            " listed.",
        ),
        would_change="A wind analysis of those days, or dated positions in the gaps.",
        tables=(
            *(
                _zones_table(title, [z for z in line.zones if z.kind == kind], line, epoch)
                for kind, title in (
                    ("country", "Countries"),
                    ("state", "US states and Canadian provinces and territories"),
                    ("territorial_sea", "Land with its 12-nautical-mile sea"),
                )
            ),
            _level_table(line, epoch),
            _launch_table(line),
        ),
    )


def _zones_table(title: str, zones: list[ZoneLine], line: Traversed, epoch: datetime) -> Table:
    return Table(
        caption=f"{title}: entry and exit",
        columns=(
            "Zone",
            "Entered at all",
            "First entry, median",
            "5 to 95 %",
            "Last exit, median",
            "5 to 95 %",
            "Time inside, median (5 to 95 %)",
        ),
        rows=tuple(
            (
                zone.name,
                f"{percent(zone.probability)} \u00b1 {100 * zone.probability_sd:.0f}",
                *_times(zone, epoch, zone.probability * line.n_effective),
            )
            for zone in zones
        ),
        note="Times in UTC, given that the zone was entered. Zones below 1 % are not listed.",
    )


def _times(zone: ZoneLine, epoch: datetime, n_effective: float) -> tuple[str, ...]:
    """Entry, its range, exit, its range, time inside; nothing where a few paths stand for all."""
    if n_effective < FEWEST_PATHS:
        return ("too few paths to say", "", "", "", "")
    first, last, inside = zone.first_entry, zone.last_exit, zone.inside
    entry = ("launched there", "") if zone.began_inside_fraction > 0.5 else _told(epoch, first)
    leave = ("until the end", "") if zone.ended_inside_fraction > 0.5 else _told(epoch, last)
    spell = f"{duration(inside.p05_s)} to {duration(inside.p95_s)}"
    return (*entry, *leave, f"{duration(inside.p50_s)} ({spell})")


def _told(epoch: datetime, spread: Spread) -> tuple[str, str]:
    return moment(epoch, spread.p50_s, spread.width_s), _range(epoch, spread)


def _range(epoch: datetime, spread: Spread) -> str:
    low = moment(epoch, spread.p05_s, spread.width_s)
    return f"{low} to {moment(epoch, spread.p95_s, spread.width_s)}"


def _level_table(line: Traversed, epoch: datetime) -> Table:
    rows = []
    for level in line.levels:
        low, middle, high = level.time_above_fraction
        first = _told(epoch, level.first_above) if level.first_above else ("never", "")
        last = _told(epoch, level.last_above) if level.last_above else ("never", "")
        share = f"{percent(middle)} ({percent(low)} to {percent(high)})"
        rows.append((level.name, probable(level.probability_ever), *first, *last, share))
    return Table(
        caption="In and out of flight levels",
        columns=(
            "Level",
            "Ever above",
            "First above, median",
            "5 to 95 %",
            "Last above, median",
            "5 to 95 %",
            "Share of the flight, median (5 to 95 %)",
        ),
        rows=tuple(rows),
        note="Class A airspace ends at flight level 600 in the United States; above it is class E.",
    )


def _launch_table(line: Traversed) -> Table:
    return Table(
        caption="Reported launches",
        columns=(
            "Candidate",
            "Before any evidence",
            "Given everything",
            "Later track and winds only",
        ),
        rows=tuple(
            (
                one.name,
                percent(one.prior_probability),
                probable(one.probability),
                percent(one.winds_probability),
            )
            for one in line.launches
        ),
        note=(
            "Both reports stay in the case. The last column leaves out the reports that decide"
            f" between the candidates by themselves ({', '.join(line.early_reports)})."
        ),
    )


def carried(line: Carried) -> Section:
    """Question 3: what it carried."""
    return Section(
        anchor="carried",
        question="What did it carry?",
        answer=(
            f"Envelope, payload and ballast together: between {mass(line.solids_min_kg)} and"
            f" {mass(line.solids_max_kg)}. These are bounds, not an estimate."
        ),
        basis=line.assumptions,
        would_change="A measured diameter, or an altitude with a stated kind and error.",
        tables=(
            Table(
                caption="What a sphere of that size holds up",
                columns=("Diameter", "Float height", "Gas", "Envelope + payload + ballast"),
                rows=tuple(
                    (
                        f"{case.diameter_m:.1f} m ({express(case.diameter_m, 'm', 'ft'):.0f} ft)",
                        height(case.height_m),
                        case.gas,
                        mass(case.solids_kg),
                    )
                    for case in line.lines
                ),
                note="Full sphere, no air ballonet, gas at ambient pressure and temperature.",
            ),
            Table(
                caption="Tensions between what was reported",
                columns=("Tension",),
                rows=tuple((tension.text,) for tension in line.tensions),
                note="A tension is not a refutation: it says what else would have to be true.",
            ),
        ),
    )


def steered(posterior: Posterior) -> Section:
    """Question 2: refused with a climatology, and not yet asked with an analysis."""
    if not posterior.prior_only:
        return _not_asked(posterior)
    return Section(
        anchor="steered",
        question="Did it drift or was it steered?",
        answer=(
            "Not answered. With a wind climatology a steering verdict would be an accident of the"
            " weather, so this account refuses one."
        ),
        basis=(
            f"The winds say of themselves: {posterior.wind_statement}.",
            "Passive drift was assumed throughout. That paths through the sightings exist under"
            " it shows only that drift is possible, not that it happened.",
        ),
        would_change=(
            "Winds of those days with a known error (ERA5, GFS, soundings); then an upper limit on"
            " the balloon's own airspeed can be given."
        ),
    )


def _not_asked(posterior: Posterior) -> Section:
    """Question 2 with winds of those days: only one hypothesis is known so far."""
    return Section(
        anchor="steered",
        question="Did it drift or was it steered?",
        answer=(
            "Not answered. This version knows passive drift only, and a verdict needs another"
            " hypothesis to hold it against."
        ),
        basis=(
            f"The winds say of themselves: {posterior.wind_statement}.",
            "Passive drift was assumed throughout. That paths through the sightings exist under"
            " it shows only that drift is possible, not that it happened.",
        ),
        would_change="A comparison of drift with steering, with the same winds and their error.",
    )
