"""Which strings and places of a case a level withholds."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from overflight.case.files import Tree
from overflight.case.vocabulary import Attribution, Certainty, Geometry, Scope
from overflight.release.redact.levels import Rules
from overflight.release.redact.withheld import Place, Withheld, on_grid

SHORTEST = 3  # characters; two letters stand in any file by chance
OPENLY = "another row of the case says it openly"
SHORT = "it is too short to tell from chance"
OWN = "it is a word of overflight's own"

LISTS = ("withheld_kinds", "withheld_from_partners", "rounded_kinds")  # in case.yaml
MOST_CORNERS = 50  # of withheld zones, that are searched for

_OF_SOURCE = ("id", "publisher", "title", "url", "archived_sha256", "published_note")
_OF_ROW = ("id", "speaker", "role")
_WORDS = ("quote", "text", "note", "why_not_used", "test_hint")
_PAIRS = (("lat_deg", "lon_deg"), ("then_lat_deg", "then_lon_deg"))

Row = Mapping[str, Tree]
Tables = Mapping[str, list[dict[str, Tree]]]


def marked(sources: list[dict[str, Tree]], rules: Rules) -> dict[str, str]:
    """Sources that the level withholds: ``name`` or ``all`` by id."""
    found = {}
    for row in sources:
        mark = str(row.get("withhold") or "")
        if mark == "all" and rules.hides_texts:
            found[str(row["id"])] = "all"
        elif mark == "all" or (mark == "name" and rules.hides_names):
            found[str(row["id"])] = "name"
    return found


def of(
    head: Mapping[str, Tree], tables: Tables, zones: Mapping[str, dict[str, Any]], rules: Rules
) -> Withheld:
    """Find what is withheld."""
    marks = marked(tables.get("sources", []), rules)
    everything = list(_rows(head, tables))
    hidden = _named(head, everything, zones, rules.left_out)
    rounded = _named(head, everything, {}, ("rounded_kinds",), tables=("sites",)) - hidden
    closed: set[str] = set(hidden)
    opened: set[str] = set()
    for table, row in everything:
        own = str(row.get("id" if table == "sources" else "source"))
        names = _OF_SOURCE if table == "sources" else _OF_ROW
        said = {str(row[name]).strip() for name in (*names, *_WORDS) if row.get(name)}
        if own not in marks:
            opened |= {text.casefold() for text in said}
            continue
        told = names if marks[own] == "name" else (*names, *_WORDS)
        closed |= {str(row[name]).strip() for name in told if row.get(name)}
    renamed = _renamed(everything, marks)
    reasons = {text: _why_not(text, opened) for text in sorted(closed)}
    return Withheld(
        strings=tuple(sorted(text for text, why in reasons.items() if not why)),
        renamed=renamed,
        places=dict(_places(everything, marks, rules, hidden, rounded))
        | dict(_corners(zones, hidden, rules)),
        hidden_names=frozenset(hidden),
        rounded_names=frozenset(rounded),
        not_searched={text: why for text, why in reasons.items() if why},
        n_sources=len(marks),
        digits=round(-math.log10(rules.grid_deg)),
    )


def features(zone: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The features of a zone file, a single one or a collection."""
    found = zone.get("features") if zone.get("type") == "FeatureCollection" else [zone]
    return [one for one in found or [] if isinstance(one, dict) and one.get("properties")]


def _rows(head: Mapping[str, Tree], tables: Tables) -> Iterator[tuple[str, dict[str, Tree]]]:
    for name, rows in tables.items():
        for row in rows:
            yield name, row
    for name in ("launches", "sites", "observers"):
        listed = head.get(name)
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict):
                yield name, one


def _named(
    head: Mapping[str, Tree],
    everything: list[tuple[str, dict[str, Tree]]],
    zones: Mapping[str, dict[str, Any]],
    lists: tuple[str, ...],
    tables: tuple[str, ...] = ("sites", "observers"),
) -> set[str]:
    """Names of sites, observers and zones of a kind in these lists of ``case.yaml``."""
    kinds = set()
    for name in lists:
        listed = head.get(name)
        kinds |= {_kind(one) for one in listed} if isinstance(listed, list) else set()
    places: list[Mapping[str, Any]] = [row for table, row in everything if table in tables]
    places += [one["properties"] for zone in zones.values() for one in features(zone)]
    return {str(one["name"]) for one in places if _kind(one.get("kind")) in kinds - {""}}


def _kind(value: object) -> str:
    return str(value or "").strip().casefold()


def _renamed(
    everything: list[tuple[str, dict[str, Tree]]], marks: Mapping[str, str]
) -> dict[str, str]:
    """New ids for withheld sources and their rows; they never meet one that is there."""
    taken = {str(row.get("id")) for _, row in everything}
    found: dict[str, str] = {}
    for table, row in everything:
        own = str(row.get("id" if table == "sources" else "source"))
        if own not in marks or not row.get("id"):
            continue
        number = len(found) + 1
        while (new := f"withheld-{number}") in taken:
            number += 1
        taken.add(new)
        found[str(row["id"])] = new
    return found


def _why_not(text: str, opened: set[str]) -> str:
    if text.casefold() in opened:
        return OPENLY
    if len(text) < SHORTEST:
        return SHORT
    words = {str(one) for kind in (Attribution, Certainty, Geometry, Scope) for one in kind}
    own = {part for word in words for part in (word, *word.split("_"))}
    return OWN if text.casefold() in own else ""


def _places(
    everything: list[tuple[str, dict[str, Tree]]],
    marks: Mapping[str, str],
    rules: Rules,
    hidden: set[str],
    rounded: set[str],
) -> Iterator[tuple[Place, Place]]:
    """Positions that a release must not hold, each with the one that stands in for it."""
    shown = set()
    found = []
    for table, row in everything:
        grid_deg = (
            rules.coarse_deg if marks.get(str(row.get("source"))) == "all" else rules.grid_deg
        )
        for names in _PAIRS:
            texts = [row.get(name) for name in names]
            if all(isinstance(text, str) for text in texts):
                old = (float(str(texts[0])), float(str(texts[1])))
                if table == "sites" and str(row.get("name")) not in hidden | rounded:
                    shown.add(old)
                else:
                    found.append((old, _coarse(old, grid_deg)))
    # What a site says openly cannot be kept by another row that stands there too.
    yield from ((old, new) for old, new in found if old != new and old not in shown)


def _corners(
    zones: Mapping[str, dict[str, Any]], hidden: set[str], rules: Rules
) -> Iterator[tuple[Place, Place]]:
    """Some corners of the zones that are left out, but for those of zones that are not."""
    every = [one for zone in zones.values() for one in features(zone)]
    closed = [one for one in every if str(one["properties"].get("name")) in hidden]
    shown = {place for one in every if one not in closed for place in _outline(one)}
    found = sorted({place for one in closed for place in _outline(one)} - shown)
    for old in found[:: max(1, -(-len(found) // MOST_CORNERS))]:
        new = _coarse(old, rules.grid_deg)
        if old != new:
            yield old, new


def _outline(feature: Mapping[str, Any]) -> Iterator[Place]:
    """Every corner of a feature's geometry, however its rings are nested."""
    geometry = feature.get("geometry")
    left = [geometry.get("coordinates")] if isinstance(geometry, dict) else []
    while left:
        one = left.pop()
        if isinstance(one, list) and len(one) > 1 and isinstance(one[0], int | float):
            yield float(one[1]), float(one[0])
        elif isinstance(one, list):
            left += one


def _coarse(place: Place, grid_deg: float) -> Place:
    return on_grid(place[0], grid_deg), on_grid(place[1], grid_deg)
