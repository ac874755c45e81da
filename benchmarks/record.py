"""What was measured before: a file of records, and the tables of the documentation made of them.

Rates of different hours differ by a third on a shared machine. So each rate is also kept in the
unit of a fixed calculation that was timed just before and after it, and changes are changes of
that ratio. They are told only against the same processor.
"""

import json
import re
import statistics
from pathlib import Path
from typing import Any

from overflight.errors import OverflightError

Record = dict[str, Any]

SHORT = 0.9  # of a core for each thread: with less, other work took part of the machine
LOSS = 0.10  # a row that lost more is bold, and fails a check
KEPT = 12  # records; what changes slowly shows against the older ones
NUMBERS = re.compile(r"(?<=\[)[-+.,\de\s]+(?=\])")
WHAT = ("kernel", "start", "particles", "field", "threads")


def load(path: Path) -> list[Record]:
    """All records of a file, oldest first; none where there is no file."""
    if not path.exists():
        return []
    try:
        records = json.loads(path.read_text(encoding="utf-8"))["records"]
        for record in records:
            _ = record["processor"], record["date"], [key(row) for row in record["rows"]]
    except (ValueError, KeyError, TypeError) as error:
        raise OverflightError(
            found=f"{path} cannot be read ({type(error).__name__}: {error})",
            expected="the records that benchmarks/table.py --write keeps",
            remedy="Take the file from the repository again, or remove it to begin anew.",
        ) from None
    return list(records)


def save(path: Path, records: list[Record]) -> None:
    """Keep the last records."""
    text = json.dumps({"records": records[-KEPT:]}, indent=1, ensure_ascii=False)
    text = NUMBERS.sub(lambda found: re.sub(r"\s+", " ", found[0]), text)  # a line for a list
    path.write_text(text + "\n", encoding="utf-8")


def key(row: Record) -> tuple[object, ...]:
    """What makes two rows the same job."""
    return tuple(row[name] for name in WHAT)


def changes(record: Record, earlier: list[Record]) -> list[float | None]:
    """Gain of each row as a fraction; None where this processor never did the job."""
    before: dict[tuple[object, ...], float] = {}
    for old in earlier:
        if old["processor"] == record["processor"]:
            before |= {key(row): statistics.median(row["relative"]) for row in old["rows"]}
    return [
        statistics.median(row["relative"]) / before[key(row)] - 1.0 if key(row) in before else None
        for row in record["rows"]
    ]


def lost(record: Record, earlier: list[Record]) -> list[str]:
    """Rows that lost too much, in words."""
    return [
        f"{row['kernel']}, {row['start']}, {row['field']}, {row['threads']} thread(s): {gain:+.0%}"
        for row, gain in zip(record["rows"], changes(record, earlier), strict=True)
        if gain is not None and gain < -LOSS
    ]


def kernels(record: Record, earlier: list[Record]) -> str:
    """The table of our kernels."""
    lines = [
        f"{about(record)} Million particle-steps a second and core.",
        "",
        "| kernel | start | particles | wind: latitudes x longitudes x levels x times"
        " | threads (on cores) | M/s a core | change |",
        "|---|---|---|---|---|---|---|",
    ]
    for row, gain in zip(record["rows"], changes(record, earlier), strict=True):
        cells = [
            *(f"{row[name]:,}" if name == "particles" else str(row[name]) for name in WHAT[:-1]),
            threads(row),
            figures(statistics.median(row["per_core_mps"])),
            "new" if gain is None else f"{gain:+.0%}".replace("-", "−"),
        ]
        bold = gain is not None and gain < -LOSS
        lines.append("| " + " | ".join(f"**{c}**" if bold else c for c in cells) + " |")
    lines += ["", *(f"{name}: {miss(ends)}." for name, ends in record["ends"].items())]
    return "\n".join(lines)


def threads(row: Record) -> str:
    """Threads, and the cores that they got where those were fewer."""
    cores = statistics.median(row["cores"])
    return f"{row['threads']}" + (f" on {cores:.1f}" if cores < SHORT * row["threads"] else "")


def peers(record: Record) -> str:
    """The table of the peers, ourselves the first of them."""
    lines = [
        about(record),
        "",
        "| tool | particles | M/s a core | we are faster by | off on its own Earth, median / 99 %"
        " | off on the ellipsoid at 18.5 km | lost | MiB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in record["peers"]:
        ratio = row["times_slower"]
        cells = [
            f"{row['tool']} {row['version']}",
            f"{row['particles']:,}",
            figures(statistics.median(row["per_core_mps"])),
            "" if ratio is None else f"{statistics.median(ratio):,.0f} times",
            f"{row['earth']}: {brief(row['own_earth'])}",
            brief(row["ellipsoid"]),
            str(row["own_earth"]["lost"]),
            f"{row['peak_mib']:,.0f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def about(record: Record) -> str:
    """Machine, day and versions in a sentence."""
    versions = ", ".join(f"{name} {number}" for name, number in record["versions"].items())
    note = f" {record['note']}" if record.get("note") else ""
    return (
        f"{record['date']}, {record['processor']}, {record['cores']} cores, {versions}; median of"
        f" {record['passes']} pass{'' if record['passes'] == 1 else 'es'}.{note}"
    )


def miss(ends: Record) -> str:
    """How far ends lie from the truth."""
    return (
        f"ends of {ends['particles']:,} particles off by {metres(ends['median_m'])} (median),"
        f" {metres(ends['p99_m'])} (99 %), {metres(ends['largest_m'])} (largest)"
    )


def brief(ends: Record) -> str:
    """The same for a cell of a table."""
    return f"{metres(ends['median_m'])} / {metres(ends['p99_m'])}"


def metres(distance_m: float) -> str:
    """Two figures, in the unit that reads best."""
    for unit, size_m in (("km", 1_000.0), ("m", 1.0), ("cm", 0.01), ("mm", 0.001)):
        if distance_m >= size_m:
            return f"{figures(distance_m / size_m)} {unit}"
    return "under 1 mm"


def figures(value: float) -> str:
    """Two figures at least, none behind the point from ten on."""
    return f"{value:,.0f}" if value >= 10.0 else f"{value:.2g}"


def put(path: Path, name: str, text: str) -> None:
    """Replace what stands between the marks ``name`` of a page."""
    page = path.read_text(encoding="utf-8")
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise OverflightError(
            found=f"{path} does not have the marks of the table {name!r} once each",
            expected=f"a line {begin!r} and, below it, a line {end!r}",
            remedy="Put both lines where the table belongs.",
        )
    head, tail = page.split(begin)[0], page.split(end)[1]
    path.write_text(f"{head}{begin}\n{text}\n{end}{tail}", encoding="utf-8")
