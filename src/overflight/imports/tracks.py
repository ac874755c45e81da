"""Any table of fixes to tracks, with every guess told."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from overflight.errors import CaseError
from overflight.fields.soundings.making import Raw
from overflight.imports import cells, columns, wspr, zones
from overflight.imports.columns import Column
from overflight.units import TO_SI, shorten

FOOT_M = TO_SI["m"]["ft"]
_HIGHEST_M = 55_000.0  # no balloon has flown higher
_FASTEST_CLIMB_MPS = 10.0  # in the median over a climb; balloons rise at three to seven
_DAY = np.timedelta64(1, "D")
_BACK_S = 3_600.0


@dataclass(frozen=True)
class Answers:
    """What a person says of a file that the file does not."""

    clock: cells.Clock = field(default_factory=cells.Clock)
    start: np.datetime64 | None = None  # of a clock that counts from a launch
    height_unit: str = ""  # "m" or "ft", where the heading names none


@dataclass(frozen=True)
class Found:
    """A track of a file, the line of each of its rows, and what was taken for what."""

    raw: Raw
    lines: np.ndarray  # (row,) of the file, from 1
    mapping: tuple[tuple[str, str], ...] = ()
    place_sd_m: float = 0.0  # of a locator; 0 for a fix
    time_step_s: float = 0.0  # to which its clock is rounded


def of_rows(rows: Sequence[Sequence[str]], name: str, answers: Answers) -> list[Found]:
    """Tracks of a table.

    Raises
    ------
    CaseError
        If there is no time or place, or if one could mean two things and nobody says which.
    """
    head = columns.heading_rows(rows)
    known = columns.by_heading(rows[:head])
    body = [
        (at + 1, row) for at, row in enumerate(rows) if at >= head and any(c.strip() for c in row)
    ]
    used = known
    if not columns.has_place(known):
        used = columns.by_content([row for _, row in body]) | {
            key: value for key, value in known.items() if key in ("time", "date", "id")
        }
    if not columns.has_place(used) or not body:
        raise CaseError(
            found=f"{shorten(name)}: a table of {len(body):,} rows in which no column is a place",
            expected="columns for latitude and longitude in degrees, or a locator",
            remedy="Write a first line of headings: time,lat,lon,alt_m.",
        )
    texts = [[_cell(row, column) for column in used.values()] for _, row in body]
    data = {role: [row[k] for row in texts] for k, role in enumerate(used)}
    time, how, step_s = _times(data, used, name, answers)
    if any(wspr.is_telemetry(one) for one in data.get("id", ())) and "grid" in data:
        return _of_messages(time, data, np.array([line for line, _ in body]), name)
    lat, lon, sd_m = _places(data, used)
    height, kind, note = _heights(data, used, time, name, answers)
    lines = np.array([line for line, _ in body])
    mapping = [
        (role, f"column {one.index + 1} {one.heading!r}: {one.why}") for role, one in used.items()
    ]
    mapping += [("clock", how)] + ([("height unit", note)] if note else [])
    ids = np.array([one.strip()[:60] for one in data.get("id", [""] * len(body))])
    if len(set(ids)) > 0.5 * len(ids) and len(ids) > 4:
        ids = np.full(len(ids), "")  # a number of the row, not a name
    made = []
    for one in dict.fromkeys(ids.tolist()):
        at = np.flatnonzero(ids == one)
        raw = Raw(
            id=one or name, origin=f"{name}, table", time=time[at], lat_deg=lat[at],
            lon_deg=lon[at], height_m=height[at], height_kind=kind,
        )  # fmt: skip
        made.append(
            Found(raw, lines[at], tuple(mapping), float(np.nanmax(sd_m[at], initial=0.0)), step_s)
        )
    return made


def _of_messages(
    time: np.ndarray, data: dict[str, list[str]], lines: np.ndarray, name: str
) -> list[Found]:
    """Tracks of WSPR messages whose call signs hold telemetry; one for each sender and channel."""
    powers = data.get("power", [""] * len(time))
    made = []
    for one in wspr.pair(time, data["id"], data["grid"], powers):
        at = np.array(one.rows)
        places = [cells.locator(locator) for locator in one.locators]
        lat, lon, sd_km = np.array([place for place in places if place]).T
        raw = Raw(
            id=f"{one.call}/{one.channel}", origin=f"{name}, WSPR telemetry", time=time[at],
            lat_deg=lat, lon_deg=lon, height_m=np.array(one.altitude_m), height_kind="geometric",
            notes=one.notes,
        )  # fmt: skip
        said = ("WSPR", f"{len(at):,} messages of {one.call} with telemetry of channel "
                f"{one.channel}: six characters of the locator, and the altitude")  # fmt: skip
        made.append(Found(raw, lines[at], (said,), 1e3 * float(sd_km.max()), 1.0))
    if not made:
        raise CaseError(
            found=f"{shorten(name)}: WSPR telemetry (call signs that begin with 0, 1 or Q) that"
            " belongs to no message",
            expected="the messages of its sender two minutes before, with columns for call sign,"
            " locator and power",
            remedy="Export the spots of both call signs into one table; or take out the rows of"
            " telemetry, whose locators are no places.",
        )
    return made


def _cell(row: Sequence[str], column: Column) -> str:
    return row[column.index] if column.index < len(row) else ""


def _places(
    data: dict[str, list[str]], used: dict[str, Column]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if "lat" in used and "lon" in used:
        lat, lon = (np.array([cells.degrees(c) for c in data[role]]) for role in ("lat", "lon"))
        return lat, lon, np.zeros(len(lat))
    if "position" in used:
        pairs = [cell.partition(",")[::2] for cell in data["position"]]
        lat, lon = (np.array([cells.degrees(pair[k]) for pair in pairs]) for k in (0, 1))
        return lat, lon, np.zeros(len(lat))
    nothing = (np.nan, np.nan, np.nan)
    found = np.array([cells.locator(cell) or nothing for cell in data.get("grid", ())])
    return found[:, 0], found[:, 1], 1e3 * found[:, 2]


def _times(
    data: dict[str, list[str]], used: dict[str, Column], name: str, answers: Answers
) -> tuple[np.ndarray, str, float]:
    clocks = data.get("time")
    if clocks is None and "relative" in used:
        return _relative(data["relative"], name, answers)
    if clocks is None and "received" in used:
        clocks = data["received"]
    if clocks is None:
        raise CaseError(
            found=f"{shorten(name)} has no time column",
            expected="a column with date and time in UTC",
            remedy="Add one: 2023-02-01T12:00:00Z.",
        )
    if "date" in used and any(cells.of_day_s(c) is not None for c in clocks[:200]):
        clocks = [
            f"{day.strip()} {clock.strip()}"
            for day, clock in zip(data["date"], clocks, strict=True)
        ]
    seconds = [cells.of_day_s(cell) for cell in clocks]
    heads = [used[role].heading for role in ("time", "date", "received") if role in used]
    if sum(one is not None for one in seconds) > 0.5 * len(clocks):
        time, how, step_s = _of_day(seconds, clocks, name, answers)
        time, zone = zones.to_utc(time, clocks, heads, name, answers.clock)
        return time, f"{how}; {zone}" if answers.clock.offset_s is not None else how, step_s
    order, how = _order(clocks, name, answers)
    clock = cells.Clock(order=order)
    time = np.array([cells.time_of(cell, clock) for cell in clocks], "datetime64[ns]")
    unread = float(np.isnat(time).mean())
    if unread > 0.5:
        first = next((c for c in clocks if c.strip()), "")
        raise CaseError(
            found=f"{shorten(name)}: times such as {shorten(first)}",
            expected="date and time in UTC, or seconds since 1970",
            remedy="Write them like 2023-02-01T12:00:00Z.",
        )
    time, zone = zones.to_utc(time, clocks, heads, name, answers.clock)
    how += zone
    return time, how or "UTC, as it says", _step_s(time)


def _order(clocks: list[str], name: str, answers: Answers) -> tuple[str, str]:
    order = cells.order_of_dates(clocks)
    if order is None:
        return "", ""
    order = answers.clock.order or order
    if not order:
        raise CaseError(
            found=f"{shorten(name)}: dates such as {shorten(clocks[0])}, in which day and month"
            " may be either",
            expected="an order that somebody knows",
            remedy="Say --dates dmy for day/month/year, or --dates mdy for month/day/year.",
        )
    first = "day" if order == "dmy" else "month"
    return order, f"dates have the {first} first; "


def _of_day(
    seconds: list[float | None], clocks: list[str], name: str, answers: Answers
) -> tuple[np.ndarray, str, float]:
    if answers.clock.day is None:
        raise CaseError(
            found=f"{shorten(name)}: times such as {shorten(clocks[0])} without a date",
            expected="the day of the first row, in UTC",
            remedy="Say --date 2023-02-01, if you know it.",
        )
    day, last = np.datetime64(answers.clock.day, "ns"), -1.0
    time, midnights = np.full(len(seconds), cells.NAT), 0
    for at, one in enumerate(seconds):
        if one is None:
            continue
        if one < last - 12 * _BACK_S:  # further back than rows out of order: a midnight
            day, midnights = day + _DAY, midnights + 1
        last = one
        time[at] = day + np.timedelta64(int(one * 1e9), "ns")
    how = f"a time of day, on {answers.clock.day} as you said"
    return (
        time,
        how + (f"; it passes midnight {midnights} times" if midnights else ""),
        _step_s(time),
    )


def _relative(texts: list[str], name: str, answers: Answers) -> tuple[np.ndarray, str, float]:
    if answers.start is None:
        raise CaseError(
            found=f"{shorten(name)}: a clock that counts from 0, as of a launch that is not said",
            expected="the moment at which it starts",
            remedy="Say --start 2018-08-08T15:48Z, if you know it; such are often predictions.",
        )
    seconds = np.array([cells.number(one) for one in texts])
    known = np.isfinite(seconds) & (np.abs(seconds) < 4e7)
    time = np.full(len(seconds), cells.NAT)
    time[known] = answers.start + (seconds[known] * 1e9).astype("timedelta64[ns]")
    return time, "seconds since the start that you said", _step_s(time)


def _step_s(time: np.ndarray) -> float:
    """To what the clock is rounded: minutes, if no row has seconds."""
    known = time[~np.isnat(time)].astype("datetime64[s]").astype(np.int64)
    return 60.0 if len(known) > 3 and bool((known % 60 == 0).all()) else 1.0


def _heights(
    data: dict[str, list[str]],
    used: dict[str, Column],
    time: np.ndarray,
    name: str,
    answers: Answers,
) -> tuple[np.ndarray, str, str]:
    if "height" not in used:
        return np.full(len(time), np.nan), "geometric", ""
    column = used["height"]
    values = np.array([cells.number(cell) for cell in data["height"]])
    kind = "geopotential" if "baro" in column.heading.lower() else "geometric"
    if column.factor is not None and column.unit in TO_SI["m"]:
        return values * column.factor, kind, f"{column.unit}, as the heading says"
    if answers.height_unit:
        return values * TO_SI["m"][answers.height_unit], kind, f"{answers.height_unit}, as you said"
    if _by_pressure(values, data, used):
        return (
            values * FOOT_M,
            kind,
            "FEET: none is named, and in metres they contradict the pressure",
        )
    top = float(np.nanpercentile(values, 99.5)) if np.isfinite(values).any() else 0.0
    if top > _HIGHEST_M:
        return values * FOOT_M, kind, f"FEET: none is named, and no balloon flies at {top:,.0f} m"
    climb = _climb_mps(time, values)
    if climb > _FASTEST_CLIMB_MPS:
        raise CaseError(
            found=f"{shorten(name)}: heights without a unit that rise by {climb:.0f} a second",
            expected="metres or feet; balloons rise at three to seven metres a second",
            remedy="Say --height-unit ft, or --height-unit m if they are metres.",
        )
    return values, kind, "none is named: METRES were taken, which nothing here contradicts"


def _by_pressure(values: np.ndarray, data: dict[str, list[str]], used: dict[str, Column]) -> bool:
    """Whether heights fit the pressures beside them in feet and not in metres."""
    if "pressure" not in used:
        return False
    pressure = np.array([cells.number(cell) for cell in data["pressure"]])
    pressure = pressure * (used["pressure"].factor or 100.0)
    with np.errstate(invalid="ignore"):
        both = np.isfinite(values) & (values > 300.0) & (pressure > 500.0) & (pressure < 95_000.0)
    if both.sum() < 5:
        return False
    scale = float(np.median(-values[both] / np.log(pressure[both] / 101_325.0)))
    return 18_000.0 < scale < 32_000.0


def _climb_mps(time: np.ndarray, values: np.ndarray) -> float:
    """Median rate over the steps that climb; 0 if hardly any does."""
    known = ~np.isnat(time) & np.isfinite(values)
    order = np.argsort(time[known], kind="stable")
    at, high = time[known][order], values[known][order]
    if len(at) < 10:
        return 0.0
    step = max(1, len(at) // 200)
    seconds = np.diff(at[::step]) / np.timedelta64(1, "s")
    rise = np.diff(high[::step])
    rising = (seconds > 0.0) & (seconds < 900.0) & (rise > 1.0 * seconds)
    return float(np.median(rise[rising] / seconds[rising])) if rising.sum() > 3 else 0.0
