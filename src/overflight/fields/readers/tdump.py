"""Read trajectory listings of HYSPLIT: tracks that others computed, to compare ours with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError

Array = NDArray[np.float64]

_MOST_BYTES = 200_000_000
_FIXED = 12  # columns before the diagnostic ones


@dataclass(frozen=True)
class Track:
    """One trajectory; times run backward for a backward one."""

    number: int
    time: NDArray[np.datetime64]  # (point,) UTC
    lat_deg: Array  # (point,)
    lon_deg: Array  # (point,) as listed, in [-180, 180]
    height_m: Array  # (point,) above the ground
    pressure_pa: Array | None  # (point,) where the listing has it
    direction: str  # FORWARD or BACKWARD
    meteorology: tuple[str, ...]


def looks_like(head: bytes) -> bool:
    """Whether a file begins as a trajectory listing does."""
    lines = head[:2_048].decode("latin-1").splitlines()
    if len(lines) < 3:
        return False
    first = lines[0].split()
    if not first or len(first) > 2 or not all(part.isdigit() for part in first):
        return False
    count = int(first[0])
    if not 0 < count < 13 or len(lines) < count + 2:
        return False
    grids = [line.split() for line in lines[1 : count + 1]]
    said = lines[count + 1].split()
    return all(len(g) >= 6 for g in grids) and len(said) >= 2 and said[1] in (
        "FORWARD", "BACKWARD",
    )  # fmt: skip


def read(path: Path) -> list[Track]:
    """Read all trajectories of a listing.

    Raises
    ------
    FieldError
        With the line at which it cannot be read.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise FieldError(
            found=f"{path.name} of {path.stat().st_size:,} bytes",
            expected=f"a trajectory listing of at most {_MOST_BYTES:,}",
            remedy="Split it.",
        )
    return parse(path.read_text("latin-1").splitlines(), path.name)


def parse(lines: list[str], name: str) -> list[Track]:
    """Read a listing from its lines; ``name`` is what an error calls it."""
    at = 0
    try:
        n_grids = int(lines[0].split()[0])
        models = tuple(lines[1 + k].split()[0] for k in range(n_grids))
        at = 1 + n_grids
        n_tracks, direction = int(lines[at].split()[0]), lines[at].split()[1]
        at += 1 + n_tracks
        columns = lines[at].split()
        n_diagnostic, names = int(columns[0]), columns[1:]
        at += 1
    except (IndexError, ValueError):
        raise _malformed(name, at, "a header that is no trajectory listing's") from None
    rows: dict[int, list[list[float]]] = {}
    for number, row in _rows(lines, at, _FIXED + n_diagnostic, name):
        rows.setdefault(number, []).append(row)
    if len(rows) < 1:
        raise _malformed(name, at, "no points")
    place = names.index("PRESSURE") if "PRESSURE" in names else None
    return [
        _track(number, points, place, direction, models, name)
        for number, points in sorted(rows.items())
    ]


def _rows(lines: list[str], start: int, width: int, name: str) -> Iterator[tuple[int, list[float]]]:
    """Points, each of which may be wrapped over several lines."""
    held: list[str] = []
    began = start
    for at in range(start, len(lines)):
        began = began if held else at
        held += lines[at].split()
        if len(held) < width:
            continue
        try:
            values = [float(text) for text in held[:width]]
        except ValueError:
            raise _malformed(name, began, f"{lines[began].strip()[:60]!r}") from None
        yield int(values[0]), values
        held = []
    if held:
        raise _malformed(name, len(lines) - 1, "a point that is not complete")


def _track(
    number: int,
    rows: list[list[float]],
    pressure: int | None,
    direction: str,
    models: tuple[str, ...],
    name: str,
) -> Track:
    table = np.array(rows)
    try:
        moments = [
            datetime(_year(int(r[2])), int(r[3]), int(r[4]), int(r[5]), int(r[6]))  # noqa: DTZ001
            for r in rows
        ]
    except ValueError:
        raise _malformed(name, 0, f"a date that does not exist in trajectory {number}") from None
    return Track(
        number=number,
        time=np.array(moments, dtype="datetime64[ns]"),
        lat_deg=table[:, 9],
        lon_deg=table[:, 10],
        height_m=table[:, 11],
        pressure_pa=None if pressure is None else 100.0 * table[:, _FIXED + pressure],
        direction=direction,
        meteorology=models,
    )


def _year(two_digits: int) -> int:
    return 1900 + two_digits if 40 <= two_digits < 100 else 2000 + two_digits % 2000


def _malformed(name: str, at: int, what: str) -> FieldError:
    return FieldError(
        found=f"{name}:{at + 1}: {what}",
        expected="a trajectory listing of HYSPLIT (tdump)",
        remedy="The file is cut or was edited: make it again.",
    )
