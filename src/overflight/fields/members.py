"""Ensembles: the mean of the members as the wind, their spread as its error."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import canonical
from overflight.fields.canonical import DIMS


def mean(members: list[xr.Dataset], told: dict[str, object]) -> xr.Dataset:
    """Mean of ensemble members, and their spread as the error per component.

    The spread is ``sqrt((n + 1) / n)`` times the root mean square over u and v of the members'
    sample standard deviation: what a further member, or the truth if it were one, would show.

    Parameters
    ----------
    members
        Canonical winds, two or more.
    told
        What they say of themselves in common.

    Raises
    ------
    FieldError
        If they differ in times, levels or grid.
    """
    first, n = members[0], len(members)
    for other in members[1:]:
        for dim in DIMS:
            if not np.array_equal(other[dim].values, first[dim].values):
                raise FieldError(
                    found=f"ensemble members that differ in {dim}",
                    expected="the same times, levels and grid for every member",
                    remedy="Fetch the same part of every member.",
                )
    names = [name for name in canonical.VARIABLES if all(name in one for one in members)]
    means = {name: _mean([one[name].values for one in members]) for name in names}
    spread = np.zeros_like(means["u_mps"])
    for name in ("u_mps", "v_mps"):
        for one in members:
            spread += (one[name].values - means[name]) ** 2
    spread = np.sqrt(spread / (2.0 * (n - 1)) * (n + 1) / n).astype(np.float32)
    wind = first.drop_vars([name for name in first.data_vars if name not in names])
    wind = wind.assign({name: (DIMS, values) for name, values in means.items()})
    wind = wind.assign(sd_mps=(DIMS, spread))
    wind.attrs = {**told, "product": "ensemble mean", "member_count": n}
    wind.attrs["sd_basis"] = "ensemble spread"
    wind.attrs.pop("member", None)
    canonical.note(wind, f"The mean of {n} ensemble members, with their spread as its error.")
    return wind


def _mean(arrays: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    total = np.zeros(arrays[0].shape, dtype=np.float32)
    for values in arrays:
        total += values / np.float32(len(arrays))
    return total
