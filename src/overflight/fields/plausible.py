"""Whether a field can be the wind: what no air does is refused, what is odd is named.

The limits are wide. They are there to catch a unit, a swapped component, a hole or a damaged file,
never to argue with a storm: 120 m/s in a winter jet and 170 m/s at 1 hPa pass, 11,884 m/s does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields import canonical
from overflight.physics import atmosphere, window
from overflight.physics.ou import coriolis_radps

Array = NDArray[np.float64]

# Largest speed that air is let have, by pressure, with a third to spare over what was ever
# analysed: 135 m/s in the jet stream, 170 m/s at the winter stratopause.
_LIMIT_PA = np.array([10.0, 100.0, 1_000.0, 3_000.0, 10_000.0, 20_000.0, 50_000.0, 100_000.0])
_LIMIT_MPS = np.array([280.0, 250.0, 200.0, 180.0, 170.0, 180.0, 140.0, 100.0])
_STILL_MPS = 1e-3  # a field that moves less is none
_HEIGHT_OFF_M = 3_000.0  # from the standard atmosphere: no weather moves a level so far
_WHITE = 0.25  # correlation of neighbours below which a field is noise
_SWAPPED = 0.5  # correlation with the geostrophic wind that a swapped pair shows
_EARLIEST = np.datetime64("1850-01-01")
_LATEST = np.datetime64("2150-01-01")
_GRAVITY_MPS2 = 9.80665
_EARTH_RADIUS_M = 6_371_000.0
_TROPICS_DEG = 20.0


@dataclass(frozen=True)
class Agreement:
    """Correlation of the wind with the geostrophic wind of its heights, outside the tropics."""

    straight: float
    swapped: float  # of v with the geostrophic u, and u with the geostrophic v


def check(wind: xr.Dataset) -> xr.Dataset:
    """Return the wind, without levels that are partly under the ground, if it can be one.

    Raises
    ------
    FieldError
        With the first thing that no wind does, where it does it, and what is probably wrong.
    """
    _check_axes(wind)
    wind = _without_ground(wind)
    for level in range(wind.sizes["pressure_pa"]):
        _check_level(wind, level)
    _check_heights(wind)
    _check_components(wind)
    return wind


def accepted(wind: xr.Dataset) -> xr.Dataset:
    """Return the wind, without levels that are partly under the ground, to be flown in.

    Raises
    ------
    FieldError
        If it cannot be wind, or is not canonical.
    """
    return canonical.check(check(wind))


def _check_axes(wind: xr.Dataset) -> None:
    low, high = (float(wind["pressure_pa"].values[end]) for end in (0, -1))
    if low < 0.5 or high > 115_000.0:
        raise FieldError(
            found=f"levels from {low:g} to {high:g} Pa",
            expected="pressures between 0.005 and 1,150 hPa",
            remedy="The unit of the level axis is probably wrong (hPa for Pa, or Pa for hPa).",
        )
    first, last = wind["time"].values[0], wind["time"].values[-1]
    if first < _EARLIEST or last > _LATEST:
        raise FieldError(
            found=f"times from {first} to {last}",
            expected="dates between 1850 and 2150",
            remedy="Correct the units attribute of time.",
        )


def _without_ground(wind: xr.Dataset) -> xr.Dataset:
    """Drop the lowest levels where values are missing under the ground; refuse other holes.

    Below ground a model has no wind: a level may miss nodes only if the one beneath misses at
    least those too, down to the lowest.
    """
    n_levels = wind.sizes["pressure_pa"]
    with_holes = (level for level in range(n_levels) if _missing(wind, level).any())
    highest = next(with_holes, None)
    if highest is None:
        return wind
    first = holes = _missing(wind, highest)
    for level in range(highest, n_levels - 1):
        beneath = _missing(wind, level + 1)
        if (holes & ~beneath).any():
            raise _hole(wind, level, holes & ~beneath)
        holes = beneath
    if highest == 0 or wind["pressure_pa"].values[highest] < 30_000.0:
        raise _hole(wind, highest, first)
    cut = wind["pressure_pa"].values[highest] / 100.0
    wind = wind.isel(pressure_pa=slice(0, highest))
    canonical.note(
        wind, f"Levels from {cut:g} hPa down are partly under the ground and were left out."
    )
    return wind


def _missing(wind: xr.Dataset, level: int) -> NDArray[np.bool_]:
    """Where u, v or the height is missing on a level: (time, lat, lon)."""
    names = [name for name in ("u_mps", "v_mps", "z_m", "sd_mps") if name in wind]
    missing = np.zeros([wind.sizes[dim] for dim in ("time", "lat_deg", "lon_deg")], dtype=np.bool_)
    for name in names:
        for time, field in enumerate(_fields(wind, name, level)):
            missing[time] |= np.isnan(field)
    return missing


def _fields(wind: xr.Dataset, name: str, level: int) -> Iterator[NDArray[np.float32]]:
    """A level of a variable, one time after the other: (lat, lon)."""
    for time in range(wind.sizes["time"]):
        field = wind[name][time, level].values
        yield field
        window.release(field)


def _hole(wind: xr.Dataset, level: int, where: NDArray[np.bool_]) -> FieldError:
    time, row, column = np.argwhere(where)[0]
    return FieldError(
        found=f"{int(where.sum())} missing values at {wind['pressure_pa'].values[level] / 100:g}"
        f" hPa, first at {_place(wind, int(time), int(row), int(column))}",
        expected="a wind at every node (levels partly under the ground may only miss those)",
        remedy="The data have a hole: fetch them again, or cut the time, level or area out.",
    )


def _place(wind: xr.Dataset, time: int, row: int, column: int) -> str:
    moment = np.datetime_as_string(wind["time"].values[time], "m").replace("T", " ")
    lat, lon = float(wind["lat_deg"].values[row]), float(wind["lon_deg"].values[column])
    return f"{moment} UTC, {lat:g} N, {lon:g} E"


def _check_level(wind: xr.Dataset, level: int) -> None:
    """Refuse speeds that no air has, stillness, and noise."""
    pressure_pa = float(wind["pressure_pa"].values[level])
    limit = float(np.interp(np.log(pressure_pa), np.log(_LIMIT_PA), _LIMIT_MPS))
    fastest2, where, kinds = -1.0, (0, 0, 0), (_Kind(), _Kind())
    both = zip(_fields(wind, "u_mps", level), _fields(wind, "v_mps", level), strict=True)
    for time, pair in enumerate(both):
        u, v = (one.astype(np.float64) for one in pair)
        speed2 = u**2 + v**2
        row, column = np.unravel_index(int(np.argmax(speed2)), speed2.shape)
        if float(speed2[row, column]) > fastest2:
            fastest2, where = float(speed2[row, column]), (time, int(row), int(column))
        for kind, values in zip(kinds, (u, v), strict=True):
            kind.add(values)
    if fastest2 > limit * limit:
        raise FieldError(
            found=f"{fastest2**0.5:,.0f} m/s at {pressure_pa / 100:g} hPa, {_place(wind, *where)}",
            expected=f"at most {limit:.0f} m/s there",
            remedy="Check the units of the wind, its scale_factor, and that the file is whole.",
        )
    if fastest2 == 0.0 or kinds[0].range + kinds[1].range < _STILL_MPS:
        if kinds[0].count >= 8:
            raise FieldError(
                found=f"a wind that is the same everywhere at {pressure_pa / 100:g} hPa",
                expected="a field of wind",
                remedy="The file holds a constant in place of the wind: fetch it again.",
            )
        return
    for name, kind in zip(("u", "v"), kinds, strict=True):
        _check_kind(wind, level, name, kind)


class _Kind:
    """What a level of a component looks like, summed up one time after the other."""

    def __init__(self) -> None:
        self.count, self.low, self.high = 0, np.inf, -np.inf
        self.sides = (0, 0)
        # Of neighbours eastward and northward: number, both sums, both squares, the product.
        self._sums = np.zeros((2, 6))

    def add(self, values: Array) -> None:
        """Take in one time: (lat, lon)."""
        self.count, self.sides = self.count + values.size, values.shape
        self.low, self.high = min(self.low, values.min()), max(self.high, values.max())
        pairs = ((values[:, :-1], values[:, 1:]), (values[:-1], values[1:]))
        for way, (one, other) in enumerate(pairs):
            self._sums[way] += [
                one.size, one.sum(), other.sum(),
                (one * one).sum(), (other * other).sum(), (one * other).sum(),
            ]  # fmt: skip

    @property
    def range(self) -> float:
        """From the lowest value to the highest."""
        return float(self.high - self.low)

    @property
    def likeness(self) -> float:
        """Correlation of values with their neighbours, the better of the two ways."""
        n, one, other, one2, other2, product = self._sums.T
        scale = np.sqrt(np.maximum(one2 - one * one / n, 0.0) * np.maximum(
            other2 - other * other / n, 0.0))  # fmt: skip
        alike = (product - one * other / n) / np.where(scale > 0.0, scale, 1.0)
        return float(np.where(scale > 0.0, alike, 1.0).max())


def _check_kind(wind: xr.Dataset, level: int, name: str, kind: _Kind) -> None:
    """Refuse what only pretends to be a component: noise, or a temperature."""
    pressure_hpa = float(wind["pressure_pa"].values[level]) / 100.0
    if min(kind.sides) >= 8 and kind.likeness < _WHITE:
        raise FieldError(
            found=f"{name} at {pressure_hpa:g} hPa changes at random from node to node",
            expected="a wind, which is alike at neighbouring nodes",
            remedy="The file is damaged or was unpacked wrongly: fetch it again.",
        )
    if kind.low > 150.0:
        raise FieldError(
            found=f"{name} from {kind.low:g} to {kind.high:g} at {pressure_hpa:g} hPa",
            expected="a component of the wind, which blows both ways",
            remedy="This looks like a temperature: check which variable is called the wind.",
        )


def _check_heights(wind: xr.Dataset) -> None:
    """Heights rise upward, and no level lies far from where the standard atmosphere has it."""
    if wind.attrs.get("height_basis") == "standard atmosphere":
        return
    means = np.array(
        [float(wind["z_m"][0, level].mean()) for level in range(wind.sizes["pressure_pa"])]
    )
    if (np.diff(means) >= 0.0).any():
        level = int(np.flatnonzero(np.diff(means) >= 0.0)[0])
        raise FieldError(
            found=f"a mean height of {means[level]:,.0f} m at"
            f" {wind['pressure_pa'].values[level] / 100:g} hPa and {means[level + 1]:,.0f} m at"
            f" {wind['pressure_pa'].values[level + 1] / 100:g} hPa",
            expected="heights that rise as the pressure falls",
            remedy="The levels or their unit are mixed up: check the level axis.",
        )
    for mean, pressure_pa in zip(means, wind["pressure_pa"].values, strict=True):
        usual = atmosphere.pressure_altitude_m(float(pressure_pa))
        if np.isfinite(usual) and abs(mean - usual) > _HEIGHT_OFF_M + 0.05 * abs(usual):
            raise FieldError(
                found=f"a mean height of {mean:,.0f} m at {pressure_pa / 100:g} hPa",
                expected=f"about {usual:,.0f} m",
                remedy="Check the unit of the levels (hPa or Pa) and of the heights (geopotential"
                " in m2 s-2 must be divided by 9.80665).",
            )


def _check_components(wind: xr.Dataset) -> None:
    """Refuse u and v that are swapped, where the heights or the globe make it plain."""
    found = agreement(wind)
    if found is not None and found.swapped > _SWAPPED and found.straight < found.swapped - 0.5:
        raise FieldError(
            found=f"winds that fit the heights only if u and v are swapped (correlation"
            f" {found.swapped:.2f}, as they stand {found.straight:.2f})",
            expected="u eastward and v northward",
            remedy="Swap the two: the file has them under each other's name.",
        )
    if found is None and _mostly_meridional(wind):
        raise FieldError(
            found="a wind around the globe that blows along meridians in the mean",
            expected="u eastward: outside the tropics the mean wind goes round the globe",
            remedy="Swap u and v: the file probably has them under each other's name.",
        )


def agreement(wind: xr.Dataset) -> Agreement | None:
    """Correlate the wind with the geostrophic wind of its heights; None where it cannot be told.

    Needs heights of the file's own, 500 km of latitude and longitude outside the tropics, and a
    level between 300 and 10 hPa.
    """
    if wind.attrs.get("height_basis") == "standard atmosphere":
        return None
    rows = np.flatnonzero(np.abs(wind["lat_deg"].values) > _TROPICS_DEG)
    rows = rows[np.abs(wind["lat_deg"].values[rows]) < 80.0]
    lat, lon = wind["lat_deg"].values, wind["lon_deg"].values
    if len(rows) < 5 or len(lon) < 5 or np.ptp(lat[rows]) < 5.0 or np.ptp(lon) < 5.0:
        return None
    levels = np.flatnonzero(
        (wind["pressure_pa"].values >= 1_000.0) & (wind["pressure_pa"].values <= 50_000.0)
    )
    if not len(levels):
        return None
    level = int(levels[len(levels) // 2])
    u, v, z = (
        wind[name][0, level].values.astype(np.float64)[rows] for name in ("u_mps", "v_mps", "z_m")
    )
    geo_u, geo_v = _geostrophic(lat[rows], lon, z)
    use = (slice(1, -1), slice(1, -1))
    straight = _vector_correlation(u[use], v[use], geo_u[use], geo_v[use])
    swapped = _vector_correlation(v[use], u[use], geo_u[use], geo_v[use])
    return Agreement(straight, swapped)


def _geostrophic(lat_deg: Array, lon_deg: Array, z_m: Array) -> tuple[Array, Array]:
    """Wind that balances the slope of a pressure level, u = -g/f dz/dy, v = g/f dz/dx."""
    turn = np.array([coriolis_radps(float(lat)) for lat in lat_deg])[:, None]
    y_m = np.radians(lat_deg) * _EARTH_RADIUS_M
    x_m = np.radians(lon_deg) * _EARTH_RADIUS_M
    dz_dy = np.gradient(z_m, y_m, axis=0)
    dz_dx = np.gradient(z_m, x_m, axis=1) / np.cos(np.radians(lat_deg))[:, None]
    scale = _GRAVITY_MPS2 / turn
    return -scale * dz_dy, scale * dz_dx


def _vector_correlation(u: Array, v: Array, other_u: Array, other_v: Array) -> float:
    """Of two vector fields about their means: the share of motion that they have in common."""
    a = np.concatenate([(u - u.mean()).ravel(), (v - v.mean()).ravel()])
    b = np.concatenate([(other_u - other_u.mean()).ravel(), (other_v - other_v.mean()).ravel()])
    known = np.isfinite(a) & np.isfinite(b)
    scale = float(np.sqrt((a[known] ** 2).sum() * (b[known] ** 2).sum()))
    return float((a[known] * b[known]).sum()) / scale if scale > 0.0 else 0.0


def _mostly_meridional(wind: xr.Dataset) -> bool:
    """Whether the zonal mean of v outweighs that of u at 30 to 60 degrees, around the globe."""
    lon = wind["lon_deg"].values
    if len(lon) < 12 or np.ptp(lon) + float(np.median(np.diff(lon))) < 359.0:
        return False
    rows = np.flatnonzero(
        (np.abs(wind["lat_deg"].values) > 30.0) & (np.abs(wind["lat_deg"].values) < 60.0)
    )
    if not len(rows):
        return False
    along, across = (_mean_square_of_zonal_mean(wind, name, rows) for name in ("u_mps", "v_mps"))
    return across > 4.0 * along


def _mean_square_of_zonal_mean(wind: xr.Dataset, name: str, rows: NDArray[np.intp]) -> float:
    squares = [
        np.mean(field[rows].mean(axis=-1) ** 2)
        for level in range(wind.sizes["pressure_pa"])
        for field in _fields(wind, name, level)
    ]
    return float(np.mean(squares))
