"""Read Zarr stores: a local folder or zip file, version 2 or 3, such as a copy of ARCO-ERA5."""

import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import xarray as xr

from overflight.errors import FieldError
from overflight.fields.canonical import ALL, Need
from overflight.fields.readers import dataset
from overflight.fields.readers.netcdf import damaged

if TYPE_CHECKING:
    import zarr

_ROOTS = {".zgroup", ".zmetadata", "zarr.json"}


def looks_like_zip(path: Path) -> bool:
    """Whether a zip file is a Zarr store."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name in _ROOTS for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def read(path: Path, need: Need = ALL) -> list[xr.Dataset]:
    """Read the needed part of a store as pieces of canonical wind.

    Only the chunks that hold the part are read.

    Raises
    ------
    FieldError
        If the store is damaged, incomplete, or holds no wind.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            store = _store(path)
            try:
                with xr.open_zarr(
                    store, consolidated=_consolidated(path), decode_times=False, chunks=None
                ) as opened:
                    return dataset.pieces(opened, need, path.name)
            finally:
                store.close()
    except FieldError:
        raise
    except Exception as error:  # zarr and its codecs raise nearly anything on damaged chunks
        raise damaged(path, error) from error


def _store(path: Path) -> "zarr.storage.LocalStore | zarr.storage.ZipStore":
    import zarr  # noqa: PLC0415 (a tenth of the start of an account that reads no store)

    if path.is_dir():
        return zarr.storage.LocalStore(path, read_only=True)
    return zarr.storage.ZipStore(path, mode="r", read_only=True)


def _consolidated(path: Path) -> bool | None:
    """Whether to look for one file with all metadata; None leaves it to the version."""
    return (path / ".zmetadata").is_file() if path.is_dir() else None
