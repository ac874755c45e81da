"""Proposals as a table that a person edits: one row each, with a column ``accept``.

In a case folder ``draft/NAME.csv`` holds the proposals of an article, ``draft/NAME.txt`` the text
that they point at, and ``draft/NAME.json`` what is known of the source. ``accept`` is ``yes``,
``no`` or empty; a row that has entered the case says ``entered`` and under which id.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from overflight.case import files
from overflight.case.draft.proposal import Proposal
from overflight.case.draft.propose import Reading
from overflight.case.vocabulary import Modality
from overflight.errors import CaseError
from overflight.units import shorten

FOLDER = "draft"
COLUMNS = (
    "accept", "id", "kind", "statement", "speaker", "role", "attribution", "modality", "scope",
    "topic",
    "said", "certainty", "reliability", "quantity", "value_min", "value_max", "geometry",
    "time_min",
    "time_max", "lat_deg", "lon_deg", "position_sd", "altitude_min", "altitude_max", "bearing",
    "when", "until", "relation", "first", "second", "note",
    "confidence", "same_as", "start", "end", "text", "case_id",
)  # fmt: skip
OPEN, YES, NO, ENTERED = "", "yes", "no", "entered"
EDITABLE = COLUMNS[COLUMNS.index("statement") : COLUMNS.index("note") + 1]
_SURE = 0.6
_LOCAL_DAY = timedelta(hours=14)
_MEASURED = frozenset({"altitude", "mass", "speed", "distance", "duration", "area"})
_IN_VIEW_SD_KM = (
    60.0  # of the point below a balloon that somebody saw: judgement, as in the 2023 case
)
_ABOUT_SD_KM = 40.0
_MOST_NOTE = 400


@dataclass(frozen=True)
class Source:
    """What is known of where an article comes from."""

    name: str
    file: str
    sha256: str
    text_sha256: str
    title: str = ""
    publisher: str = ""
    published: str = ""
    url: str = ""


def name_of(article_file: str, taken: Sequence[str] = ()) -> str:
    """A file name that is safe on every system.

    >>> name_of("../Été (1).HTML"), name_of("a.txt", ["a"])
    ('t-1', 'a-2')
    """
    stem = re.sub(r"\.[A-Za-z]{1,6}$", "", article_file)
    safe = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-")[:40].strip("-").lower() or "article"
    name, count = safe, 1
    while name in taken:
        count += 1
        name = f"{safe}-{count}"
    return name


def source_of(reading: Reading, name: str, url: str = "") -> Source:
    """The source of a reading, under the name that its files have."""
    article = reading.article
    day = reading.published.isoformat() if reading.published else ""
    return Source(
        name, article.name, article.sha256, article.text_sha256, article.title, article.publisher,
        day, url or article.url,
    )  # fmt: skip


def row_of(one: Proposal) -> dict[str, str]:
    """A proposal as cells; a person may change all but where it points."""
    altitude = next((q for q in one.quantities if q.measures == "altitude"), None)
    measured = altitude or next((q for q in one.quantities if q.measures in _MEASURED), None)
    row = dict.fromkeys(COLUMNS, "")
    row |= {
        "id": one.id, "kind": one.kind, "statement": " ".join(one.text.split()),
        "speaker": one.speaker, "attribution": one.attribution.value,
        "modality": _said_in_a_case(one),
        "scope": one.scope.value, "topic": one.topic, "said": one.said,
        "certainty": "medium" if one.confidence >= _SURE else "low", "reliability": "F",
        "note": "; ".join(one.reasons)[:_MOST_NOTE], "confidence": f"{one.confidence:.2f}",
        "same_as": "; ".join(one.same_as), "start": str(one.start), "end": str(one.end),
        "text": one.text,
    }  # fmt: skip
    if one.kind in {"event", "order"}:
        row |= {
            "topic": one.kind, "when": one.when, "relation": one.relation, "first": one.first,
            "second": one.second,
        }  # fmt: skip
    if one.kind == "sighting":
        row |= _whereabouts(one)
    if measured:
        row |= {
            "quantity": measured.measures,
            "value_min": measured.value_min,
            "value_max": measured.value_max,
        }
    if altitude and one.kind == "sighting":
        row |= {"altitude_min": altitude.value_min, "altitude_max": altitude.value_max}
    return row


def _said_in_a_case(one: Proposal) -> str:
    """In a case ``quoted`` is what asserts nothing: a question. Other quotations assert."""
    asks = one.text.rstrip().endswith("?")
    quoted = one.modality is Modality.QUOTED
    return (Modality.ASSERTED if quoted and not asks else one.modality).value


def _whereabouts(one: Proposal) -> dict[str, str]:
    cells = {
        "geometry": one.geometry,
        "bearing": one.bearing if one.geometry == "line_of_sight" else "",
    }
    known = [when for when in one.whens if when.earliest and when.latest]
    moments = [when for when in known if when.precision in {"moment", "hours"}] or [
        when for when in known if when.precision == "day"
    ]
    if moments:
        low = min(when.earliest for when in moments if when.earliest)
        high = max(when.latest for when in moments if when.latest)
        if all(when.precision == "day" for when in moments):  # of whose calendar is not said
            low, high = low - _LOCAL_DAY, high + timedelta(hours=12)
        cells |= {"time_min": _utc(low), "time_max": _utc(high)}
    if one.places and len(one.places[0].candidates) == 1:  # which of several, a person says
        place = one.places[0].best
        add_km = _IN_VIEW_SD_KM if one.geometry in {"line_of_sight", "not_seen"} else _ABOUT_SD_KM
        cells |= {
            "lat_deg": f"{place.lat_deg:.3f}", "lon_deg": f"{place.lon_deg:.3f}",
            "position_sd": f"{max(place.sd_km, add_km):.0f} km",
        }  # fmt: skip
    return cells


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%MZ")


def read(folder: Path, name: str) -> tuple[Source, list[dict[str, str]]]:
    """Read proposals with a person's decisions, and check that they still point at their text.

    Raises
    ------
    CaseError
        A file is missing or broken, or the text is not the one that the proposals point at.
    """
    notes = files.Notes()
    table = files.read_table(folder / f"{name}.csv", notes)
    if notes.mistakes:
        place, why = notes.mistakes[0]
        raise CaseError(
            found=f"{place}: {why}",
            expected="a table of proposals",
            remedy="Mend it, or draft the article again.",
        )
    source, text = read_source(folder, name), _text(folder / f"{name}.txt")
    if hashlib.sha256(text.encode("utf-8")).hexdigest() != source.text_sha256:
        raise CaseError(
            found=f"{FOLDER}/{name}.txt has changed since it was drafted",
            expected="the text that the proposals point at",
            remedy="Put it back, or delete its three files and draft the article again.",
        )
    rows = [{column: str(row.get(column, "")) for column in COLUMNS} for row in table.rows]
    for number, row in enumerate(rows, start=2):
        row["text"] = _anchored(text, row, f"{name}.csv:{number}")
    return source, rows


def _anchored(text: str, row: dict[str, str], where: str) -> str:
    """The exact text that a row points at; its own cell may have been marked for a spreadsheet."""
    start, end = row["start"], row["end"]
    if (
        start.isdecimal()
        and end.isdecimal()
        and len(start + end) < 20
        and int(start) < int(end) <= len(text)
    ):
        return text[int(start) : int(end)]
    raise CaseError(
        found=f"{where}: {shorten(f'{start}..{end}')} is no stretch of the text",
        expected="start and end as they were drafted",
        remedy="Put them back, or draft the article again.",
    )


def read_source(folder: Path, name: str) -> Source:
    """What is known of the source of an article."""
    try:
        held: Any = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return Source(**{key: str(held[key]) for key in Source.__dataclass_fields__})
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise CaseError(
            found=f"{FOLDER}/{name}.json cannot be read",
            expected="what overflight draft wrote there",
            remedy="Put it back, or draft the article again.",
        ) from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise CaseError(
            found=f"{FOLDER}/{path.name} cannot be read",
            expected="the text that the proposals point at",
            remedy="Put it back, or draft the article again.",
        ) from None


def names(folder: Path) -> list[str]:
    """The articles drafted in a case."""
    return sorted(path.stem for path in folder.glob("*.csv")) if folder.is_dir() else []
