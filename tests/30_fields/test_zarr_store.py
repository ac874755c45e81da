"""Zarr stores of both versions, in folders and zip files, in the layout of ARCO-ERA5."""

import collections
import zipfile

import numpy as np
import pytest
import xarray as xr
import zarr
from windfiles import LAT_DEG, LEVELS_HPA, LON_DEG, TIMES, truth

from overflight.errors import FieldError
from overflight.fields import source
from overflight.fields.canonical import Need
from overflight.fields.readers import zarr_store

pytestmark = pytest.mark.filterwarnings("ignore")


SINCE_1900_H = ((TIMES - np.datetime64("1900-01-01")) // np.timedelta64(1, "h")).astype("i8")


def arco():
    """Long names, levels in hPa without a unit that says so, longitudes from 0, hours of 1900."""
    u, v, z, t = truth()
    order = np.argsort(LON_DEG % 360.0)
    dims = ("time", "level", "latitude", "longitude")

    def laid(values):
        return values[:, ::-1, ::-1][..., order].astype("f4")

    return xr.Dataset(
        {
            "u_component_of_wind": (dims, laid(u), {"units": "m s**-1", "standard_name":
                                                    "eastward_wind", "short_name": "u"}),
            "v_component_of_wind": (dims, laid(v), {"units": "m s**-1", "standard_name":
                                                    "northward_wind"}),
            "geopotential": (dims, 9.80665 * laid(z), {"units": "m**2 s**-2",
                                                       "standard_name": "geopotential"}),
            "temperature": (dims, laid(t), {"units": "K"}),
            "2m_temperature": (("time", "latitude", "longitude"), laid(t)[:, 0], {"units": "K"}),
        },
        coords={
            "time": ("time", SINCE_1900_H,
                     {"units": "hours since 1900-01-01", "calendar": "proleptic_gregorian"}),
            "level": LEVELS_HPA[::-1].astype("i8"), "latitude": LAT_DEG[::-1],
            "longitude": LON_DEG[order] % 360.0,
        },
        attrs={"title": "ERA5 subset in the layout of ARCO"},
    )  # fmt: skip


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("consolidated", [True, False])
def test_a_store_in_the_arco_layout(tmp_path, version, consolidated):
    path = tmp_path / "store"
    arco().to_zarr(path, zarr_format=version, consolidated=consolidated)
    wind = source.open_winds([path], Need(variables=("t_k",)), cached=False).wind
    u, v, z, t = truth()
    for name, values in (("u_mps", u), ("v_mps", v), ("z_m", z), ("t_k", t)):
        np.testing.assert_allclose(wind[name], values[:, ::-1], rtol=1e-5, atol=1e-4)
    assert wind.attrs["source"] == "era5"


def test_a_store_in_a_zip_file(tmp_path):
    path = tmp_path / "store.zip"
    store = zarr.storage.ZipStore(path, mode="w")
    arco().to_zarr(store, zarr_format=3, consolidated=False)
    store.close()
    assert zarr_store.looks_like_zip(path)
    wind = source.open_winds([path], cached=False).wind
    np.testing.assert_allclose(wind["u_mps"], truth()[0][:, ::-1], rtol=1e-5)


def test_only_the_chunks_of_the_needed_part_are_opened(tmp_path):
    """The other chunks are destroyed: whoever reads them fails."""
    path = tmp_path / "store"
    encoding = {
        n: {"chunks": (1, 4, 13, 25)}
        for n in ("u_component_of_wind", "v_component_of_wind", "geopotential")
    }
    arco().to_zarr(path, zarr_format=2, encoding=encoding)
    for name in encoding:
        for at in (1, 2):
            (path / name / f"{at}.0.0.0").write_bytes(b"rubbish")
    pieces = zarr_store.read(path, Need(time_max=TIMES[0]))
    assert pieces[0].sizes["time"] == 1
    with pytest.raises(FieldError, match="cannot be read to its end"):
        zarr_store.read(path)


FETCHED = collections.Counter()


class Counting(zarr.storage.LocalStore):
    """Counts how often each chunk of the wind is fetched, and so unpacked."""

    async def get(self, key, *args, **kwargs):
        if key.startswith("u_component_of_wind/") and not key.endswith((".json", ".z")):
            FETCHED[key] += 1
        return await super().get(key, *args, **kwargs)


@pytest.mark.parametrize("chunk", [(3, 4, 13, 25), (3, 1, 13, 25), (2, 4, 13, 25)])
def test_a_chunk_of_several_times_is_unpacked_once(tmp_path, monkeypatch, chunk):
    path = tmp_path / "store"
    arco().to_zarr(path, zarr_format=3, encoding={"u_component_of_wind": {"chunks": chunk}})
    FETCHED.clear()
    monkeypatch.setattr(zarr_store, "_store", Counting)
    (piece,) = zarr_store.read(path, Need(variables=("u_mps",)))
    np.testing.assert_allclose(piece["u_mps"], truth()[0][:, ::-1], rtol=1e-5)
    assert len(FETCHED) == (3 // chunk[0] + (3 % chunk[0] > 0)) * (4 // chunk[1])
    assert set(FETCHED.values()) == {1}


@pytest.mark.parametrize("versions", [[1, 5], [5, 1]])
def test_of_two_versions_only_what_is_needed_is_opened(tmp_path, versions):
    """The final version has no third time. All chunks that nobody needs are destroyed."""
    final = arco()[["u_component_of_wind"]]
    preliminary = final + 100.0
    final["u_component_of_wind"][2] = np.nan
    by_version = {1: final, 5: preliminary}
    data = xr.concat([by_version[one] for one in versions], "expver", combine_attrs="override")
    data = data.assign_coords(expver=("expver", versions)).transpose("time", ...)
    data["u_component_of_wind"].attrs = arco()["u_component_of_wind"].attrs
    path = tmp_path / "store"
    data.to_zarr(
        path, zarr_format=2, encoding={"u_component_of_wind": {"chunks": (1, 1, 4, 13, 25)}}
    )
    new = versions.index(5)
    for useless in (f"1.{new}.0.0.0", "0.0.0.0.0", "0.1.0.0.0"):
        (path / "u_component_of_wind" / useless).write_bytes(b"rubbish")
    (piece,) = zarr_store.read(path, Need(variables=("u_mps",), time_min=TIMES[1]))
    u = truth()[0][1:, ::-1].astype("f4")
    np.testing.assert_allclose(piece["u_mps"], np.stack([u[0], u[1] + 100.0]), rtol=1e-5)
    assert "expver" in piece.attrs["notes"]


def test_a_zip_that_is_no_store_is_refused(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("letter.txt", "dear reader")
    with pytest.raises(FieldError, match="a zip archive, not a gridded wind"):
        source.open_winds([path], cached=False)
