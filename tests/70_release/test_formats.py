"""Every open format is read by a program that is not ours, and says what the paths say."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as Tree

import numpy as np
import pytest
import strict
import wandering
from breakouts import HOSTILE

from overflight.errors import OverflightError
from overflight.release.formats import cf, czml, geojson, gpx, kml, mfjson, plots, table, writing
from overflight.release.formats.text import plain
from overflight.release.formats.tracks import Circle, Piece, cut_at_dateline

GX = "{http://www.google.com/kml/ext/2.2}"
KML = "{http://www.opengis.net/kml/2.2}"


@pytest.fixture(scope="module")
def tracks(tmp_path_factory):
    return wandering.tracks(tmp_path_factory.mktemp("paths"))


@pytest.fixture(scope="module")
def written(tracks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("formats")
    writing.write(tracks, tuple(writing.DRAWN), folder)
    return folder


def test_the_paths_come_back_from_netcdf(tmp_path):
    drawn = wandering.paths()
    cf.write(drawn, wandering.ABOUT, tmp_path / "a.nc")
    back = cf.read(tmp_path / "a.nc")
    np.testing.assert_allclose(back.lat_deg, drawn.lat_deg, atol=1e-5)
    np.testing.assert_allclose(back.lon_deg, drawn.lon_deg, atol=2e-5)
    np.testing.assert_allclose(back.weight, drawn.weight, rtol=1e-12)
    assert back.epoch == drawn.epoch
    cf.write(drawn, wandering.ABOUT, tmp_path / "b.nc")
    assert (tmp_path / "a.nc").read_bytes() == (tmp_path / "b.nc").read_bytes()


def test_the_checker_of_cf_finds_no_error(tmp_path):
    cf.write(wandering.paths(), wandering.ABOUT, tmp_path / "paths.nc")
    report = tmp_path / "report.json"
    code = (
        "import sys, warnings; warnings.simplefilter('ignore')\n"
        "from compliance_checker.runner import CheckSuite, ComplianceChecker\n"
        "CheckSuite.load_all_available_checkers()\n"
        "ComplianceChecker.run_checker(sys.argv[1], ['cf:1.11'], 1, 'normal',"
        " output_filename=sys.argv[2], output_format='json')\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "paths.nc"), str(report)], check=True
    )
    found = json.loads(report.read_text())["cf:1.11"]
    assert found["high_count"] == found["medium_count"] == 0
    assert found["scored_points"] == found["possible_points"]


def test_xarray_reads_times_heights_and_weights(tmp_path):
    import xarray as xr

    drawn = wandering.paths()
    cf.write(drawn, wandering.ABOUT, tmp_path / "paths.nc")
    with xr.open_dataset(tmp_path / "paths.nc", engine="h5netcdf") as data:
        assert data.sizes == {"trajectory": 12, "obs": 480}
        assert data["time"].values[0, 0] == np.datetime64("2023-02-01T00:00:00")
        assert data["alt"].attrs["positive"] == "up"
        np.testing.assert_allclose(np.exp(data["log_weight"]).sum(), 1.0)


def test_geojson_holds_to_rfc_7946_and_gdal_reads_it(tracks, written):
    import pyogrio

    whole = json.loads((written / geojson.NAME).read_text(encoding="utf-8"))
    strict.geojson(whole)
    paths = [one for one in whole["features"] if one["properties"]["kind"] == "path"]
    assert len(paths) == 1 + len(tracks.members)
    assert any(one["geometry"]["type"] == "MultiLineString" for one in paths)
    info = pyogrio.read_info(written / geojson.NAME)
    assert info["features"] == len(whole["features"])
    assert "4326" in str(info["crs"])
    for one in paths:
        times, lines = one["properties"]["times"], one["geometry"]["coordinates"]
        if one["geometry"]["type"] == "LineString":
            times, lines = [times], [lines]
        assert [len(a) for a in times] == [len(b) for b in lines]


@pytest.mark.parametrize("broken", ["dateline", "ring", "latitude"])
def test_the_strict_reader_notices(broken, written):
    whole = json.loads((written / geojson.NAME).read_text(encoding="utf-8"))
    line = {"type": "LineString", "coordinates": [[179.0, 0.0], [-179.0, 0.0]]}
    ring = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]}
    point = {"type": "Point", "coordinates": [50.0, 120.0]}
    shape = {"dateline": line, "ring": ring, "latitude": point}[broken]
    whole["features"].append({"type": "Feature", "properties": {}, "geometry": shape})
    with pytest.raises(AssertionError):
        strict.geojson(whole)


def test_a_path_is_cut_where_its_great_circle_crosses():
    piece = Piece(*(np.array(v) for v in (
        [179.0, -179.0], [60.0, 60.0], [18_000.0, 19_000.0], [0.0, 600.0]
    )))  # fmt: skip
    east, west = cut_at_dateline(piece)
    assert (east.lon_deg[-1], west.lon_deg[0]) == (180.0, -180.0)
    top = np.degrees(np.arctan(np.tan(np.radians(60.0)) / np.cos(np.radians(1.0))))
    assert east.lat_deg[-1] == west.lat_deg[0] == pytest.approx(top, abs=1e-9)
    assert east.height_m[-1] == pytest.approx(18_500.0)
    assert west.time_s[0] == pytest.approx(300.0)


def test_a_step_over_the_pole_is_no_crossing():
    piece = Piece(*(np.array(v) for v in ([10.0, -170.0], [89.9, 89.9], [1.0, 1.0], [0.0, 1.0])))
    assert len(cut_at_dateline(piece)) == 1


def test_a_circle_around_the_pole_holds_the_pole():
    from shapely.geometry import Point

    around = geojson.fixed(Circle(0, 0.5, 88.0, 30.0, 600e3).ring())
    assert sum(shape.covers(Point(-150.0, 89.9)) for shape in around) == 1
    across = geojson.fixed(Circle(0, 0.5, 50.0, 179.5, 200e3).ring())
    assert len(across) == 2


def test_kml_holds_to_its_schema_and_gdal_reads_it(tracks, written):
    import pyogrio
    from fastkml.validator import validate

    path = written / kml.NAME
    assert validate(file_to_validate=path)
    root = Tree.fromstring(path.read_bytes())
    assert len(root.findall(f".//{GX}MultiTrack")) >= 1
    found = root.findall(f".//{GX}Track")
    assert len(found) >= 1 + len(tracks.members)
    for track in found:
        assert len(track.findall(f"{KML}when")) == len(track.findall(f"{GX}coord"))
    names = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(set(names)) == len(names)
    assert all(name[0].isalpha() for name in names)
    assert len(pyogrio.list_layers(path)) >= 3
    with zipfile.ZipFile(written / kml.ZIPPED) as file:
        assert file.namelist() == ["doc.kml"]
        assert file.read("doc.kml") == path.read_bytes()


def test_a_description_cannot_run_in_a_globe(written):
    root = Tree.fromstring((written / kml.NAME).read_bytes())
    shown = [one.text or "" for one in root.iter(f"{KML}description")]
    packets = json.loads((written / czml.NAME).read_text(encoding="utf-8"))
    shown += [one.get("description", "") for one in packets]
    assert any("&lt;script&gt;" in text for text in shown)
    assert not any("<script" in text or "<img" in text for text in shown)


def test_czml_and_moving_features_hold_to_their_specifications(written):
    strict.czml(json.loads((written / czml.NAME).read_text(encoding="utf-8")))
    strict.mfjson(json.loads((written / mfjson.NAME).read_text(encoding="utf-8")))


def test_gdal_reads_gpx(tracks, written):
    import pyogrio

    path = written / gpx.NAME
    layers = {str(row[0]) for row in pyogrio.list_layers(path)}
    assert {"waypoints", "tracks", "track_points"} <= layers
    assert pyogrio.read_info(path, layer="tracks", force_feature_count=True)["features"] == 1 + len(
        tracks.members
    )
    assert pyogrio.read_info(path, layer="waypoints", force_feature_count=True)["features"] == len(
        HOSTILE
    )
    root = Tree.fromstring(path.read_bytes())
    places = [one for one in root.iter() if one.get("lon")]
    assert all(-180.0 <= float(one.get("lon")) < 180.0 for one in places)
    point = root.find("{*}wpt")
    order = [child.tag.rpartition("}")[2] for child in point]
    assert order == ["time", "name", "desc", "src"]


def test_the_table_is_safe_and_whole(tracks, written):
    import csv

    with (written / table.NAME).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["path"] for row in rows} == {"middle"} | {
        str(n) for n in range(1, len(tracks.members) + 1)
    }
    assert all(row["wind"] == "climatology: prior only" for row in rows)


def test_pictures_carry_no_text_and_come_out_the_same(tracks, written, tmp_path):
    plots.write(tracks, tmp_path)
    for name in ("map", "heights"):
        raw = (written / plots.FOLDER / f"{name}.png").read_bytes()
        assert raw.startswith(b"\x89PNG")
        assert not {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"} & {
            kind for kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME") if kind in raw
        }
        assert raw == (tmp_path / plots.FOLDER / f"{name}.png").read_bytes()


def test_formats_come_out_the_same_twice(tracks, written, tmp_path):
    writing.write(tracks, [name for name in writing.DRAWN if name != "png"], tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (written / path.name).read_bytes(), path.name


@pytest.mark.parametrize("name", [
    "\u0628\u0627\u0644\u0648\u0646", "\u6c14\u7403 \U0001f388", "a" * 5_000, "\x00\ud800\ufffe",
    "\u202egnp.exe", "]]><script>", "=1+1",
])  # fmt: skip
def test_names_in_any_script_and_of_any_length_are_kept(name, tracks, tmp_path):
    from fastkml.validator import validate

    marked = tuple(replace(one, label=name, source_name=name) for one in tracks.sightings[:1])
    named = replace(tracks, title=name, sightings=marked)
    writing.write(named, ["kml", "gpx", "geojson", "czml", "csv"], tmp_path)
    assert validate(file_to_validate=tmp_path / kml.NAME)
    root = Tree.fromstring((tmp_path / gpx.NAME).read_bytes())
    assert root.find("{*}metadata/{*}name").text == plain(name)
    whole = json.loads((tmp_path / geojson.NAME).read_text(encoding="utf-8"))
    assert whole["title"] == plain(name)
    assert all(len(path.name) < 30 for path in tmp_path.iterdir())


def test_the_middle_is_on_the_sphere(tracks):
    lat, _, height = tracks.middle
    assert np.isfinite(lat).sum() > 400
    assert np.all(np.abs(lat[np.isfinite(lat)]) <= 90.0)
    assert np.nanmedian(height) == pytest.approx(18_300.0)


def test_nine_tenths_of_the_weight_are_in_the_wider_circle(tracks):
    from overflight.release.mapdata import EARTH_MEAN_RADIUS_M, unit_vectors

    for circle in tracks.circles():
        column = circle.column
        vectors = unit_vectors(tracks.lat_deg[:, column], tracks.lon_deg[:, column])
        middle = unit_vectors(np.array([circle.lat_deg]), np.array([circle.lon_deg]))
        angle = np.arccos(np.clip((vectors * middle).sum(axis=0), -1.0, 1.0))
        known = np.isfinite(angle)
        inside = known & (
            np.where(known, angle, 9.0) * EARTH_MEAN_RADIUS_M <= circle.radius_m + 1.0
        )
        assert tracks.weight[inside].sum() >= circle.share * tracks.weight[known].sum() - 1e-9


def test_an_unknown_format_is_named():
    with pytest.raises(OverflightError, match="shapefile"):
        writing.chosen("kml,shapefile")


def test_a_file_that_is_no_netcdf_is_named(tmp_path):
    (tmp_path / cf.NAME).write_bytes(b"paths")
    with pytest.raises(OverflightError, match=r"paths\.nc cannot be read"):
        cf.read(tmp_path / cf.NAME)
