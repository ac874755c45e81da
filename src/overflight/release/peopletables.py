"""Tables of who lives in the ground that was in view."""

from overflight.ledgers.collected.people import People, PeopleInView
from overflight.release.language import mark, retell, tell, term
from overflight.release.sections import Table

SHOWN_ZONES = 15
_SHOWN_LEVELS = (0, 2)  # rows of the elevations whose zones are shown: the horizon, 10 degrees


def people_tables(people: People | None) -> tuple[Table, ...]:
    """People in view by elevation, and by state and country."""
    if people is None or not people.levels:
        return ()
    return (_by_elevation(people), *_by_zone(people))


def _by_elevation(people: People) -> Table:
    return Table(
        caption=tell("People in view in the whole flight"),
        columns=(
            tell("Above"),
            tell("Residents"),
            tell("5 to 95 % of the paths"),
            tell("Wrong by, either way"),
        ),
        rows=tuple(
            (
                above(one),
                crowd(one.persons[2]),
                tell(
                    "{persons} to {persons_2}",
                    persons=crowd(one.persons[0]),
                    persons_2=crowd(one.persons[4]),
                ),
                tell("a factor of {factor:g}", factor=one.factor),
            )
            for one in people.levels
        ),
        note=(
            tell(
                "Who lives in ground that the balloon was ever so high above, each once; not"
                " who was seen, or could be. Where people live: {population}. The factor is"
                " what that may be wrong by, and is not in the quantiles.",
                population=retell(people.population),
            )
        ),
    )


def _by_zone(people: People) -> tuple[Table, ...]:
    rows = tuple(
        (above(level), term(zone.name), crowd(zone.persons[1]), _range(zone.persons))
        for level in (people.levels[row] for row in _SHOWN_LEVELS if row < len(people.levels))
        for zone in level.zones[:SHOWN_ZONES]
    )
    if not rows:
        return ()
    note = tell(
        "A country that is told by its states or provinces stands beside them as their sum."
    )
    return (
        Table(
            tell("People in view by country and state"), tuple(map(tell, _COLUMNS)), rows, note=note
        ),
    )


_COLUMNS = (
    mark("Above"),
    mark("Country or state"),
    mark("Residents"),
    mark("5 to 95 % of the paths"),
)


def _range(persons: tuple[float, float, float]) -> str:
    return tell("{persons} to {persons_2}", persons=crowd(persons[0]), persons_2=crowd(persons[2]))


def above(one: PeopleInView) -> str:
    """An elevation as tables tell it."""
    return (
        tell("the horizon")
        if one.elevation_deg == 0.0
        else tell("{elevation:g}\u00b0", elevation=one.elevation_deg)
    )


def crowd(persons: float) -> str:
    """A number of people to two figures.

    >>> crowd(0.4), crowd(5_437.0), crowd(331_449_281.0), crowd(1.4e9)
    ('nobody', '5,400', '330 million', '1,400 million')
    """
    if persons < 1.0:
        return tell("nobody")
    rounded = float(f"{persons:.2g}")
    if rounded < 1e6:
        return tell("{rounded:,.0f}", rounded=rounded)
    return (
        tell("{rounded:,.2g} million", rounded=rounded / 1e6)
        if rounded < 1e7
        else tell("{rounded:,.0f} million", rounded=rounded / 1e6)
    )


def rows(people: People | None) -> tuple[list[str], list[tuple[str, ...]]]:
    """Rows of collected_people.csv: all together, then by zone."""
    columns = ["elevation_deg", "zone", "name"]
    columns += [f"persons_{q}" for q in ("p05", "p50", "p95")]
    columns += ["error_factor", "population"]
    found: list[tuple[str, ...]] = []
    for one in people.levels if people else ():
        told = [("", "all", (one.persons[0], one.persons[2], one.persons[4]))]
        told += [(zone.zone, zone.name, zone.persons) for zone in one.zones]
        found += [
            (
                f"{one.elevation_deg:g}",
                zone,
                name,
                *(f"{value:.0f}" for value in persons),
                f"{one.factor:g}",
                people.population if people else "",
            )
            for zone, name, persons in told
        ]
    return columns, found
