"""The times of a variable: valid times, forecast leads, and where each stands in the file."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import canonical
from overflight.fields.canonical import Need
from overflight.fields.readers import calendars
from overflight.fields.readers.names import spelled

Array = NDArray[np.float64]
Times = NDArray[np.datetime64]

_SECONDS = {
    "": 3_600.0, "h": 3_600.0, "hour": 3_600.0, "hours": 3_600.0, "hr": 3_600.0, "s": 1.0,
    "second": 1.0, "seconds": 1.0, "minutes": 60.0, "min": 60.0, "days": 86_400.0, "day": 86_400.0,
    "nanoseconds": 1e-9, "d": 86_400.0,
}  # fmt: skip
_LONGEST_LEAD_S = 60.0 * 86_400.0  # further back lies an epoch, not the start of a forecast


@dataclass(frozen=True)
class Timeline:
    """Valid times of one base time, or of all where the file has none."""

    times: Times  # (time,) as they stand in the file
    lead_s: Array | None  # (time,)
    where: tuple[dict[str, int], ...]  # index along each time-like dimension
    note: str = ""

    def within(self, need: Need) -> "Timeline":
        """The times that enclose the needed stretch."""
        order = np.argsort(self.times, kind="stable")
        ascending = self.times[order]
        keep = np.ones(len(ascending), dtype=bool)
        if need.time_min is not None and (ascending <= need.time_min).any():
            keep &= ascending >= ascending[ascending <= need.time_min][-1]
        if need.time_max is not None and (ascending >= need.time_max).any():
            keep &= ascending <= ascending[ascending >= need.time_max][0]
        kept = np.sort(order[keep])
        return replace(
            self,
            times=self.times[kept],
            lead_s=None if self.lead_s is None else self.lead_s[kept],
            where=tuple(self.where[i] for i in kept),
        )

    def each(self) -> Iterator["Timeline"]:
        """The same one time after the other."""
        for i in range(len(self.times)):
            lead_s = None if self.lead_s is None else self.lead_s[i : i + 1]
            one = self.where[i : i + 1]
            yield replace(self, times=self.times[i : i + 1], lead_s=lead_s, where=one)


def of(
    ds: xr.Dataset, values: xr.DataArray, dims: dict[str, str], origin: str
) -> Iterator[Timeline]:
    """The timelines of a variable, one for each base time.

    Raises
    ------
    FieldError
        If there is no time.
    """
    time, period, reference = (dims.get(kind) for kind in ("time", "period", "reference"))
    if period is not None and period in values.dims and reference is not None:
        yield from _by_base(ds, values, reference, period)
        return
    if period is not None and period in values.dims and time is not None:
        yield from _by_base(ds, values, time, period)  # step counts from 'time'
        return
    if time is None or time not in ds.variables:
        time = reference  # an analysis that knows only its base time
    if time is None or time not in ds.variables:
        raise FieldError(
            found=f"{origin}: no time",
            expected="a time for every field",
            remedy="Add a time coordinate with units such as 'hours since 1900-01-01'.",
        )
    times, note = _decoded(ds, time)
    along = time in values.dims
    where: tuple[dict[str, int], ...] = (
        tuple({time: i} for i in range(len(times))) if along else ({},)
    )
    if "valid_time" in ds.coords and ds["valid_time"].dims == (time,):
        times, note = _decoded(ds, "valid_time")
    yield Timeline(times, _lead_s(ds, values, time, times), where, note)


def _by_base(ds: xr.Dataset, values: xr.DataArray, base: str, period: str) -> Iterator[Timeline]:
    bases, note = _decoded(ds, base)
    lead_s = _seconds(ds[period])
    for index, start in enumerate(bases):
        times = start + np.round(lead_s * 1e3).astype("timedelta64[ms]")
        fixed = {base: index} if base in values.dims else {}
        where = tuple({**fixed, period: i} for i in range(len(lead_s)))
        yield Timeline(times.astype("datetime64[ns]"), lead_s.copy(), where, note)


def _decoded(ds: xr.Dataset, name: str) -> tuple[Times, str]:
    coord = ds[name]
    return calendars.decode(
        np.atleast_1d(coord.values), str(coord.attrs.get("units", "")), coord.attrs.get("calendar")
    )


def _seconds(coord: xr.DataArray) -> Array:
    values = np.atleast_1d(coord.values)
    if np.issubdtype(values.dtype, np.timedelta64):
        return np.asarray(values / np.timedelta64(1, "s"), dtype=np.float64)
    unit = spelled(coord.attrs.get("units"))
    if unit not in _SECONDS:
        raise FieldError(
            found=f"forecast steps in {coord.attrs.get('units')!r}",
            expected="hours, days or seconds",
            remedy="Correct the units attribute of the step.",
        )
    return values.astype(np.float64) * _SECONDS[unit]


def _lead_s(ds: xr.Dataset, values: xr.DataArray, time: str, times: Times) -> Array | None:
    """Forecast leads that stand beside the times, behind them as a scalar step, or since a base."""
    beside = {str(n): c for n, c in values.coords.items() if c.dims in ((), (time,)) and n != time}
    for name, coord in beside.items():
        said = str(coord.attrs.get("standard_name", ""))
        if name in ("lead_s", "step") or said == "forecast_period":
            return np.broadcast_to(_seconds(coord), times.shape).copy()
    for name, coord in beside.items():
        if coord.attrs.get("standard_name") == "forecast_reference_time":
            lead_s = (times - _decoded(ds, name)[0]) / np.timedelta64(1, "s")
            if (lead_s >= 0.0).all() and (lead_s <= _LONGEST_LEAD_S).all():
                return np.asarray(lead_s, dtype=np.float64)
    return None


def tidy(piece: xr.Dataset) -> xr.Dataset:
    """Put the times of a piece in order; drop a time that is there twice and the same.

    Raises
    ------
    FieldError
        If two fields of one time differ.
    """
    times = piece["time"].values
    if (np.diff(times) > np.timedelta64(0)).all():
        return piece
    notes = []
    order = np.argsort(times, kind="stable")
    if (np.diff(times) < np.timedelta64(0)).any():
        notes.append(
            "The times ran backward and were put in order."
            if (np.diff(times) <= np.timedelta64(0)).all()
            else "The times were out of order and were put in order."
        )
    keep = [int(order[0])]
    for here in map(int, order[1:]):
        if times[here] != times[keep[-1]]:
            keep.append(here)
            continue
        if not _same(piece, keep[-1], here):
            raise FieldError(
                found=f"two different fields at {np.datetime_as_string(times[here], 'm')}",
                expected="one field for every time",
                remedy="Keep one of the two: two runs or two versions were put into one file.",
            )
        notes.append("A time that was there twice, with the same field, was dropped once.")
    sorted_piece = piece.isel(time=keep)
    for sentence in notes:
        canonical.note(sorted_piece, sentence)
    return sorted_piece


def _same(piece: xr.Dataset, one: int, other: int) -> bool:
    return all(
        np.array_equal(piece[name][one].values, piece[name][other].values, equal_nan=True)
        for name in piece.data_vars
    )
