"""The commands that bring files of others into a case, and keep copies of them."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overflight.errors import CaseError
from overflight.terminal import CasePath, plain

if TYPE_CHECKING:
    from overflight.imports.tracks import Answers


class Kind(StrEnum):
    """What a file is, where its content does not say."""

    AUTO = "auto"
    FIXES = "fixes"
    SIGHTINGS = "sightings"
    MODEL = "model"


class As(StrEnum):
    """What to make of a track."""

    SIGHTINGS = "sightings"
    TRACK = "track"


class Dates(StrEnum):
    """Order of day and month."""

    DMY = "dmy"
    MDY = "mdy"


AS_EVIDENCE = As.SIGHTINGS


class HeightUnit(StrEnum):
    """Unit of a height column that names none."""

    M = "m"
    FT = "ft"


def import_files(  # noqa: PLR0913, PLR0917 (one for each option)
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files to import.")],
    case: Annotated[
        Path, typer.Option(metavar="DIR", exists=True, file_okay=False, help="The case folder.")
    ],
    kind: Annotated[Kind, typer.Option(help="What the files are; auto finds out.")] = Kind.AUTO,
    made: Annotated[As, typer.Option("--as", help="Evidence, or a track beside it.")] = AS_EVIDENCE,
    source: Annotated[
        str, typer.Option(metavar="ID", help="Row of sources.csv, or name for a new one.")
    ] = "",
    url: Annotated[
        str, typer.Option(metavar="URL", help="Address of a new source; it is not opened.")
    ] = "",
    which: Annotated[
        str, typer.Option("--id", metavar="NAME", help="Which balloon of several in a file.")
    ] = "",
    every: Annotated[str, typer.Option(metavar="TIME", help="Keep one fix in so long.")] = "10min",
    day: Annotated[
        str, typer.Option("--date", metavar="DAY", help="Day of times without one.")
    ] = "",
    dates: Annotated[
        Dates | None, typer.Option(help="Which comes first in dates like 06/04/2018.")
    ] = None,
    start: Annotated[
        str, typer.Option(metavar="MOMENT", help="Where a clock that counts from 0 starts.")
    ] = "",
    utc_offset: Annotated[
        str, typer.Option(metavar="OFFSET", help="Of local times without a zone: =-07:00.")
    ] = "",
    height_unit: Annotated[
        HeightUnit | None, typer.Option(help="Unit of heights that name none.")
    ] = None,
    position_sd: Annotated[
        str, typer.Option(metavar="LENGTH", help="Error of places of sightings that state none.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell all, write nothing.")] = False,  # noqa: FBT002
) -> None:
    """Import files into a case, and tell what was made of every row.

    Tracks become sightings with attribution telemetry; what a model computed becomes a statement
    and never a sighting; rows of reports wait with use: no until a person has read them.

    Example: overflight import track.gpx --case my-case --url https://example.org/track
    """
    from overflight import units
    from overflight.imports import plan
    from overflight.release.csvsafe import cell

    _one_for_one(source, len(files))
    choices = plan.Choices(
        answers=_answers(day, dates, start, height_unit, utc_offset),
        kind=kind.value,
        track_only=made is As.TRACK,
        source=source,
        url=url,
        which=which,
        every_s=units.parse(every, "s"),
        position_sd=position_sd,
    )
    for path in files:
        found = plan.bring_in(path, case, choices, cell, dry=dry_run)
        _tell(found.said, [("would be written" if dry_run else "written", x) for x in found.added])


def _answers(
    day: str, dates: Dates | None, start: str, height_unit: HeightUnit | None, utc_offset: str
) -> "Answers":
    """What the person says of a file that the file does not."""
    import numpy as np

    from overflight.case.vocabulary import read_time
    from overflight.imports import cells, tracks, zones

    ahead_s = zones.offset_s(utc_offset) if utc_offset else None
    return tracks.Answers(
        clock=cells.Clock(_day(day), dates.value if dates else "", ahead_s),
        start=np.datetime64(read_time(start).replace(tzinfo=None), "ns") if start else None,
        height_unit=height_unit.value if height_unit else "",
    )


def _one_for_one(source: str, n_files: int) -> None:
    if source and n_files > 1:
        raise CaseError(
            found=f"--source with {n_files} files",
            expected="one file for one source",
            remedy="Import them one at a time.",
        )


def _tell(said: Iterable[tuple[str, str]], written: Iterable[tuple[str, object]]) -> None:
    for what, words in (*said, *written):
        typer.echo(f"{plain(what):<18} {plain(str(words))}")
    typer.echo("")


def archive(
    case: CasePath,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE...]", help="Files to keep copies of.")
    ] = None,
    source: Annotated[
        str, typer.Option(metavar="ID", help="The row of sources.csv that the file is.")
    ] = "",
    verify: Annotated[bool, typer.Option("--verify", help="Check all copies.")] = False,  # noqa: FBT002
) -> None:
    """Keep copies of files beside a case.

    A copy is named by its SHA-256 in the folder archive; the address of a source is never opened.
    With --verify, or without files, all copies are checked; missing or changed ones are named and
    the exit status is then 2.

    Example: overflight archive my-case page.pdf --source gazette
    """
    from overflight.imports import archive as kept
    from overflight.release.csvsafe import cell

    if files:
        for one in kept.store(case, files, source, cell):
            words = "kept" if one.new else "was kept already"
            whose = f" for source {one.source}" if one.source else ""
            typer.echo(f"{plain(one.name)}: {words}{whose}, sha256 {one.sha256}")
    if verify or not files:
        whole, wrong = kept.verify(case, cell)
        if wrong:
            raise CaseError(
                found=f"{len(wrong)} of the archive's copies are missing or changed: "
                + "; ".join(wrong[:20]),
                expected="every copy as it was",
                remedy="Find the file again and archive it anew.",
            )
        typer.echo(f"{whole} copies, all as they were")


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CaseError(
            found=f"--date {text[:20]}", expected="a day such as 2023-02-01", remedy="Correct it."
        ) from None
