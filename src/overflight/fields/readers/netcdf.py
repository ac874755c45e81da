"""Read NetCDF, classic and NetCDF-4; what its variables mean is decided in :mod:`dataset`."""

import warnings
from pathlib import Path

import xarray as xr

from overflight.errors import FieldError
from overflight.fields.canonical import ALL, Need
from overflight.fields.readers import dataset

_ENGINES: tuple[tuple[bytes, str], ...] = (
    (b"\x89HDF", "h5netcdf"),
    (b"CDF\x01", "scipy"),
    (b"CDF\x02", "scipy"),
)


def read(path: Path, need: Need = ALL) -> list[xr.Dataset]:
    """Read the needed part of a NetCDF file as pieces of canonical wind.

    Raises
    ------
    FieldError
        If the file is damaged, cut short, of a dialect that is not read, or holds no wind.
    """
    engine = engine_of(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of attributes that are not wind's business
            with xr.open_dataset(path, engine=engine, decode_times=False, cache=False) as opened:
                return dataset.pieces(opened, need, path.name)
    except FieldError:
        raise
    except Exception as error:  # HDF5 and its readers raise nearly anything on damaged files
        raise damaged(path, error) from error


def engine_of(path: Path) -> str:
    """What reads a NetCDF file, by its first bytes.

    Raises
    ------
    FieldError
        If it is of a kind that nothing here reads.
    """
    with path.open("rb") as file:
        head = file.read(4)
    engine = next((engine for magic, engine in _ENGINES if head == magic), None)
    if engine is None:
        raise FieldError(
            found=f"{path.name} is NetCDF of the kind CDF-5, or none",
            expected="NetCDF-4, or classic NetCDF with 64-bit offsets",
            remedy=f"Convert it: nccopy -k nc4 {path.name} converted.nc",
        )
    return engine


def damaged(path: Path, error: Exception) -> FieldError:
    """Say that a file cannot be read, in words."""
    said = " ".join(str(error).split())[:160] or type(error).__name__
    return FieldError(
        found=f"{path.name} cannot be read to its end ({type(error).__name__}: {said})",
        expected="a whole file",
        remedy="It is damaged or was cut short: fetch it again and compare its size.",
    )
