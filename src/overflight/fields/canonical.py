"""The one shape in which wind enters overflight.

    dims    time, pressure_pa, lat_deg, lon_deg     (this order, this spelling)
    vars    u_mps, v_mps                            eastward and northward wind
            z_m                                     geopotential height
            omega_paps                              upward is negative (omega); optional
            t_k                                     temperature; optional
            sd_mps                                  error per component, where known; optional
    coords  time                                    datetime64, UTC, increasing
            pressure_pa, lat_deg, lon_deg           increasing, lon_deg in [-180, 180)
            lead_s (time)                           forecast lead; 0 an analysis; optional
    attrs   source, product, title, attribution, height_basis, notes (see ATTRIBUTES)

Readers produce it, :func:`check` guards it, and nothing behind it asks where data came from. A
piece is the same with variables still missing; :mod:`overflight.fields.merge` joins pieces.
"""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError

Array = NDArray[np.float64]

DIMS = ("time", "pressure_pa", "lat_deg", "lon_deg")
REQUIRED = ("u_mps", "v_mps", "z_m")
VARIABLES = (*REQUIRED, "omega_paps", "t_k", "sd_mps")
ATTRIBUTES = {
    "source": "who made it: era5, erai, ifs, gfs, gefs, gdas, nam, icon, merra2, jra55, cfsr,"
    " ncep, cmip, simulated, soundings, climatology or unknown; chooses the error model",
    "product": "reanalysis, analysis, forecast, ensemble mean, ensemble member, simulation or"
    " unknown",
    "title": "one line for people",
    "attribution": "what a report must print where this wind was used",
    "height_basis": "where z_m is from: file; hypsometric, from temperature over the ground;"
    " hypsometric above a standard lowest level, where no ground is known; or standard atmosphere",
    "notes": "what a reader repaired or noticed, one sentence a line",
}


@dataclass(frozen=True)
class Need:
    """The part of a wind that is wanted; None means all there is.

    A reader keeps the nodes that enclose the part, so that everything inside can be interpolated.
    ``west_deg`` may exceed ``east_deg``: the box then crosses 180 degrees.
    """

    variables: tuple[str, ...] = REQUIRED
    time_min: np.datetime64 | None = None
    time_max: np.datetime64 | None = None
    pressure_min_pa: float | None = None
    pressure_max_pa: float | None = None
    south_deg: float | None = None
    north_deg: float | None = None
    west_deg: float | None = None
    east_deg: float | None = None


ALL = Need()


def note(wind: xr.Dataset, sentence: str) -> None:
    """Add a sentence to what was noticed about a wind, once."""
    told = notes(wind)
    if sentence not in told:
        wind.attrs["notes"] = "\n".join((*told, sentence))


def notes(wind: xr.Dataset) -> tuple[str, ...]:
    """What was noticed about a wind, one sentence each."""
    return tuple(line for line in str(wind.attrs.get("notes", "")).splitlines() if line)


def enclosing(axis: Array, low: float | None, high: float | None) -> slice:
    """The part of an increasing axis that encloses an interval; all of it for None.

    >>> axis = np.array([0.0, 10.0, 20.0, 30.0])
    >>> enclosing(axis, 12.0, 19.0), enclosing(axis, None, 20.0), enclosing(axis, 40.0, 50.0)
    (slice(1, 3, None), slice(0, 3, None), slice(3, 4, None))
    """
    first = 0 if low is None else max(int(np.searchsorted(axis, low, "right")) - 1, 0)
    last = len(axis) if high is None else int(np.searchsorted(axis, high, "left")) + 1
    return slice(min(first, len(axis) - 1), min(max(last, first + 1), len(axis)))


def check(wind: xr.Dataset) -> xr.Dataset:
    """Return ``wind`` unchanged if it is canonical; otherwise say what is not.

    Raises
    ------
    FieldError
        With the first departure from the shape above.
    """
    missing = [name for name in REQUIRED if name not in wind]
    if missing:
        raise FieldError(
            found=f"the wind lacks {', '.join(missing)}",
            expected=f"{', '.join(REQUIRED)}",
            remedy="Download the missing variables, or fix the reader's NAMES table.",
        )
    for name in REQUIRED:
        if wind[name].dims != DIMS:
            raise FieldError(
                found=f"{name} has dimensions {wind[name].dims}",
                expected=f"{DIMS}",
                remedy="Transpose it in the reader.",
            )
    for dim in DIMS:
        _check_axis(wind, dim)
    for dim, low, high in (("lat_deg", -90.0, 90.0), ("lon_deg", -180.0, 180.0)):
        first, last = (float(wind[dim].values[end]) for end in (0, -1))
        if first < low or last > high or (dim == "lon_deg" and last == high):
            raise FieldError(
                found=f"{dim} from {first:g} to {last:g}",
                expected="latitudes in [-90, 90], longitudes in [-180, 180)",
                remedy="Wrap longitudes in the reader; check that the two are not swapped.",
            )
    return wind


def _check_axis(wind: xr.Dataset, dim: str) -> None:
    """Refuse an axis that is only counted, that repeats or turns, or that is not time."""
    if dim not in wind.coords:  # xarray would count 0, 1, 2, ... in its place
        raise FieldError(
            found=f"{dim} has no values",
            expected="a coordinate along every dimension",
            remedy="Assign the file's coordinate in the reader.",
        )
    values = wind[dim].values
    if dim == "time" and not np.issubdtype(values.dtype, np.datetime64):
        raise FieldError(
            found=f"time is of type {values.dtype}",
            expected="datetime64, UTC",
            remedy="Decode it in the reader; winds on a 360-day calendar cannot be used.",
        )
    if not (np.diff(values.astype(np.float64)) > 0).all():
        raise FieldError(
            found=f"{dim} does not increase",
            expected="strictly increasing coordinates",
            remedy="Sort it in the reader.",
        )
