"""Ledgers as JSON files that hold their dataclasses field by field, each with its schema."""

import json
import math
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a ledger holds
    """A ledger as JSON holds it: lists, null for numbers that do not exist, ISO 8601 times."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, datetime) else value


def facts(answer: Any, **beside: object) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """A whole ledger, and what stands beside it."""
    found: dict[str, Any] = plain({**asdict(answer), **beside})
    return found


def write(name: str, folder: Path, answer: Any, **beside: object) -> None:  # noqa: ANN401
    """Write NAME.json into a folder."""
    text = json.dumps(facts(answer, **beside), indent=1, allow_nan=False)
    (folder / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
