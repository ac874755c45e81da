"""An objective analysis of soundings: a wind field with its error at every node.

The soundings are averaged in layers, judged by their neighbours, and combined with the climatology
by the process of :mod:`gaussian`. Each level is worked out from the layers within reach above and
below it; where there are very many, tile by tile from the nearest. The field's ``sd_mps`` is how
wrong it may be: near a sounding some 2 m/s, far from all the climatology's own error.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import canonical, climatology
from overflight.fields.canonical import Need
from overflight.fields.soundings import background, quality
from overflight.fields.soundings.covariance import Points, points
from overflight.fields.soundings.gaussian import Fit, Layers, layers
from overflight.fields.soundings.profile import Profile
from overflight.physics import atmosphere
from overflight.physics.sphere import wrapped_deg

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

REACH_HEIGHT_M = 8_000.0  # beyond it a layer says next to nothing that nearer ones do not
MOST_LAYERS = 700  # that one prediction is made from
# Layers so far off say equally little; those far in height least, for nearer ones hide them.
_AS_FAR_M, _AS_HIGH_M, _AS_LATE_S = 1_000_000.0, 1_500.0, 1.7 * 86_400.0
_TILE_DEG = 20.0
MARGIN_DEG = 8.0
STEP_H = 6
_LEVELS_PA = 100.0 * np.array(
    [10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 100, 125, 150, 175, 200, 250, 300, 400, 500, 600, 700,
     850]
)  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """Where the analysis is wanted."""

    time: NDArray[np.datetime64]
    pressure_pa: Array
    lat_deg: Array
    lon_deg: Array  # increasing, in [-180, 180)


def default_grid(profiles: list[Profile], need: Need, spacing_deg: float = 1.0) -> Grid:
    """A grid around the soundings, or over what is needed.

    Without a need: their box with a margin of 8 degrees, every 6 hours from half a day before the
    first to half a day after the last, on the usual levels that they reach.
    """
    pressure = np.concatenate([one.pressure_pa for one in profiles])
    low = need.pressure_min_pa or float(pressure.min())
    high = need.pressure_max_pa or float(pressure.max())
    part = canonical.enclosing(_LEVELS_PA, low, high)
    return Grid(
        _times(profiles, need), _two(_LEVELS_PA, part), _latitudes(profiles, need, spacing_deg),
        _longitudes(profiles, need, spacing_deg),
    )  # fmt: skip


def _two(axis: Array, part: slice) -> Array:
    """A part of an axis, at least two of it."""
    return (
        axis[part] if part.stop - part.start > 1 else axis[max(part.start - 1, 0) : part.stop + 1]
    )


def _times(profiles: list[Profile], need: Need) -> NDArray[np.datetime64]:
    first = need.time_min
    last = need.time_max
    if first is None or last is None:
        half = np.timedelta64(12, "h")
        first = min(one.time[0] for one in profiles) - half
        last = max(one.time[-1] for one in profiles) + half
    step = np.timedelta64(STEP_H, "h")
    start = first.astype("datetime64[h]")
    start -= (start - np.datetime64("1970-01-01T00", "h")) % step
    count = int(np.ceil((last - start) / step)) + 1
    times = start + np.arange(max(count, 2)) * step
    return np.asarray(times.astype("datetime64[ns]"))


def _latitudes(profiles: list[Profile], need: Need, spacing_deg: float) -> Array:
    lat = np.concatenate([one.lat_deg for one in profiles])
    south = need.south_deg if need.south_deg is not None else float(lat.min()) - MARGIN_DEG
    north = need.north_deg if need.north_deg is not None else float(lat.max()) + MARGIN_DEG
    first = max(np.floor(south / spacing_deg), -np.floor(90.0 / spacing_deg))
    last = min(np.ceil(north / spacing_deg), np.floor(90.0 / spacing_deg))
    return np.asarray(np.arange(first, last + 1) * spacing_deg)


def _longitudes(profiles: list[Profile], need: Need, spacing_deg: float) -> Array:
    west, east = need.west_deg, need.east_deg
    if west is None or east is None:
        lon = np.sort(np.concatenate([one.lon_deg for one in profiles]) % 360.0)
        gaps = np.diff(lon, append=lon[0] + 360.0)
        widest = int(np.argmax(gaps))
        polar = max(float(np.abs(one.lat_deg).max()) for one in profiles) > 80.0
        if polar or gaps[widest] <= 2.0 * MARGIN_DEG:
            west, east = -180.0, 180.0
        else:
            west = float(lon[(widest + 1) % len(lon)]) - MARGIN_DEG
            east = west + 360.0 - float(gaps[widest]) + 2.0 * MARGIN_DEG
    width = (east - west) % 360.0 or 360.0
    count = min(int(np.ceil(width / spacing_deg)) + 1, round(360.0 / spacing_deg))
    along = (np.floor(west / spacing_deg) + np.arange(count + 1)) * spacing_deg
    along = along[: round(360.0 / spacing_deg)]
    return np.asarray(np.sort(wrapped_deg(along)))


def analyse(
    profiles: list[Profile], grid: Grid, left: list[str], *, progress: Progress | None = None
) -> xr.Dataset:
    """Make a canonical wind of soundings.

    Parameters
    ----------
    left
        What was left out before, in words; it goes into the notes.

    Raises
    ------
    FieldError
        If no sounding remains.
    """
    if not profiles:
        raise FieldError(
            found="no soundings",
            expected="at least one that shows a wind",
            remedy=" ".join(left[:3]) or "Name files with soundings.",
        )
    zero = grid.time[0]
    known = layers(profiles, zero)
    verdict = quality.judge(known) if len(known) <= 4_000 else _judge_in_parts(known)
    used = known.take(verdict.kept)
    if not len(used):
        raise FieldError(
            found=f"{len(profiles)} soundings, none of which agrees with its neighbours",
            expected="at least one that does",
            remedy="Check times, places and units of the files.",
        )
    shape = (len(grid.time), len(grid.pressure_pa), len(grid.lat_deg), len(grid.lon_deg))
    fields = {name: np.empty(shape, np.float32) for name in ("u_mps", "v_mps", "sd_mps")}
    for level, pressure_pa in enumerate(grid.pressure_pa):
        _level(fields, level, float(pressure_pa), grid, used)
        if progress is not None:
            progress("analysis", level + 1, shape[1])
    wind = _dataset(fields, grid)
    _describe(wind, profiles, verdict, left)
    return wind


def _judge_in_parts(known: Layers) -> quality.Verdict:
    """Judge very many soundings a thousand layers at a time, neighbours together."""
    order = np.lexsort(
        (known.at.time_s, np.round(known.lon_deg / 30.0), np.round(known.lat_deg / 20.0))
    )
    numbers = dict.fromkeys(known.sounding[order].tolist())
    kept: list[NDArray[np.intp]] = []
    group: list[NDArray[np.intp]] = []
    rejected: dict[int, float] = {}
    n_layers = 0
    for number in [*numbers, -1]:
        rows = np.flatnonzero(known.sounding == number)
        if number == -1 or sum(len(one) for one in group) + len(rows) > 1_500:
            some = np.concatenate(group) if group else np.array([], dtype=np.int64)
            if len(some):
                verdict = quality.judge(known.take(some))
                kept.append(some[verdict.kept])
                rejected |= verdict.soundings
                n_layers += verdict.n_layers
            group = []
        group.append(rows)
    return quality.Verdict(rejected, n_layers, np.sort(np.concatenate(kept)))


def _level(
    fields: dict[str, NDArray[np.float32]], level: int, pressure_pa: float, grid: Grid, used: Layers
) -> None:
    """Work out one level at all times."""
    altitude = float(atmosphere.pressure_altitude_m(pressure_pa))
    near = used.take(np.flatnonzero(np.abs(used.at.height_m - altitude) < REACH_HEIGHT_M))
    lat, lon = (a.ravel() for a in np.meshgrid(grid.lat_deg, grid.lon_deg, indexing="ij"))
    pressures = np.full(lat.size, pressure_pa)
    parts = _tiles(lat, lon) if len(near) > MOST_LAYERS else [np.arange(lat.size)]
    shape = (len(grid.lat_deg), len(grid.lon_deg))
    whole = Fit(near) if len(near) <= MOST_LAYERS else None
    for at, moment in enumerate(grid.time):
        moments = np.full(lat.size, moment)
        mean = np.stack(background.wind_mps(lat, lon, pressures, moments))
        seconds = float((moment - grid.time[0]) / np.timedelta64(1, "s"))
        sd = background.departure_sd_mps(lat, pressures, moments)
        nodes = points(lat, lon, np.full(lat.size, altitude), np.full(lat.size, seconds), sd)
        out = np.empty((3, lat.size))
        for rows in parts:
            some = nodes.take(rows)
            fit = whole if whole is not None else Fit(_nearest(near, some))
            departure, spread = fit.predict(some)
            out[:2, rows], out[2, rows] = mean[:, rows] + departure, spread
        for name, values in zip(("u_mps", "v_mps", "sd_mps"), out, strict=True):
            fields[name][at, level] = values.reshape(shape)


def _tiles(lat_deg: Array, lon_deg: Array) -> list[NDArray[np.intp]]:
    """Nodes in tiles of some 20 degrees, each of which is predicted from its own neighbours."""
    row = np.floor(lat_deg / _TILE_DEG).astype(np.int64)
    column = np.floor(lon_deg / (1.5 * _TILE_DEG)).astype(np.int64)
    label = row * 100 + column
    return [np.flatnonzero(label == one) for one in np.unique(label)]


def _nearest(known: Layers, nodes: Points) -> Layers:
    """The layers that say most about a tile: nearest in distance and time together."""
    middle = nodes.place.mean(axis=0)
    middle /= np.linalg.norm(middle)
    chord_m = np.linalg.norm(known.at.place - middle, axis=1) * 6_371_008.8
    lag_s = np.abs(known.at.time_s - nodes.time_s[0])
    apart_m = np.abs(known.at.height_m - nodes.height_m[0])
    far = (chord_m / _AS_FAR_M) ** 2 + (lag_s / _AS_LATE_S) ** 2 + (apart_m / _AS_HIGH_M) ** 2
    return known.take(np.sort(np.argsort(far, kind="stable")[:MOST_LAYERS]))


def _dataset(fields: dict[str, NDArray[np.float32]], grid: Grid) -> xr.Dataset:
    height = [atmosphere.pressure_altitude_m(float(p)) for p in grid.pressure_pa]
    z = np.broadcast_to(np.array(height, np.float32)[:, None, None], fields["u_mps"].shape)
    return xr.Dataset(
        {**{name: (canonical.DIMS, values) for name, values in fields.items()},
         "z_m": (canonical.DIMS, z)},
        coords={"time": grid.time, "pressure_pa": grid.pressure_pa, "lat_deg": grid.lat_deg,
                "lon_deg": grid.lon_deg},
    )  # fmt: skip


def _describe(
    wind: xr.Dataset, profiles: list[Profile], verdict: quality.Verdict, left: list[str]
) -> None:
    n_used = len(profiles) - len(verdict.soundings)
    wind.attrs = {
        "source": "soundings",
        "product": "analysis",
        "title": f"analysis of {n_used} soundings about the climatology",
        "attribution": climatology.ATTRIBUTION,
        "height_basis": "standard atmosphere",
        "sd_basis": "analysis",
    }
    canonical.note(wind, f"{n_used} soundings were used, averaged in layers of 500 m.")
    for number, measure in verdict.soundings.items():
        canonical.note(
            wind,
            f"{profiles[number].id} was left out: its neighbours contradict it"
            f" ({measure:.0f}, where 2 is usual and {quality.WHOLE_LIMIT:.0f} the limit).",
        )
    if verdict.n_layers:
        canonical.note(wind, f"{verdict.n_layers} single layers were left out likewise.")
    told = [sentence for one in profiles for sentence in one.notes if "reported speed" in sentence]
    for sentence in (*left, *told):
        canonical.note(wind, sentence)
