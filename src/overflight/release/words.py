"""Ledgers in, plain words out: the sections of the report and its first screen.

A section answers its question in the first sentence, gives the range, says how it is known and
what would change it. It holds no HTML: the template does, and escapes.
"""

from datetime import datetime
from typing import Protocol

from overflight.case.model import Case
from overflight.inference.posterior import Posterior
from overflight.ledgers.carried import Carried
from overflight.ledgers.claimed import Claimed
from overflight.ledgers.steered import Steered
from overflight.ledgers.traversed import Traversed
from overflight.release import crossedpicture, steeredwords, verdicts, zonewords
from overflight.release.language import mark, tell, term
from overflight.release.sections import Section, Table
from overflight.release.wording import (
    COARSE_S,
    mass,
    moment,
    percent,
    probable,
)

PRIOR_ONLY = mark(
    "This account uses a wind climatology: it knows the season, not the weather of those"
    " days. Read it as a prior that the sightings have shaped, not as a reconstruction."
)


NEEDS_ANALYSIS = mark("A wind analysis of those days (ERA5 or GFS, at the balloon's levels)")


def bottom_line(
    case: Case, posterior: Posterior, line: Traversed, answer: Steered
) -> tuple[str, ...]:
    """The first screen, a handful of short sentences."""
    sure = [zone for zone in line.zones if zone.probability >= 0.95 and zone.kind == "country"]
    crossed = tell(" and ").join(
        f"{term(zone.name)} ({percent(zone.probability)})"
        for zone in sorted(sure, key=lambda z: z.first_entry.p50_s)
    )
    sentences = [
        by_drift(posterior),
        tell("It was almost certainly over {crossed}.", crossed=crossed) if crossed else "",
        _launch_sentence(case, line),
        steeredwords.headline(answer),
        tell(
            "Of {n_statements} public statements, {count_tested} can be tested on the track;"
            " the others are listed with their sources.",
            n_statements=len(case.statements),
            count_tested=_count_tested(case),
        ),
    ]
    return tuple(sentence for sentence in sentences if sentence)


def by_drift(posterior: Posterior) -> str:
    """How well drift alone does: the first that is known of an account."""
    return tell(
        "A balloon that only drifted fits {fitting} of the {used} public position reports"
        " used here, from {begin} to {end}.",
        fitting=_fitting(posterior),
        used=len(posterior.sighting_ids),
        begin=_day(posterior, 0),
        end=_day(posterior, -1),
    )


def summary(case: Case, posterior: Posterior, ledgers: "Answers") -> tuple[str, ...]:
    """About ten lines for a terminal."""
    line = ledgers.traversed
    spread = posterior.diagnostics
    first = [zone for zone in line.zones if zone.kind == "country" and zone.probability >= 0.5]
    states = [zone for zone in line.zones if zone.kind == "state" and zone.probability >= 0.8]
    return (
        f"{case.title} ({posterior.wind_statement})",
        *bottom_line(case, posterior, line, ledgers.steered)[:4],
        tell("Countries: ")
        + ", ".join(
            f"{z.name} {percent(z.probability)}"
            + (
                tell(
                    " from {p50}",
                    p50=moment(posterior.epoch, z.first_entry.p50_s, z.first_entry.width_s),
                )
                if z.began_inside_fraction < 0.5
                else ""
            )
            for z in first
        ),
        tell("States and provinces above 80 %: ") + ", ".join(zone.name for zone in states),
        tell(
            "Held up (envelope, payload, ballast): {solids_min} to {solids_max}",
            solids_min=mass(ledgers.carried.solids_min_kg),
            solids_max=mass(ledgers.carried.solids_max_kg),
        ),
        verdicts.claims(ledgers.claimed).answer,
        tell(
            "Log evidence {log_evidence:.2f} \u00b1 {log_evidence_sd:.2f}; effective paths"
            " {n_effective:.0f}; warnings: {warnings}",
            log_evidence=posterior.log_evidence,
            log_evidence_sd=posterior.log_evidence_sd,
            n_effective=line.n_effective,
            warnings="; ".join(spread.warnings) or tell("none"),
        ),
    )


class Answers(Protocol):
    """The ledgers that a summary tells of."""

    @property
    def traversed(self) -> Traversed:
        """Question 1."""

    @property
    def steered(self) -> Steered:
        """Question 2."""

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
        tell(
            "{analysis} would narrow the track from hundreds of kilometres to tens and"
            " allow a test of steering. So would any dated position in the gaps between the"
            " sightings.",
            analysis=tell(NEEDS_ANALYSIS),
        )
        if posterior.prior_only
        else tell(
            "A dated position in the gaps between the sightings, a measured altitude, or"
            " winds of a finer analysis would narrow the track."
        )
    )
    if doubted:
        text += tell(
            " Reports that the rest speaks against: {doubted}.", doubted=", ".join(doubted)
        )
    return text


def _fitting(posterior: Posterior) -> int:
    return sum(right >= 0.5 for right in posterior.sighting_probability.values())


def _day(posterior: Posterior, index: int) -> str:
    return moment(posterior.epoch, float(posterior.time_s[index]), 3 * 86_400.0)


def _count_tested(case: Case) -> int:
    return sum(s.test is not None and s.scope == "flight" for s in case.statements)


def _candidates(case: Case) -> tuple[dict[str, str], str]:
    """What tells the reported launches apart, by id: their dates if all differ, else their ids."""
    days = {}
    for launch in case.launches:
        middle = launch.time_min + (launch.time_max - launch.time_min) / 2
        days[launch.id] = tell("{day} {middle:%B}", day=middle.day, middle=middle)
    if len(set(days.values())) == len(days):
        return days, tell("launch dates")
    return {name: tell("the one named {name}", name=name) for name in days}, tell("launches")


def _launch_sentence(case: Case, line: Traversed) -> str:
    if len(line.launches) < 2:
        return ""
    days, what = _candidates(case)
    best = max(line.launches, key=lambda one: one.probability)
    rival = max(line.launches, key=lambda one: one.winds_probability)
    early = ", ".join(line.early_reports)
    if rival is not best:
        return tell(
            "{n_days} {what} were reported, and the evidence is divided: the early"
            " reports ({early}) make it {day} ({probability}), the later track in these"
            " winds {other} ({winds_probability}). Winds of those days could settle it.",
            n_days=len(days),
            what=what,
            early=early,
            day=days[best.name],
            probability=percent(best.probability),
            other=days[rival.name],
            winds_probability=percent(rival.winds_probability),
        )
    return tell(
        "{n_days} {what} were reported; {day} is {probability}, and the later track in"
        " these winds alone agrees ({winds_probability}).",
        n_days=len(days),
        what=what,
        day=days[best.name],
        probability=probable(best.probability),
        winds_probability=percent(best.winds_probability),
    )


def traversed(line: Traversed, epoch: datetime) -> Section:
    """Question 1: how it traversed."""
    countries = [zone for zone in line.zones if zone.kind == "country"]
    named = sorted(countries, key=lambda zone: -zone.probability)[:4]
    places = ", ".join(f"{term(z.name)} ({percent(z.probability)})" for z in named)
    answer = tell("Over {places}.", places=places)
    return Section(
        anchor="traversed",
        question=tell("How did it traverse?"),
        answer=answer,
        basis=(
            tell(
                "Every path is cut at the borders; the probability is the share of paths that"
                " were ever inside, the times are those of the paths that were."
            ),
            tell(
                "Times are given no sharper than their own spread: by the hour where the 5 to"
                " 95 % range is wider than {hours:.0f} h, by the day beyond two days.",
                hours=COARSE_S / 3600,
            ),
            tell(
                "Flight levels are pressures (FL600 is 71.72 hPa); here pressure follows from"
                " height in a standard atmosphere, and the weather could move it by half a"
                " kilometre."
            ),
            tell(
                "About {n_effective:.0f} independent paths stand behind these numbers.",
                n_effective=line.n_effective,
            ),
            *zonewords.unreached(line),
            tell(
                "Land borders: Natural Earth. The 12-nautical-mile limit as published by"
                " OpenStreetMap contributors. Identification zones, flight information"
                " regions and economic zones are not sovereign airspace; they have tables of"
                " their own where the case brings them."
            ),
        ),
        would_change=(
            tell(
                "A wind analysis of those days, or dated positions in the gaps: either"
                " narrows entries and exits most where the thin lines are long."
            )
        ),
        pictures=crossedpicture.pictures(line, epoch),
        tables=(
            *zonewords.tables(line, epoch),
            zonewords.level_table(line, epoch),
            _launch_table(line),
        ),
    )


def _launch_table(line: Traversed) -> Table:
    return Table(
        caption=tell("Reported launches"),
        columns=(
            tell("Candidate"),
            tell("Before any evidence"),
            tell("Given everything"),
            tell("Later track and winds only"),
        ),
        rows=tuple(
            (
                term(one.name),
                percent(one.prior_probability),
                probable(one.probability),
                percent(one.winds_probability),
            )
            for one in line.launches
        ),
        note=(
            tell(
                "Both reports stay in the case. The last column leaves out the reports that"
                " decide between the candidates by themselves ({early_reports}).",
                early_reports=", ".join(line.early_reports),
            )
        ),
    )
