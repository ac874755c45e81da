"""What is said of a wind file: coverage, samples, kinds."""

import tracemalloc
from datetime import UTC, datetime

import numpy as np
import pytest
import xarray as xr
from windfiles import TIMES, era5, write

from overflight.errors import CoverageError, FieldError
from overflight.fields import canonical, coverage, layout, look, sniff, source
from overflight.fields.canonical import Need
from overflight.physics.sphere import n_vector
from overflight.physics.windgrid import wind as kernel_wind


@pytest.fixture
def wind(tmp_path):
    return source.open_winds([write(era5(), tmp_path / "x.nc")], cached=False).wind


def box(lon_deg, lat_deg=(30.0, 50.0)):
    return xr.Dataset(coords={
        "time": TIMES, "pressure_pa": [5_000.0, 10_000.0], "lat_deg": list(lat_deg),
        "lon_deg": sorted((x + 180.0) % 360.0 - 180.0 for x in lon_deg)})  # fmt: skip


@pytest.mark.parametrize(
    ("need", "said"),
    [
        (Need(time_min=TIMES[0] - np.timedelta64(90, "m")),
         "it begins at 2023-02-01 00:00 UTC, 1.5 h after 2023-01-31 22:30 UTC"),
        (Need(time_max=TIMES[-1] + np.timedelta64(2, "D")),
         "it ends at 2023-02-01 12:00 UTC, 48 h before 2023-02-03 12:00 UTC"),
        (Need(pressure_min_pa=3_000.0), "its highest level is 50 hPa, and 30 hPa is needed"),
        (Need(pressure_max_pa=20_000.0), "its lowest level is 100 hPa, and 200 hPa is needed"),
        (Need(south_deg=20.0), "it begins at 30 N, and 20 N is needed"),
        (Need(south_deg=-5.0), "it begins at 30 N, and 5 S is needed"),
        (Need(north_deg=60.0), "it ends at 50 N, and 60 N is needed"),
        (Need(west_deg=-60.0, east_deg=0.0), "it reaches from 30 W to 30 E"),
        (Need(west_deg=170.0, east_deg=-170.0), "170 E to 170 W is needed"),
    ],
)  # fmt: skip
def test_every_shortage_says_by_how_much(need, said):
    (short,) = coverage.shortages(box(np.arange(-30.0, 31.0, 10.0)), need)
    assert said in short.words


def test_all_shortages_come_at_once():
    need = Need(time_max=TIMES[-1] + np.timedelta64(1, "h"), pressure_min_pa=1_000.0,
                north_deg=80.0, west_deg=-90.0, east_deg=0.0)  # fmt: skip
    with pytest.raises(CoverageError) as refusal:
        coverage.check(box(np.arange(-30.0, 31.0, 10.0)), need, "Fetch more.")
    assert str(refusal.value).count("needed") == 3
    assert "1 h before" in str(refusal.value)


@pytest.mark.parametrize(
    ("lon", "west", "east", "covered"),
    [
        (np.arange(150.0, 221.0, 10.0), 160.0, -150.0, True),
        (np.arange(150.0, 221.0, 10.0), 140.0, -150.0, False),
        (np.arange(0.0, 360.0, 10.0), 350.0, 10.0, True),
        (np.arange(0.0, 360.0, 10.0), -180.0, 180.0, True),
        (np.arange(-30.0, 31.0, 10.0), -30.0, 30.0, True),
        (np.arange(-30.0, 31.0, 10.0), -30.0, 30.1, False),
        (np.arange(-30.0, 31.0, 10.0), 0.0, -1.0, False),
    ],
)
def test_boxes_across_180_degrees_and_around_the_globe(lon, west, east, covered):
    need = Need(west_deg=west, east_deg=east)
    assert (coverage.shortages(box(lon), need) == ()) == covered


def test_a_sample_is_what_a_flight_would_feel(wind):
    """The same numbers as the kernels' sampler, at random points."""
    grid = layout.to_grid(wind, datetime(2023, 2, 1, tzinfo=UTC))
    rng = np.random.default_rng(1)
    for _ in range(30):
        lat, lon = rng.uniform(30.0, 60.0), rng.uniform(-30.0, 30.0)
        pressure, hour = rng.uniform(2_000.0, 20_000.0), int(rng.uniform(0, 12))
        point = look.at(wind, datetime(2023, 2, 1, hour, tzinfo=UTC), pressure, lat, lon)
        expected = kernel_wind(grid, 3_600.0 * hour, np.log(pressure), *n_vector(lat, lon))
        assert (point.u_mps, point.v_mps) == pytest.approx(expected, abs=1e-4)


def test_a_point_outside_is_refused_with_the_distance(wind):
    with pytest.raises(CoverageError, match="6 h before"):
        look.at(wind, datetime(2023, 2, 1, 18, tzinfo=UTC), 5_000.0, 40.0, 0.0)


def test_a_sample_of_a_globe_meets_itself_at_180_degrees():
    lon = np.arange(-180.0, 180.0, 30.0)
    shape = (1, 1, 2, 12)
    made = xr.Dataset(
        {n: (canonical.DIMS, np.broadcast_to(np.cos(np.radians(lon)), shape)) for n in
         canonical.REQUIRED},
        coords={"time": TIMES[:1], "pressure_pa": [5_000.0], "lat_deg": [0.0, 10.0],
                "lon_deg": lon})  # fmt: skip
    for asked in (165.0, -165.0, 195.0):
        point = look.at(made, datetime(2023, 2, 1, tzinfo=UTC), 5_000.0, 5.0, asked)
        assert point.u_mps == pytest.approx(0.5 * (np.cos(np.radians(150.0)) - 1.0))


def test_the_facts_of_a_wind(wind):
    seen = look.look(wind, Need(north_deg=70.0))
    assert seen.times.count == 3
    assert seen.times.usual_step_h == 6.0
    assert (seen.latitude.first_deg, seen.latitude.last_deg) == (30.0, 60.0)
    assert seen.longitude.spacing_deg == 2.5
    assert not seen.global_longitudes
    assert [level.pressure_hpa for level in seen.levels] == [20.0, 50.0, 100.0, 200.0]
    assert all(level.missing == 0 for level in seen.levels)
    assert seen.shortages == ("it ends at 60 N, and 70 N is needed",)
    assert not seen.prior_only
    speed = np.hypot(wind["u_mps"][:, 0], wind["v_mps"][:, 0])
    assert seen.levels[0].rms_speed_mps == pytest.approx(float((speed**2).mean() ** 0.5), rel=1e-5)
    assert seen.levels[0].largest_speed_mps == pytest.approx(float(speed.max()), rel=1e-5)


KINDS = {
    b"GRIB\0\0\x01\x01": "grib", b"\x89HDF\r\n\x1a\n": "netcdf4", b"CDF\x01": "netcdf3",
    b"CDF\x05": "netcdf5", b"PK\x03\x04": "zip", b"time,lat,lon\n": "text",
    b"HUSA50 KWBC 010000\r\r\nGRIB\0\0\0\x02": "grib",
}  # fmt: skip


@pytest.mark.parametrize("head", KINDS, ids=KINDS.values())
def test_a_kind_is_told_by_the_first_bytes(tmp_path, head):
    path = tmp_path / "misleading.zarr.nc.grib"
    path.write_bytes(head + bytes(5_000) if KINDS[head] != "text" else head)
    assert sniff.kind_of(path).key == KINDS[head]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"", "is empty"), (b"\n <!DOCTYPE html><html>", "is a web page"),
        (b"\x1f\x8b\x08\0", "compressed by gzip"), (b"BZh9", "compressed by bzip2"),
        (b"%PDF-1.7\0", "a PDF document"), (b"BUFR\0\0\0\x04", "BUFR"),
        (b"\x0e\x03\x13\x01", "HDF4"), (b"\0\1\2\3", "unknown kind .it begins with 00 01 02 03"),
        (b"SQLite format 3\0", "an SQLite database"), (b"\x89PNG\r\n\0", "a picture"),
    ],
)  # fmt: skip
def test_what_is_no_wind_is_named_with_a_remedy(tmp_path, head, said):
    path = tmp_path / "wind.nc"
    path.write_bytes(head)
    with pytest.raises(FieldError, match=said) as refusal:
        source.open_winds([path], cached=False)
    assert refusal.value.remedy


def test_folders_are_their_files_and_litter_is_passed_over(tmp_path):
    data = era5().drop_vars("expver")
    for index in range(3):
        write(data.isel(valid_time=[index]), tmp_path / f"{index}.nc")
    (tmp_path / "0.nc.idx").write_text("litter")
    (tmp_path / ".hidden").write_bytes(b"x")
    opened = source.open_winds([tmp_path], cached=False)
    assert opened.wind.sizes["time"] == 3
    assert [file.name for file in opened.files] == ["0.nc", "1.nc", "2.nc"]
    with pytest.raises(FieldError, match="does not exist"):
        source.open_winds([tmp_path / "none.nc"], cached=False)
    (tmp_path / "empty").mkdir()
    with pytest.raises(FieldError, match="no data files"):
        source.open_winds([tmp_path / "empty"], cached=False)


def test_text_in_a_folder_counts_only_where_soundings_are_looked_for(tmp_path):
    for name in ("a-data.txt", "b.json", "c.csv", "c.csv.md5", "map.PNG"):
        (tmp_path / name).write_text("x")
    names = [path.name for path in sniff.files_of([tmp_path], texts=True)]
    assert names == ["a-data.txt", "b.json", "c.csv"]
    assert [path.name for path in sniff.files_of([tmp_path])] == ["c.csv"]
    assert sniff.files_of([tmp_path / "a-data.txt"]) == [tmp_path / "a-data.txt"]  # if named


def test_a_searching_grid_carries_its_edge_on_and_changes_nothing_inside(wind):
    grid = layout.to_grid(wind, datetime(2023, 2, 1, tzinfo=UTC))
    wide = layout.widened(grid)
    inside, outside = n_vector(45.0, 10.0), n_vector(-40.0, 170.0)
    level = np.log(7_000.0)
    assert kernel_wind(wide, 3_600.0, level, *inside) == kernel_wind(grid, 3_600.0, level, *inside)
    assert np.isnan(kernel_wind(grid, 3_600.0, level, *outside)).all()
    assert np.isfinite(kernel_wind(wide, 3_600.0, level, *outside)).all()
    assert layout.widened(wide).uv_mps is wide.uv_mps  # whole already


def test_a_searching_grid_takes_the_memory_of_itself_only(wind):
    grid = layout.to_grid(wind, datetime(2023, 2, 1, tzinfo=UTC))
    tracemalloc.start()
    wide = layout.widened(grid)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.2 * wide.uv_mps.nbytes
