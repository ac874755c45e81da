"""Soundings and tracks in tables with headings: CSV of any separator, from any maker."""

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields.soundings.making import Raw, components
from overflight.fields.soundings.table import Table

Array = NDArray[np.float64]
Times = NDArray[np.datetime64]

_DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y")  # none in which day and month swap
_CLOCKS = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M")
_MISSING = {"", "nan", "na", "n/a", "null", "none", "-", "--", "///", "////", "/////"}
_FEET_M = 16_000.0  # a column without a unit whose balloon would burst far above, if in metres


def raws(table: Table, name: str) -> list[Raw]:
    """The soundings of a table, one for each value of its id column.

    Raises
    ------
    FieldError
        If it has no time with a date, no height and no pressure, or numbers that are none.
    """
    columns = table.columns
    if "time" not in columns:
        raise FieldError(
            found=f"{name} has no time column",
            expected="a column such as 'time' with date and time, or 'date' and 'time'",
            remedy="Add one, in UTC: 2023-02-01T12:00:00Z.",
        )
    if not {"height", "geopotential", "pressure"} & set(columns):
        raise FieldError(
            found=f"{name} has neither a height nor a pressure column",
            expected="alt_m, altitude (m), geopotential height or pressure (hPa)",
            remedy="Add one, with the unit in its heading.",
        )
    ids = _cells(table, "id") if "id" in columns else [""] * len(table.rows)
    groups: dict[str, list[int]] = {}
    for row, one in enumerate(ids):
        groups.setdefault(one.strip(), []).append(row)
    time = _times(table, name)
    made = []
    for one, rows in groups.items():
        made.append(_raw(table, time, np.array(rows), one or name, name))
    return made


def _raw(table: Table, time: Times, rows: NDArray[np.intp], one: str, name: str) -> Raw:
    notes: list[str] = []
    kind = "geometric" if "height" in table.columns else "geopotential"
    pressure = _numbers(table, "pressure", rows, default=100.0)
    height = _numbers(table, "height" if kind == "geometric" else "geopotential", rows)
    if height is None:
        height = np.full(len(rows), np.nan)
    column = table.columns.get("height")
    if column is not None and column.factor is None:
        notes.append("The height column names no unit: metres were assumed.")
        _refuse_feet(height, pressure, name)
    lat, lon = (_numbers(table, role, rows) for role in ("lat", "lon"))
    u, v = _numbers(table, "u", rows), _numbers(table, "v", rows)
    unsure = False
    if u is None or v is None:
        u, v, unsure = _from_speed(table, rows)
    return Raw(
        id=one,
        origin=f"{name}, table",
        time=time[rows],
        lat_deg=lat if lat is not None else np.full(len(rows), np.nan),
        lon_deg=lon if lon is not None else np.full(len(rows), np.nan),
        height_m=height,
        height_kind=kind,
        pressure_pa=pressure,
        u_mps=u,
        v_mps=v,
        unsure_direction=unsure,
        notes=tuple(notes),
    )


def _from_speed(table: Table, rows: NDArray[np.intp]) -> tuple[Array | None, Array | None, bool]:
    """Components from a speed and a direction column, and whether the direction's sense is open."""
    speed = _numbers(table, "speed", rows)
    for role, coming_from, unsure in (
        ("from", True, False),
        ("toward", False, False),
        ("direction", False, True),
    ):
        direction = _numbers(table, role, rows)
        if speed is not None and direction is not None:
            return *components(speed, direction, coming_from=coming_from), unsure
    return None, None, False


def _refuse_feet(height: Array, pressure: Array | None, name: str) -> None:
    """A height without a unit must be possible in metres, and fit the pressure where there is one.

    Raises
    ------
    FieldError
        Where it cannot be in metres.
    """
    highest = float(np.nanmax(height, initial=0.0))
    fits = True
    if pressure is not None and np.isfinite(pressure + height).sum() > 5:
        both = np.isfinite(pressure + height) & (pressure > 500.0)
        scale = -height[both] / np.log(pressure[both] / 101_325.0)
        fits = bool(both.sum() < 5 or 5_000.0 < float(np.median(scale)) < 10_000.0)
    if highest > 50_000.0 or not fits:
        raise FieldError(
            found=f"{name}: heights up to {highest:,.0f} in a column that names no unit",
            expected="metres",
            remedy="They are probably feet: name the column alt_ft, or 'altitude (ft)'.",
        )


def _cells(table: Table, role: str) -> list[str]:
    index = table.columns[role].index
    return [row[index] if index < len(row) else "" for row in table.rows]


def _numbers(table: Table, role: str, rows: NDArray[np.intp], default: float = 1.0) -> Array | None:
    """A column in SI; None if there is none. ``default`` is the factor where no unit is named."""
    if role not in table.columns:
        return None
    cells = _cells(table, role)
    factor = table.columns[role].factor
    if factor is None:
        factor = default
    return np.array([_number(cells[row]) for row in rows]) * factor


def _number(text: str) -> float:
    cell = text.strip()
    if cell.lower() in _MISSING:
        return float("nan")
    try:
        value = float(cell)
    except ValueError:
        return float("nan")
    return float("nan") if value in (-9999.0, -999.0, 9999.0, 99999.0) else value


def _times(table: Table, name: str) -> Times:
    """Times of all rows, NaT where a cell holds none.

    Raises
    ------
    FieldError
        If the times lack a date, or hardly any can be read.
    """
    clocks = _cells(table, "time")
    days = _cells(table, "date") if "date" in table.columns else None
    times = np.empty(len(clocks), dtype="datetime64[ns]")
    for row, clock in enumerate(clocks):
        text = f"{days[row].strip()}T{clock.strip()}" if days is not None else clock.strip()
        times[row] = moment(text)
    unread = int(np.isnat(times).sum())
    if len(times) and unread > 0.5 * len(times):
        first = next((c for c in clocks if c.strip()), "")
        alone = first.count(":") >= 1 and "-" not in first and "/" not in first
        raise FieldError(
            found=f"{name}: times such as {first[:40]!r}"
            + (" without a date" if alone and days is None else ""),
            expected="date and time in UTC, such as 2023-02-01T12:00:00Z, or seconds since 1970",
            remedy="Add the date; write it year first, so that day and month cannot be mistaken.",
        )
    return times


def moment(text: str) -> np.datetime64:
    """Read one time as UTC; NaT if it is none, or if day and month could be mistaken.

    >>> str(moment("2021/07/21 17:20:29.5"))[:21]
    '2021-07-21T17:20:29.5'
    >>> str(moment("2023-02-01T12:00:00+01:00"))[:16]
    '2023-02-01T11:00'
    >>> str(moment("06/04/2018 12:00"))
    'NaT'
    """
    plain = text.strip()
    try:
        value = float(plain)
        if 1e8 < value < 1e11:
            return np.datetime64(int(value * 1e9), "ns")
        if 1e11 < value < 1e14:  # milliseconds
            return np.datetime64(int(value * 1e6), "ns")
        return np.datetime64("NaT", "ns")
    except ValueError:
        pass
    try:
        return _ns(datetime.fromisoformat(_cut_digits(plain.replace("/", "-"))))
    except ValueError:
        pass
    for day in _DATE_FORMATS:
        for clock in _CLOCKS:
            for join in ("T", " "):
                try:
                    return _ns(datetime.strptime(plain, f"{day}{join}{clock}"))  # noqa: DTZ007
                except ValueError:
                    continue
    return np.datetime64("NaT", "ns")


def _cut_digits(text: str) -> str:
    """Fractions of a second to the microsecond, which is what Python reads."""
    head, dot, tail = text.partition(".")
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return f"{head}.{tail[: min(digits, 6)]}{tail[digits:]}" if dot else text


def _ns(at: datetime) -> np.datetime64:
    aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return np.datetime64(aware.astimezone(UTC).replace(tzinfo=None), "ns")
