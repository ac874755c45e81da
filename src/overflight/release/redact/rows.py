"""A case without what a level withholds, as files that can be read again.

The rules work on the cells as they were written; so the copy holds no comment, no column that
overflight does not read, and nothing that was left out.
"""

import csv
import json
import re
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from overflight.case import geojson
from overflight.case.files import Notes, Tree, read_table, read_text, read_yaml
from overflight.case.model import Case
from overflight.release.redact import secrets
from overflight.release.redact.levels import RULES, Level, Rules
from overflight.release.redact.withheld import Withheld, on_grid

TABLES = ("sources", "sightings", "statements", "sites", "observers", "events", "relations")
NOWHERE = "https://withheld.invalid/"  # a name that is reserved for never existing (RFC 2606)
_PAIRS = (("lat_deg", "lon_deg"), ("then_lat_deg", "then_lon_deg"))
_NEAR = re.compile(r"(near +)([^ ,]+)( *, *)([^ ,]+)")
_CORNER = re.compile(r"([-+]?\d{1,3}(?:\.\d*)?)([ ,]+)([-+]?\d{1,3}(?:\.\d*)?)")
# Cells that go with the words of a report, and those that say whose they are.
WORDS = ("quote", "text", "note", "why_not_used")
WHO = ("speaker", "role")
SAID = ("quantity", "value_min", "value_max", "test", "test_hint")

Row = dict[str, Tree]
Tables = dict[str, list[Row]]


def redact(source: Path, case: Case, level: Level, target: Path) -> Withheld:
    """Write a case without what the level withholds, and say what that is.

    Parameters
    ----------
    source
        The whole case, without mistakes.
    target
        A folder to make.
    """
    head = read_yaml(source / "case.yaml", Notes()) or {}
    tables = {
        name: [dict(row) for row in read_table(source / f"{name}.csv", Notes()).rows]
        for name in TABLES
        if (source / f"{name}.csv").is_file()
    }
    zones = {name: _zone_file(source / name) for name in dict.fromkeys(case.zone_files)}
    withheld = secrets.of(head, tables, zones, RULES[level])
    target.mkdir(parents=True)
    for name, rows in tables.items():
        kept = _shown(name, rows, withheld, RULES[level], tables)
        if kept or not rows:  # a table of withheld rows alone is no table
            _write_table(target / f"{name}.csv", kept)
    for name, zone in list(zones.items()):
        _write_zones(target / name, zone, withheld)
    _write_head(target / "case.yaml", _head(head, zones, withheld, RULES[level], tables))
    return withheld


def _zone_file(path: Path) -> dict[str, Any]:
    text = read_text(path, Notes(), geojson.LARGEST_BYTES)
    found: dict[str, Any] = json.loads(text or "{}")
    return found


def _shown(
    name: str, rows: Iterable[Row], withheld: Withheld, rules: Rules, tables: Tables
) -> list[Row]:
    kept = [row for row in rows if str(row.get("name")) not in withheld.hidden_names]
    marks = secrets.marked(tables.get("sources", []), rules)
    return [_row(name, row, withheld, rules, marks) for row in kept]


def _row(
    table: str, row: Row, withheld: Withheld, rules: Rules, marks: Mapping[str, str]
) -> Row:  # fmt: skip
    mark = marks.get(str(row.get("id" if table == "sources" else "source")), "")
    shown: Row = dict(row)
    shown.pop("withhold", None)
    if table == "sources" and mark:
        new = withheld.renamed[str(row["id"])]
        shown = {"id": new, "publisher": f"source {new}", "url": NOWHERE, "copy_status": "withheld"}
        shown |= {"published": row["published"]} if row.get("published") else {}
    elif mark:
        new = withheld.renamed.get(str(row.get("id")), "")
        shown |= {name: f"a source that is withheld ({new})" for name in WHO if row.get(name)}
        if mark == "all":
            shown |= {name: f"withheld ({new})" for name in WORDS if row.get(name)}
            shown |= {name: None for name in SAID if name in row}
    if _tells_of(shown.get("test"), withheld.hidden_names):  # it would be a test of nothing
        shown |= {name: None for name in ("test", "test_hint") if name in row}
    if table != "sites" or str(row.get("name")) in withheld.rounded_names:
        _coarsen(shown, rules.coarse_deg if mark == "all" else rules.grid_deg)
    return {key: _scrubbed(value, withheld) for key, value in shown.items()}


def _tells_of(test: Tree, names: Iterable[str]) -> bool:
    return isinstance(test, str) and any(one.casefold() in test.casefold() for one in names)


def _coarsen(row: Row, grid_deg: float) -> None:
    """Round every position of a row."""
    for pair in _PAIRS:
        for name in pair:
            if isinstance(text := row.get(name), str):
                row[name] = f"{on_grid(float(text), grid_deg):g}"
    for name, form, places in (("test", _NEAR, (2, 4)), ("outline", _CORNER, (1, 3))):
        if isinstance(text := row.get(name), str):
            row[name] = form.sub(partial(_rounded, places=places, grid_deg=grid_deg), text)


def _rounded(found: re.Match[str], places: tuple[int, int], grid_deg: float) -> str:
    parts = list(found.groups())
    for place in places:
        try:
            parts[place - 1] = f"{on_grid(float(parts[place - 1]), grid_deg):g}"
        except ValueError:  # not a plain number: the case would not have been read
            continue
    return "".join(parts)


def _scrubbed(value: Tree, withheld: Withheld) -> Tree:
    if isinstance(value, str):
        return withheld.scrubbed(value)
    if isinstance(value, list):
        return [_scrubbed(one, withheld) for one in value]
    if isinstance(value, dict):
        return {key: _scrubbed(one, withheld) for key, one in value.items()}
    return value


def _head(
    head: Mapping[str, Tree],
    zones: Mapping[str, dict[str, Any]],
    withheld: Withheld,
    rules: Rules,
    tables: Tables,
) -> dict[str, Tree]:
    shown: dict[str, Tree] = {k: v for k, v in head.items() if k not in secrets.LISTS}
    for name in ("sites", "observers", "launches"):
        rows = shown.get(name)
        if isinstance(rows, list):
            listed = [row for row in rows if isinstance(row, dict)]
            shown[name] = list(_shown(name, listed, withheld, rules, tables))
    goals = shown.get("goals")
    if isinstance(goals, list):
        shown["goals"] = [one for one in goals if str(one) not in withheld.hidden_names]
    named = shown.get("zones")
    if isinstance(named, list):
        empty = {name for name, zone in zones.items() if not _kept(zone, withheld)}
        shown["zones"] = [one for one in named if one not in empty]
    return {key: _scrubbed(value, withheld) for key, value in shown.items()}


def _kept(zone: Mapping[str, Any], withheld: Withheld) -> list[dict[str, Any]]:
    return [
        one
        for one in secrets.features(zone)
        if str(one["properties"].get("name")) not in withheld.hidden_names
    ]


def _write_zones(path: Path, zone: Mapping[str, Any], withheld: Withheld) -> None:
    """The zones that are left, with the properties that overflight reads."""
    kept = _kept(zone, withheld)
    if not kept:
        return
    shown = [
        {
            "type": "Feature",
            "properties": {
                name: _scrubbed(one["properties"][name], withheld)
                for name in geojson.KNOWN
                if one["properties"].get(name) is not None
            },
            "geometry": one["geometry"],
        }
        for one in kept
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"type": "FeatureCollection", "features": shown}, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _write_table(path: Path, rows: list[Row]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(
            {name: "" if value is None else value for name, value in row.items()} for row in rows
        )


def _write_head(path: Path, head: Mapping[str, Tree]) -> None:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 4_096
    with path.open("w", encoding="utf-8", newline="\n") as file:
        yaml.dump({key: value for key, value in head.items() if value is not None}, file)
