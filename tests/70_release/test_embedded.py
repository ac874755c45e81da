"""What the report's own script reads is compared like every other number of a release."""

import json

import numpy as np
import pytest

from overflight.release import comparing, embedded, encode
from overflight.release.report import _json, render


@pytest.fixture
def compared(page, tmp_path):
    """Two releases of one report each, and how they compare."""
    before, now = tmp_path / "before", tmp_path / "now"
    for folder in (before, now):
        folder.mkdir()
    (before / "report.html").write_text(render(page), encoding="utf-8")

    def run(html, tolerance=0.001):
        (now / "report.html").write_text(html, encoding="utf-8")
        return comparing.compare(before, now, tolerance)

    return run


def with_tracks(html, lat_deg, lon_deg):
    """The page with other tracks."""
    (old,) = embedded._TRACKS.findall(html)
    return html.replace(old, encode.encode(lat_deg, lon_deg))


def test_the_same_page_is_identical(page, compared):
    found = compared(render(page), 0.0)
    assert found.identical == ("report.html",)


def test_what_is_read_back_is_what_the_map_was_given(page):
    read = embedded.read(render(page))
    np.testing.assert_allclose(read.lat_deg[:-1], page.map.lat_deg, atol=0.0014)
    np.testing.assert_allclose(read.lat_deg[-1], page.map.median_lat_deg, atol=0.0014)
    assert read.data["times"] == list(page.map.time_iso)
    assert encode.encode(page.map.lat_deg, page.map.lon_deg)[:200] not in read.rest


@pytest.mark.parametrize("by_deg", [5.0, np.nan])
def test_one_point_of_one_track_is_found_and_named(by_deg, page, compared):
    html = render(page)
    tracks = embedded.read(html)
    lat_deg = tracks.lat_deg.copy()
    lat_deg[17, 40] += by_deg
    changed = with_tracks(html, lat_deg, tracks.lon_deg)
    found = compared(changed)
    assert found.different == ("report.html",)
    first = found.first("report.html", 1)[0]
    if np.isnan(by_deg):
        assert (first.where, first.before) == ("map tracks, lat", "1 gaps")
    else:
        assert first.where == "map tracks, lat[17, 40]"
        assert float(first.now) - float(first.before) == pytest.approx(5.0, abs=0.003)
    assert not compared(changed, 0.0).same


def test_a_step_of_the_encoding_is_within_the_tolerance_of_another_machine(page, compared):
    html = render(page)
    tracks = embedded.read(html)
    lat_deg = tracks.lat_deg + 1.0 / encode.LAT_STEPS_PER_DEG
    found = compared(with_tracks(html, lat_deg, tracks.lon_deg), 0.05)
    assert found.close == ("report.html",)
    assert 0.0 < found.largest < 1e-4


def test_tracks_over_the_antimeridian_differ_by_the_short_way(compared, page):
    html = render(page)
    tracks = embedded.read(html)
    assert (np.abs(tracks.lon_deg) > 179.7).any()
    found = compared(with_tracks(html, tracks.lat_deg, tracks.lon_deg + 0.5), 0.05)
    assert found.same
    assert found.largest == pytest.approx(0.5 / 180.0, rel=0.02)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda data: data["height_km"].__setitem__(60, 99.9), "map.height_km[60]"),
        (lambda data: data["half_km"].__setitem__(60, None), "map.half_km[60]"),
        (lambda data: data["sightings"][3].__setitem__("lat", -12.0), "map.sightings[3].lat"),
        (lambda data: data["sightings"][3].__setitem__("used", 0), "map.sightings[3].used"),
        (lambda data: data["times"].__setitem__(5, "2023-01-01T00:00Z"), "map.times[5]"),
        (lambda data: data["sightings"].pop(), "length of map.sightings"),
    ],
)  # fmt: skip
def test_heights_times_and_sightings_of_the_map_are_compared(change, where, page, compared):
    html = render(page)
    block = embedded._DATA.search(html)[1]
    data = json.loads(block)
    change(data)
    found = compared(html.replace(block, _json(data)))
    assert [one.where for one in found.differences] == [where]


@pytest.mark.parametrize("text", ["", "AAAA", "no base64 \u00e9", "eJw" * 400])
def test_tracks_that_cannot_be_read_are_a_difference(text, page, compared):
    html = render(page)
    block = embedded._TRACKS.search(html)[1]
    found = compared(html.replace(block, text), 1.0)
    assert found.different == ("report.html",)
    assert found.first("report.html", 1)[0].where == "the map's data"


def test_a_drawing_moved_by_little_is_within_the_tolerance(tmp_path):
    """The letters of a path are no part of the numbers that follow them."""
    for name, x in (("before", 500), ("now", 501)):
        (tmp_path / name).mkdir()
        text = f'<svg><path class="a" d="M{x} 20L30.5 40Z"/></svg>'
        (tmp_path / name / "map.svg").write_text(text, encoding="utf-8")
    found = comparing.compare(tmp_path / "before", tmp_path / "now", 0.01)
    assert found.close == ("map.svg",)
    assert found.largest == pytest.approx(1 / 501)
    assert not comparing.compare(tmp_path / "before", tmp_path / "now", 0.001).same


def test_nothing_and_minus_nothing_are_the_same_number(tmp_path):
    for name, text in (("before", "0.0"), ("now", "-0.0")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.csv").write_text(f"x\n{text}\n", encoding="utf-8")
    assert comparing.compare(tmp_path / "before", tmp_path / "now", 0.01).same
