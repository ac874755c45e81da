"""What is in a wind: the facts that ``overflight wind inspect`` prints, as numbers.

Nothing is judged here: what is impossible was refused when the wind was opened, and how wrong a
plausible wind may be is :mod:`overflight.fields.error`'s to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import CoverageError
from overflight.fields import canonical, coverage
from overflight.fields import error as wind_error
from overflight.fields.error import WindError
from overflight.physics.windgrid import sigma

Array = NDArray[np.float64]

ERROR_LATITUDES_DEG = (0.0, 20.0, 40.0, 60.0, 80.0)
_GAP = 1.5  # times the usual step: a longer one is a gap


@dataclass(frozen=True)
class Axis:
    """A horizontal axis: where it runs from and to, and the spacing of most of its nodes."""

    first_deg: float
    last_deg: float  # beyond 180 where it crosses 180 degrees
    spacing_deg: float
    even: bool
    count: int


@dataclass(frozen=True)
class Gap:
    """A stretch of time without a field, longer than the usual step."""

    start: str
    end: str
    length_h: float


@dataclass(frozen=True)
class Times:
    """The times of a wind."""

    first: str
    last: str
    count: int
    usual_step_h: float | None  # None for a single time
    gaps: tuple[Gap, ...]
    lead_min_h: float | None  # forecast leads, where known
    lead_max_h: float | None


@dataclass(frozen=True)
class Level:
    """One level: its pressure, mean height, and how the wind blows there."""

    pressure_hpa: float
    height_m: float
    rms_speed_mps: float
    largest_speed_mps: float
    missing: int
    error_sd_mps: tuple[float, ...]  # per component, at ERROR_LATITUDES_DEG, mid time


@dataclass(frozen=True)
class Look:
    """All that is said about a wind."""

    title: str
    source: str
    product: str
    height_basis: str
    attribution: str
    variables: tuple[str, ...]
    times: Times
    latitude: Axis
    longitude: Axis
    global_longitudes: bool
    levels: tuple[Level, ...]
    error_statement: str
    error_basis: tuple[str, ...]
    prior_only: bool
    notes: tuple[str, ...]
    shortages: tuple[str, ...] | None  # None where no case was named


def look(wind: xr.Dataset, need: canonical.Need | None = None) -> Look:
    """Gather the facts of a canonical wind.

    Parameters
    ----------
    need
        What a case needs of it, to say by how much it falls short.
    """
    error = wind_error.of_field(wind)
    west_deg, width_deg = coverage.extent_deg(wind["lon_deg"].values)
    everywhere = width_deg >= 360.0
    east_deg = float(wind["lon_deg"].values[-1]) if everywhere else west_deg + width_deg
    short = None if need is None else coverage.shortages(wind, need)
    attrs = {name: str(wind.attrs.get(name, "unknown")) for name in canonical.ATTRIBUTES}
    return Look(
        title=attrs["title"],
        source=attrs["source"],
        product=attrs["product"],
        height_basis=attrs["height_basis"],
        attribution=attrs["attribution"],
        variables=tuple(name for name in canonical.VARIABLES if name in wind),
        times=times(wind),
        latitude=_axis(wind["lat_deg"].values, None),
        longitude=_axis(wind["lon_deg"].values, (west_deg, east_deg)),
        global_longitudes=everywhere,
        levels=tuple(_level(wind, error, index) for index in range(wind.sizes["pressure_pa"])),
        error_statement=error.statement,
        error_basis=error.basis,
        prior_only=error.prior_only,
        notes=canonical.notes(wind),
        shortages=None if short is None else tuple(one.words for one in short),
    )


def times(wind: xr.Dataset) -> Times:
    """When a wind has fields, and where it has none."""
    moments = wind["time"].values
    steps_h = np.diff(moments) / np.timedelta64(1, "h")
    usual_h = float(np.median(steps_h)) if len(steps_h) else None
    holes = [i for i, step in enumerate(steps_h) if usual_h and step > _GAP * usual_h]
    leads_h = wind["lead_s"].values / 3_600.0 if "lead_s" in wind.coords else np.array([])
    known_h = leads_h[np.isfinite(leads_h)]
    return Times(
        first=coverage.clock(moments[0]),
        last=coverage.clock(moments[-1]),
        count=len(moments),
        usual_step_h=usual_h,
        gaps=tuple(
            Gap(coverage.clock(moments[i]), coverage.clock(moments[i + 1]), float(steps_h[i]))
            for i in holes
        ),
        lead_min_h=float(known_h.min()) if len(known_h) else None,
        lead_max_h=float(known_h.max()) if len(known_h) else None,
    )


def _axis(values: Array, ends: tuple[float, float] | None) -> Axis:
    first, last = ends or (float(values[0]), float(values[-1]))
    steps = np.diff(values)
    if ends is not None and last > float(values[-1]):  # across 180 degrees: without the outside
        steps = np.delete(steps, np.argmax(steps))
    usual = float(np.median(steps)) if len(steps) else 0.0
    even = bool(np.allclose(steps, usual, rtol=1e-3, atol=1e-6)) if len(steps) else True
    return Axis(first, last, usual, even, len(values))


def _level(wind: xr.Dataset, error: WindError, index: int) -> Level:
    """Facts of one level, one time after the other: a field of any length is looked at."""
    squares, count, largest, missing, height_m = 0.0, 0, 0.0, 0, []
    for time in range(wind.sizes["time"]):
        u, v = (wind[name][time, index].values.astype(np.float64) for name in ("u_mps", "v_mps"))
        speed2 = u * u + v * v
        known = np.isfinite(speed2)
        squares += float(speed2[known].sum())
        count += int(known.sum())
        missing += int(known.size - known.sum())
        largest = max(largest, float(speed2[known].max(initial=0.0)))
        height_m.append(float(np.nanmean(wind["z_m"][time, index].values)))
    pressure_pa = float(wind["pressure_pa"].values[index])
    return Level(
        pressure_hpa=pressure_pa / 100.0,
        height_m=float(np.mean(height_m)),
        rms_speed_mps=float(np.sqrt(squares / max(count, 1))),
        largest_speed_mps=float(np.sqrt(largest)),
        missing=missing,
        error_sd_mps=_errors(wind, error, pressure_pa),
    )


def _errors(wind: xr.Dataset, error: WindError, pressure_pa: float) -> tuple[float, ...]:
    """Error per component at the middle of the times and of the longitudes, by latitude."""
    del wind
    table, level = error.sigma, float(np.log(pressure_pa))
    time_s, lon_deg = (0.5 * float(axis[0] + axis[-1]) for axis in (table.time_s, table.lon_deg))
    return tuple(float(sigma(table, time_s, level, lat, lon_deg)) for lat in ERROR_LATITUDES_DEG)


@dataclass(frozen=True)
class Sample:
    """The wind at one place, level and moment, interpolated as every flight does."""

    time: str
    pressure_hpa: float
    lat_deg: float
    lon_deg: float
    u_mps: float
    v_mps: float
    z_m: float
    t_k: float | None
    sd_mps: float | None


def at(
    wind: xr.Dataset, moment: datetime, pressure_pa: float, lat_deg: float, lon_deg: float
) -> Sample:
    """Interpolate a wind at a point: linear in time, ln p, latitude and longitude.

    A field of a single time or level answers at just that time or level.

    Raises
    ------
    CoverageError
        Outside the wind, with every shortage.
    """
    when = np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "ns")
    place = canonical.Need(
        time_min=when, time_max=when, pressure_min_pa=pressure_pa, pressure_max_pa=pressure_pa,
        south_deg=lat_deg, north_deg=lat_deg, west_deg=lon_deg, east_deg=lon_deg + 1e-9,
    )  # fmt: skip
    short = coverage.shortages(wind, place)
    if short:
        raise CoverageError(
            found="that point lies outside the wind: " + "; ".join(one.words for one in short),
            expected="a time, level and place that it covers",
            remedy="See what it covers with 'overflight wind inspect'.",
        )
    turned_deg = _columns(wind["lon_deg"].values, lon_deg)
    shares = (
        _share((wind["time"].values - when) / np.timedelta64(1, "s"), 0.0),
        _share(np.log(wind["pressure_pa"].values), float(np.log(pressure_pa))),
        _share(wind["lat_deg"].values, lat_deg),
        turned_deg,
    )

    def value(name: str) -> float:
        return _blend(wind[name], shares)

    return Sample(
        time=coverage.clock(when),
        pressure_hpa=pressure_pa / 100.0,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        u_mps=value("u_mps"),
        v_mps=value("v_mps"),
        z_m=value("z_m"),
        t_k=value("t_k") if "t_k" in wind else None,
        sd_mps=value("sd_mps") if "sd_mps" in wind else None,
    )


Share = tuple[int, int, float]  # two nodes, and how far the point is on the way to the second


def _share(axis: Array, value: float) -> Share:
    if len(axis) == 1:
        return 0, 0, 0.0
    first = min(max(int(np.searchsorted(axis, value, "right")) - 1, 0), len(axis) - 2)
    part = (value - axis[first]) / (axis[first + 1] - axis[first])
    return first, first + 1, float(min(max(part, 0.0), 1.0))  # the rest is round-off: covered


def _columns(lon_deg: Array, wanted_deg: float) -> Share:
    """The two columns about a longitude, across 180 degrees too."""
    if len(lon_deg) == 1:
        return 0, 0, 0.0
    ahead_deg = (lon_deg - wanted_deg) % 360.0
    behind_deg = (wanted_deg - lon_deg) % 360.0
    west, east = int(np.argmin(behind_deg)), int(np.argmin(ahead_deg))
    width_deg = float(behind_deg[west] + ahead_deg[east])
    return west, east, float(behind_deg[west]) / width_deg if width_deg > 0.0 else 0.0


def _blend(field: xr.DataArray, shares: Sequence[Share]) -> float:
    total = 0.0
    for corner in range(2 ** len(shares)):
        weight, index = 1.0, []
        for dim, (first, second, part) in enumerate(shares):
            far = corner >> dim & 1
            weight *= part if far else 1.0 - part
            index.append(second if far else first)
        if weight > 0.0:
            total += weight * float(field[tuple(index)].values)
    return total
