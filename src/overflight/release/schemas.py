"""JSON Schemas (draft 2020-12) of the ledgers in a release, read off the dataclasses themselves.

Every field is described by the comment or string beside it, and by the unit that its name ends in.
A number that does not exist is null; NaN and infinity never are in a file. The schemas are stored
in ``docs/reference/schemas/`` and go into a release beside the files; ``tools/schemas.py`` writes
them, and a test keeps them true.
"""

import ast
import dataclasses
import inspect
import json
import sys
import types
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from overflight.errors import OverflightError
from overflight.ledgers import ahead, brought_down, carried, collected, comes_down, seen, traversed
from overflight.ledgers.brought_down.answer import BroughtDown
from overflight.ledgers.steered import Steered
from overflight.release import claimsjson, originjson

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SIMPLE: dict[type, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": ["number", "null"]},
    str: {"type": "string"},
    datetime: {"type": "string", "format": "date-time"},
}
# The end of a name -> what it means; the longest that fits counts.
_UNITS = {
    "_m": "m", "_m2": "m\u00b2", "_km": "km", "_km2": "km\u00b2", "_kg": "kg", "_s": "s",
    "_h": "h", "_deg": "degrees", "_pa": "Pa", "_mps": "m/s", "_n": "N", "_w": "W", "_j": "J",
    "_hz": "Hz", "_kg_per_m2": "kg/m\u00b2", "_fraction": "fraction of one",
    "_log": "natural logarithm", "_log_sd": "natural logarithm, standard error",
    "_sds": "standard deviations", "_count": "count", "_sd_s": "s, standard error",
    "_sd_m": "m, one standard deviation", "_sd_mps": "m/s, standard error", "_utc": "UTC, ISO 8601",
    "probability": "fraction of one", "probability_sd": "fraction of one, standard error",
}  # fmt: skip

ROOT: Mapping[str, tuple[Any, Any]] = {
    "traversed": (traversed.Traversed, traversed),
    "steered": (Steered, sys.modules[Steered.__module__]),
    "carried": (carried.Carried, carried),
    "collected": (collected.Collected, collected),
    "seen": (seen.Seen, seen),
    "brought_down": (BroughtDown, brought_down),
    "claimed": (claimsjson.ClaimedFile, claimsjson),
    "origin": (originjson.OriginFile, originjson),
    "ahead": (ahead.Ahead, ahead),
    "comes_down": (comes_down.ComesDown, comes_down),
}
"""Ledger -> the dataclass that its file holds, and the module whose docstring says how."""

# What a file has beside the fields of its dataclass.
_BESIDE: Mapping[str, tuple[str, ...]] = {
    "traversed": ("epoch", "wind"),
    "steered": ("wind",),
    "carried": ("wind",),
    "collected": ("epoch", "wind"),
    "seen": ("epoch", "wind"),
    "brought_down": ("epoch_utc", "wind"),
    "claimed": ("wind",),
    "origin": (),
    "ahead": ("epoch", "wind"),
    "comes_down": ("epoch", "wind"),
}
_EXTRA: dict[str, Schema] = {
    "epoch": {
        "type": "string",
        "format": "date-time",
        "description": "Where every time in seconds counts from.",
    },
    "epoch_utc": {"type": "string", "description": "Where every time in seconds counts from, UTC."},
    "wind": {"type": "string", "description": "The winds that every number was made with."},
}


def schema(name: str) -> Schema:
    """The schema of one ledger's file."""
    kind, module = ROOT[name]
    defs: dict[str, Schema] = {}
    root = _object(kind, defs)
    for extra in _BESIDE[name]:
        root["properties"][extra] = _EXTRA[extra]
        root["required"] = sorted({*root["required"], extra})
    return {
        "$schema": DRAFT,
        "$id": f"urn:overflight:schema:{name}",
        "title": f"overflight: the file {name}.json of a release",
        "description": _paragraphs(inspect.getdoc(module) or ""),
        **root,
        "$defs": {key: defs[key] for key in sorted(defs)},
    }


def text(name: str) -> str:
    """The schema as it is stored."""
    return json.dumps(schema(name), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write(folder: Path, names: list[str]) -> None:
    """Put the schemas of some ledgers into the folder ``schemas`` of a release."""
    shelf = folder / "schemas"
    shelf.mkdir(exist_ok=True)
    for name in names:
        (shelf / f"{name}.schema.json").write_text(text(name), encoding="utf-8")


def _object(kind: Any, defs: dict[str, Schema]) -> Schema:  # noqa: ANN401 - a dataclass
    hints, notes = get_type_hints(kind), _notes(kind)
    properties = {}
    for field in dataclasses.fields(kind):
        described = _type(hints[field.name], defs)
        words = " ".join(part for part in (notes.get(field.name, ""), _unit(field.name)) if part)
        name = str(field.metadata.get("name", field.name))
        properties[name] = {**described, "description": words} if words else described
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _type(kind: Any, defs: dict[str, Schema]) -> Schema:  # noqa: ANN401, PLR0911 - by kind of type
    origin, inside = get_origin(kind), get_args(kind)
    if kind in _SIMPLE:
        return dict(_SIMPLE[kind])
    if origin in (Union, types.UnionType):
        options = [_type(one, defs) for one in inside if one is not type(None)]
        return (
            {"anyOf": [*options, {"type": "null"}]} if type(None) in inside else {"anyOf": options}
        )
    if origin is tuple and inside[-1] is Ellipsis:
        return {"type": "array", "items": _type(inside[0], defs)}
    if origin is tuple:
        items = [_type(one, defs) for one in inside]
        return {"type": "array", "prefixItems": items, "minItems": len(items),
                "maxItems": len(items)}  # fmt: skip
    if inside and isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _type(inside[1], defs)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [one.value for one in kind]}
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in defs:
            defs[kind.__name__] = {}
            said = _paragraphs(inspect.getdoc(kind) or "")
            defs[kind.__name__] = {"description": said, **_object(kind, defs)}
        return {"$ref": f"#/$defs/{kind.__name__}"}
    raise OverflightError(
        found=f"a field of type {kind}",
        expected="numbers, text, times, and tuples, mappings and dataclasses of them",
        remedy="Give the file a dataclass of its own, as release/claimsjson.py does.",
    )


def _unit(name: str) -> str:
    """What the end of a name says of its unit."""
    fitting = [end for end in _UNITS if name.endswith(end)]
    return f"Unit: {_UNITS[max(fitting, key=len)]}." if fitting else ""


@cache
def _notes(kind: type) -> dict[str, str]:
    """What stands beside each field: a comment on its line, or a string below it."""
    source = inspect.getsource(kind)
    lines = source.splitlines()
    (tree,) = ast.parse(inspect.cleandoc(source)).body
    found: dict[str, str] = {}
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        beside = lines[(node.end_lineno or node.lineno) - 1].partition("  # ")[2]
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            beside = str(after.value.value)
        if beside:
            words = " ".join(beside.split()).rstrip(".")
            found[node.target.id] = f"{words[0].upper()}{words[1:]}."
    return found


def _paragraphs(doc: str) -> str:
    """A docstring with its paragraphs kept apart and their lines joined; roles in plain words."""
    plain = doc.replace("``", "").replace(":mod:`", "").replace(":data:`", "").replace("`", "")
    parts = [part for part in plain.split("\n\n") if not part.startswith(("Parameters", "Raises"))]
    return "\n\n".join(
        part if part.startswith("    ") else " ".join(part.split()) for part in parts
    )
