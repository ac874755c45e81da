"""From columns of numbers to a profile: cleaned, in SI, with one wind that can be believed."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.fields.soundings import track_wind
from overflight.fields.soundings.profile import Profile
from overflight.physics import atmosphere
from overflight.physics.sphere import wrapped_deg

Array = NDArray[np.float64]
Times = NDArray[np.datetime64]

_ON_GROUND_M = 60.0  # within so much of the lowest point it stands
_REST_S, _REST_MPS = 120.0, 0.7
_STILL_M = 300.0  # a track that rises less lies on the ground or floats
_AGREE = (0.6, 1.6)  # reported speed over that of the track, in the median


@dataclass(frozen=True)
class Raw:
    """What a file gave, in SI, one entry a row; None where it has no such column."""

    id: str
    origin: str
    time: Times
    lat_deg: Array
    lon_deg: Array
    height_m: Array
    height_kind: str
    pressure_pa: Array | None = None
    u_mps: Array | None = None
    v_mps: Array | None = None
    unsure_direction: bool = False  # u and v may point the other way
    fixed_place: bool = False  # positions are of the station: no track
    notes: tuple[str, ...] = ()


def profile(raw: Raw) -> Profile | None:
    """Make a profile; None if nothing remains that shows a wind."""
    rows, notes = _ordered(raw)
    if len(rows) < 2:
        return None
    time, lat, lon = raw.time[rows], raw.lat_deg[rows], wrapped_deg(raw.lon_deg[rows])
    height = raw.height_m[rows]
    pressure, basis = _pressures(raw, rows, height, lat)
    u, v, from_where, told = _winds(raw, rows, time, lat, lon, height)
    known = np.isfinite(u) & np.isfinite(v) & np.isfinite(pressure)
    if known.sum() < 2:
        return None
    return Profile(
        id=raw.id,
        origin=raw.origin,
        time=time[known],
        lat_deg=lat[known],
        lon_deg=lon[known],
        height_m=height[known],
        pressure_pa=pressure[known],
        u_mps=u[known],
        v_mps=v[known],
        height_kind=raw.height_kind,
        pressure_basis=basis,
        wind_basis=from_where,
        notes=(*raw.notes, *notes, *told),
    )


def _ordered(raw: Raw) -> tuple[NDArray[np.intp], list[str]]:
    if not raw.fixed_place:
        return track_wind.cleaned(raw.time, raw.lat_deg, raw.lon_deg, raw.height_m)
    known = np.flatnonzero(~np.isnat(raw.time))
    return known[np.argsort(raw.time[known], kind="stable")], []


def _pressures(
    raw: Raw, rows: NDArray[np.intp], height_m: Array, lat_deg: Array
) -> tuple[Array, str]:
    """Pressure of every row: the file's, else that of the standard atmosphere at its height."""
    standard = np.array(
        [_standard_pa(h, raw.height_kind, lat) for h, lat in zip(height_m, lat_deg, strict=True)]
    )
    if raw.pressure_pa is None:
        return standard, "standard atmosphere"
    given = raw.pressure_pa[rows].copy()
    with np.errstate(invalid="ignore"):
        given[(given < 50.0) | (given > 110_000.0)] = np.nan
    if np.isfinite(given).mean() < 0.5:
        return standard, "standard atmosphere"
    return given, "file"


def _standard_pa(height_m: float, kind: str, lat_deg: float) -> float:
    if not np.isfinite(height_m) or not -500.0 < height_m < 47_000.0:
        return np.nan
    if kind == "geopotential":
        return float(atmosphere.pressure_pa_of_altitude(max(height_m, 0.0)))
    geopotential = atmosphere.geopotential_m_at_latitude(max(height_m, 0.0), lat_deg)
    return float(atmosphere.pressure_pa_of_altitude(geopotential))


def _winds(
    raw: Raw, rows: NDArray[np.intp], time: Times, lat: Array, lon: Array, height: Array
) -> tuple[Array, Array, str, list[str]]:
    """The reported wind where it agrees with the track, else the track's."""
    along, up = track_wind.velocity(time, lat, lon, height)
    if raw.u_mps is None or raw.v_mps is None:
        return along, up, "track", []
    u, v = raw.u_mps[rows], raw.v_mps[rows]
    if raw.fixed_place:
        return u, v, "reported", []
    both = np.isfinite(u + v + along + up) & (np.hypot(along, up) > 2.0)
    if both.sum() < 10:
        return u, v, "reported", []
    ratio = float(np.median(np.hypot(u[both], v[both]) / np.hypot(along[both], up[both])))
    share = float(np.mean(u[both] * along[both] + v[both] * up[both]))
    notes = []
    if raw.unsure_direction and share < 0.0:
        u, v = -u, -v
        share = -share
        notes.append("The direction column says where the wind comes from, as the track shows.")
    if not _AGREE[0] < ratio < _AGREE[1] or share < 0.0:
        return (
            along,
            up,
            "track",
            [
                *notes,
                f"The reported speed is {ratio:.1f} times that of the track"
                + (" and points elsewhere" if share < 0.0 else "")
                + ": the wind of the track was taken instead.",
            ],
        )
    return u, v, "reported", notes


def lies_still(raw: Raw) -> bool:
    """Whether a track never leaves the ground: such a sonde shows no wind aloft."""
    known = raw.height_m[np.isfinite(raw.height_m)]
    return len(known) == 0 or (float(np.ptp(known)) < _STILL_M and float(known.max()) < 5_000.0)


def components(speed_mps: Array, direction_deg: Array, *, coming_from: bool) -> tuple[Array, Array]:
    """Eastward and northward components of a speed and a direction.

    >>> u, v = components(np.array([10.0]), np.array([270.0]), coming_from=True)
    >>> round(float(u[0]), 6), abs(round(float(v[0]), 6))
    (10.0, 0.0)
    """
    toward = np.radians(direction_deg) + (np.pi if coming_from else 0.0)
    return speed_mps * np.sin(toward), speed_mps * np.cos(toward)


def legs(one: Profile) -> tuple[Profile | None, Profile | None]:
    """The ascent to the highest point, and the descent from it; None for a leg of no length.

    What lies on the ground before and after is no part of them: a recovered sonde still sends.
    """
    top = int(np.nanargmax(one.height_m))
    launch, landing = _left_ground(one, top), _reached_ground(one, top)
    high = float(one.height_m[top])
    rise, fall = cut(one, np.arange(launch, top + 1)), cut(one, np.arange(top, landing + 1))
    return (
        rise if rise.n_points > 2 and high - float(rise.height_m[0]) > _STILL_M else None,
        fall if fall.n_points > 2 and high - float(fall.height_m[-1]) > _STILL_M else None,
    )


def airborne(one: Profile) -> Profile:
    """The flight from leaving the ground to reaching it."""
    top = int(np.nanargmax(one.height_m))
    return cut(one, np.arange(_left_ground(one, top), _reached_ground(one, top) + 1))


def _left_ground(one: Profile, top: int) -> int:
    """The last row before the climb: within 60 m of the lowest."""
    rising = one.height_m[: top + 1]
    return int(np.flatnonzero(rising <= float(rising.min()) + _ON_GROUND_M)[-1])


def _reached_ground(one: Profile, top: int) -> int:
    """The first row below half the height from which it sinks no more for two minutes."""
    falling = one.height_m[top:]
    seconds = np.asarray((one.time[top:] - one.time[top]) / np.timedelta64(1, "s"), np.float64)
    later = np.minimum(np.searchsorted(seconds, seconds + _REST_S), len(seconds) - 1)
    span_s = np.maximum(seconds[later] - seconds, 1.0)
    resting = (np.abs(falling[later] - falling) / span_s < _REST_MPS) & (
        later > np.arange(len(later))
    )
    resting &= falling < 0.5 * float(falling[0])
    found = np.flatnonzero(resting)
    return top + (int(found[0]) if len(found) else len(falling) - 1)


def cut(one: Profile, rows: NDArray[np.intp]) -> Profile:
    """The given rows of a profile."""
    return replace(
        one,
        **{
            name: getattr(one, name)[rows]
            for name in (
                "time", "lat_deg", "lon_deg", "height_m", "pressure_pa", "u_mps", "v_mps",
            )
        },
    )  # fmt: skip


def binned(one: Profile, width_m: float = 500.0) -> Profile:
    """Means over layers of height: fewer points, and the small waves averaged out.

    The place of a layer is the mean place, its pressure the mean of ln p, its wind the mean with
    the tenth that lies furthest from the median on either side left out.
    """
    layer = np.floor(one.height_m / width_m)
    # A descent and an ascent through one layer hours apart are two layers.
    turn = np.append(0, np.cumsum(np.diff(layer) != 0.0))
    groups = [np.flatnonzero(turn == k) for k in np.unique(turn)]
    origin = one.time[0]
    seconds = np.asarray((one.time - origin) / np.timedelta64(1, "s"), dtype=np.float64)

    def mean(values: Array) -> Array:
        return np.array([float(np.mean(values[group])) for group in groups])

    lon = np.unwrap(one.lon_deg, period=360.0)
    moments = origin + (1e9 * mean(seconds)).astype("timedelta64[ns]")
    return replace(
        one,
        time=moments,
        lat_deg=mean(one.lat_deg),
        lon_deg=wrapped_deg(mean(lon)),
        height_m=mean(one.height_m),
        pressure_pa=np.exp(mean(np.log(one.pressure_pa))),
        u_mps=np.array([_trimmed(one.u_mps[group]) for group in groups]),
        v_mps=np.array([_trimmed(one.v_mps[group]) for group in groups]),
    )


def _trimmed(values: Array) -> float:
    ordered = np.sort(values)
    drop = len(ordered) // 10
    return float(np.mean(ordered[drop : len(ordered) - drop]))
