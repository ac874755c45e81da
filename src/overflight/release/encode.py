"""Tracks as a short text: 16-bit steps of degrees, differences along time, zlib, base64.

The page decodes it with what every browser has. Differences are taken modulo 2**16, so a track
across the antimeridian costs no more than any other.
"""

import base64
import zlib

import numpy as np
from numpy.typing import NDArray

from overflight.errors import InferenceError
from overflight.physics.sphere import wrapped_deg

LON_STEPS_PER_DEG = 182  # 180 * 182 and 90 * 364 are both 32 760, just inside 16 bits
LAT_STEPS_PER_DEG = 364
GAP = -32_768  # not a longitude nor a latitude: there is no position at that time

Degrees = NDArray[np.float64]


def quantise(lat_deg: Degrees, lon_deg: Degrees) -> NDArray[np.int16]:
    """Round positions to 16-bit steps, longitude first.

    Parameters
    ----------
    lat_deg, lon_deg : (track, time)
        Any longitude; a NaN in either is a gap.

    Returns
    -------
    (track, time, 2) int16
        At most 0.00275 degrees of longitude and 0.00138 of latitude off.

    Examples
    --------
    >>> quantise(np.array([[50.0]]), np.array([[181.0]])).tolist()
    [[[-32578, 18200]]]
    """
    if lat_deg.shape != lon_deg.shape or lat_deg.ndim != 2:
        raise InferenceError(
            found=f"latitudes of shape {lat_deg.shape} and longitudes of shape {lon_deg.shape}",
            expected="two equal shapes (track, time)",
            remedy="Cut both from the same posterior.",
        )
    known = np.isfinite(lat_deg) & np.isfinite(lon_deg)
    lon_wrapped_deg = wrapped_deg(np.where(known, lon_deg, 0.0))
    steps = np.stack(
        [
            np.rint(lon_wrapped_deg * LON_STEPS_PER_DEG),
            np.rint(np.where(known, lat_deg, 0.0) * LAT_STEPS_PER_DEG),
        ],
        axis=-1,
    )
    steps[~known] = GAP
    return steps.astype(np.int16)


def encode(lat_deg: Degrees, lon_deg: Degrees) -> str:
    """Tracks as base64 text; see :func:`decode` for the way back."""
    wide = quantise(lat_deg, lon_deg).astype(np.int64)
    wide[:, 1:] -= wide[:, :-1].copy()
    wrapped = (wide & 0xFFFF).astype("<u2")
    return base64.b64encode(zlib.compress(wrapped.tobytes(), 9)).decode("ascii")


def decode(text: str, n_tracks: int, n_times: int) -> tuple[Degrees, Degrees]:
    """Latitudes and longitudes (track, time) from the text; gaps are NaN.

    Examples
    --------
    >>> lat_deg, lon_deg = decode(encode(np.array([[1.0, 2.0]]), np.array([[179.0, -179.0]])), 1, 2)
    >>> lon_deg.tolist()
    [[179.0, -179.0]]
    """
    n_bytes = 4 * n_tracks * n_times
    held = zlib.decompressobj().decompress(base64.b64decode(text), n_bytes + 1)  # and no more
    raw = np.frombuffer(held, "<u2")
    sums = np.cumsum(raw.reshape(n_tracks, n_times, 2).astype(np.int64), axis=1)
    steps = (sums & 0xFFFF).astype(np.uint16).view(np.int16)
    known = steps[..., 0] != GAP
    return (
        np.where(known, steps[..., 1] / LAT_STEPS_PER_DEG, np.nan),
        np.where(known, steps[..., 0] / LON_STEPS_PER_DEG, np.nan),
    )
