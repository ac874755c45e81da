"""Open a GeoTIFF, where rasterio is installed: one layer, where it lies, and strips of its rows.

Only the file itself is read, by the one driver: no neighbours of it, no virtual file, no network.
Overviews are not used: how they were thinned is not known, and sums would not be kept.
"""

import importlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError, MissingExtraError, OverflightError

Array = NDArray[np.float64]

_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_ALONE = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_CACHEMAX": 64,
    "GDAL_PAM_ENABLED": "NO",
}


def is_one(path: Path) -> bool:
    """Whether a file is a TIFF, by its first bytes."""
    with path.open("rb") as file:
        return file.read(4) in _MAGIC


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The file as rasterio's dataset, of one layer and with a place on the Earth.

    Raises
    ------
    MissingExtraError
        If rasterio is not installed.
    FieldError
        If the file is damaged, has several layers, lies nowhere or askew.
    """
    rasterio = _rasterio(path.name)
    try:
        with rasterio.Env(**_ALONE), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a file has no place is told below
            with rasterio.open(str(path.resolve()), driver="GTiff") as dataset:
                _check(dataset, path.name)
                yield dataset
    except OverflightError:
        raise
    except Exception as error:  # GDAL raises nearly anything on damaged files
        said = " ".join(str(error).split())[:160] or type(error).__name__
        raise FieldError(
            found=f"{path.name} cannot be read to its end ({type(error).__name__}: {said})",
            expected="a whole GeoTIFF",
            remedy="It is damaged or was cut short: fetch it again and compare its size.",
        ) from error


def read_rows(dataset: Any, first: int, last: int) -> NDArray[np.float32]:  # noqa: ANN401 (rasterio has no types)
    """Rows of the layer, its own mark for no value as NaN, scaled as the file says."""
    return read_window(dataset, (first, last), (0, dataset.width))


def read_window(
    dataset: Any,  # noqa: ANN401
    rows: tuple[int, int],
    columns: tuple[int, int],
) -> NDArray[np.float32]:
    """A part of the layer."""
    if any(flag.name == "per_dataset" for flag in dataset.mask_flag_enums[0]):
        found = dataset.read(1, window=(rows, columns), masked=True)
        values = np.asarray(np.ma.filled(found.astype(np.float32), np.nan))
    else:  # the mark alone: asking for a mask would decode every cell a second time
        raw = dataset.read(1, window=(rows, columns))
        values = raw.astype(np.float32, copy=False)
        if _can_occur(dataset.nodata, raw.dtype):
            values[raw == raw.dtype.type(dataset.nodata)] = np.nan
    scale, offset = float(dataset.scales[0]), float(dataset.offsets[0])
    return values if (scale, offset) == (1.0, 0.0) else (values * scale + offset).astype(np.float32)


def _can_occur(mark: float | None, kind: np.dtype[Any]) -> bool:
    """Whether a mark for no value is one of the numbers of its kind; some files name others."""
    if mark is None or np.isnan(mark):
        return False
    return kind.kind == "f" or np.iinfo(kind).min <= mark <= np.iinfo(kind).max


def edges_deg(dataset: Any) -> tuple[Array, Array]:  # noqa: ANN401
    """Edges of rows in latitude and of columns in longitude, in the order of the file."""
    one = dataset.transform
    lat_deg = one.f + one.e * np.arange(dataset.height + 1)
    return lat_deg, one.c + one.a * np.arange(dataset.width + 1)


def _rasterio(name: str) -> Any:  # noqa: ANN401
    try:
        return importlib.import_module("rasterio")
    except ImportError as error:
        raise MissingExtraError(
            found=f"{name} is a GeoTIFF, which the package rasterio reads; it is not installed",
            expected="the extra 'gis', or a NetCDF file",
            remedy="Install it: python -m pip install 'overflight[gis]', or convert the file:"
            f" gdal_translate -of netCDF -co FORMAT=NC4 {name} out.nc",
        ) from error


def _check(dataset: Any, name: str) -> None:  # noqa: ANN401
    if dataset.count != 1:
        raise FieldError(
            found=f"{name} has {dataset.count} layers",
            expected="one",
            remedy=f"Keep one: gdal_translate -b 1 {name} one.tif",
        )
    if dataset.crs is None or dataset.transform.is_identity:
        raise FieldError(
            found=f"{name} does not say where on the Earth it lies",
            expected="a GeoTIFF with its coordinate system and corner inside it",
            remedy=f"Say it, if it is on degrees: gdal_translate -a_srs EPSG:4326 {name} out.tif",
        )
    if not dataset.transform.is_rectilinear or dataset.transform.a <= 0.0:
        raise FieldError(
            found=f"{name} lies askew on its own map",
            expected="rows along the map's axes, from its west",
            remedy=f"Turn it: gdalwarp {name} straight.tif",
        )
    if np.dtype(dataset.dtypes[0]).kind == "c":
        raise FieldError(
            found=f"{name} holds complex numbers",
            expected="plain numbers",
            remedy="Take another file.",
        )
    if dataset.crs.is_geographic:
        lat_deg, lon_deg = edges_deg(dataset)
        slack = 0.51 * float(np.abs(dataset.transform.e))  # grids of nodes reach half a cell over
        if np.abs(lat_deg).max() > 90.0 + slack or lon_deg[-1] - lon_deg[0] > 360.0 + 2.0 * slack:
            raise FieldError(
                found=f"{name} reaches from {lat_deg.min():g} to {lat_deg.max():g} degrees of"
                f" latitude, over {lon_deg[-1] - lon_deg[0]:g} of longitude",
                expected="latitudes from -90 to 90 and longitudes around the globe at most once",
                remedy="Its corner or its system is wrong: take the file as its maker gives it.",
            )
