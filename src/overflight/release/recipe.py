"""How a release was made, read from its manifest and checked before anything is run.

A manifest may come from a stranger: its seal shows that it is whole, not that it was written by
this program. So no member of it is taken as it is.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from overflight.errors import OverflightError
from overflight.inference.stratum import Settings
from overflight.release.language import ENGLISH
from overflight.release.provenance import MANIFEST
from overflight.units import shorten

MAY_BE_NOTHING = frozenset({"n_starts", "n_defensive"})  # settings that may be 0
MOST = 100_000_000  # of anything that is counted; memory refuses what it cannot hold long before
_ELSEWHERE = frozenset({"n_threads", "device"})  # they are of the machine that runs again


@dataclass(frozen=True)
class Recipe:
    """What is needed to run again, but for the files of wind."""

    case_id: str
    made_on: date
    seed: int
    leave_one_out: bool
    device: str
    settings: Mapping[str, Any]  # fields of Settings
    inputs: Mapping[str, str]  # hashes by name
    language: str


def read(manifest: Mapping[str, Any]) -> Recipe:
    """Take what is needed out of a manifest.

    Raises
    ------
    OverflightError
        Naming the first member that is missing or makes no sense.
    """
    told = _member(manifest, "settings", dict)
    inputs = _member(manifest, "inputs_sha256", dict)
    if not all(isinstance(text, str) for pair in inputs.items() for text in pair):
        raise _senseless(of="inputs_sha256", value=inputs)
    case_id = Path(_member(manifest, "case_id", str)).name
    if not case_id:
        raise _senseless(of="case_id", value=manifest["case_id"])
    kept = {
        one.name: _setting(one.name, told[one.name], one.default)
        for one in fields(Settings)
        if one.name in told and one.name not in _ELSEWHERE
    }
    return Recipe(
        case_id=case_id,
        made_on=_date(_member(manifest, "made_on", str)),
        seed=_counted("seed", told.get("seed"), least=0),
        leave_one_out=told.get("leave_one_out") is True,
        device=str(told.get("device")),
        settings=kept,
        inputs=inputs,
        language=str(told.get("language", ENGLISH)),
    )


def _member(manifest: Mapping[str, Any], name: str, kind: type) -> Any:  # noqa: ANN401 (as JSON has it)
    if isinstance(manifest.get(name), kind):
        return manifest[name]
    raise _senseless(of=name, value=manifest.get(name, "nothing"))


def _setting(name: str, value: object, default: object) -> object:
    if isinstance(default, str):
        return str(value)
    if isinstance(default, int):
        return _counted(name, value, least=0 if name in MAY_BE_NOTHING else 1)
    if isinstance(value, float | int) and not isinstance(value, bool):
        number = float(value)
        if math.isfinite(number) and number > 0.0:
            return number
    raise _senseless(of=name, value=value)


def _counted(name: str, value: object, *, least: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST:
        return value
    raise _senseless(of=name, value=value)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _senseless(of="made_on", value=text) from None


def _senseless(*, of: str, value: object) -> OverflightError:
    return OverflightError(
        found=f"{MANIFEST} says {shorten(str(value))} of {of}",
        expected="what overflight writes there",
        remedy="Take an undamaged copy of the release; with --check-only its hashes are compared.",
    )
