"""Winds that memory cannot hold are refused before they are loaded."""

import os

import numpy as np
import pytest
from gribfiles import encoded, grid_keys
from windfiles import era5, write

from overflight.errors import FieldError
from overflight.fields import memory, source
from overflight.fields.canonical import Need
from overflight.fields.readers import grib_messages, loading


def test_a_year_of_era5_is_refused_with_its_size(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 16_000_000_000)
    with pytest.raises(FieldError) as refusal:
        memory.check(3, (8_760, 12, 241, 480), "x.nc")
    # 3 x 8760 x 12 x 241 x 480 values of 4 bytes, two and a half times
    assert "364.8 GB" in refusal.value.found
    assert "16.0 GB" in refusal.value.expected
    assert "--case" in refusal.value.remedy


def test_the_limit_is_what_is_free(monkeypatch):
    wanted = int(2.5 * 4 * 2 * 3 * 4 * 5 * 6)
    monkeypatch.setattr(memory, "free_bytes", lambda: wanted)
    memory.check(2, (3, 4, 5, 6), "x")
    monkeypatch.setattr(memory, "free_bytes", lambda: wanted - 1)
    with pytest.raises(FieldError, match="2 variables at 3 times on 4 levels of 5 by 6 nodes"):
        memory.check(2, (3, 4, 5, 6), "x")


def test_what_is_free_is_read_where_the_system_says_it(tmp_path, monkeypatch):
    listing = tmp_path / "meminfo"
    listing.write_text("MemTotal: 9000 kB\nMemFree: 100 kB\nMemAvailable:    2000 kB\n")
    monkeypatch.setattr(memory, "_LISTING", listing)
    assert memory.free_bytes() == 2_048_000
    monkeypatch.setattr(memory, "_LISTING", tmp_path / "none")
    sizes = {"SC_PHYS_PAGES": 7, "SC_PAGE_SIZE": 4_096}
    monkeypatch.setattr(os, "sysconf", sizes.__getitem__, raising=False)
    assert memory.free_bytes() == 28_672


def test_where_memory_is_not_known_nothing_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "_LISTING", tmp_path / "none")
    monkeypatch.delattr(os, "sysconf", raising=False)
    assert memory.free_bytes() is None
    memory.check(9, (10**6, 10**6, 10**6, 10**6), "x")


def refused_unread(monkeypatch, path):
    """The refusal of a file, none of whose fields may have been loaded."""

    def never(*given, **named):
        pytest.fail("it was loaded")

    monkeypatch.setattr(memory, "free_bytes", lambda: 1_000)
    monkeypatch.setattr(grib_messages.Decoder, "values", never)
    monkeypatch.setattr(loading, "_cut", never)
    with pytest.raises(FieldError, match=r"of memory; expected at most the 0\.0 GB") as refusal:
        source.open_winds([path], cached=False)
    return refusal.value.found


def test_netcdf_is_refused_before_it_is_read(tmp_path, monkeypatch):
    found = refused_unread(monkeypatch, write(era5(), tmp_path / "x.nc"))
    assert "3 variables at 3 times on 4 levels of 13 by 25 nodes" in found


def test_a_part_of_it_needs_less(tmp_path, monkeypatch):
    path = write(era5(), tmp_path / "x.nc")
    part = Need(south_deg=41.0, north_deg=42.0, west_deg=0.5, east_deg=1.0)
    one = 10 * 3 * 3 * 4 * 2 * 2  # bytes for its four nodes
    monkeypatch.setattr(memory, "free_bytes", lambda: one)
    assert source.open_winds([path], part, cached=False).wind.sizes["lat_deg"] == 2


def test_a_projected_netcdf_is_refused_before_it_is_read(shared_data, monkeypatch):
    path = shared_data / "winds" / "era5_utm32_2025_05_01_00.nc"
    assert "nodes" in refused_unread(monkeypatch, path)


@pytest.mark.parametrize("kind", ["rotated_ll", "lambert"])
def test_grib_is_refused_before_it_is_decoded(tmp_path, monkeypatch, kind):
    eccodes = pytest.importorskip("eccodes")
    keys = grid_keys(kind, 2)
    path = tmp_path / "x.grib"
    path.write_bytes(b"".join(encoded(eccodes, 2, np.ones(130), **keys, shortName=name)
                              for name in ("u", "v")))  # fmt: skip
    assert "2 variables at 1 times on 1 levels of 10 by 13" in refused_unread(monkeypatch, path)


def test_grib_on_model_levels_is_refused_before_it_is_decoded(shared_data, monkeypatch):
    pytest.importorskip("eccodes")
    path = shared_data / "winds" / "ifs_ml137_1p5_europe_20181115_12Z.grib"
    monkeypatch.setattr("overflight.fields.readers.grib_ground.surface_pa", lambda *given: {})
    monkeypatch.setattr("overflight.fields.readers.grib_ground.ground_m", lambda *given: None)
    assert "levels of 34 by 48 nodes" in refused_unread(monkeypatch, path)
