"""GRIB messages one by one: what they hold, when, on which level and grid. Decoding is ecCodes'.

A message may hold several fields (NCEP puts u and v into one); each comes out on its own. Values
are decoded only when they are asked for.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError, MissingExtraError

Array = NDArray[np.float64]

MISSING = 1e36
PRESSURE_LEVELS = ("isobaricInhPa", "isobaricInPa")
ROLES = {
    "u": "u_mps", "v": "v_mps", "gh": "z_m", "z": "geopotential_m2s2", "t": "t_k",
    "w": "omega_paps", "q": "q_fraction", "lnsp": "log_surface_pressure", "sp": "surface_pa",
    "orog": "surface_m",
}  # fmt: skip
_STEP_S = {0: 60.0, 1: 3_600.0, 2: 86_400.0, 10: 10_800.0, 11: 21_600.0, 12: 43_200.0, 13: 1.0}
_MEANS, _SPREADS = {0, 1}, {2, 4}  # code table 4.7, derived forecasts


@dataclass(frozen=True)
class Grid:
    """The grid of a field as its message describes it."""

    kind: str  # ecCodes' gridType
    key: str  # hash of the description: the same for the same grid
    keys: dict[str, Any] = field(compare=False)


@dataclass(frozen=True)
class Field:
    """One field: everything but its values."""

    index: int  # its place in the file, multi-field messages taken apart
    offset: int  # byte at which its message begins
    part: int  # which field of its message
    short_name: str
    role: str | None
    level_kind: str
    level: float  # Pa on pressure levels, else the level's number
    base: datetime
    valid: datetime
    instant: bool
    member: int | None
    derived: str  # '', 'mean' or 'spread'
    data_type: str
    centre: str
    mars_class: str
    process: int
    expver: str
    grid: Grid
    pv: Array | None = field(compare=False)

    @property
    def lead_s(self) -> float:
        """Seconds since the base time."""
        return (self.valid - self.base).total_seconds()


def decoder() -> ModuleType:
    """The ecCodes package.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        codes = import_module("eccodes")
    except Exception:  # it also fails where its library cannot be loaded
        raise MissingExtraError(
            found="a GRIB file, and no package that reads GRIB",
            expected="eccodes",
            remedy="Install it: python -m pip install 'overflight[grib]'",
        ) from None
    codes.codes_grib_multi_support_on()
    return codes


def fields(path: Path) -> Iterator[tuple[Field, "Decoder"]]:
    """Go through all fields of a file; the second part decodes one while it is its turn.

    Raises
    ------
    FieldError
        If ecCodes cannot read a message.
    """
    codes = decoder()
    index, offset, part = 0, -1, 0
    told = _Told({}, {})
    with path.open("rb") as file:
        codes.codes_grib_multi_support_reset_file(file)
        while True:
            with _next(codes, file, path, index) as handle:
                if handle is None:
                    return
                begins = int(codes.codes_get(handle, "offset", int))
                part = part + 1 if begins == offset else 0
                offset = begins
                one = _field(codes, handle, (index, offset, part), told)
                yield one, Decoder(codes, handle, path, index)
            index += 1


def chosen(path: Path, wanted: Sequence[Field]) -> Iterator[tuple[Field, "Decoder"]]:
    """Go straight to some fields of a file that was listed, in the order of the file."""
    codes = decoder()
    at: tuple[int, int] = (-1, -1)
    with path.open("rb") as file:
        for one in sorted(wanted, key=lambda field: (field.offset, field.part)):
            if at != (one.offset, one.part - 1):
                codes.codes_grib_multi_support_reset_file(file)
                file.seek(one.offset)
                for _ in range(one.part):
                    with _next(codes, file, path, one.index):
                        pass
            with _next(codes, file, path, one.index) as handle:
                if handle is None:
                    raise _unreadable(path, one.index, "it is no longer there")
                yield one, Decoder(codes, handle, path, one.index)
            at = (one.offset, one.part)


@contextmanager
def _next(codes: ModuleType, file: BinaryIO, path: Path, index: int) -> Iterator[Any]:
    """The next field of a file, released afterwards; None at the end."""
    handle = None
    try:
        handle = codes.codes_grib_new_from_file(file)
        yield handle
    except codes.CodesInternalError as error:
        raise _unreadable(path, index, error) from None
    finally:
        if handle is not None:
            codes.codes_release(handle)


@dataclass(frozen=True)
class _Told:
    """What many messages say alike, read once."""

    grids: dict[str, Grid]
    coefficients: dict[int, Array]  # by their number


@dataclass(frozen=True)
class Decoder:
    """Decodes the values of the field whose turn it is."""

    codes: Any
    handle: Any
    path: Path
    index: int

    def values(self) -> Array:
        """The values in the order of the file; missing ones NaN."""
        try:
            with suppress(self.codes.CodesInternalError):
                self.codes.codes_set(self.handle, "missingValue", MISSING)
            values = np.asarray(self.codes.codes_get_values(self.handle), dtype=np.float64)
            values[values >= 0.99 * MISSING] = np.nan
        except self.codes.CodesInternalError as error:
            raise _unreadable(self.path, self.index, error) from None
        return values


def _unreadable(path: Path, index: int, error: object) -> FieldError:
    return FieldError(
        found=f"{path.name}: field {index + 1} cannot be decoded ({error})",
        expected="whole GRIB messages in a packing that ecCodes knows",
        remedy="Fetch the file again; if it is whole, convert it: cdo -f nc4 copy.",
    )


_GRID_KEYS = (
    "Ni", "Nj", "Nx", "Ny", "latitudeOfFirstGridPointInDegrees",
    "longitudeOfFirstGridPointInDegrees", "latitudeOfLastGridPointInDegrees",
    "longitudeOfLastGridPointInDegrees", "iScansNegatively", "jScansPositively",
    "jPointsAreConsecutive", "alternativeRowScanning", "resolutionAndComponentFlags",
    "LaDInDegrees", "LoVInDegrees", "Latin1InDegrees", "Latin2InDegrees", "DxInMetres",
    "DyInMetres", "DiInMetres", "DjInMetres",
    "orientationOfTheGridInDegrees", "projectionCentreFlag", "earthIsOblate", "radius",
    "earthMajorAxisInMetres", "earthMinorAxisInMetres", "latitudeOfSouthernPoleInDegrees",
    "longitudeOfSouthernPoleInDegrees", "angleOfRotationInDegrees", "angleOfRotation",
)  # fmt: skip


def _field(codes: ModuleType, handle: Any, place: tuple[int, int, int], told: _Told) -> Field:  # noqa: ANN401
    def get(key: str, default: Any = None, kind: Any = None) -> Any:  # noqa: ANN401
        try:
            return codes.codes_get(handle, key, kind) if kind else codes.codes_get(handle, key)
        except codes.CodesInternalError:
            return default

    short_name = str(get("shortName", "unknown"))
    base = _moment(get("dataDate", 0), get("dataTime", 0), int(get("second", 0) or 0))
    level_kind = str(get("typeOfLevel", "unknown"))
    hash_of_grid = str(get("md5GridSection", "")) + str(get("gridType"))
    if hash_of_grid not in told.grids:
        told.grids[hash_of_grid] = _grid(codes, handle, hash_of_grid, get)
    return Field(
        index=place[0],
        offset=place[1],
        part=place[2],
        short_name=short_name,
        role=ROLES.get(short_name),
        level_kind=level_kind,
        level=_level(level_kind, get),
        base=base,
        valid=_valid(base, get),
        instant=str(get("stepType", "instant")) == "instant",
        member=_member(get),
        derived=_derived(get),
        data_type=str(get("dataType", "")),
        centre=str(get("centre", "")),
        mars_class=str(get("class", "")),
        process=int(get("generatingProcessIdentifier", 0) or 0),
        expver=str(get("expver", "")),
        grid=told.grids[hash_of_grid],
        pv=_coefficients(codes, handle, int(get("NV", 0) or 0), told),
    )


def _level(kind: str, get: Any) -> float:  # noqa: ANN401
    """Pressure in Pa, else the level's number; GRIB 2 is read as written, for parts of hPa."""
    scaled = get("scaledValueOfFirstFixedSurface", None, int)
    factor = get("scaleFactorOfFirstFixedSurface", None, int)
    if kind in PRESSURE_LEVELS and scaled is not None and factor is not None and abs(factor) < 20:
        return float(scaled * 10.0 ** -float(factor))
    level = float(get("level", 0, float) or 0.0)
    return level * 100.0 if kind == "isobaricInhPa" else level


def _coefficients(codes: ModuleType, handle: Any, count: int, told: _Told) -> Array | None:  # noqa: ANN401
    """The a and b of hybrid levels, which every message repeats."""
    if not count:
        return None
    if count not in told.coefficients:
        told.coefficients[count] = np.array(codes.codes_get_array(handle, "pv"))
    return told.coefficients[count]


def _moment(date: int, time: int, second: int = 0) -> datetime:
    try:
        day = datetime.strptime(f"{int(date):08d}", "%Y%m%d")  # noqa: DTZ007 (GRIB is UTC)
    except ValueError:
        raise FieldError(
            found=f"the date {date} in a GRIB message",
            expected="a date such as 20230201",
            remedy="The file is damaged: fetch it again.",
        ) from None
    return day + timedelta(hours=int(time) // 100, minutes=int(time) % 100, seconds=second)


def _valid(base: datetime, get: Any) -> datetime:  # noqa: ANN401
    date, time = get("validityDate"), get("validityTime")
    if date:
        return _moment(date, time or 0)
    unit = _STEP_S.get(int(get("stepUnits", 1, int) or 1), 3_600.0)
    return base + timedelta(seconds=unit * float(get("endStep", 0) or 0))


def _member(get: Any) -> int | None:  # noqa: ANN401
    kind = str(get("dataType", ""))
    number = get("perturbationNumber", get("number"))
    if kind in ("cf", "pf") or get("typeOfEnsembleForecast") is not None:
        return int(number or 0) if not _derived(get) else None
    if kind == "an" and str(get("stream", "")) == "enda" and number is not None:
        return int(number)
    return None


def _derived(get: Any) -> str:  # noqa: ANN401
    code, kind = get("derivedForecast"), str(get("dataType", ""))
    if kind == "em" or (code is not None and int(code) in _MEANS):
        return "mean"
    if kind == "es" or (code is not None and int(code) in _SPREADS):
        return "spread"
    return "other" if code is not None else ""


def _grid(codes: ModuleType, handle: Any, key: str, get: Any) -> Grid:  # noqa: ANN401
    kind = str(get("gridType", "unknown"))
    keys = {name: get(name) for name in _GRID_KEYS}
    if kind in {"reduced_gg", "reduced_ll"}:
        keys["pl"] = np.array(codes.codes_get_array(handle, "pl"))
        if int(get("numberOfDataPoints", 0) or 0) != keys["pl"].sum():  # a part of each row
            for name in ("latitudes", "longitudes"):
                keys[f"{name}_of_nodes"] = np.array(codes.codes_get_array(handle, name))
    if "gg" in kind:
        keys["latitudes"] = np.array(codes.codes_get_array(handle, "distinctLatitudes"))
    return Grid(kind, key, keys)
