"""The embedded wind: a harmonic climatology, for when there is nothing else.

At each of eight levels u and v are sums of real spherical harmonics (degree to 12 for the zonal
mean, eight degrees for each of the wavenumbers 1 to 3) times the mean and two annual harmonics in
time. Between the levels they are linear in ln p. It knows the season, not the weather: a single
day departs from it by as much as the wind itself (:mod:`overflight.fields.error`). Everything
made from it is a prior and says so.

Fit, data and skill: docs/explanation/wind-prior.md.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files

import numpy as np
import xarray as xr
from numpy.polynomial import legendre
from numpy.typing import ArrayLike, NDArray

from overflight.errors import CoverageError, FieldError
from overflight.fields import canonical
from overflight.physics import atmosphere

Array = NDArray[np.float64]

STATEMENT = "climatology: prior only"
YEAR_D = 365.25

ATTRIBUTION = (
    "Wind climatology fitted by the overflight project to: monthly radiosonde winds prepared by"
    ' RadioWinds ("This product includes software written and developed by Code 5517 of the U.S.'
    ' Naval Research Laboratory (NRL)."; soundings via the University of Wyoming); ECMWF'
    " ERA-Interim zonal means 1979-2016 (contains modified ECMWF information, CC BY 4.0; ECMWF is"
    " not responsible for any use); NCEP-DOE Reanalysis 2 climatology (NOAA, public domain); HWM14"
    " (Drob et al., 2015, Earth and Space Science)."
)


@dataclass(frozen=True)
class Harmonics:
    """The fit: ``coefficients`` (level, component, space, time), levels from low to high pressure.

    ``space`` counts the zonal functions l = 0..lmax first, then for each wavenumber m and degree
    l the cosine and the sine.
    """

    coefficients: Array
    pressure_pa: Array
    zonal_degree: int
    wavenumbers: int
    degrees_each: int


@cache
def load() -> Harmonics:
    """Read the packaged coefficients."""
    with (
        files("overflight.fields").joinpath("data/climatology_harmonics.npz").open("rb") as file,
        np.load(file) as stored,
    ):
        pressure_pa = stored["levels_hPa"].astype(np.float64) * 100.0
        upward = np.argsort(pressure_pa)
        raw = stored["coef"].astype(np.float64)[upward]
        return Harmonics(
            raw.reshape(*raw.shape[:2], -1, 5),
            pressure_pa[upward],
            int(stored["lmax0"]),
            int(stored["mmax"]),
            int(stored["nper"]),
        )


def day_of_year(at: datetime) -> float:
    """Days since 1 January 00 UTC of the same year."""
    moment = at.astimezone(UTC)
    return (moment - datetime(moment.year, 1, 1, tzinfo=UTC)).total_seconds() / 86_400.0


def evaluate(
    lat_deg: ArrayLike, lon_deg: ArrayLike, day: ArrayLike, pressure_pa: ArrayLike
) -> tuple[Array, Array]:
    """Eastward and northward wind at points, m/s.

    Within about two degrees of a pole the values are formal: u and v were fitted as scalars.

    Parameters
    ----------
    lat_deg, lon_deg, day, pressure_pa
        Arrays that broadcast; ``day`` in days since 1 January 00 UTC, pressure 1,000 to 20,000 Pa.

    Raises
    ------
    CoverageError
        Outside the fitted levels, where a climatology is not extrapolated, or beyond a pole.

    >>> u, v = evaluate(45.8, -108.5, 32.9, 7_000.0)
    >>> round(float(u), 3), round(float(v), 3)
    (12.664, -5.506)
    """
    fit = load()
    lat, lon, when, pressure = np.broadcast_arrays(
        *(np.asarray(value, np.float64) for value in (lat_deg, lon_deg, day, pressure_pa))
    )
    _check_within("a pressure", "Pa", pressure, (fit.pressure_pa[0], fit.pressure_pa[-1]))
    _check_within("a latitude", "degrees", lat, (-90.0, 90.0))
    levels = np.log(fit.pressure_pa)
    wanted = np.log(pressure.ravel())
    above = np.clip(np.searchsorted(levels, wanted, side="right") - 1, 0, len(levels) - 2)
    share = (wanted - levels[above]) / (levels[above + 1] - levels[above])
    space, time = _space(fit, lat.ravel(), lon.ravel()), _time(when.ravel())
    functions = (space[:, None] * time[None]).reshape(-1, lat.size)
    by_level = fit.coefficients.reshape(-1, len(functions)) @ functions
    by_level = by_level.reshape(len(levels), 2, lat.size)
    point = np.arange(lat.size)
    u, v = (1.0 - share) * by_level[above, :, point].T + share * by_level[above + 1, :, point].T
    return u.reshape(lat.shape), v.reshape(lat.shape)


def _check_within(what: str, unit: str, values: Array, bounds: tuple[float, float]) -> None:
    low, high = bounds
    outside = values[~((values >= low) & (values <= high))]
    if outside.size:
        raise CoverageError(
            found=f"{what} of {outside[0]:g} {unit}",
            expected=f"{low:g} to {high:g} {unit}, where the climatology is defined",
            remedy="Stay between 200 and 10 hPa, or bring a wind file that reaches further.",
        )


def _time(day: Array) -> Array:
    """Mean and two annual harmonics, shape (5, point)."""
    angle = 2.0 * np.pi * day / YEAR_D
    return np.stack(
        [
            np.ones_like(angle),
            np.cos(angle),
            np.sin(angle),
            np.cos(2.0 * angle),
            np.sin(2.0 * angle),
        ]
    )


def _space(fit: Harmonics, lat_deg: Array, lon_deg: Array) -> Array:
    """Real spherical harmonics in the order of the coefficients: (function, ...).

    Latitudes and longitudes broadcast; on a grid the dear part, the Legendre functions, is
    evaluated once for each latitude.
    """
    longitude = np.radians(lon_deg)
    meridional = _meridional(fit, lat_deg)
    rows = list(meridional[: fit.zonal_degree + 1])
    row = fit.zonal_degree + 1
    for wavenumber in range(1, fit.wavenumbers + 1):
        cosine, sine = np.cos(wavenumber * longitude), np.sin(wavenumber * longitude)
        for _ in range(fit.degrees_each):
            rows.append(meridional[row] * cosine)
            rows.append(meridional[row] * sine)
            row += 1
    return np.stack(np.broadcast_arrays(*rows))


def _meridional(fit: Harmonics, lat_deg: Array) -> Array:
    """Normalised associated Legendre functions, without the Condon-Shortley sign."""
    x = np.sin(np.radians(lat_deg))
    pairs = [(degree, 0) for degree in range(fit.zonal_degree + 1)]
    pairs += [
        (degree, m)
        for m in range(1, fit.wavenumbers + 1)
        for degree in range(m, m + fit.degrees_each)
    ]
    rows = []
    for degree, m in pairs:
        series = np.zeros(degree + 1)
        series[degree] = 1.0
        derived = legendre.legder(series, m) if m else series
        norm = math.sqrt(2 * degree + 1)
        if m:
            ratio = math.factorial(degree - m) / math.factorial(degree + m)
            norm = math.sqrt(2.0 * (2 * degree + 1) * ratio)
        rows.append(norm * (1.0 - x * x) ** (m / 2) * legendre.legval(x, derived))
    return np.stack(rows)


def dataset(
    start: datetime, end: datetime, step_s: float = 86_400.0, spacing_deg: float = 2.5
) -> xr.Dataset:
    """Sample the climatology as canonical wind that covers ``start`` to ``end``.

    At the fitted levels, so that interpolation in ln p adds nothing. Bilinear interpolation
    between the nodes errs by at most 1.5 m/s on 5 degrees (rms 0.15), 0.38 on 2.5 (0.037) and
    0.09 on 1.25 (0.009), daily steps by 0.003 m/s, over the globe, all levels and seasons. The
    default is small against the 5 to 15 m/s by which any single day departs. ``z_m`` is the
    pressure altitude of the standard atmosphere: the climatology has no temperature of its own.

    Parameters
    ----------
    start, end
        Aware times; the field begins at the midnight (UTC) before ``start``.
    step_s
        Between times.
    spacing_deg
        Between nodes, a whole part of 180 degrees.

    Raises
    ------
    FieldError
        If the times run backwards or the nodes do not meet around the globe.
    """
    if not (end > start and step_s > 0.0):
        raise FieldError(
            found=f"{start.isoformat()} to {end.isoformat()} in steps of {step_s:g} s",
            expected="an end after the start, and a step above zero",
            remedy="Swap the two, or correct one.",
        )
    if not (0.0 < spacing_deg <= 90.0 and (180.0 / spacing_deg).is_integer()):
        raise FieldError(
            found=f"a grid of {spacing_deg:g} degrees",
            expected="a whole part of 180 degrees, such as 2.5",
            remedy="Choose a spacing that closes around the globe.",
        )
    fit = load()
    first = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    count = max(2, math.ceil((end - first).total_seconds() / step_s) + 1)
    moments = [first + timedelta(seconds=step_s * index) for index in range(count)]
    rows = round(180.0 / spacing_deg)
    lat, lon = np.linspace(-90.0, 90.0, rows + 1), np.linspace(-180.0, 180.0, 2 * rows + 1)[:-1]
    wind = _on_grid(fit, lat, lon, np.array([day_of_year(moment) for moment in moments]))
    height_m = np.array([atmosphere.pressure_altitude_m(p) for p in fit.pressure_pa])
    z_m = np.broadcast_to(height_m[None, :, None, None], wind.shape[1:])
    dims = canonical.DIMS
    return canonical.check(
        xr.Dataset(
            {"u_mps": (dims, wind[0]), "v_mps": (dims, wind[1]), "z_m": (dims, z_m)},
            coords={
                "time": np.array([m.replace(tzinfo=None) for m in moments], "datetime64[ns]"),
                "pressure_pa": fit.pressure_pa,
                "lat_deg": lat,
                "lon_deg": lon,
            },
            attrs={"source": "climatology", "statement": STATEMENT, "attribution": ATTRIBUTION},
        )
    )


def _on_grid(fit: Harmonics, lat_deg: Array, lon_deg: Array, day: Array) -> Array:
    """Wind on a latitude-longitude grid: (component, time, level, lat, lon)."""
    space = _space(fit, lat_deg[:, None], lon_deg[None, :]).reshape(-1, lat_deg.size * lon_deg.size)
    wind: Array = np.einsum("jcsk,kt->ctjs", fit.coefficients, _time(day)) @ space
    return wind.reshape(*wind.shape[:3], len(lat_deg), len(lon_deg))
