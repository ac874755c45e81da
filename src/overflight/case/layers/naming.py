"""Names, kinds and heights of zones, from columns of any name."""

from overflight.case import zonekinds
from overflight.case.layers.mending import Log
from overflight.case.watched import LONGEST_NAME
from overflight.errors import CaseError
from overflight.units import is_flight_level, shorten

_NAMES = (
    "name", "title", "ident", "designator", "geoname", "name_en", "label", "icao", "id", "code",
    "firname", "fir_name", "airspace_name", "territory1", "sovereign1",
)  # fmt: skip
_KINDS = ("kind", "type", "pol_type", "airspace_type", "class", "category", "featurecla")
_LEVELS = {
    "floor": ("floor", "lower", "lower_limit", "min_alt", "bottom"),
    "ceiling": ("ceiling", "upper", "upper_limit", "max_alt", "top"),
}


def names(rows: list[dict[str, str]], field: str, log: Log) -> list[str]:
    """Return the name of every feature: from a column, else a number."""
    column = _column(rows, field) if field else _guessed(rows)
    found = []
    for number, row in enumerate(rows, start=1):
        given = row.get(column, "") if column else ""
        name = clean(given)
        if given and name != given:
            log.say("names were cleaned of what cannot be shown, or cut to 80 characters")
        if not name:
            log.say(f"a zone without a name is called 'zone {number}'")
        found.append(name or f"zone {number}")
    if column and not field:
        log.say(f"names are from the column {shorten(column)}")
    return found


def clean(text: str) -> str:
    r"""Keep the printable characters of a name, blanks joined, within its length.

    >>> clean("Vilnius \x1b[2J\u202e FIR")
    'Vilnius [2J FIR'
    """
    kept = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(kept.split())[:LONGEST_NAME].strip()


def own(name: str, kind: str, taken: set[str], log: Log) -> str:
    """Return the name if it is free, else the name with its kind or a number; note it as taken."""
    chosen, number = name, 1
    while chosen.casefold() in taken:
        suffix = f" ({kind})" if number == 1 else f" ({kind} {number})"
        chosen = name[: LONGEST_NAME - len(suffix)] + suffix
        number += 1
    if chosen != name:
        log.say(f"{shorten(name)} is called {shorten(chosen)}: the name was taken")
    taken.add(chosen.casefold())
    return chosen


def kinds(rows: list[dict[str, str]], kind: str, log: Log) -> list[str]:
    """Return the kind of every feature: the one that was said, else from a column that knows."""
    if kind:
        return [kind] * len(rows)
    found = []
    for row in rows:
        lower = {name.casefold(): value for name, value in row.items()}
        known = [zonekinds.meant(lower[name]) for name in _KINDS if name in lower]
        found.append(next((one for one in known if one != zonekinds.OTHER), zonekinds.OTHER))
    if zonekinds.OTHER in found:
        log.say("no kind is known (say it with --kind): nothing is said of what an entry means")
    return found


def levels(row: dict[str, str], log: Log) -> dict[str, str]:
    """Return floor and ceiling where they are flight levels; say what was passed over."""
    lower = {name.casefold(): value.strip() for name, value in row.items()}
    found = {}
    for bound, columns in _LEVELS.items():
        value = next((lower[name] for name in columns if lower.get(name)), "")
        if value and is_flight_level(value):
            found[bound] = value
        elif value and value.upper() not in ("SFC", "GND", "UNL", "UNLIMITED", "0"):
            log.say(f"a {bound} that is no flight level ({shorten(value)}) was passed over")
    return found


def _column(rows: list[dict[str, str]], field: str) -> str:
    known = list(dict.fromkeys(name for row in rows for name in row))
    if field in known:
        return field
    raise CaseError(
        found=f"no column {shorten(field)}",
        expected=f"one of {', '.join(shorten(name) for name in known[:30]) or '(none)'}",
        remedy="Correct --name-field.",
    )


def _guessed(rows: list[dict[str, str]]) -> str:
    """The usual column that names most features."""
    best, most = "", 0
    known = {name.casefold(): name for row in rows for name in row}
    for usual in _NAMES:
        column = known.get(usual, "")
        named = sum(bool(row.get(column, "").strip()) for row in rows) if column else 0
        if named > most:
            best, most = column, named
    return best
