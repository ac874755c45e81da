"""Whole fetches from small archives on this machine: what the door opens is what was there."""

import io
import json
import os
import subprocess
import sys
import zipfile

import hostile
import numpy as np
import pytest
import zarr
from numcodecs import Blosc
from typer.testing import CliRunner

from overflight import cli_wind
from overflight.cli import app
from overflight.errors import CoverageError, FieldError, OverflightError
from overflight.fields import advice, source
from overflight.fields.advice import suggest
from overflight.fields.canonical import Need
from overflight.fields.extent import Extent, extent_of
from overflight.fields.fetch import ecmwf, gfs, gribs, job, lock
from overflight.fields.fetch.ranges import Client, Limits

eccodes = pytest.importorskip("eccodes")

EXTENT = Extent(
    np.datetime64("2023-02-01T00:30"),
    np.datetime64("2023-02-01T02:00"),
    30.0,
    50.0,
    170.0,
    -170.0,
    6_000.0,
    9_000.0,
)
LAT_DEG = np.arange(60.0, 9.0, -5.0)
LON_DEG = np.arange(0.0, 360.0, 5.0)
LEVELS_HPA = [30, 50, 70, 100, 200]


@pytest.fixture
def server(monkeypatch):
    with hostile.running() as server:
        for name in ("ERA5", "GFS", "ECMWF", "IGRA"):
            monkeypatch.setenv(f"OVERFLIGHT_MIRROR_{name}", f"{server.url}/{name.lower()}")
        yield server


@pytest.fixture
def client():
    limits = Limits(timeout_s=10.0, attempts=3, backoff_s=0.0, most_bytes=5_000_000)
    return Client(limits, sleep=lambda seconds: None)


def field(name, level_hpa, hour):
    """A smooth field: (lat, lon)."""
    lat, lon = np.radians(LAT_DEG)[:, None], np.radians(LON_DEG)
    wave = np.cos(lat) * np.sin(2 * lon + 0.1 * hour)
    height_m = -7_000.0 * np.log(level_hpa / 1013.25)
    return {
        "u": 10.0 + 5.0 * wave + hour,
        "v": 4.0 * wave - 0.01 * level_hpa,
        "z": height_m + 50.0 * wave,
        "t": 215.0 + wave,
    }[name]


# --- ERA5


def era5(server, folder, *, zarr_format=2, hours=6, stop="2023-02-01"):
    """A store as ARCO-ERA5 is laid out, its hours counted from 2023-02-01 less 3 h."""
    group = zarr.open_group(folder, mode="w", zarr_format=zarr_format)
    group.attrs.update({"valid_time_start": "1940-01-01", "valid_time_stop": stop})
    origin = np.datetime64("1900-01-01T00", "h")
    first = int((np.datetime64("2023-01-31T21", "h") - origin) / np.timedelta64(1, "h"))
    axes = {
        "time": (np.arange(first, first + hours + 3), "hours since 1900-01-01"),
        "level": (np.array(LEVELS_HPA), "hPa"),
        "latitude": (LAT_DEG.astype("f4"), "degrees_north"),
        "longitude": (LON_DEG.astype("f4"), "degrees_east"),
    }

    def make(name, data, dims, chunks, attrs):
        if zarr_format == 2:
            codec = {"compressor": Blosc("lz4"), "filters": None}
            attrs = attrs | {"_ARRAY_DIMENSIONS": list(dims)}
        else:
            codec = {"dimension_names": dims}
        made = group.create_array(name, shape=data.shape, chunks=chunks, dtype=data.dtype,
                                  fill_value=np.nan if data.dtype.kind == "f" else 0,
                                  **codec)  # fmt: skip
        made.attrs.update(attrs)
        made[...] = data

    for name, (values, units) in axes.items():
        make(name, values, (name,), (4,) if name == "time" else values.shape, {"units": units})
    names = {"u": "u_component_of_wind", "v": "v_component_of_wind", "z": "geopotential"}
    units = {"u": "m s**-1", "v": "m s**-1", "z": "m**2 s**-2"}
    for short, name in names.items():
        data = np.stack(
            [np.stack([field(short, p, h) for p in LEVELS_HPA]) for h in range(-3, hours)]
        ).astype("f4")
        data *= 9.80665 if short == "z" else 1.0
        attrs = {"units": units[short], "short_name": short}
        make(name, data, tuple(axes), (1, *data.shape[1:]), attrs)
    zarr.consolidate_metadata(folder, zarr_format=zarr_format)
    for file in folder.rglob("*"):
        if file.is_file():
            server.objects[f"/era5/{file.relative_to(folder)}"] = file.read_bytes()


@pytest.mark.filterwarnings("ignore:Consolidated metadata")
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_era5_comes_cropped_and_opens_as_it_was(server, client, tmp_path, zarr_format):
    era5(server, tmp_path / "store", zarr_format=zarr_format)
    chunk = "5.0.0.0" if zarr_format == 2 else "c/5/0/0/0"
    server.tricks[f"/era5/u_component_of_wind/{chunk}"] = ["cut", "503", "cut"]
    told = job.plan("era5", EXTENT)
    assert server.log == []  # a plan asks nobody
    seen = []
    files = job.run(told, tmp_path / "wind", lambda *report: seen.append(report), client)
    assert [file.name for file in files] == [f"era5_20230201_0{h}Z.nc" for h in range(3)]
    assert seen[-1] == ("fetch", 3, 3)
    assert len(server.asked("/era5/latitude/")) == 1
    if zarr_format == 2:
        assert len(server.log) == told.requests + 3  # one more for each fault
    wind = source.open_winds([tmp_path / "wind"], cached=False).wind
    assert wind.attrs["source"] == "era5"
    assert wind["pressure_pa"].values.tolist() == [5_000.0, 7_000.0, 10_000.0]
    assert (
        {170.0, 175.0, -180.0, -170.0}
        <= set(wind["lon_deg"].values)
        <= set(np.r_[165.0:180.0:5, -180.0:-160.0:5])
    )
    for name, kept, atol in (("u", "u_mps", 0.006), ("v", "v_mps", 0.006), ("z", "z_m", 1.1)):
        for hour in range(3):
            here = wind[kept].isel(time=hour).sel(pressure_pa=7_000.0, lat_deg=40.0, lon_deg=175.0)
            there = field(name, 70.0, hour)[list(LAT_DEG).index(40.0), list(LON_DEG).index(175.0)]
            assert float(here) == pytest.approx(there, abs=atol)


def test_a_second_run_asks_nothing_and_a_damaged_file_comes_again(server, client, tmp_path):
    era5(server, tmp_path / "store")
    told = job.plan("era5", EXTENT)
    files = job.run(told, tmp_path / "wind", client=client)
    server.log.clear()
    assert job.run(told, tmp_path / "wind", client=client) == files
    assert server.log == []
    sound = files[1].read_bytes()
    files[1].write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
    job.run(told, tmp_path / "wind", client=client)
    assert files[1].read_bytes() == sound
    assert sorted(server.asked("4.0.0.0")) == [
        f"/era5/{name}/4.0.0.0"
        for name in ("geopotential", "u_component_of_wind", "v_component_of_wind")
    ]
    assert not server.asked("3.0.0.0")


def test_an_interrupted_hour_keeps_what_is_complete(server, client, tmp_path):
    era5(server, tmp_path / "store")
    server.tricks["/era5/geopotential/4.0.0.0"] = ["cut", "503", "503", "503"]
    told = job.plan("era5", EXTENT)
    with pytest.raises(FieldError, match="503"):
        job.run(told, tmp_path / "wind", client=client)
    assert sorted(p.name for p in (tmp_path / "wind").glob("*.nc")) == ["era5_20230201_00Z.nc"]
    server.log.clear()
    job.run(told, tmp_path / "wind", client=client)
    chunks = [(path, asked) for path, asked in server.log if path.count(".") == 3 and "/4." in path]
    assert [path for path, _ in chunks] == ["/era5/geopotential/4.0.0.0"]
    assert chunks[0][1] is not None  # a range: the rest only
    assert not server.asked("u_component_of_wind/3.")
    assert not (tmp_path / "wind" / job.WORK).exists()


def test_ctrl_c_leaves_nothing_half_done(server, client, tmp_path):
    era5(server, tmp_path / "store")
    told = job.plan("era5", EXTENT)

    def stop(stage, done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.run(told, tmp_path / "wind", stop, client)
    assert len(list((tmp_path / "wind").glob("*.nc"))) == 2
    assert len(job.run(told, tmp_path / "wind", client=client)) == 3


def test_hours_that_era5_has_not_yet_are_named(server, client, tmp_path):
    era5(server, tmp_path / "store", stop="2023-01-31")
    with pytest.raises(CoverageError, match=r"no wind of 2023-02-01T00 UTC.*ends on 2023-01-31"):
        job.run(job.plan("era5", EXTENT), tmp_path / "a", client=client)
    era5(server, tmp_path / "store", hours=1)
    with pytest.raises(CoverageError, match="2023-02-01T01"):
        job.run(job.plan("era5", EXTENT), tmp_path / "b", client=client)
    era5(server, tmp_path / "store")
    del server.objects["/era5/v_component_of_wind/3.0.0.0"]
    with pytest.raises(CoverageError, match="2023-02-01T00"):
        job.run(job.plan("era5", EXTENT), tmp_path / "c", client=client)


@pytest.mark.parametrize("trick", ["html*", "shifted*"])
@pytest.mark.parametrize("thing", [".zmetadata", "geopotential/3.0.0.0", "level/0", "time/0"])
def test_an_answer_that_is_not_era5_is_refused(server, client, tmp_path, trick, thing):
    era5(server, tmp_path / "store")
    server.tricks[f"/era5/{thing}"] = [trick]
    with pytest.raises(FieldError):
        job.run(job.plan("era5", EXTENT), tmp_path / "wind", client=client)
    assert not list((tmp_path / "wind").glob("*.nc"))
    server.tricks.clear()
    assert len(job.run(job.plan("era5", EXTENT), tmp_path / "wind", client=client)) == 3


def test_hostile_metadata_are_refused(server, client, tmp_path):
    era5(server, tmp_path / "store")
    sound = json.loads(server.objects["/era5/.zmetadata"])
    for key, change in (
        ("geopotential/.zarray", {"chunks": [1, 10**6, 10**6, 10**6]}),
        ("geopotential/.zarray", {"shape": [-1, 2, 3, 4]}),
        ("geopotential/.zarray", {"chunks": [24, 5, 11, 72]}),
        ("time/.zattrs", {"units": "days since 1850-01-01"}),
        ("time/.zarray", {"dtype": "nonsense"}),
    ):
        told = json.loads(json.dumps(sound))
        told["metadata"][key].update(change)
        server.objects["/era5/.zmetadata"] = json.dumps(told).encode()
        with pytest.raises(FieldError):
            job.run(job.plan("era5", EXTENT), tmp_path / "wind", client=client)


# --- GRIB


def message(name, level_hpa, lead_h, run):
    """One GRIB2 message of a global field."""
    handle = eccodes.codes_grib_new_from_samples("regular_ll_pl_grib2")
    keys = {"u": (2, 2), "v": (2, 3), "z": (3, 5), "t": (0, 0)}
    day, clock = run
    settings = {
        "centre": "kwbc",
        "discipline": 0,
        "parameterCategory": keys[name][0],
        "parameterNumber": keys[name][1],
        "typeOfFirstFixedSurface": 100,
        "level": level_hpa,
        "dataDate": day,
        "dataTime": clock * 100,
        "forecastTime": lead_h,
        "Ni": len(LON_DEG),
        "Nj": len(LAT_DEG),
        "latitudeOfFirstGridPointInDegrees": 60.0,
        "latitudeOfLastGridPointInDegrees": 10.0,
        "longitudeOfFirstGridPointInDegrees": 0.0,
        "longitudeOfLastGridPointInDegrees": 355.0,
        "iDirectionIncrementInDegrees": 5.0,
        "jDirectionIncrementInDegrees": 5.0,
        "bitsPerValue": 16,
    }
    for key, value in settings.items():
        eccodes.codes_set(handle, key, value)
    eccodes.codes_set_values(handle, field(name, level_hpa, clock + lead_h).ravel())
    data = eccodes.codes_get_message(handle)
    eccodes.codes_release(handle)
    return data


def gfs_archive(server, times, levels=LEVELS_HPA, old=False):
    names = {"z": "HGT", "t": "TMP", "u": "UGRD", "v": "VGRD"}
    for time in times:
        path = gfs.paths(time)[0]
        lead = int(path[-3:])
        run = (int(path[4:12]), int(path[13:15]))
        body, lines = b"", []
        for level in levels:
            for short, name in names.items():
                lines.append(f"{len(lines) + 1}:{len(body)}:d=x:{name}:{level} mb:anl:")
                body += message(short, level, lead, run)
                if short == "t":  # a field between that nobody wants
                    lines.append(f"{len(lines) + 1}:{len(body)}:d=x:RH:{level} mb:anl:")
                    body += message("t", level, lead, run)
        server.objects[f"/gfs/{path}"] = body
        server.objects[f"/gfs/{path}.idx"] = "\n".join(lines).encode()


HOURS = [np.datetime64("2023-02-01T00", "h"), np.datetime64("2023-02-01T03", "h")]


def test_gfs_takes_only_the_wanted_messages(server, client, tmp_path):
    gfs_archive(server, HOURS)
    big = f"/gfs/{gfs.paths(HOURS[0])[0]}"
    server.tricks[big] = ["cut", "off", "429", "ignores", "short"]
    told = job.plan("gfs", EXTENT)
    assert [part.time for part in told.parts] == HOURS
    files = job.run(told, tmp_path / "wind", client=client)
    assert gribs.check(files[0], "x") == 4 * 3
    assert client.received_bytes < sum(map(len, server.objects.values()))
    wind = source.open_winds([tmp_path / "wind"], cached=False).wind
    assert wind["pressure_pa"].values.tolist() == [5_000.0, 7_000.0, 10_000.0]
    here = wind["u_mps"].isel(time=1).sel(pressure_pa=7_000.0, lat_deg=40.0, lon_deg=-175.0)
    there = field("u", 70.0, 3)[list(LAT_DEG).index(40.0), list(LON_DEG).index(185.0)]
    assert float(here) == pytest.approx(there, abs=1e-2)
    server.log.clear()
    assert job.run(told, tmp_path / "wind", client=client) == files
    assert server.log == []


def test_a_probe_reads_one_index_and_then_the_bytes_are_exact(server, client, tmp_path):
    gfs_archive(server, HOURS)
    told = job.plan("gfs", EXTENT, probe=True, client=client)
    assert len(server.log) == 1
    assert "index" in told.basis[0]
    files = job.run(told, tmp_path / "wind", client=client)
    assert sum(file.stat().st_size for file in files) == told.disk_bytes


@pytest.mark.parametrize("trick", ["shifted*", "html*", "503*", "changes*"])
def test_grib_that_is_not_is_refused_and_the_next_run_is_whole(server, client, tmp_path, trick):
    gfs_archive(server, HOURS)
    server.tricks[f"/gfs/{gfs.paths(HOURS[1])[0]}"] = ["", trick]
    told = job.plan("gfs", EXTENT)
    try:
        job.run(told, tmp_path / "wind", client=client)
    except FieldError:
        assert len(list((tmp_path / "wind").glob("*.grib2"))) == 1
    else:
        assert trick == "changes*"
    server.tricks.clear()
    files = job.run(told, tmp_path / "wind", client=client)
    assert [gribs.check(file, "x") for file in files] == [12, 12]


def test_ranges_of_two_versions_are_never_joined(server, client, tmp_path):
    gfs_archive(server, HOURS)
    path = f"/gfs/{gfs.paths(HOURS[0])[0]}"
    server.tricks[path] = ["", "changes"]  # another version from the second range on
    files = job.run(job.plan("gfs", EXTENT), tmp_path / "wind", client=client)
    asked = [piece for place, piece in server.log if place == path]
    assert len(asked) == 2 * len(set(asked)) > 2
    assert gribs.check(files[0], "x") == 12


def test_a_message_without_its_end_is_refused(server, client, tmp_path):
    gfs_archive(server, HOURS)
    path = f"/gfs/{gfs.paths(HOURS[0])[0]}"
    body = bytearray(server.objects[path])
    for at in range(len(body) - 3):
        if body[at : at + 4] == b"7777":
            body[at : at + 4] = b"7770"
    server.objects[path] = bytes(body)
    with pytest.raises(FieldError, match=r"b'7770' at byte .*GRIB to 7777"):
        job.run(job.plan("gfs", EXTENT), tmp_path / "wind", client=client)
    assert not list((tmp_path / "wind").glob("*.grib2"))


def test_messages_shifted_once_are_fetched_again(server, client, tmp_path):
    gfs_archive(server, HOURS)
    server.tricks[f"/gfs/{gfs.paths(HOURS[0])[0]}"] = ["", "shifted"]
    files = job.run(job.plan("gfs", EXTENT), tmp_path / "wind", client=client)
    assert gribs.check(files[0], "x") == 12


def test_old_files_of_gfs_lie_one_folder_higher():
    assert gfs.paths(np.datetime64("2021-02-01T00", "h"))[0].count("/") == 2
    assert gfs.paths(np.datetime64("2021-04-01T00", "h"))[0].count("/") == 3
    with pytest.raises(CoverageError, match=r"2020-.*before the archive.*era5"):
        job.plan("gfs", at("2020-12-31T00"))


def at(text, **changed):
    time = np.datetime64(text)
    return Extent(**{**vars(EXTENT), "time_min": time, "time_max": time, **changed})


@pytest.mark.parametrize(
    "line", ["", "<html>", "1:x:d:UGRD:50 mb:anl:", "\xff", "1:0:d=2:UGRD:50 mb:anl:"]
)
def test_an_index_that_is_none_is_refused(server, client, tmp_path, line):
    gfs_archive(server, HOURS)
    server.objects[f"/gfs/{gfs.paths(HOURS[0])[0]}.idx"] = line.encode("latin-1")
    with pytest.raises(FieldError):
        job.run(job.plan("gfs", EXTENT), tmp_path / "wind", client=client)


def ecmwf_archive(server, time, path=None):
    path = path or ecmwf.paths(time)[0]
    body, lines = b"", []
    for level in LEVELS_HPA[1:]:
        for short, name in (("u", "u"), ("v", "v"), ("z", "gh"), ("t", "t"), ("t", "q")):
            data = message(short, level, int(time.item().hour % 6), (20230201, 0))
            about = {"levtype": "pl", "levelist": str(level), "param": name}
            lines.append(json.dumps({**about, "_offset": len(body), "_length": len(data)}))
            body += data
    server.objects[f"/ecmwf/{path}"] = body
    server.objects[f"/ecmwf/{path.removesuffix('.grib2')}.index"] = "\n".join(lines).encode()


def test_ecmwf_is_found_where_it_lies_and_comes_by_messages(server, client, tmp_path):
    assert "0p4-beta" in ecmwf.paths(HOURS[0])[0]
    for time in HOURS:
        ecmwf_archive(server, time)
    files = job.run(job.plan("ecmwf", EXTENT), tmp_path / "wind", client=client)
    assert [gribs.check(file, "x") for file in files] == [12, 12]
    assert source.open_winds([tmp_path / "wind"], cached=False).wind.sizes["time"] == 2


def test_ecmwf_ends_at_50_hpa_and_begins_in_2023():
    with pytest.raises(CoverageError, match=r"50 to 1000 hPa.*era5"):
        job.plan("ecmwf", at("2023-02-01T00", pressure_min_pa=2_000.0))
    with pytest.raises(CoverageError, match="2023-01-18"):
        job.plan("ecmwf", at("2022-02-01T00"))


def test_ecmwf_is_looked_for_where_each_date_has_it():
    heads = {
        "2024-01-31T18": ["0p4-beta/scda", "0p4-beta/oper"],
        "2024-02-10T00": ["0p25/oper", "0p4-beta/oper"],
        "2024-02-28T00": ["0p25/oper", "0p4-beta/oper"],
        "2024-02-28T06": ["ifs/0p25/scda", "ifs/0p25/oper", "0p4-beta/scda", "0p4-beta/oper"],
        "2026-06-01T18": ["ifs/0p25/scda", "ifs/0p25/oper"],
    }
    for time, expected in heads.items():
        found = ecmwf.paths(np.datetime64(time, "h"))
        assert [path.split("z/")[1].rsplit("/", 1)[0] for path in found] == expected


@pytest.mark.parametrize("every_h", [1, 2, 4, 8])
def test_ecmwf_has_no_hours_between_its_steps(every_h):
    with pytest.raises(FieldError, match=f"every {every_h} h; expected every 3, 6, 12 or 24 h"):
        job.plan("ecmwf", EXTENT, every_h=every_h)


def test_levels_that_the_coarse_files_of_ecmwf_lack_are_named_before_anything_is_fetched():
    assert any("lack 100 hPa" in line for line in job.plan("ecmwf", EXTENT).basis)
    assert not any("lack" in line for line in job.plan("ecmwf", at("2025-02-01T00")).basis)


@pytest.mark.parametrize(("short", "name"), [("UGRD", "u"), ("HGT", "z")])
def test_a_field_that_is_missing_at_one_level_is_named(server, client, tmp_path, short, name):
    gfs_archive(server, HOURS)
    index = f"/gfs/{gfs.paths(HOURS[0])[0]}.idx"
    server.objects[index] = server.objects[index].replace(f":{short}:70 mb".encode(), b":X:70 mb")
    with pytest.raises(FieldError, match=f"no {name} at 70 hPa"):
        job.run(job.plan("gfs", EXTENT), tmp_path / "wind", client=client)


def test_fields_that_share_a_message_are_fetched_once(server, client, tmp_path):
    gfs_archive(server, HOURS)
    for time in HOURS:  # 3 and 4 become 3.1 and 3.2, as NCEP numbers winds in one message
        index = f"/gfs/{gfs.paths(time)[0]}.idx"
        rows = [line.split(":") for line in server.objects[index].decode().splitlines()]
        before = [row[3] for row in rows]
        for at_row, row in enumerate(rows):
            if row[3] == "VGRD":
                assert before[at_row - 1] == "UGRD"
                row[1] = rows[at_row - 1][1]
                row[0], rows[at_row - 1][0] = f"{at_row}.2", f"{at_row}.1"
        server.objects[index] = "\n".join(":".join(row) for row in rows).encode()
    files = job.run(job.plan("gfs", EXTENT), tmp_path / "wind", client=client)
    assert [gribs.check(file, "x") for file in files] == [12, 12]


def test_a_file_that_the_archive_lacks_is_named(server, client, tmp_path):
    with pytest.raises(CoverageError, match=r"no gfs_20230201_00Z\.grib2.*era5"):
        job.run(job.plan("gfs", EXTENT), tmp_path / "wind", client=client)
    with pytest.raises(CoverageError, match="ifs_20230201"):
        job.plan("ecmwf", EXTENT, probe=True, client=client)


# --- IGRA


def station(name, lat, lon, first=1950, last=2024):
    return f"{name:<11} {lat:8.4f} {lon:9.4f} {10.0:6.1f}    {'SOMEWHERE':<30} {first} {last}  1000"


def sounding(name, day, hour):
    lines = [f"#{name} 2023 {day[:2]} {day[2:]} {hour:02d} {hour:02d}00    2 x        y         "]
    lines[0] = f"{lines[0][:55]}{400000:7d} {1750000:8d}"
    levels = [f"10 -9999 {p:6d}  16000  -560 -9999 -9999   270   150 " for p in (10_000, 5_000)]
    return lines + levels


def igra_archive(server, days=("0131", "0201", "0202", "0301")):
    listed = [station("JAM00040001", 40.0, 175.0), station("USM00040002", 41.0, -172.0),
              station("USM00040003", 41.0, -100.0), station("USM00040004", 41.0, 176.0, last=1990),
              station("ZZXUAICE001", -98.8888, -998.8888)]  # fmt: skip
    server.objects["/igra/doc/igra2-station-list.txt"] = "\n".join(listed).encode()
    for name in ("JAM00040001", "USM00040002"):
        lines = [line for day in days for line in sounding(name, day, 0)]
        box = io.BytesIO()
        with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{name}-data.txt", "\n".join(lines) + "\n")
        server.objects[f"/igra/access/data-por/{name}-data.txt.zip"] = box.getvalue()


def test_igra_keeps_the_stations_and_soundings_of_the_case(server, client, tmp_path):
    igra_archive(server)
    told = job.plan("igra", EXTENT)
    assert server.log == []
    record = "/igra/access/data-por/JAM00040001-data.txt.zip"
    server.tricks[record] = ["cut", "503"]
    files = job.run(told, tmp_path / "wind", client=client)
    assert [file.name[:11] for file in files] == ["JAM00040001", "USM00040002"]
    text = files[0].read_text()
    assert text.count("#") == 1
    assert "2023 02 01 00" in text
    server.log.clear()
    assert job.run(told, tmp_path / "wind", client=client) == files
    assert server.log == []


def test_igra_without_a_sounding_or_a_station_says_so(server, client, tmp_path):
    igra_archive(server, days=("0301",))
    with pytest.raises(CoverageError, match="none of 2 stations"):
        job.run(job.plan("igra", EXTENT), tmp_path / "a", client=client)
    far = at("2023-02-01T00", south_deg=-80.0, north_deg=-70.0)
    with pytest.raises(CoverageError, match="no radiosonde station"):
        job.run(job.plan("igra", far), tmp_path / "b", client=client)


def test_a_station_without_a_record_is_passed_over_but_a_refusal_is_not(server, client, tmp_path):
    igra_archive(server)
    record = "/igra/access/data-por/JAM00040001-data.txt.zip"
    server.tricks[record] = ["403*"]
    with pytest.raises(FieldError, match=r"refuses.*403"):
        job.run(job.plan("igra", EXTENT), tmp_path / "wind", client=client)
    server.tricks[record] = ["404*"]
    files = job.run(job.plan("igra", EXTENT), tmp_path / "wind", client=client)
    assert [file.name[:11] for file in files] == ["USM00040002"]


def test_names_in_a_record_of_a_fetch_cannot_lead_elsewhere(server, client, tmp_path):
    igra_archive(server)
    folder = tmp_path / "wind"
    job.run(job.plan("igra", EXTENT), folder, client=client)
    state = json.loads((folder / job.STATE).read_text())
    state["planned"] = ["../../elsewhere-data.txt"]
    (folder / job.STATE).write_text(json.dumps(state))
    files = job.run(job.plan("igra", EXTENT), folder, client=client)
    assert {file.parent for file in files} == {folder}
    assert not server.asked("elsewhere")


@pytest.mark.parametrize("trick", ["html*", "shifted*", "endless*"])
def test_a_record_that_is_no_zip_is_refused(server, client, tmp_path, trick):
    igra_archive(server)
    server.tricks["/igra/access/data-por/JAM00040001-data.txt.zip"] = [trick]
    with pytest.raises(FieldError):
        job.run(job.plan("igra", EXTENT), tmp_path / "wind", client=client)
    assert not list((tmp_path / "wind").glob("*.txt"))


# --- plans


def test_a_plan_counts_bytes_requests_and_minutes():
    told = job.plan("era5", EXTENT)
    assert told.download_bytes == 3 * 3 * 90_000_000
    assert told.requests == 3 * 3 + 6  # winds; metadata and axes once
    assert told.minutes(9e6) == pytest.approx(90.0 / 60.0 + 15 * 0.3 / 60.0)
    assert told.disk_bytes < 10_000_000
    assert told.basis


def test_progress_counts_files_and_the_megabytes_of_those_that_are_absent(server, client, tmp_path):
    era5(server, tmp_path / "store")
    told, seen = job.plan("era5", EXTENT), []
    for name in ("u_component_of_wind", "v_component_of_wind"):
        server.objects[f"/era5/{name}/4.0.0.0"] += bytes(2_500_000)  # Blosc reads what it needs
    files = job.run(told, tmp_path / "wind", lambda *report: seen.append(report), client)
    assert [report for report in seen if report[0] == "fetch"] == [
        ("fetch", i, 3) for i in range(4)
    ]
    assert [report[1:] for report in seen if report[0] == "fetch, MB"] == [
        (mb, 3 * 270) for mb in range(6)
    ]
    files[1].unlink()
    kept = json.loads((tmp_path / "wind" / job.STATE).read_text())
    del kept["parts"][files[1].name]
    (tmp_path / "wind" / job.STATE).write_text(json.dumps(kept))
    seen.clear()
    job.run(told, tmp_path / "wind", lambda *report: seen.append(report), client)
    assert ("fetch, MB", 5, 270) in seen


def test_a_folder_of_another_fetch_is_left_alone(server, client, tmp_path):
    gfs_archive(server, HOURS)
    job.run(job.plan("gfs", EXTENT), tmp_path / "wind", client=client)
    with pytest.raises(FieldError, match="another fetch"):
        job.run(job.plan("gfs", at("2023-02-01T00")), tmp_path / "wind", client=client)


def test_a_folder_holds_one_fetch_at_a_time(server, client, tmp_path):
    gfs_archive(server, HOURS)
    told, folder = job.plan("gfs", EXTENT), tmp_path / "wind"
    folder.mkdir()
    with lock.held(folder), pytest.raises(FieldError, match=rf"at work.*process {os.getpid()}"):
        job.run(told, folder, client=client)
    assert server.log == []
    assert len(job.run(told, folder, client=client)) == 2  # what it wrote is no lock that is left


def test_a_process_that_was_killed_leaves_no_lock(server, client, tmp_path):
    gfs_archive(server, HOURS)
    code = (
        "import sys; from pathlib import Path; from overflight.fields.fetch import lock\n"
        "with lock.held(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    command, pipe = [sys.executable, "-c", code, str(tmp_path)], subprocess.PIPE
    other = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    with other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(FieldError, match=f"process {other.pid}"):
            job.run(job.plan("gfs", EXTENT), tmp_path, client=client)
        other.kill()
    assert len(job.run(job.plan("gfs", EXTENT), tmp_path, client=client)) == 2


@pytest.mark.parametrize(
    "changed", [{"south_deg": 60.0}, {"pressure_min_pa": 0.0}, {"north_deg": float("nan")}]
)
def test_an_extent_that_cannot_be_is_refused(changed):
    with pytest.raises(FieldError, match="not possible"):
        at("2023-02-01T00", **changed)


def test_open_bounds_are_not_fetched():
    with pytest.raises(CoverageError, match="no bound for time_min"):
        extent_of(Need())


def test_the_suggestion_names_levels_hours_and_box():
    words = suggest(EXTENT, "cases/x")
    assert "overflight wind fetch cases/x --source era5" in words
    assert "levels 50, 70, 100 hPa" in words
    assert "north, west, south, east: 50, 170, 30, -170" in words
    assert "2023-02-01" in words
    assert "--every" not in words


def test_a_box_that_is_typed_by_hand_encloses_what_is_needed():
    words = suggest(at("2023-02-01T00", south_deg=-0.2, north_deg=49.1, west_deg=-8.9))
    assert "north, west, south, east: 50, -9, -1, -170" in words
    assert "No source offers 0.5 to 90 hPa" in suggest(at("2023-02-01T00", pressure_min_pa=50.0))


def test_every_third_hour_is_proposed_where_all_would_take_hours_to_come():
    """The time that the advice counts is the time that the plan counts."""
    long = Extent(**{**vars(EXTENT), "time_max": EXTENT.time_max + np.timedelta64(20, "D")})
    hourly, thinned = (job.plan("era5", long, every_h=every) for every in (1, advice.THINNED_H))
    assert len(hourly.parts) * advice.ERA5_HOUR_S == pytest.approx(
        60.0 * hourly.minutes(), rel=0.01
    )
    words = suggest(long, "my case")
    assert "overflight wind fetch 'my case' --source era5 --every 3 " in words
    assert f"about {thinned.minutes() / 60.0:.1f} hours" in words
    assert f"without --every, about {hourly.minutes() / 60.0:.0f})" in words


def test_an_unknown_source_or_spacing_is_refused():
    with pytest.raises(FieldError, match="era5, gfs, ecmwf, igra"):
        job.plan("merra", EXTENT)
    with pytest.raises(FieldError, match="every 5 h"):
        job.plan("gfs", EXTENT, every_h=5)


def test_the_command_says_the_cost_and_fetches(server, tmp_path, monkeypatch):
    """A dry run asks nobody; the run leaves a folder that enters by the door."""
    era5(server, tmp_path / "store")
    bounds = {name: getattr(EXTENT, name) for name in Extent.__dataclass_fields__}
    monkeypatch.setattr(cli_wind, "_need", lambda _: Need(**bounds))
    (tmp_path / "case").mkdir()
    words = ["wind", "fetch", str(tmp_path / "case"), "--out", str(tmp_path / "wind"), "--quiet"]
    dry = CliRunner().invoke(app, [*words, "--dry-run"])
    assert dry.exit_code == 0
    assert "bytes" in dry.stdout
    assert "50 Mbit/s" in dry.stdout
    assert server.log == []
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "Next: overflight wind build" in done.stdout
    assert source.open_winds([tmp_path / "wind"], cached=False).wind.sizes["time"] >= 2
    (tmp_path / "file").write_text("")
    words[4] = str(tmp_path / "file" / "below")
    full = CliRunner().invoke(app, words)
    assert isinstance(full.exception, OverflightError)
    assert "cannot be written" in full.exception.found
