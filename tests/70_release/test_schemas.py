"""The published JSON Schemas: true to the dataclasses, valid by another's reckoning, described."""

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

import jsonschema
import pytest

from overflight.errors import OverflightError
from overflight.release import ledgerjson, schemas


def stored(root, name):
    return (root / "docs" / "reference" / "schemas" / f"{name}.schema.json").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(schemas.ROOT))
def test_what_is_stored_is_what_the_dataclasses_say(root, name):
    assert stored(root, name) == schemas.text(name), "run 'make docs'"


def test_the_tool_that_checks_them_agrees(root, monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(root / "tools"))
    monkeypatch.setattr(sys, "argv", ["schemas.py", "--check"])
    sys.modules.pop("schemas", None)
    tool = __import__("schemas")
    assert tool.main() == 0
    monkeypatch.setattr(tool, "FOLDER", root / "docs")
    assert tool.main() == 1
    assert "claimed.schema.json" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(schemas.ROOT))
def test_every_schema_is_one_and_says_units_and_source(root, name):
    shape = json.loads(stored(root, name))
    jsonschema.Draft202012Validator.check_schema(shape)
    assert shape["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert len(shape["description"]) > 150
    told = 0
    for part in (shape, *shape["$defs"].values()):
        assert part["description"]
        assert part["additionalProperties"] is False
        for field, said in part["properties"].items():
            if field.endswith(("_m", "_kg", "_s", "_deg", "_mps", "_pa")):
                assert "Unit: " in said["description"], field
                told += 1
    assert told or name == "claimed"


def test_numbers_that_do_not_exist_become_null_wherever_they_are():
    @dataclass(frozen=True)
    class Odd:
        a: float
        b: tuple[float, ...]
        c: dict
        d: datetime

    made = ledgerjson.facts(
        Odd(
            float("nan"),
            (1.0, float("inf")),
            {"x": -float("inf")},
            datetime(2023, 2, 1, tzinfo=UTC),
        ),
        wind="w",
    )
    assert made == {"a": None, "b": [1.0, None], "c": {"x": None}, "d": "2023-02-01T00:00:00+00:00",
                    "wind": "w"}  # fmt: skip
    json.dumps(made, allow_nan=False)


def test_a_type_that_json_does_not_know_is_refused():
    @dataclass(frozen=True)
    class Odd:
        a: complex

    with pytest.raises(OverflightError, match="complex"):
        schemas._object(Odd, {})
