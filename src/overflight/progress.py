"""Progress for people and for programs, on stderr."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

Report = Callable[[str, int, int], None]


@contextmanager
def shown(quiet: bool, as_json: bool) -> Iterator[Report]:  # noqa: FBT001
    """Give a function to report ``(stage, done, total)`` to.

    A bar for each stage on a terminal, a line a stage where stderr is a file, one JSON object a
    report where asked, nothing where quiet.
    """
    if quiet:
        yield lambda stage, done, total: None
    elif as_json:
        yield _json_line
    else:
        with _bars() as report:
            yield report


def _json_line(stage: str, done: int, total: int) -> None:
    sys.stderr.write(json.dumps({"stage": stage, "done": done, "total": total}) + "\n")
    sys.stderr.flush()


@contextmanager
def _bars() -> Iterator[Report]:
    columns = (
        TextColumn("{task.description:>14}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield report
