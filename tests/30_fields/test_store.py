"""The cache: the same wind again, or none; never a wrong or a half one."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import numba
import numpy as np
import pytest
import xarray as xr
from windfiles import era5, write

from overflight import kept
from overflight.fields import layout, packed, source, store
from overflight.fields.canonical import ALL, Need
from overflight.fields.readers import netcdf
from overflight.physics import window

EPOCH = datetime(2023, 1, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    place = tmp_path / "cache"
    monkeypatch.setenv(kept.SWITCH, str(place))
    return place


def opened(path, need=ALL, **how):
    return source.open_winds([path], need, **how)


def test_a_second_run_gets_the_same_wind_from_the_cache(tmp_path, monkeypatch):
    path = write(era5(), tmp_path / "x.nc")
    first = opened(path)
    monkeypatch.setitem(source.READERS, "netcdf4", lambda *args: 1 / 0)
    second = opened(path)
    assert (first.from_cache, second.from_cache) == (False, True)
    xr.testing.assert_identical(first.wind, second.wind)
    assert first.files == second.files


def test_another_part_or_a_changed_file_is_read_anew(tmp_path):
    path = write(era5(), tmp_path / "x.nc")
    opened(path)
    assert not opened(path, Need(south_deg=40.0, north_deg=50.0)).from_cache
    data = era5()
    data["u"] = data["u"] + 1.0
    data["u"].attrs = {"units": "m s**-1"}
    path.unlink()
    write(data, path)
    again = opened(path)
    assert not again.from_cache
    np.testing.assert_allclose(again.wind["u_mps"].mean(), data["u"].mean(), rtol=1e-5)


def test_the_name_of_a_file_does_not_matter(tmp_path):
    path = write(era5(), tmp_path / "x.nc")
    opened(path)
    assert opened(path.rename(tmp_path / "renamed.grib")).from_cache


@pytest.mark.parametrize("harm", ["flip", "cut", "remove", "no entry"])
def test_a_damaged_entry_counts_as_absent(tmp_path, cache, harm):
    path = write(era5(), tmp_path / "x.nc")
    first = opened(path).wind.copy(deep=True)  # the entry itself is harmed
    (array,) = cache.glob("*/uv_mps.npy")
    if harm == "flip":
        data = bytearray(array.read_bytes())
        data[-5] ^= 1
        array.write_bytes(bytes(data))
    elif harm == "cut":
        array.write_bytes(array.read_bytes()[:-8])
    elif harm == "remove":
        array.unlink()
    else:
        (array.parent / "entry.json").write_text("{")
    again = opened(path)
    assert not again.from_cache
    xr.testing.assert_identical(again.wind.load(), first)


def test_without_a_folder_to_write_it_only_takes_longer(tmp_path, monkeypatch):
    path = write(era5(), tmp_path / "x.nc")
    for place in ("off", "/proc/no/such/place"):
        monkeypatch.setenv(kept.SWITCH, place)
        assert not opened(path).from_cache
        assert not opened(path).from_cache
    assert store.use().n_entries == 0


def test_runs_at_the_same_moment_do_each_other_no_harm(tmp_path):
    path = write(era5(), tmp_path / "x.nc")
    (piece,) = netcdf.read(path)
    with ThreadPoolExecutor(8) as pool:
        saved = list(pool.map(lambda _: store.save("entry", piece), range(16)))
    assert all(saved)
    xr.testing.assert_equal(store.load("entry").wind, piece)
    assert store.use().n_entries == 1
    assert not [p for p in kept.winds().iterdir() if p.name.startswith(".new-")]


def across_180():
    """Columns on both sides of 180 degrees, out of the order in which they lie."""
    data = era5()
    return data.assign_coords(longitude=data["longitude"] + 180.0)


@pytest.mark.parametrize("make", [era5, across_180])
def test_an_entry_holds_the_wind_as_kernels_read_it_and_as_people_do(tmp_path, make):
    path = write(make(), tmp_path / "x.nc")
    bare = source.open_winds([path], cached=False)
    mapped = opened(path)
    assert bare.laid is None
    assert (make is across_180) == (np.diff(bare.wind["lon_deg"]).max() > 180.0)
    xr.testing.assert_identical(mapped.wind, bare.wind)
    there = {"time": 1, "pressure_pa": slice(1, 3), "lon_deg": slice(None, None, -2)}
    xr.testing.assert_identical(mapped.wind.isel(there), bare.wind.isel(there))
    grid = layout.to_grid(mapped.wind, EPOCH, mapped.laid)
    np.testing.assert_array_equal(grid.uv_mps, layout.to_grid(bare.wind, EPOCH).uv_mps)
    assert window.mapping_of(grid.uv_mps) is not None


def test_a_kept_wind_needs_no_kernels_of_its_own(tmp_path):
    """An array that may not be written to is another type to the compiler."""
    kept = opened(write(era5(), tmp_path / "x.nc"))
    plain = np.empty((2, 2, 2, 2, 2), dtype=np.float32)
    assert numba.typeof(kept.laid) == numba.typeof(plain)


def test_writing_to_a_kept_wind_leaves_the_entry_whole(tmp_path):
    path = write(era5(), tmp_path / "x.nc")
    before = opened(path)
    before.laid[:] = 0.0
    assert opened(path).from_cache
    assert opened(path).laid.any()


def test_the_least_used_go_when_it_grows(tmp_path, monkeypatch):
    (piece,) = netcdf.read(write(era5(), tmp_path / "x.nc"))
    store.save("old", piece)
    os.utime(kept.winds() / "old" / "entry.json", (1, 1))
    monkeypatch.setattr(store, "LIMIT_BYTES", int(2.5 * store.use().size_bytes))
    store.save("newer", piece)
    store.save("newest", piece)
    assert {p.name for p in kept.winds().iterdir() if p.is_dir()} == {"newer", "newest"}
    assert store.clear() > 0
    assert store.use().n_entries == 0


def test_a_file_is_hashed_once_until_it_changes(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(b"one")
    first = store.sha256(path)
    monkeypatch.setattr(store.hashlib, "file_digest", lambda *args: 1 / 0)
    assert store.sha256(path) == first
    monkeypatch.undo()
    path.write_bytes(b"three")
    assert store.sha256(path) != first


def test_the_hash_of_a_folder_is_of_names_and_contents(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "chunk").write_bytes(b"same")
    assert store.sha256(tmp_path / "a") == store.sha256(tmp_path / "b")
    (tmp_path / "b" / "chunk").rename(tmp_path / "b" / "chunk2")
    assert store.sha256(tmp_path / "a") != store.sha256(tmp_path / "b")


def test_packing_is_exact_to_half_a_unit_and_keeps_what_was_said(tmp_path):
    wind = opened(write(era5(), tmp_path / "x.nc"), Need(variables=("t_k",))).wind.load()
    wind = wind.assign(sd_mps=wind["u_mps"] * 0.0 + 2.5).assign_coords(
        lead_s=("time", [0.0, 3_600.0, 7_200.0])
    )
    wind.attrs |= {"notes": "One.\nTwo.", "sd_basis": "analysis", "source": "soundings",
                   "product": "analysis", "title": "a <b>title</b>"}  # fmt: skip
    packed.write(wind, tmp_path / "packed.nc")
    (back,) = netcdf.read(tmp_path / "packed.nc", Need(variables=(*wind.data_vars,)))
    for name, half in (("u_mps", 0.005), ("v_mps", 0.005), ("z_m", 1.0), ("t_k", 0.005),
                       ("sd_mps", 0.005)):  # fmt: skip
        np.testing.assert_allclose(back[name], wind[name], atol=1.001 * half)
    for coord in ("time", "pressure_pa", "lat_deg", "lon_deg", "lead_s"):
        np.testing.assert_array_equal(back[coord], wind[coord])
    for name in ("notes", "sd_basis", "source", "product", "title", "height_basis"):
        assert back.attrs[name] == wind.attrs[name]


def test_packing_twice_changes_nothing_and_gives_the_same_bytes(tmp_path):
    wind = opened(write(era5(), tmp_path / "x.nc")).wind
    packed.write(wind, tmp_path / "1.nc")
    (once,) = netcdf.read(tmp_path / "1.nc")
    packed.write(once, tmp_path / "2.nc")
    packed.write(once, tmp_path / "3.nc")
    (twice,) = netcdf.read(tmp_path / "2.nc")
    np.testing.assert_array_equal(once["u_mps"], twice["u_mps"])
    assert (tmp_path / "2.nc").read_bytes() == (tmp_path / "3.nc").read_bytes()


def test_an_interrupted_packing_leaves_the_old_file(tmp_path, monkeypatch):
    wind = opened(write(era5(), tmp_path / "x.nc")).wind
    packed.write(wind, tmp_path / "p.nc")
    before = (tmp_path / "p.nc").read_bytes()
    monkeypatch.setattr(packed, "_packed", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        packed.write(wind + 1.0, tmp_path / "p.nc")
    assert (tmp_path / "p.nc").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".p")] == []


def test_the_index_of_hashes_survives_nonsense(tmp_path, cache):
    cache.mkdir()
    (cache / "hashes.json").write_text(json.dumps(["not", "a", "dict"]))
    path = tmp_path / "x"
    path.write_bytes(b"one")
    assert len(store.sha256(path)) == 64
