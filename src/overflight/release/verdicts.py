"""The words for question 6: what was said, which part of it was tested, and what became of that."""

from datetime import datetime

from overflight.case import predicates
from overflight.ledgers import claimed
from overflight.ledgers.claimed import Claimed, ClaimLine
from overflight.release.sections import Section, Table
from overflight.release.wording import height, percent


def claims(line: Claimed) -> Section:
    """Question 6: who said what, and whether it holds."""
    tested = [one for one in line.lines if one.test is not None]
    counts = ", ".join(
        f"{line.count(label)} {label}"
        for label in (
            claimed.SUPPORTED,
            claimed.CONTRADICTED,
            claimed.CONSISTENT,
            claimed.UNTESTABLE,
            claimed.OUT_OF_SCOPE,
        )
    )
    return Section(
        anchor="claimed",
        question="Who said what, and does it hold?",
        answer=f"{len(line.lines)} statements: {counts}.",
        basis=(
            "Only the part named beside a verdict was tested; the verdict says nothing of the rest"
            " of the statement. All tests assume drift at one slowly changing level.",
            "A statement is tested on the paths that never saw its own evidence, against its"
            " probability before any evidence (launch and winds alone).",
            "Supported: probability at least 80 % and odds at least tripled; contradicted: at most"
            " 20 % and odds cut to a third; both also in each half of the wind-error prior, and"
            " with any one source of sightings left out.",
            "The grade before a test is the reliability of the source (A to E; F is unknown); the"
            " number after it is what all other evidence makes of the statement (1 to 6).",
            "Reliability is turned into a probability of being essentially right by a table of our"
            " own (A 95, B 85, C 70, D 40, E 15, F 50 %); no official one exists.",
        ),
        would_change="A wind analysis; an independent report of the same event.",
        tables=(_tested_table(tested),),
    )


def _tested_table(tested: list[ClaimLine]) -> Table:
    rows = []
    for one in tested:
        test = one.test
        if test is None or one.statement.test is None:
            continue
        rows.append(
            (
                one.statement.id,
                one.statement.speaker,
                one.statement.text,
                "; and ".join(in_words(predicate) for predicate in one.statement.test),
                TOO_FEW if one.label == claimed.UNTESTABLE else one.label,
                test.floor or percent(test.probability),
                percent(test.prior_probability),
                f"{test.log_bayes_factor:+.1f} \u00b1 {test.log_bayes_factor_sd:.1f}",
            )
        )
    return Table(
        caption="Tested statements",
        columns=(
            "Id",
            "Who",
            "Statement",
            "Part that was tested",
            "Verdict on that part",
            "Probability, all other evidence",
            "Probability before",
            "ln Bayes factor",
        ),
        rows=tuple(rows),
        note="Nothing here is a verdict on steering: these winds cannot carry one.",
    )


TOO_FEW = "not decided: too few paths remain without its own evidence"


def verdict(line: ClaimLine) -> str:
    """The label, never broader than what was tested."""
    if line.label in {claimed.SUPPORTED, claimed.CONTRADICTED, claimed.CONSISTENT}:
        return f"part tested: {line.label}"
    return line.label


def in_words(predicate: predicates.Predicate) -> str:
    """What a predicate says, for a reader."""
    match predicate:
        case predicates.InZone(zone, start, end):
            said = f"over {zone} at some time {_window(start, end)}"
        case predicates.NeverInZone(zone, start, end):
            said = f"never over {zone} {_window(start, end)}"
        case predicates.Near(lat_deg, lon_deg, radius_m, start, end):
            place = f"{lat_deg:.2f}, {lon_deg:.2f}"
            said = f"within {radius_m / 1e3:.0f} km of {place} {_window(start, end)}"
        case predicates.AltitudeBand(low_m, high_m, start, end):
            said = f"at {height(low_m)} to {height(high_m)} {_window(start, end)}"
        case predicates.Launched(start, end):
            said = f"launched {_window(start, end)}"
        case predicates.Before(first_zone, second_zone):
            said = f"over {first_zone} before {second_zone}"
        case predicates.Speed(low_mps, high_mps, start, end):
            said = f"mean speed {low_mps:.0f} to {high_mps:.0f} m/s {_window(start, end)}"
    return said


def _window(start: datetime, end: datetime) -> str:
    return f"between {start.day} {start:%b %H:%M}Z and {end.day} {end:%b %H:%M}Z"
