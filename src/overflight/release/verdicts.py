"""The words for question 6: what was said, which part of it was tested, and what became of that."""

from datetime import datetime

from overflight.case import predicates
from overflight.ledgers import claimed
from overflight.ledgers.claimed import Claimed, ClaimLine
from overflight.release import claimspicture
from overflight.release.language import mark, retell, tell, term
from overflight.release.sections import Section, Table
from overflight.release.wording import duration, height, mass, percent

MOST_NAMED = 8  # statements named in the first sentence


_BASIS = (
    mark(
        "Only the part named beside a verdict was tested; the verdict says nothing of"
        " the rest of the statement. Tests of paths assume drift at one slowly"
        " changing level; how it moved is asked of the hypotheses, by the rules of"
        " that question."
    ),
    mark(
        "A statement is tested on the paths that never saw its own evidence, against"
        " its probability before any evidence (launch and winds alone)."
    ),
    mark(
        "Supported: probability at least 80 % and odds at least tripled;"
        " contradicted: at most 20 % and odds cut to a third; both also in each half"
        " of the wind-error prior, and with any one source of sightings left out."
        " Impossible as stated: below 1 %, also with twice the wind's error and under"
        " every hypothesis that was worked out (drift alone, with a climatology)."
    ),
    mark(
        "Untestable: the reports could not be expected to tell, before looking at"
        " what they say (made up anew from paths of which it is true, and of which it"
        " is not), and did not; or too few paths remain without the statement's own"
        " evidence."
    ),
    mark(
        "Size and mass are tested on balloons that float at the paths' heights, with"
        " spreads of gas, ballonet and envelope that are ours: a claim on mass with"
        " the reported size, a claim on size with the reported payload."
    ),
    mark(
        "The grade before a test is the reliability of the source (A to E; F is"
        " unknown); the number after it is what all other evidence makes of the"
        " statement (1 to 6)."
    ),
    mark(
        "Reliability is turned into a probability of being essentially right by a"
        " table of our own (A 95, B 85, C 70, D 40, E 15, F 50 %); no official one"
        " exists."
    ),
)


def claims(line: Claimed) -> Section:
    """Question 6: who said what, and whether it holds."""
    tested = [one for one in line.lines if one.test is not None]
    counts = ", ".join(
        f"{line.count(label)} {term(label)}"
        for label in (
            claimed.SUPPORTED,
            claimed.CONTRADICTED,
            claimed.IMPOSSIBLE,
            claimed.CONSISTENT,
            claimed.UNTESTABLE,
            claimed.OUT_OF_SCOPE,
        )
    )
    return Section(
        anchor="claimed",
        question=tell("Who said what, and does it hold?"),
        answer=_answer(line, counts),
        basis=tuple(map(tell, _BASIS)),
        would_change=(
            tell(
                "An independent report of the same event, above all where a verdict would"
                " rest on one source; winds of those days, which decide statements on speed,"
                " loitering and steering; a measured altitude; a statement made more precise."
            )
        ),
        tables=(_tested_table(tested),),
        pictures=claimspicture.pictures(line),
    )


def _answer(line: Claimed, counts: str) -> str:
    """Which statements hold, which do not, then the counts."""
    parts = []
    for label, words in (
        (claimed.SUPPORTED, tell("holds")),
        (claimed.CONTRADICTED, tell("does not hold")),
        (claimed.IMPOSSIBLE, tell("cannot be as stated")),
    ):
        names = [one.statement.id for one in line.lines if one.label == label]
        if names:
            more = (
                tell(" and {n_names} more", n_names=len(names) - MOST_NAMED)
                if len(names) > MOST_NAMED
                else ""
            )
            parts.append(
                tell(
                    "{words} in {all}{more}",
                    all=", ".join(names[:MOST_NAMED]),
                    more=more,
                    words=words,
                )
            )
    found = "; ".join(parts)
    if not found:
        return tell(
            "No statement's tested part is decided. {n_lines} statements: {counts}.",
            n_lines=len(line.lines),
            counts=counts,
        )
    return tell(
        "The tested part {found}. {n_lines} statements: {counts}.",
        found=found,
        n_lines=len(line.lines),
        counts=counts,
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
                tell("; and ").join(in_words(predicate) for predicate in one.statement.test),
                term(one.label),
                retell(test.floor)
                or f"{percent(test.probability)} \u00b1 {100 * test.probability_sd:.0f}",
                percent(test.prior_probability),
                tell(
                    "{log_bayes_factor:+.1f} \u00b1 {log_bayes_factor_sd:.1f}",
                    log_bayes_factor=test.log_bayes_factor,
                    log_bayes_factor_sd=test.log_bayes_factor_sd,
                ),
                retell(one.reason),
            )
        )
    return Table(
        caption=tell("Tested statements"),
        columns=(
            tell("Id"),
            tell("Who"),
            tell("Statement"),
            tell("Part that was tested"),
            tell("Verdict on that part"),
            tell("Probability, all other evidence"),
            tell("Probability before"),
            tell("ln Bayes factor"),
            tell("Why"),
        ),
        rows=tuple(rows),
        note=tell("Nothing here is a verdict on steering: that is a question of its own."),
        choices=(4,),
        own=(1, 2),
    )


def verdict(line: ClaimLine) -> str:
    """The label, never broader than what was tested."""
    if line.test is not None and line.label != claimed.UNTESTABLE:
        return tell("part tested: {label}", label=term(line.label))
    return term(line.label)


def in_words(predicate: predicates.Predicate) -> str:
    """What a predicate says, for a reader."""
    match predicate:
        case predicates.Not(tests):
            said = tell("not ({tests})", tests=tell("; and ").join(in_words(one) for one in tests))
        case predicates.Moved(way):
            said = term(way)
        case predicates.Size(low, high):
            said = tell("{low:.0f} to {high:.0f} m across", low=low, high=high)
        case predicates.Mass(low, high):
            said = tell("{low} to {high} in all", low=mass(low), high=mass(high))
        case predicates.Payload(low, high):
            said = tell("{low} to {high} of payload and ballast", low=mass(low), high=mass(high))
        case predicates.Launched(start, end):
            said = tell("launched {window}", window=_window(start, end))
        case predicates.LaunchedNear(lat_deg, lon_deg, radius_m):
            said = tell(
                "launched within {radius:.0f} km of {place}",
                radius=radius_m / 1e3,
                place=_place(lat_deg, lon_deg),
            )
        case predicates.Before(first_zone, second_zone):
            said = tell(
                "over {first_zone} before {second_zone}",
                first_zone=first_zone,
                second_zone=second_zone,
            )
        case _:
            said = f"{_within(predicate)} {_window(predicate.start, predicate.end)}"
    return said


Windowed = (
    predicates.InZone
    | predicates.NeverInZone
    | predicates.Near
    | predicates.AltitudeBand
    | predicates.Speed
    | predicates.Loitered
    | predicates.LoiteredIn
    | predicates.Visible
    | predicates.CouldBeSeen
)


def _within(predicate: Windowed) -> str:
    """What is said of a window of time."""
    match predicate:
        case predicates.InZone(zone):
            said = tell("over {zone} at some time", zone=zone)
        case predicates.NeverInZone(zone):
            said = tell("never over {zone}", zone=zone)
        case predicates.Near(lat_deg, lon_deg, radius_m):
            said = tell(
                "within {radius:.0f} km of {place}",
                radius=radius_m / 1e3,
                place=_place(lat_deg, lon_deg),
            )
        case predicates.AltitudeBand(low_m, high_m):
            said = tell("at {low} to {high}", low=height(low_m), high=height(high_m))
        case predicates.Speed(low_mps, high_mps):
            said = tell("mean speed {low:.0f} to {high:.0f} m/s", low=low_mps, high=high_mps)
        case predicates.Loitered(radius_m, duration_s):
            said = tell(
                "within {radius:.0f} km of one place for {duration}",
                radius=radius_m / 1e3,
                duration=duration(duration_s),
            )
        case predicates.LoiteredIn(zone, duration_s):
            said = tell(
                "over {zone} for {duration} without a break",
                zone=zone,
                duration=duration(duration_s),
            )
        case predicates.Visible(lat_deg, lon_deg, elevation_deg):
            said = tell(
                "above {elevation:.0f}\u00b0 seen from {place}",
                elevation=elevation_deg,
                place=_place(lat_deg, lon_deg),
            )
        case predicates.CouldBeSeen(observer):
            said = tell("an opportunity for {observer}, not a detection,", observer=observer)
    return said


def _place(lat_deg: float, lon_deg: float) -> str:
    return tell("{lat:.2f}, {lon:.2f}", lat=lat_deg, lon=lon_deg)


def _window(start: datetime, end: datetime) -> str:
    return tell(
        "between {start_day} {start:%b %H:%M}Z and {end_day} {end:%b %H:%M}Z",
        start_day=start.day,
        start=start,
        end_day=end.day,
        end=end,
    )
