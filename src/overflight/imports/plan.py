"""One file into one case: what would be written, and the writing of it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from overflight.case.load import load
from overflight.errors import CaseError
from overflight.imports import casefiles, door, evidence, models, reports
from overflight.imports.tracks import Answers
from overflight.units import shorten

MOST_ROWS = 5_000  # of evidence from one file
_ID = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Choices:
    """What the person at the keyboard chose."""

    answers: Answers = field(default_factory=Answers)
    kind: str = "auto"  # auto, fixes, sightings or model
    track_only: bool = False
    source: str = ""
    url: str = ""
    which: str = ""
    every_s: float = 600.0
    position_sd: str = ""


@dataclass(frozen=True)
class Imported:
    """What a file gave, for the table that is printed."""

    name: str
    driver: str
    said: tuple[tuple[str, str], ...]
    added: tuple[str, ...]


def bring_in(
    path: Path, case: Path, choices: Choices, escape: Callable[[str], str], *, dry: bool = False
) -> Imported:
    """Import a file into a case; ``dry`` checks and tells all and writes nothing.

    Raises
    ------
    OverflightError
        If the file or the case cannot be used; nothing is written then.
    """
    tables = casefiles.Tables(case, escape)
    opened = door.open_file(path, choices.answers, choices.kind)
    name = plain_name(opened.name)
    sheet = opened.driver == "Auto-Archiver sheet"
    sources = tables.rows("sources")
    source = "" if sheet else _source(opened, name, choices, tables, sources)
    side: dict[str, str] = {}
    if sheet:
        proposed = reports.archived(opened.table, sources, name)
        tables.append("sources", proposed.rows)
        said, added = proposed.said, [f"{len(proposed.rows):,} rows of sources.csv"]
    elif opened.table:
        given = (opened.table, source, name, choices.answers, choices.position_sd)
        proposed = reports.sightings(*given)
        tables.append("sightings", proposed.rows)
        said, added = proposed.said, [f"{len(proposed.rows):,} rows of sightings.csv"]
    else:
        said, added, side = _track(opened, name, source, choices, tables)
    said = [("file", name), ("sha256", opened.sha256), ("driver", opened.driver), *said]
    stem = source or f"sheet-{opened.sha256[:8]}"
    report = {"file": name, "sha256": opened.sha256, "driver": opened.driver,
              "imported": datetime.now(UTC).isoformat(timespec="seconds"), "source": source,
              "account": [list(pair) for pair in said], "added": added}  # fmt: skip
    side[f"{stem}.report.json"] = json.dumps(report, indent=2, ensure_ascii=True) + "\n"
    folder = _side_folder(case)
    tables.put_back(dry=dry)
    if not dry:
        for file, text in side.items():
            casefiles.write_new(folder / file, text)
    return Imported(name, opened.driver, tuple(said), (*added, *(f"imports/{one}" for one in side)))


def _track(
    opened: door.Opened, name: str, source: str, choices: Choices, tables: casefiles.Tables
) -> tuple[list[tuple[str, str]], list[str], dict[str, str]]:
    chosen = evidence.choose(opened.tracks, choices.which, name)
    computed = "it is a kind of file that models write" if opened.model else ""
    if choices.kind == "model":
        computed = "you said so"
    elif choices.kind == "auto":
        computed = computed or models.why_computed(chosen, name)
    elif opened.model:
        raise CaseError(
            found=f"--kind {choices.kind} for {shorten(name)}, which is a {opened.driver}",
            expected="an observation",
            remedy="What a model computed is never a sighting; leave --kind out to keep it as one.",
        )
    case = load(tables.case, begun=True)
    span = None if computed or choices.track_only else (case.span_start, case.span_end)
    every_s = 0.0 if computed or choices.track_only else choices.every_s
    kept = evidence.keep(chosen, name, every_s, span)
    said = evidence.account(kept, len(chosen.raw.time))
    if computed:
        said.append(("MODEL", f"computed, not observed: {computed}; it is never a sighting"))
        tables.append("statements", [_statement(kept, name, source, opened.driver)])
        text = "# MODEL TRACK, computed and not observed\n" + evidence.as_table(kept)
        return said, ["1 row of statements.csv"], {f"{source}.model.csv": text}
    if choices.track_only:
        return said, [], {f"{source}.track.csv": evidence.as_table(kept)}
    rows = evidence.sightings(kept, source, name, opened.sha256, opened.driver)
    if len(rows) > MOST_ROWS:
        raise CaseError(
            found=f"{len(rows):,} fixes",
            expected=f"at most {MOST_ROWS:,} from one file",
            remedy="Say a longer --every, such as --every 30min.",
        )
    tables.append("sightings", rows)
    return said, [f"{len(rows):,} rows of sightings.csv"], {}


def _statement(kept: evidence.Kept, name: str, source: str, driver: str) -> dict[str, str]:
    first, last = (np.datetime_as_string(kept.time[k], "m") for k in (0, -1))
    text = (
        f"A model's track from {kept.lat_deg[0]:.3f}, {kept.lon_deg[0]:.3f} at {first}Z to"
        f" {kept.lat_deg[-1]:.3f}, {kept.lon_deg[-1]:.3f} at {last}Z."
    )
    return {
        "id": f"{source}-model", "source": source, "said": min(first, last)[:10],
        "speaker": f"the maker of {name}", "attribution": "document", "modality": "predicted",
        "topic": "path", "text": text, "testable": "no", "scope": "flight",
        "test_hint": f"{driver}; its date is that of its first point; imports/{source}.model.csv",
        "certainty": "low", "reliability": "F",
    }  # fmt: skip


def _source(
    opened: door.Opened,
    name: str,
    choices: Choices,
    tables: casefiles.Tables,
    sources: list[dict[str, str]],
) -> str:
    """The source that the rows cite: one of the case's, or a new one with its address."""
    before = next((row for row in sources if row.get("archived_sha256") == opened.sha256), None)
    row = next((row for row in sources if row.get("id") == choices.source), None)
    used = {one.get("source") for one in tables.rows("sightings")}
    if before is not None and before["id"] in used:
        raise CaseError(
            found=f"{shorten(name)} was imported before, as source {before['id']}",
            expected="a file that the case does not have",
            remedy="Remove its rows first, if you want to import it anew.",
        )
    if row is not None:
        if row.get("archived_sha256", opened.sha256) not in ("", opened.sha256):
            raise CaseError(
                found=f"source {row['id']} has another SHA-256 than {shorten(name)}",
                expected="the file that the source is about",
                remedy="Name another --source, or import it as a new one with --url.",
            )
        tables.fill("sources", row["id"], "archived_sha256", opened.sha256)
        return row["id"]
    if not choices.url:
        raise CaseError(
            found=f"no source for {shorten(name)}"
            + (f" ({shorten(choices.source)} is not in sources.csv)" if choices.source else ""),
            expected="the id of a row of sources.csv, or an address for a new one",
            remedy="Say --source ID, or --url https://... where a reader finds it or its owner.",
        )
    taken = {one.get("id") for one in (*sources, *tables.rows("sightings"))}
    base = (
        _ID.sub("-", choices.source or name.split(".", maxsplit=1)[0]).strip("-._")[:40] or "import"
    )
    made = next(
        one for one in (base, *(f"{base}-{k}" for k in range(2, 1_000))) if one not in taken
    )
    tables.append("sources", [{
        "id": made, "publisher": "imported file", "title": name, "url": choices.url,
        "copy_status": "imported, not archived", "archived_sha256": opened.sha256,
    }])  # fmt: skip
    return made


def _side_folder(case: Path) -> Path:
    folder = case / "imports"
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise CaseError(
            found="imports in the case folder is a link or a file",
            expected="a folder, or nothing",
            remedy="Move it away.",
        )
    return folder


def plain_name(name: str) -> str:
    """A file name as text for a table: printable, and of bounded length."""
    clean = "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else "_" for c in name)
    return clean[-100:]
