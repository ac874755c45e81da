"""Winds that memory cannot hold are refused before they are loaded."""

import os

import numpy as np
import pytest
from gribfiles import encoded, grid_keys
from windfiles import era5, write

from overflight import kept
from overflight.errors import CapacityError, FieldError
from overflight.fields import memory, source
from overflight.fields.canonical import Need
from overflight.fields.readers import arl, grib_hybrid, grib_messages, loading, projected


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    """On a machine without containers, and without a disk that could help out."""
    monkeypatch.setattr(memory, "_GROUPS", tmp_path / "no groups")
    monkeypatch.setenv(kept.SWITCH, "off")


def test_a_year_of_era5_is_refused_with_its_size(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 16_000_000_000)
    with pytest.raises(FieldError) as refusal:
        memory.check(3, (8_760, 12, 241, 480), "x.nc")
    # 3 x 8760 x 12 x 241 x 480 values of 4 bytes, two and a half times
    assert "364.8 GB" in refusal.value.found
    assert "16.0 GB" in refusal.value.expected
    assert "--case" in refusal.value.remedy
    assert " 384 of these times fit" in refusal.value.remedy  # 16 GB for 41.6 MB each
    memory.check(3, (384, 12, 241, 480), "x.nc")
    with pytest.raises(FieldError):
        memory.check(3, (385, 12, 241, 480), "x.nc")


def test_readers_that_hold_all_of_a_file_name_the_way_through_the_cache(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 1_000)
    for filed in (False, True):
        with pytest.raises(FieldError) as refusal:
            memory.check(2, (10**6, 40, 721, 1440), "x", filed=filed)
        assert ("wind build ONE --out one.nc" in refusal.value.remedy) is not filed


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


def group(folder, version, limit, used, cached):
    """A group of processes with a limit, as the system describes it."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {1: ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_"),
             2: ("memory.max", "memory.current", "")}[version]  # fmt: skip
    for name, value in zip(names, (limit, used), strict=False):
        (folder / name).write_text(f"{value}\n")
    (folder / "memory.stat").write_text(
        f"anon 5\n{names[2]}inactive_file {cached}\n{names[2]}active_file 10\n"
    )


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """An empty tree of groups on a machine with 8 GB free."""
    (tmp_path / "meminfo").write_text("MemAvailable: 8000000 kB\n")
    monkeypatch.setattr(memory, "_LISTING", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_GROUPS", tmp_path / "groups")
    monkeypatch.setattr(memory, "_MEMBERSHIP", tmp_path / "membership")
    return tmp_path / "groups"


@pytest.mark.parametrize(("version", "kinds"), [(1, "memory"), (2, "")])
def test_a_container_has_what_its_limit_leaves(groups, version, kinds):
    (groups.parent / "membership").write_text(f"3:cpu:/other\n4:{kinds}:/outer/inner\n")
    own = groups / kinds / "outer" / "inner"
    group(own, version, 1_000_000, 700_000, 200_000)
    assert memory.free_bytes() == 1_000_000 - (700_000 - 200_010)  # files go when memory is short
    group(own.parent, version, 300_000, 250_000, 0)
    assert memory.free_bytes() == 50_010  # the outer one leaves less
    group(own.parent, version, "max", 250_000, 0)
    assert memory.free_bytes() == 500_010


def test_a_container_that_sees_only_itself_is_found_at_the_root(groups):
    (groups.parent / "membership").write_text("0::/of/the/outside\n")
    group(groups, 2, 4_096_000, 100, 0)
    assert memory.free_bytes() == 4_096_000 - 90
    group(groups, 2, 4_096, 10_000, 0)  # beyond its limit already
    assert memory.free_bytes() == 0


def test_a_limit_wider_than_the_machine_does_not_count(groups):
    group(groups / "memory", 1, 9_223_372_036_854_771_712, 100, 0)
    assert memory.free_bytes() == 8_192_000_000


def test_too_many_particles_are_refused_with_the_number_that_fits(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 4_000_000_000)
    with pytest.raises(CapacityError) as refusal:
        memory.require("a flight of 20 days", 1_000_000_000.0, 10**8, 300.0)
    assert "100,000,000 particles" in refusal.value.found
    assert "31.0 GB" in refusal.value.found
    assert "4.0 GB" in refusal.value.expected
    assert "10,000,000 particles fit" in refusal.value.remedy
    memory.require("it", 1_000_000_000.0, 10**7, 300.0)
    with pytest.raises(CapacityError):
        memory.require("it", 1_000_000_000.0, 10**7 + 1, 300.0)


@pytest.mark.parametrize("each", [0.0, 8.0])
def test_where_none_fits_it_is_said(monkeypatch, each):
    monkeypatch.setattr(memory, "free_bytes", lambda: 1_000_000)
    with pytest.raises(CapacityError, match="Not one particle fits"):
        memory.require("it", 2e6, 1, each)
    memory.require("nothing", 0.0, 0, each)


def test_a_run_is_refused_nowhere_where_memory_is_not_known(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: None)
    memory.require("it", 1e30, 10**8, 1e30)


def test_a_wind_that_the_cache_can_hold_is_not_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 1_000)
    memory_only = "expected at most the 0.0 GB that are free. Take"
    with pytest.raises(FieldError, match=memory_only):
        memory.check(2, (3, 4, 5, 6), "x")
    monkeypatch.setenv(kept.SWITCH, str(tmp_path))
    memory.check(2, (3, 4, 5, 6), "x", filed=True)
    with pytest.raises(FieldError, match=memory_only):  # of a reader that works in memory
        memory.check(2, (3, 4, 5, 6), "x")
    with pytest.raises(FieldError, match="GB of disk for the cache"):
        memory.check(2, (10**6, 40, 721, 1440), "x", filed=True)


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


def test_arl_is_refused_before_it_is_unpacked(shared_data, monkeypatch):
    monkeypatch.setattr(arl, "unpack", lambda *given: pytest.fail("it was unpacked"))
    assert "nodes" in refused_unread(monkeypatch, shared_data / "winds" / "gdas_042.bin")


def test_a_projected_grid_is_refused_before_it_becomes_a_finer_one(shared_data, monkeypatch):
    """Its own nodes fit; the many that it is interpolated to do not."""
    path = shared_data / "winds" / "nam_lambert81km_20041209_12Z_100-1000hPa.grib2"
    pytest.importorskip("eccodes")
    told = source.size_of([path])
    own = int(memory.COPIES * 4 * told.variables * told.nodes)
    monkeypatch.setattr(memory, "free_bytes", lambda: own)
    monkeypatch.setattr(projected._Weights, "apply", lambda *given: pytest.fail("it was made"))
    with pytest.raises(FieldError, match=r"on degrees: .* of memory; expected at most"):
        source.open_winds([path], cached=False)


def test_grib_is_refused_where_one_time_on_all_its_levels_does_not_fit(shared_data, monkeypatch):
    """Few levels are wanted, and all are decoded to interpolate to them."""
    pytest.importorskip("eccodes")
    path = shared_data / "winds" / "ifs_ml137_1p5_europe_20181115_12Z.grib"
    few = Need(pressure_min_pa=5_000.0, pressure_max_pa=5_500.0)
    told = source.size_of([path], few)
    monkeypatch.setattr(grib_hybrid, "_slabs", lambda *given: pytest.fail("it was decoded"))
    wanted = int(memory.COPIES * 4 * told.variables * told.nodes)
    monkeypatch.setattr(memory, "free_bytes", lambda: wanted + 1)
    with pytest.raises(FieldError, match=r"on all its levels: .* of memory; expected at most"):
        source.open_winds([path], few, cached=False)


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
