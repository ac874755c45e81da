"""Soundings of every usual format become the same profile, or are refused with what to do."""

import gzip
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import FieldError
from overflight.fields.soundings import formats, making, table, tidy, track_wind
from overflight.physics import atmosphere

START = np.datetime64("2023-02-01T12:00:00", "ns")


def flight(n=300, step_s=10.0, u=12.0, v=-5.0, lat=45.0, lon=-108.0):
    """A climb at 5 m/s in a steady wind: (time, lat, lon, height)."""
    seconds = step_s * np.arange(n)
    metres = np.radians(1.0) * (6_371_008.8 + 5.0 * seconds)
    lats = lat + np.cumsum(np.append(0.0, v * step_s / metres[:-1]))
    lons = lon + np.cumsum(
        np.append(0.0, u * step_s / (metres[:-1] * np.cos(np.radians(lats[:-1]))))
    )
    time = START + (1e9 * seconds).astype("timedelta64[ns]")
    return time, lats, (lons + 180.0) % 360.0 - 180.0, 1_000.0 + 5.0 * seconds


def csv(path, heading="time,lat,lon,alt_m", extra=None, delimiter=",", rows=None):
    time, lat, lon, height = flight() if rows is None else rows
    lines = [heading]
    for i in range(len(time)):
        cells = [f"{time[i]}"[:19] + "Z", f"{lat[i]:.6f}", f"{lon[i]:.6f}", f"{height[i]:.1f}"]
        lines.append(delimiter.join([*cells, *(extra(i) if extra else ())]))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def only(path):
    (one,), _ = formats.read_profiles(path)
    return one


def test_a_track_shows_the_wind_that_carried_it(tmp_path):
    one = only(csv(tmp_path / "x.csv"))
    assert one.wind_basis == "track"
    np.testing.assert_allclose(one.u_mps[5:-5], 12.0, atol=0.1)
    np.testing.assert_allclose(one.v_mps[5:-5], -5.0, atol=0.1)
    expected = atmosphere.pressure_pa_of_altitude(
        atmosphere.geopotential_m_at_latitude(float(one.height_m[100]), float(one.lat_deg[100]))
    )
    assert one.pressure_pa[100] == pytest.approx(expected)
    assert one.pressure_basis == "standard atmosphere"


@pytest.mark.parametrize(("lat", "lon"), [(45.0, 179.99), (89.0, 10.0), (-75.0, -179.99)])
def test_the_date_line_and_high_latitudes_change_nothing(tmp_path, lat, lon):
    one = only(csv(tmp_path / "x.csv", rows=flight(lat=lat, lon=lon, n=120)))
    np.testing.assert_allclose(one.u_mps[5:-5], 12.0, atol=0.3)
    assert (one.lon_deg >= -180.0).all()
    assert (one.lon_deg < 180.0).all()


HEADINGS = {
    "Time,Latitude,Longitude,Altitude (m)": {},
    "\ufeffTimestamp;lat;lng;height": {"delimiter": ";"},
    "datetime\tGPS Latitude\tGPS Longitude\tGPS Altitude": {"delimiter": "\t"},
    "date_time,lat_deg,lon_deg,height_m": {},
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_headings_and_separators_of_many_makers(tmp_path, heading):
    one = only(csv(tmp_path / "x.txt", heading, **HEADINGS[heading]))
    assert one.n_points == 300
    np.testing.assert_allclose(one.u_mps[5:-5], 12.0, atol=0.1)


def test_feet_and_knots_are_converted_and_compressed_files_read(tmp_path):
    def more(i):
        return (f"{13.0 / 0.514444:.4f}", f"{np.degrees(np.arctan2(-12.0, 5.0)) % 360.0:.4f}")

    time, lat, lon, height = flight()
    path = csv(tmp_path / "x.csv", "time,lat,lon,alt_ft,wind_speed (kt),wind_direction", more,
               rows=(time, lat, lon, height / 0.3048))  # fmt: skip
    packed = tmp_path / "x.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(path, "inside.csv")
    for name in ("x.csv", "x.gz", "x.zip"):
        one = only(tmp_path / name)
        assert one.wind_basis == "reported"
        np.testing.assert_allclose(one.height_m, height, atol=0.1)
        np.testing.assert_allclose(one.u_mps, 12.0, atol=1e-2)
        np.testing.assert_allclose(one.v_mps, -5.0, atol=1e-2)


def test_feet_without_a_name_are_refused_where_the_pressure_tells(tmp_path):
    time, lat, lon, height = flight()

    def pressure(i):
        return (f"{atmosphere.pressure_pa(float(height[i])) / 100.0:.2f}",)

    rows = (time, lat, lon, height / 0.3048)
    path = csv(tmp_path / "x.csv", "time,lat,lon,altitude,pressure_hpa", pressure, rows=rows)
    with pytest.raises(FieldError, match="probably feet"):
        formats.read_profiles(path)
    good = csv(tmp_path / "y.csv", "time,lat,lon,altitude,pressure_hpa", pressure)
    assert "metres were assumed" in only(good).notes[0]


def test_a_reported_speed_that_is_too_fast_gives_way_to_the_track(tmp_path):
    path = csv(tmp_path / "x.csv", "time,lat,lon,alt_m,u_mps,v_mps", lambda i: ("33.6", "-14.0"))
    one = only(path)
    assert one.wind_basis == "track"
    assert "2.8 times that of the track" in " ".join(one.notes)
    np.testing.assert_allclose(one.u_mps[5:-5], 12.0, atol=0.1)


def test_an_unclear_direction_is_told_by_the_track(tmp_path):
    came_from = np.degrees(np.arctan2(-12.0, 5.0)) % 360.0
    for turn in (0.0, 180.0):
        path = csv(tmp_path / "x.csv", "time,lat,lon,alt_m,speed,direction",
                   lambda i, turn=turn: ("13.0", f"{(came_from + turn) % 360.0:.3f}"))  # fmt: skip
        one = only(path)
        assert one.wind_basis == "reported"
        np.testing.assert_allclose(one.u_mps, 12.0, atol=1e-2)


def test_rows_that_no_balloon_can_have_are_left_out_and_counted(tmp_path):
    time, lat, lon, height = (a.copy() for a in flight())
    lat[7], lon[7], height[7] = 0.0, 0.0, 0.0
    lat[50] += 3.0
    time[150] = time[149]
    rows = np.arange(300)
    rows[[100, 101]] = rows[[101, 100]]
    one = only(csv(tmp_path / "x.csv", rows=tuple(a[rows] for a in (time, lat, lon, height))))
    told = " ".join(one.notes)
    for said in ("1 rows without a time or place", "out of order", "1 rows repeated a moment",
                 "1 rows lay further away"):  # fmt: skip
        assert said in told
    np.testing.assert_allclose(one.u_mps[5:-5], 12.0, atol=1.0)


def igra_level(kind, elapsed, pressure, height, direction, speed):
    """A level in the archive's columns; -9999 is missing, -8888 was removed."""
    return (
        f"{kind:2d} {elapsed:5d} {pressure:6d} {height:5d}B{-500:5d}B{-9999:5d} {-9999:5d}"
        f" {direction:5d} {speed:5d} "
    )


def igra_header(day, hour, release, count):
    return (
        f"#USM00072776 2023 02 {day:02d} {hour:02d} {release:04d} {count:4d} ncdc-gts ncdc-gts"
        f" {474_614:7d} {-1_113_848:8d}"
    )


IGRA = "\n".join(
    [
        igra_header(1, 12, 1105, 10),
        igra_level(21, 0, 88_600, 1_130, 210, 31),
        igra_level(20, -9999, 70_000, 2_980, 255, 103),
        igra_level(10, 812, 50_000, 5_510, 270, 205),
        igra_level(20, -9999, 30_000, 9_040, 280, 334),
        igra_level(20, -9999, 20_000, 11_640, 285, 283),
        igra_level(20, 5010, 10_000, 16_010, 295, 190),
        igra_level(20, 6120, 7_000, 18_250, 300, 123),
        igra_level(20, -9999, 5_000, 20_360, -9999, -9999),
        igra_level(20, 7830, 3_000, 23_580, -8888, -8888),
        igra_level(30, -9999, -9999, 24_000, 310, 82),
        igra_header(2, 0, 2330, 2),
        igra_level(21, -9999, 88_600, 1_130, 200, 21),
        igra_level(20, -9999, 10_000, 16_100, 290, 210),
    ]
)


def test_igra_in_its_fixed_columns(tmp_path):
    path = tmp_path / "USM00072776-data.txt"
    path.write_text(IGRA, encoding="ascii")
    (first, second), left = formats.read_profiles(path)
    assert left == []
    assert first.lat_deg[0] == pytest.approx(47.4614)
    assert first.lon_deg[0] == pytest.approx(-111.3848)
    assert str(first.time[0])[:16] == "2023-02-01T11:05"
    at = int(np.argmin(np.abs(first.pressure_pa - 7_000.0)))
    assert np.hypot(first.u_mps[at], first.v_mps[at]) == pytest.approx(12.3)
    assert first.u_mps[at] == pytest.approx(12.3 * np.sin(np.radians(120.0)))
    assert first.time[at] - first.time[0] == np.timedelta64(61 * 60 + 20, "s")
    assert first.n_points == 7  # without the two that have no wind and the one without pressure
    assert str(second.time[0])[:16] == "2023-02-01T23:30"  # released before midnight
    assert first.height_kind == "geopotential"


def test_a_cut_igra_file_names_the_line(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("\n".join(IGRA.splitlines()[:8]), encoding="ascii")
    with pytest.raises(FieldError, match=r"x.txt:1: 7 lines of a sounding of 10 levels"):
        formats.read_profiles(path)
    path.write_text(IGRA.replace("2023 02 02", "2023 13 02"), encoding="ascii")
    with pytest.raises(FieldError, match=r"x.txt:12"):
        formats.read_profiles(path)


WYOMING = """\
<HTML><TITLE>University of Wyoming - Radiosonde Data</TITLE>
<H2>72776 TFX Great Falls Observations at 12Z 01 Feb 2023</H2><PRE>
-----------------------------------------------------------------------------
   PRES   HGHT   TEMP   DWPT   RELH   MIXR   DRCT   SKNT   THTA   THTE   THTV
    hPa     m      C      C      %    g/kg    deg   knot     K      K      K
-----------------------------------------------------------------------------
  886.0   1130    1.0   -7.0     55   2.54    210      6  283.8  291.8  284.2
  700.0   2980   -5.3                         255     20  296.7         296.7
  500.0   5510  -22.3  -41.3     16   0.17    270     40  305.9  306.6  305.9
  100.0  16010  -58.3  -87.3      2   0.00    295     37  414.8  414.8  414.8
   70.0  18250  -59.3  -88.3      2   0.01    300     24  457.3  457.4  457.3
   50.0  20360  -60.1  -88.1      2   0.01
</PRE><H3>Station information and sounding indices</H3><PRE>
                         Station number: 72776
                       Observation time: 230201/1200
                       Station latitude: 47.46
                      Station longitude: -111.38
                      Station elevation: 1130.0
</PRE>
"""


def test_a_wyoming_page_with_blank_cells(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(WYOMING, encoding="utf-8")
    one = only(path)
    assert (one.lat_deg[0], one.lon_deg[0]) == (47.46, -111.38)
    assert str(one.time[0])[:16] == "2023-02-01T11:30"
    at = int(np.argmin(np.abs(one.pressure_pa - 7_000.0)))
    assert np.hypot(one.u_mps[at], one.v_mps[at]) == pytest.approx(24 * 1852 / 3600)
    assert one.n_points == 5
    plain = tmp_path / "page.txt"
    plain.write_text(WYOMING.replace("SKNT", "SPED").replace("knot", " m/s"), encoding="utf-8")
    assert np.hypot(only(plain).u_mps[at], only(plain).v_mps[at]) == pytest.approx(24.0)
    path.write_text(WYOMING.split("</PRE>", maxsplit=1)[0], encoding="utf-8")
    with pytest.raises(FieldError, match="place or time"):
        formats.read_profiles(path)


def frames(serial="S1", n=200):
    time, lat, lon, height = flight(n)
    return [
        {"serial": serial, "datetime": f"{time[i]}"[:19] + "Z", "lat": lat[i], "lon": lon[i],
         "alt": height[i], "vel_h": 13.0, "heading": 112.62, "frame": i, "type": "RS41",
         "uploader_callsign": "rx"}
        for i in range(n)
    ]  # fmt: skip


def test_sondehub_frames_heard_by_several_receivers_count_once(tmp_path):
    path = tmp_path / "x.json"
    twice = [dict(frame, uploader_callsign="other") for frame in frames()]
    path.write_text(json.dumps(frames() + twice[::2] + frames("S2")), encoding="utf-8")
    (one, two), _ = formats.read_profiles(path)
    assert (one.id, two.id) == ("S1", "S2")
    assert one.n_points == 200
    assert "100 receptions" in one.notes[0]
    np.testing.assert_allclose(one.u_mps, 12.0, atol=0.01)
    nested = {"S1": {f["datetime"]: f for f in frames()}}
    path.write_text(json.dumps(nested), encoding="utf-8")
    assert only(path).n_points == 200
    path.write_text(json.dumps(frames())[:-50], encoding="utf-8")
    with pytest.raises(FieldError, match="no whole JSON"):
        formats.read_profiles(path)


PAIRS = {
    "stormtracker_2969_colorado_202107.csv.gz": None,
    "edt_taiwan_20150531T2326.txt.gz": None,
    "graw_20240407T2200_erie.txt.gz": None,
    "twpsondewnpnC3.b1.20060119.112000.custom.cdf": "arm_twpsondewnpnC3.b1.20060119.112000.csv.gz",
    "twpsondewnpnC3.b1.20060121.231600.custom.cdf": "arm_twpsondewnpnC3.b1.20060121.231600.csv.gz",
    "shab14v_aprs.csv": "shab14v_20220822.csv.gz",
}


@pytest.mark.parametrize("name", PAIRS)
def test_real_files_of_makers_agree_with_their_tidy_twins(shared_data, name):
    telemetry = shared_data / "telemetry"
    one = only(telemetry / "raw_formats" / name)
    assert one.n_points > 500
    assert float(np.hypot(one.u_mps, one.v_mps).max()) < 60.0
    if PAIRS[name] is None:
        return
    twin = only(telemetry / "tracks" / PAIRS[name])
    rows = np.searchsorted(twin.time, one.time)
    same = (rows < twin.n_points) & (twin.time[np.minimum(rows, twin.n_points - 1)] == one.time)
    assert same.mean() > 0.95
    for field, tolerance in (("lat_deg", 2e-3), ("lon_deg", 2e-3), ("height_m", 10.0)):
        ours, theirs = getattr(one, field)[same], getattr(twin, field)[rows[same]]
        assert np.quantile(np.abs(ours - theirs), 0.99) < tolerance


def test_a_graw_clock_passes_midnight(shared_data):
    one = only(shared_data / "telemetry" / "raw_formats" / "graw_20240407T2200_erie.txt.gz")
    assert (np.diff(one.time) > np.timedelta64(0)).all()
    assert str(one.time[0])[:10] == "2024-04-07"
    assert str(one.time[-1])[:10] == "2024-04-08"


def test_the_snapshot_of_europe_names_its_three_odd_sondes(shared_data):
    path = shared_data / "telemetry" / "tracks" / "sondehub_europe_20241003_1215.csv.gz"
    profiles, left = formats.read_profiles(path)
    assert len(profiles) == 62
    assert any("V4240682 lies on the ground" in sentence for sentence in left)
    assert any("55093159" in sentence for sentence in left)
    (fast,) = [one for one in profiles if one.id == "406962-426801"]
    assert "2.8 times that of the track" in " ".join(fast.notes)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("eoss_322-22_original.csv.gz", "without a date"),
        ("icspace25_original.csv", "first line of headings"),
        ("pyballoon_18-4-6_1_original.csv", "first line of headings"),
        ("bg7zdq_serial_log.txt.gz", "no known sounding format"),
        ("wsgc/s3_lnz_prediction.json.txt", "holds no telemetry"),
        ("hysplit_tdump14010100_dateline", "no known sounding format"),
    ],
)
def test_files_that_would_have_to_be_guessed_are_refused_with_what_to_add(shared_data, name, said):
    with pytest.raises(FieldError, match=said) as refusal:
        formats.read_profiles(shared_data / "telemetry" / "raw_formats" / name)
    assert refusal.value.remedy


def test_hostile_files_are_bounded_and_named(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "MOST_BYTES", 100_000)
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(b"0" * 5_000_000))
    with pytest.raises(FieldError, match="larger than"):
        table.read_bytes(bomb, 100_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.csv", b"0" * 5_000_000)
    with pytest.raises(FieldError, match="larger than"):
        table.read_bytes(tmp_path / "bomb.zip", 100_000)
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"time,lat,lon" * 1_000)[:60])
    with pytest.raises(FieldError, match="cannot be unpacked"):
        formats.read_profiles(tmp_path / "cut.gz")
    (tmp_path / "binary").write_bytes(b"a,b\x00\x01" * 100)
    with pytest.raises(FieldError, match="is not text"):
        formats.read_profiles(tmp_path / "binary")
    path = csv(tmp_path / "x.csv", extra=lambda i: ('=HYPERLINK("http://x")',))
    path.write_bytes(path.read_bytes() + b"\xff\xfe not utf-8,<script>,1,2\n")
    assert only(path).n_points == 300


@given(st.integers(0, 2**31), st.integers(0, 999_999))
def test_times_are_read_back_to_the_microsecond(seconds, micro):
    at = np.datetime64(seconds, "s").astype("datetime64[us]") + np.timedelta64(micro, "us")
    for text in (f"{at}Z", str(at).replace("T", " "), str(at).replace("-", "/")):
        assert tidy.moment(text) == at


def test_legs_and_layers():
    time, lat, lon, height = flight(600)
    down = height.max() - np.arange(1, 301) * 30.0
    end = time[-1] + np.arange(1, 301) * np.timedelta64(5, "s")
    flown = (
        np.concatenate([time, end]),
        np.concatenate([lat, np.full(300, lat[-1])]),
        np.concatenate([lon, np.full(300, lon[-1])]),
        np.concatenate([height, down]),
    )
    one = making.profile(making.Raw("x", "x", *flown, "geometric"))
    rise, fall = making.legs(one)
    assert (np.diff(rise.height_m) > 0.0).all()
    assert (np.diff(fall.height_m) < 0.0).all()
    thin = making.binned(replace(rise), 500.0)
    assert thin.n_points == 60
    np.testing.assert_allclose(thin.u_mps[1:-1], 12.0, atol=0.1)
    np.testing.assert_allclose(np.diff(thin.height_m)[1:-1], 500.0, atol=30.0)


def test_no_velocity_is_taken_across_a_long_gap():
    time, lat, lon, height = flight(20)
    time[10:] += np.timedelta64(3, "h")
    u, _ = track_wind.velocity(time, lat, lon, height)
    assert np.isfinite(u[:8]).all()
    assert np.isfinite(u[9])  # from its own side of the gap
    np.testing.assert_allclose(u, 12.0, atol=0.1)
