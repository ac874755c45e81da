"""Validators of open formats, written from their specifications and from nothing of overflight."""

import re
from datetime import datetime
from itertools import pairwise

TYPES = {"Point": 0, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def geojson(whole):
    """RFC 7946: members, ranges, closed right-hand rings, nothing across 180 degrees."""
    assert whole["type"] == "FeatureCollection"
    assert "crs" not in whole
    assert isinstance(whole["features"], list)
    names = [one["id"] for one in whole["features"] if "id" in one]
    assert len(set(names)) == len(names)
    for feature in whole["features"]:
        assert set(feature) <= {"type", "id", "properties", "geometry", "bbox"}
        assert feature["type"] == "Feature"
        assert isinstance(feature["properties"], dict)
        shape = feature["geometry"]
        assert set(shape) == {"type", "coordinates"}
        _shape(shape["coordinates"], TYPES[shape["type"]], shape["type"])


def _shape(coordinates, depth, kind):
    if depth == 0:
        _position(coordinates)
        return
    if depth == 1 and "Polygon" not in kind:
        assert len(coordinates) >= 2
        for position in coordinates:
            _position(position)
        _one_side(coordinates)
        return
    if depth == 2 and "Polygon" in kind:
        for index, ring in enumerate(coordinates):
            _ring(ring, exterior=index == 0)
        return
    for part in coordinates:
        _shape(part, depth - 1, kind)


def _position(position):
    assert 2 <= len(position) <= 3
    assert all(isinstance(one, float | int) and not isinstance(one, bool) for one in position)
    assert -180.0 <= position[0] <= 180.0
    assert -90.0 <= position[1] <= 90.0


def _one_side(line):
    """Section 3.1.9: a line that crosses the antimeridian is cut there."""
    jumps = [abs(b[0] - a[0]) for a, b in pairwise(line)]
    assert max(jumps) <= 180.0


def _ring(ring, *, exterior):
    assert len(ring) >= 4
    assert ring[0] == ring[-1]
    for position in ring:
        _position(position)
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    assert (area > 0.0) == exterior


def czml(packets):
    """The CZML guide: a document packet first, unique ids, increasing samples in their interval."""
    head = packets[0]
    assert head["id"] == "document"
    assert head["version"] == "1.0"
    assert isinstance(head["name"], str)
    whole = [_stamp(text) for text in head["clock"]["interval"].split("/")]
    assert whole[0] < whole[1]
    names = [one["id"] for one in packets]
    assert len(set(names)) == len(names)
    for packet in packets[1:]:
        flat = packet["position"]["cartographicDegrees"]
        if "epoch" not in packet["position"]:
            assert len(flat) == 3
            continue
        assert len(flat) % 4 == 0
        rows = [flat[at : at + 4] for at in range(0, len(flat), 4)]
        assert all(a[0] < b[0] for a, b in pairwise(rows))
        assert all(-180 <= r[1] <= 180 and -90 <= r[2] <= 90 for r in rows)
        start, end = (_stamp(text) for text in packet["availability"].split("/"))
        assert _stamp(packet["position"]["epoch"]) == start
        assert (end - start).total_seconds() == rows[-1][0]
        assert whole[0] <= start < end <= whole[1]


def _stamp(text):
    assert STAMP.fullmatch(text), text
    return datetime.fromisoformat(text)


def mfjson(whole):
    """OGC 19-045r3: moving points with as many times as positions, times that increase."""
    assert whole["type"] == "FeatureCollection"
    assert whole["crs"]["type"] == "Name"
    assert whole["trs"]["type"] == "Name"
    for feature in whole["features"]:
        assert feature["type"] == "Feature"
        moving = feature["temporalGeometry"]
        assert moving["type"] == "MovingPoint"
        assert moving["interpolation"] in {"Discrete", "Step", "Linear", "Quadratic", "Cubic"}
        times = [_stamp(text) for text in moving["datetimes"]]
        assert all(a < b for a, b in pairwise(times))
        assert len(times) == len(moving["coordinates"]) > 1
        for position in moving["coordinates"]:
            assert len(position) == 2
            _position(position)
        _one_side(moving["coordinates"])
        for group in feature["temporalProperties"]:
            assert group["datetimes"] == moving["datetimes"]
            values = [one for name, one in group.items() if name != "datetimes"]
            assert values
            assert all(one["type"] in {"Measure", "Text", "Image"} for one in values)
            assert all(len(one["values"]) == len(times) for one in values)
