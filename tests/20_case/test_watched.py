"""Zones, sites and descents of a case: what is read, and every mistake in its place."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from overflight.case import geojson
from overflight.case.descent import asked
from overflight.errors import CaseError
from overflight.units import parse

SITE = """
sites:
  - name: Billings Logan
    kind: airport
    lat_deg: 45.8077
    lon_deg: -108.5429
    radius: 20 km
    floor: FL180
    source: airport
"""
SQUARE = [[-106, 45], [-105, 45], [-105, 46], [-106, 46], [-106, 45]]


def feature(rings, kind="Polygon", **properties):
    told = {"name": "east"} | properties
    return {
        "type": "Feature",
        "properties": told,
        "geometry": {"type": kind, "coordinates": rings},
    }


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features)} | more)


def with_zones(folder, text):
    folder.change("case.yaml", "territorial_sea]", "territorial_sea, zones.geojson]")
    folder.write("zones.geojson", text)
    return folder


def corners(folder, rings, kind="Polygon"):
    (area,) = with_zones(folder, collection(feature(rings, kind))).read().areas
    return area.polygons


def test_sites_are_read_in_si(folder):
    folder.append("case.yaml", SITE)
    (site,) = folder.read().sites
    assert (site.name, site.kind, site.radius_m) == ("Billings Logan", "airport", 20_000.0)
    assert site.floor_m == pytest.approx(parse("18,000 ft", "m"))
    assert site.ceiling_m is None


def test_zones_are_read_with_their_names(folder):
    hole = [[-105.8, 45.2], [-105.2, 45.2], [-105.2, 45.8], [-105.8, 45.8], [-105.8, 45.2]]
    text = collection(feature([SQUARE, hole], kind="Polygon", ceiling="FL600", source="gazette"))
    case = with_zones(folder, text.replace('"east"', '"east", "kind": "training area"')).read()
    (area,) = case.areas
    assert (area.name, area.kind, area.source) == ("east", "training area", "gazette")
    assert len(area.polygons[0]) == 2
    assert area.polygons[0][0][0] == (45.0, -106.0)
    assert case.zone_files == ("zones.geojson",)


def test_extra_properties_and_heights_of_corners_are_passed_over(folder):
    ring = [[*corner, 120.0] for corner in SQUARE]
    text = collection(feature([ring], area_km2=3.0, OWNER=None))
    assert with_zones(folder, text).read().areas[0].polygons[0][0][1] == (45.0, -105.0)


def test_a_ring_across_the_antimeridian_is_unwrapped(folder):
    ring = [[179, 0], [-179, 0], [-179, 2], [179, 2], [179, 0]]
    ((outer,),) = corners(folder, [ring])
    assert [lon for _, lon in outer] == [179.0, 181.0, 181.0, 179.0, 179.0]


@pytest.mark.parametrize(("lat", "pole"), [(70, 90.0), (-70, -90.0)])
def test_a_ring_around_a_pole_encloses_it(folder, lat, pole):
    ring = [[lon, lat] for lon in (-180, -90, 0, 90, 180)]
    ring[-1] = [-180, lat]  # closed as a reader draws it
    ((outer,),) = corners(folder, [ring])
    assert (pole, 180.0) in outer
    assert (pole, -180.0) in outer
    assert abs(outer[4][1] - outer[0][1]) == 360.0


def test_a_cap_drawn_along_the_pole_stays_as_it_is(folder):
    ring = [[-180, 60], [-60, 60], [60, 60], [180, 60], [180, 90], [-180, 90], [-180, 60]]
    ((outer,),) = corners(folder, [ring])
    assert outer == tuple((float(lat), float(lon)) for lon, lat in ring)


BOW = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
WRONG = [
    ("a bow", [feature([BOW])], {}, ["crosses itself near 0.5000, 0.5000"]),
    ("no area", [feature([[[0, 0], [1, 1], [2, 2], [0, 0]]])], {}, ["outline"]),
    ("latitude 91", [feature([[[0, 0], [1, 91], [1, 0], [0, 0]]])], {}, ["latitude 91", "swapped"]),
    ("longitude 181", [feature([[[0, 0], [181, 1], [1, 0], [0, 0]]])], {}, ["longitude 181"]),
    ("a word", [feature([[[0, "x"], [1, 1], [1, 0], [0, 0]]])], {}, ["no pair"]),
    ("true", [feature([[[True, 0], [1, 1], [1, 0], [0, 0]]])], {}, ["no pair"]),
    ("open", [feature([SQUARE[:-1]])], {}, ["does not close"]),
    ("two corners", [feature([[[0, 0], [0, 0]]])], {}, ["does not close"]),
    ("no rings", [feature([])], {}, ["geometry"]),
    ("a point", [feature([0, 0], "Point")], {}, ["'Point'", "sites in case.yaml"]),
    ("no geometry", [{"type": "Feature", "properties": {"name": "a"}, "geometry": None}], {},
     ["geometry"]),
    ("no name", [feature([SQUARE], name=None)], {}, ["without 'name'"]),
    ("an empty name", [feature([SQUARE], name="  ")], {}, ["printable"]),
    ("a long name", [feature([SQUARE], name="x" * 81)], {}, ["1 to 80"]),
    ("a number as name", [feature([SQUARE], name=7)], {}, ["single value"]),
    ("feet", [feature([SQUARE], floor="60,000 ft")], {}, ["no flight level", "FL180"]),
    ("upside down", [feature([SQUARE], floor="FL600", ceiling="FL180")], {}, ["not above"]),
    ("an unknown source", [feature([SQUARE], source="nobody")], {}, ["'nobody' is unknown"]),
    ("another system", [feature([SQUARE])],
     {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32612"}}},
     ["EPSG::32612", "WGS84"]),
    ("a linked system", [feature([SQUARE])], {"crs": {"type": "link"}}, ["without a name"]),
    ("no features", [], {}, ["no features"]),
    ("a feature that is none", [7], {}, ["no feature"]),
    ("too many", [feature([SQUARE], name=str(k)) for k in range(2_001)], {}, ["2,001 features"]),
    ("the same name", [feature([SQUARE]), feature([SQUARE], name="EAST")], {}, ["second time"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("features", "more", "words"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_a_mistake_in_a_zone_is_told_with_its_place(folder, features, more, words):
    (told,) = with_zones(folder, collection(*features, **more)).mistakes()
    assert told.lstrip().startswith("zones.geojson:1:")
    for word in words:
        assert word in told


TEXTS = [
    ("empty", "", "empty file"),
    ("not JSON", "{", "GeoJSON"),
    ("a list", "[]", "no object"),
    ("NaN", '{"type": "FeatureCollection", "features": [NaN]}', "NaN as a number"),
    ("deep", "[" * 100_000, "nested too deeply"),
    ("digits", '{"type": ' + "9" * 10_000 + "}", "digits"),
    ("UTF-16", collection().encode("utf-16"), "UTF-16"),
    ("another type", '{"type": "Topology"}', "'Topology'"),
]


@pytest.mark.parametrize(("text", "words"), [t[1:] for t in TEXTS], ids=[t[0] for t in TEXTS])
def test_a_file_that_is_no_geojson_is_refused_in_its_place(folder, text, words):
    (told,) = with_zones(folder, text).mistakes()
    assert told.lstrip().startswith("zones.geojson:1")
    assert words in told


def test_a_file_that_is_not_there_is_named(folder):
    folder.change("case.yaml", "territorial_sea]", "territorial_sea, other.geojson]")
    (told,) = folder.mistakes()
    assert "other.geojson:1" in told


@pytest.mark.parametrize("name", ["../zones.geojson", "/etc/x.geojson", "a\\b.geojson", "lakes"])
def test_only_kinds_and_files_of_the_folder_are_zones(folder, name):
    folder.change("case.yaml", "territorial_sea]", f"'{name}']")
    assert "zones.geojson" in folder.mistakes()[0]


def test_an_outline_in_metres_is_told_by_its_first_corners(folder):
    metres = [[500_000 + k, 4_649_776] for k in range(90)]
    told = with_zones(folder, collection(feature([metres]))).mistakes()
    assert len(told) == 5
    assert "4.64978e+06" in told[0]
    assert "WGS84" in told[0]


def test_huge_files_are_bounded(folder, monkeypatch):
    monkeypatch.setattr(geojson, "MOST_CORNERS", 7)
    text = collection(feature([SQUARE]), feature([SQUARE], name="b"), feature([SQUARE], name="c"))
    (told,) = with_zones(folder, text).mistakes()
    assert "more than 7 corners" in told
    folder.write("zones.geojson", " " * (geojson.LARGEST_BYTES + 1))
    assert "MB" in folder.mistakes()[0]


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_the_systems_that_are_wgs84_pass(folder, name):
    crs = {"type": "name", "properties": {"name": name}}
    assert with_zones(folder, collection(feature([SQUARE]), crs=crs)).read().areas


def test_all_mistakes_of_sites_and_zones_are_told_at_once(folder):
    wrong = SITE.replace("45.8077", "91").replace("20 km", "20 fathoms").replace("FL180", "5 km")
    folder.append("case.yaml", wrong.replace("source: airport", "source: herald\n    wide: 3"))
    with_zones(
        folder, collection(feature([BOW], name="Billings LOGAN"), feature([SQUARE], floor="x"))
    )
    told = "\n".join(folder.mistakes())
    for words in (
        "latitude 91",
        "fathoms",
        "no flight level",
        "'herald'",
        "'wide'",
        "crosses itself",
    ):
        assert words in told
    assert told.count("case.yaml:") == 5
    assert told.count("zones.geojson:") == 2


def test_a_zone_and_a_site_may_not_share_a_name(folder):
    folder.append("case.yaml", SITE)
    (told,) = with_zones(folder, collection(feature([SQUARE], name="billings logan"))).mistakes()
    assert "second time" in told
    assert "first in case.yaml" in told


@pytest.mark.parametrize(
    ("radius", "words"),
    [("0 km", "above zero"), ("-3 km", "above zero"), ("3000 km", "at most 2,000")],
)
def test_a_radius_is_positive_and_not_wider_than_the_map(folder, radius, words):
    folder.append("case.yaml", SITE.replace("20 km", radius))
    assert words in folder.mistakes()[0]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "features", "geometry", "coordinates", "properties", "name"]
                ),
                inner
                | st.sampled_from(["Feature", "FeatureCollection", "Polygon", "MultiPolygon"]),
                max_size=5,
            )
        ),
        max_leaves=25,
    )
)
def test_nothing_but_a_case_error_comes_of_any_json(folder, content):
    if not (folder.path / "zones.geojson").exists():
        with_zones(folder, "")
    folder.write("zones.geojson", json.dumps(content))
    with pytest.raises(CaseError):
        folder.read()


DESCENT = """
descent:
  time_min: 2023-02-02T06:00Z
  time_max: 2023-02-02T08:00Z
  speed_min: 4 m/s
  speed_max: 15 mph
  source: airport
"""


def test_a_descent_is_read_in_si(folder):
    folder.append("case.yaml", DESCENT)
    descent = folder.read().descent
    assert descent.speed_min_mps == 4.0
    assert descent.speed_max_mps == pytest.approx(6.7056)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("T08:00Z", "T05:00Z", "time_max is before time_min"),
        ("15 mph", "3 m/s", "speed_max is below speed_min"),
        ("15 mph", "800 m/s", "between 0.5 and 60"),
        ("4 m/s", "4", "unit"),
        ("source: airport", "source: nobody", "'nobody' is unknown"),
        ("  speed_min: 4 m/s\n", "", "nothing"),
    ],
)
def test_a_mistake_in_a_descent_is_told(folder, old, new, words):
    folder.append("case.yaml", DESCENT.replace(old, new))
    (told,) = folder.mistakes()
    assert told.lstrip().startswith("case.yaml:")
    assert words in told


def test_what_is_asked_replaces_what_is_stated(folder):
    folder.append("case.yaml", DESCENT)
    stated = folder.read().descent
    last = stated.time_min
    later = asked("12 h", None, stated, last)
    assert (later.time_min - last).total_seconds() == 43_200.0
    assert later.speed_max_mps == stated.speed_max_mps
    exact = asked("2023-02-03T00:00Z", "5 m/s..9 m/s", None, last)
    assert (exact.speed_min_mps, exact.speed_max_mps) == (5.0, 9.0)
    assert exact.time_min.day == 3


@pytest.mark.parametrize(
    ("at", "speed"),
    [("12 h", None), ("noon", "5 m/s"), ("12", "5 m/s"), ("12 h", "9 m/s..5 m/s"),
     ("5 km", "5 m/s"), ("2023-02-03T00:00", "5 m/s"), ("12 h", "fast")],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(at, speed, folder):
    last = folder.read().span_end
    with pytest.raises(CaseError):
        asked(at, speed, None, last)
