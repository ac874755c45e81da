"""What all commands share: their usual options, and text that a terminal shows and never obeys."""

import errno
import json
import os
import traceback
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

CasePath = Annotated[
    Path, typer.Argument(metavar="CASE", exists=True, file_okay=False, help="A case folder.")
]

OutFolder = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", file_okay=False, help="Where the release is written."),
]
Threads = Annotated[
    int,
    typer.Option(min=0, max=256, help="Threads; 0 means one for each core. Changes no number."),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=4096,
        help="Work in so many processes of this machine (extra dask). Changes no number.",
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Work on a Dask cluster: its scheduler, such as tcp://10.0.0.5:8786.",
    ),
]


class DeviceName(StrEnum):
    """What particles can fly on."""

    CPU = "cpu"
    CUDA = "cuda"


Device = Annotated[
    DeviceName,
    typer.Option(
        help="Fly on the processor, or on an NVIDIA graphics card (extra cuda): the same numbers"
        " but for the last digits.",
    ),
]


Language = Annotated[
    str,
    typer.Option(
        metavar="CODE",
        help="Language of the report: en, or es (Spanish). The files for programs have none.",
    ),
]


class LevelChoice(StrEnum):
    """Who a release may be for."""

    PUBLIC = "public"
    PARTNER = "partner"
    FULL = "full"


LevelName = Annotated[
    LevelChoice,
    typer.Option("--level", help="Who the release is for; docs/how-to/publish.md says what goes."),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on from what an interrupted run of the same account kept."),
]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Key of all random numbers.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress on the terminal.")]
JsonProgress = Annotated[
    bool, typer.Option("--json-progress", help="Progress as one JSON object a line, on stderr.")
]


def plain(text: object, *, lines: bool = False) -> str:
    r"""Show what a terminal would obey instead of print: controls, direction marks, surrogates.

    Line ends and tabs stay only where ``lines`` are wanted, as in a list of mistakes.

    >>> plain("calm\x1b[2J \u202eevil")
    'calm\\x1b[2J \\u202eevil'
    """
    kept = "\n\t" if lines else ""
    return "".join(
        char
        if char in kept or unicodedata.category(char) not in _OBEYED
        else char.encode("unicode_escape", "surrogatepass").decode("ascii")
        for char in str(text)
    )


def teller(*, as_json: bool) -> Callable[[str], None]:
    """Give a function that says a sentence on stderr: a line, or a JSON object with a ``note``."""

    def tell(words: str) -> None:
        typer.echo(json.dumps({"note": words}) if as_json else plain(words), err=True)

    return tell


def explain(error: OSError) -> None:
    """Say why a file or folder could not be used."""
    lacking = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS} and error.filename2
    name = error.filename2 if lacking else error.filename  # of a copy, what was being written
    where = f": {plain(name)}" if name is not None else ""
    typer.echo(
        f"overflight: {plain(error.strerror or error)}{where}; expected a file or folder that can "
        "be read and written. Check its name, its permissions and the space on the disk.",
        err=True,
    )
    _trace()


def own_up(error: Exception) -> None:
    """Say that the program is at fault."""
    typer.echo(
        f"overflight: a fault of the program, not of your case: "
        f"{type(error).__name__}: {plain(error)}\n"
        "Please report it with what you typed and what 'overflight doctor' prints; run it again "
        "with OVERFLIGHT_DEBUG=1 for the details that help to find it.",
        err=True,
    )
    _trace()


def _trace() -> None:
    if os.environ.get("OVERFLIGHT_DEBUG") == "1":
        typer.echo(plain(traceback.format_exc(), lines=True), err=True)


# Control, format (direction marks, zero width), surrogate, line and paragraph separator.
_OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
