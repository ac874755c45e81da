"""Layers that a person brings: files of other programs, mended or refused, kept in the case."""

import json
import sqlite3
import zipfile
from datetime import UTC, datetime

import antimeridian
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layerfiles import feature, geojson, kml, ring, square, written, zipped

from overflight.case.layers import adding, mending, reading
from overflight.case.layers.adding import Options
from overflight.errors import CaseError, MissingExtraError
from overflight.inference.watched import outline

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def add(folder, file, **options):
    return adding.add(folder.path, file, Options(**options), NOW)


def shapes(folder):
    """Zones of the case as it reads them, by name: polygons of lon, lat."""
    return {area.name: outline(area.polygons) for area in folder.read().areas}


def off_m(one, other):
    """How far apart two outlines are, roughly, in metres."""
    return 111_195.0 * shapely.hausdorff_distance(one, other, densify=0.05)


# --- the formats, written by others ---------------------------------------------------------------


HOLED = shapely.difference(square(), shapely.box(24.5, 54.2, 25.0, 54.6))
FORMATS = [
    ("GPKG", "zones.gpkg"),
    ("ESRI Shapefile", "zones.shp"),
    ("FlatGeobuf", "zones.fgb"),
    ("KML", "zones.kml"),
    ("GeoJSON", "zones.geojson"),
]


@pytest.mark.parametrize(("driver", "name"), FORMATS, ids=[name for name, _ in FORMATS])
def test_a_zone_with_a_hole_comes_through_every_format(folder, tmp_path, driver, name):
    column = "Name" if driver == "KML" else "name"
    file = written(tmp_path / name, [HOLED], driver=driver, **{column: ["Vilnius"]})
    made = add(folder, file, kind="fir", licence="Somebody, CC BY 4.0")
    assert made.zones == (("Vilnius", "fir"),)
    (area,) = folder.read().areas
    assert (area.name, area.kind, area.licence) == ("Vilnius", "fir", "Somebody, CC BY 4.0")
    assert shapely.symmetric_difference(shapes(folder)["Vilnius"], HOLED).area < 1e-9
    assert made.provenance["driver"] == driver.replace("GPKG", "GeoPackage")
    assert made.provenance["added"] == "2026-11-27T12:00:00+00:00"
    assert len(made.provenance["sha256"]) == 64


def test_a_zipped_shapefile_is_read_with_its_projection(folder, tmp_path):
    way = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:3346", always_xy=True)
    there = shapely.transform(square(), lambda xy: np.stack(way.transform(*xy.T), -1))
    written(tmp_path / "zones.shp", [there], "EPSG:3346", "ESRI Shapefile", name=["LT"])
    parts = sorted(tmp_path.glob("zones.*"))
    file = zipped(tmp_path / "all.zip", *parts)
    made = add(folder, file, kind="restricted")
    assert off_m(shapes(folder)["LT"].normalize(), square().normalize()) < 3_000.0
    assert any("EPSG:3346" in line for line in made.provenance["repairs"])


def test_a_file_of_fastkml_is_read_with_names_points_and_several_parts(folder, tmp_path):
    both = shapely.MultiPolygon([square(), square(west=30.0)])
    file = kml(tmp_path / "k.kml", [both, shapely.Point(25.2858, 54.6370)], ["two", "EYVI"])
    made = add(folder, file, kind="airport", radius_m=20_000.0)
    assert made.zones == (("two", "airport"), ("EYVI", "airport"))
    found = shapes(folder)
    assert shapely.symmetric_difference(found["two"], both).area < 1e-9
    geod = pyproj.Geod(ellps="WGS84")
    lon, lat = np.array(found["EYVI"].geoms[0].exterior.coords).T
    _, _, far_m = geod.inv(np.full(lon.size, 25.2858), np.full(lon.size, 54.6370), lon, lat)
    assert np.abs(far_m - 20_000.0).max() < 0.2


def test_a_kmz_is_read(folder, tmp_path):
    inner = kml(tmp_path / "doc.kml", [square()], ["LT"])
    with zipfile.ZipFile(tmp_path / "z.kmz", "w") as packed:
        packed.write(inner, "doc.kml")
    add(folder, tmp_path / "z.kmz", kind="eez")
    assert shapes(folder)["LT"].area == pytest.approx(2.0)


def test_a_layer_of_several_is_chosen_and_no_other_guessed(folder, tmp_path):
    import pyogrio

    file = written(tmp_path / "two.gpkg", [square()], layer="firs", ident=["EYVL"])
    pyogrio.raw.write(
        str(file), np.array([shapely.to_wkb(square())], object), [np.array(["x"], object)],
        ["name"], geometry_type="Polygon", crs="EPSG:4326", driver="GPKG", layer="other",
        append=True,
    )  # fmt: skip
    with pytest.raises(CaseError, match=r"2 layers.*--layer"):
        add(folder, file)
    assert add(folder, file, layer="firs", name_field="ident").zones == (("EYVL", "other"),)


@pytest.mark.parametrize("crs", ["EPSG:32635", "EPSG:3857", "EPSG:3035", "EPSG:2180", "EPSG:4267"])
def test_any_projection_becomes_wgs84_and_long_edges_stay_where_they_were(folder, tmp_path, crs):
    """Edges that are straight in the projection: a hundred points of each are compared."""
    back = pyproj.Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)
    there = pyproj.Transformer.from_crs("OGC:CRS84", crs, always_xy=True)
    corners = np.stack(
        there.transform(*np.array(square(20.0, 50.0, 6.0, 5.0).exterior.coords).T), -1
    )
    drawn = shapely.Polygon(corners)
    written(tmp_path / "z.gpkg", [drawn], crs, name=["Z"])
    add(folder, tmp_path / "z.gpkg", kind="fir")
    dense = shapely.segmentize(drawn, drawn.length / 400.0)
    true = shapely.transform(dense, lambda xy: np.stack(back.transform(*xy.T), -1))
    if crs == "EPSG:4267":  # degrees: straight in degrees
        true = shapely.transform(drawn, lambda xy: np.stack(back.transform(*xy.T), -1))
    assert 111_195.0 * shapely.hausdorff_distance(shapes(folder)["Z"], true) < 60.0


def test_a_polar_projection_whose_zone_holds_the_pole(folder, tmp_path):
    round_pole = shapely.Point(0.0, 0.0).buffer(1_000_000.0, 64)
    written(tmp_path / "z.gpkg", [round_pole], "EPSG:3031", name=["cap"])
    made = add(folder, tmp_path / "z.gpkg")
    cap = shapes(folder)["cap"]
    west, south, east, north = cap.bounds
    assert (west, south, east) == (-180.0, -90.0, 180.0)
    assert north == pytest.approx(-80.84, abs=0.1)
    assert shapely.contains_xy(cap, [0.0, 179.0, -100.0], [-85.0, -89.0, -82.0]).all()
    assert any("south pole" in line for line in made.provenance["repairs"])


# --- what is mended -------------------------------------------------------------------------------


def test_a_ring_that_crosses_itself_is_mended_with_its_area_told(folder, tmp_path):
    bow = ring((20, 50), (22, 52), (22, 50), (20, 52), (20, 50))
    made = add(folder, geojson(tmp_path / "b.geojson", bow), kind="adiz")
    assert shapes(folder)["east"].area == pytest.approx(2.0)
    (line,) = [line for line in made.provenance["repairs"] if "crosses itself" in line]
    assert "near 51.0000, 21.0000" in line
    assert "km2 before" in line


DATELINE = [
    ("across", [(170, 50), (-170, 50), (-170, 60), (170, 60), (170, 50)]),
    ("0 to 360", [(170, 50), (190, 50), (190, 60), (170, 60), (170, 50)]),
    ("beyond -180", [(-190, 50), (-170, 50), (-170, 60), (-190, 60), (-190, 50)]),
    ("clockwise", [(170, 50), (170, 60), (-170, 60), (-170, 50), (170, 50)]),
    ("open", [(170, 50), (-170, 50), (-170, 60), (170, 60)]),
    ("a corner twice", [(170, 50), (-170, 50), (-170, 50), (-170, 60), (170, 60), (170, 50)]),
]


@pytest.mark.parametrize("corners", [d[1] for d in DATELINE], ids=[d[0] for d in DATELINE])
def test_over_the_antimeridian_however_it_is_written(folder, tmp_path, corners):
    add(folder, geojson(tmp_path / "d.geojson", ring(*corners)))
    found = shapes(folder)["east"]
    assert len(found.geoms) == 2
    assert found.area == pytest.approx(200.0)
    assert shapely.contains_xy(found, [175.0, -175.0, 160.0], 55.0).tolist() == [True, True, False]
    text = (folder.path / "layers/d.geojson").read_text()
    (written_,) = json.loads(text)["features"]
    independent = antimeridian.fix_polygon(shapely.Polygon(DATELINE[0][1]), great_circle=False)
    ours = shapely.geometry.shape(written_["geometry"])
    assert shapely.symmetric_difference(ours, independent).area < 1e-9
    assert all(part.exterior.is_ccw for part in ours.geoms)


def test_around_a_pole_and_around_the_earth(folder, tmp_path):
    cap = ring(*[(lon, 70) for lon in range(-180, 180, 30)], (-180, 70), name="cap")
    band = ring((-180, 10), (180, 10), (180, 20), (-180, 20), (-180, 10), name="band")
    add(folder, geojson(tmp_path / "p.geojson", cap, band))
    found = shapes(folder)
    assert shapely.contains_xy(found["cap"], [0, 100, -170], [89, 71, 80]).all()
    assert found["cap"].area == pytest.approx(360 * 20)
    assert found["band"].area == pytest.approx(3_600)


def test_features_of_one_name_are_one_zone_and_taken_names_are_told(folder, tmp_path):
    folder.append(
        "case.yaml",
        "\nsites:\n  - {name: EAST, lat_deg: 45, lon_deg: -108, radius: 9 km}\n",
    )
    parts = [feature(square()), feature(square(west=26.0)), feature(square(west=40.0))]
    made = add(folder, geojson(tmp_path / "e.geojson", *parts), kind="fir")
    assert made.zones == (("east (fir)", "fir"),)
    assert len(shapes(folder)["east (fir)"].geoms) == 2
    assert any("3 features" in line for line in made.provenance["repairs"])
    assert any("was taken" in line for line in made.provenance["repairs"])


def test_levels_are_kept_where_they_are_flight_levels_and_told_where_not(folder, tmp_path):
    upper = feature(square(), Lower="FL245", UPPER="UNL", type="FIR")
    other = feature(square(west=30.0), name="other", lower="3500 ft", type="Danger Area")
    made = add(folder, geojson(tmp_path / "l.geojson", upper, other))
    first, second = folder.read().areas
    assert (first.kind, second.kind) == ("fir", "restricted")
    assert first.floor_m == pytest.approx(24_500 * 0.3048)
    assert (first.ceiling_m, second.floor_m) == (None, None)
    assert any("'3500 ft'" in line for line in made.provenance["repairs"])


def test_hostile_names_are_cleaned(folder, tmp_path):
    names = ["=cmd|' /C calc'!A0", "a\x1b[2J\u202eb", "", "x" * 500, "<script>alert(1)</script>"]
    parts = [feature(square(west=5.0 * k), name=name) for k, name in enumerate(names)]
    made = add(folder, geojson(tmp_path / "h.geojson", *parts))
    assert len(folder.read().areas) == 5
    assert all(name.isprintable() and 0 < len(name) <= 80 for name, _ in made.zones)
    assert made.zones[2][0] == "zone 3"


def test_outlines_are_simplified_only_when_asked(folder, tmp_path):
    fine = shapely.Point(25.0, 54.0).buffer(1.0, 2_000)
    file = written(tmp_path / "fine.gpkg", [fine], name=["fine"])
    before = add(folder, file).n_corners
    made = add(folder, file, replace=True, simplify_m=500.0)
    assert made.n_corners < before / 20
    assert off_m(shapes(folder)["fine"], fine) < 520.0


# --- what is refused, with nothing written --------------------------------------------------------


def text(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


PLACEMARK = (
    "<kml xmlns='http://www.opengis.net/kml/2.2'><Document><Placemark><name>A</name><Polygon>"
    "<outerBoundaryIs><LinearRing><coordinates>{}</coordinates></LinearRing></outerBoundaryIs>"
    "</Polygon></Placemark></Document></kml>"
)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<kml>&b;</kml>"
)
OUTSIDE = '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml>&x;</kml>'
LINE = json.dumps(feature({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}))
POINT = json.dumps(feature({"type": "Point", "coordinates": [0, 0]}))


def drawn(*corners):
    return json.dumps(ring(*corners))


HOSTILE = [
    ("empty", "a.kml", "", "an empty file"),
    ("a picture", "a.gpkg", b"\x89PNG\r\n\x1a\n0000", "no format"),
    ("half a GeoPackage", "a.gpkg", b"SQLite format 3\x00" + b"\xff" * 90, "not a whole"),
    ("an entity", "a.kml", BOMB, "document type"),
    ("an entity of a file", "a.kml", OUTSIDE, "document type"),
    ("an entity in UTF-16", "a.kml", BOMB.replace("1.0", "1.0").encode("utf-16"), "document type"),
    ("no XML", "a.kml", "<kml><Document>", "not XML"),
    ("other XML", "a.kml", "<html/>", "'html'"),
    ("deep XML", "a.kml", "<kml>" + "<a>" * 5_000, "nested too deeply"),
    ("a decimal comma", "a.kml", PLACEMARK.format("24,5,54,1 25,54"), "corner"),
    ("KML swapped", "a.kml", PLACEMARK.format("45,-108 45,-107 46,-107 45,-108"), "--swapped"),
    ("latitude 91", "a.geojson", drawn((0, 0), (1, 91), (300, 0), (0, 0)), "latitude 91"),
    ("metres", "a.geojson", drawn((500_000, 1), (500_900, 1), (5e5, 9), (5e5, 1)), "--crs"),
    ("NaN", "a.geojson", '{"type": "Point", "coordinates": [NaN, 1]}', "number that is none"),
    ("infinite", "a.geojson", drawn((0, 0), (1, 0), (1, 1), (0, 0)).replace("1]", "1e999]"),
     "no number"),
    ("deep JSON", "a.geojson", "[" * 200_000, "nested"),
    ("a number", "a.geojson", "{} 7", "line 1"),
    ("TopoJSON", "a.geojson", '{"type": "Topology"}', "'Topology'"),
    ("lines", "a.geojson", LINE,
     "without an outline"),
    ("a point", "a.geojson", POINT, "--radius"),
    ("no area", "a.geojson", drawn((0, 0), (1, 1), (2, 2), (0, 0)), "no zone with an area"),
    ("no corners", "a.geojson", json.dumps(ring()), "no zone with an area"),
    ("twice around", "a.geojson",
     json.dumps(ring(*[((k * 60 + 180) % 360 - 180, 50 + k % 2) for k in range(12)], (0, 50))),
     "2 times"),
    ("a linked system", "a.geojson", json.dumps({**ring((0, 0), (1, 0), (1, 1), (0, 0)),
     "crs": {"type": "link", "properties": {"href": "http://x"}}}), "without a name"),
    ("no zip", "a.zip", b"PK\x03\x04" + b"\0" * 60, "archive"),
    ("a virtual dataset", "a.shp", "<OGRVRTDataSource></OGRVRTDataSource>", "'OGRVRTDataSource'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "words"), [h[1:] for h in HOSTILE], ids=[h[0] for h in HOSTILE]
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(
    folder, tmp_path, name, content, words
):
    before = {path: path.read_bytes() for path in folder.path.rglob("*")}
    with pytest.raises(CaseError, match=words):
        add(folder, text(tmp_path / name, content))
    assert {path: path.read_bytes() for path in folder.path.rglob("*")} == before


@pytest.mark.parametrize("crs", ["EPSG:999999", "nonsense", "http://example.org/x"])
def test_an_unknown_system_is_refused(folder, tmp_path, crs):
    file = geojson(tmp_path / "a.geojson", feature(square()))
    with pytest.raises(CaseError, match="does not know"):
        add(folder, file, crs=crs)


def test_a_missing_system_is_refused_until_it_is_said(folder, tmp_path):
    written(tmp_path / "a.shp", [square()], "EPSG:4326", "ESRI Shapefile", name=["a"])
    (tmp_path / "a.prj").unlink()
    with pytest.raises(CaseError, match="--crs"):
        add(folder, tmp_path / "a.shp")
    assert add(folder, tmp_path / "a.shp", crs="EPSG:4326").zones == (("a", "other"),)
    file = written(tmp_path / "b.gpkg", [square()], name=["b"])
    with sqlite3.connect(file) as base:
        base.execute("UPDATE gpkg_geometry_columns SET srs_id = -1")
    base.close()
    with pytest.raises(CaseError, match="--crs"):
        add(folder, file)


def test_a_member_crs_of_old_is_honoured(folder, tmp_path):
    way = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:32635", always_xy=True)
    there = shapely.transform(square(), lambda xy: np.stack(way.transform(*xy.T), -1))
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32635"}}
    add(folder, geojson(tmp_path / "c.geojson", feature(there), crs=crs))
    assert off_m(shapes(folder)["east"], square()) < 3_000.0


def test_swapped_corners_are_turned_when_asked(folder, tmp_path):
    file = text(tmp_path / "s.kml", PLACEMARK.format("45,-108 45,-107 46,-107 45,-108"))
    add(folder, file, swapped=True)
    assert shapes(folder)["A"].bounds == (-108.0, 45.0, -107.0, 46.0)


@pytest.mark.parametrize(("kind", "n_bytes"), [(0, 0), (1, 32), (2, 48), (3, 48), (4, 64)])
def test_a_geometry_is_found_behind_every_kind_of_envelope(folder, tmp_path, kind, n_bytes):
    file = written(tmp_path / "e.gpkg", [HOLED], name=["e"])
    blob = b"GP\x00" + bytes([1 | kind << 1]) + (4326).to_bytes(4, "little") + bytes(n_bytes)
    with sqlite3.connect(file) as base:
        for trigger in base.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            base.execute(f'DROP TRIGGER "{trigger[0]}"')
        base.execute("UPDATE zones SET geom = ?", (blob + shapely.to_wkb(HOLED, byte_order=0),))
    base.close()
    add(folder, file)
    assert shapely.symmetric_difference(shapes(folder)["e"], HOLED).area < 1e-9


def test_zones_that_look_swapped_beside_the_sightings_are_told(folder, tmp_path):
    """A sighting near 46 N, 80 W, and a file that draws 46 E, 80 S."""
    folder.change("sightings.csv", "-109.54", "-79.54")
    turned = ring((38, -80), (48, -80), (48, -79), (38, -79), (38, -80))
    near = ring((-80, 38), (-80, 48), (-79, 48), (-79, 38), (-80, 38))
    for shape, doubted in ((turned, True), (near, False)):
        made = add(folder, geojson(tmp_path / "s.geojson", shape), replace=True)
        assert any("swapped" in line for line in made.provenance["repairs"]) == doubted


def test_a_view_that_never_ends_is_stopped(folder, tmp_path, monkeypatch):
    from overflight.case.layers import geopackage

    monkeypatch.setattr(geopackage, "LONGEST_S", 0.2)
    file = written(tmp_path / "v.gpkg", [square()], name=["v"])
    with sqlite3.connect(file) as base:
        base.execute("ALTER TABLE zones RENAME TO hidden")
        base.execute(
            "CREATE VIEW zones AS WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n)"
            " SELECT hidden.*, k FROM n, hidden WHERE k < 0"
        )
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            base.execute(f"UPDATE {table} SET table_name = 'zones'")
    base.close()
    with pytest.raises(CaseError, match="does not end"):
        add(folder, file)


def test_without_the_extra_a_shapefile_is_refused_with_the_way_to_it(folder, tmp_path, monkeypatch):
    written(tmp_path / "a.shp", [square()], "EPSG:4326", "ESRI Shapefile", name=["a"])
    monkeypatch.setitem(__import__("sys").modules, "pyogrio", None)
    with pytest.raises(MissingExtraError, match=r"overflight\[gis\]"):
        add(folder, tmp_path / "a.shp")


def test_too_much_is_refused_with_the_way_out(folder, tmp_path, monkeypatch):
    from overflight.case import geojson as strict
    from overflight.case.layers import raw

    fine = written(tmp_path / "f.gpkg", [shapely.Point(25.0, 54.0).buffer(1.0, 500)], name=["f"])
    monkeypatch.setattr(strict, "MOST_CORNERS", 1_000)
    with pytest.raises(CaseError, match="--simplify"):
        add(folder, fine)
    monkeypatch.setattr(strict, "MOST_CORNERS", 1_900)  # near the limit, its own reader counts
    with pytest.raises(CaseError, match="--simplify"):
        add(folder, fine)
    monkeypatch.setattr(raw, "MOST_CORNERS", 100)
    with pytest.raises(CaseError, match="more than 100 corners"):
        add(folder, fine)
    monkeypatch.setattr(raw, "LARGEST_BYTES", 10)
    with pytest.raises(CaseError, match="at most"):
        add(folder, fine)


# --- case.yaml ------------------------------------------------------------------------------------


def test_every_other_byte_of_case_yaml_stays_and_remove_is_the_way_back(folder, tmp_path):
    folder.change("case.yaml", "territorial_sea]", "territorial_sea] # mine")
    before = (folder.path / "case.yaml").read_bytes()
    file = geojson(tmp_path / "My Zones.geojson", feature(square()))
    made = add(folder, file, kind="fir")
    assert made.label == "my-zones"
    after = (folder.path / "case.yaml").read_bytes()
    assert after == before.replace(
        b"territorial_sea]", b"territorial_sea, layers/my-zones.geojson]"
    )
    (listed,) = adding.layers(folder.path)
    assert listed.zones == (("east", "fir"),)
    assert listed.provenance["file"] == "My Zones.geojson"
    with pytest.raises(CaseError, match="already"):
        add(folder, file)
    adding.remove(folder.path, "my-zones")
    assert (folder.path / "case.yaml").read_bytes() == before
    assert not (folder.path / "layers/my-zones.geojson").exists()
    with pytest.raises(CaseError, match="no layer"):
        adding.remove(folder.path, "my-zones")


@pytest.mark.parametrize("zones", ["zones: country\n", "zones: {a: b}\n", "zones: &a [country]\n"])
def test_a_list_that_is_none_is_left_alone(folder, tmp_path, zones):
    text_ = (folder.path / "case.yaml").read_text()
    kept = [line for line in text_.splitlines(keepends=True) if not line.startswith("zones:")]
    folder.write("case.yaml", "".join(kept) + zones)
    before = (folder.path / "case.yaml").read_bytes()
    with pytest.raises(CaseError, match="no plain list"):
        add(folder, geojson(tmp_path / "a.geojson", feature(square())))
    assert (folder.path / "case.yaml").read_bytes() == before
    assert not (folder.path / "layers").exists() or not list((folder.path / "layers").iterdir())


# --- properties -----------------------------------------------------------------------------------


def star(seed, centre_lon, centre_lat):
    """A star-shaped ring about a place, in single steps of a ten-thousandth of a degree."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 30))
    way = np.sort(rng.uniform(0.0, 2.0 * np.pi, n))
    far = rng.uniform(1.0, 8.0, n)
    corners = np.stack([centre_lon + far * np.cos(way), centre_lat + far * np.sin(way)], -1)
    return np.round(np.concatenate([corners, corners[:1]]), 4)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.floats(-180.0, 180.0), st.floats(-70.0, 70.0),
    st.integers(0, 40), st.booleans(), st.sampled_from([-360.0, 0.0, 360.0]), st.booleans(),
)  # fmt: skip
def test_a_ring_is_the_same_whatever_its_start_direction_and_turn(
    seed, lon, lat, start, backward, turn, wrap
):
    """The only things that may differ are rounding and the place of a cut."""
    corners = star(seed, lon, lat)
    plain = mending.mended([[corners]], "a", mending.Log())
    moved = np.roll(corners[:-1], start, axis=0)
    moved = np.concatenate([moved, moved[:1]])
    moved = moved[::-1] if backward else moved
    moved = moved + np.array([turn, 0.0])
    if wrap:
        moved[:, 0] = (moved[:, 0] + 180.0) % 360.0 - 180.0
    within = np.abs(moved[:, 0]).max() <= 540.0
    if within:
        other = mending.mended([[moved]], "a", mending.Log())
        assert shapely.symmetric_difference(plain, other).area < 1e-4
        assert shapely.is_valid(other)
        west, south, east, north = other.bounds
        assert -180.0 <= west < east <= 180.0
        assert -90.0 <= south < north <= 90.0


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda t: ("<kml>" + t).encode()))
def test_nothing_but_a_case_error_comes_of_any_bytes(tmp_path, content):
    file = text(tmp_path / "x.bin", content or b" ")
    with pytest.raises(CaseError):
        reading.read(file)
    half = text(tmp_path / "y.gpkg", b"SQLite format 3\x00" + content)
    with pytest.raises(CaseError):
        reading.read(half)
