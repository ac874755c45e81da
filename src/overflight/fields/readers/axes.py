"""What each axis of a wind file is: time, pressure, latitude, longitude, or something else.

Decided by what a coordinate says of itself (standard name, units, axis), and only then by what it
is called. A level axis in metres, or in numbers without meaning, is refused by name.
"""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields.readers.names import PRESSURE, spelled

Array = NDArray[np.float64]

_BY_STANDARD_NAME = {
    "time": "time",
    "forecast_reference_time": "reference",
    "forecast_period": "period",
    "air_pressure": "pressure",
    "latitude": "lat",
    "longitude": "lon",
    "projection_y_coordinate": "y",
    "projection_x_coordinate": "x",
    "grid_latitude": "y",
    "grid_longitude": "x",
    "realization": "member",
    "atmosphere_hybrid_sigma_pressure_coordinate": "hybrid",
    "atmosphere_sigma_coordinate": "hybrid",
    "model_level_number": "hybrid",
    "altitude": "height",
    "height": "height",
    "height_above_mean_sea_level": "height",
    "geopotential_height": "height",
    "air_potential_temperature": "theta",
}
_BY_NAME = {
    "time": ("time", "valid_time", "time1", "time2", "time3", "forecast_time", "date"),
    "reference": ("reftime", "forecast_reference_time", "initial_time", "init_time"),
    "period": ("step", "lead_time", "leadtime", "forecast_period", "prediction_timedelta"),
    "pressure": ("level", "lev", "levels", "plev", "pressure", "pressure_level", "isobaric",
                 "isobaricinhpa", "isobaricinpa", "pressure_pa", "lv_isbl0", "pfull", "levelist"),
    "lat": ("lat", "latitude", "lats", "nav_lat", "lat_deg", "y_lat"),
    "lon": ("lon", "longitude", "lons", "nav_lon", "lon_deg", "x_lon"),
    "member": ("number", "member", "ensemble", "ens", "realization", "ensemble_member"),
    "expver": ("expver",),
    "hybrid": ("hybrid", "model_level", "model_level_number", "mlev", "nhym"),
    "height": ("height", "altitude", "z", "heightaboveground"),
    "x": ("x", "xc", "rlon", "west_east"),
    "y": ("y", "yc", "rlat", "south_north"),
}  # fmt: skip
_NAMES = {name: kind for kind, names in _BY_NAME.items() for name in names}
_NORTH = {"degreesnorth", "degreenorth", "degreen", "degreesn"}
_EAST = {"degreeseast", "degreeeast", "degreee", "degreese"}
_HEIGHTS = {"m", "km", "meter", "meters", "metre", "metres", "ft"}


def kind_of(name: str, coord: xr.DataArray | None) -> str | None:
    """Say what an axis or a coordinate is; None for nothing known."""
    attrs = coord.attrs if coord is not None else {}
    if str(attrs.get("long_name", "")).lower() == "initial time of forecast":  # cfgrib's 'time'
        return "reference"
    known = _BY_STANDARD_NAME.get(str(attrs.get("standard_name", "")).strip().lower())
    if known is not None:
        return known
    unit = spelled(attrs.get("units"))
    by_unit = _of_unit(unit, str(attrs.get("units", "")))
    if by_unit is not None:
        return by_unit
    named = _named(name, attrs)
    if named == "pressure" and _is_model_level(attrs):
        return "hybrid"
    if named == "pressure" and unit in _HEIGHTS:
        return "height"
    return named


def _of_unit(unit: str, plain: str) -> str | None:
    if " since " in plain or plain.lower().startswith("day as %y"):
        return "time"
    if unit in PRESSURE:
        return "pressure"
    if unit in _NORTH:
        return "lat"
    return "lon" if unit in _EAST else None


def _named(name: str, attrs: dict[str, object]) -> str | None:
    plain = name.lower().rstrip("0123456789") if name.lower() not in _NAMES else name.lower()
    if plain in _NAMES:
        return _NAMES[plain]
    return {"T": "time", "Z": "pressure", "Y": "lat", "X": "lon"}.get(str(attrs.get("axis")))


def _is_model_level(attrs: dict[str, object]) -> bool:
    said = " ".join(str(attrs.get(key, "")) for key in ("long_name", "description", "formula"))
    return any(word in said.lower() for word in ("hybrid", "model level", "model_level", "sigma"))


def pressures_pa(values: Array, units: object, name: str) -> tuple[Array, str]:
    """Levels in pascals, and a sentence where their unit had to be told by their size.

    Raises
    ------
    FieldError
        If the unit is none of pressure, or the values cannot be what it says.
    """
    unit = spelled(units)
    if not np.isfinite(values).all():
        raise FieldError(
            found=f"levels {name!r} of which some are missing",
            expected="the pressure of every level",
            remedy="The file is damaged: fetch it again.",
        )
    low, high = float(np.min(values)), float(np.max(values))
    told = ""
    if unit in PRESSURE:
        factor = PRESSURE[unit]
    elif unit in {"", "1", "none", "unknown", "level", "levels"}:
        factor = _guessed_factor(low, high, name)
        told = f"The level axis names no unit: its values, {low:g} to {high:g}, were taken as"
        told += " Pa." if factor == 1.0 else " hPa."
    else:
        raise FieldError(
            found=f"levels {name!r} in {units!r}",
            expected="pressure levels, in hPa or Pa",
            remedy="Fetch the wind on pressure levels, or interpolate it to them.",
        )
    levels_pa = values * factor
    if not (low * factor >= 0.5 and high * factor <= 115_000.0):
        raise FieldError(
            found=f"levels from {low:g} to {high:g} {units}",
            expected="pressures between 0.005 and 1,150 hPa",
            remedy="The unit of the level axis is probably wrong (hPa for Pa, or Pa for hPa):"
            " correct its units attribute.",
        )
    if factor == 1.0 and high <= 1_100.0:  # in Pa it would lie above every balloon
        raise FieldError(
            found=f"levels from {low:g} to {high:g} {units}",
            expected="pressures in Pa that reach into the stratosphere or below: 1,000 to 100,000",
            remedy="The numbers look like hPa: correct the units attribute of the level axis, or"
            " fetch levels below 11 hPa too.",
        )
    return levels_pa, told


def _guessed_factor(low: float, high: float, name: str) -> float:
    if high > 2_000.0:
        return 1.0
    if high <= 1_100.0 and low > 0.0 and high > 140.0:
        return 100.0
    raise FieldError(
        found=f"levels {name!r} from {low:g} to {high:g} without a unit",
        expected="pressure levels in hPa or Pa",
        remedy="Say which in the units attribute of the level axis; numbers of model levels need"
        " the surface pressure and their coefficients too.",
    )
