"""Question 5 in words: where and when it could have come down safely."""

from datetime import datetime

import numpy as np

from overflight.ledgers.brought_down.answer import (
    ABOVE,
    AREA_FACTOR,
    BELOW,
    INDIVIDUAL_LIMIT,
    OPEN,
    BroughtDown,
    Moment,
    Window,
)
from overflight.release.aheadwords import at_place
from overflight.release.language import mark, retell, tell, term
from overflight.release.sections import Picture, Section, Table
from overflight.release.wording import duration, moment, percent

SAID = {
    BELOW: mark("below 1e-4, even with the errors against it"),
    OPEN: mark("these data cannot say"),
    ABOVE: mark("above 1e-4, even with the errors in its favour"),
}
MOST_ROWS, MOST_WINDOWS = 24, 40


def section(answer: BroughtDown, epoch: datetime, pictures: tuple[Picture, ...] = ()) -> Section:
    """The section of the report; ``pictures`` are drawn by :mod:`.downpicture`."""
    return Section(
        anchor="brought-down",
        question=tell("Where and when could it have come down safely?"),
        answer=" ".join(_way(answer, way, epoch) for way in range(len(answer.ways))),
        basis=_basis(answer),
        would_change=(
            tell(
                "A grid of people (--population) in place of the means of states, a wind that"
                " reaches the ground, and the true sizes and masses of what it carried."
            )
        ),
        tables=(
            _windows(answer, epoch),
            _track(answer, epoch),
            _footprints(answer),
            _criteria(answer),
            *((_remains(answer),) if answer.remains else ()),
        ),
        pictures=pictures,
    )


def _way(answer: BroughtDown, way: int, epoch: datetime) -> str:
    """The answer for one way of coming down: the longest window that is safe, then the shares."""
    below, above, open_ = (answer.share(way, label) for label in (BELOW, ABOVE, OPEN))
    mine = [one for one in answer.windows if one.way == way and one.label == BELOW]
    longest = max(mine, key=lambda one: one.end_s - one.begin_s, default=None)
    name = term(answer.ways[way].name)
    first = (
        tell("Coming down {name}, at no moment that these data can vouch for.", name=name)
        if longest is None
        else tell(
            "Coming down {name}, most surely from {begin} to {end}, {over}: fewer than one"
            " expected casualty in ten thousand, even with sizes and population wrong against"
            " it.",
            name=name,
            begin=_clock(epoch, longest.begin_s),
            end=_clock(epoch, longest.end_s),
            over=_over(longest),
        )
    )
    return tell(
        "{first} So it is during {below} of the flight; during {above} there would have"
        " been more even with both in its favour, and for the other {open} these data"
        " cannot say.",
        first=first,
        below=percent(below),
        above=percent(above),
        open=percent(open_),
    )


def _clock(epoch: datetime, time_s: float) -> str:
    """To the hour: the moments are hours apart."""
    return moment(epoch, time_s, 6 * 3_600.0)


def _over(window: Window) -> str:
    """How much of the falls of a window end on land."""
    if window.land_fraction < 0.05:
        return tell("over the sea")
    return tell("{land} of it over land", land=percent(window.land_fraction))


def _basis(answer: BroughtDown) -> tuple[str, ...]:
    said = [
        tell(
            "Geometry only: were it to come down from there, by whatever cause, where would"
            " its pieces lie, and how many people would they be expected to hit? Nobody is"
            " taken to be sheltered and every piece to count: the numbers are on the high"
            " side."
        ),
        tell(
            "The limits are those for launches and re-entries in the United States (14 CFR"
            " 450.101), as a yardstick; no rule made them apply to this flight."
        ),
        tell(
            "Population: {population}, wrong by a factor of {population_factor:g} either way;"
            " casualty area wrong by a factor of {factor:g} either way. Neither is"
            " averaged over: what is said to be below or above stays so with both wrong at"
            " once, for 95 of 100 paths.",
            population=retell(answer.population),
            population_factor=answer.population_factor,
            factor=AREA_FACTOR,
        ),
        tell(
            "{n_falls} falls of every class from each of {n_paths} equally probable paths,"
            " every {step:.1f} h: a probability here is good to a few hundredths at best."
            " Each fall has a speed and a wind error of its own.",
            n_falls=answer.n_falls,
            n_paths=answer.n_paths,
            step=answer.step_s / 3_600.0,
        ),
        tell(
            "The ground is taken at the level of the sea; pieces fall as fast as weight and"
            " drag balance, and what throws them apart at the beginning is left out."
        ),
    ]
    if answer.wind_floor_pa < 85_000.0:
        said.append(
            tell(
                "The wind's source ends at {wind_floor:.0f} hPa. Below that no wind is taken,"
                " with an error as large as the wind there: footprints are wider than they"
                " would be in winds that reach the ground.",
                wind_floor=answer.wind_floor_pa / 100.0,
            )
        )
    if answer.lost_fraction > 0.0:
        said.append(
            tell(
                "{lost} of the falls leave the wind and do not count.",
                lost=percent(answer.lost_fraction),
            )
        )
    if answer.outside_fraction > 0.0:
        said.append(
            tell(
                "For {outside} of the falls on land the grid has no value: there the mean of"
                " the state or country stands in.",
                outside=percent(answer.outside_fraction),
            )
        )
    return (*said, *map(retell, answer.notes))


def _windows(answer: BroughtDown, epoch: datetime) -> Table:
    rows = []
    for one in answer.windows[:MOST_WINDOWS]:
        first, last = answer.moments[one.first], answer.moments[one.last]
        rows.append(
            (
                term(answer.ways[one.way].name),
                _clock(epoch, one.begin_s),
                _clock(epoch, one.end_s),
                duration(one.end_s - one.begin_s),
                tell("{begin} to {end}", begin=_at(first), end=_at(last)),
                percent(one.land_fraction),
                tell(SAID[one.label]),
                percent(one.below_fraction),
            )
        )
    more = len(answer.windows) - len(rows)
    return Table(
        caption=tell("Windows: when the expectation was below one in ten thousand"),
        columns=(
            tell("Coming down"),
            tell("From"),
            tell("To"),
            tell("Length"),
            tell("Middle of the paths"),
            tell("On land"),
            tell("Expectation"),
            tell("Below, as it is"),
        ),
        rows=tuple(rows),
        note=tell(
            "The last column is the probability with the errors of area and population left out."
        )
        + (
            tell(" {more} further windows are in brought_down_windows.csv.", more=more)
            if more
            else ""
        ),
    )


def _at(one: Moment) -> str:
    return " ".join(at_place(one.lat_deg, one.lon_deg).split())


def _track(answer: BroughtDown, epoch: datetime) -> Table:
    picked = np.linspace(0, len(answer.moments) - 1, min(MOST_ROWS, len(answer.moments)))
    rows = []
    for k in sorted({round(float(one)) for one in picked}):
        one = answer.moments[k]
        rows.append(
            (
                _clock(epoch, one.time_s),
                _at(one),
                percent(one.footprints[answer.ways[0].classes[0]].land_fraction),
                *(
                    cell
                    for risk in one.risks
                    for cell in (
                        tell(
                            "{middle} ({low} to {high})",
                            middle=_number(risk.casualties[2]),
                            low=_number(risk.casualties[0]),
                            high=_number(risk.casualties[4]),
                        ),
                        percent(risk.below_fraction),
                    )
                ),
            )
        )
    heads = [
        head
        for way in (term(one.name) for one in answer.ways)
        for head in (tell("Expected {way}", way=way), tell("Below 1e-4 {way}", way=way))
    ]
    return Table(
        caption=tell("Expected casualties along the track"),
        columns=(tell("Time (UTC)"), tell("Middle of the paths"), tell("On land"), *heads),
        rows=tuple(rows),
        note=(
            tell(
                "Median and 5 to 95 % over the paths, with casualty area and population as"
                " they are: both together may be wrong by a factor of {factor:g} either"
                " way. All moments are in brought_down.csv.",
                factor=AREA_FACTOR * answer.population_factor,
            )
        ),
    )


def _number(value: float) -> str:
    """A small number for people; what is next to none is none."""
    return tell("{value:.1e}", value=value) if value >= 1e-9 else "0"


def _footprints(answer: BroughtDown) -> Table:
    rows = [
        (
            term(one.name),
            tell(
                "{least:.0f} to {most:.0f} m/s",
                least=one.speeds.least_mps,
                most=one.speeds.most_mps,
            ),
            tell("{area:.1f} m\u00b2", area=one.area_m2),
            duration(foot.fall_s),
            _three_km(foot.along_m),
            _three_km(foot.across_m),
            tell(
                "{own_along_sd:.1f} and {own_across_sd:.1f} km",
                own_along_sd=foot.own_along_sd_m / 1e3,
                own_across_sd=foot.own_across_sd_m / 1e3,
            ),
            tell("{contained:.1f} km", contained=foot.contained_m / 1e3),
        )
        for one, foot in zip(answer.classes, answer.typical, strict=True)
    ]
    return Table(
        caption=tell("Footprints by class of pieces, medians over the flight"),
        columns=(
            tell("Pieces"),
            tell("Speed near the sea"),
            tell("Casualty area"),
            tell("Time down"),
            tell("Drift along the wind"),
            tell("Across it"),
            tell("Spread from one place"),
            tell("97 % within"),
        ),
        rows=tuple(rows),
        note=(
            tell(
                "Drift is that from the place below, median and 5 to 95 % over paths, speeds"
                " and wind errors. {sizes}",
                sizes=retell(answer.sizes),
            )
        ),
    )


def _three_km(value_m: tuple[float, float, float]) -> str:
    low, middle, high = (round(each / 1e3, 1) + 0.0 for each in value_m)  # no negative nought
    return tell("{middle:.1f} km ({low:.1f} to {high:.1f})", middle=middle, low=low, high=high)


def _criteria(answer: BroughtDown) -> Table:
    rows = []
    for way, one in zip(answer.ways, answer.criteria, strict=True):
        public, personnel = percent(one.public_fraction), percent(one.personnel_fraction)
        least, most = one.individual_least_fraction, one.individual_most_fraction
        rows += [
            (
                term(way.name),
                tell("all of the public, 1e-4"),
                tell("below during {public} of the flight", public=public),
            ),
            (
                term(way.name),
                tell("personnel near by, 2e-4"),
                tell("below during {personnel}", personnel=personnel),
            ),
            (
                term(way.name),
                tell("one person, {limit:.0e}", limit=INDIVIDUAL_LIMIT),
                tell(
                    "{least:.1e} to {most:.1e} where it is likeliest to fall",
                    least=least,
                    most=most,
                ),
            ),
        ]
    rows.append(
        (
            tell("either"),
            tell("aircraft 1e-6, vessels 1e-5"),
            tell("not worked out: needs the traffic"),
        )
    )
    return Table(
        caption=tell("The stated criteria, area and population as they are"),
        columns=(tell("Coming down"), tell("Criterion"), tell("Met")),
        rows=tuple(rows),
        note=(
            tell(
                "Shares are means over moments of the probability over paths. That of one"
                " person holds only where somebody is: it does not depend on the population,"
                " but on how widely pieces scatter, so a wind known badly makes it smaller."
            )
        ),
    )


def _remains(answer: BroughtDown) -> Table:
    return Table(
        caption=tell("A check: reported remains beside the falls from the end of the flight"),
        columns=(
            tell("Report"),
            tell("Pieces"),
            tell("Middle of the falls from it"),
            tell("Half and 90 % of the falls within"),
            tell("Half from one place within"),
            tell("Falls further out than the report"),
        ),
        rows=tuple(
            (
                one.sighting,
                term(one.pieces),
                tell(
                    "{off:.0f} km (reported \u00b1 {position_sd:.0f} km)",
                    off=one.off_m / 1e3,
                    position_sd=one.position_sd_m / 1e3,
                ),
                tell("{half:.0f} and {most:.0f} km", half=one.half_m / 1e3, most=one.most_m / 1e3),
                tell("{own_half:.1f} km", own_half=one.own_half_m / 1e3),
                percent(one.further_fraction),
            )
            for one in answer.remains
        ),
        note=(
            tell(
                "Pieces of one fall share their wind, so what lies on the ground is narrower"
                " than these circles, which hold also how badly the wind is known."
            )
        ),
    )
