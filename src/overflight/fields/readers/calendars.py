"""Times of wind files, on whatever calendar a model keeps, as UTC.

A climate model may live in years of 360 or 365 days. Its dates are labels; what a flight needs is
the time that passes. So the first date keeps its name as nearly as it can, and all later ones keep
their distance from it.
"""

import re
from datetime import datetime, timedelta

import cftime
import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError

Times = NDArray[np.datetime64]

REAL = {"standard", "gregorian", "proleptic_gregorian"}
_PACKED_DATE = re.compile(r"day as %y%m%d(\.%f)?", re.IGNORECASE)  # CDO writes 20230201.25
_EARLIEST, _LATEST = np.datetime64("1678-01-01"), np.datetime64("2262-01-01")  # of nanoseconds


def decode(values: NDArray[np.generic], units: str, calendar: str | None) -> tuple[Times, str]:
    """Turn numbers with CF units into UTC times.

    Parameters
    ----------
    values : (time,)
    units
        Such as ``hours since 1900-01-01``.
    calendar
        CF's name; None means the real one.

    Returns
    -------
    times : (time,)
        datetime64[ns].
    note
        A sentence where the calendar is not the real one, else empty.

    Raises
    ------
    FieldError
        If the units are no times, or a date lies outside what can be held.
    """
    if np.issubdtype(values.dtype, np.datetime64):
        return values.astype("datetime64[ns]"), ""
    if _PACKED_DATE.match(units.strip()):
        return _of_packed_dates(values.astype(np.float64)), ""
    named = (calendar or "standard").strip().lower()
    if not np.isfinite(values.astype(np.float64)).all():
        raise FieldError(
            found="times that are missing",
            expected="a number for every time",
            remedy="The file is damaged or unfinished: fetch it again.",
        )
    try:
        dates = cftime.num2date(values, units, named, only_use_cftime_datetimes=True)
    except (ValueError, OverflowError, AttributeError, TypeError) as error:
        raise FieldError(
            found=f"times in {units!r} on the calendar {named!r} ({error})",
            expected="units such as 'hours since 1900-01-01 00:00'",
            remedy="Correct the units and calendar attributes of time.",
        ) from None
    if named in REAL:
        return _checked([_real(date) for date in np.atleast_1d(dates)]), ""
    return _off_the_real_calendar(np.atleast_1d(dates), named)


def _off_the_real_calendar(dates: NDArray[np.object_], named: str) -> tuple[Times, str]:
    first = dates[0]
    start, day = None, first.day
    while start is None:  # 30 February has no day of its own: the last that there is
        try:
            start = datetime(first.year, first.month, day, first.hour, first.minute, first.second)  # noqa: DTZ001
        except ValueError:
            day -= 1
    times = _checked([start + (date - first) for date in dates])
    return times, (
        f"The dates are of a {named} calendar, not of real days: the first keeps its date, the"
        " others their distance from it."
    )


def _real(date: "cftime.datetime") -> datetime:
    whole = datetime(date.year, date.month, date.day, date.hour, date.minute, date.second)  # noqa: DTZ001
    return whole + timedelta(microseconds=date.microsecond)


def _checked(moments: list[datetime]) -> Times:
    """As nanoseconds, rounded to the millisecond that float hours lose."""
    times = np.array(moments, dtype="datetime64[us]")
    times = (times + np.timedelta64(500, "us")).astype("datetime64[ms]")
    if (times < _EARLIEST).any() or (times > _LATEST).any():
        raise FieldError(
            found=f"times from {times.min()} to {times.max()}",
            expected="dates between 1678 and 2262",
            remedy="Correct the time units of the file.",
        )
    return times.astype("datetime64[ns]")


def _of_packed_dates(values: NDArray[np.float64]) -> Times:
    try:
        days = [datetime.strptime(f"{int(value)}", "%Y%m%d") for value in values]  # noqa: DTZ007
    except ValueError:
        raise FieldError(
            found=f"times such as {values[0]:g} in 'day as %Y%m%d.%f'",
            expected="dates such as 20230201.25",
            remedy="Write the times as 'hours since ...'.",
        ) from None
    return _checked(
        [day + timedelta(days=float(value) % 1.0) for day, value in zip(days, values, strict=True)]
    )
