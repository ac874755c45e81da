"""What is to be fetched for a case: a box, levels and times, every bound of them known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import CoverageError, FieldError
from overflight.fields.canonical import Need

_HOUR = np.timedelta64(1, "h")
_EPOCH = np.datetime64("1970-01-01T00", "h")


@dataclass(frozen=True)
class Extent:
    """The box, levels and times of a case; ``west_deg > east_deg`` crosses 180 degrees."""

    time_min: np.datetime64
    time_max: np.datetime64
    south_deg: float
    north_deg: float
    west_deg: float
    east_deg: float
    pressure_min_pa: float
    pressure_max_pa: float

    def __post_init__(self) -> None:
        wrong = [
            words
            for words, fine in (
                ("times", self.time_min <= self.time_max),
                ("latitudes", -90.0 <= self.south_deg <= self.north_deg <= 90.0),
                ("longitudes", max(abs(self.west_deg), abs(self.east_deg)) <= 360.0),
                ("pressures", 0.0 < self.pressure_min_pa <= self.pressure_max_pa < 120_000.0),
            )
            if not fine
        ]
        if wrong:
            raise FieldError(
                found=f"{self}, whose {' and '.join(wrong)} are not possible",
                expected="times and pressures in order, degrees on the globe, pressures in Pa",
                remedy="Correct what is to be fetched.",
            )

    @property
    def width_deg(self) -> float:
        """How far the box reaches eastward; 360 for all longitudes."""
        if self.east_deg - self.west_deg >= 360.0:
            return 360.0
        return (self.east_deg - self.west_deg) % 360.0


def extent_of(need: Need) -> Extent:
    """The extent of a need whose every bound is known.

    Raises
    ------
    CoverageError
        If a bound of time, box or level is open: nobody fetches the whole world by mistake.
    """
    values = {name: getattr(need, name) for name in Extent.__dataclass_fields__}
    absent = [name for name, value in values.items() if value is None]
    if absent:
        raise CoverageError(
            found=f"no bound for {', '.join(absent)}",
            expected="times, levels and a box to fetch",
            remedy="Name a case that says when and where it flew.",
        )
    return Extent(**values)


def hours(extent: Extent, every_h: int) -> NDArray[np.datetime64]:
    """Whole hours, so many apart, that enclose the needed time.

    >>> extent = Extent(np.datetime64("2023-02-01T01:30"), np.datetime64("2023-02-01T07:00"),
    ...                 30.0, 50.0, -120.0, -90.0, 5e3, 3e4)
    >>> [str(t)[11:13] for t in hours(extent, 3)]
    ['00', '03', '06', '09']
    """
    first = int(np.floor((extent.time_min - _EPOCH) / _HOUR / every_h)) * every_h
    last = int(np.ceil((extent.time_max - _EPOCH) / _HOUR / every_h)) * every_h
    return _EPOCH + np.arange(first, last + 1, every_h) * _HOUR


def levels_within(levels_hpa: tuple[float, ...], extent: Extent, source: str) -> tuple[float, ...]:
    """The levels of a source that enclose what is needed.

    Raises
    ------
    CoverageError
        If the source does not reach as high or as low.
    """
    low, high = extent.pressure_min_pa / 100.0, extent.pressure_max_pa / 100.0
    ordered = sorted(levels_hpa)
    if not ordered or ordered[0] > low + 1e-6 or ordered[-1] < high - 1e-6:
        reach = f"{ordered[0]:g} to {ordered[-1]:g} hPa" if ordered else "none"
        raise CoverageError(
            found=f"{source} offers levels from {reach}",
            expected=f"levels that enclose {low:.4g} to {high:.4g} hPa",
            remedy="Fetch ERA5 (--source era5), whose levels reach from 1 to 1,000 hPa, or ask for"
            " a lower flight.",
        )
    first = max(i for i, p in enumerate(ordered) if p <= low + 1e-6)
    last = min(i for i, p in enumerate(ordered) if p >= high - 1e-6)
    return tuple(ordered[first : last + 1])
