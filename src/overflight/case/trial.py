"""Change the tables of a case: tried on a copy as a whole, then put in place, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from overflight.case.load import load

_COPIED = frozenset({".yaml", ".csv", ".geojson", ".json"})
_FOLDERS = ("", "layers")  # where what a case names may lie
_ORDER = ("sources", "sightings", "statements", "events", "relations")
_LARGEST_BYTES = 50_000_000  # what is larger is no file that reading a case looks into


def copied(case: Path, place: Path) -> Path:
    """Copy what reading a case looks at into a new folder of its name inside ``place``."""
    trial = place / case.resolve().name
    for name in _FOLDERS:
        if not (case / name).is_dir():
            continue
        (trial / name).mkdir(exist_ok=True)
        for path in (case / name).iterdir():
            small = path.is_file() and path.stat().st_size <= _LARGEST_BYTES
            if small and path.suffix in _COPIED:
                shutil.copyfile(path, trial / name / path.name)
    return trial


def put_in_place(case: Path, tables: Mapping[str, bytes], *, dry: bool = False) -> None:
    """Check the changed case, then replace each table as a whole.

    What is cited comes first: whoever looks in between sees a case without mistakes.

    Parameters
    ----------
    tables
        New content by name, without ``.csv``.
    dry
        Only check.

    Raises
    ------
    CaseError
        If the changed case has a mistake; nothing is replaced then.
    """
    scratch = Path(tempfile.mkdtemp(prefix=".overflight-", dir=None if dry else case))
    try:
        trial = copied(case, scratch)
        for name, raw in tables.items():
            with (trial / f"{name}.csv").open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
        load(trial, begun=True)
        for name in [] if dry else sorted(tables, key=_ORDER.index):
            if (case / f"{name}.csv").exists():  # a table that may be left out may be new
                shutil.copymode(case / f"{name}.csv", trial / f"{name}.csv")
            (trial / f"{name}.csv").replace(case / f"{name}.csv")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
