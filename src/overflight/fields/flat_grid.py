"""One variable over latitude and longitude in a NetCDF file, and the edges of its cells."""

import re

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError

Array = NDArray[np.float64]

_LATS, _LONS = ("lat", "latitude", "y"), ("lon", "longitude", "x")


def field(opened: xr.Dataset, name: str, likely: str) -> xr.DataArray:
    """The one variable over latitude and longitude, in that order.

    Parameters
    ----------
    likely
        Words, parted by ``|``, of which one is in its name where there are several.

    Raises
    ------
    FieldError
        If there is none, or no one that is likely.
    """
    found: dict[str, xr.DataArray] = {}
    for key, variable in opened.data_vars.items():
        one = variable.squeeze(drop=True)
        lats = [d for d in one.dims if str(d).lower() in _LATS]
        lons = [d for d in one.dims if str(d).lower() in _LONS]
        if lats and lons and np.issubdtype(one.dtype, np.number):
            found[str(key)] = one.transpose(lats[0], lons[0], ...)
    named = [key for key in found if re.search(likely, key, re.IGNORECASE)]
    keys = list(found) if len(found) == 1 else named
    if len(keys) != 1:
        words = " or ".join(f"'{word}'" for word in likely.split("|")[:2])
        raise FieldError(
            found=f"{name} has {len(found)} variables over latitude and longitude"
            f"{': ' + ', '.join(list(found)[:6]) if found else ''}",
            expected=f"one, or one with {words} in its name, on axes lat and lon",
            remedy=f"Keep that one: ncks -v NAME {name} one.nc; of a projected grid, take the"
            " GeoTIFF, or bring it to latitude and longitude: gdalwarp -t_srs EPSG:4326.",
        )
    only = found[keys[0]]
    if only.ndim > 2:
        further = ", ".join(f"{d} of {only.sizes[d]}" for d in only.dims[2:])
        raise FieldError(
            found=f"{keys[0]} of {name} has a further axis ({further})",
            expected="one layer",
            remedy=f"Keep one: ncks -d {only.dims[2]},0 {name} one.nc",
        )
    return only


def edges_deg(opened: xr.Dataset, axis: str, most_deg: float, name: str) -> Array:
    """Edges of the cells midway between the nodes of an axis.

    Raises
    ------
    FieldError
        If the axis has no degrees in order.
    """
    nodes = np.asarray(opened[axis].values, dtype=np.float64) if axis in opened else np.empty(0)
    steps = np.diff(nodes)
    told = str(opened[axis].attrs.get("units", "")).lower() if axis in opened else ""
    good = len(nodes) > 1 and (bool((steps > 0).all()) or bool((steps < 0).all()))
    good = good and float(np.abs(nodes).max()) <= most_deg and told not in {"m", "metre", "km"}
    good = good and abs(float(nodes[-1] - nodes[0])) <= 360.0
    if not good:
        raise FieldError(
            found=f"the axis {axis} of {name} has no degrees that rise or fall all along",
            expected="latitudes from -90 to 90 and longitudes around the globe at most once",
            remedy="Take a grid on latitudes and longitudes, or a GeoTIFF with its projection.",
        )
    middle = 0.5 * (nodes[1:] + nodes[:-1])
    first, last = nodes[0] - 0.5 * steps[0], nodes[-1] + 0.5 * steps[-1]
    return np.concatenate([[first], middle, [last]])
