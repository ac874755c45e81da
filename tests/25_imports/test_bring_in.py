"""Files into a case: rows that can be read back, models apart, and nothing half-written."""

import csv
import json
import zipfile

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.case.load import load
from overflight.case.vocabulary import Attribution, Use
from overflight.errors import OverflightError
from overflight.imports import cells, door, tracks
from overflight.release.csvsafe import cell

HEAD = "time,lat,lon,alt_m\n"


def fixes(n=40, step_s=60, start="2023-02-01T18:00:00", lat=46.0, lon=-112.0):
    seconds = np.datetime64(start) + np.arange(n) * np.timedelta64(step_s, "s")
    high = 17_000.0 + 40.0 * np.sin(np.arange(n) * 2.1)
    return "".join(
        f"{at}Z,{lat + 0.0001 * k:.5f},{lon + 0.006 * k:.5f},{high[k]:.1f}\n"
        for k, at in enumerate(seconds)
    )


def files_of(case):
    return {one.name: one.read_bytes() for one in case.iterdir() if one.is_file()}


def test_fixes_become_sightings_that_a_case_loads(folder, saved, bring):
    before = (folder / "sightings.csv").read_bytes()
    found = bring(saved(HEAD + fixes(), "track.csv"), folder)
    case = load(folder)
    new = [one for one in case.sightings if one.source == "track"]
    assert len(new) == 4  # one in ten minutes
    assert {one.attribution for one in new} == {Attribution.TELEMETRY}
    assert (folder / "sightings.csv").read_bytes().startswith(before)
    source = next(one for one in case.sources if one.id == "track")
    assert source.archived_sha256 == door.digest(folder.parent / "track.csv")
    report = json.loads((folder / "imports" / "track.report.json").read_text("utf-8"))
    assert report["sha256"] == source.archived_sha256
    assert ["left out", "36 thinned"] in [[a, b[:10]] for a, b in report["account"]]
    assert ("lat", "column 2 'lat': its heading") in found.said
    with pytest.raises(OverflightError, match="imported before"):
        bring(folder.parent / "track.csv", folder)


def test_a_dry_run_writes_nothing(folder, saved, bring):
    before = files_of(folder)
    found = bring(saved(HEAD + fixes()), folder, dry=True)
    assert found.added
    assert files_of(folder) == before
    assert not (folder / "imports").exists()


def test_bad_rows_are_left_out_and_told(folder, saved, bring):
    rows = fixes(30).splitlines()
    bad = ["2023-02-01T17:59:00Z,0,0,0", rows[3], "2023-02-01T18:10:30Z,12.0,50.0,17000",
           "never,46.0,-112.0,17000"]  # fmt: skip
    shuffled = [*bad[:1], *reversed(rows), *bad[1:]]
    found = bring(saved(HEAD + "\n".join(shuffled)), folder, every_s=0.0)
    said = "\n".join(words for what, words in found.said if what in ("left out", "note"))
    for words in ("1 at 0 N 0 E", "1 a moment that was there", "1 further from the rows",
                  "1 no time", "put in order"):  # fmt: skip
        assert words in said
    assert sum(one.source == "file" for one in load(folder).sightings) == 30


def test_a_receivers_first_guesses_are_left_out(folder, saved, bring):
    guesses = fixes(3, start="2023-02-01T17:57:00", lat=22.5, lon=114.0)
    found = bring(saved(HEAD + guesses + fixes(60)), folder, every_s=0.0)
    assert any("3 a few rows elsewhere" in words for _, words in found.said)


def test_a_model_is_never_a_sighting(shared_data, folder, bring):
    path = shared_data / "telemetry" / "raw_formats" / "hysplit_tdump14010100_dateline"
    before = (folder / "sightings.csv").read_bytes()
    found = bring(path, folder)
    assert any(what == "MODEL" for what, _ in found.said)
    assert (folder / "sightings.csv").read_bytes() == before
    statement = load(folder).statements[-1]
    assert statement.modality == "predicted"
    assert (folder / "imports" / f"{statement.source}.model.csv").read_text().startswith("# MODEL")
    with pytest.raises(OverflightError, match="never a sighting"):
        bring(path, folder, kind="fixes")


def test_a_locators_size_is_its_error(folder, saved, bring):
    rows = "Timestamp,Call,Grid,Reporter\n2023-02-01 22:00,AB1CD,DN45,K1A\n"
    rows += "2023-02-01 22:00,AB1CD,DN45,K2B\n2023-02-01 23:00,AB1CD,DN55,K1A\n"
    bring(saved(rows), folder)
    new = [one for one in load(folder).sightings if one.source == "file"]
    assert [(one.lat_deg, one.lon_deg) for one in new] == [(45.5, -111.0), (45.5, -109.0)]
    assert new[0].position_sd_m == pytest.approx(111_195 * 2 * 0.7009 / 12**0.5, rel=0.01)


def test_feet_are_not_guessed_in_between(saved):
    climb = "".join(
        f"2023-02-01T18:{k:02d}:00Z,46.0{k:02d},-112.0{k:02d},{1_000 * k}\n" for k in range(50)
    )
    with pytest.raises(OverflightError, match=r"rise by 17 a second.*--height-unit ft"):
        door.open_file(saved("time,lat,lon,alt\n" + climb), tracks.Answers())
    (found,) = door.open_file(
        saved("time,lat,lon,alt\n" + climb), tracks.Answers(height_unit="ft")
    ).tracks
    assert found.raw.height_m[10] == pytest.approx(3_048.0)


def test_reports_wait_and_stay_text(folder, saved, bring):
    rows = 'time,lat,lon,description\n2023-02-01T22:30Z,45-46.8N,108-30.0W,"=HYPERLINK(""x"")"\n'
    bring(saved(rows), folder, cell, kind="sightings", position_sd="20 km")
    one = load(folder).sightings[-1]
    assert (one.use, one.attribution) == (Use.NO, Attribution.UNRESOLVED)
    assert (one.lat_deg, one.lon_deg) == (45.78, -108.5)
    assert one.quote == '\'=HYPERLINK("x")'


def test_a_sheet_of_the_archiver_becomes_sources(folder, saved, bring):
    rows = "Link,Archive status,Upload title,Hash\n"
    rows += f"https://example.org/1,success,@SUM(A1),SHA-256~{'ab' * 32}\n"
    rows += f"https://example.org/2,success,b,SHA3-512~{'ab' * 64}\njavascript:1,nothing,,\n"
    bring(saved(rows), folder, cell)
    new = load(folder).sources[-2:]
    assert [one.archived_sha256 for one in new] == ["ab" * 32, None]
    assert new[0].title == "'@SUM(A1)"


def test_a_workbook_is_known_whatever_its_name(folder, tmp_path, bring):
    book = openpyxl.Workbook()
    for row in csv.reader((HEAD + fixes()).splitlines()):
        book.active.append(row)
    path = tmp_path / "track.gpx"
    book.save(path)
    assert bring(path, folder).driver == "workbook of fixes"


def test_a_bomb_is_refused_before_it_is_opened(folder, tmp_path, bring):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(201):
                sheet.write(b" " * 1_000_000)
    with pytest.raises(OverflightError, match="unpacks to more than 200 MB"):
        bring(path, folder)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no bytes"),
        (b"\x00\x01\x02" * 99, "is not text"),
        (b"PK\x03\x04 no archive", "cannot be unpacked"),
        (b"<kml><!DOCTYPE a [<!ENTITY b 'c'>]></kml>", "XML|document type"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><kml>&b;</kml>", "document type"),
        (b"<html><script>alert(1)</script></html>", "no kind that can be imported"),
        (b"{}", "no kind that can be imported"),
        (b"time,lat,lon\n", "no column is a place"),
        (b"\xff\xfe\xfd,\xff\n1,2\n", "no column is a place"),
    ],
)
def test_other_files_are_refused_in_words(folder, saved, bring, content, words):
    before = files_of(folder)
    with pytest.raises(OverflightError, match=words):
        bring(saved(content), folder)
    assert files_of(folder) == before


def test_a_file_that_is_too_large_is_refused(folder, tmp_path, bring):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200_000_001)
    with pytest.raises(OverflightError, match="at most 200 MB"):
        bring(path, folder)
    with pytest.raises(OverflightError, match="a folder or a device"):
        bring(tmp_path, folder)


def test_kml_with_times_is_read(folder, saved, bring):
    marks = "".join(
        f"<Placemark><TimeStamp><when>{row.split(',')[0]}</when></TimeStamp><Point><coordinates>"
        f"{row.split(',')[2]},{row.split(',')[1]},17000</coordinates></Point></Placemark>"
        for row in fixes().splitlines()
    )
    path = saved(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>')
    assert bring(path, folder).driver == "kml"
    assert sum(one.source == "file" for one in load(folder).sightings) == 4
    with pytest.raises(OverflightError, match="1 lines without times"):
        bring(saved("<kml><LineString><coordinates>1,2</coordinates></LineString></kml>"), folder)


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
)
def test_no_bytes_end_in_a_fault(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "a"
    path.write_bytes(content)
    try:
        door.open_file(path, tracks.Answers())
    except OverflightError as error:
        assert error.remedy  # noqa: PT017


CELLS = st.sampled_from([
    "", "12.345678", "-112.5", "2023-02-01T00:00Z", "06/04/2018", "12:00", "DN45", "99:99", "1e999",
    "nan", "34-29.4", "=1", "\u0661", "31/31/2020 25:61",
])  # fmt: skip


@given(
    st.lists(st.sampled_from(["time", "lat", "lon", "alt", "grid", "date", "id"]), max_size=6),
    st.lists(st.lists(CELLS, max_size=6), max_size=8),
)
def test_no_table_ends_in_a_fault(heads, rows):
    try:
        tracks.of_rows([heads, *rows], "a", tracks.Answers())
    except OverflightError as error:
        assert error.remedy  # noqa: PT017


@given(st.floats(-89.9, 89.9), st.floats(0.0, 179.9))
def test_degrees_and_minutes_come_back(lat, lon):
    def text(value, letters):
        whole, minutes = divmod(abs(value) * 60.0, 60.0)
        if f"{minutes:.4f}" == "60.0000":
            whole, minutes = whole + 1, 0.0
        return f"{int(whole)}-{minutes:.4f}{letters[value < 0]}"

    assert cells.degrees(text(lat, "NS")) == pytest.approx(lat, abs=1e-5)
    assert cells.degrees(text(lon, "EW")) == pytest.approx(lon, abs=1e-5)
