"""The command that drafts: articles in, proposals out; a person decides what enters a case."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overflight.errors import CaseError
from overflight.terminal import plain

if TYPE_CHECKING:
    from overflight.case.draft.propose import Reading

Articles = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FILE|DIR]...", help="Articles as text or HTML, or folders of them."),
]
_LISTED = 40
_SHOWN = 110


def draft(
    articles: Articles = None,
    case: Annotated[
        Path | None,
        typer.Option(metavar="DIR", exists=True, file_okay=False, help="The case to draft for."),
    ] = None,
    published: Annotated[
        str, typer.Option(metavar="DATE", help="Day of publication, if the file does not say it.")
    ] = "",
    url: Annotated[
        str, typer.Option(metavar="URL", help="Where the article can be read; it is not opened.")
    ] = "",
    home: Annotated[
        str,
        typer.Option(metavar="CODE", help="The state whose officials are not foreign, such as LT."),
    ] = "US",
    review: Annotated[  # noqa: FBT002
        bool, typer.Option("--review", help="Go through the open proposals one by one.")
    ] = False,
    accept: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--accept", help="Enter the rows marked yes in draft/*.csv into the case."),
    ] = False,
    everything: Annotated[  # noqa: FBT002
        bool, typer.Option("--all", help="In the review, also what is not about the flight.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
) -> None:
    """Propose claims and sightings from articles.

    Each proposal points at exact characters and names its speaker. Nothing enters the case until a
    person accepts it: with --review, or by writing yes into draft/*.csv and then --accept.

    Example: overflight draft article.txt --case my-case --published 2023-02-03
    """
    from overflight.release import csvsafe

    if not articles and not (review or accept):
        raise CaseError(
            found="nothing to draft", expected="an article, --review or --accept",
            remedy="Name a file: overflight draft article.txt --case DIR",
        )  # fmt: skip
    if case is None and (review or accept):
        raise CaseError(
            found="no case", expected="--case DIR", remedy="Say which case: --case my-case"
        )
    if articles:
        made = _read(articles, published, url, home)
        if case is not None:
            _keep(case, made, url, quiet=as_json)
        if as_json:
            typer.echo(json.dumps(_facts(made), ensure_ascii=True, indent=1))
        elif not review:
            _tell(made, case)
    if case is not None and review:
        from overflight.cli_review import go_through

        go_through(case, everything=everything)
    if case is not None and (accept or review):
        _enter(case, csvsafe.cell)


def _read(articles: Sequence[Path], published: str, url: str, home: str) -> "list[Reading]":
    from overflight.case.draft import article, days
    from overflight.case.draft.propose import propose, together

    if published and days.published(published, "")[0] is None:
        raise CaseError(
            found=f"{plain(published)!r} is no day of publication",
            expected="year-month-day, such as 2023-02-03",
            remedy="Write the day on which the article appeared.",
        )
    code = home.strip().upper()
    if not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise CaseError(
            found=f"{plain(home)!r} is no state",
            expected="two letters of ISO 3166 such as US, CA or LT",
            remedy="Name the state in which the article is written.",
        )
    listed = list(article.files(list(articles)))
    if url and len(listed) > 1:
        raise CaseError(
            found=f"one --url for {len(listed)} articles", expected="one article at a time with it",
            remedy="Draft them one by one, or write the addresses into draft/*.json.",
        )  # fmt: skip
    return together(propose(article.read(one), published=published, home=code) for one in listed)


def _facts(readings: "Sequence[Reading]") -> dict[str, object]:
    return {
        "offsets": "code points of 'text': all of a text file, or what was taken from a page",
        "articles": [
            {
                "file": one.article.name, "sha256": one.article.sha256,
                "text_sha256": one.article.text_sha256, "title": one.article.title,
                "publisher": one.article.publisher, "url": one.article.url,
                "published": one.published.isoformat() if one.published else None,
                "notes": list(one.notes), "text": one.article.text,
            }
            for one in readings
        ],
        "proposals": [proposal.facts() for one in readings for proposal in one.proposals],
    }  # fmt: skip


def _keep(case: Path, readings: "Sequence[Reading]", url: str, *, quiet: bool) -> None:
    """Write the proposals beside the case; decisions that were made are never overwritten."""
    from overflight.case.draft import table
    from overflight.release.csvsafe import write_table

    folder = case / table.FOLDER
    folder.mkdir(exist_ok=True)
    known = {table.read_source(folder, name).sha256: name for name in table.names(folder)}
    for one in readings:
        if one.article.sha256 in known:
            if not quiet:
                typer.echo(
                    f"{plain(one.article.name)}: drafted before, kept as it is in "
                    f"{plain(folder / known[one.article.sha256])}.csv"
                )
            continue
        name = table.name_of(one.article.name, table.names(folder))
        source = table.source_of(one, name, url)
        (folder / f"{name}.txt").write_bytes(one.article.text.encode("utf-8"))
        (folder / f"{name}.json").write_text(json.dumps(asdict(source), indent=1), encoding="utf-8")
        rows = [table.row_of(proposal) for proposal in one.proposals]
        write_table(
            folder / f"{name}.csv", table.COLUMNS,
            [[row[column] for column in table.COLUMNS] for row in rows],
        )  # fmt: skip
        known[one.article.sha256] = name


def _tell(readings: "Sequence[Reading]", case: Path | None) -> None:
    """What was proposed, for people; long lists are cut and say so."""
    for one in readings:
        about = [each for each in one.proposals if each.scope.value == "flight"]
        others = len(one.proposals) - len(about)
        typer.echo(f"{plain(one.article.name)}: {len(about)} proposals, {others} out of scope")
        for note in one.notes:
            typer.echo(f"  {plain(note)}")
        for each in about[:_LISTED]:
            words = " ".join(each.text.split())
            shown = words if len(words) <= _SHOWN else words[: _SHOWN - 3] + "..."
            copy = f", same as {each.same_as[0]}" if each.same_as else ""
            typer.echo(
                f"  {each.id} {each.kind}, {each.attribution.value}, {each.modality.value}{copy}: "
                f"{plain(each.speaker)}: {plain(shown)}"
            )
        if len(about) > _LISTED:
            typer.echo(f"  ... and {len(about) - _LISTED} more")
    if case is not None:
        typer.echo(
            f"Nothing is in the case yet: overflight draft --review --case {plain(case)}, or write "
            f"yes into the column accept of {plain(case / 'draft')}/*.csv and then --accept."
        )


def _enter(case: Path, safe: Callable[[str], str]) -> None:
    """Enter what is accepted, article by article, and mark it.

    An order may stand between events of other articles, which then enter before its own.
    """
    from overflight.case.draft import chronicle, enter, table
    from overflight.release.csvsafe import write_table

    folder, total = case / table.FOLDER, 0
    read = {name: table.read(folder, name) for name in table.names(folder)}
    tables = {name: rows for name, (_, rows) in read.items()}
    for name, (source, rows) in sorted(read.items(), key=lambda one: _looks_out(one[1][1])):
        wrong = [row for row in rows if row["accept"].lower() not in _ANSWERS]
        if wrong:
            raise CaseError(
                found=f"{table.FOLDER}/{name}.csv: {plain(wrong[0]['accept'])!r} under accept",
                expected="yes, no or an empty cell", remedy=f"Correct the row {wrong[0]['id']}.",
            )  # fmt: skip
        chosen = [row for row in rows if row["accept"].lower() == table.YES]
        if not chosen:
            continue
        done = enter.enter(case, source, chosen, safe, chronicle.known(tables, name))
        for row in chosen:
            row |= {"accept": table.ENTERED, "case_id": done.ids[row["id"]]}
        write_table(
            folder / f"{name}.csv", table.COLUMNS,
            [[row[column] for column in table.COLUMNS] for row in rows],
        )  # fmt: skip
        total += len(chosen)
        for words in done.left_out:
            typer.echo(f"  left out: {plain(words)}", err=True)
    typer.echo(f"{total} accepted and entered; check with: overflight validate {plain(case)}")


def _looks_out(rows: "Sequence[dict[str, str]]") -> bool:
    """Whether an accepted order names events of another article."""
    chosen = [one for one in rows if one["kind"] == "order" and one["accept"].lower() == "yes"]
    return any(":" in one["first"] + one["second"] for one in chosen)


_ANSWERS = frozenset({"", "yes", "no", "entered"})
