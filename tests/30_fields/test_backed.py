"""Arrays in files: the same numbers, and less memory."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pytest
import xarray as xr
from windfiles import era5, truth, write

from overflight import kept
from overflight.errors import FieldError
from overflight.fields import backed, layout, memory, source
from overflight.physics import window

linux = pytest.mark.skipif(sys.platform != "linux", reason="maps are advised on Linux")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(kept.SWITCH, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def short(monkeypatch):
    """So little memory that every array is a large one."""
    monkeypatch.setattr(memory, "free_bytes", lambda: 1_000)
    monkeypatch.setattr(backed, "LEAST_BYTES", 0)


def test_a_small_array_lies_in_memory(monkeypatch):
    assert window.mapping_of(backed.empty((10, 10))) is None
    monkeypatch.setattr(memory, "free_bytes", lambda: None)
    assert window.mapping_of(backed.empty((1_000, 1_000))) is None


@linux
def test_a_large_array_lies_in_a_file_without_a_name(short, cache):
    array = backed.empty((5, 30, 40))
    assert window.mapping_of(array) is not None
    assert array.dtype == np.float32
    assert array.flags.writeable
    assert list(cache.iterdir()) == []
    array[:] = np.arange(30)[:, None]
    window.release(array)  # out of this program's memory, not out of the file
    assert (array == np.arange(30)[:, None]).all()


@pytest.mark.parametrize("where", ["off", "/proc/no/such/place"])
def test_without_a_disk_it_lies_in_memory(short, monkeypatch, where):
    monkeypatch.setenv(kept.SWITCH, where)
    assert window.mapping_of(backed.empty((5, 30, 40))) is None


def test_a_disk_that_is_full_is_not_written_beyond(short, monkeypatch):
    def full(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backed.os, "posix_fallocate", full, raising=False)
    assert window.mapping_of(backed.empty((5, 30, 40))) is None
    monkeypatch.undo()
    monkeypatch.setattr(memory, "free_bytes", lambda: 1_000)
    monkeypatch.setattr(kept, "room_bytes", lambda: 10)
    assert window.mapping_of(backed.empty((1_000, 1_000))) is None


@linux
def test_a_wind_read_into_files_is_the_same_wind(tmp_path, short, monkeypatch):
    parts = [era5().isel(valid_time=[time]) for time in range(3)]
    paths = [write(part, tmp_path / f"{i}.nc") for i, part in enumerate(parts)]
    filed = source.open_winds(paths, cached=False)
    grid = layout.to_grid(filed.wind, datetime(2023, 1, 15, tzinfo=UTC))
    for name in ("u_mps", "v_mps", "z_m"):
        assert window.mapping_of(filed.wind[name].values) is not None
    searched = layout.widened(grid)
    assert window.mapping_of(grid.uv_mps) is not None
    assert window.mapping_of(searched.uv_mps) is not None
    monkeypatch.setattr(memory, "free_bytes", lambda: None)
    plain = source.open_winds(paths, cached=False)
    xr.testing.assert_identical(filed.wind, plain.wind)
    other = layout.to_grid(plain.wind, datetime(2023, 1, 15, tzinfo=UTC))
    np.testing.assert_array_equal(grid.uv_mps, other.uv_mps)
    np.testing.assert_array_equal(searched.uv_mps, layout.widened(other).uv_mps)


@pytest.mark.parametrize("harm", ["cut", "objects", "columns first", "text"])
def test_what_is_no_plain_array_is_not_mapped(tmp_path, harm):
    path = tmp_path / "x.npy"
    array = np.arange(12.0).reshape(3, 4)
    np.save(path, {"objects": array.astype(object), "columns first": array.T}.get(harm, array))
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    if harm == "text":
        path.write_text("not an array at all")
    with pytest.raises((FieldError, OSError)):
        backed.mapped(path)


def test_an_empty_array_is_mapped_too(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((0, 3), dtype=np.float32))
    assert backed.mapped(tmp_path / "x.npy").shape == (0, 3)


# What lies in files the system drops when it needs the room, so what is counted is the rest.
HELD = """
import json, re, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from overflight.fields import layout, memory, source
def held():
    return 1024 * int(re.search(r"RssAnon:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
def watch():
    while not done.wait(0.002):
        seen.append(held())
before, done, seen = held(), threading.Event(), []
watcher = threading.Thread(target=watch)
watcher.start()
memory.free_bytes = lambda: int(sys.argv[2])
opened = source.open_winds([Path(sys.argv[1])])
layout.widened(layout.to_grid(opened.wind, datetime(2023, 1, 15, tzinfo=UTC), opened.laid))
done.set()
watcher.join()
print(json.dumps([max(seen) - before, opened.wind.nbytes]))
"""


@pytest.mark.slow
@linux
def test_a_field_larger_than_memory_is_read_and_laid_out(tmp_path, cache):
    """210 MB of wind through 100 MB of memory: never more than a time or two of it is held."""
    levels, lat, lon = np.linspace(20.0, 300.0, 15), np.linspace(10.0, 70.0, 241), np.arange(161.0)
    axes = {
        "time": ("time", np.arange(30), {"units": "hours since 2023-02-01"}),
        "level": ("level", levels, {"units": "hPa"}),
        "latitude": ("latitude", lat, {"units": "degrees_north"}),
        "longitude": ("longitude", lon, {"units": "degrees_east"}),
    }
    units = {"u": "m s-1", "v": "m s-1", "z": "m"}
    fields = dict(zip(units, truth(levels, lat, lon, 30), strict=False))
    path = write(
        xr.Dataset(
            {n: (tuple(axes), fields[n].astype(np.float32), {"units": units[n]}) for n in units},
            coords=axes,
        ),
        tmp_path / "x.nc",
    )
    for _ in range(2):  # read; from the cache
        done = subprocess.run([sys.executable, "-c", HELD, str(path), "100000000"],
                              check=True, capture_output=True, text=True)  # fmt: skip
        grown, size = json.loads(done.stdout)
        assert size > 200_000_000
        assert grown < 0.4 * size
