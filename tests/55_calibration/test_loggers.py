"""Files of loggers: one flight from every format, days and validity right, nothing expanded."""

from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.calibration import reading
from overflight.errors import OverflightError
from overflight.imports import loggers
from overflight.physics.sphere import lat_lon_deg

START = datetime(2020, 9, 13, 12, 26, 40, tzinfo=UTC).timestamp()  # 1.6e9, as 'drifting' begins


def only(path):
    (track,), _ = reading.read_tracks([path])
    return track


def clock(seconds, form):
    return datetime.fromtimestamp(seconds, tz=UTC).strftime(form)


def fix(seconds, lat, lon, height, valid="A", pressure_m=None):
    def angle(value, digits, letters):
        thousandths = round(abs(value) * 60_000.0)
        letter = letters[0] if value >= 0.0 else letters[1]
        return f"{thousandths // 60_000:0{digits}d}{thousandths % 60_000:05d}{letter}"

    pressure = height if pressure_m is None else pressure_m
    return (
        f"B{clock(seconds, '%H%M%S')}{angle(lat, 2, 'NS')}{angle(lon, 3, 'EW')}{valid}"
        f"{round(pressure):05d}{round(height):05d}00110"
    )


def igc(rows, date="HFDTE130920", **more):
    return "\n".join(["AXXX001 recorder", date, "HFDTM100GPSDATUM:WGS-1984",
                      *(fix(*row, **more) for row in rows), "G0123456789ABCDEF"])  # fmt: skip


def gpx(rows, head="", root='<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">'):
    points = "".join(
        f'<trkpt lat="{lat:.5f}" lon="{lon:.5f}"><ele>{height:.1f}</ele>'
        f"<time>{clock(t, '%Y-%m-%dT%H:%M:%SZ')}</time></trkpt>\n"
        for t, lat, lon, height in rows
    )
    return (
        f'<?xml version="1.0"?>\n{head}{root}<metadata><name>a</name></metadata>'
        f"<trk><name>Flight &amp; more</name><trkseg>{points}</trkseg></trk></gpx>"
    )


@pytest.fixture
def saved(tmp_path):
    def save(text, name="track.dat"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return save


@pytest.mark.parametrize("write", [igc, gpx])
@pytest.mark.parametrize("lon_deg", [-0.02, 179.9])
def test_a_flight_of_three_days_is_the_same_in_every_format(
    drifting, written, saved, write, lon_deg
):
    """Over two midnights, over 0 or 180 degrees, in the southern half: as in a CSV."""
    rows = drifting(1_300, 120.0, -60.0, lon_deg)
    told, plain = only(saved(write(rows))), only(written(rows))
    assert told.epoch == plain.epoch
    np.testing.assert_allclose(told.time_s, plain.time_s, atol=1.0)
    assert np.linalg.norm(told.normal - plain.normal, axis=1).max() * 6_371e3 < 3.0
    np.testing.assert_allclose(told.height_m, plain.height_m, atol=0.6)
    if write is igc:
        assert any("midnight 2 times" in note for note in told.notes)


def test_a_date_stated_again_counts_no_day_twice(drifting, saved):
    """Recorders write a new date at midnight; some repeat the first one."""
    rows = drifting(900, 120.0)
    span_s = rows[-1, 0] - rows[0, 0]
    second = np.flatnonzero(rows[:, 0] >= START + 41_600.0)[0]  # after midnight
    lines = igc(rows).splitlines()
    for date in ("HFDTE140920", "HFDTE130920", "HFDTEDATE:140920,01"):
        text = "\n".join([*lines[: 3 + second], date, *lines[3 + second :]])
        track = only(saved(text))
        assert track.time_s[-1] == pytest.approx(span_s, abs=1.0), date


def test_what_a_recorder_marks_as_not_valid_is_left_out(drifting, saved):
    rows = drifting(200, 120.0)
    blind = [(START - 60.0 * k, 0.0, 0.0, 0.0) for k in range(1, 9)]
    text = igc(rows).splitlines()
    spoilt = [fix(*row, valid="V") for row in reversed(blind)]
    track = only(saved("\n".join([*text[:3], *spoilt, *text[3:]])))
    assert len(track.time_s) == 200
    assert any("8 fixes that the recorder marks as not valid" in note for note in track.notes)


def test_the_pressure_altitude_serves_where_there_is_no_other(drifting, saved):
    rows = drifting(100, 120.0)
    flat = rows * np.array([1.0, 1.0, 1.0, 0.0])
    track = only(saved(igc(flat, pressure_m=17_999.0)))
    assert (track.height_m == 17_999.0).all()
    assert any("pressure altitude was taken" in note for note in track.notes)
    assert fix(START, 1.0, 1.0, -12.0)[30:35] == "-0012"
    low = np.array([(START + 60.0 * k, 50.0, 0.001 * k, -12.0) for k in range(50)])
    assert only(saved(igc(low))).height_m.min() == -12.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("AXXX\nHFDTE000000\n" + fix(START, 1.0, 1.0, 9.0), "without a date"),
        ("AXXX\n" + fix(START, 1.0, 1.0, 9.0), "without a date"),
        ("AXXX\nHFDTE130920\nLXXX nothing\n", "without a valid fix"),
        ("AXXX\nHFDTE130920\n" + fix(START, 1.0, 1.0, 9.0), "one fix at a time of its own"),
        (gpx([]), "without a point"),
        (gpx([(START, 1.0, 1.0, 9.0)])[:-40], "no whole XML"),
        ("<kml><Document/></kml>", "KML without a place"),
        ('{"timestamp": 1.6e9, "trace": [[0.0, 1.0', "no whole track"),
        ('{"timestamp": 1.6e9, "trace": [[0.0]]}', "no whole track"),
        ("Timestamp,UTC,Position,Altitude\n1600000000,x,here,100\n", "no whole track"),
        ("Timestamp,UTC,Position,Altitude\n", "no fix"),
    ],
)
def test_what_is_no_flight_is_refused_in_words(saved, text, words):
    with pytest.raises(OverflightError, match=words):
        reading.read_tracks([saved(text)])


def test_a_document_type_is_refused_before_anything_is_expanded(drifting, saved):
    """The billion laughs, a file of the machine, and both under another encoding."""
    laughs = '<!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    outside = '<!DOCTYPE gpx SYSTEM "file:///etc/hostname">'
    for head in (laughs, outside):
        text = gpx(drifting(50, 120.0), head=head)
        with pytest.raises(OverflightError, match="declares a document type"):
            reading.read_tracks([saved(text)])
    spelt = gpx(drifting(50, 120.0), head=laughs).replace('"1.0"?', '"1.0" encoding="cp037"?')
    with pytest.raises(OverflightError):
        reading.read_tracks([saved(spelt.encode("cp037"))])


def test_two_tracks_of_a_gpx_are_two_balloons(drifting, saved):
    one = gpx(drifting(60, 120.0))
    body = one[one.index("<trk>") : one.index("</gpx>")]
    found = loggers.raws(saved(one.replace("</gpx>", body + "</gpx>")))
    assert [raw.id for raw in found] == ["track 1 Flight & more", "track 2 Flight & more"]
    old = gpx(drifting(60, 120.0), root='<gpx version="1.0">')
    assert len(loggers.raws(saved(old))[0].time) == 60


def test_transponders_in_both_forms(drifting, written, saved):
    rows = drifting(100, 120.0)
    feet = rows[:, 3] / 0.3048
    trace = ",".join(
        f"[{t - START}, {lat}, {lon}, {up:.0f}, null]"
        for (t, lat, lon, _), up in zip(rows, feet, strict=True)
    )
    table = "Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction\n" + "\n".join(
        f'{t:.0f},x,HBAL1,"{lat},{lon}",{up:.0f},5,90'
        for (t, lat, lon, _), up in zip(rows, feet, strict=True)
    )
    wide = "time,icao24,lat,lon,velocity,onground,baroaltitude,geoaltitude\n" + "\n".join(
        f"{t:.0f},abc123,{lat},{lon},9,False,{h:.1f},{h:.1f}" for t, lat, lon, h in rows
    )
    plain = only(written(rows))
    for text in (f'{{"timestamp": {START}, "trace": [{trace}]}}', table, wide):
        track = only(saved(text))
        np.testing.assert_allclose(track.time_s, plain.time_s, atol=1.0)
        np.testing.assert_allclose(track.height_m, plain.height_m, atol=0.3)
    ground = '{"timestamp": 1.6e9, "trace": [[0, 1.0, 1.0, "ground"], [60, 1.0, 1.01, 300]]}'
    assert only(saved(ground)).height_m.tolist() == pytest.approx([0.0, 91.44])


def test_the_controls_are_read_as_they_are(shared_data):
    """A competition balloon over Germany, an airliner over Central America."""
    folder = shared_data / "telemetry" / "controls"
    balloon = only(folder / "hotair_5AD_20170604.igc")
    lat_deg, lon_deg = lat_lon_deg(*balloon.normal[60])
    assert (lat_deg, lon_deg) == (pytest.approx(49.5, abs=0.3), pytest.approx(9.9, abs=0.3))
    assert 250.0 < balloon.height_m.min() < balloon.height_m.max() < 1_950.0
    assert np.datetime_as_string(balloon.epoch, "D") == "2017-06-04"
    airliner = only(folder / "adsb_readsb_ac671b_20250204.json")
    assert 10_000.0 < airliner.height_m.max() < 12_500.0
