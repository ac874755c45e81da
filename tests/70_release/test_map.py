"""The drawings and numbers that stand beside the live map."""

import dataclasses
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from overflight.release import heights, staticmap
from overflight.release.mapdata import MapData, middle_height_m, spread_m
from overflight.release.worldmap import WIDTH, frame_around, land_rings, unwrapped

KM = 1_000.0


def one_time(lat_deg, lon_deg, height_m=None):
    lat, lon = np.array(lat_deg)[:, None], np.array(lon_deg)[:, None]
    high = None if height_m is None else np.array(height_m)[:, None]
    zero = np.zeros(1)
    return MapData(("2023-02-01T00:00Z",), lat, lon, high, zero, zero + 180.0, ())


def test_the_spread_is_a_great_circle_across_the_date_line():
    data = one_time([0.0, 0.0, 0.0], [179.0, -179.0, -178.0])
    degree_m = np.pi / 180.0 * 6_371_008.8
    assert spread_m(data, 0.0) == pytest.approx(degree_m)
    assert spread_m(data, 1.0) == pytest.approx(2 * degree_m)


def test_tracks_not_in_the_air_do_not_count():
    data = one_time([0.0, np.nan], [-179.0, np.nan], [18 * KM, np.nan])
    assert spread_m(data, 1.0) == pytest.approx(111.19 * KM, rel=1e-3)
    assert middle_height_m(data) == pytest.approx(18 * KM)


def test_without_any_track_in_the_air_there_is_no_number():
    data = one_time([np.nan], [np.nan], [np.nan])
    assert np.isnan(spread_m(data, 0.5)).all()
    assert np.isnan(middle_height_m(data)).all()


def test_the_coast_is_closed_or_goes_round_the_pole():
    for lat_deg, lon_deg in land_rings():
        turn_deg = abs(lon_deg[-1] - lon_deg[0])
        assert lat_deg[0] == pytest.approx(lat_deg[-1])
        assert turn_deg == pytest.approx(0.0, abs=1e-6) or turn_deg == pytest.approx(360.0)


@pytest.mark.parametrize(("west", "east"), [(110.0, 281.0), (-20.0, 30.0), (175.0, 190.0)])
def test_the_frame_leaves_out_the_empty_side_of_the_world(west, east):
    lon_deg = np.linspace(west, east, 40)
    frame = frame_around(np.full(40, 50.0), (lon_deg + 180.0) % 360.0 - 180.0)
    x, y = frame.xy(np.full(40, 50.0), lon_deg)
    assert 0.0 < x.min() < x.max() < WIDTH
    assert np.all((y > 0.0) & (y < frame.height))
    assert frame.width_deg < max(1.35 * (east - west) + 1.0, 31.0)


def test_nothing_to_show_gives_the_whole_world():
    assert frame_around(np.array([np.nan]), np.array([np.nan])).width_deg == 360.0


def test_longitudes_run_on_and_gaps_stay():
    lon_deg = unwrapped(np.array([np.nan, 178.0, -178.0, np.nan]))
    assert lon_deg.tolist()[1:3] == [178.0, 182.0]
    assert np.isnan(lon_deg[[0, 3]]).all()


def test_the_drawings_are_well_formed_and_carry_no_style_or_handler(page):
    for drawing in (staticmap.draw(page.map), heights.draw(page.map)):
        for element in ET.fromstring(drawing).iter():
            assert not [k for k in element.attrib if k == "style" or k.startswith("on")]
            assert element.tag in {"svg", "title", "clipPath", "rect", "g", "path", "text", "line"}


def test_every_sighting_is_on_the_drawing(page):
    root = ET.fromstring(staticmap.draw(page.map))
    kinds = [element.get("class", "") for element in root.iter("path")]
    used = sum(marker.used for marker in page.map.sightings)
    assert kinds.count("mark used") == kinds.count("reach used") == used
    assert kinds.count("mark unused") == len(page.map.sightings) - used
    assert kinds.count("middle") == 1


def test_a_name_cannot_break_out_of_the_drawing(page):
    marker = dataclasses.replace(page.map.sightings[0], id="</text><script>", probability=1.0)
    data = dataclasses.replace(page.map, sightings=(marker,))
    assert "</text><script>" in [e.text for e in ET.fromstring(staticmap.draw(data)).iter("text")]


def test_without_heights_there_is_no_height_drawing(page):
    assert heights.draw(dataclasses.replace(page.map, height_m=None)) == ""


def test_reported_altitudes_stand_in_the_height_drawing(page):
    root = ET.fromstring(heights.draw(page.map))
    boxes = [e for e in root.iter("rect") if "report" in e.get("class", "")]
    assert len(boxes) == sum(m.altitude_min_m is not None for m in page.map.sightings)
