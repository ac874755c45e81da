"""GRIB messages one by one: what they hold, when, on which level and grid. Decoding is ecCodes'.

A message may hold several fields (NCEP puts u and v into one); each comes out on its own. Values
are decoded only when they are asked for.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError, MissingExtraError

Array = NDArray[np.float64]

MISSING = 1e36
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


def fields(path: Path, wanted: set[int] | None = None) -> Iterator[tuple[Field, Any]]:
    """Go through the fields of a file; the second part decodes one while it is its turn.

    Parameters
    ----------
    wanted
        Indices of the fields to stop at; None for all.

    Raises
    ------
    FieldError
        If ecCodes cannot read a message.
    """
    codes = decoder()
    index = 0
    grids: dict[str, Grid] = {}
    with path.open("rb") as file:
        codes.codes_grib_multi_support_reset_file(file) if hasattr(
            codes, "codes_grib_multi_support_reset_file"
        ) else None
        while True:
            try:
                handle = codes.codes_grib_new_from_file(file)
            except codes.CodesInternalError as error:
                raise _unreadable(path, index, error) from None
            if handle is None:
                return
            try:
                if wanted is None or index in wanted:
                    yield _field(codes, handle, index, grids), Decoder(codes, handle, path, index)
            except codes.CodesInternalError as error:
                raise _unreadable(path, index, error) from None
            finally:
                codes.codes_release(handle)
            index += 1


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
            if self.codes.codes_get(self.handle, "bitmapPresent"):
                values[values >= 0.99 * MISSING] = np.nan
        except self.codes.CodesInternalError as error:
            raise _unreadable(self.path, self.index, error) from None
        return values


def _unreadable(path: Path, index: int, error: Exception) -> FieldError:
    return FieldError(
        found=f"{path.name}: field {index + 1} cannot be decoded ({error})",
        expected="whole GRIB messages in a packing that ecCodes knows",
        remedy="Fetch the file again; if it is whole, convert it: cdo -f nc4 copy.",
    )


_GRID_KEYS = (
    "Ni", "Nj", "Nx", "Ny", "latitudeOfFirstGridPointInDegrees",
    "longitudeOfFirstGridPointInDegrees", "latitudeOfLastGridPointInDegrees",
    "longitudeOfLastGridPointInDegrees", "iScansNegatively", "jScansPositively",
    "jPointsAreConsecutive", "alternativeRowScanning", "uvRelativeToGrid", "LaDInDegrees",
    "LoVInDegrees", "Latin1InDegrees", "Latin2InDegrees", "DxInMetres", "DyInMetres",
    "orientationOfTheGridInDegrees", "projectionCentreFlag", "earthIsOblate", "radius",
    "earthMajorAxisInMetres", "earthMinorAxisInMetres", "latitudeOfSouthernPoleInDegrees",
    "longitudeOfSouthernPoleInDegrees", "angleOfRotationInDegrees", "angleOfRotation",
)  # fmt: skip


def _field(codes: ModuleType, handle: Any, index: int, grids: dict[str, Grid]) -> Field:  # noqa: ANN401
    def get(key: str, default: Any = None, kind: Any = None) -> Any:  # noqa: ANN401
        try:
            return codes.codes_get(handle, key, kind) if kind else codes.codes_get(handle, key)
        except codes.CodesInternalError:
            return default

    short_name = str(get("shortName", "unknown"))
    base = _moment(get("dataDate", 0), get("dataTime", 0), int(get("second", 0) or 0))
    level_kind = str(get("typeOfLevel", "unknown"))
    level = float(get("level", 0) or 0)
    hash_of_grid = str(get("md5GridSection", "")) + str(get("gridType"))
    if hash_of_grid not in grids:
        grids[hash_of_grid] = _grid(codes, handle, hash_of_grid, get)
    return Field(
        index=index,
        short_name=short_name,
        role=ROLES.get(short_name),
        level_kind=level_kind,
        level=level * 100.0 if level_kind == "isobaricInhPa" else level,
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
        grid=grids[hash_of_grid],
        pv=np.array(codes.codes_get_array(handle, "pv")) if get("NV", 0) else None,
    )


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
    if "gg" in kind:
        keys["latitudes"] = np.array(codes.codes_get_array(handle, "distinctLatitudes"))
    return Grid(kind, key, keys)
