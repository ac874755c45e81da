"""The words for what was in view, and for who could have noticed: neither says that anyone did."""

from datetime import datetime

from overflight.ledgers.collected import Collected, SiteLine
from overflight.ledgers.seen import Seen
from overflight.release import peopletables, viewpicture, viewtables
from overflight.release.language import retell, tell
from overflight.release.sections import Section
from overflight.release.wording import duration, percent, probable

HIGH = 2  # row of the ledger's elevations that is named in a sentence: 10 degrees


def collected(answer: Collected, epoch: datetime, wind_statement: str) -> Section:
    """Question 4: what was in view."""
    return Section(
        anchor="collected",
        question=tell("What was in its view?"),
        answer=" ".join(filter(None, (_sites(answer), _area(answer), _people(answer)))),
        basis=(
            tell(
                "In view means that no part of the Earth's curve stood between, with the"
                " bending of light. It is geometry: whether there were instruments, and what"
                " they did, does not follow."
            ),
            *(tell("Assumed: {one}.", one=retell(one)) for one in answer.assumptions),
            tell(
                "{n_paths:,} paths, worth {n_effective:,.0f} independent ones; sites are"
                " those of the case.",
                n_paths=answer.n_paths,
                n_effective=answer.n_effective,
            ),
            *_people_basis(answer),
            tell(
                "The winds say of themselves: {wind_statement}.",
                wind_statement=retell(wind_statement),
            ),
        ),
        would_change=(
            tell(
                "A narrower track, the horizons of sites where no grid of heights is given,"
                " cloud along the line of sight, for resolution what was carried, and for"
                " people a grid of them."
            )
        ),
        tables=viewtables.in_view_tables(answer, epoch),
        pictures=viewpicture.in_view(answer, epoch),
    )


def _sites(answer: Collected) -> str:
    if not answer.sites:
        return tell("Not answered for any site: the case names none (sites in case.yaml).")
    ordered = sorted(answer.sites, key=lambda one: -one.levels[0].mean_s)
    likely = [one for one in ordered if one.levels[0].probability >= 0.5]
    if not likely:
        first = ordered[0]
        return tell(
            "None of the {n_sites} sites of the case was more likely than not in its"
            " view; {name} was {probability}.",
            n_sites=len(answer.sites),
            name=first.name,
            probability=probable(first.levels[0].probability),
        )
    return tell(
        "Of the {n_sites} sites of the case, {n_likely} were more likely than not in its"
        " view at some time. Longest: {one}.",
        n_sites=len(answer.sites),
        n_likely=len(likely),
        one=_one(likely[0]),
    )


def _one(site: SiteLine) -> str:
    low, high = site.levels[0], site.levels[HIGH]
    text = f"{site.name}, {probable(low.probability)}"
    if low.in_view is not None:
        text += tell(
            ", for {p50} ({p05} to {p95})",
            p50=duration(low.in_view.p50_s),
            p05=duration(low.in_view.p05_s),
            p95=duration(low.in_view.p95_s),
        )
    return tell(
        "{text}; above {elevation:g}\u00b0 with {probability}",
        text=text,
        elevation=high.elevation_deg,
        probability=percent(high.probability),
    )


def _area(answer: Collected) -> str:
    if not answer.ground:
        return ""
    wide, high = answer.ground[0], answer.ground[HIGH]
    return tell(
        "At any moment some {wide:,} km\u00b2 of ground lay within its horizon, {reach:,.0f}"
        " km around, and {high:,} km\u00b2 had it at {elevation:g}\u00b0 or more.",
        wide=_round(wide.area_m2[1] / 1e6),
        reach=wide.reach_m[1] / 1e3,
        high=_round(high.area_m2[1] / 1e6),
        elevation=high.elevation_deg,
    )


def _people(answer: Collected) -> str:
    if answer.people is None or not answer.people.levels:
        return ""
    wide, high = answer.people.levels[0], answer.people.levels[HIGH]
    return tell(
        "In the whole flight some {persons} people lived in ground that was in view above"
        " the horizon, and {persons_2} ({persons_3} to {persons_4}, and beyond that a"
        " factor of {factor:g} either way by where they are taken to live) in ground"
        " above which it stood {elevation:g}\u00b0 or more. In view is not seen.",
        persons=peopletables.crowd(wide.persons[2]),
        persons_2=peopletables.crowd(high.persons[2]),
        persons_3=peopletables.crowd(high.persons[0]),
        persons_4=peopletables.crowd(high.persons[4]),
        factor=high.factor,
        elevation=high.elevation_deg,
    )


def _people_basis(answer: Collected) -> tuple[str, ...]:
    people = answer.people
    if people is None:
        return (tell("People in view are not counted."),)
    return (
        tell(
            "People in view are residents of cells of {cell:g}\u00b0 that {n_paths} equally"
            " probable paths ever had in view, by {population}.",
            cell=people.cell_deg,
            n_paths=people.n_paths,
            population=retell(people.population),
        ),
        *map(retell, people.notes),
    )


def _round(value: float) -> int:
    return int(float(f"{value:.2g}"))


def seen(answer: Seen, epoch: datetime, wind_statement: str) -> Section:
    """Who could have noticed; only of a case that names observers."""
    ordered = sorted(answer.observers, key=lambda one: -one.careful.probability)
    likely = [one for one in ordered if one.careful.probability >= 0.5]
    first = ordered[0]
    return Section(
        anchor="seen",
        question=tell("Who could have noticed it?"),
        answer=(
            tell(
                "{n_likely} of the {n_ordered} observers of the case more likely than not had"
                " an opportunity, not a detection; first {name}, {probability}.",
                n_likely=len(likely),
                n_ordered=len(ordered),
                name=first.name,
                probability=probable(first.careful.probability),
            )
        ),
        basis=(
            tell(
                "An opportunity is geometry, the stated range and hours, and for eyes and"
                " cameras a balloon in the sun; for eyes also its size, contrast and"
                " brightness. Radar cross sections, filters and attention are unknown and not"
                " guessed."
            ),
            *(tell("Assumed: {one}.", one=retell(one)) for one in answer.assumptions),
            tell("{n_paths:,} equally probable paths.", n_paths=answer.n_paths),
            tell(
                "The winds say of themselves: {wind_statement}.",
                wind_statement=retell(wind_statement),
            ),
        ),
        would_change=tell(
            "A narrower track, the observers' horizons, and the cloud of those days."
        ),
        tables=viewtables.seen_tables(answer, epoch),
        pictures=viewpicture.seen(answer, epoch),
    )
