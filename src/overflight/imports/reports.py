"""Tables of sightings, and the sheet of the Auto-Archiver: rows that a person has yet to accept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import numpy as np

from overflight.case.vocabulary import Attribution
from overflight.errors import CaseError, OverflightError
from overflight.imports import cells, columns, zones
from overflight.imports.tracks import Answers
from overflight.units import parse, shorten

_LONGEST = 1_000  # characters of a quotation
_REVIEW = "imported and not yet reviewed by a person"


@dataclass(frozen=True)
class Proposed:
    """Rows for a table of the case, and what was made of the file."""

    rows: list[dict[str, str]]
    said: list[tuple[str, str]]


def sightings(
    table: Sequence[Sequence[str]], source: str, name: str, answers: Answers, sd: str
) -> Proposed:
    """Rows of ``sightings.csv`` with ``use: no``, until somebody has read them.

    Raises
    ------
    CaseError
        If the table says no place, no time, or no error of its places and you say none either.
    """
    head = columns.heading_rows(table)
    used = columns.by_heading(table[:head])
    if not {"lat", "lon"} <= set(used) and "position" not in used:
        raise _without(name, "a place", "lat and lon")
    if "time" not in used:
        raise _without(name, "a time", "time")
    if not sd and "sd" not in used:
        raise CaseError(
            found=f"{shorten(name)} says nothing of how well its places are known",
            expected="a column position_sd, or one error for all",
            remedy="Say --position-sd 20km: one standard deviation.",
        )
    said = [(role, f"column {one.index + 1} {one.heading!r}") for role, one in used.items()]
    body = [
        (at + 1, row) for at, row in enumerate(table) if at >= head and any(c.strip() for c in row)
    ]
    get = {role: [_at(row, one.index) for _, row in body] for role, one in used.items()}
    order = answers.clock.order or cells.order_of_dates(get["time"]) or ""
    clock = replace(answers.clock, order=order)
    heads = [used[role].heading for role in ("time", "date") if role in used]
    how = zones.to_utc(np.array([], "datetime64[ns]"), get["time"], heads, name, clock)[1]
    said += [("clock", how)] if how else []
    made: list[dict[str, str]] = []
    lost: dict[str, list[int]] = {}
    for at, (line, _) in enumerate(body):
        row = {role: values[at] for role, values in get.items()}
        made_row, why = _sighting(row, used, clock, sd)
        if made_row is None:
            lost.setdefault(why, []).append(line)
        else:
            extra = {"id": f"{source}-{len(made) + 1:04d}", "source": source}
            note = f"{name} row {line}; table of sightings"
            made.append(made_row | extra | {"note": note})
    for why, lines in lost.items():
        said.append(("left out", f"{len(lines):,} {why} (rows {', '.join(map(str, lines[:8]))})"))
    if not made:
        raise CaseError(
            found=f"{shorten(name)}: no row of {len(body):,} can be used; "
            + "; ".join(why for why in lost),
            expected="rows with a place, and a time with its zone",
            remedy="Write times like 2023-02-01T22:00Z; --dates dmy or mdy settles 06/04/2018.",
        )
    said.append(("kept", f"{len(made):,}, with use: no until you have read them"))
    return Proposed(made, said)


def _sighting(
    row: dict[str, str], used: dict[str, columns.Column], clock: cells.Clock, sd: str
) -> tuple[dict[str, str] | None, str]:
    if "position" in row:
        row = row | dict(zip(("lat", "lon"), row["position"].partition(",")[::2], strict=True))
    lat, lon = cells.degrees(row["lat"]), cells.degrees(row["lon"])
    known = abs(lat) <= 90.0 and abs(lon) <= 180.0
    if not known or (lat == 0.0 and lon == 0.0):
        return None, "no place on the earth"
    when = f"{row.get('date', '')} {row['time']}".strip()
    time = cells.time_of(when, cells.Clock(order=clock.order))
    if np.isnat(time):
        return None, "no time that can be read for certain"
    if clock.offset_s is not None and not zones.names_zone(when):
        time -= np.timedelta64(int(clock.offset_s), "s")
    height, column = cells.number(row.get("height", "")), used.get("height")
    unit = column.unit if column else ""
    given = row.get("sd", "").strip()
    try:
        error = given if parse(given, "m") > 0.0 else sd
    except OverflightError:
        error = f"{given} km" if np.isfinite(cells.number(given)) and _says_km(used) else sd
    if not error:
        return None, "no error of the place"
    attribution = row.get("attribution", "").strip()
    high = f"{height:g} {unit}" if np.isfinite(height) and unit in ("m", "km", "ft") else ""
    return {
        "quote": row.get("quote", "").strip()[:_LONGEST],
        "attribution": attribution if attribution in set(Attribution) else "unresolved",
        "geometry": "area",
        "time_min": f"{np.datetime_as_string(time, 's')}Z",
        "time_max": f"{np.datetime_as_string(time, 's')}Z",
        "lat_deg": f"{lat:.6f}",
        "lon_deg": f"{lon:.6f}",
        "position_sd": error,
        "altitude_min": high,
        "altitude_max": high,
        "reliability": "F",
        "certainty": "low",
        "use": "no",
        "why_not_used": _REVIEW,
    }, ""


def _says_km(used: dict[str, columns.Column]) -> bool:
    column = used.get("sd")
    return column is not None and ("km" in column.heading.lower() or column.unit == "km")


def _at(row: Sequence[str], index: int) -> str:
    return row[index] if index < len(row) else ""


def _without(name: str, what: str, heading: str) -> CaseError:
    return CaseError(
        found=f"{shorten(name)}: a table of sightings without {what}",
        expected=f"a heading such as {heading}",
        remedy="Name the column so.",
    )


def archived(
    table: Sequence[Sequence[str]], known: Sequence[dict[str, str]], name: str
) -> Proposed:
    """Rows of ``sources.csv`` from an Auto-Archiver sheet; an address that the case has is passed.

    Its hash is taken where it is a SHA-256; no address is opened.
    """
    first = next(at for at, row in enumerate(table) if any(cell.strip() for cell in row))
    heads = [cell.strip().lower() for cell in table[first]]
    where = {head: at for at, head in enumerate(heads)}
    urls = {row.get("url", "") for row in known}
    ids = {row.get("id", "") for row in known}
    made: list[dict[str, str]] = []
    lost: dict[str, list[int]] = {}
    for line, row in enumerate(table[first + 1 :], start=first + 2):

        def get(head: str, row: Sequence[str] = row) -> str:
            return _at(row, where[head]).strip() if head in where else ""

        url = get("link") or get("url")
        if not any(cell.strip() for cell in row):
            continue
        if not url.lower().startswith(("http://", "https://")) or any(c in url for c in " <>\"'\\"):
            lost.setdefault("without a web address", []).append(line)
        elif url in urls:
            lost.setdefault("with an address that the case or the sheet has already", []).append(
                line
            )
        else:
            urls.add(url)
            made.append(_source(url, get, ids, line, name))
    said = [(head, f"column {at + 1}") for head, at in where.items() if head]
    for why, lines in lost.items():
        said.append(("left out", f"{len(lines):,} {why} (rows {', '.join(map(str, lines[:8]))})"))
    said.append(("kept", f"{len(made):,} sources"))
    if not made:
        raise CaseError(
            found=f"{shorten(name)}: no row with a new address",
            expected="a column Link with web addresses",
            remedy="Nothing is to be done if all were imported before.",
        )
    return Proposed(made, said)


def _source(
    url: str, get: Callable[[str], str], ids: set[str], line: int, name: str
) -> dict[str, str]:
    host = urlsplit(url).hostname or "unknown"
    number = line
    while f"aa-{number}" in ids:
        number += 1
    ids.add(f"aa-{number}")
    algorithm, _, hashed = get("hash").rpartition("~")
    plain = hashed.lower()
    whole = len(plain) == 64 and not set(plain) - set("0123456789abcdef")
    sha256 = plain if whole and algorithm.upper().replace("-", "") in ("", "SHA256") else ""
    day = get("upload timestamp")[:10]
    dated = len(day) == 10 and not np.isnat(cells.time_of(f"{day}T00:00", cells.Clock()))
    status = get("archive status")[:80] or "no status"
    return {
        "id": f"aa-{number}",
        "publisher": host,
        "title": get("upload title")[:300],
        "published": day if dated and day[4] == "-" else "",
        "published_note": f"{name} row {line}",
        "url": url,
        "copy_status": f"Auto-Archiver: {status}",
        "archived_sha256": sha256,
    }
