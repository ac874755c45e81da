"""Carry a balloon through the wind of one sounding, at the heights that it is known to have had.

With its own ascent as the wind a balloon's descent tells how good a single profile is; with a
neighbour's, how alike two places are; with yesterday's, that it is not the wind of today. No
analysis is involved, so these are tests of the wind and of nothing else.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.fields.soundings.making import binned
from overflight.fields.soundings.profile import Profile
from overflight.physics.sphere import n_vector, radii_m
from overflight.physics.tangent import basis, way_m

Array = NDArray[np.float64]

LAYER_M = 200.0  # a profile is averaged in such layers before it carries another balloon
_STEP_S = 20.0  # fixes nearer in time are passed over
_DIFFERENT_MPS = 6.0  # rms difference beyond which two profiles are not of one air mass


@dataclass(frozen=True)
class Drifted:
    """Where a profile's wind takes a balloon."""

    lat_deg: float
    lon_deg: float
    miss_m: float  # from where it was
    flown_m: float  # how far it went in truth
    extrapolated_m: float  # how far its heights lie outside the profile's


def carry(wind: Profile, flown: Profile) -> Drifted:
    """Carry ``flown`` from its first point to its last time in the wind of another profile.

    Only the heights and times of ``flown`` are used, and its first place. Beyond the profile's own
    heights its outermost wind is taken, and how far that is, is said.
    """
    layers = binned(wind, LAYER_M)
    order = np.argsort(layers.height_m)
    height, u, v = layers.height_m[order], layers.u_mps[order], layers.v_mps[order]
    seconds, track_m = _thinned(flown)
    x, y, z = n_vector(float(flown.lat_deg[0]), float(flown.lon_deg[0]))
    for before, after in zip(range(len(seconds) - 1), range(1, len(seconds)), strict=True):
        dt_s = seconds[after] - seconds[before]
        middle_m = 0.5 * (track_m[before] + track_m[after])
        east_m = float(np.interp(middle_m, height, u)) * dt_s
        north_m = float(np.interp(middle_m, height, v)) * dt_s
        x, y, z = _moved((x, y, z), middle_m, east_m, north_m)
    end = n_vector(float(flown.lat_deg[-1]), float(flown.lon_deg[-1]))
    start = n_vector(float(flown.lat_deg[0]), float(flown.lon_deg[0]))
    outside = max(float(height[0] - track_m.min()), float(track_m.max() - height[-1]), 0.0)
    return Drifted(
        lat_deg=float(np.degrees(np.arctan2(z, np.hypot(x, y)))),
        lon_deg=float(np.degrees(np.arctan2(y, x))),
        miss_m=float(np.hypot(*way_m(x, y, z, *end))),
        flown_m=float(np.hypot(*way_m(*start, *end))),
        extrapolated_m=max(outside - LAYER_M, 0.0),
    )


def _thinned(flown: Profile) -> tuple[Array, Array]:
    """Seconds since the first point and heights, some twenty seconds apart, first and last kept."""
    seconds = np.asarray((flown.time - flown.time[0]) / np.timedelta64(1, "s"), dtype=np.float64)
    marks = np.floor(seconds / _STEP_S)
    keep = np.append(True, np.diff(marks) > 0.0)
    keep[-1] = True
    return seconds[keep], flown.height_m[keep]


def _moved(
    at: tuple[float, float, float], height_m: float, east_m: float, north_m: float
) -> tuple[float, float, float]:
    """Go metres east and north at a height, on the ellipsoid."""
    along_m, across_m = radii_m(at[2])
    frame = basis(*at)
    east, north = east_m / (across_m + height_m), north_m / (along_m + height_m)
    x = at[0] + east * frame[0] + north * frame[2]
    y = at[1] + east * frame[1] + north * frame[3]
    z = at[2] + north * frame[4]
    scale = 1.0 / np.sqrt(x * x + y * y + z * z)
    return x * scale, y * scale, z * scale


def disagreement_mps(one: Profile, other: Profile) -> float:
    """Rms vector difference of two profiles where their heights overlap; NaN where they do not."""
    low = max(float(one.height_m.min()), float(other.height_m.min()))
    high = min(float(one.height_m.max()), float(other.height_m.max()))
    heights = np.arange(low + 0.5 * LAYER_M, high, LAYER_M)
    if not len(heights):
        return float("nan")
    winds = []
    for profile in (one, other):
        layers = binned(profile, LAYER_M)
        order = np.argsort(layers.height_m)
        winds.append(
            [
                np.interp(heights, layers.height_m[order], values[order])
                for values in (layers.u_mps, layers.v_mps)
            ]
        )
    difference = np.array(winds[0]) - np.array(winds[1])
    return float(np.sqrt((difference**2).sum(axis=0).mean()))


def of_one_air_mass(one: Profile, other: Profile) -> bool:
    """Whether two profiles may be of one air mass: closer than wrong days or places are.

    Three balloons of one morning, 16 to 39 minutes apart, differ by 1.1 to 1.7 m/s; one site after
    6 to 12 hours by 6 to 10; the profile of a wrong day by 9 to 14. Measured on latex balloons over
    Colorado and on radiosondes at Darwin (benchmarks/closed_wind.py reads the same flights).
    """
    return disagreement_mps(one, other) < _DIFFERENT_MPS
